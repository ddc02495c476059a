/* SPDX-License-Identifier: Apache-2.0 */
#include "api/uniall/uniall.h"

static const char *status_of(enum job_state state)
{
    static const char *const names[JOB_STATES] = {
        [JOB_QUEUED] = "queued", [JOB_RUNNING] = "in_progress", [JOB_COMPLETED] = "completed",
        [JOB_FAILED] = "failed", [JOB_CANCELED] = "failed",
    };

    return names[state];
}

static void write_end(struct call *call, const struct job *job, struct jsonw *w)
{
    jsonw_key(w, "completed_at");
    jsonw_int(w, job->ended_ms / 1000);
    if (job->state == JOB_COMPLETED) {
        jsonw_key(w, "video_url");
        jsonw_str(w, call_output_link(call, job));
        return;
    }
    jsonw_key(w, "error");
    jsonw_object(w);
    jsonw_key(w, "message");
    jsonw_str(w, call_failure(job));
    jsonw_key(w, "code");
    jsonw_cstr(w, "upstream_error");
    jsonw_end(w);
    jsonw_key(w, "message"); /* where some clients look for it */
    jsonw_str(w, call_failure(job));
}

/* The members of a job, inside an object that the caller opens and ends. */
static void write_members(struct call *call, const struct job *job, struct str model,
                          struct jsonw *w)
{
    char hex[ID_HEX_LEN + 1];
    struct str id;

    id_to_hex(job->id, hex);
    id = arena_printf(call->arena, "gen_%s", hex);
    jsonw_key(w, "id");
    jsonw_str(w, id);
    jsonw_key(w, "object");
    jsonw_cstr(w, "video.generation.job");
    jsonw_key(w, "model");
    jsonw_str(w, model);
    jsonw_key(w, "status");
    jsonw_cstr(w, status_of(job->state));
    jsonw_key(w, "progress");
    jsonw_int(w, call_progress(job));
    jsonw_key(w, "created_at");
    jsonw_int(w, job->created_ms / 1000);
    jsonw_key(w, "seconds");
    jsonw_str(w, arena_printf(call->arena, "%d", job_seconds(job)));
    jsonw_key(w, "task_id");
    jsonw_str(w, id);
    if (job_is_over(job->state))
        write_end(call, job, w);
}

void uniall_write_job(struct call *call, const struct job *job, struct jsonw *w)
{
    jsonw_object(w);
    write_members(call, job, job->model, w);
    jsonw_end(w);
}

static struct str family_of(struct str name)
{
    const struct uniall_model *model = uniall_model_of(name);
    bool is_its_own = str_eq_c(name, model->name);

    return is_its_own && model->family ? str_from(model->family) : name;
}

void uniall_write_submitted(struct call *call, const struct job *job, struct jsonw *w)
{
    jsonw_object(w);
    write_members(call, job, family_of(job->model), w);
    jsonw_end(w);
}

void uniall_write_submitted_task(struct call *call, const struct job *job, struct jsonw *w)
{
    char id[ID_TEXT_LEN + 1];

    id_to_text(job->id, id);
    jsonw_object(w);
    write_members(call, job, family_of(job->model), w);
    jsonw_key(w, "code");
    jsonw_int(w, 200);
    jsonw_key(w, "msg");
    jsonw_cstr(w, "success");
    jsonw_key(w, "data");
    jsonw_object(w);
    jsonw_key(w, "taskId");
    jsonw_cstr(w, id);
    jsonw_end(w);
    jsonw_end(w);
}
