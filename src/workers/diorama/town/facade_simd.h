/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facade_simd: what the walls of houses look like: bricks, windows with rooms behind, shops, signs.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_TOWN_FACADE_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_TOWN_FACADE_SIMD_H

#include "workers/diorama/near_simd.h"
#include "workers/diorama/town/town.h"

/* Where on a wall, and how it is looked at. */
struct facade {
    vf u, v;   /* meters from the lower corner */
    vf du, dv; /* how far a ray goes along the wall a meter behind it */
    vf grain;  /* size of a sample, meters */
    float wide, tall;
};

/* What a place on a wall is: light falls on albedo, glow shines by itself, gloss mirrors. */
struct paint {
    struct v3 albedo, glow;
    vf gloss;
};

/* Light in a room behind a window, from 0 to about 1: a ceiling that is lit, walls, things. */
SIMD vf room_light(const struct facade *at, vf u, vf v, const float size[3], vi salt)
{
    vf du = choose(abs_v(at->du) < 1e-3f, splat(1e-3f), at->du);
    vf dv = choose(abs_v(at->dv) < 1e-3f, splat(1e-3f), at->dv);
    vf side = choose(du > 0.0f, size[0] - u, u) / abs_v(du);
    vf level = choose(dv > 0.0f, size[1] - v, v) / abs_v(dv);
    vf depth = min_v(min_v(side, level), splat(size[2]));
    vf x = u + du * depth, y = v + dv * depth, light, things;
    vi back = depth >= size[2] - 1e-3f, over = (level <= side) & ~back & (dv > 0.0f);

    /* Light falls off away from the middle of the ceiling. */
    light = 0.40f + 0.45f * y * (1.0f / size[1]) - 0.30f * abs_v(x * (1.0f / size[0]) - 0.5f);
    light *= 1.0f - 0.10f * depth;
    things = hash_v(to_int(x * 1.7f) + salt, splat_int(7));
    light *= 1.0f - 0.55f * mask_v(back & (y < size[1] * (0.15f + 0.45f * things)));
    light *= 1.0f - 0.3f * mask_v(~back & ~over);
    light += mask_v(over & (abs_v(fract_v(depth * 0.55f) - 0.5f) < 0.22f)) * 0.8f;
    return light;
}

/* Curtains and blinds: how much of a window they hide, by the window. */
SIMD vf curtain(vf fu, vf fv, vf chance)
{
    vf half = mask_v((abs_v(fu - 0.5f) > 0.18f) & (chance > 0.55f) & (chance < 0.8f));
    vf blind = mask_v((fv > 1.35f - chance) & (chance >= 0.8f));

    return max_v(half, blind);
}

SIMD struct v3 wall_color(const struct town_box *box, const struct facade *at)
{
    struct v3 wall = splat3(box->color);
    float salt = (float)(box->salt & 1023);
    vf streak = noise_v(at->u * 1.1f + salt, at->v * 0.16f),
       spot = noise_v(at->u * 0.35f, at->v * 0.35f + salt);
    vf shade = 0.66f + 0.32f * streak + 0.22f * spot;

    shade *= 0.86f + 0.28f * noise_v(at->u * 9.0f, at->v * 9.0f + salt);
    if (box->brick > 0) {
        float tall = box->brick > 0.6f ? 0.085f : 0.30f, wide = box->brick > 0.6f ? 0.26f : 0.60f;
        vf row = floor_v(at->v * (1.0f / tall)), fine = saturate(1.6f - at->grain * (3.0f / tall));
        vf x = at->u * (1.0f / wide) + 0.5f * (row - 2.0f * floor_v(row * 0.5f));
        vf joint = max_v(edge_v(0.012f - fract_v(x) * wide, at->grain),
                         edge_v(0.012f - fract_v(at->v * (1.0f / tall)) * tall, at->grain));
        vf each = hash_v(to_int(floor_v(x)) + box->salt, to_int(row));

        shade *= 1.0f + fine * (0.35f * each - 0.175f);
        wall = lerp3(wall, color(0.28f, 0.27f, 0.25f), joint * fine * 0.6f);
    }
    return scale3(wall, shade);
}

/* How deep inside its opening a place of a bay and floor is, in meters across and up. */
struct opening {
    vf across, up;
};

SIMD struct opening opening_at(const struct town_box *box, vf fu, vf fv)
{
    return (struct opening){(0.5f * box->pane[0] - abs_v(fu - 0.5f)) * box->bay_m,
                            (0.5f * box->pane[1] - abs_v(fv - 0.53f)) * box->floor_m};
}

/* Snow that lies on a sill, and in the lower corners of its window. */
SIMD vf sill_snow(const struct town_box *box, struct opening open, vf fv, const struct facade *at)
{
    vf below = (0.53f - 0.5f * box->pane[1] - fv) * box->floor_m; /* the sill's edge is 0 */
    vf high = 0.02f + 0.05f * noise_v(at->u * 3.0f, splat((float)(box->salt & 255)));

    return edge_v(open.across + 0.10f, at->grain) *
           edge_v(min_v(below + high, 0.12f - below), at->grain);
}

SIMD void window_paint(const struct town *town, const struct town_box *box, const struct facade *at,
                       struct paint *paint)
{
    const float room[3] = {box->bay_m, box->floor_m, 3.6f}, recess = 0.2f;
    float per_bay = 1.0f / box->bay_m, per_floor = 1.0f / box->floor_m;
    vf u = at->u * per_bay, v = (at->v - box->shop_m) * per_floor, cu = floor_v(u), cv = floor_v(v);
    vi iu = to_int(cu) + box->salt, iv = to_int(cv) + box->salt * 3;
    struct opening open = opening_at(box, u - cu, v - cv), pane;
    vf gu = u - cu + at->du * (recess * per_bay), gv = v - cv + at->dv * (recess * per_floor);
    vf hole = edge_v(open.across, at->grain) * edge_v(open.up, at->grain), glass, frame, lit, warm;
    vf sill = edge_v(open.across + 0.12f, at->grain) * edge_v(open.up + 0.14f, at->grain) *
              mask_v(v - cv < 0.5f);
    vf chance = hash_v(iu + 91, iv), far = smooth_v(0.35f, 1.1f, at->grain * per_bay), inside, veil;
    struct v3 light;

    hole *= mask_v((at->v < box->high[1] - box->low[1] - 0.6f) & (v >= 0.0f));
    pane = opening_at(box, gu, gv);
    glass = hole * edge_v(pane.across, at->grain) * edge_v(pane.up, at->grain);
    frame = max_v(edge_v(0.07f - min_v(pane.across, pane.up), at->grain),
                  edge_v(0.035f - abs_v(gu - 0.5f) * box->bay_m, at->grain));
    frame = max_v(frame, edge_v(0.03f - abs_v(gv - 0.62f) * box->floor_m, at->grain));
    /* Far off a window is less than a sample: the mean of many, a dark wall between them. */
    lit = lerp_v(mask_v(hash_v(iu, iv) < box->lit), splat(0.8f * box->lit * box->lit), far);
    warm = hash_v(iu + 7, iv + 3);
    veil = curtain(gu, gv, chance);
    inside = lerp_v(room_light(at, gu * box->bay_m, gv * box->floor_m, room, iu * 5 + iv),
                    splat(0.55f), far);
    inside = lerp_v(inside, 0.42f + 0.1f * sin_v(gu * 60.0f), veil);
    light =
        lerp3(color(1.0f, 0.60f, 0.28f), color(0.82f, 0.92f, 1.0f), smooth_v(0.6f, 0.75f, warm));
    light = scale3(light, inside * lit * (0.25f + 0.75f * chance) * town->window_glow * glass *
                              (1.0f - frame));
    paint->glow = add3(paint->glow, light);
    /* Jambs lie in shade, sills catch light, glass is dark but for what it mirrors. */
    paint->albedo = scale3(paint->albedo, 1.0f + 0.35f * sill * (1.0f - hole));
    paint->albedo = scale3(paint->albedo, 1.0f - 0.5f * hole);
    paint->albedo =
        lerp3(paint->albedo, scale3(color(0.10f, 0.10f, 0.105f), 0.3f + veil * 2.2f), glass);
    if (town->snow)
        paint->albedo = lerp3(paint->albedo, color(0.80f, 0.83f, 0.88f),
                              sill_snow(box, open, v - cv, at) * mask_v(v >= 0.0f));
    light = box->salt & 1 ? color(0.42f, 0.41f, 0.39f) : color(0.06f, 0.06f, 0.065f);
    paint->albedo = lerp3(paint->albedo, light, glass * frame);
    paint->gloss = max_v(paint->gloss, glass * (1.0f - frame));
}

/* Goods on the shelves of a shop: blocks of color. */
SIMD struct v3 goods(vf x, vf y, vi salt)
{
    vf row = floor_v(y * 2.2f), column = floor_v(x * (3.0f + 2.0f * hash_v(to_int(row), salt)));
    vf hue = hash_v(to_int(column) + salt, to_int(row)),
       bright = 0.25f + 0.9f * hash_v(to_int(row) + salt, to_int(column) + 5);
    vf gap = mask_v(fract_v(y * 2.2f) < 0.78f);

    return scale3(vec3(0.55f + 0.45f * sin_v(hue * 6.28f),
                       0.55f + 0.40f * sin_v(hue * 6.28f + 2.1f),
                       0.50f + 0.40f * sin_v(hue * 6.28f + 4.2f)),
                  bright * gap + 0.08f);
}

SIMD void shop_paint(const struct town_box *box, const struct facade *at, struct paint *paint)
{
    float bays = __builtin_floorf(at->wide / 3.2f), bay = at->wide / (bays < 1 ? 1 : bays);
    const float room[3] = {bay, box->shop_m - 0.5f, 4.0f}, recess = 0.28f;
    vf u = at->u * (1.0f / bay), cu = floor_v(u), fu = u - cu, chance, glass, hole, frame, top, low;
    vi iu = to_int(cu) + box->salt;
    vf gu = fu * bay + at->du * recess, gv = at->v + at->dv * recess, light, x, y;
    struct v3 inside;
    vi back;

    chance = hash_v(iu, splat_int(31));
    top = splat(box->shop_m - 0.85f);
    low = choose(chance < 0.3f, splat(0.05f), splat(0.55f)); /* doors reach down */
    hole = edge_v(0.5f * bay - 0.22f - abs_v(fu - 0.5f) * bay, at->grain) *
           edge_v(min_v(top - at->v, at->v - low), at->grain);
    glass = hole * edge_v(0.5f * bay - 0.22f - abs_v(gu - 0.5f * bay), at->grain) *
            edge_v(min_v(top - gv, gv - low), at->grain);
    frame = edge_v(
        0.06f - min_v(0.5f * bay - 0.22f - abs_v(gu - 0.5f * bay), min_v(top - gv, gv - low)),
        at->grain);
    frame = max_v(frame, edge_v(0.03f - abs_v(gu - 0.5f * bay), at->grain) * mask_v(chance < 0.6f));
    frame = max_v(frame, edge_v(0.04f - abs_v(gv - 2.35f), at->grain));
    light = room_light(at, gu, gv, room, iu);
    /* Some things in the window, more of them on shelves behind. */
    x = gu + at->du * 2.2f;
    y = gv + at->dv * 2.2f;
    back = (x > 0.15f) & (x < bay - 0.15f) & (y > 0.1f) & (y < 2.3f);
    inside = choose3(back, scale3(goods(x, y, iu), light), vec3(light, light, light));
    x = gu + at->du * 0.5f;
    y = gv + at->dv * 0.5f;
    back = (hash_v(to_int(x * 3.1f), iu) * 1.1f + 0.35f > y) &
           (abs_v(fract_v(x * 3.1f) - 0.5f) < 0.32f) & (chance > 0.35f);
    inside = choose3(back, scale3(goods(x * 1.4f, y * 1.3f + 5.0f, iu + 3), splat(0.55f)), inside);
    inside = mul3(inside, splat3(box->glow));
    inside = scale3(inside, (0.55f + 0.6f * chance) * glass * (1.0f - frame));
    paint->glow = add3(paint->glow, inside);
    paint->albedo = scale3(paint->albedo, 1.0f - 0.55f * hole);
    paint->albedo = lerp3(paint->albedo, color(0.04f, 0.04f, 0.045f), glass);
    paint->albedo = lerp3(paint->albedo, color(0.05f, 0.045f, 0.04f), glass * frame);
    paint->gloss = max_v(paint->gloss, glass * (1.0f - frame) * 0.8f);
}

/* A wall of glass between thin posts, floor over floor. */
SIMD void tower_paint(const struct town *town, const struct town_box *box, const struct facade *at,
                      struct paint *paint)
{
    float wide = box->bay_m * 0.5f, tall = box->floor_m;
    vf u = at->u * (1.0f / wide), v = at->v * (1.0f / tall), cu = floor_v(u), cv = floor_v(v);
    vi iu = to_int(cu) + box->salt, iv = to_int(cv) + box->salt * 3;
    vf far = smooth_v(0.3f, 1.0f, at->grain * (1.0f / wide));
    vf post = edge_v(0.06f - (u - cu) * wide, at->grain);
    vf band = edge_v(0.75f - (v - cv) * tall, at->grain);
    vf rooms = hash_v(to_int(cu * 0.25f) + box->salt, iv), lit;
    vf tint = 0.8f + 0.4f * hash_v(iu, iv);

    lit = lerp_v(mask_v(lerp_v(rooms, hash_v(iu, iv), splat(0.35f)) < box->lit * 1.1f),
                 splat(0.7f * box->lit * box->lit), far);
    lit *= (1.0f - band) * (1.0f - post) * town->window_glow * 0.8f;
    paint->albedo = scale3(color(0.030f, 0.036f, 0.042f), tint);
    paint->albedo =
        lerp3(paint->albedo, scale3(splat3(box->color), splat(0.7f)), max_v(post, band));
    paint->glow = scale3(lerp3(color(1.0f, 0.70f, 0.40f), color(0.80f, 0.92f, 1.0f),
                               smooth_v(0.35f, 0.6f, hash_v(iv, splat_int(box->salt)))),
                         lit * (0.4f + 0.6f * hash_v(iu + 3, iv)));
    paint->gloss = (1.0f - 0.75f * max_v(post, band)) * (0.9f + 0.1f * tint);
}

/* Distance to the strokes of a letter, in letter sides. */
SIMD vf glyph_distance(const struct town *town, vi glyph, vf x, vf y)
{
    const int side = TOWN_GLYPH_TEXELS;
    vf px = clamp_v(x * (float)side - 0.5f, 0.0f, (float)(side - 1) - 0.01f);
    vf py = clamp_v(y * (float)side - 0.5f, 0.0f, (float)(side - 1) - 0.01f);
    vf fx = floor_v(px), fy = floor_v(py), u = px - fx, v = py - fy;
    vi index = glyph * (side * side) + to_int(fy) * side + to_int(fx);
    vf above = lerp_v(gather(town->glyphs, index), gather(town->glyphs, index + 1), u);
    vf below =
        lerp_v(gather(town->glyphs, index + side), gather(town->glyphs, index + (side + 1)), u);

    return lerp_v(above, below, v);
}

/* Letters and a border of neon tubes on a dark board, or dark letters on a bright one. */
SIMD void sign_paint(const struct town *town, const struct town_box *box, const struct facade *at,
                     float flicker, struct paint *paint)
{
    float cell = box->upright ? at->wide : at->tall, letters = (float)box->letters;
    float along = box->upright ? at->tall : at->wide, pad = 0.5f * (along - letters * cell);
    vf s = (box->upright ? at->tall - at->v : at->u) - pad, across, tube, halo, rim, index;
    vf inside = mask_v((s > 0.0f) & (s < letters * cell)), edge, gx, gy;
    struct v3 glow = splat3(box->glow), white;
    bool bright = box->salt % 4 == 0;

    index = floor_v(clamp_v(s * (1.0f / cell), 0.0f, letters - 1.0f));
    across = box->upright ? at->u : at->tall - at->v;
    gx = (box->upright ? across : s - index * cell) * (1.0f / cell);
    gy = (box->upright ? s - index * cell : across) * (1.0f / cell);
    edge = glyph_distance(town, to_int(gather(box->word, to_int(index))),
                          (gx - 0.5f) * 1.18f + 0.5f, (gy - 0.5f) * 1.18f + 0.5f) *
           cell;
    tube = edge_v(0.045f * cell - edge, at->grain) * inside;
    halo = exp_v(edge * (-7.0f / cell)) * inside;
    rim = min_v(min_v(at->u, at->wide - at->u), min_v(at->v, at->tall - at->v));
    rim = edge_v(0.022f - abs_v(rim - 0.06f), at->grain);
    white = lerp3(glow, scale3(color(1, 1, 1), splat(box->glow[0] + box->glow[1] + box->glow[2])),
                  splat(0.22f));
    paint->albedo = color(0.02f, 0.02f, 0.022f);
    if (bright)
        glow = lerp3(scale3(white, splat(0.42f)), scale3(glow, splat(0.03f)), tube);
    else
        glow = add3(scale3(glow, splat(0.05f) + 0.30f * halo),
                    scale3(white, max_v(tube * 1.5f, rim * 0.8f)));
    paint->glow = scale3(glow, splat(flicker));
}

/* Leaves, lighter and darker, and a flower here and there. */
SIMD struct v3 leaves(const struct town_box *box, const struct facade *at)
{
    static const float flowers[4][3] = {
        {0.55f, 0.05f, 0.07f}, {0.60f, 0.20f, 0.36f}, {0.62f, 0.60f, 0.55f}, {0.62f, 0.40f, 0.05f}};
    float salt = (float)(box->salt & 255);
    vf n = noise_v(at->u * 31.0f + salt, at->v * 34.0f), x = at->u * 11.0f,
       y = at->v * 11.0f + salt;
    vf cx = floor_v(x), cy = floor_v(y), dx, dy, pick = hash_v(to_int(cx), to_int(cy));
    vf fine = saturate(1.6f - at->grain * 30.0f), round;

    n = 0.35f + 1.3f * n * noise_v(at->u * 9.0f, at->v * 9.0f + salt);
    dx = x - cx - 0.3f - 0.4f * fract_v(pick * 7.0f);
    dy = y - cy - 0.3f - 0.4f * fract_v(pick * 13.0f);
    round = mask_v((dx * dx + dy * dy < 0.085f) & (pick < 0.34f)) * (0.35f + 0.65f * fine);
    return lerp3(scale3(splat3(box->color), n), splat3(flowers[box->salt % 4]), round);
}

/* 1 within the frame of a board. */
SIMD vf board_inside(const struct facade *at)
{
    vf rim = min_v(min_v(at->u, at->wide - at->u), min_v(at->v, at->tall - at->v));

    return edge_v(rim - 0.035f, at->grain);
}

/* Slate with lines of writing in chalk. */
SIMD struct v3 chalk(const struct town_box *box, const struct facade *at)
{
    vf row = floor_v(at->v * 11.0f), in = fract_v(at->v * 11.0f);
    vf wide = 0.16f + 0.13f * hash_v(to_int(row), splat_int(box->salt));
    vf wave = 0.5f + 0.22f * sin_v(at->u * 95.0f + row * 3.0f) * sin_v(at->u * 41.0f + row);
    vf line = edge_v(0.012f - abs_v(in - wave) * (1.0f / 11.0f), at->grain);

    line *= mask_v(abs_v(at->u - 0.5f * at->wide) < wide) *
            mask_v(fract_v(at->u * 7.0f + row * 0.37f) > 0.16f);
    return lerp3(color(0.035f, 0.038f, 0.040f), color(0.62f, 0.61f, 0.58f), line * 0.85f);
}

#endif
