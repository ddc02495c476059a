/* SPDX-License-Identifier: Apache-2.0 */
/*
 * drone_simd: a quadcopter with a camera below its nose, and a kite with its tail and its line.
 *
 * turn[0] of a drone: whether its lamps flash. node[] of a kite: places along its tail, the last
 * one where its line is held.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_THINGS_DRONE_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_THINGS_DRONE_SIMD_H

#include "workers/diorama/things/shape_simd.h"

#define ROTOR_X_M 0.175f
#define ROTOR_Z_M 0.155f

SIMD vf drone_shell(struct v3 q)
{
    vf d = egg_v(from_v(q, 0, 0.012f, 0.0f), 0.062f, 0.042f, 0.125f);

    d = melt_v(d, box_v(from_v(q, 0, 0.0f, -0.02f), 0.048f, 0.028f, 0.095f, 0.02f), 0.03f);
    return max_v(d, -0.040f - q.y);
}

SIMD vf drone_distance(const struct thing *thing, struct v3 q)
{
    static const float root[3] = {0.035f, 0.01f, 0.05f}, tip[3] = {ROTOR_X_M, 0.035f, ROTOR_Z_M},
                       knee[3] = {ROTOR_X_M, 0.03f, ROTOR_Z_M}, foot[3] = {0.185f, -0.075f, 0.165f},
                       neck[3] = {0, -0.03f, 0.095f}, eye[3] = {0, -0.055f, 0.105f};
    struct v3 one = vec3(abs_v(q.x), q.y, abs_v(q.z));
    vf d = drone_shell(q), out = length2(one.x - ROTOR_X_M, one.z - ROTOR_Z_M);

    (void)thing;
    d = melt_v(d, taper_v(one, root, tip, 0.019f, 0.012f), 0.025f);
    d = min_v(d, drum_v(out, q.y - 0.045f, 0.020f, 0.022f, 0.006f));
    d = min_v(d, drum_v(out, q.y - 0.073f, 0.007f, 0.008f, 0.003f));
    d = min_v(d, taper_v(one, knee, foot, 0.008f, 0.006f));
    d = min_v(d, rod_v(q, neck, eye, 0.012f));
    d = min_v(d, box_v(from_v(q, 0, -0.057f, 0.112f), 0.024f, 0.020f, 0.022f, 0.008f));
    return min_v(d, drum_v(length2(q.x, q.y + 0.057f), q.z - 0.136f, 0.014f, 0.006f, 0.003f));
}

SIMD void drone_finish(const struct thing *thing, struct v3 q, struct v3 normal, vf grain,
                       struct thing_finish *finish)
{
    struct v3 is = splat3(thing->paint[0]), one = vec3(abs_v(q.x), q.y, abs_v(q.z));
    vf out = length2(one.x - ROTOR_X_M, one.z - ROTOR_Z_M), dark, lamp, line, glass;

    line = edge_v(0.0012f - abs_v(q.y - 0.012f), grain) * mask_v(drone_shell(q) < 0.002f);
    is = stuff_v(is, 0.03f, 0.03f, 0.03f, line);
    dark = mask_v((out < 0.022f) | (q.y < -0.036f));
    is = stuff_v(is, 0.028f, 0.028f, 0.03f, dark);
    glass = mask_v((q.z > 0.137f) & (length2(q.x, q.y + 0.057f) < 0.011f));
    is = stuff_v(is, 0.01f, 0.01f, 0.02f, glass);
    lamp = mask_v((out < 0.018f) & (q.y < 0.026f) & (q.y > 0.012f));
    finish->glow = choose3(q.z > 0.0f, color(5.0f, 0.10f, 0.06f), color(0.08f, 4.2f, 0.5f));
    finish->glow = scale3(finish->glow, lamp * (0.35f + 1.6f * thing->turn[0]));
    finish->albedo = is;
    finish->mirror = 0.05f + 0.12f * glass - 0.03f * dark;
    (void)normal;
}

/* A diamond of cloth, bowed back at its sides; y up along its spine. */
SIMD vf kite_cloth(struct v3 q)
{
    vf x = abs_v(q.x),
       d = choose(q.y > 0.0f, x * 0.66f + q.y * 0.75f - 0.36f, x * 0.86f - q.y * 0.51f - 0.47f);

    return max_v(d, abs_v(q.z + 0.35f * x * x) - 0.006f) * 0.85f;
}

SIMD vf kite_distance(const struct thing *thing, struct v3 q)
{
    static const float top[3] = {0, 0.48f, 0}, low[3] = {0, -0.92f, 0},
                       side[3] = {0.545f, 0, -0.104f}, middle[3] = {0, 0, 0.0f},
                       bridle[3] = {0, 0.02f, 0.28f};
    struct v3 both = vec3(abs_v(q.x), q.y, q.z);
    vf d = kite_cloth(q);

    d = min_v(d, min_v(rod_v(q, top, low, 0.009f), rod_v(both, middle, side, 0.008f)));
    d = min_v(d, min_v(rod_v(q, top, bridle, 0.0025f), rod_v(q, low, bridle, 0.0025f)));
    d = min_v(d, rod_v(q, bridle, thing->node[THING_NODES_MAX - 1], 0.0025f));
    for (int i = 0; i + 2 < THING_NODES_MAX; i++) {
        const float *a = thing->node[i], *b = thing->node[i + 1];

        d = min_v(d, rod_v(q, a, b, 0.010f));
        if (i % 2) /* bows in it */
            d = min_v(d, egg_v(from_v(q, b[0], b[1], b[2]), 0.10f, 0.035f, 0.03f));
    }
    return d;
}

SIMD void kite_finish(const struct thing *thing, struct v3 q, struct v3 normal, vf grain,
                      struct thing_finish *finish)
{
    vf cloth = mask_v(kite_cloth(q) < 0.004f + 0.4f * grain), band, tail = mask_v(q.y < -0.9f);
    struct v3 is;

    is = choose3((q.x > 0.0f) == (q.y > 0.0f), splat3(thing->paint[0]), splat3(thing->paint[1]));
    band = edge_v(0.035f - abs_v(length2(q.x, q.y) - 0.26f), grain);
    is = lerp3(is, splat3(thing->paint[2]), band);
    is = lerp3(color(0.08f, 0.05f, 0.03f), is, cloth);
    is = lerp3(
        is, choose3(stripe_v(q.y * 1.1f) > 0.25f, splat3(thing->paint[2]), splat3(thing->paint[0])),
        tail);
    finish->albedo = is;
    finish->sheer = 0.6f * max_v(cloth, tail);
    finish->mirror = splat(0.02f);
    (void)normal;
}

#endif
