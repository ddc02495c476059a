/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_head.h"

#include <string.h>

#include "base/macros.h"
#include "net/netaddr.h"

enum { CONTENT_LENGTH_DIGITS_MAX = 18, METHOD_BYTES_MAX = 32, PORT_DIGITS_MAX = 5 };

enum byte_class {
    BYTE_TOKEN = 1, /* names of methods and headers */
    BYTE_VALUE = 2, /* values of headers */
    BYTE_TARGET = 4 /* the target of a request */
};

/* Sums of byte_class for ASCII; bytes from 0x80 on may stand in values only. */
/* clang-format off */
static const uint8_t ascii_classes[128] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    2, 7, 6, 3, 7, 7, 7, 7, 6, 6, 7, 7, 6, 7, 7, 6,
    7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 6, 6, 6, 6, 6, 6,
    6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
    7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 6, 6, 6, 7, 7,
    7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
    7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 6, 7, 6, 7, 0,
};
/* clang-format on */

static bool is_of_class(char c, uint8_t class)
{
    uint8_t byte = (uint8_t)c;

    return (byte < sizeof(ascii_classes) ? ascii_classes[byte] : BYTE_VALUE) & class;
}

/* Headers that decide about framing or routing, as found so far. */
struct special_headers {
    const struct str *host;
    const struct str *content_length;
    const struct str *transfer_encoding;
    const struct str *expect;
    bool is_repeated; /* one of the above came twice */
    bool says_close;
    bool says_keep_alive;
};

static size_t span(struct str text, size_t from, uint8_t class)
{
    size_t at = from;

    while (at < text.len && is_of_class(text.ptr[at], class))
        at++;
    return at - from;
}

enum http_head_end http_head_find_end(struct str bytes, size_t *scanned, size_t *head_bytes)
{
    const char *end = bytes.ptr + bytes.len;
    const char *at = bytes.ptr + *scanned;

    /* A peer that speaks something else (TLS, say) need not wait for the timeout. */
    if (bytes.len && !(bytes.ptr[0] >= 'A' && bytes.ptr[0] <= 'Z') && bytes.ptr[0] != '\r')
        return HTTP_HEAD_BAD;
    while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
        if (at == bytes.ptr || at[-1] != '\r')
            return HTTP_HEAD_BAD;
        if (at - bytes.ptr >= 3 && at[-2] == '\n') {
            *head_bytes = (size_t)(at - bytes.ptr) + 1;
            return HTTP_HEAD_COMPLETE;
        }
        at++;
    }
    *scanned = bytes.len;
    return HTTP_HEAD_PARTIAL;
}

/* Cuts one line off; the block ends in CR LF, so there is one. False: a CR or LF inside. */
static bool cut_line(struct str *block, struct str *line)
{
    ptrdiff_t end = str_find_char(*block, '\r');

    if (end < 0 || (size_t)end + 1 >= block->len || block->ptr[end + 1] != '\n')
        return false;
    *line = str_head(*block, (size_t)end);
    *block = str_skip(*block, (size_t)end + 2);
    return true;
}

bool http_header_line_scan(struct str line, struct http_header *header)
{
    size_t name_len = span(line, 0, BYTE_TOKEN);
    size_t from = name_len + 1, end = line.len;

    if (name_len == 0 || name_len >= line.len || line.ptr[name_len] != ':')
        return false;
    if (span(line, from, BYTE_VALUE) != line.len - from)
        return false;
    while (from < end && (line.ptr[from] == ' ' || line.ptr[from] == '\t'))
        from++;
    while (end > from && (line.ptr[end - 1] == ' ' || line.ptr[end - 1] == '\t'))
        end--;
    header->name = str_head(line, name_len);
    header->value = str_from_bytes(line.ptr + from, end - from);
    return true;
}

bool http_header_is_valid(const struct http_header *header)
{
    return header->name.len && span(header->name, 0, BYTE_TOKEN) == header->name.len &&
           span(header->value, 0, BYTE_VALUE) == header->value.len;
}

static int scan_method(struct str text, enum http_method *method, const char **reason)
{
    for (int i = 0; i < HTTP_METHOD_COUNT; i++) {
        if (str_eq_c(text, http_method_name((enum http_method)i))) {
            *method = (enum http_method)i;
            return 0;
        }
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < 'A' || text.ptr[i] > 'Z') {
            *reason = "malformed request line";
            return 400;
        }
    }
    *reason = "method not supported";
    return 501;
}

static int scan_version(struct str text, int *minor, const char **reason)
{
    if (str_eq_c(text, "HTTP/1.1") || str_eq_c(text, "HTTP/1.0")) {
        *minor = text.ptr[7] - '0';
        return 0;
    }
    *reason = "malformed request line";
    if (text.len != 8 || !str_starts(text, STR("HTTP/")) || text.ptr[6] != '.')
        return 400;
    if (text.ptr[5] < '0' || text.ptr[5] > '9' || text.ptr[7] < '0' || text.ptr[7] > '9')
        return 400;
    *reason = "HTTP version not supported";
    return 505;
}

static int scan_request_line(struct str line, struct http_head *head, const char **reason)
{
    struct str method = {0}, target = {0}, version = {0};
    int status = 0;

    version = str_cut(str_cut(line, ' ', &method), ' ', &target);
    *reason = "malformed request line";
    if (method.len == 0 || method.len > METHOD_BYTES_MAX || target.len == 0 || !version.ptr)
        return 400;
    if (span(target, 0, BYTE_TARGET) != target.len)
        return 400;
    status = scan_method(method, &head->method, reason);
    if (status == 0)
        status = scan_version(version, &head->minor, reason);
    if (status == 0 && target.len > HTTP_TARGET_BYTES_MAX) {
        *reason = "request target too long";
        status = 414;
    }
    head->target = target;
    return status;
}

static void note_once(const struct str **slot, const struct http_header *header,
                      struct special_headers *special)
{
    if (*slot)
        special->is_repeated = true;
    *slot = &header->value;
}

static void note_connection(struct str value, struct special_headers *special)
{
    struct str option = {0};

    while (value.ptr) {
        value = str_cut(value, ',', &option);
        option = str_trim(option);
        if (str_eq_nocase(option, STR("close")))
            special->says_close = true;
        else if (str_eq_nocase(option, STR("keep-alive")))
            special->says_keep_alive = true;
    }
}

static void note_header(const struct http_header *header, struct special_headers *special)
{
    struct str name = header->name;

    /* The length alone tells most headers apart from these. */
    if (name.len == 4 && str_eq_nocase(name, STR("Host")))
        note_once(&special->host, header, special);
    else if (name.len == 6 && str_eq_nocase(name, STR("Expect")))
        note_once(&special->expect, header, special);
    else if (name.len == 10 && str_eq_nocase(name, STR("Connection")))
        note_connection(header->value, special);
    else if (name.len == 14 && str_eq_nocase(name, STR("Content-Length")))
        note_once(&special->content_length, header, special);
    else if (name.len == 17 && str_eq_nocase(name, STR("Transfer-Encoding")))
        note_once(&special->transfer_encoding, header, special);
}

static bool is_host_byte(char c)
{
    return is_of_class(c, BYTE_TOKEN) && !strchr("!#$%&'*+^`|", c);
}

/* "name", "192.0.2.1" or "[2001:db8::1]", with or without ":port". */
static bool host_is_valid(struct str host)
{
    struct netaddr addr = {0};
    struct err ignored = {0};
    size_t end = 0;

    if (host.len && host.ptr[0] == '[') {
        ptrdiff_t bracket = str_find_char(host, ']');

        end = bracket < 0 ? 0 : (size_t)bracket + 1;
        if (!netaddr_parse(str_head(host, end), &addr, &ignored))
            return false;
    }
    while (end < host.len && is_host_byte(host.ptr[end]))
        end++;
    if (end == 0 || end == host.len)
        return end != 0;
    if (host.ptr[end] != ':' || host.len - end - 1 > PORT_DIGITS_MAX)
        return false;
    for (size_t i = end + 1; i < host.len; i++)
        if (host.ptr[i] < '0' || host.ptr[i] > '9')
            return false;
    return true;
}

static int check_host(const struct special_headers *special, struct http_head *head,
                      const char **reason)
{
    if (!special->host) {
        *reason = "Host header missing";
        return head->minor == 1 ? 400 : 0;
    }
    if (!host_is_valid(*special->host)) {
        *reason = "invalid Host header";
        return 400;
    }
    head->host = *special->host;
    return 0;
}

static int check_content_length(struct str value, struct http_head *head, const char **reason)
{
    uint64_t length = 0;

    if (value.len > CONTENT_LENGTH_DIGITS_MAX || !str_to_uint(value, &length)) {
        *reason = "invalid Content-Length header";
        return 400;
    }
    head->has_content_length = true;
    head->content_length = (int64_t)length;
    return 0;
}

static int check_framing(const struct special_headers *special, struct http_head *head,
                         const char **reason)
{
    if (special->transfer_encoding && special->content_length) {
        *reason = "both Content-Length and Transfer-Encoding";
        return 400;
    }
    if (special->transfer_encoding && head->minor == 0) {
        *reason = "Transfer-Encoding in HTTP/1.0";
        return 400;
    }
    if (special->transfer_encoding) {
        *reason = "transfer encoding not supported";
        head->content_length = -1;
        return str_eq_nocase(*special->transfer_encoding, STR("chunked")) ? 0 : 501;
    }
    if (special->content_length)
        return check_content_length(*special->content_length, head, reason);
    return 0;
}

static int check_special(const struct special_headers *special, struct http_head *head,
                         const char **reason)
{
    int status = 0;

    if (special->is_repeated) {
        *reason = "a header that may come once came twice";
        return 400;
    }
    status = check_host(special, head, reason);
    if (status == 0)
        status = check_framing(special, head, reason);
    if (status)
        return status;
    head->keep_alive = !special->says_close && (head->minor == 1 || special->says_keep_alive);
    if (special->expect && head->minor == 1) {
        head->expect_continue = true;
        *reason = "expectation not supported";
        return str_eq_nocase(*special->expect, STR("100-continue")) ? 0 : 417;
    }
    return 0;
}

int http_head_scan(struct str block, struct http_header *headers, int headers_max,
                   struct http_head *head, const char **reason)
{
    struct special_headers special = {0};
    struct str line = {0};
    int status = 0;

    *head = (struct http_head){.target = STR("")};
    *reason = "malformed request line";
    if (str_starts(block, STR("\r\n")))
        block = str_skip(block, 2);
    if (!cut_line(&block, &line))
        return 400;
    status = scan_request_line(line, head, reason);
    if (status)
        return status;
    for (;;) {
        *reason = "malformed header";
        if (!cut_line(&block, &line))
            return 400;
        if (line.len == 0)
            break;
        if (head->header_count == headers_max) {
            *reason = "too many headers";
            return 431;
        }
        if (!http_header_line_scan(line, &headers[head->header_count]))
            return 400;
        note_header(&headers[head->header_count], &special);
        head->header_count++;
    }
    return check_special(&special, head, reason);
}

const struct str *http_headers_get(const struct http_header *headers, int count, struct str name)
{
    for (int i = 0; i < count; i++)
        if (str_eq_nocase(headers[i].name, name))
            return &headers[i].value;
    return NULL;
}

const char *http_method_name(enum http_method method)
{
    static const char *const names[] = {
#define X(name) #name,
        HTTP_METHODS(X)
#undef X
    };

    return names[method];
}
