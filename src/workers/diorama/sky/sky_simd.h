/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sky_simd: sky radiance and cloud density by vectors of directions and places.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_SKY_SKY_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_SKY_SKY_SIMD_H

#include "workers/diorama/simd.h"
#include "workers/diorama/world.h"

/* The sky without its phase of haze, so that callers may cache it over a column. */
struct sky_parts {
    struct v3 air, haze;
};

/* Henyey-Greenstein, over the sphere 1. */
SIMD vf phase_v(vf mu, float g)
{
    vf d = max_v(1.0f + g * g - 2.0f * g * mu, splat(1e-4f));

    return (1.0f - g * g) * 0.0795775f / (d * sqrt_v(d));
}

/* `dir` is a unit vector; below the horizon it reads the horizon. */
SIMD struct sky_parts sky_parts(const struct sky *sky, struct v3 dir)
{
    float sun_flat = __builtin_sqrtf(sky->sun[0] * sky->sun[0] + sky->sun[2] * sky->sun[2]);
    vf flat = sqrt_v(dir.x * dir.x + dir.z * dir.z) + 1e-6f;
    vf cosine = (dir.x * (sky->sun[0] / sun_flat) + dir.z * (sky->sun[2] / sun_flat)) / flat;
    vf u = sqrt_v(max_v(0.5f - 0.5f * cosine, splat(0))) * (SKY_AZIMUTHS - 1.001f);
    vf v = sqrt_v(clamp_v(dir.y, 0.0f, 0.9999f)) * (SKY_ELEVATIONS - 1.001f);
    vf fu, fv, sum[8];
    vi index;

    u = clamp_v(u, 0.0f, SKY_AZIMUTHS - 1.001f);
    fu = floor_v(u);
    fv = floor_v(v);
    u -= fu;
    v -= fv;
    index = (to_int(fv) * SKY_AZIMUTHS + to_int(fu)) * 8;
    for (int k = 0; k < 7; k++) {
        const float *table = &sky->table[0][0][k];
        vf a = lerp_v(gather(table, index), gather(table, index + 8), u);
        vf b = lerp_v(gather(table, index + SKY_AZIMUTHS * 8),
                      gather(table, index + SKY_AZIMUTHS * 8 + 8), u);

        sum[k] = lerp_v(a, b, v);
    }
    return (struct sky_parts){vec3(sum[0], sum[1], sum[2]), vec3(sum[4], sum[5], sum[6])};
}

/* Two lobes: a wide one, and the bright aureole close to the sun. */
SIMD struct v3 sky_join(struct sky_parts parts, vf mu)
{
    vf phase = 0.75f * phase_v(mu, 0.7f) + 0.25f * phase_v(mu, 0.93f);

    return mad3(parts.air, parts.haze, phase);
}

SIMD struct v3 sky_radiance(const struct sky *sky, struct v3 dir)
{
    return sky_join(sky_parts(sky, dir), dot3(dir, splat3(sky->sun)));
}

/* Trilinear cloud noise, 0 to 1; position in cells. */
SIMD vf volume_noise(const uint32_t *volume, struct v3 p)
{
    const int mask = (1 << VOLUME_LOG2) - 1;
    vf fx = floor_v(p.x), fy = floor_v(p.y), fz = floor_v(p.z);
    vf u = p.x - fx, v = p.y - fy, w = p.z - fz;
    vi z = to_int(fz), plane = ((to_int(fy) & mask) << VOLUME_LOG2) | (to_int(fx) & mask);
    vi near = gather_int(volume, ((z & mask) << (2 * VOLUME_LOG2)) | plane);
    vi far = gather_int(volume, (((z + 1) & mask) << (2 * VOLUME_LOG2)) | plane);
    vf a = lerp_v(lerp_v(byte_of(near, 0), byte_of(near, 1), u),
                  lerp_v(byte_of(near, 2), byte_of(near, 3), u), v);
    vf b = lerp_v(lerp_v(byte_of(far, 0), byte_of(far, 1), u),
                  lerp_v(byte_of(far, 2), byte_of(far, 3), u), v);

    return lerp_v(a, b, w) * (1.0f / 255.0f);
}

/* A sea of clouds: closed below, heaped here and there into towers. */
SIMD vf cloud_sea(vf height, vf base, vf swell, float cover)
{
    vf top = lerp_v(splat(0.30f), splat(1.0f), smooth_v(0.44f, 0.60f, swell));

    return base * 1.15f + 0.10f * cover - 1.05f * height / top;
}

/* Density of the cloud layer, 0 to 1. `fine` adds the small billows of the edges. */
SIMD vf cloud_density(const struct frame *frame, struct v3 p, int fine)
{
    const struct clouds *clouds = &frame->world->clouds;
    float t = frame->cloud_time_s;
    vf height = (p.y - clouds->bottom_m) * (1.0f / (clouds->top_m - clouds->bottom_m));
    struct v3 q = vec3((p.x + t * clouds->wind_m_s[0]) * clouds->scale + clouds->offset[0],
                       p.y * clouds->scale + clouds->offset[1],
                       (p.z + t * clouds->wind_m_s[1]) * clouds->scale + clouds->offset[2]);
    vf swell =
        volume_noise(clouds->volume, vec3(q.x * 0.19f, splat(9.0f + t * 0.002f), q.z * 0.19f));
    vf base = volume_noise(clouds->volume, vec3(q.x * 0.71f, q.y * 0.71f, q.z * 0.71f));
    vf round = smooth_v(0.0f, 0.14f, height) * (1.0f - smooth_v(0.25f, 1.0f, height));
    vf d = base * 0.85f + swell * 0.95f - (1.15f - 0.50f * clouds->cover) - 0.42f * (1.0f - round);

    if (clouds->sea)
        d = cloud_sea(height, base, swell, clouds->cover);

    if (fine && any(d > -0.17f)) { /* what billows can fill */
        vf small =
            volume_noise(clouds->volume, vec3(q.x * 2.9f, q.y * 2.9f - t * 0.02f, q.z * 2.9f));
        vf tiny = volume_noise(clouds->volume, vec3(q.x * 8.3f, q.y * 8.3f, q.z * 8.3f));

        d -= 0.30f * (0.62f - small) + 0.13f * (0.6f - tiny);
    }
    return saturate(d * (fine ? 5.0f : 4.0f));
}

#endif
