/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/http_client_impl.h"

enum {
    FILE_CHUNK_BYTES = 128 * 1024,
    REDIRECT_BODY_BYTES_MAX = 64 * 1024,
    METHOD_BYTES_MAX = 16,
    MS_PER_S = 1000
};

/* Where a body goes that has a file: one piece is written while the next one fills. */
struct file_sink {
    uv_fs_t write;
    int fd; /* a duplicate of the caller's, or -1 */
    uint64_t offset;
    struct buf filling;
    struct buf writing;
    bool is_writing;
    bool is_paused; /* libcurl waits for room */
};

struct http_fetch {
    struct http_client *client;
    struct http_fetch *older, *newer;
    struct arena arena;
    struct http_request request; /* what it points at is in the arena */
    struct curl_group *group;    /* NULL while no transfer runs */
    CURL *easy;
    struct curl_slist *header_list;
    uint64_t deadline_ms;

    /* Of the transfer that runs; there is one for each redirect. */
    struct str url;
    struct url parsed;
    bool is_public;       /* the address is checked */
    bool is_name_allowed; /* and any will do */
    bool was_refused;     /* one was not public */
    bool is_head_over;
    bool is_redirect; /* that will be followed */
    int status;
    struct http_header headers[HTTP_FETCH_HEADERS_MAX];
    int header_count;
    size_t header_bytes;
    uint64_t body_bytes;

    /* Of the whole fetch. */
    int redirect_count;
    bool has_left_origin;
    bool is_retired;             /* off the client's list */
    bool was_sent;               /* by an earlier transfer */
    enum http_fetch_fault fault; /* found here, not by libcurl */
    struct buf body;
    struct file_sink sink;
    char detail[CURL_ERROR_SIZE];
};

static void on_file_written(uv_fs_t *write);
static bool start_transfer(struct http_fetch *fetch);

const char *http_fetch_fault_text(enum http_fetch_fault fault)
{
    static const char *const texts[] = {
#define X(name, text) text,
        HTTP_FETCH_FAULTS(X)
#undef X
    };

    return texts[fault];
}

/* The first header of that name, or NULL. */
static const struct str *find_header(const struct http_response *response, const char *name)
{
    return http_headers_get(response->headers, response->header_count, str_from(name));
}

static void free_fetch(struct http_fetch *fetch)
{
    struct http_client *client = fetch->client;

    /* The caller has the file open too, so this never waits for a disk. */
    if (fetch->sink.fd >= 0)
        close(fetch->sink.fd);
    buf_fini(&fetch->sink.filling);
    buf_fini(&fetch->sink.writing);
    buf_fini(&fetch->body);
    arena_fini(&fetch->arena);
    free(fetch);
    client_unref(client);
}

/* Ends libcurl's part and takes the fetch off the client's list. */
static void retire(struct http_fetch *fetch)
{
    if (fetch->group)
        curl_multi_remove_handle(fetch->group->multi, fetch->easy);
    fetch->group = NULL;
    curl_easy_cleanup(fetch->easy);
    curl_slist_free_all(fetch->header_list);
    if (fetch->older)
        fetch->older->newer = fetch->newer;
    if (fetch->newer)
        fetch->newer->older = fetch->older;
    else
        fetch->client->fetches = fetch->older;
    fetch->client->fetch_count--;
    fetch->is_retired = true;
}

void http_fetch_cancel(struct http_fetch *fetch)
{
    retire(fetch);
    if (!fetch->sink.is_writing)
        free_fetch(fetch);
}

static struct http_response to_response(const struct http_fetch *fetch)
{
    return (struct http_response){
        .fault = fetch->fault,
        .status = fetch->status,
        .headers = fetch->headers,
        .header_count = fetch->header_count,
        .body = buf_str(&fetch->body),
        .body_bytes = fetch->body_bytes,
        .url = fetch->url,
        .may_have_arrived = fetch->was_sent,
        .detail = fetch->detail,
    };
}

/* Tells the caller, who may close the whole client in the callback. */
static void finish(struct http_fetch *fetch)
{
    struct http_response response = to_response(fetch);

    retire(fetch);
    fetch->request.on_done(fetch->request.context, &response);
    free_fetch(fetch);
}

static void note_sent(struct http_fetch *fetch)
{
    long request_bytes = 0;

    curl_easy_getinfo(fetch->easy, CURLINFO_REQUEST_SIZE, &request_bytes);
    if (request_bytes > 0)
        fetch->was_sent = true;
}

static void end_transfer(struct http_fetch *fetch)
{
    note_sent(fetch);
    curl_multi_remove_handle(fetch->group->multi, fetch->easy);
    fetch->group = NULL;
}

static void start_head(struct http_fetch *fetch, struct str line)
{
    ptrdiff_t space = str_find_char(line, ' ');
    uint64_t status = 0;

    fetch->header_count = 0;
    fetch->is_head_over = false;
    fetch->status = 0;
    if (space > 0 && line.len >= (size_t)space + 4 &&
        str_to_uint(str_from_bytes(line.ptr + space + 1, 3), &status))
        fetch->status = (int)status;
}

static bool add_header(struct http_fetch *fetch, struct str line)
{
    struct str name = {0}, value = str_cut(line, ':', &name);
    struct http_header *header = NULL;

    if (!value.ptr)
        return true;
    if (fetch->header_count == HTTP_FETCH_HEADERS_MAX)
        return false;
    header = &fetch->headers[fetch->header_count++];
    header->name = arena_str(&fetch->arena, str_trim(name));
    header->value = arena_str(&fetch->arena, str_trim(value));
    return true;
}

static bool is_redirect_status(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* False: the caller does not want the rest. */
static bool end_head(struct http_fetch *fetch)
{
    const struct http_request *request = &fetch->request;
    struct http_response response = to_response(fetch);

    if (fetch->status < 200)
        return true;
    fetch->is_head_over = true;
    fetch->is_redirect = request->redirects_max > 0 && is_redirect_status(fetch->status) &&
                         find_header(&response, "Location");
    if (fetch->is_redirect || !request->on_head)
        return true;
    response.may_have_arrived = true;
    if (request->on_head(request->context, &response))
        return true;
    fetch->fault = HTTP_FETCH_STOPPED;
    return false;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context)
{
    struct http_fetch *fetch = context;
    struct str line = str_from_bytes(bytes, size * count);
    bool goes_on = true;

    if (fetch->is_head_over) /* trailers */
        return line.len;
    fetch->header_bytes += line.len;
    if (fetch->header_bytes > HTTP_FETCH_HEADER_BYTES_MAX) {
        fetch->fault = HTTP_FETCH_TOO_LARGE;
        return 0;
    }
    if (str_trim(line).len == 0) {
        goes_on = end_head(fetch);
    } else if (str_starts(line, STR("HTTP/"))) {
        start_head(fetch, line);
    } else if (!add_header(fetch, line)) {
        fetch->fault = HTTP_FETCH_TOO_LARGE;
        goes_on = false;
    }
    return goes_on ? line.len : 0;
}

static void write_filled(struct http_fetch *fetch)
{
    struct file_sink *sink = &fetch->sink;
    uv_buf_t buf = {0};

    if (sink->writing.len == 0) {
        struct buf empty = sink->writing;

        sink->writing = sink->filling;
        sink->filling = empty;
    }
    if (sink->writing.len == 0)
        return;
    buf = uv_buf_init(sink->writing.ptr, (unsigned)sink->writing.len);
    sink->is_writing = true;
    sink->write.data = fetch;
    uv_fs_write(fetch->client->loop, &sink->write, sink->fd, &buf, 1, (int64_t)sink->offset,
                on_file_written);
}

static size_t take_for_file(struct http_fetch *fetch, struct str piece)
{
    struct file_sink *sink = &fetch->sink;

    if (sink->filling.len && sink->filling.len + piece.len > FILE_CHUNK_BYTES) {
        sink->is_paused = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    buf_add_str(&sink->filling, piece);
    if (!sink->is_writing)
        write_filled(fetch);
    return piece.len;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct http_fetch *fetch = context;
    struct str piece = str_from_bytes(bytes, size * count);
    uint64_t bytes_max = fetch->is_redirect ? REDIRECT_BODY_BYTES_MAX : fetch->request.bytes_max;
    size_t taken = piece.len;

    if (piece.len > bytes_max - fetch->body_bytes) {
        fetch->fault = HTTP_FETCH_TOO_LARGE;
        return 0;
    }
    if (!fetch->is_redirect && fetch->request.has_fd)
        taken = take_for_file(fetch, piece);
    else if (!fetch->is_redirect)
        buf_add_str(&fetch->body, piece);
    if (taken == piece.len)
        fetch->body_bytes += taken;
    return taken;
}

/* The guard: every address that a transfer tries comes through here. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct http_fetch *fetch = context;
    struct netaddr addr = netaddr_from_sockaddr(&to->addr);

    (void)purpose;
    if (fetch->is_public && !fetch->is_name_allowed && !netaddr_is_public(&addr) &&
        !client_allows_address(fetch->client, &addr)) {
        fetch->was_refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static enum http_fetch_fault fault_of(const struct http_fetch *fetch, CURLcode code)
{
    if (fetch->fault != HTTP_FETCH_OK)
        return fetch->fault;
    switch ((int)code) {
    case CURLE_OK:
        return HTTP_FETCH_OK;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return HTTP_FETCH_DNS;
    case CURLE_COULDNT_CONNECT:
        return fetch->was_refused ? HTTP_FETCH_REFUSED_ADDRESS : HTTP_FETCH_CONNECT;
    case CURLE_OPERATION_TIMEDOUT:
        return HTTP_FETCH_TIMEOUT;
    case CURLE_FILESIZE_EXCEEDED:
        return HTTP_FETCH_TOO_LARGE;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
        return HTTP_FETCH_TLS;
    default:
        return HTTP_FETCH_BROKEN;
    }
}

/* 303 always, and 301 and 302 after a POST, go on as a GET without a body, as browsers do. */
static void change_method(struct http_fetch *fetch)
{
    struct http_request *request = &fetch->request;
    bool is_post = strcmp(request->method, "POST") == 0;

    if (strcmp(request->method, "HEAD") == 0)
        return;
    if (fetch->status == 303 || (is_post && (fetch->status == 301 || fetch->status == 302))) {
        request->method = "GET";
        request->body = (struct str){0};
    }
}

/* Prepares the next transfer. False: fetch->fault tells why there is none. */
static bool follow_redirect(struct http_fetch *fetch)
{
    struct err ignored = {0};
    struct url from = fetch->parsed;
    const char *location = NULL;

    if (fetch->redirect_count == fetch->request.redirects_max) {
        fetch->fault = HTTP_FETCH_TOO_MANY_REDIRECTS;
        return false;
    }
    curl_easy_getinfo(fetch->easy, CURLINFO_REDIRECT_URL, &location);
    fetch->fault = HTTP_FETCH_REFUSED_REDIRECT;
    if (!location)
        return false;
    fetch->url = arena_str(&fetch->arena, str_from(location));
    if (!url_parse(fetch->url, &fetch->parsed, &ignored))
        return false;
    if (from.is_https && !fetch->parsed.is_https)
        return false;
    fetch->fault = HTTP_FETCH_OK;
    fetch->redirect_count++;
    if (!url_same_origin(&from, &fetch->parsed))
        fetch->has_left_origin = true;
    change_method(fetch);
    return true;
}

/* The transfer is over; what is left is to write the rest of the file. */
static void complete(struct http_fetch *fetch, CURLcode code)
{
    fetch->fault = fault_of(fetch, code);
    if (fetch->sink.is_writing)
        return;
    finish(fetch);
}

void fetch_transfer_done(struct http_fetch *fetch, CURLcode code)
{
    end_transfer(fetch);
    if (code == CURLE_OK && fetch->is_redirect && follow_redirect(fetch) && start_transfer(fetch))
        return;
    complete(fetch, code);
}

static void on_file_written(uv_fs_t *write)
{
    struct http_fetch *fetch = write->data;
    struct file_sink *sink = &fetch->sink;
    ssize_t written = write->result;

    uv_fs_req_cleanup(write);
    sink->is_writing = false;
    if (fetch->is_retired) {
        free_fetch(fetch);
        return;
    }
    if (written <= 0) {
        if (fetch->group)
            end_transfer(fetch);
        fetch->fault = HTTP_FETCH_SINK;
        finish(fetch);
        return;
    }
    sink->offset += (uint64_t)written;
    buf_consume(&sink->writing, (size_t)written);
    write_filled(fetch);
    if (sink->is_paused && fetch->group) {
        sink->is_paused = false;
        if (curl_easy_pause(fetch->easy, CURLPAUSE_CONT) != CURLE_OK) {
            end_transfer(fetch);
            complete(fetch, CURLE_WRITE_ERROR);
            return;
        }
    }
    if (!fetch->group && !sink->is_writing)
        finish(fetch);
}

/* Headers that may follow a redirect to another origin: none of them tells who asks. */
static bool may_leave_origin(struct str name)
{
    static const char *const kept[] = {"Accept", "Accept-Language", "Content-Type", "User-Agent"};

    for (size_t i = 0; i < ARRAY_LEN(kept); i++)
        if (str_eq_nocase(name, str_from(kept[i])))
            return true;
    return false;
}

static void add_line(struct http_fetch *fetch, const char *line)
{
    struct curl_slist *longer = curl_slist_append(fetch->header_list, line);

    if (!longer)
        die("out of memory");
    fetch->header_list = longer;
}

static void set_headers(struct http_fetch *fetch)
{
    const struct http_request *request = &fetch->request;
    bool has_type = false;

    curl_slist_free_all(fetch->header_list);
    fetch->header_list = NULL;
    for (int i = 0; i < request->header_count; i++) {
        const struct http_header *header = &request->headers[i];
        struct str line = {0};

        if (fetch->has_left_origin && !may_leave_origin(header->name))
            continue;
        if (header->value.len)
            line = arena_printf(&fetch->arena, STR_FMT ": " STR_FMT, STR_ARG(header->name),
                                STR_ARG(header->value));
        else /* libcurl's way to write a header that has no value */
            line = arena_printf(&fetch->arena, STR_FMT ";", STR_ARG(header->name));
        has_type |= str_eq_nocase(header->name, STR("Content-Type"));
        add_line(fetch, line.ptr);
    }
    /* Without these libcurl would wait for a "100 Continue" and call any body a form. */
    add_line(fetch, "Expect:");
    if (!has_type)
        add_line(fetch, "Content-Type:");
    curl_easy_setopt(fetch->easy, CURLOPT_HTTPHEADER, fetch->header_list);
}

static void set_method(struct http_fetch *fetch)
{
    const struct http_request *request = &fetch->request;
    const char *method = request->method;
    bool is_post = strcmp(method, "POST") == 0, is_patch = strcmp(method, "PATCH") == 0;

    if (strcmp(method, "HEAD") == 0) {
        curl_easy_setopt(fetch->easy, CURLOPT_NOBODY, 1L);
        return;
    }
    if (request->body.len || is_post || is_patch || strcmp(method, "PUT") == 0) {
        curl_easy_setopt(fetch->easy, CURLOPT_POST, 1L);
        curl_easy_setopt(fetch->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
        curl_easy_setopt(fetch->easy, CURLOPT_POSTFIELDS,
                         request->body.len ? request->body.ptr : "");
    }
    curl_easy_setopt(fetch->easy, CURLOPT_CUSTOMREQUEST, method);
    /* libcurl repeats a request by itself when a kept connection turns out dead; what is not
     * idempotent must not be repeated by anyone but its owner. */
    if (is_post || is_patch)
        curl_easy_setopt(fetch->easy, CURLOPT_FRESH_CONNECT, 1L);
}

static void set_limits(struct http_fetch *fetch, uint64_t left_ms)
{
    const struct http_request *request = &fetch->request;
    CURL *easy = fetch->easy;

    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)left_ms);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)request->connect_timeout_ms);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME,
                     (long)((request->stall_timeout_ms + MS_PER_S - 1) / MS_PER_S));
    if (strcmp(request->method, "HEAD") != 0) /* a HEAD only tells the size */
        curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)request->bytes_max);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    /* A canceled look-up is left to its thread; waiting for it would stop the loop. */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
}

static void set_guard(struct http_fetch *fetch)
{
    CURL *easy = fetch->easy;

    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, fetch);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if (fetch->is_public) {
        /* A proxy would open the socket where we cannot look. */
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
        curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    }
}

/* Keeps libcurl's pools of connections and names (they are the group's), drops all else. */
static bool start_transfer(struct http_fetch *fetch)
{
    uint64_t now = uv_now(fetch->client->loop);
    CURL *easy = fetch->easy;

    if (now >= fetch->deadline_ms) {
        fetch->fault = HTTP_FETCH_TIMEOUT;
        return false;
    }
    fetch->is_public = fetch->request.trust == HTTP_TRUST_PUBLIC || fetch->has_left_origin;
    fetch->is_name_allowed = client_allows_name(fetch->client, &fetch->parsed);
    fetch->was_refused = fetch->is_head_over = fetch->is_redirect = false;
    fetch->status = 0;
    fetch->header_count = 0;
    fetch->header_bytes = 0;
    fetch->body_bytes = 0;
    curl_easy_reset(easy);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, fetch);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, fetch->detail);
    curl_easy_setopt(easy, CURLOPT_URL, fetch->url.ptr);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, fetch);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, fetch);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "vitascope/" VITASCOPE_VERSION);
    set_guard(fetch);
    set_limits(fetch, fetch->deadline_ms - now);
    set_method(fetch);
    set_headers(fetch);
    fetch->group = &fetch->client->groups[fetch->is_public ? HTTP_TRUST_PUBLIC : HTTP_TRUST_OWNER];
    if (curl_multi_add_handle(fetch->group->multi, easy) != CURLM_OK)
        die("libcurl does not take a transfer");
    return true;
}

static bool check_request(const struct http_request *request, struct err *err)
{
    struct str method = str_from(request->method ? request->method : "GET");
    struct url url = {0};

    if (method.len == 0 || method.len > METHOD_BYTES_MAX)
        return err_set(err, ERR_INVALID, "not a method");
    for (size_t i = 0; i < method.len; i++)
        if (method.ptr[i] < 'A' || method.ptr[i] > 'Z')
            return err_set(err, ERR_INVALID, "not a method");
    if (!url_parse(request->url, &url, err))
        return false;
    for (int i = 0; i < request->header_count; i++)
        if (!http_header_is_valid(&request->headers[i]))
            return err_set(err, ERR_INVALID, "not a header");
    return true;
}

static int or_default(int value, int default_value)
{
    return value > 0 ? value : default_value;
}

/* Makes the request our own. */
static void copy_request(struct http_fetch *fetch, const struct http_request *given)
{
    struct http_request *request = &fetch->request;
    struct http_header *headers =
        ARENA_ARRAY(&fetch->arena, struct http_header, (size_t)given->header_count);

    *request = *given;
    request->method = arena_cstr(&fetch->arena, str_from(given->method ? given->method : "GET"));
    request->url = arena_str(&fetch->arena, given->url);
    request->body = arena_str(&fetch->arena, given->body);
    for (int i = 0; i < given->header_count; i++) {
        headers[i].name = arena_str(&fetch->arena, given->headers[i].name);
        headers[i].value = arena_str(&fetch->arena, given->headers[i].value);
    }
    request->headers = headers;
    request->connect_timeout_ms = or_default(given->connect_timeout_ms, 10000);
    request->timeout_ms = or_default(given->timeout_ms, 60000);
    request->stall_timeout_ms = or_default(given->stall_timeout_ms, 30000);
    if (request->bytes_max == 0)
        request->bytes_max = HTTP_FETCH_BYTES_MAX;
}

static void enlist(struct http_client *client, struct http_fetch *fetch)
{
    fetch->client = client;
    fetch->older = client->fetches;
    if (client->fetches)
        client->fetches->newer = fetch;
    client->fetches = fetch;
    client->fetch_count++;
    client->refs++;
}

bool http_fetch_start(struct http_client *client, const struct http_request *request,
                      struct http_fetch **fetch_out, struct err *err)
{
    struct http_fetch *fetch = NULL;
    int fd = -1;

    if (!check_request(request, err))
        return false;
    if (client->fetch_count >= HTTP_FETCHES_MAX)
        return err_set(err, ERR_BUSY, "%d calls are under way already", HTTP_FETCHES_MAX);
    if (request->has_fd && (fd = fcntl(request->fd, F_DUPFD_CLOEXEC, 0)) < 0)
        return err_set(err, ERR_IO, "cannot duplicate a file descriptor");
    fetch = calloc(1, sizeof(*fetch));
    if (!fetch)
        die("out of memory");
    copy_request(fetch, request);
    fetch->sink.fd = fd;
    buf_init(&fetch->body, fetch->request.bytes_max);
    buf_init(&fetch->sink.filling, 2 * FILE_CHUNK_BYTES);
    buf_init(&fetch->sink.writing, 2 * FILE_CHUNK_BYTES);
    fetch->url = fetch->request.url;
    if (!url_parse(fetch->url, &fetch->parsed, err))
        die("a URL changed while it was copied");
    fetch->easy = curl_easy_init();
    if (!fetch->easy)
        die("out of memory");
    enlist(client, fetch);
    uv_update_time(client->loop);
    fetch->deadline_ms = uv_now(client->loop) + (uint64_t)fetch->request.timeout_ms;
    if (!start_transfer(fetch))
        die("a fetch ended before it began");
    if (fetch_out)
        *fetch_out = fetch;
    return true;
}
