/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keys: the API keys of accounts. Only the hash of a key is kept.
 *
 * Thread: executor.
 */
#ifndef VITASCOPE_CORE_KEYS_H
#define VITASCOPE_CORE_KEYS_H

#include "base/arena.h"
#include "base/err.h"
#include "model/account.h"

struct db;

struct key_list {
    struct key *keys;
    int count;
};

/* Stores a key made by key_generate(), with its account, name, times and rights filled in by the
 * caller, and gives it its id. ERR_NOT_FOUND: no such account; ERR_CONFLICT: the hash is taken. */
MUST_CHECK bool keys_create(struct db *db, struct key *key, struct err *err);

/* ERR_UNAUTHORIZED: no such key. Disabled and expired keys are found: the caller decides. */
MUST_CHECK bool keys_find(struct db *db, const struct hash *hash, struct key *key, struct err *err);

/* Keys with ids above `after`, of one account or (0) of all, by id, at most `limit`. */
struct key_filter {
    int64_t account_id;
    int64_t after;
    int limit;
};
MUST_CHECK bool keys_list(struct db *db, struct arena *arena, const struct key_filter *filter,
                          struct key_list *list, struct err *err);

/* ERR_NOT_FOUND. */
MUST_CHECK bool keys_set_disabled(struct db *db, int64_t id, bool disabled, struct err *err);

#endif
