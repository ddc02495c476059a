/* SPDX-License-Identifier: Apache-2.0 */
/*
 * terrain_simd: lookups of the baked terrain and textures by vectors of positions.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_LAND_TERRAIN_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_LAND_TERRAIN_SIMD_H

#include "workers/diorama/simd.h"
#include "workers/diorama/world.h"

/* The four texels around a position, with weights. */
struct quad {
    vi texel[4];
    vf u, v;
};

/* The heights around a position in cells, any value (the terrain repeats). */
SIMD void height_quad(const struct terrain *terrain, vf x, vf z, struct quad *quad)
{
    vf fx = floor_v(x), fz = floor_v(z);
    int mask = (1 << terrain->log2_cells) - 1, block_row = terrain->log2_cells + 2;
    vi x0 = to_int(fx) & mask, z0 = to_int(fz) & mask, x1 = (x0 + 1) & mask, z1 = (z0 + 1) & mask;

    quad->u = x - fx;
    quad->v = z - fz;
    x0 = ((x0 >> 2) << 4) | (x0 & 3);
    x1 = ((x1 >> 2) << 4) | (x1 & 3);
    z0 = ((z0 >> 2) << block_row) | ((z0 & 3) << 2);
    z1 = ((z1 >> 2) << block_row) | ((z1 & 3) << 2);
    quad->texel[0] = gather_int(terrain->heights, z0 | x0);
    quad->texel[1] = gather_int(terrain->heights, z0 | x1);
    quad->texel[2] = gather_int(terrain->heights, z1 | x0);
    quad->texel[3] = gather_int(terrain->heights, z1 | x1);
}

/* Bilinear. */
SIMD vf quad_height(const struct terrain *terrain, const struct quad *quad)
{
    vf a = to_float(quad->texel[0] & 0xffff), b = to_float(quad->texel[1] & 0xffff);
    vf c = to_float(quad->texel[2] & 0xffff), d = to_float(quad->texel[3] & 0xffff);

    return lerp_v(lerp_v(a, b, quad->u), lerp_v(c, d, quad->u), quad->v) * terrain->step_m +
           terrain->base_m;
}

SIMD vf terrain_height(const struct terrain *terrain, vf x, vf z)
{
    struct quad quad;

    height_quad(terrain, x, z, &quad);
    return quad_height(terrain, &quad);
}

/* The texel of the nearest cell. */
SIMD vi quad_nearest(const struct quad *quad)
{
    vi east = quad->u >= 0.5f;
    vi a = (quad->texel[1] & east) | (quad->texel[0] & ~east);
    vi b = (quad->texel[3] & east) | (quad->texel[2] & ~east);
    vi north = quad->v >= 0.5f;

    return (b & north) | (a & ~north);
}

SIMD vi quad_index(const struct terrain *terrain, vf x, vf z, struct quad *quad)
{
    vf fx = floor_v(x), fz = floor_v(z);
    int mask = (1 << terrain->log2_cells) - 1;

    quad->u = x - fx;
    quad->v = z - fz;
    return ((to_int(fz) & mask) << terrain->log2_cells) | (to_int(fx) & mask);
}

SIMD void quad_read(const struct terrain *terrain, const uint32_t *map, vi index, struct quad *quad)
{
    int mask = (1 << terrain->log2_cells) - 1;
    vi column = index & mask, row = index & ~mask;
    vi right = (column + 1) & mask, below = (row + (mask + 1)) & ((mask << terrain->log2_cells));

    quad->texel[0] = gather_int(map, index);
    quad->texel[1] = gather_int(map, row | right);
    quad->texel[2] = gather_int(map, below | column);
    quad->texel[3] = gather_int(map, below | right);
}

/* One byte channel of a quad, 0 to 255. */
SIMD vf quad_byte(const struct quad *quad, int byte)
{
    vf a = lerp_v(byte_of(quad->texel[0], byte), byte_of(quad->texel[1], byte), quad->u);
    vf b = lerp_v(byte_of(quad->texel[2], byte), byte_of(quad->texel[3], byte), quad->u);

    return lerp_v(a, b, quad->v);
}

/* Mip level at which a texel is about as big as `meters`. */
SIMD vi tile_level(const struct tile *tile, vf meters)
{
    vf level = log2_v(max_v(meters * tile->texels_per_m, splat(1.0f)));

    return to_int(clamp_v(level, 0.0f, (float)(TILE_LEVELS - 1)));
}

/*
 * Start of a level in the texels: whole * (1 - 4^-level) * 4/3, cheaper than a table lookup.
 * The division by 3 is exact, so it is a product with 3's inverse modulo 2^32.
 */
SIMD vi tile_start(const struct tile *tile, vi level)
{
    vi whole = splat_int(1 << (2 * tile->log2_size));

    return (vi)((vu)(whole - (whole >> (2 * level))) * (4u * 0xaaaaaaabu));
}

/* The nearest texel; position in meters. */
SIMD vi tile_nearest(const struct tile *tile, vf x, vf z, vi level)
{
    vi side = splat_int(tile->log2_size) - level;
    vi mask = (splat_int(1) << side) - 1;
    vf scale = (vf)((splat_int(127) - level) << 23) * tile->texels_per_m;
    vi ix = to_int(floor_v(x * scale)) & mask, iz = to_int(floor_v(z * scale)) & mask;

    return gather_int(tile->texels, tile_start(tile, level) + ((iz << side) | ix));
}

/* The four texels around; position in meters. */
SIMD void tile_quad(const struct tile *tile, vf x, vf z, vi level, struct quad *quad)
{
    vi side = splat_int(tile->log2_size) - level;
    vi mask = (splat_int(1) << side) - 1, start = tile_start(tile, level);
    vf scale = (vf)((splat_int(127) - level) << 23) * tile->texels_per_m;
    vf px = x * scale - 0.5f, pz = z * scale - 0.5f, fx = floor_v(px), fz = floor_v(pz);
    vi ix = to_int(fx) & mask, iz = to_int(fz) & mask;
    vi jx = (ix + 1) & mask, jz = ((iz + 1) & mask) << side;

    quad->u = px - fx;
    quad->v = pz - fz;
    iz = iz << side;
    quad->texel[0] = gather_int(tile->texels, start + (iz | ix));
    quad->texel[1] = gather_int(tile->texels, start + (iz | jx));
    quad->texel[2] = gather_int(tile->texels, start + (jz | ix));
    quad->texel[3] = gather_int(tile->texels, start + (jz | jx));
}

#endif
