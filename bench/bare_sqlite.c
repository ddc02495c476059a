/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bare_sqlite: the rows of submits through SQLite's own calls and nothing else: no HTTP, no rules,
 * no other thread. The yardstick of submits, and a filler of stores.
 *
 *   bare_sqlite [--depth N] [--seconds N] [--folder DIR]
 *   bare_sqlite --fill N --store FILE
 *
 * The first makes a store of our schema with our settings in a new folder below DIR (default:
 * the system's temporary folder) and writes what a submit with an idempotency key writes: the
 * balance, a ledger row, a job and the key; N (default 64) of them in a transaction.
 *
 * The second adds N completed jobs of account 1, with their holds, captures and attempts, to a
 * store that `vitascope serve` made and no longer uses. The balances stay the ledger's sums.
 */
#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/rand.h"
#include "store/db.h"
#include "store/migrate.h"

enum { PRICE_MICRO = 500000, DEPTH_MAX = 4096, FILL_COMMIT = 20000, HASH_STORED_BYTES = 16 };

#define REQUEST                                                                                    \
    "{\"model\":\"sora-2\",\"prompt\":\"A drone shot flying over mountains at sunset, cinematic "  \
    "lighting, slow push in, wide lens, golden hour, thin fog in the valleys "                     \
    "below\",\"duration\":"                                                                        \
    "4,\"aspect_ratio\":\"16:9\"}"
#define PROMPT                                                                                     \
    "A drone shot flying over mountains at sunset, cinematic lighting, slow push in, wide lens"

enum { SQL_BEGIN, SQL_COMMIT, SQL_BALANCE, SQL_LEDGER, SQL_JOB, SQL_KEY, SQL_ATTEMPT, SQLS };

static const char *const sqls[SQLS] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_BALANCE] = "UPDATE accounts SET available_micro = available_micro - ?1,"
                    " held_micro = held_micro + ?1 WHERE id = 1 AND available_micro >= ?1",
    [SQL_LEDGER] = "INSERT INTO ledger (ref, settles, kind, account_id, from_bucket, to_bucket,"
                   " amount_micro, created_ms, reason, author)"
                   " VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6, ?7, '', '')",
    [SQL_JOB] =
        "INSERT INTO jobs (id, account_id, key_id, dialect, state, attempts, price_micro,"
        " created_ms, started_ms, ended_ms, seconds, width, height, fps, seed, model, engine,"
        " output, prompt, request) VALUES (?1, 1, 1, 1, ?2, ?3, ?4, ?5, ?6, ?7, 4, 1280, 720, 30,"
        " 77, 'sora-2', ?8, ?9, '" PROMPT "', ?10)",
    [SQL_KEY] = "INSERT INTO idempotency (account_id, key_hash, request_hash, job_id, created_ms)"
                " VALUES (1, ?1, ?2, ?3, ?4)",
    [SQL_ATTEMPT] = "INSERT INTO attempts (job_id, number, engine, started_ms, ended_ms)"
                    " VALUES (?1, 1, 'stub', ?2, ?2)",
};

static struct {
    int64_t depth, seconds, fill;
    const char *folder, *store;
    char made[4096]; /* the folder, if it is ours */
    sqlite3 *handle;
    sqlite3_stmt *statements[SQLS];
} bench = {.depth = 64, .seconds = 3, .folder = "/tmp"};

static void must(int code)
{
    if (code != SQLITE_OK)
        die("sqlite: %s", sqlite3_errmsg(bench.handle));
}

static void run(int sql)
{
    sqlite3_stmt *statement = bench.statements[sql];

    if (sqlite3_step(statement) != SQLITE_DONE)
        die("sqlite: %s", sqlite3_errmsg(bench.handle));
    must(sqlite3_reset(statement));
}

static void bind_blob(int sql, int at, const void *bytes, int len)
{
    must(sqlite3_bind_blob(bench.statements[sql], at, bytes, len, SQLITE_STATIC));
}

static void bind_ints(int sql, int at, const int64_t *numbers, int count)
{
    for (int i = 0; i < count; i++)
        must(sqlite3_bind_int64(bench.statements[sql], at + i, numbers[i]));
}

static void add_entry(const struct id *job, int64_t now_ms, bool settles)
{
    int64_t hold[] = {0, 2, 1, 2, PRICE_MICRO, now_ms};
    int64_t capture[] = {1, 3, 2, 3, PRICE_MICRO, now_ms};

    bind_blob(SQL_LEDGER, 1, job->bytes, ID_BYTES);
    bind_ints(SQL_LEDGER, 2, settles ? capture : hold, 6);
    run(SQL_LEDGER);
}

static void add_job(const struct id *job, int64_t now_ms, bool is_over)
{
    int64_t numbers[] = {is_over ? 2 : 0,     is_over, PRICE_MICRO, now_ms, is_over ? now_ms : 0,
                         is_over ? now_ms : 0};
    sqlite3_stmt *statement = bench.statements[SQL_JOB];

    bind_blob(SQL_JOB, 1, job->bytes, ID_BYTES);
    bind_ints(SQL_JOB, 2, numbers, 6);
    must(sqlite3_bind_text(statement, 8, is_over ? "stub" : "", -1, SQLITE_STATIC));
    if (is_over)
        bind_blob(SQL_JOB, 9, job->bytes, ID_BYTES);
    must(sqlite3_bind_text(statement, 10, REQUEST, sizeof(REQUEST) - 1, SQLITE_STATIC));
    run(SQL_JOB);
}

static void submit(void)
{
    struct id job = id_new();
    int64_t now_ms = clock_now_ms(), price = PRICE_MICRO;
    char key[HASH_STORED_BYTES], request[HASH_STORED_BYTES];

    rand_bytes(key, sizeof(key));
    rand_bytes(request, sizeof(request));
    bind_ints(SQL_BALANCE, 1, &price, 1);
    run(SQL_BALANCE);
    add_entry(&job, now_ms, false);
    add_job(&job, now_ms, false);
    bind_blob(SQL_KEY, 1, key, sizeof(key));
    bind_blob(SQL_KEY, 2, request, sizeof(request));
    bind_blob(SQL_KEY, 3, job.bytes, ID_BYTES);
    bind_ints(SQL_KEY, 4, &now_ms, 1);
    run(SQL_KEY);
}

static void add_completed(void)
{
    struct id job = id_new();
    int64_t now_ms = clock_now_ms();

    add_entry(&job, now_ms, false);
    add_entry(&job, now_ms, true);
    add_job(&job, now_ms, true);
    bind_blob(SQL_ATTEMPT, 1, job.bytes, ID_BYTES);
    bind_ints(SQL_ATTEMPT, 2, &now_ms, 1);
    run(SQL_ATTEMPT);
}

/* What was spent must have been granted: one entry for all. */
static void grant(int64_t amount_micro, bool is_spent)
{
    struct id ref = id_new();
    int64_t numbers[] = {0, 0, 0, 1, amount_micro, clock_now_ms()};
    char *sql = sqlite3_mprintf("UPDATE accounts SET %s = %s + %lld WHERE id = 1",
                                is_spent ? "spent_micro" : "available_micro",
                                is_spent ? "spent_micro" : "available_micro", amount_micro);

    bind_blob(SQL_LEDGER, 1, ref.bytes, ID_BYTES);
    bind_ints(SQL_LEDGER, 2, numbers, 6);
    run(SQL_LEDGER);
    must(sqlite3_exec(bench.handle, sql, NULL, NULL, NULL));
    sqlite3_free(sql);
}

static void open_store(const char *path, const char *settings)
{
    must(sqlite3_open_v2(path, &bench.handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL));
    must(sqlite3_exec(bench.handle, settings, NULL, NULL, NULL));
    for (int i = 0; i < SQLS; i++)
        must(sqlite3_prepare_v2(bench.handle, sqls[i], -1, &bench.statements[i], NULL));
}

static void make_store(char *path, size_t size)
{
    struct db *db = NULL;
    char url[4300];
    struct err err;

    snprintf(bench.made, sizeof(bench.made), "%s/vitascope-bench-XXXXXX", bench.folder);
    if (!mkdtemp(bench.made))
        die("cannot make a folder in %s", bench.folder);
    snprintf(path, size, "%s/store.db", bench.made);
    snprintf(url, sizeof(url), "sqlite:%s", path);
    if (!db_open(&db, str_from(url), &err) || !migrate(db, &err))
        die("%s", err.text);
    db_close(db);
}

static void close_store(void)
{
    DIR *folder = bench.made[0] ? opendir(bench.made) : NULL;
    struct dirent *found = NULL;

    for (int i = 0; i < SQLS; i++)
        sqlite3_finalize(bench.statements[i]);
    sqlite3_close(bench.handle);
    while (folder && (found = readdir(folder)))
        unlinkat(dirfd(folder), found->d_name, 0);
    if (folder)
        closedir(folder);
    if (bench.made[0])
        rmdir(bench.made);
}

static void measure(void)
{
    int64_t start_ns = 0, end_ns = 0, count = 0;
    struct rusage use;
    char path[4200];
    double cpu_us = 0;

    make_store(path, sizeof(path));
    open_store(path, "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                     "PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 4000;"
                     "PRAGMA journal_size_limit = 67108864;"
                     "INSERT INTO accounts (id, name, created_ms) VALUES (1, 'bench', 1);");
    grant(INT64_C(1000000000000000), false);
    start_ns = clock_mono_ns();
    end_ns = start_ns + bench.seconds * 1000000000;
    while (clock_mono_ns() < end_ns) {
        run(SQL_BEGIN);
        for (int64_t i = 0; i < bench.depth; i++)
            submit();
        run(SQL_COMMIT);
        count += bench.depth;
    }
    getrusage(RUSAGE_SELF, &use);
    cpu_us = (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1e6 +
             (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec);
    printf("%lld in a transaction: %.0f durable submits/s, %.1f us of CPU each\n",
           (long long)bench.depth, (double)count * 1e9 / (double)(clock_mono_ns() - start_ns),
           cpu_us / (double)count);
}

static void fill(void)
{
    /* Nothing is lost if the machine fails meanwhile but time. */
    open_store(bench.store, "PRAGMA synchronous = OFF; PRAGMA cache_size = -262144;"
                            "PRAGMA wal_autocheckpoint = 20000;");
    for (int64_t left = bench.fill; left > 0; left -= FILL_COMMIT) {
        run(SQL_BEGIN);
        for (int64_t i = 0; i < left && i < FILL_COMMIT; i++)
            add_completed();
        run(SQL_COMMIT);
    }
    run(SQL_BEGIN);
    grant(bench.fill * PRICE_MICRO, true);
    run(SQL_COMMIT);
    must(sqlite3_exec(bench.handle, "PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(TRUNCATE)",
                      NULL, NULL, NULL));
}

static bool take_number(const char *text, int64_t max, int64_t *number)
{
    return text && str_to_int(str_from(text), number) && *number >= 1 && *number <= max;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i += 2) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        bool known = value != NULL;

        if (strcmp(argv[i], "--depth") == 0)
            known = take_number(value, DEPTH_MAX, &bench.depth);
        else if (strcmp(argv[i], "--seconds") == 0)
            known = take_number(value, 3600, &bench.seconds);
        else if (strcmp(argv[i], "--fill") == 0)
            known = take_number(value, 100000000, &bench.fill);
        else if (strcmp(argv[i], "--folder") == 0)
            bench.folder = value;
        else if (strcmp(argv[i], "--store") == 0)
            bench.store = value;
        else
            known = false;
        if (!known)
            die("usage: bare_sqlite [--depth N] [--seconds N] [--folder DIR] |"
                " --fill N --store FILE");
    }
    if (bench.fill && bench.store)
        fill();
    else
        measure();
    close_store();
    return 0;
}
