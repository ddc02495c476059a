/* SPDX-License-Identifier: Apache-2.0 */
/*
 * echo_server: the HTTP server with handlers that show what it understood. For tests and for
 * bench/http.sh; never installed. Prints "port N", then one line for each finished exchange:
 * method, path, status, body bytes, "complete" or "cut".
 *
 * Ends on SIGTERM after draining, on SIGINT at once. SIGUSR1 answers what is held.
 */
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/jsonw.h"
#include "net/http_server.h"

enum { ECHO_BYTES_MAX = 8 << 20, SMALL_BYTES_MAX = 10, FIXED_BYTES = 300, HELD_MAX = 16 };

/* A request that waits for SIGUSR1 to be answered, or to have its body accepted. */
struct held {
    struct http_exchange *exchange;
    bool accepts;
};

struct echo {
    struct http_server_options options;
    const char *file_path;
    struct http_server *server;
    uv_signal_t term, interrupt, release;
    struct held held[HELD_MAX];
    int held_count;
    char fixed[FIXED_BYTES];
    bool is_quiet;
};

/* A request that is answered, or whose body is accepted, by a timer. */
struct later {
    uv_timer_t timer;
    struct http_exchange *exchange;
    bool accepts;
};

static bool is(const struct http_exchange *exchange, const char *path)
{
    return str_eq_c(exchange->path, path);
}

static uint64_t number_param(const struct http_exchange *exchange, const char *name)
{
    const struct str *text = url_params_get(&exchange->params, name);
    uint64_t number = 0;

    return text && str_to_uint(*text, &number) ? number : 0;
}

static void free_later(uv_handle_t *handle)
{
    free(handle->data);
}

static void on_later(uv_timer_t *timer)
{
    struct later *later = timer->data;

    if (later->accepts)
        http_accept_body(later->exchange, ECHO_BYTES_MAX);
    else
        http_reply(later->exchange, 200, "text/plain", later->exchange->path);
    uv_close((uv_handle_t *)timer, free_later);
}

static void do_later(struct echo *echo, struct http_exchange *exchange, bool accepts)
{
    struct later *later = calloc(1, sizeof(*later));

    if (!later)
        die("out of memory");
    later->exchange = exchange;
    later->accepts = accepts;
    later->timer.data = later;
    uv_timer_init(echo->term.loop, &later->timer);
    uv_timer_start(&later->timer, on_later, number_param(exchange, "ms"), 0);
}

static void hold(struct echo *echo, struct http_exchange *exchange, bool accepts)
{
    if (echo->held_count == HELD_MAX)
        die("too many requests are held");
    echo->held[echo->held_count++] = (struct held){exchange, accepts};
}

static void on_release(uv_signal_t *handle, int number)
{
    struct echo *echo = handle->data;

    (void)number;
    while (echo->held_count) {
        struct held held = echo->held[--echo->held_count];

        if (held.accepts)
            http_accept_body(held.exchange, ECHO_BYTES_MAX);
        else
            http_reply(held.exchange, 200, "text/plain", held.exchange->path);
    }
}

static void on_head(void *context, struct http_exchange *exchange)
{
    if (is(exchange, "/early"))
        http_reply(exchange, 401, "text/plain", STR("no key"));
    else if (is(exchange, "/accept-later"))
        do_later(context, exchange, true);
    else if (is(exchange, "/accept-held"))
        hold(context, exchange, true);
    else
        http_accept_body(exchange, is(exchange, "/small") ? SMALL_BYTES_MAX : ECHO_BYTES_MAX);
}

static void reply_info(struct http_exchange *exchange)
{
    struct buf text = {0};
    struct jsonw w = {0};

    buf_init(&text, 1 << 20);
    jsonw_init(&w, &text);
    jsonw_object(&w);
    jsonw_key(&w, "method");
    jsonw_cstr(&w, http_method_name(exchange->method));
    jsonw_key(&w, "target");
    jsonw_str(&w, exchange->target);
    jsonw_key(&w, "path");
    jsonw_str(&w, exchange->path);
    jsonw_key(&w, "host");
    jsonw_str(&w, exchange->host);
    jsonw_key(&w, "peer");
    jsonw_cstr(&w, http_peer_text(exchange));
    jsonw_key(&w, "length");
    jsonw_int(&w, exchange->content_length);
    jsonw_key(&w, "body");
    jsonw_str(&w, exchange->body);
    jsonw_key(&w, "params");
    jsonw_array(&w);
    for (int i = 0; i < exchange->params.count; i++) {
        jsonw_str(&w, exchange->params.items[i].name);
        jsonw_str(&w, exchange->params.items[i].value);
    }
    jsonw_end(&w);
    jsonw_key(&w, "headers");
    jsonw_array(&w);
    for (int i = 0; i < exchange->header_count; i++) {
        jsonw_str(&w, exchange->headers[i].name);
        jsonw_str(&w, exchange->headers[i].value);
    }
    jsonw_end(&w);
    jsonw_end(&w);
    http_reply(exchange, 200, "application/json", buf_str(&text));
    buf_fini(&text);
}

static void reply_bytes(struct http_exchange *exchange)
{
    struct buf bytes = {0};
    size_t len = (size_t)number_param(exchange, "bytes");

    buf_init(&bytes, 256 << 20);
    for (size_t i = 0; i < len; i++)
        buf_add_char(&bytes, (char)('a' + i % 26));
    http_reply(exchange, 200, "text/plain", buf_str(&bytes));
    buf_fini(&bytes);
}

/* ?promise=N promises that many bytes of the file instead of those that it has. */
static void reply_file(const struct echo *echo, struct http_exchange *exchange)
{
    int fd = open(echo->file_path, O_RDONLY | O_CLOEXEC);
    struct stat info = {0};

    if (fd < 0 || fstat(fd, &info) != 0)
        die("cannot open the file");
    if (url_params_get(&exchange->params, "promise"))
        http_reply_file(exchange, 200, "video/mp4", fd, number_param(exchange, "offset"),
                        number_param(exchange, "promise"));
    else
        http_reply_resource(exchange, "video/mp4", STR("\"v1\""), fd, (uint64_t)info.st_size);
}

static void on_request(void *context, struct http_exchange *exchange)
{
    struct echo *echo = context;

    if (is(exchange, "/fixed"))
        http_reply(exchange, 200, "application/json", str_from_bytes(echo->fixed, FIXED_BYTES));
    else if (is(exchange, "/echo") || is(exchange, "/small") || is(exchange, "/accept-later"))
        http_reply(exchange, 200, "application/octet-stream", exchange->body);
    else if (is(exchange, "/info"))
        reply_info(exchange);
    else if (is(exchange, "/later"))
        do_later(echo, exchange, false);
    else if (is(exchange, "/held"))
        hold(echo, exchange, false);
    else if (is(exchange, "/bytes"))
        reply_bytes(exchange);
    else if (is(exchange, "/file"))
        reply_file(echo, exchange);
    else if (is(exchange, "/nothing"))
        http_reply(exchange, 204, NULL, (struct str){0});
    else if (is(exchange, "/split")) {
        http_reply_header(exchange, "X-Split", STR("a\r\nX-Injected: 1"));
        http_reply(exchange, 200, "text/plain", STR("split"));
    } else {
        http_reply(exchange, 404, "text/plain", STR("not found"));
    }
}

static struct str on_error(void *context, struct http_exchange *exchange, int status,
                           const char *reason)
{
    (void)context;
    if (!str_starts(exchange->path, STR("/shaped")))
        return (struct str){0};
    return arena_printf(exchange->arena, "{\"shaped\":%d,\"why\":\"%s\"}", status, reason);
}

static void on_finished(void *context, const struct http_exchange *exchange,
                        const struct http_outcome *outcome)
{
    const struct echo *echo = context;

    if (!echo->is_quiet)
        printf("%s " STR_FMT " %d %llu %s\n", http_method_name(exchange->method),
               STR_ARG(exchange->path), outcome->status, (unsigned long long)outcome->body_bytes,
               outcome->complete ? "complete" : "cut");
}

static void close_signals(struct echo *echo)
{
    uv_close((uv_handle_t *)&echo->term, NULL);
    uv_close((uv_handle_t *)&echo->interrupt, NULL);
    uv_close((uv_handle_t *)&echo->release, NULL);
}

static void on_drained(void *context)
{
    struct echo *echo = context;

    printf("drained\n");
    http_server_close(echo->server);
    close_signals(echo);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct echo *echo = handle->data;

    if (number == SIGTERM) {
        http_server_drain(echo->server, on_drained);
        return;
    }
    http_server_close(echo->server);
    close_signals(echo);
}

static void read_options(struct echo *echo, int argc, char **argv)
{
    static const struct option names[] = {
        {"port", 1, NULL, 'p'},    {"file", 1, NULL, 'f'},        {"head-ms", 1, NULL, 'h'},
        {"body-ms", 1, NULL, 'b'}, {"idle-ms", 1, NULL, 'i'},     {"send-ms", 1, NULL, 's'},
        {"bodies", 1, NULL, 'm'},  {"connections", 1, NULL, 'c'}, {"quiet", 0, NULL, 'q'},
        {"spool", 1, NULL, 'o'},   {"spooled", 1, NULL, 'S'},     {NULL, 0, NULL, 0},
    };
    int option = 0;

    while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
        int number = optarg ? (int)strtol(optarg, NULL, 10) : 0;

        switch (option) {
        case 'p':
            echo->options.port = number;
            break;
        case 'f':
            echo->file_path = optarg;
            break;
        case 'h':
            echo->options.head_timeout_ms = number;
            break;
        case 'b':
            echo->options.body_timeout_ms = number;
            break;
        case 'i':
            echo->options.idle_timeout_ms = number;
            break;
        case 's':
            echo->options.send_timeout_ms = number;
            break;
        case 'm':
            echo->options.bodies_bytes_max = (uint64_t)number;
            break;
        case 'o':
            echo->options.spool_folder = optarg;
            break;
        case 'S':
            echo->options.spooled_bytes_max = (uint64_t)number;
            break;
        case 'c':
            echo->options.connections_max = number;
            break;
        case 'q':
            echo->is_quiet = true;
            break;
        default:
            die("unknown option");
        }
    }
}

int main(int argc, char **argv)
{
    static struct echo echo;
    struct http_handlers handlers = {on_head, on_request, on_error, on_finished};
    uv_loop_t *loop = uv_default_loop();
    struct err err = {0};

    setvbuf(stdout, NULL, _IOLBF, 0);
    read_options(&echo, argc, argv);
    for (int i = 0; i < FIXED_BYTES; i++)
        echo.fixed[i] = (char)('a' + i % 26);
    if (!http_server_open(&echo.server, loop, &echo.options, &handlers, &echo, &err))
        die("%s", err.text);
    uv_signal_init(loop, &echo.term);
    uv_signal_init(loop, &echo.interrupt);
    uv_signal_init(loop, &echo.release);
    echo.term.data = echo.interrupt.data = echo.release.data = &echo;
    uv_signal_start(&echo.term, on_signal, SIGTERM);
    uv_signal_start(&echo.interrupt, on_signal, SIGINT);
    uv_signal_start(&echo.release, on_release, SIGUSR1);
    printf("port %d\n", http_server_port(echo.server));
    uv_run(loop, UV_RUN_DEFAULT);
    return uv_loop_close(loop) == 0 ? 0 : 1;
}
