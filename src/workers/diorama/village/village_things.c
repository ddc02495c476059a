/* SPDX-License-Identifier: Apache-2.0 */
/* What stands between the houses: church, well, fountain, lamps, walls, fences, hedges. */
#include <math.h>

#include "workers/diorama/village/village_impl.h"

#define QUARTER 1.57079633f

void village_grow(struct village_plan *plan, enum garden_plant plant, float x, float z, float size)
{
    struct garden *garden = plan->garden;

    if (garden->count == GARDEN_SPOTS_MAX)
        return;
    garden->spots[garden->count++] =
        (struct garden_spot){.plant = plant, .at = {x, 0, z}, .size = size, .sun = 1};
}

static struct set_solid *drum(struct village_plan *plan, const float at[2], float y,
                              const float half[2])
{
    const float middle[3] = {at[0], y, at[1]}, size[3] = {half[0], half[1], half[0]};
    struct set_solid *solid = set_add(plan->set, SHAPE_DRUM, middle, size);

    solid->matter = MATTER_STONE;
    solid->round = 0.03f;
    return solid;
}

/* A spire of four sides, or of tiles and low. */
static void add_spire(struct village_plan *plan, const float at[2], float heading, float y,
                      float wide)
{
    const struct village_style *style = plan->style;
    bool is_low = style->name == VILLAGE_SOUTHERN;
    float tall = is_low ? 1.1f * wide : village_between(plan, 3.0f, 4.2f) * wide;
    const float middle[3] = {0, y + 0.5f * tall, 0};
    const float half[3] = {wide + 0.25f, 0.5f * tall, wide + 0.25f};
    const float tip[2] = {0.05f, 0.7f};
    struct set_solid *solid = village_block(plan, MATTER_ROOF, at, heading, middle, half);

    solid->pitch[0] = solid->pitch[1] = tall / half[0];
    solid->salt = (int)village_between(plan, 0, 60) * 4 + (style->roof == 0 ? 0 : 1);
    solid->scale = 0.3f;
    if (style->roof == 0)
        village_paint2(solid, style->roofs[0], style->roofs[1]);
    else
        village_paint2(solid, (const float[]){0.17f, 0.18f, 0.20f},
                       (const float[]){0.11f, 0.12f, 0.14f});
    solid = drum(plan, at, y + tall + 0.5f, tip);
    village_paint(solid, (const float[]){0.42f, 0.30f, 0.10f}, 1);
    village_block(plan, MATTER_METAL, at, heading, (const float[]){0, y + tall + 0.85f, 0},
                  (const float[]){0.35f, 0.045f, 0.045f});
}

static void add_belfry(struct village_plan *plan, const float at[2], float heading, float y,
                       float wide)
{
    for (int side = 0; side < 4; side++)
        for (int i = -1; i <= 1; i += 2) {
            const float local[3] = {0.36f * wide * (float)i, y, wide};
            const float half[3] = {0.17f * wide, 0.85f, 0.04f};
            struct set_solid *solid =
                village_block(plan, MATTER_PANE, at, heading + QUARTER * (float)side, local, half);

            solid->waves = 1;
            solid->taper = 7;
            village_paint(solid, plan->style->stone[1], 0.7f);
        }
}

static void add_clock(struct village_plan *plan, const float at[2], float heading, float y,
                      float off)
{
    const float local[3] = {0, y, off}, half[3] = {0.95f, 0.06f, 0.95f};
    float middle[3];
    struct set_solid *solid = NULL;

    village_spot(at, heading, local, middle);
    solid = set_add(plan->set, SHAPE_DRUM, middle, half);
    set_turn(solid, heading, QUARTER, 0);
    village_paint(solid, (const float[]){0.66f, 0.62f, 0.50f}, 1);
    for (int i = 0; i < 2; i++) {
        float turn = i ? 0.5f : 2.2f, reach = i ? 0.32f : 0.24f;
        const float hand[3] = {reach * sinf(turn), y + reach * cosf(turn), off + 0.09f};

        village_spot(at, heading, hand, middle);
        solid = set_add(plan->set, SHAPE_HULL, middle, (const float[]){0.05f, reach + 0.1f, 0.03f});
        set_turn(solid, heading, 0, turn);
        village_paint(solid, (const float[]){0.03f, 0.03f, 0.03f}, 1);
    }
}

void village_church(struct village_plan *plan, const float at[2], float heading)
{
    const struct village_style *style = plan->style;
    bool plaster = style->lower == MATTER_PLASTER;
    float wide = village_between(plan, 2.3f, 2.9f), tall = village_between(plan, 12.5f, 16.0f);
    const float tower[3] = {0, 0.5f * tall, 0}, tower_half[3] = {wide, 0.5f * tall, wide};
    const float band[3] = {0, tall - 3.6f, 0}, band_half[3] = {wide + 0.14f, 0.14f, wide + 0.14f};
    const float top[3] = {0, tall, 0}, top_half[3] = {wide + 0.2f, 0.2f, wide + 0.2f};
    const float nave_at[3] = {0, 0, -wide - 7.0f};
    const struct village_roof roof = {.half = {4.6f, 7.2f},
                                      .eaves = 6.2f,
                                      .rise = style->name == VILLAGE_SOUTHERN ? 2.2f : 4.8f,
                                      .over = {0.35f, 0.1f},
                                      .thick = 0.2f,
                                      .color = style->roofs[1]};
    const float nave[3] = {0, 0.5f * (roof.eaves + roof.rise), 0};
    const float nave_half[3] = {4.6f, 0.5f * (roof.eaves + roof.rise), 7.2f};
    float place[3], middle[2];
    struct set_solid *solid = NULL;

    solid = village_block(plan, plaster ? MATTER_PLASTER : MATTER_RUBBLE, at, heading, tower,
                          tower_half);
    village_paint2(solid, plaster ? style->fronts[0] : style->stone[0], style->stone[1]);
    solid->scale = 0.5f;
    solid = village_block(plan, MATTER_STONE, at, heading, band, band_half);
    village_paint(solid, style->stone[0], 1);
    solid = village_block(plan, MATTER_STONE, at, heading, top, top_half);
    village_paint(solid, style->stone[0], 1);
    add_belfry(plan, at, heading, tall - 2.0f, wide);
    add_clock(plan, at, heading, tall - 5.4f, wide + 0.04f);
    add_spire(plan, at, heading, tall + 0.2f, wide);
    village_spot(at, heading, nave_at, place);
    middle[0] = place[0];
    middle[1] = place[2];
    solid = village_block(plan, plaster ? MATTER_PLASTER : MATTER_RUBBLE, middle, heading, nave,
                          nave_half);
    solid->pitch[0] = roof.rise / 4.6f;
    solid->scale = 0.5f;
    village_paint2(solid, plaster ? style->fronts[0] : style->stone[0], style->stone[1]);
    village_roof(plan, middle, heading, &roof);
}

void village_well(struct village_plan *plan, const float at[2])
{
    const struct village_style *style = plan->style;
    const struct village_roof roof = {.half = {0.95f, 0.75f},
                                      .eaves = 2.1f,
                                      .rise = 0.65f,
                                      .over = {0.25f, 0.12f},
                                      .thick = 0.09f,
                                      .color = style->roofs[0]};
    struct set_solid *solid = drum(plan, at, 0.42f, (const float[]){0.92f, 0.42f});

    solid->matter = MATTER_RUBBLE;
    solid->scale = 0.3f;
    village_paint2(solid, style->stone[0], style->stone[1]);
    solid = drum(plan, at, 0.86f, (const float[]){1.0f, 0.05f});
    village_paint(solid, style->stone[0], 1.05f);
    solid = drum(plan, at, 0.895f, (const float[]){0.68f, 0.03f});
    village_paint(solid, (const float[]){0.01f, 0.01f, 0.012f}, 1);
    for (int side = -1; side <= 1; side += 2) {
        solid = village_block(plan, MATTER_WOOD, at, 0.3f,
                              (const float[]){0, 1.1f, 0.86f * (float)side},
                              (const float[]){0.075f, 1.1f, 0.075f});
        village_paint(solid, style->beam, 1.6f);
    }
    solid = village_block(plan, MATTER_WOOD, at, 0.3f, (const float[]){0, 1.75f, 0},
                          (const float[]){0.06f, 0.06f, 0.86f});
    village_paint(solid, style->beam, 1.6f);
    village_roof(plan, at, 0.3f, &roof);
}

void village_fountain(struct village_plan *plan, const float at[2])
{
    const struct village_style *style = plan->style;
    static const float parts[][3] = {/* height, radius, half as tall */
                                     {0.10f, 2.35f, 0.10f},
                                     {0.45f, 1.85f, 0.35f},
                                     {0.95f, 0.28f, 0.95f},
                                     {1.55f, 0.75f, 0.10f},
                                     {2.05f, 0.15f, 0.45f}};
    struct set_solid *solid = NULL;

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        solid = drum(plan, at, parts[i][0], &parts[i][1]);
        solid->taper = i == 3 ? 1.5f : 1;
        village_paint2(solid, style->stone[0], style->stone[1]);
    }
    solid = drum(plan, at, 0.80f, (const float[]){1.62f, 0.03f});
    solid->matter = MATTER_PLAIN;
    solid->gloss = 1;
    village_paint(solid, (const float[]){0.03f, 0.05f, 0.055f}, 1);
    solid = set_add(plan->set, SHAPE_BALL, (const float[]){at[0], 2.6f, at[1]},
                    (const float[]){0.26f, 0.26f, 0.26f});
    solid->matter = MATTER_STONE;
    village_paint2(solid, style->stone[0], style->stone[1]);
}

void village_lamp(struct village_plan *plan, float x, float z, bool is_lit)
{
    const float at[2] = {x, z}, warm[3] = {1.0f, 0.62f, 0.30f};
    const float head[3] = {x, 3.42f, z};
    float power[3];
    struct set_solid *solid = drum(plan, at, 1.6f, (const float[]){0.042f, 1.6f});
    struct set_lamp *lamp = NULL;

    solid->matter = MATTER_METAL;
    village_paint(solid, (const float[]){0.025f, 0.028f, 0.028f}, 1);
    solid = drum(plan, at, 0.25f, (const float[]){0.12f, 0.25f});
    village_paint(solid, (const float[]){0.025f, 0.028f, 0.028f}, 1);
    solid = village_block(plan, MATTER_GLOW, at, 0, (const float[]){0, 3.42f, 0},
                          (const float[]){0.11f, 0.17f, 0.11f});
    village_paint(solid, (const float[]){0.5f, 0.5f, 0.46f}, 1);
    for (int k = 0; k < 3; k++)
        solid->glow[k] = is_lit ? warm[k] * 3.2f * plan->glow : 0;
    solid = village_block(plan, MATTER_METAL, at, 0, (const float[]){0, 3.68f, 0},
                          (const float[]){0.18f, 0.10f, 0.18f});
    solid->pitch[0] = solid->pitch[1] = 0.2f / 0.18f;
    village_paint(solid, (const float[]){0.025f, 0.028f, 0.028f}, 1);
    if (!is_lit || plan->set->lamp_count >= SET_LAMPS_MAX - 1)
        return;
    for (int k = 0; k < 3; k++)
        power[k] = warm[k] * 7.5f * plan->glow;
    lamp = set_lamp(plan->set, head, power);
    lamp->radius_m = 0.5f;
    lamp->casts = false;
}

/* Pieces of a line on the ground: a middle, a heading, and half its length. */
static void line_of(const float from[2], const float to[2], float at[2], float line[2])
{
    float x = to[0] - from[0], z = to[1] - from[1];

    at[0] = 0.5f * (from[0] + to[0]);
    at[1] = 0.5f * (from[1] + to[1]);
    line[0] = atan2f(x, z);
    line[1] = 0.5f * sqrtf(x * x + z * z);
}

void village_wall(struct village_plan *plan, const float from[2], const float to[2])
{
    const struct village_style *style = plan->style;
    float at[2], line[2], tall = village_between(plan, 0.40f, 0.55f);
    struct set_solid *solid = NULL;

    line_of(from, to, at, line);
    solid =
        village_block(plan, style->lower == MATTER_PLASTER ? MATTER_PLASTER : MATTER_RUBBLE, at,
                      line[0], (const float[]){0, tall, 0}, (const float[]){0.20f, tall, line[1]});
    village_paint2(solid, style->stone[0], style->stone[1]);
    solid->scale = 0.30f;
    if (style->lower == MATTER_PLASTER)
        village_paint(solid, style->fronts[0], 0.95f);
    solid = village_block(plan, MATTER_RUBBLE, at, line[0], (const float[]){0, 2 * tall + 0.04f, 0},
                          (const float[]){0.25f, 0.06f, line[1] + 0.03f});
    village_paint2(solid, style->stone[0], style->stone[1]);
    solid->scale = 0.42f;
}

void village_fence(struct village_plan *plan, const float from[2], const float to[2])
{
    static const float wood[3] = {0.30f, 0.24f, 0.18f};
    float at[2], line[2];
    int posts = 0;
    struct set_solid *solid = NULL;

    line_of(from, to, at, line);
    posts = (int)(line[1] / 0.95f) + 1;
    for (int i = 0; i < 2; i++) {
        solid = village_block(plan, MATTER_WOOD, at, line[0],
                              (const float[]){0.03f, 0.42f + 0.42f * (float)i, 0},
                              (const float[]){0.025f, 0.055f, line[1]});
        village_paint(solid, wood, 1);
    }
    for (int i = 0; i <= posts; i++) {
        float z = line[1] * (2.0f * (float)i / (float)posts - 1.0f);

        solid = village_block(plan, MATTER_WOOD, at, line[0], (const float[]){-0.03f, 0.5f, z},
                              (const float[]){0.055f, 0.53f, 0.055f});
        village_paint(solid, wood, 0.85f);
    }
}

void village_hedge(struct village_plan *plan, const float from[2], const float to[2])
{
    float at[2], line[2];
    int count = 0;

    line_of(from, to, at, line);
    count = (int)(2 * line[1] / 0.55f) + 1;
    for (int i = 0; i < count; i++) {
        float t = ((float)i + village_chance(plan)) / (float)count;

        village_grow(plan, GARDEN_SHRUB, lerp_f(from[0], to[0], t), lerp_f(from[1], to[1], t),
                     village_between(plan, 0.45f, 0.6f));
    }
}
