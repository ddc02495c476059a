/* SPDX-License-Identifier: Apache-2.0 */
/* A street: houses, shops, signs and what stands on its sidewalks. */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "workers/diorama/town/town_impl.h"

enum { FROM_M = -24, TO_M = 210, DETAIL_M = 110 };

#define HOUSE_DEPTH_M 16.0f
#define CURB_M 0.15f

/* The house being built. */
struct lot {
    float side;   /* -1 left, +1 right */
    float wall;   /* x of its front, from the middle */
    float z0, z1; /* along the street */
    float top;
    const struct town_box *house;
};

/* A span that begins `off` in front of the wall and is `deep` thick toward the street. */
static struct town_span on_wall(const struct lot *lot, float off, float deep, const float yz[4])
{
    float x = lot->side * (lot->wall - off);

    return (struct town_span){x, x - lot->side * deep, yz[0], yz[1], yz[2], yz[3]};
}

static void plain_on_wall(struct town_plan *plan, const struct lot *lot, float off, float deep,
                          const float yz[4])
{
    struct town_box *box = town_add(plan, TOWN_PLAIN, on_wall(lot, off, deep, yz));

    for (int k = 0; k < 3; k++)
        box->color[k] = 0.8f * lot->house->color[k];
}

/* Cornice and courses, pipes, and cooling boxes under windows. */
static void trim_house(struct town_plan *plan, const struct lot *lot)
{
    struct dice *dice = &plan->dice;
    const struct town_box *house = lot->house;
    float pipe = dice_between(dice, 0, 1) < 0.5f ? lot->z0 + 0.3f : lot->z1 - 0.45f;

    plain_on_wall(plan, lot, 0, 0.35f,
                  (const float[]){lot->top - 0.5f, lot->top + 0.25f, lot->z0, lot->z1});
    if (house->shop_m > 0)
        plain_on_wall(
            plan, lot, 0, 0.22f,
            (const float[]){house->shop_m - 0.05f, house->shop_m + 0.2f, lot->z0, lot->z1});
    plain_on_wall(plan, lot, 0, 0.11f, (const float[]){0.2f, lot->top, pipe, pipe + 0.12f});
    for (int i = 0; i < 4 && lot->z0 < 60; i++) {
        float bay = floorf(dice_between(dice, 0, (lot->z1 - lot->z0) / house->bay_m - 0.01f));
        float level = floorf(dice_between(dice, 0, (lot->top - house->shop_m) / house->floor_m));
        float y = house->shop_m + level * house->floor_m + 0.12f;
        float z = lot->z0 + (bay + 0.5f) * house->bay_m;
        struct town_box *box = NULL;

        if (y > lot->top - 2 || house->pane[0] > 0.9f || dice_between(dice, 0, 1) < 0.35f)
            continue;
        box = town_add(
            plan, TOWN_PLAIN,
            on_wall(lot, 0.02f, 0.34f, (const float[]){y, y + 0.55f, z - 0.42f, z + 0.42f}));
        town_paint(box->color, 0.36f, 0.36f, 0.34f);
    }
}

/* Balconies in one column of bays. */
static void add_balconies(struct town_plan *plan, const struct lot *lot)
{
    const struct town_box *house = lot->house;
    float bay = floorf(dice_between(&plan->dice, 0, (lot->z1 - lot->z0) / house->bay_m - 0.01f));
    float z0 = lot->z0 + bay * house->bay_m + 0.1f, z1 = z0 + house->bay_m - 0.2f;

    for (float y = house->shop_m + house->floor_m; y < lot->top - 2; y += house->floor_m) {
        plain_on_wall(plan, lot, 0, 1.0f, (const float[]){y - 0.14f, y, z0, z1});
        plain_on_wall(plan, lot, 0.96f, 0.05f, (const float[]){y, y + 0.12f, z0, z1});
        plain_on_wall(plan, lot, 0.96f, 0.05f, (const float[]){y + 0.82f, y + 0.9f, z0, z1});
        for (float z = z0; z < z1 + 0.01f; z += (z1 - z0) / 9.0f)
            plain_on_wall(plan, lot, 0.97f, 0.03f, (const float[]){y, y + 0.85f, z, z + 0.035f});
    }
}

static void add_awning(struct town_plan *plan, const struct lot *lot)
{
    static const float cloths[][3] = {
        {0.40f, 0.05f, 0.05f}, {0.05f, 0.20f, 0.11f}, {0.06f, 0.10f, 0.26f}, {0.42f, 0.26f, 0.06f}};
    int cloth = (int)dice_between(&plan->dice, 0, 3.99f);
    float y = lot->house->shop_m - 0.75f;

    for (int i = 0; i < 4; i++) { /* sloping, in steps too small to see as such */
        float out = 0.05f + 0.33f * (float)i, down = y - 0.09f * (float)i;
        struct town_box *box =
            town_add(plan, TOWN_STRIPE,
                     on_wall(lot, out, 0.34f,
                             (const float[]){down - (i == 3 ? 0.28f : 0.07f), down, lot->z0 + 0.3f,
                                             lot->z1 - 0.3f}));

        town_paint(box->color, cloths[cloth][0], cloths[cloth][1], cloths[cloth][2]);
    }
}

/* The band over a shop, and signs that stand out over the sidewalk. */
static void add_signs(struct town_plan *plan, const struct lot *lot)
{
    struct dice *dice = &plan->dice;
    float neon = plan->scene->neon, width = lot->z1 - lot->z0, shop = lot->house->shop_m;
    int blades = (int)dice_between(dice, 0, 0.4f + 3.2f * neon);

    if (dice_between(dice, 0, 1) < 0.35f + 0.6f * neon)
        town_sign(plan,
                  on_wall(lot, 0.02f, 0.22f,
                          (const float[]){shop + 0.25f, shop + dice_between(dice, 0.95f, 1.5f),
                                          lot->z0 + 0.12f * width, lot->z1 - 0.12f * width}),
                  false);
    if (lot->top > 15 && dice_between(dice, 0, 1) < 0.5f * neon)
        town_sign(plan,
                  on_wall(lot, 0.05f, 0.3f,
                          (const float[]){0.62f * lot->top, 0.62f * lot->top + 2.2f,
                                          lot->z0 + 0.15f * width, lot->z1 - 0.15f * width}),
                  false);
    for (int i = 0; i < blades; i++) {
        float wide = dice_between(dice, 0.75f, 1.25f),
              letters = floorf(dice_between(dice, 3, 6.9f));
        float z = lot->z0 + width * ((float)i + 0.5f) / (float)blades;
        float y = shop + dice_between(dice, 0.6f, 3.0f), top = y + wide * letters;

        if (top < lot->top)
            town_sign(plan, on_wall(lot, 0.3f, wide, (const float[]){y, top, z - 0.11f, z + 0.11f}),
                      true);
    }
}

/* What a shop sends onto the sidewalk. */
static void add_shop_light(struct town_plan *plan, const struct lot *lot)
{
    const struct town_box *house = lot->house;
    float power[3];

    for (int k = 0; k < 3; k++)
        power[k] = house->glow[k] * (lot->z1 - lot->z0) * 0.26f;
    for (float z = lot->z0 + 2.5f; z < lot->z1 && plan->town->night > 0.5f; z += 5.0f)
        town_lamp(plan, (const float[]){lot->side * (lot->wall - 0.6f), 1.7f, z}, power);
}

static void add_house(struct town_plan *plan, struct lot *lot)
{
    static const float shops[][3] = {
        {1.0f, 0.66f, 0.34f}, {1.0f, 0.80f, 0.56f}, {0.80f, 0.92f, 1.0f}, {1.0f, 0.52f, 0.40f}};
    struct dice *dice = &plan->dice;
    struct town_box *house =
        town_add(plan, TOWN_HOUSE,
                 on_wall(lot, 0, -HOUSE_DEPTH_M, (const float[]){0, lot->top, lot->z0, lot->z1}));
    int shop = (int)dice_between(dice, 0, 3.99f);
    float bright = dice_between(dice, 0.9f, 2.4f) * plan->town->window_glow;

    if (plan->scene->futuristic && dice_between(dice, 0, 1) < 0.6f)
        house->kind = TOWN_TOWER;
    town_windows(plan, house);
    house->shop_m = dice_between(dice, 3.6f, 4.4f);
    for (int k = 0; k < 3; k++)
        house->glow[k] = shops[shop][k] * bright;
    lot->house = house;
    if (house->kind == TOWN_HOUSE)
        trim_house(plan, lot);
    if (lot->z0 < DETAIL_M && house->pane[0] < 0.9f && dice_between(dice, 0, 1) < 0.3f)
        add_balconies(plan, lot);
    if (dice_between(dice, 0, 1) < 0.35f || (plan->scene->cafe && lot->z1 > 2 && lot->z0 < 25))
        add_awning(plan, lot);
    add_signs(plan, lot);
    if (lot->z0 < DETAIL_M)
        add_shop_light(plan, lot);
    if (dice_between(dice, 0, 1) < 0.5f) { /* something on the roof */
        float z = dice_between(dice, lot->z0, lot->z1 - 2.5f);
        float x = lot->side * (lot->wall + dice_between(dice, 1.5f, 4));

        town_add(plan, TOWN_PLAIN,
                 (struct town_span){x, x + lot->side * 3, lot->top,
                                    lot->top + dice_between(dice, 1.5f, 3.5f), z, z + 2.4f});
    }
}

static void add_street_lamp(struct town_plan *plan, float side, float z)
{
    float x = side * (plan->town->road_m + 0.45f), arm = x - side * 1.5f;
    struct town_box *lamp = NULL;
    float warm[3] = {1.0f, 0.72f, 0.42f}, power[3];

    town_add(plan, TOWN_PLAIN,
             (struct town_span){x - 0.06f, x + 0.06f, 0, 6.2f, z - 0.06f, z + 0.06f});
    town_add(plan, TOWN_PLAIN,
             (struct town_span){x - 0.12f, x + 0.12f, 0, 0.7f, z - 0.12f, z + 0.12f});
    town_add(plan, TOWN_PLAIN, (struct town_span){x, arm, 6.1f, 6.18f, z - 0.04f, z + 0.04f});
    town_add(plan, TOWN_PLAIN,
             (struct town_span){arm - 0.32f, arm + 0.32f, 6.02f, 6.14f, z - 0.14f, z + 0.14f});
    lamp = town_add(plan, TOWN_LAMP,
                    (struct town_span){arm - 0.26f, arm + 0.26f, 5.96f, 6.02f, z - 0.1f, z + 0.1f});
    for (int k = 0; k < 3; k++) {
        lamp->glow[k] = warm[k] * (plan->town->night > 0.5f ? 9.0f : 0.2f);
        power[k] = warm[k] * 2.0f;
    }
    if (plan->town->night > 0.5f)
        town_lamp(plan, (const float[]){arm, 5.7f, z}, power);
}

static void add_furniture(struct town_plan *plan)
{
    struct town *town = plan->town;
    struct dice *dice = &plan->dice;

    for (int side = -1; side <= 1; side += 2) {
        struct town_span walk = {
            (float)side * town->road_m, (float)side * (town->walls_m + 1), 0, CURB_M, FROM_M, TO_M};
        struct town_box *paving = town_add(plan, TOWN_PAVING, walk);

        town_paint(paving->color, 0.16f, 0.155f, 0.15f);
        for (float z = dice_between(dice, 4, 14); z < 130; z += 19)
            add_street_lamp(plan, (float)side, z);
        for (float z = dice_between(dice, 5, 20); z < 70; z += dice_between(dice, 16, 34)) {
            float x = (float)side * (town->walls_m - 0.95f), color[3] = {0.7f, 0.75f, 0.8f};
            struct town_box *box = NULL;

            if (plan->scene->neon < 0.5f)
                continue;
            box =
                town_add(plan, TOWN_VENDING,
                         (struct town_span){x, x + (float)side * 0.75f, CURB_M, 2.0f, z, z + 1.0f});
            town_paint(box->color, dice_between(dice, 0.05f, 0.3f), 0.09f, 0.11f);
            town_paint(box->glow, 0.9f, 0.95f, 1.0f);
            if (town->night > 0.5f)
                town_lamp(plan, (const float[]){x - (float)side * 0.4f, 1.3f, z + 0.5f}, color);
        }
    }
}

/* Towers behind the houses, and what closes the street. */
static void add_distance(struct town_plan *plan)
{
    struct dice *dice = &plan->dice;
    float tall = plan->scene->futuristic ? 2.0f : 1.0f;

    for (int i = 0; i < 22; i++) {
        float side = i & 1 ? 1.0f : -1.0f, z = 30.0f + 14.0f * (float)(i / 2);
        float x = side * dice_between(dice, 30, 60), size = dice_between(dice, 14, 22);
        struct town_box *box =
            town_add(plan, dice_between(dice, 0, 1) < 0.5f ? TOWN_TOWER : TOWN_HOUSE,
                     (struct town_span){x, x + side * size, 0, tall * dice_between(dice, 26, 75), z,
                                        z + size});

        town_windows(plan, box);
    }
    for (int i = 0; i < 7; i++) {
        float x = -50.0f + 14.0f * (float)i, z = (float)TO_M + dice_between(dice, 2, 30);
        struct town_box *box = NULL;

        if (town_is_terrace_at_dawn(plan->scene) && x > -25 && x < 8)
            continue;
        box = town_add(
            plan, TOWN_TOWER,
            (struct town_span){x, x + 13, 0, tall * dice_between(dice, 30, 85), z, z + 16});

        town_windows(plan, box);
    }
}

void town_street_widths(const struct scene *scene, struct dice *dice, float *road_m, float *walls_m)
{
    *road_m = scene->asian ? dice_between(dice, 3.4f, 4.2f) : dice_between(dice, 4.2f, 5.2f);
    *walls_m = *road_m + dice_between(dice, 2.8f, 3.6f);
}

void town_build_street(struct town_plan *plan)
{
    struct town *town = plan->town;
    struct dice *dice = &plan->dice;

    town_street_widths(plan->scene, dice, &town->road_m, &town->walls_m);
    town->from_m = FROM_M;
    town->to_m = TO_M;
    for (int side = -1; side <= 1; side += 2) {
        float z = FROM_M;

        while (z < TO_M) {
            float width = dice_between(dice, 7, 15), tall = dice_between(dice, 0, 1);
            struct lot lot = {.side = (float)side,
                              .wall = town->walls_m + dice_between(dice, -0.25f, 0.25f),
                              .z0 = z,
                              .z1 = z + width,
                              .top = 9.5f + 24.0f * tall * tall};

            if (plan->scene->futuristic)
                lot.top *= 2.0f;
            add_house(plan, &lot);
            z += width + (dice_between(dice, 0, 1) < 0.15f ? 1.6f : 0.0f);
        }
    }
    add_furniture(plan);
    if (plan->scene->cafe)
        town_add_terrace(plan);
    add_distance(plan);
}
