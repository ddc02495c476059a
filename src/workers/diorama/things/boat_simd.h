/* SPDX-License-Identifier: Apache-2.0 */
/*
 * boat_simd: sailing, rowing and fishing boats, cruise ships and freighters. y is 0 at the
 * waterline, z ahead; the wind comes over the left side and fills sails to the right.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_THINGS_BOAT_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_THINGS_BOAT_SIMD_H

#include "workers/diorama/things/shape_simd.h"

/* A hull by its lines, in meters. */
struct hull {
    float half, beam;      /* half its length and half its width */
    float keel;            /* depth */
    float bow, mid, stern; /* height of its edge over the water */
    float rake;            /* how far the bow leans ahead per meter of height */
    float transom;         /* width of its stern, 0 pointed to 1 as wide as the middle */
    float full;            /* 0 fine lines to 1 a box with a bow */
};

static const struct hull hull_sail = {5.6f, 1.75f, 0.6f, 1.25f, 0.95f, 0.90f, 0.45f, 0.75f, 0.0f};
static const struct hull hull_row = {2.1f, 0.68f, 0.22f, 0.62f, 0.36f, 0.48f, 0.35f, 0.55f, 0.0f};
static const struct hull hull_fish = {6.8f, 2.2f, 0.9f, 2.5f, 1.15f, 1.35f, 0.40f, 0.80f, 0.25f};
static const struct hull hull_cruise = {118, 15, 7, 17, 13.5f, 12, 0.55f, 0.85f, 0.75f};
static const struct hull hull_cargo = {120, 16, 8, 15, 9.5f, 10.5f, 0.30f, 0.9f, 0.9f};

/* Height of its edge at a place along it, -1 stern to 1 bow. */
SIMD vf hull_edge(const struct hull *hull, vf along)
{
    vf ahead = max_v(along, splat(0)), behind = max_v(-along, splat(0));

    return hull->mid + (hull->bow - hull->mid) * ahead * ahead +
           (hull->stern - hull->mid) * behind * behind;
}

SIMD vf hull_along(const struct hull *hull, struct v3 q)
{
    vf lean = hull->rake * (q.y - 0.6f * hull->mid) * smooth_v(0.0f, hull->half, q.z);

    return (q.z - lean) * (1.0f / hull->half);
}

/* Half its width at its edge. */
SIMD vf hull_width(const struct hull *hull, vf along)
{
    vf ahead = clamp_v(along, 0.0f, 1.2f), behind = clamp_v(-along, 0.0f, 1.2f), fine, full;

    fine = 1.0f - 0.55f * ahead * ahead - 0.45f * ahead * ahead * ahead;
    full = smooth_v(1.0f, 0.55f, ahead);
    return hull->beam * (fine + (full - fine) * hull->full) *
           (1.0f - (1.0f - hull->transom) * behind * behind);
}

/* The solid hull up to its edge. `inset` makes the one within its planks. */
SIMD vf hull_v(const struct hull *hull, struct v3 q, float inset)
{
    vf along = hull_along(hull, q), edge = hull_edge(hull, along), deep, up, wide, d;
    vf ahead = clamp_v(along, 0.0f, 1.0f);

    deep = hull->keel * (1.0f - ahead * ahead * ahead) - inset;
    up = saturate((q.y + deep) / (edge + deep));
    up = 1.0f - up;
    up = up * up;
    up = up * (1.0f + hull->full * (up * up - 1.0f));
    wide = hull_width(hull, along) * (1.0f - 0.9f * up) - inset;
    d = (abs_v(q.x) - wide) * 0.80f;
    d = max_v(d, max_v(-q.y - deep, -q.z - (hull->half - inset)) * 0.9f);
    d = max_v(d, (along - 1.0f) * hull->half * 0.6f);
    return inset > 0 ? d : max_v(d, (q.y - edge) * 0.95f);
}

/* A person who sits: 0.9 m from the seat up, leaning to z by `lean`. */
SIMD vf sitter_v(struct v3 q, float lean)
{
    const float waist[3] = {0, 0.10f, 0}, neck[3] = {0, 0.52f, lean};
    static const float hip[3] = {0.08f, 0.06f, 0.05f}, knee[3] = {0.11f, 0.14f, 0.45f},
                       foot[3] = {0.11f, -0.26f, 0.55f};
    struct v3 side = vec3(abs_v(q.x), q.y, q.z);
    vf d = taper_v(q, waist, neck, 0.14f, 0.16f);

    d = melt_v(d, length3(from_v(q, 0, 0.76f, 1.15f * lean)) - 0.11f, 0.06f);
    d = melt_v(d, taper_v(side, hip, knee, 0.09f, 0.07f), 0.05f);
    return min_v(d, rod_v(side, knee, foot, 0.06f));
}

/* How far sails are let out: sine and cosine of the boom's angle. */
#define BOOM_SINE 0.36f
#define BOOM_COSINE 0.933f
#define MAST_Z 0.7f
#define MAST_M 15.2f

/* One sail: a triangle between a luff and a leech, bellied to the right. `luff` is where its
 * front edge is at this height, `up` 0 at its foot and 1 at its head. */
SIMD vf sail_v(struct v3 q, vf luff, vf up, float foot, float round)
{
    vf z = luff - q.z, aft = z * BOOM_COSINE + q.x * BOOM_SINE, out, chord, belly;

    chord = foot * (1.0f - up) * (1.0f + round * up) + 0.10f;
    belly = saturate(aft / max_v(chord, splat(0.05f)));
    belly = 0.52f * chord * belly * (1.0f - belly) * (1.0f - 0.35f * belly);
    out = q.x * BOOM_COSINE - z * BOOM_SINE - belly;
    return max_v(max_v(abs_v(out) - 0.012f, aft - chord),
                 max_v(-aft, (abs_v(up - 0.5f) - 0.5f) * 8.0f)) *
           0.72f;
}

SIMD vf main_sail(struct v3 q)
{
    return sail_v(q, splat(MAST_Z - 0.12f), (q.y - 2.1f) * (1.0f / 12.6f), 4.9f, 0.42f);
}

SIMD vf fore_sail(struct v3 q)
{
    vf up = (q.y - 1.5f) * (1.0f / 11.6f);

    return sail_v(q, 5.9f + (MAST_Z + 0.25f - 5.9f) * up, up, 5.0f, 0.06f);
}

/* Hull, cabin, cockpit and crew. */
SIMD vf yacht_v(struct v3 q)
{
    vf d = hull_v(&hull_sail, q, 0), cabin;

    cabin = box_v(from_v(q, 0, 1.05f, 0.7f), 0.95f, 0.36f, 1.9f, 0.22f);
    d = melt_v(d, cabin + 0.06f * smooth_v(0.8f, 2.5f, q.z), 0.08f);
    d = carve_v(d, -box_v(from_v(q, 0, 1.1f, -3.0f), 0.85f, 0.55f, 1.5f, 0.15f), 0.05f);
    for (int i = 0; i < 2; i++) /* the crew, on the high side */
        d = min_v(d,
                  sitter_v(vec3(q.z + (2.3f + 0.9f * (float)i), q.y - 0.95f, q.x + 0.95f), 0.05f));
    return d;
}

SIMD vf sailboat_distance(const struct thing *thing, struct v3 q)
{
    static const float foot[3] = {0, 0.9f, MAST_Z}, top[3] = {0, MAST_M, MAST_Z},
                       bow[3] = {0, 1.35f, 5.95f}, stern[3] = {0, 0.95f, -5.5f},
                       side[3] = {1.55f, 1.0f, MAST_Z - 0.2f}, middle[3] = {0, 8.4f, MAST_Z},
                       spreader[3] = {0.75f, 8.4f, MAST_Z - 0.1f}, boom_from[3] = {0, 2.0f, MAST_Z},
                       boom_to[3] = {5.0f * BOOM_SINE, 2.0f, MAST_Z - 5.0f * BOOM_COSINE};
    struct v3 both = vec3(abs_v(q.x), q.y, q.z);
    vf d = q.y - 1.85f; /* nothing of the hull is higher */

    (void)thing;
    if (any(q.y < 2.6f))
        d = choose(q.y < 2.6f, yacht_v(q), d);
    d = min_v(d, rod_v(q, foot, top, 0.085f));
    d = min_v(d, rod_v(q, boom_from, boom_to, 0.07f));
    d = min_v(d, min_v(rod_v(q, bow, top, 0.012f), rod_v(q, stern, top, 0.010f)));
    d = min_v(d, min_v(rod_v(both, side, spreader, 0.010f), rod_v(both, spreader, top, 0.010f)));
    d = min_v(d, rod_v(both, middle, spreader, 0.035f));
    return min_v(d, min_v(main_sail(q), fore_sail(q)));
}

SIMD vf rowboat_distance(const struct thing *thing, struct v3 q)
{
    float s = thing->turn[0], c = thing->turn[1];
    const float lock[3] = {0.70f, 0.48f, 0.05f},
                blade[3] = {2.35f, 0.02f + 0.16f * c, 0.05f - 0.75f * s},
                hand[3] = {0.22f, 0.68f - 0.05f * c, 0.05f + 0.28f * s},
                shoulder[3] = {0.19f, 0.83f, 0.60f - 0.10f * s};
    struct v3 both = vec3(abs_v(q.x), q.y, q.z);
    vf d = hull_v(&hull_row, q, 0);

    d = max_v(d, -max_v(hull_v(&hull_row, q, 0.055f), 0.05f - q.y));
    for (int i = -1; i < 2; i++) /* thwarts */
        d = min_v(d, max_v(box_v(from_v(q, 0, 0.30f, 0.55f + 1.05f * (float)i), 0.7f, 0.02f, 0.13f,
                                 0.01f),
                           hull_v(&hull_row, q, 0.03f)));
    d = min_v(d, rod_v(both, lock, blade, 0.022f));
    d = min_v(d, rod_v(both, lock, hand, 0.022f));
    d = min_v(d, box_v(from_v(both, blade[0], blade[1], blade[2]), 0.22f, 0.075f, 0.015f, 0.01f));
    /* The rower looks back. */
    d = min_v(d, sitter_v(vec3(q.x, q.y - 0.33f, 0.62f - q.z), 0.10f * s + 0.03f));
    return min_v(d, taper_v(both, shoulder, hand, 0.055f, 0.04f));
}

SIMD vf fishing_distance(const struct thing *thing, struct v3 q)
{
    static const float mast[3] = {0, 2.0f, 1.1f}, top[3] = {0, 8.6f, 1.0f},
                       end[3] = {0, 6.6f, -4.4f}, bow[3] = {0, 2.7f, 6.9f},
                       stern[3] = {0, 4.6f, -5.9f}, leg[3] = {1.5f, 1.2f, -5.9f},
                       arm[3] = {1.1f, 4.6f, -5.9f}, wing[3] = {3.9f, 7.4f, 0.7f},
                       root[3] = {0.9f, 2.2f, 1.1f};
    struct v3 both = vec3(abs_v(q.x), q.y, q.z);
    vf along = hull_along(&hull_fish, q), deck = hull_edge(&hull_fish, along) - 0.55f, d, house;

    (void)thing;
    d = hull_v(&hull_fish, q, 0);
    d = max_v(d, -max_v(hull_v(&hull_fish, q, 0.12f), (deck - q.y) * 0.9f));
    d = min_v(d, max_v(abs_v(hull_v(&hull_fish, q, -0.07f)) - 0.06f,
                       abs_v(q.y - deck - 0.10f) - 0.07f)); /* the rubbing strake */
    house = box_v(from_v(q, 0, 2.35f, 2.6f), 1.25f, 1.45f, 1.35f, 0.16f);
    house = max_v(house, (q.z - 3.85f) + 0.20f * (q.y - 2.4f));
    d = min_v(d, house);
    d = min_v(d, box_v(from_v(q, 0, 3.86f, 2.7f), 1.45f, 0.07f, 1.6f, 0.06f));
    d = min_v(d, drum_v(length2(q.x, q.z - 1.75f), q.y - 4.3f, 0.20f, 0.55f, 0.04f)); /* funnel */
    d = min_v(d, box_v(from_v(q, 0, 1.0f, -1.6f), 0.8f, 0.35f, 0.9f, 0.08f));         /* hatch */
    d = min_v(d, taper_v(q, mast, top, 0.10f, 0.06f));
    d = min_v(d, rod_v(q, (const float[]){0, 3.4f, 1.0f}, end, 0.06f));
    d = min_v(d, min_v(rod_v(both, leg, arm, 0.08f), rod_v(both, arm, stern, 0.08f)));
    d = min_v(d, rod_v(both, root, wing, 0.05f));
    d = min_v(d, min_v(rod_v(q, top, bow, 0.014f), rod_v(q, top, stern, 0.014f)));
    d = min_v(d, min_v(rod_v(q, top, end, 0.014f), rod_v(both, top, wing, 0.012f)));
    /* A heap of nets, and rails along the bow. */
    d = min_v(d, egg_v(from_v(q, 0.3f, 0.85f, -4.2f), 1.1f, 0.65f, 0.9f));
    return d;
}

/* Decks of a ship as a stack of rounded boxes that get shorter toward the top. */
SIMD vf cruise_distance(const struct thing *thing, struct v3 q)
{
    vf d = hull_v(&hull_cruise, q, 0), tier;

    (void)thing;
    tier = box_v(from_v(q, 0, 17, -14), 14.4f, 6, 88, 5);
    tier = max_v(tier, (q.z - 78) * 0.8f + (q.y - 12) * 0.9f);
    d = min_v(d, tier);
    tier = box_v(from_v(q, 0, 25.5f, -18), 13.6f, 5, 78, 4);
    tier = max_v(tier, (q.z - 60) * 0.75f + (q.y - 22) * 0.66f);
    d = min_v(d, tier);
    tier = box_v(from_v(q, 0, 32, -24), 10, 3.2f, 58, 2.5f);
    d = min_v(d, tier);
    /* Balconies: shallow shelves around. */
    d = max_v(d, -max_v(box_v(q, 13.0f, 60, 200, 0.1f) * -1.0f,
                        max_v(abs_v(again_v(q.y - 16.4f, 2.9f, 2)) - 0.95f, abs_v(q.z + 20) - 66)));
    tier = egg_v(from_v(q, 0, 38, -46), 5, 8.5f, 11); /* the funnel */
    d = melt_v(d, max_v(tier, q.y - 44.5f + 0.25f * (q.z + 46)), 1.5f);
    d = min_v(d, taper_v(q, (const float[]){0, 33, 22}, (const float[]){0, 46, 19}, 1.0f, 0.4f));
    d = min_v(d, box_v(from_v(q, 0, 42, 20), 5, 0.4f, 0.6f, 0.2f));
    /* Lifeboats in a row. */
    return min_v(d, egg_v(vec3(abs_v(q.x) - 14.6f, q.y - 14.0f, again_v(q.z + 10, 13, 4)), 1.6f,
                          1.6f, 5.0f));
}

SIMD vf cargo_distance(const struct thing *thing, struct v3 q)
{
    vf d = hull_v(&hull_cargo, q, 0), row = floor_v((q.z + 6.6f) * (1.0f / 13.2f)), height, stack,
       z;

    (void)thing;
    /* Stacks of containers: their height differs from bay to bay. */
    row = clamp_v(row, -5.0f, 6.0f);
    z = q.z - row * 13.2f;
    height = 9.5f + 2.6f * floor_v(3.4f + 2.8f * hash_v(to_int(row), splat_int(5)));
    stack = max_v(abs_v(q.x) - 14.6f, max_v(abs_v(z) - 6.1f, abs_v(q.y - 8) - (height - 8)));
    d = min_v(d, max_v(stack, abs_v(q.z - 8) - 86));
    d = min_v(d, box_v(from_v(q, 0, 24, -90), 14.0f, 14, 6, 0.6f));
    d = min_v(d, box_v(from_v(q, 0, 35.6f, -88), 16.5f, 2.2f, 4, 0.5f));
    d = min_v(d, box_v(from_v(q, 0, 32, -103), 3.5f, 9, 3.5f, 1.0f));
    d = min_v(d, taper_v(q, (const float[]){0, 37, -88}, (const float[]){0, 47, -88}, 0.8f, 0.3f));
    return min_v(d,
                 taper_v(q, (const float[]){0, 14, 106}, (const float[]){0, 27, 106}, 0.7f, 0.3f));
}

/* Below the water red, then a stripe, then paint; planks of its deck where it faces up. */
SIMD void hull_finish(const struct hull *hull, const struct thing *thing, struct v3 q,
                      struct v3 normal, struct thing_finish *finish)
{
    vf along = hull_along(hull, q), edge = hull_edge(hull, along), over = edge - q.y, deck, seam;
    float line = 0.10f * hull->mid;

    finish->albedo = splat3(thing->paint[0]);
    finish->albedo =
        lerp3(finish->albedo, splat3(thing->paint[1]),
              mask_v((q.y < 2.0f * line) | ((over > 1.2f * line) & (over < 2.1f * line))));
    finish->albedo = stuff_v(finish->albedo, 0.20f, 0.03f, 0.022f, mask_v(q.y < 0.9f * line));
    finish->mirror = splat(0.045f);
    deck = smooth_v(0.6f, 0.85f, normal.y);
    seam = 0.85f + 0.25f * mask_v(fract_v(q.x * (6.0f / hull->beam)) < 0.86f);
    finish->albedo = lerp3(finish->albedo, scale3(color(0.34f, 0.22f, 0.11f), seam), deck);
    finish->mirror = lerp_v(finish->mirror, splat(0.02f), deck);
}

/* Clothes and faces of those who sit around a place. */
SIMD void sitter_finish(struct v3 q, float r, float g, float b, struct thing_finish *finish)
{
    vi near = (abs_v(q.x) < 0.33f) & (q.y > -0.3f) & (q.y < 1.0f) & (abs_v(q.z - 0.2f) < 0.48f);
    struct v3 is = stuff_v(color(r, g, b), 0.05f, 0.06f, 0.10f, mask_v(q.y < 0.12f));

    is = stuff_v(is, 0.42f, 0.26f, 0.18f, mask_v(q.y > 0.64f));
    is = stuff_v(is, 0.06f, 0.035f, 0.02f, mask_v((q.y > 0.80f)));
    finish->albedo = choose3(near, is, finish->albedo);
    finish->mirror = choose(near, splat(0.02f), finish->mirror);
}

SIMD void sailboat_finish(const struct thing *thing, struct v3 q, struct v3 normal, vf grain,
                          struct thing_finish *finish)
{
    vi sail, fore;
    vf seam, cabin, pane, mast;
    struct v3 cloth;

    hull_finish(&hull_sail, thing, q, normal, finish);
    cabin =
        mask_v((abs_v(q.x) < 0.97f) & (abs_v(q.z - 0.7f) < 1.92f) & (q.y > 0.98f) & (q.y < 1.6f));
    finish->albedo = stuff_v(finish->albedo, 0.68f, 0.67f, 0.64f, cabin);
    pane = cabin * mask_v((abs_v(q.y - 1.22f) < 0.075f) & (normal.y < 0.5f) &
                          (abs_v(stripe_v(q.z * 1.1f) - 0.2f) < 0.17f));
    finish->albedo = stuff_v(finish->albedo, 0.02f, 0.025f, 0.03f, pane);
    finish->mirror = lerp_v(finish->mirror, splat(0.10f), pane);
    for (int i = 0; i < 2; i++)
        sitter_finish(vec3(q.z + (2.3f + 0.9f * (float)i), q.y - 0.95f, q.x + 0.95f),
                      i ? 0.55f : 0.50f, i ? 0.06f : 0.42f, i ? 0.04f : 0.05f, finish);
    mast = mask_v(q.y > 1.75f);
    finish->albedo = stuff_v(finish->albedo, 0.34f, 0.34f, 0.35f, mast);
    finish->mirror = lerp_v(finish->mirror, splat(0.12f), mast);
    fore = fore_sail(q) < 0.03f + 0.5f * grain;
    sail = (main_sail(q) < 0.03f + 0.5f * grain) | fore;
    seam = (0.5f - stripe_v(q.y * 0.62f + 0.05f * q.z)) * 1.6f;
    seam = edge_v(0.02f - seam, grain + 0.012f) * saturate(0.05f / grain);
    cloth = choose3(fore, splat3(thing->paint[2]), splat3(thing->paint[3]));
    finish->albedo = choose3(sail, scale3(cloth, 1.0f - 0.28f * seam), finish->albedo);
    finish->sheer = choose(sail, 0.55f - 0.2f * seam, finish->sheer);
    finish->mirror = choose(sail, splat(0.01f), finish->mirror);
}

SIMD void rowboat_finish(const struct thing *thing, struct v3 q, struct v3 normal, vf grain,
                         struct thing_finish *finish)
{
    vf inside = mask_v(hull_v(&hull_row, q, 0.03f) < 0.0f), plank, oar;

    (void)grain;
    hull_finish(&hull_row, thing, q, normal, finish);
    plank = 0.8f + 0.3f * mask_v(fract_v(q.y * 9.0f) < 0.88f);
    finish->albedo = lerp3(finish->albedo, scale3(color(0.30f, 0.17f, 0.08f), plank), inside);
    oar = max_v(mask_v(abs_v(q.x) > 0.74f),
                mask_v((q.y > 0.50f) & (q.z < 0.2f) & (abs_v(q.x) > 0.3f)));
    finish->albedo = stuff_v(finish->albedo, 0.45f, 0.30f, 0.15f, oar);
    finish->mirror *= 1.0f - 0.6f * max_v(inside, oar);
    sitter_finish(vec3(q.x, q.y - 0.33f, 0.62f - q.z), 0.10f, 0.16f, 0.30f, finish);
    finish->albedo = stuff_v(finish->albedo, 0.10f, 0.16f, 0.30f,
                             mask_v((q.y > 0.58f) & (q.y < 0.95f) & (q.z > 0.2f) &
                                    (abs_v(q.x) < 0.3f) & (abs_v(q.x) > 0.14f)));
}

SIMD void fishing_finish(const struct thing *thing, struct v3 q, struct v3 normal, vf grain,
                         struct thing_finish *finish)
{
    vf along = hull_along(&hull_fish, q), edge = hull_edge(&hull_fish, along), house, pane, steel;
    vf net;

    hull_finish(&hull_fish, thing, q, normal, finish);
    house = mask_v((abs_v(q.x) < 1.5f) & (abs_v(q.z - 2.65f) < 1.7f) & (q.y > edge - 0.5f) &
                   (q.y < 4.0f));
    finish->albedo = stuff_v(finish->albedo, 0.66f, 0.65f, 0.60f, house);
    finish->albedo = lerp3(finish->albedo, splat3(thing->paint[1]), house * mask_v(q.y > 3.72f));
    pane = house * mask_v((abs_v(q.y - 3.05f) < 0.33f) & (abs_v(normal.y) < 0.6f));
    pane *= mask_v(max_v(stripe_v(q.z * 1.15f + 0.1f) * abs_v(normal.x),
                         stripe_v(q.x * 1.2f + 0.5f) * abs_v(normal.z)) < 0.40f);
    finish->albedo = stuff_v(finish->albedo, 0.015f, 0.02f, 0.025f, pane);
    finish->mirror = lerp_v(finish->mirror, splat(0.12f), pane);
    finish->glow = mad3(finish->glow, color(1.0f, 0.62f, 0.28f), pane * (0.9f * thing->lamps));
    steel = mask_v(q.y > 4.0f) + mask_v((q.z < -5.2f) & (q.y > edge + 0.05f));
    finish->albedo = lerp3(finish->albedo, splat3(thing->paint[2]), saturate(steel));
    net = mask_v((q.z < -3.2f) & (q.z > -5.2f) & (q.y > edge - 0.5f) & (q.y < 2.0f));
    finish->albedo = stuff_v(finish->albedo, 0.03f, 0.16f, 0.13f,
                             net * (0.6f + 0.4f * noise_v(q.x * 9.0f, q.z * 9.0f + q.y * 7.0f)));
    (void)grain;
}

/* Windows in rows; by night some are lit. */
SIMD void ship_windows(const struct thing *thing, struct v3 q, struct v3 normal,
                       const float grid[2], vf where, struct thing_finish *finish)
{
    vf u = choose(abs_v(normal.x) > 0.6f, q.z, q.x) * (1.0f / grid[0]), v = q.y * (1.0f / grid[1]);
    vf pane =
        mask_v((stripe_v(u) < 0.34f) & (stripe_v(v) < 0.22f) & (abs_v(normal.y) < 0.5f)) * where;
    vf chance = hash_v(to_int(floor_v(u)), to_int(floor_v(v)) + 40);

    finish->albedo = stuff_v(finish->albedo, 0.03f, 0.045f, 0.06f, pane);
    finish->mirror = lerp_v(finish->mirror, splat(0.12f), pane);
    finish->glow = mad3(finish->glow, color(1.0f, 0.66f, 0.33f),
                        pane * mask_v(chance > 0.35f) * (1.1f * thing->lamps));
}

SIMD void cruise_finish(const struct thing *thing, struct v3 q, struct v3 normal, vf grain,
                        struct thing_finish *finish)
{
    static const float balconies[2] = {3.2f, 2.9f}, portholes[2] = {4.5f, 4.5f};
    vf upper = mask_v(q.y > 12.5f), band;

    (void)grain;
    hull_finish(&hull_cruise, thing, q, normal, finish);
    finish->albedo = stuff_v(finish->albedo, 0.72f, 0.72f, 0.71f, upper);
    finish->mirror = lerp_v(finish->mirror, splat(0.05f), upper);
    ship_windows(thing, vec3(q.x, q.y - 0.5f, q.z), normal, balconies,
                 mask_v((q.y > 13.5f) & (q.y < 34.5f) & (q.z < 78.0f)), finish);
    ship_windows(thing, q, normal, portholes, mask_v((q.y > 4.0f) & (q.y < 10.0f) & (q.z < 90.0f)),
                 finish);
    band = mask_v((abs_v(q.y - 24.0f) < 1.0f) & (q.z > 30.0f) & (normal.y < 0.8f)); /* the bridge */
    finish->albedo = stuff_v(finish->albedo, 0.02f, 0.03f, 0.04f, band);
    finish->albedo = lerp3(finish->albedo, splat3(thing->paint[2]),
                           mask_v((q.y > 36.0f) & (q.z < -30.0f) & (abs_v(q.y - 41.0f) < 2.6f)));
    finish->albedo =
        stuff_v(finish->albedo, 0.62f, 0.20f, 0.03f,
                mask_v((abs_v(q.x) > 14.55f) & (abs_v(q.y - 14.0f) < 1.7f) & (q.y < 14.4f)));
}

SIMD void cargo_finish(const struct thing *thing, struct v3 q, struct v3 normal, vf grain,
                       struct thing_finish *finish)
{
    static const float cabins[2] = {3.4f, 3.2f};
    static const float boxes[6][3] = {{0.28f, 0.05f, 0.03f}, {0.04f, 0.12f, 0.28f},
                                      {0.50f, 0.20f, 0.03f}, {0.06f, 0.20f, 0.12f},
                                      {0.50f, 0.50f, 0.48f}, {0.13f, 0.14f, 0.15f}};
    vf row = floor_v((q.z + 6.6f) * (1.0f / 13.2f)), column = floor_v(q.x * (1.0f / 2.44f));
    vf layer = floor_v((q.y - 9.5f) * (1.0f / 2.6f)), pick, is_box, seam, groove;
    struct v3 is = splat3(boxes[0]);

    (void)grain;
    hull_finish(&hull_cargo, thing, q, normal, finish);
    finish->albedo = stuff_v(finish->albedo, 0.13f, 0.06f, 0.045f, mask_v(normal.y > 0.7f));
    pick = floor_v(5.999f * hash_v(to_int(row) * 17 + to_int(column), to_int(layer) + 9));
    for (int i = 1; i < 6; i++)
        is = choose3(abs_v(pick - (float)i) < 0.5f, splat3(boxes[i]), is);
    seam = mask_v(stripe_v((q.y - 9.5f) * (1.0f / 2.6f)) > 0.47f) +
           mask_v((stripe_v(q.x * (1.0f / 2.44f)) > 0.47f) & (abs_v(normal.x) < 0.6f));
    groove = 0.85f + 0.2f * mask_v(stripe_v(q.z * 1.8f) < 0.25f);
    is = scale3(is, (1.0f - 0.6f * saturate(seam)) * groove);
    is_box = mask_v((abs_v(q.z - 8.0f) < 86.3f) & (q.y > 9.6f));
    finish->albedo = lerp3(finish->albedo, is, is_box);
    finish->mirror = lerp_v(finish->mirror, splat(0.02f), is_box);
    finish->albedo =
        stuff_v(finish->albedo, 0.66f, 0.65f, 0.60f, mask_v((q.z < -81.0f) & (q.y > 10.0f)));
    ship_windows(thing, q, normal, cabins, mask_v((q.z < -81.0f) & (q.y > 12.0f) & (q.y < 37.5f)),
                 finish);
}

#endif
