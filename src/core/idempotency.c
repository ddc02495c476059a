/* SPDX-License-Identifier: Apache-2.0 */
#include "core/idempotency.h"

#include <string.h>

#include "store/db.h"

static const char sql_find[] = "SELECT request_hash, job_id FROM idempotency"
                               " WHERE account_id = $1 AND key_hash = $2 AND created_ms > $3";
static const char sql_take[] =
    "INSERT INTO idempotency (account_id, key_hash, request_hash, job_id, created_ms)"
    " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (account_id, key_hash) DO UPDATE SET"
    " request_hash = excluded.request_hash, job_id = excluded.job_id,"
    " created_ms = excluded.created_ms";
static const char sql_purge[] =
    "DELETE FROM idempotency WHERE (account_id, key_hash) IN (SELECT account_id, key_hash"
    " FROM idempotency WHERE created_ms <= $1 ORDER BY created_ms LIMIT $2)";

enum { STORED_HASH_BYTES = 16 };

/* Half of a SHA-256 is enough to tell one client's own keys and requests apart, and smaller rows
 * make these random writes cheaper. */
static struct db_value stored(const struct hash *hash)
{
    return db_blob(str_head(hash_str(hash), STORED_HASH_BYTES));
}

bool idempotency_find(struct db *db, const struct idempotency *use, struct id *job, bool *found,
                      struct err *err)
{
    struct hash key = hash_sha256(use->key);
    struct arena arena = {0};
    struct db_rows rows = {0};
    bool ok = false;

    if (use->key.len > IDEMPOTENCY_KEY_BYTES_MAX)
        return err_set_param(err, ERR_INVALID, "Idempotency-Key",
                             "an idempotency key has at most %d bytes", IDEMPOTENCY_KEY_BYTES_MAX);
    ok = db_query(
        db, &arena, sql_find,
        DB_ARGS(db_int(use->account_id), stored(&key), db_int(use->now_ms - IDEMPOTENCY_WINDOW_MS)),
        &rows, err);
    if (ok && rows.count && !str_eq(db_cell_str(&rows, 0, 0), stored(&use->request_hash).bytes))
        ok = err_set_param(err, ERR_CONFLICT, "Idempotency-Key",
                           "this idempotency key was used for another request");
    if (ok) {
        *found = rows.count > 0;
        if (*found)
            *job = db_cell_id(&rows, 0, 1);
    }
    arena_fini(&arena);
    return ok;
}

bool idempotency_take(struct db *db, const struct idempotency *use, struct err *err)
{
    struct hash key = hash_sha256(use->key);

    return db_exec(db, sql_take,
                   DB_ARGS(db_int(use->account_id), stored(&key), stored(&use->request_hash),
                           db_id(&use->job), db_int(use->now_ms)),
                   err);
}

bool idempotency_purge(struct db *db, int64_t now_ms, int limit, struct err *err)
{
    return db_exec(db, sql_purge, DB_ARGS(db_int(now_ms - IDEMPOTENCY_WINDOW_MS), db_int(limit)),
                   err);
}
