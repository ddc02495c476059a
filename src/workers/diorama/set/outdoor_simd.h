/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outdoor_simd: what a set under the open sky has of its own: its matter, its air, what is behind.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_SET_OUTDOOR_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_SET_OUTDOOR_SIMD_H

#include "workers/diorama/set/country_simd.h"
#include "workers/diorama/set/matter_simd.h"
#include "workers/diorama/set/solid_simd.h"
#include "workers/diorama/set/wall_simd.h"
#include "workers/diorama/sky/sky_simd.h"

SIMD void stone_paint(const struct set_solid *solid, struct set_spot *spot)
{
    vf large = noise_v(spot->u * 2.3f + (float)(solid->salt & 15), spot->v * 2.3f);
    vf small = fine_noise(spot, spot->u, spot->v, 45.0f);

    spot->albedo = scale3(lerp3(splat3(solid->color), splat3(solid->other), large),
                          0.75f + 0.35f * small + 0.15f * large);
    spot->tilt.x = (small - 0.5f) * 0.12f;
}

SIMD void plaster_paint(const struct set_solid *solid, struct set_spot *spot)
{
    vf large = noise_v(spot->u * 0.9f, spot->v * 0.9f + (float)(solid->salt & 31));
    vf small = fine_noise(spot, spot->u, spot->v, 26.0f);

    spot->albedo = scale3(splat3(solid->color), 0.95f + 0.05f * large + 0.05f * small);
    spot->tilt.x = (small - 0.5f) * 0.035f;
    spot->tilt.y = (fine_noise(spot, spot->v, spot->u, 31.0f) - 0.5f) * 0.035f;
}

SIMD void leather_paint(const struct set_solid *solid, struct set_spot *spot)
{
    vf large = noise_v(spot->u * 5.0f, spot->v * 5.0f),
       small = fine_noise(spot, spot->u, spot->v, 130.0f);

    spot->albedo = scale3(splat3(solid->color), 0.75f + 0.35f * large + 0.15f * small);
    spot->tilt.x = (large - 0.5f) * 0.12f + (small - 0.5f) * 0.10f;
    spot->tilt.z = (noise_v(spot->v * 6.0f, spot->u * 6.0f) - 0.5f) * 0.12f;
}

SIMD void outdoor_paint(const struct set *set, const struct set_solid *solid, struct set_spot *spot)
{
    switch ((int)solid->matter) {
    case MATTER_PLASTER:
        plaster_paint(solid, spot);
        break;
    case MATTER_STONE:
        stone_paint(solid, spot);
        break;
    case MATTER_LEATHER:
        leather_paint(solid, spot);
        break;
    case MATTER_RUBBLE:
        rubble_paint(solid, spot);
        break;
    case MATTER_TIMBER:
        timber_paint(solid, spot);
        break;
    case MATTER_ROOF:
        roof_paint(solid, spot);
        break;
    case MATTER_PANE:
        pane_paint(solid, spot);
        break;
    case MATTER_GROUND:
        ground_paint(set, solid, spot);
        break;
    default:
        break;
    }
}

SIMD struct v3 outdoor_air(const struct frame *frame, const struct set *set, struct v3 light,
                           vf distance)
{
    const struct air *air = &frame->world->air;

    return lerp3(splat3(air->mist_color), light, exp_v(distance * -set->haze_per_m));
}

#endif
