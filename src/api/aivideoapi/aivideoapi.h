/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aivideoapi: the dialect of AI Video API: tasks for videos, and credits.
 *
 * A request comes in one of two forms, both answered alike: the documented one with everything in
 * `input`, where duration and aspect_ratio are required, and the landing page's flat one, where
 * they have defaults. Where `input` is there, its members win over those beside it.
 *
 * Errors are {"error": {code, message, type}}, see api/codes.h. Unknown members are ignored and
 * named in the response header X-Vitascope-Ignored.
 *
 * Included only inside api/. Thread: loop.
 */
#ifndef VITASCOPE_API_AIVIDEOAPI_AIVIDEOAPI_H
#define VITASCOPE_API_AIVIDEOAPI_AIVIDEOAPI_H

#include "api/create.h"

extern const struct dialect_ops dialect_aivideoapi;

enum { AIVIDEOAPI_PROMPT_CHARS_MAX = 5000 };

#define AIVIDEOAPI_CREDIT_MICRO INT64_C(5000) /* one credit is $0.005 */

extern const struct create_ops aivideoapi_create;

/* The body of POST /v1/videos/generations: reads it, and creates the task. */
void aivideoapi_read(struct create *create, struct jsonv root);
void aivideoapi_generate(struct call *call, struct jsonv root);

void aivideoapi_write_job(struct call *call, const struct job *job, struct jsonw *w);

/* The task as GET shows it, under four headers; unsigned, as documented. */
void aivideoapi_write_callback(struct call *call, const struct callback *callback,
                               struct callback_request *request);

/* GET /v1/credits */
void aivideoapi_credits(struct call *call);

#endif
