/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/post/fisheye.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workers/diorama/noise.h"
#include "workers/diorama/parallel.h"

#define CORNER_LIGHT 0.62f /* such lenses darken there */

enum { RADII = 512 };

/* One plane, and a copy of what it was. */
struct bend {
    float *plane, *was;
    int width, height, stride;
    float shrink[RADII + 2]; /* by the square of the radius, 1 in the corners: where to look */
    bool darkens;
};

/* Weights of four neighbors in a row: Catmull and Rom's curve. */
static void weights_of(float t, float weights[4])
{
    weights[0] = t * (-0.5f + t * (1.0f - 0.5f * t));
    weights[1] = 1 + t * t * (-2.5f + 1.5f * t);
    weights[2] = t * (0.5f + t * (2.0f - 1.5f * t));
    weights[3] = t * t * (-0.5f + 0.5f * t);
}

static int inside(int x, int size)
{
    return x < 0 ? 0 : x < size ? x : size - 1;
}

static float look_up(const struct bend *bend, float x, float y)
{
    int ix = (int)floorf(x), iy = (int)floorf(y), columns[4];
    float across[4], down[4], sum = 0;

    weights_of(x - (float)ix, across);
    weights_of(y - (float)iy, down);
    for (int i = 0; i < 4; i++)
        columns[i] = inside(ix - 1 + i, bend->width);
    for (int j = 0; j < 4; j++) {
        const float *row =
            bend->was + (size_t)inside(iy - 1 + j, bend->height) * (size_t)bend->stride;

        sum += down[j] * (across[0] * row[columns[0]] + across[1] * row[columns[1]] +
                          across[2] * row[columns[2]] + across[3] * row[columns[3]]);
    }
    return fmaxf(sum, 0);
}

static void bend_row(void *context, int row)
{
    const struct bend *bend = context;
    float middle_x = 0.5f * (float)bend->width - 0.5f;
    float middle_y = 0.5f * (float)bend->height - 0.5f;
    float whole = middle_x * middle_x + middle_y * middle_y, dy = (float)row - middle_y;
    float *to = bend->plane + (size_t)row * (size_t)bend->stride;

    for (int column = 0; column < bend->width; column++) {
        float dx = (float)column - middle_x, square = (dx * dx + dy * dy) / whole;
        float at = square * RADII, shrink;
        int i = (int)at;

        shrink = lerp_f(bend->shrink[i], bend->shrink[i + 1], at - (float)i);
        to[column] = look_up(bend, middle_x + dx * shrink, middle_y + dy * shrink);
        if (bend->darkens)
            to[column] *= lerp_f(1, CORNER_LIGHT, square * square * square);
    }
}

/* The tangent of the angle that is seen in a corner says how far the middle swells. */
static void plan(struct bend *bend, float corner)
{
    float angle = atanf(corner);

    for (int i = 0; i < RADII + 2; i++) {
        float radius = sqrtf((float)i / RADII);

        bend->shrink[i] =
            i ? tanf(fminf(radius * angle, 1.5f)) / (corner * radius) : angle / corner;
    }
}

static void bend_plane(struct bend *bend, float *plane, const int size[3], int threads)
{
    size_t bytes = (size_t)size[1] * (size_t)size[2] * sizeof(float);

    bend->plane = plane;
    bend->width = size[0];
    bend->height = size[1];
    bend->stride = size[2];
    memcpy(bend->was, plane, bytes);
    parallel_run(threads, bend->height, bend_row, bend);
}

void fisheye_bend(const struct frame *frame, int threads)
{
    const int whole[3] = {frame->out_width, frame->out_height, frame->out_stride};
    const int glow[3] = {frame->bloom_width, frame->bloom_height, frame->bloom_width};
    struct bend bend = {.was = malloc((size_t)whole[1] * (size_t)whole[2] * sizeof(float))};

    if (!bend.was)
        abort();
    plan(&bend, 0.5f * frame->view.pixel * hypotf((float)whole[0], (float)whole[1]));
    for (int k = 0; k < 3; k++) {
        bend.darkens = true;
        bend_plane(&bend, frame->out[k], whole, threads);
        if (!frame->bloom[k])
            continue;
        bend.darkens = false;
        bend_plane(&bend, frame->bloom[k], glow, threads);
    }
    free(bend.was);
}
