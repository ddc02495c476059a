/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/land/tiles.h"

#include <math.h>
#include <stdlib.h>

#include "workers/diorama/noise.h"
#include "workers/diorama/pages.h"

static float *floats_new(size_t count)
{
    return pages_new(count * sizeof(float));
}

void tile_plan_init(struct tile_plan *plan, int log2_size)
{
    plan->log2_size = log2_size;
    plan->height = floats_new((size_t)1 << (2 * log2_size));
    plan->other = floats_new((size_t)1 << (2 * log2_size));
}

void tile_plan_fini(struct tile_plan *plan)
{
    pages_free(plan->height);
    pages_free(plan->other);
}

/* Packs one level; slopes are differences of neighbors in this level's texels. */
static void pack_level(const struct tile_plan *plan, struct tile *tile, int level)
{
    int size = 1 << plan->log2_size, mask = size - 1;
    uint32_t *texels = tile->texels + tile->level_start[level];
    float per_texel = tile->height_m * tile->texels_per_m / (float)(1 << level) / tile->slope_scale;

    for (int y = 0; y < size; y++)
        for (int x = 0; x < size; x++) {
            const float *row = plan->height + ((size_t)y << plan->log2_size);
            float dx = row[(x + 1) & mask] - row[(x - 1) & mask];
            float dy = plan->height[((y + 1) & mask) << plan->log2_size | x] -
                       plan->height[((y - 1) & mask) << plan->log2_size | x];

            texels[y << plan->log2_size | x] =
                byte_of_unit(row[x]) |
                (uint32_t)clamp_f(128.5f + 0.5f * dx * per_texel, 0, 255) << 8 |
                (uint32_t)clamp_f(128.5f + 0.5f * dy * per_texel, 0, 255) << 16 |
                byte_of_unit(plan->other[y << plan->log2_size | x]) << 24;
        }
}

/* Averages 2x2 texels in place into the next coarser level. */
static void halve(struct tile_plan *plan)
{
    int size = 1 << (plan->log2_size - 1);
    float *planes[2] = {plan->height, plan->other};

    for (int p = 0; p < 2; p++)
        for (int y = 0; y < size; y++)
            for (int x = 0; x < size; x++) {
                const float *from = planes[p] + ((size_t)(2 * y) << plan->log2_size) + 2 * x;
                const float *below = from + ((size_t)1 << plan->log2_size);

                planes[p][y * size + x] = 0.25f * (from[0] + from[1] + below[0] + below[1]);
            }
    plan->log2_size--;
}

static void new_levels(struct tile *tile, int log2_size)
{
    uint32_t total = 0;

    tile->log2_size = log2_size;
    for (int level = 0; level < TILE_LEVELS; level++) {
        tile->level_start[level] = total;
        total += 1u << (2 * (log2_size - level));
    }
    tile->level_start[TILE_LEVELS] = total;
    tile->texels = pages_new(total * sizeof(*tile->texels));
}

void tile_begin(struct tile *tile, int log2_size, float size_m)
{
    new_levels(tile, log2_size);
    tile->texels_per_m = (float)(1 << log2_size) / size_m;
}

void tile_pack(struct tile_plan *plan, struct tile *tile)
{
    new_levels(tile, plan->log2_size);
    for (int level = 0; level < TILE_LEVELS; level++) {
        pack_level(plan, tile, level);
        if (level + 1 < TILE_LEVELS)
            halve(plan);
    }
}

void tile_free(struct tile *tile)
{
    pages_free(tile->texels);
    tile->texels = NULL;
}

/* The two nearest of one random point a lattice cell. */
struct facet {
    float first, second; /* distances */
    float dx, dy;        /* offset from the nearest point */
    int cell;            /* whose point that is */
};

static void find_facet(float x, float y, int period, uint32_t salt, struct facet *facet)
{
    int ix = (int)x, iy = (int)y;

    *facet = (struct facet){9, 9, 0, 0, 0};
    for (int k = 0; k < 9; k++) {
        int cx = ix + k % 3 - 1, cy = iy + k / 3 - 1;
        int cell = (cy + period) % period * period + (cx + period) % period;
        float dx = x - (float)cx - noise_hash(cell, 5, salt);
        float dy = y - (float)cy - noise_hash(cell, 6, salt);
        float distance = dx * dx + dy * dy;

        if (distance >= facet->second)
            continue;
        facet->second = distance;
        if (distance >= facet->first)
            continue;
        facet->second = facet->first;
        *facet = (struct facet){distance, facet->second, dx, dy, cell};
    }
    facet->first = sqrtf(facet->first);
    facet->second = sqrtf(facet->second);
}

/* Broken rock: tilted plates of many sizes with cracks between them; about -1 to 1. */
static float broken_rock(float u, float v, uint32_t salt)
{
    float sum = 0, amplitude = 0.5f;
    int period = 10;

    for (int octave = 0; octave < 4; octave++) {
        struct facet facet;
        float tilt = 0, crack = 0;

        salt += 131u;
        find_facet(u * (float)period, v * (float)period, period, salt, &facet);
        tilt = facet.dx * (noise_hash(facet.cell, 1, salt) - 0.5f) +
               facet.dy * (noise_hash(facet.cell, 2, salt) - 0.5f);
        crack = 1.0f - smooth_f(0, 0.16f, facet.second - facet.first);
        sum += amplitude *
               (1.6f * tilt + 0.9f * (noise_hash(facet.cell, 3, salt) - 0.5f) - 0.45f * crack);
        amplitude *= 0.58f;
        period = period * 2 + 3;
    }
    return sum;
}

void tile_detail(struct tile *tile, uint32_t salt)
{
    struct noise_fbm soft = {.period = 9, .octaves = 7, .gain = 0.66f, .salt = salt};
    struct noise_fbm bumps = {.period = 6, .octaves = 7, .gain = 0.62f, .salt = salt + 7777u};
    struct tile_plan plan;

    tile_plan_init(&plan, 9);
    for (int y = 0; y < 512; y++)
        for (int x = 0; x < 512; x++) {
            float u = (float)x / 512.0f, v = (float)y / 512.0f;
            float rock = broken_rock(u, v, salt), lump = noise_fbm(&soft, u, v);

            plan.height[y << 9 | x] = clamp_f(0.5f + 0.62f * rock + 0.55f * lump, 0, 1);
            plan.other[y << 9 | x] = clamp_f(0.5f + 0.95f * noise_fbm(&bumps, u, v), 0, 1);
        }
    tile->texels_per_m = 2.0f;
    tile->height_m = 1.0f;
    tile->slope_scale = 1.0f / 400.0f;
    tile_pack(&plan, tile);
    tile_plan_fini(&plan);
}

/* A sine wave that fits the tile: whole numbers of crests along both axes. */
struct wave {
    float x, y, amplitude, phase;
};

static void draw_waves(struct wave *waves, int count, struct dice *dice)
{
    for (int i = 0; i < count; i++) {
        float crests = 3.0f * powf(14.0f, (float)i / (float)count);
        /* Waves run with the wind, along +x, give or take; the short ones less obediently. */
        float turn = dice_between(dice, -0.5f, 0.5f) * (1.0f + crests / 14.0f);

        waves[i].x = roundf(crests * cosf(turn));
        waves[i].y = roundf(crests * sinf(turn));
        waves[i].amplitude = powf(crests, -1.05f);
        waves[i].phase = dice_between(dice, 0, 6.2831853f);
    }
}

void tile_waves(struct tile *tile, uint32_t salt)
{
    enum { WAVES = 36, SIDE = 256 };
    struct wave waves[WAVES];
    struct dice dice = {salt};
    struct tile_plan plan;

    draw_waves(waves, WAVES, &dice);
    tile_plan_init(&plan, 8);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            float height = 0;

            for (int i = 0; i < WAVES; i++) {
                float turn = 6.2831853f * (waves[i].x * (float)x + waves[i].y * (float)y) / SIDE;
                float up = 0.5f + 0.5f * sinf(turn + waves[i].phase);

                /* Squared: sharp crests, flat troughs. */
                height += waves[i].amplitude * up * up;
            }
            plan.height[y * SIDE + x] = clamp_f(0.14f * height, 0, 1);
            plan.other[y * SIDE + x] = clamp_f(0.14f * height, 0, 1);
        }
    tile->texels_per_m = 1.0f;
    tile->height_m = 20.0f;
    tile->slope_scale = 1.0f / 100.0f;
    tile_pack(&plan, tile);
    tile_plan_fini(&plan);
}

/* Walls of bubbles: strong where two of their middles are as near. */
static float bubble_walls(float u, float v, int period, uint32_t salt)
{
    struct facet facet;

    find_facet(u * (float)period, v * (float)period, period, salt, &facet);
    return 1.0f - smooth_f(0, 0.42f, facet.second - facet.first);
}

static float wrapped(float x)
{
    return x - floorf(x);
}

void tile_lace(struct tile *tile, uint32_t salt)
{
    struct noise_fbm warp = {.period = 8, .octaves = 4, .gain = 0.55f, .salt = salt + 91u};
    struct noise_fbm clumps = {.period = 5, .octaves = 6, .gain = 0.6f, .salt = salt + 17u};
    struct tile_plan plan;

    tile_plan_init(&plan, 9);
    for (int y = 0; y < 512; y++)
        for (int x = 0; x < 512; x++) {
            float u = (float)x / 512.0f, v = (float)y / 512.0f, lump = noise_fbm(&clumps, u, v);
            float du = 0.035f * noise_fbm(&warp, u, v);
            float dv = 0.035f * noise_fbm(&warp, wrapped(u + 0.5f), wrapped(v + 0.31f));
            float big = bubble_walls(wrapped(u + du), wrapped(v + dv), 14, salt);
            float small = bubble_walls(wrapped(u - dv), wrapped(v + du), 37, salt + 5u);

            plan.height[y << 9 | x] =
                clamp_f(0.46f * big + 0.30f * small + 0.20f + 0.42f * lump, 0, 1);
            plan.other[y << 9 | x] = clamp_f(0.5f + 0.95f * lump, 0, 1);
        }
    tile->texels_per_m = 8.0f;
    tile->height_m = 1.0f;
    tile->slope_scale = 1.0f / 60.0f;
    tile_pack(&plan, tile);
    tile_plan_fini(&plan);
}

/* One tree to be put on the canopy: everything in texels but heights (0 to 1). */
struct tree {
    float x, y, radius, height, id;
    int fronds; /* 0: not a palm */
    float turn;
    bool conifer;
};

/* Height of the crown at an offset from its middle, or below zero outside. */
static float crown_height(const struct tree *tree, float dx, float dy)
{
    float r = sqrtf(dx * dx + dy * dy) / tree->radius;

    if (r >= 1)
        return -1;
    if (tree->conifer) {
        /* Branches make tiers: a jagged cone. */
        float tier =
            0.06f * sinf(r * 21.0f + tree->turn) + 0.05f * sinf(5.0f * atan2f(dy, dx) + tree->turn);

        return tree->height * clamp_f(1.0f - r + tier * (1 - r) * 2.0f, 0.02f, 1);
    }
    if (tree->fronds) {
        float leaf = cosf((float)tree->fronds * (atan2f(dy, dx) + tree->turn) + 2.0f * r);

        return leaf < 0.75f * r - 0.45f ? -1 : tree->height * (1.0f - 0.45f * r * r);
    }
    /* A round crown with lumps of leaves. */
    return tree->height * (0.62f + 0.38f * sqrtf(1 - r * r) +
                           0.05f * sinf(dx * 1.9f + tree->turn) * sinf(dy * 2.1f + tree->turn));
}

static void plant(struct tile_plan *plan, const struct tree *tree)
{
    int mask = (1 << plan->log2_size) - 1, reach = (int)tree->radius + 1;

    for (int j = -reach; j <= reach; j++)
        for (int i = -reach; i <= reach; i++) {
            int x = (int)tree->x + i, y = (int)tree->y + j;
            int at = (y & mask) << plan->log2_size | (x & mask);
            float height = crown_height(tree, (float)x + 0.5f - tree->x, (float)y + 0.5f - tree->y);

            if (height <= plan->height[at])
                continue;
            plan->height[at] = height;
            plan->other[at] = tree->id;
        }
}

/* Trees stand in a jittered grid: never two on one spot, nowhere in rows. */
static void plant_all(struct tile_plan *plan, bool tropical, struct dice *dice)
{
    int spacing = tropical ? 9 : 8, cells = (1 << plan->log2_size) / spacing;

    for (int y = 0; y < cells; y++)
        for (int x = 0; x < cells; x++) {
            float scale = (float)(1 << plan->log2_size) / (float)cells;
            float size = dice_between(dice, 0, 1);
            struct tree tree = {
                .x = ((float)x + dice_between(dice, 0.1f, 0.9f)) * scale,
                .y = ((float)y + dice_between(dice, 0.1f, 0.9f)) * scale,
                .id = dice_between(dice, 0.02f, 1),
                .turn = dice_between(dice, 0, 6.28f),
                .conifer = !tropical,
            };

            if (tropical) {
                bool palm = dice_between(dice, 0, 1) < 0.35f;

                tree.fronds = palm ? 7 + (int)(size * 4.0f) : 0;
                tree.radius = palm ? 7.0f + 3.0f * size : 6.0f + 7.0f * size * size;
                tree.height = palm ? 0.72f + 0.28f * size : 0.4f + 0.4f * size;
            } else {
                tree.radius = 3.8f + 2.6f * size;
                tree.height = 0.35f + 0.65f * size;
            }
            plant(plan, &tree);
        }
}

void tile_canopy(struct tile *tile, bool tropical, float tree_height_m, uint32_t salt)
{
    struct dice dice = {salt};
    struct tile_plan plan;

    tile_plan_init(&plan, 9);
    plant_all(&plan, tropical, &dice);
    tile->texels_per_m = 1.6f;
    tile->height_m = tree_height_m;
    tile->slope_scale = 1.0f / 24.0f;
    tile_pack(&plan, tile);
    tile_plan_fini(&plan);
}

/* Distance from a point to the nearest of one random point a lattice cell, tiled. */
static float worley(const float point[3], int period, uint32_t salt)
{
    float nearest = 9;
    int base[3] = {(int)point[0], (int)point[1], (int)point[2]};

    for (int k = 0; k < 27; k++) {
        int cell[3] = {base[0] + k % 3 - 1, base[1] + k / 3 % 3 - 1, base[2] + k / 9 - 1};
        int x = (cell[0] + period) % period, y = (cell[1] + period) % period;
        int z = (cell[2] + period) % period, flat = (z * period + y) * period + x;
        float dx = (float)cell[0] + noise_hash(flat, 1, salt) - point[0];
        float dy = (float)cell[1] + noise_hash(flat, 2, salt) - point[1];
        float dz = (float)cell[2] + noise_hash(flat, 3, salt) - point[2];

        nearest = fminf(nearest, dx * dx + dy * dy + dz * dz);
    }
    return sqrtf(nearest);
}

static float value_noise(const float point[3], int period, uint32_t salt)
{
    float sum = 0, weight[3][2];
    int base[3] = {(int)point[0], (int)point[1], (int)point[2]};

    for (int i = 0; i < 3; i++) {
        float t = point[i] - (float)base[i];

        weight[i][1] = t * t * (3 - 2 * t);
        weight[i][0] = 1 - weight[i][1];
    }
    for (int k = 0; k < 8; k++) {
        int x = (base[0] + (k & 1)) % period, y = (base[1] + (k >> 1 & 1)) % period;
        int z = (base[2] + (k >> 2)) % period;

        sum += weight[0][k & 1] * weight[1][k >> 1 & 1] * weight[2][k >> 2] *
               noise_hash((z * period + y) * period + x, 0, salt);
    }
    return sum;
}

/* Puffs (inverted cell distance) on a smooth swell: what cumulus looks like. */
static float cloud_noise(int x, int y, int z, uint32_t salt)
{
    float puffs = 0, swell = 0, amplitude = 0.5f;

    for (int octave = 0; octave < 3; octave++) {
        float cells = (float)(4 << octave) / (float)(1 << VOLUME_LOG2);
        float point[3] = {((float)x + 0.5f) * cells, ((float)y + 0.5f) * cells,
                          ((float)z + 0.5f) * cells};

        swell += amplitude * value_noise(point, 4 << octave, salt + (uint32_t)octave);
        if (octave > 0)
            puffs += (octave == 1 ? 0.62f : 0.38f) *
                     (1.0f - worley(point, 4 << octave, salt + 50u + (uint32_t)octave));
        amplitude *= 0.5f;
    }
    return 0.55f * swell / 0.875f + 0.45f * puffs;
}

uint32_t *volume_bake(uint32_t salt)
{
    int size = 1 << VOLUME_LOG2, mask = size - 1;
    size_t count = (size_t)1 << (3 * VOLUME_LOG2);
    uint8_t *plain = pages_new(count);
    uint32_t *packed = pages_new(count * sizeof(*packed));

    for (size_t i = 0; i < count; i++)
        plain[i] = (uint8_t)byte_of_unit(cloud_noise((int)i & mask, (int)(i >> VOLUME_LOG2) & mask,
                                                     (int)(i >> (2 * VOLUME_LOG2)), salt));
    for (size_t i = 0; i < count; i++) {
        size_t x = i & (size_t)mask, row = i & ~(size_t)mask;
        size_t next = (i & ~((size_t)mask << VOLUME_LOG2)) |
                      ((i + ((size_t)1 << VOLUME_LOG2)) & ((size_t)mask << VOLUME_LOG2));
        size_t next_row = next & ~(size_t)mask, right = (x + 1) & (size_t)mask;

        packed[i] = plain[i] | (uint32_t)plain[row | right] << 8 | (uint32_t)plain[next] << 16 |
                    (uint32_t)plain[next_row | right] << 24;
    }
    pages_free(plain);
    return packed;
}
