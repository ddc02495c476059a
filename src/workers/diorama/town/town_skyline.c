/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A city seen from the height of its roofs: blocks and towers on both sides of a view that stays
 * open, where the sun stands when it is low, over a river that leads there.
 */
#include <math.h>
#include <stddef.h>

#include "workers/diorama/town/town_impl.h"

#define BLOCK_M 62.0f
#define STREET_M 18.0f
#define REACH_M 2300.0f
#define BANK_M 40.0f
#define OPEN_M 58.0f      /* half the width that stays free of towers near the eye */
#define OPEN_SLOPE 0.075f /* and how much it grows by with the distance */
#define OPEN_TOP_M 62.0f  /* how high houses are there */
#define DEG 0.0174533f

static float river_at(const struct town *town, float z)
{
    return TOWN_RIVER_BEND_M *
           sinf(6.2831853f * (z * TOWN_RIVER_TURNS_PER_M + town->river_phase) - 3.1415927f);
}

/* How high a house may be, so that the view and the sun stay free. */
static float top_most(const struct town_plan *plan, float x, float z)
{
    float sun = tanf(plan->scene->sun_azimuth_deg * DEG) * z, low = plan->scene->sun_elevation_deg;

    if (fabsf(x) < OPEN_M + 0.5f * BLOCK_M + OPEN_SLOPE * z)
        return z < 900 ? OPEN_TOP_M : OPEN_TOP_M + 0.03f * (z - 900);
    if (plan->town->opens_to_sun && fabsf(x - sun) < 0.5f * BLOCK_M + 0.085f * z)
        return fmaxf(OPEN_TOP_M, 105.0f + z * tanf(fmaxf(low - 2.2f, 0) * DEG));
    return 1e9f;
}

static void add_house(struct town_plan *plan, const struct town_span *span)
{
    static const float pale[4][3] = {
        {0.46f, 0.45f, 0.43f}, {0.34f, 0.35f, 0.36f}, {0.52f, 0.49f, 0.44f}, {0.26f, 0.28f, 0.30f}};
    struct dice *dice = &plan->dice;
    bool modern = plan->scene->futuristic;
    struct town_box *box = town_add(plan, modern ? TOWN_TOWER : TOWN_HOUSE, *span);
    float wide = span->x1 - span->x0, deep = span->z1 - span->z0;

    town_windows(plan, box);
    if (modern) {
        int look = (int)dice_between(dice, 0, 3.99f);

        box->style = look < 2 ? TOWN_STYLE_BANDS : look < 3 ? TOWN_STYLE_FINS : TOWN_STYLE_PANES;
        for (int k = 0; k < 3; k++)
            box->color[k] = pale[look][k];
        for (int k = 0; k < 3; k++)
            box->glow[k] = (k == 2 ? 0.4f : 0.5f) * lerp_f(0.12f, 0.6f, plan->town->night);
        box->floor_m = 3.8f;
    }
    if (span->y1 > 24) {
        struct town_box *top = town_add(
            plan, TOWN_PLAIN,
            (struct town_span){span->x0 + 0.28f * wide, span->x1 - 0.34f * wide, span->y1,
                               span->y1 + 3.2f, span->z0 + 0.3f * deep, span->z1 - 0.25f * deep});

        town_paint(top->color, 0.24f, 0.24f, 0.25f);
    }
}

static void add_block(struct town_plan *plan, float x, float z)
{
    struct dice *dice = &plan->dice;
    float far = sqrtf(x * x + (z - 900) * (z - 900)), center = expf(-far * far / 500000.0f);
    int split = z < 1300 && dice_between(dice, 0, 1) < 0.5f ? 2 : 1;
    float size = (BLOCK_M - 4) / (float)split;

    for (int i = 0; i < split * split; i++) {
        float cx = x + (BLOCK_M / (float)split) * ((float)(i % split) + 0.5f);
        float cz = z + (BLOCK_M / (float)split) * ((float)(i / split) + 0.5f);
        float tall = dice_between(dice, 14, 42) + center * dice_between(dice, 0, 90);
        float limit = top_most(plan, cx, cz);

        if (dice_between(dice, 0, 1) < 0.10f + 0.25f * center)
            tall += dice_between(dice, 60, plan->scene->futuristic ? 300 : 200);
        if (tall > limit)
            tall = limit * dice_between(dice, 0.3f, 1);
        if (plan->town->river_m > 0 &&
            fabsf(cx - river_at(plan->town, cz)) < plan->town->river_m + BANK_M + 0.5f * size)
            continue;
        if (tall > 70)
            town_add_tower(plan, cx, cz, fmaxf(size * dice_between(dice, 0.6f, 0.9f), 0.13f * tall),
                           tall);
        else
            add_house(plan, &(struct town_span){cx - 0.5f * size, cx + 0.5f * size, 0, tall,
                                                cz - 0.5f * size, cz + 0.5f * size});
    }
}

/* Great towers that frame the view, to the left and the right. */
static void add_frame(struct town_plan *plan)
{
    static const float depths[5] = {300, 430, 560, 700, 860};
    struct dice *dice = &plan->dice;
    float first = dice_between(dice, 0, 1) < 0.5f ? -1.0f : 1.0f;

    for (int i = 0; i < 5; i++) {
        float side = i & 1 ? -first : first, z = depths[i] + dice_between(dice, -25, 25);
        float x = side * z * dice_between(dice, 0.32f, 0.46f), wide = dice_between(dice, 36, 50);
        float tall = dice_between(dice, 190, 240) + 0.22f * z;

        z += 0.8f * plan->town->bay_m;
        if (top_most(plan, x, z) < tall)
            continue;
        town_add_tower(plan, x, z, wide, tall);
    }
}

/* A bridge over the river: its deck, its lights, and what it hangs on. */
static void add_bridge(struct town_plan *plan, float z)
{
    float middle = river_at(plan->town, z), reach = plan->town->river_m + 30;
    struct town_box *deck = town_add(
        plan, TOWN_PLAIN, (struct town_span){middle - reach, middle + reach, 9, 11, z - 7, z + 7});
    struct town_box *line =
        town_add(plan, TOWN_LAMP,
                 (struct town_span){middle - reach, middle + reach, 11, 11.5f, z - 7.2f, z - 6.8f});

    town_paint(deck->color, 0.40f, 0.40f, 0.40f);
    town_paint(line->glow, 0.5f, 0.36f, 0.2f);
    for (int side = -1; side <= 1; side += 2) {
        struct tower mast = {.x = middle + (float)side * plan->town->river_m, .z = z};
        struct town_box *box =
            town_add_solid(plan, &mast, 0, (const float[]){0, 52}, (const float[]){1.9f, 0.5f});

        box->kind = TOWN_PLAIN;
        town_paint(box->color, 0.55f, 0.55f, 0.54f);
    }
}

void town_build_skyline(struct town_plan *plan)
{
    struct town *town = plan->town;

    town->road_m = 8;
    town->walls_m = 9;
    town->from_m = 0;
    town->to_m = 1;
    if (plan->scene->futuristic) {
        town->river_m = dice_between(&plan->dice, 24, 34);
        town->river_phase = dice_between(&plan->dice, 0, 1);
    }
    if (town_has_bay(plan->scene))
        town->bay_m = dice_between(&plan->dice, 430, 520);
    add_frame(plan);
    for (float z = 90 + town->bay_m; z < REACH_M; z += BLOCK_M + STREET_M)
        for (float x = -1600; x < 1600; x += BLOCK_M + STREET_M)
            if (fabsf(x + 0.5f * BLOCK_M) < 130.0f + 0.72f * z)
                add_block(plan, x, z);
    for (float z = 420; town->river_m > 0 && z < 1900; z += dice_between(&plan->dice, 380, 560))
        add_bridge(plan, z);
}
