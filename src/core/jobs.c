/* SPDX-License-Identifier: Apache-2.0 */
#include "core/jobs.h"

#include <assert.h>

#include "base/macros.h"
#include "core/assets.h"
#include "core/deliveries.h"
#include "core/endpoints.h"
#include "core/idempotency.h"
#include "core/ledger.h"
#include "store/db.h"

static const char sql_insert[] =
    "INSERT INTO jobs (id, account_id, key_id, dialect, state, price_micro, created_ms, seconds,"
    " width, height, fps, seed, model, first_frame, prompt, request, callback_url, callback_base,"
    " callback_events, callback_state, source, purpose, source_video, base_seconds, extensions,"
    " characters, metered)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,"
    " $20, $21, $22, $23, $24, $25, $26, $27)";

/* Each changes a state if it is in the set $2, and nothing else decides. */
static const char sql_start[] =
    "UPDATE jobs SET state = $3, engine = $4, started_ms = $5, attempts = attempts + 1"
    " WHERE id = $1 AND ((1 << state) & $2) <> 0 RETURNING attempts";
static const char sql_requeue[] =
    "UPDATE jobs SET state = $3, started_ms = 0"
    " WHERE id = $1 AND ((1 << state) & $2) <> 0 RETURNING account_id, attempts";
static const char sql_end[] =
    "UPDATE jobs SET state = $3, ended_ms = $4, fault = $5, error = $6, output = $7"
    " WHERE id = $1 AND ((1 << state) & $2) <> 0 AND ($8 = 0 OR account_id = $8)"
    " RETURNING account_id, attempts, key_id, dialect, callback_url, callback_events, metered,"
    " price_micro, created_ms";

static const char sql_state[] =
    "SELECT state FROM jobs WHERE id = $1 AND ($2 = 0 OR (account_id = $2 AND deleted = 0))";
static const char sql_delete[] = "UPDATE jobs SET deleted = 1 WHERE id = $1 AND account_id = $2"
                                 " AND deleted = 0 RETURNING state, output";
static const char sql_add_attempt[] =
    "INSERT INTO attempts (job_id, number, engine, started_ms) VALUES ($1, $2, $3, $4)";
static const char sql_end_attempt[] = "UPDATE attempts SET ended_ms = $3, fault = $4, error = $5"
                                      " WHERE job_id = $1 AND number = $2 AND ended_ms = 0";
static const char sql_count_failed[] =
    "SELECT count(*) FROM attempts WHERE job_id = $1 AND fault <> 0";
static const char sql_set_upstream[] =
    "UPDATE attempts SET upstream = $2 WHERE job_id = $1 AND number ="
    " (SELECT attempts FROM jobs WHERE id = $1 AND state = $3)";
static const char sql_note[] = "UPDATE attempts SET notes = $2 WHERE job_id = $1 AND number ="
                               " (SELECT attempts FROM jobs WHERE id = $1 AND state = $3)";
/* Fewer than DB_ROWS_MAX: engines together run no more. IN finds the index jobs_live. */
static const char sql_running[] =
    "SELECT j.id, j.engine, a.upstream FROM jobs j"
    " LEFT JOIN attempts a ON a.job_id = j.id AND a.number = j.attempts"
    " WHERE j.state IN (0, 1) AND j.state = $1 ORDER BY j.id";

static enum job_callback_state fresh_callback(const struct job *job)
{
    return job->callback.url.len ? JOB_CALLBACK_PENDING : JOB_CALLBACK_NONE;
}

static bool insert_job(struct db *db, const struct job *job, bool is_metered, struct err *err)
{
    return db_exec(
        db, sql_insert,
        DB_ARGS(db_id(&job->id), db_int(job->account_id), db_int(job->key_id), db_int(job->dialect),
                db_int(JOB_QUEUED), db_int(job->price_micro), db_int(job->created_ms),
                db_int(job->render.seconds), db_int(job->render.width), db_int(job->render.height),
                db_int(job->render.fps), db_int(job->render.seed), db_text(job->model),
                db_id_or_null(&job->first_frame), db_text(job->render.prompt),
                db_text(job->request), db_text(job->callback.url), db_text(job->callback.base),
                db_int(job->callback.events), db_int(fresh_callback(job)),
                db_id_or_null(&job->source), db_int(job->render.purpose),
                db_id_or_null(&job->source_video), db_int(job->base_seconds),
                db_int(job->extensions), db_text(job->characters), db_int(is_metered)),
        err);
}

/* From here on the sweep leaves what a job needs alone, until the job is over. */
static bool check_asset(struct db *db, const struct job *job, struct id id, const char *param,
                        struct err *err)
{
    struct asset asset;

    if (id_is_zero(id) || assets_get(db, job->account_id, id, job->created_ms, &asset, err))
        return true;
    if (err->kind != ERR_NOT_FOUND && err->kind != ERR_GONE)
        return false;
    return err_set_param(err, ERR_GONE, param, "a file that the job needs has expired");
}

static struct job fresh(const struct job *wanted)
{
    struct job job = *wanted;

    job.state = JOB_QUEUED;
    job.progress = 0;
    job.attempts = 0;
    job.engine = (struct str){0};
    job.output = (struct id){{0}};
    job.fault = JOB_FAULT_NONE;
    job.error = (struct str){0};
    job.started_ms = 0;
    job.ended_ms = 0;
    job.callback.state = fresh_callback(wanted);
    return job;
}

bool jobs_submit(struct db *db, struct arena *arena, const struct job_submit *submit,
                 struct job_submit_result *result, struct err *err)
{
    const struct job *job = submit->job;
    struct idempotency use = {
        .account_id = job->account_id,
        .key = submit->idempotency_key,
        .request_hash = submit->request_hash,
        .job = job->id,
        .now_ms = job->created_ms,
    };
    struct id earlier;
    bool found = false, is_metered = submit->limits && key_is_metered(submit->limits);

    result->refusal = (struct meter_refusal){0};
    assert(!id_is_zero(job->id));
    if (use.key.len && !idempotency_find(db, &use, &earlier, &found, err))
        return false;
    if (found) {
        if (!jobs_get(db, arena, 0, earlier, &result->job, err))
            return false;
        result->replayed = true;
        return true;
    }
    if (!check_asset(db, job, job->first_frame, "first_frame", err) ||
        !check_asset(db, job, job->source_video, "source_video", err))
        return false;
    if (is_metered && !meter_take(db, job, submit->limits, &result->refusal, err))
        return false;
    if (!ledger_hold(db, job->account_id, job->id, job->price_micro, job->created_ms, err) ||
        !insert_job(db, job, is_metered, err))
        return false;
    if (use.key.len && !idempotency_take(db, &use, err))
        return false;
    *result = (struct job_submit_result){.job = fresh(job)};
    return true;
}

/* Why a compare-and-set matched nothing. */
static bool explain(struct db *db, struct id id, int64_t account_id, struct err *err)
{
    struct arena arena = {0};
    struct db_rows rows = {0};

    if (!db_query(db, &arena, sql_state, DB_ARGS(db_id(&id), db_int(account_id)), &rows, err))
        ;
    else if (!rows.count)
        err_set(err, ERR_NOT_FOUND, "no such job");
    else
        err_set(err, ERR_CONFLICT, "the job is already %s",
                job_state_name((enum job_state)db_cell_int(&rows, 0, 0)));
    arena_fini(&arena);
    return false;
}

bool jobs_start(struct db *db, struct id id, struct str engine, int64_t now_ms, int *attempt,
                struct err *err)
{
    struct arena arena = {0};
    struct db_rows rows = {0};
    int64_t number = 0;
    bool ok = db_query(db, &arena, sql_start,
                       DB_ARGS(db_id(&id), db_int(job_states_before(JOB_RUNNING)),
                               db_int(JOB_RUNNING), db_text(engine), db_int(now_ms)),
                       &rows, err);

    if (ok && rows.count)
        number = db_cell_int(&rows, 0, 0);
    arena_fini(&arena);
    if (!ok)
        return false;
    if (!number)
        return explain(db, id, 0, err);
    if (!db_exec(db, sql_add_attempt,
                 DB_ARGS(db_id(&id), db_int(number), db_text(engine), db_int(now_ms)), err))
        return false;
    *attempt = (int)number;
    return true;
}

bool jobs_set_upstream(struct db *db, struct id id, struct str upstream, struct err *err)
{
    if (upstream.len > JOBS_UPSTREAM_BYTES_MAX)
        return err_set(err, ERR_TOO_LARGE, "the upstream's name for the job is too long");
    if (!db_exec(db, sql_set_upstream, DB_ARGS(db_id(&id), db_text(upstream), db_int(JOB_RUNNING)),
                 err))
        return false;
    return db_changes(db) == 1 || explain(db, id, 0, err);
}

bool jobs_note(struct db *db, struct id id, struct str notes, struct err *err)
{
    if (notes.len > JOBS_NOTES_BYTES_MAX)
        return err_set(err, ERR_TOO_LARGE, "the engine's notes are too long");
    if (!db_exec(db, sql_note, DB_ARGS(db_id(&id), db_text(notes), db_int(JOB_RUNNING)), err))
        return false;
    return db_changes(db) == 1 || explain(db, id, 0, err);
}

/* A change of state that ends an attempt, and what it found. */
struct change {
    struct id id;
    int64_t account_id; /* in: whose it must be, 0 = anyone's; out: whose it is */
    int64_t attempt;    /* out: number of the latest */
    enum job_state to;
    struct job_failure failure;
    struct id output;
    int64_t now_ms;
    bool is_metered; /* out, of an end */
    struct job job;  /* out, of an end: what the meter asks for */
};

/* For whoever is to be told of the end, from the row that sql_end returned: the URL that the
 * job's request named, and endpoints of its account. */
static bool add_deliveries(struct db *db, const struct change *change, const struct db_rows *rows,
                           struct err *err)
{
    struct delivery delivery = {
        .id = id_new(),
        .job_id = change->id,
        .account_id = change->account_id,
        .key_id = db_cell_int(rows, 0, 2),
        .dialect = (enum dialect)db_cell_int(rows, 0, 3),
        .event = job_event_of_end(change->to),
        .url = db_cell_str(rows, 0, 4),
        .created_ms = change->now_ms,
    };
    unsigned events = (unsigned)db_cell_int(rows, 0, 5);

    if (delivery.url.len && (events & BIT(delivery.event)) && !deliveries_add(db, &delivery, err))
        return false;
    return delivery.dialect != DIALECT_OPENAI || endpoints_tell(db, &delivery, err);
}

/* Compares and sets; *done tells whether the job was in a state to be changed. */
static bool set_state(struct db *db, struct change *change, bool *done, struct err *err)
{
    struct arena arena = {0};
    struct db_rows rows = {0};
    bool ends = job_is_over(change->to);
    bool ok = db_query(db, &arena, ends ? sql_end : sql_requeue,
                       DB_ARGS(db_id(&change->id), db_int(job_states_before(change->to)),
                               db_int(change->to), db_int(change->now_ms),
                               db_int(change->failure.fault), db_text(change->failure.text),
                               db_id_or_null(&change->output), db_int(change->account_id)),
                       &rows, err);

    *done = ok && rows.count;
    if (*done) {
        change->account_id = db_cell_int(&rows, 0, 0);
        change->attempt = db_cell_int(&rows, 0, 1);
    }
    if (*done && ends) {
        change->is_metered = db_cell_int(&rows, 0, 6) != 0;
        change->job = (struct job){.key_id = db_cell_int(&rows, 0, 2),
                                   .price_micro = db_cell_int(&rows, 0, 7),
                                   .created_ms = db_cell_int(&rows, 0, 8)};
        ok = add_deliveries(db, change, &rows, err);
    }
    arena_fini(&arena);
    return ok;
}

static bool end_attempt(struct db *db, const struct change *change, struct err *err)
{
    return db_exec(db, sql_end_attempt,
                   DB_ARGS(db_id(&change->id), db_int(change->attempt), db_int(change->now_ms),
                           db_int(change->failure.fault), db_text(change->failure.text)),
                   err);
}

/* All that every end of a job and every requeue have in common, but for the money. */
static bool move(struct db *db, struct change *change, struct err *err)
{
    bool done = false;

    change->failure.text = str_utf8_head(change->failure.text, JOB_ERROR_BYTES_MAX);
    if (!set_state(db, change, &done, err))
        return false;
    if (!done)
        return explain(db, change->id, change->account_id, err);
    return end_attempt(db, change, err);
}

bool jobs_complete(struct db *db, struct id id, const struct asset *output, int64_t now_ms,
                   struct err *err)
{
    struct change change = {.id = id, .to = JOB_COMPLETED, .output = output->id, .now_ms = now_ms};
    struct asset asset = *output;

    if (!move(db, &change, err))
        return false;
    asset.account_id = change.account_id;
    asset.job_id = id;
    return assets_create(db, &asset, err) && ledger_capture(db, id, now_ms, err);
}

/* An end without a video: nobody pays. */
static bool move_unpaid(struct db *db, struct change *change, struct err *err)
{
    return move(db, change, err) && ledger_release(db, change->id, change->now_ms, err) &&
           (!change->is_metered || meter_give_back(db, &change->job, err));
}

bool jobs_fail(struct db *db, struct id id, const struct job_failure *failure, int64_t now_ms,
               struct err *err)
{
    struct change change = {.id = id, .to = JOB_FAILED, .failure = *failure, .now_ms = now_ms};

    return move_unpaid(db, &change, err);
}

bool jobs_cancel(struct db *db, struct id id, int64_t account_id, int64_t now_ms, struct err *err)
{
    struct change change = {
        .id = id, .to = JOB_CANCELED, .account_id = account_id, .now_ms = now_ms};

    return move_unpaid(db, &change, err);
}

bool jobs_delete(struct db *db, struct id id, int64_t account_id, int64_t now_ms, struct err *err)
{
    struct arena arena = {0};
    struct db_rows rows = {0};
    bool ok = db_query(db, &arena, sql_delete, DB_ARGS(db_id(&id), db_int(account_id)), &rows, err);
    enum job_state state = JOB_QUEUED;
    struct id output = {{0}};

    if (ok && !rows.count) {
        ok = err_set(err, ERR_NOT_FOUND, "no such job");
    } else if (ok) {
        state = (enum job_state)db_cell_int(&rows, 0, 0);
        output = db_cell_id(&rows, 0, 1);
    }
    arena_fini(&arena);
    if (!ok)
        return false;
    if (!job_is_over(state))
        return jobs_cancel(db, id, 0, now_ms, err);
    return id_is_zero(output) ||
           (assets_expire(db, output, now_ms, err) && assets_expire_previews(db, id, now_ms, err));
}

static bool count_failed(struct db *db, struct id id, int64_t *failed, struct err *err)
{
    struct arena arena = {0};
    struct db_rows rows = {0};
    bool ok = db_query(db, &arena, sql_count_failed, DB_ARGS(db_id(&id)), &rows, err);

    if (ok)
        *failed = db_cell_int(&rows, 0, 0);
    arena_fini(&arena);
    return ok;
}

bool jobs_requeue(struct db *db, struct id id, const struct job_failure *failure, int64_t now_ms,
                  enum job_state *state, struct err *err)
{
    struct change change = {.id = id, .to = JOB_QUEUED, .failure = *failure, .now_ms = now_ms};
    struct job_failure last = *failure;
    int64_t failed = 0;

    if (!move(db, &change, err) || !count_failed(db, id, &failed, err))
        return false;
    *state = JOB_QUEUED;
    if (failed < JOB_ATTEMPTS_MAX && change.attempt < JOBS_STARTS_MAX)
        return true;
    if (last.fault == JOB_FAULT_NONE)
        last = (struct job_failure){JOB_FAULT_LOST, STR("the job was interrupted too often")};
    if (!jobs_fail(db, id, &last, now_ms, err))
        return false;
    *state = JOB_FAILED;
    return true;
}

/* One job that was running when the last server ended. */
static bool recover(struct db *db, const struct job_recovery *how,
                    const struct job_resumable *found, struct job_recovered *recovered,
                    struct err *err)
{
    struct job_failure interrupted = {JOB_FAULT_NONE, STR("the server was restarted")};
    struct job_failure lost = {JOB_FAULT_LOST,
                               STR("the server was restarted before the engine had answered")};
    enum job_state state = JOB_FAILED;

    if (found->upstream.len) {
        recovered->resumable[recovered->resumable_count++] = *found;
        return true;
    }
    if (how->is_local(how->context, found->engine)) {
        if (!jobs_requeue(db, found->id, &interrupted, how->now_ms, &state, err))
            return false;
    } else if (!jobs_fail(db, found->id, &lost, how->now_ms, err)) {
        return false;
    }
    recovered->requeued += state == JOB_QUEUED;
    recovered->failed += state == JOB_FAILED;
    return true;
}

bool jobs_recover(struct db *db, struct arena *arena, const struct job_recovery *how,
                  struct job_recovered *recovered, struct err *err)
{
    struct db_rows rows = {0};

    *recovered = (struct job_recovered){0};
    if (!db_query(db, arena, sql_running, DB_ARGS(db_int(JOB_RUNNING)), &rows, err))
        return false;
    recovered->resumable = ARENA_ARRAY(arena, struct job_resumable, (size_t)rows.count);
    for (int row = 0; row < rows.count; row++) {
        struct job_resumable found = {
            .id = db_cell_id(&rows, row, 0),
            .engine = db_cell_str(&rows, row, 1),
            .upstream = db_cell_str(&rows, row, 2),
        };

        if (!recover(db, how, &found, recovered, err))
            return false;
    }
    return true;
}
