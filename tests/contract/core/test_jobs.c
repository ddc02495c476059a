/* SPDX-License-Identifier: Apache-2.0 */
#include "core/jobs.h"

#include <stdio.h>

#include "base/macros.h"
#include "core/assets.h"
#include "core/idempotency.h"
#include "core/ledger.h"
#include "harness/tap.h"
#include "world.h"

static const struct job_failure broken = {JOB_FAULT_BROKEN, {"the engine broke", 16}};
static const struct job_failure interrupted = {JOB_FAULT_NONE, {"the server stops", 16}};

static bool submit_with_key(struct world *world, const struct job *job, const char *key,
                            const char *body, struct job_submit_result *result, struct err *err_out)
{
    struct job_submit submit = {
        .job = job, .idempotency_key = str_from(key), .request_hash = hash_sha256(str_from(body))};
    struct err err;
    bool ok = WORLD_DO(world, jobs_submit(world->db, &world->arena, &submit, result, &err));

    *err_out = err;
    return ok;
}

static void start(struct world *world, struct id id)
{
    struct err err;
    int attempt = 0;

    CHECK_OK(WORLD_DO(world,
                      jobs_start(world->db, id, STR("diorama"), WORLD_NOW_MS + 5, &attempt, &err)));
    CHECK_INT(attempt, world_get(world, id).attempts);
}

static void check_balances(struct world *world, int64_t available, int64_t held, int64_t spent)
{
    struct account account = world_account(world, world->account_id);

    CHECK_INT(account.available_micro, available);
    CHECK_INT(account.held_micro, held);
    CHECK_INT(account.spent_micro, spent);
    world_check_ledger(world);
}

TEST(a_submitted_job_reads_back_as_it_was_given)
{
    struct world world;
    struct job job, got;

    world_open(&world);
    job = world_job(&world);
    job.first_frame = world_keep(&world, ASSET_REFERENCE);
    job.render.seed = INT64_MAX;
    job.callback = (struct job_callback){.url = STR("https://example.org/hook"),
                                         .base = STR("http://127.0.0.1:8787"),
                                         .events = BIT(JOB_EVENT_COMPLETED)};
    {
        struct job_submit submit = {.job = &job};
        struct job_submit_result result;
        struct err err;

        CHECK_OK(WORLD_DO(&world, jobs_submit(world.db, &world.arena, &submit, &result, &err)));
        CHECK(!result.replayed);
        CHECK(id_eq(result.job.id, job.id));
        CHECK_INT(result.job.callback.state, JOB_CALLBACK_PENDING);
    }
    got = world_get(&world, job.id);
    CHECK(id_eq(got.id, job.id));
    CHECK(id_eq(got.first_frame, job.first_frame));
    CHECK(id_is_zero(got.output));
    CHECK_INT(got.account_id, job.account_id);
    CHECK_INT(got.key_id, job.key_id);
    CHECK_INT(got.dialect, job.dialect);
    CHECK_INT(got.state, JOB_QUEUED);
    CHECK_INT(got.price_micro, job.price_micro);
    CHECK_INT(got.created_ms, job.created_ms);
    CHECK_INT(got.started_ms, 0);
    CHECK_INT(got.ended_ms, 0);
    CHECK_INT(got.attempts, 0);
    CHECK_INT(got.render.seconds, 4);
    CHECK_INT(got.render.width, 1280);
    CHECK_INT(got.render.height, 720);
    CHECK_INT(got.render.fps, 30);
    CHECK_INT(got.render.seed, INT64_MAX);
    CHECK(str_eq(got.request, job.request));
    CHECK(str_eq(got.model, job.model));
    CHECK(str_eq(got.render.prompt, job.render.prompt));
    CHECK_INT(got.engine.len, 0);
    CHECK_INT(got.error.len, 0);
    CHECK(str_eq(got.callback.url, job.callback.url));
    CHECK(str_eq(got.callback.base, job.callback.base));
    CHECK_INT(got.callback.events, BIT(JOB_EVENT_COMPLETED));
    CHECK_INT(got.callback.state, JOB_CALLBACK_PENDING);
    check_balances(&world, WORLD_GRANT_MICRO - WORLD_PRICE_MICRO, WORLD_PRICE_MICRO, 0);
    world_close(&world);
}

TEST(a_job_without_a_callback_has_none_pending)
{
    struct world world;
    struct job job;

    world_open(&world);
    job = world_get(&world, world_submit(&world));
    CHECK_INT(job.callback.url.len, 0);
    CHECK_INT(job.callback.state, JOB_CALLBACK_NONE);
    world_close(&world);
}

TEST(a_price_above_the_balance_is_refused_and_leaves_nothing)
{
    struct world world;
    struct job job, got;
    struct job_submit submit = {.job = &job};
    struct job_submit_result result;
    struct err err;

    world_open(&world);
    job = world_job(&world);
    job.price_micro = WORLD_GRANT_MICRO + 1;
    CHECK(!WORLD_DO(&world, jobs_submit(world.db, &world.arena, &submit, &result, &err)));
    CHECK_INT(err.kind, ERR_FUNDS);
    CHECK(!jobs_get(world.db, &world.arena, 0, job.id, &got, &err));
    CHECK_INT(err.kind, ERR_NOT_FOUND);
    check_balances(&world, WORLD_GRANT_MICRO, 0, 0);
    job.price_micro = WORLD_GRANT_MICRO;
    CHECK_OK(WORLD_DO(&world, jobs_submit(world.db, &world.arena, &submit, &result, &err)));
    check_balances(&world, 0, WORLD_GRANT_MICRO, 0);
    world_close(&world);
}

TEST(the_same_id_conflicts_and_holds_once)
{
    struct world world;
    struct job job;
    struct job_submit submit = {.job = &job};
    struct job_submit_result result;
    struct err err;

    world_open(&world);
    job = world_job(&world);
    CHECK_OK(WORLD_DO(&world, jobs_submit(world.db, &world.arena, &submit, &result, &err)));
    CHECK(!WORLD_DO(&world, jobs_submit(world.db, &world.arena, &submit, &result, &err)));
    CHECK_INT(err.kind, ERR_CONFLICT);
    check_balances(&world, WORLD_GRANT_MICRO - WORLD_PRICE_MICRO, WORLD_PRICE_MICRO, 0);
    world_close(&world);
}

TEST(the_same_key_and_request_give_the_same_job_and_hold_once)
{
    struct world world;
    struct job first, second;
    struct job_submit_result result;
    struct err err;

    world_open(&world);
    first = world_job(&world);
    second = world_job(&world);
    CHECK_OK(submit_with_key(&world, &first, "k1", "body", &result, &err));
    CHECK(!result.replayed);
    CHECK_OK(submit_with_key(&world, &second, "k1", "body", &result, &err));
    CHECK(result.replayed);
    CHECK(id_eq(result.job.id, first.id));
    CHECK(str_eq(result.job.request, first.request));
    check_balances(&world, WORLD_GRANT_MICRO - WORLD_PRICE_MICRO, WORLD_PRICE_MICRO, 0);
    world_close(&world);
}

TEST(the_same_key_with_another_request_conflicts)
{
    struct world world;
    struct job first, second;
    struct job_submit_result result;
    struct err err;

    world_open(&world);
    first = world_job(&world);
    second = world_job(&world);
    CHECK_OK(submit_with_key(&world, &first, "k1", "body", &result, &err));
    CHECK(!submit_with_key(&world, &second, "k1", "other", &result, &err));
    CHECK_INT(err.kind, ERR_CONFLICT);
    CHECK_STR(err.param, "Idempotency-Key");
    check_balances(&world, WORLD_GRANT_MICRO - WORLD_PRICE_MICRO, WORLD_PRICE_MICRO, 0);
    world_close(&world);
}

TEST(a_key_belongs_to_its_account_and_to_its_day)
{
    struct world world;
    struct job first, other, within, after;
    struct job_submit_result result;
    struct err err;

    world_open(&world);
    first = world_job(&world);
    other = world_job(&world);
    other.account_id = world.other_account_id;
    within = world_job(&world);
    within.created_ms += IDEMPOTENCY_WINDOW_MS - 1;
    after = world_job(&world);
    after.created_ms += IDEMPOTENCY_WINDOW_MS;
    CHECK_OK(submit_with_key(&world, &first, "k1", "body", &result, &err));
    CHECK_OK(submit_with_key(&world, &other, "k1", "other", &result, &err));
    CHECK(!result.replayed);
    CHECK_OK(submit_with_key(&world, &within, "k1", "body", &result, &err));
    CHECK(result.replayed);
    CHECK_OK(submit_with_key(&world, &after, "k1", "third", &result, &err));
    CHECK(!result.replayed);
    CHECK(id_eq(result.job.id, after.id));
    CHECK_OK(submit_with_key(&world, &within, "k1", "third", &result, &err));
    CHECK(id_eq(result.job.id, after.id));
    world_check_ledger(&world);
    world_close(&world);
}

TEST(an_overlong_key_is_refused)
{
    struct world world;
    struct job job;
    struct job_submit_result result;
    struct err err;
    char key[IDEMPOTENCY_KEY_BYTES_MAX + 2];

    world_open(&world);
    memset(key, 'k', sizeof(key));
    key[sizeof(key) - 1] = '\0';
    job = world_job(&world);
    CHECK(!submit_with_key(&world, &job, key, "body", &result, &err));
    CHECK_INT(err.kind, ERR_INVALID);
    key[sizeof(key) - 2] = '\0';
    CHECK_OK(submit_with_key(&world, &job, key, "body", &result, &err));
    world_close(&world);
}

static int64_t key_count(struct world *world)
{
    static const char sql_count[] = "SELECT count(*) FROM idempotency";
    struct db_rows rows = {0};
    struct err err;

    CHECK_OK(db_query(world->db, &world->arena, sql_count, DB_NO_ARGS, &rows, &err));
    return db_cell_int(&rows, 0, 0);
}

/* As many connections as there could be processes, each with its own index of the keys. */
TEST(a_key_counts_for_another_connection_before_and_after_it_has_looked)
{
    enum { COUNT = 200 };
    struct world world, other;
    struct job job;
    struct job_submit_result result;
    struct id first[COUNT];
    struct err err;
    char key[16];

    world_open_on_disk(&world);
    other = world;
    other.arena = (struct arena){0};
    CHECK_OK(db_open(&other.db, str_from(world.url), &err));
    for (int i = 0; i < COUNT; i++) {
        struct world *one = i % 7 < 5 ? &world : &other;

        snprintf(key, sizeof(key), "key %d", i);
        job = world_job(one);
        CHECK_OK(submit_with_key(one, &job, key, "body", &result, &err));
        CHECK(!result.replayed);
        first[i] = job.id;
        job = world_job(one);
        CHECK_OK(submit_with_key(i % 2 ? &world : &other, &job, key, "body", &result, &err));
        CHECK(result.replayed);
    }
    db_close(other.db);
    CHECK_OK(db_open(&other.db, str_from(world.url), &err));
    CHECK_OK(WORLD_DO(&other, idempotency_load(other.db, &err)));
    for (int i = 0; i < COUNT; i++) {
        snprintf(key, sizeof(key), "key %d", i);
        job = world_job(&other);
        CHECK_OK(submit_with_key(&other, &job, key, "body", &result, &err));
        CHECK(result.replayed);
        CHECK(id_eq(result.job.id, first[i]));
        CHECK(!submit_with_key(&other, &job, key, "another body", &result, &err));
        CHECK_INT(err.kind, ERR_CONFLICT);
    }
    db_close(other.db);
    arena_fini(&other.arena);
    world_check_ledger(&world);
    world_close(&world);
}

TEST(a_key_whose_submit_was_undone_is_free_and_its_place_may_be_anothers)
{
    struct world world;
    struct job job;
    struct job_submit submit = {.job = &job, .idempotency_key = STR("undone")};
    struct job_submit_result result;
    struct err err;

    world_open(&world);
    job = world_job(&world);
    CHECK_OK(db_begin(world.db, &err));
    CHECK_OK(jobs_submit(world.db, &world.arena, &submit, &result, &err));
    db_rollback(world.db);
    CHECK_OK(submit_with_key(&world, &job, "another", "body", &result, &err));
    CHECK(!result.replayed);
    job = world_job(&world);
    CHECK_OK(submit_with_key(&world, &job, "undone", "body", &result, &err));
    CHECK(!result.replayed);
    CHECK_OK(submit_with_key(&world, &job, "another", "body", &result, &err));
    CHECK(result.replayed);
    CHECK_OK(submit_with_key(&world, &job, "undone", "body", &result, &err));
    CHECK(result.replayed);
    CHECK_INT(key_count(&world), 2);
    world_check_ledger(&world);
    world_close(&world);
}

TEST(what_is_undone_again_and_again_does_not_fill_the_index)
{
    struct world world;
    struct job_submit_result result;
    struct err err;

    world_open(&world);
    for (int i = 0; i < 200; i++) {
        struct job job = world_job(&world);
        struct str key = arena_printf(&world.arena, "undone %d", i);
        struct job_submit submit = {
            .job = &job, .idempotency_key = key, .request_hash = hash_sha256(STR("body"))};

        CHECK_OK(db_begin(world.db, &err));
        CHECK_OK(jobs_submit(world.db, &world.arena, &submit, &result, &err));
        db_rollback(world.db);
    }
    for (int i = 0; i < 3; i++) {
        struct job job = world_job(&world);
        char key[] = {(char)('a' + i), '\0'};

        CHECK_OK(submit_with_key(&world, &job, key, "body", &result, &err));
        CHECK(!result.replayed);
        CHECK_OK(submit_with_key(&world, &job, key, "body", &result, &err));
        CHECK(result.replayed);
    }
    CHECK_INT(idempotency_indexed(world.db), 3);
    CHECK_INT(key_count(&world), 3);
    world_close(&world);
}

TEST(idempotency_keys_have_a_limit_and_old_ones_make_room)
{
    struct world world;
    struct job_submit_result result;
    struct err err;
    int purged = 0;

    world_open(&world);
    idempotency_limit(world.db, 2);
    for (int i = 0; i < 3; i++) {
        struct job job = world_job(&world);
        char key[] = {(char)('a' + i), '\0'};
        bool ok = submit_with_key(&world, &job, key, "body", &result, &err);

        CHECK_INT(ok, i < 2);
    }
    CHECK_INT(err.kind, ERR_BUSY);
    CHECK_INT(world_account(&world, world.account_id).held_micro, 2 * WORLD_PRICE_MICRO);

    struct job again = world_job(&world), keyless = world_job(&world), late = world_job(&world);

    CHECK_OK(submit_with_key(&world, &again, "a", "body", &result, &err));
    CHECK(result.replayed);
    CHECK_OK(submit_with_key(&world, &keyless, "", "body", &result, &err));
    CHECK_OK(WORLD_DO(&world, idempotency_purge(world.db, WORLD_NOW_MS + IDEMPOTENCY_WINDOW_MS, 10,
                                                &purged, &err)));
    CHECK_INT(purged, 2);
    CHECK_OK(submit_with_key(&world, &late, "c", "body", &result, &err));
    CHECK(!result.replayed);
    world_check_ledger(&world);
    world_close(&world);
}

TEST(purging_forgets_old_keys_only_and_no_more_than_asked)
{
    struct world world;
    struct job jobs[4];
    struct job_submit_result result;
    struct err err;
    static const char *const keys[] = {"a", "b", "c", "d"};
    const int64_t day_after_c = WORLD_NOW_MS + 2 + IDEMPOTENCY_WINDOW_MS;
    int purged = 0;

    world_open(&world);
    for (int i = 0; i < 4; i++) {
        jobs[i] = world_job(&world);
        jobs[i].created_ms += i;
        CHECK_OK(submit_with_key(&world, &jobs[i], keys[i], "body", &result, &err));
    }
    CHECK_OK(WORLD_DO(&world, idempotency_purge(world.db, day_after_c, 2, &purged, &err)));
    CHECK_INT(purged, 2);
    CHECK_OK(WORLD_DO(&world, idempotency_purge(world.db, day_after_c, 9, &purged, &err)));
    CHECK_INT(purged, 1);
    CHECK_INT(key_count(&world), 1);
    CHECK_OK(submit_with_key(&world, &jobs[3], "d", "body", &result, &err));
    CHECK(result.replayed);
    world_close(&world);
}

TEST(completing_stores_the_asset_and_captures_the_hold)
{
    struct world world;
    struct asset asset = world_asset(), got;
    struct job_attempts attempts;
    struct job job;
    struct err err;
    struct id id;

    world_open(&world);
    id = world_submit(&world);
    start(&world, id);
    CHECK_INT(world_get(&world, id).state, JOB_RUNNING);
    CHECK(str_eq_c(world_get(&world, id).engine, "diorama"));
    CHECK_OK(WORLD_DO(&world, jobs_complete(world.db, id, &asset, WORLD_NOW_MS + 9, &err)));
    job = world_get(&world, id);
    CHECK_INT(job.state, JOB_COMPLETED);
    CHECK_INT(job.progress, 100);
    CHECK_INT(job.started_ms, WORLD_NOW_MS + 5);
    CHECK_INT(job.ended_ms, WORLD_NOW_MS + 9);
    CHECK(id_eq(job.output, asset.id));
    CHECK_OK(assets_get(world.db, world.account_id, asset.id, WORLD_NOW_MS, &got, &err));
    CHECK(id_eq(got.job_id, id));
    CHECK_INT(got.bytes, asset.bytes);
    CHECK_OK(jobs_attempts(world.db, &world.arena, id, &attempts, &err));
    CHECK_INT(attempts.count, 1);
    CHECK_INT(attempts.attempts[0].ended_ms, WORLD_NOW_MS + 9);
    check_balances(&world, WORLD_GRANT_MICRO - WORLD_PRICE_MICRO, 0, WORLD_PRICE_MICRO);
    world_close(&world);
}

TEST(failing_releases_the_hold_and_says_why)
{
    struct world world;
    struct job_attempts attempts;
    struct job job;
    struct err err;
    struct id id;

    world_open(&world);
    id = world_submit(&world);
    start(&world, id);
    CHECK_OK(WORLD_DO(&world, jobs_fail(world.db, id, &broken, WORLD_NOW_MS + 9, &err)));
    job = world_get(&world, id);
    CHECK_INT(job.state, JOB_FAILED);
    CHECK_INT(job.fault, JOB_FAULT_BROKEN);
    CHECK(str_eq(job.error, broken.text));
    CHECK_OK(jobs_attempts(world.db, &world.arena, id, &attempts, &err));
    CHECK_INT(attempts.attempts[0].fault, JOB_FAULT_BROKEN);
    CHECK(str_eq(attempts.attempts[0].error, broken.text));
    check_balances(&world, WORLD_GRANT_MICRO, 0, 0);
    world_close(&world);
}

TEST(a_long_failure_is_cut_between_characters)
{
    struct world world;
    char text[JOB_ERROR_BYTES_MAX + 3];
    struct job_failure failure = {JOB_FAULT_BROKEN, {text, sizeof(text)}};
    struct job job;
    struct err err;
    struct id id;

    world_open(&world);
    memset(text, 'x', sizeof(text));
    memcpy(text + JOB_ERROR_BYTES_MAX - 1, "\xE2\x82\xAC", 3);
    id = world_submit(&world);
    CHECK_OK(WORLD_DO(&world, jobs_fail(world.db, id, &failure, WORLD_NOW_MS, &err)));
    job = world_get(&world, id);
    CHECK_INT(job.error.len, JOB_ERROR_BYTES_MAX - 1);
    CHECK(str_is_utf8(job.error));
    world_close(&world);
}

TEST(canceling_releases_the_hold_once_and_only_for_the_owner)
{
    struct world world;
    struct err err;
    struct id id;

    world_open(&world);
    id = world_submit(&world);
    CHECK(!WORLD_DO(&world, jobs_cancel(world.db, id, world.other_account_id, WORLD_NOW_MS, &err)));
    CHECK_INT(err.kind, ERR_NOT_FOUND);
    CHECK_OK(WORLD_DO(&world, jobs_cancel(world.db, id, world.account_id, WORLD_NOW_MS, &err)));
    CHECK_INT(world_get(&world, id).state, JOB_CANCELED);
    check_balances(&world, WORLD_GRANT_MICRO, 0, 0);
    CHECK(!WORLD_DO(&world, jobs_cancel(world.db, id, world.account_id, WORLD_NOW_MS, &err)));
    CHECK_INT(err.kind, ERR_CONFLICT);
    check_balances(&world, WORLD_GRANT_MICRO, 0, 0);
    world_close(&world);
}

TEST(what_comes_after_the_end_conflicts_and_changes_nothing)
{
    struct world world;
    struct asset asset = world_asset();
    enum job_state state;
    struct err err;
    struct id id;
    int attempt = 0;

    world_open(&world);
    for (int end = 0; end < 3; end++) {
        struct account before;
        struct asset late = world_asset();

        id = world_submit(&world);
        start(&world, id);
        if (end == 0)
            CHECK_OK(WORLD_DO(&world, jobs_complete(world.db, id, &asset, WORLD_NOW_MS, &err)));
        if (end == 1)
            CHECK_OK(WORLD_DO(&world, jobs_fail(world.db, id, &broken, WORLD_NOW_MS, &err)));
        if (end == 2)
            CHECK_OK(WORLD_DO(&world, jobs_cancel(world.db, id, 0, WORLD_NOW_MS, &err)));
        before = world_account(&world, world.account_id);
        CHECK(!WORLD_DO(&world, jobs_complete(world.db, id, &late, WORLD_NOW_MS, &err)));
        CHECK_INT(err.kind, ERR_CONFLICT);
        CHECK(!WORLD_DO(&world, jobs_fail(world.db, id, &broken, WORLD_NOW_MS, &err)));
        CHECK_INT(err.kind, ERR_CONFLICT);
        CHECK(!WORLD_DO(&world, jobs_cancel(world.db, id, 0, WORLD_NOW_MS, &err)));
        CHECK_INT(err.kind, ERR_CONFLICT);
        CHECK(!WORLD_DO(&world, jobs_start(world.db, id, STR("e"), WORLD_NOW_MS, &attempt, &err)));
        CHECK_INT(err.kind, ERR_CONFLICT);
        CHECK(!WORLD_DO(&world, jobs_set_upstream(world.db, id, STR("u"), &err)));
        CHECK_INT(err.kind, ERR_CONFLICT);
        CHECK(!WORLD_DO(&world, jobs_requeue(world.db, id, &broken, WORLD_NOW_MS, &state, &err)));
        CHECK_INT(err.kind, ERR_CONFLICT);
        check_balances(&world, before.available_micro, before.held_micro, before.spent_micro);
        CHECK(!assets_get(world.db, 0, late.id, WORLD_NOW_MS, &late, &err));
    }
    world_close(&world);
}

TEST(an_engines_notes_stay_with_the_attempt_that_made_them)
{
    static char long_notes[JOBS_NOTES_BYTES_MAX + 1];
    struct world world;
    struct job_attempts attempts;
    struct id id;
    struct err err;

    world_open(&world);
    id = world_submit(&world);
    CHECK(!WORLD_DO(&world, jobs_note(world.db, id, STR("{}"), &err)));
    CHECK_INT(err.kind, ERR_CONFLICT);
    start(&world, id);
    CHECK_OK(WORLD_DO(&world, jobs_note(world.db, id, STR("{\"a\":1}"), &err)));
    CHECK(!WORLD_DO(&world,
                    jobs_note(world.db, id, str_from_bytes(long_notes, sizeof(long_notes)), &err)));
    CHECK_INT(err.kind, ERR_TOO_LARGE);
    CHECK_OK(WORLD_DO(&world, jobs_attempts(world.db, &world.arena, id, &attempts, &err)));
    CHECK_INT(attempts.count, 1);
    CHECK(str_eq_c(attempts.attempts[0].notes, "{\"a\":1}"));
    world_close(&world);
}

TEST(a_queued_job_cannot_complete_and_an_unknown_one_is_not_found)
{
    struct world world;
    struct asset asset = world_asset();
    struct err err;
    struct id id;

    world_open(&world);
    id = world_submit(&world);
    CHECK(!WORLD_DO(&world, jobs_complete(world.db, id, &asset, WORLD_NOW_MS, &err)));
    CHECK_INT(err.kind, ERR_CONFLICT);
    CHECK(!WORLD_DO(&world, jobs_fail(world.db, id_new(), &broken, WORLD_NOW_MS, &err)));
    CHECK_INT(err.kind, ERR_NOT_FOUND);
    CHECK_INT(world_get(&world, id).state, JOB_QUEUED);
    world_close(&world);
}

TEST(failed_attempts_are_repeated_up_to_their_number)
{
    struct world world;
    enum job_state state = JOB_STATES;
    struct job_attempts attempts;
    struct job job;
    struct err err;
    struct id id;

    world_open(&world);
    id = world_submit(&world);
    for (int i = 1; i <= JOB_ATTEMPTS_MAX; i++) {
        start(&world, id);
        CHECK_OK(WORLD_DO(&world, jobs_requeue(world.db, id, &broken, WORLD_NOW_MS, &state, &err)));
        CHECK_INT(state, i < JOB_ATTEMPTS_MAX ? JOB_QUEUED : JOB_FAILED);
        CHECK_INT(world_get(&world, id).state, state);
    }
    job = world_get(&world, id);
    CHECK_INT(job.fault, JOB_FAULT_BROKEN);
    CHECK(str_eq(job.error, broken.text));
    CHECK_OK(jobs_attempts(world.db, &world.arena, id, &attempts, &err));
    CHECK_INT(attempts.count, JOB_ATTEMPTS_MAX);
    check_balances(&world, WORLD_GRANT_MICRO, 0, 0);
    world_close(&world);
}

TEST(interrupted_attempts_are_no_faults_but_have_an_end_too)
{
    struct world world;
    enum job_state state = JOB_QUEUED;
    struct err err;
    struct id id;
    int starts = 0;

    world_open(&world);
    id = world_submit(&world);
    while (state == JOB_QUEUED && starts <= JOBS_STARTS_MAX) {
        start(&world, id);
        starts++;
        CHECK_OK(
            WORLD_DO(&world, jobs_requeue(world.db, id, &interrupted, WORLD_NOW_MS, &state, &err)));
    }
    CHECK_INT(starts, JOBS_STARTS_MAX);
    CHECK_INT(world_get(&world, id).fault, JOB_FAULT_LOST);
    check_balances(&world, WORLD_GRANT_MICRO, 0, 0);
    world_close(&world);
}

TEST(a_requeued_job_waits_as_if_it_had_not_begun)
{
    struct world world;
    enum job_state state;
    struct job job;
    struct err err;
    struct id id;

    world_open(&world);
    id = world_submit(&world);
    start(&world, id);
    CHECK_OK(WORLD_DO(&world, jobs_requeue(world.db, id, &broken, WORLD_NOW_MS, &state, &err)));
    job = world_get(&world, id);
    CHECK_INT(job.started_ms, 0);
    CHECK_INT(job.fault, JOB_FAULT_NONE);
    CHECK_INT(job.attempts, 1);
    check_balances(&world, WORLD_GRANT_MICRO - WORLD_PRICE_MICRO, WORLD_PRICE_MICRO, 0);
    world_close(&world);
}

TEST(anothers_job_is_not_found)
{
    struct world world;
    struct job job;
    struct err err;
    struct id id;

    world_open(&world);
    id = world_submit(&world);
    CHECK_OK(jobs_get(world.db, &world.arena, world.account_id, id, &job, &err));
    CHECK(!jobs_get(world.db, &world.arena, world.other_account_id, id, &job, &err));
    CHECK_INT(err.kind, ERR_NOT_FOUND);
    world_close(&world);
}

static bool only_diorama_is_local(void *context, struct str engine)
{
    (void)context;
    return str_eq_c(engine, "diorama");
}

TEST(a_restart_requeues_local_renders_resumes_known_ones_and_fails_the_rest)
{
    struct world world;
    struct job_recovery how = {WORLD_NOW_MS + 99, only_diorama_is_local, NULL};
    struct job_recovered recovered;
    struct id queued, local, known, unknown, over;
    struct asset asset = world_asset();
    struct err err;
    int attempt = 0;

    world_open(&world);
    queued = world_submit(&world);
    local = world_submit(&world);
    known = world_submit(&world);
    unknown = world_submit(&world);
    over = world_submit(&world);
    start(&world, local);
    start(&world, over);
    CHECK_OK(WORLD_DO(&world, jobs_start(world.db, known, STR("far"), 1, &attempt, &err)));
    CHECK_OK(WORLD_DO(&world, jobs_set_upstream(world.db, known, STR("up-1"), &err)));
    CHECK_OK(WORLD_DO(&world, jobs_start(world.db, unknown, STR("far"), 1, &attempt, &err)));
    CHECK_OK(WORLD_DO(&world, jobs_complete(world.db, over, &asset, WORLD_NOW_MS, &err)));
    CHECK_OK(WORLD_DO(&world, jobs_recover(world.db, &world.arena, &how, &recovered, &err)));
    CHECK_INT(recovered.requeued, 1);
    CHECK_INT(recovered.failed, 1);
    CHECK_INT(recovered.resumable_count, 1);
    CHECK(id_eq(recovered.resumable[0].id, known));
    CHECK(str_eq_c(recovered.resumable[0].engine, "far"));
    CHECK(str_eq_c(recovered.resumable[0].upstream, "up-1"));
    CHECK_INT(world_get(&world, queued).state, JOB_QUEUED);
    CHECK_INT(world_get(&world, local).state, JOB_QUEUED);
    CHECK_INT(world_get(&world, known).state, JOB_RUNNING);
    CHECK_INT(world_get(&world, unknown).state, JOB_FAILED);
    CHECK_INT(world_get(&world, unknown).fault, JOB_FAULT_LOST);
    CHECK_INT(world_get(&world, over).state, JOB_COMPLETED);
    check_balances(&world, WORLD_GRANT_MICRO - 4 * WORLD_PRICE_MICRO, 3 * WORLD_PRICE_MICRO,
                   WORLD_PRICE_MICRO);
    world_close(&world);
}

TEST(an_upstreams_name_is_of_the_attempt_that_runs)
{
    struct world world;
    struct job_recovery how = {WORLD_NOW_MS + 99, only_diorama_is_local, NULL};
    struct job_recovered recovered;
    enum job_state state;
    struct err err;
    struct id id;

    world_open(&world);
    id = world_submit(&world);
    start(&world, id);
    CHECK_OK(WORLD_DO(&world, jobs_set_upstream(world.db, id, STR("old"), &err)));
    CHECK_OK(WORLD_DO(&world, jobs_requeue(world.db, id, &broken, WORLD_NOW_MS, &state, &err)));
    start(&world, id);
    CHECK_OK(WORLD_DO(&world, jobs_recover(world.db, &world.arena, &how, &recovered, &err)));
    CHECK_INT(recovered.resumable_count, 0);
    CHECK_INT(recovered.requeued, 1);
    world_close(&world);
}
