/* SPDX-License-Identifier: Apache-2.0 */
/* courier_impl: what the files of the courier share. Thread: loop. */
#ifndef VITASCOPE_CORE_COURIER_IMPL_H
#define VITASCOPE_CORE_COURIER_IMPL_H

#include "core/courier.h"
#include "core/deliveries.h"
#include "core/executor.h"
#include "net/http_client.h"

struct flight;
struct track;
struct trial;

struct courier {
    struct courier_config config;
    struct {
        callback_writer *write;
        void *context;
    } writers[DIALECTS];

    uv_timer_t due_timer;  /* the next look; when stopping, the end of the grace */
    uv_timer_t tick_timer; /* of the progress */
    bool timers_open;
    int ops; /* in the executor */

    bool looking, look_again;
    bool taken_over;        /* the claims of an earlier run were given back */
    struct flight *flights; /* out */
    struct flight *waiting; /* the longest waiting first */
    int flying, waiting_count;

    bool expects_endpoints;

    int64_t parking_ms; /* COURIER_PARK_MS to COURIER_PARK_MS_MAX */
    int64_t parking_since_ms;

    struct track *tracks;
    int track_count;

    struct trial *trials;

    bool stopping;
    int closing; /* timers */
    void (*stopped)(void *user);
    void *stopped_user;
};

/* Counts it until courier_answered(), which every done() of the courier calls last. */
MUST_CHECK bool courier_submit(struct courier *courier, struct op *op);
void courier_answered(struct courier *courier);

struct courier_send {
    struct str url;
    struct callback_request request;
    int timeout_ms;
    bool (*on_head)(void *context, const struct http_response *response); /* optional */
    void (*on_done)(void *context, const struct http_response *response);
    void *context;
};

MUST_CHECK bool courier_send(struct courier *courier, const struct courier_send *send,
                             struct http_fetch **fetch, struct err *err);

/* Stops it if it is to stop and nothing is under way any more. */
void courier_maybe_stopped(struct courier *courier);

/* Ends all trials with ERR_BUSY. */
void trial_end_all(struct courier *courier);

/* The job's progress is to be told from now on. Does nothing when it is told already, or when
 * there are too many. */
void track_start(struct courier *courier, const struct job *job);

/* Nothing more of that job's progress is sent. */
void track_end(struct courier *courier, struct id job);
void track_end_all(struct courier *courier);

#endif
