/* SPDX-License-Identifier: Apache-2.0 */
#include "core/executor.h"

#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

#include "core/ledger.h"
#include "harness/tap.h"
#include "world.h"

enum { MANY = 200 };

static struct rig {
    struct world world;
    uv_loop_t loop;
    struct executor *executor;
    int done, acknowledged;
    sem_t gate; /* what gated operations wait for */
} rig;

static void open_rig(const char *url)
{
    struct db *db = NULL;
    struct err err;

    rig.executor = NULL;
    rig.done = rig.acknowledged = 0;
    CHECK_INT(uv_loop_init(&rig.loop), 0);
    CHECK_INT(sem_init(&rig.gate, 0, 0), 0);
    CHECK_OK(db_open(&db, str_from(url), &err));
    CHECK_OK(executor_open(&rig.executor, &rig.loop, db, &err));
}

static void close_rig(void)
{
    executor_close(rig.executor);
    uv_run(&rig.loop, UV_RUN_DEFAULT);
    CHECK_INT(uv_loop_close(&rig.loop), 0);
    sem_destroy(&rig.gate);
}

/* Turns the loop until so many operations are answered. */
static void await(int done)
{
    while (rig.done < done)
        uv_run(&rig.loop, UV_RUN_ONCE);
    CHECK_INT(rig.done, done);
}

/* An operation that submits a job. */
struct submit_op {
    struct op op;
    struct arena arena;
    struct job job;
    struct str key;
    struct job_submit_result result;
    bool fails_after; /* having written everything */
    bool gated;
    bool ok;
    int runs;
    struct err err;
    int order; /* in which it was answered */
};

static bool run_submit(struct op *op, struct db *db, struct err *err)
{
    struct submit_op *self = (struct submit_op *)op;
    struct job_submit submit = {
        .job = &self->job, .idempotency_key = self->key, .request_hash = hash_sha256(STR("same"))};

    if (self->gated)
        sem_wait(&rig.gate);
    self->gated = false;
    self->runs++;
    if (!jobs_submit(db, &self->arena, &submit, &self->result, err))
        return false;
    if (self->fails_after)
        return err_set(err, ERR_RATE, "too many");
    return true;
}

static void submit_done(struct op *op, bool ok, const struct err *err)
{
    struct submit_op *self = (struct submit_op *)op;

    self->ok = ok;
    if (!ok)
        self->err = *err;
    self->order = rig.done++;
    rig.acknowledged += ok;
}

static struct submit_op submit_op(void)
{
    return (struct submit_op){
        .op = {.run = run_submit, .done = submit_done},
        .job = world_job(&rig.world),
    };
}

static bool exists(struct id id)
{
    struct job job;
    struct err err;

    return jobs_get(rig.world.db, &rig.world.arena, 0, id, &job, &err);
}

TEST(equal_submits_at_the_same_time_make_one_job_and_one_hold)
{
    static struct submit_op ops[MANY];
    int fresh = 0;

    world_open_on_disk(&rig.world);
    open_rig(rig.world.url);
    for (int i = 0; i < MANY; i++) {
        ops[i] = submit_op();
        ops[i].key = STR("the-key");
        CHECK(executor_submit(rig.executor, &ops[i].op));
    }
    await(MANY);
    CHECK_INT(rig.acknowledged, MANY);
    for (int i = 0; i < MANY; i++) {
        fresh += !ops[i].result.replayed;
        CHECK(id_eq(ops[i].result.job.id, ops[0].job.id));
        arena_fini(&ops[i].arena);
    }
    CHECK_INT(fresh, 1);
    close_rig();
    CHECK_INT(world_account(&rig.world, rig.world.account_id).held_micro, WORLD_PRICE_MICRO);
    world_check_ledger(&rig.world);
    world_close(&rig.world);
}

TEST(answers_come_in_the_order_of_submission_and_failures_undo_only_themselves)
{
    static struct submit_op ops[MANY];

    world_open_on_disk(&rig.world);
    open_rig(rig.world.url);
    for (int i = 0; i < MANY; i++) {
        ops[i] = submit_op();
        ops[i].fails_after = i % 3 == 1;
        CHECK(executor_submit(rig.executor, &ops[i].op));
    }
    await(MANY);
    close_rig();
    for (int i = 0; i < MANY; i++) {
        CHECK_INT(ops[i].order, i);
        CHECK_INT(ops[i].ok, i % 3 != 1);
        CHECK_INT(exists(ops[i].job.id), i % 3 != 1);
        CHECK_INT(ops[i].err.kind, i % 3 == 1 ? ERR_RATE : ERR_NONE);
    }
    CHECK_INT(world_account(&rig.world, rig.world.account_id).held_micro,
              rig.acknowledged * WORLD_PRICE_MICRO);
    world_check_ledger(&rig.world);
    world_close(&rig.world);
}

/* The gate holds the first operation in its transaction, so that the rest is one batch. */
static void submit_behind_gate(struct submit_op *ops, int count)
{
    ops[0] = submit_op();
    ops[0].gated = true;
    CHECK(executor_submit(rig.executor, &ops[0].op));
    for (int i = 1; i < count; i++) {
        ops[i] = submit_op();
        CHECK(executor_submit(rig.executor, &ops[i].op));
    }
    sem_post(&rig.gate);
    await(count);
}

TEST(a_batch_runs_once_unless_one_fails_that_had_written)
{
    enum { COUNT = 4 };
    struct submit_op ops[COUNT];

    for (int writes = 0; writes < 2; writes++) {
        world_open_on_disk(&rig.world);
        open_rig(rig.world.url);
        for (int i = 0; i < COUNT; i++) {
            ops[i] = submit_op();
            ops[i].fails_after = writes && i == 1;
            if (!writes && i == 1)
                ops[i].job.price_micro = WORLD_GRANT_MICRO + 1;
            CHECK(executor_submit(rig.executor, &ops[i].op));
        }
        await(COUNT);
        close_rig();
        for (int i = 0; i < COUNT; i++) {
            CHECK_INT(ops[i].ok, i != 1);
            CHECK_INT(ops[i].runs, writes && i < 2 ? 2 : 1);
            CHECK_INT(exists(ops[i].job.id), i != 1);
        }
        CHECK_INT(ops[1].err.kind, writes ? ERR_RATE : ERR_FUNDS);
        CHECK_INT(world_account(&rig.world, rig.world.account_id).held_micro,
                  (COUNT - 1) * WORLD_PRICE_MICRO);
        world_check_ledger(&rig.world);
        world_close(&rig.world);
    }
}

TEST(whatever_call_of_the_store_fails_just_what_was_acknowledged_is_there)
{
    enum { COUNT = 4 };
    bool all = false;
    int commits_failed = 0;

    for (int call = 1; !all; call++) {
        struct submit_op ops[COUNT];
        char url[160];

        world_open_on_disk(&rig.world);
        snprintf(url, sizeof(url), "faulty:%d:%s", call, rig.world.url);
        open_rig(url);
        submit_behind_gate(ops, COUNT);
        close_rig();
        for (int i = 0; i < COUNT; i++)
            CHECK_INT(exists(ops[i].job.id), ops[i].ok);
        CHECK_INT(world_account(&rig.world, rig.world.account_id).held_micro,
                  rig.acknowledged * WORLD_PRICE_MICRO);
        world_check_ledger(&rig.world);
        /* Operations of a batch whose commit fails fail together. */
        commits_failed += rig.acknowledged < COUNT - 1;
        all = rig.acknowledged == COUNT;
        world_close(&rig.world);
        CHECK(call < 100);
    }
    CHECK(commits_failed > 0);
}

TEST(a_full_queue_refuses_and_takes_again_when_it_has_drained)
{
    static struct submit_op ops[EXECUTOR_QUEUE_MAX + 1];

    world_open_on_disk(&rig.world);
    open_rig(rig.world.url);
    for (int i = 0; i < EXECUTOR_QUEUE_MAX; i++) {
        ops[i] = submit_op();
        ops[i].gated = i == 0;
        ops[i].job.price_micro = 1;
        CHECK(executor_submit(rig.executor, &ops[i].op));
    }
    ops[EXECUTOR_QUEUE_MAX] = submit_op();
    CHECK(!executor_submit(rig.executor, &ops[EXECUTOR_QUEUE_MAX].op));
    sem_post(&rig.gate);
    await(EXECUTOR_QUEUE_MAX);
    CHECK_INT(rig.acknowledged, EXECUTOR_QUEUE_MAX);
    CHECK(executor_submit(rig.executor, &ops[EXECUTOR_QUEUE_MAX].op));
    await(EXECUTOR_QUEUE_MAX + 1);
    close_rig();
    world_check_ledger(&rig.world);
    world_close(&rig.world);
}

TEST(closing_finishes_and_answers_what_is_queued)
{
    static struct submit_op ops[MANY];

    world_open_on_disk(&rig.world);
    open_rig(rig.world.url);
    for (int i = 0; i < MANY; i++) {
        ops[i] = submit_op();
        CHECK(executor_submit(rig.executor, &ops[i].op));
    }
    close_rig();
    CHECK_INT(rig.acknowledged, MANY);
    for (int i = 0; i < MANY; i++)
        CHECK(exists(ops[i].job.id));
    world_close(&rig.world);
}

static void done_and_close(struct op *op, bool ok, const struct err *err)
{
    static struct submit_op late;

    submit_done(op, ok, err);
    executor_close(rig.executor);
    late = submit_op();
    CHECK(!executor_submit(rig.executor, &late.op));
    rig.executor = NULL;
}

TEST(an_answer_may_close_the_executor)
{
    static struct submit_op ops[MANY];

    world_open_on_disk(&rig.world);
    open_rig(rig.world.url);
    for (int i = 0; i < MANY; i++) {
        ops[i] = submit_op();
        if (i == MANY / 2)
            ops[i].op.done = done_and_close;
        CHECK(executor_submit(rig.executor, &ops[i].op));
    }
    await(MANY);
    close_rig();
    CHECK_INT(rig.acknowledged, MANY);
    world_close(&rig.world);
}

/* An operation that only counts the jobs it sees. */
struct count_op {
    struct op op;
    int64_t jobs;
    bool ok;
};

static bool run_count(struct op *op, struct db *db, struct err *err)
{
    static const char sql_count[] = "SELECT count(*) FROM jobs";
    struct arena arena = {0};
    struct db_rows rows;
    bool ok = db_query(db, &arena, sql_count, DB_NO_ARGS, &rows, err);

    if (ok)
        ((struct count_op *)op)->jobs = db_cell_int(&rows, 0, 0);
    arena_fini(&arena);
    return ok;
}

static void count_done(struct op *op, bool ok, const struct err *err)
{
    (void)err;
    ((struct count_op *)op)->ok = ok;
    rig.done++;
}

static struct count_op count_op(void)
{
    return (struct count_op){.op = {.run = run_count, .done = count_done, .reads_only = true},
                             .jobs = -1};
}

TEST(a_read_sees_the_writes_submitted_before_it)
{
    struct submit_op submits[2];
    struct count_op counts[2] = {count_op(), count_op()};

    world_open_on_disk(&rig.world);
    open_rig(rig.world.url);
    for (int i = 0; i < 2; i++) {
        submits[i] = submit_op();
        CHECK(executor_submit(rig.executor, &submits[i].op));
        CHECK(executor_submit(rig.executor, &counts[i].op));
    }
    await(4);
    close_rig();
    CHECK(counts[0].jobs >= 1);
    CHECK_INT(counts[1].jobs, 2);
    world_close(&rig.world);
}

TEST(while_another_process_writes_for_long_writes_are_busy_and_reads_work)
{
    struct submit_op first, second;
    struct count_op count = count_op();
    struct err err;

    world_open_on_disk(&rig.world);
    open_rig(rig.world.url);
    first = submit_op();
    second = submit_op();
    CHECK_OK(db_begin(rig.world.db, &err)); /* and does not end for longer than the time-out */
    CHECK(executor_submit(rig.executor, &first.op));
    CHECK(executor_submit(rig.executor, &count.op));
    await(2);
    CHECK(!first.ok);
    CHECK_INT(first.err.kind, ERR_BUSY);
    CHECK(count.ok);
    db_rollback(rig.world.db);
    CHECK(executor_submit(rig.executor, &second.op));
    await(3);
    CHECK(second.ok);
    close_rig();
    world_check_ledger(&rig.world);
    world_close(&rig.world);
}

TEST(without_a_loop_an_operation_commits_or_leaves_nothing)
{
    struct submit_op good, bad;
    struct err err;

    world_open(&rig.world);
    good = submit_op();
    bad = submit_op();
    bad.fails_after = true;
    CHECK_OK(executor_run_once(rig.world.db, &good.op, &err));
    CHECK(!executor_run_once(rig.world.db, &bad.op, &err));
    CHECK_INT(err.kind, ERR_RATE);
    CHECK(exists(good.job.id));
    CHECK(!exists(bad.job.id));
    world_check_ledger(&rig.world);
    world_close(&rig.world);
}
