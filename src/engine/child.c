/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/child.h"

#include <assert.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"

enum {
    READ_BYTES = 16 * 1024,
    WINDOW_MS = 1000,
    NICE = 5, /* the server answers before a worker computes */
    LAUNCH_ARGS_MAX = 16,
    NAME_BYTES_MAX = 64,
};

/* How much came in the running second. */
struct window {
    uint64_t start_ms;
    size_t bytes;
    size_t lines;
};

struct child {
    struct child_events events;
    void *user;
    char name[NAME_BYTES_MAX + 1];
    uv_process_t process;
    uv_pipe_t in, out, err;
    uv_timer_t deadline; /* of a grace or of draining */
    uv_timer_t resume;   /* of standard error, when it wrote too much */
    int handles_open;
    bool started, exited, out_over, finishing, spilled, in_closed;
    struct child_end end;
    struct buf out_line, err_line;
    struct window out_window, err_window;
    size_t err_dropped;
    char chunk[READ_BYTES]; /* libuv fills it and calls back before it fills it again */
};

struct send {
    uv_write_t request;
    char bytes[];
};

static void count_in_window(struct window *window, const uv_loop_t *loop, size_t bytes)
{
    uint64_t now_ms = uv_now(loop);

    if (now_ms - window->start_ms >= WINDOW_MS) {
        window->start_ms = now_ms;
        window->bytes = window->lines = 0;
    }
    window->bytes += bytes;
}

static void finish_closed(uv_handle_t *handle)
{
    struct child *child = handle->data;

    if (--child->handles_open)
        return;
    child->events.ended(child->user, &child->end);
    buf_fini(&child->out_line);
    buf_fini(&child->err_line);
    free(child);
}

static void close_handle(uv_handle_t *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, finish_closed);
}

static void log_dropped(struct child *child)
{
    if (child->err_dropped)
        log_warn("worker.says", "engine=%s pid=%d dropped_lines=%zu", child->name,
                 child->process.pid, child->err_dropped);
    child->err_dropped = 0;
}

/* Both the process and its output are over, or were given up. */
static void finish(struct child *child)
{
    child->finishing = true;
    log_dropped(child);
    close_handle((uv_handle_t *)&child->process);
    close_handle((uv_handle_t *)&child->in);
    close_handle((uv_handle_t *)&child->out);
    close_handle((uv_handle_t *)&child->err);
    close_handle((uv_handle_t *)&child->deadline);
    close_handle((uv_handle_t *)&child->resume);
}

static void signal_group(const struct child *child, int signum)
{
    if (child->started && !child->finishing)
        kill(-child->process.pid, signum);
}

static void deadline_passed(uv_timer_t *timer)
{
    struct child *child = timer->data;

    if (child->exited)
        finish(child);
    else
        signal_group(child, SIGKILL);
}

/* One of "exited" and "output over" is true: waits a little for the other. */
static void drain(struct child *child)
{
    if (child->finishing)
        return;
    if (child->exited && child->out_over)
        finish(child);
    else
        uv_timer_start(&child->deadline, deadline_passed, CHILD_DRAIN_MS, 0);
}

static void process_exited(uv_process_t *process, int64_t status, int signum)
{
    struct child *child = process->data;
    struct child_end *end = &child->end;

    child->exited = true;
    end->signal = signum;
    end->status = (int)status;
    end->ok = !signum && !status;
    if (signum)
        snprintf(end->text, sizeof end->text, "was ended by signal %d (%s)", signum,
                 strsignal(signum));
    else
        snprintf(end->text, sizeof end->text, "ended with status %d", (int)status);
    signal_group(child, SIGKILL); /* what it left behind */
    drain(child);
}

static void log_err_line(struct child *child)
{
    if (child->err_line.len && child->err_window.lines < CHILD_ERR_LINES_PER_S_MAX)
        log_info("worker.says", "engine=%s pid=%d text=%s", child->name, child->process.pid,
                 log_quote(buf_str(&child->err_line)));
    else if (child->err_line.len)
        child->err_dropped++;
    child->err_window.lines++;
    buf_clear(&child->err_line);
}

static void resume_err(uv_timer_t *timer);

static void take_err(struct child *child, const char *bytes, size_t len)
{
    count_in_window(&child->err_window, child->process.loop, len);
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] == '\n')
            log_err_line(child);
        else if (child->err_line.len < CHILD_ERR_LINE_BYTES_MAX)
            buf_add_char(&child->err_line, bytes[i]);
    }
    if (child->err_window.bytes > CHILD_ERR_BYTES_PER_S_MAX) {
        uv_read_stop((uv_stream_t *)&child->err);
        uv_timer_start(&child->resume, resume_err, WINDOW_MS, 0);
    }
}

static void spill(struct child *child, const char *what)
{
    child->spilled = child->out_over = true;
    uv_read_stop((uv_stream_t *)&child->out);
    child->events.spilled(child->user, what);
}

static void take_line(struct child *child, struct str piece)
{
    char what[CHILD_TEXT_BYTES_MAX];

    if (++child->out_window.lines > CHILD_OUT_LINES_PER_S_MAX) {
        snprintf(what, sizeof what, "wrote over %d lines in a second", CHILD_OUT_LINES_PER_S_MAX);
        spill(child, what);
        return;
    }
    if (!child->out_line.len) {
        child->events.line(child->user, piece);
        return;
    }
    if (!buf_add_str(&child->out_line, piece))
        return;
    child->events.line(child->user, buf_str(&child->out_line));
    buf_clear(&child->out_line);
}

static void take_out(struct child *child, struct str bytes)
{
    char what[CHILD_TEXT_BYTES_MAX];

    count_in_window(&child->out_window, child->process.loop, bytes.len);
    while (!child->spilled) {
        ptrdiff_t newline = str_find_char(bytes, '\n');

        if (newline < 0)
            break;
        take_line(child, str_head(bytes, (size_t)newline));
        bytes = str_skip(bytes, (size_t)newline + 1);
        if (buf_is_over(&child->out_line))
            break;
    }
    if (child->spilled)
        return;
    if (!buf_add_str(&child->out_line, bytes)) {
        snprintf(what, sizeof what, "wrote a line over %d bytes", CHILD_LINE_BYTES_MAX);
        spill(child, what);
    } else if (child->out_window.bytes > CHILD_OUT_BYTES_PER_S_MAX) {
        snprintf(what, sizeof what, "wrote over %d bytes in a second", CHILD_OUT_BYTES_PER_S_MAX);
        spill(child, what);
    }
}

static void give_chunk(uv_handle_t *handle, size_t suggested, uv_buf_t *chunk)
{
    struct child *child = handle->data;

    (void)suggested;
    *chunk = uv_buf_init(child->chunk, sizeof child->chunk);
}

static void out_came(uv_stream_t *stream, ssize_t len, const uv_buf_t *chunk)
{
    struct child *child = stream->data;

    if (len > 0)
        take_out(child, str_from_bytes(chunk->base, (size_t)len));
    if (len >= 0)
        return;
    uv_read_stop(stream);
    child->out_over = true;
    drain(child);
}

static void err_came(uv_stream_t *stream, ssize_t len, const uv_buf_t *chunk)
{
    if (len > 0)
        take_err(stream->data, chunk->base, (size_t)len);
    if (len >= 0)
        return;
    uv_read_stop(stream);
    log_err_line(stream->data);
}

static void resume_err(uv_timer_t *timer)
{
    struct child *child = timer->data;

    log_dropped(child);
    uv_read_start((uv_stream_t *)&child->err, give_chunk, err_came);
}

/* Numbers that outlive the call are made in the arena. */
static void launch_args(struct arena *arena, const struct child_config *config, char **args)
{
    const struct {
        const char *option;
        int64_t value;
    } limits[] = {
        {"--parent", getpid()},
        {"--nice", NICE},
        {"--memory-bytes", config->memory_bytes_max},
        {"--file-bytes", config->file_bytes_max},
        {"--files", config->files_max},
        {"--cpu-seconds", config->cpu_seconds_max},
    };
    size_t n = 0;

    args[n++] = arena_cstr(arena, config->launcher);
    for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
        if (!limits[i].value)
            continue;
        args[n++] = arena_cstr(arena, str_from(limits[i].option));
        args[n++] = arena_cstr(arena, arena_printf(arena, "%" PRId64, limits[i].value));
    }
    if (!config->may_use_network)
        args[n++] = arena_cstr(arena, STR("--no-network"));
    args[n++] = arena_cstr(arena, STR("--"));
    assert(n <= LAUNCH_ARGS_MAX);
    for (size_t i = 0; config->argv[i]; i++)
        args[n++] = arena_cstr(arena, str_from(config->argv[i]));
}

static int spawn(struct child *child, const struct child_config *config)
{
    struct arena arena = {0};
    size_t argc = 0, envc = 0;

    while (config->argv[argc])
        argc++;
    while (config->env && envc < CHILD_ENV_MAX && config->env[envc])
        envc++;
    char **args = ARENA_ARRAY(&arena, char *, LAUNCH_ARGS_MAX + argc + 1);
    char **env = ARENA_ARRAY(&arena, char *, envc + 3);

    launch_args(&arena, config, args);
    env[0] = arena_cstr(&arena, STR("PATH=/usr/local/bin:/usr/bin:/bin"));
    env[1] = arena_cstr(&arena, STR("LANG=C.UTF-8"));
    for (size_t i = 0; i < envc; i++)
        env[i + 2] = arena_cstr(&arena, str_from(config->env[i]));

    uv_stdio_container_t stdio[] = {
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&child->in},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&child->out},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&child->err},
    };
    uv_process_options_t options = {
        .exit_cb = process_exited,
        .file = args[0],
        .args = args,
        .env = env,
        .cwd = "/",
        .flags = UV_PROCESS_DETACHED, /* its own session and group */
        .stdio_count = (int)ARRAY_LEN(stdio),
        .stdio = stdio,
    };
    int status = uv_spawn(config->loop, &child->process, &options);

    arena_fini(&arena);
    return status;
}

struct child *child_new(const struct child_config *config, const struct child_events *events,
                        void *user)
{
    struct child *child = calloc(1, sizeof *child);

    if (!child)
        die("out of memory");
    child->events = *events;
    child->user = user;
    str_copy(config->name, child->name, sizeof child->name);
    buf_init(&child->out_line, CHILD_LINE_BYTES_MAX);
    buf_init(&child->err_line, CHILD_ERR_LINE_BYTES_MAX);
    uv_pipe_init(config->loop, &child->in, 0);
    uv_pipe_init(config->loop, &child->out, 0);
    uv_pipe_init(config->loop, &child->err, 0);
    uv_timer_init(config->loop, &child->deadline);
    uv_timer_init(config->loop, &child->resume);
    child->in.data = child->out.data = child->err.data = child;
    child->deadline.data = child->resume.data = child->process.data = child;
    child->handles_open = 6;

    int status = spawn(child, config);

    if (status) {
        snprintf(child->end.text, sizeof child->end.text, "could not be started: %s",
                 uv_strerror(status));
        finish(child);
        return child;
    }
    child->started = true;
    uv_read_start((uv_stream_t *)&child->out, give_chunk, out_came);
    uv_read_start((uv_stream_t *)&child->err, give_chunk, err_came);
    return child;
}

static void sent(uv_write_t *request, int status)
{
    (void)status; /* a child that does not read will end, or its request's deadline will */
    free(request->data);
}

bool child_send(struct child *child, struct str text)
{
    uv_stream_t *in = (uv_stream_t *)&child->in;

    if (child->finishing || child->in_closed || child->exited ||
        uv_stream_get_write_queue_size(in) + text.len > CHILD_UNREAD_BYTES_MAX)
        return false;

    struct send *send = malloc(sizeof *send + text.len);

    if (!send)
        die("out of memory");
    memcpy(send->bytes, text.ptr, text.len);
    send->request.data = send;

    uv_buf_t bytes = uv_buf_init(send->bytes, (unsigned)text.len);

    if (uv_write(&send->request, in, &bytes, 1, sent)) {
        free(send);
        return false;
    }
    return true;
}

static void close_in(struct child *child)
{
    if (child->in_closed || child->finishing)
        return;
    child->in_closed = true;
    uv_close((uv_handle_t *)&child->in, finish_closed);
}

void child_stop(struct child *child, int grace_ms)
{
    if (child->finishing || child->exited)
        return;
    close_in(child);
    if (!grace_ms) {
        signal_group(child, SIGKILL);
        return;
    }
    if (uv_is_active((uv_handle_t *)&child->deadline))
        return;
    signal_group(child, SIGTERM);
    uv_timer_start(&child->deadline, deadline_passed, (uint64_t)grace_ms, 0);
}

void child_allow_cpu(struct child *child, int seconds)
{
    clockid_t clock = 0;
    struct timespec used = {0};
    struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};

    if (!child->started || child->exited)
        return;
    if (seconds && !clock_getcpuclockid(child->process.pid, &clock) && !clock_gettime(clock, &used))
        limit.rlim_cur = (rlim_t)(used.tv_sec + 1 + seconds);
    prlimit(child->process.pid, RLIMIT_CPU, &limit, NULL);
}

int child_pid(const struct child *child)
{
    return child->started && !child->exited ? child->process.pid : 0;
}
