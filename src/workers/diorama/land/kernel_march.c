/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernels that draw the samples: a few picture columns at a time, traced from the bottom up.
 * As a column lies in one vertical plane, a ray meets the ground no nearer than the ray below it
 * did, and starts there. Each lane goes at its own pace, so none waits for its neighbors; what the
 * rays met is then shaded row by row.
 */
#include <math.h>

#include "workers/diorama/kernel_table.h"
#include "workers/diorama/land/walk_simd.h"
#include "workers/diorama/land/water_simd.h"

#define FAR_OFF 1e9f /* depth of the sky */
/* The samples of many frames add up: each looks at the ground this much finer than it is wide. */
#define FINENESS 0.6f

enum { AHEAD_ROWS = 4 }; /* that far down a column memory is asked for: no one else foresees it */
enum { STEPS_MAX = 20000 }; /* of a column; about 4000 are usual */

/* The vertical plane of each lane's column. */
struct column {
    vf across;            /* position on the picture plane at distance 1 */
    vf x, z;              /* world step per unit of depth */
    vf flat;              /* its length */
    struct sky_parts low; /* sky just over the horizon: the color of far haze */
};

SIMD void column_aim(const struct frame *frame, int group, struct column *column)
{
    const struct view *view = &frame->view;
    float pixel = view->pixel * (float)frame->out_width / (float)frame->width;
    vf x = lane_index() + (float)(group * VW);

    column->across = (x + (0.5f - 0.5f * (float)frame->width)) * pixel;
    column->x = view->forward[0] + column->across * view->right[0];
    column->z = view->forward[1] + column->across * view->right[1];
    column->flat = sqrt_v(column->x * column->x + column->z * column->z);
}

SIMD void column_begin(const struct frame *frame, int group, struct column *column)
{
    column_aim(frame, group, column);
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
    struct quad quad;
    vf gap;
    vi close;

    height_quad(terrain, x * per_m, z * per_m, &quad);
    gap = y - quad_height(terrain, &quad);
    close = (gap < 26.0f) & (depth < 9000.0f);

    if (any(close)) {
        float pixel = frame->view.pixel * (float)frame->out_width / (float)frame->width;
        vf more = relief_height(frame, x, z, quad_nearest(&quad), depth * pixel * FINENESS);

        gap = choose(close, gap - more * (1.0f - smooth_v(6000.0f, 9000.0f, depth)), gap);
    }
    return min_v(gap, y - terrain->water_m);
}

SIMD vf stride(vf depth, vf gap)
{
    return max_v(gap * 0.6f, depth * 0.003f + 0.25f);
}

/* Fills `depths` of these columns, which hold a miss everywhere. */
SIMD void trace(const struct frame *frame, const struct column *column, float *depths)
{
    const struct terrain *terrain = &frame->world->terrain;
    float over = terrain->high_m + 25.0f - frame->view.eye[1], far = frame->world->air.far_m;
    struct walk walk = {.row = splat((float)(frame->land_rows - 1)), .depth = splat(4)};

    walk.active = walk.row >= 0.0f;
    walk.rise = row_rise(frame, walk.row);
    walk.gap = splat(4.0f * frame->view.pixel);
    for (int i = 0; i < STEPS_MAX; i++) {
        vf depth = walk.depth + stride(walk.depth, walk.gap);
        /* A ray that has gone too far misses, and so does a rising one that is above all land;
         * all rays above it do, too. */
        vf limit =
            choose(walk.rise * far > over, over / max_v(walk.rise, splat(1e-5f)), splat(far));

        walk.active &= depth < limit;
        if (!any(walk.active))
            break;
        walk_on(frame, &walk, depth, height_over(frame, column, walk.rise, depth), depth * 0.0003f,
                depths);
    }
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
    const struct view *view = &frame->sky_view;
    vf unit = per_pixel / (column->x * view->forward[0] + column->z * view->forward[1]);
    vf x = (column->x * view->right[0] + column->z * view->right[1]) * unit +
           (0.5f * (float)frame->sky_width - 0.5f);
    vf y = 0.5f * (float)frame->sky_height - 0.5f - rise * unit + view->shift * per_pixel;
    vf disc, through, mu;
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
    spot.grain = depth * pixel * FINENESS;
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

/* Samples side by side, as they are in the planes. */
struct samples {
    struct v3 light;
    vf depth;
};

SIMD struct samples samples_load(const struct frame *frame, size_t at)
{
    return (struct samples){
        vec3(load(frame->plane[0] + at), load(frame->plane[1] + at), load(frame->plane[2] + at)),
        load(frame->depth + at)};
}

SIMD void light_store(const struct frame *frame, size_t at, struct v3 light)
{
    store(frame->plane[0] + at, light.x);
    store(frame->plane[1] + at, light.y);
    store(frame->plane[2] + at, light.z);
}

/* Light of rays that end at these depths; a depth below zero is a miss. */
SIMD struct v3 shade(const struct frame *frame, const struct column *column, vf rise, vf depth)
{
    vi hit = depth >= 0.0f;
    struct v3 light = color(0, 0, 0);

    if (any(~hit))
        light = sky_light(frame, column, rise);
    if (any(hit))
        light = choose3(hit, hit_light(frame, column, rise, depth), light);
    return light;
}

SIMD void depth_store(const struct frame *frame, const struct column *column, size_t at, vf depth)
{
    store(frame->depth + at, choose(depth < 0.0f, splat(FAR_OFF), depth * column->flat));
}

/*
 * Shades every other sample of two rows, like the squares of one color of a chessboard, so that
 * one vector of lanes serves both; fill_row() does the rest, and the next drawing has the squares
 * of the other color. The rows are even in number.
 */
SIMD void shade_pair(const struct frame *frame, const struct column *column, int row, size_t upper)
{
    size_t lower = upper + (size_t)frame->stride;
    vi odd = ((to_int(lane_index()) + (int)(frame->phase & 1)) & 1) != 0;
    vf rows = choose(odd, splat((float)(row + 1)), splat((float)row));
    vf above = load(frame->depth + upper), below = load(frame->depth + lower);
    vf depth = choose(odd, below, above);
    struct v3 light = shade(frame, column, row_rise(frame, rows), depth);

    light_store(frame, upper, light);
    light_store(frame, lower, light);
    depth_store(frame, column, upper, above);
    depth_store(frame, column, lower, below);
}

void KERNEL(trace_columns)(const struct frame *frame, int group)
{
    size_t first = (size_t)group * VW, stride = (size_t)frame->stride;
    struct column column;

    column_aim(frame, group, &column);
    for (int row = 0; row < frame->height; row++)
        store(frame->depth + first + (size_t)row * stride,
              splat(row < frame->land_rows ? -1 : FAR_OFF));
    trace(frame, &column, frame->depth + first);
}

void KERNEL(shade_columns)(const struct frame *frame, int group)
{
    size_t first = (size_t)group * VW, stride = (size_t)frame->stride;
    struct column column;

    column_begin(frame, group, &column);
    for (int row = 0; row < frame->land_rows; row += 2) {
        size_t at = first + (size_t)row * stride, ahead = at + AHEAD_ROWS * stride;

        for (int k = 0; k < 2 && row + AHEAD_ROWS < frame->land_rows; k++, ahead += stride) {
            __builtin_prefetch(frame->depth + ahead, 1);
            for (int c = 0; c < 3; c++)
                __builtin_prefetch(frame->plane[c] + ahead, 1);
        }
        shade_pair(frame, &column, row, at);
    }
}

/* A row of sky where there is no land. */
void KERNEL(open_row)(const struct frame *frame, int row)
{
    vf rise = row_rise(frame, splat((float)row));

    for (int x = 0; x < frame->width; x += VW) {
        size_t at = (size_t)row * (size_t)frame->stride + (size_t)x;
        struct column column;

        column_aim(frame, x / VW, &column);
        light_store(frame, at, sky_light(frame, &column, rise));
        store(frame->depth + at, splat(FAR_OFF));
    }
}

/* A sample being filled in: what its neighbors give. */
struct filling {
    struct v3 light;
    vf total;
};

/* Adds a neighbor: it counts by how near it lies in depth, so that light does not leak across
 * outlines, nor up and down a flat far sea. */
SIMD void fill_from(const struct frame *frame, size_t at, vf depth, vi is_there,
                    struct filling *filling)
{
    struct samples there = samples_load(frame, at);
    vi same = (depth > 0.5f * FAR_OFF) == (there.depth > 0.5f * FAR_OFF);
    vf apart = abs_v(depth - there.depth) / depth;
    vf weight = choose(same & is_there, 1.0f / (0.002f + apart), splat(0));

    filling->light = mad3(filling->light, there.light, weight);
    filling->total += weight;
}

/* Shades the samples that have no neighbor like them. */
SIMD struct v3 shade_lost(const struct frame *frame, int row, int group, vi lost, vf depth)
{
    struct column column;

    column_begin(frame, group, &column);
    depth = choose(lost & (depth < 0.5f * FAR_OFF), depth / column.flat, splat(-1));
    return shade(frame, &column, row_rise(frame, splat((float)row)), depth);
}

/* Fills in the samples of a row that shade_columns() left out. */
void KERNEL(fill_row)(const struct frame *frame, int row)
{
    size_t stride = (size_t)frame->stride;
    vi always = splat_int(-1), up = row > 0 ? always : ~always;
    vi down = row + 1 < frame->land_rows ? always : ~always;

    for (int column = 0; column < frame->width; column += VW) {
        size_t at = (size_t)row * stride + (size_t)column;
        vi x = to_int(lane_index()) + column, lost;
        vi missing = ((x + row + (int)(frame->phase & 1)) & 1) != 0;
        struct samples here = samples_load(frame, at);
        struct filling filling = {color(0, 0, 0), splat(0)};
        struct v3 light;

        fill_from(frame, at - 1, here.depth, x > 0, &filling);
        fill_from(frame, at + 1, here.depth, x + 1 < frame->width, &filling);
        fill_from(frame, row > 0 ? at - stride : at, here.depth, up, &filling);
        fill_from(frame, row + 1 < frame->land_rows ? at + stride : at, here.depth, down, &filling);
        light = scale3(filling.light, 1.0f / max_v(filling.total, splat(1e-9f)));
        lost = missing & (filling.total <= 0.0f);
        if (frame->world->sky.night > 0) /* stars are too small to be filled in */
            lost |= missing & (here.depth > 0.5f * FAR_OFF);
        if (any(lost))
            light = choose3(lost, shade_lost(frame, row, column / VW, lost, here.depth), light);
        light_store(frame, at, choose3(missing, light, here.light));
    }
}
