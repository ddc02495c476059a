/* SPDX-License-Identifier: Apache-2.0 */
/* forest_simd: lookups of a wood's ground, sunlight and mist by vectors. */
#ifndef VITASCOPE_WORKERS_DIORAMA_FOREST_FOREST_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_FOREST_FOREST_SIMD_H

#include "workers/diorama/forest/forest_impl.h"
#include "workers/diorama/land/shade_simd.h"
#include "workers/diorama/near_simd.h"

/* Height of the ground, and its slopes. */
SIMD vf floor_height(const struct forest *forest, vf x, vf z, vf slope[2])
{
    const int mask = (1 << FLOOR_LOG2) - 1;
    const float per_m = (float)(1 << FLOOR_LOG2) / FOREST_M;
    vf px = x * per_m, pz = z * per_m, fx = floor_v(px), fz = floor_v(pz), u = px - fx, v = pz - fz;
    vi x0 = to_int(fx) & mask, x1 = (x0 + 1) & mask;
    vi z0 = (to_int(fz) & mask) << FLOOR_LOG2, z1 = ((to_int(fz) + 1) & mask) << FLOOR_LOG2;
    vf a = gather(forest->height, z0 | x0), b = gather(forest->height, z0 | x1);
    vf c = gather(forest->height, z1 | x0), d = gather(forest->height, z1 | x1);

    slope[0] = lerp_v(b - a, d - c, v) * per_m;
    slope[1] = lerp_v(c - a, d - b, u) * per_m;
    return lerp_v(lerp_v(a, b, u), lerp_v(c, d, u), v);
}

/* The bytes of the floor around a place. */
SIMD void floor_quad(const struct forest *forest, vf x, vf z, struct quad *quad)
{
    const int mask = (1 << FLOOR_LOG2) - 1;
    const float per_m = (float)(1 << FLOOR_LOG2) / FOREST_M;
    vf px = x * per_m, pz = z * per_m, fx = floor_v(px), fz = floor_v(pz);
    vi x0 = to_int(fx) & mask, x1 = (x0 + 1) & mask;
    vi z0 = (to_int(fz) & mask) << FLOOR_LOG2, z1 = ((to_int(fz) + 1) & mask) << FLOOR_LOG2;

    quad->u = px - fx;
    quad->v = pz - fz;
    quad->texel[0] = gather_int(forest->floor, z0 | x0);
    quad->texel[1] = gather_int(forest->floor, z0 | x1);
    quad->texel[2] = gather_int(forest->floor, z1 | x0);
    quad->texel[3] = gather_int(forest->floor, z1 | x1);
}

/* The four packed corners of texels, mixed: 0 to 1. */
SIMD vf corners(vi texel, vf u, vf v)
{
    return lerp_v(lerp_v(byte_of(texel, 0), byte_of(texel, 1), u),
                  lerp_v(byte_of(texel, 2), byte_of(texel, 3), u), v) *
           (1.0f / 255.0f);
}

/* Sunlight along the rays through places, 0 to 1; `which` of the maps, `grain` meters of blur. */
SIMD vf sun_through(const struct forest *forest, int which, struct v3 p, vf grain)
{
    const struct forest_sun *sun = &forest->sun;
    const int whole = 1 << (2 * SUN_LOG2);
    const float per_m = (float)(1 << SUN_LOG2) / FOREST_M;
    vi level =
        to_int(clamp_v(log2_v(max_v(grain * per_m, splat(1))), 0.0f, (float)(SUN_LEVELS - 1)));
    vf scale = (vf)((splat_int(127) - level) << 23) * per_m;
    vi start = (vi)((vu)(whole - (splat_int(whole) >> (2 * level))) * (4u * 0xaaaaaaabu));
    vi side = splat_int(SUN_LOG2) - level, mask = (splat_int(1) << side) - 1;
    vf up = p.y - sun->base_m;
    vf x = (p.x + up * sun->shear[0]) * scale - 0.5f, fx = floor_v(x);
    vf z = (p.z + up * sun->shear[1]) * scale - 0.5f, fz = floor_v(z);
    vi at = start + (((to_int(fz) & mask) << side) | (to_int(fx) & mask));

    return corners(gather_int(sun->rays[which], at), x - fx, z - fz);
}

/* Mean of exp(-y / height) on the way from the eye to heights. */
SIMD vf mean_share(float eye_y, vf y, float height)
{
    float from = eye_y > 0 ? eye_y : 0, a = expf(-from / height);
    vf gap = max_v(y, splat(0)) - from;
    vf rise = choose(abs_v(gap) < 0.02f * height, splat(0.02f * height), gap);

    return choose(abs_v(gap) < 0.02f * height, splat(a),
                  (a - exp_v((gap + from) * (-1.0f / height))) * height / rise);
}

/* Share of light that comes through the air from a place at a distance. */
SIMD vf air_clear(const struct forest *forest, float eye_y, vf y, vf distance)
{
    const struct forest_air *air = &forest->air;
    vf dense = mean_share(eye_y, y, air->height_m) * air->per_m;

    if (air->low_per_m > 0)
        dense += mean_share(eye_y, y, air->low_m) * air->low_per_m;
    return exp_v(distance * -dense);
}

/* The volume of mist along a row of the canvas. */
struct air_strip {
    float glow[AIR_SLICES + 1][AIR_STRIDE];
    float per_column;
    const struct forest_air *air;
};

SIMD void air_strip_begin(const struct forest_list *list, int row, struct air_strip *strip)
{
    const struct forest_air *air = &list->forest->air;
    float y = ((float)row + 0.5f) / (float)list->canvas.height * AIR_ROWS;
    int iy = (int)y;
    vf v = splat(y - (float)iy);

    for (int k = 0; k <= AIR_SLICES; k++)
        for (int x = 0; x < AIR_STRIDE; x += VW)
            store(&strip->glow[k][x], lerp_v(load(&list->volume->glow[k][iy][x]),
                                             load(&list->volume->glow[k][iy + 1][x]), v));
    strip->per_column = (float)AIR_COLUMNS / (float)list->canvas.width;
    strip->air = air;
}

SIMD vf air_glow(const struct air_strip *strip, vf column, vf ahead)
{
    vf x = clamp_v((column + 0.5f) * strip->per_column, 0.0f, AIR_COLUMNS - 0.001f);
    vf s = clamp_v(log2_v(max_v(ahead, splat(0.3f))) * strip->air->per_log2 - strip->air->log_start,
                   0.0f, AIR_SLICES - 0.001f);
    vf fx = floor_v(x), fs = floor_v(s);
    vi at = to_int(fs) * AIR_STRIDE + to_int(fx);
    const float *glow = &strip->glow[0][0];

    return lerp_v(
        lerp_v(gather(glow, at), gather(glow, at + 1), x - fx),
        lerp_v(gather(glow, at + AIR_STRIDE), gather(glow, at + (AIR_STRIDE + 1)), x - fx), s - fs);
}

/* Rays of a canvas at distance 1: x right, y up. */
struct plane_ray {
    vf x, y, flat;
};

SIMD void plane_ray_begin(const struct view *view, const struct canvas *canvas, int column, int row,
                          struct plane_ray *ray)
{
    vf x = lane_index() + (float)column;

    ray->x = (x + (0.5f - 0.5f * (float)canvas->width)) * canvas->pixel[0];
    ray->y =
        splat((0.5f * (float)canvas->height - 0.5f - (float)row) * canvas->pixel[1] + view->shift);
    ray->flat = sqrt_v(1.0f + ray->x * ray->x);
}

#endif
