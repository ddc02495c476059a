/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "core/assets.h"
#include "core/jobcache.h"
#include "core/scheduler_impl.h"

enum { PROGRESS_MAX = 99 }; /* 100 is completed */

static const enum job_fault job_faults[ENGINE_FAULTS] = {
    [ENGINE_INVALID] = JOB_FAULT_INVALID, [ENGINE_REFUSED] = JOB_FAULT_REFUSED,
    [ENGINE_BUSY] = JOB_FAULT_NONE,       [ENGINE_LOST] = JOB_FAULT_LOST,
    [ENGINE_BROKEN] = JOB_FAULT_BROKEN,   [ENGINE_TIMEOUT] = JOB_FAULT_TIMEOUT,
    [ENGINE_CANCELED] = JOB_FAULT_NONE,
};

static void submit_op(struct entry *entry);

/* ---- on the executor's thread: of the entry only its op ---- */

/* How a requeue that was the last straw has ended the job: in the store's words. What was asked
 * for stays as it is, for the batch may run this again. */
static void note_end(struct entry_op *op, const struct job *job)
{
    op->end_fault = job->fault;
    str_copy(job->error, op->end_text, JOB_ERROR_BYTES_MAX + 1);
}

/* The commit of an earlier try may have reached the disk although it failed. */
static bool is_done_already(struct entry_op *op, struct db *db, bool *done, struct err *err)
{
    struct arena arena = {0};
    struct job job = {0};
    bool ok = jobs_get(db, &arena, 0, op->id, &job, err);

    *done = false;
    if (ok && op->kind == OP_START) {
        *done = job.state == JOB_RUNNING;
        op->attempt = job.attempts;
    } else if (ok && op->kind == OP_COMPLETE) {
        *done = job.state == JOB_COMPLETED && id_eq(job.output, op->output.id);
    } else if (ok && op->kind == OP_FAIL) {
        *done = job.state == JOB_FAILED;
    } else if (ok) {
        *done = job.state == JOB_QUEUED || job.state == JOB_FAILED;
        op->state = job.state;
        note_end(op, &job);
    }
    arena_fini(&arena);
    return ok;
}

static bool requeue(struct entry_op *op, struct db *db, struct err *err)
{
    struct job_failure failure = {op->fault, str_from(op->text)};
    struct arena arena = {0};
    struct job job = {0};
    bool ok = jobs_requeue(db, op->id, &failure, op->now_ms, &op->state, err);

    if (ok && op->state == JOB_FAILED && (ok = jobs_get(db, &arena, 0, op->id, &job, err)))
        note_end(op, &job);
    arena_fini(&arena);
    return ok;
}

static bool complete(struct entry_op *op, struct db *db, struct err *err)
{
    if (!jobs_note(db, op->id, op->notes, err) ||
        !jobs_complete(db, op->id, &op->output, op->now_ms, err))
        return false;
    for (int i = 0; i < ENTRY_PREVIEWS; i++)
        if (!id_is_zero(op->previews[i].id) && !assets_create(db, &op->previews[i], err))
            return false;
    return true;
}

static bool run_op(struct op *base, struct db *db, struct err *err)
{
    struct entry_op *op = (struct entry_op *)base;
    struct job_failure failure = {op->fault, str_from(op->text)};
    bool done = false;

    if (op->is_repeated && !is_done_already(op, db, &done, err))
        return false;
    if (done)
        return true;
    switch (op->kind) {
    case OP_START:
        return jobs_start(db, op->id, op->engine, op->now_ms, &op->attempt, err);
    case OP_COMPLETE:
        return complete(op, db, err);
    case OP_FAIL:
        return jobs_fail(db, op->id, &failure, op->now_ms, err);
    case OP_REQUEUE:
        return requeue(op, db, err);
    }
    return err_set(err, ERR_INTERNAL, "no such operation");
}

/* ---- on the loop ---- */

void entry_retry_later(struct entry *entry, void (*retry)(struct entry *entry))
{
    entry->tries++;
    entry->retry = retry;
    entry->retry_ms = scheduler_now_ms(entry->scheduler) + entry->scheduler->config.retry_ms;
    entry->scheduler->retries++;
    scheduler_arm(entry->scheduler);
}

static void give_slot_back(struct entry *entry)
{
    if (!entry->has_slot)
        return;
    entry->has_slot = false;
    if (entry->phase == ENTRY_RUNNING)
        entry_engine(entry)->running--;
    else
        entry_engine(entry)->claimed--;
}

static void put_in_cache(struct entry *entry)
{
    if (!entry->over)
        jobcache_put(entry->scheduler->config.cache, &entry->job);
}

void entry_leave(struct entry *entry, struct id blob)
{
    give_slot_back(entry);
    files_clean(entry, blob);
    entry_drop(entry);
}

bool entry_is_halted(struct entry *entry)
{
    struct scheduler *scheduler = entry->scheduler;

    if (entry->over) {
        entry_leave(entry, (struct id){0});
        scheduler_pump(scheduler);
        return true;
    }
    if (!scheduler->stopping)
        return false;
    entry_requeue(entry, JOB_FAULT_NONE, STR("The server stopped."));
    return true;
}

/* Gives it what it waited without. False: the cache does not have the job as queued, so it is
 * over. */
static bool make_fit(struct entry *entry)
{
    const struct job *known = NULL;

    if (!entry->room && !(entry->room = calloc(1, sizeof *entry->room)))
        die("out of memory");
    entry->op.text = entry->room->text;
    entry->op.end_text = entry->room->end_text;
    if (!entry->has_no_texts)
        return true;
    known = jobcache_get(entry->scheduler->config.cache, entry->job.id);
    if (!known || known->state != JOB_QUEUED)
        return false;
    entry->job = job_copy(&entry->arena, known);
    entry->has_no_texts = false;
    return true;
}

static void begin_op(struct entry *entry, enum entry_op_kind kind)
{
    entry->tries = 0;
    entry->op.kind = kind;
    entry->op.is_repeated = false;
    entry->op.id = entry->job.id;
    entry->op.entry = entry;
    entry->op.now_ms = clock_now_ms();
    submit_op(entry);
}

static void end_attempt(struct entry *entry, enum entry_op_kind kind, enum job_fault fault,
                        struct str text)
{
    give_slot_back(entry);
    entry->phase = ENTRY_ENDING;
    entry->op.fault = fault;
    make_fit(entry);
    str_copy(text, entry->op.text, JOB_ERROR_BYTES_MAX + 1);
    begin_op(entry, kind);
}

void entry_fail(struct entry *entry, enum job_fault fault, struct str text)
{
    end_attempt(entry, OP_FAIL, fault, text);
}

void entry_requeue(struct entry *entry, enum job_fault fault, struct str text)
{
    end_attempt(entry, OP_REQUEUE, fault, text);
}

void entry_take_back(struct entry *entry)
{
    if (entry->over)
        entry_leave(entry, (struct id){0});
    else
        entry_requeue(entry, JOB_FAULT_NONE, STR("The server stopped."));
}

/* ---- running ---- */

static void leave_alone(struct scheduler_engine *engine, int64_t now_ms)
{
    engine->busy_ms = engine->busy_ms ? engine->busy_ms * 2 : SCHEDULER_BUSY_MS;
    if (engine->busy_ms > SCHEDULER_BUSY_MS_MAX)
        engine->busy_ms = SCHEDULER_BUSY_MS_MAX;
    engine->busy_until_ms = now_ms + engine->busy_ms;
}

void entry_begin(struct entry *entry)
{
    struct scheduler_engine *engine = entry_engine(entry);
    char frame[FILES_PATH_BYTES], source[FILES_PATH_BYTES];
    struct engine_request request = {
        .render = entry->job.render,
        .scratch = str_from(entry->room->scratch),
        .output = str_from(entry->room->output),
    };
    struct err err = {0};

    if (job_needs(&entry->job) & BIT(RENDER_FIRST_FRAME))
        request.first_frame = files_path(entry, SCRATCH_FRAME, frame);
    if (!id_is_zero(entry->job.source_video) && (engine->can & BIT(RENDER_SOURCE_VIDEO)))
        request.source_video = files_path(entry, SCRATCH_SOURCE, source);
    if (engine_start(engine->engine, str_from(entry->ticket), &request, &err)) {
        engine->claimed--;
        engine->running++;
        engine->started++;
        entry->phase = ENTRY_RUNNING;
    } else if (err.kind == ERR_BUSY) {
        leave_alone(engine, scheduler_now_ms(entry->scheduler));
        entry_requeue(entry, JOB_FAULT_NONE, STR("The engine had no room."));
    } else {
        entry_fail(entry, err.kind == ERR_INVALID ? JOB_FAULT_INVALID : JOB_FAULT_BROKEN,
                   str_from(err.text));
    }
}

void entry_claim(struct entry *entry, int position)
{
    if (!make_fit(entry)) {
        entry_drop(entry);
        return;
    }
    entry->position = position;
    entry->phase = ENTRY_CLAIMING;
    entry->has_slot = true;
    entry_engine(entry)->claimed++;
    entry->op.engine = entry_engine(entry)->name;
    begin_op(entry, OP_START);
}

/* ---- what the engines say ---- */

static struct entry *find_ticket(struct scheduler *scheduler, struct str ticket)
{
    struct id id;
    struct entry *entry = id_parse(ticket, &id) ? scheduler_find(scheduler, id) : NULL;

    return entry && entry->phase == ENTRY_RUNNING ? entry : NULL;
}

static void on_progress(void *user, struct str ticket, int percent, struct str phase)
{
    struct scheduler *scheduler = user;
    struct entry *entry = find_ticket(scheduler, ticket);

    (void)phase;
    if (!entry || entry->over)
        return;
    entry->job.progress = percent < PROGRESS_MAX ? percent : PROGRESS_MAX;
    jobcache_progress(scheduler->config.cache, entry->job.id, entry->job.progress);
}

static void output_stored(struct entry *entry)
{
    struct scheduler *scheduler = entry->scheduler;

    if (entry->over) {
        entry_leave(entry, entry->op.output.id);
        scheduler_pump(scheduler);
        return;
    }
    if (entry->work_ok) {
        entry->phase = ENTRY_ENDING;
        begin_op(entry, OP_COMPLETE);
        return;
    }
    log_error("job.store", "id=%s try=%d reason=%s", entry->ticket, entry->tries + 1,
              log_quote(str_from(entry->work_err.text)));
    if (entry->tries + 1 < SCHEDULER_STORE_TRIES)
        entry_retry_later(entry, entry_store);
    else
        entry_fail(entry, JOB_FAULT_BROKEN, STR("The finished video could not be stored."));
}

void entry_store(struct entry *entry)
{
    files_store(entry, output_stored);
}

static void on_finished(void *user, struct str ticket, const struct engine_result *result)
{
    struct scheduler *scheduler = user;
    struct entry *entry = find_ticket(scheduler, ticket);

    if (!entry)
        return;

    struct scheduler_engine *engine = entry_engine(entry);
    int64_t now_ms = clock_now_ms();

    give_slot_back(entry);
    engine->finished++;
    engine->busy_ms = 0;
    breaker_success(&engine->breaker);
    log_info("job.rendered", "id=%s engine=" STR_FMT " bytes=%" PRId64 " over=%d", entry->ticket,
             STR_ARG(entry->job.engine), result->output_bytes, entry->over);
    if (entry->over) {
        entry_leave(entry, (struct id){0});
        scheduler_pump(scheduler);
        return;
    }
    entry->op.output = (struct asset){
        .id = id_new(),
        .kind = ASSET_OUTPUT,
        .type = ASSET_MP4,
        .created_ms = now_ms,
        .expires_ms = now_ms + scheduler->config.output_ttl_ms,
    };
    entry->op.notes = arena_str(&entry->arena, result->notes);
    entry->phase = ENTRY_STORING;
    entry->tries = 0;
    source_join(entry);
}

static void judge_engine(struct scheduler *scheduler, struct scheduler_engine *engine,
                         enum engine_fault fault)
{
    int64_t now_ms = scheduler_now_ms(scheduler);

    if (engine_fault_is_engines(fault)) {
        engine->faults++;
        breaker_fault(&engine->breaker, now_ms);
        if (engine->breaker.state == BREAKER_OPEN)
            log_warn("engine.left_alone", "engine=" STR_FMT " ms=%" PRId64, STR_ARG(engine->name),
                     engine->breaker.open_ms);
    } else if (fault == ENGINE_BUSY) {
        leave_alone(engine, now_ms);
    } else if (engine->breaker.state == BREAKER_HALF_OPEN &&
               (fault == ENGINE_INVALID || fault == ENGINE_REFUSED)) {
        breaker_success(&engine->breaker); /* only a well engine tells what is wrong with a job */
    }
}

bool entry_may_go_on(const struct entry *entry)
{
    const struct scheduler *scheduler = entry->scheduler;
    const struct route *route = entry_route(entry);
    unsigned able = route_able(scheduler, route, job_needs(&entry->job));

    for (int i = 0; i < route->count; i++)
        if ((able & BIT(i)) && (!(entry->failed_on & BIT(i)) ||
                                engine_is_local(scheduler->engines[route->engines[i]].engine)))
            return true;
    return false;
}

static void on_failed(void *user, struct str ticket, enum engine_fault fault, struct str text)
{
    struct scheduler *scheduler = user;
    struct entry *entry = find_ticket(scheduler, ticket);

    if (!entry)
        return;
    give_slot_back(entry);
    judge_engine(scheduler, entry_engine(entry), fault);
    if (engine_fault_is_engines(fault))
        log_warn("job.attempt_failed", "id=%s engine=" STR_FMT " fault=%s reason=%s", entry->ticket,
                 STR_ARG(entry->job.engine), engine_fault_name(fault), log_quote(text));
    if (entry->over) {
        entry_leave(entry, (struct id){0});
        scheduler_pump(scheduler);
        return;
    }
    if (engine_fault_is_engines(fault))
        entry->failed_on |= BIT(entry->position);
    if (fault == ENGINE_BUSY || fault == ENGINE_CANCELED ||
        (engine_fault_is_engines(fault) && entry_may_go_on(entry)))
        entry_requeue(entry, job_faults[fault], text);
    else
        entry_fail(entry, job_faults[fault], text);
}

static void on_room(void *user)
{
    scheduler_pump(user);
}

const struct engine_events scheduler_engine_events = {on_progress, on_finished, on_failed, on_room};

/* ---- what the store says ---- */

static void after_start(struct entry *entry, bool ok, const struct err *err)
{
    struct scheduler *scheduler = entry->scheduler;

    if (!ok && err_is_retryable(err->kind)) { /* and the scheduler stops: another time */
        give_slot_back(entry);
        entry->phase = ENTRY_QUEUED;
        fairqueue_push(&scheduler->queue, &entry->item);
        return;
    }
    if (!ok) {
        entry_leave(entry, (struct id){0});
        return;
    }
    entry->job.state = JOB_RUNNING;
    entry->job.attempts = entry->op.attempt;
    entry->job.started_ms = entry->op.now_ms;
    entry->job.engine = entry->op.engine;
    entry->job.progress = 0;
    if (entry_is_halted(entry))
        return;
    put_in_cache(entry);
    log_info("job.started", "id=%s engine=" STR_FMT " attempt=%d", entry->ticket,
             STR_ARG(entry->job.engine), entry->job.attempts);
    source_prepare(entry);
}

static void after_complete(struct entry *entry, bool ok, const struct err *err)
{
    /* Its end was refused, so that nobody will ever ask for the file; or the store did not
     * answer before we stop, and then it may have it. */
    bool keep = ok || err_is_retryable(err->kind);

    if (ok) {
        entry->job.state = JOB_COMPLETED;
        entry->job.progress = 100;
        entry->job.output = entry->op.output.id;
        entry->job.ended_ms = entry->op.now_ms;
        put_in_cache(entry);
        log_info("job.completed", "id=%s engine=" STR_FMT " ms=%" PRId64, entry->ticket,
                 STR_ARG(entry->job.engine), entry->job.ended_ms - entry->job.started_ms);
    }
    entry_leave(entry, keep ? (struct id){0} : entry->op.output.id);
}

static void after_fail(struct entry *entry, bool ok)
{
    if (ok) {
        entry->job.state = JOB_FAILED;
        entry->job.fault = entry->op.fault;
        entry->job.error = str_from(entry->op.text);
        entry->job.ended_ms = entry->op.now_ms;
        put_in_cache(entry);
        log_info("job.failed", "id=%s engine=" STR_FMT " fault=%s reason=%s", entry->ticket,
                 STR_ARG(entry->job.engine), job_fault_name(entry->job.fault),
                 log_quote(entry->job.error));
    }
    entry_leave(entry, (struct id){0});
}

static void after_requeue(struct entry *entry, bool ok)
{
    struct scheduler *scheduler = entry->scheduler;

    if (ok && !entry->over && entry->op.state == JOB_FAILED) {
        entry->op.fault = entry->op.end_fault;
        entry->op.text = entry->op.end_text;
    }
    if (!ok || entry->over || entry->op.state == JOB_FAILED) {
        after_fail(entry, ok && !entry->over);
        return;
    }
    files_clean(entry, (struct id){0});
    entry->job.state = JOB_QUEUED;
    entry->job.progress = 0;
    entry->job.started_ms = 0;
    entry->phase = ENTRY_QUEUED;
    put_in_cache(entry);
    log_info("job.requeued", "id=%s reason=%s", entry->ticket, log_quote(str_from(entry->op.text)));
    fairqueue_push(&scheduler->queue, &entry->item);
}

static void op_done(struct op *op, bool ok, const struct err *err)
{
    struct entry *entry = ((struct entry_op *)op)->entry;
    struct scheduler *scheduler = entry->scheduler;

    if (!ok)
        log_warn("job.store", "id=%s try=%d kind=%s reason=%s", entry->ticket, entry->tries + 1,
                 err_kind_name(err->kind), log_quote(str_from(err->text)));
    if (!ok && err_is_retryable(err->kind) &&
        (!scheduler->stopping || entry->tries + 1 < SCHEDULER_STOPPING_TRIES)) {
        entry->op.is_repeated = true;
        entry_retry_later(entry, submit_op);
        return;
    }
    switch (entry->op.kind) {
    case OP_START:
        after_start(entry, ok, err);
        break;
    case OP_COMPLETE:
        after_complete(entry, ok, err);
        break;
    case OP_FAIL:
        after_fail(entry, ok);
        break;
    case OP_REQUEUE:
        after_requeue(entry, ok);
        break;
    }
    scheduler_pump(scheduler);
}

static void submit_op(struct entry *entry)
{
    entry->op.op = (struct op){.run = run_op, .done = op_done};
    if (!executor_submit(entry->scheduler->config.executor, &entry->op.op))
        entry_retry_later(entry, submit_op);
}
