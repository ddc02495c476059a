/* SPDX-License-Identifier: Apache-2.0 */
/*
 * solid_simd: distances to the solids of a set, and rays that meet them.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_SET_SOLID_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_SET_SOLID_SIMD_H

#include "workers/diorama/near_simd.h"
#include "workers/diorama/set/set.h"

enum { SOLID_STEPS = 14, CLOTH_STEPS = 40 };

/* From the world into the axes of a solid. */
SIMD struct v3 solid_turn(const struct set_solid *solid, struct v3 v)
{
    const float(*a)[3] = solid->axes;

    return vec3(v.x * a[0][0] + v.y * a[0][1] + v.z * a[0][2],
                v.x * a[1][0] + v.y * a[1][1] + v.z * a[1][2],
                v.x * a[2][0] + v.y * a[2][1] + v.z * a[2][2]);
}

SIMD struct v3 solid_local(const struct set_solid *solid, struct v3 place)
{
    return solid_turn(solid, vec3(place.x - solid->middle[0], place.y - solid->middle[1],
                                  place.z - solid->middle[2]));
}

/* And back, for directions. */
SIMD struct v3 solid_return(const struct set_solid *solid, struct v3 v)
{
    const float(*a)[3] = solid->axes;

    return vec3(v.x * a[0][0] + v.y * a[1][0] + v.z * a[2][0],
                v.x * a[0][1] + v.y * a[1][1] + v.z * a[2][1],
                v.x * a[0][2] + v.y * a[1][2] + v.z * a[2][2]);
}

SIMD vf box_distance(struct v3 p, const float half[3], float round)
{
    vf x = abs_v(p.x) - (half[0] - round), y = abs_v(p.y) - (half[1] - round);
    vf z = abs_v(p.z) - (half[2] - round), ox = max_v(x, splat(0)), oy = max_v(y, splat(0));
    vf oz = max_v(z, splat(0));

    return sqrt_v(ox * ox + oy * oy + oz * oz) + min_v(max_v(x, max_v(y, z)), splat(0)) - round;
}

/* Of a rounded corner, by how far outside its two sides. */
SIMD vf corner_distance(vf x, vf y, float round)
{
    vf ox = max_v(x + round, splat(0)), oy = max_v(y + round, splat(0));

    return sqrt_v(ox * ox + oy * oy) + min_v(max_v(x, y) + round, splat(0)) - round;
}

/* How high between bottom and top, 0 to 1. */
SIMD vf drum_height(const struct set_solid *solid, vf y)
{
    return saturate(y * (0.5f / solid->half[1]) + 0.5f);
}

SIMD vf drum_radius(const struct set_solid *solid, vf y)
{
    float bottom = solid->half[0] / (solid->taper > 1 ? solid->taper : 1);

    return bottom * (1.0f + (solid->taper - 1.0f) * drum_height(solid, y));
}

SIMD vf drum_distance(const struct set_solid *solid, struct v3 p)
{
    float squash = solid->half[0] / solid->half[2];
    vf z = p.z * squash, away = sqrt_v(p.x * p.x + z * z);
    float slope = 1 - (solid->taper < 1 ? solid->taper : 1 / solid->taper);
    float lean = slope * solid->half[0] / (2 * solid->half[1]);

    return corner_distance((away - drum_radius(solid, p.y)) / __builtin_sqrtf(1 + lean * lean),
                           abs_v(p.y) - solid->half[1], solid->round) *
           (squash > 1 ? 1 / squash : 1);
}

SIMD vf ball_distance(const struct set_solid *solid, struct v3 p)
{
    struct v3 q =
        vec3(p.x * (1 / solid->half[0]), p.y * (1 / solid->half[1]), p.z * (1 / solid->half[2]));
    struct v3 g =
        vec3(q.x * (1 / solid->half[0]), q.y * (1 / solid->half[1]), q.z * (1 / solid->half[2]));
    vf k = sqrt_v(dot3(q, q));

    return k * (k - 1.0f) / max_v(sqrt_v(dot3(g, g)), splat(1e-3f));
}

SIMD vf cushion_distance(const struct set_solid *solid, struct v3 p)
{
    vf u = clamp_v(p.x * (1 / solid->half[0]), -1, 1),
       v = clamp_v(p.z * (1 / solid->half[2]), -1, 1);
    vf full = (1.0f - u * u * u * u) * (1.0f - v * v * v * v), thick;

    thick = solid->half[1] * (solid->taper + (1.0f - solid->taper) * sqrt_v(full));
    /* Small dents and folds, as in anything stuffed. */
    thick -= solid->half[1] * 0.03f *
             (1.0f + sin_v(p.x * 17.0f + p.z * 9.0f + (float)(solid->salt & 63)));
    p.y = p.y * (solid->half[1] / thick);
    return box_distance(p, solid->half, solid->round) * 0.62f;
}

SIMD vf cloth_distance(const struct set_solid *solid, struct v3 p, float sway)
{
    float turns = solid->waves * 3.14159265f / solid->half[0];
    vf down = saturate(0.5f - p.y * (0.5f / solid->half[1]));
    vf amp = (solid->half[2] - solid->round) * (solid->taper + (0.88f - solid->taper) * down);
    vf fold = sin_v(p.x * turns + 0.8f * sin_v(p.x * (0.37f * turns) + p.y * 0.5f) +
                    (float)(solid->salt & 31) + 1.3f * sway * down);
    vf x = abs_v(p.x) - solid->half[0], y = abs_v(p.y) - solid->half[1];
    vf z =
        abs_v(p.z - amp * (fold + 0.14f * sin_v(p.x * (2.7f * turns) + 2.0f * p.y))) - solid->round;
    float steep = turns * solid->half[2];

    return max_v(z * (1 / __builtin_sqrtf(1 + steep * steep)), max_v(x, y));
}

SIMD vf shade_distance(const struct set_solid *solid, struct v3 p)
{
    vf away = sqrt_v(p.x * p.x + p.z * p.z);

    return max_v((abs_v(away - drum_radius(solid, p.y) + 0.004f) - 0.004f) * 0.9f,
                 abs_v(p.y) - solid->half[1]);
}

SIMD vf leaf_distance(const struct set_solid *solid, struct v3 p)
{
    float length = solid->half[2];
    vf t = p.z * (1 / length), u = t * 0.5f + 0.5f, wide;

    /* Bent over its length, hollow across, pointed at its end. */
    p.y +=
        solid->taper * solid->half[1] * (u * u * 2.0f - 1.0f) - p.x * p.x * (0.8f / solid->half[0]);
    wide =
        max_v(solid->half[0] * 0.95f * sqrt_v(max_v(1.0f - t * t, splat(0))) * (1.0f - 0.35f * u),
              splat(1e-3f));
    return max_v(max_v((abs_v(p.x) - wide) * 0.7f, abs_v(p.z) - length),
                 (abs_v(p.y) - solid->round) * 0.55f);
}

/* How far outside of its sides: never more than the distance. */
SIMD vf hull_distance(const struct set_solid *solid, struct v3 p)
{
    const float *pitch = solid->pitch;
    vf x = abs_v(p.x), z = abs_v(p.z), top = p.y - solid->half[1];
    vf d = max_v(max_v(x - solid->half[0], z - solid->half[2]), abs_v(p.y) - solid->half[1]);

    if (pitch[0] > 0)
        d = max_v(d, (top + pitch[0] * x) * (1 / __builtin_sqrtf(1 + pitch[0] * pitch[0])));
    if (pitch[1] > 0)
        d = max_v(d, (top + pitch[1] * (z - solid->ridge)) *
                         (1 / __builtin_sqrtf(1 + pitch[1] * pitch[1])));
    return d;
}

/* Distance to the surface from a place in the solid's axes. `seconds` moves cloth. */
SIMD vf solid_distance(const struct set_solid *solid, struct v3 p, float sway)
{
    switch (solid->shape) {
    case SHAPE_DRUM:
        return drum_distance(solid, p);
    case SHAPE_BALL:
        return ball_distance(solid, p);
    case SHAPE_RING: {
        vf away = sqrt_v(p.x * p.x + p.z * p.z) - (solid->half[0] - solid->round);

        return sqrt_v(away * away + p.y * p.y) - solid->round;
    }
    case SHAPE_CUSHION:
        return cushion_distance(solid, p);
    case SHAPE_CLOTH:
        return cloth_distance(solid, p, sway);
    case SHAPE_SHADE:
        return shade_distance(solid, p);
    case SHAPE_LEAF:
        return leaf_distance(solid, p);
    case SHAPE_HULL:
        return hull_distance(solid, p);
    case SHAPE_BOX:
        break;
    }
    return box_distance(p, solid->half, solid->round);
}

/* Where rays got to: the index of a solid, or -1 for none. */
struct set_hit {
    vf depth;
    vi key;
};

SIMD vf inverse_v(vf x)
{
    return 1.0f / choose(abs_v(x) < 1e-7f, splat(1e-7f), x);
}

/* A place on them is eye + depth * dir; `grain` is the size of a sample at depth 1. */
struct set_ray {
    struct v3 eye, dir;
    vf length; /* of dir */
    float grain, sway;
};

/* The part of rays that lies below the leaning planes of a hull. */
SIMD void clip_hull(const struct set_solid *solid, struct v3 eye, struct v3 dir, vf *near, vf *far)
{
    for (int k = 0; k < 4; k++) {
        float pitch = solid->pitch[k >> 1] * (k & 1 ? -1.0f : 1.0f);
        float top = solid->half[1] + (k >> 1 ? solid->pitch[1] * solid->ridge : 0);
        vf falls, gap, t;

        if (solid->pitch[k >> 1] <= 0)
            continue;
        falls = dir.y + pitch * (k >> 1 ? dir.z : dir.x);
        gap = top - (eye.y + pitch * (k >> 1 ? eye.z : eye.x));
        t = gap * inverse_v(falls);
        *near = choose(falls < 0.0f, max_v(*near, t), *near);
        *far = choose(falls < 0.0f, *far, min_v(*far, t));
    }
}

SIMD void trace_solid(const struct set_solid *solid, int index, const struct set_ray *ray, vf from,
                      struct set_hit *hit)
{
    struct v3 dir = solid_turn(solid, ray->dir), eye = solid_local(solid, ray->eye);
    vf near = from, far = hit->depth, t, slack;
    vi active, met, here;

    for (int k = 0; k < 3; k++) {
        vf o = k == 0 ? eye.x : k == 1 ? eye.y : eye.z;
        vf inverse = inverse_v(k == 0 ? dir.x : k == 1 ? dir.y : dir.z);
        vf a = (-solid->half[k] - o) * inverse, b = (solid->half[k] - o) * inverse;

        near = max_v(near, min_v(a, b));
        far = min_v(far, max_v(a, b));
    }
    if (solid->shape == SHAPE_HULL)
        clip_hull(solid, eye, dir, &near, &far);
    active = near < far;
    if (!any(active))
        return;
    if (solid->shape == SHAPE_HULL) {
        hit->depth = choose(active, near, hit->depth);
        hit->key = (active & index) | (~active & hit->key);
        return;
    }
    met = active & ~active;
    t = near;
    for (int i = 0; i < (solid->shape == SHAPE_CLOTH ? CLOTH_STEPS : SOLID_STEPS); i++) {
        vf d = solid_distance(solid, mad3(eye, dir, t), ray->sway);

        slack = 0.0003f + t * ray->grain * 0.25f;
        here = active & (d < slack);
        met |= here;
        active &= ~here;
        t = choose(active, t + max_v(d, 0.5f * slack) / ray->length, t);
        active &= t < far;
        if (!any(active))
            break;
    }
    met |= active; /* rays along a surface take small steps */
    hit->depth = choose(met, t, hit->depth);
    hit->key = (met & index) | (~met & hit->key);
}

/* In the world's axes. */
SIMD struct v3 solid_normal(const struct set_solid *solid, struct v3 p, vf e, float sway)
{
    vf a = solid_distance(solid, vec3(p.x + e, p.y - e, p.z - e), sway);
    vf b = solid_distance(solid, vec3(p.x - e, p.y - e, p.z + e), sway);
    vf c = solid_distance(solid, vec3(p.x - e, p.y + e, p.z - e), sway);
    vf d = solid_distance(solid, vec3(p.x + e, p.y + e, p.z + e), sway);
    struct v3 n = vec3(a - b - c + d, -a - b + c + d, -a + b - c + d);
    vf length = sqrt_v(dot3(n, n));

    n = choose3(length > 1e-9f, scale3(n, 1.0f / max_v(length, splat(1e-9f))), color(0, 1, 0));
    return solid_return(solid, n);
}

#endif
