/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keys: the API keys of accounts. Only the hash of a key's secret is kept.
 *
 * Rotating gives a key a new secret: its id, limits and what it has spent stay. Deleting makes its
 * secret unknown for good; the row stays for what refers to it: jobs, statements, and callbacks
 * that are still to be signed.
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

/* What people may write into a key: its name, its limits. ERR_INVALID with the param at fault. */
MUST_CHECK bool keys_check(const struct key *key, struct err *err);

/* Stores a key made by key_generate(), with its account, name, times, scopes (0: read and create)
 * and limits filled in by the caller, and gives it its id. ERR_NOT_FOUND: no such account;
 * ERR_CONFLICT: the hash is taken; and what keys_check() says. */
MUST_CHECK bool keys_create(struct db *db, struct key *key, struct err *err);

/* ERR_UNAUTHORIZED: no such key. Disabled and expired keys are found: the caller decides. Found by
 * the secret it had before it was rotated, a key expires when that does. */
MUST_CHECK bool keys_find(struct db *db, const struct hash *hash, struct key *key, struct err *err);

/* ERR_NOT_FOUND: no such key, or deleted. */
MUST_CHECK bool keys_get(struct db *db, int64_t id, struct key *key, struct err *err);

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

/* Stores name, scopes, limits, expiry and whether it is disabled of a key from keys_get(). A key
 * that gets its first limit of money is told what it has spent so far, which reads all its
 * account's jobs once. ERR_NOT_FOUND; and what keys_check() says. */
MUST_CHECK bool keys_update(struct db *db, const struct key *key, int64_t now_ms, struct err *err);

/* Gives the key the hash and prefix of `fresh`, made by key_generate(). The secret that it had is
 * good until then; 0 or the past: no longer. ERR_NOT_FOUND. */
MUST_CHECK bool keys_rotate(struct db *db, int64_t id, const struct key *fresh,
                            int64_t old_until_ms, struct err *err);

/* ERR_NOT_FOUND. */
MUST_CHECK bool keys_delete(struct db *db, int64_t id, int64_t now_ms, struct err *err);

/* Whether the ranges of a key ("10.0.0.0/8,2001:db8::1") are all well written, at most
 * KEY_RANGES_MAX. ERR_INVALID with param "ip_ranges". */
MUST_CHECK bool key_ranges_check(struct str ranges, struct err *err);

struct netaddr;

/* Whether the address is in one of them. Never true for an unknown one. */
bool key_ranges_have(struct str ranges, const struct netaddr *addr);

#endif
