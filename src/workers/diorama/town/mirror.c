/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/town/mirror.h"

#include <stdlib.h>
#include <string.h>

#include "workers/diorama/kernels.h"
#include "workers/diorama/noise.h"
#include "workers/diorama/parallel.h"

#define BROAD_SHARE 0.55f /* of the softer level in the mix */

enum { PASSES = 2 };

static float *plane_new(const struct canvas *canvas)
{
    float *plane = calloc((size_t)canvas->stride * ((size_t)canvas->height + 1), sizeof(*plane));

    if (!plane)
        abort();
    return plane;
}

void mirror_init(struct mirror *mirror, const struct frame *frame)
{
    struct canvas *canvas = &mirror->canvas;

    canvas->width = frame->out_width / 2;
    canvas->height = frame->out_height / 2;
    canvas->stride = (canvas->width + KERNEL_LANES_MAX - 1) / KERNEL_LANES_MAX * KERNEL_LANES_MAX;
    canvas->mirrored = true;
    for (int k = 0; k < 3; k++) {
        canvas->plane[k] = plane_new(canvas);
        mirror->mixed[k] = plane_new(canvas);
        for (int level = 0; level < MIRROR_SOFT_LEVELS; level++)
            mirror->soft[level][k] = plane_new(canvas);
    }
    canvas->depth = plane_new(canvas);
}

void mirror_fini(struct mirror *mirror)
{
    for (int k = 0; k < 3; k++) {
        free(mirror->canvas.plane[k]);
        free(mirror->mixed[k]);
        for (int level = 0; level < MIRROR_SOFT_LEVELS; level++)
            free(mirror->soft[level][k]);
    }
    free(mirror->canvas.depth);
    memset(mirror, 0, sizeof(*mirror));
}

void mirror_aim(struct mirror *mirror, const struct frame *frame)
{
    for (int k = 0; k < 2; k++)
        mirror->canvas.pixel[k] = 2.0f * frame->view.pixel;
}

/* A running mean over 2 * reach + 1 rows, column by column; the edge rows repeat. */
static void blur_columns(const struct canvas *canvas, const float *from, float *to, int reach)
{
    int width = canvas->stride, last = canvas->height - 1;
    float *sum = calloc((size_t)width, sizeof(*sum)), scale = 1.0f / (float)(2 * reach + 1);

    if (!sum)
        abort();
    for (int y = -reach; y <= reach; y++) {
        const float *row = from + (size_t)(y < 0 ? 0 : y > last ? last : y) * (size_t)width;

        for (int x = 0; x < width; x++)
            sum[x] += row[x];
    }
    for (int y = 0; y <= last; y++) {
        int gone = y - reach < 0 ? 0 : y - reach,
            come = y + reach + 1 > last ? last : y + reach + 1;
        const float *old = from + (size_t)gone * (size_t)width;
        const float *new = from + (size_t)come *(size_t)width;
        float *out = to + (size_t)y * (size_t)width;

        for (int x = 0; x < width; x++) {
            out[x] = sum[x] * scale;
            sum[x] += new[x] - old[x];
        }
    }
    free(sum);
}

static void soften_color(void *context, int color)
{
    struct mirror *mirror = context;
    const struct canvas *canvas = &mirror->canvas;
    const float *from = canvas->plane[color];

    for (int level = 0; level < MIRROR_SOFT_LEVELS; level++) {
        int reach = canvas->height / (level ? 14 : 48) + 1;

        for (int pass = 0; pass < PASSES; pass++) {
            float *to = pass == PASSES - 1 ? mirror->soft[level][color] : mirror->mixed[color];

            blur_columns(canvas, from, to, reach);
            from = to;
        }
    }
    for (size_t i = 0; i < (size_t)canvas->stride * (size_t)canvas->height; i++)
        mirror->mixed[color][i] =
            lerp_f(mirror->soft[0][color][i], mirror->soft[1][color][i], BROAD_SHARE);
}

void mirror_soften(struct mirror *mirror, int threads)
{
    parallel_run(threads, 3, soften_color, mirror);
}
