/* SPDX-License-Identifier: Apache-2.0 */
/*
 * meter: counts what a key with limits spends and how many jobs it has, and refuses a job that
 * would pass a limit, in the transaction that submits it. So a limit is exact however many
 * requests come at once, and a key without limits costs nothing.
 *
 * One statement more counts the money (3 us a submit, measured). Jobs are counted where there is a
 * limit of them, by reading as many index entries as the key has jobs that are not over.
 *
 * Money counts when it is held. A hold that is released (the job failed or was canceled) is given
 * back to the total, and to the hour and the day in which it was taken if they are not over yet.
 * Hours and days are those of UTC. A clock that is set back goes on counting in the later hour:
 * what is stored is never less than what was spent.
 *
 *     key_use.total_micro = base_micro + the prices of the key's metered jobs but failed ones
 *
 * base_micro is what it had spent before it was metered. ledger_verify() proves this.
 *
 * Thread: executor.
 */
#ifndef VITASCOPE_CORE_METER_H
#define VITASCOPE_CORE_METER_H

#include "base/arena.h"
#include "base/err.h"
#include "model/account.h"
#include "model/job.h"

struct db;

/* When it may be tried again. */
enum {
    METER_JOBS_RETRY_S = 5,     /* jobs end at any time */
    METER_TOTAL_RETRY_S = 3600, /* only if somebody raises the limit, or a job fails */
};

/* Why a job was refused. */
struct meter_refusal {
    int64_t retry_after_s;
    int64_t left_micro; /* of the money limit that refused; 0 for one of jobs */
};

/* Counts the job for its key, before it is inserted. The limits must be metered. ERR_RATE: with
 * param "spend_limit" for the hour and the day, "spend_total", or "jobs"; fills *refusal. */
MUST_CHECK bool meter_take(struct db *db, const struct job *job, const struct key_limits *limits,
                           struct meter_refusal *refusal, struct err *err);

/* What meter_take() would say, without counting. */
MUST_CHECK bool meter_preview(struct db *db, const struct job *job, const struct key_limits *limits,
                              struct meter_refusal *refusal, struct err *err);

/* A metered job has failed or was canceled. */
MUST_CHECK bool meter_give_back(struct db *db, const struct job *job, struct err *err);

/* Begins to count for a key, or goes on. Reads all its account's jobs when it begins. */
MUST_CHECK bool meter_begin(struct db *db, const struct key *key, int64_t now_ms, struct err *err);

/* Forgets its counts: it has no limits now. */
MUST_CHECK bool meter_end(struct db *db, int64_t key_id, struct err *err);

struct meter_use {
    int64_t hour_micro, day_micro, total_micro; /* of the present hour and day */
    int64_t jobs, queued;
};

/* What has been counted; nothing for a key that is not metered. */
MUST_CHECK bool meter_get(struct db *db, int64_t key_id, int64_t now_ms, struct meter_use *use,
                          struct err *err);

#endif
