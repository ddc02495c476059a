/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels of depth of field and motion blur. */
#include "workers/diorama/kernel_table.h"
#include "workers/diorama/post/lens_impl.h"

#define SAME_DEPTH 1.06f  /* what is so much nearer is before, and not beside */
#define SHARP_PIXELS 0.7f /* discs below are none */
#define SOFT_PIXELS 2.2f  /* and from here on taken from the blurred picture alone */

static int clamp_row(int row, int height)
{
    return row < 0 ? 0 : row >= height ? height - 1 : row;
}

SIMD vf disc_at(const struct lens_job *job, vf near, int row)
{
    if (job->is_band) {
        float off = (float)row - job->band_row;

        off = ((off < 0 ? -off : off) - job->band_half) * job->band_slope;
        return splat(off < 0 ? 0 : off > job->disc_max ? job->disc_max : off);
    }
    return min_v(abs_v(near - job->focus) * job->power, splat(job->disc_max));
}

/* Copies the first and last value of a row into what surrounds it. */
static void pad_row(const struct lens_planes *planes, int row)
{
    for (int k = 0; k < LENS_PLANES; k++) {
        float *at = planes->plane[k] + row * planes->stride, *end = at + planes->width;

        for (int i = 1; i <= LENS_PAD; i++)
            at[-i] = at[0];
        for (int i = 0; i < LENS_PAD; i++)
            end[i] = end[-1];
    }
}

/* Every other lane of two vectors that lie one after the other in memory, from the first one on. */
SIMD vf every_other(const float *from)
{
    float lanes[2 * VW] = {0};
    vf r = {0};

    store(lanes, load(from));
    store(lanes + VW, load(from + VW));
    for (int i = 0; i < VW; i++)
        r[i] = lanes[2 * i];
    return r;
}

/* One row of the half resolution, also those around the picture. What is in focus counts little,
 * or it would glow around itself. */
void KERNEL(lens_half_row)(const struct lens_job *job, int row)
{
    const struct frame *frame = job->frame;
    const struct lens_planes *half = &job->half;
    int from_row = 2 * clamp_row(row - LENS_PAD, half->height);
    float *to[LENS_PLANES];

    for (int k = 0; k < LENS_PLANES; k++)
        to[k] = half->plane[k] + (row - LENS_PAD) * half->stride;
    for (int column = 0; column < half->width; column += VW) {
        struct v3 sum = color(0, 0, 0);
        vf weights = splat(0), disc = splat(0), near = splat(0);

        for (int i = 0; i < 4; i++) {
            size_t at = (size_t)(from_row + i / 2) * (size_t)frame->out_stride +
                        (size_t)(2 * column + i % 2);
            vf here = 1.0f / every_other(frame->distance + at);
            vf wide = disc_at(job, here, from_row + i / 2), weight = wide + 0.02f;

            sum.x += weight * every_other(frame->out[0] + at);
            sum.y += weight * every_other(frame->out[1] + at);
            sum.z += weight * every_other(frame->out[2] + at);
            weights += weight;
            disc = max_v(disc, wide);
            near = max_v(near, here);
        }
        sum = scale3(sum, 1.0f / weights);
        store(to[LENS_RED] + column, sum.x);
        store(to[LENS_GREEN] + column, sum.y);
        store(to[LENS_BLUE] + column, sum.z);
        store(to[LENS_DISC] + column, disc * 0.5f);
        store(to[LENS_NEAR] + column, near);
    }
    pad_row(half, row - LENS_PAD);
}

/* Discs of all that surrounds a pixel, as far as they reach it. */
void KERNEL(lens_blur_row)(const struct lens_job *job, int row)
{
    const struct lens_planes *half = &job->half, *blurred = &job->blurred;

    for (int column = 0; column < half->width; column += VW) {
        ptrdiff_t at = row * half->stride + column;
        vf own_disc = load(half->plane[LENS_DISC] + at),
           own_near = load(half->plane[LENS_NEAR] + at);
        vf before = own_near * SAME_DEPTH, weights = splat(0), spread = splat(0);
        struct v3 sum = color(0, 0, 0);

        for (int i = 0; i < job->tap_count; i++) {
            ptrdiff_t from = at + job->taps[i].offset;
            vf disc = load(half->plane[LENS_DISC] + from);
            vi is_before = load(half->plane[LENS_NEAR] + from) > before;
            vf reach = choose(is_before, disc, min_v(disc, own_disc));
            vf cover = saturate(reach - job->taps[i].distance + 0.5f);
            vf weight = cover / (1.0f + reach * reach);

            sum.x += weight * load(half->plane[LENS_RED] + from);
            sum.y += weight * load(half->plane[LENS_GREEN] + from);
            sum.z += weight * load(half->plane[LENS_BLUE] + from);
            weights += weight;
            spread += choose(is_before, weight, splat(0));
        }
        sum = scale3(sum, 1.0f / weights);
        store(blurred->plane[LENS_RED] + at, sum.x);
        store(blurred->plane[LENS_GREEN] + at, sum.y);
        store(blurred->plane[LENS_BLUE] + at, sum.z);
        spread = saturate(spread * (job->tap_area * 0.45f));
        store(blurred->plane[LENS_DISC] + at, spread);
        store(blurred->plane[LENS_NEAR] + at, max_v(own_disc - 0.5f, spread));
    }
    pad_row(blurred, row);
}

/* Taps lie apart: a small tent over what they gathered closes the gaps, among what is blurred. */
void KERNEL(lens_fill_row)(const struct lens_job *job, int row)
{
    const struct lens_planes *from = &job->blurred, *to = &job->filled;

    for (int column = 0; column < from->width; column += VW) {
        ptrdiff_t at = row * from->stride + column;
        vf weights = splat(0);
        struct v3 sum = color(0, 0, 0);

        for (int i = 0; i < 9; i++) {
            int x = i % 3 - 1, y = clamp_row(row + i / 3 - 1, from->height) - row;
            ptrdiff_t beside = at + y * from->stride + x;
            float tent = (float)((2 - x * x) * (2 - (i / 3 - 1) * (i / 3 - 1)));
            vf weight = tent * (0.02f + saturate(load(from->plane[LENS_NEAR] + beside)));

            sum.x += weight * load(from->plane[LENS_RED] + beside);
            sum.y += weight * load(from->plane[LENS_GREEN] + beside);
            sum.z += weight * load(from->plane[LENS_BLUE] + beside);
            weights += weight;
        }
        sum = scale3(sum, 1.0f / weights);
        store(to->plane[LENS_RED] + at, sum.x);
        store(to->plane[LENS_GREEN] + at, sum.y);
        store(to->plane[LENS_BLUE] + at, sum.z);
        store(to->plane[LENS_DISC] + at, load(from->plane[LENS_DISC] + at));
    }
    pad_row(to, row);
}

SIMD vf between(const struct lens_planes *planes, int plane, vi at, vf u, float v)
{
    const float *from = planes->plane[plane];
    vi below = at + (int)planes->stride;

    return lerp_v(lerp_v(gather(from, at), gather(from, at + 1), u),
                  lerp_v(gather(from, below), gather(from, below + 1), u), splat(v));
}

/* Puts the blurred picture over what is out of focus. */
void KERNEL(lens_mix_row)(const struct lens_job *job, int row)
{
    const struct frame *frame = job->frame;
    float y = 0.5f * (float)row - 0.25f, base;
    int above;

    y = y < 0 ? 0 : y > (float)job->half.height - 1.001f ? (float)job->half.height - 1.001f : y;
    above = (int)y;
    base = y - (float)above;
    for (int column = 0; column < frame->out_width; column += VW) {
        size_t at = (size_t)row * (size_t)frame->out_stride + (size_t)column;
        vf x = max_v((lane_index() + (float)column) * 0.5f - 0.25f, splat(0)), left = floor_v(x);
        vf u = x - left;
        vi from = to_int(left) + (int)(above * job->half.stride);
        vf disc = disc_at(job, 1.0f / load(frame->distance + at), row);
        vf amount = max_v(smooth_v(SHARP_PIXELS, SOFT_PIXELS, disc),
                          between(&job->filled, LENS_DISC, from, u, base));

        if (!any(amount > 0.0f))
            continue;
        for (int k = 0; k < 3; k++) {
            float *to = frame->out[k] + at;

            store(to, lerp_v(load(to), between(&job->filled, k, from, u, base), amount));
        }
    }
}

/* Copies a row of the picture, also those around it. */
void KERNEL(lens_copy_row)(const struct lens_job *job, int row)
{
    const struct frame *frame = job->frame;
    const struct lens_planes *sharp = &job->sharp;
    size_t from = (size_t)clamp_row(row - LENS_PAD, sharp->height) * (size_t)frame->out_stride;
    ptrdiff_t to = (row - LENS_PAD) * sharp->stride;

    for (int column = 0; column < sharp->width; column += VW) {
        vf across = load(frame->motion[0] + from + column);
        vf down = load(frame->motion[1] + from + column);

        for (int k = 0; k < 3; k++)
            store(sharp->plane[k] + to + column, load(frame->out[k] + from + column));
        store(sharp->plane[LENS_DISC] + to + column,
              sqrt_v(across * across + down * down) * job->shutter);
        store(sharp->plane[LENS_NEAR] + to + column, 1.0f / load(frame->distance + from + column));
    }
    pad_row(sharp, row - LENS_PAD);
}

/* Along a tile's smear: what comes by before a pixel, and what a moving pixel lets through. For
 * the rest of the time that the shutter is open the pixel shows itself. */
SIMD void smear(const struct lens_job *job, const float way[2], ptrdiff_t at, struct v3 *sum)
{
    const struct lens_planes *sharp = &job->sharp;
    float length = __builtin_sqrtf(way[0] * way[0] + way[1] * way[1]);
    int taps = 1 + 2 * (int)(length * 0.4f + 0.5f);
    vf own = load(sharp->plane[LENS_DISC] + at) * 0.5f, near = load(sharp->plane[LENS_NEAR] + at);
    const struct v3 here =
        vec3(load(sharp->plane[LENS_RED] + at), load(sharp->plane[LENS_GREEN] + at),
             load(sharp->plane[LENS_BLUE] + at));

    *sum = color(0, 0, 0);
    for (int i = 0; i < taps; i++) {
        float t = ((float)i + 0.5f) / (float)taps - 0.5f, far = (t < 0 ? -t : t) * length;
        float across = t * way[0], down = t * way[1];
        ptrdiff_t from = at + (ptrdiff_t)__builtin_floorf(across + 0.5f) +
                         (ptrdiff_t)__builtin_floorf(down + 0.5f) * sharp->stride;
        vf other = load(sharp->plane[LENS_NEAR] + from);
        vf passes = saturate(load(sharp->plane[LENS_DISC] + from) * 0.5f - far + 1.0f);
        vf opens = saturate(own - far + 1.0f);
        vf weight = choose(other * SAME_DEPTH > near, passes, splat(0));

        weight = max_v(weight, choose(other < near * SAME_DEPTH, opens, splat(0)));
        *sum = add3(*sum, lerp3(here,
                                vec3(load(sharp->plane[LENS_RED] + from),
                                     load(sharp->plane[LENS_GREEN] + from),
                                     load(sharp->plane[LENS_BLUE] + from)),
                                weight));
    }
    *sum = scale3(*sum, splat(1.0f / (float)taps));
}

void KERNEL(lens_smear_row)(const struct lens_job *job, int row)
{
    const struct frame *frame = job->frame;
    const float(*tiles)[2] = (const float(*)[2])job->tiles + row / LENS_TILE * job->tile_columns;

    for (int column = 0; column < frame->out_width; column += VW) {
        const float *way = tiles[column / LENS_TILE];
        size_t to = (size_t)row * (size_t)frame->out_stride + (size_t)column;
        struct v3 c;

        if (way[0] * way[0] + way[1] * way[1] < 1)
            continue;
        smear(job, way, row * job->sharp.stride + column, &c);
        store(frame->out[0] + to, c.x);
        store(frame->out[1] + to, c.y);
        store(frame->out[2] + to, c.z);
    }
}
