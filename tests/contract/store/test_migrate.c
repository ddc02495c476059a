/* SPDX-License-Identifier: Apache-2.0 */
#include "store/migrate.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/tap.h"
#include "store/db.h"
#include "store/lockfile.h"

static const char sql_version[] = "SELECT version FROM schema_version";
static const char sql_future[] = "UPDATE schema_version SET version = version + 1";

static int64_t version(struct db *db)
{
    struct arena arena = {0};
    struct db_rows rows = {0};
    struct err err;
    int64_t number = -1;

    CHECK_OK(db_query(db, &arena, sql_version, DB_NO_ARGS, &rows, &err));
    number = db_cell_int(&rows, 0, 0);
    arena_fini(&arena);
    return number;
}

TEST(an_empty_store_comes_up_to_date_and_stays_so)
{
    struct db *db = NULL;
    struct err err;

    CHECK_OK(db_open(&db, STR("sqlite::memory:"), &err));
    CHECK_OK(migrate(db, &err));
    CHECK_INT(version(db), migrate_newest());
    CHECK_OK(migrate(db, &err));
    CHECK_INT(version(db), migrate_newest());
    db_close(db);
}

TEST(steps_can_be_taken_one_by_one)
{
    struct db *db = NULL;
    struct err err;

    CHECK_OK(db_open(&db, STR("sqlite::memory:"), &err));
    for (int step = 0; step <= migrate_newest(); step++) {
        CHECK_OK(migrate_to(db, step, &err));
        if (step > 0)
            CHECK_INT(version(db), step);
    }
    db_close(db);
}

TEST(a_newer_schema_is_refused)
{
    struct db *db = NULL;
    struct err err;

    CHECK_OK(db_open(&db, STR("sqlite::memory:"), &err));
    CHECK_OK(migrate(db, &err));
    CHECK_OK(db_exec(db, sql_future, DB_NO_ARGS, &err));
    CHECK(!migrate(db, &err));
    CHECK_INT(err.kind, ERR_CONFLICT);
    db_close(db);
}

TEST(a_migration_that_fails_anywhere_can_be_repeated)
{
    char path[] = "/tmp/vitascope-XXXXXX";
    char url[96], faulty[128], file[64];
    struct db *db = NULL;
    struct err err;
    bool done = false;
    int failures = 0;

    CHECK(mkdtemp(path));
    snprintf(file, sizeof(file), "%s/store.db", path);
    snprintf(url, sizeof(url), "sqlite:%s", file);
    for (int call = 1; !done; call++) {
        unlink(file);
        snprintf(faulty, sizeof(faulty), "faulty:%d:%s", call, url);
        CHECK_OK(db_open(&db, str_from(faulty), &err));
        done = migrate(db, &err);
        failures += !done;
        CHECK(done || migrate(db, &err));
        db_close(db);
        CHECK_OK(db_open(&db, str_from(url), &err));
        CHECK_INT(version(db), migrate_newest());
        db_close(db);
    }
    CHECK(failures >= 5);
    unlink(file);
    CHECK_INT(rmdir(path), 0);
}

TEST(the_ledger_and_balances_cannot_be_falsified)
{
    static const char sql_account[] =
        "INSERT INTO accounts (id, name, created_ms) VALUES (1, 'a', 0)";
    static const char sql_entry[] =
        "INSERT INTO ledger VALUES (x'01', 0, 0, 1, 0, 1, 5, 0, '', '')";
    static const char *const forbidden[] = {
        "UPDATE ledger SET amount_micro = 6",
        "DELETE FROM ledger",
        "INSERT INTO ledger VALUES (x'02', 0, 0, 1, 0, 1, -5, 0, '', '')",
        "INSERT INTO ledger VALUES (x'02', 1, 0, 1, 0, 1, 5, 0, '', '')",
        "INSERT INTO ledger VALUES (x'02', 0, 3, 1, 2, 3, 5, 0, '', '')",
        "INSERT INTO ledger VALUES (x'02', 0, 0, 9, 0, 1, 5, 0, '', '')",
        "INSERT INTO ledger VALUES (x'02', 0, 0, 1, 0, 1, 'five', 0, '', '')",
        "UPDATE accounts SET available_micro = -1",
        "UPDATE accounts SET held_micro = -1",
        "UPDATE accounts SET spent_micro = -1",
    };
    struct db *db = NULL;
    struct err err;

    CHECK_OK(db_open(&db, STR("sqlite::memory:"), &err));
    CHECK_OK(migrate(db, &err));
    CHECK_OK(db_exec(db, sql_account, DB_NO_ARGS, &err));
    CHECK_OK(db_exec(db, sql_entry, DB_NO_ARGS, &err));
    for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++) {
        CHECK(!db_exec(db, forbidden[i], DB_NO_ARGS, &err));
        CHECK_INT(err.kind, ERR_CONFLICT);
    }
    db_close(db);
}

/* In another process: 0 when it got the lock. */
static int try_lock_in_child(const char *path)
{
    struct lockfile *lock = NULL;
    struct err err;
    int status = -1;
    pid_t child = fork();

    if (child == 0)
        _exit(lockfile_open(&lock, str_from(path), &err) ? 0 : (int)err.kind);
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    return WEXITSTATUS(status);
}

TEST(a_folder_has_one_server_and_its_end_frees_it)
{
    char path[] = "/tmp/vitascope-XXXXXX", pid[32];
    struct lockfile *lock = NULL, *second = NULL;
    struct err err;
    int fd = mkstemp(path);

    CHECK(fd >= 0);
    close(fd);
    CHECK_OK(lockfile_open(&lock, str_from(path), &err));
    CHECK_INT(try_lock_in_child(path), ERR_BUSY);
    CHECK(!lockfile_open(&second, str_from(path), &err));
    snprintf(pid, sizeof(pid), "process %ld", (long)getpid());
    CHECK(strstr(err.text, pid));
    lockfile_close(lock);
    CHECK_INT(try_lock_in_child(path), 0);
    CHECK_OK(lockfile_open(&lock, str_from(path), &err));
    lockfile_close(lock);
    lockfile_close(NULL);
    unlink(path);
}
