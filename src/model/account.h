/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account and key: who owns a balance, and how they prove it.
 *
 * Money is integer micro-dollars (1,000,000 = $1) in int64 everywhere.
 *
 * A key is "sk-" or "afk_" and 43 characters of base64url (32 random bytes). Both spellings
 * are the same key: clients of one dialect insist on the first, of another on the second. What
 * is stored is the SHA-256 of the "afk_" spelling, because Apiframe signs its callbacks with
 * exactly that (contracts/vendors.md A.11), so the key itself need not be kept.
 *
 * Plain values. Thread: any.
 */
#ifndef VITASCOPE_MODEL_ACCOUNT_H
#define VITASCOPE_MODEL_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/str.h"

enum {
    KEY_SECRET_CHARS = 43,
    KEY_TEXT_BYTES = 4 + KEY_SECRET_CHARS + 1,
    KEY_PREFIX_CHARS = 10, /* shown in lists: "afk_AbCdEf" */
    KEY_NAME_BYTES_MAX = 100,
};

struct account {
    int64_t id;
    char name[KEY_NAME_BYTES_MAX + 1];
    int64_t available_micro; /* may be spent */
    int64_t held_micro;      /* of jobs that are not over */
    int64_t spent_micro;     /* captured */
    int64_t created_ms;
};

struct key {
    int64_t id;
    int64_t account_id;
    struct hash hash;
    char prefix[KEY_PREFIX_CHARS + 1];
    char name[KEY_NAME_BYTES_MAX + 1];
    bool disabled;
    bool admin; /* may use /admin routes */
    int64_t created_ms;
    int64_t expires_ms; /* 0 = never */
};

/* Hash of a key as presented, in either spelling. False when it cannot be a key of ours:
 * wrong prefix, length or characters. */
bool key_hash(struct str presented, struct hash *hash);

/* A new secret: `text` gets the "sk-" spelling and a NUL. */
void key_generate(char text[KEY_TEXT_BYTES], struct key *key);

#endif
