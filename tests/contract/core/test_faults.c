/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fault sweep: each operation runs against a store whose first, then second, … call fails,
 * until it succeeds. A failed operation must have left everything as it was, and after each the
 * ledger must verify.
 */
#include <stdio.h>

#include "base/buf.h"
#include "base/macros.h"
#include "core/accounts.h"
#include "core/assets.h"
#include "core/characters.h"
#include "core/deliveries.h"
#include "core/endpoints.h"
#include "core/executor.h"
#include "core/idempotency.h"
#include "core/keys.h"
#include "core/ledger.h"
#include "harness/tap.h"
#include "world.h"

/* What an operation finds: one job in each state that matters. */
static struct scene {
    struct world world;
    struct id queued, running, tired; /* tired: running for the last time it may */
    struct id ended;                  /* with a delivery that is due */
    struct id delivery;
    struct id asked; /* running, and to be told to `endpoint` */
    struct endpoint endpoint;
    struct asset old_asset;
    struct key key; /* of all jobs; metered */
} scene;

static const struct job_failure broken = {JOB_FAULT_BROKEN, {"the engine broke", 16}};
static const struct ledger_note note = {
    .reason = {"a reason", 8}, .author = {"an author", 9}, .now_ms = WORLD_NOW_MS};

static const struct key_limits limits = {.total_micro = WORLD_GRANT_MICRO, .jobs_max = 100};

static const char URL[] = "https://receiver.example/hook";

static bool set_scene(struct world *world, struct err *err)
{
    enum job_state state;
    int attempt = 0;

    scene.old_asset = world_asset();
    scene.old_asset.account_id = world->account_id;
    if (!jobs_start(world->db, scene.running, STR("diorama"), 1, &attempt, err) ||
        !jobs_start(world->db, scene.asked, STR("diorama"), 1, &attempt, err) ||
        !endpoints_create(world->db, &scene.endpoint, err) ||
        !assets_create(world->db, &scene.old_asset, err))
        return false;
    for (int i = 1; i < JOB_ATTEMPTS_MAX; i++) {
        if (!jobs_start(world->db, scene.tired, STR("diorama"), 1, &attempt, err) ||
            !jobs_requeue(world->db, scene.tired, &broken, 2, &state, err))
            return false;
    }
    return jobs_start(world->db, scene.tired, STR("diorama"), 1, &attempt, err) &&
           jobs_fail(world->db, scene.ended, &broken, 3, err) &&
           keys_update(world->db, &scene.key, WORLD_NOW_MS, err);
}

static void find_delivery(void)
{
    struct delivery_filter filter = {.account_id = scene.world.account_id, .limit = 1};
    struct delivery_page page;
    struct err err;

    CHECK_OK(deliveries_list(scene.world.db, &scene.world.arena, &filter, &page, &err));
    CHECK_INT(page.count, 1);
    scene.delivery = page.deliveries[0].id;
}

static struct id submit_asked(struct world *world)
{
    struct job job = world_job(world);
    struct job_submit submit = {.job = &job};
    struct job_submit_result result;
    struct err err;

    job.dialect = DIALECT_OPENAI;
    CHECK_OK(WORLD_DO(world, jobs_submit(world->db, &world->arena, &submit, &result, &err)));
    return job.id;
}

static void open_scene(void)
{
    struct err err;

    world_open_on_disk(&scene.world);
    scene.queued = world_submit(&scene.world);
    scene.running = world_submit_told(&scene.world, URL);
    scene.tired = world_submit_told(&scene.world, URL);
    scene.ended = world_submit_told(&scene.world, URL);
    scene.asked = submit_asked(&scene.world);
    scene.endpoint = (struct endpoint){.id = id_new(),
                                       .account_id = scene.world.account_id,
                                       .name = STR("a receiver"),
                                       .url = STR("https://endpoint.example/"),
                                       .events = BIT(JOB_EVENTS) - 1,
                                       .secret = id_new()};
    scene.key = world_key(&scene.world);
    scene.key.limits = limits;
    CHECK_OK(WORLD_DO(&scene.world, set_scene(&scene.world, &err)));
    world_check_ledger(&scene.world);
    find_delivery();
}

/* A hash of every row of every table. */
static struct hash snapshot(void)
{
    static const char *const tables[] = {
        "SELECT * FROM accounts ORDER BY id",    "SELECT * FROM keys ORDER BY id",
        "SELECT * FROM key_use ORDER BY key_id", "SELECT * FROM ledger ORDER BY ref, settles",
        "SELECT * FROM jobs ORDER BY id",        "SELECT * FROM attempts ORDER BY job_id, number",
        "SELECT * FROM idempotency ORDER BY id", "SELECT * FROM assets ORDER BY id",
        "SELECT * FROM deliveries ORDER BY id",  "SELECT * FROM endpoints ORDER BY id",
        "SELECT * FROM characters ORDER BY id",  "SELECT * FROM uploads ORDER BY id",
    };
    struct arena arena = {0};
    struct buf buf;
    struct hash hash;
    struct err err;

    buf_init(&buf, 1 << 20);
    for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
        struct db_rows rows = {0};

        CHECK_OK(db_query(scene.world.db, &arena, tables[i], DB_NO_ARGS, &rows, &err));
        for (int at = 0; at < rows.count * rows.columns; at++) {
            buf_printf(&buf, "%d %" PRId64 " ", rows.values[at].type, rows.values[at].number);
            buf_add_str(&buf, rows.values[at].bytes);
        }
        buf_printf(&buf, "\n");
    }
    CHECK(!buf_is_over(&buf));
    hash = hash_sha256(buf_str(&buf));
    buf_fini(&buf);
    arena_fini(&arena);
    return hash;
}

/* Sweeps `run`; it must make more than `calls_min` calls, or it was not swept at all. */
static void sweep(bool (*run)(struct op *, struct db *, struct err *), int calls_min)
{
    bool done = false;
    int failures = 0;

    for (int call = 1; !done; call++) {
        struct op op = {.run = run};
        struct db *faulty = NULL;
        struct hash before, after;
        char url[160];
        struct err err;

        open_scene();
        before = snapshot();
        snprintf(url, sizeof(url), "faulty:%d:%s", call, scene.world.url);
        CHECK_OK(db_open(&faulty, str_from(url), &err));
        done = executor_run_once(faulty, &op, &err);
        db_close(faulty);
        failures += !done;
        after = snapshot();
        CHECK(done || err.kind == ERR_IO);
        CHECK(hash_eq(&before, &after) == !done);
        world_check_ledger(&scene.world);
        world_close(&scene.world);
        CHECK(call < 100);
    }
    CHECK(failures >= calls_min);
}

static bool run_submit(struct op *op, struct db *db, struct err *err)
{
    struct job job = world_job(&scene.world);
    struct job_submit submit = {.job = &job, .idempotency_key = STR("key")};
    struct job_submit_result result;

    (void)op;
    return jobs_submit(db, &scene.world.arena, &submit, &result, err);
}

TEST(submitting_survives_a_fault_anywhere)
{
    sweep(run_submit, 7); /* begin, find key, balance, ledger, job, take key, commit */
}

static bool run_submit_extension(struct op *op, struct db *db, struct err *err)
{
    struct job job = world_job(&scene.world);
    struct job_submit submit = {.job = &job};
    struct job_submit_result result;

    (void)op;
    job.render.purpose = RENDER_EXTEND;
    job.source = scene.ended;
    job.source_video = job.first_frame = scene.old_asset.id;
    job.base_seconds = 4;
    return jobs_submit(db, &scene.world.arena, &submit, &result, err);
}

TEST(submitting_an_extension_survives_a_fault_anywhere)
{
    sweep(run_submit_extension, 7); /* begin, two assets, balance, ledger, job, commit */
}

static bool run_keep_character(struct op *op, struct db *db, struct err *err)
{
    struct asset clip = world_asset();
    struct character character = {.id = id_new(),
                                  .account_id = scene.world.account_id,
                                  .created_ms = WORLD_NOW_MS,
                                  .asset = clip.id,
                                  .name = STR("Mossy")};

    (void)op;
    clip.account_id = character.account_id;
    clip.kind = ASSET_CHARACTER;
    return characters_create(db, &character, &clip, err);
}

TEST(keeping_a_character_survives_a_fault_anywhere)
{
    sweep(run_keep_character, 5); /* begin, count, clip, character, commit */
}

static bool run_metered_submit(struct op *op, struct db *db, struct err *err)
{
    struct job job = world_job(&scene.world);
    struct job_submit submit = {.job = &job, .limits = &limits};
    struct job_submit_result result;

    (void)op;
    return jobs_submit(db, &scene.world.arena, &submit, &result, err);
}

TEST(submitting_with_a_metered_key_survives_a_fault_anywhere)
{
    sweep(run_metered_submit, 7); /* begin, jobs, spent, balance, ledger, job, commit */
}

static bool run_start(struct op *op, struct db *db, struct err *err)
{
    int attempt = 0;

    (void)op;
    return jobs_start(db, scene.queued, STR("diorama"), 9, &attempt, err);
}

TEST(starting_survives_a_fault_anywhere)
{
    sweep(run_start, 4);
}

static bool run_set_upstream(struct op *op, struct db *db, struct err *err)
{
    (void)op;
    return jobs_set_upstream(db, scene.running, STR("up-1"), err);
}

TEST(noting_the_upstream_survives_a_fault_anywhere)
{
    sweep(run_set_upstream, 3);
}

static bool run_note(struct op *op, struct db *db, struct err *err)
{
    (void)op;
    return jobs_note(db, scene.running, STR("{}"), err);
}

TEST(noting_what_the_engine_says_survives_a_fault_anywhere)
{
    sweep(run_note, 3);
}

static bool run_complete(struct op *op, struct db *db, struct err *err)
{
    struct asset asset = world_asset();

    (void)op;
    return jobs_complete(db, scene.running, &asset, 9, err);
}

TEST(completing_survives_a_fault_anywhere)
{
    sweep(run_complete, 9);
}

static bool run_fail(struct op *op, struct db *db, struct err *err)
{
    (void)op;
    return jobs_fail(db, scene.running, &broken, 9, err);
}

TEST(failing_survives_a_fault_anywhere)
{
    sweep(run_fail, 9);
}

static bool run_fail_asked(struct op *op, struct db *db, struct err *err)
{
    struct endpoint second = scene.endpoint;

    (void)op;
    second.id = id_new();
    return endpoints_create(db, &second, err) && jobs_fail(db, scene.asked, &broken, 9, err);
}

TEST(telling_two_endpoints_of_an_end_survives_a_fault_anywhere)
{
    sweep(run_fail_asked, 12);
}

static bool run_claim_moved(struct op *op, struct db *db, struct err *err)
{
    struct delivery_claim claim = {.now_ms = 10, .until_ms = 20, .limit = 10};
    struct endpoint moved = scene.endpoint;
    struct delivery_dues dues;

    (void)op;
    moved.url = STR("https://elsewhere.example/");
    return jobs_fail(db, scene.asked, &broken, 9, err) && endpoints_update(db, &moved, err) &&
           deliveries_claim(db, &scene.world.arena, &claim, &dues, err) && dues.count == 2;
}

TEST(claiming_for_an_endpoint_that_moved_survives_a_fault_anywhere)
{
    sweep(run_claim_moved, 17);
}

static bool run_delete_endpoint(struct op *op, struct db *db, struct err *err)
{
    (void)op;
    return endpoints_delete(db, scene.endpoint.id, scene.world.account_id, err);
}

TEST(removing_an_endpoint_survives_a_fault_anywhere)
{
    sweep(run_delete_endpoint, 3);
}

static bool run_cancel(struct op *op, struct db *db, struct err *err)
{
    (void)op;
    return jobs_cancel(db, scene.queued, scene.world.account_id, 9, err);
}

TEST(canceling_survives_a_fault_anywhere)
{
    sweep(run_cancel, 8);
}

static bool run_requeue(struct op *op, struct db *db, struct err *err)
{
    enum job_state state;

    (void)op;
    return jobs_requeue(db, scene.running, &broken, 9, &state, err);
}

TEST(requeueing_survives_a_fault_anywhere)
{
    sweep(run_requeue, 5);
}

static bool run_last_requeue(struct op *op, struct db *db, struct err *err)
{
    enum job_state state;

    (void)op;
    return jobs_requeue(db, scene.tired, &broken, 9, &state, err);
}

TEST(giving_up_after_the_last_attempt_survives_a_fault_anywhere)
{
    sweep(run_last_requeue, 10);
}

static bool is_local(void *context, struct str engine)
{
    (void)context;
    (void)engine;
    return false;
}

static bool run_recover(struct op *op, struct db *db, struct err *err)
{
    struct job_recovery how = {9, is_local, NULL};
    struct job_recovered recovered;

    (void)op;
    return jobs_recover(db, &scene.world.arena, &how, &recovered, err);
}

TEST(recovering_survives_a_fault_anywhere)
{
    sweep(run_recover, 12);
}

static bool run_grant_and_adjust(struct op *op, struct db *db, struct err *err)
{
    (void)op;
    return ledger_grant(db, scene.world.account_id, 5, &note, err) &&
           ledger_adjust(db, scene.world.account_id, -3, &note, err);
}

TEST(moving_money_survives_a_fault_anywhere)
{
    sweep(run_grant_and_adjust, 6);
}

static bool run_create_account(struct op *op, struct db *db, struct err *err)
{
    struct account account;
    struct key key = {0};
    char secret[KEY_TEXT_BYTES];

    (void)op;
    key_generate(secret, &key);
    if (!accounts_create(db, STR("third"), 1, &account, err))
        return false;
    key.account_id = account.id;
    return keys_create(db, &key, err) && keys_set_disabled(db, key.id, true, err);
}

TEST(making_accounts_and_keys_survives_a_fault_anywhere)
{
    sweep(run_create_account, 6);
}

/* It had limits: first it loses them, then it gets them again. */
static bool run_change_key(struct op *op, struct db *db, struct err *err)
{
    struct key key = scene.key;

    (void)op;
    key.limits = (struct key_limits){0};
    return keys_update(db, &key, 9, err) && keys_update(db, &scene.key, 9, err) &&
           keys_rotate(db, key.id, &(struct key){.prefix = "afk_new"}, 99, err) &&
           keys_delete(db, key.id, 9, err);
}

TEST(changing_rotating_and_deleting_a_key_survives_a_fault_anywhere)
{
    sweep(run_change_key, 10);
}

static bool run_expire(struct op *op, struct db *db, struct err *err)
{
    struct id *ids = NULL;
    int count = 0;

    (void)op;
    return assets_expired(db, &scene.world.arena, INT64_MAX, &ids, &count, err) &&
           assets_delete(db, ids[0], err);
}

TEST(expiring_assets_survives_a_fault_anywhere)
{
    sweep(run_expire, 5);
}

static bool run_claim(struct op *op, struct db *db, struct err *err)
{
    struct delivery_claim claim = {.now_ms = 10, .until_ms = 20, .limit = 10};
    struct delivery_dues dues;

    (void)op;
    return deliveries_claim(db, &scene.world.arena, &claim, &dues, err) && dues.count == 1;
}

TEST(claiming_deliveries_survives_a_fault_anywhere)
{
    sweep(run_claim, 6); /* begin, claim, job, key, next, commit */
}

static bool run_mark(struct op *op, struct db *db, struct err *err)
{
    struct delivery_result result = {
        .id = scene.delivery, .state = DELIVERY_DELIVERED, .began_ms = 10, .status = 200};

    (void)op;
    return deliveries_mark(db, &result, err);
}

TEST(marking_a_delivery_survives_a_fault_anywhere)
{
    sweep(run_mark, 4);
}

static bool run_replay(struct op *op, struct db *db, struct err *err)
{
    (void)op;
    return deliveries_park(db, scene.delivery, 99, err) &&
           deliveries_replay(db, scene.delivery, 0, 50, err);
}

TEST(replaying_a_delivery_survives_a_fault_anywhere)
{
    sweep(run_replay, 6);
}
