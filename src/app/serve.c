/* SPDX-License-Identifier: Apache-2.0 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/command.h"
#include "app/first.h"
#include "app/wire.h"
#include "base/log.h"
#include "model/money.h"
#include "store/db.h"
#include "store/lockfile.h"

static const char help[] =
    "usage: vitascope serve [OPTIONS]\n"
    "\n"
    "Runs the server. The first run makes the data folder, an account with credit, and its\n"
    "key, which is printed once.\n"
    "\n"
    "  --data DIR           data folder (default ./vitascope-data)\n"
    "  --listen ADDR:PORT   where to listen (default 127.0.0.1:8787; port 0: any free one)\n"
    "  --config FILE        configuration in YAML (docs/CONFIGURATION.md)\n"
    "  --log LEVEL          debug, info, warn or error (default info)\n"
    "  --until-eof          stop when standard input ends: for a server that belongs to another\n"
    "                       program\n";

struct serve {
    uv_loop_t loop;
    uv_signal_t on_int, on_term;
    uv_pipe_t input;
    bool until_eof;
    struct arena arena;
    struct config *config;
    struct home home;
    struct lockfile *lock;
    struct wire *wire;
    bool listening, stopping;
};

struct serve_options {
    const char *data, *listen, *config, *log;
    bool until_eof;
};

static bool parse_options(int argc, char **argv, struct serve_options *options, int *status)
{
    static const struct option known[] = {{"data", required_argument, NULL, 'd'},
                                          {"listen", required_argument, NULL, 'l'},
                                          {"config", required_argument, NULL, 'c'},
                                          {"log", required_argument, NULL, 'g'},
                                          {"until-eof", no_argument, NULL, 'e'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    int option = 0;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        switch (option) {
        case 'd':
            options->data = optarg;
            break;
        case 'l':
            options->listen = optarg;
            break;
        case 'c':
            options->config = optarg;
            break;
        case 'g':
            options->log = optarg;
            break;
        case 'e':
            options->until_eof = true;
            break;
        case 'h':
            fputs(help, stdout);
            *status = EXIT_DONE;
            return false;
        default:
            *status = EXIT_USAGE;
            return false;
        }
    }
    if (optind == argc)
        return true;
    fprintf(stderr, "vitascope serve: unexpected \"%s\"\n", argv[optind]);
    *status = EXIT_USAGE;
    return false;
}

/* The owner's account and key, on the first run. */
static bool greet(struct serve *serve, struct err *err)
{
    char text[KEY_TEXT_BYTES];
    struct db *db = NULL;
    int64_t grant = 0;
    bool made = false, ok = false;

    if (!money_parse(str_from(serve->config->first_grant_usd), &grant))
        return err_set(err, ERR_INVALID, "first_grant_usd is not an amount of dollars");
    if (!first_open(serve->home.database_url, &db, err))
        return false;
    ok = first_owner(db, grant, text, &made, err);
    db_close(db);
    if (ok && made)
        printf("key: %s\n", text);
    return ok;
}

static void stopped(void *user)
{
    struct serve *serve = user;

    uv_close((uv_handle_t *)&serve->on_int, NULL);
    uv_close((uv_handle_t *)&serve->on_term, NULL);
    if (serve->until_eof)
        uv_close((uv_handle_t *)&serve->input, NULL);
}

static void stop(struct serve *serve, const char *why)
{
    if (serve->stopping) {
        log_warn("serve.abandoned", "reason=\"asked twice\"");
        _exit(EXIT_INTERRUPTED);
    }
    serve->stopping = true;
    log_info("serve.stopping", "reason=%s", why);
    wire_stop(serve->wire, stopped, serve);
}

static void on_signal(uv_signal_t *handle, int number)
{
    stop(handle->data, number == SIGINT ? "SIGINT" : "SIGTERM");
}

static void on_input_room(uv_handle_t *handle, size_t suggested, uv_buf_t *room)
{
    static char ignored[256];

    (void)handle;
    (void)suggested;
    *room = uv_buf_init(ignored, sizeof(ignored));
}

static void on_input(uv_stream_t *stream, ssize_t got, const uv_buf_t *bytes)
{
    struct serve *serve = stream->data;

    (void)bytes;
    if (got >= 0)
        return;
    uv_read_stop(stream);
    if (!serve->stopping)
        stop(serve, "end-of-input");
}

static void listen_for_stop(struct serve *serve)
{
    uv_signal_init(&serve->loop, &serve->on_int);
    uv_signal_init(&serve->loop, &serve->on_term);
    serve->on_int.data = serve->on_term.data = serve;
    uv_signal_start(&serve->on_term, on_signal, SIGTERM);
    if (!serve->until_eof) {
        uv_signal_start(&serve->on_int, on_signal, SIGINT);
        return;
    }
    /* Ctrl-C at the terminal is for the program that we belong to. */
    signal(SIGINT, SIG_IGN);
    uv_pipe_init(&serve->loop, &serve->input, 0);
    serve->input.data = serve;
    if (uv_pipe_open(&serve->input, STDIN_FILENO) == 0)
        uv_read_start((uv_stream_t *)&serve->input, on_input_room, on_input);
}

static bool configure(struct serve *serve, const struct serve_options *options, struct err *err)
{
    enum log_level level = LOG_INFO;
    const char *data = NULL, *log = NULL;

    if (!config_load(options->config, &serve->config, err))
        return false;
    data = options->data ? options->data : serve->config->data;
    log = options->log ? options->log : serve->config->log;
    if (!log_level_parse(str_from(log), &level))
        return err_set(err, ERR_INVALID, "log level must be debug, info, warn or error");
    log_set_level(level);
    return home_open(&serve->arena, str_from(data), &serve->home, err) &&
           lockfile_open(&serve->lock, serve->home.lock, err);
}

static bool start(struct serve *serve, const struct serve_options *options, struct err *err)
{
    const char *listen = NULL;
    struct str url;

    if (!configure(serve, options, err) || !greet(serve, err) ||
        !wire_open(&serve->loop, serve->config, &serve->home, &serve->wire, err))
        return false;
    listen = options->listen ? options->listen : serve->config->listen;
    if (!wire_listen(serve->wire, str_from(listen), &url, err) ||
        !home_announce(&serve->home, url, err))
        return false;
    serve->listening = true;
    listen_for_stop(serve); /* first: whoever reads the next line may stop us at once */
    printf("listening on " STR_FMT "\n", STR_ARG(url));
    fflush(stdout);
    log_info("serve.started", "url=" STR_FMT " data=%s", STR_ARG(url), log_quote(serve->home.path));
    return true;
}

/* Leaves no handle open, so that the loop can end. */
static void finish(struct serve *serve)
{
    if (serve->listening)
        home_retract(&serve->home);
    wire_free(serve->wire);
    uv_run(&serve->loop, UV_RUN_NOWAIT);
    uv_loop_close(&serve->loop);
    lockfile_close(serve->lock);
    config_free(serve->config);
    arena_fini(&serve->arena);
}

int command_serve(int argc, char **argv)
{
    struct serve_options options = {0};
    struct serve serve = {0};
    int status = EXIT_FAILED;
    struct err err;

    if (!parse_options(argc, argv, &options, &status))
        return status;
    serve.until_eof = options.until_eof;
    if (uv_loop_init(&serve.loop) != 0)
        die("cannot make an event loop");
    if (start(&serve, &options, &err)) {
        uv_run(&serve.loop, UV_RUN_DEFAULT);
        log_info("serve.stopped", "data=%s", log_quote(serve.home.path));
        status = EXIT_DONE;
    } else {
        fprintf(stderr, "vitascope serve: %s\n", err.text);
    }
    finish(&serve);
    return status;
}
