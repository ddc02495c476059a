/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/sky/shafts.h"

#include <math.h>
#include <stdlib.h>

#include "workers/diorama/noise.h"
#include "workers/diorama/parallel.h"
#include "workers/diorama/simd.h"

enum { TAPS = 28, ROWS_PER_PIECE = 6 };

struct beams {
    const struct frame *frame;
    float *open;        /* brightness of open sky, quarter resolution */
    float sun_x, sun_y; /* on the quarter picture; may lie outside */
    float strength;
};

static bool find_sun(struct beams *beams)
{
    const struct frame *frame = beams->frame;
    const struct view *view = &frame->view;
    const float *sun = frame->world->sky.disc;
    float ahead = sun[0] * view->forward[0] + sun[2] * view->forward[1];
    float across = sun[0] * view->right[0] + sun[2] * view->right[1];
    float per_m = (float)frame->bloom_width / ((float)frame->out_width * view->pixel);

    if (ahead < 0.3f)
        return false;
    beams->sun_x = across / ahead * per_m + 0.5f * (float)frame->bloom_width;
    beams->sun_y = 0.5f * (float)frame->bloom_height - (sun[1] / ahead - view->shift) * per_m;
    beams->strength = 0.34f * smooth_f(0.3f, 0.8f, ahead) * (1.0f - smooth_f(0.25f, 0.5f, sun[1])) *
                      (1.0f - frame->world->air.veil) * (1.0f - frame->world->sky.night);
    return beams->strength > 0.01f;
}

/* Sky that shines through, most near the sun. */
static void mark_open(void *context, int piece)
{
    const struct beams *beams = context;
    const struct frame *frame = beams->frame;
    float reach = 0.30f * (float)(frame->bloom_width + frame->bloom_height);
    int last = (piece + 1) * ROWS_PER_PIECE;

    if (last > frame->bloom_height)
        last = frame->bloom_height;
    for (int y = piece * ROWS_PER_PIECE; y < last; y++)
        for (int x = 0; x < frame->bloom_width; x++) {
            int row = (int)(((float)y + 0.5f) * (float)frame->height / (float)frame->bloom_height);
            int column = (int)(((float)x + 0.5f) * (float)frame->width / (float)frame->bloom_width);
            size_t at = (size_t)row * (size_t)frame->stride + (size_t)column;
            float dx = ((float)x - beams->sun_x) / reach, dy = ((float)y - beams->sun_y) / reach;
            float near = 1.0f / (1.0f + 14.0f * (dx * dx + dy * dy));
            float bright = frame->plane[0][at] + frame->plane[1][at] + frame->plane[2][at];

            beams->open[y * frame->bloom_width + x] =
                frame->depth[at] > 1e8f ? near * fminf(bright, 3.0f) : 0;
        }
}

/* Open sky on the way from texels side by side to the sun. The first step goes a part of one, a
 * fixed one for each texel: no rings around the sun, and no flicker. */
static vf open_toward_sun(const struct beams *beams, int x, int y)
{
    vf px = lane_index() + (float)x, dx = (beams->sun_x - px) * (1.0f / TAPS), sum = splat(0);
    float dy = (beams->sun_y - (float)y) / TAPS;
    int width = beams->frame->bloom_width, height = beams->frame->bloom_height;
    vf at;

    for (int k = 0; k < VW; k++)
        at[k] = noise_hash(x + k, y, 5);
    for (int i = 0; i < TAPS; i++, at += 1.0f) {
        vf column = clamp_v(px + dx * at, 0.0f, (float)(width - 1));
        vf row = clamp_v((float)y + dy * at, 0.0f, (float)(height - 1));

        sum += gather(beams->open, to_int(row) * width + to_int(column));
    }
    return sum;
}

/* Adds light to texels of the bloom, as much as each of `sum` says. */
static void add_light(const struct beams *beams, size_t at, vf sum, int count)
{
    const struct frame *frame = beams->frame;
    const float *color = frame->world->sky.sun_color;
    float whole = color[0] + color[1] + color[2] + 1e-6f;

    for (int k = 0; k < 3; k++)
        for (int i = 0; i < count; i++)
            frame->bloom[k][at + (size_t)i] += 3.0f * sum[i] * color[k] / whole;
}

static void carry_light(void *context, int piece)
{
    const struct beams *beams = context;
    int width = beams->frame->bloom_width, height = beams->frame->bloom_height;
    int last = (piece + 1) * ROWS_PER_PIECE;

    if (last > height)
        last = height;
    for (int y = piece * ROWS_PER_PIECE; y < last; y++)
        for (int x = 0; x < width; x += VW) {
            vf sum = open_toward_sun(beams, x, y) * (beams->strength / TAPS);

            add_light(beams, (size_t)(y * width + x), sum, width - x < VW ? width - x : VW);
        }
}

void shafts_add(const struct frame *frame, int threads)
{
    struct beams beams = {.frame = frame};
    int pieces = (frame->bloom_height + ROWS_PER_PIECE - 1) / ROWS_PER_PIECE;

    if (!find_sun(&beams))
        return;
    beams.open = malloc((size_t)frame->bloom_width * (size_t)frame->bloom_height * sizeof(float));
    if (!beams.open)
        abort();
    parallel_run(threads, pieces, mark_open, &beams);
    parallel_run(threads, pieces, carry_light, &beams);
    free(beams.open);
}
