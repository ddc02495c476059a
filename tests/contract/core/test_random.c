/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random sequences of everything that can happen to jobs, against a model of what must come of
 * it that is written without job.c's table. The same seed gives the same sequence.
 */
#include "base/macros.h"
#include "core/keys.h"
#include "core/ledger.h"
#include "harness/tap.h"
#include "world.h"

enum { JOBS = 24, STEPS = 400, SEEDS = 25 };

struct model_job {
    struct id id;
    enum job_state state;
    int64_t price_micro;
    int starts, failed_attempts;
    bool exists;
};

static struct {
    struct world world;
    uint64_t random;
    struct model_job jobs[JOBS];
    int64_t available, held, spent;
    struct key key; /* of all jobs; now and then it has limits */
} model;

static uint64_t next_random(void)
{
    model.random += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = model.random;

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static bool is_live(const struct model_job *job)
{
    return job->exists && (job->state == JOB_QUEUED || job->state == JOB_RUNNING);
}

static void settle(struct model_job *job, enum job_state state)
{
    job->state = state;
    model.held -= job->price_micro;
    if (state == JOB_COMPLETED)
        model.spent += job->price_micro;
    else
        model.available += job->price_micro;
}

static int count_live(void)
{
    int live = 0;

    for (int i = 0; i < JOBS; i++)
        live += is_live(&model.jobs[i]);
    return live;
}

/* Takes the key's limits away, or gives it some that are within reach. */
static void change_limits(void)
{
    struct world *world = &model.world;
    struct key_limits limits = {.total_micro = WORLD_GRANT_MICRO / 2, .jobs_max = 6};
    struct err err;

    if (key_is_metered(&model.key.limits))
        limits = (struct key_limits){0};
    model.key.limits = limits;
    CHECK_OK(WORLD_DO(world, keys_update(world->db, &model.key, WORLD_NOW_MS, &err)));
}

/* Held and spent is what has counted, also of jobs from before there was a limit. */
static bool is_over_limit(int64_t price)
{
    const struct key_limits *limits = &model.key.limits;

    return key_is_metered(limits) && (count_live() >= limits->jobs_max ||
                                      model.held + model.spent + price > limits->total_micro);
}

static bool submit(struct model_job *target, struct err *err_out)
{
    struct world *world = &model.world;
    struct job job = world_job(world);
    struct job_submit submit = {.job = &job, .limits = &model.key.limits};
    struct job_submit_result result;
    bool ok = false, is_over = false;
    struct err err;

    job.price_micro = (int64_t)(next_random() % (WORLD_GRANT_MICRO / 8));
    if (target->exists)
        job.id = target->id;
    is_over = is_over_limit(job.price_micro);
    ok = WORLD_DO(world, jobs_submit(world->db, &world->arena, &submit, &result, &err));
    *err_out = err;
    CHECK_INT(ok, !target->exists && job.price_micro <= model.available && !is_over);
    if (!ok && is_over)
        CHECK_INT(err.kind, ERR_RATE);
    else if (!ok)
        CHECK_INT(err.kind, job.price_micro > model.available ? ERR_FUNDS : ERR_CONFLICT);
    if (!ok)
        return false;
    *target = (struct model_job){.id = job.id, .price_micro = job.price_micro, .exists = true};
    model.available -= job.price_micro;
    model.held += job.price_micro;
    return true;
}

static void start(struct model_job *job)
{
    struct world *world = &model.world;
    struct err err;
    int attempt = 0;
    bool ok = WORLD_DO(world, jobs_start(world->db, job->id, STR("diorama"), 1, &attempt, &err));

    CHECK_INT(ok, job->exists && job->state == JOB_QUEUED);
    if (!ok)
        return;
    job->state = JOB_RUNNING;
    CHECK_INT(attempt, ++job->starts);
}

static void complete(struct model_job *job)
{
    struct world *world = &model.world;
    struct asset asset = world_asset();
    struct err err;
    bool ok = WORLD_DO(world, jobs_complete(world->db, job->id, &asset, 2, &err));

    CHECK_INT(ok, job->exists && job->state == JOB_RUNNING);
    if (ok)
        settle(job, JOB_COMPLETED);
}

static void fail(struct model_job *job)
{
    struct world *world = &model.world;
    struct job_failure failure = {JOB_FAULT_INVALID, STR("no")};
    struct err err;
    bool ok = WORLD_DO(world, jobs_fail(world->db, job->id, &failure, 2, &err));

    CHECK_INT(ok, is_live(job));
    if (ok)
        settle(job, JOB_FAILED);
}

static void cancel(struct model_job *job)
{
    struct world *world = &model.world;
    bool by_other = next_random() % 4 == 0;
    int64_t account = by_other ? world->other_account_id : world->account_id;
    struct err err;
    bool ok = WORLD_DO(world, jobs_cancel(world->db, job->id, account, 2, &err));

    CHECK_INT(ok, is_live(job) && !by_other);
    if (ok)
        settle(job, JOB_CANCELED);
}

static void requeue(struct model_job *job)
{
    struct world *world = &model.world;
    bool faulty = next_random() % 2;
    struct job_failure failure = {faulty ? JOB_FAULT_LOST : JOB_FAULT_NONE, STR("again")};
    enum job_state state = JOB_STATES;
    struct err err;
    bool ok = WORLD_DO(world, jobs_requeue(world->db, job->id, &failure, 2, &state, &err));
    bool last = false;

    CHECK_INT(ok, job->exists && job->state == JOB_RUNNING);
    if (!ok)
        return;
    job->failed_attempts += faulty;
    last = job->failed_attempts == JOB_ATTEMPTS_MAX || job->starts == JOBS_STARTS_MAX;
    CHECK_INT(state, last ? JOB_FAILED : JOB_QUEUED);
    if (last)
        settle(job, JOB_FAILED);
    else
        job->state = JOB_QUEUED;
}

static void check_model(void)
{
    struct account account = world_account(&model.world, model.world.account_id);

    CHECK_INT(account.available_micro, model.available);
    CHECK_INT(account.held_micro, model.held);
    CHECK_INT(account.spent_micro, model.spent);
    CHECK_INT(model.available + model.held + model.spent, WORLD_GRANT_MICRO);
    for (int i = 0; i < JOBS; i++) {
        if (model.jobs[i].exists)
            CHECK_INT(world_get(&model.world, model.jobs[i].id).state, model.jobs[i].state);
    }
    world_check_ledger(&model.world);
}

static void step(void)
{
    struct model_job *job = &model.jobs[next_random() % JOBS];
    struct err err;

    switch (next_random() % 8) {
    case 0:
    case 1:
        /* A job that is over makes room for another now and then. */
        if (job->exists && !is_live(job) && next_random() % 2)
            job->exists = false;
        (void)!submit(job, &err);
        break;
    case 2:
    case 3:
        start(job);
        break;
    case 4:
        complete(job);
        break;
    case 5:
        fail(job);
        break;
    case 6:
        cancel(job);
        break;
    default:
        requeue(job);
        break;
    }
}

TEST(whatever_happens_to_jobs_in_any_order_no_money_is_made_or_lost)
{
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        memset(&model, 0, sizeof(model));
        model.random = seed;
        world_open(&model.world);
        model.key = world_key(&model.world);
        model.available = WORLD_GRANT_MICRO;
        for (int i = 0; i < JOBS; i++)
            model.jobs[i].id = id_new();
        for (int i = 0; i < STEPS; i++) {
            step();
            if (next_random() % 32 == 0)
                change_limits();
            if (i % 20 == 0)
                check_model();
            arena_reset(&model.world.arena);
        }
        check_model();
        world_close(&model.world);
    }
}
