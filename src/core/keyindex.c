/* SPDX-License-Identifier: Apache-2.0 */
#include "core/keyindex.h"

#include <assert.h>
#include <stdlib.h>

#include "base/err.h"

enum { PARTS = 256, PART_MIN = 16 };

struct slot {
    uint64_t hash;
    int64_t row; /* 0: empty */
};

/* Open addressing: a pair lies at its hash's place or behind it, with no gap between. */
struct part {
    struct slot *slots;
    size_t size; /* a power of two, or 0 */
    size_t count;
};

struct keyindex {
    struct part parts[PARTS]; /* by the first byte of the hash */
    size_t count;
};

static struct part *part_of(const struct keyindex *index, uint64_t hash)
{
    return (struct part *)(uintptr_t)&index->parts[hash >> 56];
}

static struct slot *alloc(size_t size)
{
    struct slot *slots = calloc(size, sizeof(*slots));

    if (!slots)
        die("out of memory");
    return slots;
}

/* Where the pair is, or where it is to go. */
static struct slot *find(const struct part *part, uint64_t hash, int64_t row)
{
    for (size_t at = hash;; at++) {
        struct slot *slot = &part->slots[at & (part->size - 1)];

        if (!slot->row || (slot->hash == hash && slot->row == row))
            return slot;
    }
}

static void resize(struct part *part, size_t size)
{
    struct part old = *part;

    part->slots = alloc(size);
    part->size = size;
    for (size_t i = 0; i < old.size; i++) {
        if (old.slots[i].row)
            *find(part, old.slots[i].hash, old.slots[i].row) = old.slots[i];
    }
    free(old.slots);
}

struct keyindex *keyindex_new(void)
{
    struct keyindex *index = calloc(1, sizeof(*index));

    if (!index)
        die("out of memory");
    return index;
}

void keyindex_free(struct keyindex *index)
{
    for (size_t i = 0; index && i < PARTS; i++)
        free(index->parts[i].slots);
    free(index);
}

void keyindex_add(struct keyindex *index, uint64_t hash, int64_t row)
{
    struct part *part = part_of(index, hash);
    struct slot *slot = NULL;

    assert(row > 0);
    if (!part->size)
        resize(part, PART_MIN);
    else if ((part->count + 1) * 4 > part->size * 3)
        resize(part, part->size * 2);
    slot = find(part, hash, row);
    if (slot->row)
        return;
    *slot = (struct slot){hash, row};
    part->count++;
    index->count++;
}

/* Moves back whoever would be behind a gap. */
static void close_gap(struct part *part, size_t gap)
{
    size_t mask = part->size - 1;

    for (size_t at = (gap + 1) & mask; part->slots[at].row; at = (at + 1) & mask) {
        size_t wants = part->slots[at].hash & mask;

        if (((at - wants) & mask) < ((at - gap) & mask))
            continue;
        part->slots[gap] = part->slots[at];
        gap = at;
    }
    part->slots[gap].row = 0;
}

void keyindex_remove(struct keyindex *index, uint64_t hash, int64_t row)
{
    struct part *part = part_of(index, hash);
    struct slot *slot = part->size ? find(part, hash, row) : NULL;

    if (!slot || !slot->row)
        return;
    close_gap(part, (size_t)(slot - part->slots));
    part->count--;
    index->count--;
    if (part->count * 8 < part->size && part->size > PART_MIN)
        resize(part, part->size / 2);
}

bool keyindex_has(const struct keyindex *index, uint64_t hash, int64_t row)
{
    const struct part *part = part_of(index, hash);

    return part->size && find(part, hash, row)->row;
}

int64_t keyindex_next(const struct keyindex *index, uint64_t hash, size_t *cursor)
{
    const struct part *part = part_of(index, hash);

    while (part->size) {
        const struct slot *slot = &part->slots[(hash + (*cursor)++) & (part->size - 1)];

        if (!slot->row || slot->hash == hash)
            return slot->row;
    }
    return 0;
}

size_t keyindex_count(const struct keyindex *index)
{
    return index->count;
}
