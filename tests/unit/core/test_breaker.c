/* SPDX-License-Identifier: Apache-2.0 */
#include "core/breaker.h"

#include "harness/tap.h"

TEST(faults_in_a_row_open_it_and_a_success_between_starts_the_row_again)
{
    struct breaker breaker;

    breaker_init(&breaker, 3, 100);
    breaker_fault(&breaker, 0);
    breaker_fault(&breaker, 0);
    breaker_success(&breaker);
    breaker_fault(&breaker, 0);
    breaker_fault(&breaker, 0);
    CHECK(breaker_may_try(&breaker, 0, 5));
    breaker_fault(&breaker, 0);
    CHECK_INT(breaker.state, BREAKER_OPEN);
    CHECK(!breaker_may_try(&breaker, 0, 0));
}

TEST(after_its_time_one_try_at_once_is_allowed)
{
    struct breaker breaker;

    breaker_init(&breaker, 1, 100);
    breaker_fault(&breaker, 1000);
    CHECK(!breaker_may_try(&breaker, 1099, 0));
    CHECK(breaker_may_try(&breaker, 1100, 0));
    CHECK_INT(breaker.state, BREAKER_HALF_OPEN);
    CHECK(!breaker_may_try(&breaker, 1100, 1));
    breaker_success(&breaker);
    CHECK_INT(breaker.state, BREAKER_CLOSED);
    CHECK(breaker_may_try(&breaker, 1100, 7));
}

TEST(each_failed_trial_doubles_its_time_up_to_sixteen_times)
{
    static const int64_t want_ms[] = {100, 200, 400, 800, 1600, 1600};
    struct breaker breaker;
    int64_t now_ms = 0;

    breaker_init(&breaker, 1, 100);
    for (size_t i = 0; i < sizeof want_ms / sizeof *want_ms; i++) {
        CHECK(breaker_may_try(&breaker, now_ms, 0));
        breaker_fault(&breaker, now_ms);
        CHECK_INT(breaker.until_ms - now_ms, want_ms[i]);
        now_ms = breaker.until_ms;
    }
    CHECK(breaker_may_try(&breaker, now_ms, 0));
    breaker_success(&breaker);
    breaker_fault(&breaker, now_ms);
    CHECK_INT(breaker.until_ms - now_ms, 100);
}

TEST(faults_of_tries_from_before_it_opened_do_not_make_it_longer)
{
    struct breaker breaker;

    breaker_init(&breaker, 1, 100);
    breaker_fault(&breaker, 0);
    breaker_fault(&breaker, 50);
    breaker_fault(&breaker, 99);
    CHECK_INT(breaker.until_ms, 100);
    CHECK(breaker_may_try(&breaker, 100, 0));
}
