/* SPDX-License-Identifier: Apache-2.0 */
/* Limits of keys: what a metered key may spend and have at once, to the last micro-dollar. */
#include "core/meter.h"

#include "base/macros.h"
#include "core/keys.h"
#include "core/ledger.h"
#include "harness/tap.h"
#include "world.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS INT64_C(86400000)
#define DAY_START_MS (WORLD_NOW_MS / DAY_MS * DAY_MS)

static const struct job_failure broken = {JOB_FAULT_BROKEN, {"the engine broke", 16}};

static struct world world;
static struct key key;
static struct meter_refusal refusal;

static void open_world(struct key_limits limits)
{
    char secret[KEY_TEXT_BYTES];
    struct err err;

    world_open(&world);
    key = (struct key){.account_id = world.account_id,
                       .name = "limited",
                       .created_ms = DAY_START_MS,
                       .limits = limits};
    key_generate(secret, &key);
    CHECK_OK(WORLD_DO(&world, keys_create(world.db, &key, &err)));
}

static void close_world(void)
{
    world_check_ledger(&world);
    world_close(&world);
}

static bool submit_as(struct job *job, const struct key_limits *limits, struct err *err_out)
{
    struct job_submit submit = {.job = job, .limits = limits};
    struct job_submit_result result;
    struct err err = {0};
    bool ok = WORLD_DO(&world, jobs_submit(world.db, &world.arena, &submit, &result, &err));

    refusal = result.refusal;
    *err_out = err;
    return ok;
}

/* At that time of the first day; a zero id when it is refused with ERR_RATE. */
static struct id submit_at(int64_t ms, int64_t price)
{
    struct job job = world_job(&world);
    struct err err;

    job.key_id = key.id;
    job.price_micro = price;
    job.created_ms = DAY_START_MS + ms;
    if (submit_as(&job, &key.limits, &err))
        return job.id;
    CHECK_INT(err.kind, ERR_RATE);
    return (struct id){{0}};
}

static bool is_accepted(int64_t ms, int64_t price)
{
    return !id_is_zero(submit_at(ms, price));
}

static struct meter_use used_at(int64_t ms)
{
    struct meter_use use;
    struct err err;

    CHECK_OK(meter_get(world.db, key.id, DAY_START_MS + ms, &use, &err));
    return use;
}

static void start(struct id id)
{
    struct err err;
    int attempt = 0;

    CHECK_OK(WORLD_DO(&world, jobs_start(world.db, id, STR("x"), 1, &attempt, &err)));
}

static void fail(struct id id)
{
    struct err err;

    CHECK_OK(WORLD_DO(&world, jobs_fail(world.db, id, &broken, 1, &err)));
}

static void complete(struct id id)
{
    struct asset asset = world_asset();
    struct err err;

    CHECK_OK(WORLD_DO(&world, jobs_complete(world.db, id, &asset, 1, &err)));
}

TEST(a_total_is_spent_to_its_last_micro_dollar)
{
    open_world((struct key_limits){.total_micro = 1000});
    CHECK(is_accepted(0, 999));
    CHECK(!is_accepted(DAY_MS, 2));
    CHECK_INT(refusal.left_micro, 1);
    CHECK_INT(refusal.retry_after_s, METER_TOTAL_RETRY_S);
    CHECK(is_accepted(DAY_MS, 1));
    CHECK(!is_accepted(2 * DAY_MS, 1));
    CHECK_INT(used_at(0).total_micro, 1000);
    CHECK_INT(world_account(&world, world.account_id).held_micro, 1000);
    close_world();
}

TEST(an_hour_begins_again_at_the_full_hour)
{
    open_world((struct key_limits){.hour_micro = 1000});
    CHECK(is_accepted(HOUR_MS / 2, 1000));
    CHECK(!is_accepted(HOUR_MS - 1500, 1));
    CHECK_INT(refusal.retry_after_s, 2);
    CHECK_INT(refusal.left_micro, 0);
    CHECK(is_accepted(HOUR_MS, 1000));
    CHECK(!is_accepted(HOUR_MS, 1));
    CHECK_INT(refusal.retry_after_s, 3600);
    CHECK_INT(used_at(HOUR_MS).hour_micro, 1000);
    CHECK_INT(used_at(2 * HOUR_MS).hour_micro, 0);
    CHECK_INT(used_at(HOUR_MS).day_micro, 2000);
    close_world();
}

TEST(a_day_begins_again_at_midnight)
{
    open_world((struct key_limits){.hour_micro = 700, .day_micro = 1000});
    CHECK(is_accepted(0, 700));
    CHECK(!is_accepted(HOUR_MS, 301));
    CHECK_INT(refusal.left_micro, 300);
    CHECK_INT(refusal.retry_after_s, 23 * 3600);
    CHECK(is_accepted(HOUR_MS, 300));
    CHECK(is_accepted(DAY_MS, 700));
    close_world();
}

TEST(a_clock_that_is_set_back_opens_no_new_hour)
{
    open_world((struct key_limits){.hour_micro = 1000});
    CHECK(is_accepted(HOUR_MS, 1000));
    CHECK(!is_accepted(0, 1));
    CHECK(!is_accepted(HOUR_MS, 1));
    close_world();
}

TEST(what_is_released_is_given_back_to_its_hour_and_day)
{
    struct err err;
    struct id old, fresh;

    open_world((struct key_limits){.hour_micro = 1000, .day_micro = 1500, .total_micro = 2000});
    old = submit_at(0, 500);
    fresh = submit_at(HOUR_MS, 1000);
    CHECK(!is_accepted(HOUR_MS, 1));
    fail(old);
    CHECK_INT(used_at(HOUR_MS).hour_micro, 1000);
    CHECK_INT(used_at(HOUR_MS).day_micro, 1000);
    CHECK_INT(used_at(HOUR_MS).total_micro, 1000);
    CHECK_OK(WORLD_DO(&world, jobs_cancel(world.db, fresh, world.account_id, 1, &err)));
    CHECK_INT(used_at(HOUR_MS).hour_micro, 0);
    CHECK_INT(used_at(HOUR_MS).total_micro, 0);
    CHECK(is_accepted(HOUR_MS, 1000));
    close_world();
}

TEST(what_is_captured_stays_spent)
{
    struct id id;

    open_world((struct key_limits){.total_micro = 1000});
    id = submit_at(0, 1000);
    start(id);
    complete(id);
    CHECK_INT(used_at(0).total_micro, 1000);
    CHECK(!is_accepted(0, 1));
    close_world();
}

TEST(jobs_at_once_are_counted_until_they_end)
{
    struct id first, second;

    open_world((struct key_limits){.jobs_max = 2});
    first = submit_at(0, 1);
    second = submit_at(0, 1);
    CHECK(!is_accepted(0, 1));
    CHECK_INT(refusal.retry_after_s, METER_JOBS_RETRY_S);
    start(first);
    CHECK(!is_accepted(0, 1));
    complete(first);
    CHECK(is_accepted(0, 1));
    CHECK(!is_accepted(0, 1));
    fail(second);
    CHECK(is_accepted(0, 1));
    CHECK_INT(used_at(0).jobs, 2);
    close_world();
}

TEST(waiting_jobs_are_counted_until_they_start)
{
    struct id first;

    open_world((struct key_limits){.queued_max = 1});
    first = submit_at(0, 1);
    CHECK(!is_accepted(0, 1));
    start(first);
    CHECK(is_accepted(0, 1));
    CHECK(!is_accepted(0, 1));
    CHECK_INT(used_at(0).jobs, 2);
    CHECK_INT(used_at(0).queued, 1);
    close_world();
}

TEST(a_replay_passes_every_limit)
{
    struct job job;
    struct job_submit submit = {.job = &job, .limits = &key.limits, .idempotency_key = STR("k")};
    struct job_submit_result result;
    struct err err;

    open_world((struct key_limits){.total_micro = WORLD_PRICE_MICRO, .jobs_max = 1});
    job = world_job(&world);
    job.key_id = key.id;
    for (int i = 0; i < 3; i++) {
        CHECK_OK(WORLD_DO(&world, jobs_submit(world.db, &world.arena, &submit, &result, &err)));
        CHECK_INT(result.replayed, i > 0);
        job.id = id_new();
    }
    CHECK_INT(used_at(0).total_micro, WORLD_PRICE_MICRO);
    close_world();
}

TEST(a_job_that_the_balance_refuses_counts_nowhere)
{
    struct job job;
    struct err err;

    open_world((struct key_limits){.total_micro = 2 * WORLD_GRANT_MICRO, .jobs_max = 1});
    job = world_job(&world);
    job.key_id = key.id;
    job.price_micro = WORLD_GRANT_MICRO + 1;
    CHECK(!submit_as(&job, &key.limits, &err));
    CHECK_INT(err.kind, ERR_FUNDS);
    CHECK_INT(used_at(0).total_micro, 0);
    CHECK(is_accepted(0, 1));
    close_world();
}

/* Jobs of before: one that runs, one that is paid, one that failed. */
TEST(a_key_that_gets_limits_later_has_spent_what_it_has_spent)
{
    struct id paid, failed, runs;
    struct err err;

    open_world((struct key_limits){0});
    paid = submit_at(0, 100);
    failed = submit_at(HOUR_MS, 10);
    runs = submit_at(HOUR_MS, 1);
    start(paid);
    complete(paid);
    fail(failed);
    start(runs);
    key.limits.total_micro = 1000;
    key.limits.jobs_max = 1;
    CHECK_OK(WORLD_DO(&world, keys_update(world.db, &key, DAY_START_MS + HOUR_MS, &err)));
    CHECK_INT(used_at(HOUR_MS).total_micro, 101);
    CHECK_INT(used_at(HOUR_MS).day_micro, 101);
    CHECK_INT(used_at(HOUR_MS).hour_micro, 1);
    CHECK_INT(used_at(HOUR_MS).jobs, 1);
    CHECK(!is_accepted(HOUR_MS, 1));
    fail(runs);
    CHECK_INT(used_at(HOUR_MS).total_micro, 100);
    CHECK(is_accepted(HOUR_MS, 900));
    world_check_ledger(&world);
    /* And again after it had none for a while. */
    key.limits = (struct key_limits){0};
    CHECK_OK(WORLD_DO(&world, keys_update(world.db, &key, DAY_START_MS + HOUR_MS, &err)));
    CHECK(is_accepted(HOUR_MS, 5));
    key.limits.total_micro = 1006;
    CHECK_OK(WORLD_DO(&world, keys_update(world.db, &key, DAY_START_MS + HOUR_MS, &err)));
    CHECK(!is_accepted(HOUR_MS, 2));
    CHECK(is_accepted(HOUR_MS, 1));
    close_world();
}

TEST(verifying_finds_a_falsified_count)
{
    static const char *const falsify[] = {
        "UPDATE key_use SET total_micro = total_micro - 1",
        "UPDATE key_use SET hour_micro = 0",
        "UPDATE key_use SET day_micro = 0",
    };
    struct ledger_report report;
    struct err err;

    for (size_t i = 0; i < ARRAY_LEN(falsify); i++) {
        open_world((struct key_limits){.total_micro = 1000});
        CHECK(is_accepted(0, 7));
        world_check_ledger(&world);
        CHECK_OK(db_script(world.db, falsify[i], &err));
        CHECK_OK(ledger_verify(world.db, &report, &err));
        CHECK_INT(report.differences, 1);
        CHECK_INT(report.first[0].account_id, world.account_id);
        CHECK_INT(report.first[0].computed, 7);
        world_close(&world);
    }
}

TEST(a_rotated_key_keeps_its_limits_and_what_it_has_spent)
{
    char secret[KEY_TEXT_BYTES];
    struct key fresh = {0}, got;
    struct err err;

    open_world((struct key_limits){.total_micro = 1000});
    CHECK(is_accepted(0, 1000));
    key_generate(secret, &fresh);
    CHECK_OK(WORLD_DO(&world, keys_rotate(world.db, key.id, &fresh, 5000, &err)));
    CHECK_OK(keys_find(world.db, &fresh.hash, &got, &err));
    CHECK_INT(got.id, key.id);
    CHECK_INT(got.limits.total_micro, 1000);
    CHECK_INT(got.expires_ms, 0);
    CHECK_STR(got.prefix, fresh.prefix);
    CHECK_OK(keys_find(world.db, &key.hash, &got, &err));
    CHECK_INT(got.id, key.id);
    CHECK_INT(got.expires_ms, 5000);
    CHECK(!is_accepted(0, 1));
    CHECK_OK(WORLD_DO(&world, keys_rotate(world.db, key.id, &key, 0, &err)));
    CHECK(!keys_find(world.db, &fresh.hash, &got, &err));
    CHECK_INT(err.kind, ERR_UNAUTHORIZED);
    close_world();
}

TEST(a_deleted_key_is_unknown_everywhere)
{
    struct key_filter filter = {.limit = 9};
    struct key_list list;
    struct key got;
    struct err err;

    open_world((struct key_limits){0});
    CHECK_OK(WORLD_DO(&world, keys_delete(world.db, key.id, 9, &err)));
    CHECK(!keys_find(world.db, &key.hash, &got, &err));
    CHECK_INT(err.kind, ERR_UNAUTHORIZED);
    CHECK(!keys_get(world.db, key.id, &got, &err));
    CHECK_INT(err.kind, ERR_NOT_FOUND);
    CHECK(!WORLD_DO(&world, keys_set_disabled(world.db, key.id, false, &err)));
    CHECK(!WORLD_DO(&world, keys_update(world.db, &key, 9, &err)));
    CHECK(!WORLD_DO(&world, keys_rotate(world.db, key.id, &key, 0, &err)));
    CHECK(!WORLD_DO(&world, keys_delete(world.db, key.id, 9, &err)));
    CHECK_INT(err.kind, ERR_NOT_FOUND);
    CHECK_OK(keys_list(world.db, &world.arena, &filter, &list, &err));
    CHECK_INT(list.count, 0);
    close_world();
}

TEST(a_key_reads_back_as_it_was_written)
{
    struct key_limits limits = {.hour_micro = 1,
                                .day_micro = 2,
                                .total_micro = 3,
                                .requests_per_minute = 4,
                                .jobs_max = 5,
                                .queued_max = 6,
                                .ranges = "10.0.0.0/8,2001:db8::/32,192.0.2.7",
                                .models = "sora-2,sora-2-pro"};
    struct key got;
    struct err err;

    open_world(limits);
    CHECK_OK(keys_get(world.db, key.id, &got, &err));
    CHECK(memcmp(&got.limits, &key.limits, sizeof(limits)) == 0);
    CHECK_INT(got.scopes, SCOPE_READ | SCOPE_CREATE);
    got.scopes = SCOPE_ADMIN;
    got.expires_ms = 77;
    got.disabled = true;
    got.limits = (struct key_limits){.models = "a"};
    CHECK_OK(WORLD_DO(&world, keys_update(world.db, &got, DAY_START_MS, &err)));
    CHECK_OK(keys_get(world.db, key.id, &key, &err));
    CHECK_INT(key.scopes, SCOPE_ADMIN);
    CHECK_INT(key.expires_ms, 77);
    CHECK(key.disabled);
    CHECK_STR(key.limits.models, "a");
    CHECK_STR(key.limits.ranges, "");
    close_world();
}

TEST(what_makes_no_sense_is_not_stored)
{
    static const struct {
        struct key key;
        const char *param;
    } bad[] = {
        {{.name = "a\nb"}, "name"},
        {{.name = "\xff"}, "name"},
        {{.scopes = 8}, "scopes"},
        {{.expires_ms = -1}, "expires_at"},
        {{.limits.hour_micro = -1}, "hourly_usd"},
        {{.limits.total_micro = INT64_MAX}, "total_usd"},
        {{.limits.requests_per_minute = KEY_COUNT_MAX + 1}, "requests_per_minute"},
        {{.limits.queued_max = -1}, "queued_jobs"},
        {{.limits.ranges = "10.0.0.1/8"}, "ip_ranges"},
        {{.limits.ranges = "10.0.0.1,"}, NULL},
        {{.limits.ranges = "10.0.0.1,,10.0.0.2"}, "ip_ranges"},
        {{.limits.ranges = "example.com"}, "ip_ranges"},
        {{.limits.ranges = "1.1.1.1,1.1.1.2,1.1.1.3,1.1.1.4,1.1.1.5,1.1.1.6,1.1.1.7,1.1.1.8,"
                           "1.1.1.9,1.1.1.10,1.1.1.11"},
         "ip_ranges"},
    };
    struct err err;

    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        CHECK_INT(keys_check(&bad[i].key, &err), bad[i].param == NULL);
        if (bad[i].param)
            CHECK_STR(err.param, bad[i].param);
    }
}
