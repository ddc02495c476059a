/* SPDX-License-Identifier: Apache-2.0 */
/*
 * courier: carries callbacks to their receivers, through the guarded client.
 *
 * Ends of jobs come from the outbox (core/deliveries.h): claimed, sent, marked. A receiver has
 * taken a callback when it answers with 2xx; whatever else it does is tried again as the dialect's
 * schedule says, but for an address that is refused, which ends the matter. Redirects are not
 * followed.
 *
 * At most COURIER_FLIGHTS_MAX requests are out. Of one account they are COURIER_ACCOUNT_FLIGHTS_MAX
 * and one more for each idle endpoint; to one receiver of an account (an endpoint, or a host that
 * its requests name) COURIER_RECEIVER_FLIGHTS_MAX, COURIER_RECEIVER_REPEATS_MAX of them for what it
 * did not take before. So slow receivers hold up their own callbacks only: what would be over these
 * waits here, and beyond COURIER_RECEIVER_WAITING_MAX and COURIER_ACCOUNT_WAITING_MAX it goes back
 * to the outbox for some seconds, for longer ones while it comes back in vain.
 *
 * Progress is told as well as can be, and is not stored: to whom a job's request names, when the
 * shown percentage has changed, at most one request at a time and COURIER_TICK_MS apart, and not
 * after the job's end has been sent. It learns of jobs by watching the job cache.
 *
 * What is sent is the dialect's affair: each has a writer. What goes to an endpoint is signed with
 * its secrets, as they are when it is sent.
 *
 * Thread: loop.
 */
#ifndef VITASCOPE_CORE_COURIER_H
#define VITASCOPE_CORE_COURIER_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "model/delivery.h"
#include "model/endpoint.h"
#include "net/http_head.h"

enum {
    COURIER_FLIGHTS_MAX = 256,
    COURIER_RECEIVER_FLIGHTS_MAX = 8,
    COURIER_RECEIVER_REPEATS_MAX = 2,
    COURIER_ACCOUNT_FLIGHTS_MAX = 32,
    COURIER_WAITING_MAX = 1024, /* claimed, until there is room */
    COURIER_RECEIVER_WAITING_MAX = 64,
    COURIER_ACCOUNT_WAITING_MAX = 256,
    COURIER_TRACKS_MAX = 256, /* jobs whose progress is told */

    COURIER_CONNECT_MS = 5000,
    COURIER_ANSWER_MS = 15000, /* all of one request */
    COURIER_PROGRESS_MS = 5000,
    COURIER_ANSWER_BYTES_MAX = 64 * 1024, /* read of an answer; its status is what counts */
    COURIER_CLAIM_MS = 60000,             /* how long a claim lasts */
    COURIER_PARK_MS = 1000,               /* to three times that, in the outbox */
    COURIER_PARK_MS_MAX = 32000,          /* likewise, while many rows come back in vain */
    COURIER_POLL_MS = 30000,              /* between looks into the outbox when nothing wakes us */
    COURIER_TICK_MS = 1000,
    COURIER_TRIALS_MAX = 4, /* under way, of one account */
};

/* What a callback is about. */
struct callback {
    const struct job *job;
    enum job_event event;
    struct id delivery; /* the same at each attempt; zero for progress */
    int64_t now_ms;
    const struct hash *key_hash; /* of the key that made the job; zero for an endpoint */
    const struct hash *secrets;  /* of the endpoint that it goes to, the newest first */
    int secret_count;            /* 0: it goes to the URL that the job's request named */
};

/* What to send: borrowed or in the arena. Content-Length and Host are the client's own. */
struct callback_request {
    const struct http_header *headers;
    int header_count;
    struct str body;
};

typedef void callback_writer(void *context, struct arena *arena, const struct callback *callback,
                             struct callback_request *request);

struct executor;
struct http_client;
struct jobcache;

/* The pointers outlive the courier. */
struct courier_config {
    uv_loop_t *loop;
    struct executor *executor;
    struct http_client *client;
    struct jobcache *cache;
    struct hash webhook_key; /* of the secrets of endpoints */
    double scale;            /* of the waits between attempts; 0 means 1. For tests. */
};

struct courier;

struct courier *courier_new(const struct courier_config *config);

/* After courier_stop() has called back, or before courier_start(). Accepts NULL. */
void courier_free(struct courier *courier);

/* Before courier_start(). Without one the callbacks of a dialect stay in the outbox. */
void courier_set_writer(struct courier *courier, enum dialect dialect, callback_writer *write,
                        void *context);

/* Takes over what an earlier run had claimed, and begins. */
void courier_start(struct courier *courier);

/* There may be something due. */
void courier_wake(struct courier *courier);

/* Some account has an endpoint from now on, so that jobs without a callback of their own may have
 * one to be told. The courier finds out by itself, but not at once. */
void courier_expect_endpoints(struct courier *courier);

/* Sends a sample of an event to an endpoint, now and once; nothing of it is stored. */
struct courier_trial {
    enum dialect dialect; /* whose words are used */
    enum job_event event;
    const struct endpoint *endpoint; /* borrowed for the call */

    /* Called once, perhaps from inside the call. status: of the answer; 0 when there is none, and
     * then: ERR_INVALID: none came, with the reason; ERR_RATE: COURIER_TRIALS_MAX are under way;
     * ERR_BUSY. */
    void (*done)(void *context, int status, const struct err *err);
    void *context;
};

void courier_try(struct courier *courier, const struct courier_trial *trial);

/* Sends nothing more, ends trials with ERR_BUSY, gives what is out grace_ms to be answered, then
 * calls stopped(user); the executor must still work until then. */
void courier_stop(struct courier *courier, int grace_ms, void (*stopped)(void *user), void *user);

#endif
