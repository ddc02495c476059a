/* SPDX-License-Identifier: Apache-2.0 */
#include "core/throttle.h"

#include <stdlib.h>

#include "base/err.h"

enum { SLOTS_MIN = 64 };

static const int64_t minute_ns = INT64_C(60000000000), second_ns = INT64_C(1000000000);

struct slot {
    int64_t key_id; /* 0: empty */
    int64_t full_ns;
};

/* Open addressing; at most half of the slots are taken. */
struct throttle {
    struct slot *slots;
    size_t slots_count; /* a power of two */
    size_t taken;
};

static struct slot *new_slots(size_t count)
{
    struct slot *slots = calloc(count, sizeof(*slots));

    if (!slots)
        die("out of memory");
    return slots;
}

struct throttle *throttle_new(void)
{
    struct throttle *throttle = calloc(1, sizeof(*throttle));

    if (!throttle)
        die("out of memory");
    throttle->slots = new_slots(SLOTS_MIN);
    throttle->slots_count = SLOTS_MIN;
    return throttle;
}

void throttle_free(struct throttle *throttle)
{
    if (!throttle)
        return;
    free(throttle->slots);
    free(throttle);
}

/* The key's slot, or an empty one for it. */
static struct slot *find(struct throttle *throttle, int64_t key_id)
{
    size_t mask = throttle->slots_count - 1;
    size_t at = (size_t)((uint64_t)key_id * UINT64_C(0x9E3779B97F4A7C15) >> 32) & mask;

    while (throttle->slots[at].key_id && throttle->slots[at].key_id != key_id)
        at = (at + 1) & mask;
    return &throttle->slots[at];
}

/* Forgets what is full; twice the room if that is not enough. */
static void make_room(struct throttle *throttle, int64_t now_ns)
{
    struct slot *old = throttle->slots;
    size_t old_count = throttle->slots_count, kept = 0;

    for (size_t i = 0; i < old_count; i++)
        kept += old[i].key_id && old[i].full_ns > now_ns;
    if (kept >= old_count / 4)
        throttle->slots_count *= 2;
    throttle->slots = new_slots(throttle->slots_count);
    throttle->taken = kept;
    for (size_t i = 0; i < old_count; i++) {
        if (old[i].key_id && old[i].full_ns > now_ns)
            *find(throttle, old[i].key_id) = old[i];
    }
    free(old);
}

static struct slot *slot_of(struct throttle *throttle, int64_t key_id, int64_t now_ns)
{
    struct slot *slot = find(throttle, key_id);

    if (slot->key_id)
        return slot;
    if (throttle->taken == throttle->slots_count / 2) {
        make_room(throttle, now_ns);
        slot = find(throttle, key_id);
    }
    throttle->taken++;
    *slot = (struct slot){.key_id = key_id, .full_ns = now_ns};
    return slot;
}

struct throttle_verdict throttle_take(struct throttle *throttle, int64_t key_id, int64_t per_minute,
                                      int64_t now_ns)
{
    struct slot *slot = slot_of(throttle, key_id, now_ns);
    struct throttle_verdict verdict = {.limit = per_minute};
    int64_t each_ns = minute_ns / per_minute;
    int64_t full_ns = (slot->full_ns > now_ns ? slot->full_ns : now_ns) + each_ns;
    int64_t over_ns = full_ns - now_ns - each_ns * per_minute;

    verdict.allowed = over_ns <= 0;
    if (verdict.allowed)
        slot->full_ns = full_ns;
    else
        verdict.retry_after_s = (over_ns + second_ns - 1) / second_ns;
    verdict.reset_ms = slot->full_ns > now_ns ? (slot->full_ns - now_ns) / 1000000 : 0;
    verdict.remaining = verdict.allowed ? -over_ns / each_ns : 0;
    return verdict;
}
