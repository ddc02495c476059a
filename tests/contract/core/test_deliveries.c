/* SPDX-License-Identifier: Apache-2.0 */
#include "core/deliveries.h"

#include "base/macros.h"
#include "harness/tap.h"
#include "world.h"

static const char URL[] = "https://receiver.example/hook?a=1";
static const struct job_failure broken = {JOB_FAULT_BROKEN, {"the engine broke", 16}};

static struct world world;

static void start(struct id id)
{
    int attempt = 0;
    struct err err;

    CHECK_OK(
        WORLD_DO(&world, jobs_start(world.db, id, STR("diorama"), WORLD_NOW_MS, &attempt, &err)));
}

static void fail(struct id id)
{
    struct err err;

    CHECK_OK(WORLD_DO(&world, jobs_fail(world.db, id, &broken, WORLD_NOW_MS + 7, &err)));
}

static struct delivery_page list(struct id job)
{
    struct delivery_filter filter = {
        .account_id = world.account_id, .job_id = job, .limit = DELIVERIES_LIST_MAX};
    struct delivery_page page;
    struct err err;

    CHECK_OK(deliveries_list(world.db, &world.arena, &filter, &page, &err));
    return page;
}

static struct delivery only(struct id job)
{
    struct delivery_page page = list(job);

    CHECK_INT(page.count, 1);
    return page.deliveries[0];
}

static struct delivery_dues claim(int64_t now_ms, int limit)
{
    struct delivery_claim claim = {now_ms, now_ms + 60000, limit};
    struct delivery_dues dues;
    struct err err;

    CHECK_OK(WORLD_DO(&world, deliveries_claim(world.db, &world.arena, &claim, &dues, &err)));
    return dues;
}

static void mark(struct id id, enum delivery_state state, int64_t next_ms)
{
    struct delivery_result result = {.id = id,
                                     .state = state,
                                     .next_ms = next_ms,
                                     .began_ms = WORLD_NOW_MS + 10,
                                     .took_ms = 20,
                                     .status = state == DELIVERY_DELIVERED ? 204 : 500,
                                     .error = STR("The receiver answered 500")};
    struct err err;

    CHECK_OK(WORLD_DO(&world, deliveries_mark(world.db, &result, &err)));
}

static enum job_callback_state shown(struct id id)
{
    struct job job = world_get(&world, id);

    return job_callback_shown(&job);
}

TEST(each_end_of_a_job_that_is_asked_for_writes_one_delivery)
{
    struct asset asset = world_asset();
    struct id completed, failed, canceled;
    struct delivery found;
    struct err err;

    world_open(&world);
    completed = world_submit_told(&world, URL);
    failed = world_submit_told(&world, URL);
    canceled = world_submit_told(&world, URL);
    start(completed);
    CHECK_INT(list(completed).count, 0);
    CHECK_OK(WORLD_DO(&world, jobs_complete(world.db, completed, &asset, WORLD_NOW_MS, &err)));
    fail(failed);
    CHECK_OK(WORLD_DO(&world, jobs_cancel(world.db, canceled, 0, WORLD_NOW_MS, &err)));
    CHECK_INT(only(completed).event, JOB_EVENT_COMPLETED);
    CHECK_INT(only(canceled).event, JOB_EVENT_CANCELED);
    found = only(failed);
    CHECK_INT(found.event, JOB_EVENT_FAILED);
    CHECK(id_eq(found.job_id, failed));
    CHECK(str_eq_c(found.url, URL));
    CHECK_INT(found.account_id, world.account_id);
    CHECK_INT(found.key_id, 1);
    CHECK_INT(found.dialect, DIALECT_APIFRAME);
    CHECK_INT(found.state, DELIVERY_PENDING);
    CHECK_INT(found.created_ms, WORLD_NOW_MS + 7);
    CHECK_INT(found.next_ms, WORLD_NOW_MS + 7);
    CHECK_INT(found.attempts, 0);
    CHECK_INT(shown(failed), JOB_CALLBACK_PENDING);
    world_close(&world);
}

TEST(an_end_that_nobody_asked_for_writes_none)
{
    struct job job;
    struct job_submit submit = {.job = &job};
    struct job_submit_result result;
    struct id silent;
    struct err err;

    world_open(&world);
    silent = world_submit(&world);
    fail(silent);
    CHECK_INT(list(silent).count, 0);
    CHECK_INT(shown(silent), JOB_CALLBACK_NONE);
    job = world_job(&world);
    job.callback = (struct job_callback){.url = str_from(URL), .events = BIT(JOB_EVENT_COMPLETED)};
    CHECK_OK(WORLD_DO(&world, jobs_submit(world.db, &world.arena, &submit, &result, &err)));
    CHECK_INT(shown(job.id), JOB_CALLBACK_PENDING);
    fail(job.id);
    CHECK_INT(list(job.id).count, 0);
    CHECK_INT(shown(job.id), JOB_CALLBACK_NONE);
    world_close(&world);
}

TEST(the_last_requeue_writes_the_delivery_of_the_failure)
{
    enum job_state state = JOB_QUEUED;
    struct id id;
    struct err err;

    world_open(&world);
    id = world_submit_told(&world, URL);
    for (int i = 0; i < JOB_ATTEMPTS_MAX; i++) {
        CHECK_INT(list(id).count, 0);
        start(id);
        CHECK_OK(WORLD_DO(&world, jobs_requeue(world.db, id, &broken, WORLD_NOW_MS, &state, &err)));
    }
    CHECK_INT(state, JOB_FAILED);
    CHECK_INT(only(id).event, JOB_EVENT_FAILED);
    world_close(&world);
}

TEST(a_claim_has_all_that_is_needed_and_excludes_others_until_it_ends)
{
    struct delivery_dues dues;
    struct key key;
    struct id id;

    world_open(&world);
    key = world_key(&world);
    id = world_submit_told(&world, URL);
    fail(id);
    CHECK_INT(claim(WORLD_NOW_MS, 10).count, 0); /* it is due 7 ms later */
    dues = claim(WORLD_NOW_MS + 7, 10);
    CHECK_INT(dues.count, 1);
    CHECK(id_eq(dues.dues[0].job.id, id));
    CHECK_INT(dues.dues[0].job.state, JOB_FAILED);
    CHECK(hash_eq(&dues.dues[0].key_hash, &key.hash));
    CHECK_INT(dues.next_ms, WORLD_NOW_MS + 60007);
    CHECK_INT(claim(WORLD_NOW_MS + 60006, 10).count, 0);
    CHECK_INT(claim(WORLD_NOW_MS + 60007, 10).count, 1);
    world_close(&world);
}

TEST(claims_go_by_due_time_up_to_their_limit)
{
    struct id ids[5];
    struct delivery_dues dues;
    struct err err;

    world_open(&world);
    world_key(&world);
    for (int i = 0; i < 5; i++) {
        ids[i] = world_submit_told(&world, URL);
        fail(ids[i]);
        CHECK_OK(WORLD_DO(&world, deliveries_park(world.db, only(ids[i]).id, 1 - i, &err)));
    }
    dues = claim(WORLD_NOW_MS, 3);
    CHECK_INT(dues.count, 3);
    CHECK_INT(dues.next_ms, 0);
    for (int i = 0; i < 3; i++)
        CHECK(!id_eq(dues.dues[i].job.id, ids[0]) && !id_eq(dues.dues[i].job.id, ids[1]));
    CHECK_INT(claim(WORLD_NOW_MS, 3).count, 2);
    world_close(&world);
}

TEST(a_new_server_takes_over_the_claims_of_the_last_one)
{
    struct id id;
    struct err err;

    world_open(&world);
    world_key(&world);
    id = world_submit_told(&world, URL);
    fail(id);
    CHECK_INT(claim(WORLD_NOW_MS + 7, 10).count, 1);
    CHECK_OK(WORLD_DO(&world, deliveries_unclaim(world.db, WORLD_NOW_MS + 8, &err)));
    CHECK_INT(claim(WORLD_NOW_MS + 8, 10).count, 1);
    world_close(&world);
}

TEST(a_retry_is_noted_and_due_later)
{
    struct delivery found;
    struct id id;

    world_open(&world);
    world_key(&world);
    id = world_submit_told(&world, URL);
    fail(id);
    claim(WORLD_NOW_MS + 7, 10);
    mark(only(id).id, DELIVERY_PENDING, WORLD_NOW_MS + 180000);
    found = only(id);
    CHECK_INT(found.state, DELIVERY_PENDING);
    CHECK_INT(found.attempts, 1);
    CHECK_INT(found.last_ms, WORLD_NOW_MS + 10);
    CHECK_INT(found.last_took_ms, 20);
    CHECK_INT(found.last_status, 500);
    CHECK(str_eq_c(found.last_error, "The receiver answered 500"));
    CHECK_INT(found.ended_ms, 0);
    CHECK_INT(shown(id), JOB_CALLBACK_PENDING);
    CHECK_INT(claim(WORLD_NOW_MS + 179999, 10).count, 0);
    CHECK_INT(claim(WORLD_NOW_MS + 180000, 10).count, 1);
    world_close(&world);
}

TEST(the_end_of_a_delivery_shows_on_its_job_and_is_final)
{
    struct id good, bad;

    world_open(&world);
    world_key(&world);
    good = world_submit_told(&world, URL);
    bad = world_submit_told(&world, URL);
    fail(good);
    fail(bad);
    mark(only(good).id, DELIVERY_DELIVERED, 0);
    mark(only(bad).id, DELIVERY_FAILED, 0);
    CHECK_INT(shown(good), JOB_CALLBACK_DELIVERED);
    CHECK_INT(shown(bad), JOB_CALLBACK_FAILED);
    CHECK_INT(only(good).ended_ms, WORLD_NOW_MS + 30);
    CHECK_INT(only(good).last_status, 204);
    CHECK_INT(claim(INT64_MAX / 2, 10).count, 0);
    CHECK_INT(claim(INT64_MAX / 2, 10).next_ms, -1);
    mark(only(good).id, DELIVERY_FAILED, 0); /* comes too late */
    CHECK_INT(only(good).state, DELIVERY_DELIVERED);
    CHECK_INT(only(good).attempts, 1);
    CHECK_INT(shown(good), JOB_CALLBACK_DELIVERED);
    world_close(&world);
}

TEST(a_replay_begins_anew_but_not_while_it_is_being_sent)
{
    struct id id, delivery;
    struct err err;

    world_open(&world);
    world_key(&world);
    id = world_submit_told(&world, URL);
    fail(id);
    delivery = only(id).id;
    claim(WORLD_NOW_MS + 7, 10);
    CHECK(!WORLD_DO(&world, deliveries_replay(world.db, delivery, 0, WORLD_NOW_MS + 50, &err)));
    CHECK_INT(err.kind, ERR_CONFLICT);
    mark(delivery, DELIVERY_FAILED, 0);
    CHECK(
        !WORLD_DO(&world, deliveries_replay(world.db, delivery, world.other_account_id, 1, &err)));
    CHECK_INT(err.kind, ERR_NOT_FOUND);
    CHECK_OK(WORLD_DO(
        &world, deliveries_replay(world.db, delivery, world.account_id, WORLD_NOW_MS + 50, &err)));
    CHECK_INT(only(id).attempts, 0);
    CHECK_INT(only(id).state, DELIVERY_PENDING);
    CHECK_INT(only(id).ended_ms, 0);
    CHECK_INT(shown(id), JOB_CALLBACK_PENDING);
    CHECK_INT(claim(WORLD_NOW_MS + 50, 10).count, 1);
    world_close(&world);
}

TEST(what_nothing_can_be_told_of_any_more_is_given_up)
{
    static const char sql_no_keys[] = "DELETE FROM keys";
    struct id id;
    struct err err;

    world_open(&world);
    world_key(&world);
    id = world_submit_told(&world, URL);
    fail(id);
    CHECK_OK(WORLD_DO(&world, db_exec(world.db, sql_no_keys, DB_NO_ARGS, &err)));
    CHECK_INT(claim(WORLD_NOW_MS + 7, 10).count, 0);
    CHECK_INT(only(id).state, DELIVERY_FAILED);
    CHECK(only(id).last_error.len > 0);
    world_close(&world);
}

TEST(lists_are_of_one_account_newest_first_and_in_pages)
{
    struct delivery_filter filter = {.limit = 2};
    struct delivery_page page;
    struct id ids[5];
    int seen = 4;
    struct err err;

    world_open(&world);
    for (int i = 0; i < 5; i++) {
        ids[i] = world_submit_told(&world, URL);
        fail(ids[i]);
    }
    filter.account_id = world.account_id;
    do {
        CHECK_OK(deliveries_list(world.db, &world.arena, &filter, &page, &err));
        for (int i = 0; i < page.count; i++)
            CHECK(id_eq(page.deliveries[i].job_id, ids[seen--]));
        filter.cursor = page.next;
    } while (!id_is_zero(page.next));
    CHECK_INT(seen, -1);
    filter = (struct delivery_filter){.account_id = world.other_account_id, .limit = 2};
    CHECK_OK(deliveries_list(world.db, &world.arena, &filter, &page, &err));
    CHECK_INT(page.count, 0);
    world_close(&world);
}

TEST(only_what_ended_long_ago_is_purged)
{
    struct id ids[3];
    struct err err;

    world_open(&world);
    for (int i = 0; i < 3; i++) {
        ids[i] = world_submit_told(&world, URL);
        fail(ids[i]);
    }
    mark(only(ids[0]).id, DELIVERY_FAILED, 0);
    mark(only(ids[1]).id, DELIVERY_DELIVERED, 0);
    CHECK_OK(WORLD_DO(&world, deliveries_purge(world.db, WORLD_NOW_MS + 30, 10, &err)));
    CHECK_INT(list((struct id){{0}}).count, 3);
    CHECK_OK(WORLD_DO(&world, deliveries_purge(world.db, WORLD_NOW_MS + 31, 1, &err)));
    CHECK_INT(list((struct id){{0}}).count, 2);
    CHECK_OK(WORLD_DO(&world, deliveries_purge(world.db, WORLD_NOW_MS + 31, 10, &err)));
    CHECK_INT(list((struct id){{0}}).count, 1);
    CHECK_INT(only(ids[2]).state, DELIVERY_PENDING);
    world_close(&world);
}

TEST(the_schedules_are_those_of_the_dialects)
{
    static const enum dialect vendors[] = {DIALECT_APIFRAME, DIALECT_AIVIDEOAPI, DIALECT_UNIALL};
    int64_t total_ms = 0, last_ms = 0;
    int attempts = 1;

    for (size_t i = 0; i < ARRAY_LEN(vendors); i++) {
        CHECK_INT(deliveries_wait_ms(vendors[i], 1), 180000);
        CHECK_INT(deliveries_wait_ms(vendors[i], 2), 600000);
        CHECK_INT(deliveries_wait_ms(vendors[i], 3), -1);
        CHECK_INT(deliveries_wait_ms(vendors[i], 100), -1);
    }
    for (int64_t wait = 0; (wait = deliveries_wait_ms(DIALECT_OPENAI, attempts)) >= 0; attempts++) {
        CHECK(wait >= last_ms && (last_ms == 0 || wait <= 3 * last_ms));
        total_ms += wait;
        last_ms = wait;
    }
    CHECK(total_ms > INT64_C(70) * 3600 * 1000 && total_ms <= INT64_C(72) * 3600 * 1000);
}
