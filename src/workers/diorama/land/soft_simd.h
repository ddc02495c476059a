/* SPDX-License-Identifier: Apache-2.0 */
/*
 * soft_simd: snow and sand: what wind and feet shape them to, by vectors.
 *
 * Reliefs are given as slopes, which light makes seen; the ground itself stays level.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_LAND_SOFT_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_LAND_SOFT_SIMD_H

#include "workers/diorama/land/knoll.h"
#include "workers/diorama/near_simd.h"

#define SNOW_ALONG_X 0.83f /* the wind blew this way */
#define SNOW_ALONG_Z 0.56f
#define SNOW_SHADE_M 0.45f /* how far off what stands before the sun is looked for */

/* Heights of drifts and of the tongues that wind cuts into them (sastrugi): long along the wind,
 * blunt against it. Meters; `fine` fades what is too small to be seen. */
SIMD vf drift_height(vf along, vf across, vf fine)
{
    vf bend = noise_v(along * 0.23f, across * 0.31f);
    vf drift = noise_v(along * 0.075f, across * 0.15f + 3.0f);
    vf tongue = noise_v(along * 0.50f + 1.7f * bend, across * 1.45f + 2.2f * bend);
    vf small = noise_v(along * 1.9f + 3.0f * bend, across * 5.1f);
    vf cut = smooth_v(0.40f, 0.72f, tongue) * smooth_v(0.25f, 0.65f, bend + 0.35f * drift);

    return 0.95f * drift + (0.21f * cut + 0.045f * cut * small + 0.022f * small) * fine;
}

/* Adds the slopes of snow; returns how much of the sun reaches it past its own drifts. */
SIMD vf snow_relief(const float sun[3], struct v3 p, vf grain, vf slope[2])
{
    float flat = sqrtf(sun[0] * sun[0] + sun[2] * sun[2]) + 1e-6f;
    float sx = sun[0] / flat, sz = sun[2] / flat, reach = SNOW_SHADE_M;
    vf along = p.x * SNOW_ALONG_X + p.z * SNOW_ALONG_Z;
    vf across = p.z * SNOW_ALONG_X - p.x * SNOW_ALONG_Z;
    vf fine = saturate(1.35f - grain * 2.2f), step = max_v(grain, splat(0.045f));
    vf here = drift_height(along, across, fine), over;
    vf da = (drift_height(along + step, across, fine) - here) / step;
    vf db = (drift_height(along, across + step, fine) - here) / step;

    over = drift_height(along + reach * (sx * SNOW_ALONG_X + sz * SNOW_ALONG_Z),
                        across + reach * (sz * SNOW_ALONG_X - sx * SNOW_ALONG_Z), fine) -
           here - reach * fmaxf(sun[1] / flat, 0.06f);
    slope[0] += da * SNOW_ALONG_X - db * SNOW_ALONG_Z;
    slope[1] += da * SNOW_ALONG_Z + db * SNOW_ALONG_X;
    return 1.0f - smooth_v(-0.03f, 0.05f, over);
}

/* Grains that mirror the sun at the eye: each place its own, a few at a time. */
SIMD vf snow_sparkle(const struct view *view, struct v3 p, vf grain)
{
    const float cell = 1.0f / 0.014f;
    vf x = p.x * cell, z = p.z * cell, fx = floor_v(x), fz = floor_v(z);
    vf dx = x - fx - 0.5f, dz = z - fz - 0.5f, chance = hash_v(to_int(fx), to_int(fz));
    vf phase = fract_v(chance * 57.0f + 0.35f * (view->eye[0] + view->eye[1] + view->eye[2]));
    vf small = saturate(1.6f - grain * 90.0f);

    return smooth_v(0.965f, 0.975f, chance) * smooth_v(0.12f, 0.0f, abs_v(phase - 0.5f)) *
           smooth_v(0.12f, 0.02f, dx * dx + dz * dz) * small;
}

/* Snow that the wind carries low over the ground, in streaks: 0 to 1. */
SIMD vf snow_drifting(float seconds, float wind, struct v3 p, vf away)
{
    float blown = (2.0f + 9.0f * wind) * seconds;
    vf along = p.x * SNOW_ALONG_X + p.z * SNOW_ALONG_Z - blown;
    vf across = p.z * SNOW_ALONG_X - p.x * SNOW_ALONG_Z;
    vf broad = noise_v(along * 0.06f, across * 0.16f);
    vf streak = noise_v(along * 0.22f + 2.0f * broad, across * 1.1f + 3.0f * broad);

    return smooth_v(0.42f, 0.75f, broad) * smooth_v(0.3f, 0.8f, streak) *
           smooth_v(3.0f, 14.0f, away);
}

/* One foot's prints, or ruts: how deep, 0 to 1, and the slopes of their rims. */
SIMD vf track_prints(const struct knoll_track *track, int foot, vf u, vf v, vf slope[2])
{
    vf off = v - track->side[foot], du = splat(0), deep, rim, reach;

    if (track->stride > 0) {
        vf steps = (u - track->along[foot]) * (1.0f / track->stride);

        du = (steps - floor_v(steps + 0.5f)) * track->stride;
    }
    reach = sqrt_v(du * du * (1.0f / (track->size[0] * track->size[0])) +
                   off * off * (1.0f / (track->size[1] * track->size[1])));
    deep = 1.0f - smooth_v(0.55f, 1.05f, reach);
    rim = smooth_v(0.45f, 0.85f, reach) * (1.0f - smooth_v(0.95f, 1.6f, reach)) /
          max_v(reach, splat(0.3f));
    du = du * rim * (0.8f / track->size[0]);
    off = off * rim * (0.8f / track->size[1]);
    slope[0] += du * track->dir[0] + off * track->dir[1];
    slope[1] += du * track->dir[1] - off * track->dir[0];
    return deep;
}

/* Prints of all who went here; `deep` as of one. */
SIMD vf track_relief(const struct knoll *knoll, struct v3 p, vf grain, vf slope[2])
{
    vf deep = splat(0);

    for (int i = 0; i < knoll->track_count; i++) {
        const struct knoll_track *track = &knoll->tracks[i];
        vf x = p.x - track->from[0], z = p.z - track->from[1], push[2] = {splat(0), splat(0)};
        vf u = x * track->dir[0] + z * track->dir[1], v = x * track->dir[1] - z * track->dir[0];
        vf seen = saturate(1.7f - grain * (0.6f / track->size[1])), here = splat(0);
        vi near = (u > 0.0f) & (u < track->length) & (abs_v(v) < 1.6f) & (seen > 0.0f);

        if (!any(near))
            continue;
        for (int foot = 0; foot < track->feet; foot++)
            here = max_v(here, track_prints(track, foot, u, v, push));
        seen = choose(near, seen, splat(0));
        for (int k = 0; k < 2; k++)
            slope[k] += push[k] * seen;
        deep = max_v(deep, here * seen);
    }
    return deep;
}

#endif
