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
    KEY_RANGES_MAX = 10, /* as many as AI Video API has */
    KEY_RANGES_BYTES_MAX = 480,
    KEY_MODELS_BYTES_MAX = 600,
    KEY_COUNT_MAX = 1000000, /* of requests a minute and of jobs */
};

/* What a key may be used for: a set. Stored: append only. */
enum scope {
    SCOPE_READ = 1,   /* look at what the account has: every GET */
    SCOPE_CREATE = 2, /* make, cancel and delete: everything else */
    SCOPE_ADMIN = 4,  /* /vitascope/admin: all accounts, keys and money */
    SCOPES_ALL = SCOPE_READ | SCOPE_CREATE | SCOPE_ADMIN,
};

/* 0 and "" mean: no limit. */
struct key_limits {
    int64_t hour_micro, day_micro; /* spent in one hour, one day of UTC */
    int64_t total_micro;           /* spent ever */
    int64_t requests_per_minute;
    int64_t jobs_max;                      /* at once: queued or running */
    int64_t queued_max;                    /* of these, not started yet */
    char ranges[KEY_RANGES_BYTES_MAX + 1]; /* "10.0.0.0/8,2001:db8::1": where requests come from */
    char models[KEY_MODELS_BYTES_MAX + 1]; /* "sora-2,sora-2-pro" */
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
    unsigned scopes; /* set of enum scope */
    int64_t created_ms;
    int64_t expires_ms; /* 0 = never */
    struct key_limits limits;
};

/* Whether its jobs must be counted: it has a limit of money or of jobs. */
bool key_is_metered(const struct key_limits *limits);

/* Whether it may name that model. */
bool key_may_use_model(const struct key_limits *limits, struct str model);

/* "read,create,admin", in any order. False: another word, or none. */
bool scopes_parse(struct str text, unsigned *scopes);

enum { SCOPES_TEXT_BYTES = 32 };

/* The same, always in that order. Returns out. */
const char *scopes_print(unsigned scopes, char out[SCOPES_TEXT_BYTES]);

/* Hash of a key as presented, in either spelling. False when it cannot be a key of ours:
 * wrong prefix, length or characters. */
bool key_hash(struct str presented, struct hash *hash);

/* A new secret: `text` gets the "sk-" spelling and a NUL. */
void key_generate(char text[KEY_TEXT_BYTES], struct key *key);

#endif
