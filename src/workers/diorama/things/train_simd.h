/* SPDX-License-Identifier: Apache-2.0 */
/*
 * train_simd: a high-speed train and a steam train, piece by piece, and what they run on: a bed of
 * ballast, or a viaduct of stone. z is ahead, y is 0 on top of the rails.
 *
 * turn: sine and cosine of the driving wheels.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_THINGS_TRAIN_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_THINGS_TRAIN_SIMD_H

#include "workers/diorama/things/shape_simd.h"

#define ARCH_M 17.0f /* from pier to pier of a viaduct */

/* Wheels on both rails, by the distance from their axle and along it. */
SIMD vf wheel_v(vf x, vf y, vf z, float radius)
{
    return drum_v(length2(y - radius, z), x - 0.76f, radius, 0.07f, 0.03f);
}

/* A modern car: `nose` is 0 for one that ends flat, 1 for one with a long nose ahead. */
SIMD vf modern_v(struct v3 q, float nose)
{
    vf front = nose * smooth_v(4.0f, 13.6f, q.z), x = abs_v(q.x), low, d;

    front = front * (0.35f + 0.65f * front);
    d = carve_v(x - (1.47f - 0.75f * front) + 0.10f * max_v(q.y - 2.2f, splat(0)),
                q.y - (3.85f - 2.55f * front) + 0.05f * x * x, 0.75f);
    d = carve_v(d, 0.42f - 0.12f * front - q.y, 0.30f);
    d = carve_v(d, abs_v(q.z) - (nose > 0 ? 13.0f : 12.3f), nose > 0 ? 0.5f : 0.08f);
    low = box_v(vec3(q.x, q.y - 0.45f, abs_v(q.z) - 8.2f), 1.15f, 0.30f, 1.7f, 0.1f);
    low = min_v(low, wheel_v(x, q.y, abs_v(abs_v(q.z) - 8.2f) - 1.25f, 0.44f));
    d = min_v(d * 0.85f, low);
    return min_v(d, box_v(from_v(q, 0, 2.1f, -12.6f), 1.15f, 1.35f, 0.6f, 0.2f));
}

SIMD vf express_distance(const struct thing *thing, struct v3 q)
{
    (void)thing;
    return modern_v(q, 1);
}

SIMD vf coach_distance(const struct thing *thing, struct v3 q)
{
    (void)thing;
    return modern_v(q, 0);
}

SIMD void modern_finish(const struct thing *thing, struct v3 q, struct v3 normal, vf grain,
                        float nose, struct thing_finish *finish)
{
    struct v3 is = splat3(thing->paint[0]);
    vf band, pane, lamp, door, low, x = abs_v(q.x), lift = nose * 1.2f * smooth_v(5.0f, 13.0f, q.z);

    is =
        lerp3(is, splat3(thing->paint[1]), edge_v(0.30f - abs_v(q.y - 1.15f + 0.5f * lift), grain));
    is =
        lerp3(is, splat3(thing->paint[2]), edge_v(0.05f - abs_v(q.y - 1.58f + 0.5f * lift), grain));
    band = edge_v(0.46f - abs_v(q.y - 2.38f), grain) * mask_v(x > 1.0f) *
           mask_v(q.z < (nose > 0 ? 5.5f : 11.4f)) * mask_v(q.z > -11.4f);
    pane = band * mask_v(stripe_v(q.z * 0.46f) < 0.44f);
    is = stuff_v(is, 0.02f, 0.022f, 0.025f, band);
    finish->glow = scale3(color(1.0f, 0.80f, 0.52f), pane * (0.16f + 0.6f * thing->lamps));
    finish->glow = scale3(finish->glow, splat(thing->lamps > 0 ? 1.0f : 0.0f));
    door = mask_v(abs_v(abs_v(q.z) - 10.3f) < 0.55f) * mask_v((q.y > 0.7f) & (q.y < 3.0f));
    door *= edge_v(0.03f - abs_v(abs_v(abs_v(q.z) - 10.3f) - 0.52f), grain);
    is = stuff_v(is, 0.03f, 0.03f, 0.03f, door * (nose > 0 ? 0.0f : 1.0f));
    if (nose > 0) { /* the windscreen, and two lamps */
        vf glass = mask_v((q.z > 7.3f) & (q.z < 9.6f) & (x < 0.85f) & (normal.y > 0.35f));

        is = stuff_v(is, 0.015f, 0.018f, 0.02f, glass);
        pane = max_v(pane, glass);
        lamp =
            smooth_v(0.24f, 0.16f, length2(x - 0.50f, (q.y - 1.0f) * 1.6f)) * mask_v(q.z > 11.5f);
        is = stuff_v(is, 0.6f, 0.6f, 0.6f, lamp);
        finish->glow = mad3(finish->glow, color(9.0f, 8.6f, 7.8f), lamp * (0.4f + thing->lamps));
    }
    low = mask_v((q.y < 0.62f) | (q.z < -12.4f));
    is = stuff_v(is, 0.035f, 0.035f, 0.037f, low);
    finish->albedo = is;
    finish->mirror = 0.055f + 0.06f * band + 0.05f * pane - 0.04f * low;
}

SIMD void express_finish(const struct thing *thing, struct v3 q, struct v3 normal, vf grain,
                         struct thing_finish *finish)
{
    modern_finish(thing, q, normal, grain, 1, finish);
}

SIMD void coach_finish(const struct thing *thing, struct v3 q, struct v3 normal, vf grain,
                       struct thing_finish *finish)
{
    modern_finish(thing, q, normal, grain, 0, finish);
}

/* Boiler, smokebox, chimney and domes: what stands on the frame, ahead of the cab. */
SIMD vf boiler_v(struct v3 q)
{
    vf out = length2(q.x, q.y - 2.45f), ring, d = drum_v(out, q.z - 3.2f, 0.92f, 4.4f, 0.08f);

    d = min_v(d, drum_v(out, q.z - 7.6f, 1.0f, 0.75f, 0.05f));
    d = min_v(d, drum_v(out, q.z - 8.38f, 0.62f, 0.07f, 0.05f));
    ring = drum_v(out, again_v(q.z - 1.0f, 1.7f, 2), 0.945f, 0.05f, 0.02f);
    d = min_v(d, ring);
    out = length2(q.x, q.z - 7.55f);
    d = melt_v(d, drum_v(out, q.y - 3.75f, 0.26f, 0.55f, 0.05f), 0.15f);
    d = min_v(d, drum_v(out, q.y - 4.28f, 0.34f, 0.10f, 0.05f));
    d = melt_v(d, egg_v(from_v(q, 0, 3.35f, 4.6f), 0.42f, 0.55f, 0.42f), 0.12f);
    d = melt_v(d, egg_v(from_v(q, 0, 3.35f, 2.3f), 0.40f, 0.42f, 0.60f), 0.12f);
    return min_v(d, drum_v(length2(q.x, q.y - 3.55f), q.z - 8.35f, 0.20f, 0.18f, 0.05f)); /* lamp */
}

SIMD vf tender_v(struct v3 q)
{
    vf d = box_v(from_v(q, 0, 2.0f, -8.2f), 1.32f, 0.95f, 3.0f, 0.10f), coal;

    d = max_v(d, -box_v(from_v(q, 0, 3.1f, -7.6f), 1.15f, 0.5f, 2.1f, 0.05f));
    coal = egg_v(from_v(q, 0, 2.7f, -7.4f), 1.15f, 0.62f, 2.0f) -
           0.10f * (noise_v(q.x * 4.0f + q.y * 3.0f, q.z * 4.0f) - 0.5f);
    d = min_v(d, coal * 0.8f);
    return min_v(d, box_v(from_v(q, 0, 0.95f, -8.2f), 1.2f, 0.15f, 3.1f, 0.05f));
}

SIMD vf steam_distance(const struct thing *thing, struct v3 q)
{
    float s = 0.34f * thing->turn[0], c = 0.34f * thing->turn[1];
    const float pin[3] = {0.98f, 0.86f + s, 0.3f + c}, last[3] = {0.98f, 0.86f + s, 4.5f + c},
                middle[3] = {1.02f, 0.86f + s, 2.4f + c}, cross[3] = {1.02f, 0.86f, 5.75f + c};
    struct v3 both = vec3(abs_v(q.x), q.y, q.z);
    vf x = both.x, d = boiler_v(q), cab;

    cab = box_v(from_v(q, 0, 2.55f, -2.6f), 1.36f, 1.3f, 1.55f, 0.06f);
    cab = max_v(cab, -box_v(from_v(q, 0, 2.4f, -2.9f), 1.26f, 1.15f, 1.6f, 0.05f));
    cab = max_v(cab, -box_v(vec3(q.x, q.y - 3.05f, q.z + 2.3f), 2.0f, 0.36f, 0.62f, 0.08f));
    d = min_v(d, cab);
    d = min_v(d, max_v(box_v(from_v(q, 0, 3.80f, -2.75f), 1.52f, 0.24f, 1.9f, 0.05f),
                       q.y - 4.05f + 0.14f * q.x * q.x));
    d = min_v(d, box_v(from_v(q, 0, 1.52f, 3.6f), 1.28f, 0.06f, 4.9f, 0.03f));
    d = min_v(d, box_v(from_v(q, 0, 1.15f, 3.0f), 0.55f, 0.40f, 5.6f, 0.05f));
    d = min_v(d, box_v(from_v(q, 0, 1.15f, 8.65f), 1.30f, 0.28f, 0.10f, 0.03f)); /* buffer beam */
    d = min_v(d, drum_v(length2(x - 0.85f, q.y - 1.15f), q.z - 8.95f, 0.22f, 0.30f, 0.05f));
    d = min_v(d, drum_v(length2(x - 1.12f, q.y - 0.90f), q.z - 6.75f, 0.40f, 0.62f, 0.05f));
    d = min_v(d, wheel_v(x, q.y, again_v(q.z - 2.4f, 2.1f, 1), 0.86f));
    d = min_v(d, wheel_v(x, q.y, abs_v(q.z - 6.85f) - 0.85f, 0.45f));
    d = min_v(d, wheel_v(x, q.y, again_v(q.z + 8.2f, 1.9f, 1), 0.50f));
    d = min_v(d, min_v(rod_v(both, pin, last, 0.055f), rod_v(both, middle, cross, 0.05f)));
    return min_v(d, tender_v(q));
}

/* Spokes between hub and rim, eight of them; 1 on metal. */
SIMD vf spokes_v(const struct thing *thing, vf y, vf z)
{
    vf turned_y = y * thing->turn[1] - z * thing->turn[0];
    vf turned_z = z * thing->turn[1] + y * thing->turn[0];

    return mask_v(stripe_v(turns_v(turned_y, turned_z) * 10.0f) > 0.28f);
}

SIMD void steam_finish(const struct thing *thing, struct v3 q, struct v3 normal, vf grain,
                       struct thing_finish *finish)
{
    struct v3 is = splat3(thing->paint[0]);
    vf x = abs_v(q.x), smoke, under, red, rod, coal, line, brass, z, wheel, lamp, rim;

    smoke = mask_v((q.z > 6.86f) & (q.y > 1.4f));
    under = mask_v((q.y < 1.44f) | ((q.z < 8.0f) & (abs_v(q.y - 1.52f) < 0.10f) & (x > 0.9f)));
    line = edge_v(0.03f - abs_v(abs_v(q.y - 2.0f) - 0.72f), grain) * mask_v(q.z < -5.2f);
    line = max_v(line, edge_v(0.025f - abs_v(stripe_v((q.z - 1.0f) / 1.7f) - 0.5f) * 1.7f, grain) *
                           mask_v((q.z > -1.0f) & (q.z < 6.8f) & (q.y > 1.6f)));
    is = lerp3(is, splat3(thing->paint[1]), line);
    is = stuff_v(is, 0.020f, 0.020f, 0.021f, max_v(smoke, under));
    red = mask_v((q.z > 8.5f) & (q.z < 8.8f) & (abs_v(q.y - 1.15f) < 0.3f));
    is = stuff_v(is, 0.40f, 0.025f, 0.02f, red);
    z = choose(q.z > 5.8f, abs_v(q.z - 6.85f) - 0.85f,
               choose(q.z > -0.9f, again_v(q.z - 2.4f, 2.1f, 1), again_v(q.z + 8.2f, 1.9f, 1)));
    rim = choose((q.z > -0.9f) & (q.z < 5.6f), splat(0.86f),
                 choose(q.z > 5.0f, splat(0.45f), splat(0.5f)));
    wheel = length2(q.y - rim, z);
    red = mask_v((x > 0.66f) & (x < 0.87f) & (wheel < rim + 0.02f) & (q.y < 1.44f));
    is = lerp3(is,
               choose3((wheel > 0.88f * rim), color(0.25f, 0.25f, 0.26f),
                       scale3(color(0.30f, 0.022f, 0.018f),
                              0.15f + 0.85f * spokes_v(thing, q.y - rim, z))),
               red);
    rod = mask_v((x > 0.90f) & (q.y < 1.44f) & (q.z < 6.2f) & (q.z > -0.8f));
    is = stuff_v(is, 0.42f, 0.42f, 0.43f, rod);
    brass = mask_v((q.y > 3.42f) & (q.z > 4.0f) & (q.z < 5.1f));
    is = stuff_v(is, 0.50f, 0.30f, 0.08f, brass);
    coal = mask_v((q.z < -5.3f) & (q.y > 2.45f) & (x < 1.16f));
    is = stuff_v(is, 0.012f, 0.012f, 0.013f, coal);
    lamp = mask_v((q.z > 8.45f) & (q.y > 3.3f) & (length2(x, q.y - 3.55f) < 0.16f));
    finish->glow = scale3(color(9.0f, 7.0f, 4.2f), lamp * (0.3f + thing->lamps));
    finish->albedo = is;
    finish->mirror = 0.05f + 0.25f * max_v(rod, brass) - 0.035f * max_v(coal, smoke * 0.5f);
    (void)normal;
}

SIMD vf wagon_distance(const struct thing *thing, struct v3 q)
{
    vf x = abs_v(q.x), d;

    (void)thing;
    d = box_v(from_v(q, 0, 2.25f, 0), 1.36f, 1.25f, 8.2f, 0.08f);
    d = min_v(d, max_v(box_v(from_v(q, 0, 3.55f, 0), 1.46f, 0.42f, 8.45f, 0.06f),
                       q.y - 3.95f + 0.20f * q.x * q.x));
    d = min_v(d, box_v(from_v(q, 0, 0.85f, 0), 0.9f, 0.16f, 8.3f, 0.04f));
    d = min_v(d, wheel_v(x, q.y, abs_v(abs_v(q.z) - 5.7f) - 1.0f, 0.48f));
    d = min_v(d, box_v(vec3(x - 0.9f, q.y - 0.5f, abs_v(q.z) - 5.7f), 0.08f, 0.18f, 1.5f, 0.04f));
    return min_v(d, box_v(vec3(q.x, q.y - 2.1f, abs_v(q.z) - 8.5f), 0.6f, 1.1f, 0.45f, 0.1f));
}

SIMD void wagon_finish(const struct thing *thing, struct v3 q, struct v3 normal, vf grain,
                       struct thing_finish *finish)
{
    struct v3 is = splat3(thing->paint[2]);
    vf side = mask_v((abs_v(q.x) > 1.2f) & (abs_v(normal.y) < 0.5f)), pane, low, roof;

    is =
        lerp3(is, splat3(thing->paint[1]), side * edge_v(0.45f - abs_v(q.y - 2.55f), grain) * 0.9f);
    pane = side * mask_v((abs_v(q.y - 2.62f) < 0.36f) & (stripe_v(q.z * 0.62f) < 0.31f));
    is = stuff_v(is, 0.025f, 0.025f, 0.028f, pane);
    finish->glow = scale3(color(1.0f, 0.66f, 0.30f), pane * (0.8f * thing->lamps));
    is = scale3(is,
                1.0f - 0.5f * side * edge_v(0.015f - (0.5f - stripe_v(q.z * 0.31f)) * 3.2f, grain));
    roof = mask_v(q.y > 3.38f);
    is = stuff_v(is, 0.17f, 0.17f, 0.165f, roof);
    low = mask_v((q.y < 1.0f) | (abs_v(q.z) > 8.22f));
    is = stuff_v(is, 0.025f, 0.024f, 0.023f, low);
    finish->albedo = is;
    finish->mirror = 0.045f + 0.05f * pane - 0.03f * max_v(low, roof);
}

/* Rails and sleepers. */
SIMD vf rails_v(struct v3 q)
{
    struct v3 tie = vec3(q.x, q.y + 0.24f, again_v(q.z, 0.62f, 5000));
    vf x = abs_v(q.x) - 0.76f, d;

    d = max_v(abs_v(x) - 0.036f, abs_v(q.y + 0.03f) - 0.03f);
    d = min_v(d, max_v(abs_v(x) - 0.07f, abs_v(q.y + 0.15f) - 0.015f));
    d = min_v(d, max_v(abs_v(x) - 0.012f, abs_v(q.y + 0.08f) - 0.08f));
    return min_v(d, box_v(tie, 1.28f, 0.09f, 0.12f, 0.02f));
}

SIMD vf track_distance(const struct thing *thing, struct v3 q)
{
    vf bed, bank, x = abs_v(q.x);

    (void)thing;
    bed = (x - 1.75f + (q.y + 0.27f) * 1.5f) * 0.55f;
    bed = carve_v(bed, q.y + 0.27f, 0.12f);
    bed -= 0.045f * (noise_v(q.x * 11.0f, q.z * 11.0f) - 0.5f) * mask_v(bed < 0.3f);
    bank = (x - 4.2f + (q.y + 1.4f) * 1.9f) * 0.46f; /* shows where the ground falls away */
    bank = carve_v(bank, q.y + 1.4f, 0.5f);
    return min_v(min_v(bed, bank), rails_v(q));
}

SIMD void rails_finish(struct v3 q, vf grain, struct thing_finish *finish)
{
    vf on_tie = edge_v(0.13f - abs_v(again_v(q.z, 0.62f, 5000)), grain) *
                mask_v((abs_v(q.x) < 1.29f) & (q.y > -0.26f));
    vf rail = mask_v((abs_v(abs_v(q.x) - 0.76f) < 0.08f) & (q.y > -0.15f)), top;

    top = rail * mask_v(q.y > -0.012f);
    finish->albedo = stuff_v(finish->albedo, 0.20f, 0.185f, 0.165f, on_tie * (1.0f - rail));
    finish->albedo = stuff_v(finish->albedo, 0.085f, 0.05f, 0.035f, rail);
    finish->albedo = stuff_v(finish->albedo, 0.50f, 0.50f, 0.51f, top);
    finish->mirror = 0.015f + 0.35f * top;
}

SIMD void track_finish(const struct thing *thing, struct v3 q, struct v3 normal, vf grain,
                       struct thing_finish *finish)
{
    vf stone = noise_v(q.x * 13.0f, q.z * 13.0f), grass,
       clump = noise_v(q.x * 1.3f, q.z * 0.9f + 4.0f);
    vf far = saturate(0.05f / grain);

    (void)normal;
    finish->albedo =
        scale3(color(0.21f, 0.19f, 0.165f), 0.72f + 0.55f * lerp_v(splat(0.5f), stone, far));
    grass = smooth_v(-0.72f, -0.95f, q.y + 0.25f * (clump - 0.5f));
    finish->albedo =
        lerp3(finish->albedo,
              scale3(splat3(thing->paint[0]),
                     0.65f + 0.5f * clump + 0.3f * (noise_v(q.x * 7.0f, q.z * 7.0f) - 0.5f) * far),
              grass);
    rails_finish(q, grain, finish);
}

SIMD vf viaduct_distance(const struct thing *thing, struct v3 q)
{
    vf x = abs_v(q.x), z = again_v(q.z, ARCH_M, 5000), under, d, wall, pier;

    (void)thing;
    under = length2(z, max_v(q.y + 10.6f, splat(0))) - 7.1f;
    d = carve_v(x - 2.25f + 0.022f * min_v(q.y + 1.0f, splat(0)), -under, 0.12f);
    d = max_v(d, q.y + 0.28f);
    /* Every third pier is a broader one, up to the parapet. */
    pier = abs_v(again_v(q.z - 0.5f * ARCH_M, 3.0f * ARCH_M, 5000)) - 1.15f;
    pier = max_v(pier, x - 2.78f + 0.03f * min_v(q.y + 1.0f, splat(0)));
    d = min_v(d, max_v(pier, q.y - 0.62f));
    /* A string course, and parapets with a coping. */
    d = min_v(d, max_v(x - 2.62f, abs_v(q.y + 1.15f) - 0.20f));
    wall = max_v(abs_v(x - 2.36f) - 0.20f, abs_v(q.y + 0.45f) - 0.80f);
    wall = min_v(wall, max_v(abs_v(x - 2.36f) - 0.28f, abs_v(q.y - 0.38f) - 0.08f));
    return min_v(min_v(d, wall) * 0.92f, rails_v(q));
}

SIMD void viaduct_finish(const struct thing *thing, struct v3 q, struct v3 normal, vf grain,
                         struct thing_finish *finish)
{
    vf course = floor_v(q.y * 1.8f), u, block, joint, tone, arch, wet, moss;
    vi span;
    vf z = again_v(q.z, ARCH_M, 5000), top = mask_v((normal.y > 0.7f) & (abs_v(q.x) < 2.1f));

    (void)thing;
    u = choose(abs_v(normal.z) > 0.6f, q.x, q.z) * 0.85f + 0.5f * course;
    block = floor_v(u);
    tone = hash_v(to_int(block), to_int(course));
    joint = max_v(edge_v(0.02f - (0.5f - stripe_v(q.y * 1.8f)) * 0.55f, grain),
                  edge_v(0.02f - (0.5f - stripe_v(u)) * 1.17f, grain));
    joint *= saturate(0.12f / grain);
    tone = 0.75f + saturate(0.5f / grain) * 0.45f * (tone - 0.35f) +
           0.25f * (noise_v(q.z * 0.35f, q.y * 0.22f) - 0.5f);
    finish->albedo = scale3(color(0.30f, 0.265f, 0.215f), tone * (1.0f - 0.45f * joint));
    arch = length2(z, max_v(q.y + 10.6f, splat(0)));
    arch = edge_v(0.55f - abs_v(arch - 7.65f), grain) * mask_v(abs_v(q.x) > 2.0f);
    finish->albedo = scale3(finish->albedo, 1.0f + 0.30f * arch);
    /* Each arch was built of another year's stone; moss and ivy have chosen some. */
    span = to_int(floor_v(q.z * (1.0f / ARCH_M) + 0.5f));
    u = hash_v(span, splat_int(3));
    finish->albedo =
        scale3(lerp3(finish->albedo, scale3(color(0.33f, 0.24f, 0.17f), tone), 0.55f * u),
               0.80f + 0.35f * hash_v(span, splat_int(11)));
    moss = noise_v(q.z * 0.21f, q.y * 0.13f + 7.0f) + 0.35f * noise_v(q.z * 1.9f, q.y * 1.4f);
    moss = smooth_v(0.78f, 0.98f, moss + 0.10f * u) * smooth_v(-1.3f, -3.5f, q.y);
    finish->albedo =
        lerp3(finish->albedo,
              scale3(color(0.055f, 0.085f, 0.030f), 0.6f + 0.8f * noise_v(q.z * 4.0f, q.y * 4.0f)),
              0.85f * moss);
    wet = smooth_v(0.45f, 0.8f, noise_v(q.z * 0.6f, q.y * 0.05f)) * smooth_v(-1.0f, -9.0f, q.y);
    finish->albedo = scale3(finish->albedo, 1.0f - 0.35f * wet);
    finish->albedo = stuff_v(finish->albedo, 0.19f, 0.175f, 0.155f, top);
    if (any(top > 0.0f)) {
        struct thing_finish rails = *finish;

        rails_finish(q, grain, &rails);
        finish->albedo = lerp3(finish->albedo, rails.albedo, top);
        finish->mirror = lerp_v(splat(0.015f), rails.mirror, top);
    }
}

#endif
