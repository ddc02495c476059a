/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plane_simd: an airliner of two engines, and a small high-winged propeller plane. z is ahead,
 * the origin in the middle of the fuselage.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_THINGS_PLANE_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_THINGS_PLANE_SIMD_H

#include "workers/diorama/things/shape_simd.h"

/* A wing or fin, by its outline from above. */
struct wing {
    float span;        /* from root to tip */
    float lead, sweep; /* where its front edge is at the root, and how far it goes back per meter */
    float root, tip;   /* chords */
    float thick;       /* of the chord */
};

/* `out` goes from root to tip, `off` is the distance from its plane. */
SIMD vf wing_v(const struct wing *wing, vf out, vf off, vf z)
{
    vf t = saturate(out * (1.0f / wing->span)), chord = wing->root + (wing->tip - wing->root) * t;
    vf back = wing->lead - wing->sweep * max_v(out, splat(0)) - z, u = saturate(back / chord), half,
       d;

    half = chord * (wing->thick * 2.6f) * (1.0f - u) * sqrt_v(u + 1e-4f) * 0.5f + 0.02f;
    d = max_v((abs_v(off) - half) * 0.95f, max_v(-back, back - chord) * 0.85f);
    return max_v(d, max_v(out - wing->span, out * -1.0f - 0.06f * wing->span));
}

static const struct wing liner_wing = {15.4f, 3.6f, 0.53f, 6.4f, 1.5f, 0.11f};
static const struct wing liner_tail = {5.6f, -13.4f, 0.62f, 3.6f, 1.3f, 0.09f};
static const struct wing liner_fin = {6.2f, -10.6f, 0.80f, 5.4f, 2.0f, 0.09f};
static const struct wing small_wing = {5.5f, 0.95f, 0.02f, 1.55f, 1.15f, 0.13f};
static const struct wing small_tail = {1.75f, -3.55f, 0.15f, 1.0f, 0.65f, 0.09f};
static const struct wing small_fin = {1.45f, -3.15f, 0.55f, 1.35f, 0.70f, 0.08f};

SIMD vf liner_hull(struct v3 q)
{
    vf nose = saturate((q.z - 12.6f) * (1.0f / 6.2f)),
       tail = saturate((-7.0f - q.z) * (1.0f / 12.0f));
    vf r = 2.0f * sqrt_v(1.0f - nose * nose + 1e-5f), y;

    r -= 1.72f * tail * (0.45f + 0.55f * tail);
    y = q.y + 0.55f * nose * nose - 1.35f * tail * tail;
    return max_v((length2(q.x, y) - r) * 0.88f, max_v(q.z - 18.8f, -19.0f - q.z));
}

SIMD vf liner_engine(struct v3 both)
{
    vf out = length2(both.x - 5.75f, both.y + 1.95f), along = both.z - 2.3f, r, d;

    r = 1.16f - 0.035f * (along - 0.8f) * (along - 0.8f);
    d = max_v(out - r, abs_v(along) - 2.1f);
    d = max_v(d, -max_v(out - 0.92f, 1.2f - along));
    d = min_v(d, drum_v(out, along - 1.3f, 0.95f, 0.05f, 0.02f)); /* the fan */
    d = min_v(d, max_v(out - 0.34f - 0.22f * (1.9f - along), abs_v(along - 1.55f) - 0.3f));
    d = min_v(d, max_v(out - 0.55f + 0.16f * (-2.1f - along), abs_v(along + 2.2f) - 0.9f));
    return d * 0.9f;
}

SIMD vf liner_distance(const struct thing *thing, struct v3 q)
{
    struct v3 both = vec3(abs_v(q.x), q.y, q.z);
    vf x = both.x - 1.6f, level, d, fin;

    (void)thing;
    level = q.y + 1.15f - 0.10f * both.x - 0.0022f * both.x * both.x;
    d = melt_v(liner_hull(q), wing_v(&liner_wing, x, level, q.z), 0.5f);
    /* Winglets. */
    fin = max_v(max_v(abs_v(both.x - 17.0f - 0.22f * level) - 0.05f, abs_v(level - 1.0f) - 1.05f),
                abs_v(q.z + 5.15f + 0.55f * level) - (0.72f - 0.25f * level));
    d = min_v(d, fin * 0.8f);
    d = melt_v(d, wing_v(&liner_tail, both.x - 0.5f, q.y - 1.5f - 0.09f * both.x, q.z), 0.15f);
    d = melt_v(d, wing_v(&liner_fin, q.y - 1.7f, q.x, q.z), 0.3f);
    d = min_v(d, liner_engine(both));
    return min_v(d, max_v(max_v(abs_v(both.x - 5.75f) - 0.14f, abs_v(q.y + 1.05f) - 0.55f),
                          abs_v(q.z - 1.6f) - 2.2f)); /* pylons */
}

/* Lamps at the tips: red to the left, green to the right; and one that flashes. */
SIMD void tip_lights(struct v3 q, const float tip[4], float flash, struct thing_finish *finish)
{
    vf at = length3(from_v(vec3(abs_v(q.x), q.y, q.z), tip[0], tip[1], tip[2]));

    at = smooth_v(tip[3], 0.5f * tip[3], at);
    finish->glow = mad3(finish->glow, color(6.0f, 0.20f, 0.10f), at * mask_v(q.x < 0.0f));
    finish->glow = mad3(finish->glow, color(0.12f, 5.2f, 1.0f), at * mask_v(q.x > 0.0f));
    finish->glow = mad3(finish->glow, color(30.0f, 30.0f, 32.0f), at * flash);
}

SIMD void liner_finish(const struct thing *thing, struct v3 q, struct v3 normal, vf grain,
                       struct thing_finish *finish)
{
    static const float liner_tip[4] = {17.0f, 1.2f, -4.7f, 0.28f};
    struct v3 both = vec3(abs_v(q.x), q.y, q.z), is;
    vf hull = mask_v(liner_hull(q) < 0.06f), pane, fin, wing, engine, lip, band, cabin;

    is = color(0.70f, 0.70f, 0.70f);
    is = stuff_v(is, 0.30f, 0.31f, 0.33f, smooth_v(-0.75f, -0.85f, q.y));
    /* A band that rises toward the tail. */
    band = q.y + 0.45f - 0.9f * smooth_v(-2.0f, -17.0f, q.z);
    is = lerp3(is, splat3(thing->paint[1]), edge_v(0.16f - abs_v(band + 0.25f), grain));
    is = lerp3(is, splat3(thing->paint[0]), mask_v(q.z < -9.5f + 1.1f * q.y) * mask_v(q.y > -0.9f));
    cabin = mask_v((q.z < 12.8f) & (q.z > -12.5f));
    pane = hull * cabin * mask_v((abs_v(q.y - 0.42f) < 0.17f) & (stripe_v(q.z * 1.9f) < 0.24f));
    pane =
        max_v(pane, hull * mask_v((q.z > 15.4f) & (q.z < 17.25f + 0.4f * both.x) & (q.y > 0.42f) &
                                  (q.y < 1.02f) & (stripe_v(q.x * 0.9f + 0.5f) < 0.455f)));
    is = stuff_v(is, 0.02f, 0.025f, 0.03f, pane);
    finish->glow = scale3(color(1.0f, 0.75f, 0.45f), pane * thing->lamps * cabin);
    is = scale3(is, 1.0f - 0.35f * hull * edge_v(0.02f - abs_v(abs_v(q.z - 13.6f) - 0.45f), grain) *
                               mask_v(abs_v(q.y - 0.1f) < 0.95f));
    fin = mask_v((both.x < 0.5f) & (q.y > 1.9f) & (q.z < -10.0f));
    is = lerp3(is,
               choose3(fract_v((q.y + 0.55f * q.z) * 0.17f) < 0.35f, splat3(thing->paint[1]),
                       splat3(thing->paint[0])),
               fin);
    wing = mask_v(both.x > 2.05f) * (1.0f - fin);
    is = stuff_v(is, 0.42f, 0.43f, 0.45f, wing);
    engine = mask_v(liner_engine(both) < 0.05f);
    is = lerp3(is, splat3(thing->paint[0]), engine);
    lip = engine * mask_v(q.z > 4.15f);
    is = stuff_v(is, 0.55f, 0.56f, 0.58f, lip);
    is = stuff_v(is, 0.05f, 0.05f, 0.055f,
                 engine * mask_v(length2(both.x - 5.75f, q.y + 1.95f) < 0.93f));
    is = stuff_v(is, 0.25f, 0.22f, 0.20f, engine * mask_v(q.z < 0.35f));
    finish->albedo = is;
    finish->mirror = 0.05f + 0.06f * pane + 0.25f * lip;
    tip_lights(q, liner_tip, thing->turn[0], finish);
    (void)normal;
}

SIMD vf small_hull(struct v3 q)
{
    vf front = smooth_v(0.6f, 2.9f, q.z), back = smooth_v(-0.8f, -4.6f, q.z), wide, tall, y, d;

    wide = 0.58f - 0.16f * front - 0.44f * back;
    tall = 0.66f - 0.22f * front - 0.46f * back + 0.16f * smooth_v(1.3f, 0.3f, q.z) * (1.0f - back);
    y = q.y + 0.10f * front - 0.20f * back - 0.10f;
    d = box_v(vec3(q.x * (1.0f / wide), y * (1.0f / tall), splat(0)), 1, 1, 1, 0.75f);
    d = carve_v(d * min_v(wide, tall) * 0.85f, q.z - 2.75f, 0.45f);
    return max_v(d, -4.75f - q.z);
}

SIMD vf small_distance(const struct thing *thing, struct v3 q)
{
    static const float low[3] = {0.45f, -0.42f, 0.45f}, high[3] = {2.7f, 0.83f, 0.35f},
                       leg[3] = {0.40f, -0.45f, 0.15f}, foot[3] = {1.15f, -1.15f, 0.10f},
                       nose[3] = {0, -0.45f, 2.1f}, wheel[3] = {0, -1.10f, 2.2f},
                       back[3] = {0, 0, 2.65f}, tip[3] = {0, 0, 3.05f};
    struct v3 both = vec3(abs_v(q.x), q.y, q.z);
    vf d = small_hull(q);

    (void)thing;
    d = melt_v(d, wing_v(&small_wing, both.x, q.y - 0.86f - 0.02f * both.x, q.z), 0.08f);
    d = melt_v(d, wing_v(&small_tail, both.x, q.y - 0.25f, q.z), 0.06f);
    d = melt_v(d, wing_v(&small_fin, q.y - 0.25f, q.x, q.z), 0.08f);
    d = min_v(d, rod_v(both, low, high, 0.035f));
    d = min_v(d, min_v(taper_v(both, leg, foot, 0.06f, 0.04f), rod_v(q, nose, wheel, 0.045f)));
    d = min_v(d, drum_v(length2(q.y + 1.15f, q.z - 0.10f), both.x - 1.20f, 0.21f, 0.075f, 0.05f));
    d = min_v(d, drum_v(length2(q.y + 1.12f, q.z - 2.2f), q.x, 0.18f, 0.07f, 0.05f));
    return min_v(d, taper_v(vec3(q.x, q.y + 0.02f, q.z), back, tip, 0.20f, 0.05f));
}

SIMD void small_finish(const struct thing *thing, struct v3 q, struct v3 normal, vf grain,
                       struct thing_finish *finish)
{
    static const float small_tip[4] = {5.48f, 0.97f, 0.75f, 0.13f};
    vf hull = mask_v(small_hull(q) < 0.03f), pane, line, wheel, metal, edge;
    struct v3 is = color(0.68f, 0.67f, 0.64f);

    line = q.y + 0.10f - 0.05f * q.z - 0.10f * smooth_v(0.0f, -4.0f, q.z);
    is = lerp3(is, splat3(thing->paint[0]), hull * edge_v(-0.05f - line, grain));
    is = lerp3(is, splat3(thing->paint[1]), hull * edge_v(0.035f - abs_v(line - 0.06f), grain));
    edge = mask_v((abs_v(q.x) > 4.3f) | ((q.z < -3.2f) & (q.y > 0.75f)));
    is = lerp3(is, splat3(thing->paint[0]), edge);
    pane = hull *
           mask_v((q.y > 0.36f) & (q.y < 0.82f) & (q.z < 1.35f - 0.9f * (q.y - 0.36f)) &
                  (q.z > -1.55f)) *
           mask_v((stripe_v(q.z * 0.83f + 0.12f) < 0.45f) | (abs_v(normal.z) > 0.5f));
    is = stuff_v(is, 0.025f, 0.03f, 0.035f, pane);
    wheel = mask_v((q.y < -0.90f) &
                   (length2(q.y + 1.15f, choose(q.z > 1.0f, q.z - 2.2f, q.z - 0.1f)) > 0.09f));
    is = stuff_v(is, 0.02f, 0.02f, 0.02f, wheel);
    metal = mask_v(q.z > 2.76f);
    is = stuff_v(is, 0.5f, 0.5f, 0.5f, metal);
    finish->albedo = is;
    finish->mirror = 0.05f + 0.06f * pane + 0.3f * metal - 0.04f * wheel;
    tip_lights(q, small_tip, thing->turn[0], finish);
}

#endif
