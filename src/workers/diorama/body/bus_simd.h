/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bus_simd: buses in the axes of a car (car_simd.h): of one deck, of two, and with a hood.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_BODY_BUS_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_BODY_BUS_SIMD_H

#include "workers/diorama/body/body.h"
#include "workers/diorama/near_simd.h"

#define BUS_WHEEL_M 0.50f
#define BUS_WIDE_M 1.24f  /* half */
#define BUS_HOOD_M 1.35f  /* of a school bus: its length */
#define BUS_AXLES_M 0.35f /* how far ahead of the middle the axles' middle is */
#define BUS_AXLE_M 3.05f  /* from there to each */

SIMD vf bus_box(struct v3 q, const float half[3], float round)
{
    vf x = max_v(abs_v(q.x) - (half[0] - round), splat(0));
    vf y = max_v(abs_v(q.y) - (half[1] - round), splat(0));
    vf z = max_v(abs_v(q.z) - (half[2] - round), splat(0));

    return sqrt_v(x * x + y * y + z * z) - round;
}

static inline float bus_roof(const struct car_shape *car)
{
    return car->bus == CAR_DOUBLE_DECKER ? 4.25f : 3.05f;
}

SIMD vf bus_wheels(struct v3 q, vf *radius)
{
    vf z = abs_v(q.z - BUS_AXLES_M) - BUS_AXLE_M, y = q.y - BUS_WHEEL_M, out, in;

    *radius = sqrt_v(y * y + z * z);
    out = max_v(*radius - (BUS_WHEEL_M - 0.05f), splat(0));
    in = max_v(abs_v(q.x - 1.04f) - 0.12f, splat(0));
    return sqrt_v(out * out + in * in) - 0.05f;
}

/* In its own axes, the left half mirrored onto the right one. */
SIMD vf bus_distance(const struct car_shape *car, struct v3 q)
{
    float hood = car->bus == CAR_SCHOOL_BUS ? BUS_HOOD_M : 0, roof = bus_roof(car);
    float low = 0.36f, half[3] = {BUS_WIDE_M, 0.5f * (roof - low), CAR_BUS_HALF_M - 0.5f * hood};
    vf radius, wheels = bus_wheels(q, &radius), hull, arch;

    hull = bus_box(vec3(q.x, q.y - 0.5f * (roof + low), q.z + 0.5f * hood), half, 0.17f);
    if (hood > 0) {
        const float nose[3] = {0.98f, 0.62f, 0.5f * hood + 0.3f};

        hull =
            min_v(hull, bus_box(vec3(q.x, q.y - 1.0f, q.z - (CAR_BUS_HALF_M - 0.5f * hood - 0.3f)),
                                nose, 0.2f));
    }
    arch = max_v(radius - (BUS_WHEEL_M + 0.09f), 0.80f - q.x);
    hull = max_v(hull, -arch);
    return min_v(hull, wheels);
}

/* 1 in a band of windows with posts between. */
SIMD vf bus_windows(struct v3 q, float low, float high)
{
    vf post = abs_v(fract_v(q.z * (1.0f / 1.3f)) - 0.5f) * 1.3f;

    return edge_v(min_v(q.y - low, high - q.y), splat(0.02f)) * edge_v(0.60f - post, splat(0.02f)) *
           edge_v(CAR_BUS_HALF_M - 0.35f - abs_v(q.z), splat(0.02f));
}

/* What is glass, from 0 to 1; normal in the car's axes. */
SIMD vf bus_glass(const struct car_shape *car, struct v3 q, struct v3 normal)
{
    float low = car->bus == CAR_DOUBLE_DECKER ? 1.30f : 1.50f, roof = bus_roof(car);
    vf side = mask_v(abs_v(normal.x) > 0.7f), end = mask_v(abs_v(normal.z) > 0.7f), glass, front;

    glass = bus_windows(q, low, low + 0.95f);
    if (car->bus == CAR_DOUBLE_DECKER)
        glass = max_v(glass, bus_windows(q, 2.85f, 3.80f));
    front = edge_v(1.06f - q.x, splat(0.02f)) * edge_v(q.x - 0.02f, splat(0.02f));
    front *= max_v(edge_v(min_v(q.y - low + 0.1f, low + 1.05f - q.y), splat(0.02f)),
                   edge_v(min_v(q.y - (roof - 1.40f), roof - 0.45f - q.y), splat(0.02f)) *
                       (car->bus == CAR_DOUBLE_DECKER ? 1.0f : 0.0f));
    return max_v(side * glass, end * front);
}

/* Where its lamps are: ahead, behind, and the sign over the front screen. */
struct bus_lamps {
    vf head, tail, sign;
};

SIMD struct bus_lamps bus_lamps_at(const struct car_shape *car, struct v3 q)
{
    float high = car->bus == CAR_DOUBLE_DECKER ? 2.56f : 2.72f;
    vf dx = q.x - (car->bus == CAR_SCHOOL_BUS ? 0.72f : 0.95f), dy = q.y - 0.85f;
    struct bus_lamps lamps;

    lamps.head = mask_v((dx * dx + dy * dy < 0.018f) & (q.z > CAR_BUS_HALF_M - 0.3f));
    lamps.tail = mask_v((abs_v(q.x - 1.02f) < 0.09f) & (abs_v(q.y - 1.05f) < 0.22f) &
                        (q.z < 0.3f - CAR_BUS_HALF_M));
    lamps.sign =
        mask_v((q.x < 0.75f) & (abs_v(q.y - high) < 0.11f) &
               (abs_v(q.z) > CAR_BUS_HALF_M - BUS_HOOD_M - 0.3f) & (fract_v(q.x * 5.0f) < 0.72f));
    return lamps;
}

#endif
