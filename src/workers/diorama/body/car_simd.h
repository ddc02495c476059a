/* SPDX-License-Identifier: Apache-2.0 */
/*
 * car_simd: cars, as smooth intersections of their outlines seen from the side, from above and
 * from ahead. In the car's own axes: x right, y up, z ahead, the origin on the ground.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_BODY_CAR_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_BODY_CAR_SIMD_H

#include "workers/diorama/body/body.h"
#include "workers/diorama/body/bus_simd.h"
#include "workers/diorama/near_simd.h"

#define CAR_AXLE_M 1.34f /* from the middle to each axle */
#define CAR_WHEEL_M 0.335f

SIMD vf join_v(vf a, vf b, float k)
{
    vf h = max_v(k - abs_v(a - b), splat(0));

    return min_v(a, b) - h * h * (0.25f / k);
}

SIMD vf meet_v(vf a, vf b, float k)
{
    return -join_v(-a, -b, k);
}

SIMD struct v3 car_own(const struct car_shape *car, struct v3 p)
{
    vf x = p.x - car->place[0], z = p.z - car->place[2];

    return vec3(x * car->cosine - z * car->sine, p.y - car->place[1],
                x * car->sine + z * car->cosine);
}

SIMD struct v3 car_world(const struct car_shape *car, struct v3 v)
{
    return vec3(v.x * car->cosine + v.z * car->sine, v.y, v.z * car->cosine - v.x * car->sine);
}

/* The lower body: hood, doors, trunk. */
SIMD vf car_hull(const struct car_shape *car, struct v3 q)
{
    bool old = car->vintage;
    vf ends = abs_v(q.z), front = smooth_v(0.5f, 2.25f, q.z), rear = smooth_v(-1.1f, -2.3f, q.z);
    vf top = old ? 0.99f - 0.20f * front * front - 0.24f * rear
                 : 0.95f + car->belt - 0.27f * front - 0.06f * rear;
    vf wide = old ? 0.80f - 0.20f * front - 0.20f * rear * rear
                  : 0.91f - 0.13f * smooth_v(1.2f, 2.3f, ends) - 0.06f * abs_v(q.y - 0.62f);
    vf low = 0.19f + 0.07f * smooth_v(1.5f, 2.3f, ends), hull;

    hull = meet_v(q.y - top, q.x - wide, old ? 0.30f : 0.15f);
    hull = meet_v(hull, ends - (old ? 2.12f : 2.24f) + 0.30f * (q.x * q.x), old ? 0.34f : 0.20f);
    hull = meet_v(hull, low - q.y, 0.12f);
    if (old) { /* fenders that stand out from the hull */
        vf z = clamp_v(q.z, 0.85f, 1.80f), dx = q.x - 0.68f, dy = (q.y - 0.56f) * 0.85f,
           dz = q.z - z;
        vf fender =
            sqrt_v(dx * dx + dy * dy + dz * dz) - (0.30f - 0.05f * smooth_v(1.4f, 2.1f, q.z));

        hull = join_v(hull, fender, 0.10f);
        dz = q.z - clamp_v(q.z, -1.75f, -0.95f);
        fender = sqrt_v(dx * dx + dy * dy + dz * dz) - 0.29f;
        hull = join_v(hull, fender, 0.12f);
    }
    return hull;
}

/* The cabin above it. */
SIMD vf car_cabin(const struct car_shape *car, struct v3 q)
{
    bool old = car->vintage;
    float roof = old ? 1.56f : car->roof;
    vf top = q.y - roof + 0.07f * (q.z + 0.2f) * (q.z + 0.2f) + 0.06f * q.x * q.x;
    /* Planes of the two screens, as unit normals in y and z. */
    vf screen = old ? (q.z - 0.62f) * 0.90f + (q.y - 1.0f) * 0.44f
                    : (q.z - car->screen[0]) * car->screen[1] + (q.y - 0.93f) * car->screen[2];
    vf back = old ? (-q.z - 1.35f) * 0.80f + (q.y - 1.0f) * 0.60f
                  : (-q.z - car->tail[0]) * car->tail[1] + (q.y - 0.95f) * car->tail[2];
    vf side = (q.x - (old ? 0.70f : 0.80f) + (old ? 0.34f : car->lean) * (q.y - 0.95f)) * 0.95f,
       cabin;

    cabin = meet_v(top, screen, old ? 0.24f : 0.16f);
    cabin = meet_v(cabin, back, old ? 0.50f : 0.22f);
    cabin = meet_v(cabin, side, old ? 0.20f : 0.12f);
    return meet_v(cabin, 0.7f - q.y, 0.02f);
}

/* Distance to the nearest wheel; *radius from its axle. */
SIMD vf car_wheels(struct v3 q, vf *radius)
{
    vf z = abs_v(q.z) - CAR_AXLE_M, y = q.y - CAR_WHEEL_M, out, in;

    *radius = sqrt_v(y * y + z * z);
    out = max_v(*radius - (CAR_WHEEL_M - 0.05f), splat(0));
    in = max_v(abs_v(q.x - 0.775f) - 0.055f, splat(0));
    return sqrt_v(out * out + in * in) - 0.05f;
}

SIMD vf car_distance(const struct car_shape *car, struct v3 p)
{
    struct v3 q = car_own(car, p), body;
    vf radius, wheels, hull, arch;

    q.x = abs_v(q.x);
    if (car->bus)
        return bus_distance(car, q);
    body = vec3(q.x, q.y - car->lift, q.z);
    wheels = car_wheels(q, &radius);
    hull = join_v(car_hull(car, body), car_cabin(car, body), car->vintage ? 0.12f : 0.05f);
    if (car->bed > 0) /* hollow behind the cabin */
        hull = max_v(hull, -max_v(max_v(q.x - 0.70f, 0.66f - body.y),
                                  max_v(-2.08f - q.z, q.z + car->tail[0] + 0.10f)));
    arch = meet_v(radius - (CAR_WHEEL_M + 0.055f), 0.50f - q.x, 0.02f);
    hull = meet_v(hull, -arch, 0.03f);
    if (car->vintage) { /* bumpers and round lamps */
        vf ends = abs_v(q.z) - 2.24f + 0.16f * q.x * q.x, y = q.y - 0.42f;
        vf bar = max_v(sqrt_v(ends * ends + y * y) - 0.055f, q.x - 0.78f), dx = q.x - 0.60f;
        vf dy = q.y - 0.70f, dz = q.z - 1.98f;

        hull = min_v(hull, bar);
        hull = min_v(hull, sqrt_v(dx * dx + dy * dy + dz * dz) - 0.125f);
    }
    return min_v(hull, wheels);
}

/* What a car is made of at a place: paint, glass, rubber, metal, lamps. */
struct car_finish {
    struct v3 albedo, glow;
    vf mirror; /* how strongly it mirrors straight on */
};

SIMD void car_lamps(const struct car_shape *car, struct v3 q, struct car_finish *finish)
{
    vf head, tail;

    if (car->vintage) {
        vf dx = q.x - 0.60f, dy = q.y - 0.70f;

        head = mask_v((dx * dx + dy * dy < 0.0125f) & (q.z > 2.0f));
        tail = mask_v((abs_v(q.x - 0.60f) < 0.06f) & (abs_v(q.y - 0.62f) < 0.10f) & (q.z < -1.9f));
    } else {
        head = mask_v((q.x > 0.46f) & (abs_v(q.y - 0.645f + 0.08f * (q.x - 0.7f)) < 0.055f) &
                      (q.z > 1.8f));
        tail = mask_v((abs_v(q.y - 0.80f) < 0.045f) & (q.z < -1.95f));
        tail = max_v(tail * mask_v(q.x > 0.42f), tail * 0.35f);
    }
    finish->albedo = lerp3(finish->albedo, color(0.5f, 0.5f, 0.5f), head);
    finish->albedo = lerp3(finish->albedo, color(0.25f, 0.01f, 0.01f), saturate(tail * 3.0f));
    finish->glow = mad3(finish->glow, color(1.0f, 0.92f, 0.78f), head * 11.0f * car->lamps);
    finish->glow =
        mad3(finish->glow, color(1.0f, 0.012f, 0.010f), tail * (0.12f + 2.2f * car->lamps));
}

SIMD void car_windows(const struct car_shape *car, struct v3 q, struct v3 normal,
                      struct car_finish *finish)
{
    float low = car->vintage ? 1.03f : 0.985f, high = car->vintage ? 1.44f : car->roof - 0.085f;
    vf level = edge_v(min_v(q.y - low, high - q.y), splat(0.012f)), side, pillar, ends, glass;

    pillar = abs_v(q.z + (car->vintage ? 0.28f : 0.22f)) - 0.04f;
    side = mask_v(abs_v(normal.x) > 0.62f) * edge_v(pillar, splat(0.012f));
    side *=
        car->vintage
            ? edge_v(min_v(0.50f - q.z, q.z + 1.15f), splat(0.012f))
            : edge_v(car->screen[0] - 0.10f - (q.y - 0.95f) * (car->screen[2] / car->screen[1]) -
                         q.z,
                     splat(0.012f)) *
                  edge_v((q.z + car->tail[0]) * car->tail[1] - (q.y - 0.95f) * car->tail[2] - 0.12f,
                         splat(0.012f));
    ends = mask_v((abs_v(normal.z) > (car->vintage ? 0.5f : 0.30f)) & (abs_v(normal.x) < 0.55f)) *
           edge_v(0.66f - 0.2f * (q.y - 1.0f) - q.x, splat(0.012f));
    glass = level * max_v(side, ends);
    finish->albedo = lerp3(finish->albedo, color(0.012f, 0.014f, 0.016f), glass);
    finish->mirror = lerp_v(finish->mirror, splat(0.10f), glass);
}

/* Five spokes that turn: the angle's fifth harmonic, by its sine and cosine. */
SIMD vf car_spokes(const struct car_shape *car, struct v3 q, vf radius)
{
    vf y = q.y - CAR_WHEEL_M, z = choose(q.z > 0.0f, q.z - CAR_AXLE_M, q.z + CAR_AXLE_M);
    vf s = y / (radius + 1e-4f), c = z / (radius + 1e-4f), c2 = c * c, s2 = s * s;
    vf sine = s * (5.0f * c2 * c2 - 10.0f * c2 * s2 + s2 * s2);
    vf cosine = c * (c2 * c2 - 10.0f * c2 * s2 + 5.0f * s2 * s2);

    return sine * car->spoke_cosine + cosine * car->spoke_sine;
}

/* Snow on what is level, driven off where it is little. */
SIMD void car_snow(const struct car_shape *car, struct v3 q, struct v3 normal,
                   struct car_finish *finish)
{
    vf patch = noise_v(q.x * 4.0f + q.z * 2.0f, q.z * 3.0f) - 0.5f;
    vf lies = smooth_v(0.42f, 0.62f, normal.y + 0.25f * patch + 0.3f * (car->snow - 1.0f));

    lies *= mask_v(q.y > 0.5f);
    finish->albedo = lerp3(finish->albedo, color(0.78f, 0.81f, 0.86f), lies);
    finish->glow = scale3(finish->glow, 1.0f - lies);
    finish->mirror *= 1.0f - lies;
}

SIMD void bus_finish(const struct car_shape *car, struct v3 q, struct v3 normal,
                     struct car_finish *finish)
{
    vf radius, wheels = bus_wheels(q, &radius), glass = bus_glass(car, q, normal), wheel, dark, in;
    struct bus_lamps lamps = bus_lamps_at(car, q);

    *finish = (struct car_finish){splat3(car->paint), color(0, 0, 0), splat(0.045f)};
    dark = mask_v(q.y < 0.48f);
    if (car->bus == CAR_SCHOOL_BUS)
        dark = max_v(dark, mask_v((abs_v(q.y - 1.20f) < 0.035f) | (abs_v(q.y - 0.86f) < 0.035f)) *
                               mask_v(abs_v(normal.x) > 0.7f));
    dark = max_v(dark, mask_v(normal.z < -0.7f) * mask_v((q.y < 1.1f) & (q.x < 0.7f)) *
                           mask_v(fract_v(q.y * 9.0f) < 0.5f));
    finish->albedo = lerp3(finish->albedo, color(0.012f, 0.012f, 0.013f), dark);
    finish->albedo = lerp3(finish->albedo, color(0.012f, 0.014f, 0.016f), glass);
    finish->mirror = lerp_v(finish->mirror, splat(0.09f), glass);
    /* It is lit inside when it is dark out. */
    in = glass * (0.4f + 0.6f * smooth_v(-0.2f, 0.8f, fract_v(q.y))) * car->lamps;
    finish->glow = mad3(finish->glow, color(0.50f, 0.42f, 0.30f), in);
    finish->glow = mad3(finish->glow, color(1.0f, 0.92f, 0.78f), lamps.head * 9.0f * car->lamps);
    finish->glow =
        mad3(finish->glow, color(1.0f, 0.012f, 0.010f), lamps.tail * (0.10f + 2.0f * car->lamps));
    finish->glow = mad3(finish->glow, color(1.0f, 0.45f, 0.06f),
                        lamps.sign * mask_v(normal.z > 0.7f) * (0.25f + 0.8f * car->lamps));
    wheel = mask_v(wheels < 0.012f);
    finish->albedo = lerp3(finish->albedo, color(0.017f, 0.017f, 0.018f), wheel);
    finish->albedo = lerp3(finish->albedo, color(0.20f, 0.20f, 0.205f),
                           wheel * edge_v(0.27f - radius, splat(0.01f)));
    finish->mirror = choose(wheels < 0.012f, splat(0.012f), finish->mirror);
    if (car->snow > 0)
        car_snow(car, q, normal, finish);
}

SIMD void car_finish_at(const struct car_shape *car, struct v3 p, struct v3 world_normal,
                        struct car_finish *finish)
{
    struct v3 q = car_own(car, p);
    struct v3 normal =
        vec3(world_normal.x * car->cosine - world_normal.z * car->sine, world_normal.y,
             world_normal.x * car->sine + world_normal.z * car->cosine);
    vf radius, wheels, line, spoke, rim, dark, right = mask_v(q.x > 0.0f), chrome;

    q.x = abs_v(q.x);
    normal.x = choose(right > 0.5f, normal.x, -normal.x);
    if (car->bus) {
        bus_finish(car, q, normal, finish);
        return;
    }
    *finish = (struct car_finish){splat3(car->paint), color(0, 0, 0), splat(0.05f)};
    q.y -= car->lift;
    /* Gaps of the doors, and the dark below. */
    line = min_v(min_v(abs_v(q.z - 0.86f), abs_v(q.z + 0.20f)), abs_v(q.z + 1.18f));
    line =
        edge_v(0.006f - line, splat(0.008f)) * mask_v((q.x > 0.6f) & (q.y > 0.34f) & (q.y < 0.97f));
    dark = max_v(line, mask_v(q.y < 0.29f));
    if (!car->vintage) { /* the grille */
        vf bars = 0.5f + 0.5f * mask_v(fract_v(q.y * 18.0f) < 0.5f);

        dark =
            max_v(dark, mask_v((q.z > 2.0f) & (q.x < 0.40f) & (abs_v(q.y - 0.48f) < 0.11f)) * bars);
    }
    finish->albedo = lerp3(finish->albedo, color(0.010f, 0.010f, 0.011f), dark);
    finish->mirror *= 1.0f - 0.8f * dark;
    car_windows(car, q, normal, finish);
    car_lamps(car, q, finish);
    chrome = splat(0);
    if (car->vintage)
        chrome = mask_v(((abs_v(q.y - 0.42f) < 0.07f) & (abs_v(q.z) > 2.05f)) |
                        ((q.z > 2.0f) & (q.x < 0.34f) & (abs_v(q.y - 0.66f) < 0.13f)) |
                        ((abs_v(q.y - 0.74f) < 0.016f) & (q.x > 0.5f)));
    q.y += car->lift;
    wheels = car_wheels(q, &radius);
    spoke = car_spokes(car, q, radius);
    rim = mask_v((wheels < 0.01f) & (q.x > 0.55f)) * edge_v(0.225f - radius, splat(0.01f));
    finish->albedo = lerp3(finish->albedo, color(0.017f, 0.017f, 0.018f), mask_v(wheels < 0.01f));
    finish->mirror = choose(wheels < 0.01f, splat(0.012f), finish->mirror);
    rim *= car->vintage ? 1.0f - 0.6f * mask_v((radius > 0.14f) & (radius < 0.16f))
                        : max_v(max_v(smooth_v(-0.2f, 0.3f, spoke), mask_v(radius > 0.195f)),
                                mask_v(radius < 0.06f));
    if (car->vintage) /* white walls */
        finish->albedo =
            lerp3(finish->albedo, color(0.5f, 0.48f, 0.44f),
                  mask_v((wheels < 0.01f) & (radius > 0.235f) & (radius < 0.285f) & (q.x > 0.6f)));
    chrome = max_v(chrome, rim);
    finish->albedo = lerp3(finish->albedo, color(0.20f, 0.20f, 0.205f), chrome);
    finish->mirror = lerp_v(finish->mirror, splat(0.50f), chrome);
    if (car->snow > 0)
        car_snow(car, q, normal, finish);
}

#endif
