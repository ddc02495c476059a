/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs made from a video, on a scheduler with a real store, stub workers and a stub probe: what a
 * source says in its first line is what the probe does. Each rig_close() checks the ledger, the
 * scratch folders and the processes. */
#include <string.h>
#include <unistd.h>

#include "base/macros.h"
#include "core/assets.h"
#include "core/scheduler.h"
#include "harness/tap.h"
#include "scheduler_rig.h"

enum { BYTES_MAX = 4096 };

static struct rig rig;

/* source NULL: there is a row of it, and no bytes. */
static struct job made_from(enum render_purpose purpose, const char *source, const char *prompt)
{
    struct job job = world_job(&rig.world);
    struct err err = {0};

    job.render.purpose = purpose;
    job.render.prompt = str_from(prompt);
    job.source_video = world_keep(&rig.world, ASSET_OUTPUT);
    job.base_seconds = purpose == RENDER_EXTEND ? 4 : 0;
    if (source)
        CHECK_OK(blob_put_bytes(rig.blob, job.source_video, str_from(source), &err));
    return job;
}

static struct id submit(enum render_purpose purpose, const char *source, const char *prompt)
{
    struct job job = made_from(purpose, source, prompt);

    return rig_submit_job(&rig, &job);
}

static struct str output_of(const struct job *job)
{
    static char bytes[BYTES_MAX];
    struct blob_file file = {.fd = -1};
    struct err err = {0};
    ssize_t got = 0;

    CHECK_OK(blob_read(rig.blob, job->output, &file, &err));
    got = pread(file.fd, bytes, sizeof bytes, 0);
    CHECK(got > 0);
    blob_file_close(&file);
    return str_from_bytes(bytes, (size_t)got);
}

static struct str notes_of(struct id id)
{
    struct job_attempts attempts = {0};
    struct err err = {0};

    CHECK_OK(jobs_attempts(rig.world.db, &rig.world.arena, id, &attempts, &err));
    CHECK(attempts.count > 0);
    return attempts.attempts[attempts.count - 1].notes;
}

static void check_notes(struct id id, const char *part)
{
    struct str notes = notes_of(id);

    if (str_find(notes, str_from(part)) < 0)
        tap_fail(__FILE__, __LINE__, "\"%s\" is not in " STR_FMT, part, STR_ARG(notes));
}

static void check_spent(int64_t jobs)
{
    struct account account = world_account(&rig.world, rig.world.account_id);

    CHECK_INT(account.spent_micro, jobs * WORLD_PRICE_MICRO);
    CHECK_INT(account.held_micro, 0);
}

static void check_failed(struct id id, enum job_fault fault, int attempts, const char *error)
{
    struct job job = rig_wait_over(&rig, id);

    CHECK_STR(job_state_name(job.state), "failed");
    CHECK_STR(job_fault_name(job.fault), job_fault_name(fault));
    CHECK_INT(job.attempts, attempts);
    if (!str_eq_c(job.error, error))
        tap_fail(__FILE__, __LINE__, "the error is " STR_FMT, STR_ARG(job.error));
    check_spent(0);
}

TEST(an_extension_begins_with_the_last_frame_and_ends_as_the_whole)
{
    const char *source = "ok\nthe source";
    struct asset asset = {0};
    struct err err = {0};
    struct job job;

    rig_init(&rig);
    rig_boot_simple(&rig, "ok");
    job = rig_wait_over(&rig, submit(RENDER_EXTEND, source, "mode:frame"));
    CHECK_INT(job.state, JOB_COMPLETED);
    CHECK(str_starts(output_of(&job), str_from(source)));
    CHECK(output_of(&job).len > strlen(source) + 100);
    CHECK_OK(assets_get(rig.world.db, job.account_id, job.output, job.ended_ms, &asset, &err));
    CHECK_INT(asset.bytes, (int64_t)output_of(&job).len);
    check_spent(1);
    rig_close(&rig);
}

TEST(an_edit_gets_the_source_and_its_output_is_what_the_engine_made)
{
    struct job job;

    rig_init(&rig);
    rig_boot_simple(&rig, "ok");
    job = rig_wait_over(&rig, submit(RENDER_EDIT, "failed\nprobe me not", "mode:echo"));
    CHECK_INT(job.state, JOB_COMPLETED);
    CHECK(!str_starts(output_of(&job), STR("failed")));
    check_notes(job.id, "\"purpose\":\"edit\"");
    check_notes(job.id, "/source.mp4\"");
    check_notes(job.id, "\"first_frame\":null");
    check_spent(1);
    rig_close(&rig);
}

TEST(an_engine_that_does_not_look_at_videos_extends_without_one_and_edits_nothing)
{
    const struct engine_config pictures = {.concurrency = 2, .can = BIT(RENDER_FIRST_FRAME)};
    const struct engine_config videos = {.concurrency = 1, .can = BIT(RENDER_SOURCE_VIDEO)};
    struct job job;

    rig_init(&rig);
    rig_boot(&rig);
    rig_engine_with(&rig, "pictures", "echo", pictures);
    rig_engine_with(&rig, "videos", "echo", videos);
    rig_route(&rig, "sora-2", "pictures", "videos");
    scheduler_start(rig.scheduler);
    job = rig_wait_over(&rig, submit(RENDER_EXTEND, "ok", "x"));
    CHECK(str_eq_c(job.engine, "pictures"));
    check_notes(job.id, "/first_frame.ppm\"");
    check_notes(job.id, "\"source_video\":null");
    job = rig_wait_over(&rig, submit(RENDER_EDIT, "ok", "x"));
    CHECK(str_eq_c(job.engine, "videos"));
    check_notes(job.id, "/source.mp4\"");
    rig_close(&rig);
}

TEST(a_job_that_no_engine_of_its_route_can_do_fails_at_once)
{
    rig_init(&rig);
    rig_boot(&rig);
    rig_engine_with(&rig, "stub", "ok", (struct engine_config){.can = BIT(RENDER_FIRST_FRAME)});
    rig_route(&rig, "sora-2", "stub", NULL);
    scheduler_start(rig.scheduler);
    CHECK(scheduler_can(rig.scheduler, STR("sora-2"), BIT(RENDER_FIRST_FRAME)));
    CHECK(!scheduler_can(rig.scheduler, STR("sora-2"), BIT(RENDER_SOURCE_VIDEO)));
    check_failed(submit(RENDER_EDIT, "ok", "x"), JOB_FAULT_LOST, 0,
                 "This server has no engine that could make this.");
    rig_close(&rig);
}

TEST(jobs_that_wait_for_an_able_engine_hold_up_no_other)
{
    struct id edits[20];
    struct id plain;

    rig_init(&rig);
    rig_boot(&rig);
    rig_engine_with(&rig, "able", "forever", (struct engine_config){.concurrency = 1});
    rig_engine_with(&rig, "plain", "ok", (struct engine_config){.can = BIT(RENDER_FIRST_FRAME)});
    rig_route(&rig, "sora-2", "able", "plain");
    scheduler_start(rig.scheduler);
    for (size_t i = 0; i < ARRAY_LEN(edits); i++)
        edits[i] = submit(RENDER_EDIT, "ok", "mode:forever");
    rig_wait_running(&rig, edits[0]);
    plain = rig_submit(&rig, "x");
    CHECK(str_eq_c(rig_wait_over(&rig, plain).engine, "plain"));
    for (size_t i = ARRAY_LEN(edits); i > 0; i--)
        rig_cancel(&rig, edits[i - 1]);
    rig_close(&rig);
}

TEST(a_source_that_is_gone_or_cannot_be_decoded_is_paid_by_nobody)
{
    rig_init(&rig);
    rig_boot_simple(&rig, "ok");
    check_failed(submit(RENDER_EXTEND, NULL, "x"), JOB_FAULT_INVALID, 1,
                 "The source video is no longer stored.");
    check_failed(submit(RENDER_EDIT, NULL, "x"), JOB_FAULT_INVALID, 1,
                 "The source video is no longer stored.");
    check_failed(submit(RENDER_EXTEND, "failed", "x"), JOB_FAULT_INVALID, 1,
                 "the image is cut off");
    rig_close(&rig);
}

TEST(what_cannot_be_joined_is_tried_again_and_then_paid_by_nobody)
{
    int blobs = 0;

    rig_init(&rig);
    rig_boot_simple(&rig, "ok");
    check_failed(submit(RENDER_EXTEND, "no join", "x"), JOB_FAULT_BROKEN, JOB_ATTEMPTS_MAX,
                 "What was made could not be joined to the source video.");
    blobs = rig_blobs(&rig);
    CHECK_INT(blobs, 1); /* the source's */
    rig_close(&rig);
}

TEST(a_cancel_while_the_parts_are_joined_drops_them)
{
    struct id id;

    rig_init(&rig);
    rig_boot_simple(&rig, "ok");
    id = submit(RENDER_EXTEND, "slow join", "x");
    for (int i = 0; i < 12000 && !rig_journal_count(&rig, "x"); i++)
        rig_run_ms(&rig, 5);
    rig_run_ms(&rig, 300);
    rig_cancel(&rig, id);
    rig_wait_idle(&rig);
    CHECK_INT(world_get(&rig.world, id).state, JOB_CANCELED);
    CHECK_INT(rig_blobs(&rig), 1);
    check_spent(0);
    rig_close(&rig);
}

TEST(what_a_stop_interrupts_is_extended_by_the_next_server)
{
    struct id id;
    struct job job;

    rig_init(&rig);
    rig_boot_simple(&rig, "ignore");
    id = submit(RENDER_EXTEND, "ok\nthe source", "x");
    rig_wait_running(&rig, id);
    rig_stop(&rig, 0);
    CHECK_INT(world_get(&rig.world, id).state, JOB_QUEUED);
    rig_boot_simple(&rig, "frame");
    for (int i = 0; i < 12000 && !jobcache_get(rig.cache, id); i++)
        rig_run_ms(&rig, 5);
    job = rig_wait_over(&rig, id);
    CHECK_INT(job.state, JOB_COMPLETED);
    CHECK_INT(job.attempts, 2);
    CHECK_INT(job.base_seconds, 4);
    CHECK(str_starts(output_of(&job), STR("ok\nthe source")));
    check_spent(1);
    rig_close(&rig);
}
