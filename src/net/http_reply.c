/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "net/http_impl.h"

struct status_text {
    int status;
    const char *text;
};

static const struct status_text status_texts[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {425, "Too Early"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
};

/* "OK" for 200; "Unknown" where there is none. */
static const char *status_text(int status)
{
    for (size_t i = 0; i < ARRAY_LEN(status_texts); i++)
        if (status_texts[i].status == status)
            return status_texts[i].text;
    return "Unknown";
}

void http_reply_header(struct http_exchange *exchange, const char *name, struct str value)
{
    struct exchange *x = (struct exchange *)exchange;
    struct buf *lines = &x->reply_headers;
    size_t from = 0;

    assert(!x->is_replied);
    buf_add_str(lines, str_from(name));
    buf_add_str(lines, STR(": "));
    from = lines->len;
    buf_add_str(lines, value);
    for (size_t i = from; i < lines->len; i++)
        if ((unsigned char)lines->ptr[i] < ' ' || lines->ptr[i] == 0x7f)
            lines->ptr[i] = '_';
    buf_add_str(lines, STR("\r\n"));
}

static void add_number(struct buf *out, uint64_t number)
{
    char digits[24];
    size_t at = sizeof(digits);

    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    buf_add(out, digits + at, sizeof(digits) - at);
}

static void add_status_line(struct buf *out, int status)
{
    if (status == 200) {
        buf_add_str(out, STR("HTTP/1.1 200 OK\r\nDate: "));
        return;
    }
    buf_add_str(out, STR("HTTP/1.1 "));
    add_number(out, (uint64_t)status);
    buf_add_char(out, ' ');
    buf_add_str(out, str_from(status_text(status)));
    buf_add_str(out, STR("\r\nDate: "));
}

void reply_compose(struct exchange *x, struct buf *out, int status, const char *content_type,
                   int64_t length)
{
    add_status_line(out, status);
    buf_add_str(out, str_from(server_date(x->server)));
    if (content_type) {
        buf_add_str(out, STR("\r\nContent-Type: "));
        buf_add_str(out, str_from(content_type));
    }
    if (length >= 0) {
        buf_add_str(out, STR("\r\nContent-Length: "));
        add_number(out, (uint64_t)length);
    }
    if (!x->keep_alive)
        buf_add_str(out, STR("\r\nConnection: close"));
    else if (x->minor == 0)
        buf_add_str(out, STR("\r\nConnection: keep-alive"));
    buf_add_str(out, STR("\r\n"));
    buf_add_str(out, buf_str(&x->reply_headers));
    buf_add_str(out, STR("\r\n"));
}

void reply_sent(struct exchange *x)
{
    struct http_conn *conn = x->conn;
    bool may_rest = x->keep_alive && x->is_complete && conn->pending.len == 0 && !conn->has_eof;

    x->is_sent = true;
    if (conn->is_consuming)
        return; /* and it goes on from here */
    if (!may_rest || conn->server->is_draining) {
        conn_wake(conn);
        return;
    }
    exchange_end(x);
    conn_rest(conn);
}

static void on_written(uv_write_t *write, int status)
{
    struct exchange *x = write->data;

    x->is_sending = false;
    if (!x->conn)
        exchange_end(x);
    else if (status < 0)
        conn_close(x->conn);
    else
        x->next(x);
}

/* Cuts `bytes` off the front of two pieces. */
static void skip_pieces(struct str pieces[2], size_t bytes)
{
    size_t first = bytes < pieces[0].len ? bytes : pieces[0].len;

    pieces[0] = str_skip(pieces[0], first);
    pieces[1] = str_skip(pieces[1], bytes - first);
}

static int to_bufs(const struct str pieces[2], uv_buf_t bufs[2])
{
    int count = 0;

    for (int i = 0; i < 2; i++)
        if (pieces[i].len)
            bufs[count++] = uv_buf_init((char *)(uintptr_t)pieces[i].ptr, (unsigned)pieces[i].len);
    return count;
}

void reply_send(struct exchange *x, struct str head, struct str body, bool kept, reply_next *next)
{
    struct http_conn *conn = x->conn;
    uv_stream_t *stream = (uv_stream_t *)&conn->tcp;
    struct str pieces[2] = {head, body};
    uv_buf_t bufs[2];
    int written = uv_try_write(stream, bufs, (unsigned)to_bufs(pieces, bufs));

    if (written < 0 && written != UV_EAGAIN) {
        conn_close(conn);
        return;
    }
    skip_pieces(pieces, written > 0 ? (size_t)written : 0);
    if (pieces[0].len + pieces[1].len == 0) {
        next(x);
        return;
    }
    if (!kept) {
        buf_add_str(&x->out, pieces[0]);
        buf_add_str(&x->out, pieces[1]);
        pieces[0] = buf_str(&x->out);
        pieces[1] = (struct str){0};
    }
    x->next = next;
    x->is_sending = true;
    x->write.data = x;
    conn_wait(conn, WAIT_SEND);
    if (uv_write(&x->write, stream, bufs, (unsigned)to_bufs(pieces, bufs), on_written) != 0) {
        x->is_sending = false;
        conn_close(conn);
        return;
    }
    conn->send_left_bytes = conn_unsent_bytes(conn);
}

/* May the connection go on although the answer comes before the end of the request? */
static bool can_discard_rest(const struct exchange *x)
{
    return !x->expects_continue && x->pub.content_length >= 0 &&
           (uint64_t)x->pub.content_length - x->decoder.data_bytes <= HTTP_DISCARD_BYTES_MAX;
}

/* Claims the exchange for its one answer. False: there is nobody to answer, and it is gone. */
bool reply_begin(struct exchange *x, int status)
{
    assert(!x->is_replied);
    x->is_replied = true;
    if (!x->conn) {
        exchange_end(x);
        return false;
    }
    x->outcome.status = status;
    if (x->conn->server->is_draining || (!x->is_complete && !can_discard_rest(x)))
        x->keep_alive = false;
    return true;
}

void reply_whole(struct exchange *x, int status, const char *content_type, int64_t length,
                 struct str body)
{
    struct buf *out = &x->server->out;

    if (buf_is_over(&x->reply_headers)) {
        buf_clear(&x->reply_headers);
        status = 500;
        length = 0;
    }
    if (!reply_begin(x, status))
        return;
    if (status == 204 || status == 304)
        length = -1;
    if (length <= 0 || x->pub.method == HTTP_HEAD)
        body = (struct str){0};
    buf_clear(out);
    reply_compose(x, out, status, content_type, length);
    x->outcome.body_bytes = body.len;
    if (body.len <= REPLY_COPIED_BYTES_MAX) {
        buf_add_str(out, body);
        body = (struct str){0};
    }
    reply_send(x, buf_str(out), body, false, reply_sent);
}

void http_reply(struct http_exchange *exchange, int status, const char *content_type,
                struct str body)
{
    reply_whole((struct exchange *)exchange, status, content_type, (int64_t)body.len, body);
}

static struct str plain_fault(struct exchange *x, int status, const char *reason)
{
    return arena_printf(&x->arena, "{\"error\":{\"code\":%d,\"message\":\"%s\"}}", status, reason);
}

void reply_error(struct exchange *x, int status, const char *reason)
{
    struct http_server *server = x->server;
    struct str body = {0};

    if (server->handlers.error && !server->is_closed)
        body = server->handlers.error(server->context, &x->pub, status, reason);
    if (body.len == 0)
        body = plain_fault(x, status, reason);
    http_reply(&x->pub, status, "application/json", body);
}

void reply_fault(struct exchange *x, int status, const char *reason)
{
    x->keep_alive = false;
    x->is_announced = true;
    reply_error(x, status, reason);
}
