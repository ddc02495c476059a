/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of jobs. */
#include "base/macros.h"
#include "core/jobs.h"
#include "harness/tap.h"
#include "world.h"

enum { MANY = 25 };

/* What is asked of a page when nothing is filtered. */
static struct job_filter all_of(const struct world *world, int limit)
{
    return (struct job_filter){.account_id = world->account_id, .dialect = -1, .limit = limit};
}

static struct job_page list(struct world *world, const struct job_filter *filter)
{
    struct job_page page;
    struct err err;

    CHECK_OK(jobs_list(world->db, &world->arena, filter, &page, &err));
    return page;
}

static void submit(struct world *world, const struct job *job)
{
    struct job_submit submit = {.job = job};
    struct job_submit_result result;
    struct err err;

    CHECK_OK(WORLD_DO(world, jobs_submit(world->db, &world->arena, &submit, &result, &err)));
}

/* Walks all pages and checks that they are `ids`, from last to first or from first to last. */
static void check_walk(struct world *world, struct job_filter filter, const struct id *ids,
                       int count)
{
    struct job_page page;
    int seen = 0, pages = 0;

    do {
        page = list(world, &filter);
        for (int i = 0; i < page.count; i++, seen++) {
            CHECK(seen < count);
            CHECK(id_eq(page.jobs[i].id, ids[filter.oldest_first ? seen : count - 1 - seen]));
        }
        filter.cursor = page.next;
        CHECK(++pages <= count + 1);
    } while (!id_is_zero(page.next));
    CHECK_INT(seen, count);
}

TEST(pages_walk_through_all_jobs_of_an_account_in_both_directions)
{
    struct world world;
    struct id ids[MANY];
    static const int limits[] = {1, 7, MANY - 1, MANY, MANY + 1, JOBS_LIST_MAX};

    world_open(&world);
    for (int i = 0; i < MANY; i++) {
        struct job other = world_job(&world);

        ids[i] = world_submit(&world);
        other.account_id = world.other_account_id;
        submit(&world, &other);
    }
    for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
        struct job_filter filter = all_of(&world, limits[i]);

        check_walk(&world, filter, ids, MANY);
        filter.oldest_first = true;
        check_walk(&world, filter, ids, MANY);
    }
    world_close(&world);
}

TEST(filters_choose_by_state_model_and_dialect_together)
{
    struct world world;
    struct job_filter filter;
    struct id canceled, sora_pro, openai;
    struct job job;
    struct err err;

    world_open(&world);
    canceled = world_submit(&world);
    CHECK_OK(WORLD_DO(&world, jobs_cancel(world.db, canceled, 0, WORLD_NOW_MS, &err)));
    job = world_job(&world);
    job.model = STR("sora-2-pro");
    sora_pro = job.id;
    submit(&world, &job);
    job = world_job(&world);
    job.dialect = DIALECT_OPENAI;
    openai = job.id;
    submit(&world, &job);

    filter = all_of(&world, 10);
    filter.states = BIT(JOB_CANCELED) | BIT(JOB_FAILED);
    check_walk(&world, filter, &canceled, 1);
    filter = all_of(&world, 10);
    filter.model = STR("sora-2-pro");
    check_walk(&world, filter, &sora_pro, 1);
    filter = all_of(&world, 10);
    filter.dialect = DIALECT_OPENAI;
    check_walk(&world, filter, &openai, 1);
    filter.states = BIT(JOB_CANCELED);
    check_walk(&world, filter, NULL, 0);
    world_close(&world);
}

/* Behind a filter, only so many jobs are looked at for one page. */
TEST(a_filter_that_matches_little_gives_short_pages_and_still_finds_all)
{
    struct world world;
    struct job_filter filter;
    struct job_page page;
    struct id needle;
    struct job job;
    struct err err;

    world_open(&world);
    job = world_job(&world);
    job.model = STR("needle");
    job.price_micro = 0;
    needle = job.id;
    submit(&world, &job);
    CHECK_OK(db_begin(world.db, &err));
    for (int i = 0; i < JOBS_LIST_SCAN_MAX; i++) {
        struct job_submit hay = {.job = &job};
        struct job_submit_result result;

        job = world_job(&world);
        job.price_micro = 0;
        CHECK_OK(jobs_submit(world.db, &world.arena, &hay, &result, &err));
    }
    CHECK_OK(db_commit(world.db, &err));
    filter = all_of(&world, 10);
    filter.model = STR("needle");
    page = list(&world, &filter);
    CHECK_INT(page.count, 0);
    CHECK(!id_is_zero(page.next));
    check_walk(&world, filter, &needle, 1);
    filter.oldest_first = true;
    check_walk(&world, filter, &needle, 1);
    world_close(&world);
}

TEST(live_jobs_are_those_of_all_accounts_that_are_not_over)
{
    struct world world;
    struct id ids[JOBS_LIST_MAX + 3];
    struct job_page page;
    struct err err;
    int attempt = 0, seen = 0;

    world_open(&world);
    for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
        struct job job = world_job(&world);
        struct id over = world_submit(&world);

        CHECK_OK(WORLD_DO(&world, jobs_cancel(world.db, over, 0, WORLD_NOW_MS, &err)));
        job.account_id = i % 2 ? world.account_id : world.other_account_id;
        ids[i] = job.id;
        submit(&world, &job);
    }
    CHECK_OK(WORLD_DO(&world, jobs_start(world.db, ids[4], STR("e"), 1, &attempt, &err)));
    memset(&page, 0, sizeof(page));
    do {
        CHECK_OK(jobs_live(world.db, &world.arena, page.next, &page, &err));
        CHECK(page.count <= JOBS_LIST_MAX);
        for (int i = 0; i < page.count; i++, seen++) {
            CHECK(id_eq(page.jobs[i].id, ids[seen]));
            CHECK_INT(page.jobs[i].state, seen == 4 ? JOB_RUNNING : JOB_QUEUED);
        }
    } while (!id_is_zero(page.next));
    CHECK_INT(seen, ARRAY_LEN(ids));
    world_close(&world);
}

TEST(lookups_use_indexes)
{
    static const char *const plans[] = {
        "EXPLAIN QUERY PLAN SELECT * FROM jobs WHERE id = $1 AND ($2 = 0 OR account_id = $2)",
        "EXPLAIN QUERY PLAN SELECT * FROM jobs WHERE account_id = $1 AND id < $2 ORDER BY id DESC",
        "EXPLAIN QUERY PLAN SELECT * FROM jobs WHERE state IN (0, 1) AND id > $1 ORDER BY id",
    };
    static const char *const indexes[] = {"jobs_id", "jobs_account", "jobs_live"};
    struct world world;
    struct id id = id_new();
    struct err err;

    world_open(&world);
    for (size_t i = 0; i < ARRAY_LEN(plans); i++) {
        struct db_rows rows = {0};

        CHECK_OK(db_query(world.db, &world.arena, plans[i],
                          DB_ARGS(db_id(&id), db_id(&id), db_id(&id)), &rows, &err));
        CHECK_INT(rows.count, 1);
        CHECK(str_find(db_cell_str(&rows, 0, 3), str_from(indexes[i])) >= 0);
    }
    world_close(&world);
}
