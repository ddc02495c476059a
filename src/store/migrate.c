/* SPDX-License-Identifier: Apache-2.0 */
#include "store/migrate.h"

#include <assert.h>
#include <string.h>

#include "base/macros.h"
#include "store/db.h"
#include "store/schema_impl.h"

static const char sql_read_version[] = "SELECT version FROM schema_version";
static const char sql_write_version[] = "UPDATE schema_version SET version = $1";

static const struct schema *const schemas[] = {&schema_sqlite};

static const struct schema *schema_of(const struct db *db)
{
    for (size_t i = 0; i < ARRAY_LEN(schemas); i++) {
        if (strcmp(schemas[i]->dialect, db_dialect(db)) == 0)
            return schemas[i];
    }
    die("no schema for %s", db_dialect(db));
}

/* 0 for an empty store. */
static bool read_version(struct db *db, const struct schema *schema, int64_t *version,
                         struct err *err)
{
    struct arena arena = {0};
    struct db_rows rows = {0};
    bool ok = db_query(db, &arena, schema->sql_has_version, DB_NO_ARGS, &rows, err);

    if (ok && db_cell_int(&rows, 0, 0) == 0) {
        *version = 0;
    } else if (ok) {
        ok = db_query(db, &arena, sql_read_version, DB_NO_ARGS, &rows, err);
        if (ok)
            *version = rows.count ? db_cell_int(&rows, 0, 0) : 0;
    }
    arena_fini(&arena);
    return ok;
}

/* In a transaction: another process may have come first. */
static bool take_step(struct db *db, const struct schema *schema, int64_t step, struct err *err)
{
    int64_t version = 0;

    if (!read_version(db, schema, &version, err))
        return false;
    if (version >= step)
        return true;
    return db_script(db, schema->steps[step - 1], err) &&
           db_exec(db, sql_write_version, DB_ARGS(db_int(step)), err);
}

bool migrate_to(struct db *db, int target, struct err *err)
{
    const struct schema *schema = schema_of(db);
    int64_t version = 0;

    assert(target >= 0 && target <= schema->steps_count);
    if (!read_version(db, schema, &version, err))
        return false;
    if (version > schema->steps_count)
        return err_set(err, ERR_CONFLICT,
                       "the store has schema %d, this program knows up to %d: it is too old",
                       (int)version, schema->steps_count);
    for (int64_t step = version + 1; step <= target; step++) {
        if (!db_begin(db, err))
            return false;
        if (!take_step(db, schema, step, err)) {
            db_rollback(db);
            return false;
        }
        if (!db_commit(db, err))
            return false;
    }
    return true;
}

int migrate_newest(void)
{
    return schema_sqlite.steps_count;
}

bool migrate(struct db *db, struct err *err)
{
    return migrate_to(db, migrate_newest(), err);
}
