/* SPDX-License-Identifier: Apache-2.0 */
/*
 * walk_simd: follows the rays of picture columns over the ground, from the bottom up. The sea's
 * surface is such a ground, too.
 *
 * As a column lies in one vertical plane, a ray meets the ground no nearer than the ray below it
 * did, and goes on from there: a column is walked once for all its rays. Each lane goes at its own
 * pace, so none waits for its neighbors.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_LAND_WALK_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_LAND_WALK_SIMD_H

#include "workers/diorama/simd.h"
#include "workers/diorama/world.h"

/* How far each lane has come: the ray of `row` has been followed to `depth`, where it is `gap`
 * above the ground. */
struct walk {
    vf row, rise, depth, gap;
    vi active;
};

/* How far the rays of a row of samples rise on the way to depth 1. */
SIMD vf row_rise(const struct frame *frame, vf row)
{
    float pixel = frame->view.pixel * (float)frame->out_height / (float)frame->height;

    return (0.5f * (float)frame->height - 0.5f - row) * pixel + frame->view.shift;
}

/* Notes where the rays of these lanes met the ground. */
SIMD void walk_note(float *depths, int stride, vf row, vf depth, unsigned lanes)
{
    for (; lanes; lanes &= lanes - 1) {
        int lane = __builtin_ctz(lanes);

        depths[(int)row[lane] * stride + lane] = depth[lane];
    }
}

/* Goes on to `depth`, where the walk's ray has `gap`, and lets all rays of a lane that come within
 * `close` of the ground until then meet it: where a line from the last step would cross them. Their
 * depths are put into `depths`, rows of frame->stride. */
SIMD void walk_on(const struct frame *frame, struct walk *walk, vf depth, vf gap, vf close,
                  float *depths)
{
    for (;;) {
        vi met = walk->active & (gap < close);
        unsigned lanes = bits(met);
        vf back, next, rise;

        if (!lanes)
            break;
        back = saturate(walk->gap / max_v(walk->gap - gap, splat(1e-3f)));
        back = choose(gap < 0.0f, walk->depth + (depth - walk->depth) * back, depth);
        walk_note(depths, frame->stride, walk->row, back, lanes);
        next = choose(met, walk->row - 1.0f, walk->row);
        rise = row_rise(frame, next);
        gap += (rise - walk->rise) * depth;
        walk->gap += (rise - walk->rise) * walk->depth;
        walk->rise = rise;
        walk->row = next;
        walk->active &= next >= 0.0f;
    }
    walk->depth = choose(walk->active, depth, walk->depth);
    walk->gap = choose(walk->active, gap, walk->gap);
}

#endif
