/* SPDX-License-Identifier: Apache-2.0 */
/*
 * throttle: how many requests a minute a key may make. A bucket for each key holds a minute's
 * worth of them and fills evenly: it forgives a burst and holds the rate. In memory: a restart
 * fills all buckets.
 *
 * A bucket is one number, the time at which it will be full; one that is full is forgotten when
 * room is needed. There are at most as many as keys with such a limit.
 *
 * Thread: loop.
 */
#ifndef VITASCOPE_CORE_THROTTLE_H
#define VITASCOPE_CORE_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

struct throttle;

struct throttle *throttle_new(void);
void throttle_free(struct throttle *throttle); /* accepts NULL */

struct throttle_verdict {
    bool allowed;
    int64_t limit;         /* a minute */
    int64_t remaining;     /* could be made at once after this one */
    int64_t reset_ms;      /* until all could */
    int64_t retry_after_s; /* when not allowed: at least 1 */
};

/* Takes one request; one that is refused takes nothing. per_minute is at least 1. */
struct throttle_verdict throttle_take(struct throttle *throttle, int64_t key_id, int64_t per_minute,
                                      int64_t now_ns);

#endif
