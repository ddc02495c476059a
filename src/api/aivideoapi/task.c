/* SPDX-License-Identifier: Apache-2.0 */
#include "api/aivideoapi/aivideoapi.h"

static const char *status_of(enum job_state state)
{
    static const char *const names[JOB_STATES] = {
        [JOB_QUEUED] = "pending", [JOB_RUNNING] = "processing", [JOB_COMPLETED] = "completed",
        [JOB_FAILED] = "failed",  [JOB_CANCELED] = "failed",
    };

    return names[state];
}

/* The link is told as long as the task is: a client that asks late meets 410 behind it, and no
 * shape of answer that its documentation does not know. */
static void write_output(struct call *call, const struct job *job, struct jsonw *w)
{
    jsonw_key(w, "completed_at");
    jsonw_int(w, job->ended_ms / 1000);
    jsonw_key(w, "output");
    jsonw_object(w);
    jsonw_key(w, "urls");
    jsonw_array(w);
    jsonw_str(w, call_output_link(call, job));
    jsonw_end(w);
    jsonw_key(w, "metadata");
    jsonw_object(w);
    jsonw_key(w, "duration");
    jsonw_int(w, job_seconds(job));
    jsonw_key(w, "prompt");
    jsonw_str(w, job->render.prompt);
    jsonw_end(w);
    jsonw_end(w);
}

static void write_failure(const struct job *job, struct jsonw *w)
{
    jsonw_key(w, "error");
    jsonw_object(w);
    jsonw_key(w, "code");
    jsonw_cstr(w, "upstream_error");
    jsonw_key(w, "message");
    jsonw_str(w, call_failure(job));
    jsonw_end(w);
}

void aivideoapi_write_job(struct call *call, const struct job *job, struct jsonw *w)
{
    char id[ID_TEXT_LEN + 1];

    id_to_text(job->id, id);
    jsonw_object(w);
    jsonw_key(w, "id");
    jsonw_cstr(w, id);
    jsonw_key(w, "status");
    jsonw_cstr(w, status_of(job->state));
    jsonw_key(w, "model");
    jsonw_str(w, job->model);
    jsonw_key(w, "created_at");
    jsonw_int(w, job->created_ms / 1000);
    if (job->state == JOB_COMPLETED) {
        write_output(call, job, w);
    } else if (job_is_over(job->state)) {
        write_failure(job, w);
    } else {
        jsonw_key(w, "progress");
        jsonw_null(w); /* as in every example of its pages */
    }
    jsonw_end(w);
}
