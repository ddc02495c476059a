/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/sockios.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "net/http_impl.h"

static void on_closed(uv_handle_t *handle)
{
    struct http_conn *conn = handle->data;
    struct http_server *server = conn->server;

    buf_fini(&conn->pending);
    free(conn);
    server_conn_closed(server);
}

void conn_close(struct http_conn *conn)
{
    struct exchange *x = conn->exchange;

    if (conn->is_closing)
        return;
    conn->is_closing = true;
    conn->exchange = NULL;
    conn_forget(conn);
    uv_close((uv_handle_t *)&conn->tcp, on_closed);
    if (x)
        exchange_lose_client(x);
}

size_t conn_unsent_bytes(const struct http_conn *conn)
{
    uv_os_fd_t fd = -1;
    int in_kernel = 0;

    if (uv_fileno((const uv_handle_t *)&conn->tcp, &fd) != 0 ||
        ioctl(fd, SIOCOUTQ, &in_kernel) != 0)
        in_kernel = 0;
    return uv_stream_get_write_queue_size((const uv_stream_t *)&conn->tcp) + (size_t)in_kernel;
}

static void on_alloc(uv_handle_t *handle, size_t suggested_bytes, uv_buf_t *buf)
{
    struct http_conn *conn = handle->data;

    (void)suggested_bytes;
    /* libuv reads into it and calls on_read() before it reads for anyone else. */
    *buf = uv_buf_init(conn->server->read_bytes, READ_BYTES);
}

/* Sends what is in the way of the client's reading the answer: nothing more from us, and its own
 * bytes dropped instead of refused (a reset would take the answer with it). */
static void linger(struct http_conn *conn)
{
    uv_os_fd_t fd = -1;

    if (uv_fileno((const uv_handle_t *)&conn->tcp, &fd) == 0)
        shutdown(fd, SHUT_WR);
    conn_wait(conn, WAIT_LINGER);
}

/* The answer is out: the connection goes on to its next request, or ends. */
static void end_exchange(struct http_conn *conn, bool has_more_bytes)
{
    struct exchange *x = conn->exchange;
    bool keep_alive = x->keep_alive && !conn->server->is_draining;
    bool is_unread = !x->is_complete || has_more_bytes;

    exchange_end(x);
    if (keep_alive)
        conn_wait(conn, WAIT_IDLE);
    else if (is_unread && !conn->has_eof)
        linger(conn);
    else
        conn_close(conn);
}

/* Starts an exchange when its header block is complete. Returns the bytes used. */
static size_t take_head(struct http_conn *conn, struct str bytes)
{
    size_t head_bytes = 0, bytes_max = conn->server->options.head_bytes_max;
    enum http_head_end end = http_head_find_end(bytes, &conn->scanned, &head_bytes);
    bool is_too_long = (end == HTTP_HEAD_COMPLETE ? head_bytes : bytes.len) > bytes_max;

    if (end == HTTP_HEAD_PARTIAL && !is_too_long)
        return 0;
    conn->scanned = 0;
    exchange_new(conn);
    if (end == HTTP_HEAD_BAD)
        reply_fault(conn->exchange, 400, "malformed request");
    else if (is_too_long && str_find_char(str_head(bytes, bytes_max), '\n') < 0)
        reply_fault(conn->exchange, 414, "request target too long");
    else if (is_too_long)
        reply_fault(conn->exchange, 431, "header block too long");
    else
        exchange_begin(conn->exchange, str_head(bytes, head_bytes));
    return head_bytes;
}

/* Moves the exchange one step on. False: it waits for bytes, its owner or the kernel. */
static bool step(struct http_conn *conn, struct str rest, size_t *used)
{
    struct exchange *x = conn->exchange;

    if (x->is_sent && (x->is_complete || !x->keep_alive)) {
        end_exchange(conn, rest.len > 0);
        return true;
    }
    if (!x->is_accepted && !x->is_sent)
        return false;
    if (x->is_replied && !x->is_sent)
        return false;
    if (exchange_is_spooling(x))
        return false;
    if (!x->is_started && !x->is_replied) {
        x->is_started = true;
        exchange_start_body(x);
        return true;
    }
    if (!x->is_complete) {
        *used = rest.len ? exchange_read_body(x, rest) : 0;
        return rest.len > 0;
    }
    if (x->is_requested)
        return false;
    x->is_requested = true;
    conn->server->handlers.request(conn->server->context, &x->pub);
    return true;
}

/* Works through bytes until something has to be waited for. Returns how many were used. */
static size_t consume(struct http_conn *conn, struct str bytes)
{
    size_t all = 0;

    conn->is_consuming = true;
    while (!conn->is_closing && conn->wait != WAIT_LINGER) {
        struct str rest = str_skip(bytes, all);
        size_t used = 0;

        if (conn->exchange) {
            if (!step(conn, rest, &used))
                break;
        } else {
            used = rest.len ? take_head(conn, rest) : 0;
            if (!conn->exchange)
                break;
        }
        all += used;
    }
    conn->is_consuming = false;
    return all;
}

static void on_read(uv_stream_t *stream, ssize_t nread, const uv_buf_t *buf);

static void set_reading(struct http_conn *conn, bool reading)
{
    reading = reading && !conn->has_eof;
    if (reading == conn->is_reading)
        return;
    conn->is_reading = reading;
    if (reading)
        uv_read_start((uv_stream_t *)&conn->tcp, on_alloc, on_read);
    else
        uv_read_stop((uv_stream_t *)&conn->tcp);
}

static void wait_for(struct http_conn *conn, enum http_wait wait)
{
    if (conn->wait != wait)
        conn_wait(conn, wait);
}

static void wait_for_body(struct http_conn *conn, struct exchange *x)
{
    uint64_t bytes = x->decoder.wire_bytes;

    if (conn->wait != WAIT_BODY || bytes >= x->body_progress_bytes + BODY_PROGRESS_BYTES) {
        x->body_progress_bytes = bytes;
        conn_wait(conn, WAIT_BODY);
    }
}

/* Nothing more can be done with the bytes at hand: decides what to wait for. */
static void settle(struct http_conn *conn)
{
    struct exchange *x = conn->exchange;
    bool has_pending = conn->pending.len > 0;

    if (conn->wait == WAIT_LINGER) {
        set_reading(conn, true);
    } else if (!x) {
        if (conn->has_eof || (conn->server->is_draining && !has_pending)) {
            conn_close(conn);
            return;
        }
        if (has_pending)
            wait_for(conn, WAIT_HEAD);
        else if (conn->wait != WAIT_FIRST)
            wait_for(conn, WAIT_IDLE);
        set_reading(conn, true);
    } else if (x->is_replied && !x->is_sent) {
        wait_for(conn, WAIT_SEND);
        set_reading(conn, !has_pending);
    } else if (!x->is_complete && (x->is_accepted || x->is_sent) && !exchange_is_spooling(x)) {
        if (conn->has_eof) {
            conn_close(conn);
            return;
        }
        wait_for_body(conn, x);
        set_reading(conn, true);
    } else {
        /* Reading on shows a reset; bytes that nobody can use yet stop it. */
        wait_for(conn, WAIT_OWNER);
        set_reading(conn, !has_pending);
    }
}

static void feed(struct http_conn *conn, struct str fresh)
{
    struct str bytes = fresh;
    bool from_pending = conn->pending.len > 0;
    size_t used = 0;

    if (from_pending) {
        buf_add_str(&conn->pending, fresh);
        bytes = buf_str(&conn->pending);
    }
    used = consume(conn, bytes);
    if (conn->is_closing)
        return;
    if (conn->wait == WAIT_LINGER)
        used = bytes.len;
    if (from_pending)
        buf_consume(&conn->pending, used);
    else if (used < bytes.len)
        buf_add_str(&conn->pending, str_skip(bytes, used));
    if (conn->pending.len == 0 && conn->pending.ptr)
        buf_fini(&conn->pending);
    settle(conn);
}

void conn_resume(struct http_conn *conn)
{
    feed(conn, (struct str){0});
}

void conn_rest(struct http_conn *conn)
{
    conn_wait(conn, WAIT_IDLE);
    settle(conn);
}

static void on_read(uv_stream_t *stream, ssize_t nread, const uv_buf_t *buf)
{
    struct http_conn *conn = stream->data;

    if (nread == 0)
        return;
    if (nread < 0 && nread != UV_EOF) {
        conn_close(conn);
        return;
    }
    if (conn->wait == WAIT_LINGER) {
        if (nread == UV_EOF)
            conn_close(conn);
        return;
    }
    if (nread > 0) {
        feed(conn, str_from_bytes(buf->base, (size_t)nread));
        return;
    }
    set_reading(conn, false);
    conn->has_eof = true;
    /* One that was woken will see it then; one that waits for its owner still gets the answer. */
    if (conn->wait != WAIT_AWAKE && conn->wait != WAIT_RESUMING)
        conn_resume(conn);
}

static void fault(struct http_conn *conn, int status, const char *reason)
{
    if (!conn->exchange)
        exchange_new(conn);
    reply_fault(conn->exchange, status, reason);
}

/* A client that takes nothing is cut off; one that takes something gets more time. What it has
 * taken shows in the kernel's queue long before libuv can write again. */
static void check_sending(struct http_conn *conn)
{
    size_t left_bytes = conn_unsent_bytes(conn);
    bool has_progressed = left_bytes < conn->send_left_bytes || left_bytes == 0;

    conn->send_left_bytes = left_bytes;
    if (has_progressed)
        conn_wait(conn, WAIT_SEND);
    else
        conn_close(conn);
}

void conn_timed_out(struct http_conn *conn)
{
    if (conn->wait == WAIT_HEAD)
        fault(conn, 408, "the request took too long to arrive");
    else if (conn->wait == WAIT_BODY && !conn->exchange->is_replied)
        fault(conn, 408, "the request's body took too long to arrive");
    else if (conn->wait == WAIT_SEND)
        check_sending(conn);
    else
        conn_close(conn);
}

/* Over the limit the one that has been idle longest goes. False: there is none. */
static bool make_room(struct http_server *server)
{
    struct http_conn *idle = server->waits[WAIT_IDLE].oldest;

    if (idle)
        conn_close(idle);
    return idle != NULL;
}

static void refuse(struct http_conn *conn)
{
    static char answer[] = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n"
                           "Retry-After: 1\r\nConnection: close\r\n\r\n";
    uv_buf_t buf = uv_buf_init(answer, sizeof(answer) - 1);

    uv_try_write((uv_stream_t *)&conn->tcp, &buf, 1);
    linger(conn);
    set_reading(conn, true);
}

void conn_open(struct http_server *server)
{
    struct http_conn *conn = calloc(1, sizeof(*conn));
    struct sockaddr_storage peer = {0};
    int peer_bytes = sizeof(peer);
    bool has_room = server->conn_count < server->options.connections_max || make_room(server);

    if (!conn)
        die("out of memory");
    conn->server = server;
    conn->tcp.data = conn;
    buf_init(&conn->pending, server->options.head_bytes_max + 2 * READ_BYTES);
    server->conn_count++;
    server->refs++;
    uv_tcp_init(server->loop, &conn->tcp);
    conn_enlist(conn);
    if (uv_accept((uv_stream_t *)&server->listener, (uv_stream_t *)&conn->tcp) != 0) {
        conn_close(conn);
        return;
    }
    if (uv_tcp_getpeername(&conn->tcp, (struct sockaddr *)&peer, &peer_bytes) == 0)
        conn->peer = netaddr_from_sockaddr((const struct sockaddr *)&peer);
    uv_tcp_nodelay(&conn->tcp, 1);
    if (has_room)
        set_reading(conn, true);
    else if (server->conn_count <= server->options.connections_max + REFUSED_CONNECTIONS_MAX)
        refuse(conn);
    else
        conn_close(conn);
}
