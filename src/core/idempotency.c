/* SPDX-License-Identifier: Apache-2.0 */
#include "core/idempotency.h"

#include <stdlib.h>
#include <string.h>

#include "core/keyindex.h"
#include "store/db.h"

static const char sql_newest[] = "SELECT id, key_hash FROM idempotency WHERE id <= $1"
                                 " ORDER BY id DESC LIMIT 1";
static const char sql_after[] = "SELECT id, key_hash FROM idempotency WHERE id > $1"
                                " ORDER BY id LIMIT $2";
static const char sql_get[] = "SELECT request_hash, job_id FROM idempotency WHERE id = $1"
                              " AND key_hash = $2 AND account_id = $3 AND created_ms > $4";
static const char sql_take[] =
    "INSERT INTO idempotency (account_id, key_hash, request_hash, job_id, created_ms)"
    " VALUES ($1, $2, $3, $4, $5) RETURNING id";
/* Rows are nearly in the order of their time: the first ones are the oldest. */
static const char sql_purge[] =
    "DELETE FROM idempotency WHERE id IN (SELECT id FROM (SELECT id, created_ms FROM idempotency"
    " ORDER BY id LIMIT $2) WHERE created_ms <= $1) RETURNING id, key_hash";

enum {
    STORED_HASH_BYTES = 16,
    LOOK_BACK = 64, /* rows, the first time */
    LOAD_ROWS = 4096,
};

/* A connection's index of the rows. It may name rows that are gone or were never committed, and
 * so a row is looked at before it counts; a row that counts is always in it. */
struct known {
    struct keyindex *index;
    uint64_t transaction; /* the last one in which it was brought up to date */
    struct arena arena;   /* of one statement's rows */
    struct pair {
        uint64_t head;
        int64_t row;
    } * taken; /* in that transaction; owned */
    size_t taken_count, taken_room;
    size_t keys_max;
};

static void free_known(void *kept)
{
    struct known *known = kept;

    keyindex_free(known->index);
    arena_fini(&known->arena);
    free(known->taken);
    free(known);
}

static struct known *known_of(struct db *db)
{
    static const char owner;
    struct known *known = db_kept(db, &owner);

    if (known)
        return known;
    known = calloc(1, sizeof(*known));
    if (!known)
        die("out of memory");
    known->index = keyindex_new();
    known->keys_max = IDEMPOTENCY_KEYS_MAX;
    db_keep(db, &owner, known, free_known);
    return known;
}

/* Half of a SHA-256 is enough to tell one client's own keys and requests apart. */
static struct db_value stored(const struct hash *hash)
{
    return db_blob(str_head(hash_str(hash), STORED_HASH_BYTES));
}

/* What the index goes by. */
static uint64_t head_of(struct str key_hash)
{
    uint64_t head = 0;

    if (key_hash.len >= sizeof(head))
        memcpy(&head, key_hash.ptr, sizeof(head));
    return head;
}

static bool load(struct db *db, struct keyindex *index, int64_t after, struct err *err)
{
    struct arena arena = {0};
    struct db_rows rows = {0};
    bool ok = false;

    do {
        arena_reset(&arena);
        ok = db_query(db, &arena, sql_after, DB_ARGS(db_int(after), db_int(LOAD_ROWS)), &rows, err);
        for (int row = 0; ok && row < rows.count; row++) {
            after = db_cell_int(&rows, row, 0);
            keyindex_add(index, head_of(db_cell_str(&rows, row, 1)), after);
        }
    } while (ok && rows.count == LOAD_ROWS);
    arena_fini(&arena);
    return ok;
}

/* The newest row at or below `from` (0: none), and whether the index has it. */
static bool newest(struct db *db, const struct keyindex *index, int64_t from, int64_t *id,
                   bool *is_known, struct err *err)
{
    struct arena arena = {0};
    struct db_rows rows = {0};
    bool ok = db_query(db, &arena, sql_newest, DB_ARGS(db_int(from)), &rows, err);

    *id = ok && rows.count ? db_cell_int(&rows, 0, 0) : 0;
    *is_known = *id && keyindex_has(index, head_of(db_cell_str(&rows, 0, 1)), *id);
    arena_fini(&arena);
    return ok;
}

/* A transaction that was undone left pairs that no purge would ever find: behind the newest row,
 * unless another process has made rows since. */
static void forget_undone(struct known *known, int64_t last)
{
    for (size_t i = 0; i < known->taken_count; i++) {
        if (known->taken[i].row > last)
            keyindex_remove(known->index, known->taken[i].head, known->taken[i].row);
    }
    known->taken_count = 0;
}

static void note_taken(struct known *known, uint64_t head, int64_t row)
{
    if (known->taken_count == known->taken_room) {
        known->taken_room = known->taken_room ? known->taken_room * 2 : LOOK_BACK;
        known->taken = realloc(known->taken, known->taken_room * sizeof(*known->taken));
        if (!known->taken)
            die("out of memory");
    }
    known->taken[known->taken_count++] = (struct pair){head, row};
    keyindex_add(known->index, head, row);
}

/* Brings the index up to the newest row: of the run before, or of another process. That one
 * could write only before this transaction, and this process adds what it writes: so what the
 * index lacks are the newest rows and no others. */
static bool catch_up(struct db *db, struct known *known, struct err *err)
{
    int64_t id = 0, last = 0;
    bool is_known = false;

    if (known->transaction == db_transactions(db))
        return true;
    if (!newest(db, known->index, INT64_MAX, &last, &is_known, err))
        return false;
    forget_undone(known, last);
    id = last;
    for (int64_t back = LOOK_BACK; id && !is_known; back *= LOOK_BACK) {
        if (!newest(db, known->index, back < last ? last - back : 0, &id, &is_known, err))
            return false;
    }
    if (id != last && !load(db, known->index, id, err))
        return false;
    known->transaction = db_transactions(db);
    return true;
}

bool idempotency_load(struct db *db, struct err *err)
{
    return catch_up(db, known_of(db), err);
}

/* The row that counts for a key, so far. */
struct candidate {
    int64_t row; /* 0: none */
    bool is_same;
    struct id job;
};

/* Looks at one row that may be the key's. Of two the later one counts, as after a clock that was
 * set back. */
static bool look_at(struct db *db, int64_t row, const struct idempotency *use,
                    struct candidate *best, struct err *err)
{
    struct arena arena = {0};
    struct db_rows rows = {0};
    bool ok = db_query(db, &arena, sql_get,
                       DB_ARGS(db_int(row), stored(&use->key_hash), db_int(use->account_id),
                               db_int(use->now_ms - IDEMPOTENCY_WINDOW_MS)),
                       &rows, err);

    if (ok && rows.count && row > best->row) {
        best->row = row;
        best->is_same = str_eq(db_cell_str(&rows, 0, 0), stored(&use->request_hash).bytes);
        best->job = db_cell_id(&rows, 0, 1);
    }
    arena_fini(&arena);
    return ok;
}

bool idempotency_find(struct db *db, struct idempotency *use, struct id *job, bool *found,
                      struct err *err)
{
    struct known *known = known_of(db);
    struct candidate best = {0};
    int64_t row = 0;
    size_t cursor = 0;

    if (use->key.len > IDEMPOTENCY_KEY_BYTES_MAX)
        return err_set_param(err, ERR_INVALID, "Idempotency-Key",
                             "an idempotency key has at most %d bytes", IDEMPOTENCY_KEY_BYTES_MAX);
    if (!catch_up(db, known, err))
        return false;
    use->key_hash = hash_sha256(use->key);
    while ((row = keyindex_next(known->index, head_of(hash_str(&use->key_hash)), &cursor))) {
        if (!look_at(db, row, use, &best, err))
            return false;
    }
    if (best.row && !best.is_same)
        return err_set_param(err, ERR_CONFLICT, "Idempotency-Key",
                             "this idempotency key was used for another request");
    if (!best.row && keyindex_count(known->index) >= known->keys_max)
        return err_set(err, ERR_BUSY, "too many idempotency keys are in use, try again later");
    *found = best.row > 0;
    *job = best.job;
    return true;
}

bool idempotency_take(struct db *db, const struct idempotency *use, struct err *err)
{
    struct known *known = known_of(db);
    struct db_rows rows = {0};

    arena_reset(&known->arena);
    if (!db_query(db, &known->arena, sql_take,
                  DB_ARGS(db_int(use->account_id), stored(&use->key_hash),
                          stored(&use->request_hash), db_id(&use->job), db_int(use->now_ms)),
                  &rows, err))
        return false;
    note_taken(known, head_of(hash_str(&use->key_hash)), db_cell_int(&rows, 0, 0));
    return true;
}

/* What is purged may leave the index although the transaction may fail yet: its time is over. */
bool idempotency_purge(struct db *db, int64_t now_ms, int limit, int *purged, struct err *err)
{
    struct arena arena = {0};
    struct db_rows rows = {0};
    bool ok = db_query(db, &arena, sql_purge,
                       DB_ARGS(db_int(now_ms - IDEMPOTENCY_WINDOW_MS), db_int(limit)), &rows, err);

    for (int row = 0; ok && row < rows.count; row++)
        keyindex_remove(known_of(db)->index, head_of(db_cell_str(&rows, row, 1)),
                        db_cell_int(&rows, row, 0));
    if (ok)
        *purged = rows.count;
    arena_fini(&arena);
    return ok;
}

void idempotency_limit(struct db *db, size_t keys_max)
{
    known_of(db)->keys_max = keys_max;
}

size_t idempotency_indexed(struct db *db)
{
    return keyindex_count(known_of(db)->index);
}
