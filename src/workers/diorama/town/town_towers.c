/* SPDX-License-Identifier: Apache-2.0 */
/* The towers of a skyline: leaning, twisted, round and stepped ones of glass; stone with setbacks.
 */
#include <math.h>
#include <stddef.h>

#include "workers/diorama/town/town_impl.h"

#define TAU 6.2831853f
#define FLOOR_M 4.0f
#define NEEDLE_LEAST_M 120.0f
#define FINE_M 1100.0f /* beyond, shapes of many pieces are not told apart */

enum { TWISTS = 14 };

/* Its bounds, and the normals of its sides. */
static struct town_span solid_span(struct town_solid *solid, float turn, const float y[2],
                                   float reach_m)
{
    float out = solid->sides ? reach_m / cosf(0.5f * TAU / (float)solid->sides) : reach_m;
    struct town_span span = {solid->middle[0], solid->middle[0], y[0], y[1],
                             solid->middle[1], solid->middle[1]};

    for (int i = 0; i < solid->sides; i++) {
        float angle = turn + TAU * (float)i / (float)solid->sides;
        float corner = angle + 0.5f * TAU / (float)solid->sides;
        float x = solid->middle[0] + out * sinf(corner), z = solid->middle[1] + out * cosf(corner);

        solid->normal[i][0] = sinf(angle);
        solid->normal[i][1] = cosf(angle);
        span.x0 = fminf(span.x0, x);
        span.x1 = fmaxf(span.x1, x);
        span.z0 = fminf(span.z0, z);
        span.z1 = fmaxf(span.z1, z);
    }
    if (solid->sides == 0) {
        span.x0 -= out;
        span.x1 += out;
        span.z0 -= out;
        span.z1 += out;
    }
    return span;
}

struct town_box *town_add_solid(struct town_plan *plan, const struct tower *tower, int sides,
                                const float y[2], const float reach_m[2])
{
    struct town *town = plan->town;
    struct town_solid *solid = &town->solids[town->solid_count];
    float most = fmaxf(reach_m[0], reach_m[1]);
    struct town_box *box = NULL;
    float round;

    if (town->solid_count < TOWN_SOLIDS_MAX - 1)
        town->solid_count++;
    *solid = (struct town_solid){.sides = sides,
                                 .middle = {tower->x, tower->z},
                                 .reach_m = reach_m[0],
                                 .half_side = sides ? tanf(0.5f * TAU / (float)sides) : 0,
                                 .taper = (reach_m[0] - reach_m[1]) / (y[1] - y[0])};
    box = town_add(plan, TOWN_TOWER, solid_span(solid, tower->turn, y, most));
    box->solid = (short)(solid - town->solids);
    box->salt = tower->salt;
    box->style = tower->style;
    box->floor_m = FLOOR_M;
    round = sides ? 2 * reach_m[0] * solid->half_side : TAU * reach_m[0];
    box->bay_m = round / fmaxf(floorf(round / 2.6f), 1);
    box->lit = plan->town->night > 0.5f ? 0.34f : 0.08f;
    for (int k = 0; k < 3; k++) {
        box->color[k] = tower->color[k];
        box->glow[k] = tower->glow[k];
    }
    return box;
}

/* A disc or slab that shines, about a tower at a height. */
static void add_ring(struct town_plan *plan, const struct tower *tower, int sides, float y,
                     float reach_m)
{
    struct town_box *ring = town_add_solid(plan, tower, sides, (const float[]){y - 0.5f, y + 0.7f},
                                           (const float[]){reach_m, reach_m});

    ring->kind = TOWN_LAMP;
}

static void add_needle(struct town_plan *plan, const struct tower *tower, float foot, float tall)
{
    struct town_box *box = town_add_solid(plan, tower, 0, (const float[]){foot, foot + tall},
                                          (const float[]){0.012f * tall + 0.5f, 0.15f});

    box->kind = TOWN_PLAIN;
    for (int k = 0; k < 3; k++)
        box->color[k] = 0.16f;
}

/* One or two leaning pieces, a ring between them, and a point. */
static void add_leaning(struct town_plan *plan, const struct tower *tower, int sides)
{
    struct dice *dice = &plan->dice;
    float mid = tower->tall * dice_between(dice, 0.5f, 0.7f), r = 0.5f * tower->wide;
    float waist = r * dice_between(dice, 0.66f, 0.8f),
          top = waist * dice_between(dice, 0.45f, 0.9f);

    town_add_solid(plan, tower, sides, (const float[]){0, mid}, (const float[]){r, waist});
    add_ring(plan, tower, sides, mid, waist * 1.05f);
    town_add_solid(plan, tower, sides, (const float[]){mid, tower->tall},
                   (const float[]){waist * 0.94f, top});
    if (tower->tall > NEEDLE_LEAST_M)
        add_needle(plan, tower, tower->tall, tower->tall * dice_between(dice, 0.15f, 0.35f));
}

/* Slices that each turn a little further. */
static void add_twisted(struct town_plan *plan, struct tower tower)
{
    struct dice *dice = &plan->dice;
    float step =
        dice_between(dice, 0.05f, 0.10f) * (dice_between(dice, 0, 1) < 0.5f ? -1.0f : 1.0f);
    float r = 0.46f * tower.wide, shrink = dice_between(dice, 0.15f, 0.4f) * r;
    int sides = dice_between(dice, 0, 1) < 0.6f ? 4 : 3;

    for (int i = 0; i < TWISTS; i++) {
        float at = (float)i / TWISTS, next = (float)(i + 1) / TWISTS;

        town_add_solid(plan, &tower, sides, (const float[]){at * tower.tall, next * tower.tall},
                       (const float[]){r - shrink * at, r - shrink * at});
        tower.turn += step;
    }
    add_needle(plan, &tower, tower.tall, 0.18f * tower.tall);
}

/* A round tower: straight, swelling or waisted, with decks that shine. */
static void add_round(struct town_plan *plan, const struct tower *tower)
{
    struct dice *dice = &plan->dice;
    float r = 0.44f * tower->wide, mid = tower->tall * dice_between(dice, 0.35f, 0.65f);
    float waist = r * dice_between(dice, 0.75f, 1.1f), top = r * dice_between(dice, 0.4f, 0.9f);

    town_add_solid(plan, tower, 0, (const float[]){0, mid}, (const float[]){r, waist});
    add_ring(plan, tower, 0, mid, waist + 1.2f);
    town_add_solid(plan, tower, 0, (const float[]){mid, tower->tall}, (const float[]){waist, top});
    add_ring(plan, tower, 0, tower->tall, top + 1.5f);
    add_needle(plan, tower, tower->tall, tower->tall * dice_between(dice, 0.1f, 0.3f));
}

/* A slim shaft that carries pods. */
static void add_mast(struct town_plan *plan, const struct tower *tower)
{
    struct dice *dice = &plan->dice;
    float r = 0.16f * tower->wide, pod = tower->tall * dice_between(dice, 0.62f, 0.75f);

    town_add_solid(plan, tower, 0, (const float[]){0, tower->tall},
                   (const float[]){r * 1.6f, r * 0.5f});
    town_add_solid(plan, tower, 0, (const float[]){pod - 14, pod}, (const float[]){r, 2.9f * r});
    add_ring(plan, tower, 0, pod, 3.0f * r);
    town_add_solid(plan, tower, 0, (const float[]){pod, pod + 9},
                   (const float[]){2.9f * r, 0.9f * r});
    add_needle(plan, tower, tower->tall, 0.4f * tower->tall);
}

/* Two towers with bridges from one to the other, gardens on top. */
static void add_twins(struct town_plan *plan, struct tower tower)
{
    struct dice *dice = &plan->dice;
    float x = tower.x, r = 0.22f * tower.wide, apart = 0.30f * tower.wide;
    float lower = tower.tall * dice_between(dice, 0.78f, 0.92f);

    for (int side = -1; side <= 1; side += 2) {
        float top = side < 0 ? tower.tall : lower;

        tower.x = x + (float)side * apart;
        tower.turn = 0;
        town_add_solid(plan, &tower, 4, (const float[]){0, top}, (const float[]){r, 0.82f * r});
        add_ring(plan, &tower, 4, top, 0.86f * r);
    }
    for (int i = 0; i < 3; i++) {
        float y = lower * (0.35f + 0.22f * (float)i);
        struct town_box *bridge =
            town_add(plan, TOWN_TOWER,
                     (struct town_span){x - apart, x + apart, y, y + 7, tower.z - 0.5f * r,
                                        tower.z + 0.5f * r});

        bridge->style = TOWN_STYLE_BANDS;
        bridge->floor_m = 3.5f;
        for (int k = 0; k < 3; k++) {
            bridge->color[k] = 0.5f;
            bridge->glow[k] = tower.glow[k];
        }
    }
}

/* Boxes that step back, a garden on each step. */
static void add_terraces(struct town_plan *plan, const struct tower *tower)
{
    struct dice *dice = &plan->dice;
    float y = 0, x0 = tower->x - 0.5f * tower->wide, x1 = x0 + tower->wide;
    float z0 = tower->z - 0.5f * tower->wide, z1 = z0 + tower->wide;

    for (int i = 0; i < 5; i++) {
        float next = tower->tall * sqrtf((float)(i + 1) / 5), off = 0.12f * tower->wide;
        struct town_box *box =
            town_add(plan, TOWN_TOWER, (struct town_span){x0, x1, y, next, z0, z1});

        box->style = tower->style;
        box->salt = tower->salt & ~3; /* green */
        box->bay_m = 3;
        box->floor_m = FLOOR_M;
        box->lit = plan->town->night > 0.5f ? 0.34f : 0.08f;
        for (int k = 0; k < 3; k++) {
            box->color[k] = tower->color[k];
            box->glow[k] = 0.6f * tower->glow[k];
        }
        if (dice_between(dice, 0, 1) < 0.5f)
            x0 += off;
        else
            x1 -= off;
        if (dice_between(dice, 0, 1) < 0.5f)
            z0 += off;
        else
            z1 -= off;
        y = next;
    }
}

/* Stone: setbacks about one axis, a lit crown, and a spire on the tall ones. */
static void add_setbacks(struct town_plan *plan, struct tower tower)
{
    struct dice *dice = &plan->dice;
    int steps = (int)dice_between(dice, 2, 4.9f);
    bool glass = dice_between(dice, 0, 1) < 0.4f;
    float y = 0, size = 0.5f * tower.wide;
    struct town_box look = {.kind = TOWN_HOUSE};

    look.high[2] = 2 * size;
    town_windows(plan, &look);
    for (int i = 0; i < steps; i++) {
        float next = tower.tall * powf((float)(i + 1) / (float)steps, 0.6f);
        struct town_box *box = town_add(plan, glass ? TOWN_TOWER : TOWN_HOUSE,
                                        (struct town_span){tower.x - size, tower.x + size, y, next,
                                                           tower.z - size, tower.z + size});

        box->style = glass ? tower.style : TOWN_STYLE_MASONRY;
        box->salt = tower.salt;
        box->bay_m = 2 * size / fmaxf(floorf(2 * size / 2.9f), 1);
        box->floor_m = 3.7f;
        box->pane[0] = fminf(look.pane[0], 0.6f);
        box->pane[1] = look.pane[1];
        box->brick = look.brick;
        box->lit = look.lit;
        for (int k = 0; k < 3; k++)
            box->color[k] = look.color[k];
        y = next;
        size *= dice_between(dice, 0.66f, 0.84f);
    }
    if (tower.tall < NEEDLE_LEAST_M)
        return;
    tower.style = TOWN_STYLE_FINS;
    tower.turn = 0;
    if (dice_between(dice, 0, 1) < 0.5f) { /* a roof to a point */
        struct town_box *roof = town_add_solid(plan, &tower, 4, (const float[]){y, y + 1.5f * size},
                                               (const float[]){size, 0.12f * size});

        town_paint(roof->color, 0.22f, 0.30f, 0.26f);
    }
    add_needle(plan, &tower, y, tower.tall * dice_between(dice, 0.2f, 0.32f));
}

static void dress_tower(struct town_plan *plan, struct tower *tower)
{
    static const float lights[4][3] = {
        {0.20f, 0.75f, 1.0f}, {1.0f, 0.55f, 0.20f}, {0.75f, 0.35f, 1.0f}, {0.85f, 0.92f, 1.0f}};
    static const float metals[5][3] = {{0.50f, 0.50f, 0.50f},
                                       {0.34f, 0.33f, 0.32f},
                                       {0.16f, 0.17f, 0.19f},
                                       {0.42f, 0.33f, 0.24f},
                                       {0.28f, 0.34f, 0.37f}};
    struct dice *dice = &plan->dice;
    const float *light = lights[(int)dice_between(dice, 0, 3.99f)];
    const float *metal = metals[(int)dice_between(dice, 0, 4.99f)];
    float bright = plan->scene->futuristic ? lerp_f(0.45f, 1.7f, plan->town->night) : 0;

    tower->turn = dice_between(dice, 0, TAU);
    tower->style = (enum town_style)(1 + (int)dice_between(dice, 0, 3.99f));
    tower->salt = (int)dice_between(dice, 0, 60000);
    for (int k = 0; k < 3; k++) {
        tower->glow[k] = light[k] * bright;
        tower->color[k] = metal[k];
    }
}

void town_add_tower(struct town_plan *plan, float x, float z, float wide, float tall)
{
    struct tower tower = {.x = x, .z = z, .wide = wide, .tall = tall};
    float pick = dice_between(&plan->dice, 0, 1);

    dress_tower(plan, &tower);
    if (!plan->scene->futuristic) {
        if (pick < 0.80f)
            add_setbacks(plan, tower);
        else
            add_leaning(plan, &tower, pick < 0.93f ? 4 : 8);
        return;
    }
    if (pick < 0.14f && z < FINE_M)
        add_twisted(plan, tower);
    else if (pick < 0.34f)
        add_round(plan, &tower);
    else if (pick < 0.44f)
        add_mast(plan, &tower);
    else if (pick < 0.58f && z < FINE_M)
        add_twins(plan, tower);
    else if (pick < 0.72f)
        add_terraces(plan, &tower);
    else
        add_leaning(plan, &tower, pick < 0.80f ? 3 : pick < 0.90f ? 4 : pick < 0.95f ? 6 : 8);
}
