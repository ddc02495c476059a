/* SPDX-License-Identifier: Apache-2.0 */
#include "courier_rig.h"

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
