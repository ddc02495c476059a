/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "store/db_impl.h"

/*
 * FULL: a commit returns when the log is on stable storage. Automatic checkpoints run inside a
 * commit: fewer and larger ones cost less in all, and the log is cut back after a large one.
 */
static const char sql_settings[] = "PRAGMA journal_mode = WAL;"
                                   "PRAGMA synchronous = FULL;"
                                   "PRAGMA foreign_keys = ON;"
                                   "PRAGMA trusted_schema = OFF;"
                                   "PRAGMA temp_store = MEMORY;"
                                   "PRAGMA cache_size = -32768;"
                                   "PRAGMA wal_autocheckpoint = 4000;"
                                   "PRAGMA journal_size_limit = 67108864;";

/* A statement that is prepared once, under the address of its text. */
struct statement {
    const char *sql;
    sqlite3_stmt *prepared;
    int parameters;
    unsigned char argument[DB_ARGS_MAX]; /* of the parameter: $k is k - 1 */
};

struct sqlite {
    sqlite3 *handle;
    bool in_transaction;
    int64_t failures; /* of statements */
    int statements_count;
    struct statement statements[2 * DB_STATEMENTS_MAX]; /* hashed */
};

static void configure_library(void)
{
    /* Counting memory takes a lock at each allocation. It fails without harm when another part
     * of the process has started the library. */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static enum err_kind kind_of(int code)
{
    switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_READONLY:
        return ERR_BUSY;
    case SQLITE_CONSTRAINT:
        return ERR_CONFLICT;
    case SQLITE_IOERR:
        /* A file that may not grow. SQLite's own memory of errno is not to be relied upon. */
        return code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_SHMSIZE ? ERR_BUSY : ERR_IO;
    default:
        return ERR_IO;
    }
}

/* Fills err from the handle's latest failure. */
static bool fail(const struct sqlite *sqlite, int code, struct err *err)
{
    const char *text = sqlite->handle ? sqlite3_errmsg(sqlite->handle) : sqlite3_errstr(code);

    err_set(err, kind_of(code), "sqlite: %s (%d)", text, code);
    for (char *c = err->text; *c; c++) {
        if ((unsigned char)*c < 0x20)
            *c = ' ';
    }
    return false;
}

static bool open_sqlite(void *state, struct str rest, struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct sqlite *sqlite = state;
    char path[4096];
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    int code = SQLITE_OK;

    pthread_once(&once, configure_library);
    if (!str_copy(rest, path, sizeof(path)))
        return err_set(err, ERR_INVALID, "the path of the store is too long");
    code = sqlite3_open_v2(path, &sqlite->handle, flags, NULL);
    if (code != SQLITE_OK)
        return fail(sqlite, code, err);
    sqlite3_extended_result_codes(sqlite->handle, 1);
    sqlite3_busy_timeout(sqlite->handle, DB_BUSY_TIMEOUT_MS);
    code = sqlite3_exec(sqlite->handle, sql_settings, NULL, NULL, NULL);
    return code == SQLITE_OK || fail(sqlite, code, err);
}

static void close_sqlite(void *state)
{
    struct sqlite *sqlite = state;

    for (size_t i = 0; i < 2 * DB_STATEMENTS_MAX; i++)
        sqlite3_finalize(sqlite->statements[i].prepared);
    sqlite3_close(sqlite->handle);
}

static const char *dialect(const void *state)
{
    (void)state;
    return db_sqlite.scheme;
}

/* SQLite numbers $k by first appearance, not by k. */
static bool map_parameters(struct statement *statement)
{
    statement->parameters = sqlite3_bind_parameter_count(statement->prepared);
    if (statement->parameters > DB_ARGS_MAX)
        return false;
    for (int i = 0; i < statement->parameters; i++) {
        const char *name = sqlite3_bind_parameter_name(statement->prepared, i + 1);
        int64_t number = 0;

        if (!name || name[0] != '$' || !str_to_int(str_from(name + 1), &number) || number < 1 ||
            number > DB_ARGS_MAX)
            return false;
        statement->argument[i] = (unsigned char)(number - 1);
    }
    return true;
}

static bool prepare(struct sqlite *sqlite, struct statement *statement, const char *sql,
                    struct err *err)
{
    sqlite3_stmt *prepared = NULL;
    int code = SQLITE_OK;

    if (sqlite->statements_count == DB_STATEMENTS_MAX)
        return err_set(err, ERR_INTERNAL, "more than %d different statements", DB_STATEMENTS_MAX);
    code = sqlite3_prepare_v3(sqlite->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &prepared, NULL);
    if (code != SQLITE_OK)
        return fail(sqlite, code, err);
    statement->prepared = prepared;
    if (!map_parameters(statement)) {
        sqlite3_finalize(prepared);
        statement->prepared = NULL;
        return err_set(err, ERR_INTERNAL, "a statement's parameters are not $1 to $%d",
                       DB_ARGS_MAX);
    }
    statement->sql = sql;
    sqlite->statements_count++;
    return true;
}

static struct statement *find_statement(struct sqlite *sqlite, const char *sql, struct err *err)
{
    size_t at = (size_t)((uintptr_t)sql * UINT64_C(0x9E3779B97F4A7C15) >> 32);
    struct statement *statement = NULL;

    for (;; at++) {
        statement = &sqlite->statements[at % (2 * DB_STATEMENTS_MAX)];
        if (statement->sql == sql)
            return statement;
        if (!statement->sql)
            break;
    }
    return prepare(sqlite, statement, sql, err) ? statement : NULL;
}

static int bind_value(sqlite3_stmt *prepared, int at, const struct db_value *value)
{
    const char *bytes = value->bytes.ptr ? value->bytes.ptr : "";

    switch (value->type) {
    case DB_INT:
        return sqlite3_bind_int64(prepared, at, value->number);
    case DB_TEXT:
        return sqlite3_bind_text(prepared, at, bytes, (int)value->bytes.len, SQLITE_STATIC);
    case DB_BLOB:
        return sqlite3_bind_blob(prepared, at, bytes, (int)value->bytes.len, SQLITE_STATIC);
    case DB_NULL:
        break;
    }
    return sqlite3_bind_null(prepared, at);
}

static bool bind(struct sqlite *sqlite, const struct statement *statement, struct db_args args,
                 struct err *err)
{
    for (int i = 0; i < statement->parameters; i++) {
        int code = SQLITE_OK;

        if (statement->argument[i] >= args.count)
            return err_set(err, ERR_INTERNAL, "a statement wants $%d and got %zu arguments",
                           statement->argument[i] + 1, args.count);
        code = bind_value(statement->prepared, i + 1, &args.values[statement->argument[i]]);
        if (code != SQLITE_OK)
            return fail(sqlite, code, err);
    }
    return true;
}

static struct db_value copy_column(struct arena *arena, sqlite3_stmt *prepared, int column)
{
    const char *bytes = NULL;
    struct str copy = {0};

    switch (sqlite3_column_type(prepared, column)) {
    case SQLITE_NULL:
        return db_null();
    case SQLITE_INTEGER:
        return db_int(sqlite3_column_int64(prepared, column));
    case SQLITE_BLOB:
        bytes = sqlite3_column_blob(prepared, column);
        copy = str_from_bytes(bytes, (size_t)sqlite3_column_bytes(prepared, column));
        return db_blob(arena_str(arena, copy));
    default:
        bytes = (const char *)sqlite3_column_text(prepared, column);
        copy = str_from_bytes(bytes, (size_t)sqlite3_column_bytes(prepared, column));
        return db_text(arena_str(arena, copy));
    }
}

/* Rows as they come; the array doubles, and the arena keeps the outgrown ones. */
struct row_copy {
    struct db_value *values;
    int count, capacity, columns;
};

static bool copy_row(struct row_copy *copy, struct arena *arena, sqlite3_stmt *prepared,
                     struct err *err)
{
    size_t columns = (size_t)copy->columns;
    struct db_value *row = NULL;

    if (copy->count == DB_ROWS_MAX)
        return err_set(err, ERR_INTERNAL, "a query gave more than %d rows", DB_ROWS_MAX);
    if (copy->count == copy->capacity) {
        int capacity = copy->capacity ? copy->capacity * 2 : 1;
        struct db_value *values = ARENA_ARRAY(arena, struct db_value, (size_t)capacity * columns);

        if (copy->count)
            memcpy(values, copy->values, sizeof(*values) * (size_t)copy->count * columns);
        copy->values = values;
        copy->capacity = capacity;
    }
    row = copy->values + (size_t)copy->count * columns;
    for (int i = 0; i < copy->columns; i++)
        row[i] = copy_column(arena, prepared, i);
    copy->count++;
    return true;
}

static bool step_through(struct sqlite *sqlite, sqlite3_stmt *prepared, const struct db_call *call,
                         struct err *err)
{
    struct row_copy copy = {.columns = sqlite3_column_count(prepared)};
    int code = SQLITE_OK;

    while ((code = sqlite3_step(prepared)) == SQLITE_ROW) {
        if (call->arena && !copy_row(&copy, call->arena, prepared, err))
            return false;
    }
    if (code != SQLITE_DONE)
        return fail(sqlite, code, err);
    if (call->rows)
        *call->rows = (struct db_rows){copy.values, copy.count, copy.columns};
    return true;
}

/* After some failures (a full disk) SQLite has rolled the transaction back by itself: what
 * follows must not be committed statement by statement. */
static bool check_transaction(const struct sqlite *sqlite, struct err *err)
{
    if (!sqlite->in_transaction || !sqlite3_get_autocommit(sqlite->handle))
        return true;
    return err_set(err, ERR_BUSY, "sqlite: the transaction was rolled back by an earlier failure");
}

static bool run(void *state, const struct db_call *call, struct err *err)
{
    struct sqlite *sqlite = state;
    struct statement *statement = NULL;
    bool ok = false;

    if (!check_transaction(sqlite, err))
        return false;
    statement = find_statement(sqlite, call->sql, err);
    if (!statement || !bind(sqlite, statement, call->args, err))
        return false;
    ok = step_through(sqlite, statement->prepared, call, err);
    sqlite3_reset(statement->prepared);
    sqlite->failures += !ok;
    return ok;
}

static bool script(void *state, const char *sql, struct err *err)
{
    struct sqlite *sqlite = state;
    int code = SQLITE_OK;

    if (!check_transaction(sqlite, err))
        return false;
    code = sqlite3_exec(sqlite->handle, sql, NULL, NULL, NULL);
    return code == SQLITE_OK || fail(sqlite, code, err);
}

static int64_t changes(const void *state)
{
    return sqlite3_changes64(((const struct sqlite *)state)->handle);
}

static int64_t mark(const void *state)
{
    const struct sqlite *sqlite = state;

    return sqlite3_total_changes64(sqlite->handle) + sqlite->failures;
}

static bool run_plain(struct sqlite *sqlite, const char *sql, struct err *err)
{
    return run(sqlite, &(struct db_call){.sql = sql}, err);
}

static bool begin(void *state, bool writes, struct err *err)
{
    static const char sql_begin[] = "BEGIN IMMEDIATE", sql_begin_read[] = "BEGIN";
    struct sqlite *sqlite = state;

    assert(!sqlite->in_transaction);
    sqlite->in_transaction = run_plain(sqlite, writes ? sql_begin : sql_begin_read, err);
    return sqlite->in_transaction;
}

static bool commit(void *state, struct err *err)
{
    static const char sql_commit[] = "COMMIT";
    struct sqlite *sqlite = state;

    assert(sqlite->in_transaction);
    if (!run_plain(sqlite, sql_commit, err))
        return false;
    sqlite->in_transaction = false;
    return true;
}

static void rollback(void *state)
{
    static const char sql_rollback[] = "ROLLBACK";
    struct sqlite *sqlite = state;
    struct err ignored;

    if (!sqlite->in_transaction)
        return;
    sqlite->in_transaction = false;
    /* Only an I/O error can fail it, and then SQLite has rolled back already. */
    if (!sqlite3_get_autocommit(sqlite->handle))
        (void)!run_plain(sqlite, sql_rollback, &ignored);
}

static bool savepoint(void *state, struct err *err)
{
    static const char sql_savepoint[] = "SAVEPOINT op";

    return run_plain(state, sql_savepoint, err);
}

static bool release(void *state, struct err *err)
{
    static const char sql_release[] = "RELEASE op";

    return run_plain(state, sql_release, err);
}

static bool rollback_to(void *state, struct err *err)
{
    static const char sql_rollback_to[] = "ROLLBACK TO op";

    return run_plain(state, sql_rollback_to, err) && release(state, err);
}

const struct db_ops db_sqlite = {
    .scheme = "sqlite",
    .state_size = sizeof(struct sqlite),
    .open = open_sqlite,
    .close = close_sqlite,
    .dialect = dialect,
    .run = run,
    .script = script,
    .changes = changes,
    .mark = mark,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .savepoint = savepoint,
    .release = release,
    .rollback_to = rollback_to,
};
