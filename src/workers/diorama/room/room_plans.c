/* SPDX-License-Identifier: Apache-2.0 */
/* Which furniture stands where in each kind of room. */
#include <math.h>

#include "workers/diorama/room/room_impl.h"

#define QUARTER 1.5707963f

static struct room_spot spot_of(float x, float y, float z, float heading)
{
    return (struct room_spot){{x, y, z}, heading};
}

/* What lies on a low table. */
static void dress_table(struct room_plan *plan, const struct room_spot *top, float half_wide)
{
    struct room_spot at = room_at(top, -0.55f * half_wide, 0, 0.02f, 0.3f);

    room_stack(plan, &at, 2 + (int)(plan->scene->seed % 2));
    at = room_at(top, 0.05f * half_wide, 0, 0.06f, room_between(plan, 0, 6));
    room_cup(plan, &at);
    at = room_at(top, 0.55f * half_wide, 0, -0.04f, 0);
    if (plan->has_candles)
        room_candle(plan, &at);
    else
        room_vase(plan, &at, true);
    if (plan->has_candles) {
        at = room_at(top, 0.36f * half_wide, 0, 0.08f, 0);
        room_candle(plan, &at);
    }
}

/* Pictures in a row, or one large one. */
static void hang_pictures(struct room_plan *plan, const struct room_spot *spot, float wide)
{
    int count = 1 + (int)(plan->scene->seed / 3 % 3);

    for (int i = 0; i < count; i++) {
        float each = count == 1 ? 0.55f * wide : 0.26f * wide;
        float x = ((float)i - 0.5f * (float)(count - 1)) * 0.36f * wide;
        struct room_spot at = room_at(spot, x, count == 3 && i != 1 ? -0.04f : 0, 0, 0);

        room_picture(plan, &at, each, each * (count == 1 ? 0.66f : 1.25f));
    }
}

static void living_seats(struct room_plan *plan)
{
    const struct room_layout *l = &plan->layout;
    float wall = -0.5f * l->wide, z = 0.50f * l->deep;
    const float size[3] = {1.15f, 0.40f, 0.62f};
    struct room_spot sofa = spot_of(wall + 0.62f, 0, z, QUARTER);
    struct room_spot table = spot_of(wall + 1.78f, 0, z - 0.05f, QUARTER);
    struct room_spot chair = spot_of(0.29f * l->wide, 0, 0.70f * l->deep, -QUARTER - 0.75f);
    struct room_spot at = spot_of(wall + 1.9f, 0, z, 0);

    room_rug(plan, &at, 2.1f, 2.9f);
    room_sofa(plan, &sofa, room_between(plan, 1.9f, 2.3f), 2 + (int)(plan->scene->seed % 2));
    room_table(plan, &table, size);
    at = room_at(&table, 0, size[1], 0, 0);
    dress_table(plan, &at, 0.5f * size[0]);
    room_armchair(plan, &chair);
    at = room_at(&chair, 0.62f, 0, -0.02f, 0);
    room_round_table(plan, &at, 0.22f, 0.52f);
    at = room_at(&at, 0, 0.52f, 0, 0.5f);
    if (plan->scene->seed & 4)
        room_table_lamp(plan, &at);
    else
        room_cup(plan, &at);
    at = spot_of(wall + 0.01f, 1.55f, z, QUARTER);
    hang_pictures(plan, &at, 1.9f);
    at = spot_of(wall + 0.45f, 0, z + 1.45f, 0);
    room_floor_lamp(plan, &at);
}

/* In the corner beside the windows. */
static void hearth(struct room_plan *plan)
{
    const struct room_layout *l = &plan->layout;
    float x = -0.5f * l->wide + 0.92f;
    struct room_spot at = spot_of(x, 0, l->deep - 0.22f, 2 * QUARTER);

    room_fireplace(plan, &at);
    at = room_at(&at, 0.45f, 1.185f, 0.12f, 0);
    room_vase(plan, &at, false);
    at = room_at(&at, -0.9f, 0, 0, 0);
    room_stack(plan, &at, 2);
    at = spot_of(x, 1.72f, l->deep - 0.46f, 2 * QUARTER);
    room_picture(plan, &at, 0.62f, 0.75f);
}

static void living(struct room_plan *plan)
{
    const struct room_layout *l = &plan->layout;
    float side = 0.5f * l->wide;
    struct room_spot at = spot_of(-side + 0.95f, 0, l->deep - 0.18f, 2 * QUARTER);
    const float shelf[3] = {fminf(1.15f, 0.24f * l->wide), 2.05f, 0.30f};

    living_seats(plan);
    if (plan->has_fire) {
        hearth(plan);
    } else {
        room_shelf(plan, &at, shelf, 6);
    }
    at = spot_of(side - 0.42f, 0, l->deep - 0.48f, 0);
    room_plant(plan, &at, room_between(plan, 1.0f, 1.6f));
    at = spot_of(side - 0.22f, 0, 0.34f * l->deep, -QUARTER);
    {
        const float size[3] = {1.5f, 0.62f, 0.40f};
        struct room_spot top = room_at(&at, 0, 0.63f, 0, 0), on;

        room_cabinet(plan, &at, size, 3);
        on = room_at(&top, -0.5f, 0, 0, 0);
        room_table_lamp(plan, &on);
        on = room_at(&top, 0.15f, 0, 0, 0.2f);
        room_stack(plan, &on, 3);
        on = room_at(&top, 0.52f, 0, 0, 0);
        room_plant(plan, &on, 0.42f);
    }
    at = spot_of(side - 0.01f, 1.5f, 0.34f * l->deep, -QUARTER);
    room_picture(plan, &at, 0.75f, 0.95f);
    set_mark(plan->set, (const float[]){0.06f * l->wide, 0, 0.45f * l->deep}, 0, 1.0f);
}

static void bedroom(struct room_plan *plan)
{
    const struct room_layout *l = &plan->layout;
    float side = 0.5f * l->wide, z = 0.56f * l->deep;
    const float stand[3] = {0.45f, 0.50f, 0.40f}, shelf[3] = {0.95f, 1.9f, 0.28f};
    const float chest[3] = {1.1f, 0.85f, 0.42f};
    struct room_spot bed = spot_of(-side + 1.22f, 0, z, QUARTER), at, top;

    at = spot_of(-side + 1.75f, 0, z, QUARTER);
    room_rug(plan, &at, 2.7f, 1.9f);
    room_bed(plan, &bed);
    for (int i = -1; i <= 1; i += 2) {
        at = spot_of(-side + 0.26f, 0, z + 1.22f * (float)i, QUARTER);
        room_cabinet(plan, &at, stand, 1);
        top = room_at(&at, 0.02f, 0.51f, -0.02f, 0);
        room_table_lamp(plan, &top);
        top = room_at(&at, -0.12f, 0.51f, 0.11f, 0.4f);
        if (plan->has_candles)
            room_candle(plan, &top);
        else if (i > 0)
            room_stack(plan, &top, 2);
        else
            room_cup(plan, &top);
    }
    at = spot_of(-side + 0.01f, 1.72f, z, QUARTER);
    hang_pictures(plan, &at, 1.8f);
    at = spot_of(-side + 0.75f, 0, l->deep - 0.17f, 2 * QUARTER);
    if (plan->has_fire)
        hearth(plan);
    else
        room_shelf(plan, &at, shelf, 5);
    at = spot_of(0.30f * l->wide, 0, 0.76f * l->deep, -QUARTER - 0.8f);
    room_armchair(plan, &at);
    at = spot_of(side - 0.42f, 0, l->deep - 0.45f, 0);
    room_plant(plan, &at, room_between(plan, 0.8f, 1.5f));
    at = spot_of(side - 0.23f, 0, 0.40f * l->deep, -QUARTER);
    room_cabinet(plan, &at, chest, 2);
    top = room_at(&at, -0.25f, 0.86f, 0, 0);
    room_vase(plan, &top, true);
    top = room_at(&at, 0.25f, 0.86f, 0.02f, 0.3f);
    room_stack(plan, &top, 2);
    at = spot_of(side - 0.01f, 1.55f, 0.40f * l->deep, -QUARTER);
    room_picture(plan, &at, 0.6f, 0.8f);
    set_mark(plan->set, (const float[]){0.16f * l->wide, 0, 0.36f * l->deep}, 0, 0.7f);
}

/* A counter along a wall with what a kitchen has on it. */
static void counter(struct room_plan *plan, const struct room_spot *spot, float wide)
{
    const float size[3] = {wide, 0.86f, 0.58f}, stone[3] = {0.40f, 0.385f, 0.36f};
    const float vein[3] = {0.25f, 0.24f, 0.23f}, tile[3] = {0.62f, 0.61f, 0.57f};
    const float top[7] = {0, 0.88f, 0.01f, 0.5f * wide + 0.01f, 0.02f, 0.32f, 0.008f};
    const float splash[7] = {0, 1.20f, -0.285f, 0.5f * wide, 0.30f, 0.012f, 0.002f};
    const float board[7] = {0, 1.62f, -0.16f, 0.5f * wide, 0.02f, 0.13f, 0.006f};
    struct set_solid *solid = NULL;

    room_cabinet(plan, spot, size, (int)(wide / 0.5f));
    solid = room_piece(plan, SHAPE_BOX, spot, top, MATTER_STONE, stone);
    solid->gloss = 0.8f;
    for (int k = 0; k < 3; k++)
        solid->other[k] = vein[k];
    solid = room_piece(plan, SHAPE_BOX, spot, splash, MATTER_TILES, tile);
    solid->scale = 0.10f;
    solid->salt = 2;
    solid->gloss = 0.8f;
    room_piece(plan, SHAPE_BOX, spot, board, MATTER_WOOD, plan->colors.wood);
    for (float x = -0.5f * wide + 0.2f; x < 0.5f * wide - 0.15f;
         x += room_between(plan, 0.16f, 0.34f)) {
        struct room_spot low = room_at(spot, x, 0.90f, room_between(plan, -0.14f, 0.08f), x);
        struct room_spot high = room_at(spot, x, 1.64f, -0.16f, 0);
        float pick = room_chance(plan);

        if (pick < 0.30f)
            room_bottle(plan, &low);
        else if (pick < 0.45f)
            room_bowl(plan, &low);
        else if (pick < 0.65f)
            room_cup(plan, &low);
        else if (pick < 0.75f)
            room_plant(plan, &low, 0.36f);
        pick = room_chance(plan);
        if (pick < 0.35f)
            room_vase(plan, &high, false);
        else if (pick < 0.65f)
            room_cup(plan, &high);
        else if (pick < 0.9f)
            room_bottle(plan, &high);
    }
}

static void dining(struct room_plan *plan, const struct room_spot *spot)
{
    const float size[3] = {1.5f, 0.75f, 0.85f};
    struct room_spot at = room_at(spot, 0, size[1], 0, 0);

    room_table(plan, spot, size);
    at = room_at(spot, 0.05f, size[1], 0, 0);
    room_bowl(plan, &at);
    at = room_at(spot, -0.42f, size[1], 0.03f, 0);
    room_vase(plan, &at, true);
    at = room_at(spot, 0.34f, size[1], 0.03f, 0);
    if (plan->has_candles)
        room_candle(plan, &at);
    for (int i = 0; i < 4; i++) {
        float x = i & 1 ? 0.38f : -0.38f, z = i & 2 ? 0.56f : -0.56f;

        at = room_at(spot, x, 0, z, (i & 2 ? 2 * QUARTER : 0) + room_between(plan, -0.25f, 0.25f));
        room_chair(plan, &at);
        at = room_at(spot, x, size[1], 0.45f * z, 0.4f * (float)i);
        room_cup(plan, &at);
    }
    at = spot_of(spot->place[0], plan->layout.high, spot->place[2], 0);
    room_pendant(plan, &at, 0.95f);
}

static void kitchen(struct room_plan *plan)
{
    const struct room_layout *l = &plan->layout;
    float side = 0.5f * l->wide;
    const float steel[3] = {0.42f, 0.42f, 0.43f};
    const float fridge[7] = {0, 0.95f, 0, 0.31f, 0.95f, 0.32f, 0.03f};
    const float handle[7] = {0.22f, 1.15f, 0.345f, 0.012f, 0.28f, 0.016f, 0.010f};
    struct room_spot at = spot_of(-side + 0.31f, 0, 0.47f * l->deep, QUARTER);
    struct set_solid *solid = NULL;

    counter(plan, &at, 0.62f * l->deep);
    at = spot_of(-side + 0.34f, 0, l->deep - 0.36f, QUARTER);
    if (plan->has_fire) {
        hearth(plan);
    } else {
        solid = room_piece(plan, SHAPE_BOX, &at, fridge, MATTER_METAL,
                           plan->scene->seed & 2 ? steel : plan->colors.trim);
        solid->gloss = 0.6f;
        room_piece(plan, SHAPE_BOX, &at, handle, MATTER_METAL, plan->colors.metal)->gloss = 0.9f;
    }
    at = spot_of(0.13f * l->wide, 0, 0.60f * l->deep, 0.12f);
    dining(plan, &at);
    at = spot_of(side - 0.40f, 0, l->deep - 0.45f, 0);
    room_plant(plan, &at, room_between(plan, 0.7f, 1.3f));
    at = spot_of(side - 0.01f, 1.55f, 0.5f * l->deep, -QUARTER);
    hang_pictures(plan, &at, 1.5f);
    for (int i = 0; i < 3; i++) {
        at = spot_of(0.02f * l->wide + 0.42f * (float)i, l->pane_low + 0.0f, l->deep - 0.06f, 0);
        room_plant(plan, &at, 0.26f + 0.05f * (float)i);
    }
    set_mark(plan->set, (const float[]){-0.16f * l->wide, 0, 0.36f * l->deep}, 0, 0.8f);
}

static void library(struct room_plan *plan)
{
    const struct room_layout *l = &plan->layout;
    float side = 0.5f * l->wide, high = l->high - 0.25f;
    const float desk[3] = {1.45f, 0.75f, 0.70f};
    const float shelf[3] = {1.12f, high, 0.32f};
    struct room_spot at, top;

    for (int i = 0; i < 4; i++) {
        at = spot_of(-side + 0.18f, 0, l->deep - 0.62f - 1.12f * (float)i, QUARTER);
        room_shelf(plan, &at, shelf, 7);
    }
    at = spot_of(-side + 0.95f, 0, l->deep - 0.18f, 2 * QUARTER);
    if (plan->has_fire)
        hearth(plan);
    else
        room_shelf(plan, &at, shelf, 7);
    at = spot_of(0.02f, 0, 0.52f * l->deep, 0.1f);
    room_rug(plan, &at, 2.4f, 3.0f);
    at = spot_of(0.16f * l->wide, 0, 0.64f * l->deep, 2 * QUARTER + 0.5f);
    room_table(plan, &at, desk);
    top = room_at(&at, 0.52f, 0.75f, 0.12f, 0);
    room_table_lamp(plan, &top);
    top = room_at(&at, -0.45f, 0.75f, -0.06f, 0.5f);
    room_stack(plan, &top, 5);
    top = room_at(&at, 0.02f, 0.75f, 0.05f, -0.2f);
    if (plan->has_candles)
        room_candle(plan, &top);
    else
        room_stack(plan, &top, 1);
    top = room_at(&at, -0.1f, 0.75f, -0.2f, 0.4f);
    room_cup(plan, &top);
    top = room_at(&at, 0.0f, 0, -0.62f, 0.25f);
    room_chair(plan, &top);
    at = spot_of(-0.20f * l->wide, 0, 0.52f * l->deep, 0.9f);
    room_armchair(plan, &at);
    at = spot_of(-0.30f * l->wide, 0, 0.70f * l->deep, 0);
    room_floor_lamp(plan, &at);
    at = spot_of(side - 0.42f, 0, l->deep - 0.45f, 0);
    room_plant(plan, &at, room_between(plan, 0.9f, 1.5f));
    at = spot_of(side - 0.01f, 1.55f, 0.45f * l->deep, -QUARTER);
    hang_pictures(plan, &at, 1.6f);
    set_mark(plan->set, (const float[]){-0.02f * l->wide, 0, 0.40f * l->deep}, 0, 0.8f);
}

static void cafe(struct room_plan *plan)
{
    const struct room_layout *l = &plan->layout;
    float side = 0.5f * l->wide;
    const float board[3] = {0.03f, 0.035f, 0.035f};
    struct room_spot at = spot_of(-side + 0.31f, 0, 0.50f * l->deep, QUARTER), top;
    struct set_solid *solid = NULL;

    counter(plan, &at, 0.66f * l->deep);
    for (int i = 0; i < 3; i++) {
        at = spot_of(-side + 1.05f, 0, (0.34f + 0.15f * (float)i) * l->deep, 0);
        room_stool(plan, &at, 0.68f);
        at = spot_of(-side + 0.95f, l->high, (0.33f + 0.17f * (float)i) * l->deep, 0);
        room_pendant(plan, &at, 0.75f);
    }
    {
        const float form[7] = {0, 2.15f, 0.02f, 0.7f, 0.36f, 0.02f, 0.01f};

        at = spot_of(-side, 0, 0.50f * l->deep, QUARTER);
        solid = room_piece(plan, SHAPE_BOX, &at, form, MATTER_PICTURE, board);
        solid->salt = 4;
    }
    for (int i = 0; i < 4; i++) {
        float x = (i & 1 ? 0.33f : 0.07f) * l->wide, z = (i & 2 ? 0.80f : 0.50f) * l->deep;

        at = spot_of(x, 0, z, 0.3f * (float)i);
        room_round_table(plan, &at, 0.34f, 0.73f);
        top = room_at(&at, 0.10f, 0.73f, 0.05f, (float)i);
        room_cup(plan, &top);
        top = room_at(&at, -0.06f, 0.73f, -0.10f, 0);
        if (i % 2 || plan->has_candles)
            room_candle(plan, &top);
        else
            room_vase(plan, &top, true);
        for (int k = 0; k < 2; k++) {
            float turn = 1.2f + 0.7f * (float)i + 2 * QUARTER * (float)k;

            top = room_at(&at, 0.56f * sinf(turn), 0, 0.56f * cosf(turn), turn + 2 * QUARTER);
            room_chair(plan, &top);
        }
    }
    if (plan->has_fire)
        hearth(plan);
    at = spot_of(side - 0.40f, 0, l->deep - 0.42f, 0);
    room_plant(plan, &at, room_between(plan, 1.2f, 1.7f));
    at = spot_of(side - 0.01f, 1.6f, 0.5f * l->deep, -QUARTER);
    hang_pictures(plan, &at, 1.9f);
    set_mark(plan->set, (const float[]){-0.14f * l->wide, 0, 0.38f * l->deep}, 0, 1.0f);
}

void room_furnish(struct room_plan *plan)
{
    switch (plan->scene->room) {
    case ROOM_BEDROOM:
        bedroom(plan);
        return;
    case ROOM_KITCHEN:
        kitchen(plan);
        return;
    case ROOM_LIBRARY:
        library(plan);
        return;
    case ROOM_CAFE:
        cafe(plan);
        return;
    case ROOM_LIVING:
    case SCENE_ROOMS:
        break;
    }
    living(plan);
}
