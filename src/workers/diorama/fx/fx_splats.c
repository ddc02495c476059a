/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "workers/diorama/fx/fx_impl.h"
#include "workers/diorama/noise.h"
#include "workers/diorama/parallel.h"

#define LEAST_RADIUS 0.75f /* samples; smaller ones are dimmer instead */
#define NEAREST_M 0.35f
#define WATER_TOLERANCE_M 0.8f

enum { GLINTS = 4 };

/* Column and scaled row of a place, and how many columns a meter is there. False behind the eye. */
static bool project(const struct fx_pass *pass, const float place[3], float at[2], float *per_m)
{
    const struct view *view = &pass->frame->view;
    const struct canvas *canvas = &pass->canvas;
    float dx = place[0] - view->eye[0], dz = place[2] - view->eye[2];
    float ahead = dx * view->forward[0] + dz * view->forward[1];
    float across = dx * view->right[0] + dz * view->right[1];

    if (ahead < NEAREST_M)
        return false;
    *per_m = 1.0f / (ahead * canvas->pixel[0]);
    at[0] = across * *per_m + 0.5f * (float)canvas->width - 0.5f;
    at[1] = (0.5f * (float)canvas->height - 0.5f) * canvas->pixel[1] / canvas->pixel[0] -
            ((place[1] - view->eye[1]) / ahead - view->shift) / canvas->pixel[0];
    return true;
}

static void add(struct splats *splats, const float from[3], const float to[3],
                const struct splat_look *look, bool on_water)
{
    const struct fx_pass *pass = splats->pass;
    const struct view *view = &pass->frame->view;
    float dx = to[0] - view->eye[0], dz = to[2] - view->eye[2], per_m, dim = 1, high;
    struct splat splat = {.cover = look->cover, .on_water = on_water};

    if (splats->count == SPLATS_MAX || !project(pass, from, splat.from, &per_m) ||
        !project(pass, to, splat.to, &per_m))
        return;
    splat.radius = look->radius_m * per_m;
    high = (float)pass->canvas.height * pass->canvas.pixel[1] / pass->canvas.pixel[0];
    if (fmaxf(splat.from[0], splat.to[0]) < -splat.radius ||
        fmaxf(splat.from[1], splat.to[1]) < -splat.radius ||
        fminf(splat.from[0], splat.to[0]) > (float)pass->canvas.width + splat.radius ||
        fminf(splat.from[1], splat.to[1]) > high + splat.radius)
        return;
    if (splat.radius < LEAST_RADIUS) {
        dim = splat.radius / LEAST_RADIUS;
        splat.radius = LEAST_RADIUS;
        dim = look->cover > 0 ? dim : fmaxf(dim, 0.25f);
    }
    splat.cover *= dim;
    splat.distance = sqrtf(dx * dx + dz * dz);
    splat.soft_m = look->is_soft ? look->radius_m : 0;
    for (int k = 0; k < 3; k++)
        splat.color[k] = look->color[k] * (look->cover > 0 ? 1 : dim);
    splats->items[splats->count++] = splat;
}

/* What waves make of a light: pieces drawn out toward the eye, each of them off to a side. */
static void add_mirrored(struct splats *splats, const float from[3], const float to[3],
                         const struct splat_look *look)
{
    const struct fx *fx = splats->pass->fx;
    const float *right = splats->pass->frame->view.right;
    float smear = 0.16f * fabsf(to[1] - fx->water_m) + 2.0f * look->radius_m;
    struct splat_look dull = *look;

    dull.radius_m *= 1.9f;
    for (int k = 0; k < 3; k++)
        dull.color[k] *= 0.10f;
    for (int i = 0; i < GLINTS; i++) {
        float wave = 5.0f * splats->pass->time_s + 2.4f * (float)i + 0.07f * (from[0] + from[2]);
        float aside = 0.11f * smear * sinf(wave) * (1 + (float)i), low[3], high[3];
        float part = ((float)i + 0.25f * sinf(1.7f * wave)) / GLINTS;

        for (int k = 0; k < 3; k++) {
            low[k] = lerp_f(from[k], to[k], part);
            high[k] = lerp_f(from[k], to[k], part + 0.6f / GLINTS);
        }
        low[1] = 2 * fx->water_m - low[1] - smear * (2 * part - 1);
        high[1] = 2 * fx->water_m - high[1] - smear * (2 * part - 1 + 1.2f / GLINTS);
        for (int k = 0; k < 2; k++) {
            low[2 * k] += aside * right[k];
            high[2 * k] += aside * right[k];
        }
        add(splats, low, high, &dull, true);
    }
}

void splats_add(struct splats *splats, const float from[3], const float to[3],
                const struct splat_look *look)
{
    add(splats, from, to, look, false);
    if (look->is_mirrored && splats->pass->fx->has_water)
        add_mirrored(splats, from, to, look);
}

/* Whether a sample shows water. */
static bool is_water(const struct fx_pass *pass, float x, int row, float depth)
{
    const struct view *view = &pass->frame->view;
    const struct canvas *canvas = &pass->canvas;
    float across = (x + 0.5f - 0.5f * (float)canvas->width) * canvas->pixel[0];
    float rise =
        (0.5f * (float)canvas->height - 0.5f - (float)row) * canvas->pixel[1] + view->shift;
    float ahead = depth / sqrtf(1 + across * across);

    return depth < 1e7f && fabsf(view->eye[1] + ahead * rise - pass->fx->water_m) <
                               WATER_TOLERANCE_M + 0.002f * ahead;
}

/* Distance of a sample to the streak, in radii. */
static float off_of(const struct splat *splat, float x, float y)
{
    float along[2] = {splat->to[0] - splat->from[0], splat->to[1] - splat->from[1]};
    float dx = x - splat->from[0], dy = y - splat->from[1];
    float length = along[0] * along[0] + along[1] * along[1];
    float t = length > 0 ? clamp_f((dx * along[0] + dy * along[1]) / length, 0, 1) : 0;

    /* Leaves end in points. */
    float wide = splat->cover > 0 && splat->soft_m <= 0 ? 0.25f + 3 * t * (1 - t) : 1;

    dx -= t * along[0];
    dy -= t * along[1];
    return sqrtf(dx * dx + dy * dy) / (splat->radius * wide);
}

/* How much of a sample a splat hides, or the share of its light there. */
static float weight_of(const struct splat *splat, float off, float depth)
{
    float round = (1 - off * off) * (1 - off * off);

    if (splat->cover <= 0)
        return round;
    if (splat->soft_m > 0)
        return splat->cover * round * clamp_f((depth - splat->distance) / splat->soft_m, 0, 1);
    return splat->cover * clamp_f((1 - off) * splat->radius * 0.8f, 0, 1);
}

static void draw_row(const struct fx_pass *pass, const struct splat *splat, int row)
{
    const struct canvas *canvas = &pass->canvas;
    float scale = canvas->pixel[1] / canvas->pixel[0];
    int first = (int)fmaxf(fminf(splat->from[0], splat->to[0]) - splat->radius, 0);
    int last = (int)fminf(fmaxf(splat->from[0], splat->to[0]) + splat->radius + 1,
                          (float)(canvas->width - 1));

    for (int x = first; x <= last; x++) {
        size_t at = (size_t)row * (size_t)canvas->stride + (size_t)x;
        float off = off_of(splat, (float)x, (float)row * scale), weight;

        if (off >= 1)
            continue;
        if (splat->on_water ? !is_water(pass, (float)x, row, canvas->depth[at])
                            : canvas->depth[at] < splat->distance)
            continue;
        weight = weight_of(splat, off, canvas->depth[at]);
        for (int k = 0; k < 3; k++)
            canvas->plane[k][at] += splat->cover > 0
                                        ? (splat->color[k] - canvas->plane[k][at]) * weight
                                        : splat->color[k] * weight;
    }
}

static void draw_band(void *context, int band)
{
    const struct splats *splats = context;
    const struct canvas *canvas = &splats->pass->canvas;
    float scale = canvas->pixel[0] / canvas->pixel[1];

    for (int i = 0; i < splats->count; i++) {
        const struct splat *splat = &splats->items[i];
        float top = (fminf(splat->from[1], splat->to[1]) - splat->radius) * scale - 1;
        float bottom = (fmaxf(splat->from[1], splat->to[1]) + splat->radius) * scale + 2;
        int first = (int)fmaxf(top, (float)(band * SPLAT_BAND_ROWS));
        int last = (int)fminf(bottom, (float)((band + 1) * SPLAT_BAND_ROWS));

        for (int row = first; row < last && row < canvas->height; row++)
            draw_row(splats->pass, splat, row);
    }
}

void splats_draw(const struct splats *splats, int threads)
{
    int bands = (splats->pass->canvas.height + SPLAT_BAND_ROWS - 1) / SPLAT_BAND_ROWS;

    if (splats->count > 0)
        parallel_run(threads, bands, draw_band, (void *)splats);
}
