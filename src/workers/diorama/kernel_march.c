/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernel that draws the samples: a few picture columns at a time, marched from the bottom up.
 * As a column lies in one vertical plane, a ray meets the ground no nearer than the ray below it
 * did, and starts there.
 */
#include <math.h>

#include "workers/diorama/kernel_table.h"
#include "workers/diorama/water_simd.h"

enum { STEPS_MAX = 400 };

/* The vertical plane of each lane's column. */
struct column {
    vf across;            /* position on the picture plane at distance 1 */
    vf x, z;              /* world step per unit of depth */
    vf flat;              /* its length */
    vf jitter;            /* of rows, so that neighbors do not sample the same heights */
    struct sky_parts low; /* sky just over the horizon: the color of far haze */
};

/* Where the rays of one row got to. Depth is along the view direction. */
struct reach {
    vf depth;
    vi hit;
};

SIMD void column_begin(const struct frame *frame, int group, struct column *column)
{
    const struct view *view = &frame->view;
    float pixel = view->pixel * (float)frame->out_width / (float)frame->width;
    vf x = lane_index() + (float)(group * VW);

    column->across = (x + (0.5f - 0.5f * (float)frame->width)) * pixel;
    column->x = view->forward[0] + column->across * view->right[0];
    column->z = view->forward[1] + column->across * view->right[1];
    column->flat = sqrt_v(column->x * column->x + column->z * column->z);
    column->jitter = (to_float(to_int(x) & 1) - 0.5f) * 0.5f;
    column->low =
        sky_parts(&frame->world->sky, unit3(vec3(column->x, column->flat * 0.035f, column->z)));
}

/* Height over ground and all that stands on it, of points at a depth along the rays. */
SIMD vf height_over(const struct frame *frame, const struct column *column, vf rise, vf depth)
{
    const struct terrain *terrain = &frame->world->terrain;
    float per_m = 1.0f / terrain->cell_m;
    vf x = frame->view.eye[0] + depth * column->x, z = frame->view.eye[2] + depth * column->z;
    vf y = frame->view.eye[1] + depth * rise;
    vf gap = y - terrain_height(terrain, x * per_m, z * per_m);
    vi close = (gap < 26.0f) & (depth < 9000.0f);

    if (any(close)) {
        float pixel = frame->view.pixel * (float)frame->out_width / (float)frame->width;
        vf more = relief_height(frame, x, z, depth * pixel);

        gap = choose(close, gap - more * (1.0f - smooth_v(6000.0f, 9000.0f, depth)), gap);
    }
    return min_v(gap, y - terrain->water_m);
}

SIMD vf stride(vf depth, vf gap)
{
    return max_v(gap * 0.6f, depth * 0.003f + 0.25f);
}

/* Follows rays that are `gap_before` above the ground at depth `before`, where the row below hit.
 */
SIMD struct reach march(const struct frame *frame, const struct column *column, vf rise, vf before,
                        vf gap_before)
{
    const struct terrain *terrain = &frame->world->terrain;
    float over = terrain->high_m + 25.0f - frame->view.eye[1];
    /* A rising ray that is above all land, or a ray that has gone too far, is done. */
    vf leave =
        choose(rise > 0.0f, over / max_v(rise, splat(1e-5f)), splat(frame->world->air.far_m));
    vf limit = min_v(leave, splat(frame->world->air.far_m));
    struct reach reach = {before + stride(before, gap_before), before < 0.0f};
    vf gap = splat(0), back;
    vi active = before < limit;

    for (int i = 0; i < STEPS_MAX && any(active); i++) {
        vi met;

        gap = choose(active, height_over(frame, column, rise, reach.depth), gap);
        met = active & (gap < reach.depth * 0.0003f);
        reach.hit |= met;
        active &= ~met;
        before = choose(active, reach.depth, before);
        gap_before = choose(active, gap, gap_before);
        reach.depth = choose(active, reach.depth + stride(reach.depth, gap), reach.depth);
        active &= reach.depth < limit;
    }
    /* Between the last step outside and the first one inside, where a line would cross. */
    back = saturate(gap_before / max_v(gap_before - gap, splat(1e-3f)));
    back = before + (reach.depth - before) * back;
    reach.depth = choose(reach.hit & (gap < 0.0f), back, reach.depth);
    return reach;
}

SIMD vf sky_sample(const struct frame *frame, const float *plane, vi index, const vf weight[2])
{
    int stride = frame->sky_stride;
    vf a = lerp_v(gather(plane, index), gather(plane, index + 1), weight[0]);
    vf b = lerp_v(gather(plane, index + stride), gather(plane, index + (stride + 1)), weight[0]);

    return lerp_v(a, b, weight[1]);
}

/* Stars: one to a cell of a grid spread over the upper half of the sky. */
SIMD vf stars(const struct frame *frame, struct v3 dir)
{
    float pixel = frame->view.pixel;
    vf spread = 150.0f / (1.0f + max_v(dir.y, splat(0))), x = dir.x * spread, z = dir.z * spread;
    vf fx = floor_v(x), fz = floor_v(z);
    vi ix = to_int(fx), iz = to_int(fz);
    vf chance = hash_v(ix, iz), dx = x - fx - 0.25f - 0.5f * hash_v(ix + 31, iz);
    vf dz = z - fz - 0.25f - 0.5f * hash_v(ix, iz + 57);
    vf bright = chance * chance;
    float size = 0.75f * pixel * 90.0f;

    bright = bright * bright;
    bright = bright * bright * bright * 1.6f + 0.10f * smooth_v(0.4f, 1.0f, chance);
    return bright * exp_v((dx * dx + dz * dz) * (-1.0f / (size * size)));
}

SIMD struct v3 sky_light(const struct frame *frame, const struct column *column, vf rise)
{
    const struct sky *sky = &frame->world->sky;
    float per_pixel = (float)frame->sky_width / ((float)frame->out_width * frame->view.pixel);
    struct v3 dir = unit3(vec3(column->x, rise, column->z)), light;
    vf x = column->across * per_pixel + (0.5f * (float)frame->sky_width - 0.5f), disc, through, mu;
    vf y = 0.5f * (float)frame->sky_height - 0.5f - (rise - frame->view.shift) * per_pixel;
    vf fx = clamp_v(floor_v(x), 0.0f, (float)(frame->sky_width - 2));
    vf fy = clamp_v(floor_v(y), 0.0f, (float)(frame->sky_height - 2));
    const vf weight[2] = {saturate(x - fx), saturate(y - fy)};
    vi index = to_int(fy) * frame->sky_stride + to_int(fx);

    light = vec3(sky_sample(frame, frame->sky[0], index, weight),
                 sky_sample(frame, frame->sky[1], index, weight),
                 sky_sample(frame, frame->sky[2], index, weight));
    through = sky_sample(frame, frame->sky[3], index, weight);
    mu = dot3(dir, splat3(sky->disc));
    disc = smooth_v(0.99995f, 0.999972f, mu) * sky->disc_radiance * 0.05f * through * through;
    light = mad3(light, splat3(sky->sun_color), disc);
    if (sky->night > 0) {
        vf star = stars(frame, dir) * through * sky->night * smooth_v(0.0f, 0.25f, dir.y) * 0.02f;

        light = add3(light, vec3(star * 0.9f, star, star * 1.1f));
    }
    return light;
}

SIMD struct v3 hit_light(const struct frame *frame, const struct column *column, vf rise, vf depth)
{
    const struct terrain *terrain = &frame->world->terrain;
    const struct view *view = &frame->view;
    float pixel = view->pixel * (float)frame->out_width / (float)frame->width;
    float per_m = 1.0f / terrain->cell_m;
    struct spot spot;
    struct v3 light;
    struct haze haze;

    spot.view = unit3(vec3(column->x, rise, column->z));
    spot.place = vec3(view->eye[0] + depth * column->x, view->eye[1] + depth * rise,
                      view->eye[2] + depth * column->z);
    spot.distance = depth * sqrt_v(column->flat * column->flat + rise * rise);
    spot.grain = depth * pixel;
    haze_begin(frame, &column->low, spot.view, &haze);
    light = ground_light(frame, &spot);
    if (terrain->water_m > NO_WATER) {
        vi wet = spot.place.y < terrain->water_m + 0.05f + spot.distance * 0.0004f;

        if (any(wet)) {
            vf bed = terrain_height(terrain, spot.place.x * per_m, spot.place.z * per_m);

            wet &= bed < terrain->water_m;
            if (any(wet))
                light = choose3(
                    wet, water_light(frame, &spot, max_v(terrain->water_m - bed, splat(0)), &haze),
                    light);
        }
    }
    return through_air(frame, light, spot.place, spot.distance, &haze);
}

void KERNEL(march_columns)(const struct frame *frame, int group)
{
    const struct view *view = &frame->view;
    float pixel = view->pixel * (float)frame->out_height / (float)frame->height;
    struct column column;
    vf depth = splat(4.0f);
    bool land = frame->world->terrain.heights != NULL;

    column_begin(frame, group, &column);
    for (int row = frame->height - 1; row >= 0; row--) {
        vf rise =
            (0.5f * (float)frame->height - 0.5f - (float)row + column.jitter) * pixel + view->shift;
        struct reach reach = {depth, depth < 0.0f};
        struct v3 light = color(0, 0, 0);
        size_t at = (size_t)row * (size_t)frame->stride + (size_t)group * VW;

        if (land) {
            reach = march(frame, &column, rise, depth, depth * pixel);
            depth = reach.depth;
        }
        if (any(~reach.hit))
            light = sky_light(frame, &column, rise);
        if (any(reach.hit))
            light = choose3(reach.hit, hit_light(frame, &column, rise, reach.depth), light);
        store(frame->plane[0] + at, light.x);
        store(frame->plane[1] + at, light.y);
        store(frame->plane[2] + at, light.z);
        store(frame->depth + at, choose(reach.hit, reach.depth * column.flat, splat(1e9f)));
    }
}
