/* SPDX-License-Identifier: Apache-2.0 */
/*
 * idempotency: which job a client's Idempotency-Key stands for, per account, for 24 hours.
 *
 * Thread: executor.
 */
#ifndef VITASCOPE_CORE_IDEMPOTENCY_H
#define VITASCOPE_CORE_IDEMPOTENCY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/id.h"
#include "base/str.h"

struct db;

#define IDEMPOTENCY_WINDOW_MS (INT64_C(24) * 60 * 60 * 1000)

enum { IDEMPOTENCY_KEY_BYTES_MAX = 255 };

struct idempotency {
    int64_t account_id;
    struct str key;           /* as the client sent it; at most IDEMPOTENCY_KEY_BYTES_MAX */
    struct hash request_hash; /* of the request's body and whatever else must be the same */
    struct id job;
    int64_t now_ms;
};

/* Looks the key up. True with *found false: it is free. True with *found true: the same request
 * came before and made *job. ERR_CONFLICT: another request came before under this key.
 * ERR_INVALID: the key is too long. */
MUST_CHECK bool idempotency_find(struct db *db, const struct idempotency *use, struct id *job,
                                 bool *found, struct err *err);

/* Takes a key that idempotency_find() found free, in the same transaction. */
MUST_CHECK bool idempotency_take(struct db *db, const struct idempotency *use, struct err *err);

/* Forgets up to `limit` keys whose time is over. */
MUST_CHECK bool idempotency_purge(struct db *db, int64_t now_ms, int limit, struct err *err);

#endif
