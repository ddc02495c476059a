/* SPDX-License-Identifier: Apache-2.0 */
#include "core/endpoints.h"

#include <string.h>

#include "base/macros.h"
#include "core/deliveries.h"
#include "harness/tap.h"
#include "world.h"

#define COMPLETED BIT(JOB_EVENT_COMPLETED)
#define FAILED (BIT(JOB_EVENT_FAILED) | BIT(JOB_EVENT_CANCELED))

static const struct job_failure broken = {JOB_FAULT_BROKEN, {"the engine broke", 16}};

static struct world world;

static struct endpoint add(int64_t account_id, const char *url, unsigned events)
{
    struct endpoint endpoint = {.id = id_new(),
                                .account_id = account_id,
                                .name = STR("a receiver"),
                                .url = str_from(url),
                                .events = events,
                                .secret = id_new(),
                                .created_ms = WORLD_NOW_MS,
                                .updated_ms = WORLD_NOW_MS};
    struct err err;

    CHECK_OK(WORLD_DO(&world, endpoints_create(world.db, &endpoint, &err)));
    return endpoint;
}

static struct id submit(enum dialect dialect)
{
    struct job job = world_job(&world);
    struct job_submit submit = {.job = &job};
    struct job_submit_result result;
    struct err err;

    job.dialect = dialect;
    CHECK_OK(WORLD_DO(&world, jobs_submit(world.db, &world.arena, &submit, &result, &err)));
    return job.id;
}

static void complete(struct id id)
{
    struct asset asset = world_asset();
    int attempt = 0;
    struct err err;

    CHECK_OK(WORLD_DO(&world, jobs_start(world.db, id, STR("x"), WORLD_NOW_MS, &attempt, &err)));
    CHECK_OK(WORLD_DO(&world, jobs_complete(world.db, id, &asset, WORLD_NOW_MS + 9, &err)));
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

static const struct delivery *to(const struct delivery_page *page, struct id endpoint)
{
    const struct delivery *found = NULL;

    for (int i = 0; i < page->count; i++) {
        if (!id_eq(page->deliveries[i].endpoint, endpoint))
            continue;
        CHECK(!found); /* exactly one */
        found = &page->deliveries[i];
    }
    return found;
}

static struct delivery_dues claim(int64_t now_ms)
{
    struct delivery_claim claim = {now_ms, now_ms + 60000, DELIVERIES_CLAIM_MAX};
    struct delivery_dues dues;
    struct err err;

    CHECK_OK(WORLD_DO(&world, deliveries_claim(world.db, &world.arena, &claim, &dues, &err)));
    return dues;
}

TEST(an_end_is_written_once_for_each_endpoint_that_wants_it)
{
    struct endpoint both, done, failures, foreign;
    struct id completed, failed, canceled;
    struct delivery_page page;
    struct err err;

    world_open(&world);
    both = add(world.account_id, "https://a.example/", COMPLETED | FAILED);
    done = add(world.account_id, "https://b.example/", COMPLETED);
    failures = add(world.account_id, "https://c.example/", FAILED);
    foreign = add(world.other_account_id, "https://d.example/", COMPLETED | FAILED);
    completed = submit(DIALECT_OPENAI);
    failed = submit(DIALECT_OPENAI);
    canceled = submit(DIALECT_OPENAI);
    complete(completed);
    fail(failed);
    CHECK_OK(WORLD_DO(&world, jobs_cancel(world.db, canceled, 0, WORLD_NOW_MS, &err)));

    page = list(completed);
    CHECK_INT(page.count, 2);
    CHECK(to(&page, both.id) && to(&page, done.id) && !to(&page, foreign.id));
    CHECK_INT(to(&page, both.id)->event, JOB_EVENT_COMPLETED);
    CHECK(str_eq_c(to(&page, done.id)->url, "https://b.example/"));
    CHECK_INT(to(&page, done.id)->created_ms, WORLD_NOW_MS + 9);
    CHECK_INT(to(&page, done.id)->next_ms, WORLD_NOW_MS + 9);
    CHECK_INT(to(&page, done.id)->dialect, DIALECT_OPENAI);
    CHECK(!id_eq(to(&page, both.id)->id, to(&page, done.id)->id));
    page = list(failed);
    CHECK_INT(page.count, 2);
    CHECK_INT(to(&page, failures.id)->event, JOB_EVENT_FAILED);
    page = list(canceled);
    CHECK_INT(page.count, 2);
    CHECK_INT(to(&page, both.id)->event, JOB_EVENT_CANCELED);
    world_close(&world);
}

TEST(jobs_of_other_dialects_and_accounts_are_not_told)
{
    struct id id;

    world_open(&world);
    add(world.account_id, "https://a.example/", COMPLETED | FAILED);
    for (int dialect = 0; dialect < DIALECTS; dialect++) {
        id = submit((enum dialect)dialect);
        fail(id);
        CHECK_INT(list(id).count, dialect == DIALECT_OPENAI);
    }
    id = world_submit_told(&world, "https://own.example/");
    fail(id);
    CHECK_INT(list(id).count, 1);
    CHECK(id_is_zero(list(id).deliveries[0].endpoint));
    world_close(&world);
}

TEST(only_the_endpoints_that_exist_when_the_job_ends_are_told)
{
    struct endpoint early, late;
    struct delivery_page page;
    struct id id;
    struct err err;

    world_open(&world);
    early = add(world.account_id, "https://early.example/", FAILED);
    id = submit(DIALECT_OPENAI);
    late = add(world.account_id, "https://late.example/", FAILED);
    CHECK_OK(WORLD_DO(&world, endpoints_delete(world.db, early.id, world.account_id, &err)));
    fail(id);
    page = list(id);
    CHECK_INT(page.count, 1);
    CHECK(to(&page, late.id));
    world_close(&world);
}

TEST(the_last_requeue_tells_the_endpoints_once)
{
    enum job_state state = JOB_QUEUED;
    int attempt = 0;
    struct id id;
    struct err err;

    world_open(&world);
    add(world.account_id, "https://a.example/", FAILED);
    id = submit(DIALECT_OPENAI);
    for (int i = 0; i < JOB_ATTEMPTS_MAX; i++) {
        CHECK_INT(list(id).count, 0);
        CHECK_OK(WORLD_DO(&world, jobs_start(world.db, id, STR("x"), 1, &attempt, &err)));
        CHECK_OK(WORLD_DO(&world, jobs_requeue(world.db, id, &broken, WORLD_NOW_MS, &state, &err)));
    }
    CHECK_INT(state, JOB_FAILED);
    CHECK_INT(list(id).count, 1);
    CHECK(!WORLD_DO(&world, jobs_fail(world.db, id, &broken, WORLD_NOW_MS, &err)));
    CHECK_INT(err.kind, ERR_CONFLICT);
    CHECK_INT(list(id).count, 1);
    world_close(&world);
}

TEST(a_claim_brings_the_endpoint_and_needs_no_key)
{
    struct delivery_dues dues;
    struct endpoint endpoint;
    struct id id;

    world_open(&world);
    CHECK(!claim(WORLD_NOW_MS).has_endpoints);
    endpoint = add(world.account_id, "https://a.example/", FAILED);
    id = submit(DIALECT_OPENAI);
    fail(id);
    dues = claim(WORLD_NOW_MS + 7);
    CHECK(dues.has_endpoints);
    CHECK_INT(dues.count, 1);
    CHECK(id_eq(dues.dues[0].endpoint.id, endpoint.id));
    CHECK(id_eq(dues.dues[0].endpoint.secret, endpoint.secret));
    CHECK(id_eq(dues.dues[0].delivery.endpoint, endpoint.id));
    CHECK(id_eq(dues.dues[0].job.id, id));
    world_close(&world);
}

TEST(what_is_still_to_be_told_goes_to_where_the_endpoint_is_now)
{
    struct delivery_dues dues;
    struct endpoint endpoint;
    struct id id;
    struct err err;

    world_open(&world);
    endpoint = add(world.account_id, "https://old.example/", FAILED);
    id = submit(DIALECT_OPENAI);
    fail(id);
    CHECK(str_eq_c(list(id).deliveries[0].url, "https://old.example/"));
    endpoint.url = STR("https://new.example/");
    CHECK_OK(WORLD_DO(&world, endpoints_update(world.db, &endpoint, &err)));
    dues = claim(WORLD_NOW_MS + 7);
    CHECK_INT(dues.count, 1);
    CHECK(str_eq_c(dues.dues[0].delivery.url, "https://new.example/"));
    CHECK(str_eq_c(list(id).deliveries[0].url, "https://new.example/"));
    world_close(&world);
}

TEST(what_is_still_to_be_told_to_a_removed_endpoint_is_given_up)
{
    struct endpoint gone, stays;
    struct delivery_page page;
    struct delivery_dues dues;
    struct id id;
    struct err err;

    world_open(&world);
    gone = add(world.account_id, "https://a.example/", FAILED);
    stays = add(world.account_id, "https://b.example/", FAILED);
    id = submit(DIALECT_OPENAI);
    fail(id);
    CHECK_OK(WORLD_DO(&world, endpoints_delete(world.db, gone.id, world.account_id, &err)));
    dues = claim(WORLD_NOW_MS + 7);
    CHECK_INT(dues.count, 1);
    CHECK(id_eq(dues.dues[0].endpoint.id, stays.id));
    page = list(id);
    CHECK_INT(to(&page, gone.id)->state, DELIVERY_FAILED);
    CHECK(str_eq_c(to(&page, gone.id)->last_error, "The endpoint is gone"));
    world_close(&world);
}

TEST(what_an_endpoint_took_does_not_show_as_the_callback_of_a_request)
{
    static const char sql_same[] = "UPDATE jobs SET callback_url = 'https://a.example/',"
                                   " callback_state = 1";
    struct delivery_result result = {.state = DELIVERY_DELIVERED, .began_ms = 1, .status = 200};
    struct id id;
    struct err err;

    world_open(&world);
    add(world.account_id, "https://a.example/", FAILED);
    id = submit(DIALECT_OPENAI);
    fail(id);
    CHECK_OK(WORLD_DO(&world, db_exec(world.db, sql_same, DB_NO_ARGS, &err)));
    result.id = list(id).deliveries[0].id;
    CHECK_OK(WORLD_DO(&world, deliveries_mark(world.db, &result, &err)));
    CHECK_INT(list(id).deliveries[0].state, DELIVERY_DELIVERED);
    CHECK_INT(world_get(&world, id).callback.state, JOB_CALLBACK_PENDING);
    world_close(&world);
}

TEST(an_account_may_have_so_many_and_no_more)
{
    struct endpoint extra = {.id = id_new(), .name = STR("n"), .url = STR("u"), .secret = id_new()};
    struct endpoint first;
    struct err err;

    world_open(&world);
    first = add(world.account_id, "https://a.example/", FAILED);
    for (int i = 1; i < ENDPOINTS_MAX; i++)
        add(world.account_id, "https://a.example/", FAILED);
    extra.account_id = world.account_id;
    CHECK(!WORLD_DO(&world, endpoints_create(world.db, &extra, &err)));
    CHECK_INT(err.kind, ERR_CONFLICT);
    add(world.other_account_id, "https://a.example/", FAILED);
    CHECK_OK(WORLD_DO(&world, endpoints_delete(world.db, first.id, world.account_id, &err)));
    CHECK_OK(WORLD_DO(&world, endpoints_create(world.db, &extra, &err)));
    world_close(&world);
}

TEST(endpoints_are_listed_newest_first_in_pages_of_one_account)
{
    struct endpoint_filter filter = {.limit = 2};
    struct endpoint_page page;
    struct id ids[5];
    int seen = 4;
    struct err err;

    world_open(&world);
    for (int i = 0; i < 5; i++)
        ids[i] = add(world.account_id, "https://a.example/", FAILED).id;
    filter.account_id = world.account_id;
    do {
        CHECK_OK(endpoints_list(world.db, &world.arena, &filter, &page, &err));
        for (int i = 0; i < page.count; i++)
            CHECK(id_eq(page.endpoints[i].id, ids[seen--]));
        filter.cursor = page.endpoints[page.count - 1].id;
    } while (page.has_more);
    CHECK_INT(seen, -1);
    filter = (struct endpoint_filter){.account_id = world.other_account_id, .limit = 2};
    CHECK_OK(endpoints_list(world.db, &world.arena, &filter, &page, &err));
    CHECK(page.count == 0 && !page.has_more);
    world_close(&world);
}

TEST(an_endpoint_of_another_account_is_not_there)
{
    struct endpoint mine, seen, theirs;
    struct err err;

    world_open(&world);
    mine = add(world.account_id, "https://a.example/", FAILED);
    theirs = mine;
    theirs.account_id = world.other_account_id;
    theirs.url = STR("https://evil.example/");
    CHECK(!endpoints_get(world.db, &world.arena, mine.id, world.other_account_id, &seen, &err));
    CHECK_INT(err.kind, ERR_NOT_FOUND);
    CHECK(!WORLD_DO(&world, endpoints_update(world.db, &theirs, &err)));
    CHECK_INT(err.kind, ERR_NOT_FOUND);
    CHECK(!WORLD_DO(&world, endpoints_delete(world.db, mine.id, world.other_account_id, &err)));
    CHECK_INT(err.kind, ERR_NOT_FOUND);
    CHECK_OK(endpoints_get(world.db, &world.arena, mine.id, world.account_id, &seen, &err));
    CHECK(str_eq_c(seen.url, "https://a.example/"));
    CHECK_INT(seen.events, FAILED);
    CHECK(id_eq(seen.secret, mine.secret) && id_is_zero(seen.retired));
    world_close(&world);
}

/* Secrets are known to whoever has the key and the id, and to nobody who has only the rows. */
TEST(the_store_holds_no_secret)
{
    struct hash key = hash_sha256(STR("a webhook key")), other = hash_sha256(STR("another"));
    struct hash secrets[ENDPOINT_SECRETS_MAX], mine;
    struct endpoint endpoint = {.secret = id_new()};

    mine = endpoint_secret(&key, endpoint.secret);
    CHECK_INT(endpoint_secrets(&key, &endpoint, WORLD_NOW_MS, secrets), 1);
    CHECK(hash_eq(&secrets[0], &mine));
    CHECK(memcmp(mine.bytes, endpoint.secret.bytes, ID_BYTES) != 0);
    secrets[0] = endpoint_secret(&other, endpoint.secret);
    CHECK(!hash_eq(&secrets[0], &mine));

    endpoint.retired = endpoint.secret;
    endpoint.secret = id_new();
    endpoint.retired_until_ms = WORLD_NOW_MS + 1;
    CHECK_INT(endpoint_secrets(&key, &endpoint, WORLD_NOW_MS, secrets), 2);
    CHECK(!hash_eq(&secrets[0], &mine) && hash_eq(&secrets[1], &mine));
    CHECK_INT(endpoint_secrets(&key, &endpoint, WORLD_NOW_MS + 1, secrets), 1);
}
