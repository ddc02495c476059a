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
    {HTTP_POST, "/vitascope/jobs/:id/cancel", ACCESS_KEY, CALL_BODY_BYTES_MAX, job_cancel},
};

const struct dialect_ops dialect_system = {
    .routes = routes,
    .route_count = ARRAY_LEN(routes),
    .write_error = write_error,
};
