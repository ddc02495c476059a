/* SPDX-License-Identifier: Apache-2.0 */
#include "core/throttle.h"

#include "harness/tap.h"

#define SECOND INT64_C(1000000000)

TEST(a_minutes_worth_may_come_at_once_and_no_more)
{
    struct throttle *throttle = throttle_new();
    struct throttle_verdict verdict;

    for (int i = 0; i < 5; i++) {
        verdict = throttle_take(throttle, 7, 5, 100 * SECOND);
        CHECK(verdict.allowed);
        CHECK_INT(verdict.limit, 5);
        CHECK_INT(verdict.remaining, 4 - i);
        CHECK_INT(verdict.reset_ms, 12000 * (i + 1));
    }
    verdict = throttle_take(throttle, 7, 5, 100 * SECOND);
    CHECK(!verdict.allowed);
    CHECK_INT(verdict.remaining, 0);
    CHECK_INT(verdict.retry_after_s, 12);
    CHECK_INT(verdict.reset_ms, 60000);
    throttle_free(throttle);
}

TEST(the_wait_that_is_told_is_enough_and_not_too_long)
{
    struct throttle *throttle = throttle_new();

    CHECK(throttle_take(throttle, 7, 1, 0).allowed);
    CHECK_INT(throttle_take(throttle, 7, 1, SECOND / 2).retry_after_s, 60);
    CHECK(!throttle_take(throttle, 7, 1, 60 * SECOND - 1).allowed);
    CHECK_INT(throttle_take(throttle, 7, 1, 60 * SECOND - 1).retry_after_s, 1);
    CHECK(throttle_take(throttle, 7, 1, 60 * SECOND).allowed);
    throttle_free(throttle);
}

TEST(over_ten_minutes_the_rate_is_kept)
{
    struct throttle *throttle = throttle_new();
    int allowed = 0;

    for (int64_t ms = 0; ms < 600000; ms += 7)
        allowed += throttle_take(throttle, 7, 90, ms * 1000000).allowed;
    CHECK(allowed >= 90 * 10 + 89 && allowed <= 90 * 10 + 90);
    throttle_free(throttle);
}

TEST(a_refused_request_costs_nothing)
{
    struct throttle *throttle = throttle_new();

    CHECK(throttle_take(throttle, 7, 1, 0).allowed);
    for (int i = 0; i < 1000; i++)
        CHECK(!throttle_take(throttle, 7, 1, SECOND).allowed);
    CHECK(throttle_take(throttle, 7, 1, 60 * SECOND).allowed);
    throttle_free(throttle);
}

TEST(a_rate_that_does_not_divide_a_minute_allows_its_number)
{
    struct throttle *throttle = throttle_new();
    int allowed = 0;

    for (int i = 0; i < 8000; i++)
        allowed += throttle_take(throttle, 7, 7001, 5).allowed;
    CHECK_INT(allowed, 7001);
    throttle_free(throttle);
}

TEST(keys_do_not_meet_however_many_there_are)
{
    struct throttle *throttle = throttle_new();

    for (int64_t key = 1; key <= 5000; key++)
        CHECK(throttle_take(throttle, key, 1, 0).allowed);
    for (int64_t key = 1; key <= 5000; key++)
        CHECK(!throttle_take(throttle, key, 1, 30 * SECOND).allowed);
    /* Those are forgotten here, and may ask again. */
    for (int64_t key = 5001; key <= 20000; key++)
        CHECK(throttle_take(throttle, key, 1, 61 * SECOND).allowed);
    for (int64_t key = 1; key <= 5000; key++)
        CHECK(throttle_take(throttle, key, 1, 61 * SECOND).allowed);
    throttle_free(throttle);
}
