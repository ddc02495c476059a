/* SPDX-License-Identifier: Apache-2.0 */
#include "net/url.h"

#include <string.h>

#include "net/netaddr.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The value of the "%xx" that text starts with, or -1. */
static int escape_value(struct str text)
{
    int high = text.len >= 3 ? hex_value(text.ptr[1]) : -1;
    int low = text.len >= 3 ? hex_value(text.ptr[2]) : -1;

    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* Printable ASCII without what RFC 3986 excludes everywhere and programs disagree on. */
static bool has_url_bytes_only(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if (c <= ' ' || c > '~' || strchr("\"<>\\^`{|}", c))
            return false;
        if (c == '%' && escape_value(str_skip(text, i)) < 0)
            return false;
    }
    return true;
}

/* A last label of digits, or one that starts with "0x", makes some programs read a number. */
static bool looks_like_ip4(struct str last_label)
{
    if (last_label.len >= 2 && last_label.ptr[0] == '0' && (last_label.ptr[1] | 0x20) == 'x')
        return true;
    for (size_t i = 0; i < last_label.len; i++)
        if (!is_digit(last_label.ptr[i]))
            return false;
    return true;
}

static bool host_is_name_or_ip4(struct str host)
{
    struct netaddr addr = {0};
    struct err ignored = {0};
    size_t label = 0;

    if (host.len == 0 || host.len > URL_HOST_BYTES_MAX)
        return false;
    for (size_t i = 0; i < host.len; i++) {
        char c = host.ptr[i];

        if (c != '.' && c != '-' && c != '_' && !is_alnum(c))
            return false;
        if (c == '.' && i == label)
            return false;
        if (c == '.')
            label = i + 1;
    }
    if (label == host.len)
        return false;
    return !looks_like_ip4(str_skip(host, label)) || netaddr_parse(host, &addr, &ignored);
}

/* Cuts "[…]" or "name" from the front of the authority; *rest is ":port" or empty. */
static bool parse_host(struct str authority, struct url *url, struct str *rest)
{
    struct netaddr addr = {0};
    struct err ignored = {0};

    if (authority.len && authority.ptr[0] == '[') {
        ptrdiff_t end = str_find_char(authority, ']');

        if (end < 0 || !netaddr_parse(str_head(authority, (size_t)end + 1), &addr, &ignored))
            return false;
        url->host = str_from_bytes(authority.ptr + 1, (size_t)end - 1);
        url->host_is_ip6 = true;
        *rest = str_skip(authority, (size_t)end + 1);
        return true;
    }
    ptrdiff_t colon = str_find_char(authority, ':');
    size_t len = colon < 0 ? authority.len : (size_t)colon;

    url->host = str_head(authority, len);
    *rest = str_skip(authority, len);
    return host_is_name_or_ip4(url->host);
}

static bool parse_port(struct str text, struct url *url)
{
    uint64_t port = 0;

    if (text.len == 0) {
        url->port = url->is_https ? 443 : 80;
        return true;
    }
    if (text.ptr[0] != ':' || text.len > 6 || !str_to_uint(str_skip(text, 1), &port))
        return false;
    if (port == 0 || port > UINT16_MAX)
        return false;
    url->port = (uint16_t)port;
    return true;
}

static bool cut_scheme(struct str *text, bool *is_https)
{
    static const struct str http = {"http://", 7}, https = {"https://", 8};

    if (text->len >= https.len && str_eq_nocase(str_head(*text, https.len), https)) {
        *is_https = true;
        *text = str_skip(*text, https.len);
        return true;
    }
    if (text->len >= http.len && str_eq_nocase(str_head(*text, http.len), http)) {
        *is_https = false;
        *text = str_skip(*text, http.len);
        return true;
    }
    return false;
}

bool url_parse(struct str text, struct url *url, struct err *err)
{
    struct url parsed = {0};
    struct str rest = text, port = {0};
    size_t end = 0;
    ptrdiff_t mark = 0;

    if (text.len > URL_BYTES_MAX)
        return err_set(err, ERR_INVALID, "a URL may have %d bytes", URL_BYTES_MAX);
    if (!has_url_bytes_only(text))
        return err_set(err, ERR_INVALID, "the URL has characters that must be encoded");
    if (!cut_scheme(&rest, &parsed.is_https))
        return err_set(err, ERR_INVALID, "the URL must start with http:// or https://");
    while (end < rest.len && !strchr("/?#", rest.ptr[end]))
        end++;
    if (str_find_char(str_head(rest, end), '@') >= 0)
        return err_set(err, ERR_INVALID, "the URL must not hold a user name or password");
    if (!parse_host(str_head(rest, end), &parsed, &port))
        return err_set(err, ERR_INVALID, "the URL has no valid host");
    if (!parse_port(port, &parsed))
        return err_set(err, ERR_INVALID, "the URL's port is wrong");
    rest = str_skip(rest, end);
    mark = str_find_char(rest, '#');
    if (mark >= 0)
        rest = str_head(rest, (size_t)mark);
    parsed.query = str_cut(rest, '?', &parsed.path);
    if (parsed.path.len == 0)
        parsed.path = STR("/");
    *url = parsed;
    return true;
}

bool url_same_origin(const struct url *a, const struct url *b)
{
    return a->is_https == b->is_https && a->port == b->port && str_eq_nocase(a->host, b->host);
}

bool url_decode(struct arena *arena, struct str text, bool plus_is_space, struct str *decoded,
                struct err *err)
{
    char *out = NULL;
    size_t len = 0;

    if (str_find_char(text, '\0') >= 0)
        return err_set(err, ERR_INVALID, "a NUL in what is encoded");
    if (str_find_char(text, '%') < 0 && (!plus_is_space || str_find_char(text, '+') < 0)) {
        *decoded = text;
        return true;
    }
    out = arena_alloc(arena, text.len + 1);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if (c == '%') {
            int value = escape_value(str_skip(text, i));

            if (value <= 0)
                return err_set(err, ERR_INVALID, "wrong percent-encoding");
            c = (char)value;
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        out[len++] = c;
    }
    out[len] = '\0';
    *decoded = str_from_bytes(out, len);
    return true;
}

static void encode(struct buf *out, struct str text, const char *kept)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];

        if (is_alnum((char)c) || (c && strchr(kept, c))) {
            buf_add_char(out, (char)c);
        } else {
            buf_add_char(out, '%');
            buf_add_char(out, digits[c >> 4]);
            buf_add_char(out, digits[c & 15]);
        }
    }
}

void url_encode(struct buf *out, struct str text)
{
    encode(out, text, "-._~");
}

void url_encode_path(struct buf *out, struct str text)
{
    encode(out, text, "-._~/");
}

static bool is_dot_segment(struct str segment)
{
    return str_eq_c(segment, ".") || str_eq_c(segment, "..");
}

bool url_decode_path(struct arena *arena, struct str path, struct str *decoded, struct err *err)
{
    struct str text = {0}, rest = {0}, segment = {0};

    if (!url_decode(arena, path, false, &text, err))
        return false;
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f)
            return err_set(err, ERR_INVALID, "a control character in the path");
    if (!str_is_utf8(text))
        return err_set(err, ERR_INVALID, "the path is not UTF-8");
    rest = text;
    while (rest.ptr) {
        rest = str_cut(rest, '/', &segment);
        if (is_dot_segment(segment))
            return err_set(err, ERR_INVALID, "a \".\" or \"..\" in the path");
    }
    *decoded = text;
    return true;
}

bool url_params_parse(struct arena *arena, struct str query, struct url_params *params,
                      struct err *err)
{
    struct url_param items[URL_PARAMS_MAX];
    struct str rest = query, piece = {0}, name = {0}, value = {0};
    struct url_param *kept = NULL;
    int count = 0;

    while (rest.ptr) {
        rest = str_cut(rest, '&', &piece);
        if (piece.len == 0)
            continue;
        if (count == URL_PARAMS_MAX)
            return err_set(err, ERR_INVALID, "a query may have %d parameters", URL_PARAMS_MAX);
        value = str_cut(piece, '=', &name);
        if (!url_decode(arena, name, true, &items[count].name, err) ||
            !url_decode(arena, value, true, &items[count].value, err))
            return false;
        count++;
    }
    if (count) {
        kept = arena_alloc(arena, sizeof(*kept) * (size_t)count);
        memcpy(kept, items, sizeof(*kept) * (size_t)count);
    }
    *params = (struct url_params){.items = kept, .count = count};
    return true;
}

const struct str *url_params_get(const struct url_params *params, const char *name)
{
    for (int i = 0; i < params->count; i++)
        if (str_eq_c(params->items[i].name, name))
            return &params->items[i].value;
    return NULL;
}
