/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An aurora: curtains of light a hundred kilometers up. Each is a folded line over a map, and
 * light that stands on it; as the camera never pitches, what stands on a point of the line is
 * part of one column of the picture. Where a fold is seen edge on, much of the line falls into
 * few columns, which makes it as bright as real ones are.
 */
#include <math.h>
#include <stdlib.h>

#include "workers/diorama/fx/fx_impl.h"
#include "workers/diorama/noise.h"
#include "workers/diorama/parallel.h"

#define SKY_DEPTH 1e7f
#define FOOT_KM 100.0f
#define TALL_KM 190.0f /* of what stands on it */
#define LEAST_AHEAD_KM 60.0f
#define BRIGHT 1.7f
#define LAND_SHARE 3.5f

enum { CURTAINS = 4, POINTS = 2600, HEIGHTS = 96, SHRINK = 2 };

struct glow {
    const struct fx_pass *pass;
    int width, height;
    float *light[3];
    float heights[HEIGHTS][3]; /* light by height over the foot */
    float around[3];           /* what falls on the land */
};

/* Green of oxygen, a red fringe below where it is strong, violet and red high up. */
static void color_heights(struct glow *glow)
{
    for (int i = 0; i < HEIGHTS; i++) {
        float km = TALL_KM * (float)i / (HEIGHTS - 1), rise = smooth_f(0, 7, km);
        float green = rise * expf(-km / 34), low = rise * expf(-km * km / 90);
        float high = smooth_f(25, 90, km) * expf(-km / 75) * (1 - smooth_f(0.7f, 1, km / TALL_KM));

        glow->heights[i][0] = 0.13f * green + 0.42f * low + 0.55f * high;
        glow->heights[i][1] = 1.00f * green + 0.10f * high;
        glow->heights[i][2] = 0.36f * green + 0.30f * low + 0.50f * high;
    }
}

/* A point of a curtain over the map, kilometers to the east and north of its heading. */
static void fold(const struct glow *glow, int curtain, float s, float place[2])
{
    uint32_t salt = (uint32_t)glow->pass->fx->scene->seed + 77u * (uint32_t)curtain;
    float t = glow->pass->time_s, far = 300 + 120 * (float)curtain + 80 * noise_hash(1, 1, salt);
    float turn = (s - 0.5f) * 3.6f, wide = 0.30f * far, fine = 0.06f * far;
    float skew = (curtain & 1 ? -0.75f : 0.75f) * (0.5f + 0.5f * noise_hash(2, 1, salt));

    far *= 1 + skew * sinf(turn);
    place[0] = far * sinf(turn) + wide * noise_tiled(s * 7 + 0.030f * t, 0.3f, 64, salt) +
               fine * noise_tiled(s * 31 - 0.11f * t, 0.06f * t, 64, salt + 1);
    place[1] = far * cosf(turn) + wide * noise_tiled(s * 7 + 0.025f * t, 8.3f, 64, salt + 2) +
               fine * noise_tiled(s * 31 - 0.13f * t, 5 + 0.06f * t, 64, salt + 3);
}

/* How bright the line is: it comes and goes along its length, in rays. */
static float strength(const struct glow *glow, int curtain, float s)
{
    uint32_t salt = (uint32_t)glow->pass->fx->scene->seed + 77u * (uint32_t)curtain + 5u;
    float t = glow->pass->time_s;
    float patch = 0.5f + 0.8f * noise_tiled(s * 6 - 0.045f * t, 0.02f * t, 64, salt);
    float rays = 0.5f + 0.9f * noise_tiled(s * 170 + 0.35f * t, 0.25f * t, 512, salt + 1);
    float fine = 0.75f + 0.6f * noise_tiled(s * 520 - 0.8f * t, 0.4f * t, 1024, salt + 2);

    return clamp_f(patch, 0.03f, 1) * clamp_f(rays, 0.12f, 1.4f) * clamp_f(fine, 0.3f, 1.3f) *
           (curtain == 0 ? 1.0f : 0.75f);
}

/* Adds what stands on a point to a column. */
static void add_column(struct glow *glow, int column, float ahead, float amount, float tall)
{
    const struct view *view = &glow->pass->frame->view;
    float pixel = view->pixel * (float)glow->pass->frame->out_height / (float)glow->height;
    float row_km = pixel * ahead;
    float foot = ((float)glow->height * 0.5f - 0.5f) - (FOOT_KM / ahead - view->shift) / pixel;
    int last = (int)floorf(foot);
    float per_row = row_km / (TALL_KM * tall) * (HEIGHTS - 1);

    if (column < 0 || column >= glow->width)
        return;
    last = last < glow->height - 1 ? last : glow->height - 1;
    for (int row = last; row >= 0; row--) {
        float at = (foot - (float)row) * per_row, part;
        int i = (int)at;

        if (i >= HEIGHTS - 1)
            break;
        part = at - (float)i;
        for (int k = 0; k < 3; k++)
            glow->light[k][row * glow->width + column] +=
                amount * lerp_f(glow->heights[i][k], glow->heights[i + 1][k], part);
    }
}

static void add_curtain(struct glow *glow, int curtain)
{
    const struct fx_pass *pass = glow->pass;
    const struct view *view = &pass->frame->view;
    float heading = pass->fx->camera->heading, sine = sinf(heading), cosine = cosf(heading);
    float pixel = view->pixel * (float)pass->frame->out_width / (float)glow->width, was[2];

    fold(glow, curtain, 0, was);
    for (int i = 1; i <= POINTS; i++) {
        float s = (float)i / POINTS, is[2], length, x, z, ahead, at, amount, tall;
        int column;

        fold(glow, curtain, s, is);
        length = hypotf(is[0] - was[0], is[1] - was[1]);
        x = is[0] * cosine + is[1] * sine;
        z = is[1] * cosine - is[0] * sine;
        was[0] = is[0];
        was[1] = is[1];
        ahead = x * view->forward[0] + z * view->forward[1];
        if (ahead < LEAST_AHEAD_KM)
            continue;
        at = (x * view->right[0] + z * view->right[1]) / ahead / pixel + 0.5f * (float)glow->width -
             0.5f;
        if (at < -1 || at > (float)glow->width)
            continue;
        amount = BRIGHT * strength(glow, curtain, s) * length / (ahead * pixel) *
                 smooth_f(0, 0.1f, s) * (1 - smooth_f(0.9f, 1, s));
        tall = 0.65f + 0.5f * noise_tiled(s * 90, 3.3f, 128, (uint32_t)curtain);
        column = (int)floorf(at);
        at -= (float)column;
        add_column(glow, column, ahead, amount * (1 - at), fmaxf(tall, 0.3f));
        add_column(glow, column + 1, ahead, amount * at, fmaxf(tall, 0.3f));
    }
}

/* The greatest curtains must not burn out. */
static void settle(struct glow *glow)
{
    double sum[3] = {0, 0, 0};
    int count = glow->width * glow->height;

    for (int i = 0; i < count; i++)
        for (int k = 0; k < 3; k++) {
            float light = glow->light[k][i];

            light = light / (1 + 0.45f * light);
            glow->light[k][i] = glow->pass->fx->level * light;
            sum[k] += (double)light;
        }
    for (int k = 0; k < 3; k++)
        glow->around[k] = glow->pass->fx->level * (float)(sum[k] / count) * LAND_SHARE;
}

/* A plane of a small picture, enlarged. */
static float enlarged(const float *from, const int size[2], float x, float y)
{
    int ix, iy, jx, jy;

    x = clamp_f(x, 0, (float)(size[0] - 1));
    y = clamp_f(y, 0, (float)(size[1] - 1));
    ix = (int)x;
    iy = (int)y;
    jx = ix + 1 < size[0] ? ix + 1 : ix;
    jy = iy + 1 < size[1] ? iy + 1 : iy;
    x -= (float)ix;
    y -= (float)iy;
    return lerp_f(lerp_f(from[iy * size[0] + ix], from[iy * size[0] + jx], x),
                  lerp_f(from[jy * size[0] + ix], from[jy * size[0] + jx], x), y);
}

static void light_land(const struct glow *glow, size_t at)
{
    const struct fx_pass *pass = glow->pass;
    float *const *plane = (float *const *)pass->canvas.plane;
    float bright = (plane[0][at] + plane[1][at] + plane[2][at]) / 3;
    float albedo = clamp_f(bright * 0.2f / pass->fx->key, 0.03f, 0.6f);

    for (int k = 0; k < 3; k++)
        plane[k][at] += albedo * glow->around[k];
}

static void add_row(void *context, int row)
{
    const struct glow *glow = context;
    const struct fx_pass *pass = glow->pass;
    const struct frame *frame = pass->frame;
    const int size[2] = {glow->width, glow->height};
    const int sky_size[2] = {frame->sky_stride, frame->sky_height};
    float y = ((float)row + 0.5f) / (float)pass->canvas.height;

    for (int column = 0; column < pass->canvas.width; column++) {
        size_t at = (size_t)row * (size_t)pass->canvas.stride + (size_t)column;
        float x = ((float)column + 0.5f) / (float)pass->canvas.width, clear;

        if (pass->canvas.depth[at] < SKY_DEPTH) {
            light_land(glow, at);
            continue;
        }
        clear = enlarged(frame->sky[3], sky_size, x * (float)frame->sky_width - 0.5f,
                         y * (float)frame->sky_height - 0.5f);
        for (int k = 0; k < 3; k++)
            pass->canvas.plane[k][at] +=
                (0.15f + 0.85f * clear) * enlarged(glow->light[k], size, x * (float)size[0] - 0.5f,
                                                   y * (float)size[1] - 0.5f);
    }
}

void fx_add_aurora(const struct fx_pass *pass, int threads)
{
    struct glow glow = {
        .pass = pass, .width = pass->canvas.width / SHRINK, .height = pass->canvas.height / SHRINK};
    size_t count = (size_t)glow.width * (size_t)glow.height;
    float *memory = calloc(3 * count, sizeof(*memory));

    if (!memory)
        abort();
    for (int k = 0; k < 3; k++)
        glow.light[k] = memory + (size_t)k * count;
    color_heights(&glow);
    for (int curtain = 0; curtain < CURTAINS; curtain++)
        add_curtain(&glow, curtain);
    settle(&glow);
    parallel_run(threads, pass->canvas.height, add_row, &glow);
    free(memory);
}
