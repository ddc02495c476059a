/* SPDX-License-Identifier: Apache-2.0 */
#include "core/keys.h"

#include <string.h>

#include "store/db.h"

#define KEY_COLUMNS "id, account_id, hash, prefix, name, disabled, admin, created_ms, expires_ms"

static const char sql_has_account[] = "SELECT 1 FROM accounts WHERE id = $1";
static const char sql_create[] =
    "INSERT INTO keys (" KEY_COLUMNS ")"
    " SELECT coalesce(max(id), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8 FROM keys RETURNING id";
static const char sql_find[] = "SELECT " KEY_COLUMNS " FROM keys WHERE hash = $1";
static const char sql_list[] = "SELECT " KEY_COLUMNS " FROM keys"
                               " WHERE ($1 = 0 OR account_id = $1) AND id > $2"
                               " ORDER BY id LIMIT $3";
static const char sql_set_disabled[] = "UPDATE keys SET disabled = $2 WHERE id = $1";

static void read_key(const struct db_rows *rows, int row, struct key *key)
{
    struct str hash = db_cell_str(rows, row, 2);

    *key = (struct key){
        .id = db_cell_int(rows, row, 0),
        .account_id = db_cell_int(rows, row, 1),
        .disabled = db_cell_int(rows, row, 5) != 0,
        .admin = db_cell_int(rows, row, 6) != 0,
        .created_ms = db_cell_int(rows, row, 7),
        .expires_ms = db_cell_int(rows, row, 8),
    };
    if (hash.len == HASH_BYTES)
        memcpy(key->hash.bytes, hash.ptr, HASH_BYTES);
    str_copy(db_cell_str(rows, row, 3), key->prefix, sizeof(key->prefix));
    str_copy(db_cell_str(rows, row, 4), key->name, sizeof(key->name));
}

static bool insert(struct db *db, struct arena *arena, struct key *key, struct err *err)
{
    struct db_rows rows = {0};

    if (!db_query(db, arena, sql_has_account, DB_ARGS(db_int(key->account_id)), &rows, err))
        return false;
    if (!rows.count)
        return err_set(err, ERR_NOT_FOUND, "no such account");
    if (!db_query(db, arena, sql_create,
                  DB_ARGS(db_int(key->account_id), db_blob(hash_str(&key->hash)),
                          db_text(str_from(key->prefix)), db_text(str_from(key->name)),
                          db_int(key->disabled), db_int(key->admin), db_int(key->created_ms),
                          db_int(key->expires_ms)),
                  &rows, err))
        return false;
    key->id = db_cell_int(&rows, 0, 0);
    return true;
}

bool keys_create(struct db *db, struct key *key, struct err *err)
{
    struct arena arena = {0};
    bool ok = insert(db, &arena, key, err);

    arena_fini(&arena);
    return ok;
}

bool keys_find(struct db *db, const struct hash *hash, struct key *key, struct err *err)
{
    struct arena arena = {0};
    struct db_rows rows = {0};
    bool ok = db_query(db, &arena, sql_find, DB_ARGS(db_blob(hash_str(hash))), &rows, err);

    if (ok && !rows.count)
        ok = err_set(err, ERR_UNAUTHORIZED, "no such key");
    if (ok)
        read_key(&rows, 0, key);
    arena_fini(&arena);
    return ok;
}

bool keys_list(struct db *db, struct arena *arena, const struct key_filter *filter,
               struct key_list *list, struct err *err)
{
    struct db_rows rows = {0};

    if (!db_query(db, arena, sql_list,
                  DB_ARGS(db_int(filter->account_id), db_int(filter->after), db_int(filter->limit)),
                  &rows, err))
        return false;
    list->count = rows.count;
    list->keys = ARENA_ARRAY(arena, struct key, (size_t)rows.count);
    for (int row = 0; row < rows.count; row++)
        read_key(&rows, row, &list->keys[row]);
    return true;
}

bool keys_set_disabled(struct db *db, int64_t id, bool disabled, struct err *err)
{
    if (!db_exec(db, sql_set_disabled, DB_ARGS(db_int(id), db_int(disabled)), err))
        return false;
    return db_changes(db) == 1 || err_set(err, ERR_NOT_FOUND, "no such key");
}
