/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs that are made from a video, and what keeps that video while they need it. */
#include "core/assets.h"
#include "core/jobs.h"
#include "harness/tap.h"
#include "store/db.h"
#include "world.h"

static const int64_t much_later_ms = WORLD_NOW_MS + INT64_C(400) * 86400000;

static struct world world;

static struct job extension(struct id source_video)
{
    struct job job = world_job(&world);

    job.render.purpose = RENDER_EXTEND;
    job.render.seconds = 8;
    job.source = id_new();
    job.source_video = source_video;
    job.base_seconds = 12;
    job.extensions = 2;
    job.characters = STR("[{\"id\":\"char_1\",\"name\":\"Mossy\"}]");
    return job;
}

static bool submit(const struct job *job, struct err *err)
{
    struct job_submit submit = {.job = job};
    struct job_submit_result result;

    if (db_begin(world.db, err) && jobs_submit(world.db, &world.arena, &submit, &result, err))
        return db_commit(world.db, err);
    db_rollback(world.db);
    return false;
}

static int expired_at(int64_t now_ms)
{
    struct id *ids = NULL;
    struct err err;
    int count = 0;

    CHECK_OK(WORLD_DO(&world, assets_expired(world.db, &world.arena, now_ms, &ids, &count, &err)));
    return count;
}

TEST(an_extension_reads_back_with_its_source)
{
    struct job job, got;
    struct err err;

    world_open(&world);
    job = extension(world_keep(&world, ASSET_OUTPUT));
    CHECK_OK(submit(&job, &err));
    got = world_get(&world, job.id);
    CHECK_INT(got.render.purpose, RENDER_EXTEND);
    CHECK(id_eq(got.source, job.source));
    CHECK(id_eq(got.source_video, job.source_video));
    CHECK_INT(got.base_seconds, 12);
    CHECK_INT(got.render.seconds, 8);
    CHECK_INT(job_seconds(&got), 20);
    CHECK_INT(got.extensions, 2);
    CHECK(str_eq(got.characters, job.characters));
    CHECK_INT(job_needs(&got), BIT(RENDER_FIRST_FRAME));
    world_close(&world);
}

TEST(an_ordinary_job_is_no_extension)
{
    struct job got;

    world_open(&world);
    got = world_get(&world, world_submit(&world));
    CHECK_INT(got.render.purpose, RENDER_CREATE);
    CHECK(id_is_zero(got.source_video));
    CHECK_INT(job_seconds(&got), got.render.seconds);
    CHECK_INT(got.extensions, 0);
    CHECK_INT(job_needs(&got), 0);
    world_close(&world);
}

static void check_refused(const struct job *job, const char *param)
{
    struct err err = {0};

    CHECK(!submit(job, &err));
    CHECK_INT(err.kind, ERR_GONE);
    CHECK_STR(err.param, param);
    CHECK_INT(world_account(&world, world.account_id).held_micro, 0);
    CHECK(!jobs_get(world.db, &world.arena, 0, job->id, &(struct job){0}, &err));
    CHECK_INT(err.kind, ERR_NOT_FOUND);
    world_check_ledger(&world);
}

TEST(a_source_that_is_gone_or_anothers_is_refused_and_holds_nothing)
{
    struct job job;

    world_open(&world);
    job = extension(id_new());
    check_refused(&job, "source_video");
    job = extension(world_keep(&world, ASSET_OUTPUT));
    job.account_id = world.other_account_id;
    check_refused(&job, "source_video");
    job.account_id = world.account_id;
    job.created_ms = much_later_ms;
    check_refused(&job, "source_video");
    world_close(&world);
}

TEST(a_picture_that_is_gone_is_refused_and_holds_nothing)
{
    struct job job;

    world_open(&world);
    job = world_job(&world);
    job.first_frame = world_keep(&world, ASSET_REFERENCE);
    job.created_ms = much_later_ms;
    check_refused(&job, "first_frame");
    world_close(&world);
}

TEST(what_a_job_needs_is_kept_until_the_job_is_over)
{
    struct job job, other;
    struct err err;

    world_open(&world);
    job = extension(world_keep(&world, ASSET_UPLOAD));
    CHECK_OK(submit(&job, &err));
    other = world_job(&world);
    other.first_frame = world_keep(&world, ASSET_REFERENCE);
    CHECK_OK(submit(&other, &err));
    world_keep(&world, ASSET_OUTPUT);
    CHECK_INT(expired_at(WORLD_NOW_MS), 0);
    CHECK_INT(expired_at(much_later_ms), 1); /* that of no job */
    CHECK_OK(WORLD_DO(&world, jobs_cancel(world.db, job.id, 0, WORLD_NOW_MS, &err)));
    CHECK_INT(expired_at(much_later_ms), 2);
    CHECK_OK(WORLD_DO(&world, jobs_cancel(world.db, other.id, 0, WORLD_NOW_MS, &err)));
    CHECK_INT(expired_at(much_later_ms), 3);
    world_close(&world);
}

/* The sweep comes every minute, and while many jobs wait it must not read them all. */
TEST(what_jobs_need_is_found_without_reading_all_that_wait)
{
    static const char films[] = "EXPLAIN QUERY PLAN SELECT source_video FROM jobs"
                                " WHERE state IN (0, 1) AND source_video IS NOT NULL";
    static const char frames[] = "EXPLAIN QUERY PLAN SELECT first_frame FROM jobs"
                                 " WHERE state IN (0, 1) AND first_frame IS NOT NULL";
    struct db_rows rows;
    struct err err;

    world_open(&world);
    CHECK_OK(db_query(world.db, &world.arena, films, DB_NO_ARGS, &rows, &err));
    CHECK_INT(rows.count, 1);
    CHECK(str_find(db_cell_str(&rows, 0, 3), STR("jobs_films")) >= 0);
    CHECK_OK(db_query(world.db, &world.arena, frames, DB_NO_ARGS, &rows, &err));
    CHECK_INT(rows.count, 1);
    CHECK(str_find(db_cell_str(&rows, 0, 3), STR("jobs_frames")) >= 0);
    world_close(&world);
}
