/* SPDX-License-Identifier: Apache-2.0 */
/*
 * create: the way of a request for a video, the same in every dialect.
 *
 *   struct create *create = create_new(call, &ops);
 *
 *   (the dialect reads the request into it, noting what is wrong in create->faults)
 *   create_run(call);
 *
 * create_run() refuses if there are faults, takes the image in, submits, answers. What is refused
 * leaves nothing behind and costs nothing.
 *
 * From create_new() on call->fail_data is the create: the dialect's write_error() finds there
 * what it may add to an error.
 *
 * Lives in the call's arena. Thread: loop.
 */
#ifndef VITASCOPE_API_CREATE_H
#define VITASCOPE_API_CREATE_H

#include "api/call.h"
#include "api/faults.h"

struct create_ops {
    enum dialect dialect;
    int status;              /* of the answer */
    const char *image_field; /* at fault when the image is: "soraParams.start_image" */
    const char *image_key;   /* under which the job's request shows it: "start_image" */
    struct service_image_limits image_limits;
    enum err_kind unknown_model; /* how a model is refused that nobody knows; 0: ERR_NOT_FOUND */

    /* Mandatory. Writes the answer; call->state is the create. */
    void (*write)(struct call *call, const struct job *job, struct jsonw *w);
};

struct create {
    struct call *call;
    const struct create_ops *ops;
    struct service_submit submit;
    struct faults faults;
    struct str image;       /* of the first frame: a URL or data: URL; ptr NULL: none */
    struct str image_bytes; /* instead: the file itself */
    struct id image_file;   /* or a file of the account; zero: none */
    struct str video_bytes; /* of the source video: the file itself, looked at; ptr NULL: none */
    struct service_image_limits image_limits; /* create_new() takes them from the ops */
    struct job job;                           /* once submitted */
    int64_t required_micro, available_micro;  /* with ERR_FUNDS, ERR_RATE */
};

/* With 4 seconds, the usual frame rate, a random seed, and no size yet. */
struct create *create_new(struct call *call, const struct create_ops *ops);

/* Answers the call, now or later. */
void create_run(struct call *call);

/* Notes whom to tell of which events, a set of BIT(enum job_event). */
void create_set_callback(struct create *create, struct str url, unsigned events, const char *field);

/* 1280x720 pixels, or as many upright. */
void create_set_720p(struct create *create, bool portrait);

/* The number, if it is one of `allowed` (ends with 0). False: it is something else. */
bool create_take_seconds(double number, const int *allowed, int *seconds);

#endif
