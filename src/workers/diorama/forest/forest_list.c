/* SPDX-License-Identifier: Apache-2.0 */
/* Lists what of a wood a frame paints: limbs and leaves in view, lit, from near to far. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workers/diorama/forest/forest_impl.h"
#include "workers/diorama/pages.h"

#define NEAREST_M 0.30f
#define LEAF_SAMPLES_OPEN 11.0f /* the same of single trees: few, and seen whole */
#define LEAVES_OPEN 0.22f       /* and of those never fewer than this share */
#define LEAF_SAMPLES 18.0f      /* about the least size of a leaf: smaller ones stand for several */
#define TURN_PERIODS 0.9f       /* tiles of bark around a trunk, per meter of its girth */

#define FALLING_M 11.0f /* of the box that leaves fall in */

enum { STROKES_MAX = 36000, SPRITES_MAX = 120000, KEY_BITS = 11 };

/* A plant in view, and what all of it has in common. */
struct growth {
    struct forest_list *list;
    const struct frame *frame;
    const struct forest_model *model;
    const struct forest_plant *plant;
    float at[3];            /* of this copy of the torus */
    float away;             /* level distance */
    float fade, samples;    /* samples of a meter */
    float sway[2], slide_m; /* and how far that came to the right since the frame before */
    float mu;               /* cosine between view and sun */
};

/* A place as the view has it. */
struct seen {
    float ahead, x, y; /* x and y at distance 1 */
};

static void see(const struct view *view, const float at[3], struct seen *seen)
{
    float dx = at[0] - view->eye[0], dy = at[1] - view->eye[1], dz = at[2] - view->eye[2];
    float ahead = dx * view->forward[0] + dz * view->forward[1];
    float inverse = 1.0f / fmaxf(ahead, 1e-3f);

    seen->ahead = ahead;
    seen->x = (dx * view->right[0] + dz * view->right[1]) * inverse;
    seen->y = dy * inverse;
}

/* How much a height of the plant is bent by the wind: 1 as its top. */
static float bend_at(const struct growth *growth, float up_m)
{
    return growth->plant->size * up_m / fmaxf(growth->model->height_m, 1.0f);
}

static void to_world(const struct growth *growth, const float from[3], float to[3])
{
    const struct forest_plant *plant = growth->plant;
    float bend = bend_at(growth, from[1]);

    to[0] = growth->at[0] + plant->size * (from[0] * plant->cosine + from[2] * plant->sine) +
            growth->sway[0] * bend;
    to[1] = growth->at[1] + plant->size * from[1];
    to[2] = growth->at[2] + plant->size * (from[2] * plant->cosine - from[0] * plant->sine) +
            growth->sway[1] * bend;
}

/* Base 2 logarithm of a positive number, to a hundredth. */
static float log2_of(float x)
{
    union {
        float f;
        uint32_t bits;
    } number = {x}, part;
    float exponent = (float)(int)(number.bits >> 23) - 127.0f;

    part.bits = (number.bits & 0x7fffffu) | 0x3f800000u;
    return exponent + part.f * (2.0246658f - 0.3448453f * part.f) - 1.6748775f;
}

/* Sunlight that the mist scatters toward the eye before a place of the view. */
static float glow_at(const struct growth *growth, const struct seen *seen)
{
    const struct forest_list *list = growth->list;
    const struct forest_air *air = &list->forest->air;
    float x = (seen->x / list->half_wide * 0.5f + 0.5f) * AIR_COLUMNS;
    float y = (0.5f - (seen->y - growth->frame->view.shift) / list->half_tall * 0.5f) * AIR_ROWS;
    float s = log2_of(fmaxf(seen->ahead, 0.3f)) * air->per_log2 - air->log_start;
    int ix, iy, is;
    float(*slice)[AIR_STRIDE], a, b, c, d, u, v;

    x = clamp_f(x, 0, AIR_COLUMNS - 0.001f);
    y = clamp_f(y, 0, AIR_ROWS - 0.001f);
    s = clamp_f(s, 0, AIR_SLICES - 0.001f);
    ix = (int)x;
    iy = (int)y;
    is = (int)s;
    u = x - (float)ix;
    v = y - (float)iy;
    slice = list->volume->glow[is];
    a = lerp_f(slice[iy][ix], slice[iy][ix + 1], u);
    b = lerp_f(slice[iy + 1][ix], slice[iy + 1][ix + 1], u);
    slice = list->volume->glow[is + 1];
    c = lerp_f(slice[iy][ix], slice[iy][ix + 1], u);
    d = lerp_f(slice[iy + 1][ix], slice[iy + 1][ix + 1], u);
    return lerp_f(lerp_f(a, b, v), lerp_f(c, d, v), s - (float)is);
}

/* How much moss may grow on a limb. */
static float moss_of(const struct growth *growth, const struct forest_limb *limb)
{
    const struct forest *forest = growth->list->forest;
    enum forest_bark bark = growth->model->bark;
    float moss = forest->woods == WOODS_JUNGLE ? 1.0f : 0.75f;

    if (bark == BARK_CANE)
        return 0.05f;
    if (bark == BARK_BIRCH)
        return 0.3f;
    return moss * (1.3f - 0.5f * growth->plant->tone) *
           (limb->is_trunk || limb->ra > 0.06f ? 1.0f : 0.4f);
}

static void color_stroke(const struct growth *growth, const struct forest_limb *limb,
                         struct forest_stroke *stroke)
{
    const struct forest *forest = growth->list->forest;
    enum forest_bark bark = growth->model->bark;
    float share = limb->a[1] / fmaxf(growth->model->height_m, 1.0f), size = growth->plant->size;
    /* Pines are red above. */
    float red = bark == BARK_PINE ? 0.5f * smooth_f(0.3f, 0.6f, share) : 0;
    bool dark = !limb->is_trunk && bark == BARK_BIRCH && limb->ra < 0.035f;

    forest_bark_color(bark, stroke->albedo);
    for (int k = 0; k < 3; k++) {
        float tone = growth->plant->tone * (1.0f - 0.42f * forest->wet);

        stroke->albedo[0][k] *= tone * (k == 0 ? 1.0f + red : 1.0f);
        stroke->albedo[1][k] *= tone * (k == 0 ? 1.0f + red : 1.0f);
        if (dark)
            stroke->albedo[1][k] = 0.055f * tone;
    }
    stroke->bark = (short)bark;
    stroke->is_cut = limb->is_trunk;
    stroke->moss = moss_of(growth, limb);
    stroke->snow = forest->snow;
    stroke->radius_m = 0.5f * (limb->ra + limb->rb) * size;
    stroke->along[0] = limb->along * size;
    stroke->along[1] =
        stroke->along[0] + (limb->is_trunk ? (limb->b[1] - limb->a[1]) * size : 0.7f);
    stroke->open[0] = 0.42f + 0.58f * smooth_f(-0.2f, 1.3f, limb->a[1]);
    stroke->open[1] = 0.42f + 0.58f * smooth_f(-0.2f, 1.3f, limb->b[1]);
}

static bool stroke_is_seen(const struct forest_list *list, const struct forest_stroke *stroke,
                           float shift)
{
    float room = fmaxf(stroke->half[0], stroke->half[1]);
    float left = fminf(stroke->x, stroke->x + stroke->dx) - room;
    float right = fmaxf(stroke->x, stroke->x + stroke->dx) + room;
    float low = fminf(stroke->y, stroke->y + stroke->dy) - room - shift;
    float high = fmaxf(stroke->y, stroke->y + stroke->dy) + room - shift;

    return left < list->half_wide && right > -list->half_wide && low < list->half_tall &&
           high > -list->half_tall;
}

static void add_key(struct forest_list *list, float away, int item)
{
    union {
        float f;
        uint32_t bits;
    } depth = {fmaxf(away, 0.01f)};

    list->keys[list->count] = depth.bits >> (31 - 2 * KEY_BITS) & ((1u << 2 * KEY_BITS) - 1);
    list->order[list->count++] = item;
}

/* How far the wind moved both ends since the frame before. */
static void slide_stroke(const struct growth *growth, const struct forest_limb *limb,
                         struct forest_stroke *stroke)
{
    float slide_m = growth->slide_m / growth->list->canvas.pixel[0];

    stroke->slide[0] = slide_m * bend_at(growth, limb->a[1]) / stroke->ahead[0];
    stroke->slide[1] = slide_m * bend_at(growth, limb->b[1]) / stroke->ahead[1];
}

static void list_limb(const struct growth *growth, const struct forest_limb *limb)
{
    struct forest_list *list = growth->list;
    const struct view *view = &growth->frame->view;
    struct forest_stroke *stroke = &list->strokes[list->stroke_count];
    float size = growth->plant->size, thick = fmaxf(limb->ra, limb->rb) * size * growth->samples;
    float a[3], b[3], least = limb->is_trunk ? 0.15f : 0.75f, girth;
    struct seen from, to;

    if (list->stroke_count == STROKES_MAX || thick < least)
        return;
    to_world(growth, limb->a, a);
    to_world(growth, limb->b, b);
    see(view, a, &from);
    see(view, b, &to);
    if (from.ahead < NEAREST_M || to.ahead < NEAREST_M)
        return;
    *stroke = (struct forest_stroke){
        .x = from.x,
        .y = from.y,
        .dx = to.x - from.x,
        .dy = to.y - from.y,
        .half = {limb->ra * size / from.ahead, limb->rb * size / to.ahead},
        .ahead = {from.ahead, to.ahead},
        .fade = growth->fade * smooth_f(least, 1.6f * least, thick),
    };
    if (!stroke_is_seen(list, stroke, view->shift) || stroke->fade <= 0.01f)
        return;
    color_stroke(growth, limb, stroke);
    for (int k = 0; k < 2; k++) {
        stroke->clear[k] = forest_clear_at(list->forest, view->eye, k ? b : a);
        stroke->glow[k] = glow_at(growth, k ? &to : &from);
    }
    stroke->free = smooth_f(list->forest->sun.low_m, list->forest->sun.high_m,
                            b[1] - list->forest->sun.base_m);
    slide_stroke(growth, limb, stroke);
    /* The whole of a trunk has as many tiles around it. */
    girth = limb->is_trunk ? growth->model->limbs[1].rb * size : stroke->radius_m;
    stroke->around = 0.5f * fmaxf(floorf(girth * 6.28f * TURN_PERIODS + 0.8f), 1);
    stroke->turn = atan2f(growth->at[0] - view->eye[0], growth->at[2] - view->eye[2]) +
                   growth->plant->hue * 9.0f;
    /* Thin limbs go with the leaves about them. */
    add_key(list,
            growth->away > 4 || limb->is_trunk ? 0.5f * (from.ahead + to.ahead) - stroke->radius_m
                                               : 0.5f * (from.ahead + to.ahead),
            list->stroke_count++);
}

/* Crowns in the open are lit as a whole: the side that faces the sun, and what is high. */
static void light_crown(const struct growth *growth, const struct forest_leaf *leaf, float level,
                        struct forest_sprite *sprite)
{
    const struct forest_model *model = growth->model;
    const float *toward = growth->list->forest->sun.toward;
    float half = fmaxf(0.5f * (model->crown_m[1] - model->crown_m[0]), 0.3f);
    float up = (leaf->at[1] - model->crown_m[0] - half) / half;
    float facing = (level * leaf->open + up * toward[1]) / sqrtf(1 + up * up);

    sprite->sun[0] = clamp_f(0.42f + 0.68f * facing, 0.10f, 1);
    sprite->sun[1] = clamp_f(0.50f + 0.78f * facing, 0.14f, 1);
}

static void light_sprite(const struct growth *growth, const struct forest_leaf *leaf,
                         float ends[2][3], struct forest_sprite *sprite)
{
    const struct forest *forest = growth->list->forest;
    const struct forest_model *model = growth->model;
    const struct forest_plant *plant = growth->plant;
    float hue = clamp_f(leaf->hue + plant->hue, 0, 1);
    float ox = leaf->out[0] * plant->cosine + leaf->out[2] * plant->sine;
    float oz = leaf->out[2] * plant->cosine - leaf->out[0] * plant->sine;
    float facing = ox * forest->sun.toward[0] + leaf->out[1] * forest->sun.toward[1] +
                   oz * forest->sun.toward[2];
    float front = clamp_f(0.45f + 0.55f * facing, 0.06f, 1);
    float back = 0.25f + 0.75f * smooth_f(-0.2f, 0.9f, growth->mu);
    float sun,
        open = (0.40f + 0.60f * leaf->open) * (0.62f + 0.38f * smooth_f(0, 2.5f, leaf->at[1]));

    if (forest->in_open)
        light_crown(growth, leaf, ox * forest->sun.toward[0] + oz * forest->sun.toward[2], sprite);
    for (int k = 0; k < 2 && !forest->in_open; k++)
        sprite->sun[k] = forest_sun_at(forest, ends[k], 0) * plant->sun;
    sun = 0.5f * (sprite->sun[0] + sprite->sun[1]);

    for (int k = 0; k < 3; k++) {
        float albedo = lerp_f(model->leaf_color[0][k], model->leaf_color[1][k], hue) * plant->tone;
        float ambient = forest->ambient[k] * open;
        float light = forest->light[k];
        float wood = model->twig[k];

        sprite->dark[k] = albedo * 0.20f * ambient;
        sprite->shade[k] = albedo * 1.40f * ambient + model->through[k] * 0.14f * ambient;
        sprite->lit[k] = sprite->shade[k] + albedo * 0.40f * front * light +
                         model->through[k] * 0.20f * back * light;
        sprite->wood[k] = wood * (0.9f * ambient + 0.10f * light * front * sun);
        sprite->white[k] = 0.85f * (1.25f * ambient + 0.22f * light * sun);
    }
    sprite->snow = forest->snow * model->holds_snow;
}

static void air_sprite(const struct growth *growth, const float middle[3], const struct seen *seen,
                       struct forest_sprite *sprite)
{
    const struct forest *forest = growth->list->forest;
    float clear = forest_clear_at(forest, growth->frame->view.eye, middle);
    float glow = glow_at(growth, seen);

    for (int k = 0; k < 3; k++) {
        float air = forest->air.color[k] * (1 - clear) + forest->air.sun[k] * glow;

        sprite->lit[k] = sprite->lit[k] * clear + air;
        sprite->shade[k] = sprite->shade[k] * clear + air;
        sprite->dark[k] = sprite->dark[k] * clear + air;
        sprite->wood[k] = sprite->wood[k] * clear + air;
        sprite->white[k] = sprite->white[k] * clear + air;
    }
}

/* The picture's coordinates over the view: u along the axis, v across it and upward. */
static bool set_sprite(const struct growth *growth, const struct forest_leaf *leaf, float enlarge,
                       const struct seen ends[2], struct forest_sprite *sprite)
{
    const struct forest_list *list = growth->list;
    float ax = 0.5f * (ends[1].x - ends[0].x), ay = 0.5f * (ends[1].y - ends[0].y);
    float ahead = 0.5f * (ends[0].ahead + ends[1].ahead), shift = growth->frame->view.shift;
    float wide = 0.5f * leaf->wide * growth->plant->size * enlarge / ahead;
    float length = sqrtf(ax * ax + ay * ay) + 1e-6f, least = 0.55f * wide, across, size;
    int level = 0;

    ax *= fmaxf(length, least) / length * enlarge;
    ay *= fmaxf(length, least) / length * enlarge;
    length = sqrtf(ax * ax + ay * ay) + 1e-6f;
    /* What lies level is seen from its edge at the height of the eye. */
    across = wide * (1.0f - leaf->flat * (1.0f - clamp_f(0.25f + 1.6f * fabsf(ends[0].y), 0, 1)));
    sprite->x = 0.5f * (ends[0].x + ends[1].x);
    sprite->y = 0.5f * (ends[0].y + ends[1].y);
    sprite->u[0] = ax / (length * length);
    sprite->u[1] = ay / (length * length);
    sprite->v[0] = (ax < 0 ? ay : -ay) / (length * across);
    sprite->v[1] = fabsf(ax) / (length * across);
    sprite->half[0] = fabsf(ax) + across * fabsf(ay) / length;
    sprite->half[1] = fabsf(ay) + across * fabsf(ax) / length;
    sprite->ahead = ahead;
    size = 2.0f * fmaxf(length, across) / list->canvas.pixel[0];
    while (level < PICTURE_LEVELS - 1 && size * 1.15f < (float)(1 << (PICTURE_LOG2 - level)))
        level++;
    sprite->log2 = PICTURE_LOG2 - level;
    sprite->base =
        leaf->picture * list->forest->pictures.texels + list->forest->pictures.level_start[level];
    return sprite->x - sprite->half[0] < list->half_wide &&
           sprite->x + sprite->half[0] > -list->half_wide &&
           sprite->y - sprite->half[1] - shift < list->half_tall &&
           sprite->y + sprite->half[1] - shift > -list->half_tall;
}

/* How the wind lifts the tip of a leaf, in its widths. */
static float flutter_at(const struct forest *forest, const struct forest_leaf *leaf, float seconds)
{
    float phase = 37.0f * leaf->hue;

    return forest->wind *
           (0.10f * sinf(2.1f * seconds + phase) + 0.06f * sinf(5.3f * seconds + 2 * phase));
}

/* How far both ends of a leaf came since the frame before. */
static void slide_sprite(const struct growth *growth, const struct forest_leaf *leaf, float flutter,
                         struct forest_sprite *sprite)
{
    const struct frame *frame = growth->frame;
    const struct canvas *canvas = &growth->list->canvas;
    const struct forest *forest = growth->list->forest;
    float before = frame->wave_time_s - frame->step_s, size = leaf->wide * growth->plant->size;
    float per_x = 1.0f / (sprite->ahead * canvas->pixel[0]);
    float lift = flutter - flutter_at(forest, leaf, before);
    const struct forest_plant *plant = growth->plant;
    float side = plant->cosine * frame->view.right[0] - plant->sine * frame->view.right[1];

    sprite->slide[0] = growth->slide_m * bend_at(growth, leaf->at[1]) * per_x;
    sprite->slide[1] = growth->slide_m * bend_at(growth, leaf->at[1] + leaf->axis[1]) * per_x +
                       0.6f * lift * size * side * per_x;
    sprite->drop = -lift * size / (sprite->ahead * canvas->pixel[1]);
}

static void list_leaf(const struct growth *growth, const struct forest_leaf *leaf, float enlarge,
                      float fade)
{
    struct forest_list *list = growth->list;
    const struct view *view = &growth->frame->view;
    struct forest_sprite *sprite = &list->sprites[list->sprite_count];
    const struct forest *forest = list->forest;
    float tip[3], at[2][3], middle[3], flutter;
    struct seen ends[2], seen;

    if (list->sprite_count == SPRITES_MAX)
        return;
    to_world(growth, leaf->at, at[0]);
    see(view, at[0], &ends[0]);
    if (ends[0].ahead < NEAREST_M || fabsf(ends[0].x) > list->half_wide + 2.0f / ends[0].ahead)
        return;
    flutter = flutter_at(forest, leaf, growth->frame->wave_time_s);
    for (int k = 0; k < 3; k++)
        tip[k] = leaf->at[k] + leaf->axis[k];
    tip[1] += flutter * leaf->wide;
    tip[0] += 0.6f * flutter * leaf->wide;
    to_world(growth, tip, at[1]);
    see(view, at[1], &ends[1]);
    if (ends[1].ahead < NEAREST_M)
        return;
    if (!set_sprite(growth, leaf, enlarge, ends, sprite))
        return;
    for (int k = 0; k < 3; k++)
        middle[k] = 0.5f * (at[0][k] + at[1][k]);
    see(view, middle, &seen);
    sprite->fade = fade * growth->fade * smooth_f(0.5f, 1.2f, sprite->ahead);
    if (sprite->fade < 0.02f)
        return;
    slide_sprite(growth, leaf, flutter, sprite);
    light_sprite(growth, leaf, at, sprite);
    air_sprite(growth, middle, &seen, sprite);
    add_key(list, sprite->ahead, -1 - list->sprite_count++);
}

/* Limbs and leaves; of far plants a few leaves, each for many. */
static void list_growth(struct growth *growth)
{
    const struct forest_model *model = growth->model;
    float meters = 0, share, shown;
    float least = growth->list->forest->in_open ? LEAF_SAMPLES_OPEN : LEAF_SAMPLES;

    for (int i = 0; i < model->limb_count; i++)
        list_limb(growth, &model->limbs[i]);
    for (int i = 0; i < 4 && i < model->leaf_count; i++)
        meters += 0.25f * model->leaves[i].wide * growth->plant->size;
    share = meters * growth->samples / (least * (1.0f + growth->away * (1.0f / 60.0f)));
    share = clamp_f(share * share, growth->list->forest->in_open ? LEAVES_OPEN : 0.012f, 1);
    shown = share * (float)model->leaf_count;
    for (int i = 0; i < model->leaf_count && (float)i < shown; i++) {
        float fade = share >= 1 ? 1 : clamp_f((shown - (float)i) / (0.12f * shown + 1), 0, 1);

        list_leaf(growth, &model->leaves[i], fminf(1.0f / sqrtf(share), 5.0f), fade);
    }
}

static float gust_at(const struct growth *growth, float seconds)
{
    return sinf(0.9f * seconds + 0.11f * growth->at[0] + 0.07f * growth->at[2]) +
           0.4f * sinf(2.3f * seconds + growth->at[0]);
}

static void list_plant(struct growth *growth)
{
    const struct frame *frame = growth->frame;
    const struct view *view = &frame->view;
    const struct forest *forest = growth->list->forest;
    const struct forest_model *model = growth->model;
    float dx = growth->at[0] - view->eye[0], dz = growth->at[2] - view->eye[2];
    float ahead = dx * view->forward[0] + dz * view->forward[1];
    float across = dx * view->right[0] + dz * view->right[1];
    float radius = model->radius_m * growth->plant->size + 0.3f, strength;

    growth->away = sqrtf(dx * dx + dz * dz);
    if (ahead < -radius || growth->away > model->reach_m ||
        fabsf(across) > growth->list->half_wide * (ahead + radius) + radius)
        return;
    growth->fade = 1.0f - smooth_f(0.82f * model->reach_m, model->reach_m, growth->away);
    growth->samples = 1.0f / (fmaxf(growth->away, 0.4f) * growth->list->canvas.pixel[0]);
    growth->mu =
        (dx * forest->world->sky.sun[0] + dz * forest->world->sky.sun[2]) / (growth->away + 1e-3f);
    strength = forest->wind * (model->height_m > 6 ? 0.18f : 0.05f);
    growth->sway[0] = strength * gust_at(growth, frame->wave_time_s);
    growth->sway[1] = 0.6f * growth->sway[0];
    growth->slide_m =
        (growth->sway[0] - strength * gust_at(growth, frame->wave_time_s - frame->step_s)) *
        (view->right[0] + 0.6f * view->right[1]);
    list_growth(growth);
}

/* Trees in the open, each where it was put. */
static void list_scattered(struct forest_list *list, const struct frame *frame)
{
    const struct forest *forest = list->forest;
    struct growth growth = {.list = list, .frame = frame};

    for (int i = 0; i < forest->plant_count; i++) {
        growth.plant = &forest->plants[i];
        growth.model = &forest->models[growth.plant->model];
        memcpy(growth.at, growth.plant->at, sizeof(growth.at));
        growth.at[1] =
            knoll_height_at(forest->in_open, frame->view.eye, growth.at[0], growth.at[2]);
        list_plant(&growth);
    }
}

static void list_cell(struct growth *growth, int x, int z)
{
    const struct forest *forest = growth->list->forest;
    int cell = (z & (GRID_CELLS - 1)) * GRID_CELLS + (x & (GRID_CELLS - 1));
    float offset[2] = {floorf((float)x / GRID_CELLS) * FOREST_M,
                       floorf((float)z / GRID_CELLS) * FOREST_M};

    for (int i = forest->cell_start[cell]; i < forest->cell_start[cell + 1]; i++) {
        growth->plant = &forest->plants[i];
        growth->model = &forest->models[growth->plant->model];
        growth->at[0] = growth->plant->at[0] + offset[0];
        growth->at[1] = growth->plant->at[1];
        growth->at[2] = growth->plant->at[2] + offset[1];
        list_plant(growth);
    }
}

static void list_plants(struct forest_list *list, const struct frame *frame)
{
    const struct view *view = &frame->view;
    const float cell = FOREST_M / GRID_CELLS;
    struct growth growth = {.list = list, .frame = frame};
    int reach = (int)(FOREST_FAR_M / cell) + 1;
    int x0 = (int)floorf(view->eye[0] / cell), z0 = (int)floorf(view->eye[2] / cell);

    for (int dz = -reach; dz <= reach; dz++)
        for (int dx = -reach; dx <= reach; dx++) {
            float x = ((float)(x0 + dx) + 0.5f) * cell - view->eye[0];
            float z = ((float)(z0 + dz) + 0.5f) * cell - view->eye[2];
            float ahead = x * view->forward[0] + z * view->forward[1];
            float across = fabsf(x * view->right[0] + z * view->right[1]), room = cell + 9;

            if (ahead > -room && x * x + z * z < (FOREST_FAR_M + cell) * (FOREST_FAR_M + cell) &&
                across < list->half_wide * (ahead + room) + room)
                list_cell(&growth, x0 + dx, z0 + dz);
        }
}

/* Leaf `number` of those that fall, of a box that goes along with the eye: each place of the world
 * has its own, so they stay where they are as the camera moves. */
static void list_falling_leaf(struct growth *growth, int number)
{
    const float *eye = growth->frame->view.eye;
    float t = growth->frame->wave_time_s, chance = noise_hash(number, 3, 17);
    float speed = 0.55f + 0.5f * noise_hash(number, 5, 17), size = 0.065f + 0.045f * chance;
    float place[2] = {noise_hash(number, 1, 17) * FALLING_M, noise_hash(number, 2, 17) * FALLING_M};
    float high = noise_hash(number, 4, 17) * FALLING_M - speed * t, spin = t * (1.5f + 3 * chance);
    struct forest_leaf leaf = {.picture = PICTURE_FALLEN, .open = 1, .out = {0, 1, 0}};

    leaf.hue = chance;
    leaf.at[1] = high - FALLING_M * floorf(high / FALLING_M);
    for (int k = 0; k < 2; k++) {
        float from = place[k] + 0.5f * sinf(1.3f * t + 6.0f * chance + (float)k * 1.7f);

        from -= eye[2 * k] - 0.5f * FALLING_M;
        leaf.at[2 * k] =
            eye[2 * k] - 0.5f * FALLING_M + from - FALLING_M * floorf(from / FALLING_M);
    }
    leaf.axis[0] = size * cosf(spin);
    leaf.axis[1] = size * sinf(1.7f * spin);
    leaf.axis[2] = size * sinf(spin);
    leaf.wide = size * (0.35f + 0.6f * fabsf(sinf(0.8f * spin)));
    list_leaf(growth, &leaf, 1, smooth_f(0, 0.5f, leaf.at[1]));
}

static void list_falling(struct forest_list *list, const struct frame *frame)
{
    const struct forest *forest = list->forest;
    struct forest_plant plant = {.cosine = 1, .size = 1, .tone = 1, .sun = 1};
    struct forest_model model = forest->models[0];
    struct growth growth = {
        .list = list, .frame = frame, .plant = &plant, .model = &model, .fade = 1, .mu = 0.5f};

    model.height_m = 1e9f; /* the wind does not bend it */
    model.holds_snow = 0;
    for (int i = 0; i < forest->falling; i++)
        list_falling_leaf(&growth, i);
}

/* Near to far, keeping the order of equals: two rounds of counting. */
static void sort(struct forest_list *list)
{
    enum { BUCKETS = 1 << KEY_BITS };
    int *to = (int *)list->scratch;
    uint32_t *moved = list->scratch + STROKES_MAX + SPRITES_MAX;

    for (int pass = 0; pass < 2; pass++) {
        int starts[BUCKETS + 1] = {0}, shift = pass * KEY_BITS;

        for (int i = 0; i < list->count; i++)
            starts[(list->keys[i] >> shift & (BUCKETS - 1)) + 1]++;
        for (int i = 0; i < BUCKETS; i++)
            starts[i + 1] += starts[i];
        for (int i = 0; i < list->count; i++) {
            int at = starts[list->keys[i] >> shift & (BUCKETS - 1)]++;

            to[at] = list->order[i];
            moved[at] = list->keys[i];
        }
        memcpy(list->order, to, (size_t)list->count * sizeof(*to));
        memcpy(list->keys, moved, (size_t)list->count * sizeof(*moved));
    }
}

/* The rows that each item touches. */
static void find_rows(struct forest_list *list, float shift)
{
    const struct canvas *canvas = &list->canvas;

    for (int i = 0; i < list->count; i++) {
        int item = list->order[i];
        float low, high, middle = 0.5f * (float)canvas->height - 0.5f;

        if (item >= 0) {
            const struct forest_stroke *stroke = &list->strokes[item];
            float room = fmaxf(stroke->half[0], stroke->half[1]);

            low = fminf(stroke->y, stroke->y + stroke->dy) - room;
            high = fmaxf(stroke->y, stroke->y + stroke->dy) + room;
        } else {
            const struct forest_sprite *sprite = &list->sprites[-1 - item];

            low = sprite->y - sprite->half[1];
            high = sprite->y + sprite->half[1];
        }
        list->rows[i][0] = (short)clamp_f(middle - (high - shift) / canvas->pixel[1] - 1, 0, 30000);
        list->rows[i][1] = (short)clamp_f(middle - (low - shift) / canvas->pixel[1] + 2, -1, 30000);
    }
}

void forest_list_init(struct forest_list *list, const struct forest *forest, size_t samples)
{
    const size_t most = STROKES_MAX + SPRITES_MAX;

    list->forest = forest;
    list->strokes = pages_new(STROKES_MAX * sizeof(*list->strokes));
    list->sprites = pages_new(SPRITES_MAX * sizeof(*list->sprites));
    list->order = pages_new(most * sizeof(*list->order));
    list->rows = pages_new(most * sizeof(*list->rows));
    list->keys = pages_new(most * sizeof(*list->keys));
    list->scratch = pages_new(2 * most * sizeof(*list->scratch));
    list->volume = pages_new(sizeof(*list->volume));
    for (int k = 0; k < 3; k++)
        list->over[k] = pages_new(samples * sizeof(float));
    list->open = pages_new(samples * sizeof(float));
    list->depth = pages_new(samples * sizeof(float));
    for (int k = 0; k < 2; k++)
        list->slide[k] = pages_new(samples * sizeof(float));
}

void forest_list_fini(struct forest_list *list)
{
    pages_free(list->strokes);
    pages_free(list->sprites);
    pages_free(list->order);
    pages_free(list->rows);
    pages_free(list->keys);
    pages_free(list->scratch);
    pages_free(list->volume);
    for (int k = 0; k < 3; k++)
        pages_free(list->over[k]);
    pages_free(list->open);
    pages_free(list->depth);
    for (int k = 0; k < 2; k++)
        pages_free(list->slide[k]);
}

void forest_list_fill(struct forest_list *list, const struct frame *frame)
{
    list->stroke_count = list->sprite_count = list->count = 0;
    if (list->forest->in_open)
        list_scattered(list, frame);
    else
        list_plants(list, frame);
    list_falling(list, frame);
    sort(list);
    find_rows(list, frame->view.shift);
}
