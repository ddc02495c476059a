/* SPDX-License-Identifier: Apache-2.0 */
#include "core/deliveries.h"

#include <assert.h>
#include <string.h>

#include "base/macros.h"
#include "core/endpoints.h"
#include "core/jobs.h"
#include "store/db.h"

#define DELIVERY_COLUMNS                                                                           \
    "id, job_id, account_id, key_id, dialect, event, state, attempts, created_ms, next_ms,"        \
    " ended_ms, last_ms, last_took_ms, last_status, last_error, url, endpoint"

static const char sql_add[] =
    "INSERT INTO deliveries (id, job_id, account_id, key_id, dialect, event, created_ms, next_ms,"
    " url, endpoint) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9)";
/* state = 0 is spelt as in the index deliveries_due, which is found by that. */
static const char sql_claim[] =
    "UPDATE deliveries SET claimed = 1, next_ms = $2 WHERE id IN"
    " (SELECT id FROM deliveries WHERE state = 0 AND next_ms <= $1 ORDER BY next_ms LIMIT $3)"
    " RETURNING " DELIVERY_COLUMNS;
static const char sql_next[] = "SELECT coalesce(min(next_ms), -1) FROM deliveries WHERE state = 0";
static const char sql_park[] =
    "UPDATE deliveries SET claimed = 0, next_ms = $2 WHERE id = $1 AND state = 0";
static const char sql_unclaim[] =
    "UPDATE deliveries SET claimed = 0, next_ms = $1 WHERE state = 0 AND claimed = 1";
static const char sql_mark[] =
    "UPDATE deliveries SET state = $2, claimed = 0, attempts = attempts + 1, next_ms = $3,"
    " ended_ms = $4, last_ms = $5, last_took_ms = $6, last_status = $7, last_error = $8"
    " WHERE id = $1 AND state = 0 RETURNING job_id, url, endpoint";
static const char sql_move[] = "UPDATE deliveries SET url = $2 WHERE id = $1";
/* A job has told its end when the URL that its request named was told. */
static const char sql_mark_job[] =
    "UPDATE jobs SET callback_state = $3 WHERE id = $1 AND callback_url = $2";
static const char sql_replay[] =
    "UPDATE deliveries SET state = 0, claimed = 0, attempts = 0, next_ms = $2, ended_ms = 0"
    " WHERE id = $1 AND (state > 0 OR claimed = 0) RETURNING job_id, url, endpoint";
static const char sql_get[] = "SELECT " DELIVERY_COLUMNS " FROM deliveries"
                              " WHERE id = $1 AND ($2 = 0 OR account_id = $2)";
static const char sql_list[] =
    "SELECT " DELIVERY_COLUMNS " FROM deliveries WHERE account_id = $1 AND id < $2"
    " ORDER BY id DESC LIMIT $3";
static const char sql_list_of_job[] =
    "SELECT " DELIVERY_COLUMNS " FROM deliveries WHERE account_id = $1 AND id < $2"
    " AND job_id = $4 ORDER BY id DESC LIMIT $3";
static const char sql_purge[] =
    "DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE state > 0"
    " AND ended_ms < $1 ORDER BY ended_ms LIMIT $2)";
static const char sql_key_hash[] = "SELECT hash FROM keys WHERE id = $1";

_Static_assert(DELIVERY_PENDING == 0, "the index deliveries_due counts on it");

static const struct id id_last = {{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                   0xFF, 0xFF, 0xFF, 0xFF, 0xFF}};

/*
 * Waits between attempts, in seconds; the last one is repeated. Three attempts, 3 and 10 minutes
 * apart, is what AI Video API documents (contracts/vendors.md B.5); Apiframe and UniAll document
 * nothing and get the same. OpenAI's are exponential and end after 72 hours (openai.md 8).
 */
static const int waits_of_vendors[] = {3 * 60, 10 * 60};
static const int waits_of_openai[] = {5,   10,   20,   40,   80,    160,   320,
                                      640, 1280, 2560, 5120, 10240, 20480, 6 * 3600};

static const struct {
    const int *waits_s;
    int waits_count;
    int attempts_max;
} schedules[DIALECTS] = {
    [DIALECT_OPENAI] = {waits_of_openai, ARRAY_LEN(waits_of_openai), 24},
    [DIALECT_APIFRAME] = {waits_of_vendors, ARRAY_LEN(waits_of_vendors), 3},
    [DIALECT_AIVIDEOAPI] = {waits_of_vendors, ARRAY_LEN(waits_of_vendors), 3},
    [DIALECT_UNIALL] = {waits_of_vendors, ARRAY_LEN(waits_of_vendors), 3},
};

int64_t deliveries_wait_ms(enum dialect dialect, int attempts)
{
    int last = schedules[dialect].waits_count - 1;

    assert(attempts >= 1);
    if (attempts >= schedules[dialect].attempts_max)
        return -1;
    return schedules[dialect].waits_s[attempts <= last ? attempts - 1 : last] * INT64_C(1000);
}

bool deliveries_add(struct db *db, const struct delivery *delivery, struct err *err)
{
    return db_exec(db, sql_add,
                   DB_ARGS(db_id(&delivery->id), db_id(&delivery->job_id),
                           db_int(delivery->account_id), db_int(delivery->key_id),
                           db_int(delivery->dialect), db_int(delivery->event),
                           db_int(delivery->created_ms), db_text(delivery->url),
                           db_id_or_null(&delivery->endpoint)),
                   err);
}

static struct delivery read_delivery(const struct db_rows *rows, int row)
{
    return (struct delivery){
        .id = db_cell_id(rows, row, 0),
        .job_id = db_cell_id(rows, row, 1),
        .account_id = db_cell_int(rows, row, 2),
        .key_id = db_cell_int(rows, row, 3),
        .dialect = (enum dialect)db_cell_int(rows, row, 4),
        .event = (enum job_event)db_cell_int(rows, row, 5),
        .state = (enum delivery_state)db_cell_int(rows, row, 6),
        .attempts = (int)db_cell_int(rows, row, 7),
        .created_ms = db_cell_int(rows, row, 8),
        .next_ms = db_cell_int(rows, row, 9),
        .ended_ms = db_cell_int(rows, row, 10),
        .last_ms = db_cell_int(rows, row, 11),
        .last_took_ms = db_cell_int(rows, row, 12),
        .last_status = (int)db_cell_int(rows, row, 13),
        .last_error = db_cell_str(rows, row, 14),
        .url = db_cell_str(rows, row, 15),
        .endpoint = db_cell_id(rows, row, 16),
    };
}

bool deliveries_key_hash(struct db *db, int64_t key_id, struct hash *hash, struct err *err)
{
    struct arena arena = {0};
    struct db_rows rows = {0};
    bool ok = db_query(db, &arena, sql_key_hash, DB_ARGS(db_int(key_id)), &rows, err);

    if (ok && (!rows.count || db_cell_str(&rows, 0, 0).len != HASH_BYTES))
        ok = err_set(err, ERR_NOT_FOUND, "no such key");
    if (ok)
        memcpy(hash->bytes, db_cell_str(&rows, 0, 0).ptr, HASH_BYTES);
    arena_fini(&arena);
    return ok;
}

/* The endpoint as it is now: its URL may be another one by now. */
static bool find_endpoint(struct db *db, struct arena *arena, struct delivery_due *due,
                          struct err *err)
{
    struct delivery *delivery = &due->delivery;

    if (!endpoints_get(db, arena, delivery->endpoint, delivery->account_id, &due->endpoint, err))
        return false;
    if (str_eq(delivery->url, due->endpoint.url))
        return true;
    delivery->url = due->endpoint.url;
    return db_exec(db, sql_move, DB_ARGS(db_id(&delivery->id), db_text(delivery->url)), err);
}

/* Reads what is needed to word and to sign it. *gone: there is no such job, key or endpoint any
 * more. */
static bool complete(struct db *db, struct arena *arena, struct delivery_due *due, bool *gone,
                     struct err *err)
{
    bool ok = jobs_get(db, arena, 0, due->delivery.job_id, &due->job, err) &&
              (id_is_zero(due->delivery.endpoint)
                   ? deliveries_key_hash(db, due->delivery.key_id, &due->key_hash, err)
                   : find_endpoint(db, arena, due, err));

    *gone = !ok && err->kind == ERR_NOT_FOUND;
    return ok || *gone;
}

/* What it needs was removed: nothing can be told of it. */
static bool bury(struct db *db, const struct delivery *delivery, int64_t now_ms, struct err *err)
{
    struct delivery_result result = {.id = delivery->id,
                                     .state = DELIVERY_FAILED,
                                     .began_ms = now_ms,
                                     .error = id_is_zero(delivery->endpoint)
                                                  ? STR("The job or its key is gone")
                                                  : STR("The endpoint is gone")};

    return deliveries_mark(db, &result, err);
}

bool deliveries_claim(struct db *db, struct arena *arena, const struct delivery_claim *claim,
                      struct delivery_dues *dues, struct err *err)
{
    struct db_rows rows = {0}, next = {0};

    assert(claim->limit >= 1 && claim->limit <= DELIVERIES_CLAIM_MAX);
    *dues = (struct delivery_dues){0};
    if (!db_query(db, arena, sql_claim,
                  DB_ARGS(db_int(claim->now_ms), db_int(claim->until_ms), db_int(claim->limit)),
                  &rows, err))
        return false;
    dues->dues = ARENA_ARRAY(arena, struct delivery_due, (size_t)rows.count);
    for (int row = 0; row < rows.count; row++) {
        struct delivery_due *due = &dues->dues[dues->count];
        bool gone = false;

        due->delivery = read_delivery(&rows, row);
        if (!complete(db, arena, due, &gone, err))
            return false;
        if (gone && !bury(db, &due->delivery, claim->now_ms, err))
            return false;
        dues->count += !gone;
    }
    if (!db_query(db, arena, sql_next, DB_NO_ARGS, &next, err))
        return false;
    dues->next_ms = db_cell_int(&next, 0, 0);
    return endpoints_any(db, &dues->has_endpoints, err);
}

bool deliveries_park(struct db *db, struct id id, int64_t next_ms, struct err *err)
{
    return db_exec(db, sql_park, DB_ARGS(db_id(&id), db_int(next_ms)), err);
}

bool deliveries_unclaim(struct db *db, int64_t now_ms, struct err *err)
{
    return db_exec(db, sql_unclaim, DB_ARGS(db_int(now_ms)), err);
}

/* Of the job in the first row of (job_id, url, endpoint), if there is one and its request named
 * the URL. */
static bool mark_job(struct db *db, const struct db_rows *rows, enum job_callback_state state,
                     struct err *err)
{
    struct id job_id;

    if (!rows->count || !id_is_zero(db_cell_id(rows, 0, 2)))
        return true;
    job_id = db_cell_id(rows, 0, 0);
    return db_exec(db, sql_mark_job,
                   DB_ARGS(db_id(&job_id), db_text(db_cell_str(rows, 0, 1)), db_int(state)), err);
}

bool deliveries_mark(struct db *db, const struct delivery_result *result, struct err *err)
{
    static const enum job_callback_state told[DELIVERY_STATES] = {
        [DELIVERY_PENDING] = JOB_CALLBACK_PENDING,
        [DELIVERY_DELIVERED] = JOB_CALLBACK_DELIVERED,
        [DELIVERY_FAILED] = JOB_CALLBACK_FAILED,
    };
    bool ends = result->state != DELIVERY_PENDING;
    struct str error = str_utf8_head(result->error, DELIVERY_ERROR_BYTES_MAX);
    struct arena arena = {0};
    struct db_rows rows = {0};
    bool ok = db_query(db, &arena, sql_mark,
                       DB_ARGS(db_id(&result->id), db_int(result->state), db_int(result->next_ms),
                               db_int(ends ? result->began_ms + result->took_ms : 0),
                               db_int(result->began_ms), db_int(result->took_ms),
                               db_int(result->status), db_text(error)),
                       &rows, err) &&
              (!ends || mark_job(db, &rows, told[result->state], err));

    arena_fini(&arena);
    return ok;
}

bool deliveries_replay(struct db *db, struct id id, int64_t account_id, int64_t now_ms,
                       struct err *err)
{
    struct arena arena = {0};
    struct db_rows rows = {0};
    struct delivery found;
    bool ok = deliveries_get(db, &arena, id, account_id, &found, err) &&
              db_query(db, &arena, sql_replay, DB_ARGS(db_id(&id), db_int(now_ms)), &rows, err);

    if (ok && !rows.count)
        ok = err_set(err, ERR_CONFLICT, "this delivery is being sent");
    ok = ok && mark_job(db, &rows, JOB_CALLBACK_PENDING, err);
    arena_fini(&arena);
    return ok;
}

bool deliveries_get(struct db *db, struct arena *arena, struct id id, int64_t account_id,
                    struct delivery *delivery, struct err *err)
{
    struct db_rows rows = {0};

    if (!db_query(db, arena, sql_get, DB_ARGS(db_id(&id), db_int(account_id)), &rows, err))
        return false;
    if (!rows.count)
        return err_set(err, ERR_NOT_FOUND, "no such delivery");
    *delivery = read_delivery(&rows, 0);
    return true;
}

bool deliveries_list(struct db *db, struct arena *arena, const struct delivery_filter *filter,
                     struct delivery_page *page, struct err *err)
{
    bool of_job = !id_is_zero(filter->job_id);
    struct id cursor = id_is_zero(filter->cursor) ? id_last : filter->cursor;
    struct db_value values[] = {db_int(filter->account_id), db_id(&cursor),
                                db_int(filter->limit + 1), db_id(&filter->job_id)};
    struct db_args args = {values, of_job ? ARRAY_LEN(values) : ARRAY_LEN(values) - 1};
    struct db_rows rows = {0};

    assert(filter->limit >= 1 && filter->limit <= DELIVERIES_LIST_MAX);
    if (!db_query(db, arena, of_job ? sql_list_of_job : sql_list, args, &rows, err))
        return false;
    page->count = rows.count < filter->limit ? rows.count : filter->limit;
    page->deliveries = ARENA_ARRAY(arena, struct delivery, (size_t)page->count);
    for (int row = 0; row < page->count; row++)
        page->deliveries[row] = read_delivery(&rows, row);
    page->next = (struct id){{0}};
    if (rows.count > filter->limit)
        page->next = page->deliveries[page->count - 1].id;
    return true;
}

bool deliveries_purge(struct db *db, int64_t before_ms, int limit, struct err *err)
{
    return db_exec(db, sql_purge, DB_ARGS(db_int(before_ms), db_int(limit)), err);
}
