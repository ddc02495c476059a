/* SPDX-License-Identifier: Apache-2.0 */
#include "api/call.h"
#include "base/macros.h"

struct find_job {
    struct call *call;
    void (*found)(struct call *call, const struct job *job);
};

bool call_parse_id(struct str text, struct id *id)
{
    static const char *const prefixes[] = {"video_", "gen_"};

    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
        struct str prefix = str_from(prefixes[i]);

        if (str_starts(text, prefix))
            return id_parse(str_skip(text, prefix.len), id);
    }
    return id_parse(text, id);
}

static void refuse_unknown(struct call *call)
{
    const char *no_job = call->dialect->no_job;
    struct err err;

    err_set_param(&err, ERR_NOT_FOUND, "id", "%s", no_job ? no_job : "Job not found");
    call_fail(call, &err);
}

static void found(void *user, const struct job *job, const struct err *err)
{
    struct find_job *find = user;

    if (job)
        find->found(find->call, job);
    else if (err->kind == ERR_NOT_FOUND)
        refuse_unknown(find->call);
    else
        call_fail(find->call, err);
}

void call_find_job(struct call *call, void (*then)(struct call *call, const struct job *job))
{
    struct find_job *find = ARENA_NEW(call->arena, struct find_job);
    struct id id;

    *find = (struct find_job){call, then};
    if (call_parse_id(call->params[0], &id))
        service_job_get(call->service, call->arena, call->key.account_id, id, found, find);
    else
        refuse_unknown(call);
}

static void write_job(struct call *call, const void *data, struct jsonw *w)
{
    call->dialect->write_job(call, data, w);
}

void call_reply_job(struct call *call, const struct job *job)
{
    call_reply(call, 200, write_job, job);
}

void call_show_job(struct call *call)
{
    call_find_job(call, call_reply_job);
}

int call_progress(const struct job *job)
{
    if (job->state == JOB_COMPLETED)
        return 100;
    return job->state == JOB_RUNNING ? job->progress : 0;
}

struct str call_failure(const struct job *job)
{
    if (job->state == JOB_CANCELED)
        return STR("Canceled");
    return job->error.len ? job->error : STR("Video generation failed");
}

struct str call_output_link(struct call *call, const struct job *job)
{
    return call_file_link(call, job->output, ASSET_MP4,
                          service_output_expires_ms(call->service, job));
}
