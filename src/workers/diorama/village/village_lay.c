/* SPDX-License-Identifier: Apache-2.0 */
/* Lays a village out: the country, houses along both sides of the lane, gardens. */
#include <math.h>
#include <string.h>

#include "workers/diorama/village/village_impl.h"

#define QUARTER 1.57079633f
#define FAR_M 46.0f /* houses beyond have less on them */

static float lane_at(const struct village_plan *plan, float z)
{
    const struct set_country *country = &plan->set->country;
    float on = fmaxf(z - country->from_m, 0);

    return country->curve * on * on;
}

static float lane_heading(const struct village_plan *plan, float z)
{
    const struct set_country *country = &plan->set->country;

    return atanf(2 * country->curve * fmaxf(z - country->from_m, 0));
}

/* Half the width of what is open at a place along the lane: lane or square. */
static float open_at(const struct village_plan *plan, float z, float half)
{
    const struct set_country *country = &plan->set->country;
    float off = fmaxf(fabsf(z - country->square[1]) - half, 0), square = country->square[2];

    if (off >= square)
        return country->lane_m;
    return fmaxf(country->lane_m, sqrtf(square * square - off * off));
}

static void dress_house(struct village_plan *plan, struct house *house)
{
    const struct village_style *style = plan->style;
    int front = (int)village_between(plan, 0, STYLE_PALETTES - 0.01f);
    int roof = (int)village_between(plan, 0, STYLE_PALETTES - 0.01f);
    float pale = village_between(plan, 0.86f, 1.1f), worn = village_between(plan, 0.85f, 1.15f);

    for (int k = 0; k < 3; k++) {
        house->front[k] = fminf(style->fronts[front][k] * pale, 0.82f);
        house->upper[k] = fminf(style->uppers[front][k] * pale, 0.82f);
        house->roof[k] = style->roofs[roof][k] * worn;
        house->paint[k] = style->paints[(front + roof) % STYLE_PALETTES][k];
    }
    house->has_shutters = village_chance(plan) < style->shutters;
    house->gable_front = village_chance(plan) < style->gable_front;
    house->floors = (int)village_between(plan, style->floors[0], style->floors[1] + 0.6f);
    house->floors = house->floors < 1 ? 1 : house->floors > 3 ? 3 : house->floors;
    house->eaves = (float)house->floors * style->floor_m + village_between(plan, 0.3f, 0.7f);
    if (style->lower != style->upper || style->jetty > 0)
        house->split = style->floor_m + 0.25f;
    if (house->split > house->eaves - 0.6f)
        house->split = house->floors > 1 ? style->floor_m : 0.62f * house->eaves;
    house->rise = village_between(plan, style->pitch[0], style->pitch[1]) *
                  house->half[house->gable_front ? 0 : 1];
}

/* What parts a yard from the lane, with a gap for its path. */
static void enclose(struct village_plan *plan, const float from[2], const float to[2])
{
    const struct village_style *style = plan->style;
    float chance = village_chance(plan), gate = village_between(plan, 0.35f, 0.65f);
    float length = fabsf(to[1] - from[1]) + 0.1f, half = 0.65f / length;

    for (int part = 0; part < 2; part++) {
        float t0 = part ? gate + half : 0, t1 = part ? 1 : gate - half;
        const float a[2] = {lerp_f(from[0], to[0], t0), lerp_f(from[1], to[1], t0)};
        const float b[2] = {lerp_f(from[0], to[0], t1), lerp_f(from[1], to[1], t1)};

        if (t1 - t0 < 0.12f)
            continue;
        if (chance < style->hedges)
            village_hedge(plan, a, b);
        else if (chance < style->hedges + style->walls)
            village_wall(plan, a, b);
        else if (chance < style->hedges + style->walls + style->fences)
            village_fence(plan, a, b);
    }
}

/* Grass and flowers at the foot of a wall along the lane. */
static void plant_strip(struct village_plan *plan, const float from[2], const float to[2],
                        float wide)
{
    float length = hypotf(to[0] - from[0], to[1] - from[1]);
    bool frozen = plan->set->country.snow > 0;
    int count = (int)(length * (frozen ? 0.8f : 3.6f));

    for (int i = 0; i < count; i++) {
        float t = village_chance(plan), aside = village_between(plan, 0, wide);
        float x = lerp_f(from[0], to[0], t) + (from[0] < 0 ? -aside : aside);
        float z = lerp_f(from[1], to[1], t), pick = village_chance(plan);
        enum garden_plant plant = pick < 0.55f   ? GARDEN_GRASS
                                  : pick < 0.78f ? GARDEN_HERB
                                                 : GARDEN_FLOWER;

        if (frozen && plant != GARDEN_GRASS)
            continue;
        village_grow(plan, plant, x, z, village_between(plan, 0.6f, 1.0f));
    }
}

/* One plot on a side of the lane, from z on; returns its length. */
static float lay_plot(struct village_plan *plan, float side, float z)
{
    const struct village_style *style = plan->style;
    struct house house = {
        .half = {village_between(plan, 3.2f, 5.2f), village_between(plan, 3.3f, 4.3f)}};
    float length = 2 * house.half[0], middle = z + house.half[0], half_open, front, x, setback;
    float turn = lane_heading(plan, middle);

    half_open = open_at(plan, middle, house.half[0]);
    setback = village_between(plan, style->setback[0], style->setback[1]);
    if (style->name == VILLAGE_TIMBERED || style->name == VILLAGE_SOUTHERN)
        setback = fminf(setback, 1.2f);
    front = half_open + setback + (half_open > plan->set->country.lane_m + 1 ? 0.6f : 0);
    x = lane_at(plan, middle) + side * (front + house.half[1]);
    house.at[0] = x;
    house.at[1] = middle;
    house.heading = turn - side * QUARTER + village_between(plan, -0.05f, 0.05f);
    house.is_far = middle > FAR_M || middle < -9;
    dress_house(plan, &house);
    village_house(plan, &house);
    if (middle < FAR_M && middle > -6) {
        float edge = half_open + 0.35f;
        const float a[2] = {lane_at(plan, z) + side * edge, z};
        const float b[2] = {lane_at(plan, z + length) + side * edge, z + length};
        const float foot[2] = {x - side * (house.half[1] + 0.1f), z};
        const float foot_to[2] = {foot[0], z + length};

        if (setback > 1.3f)
            enclose(plan, a, b);
        plant_strip(plan, a, b, fmaxf(setback - 0.5f, 0.25f));
        (void)foot_to;
    }
    return length;
}

static void plant_tree(struct village_plan *plan, float x, float z, float size)
{
    enum garden_plant plant = plan->style->trees[village_chance(plan) < 0.6f ? 0 : 1];

    village_grow(plan, plant, x, z, size * (plant == GARDEN_SHRUB ? 1.2f : 0.62f));
}

/* Trees in the gaps, behind the houses and at the end. */
static void plant_trees(struct village_plan *plan)
{
    for (int i = 0; i < 26; i++) {
        float z = village_between(plan, 4, VILLAGE_END_M);
        float side = village_chance(plan) < 0.5f ? -1.0f : 1.0f;
        float x = lane_at(plan, z) + side * village_between(plan, 13.5f, 27);

        plant_tree(plan, x, z, village_between(plan, 0.8f, 1.25f));
    }
}

static void lay_side(struct village_plan *plan, float side)
{
    const struct village_style *style = plan->style;
    float z = VILLAGE_BACK_M + village_between(plan, 0, 4);

    while (z < VILLAGE_END_M - 8) {
        float gap = village_between(plan, style->gap[0], style->gap[1]);

        z += lay_plot(plan, side, z);
        if (gap > 2.2f && z > 3 && z < FAR_M) {
            float x =
                lane_at(plan, z) + side * (open_at(plan, z, 0) + village_between(plan, 1.6f, 4.5f));

            plant_tree(plan, x, z + 0.5f * gap, village_between(plan, 0.55f, 0.85f));
            enclose(
                plan,
                (const float[]){lane_at(plan, z) + side * (plan->set->country.lane_m + 0.35f), z},
                (const float[]){lane_at(plan, z + gap) + side * (plan->set->country.lane_m + 0.35f),
                                z + gap});
        }
        z += gap;
    }
}

/* What closes the view: a house across, and the church over the roofs. */
static void lay_end(struct village_plan *plan)
{
    float bend = plan->set->country.curve > 0 ? 1.0f : -1.0f;
    const float church[2] = {bend * village_between(plan, -5.0f, 1.5f), VILLAGE_END_M + 6};

    if (plan->style->name == VILLAGE_JAPANESE)
        return;
    if (plan->set->country.has_sea) { /* beside the lane, whose end is the sea */
        const float beside[2] = {bend * 13.0f, 50};

        village_church(plan, beside, -bend * QUARTER);
        return;
    }
    village_church(plan, church, 2 * QUARTER + village_between(plan, -0.25f, 0.25f));
}

static void lay_square(struct village_plan *plan)
{
    const struct set_country *country = &plan->set->country;
    float side = village_chance(plan) < 0.5f ? -1.0f : 1.0f;
    const float at[2] = {side * 0.46f * country->square[2], country->square[1] + 1.5f};

    if (country->square[2] <= 0)
        return;
    if (plan->style->name == VILLAGE_SOUTHERN || plan->style->name == VILLAGE_TIMBERED)
        village_fountain(plan, at);
    else
        village_well(plan, at);
    plant_tree(plan, -side * 0.72f * country->square[2], country->square[1] + 3.5f, 0.8f);
}

/* Tufts on all that is open and green near the camera. */
static void plant_green(struct village_plan *plan)
{
    bool frozen = plan->set->country.snow > 0;

    for (int i = 0; i < (frozen ? 60 : 900); i++) {
        float z = village_between(plan, 1, 34), reach = open_at(plan, z, 0);
        float side = village_chance(plan) < 0.5f ? -1.0f : 1.0f;
        float off = reach + village_between(plan, 0.2f, 4.5f), pick = village_chance(plan);
        float x = lane_at(plan, z) + side * off;

        village_grow(plan,
                     pick < 0.8f || frozen ? GARDEN_GRASS
                     : pick < 0.93f        ? GARDEN_HERB
                                           : GARDEN_FLOWER,
                     x, z, village_between(plan, 0.4f, 0.8f));
    }
}

static void lay_lamps(struct village_plan *plan)
{
    bool is_dark = plan->set->night > 0.4f;
    float side = village_chance(plan) < 0.5f ? -1.0f : 1.0f;

    for (int i = 0; i < 4; i++) {
        float z = 10.5f + 12.5f * (float)i + village_between(plan, -1, 1);
        float x = lane_at(plan, z) + side * (plan->set->country.lane_m + 0.15f);

        village_lamp(plan, x, z, is_dark);
        side = -side;
    }
}

static void pick_country(struct village_plan *plan)
{
    static const float summer[2][3] = {{0.075f, 0.12f, 0.028f}, {0.15f, 0.17f, 0.05f}};
    static const float autumn[2][3] = {{0.12f, 0.12f, 0.035f}, {0.20f, 0.16f, 0.06f}};
    static const float dry[2][3] = {{0.17f, 0.15f, 0.065f}, {0.27f, 0.22f, 0.11f}};
    static const float roads[4][2][3] = {{{0.30f, 0.22f, 0.14f}, {0.15f, 0.145f, 0.055f}},
                                         {{0.20f, 0.19f, 0.18f}, {0.29f, 0.27f, 0.24f}},
                                         {{0.36f, 0.32f, 0.26f}, {0.27f, 0.24f, 0.20f}},
                                         {{0.09f, 0.09f, 0.09f}, {0.12f, 0.12f, 0.12f}}};
    const struct village_style *style = plan->style;
    struct set_country *country = &plan->set->country;
    bool fall = plan->scene->season == SEASON_AUTUMN;
    const float(*grass)[3] = fall ? autumn : style->name == VILLAGE_SOUTHERN ? dry : summer;
    static const float woods[2][2][3] = {{{0.020f, 0.038f, 0.012f}, {0.055f, 0.075f, 0.022f}},
                                         {{0.10f, 0.055f, 0.016f}, {0.20f, 0.10f, 0.02f}}};

    memcpy(country->grass, grass, sizeof(country->grass));
    memcpy(country->woods, woods[fall && style->name != VILLAGE_ALPINE], sizeof(country->woods));
    country->paving = style->paving;
    memcpy(country->road, roads[style->paving], sizeof(country->road));
    country->lane_m = style->lane_m;
    country->from_m = VILLAGE_STRAIGHT_M;
    country->curve =
        village_between(plan, 0.003f, 0.0065f) * (village_chance(plan) < 0.5f ? -1.0f : 1.0f);
    country->peaks = style->name == VILLAGE_ALPINE     ? 1.0f
                     : style->name == VILLAGE_JAPANESE ? 0.45f
                                                       : 0.0f;
    country->has_sea = style->name == VILLAGE_FISHING;
    if (country->has_sea)
        country->curve = 0.0008f;
    if (village_chance(plan) < 0.6f || style->name == VILLAGE_TIMBERED) {
        country->square[1] = village_between(plan, 17, 24);
        country->square[2] = village_between(plan, 7.0f, 9.0f);
    }
}

void village_lay(struct village_plan *plan)
{
    const float ground[3] = {0, -0.5f, 30}, ground_half[3] = {220, 0.5f, 220};
    const float none[2] = {0, 0};
    const float end = VILLAGE_END_M + 14;
    struct set *set = plan->set;
    struct set_solid *solid = NULL;

    pick_country(plan);
    solid = village_block(plan, MATTER_GROUND, none, 0, ground, ground_half);
    if (set->country.has_sea) { /* the land ends at the quay */
        solid->half[2] = 0.5f * (VILLAGE_END_M + 150);
        solid->middle[2] = VILLAGE_END_M - 10 - solid->half[2];
    }
    village_paint(solid, set->country.grass[0], 1);
    memcpy(set->low, (const float[]){-26, 0, VILLAGE_BACK_M - 2}, sizeof(set->low));
    memcpy(set->high, (const float[]){26, 13, end}, sizeof(set->high));
    lay_lamps(plan);
    lay_square(plan);
    lay_side(plan, -1);
    lay_side(plan, 1);
    lay_end(plan);
    plant_trees(plan);
    plant_green(plan);
}
