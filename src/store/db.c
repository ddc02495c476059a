/* SPDX-License-Identifier: Apache-2.0 */
#include "store/db.h"

#include <assert.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "store/db_impl.h"

struct kept {
    const void *owner;
    void *thing;
    void (*free_thing)(void *thing);
};

struct db {
    const struct db_ops *ops;
    uint64_t transactions;
    struct kept kept[DB_KEPT_MAX];
    alignas(max_align_t) char state[];
};

static const struct db_ops *const drivers[] = {&db_sqlite, &db_faulty};

struct db_value db_null(void)
{
    return (struct db_value){.type = DB_NULL};
}

struct db_value db_int(int64_t number)
{
    return (struct db_value){.type = DB_INT, .number = number};
}

struct db_value db_text(struct str text)
{
    return (struct db_value){.type = DB_TEXT, .bytes = text};
}

struct db_value db_blob(struct str bytes)
{
    return (struct db_value){.type = DB_BLOB, .bytes = bytes};
}

struct db_value db_id(const struct id *id)
{
    return db_blob(str_from_bytes((const char *)id->bytes, ID_BYTES));
}

struct db_value db_id_or_null(const struct id *id)
{
    return id_is_zero(*id) ? db_null() : db_id(id);
}

bool db_open(struct db **db_out, struct str url, struct err *err)
{
    struct str scheme = {0};
    struct str rest = str_cut(url, ':', &scheme);
    const struct db_ops *ops = NULL;
    struct db *db = NULL;

    for (size_t i = 0; i < ARRAY_LEN(drivers); i++) {
        if (str_eq_c(scheme, drivers[i]->scheme))
            ops = drivers[i];
    }
    if (!ops || !rest.len)
        return err_set(err, ERR_INVALID, "no store is known by the URL \"" STR_FMT "\"",
                       STR_ARG(url));
    db = calloc(1, sizeof(*db) + ops->state_size);
    if (!db)
        die("out of memory");
    db->ops = ops;
    if (!ops->open(db->state, rest, err)) {
        db_close(db);
        return false;
    }
    *db_out = db;
    return true;
}

void db_close(struct db *db)
{
    if (!db)
        return;
    for (int i = 0; i < DB_KEPT_MAX && db->kept[i].owner; i++)
        db->kept[i].free_thing(db->kept[i].thing);
    db->ops->close(db->state);
    free(db);
}

const char *db_dialect(const struct db *db)
{
    return db->ops->dialect(db->state);
}

bool db_exec(struct db *db, const char *sql, struct db_args args, struct err *err)
{
    struct db_call call = {.sql = sql, .args = args};

    assert(args.count <= DB_ARGS_MAX);
    return db->ops->run(db->state, &call, err);
}

bool db_query(struct db *db, struct arena *arena, const char *sql, struct db_args args,
              struct db_rows *rows, struct err *err)
{
    struct db_call call = {.sql = sql, .args = args, .arena = arena, .rows = rows};

    assert(args.count <= DB_ARGS_MAX);
    return db->ops->run(db->state, &call, err);
}

int64_t db_changes(const struct db *db)
{
    return db->ops->changes(db->state);
}

int64_t db_mark(const struct db *db)
{
    return db->ops->mark(db->state);
}

uint64_t db_transactions(const struct db *db)
{
    return db->transactions;
}

void *db_kept(const struct db *db, const void *owner)
{
    for (int i = 0; i < DB_KEPT_MAX; i++) {
        if (db->kept[i].owner == owner)
            return db->kept[i].thing;
    }
    return NULL;
}

void db_keep(struct db *db, const void *owner, void *kept, void (*free_kept)(void *kept))
{
    int i = 0;

    assert(!db_kept(db, owner));
    while (db->kept[i].owner) {
        i++;
        assert(i < DB_KEPT_MAX);
    }
    db->kept[i] = (struct kept){owner, kept, free_kept};
}

bool db_script(struct db *db, const char *sql, struct err *err)
{
    return db->ops->script(db->state, sql, err);
}

bool db_begin(struct db *db, struct err *err)
{
    db->transactions++;
    return db->ops->begin(db->state, true, err);
}

bool db_begin_read(struct db *db, struct err *err)
{
    db->transactions++;
    return db->ops->begin(db->state, false, err);
}

bool db_commit(struct db *db, struct err *err)
{
    if (db->ops->commit(db->state, err))
        return true;
    db->ops->rollback(db->state);
    return false;
}

void db_rollback(struct db *db)
{
    db->ops->rollback(db->state);
}

bool db_savepoint(struct db *db, struct err *err)
{
    return db->ops->savepoint(db->state, err);
}

bool db_release(struct db *db, struct err *err)
{
    return db->ops->release(db->state, err);
}

bool db_rollback_to(struct db *db, struct err *err)
{
    return db->ops->rollback_to(db->state, err);
}

static const struct db_value *cell(const struct db_rows *rows, int row, int column)
{
    assert(row >= 0 && row < rows->count);
    assert(column >= 0 && column < rows->columns);
    return &rows->values[(size_t)row * (size_t)rows->columns + (size_t)column];
}

int64_t db_cell_int(const struct db_rows *rows, int row, int column)
{
    return cell(rows, row, column)->number;
}

struct str db_cell_str(const struct db_rows *rows, int row, int column)
{
    return cell(rows, row, column)->bytes;
}

struct id db_cell_id(const struct db_rows *rows, int row, int column)
{
    struct str bytes = cell(rows, row, column)->bytes;
    struct id id = {{0}};

    if (bytes.len == ID_BYTES)
        memcpy(id.bytes, bytes.ptr, ID_BYTES);
    return id;
}
