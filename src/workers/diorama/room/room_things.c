/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "workers/diorama/room/room_impl.h"

/* A color that bindings of books come in. */
static void book_color(struct room_plan *plan, struct set_solid *book)
{
    static const float colors[][3] = {
        {0.25f, 0.04f, 0.035f}, {0.04f, 0.075f, 0.16f}, {0.045f, 0.12f, 0.075f},
        {0.42f, 0.31f, 0.15f},  {0.50f, 0.46f, 0.38f},  {0.14f, 0.075f, 0.045f},
        {0.33f, 0.13f, 0.05f},  {0.07f, 0.07f, 0.075f}, {0.10f, 0.20f, 0.24f},
        {0.45f, 0.22f, 0.08f},  {0.28f, 0.08f, 0.14f},  {0.55f, 0.52f, 0.47f}};
    static const float gold[3] = {0.52f, 0.38f, 0.15f}, white[3] = {0.62f, 0.60f, 0.55f};
    int pick = (int)room_between(plan, 0, 11.99f);

    room_paint(book, MATTER_BOOK, colors[pick]);
    memcpy(book->other, pick == 4 || pick == 11 || room_chance(plan) < 0.5f ? gold : white,
           sizeof(gold));
    if (pick == 4 || pick == 11)
        room_shade(book->other, colors[0], 0.8f);
    book->salt = (int)(dice_next(&plan->dice) >> 40 & 0xffff);
    book->gloss = 0.18f;
}

void room_books(struct room_plan *plan, const struct room_spot *spot, float wide, float tall)
{
    float at = -0.5f * wide, most = fminf(tall, 0.31f) - 0.01f;

    while (at < 0.5f * wide - 0.02f) {
        float thick = room_between(plan, 0.010f, 0.024f),
              high = most * room_between(plan, 0.66f, 1);
        float deep = room_between(plan, 0.085f, 0.115f);
        const float form[7] = {at + thick,  0.5f * high, 0.115f - deep, thick - 0.0012f,
                               0.5f * high, deep,        0.004f};
        struct set_solid *book = NULL;

        if (at + 2 * thick > 0.5f * wide)
            return;
        book = room_put(plan, SHAPE_BOX, spot, form, form + 3);
        book->round = form[6];
        book_color(plan, book);
        at += 2 * thick;
        if (room_chance(plan) < 0.05f) { /* one that leans on the others */
            set_turn(book, spot->heading, 0, -0.14f);
            at += 0.04f;
        }
    }
}

void room_stack(struct room_plan *plan, const struct room_spot *spot, int count)
{
    float y = 0;

    for (int i = 0; i < count; i++) {
        float thick = room_between(plan, 0.010f, 0.020f);
        struct room_spot at = room_at(spot, 0, y + thick, 0, room_between(plan, -0.3f, 0.3f));
        const float form[7] = {0, 0, 0, thick, 0.12f - 0.01f * (float)i, 0.085f, 0.003f};
        struct set_solid *book = room_put(plan, SHAPE_BOX, &at, form, form + 3);

        book->round = form[6];
        book_color(plan, book);
        set_turn(book, at.heading, 0, 1.5707963f);
        y += 2 * thick;
    }
}

static struct set_solid *pot(struct room_plan *plan, const struct room_spot *spot,
                             const float form[7], const float color[3], float taper)
{
    struct set_solid *solid = room_piece(plan, SHAPE_DRUM, spot, form, MATTER_PLAIN, color);

    solid->taper = taper;
    solid->gloss = 0.75f;
    return solid;
}

void room_cup(struct room_plan *plan, const struct room_spot *spot)
{
    const float white[3] = {0.68f, 0.66f, 0.62f}, coffee[3] = {0.045f, 0.02f, 0.01f};
    const float saucer[7] = {0, 0.007f, 0, 0.072f, 0.007f, 0.072f, 0.005f};
    const float cup[7] = {0, 0.045f, 0, 0.042f, 0.033f, 0.042f, 0.006f};
    const float drink[7] = {0, 0.077f, 0, 0.036f, 0.002f, 0.036f, 0.001f};
    const float handle[7] = {0.046f, 0.048f, 0, 0.022f, 0.006f, 0.022f, 0.005f};
    const float *color = room_chance(plan) < 0.6f ? white : plan->colors.accent;
    struct set_solid *ring = NULL;

    pot(plan, spot, saucer, color, 1.4f);
    pot(plan, spot, cup, color, 1.35f);
    pot(plan, spot, drink, coffee, 1);
    ring = room_piece(plan, SHAPE_RING, spot, handle, MATTER_PLAIN, color);
    ring->gloss = 0.75f;
    set_turn(ring, spot->heading, 1.5707963f, 0);
}

void room_vase(struct room_plan *plan, const struct room_spot *spot, bool has_flowers)
{
    static const float glazes[][3] = {{0.55f, 0.53f, 0.48f},
                                      {0.05f, 0.13f, 0.20f},
                                      {0.34f, 0.12f, 0.06f},
                                      {0.10f, 0.20f, 0.15f},
                                      {0.60f, 0.50f, 0.30f}};
    const float *glaze = glazes[(int)room_between(plan, 0, 4.99f)];
    float size = room_between(plan, 0.8f, 1.15f);
    const float belly[7] = {0,    0.085f * size, 0, 0.065f * size, 0.085f * size, 0.065f * size,
                            0.01f};
    const float neck[7] = {0, 0.18f * size, 0, 0.034f * size, 0.05f * size, 0.034f * size, 0.006f};
    struct set_solid *solid = room_piece(plan, SHAPE_BALL, spot, belly, MATTER_PLAIN, glaze);

    solid->gloss = 0.85f;
    pot(plan, spot, neck, glaze, 0.8f);
    for (int i = 0; i < 16 && has_flowers; i++) {
        static const float petals[][3] = {{0.62f, 0.10f, 0.12f},
                                          {0.68f, 0.60f, 0.50f},
                                          {0.66f, 0.36f, 0.06f},
                                          {0.42f, 0.18f, 0.45f}};
        const float green[3] = {0.06f, 0.13f, 0.03f};
        float turn = 2.4f * (float)i, out = 0.028f + 0.022f * sqrtf((float)i);
        float y = 0.38f * size - 0.004f * (float)(i * i) * 0.5f,
              r = room_between(plan, 0.022f, 0.036f);
        const float bloom[7] = {out * cosf(turn), y, out * sinf(turn), r, 0.75f * r, r, 0.01f};
        const float leaf[7] = {0.9f * out * cosf(turn + 1),
                               y - 0.07f,
                               0.9f * out * sinf(turn + 1),
                               0.016f,
                               0.03f,
                               0.05f,
                               0.0015f};

        room_piece(plan, SHAPE_BALL, spot, bloom, MATTER_CLOTH,
                   petals[(plan->scene->seed + (uint64_t)(i % 3 == 0)) % 4]);
        if (i % 2) {
            solid = room_piece(plan, SHAPE_LEAF, spot, leaf, MATTER_LEAF, green);
            solid->taper = 0.5f;
            set_turn(solid, turn, -0.5f, 0);
        }
    }
}

void room_bowl(struct room_plan *plan, const struct room_spot *spot)
{
    static const float fruit[][3] = {
        {0.55f, 0.20f, 0.02f}, {0.42f, 0.05f, 0.03f}, {0.50f, 0.44f, 0.06f}};
    const float bowl[7] = {0, 0.035f, 0, 0.13f, 0.035f, 0.13f, 0.012f};

    pot(plan, spot, bowl, plan->colors.cushion, 1.7f);
    for (int i = 0; i < 6; i++) {
        float turn = 1.05f * (float)i, out = i == 5 ? 0 : 0.07f;
        const float form[7] = {out * cosf(turn),
                               i == 5 ? 0.125f : 0.085f,
                               out * sinf(turn),
                               0.041f,
                               0.038f,
                               0.041f,
                               0.01f};

        room_piece(plan, SHAPE_BALL, spot, form, MATTER_PLAIN,
                   fruit[(i + (int)(plan->scene->seed % 3)) % 3])
            ->gloss = 0.45f;
    }
}

void room_bottle(struct room_plan *plan, const struct room_spot *spot)
{
    static const float glass[][3] = {
        {0.03f, 0.075f, 0.03f}, {0.12f, 0.05f, 0.015f}, {0.30f, 0.34f, 0.34f}};
    const float *color = glass[(int)room_between(plan, 0, 2.99f)];
    float size = room_between(plan, 0.8f, 1.1f);
    const float body[7] = {0, 0.10f * size, 0, 0.036f, 0.10f * size, 0.036f, 0.014f};
    const float neck[7] = {0, 0.25f * size, 0, 0.020f, 0.07f * size, 0.020f, 0.004f};

    pot(plan, spot, body, color, 1)->gloss = 1;
    pot(plan, spot, neck, color, 0.55f)->gloss = 1;
}

void room_candle(struct room_plan *plan, const struct room_spot *spot)
{
    const float wax[3] = {0.62f, 0.56f, 0.44f}, wick[3] = {0.02f, 0.02f, 0.02f};
    float high = room_between(plan, 0.04f, 0.10f);
    const float body[7] = {0, high, 0, 0.026f, high, 0.026f, 0.006f};
    const float flame[7] = {0, 2 * high + 0.030f, 0, 0.008f, 0.022f, 0.008f, 0.004f};
    struct set_solid *solid = room_piece(plan, SHAPE_DRUM, spot, body, MATTER_PLAIN, wax);

    solid->gloss = 0.3f;
    solid->glow[0] = 0.10f;
    solid->glow[1] = 0.045f;
    solid->glow[2] = 0.012f;
    solid = room_piece(plan, SHAPE_BALL, spot, flame, MATTER_GLOW, wick);
    solid->glow[0] = 7;
    solid->glow[1] = 3.6f;
    solid->glow[2] = 1.0f;
    if (plan->has_candles && plan->lamp_scale > 0 && plan->set->lamp_count < SET_LAMPS_MAX - 1) {
        const float power[3] = {0.10f, 0.055f, 0.02f};
        struct room_spot at = room_at(spot, 0, 2 * high + 0.05f, 0, 0);
        struct set_lamp *lamp = set_lamp(plan->set, at.place, power);

        lamp->flicker = 0.4f;
        lamp->radius_m = 0.06f;
        lamp->casts = false;
    }
}

/* Leaves that rise from a pot and bend over, each its own way. */
static void leaves(struct room_plan *plan, const struct room_spot *spot, float foot, float tall)
{
    const float green[3] = {0.045f, 0.115f, 0.028f}, pale[3] = {0.13f, 0.22f, 0.06f};
    bool broad = plan->scene->seed >> 7 & 1;
    int count = broad ? 22 : 34;

    for (int i = 0; i < count; i++) {
        float part = (float)i / (float)count,
              turn = 2.4f * (float)i + room_between(plan, -0.3f, 0.3f);
        float length =
            broad ? room_between(plan, 0.14f, 0.22f) : tall * room_between(plan, 0.20f, 0.30f);
        float wide = broad ? 0.62f * length : 0.030f;
        float y = foot + (broad ? (0.25f + 0.75f * part) * tall * 0.8f : 0.16f * tall);
        float out = broad ? (0.08f + 0.16f * (1 - part)) * (0.6f + tall) : 0.55f * length;
        struct room_spot at = room_at(spot, 0, y, 0, turn);
        const float form[7] = {0, 0, out, wide, 0.35f * length + 0.6f * wide, length, 0.0022f};
        struct set_solid *leaf = room_piece(plan, SHAPE_LEAF, &at, form, MATTER_LEAF, green);

        memcpy(leaf->other, pale, sizeof(pale));
        leaf->taper = broad ? 0.45f : 0.55f;
        leaf->gloss = 0.35f;
        set_turn(leaf, at.heading,
                 broad ? room_between(plan, -0.5f, 0.35f) : -room_between(plan, 0.35f, 1.25f), 0);
    }
    for (int i = 0; i < 3 && broad; i++) {
        const float stem[7] = {
            0.02f * (float)(i - 1), foot + 0.4f * tall, 0, 0.011f, 0.42f * tall, 0.011f, 0.004f};

        room_piece(plan, SHAPE_DRUM, spot, stem, MATTER_WOOD, plan->colors.dark_wood);
    }
}

void room_plant(struct room_plan *plan, const struct room_spot *spot, float tall)
{
    static const float clays[][3] = {
        {0.42f, 0.16f, 0.08f}, {0.60f, 0.58f, 0.54f}, {0.12f, 0.12f, 0.125f}};
    const float earth[3] = {0.045f, 0.03f, 0.02f};
    float size = clamp_f(0.30f * tall, 0.09f, 0.30f);
    const float body[7] = {0, 0.5f * size, 0, 0.52f * size, 0.5f * size, 0.52f * size, 0.012f};
    const float soil[7] = {0, 0.97f * size, 0, 0.46f * size, 0.04f * size, 0.46f * size, 0.003f};

    pot(plan, spot, body, clays[(int)room_between(plan, 0, 2.99f)], 1.35f)->gloss = 0.35f;
    room_piece(plan, SHAPE_DRUM, spot, soil, MATTER_STONE, earth);
    leaves(plan, spot, size, tall - size);
}

void room_rug(struct room_plan *plan, const struct room_spot *spot, float wide, float deep)
{
    static const float pairs[][2][3] = {{{0.26f, 0.045f, 0.035f}, {0.50f, 0.40f, 0.26f}},
                                        {{0.055f, 0.085f, 0.16f}, {0.52f, 0.46f, 0.36f}},
                                        {{0.52f, 0.48f, 0.41f}, {0.20f, 0.19f, 0.18f}},
                                        {{0.10f, 0.17f, 0.13f}, {0.50f, 0.43f, 0.28f}},
                                        {{0.42f, 0.18f, 0.08f}, {0.55f, 0.49f, 0.38f}}};
    int pick = (int)room_between(plan, 0, 4.99f);
    const float form[7] = {0, 0.006f, 0, 0.5f * wide, 0.008f, 0.5f * deep, 0.006f};
    struct set_solid *rug = room_piece(plan, SHAPE_BOX, spot, form, MATTER_RUG, pairs[pick][0]);

    memcpy(rug->other, pairs[pick][1], sizeof(rug->other));
    rug->salt = (int)(dice_next(&plan->dice) >> 40 & 0xff);
}

void room_picture(struct room_plan *plan, const struct room_spot *spot, float wide, float tall)
{
    static const float inks[][2][3] = {{{0.52f, 0.55f, 0.58f}, {0.10f, 0.16f, 0.20f}},
                                       {{0.62f, 0.48f, 0.30f}, {0.30f, 0.10f, 0.06f}},
                                       {{0.55f, 0.60f, 0.58f}, {0.08f, 0.18f, 0.12f}},
                                       {{0.62f, 0.60f, 0.56f}, {0.12f, 0.11f, 0.10f}}};
    int pick = (int)room_between(plan, 0, 3.99f);
    const float form[7] = {0, 0, 0.016f, 0.5f * wide, 0.5f * tall, 0.016f, 0.006f};
    struct set_solid *picture =
        room_piece(plan, SHAPE_BOX, spot, form, MATTER_PICTURE, inks[pick][0]);

    memcpy(picture->other, inks[pick][1], sizeof(picture->other));
    picture->salt = (int)(dice_next(&plan->dice) >> 40 & 0xffff);
}

/* A shade with its lamp inside, lit or not; `form` is the shade's. */
static void shade(struct room_plan *plan, const struct room_spot *spot, const float form[7],
                  float taper, float strength)
{
    const float linen[3] = {0.60f, 0.55f, 0.46f}, warm[3] = {1.0f, 0.62f, 0.30f};
    struct set_solid *solid = room_piece(plan, SHAPE_SHADE, spot, form, MATTER_SHADE, linen);
    struct room_spot at = room_at(spot, form[0], form[1], form[2], 0);
    struct set_lamp *lamp = NULL;
    float power[3];

    solid->taper = taper;
    if (plan->lamp_scale <= 0)
        return;
    for (int k = 0; k < 3; k++) {
        solid->glow[k] = warm[k] * 0.95f * plan->lamp_scale * fminf(strength, 1.2f);
        power[k] = warm[k] * 0.42f * plan->lamp_scale * strength;
    }
    if (plan->set->lamp_count == SET_LAMPS_MAX - 1)
        return;
    lamp = set_lamp(plan->set, at.place, power);
    lamp->shade = 1;
    lamp->radius_m = 0.10f;
}

void room_table_lamp(struct room_plan *plan, const struct room_spot *spot)
{
    const float foot[7] = {0, 0.105f, 0, 0.070f, 0.105f, 0.070f, 0.02f};
    const float neck[7] = {0, 0.26f, 0, 0.010f, 0.07f, 0.010f, 0.003f};
    const float top[7] = {0, 0.40f, 0, 0.165f, 0.115f, 0.165f, 0.002f};
    struct set_solid *solid =
        room_piece(plan, SHAPE_BALL, spot, foot, MATTER_PLAIN, plan->colors.cushion);

    solid->gloss = 0.85f;
    room_piece(plan, SHAPE_DRUM, spot, neck, MATTER_METAL, plan->colors.metal)->gloss = 0.8f;
    shade(plan, spot, top, 0.68f, 1);
}

void room_floor_lamp(struct room_plan *plan, const struct room_spot *spot)
{
    const float foot[7] = {0, 0.014f, 0, 0.15f, 0.014f, 0.15f, 0.010f};
    const float pole[7] = {0, 0.75f, 0, 0.012f, 0.75f, 0.012f, 0.003f};
    const float top[7] = {0, 1.56f, 0, 0.22f, 0.15f, 0.22f, 0.002f};

    room_piece(plan, SHAPE_DRUM, spot, foot, MATTER_METAL, plan->colors.metal)->gloss = 0.8f;
    room_piece(plan, SHAPE_DRUM, spot, pole, MATTER_METAL, plan->colors.metal)->gloss = 0.8f;
    shade(plan, spot, top, 0.74f, 1.5f);
}

void room_pendant(struct room_plan *plan, const struct room_spot *spot, float drop)
{
    const float cord[7] = {0, -0.5f * drop, 0, 0.004f, 0.5f * drop, 0.004f, 0.001f};
    const float top[7] = {0, -drop - 0.10f, 0, 0.21f, 0.11f, 0.21f, 0.002f};
    const float dark[3] = {0.03f, 0.03f, 0.03f};

    room_piece(plan, SHAPE_DRUM, spot, cord, MATTER_PLAIN, dark);
    shade(plan, spot, top, 0.35f, 1.3f);
}
