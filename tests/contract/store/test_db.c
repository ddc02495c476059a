/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contract of store/db.h, against the store that VITASCOPE_TEST_DB names; "DIR" in it stands
 * for a folder of the test's own. Default: sqlite::memory:.
 */
#include "store/db.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "harness/tap.h"

static struct {
    char folder[64];
    char url[256];
    struct db *db;
    struct arena arena;
} rig;

static void open_rig(void)
{
    const char *url = getenv("VITASCOPE_TEST_DB"), *base = getenv("TMPDIR");
    struct str wanted = str_from(url ? url : "sqlite::memory:");
    ptrdiff_t at = str_find(wanted, STR("DIR"));
    struct err err;

    memset(&rig, 0, sizeof(rig));
    snprintf(rig.folder, sizeof(rig.folder), "%s/vitascope-XXXXXX", base ? base : "/tmp");
    CHECK(mkdtemp(rig.folder));
    if (at < 0)
        snprintf(rig.url, sizeof(rig.url), STR_FMT, STR_ARG(wanted));
    else
        snprintf(rig.url, sizeof(rig.url), "%.*s%s%s", (int)at, wanted.ptr, rig.folder,
                 wanted.ptr + at + 3);
    CHECK_OK(db_open(&rig.db, str_from(rig.url), &err));
    CHECK_OK(
        db_script(rig.db, "CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT UNIQUE);", &err));
}

static void close_rig(void)
{
    DIR *folder = opendir(rig.folder);
    struct dirent *found = NULL;

    db_close(rig.db);
    arena_fini(&rig.arena);
    while (folder && (found = readdir(folder)))
        unlinkat(dirfd(folder), found->d_name, 0);
    if (folder)
        closedir(folder);
    rmdir(rig.folder);
}

static const char sql_insert[] = "INSERT INTO things (id, name) VALUES ($1, $2)";
static const char sql_count[] = "SELECT count(*) FROM things";

static bool insert(int64_t id, const char *name, struct err *err)
{
    return db_exec(rig.db, sql_insert, DB_ARGS(db_int(id), db_text(str_from(name))), err);
}

static int64_t count(void)
{
    struct db_rows rows = {0};
    struct err err;

    CHECK_OK(db_query(rig.db, &rig.arena, sql_count, DB_NO_ARGS, &rows, &err));
    return db_cell_int(&rows, 0, 0);
}

TEST(every_type_of_value_comes_back_as_it_went_in)
{
    static const char sql[] = "SELECT $1, $2, $3, $4, $5, $6";
    struct id id = id_new();
    struct db_rows rows = {0};
    struct err err;

    open_rig();
    CHECK_OK(db_query(rig.db, &rig.arena, sql,
                      DB_ARGS(db_int(INT64_MIN), db_int(INT64_MAX), db_text(STR("h\xC3\xA9\0llo")),
                              db_id(&id), db_null(), db_text((struct str){0})),
                      &rows, &err));
    CHECK_INT(rows.count, 1);
    CHECK_INT(rows.columns, 6);
    CHECK(db_cell_int(&rows, 0, 0) == INT64_MIN);
    CHECK(db_cell_int(&rows, 0, 1) == INT64_MAX);
    CHECK(str_eq(db_cell_str(&rows, 0, 2), STR("h\xC3\xA9\0llo")));
    CHECK(id_eq(db_cell_id(&rows, 0, 3), id));
    CHECK_INT(rows.values[4].type, DB_NULL);
    CHECK(id_is_zero(db_cell_id(&rows, 0, 4)));
    CHECK_INT(rows.values[5].type, DB_TEXT);
    CHECK_INT(db_cell_str(&rows, 0, 5).len, 0);
    close_rig();
}

TEST(placeholders_go_by_number_and_may_repeat)
{
    static const char sql[] = "SELECT $2 - $1, $1 + $1";
    struct db_rows rows = {0};
    struct err err;

    open_rig();
    CHECK_OK(db_query(rig.db, &rig.arena, sql, DB_ARGS(db_int(3), db_int(10)), &rows, &err));
    CHECK_INT(db_cell_int(&rows, 0, 0), 7);
    CHECK_INT(db_cell_int(&rows, 0, 1), 6);
    close_rig();
}

TEST(a_statement_with_too_few_arguments_is_our_bug)
{
    struct err err;

    open_rig();
    CHECK(!db_exec(rig.db, sql_insert, DB_ARGS(db_int(3)), &err));
    CHECK_INT(err.kind, ERR_INTERNAL);
    close_rig();
}

TEST(many_rows_come_in_order_and_too_many_are_an_error)
{
    static const char sql[] = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                              " WHERE i < $1) SELECT i, 'row ' || i FROM n";
    struct db_rows rows = {0};
    struct err err;

    open_rig();
    CHECK_OK(db_query(rig.db, &rig.arena, sql, DB_ARGS(db_int(DB_ROWS_MAX)), &rows, &err));
    CHECK_INT(rows.count, DB_ROWS_MAX);
    for (int i = 0; i < rows.count; i++)
        CHECK_INT(db_cell_int(&rows, i, 0), i + 1);
    CHECK(str_eq_c(db_cell_str(&rows, 41, 1), "row 42"));
    CHECK(!db_query(rig.db, &rig.arena, sql, DB_ARGS(db_int(DB_ROWS_MAX + 1)), &rows, &err));
    CHECK_INT(err.kind, ERR_INTERNAL);
    CHECK_OK(db_query(rig.db, &rig.arena, sql, DB_ARGS(db_int(0)), &rows, &err));
    close_rig();
}

TEST(changed_rows_are_counted_and_returned)
{
    static const char sql_update[] = "UPDATE things SET name = name || '!' WHERE id >= $1"
                                     " RETURNING id, name";
    struct db_rows rows = {0};
    struct err err;

    open_rig();
    CHECK_OK(insert(1, "a", &err));
    CHECK_INT(db_changes(rig.db), 1);
    CHECK_OK(insert(2, "b", &err));
    CHECK_OK(db_query(rig.db, &rig.arena, sql_update, DB_ARGS(db_int(1)), &rows, &err));
    CHECK_INT(rows.count, 2);
    CHECK_INT(db_changes(rig.db), 2);
    CHECK_OK(db_exec(rig.db, sql_update, DB_ARGS(db_int(9)), &err));
    CHECK_INT(db_changes(rig.db), 0);
    close_rig();
}

TEST(the_mark_moves_when_a_statement_writes_or_fails_and_not_otherwise)
{
    int64_t mark = 0;
    struct err err;

    open_rig();
    mark = db_mark(rig.db);
    CHECK_INT(count(), 0);
    CHECK_OK(db_begin(rig.db, &err));
    CHECK_INT(db_mark(rig.db), mark);
    CHECK_OK(insert(1, "a", &err));
    CHECK(db_mark(rig.db) > mark);
    mark = db_mark(rig.db);
    CHECK(!insert(2, "a", &err));
    CHECK(db_mark(rig.db) > mark);
    mark = db_mark(rig.db);
    db_rollback(rig.db);
    CHECK(db_mark(rig.db) >= mark);
    close_rig();
}

TEST(a_forbidden_row_conflicts_and_the_statement_can_be_used_again)
{
    struct err err;

    open_rig();
    CHECK_OK(insert(1, "a", &err));
    CHECK(!insert(2, "a", &err));
    CHECK_INT(err.kind, ERR_CONFLICT);
    CHECK(!strchr(err.text, '\n'));
    CHECK_OK(insert(2, "b", &err));
    CHECK_INT(count(), 2);
    close_rig();
}

TEST(a_wrong_statement_is_an_io_error)
{
    static const char sql[] = "SELECT nonsense FROM nowhere";
    struct err err;

    open_rig();
    CHECK(!db_exec(rig.db, sql, DB_NO_ARGS, &err));
    CHECK_INT(err.kind, ERR_IO);
    CHECK(!db_script(rig.db, "CREATE TABLE ok (a INTEGER); SELECT nonsense", &err));
    CHECK_INT(err.kind, ERR_IO);
    close_rig();
}

TEST(a_transaction_is_kept_whole_or_not_at_all)
{
    struct err err;

    open_rig();
    CHECK_OK(db_begin(rig.db, &err));
    CHECK_OK(insert(1, "a", &err));
    db_rollback(rig.db);
    CHECK_INT(count(), 0);
    CHECK_OK(db_begin(rig.db, &err));
    CHECK_OK(insert(1, "a", &err));
    CHECK(!insert(1, "b", &err));
    CHECK_OK(insert(2, "b", &err));
    CHECK_OK(db_commit(rig.db, &err));
    CHECK_INT(count(), 2);
    db_rollback(rig.db);
    CHECK_INT(count(), 2);
    close_rig();
}

TEST(after_a_full_store_nothing_of_the_transaction_is_kept_whatever_follows)
{
    static const char sql_fill[] = "INSERT INTO things (name) VALUES (hex(randomblob($1)))";
    static const char sql_limit[] = "PRAGMA max_page_count = 20";
    struct err err;
    int inserted = 0;

    open_rig();
    if (strcmp(db_dialect(rig.db), "sqlite") != 0) {
        close_rig();
        tap_skip("only SQLite can be told to be full");
    }
    CHECK_OK(db_begin(rig.db, &err));
    CHECK_OK(db_exec(rig.db, sql_limit, DB_NO_ARGS, &err));
    while (inserted < 1000 && db_exec(rig.db, sql_fill, DB_ARGS(db_int(500)), &err))
        inserted++;
    CHECK(inserted > 0 && inserted < 1000);
    CHECK_INT(err.kind, ERR_BUSY);
    CHECK(!insert(1000001, "small", &err));
    CHECK_INT(err.kind, ERR_BUSY);
    CHECK(!db_commit(rig.db, &err));
    CHECK_INT(count(), 0);
    CHECK_OK(db_begin(rig.db, &err));
    CHECK_OK(insert(1, "small", &err));
    CHECK_OK(db_commit(rig.db, &err));
    CHECK_INT(count(), 1);
    close_rig();
}

TEST(a_savepoint_undoes_only_what_came_after_it)
{
    struct err err;

    open_rig();
    CHECK_OK(db_begin(rig.db, &err));
    CHECK_OK(insert(1, "a", &err));
    CHECK_OK(db_savepoint(rig.db, &err));
    CHECK_OK(insert(2, "b", &err));
    CHECK_OK(db_rollback_to(rig.db, &err));
    CHECK_OK(db_savepoint(rig.db, &err));
    CHECK_OK(insert(3, "b", &err));
    CHECK_OK(db_release(rig.db, &err));
    CHECK_OK(db_commit(rig.db, &err));
    CHECK_INT(count(), 2);
    close_rig();
}

TEST(a_second_connection_sees_only_what_is_committed)
{
    static const char sql_also_count[] = "SELECT count(*) FROM things";
    struct db_rows rows = {0};
    struct db *second = NULL;
    struct err err;

    open_rig();
    if (strstr(rig.url, ":memory:")) {
        close_rig();
        tap_skip("a store in memory has one connection");
    }
    CHECK_OK(db_open(&second, str_from(rig.url), &err));
    CHECK_OK(db_begin(rig.db, &err));
    CHECK_OK(insert(1, "a", &err));
    CHECK_OK(db_query(second, &rig.arena, sql_also_count, DB_NO_ARGS, &rows, &err));
    CHECK_INT(db_cell_int(&rows, 0, 0), 0);
    CHECK_OK(db_commit(rig.db, &err));
    CHECK_OK(db_begin_read(second, &err));
    CHECK_OK(db_query(second, &rig.arena, sql_also_count, DB_NO_ARGS, &rows, &err));
    CHECK_INT(db_cell_int(&rows, 0, 0), 1);
    CHECK_OK(insert(2, "b", &err));
    CHECK_OK(db_query(second, &rig.arena, sql_also_count, DB_NO_ARGS, &rows, &err));
    CHECK_INT(db_cell_int(&rows, 0, 0), 1);
    db_rollback(second);
    db_close(second);
    close_rig();
}

TEST(more_texts_than_a_connection_keeps_are_our_bug)
{
    static char texts[DB_STATEMENTS_MAX + 1][32];
    struct err err;
    bool ok = true;
    int kept = 0;

    open_rig();
    for (int i = 0; ok && i <= DB_STATEMENTS_MAX; i++) {
        snprintf(texts[i], sizeof(texts[i]), "SELECT %d", i);
        ok = db_exec(rig.db, texts[i], DB_NO_ARGS, &err);
        kept += ok;
    }
    CHECK(!ok);
    CHECK_INT(err.kind, ERR_INTERNAL);
    CHECK_INT(kept, DB_STATEMENTS_MAX);
    CHECK_OK(db_exec(rig.db, texts[0], DB_NO_ARGS, &err));
    close_rig();
}

TEST(a_commit_returns_when_it_is_on_stable_storage)
{
    static const char sql_journal[] = "PRAGMA journal_mode", sql_sync[] = "PRAGMA synchronous";
    enum { SYNCHRONOUS_FULL = 2 };
    struct db_rows rows = {0};
    struct err err;

    open_rig();
    if (strcmp(db_dialect(rig.db), "sqlite") != 0 || strstr(rig.url, ":memory:")) {
        close_rig();
        tap_skip("only a SQLite file has such settings");
    }
    CHECK_OK(db_query(rig.db, &rig.arena, sql_journal, DB_NO_ARGS, &rows, &err));
    CHECK(str_eq_c(db_cell_str(&rows, 0, 0), "wal"));
    CHECK_OK(db_query(rig.db, &rig.arena, sql_sync, DB_NO_ARGS, &rows, &err));
    CHECK_INT(db_cell_int(&rows, 0, 0), SYNCHRONOUS_FULL);
    close_rig();
}

TEST(an_unknown_url_is_invalid_and_a_missing_folder_an_error)
{
    static const char *const urls[] = {"",
                                       "sqlite",
                                       "sqlite:",
                                       "oracle:x",
                                       "faulty:0:sqlite::memory:",
                                       "faulty:x:sqlite::memory:",
                                       "faulty:1:"};
    struct db *db = NULL;
    struct err err;

    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        CHECK(!db_open(&db, str_from(urls[i]), &err));
        CHECK_INT(err.kind, ERR_INVALID);
    }
    CHECK(!db_open(&db, STR("sqlite:/nonexistent/folder/x.db"), &err));
    CHECK_INT(err.kind, ERR_IO);
}

TEST(the_faulty_store_fails_exactly_one_call)
{
    struct db *db = NULL;
    struct err err;

    CHECK_OK(db_open(&db, STR("faulty:3:sqlite::memory:"), &err));
    CHECK_OK(db_script(db, "CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT);", &err));
    CHECK_OK(db_begin(db, &err));
    CHECK(!db_exec(db, sql_count, DB_NO_ARGS, &err));
    CHECK_INT(err.kind, ERR_IO);
    CHECK_OK(db_exec(db, sql_count, DB_NO_ARGS, &err));
    CHECK_OK(db_commit(db, &err));
    db_close(db);
}
