/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/land/palms.h"

#include <math.h>
#include <stdlib.h>

#include "workers/diorama/land/terrain.h"
#include "workers/diorama/noise.h"

enum { VARIANTS = 4, WIDE = 256, TALL = 256, LEVELS = 5, FRONDS = 14, TRIES = 30000 };

static const float reach_m = 520; /* and none nearer than a twelfth of it: flat ones show */

/* Texels of one variant, all levels. */
static size_t variant_texels(void)
{
    size_t texels = 0;

    for (int level = 0; level < LEVELS; level++)
        texels += (size_t)(WIDE >> level) * (size_t)(TALL >> level);
    return texels;
}

static uint8_t *picture_at(uint8_t *pictures, int variant, int level)
{
    size_t texels = (size_t)variant * variant_texels();

    for (int i = 0; i < level; i++)
        texels += (size_t)(WIDE >> i) * (size_t)(TALL >> i);
    return pictures + 3 * texels;
}

/* A stroke from one point to another: what it is made of, in texels. */
struct stroke {
    float x0, y0, x1, y1;
    float thick0, thick1;
    float bright, trunk;
};

static void paint_stroke(uint8_t *picture, const struct stroke *stroke)
{
    float dx = stroke->x1 - stroke->x0, dy = stroke->y1 - stroke->y0;
    int steps = (int)(sqrtf(dx * dx + dy * dy) * 2.0f) + 1;

    for (int i = 0; i <= steps * 9; i++) {
        float t = (float)(i / 9) / (float)steps, thick = lerp_f(stroke->thick0, stroke->thick1, t);
        float x = stroke->x0 + dx * t, y = stroke->y0 + dy * t;
        int px = (int)x + i % 3 - 1, py = (int)y + i / 3 % 3 - 1;
        float ex = (float)px + 0.5f - x, ey = (float)py + 0.5f - y;
        float alpha = clamp_f(0.5f + thick - sqrtf(ex * ex + ey * ey), 0, 1);
        uint8_t *texel = picture + 3 * ((size_t)py * WIDE + (size_t)px);

        if (px < 0 || py < 0 || px >= WIDE || py >= TALL || alpha * 255.0f <= texel[0])
            continue;
        texel[0] = (uint8_t)(alpha * 255.0f);
        texel[1] = (uint8_t)(stroke->bright * 255.0f);
        texel[2] = (uint8_t)(stroke->trunk * 255.0f);
    }
}

static void paint_trunk(uint8_t *picture, float lean, struct dice *dice)
{
    for (int i = 0; i < 40; i++) {
        float t0 = (float)i / 40.0f, t1 = (float)(i + 1) / 40.0f;
        float bright = 0.45f + 0.25f * dice_between(dice, 0, 1);

        for (int side = -2; side <= 2; side++) {
            struct stroke stroke = {
                .x0 = 128.0f + lean * t0 * t0 + (float)side * (1.0f - 0.5f * t0),
                .y0 = 255.0f - 188.0f * t0,
                .x1 = 128.0f + lean * t1 * t1 + (float)side * (1.0f - 0.5f * t1),
                .y1 = 255.0f - 188.0f * t1,
                .thick0 = 0.8f,
                .thick1 = 0.8f,
                .bright = bright * (1.0f - 0.12f * (float)(side + 2)),
                .trunk = 1,
            };

            paint_stroke(picture, &stroke);
        }
    }
}

/* A frond: a rib that rises, bends over and hangs, with leaflets along both sides. */
static void paint_frond(uint8_t *picture, const float crown[2], float angle, struct dice *dice)
{
    float length = dice_between(dice, 54, 76), droop = dice_between(dice, 18, 58);
    float bright = dice_between(dice, 0.45f, 1.0f), x = crown[0], y = crown[1];

    for (int i = 1; i <= 34; i++) {
        float t = (float)i / 34.0f;
        float nx = crown[0] + length * t * cosf(angle);
        float ny = crown[1] - length * t * sinf(angle) * (1.0f - 0.35f * t) + droop * t * t;
        float along = atan2f(ny - y, nx - x), leaf = 12.0f * sinf(3.14f * (0.12f + 0.83f * t));
        struct stroke rib = {x, y, nx, ny, 1.1f - 0.6f * t, 1.1f - 0.6f * t, bright * 0.8f, 0.2f};

        paint_stroke(picture, &rib);
        for (int side = -1; side <= 1; side += 2) {
            float turn = along + (float)side * dice_between(dice, 0.6f, 1.0f);
            struct stroke leaflet = {.x0 = nx,
                                     .y0 = ny,
                                     .x1 = nx + leaf * cosf(turn),
                                     .y1 = ny + leaf * sinf(turn) + 0.45f * leaf,
                                     .thick0 = 0.70f,
                                     .thick1 = 0.35f,
                                     .bright = bright * (side < 0 ? 1.0f : 0.7f),
                                     .trunk = 0};

            paint_stroke(picture, &leaflet);
        }
        x = nx;
        y = ny;
    }
}

static void halve_picture(const uint8_t *from, int wide, int tall, uint8_t *to)
{
    for (int y = 0; y < tall; y++)
        for (int x = 0; x < wide; x++) {
            const uint8_t *quad[4];
            int alpha = 0, bright = 0, trunk = 0;

            for (int i = 0; i < 4; i++) {
                quad[i] = from + 3 * ((size_t)(2 * y + i / 2) * (size_t)(2 * wide) +
                                      (size_t)(2 * x + i % 2));
                alpha += quad[i][0];
                bright += quad[i][0] * quad[i][1];
                trunk += quad[i][0] * quad[i][2];
            }
            to[3 * (y * wide + x)] = (uint8_t)(alpha / 4);
            to[3 * (y * wide + x) + 1] = (uint8_t)(alpha ? bright / alpha : 0);
            to[3 * (y * wide + x) + 2] = (uint8_t)(alpha ? trunk / alpha : 0);
        }
}

static void paint_variant(uint8_t *pictures, int variant, struct dice *dice)
{
    uint8_t *picture = picture_at(pictures, variant, 0);
    float lean = dice_between(dice, 8, 46), crown[2] = {128.0f + lean, 69};

    paint_trunk(picture, lean, dice);
    for (int i = 0; i < FRONDS; i++)
        paint_frond(picture, crown,
                    -0.5f + 4.15f * ((float)i + dice_between(dice, -0.3f, 0.3f)) / (FRONDS - 1),
                    dice);
    for (int level = 1; level < LEVELS; level++)
        halve_picture(picture_at(pictures, variant, level - 1), WIDE >> level, TALL >> level,
                      picture_at(pictures, variant, level));
}

static uint32_t texel_of(const struct terrain *terrain, const uint32_t *map, float x_m, float z_m)
{
    int mask = (1 << terrain->log2_cells) - 1;
    int x = (int)floorf(x_m / terrain->cell_m) & mask,
        z = (int)floorf(z_m / terrain->cell_m) & mask;

    return map[(size_t)z << terrain->log2_cells | (size_t)x];
}

/* Tries one place; palms like the strip behind the sand, in groups. */
static bool plant(struct palm *palm, const struct world *world, const float eye[3],
                  struct dice *dice)
{
    const struct terrain *terrain = &world->terrain;
    float turn = dice_between(dice, 0, 6.2831853f), away = dice_between(dice, 0.085f, 1);
    float x = eye[0] + reach_m * away * cosf(turn), z = eye[2] + reach_m * away * sinf(turn);
    float shore =
        ((float)(texel_of(terrain, terrain->ground, x, z) >> 24) - 127.5f) * 400.0f / 255.0f;
    float group = noise_hash((int)floorf(x / 22.0f), (int)floorf(z / 22.0f), 77);
    float height = terrain_height_at(terrain, x, z);

    if (shore < 11.0f + 12.0f * group || shore > 76 || height < 1.2f || group < 0.35f)
        return false;
    palm->away = away;
    palm->place[0] = x;
    palm->place[1] = height - 0.3f;
    palm->place[2] = z;
    palm->height_m = dice_between(dice, 12, 21);
    palm->sun = (float)(texel_of(terrain, terrain->light, x, z) >> 16 & 255) / 255.0f;
    palm->phase = dice_between(dice, 0, 6.2831853f);
    palm->variant = (int)dice_between(dice, 0, VARIANTS - 0.01f);
    palm->mirrored = dice_between(dice, 0, 1) < 0.5f;
    return true;
}

static int farther_first(const void *a, const void *b)
{
    const struct palm *left = a, *right = b;

    return left->away < right->away ? 1 : left->away > right->away ? -1 : 0;
}

void palms_bake(struct palms *palms, const struct world *world, const float eye[3])
{
    struct dice dice = {world->scene->seed + 991u};

    if (!world->cover.tropical || !world->terrain.heights || world->cover.woods < 0.1f)
        return;
    palms->pictures = calloc(3 * VARIANTS, variant_texels());
    if (!palms->pictures)
        abort();
    for (int i = 0; i < VARIANTS; i++)
        paint_variant(palms->pictures, i, &dice);
    for (int i = 0; i < TRIES && palms->count < PALMS_MAX; i++)
        palms->count += plant(&palms->list[palms->count], world, eye, &dice);
    qsort(palms->list, (size_t)palms->count, sizeof(palms->list[0]), farther_first);
}

void palms_free(struct palms *palms)
{
    free(palms->pictures);
    palms->pictures = NULL;
    palms->count = 0;
}

int palms_bands(const struct frame *frame)
{
    return (frame->height + PALM_BAND_ROWS - 1) / PALM_BAND_ROWS;
}

/* A palm on the samples: the box it covers, and its light. */
struct figure {
    float left, top, wide, tall; /* samples */
    float distance;              /* level, as in frame->depth */
    float leaf[3], trunk[3], veil[3], clear;
    const uint8_t *picture;
    int level;
    float sway;
    bool mirrored;
};

static void light_figure(struct figure *figure, const struct palm *palm, const struct frame *frame)
{
    static const float leaf[3] = {0.046f, 0.092f, 0.020f}, trunk[3] = {0.25f, 0.21f, 0.16f};
    const struct world *world = frame->world;
    const struct sky *sky = &world->sky;
    const float *view = frame->view.forward;
    /* Against the sun leaves shine through, with it they shine back: sideways they are darker. */
    float ahead = sky->sun[0] * view[0] + sky->sun[2] * view[1];
    float facing = palm->sun * (0.12f + 0.14f * fabsf(ahead));

    figure->clear = expf(-figure->distance * (world->air.haze_per_m + world->air.mist_per_m));
    for (int k = 0; k < 3; k++) {
        float ambient = 0.5f * (sky->ambient_sun[k] + sky->ambient_away[k]);

        figure->leaf[k] = leaf[k] * (1.1f * ambient + 1.3f * facing * sky->sun_color[k]);
        figure->trunk[k] = trunk[k] * (0.7f * ambient + 0.7f * facing * sky->sun_color[k]);
        figure->veil[k] = world->air.mist_color[k];
    }
}

/* False when it is behind the camera or off the picture. */
static bool place_figure(struct figure *figure, const struct palms *palms, const struct palm *palm,
                         const struct frame *frame)
{
    const struct view *view = &frame->view;
    float dx = palm->place[0] - view->eye[0], dz = palm->place[2] - view->eye[2];
    float ahead = dx * view->forward[0] + dz * view->forward[1];
    float across = dx * view->right[0] + dz * view->right[1];
    float per_x = (float)frame->width / ((float)frame->out_width * view->pixel);
    float per_y = (float)frame->height / ((float)frame->out_height * view->pixel);
    float rise = palm->place[1] - view->eye[1];

    if (ahead < 6.0f)
        return false;
    figure->tall = palm->height_m / ahead * per_y;
    figure->wide = palm->height_m / ahead * per_x;
    figure->left = across / ahead * per_x + 0.5f * (float)frame->width - 0.5f * figure->wide;
    figure->top = 0.5f * (float)frame->height - (rise / ahead - view->shift) * per_y - figure->tall;
    figure->distance = sqrtf(dx * dx + dz * dz);
    figure->mirrored = palm->mirrored;
    figure->sway = 0.012f * sinf(1.3f * frame->wave_time_s + palm->phase);
    figure->level = 0;
    while (figure->level < LEVELS - 1 && figure->tall * 1.5f < (float)(TALL >> figure->level))
        figure->level++;
    figure->picture = picture_at(palms->pictures, palm->variant, figure->level);
    light_figure(figure, palm, frame);
    return figure->left < (float)frame->width && figure->left + figure->wide > 0 &&
           figure->tall > 1.5f;
}

static void blend(const struct frame *frame, const struct figure *figure, size_t at,
                  const uint8_t *texel)
{
    float alpha = (float)texel[0] / 255.0f, trunk = (float)texel[2] / 255.0f;
    float bright = 0.15f + 1.2f * (float)texel[1] / 255.0f;

    for (int k = 0; k < 3; k++) {
        float light = bright * lerp_f(figure->leaf[k], figure->trunk[k], trunk);

        light = lerp_f(figure->veil[k], light, figure->clear);
        frame->plane[k][at] = lerp_f(frame->plane[k][at], light, alpha);
    }
}

static void draw_row(const struct frame *frame, const struct figure *figure, int row)
{
    int wide = WIDE >> figure->level, tall = TALL >> figure->level;
    float v = ((float)row + 0.5f - figure->top) / figure->tall;
    float shear = figure->sway * (1.0f - v);
    int ty = (int)(v * (float)tall);
    int first = (int)fmaxf(figure->left, 0);
    int last = (int)fminf(figure->left + figure->wide, (float)(frame->width - 1));

    if (v < 0 || ty >= tall)
        return;
    for (int x = first; x <= last; x++) {
        float u = ((float)x + 0.5f - figure->left) / figure->wide + shear;
        int tx = (int)((figure->mirrored ? 1.0f - u : u) * (float)wide);
        size_t at = (size_t)row * (size_t)frame->stride + (size_t)x;
        const uint8_t *texel = figure->picture + 3 * ((size_t)ty * (size_t)wide + (size_t)tx);

        if (tx < 0 || tx >= wide || texel[0] < 8 || frame->depth[at] < figure->distance)
            continue;
        blend(frame, figure, at, texel);
    }
}

void palms_draw_band(const struct palms *palms, const struct frame *frame, int band)
{
    int first = band * PALM_BAND_ROWS, last = first + PALM_BAND_ROWS;

    if (last > frame->height)
        last = frame->height;
    for (int i = 0; i < palms->count; i++) {
        struct figure figure;

        if (!place_figure(&figure, palms, &palms->list[i], frame) || figure.top >= (float)last ||
            figure.top + figure.tall < (float)first)
            continue;
        for (int row = first; row < last; row++)
            draw_row(frame, &figure, row);
    }
}
