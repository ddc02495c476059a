/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_submit: how many charged submits a second become durable through the executor, without
 * HTTP: each is a job row, a ledger row and a changed balance, and counts when its commit is on
 * disk and its answer back on the loop.
 *
 *   store_submit [--depth N] [--seconds N] [--keys] [--folder DIR]
 *
 * --depth N submits are on their way at any time (default 64); --keys gives each an idempotency
 * key. Works in a new folder below DIR (default: the system's temporary folder) and removes it.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>

#include "base/clock.h"
#include "core/accounts.h"
#include "core/executor.h"
#include "core/jobs.h"
#include "core/ledger.h"
#include "store/db.h"
#include "store/migrate.h"

enum { DEPTH_MAX = 4096, LATENCIES_MAX = 1 << 22 };

#define REQUEST                                                                                    \
    "{\"model\":\"sora-2\",\"prompt\":\"A drone shot flying over mountains at sunset, cinematic "  \
    "lighting, slow push in, wide lens, golden hour, thin fog in the valleys below\",\"params\":{" \
    "\"duration\":4,\"aspect_ratio\":\"16:9\",\"resolution\":\"720p\"},\"webhook_url\":"           \
    "\"https://example.com/hooks/videos\",\"metadata\":{\"order\":\"A-10293\"}}"

struct bench_op {
    struct op op;
    struct arena arena;
    struct job job;
    struct job_submit_result result;
    char key[ID_TEXT_LEN + 1];
    int64_t submitted_ns;
};

static struct {
    int depth;
    int seconds;
    bool keys;
    const char *folder;
    char path[4096];
    struct executor *executor;
    int64_t account_id;
    int64_t end_ns;
    int64_t done;
    int32_t *latencies_us;
} bench = {.depth = 64, .seconds = 3, .folder = "/tmp"};

static bool run_submit(struct op *op, struct db *db, struct err *err)
{
    struct bench_op *self = (struct bench_op *)op;
    struct job_submit submit = {.job = &self->job};

    if (bench.keys) {
        submit.idempotency_key = str_from(self->key);
        submit.request_hash = hash_sha256(self->job.request);
    }
    return jobs_submit(db, &self->arena, &submit, &self->result, err);
}

static void submit_next(struct bench_op *self)
{
    self->job = (struct job){
        .id = id_new(),
        .account_id = bench.account_id,
        .key_id = 1,
        .dialect = DIALECT_APIFRAME,
        .request = STR(REQUEST),
        .model = STR("sora-2"),
        .render = {.prompt = STR("A drone shot flying over mountains at sunset, cinematic"),
                   .seconds = 4,
                   .width = 1280,
                   .height = 720,
                   .fps = 30},
        .price_micro = 500000,
        .created_ms = clock_now_ms(),
    };
    if (bench.keys)
        id_to_text(self->job.id, self->key);
    self->submitted_ns = clock_mono_ns();
    if (!executor_submit(bench.executor, &self->op))
        die("the executor's queue is full");
}

static void submit_done(struct op *op, bool ok, const struct err *err)
{
    struct bench_op *self = (struct bench_op *)op;
    int64_t now_ns = clock_mono_ns();

    if (!ok)
        die("submit: %s", err->text);
    if (bench.done < LATENCIES_MAX)
        bench.latencies_us[bench.done] = (int32_t)((now_ns - self->submitted_ns) / 1000);
    bench.done++;
    arena_reset(&self->arena);
    if (now_ns < bench.end_ns)
        submit_next(self);
}

static void must(bool ok, const struct err *err)
{
    if (!ok)
        die("store_submit: %s", err->text);
}

static struct db *open_store(void)
{
    struct ledger_note note = {
        .reason = STR("bench"), .author = STR("bench"), .now_ms = clock_now_ms()};
    struct account account;
    struct db *db = NULL;
    char url[4200];
    struct err err;

    snprintf(bench.path, sizeof(bench.path), "%s/vitascope-bench-XXXXXX", bench.folder);
    if (!mkdtemp(bench.path))
        die("cannot make a folder in %s", bench.folder);
    snprintf(url, sizeof(url), "sqlite:%s/store.db", bench.path);
    must(db_open(&db, str_from(url), &err), &err);
    must(migrate(db, &err) && db_begin(db, &err), &err);
    must(accounts_create(db, STR("bench"), clock_now_ms(), &account, &err), &err);
    must(ledger_grant(db, account.id, LEDGER_AMOUNT_MICRO_MAX, &note, &err), &err);
    must(db_commit(db, &err), &err);
    bench.account_id = account.id;
    return db;
}

static void remove_store(void)
{
    DIR *folder = opendir(bench.path);
    struct dirent *found = NULL;

    while (folder && (found = readdir(folder)))
        unlinkat(dirfd(folder), found->d_name, 0);
    if (folder)
        closedir(folder);
    rmdir(bench.path);
}

static int compare(const void *a, const void *b)
{
    int32_t left = *(const int32_t *)a, right = *(const int32_t *)b;

    return (left > right) - (left < right);
}

/* Of this process, for one submit: says more than the rate on a machine that is not idle. */
static double cpu_us(void)
{
    struct rusage use;

    getrusage(RUSAGE_SELF, &use);
    return ((double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1e6 +
            (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec)) /
           (double)bench.done;
}

static void report(double seconds)
{
    int64_t count = bench.done < LATENCIES_MAX ? bench.done : LATENCIES_MAX;

    qsort(bench.latencies_us, (size_t)count, sizeof(*bench.latencies_us), compare);
    printf("depth %d%s: %.0f durable submits/s, %.1f us of CPU each, p50 %.2f ms, p99 %.2f ms,"
           " max %.2f ms\n",
           bench.depth, bench.keys ? ", with idempotency keys" : "", (double)bench.done / seconds,
           cpu_us(), bench.latencies_us[count / 2] / 1e3,
           bench.latencies_us[count * 99 / 100] / 1e3, bench.latencies_us[count - 1] / 1e3);
}

static void run_bench(void)
{
    struct bench_op *ops = calloc((size_t)bench.depth, sizeof(*ops));
    struct db *db = open_store();
    int64_t start_ns = 0;
    uv_loop_t loop;
    struct err err;

    bench.latencies_us = calloc(LATENCIES_MAX, sizeof(*bench.latencies_us));
    if (!ops || !bench.latencies_us)
        die("out of memory");
    uv_loop_init(&loop);
    must(executor_open(&bench.executor, &loop, db, &err), &err);
    start_ns = clock_mono_ns();
    bench.end_ns = start_ns + (int64_t)bench.seconds * 1000000000;
    for (int i = 0; i < bench.depth; i++) {
        ops[i].op = (struct op){.run = run_submit, .done = submit_done};
        submit_next(&ops[i]);
    }
    while (clock_mono_ns() < bench.end_ns)
        uv_run(&loop, UV_RUN_ONCE);
    executor_close(bench.executor);
    report((double)(clock_mono_ns() - start_ns) / 1e9);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    for (int i = 0; i < bench.depth; i++)
        arena_fini(&ops[i].arena);
    free(ops);
    free(bench.latencies_us);
    remove_store();
}

static bool take_number(const char *text, int max, int *number)
{
    int64_t value = 0;

    if (!text || !str_to_int(str_from(text), &value) || value < 1 || value > max)
        return false;
    *number = (int)value;
    return true;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;

        if (strcmp(argv[i], "--keys") == 0)
            bench.keys = true;
        else if (strcmp(argv[i], "--depth") == 0 && take_number(value, DEPTH_MAX, &bench.depth))
            i++;
        else if (strcmp(argv[i], "--seconds") == 0 && take_number(value, 3600, &bench.seconds))
            i++;
        else if (strcmp(argv[i], "--folder") == 0 && value)
            bench.folder = argv[++i];
        else
            die("usage: store_submit [--depth N] [--seconds N] [--keys] [--folder DIR]");
    }
    run_bench();
    return 0;
}
