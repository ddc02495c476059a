/* SPDX-License-Identifier: Apache-2.0 */
/* What the courier does for endpoints. */
#include "courier_rig.h"

static struct endpoint add_endpoint(const char *path)
{
    struct endpoint endpoint = {.id = id_new(),
                                .account_id = rig.world.account_id,
                                .name = STR("a receiver"),
                                .url = str_from(at(path)),
                                .events = BIT(JOB_EVENT_FAILED),
                                .secret = id_new()};
    struct world *world = &rig.world;
    struct err err;

    CHECK_OK(WORLD_DO(world, endpoints_create(world->db, &endpoint, &err)));
    return endpoint;
}

/* A job of the dialect that has endpoints, ended. */
static struct id end_video(void)
{
    struct world *world = &rig.world;
    struct job job = world_job(world);
    struct job_submit submit = {.job = &job};
    struct job_submit_result result;
    struct err err;

    job.dialect = DIALECT_OPENAI;
    CHECK_OK(WORLD_DO(world, jobs_submit(world->db, &world->arena, &submit, &result, &err)));
    fail(job.id);
    return job.id;
}

TEST(an_endpoint_is_told_with_the_secrets_of_the_moment)
{
    struct hash key = hash_sha256(STR("a webhook key")), secret;
    char hex[2 * HASH_BYTES + 1];
    struct endpoint endpoint;
    struct id id;
    struct err err;

    open_rig(true);
    endpoint = add_endpoint("/hold");
    courier_expect_endpoints(rig.courier);
    id = end_video();
    WAIT_FOR(rig.held_count == 1);
    endpoint.retired = endpoint.secret;
    endpoint.retired_until_ms = INT64_MAX;
    endpoint.secret = id_new();
    CHECK_OK(WORLD_DO(&rig.world, endpoints_update(rig.world.db, &endpoint, &err)));
    http_reply(rig.held[--rig.held_count], 500, "text/plain", STR("again"));
    WAIT_FOR(rig.held_count == 1);
    answer_held();
    secret = endpoint_secret(&key, endpoint.retired);
    hash_hex(secret.bytes, HASH_BYTES, hex);
    CHECK_STR(rig.seen[0].secrets, hex);
    CHECK_STR(rig.seen[1].secrets + 2 * HASH_BYTES + 1, hex);
    secret = endpoint_secret(&key, endpoint.secret);
    hash_hex(secret.bytes, HASH_BYTES, hex);
    CHECK(strncmp(rig.seen[1].secrets, hex, 2 * HASH_BYTES) == 0);
    WAIT_FOR(has_state(id, DELIVERY_DELIVERED));
    close_rig();
}

TEST(an_endpoint_of_an_earlier_run_is_told_without_being_announced)
{
    struct id id;

    open_rig(true);
    add_endpoint("/ok");
    stop_courier(0);
    start_courier();
    pass(50); /* its first look */
    id = end_video();
    WAIT_FOR(has_state(id, DELIVERY_DELIVERED));
    close_rig();
}

/* Nineteen of twenty endpoints never answer; they have all that an account may have under way. */
TEST(dead_endpoints_leave_room_for_the_one_that_lives)
{
    enum { VIDEOS = 6 };

    open_rig(true);
    for (int i = 1; i < ENDPOINTS_MAX; i++)
        add_endpoint("/hold");
    add_endpoint("/ok");
    courier_expect_endpoints(rig.courier);
    for (int i = 0; i < VIDEOS; i++)
        end_video();
    WAIT_FOR(count_seen("/ok", "failed") == VIDEOS);
    WAIT_FOR(rig.held_count >= COURIER_ACCOUNT_FLIGHTS_MAX);
    CHECK(rig.held_count <= COURIER_ACCOUNT_FLIGHTS_MAX + ENDPOINTS_MAX);
    for (int i = 0; i < 2; i++)
        end_video();
    WAIT_FOR(count_seen("/ok", "failed") == VIDEOS + 2);
    close_rig();
}

TEST(what_was_in_vain_is_repeated_beside_what_is_new)
{
    enum { FLIGHTS = COURIER_RECEIVER_FLIGHTS_MAX, REPEATS = COURIER_RECEIVER_REPEATS_MAX };
    struct id ids[FLIGHTS];

    open_rig(true);
    add_endpoint("/hold");
    courier_expect_endpoints(rig.courier);
    for (int i = 0; i < FLIGHTS; i++)
        ids[i] = end_video();
    WAIT_FOR(rig.held_count == FLIGHTS);
    while (rig.held_count)
        http_reply(rig.held[--rig.held_count], 500, "text/plain", STR("again"));
    WAIT_FOR(rig.held_count == REPEATS);
    pass(200);
    CHECK_INT(rig.held_count, REPEATS);
    for (int i = 0; i < FLIGHTS; i++)
        end_video();
    WAIT_FOR(rig.held_count == FLIGHTS); /* new ones have the rest of the room */
    for (int i = 0; i < FLIGHTS; i++) {
        set_alarm(WAIT_MS);
        while (has_state(ids[i], DELIVERY_PENDING) && !rig.alarmed) {
            answer_held();
            uv_run(&rig.loop, UV_RUN_ONCE);
        }
        CHECK(has_state(ids[i], DELIVERY_DELIVERED));
    }
    close_rig();
}

/* The latest time at which a row is due that nobody has claimed. */
static int64_t latest_due(void)
{
    static const char sql[] = "SELECT coalesce(max(next_ms), 0) FROM deliveries WHERE claimed = 0";
    struct arena arena = {0};
    struct db_rows rows;
    int64_t at_ms = 0;
    struct err err;

    CHECK_OK(db_query(rig.world.db, &arena, sql, DB_NO_ARGS, &rows, &err));
    at_ms = db_cell_int(&rows, 0, 0);
    arena_fini(&arena);
    return at_ms;
}

TEST(what_comes_back_in_vain_again_and_again_stays_away_for_longer)
{
    enum { ROWS = 4 * DELIVERIES_CLAIM_MAX };
    struct world *world = &rig.world;
    struct delivery more;
    bool ok = true;
    struct err err;

    open_rig(true);
    add_endpoint("/hold");
    courier_expect_endpoints(rig.courier);
    more = delivery_of(end_video());
    CHECK_OK(db_begin(world->db, &err));
    for (int i = 0; ok && i < ROWS; i++) {
        more.id = id_new();
        ok = deliveries_add(world->db, &more, &err);
    }
    CHECK_OK(ok && db_commit(world->db, &err));
    courier_wake(rig.courier);
    WAIT_FOR(latest_due() > clock_now_ms() + 4 * COURIER_PARK_MS);
    CHECK_INT(rig.held_count, COURIER_RECEIVER_FLIGHTS_MAX);
    close_rig();
}

/* ---- trials ---- */

static struct {
    int count, status;
    enum err_kind kind;
} tried;

static void note_trial(void *context, int status, const struct err *err)
{
    CHECK(context == &rig);
    tried.count++;
    tried.status = status;
    tried.kind = err ? err->kind : ERR_NONE;
}

static void try_endpoint(const struct endpoint *endpoint)
{
    struct courier_trial trial = {.dialect = DIALECT_OPENAI,
                                  .event = JOB_EVENT_FAILED,
                                  .endpoint = endpoint,
                                  .done = note_trial,
                                  .context = &rig};

    courier_try(rig.courier, &trial);
}

TEST(a_trial_tells_what_was_answered_and_is_not_repeated)
{
    struct endpoint endpoint;

    open_rig(true);
    tried.count = 0;
    endpoint = add_endpoint("/bad");
    try_endpoint(&endpoint);
    WAIT_FOR(tried.count == 1);
    CHECK_INT(tried.status, 500);
    endpoint.url = str_from(at("/ok"));
    try_endpoint(&endpoint);
    WAIT_FOR(tried.count == 2);
    CHECK_INT(tried.status, 200);
    pass(200);
    CHECK_INT(rig.seen_count, 2);
    endpoint.url = STR("http://10.0.0.1/"); /* not on the list */
    try_endpoint(&endpoint);
    WAIT_FOR(tried.count == 3);
    CHECK_INT(tried.status, 0);
    CHECK_INT(tried.kind, ERR_INVALID);
    close_rig();
}

TEST(trials_are_few_at_a_time_and_end_when_the_courier_stops)
{
    struct endpoint endpoint;

    open_rig(true);
    tried.count = 0;
    endpoint = add_endpoint("/hold");
    for (int i = 0; i < COURIER_TRIALS_MAX; i++)
        try_endpoint(&endpoint);
    WAIT_FOR(rig.held_count == COURIER_TRIALS_MAX);
    CHECK_INT(tried.count, 0);
    try_endpoint(&endpoint);
    CHECK_INT(tried.count, 1);
    CHECK_INT(tried.kind, ERR_RATE);
    stop_courier(WAIT_MS);
    CHECK_INT(tried.count, 1 + COURIER_TRIALS_MAX);
    CHECK_INT(tried.kind, ERR_BUSY);
    start_courier();
    close_rig();
}
