/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apiframe: the dialect of Apiframe's v2 API, for video jobs, uploads
 * and the account.
 *
 * Errors are {"error": sentence, "details"?: {field: [sentence, …]}}; `error` is always a string
 * (its SDK ignores anything else). Unknown members are ignored and named in the response header
 * X-Vitascope-Ignored.
 *
 * Included only inside api/. Thread: loop.
 */
#ifndef VITASCOPE_API_APIFRAME_APIFRAME_H
#define VITASCOPE_API_APIFRAME_APIFRAME_H

#include "api/create.h"

extern const struct dialect_ops dialect_apiframe;

enum {
    APIFRAME_PROMPT_CHARS_MAX = 4000,
    APIFRAME_UPLOAD_BODY_BYTES_MAX = SERVICE_UPLOAD_VIDEO_BYTES_MAX + 64 * 1024,
};

/* One credit: sora-2 costs 1 credit a second and $0.125 a second. */
#define APIFRAME_CREDIT_MICRO INT64_C(125000)

extern const struct create_ops apiframe_create;

/* POST /v2/videos/generate: reads its body, and creates the job. */
void apiframe_read(struct create *create, struct jsonv root);
void apiframe_generate(struct call *call);

/* GET /v2/jobs/:id */
void apiframe_job_get(struct call *call);

/* GET /v2/jobs, /v2/me, /v2/models; POST /v2/uploads */
void apiframe_jobs_list(struct call *call);
void apiframe_me(struct call *call);
void apiframe_models(struct call *call);
void apiframe_upload(struct call *call);

/* As GET /v2/jobs/:id shows it, and without its input as lists do. */
void apiframe_write_listed(struct call *call, const struct job *job, struct jsonw *w);
void apiframe_write_job(struct call *call, const struct job *job, struct jsonw *w);

/* Parts of it: a member with a time, null for none; "result", null unless there is a video; the
 * credits, which come back when there is none. */
void apiframe_write_time(struct jsonw *w, const char *key, int64_t ms);
void apiframe_write_result(struct call *call, const struct job *job, struct jsonw *w);
int64_t apiframe_cost(const struct job *job);

/* "QUEUED", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED" */
const char *apiframe_status(enum job_state state);

#endif
