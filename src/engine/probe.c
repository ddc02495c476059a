/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/probe.h"

#include <assert.h>
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
    FILM_DEADLINE_MS_DEFAULT = 60 * 1000,
    PREVIEWS_DEADLINE_MS_DEFAULT = 15 * 1000,
    JOIN_DEADLINE_MS_DEFAULT = 10 * 60 * 1000,
    ARGS_MAX = 9,
    OUTPUTS_MAX = 2,
    PATH_BYTES_MAX = 4096,
    STATUS_LAUNCH_MIN = 126, /* from here on the launcher speaks: the program was not run */
};

struct lane;

struct task {
    struct probe *probe;
    struct lane *lane;
    int slot; /* of lane->running */
    struct arena arena;
    const char *argv[ARGS_MAX + 1];
    const char *outputs[OUTPUTS_MAX]; /* files that it must have made; NULL-filled */
    const char *noun;                 /* for messages: "image", "video" */
    int deadline_ms;
    probe_done *done; /* one of the two */
    probe_film_done *film_done;
    void *user;
    struct child *child;
    uv_timer_t deadline;
    bool answered, late, ok;
    struct probe_image image;
    struct probe_film film;
    struct err err;
    struct task *next;
};

enum { LANE_IMAGES, LANE_FILMS, LANE_PREVIEWS, LANES };

/* A line with its own children. */
struct lane {
    struct task *first, *last; /* waiting */
    int waiting_n, running_n;
    struct task *running[PROBE_CONCURRENCY_MAX];
};

struct probe {
    struct probe_config config;
    struct arena arena; /* of the configuration's strings */
    uv_timer_t anchor;  /* makes closing take a turn of the loop at least */
    struct lane lanes[LANES];
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

static void set_default(int *value, int when_zero)
{
    if (!*value)
        *value = when_zero;
}

bool probe_open(const struct probe_config *config, struct probe **probe_out, struct err *err)
{
    if (config->concurrency < 0 || config->concurrency > PROBE_CONCURRENCY_MAX ||
        config->deadline_ms < 0 || config->film_deadline_ms < 0 || config->join_deadline_ms < 0 ||
        config->previews_deadline_ms < 0 || config->memory_bytes_max < 0)
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
    set_default(&probe->config.concurrency, CONCURRENCY_DEFAULT);
    set_default(&probe->config.deadline_ms, DEADLINE_MS_DEFAULT);
    set_default(&probe->config.film_deadline_ms, FILM_DEADLINE_MS_DEFAULT);
    set_default(&probe->config.previews_deadline_ms, PREVIEWS_DEADLINE_MS_DEFAULT);
    set_default(&probe->config.join_deadline_ms, JOIN_DEADLINE_MS_DEFAULT);
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

    for (int i = 0; i < LANES; i++)
        if (probe->lanes[i].running_n)
            return;
    if (!probe->closing || probe->anchored)
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

static void close_lane(struct lane *lane)
{
    while (lane->first) {
        struct task *task = lane->first;

        lane->first = task->next;
        free_task(task);
    }
    for (int i = 0; i < PROBE_CONCURRENCY_MAX; i++)
        if (lane->running[i] && lane->running[i]->child)
            child_stop(lane->running[i]->child, 0);
}

void probe_close(struct probe *probe, void (*closed)(void *user), void *user)
{
    if (!probe)
        return;
    probe->closing = true;
    probe->closed = closed;
    probe->closed_user = user;
    for (int i = 0; i < LANES; i++)
        close_lane(&probe->lanes[i]);
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

static bool is_int(int64_t value, int64_t min)
{
    return value >= min && value <= INT32_MAX;
}

static bool read_image(struct jsonv root, struct probe_image *image)
{
    int64_t width = jsonv_int(jsonv_get(root, "width"), 0);
    int64_t height = jsonv_int(jsonv_get(root, "height"), 0);

    if (!str_eq_c(jsonv_str(jsonv_get(root, "type"), (struct str){0}), "image") ||
        !is_int(width, 1) || !is_int(height, 1))
        return false;
    image->width = (int)width;
    image->height = (int)height;
    return parse_type(jsonv_str(jsonv_get(root, "format"), (struct str){0}), &image->type);
}

static bool read_film(struct jsonv root, struct probe_film *film)
{
    int64_t width = jsonv_int(jsonv_get(root, "width"), 0);
    int64_t height = jsonv_int(jsonv_get(root, "height"), 0);
    int64_t num = jsonv_int(jsonv_get(root, "fps_num"), 0);
    int64_t den = jsonv_int(jsonv_get(root, "fps_den"), 0);

    *film = (struct probe_film){
        .width = (int)width,
        .height = (int)height,
        .fps_num = (int)num,
        .fps_den = (int)den,
        .frames = jsonv_int(jsonv_get(root, "frames"), 0),
        .duration_ms = jsonv_int(jsonv_get(root, "duration_ms"), 0),
        .has_sound = jsonv_bool(jsonv_get(root, "sound"), false),
    };
    return str_eq_c(jsonv_str(jsonv_get(root, "type"), (struct str){0}), "film") &&
           is_int(width, 1) && is_int(height, 1) && is_int(num, 1) && is_int(den, 1) &&
           is_int(film->frames, 1) && is_int(film->duration_ms, 1);
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

        task->ok = task->film_done ? read_film(root, &task->film) : read_image(root, &task->image);
        if (str_eq_c(type, "failed") && text.len)
            err_set(&task->err, jsonv_bool(jsonv_get(root, "ours"), false) ? ERR_IO : ERR_INVALID,
                    STR_FMT, STR_ARG(text));
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

static bool has_outputs(const struct task *task)
{
    struct stat status = {0};

    for (int i = 0; i < OUTPUTS_MAX && task->outputs[i]; i++)
        if (lstat(task->outputs[i], &status) || !S_ISREG(status.st_mode) || !status.st_size)
            return false;
    return true;
}

static void judge(struct task *task, const struct child_end *end)
{
    bool said_why = task->err.kind == ERR_INVALID || task->err.kind == ERR_IO;

    task->ok = task->ok && end->ok && !task->late && has_outputs(task);
    if (task->ok || (said_why && !task->late))
        return;
    if (end->status >= STATUS_LAUNCH_MIN || (!end->ok && !end->status && !end->signal))
        err_set(&task->err, ERR_IO, "the probe %s", end->text);
    else if (task->late)
        err_set(&task->err, ERR_INVALID, "The %s takes too long to decode.", task->noun);
    else
        err_set(&task->err, ERR_INVALID, "The %s cannot be decoded.", task->noun);
    log_warn("probe.failed", "how=%s late=%d", log_quote(str_from(end->text)), task->late);
}

static void begin(struct task *task);

static void answer(struct task *task)
{
    if (task->film_done)
        task->film_done(task->user, task->ok ? &task->film : NULL, &task->err);
    else
        task->done(task->user, task->ok ? &task->image : NULL, &task->err);
}

static void task_closed(uv_handle_t *handle)
{
    struct task *task = handle->data;
    struct probe *probe = task->probe;
    struct lane *lane = task->lane;

    lane->running[task->slot] = NULL;
    lane->running_n--;
    if (lane->first && !probe->closing) {
        struct task *next = lane->first;

        lane->first = next->next;
        lane->waiting_n--;
        begin(next);
    }
    if (!probe->closing)
        answer(task);
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

static void begin(struct task *task)
{
    struct probe *probe = task->probe;
    struct lane *lane = task->lane;
    struct child_config child = {
        .loop = probe->config.loop,
        .name = STR("probe"),
        .launcher = probe->config.launcher,
        .argv = task->argv,
        .memory_bytes_max = probe->config.memory_bytes_max,
        .cpu_seconds_max = task->deadline_ms / 1000 + 1,
    };

    while (lane->running[task->slot])
        task->slot++;
    lane->running[task->slot] = task;
    lane->running_n++;
    uv_timer_init(probe->config.loop, &task->deadline);
    task->deadline.data = task;
    uv_timer_start(&task->deadline, deadline_passed, (uint64_t)task->deadline_ms, 0);
    task->child = child_new(&child, &child_events, task);
}

/* NULL: the line is full. */
static struct task *task_new(struct probe *probe, int index, void *user, struct err *err)
{
    struct lane *lane = &probe->lanes[index];
    struct task *task = NULL;

    if (probe->closing ||
        lane->waiting_n >= (index == LANE_PREVIEWS ? PROBE_PREVIEWS_QUEUE_MAX : PROBE_QUEUE_MAX)) {
        err_set(err, ERR_BUSY, "too many files wait to be decoded");
        return NULL;
    }
    task = calloc(1, sizeof *task);
    if (!task)
        die("out of memory");
    task->probe = probe;
    task->lane = lane;
    task->user = user;
    task->argv[0] = arena_cstr(&task->arena, probe->config.program);
    return task;
}

static void begin_or_wait(struct task *task)
{
    struct lane *lane = task->lane;

    if (lane->running_n < task->probe->config.concurrency) {
        begin(task);
        return;
    }
    if (lane->first)
        lane->last->next = task;
    else
        lane->first = task;
    lane->last = task;
    lane->waiting_n++;
}

/* The next argument; the text is copied. */
static const char *add_arg(struct task *task, struct str text)
{
    int n = 0;

    while (task->argv[n])
        n++;
    assert(n < ARGS_MAX);
    task->argv[n] = arena_cstr(&task->arena, text);
    return task->argv[n];
}

static void add_size(struct task *task, int width, int height)
{
    add_arg(task, STR("--width"));
    add_arg(task, arena_printf(&task->arena, "%d", width));
    add_arg(task, STR("--height"));
    add_arg(task, arena_printf(&task->arena, "%d", height));
}

bool probe_start(struct probe *probe, const struct probe_request *request, probe_done *done,
                 void *user, struct err *err)
{
    struct task *task = task_new(probe, LANE_IMAGES, user, err);

    if (!task)
        return false;
    task->done = done;
    task->noun = "image";
    task->deadline_ms = probe->config.deadline_ms;
    add_arg(task, STR("image"));
    add_arg(task, request->input);
    task->outputs[0] = add_arg(task, request->output);
    add_size(task, request->width, request->height);
    begin_or_wait(task);
    return true;
}

bool probe_film_start(struct probe *probe, const struct probe_film_request *request,
                      probe_film_done *done, void *user, struct err *err)
{
    const struct {
        const char *command;
        int lane, deadline_ms;
    } works[PROBE_FILM_WORKS] = {
        [PROBE_FACTS] = {"facts", LANE_FILMS, probe->config.film_deadline_ms},
        [PROBE_TAIL] = {"tail", LANE_FILMS, probe->config.film_deadline_ms},
        [PROBE_JOIN] = {"join", LANE_FILMS, probe->config.join_deadline_ms},
        [PROBE_PREVIEWS] = {"previews", LANE_PREVIEWS, probe->config.previews_deadline_ms},
    };
    struct task *task = NULL;

    assert(request->work < PROBE_FILM_WORKS);
    task = task_new(probe, works[request->work].lane, user, err);

    if (!task)
        return false;
    task->film_done = done;
    task->noun = "video";
    task->deadline_ms = works[request->work].deadline_ms;
    add_arg(task, str_from(works[request->work].command));
    add_arg(task, request->input);
    if (request->work == PROBE_JOIN)
        add_arg(task, request->continuation);
    if (request->work != PROBE_FACTS)
        task->outputs[0] = add_arg(task, request->output);
    if (request->work == PROBE_PREVIEWS)
        task->outputs[1] = add_arg(task, request->sheet);
    if (request->work == PROBE_TAIL)
        add_size(task, request->width, request->height);
    begin_or_wait(task);
    return true;
}
