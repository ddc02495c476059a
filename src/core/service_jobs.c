/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/log.h"
#include "base/rand.h"
#include "core/accounts.h"
#include "core/jobs.h"
#include "core/service_impl.h"

/* ---- submit ---- */

struct submit {
    struct op op;
    struct service *service;
    struct arena *arena;
    struct job job;
    struct job_submit input;
    struct job_submit_result result;
    struct service_submitted out;
    service_submit_done *done;
    void *user;
};

static bool submit_run(struct op *op, struct db *db, struct err *err)
{
    struct submit *submit = (struct submit *)op;
    struct account account;
    struct err ignored;

    if (jobs_submit(db, submit->arena, &submit->input, &submit->result, err))
        return true;
    if (err->kind == ERR_FUNDS && accounts_get(db, submit->job.account_id, &account, &ignored))
        submit->out.available_micro = account.available_micro;
    return false;
}

static void log_submitted(const struct job *job)
{
    char id[ID_TEXT_LEN + 1];

    if (!log_is_on(LOG_DEBUG))
        return;
    id_to_text(job->id, id);
    log_debug("job.queued", "id=%s account=%lld dialect=%s price_micro=%lld", id,
              (long long)job->account_id, dialect_name(job->dialect), (long long)job->price_micro);
}

static void submit_done(struct op *op, bool ok, const struct err *err)
{
    struct submit *submit = (struct submit *)op;
    struct service *service = submit->service;
    const struct job *known = NULL;

    service_saw(service, ok, err);
    if (!ok) {
        submit->out.required_micro = submit->job.price_micro;
        submit->out.retry_after_s = submit->result.refusal.retry_after_s;
        if (err->kind == ERR_RATE)
            submit->out.available_micro = submit->result.refusal.left_micro;
        submit->done(submit->user, &submit->out, err);
        return;
    }
    submit->out.job = submit->result.job;
    submit->out.replayed = submit->result.replayed;
    if (submit->out.replayed) {
        known = jobcache_get(service->cache, submit->out.job.id);
        if (known)
            submit->out.job = job_copy(submit->arena, known);
    } else {
        log_submitted(&submit->out.job);
        jobcache_put(service->cache, &submit->out.job);
        scheduler_submit(service->scheduler, &submit->out.job);
    }
    submit->done(submit->user, &submit->out, NULL);
}

/* Dialect and body. */
struct hash service_request_hash(const struct service_submit *in)
{
    char dialect = (char)in->dialect;

    return hash_sha256_two(str_from_bytes(&dialect, 1), in->body);
}

static void fill_job(struct job *job, const struct service_submit *in, int64_t price_micro)
{
    *job = (struct job){.id = id_new(),
                        .account_id = in->account_id,
                        .key_id = in->key_id,
                        .dialect = in->dialect,
                        .request = in->request,
                        .model = in->model,
                        .render = in->render,
                        .first_frame = in->first_frame,
                        .source = in->source,
                        .source_video = in->source_video,
                        .base_seconds = in->base_seconds,
                        .extensions = in->extensions,
                        .characters = in->characters,
                        .price_micro = price_micro,
                        .state = JOB_QUEUED,
                        .created_ms = clock_now_ms(),
                        .callback = {.url = in->callback_url,
                                     .base = in->callback_base,
                                     .events = in->callback_events}};
    if (job->render.seed < 0)
        job->render.seed = (int64_t)(rand_u64() >> 1);
}

bool service_price(const struct service *service, const struct service_submit *in,
                   int64_t *price_micro, struct err *err)
{
    const struct catalog_model *model = catalog_find(service->catalog, in->model);

    if (!model)
        return err_set_param(err, ERR_NOT_FOUND, "model", "Unknown model '" STR_FMT "'",
                             STR_ARG(in->model));
    return catalog_price(model, in->render.width, in->render.height, in->render.seconds,
                         price_micro, err);
}

bool service_can(const struct service *service, struct str model, unsigned needs)
{
    return scheduler_can(service->scheduler, model, needs);
}

void service_submit(struct service *service, struct arena *arena, const struct service_submit *in,
                    service_submit_done *done, void *user)
{
    struct submit *submit = ARENA_NEW(arena, struct submit);
    int64_t price = 0;
    struct err err;

    if (!service_price(service, in, &price, &err)) {
        done(user, &submit->out, &err);
        return;
    }
    submit->op = (struct op){.run = submit_run, .done = submit_done};
    submit->service = service;
    submit->arena = arena;
    submit->done = done;
    submit->user = user;
    fill_job(&submit->job, in, price);
    submit->input.job = &submit->job;
    submit->input.limits = in->limits;
    submit->input.idempotency_key = in->idempotency_key;
    if (in->idempotency_key.len)
        submit->input.request_hash = service_request_hash(in);
    if (!service_run(service, &submit->op, &err))
        done(user, &submit->out, &err);
}

/* ---- get and cancel ---- */

struct job_op {
    struct op op;
    struct service *service;
    struct arena *arena;
    int64_t account_id;
    struct id id;
    struct job job;
    service_job_done *done;
    void *user;
};

static struct job_op *job_op_new(struct service *service, struct arena *arena, int64_t account_id,
                                 struct id id)
{
    struct job_op *get = ARENA_NEW(arena, struct job_op);

    get->service = service;
    get->arena = arena;
    get->account_id = account_id;
    get->id = id;
    return get;
}

static bool get_run(struct op *op, struct db *db, struct err *err)
{
    struct job_op *get = (struct job_op *)op;

    return jobs_get(db, get->arena, get->account_id, get->id, &get->job, err);
}

static void get_done(struct op *op, bool ok, const struct err *err)
{
    struct job_op *get = (struct job_op *)op;

    /* Read for one answer only: putting it into the cache could overtake a newer state. */
    get->done(get->user, ok ? &get->job : NULL, ok ? NULL : err);
}

void service_job_get(struct service *service, struct arena *arena, int64_t account_id, struct id id,
                     service_job_done *done, void *user)
{
    const struct job *known = jobcache_get(service->cache, id);
    struct job_op *get = NULL;
    struct err err;

    if (known && (account_id == 0 || known->account_id == account_id)) {
        done(user, known, NULL);
        return;
    }
    if (known) {
        err_set(&err, ERR_NOT_FOUND, "No such job");
        done(user, NULL, &err);
        return;
    }
    get = job_op_new(service, arena, account_id, id);
    get->op = (struct op){.run = get_run, .done = get_done, .reads_only = true};
    get->done = done;
    get->user = user;
    if (!service_run(service, &get->op, &err))
        done(user, NULL, &err);
}

struct record_op {
    struct op op;
    struct arena *arena;
    int64_t account_id;
    struct id id;
    struct service_record record;
    service_record_done *done;
    void *user;
};

static bool record_run(struct op *op, struct db *db, struct err *err)
{
    struct record_op *get = (struct record_op *)op;

    return jobs_get(db, get->arena, get->account_id, get->id, &get->record.job, err) &&
           jobs_attempts(db, get->arena, get->id, &get->record.attempts, err);
}

static void record_done(struct op *op, bool ok, const struct err *err)
{
    struct record_op *get = (struct record_op *)op;

    get->done(get->user, ok ? &get->record : NULL, ok ? NULL : err);
}

void service_record_get(struct service *service, struct arena *arena, int64_t account_id,
                        struct id id, service_record_done *done, void *user)
{
    struct record_op *get = ARENA_NEW(arena, struct record_op);
    struct err err;

    get->op = (struct op){.run = record_run, .done = record_done, .reads_only = true};
    get->arena = arena;
    get->account_id = account_id;
    get->id = id;
    get->done = done;
    get->user = user;
    if (!service_run(service, &get->op, &err))
        done(user, NULL, &err);
}

static bool cancel_run(struct op *op, struct db *db, struct err *err)
{
    struct job_op *cancel = (struct job_op *)op;

    return jobs_cancel(db, cancel->id, cancel->account_id, clock_now_ms(), err) &&
           jobs_get(db, cancel->arena, cancel->account_id, cancel->id, &cancel->job, err);
}

static void cancel_done(struct op *op, bool ok, const struct err *err)
{
    struct job_op *cancel = (struct job_op *)op;

    service_saw(cancel->service, ok, err);
    if (ok) {
        jobcache_put(cancel->service->cache, &cancel->job);
        scheduler_cancel(cancel->service->scheduler, cancel->id);
    }
    cancel->done(cancel->user, ok ? &cancel->job : NULL, ok ? NULL : err);
}

void service_job_cancel(struct service *service, struct arena *arena, int64_t account_id,
                        struct id id, service_job_done *done, void *user)
{
    struct job_op *cancel = job_op_new(service, arena, account_id, id);
    struct err err;

    cancel->op = (struct op){.run = cancel_run, .done = cancel_done};
    cancel->done = done;
    cancel->user = user;
    if (!service_run(service, &cancel->op, &err))
        done(user, NULL, &err);
}

int64_t service_output_expires_ms(const struct service *service, const struct job *job)
{
    return job->ended_ms + service->output_ttl_ms;
}
