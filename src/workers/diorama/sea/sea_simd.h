/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sea_simd: heights, slopes and foam of an ocean, and the sky it mirrors, by vectors of places.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_SEA_SEA_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_SEA_SEA_SIMD_H

#include "workers/diorama/land/shade_simd.h"
#include "workers/diorama/near_simd.h"
#include "workers/diorama/sea/sea.h"

/* Cells of the first level around a place in meters. */
SIMD void band_quad(const struct tile *tile, vf x, vf z, struct quad *quad)
{
    vf px = x * tile->texels_per_m, pz = z * tile->texels_per_m, fx = floor_v(px), fz = floor_v(pz);
    const int mask = OCEAN_SIDE - 1;
    vi ix = to_int(fx) & mask, iz = to_int(fz) & mask, jx = (ix + 1) & mask, jz = (iz + 1) & mask;

    quad->u = px - fx;
    quad->v = pz - fz;
    iz = iz << OCEAN_LOG2;
    jz = jz << OCEAN_LOG2;
    quad->texel[0] = gather_int(tile->texels, iz | ix);
    quad->texel[1] = gather_int(tile->texels, iz | jx);
    quad->texel[2] = gather_int(tile->texels, jz | ix);
    quad->texel[3] = gather_int(tile->texels, jz | jx);
}

SIMD vf quad_low(const struct quad *quad)
{
    vf a = to_float(quad->texel[0] & 0xffff), b = to_float(quad->texel[1] & 0xffff);
    vf c = to_float(quad->texel[2] & 0xffff), d = to_float(quad->texel[3] & 0xffff);

    return lerp_v(lerp_v(a, b, quad->u), lerp_v(c, d, quad->u), quad->v);
}

SIMD vf quad_high(const struct quad *quad)
{
    vf a = to_float((vi)((vu)quad->texel[0] >> 16)), b = to_float((vi)((vu)quad->texel[1] >> 16));
    vf c = to_float((vi)((vu)quad->texel[2] >> 16)), d = to_float((vi)((vu)quad->texel[3] >> 16));

    return lerp_v(lerp_v(a, b, quad->u), lerp_v(c, d, quad->u), quad->v);
}

/* Height of one band; x and z become the place where the water there comes from, which is where
 * the shorter waves that ride on it are to be looked up. */
SIMD vf band_height(const struct ocean_band *band, vf *x, vf *z)
{
    struct quad quad;

    band_quad(&band->heights, *x, *z, &quad);
    *x -= (quad_byte(&quad, 2) - 128.0f) * (band->range_m / 127.0f);
    *z -= (quad_byte(&quad, 3) - 128.0f) * (band->range_m / 127.0f);
    return (quad_low(&quad) - 32768.0f) * (band->range_m / 32767.0f);
}

/* Height of the sea over a place, with waves that are not small against a sample of `grain`. */
SIMD vf ocean_level(const struct ocean *ocean, vf x, vf z, vf grain)
{
    vf height = band_height(&ocean->bands[0], &x, &z);

    for (int b = 1; b < OCEAN_BANDS; b++) {
        const struct ocean_band *band = &ocean->bands[b];
        float cell = band->size_m / (float)OCEAN_SIDE;
        vf share = 1.0f - smooth_v(1.2f * cell, 2.4f * cell, grain);

        if (!any(share > 0.0f))
            break;
        height += band_height(band, &x, &z) * share;
    }
    return height;
}

/* What the surface is like around a place. */
struct ripple {
    vf sx, sz;       /* slopes */
    vf lost;         /* variance of the slopes too small to be seen */
    vf height;       /* of the great waves */
    vf fresh, stale; /* foam */
    vf x, z;         /* where the water of the place comes from: foam keeps to it */
};

/* Slopes of a band seen with samples of `grain` meters, between two levels of its tile. */
SIMD void add_slopes(const struct ocean_band *band, vf x, vf z, vf grain, float strength,
                     struct ripple *ripple)
{
    const struct tile *tile = &band->slopes;
    vf level = clamp_v(log2_v(max_v(grain * tile->texels_per_m, splat(1.0f))), 0.0f,
                       (float)(TILE_LEVELS - 2) - 0.01f);
    vf whole = floor_v(level), part = level - whole, sx, sz, lost, gone;
    struct quad fine, coarse;
    vi at = to_int(whole);

    tile_quad(tile, x, z, at, &fine);
    tile_quad(tile, x, z, at + 1, &coarse);
    sx = lerp_v(quad_low(&fine), quad_low(&coarse), part) - 32768.0f;
    sz = lerp_v(quad_high(&fine), quad_high(&coarse), part) - 32768.0f;
    lost = lerp_v(gather(band->lost, at), gather(band->lost, at + 1), part);
    gone = smooth_v(48.0f, 160.0f, grain * tile->texels_per_m);
    sx *= (1.0f - gone) * (strength * OCEAN_SLOPE_STEP);
    sz *= (1.0f - gone) * (strength * OCEAN_SLOPE_STEP);
    ripple->lost += lerp_v(lost, splat(band->lost[TILE_LEVELS - 1]), gone) * (strength * strength);
    ripple->sx += sx;
    ripple->sz += sz;
}

SIMD void add_foam(const struct ocean_band *band, vf x, vf z, vf grain, struct ripple *ripple)
{
    struct quad quad;

    tile_quad(&band->foam, x, z, tile_level(&band->foam, grain), &quad);
    ripple->fresh = max_v(ripple->fresh, quad_byte(&quad, 0) * (1.0f / 255.0f));
    ripple->stale = max_v(ripple->stale, quad_byte(&quad, 2) * (1.0f / 255.0f));
}

/* `grain` is the size of a sample across the view, `along` the same along the water. */
SIMD void look_up_ripple(const struct sea *sea, vf x, vf z, vf grain, vf along,
                         struct ripple *ripple)
{
    const struct ocean *ocean = &sea->ocean;
    vf blur = sqrt_v(grain * along);
    bool foams = ocean->plan.whitecaps > 0;
    vf fx = x, fz = z;

    *ripple = (struct ripple){splat(0), splat(0), splat(sea->rough), splat(0),
                              splat(0), splat(0), splat(0),          splat(0)};
    for (int b = 0; b < OCEAN_BANDS; b++) {
        const struct ocean_band *band = &ocean->bands[b];
        vf up;

        add_slopes(band, fx, fz, blur, 1.0f, ripple);
        if (foams && b < OCEAN_FOAM_BANDS)
            add_foam(band, fx, fz, blur, ripple);
        if (b > 1)
            break;
        up = band_height(band, &fx, &fz);
        if (b == 0) {
            ripple->height = up;
            ripple->x = fx;
            ripple->z = fz;
        }
    }
    /* Ripples: the shortest band once more, smaller and turned. */
    add_slopes(&ocean->bands[2], (fx * 0.83f + fz * 0.56f) * 5.3f + 17.0f,
               (fz * 0.83f - fx * 0.56f) * 5.3f, blur * 5.3f, 0.55f, ripple);
}

/* The sky toward a direction at or above the horizon. */
SIMD struct v3 dome_light(const struct dome *dome, struct v3 dir)
{
    const float middle = 0.5f * (float)DOME_SIDE - 0.5f;
    vf flat = sqrt_v(dir.x * dir.x + dir.z * dir.z) + 1e-6f;
    vf radius = (1.0f - sqrt_v(clamp_v(dir.y, 0.0f, 1.0f))) * (middle - 1.0f) / flat;
    vf x = dir.x * radius + middle, z = dir.z * radius + middle, fx, fz, c[3];
    vi at;

    x = clamp_v(x, 0.0f, (float)DOME_SIDE - 1.01f);
    z = clamp_v(z, 0.0f, (float)DOME_SIDE - 1.01f);
    fx = floor_v(x);
    fz = floor_v(z);
    at = to_int(fz) * DOME_SIDE + to_int(fx);
    x -= fx;
    z -= fz;
    for (int k = 0; k < 3; k++) {
        const float *from = dome->light[k];

        c[k] =
            lerp_v(lerp_v(gather(from, at), gather(from, at + 1), x),
                   lerp_v(gather(from, at + DOME_SIDE), gather(from, at + (DOME_SIDE + 1)), x), z);
    }
    return vec3(c[0], c[1], c[2]);
}

#endif
