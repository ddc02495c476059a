/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was acknowledged is there: after SIGKILL at any moment, on a disk that runs full, and
 * when it has room again. Each test runs a server's heart, an executor with submits on their
 * way, in a child process that tells what was acknowledged through a pipe.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include "base/rand.h"
#include "core/executor.h"
#include "harness/tap.h"
#include "store/migrate.h"
#include "world.h"

enum { DEPTH = 16, ROUNDS = 12, ACKNOWLEDGED_MAX = 1 << 20 };

static struct world world;

/* The child's own. */
static struct child {
    uv_loop_t loop;
    struct executor *executor;
    int pipe;
    int acknowledged, busy, other; /* answers by kind */
    bool stop;                     /* submit no more */
    bool (*go_on)(void);           /* after each answer: whether to submit another */
    char padding[4096];            /* of each request */
} child;

struct child_op {
    struct op op;
    struct arena arena;
    struct job job;
    struct job_submit_result result;
};

static bool run_submit(struct op *op, struct db *db, struct err *err)
{
    struct child_op *self = (struct child_op *)op;
    struct job_submit submit = {.job = &self->job};

    return jobs_submit(db, &self->arena, &submit, &self->result, err);
}

static void submit_next(struct child_op *self)
{
    self->job = world_job(&world);
    self->job.price_micro = 1;
    self->job.request = str_from_bytes(child.padding, sizeof(child.padding));
    if (!executor_submit(child.executor, &self->op))
        _exit(90);
}

static void submit_done(struct op *op, bool ok, const struct err *err)
{
    struct child_op *self = (struct child_op *)op;

    if (ok && write(child.pipe, self->job.id.bytes, ID_BYTES) != ID_BYTES)
        _exit(91);
    child.acknowledged += ok;
    child.busy += !ok && err->kind == ERR_BUSY;
    child.other += !ok && err->kind != ERR_BUSY;
    if (child.go_on())
        submit_next(self);
}

static int run_child(int pipe, bool (*go_on)(void))
{
    static struct child_op ops[DEPTH];
    struct db *db = NULL;
    struct err err;

    memset(child.padding, 'x', sizeof(child.padding));
    child.pipe = pipe;
    child.go_on = go_on;
    if (uv_loop_init(&child.loop) != 0 || !db_open(&db, str_from(world.url), &err) ||
        !executor_open(&child.executor, &child.loop, db, &err))
        return 92;
    for (int i = 0; i < DEPTH; i++) {
        ops[i].op = (struct op){.run = run_submit, .done = submit_done};
        submit_next(&ops[i]);
    }
    while (!child.stop)
        uv_run(&child.loop, UV_RUN_ONCE);
    executor_close(child.executor);
    uv_run(&child.loop, UV_RUN_DEFAULT);
    return 0;
}

static bool for_ever(void)
{
    return true;
}

/* Reads the ids that the child acknowledged and checks that each is in the store; returns how
 * many. The child is gone, or goes when killed after delay_ms. */
static int check_acknowledged(int pipe, pid_t pid, int delay_ms)
{
    struct id id;
    int count = 0;
    struct err err;

    if (delay_ms) {
        usleep((useconds_t)delay_ms * 1000);
        CHECK_INT(kill(pid, SIGKILL), 0);
    }
    CHECK_OK(db_open(&world.db, str_from(world.url), &err));
    while (read(pipe, id.bytes, ID_BYTES) == ID_BYTES) {
        struct job job;

        CHECK_OK(jobs_get(world.db, &world.arena, 0, id, &job, &err));
        CHECK_INT(job.request.len, sizeof(child.padding));
        arena_reset(&world.arena);
        count++;
    }
    world_check_ledger(&world);
    return count;
}

/* A connection must not be carried across fork(). */
static void disconnect(void)
{
    db_close(world.db);
    world.db = NULL;
}

TEST(what_was_acknowledged_survives_sigkill_at_any_moment)
{
    int total = 0;

    world_open_on_disk(&world);
    for (int round = 0; round < ROUNDS; round++) {
        int ends[2], status = 0;
        pid_t pid;

        disconnect();
        CHECK_INT(pipe(ends), 0);
        pid = fork();
        if (pid == 0)
            _exit(run_child(ends[1], for_ever));
        close(ends[1]);
        total += check_acknowledged(ends[0], pid, 20 + (int)(rand_u64() % 100));
        close(ends[0]);
        CHECK(waitpid(pid, &status, 0) == pid);
        CHECK(WIFSIGNALED(status));
    }
    CHECK(total > 0);
    world_close(&world);
}

/* The soft limit only, so that it can be raised again. */
static void limit_files(rlim_t bytes)
{
    struct rlimit limit;

    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
}

/* Fills the disk, makes room, and goes on until as many again are acknowledged. */
static bool until_it_recovers(void)
{
    static int after = -1;

    if (after < 0 && child.busy >= DEPTH) {
        limit_files(RLIM_INFINITY);
        after = child.acknowledged;
    }
    child.stop = child.other > 0 || (after >= 0 && child.acknowledged >= after + 2 * DEPTH);
    return !child.stop;
}

TEST(a_file_that_may_not_grow_makes_submits_busy_until_it_may)
{
    int ends[2], status = 0, count = 0;
    pid_t pid;

    world_open_on_disk(&world);
    disconnect();
    CHECK_INT(pipe(ends), 0);
    pid = fork();
    if (pid == 0) {
        signal(SIGXFSZ, SIG_IGN);
        limit_files(1 << 20);
        status = run_child(ends[1], until_it_recovers);
        if (status == 0 && (child.other || child.busy < DEPTH))
            status = 93;
        _exit(status);
    }
    close(ends[1]);
    CHECK(waitpid(pid, &status, 0) == pid);
    CHECK(WIFEXITED(status));
    CHECK_INT(WEXITSTATUS(status), 0);
    count = check_acknowledged(ends[0], pid, 0);
    CHECK(count > 2 * DEPTH);
    close(ends[0]);
    world_close(&world);
}

/* On a disk of the child's own: nothing of it is left when the child ends, so the child checks
 * by itself. */
static bool until_full(void)
{
    child.stop = child.other > 0 || child.busy >= DEPTH || child.acknowledged > 100000;
    return !child.stop;
}

static bool mount_small_disk(const char *folder)
{
    if (unshare(CLONE_NEWNS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
        return false;
    return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("tmpfs", folder, "tmpfs", 0, "size=2m") == 0;
}

static int count_jobs(struct db *db, int64_t *jobs)
{
    static const char sql_count[] = "SELECT count(*) FROM jobs";
    struct db_rows rows = {0};
    struct err err;

    if (!db_query(db, &world.arena, sql_count, DB_NO_ARGS, &rows, &err))
        return 97;
    *jobs = db_cell_int(&rows, 0, 0);
    return 0;
}

static int fill_small_disk(int pipe, const char *folder)
{
    struct db *db = NULL;
    int64_t jobs = 0;
    int status = 0;
    struct err err;

    if (!mount_small_disk(folder))
        return 77;
    world_open_at(&world, folder);
    disconnect();
    status = run_child(pipe, until_full);
    if (status)
        return status;
    if (child.other || child.busy < DEPTH || child.acknowledged == 0)
        return 95;
    /* Reading still works, and what was acknowledged is all there is. */
    if (!db_open(&db, str_from(world.url), &err))
        return 96;
    status = count_jobs(db, &jobs);
    db_close(db);
    return status ? status : jobs == child.acknowledged ? 0 : 98;
}

TEST(a_full_disk_makes_submits_busy_and_keeps_what_is_there)
{
    char folder[] = "/tmp/vitascope-XXXXXX";
    int ends[2], status = 0;
    pid_t pid;

    CHECK(mkdtemp(folder));
    CHECK_INT(pipe(ends), 0);
    pid = fork();
    if (pid == 0)
        _exit(fill_small_disk(ends[1], folder));
    close(ends[0]);
    close(ends[1]);
    CHECK(waitpid(pid, &status, 0) == pid);
    rmdir(folder);
    CHECK(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        tap_skip("no right to mount a small disk");
    CHECK_INT(WEXITSTATUS(status), 0);
}
