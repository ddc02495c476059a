/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "api/openai/openai.h"

void openai_id(struct id id, char out[OPENAI_ID_BYTES])
{
    char hex[ID_HEX_LEN + 1];

    id_to_hex(id, hex);
    snprintf(out, OPENAI_ID_BYTES, "video_%s", hex);
}

static const char *status_of(enum job_state state)
{
    static const char *const names[JOB_STATES] = {
        [JOB_QUEUED] = "queued", [JOB_RUNNING] = "in_progress", [JOB_COMPLETED] = "completed",
        [JOB_FAILED] = "failed", [JOB_CANCELED] = "failed",
    };

    return names[state];
}

static const char *code_of(const struct job *job)
{
    static const char *const codes[JOB_FAULTS] = {
        [JOB_FAULT_NONE] = "processing_error",      [JOB_FAULT_INVALID] = "invalid_request",
        [JOB_FAULT_REFUSED] = "moderation_blocked", [JOB_FAULT_LOST] = "processing_error",
        [JOB_FAULT_BROKEN] = "processing_error",    [JOB_FAULT_TIMEOUT] = "processing_error",
    };

    return job->state == JOB_CANCELED ? "canceled" : codes[job->fault];
}

static void write_error(const struct job *job, struct jsonw *w)
{
    jsonw_key(w, "error");
    if (job->state != JOB_FAILED && job->state != JOB_CANCELED) {
        jsonw_null(w);
        return;
    }
    jsonw_object(w);
    jsonw_key(w, "code");
    jsonw_cstr(w, code_of(job));
    jsonw_key(w, "message");
    jsonw_str(w, call_failure(job));
    jsonw_end(w);
}

/* Seconds since 1970, or null before the video is there. */
static void write_time(struct jsonw *w, const char *key, const struct job *job, int64_t ms)
{
    jsonw_key(w, key);
    if (job->state == JOB_COMPLETED)
        jsonw_int(w, ms / 1000);
    else
        jsonw_null(w);
}

/* Remixes and edits say so; an extension is a longer video and no other one. */
static void write_source(const struct job *job, struct jsonw *w)
{
    bool extends = job->render.purpose == RENDER_EXTEND;
    char id[OPENAI_ID_BYTES];

    openai_id(job->source, id);
    jsonw_key(w, "remixed_from_video_id");
    jsonw_cstr(w, id_is_zero(job->source) || extends ? NULL : id);
}

void openai_write_video(struct call *call, const struct job *job, struct jsonw *w)
{
    char id[OPENAI_ID_BYTES];

    openai_id(job->id, id);
    jsonw_object(w);
    jsonw_key(w, "id");
    jsonw_cstr(w, id);
    jsonw_key(w, "object");
    jsonw_cstr(w, "video");
    jsonw_key(w, "model");
    jsonw_str(w, job->model);
    jsonw_key(w, "status");
    jsonw_cstr(w, status_of(job->state));
    jsonw_key(w, "progress");
    jsonw_int(w, call_progress(job));
    jsonw_key(w, "created_at");
    jsonw_int(w, job->created_ms / 1000);
    write_time(w, "completed_at", job, job->ended_ms);
    write_time(w, "expires_at", job, service_output_expires_ms(call->service, job));
    jsonw_key(w, "prompt");
    jsonw_str(w, job->render.prompt);
    jsonw_key(w, "size");
    jsonw_str(w, arena_printf(call->arena, "%dx%d", job->render.width, job->render.height));
    jsonw_key(w, "seconds");
    jsonw_str(w, arena_printf(call->arena, "%d", job_seconds(job)));
    write_source(job, w);
    write_error(job, w);
    jsonw_end(w);
}

void openai_write_job(struct call *call, const struct job *job, struct jsonw *w)
{
    http_reply_header(call->exchange, "openai-poll-after-ms",
                      arena_printf(call->arena, "%d", OPENAI_POLL_AFTER_MS));
    openai_write_video(call, job, w);
}
