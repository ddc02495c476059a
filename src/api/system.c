/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api_impl.h"
#include "base/macros.h"

static void write_health(struct call *call, const void *data, struct jsonw *w)
{
    const struct service_health *health = data;

    (void)call;
    jsonw_object(w);
    jsonw_key(w, "status");
    jsonw_cstr(w, health->store_ok ? "ok" : "store unavailable");
    jsonw_key(w, "version");
    jsonw_cstr(w, VITASCOPE_VERSION);
    jsonw_key(w, "queued");
    jsonw_int(w, (int64_t)health->queued);
    jsonw_key(w, "running");
    jsonw_int(w, (int64_t)health->running);
    jsonw_end(w);
}

static void health_get(struct call *call)
{
    struct service_health health;

    service_health(call->service, &health);
    call_reply(call, health.store_ok ? 200 : 503, write_health, &health);
}

static void write_canceled(struct call *call, const void *data, struct jsonw *w)
{
    const struct job *job = data;
    char id[ID_TEXT_LEN + 1];

    (void)call;
    id_to_text(job->id, id);
    jsonw_object(w);
    jsonw_key(w, "id");
    jsonw_cstr(w, id);
    jsonw_key(w, "state");
    jsonw_cstr(w, job_state_name(job->state));
    jsonw_end(w);
}

static void write_attempt(const struct job_attempt *attempt, struct jsonw *w)
{
    jsonw_object(w);
    jsonw_key(w, "engine");
    jsonw_str(w, attempt->engine);
    jsonw_key(w, "started_ms");
    jsonw_int(w, attempt->started_ms);
    jsonw_key(w, "ended_ms");
    jsonw_int(w, attempt->ended_ms);
    jsonw_key(w, "fault");
    jsonw_cstr(w, attempt->fault == JOB_FAULT_NONE ? NULL : job_fault_name(attempt->fault));
    jsonw_key(w, "notes");
    if (attempt->notes.len)
        jsonw_raw(w, attempt->notes);
    else
        jsonw_null(w);
    jsonw_end(w);
}

static void write_record(struct call *call, const void *data, struct jsonw *w)
{
    const struct service_record *record = data;
    char id[ID_TEXT_LEN + 1];

    (void)call;
    id_to_text(record->job.id, id);
    jsonw_object(w);
    jsonw_key(w, "id");
    jsonw_cstr(w, id);
    jsonw_key(w, "state");
    jsonw_cstr(w, job_state_name(record->job.state));
    jsonw_key(w, "dialect");
    jsonw_cstr(w, dialect_name(record->job.dialect));
    jsonw_key(w, "seed");
    jsonw_int(w, record->job.render.seed);
    jsonw_key(w, "purpose");
    jsonw_cstr(w, render_purpose_name(record->job.render.purpose));
    jsonw_key(w, "source");
    id_to_text(record->job.source, id);
    jsonw_cstr(w, id_is_zero(record->job.source) ? NULL : id);
    jsonw_key(w, "characters");
    jsonw_raw(w, record->job.characters.len ? record->job.characters : STR("[]"));
    jsonw_key(w, "attempts");
    jsonw_array(w);
    for (int i = 0; i < record->attempts.count; i++)
        write_attempt(&record->attempts.attempts[i], w);
    jsonw_end(w);
    jsonw_end(w);
}

static void record_found(void *user, const struct service_record *record, const struct err *err)
{
    if (record)
        call_reply(user, 200, write_record, record);
    else
        call_fail(user, err);
}

/* What no dialect tells of a job: which engines tried it, and what they say they left out. */
static void job_record(struct call *call)
{
    struct err err;
    struct id id;

    if (!id_parse(call->params[0], &id)) {
        err_set(&err, ERR_NOT_FOUND, "Job not found");
        call_fail(call, &err);
        return;
    }
    service_record_get(call->service, call->arena, call->key.account_id, id, record_found, call);
}

static void canceled(void *user, const struct job *job, const struct err *err)
{
    if (job)
        call_reply(user, 200, write_canceled, job);
    else
        call_fail(user, err);
}

/* No dialect has a way to cancel a job; this one is ours. A key cancels its account's jobs. */
static void job_cancel(struct call *call)
{
    struct err err;
    struct id id;

    if (!call_parse_id(call->params[0], &id)) {
        err_set(&err, ERR_NOT_FOUND, "Job not found");
        call_fail(call, &err);
        return;
    }
    service_job_cancel(call->service, call->arena, call->key.account_id, id, canceled, call);
}

static void write_error(struct call *call, const struct err *err, struct jsonw *w)
{
    dialect_files.write_error(call, err, w);
}

static const struct route routes[] = {
    {HTTP_GET, "/healthz", ACCESS_PUBLIC, 0, health_get},
    {HTTP_GET, "/vitascope/jobs/:id", ACCESS_KEY, 0, job_record},
    {HTTP_POST, "/vitascope/jobs/:id/cancel", ACCESS_KEY, CALL_BODY_BYTES_MAX, job_cancel},
    {HTTP_GET, "/vitascope/jobs/:id/deliveries", ACCESS_KEY, 0, deliveries_of_job},
    {HTTP_POST, "/vitascope/deliveries/:id/replay", ACCESS_KEY, CALL_BODY_BYTES_MAX,
     delivery_replay},
};

const struct dialect_ops dialect_system = {
    .routes = routes,
    .route_count = ARRAY_LEN(routes),
    .write_error = write_error,
};
