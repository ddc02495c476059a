/* SPDX-License-Identifier: Apache-2.0 */
/*
 * balloon_simd: hot-air balloons, and bunches of toy balloons on their strings.
 *
 * The envelope is a thin shell around a drop, open below, its fabric bulging between the tapes.
 * node[0] of a hot-air balloon: its gores, unused, unused, length of the flame (0: none).
 * node[i] of a bunch: the middle and the radius of balloon i.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_THINGS_BALLOON_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_THINGS_BALLOON_SIMD_H

#include "workers/diorama/things/shape_simd.h"

#define ENVELOPE_TOP_M 16.6f /* middle and radius of the upper ball */
#define ENVELOPE_WIDE_M 8.5f
#define ENVELOPE_LOW_M 6.9f /* of the lower one */
#define ENVELOPE_MOUTH_M 1.5f
#define MOUTH_M 5.6f
#define BASKET_M 1.15f

/* The envelope's outline: a ball drawn out to a small one below. `out` is from its axis. */
SIMD vf envelope_v(const struct thing *thing, struct v3 q, vf out)
{
    const float span = ENVELOPE_TOP_M - ENVELOPE_LOW_M;
    const float slope = (ENVELOPE_WIDE_M - ENVELOPE_MOUTH_M) / span;
    float steep = __builtin_sqrtf(1.0f - slope * slope);
    vf y = q.y - ENVELOPE_LOW_M, along = y * steep + out * slope, d;

    d = out * steep - y * slope - ENVELOPE_MOUTH_M;
    d = choose(along < 0.0f, length2(out, y) - ENVELOPE_MOUTH_M, d);
    d = choose(along > steep * span, length2(out, q.y - ENVELOPE_TOP_M) - ENVELOPE_WIDE_M, d);
    if (any(abs_v(d) < 1.2f)) { /* the fabric bulges out between the tapes */
        vf turn = fract_v(turns_v(q.x, q.z) * thing->node[0][0]) - 0.5f;

        d -= choose(abs_v(d) < 1.2f, (1.0f - 4.0f * turn * turn) * 0.026f * out, splat(0));
    }
    return d;
}

/* Basket, burner, ropes and people: all that hangs below. */
SIMD vf gondola_v(const struct thing *thing, struct v3 q)
{
    static const float low[3] = {0.62f, BASKET_M, 0.62f}, knee[3] = {0.50f, 2.35f, 0.50f},
                       high[3] = {1.15f, 5.75f, 1.15f};
    struct v3 side = vec3(abs_v(q.x), q.y, abs_v(q.z));
    vf d = box_v(from_v(q, 0, 0.5f * BASKET_M, 0), 0.78f, 0.5f * BASKET_M, 0.66f, 0.14f), rim;

    d = max_v(d, -box_v(from_v(q, 0, 0.9f, 0), 0.66f, 0.7f, 0.54f, 0.10f));
    rim = box_v(from_v(q, 0, BASKET_M, 0), 0.80f, 0.06f, 0.68f, 0.06f);
    d = min_v(d, max_v(rim, -box_v(from_v(q, 0, BASKET_M, 0), 0.66f, 0.3f, 0.54f, 0.05f)));
    d = min_v(d, min_v(rod_v(side, low, knee, 0.025f), rod_v(side, knee, high, 0.016f)));
    rim = box_v(from_v(q, 0, 2.35f, 0), 0.52f, 0.035f, 0.52f, 0.03f);
    d = min_v(d, max_v(rim, -box_v(from_v(q, 0, 2.35f, 0), 0.44f, 0.2f, 0.44f, 0.03f)));
    d = min_v(d, drum_v(length2(side.x - 0.18f, q.z), q.y - 2.50f, 0.11f, 0.24f, 0.03f));
    for (int i = 0; i < thing->nodes; i++) { /* people, from the waist up */
        const float *at = thing->node[i + 1];
        struct v3 p = from_v(q, at[0], at[1], at[2]);
        vf body = egg_v(from_v(p, 0, 1.02f, 0), 0.22f, 0.46f, 0.16f);
        vf head = length3(from_v(p, 0, 1.60f, 0)) - 0.125f;

        d = min_v(d, melt_v(body, head, 0.08f));
    }
    return d;
}

SIMD vf flame_v(const struct thing *thing, struct v3 q)
{
    float tall = thing->node[0][3];
    vf y = (q.y - 2.7f) * (1.0f / (tall + 0.01f)), wide = 0.22f * (1.0f - saturate(y));

    return max_v(max_v(length2(abs_v(q.x) - 0.18f, q.z) - wide * saturate(y * 6.0f + 0.3f), -y),
                 y - 1.0f);
}

SIMD vf balloon_distance(const struct thing *thing, struct v3 q)
{
    vf out = length2(q.x, q.z), d = envelope_v(thing, q, out), skirt;

    d = max_v(abs_v(d + 0.07f) - 0.07f, MOUTH_M - q.y);
    skirt = out - 1.32f - 0.30f * (q.y - 4.3f);
    skirt = max_v(abs_v(skirt) - 0.02f, abs_v(q.y - 5.05f) - 0.75f);
    d = min_v(d, skirt * 0.95f);
    if (!any(q.y < 6.0f))
        return d;
    d = min_v(d, choose(q.y < 6.0f, gondola_v(thing, q), d));
    if (thing->node[0][3] > 0.05f)
        d = min_v(d, flame_v(thing, q) * 0.8f);
    return d;
}

/* Which of two to four paints a place of the fabric has: the look picks the pattern. */
SIMD vf balloon_pattern(const struct thing *thing, vf gore, vf turn, vf height)
{
    float gores = thing->node[0][0];
    vf band = floor_v(height * 9.0f);

    switch (thing->look % 7) {
    case 0: /* gores in turn */
        return gore - 4.0f * floor_v(gore * 0.25f);
    case 1: /* two by two, with a belt */
        return choose(abs_v(height - 0.52f) < 0.085f, splat(2), gore - 2.0f * floor_v(gore * 0.5f));
    case 2: /* chevrons */
        band = floor_v(height * 8.0f + stripe_v(turn * (0.5f * gores)) * 2.2f);
        return band - 4.0f * floor_v(band * 0.25f);
    case 3: /* a spiral */
        band = gore + band * 1.0f;
        return band - 4.0f * floor_v(band * 0.25f);
    case 4: /* plain, with lozenges around it */
        band = stripe_v(turn * (0.5f * gores)) * 0.30f + abs_v(height - 0.55f);
        return choose(band < 0.07f, splat(2), choose(band < 0.125f, splat(1), splat(0))) +
               choose(abs_v(height - 0.55f) > 0.25f, splat(3), splat(0));
    case 5: /* rings */
        band = floor_v(height * 10.0f);
        return band - 4.0f * floor_v(band * 0.25f);
    default: /* a checker of large fields */
        band = floor_v(height * 6.0f) + floor_v(gore * 0.5f);
        return band - 2.0f * floor_v(band * 0.5f);
    }
}

SIMD struct v3 paint_of(const struct thing *thing, vf which)
{
    struct v3 paint = splat3(thing->paint[0]);

    for (int i = 1; i < 4; i++)
        paint = choose3(abs_v(which - (float)i) < 0.5f, splat3(thing->paint[i]), paint);
    return paint;
}

SIMD void fabric_finish(const struct thing *thing, struct v3 q, vf grain,
                        struct thing_finish *finish)
{
    vf turn = turns_v(q.x, q.z), at = turn * thing->node[0][0], gore = floor_v(at), seam;
    vf height = (q.y - MOUTH_M) * (1.0f / 19.5f), out = length2(q.x, q.z), fire, low;

    finish->albedo = paint_of(thing, balloon_pattern(thing, gore, turn, height));
    seam = (0.5f - stripe_v(at)) * out * (6.2831853f / thing->node[0][0]);
    seam = edge_v(0.035f - seam, grain + 0.02f);
    seam = max_v(seam, 0.6f * edge_v(0.03f - (0.5f - stripe_v(q.y * 0.8f)) * 1.25f, grain + 0.02f));
    finish->albedo = scale3(finish->albedo, 1.0f - 0.30f * seam * saturate(0.25f / grain));
    /* The parachute valve's rim at the crown, and scorched cloth at the mouth. */
    finish->albedo =
        scale3(finish->albedo, 1.0f - 0.35f * edge_v(0.08f - abs_v(out - 2.4f), grain) *
                                          mask_v(q.y > ENVELOPE_TOP_M));
    low = smooth_v(MOUTH_M + 1.5f, MOUTH_M, q.y);
    finish->albedo = lerp3(finish->albedo, scale3(splat3(thing->paint[0]), splat(0.6f)), low);
    finish->sheer = 0.62f * (1.0f - 0.5f * seam);
    /* The flame lights the fabric from within, most of all low down. */
    fire = exp_v((q.y - 8.0f) * -0.10f) * (thing->lamps * (1.0f - 0.35f * seam));
    fire *= 0.55f + 0.45f * smooth_v(24.0f, 10.0f, q.y);
    finish->glow = scale3(
        mul3(add3(finish->albedo, color(0.06f, 0.03f, 0.01f)), color(1.0f, 0.52f, 0.20f)), fire);
    finish->mirror = splat(0.02f);
}

/* Wicker and its leather rim, steel, clothes and faces. */
SIMD struct v3 gondola_color(const struct thing *thing, struct v3 q, vf grain)
{
    vf weave = sin_v(q.y * 95.0f) * sin_v((q.x + q.z) * 60.0f) * saturate(0.02f / grain - 0.4f);
    vf inside = mask_v(max_v(abs_v(q.x) - 0.66f, abs_v(q.z) - 0.54f) < 0.0f), people;
    struct v3 is = scale3(color(0.27f, 0.145f, 0.060f), 0.75f + 0.35f * weave), coat;

    people = inside * mask_v((q.y > BASKET_M + 0.10f) & (q.y < 1.95f));
    coat = choose3(q.x > 0.0f, splat3(thing->paint[3]), color(0.06f, 0.08f, 0.14f));
    coat = stuff_v(coat, 0.42f, 0.25f, 0.17f, mask_v(q.y > 1.47f));
    is = stuff_v(is, 0.07f, 0.035f, 0.02f, mask_v(abs_v(q.y - BASKET_M) < 0.09f));
    is = lerp3(is, coat, people);
    return stuff_v(is, 0.16f, 0.16f, 0.16f, mask_v(q.y > 2.0f));
}

SIMD void balloon_finish(const struct thing *thing, struct v3 q, struct v3 normal, vf grain,
                         struct thing_finish *finish)
{
    vi low = q.y < 4.2f;
    struct v3 is;

    (void)normal;
    fabric_finish(thing, q, grain, finish);
    if (!any(low))
        return;
    is = gondola_color(thing, q, grain);
    finish->albedo = choose3(low, is, finish->albedo);
    finish->sheer = choose(low, splat(0), finish->sheer);
    is = scale3(mul3(is, color(1.0f, 0.5f, 0.2f)), splat(0.25f * thing->lamps));
    finish->glow = choose3(low, is, finish->glow);
    if (thing->node[0][3] > 0.05f) {
        vi fire = low & (flame_v(thing, q) < 0.03f) & (q.y > 2.72f);
        vf core = saturate((q.y - 2.7f) * (1.0f / thing->node[0][3]));

        finish->glow = choose3(fire, lerp3(color(2.0f, 3.0f, 7.0f), color(14.0f, 6.5f, 1.6f), core),
                               finish->glow);
    }
}

SIMD vf toys_distance(const struct thing *thing, struct v3 q)
{
    vf d = splat(1e3f);

    for (int i = 0; i < thing->nodes; i++) {
        const float *at = thing->node[i];
        float r = at[3];
        const float tie[3] = {at[0] * 0.96f, at[1] - 1.28f * r, at[2] * 0.96f};
        static const float knot[3] = {0, 0, 0};
        struct v3 p = from_v(q, at[0], at[1], at[2]);
        vf ball = egg_v(p, r, r * (1.12f), r), tail;
        vf low = saturate(p.y * (-1.0f / r));

        ball = egg_v(vec3(p.x * (1.0f + 0.16f * low * low), p.y, p.z * (1.0f + 0.16f * low * low)),
                     r, 1.16f * r, r);
        tail = from_v(p, 0, -1.19f * r, 0).y;
        tail = max_v(length2(p.x, p.z) - 0.06f * r - 0.5f * (tail * -1.0f), abs_v(tail) - 0.05f);
        d = min_v(d, min_v(ball * 0.9f, tail * 0.8f));
        d = min_v(d, rod_v(q, tie, knot, 0.0012f));
    }
    return d;
}

SIMD void toys_finish(const struct thing *thing, struct v3 q, struct v3 normal, vf grain,
                      struct thing_finish *finish)
{
    (void)normal;
    (void)grain;
    finish->albedo = color(0.5f, 0.5f, 0.5f);
    for (int i = 0; i < thing->nodes; i++) {
        const float *at = thing->node[i];
        vi on = length3(from_v(q, at[0], at[1], at[2])) < 1.35f * at[3];

        finish->albedo = choose3(on, splat3(thing->paint[i % 4]), finish->albedo);
        finish->sheer = choose(on, splat(0.45f), finish->sheer);
        finish->mirror = choose(on, splat(0.055f), finish->mirror);
    }
}

#endif
