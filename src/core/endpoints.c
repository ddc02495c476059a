/* SPDX-License-Identifier: Apache-2.0 */
#include "core/endpoints.h"

#include <assert.h>

#include "base/macros.h"
#include "core/deliveries.h"
#include "store/db.h"

#define ENDPOINT_COLUMNS                                                                           \
    "id, account_id, name, url, events, secret, retired, retired_until_ms, created_ms, updated_ms"

/* Two creates cannot both find the last place: whoever writes excludes others. */
static const char sql_count[] = "SELECT count(*) FROM endpoints WHERE account_id = $1";
static const char sql_create[] =
    "INSERT INTO endpoints (id, account_id, name, url, events, secret, created_ms, updated_ms)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
static const char sql_get[] = "SELECT " ENDPOINT_COLUMNS " FROM endpoints"
                              " WHERE id = $1 AND ($2 = 0 OR account_id = $2)";
static const char sql_list[] = "SELECT " ENDPOINT_COLUMNS " FROM endpoints"
                               " WHERE account_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
static const char sql_update[] =
    "UPDATE endpoints SET name = $3, url = $4, events = $5, secret = $6, retired = $7,"
    " retired_until_ms = $8, updated_ms = $9 WHERE id = $1 AND account_id = $2";
static const char sql_delete[] = "DELETE FROM endpoints WHERE id = $1 AND account_id = $2";
static const char sql_wanting[] = "SELECT " ENDPOINT_COLUMNS " FROM endpoints"
                                  " WHERE account_id = $1 AND (events & $2) <> 0 ORDER BY id";
static const char sql_any[] = "SELECT EXISTS (SELECT 1 FROM endpoints)";

static const struct id id_last = {{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                   0xFF, 0xFF, 0xFF, 0xFF, 0xFF}};

static struct endpoint read_endpoint(const struct db_rows *rows, int row)
{
    return (struct endpoint){
        .id = db_cell_id(rows, row, 0),
        .account_id = db_cell_int(rows, row, 1),
        .name = db_cell_str(rows, row, 2),
        .url = db_cell_str(rows, row, 3),
        .events = (unsigned)db_cell_int(rows, row, 4),
        .secret = db_cell_id(rows, row, 5),
        .retired = db_cell_id(rows, row, 6),
        .retired_until_ms = db_cell_int(rows, row, 7),
        .created_ms = db_cell_int(rows, row, 8),
        .updated_ms = db_cell_int(rows, row, 9),
    };
}

static bool has_room(struct db *db, int64_t account_id, struct err *err)
{
    struct arena arena = {0};
    struct db_rows rows = {0};
    bool ok = db_query(db, &arena, sql_count, DB_ARGS(db_int(account_id)), &rows, err);

    if (ok && db_cell_int(&rows, 0, 0) >= ENDPOINTS_MAX)
        ok = err_set(err, ERR_CONFLICT, "The account has %d endpoints, and no more are allowed",
                     ENDPOINTS_MAX);
    arena_fini(&arena);
    return ok;
}

bool endpoints_create(struct db *db, const struct endpoint *endpoint, struct err *err)
{
    return has_room(db, endpoint->account_id, err) &&
           db_exec(db, sql_create,
                   DB_ARGS(db_id(&endpoint->id), db_int(endpoint->account_id),
                           db_text(endpoint->name), db_text(endpoint->url),
                           db_int(endpoint->events), db_id(&endpoint->secret),
                           db_int(endpoint->created_ms), db_int(endpoint->updated_ms)),
                   err);
}

bool endpoints_get(struct db *db, struct arena *arena, struct id id, int64_t account_id,
                   struct endpoint *endpoint, struct err *err)
{
    struct db_rows rows = {0};

    if (!db_query(db, arena, sql_get, DB_ARGS(db_id(&id), db_int(account_id)), &rows, err))
        return false;
    if (!rows.count)
        return err_set(err, ERR_NOT_FOUND, "no such endpoint");
    *endpoint = read_endpoint(&rows, 0);
    return true;
}

bool endpoints_list(struct db *db, struct arena *arena, const struct endpoint_filter *filter,
                    struct endpoint_page *page, struct err *err)
{
    struct id cursor = id_is_zero(filter->cursor) ? id_last : filter->cursor;
    struct db_rows rows = {0};

    assert(filter->limit >= 1 && filter->limit <= ENDPOINTS_LIST_MAX);
    if (!db_query(db, arena, sql_list,
                  DB_ARGS(db_int(filter->account_id), db_id(&cursor), db_int(filter->limit + 1)),
                  &rows, err))
        return false;
    page->has_more = rows.count > filter->limit;
    page->count = page->has_more ? filter->limit : rows.count;
    page->endpoints = ARENA_ARRAY(arena, struct endpoint, (size_t)page->count);
    for (int row = 0; row < page->count; row++)
        page->endpoints[row] = read_endpoint(&rows, row);
    return true;
}

bool endpoints_update(struct db *db, const struct endpoint *endpoint, struct err *err)
{
    if (!db_exec(db, sql_update,
                 DB_ARGS(db_id(&endpoint->id), db_int(endpoint->account_id),
                         db_text(endpoint->name), db_text(endpoint->url), db_int(endpoint->events),
                         db_id(&endpoint->secret), db_id_or_null(&endpoint->retired),
                         db_int(endpoint->retired_until_ms), db_int(endpoint->updated_ms)),
                 err))
        return false;
    return db_changes(db) == 1 || err_set(err, ERR_NOT_FOUND, "no such endpoint");
}

bool endpoints_delete(struct db *db, struct id id, int64_t account_id, struct err *err)
{
    if (!db_exec(db, sql_delete, DB_ARGS(db_id(&id), db_int(account_id)), err))
        return false;
    return db_changes(db) == 1 || err_set(err, ERR_NOT_FOUND, "no such endpoint");
}

bool endpoints_tell(struct db *db, const struct delivery *delivery, struct err *err)
{
    struct arena arena = {0};
    struct db_rows rows = {0};
    bool ok =
        db_query(db, &arena, sql_wanting,
                 DB_ARGS(db_int(delivery->account_id), db_int(BIT(delivery->event))), &rows, err);

    for (int row = 0; ok && row < rows.count; row++) {
        struct endpoint endpoint = read_endpoint(&rows, row);
        struct delivery told = *delivery;

        told.id = id_new();
        told.endpoint = endpoint.id;
        told.url = endpoint.url;
        ok = deliveries_add(db, &told, err);
    }
    arena_fini(&arena);
    return ok;
}

bool endpoints_any(struct db *db, bool *any, struct err *err)
{
    struct arena arena = {0};
    struct db_rows rows = {0};
    bool ok = db_query(db, &arena, sql_any, DB_NO_ARGS, &rows, err);

    if (ok)
        *any = db_cell_int(&rows, 0, 0) != 0;
    arena_fini(&arena);
    return ok;
}
