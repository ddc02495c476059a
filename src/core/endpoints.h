/* SPDX-License-Identifier: Apache-2.0 */
/*
 * endpoints: the registered receivers of an account, in the store, and the rows that the end of a
 * job puts into the outbox for them.
 *
 * Told are the ends of jobs that OpenAI's dialect asked for, because that is the dialect that has
 * endpoints: a receiver knows what to do with the ids of those, and who asks in another dialect
 * names a URL in the request. A delivery goes to the URL that its endpoint has when it is sent;
 * once the endpoint is removed, what was not yet delivered is given up.
 *
 * Every function runs in the caller's transaction and, when it fails, may have written a part:
 * the caller rolls back (the executor does).
 *
 * Thread: executor.
 */
#ifndef VITASCOPE_CORE_ENDPOINTS_H
#define VITASCOPE_CORE_ENDPOINTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "model/delivery.h"
#include "model/endpoint.h"

struct db;

enum {
    ENDPOINTS_MAX = 20,       /* of one account */
    ENDPOINTS_LIST_MAX = 100, /* on one page */
};

/* All but `retired` and its time is used. ERR_CONFLICT: the account has ENDPOINTS_MAX. */
MUST_CHECK bool endpoints_create(struct db *db, const struct endpoint *endpoint, struct err *err);

/* Of that account, or (0) of any. Strings in the arena. ERR_NOT_FOUND: none, or another's. */
MUST_CHECK bool endpoints_get(struct db *db, struct arena *arena, struct id id, int64_t account_id,
                              struct endpoint *endpoint, struct err *err);

struct endpoint_filter {
    int64_t account_id;
    struct id cursor; /* zero = from the newest; else the page after it */
    int limit;        /* 1 to ENDPOINTS_LIST_MAX */
};

struct endpoint_page {
    struct endpoint *endpoints; /* in the arena */
    int count;
    bool has_more;
};

/* Newest first. */
MUST_CHECK bool endpoints_list(struct db *db, struct arena *arena,
                               const struct endpoint_filter *filter, struct endpoint_page *page,
                               struct err *err);

/* Takes over name, url, events, secret and retired. ERR_NOT_FOUND: the account has no such. */
MUST_CHECK bool endpoints_update(struct db *db, const struct endpoint *endpoint, struct err *err);

MUST_CHECK bool endpoints_delete(struct db *db, struct id id, int64_t account_id, struct err *err);

/* Writes a delivery for each endpoint of its account that wants its event; what
 * deliveries_add() uses of it is used, but for id, endpoint and url. */
MUST_CHECK bool endpoints_tell(struct db *db, const struct delivery *delivery, struct err *err);

/* Whether any account has one. */
MUST_CHECK bool endpoints_any(struct db *db, bool *any, struct err *err);

#endif
