/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jobs: accepts jobs, moves them from state to state and ends them, in the store.
 *
 * Invariants, each kept by one transaction: a job exists if and only if its price was held; a
 * job that is over has had that hold captured (completed) or released (failed, canceled),
 * exactly once; and if its request or an endpoint of its account asked to be told of that end,
 * there is a row to be delivered (core/deliveries.h) for each. Every change of state is a
 * compare-and-set on the states from which model/job.h allows it, so whoever comes second gets
 * ERR_CONFLICT and changes nothing.
 *
 * Every function runs in the caller's transaction and, when it fails, may have written a part:
 * the caller rolls back (the executor does).
 *
 * Progress is not stored: a job read from here shows 0, or 100 when completed.
 *
 * Thread: executor.
 */
#ifndef VITASCOPE_CORE_JOBS_H
#define VITASCOPE_CORE_JOBS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/id.h"
#include "base/str.h"
#include "core/meter.h"
#include "model/asset.h"
#include "model/job.h"

struct db;

enum {
    JOBS_LIST_MAX = 200,        /* jobs on one page */
    JOBS_LIST_SCAN_MAX = 10000, /* jobs looked at for one page when a filter is set */
    JOBS_STARTS_MAX = 10,       /* of one job, interrupted ones included */
    JOBS_UPSTREAM_BYTES_MAX = 500,
    JOBS_NOTES_BYTES_MAX = 16 * 1024,
};

struct job_submit {
    /* id, account, key, dialect, request, model, render, first_frame, source and what belongs to
     * it, price, characters, callback and created_ms are used; created_ms is also the time for
     * everything else here. */
    const struct job *job;
    struct str idempotency_key;      /* empty = none */
    struct hash request_hash;        /* used with a key only */
    const struct key_limits *limits; /* of the job's key; NULL = none */
};

struct job_submit_result {
    struct job job; /* strings borrowed from the submit, or in the arena when replayed */
    bool replayed;  /* the same request came before: `job` is what it made */
    struct meter_refusal refusal; /* with ERR_RATE */
};

/* Holds the price and queues the job. ERR_FUNDS: the balance does not cover it; ERR_RATE: a limit
 * of its key does not, as meter_take() says; ERR_CONFLICT: the idempotency key stands for another
 * request, or the id is taken; ERR_GONE with param "first_frame" or "source_video": the account has
 * no such asset, or has it no longer. */
MUST_CHECK bool jobs_submit(struct db *db, struct arena *arena, const struct job_submit *submit,
                            struct job_submit_result *result, struct err *err);

/* Of that account, or (0) of any, deleted ones too. ERR_NOT_FOUND: none, or another's. Strings in
 * the arena. */
MUST_CHECK bool jobs_get(struct db *db, struct arena *arena, int64_t account_id, struct id id,
                         struct job *job, struct err *err);

struct job_filter {
    int64_t account_id; /* required */
    unsigned states;    /* set of BIT(state); 0 = any */
    int dialect;        /* -1 = any */
    struct str model;   /* empty = any */
    struct id cursor;   /* zero = from the start; else the page after it */
    bool oldest_first;  /* else newest first */
    int limit;          /* 1 to JOBS_LIST_MAX */
};

struct job_page {
    struct job *jobs; /* in the arena */
    int count;
    struct id next; /* cursor of the next page; zero = this is the last */
};

/* A page by time of creation. With a filter set, a page can be short or empty and yet have a
 * next one. */
MUST_CHECK bool jobs_list(struct db *db, struct arena *arena, const struct job_filter *filter,
                          struct job_page *page, struct err *err);

/* Queued and running jobs of all accounts, oldest first, from behind `cursor` (zero = all), at
 * most JOBS_LIST_MAX: for the start of a server. */
MUST_CHECK bool jobs_live(struct db *db, struct arena *arena, struct id cursor,
                          struct job_page *page, struct err *err);

/* queued -> running, on that engine. *attempt counts from 1. */
MUST_CHECK bool jobs_start(struct db *db, struct id id, struct str engine, int64_t now_ms,
                           int *attempt, struct err *err);

/* Notes by which name the engine's upstream knows the running attempt. ERR_CONFLICT: the job is
 * not running. */
MUST_CHECK bool jobs_set_upstream(struct db *db, struct id id, struct str upstream,
                                  struct err *err);

/* Keeps with the running attempt what its engine wants to be known, a JSON object.
 * ERR_CONFLICT: the job is not running. ERR_TOO_LARGE. */
MUST_CHECK bool jobs_note(struct db *db, struct id id, struct str notes, struct err *err);

/* running -> completed: writes the asset's row and captures the hold. The asset's bytes must be
 * in the blob store; its account and job are set here. */
MUST_CHECK bool jobs_complete(struct db *db, struct id id, const struct asset *output,
                              int64_t now_ms, struct err *err);

/* Why an attempt or a job failed: text is for the owner, cut at JOB_ERROR_BYTES_MAX. */
struct job_failure {
    enum job_fault fault;
    struct str text;
};

/* queued or running -> failed: releases the hold. */
MUST_CHECK bool jobs_fail(struct db *db, struct id id, const struct job_failure *failure,
                          int64_t now_ms, struct err *err);

/* queued or running -> canceled: releases the hold. Of that account, or (0) of any.
 * ERR_NOT_FOUND: none, or another's; ERR_CONFLICT: it is over. */
MUST_CHECK bool jobs_cancel(struct db *db, struct id id, int64_t account_id, int64_t now_ms,
                            struct err *err);

/* Takes the job out of its owner's sight, for good: jobs_get() with an account and jobs_list() no
 * longer know it. Cancels it if it is not over; a video that it has expires now. The row stays,
 * for the ledger and for idempotency keys. ERR_NOT_FOUND: none, or another's. */
MUST_CHECK bool jobs_delete(struct db *db, struct id id, int64_t account_id, int64_t now_ms,
                            struct err *err);

/* Ends the running attempt and queues the job again, or fails it when JOB_ATTEMPTS_MAX attempts
 * have failed: *state tells which. JOB_FAULT_NONE says that the attempt was interrupted (the
 * server stops) and does not count as failed; JOBS_STARTS_MAX ends that too. */
MUST_CHECK bool jobs_requeue(struct db *db, struct id id, const struct job_failure *failure,
                             int64_t now_ms, enum job_state *state, struct err *err);

/* What to do at the start of a server about jobs that were running when the last one ended. */
struct job_recovery {
    int64_t now_ms;
    /* Whether a render on this engine ends with the server, leaving nothing behind. */
    bool (*is_local)(void *context, struct str engine);
    void *context;
};

struct job_resumable {
    struct id id;
    struct str engine;   /* in the arena */
    struct str upstream; /* in the arena */
};

struct job_recovered {
    struct job_resumable *resumable; /* still running: ask the upstream on */
    int resumable_count;
    int requeued; /* ran on a local engine */
    int failed;   /* may or may not have reached an upstream, or started too often */
};

/* Sorts every running job: its upstream's name is known: it is listed; it ran on a local engine:
 * queued again as jobs_requeue() does for an interrupted one; otherwise: failed as lost. */
MUST_CHECK bool jobs_recover(struct db *db, struct arena *arena, const struct job_recovery *how,
                             struct job_recovered *recovered, struct err *err);

struct job_attempt {
    int number;
    struct str engine, upstream, error; /* in the arena */
    struct str notes;                   /* the engine's, a JSON object; empty = none */
    enum job_fault fault;
    int64_t started_ms;
    int64_t ended_ms; /* 0 = not yet */
};

struct job_attempts {
    struct job_attempt *attempts;
    int count;
};

/* All attempts of a job, first to last. */
MUST_CHECK bool jobs_attempts(struct db *db, struct arena *arena, struct id id,
                              struct job_attempts *attempts, struct err *err);

#endif
