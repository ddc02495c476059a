/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cosmos_simd: the faces of planets and moons, and the light behind the stars.
 *
 * Detail finer than a sample fades out, so that it cannot sparkle.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_SKY_COSMOS_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_SKY_COSMOS_SIMD_H

#include "workers/diorama/near_simd.h"
#include "workers/diorama/sky/cosmos.h"
#include "workers/diorama/sky/sky_simd.h"

#define COSMOS_SUN 2.3f /* irradiance / pi of what faces the sun */

/* A bit of a body's face. */
struct face_bit {
    struct v3 normal;
    struct v3 place; /* on the unit sphere, in the axes of the body */
    struct v3 cell;  /* the same in units of the noise */
    vf grain;        /* size of a sample, in these */
    vf noon;         /* cosine of the sun's distance from overhead */
    vf facing;       /* and of the eye's */
};

struct fractal {
    float cells; /* a unit */
    int octaves;
    float gain;
};

/* Sum of octaves, about -1 to 1; those finer than the grain fade out. */
SIMD vf fractal(const uint32_t *volume, const struct fractal *shape, struct v3 p, vf grain)
{
    vf sum = splat(0);
    float size = 1, cells = shape->cells;

    p = scale3(p, splat(cells));
    for (int i = 0; i < shape->octaves; i++) {
        vf seen = saturate(2.0f - 2.2f * cells * grain);

        if (!any(seen > 0.0f))
            break;
        sum += (volume_noise(volume, p) - 0.5f) * 2.0f * seen * size;
        /* Turned from octave to octave, or the lattice would show. */
        p = vec3(1.22f * p.x + 1.62f * p.z + 17.3f, 2.03f * p.y + 5.1f * size,
                 1.22f * p.z - 1.62f * p.x);
        p = vec3(p.x, 0.8f * p.y - 0.6f * p.z, 0.6f * p.y + 0.8f * p.z);
        cells *= 2.03f;
        size *= shape->gain;
    }
    return sum;
}

SIMD struct v3 shifted(struct v3 p, const float *by)
{
    return vec3(p.x + by[0], p.y + by[1], p.z + by[2]);
}

/* Clouds in long swirls: where the winds have carried each place's noise from. */
SIMD struct v3 earth_winds(const struct frame *frame, const struct cosmos_body *body, struct v3 p,
                           vf grain)
{
    static const struct fractal bend = {7.0f, 2, 0.5f};
    const uint32_t *volume = frame->world->clouds.volume;
    float t = frame->cloud_time_s * 0.0004f;
    vf a = fractal(volume, &bend, vec3(p.x + t + body->offset[0], p.y * 1.4f, p.z), grain);
    vf b = fractal(volume, &bend, vec3(p.x, p.y * 1.4f + body->offset[1], p.z + t), grain);

    return vec3(p.x * 1.1f + 0.16f * a + body->offset[0], p.y * 1.7f + 0.10f * b + body->offset[1],
                p.z * 1.1f + 0.16f * (a - b) + body->offset[2]);
}

SIMD vf earth_clouds(const struct frame *frame, struct v3 carried, vf grain, int octaves)
{
    const struct fractal shape = {11.0f, octaves, 0.72f};

    return smooth_v(0.0f, 0.95f,
                    fractal(frame->world->clouds.volume, &shape, carried, grain) + 0.13f);
}

struct earth_ground {
    vf land, height, dry, ice;
};

SIMD struct earth_ground earth_ground(const struct frame *frame, const struct cosmos_body *body,
                                      const struct face_bit *bit)
{
    static const struct fractal land = {7.5f, 8, 0.62f}, dry = {16.0f, 4, 0.6f};
    const uint32_t *volume = frame->world->clouds.volume;
    struct earth_ground ground;
    vf pole = abs_v(bit->place.y);

    ground.height = fractal(volume, &land, shifted(bit->cell, body->offset), bit->grain);
    ground.land = smooth_v(-0.16f, -0.12f, ground.height);
    ground.dry = fractal(volume, &dry, bit->cell, bit->grain) +
                 0.6f * smooth_v(0.08f, 0.32f, pole) * (1.0f - smooth_v(0.4f, 0.62f, pole)) - 0.42f;
    ground.ice = smooth_v(0.86f, 0.93f, pole + 0.10f * ground.height);
    return ground;
}

/* Lights where people live: along coasts and in clusters. */
SIMD vf city_light(const struct frame *frame, const struct cosmos_body *body,
                   const struct face_bit *bit, const struct earth_ground *ground)
{
    static const struct fractal where = {26.0f, 2, 0.6f}, towns = {120.0f, 3, 0.85f};
    const uint32_t *volume = frame->world->clouds.volume;
    struct v3 p = shifted(bit->cell, body->offset);
    vf crowd = smooth_v(-0.60f, 0.55f, fractal(volume, &where, p, bit->grain));
    vf spots = smooth_v(0.05f, 0.85f, fractal(volume, &towns, p, bit->grain * 0.7f));
    vf coast = 1.0f - 0.6f * smooth_v(0.05f, 0.6f, ground->height);

    return ground->land * (1.0f - ground->ice) * crowd * coast * (0.02f * crowd + 1.9f * spots);
}

SIMD struct v3 earth_light(const struct frame *frame, const struct cosmos_body *body,
                           const struct face_bit *bit, struct v3 sun_in_body, vf glint)
{
    struct earth_ground ground = earth_ground(frame, body, bit);
    struct v3 carried = earth_winds(frame, body, bit->cell, bit->grain);
    vf cloud = earth_clouds(frame, carried, bit->grain, 7), shade, day, night, relief;
    struct v3 sea = color(0.010f, 0.040f, 0.105f), land, lit;
    vf low = saturate(1.0f - bit->noon * 1.6f);

    /* Clouds throw shadows away from the sun. */
    shade = any(bit->noon > -0.06f)
                ? earth_clouds(frame, mad3(carried, sun_in_body, splat(0.011f)), bit->grain, 4)
                : splat(0);
    relief = saturate(ground.height * 1.1f);
    sea = lerp3(sea, color(0.020f, 0.115f, 0.150f), smooth_v(-0.30f, -0.14f, ground.height));
    land = lerp3(color(0.050f, 0.095f, 0.030f), color(0.34f, 0.235f, 0.13f),
                 smooth_v(-0.15f, 0.50f, ground.dry));
    land = lerp3(land, color(0.17f, 0.13f, 0.10f), smooth_v(0.35f, 0.8f, relief));
    land = lerp3(sea, land, ground.land);
    land = lerp3(land, color(0.72f, 0.76f, 0.80f), ground.ice);
    day = smooth_v(-0.05f, 0.16f, bit->noon) * max_v(bit->noon, splat(0.03f));
    lit = scale3(land, day * (1.0f - 0.62f * shade) * COSMOS_SUN);
    lit = mad3(lit, color(1.0f, 0.86f, 0.62f),
               glint * (1.0f - ground.land) * (1.0f - shade) * smooth_v(0.0f, 0.2f, bit->noon));
    lit = lerp3(lit, scale3(color(0.86f, 0.88f, 0.90f), day * COSMOS_SUN), cloud * 0.94f);
    /* Low sun is warm. */
    lit = mul3(lit, lerp3(color(1, 1, 1), color(1.10f, 0.80f, 0.58f), low));
    night = 1.0f - smooth_v(-0.14f, 0.03f, bit->noon);
    if (any(night > 0.0f)) {
        vf towns = city_light(frame, body, bit, &ground) * night * (1.0f - 0.85f * cloud);

        lit = mad3(lit, color(1.0f, 0.60f, 0.25f), towns * 1.9f);
        lit = mad3(lit, color(0.012f, 0.018f, 0.034f), night * (0.35f + cloud));
    }
    return lit;
}

/* Bands of cloud that shear into each other. */
SIMD struct v3 giant_light(const struct frame *frame, const struct cosmos_body *body,
                           const struct face_bit *bit)
{
    static const struct fractal swirl = {9.0f, 5, 0.62f}, fine = {6.0f, 5, 0.66f};
    const uint32_t *volume = frame->world->clouds.volume;
    struct v3 p = bit->place;
    vf bend =
        fractal(volume, &swirl, shifted(vec3(p.x, p.y * 3.0f, p.z), body->offset), bit->grain);
    vf at = p.y + 0.022f * bend, band, streak, day;
    struct v3 c;

    band = 0.5f + 0.30f * sin_v(at * 17.0f + body->offset[0]) +
           0.24f * sin_v(at * 41.0f + body->offset[1]) +
           0.13f * sin_v(at * 87.0f + body->offset[2]);
    streak = fractal(volume, &fine,
                     shifted(vec3(p.x * 1.3f + 0.2f * bend, at * 22.0f, p.z * 1.3f), body->offset),
                     bit->grain);
    band = saturate(band + 0.16f * streak);
    c = lerp3(splat3(body->color[0]), splat3(body->color[1]), band);
    c = scale3(c, 0.85f - 0.25f * abs_v(p.y) + 0.10f * streak);
    day = smooth_v(-0.06f, 0.2f, bit->noon) * max_v(bit->noon, splat(0.02f));
    return scale3(c, day * COSMOS_SUN);
}

/* Grey rock: dark plains, bright highlands, and bowls lit from one side. */
SIMD struct v3 moon_light(const struct frame *frame, const struct cosmos_body *body,
                          const struct face_bit *bit, struct v3 sun_in_body)
{
    static const struct fractal plain = {8.0f, 3, 0.5f}, rough = {24.0f, 5, 0.76f};
    const uint32_t *volume = frame->world->clouds.volume;
    struct v3 p = shifted(bit->cell, body->offset);
    vf dark = smooth_v(-0.1f, 0.45f, fractal(volume, &plain, p, bit->grain));
    vf here = fractal(volume, &rough, p, bit->grain);
    vf there = fractal(volume, &rough, mad3(p, sun_in_body, splat(0.012f)), bit->grain);
    vf slope = clamp_v((here - there) * 0.55f, -0.7f, 0.7f);
    vf day = smooth_v(-0.02f, 0.05f, bit->noon) * max_v(bit->noon + slope * 0.5f, splat(0));
    vf albedo = lerp_v(splat(0.30f), splat(0.13f), dark) * (1.0f + 0.22f * here);

    return scale3(color(1.0f, 0.97f, 0.93f), albedo * day * COSMOS_SUN + 0.0012f);
}

/* The Milky Way and nebulae toward a direction. */
SIMD struct v3 behind_stars(const struct frame *frame, const struct cosmos *cosmos, struct v3 dir)
{
    static const struct fractal bend = {6.0f, 3, 0.55f}, gas = {8.0f, 6, 0.58f},
                                dust = {13.0f, 5, 0.66f};
    const uint32_t *volume = frame->world->clouds.volume;
    struct v3 p = mad3(dir, splat3(frame->view.eye), splat(1.0f / 420.0f)), q, c;
    vf grain = splat(frame->view.pixel * 2.0f), off = dot3(dir, splat3(cosmos->pole));
    vf a, lane, band, thick, core, dim;

    p = shifted(p, cosmos->offset);
    a = fractal(volume, &bend, p, grain);
    lane = fractal(volume, &dust, vec3(p.x + 0.2f * a, p.y + 0.2f * a, p.z - 0.15f * a), grain);
    off += 0.04f * a;
    band = exp_v(off * off * -26.0f);
    core = exp_v(off * off * -190.0f);
    thick = band * (0.55f + 0.75f * core) * (1.0f - 0.80f * core * smooth_v(-0.15f, 0.55f, lane)) *
            (0.75f + 0.35f * a);
    c = scale3(lerp3(color(0.55f, 0.62f, 0.80f), color(1.0f, 0.82f, 0.62f), core),
               max_v(thick, splat(0)) * cosmos->milky_way);
    c = add3(c, color(0.0010f, 0.0012f, 0.0020f));
    dim = (cosmos->nebula > 0.3f ? 0.25f + 0.75f * band : smooth_v(0.2f, 0.6f, band)) *
          cosmos->nebula;
    if (any(dim > 0.0f)) {
        vf cloud, second, ridge;

        q = vec3(p.x + 0.55f * a, p.y - 0.35f * lane, p.z + 0.45f * a);
        cloud = fractal(volume, &gas, q, grain);
        second = fractal(volume, &gas, vec3(q.y + 11.0f, q.z + 3.0f, q.x), grain);
        ridge = 1.0f - abs_v(cloud - second) * 1.3f;
        ridge = saturate(ridge);
        ridge = ridge * ridge;
        c = mad3(c, splat3(cosmos->nebula_color[0]), smooth_v(-0.45f, 1.0f, cloud) * dim * 1.5f);
        c = mad3(c, splat3(cosmos->nebula_color[1]), smooth_v(-0.55f, 1.0f, second) * dim * 1.3f);
        c = mad3(c, splat3(cosmos->nebula_color[2]),
                 ridge * ridge * smooth_v(-0.1f, 0.8f, cloud + 0.4f * second) * dim * 1.7f);
        c = scale3(c, 1.0f - 0.6f * smooth_v(0.15f, 0.75f, lane) * splat(cosmos->nebula > 0.3f));
    }
    return c;
}

#endif
