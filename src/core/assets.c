/* SPDX-License-Identifier: Apache-2.0 */
#include "core/assets.h"

#include "store/db.h"

static const char sql_create[] = "INSERT INTO assets (id, account_id, job_id, kind, type, bytes,"
                                 " created_ms, expires_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
/* The kinds are spelt as in the index assets_previews, which is found by that. */
static const char sql_get_preview[] =
    "SELECT id, account_id, job_id, kind, type, bytes, created_ms, expires_ms, expired FROM assets"
    " WHERE job_id = $1 AND kind IN (4, 5) AND kind = $2";
static const char sql_expire_previews[] = "UPDATE assets SET expires_ms = $2"
                                          " WHERE job_id = $1 AND kind IN (4, 5)"
                                          " AND expires_ms > $2";
static const char sql_get[] = "SELECT id, account_id, job_id, kind, type, bytes, created_ms,"
                              " expires_ms, expired FROM assets"
                              " WHERE id = $1 AND ($2 = 0 OR account_id = $2)";
static const char sql_expire[] =
    "UPDATE assets SET expires_ms = $2 WHERE id = $1 AND expires_ms > $2";
/* What a job that is not over needs stays. The conditions are spelt as in the indexes jobs_films
 * and jobs_frames, which are found by that. */
static const char sql_mark[] =
    "UPDATE assets SET expired = 1 WHERE id IN (SELECT id FROM assets WHERE expires_ms <= $1"
    " AND id NOT IN (SELECT source_video FROM jobs WHERE state IN (0, 1)"
    " AND source_video IS NOT NULL)"
    " AND id NOT IN (SELECT first_frame FROM jobs WHERE state IN (0, 1)"
    " AND first_frame IS NOT NULL) ORDER BY expires_ms LIMIT $2) RETURNING id";
static const char sql_has[] = "SELECT 1 FROM assets WHERE id = $1";
static const char sql_delete_words[] =
    "DELETE FROM uploads WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM assets WHERE id = $1)";
static const char sql_delete[] = "DELETE FROM assets WHERE id = $1 AND expired = 1";

_Static_assert(ASSET_THUMBNAIL == 4 && ASSET_SPRITESHEET == 5, "assets_previews counts on it");

bool assets_create(struct db *db, const struct asset *asset, struct err *err)
{
    return db_exec(db, sql_create,
                   DB_ARGS(db_id(&asset->id), db_int(asset->account_id),
                           db_id_or_null(&asset->job_id), db_int(asset->kind), db_int(asset->type),
                           db_int(asset->bytes), db_int(asset->created_ms),
                           db_int(asset->expires_ms)),
                   err);
}

static bool read_asset(const struct db_rows *rows, int64_t now_ms, struct asset *asset,
                       struct err *err)
{
    if (!rows->count)
        return err_set(err, ERR_NOT_FOUND, "no such file");
    if (db_cell_int(rows, 0, 8) || db_cell_int(rows, 0, 7) <= now_ms)
        return err_set(err, ERR_GONE, "this file has expired");
    *asset = (struct asset){
        .id = db_cell_id(rows, 0, 0),
        .account_id = db_cell_int(rows, 0, 1),
        .job_id = db_cell_id(rows, 0, 2),
        .kind = (enum asset_kind)db_cell_int(rows, 0, 3),
        .type = (enum asset_type)db_cell_int(rows, 0, 4),
        .bytes = db_cell_int(rows, 0, 5),
        .created_ms = db_cell_int(rows, 0, 6),
        .expires_ms = db_cell_int(rows, 0, 7),
    };
    return true;
}

bool assets_get(struct db *db, int64_t account_id, struct id id, int64_t now_ms,
                struct asset *asset, struct err *err)
{
    struct arena arena = {0};
    struct db_rows rows = {0};
    bool ok = db_query(db, &arena, sql_get, DB_ARGS(db_id(&id), db_int(account_id)), &rows, err) &&
              read_asset(&rows, now_ms, asset, err);

    arena_fini(&arena);
    return ok;
}

bool assets_get_preview(struct db *db, struct id job_id, enum asset_kind kind, int64_t now_ms,
                        struct asset *asset, struct err *err)
{
    struct arena arena = {0};
    struct db_rows rows = {0};
    bool ok =
        db_query(db, &arena, sql_get_preview, DB_ARGS(db_id(&job_id), db_int(kind)), &rows, err) &&
        read_asset(&rows, now_ms, asset, err);

    arena_fini(&arena);
    return ok;
}

bool assets_expire_previews(struct db *db, struct id job_id, int64_t now_ms, struct err *err)
{
    return db_exec(db, sql_expire_previews, DB_ARGS(db_id(&job_id), db_int(now_ms)), err);
}

bool assets_expire(struct db *db, struct id id, int64_t now_ms, struct err *err)
{
    return db_exec(db, sql_expire, DB_ARGS(db_id(&id), db_int(now_ms)), err);
}

bool assets_expired(struct db *db, struct arena *arena, int64_t now_ms, struct id **ids, int *count,
                    struct err *err)
{
    struct db_rows rows = {0};

    if (!db_query(db, arena, sql_mark, DB_ARGS(db_int(now_ms), db_int(ASSETS_EXPIRED_MAX)), &rows,
                  err))
        return false;
    *ids = ARENA_ARRAY(arena, struct id, (size_t)rows.count);
    *count = rows.count;
    for (int row = 0; row < rows.count; row++)
        (*ids)[row] = db_cell_id(&rows, row, 0);
    return true;
}

bool assets_find_orphans(struct db *db, struct id *ids, int *count, struct err *err)
{
    int kept = 0;

    for (int i = 0; i < *count; i++) {
        struct arena arena = {0};
        struct db_rows rows = {0};
        bool ok = db_query(db, &arena, sql_has, DB_ARGS(db_id(&ids[i])), &rows, err);

        if (ok && !rows.count)
            ids[kept++] = ids[i];
        arena_fini(&arena);
        if (!ok)
            return false;
    }
    *count = kept;
    return true;
}

bool assets_delete(struct db *db, struct id id, struct err *err)
{
    return db_exec(db, sql_delete, DB_ARGS(db_id(&id)), err) &&
           db_exec(db, sql_delete_words, DB_ARGS(db_id(&id)), err);
}
