/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs that their owner puts away. */
#include "core/assets.h"
#include "core/jobs.h"
#include "harness/tap.h"
#include "world.h"

static bool delete (struct world *world, struct id id, int64_t account_id, struct err *error)
{
    struct err err;
    bool ok = WORLD_DO(world, jobs_delete(world->db, id, account_id, WORLD_NOW_MS + 20, &err));

    *error = ok ? (struct err){0} : err;
    return ok;
}

static struct id completed(struct world *world, struct asset *asset)
{
    struct id id = world_submit(world);
    int attempt = 0;
    struct err err;

    *asset = world_asset();
    CHECK_OK(WORLD_DO(world, jobs_start(world->db, id, STR("e"), WORLD_NOW_MS, &attempt, &err)));
    CHECK_OK(WORLD_DO(world, jobs_complete(world->db, id, asset, WORLD_NOW_MS + 9, &err)));
    return id;
}

static int listed(struct world *world)
{
    struct job_filter filter = {.account_id = world->account_id, .dialect = -1, .limit = 10};
    struct job_page page;
    struct err err;

    CHECK_OK(jobs_list(world->db, &world->arena, &filter, &page, &err));
    return page.count;
}

TEST(a_deleted_job_is_gone_for_its_owner_and_its_video_expires)
{
    struct world world;
    struct asset asset, got;
    struct job job;
    struct err err;
    struct id id;

    world_open(&world);
    id = completed(&world, &asset);
    CHECK_INT(listed(&world), 1);
    CHECK_OK(assets_get(world.db, 0, asset.id, WORLD_NOW_MS + 20, &got, &err));
    CHECK(delete (&world, id, world.account_id, &err));
    CHECK_INT(listed(&world), 0);
    CHECK(!jobs_get(world.db, &world.arena, world.account_id, id, &job, &err));
    CHECK_INT(err.kind, ERR_NOT_FOUND);
    CHECK_INT(world_get(&world, id).state, JOB_COMPLETED);
    CHECK(!assets_get(world.db, 0, asset.id, WORLD_NOW_MS + 20, &got, &err));
    CHECK_INT(err.kind, ERR_GONE);
    CHECK(!delete (&world, id, world.account_id, &err));
    CHECK_INT(err.kind, ERR_NOT_FOUND);
    world_check_ledger(&world);
    world_close(&world);
}

TEST(deleting_a_job_that_is_not_over_cancels_it_and_gives_its_price_back)
{
    struct world world;
    int attempt = 0;
    struct err err;

    world_open(&world);
    for (int running = 0; running < 2; running++) {
        struct id id = world_submit(&world);

        if (running)
            CHECK_OK(
                WORLD_DO(&world, jobs_start(world.db, id, STR("e"), WORLD_NOW_MS, &attempt, &err)));
        CHECK(delete (&world, id, world.account_id, &err));
        CHECK_INT(world_get(&world, id).state, JOB_CANCELED);
        CHECK_INT(world_account(&world, world.account_id).held_micro, 0);
        CHECK_INT(world_account(&world, world.account_id).spent_micro, 0);
        CHECK(!WORLD_DO(&world, jobs_cancel(world.db, id, world.account_id, WORLD_NOW_MS, &err)));
        CHECK_INT(err.kind, ERR_NOT_FOUND);
    }
    world_check_ledger(&world);
    world_close(&world);
}

TEST(anothers_job_cannot_be_deleted)
{
    struct world world;
    struct asset asset;
    struct err err;
    struct id id;

    world_open(&world);
    id = completed(&world, &asset);
    CHECK(!delete (&world, id, world.other_account_id, &err));
    CHECK_INT(err.kind, ERR_NOT_FOUND);
    CHECK_INT(listed(&world), 1);
    world_close(&world);
}

TEST(an_idempotency_key_still_stands_for_a_deleted_job)
{
    struct world world;
    struct job job, again;
    struct job_submit submit = {.job = &job, .idempotency_key = STR("key")};
    struct job_submit_result result;
    struct err err;

    world_open(&world);
    job = world_job(&world);
    CHECK_OK(WORLD_DO(&world, jobs_submit(world.db, &world.arena, &submit, &result, &err)));
    CHECK(delete (&world, job.id, world.account_id, &err));
    again = world_job(&world);
    submit.job = &again;
    CHECK_OK(WORLD_DO(&world, jobs_submit(world.db, &world.arena, &submit, &result, &err)));
    CHECK(result.replayed && id_eq(result.job.id, job.id));
    CHECK_INT(result.job.state, JOB_CANCELED);
    CHECK_INT(world_account(&world, world.account_id).held_micro, 0);
    world_close(&world);
}

TEST(a_deleted_jobs_previews_expire_with_its_video)
{
    static const enum asset_kind kinds[] = {ASSET_THUMBNAIL, ASSET_SPRITESHEET};
    struct world world;
    struct asset video, preview, got;
    struct err err;
    struct id id;

    world_open(&world);
    id = completed(&world, &video);
    for (int i = 0; i < 2; i++) {
        preview = world_asset();
        preview.kind = kinds[i];
        preview.account_id = world.account_id;
        preview.job_id = id;
        CHECK_OK(WORLD_DO(&world, assets_create(world.db, &preview, &err)));
        CHECK_OK(assets_get_preview(world.db, id, kinds[i], WORLD_NOW_MS + 20, &got, &err));
        CHECK(id_eq(got.id, preview.id));
    }
    CHECK(delete (&world, id, world.account_id, &err));
    for (int i = 0; i < 2; i++) {
        CHECK(!assets_get_preview(world.db, id, kinds[i], WORLD_NOW_MS + 20, &got, &err));
        CHECK_INT(err.kind, ERR_GONE);
    }
    world_close(&world);
}

TEST(a_job_without_previews_has_none)
{
    struct world world;
    struct asset video, got;
    struct err err;
    struct id id;

    world_open(&world);
    id = completed(&world, &video);
    CHECK(!assets_get_preview(world.db, id, ASSET_THUMBNAIL, WORLD_NOW_MS, &got, &err));
    CHECK_INT(err.kind, ERR_NOT_FOUND);
    world_close(&world);
}

TEST(ids_without_a_row_are_orphans)
{
    struct world world;
    struct asset video;
    struct id ids[3];
    int count = 3;
    struct err err;

    world_open(&world);
    completed(&world, &video);
    ids[0] = id_new();
    ids[1] = video.id;
    ids[2] = id_new();

    struct id first = ids[0], last = ids[2];

    CHECK_OK(assets_find_orphans(world.db, ids, &count, &err));
    CHECK_INT(count, 2);
    CHECK(id_eq(ids[0], first) && id_eq(ids[1], last));
    count = 1;
    ids[0] = video.id;
    CHECK_OK(assets_find_orphans(world.db, ids, &count, &err));
    CHECK_INT(count, 0);
    world_close(&world);
}
