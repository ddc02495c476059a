/* SPDX-License-Identifier: Apache-2.0 */
/*
 * near_simd: rays of a canvas, and small helpers for drawing near things.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_NEAR_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_NEAR_SIMD_H

#include "workers/diorama/canvas.h"
#include "workers/diorama/simd.h"
#include "workers/diorama/world.h"

/* Rays from one eye: a place on them is eye + depth * dir. */
struct ray {
    float eye[3];
    struct v3 dir; /* of length 1 along the view */
    vf length;     /* of dir */
    vf flat;       /* of dir without its rise */
};

/* Rays through places of a canvas, counted in samples from the middle of the first one. On a
 * mirrored one they come from below. */
SIMD void ray_through(const struct view *view, const struct canvas *canvas, vf column, vf row,
                      struct ray *ray)
{
    float turn = canvas->mirrored ? -1.0f : 1.0f;
    vf across = (column + (0.5f - 0.5f * (float)canvas->width)) * canvas->pixel[0];
    vf rise = (0.5f * (float)canvas->height - 0.5f - row) * canvas->pixel[1] + view->shift;

    ray->eye[0] = view->eye[0];
    ray->eye[1] = view->eye[1] * turn;
    ray->eye[2] = view->eye[2];
    ray->dir = vec3(view->forward[0] + across * view->right[0], rise * turn,
                    view->forward[1] + across * view->right[1]);
    ray->flat = sqrt_v(1.0f + across * across);
    ray->length = sqrt_v(1.0f + across * across + rise * rise);
}

/* The rays of VW samples, from a column on. */
SIMD void ray_begin(const struct view *view, const struct canvas *canvas, int column, int row,
                    struct ray *ray)
{
    ray_through(view, canvas, lane_index() + (float)column, splat((float)row), ray);
}

SIMD struct v3 ray_at(const struct ray *ray, vf depth)
{
    return vec3(ray->eye[0] + depth * ray->dir.x, ray->eye[1] + depth * ray->dir.y,
                ray->eye[2] + depth * ray->dir.z);
}

/* Smooth noise in [0, 1]; position in cells. */
SIMD vf noise_v(vf x, vf y)
{
    vf fx = floor_v(x), fy = floor_v(y), u = x - fx, v = y - fy;
    vi ix = to_int(fx), iy = to_int(fy);

    u = u * u * (3.0f - 2.0f * u);
    v = v * v * (3.0f - 2.0f * v);
    return lerp_v(lerp_v(hash_v(ix, iy), hash_v(ix + 1, iy), u),
                  lerp_v(hash_v(ix, iy + 1), hash_v(ix + 1, iy + 1), u), v);
}

/* 1 inside, 0 outside, by the distance to an edge and the size of a sample. */
SIMD vf edge_v(vf inside_m, vf grain)
{
    return saturate(inside_m / grain + 0.5f);
}

SIMD vf mask_v(vi mask)
{
    return (vf)((vi)splat(1.0f) & mask);
}

SIMD vf fract_v(vf x)
{
    return x - floor_v(x);
}

#endif
