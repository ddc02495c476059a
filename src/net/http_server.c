/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_server.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "net/http_impl.h"

enum { TICK_MS_MIN = 20, TICK_MS_MAX = 500, TICKS_PER_TIMEOUT = 5 };

void server_unref(struct http_server *server)
{
    if (--server->refs > 0)
        return;
    while (server->spare) {
        struct exchange *x = server->spare;

        server->spare = x->next_spare;
        exchange_free(x);
    }
    buf_fini(&server->out);
    free(server->spool_folder);
    free(server);
}

const char *server_date(struct http_server *server)
{
    time_t now = time(NULL);
    struct tm parts = {0};

    if (now != server->date_second) {
        server->date_second = now;
        gmtime_r(&now, &parts);
        strftime(server->date, sizeof(server->date), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    }
    return server->date;
}

static void unlink_wait(struct http_conn *conn)
{
    struct wait_list *list = &conn->server->waits[conn->wait];

    if (conn->older)
        conn->older->newer = conn->newer;
    else
        list->oldest = conn->newer;
    if (conn->newer)
        conn->newer->older = conn->older;
    else
        list->newest = conn->older;
    conn->older = conn->newer = NULL;
}

static void link_wait(struct http_conn *conn, enum http_wait wait)
{
    struct wait_list *list = &conn->server->waits[wait];

    conn->wait = wait;
    conn->deadline_ms = uv_now(conn->server->loop) + (uint64_t)list->timeout_ms;
    conn->older = list->newest;
    if (list->newest)
        list->newest->newer = conn;
    else
        list->oldest = conn;
    list->newest = conn;
}

void conn_wait(struct http_conn *conn, enum http_wait wait)
{
    unlink_wait(conn);
    link_wait(conn, wait);
}

static void on_tick(uv_timer_t *ticker)
{
    struct http_server *server = ticker->data;
    uint64_t now = uv_now(server->loop);

    for (int wait = 0; wait < WAIT_KINDS; wait++) {
        struct wait_list *list = &server->waits[wait];

        while (list->timeout_ms && list->oldest && list->oldest->deadline_ms <= now)
            conn_timed_out(list->oldest);
    }
}

static void on_wake(uv_idle_t *waker)
{
    struct http_server *server = waker->data;
    struct wait_list *awake = &server->waits[WAIT_AWAKE];
    struct wait_list *resuming = &server->waits[WAIT_RESUMING];

    uv_idle_stop(waker);
    while (awake->oldest)
        conn_wait(awake->oldest, WAIT_RESUMING);
    while (resuming->oldest) {
        struct http_conn *conn = resuming->oldest;

        conn_wait(conn, WAIT_OWNER);
        conn_resume(conn);
    }
}

void conn_wake(struct http_conn *conn)
{
    if (conn->is_closing)
        return;
    conn_wait(conn, WAIT_AWAKE);
    uv_idle_start(&conn->server->waker, on_wake);
}

void conn_enlist(struct http_conn *conn)
{
    link_wait(conn, WAIT_FIRST);
}

void conn_forget(struct http_conn *conn)
{
    unlink_wait(conn);
}

static void on_handle_closed(uv_handle_t *handle)
{
    server_unref(handle->data);
}

/* After it, nothing of this server comes from the loop but what is in flight. */
static void close_handle(struct http_server *server, uv_handle_t *handle)
{
    handle->data = server;
    uv_close(handle, on_handle_closed);
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct http_server *server = listener->data;

    if (status == 0)
        conn_open(server);
}

static int or_default(int value, int default_value)
{
    return value > 0 ? value : default_value;
}

static void set_options(struct http_server *server, const struct http_server_options *given)
{
    struct http_server_options *options = &server->options;
    int shortest_ms = INT32_MAX;

    *options = *given;
    options->host = NULL;
    options->spool_folder = NULL;
    if (given->spool_folder && !(server->spool_folder = strdup(given->spool_folder)))
        die("out of memory");
    options->connections_max = or_default(given->connections_max, HTTP_CONNECTIONS_MAX);
    options->header_count_max = or_default(given->header_count_max, HTTP_HEADER_COUNT_MAX);
    if (options->header_count_max > HTTP_HEADER_COUNT_MAX)
        options->header_count_max = HTTP_HEADER_COUNT_MAX;
    if (options->head_bytes_max == 0)
        options->head_bytes_max = HTTP_HEAD_BYTES_MAX;
    if (options->bodies_bytes_max == 0)
        options->bodies_bytes_max = HTTP_BODIES_BYTES_MAX;
    if (options->spooled_bytes_max == 0)
        options->spooled_bytes_max = HTTP_SPOOLED_BYTES_MAX;
    server->waits[WAIT_HEAD].timeout_ms = or_default(given->head_timeout_ms, 10000);
    server->waits[WAIT_FIRST].timeout_ms = server->waits[WAIT_HEAD].timeout_ms;
    server->waits[WAIT_BODY].timeout_ms = or_default(given->body_timeout_ms, 60000);
    server->waits[WAIT_IDLE].timeout_ms = or_default(given->idle_timeout_ms, 75000);
    server->waits[WAIT_SEND].timeout_ms = or_default(given->send_timeout_ms, 60000);
    server->waits[WAIT_LINGER].timeout_ms = LINGER_TIMEOUT_MS;
    for (int wait = 0; wait < WAIT_KINDS; wait++)
        if (server->waits[wait].timeout_ms && server->waits[wait].timeout_ms < shortest_ms)
            shortest_ms = server->waits[wait].timeout_ms;
    server->tick_ms = shortest_ms / TICKS_PER_TIMEOUT;
    if (server->tick_ms < TICK_MS_MIN)
        server->tick_ms = TICK_MS_MIN;
    if (server->tick_ms > TICK_MS_MAX)
        server->tick_ms = TICK_MS_MAX;
}

static bool listen_on(struct http_server *server, const struct sockaddr *address, int backlog,
                      struct err *err)
{
    struct sockaddr_storage bound = {0};
    int bound_bytes = sizeof(bound);
    int code = uv_tcp_bind(&server->listener, address, 0);

    if (code == 0)
        code = uv_listen((uv_stream_t *)&server->listener, backlog, on_connection);
    if (code == 0)
        code = uv_tcp_getsockname(&server->listener, (struct sockaddr *)&bound, &bound_bytes);
    if (code != 0)
        return err_set(err, ERR_IO, "cannot listen: %s", uv_strerror(code));
    server->port = netaddr_from_sockaddr((const struct sockaddr *)&bound).port;
    return true;
}

bool http_server_open(struct http_server **server_out, uv_loop_t *loop,
                      const struct http_server_options *options,
                      const struct http_handlers *handlers, void *context, struct err *err)
{
    struct netaddr addr = {0};
    struct sockaddr_storage address = {0};
    struct http_server *server = NULL;

    if (!netaddr_parse(str_from(options->host ? options->host : "127.0.0.1"), &addr, err))
        return err_set(err, ERR_INVALID, "the address to listen on is not an IP address");
    if (options->port < 0 || options->port > UINT16_MAX)
        return err_set(err, ERR_INVALID, "the port to listen on must be 0 to 65535");
    addr.port = (uint16_t)options->port;
    netaddr_to_sockaddr(&addr, &address);
    server = calloc(1, sizeof(*server));
    if (!server)
        die("out of memory");
    server->loop = loop;
    server->handlers = *handlers;
    server->context = context;
    server->refs = 3; /* the handles */
    buf_init(&server->out, SIZE_MAX);
    set_options(server, options);
    /* A client that has gone is a failed write, not the end of the process. */
    signal(SIGPIPE, SIG_IGN);
    uv_tcp_init(loop, &server->listener);
    uv_timer_init(loop, &server->ticker);
    uv_idle_init(loop, &server->waker);
    server->listener.data = server->ticker.data = server->waker.data = server;
    server->is_listening = true;
    if (!listen_on(server, (const struct sockaddr *)&address, or_default(options->backlog, 511),
                   err)) {
        http_server_close(server);
        return false;
    }
    uv_timer_start(&server->ticker, on_tick, (uint64_t)server->tick_ms, (uint64_t)server->tick_ms);
    /* Only sockets keep the loop alive. */
    uv_unref((uv_handle_t *)&server->ticker);
    *server_out = server;
    return true;
}

int http_server_port(const struct http_server *server)
{
    return server->port;
}

static void check_drained(struct http_server *server)
{
    void (*drained)(void *context) = server->drained;

    if (!drained || server->is_listening || server->conn_count || server->is_closed)
        return;
    server->drained = NULL;
    drained(server->context);
}

void server_conn_closed(struct http_server *server)
{
    server->conn_count--;
    check_drained(server);
    server_unref(server);
}

static void on_listener_closed(uv_handle_t *handle)
{
    struct http_server *server = handle->data;

    server->is_listening = false;
    check_drained(server);
    server_unref(server);
}

static void stop_listening(struct http_server *server)
{
    if (!uv_is_closing((const uv_handle_t *)&server->listener))
        uv_close((uv_handle_t *)&server->listener, on_listener_closed);
}

static void close_waiting(struct http_server *server, enum http_wait wait)
{
    while (server->waits[wait].oldest)
        conn_close(server->waits[wait].oldest);
}

void http_server_drain(struct http_server *server, void (*drained)(void *context))
{
    server->is_draining = true;
    server->drained = drained;
    stop_listening(server);
    close_waiting(server, WAIT_FIRST);
    close_waiting(server, WAIT_IDLE);
}

void http_server_close(struct http_server *server)
{
    if (!server || server->is_closed)
        return;
    server->is_closed = true;
    stop_listening(server);
    for (int wait = 0; wait < WAIT_KINDS; wait++)
        close_waiting(server, (enum http_wait)wait);
    close_handle(server, (uv_handle_t *)&server->ticker);
    close_handle(server, (uv_handle_t *)&server->waker);
}
