/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/land/erosion.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "workers/diorama/noise.h"
#include "workers/diorama/pages.h"

/* Water finds its way again only every so many steps: flooding is most of the cost. */
enum { STEPS_PER_FLOOD = 2, SLIDES_PER_STEP = 2 };

static const int around_x[8] = {1, -1, 0, 0, 1, 1, -1, -1};
static const int around_y[8] = {0, 0, 1, -1, 1, -1, 1, -1};

struct flood {
    int size, mask, log2_cells;
    uint64_t *heap; /* height in the high half, cell in the low: one compare orders both */
    int heap_count;
    float *level; /* of the water surface, always falling toward the mouth */
    int *receiver;
    int *order; /* cells from the mouths up */
    float *area;
    uint8_t *seen;
};

/* Orders like the float it came from; heights here are never negative. */
static uint64_t heap_key(float height, int cell)
{
    uint32_t bits = 0;

    memcpy(&bits, &height, sizeof(bits));
    return (uint64_t)bits << 32 | (uint32_t)cell;
}

static void heap_push(struct flood *flood, uint64_t key)
{
    int at = flood->heap_count++;

    while (at > 0 && flood->heap[(at - 1) / 2] > key) {
        flood->heap[at] = flood->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    flood->heap[at] = key;
}

static uint64_t heap_pop(struct flood *flood)
{
    uint64_t *heap = flood->heap, top = heap[0], key = heap[--flood->heap_count];
    int at = 0;

    for (;;) {
        int child = 2 * at + 1;

        if (child >= flood->heap_count)
            break;
        child += child + 1 < flood->heap_count && heap[child + 1] < heap[child];
        if (heap[child] >= key)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = key;
    return top;
}

static int neighbor(const struct flood *flood, int cell, int k)
{
    int x = (cell + around_x[k]) & flood->mask;
    int y = ((cell >> flood->log2_cells) + around_y[k]) & flood->mask;

    return y << flood->log2_cells | x;
}

static void seed_mouths(struct flood *flood, const struct erosion *erosion)
{
    int lowest = 0;

    memset(flood->seen, 0, (size_t)flood->size);
    flood->heap_count = 0;
    for (int i = 0; i < flood->size; i++) {
        if (erosion->height[i] < erosion->height[lowest])
            lowest = i;
        if (erosion->uplift[i] >= 0)
            continue;
        flood->seen[i] = 1;
        flood->receiver[i] = i;
        flood->level[i] = fmaxf(erosion->height[i], 0);
        heap_push(flood, heap_key(flood->level[i], i));
    }
    if (flood->heap_count == 0) {
        flood->seen[lowest] = 1;
        flood->receiver[lowest] = lowest;
        flood->level[lowest] = fmaxf(erosion->height[lowest], 0);
        heap_push(flood, heap_key(flood->level[lowest], lowest));
    }
}

/* Fills hollows from the mouths up, so that every cell has a way down. */
static void flood_cells(struct flood *flood, const struct erosion *erosion)
{
    int count = 0;

    seed_mouths(flood, erosion);
    while (flood->heap_count > 0) {
        int cell = (int)(uint32_t)heap_pop(flood);
        float level = flood->level[cell];

        flood->order[count++] = cell;
        for (int k = 0; k < 8; k++) {
            int next = neighbor(flood, cell, k);

            if (flood->seen[next])
                continue;
            flood->seen[next] = 1;
            flood->receiver[next] = cell;
            flood->level[next] = fmaxf(erosion->height[next], level + 1e-3f);
            heap_push(flood, heap_key(flood->level[next], next));
        }
    }
}

/* Sends each cell's water down the steepest way, then adds up the area upstream. */
static void route_water(struct flood *flood, float cell_m, uint32_t salt)
{
    for (int i = 0; i < flood->size; i++) {
        float steepest = 0;

        flood->area[i] = cell_m * cell_m;
        if (flood->receiver[i] == i)
            continue;
        for (int k = 0; k < 8; k++) {
            int next = neighbor(flood, i, k);
            float slope = (flood->level[i] - flood->level[next]) * (k < 4 ? 1.0f : 0.7071f);

            /* A little chance keeps rivers from running along the grid. */
            slope *= 0.85f + 0.3f * noise_hash(i, k, salt);
            if (slope > steepest) {
                steepest = slope;
                flood->receiver[i] = next;
            }
        }
    }
    for (int k = flood->size - 1; k >= 0; k--) {
        int cell = flood->order[k];

        if (flood->receiver[cell] != cell)
            flood->area[flood->receiver[cell]] += flood->area[cell];
    }
}

static void cut_rivers(const struct flood *flood, const struct erosion *erosion)
{
    for (int k = 0; k < flood->size; k++) {
        int cell = flood->order[k], down = flood->receiver[cell];
        bool straight = ((cell ^ down) & flood->mask) == 0 ||
                        cell >> flood->log2_cells == down >> flood->log2_cells;
        float run = straight ? erosion->cell_m : erosion->cell_m * 1.4142f;
        float root = 0, cut = 0;

        if (down == cell)
            continue;
        /* Area to the power 3/8 by square roots: powf() would be most of the time. */
        root = sqrtf(sqrtf(flood->area[cell]));
        cut = erosion->wear * root * sqrtf(root) / run;
        erosion->height[cell] = (erosion->height[cell] + fmaxf(erosion->uplift[cell], 0) +
                                 cut * erosion->height[down]) /
                                (1.0f + cut);
    }
}

/* Soil creeps a little everywhere; slopes over the talus angle slide down. */
static void slide_slopes(struct flood *flood, const struct erosion *erosion)
{
    float *height = erosion->height, *before = flood->level;
    float drop_max = erosion->talus * erosion->cell_m;

    memcpy(before, height, (size_t)flood->size * sizeof(*height));
    for (int i = 0; i < flood->size; i++) {
        float sum = -4.0f * before[i], slide = 0;

        if (erosion->uplift[i] < 0)
            continue;
        for (int k = 0; k < 8; k++) {
            float other = before[neighbor(flood, i, k)],
                  most = k < 4 ? drop_max : 1.4142f * drop_max;
            float drop = before[i] - other;

            sum += k < 4 ? other : 0;
            slide -= fmaxf(drop - most, 0) - fmaxf(-drop - most, 0);
        }
        height[i] = fmaxf(height[i] + 0.005f * sum + 0.085f * slide, 0);
    }
}

void erosion_run(const struct erosion *erosion)
{
    struct flood flood = {.log2_cells = erosion->log2_cells};
    size_t size = (size_t)1 << (2 * erosion->log2_cells);

    flood.size = (int)size;
    flood.mask = (1 << erosion->log2_cells) - 1;
    flood.heap = pages_new(size * sizeof(*flood.heap));
    flood.level = pages_new(size * sizeof(*flood.level));
    flood.receiver = pages_new(size * sizeof(*flood.receiver));
    flood.order = pages_new(size * sizeof(*flood.order));
    flood.area = pages_new(size * sizeof(*flood.area));
    flood.seen = pages_new(size);
    for (int step = 0; step < erosion->steps; step++) {
        if (step % STEPS_PER_FLOOD == 0) {
            flood_cells(&flood, erosion);
            route_water(&flood, erosion->cell_m, (uint32_t)step);
        }
        cut_rivers(&flood, erosion);
        for (int pass = 0; pass < SLIDES_PER_STEP; pass++)
            slide_slopes(&flood, erosion);
    }
    pages_free(flood.heap);
    pages_free(flood.level);
    pages_free(flood.receiver);
    pages_free(flood.order);
    pages_free(flood.area);
    pages_free(flood.seen);
}

/* Catmull-Rom weights of four neighbors for a point `t` of the way between the middle two. */
static void cubic_weights(float t, float weight[4])
{
    weight[0] = ((-0.5f * t + 1) * t - 0.5f) * t;
    weight[1] = (1.5f * t - 2.5f) * t * t + 1;
    weight[2] = ((-1.5f * t + 2) * t + 0.5f) * t;
    weight[3] = (0.5f * t - 0.5f) * t * t;
}

void erosion_double(const float *from, int log2_cells, float *to)
{
    int cells = 1 << log2_cells, mask = cells - 1;
    float near[4], far[4];

    cubic_weights(0.25f, near);
    cubic_weights(0.75f, far);
    for (int y = 0; y < 2 * cells; y++) {
        const float *wy = y & 1 ? near : far;
        int row = (y >> 1) - (y & 1 ? 1 : 2);

        for (int x = 0; x < 2 * cells; x++) {
            const float *wx = x & 1 ? near : far;
            int column = (x >> 1) - (x & 1 ? 1 : 2);
            float sum = 0;

            for (int j = 0; j < 16; j++)
                sum += wy[j >> 2] * wx[j & 3] *
                       from[((row + (j >> 2)) & mask) << log2_cells | ((column + (j & 3)) & mask)];
            to[y << (log2_cells + 1) | x] = sum;
        }
    }
}
