/* SPDX-License-Identifier: Apache-2.0 */
/* The repeating textures of a wood: barks, and what lies on the ground. */
#include <math.h>

#include "workers/diorama/forest/forest_impl.h"
#include "workers/diorama/land/tiles.h"

enum { BARK_LOG2 = 8, LITTER_LOG2 = 9, LITTER_LEAVES = 11000, LITTER_NEEDLES = 26000 };

/* Smooth noise in [0, 1] that repeats after its own number of cells on each axis. */
static float grain(float x, float y, const int period[2], uint32_t salt)
{
    float fx = floorf(x), fy = floorf(y), u = x - fx, v = y - fy;
    int x0 = ((int)fx % period[0] + period[0]) % period[0], x1 = (x0 + 1) % period[0];
    int y0 = ((int)fy % period[1] + period[1]) % period[1], y1 = (y0 + 1) % period[1];

    u = u * u * (3 - 2 * u);
    v = v * v * (3 - 2 * v);
    return lerp_f(lerp_f(noise_hash(x0, y0, salt), noise_hash(x1, y0, salt), u),
                  lerp_f(noise_hash(x0, y1, salt), noise_hash(x1, y1, salt), u), v);
}

/* Octaves of it; `wide` and `tall` cells a tile. */
static float rough(float u, float v, int wide, int tall, uint32_t salt)
{
    float sum = 0, weight = 0, amplitude = 1;

    for (int i = 0; i < 4; i++) {
        const int period[2] = {wide << i, tall << i};

        sum += amplitude * grain(u * (float)period[0], v * (float)period[1], period, salt);
        weight += amplitude;
        amplitude *= 0.55f;
        salt += 77;
    }
    return sum / weight;
}

/* 0 in the cracks to 1 on the plates between them. */
static float plates(float u, float v, int wide, int tall, uint32_t salt)
{
    const int period[2] = {wide, tall};
    float bend = 0.9f * (rough(u, v, 4, 2, salt + 5) - 0.5f);
    float a = grain((u + 0.12f * bend) * (float)wide, v * (float)tall, period, salt);

    return smooth_f(0.02f, 0.22f, fabsf(a - 0.5f));
}

/* Height and second value of a bark; u goes around, v up. */
static void bark_at(enum forest_bark bark, float u, float v, uint32_t salt, float to[2])
{
    float fine = rough(u, v, 40, 12, salt + 1), broad = rough(u, v, 3, 2, salt + 2), scar;

    to[0] = 1;
    to[1] = broad;
    switch (bark) {
    case BARK_FURROWED:
        to[0] = plates(u, v, 16, 3, salt) * (0.55f + 0.45f * plates(u, v, 11, 7, salt + 9));
        to[0] = 0.15f + 0.6f * to[0] + 0.25f * fine;
        return;
    case BARK_PINE:
        to[0] = plates(u, v, 9, 4, salt) * (0.5f + 0.5f * plates(u, v, 13, 9, salt + 9));
        to[0] = 0.12f + 0.6f * to[0] + 0.28f * rough(u, v, 24, 24, salt + 3);
        return;
    case BARK_SCALY:
        to[0] = 0.25f + 0.45f * plates(u, v, 22, 18, salt) + 0.30f * rough(u, v, 26, 20, salt + 3);
        return;
    case BARK_BIRCH: /* white paper with dark bands, and black where it broke open */
        scar = smooth_f(0.60f, 0.68f, rough(u, v, 5, 34, salt + 3));
        scar = fmaxf(scar, smooth_f(0.66f, 0.74f, rough(u, v, 4, 5, salt + 4)));
        to[0] = (0.86f + 0.14f * fine) * (1.0f - 0.86f * scar);
        return;
    case BARK_CANE:
        to[0] = 0.72f + 0.20f * rough(u, v, 30, 2, salt);
        return;
    case BARK_SMOOTH:
    case FOREST_BARKS:
        scar = smooth_f(0.56f, 0.70f, rough(u, v, 6, 5, salt + 4));
        to[0] = 0.50f + 0.25f * rough(u, v, 6, 30, salt + 3) + 0.20f * fine - 0.16f * scar;
        return;
    }
}

void forest_bake_bark(struct tile *tile, enum forest_bark bark, uint32_t salt)
{
    static const float tall_m[FOREST_BARKS] = {0.030f, 0.006f, 0.004f, 0.012f, 0.024f, 0.002f};
    struct tile_plan plan;
    int size = 1 << BARK_LOG2;

    tile_plan_init(&plan, BARK_LOG2);
    for (int y = 0; y < size; y++)
        for (int x = 0; x < size; x++) {
            float to[2];

            bark_at(bark, (float)x / (float)size, (float)y / (float)size, salt, to);
            plan.height[y * size + x] = clamp_f(to[0], 0, 1);
            plan.other[y * size + x] = clamp_f(to[1], 0, 1);
        }
    tile->texels_per_m = 200;
    tile->height_m = tall_m[bark];
    tile->slope_scale = 0.02f;
    tile_pack(&plan, tile);
    tile_plan_fini(&plan);
}

/* A fallen leaf on the litter: texels. */
struct fallen {
    float x, y, along[2], length, width;
    float height, tilt[2], shade, hue;
};

static void drop_leaf(struct tile_plan *plan, const struct fallen *leaf)
{
    int size = 1 << LITTER_LOG2, mask = size - 1, reach = (int)(0.5f * leaf->length) + 2;

    for (int dy = -reach; dy <= reach; dy++)
        for (int dx = -reach; dx <= reach; dx++) {
            float fx = (float)dx, fy = (float)dy;
            float t = (fx * leaf->along[0] + fy * leaf->along[1]) / leaf->length;
            float s = (fx * leaf->along[1] - fy * leaf->along[0]) / leaf->width;
            float edge = 1.0f - 4.0f * t * t - 4.0f * s * s * (1.3f + 1.2f * t), rib = fabsf(s);
            int at = (((int)leaf->y + dy) & mask) << LITTER_LOG2 | (((int)leaf->x + dx) & mask);

            if (edge < 0)
                continue;
            plan->height[at] =
                clamp_f(leaf->height + leaf->tilt[0] * t + leaf->tilt[1] * s +
                            0.05f * leaf->shade * (rib < 0.06f ? 1.0f : 0.0f) - 0.10f * rib * rib,
                        0, 1) *
                (0.80f + 0.20f * smooth_f(0, 0.3f, edge));
            plan->other[at] = leaf->hue;
        }
}

/* Leaves, or needles, in many layers: the later ones lie higher. */
void forest_bake_litter(struct tile *tile, bool needles, uint32_t salt)
{
    struct dice dice = {salt};
    struct tile_plan plan;
    int count = needles ? LITTER_NEEDLES : LITTER_LEAVES;

    tile_plan_init(&plan, LITTER_LOG2);
    for (int i = 0; i < count; i++) {
        float turn = dice_between(&dice, 0, 6.2831853f);
        float level = (float)i / (float)count;
        struct fallen leaf = {.x = dice_between(&dice, 0, 1 << LITTER_LOG2),
                              .y = dice_between(&dice, 0, 1 << LITTER_LOG2),
                              .along = {cosf(turn), sinf(turn)},
                              .shade = dice_between(&dice, 0, 1),
                              .hue = dice_between(&dice, 0, 1)};

        leaf.length = needles ? dice_between(&dice, 9, 18) : dice_between(&dice, 9, 20);
        leaf.width = needles ? 2.2f : leaf.length * dice_between(&dice, 0.40f, 0.75f);
        leaf.height = 0.16f + 0.34f * level + 0.38f * leaf.shade * leaf.shade;
        leaf.tilt[0] = dice_between(&dice, -0.28f, 0.28f);
        leaf.tilt[1] = needles ? 0 : dice_between(&dice, -0.22f, 0.22f);
        drop_leaf(&plan, &leaf);
    }
    tile->texels_per_m = 190;
    tile->height_m = 0.035f;
    tile->slope_scale = 0.02f;
    tile_pack(&plan, tile);
    tile_plan_fini(&plan);
}
