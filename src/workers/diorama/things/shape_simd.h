/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shape_simd: distances to simple solids, ways to join them, and patterns, for things.
 * Places are in a thing's own axes.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_THINGS_SHAPE_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_THINGS_SHAPE_SIMD_H

#include "workers/diorama/near_simd.h"
#include "workers/diorama/things/thing.h"

/* What a thing is made of at a place. */
struct thing_finish {
    struct v3 albedo, glow;
    vf mirror; /* how strongly it mirrors straight on */
    vf sheer;  /* how much light comes through from its other side */
    vf bump;   /* roughness that is too fine for the shape, 0 to 1 */
};

/* Minimum with a joint of width k. */
SIMD vf melt_v(vf a, vf b, float k)
{
    vf h = max_v(k - abs_v(a - b), splat(0));

    return min_v(a, b) - h * h * (0.25f / k);
}

/* Maximum with an edge rounded over k. */
SIMD vf carve_v(vf a, vf b, float k)
{
    return -melt_v(-a, -b, k);
}

SIMD struct v3 from_v(struct v3 p, float x, float y, float z)
{
    return vec3(p.x - x, p.y - y, p.z - z);
}

SIMD vf length3(struct v3 a)
{
    return sqrt_v(dot3(a, a) + 1e-12f);
}

SIMD vf length2(vf a, vf b)
{
    return sqrt_v(a * a + b * b + 1e-12f);
}

/* A box of half sizes x, y, z with edges of radius r. */
SIMD vf box_v(struct v3 p, float x, float y, float z, float r)
{
    vf dx = abs_v(p.x) - (x - r), dy = abs_v(p.y) - (y - r), dz = abs_v(p.z) - (z - r);
    vf out = length3(vec3(max_v(dx, splat(0)), max_v(dy, splat(0)), max_v(dz, splat(0))));

    return out + min_v(max_v(dx, max_v(dy, dz)), splat(0)) - r;
}

/* A rod from a to b. */
SIMD vf rod_v(struct v3 p, const float a[3], const float b[3], float r)
{
    const float s[3] = {b[0] - a[0], b[1] - a[1], b[2] - a[2]};
    float inverse = 1.0f / (s[0] * s[0] + s[1] * s[1] + s[2] * s[2] + 1e-9f);
    struct v3 q = from_v(p, a[0], a[1], a[2]);
    vf t = saturate((q.x * s[0] + q.y * s[1] + q.z * s[2]) * inverse);

    return length3(mad3(q, splat3(s), -t)) - r;
}

/* A rod whose ends have radii ra and rb; close enough where these differ little for its length. */
SIMD vf taper_v(struct v3 p, const float a[3], const float b[3], float ra, float rb)
{
    const float s[3] = {b[0] - a[0], b[1] - a[1], b[2] - a[2]};
    float inverse = 1.0f / (s[0] * s[0] + s[1] * s[1] + s[2] * s[2] + 1e-9f);
    struct v3 q = from_v(p, a[0], a[1], a[2]);
    vf t = saturate((q.x * s[0] + q.y * s[1] + q.z * s[2]) * inverse);

    return length3(mad3(q, splat3(s), -t)) - (ra + (rb - ra) * t);
}

/* A cylinder around an axis through the origin, by the distances from the axis and along it. */
SIMD vf drum_v(vf out, vf along, float radius, float half, float r)
{
    vf a = out - (radius - r), b = abs_v(along) - (half - r);

    return length2(max_v(a, splat(0)), max_v(b, splat(0))) + min_v(max_v(a, b), splat(0)) - r;
}

/* An ellipsoid of half axes x, y, z; exact on the surface, near it otherwise. */
SIMD vf egg_v(struct v3 p, float x, float y, float z)
{
    vf a = length3(vec3(p.x * (1.0f / x), p.y * (1.0f / y), p.z * (1.0f / z)));
    vf b = length3(vec3(p.x * (1.0f / (x * x)), p.y * (1.0f / (y * y)), p.z * (1.0f / (z * z))));

    return a * (a - 1.0f) / b;
}

/* The angle of (x, z) in turns, 0 to 1, from +z toward +x; error below 2e-5. */
SIMD vf turns_v(vf x, vf z)
{
    vf ax = abs_v(x), az = abs_v(z), t = min_v(ax, az) / max_v(max_v(ax, az), splat(1e-9f)), s, a;

    s = t * t; /* Abramowitz and Stegun 4.4.49, over a whole turn */
    a = -0.0135493f + s * 0.0033160f;
    a = 0.0286703f + s * a;
    a = -0.0525688f + s * a;
    a = t * (0.1591337f + s * a);
    a = choose(ax > az, 0.25f - a, a);
    a = choose(z < 0.0f, 0.5f - a, a);
    return choose(x < 0.0f, 1.0f - a, a);
}

/* Distance from the middle of the nearest stripe, where stripes come every 1; 0 to 0.5. */
SIMD vf stripe_v(vf x)
{
    return abs_v(fract_v(x) - 0.5f);
}

/* Where x comes back every `every` up to `most` times to each side. */
SIMD vf again_v(vf x, float every, float most)
{
    return x - every * clamp_v(floor_v(x * (1.0f / every) + 0.5f), -most, most);
}

SIMD struct v3 stuff_v(struct v3 is, float r, float g, float b, vf amount)
{
    return lerp3(is, color(r, g, b), amount);
}

#endif
