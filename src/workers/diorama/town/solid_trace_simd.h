/* SPDX-License-Identifier: Apache-2.0 */
/*
 * solid_trace_simd: where rays meet the prisms and cones of a skyline (struct town_solid).
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_TOWN_SOLID_TRACE_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_TOWN_SOLID_TRACE_SIMD_H

#include "workers/diorama/near_simd.h"
#include "workers/diorama/town/town.h"

/* Faces of a box: 0 to 2 by axis. Of a solid: its top or foot, its mantle, or a side. */
enum { FACE_LEVEL = 1, FACE_ROUND = 3, FACE_SIDES = 4, FACES = 16 };

/* Where a ray is inside, so far, and through which face it came. */
struct town_stretch {
    vf near, far;
    vi face;
};

SIMD void cut_round(const struct town_solid *solid, float foot, const struct ray *ray,
                    struct town_stretch *in)
{
    float x = ray->eye[0] - solid->middle[0], z = ray->eye[2] - solid->middle[1];
    float k = solid->taper, r = solid->reach_m - k * (ray->eye[1] - foot);
    vf a = ray->dir.x * ray->dir.x + ray->dir.z * ray->dir.z - k * k * ray->dir.y * ray->dir.y;
    vf b = x * ray->dir.x + z * ray->dir.z + r * k * ray->dir.y;
    vf disc = b * b - a * (x * x + z * z - r * r), root = sqrt_v(max_v(disc, splat(0))), enter;
    vi side;

    a = 1.0f / max_v(a, splat(1e-6f));
    enter = (-b - root) * a;
    in->far = choose(disc > 0.0f, min_v(in->far, (root - b) * a), splat(-1));
    side = enter > in->near;
    in->near = choose(side, enter, in->near);
    in->face = (side & FACE_ROUND) | (~side & in->face);
}

SIMD void cut_sides(const struct town_solid *solid, float foot, const struct ray *ray,
                    struct town_stretch *in)
{
    float x = ray->eye[0] - solid->middle[0], z = ray->eye[2] - solid->middle[1];
    float r = solid->reach_m - solid->taper * (ray->eye[1] - foot);

    for (int i = 0; i < solid->sides; i++) {
        const float *normal = solid->normal[i];
        vf slope = normal[0] * ray->dir.x + normal[1] * ray->dir.z + solid->taper * ray->dir.y, at;
        vi into = slope < 0.0f, side;

        at =
            (r - normal[0] * x - normal[1] * z) / choose(abs_v(slope) < 1e-6f, splat(1e-6f), slope);
        in->far = choose(into, in->far, min_v(in->far, at));
        side = into & (at > in->near);
        in->near = choose(side, at, in->near);
        in->face = (side & (FACE_SIDES + i)) | (~side & in->face);
    }
}

/* Angle from the direction of -z, positive toward +x: from -pi to pi, within 0.005. */
SIMD vf angle_v(vf x, vf z)
{
    vf ax = abs_v(x), az = abs_v(z), m = min_v(ax, az) / max_v(max_v(ax, az), splat(1e-6f)), a;

    a = m * (0.9724f - 0.1919f * m * m);
    a = choose(ax > az, 1.5707963f - a, a);
    a = choose(z > 0.0f, 3.1415927f - a, a);
    return choose(x < 0.0f, -a, a);
}

#endif
