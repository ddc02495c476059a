/* SPDX-License-Identifier: Apache-2.0 */
/*
 * breaker: leaves something alone that fails again and again, and tries it once in a while.
 *
 *     CLOSED    -- faults_max in a row -->  OPEN
 *     OPEN      -- its time is over ----->  HALF_OPEN: one trial at a time
 *     HALF_OPEN -- a fault -------------->  OPEN, twice as long as before (up to 16 times)
 *     HALF_OPEN -- no fault ------------->  CLOSED
 *
 * Plain value; times are milliseconds of one clock that never goes back. Thread: one at a time.
 */
#ifndef VITASCOPE_CORE_BREAKER_H
#define VITASCOPE_CORE_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

enum breaker_state { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_HALF_OPEN };

enum { BREAKER_GROWTH_MAX = 16 };

struct breaker {
    enum breaker_state state;
    int faults_max;
    int faults; /* in a row */
    int64_t base_ms, open_ms;
    int64_t until_ms; /* while OPEN */
};

void breaker_init(struct breaker *breaker, int faults_max, int64_t base_ms);

/* Whether something may be tried while `running` other tries are under way. Moves an open
 * breaker whose time is over to half-open. */
bool breaker_may_try(struct breaker *breaker, int64_t now_ms, int running);

void breaker_fault(struct breaker *breaker, int64_t now_ms);
void breaker_success(struct breaker *breaker);

#endif
