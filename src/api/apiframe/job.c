/* SPDX-License-Identifier: Apache-2.0 */
#include "api/apiframe/apiframe.h"
#include "base/clock.h"
#include "model/money.h"

void apiframe_write_time(struct jsonw *w, const char *key, int64_t ms)
{
    char text[CLOCK_ISO_BYTES];

    jsonw_key(w, key);
    if (ms == 0) {
        jsonw_null(w);
        return;
    }
    clock_iso(ms, text);
    jsonw_cstr(w, text);
}

static bool is_expired(struct call *call, const struct job *job)
{
    return job->state == JOB_COMPLETED &&
           service_output_expires_ms(call->service, job) <= clock_now_ms();
}

/* {"videoUrl": …}; video_url besides, because clients read it (contracts/vendors.md D 4). */
void apiframe_write_result(struct call *call, const struct job *job, struct jsonw *w)
{
    struct str link;

    jsonw_key(w, "result");
    if (job->state != JOB_COMPLETED || is_expired(call, job)) {
        jsonw_null(w);
        return;
    }
    link = call_output_link(call, job);
    jsonw_object(w);
    jsonw_key(w, "videoUrl");
    jsonw_str(w, link);
    jsonw_key(w, "video_url");
    jsonw_str(w, link);
    jsonw_end(w);
}

static void write_failure(const struct job *job, struct jsonw *w)
{
    jsonw_key(w, "error");
    if (job_is_over(job->state) && job->state != JOB_COMPLETED)
        jsonw_str(w, call_failure(job));
    else
        jsonw_null(w);
}

int64_t apiframe_cost(const struct job *job)
{
    bool free_of_charge = job->state == JOB_FAILED || job->state == JOB_CANCELED;

    return free_of_charge ? 0 : money_credits_of_price(job->price_micro, APIFRAME_CREDIT_MICRO);
}

static void write_job(struct call *call, const struct job *job, bool with_input, struct jsonw *w)
{
    static const char *const told[JOB_CALLBACK_STATES] = {
        [JOB_CALLBACK_PENDING] = "pending",
        [JOB_CALLBACK_DELIVERED] = "delivered",
        [JOB_CALLBACK_FAILED] = "failed",
    };
    char id[ID_TEXT_LEN + 1];

    id_to_text(job->id, id);
    jsonw_object(w);
    jsonw_key(w, "id");
    jsonw_cstr(w, id);
    jsonw_key(w, "status");
    jsonw_cstr(w, apiframe_status(job->state));
    jsonw_key(w, "model");
    jsonw_str(w, job->model);
    jsonw_key(w, "progress");
    jsonw_int(w, call_progress(job));
    apiframe_write_result(call, job, w);
    write_failure(job, w);
    jsonw_key(w, "creditCost");
    jsonw_int(w, apiframe_cost(job));
    jsonw_key(w, "webhookStatus");
    jsonw_cstr(w, told[job_callback_shown(job)]);
    apiframe_write_time(w, "createdAt", job->created_ms);
    apiframe_write_time(w, "completedAt", job->ended_ms);
    if (with_input) {
        jsonw_key(w, "input");
        jsonw_raw(w, job->request);
    }
    jsonw_key(w, "expired");
    jsonw_bool(w, is_expired(call, job));
    jsonw_end(w);
}

void apiframe_write_job(struct call *call, const struct job *job, struct jsonw *w)
{
    write_job(call, job, true, w);
}

void apiframe_write_listed(struct call *call, const struct job *job, struct jsonw *w)
{
    write_job(call, job, false, w);
}

void apiframe_job_get(struct call *call)
{
    struct id id;
    struct err err;

    if (call_parse_id(call->params[0], &id)) {
        call_show_job(call);
        return;
    }
    err_set_param(&err, ERR_INVALID, "id", "Invalid job id: expected a UUID");
    call_fail(call, &err);
}
