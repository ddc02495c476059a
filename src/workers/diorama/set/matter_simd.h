/* SPDX-License-Identifier: Apache-2.0 */
/*
 * matter_simd: what the solids of a set are made of: color, gloss and relief at a place.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_SET_MATTER_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_SET_MATTER_SIMD_H

#include "workers/diorama/near_simd.h"
#include "workers/diorama/set/set.h"

/* A place on a solid, in its own axes, and what is there. */
struct set_spot {
    struct v3 p, n; /* and its normal */
    vf u, v;        /* on the side that it looks to: across and up, meters from the middle */
    vf grain;       /* size of a sample on the surface, meters */
    struct v3 albedo, glow, tilt; /* `tilt` is added to the normal */
    vf gloss, through;            /* `through`: share of light from behind */
};

/* Noise that fades to its mean where samples are coarser than its cells. */
SIMD vf fine_noise(const struct set_spot *spot, vf u, vf v, float cells_per_m)
{
    vf fade = saturate(1.6f - spot->grain * (1.3f * cells_per_m));

    return 0.5f + (noise_v(u * cells_per_m, v * cells_per_m) - 0.5f) * fade;
}

/* A line of some width where `x` (meters) is a multiple of `every`. */
SIMD vf line_at(vf x, float every, float wide, vf grain)
{
    vf away = abs_v(fract_v(x * (1 / every) + 0.5f) - 0.5f) * every;

    return edge_v(0.5f * wide - away, grain + 1e-4f) *
           saturate(2.0f * wide / (grain + 1e-4f) + 0.15f);
}

/* Grain of wood along u. */
SIMD vf wood_grain(const struct set_spot *spot, vf u, vf v, vf each)
{
    vf bend = noise_v(u * 1.3f + each * 37.0f, v * 6.0f + each * 11.0f);
    vf ring = fract_v(v * 22.0f + bend * 2.6f + each * 5.0f), fade;

    fade = saturate(1.4f - spot->grain * 40.0f);
    ring = smooth_v(0.0f, 0.75f, ring) * (1.0f - smooth_v(0.75f, 1.0f, ring));
    return 0.80f + 0.22f * bend + fade * (0.16f * ring - 0.08f) +
           0.22f * (fine_noise(spot, u * 0.06f, v, 240.0f) - 0.5f);
}

SIMD void plank_paint(const struct set_solid *solid, struct set_spot *spot)
{
    float wide = solid->scale;
    vf row = floor_v(spot->u * (1 / wide)), shift, piece, each, gap;

    shift = hash_v(to_int(row), splat_int(solid->salt)) * 2.1f;
    piece = floor_v((spot->v + shift) * (1 / 1.9f));
    each = hash_v(to_int(row) * 7 + solid->salt, to_int(piece));
    gap = max_v(line_at(spot->u, wide, 0.004f, spot->grain),
                line_at(spot->v + shift, 1.9f, 0.004f, spot->grain));
    spot->albedo = scale3(lerp3(splat3(solid->color), splat3(solid->other), each),
                          wood_grain(spot, spot->v, spot->u - row * wide, each));
    spot->albedo = scale3(spot->albedo, 1.0f - 0.72f * gap);
    spot->gloss *= 0.75f + 0.35f * each - 0.6f * gap;
    spot->tilt.x = (each - 0.5f) * 0.012f;
    spot->tilt.z = (hash_v(to_int(piece), to_int(row)) - 0.5f) * 0.012f;
}

/* Hungarian point: strips of slanting pieces that meet in a line. */
SIMD void parquet_paint(const struct set_solid *solid, struct set_spot *spot)
{
    float strip = 5.2f * solid->scale, wide = solid->scale;
    vf x = spot->u * (1 / strip), at = floor_v(x), f = x - at, t, piece, each, gap;
    vi odd = (to_int(at) & 1) != 0;

    f = choose(odd, 1.0f - f, f);
    t = (spot->v + f * (strip * 0.85f)) * (0.76f / wide);
    piece = floor_v(t);
    each = hash_v(to_int(piece) + solid->salt, to_int(at));
    gap = max_v(line_at(spot->u, strip, 0.003f, spot->grain),
                line_at(t * (wide / 0.76f), wide / 0.76f, 0.003f, spot->grain));
    spot->albedo = scale3(lerp3(splat3(solid->color), splat3(solid->other), each),
                          wood_grain(spot, f * strip * 1.3f, (t - piece) * wide, each));
    spot->albedo = scale3(spot->albedo, 1.0f - 0.65f * gap);
    spot->gloss *= 0.8f + 0.3f * each - 0.5f * gap;
    spot->tilt.x = (each - 0.5f) * 0.014f;
}

SIMD void tile_paint(const struct set_solid *solid, struct set_spot *spot)
{
    float side = solid->scale;
    vf x = floor_v(spot->u * (1 / side) + 0.5f), y = floor_v(spot->v * (1 / side) + 0.5f);
    vf each = hash_v(to_int(x) + solid->salt, to_int(y)), gap, checker;

    gap = max_v(line_at(spot->u + 0.5f * side, side, 0.005f, spot->grain),
                line_at(spot->v + 0.5f * side, side, 0.005f, spot->grain));
    checker = solid->salt & 1 ? mask_v(((to_int(x) + to_int(y)) & 1) != 0) : each;
    spot->albedo =
        scale3(lerp3(splat3(solid->color), splat3(solid->other), checker),
               0.92f + 0.10f * each + 0.08f * (fine_noise(spot, spot->u, spot->v, 9.0f) - 0.5f));
    spot->albedo = lerp3(spot->albedo, scale3(splat3(solid->color), splat(0.62f)), gap * 0.8f);
    spot->gloss *= 1.0f - 0.85f * gap;
    spot->tilt.x = (each - 0.5f) * 0.02f;
    spot->tilt.y = (hash_v(to_int(y), to_int(x)) - 0.5f) * 0.02f;
}

SIMD void brick_paint(const struct set_solid *solid, struct set_spot *spot)
{
    const float tall = 0.076f, wide = 0.235f;
    vf row = floor_v(spot->v * (1 / tall)),
       u = spot->u + wide * 0.5f * (row - 2.0f * floor_v(row * 0.5f));
    vf at = floor_v(u * (1 / wide)), each = hash_v(to_int(at) + solid->salt, to_int(row)), gap,
       rough;

    gap = max_v(line_at(spot->v, tall, 0.012f, spot->grain), line_at(u, wide, 0.012f, spot->grain));
    rough = fine_noise(spot, spot->u, spot->v, 60.0f);
    spot->albedo = scale3(lerp3(splat3(solid->color), splat3(solid->other), each),
                          0.65f + 0.35f * each + 0.35f * rough);
    spot->albedo = lerp3(spot->albedo,
                         lerp3(splat3(solid->color), color(0.5f, 0.48f, 0.45f), splat(0.7f)), gap);
    spot->tilt.x = (each - 0.5f) * 0.10f + (rough - 0.5f) * 0.16f;
    spot->tilt.y = (hash_v(to_int(row), to_int(at)) - 0.5f) * 0.10f;
}

SIMD void paper_paint(const struct set_solid *solid, struct set_spot *spot)
{
    float size = solid->scale;
    vf u = spot->u * (1 / size), v = spot->v * (1 / size), motif, du, dv, row;

    switch (solid->salt & 3) {
    case 0: /* stripes of two widths */
        motif = edge_v(0.24f - abs_v(fract_v(u) - 0.5f), spot->grain * (1 / size));
        motif = max_v(motif,
                      edge_v(0.02f - abs_v(fract_v(u + 0.14f) - 0.07f), spot->grain * (1 / size)) *
                          0.7f);
        break;
    case 1: /* damask: leaves about a stem, every other row shifted */
        row = floor_v(v);
        du = fract_v(u + 0.5f * (row - 2.0f * floor_v(row * 0.5f))) - 0.5f;
        dv = fract_v(v) - 0.5f;
        motif = 0.33f - sqrt_v(du * du * 2.3f + dv * dv) +
                0.10f * cos_v(abs_v(du) * 19.0f - dv * 11.0f);
        motif = edge_v(motif, spot->grain * (2 / size) + 0.02f);
        break;
    case 2: /* small sprigs */
        row = floor_v(v * 3.0f);
        du = fract_v(u * 3.0f + 0.5f * (row - 2.0f * floor_v(row * 0.5f))) - 0.5f;
        dv = fract_v(v * 3.0f) - 0.5f;
        motif = 0.13f - sqrt_v(du * du + dv * dv) + 0.05f * cos_v(5.0f * (du * 6.0f + dv * 9.0f));
        motif = edge_v(motif, spot->grain * (4 / size) + 0.02f);
        break;
    default: /* lattice */
        du = fract_v(u + v) - 0.5f;
        dv = fract_v(u - v) - 0.5f;
        motif = edge_v(0.035f - min_v(abs_v(du), abs_v(dv)), spot->grain * (2 / size));
        motif = max_v(motif, edge_v(0.02f - du * du - dv * dv + 0.01f, spot->grain * (2 / size)));
        break;
    }
    spot->albedo = lerp3(splat3(solid->color), splat3(solid->other), saturate(motif) * 0.8f);
    spot->albedo = scale3(spot->albedo, 0.97f + 0.06f * fine_noise(spot, spot->u, spot->v, 40.0f));
    spot->gloss += 0.05f * motif;
}

SIMD void wood_paint(const struct set_solid *solid, struct set_spot *spot)
{
    vf u = spot->u, v = spot->v, each = splat((float)(solid->salt & 255) * (1.0f / 255.0f));

    if (solid->half[1] > solid->half[0] && solid->half[1] > solid->half[2]) {
        u = spot->v;
        v = spot->u;
    } else if (solid->half[2] > solid->half[0]) {
        u = spot->p.z;
        v = spot->p.x + spot->p.y;
    }
    spot->albedo = scale3(splat3(solid->color), wood_grain(spot, u, v, each));
    spot->tilt.x = (noise_v(u * 3.0f, v * 40.0f) - 0.5f) * 0.02f;
}

SIMD void cloth_paint(const struct set_solid *solid, struct set_spot *spot)
{
    vf weave = fine_noise(spot, spot->u, spot->v, 420.0f) * 0.5f +
               fine_noise(spot, spot->u * 0.2f, spot->v, 300.0f) * 0.25f +
               fine_noise(spot, spot->u, spot->v * 0.2f, 300.0f) * 0.25f;
    vf soft = noise_v(spot->u * 7.0f + 3.0f, spot->v * 7.0f + (float)(solid->salt & 15)), motif;

    spot->albedo = splat3(solid->color);
    switch (solid->salt & 7) {
    case 5: /* stripes */
        motif = edge_v(0.27f - abs_v(fract_v(spot->u * 14.0f) - 0.5f), spot->grain * 14.0f);
        spot->albedo = lerp3(spot->albedo, splat3(solid->other), motif);
        break;
    case 6: /* checks */
        motif = 0.5f * edge_v(0.25f - abs_v(fract_v(spot->u * 8.0f) - 0.5f), spot->grain * 8.0f) +
                0.5f * edge_v(0.25f - abs_v(fract_v(spot->v * 8.0f) - 0.5f), spot->grain * 8.0f);
        spot->albedo = lerp3(spot->albedo, splat3(solid->other), motif);
        break;
    default:
        break;
    }
    spot->albedo = scale3(spot->albedo, 0.72f + 0.44f * weave + 0.12f * soft);
    spot->tilt.x = (soft - 0.5f) * 0.16f + (weave - 0.5f) * 0.5f;
    spot->tilt.z = (noise_v(spot->u * 9.0f, spot->v * 9.0f + 40.0f) - 0.5f) * 0.16f;
}

/* A carpet with borders, and a field of rows or medallions. */
SIMD void rug_paint(const struct set_solid *solid, struct set_spot *spot)
{
    float wide = solid->half[0], tall = solid->half[2];
    vf u = spot->p.x, v = spot->p.z, edge = min_v(wide - abs_v(u), tall - abs_v(v)), motif, band,
       du, dv;
    vf grain = spot->grain + 0.002f;
    struct v3 dark = scale3(splat3(solid->color), splat(0.35f));

    du = fract_v(u * 3.1f) - 0.5f;
    dv = fract_v(v * 3.1f) - 0.5f;
    motif = 0.34f - abs_v(du) - abs_v(dv) + 0.09f * cos_v(du * 25.0f) * cos_v(dv * 25.0f);
    motif = edge_v(motif, grain * 3.1f);
    if (solid->salt & 1) { /* medallion in the middle */
        vf away = sqrt_v(u * u * (1 / (wide * wide)) + v * v * (1 / (tall * tall)));
        vf star = 0.52f - away + 0.05f * cos_v(away * 30.0f) +
                  0.05f * cos_v(u * 16.0f) * cos_v(v * 16.0f);

        motif = lerp_v(motif * 0.6f, 1.0f - 0.7f * motif, edge_v(star, grain * 2.0f));
    }
    band = edge_v(edge - 0.20f, grain) * (1.0f - edge_v(edge - 0.235f, grain)) +
           edge_v(edge - 0.05f, grain) * (1.0f - edge_v(edge - 0.075f, grain));
    spot->albedo = lerp3(splat3(solid->color), splat3(solid->other), motif * 0.85f);
    du = edge_v(0.2f - edge, grain);
    spot->albedo = lerp3(spot->albedo, lerp3(dark, splat3(solid->other), motif * 0.55f), du);
    spot->albedo = lerp3(spot->albedo, splat3(solid->other), band);
    band = fine_noise(spot, u, v, 160.0f);
    spot->albedo = scale3(spot->albedo, 0.74f + 0.30f * band + 0.22f * noise_v(u * 5.0f, v * 5.0f));
    spot->tilt.x = (band - 0.5f) * 0.4f;
    spot->gloss = splat(0);
}

SIMD void book_paint(const struct set_solid *solid, struct set_spot *spot)
{
    vf tall = splat(solid->half[1]), y = spot->p.y * (1 / solid->half[1]), band, title, pages;
    float salt = (float)(solid->salt & 127) * (1.0f / 127.0f);
    vf grain = spot->grain * (1 / solid->half[1]);

    (void)tall;
    band = edge_v(0.025f - abs_v(abs_v(y) - (0.62f + 0.2f * salt)), grain);
    title = edge_v(0.14f - abs_v(y - 0.22f), grain) *
            smooth_v(0.35f, 0.6f, fine_noise(spot, spot->p.y * 0.4f, spot->p.x, 210.0f)) *
            edge_v(solid->half[0] * 0.55f - abs_v(spot->p.x), spot->grain);
    spot->albedo = lerp3(splat3(solid->color), splat3(solid->other), saturate(band + 0.8f * title));
    spot->albedo =
        scale3(spot->albedo, 0.85f + 0.25f * fine_noise(spot, spot->p.x, spot->p.y, 90.0f));
    pages = edge_v(spot->n.y - 0.6f, splat(0.1f));
    spot->albedo = lerp3(spot->albedo, color(0.52f, 0.47f, 0.37f), pages);
}

/* A small painting: hills under a sky, or shapes; position in 0 to 1, upward. */
SIMD struct v3 painting(const struct set_solid *solid, vf x, vf y)
{
    struct v3 paint = lerp3(splat3(solid->other), splat3(solid->color), y);
    float salt = (float)(solid->salt & 1023);
    vf level, blob;

    if (solid->salt & 1) { /* hills, one before the other, and a sun */
        blob = 0.10f - sqrt_v((x - 0.64f) * (x - 0.64f) + (y - 0.70f) * (y - 0.70f));
        paint = lerp3(paint, color(0.9f, 0.55f, 0.25f), edge_v(blob, splat(0.01f)));
        for (int i = 0; i < 4; i++) {
            float shade = 0.85f - 0.2f * (float)i;

            level = 0.58f - 0.14f * (float)i +
                    0.22f * (noise_v(x * (2.0f + (float)i) + salt, splat((float)i * 7.0f)) - 0.5f);
            paint = lerp3(
                paint,
                scale3(lerp3(splat3(solid->other), splat3(solid->color), splat(0.25f * (float)i)),
                       splat(shade * 0.8f)),
                edge_v(level - y, splat(0.008f)));
        }
        return paint;
    }
    for (int i = 0; i < 5; i++) {
        float cx = noise_hash(i, solid->salt, 3), cy = noise_hash(i, solid->salt, 5);
        float size = 0.10f + 0.22f * noise_hash(i, solid->salt, 9);
        struct v3 tint = color(noise_hash(i, solid->salt, 1), noise_hash(i, solid->salt, 2) * 0.7f,
                               noise_hash(i, solid->salt, 4) * 0.8f);

        blob = size - (i & 1 ? max_v(abs_v(x - cx), abs_v(y - cy) * 0.6f)
                             : sqrt_v((x - cx) * (x - cx) + (y - cy) * (y - cy)));
        paint = lerp3(paint, lerp3(tint, splat3(solid->color), splat(0.35f)),
                      edge_v(blob, splat(0.01f)) * 0.85f);
    }
    return paint;
}

SIMD void picture_paint(const struct set_solid *solid, struct set_spot *spot)
{
    float wide = solid->half[0], tall = solid->half[1], border = 0.028f;
    vf edge = min_v(wide - abs_v(spot->p.x), tall - abs_v(spot->p.y)), inside, mat;
    float mount = solid->salt & 2 ? 0.24f * (wide < tall ? wide : tall) : 0.0f;
    struct v3 paint;

    inside = edge_v(edge - border, spot->grain) * edge_v(spot->n.z - 0.7f, splat(0.05f));
    mat = edge_v(edge - border - mount, spot->grain);
    paint = painting(solid, spot->p.x * (0.5f / wide) + 0.5f, spot->p.y * (0.5f / tall) + 0.5f);
    paint = scale3(paint, 0.85f + 0.3f * fine_noise(spot, spot->p.x, spot->p.y, 130.0f));
    paint = lerp3(color(0.62f, 0.60f, 0.56f), paint, mat);
    spot->albedo =
        lerp3(solid->salt & 4 ? color(0.055f, 0.035f, 0.022f) : color(0.30f, 0.20f, 0.09f), paint,
              inside);
    spot->gloss = lerp_v(splat(0.35f), splat(0.12f), inside);
    spot->tilt.z = splat(0);
}

SIMD void leaf_paint(const struct set_solid *solid, struct set_spot *spot)
{
    vf side = abs_v(spot->p.x) * (1 / solid->half[0]), rib;

    rib = edge_v(0.07f - side, spot->grain * (1 / solid->half[0]));
    rib = max_v(rib, 0.35f * line_at(spot->p.z - abs_v(spot->p.x), 0.25f * solid->half[2], 0.003f,
                                     spot->grain));
    spot->albedo = lerp3(splat3(solid->color), splat3(solid->other), 0.5f * rib + 0.25f * side);
    spot->albedo =
        scale3(spot->albedo, 0.8f + 0.4f * noise_v(spot->p.z * 30.0f, spot->p.x * 30.0f));
    spot->through = splat(0.45f);
}

SIMD void shade_paint(const struct set_solid *solid, struct set_spot *spot)
{
    vf middle = 1.0f - spot->p.y * spot->p.y * (0.8f / (solid->half[1] * solid->half[1]));
    vf weave = fine_noise(spot, spot->u, spot->p.y, 260.0f);

    spot->albedo = splat3(solid->color);
    spot->glow = scale3(splat3(solid->glow), (0.30f + 0.70f * middle) * (0.9f + 0.2f * weave));
    spot->through = splat(0.3f);
}

#endif
