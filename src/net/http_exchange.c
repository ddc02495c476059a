/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "net/http_impl.h"

struct exchange *exchange_new(struct http_conn *conn)
{
    struct http_server *server = conn->server;
    struct exchange *x = server->spare;

    if (x) {
        server->spare = x->next_spare;
        server->spare_count--;
        x->next_spare = NULL;
    } else {
        x = calloc(1, sizeof(*x));
        if (!x)
            die("out of memory");
        http_body_init(&x->decoder);
        buf_init(&x->reply_headers, REPLY_HEADERS_BYTES_MAX);
        buf_init(&x->out, SIZE_MAX);
        /* The chunk that arena_reset() keeps is then this one. */
        arena_alloc(&x->arena, EXCHANGE_ARENA_BYTES);
        arena_reset(&x->arena);
    }
    server->refs++;
    x->server = server;
    x->conn = conn;
    conn->exchange = x;
    x->pub = (struct http_exchange){.id = ++server->last_id, .arena = &x->arena};
    x->pub.target = x->pub.path = x->pub.query = x->pub.host = STR("");
    x->pub.peer = conn->peer;
    x->start_ns = (int64_t)uv_hrtime();
    return x;
}

void exchange_free(struct exchange *x)
{
    http_body_fini(&x->decoder);
    arena_fini(&x->arena);
    buf_fini(&x->body);
    buf_fini(&x->reply_headers);
    buf_fini(&x->out);
    free(x);
}

/* Keeps the memory that the next exchange is likely to need, and nothing else. */
static void recycle(struct exchange *x)
{
    struct http_server *server = x->server;
    struct exchange clean = {0};

    if (server->spare_count == SPARE_EXCHANGES_MAX || server->is_closed) {
        exchange_free(x);
        return;
    }
    arena_reset(&x->arena);
    buf_clear(&x->body);
    buf_clear(&x->reply_headers);
    buf_fini(&x->out);
    if (x->body.capacity > SPARE_BODY_BYTES_MAX)
        buf_fini(&x->body);
    clean.arena = x->arena;
    clean.decoder = x->decoder;
    clean.body = x->body;
    clean.reply_headers = x->reply_headers;
    clean.out = x->out;
    clean.next_spare = server->spare;
    *x = clean;
    server->spare = x;
    server->spare_count++;
}

void exchange_end(struct exchange *x)
{
    struct http_server *server = x->server;

    if (x->conn)
        x->conn->exchange = NULL;
    x->conn = NULL;
    x->outcome.duration_ns = (int64_t)uv_hrtime() - x->start_ns;
    x->outcome.complete = x->is_sent;
    if (x->is_announced && server->handlers.finished && !server->is_closed)
        server->handlers.finished(server->context, &x->pub, &x->outcome);
    server->bodies_bytes -= x->body_counted_bytes;
    server->spooled_bytes -= x->spooled_bytes;
    http_spool_free(x->spool);
    file_reply_free(x->file);
    recycle(x);
    server_unref(server);
}

static bool is_held_by_owner(const struct exchange *x)
{
    return x->is_announced && !x->is_replied && (!x->is_accepted || x->is_requested);
}

void exchange_lose_client(struct exchange *x)
{
    x->conn = NULL;
    if (!is_held_by_owner(x) && !x->is_sending)
        exchange_end(x);
}

/* "http://host[:port]/path" as proxies send it: the host in it counts, not the header's. */
static bool cut_authority(struct str *target, struct str *host)
{
    struct url url = {0};
    struct err ignored = {0};
    struct str rest = {0};
    size_t end = 0;

    if (!url_parse(*target, &url, &ignored))
        return false;
    rest = str_skip(*target, (size_t)str_find(*target, STR("://")) + 3);
    while (end < rest.len && rest.ptr[end] != '/' && rest.ptr[end] != '?')
        end++;
    *host = str_head(rest, end);
    *target = str_skip(rest, end);
    return true;
}

static bool read_target(struct http_exchange *pub)
{
    struct err ignored = {0};
    struct str rest = pub->target, path = {0};

    if (pub->method == HTTP_OPTIONS && str_eq_c(rest, "*")) {
        pub->path = rest;
        return true;
    }
    if (rest.ptr[0] != '/' && !cut_authority(&rest, &pub->host))
        return false;
    rest = str_cut(rest, '?', &path);
    if (rest.ptr)
        pub->query = rest;
    if (path.len == 0)
        path = STR("/");
    return url_decode_path(pub->arena, path, &pub->path, &ignored) &&
           url_params_parse(pub->arena, pub->query, &pub->params, &ignored);
}

/* The scratch table holds views of the block's copy, so copying it is enough. */
static void keep_head(struct exchange *x, const struct http_head *head)
{
    size_t count = (size_t)head->header_count;
    struct http_header *headers = arena_alloc(&x->arena, sizeof(*headers) * count);

    if (count)
        memcpy(headers, x->server->headers, sizeof(*headers) * count);
    x->pub.headers = headers;
    x->pub.header_count = head->header_count;
    x->pub.method = head->method;
    x->pub.target = head->target;
    x->pub.host = head->host.ptr ? head->host : STR("");
    x->pub.content_length = head->content_length;
    x->minor = head->minor;
    x->keep_alive = head->keep_alive;
    x->expects_continue = head->expect_continue && head->content_length != 0;
}

static bool take_body(void *context, struct str piece);

void exchange_begin(struct exchange *x, struct str block)
{
    struct http_server *server = x->server;
    struct http_head head = {0};
    const char *reason = "";
    struct str copy = arena_str(&x->arena, block);
    int status =
        http_head_scan(copy, server->headers, server->options.header_count_max, &head, &reason);
    enum http_body_step step = HTTP_BODY_BAD;

    keep_head(x, &head);
    /* Of a bad request too, where it has one: the fault's dialect is told by the path. */
    if (x->pub.target.len && !read_target(&x->pub) && status == 0) {
        status = 400;
        reason = "malformed request target";
    }
    if (status == 0) {
        step = http_body_begin(&x->decoder, copy, head.content_length, take_body, x);
        if (step == HTTP_BODY_BAD) {
            status = 400;
            reason = "malformed request";
        }
    }
    if (status) {
        reply_fault(x, status, reason);
        return;
    }
    x->is_complete = step == HTTP_BODY_COMPLETE;
    x->is_announced = true;
    if (server->handlers.head)
        server->handlers.head(server->context, &x->pub);
    else
        http_accept_body(&x->pub, HTTP_BODY_BYTES_MAX);
}

/* ---- large bodies ---- */

static void spool_written(void *user, bool ok);

/* Hands what is in memory to the spool. */
static void spool_block(struct exchange *x)
{
    if (!x->spool)
        x->spool = http_spool_new(x->server->loop, x->server->spool_folder, spool_written, x);
    x->spooling_bytes = x->body.len;
    http_spool_write(x->spool, &x->body, x->is_complete);
    x->is_spooled = x->is_complete;
}

static void spool_written(void *user, bool ok)
{
    struct exchange *x = user;

    x->server->bodies_bytes -= x->spooling_bytes;
    x->body_counted_bytes -= x->spooling_bytes;
    x->spooling_bytes = 0;
    if (x->is_replied)
        return;
    if (!ok) {
        http_reply_header(&x->pub, "Retry-After", STR("1"));
        reply_fault(x, 503, "the request body cannot be stored");
        return;
    }
    if (x->is_spooled)
        x->pub.body = http_spool_bytes(x->spool);
    else if (x->is_complete || x->body.len >= HTTP_SPOOL_BYTES)
        spool_block(x);
    conn_wake(x->conn);
}

bool exchange_is_spooling(const struct exchange *x)
{
    return x->spool && !x->is_replied && http_spool_is_busy(x->spool) &&
           (x->is_complete || x->body.len >= HTTP_SPOOL_BYTES);
}

/* Forms are read where they lie. Whatever else is parsed is copied for that: in a file it would
 * cost the memory all the same, and no limit would know of it. */
static bool may_spool(const struct exchange *x)
{
    const struct str *type = http_header(&x->pub, "content-type");
    struct str form = STR("multipart/");

    return x->server->spool_folder && type && type->len >= form.len &&
           str_eq_nocase(str_head(*type, form.len), form);
}

static bool take_body(void *context, struct str piece)
{
    struct exchange *x = context;
    struct http_server *server = x->server;
    bool spools = may_spool(x);

    if (x->is_replied) /* nobody wants it; its length was looked at before the answer */
        return true;
    if (x->decoder.data_bytes > x->body_bytes_max)
        return false;
    if (piece.len > server->options.bodies_bytes_max - server->bodies_bytes)
        return false;
    if (spools && piece.len > server->options.spooled_bytes_max - server->spooled_bytes)
        return false;
    x->body_counted_bytes += piece.len;
    server->bodies_bytes += piece.len;
    if (spools) {
        x->spooled_bytes += piece.len;
        server->spooled_bytes += piece.len;
    }
    if (!buf_add_str(&x->body, piece))
        return false;
    if (x->body.len >= HTTP_SPOOL_BYTES && spools && !(x->spool && http_spool_is_busy(x->spool)))
        spool_block(x);
    return true;
}

static void send_continue(struct exchange *x)
{
    static char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
    uv_buf_t buf = uv_buf_init(text, sizeof(text) - 1);
    int written = uv_try_write((uv_stream_t *)&x->conn->tcp, &buf, 1);

    x->expects_continue = false;
    /* Unsent, it does no harm: clients wait for a moment only. Half of it would. */
    if (written > 0 && written < (int)buf.len)
        conn_close(x->conn);
}

void exchange_start_body(struct exchange *x)
{
    if (x->pub.content_length > 0 && (uint64_t)x->pub.content_length > x->body_bytes_max)
        reply_fault(x, 413, "request body too large");
    else if (x->expects_continue)
        send_continue(x);
}

size_t exchange_read_body(struct exchange *x, struct str bytes)
{
    size_t used = 0;
    enum http_body_step step = http_body_read(&x->decoder, bytes, &used);

    if (step == HTTP_BODY_COMPLETE) {
        x->is_complete = true;
        if (!x->spool)
            x->pub.body = buf_str(&x->body);
        else if (!http_spool_is_busy(x->spool) && !x->is_replied)
            spool_block(x);
    } else if (step == HTTP_BODY_BAD && x->is_replied) {
        conn_close(x->conn);
    } else if (step == HTTP_BODY_BAD) {
        reply_fault(x, 400, "malformed request body");
    } else if (step == HTTP_BODY_STOPPED && x->decoder.data_bytes <= x->body_bytes_max) {
        http_reply_header(&x->pub, "Retry-After", STR("1"));
        reply_fault(x, 503, "too many request bodies in flight");
    } else if (step == HTTP_BODY_STOPPED) {
        reply_fault(x, 413, "request body too large");
    }
    return used;
}

void http_accept_body(struct http_exchange *exchange, uint64_t bytes_max)
{
    struct exchange *x = (struct exchange *)exchange;

    assert(!x->is_accepted && !x->is_replied);
    x->is_accepted = true;
    x->body_bytes_max = bytes_max;
    x->body.max_bytes = bytes_max;
    if (!x->conn)
        exchange_end(x);
    else if (!x->conn->is_consuming)
        conn_wake(x->conn);
}

const struct str *http_header(const struct http_exchange *exchange, const char *name)
{
    return http_headers_get(exchange->headers, exchange->header_count, str_from(name));
}

const char *http_peer_text(struct http_exchange *exchange)
{
    return netaddr_format(&exchange->peer, arena_alloc(exchange->arena, NETADDR_TEXT_BYTES));
}
