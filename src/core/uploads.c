/* SPDX-License-Identifier: Apache-2.0 */
#include "core/uploads.h"

#include "core/assets.h"
#include "store/db.h"

static const char sql_create[] = "INSERT INTO uploads (id, name, purpose) VALUES ($1, $2, $3)";
static const char sql_get[] = "SELECT name, purpose FROM uploads WHERE id = $1";

bool uploads_create(struct db *db, const struct upload *upload, struct err *err)
{
    return db_exec(
        db, sql_create,
        DB_ARGS(db_id(&upload->asset.id), db_text(upload->name), db_text(upload->purpose)), err);
}

bool uploads_get(struct db *db, struct arena *arena, const struct asset *wanted, int64_t now_ms,
                 struct upload *upload, struct err *err)
{
    struct db_rows rows = {0};

    if (!assets_get(db, wanted->account_id, wanted->id, now_ms, &upload->asset, err))
        return err->kind == ERR_GONE ? err_set(err, ERR_NOT_FOUND, "this file has expired") : false;
    if (!db_query(db, arena, sql_get, DB_ARGS(db_id(&wanted->id)), &rows, err))
        return false;
    if (!rows.count)
        return err_set(err, ERR_NOT_FOUND, "no such file");
    upload->name = db_cell_str(&rows, 0, 0);
    upload->purpose = db_cell_str(&rows, 0, 1);
    return true;
}

bool uploads_delete(struct db *db, const struct asset *wanted, int64_t now_ms, struct err *err)
{
    struct arena arena = {0};
    struct upload found;
    bool ok = uploads_get(db, &arena, wanted, now_ms, &found, err) &&
              assets_expire(db, wanted->id, now_ms, err);

    arena_fini(&arena);
    return ok;
}
