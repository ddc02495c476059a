/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scheduler: brings queued jobs to engines and their ends to the ledger.
 *
 * The queue lives in memory; the database holds the truth. A model has a route: engines in
 * order of preference. Whenever an engine of a job's route has room, the job is claimed in the
 * database (jobs_start, a compare-and-set), given a scratch folder and started. Among jobs that
 * could start, accounts take turns and an account's own jobs go in order of arrival.
 *
 * Ends, by fault: the caller's fails the job; busy tries the next engine of the route, then
 * waits; lost and broken go to the next engine, or to the same one again if it is local, up to
 * JOB_ATTEMPTS_MAX starts; a deadline fails it. An engine with several lost or broken requests
 * in a row is left alone for a while, then tried with one job (circuit breaker). Callers'
 * faults never count there.
 *
 * A result that arrives when its job is already over is dropped: nobody pays for it.
 *
 * What it changes it also puts into the cache of jobs, after it is committed, and progress as it
 * comes. What others change (submit, cancel) they put there themselves.
 *
 * It owns its engines. Thread: loop.
 */
#ifndef VITASCOPE_CORE_SCHEDULER_H
#define VITASCOPE_CORE_SCHEDULER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/err.h"
#include "base/id.h"
#include "base/str.h"
#include "core/breaker.h"
#include "engine/engine.h"
#include "model/job.h"

enum {
    SCHEDULER_ENGINES_MAX = 32,
    SCHEDULER_ROUTES_MAX = 256,
    ROUTE_ENGINES_MAX = 8,
};

struct executor;
struct jobcache;
struct blob;
struct probe;

/* Zero means the default in brackets. The pointers outlive the scheduler; strings are copied. */
struct scheduler_config {
    uv_loop_t *loop;
    struct executor *executor;
    struct jobcache *cache;
    struct blob *blob;
    struct probe *probe;   /* makes first frames; NULL: jobs with an image fail as invalid */
    struct str scratch;    /* a folder of its own: everything in it is removed at start */
    int64_t output_ttl_ms; /* life of a finished video [24 h] */
    int breaker_faults;    /* in a row that open an engine's breaker [3] */
    int breaker_ms;        /* how long it stays open at first; doubles to 16 times that [10 s] */
    int retry_ms;          /* before a failed operation of the store is repeated [1 s] */
};

struct scheduler;

/* ERR_INVALID: the configuration is wrong. ERR_IO: the scratch folder cannot be used. */
MUST_CHECK bool scheduler_new(const struct scheduler_config *config, struct scheduler **scheduler,
                              struct err *err);

/* Only after scheduler_stop() has called back, or before scheduler_start(). */
void scheduler_free(struct scheduler *scheduler);

/* Before scheduler_start(). config->loop is filled in. ERR_CONFLICT: the name is taken. */
MUST_CHECK bool scheduler_add_engine(struct scheduler *scheduler,
                                     const struct engine_config *config, struct err *err);

/* Before scheduler_start(). Engines by name, the preferred first. ERR_NOT_FOUND: no such
 * engine. ERR_CONFLICT: the model has a route. */
MUST_CHECK bool scheduler_add_route(struct scheduler *scheduler, struct str model,
                                    const struct str *engines, size_t count, struct err *err);

/* Whether jobs of that model that need it (job_needs()) can be made at all: ask before accepting
 * one. */
bool scheduler_can(const struct scheduler *scheduler, struct str model, unsigned needs);

/* Begins: reads the jobs that are not over from the database, puts back those that were
 * running when the last server ended, and starts what it can. Jobs may be submitted at once. */
void scheduler_start(struct scheduler *scheduler);

/* Queues a job that the database has just accepted. Copies it. A job that is known is ignored. */
void scheduler_submit(struct scheduler *scheduler, const struct job *job);

/* The database has just ended this job (canceled): takes it out of the queue, or stops the
 * engine and drops what comes. Unknown ids are ignored. */
void scheduler_cancel(struct scheduler *scheduler, struct id job);

/* Starts nothing more, gives what runs grace_ms to finish, kills the rest and puts it back
 * into the queue of the database, then calls stopped(user). Once. */
void scheduler_stop(struct scheduler *scheduler, int grace_ms, void (*stopped)(void *user),
                    void *user);

struct scheduler_engine_info {
    struct str name; /* borrowed */
    bool ready;
    int free_slots;
    int running;
    enum breaker_state breaker;
    uint64_t started, finished, faults; /* since start; faults are the engine's own */
};

/* The index-th engine in order of scheduler_add_engine(); false beyond the last. */
bool scheduler_engine_info(const struct scheduler *scheduler, size_t index,
                           struct scheduler_engine_info *info);

/* Takes those blobs out of the list that are kept for jobs whose end the store has not taken yet:
 * there are no rows for them then, however long the store refuses. */
void scheduler_leave_kept(const struct scheduler *scheduler, struct id *blobs, int *count);

size_t scheduler_queued(const struct scheduler *scheduler);
size_t scheduler_running(const struct scheduler *scheduler);

#endif
