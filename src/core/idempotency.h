/* SPDX-License-Identifier: Apache-2.0 */
/*
 * idempotency: which job a client's Idempotency-Key stands for, per account, for 24 hours.
 *
 * Rows are stored in the order of their making, for keys are random and a random place in a tree
 * on disk costs more than the rest of a submit. They are found through an index in memory, one
 * for each connection, of about 24 bytes a key; it is brought up to date at the first look of
 * each transaction, so that a key counts also after a restart and from another process.
 *
 * Thread: executor.
 */
#ifndef VITASCOPE_CORE_IDEMPOTENCY_H
#define VITASCOPE_CORE_IDEMPOTENCY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/id.h"
#include "base/str.h"

struct db;

#define IDEMPOTENCY_WINDOW_MS (INT64_C(24) * 60 * 60 * 1000)

enum {
    IDEMPOTENCY_KEY_BYTES_MAX = 255,
    IDEMPOTENCY_KEYS_MAX = 40 * 1000 * 1000, /* of all accounts: about 1 GB of index */
};

struct idempotency {
    int64_t account_id;
    struct str key;           /* as the client sent it; at most IDEMPOTENCY_KEY_BYTES_MAX */
    struct hash key_hash;     /* by idempotency_find() */
    struct hash request_hash; /* of the request's body and whatever else must be the same */
    struct id job;
    int64_t now_ms;
};

/* Looks the key up. True with *found false: it is free. True with *found true: the same request
 * came before and made *job. ERR_CONFLICT: another request came before under this key.
 * ERR_INVALID: the key is too long; ERR_BUSY: it is new, and as many keys as there may be are in
 * use. */
MUST_CHECK bool idempotency_find(struct db *db, struct idempotency *use, struct id *job,
                                 bool *found, struct err *err);

/* Takes a key that idempotency_find() found free, in the same transaction. */
MUST_CHECK bool idempotency_take(struct db *db, const struct idempotency *use, struct err *err);

/* Looks at the `limit` oldest keys and forgets those whose time is over; *purged: how many. */
MUST_CHECK bool idempotency_purge(struct db *db, int64_t now_ms, int limit, int *purged,
                                  struct err *err);

/* In a transaction: fills the index of a connection that was just opened, so that the first
 * request need not. */
MUST_CHECK bool idempotency_load(struct db *db, struct err *err);

/* Another maximum than IDEMPOTENCY_KEYS_MAX for this connection; for tests. */
void idempotency_limit(struct db *db, size_t keys_max);

/* Keys in the connection's index; of a transaction that was undone, until the next one looks. */
size_t idempotency_indexed(struct db *db);

#endif
