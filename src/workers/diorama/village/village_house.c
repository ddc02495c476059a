/* SPDX-License-Identifier: Apache-2.0 */
/* A house: walls, roof, chimney, windows and a door. */
#include <math.h>
#include <string.h>

#include "workers/diorama/village/village_impl.h"

#define QUARTER 1.57079633f

float village_chance(struct village_plan *plan)
{
    return dice_between(&plan->dice, 0, 1);
}

float village_between(struct village_plan *plan, float low, float high)
{
    return dice_between(&plan->dice, low, high);
}

void village_spot(const float at[2], float heading, const float local[3], float world[3])
{
    float c = cosf(heading), s = sinf(heading);

    world[0] = at[0] + local[0] * c + local[2] * s;
    world[1] = local[1];
    world[2] = at[1] - local[0] * s + local[2] * c;
}

struct set_solid *village_block(struct village_plan *plan, enum set_matter matter,
                                const float at[2], float heading, const float local[3],
                                const float half[3])
{
    struct set_solid *solid = NULL;
    float middle[3];

    village_spot(at, heading, local, middle);
    solid = set_add(plan->set, SHAPE_HULL, middle, half);
    set_turn(solid, heading, 0, 0);
    solid->matter = matter;
    return solid;
}

void village_paint(struct set_solid *solid, const float color[3], float amount)
{
    for (int k = 0; k < 3; k++)
        solid->color[k] = solid->other[k] = color[k] * amount;
}

void village_paint2(struct set_solid *solid, const float color[3], const float other[3])
{
    memcpy(solid->color, color, sizeof(solid->color));
    memcpy(solid->other, other, sizeof(solid->other));
}

static void paint_roof(struct village_plan *plan, struct set_solid *solid, const float color[3])
{
    const struct village_style *style = plan->style;

    solid->scale = style->roof_scale;
    solid->salt = (int)village_between(plan, 0, 250) * 4 + style->roof;
    for (int k = 0; k < 3; k++) {
        solid->color[k] = color[k] * 1.12f;
        solid->other[k] = color[k] * 0.74f;
    }
}

void village_roof(struct village_plan *plan, const float at[2], float heading,
                  const struct village_roof *roof)
{
    float pitch = roof->rise / roof->half[0], lean = atanf(pitch), c = cosf(lean), s = sinf(lean);
    float reach = roof->half[0] + roof->over[0], slope = 0.5f * (reach / c + 0.5f * roof->thick);
    float ridge = roof->eaves + roof->rise;
    const float half[3] = {roof->half[1] + roof->over[1], 0.5f * roof->thick, slope};
    const float cap[3] = {0, ridge + roof->thick / c - 0.04f, 0};
    const float cap_half[3] = {0.13f + 0.2f * roof->thick, 0.07f + 0.12f * roof->thick,
                               half[0] + 0.02f};
    struct set_solid *solid = NULL;

    for (int side = 0; side < 2; side++) {
        float turn = heading + (side ? -QUARTER : QUARTER);
        /* Its own z falls from the ridge; beyond it the two sides meet. */
        float from = slope - 0.5f * roof->thick;
        const float local[3] = {0, ridge - from * s + 0.5f * roof->thick * c,
                                from * c + 0.5f * roof->thick * s};

        solid = village_block(plan, MATTER_ROOF, at, turn, local, half);
        set_turn(solid, turn, lean, 0);
        paint_roof(plan, solid, roof->color);
    }
    solid = village_block(plan, MATTER_ROOF, at, heading, cap, cap_half);
    paint_roof(plan, solid, roof->color);
}

static void add_walls(struct village_plan *plan, const struct house *house)
{
    const struct village_style *style = plan->style;
    float ridge = house->eaves + house->rise, out = house->split > 0 ? style->jetty : 0;
    float turn = house->gable_front ? house->heading : house->heading + QUARTER;
    float across = house->gable_front ? house->half[0] : house->half[1];
    float along = house->gable_front ? house->half[1] : house->half[0];
    const float middle[3] = {0, 0.5f * (house->split + ridge), 0};
    const float half[3] = {across + out, 0.5f * (ridge - house->split), along + out};
    struct set_solid *solid = village_block(plan, style->upper, house->at, turn, middle, half);

    solid->pitch[0] = house->rise / (across + out);
    solid->scale = style->upper == MATTER_PLANKS ? 0.19f : style->floor_m;
    village_paint2(solid, house->upper, style->beam);
    if (style->upper == MATTER_PLANKS || style->upper == MATTER_RUBBLE)
        for (int k = 0; k < 3; k++)
            solid->other[k] = house->upper[k] * 0.66f;
    if (style->upper == MATTER_RUBBLE)
        solid->scale = 0.36f;
    if (house->split > 0) {
        const float low[3] = {0, 0.5f * house->split, 0};
        const float low_half[3] = {house->half[0], 0.5f * house->split, house->half[1]};

        solid = village_block(plan, style->lower, house->at, house->heading, low, low_half);
        village_paint(solid, house->front, 1);
        for (int k = 0; k < 3; k++)
            solid->other[k] = house->front[k] * 0.66f;
        solid->scale = style->lower == MATTER_PLANKS ? 0.2f : 0.34f;
    }
    if (style->lower != MATTER_RUBBLE) {
        const float foot[3] = {0, 0.22f, 0};
        const float foot_half[3] = {house->half[0] + 0.06f, 0.24f, house->half[1] + 0.06f};

        solid = village_block(plan, MATTER_RUBBLE, house->at, house->heading, foot, foot_half);
        village_paint2(solid, style->stone[0], style->stone[1]);
        solid->scale = 0.4f;
    }
}

static void add_chimney(struct village_plan *plan, const struct house *house)
{
    const struct village_style *style = plan->style;
    float turn = house->gable_front ? house->heading : house->heading + QUARTER;
    float along = house->gable_front ? house->half[1] : house->half[0];
    float wide = village_between(plan, 0.30f, 0.42f), top = house->eaves + house->rise;
    float z = (village_chance(plan) < 0.5f ? -1.0f : 1.0f) * (along - wide - 0.1f);
    float tall = village_between(plan, 0.9f, 1.5f), x = village_between(plan, -0.25f, 0.25f);
    const float at[3] = {x, top + 0.3f * tall, z}, half[3] = {wide, 0.7f * tall, wide};
    const float cap[3] = {x, top + tall, z}, cap_half[3] = {wide + 0.07f, 0.07f, wide + 0.07f};
    struct set_solid *solid = NULL;

    if (style->name == VILLAGE_JAPANESE)
        return;
    solid = village_block(plan, style->lower == MATTER_PLASTER ? MATTER_PLASTER : MATTER_RUBBLE,
                          house->at, turn, at, half);
    village_paint2(solid, style->stone[0], style->stone[1]);
    solid->scale = 0.24f;
    if (style->lower == MATTER_PLASTER)
        village_paint(solid, house->front, 0.9f);
    solid = village_block(plan, MATTER_STONE, house->at, turn, cap, cap_half);
    village_paint(solid, style->stone[1], 1.1f);
    for (int i = 0; i < 2 && !house->is_far; i++) {
        const float pot[3] = {x + 0.32f * (float)i - 0.16f, top + tall + 0.2f, z};
        const float size[3] = {0.11f, 0.2f, 0.11f};
        float middle[3];

        village_spot(house->at, turn, pot, middle);
        solid = set_add(plan->set, SHAPE_DRUM, middle, size);
        solid->taper = 0.8f;
        village_paint(solid, (const float[]){0.36f, 0.17f, 0.10f}, 1);
    }
}

static void add_shutters(struct village_plan *plan, const struct house *house, float heading,
                         const float local[3], const float pane[2])
{
    for (int side = -1; side <= 1; side += 2) {
        const float at[3] = {local[0] + (float)side * (1.5f * pane[0] + 0.06f), local[1],
                             local[2] + 0.02f};
        const float half[3] = {0.5f * pane[0], pane[1] + 0.04f, 0.035f};
        struct set_solid *solid = village_block(plan, MATTER_PLANKS, house->at, heading, at, half);

        solid->scale = 0.12f;
        village_paint(solid, house->paint, 1);
        for (int k = 0; k < 3; k++)
            solid->other[k] *= 0.8f;
    }
}

/* A window in a wall that looks along +z of `heading`, at its own height. */
static void add_window(struct village_plan *plan, const struct house *house, float heading,
                       const float local[3], float size)
{
    const struct village_style *style = plan->style;
    static const float lights[3][3] = {
        {1.0f, 0.60f, 0.26f}, {1.0f, 0.68f, 0.36f}, {1.0f, 0.52f, 0.20f}};
    const float pane[2] = {style->pane[0] * size, style->pane[1] * size};
    const float half[3] = {pane[0], pane[1], 0.05f};
    const float sill[3] = {local[0], local[1] - pane[1] - 0.05f, local[2] + 0.06f};
    const float sill_half[3] = {pane[0] + 0.12f, 0.05f, 0.10f};
    const float head[3] = {local[0], local[1] + pane[1] + 0.08f, local[2]};
    const float head_half[3] = {pane[0] + 0.10f, 0.09f, 0.05f};
    struct set_solid *solid = village_block(plan, MATTER_PANE, house->at, heading, local, half);
    const float *light = lights[(int)village_between(plan, 0, 2.99f)];
    float bright = village_chance(plan) < plan->lit ? village_between(plan, 0.5f, 1.25f) : 0;

    solid->waves = (float)style->bars[0];
    solid->taper = (float)style->bars[1];
    village_paint(solid, style->trim, 1);
    for (int k = 0; k < 3; k++)
        solid->glow[k] = light[k] * bright * plan->glow;
    if (house->is_far)
        return;
    solid = village_block(plan, MATTER_STONE, house->at, heading, sill, sill_half);
    village_paint(solid, style->lower == MATTER_RUBBLE ? style->stone[0] : style->trim, 0.95f);
    if (style->lower == MATTER_RUBBLE) {
        solid = village_block(plan, MATTER_STONE, house->at, heading, head, head_half);
        village_paint(solid, style->upper == MATTER_TIMBER ? style->beam : style->stone[0], 1);
    }
    if (house->has_shutters)
        add_shutters(plan, house, heading, local, pane);
}

static void add_door(struct village_plan *plan, const struct house *house, float x, float off)
{
    const struct village_style *style = plan->style;
    const float at[3] = {x, 1.12f, off}, half[3] = {0.50f, 1.02f, 0.05f};
    const float frame[3] = {x, 1.16f, off - 0.01f}, frame_half[3] = {0.62f, 1.14f, 0.04f};
    const float step[3] = {x, 0.07f, off + 0.3f}, step_half[3] = {0.75f, 0.08f, 0.38f};
    struct set_solid *solid = NULL;

    solid = village_block(plan, MATTER_STONE, house->at, house->heading, frame, frame_half);
    village_paint(solid, style->lower == MATTER_RUBBLE ? style->stone[0] : style->trim, 0.9f);
    solid = village_block(plan, MATTER_PLANKS, house->at, house->heading, at, half);
    solid->scale = 0.16f;
    village_paint(solid, house->paint, 1);
    solid = village_block(plan, MATTER_STONE, house->at, house->heading, step, step_half);
    village_paint(solid, style->stone[0], 0.9f);
}

/* The windows of one side; 0 is the front, which has the door. */
static void add_side(struct village_plan *plan, const struct house *house, int side)
{
    const struct village_style *style = plan->style;
    float heading = house->heading + QUARTER * (float)side;
    float half = house->half[side & 1], off = house->half[1 - (side & 1)];
    bool is_gable = house->gable_front == !(side & 1);
    int columns = (int)fmaxf((2 * half - 0.9f) / style->spacing, 1);
    int door = side == 0 ? (int)village_between(plan, 0, (float)columns - 0.01f) : -1;

    for (int level = 0; level < house->floors; level++)
        for (int i = 0; i < columns; i++) {
            float x =
                ((float)i + 0.5f - 0.5f * (float)columns) * (2 * half - 0.5f) / (float)columns;
            float out = house->split > 0 && (float)level * style->floor_m > house->split - 0.5f
                            ? style->jetty
                            : 0;
            const float at[3] = {x, (float)level * style->floor_m + 1.55f, off + out};

            if (level == 0 && i == door)
                add_door(plan, house, x, off);
            else if (village_chance(plan) < (side ? 0.7f : 0.93f))
                add_window(plan, house, heading, at, 1);
        }
    if (is_gable && house->rise > 2.0f) {
        const float at[3] = {0, house->eaves + 0.36f * house->rise,
                             off + (house->split > 0 ? style->jetty : 0)};

        add_window(plan, house, heading, at, 0.85f);
    }
}

/* Across the front of the second floor, with flowers. */
static void add_balcony(struct village_plan *plan, const struct house *house)
{
    const struct village_style *style = plan->style;
    float y = style->floor_m + 0.25f, z = house->half[1];
    const float floor[3] = {0, y, z + 0.55f}, floor_half[3] = {house->half[0] - 0.1f, 0.07f, 0.6f};
    const float rail[3] = {0, y + 0.52f, z + 1.1f}, rail_half[3] = {floor_half[0], 0.34f, 0.03f};
    const float bar[3] = {0, y + 0.93f, z + 1.1f}, bar_half[3] = {floor_half[0], 0.05f, 0.07f};
    const float box[3] = {0, y + 0.80f, z + 1.25f}, box_half[3] = {floor_half[0], 0.10f, 0.11f};
    struct set_solid *solid = NULL;

    solid = village_block(plan, MATTER_WOOD, house->at, house->heading, floor, floor_half);
    village_paint(solid, house->upper, 1);
    solid = village_block(plan, MATTER_PLANKS, house->at, house->heading, rail, rail_half);
    village_paint(solid, house->upper, 1.15f);
    solid->scale = 0.14f;
    solid = village_block(plan, MATTER_WOOD, house->at, house->heading, bar, bar_half);
    village_paint(solid, house->upper, 0.9f);
    if (plan->garden && plan->set->country.snow <= 0) {
        solid = village_block(plan, MATTER_WOOD, house->at, house->heading, box, box_half);
        village_paint(solid, house->upper, 0.8f);
        for (float x = -floor_half[0]; x < floor_half[0] && !house->is_far; x += 0.34f) {
            const float local[3] = {x, y + 0.84f, z + 1.25f};
            float at[3];

            village_spot(house->at, house->heading, local, at);
            village_grow(plan, GARDEN_FLOWER, at[0], at[2], 1.0f);
            plan->garden->spots[plan->garden->count - 1].at[1] = local[1];
        }
    }
    for (int side = -1; side <= 1; side += 2) {
        const float post[3] = {(float)side * (floor_half[0] - 0.1f), 0.5f * y, z + 1.0f};
        const float post_half[3] = {0.09f, 0.5f * y, 0.09f};

        solid = village_block(plan, MATTER_WOOD, house->at, house->heading, post, post_half);
        village_paint(solid, house->upper, 1);
    }
}

void village_house(struct village_plan *plan, struct house *house)
{
    const struct village_style *style = plan->style;
    float out = house->split > 0 ? style->jetty : 0;
    struct village_roof roof = {.half = {house->gable_front ? house->half[0] : house->half[1],
                                         house->gable_front ? house->half[1] : house->half[0]},
                                .eaves = house->eaves,
                                .rise = house->rise,
                                .over = {style->eaves_over, style->gable_over},
                                .thick = style->roof_thick,
                                .color = house->roof};

    roof.half[0] += out;
    roof.half[1] += out;
    add_walls(plan, house);
    village_roof(plan, house->at, house->gable_front ? house->heading : house->heading + QUARTER,
                 &roof);
    if (village_chance(plan) < 0.85f)
        add_chimney(plan, house);
    add_side(plan, house, 0);
    add_side(plan, house, 1);
    add_side(plan, house, 3);
    if (style->name == VILLAGE_ALPINE && house->floors > 1)
        add_balcony(plan, house);
}
