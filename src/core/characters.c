/* SPDX-License-Identifier: Apache-2.0 */
#include "core/characters.h"

#include "core/assets.h"
#include "store/db.h"

static const char sql_create[] = "INSERT INTO characters (id, account_id, created_ms, asset, name)"
                                 " VALUES ($1, $2, $3, $4, $5)";
static const char sql_get[] = "SELECT id, account_id, created_ms, asset, name FROM characters"
                              " WHERE id = $1 AND account_id = $2";
static const char sql_count[] = "SELECT count(*) FROM characters WHERE account_id = $1";

static bool check_room(struct db *db, int64_t account_id, struct err *err)
{
    struct arena arena = {0};
    struct db_rows rows = {0};
    bool ok = db_query(db, &arena, sql_count, DB_ARGS(db_int(account_id)), &rows, err);

    if (ok && db_cell_int(&rows, 0, 0) >= CHARACTERS_MAX)
        ok = err_set(err, ERR_CONFLICT, "An account has at most %d characters", CHARACTERS_MAX);
    arena_fini(&arena);
    return ok;
}

bool characters_create(struct db *db, const struct character *character, const struct asset *clip,
                       struct err *err)
{
    return check_room(db, character->account_id, err) && assets_create(db, clip, err) &&
           db_exec(db, sql_create,
                   DB_ARGS(db_id(&character->id), db_int(character->account_id),
                           db_int(character->created_ms), db_id(&character->asset),
                           db_text(character->name)),
                   err);
}

bool characters_get(struct db *db, struct arena *arena, int64_t account_id, struct id id,
                    struct character *character, struct err *err)
{
    struct db_rows rows = {0};

    if (!db_query(db, arena, sql_get, DB_ARGS(db_id(&id), db_int(account_id)), &rows, err))
        return false;
    if (!rows.count)
        return err_set(err, ERR_NOT_FOUND, "no such character");
    *character = (struct character){
        .id = db_cell_id(&rows, 0, 0),
        .account_id = db_cell_int(&rows, 0, 1),
        .created_ms = db_cell_int(&rows, 0, 2),
        .asset = db_cell_id(&rows, 0, 3),
        .name = db_cell_str(&rows, 0, 4),
    };
    return true;
}
