/* SPDX-License-Identifier: Apache-2.0 */
#include "core/breaker.h"

void breaker_init(struct breaker *breaker, int faults_max, int64_t base_ms)
{
    *breaker = (struct breaker){.faults_max = faults_max, .base_ms = base_ms, .open_ms = base_ms};
}

bool breaker_may_try(struct breaker *breaker, int64_t now_ms, int running)
{
    if (breaker->state == BREAKER_OPEN && now_ms >= breaker->until_ms)
        breaker->state = BREAKER_HALF_OPEN;
    if (breaker->state == BREAKER_HALF_OPEN)
        return running == 0;
    return breaker->state == BREAKER_CLOSED;
}

void breaker_fault(struct breaker *breaker, int64_t now_ms)
{
    breaker->faults++;
    if (breaker->state == BREAKER_OPEN) /* a try from before it opened */
        return;
    if (breaker->state == BREAKER_CLOSED && breaker->faults < breaker->faults_max)
        return;
    if (breaker->state == BREAKER_HALF_OPEN &&
        breaker->open_ms < breaker->base_ms * BREAKER_GROWTH_MAX)
        breaker->open_ms *= 2;
    breaker->state = BREAKER_OPEN;
    breaker->until_ms = now_ms + breaker->open_ms;
}

void breaker_success(struct breaker *breaker)
{
    breaker_init(breaker, breaker->faults_max, breaker->base_ms);
}
