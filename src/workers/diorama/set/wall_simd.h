/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wall_simd: what houses are made of: field stones, beams and plaster, roofs, windows.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_SET_WALL_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_SET_WALL_SIMD_H

#include "workers/diorama/set/matter_simd.h"

/* Adds to the normal along u and v of the side that the spot is on. */
SIMD void tilt_spot(struct set_spot *spot, vf du, vf dv)
{
    vf x = abs_v(spot->n.x), y = abs_v(spot->n.y), z = abs_v(spot->n.z);
    vi top = (y > x) & (y > z), side = (x > z) & ~top;

    spot->tilt.x = choose(side, splat(0), du);
    spot->tilt.y = choose(top, splat(0), dv);
    spot->tilt.z = choose(side, du, choose(top, dv, splat(0)));
}

/* Cells about random points: which one, where in it, and how near its rim. */
struct cell {
    vf each, x, y, rim;
};

SIMD void find_cell(vf u, vf v, int salt, struct cell *cell)
{
    vf fu = floor_v(u), fv = floor_v(v), first = splat(9), second = splat(9);
    vi iu = to_int(fu), iv = to_int(fv);

    *cell = (struct cell){splat(0), splat(0), splat(0), splat(0)};
    for (int k = 0; k < 9; k++) {
        vi cu = iu + (k % 3 - 1), cv = iv + (k / 3 - 1);
        vf a = hash_v(cu + salt, cv), b = hash_v(cv * 5 + (salt + 17), cu);
        vf x = u - (fu + (float)(k % 3 - 1) + 0.12f + 0.76f * a);
        vf y = v - (fv + (float)(k / 3 - 1) + 0.12f + 0.76f * b), d = x * x + y * y;
        vi nearer = d < first;

        second = choose(nearer, first, min_v(second, d));
        first = min_v(first, d);
        cell->each = choose(nearer, fract_v(a * 7.0f + b * 3.0f), cell->each);
        cell->x = choose(nearer, x, cell->x);
        cell->y = choose(nearer, y, cell->y);
    }
    cell->rim = sqrt_v(second) - sqrt_v(first);
}

SIMD void rubble_paint(const struct set_solid *solid, struct set_spot *spot)
{
    float wide = solid->scale;
    vf fade = saturate(1.5f - spot->grain * (1.6f / wide)), joint, rough, tone;
    struct cell cell;
    struct v3 mortar =
        scale3(lerp3(splat3(solid->color), splat3(solid->other), splat(0.5f)), splat(0.62f));

    find_cell(spot->u * (1 / wide), spot->v * (1.65f / wide), solid->salt, &cell);
    joint = (1.0f - smooth_v(0.04f, 0.16f, cell.rim)) * fade;
    rough = fine_noise(spot, spot->u, spot->v, 38.0f);
    tone = lerp_v(splat(0.5f), cell.each, 0.3f + 0.7f * fade);
    spot->albedo = scale3(lerp3(splat3(solid->color), splat3(solid->other), tone),
                          0.72f + 0.30f * rough + 0.28f * (fract_v(tone * 13.0f) - 0.5f) * fade);
    spot->albedo = lerp3(spot->albedo, mortar, joint * 0.8f);
    fade *= 1.0f - joint;
    tilt_spot(spot, (cell.x * 0.55f + (rough - 0.5f) * 0.25f) * fade,
              (cell.y * 0.55f + (cell.each - 0.5f) * 0.2f) * fade);
}

/* Posts, rails and braces; `scale` is the height of a floor, counted from the eaves down. */
SIMD void timber_paint(const struct set_solid *solid, struct set_spot *spot)
{
    const float bay = 1.22f, half = 0.085f;
    float wide = solid->half[0] > solid->half[2] ? solid->half[0] : solid->half[2];
    vf up = (spot->v + solid->half[1]) * (1 / solid->scale), floor = floor_v(up);
    vf x = (spot->u + wide) * (1 / bay), at = floor_v(x), fx = (x - at) * bay, fy, away, lean;
    vf each = hash_v(to_int(at) + solid->salt, to_int(floor) + 3), beam, grain;
    vf worn = noise_v(spot->u * 0.8f, spot->v * 0.8f + (float)(solid->salt & 31));

    fy = (up - floor) * solid->scale;
    away = min_v(min_v(fx, bay - fx), min_v(fy, solid->scale - fy));
    /* A rail across the middle of some panels, a brace across others. */
    lean = abs_v(choose(each > 0.72f, fx, bay - fx) - fy * (bay / solid->scale)) * 0.9f;
    away = choose(each > 0.48f, min_v(away, lean), away);
    away = choose(each < 0.30f, min_v(away, abs_v(fy - 0.5f * solid->scale)), away);
    beam = edge_v(half - away, spot->grain + 0.004f);
    grain = wood_grain(spot, spot->v, spot->u, each);
    spot->albedo = scale3(splat3(solid->color),
                          0.90f + 0.12f * worn + 0.05f * fine_noise(spot, spot->u, spot->v, 24.0f));
    /* The beams stand out a little: shade beside them. */
    spot->albedo = scale3(spot->albedo, 0.80f + 0.20f * smooth_v(half, half + 0.10f, away));
    spot->albedo = lerp3(spot->albedo, scale3(splat3(solid->other), grain), beam);
}

SIMD void clay_paint(const struct set_solid *solid, struct set_spot *spot)
{
    const float wide = 0.23f, tall = 0.36f;
    vf row = floor_v(spot->v * (1 / tall)), fv = spot->v * (1 / tall) - row;
    vf x = spot->u * (1 / wide), at = floor_v(x), turn = (x - at) * 6.2831853f;
    vf each = hash_v(to_int(at) + solid->salt, to_int(row)), fade, far, moss;

    far = saturate(1.7f - spot->grain * (1.1f / wide));
    fade = saturate(1.5f - spot->grain * (1.0f / tall));
    moss = smooth_v(0.55f, 0.85f,
                    noise_v(spot->u * 0.7f + (float)(solid->salt & 31), spot->v * 0.7f) * 0.7f +
                        0.3f * noise_v(spot->u * 4.0f, spot->v * 4.0f));
    each = lerp_v(splat(0.5f), each, fade);
    spot->albedo = scale3(lerp3(splat3(solid->color), splat3(solid->other), each),
                          0.80f + 0.30f * fract_v(each * 9.0f) * fade + 0.12f * (1.0f - fade));
    spot->albedo = lerp3(spot->albedo, color(0.12f, 0.11f, 0.06f), 0.45f * moss);
    spot->albedo =
        scale3(spot->albedo, 1.0f - far * 0.48f * (0.5f - 0.5f * cos_v(turn)) * (0.4f + 0.6f * fv));
    spot->albedo = scale3(spot->albedo, 1.0f - fade * 0.55f * (1.0f - smooth_v(0.0f, 0.16f, fv)));
    tilt_spot(spot, sin_v(turn) * (0.55f * far), fade * 0.10f * (fv - 0.5f));
}

SIMD void slate_paint(const struct set_solid *solid, struct set_spot *spot)
{
    float tall = solid->scale, wide = 1.25f * solid->scale;
    vf row = floor_v(spot->v * (1 / tall)), fv = spot->v * (1 / tall) - row, fade, gap;
    vf x = spot->u * (1 / wide) + hash_v(to_int(row), splat_int(solid->salt)) * 3.0f;
    vf at = floor_v(x), each = hash_v(to_int(at) + solid->salt, to_int(row));

    fade = saturate(1.5f - spot->grain * (1.1f / tall));
    gap = max_v(line_at((x - at) * wide, wide, 0.012f, spot->grain) * fade,
                fade * (1.0f - smooth_v(0.0f, 0.15f, fv)));
    each = lerp_v(splat(0.5f), each, fade);
    spot->albedo = scale3(lerp3(splat3(solid->color), splat3(solid->other), each),
                          0.84f + 0.28f * fract_v(each * 7.0f) * fade + 0.10f * (1.0f - fade) +
                              0.10f * (noise_v(spot->u * 0.5f, spot->v * 0.5f) - 0.5f));
    spot->albedo = scale3(spot->albedo, 1.0f - 0.62f * gap);
    tilt_spot(spot, (each - 0.5f) * 0.16f * fade, (fract_v(each * 5.0f) - 0.5f) * 0.16f * fade);
}

SIMD void thatch_paint(const struct set_solid *solid, struct set_spot *spot)
{
    vf straw = fine_noise(spot, spot->u, spot->v * 0.10f, 42.0f);
    vf thick = fine_noise(spot, spot->u, spot->v * 0.20f, 12.0f);
    vf broad = noise_v(spot->u * 0.6f, spot->v * 0.5f + (float)(solid->salt & 31));
    vf course = fract_v(spot->v * 0.9f + 0.16f * noise_v(spot->u * 2.0f, spot->v));

    spot->albedo = scale3(lerp3(splat3(solid->color), splat3(solid->other),
                                saturate(0.25f + 0.5f * broad + 0.5f * (thick - 0.5f))),
                          0.16f + 0.48f * straw + 0.46f * thick);
    spot->albedo = scale3(spot->albedo, 0.70f + 0.30f * smooth_v(0.0f, 0.25f, course));
    tilt_spot(spot, (straw - 0.5f) * 0.8f + (thick - 0.5f) * 0.7f, (broad - 0.5f) * 0.35f);
}

SIMD void roof_paint(const struct set_solid *solid, struct set_spot *spot)
{
    switch (solid->salt & 3) {
    case 0:
        clay_paint(solid, spot);
        break;
    case 2:
        thatch_paint(solid, spot);
        break;
    default:
        slate_paint(solid, spot);
        break;
    }
}

/* Frame and bars of `color`; behind the glass curtains, and a lit or a dark room. */
SIMD void pane_paint(const struct set_solid *solid, struct set_spot *spot)
{
    float wide = solid->half[0], tall = solid->half[1], rim = 0.055f;
    vf x = spot->p.x, y = spot->p.y, edge = min_v(wide - abs_v(x), tall - abs_v(y)), bar, glass;
    vf curtain, fold, low = (y + tall) * (0.5f / tall), up;
    float each = (float)(solid->salt & 255) * (1.0f / 255.0f), open = 0.35f + 0.6f * each;
    struct v3 room;

    bar = edge_v(rim - edge, spot->grain + 0.003f);
    bar = max_v(bar, line_at(x + (solid->waves > 1.5f ? wide : 0), 2 * wide / solid->waves, 0.032f,
                             spot->grain) *
                         (solid->waves > 1.5f ? 1.0f : 0.0f));
    bar = max_v(bar, line_at(y + tall, 2 * tall / solid->taper, 0.028f, spot->grain) *
                         (solid->taper > 1.5f ? 1.0f : 0.0f));
    glass = (1.0f - bar) * edge_v(abs_v(spot->n.z) - 0.7f, splat(0.05f));
    fold = 0.75f + 0.25f * sin_v(x * 46.0f + 3.0f * each) * saturate(1.4f - spot->grain * 40.0f);
    curtain = smooth_v(open - 0.04f, open + 0.04f, abs_v(x) * (1 / wide) + 0.10f * (1.0f - low));
    up = smooth_v(-0.4f, 1.0f, y * (1 / tall));
    room = scale3(splat3(solid->glow), 0.42f + 0.75f * up);
    /* Furniture and walls within, as blots. */
    room = scale3(room, 0.62f + 0.5f * noise_v(x * 3.0f + each * 40.0f, y * 2.4f));
    room = lerp3(room, scale3(splat3(solid->glow), 0.62f * fold), curtain);
    spot->glow = scale3(room, glass);
    spot->albedo = lerp3(color(0.012f, 0.014f, 0.017f), scale3(color(0.30f, 0.29f, 0.26f), fold),
                         curtain * 0.75f);
    /* The wall's shade on the glass behind it. */
    spot->albedo = scale3(spot->albedo, 0.35f + 0.65f * smooth_v(0.0f, 0.25f, tall - rim - y));
    spot->albedo = lerp3(splat3(solid->color), spot->albedo, glass);
    spot->gloss = lerp_v(splat(0.15f), splat(0.95f), glass);
}

#endif
