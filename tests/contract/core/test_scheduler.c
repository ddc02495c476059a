/* SPDX-License-Identifier: Apache-2.0 */
/* The scheduler with a real store and stub workers. Each rig_close() checks the ledger, the
 * scratch folders and the processes. */
#include "core/scheduler.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "core/assets.h"
#include "harness/tap.h"
#include "scheduler_rig.h"
#include "store/db.h"

static struct rig rig;

static void check_account(int64_t spent_jobs, int64_t held_jobs)
{
    struct account account = world_account(&rig.world, rig.world.account_id);

    CHECK_INT(account.spent_micro, spent_jobs * WORLD_PRICE_MICRO);
    CHECK_INT(account.held_micro, held_jobs * WORLD_PRICE_MICRO);
    CHECK_INT(account.available_micro,
              WORLD_GRANT_MICRO - (spent_jobs + held_jobs) * WORLD_PRICE_MICRO);
}

static void check_fails(const char *prompt, enum job_fault fault, int attempts)
{
    struct job job = rig_wait_over(&rig, rig_submit(&rig, prompt));

    CHECK_STR(job_state_name(job.state), "failed");
    CHECK_STR(job_fault_name(job.fault), job_fault_name(fault));
    CHECK_INT(job.attempts, attempts);
    CHECK(job.error.len > 0);
}

static struct scheduler_engine_info info_of(size_t index)
{
    struct scheduler_engine_info info = {0};

    CHECK(scheduler_engine_info(rig.scheduler, index, &info));
    return info;
}

TEST(a_job_is_made_stored_and_paid_once)
{
    struct job job;
    struct asset asset = {0};
    struct blob_file file = {0};
    struct err err = {0};

    rig_init(&rig);
    rig_boot_simple(&rig, "ok");
    job = rig_wait_over(&rig, rig_submit(&rig, "x"));
    CHECK_INT(job.state, JOB_COMPLETED);
    CHECK_INT(job.attempts, 1);
    CHECK_INT(job.progress, 100);
    CHECK(str_eq_c(job.engine, "stub"));
    CHECK_OK(assets_get(rig.world.db, job.account_id, job.output, job.ended_ms, &asset, &err));
    CHECK_INT(asset.type, ASSET_MP4);
    CHECK_INT(asset.expires_ms - asset.created_ms, 24 * 3600 * 1000);
    CHECK_OK(blob_read(rig.blob, job.output, &file, &err));
    CHECK_INT(file.bytes, asset.bytes);
    CHECK(file.bytes > 0);
    blob_file_close(&file);
    check_account(1, 0);
    CHECK_INT(scheduler_queued(rig.scheduler) + scheduler_running(rig.scheduler), 0);
    CHECK_INT(info_of(0).finished, 1);
    rig_close(&rig);
}

TEST(progress_is_seen_while_it_runs_and_is_never_100)
{
    struct id id;

    rig_init(&rig);
    rig_boot_simple(&rig, "forever");
    id = rig_submit(&rig, "x");
    CHECK_INT(jobcache_get(rig.cache, id)->state, JOB_QUEUED);
    rig_wait_running(&rig, id);
    CHECK_INT(world_get(&rig.world, id).state, JOB_RUNNING);
    CHECK(jobcache_get(rig.cache, id)->progress < 100);
    CHECK(jobcache_get(rig.cache, id)->started_ms > 0);
    CHECK_INT(scheduler_running(rig.scheduler), 1);
    CHECK_INT(info_of(0).running, 1);
    check_account(0, 1);
    rig_close(&rig);
}

TEST(accounts_take_turns_and_each_has_its_jobs_in_order)
{
    char order[256];
    struct id last = {0};

    rig_init(&rig);
    rig_boot_simple(&rig, "ok");
    rig_submit(&rig, "a1");
    rig_submit(&rig, "a2");
    rig_submit(&rig, "a3");
    rig_submit(&rig, "a4");
    rig_submit_as(&rig, rig.world.other_account_id, "sora-2", "b1");
    rig_submit_as(&rig, rig.world.other_account_id, "sora-2", "b2");
    last = rig_submit(&rig, "a5");
    CHECK_INT(scheduler_queued(rig.scheduler), 7);
    rig_wait_over(&rig, last);
    rig_wait_idle(&rig);
    rig_journal(&rig, order, sizeof order);
    CHECK_STR(order, "a1,b1,a2,b2,a3,a4,a5");
    check_account(5, 0);
    rig_close(&rig);
}

TEST(a_full_engine_holds_up_no_other_model)
{
    struct id slow, quick;

    rig_init(&rig);
    rig_boot(&rig);
    rig_engine(&rig, "slow", "forever", 1);
    rig_engine(&rig, "quick", "ok", 1);
    rig_route(&rig, "sora-2", "slow", NULL);
    rig_route(&rig, "sora-2-pro", "quick", NULL);
    scheduler_start(rig.scheduler);
    CHECK(scheduler_can(rig.scheduler, STR("sora-2-pro"), 0));
    CHECK(!scheduler_can(rig.scheduler, STR("sora-3"), 0));
    slow = rig_submit(&rig, "first");
    rig_submit(&rig, "second");
    quick = rig_submit_as(&rig, rig.world.account_id, "sora-2-pro", "third");
    CHECK_INT(rig_wait_over(&rig, quick).state, JOB_COMPLETED);
    CHECK_INT(world_get(&rig.world, slow).state, JOB_RUNNING);
    CHECK_INT(scheduler_queued(rig.scheduler), 1);
    rig_close(&rig);
}

TEST(as_many_run_at_once_as_the_engine_takes)
{
    struct id ids[3];

    rig_init(&rig);
    rig_boot(&rig);
    rig_engine(&rig, "stub", "forever", 2);
    rig_route(&rig, "sora-2", "stub", NULL);
    scheduler_start(rig.scheduler);
    for (int i = 0; i < 3; i++)
        ids[i] = rig_submit(&rig, "x");
    rig_wait_running(&rig, ids[0]);
    rig_wait_running(&rig, ids[1]);
    rig_run_ms(&rig, 50);
    CHECK_INT(world_get(&rig.world, ids[2]).state, JOB_QUEUED);
    CHECK_INT(scheduler_running(rig.scheduler), 2);
    rig_cancel(&rig, ids[0]);
    rig_wait_running(&rig, ids[2]);
    rig_close(&rig);
}

TEST(the_callers_faults_fail_at_once_and_do_not_count_against_the_engine)
{
    rig_init(&rig);
    rig.config.breaker_faults = 1;
    rig_boot(&rig);
    rig_engine(&rig, "first", "ok", 1);
    rig_engine(&rig, "second", "ok", 1);
    rig_route(&rig, "sora-2", "first", "second");
    scheduler_start(rig.scheduler);
    check_fails("mode:invalid", JOB_FAULT_INVALID, 1);
    check_fails("mode:refused", JOB_FAULT_REFUSED, 1);
    CHECK_INT(info_of(0).breaker, BREAKER_CLOSED);
    CHECK_INT(info_of(0).faults, 0);
    CHECK_INT(info_of(1).started, 0);
    check_account(0, 0);
    rig_close(&rig);
}

TEST(a_busy_engine_passes_its_job_to_the_next)
{
    struct job job;

    rig_init(&rig);
    rig_boot(&rig);
    rig_engine(&rig, "first", "busy", 1);
    rig_engine(&rig, "second", "ok", 1);
    rig_route(&rig, "sora-2", "first", "second");
    scheduler_start(rig.scheduler);
    job = rig_wait_over(&rig, rig_submit(&rig, "x"));
    CHECK_INT(job.state, JOB_COMPLETED);
    CHECK(str_eq_c(job.engine, "second"));
    CHECK_INT(info_of(0).faults, 0);
    check_account(1, 0);
    rig_close(&rig);
}

TEST(a_lost_or_broken_attempt_goes_to_the_next_engine)
{
    static const char *const modes[] = {"crash", "broken", "malformed", "no_output"};

    for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
        struct job job;

        rig_init(&rig);
        rig_boot(&rig);
        rig_engine(&rig, "first", modes[i], 1);
        rig_engine(&rig, "second", "ok", 1);
        rig_route(&rig, "sora-2", "first", "second");
        scheduler_start(rig.scheduler);
        job = rig_wait_over(&rig, rig_submit(&rig, "x"));
        CHECK_INT(job.state, JOB_COMPLETED);
        CHECK_INT(job.attempts, 2);
        CHECK(str_eq_c(job.engine, "second"));
        CHECK_INT(info_of(0).faults, 1);
        check_account(1, 0);
        rig_close(&rig);
    }
}

TEST(a_lost_attempt_is_made_again_on_the_only_engine_if_that_is_local)
{
    struct job job;

    rig_init(&rig);
    rig_boot_simple(&rig, "once");
    job = rig_wait_over(&rig, rig_submit(&rig, "x"));
    CHECK_INT(job.state, JOB_COMPLETED);
    CHECK_INT(job.attempts, 2);
    rig_close(&rig);
}

TEST(a_job_that_is_lost_again_and_again_is_given_up)
{
    rig_init(&rig);
    rig_boot_simple(&rig, "ok");
    check_fails("mode:crash", JOB_FAULT_LOST, JOB_ATTEMPTS_MAX);
    CHECK_INT(rig_journal_count(&rig, "mode:crash"), JOB_ATTEMPTS_MAX);
    check_fails("mode:broken", JOB_FAULT_BROKEN, JOB_ATTEMPTS_MAX);
    CHECK_INT(rig_wait_over(&rig, rig_submit(&rig, "x")).state, JOB_COMPLETED);
    check_account(1, 0);
    rig_close(&rig);
}

TEST(an_engine_that_never_starts_fails_its_jobs_in_the_end)
{
    rig_init(&rig);
    rig_boot_simple(&rig, "crash_at_start");
    check_fails("x", JOB_FAULT_LOST, JOB_ATTEMPTS_MAX);
    CHECK_INT(rig_journal_count(&rig, "start"), JOB_ATTEMPTS_MAX);
    rig_close(&rig);
}

TEST(a_job_over_its_deadline_fails_and_is_not_repeated)
{
    rig_init(&rig);
    rig_boot(&rig);
    rig_engine_with(&rig, "stub", "forever", (struct engine_config){.job_ms = 300});
    rig_route(&rig, "sora-2", "stub", NULL);
    scheduler_start(rig.scheduler);
    check_fails("x", JOB_FAULT_TIMEOUT, 1);
    check_account(0, 0);
    rig_close(&rig);
}

TEST(a_breaker_opens_after_faults_in_a_row_and_a_success_closes_it)
{
    struct id bad, good;

    rig_init(&rig);
    rig.config.breaker_faults = 2;
    rig.config.breaker_ms = 1000;
    rig_boot_simple(&rig, "ok");
    bad = rig_submit(&rig, "mode:crash");
    for (int i = 0; i < 12000 && info_of(0).faults < 2; i++)
        rig_run_ms(&rig, 5);
    CHECK_INT(info_of(0).breaker, BREAKER_OPEN);
    good = rig_submit(&rig, "good");
    rig_run_ms(&rig, 150);
    if (info_of(0).breaker == BREAKER_OPEN && info_of(0).faults == 2) {
        /* So it did not sleep through the second: nothing has begun since it opened. */
        CHECK_INT(rig_journal_count(&rig, "mode:"), 2);
        CHECK_INT(world_get(&rig.world, bad).state, JOB_QUEUED);
        CHECK_INT(world_get(&rig.world, good).state, JOB_QUEUED);
    }
    CHECK_INT(rig_wait_over(&rig, bad).state, JOB_FAILED); /* the third, half-open */
    CHECK_INT(info_of(0).breaker, BREAKER_OPEN);
    CHECK_INT(rig_wait_over(&rig, good).state, JOB_COMPLETED);
    CHECK_INT(info_of(0).breaker, BREAKER_CLOSED);
    check_account(1, 0);
    rig_close(&rig);
}

TEST(an_open_breaker_sends_jobs_to_the_next_engine_at_once)
{
    rig_init(&rig);
    rig.config.breaker_faults = 1;
    rig.config.breaker_ms = 60000;
    rig_boot(&rig);
    rig_engine(&rig, "first", "crash", 1);
    rig_engine(&rig, "second", "ok", 1);
    rig_route(&rig, "sora-2", "first", "second");
    scheduler_start(rig.scheduler);
    for (int i = 0; i < 3; i++)
        CHECK_INT(rig_wait_over(&rig, rig_submit(&rig, "x")).state, JOB_COMPLETED);
    CHECK_INT(info_of(0).started, 1);
    CHECK_INT(info_of(1).finished, 3);
    check_account(3, 0);
    rig_close(&rig);
}

TEST(a_canceled_job_that_waits_is_never_started)
{
    struct id running, waiting;

    rig_init(&rig);
    rig_boot_simple(&rig, "forever");
    running = rig_submit(&rig, "x");
    waiting = rig_submit(&rig, "never");
    rig_wait_running(&rig, running);
    rig_cancel(&rig, waiting);
    CHECK_INT(scheduler_queued(rig.scheduler), 0);
    rig_cancel(&rig, running);
    CHECK_INT(rig_wait_over(&rig, rig_submit(&rig, "mode:ok")).state, JOB_COMPLETED);
    CHECK_INT(rig_journal_count(&rig, "never"), 0);
    CHECK_INT(world_get(&rig.world, running).state, JOB_CANCELED);
    CHECK_INT(world_get(&rig.world, waiting).state, JOB_CANCELED);
    check_account(1, 0);
    rig_close(&rig);
}

TEST(a_canceled_job_that_runs_is_stopped_soon_even_against_its_will)
{
    struct id id;

    rig_init(&rig);
    rig_boot_simple(&rig, "ignore");
    id = rig_submit(&rig, "x");
    rig_wait_running(&rig, id);
    rig_cancel(&rig, id);
    rig_wait_idle(&rig); /* for less than the job may take */
    CHECK_INT(scheduler_running(rig.scheduler), 0);
    CHECK_INT(world_get(&rig.world, id).state, JOB_CANCELED);
    CHECK_INT(jobcache_get(rig.cache, id)->state, JOB_CANCELED);
    check_account(0, 0);
    rig_close(&rig);
}

TEST(a_job_can_be_canceled_at_any_moment)
{
    rig_init(&rig);
    rig_boot_simple(&rig, "ok");
    for (int ms = 0; ms < 40; ms++) {
        struct id id = rig_submit(&rig, "x");
        struct job job;

        rig_run_ms(&rig, ms % 20);
        rig_cancel(&rig, id);
        job = rig_wait_over(&rig, id);
        CHECK(job.state == JOB_CANCELED || job.state == JOB_COMPLETED);
    }
    CHECK_INT(rig_wait_over(&rig, rig_submit(&rig, "y")).state, JOB_COMPLETED);
    rig_wait_idle(&rig);
    CHECK_INT(rig_blobs(&rig) * WORLD_PRICE_MICRO,
              world_account(&rig.world, rig.world.account_id).spent_micro);
    rig_close(&rig);
}

TEST(a_video_that_comes_too_late_is_dropped_and_not_paid)
{
    struct id id;

    rig_init(&rig);
    rig_boot_simple(&rig, "late");
    id = rig_submit(&rig, "x");
    rig_wait_running(&rig, id);
    rig_cancel(&rig, id);
    rig_wait_idle(&rig);
    CHECK_INT(info_of(0).finished, 1);
    CHECK_INT(world_get(&rig.world, id).state, JOB_CANCELED);
    CHECK_INT(rig_blobs(&rig), 0);
    check_account(0, 0);
    rig_close(&rig);
}

TEST(jobs_of_an_earlier_server_are_taken_up_again)
{
    struct id queued, running, foreign;
    int attempt = 0;
    struct err err = {0};
    struct world *world = &rig.world;

    rig_init(&rig);
    queued = world_submit(world);
    running = world_submit(world);
    foreign = world_submit(world);
    CHECK_OK(WORLD_DO(world, jobs_start(world->db, running, STR("stub"), 1, &attempt, &err)));
    CHECK_OK(WORLD_DO(world, jobs_start(world->db, foreign, STR("gone"), 1, &attempt, &err)));
    rig_boot_simple(&rig, "ok");
    for (int i = 0; i < 12000 && !jobcache_get(rig.cache, running); i++)
        rig_run_ms(&rig, 5);
    CHECK_INT(rig_wait_over(&rig, queued).state, JOB_COMPLETED);
    CHECK_INT(rig_wait_over(&rig, running).state, JOB_COMPLETED);
    CHECK_INT(world_get(world, running).attempts, 2);
    CHECK_INT(world_get(world, foreign).state, JOB_FAILED);
    CHECK_INT(world_get(world, foreign).fault, JOB_FAULT_LOST);
    check_account(2, 0);
    rig_close(&rig);
}

TEST(more_jobs_than_a_page_are_taken_up_again)
{
    struct id last = {0};

    rig_init(&rig);
    for (int i = 0; i < JOBS_LIST_MAX + 20; i++)
        last = world_submit(&rig.world);
    rig_boot(&rig);
    rig_engine(&rig, "stub", "ok", 2);
    rig_route(&rig, "sora-2", "stub", NULL);
    scheduler_start(rig.scheduler);
    for (int i = 0; i < 12000 && !jobcache_get(rig.cache, last); i++)
        rig_run_ms(&rig, 5);
    CHECK_INT(rig_wait_over(&rig, last).state, JOB_COMPLETED);
    rig_close(&rig);
}

TEST(a_stop_lets_running_jobs_finish_and_leaves_the_others_queued)
{
    struct id running, queued;

    rig_init(&rig);
    rig_boot_simple(&rig, "slow");
    running = rig_submit(&rig, "x");
    queued = rig_submit(&rig, "y");
    rig_wait_running(&rig, running);
    rig_stop(&rig, 10000);
    CHECK_INT(world_get(&rig.world, running).state, JOB_COMPLETED);
    CHECK_INT(world_get(&rig.world, queued).state, JOB_QUEUED);
    check_account(1, 1);
    rig_close(&rig);
}

TEST(what_a_stop_interrupts_is_made_by_the_next_server)
{
    struct id id, fresh;

    rig_init(&rig);
    rig_boot_simple(&rig, "ignore");
    id = rig_submit(&rig, "mode:ignore");
    rig_wait_running(&rig, id);
    rig_stop(&rig, 100);
    CHECK_INT(world_get(&rig.world, id).state, JOB_QUEUED);
    rig_boot_simple(&rig, "forever");
    for (int i = 0; i < 12000 && !jobcache_get(rig.cache, id); i++)
        rig_run_ms(&rig, 5);
    rig_wait_running(&rig, id);
    CHECK_INT(world_get(&rig.world, id).attempts, 2);
    rig_cancel(&rig, id);
    fresh = rig_submit(&rig, "mode:ok");
    CHECK_INT(rig_wait_over(&rig, fresh).state, JOB_COMPLETED);
    rig_close(&rig);
}

TEST(a_stop_right_after_a_submit_loses_nothing)
{
    struct id ids[5];

    rig_init(&rig);
    for (int i = 0; i < 5; i++) {
        rig_boot_simple(&rig, "ok");
        ids[i] = rig_submit(&rig, "x");
        rig_run_ms(&rig, i * 10);
        rig_stop(&rig, 0);
    }
    rig_boot_simple(&rig, "ok");
    for (int i = 0; i < 5; i++) {
        if (job_is_over(world_get(&rig.world, ids[i]).state))
            continue;
        for (int j = 0; j < 12000 && !jobcache_get(rig.cache, ids[i]); j++)
            rig_run_ms(&rig, 5);
        rig_wait_over(&rig, ids[i]);
    }
    check_account(5, 0);
    rig_close(&rig);
}

static struct id submit_with_image(const char *image)
{
    struct job job = world_job(&rig.world);
    struct err err = {0};

    job.render.prompt = STR("mode:frame");
    job.first_frame = world_keep(&rig.world, ASSET_REFERENCE);
    if (image)
        CHECK_OK(blob_put_bytes(rig.blob, job.first_frame, str_from(image), &err));
    return rig_submit_job(&rig, &job);
}

TEST(a_first_frame_reaches_the_engine_in_the_size_of_the_video)
{
    struct job job;

    rig_init(&rig);
    rig_boot_simple(&rig, "ok");
    job = rig_wait_over(&rig, submit_with_image("ok"));
    CHECK_INT(job.state, JOB_COMPLETED);
    rig_close(&rig);
}

TEST(an_image_that_cannot_be_used_fails_its_job_as_the_callers_fault)
{
    struct job job;

    rig_init(&rig);
    rig_boot_simple(&rig, "ok");
    job = rig_wait_over(&rig, submit_with_image("failed"));
    CHECK_INT(job.fault, JOB_FAULT_INVALID);
    CHECK(str_eq_c(job.error, "the image is cut off"));
    job = rig_wait_over(&rig, submit_with_image(NULL));
    CHECK_INT(job.fault, JOB_FAULT_INVALID);
    CHECK(str_eq_c(job.error, "The image is no longer stored."));
    CHECK_INT(info_of(0).started, 0);
    check_account(0, 0);
    rig_close(&rig);
}

TEST(a_job_for_a_model_without_engines_fails)
{
    struct job job;

    rig_init(&rig);
    rig_boot_simple(&rig, "ok");
    job = rig_wait_over(&rig, rig_submit_as(&rig, rig.world.account_id, "sora-3", "x"));
    CHECK_INT(job.state, JOB_FAILED);
    CHECK_INT(job.fault, JOB_FAULT_LOST);
    check_account(0, 0);
    rig_close(&rig);
}

/* The n-th call of the executor's driver fails, for every n that one job needs: 38 here. */
TEST(a_store_that_fails_once_at_any_call_delays_a_job_and_loses_nothing)
{
    enum { CALLS = 40 };

    rig_init(&rig);
    for (int n = 1; n <= CALLS; n++) {
        struct job job;

        snprintf(rig.database, sizeof rig.database, "faulty:%d:%s", n, rig.world.url);
        rig_boot_simple(&rig, "once");
        job = rig_wait_over(&rig, rig_submit(&rig, "x"));
        if (job.state != JOB_COMPLETED)
            tap_fail(__FILE__, __LINE__, "with call %d failing, the job is %s", n,
                     job_state_name(job.state));
        check_account(n, 0);
        CHECK_INT(rig_blobs(&rig), n);
        rig_stop(&rig, 0);
    }
    rig_close(&rig);
}

/* What is told of a job's last start: [fault] and its words. */
static struct job_failure last_attempt(struct id id)
{
    struct job_failure told = {0};
    struct db_rows rows = {0};
    struct err err = {0};

    CHECK_OK(db_query(rig.world.db, &rig.world.arena,
                      "SELECT fault, error FROM attempts WHERE job_id = $1 ORDER BY number DESC",
                      DB_ARGS(db_id(&id)), &rows, &err));
    CHECK(rows.count > 0);
    told.fault = (enum job_fault)db_cell_int(&rows, 0, 0);
    told.text = db_cell_str(&rows, 0, 1);
    return told;
}

/* Its way back to the queue ends the job, in the store's words; the start keeps the engine's. */
TEST(a_store_that_fails_in_the_last_requeue_mixes_up_no_words)
{
    enum { CALLS = 40 };
    struct err err = {0};

    rig_init(&rig);
    for (int n = 1; n <= CALLS; n++) {
        struct id id = world_submit(&rig.world);
        struct job job;

        CHECK_OK(db_exec(rig.world.db, "UPDATE jobs SET attempts = $2 WHERE id = $1",
                         DB_ARGS(db_id(&id), db_int(JOBS_STARTS_MAX - 1)), &err));
        snprintf(rig.database, sizeof rig.database, "faulty:%d:%s", n, rig.world.url);
        rig_boot_simple(&rig, "busy");
        for (int i = 0; i < 12000 && !jobcache_get(rig.cache, id); i++)
            rig_run_ms(&rig, 5);
        job = rig_wait_over(&rig, id);
        CHECK_INT(job.state, JOB_FAILED);
        CHECK_INT(job.fault, JOB_FAULT_LOST);
        CHECK(str_eq_c(job.error, "the job was interrupted too often"));
        CHECK(str_eq(jobcache_get(rig.cache, id)->error, job.error));
        CHECK_INT(last_attempt(id).fault, JOB_FAULT_NONE);
        CHECK(str_eq_c(last_attempt(id).text, "failed as busy"));
        rig_stop(&rig, 0);
    }
    check_account(0, 0);
    rig_close(&rig);
}

struct kept {
    int blobs, kept;
};

static void count_kept(void *user, struct id id)
{
    struct kept *kept = user;
    int left = 1;

    scheduler_leave_kept(rig.scheduler, &id, &left);
    kept->blobs++;
    kept->kept += left == 0;
}

static struct kept kept_blobs(void)
{
    struct kept kept = {0};
    struct err err = {0};

    for (int part = 0; part < BLOB_PARTS; part++)
        CHECK_OK(blob_list(rig.blob, part, count_kept, &kept, &err));
    return kept;
}

TEST(a_video_whose_row_the_store_does_not_take_yet_is_nobodys_waste)
{
    struct err err = {0};
    struct id id;

    rig_init(&rig);
    rig_boot_simple(&rig, "ok");
    id = rig_submit(&rig, "x");
    rig_wait_running(&rig, id);
    CHECK_OK(db_begin(rig.world.db, &err));
    for (int i = 0; i < 12000 && !kept_blobs().blobs; i++)
        rig_run_ms(&rig, 5);
    CHECK_INT(kept_blobs().blobs, 1);
    CHECK_INT(kept_blobs().kept, 1);
    db_rollback(rig.world.db);
    CHECK_INT(rig_wait_over(&rig, id).state, JOB_COMPLETED);
    rig_wait_idle(&rig);
    CHECK_INT(kept_blobs().blobs, 1);
    CHECK_INT(kept_blobs().kept, 0);
    rig_close(&rig);
}

TEST(a_wrong_configuration_is_refused)
{
    struct engine_config config = {.name = STR("stub"), .kind = STR("worker")};
    struct str nobody = STR("nobody"), stub = STR("stub");
    struct err err = {0};

    rig_init(&rig);
    rig_boot(&rig);
    rig_engine(&rig, "stub", "ok", 1);
    CHECK(!scheduler_add_engine(rig.scheduler, &config, &err));
    CHECK_INT(err.kind, ERR_CONFLICT);
    CHECK(!scheduler_add_route(rig.scheduler, STR("m"), &nobody, 1, &err));
    CHECK_STR(err.text, "model m: no engine is called nobody");
    CHECK(!scheduler_add_route(rig.scheduler, STR("m"), &stub, 0, &err));
    CHECK_INT(err.kind, ERR_INVALID);
    CHECK_OK(scheduler_add_route(rig.scheduler, STR("m"), &stub, 1, &err));
    CHECK(!scheduler_add_route(rig.scheduler, STR("m"), &stub, 1, &err));
    CHECK_INT(err.kind, ERR_CONFLICT);
    scheduler_start(rig.scheduler);
    rig_close(&rig);
}
