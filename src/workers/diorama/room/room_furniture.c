/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "workers/diorama/room/room_impl.h"

static void legs(struct room_plan *plan, const struct room_spot *spot, const float size[3],
                 float thick)
{
    for (int i = 0; i < 4; i++) {
        float x = (i & 1 ? 1.0f : -1.0f) * (0.5f * size[0] - thick - 0.02f);
        float z = (i & 2 ? 1.0f : -1.0f) * (0.5f * size[2] - thick - 0.02f);
        const float form[7] = {x, 0.5f * size[1], z, thick, 0.5f * size[1], thick, 0.004f};
        struct set_solid *leg =
            room_piece(plan, SHAPE_DRUM, spot, form, MATTER_WOOD, plan->colors.dark_wood);

        leg->taper = 1.5f;
        leg->gloss = 0.4f;
    }
}

/* A loose cushion that leans back. */
static void pillow(struct room_plan *plan, const struct room_spot *spot, const float color[3],
                   float lean)
{
    float side = room_between(plan, 0.20f, 0.24f);
    const float form[7] = {0, side, 0, side, 0.095f, side, 0.035f};
    struct set_solid *solid = room_piece(plan, SHAPE_CUSHION, spot, form, MATTER_CLOTH, color);

    solid->taper = 0.30f;
    solid->salt = (int)(dice_next(&plan->dice) & 1023);
    memcpy(solid->other, plan->colors.wall, sizeof(solid->other));
    set_turn(solid, spot->heading, 1.5707963f + lean, room_between(plan, -0.25f, 0.25f) * 0);
}

static void throw_pillows(struct room_plan *plan, const struct room_spot *spot, float wide,
                          int count)
{
    const float *const colors[3] = {plan->colors.cushion, plan->colors.accent, plan->colors.wall};

    for (int i = 0; i < count; i++) {
        float x = (i % 2 ? 1.0f : -1.0f) * (0.5f * wide - 0.22f - 0.30f * (float)(i / 2));
        struct room_spot at = room_at(spot, x, 0.46f, -0.06f + 0.09f * (float)(i / 2),
                                      room_between(plan, -0.25f, 0.25f) - 0.25f * copysignf(1, x));

        pillow(plan, &at, colors[(i + (int)(plan->scene->seed & 3)) % 3], -0.32f);
    }
}

void room_sofa(struct room_plan *plan, const struct room_spot *spot, float wide, int seats)
{
    enum set_matter matter = plan->scene->seed % 5 == 0 ? MATTER_LEATHER : MATTER_CLOTH;
    const float *color = plan->colors.cloth;
    float arm = 0.15f, seat = (wide - 2 * arm) / (float)seats;
    const float base[7] = {0, 0.20f, 0, 0.5f * wide, 0.085f, 0.44f, 0.03f};
    const float back[7] = {0, 0.46f, -0.36f, 0.5f * wide - 0.04f, 0.30f, 0.10f, 0.07f};
    const float size[3] = {wide, 0.13f, 0.86f};
    struct set_solid *solid = room_piece(plan, SHAPE_BOX, spot, base, matter, color);
    float gloss = matter == MATTER_LEATHER ? 0.45f : 0.0f;

    solid->gloss = gloss;
    room_piece(plan, SHAPE_BOX, spot, back, matter, color)->gloss = gloss;
    legs(plan, spot, size, 0.022f);
    for (int side = -1; side <= 1; side += 2) {
        const float form[7] = {(float)side * (0.5f * wide - 0.5f * arm),
                               0.36f,
                               0.01f,
                               0.5f * arm,
                               0.23f,
                               0.45f,
                               0.07f};

        room_piece(plan, SHAPE_BOX, spot, form, matter, color)->gloss = gloss;
    }
    for (int i = 0; i < seats; i++) {
        float x = ((float)i - 0.5f * (float)(seats - 1)) * seat;
        const float low[7] = {x, 0.37f, 0.06f, 0.5f * seat - 0.004f, 0.105f, 0.40f, 0.05f};
        const float high[7] = {x, 0.64f, -0.215f, 0.5f * seat - 0.006f, 0.115f, 0.235f, 0.05f};

        solid = room_piece(plan, SHAPE_CUSHION, spot, low, matter, color);
        solid->taper = 0.72f;
        solid->gloss = gloss;
        solid = room_piece(plan, SHAPE_CUSHION, spot, high, matter, color);
        solid->taper = 0.62f;
        solid->gloss = gloss;
        set_turn(solid, spot->heading, 1.5707963f - 0.20f, 0);
    }
    throw_pillows(plan, spot, wide - 2 * arm, 2 + (int)(plan->scene->seed % 3));
}

void room_armchair(struct room_plan *plan, const struct room_spot *spot)
{
    const float *color = plan->colors.cushion;
    const float base[7] = {0, 0.22f, 0, 0.34f, 0.09f, 0.36f, 0.04f};
    const float seat[7] = {0, 0.38f, 0.04f, 0.30f, 0.10f, 0.33f, 0.05f};
    const float back[7] = {0, 0.66f, -0.31f, 0.33f, 0.10f, 0.40f, 0.07f};
    const float size[3] = {0.68f, 0.14f, 0.70f};
    struct set_solid *solid = room_piece(plan, SHAPE_BOX, spot, base, MATTER_CLOTH, color);

    solid = room_piece(plan, SHAPE_CUSHION, spot, seat, MATTER_CLOTH, color);
    solid->taper = 0.70f;
    solid = room_piece(plan, SHAPE_CUSHION, spot, back, MATTER_CLOTH, color);
    solid->taper = 0.75f;
    set_turn(solid, spot->heading, 1.5707963f - 0.24f, 0);
    for (int side = -1; side <= 1; side += 2) {
        const float arm[7] = {(float)side * 0.35f, 0.40f, -0.02f, 0.075f, 0.18f, 0.37f, 0.07f};

        room_piece(plan, SHAPE_BOX, spot, arm, MATTER_CLOTH, color);
    }
    legs(plan, spot, size, 0.022f);
}

void room_bed(struct room_plan *plan, const struct room_spot *spot)
{
    const float white[3] = {0.70f, 0.68f, 0.64f};
    const float frame[7] = {0, 0.22f, 0, 0.84f, 0.11f, 1.06f, 0.02f};
    const float mattress[7] = {0, 0.42f, 0.02f, 0.80f, 0.14f, 1.02f, 0.09f};
    const float cover[7] = {0, 0.50f, 0.30f, 0.90f, 0.14f, 0.80f, 0.10f};
    const float fold[7] = {0, 0.575f, -0.46f, 0.87f, 0.085f, 0.17f, 0.06f};
    const float head[7] = {0, 0.62f, -1.09f, 0.88f, 0.52f, 0.055f, 0.05f};
    const float throw[7] = {0, 0.535f, 0.78f, 0.93f, 0.145f, 0.26f, 0.09f};
    const float size[3] = {1.64f, 0.14f, 2.08f};
    struct set_solid *solid =
        room_piece(plan, SHAPE_BOX, spot, frame, MATTER_WOOD, plan->colors.wood);

    room_piece(plan, SHAPE_BOX, spot, mattress, MATTER_CLOTH, white);
    solid = room_piece(plan, SHAPE_CUSHION, spot, cover, MATTER_CLOTH, plan->colors.cloth);
    solid->taper = 0.82f;
    solid->salt = 8;
    solid = room_piece(plan, SHAPE_CUSHION, spot, fold, MATTER_CLOTH, white);
    solid->taper = 0.72f;
    solid->salt = 16;
    solid = room_piece(plan, SHAPE_CUSHION, spot, throw, MATTER_CLOTH, plan->colors.accent);
    solid->taper = 0.86f;
    solid->salt = 24 + (int)(plan->scene->seed % 7);
    memcpy(solid->other, plan->colors.cushion, sizeof(solid->other));
    room_piece(plan, SHAPE_BOX, spot, head, plan->scene->seed & 1 ? MATTER_CLOTH : MATTER_WOOD,
               plan->scene->seed & 1 ? plan->colors.cushion : plan->colors.wood);
    legs(plan, spot, size, 0.03f);
    for (int i = 0; i < 4; i++) {
        const float form[7] = {0, 0.24f, 0, 0.33f, 0.11f, 0.23f, 0.05f};
        struct room_spot at = room_at(spot, (i & 1 ? 0.40f : -0.40f), 0.52f + (i / 2 ? 0 : 0.02f),
                                      i / 2 ? -0.66f : -0.84f, room_between(plan, -0.08f, 0.08f));

        solid = room_piece(plan, SHAPE_CUSHION, &at, form, MATTER_CLOTH,
                           i / 2 ? plan->colors.cushion : white);
        solid->taper = 0.25f;
        set_turn(solid, at.heading, 1.5707963f - (i / 2 ? 0.55f : 0.32f), 0);
    }
}

void room_table(struct room_plan *plan, const struct room_spot *spot, const float size[3])
{
    const float top[7] = {0, size[1] - 0.02f, 0, 0.5f * size[0], 0.02f, 0.5f * size[2], 0.008f};
    const float rail[7] = {0,      size[1] - 0.075f,       0,     0.5f * size[0] - 0.05f,
                           0.035f, 0.5f * size[2] - 0.05f, 0.006f};
    const float under[3] = {size[0], size[1] - 0.04f, size[2]};
    struct set_solid *solid =
        room_piece(plan, SHAPE_BOX, spot, top, MATTER_WOOD, plan->colors.wood);

    solid->gloss = 0.6f;
    room_piece(plan, SHAPE_BOX, spot, rail, MATTER_WOOD, plan->colors.wood);
    legs(plan, spot, under, 0.028f);
}

void room_round_table(struct room_plan *plan, const struct room_spot *spot, float radius,
                      float high)
{
    const float top[7] = {0, high - 0.016f, 0, radius, 0.016f, radius, 0.010f};
    const float post[7] = {0, 0.5f * high, 0, 0.028f, 0.5f * high - 0.02f, 0.028f, 0.004f};
    const float foot[7] = {0, 0.02f, 0, 0.55f * radius, 0.02f, 0.55f * radius, 0.012f};
    bool stone = plan->scene->seed >> 6 & 1;
    const float marble[3] = {0.62f, 0.60f, 0.57f}, vein[3] = {0.42f, 0.41f, 0.40f};
    struct set_solid *solid =
        room_piece(plan, SHAPE_DRUM, spot, top, stone ? MATTER_STONE : MATTER_WOOD,
                   stone ? marble : plan->colors.wood);

    if (stone)
        memcpy(solid->other, vein, sizeof(vein));
    solid->gloss = 0.65f;
    room_piece(plan, SHAPE_DRUM, spot, post, MATTER_METAL, plan->colors.metal)->gloss = 0.6f;
    solid = room_piece(plan, SHAPE_DRUM, spot, foot, MATTER_METAL, plan->colors.metal);
    solid->taper = 0.7f;
    solid->gloss = 0.6f;
}

void room_chair(struct room_plan *plan, const struct room_spot *spot)
{
    const float *wood = plan->colors.wood;
    const float seat[7] = {0, 0.45f, 0, 0.21f, 0.02f, 0.21f, 0.015f};
    const float pad[7] = {0, 0.48f, 0.0f, 0.19f, 0.03f, 0.19f, 0.02f};
    const float size[3] = {0.43f, 0.44f, 0.43f};
    struct set_solid *solid = room_piece(plan, SHAPE_BOX, spot, seat, MATTER_WOOD, wood);

    solid = room_piece(plan, SHAPE_CUSHION, spot, pad, MATTER_CLOTH, plan->colors.cushion);
    solid->taper = 0.6f;
    legs(plan, spot, size, 0.018f);
    for (int i = -2; i <= 2; i++) {
        bool post = i == -2 || i == 2;
        const float form[7] = {0.095f * (float)i,      0.68f, -0.20f, post ? 0.016f : 0.009f, 0.23f,
                               post ? 0.016f : 0.009f, 0.006f};

        solid = room_piece(plan, SHAPE_DRUM, spot, form, MATTER_WOOD, wood);
        set_turn(solid, spot->heading, -0.10f, 0);
    }
    {
        const float top[7] = {0, 0.90f, -0.223f, 0.215f, 0.035f, 0.013f, 0.012f};

        room_piece(plan, SHAPE_BOX, spot, top, MATTER_WOOD, wood)->gloss = 0.4f;
    }
}

void room_stool(struct room_plan *plan, const struct room_spot *spot, float high)
{
    const float seat[7] = {0, high - 0.025f, 0, 0.17f, 0.025f, 0.17f, 0.018f};
    const float ring[7] = {0, 0.34f * high, 0, 0.15f, 0.009f, 0.15f, 0.009f};
    const float size[3] = {0.32f, high - 0.04f, 0.32f};

    room_piece(plan, SHAPE_DRUM, spot, seat, MATTER_WOOD, plan->colors.wood)->gloss = 0.5f;
    room_piece(plan, SHAPE_RING, spot, ring, MATTER_METAL, plan->colors.metal)->gloss = 0.7f;
    legs(plan, spot, size, 0.014f);
}

/* One board of a shelf: books, with now and then something else. */
static void fill_board(struct room_plan *plan, const struct room_spot *spot, float wide, float tall)
{
    float at = -0.5f * wide;

    while (at < 0.5f * wide - 0.10f) {
        float run = fminf(room_between(plan, 0.22f, 0.75f), 0.5f * wide - at);
        struct room_spot here = room_at(spot, at + 0.5f * run, 0, 0.0f, 0);
        float pick = room_chance(plan);

        if (pick < 0.72f || run < 0.2f)
            room_books(plan, &here, run - 0.02f, tall);
        else if (pick < 0.82f)
            room_vase(plan, &here, false);
        else if (pick < 0.92f)
            room_stack(plan, &here, 3);
        else if (pick < 0.97f)
            room_bowl(plan, &here);
        at += run;
    }
}

void room_shelf(struct room_plan *plan, const struct room_spot *spot, const float size[3],
                int boards)
{
    const float *wood = plan->colors.wood;
    float gap = (size[1] - 0.10f) / (float)boards;
    const float back[7] = {
        0,      0.5f * size[1], -0.5f * size[2] + 0.008f, 0.5f * size[0], 0.5f * size[1],
        0.008f, 0.002f};

    room_piece(plan, SHAPE_BOX, spot, back, MATTER_WOOD, wood);
    for (int side = -1; side <= 1; side += 2) {
        const float form[7] = {(float)side * (0.5f * size[0] - 0.014f),
                               0.5f * size[1],
                               0,
                               0.014f,
                               0.5f * size[1],
                               0.5f * size[2],
                               0.004f};

        room_piece(plan, SHAPE_BOX, spot, form, MATTER_WOOD, wood)->gloss = 0.3f;
    }
    for (int i = 0; i <= boards; i++) {
        float y = 0.08f + gap * (float)i;
        const float form[7] = {0, y, 0, 0.5f * size[0] - 0.01f, 0.012f, 0.5f * size[2], 0.004f};
        struct room_spot on = room_at(spot, 0, y + 0.012f, -0.02f, 0);

        room_piece(plan, SHAPE_BOX, spot, form, MATTER_WOOD, wood)->gloss = 0.3f;
        if (i < boards)
            fill_board(plan, &on, size[0] - 0.07f, gap - 0.03f);
    }
}

void room_cabinet(struct room_plan *plan, const struct room_spot *spot, const float size[3],
                  int doors)
{
    float wide = size[0] / (float)doors;
    const float body[7] = {0,
                           0.5f * size[1] + 0.03f,
                           -0.01f,
                           0.5f * size[0],
                           0.5f * size[1] - 0.03f,
                           0.5f * size[2] - 0.01f,
                           0.004f};
    const float *color = plan->colors.accent;

    room_piece(plan, SHAPE_BOX, spot, body, MATTER_PLAIN, color);
    for (int i = 0; i < doors; i++) {
        float x = -0.5f * size[0] + wide * ((float)i + 0.5f), z = 0.5f * size[2];
        const float door[7] = {x,
                               0.5f * size[1] + 0.04f,
                               z - 0.005f,
                               0.5f * wide - 0.004f,
                               0.5f * size[1] - 0.055f,
                               0.012f,
                               0.004f};
        const float panel[7] = {x,
                                0.5f * size[1] + 0.04f,
                                z + 0.004f,
                                0.5f * wide - 0.07f,
                                0.5f * size[1] - 0.125f,
                                0.009f,
                                0.006f};
        const float knob[7] = {x + (i & 1 ? -1.0f : 1.0f) * (0.5f * wide - 0.035f),
                               0.5f * size[1] + 0.14f,
                               z + 0.018f,
                               0.011f,
                               0.045f,
                               0.011f,
                               0.009f};

        room_piece(plan, SHAPE_BOX, spot, door, MATTER_PLAIN, color)->gloss = 0.35f;
        room_piece(plan, SHAPE_BOX, spot, panel, MATTER_PLAIN, color)->gloss = 0.35f;
        room_piece(plan, SHAPE_BOX, spot, knob, MATTER_METAL, plan->colors.metal)->gloss = 0.9f;
    }
}

/* What burns in a fireplace: logs and embers; its flames are drawn with the lamps' light. */
static void lay_fire(struct room_plan *plan, const struct room_spot *spot)
{
    const float bark[3] = {0.07f, 0.045f, 0.03f};
    const float ember[3] = {9.0f, 2.2f, 0.35f}, power[3] = {1.5f, 0.62f, 0.17f};
    struct room_spot fire = room_at(spot, 0, 0.42f, 0.05f, 0);
    struct set_lamp *lamp = NULL;
    float light[3];

    for (int i = 0; i < 5; i++) {
        const float form[7] = {0, 0, 0, 0.045f, 0.25f, 0.045f, 0.01f};
        struct room_spot at = room_at(spot, 0.05f * (float)(i - 2), 0.14f + 0.055f * (float)(i % 3),
                                      -0.10f + 0.05f * (float)(i % 2), 0.5f * (float)(i - 2));
        struct set_solid *log = room_piece(plan, SHAPE_DRUM, &at, form, MATTER_PLAIN, bark);

        set_turn(log, at.heading, 0.15f, 1.45f);
    }
    for (int i = 0; i < 12 && plan->has_fire; i++) {
        float r = room_between(plan, 0.014f, 0.032f);
        const float form[7] = {room_between(plan, -0.22f, 0.22f),
                               0.09f + r,
                               room_between(plan, -0.16f, 0.08f),
                               r,
                               r,
                               r,
                               r * 0.5f};
        struct set_solid *coal = room_piece(plan, SHAPE_BALL, spot, form, MATTER_GLOW, bark);

        for (int k = 0; k < 3; k++)
            coal->glow[k] = 0.35f * ember[k];
    }
    if (!plan->has_fire)
        return;
    for (int k = 0; k < 3; k++)
        light[k] = power[k] * fmaxf(plan->lamp_scale, 0.3f) * 0.75f;
    lamp = set_lamp(plan->set, fire.place, light);
    lamp->flicker = 1;
    lamp->radius_m = 0.28f;
}

void room_fireplace(struct room_plan *plan, const struct room_spot *spot)
{
    const float stone[3] = {0.45f, 0.42f, 0.38f}, soot[3] = {0.045f, 0.04f, 0.038f};
    const float breast[7] = {0,     0.5f * plan->layout.high + 0.55f, 0.06f,
                             0.78f, 0.5f * plan->layout.high - 0.55f, 0.24f,
                             0.012f};
    const float mantel[7] = {0, 1.14f, 0.12f, 0.90f, 0.045f, 0.31f, 0.015f};
    const float lintel[7] = {0, 0.94f, 0.06f, 0.80f, 0.16f, 0.25f, 0.012f};
    const float hearth[7] = {0, 0.03f, 0.32f, 0.95f, 0.035f, 0.48f, 0.012f};
    const float back[7] = {0, 0.45f, -0.17f, 0.5f, 0.45f, 0.02f, 0.003f};
    const float *sides = plan->scene->seed >> 2 & 1 ? plan->colors.trim : stone;
    enum set_matter matter = plan->scene->seed >> 2 & 1 ? MATTER_PLAIN : MATTER_STONE;

    room_piece(plan, SHAPE_BOX, spot, breast, MATTER_PLASTER, plan->colors.wall);
    room_piece(plan, SHAPE_BOX, spot, mantel, MATTER_WOOD, plan->colors.dark_wood)->gloss = 0.4f;
    room_piece(plan, SHAPE_BOX, spot, lintel, matter, sides);
    room_piece(plan, SHAPE_BOX, spot, hearth, MATTER_STONE, stone)->gloss = 0.3f;
    room_piece(plan, SHAPE_BOX, spot, back, MATTER_BRICK, soot);
    for (int side = -1; side <= 1; side += 2) {
        const float form[7] = {(float)side * 0.65f, 0.42f, 0.06f, 0.16f, 0.44f, 0.25f, 0.012f};

        room_piece(plan, SHAPE_BOX, spot, form, matter, sides);
    }
    lay_fire(plan, spot);
}
