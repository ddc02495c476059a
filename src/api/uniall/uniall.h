/* SPDX-License-Identifier: Apache-2.0 */
/*
 * uniall: the dialect of UniAll: video generation jobs whose model's name may say their shape and
 * length, and balances.
 *
 * A request may also use OpenAI's spelling of a field (seconds, size, input_reference) where it
 * does not contradict UniAll's own. UniAll documents no form of errors: ours has all members that
 * the forms of its kind have, {"error": {message, type, param, code}, code, message, data}, with
 * the words of api/codes.h. Unknown members are ignored and named in X-Vitascope-Ignored.
 *
 * Included only inside api/. Thread: loop.
 */
#ifndef VITASCOPE_API_UNIALL_UNIALL_H
#define VITASCOPE_API_UNIALL_UNIALL_H

#include "api/create.h"

extern const struct dialect_ops dialect_uniall;

enum { UNIALL_PROMPT_CHARS_MAX = 32000 };

/* For POST /v1/video/generations; and for POST /v1/videos/generations, whose answer can be read
 * as AI Video API's too. */
extern const struct create_ops uniall_create_job, uniall_create_task;

/* The body of either: reads it, and creates the job. */
void uniall_read(struct create *create, struct jsonv root);
void uniall_generate(struct call *call, struct jsonv root, const struct create_ops *ops);

void uniall_write_job(struct call *call, const struct job *job, struct jsonw *w);

/* What POST answers: the same with the model's family for the six names with a shape and length. */
void uniall_write_submitted(struct call *call, const struct job *job, struct jsonw *w);
void uniall_write_submitted_task(struct call *call, const struct job *job, struct jsonw *w);

/* What a model's name says. */
struct uniall_model {
    const char *name;
    const char *family;     /* "sora2" for the six names */
    const char *ratio;      /* NULL: the request says */
    int seconds;            /* 0: the request says */
    int longer, shorter;    /* sides of its pictures, in pixels */
    const char *resolution; /* as a request may repeat it */
};

/* A model that is none of UniAll's makes what sora2 makes. */
const struct uniall_model *uniall_model_of(struct str name);

/* GET /v1/balance, /v1/dashboard/billing/subscription, /v1/dashboard/billing/usage */
void uniall_balance(struct call *call);
void uniall_subscription(struct call *call);
void uniall_usage(struct call *call);

#endif
