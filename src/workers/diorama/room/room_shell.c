/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "workers/diorama/room/room_impl.h"

#define WALL_M 0.26f
#define FRAME_M 0.045f

struct set_solid *room_put(struct room_plan *plan, enum set_shape shape,
                           const struct room_spot *spot, const float middle[3], const float half[3])
{
    struct room_spot at = room_at(spot, middle[0], middle[1], middle[2], 0);
    struct set_solid *solid = set_add(plan->set, shape, at.place, half);

    set_turn(solid, spot->heading, 0, 0);
    return solid;
}

void room_paint(struct set_solid *solid, enum set_matter matter, const float color[3])
{
    solid->matter = matter;
    memcpy(solid->color, color, sizeof(solid->color));
    memcpy(solid->other, color, sizeof(solid->other));
}

struct set_solid *room_piece(struct room_plan *plan, enum set_shape shape,
                             const struct room_spot *spot, const float form[7],
                             enum set_matter matter, const float color[3])
{
    struct set_solid *solid = room_put(plan, shape, spot, form, form + 3);

    solid->round = form[6];
    room_paint(solid, matter, color);
    return solid;
}

struct room_spot room_at(const struct room_spot *spot, float x, float y, float z, float heading)
{
    float c = cosf(spot->heading), s = sinf(spot->heading);

    return (struct room_spot){
        {spot->place[0] + x * c + z * s, spot->place[1] + y, spot->place[2] - x * s + z * c},
        spot->heading + heading};
}

float room_chance(struct room_plan *plan)
{
    return dice_between(&plan->dice, 0, 1);
}

float room_between(struct room_plan *plan, float low, float high)
{
    return dice_between(&plan->dice, low, high);
}

void room_shade(float to[3], const float from[3], float amount)
{
    for (int k = 0; k < 3; k++)
        to[k] = from[k] * amount;
}

/* What a wall is covered with. */
static void paint_wall(const struct room_plan *plan, struct set_solid *solid, int wall)
{
    const struct room_colors *colors = &plan->colors;
    unsigned style = (unsigned)(plan->scene->seed >> 3) % 4;

    room_paint(solid, MATTER_PLASTER, colors->wall);
    solid->round = 0.002f;
    solid->salt = plan->set->salt + wall;
    if (plan->scene->room == ROOM_CAFE ? wall == 0 : style == 3 && wall == 1) {
        const float brick[3] = {0.30f, 0.13f, 0.085f}, dark[3] = {0.20f, 0.10f, 0.07f};

        room_paint(solid, MATTER_BRICK, brick);
        memcpy(solid->other, dark, sizeof(dark));
    } else if ((style == 1 && wall == 0) || (style == 2 && plan->scene->room != ROOM_KITCHEN)) {
        solid->matter = MATTER_PAPER;
        memcpy(solid->other, colors->accent, sizeof(solid->other));
        solid->salt = (int)(plan->scene->seed >> 5);
        solid->scale = solid->salt & 1 ? 0.32f : 0.22f;
    }
}

/* Part of a wall between x0 and x1, y0 and y1 of its spot. */
static void wall_piece(struct room_plan *plan, const struct room_spot *spot, const float span[4],
                       int wall)
{
    const float middle[3] = {0.5f * (span[0] + span[1]), 0.5f * (span[2] + span[3]),
                             -0.5f * WALL_M};
    const float half[3] = {0.5f * (span[1] - span[0]), 0.5f * (span[3] - span[2]), 0.5f * WALL_M};
    struct set_solid *solid = NULL;

    if (half[0] < 0.005f || half[1] < 0.005f)
        return;
    solid = room_put(plan, SHAPE_BOX, spot, middle, half);
    paint_wall(plan, solid, wall);
}

static void bar(struct room_plan *plan, const struct room_spot *spot, const float span[4], float z,
                float thick)
{
    const float middle[3] = {0.5f * (span[0] + span[1]), 0.5f * (span[2] + span[3]), z};
    const float half[3] = {0.5f * (span[1] - span[0]), 0.5f * (span[3] - span[2]), thick};
    struct set_solid *solid = room_put(plan, SHAPE_BOX, spot, middle, half);

    room_paint(solid, MATTER_PLAIN, plan->colors.trim);
    solid->round = 0.008f;
    solid->gloss = 0.3f;
}

/* Skirting along the floor and a cornice under the ceiling. */
static void trim_wall(struct room_plan *plan, const struct room_spot *spot, float half_wide)
{
    const float low[4] = {-half_wide, half_wide, 0, 0.12f};
    const float high[4] = {-half_wide, half_wide, plan->layout.high - 0.07f, plan->layout.high};

    bar(plan, spot, low, 0.008f, 0.010f);
    bar(plan, spot, high, 0.03f, 0.03f);
}

/* A wall without windows. */
static void plain_wall(struct room_plan *plan, const struct room_spot *spot, float half_wide,
                       int wall)
{
    const float span[4] = {-half_wide - WALL_M, half_wide + WALL_M, -0.05f,
                           plan->layout.high + 0.05f};

    wall_piece(plan, spot, span, wall);
    trim_wall(plan, spot, half_wide);
}

static void frame_window(struct room_plan *plan, const struct room_spot *spot, const float span[4])
{
    float wide = span[1] - span[0], tall = span[3] - span[2];
    int columns = wide > 1.5f ? 3 : 2, rows = (int)(2 + plan->scene->seed % 3);
    const float sides[4][4] = {{span[0], span[0] + FRAME_M, span[2], span[3]},
                               {span[1] - FRAME_M, span[1], span[2], span[3]},
                               {span[0], span[1], span[2], span[2] + FRAME_M},
                               {span[0], span[1], span[3] - FRAME_M, span[3]}};
    const float sill[4] = {span[0] - 0.06f, span[1] + 0.06f, span[2] - 0.035f, span[2]};

    for (int i = 0; i < 4; i++)
        bar(plan, spot, sides[i], -0.14f, 0.035f);
    for (int i = 1; i < columns; i++) {
        float x = span[0] + wide * (float)i / (float)columns;
        const float post[4] = {x - 0.016f, x + 0.016f, span[2], span[3]};

        bar(plan, spot, post, -0.14f, 0.022f);
    }
    for (int i = 1; i < rows; i++) {
        float y = span[2] + tall * (float)i / (float)rows;
        const float rail[4] = {span[0], span[1], y - 0.013f, y + 0.013f};

        bar(plan, spot, rail, -0.14f, 0.018f);
    }
    if (plan->layout.pane_low > 0.2f)
        bar(plan, spot, sill, 0.0f, 0.13f);
}

static void add_window(struct room_plan *plan, const struct room_spot *spot, const float span[4])
{
    struct set_window *window = &plan->set->windows[plan->set->window_count];
    struct room_spot at =
        room_at(spot, 0.5f * (span[0] + span[1]), 0.5f * (span[2] + span[3]), -0.14f, 0);

    frame_window(plan, spot, span);
    if (plan->set->window_count == SET_WINDOWS_MAX)
        return;
    plan->set->window_count++;
    memcpy(window->middle, at.place, sizeof(window->middle));
    window->out[0] = -sinf(spot->heading);
    window->out[2] = -cosf(spot->heading);
    window->across[0] = cosf(spot->heading);
    window->across[2] = -sinf(spot->heading);
    window->half[0] = 0.5f * (span[1] - span[0]) - FRAME_M;
    window->half[1] = 0.5f * (span[3] - span[2]) - FRAME_M;
}

/* A length of cloth beside a window, from its rod to the floor. */
static void drape(struct room_plan *plan, const struct room_spot *spot, float x, float half_wide)
{
    float top = plan->layout.high - 0.16f, foot = plan->layout.pane_low > 0.75f ? 0.55f : 0.025f;
    const float middle[3] = {x, 0.5f * (top + foot), 0.13f};
    const float half[3] = {half_wide, 0.5f * (top - foot), 0.085f};
    struct set_solid *solid = room_put(plan, SHAPE_CLOTH, spot, middle, half);

    room_paint(solid, MATTER_DRAPE, plan->colors.drape);
    solid->round = 0.007f;
    solid->waves = 4.5f * half_wide / 0.28f;
    solid->taper = 0.55f;
    solid->salt = plan->set->solid_count * 8;
}

static void hang_drapes(struct room_plan *plan, const struct room_spot *spot, float low, float high)
{
    float wide = clamp_f(0.12f * (high - low), 0.22f, 0.36f);
    const float middle[3] = {0.5f * (low + high), plan->layout.high - 0.14f, 0.13f};
    const float half[3] = {0.5f * (high - low) + 0.42f, 0.014f, 0.014f};
    struct set_solid *rod = room_put(plan, SHAPE_BOX, spot, middle, half);

    room_paint(rod, MATTER_METAL, plan->colors.metal);
    rod->round = 0.012f;
    rod->gloss = 0.7f;
    drape(plan, spot, low - 0.4f * wide, wide);
    drape(plan, spot, high + 0.4f * wide, wide);
}

/* A wall with `count` windows side by side between x = low and high of its spot. */
static void window_wall(struct room_plan *plan, const struct room_spot *spot, float half_wide,
                        const float range[2], int count)
{
    float sill = plan->layout.pane_low, top = plan->layout.high - 0.42f, at = -half_wide - WALL_M;
    float high = plan->layout.high + 0.05f, pier = 0.28f;
    float wide = (range[1] - range[0] - pier * (float)(count - 1)) / (float)count;

    for (int i = 0; i < count; i++) {
        float left = range[0] + (wide + pier) * (float)i;
        const float before[4] = {at, left, -0.05f, high};
        const float below[4] = {left, left + wide, -0.05f, sill};
        const float above[4] = {left, left + wide, top, high};
        const float pane[4] = {left, left + wide, sill, top};

        wall_piece(plan, spot, before, 2);
        wall_piece(plan, spot, below, 2);
        wall_piece(plan, spot, above, 2);
        add_window(plan, spot, pane);
        at = left + wide;
    }
    wall_piece(plan, spot, (const float[]){at, half_wide + WALL_M, -0.05f, high}, 2);
    trim_wall(plan, spot, half_wide);
    if (plan->scene->room != ROOM_KITCHEN)
        hang_drapes(plan, spot, range[0], range[1]);
}

static void build_floor(struct room_plan *plan)
{
    const struct room_layout *l = &plan->layout;
    const float middle[3] = {0, -0.1f, 0.5f * (l->deep - l->back)};
    const float half[3] = {0.5f * l->wide + WALL_M, 0.1f, 0.5f * (l->deep + l->back) + WALL_M};
    struct set_solid *floor = set_add(plan->set, SHAPE_BOX, middle, half);
    unsigned style = (unsigned)(plan->scene->seed >> 9) % 3;

    room_paint(floor, style == 1 ? MATTER_PARQUET : MATTER_PLANKS, plan->colors.floor[0]);
    memcpy(floor->other, plan->colors.floor[1], sizeof(floor->other));
    floor->scale = style == 1 ? 0.085f : 0.14f;
    floor->round = 0.001f;
    floor->gloss = 0.62f;
    if (plan->scene->room == ROOM_KITCHEN || (plan->scene->room == ROOM_CAFE && style == 0)) {
        const float pale[3] = {0.46f, 0.44f, 0.40f}, dark[3] = {0.10f, 0.10f, 0.105f};

        room_paint(floor, MATTER_TILES, pale);
        memcpy(floor->other, style == 0 ? dark : plan->colors.accent, sizeof(floor->other));
        floor->salt = style == 2 ? 2 : 1;
        floor->scale = 0.33f;
        floor->gloss = 0.75f;
    }
    plan->set->polish = floor->gloss;
}

static void build_ceiling(struct room_plan *plan)
{
    const struct room_layout *l = &plan->layout;
    const float middle[3] = {0, l->high + 0.1f, 0.5f * (l->deep - l->back)};
    const float half[3] = {0.5f * l->wide + WALL_M, 0.1f, 0.5f * (l->deep + l->back) + WALL_M};
    const float white[3] = {0.72f, 0.71f, 0.68f};
    struct set_solid *ceiling = set_add(plan->set, SHAPE_BOX, middle, half);

    room_paint(ceiling, MATTER_PLASTER, white);
    ceiling->round = 0.001f;
    if (plan->scene->seed >> 4 & 3) /* one room in four has beams */
        return;
    for (float z = -l->back + 0.5f; z < l->deep; z += 0.95f) {
        const float at[3] = {0, l->high - 0.075f, z}, size[3] = {0.5f * l->wide, 0.085f, 0.07f};
        struct set_solid *beam = set_add(plan->set, SHAPE_BOX, at, size);

        room_paint(beam, MATTER_WOOD, plan->colors.dark_wood);
        beam->round = 0.012f;
    }
}

void room_build_shell(struct room_plan *plan)
{
    const struct room_layout *l = &plan->layout;
    float middle = 0.5f * (l->deep - l->back), half = 0.5f * (l->deep + l->back);
    const struct room_spot far = {{0, 0, l->deep}, 3.14159265f};
    const struct room_spot near = {{0, 0, -l->back}, 0};
    const struct room_spot left = {{-0.5f * l->wide, 0, middle}, 1.5707963f};
    const struct room_spot right = {{0.5f * l->wide, 0, middle}, -1.5707963f};
    float wide = 0.5f * l->wide;
    /* The far wall's own x runs against the room's. */
    const float range[2] = {-wide + room_between(plan, 0.55f, 0.75f),
                            wide * room_between(plan, 0.18f, 0.34f)};

    build_floor(plan);
    build_ceiling(plan);
    window_wall(plan, &far, wide, range, range[1] - range[0] > 2.3f ? 2 : 1);
    plain_wall(plan, &near, wide, 3);
    plain_wall(plan, &left, half, 0);
    plain_wall(plan, &right, half, 1);
}
