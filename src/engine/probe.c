/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/jsonr.h"
#include "base/log.h"
#include "engine/child.h"

enum {
    CONCURRENCY_DEFAULT = 2,
    DEADLINE_MS_DEFAULT = 10 * 1000,
    PATH_BYTES_MAX = 4096,
    STATUS_LAUNCH_MIN = 126, /* from here on the launcher speaks: the program was not run */
};

struct task {
    struct probe *probe;
    int slot; /* of probe->running */
    struct arena arena;
    char *input, *output;
    char width[16], height[16];
    probe_done *done;
    void *user;
    struct child *child;
    uv_timer_t deadline;
    bool answered, late, ok;
    struct probe_image image;
    struct err err;
    struct task *next;
};

struct probe {
    struct probe_config config;
    struct arena arena;        /* of the configuration's strings */
    uv_timer_t anchor;         /* makes closing take a turn of the loop at least */
    struct task *first, *last; /* waiting */
    int waiting_n, running_n;
    struct task *running[PROBE_CONCURRENCY_MAX];
    bool closing, anchored;
    void (*closed)(void *user);
    void *closed_user;
};

static bool check_program(struct str path, const char *what, struct err *err)
{
    char text[PATH_BYTES_MAX];

    if (!str_copy(path, text, sizeof text) || text[0] != '/' || access(text, X_OK))
        return err_set(err, ERR_INVALID, "%s cannot be run: " STR_FMT, what, STR_ARG(path));
    return true;
}

bool probe_open(const struct probe_config *config, struct probe **probe_out, struct err *err)
{
    if (config->concurrency < 0 || config->concurrency > PROBE_CONCURRENCY_MAX ||
        config->deadline_ms < 0 || config->memory_bytes_max < 0)
        return err_set(err, ERR_INVALID, "a limit of the probe is out of range");
    if (!check_program(config->program, "the probe", err) ||
        !check_program(config->launcher, "the launcher", err))
        return false;

    struct probe *probe = calloc(1, sizeof *probe);

    if (!probe)
        die("out of memory");
    probe->config = *config;
    probe->config.program = arena_str(&probe->arena, config->program);
    probe->config.launcher = arena_str(&probe->arena, config->launcher);
    if (!config->concurrency)
        probe->config.concurrency = CONCURRENCY_DEFAULT;
    if (!config->deadline_ms)
        probe->config.deadline_ms = DEADLINE_MS_DEFAULT;
    uv_timer_init(config->loop, &probe->anchor);
    probe->anchor.data = probe;
    probe->anchored = true;
    *probe_out = probe;
    return true;
}

static void free_task(struct task *task)
{
    arena_fini(&task->arena);
    free(task);
}

static void free_when_over(struct probe *probe)
{
    void (*closed)(void *user) = probe->closed;
    void *user = probe->closed_user;

    if (!probe->closing || probe->running_n || probe->anchored)
        return;
    arena_fini(&probe->arena);
    free(probe);
    if (closed)
        closed(user);
}

static void anchor_closed(uv_handle_t *handle)
{
    struct probe *probe = handle->data;

    probe->anchored = false;
    free_when_over(probe);
}

void probe_close(struct probe *probe, void (*closed)(void *user), void *user)
{
    if (!probe)
        return;
    probe->closing = true;
    probe->closed = closed;
    probe->closed_user = user;
    while (probe->first) {
        struct task *task = probe->first;

        probe->first = task->next;
        free_task(task);
    }
    for (int i = 0; i < PROBE_CONCURRENCY_MAX; i++)
        if (probe->running[i] && probe->running[i]->child)
            child_stop(probe->running[i]->child, 0);
    uv_close((uv_handle_t *)&probe->anchor, anchor_closed);
}

static bool parse_type(struct str format, enum asset_type *type)
{
    static const struct {
        const char *name;
        enum asset_type type;
    } formats[] = {{"jpeg", ASSET_JPEG}, {"png", ASSET_PNG}, {"webp", ASSET_WEBP}};

    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        if (!str_eq_c(format, formats[i].name))
            continue;
        *type = formats[i].type;
        return true;
    }
    return false;
}

/* The first line is the answer; more are ignored. */
static void child_line(void *user, struct str line)
{
    struct task *task = user;
    struct jsonr doc = {0};
    struct err err = {0};

    if (task->answered)
        return;
    task->answered = true;
    if (jsonr_parse(&doc, line, &err)) {
        struct jsonv root = jsonr_root(&doc);
        struct str type = jsonv_str(jsonv_get(root, "type"), (struct str){0});
        struct str text = jsonv_str(jsonv_get(root, "message"), (struct str){0});
        int64_t width = jsonv_int(jsonv_get(root, "width"), 0);
        int64_t height = jsonv_int(jsonv_get(root, "height"), 0);

        task->image.width = (int)width;
        task->image.height = (int)height;
        task->ok =
            str_eq_c(type, "image") && width > 0 && width <= INT32_MAX && height > 0 &&
            height <= INT32_MAX &&
            parse_type(jsonv_str(jsonv_get(root, "format"), (struct str){0}), &task->image.type);
        if (str_eq_c(type, "failed") && text.len)
            err_set(&task->err, ERR_INVALID, STR_FMT, STR_ARG(text));
    }
    jsonr_fini(&doc);
}

static void child_spilled(void *user, const char *what)
{
    struct task *task = user;

    log_warn("probe.spilled", "what=%s", log_quote(str_from(what)));
    child_stop(task->child, 0);
}

static void deadline_passed(uv_timer_t *timer)
{
    struct task *task = timer->data;

    task->late = true;
    child_stop(task->child, 0);
}

static void judge(struct task *task, const struct child_end *end)
{
    struct stat status = {0};
    bool said_why = task->err.kind == ERR_INVALID;

    task->ok = task->ok && end->ok && !task->late && !lstat(task->output, &status) &&
               S_ISREG(status.st_mode) && status.st_size > 0;
    if (task->ok || (said_why && !task->late))
        return;
    if (end->status >= STATUS_LAUNCH_MIN || (!end->ok && !end->status && !end->signal))
        err_set(&task->err, ERR_IO, "the probe %s", end->text);
    else if (task->late)
        err_set(&task->err, ERR_INVALID, "The image takes too long to decode.");
    else
        err_set(&task->err, ERR_INVALID, "The image cannot be decoded.");
    log_warn("probe.failed", "how=%s late=%d", log_quote(str_from(end->text)), task->late);
}

static void begin(struct probe *probe, struct task *task);

static void task_closed(uv_handle_t *handle)
{
    struct task *task = handle->data;
    struct probe *probe = task->probe;

    probe->running[task->slot] = NULL;
    probe->running_n--;
    if (probe->first && !probe->closing) {
        struct task *next = probe->first;

        probe->first = next->next;
        probe->waiting_n--;
        begin(probe, next);
    }
    if (!probe->closing)
        task->done(task->user, task->ok ? &task->image : NULL, &task->err);
    free_task(task);
    free_when_over(probe);
}

static void child_ended(void *user, const struct child_end *end)
{
    struct task *task = user;

    task->child = NULL;
    judge(task, end);
    uv_close((uv_handle_t *)&task->deadline, task_closed);
}

static const struct child_events child_events = {child_line, child_spilled, child_ended};

static void begin(struct probe *probe, struct task *task)
{
    const char *argv[] = {arena_cstr(&task->arena, probe->config.program),
                          "image",
                          task->input,
                          task->output,
                          "--width",
                          task->width,
                          "--height",
                          task->height,
                          NULL};
    struct child_config child = {
        .loop = probe->config.loop,
        .name = STR("probe"),
        .launcher = probe->config.launcher,
        .argv = argv,
        .memory_bytes_max = probe->config.memory_bytes_max,
        .cpu_seconds_max = probe->config.deadline_ms / 1000 + 1,
    };

    while (probe->running[task->slot])
        task->slot++;
    probe->running[task->slot] = task;
    probe->running_n++;
    uv_timer_init(probe->config.loop, &task->deadline);
    task->deadline.data = task;
    uv_timer_start(&task->deadline, deadline_passed, (uint64_t)probe->config.deadline_ms, 0);
    task->child = child_new(&child, &child_events, task);
}

bool probe_start(struct probe *probe, const struct probe_request *request, probe_done *done,
                 void *user, struct err *err)
{
    if (probe->closing || probe->waiting_n >= PROBE_QUEUE_MAX)
        return err_set(err, ERR_BUSY, "too many images wait to be decoded");

    struct task *task = calloc(1, sizeof *task);

    if (!task)
        die("out of memory");
    task->probe = probe;
    task->input = arena_cstr(&task->arena, request->input);
    task->output = arena_cstr(&task->arena, request->output);
    snprintf(task->width, sizeof task->width, "%d", request->width);
    snprintf(task->height, sizeof task->height, "%d", request->height);
    task->done = done;
    task->user = user;
    if (probe->running_n < probe->config.concurrency) {
        begin(probe, task);
        return true;
    }
    if (probe->first)
        probe->last->next = task;
    else
        probe->first = task;
    probe->last = task;
    probe->waiting_n++;
    return true;
}
