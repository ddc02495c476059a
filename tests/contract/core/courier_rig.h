/* SPDX-License-Identifier: Apache-2.0 */
/*
 * courier_rig: the courier with a real store, executor and client, and a receiver on the same
 * loop. Its waits are a ten-thousandth of the real ones: for the vendors 18 and 60 ms, for
 * endpoints half a millisecond and up. Each test program has one rig.
 */
#ifndef VITASCOPE_TESTS_COURIER_RIG_H
#define VITASCOPE_TESTS_COURIER_RIG_H

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

enum { SEEN_MAX = 256, HELD_MAX = 64, WAIT_MS = 60000 };

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

static inline void note(struct http_exchange *exchange)
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

static inline void on_request(void *context, struct http_exchange *exchange)
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

static inline void answer_held(void)
{
    while (rig.held_count)
        http_reply(rig.held[--rig.held_count], 200, "text/plain", STR("at last"));
}

/* ---- rig ---- */

static inline void write_test(void *context, struct arena *arena, const struct callback *callback,
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
static inline struct str shown_secrets(struct arena *arena, const struct callback *callback)
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
static inline void write_signed(void *context, struct arena *arena, const struct callback *callback,
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

static inline void on_alarm(uv_timer_t *timer)
{
    (void)timer;
    rig.alarmed = true;
}

static inline void set_alarm(int ms)
{
    rig.alarmed = false;
    uv_timer_start(&rig.alarm, on_alarm, (uint64_t)ms, 0);
}

static inline void pass(int ms)
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

static inline void start_courier(void)
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

static inline void open_rig(bool private_allowed)
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

static inline void courier_stopped(void *user)
{
    (void)user;
    rig.courier_stopped = true;
}

static inline void stop_courier(int grace_ms)
{
    rig.courier_stopped = false;
    courier_stop(rig.courier, grace_ms, courier_stopped, NULL);
    WAIT_FOR(rig.courier_stopped);
    executor_close(rig.executor);
    http_client_close(rig.client);
    courier_free(rig.courier);
    jobcache_free(rig.cache);
}

static inline void close_rig(void)
{
    answer_held();
    stop_courier(0);
    http_server_close(rig.receiver);
    uv_close((uv_handle_t *)&rig.alarm, NULL);
    uv_run(&rig.loop, UV_RUN_DEFAULT);
    CHECK_INT(uv_loop_close(&rig.loop), 0);
    world_close(&rig.world);
}

static inline const char *at(const char *path)
{
    snprintf(rig.url, sizeof(rig.url), "http://127.0.0.1:%d%s", http_server_port(rig.receiver),
             path);
    return rig.url;
}

/* ---- jobs ---- */

static inline void show(struct id id, int progress)
{
    struct job job = world_get(&rig.world, id);

    job.progress = progress;
    jobcache_put(rig.cache, &job);
}

static inline struct id submit(const char *path)
{
    struct id id = world_submit_told(&rig.world, at(path));

    show(id, 0);
    return id;
}

static inline void fail(struct id id)
{
    struct world *world = &rig.world;
    struct err err;

    CHECK_OK(WORLD_DO(world, jobs_fail(world->db, id, &broken, clock_now_ms(), &err)));
    show(id, 0);
}

static inline struct id submit_failed(const char *path)
{
    struct id id = submit(path);

    fail(id);
    return id;
}

static inline void start_job(struct id id)
{
    struct world *world = &rig.world;
    int attempt = 0;
    struct err err;

    CHECK_OK(WORLD_DO(world, jobs_start(world->db, id, STR("x"), clock_now_ms(), &attempt, &err)));
    show(id, 0);
}

static inline struct delivery delivery_of(struct id id)
{
    struct delivery_filter filter = {
        .account_id = rig.world.account_id, .job_id = id, .limit = DELIVERIES_LIST_MAX};
    struct delivery_page page;
    struct err err;

    CHECK_OK(deliveries_list(rig.world.db, &rig.world.arena, &filter, &page, &err));
    CHECK_INT(page.count, 1);
    return page.deliveries[0];
}

static inline bool has_state(struct id id, enum delivery_state state)
{
    return delivery_of(id).state == state;
}

static inline int count_seen(const char *path, const char *event)
{
    int count = 0;

    for (int i = 0; i < rig.seen_count; i++)
        count += (!path || strcmp(rig.seen[i].path, path) == 0) &&
                 (!event || strcmp(rig.seen[i].event, event) == 0);
    return count;
}

static inline enum job_callback_state cached(struct id id)
{
    const struct job *job = jobcache_get(rig.cache, id);

    return job_callback_shown(job);
}

#endif
