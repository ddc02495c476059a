/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/engine.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "engine/engine_impl.h"

static const struct engine_ops *const kinds[] = {&engine_worker};

static const struct {
    const char *name;
    bool is_engines;
} faults[ENGINE_FAULTS] = {
    [ENGINE_INVALID] = {"invalid", false},   [ENGINE_REFUSED] = {"refused", false},
    [ENGINE_BUSY] = {"busy", false},         [ENGINE_LOST] = {"lost", true},
    [ENGINE_BROKEN] = {"broken", true},      [ENGINE_TIMEOUT] = {"timeout", false},
    [ENGINE_CANCELED] = {"canceled", false},
};

struct engine {
    const struct engine_ops *ops;
    struct engine_events events;
    void *user;
    char name[ENGINE_NAME_BYTES_MAX + 1];
    void *state;
    bool closing;
    void (*closed)(void *user);
    void *closed_user;
};

static const struct engine_ops *find_kind(struct str kind)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (str_eq_c(kind, kinds[i]->kind))
            return kinds[i];
    return NULL;
}

static bool is_name(struct str name)
{
    if (!name.len || name.len > ENGINE_NAME_BYTES_MAX)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '_' || c == '.' || c == '-'))
            return false;
    }
    return true;
}

static void set_default(int *value, int fallback)
{
    if (!*value)
        *value = fallback;
}

static struct engine_config with_defaults(const struct engine_config *given)
{
    struct engine_config config = *given;

    set_default(&config.concurrency, 1);
    set_default(&config.ready_ms, 30 * 1000);
    set_default(&config.job_ms, 30 * 60 * 1000);
    set_default(&config.idle_ms, 3 * 60 * 1000);
    set_default(&config.grace_ms, 2 * 1000);
    set_default(&config.backoff_ms, 500);
    set_default(&config.backoff_max_ms, 60 * 1000);
    set_default(&config.files_max, 256);
    if (!config.output_bytes_max)
        config.output_bytes_max = (int64_t)2 << 30;
    return config;
}

static bool check_config(const struct engine_config *config, struct err *err)
{
    const int counts[] = {config->ready_ms,  config->job_ms,         config->idle_ms,
                          config->grace_ms,  config->backoff_ms,     config->backoff_max_ms,
                          config->files_max, config->cpu_seconds_max};

    if (!is_name(config->name))
        return err_set(err, ERR_INVALID,
                       "an engine's name is 1 to %d letters, digits, dots, dashes and underscores",
                       ENGINE_NAME_BYTES_MAX);
    if (config->concurrency < 1 || config->concurrency > ENGINE_CONCURRENCY_MAX)
        return err_set(err, ERR_INVALID, "engine " STR_FMT ": concurrency must be 1 to %d",
                       STR_ARG(config->name), ENGINE_CONCURRENCY_MAX);
    for (size_t i = 0; i < ARRAY_LEN(counts); i++)
        if (counts[i] < 0)
            return err_set(err, ERR_INVALID, "engine " STR_FMT ": a limit is negative",
                           STR_ARG(config->name));
    if (config->memory_bytes_max < 0 || config->output_bytes_max < 0 ||
        config->output_bytes_max > ENGINE_OUTPUT_BYTES_MAX)
        return err_set(err, ERR_INVALID, "engine " STR_FMT ": a number of bytes is out of range",
                       STR_ARG(config->name));
    return true;
}

bool engine_open(const struct engine_config *config, const struct engine_events *events, void *user,
                 struct engine **engine_out, struct err *err)
{
    struct engine_config full = with_defaults(config);
    const struct engine_ops *ops = find_kind(config->kind);

    if (!check_config(&full, err))
        return false;
    if (!ops)
        return err_set(err, ERR_INVALID, "engine " STR_FMT ": there is no kind \"" STR_FMT "\"",
                       STR_ARG(config->name), STR_ARG(config->kind));

    struct engine *engine = calloc(1, sizeof *engine);

    if (!engine || !(engine->state = calloc(1, ops->state_size)))
        die("out of memory");
    engine->ops = ops;
    engine->events = *events;
    engine->user = user;
    str_copy(config->name, engine->name, sizeof engine->name);
    if (!ops->open(engine->state, engine, &full, err)) {
        free(engine->state);
        free(engine);
        return false;
    }
    *engine_out = engine;
    return true;
}

void engine_close(struct engine *engine, void (*closed)(void *user), void *user)
{
    if (!engine)
        return;
    engine->closing = true;
    engine->closed = closed;
    engine->closed_user = user;
    engine->ops->close(engine->state);
}

void engine_closed(struct engine *engine)
{
    void (*closed)(void *user) = engine->closed;
    void *user = engine->closed_user;

    free(engine->state);
    free(engine);
    if (closed)
        closed(user);
}

static bool check_path(struct str path, const char *what, bool may_be_empty, struct err *err)
{
    if (!path.len && may_be_empty)
        return true;
    if (!path.len || path.ptr[0] != '/')
        return err_set(err, ERR_INVALID, "%s is not an absolute path", what);
    if (path.len > ENGINE_PATH_BYTES_MAX)
        return err_set(err, ERR_INVALID, "%s is longer than %d bytes", what, ENGINE_PATH_BYTES_MAX);
    return true;
}

bool engine_start(struct engine *engine, struct str ticket, const struct engine_request *request,
                  struct err *err)
{
    if (!ticket.len || ticket.len > ENGINE_TICKET_BYTES_MAX)
        return err_set(err, ERR_INVALID, "a ticket is 1 to %d bytes", ENGINE_TICKET_BYTES_MAX);
    if (request->render.prompt.len > RENDER_PROMPT_BYTES_MAX)
        return err_set(err, ERR_INVALID, "the prompt is longer than %d bytes",
                       RENDER_PROMPT_BYTES_MAX);
    if (!check_path(request->scratch, "scratch", false, err) ||
        !check_path(request->output, "output", false, err) ||
        !check_path(request->first_frame, "first_frame", true, err) ||
        !check_path(request->source_video, "source_video", true, err))
        return false;
    return engine->ops->start(engine->state, ticket, request, err);
}

void engine_cancel(struct engine *engine, struct str ticket)
{
    if (engine->ops->cancel)
        engine->ops->cancel(engine->state, ticket);
}

int engine_free_slots(const struct engine *engine)
{
    return engine->ops->free_slots(engine->state);
}

bool engine_is_ready(const struct engine *engine)
{
    return engine->ops->is_ready(engine->state);
}

bool engine_is_local(const struct engine *engine)
{
    return engine->ops->is_local;
}

const char *engine_fault_name(enum engine_fault fault)
{
    return faults[fault].name;
}

bool engine_fault_parse(struct str name, enum engine_fault *fault)
{
    for (size_t i = 0; i < ENGINE_FAULTS; i++) {
        if (!str_eq_c(name, faults[i].name))
            continue;
        *fault = (enum engine_fault)i;
        return true;
    }
    return false;
}

bool engine_fault_is_engines(enum engine_fault fault)
{
    return faults[fault].is_engines;
}

void engine_progress(struct engine *engine, struct str ticket, int percent, struct str phase)
{
    if (!engine->closing)
        engine->events.progress(engine->user, ticket, percent, phase);
}

void engine_finished(struct engine *engine, struct str ticket, const struct engine_result *result)
{
    if (!engine->closing)
        engine->events.finished(engine->user, ticket, result);
}

void engine_failed(struct engine *engine, struct str ticket, enum engine_fault fault,
                   struct str text)
{
    if (!engine->closing)
        engine->events.failed(engine->user, ticket, fault, text);
}

void engine_room(struct engine *engine)
{
    if (!engine->closing)
        engine->events.room(engine->user);
}
