/* SPDX-License-Identifier: Apache-2.0 */
/*
 * deliveries: the outbox of callbacks. A row says that one event of one job is to be told to one
 * URL; it is written in the transaction that ends the job, so there is a delivery if and only if
 * the job ended and its end was asked for: by its request, or by an endpoint of its account
 * (core/endpoints.h).
 *
 *     pending -> delivered | failed        (failed or delivered -> pending: replayed)
 *
 * A sender claims rows that are due, for a time: whoever dies with a claim loses it, and the row
 * is due again. So a receiver is told at least once, and may be told twice.
 *
 * Every function runs in the caller's transaction and, when it fails, may have written a part:
 * the caller rolls back (the executor does).
 *
 * Thread: executor, but for deliveries_wait_ms() (any).
 */
#ifndef VITASCOPE_CORE_DELIVERIES_H
#define VITASCOPE_CORE_DELIVERIES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "model/delivery.h"
#include "model/endpoint.h"
#include "model/job.h"

struct db;

enum {
    DELIVERIES_CLAIM_MAX = 64, /* rows claimed at once */
    DELIVERIES_LIST_MAX = 100, /* rows on one page */
    DELIVERIES_KEPT_DAYS = 30, /* after their end */
};

/* How long to wait after that many attempts in vain, without jitter; -1: give up. */
int64_t deliveries_wait_ms(enum dialect dialect, int attempts);

/* Writes a row; id, job, account, key, dialect, event, url, endpoint and created_ms are used. It
 * is due at once. */
MUST_CHECK bool deliveries_add(struct db *db, const struct delivery *delivery, struct err *err);

struct delivery_claim {
    int64_t now_ms;
    int64_t until_ms; /* when the claim ends by itself */
    int limit;        /* 1 to DELIVERIES_CLAIM_MAX */
};

/* A claimed row and what is needed to word it. */
struct delivery_due {
    struct delivery delivery;
    struct job job;
    struct hash key_hash;     /* of the key that made the job; zero when it is for an endpoint */
    struct endpoint endpoint; /* id zero: none; strings in the arena */
};

struct delivery_dues {
    struct delivery_due *dues; /* in the arena */
    int count;
    int64_t next_ms;    /* when the next one will be due: the past if there are more; -1 = none */
    bool has_endpoints; /* of any account */
};

/* Claims rows that are due, the longest due first. */
MUST_CHECK bool deliveries_claim(struct db *db, struct arena *arena,
                                 const struct delivery_claim *claim, struct delivery_dues *dues,
                                 struct err *err);

/* Gives a claim back without an attempt: the row is due again at next_ms. */
MUST_CHECK bool deliveries_park(struct db *db, struct id id, int64_t next_ms, struct err *err);

/* Gives all claims back, their rows being due at once: for the start of a store's only server. */
MUST_CHECK bool deliveries_unclaim(struct db *db, int64_t now_ms, struct err *err);

/* What came of an attempt. */
struct delivery_result {
    struct id id;
    enum delivery_state state; /* pending: to be tried again at next_ms */
    int64_t next_ms;
    int64_t began_ms;
    int64_t took_ms;
    int status;       /* of the answer; 0: none came */
    struct str error; /* why it was in vain; cut at DELIVERY_ERROR_BYTES_MAX */
};

/* Notes the attempt, and on the job how far the callback of its request has come. A row that is
 * gone, or not pending, is left as it is. */
MUST_CHECK bool deliveries_mark(struct db *db, const struct delivery_result *result,
                                struct err *err);

/* Makes a delivery due now, with all its attempts before it. Of that account, or (0) of any.
 * ERR_NOT_FOUND; ERR_CONFLICT: it is being sent. */
MUST_CHECK bool deliveries_replay(struct db *db, struct id id, int64_t account_id, int64_t now_ms,
                                  struct err *err);

/* Of that account, or (0) of any. Strings in the arena. ERR_NOT_FOUND. */
MUST_CHECK bool deliveries_get(struct db *db, struct arena *arena, struct id id, int64_t account_id,
                               struct delivery *delivery, struct err *err);

struct delivery_filter {
    int64_t account_id; /* required */
    struct id job_id;   /* zero = of any job */
    struct id cursor;   /* zero = from the newest; else the page after it */
    int limit;          /* 1 to DELIVERIES_LIST_MAX */
};

struct delivery_page {
    struct delivery *deliveries; /* in the arena */
    int count;
    struct id next; /* cursor of the next page; zero = this is the last */
};

/* Newest first. */
MUST_CHECK bool deliveries_list(struct db *db, struct arena *arena,
                                const struct delivery_filter *filter, struct delivery_page *page,
                                struct err *err);

/* Removes at most `limit` rows that ended before `before_ms`. */
MUST_CHECK bool deliveries_purge(struct db *db, int64_t before_ms, int limit, struct err *err);

/* The hash of a key, to sign with. ERR_NOT_FOUND. */
MUST_CHECK bool deliveries_key_hash(struct db *db, int64_t key_id, struct hash *hash,
                                    struct err *err);

#endif
