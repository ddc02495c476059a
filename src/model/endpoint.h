/* SPDX-License-Identifier: Apache-2.0 */
/*
 * endpoint: a receiver that an account has registered for the ends of its jobs, whoever makes
 * them; other callbacks go to a URL that one job's request names (model/job.h).
 *
 * Its secrets must sign, so a hash of them would not do. They are not stored either: a secret is
 * the HMAC of its id under the webhook key, which lies beside the database and not in it. So the
 * database alone gives none away, and another webhook key makes all of them other ones.
 *
 * A plain value whose strings are borrowed. Thread: any.
 */
#ifndef VITASCOPE_MODEL_ENDPOINT_H
#define VITASCOPE_MODEL_ENDPOINT_H

#include <stdint.h>

#include "base/hash.h"
#include "base/id.h"
#include "base/str.h"

enum {
    ENDPOINT_NAME_CHARS_MAX = 256,
    ENDPOINT_URL_BYTES_MAX = 2048,
    ENDPOINT_SECRETS_MAX = 2,                  /* in force at one time */
    ENDPOINT_OLD_SECRET_MS = 24 * 3600 * 1000, /* that one is kept, where it is */
};

struct endpoint {
    struct id id;
    int64_t account_id;
    struct str name;   /* UTF-8, at most ENDPOINT_NAME_CHARS_MAX characters */
    struct str url;    /* http(s), at most ENDPOINT_URL_BYTES_MAX */
    unsigned events;   /* set of BIT(enum job_event) */
    struct id secret;  /* its id */
    struct id retired; /* the one before, or zero */
    int64_t retired_until_ms;
    int64_t created_ms;
    int64_t updated_ms; /* of the latest change of what is above */
};

/* The secret of that id. */
struct hash endpoint_secret(const struct hash *webhook_key, struct id secret);

/* Those in force, the newest first; returns how many. */
int endpoint_secrets(const struct hash *webhook_key, const struct endpoint *endpoint,
                     int64_t now_ms, struct hash secrets[ENDPOINT_SECRETS_MAX]);

#endif
