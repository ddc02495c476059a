/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The courier with a real store, executor and client, and a receiver on the same loop. Its waits
 * are a ten-thousandth of the real ones: 18 and 60 ms.
 */
#include "core/courier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/macros.h"
#include "core/deliveries.h"
#include "core/endpoints.h"
#include "core/executor.h"
#include "core/jobcache.h"
#include "harness/tap.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "world.h"

enum { SEEN_MAX = 256, HELD_MAX = 64, WAIT_MS = 20000 };

static const struct job_failure broken = {JOB_FAULT_BROKEN, {"the engine broke", 16}};

/* A request that the receiver got. */
struct seen {
    char path[32];
    char event[16];
    char job[ID_TEXT_LEN + 1];
    char secrets[4 * HASH_BYTES + 2];
    int percent;
};

static struct rig {
    struct world world;
    uv_loop_t loop;
    uv_timer_t alarm;
    bool alarmed;
    struct executor *executor;
    struct jobcache *cache;
    struct http_server *receiver;
    struct http_client *client;
    struct courier *courier;
    struct key key;
    bool private_allowed;
    bool courier_stopped;

    struct seen seen[SEEN_MAX];
    int seen_count;
    int refusals; /* requests to /flaky that are still answered 500 */
    struct http_exchange *held[HELD_MAX];
    int held_count;
    char url[128];
} rig;

/* ---- receiver ---- */

static void note(struct http_exchange *exchange)
{
    struct seen *seen = &rig.seen[rig.seen_count++];
    int64_t percent = 0;

    CHECK(rig.seen_count < SEEN_MAX);
    CHECK_INT(exchange->method, HTTP_POST);
    CHECK(http_header(exchange, "x-event") && http_header(exchange, "x-job"));
    str_copy(exchange->path, seen->path, sizeof(seen->path));
    str_copy(*http_header(exchange, "x-event"), seen->event, sizeof(seen->event));
    str_copy(*http_header(exchange, "x-job"), seen->job, sizeof(seen->job));
    if (http_header(exchange, "x-secrets"))
        str_copy(*http_header(exchange, "x-secrets"), seen->secrets, sizeof(seen->secrets));
    CHECK(exchange->body.len == 0 || str_to_int(exchange->body, &percent));
    seen->percent = (int)percent;
}

static void on_request(void *context, struct http_exchange *exchange)
{
    bool is_flaky = str_eq_c(exchange->path, "/flaky");

    (void)context;
    note(exchange);
    if (str_eq_c(exchange->path, "/hold")) {
        CHECK(rig.held_count < HELD_MAX);
        rig.held[rig.held_count++] = exchange;
    } else if (str_eq_c(exchange->path, "/redirect")) {
        http_reply_header(exchange, "Location", STR("/ok"));
        http_reply(exchange, 302, "text/plain", STR(""));
    } else if (str_eq_c(exchange->path, "/bad") || (is_flaky && rig.refusals-- > 0)) {
        http_reply(exchange, 500, "text/plain", STR("no"));
    } else {
        http_reply(exchange, 200, "text/plain", STR("thanks"));
    }
}

static void answer_held(void)
{
    while (rig.held_count)
        http_reply(rig.held[--rig.held_count], 200, "text/plain", STR("at last"));
}

/* ---- rig ---- */

static void write_test(void *context, struct arena *arena, const struct callback *callback,
                       struct callback_request *request)
{
    struct http_header *headers = ARENA_ARRAY(arena, struct http_header, 2);
    char id[ID_TEXT_LEN + 1];

    CHECK(context == &rig);
    CHECK(hash_eq(callback->key_hash, &rig.key.hash));
    CHECK(id_is_zero(callback->delivery) == (callback->event == JOB_EVENT_PROGRESS));
    id_to_text(callback->job->id, id);
    headers[0] = (struct http_header){STR("X-Event"), str_from(job_event_name(callback->event))};
    headers[1] = (struct http_header){STR("X-Job"), arena_str(arena, str_from(id))};
    *request =
        (struct callback_request){headers, 2, arena_printf(arena, "%d", callback->job->progress)};
}

/* "newest older" as hex, or "none". */
static struct str shown_secrets(struct arena *arena, const struct callback *callback)
{
    struct str text = STR("none");
    char hex[2 * HASH_BYTES + 1];

    for (int i = 0; i < callback->secret_count; i++) {
        hash_hex(callback->secrets[i].bytes, HASH_BYTES, hex);
        text = i ? arena_printf(arena, STR_FMT " %s", STR_ARG(text), hex)
                 : arena_str(arena, str_from(hex));
    }
    return text;
}

/* For endpoints. */
static void write_signed(void *context, struct arena *arena, const struct callback *callback,
                         struct callback_request *request)
{
    struct http_header *headers = ARENA_ARRAY(arena, struct http_header, 3);
    char id[ID_TEXT_LEN + 1];

    CHECK(context == &rig);
    CHECK(!id_is_zero(callback->delivery));
    id_to_text(callback->job->id, id);
    headers[0] = (struct http_header){STR("X-Event"), str_from(job_event_name(callback->event))};
    headers[1] = (struct http_header){STR("X-Job"), arena_str(arena, str_from(id))};
    headers[2] = (struct http_header){STR("X-Secrets"), shown_secrets(arena, callback)};
    *request = (struct callback_request){headers, 3, STR("")};
}

static void on_alarm(uv_timer_t *timer)
{
    (void)timer;
    rig.alarmed = true;
}

static void set_alarm(int ms)
{
    rig.alarmed = false;
    uv_timer_start(&rig.alarm, on_alarm, (uint64_t)ms, 0);
}

static void pass(int ms)
{
    set_alarm(ms);
    while (!rig.alarmed)
        uv_run(&rig.loop, UV_RUN_ONCE);
}

#define WAIT_FOR(condition)                                                                        \
    do {                                                                                           \
        set_alarm(WAIT_MS);                                                                        \
        while (!(condition) && !rig.alarmed)                                                       \
            uv_run(&rig.loop, UV_RUN_ONCE);                                                        \
        CHECK(condition);                                                                          \
    } while (0)

static void start_courier(void)
{
    struct str allowed[] = {STR("127.0.0.1")};
    struct http_client_options options = {.allowed = allowed, .allowed_count = rig.private_allowed};
    struct courier_config config = {
        .loop = &rig.loop, .webhook_key = hash_sha256(STR("a webhook key")), .scale = 0.0001};
    struct db *db = NULL;
    struct err err;

    CHECK_OK(db_open(&db, str_from(rig.world.url), &err));
    CHECK_OK(executor_open(&rig.executor, &rig.loop, db, &err));
    CHECK_OK(http_client_open(&rig.client, &rig.loop, &options, &err));
    rig.cache = jobcache_new(0, 0);
    config.executor = rig.executor;
    config.client = rig.client;
    config.cache = rig.cache;
    rig.courier = courier_new(&config);
    courier_set_writer(rig.courier, DIALECT_APIFRAME, write_test, &rig);
    courier_set_writer(rig.courier, DIALECT_OPENAI, write_signed, &rig);
    courier_start(rig.courier);
}

static void open_rig(bool private_allowed)
{
    struct http_server_options options = {0};
    struct http_handlers handlers = {.request = on_request};
    struct err err;

    rig = (struct rig){.private_allowed = private_allowed};
    world_open_on_disk(&rig.world);
    rig.key = world_key(&rig.world);
    CHECK_INT(uv_loop_init(&rig.loop), 0);
    uv_timer_init(&rig.loop, &rig.alarm);
    CHECK_OK(http_server_open(&rig.receiver, &rig.loop, &options, &handlers, NULL, &err));
    start_courier();
}

static void courier_stopped(void *user)
{
    (void)user;
    rig.courier_stopped = true;
}

static void stop_courier(int grace_ms)
{
    rig.courier_stopped = false;
    courier_stop(rig.courier, grace_ms, courier_stopped, NULL);
    WAIT_FOR(rig.courier_stopped);
    executor_close(rig.executor);
    http_client_close(rig.client);
    courier_free(rig.courier);
    jobcache_free(rig.cache);
}

static void close_rig(void)
{
    answer_held();
    stop_courier(0);
    http_server_close(rig.receiver);
    uv_close((uv_handle_t *)&rig.alarm, NULL);
    uv_run(&rig.loop, UV_RUN_DEFAULT);
    CHECK_INT(uv_loop_close(&rig.loop), 0);
    world_close(&rig.world);
}

static const char *at(const char *path)
{
    snprintf(rig.url, sizeof(rig.url), "http://127.0.0.1:%d%s", http_server_port(rig.receiver),
             path);
    return rig.url;
}

/* ---- jobs ---- */

static void show(struct id id, int progress)
{
    struct job job = world_get(&rig.world, id);

    job.progress = progress;
    jobcache_put(rig.cache, &job);
}

static struct id submit(const char *path)
{
    struct id id = world_submit_told(&rig.world, at(path));

    show(id, 0);
    return id;
}

static void fail(struct id id)
{
    struct world *world = &rig.world;
    struct err err;

    CHECK_OK(WORLD_DO(world, jobs_fail(world->db, id, &broken, clock_now_ms(), &err)));
    show(id, 0);
}

static struct id submit_failed(const char *path)
{
    struct id id = submit(path);

    fail(id);
    return id;
}

static void start_job(struct id id)
{
    struct world *world = &rig.world;
    int attempt = 0;
    struct err err;

    CHECK_OK(WORLD_DO(world, jobs_start(world->db, id, STR("x"), clock_now_ms(), &attempt, &err)));
    show(id, 0);
}

static struct delivery delivery_of(struct id id)
{
    struct delivery_filter filter = {
        .account_id = rig.world.account_id, .job_id = id, .limit = DELIVERIES_LIST_MAX};
    struct delivery_page page;
    struct err err;

    CHECK_OK(deliveries_list(rig.world.db, &rig.world.arena, &filter, &page, &err));
    CHECK_INT(page.count, 1);
    return page.deliveries[0];
}

static bool has_state(struct id id, enum delivery_state state)
{
    return delivery_of(id).state == state;
}

static int count_seen(const char *path, const char *event)
{
    int count = 0;

    for (int i = 0; i < rig.seen_count; i++)
        count += (!path || strcmp(rig.seen[i].path, path) == 0) &&
                 (!event || strcmp(rig.seen[i].event, event) == 0);
    return count;
}

static enum job_callback_state cached(struct id id)
{
    const struct job *job = jobcache_get(rig.cache, id);

    return job_callback_shown(job);
}

/* ---- ends ---- */

TEST(the_end_of_a_job_is_told_once_and_shows)
{
    struct delivery delivery;
    struct id id;

    open_rig(true);
    id = submit_failed("/ok");
    CHECK_INT(cached(id), JOB_CALLBACK_PENDING);
    WAIT_FOR(cached(id) == JOB_CALLBACK_DELIVERED);
    delivery = delivery_of(id);
    CHECK_INT(delivery.state, DELIVERY_DELIVERED);
    CHECK_INT(delivery.attempts, 1);
    CHECK_INT(delivery.last_status, 200);
    CHECK_INT(delivery.last_error.len, 0);
    pass(200);
    CHECK_INT(count_seen("/ok", "failed"), 1);
    CHECK_INT(rig.seen_count, 1);
    close_rig();
}

TEST(an_answer_other_than_2xx_is_tried_again_on_schedule)
{
    struct id id;
    int64_t began_ms = clock_now_ms();

    open_rig(true);
    rig.refusals = 2;
    id = submit_failed("/flaky");
    WAIT_FOR(has_state(id, DELIVERY_DELIVERED));
    CHECK_INT(delivery_of(id).attempts, 3);
    CHECK_INT(count_seen("/flaky", NULL), 3);
    CHECK(clock_now_ms() - began_ms >= 78); /* 18 and 60 */
    CHECK_INT(cached(id), JOB_CALLBACK_DELIVERED);
    close_rig();
}

TEST(after_the_last_attempt_it_is_given_up)
{
    struct delivery delivery;
    struct id id;

    open_rig(true);
    id = submit_failed("/bad");
    WAIT_FOR(has_state(id, DELIVERY_FAILED));
    delivery = delivery_of(id);
    CHECK_INT(delivery.attempts, 3);
    CHECK_INT(delivery.last_status, 500);
    CHECK(str_eq_c(delivery.last_error, "The receiver answered 500"));
    WAIT_FOR(cached(id) == JOB_CALLBACK_FAILED);
    pass(200);
    CHECK_INT(rig.seen_count, 3);
    close_rig();
}

TEST(redirects_are_not_followed)
{
    struct id id;

    open_rig(true);
    id = submit_failed("/redirect");
    WAIT_FOR(has_state(id, DELIVERY_FAILED));
    CHECK_INT(count_seen("/redirect", NULL), 3);
    CHECK_INT(count_seen("/ok", NULL), 0);
    CHECK_INT(delivery_of(id).last_status, 302);
    close_rig();
}

TEST(a_private_address_is_not_told_unless_it_is_allowed)
{
    struct id id;

    open_rig(false);
    id = submit_failed("/ok");
    WAIT_FOR(has_state(id, DELIVERY_FAILED));
    CHECK_INT(delivery_of(id).attempts, 1);
    CHECK(str_eq_c(delivery_of(id).last_error, "No answer: refused address"));
    CHECK_INT(rig.seen_count, 0);
    close_rig();
}

TEST(a_receiver_that_is_not_there_is_tried_again)
{
    struct id id;
    struct err err;
    struct http_server_options options = {0};
    struct http_handlers handlers = {.request = on_request};

    open_rig(true);
    options.port = http_server_port(rig.receiver);
    at("/ok");
    http_server_close(rig.receiver);
    pass(10);
    id = world_submit_told(&rig.world, rig.url);
    fail(id);
    WAIT_FOR(delivery_of(id).attempts == 1);
    CHECK(str_eq_c(delivery_of(id).last_error, "No answer: cannot connect"));
    CHECK_OK(http_server_open(&rig.receiver, &rig.loop, &options, &handlers, NULL, &err));
    WAIT_FOR(has_state(id, DELIVERY_DELIVERED));
    close_rig();
}

TEST(slow_receivers_hold_up_only_themselves)
{
    enum { SLOW = COURIER_RECEIVER_FLIGHTS_MAX + COURIER_RECEIVER_WAITING_MAX + 20 };
    struct id slow[SLOW], quick;
    char url[128];

    open_rig(true);
    for (int i = 0; i < SLOW; i++)
        slow[i] = submit_failed("/hold");
    WAIT_FOR(rig.held_count == COURIER_RECEIVER_FLIGHTS_MAX);
    pass(200);
    CHECK_INT(rig.held_count, COURIER_RECEIVER_FLIGHTS_MAX);
    /* The same machine by another name. */
    snprintf(url, sizeof(url), "http://localhost:%d/ok", http_server_port(rig.receiver));
    quick = world_submit_told(&rig.world, url);
    fail(quick);
    WAIT_FOR(has_state(quick, DELIVERY_DELIVERED));
    for (int i = 0; i < SLOW; i++) {
        set_alarm(WAIT_MS);
        while (has_state(slow[i], DELIVERY_PENDING) && !rig.alarmed) {
            answer_held();
            uv_run(&rig.loop, UV_RUN_ONCE);
        }
        CHECK_INT(delivery_of(slow[i]).state, DELIVERY_DELIVERED);
    }
    CHECK_INT(count_seen("/hold", "failed"), SLOW);
    close_rig();
}

TEST(what_a_stopped_courier_had_out_is_sent_by_the_next_one)
{
    struct id held, waiting[COURIER_RECEIVER_FLIGHTS_MAX];

    open_rig(true);
    held = submit_failed("/hold");
    for (int i = 0; i < COURIER_RECEIVER_FLIGHTS_MAX; i++)
        waiting[i] = submit_failed("/hold");
    WAIT_FOR(rig.held_count == COURIER_RECEIVER_FLIGHTS_MAX);
    stop_courier(50);
    answer_held();
    CHECK(has_state(held, DELIVERY_PENDING));
    start_courier();
    WAIT_FOR(rig.held_count == COURIER_RECEIVER_FLIGHTS_MAX);
    for (int i = 0; i < COURIER_RECEIVER_FLIGHTS_MAX; i++) {
        set_alarm(WAIT_MS);
        while (has_state(waiting[i], DELIVERY_PENDING) && !rig.alarmed) {
            answer_held();
            uv_run(&rig.loop, UV_RUN_ONCE);
        }
    }
    WAIT_FOR(has_state(held, DELIVERY_DELIVERED));
    close_rig();
}

TEST(a_stop_waits_for_what_is_out_within_its_grace)
{
    struct id id;

    open_rig(true);
    id = submit_failed("/hold");
    WAIT_FOR(rig.held_count == 1);
    rig.courier_stopped = false;
    courier_stop(rig.courier, WAIT_MS, courier_stopped, NULL);
    pass(50);
    CHECK(!rig.courier_stopped);
    answer_held();
    WAIT_FOR(rig.courier_stopped);
    CHECK(has_state(id, DELIVERY_DELIVERED));
    executor_close(rig.executor);
    http_client_close(rig.client);
    courier_free(rig.courier);
    jobcache_free(rig.cache);
    start_courier();
    close_rig();
}

TEST(a_replay_is_sent_at_once)
{
    struct id id;
    struct world *world = &rig.world;
    struct err err;

    open_rig(true);
    id = submit_failed("/ok");
    WAIT_FOR(has_state(id, DELIVERY_DELIVERED));
    CHECK_OK(
        WORLD_DO(world, deliveries_replay(world->db, delivery_of(id).id, 0, clock_now_ms(), &err)));
    courier_wake(rig.courier);
    WAIT_FOR(count_seen("/ok", "failed") == 2);
    WAIT_FOR(has_state(id, DELIVERY_DELIVERED));
    close_rig();
}

/* ---- endpoints ---- */

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

/* ---- progress ---- */

TEST(progress_is_told_when_it_changes_and_never_after_the_end)
{
    struct id id;
    int seen = 0;

    open_rig(true);
    id = submit("/ok");
    start_job(id);
    jobcache_progress(rig.cache, id, 10);
    WAIT_FOR(rig.seen_count == 1);
    CHECK_INT(rig.seen[0].percent, 10);
    CHECK_STR(rig.seen[0].event, "progress");
    pass(2 * COURIER_TICK_MS + 100);
    CHECK_INT(rig.seen_count, 1); /* the same percentage is no news */
    jobcache_progress(rig.cache, id, 20);
    jobcache_progress(rig.cache, id, 30);
    WAIT_FOR(rig.seen_count == 2);
    CHECK_INT(rig.seen[1].percent, 30);
    jobcache_progress(rig.cache, id, 40);
    fail(id);
    WAIT_FOR(count_seen("/ok", "failed") == 1);
    seen = rig.seen_count;
    pass(2 * COURIER_TICK_MS);
    CHECK_INT(rig.seen_count, seen);
    CHECK_INT(count_seen("/ok", "progress"), 2);
    close_rig();
}

TEST(progress_is_told_by_one_request_at_a_time_and_gives_way_to_the_end)
{
    struct id id;

    open_rig(true);
    id = submit("/hold");
    start_job(id);
    jobcache_progress(rig.cache, id, 10);
    WAIT_FOR(rig.held_count == 1);
    jobcache_progress(rig.cache, id, 20);
    pass(2 * COURIER_TICK_MS);
    CHECK_INT(rig.held_count, 1);
    fail(id);
    WAIT_FOR(rig.held_count == 2);
    CHECK_STR(rig.seen[1].event, "failed");
    close_rig();
}

TEST(progress_that_nobody_asked_for_is_not_told)
{
    struct job job;
    struct id id;

    open_rig(true);
    id = submit("/ok");
    start_job(id);
    job = world_get(&rig.world, id);
    job.callback.events = BIT(JOB_EVENT_FAILED);
    jobcache_put(rig.cache, &job); /* ends the telling */
    jobcache_progress(rig.cache, id, 10);
    pass(2 * COURIER_TICK_MS);
    CHECK_INT(rig.seen_count, 0);
    close_rig();
}
