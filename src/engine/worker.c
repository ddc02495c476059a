/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker: an engine made of child processes that speak the worker protocol.
 *
 * A slot is a place for one process and one request. Processes start with the first request and
 * stay. A slot whose process died, hung or spoke nonsense is left empty for a back-off that
 * doubles until a request finishes there.
 *
 *     EMPTY -> STARTING -> IDLE <-> BUSY -> CANCELING -> IDLE
 *     STARTING, IDLE, BUSY, CANCELING -> ENDING -> EMPTY | BACKOFF -> EMPTY
 */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/rand.h"
#include "engine/child.h"
#include "engine/engine_impl.h"
#include "engine/worker_protocol.h"

enum slot_state {
    SLOT_EMPTY,     /* no process */
    SLOT_STARTING,  /* not ready yet; with or without a request */
    SLOT_IDLE,      /* ready, no request */
    SLOT_BUSY,      /* has been sent its request */
    SLOT_CANCELING, /* has been sent "cancel", or SIGTERM after that */
    SLOT_ENDING,    /* its process is being killed, for slot->fault */
    SLOT_BACKOFF,   /* no process, and none for a while */
};

struct worker;

struct slot {
    struct worker *worker;
    enum slot_state state;
    struct child *child;
    uv_timer_t deadline; /* of becoming ready, or of the request */
    uv_timer_t idle;     /* of the request without news */
    uv_timer_t pause;    /* of a grace or a back-off; at once, to answer a cancel */
    int faults;          /* of the process since a request last finished here */

    /* The request; ticket is empty without one. */
    char ticket[ENGINE_TICKET_BYTES_MAX + 1];
    char *output;
    struct buf line;    /* to be sent, and again if the process leaves before it says a word */
    bool heard, resent; /* about the request */
    bool canceled;      /* while STARTING */
    int percent;
    char phase[ENGINE_PHASE_BYTES_MAX + 1];
    enum engine_fault fault;
    char text[ENGINE_TEXT_BYTES_MAX + 1];
};

struct worker {
    struct engine *engine;
    struct arena arena; /* of the configuration's strings */
    struct engine_config config;
    struct slot *slots; /* config.concurrency of them */
    int open;           /* timers and children, counted down by close */
    bool closing;
};

enum {
    SLOT_TIMERS = 3,
    BACKOFF_SHIFT_MAX = 16,
    SCRATCH_FILE_OUTPUTS = 4, /* the largest file a worker may write, in outputs */
};

static void begin_child(struct slot *slot);

static struct str slot_ticket(const struct slot *slot)
{
    return str_from(slot->ticket);
}

static void stop_timers(struct slot *slot)
{
    uv_timer_stop(&slot->deadline);
    uv_timer_stop(&slot->idle);
    uv_timer_stop(&slot->pause);
}

static void forget_request(struct slot *slot)
{
    slot->ticket[0] = '\0';
    free(slot->output);
    slot->output = NULL;
    buf_fini(&slot->line);
    slot->heard = slot->resent = slot->canceled = false;
}

/* The request is over: the slot must be in its next state already, because the event may start
 * another request in it. */
static void report_failure(struct slot *slot, enum engine_fault fault, struct str text)
{
    struct engine *engine = slot->worker->engine;
    char ticket[sizeof slot->ticket];

    memcpy(ticket, slot->ticket, sizeof ticket);
    forget_request(slot);
    engine_failed(engine, str_from(ticket), fault, text);
    engine_room(engine);
}

static void break_off(struct slot *slot, enum engine_fault fault, const char *text)
{
    if (slot->state == SLOT_ENDING)
        return;
    log_warn("worker.killed", "engine=" STR_FMT " pid=%d reason=%s",
             STR_ARG(slot->worker->config.name), child_pid(slot->child), log_quote(str_from(text)));
    stop_timers(slot);
    slot->fault = slot->state == SLOT_CANCELING || slot->canceled ? ENGINE_CANCELED : fault;
    snprintf(slot->text, sizeof slot->text, "The worker %s.", text);
    slot->state = SLOT_ENDING;
    child_stop(slot->child, 0);
}

static void news_are_late(uv_timer_t *timer)
{
    struct slot *slot = timer->data;
    char text[CHILD_TEXT_BYTES_MAX];

    snprintf(text, sizeof text, "gave no news for %d ms", slot->worker->config.idle_ms);
    break_off(slot, ENGINE_LOST, text);
}

static void request_is_late(uv_timer_t *timer)
{
    struct slot *slot = timer->data;
    char text[CHILD_TEXT_BYTES_MAX];

    snprintf(text, sizeof text, "was not done within %d ms", slot->worker->config.job_ms);
    break_off(slot, ENGINE_TIMEOUT, text);
}

static void ready_is_late(uv_timer_t *timer)
{
    struct slot *slot = timer->data;
    char text[CHILD_TEXT_BYTES_MAX];

    snprintf(text, sizeof text, "was not ready within %d ms", slot->worker->config.ready_ms);
    break_off(slot, ENGINE_LOST, text);
}

static void pause_is_over(uv_timer_t *timer)
{
    struct slot *slot = timer->data;

    if (slot->state == SLOT_BACKOFF) {
        slot->state = SLOT_EMPTY;
        engine_room(slot->worker->engine);
    } else if (slot->state == SLOT_CANCELING) {
        child_stop(slot->child, slot->worker->config.grace_ms);
    } else if (slot->state == SLOT_STARTING && slot->canceled) {
        report_failure(slot, ENGINE_CANCELED, STR("The request was canceled."));
    }
}

static void send_request(struct slot *slot)
{
    const struct engine_config *config = &slot->worker->config;

    slot->state = SLOT_BUSY;
    uv_timer_start(&slot->deadline, request_is_late, (uint64_t)config->job_ms, 0);
    uv_timer_start(&slot->idle, news_are_late, (uint64_t)config->idle_ms, 0);
    if (config->cpu_seconds_max)
        child_allow_cpu(slot->child, config->cpu_seconds_max);
    /* If this fails, the process has just ended, and child_ended() is on its way. */
    child_send(slot->child, buf_str(&slot->line));
}

static void take_ready(struct slot *slot, const struct worker_message *message)
{
    char text[CHILD_TEXT_BYTES_MAX];

    if (slot->state != SLOT_STARTING)
        return;
    if (message->protocol != WORKER_PROTOCOL) {
        snprintf(text, sizeof text, "speaks protocol %d, not %d", message->protocol,
                 WORKER_PROTOCOL);
        break_off(slot, ENGINE_BROKEN, text);
        return;
    }
    log_info("worker.ready", "engine=" STR_FMT " pid=%d name=%s version=%s",
             STR_ARG(slot->worker->config.name), child_pid(slot->child), log_quote(message->name),
             log_quote(message->version));
    stop_timers(slot);
    if (slot->ticket[0] && !slot->canceled) {
        send_request(slot);
        return;
    }
    slot->state = SLOT_IDLE;
    if (slot->ticket[0])
        report_failure(slot, ENGINE_CANCELED, STR("The request was canceled."));
}

static void take_progress(struct slot *slot, const struct worker_message *message)
{
    int percent = message->percent > slot->percent ? message->percent : slot->percent;

    if (slot->state != SLOT_BUSY)
        return;
    if (percent == slot->percent && str_eq_c(message->phase, slot->phase))
        return;
    slot->percent = percent;
    str_copy(message->phase, slot->phase, sizeof slot->phase);
    engine_progress(slot->worker->engine, slot_ticket(slot), percent, message->phase);
}

/* Fills in output_bytes. False with what is wrong. */
static bool check_output(const struct slot *slot, struct engine_result *result, const char **wrong)
{
    struct stat status = {0};

    *wrong = NULL;
    if (!str_eq_c(result->output, slot->output))
        *wrong = "The worker named another output file than it was given.";
    else if (lstat(slot->output, &status))
        *wrong = "The worker said that it is done but left no output file.";
    else if (!S_ISREG(status.st_mode))
        *wrong = "The worker's output is not a regular file.";
    else if (!status.st_size)
        *wrong = "The worker's output file is empty.";
    else if (status.st_size > slot->worker->config.output_bytes_max)
        *wrong = "The worker's output file is too large.";
    result->output_bytes = status.st_size;
    return !*wrong;
}

static void take_done(struct slot *slot, struct worker_message *message)
{
    struct engine *engine = slot->worker->engine;
    char ticket[sizeof slot->ticket];
    char *output = slot->output;
    const char *wrong = NULL;

    stop_timers(slot);
    slot->state = SLOT_IDLE;
    if (!check_output(slot, &message->result, &wrong)) {
        report_failure(slot, ENGINE_BROKEN, str_from(wrong));
        return;
    }
    slot->faults = 0;
    memcpy(ticket, slot->ticket, sizeof ticket);
    slot->output = NULL;
    forget_request(slot);
    message->result.output = str_from(output);
    engine_finished(engine, str_from(ticket), &message->result);
    free(output);
    engine_room(engine);
}

static void take_failed(struct slot *slot, const struct worker_message *message)
{
    enum engine_fault fault = message->fault;

    if (slot->state == SLOT_CANCELING)
        fault = ENGINE_CANCELED;
    else if (fault == ENGINE_CANCELED) /* nobody asked it to */
        fault = ENGINE_LOST;
    stop_timers(slot);
    slot->state = SLOT_IDLE;
    report_failure(slot, fault,
                   message->text.len ? message->text : STR("The worker gave no reason."));
}

static void take_message(struct slot *slot, struct worker_message *message)
{
    if (message->type == WORKER_READY) {
        take_ready(slot, message);
        return;
    }
    if (message->type == WORKER_ERROR) {
        log_warn("worker.error", "engine=" STR_FMT " pid=%d text=%s",
                 STR_ARG(slot->worker->config.name), child_pid(slot->child),
                 log_quote(message->text));
        return;
    }
    if (message->type == WORKER_OTHER || !slot->ticket[0] || !str_eq_c(message->id, slot->ticket) ||
        (slot->state != SLOT_BUSY && slot->state != SLOT_CANCELING))
        return;
    slot->heard = true;
    if (slot->state == SLOT_BUSY)
        uv_timer_start(&slot->idle, news_are_late, (uint64_t)slot->worker->config.idle_ms, 0);
    if (message->type == WORKER_PROGRESS)
        take_progress(slot, message);
    else if (message->type == WORKER_DONE)
        take_done(slot, message);
    else
        take_failed(slot, message);
}

static void child_line(void *user, struct str line)
{
    struct slot *slot = user;
    struct worker_message message = {0};
    struct err err = {0};

    if (slot->worker->closing || slot->state == SLOT_ENDING || !str_trim(line).len)
        return;
    if (worker_message_parse(&message, line, &err))
        take_message(slot, &message);
    else
        break_off(slot, ENGINE_BROKEN, err.text);
    worker_message_fini(&message);
}

static void child_spilled(void *user, const char *what)
{
    struct slot *slot = user;

    if (!slot->worker->closing)
        break_off(slot, ENGINE_BROKEN, what);
}

static void release(struct worker *worker)
{
    struct engine *engine = worker->engine;

    if (--worker->open)
        return;
    for (int i = 0; i < worker->config.concurrency; i++)
        forget_request(&worker->slots[i]);
    free(worker->slots);
    arena_fini(&worker->arena);
    engine_closed(engine);
}

static int backoff_ms(const struct slot *slot)
{
    const struct engine_config *config = &slot->worker->config;
    int shift = slot->faults - 1 < BACKOFF_SHIFT_MAX ? slot->faults - 1 : BACKOFF_SHIFT_MAX;
    int64_t ms = (int64_t)config->backoff_ms << shift;

    if (ms > config->backoff_max_ms)
        ms = config->backoff_max_ms;
    /* Three to five quarters of it, so that slots that fell together do not rise together. */
    return (int)(ms * 3 / 4 + (int64_t)(rand_u64() % (uint64_t)(ms / 2 + 1)));
}

/* Whether the end of the process says that it will do no better at once. */
static bool end_is_fault(const struct slot *slot, const struct child_end *end)
{
    if (slot->state == SLOT_ENDING)
        return slot->fault == ENGINE_LOST || slot->fault == ENGINE_BROKEN;
    if (slot->state == SLOT_IDLE)
        return !end->ok;
    return slot->state != SLOT_CANCELING;
}

static void say_why(struct slot *slot, const struct child_end *end)
{
    if (slot->state == SLOT_ENDING)
        return;
    slot->fault = slot->state == SLOT_CANCELING || slot->canceled ? ENGINE_CANCELED : ENGINE_LOST;
    snprintf(slot->text, sizeof slot->text, "The worker %s%s.", end->text,
             slot->state == SLOT_STARTING ? " before it was ready" : "");
}

static void child_ended(void *user, const struct child_end *end)
{
    struct slot *slot = user;
    struct worker *worker = slot->worker;

    slot->child = NULL;
    if (worker->closing) {
        release(worker);
        return;
    }
    stop_timers(slot);
    log_event(end->ok ? LOG_INFO : LOG_WARN, "worker.ended", "engine=" STR_FMT " how=%s",
              STR_ARG(worker->config.name), log_quote(str_from(end->text)));
    if (slot->state == SLOT_BUSY && end->ok && !slot->heard && !slot->resent) {
        /* It left after its last request, as it may, before it saw this one. */
        slot->resent = true;
        begin_child(slot);
        return;
    }

    bool is_fault = end_is_fault(slot, end);

    say_why(slot, end);
    slot->state = is_fault ? SLOT_BACKOFF : SLOT_EMPTY;
    if (is_fault) {
        slot->faults++;
        uv_timer_start(&slot->pause, pause_is_over, (uint64_t)backoff_ms(slot), 0);
    }
    if (slot->ticket[0]) {
        char text[sizeof slot->text];

        memcpy(text, slot->text, sizeof text);
        report_failure(slot, slot->fault, str_from(text));
    } else if (!is_fault) {
        engine_room(worker->engine);
    }
}

static const struct child_events child_events = {child_line, child_spilled, child_ended};

static void begin_child(struct slot *slot)
{
    const struct engine_config *config = &slot->worker->config;
    struct child_config child = {
        .loop = config->loop,
        .name = config->name,
        .launcher = config->launcher,
        .argv = config->argv,
        .env = config->env,
        .memory_bytes_max = config->memory_bytes_max,
        .file_bytes_max = config->output_bytes_max * SCRATCH_FILE_OUTPUTS,
        .files_max = config->files_max,
        .may_use_network = config->may_use_network,
    };

    slot->state = SLOT_STARTING;
    slot->child = child_new(&child, &child_events, slot);
    uv_timer_start(&slot->deadline, ready_is_late, (uint64_t)config->ready_ms, 0);
    log_info("worker.started", "engine=" STR_FMT " pid=%d", STR_ARG(config->name),
             child_pid(slot->child));
}

static bool slot_is_free(const struct slot *slot)
{
    return slot->state == SLOT_EMPTY || slot->state == SLOT_IDLE ||
           (slot->state == SLOT_STARTING && !slot->ticket[0]);
}

/* A running process before one that starts before none. */
static struct slot *choose_slot(struct worker *worker)
{
    struct slot *best = NULL;

    for (int i = 0; i < worker->config.concurrency; i++) {
        struct slot *slot = &worker->slots[i];

        if (!slot_is_free(slot))
            continue;
        if (slot->state == SLOT_IDLE)
            return slot;
        if (!best || slot->state == SLOT_STARTING)
            best = slot;
    }
    return best;
}

static struct slot *find_ticket(struct worker *worker, struct str ticket)
{
    for (int i = 0; i < worker->config.concurrency; i++)
        if (ticket.len && str_eq_c(ticket, worker->slots[i].ticket))
            return &worker->slots[i];
    return NULL;
}

static bool worker_start(void *state, struct str ticket, const struct engine_request *request,
                         struct err *err)
{
    struct worker *worker = state;

    if (find_ticket(worker, ticket))
        return err_set(err, ERR_CONFLICT, "the ticket is in use");

    struct slot *slot = choose_slot(worker);

    if (!slot)
        return err_set(err, ERR_BUSY, "no free slot");
    buf_init(&slot->line, WORKER_REQUEST_BYTES_MAX);
    worker_write_render(&slot->line, ticket, request);
    if (buf_is_over(&slot->line)) {
        buf_fini(&slot->line);
        return err_set(err, ERR_INVALID, "the request is longer than %d bytes",
                       WORKER_REQUEST_BYTES_MAX);
    }
    str_copy(ticket, slot->ticket, sizeof slot->ticket);
    slot->output = strndup(request->output.ptr, request->output.len);
    if (!slot->output)
        die("out of memory");
    slot->percent = 0;
    slot->phase[0] = '\0';
    if (slot->state == SLOT_IDLE)
        send_request(slot);
    else if (slot->state == SLOT_EMPTY)
        begin_child(slot);
    return true;
}

static void worker_cancel(void *state, struct str ticket)
{
    struct worker *worker = state;
    struct slot *slot = find_ticket(worker, ticket);
    struct buf line;

    if (!slot)
        return;
    if (slot->state == SLOT_ENDING)
        slot->fault = ENGINE_CANCELED;
    if (slot->state == SLOT_STARTING && !slot->canceled) {
        slot->canceled = true;
        uv_timer_start(&slot->pause, pause_is_over, 0, 0);
    }
    if (slot->state != SLOT_BUSY)
        return;
    stop_timers(slot);
    slot->state = SLOT_CANCELING;
    uv_timer_start(&slot->pause, pause_is_over, (uint64_t)worker->config.grace_ms, 0);
    buf_init(&line, WORKER_REQUEST_BYTES_MAX);
    worker_write_cancel(&line, ticket);
    child_send(slot->child, buf_str(&line));
    buf_fini(&line);
}

static int worker_free_slots(const void *state)
{
    const struct worker *worker = state;
    int count = 0;

    for (int i = 0; i < worker->config.concurrency; i++)
        count += slot_is_free(&worker->slots[i]);
    return worker->closing ? 0 : count;
}

static bool worker_is_ready(const void *state)
{
    const struct worker *worker = state;

    for (int i = 0; i < worker->config.concurrency; i++)
        if (worker->slots[i].state != SLOT_BACKOFF)
            return !worker->closing;
    return false;
}

static bool check_program(struct str name, const char *path, struct err *err)
{
    /* Children run in "/", so that a relative path would mean something else there. */
    if (strchr(path, '/') && path[0] != '/')
        return err_set(err, ERR_INVALID, "engine " STR_FMT ": %s is not an absolute path",
                       STR_ARG(name), path);
    if (path[0] == '/' && access(path, X_OK))
        return err_set(err, ERR_INVALID, "engine " STR_FMT ": %s cannot be run", STR_ARG(name),
                       path);
    return true;
}

static size_t count_list(const char *const *list)
{
    size_t count = 0;

    while (list && list[count])
        count++;
    return count;
}

static const char *const *copy_list(struct arena *arena, const char *const *list)
{
    size_t count = count_list(list);
    const char **copy = ARENA_ARRAY(arena, const char *, count + 1);

    for (size_t i = 0; i < count; i++)
        copy[i] = arena_cstr(arena, str_from(list[i]));
    return copy;
}

static void init_slot(struct slot *slot, struct worker *worker)
{
    uv_timer_t *timers[SLOT_TIMERS] = {&slot->deadline, &slot->idle, &slot->pause};

    slot->worker = worker;
    for (int i = 0; i < SLOT_TIMERS; i++) {
        uv_timer_init(worker->config.loop, timers[i]);
        timers[i]->data = slot;
    }
    worker->open += SLOT_TIMERS;
}

static bool worker_open(void *state, struct engine *engine, const struct engine_config *config,
                        struct err *err)
{
    struct worker *worker = state;
    size_t argc = count_list(config->argv);
    char launcher[ENGINE_PATH_BYTES_MAX + 1];

    if (!argc || argc > ENGINE_ARGS_MAX || count_list(config->env) > CHILD_ENV_MAX)
        return err_set(err, ERR_INVALID,
                       "engine " STR_FMT ": a worker needs a command of 1 to %d words, and may "
                       "have %d environment variables",
                       STR_ARG(config->name), ENGINE_ARGS_MAX, CHILD_ENV_MAX);
    if (!str_copy(config->launcher, launcher, sizeof launcher) || launcher[0] != '/')
        return err_set(err, ERR_INVALID, "engine " STR_FMT ": no path of the launcher",
                       STR_ARG(config->name));
    if (!check_program(config->name, launcher, err) ||
        !check_program(config->name, config->argv[0], err))
        return false;
    worker->engine = engine;
    worker->config = *config;
    worker->config.name = arena_str(&worker->arena, config->name);
    worker->config.launcher = arena_str(&worker->arena, config->launcher);
    worker->config.argv = copy_list(&worker->arena, config->argv);
    worker->config.env = copy_list(&worker->arena, config->env);
    worker->slots = calloc((size_t)config->concurrency, sizeof *worker->slots);
    if (!worker->slots)
        die("out of memory");
    for (int i = 0; i < config->concurrency; i++)
        init_slot(&worker->slots[i], worker);
    return true;
}

static void timer_closed(uv_handle_t *handle)
{
    struct slot *slot = handle->data;

    release(slot->worker);
}

static void worker_close(void *state)
{
    struct worker *worker = state;

    worker->closing = true;
    for (int i = 0; i < worker->config.concurrency; i++) {
        struct slot *slot = &worker->slots[i];

        if (slot->child) {
            worker->open++;
            child_stop(slot->child, 0);
        }
        uv_close((uv_handle_t *)&slot->deadline, timer_closed);
        uv_close((uv_handle_t *)&slot->idle, timer_closed);
        uv_close((uv_handle_t *)&slot->pause, timer_closed);
    }
}

const struct engine_ops engine_worker = {
    .kind = "worker",
    .state_size = sizeof(struct worker),
    .is_local = true,
    .open = worker_open,
    .close = worker_close,
    .start = worker_start,
    .cancel = worker_cancel,
    .free_slots = worker_free_slots,
    .is_ready = worker_is_ready,
};
