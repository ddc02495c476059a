/* SPDX-License-Identifier: Apache-2.0 */
#include "api/apiframe/apiframe.h"
#include "base/clock.h"
#include "model/money.h"

static void write_time(struct jsonw *w, const char *key, int64_t ms)
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

/* {"videoUrl": …}; video_url besides, because clients read it (contracts/vendors.md D 4). */
static void write_result(struct call *call, const struct job *job, bool expired, struct jsonw *w)
{
    struct str link;

    jsonw_key(w, "result");
    if (job->state != JOB_COMPLETED || expired) {
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

/* Credits come back when a job fails, and then it cost nothing. */
static int64_t shown_cost(const struct job *job)
{
    bool free_of_charge = job->state == JOB_FAILED || job->state == JOB_CANCELED;

    return free_of_charge ? 0 : money_credits_of_price(job->price_micro, APIFRAME_CREDIT_MICRO);
}

void apiframe_write_job(struct call *call, const struct job *job, struct jsonw *w)
{
    bool expired = job->state == JOB_COMPLETED &&
                   service_output_expires_ms(call->service, job) <= clock_now_ms();
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
    write_result(call, job, expired, w);
    write_failure(job, w);
    jsonw_key(w, "creditCost");
    jsonw_int(w, shown_cost(job));
    jsonw_key(w, "webhookStatus");
    jsonw_null(w);
    write_time(w, "createdAt", job->created_ms);
    write_time(w, "completedAt", job->ended_ms);
    jsonw_key(w, "input");
    jsonw_raw(w, job->request);
    jsonw_key(w, "expired");
    jsonw_bool(w, expired);
    jsonw_end(w);
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
