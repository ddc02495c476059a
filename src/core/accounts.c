/* SPDX-License-Identifier: Apache-2.0 */
#include "core/accounts.h"

#include "store/db.h"

#define ACCOUNT_COLUMNS "id, name, available_micro, held_micro, spent_micro, created_ms"

static const char sql_create[] =
    "INSERT INTO accounts (id, name, created_ms)"
    " SELECT coalesce(max(id), 0) + 1, $1, $2 FROM accounts RETURNING " ACCOUNT_COLUMNS;
static const char sql_get[] = "SELECT " ACCOUNT_COLUMNS " FROM accounts WHERE id = $1";
static const char sql_list[] =
    "SELECT " ACCOUNT_COLUMNS " FROM accounts WHERE id > $1 ORDER BY id LIMIT $2";

static void read_account(const struct db_rows *rows, int row, struct account *account)
{
    *account = (struct account){
        .id = db_cell_int(rows, row, 0),
        .available_micro = db_cell_int(rows, row, 2),
        .held_micro = db_cell_int(rows, row, 3),
        .spent_micro = db_cell_int(rows, row, 4),
        .created_ms = db_cell_int(rows, row, 5),
    };
    str_copy(db_cell_str(rows, row, 1), account->name, sizeof(account->name));
}

bool accounts_create(struct db *db, struct str name, int64_t now_ms, struct account *account,
                     struct err *err)
{
    struct arena arena = {0};
    struct db_rows rows = {0};
    bool ok = false;

    if (!name.len || name.len > KEY_NAME_BYTES_MAX)
        return err_set_param(err, ERR_INVALID, "name", "an account's name has 1 to %d bytes",
                             KEY_NAME_BYTES_MAX);
    ok = db_query(db, &arena, sql_create, DB_ARGS(db_text(name), db_int(now_ms)), &rows, err);
    if (ok)
        read_account(&rows, 0, account);
    arena_fini(&arena);
    return ok;
}

bool accounts_get(struct db *db, int64_t id, struct account *account, struct err *err)
{
    struct arena arena = {0};
    struct db_rows rows = {0};
    bool ok = db_query(db, &arena, sql_get, DB_ARGS(db_int(id)), &rows, err);

    if (ok && !rows.count)
        ok = err_set(err, ERR_NOT_FOUND, "no such account");
    if (ok)
        read_account(&rows, 0, account);
    arena_fini(&arena);
    return ok;
}

bool accounts_list(struct db *db, struct arena *arena, int64_t after, int limit,
                   struct account_list *list, struct err *err)
{
    struct db_rows rows = {0};

    if (!db_query(db, arena, sql_list, DB_ARGS(db_int(after), db_int(limit)), &rows, err))
        return false;
    list->count = rows.count;
    list->accounts = ARENA_ARRAY(arena, struct account, (size_t)rows.count);
    for (int row = 0; row < rows.count; row++)
        read_account(&rows, row, &list->accounts[row]);
    return true;
}
