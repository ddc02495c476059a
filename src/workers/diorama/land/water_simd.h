/* SPDX-License-Identifier: Apache-2.0 */
/*
 * water_simd: the surface of seas and lakes: waves, mirror of sky and land, depth, foam.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_LAND_WATER_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_LAND_WATER_SIMD_H

#include "workers/diorama/land/shade_simd.h"

#define FOAM_OUT_M 75.0f /* farther out no wave breaks */
#define REEF_DEEP_M 9.0f /* below, the bed is not seen */

/* The normal of the waves: three sizes of the wave texture, each running its own way. */
SIMD struct v3 wave_normal(const struct frame *frame, const struct spot *spot)
{
    static const float tile_m[3] = {620, 173, 41};
    static const float turn[3][2] = {{0.94f, 0.34f}, {0.80f, -0.60f}, {0.43f, 0.90f}};
    const struct tile *waves = &frame->world->waves;
    bool sea = frame->world->scene->place != PLACE_MOUNTAINS;
    float calm = (sea ? 0.72f : 0.22f) * waves->slope_scale;
    vf sx = splat(0), sz = splat(0);

    for (int k = 0; k < 3; k++) {
        float scale = 256.0f / tile_m[k], run = 0.16f * __builtin_sqrtf(tile_m[k] * 9.8f);
        vf x = (spot->place.x * turn[k][0] + spot->place.z * turn[k][1] - frame->wave_time_s * run);
        vf z = (spot->place.z * turn[k][0] - spot->place.x * turn[k][1]);
        struct quad quad;
        vf dx, dz;

        tile_quad(waves, x * scale, z * scale, tile_level(waves, spot->grain * scale * 1.3f),
                  &quad);
        dx = (quad_byte(&quad, 1) - 128.0f) * calm;
        dz = (quad_byte(&quad, 2) - 128.0f) * calm;
        sx += dx * turn[k][0] - dz * turn[k][1];
        sz += dx * turn[k][1] + dz * turn[k][0];
    }
    return unit3(vec3(-sx, splat(1), -sz));
}

/* The sky as drawn, toward a direction: read back from the low-resolution picture of it. */
SIMD struct v3 sky_seen(const struct frame *frame, struct v3 dir)
{
    const struct view *view = &frame->sky_view;
    vf ahead = max_v(dir.x * view->forward[0] + dir.z * view->forward[1], splat(0.05f));
    float per_pixel = (float)frame->sky_width / ((float)frame->out_width * view->pixel);
    vf x = (dir.x * view->right[0] + dir.z * view->right[1]) / ahead * per_pixel +
           (0.5f * (float)frame->sky_width - 0.5f);
    vf y = 0.5f * (float)frame->sky_height - 0.5f - (dir.y / ahead - view->shift) * per_pixel;
    vi index;

    x = clamp_v(x, 0.0f, (float)(frame->sky_width - 1));
    y = clamp_v(y, 0.0f, (float)(frame->sky_height - 1));
    index = to_int(y) * frame->sky_stride + to_int(x);
    return vec3(gather(frame->sky[0], index), gather(frame->sky[1], index),
                gather(frame->sky[2], index));
}

/* Land seen in the mirror: a short coarse march, then broad colors. */
SIMD struct v3 land_mirrored(const struct frame *frame, const struct spot *spot, struct v3 dir,
                             struct v3 sky, const struct haze *haze)
{
    const struct terrain *terrain = &frame->world->terrain;
    float per_m = 1.0f / terrain->cell_m;
    vf t = spot->distance * 0.012f + 12.0f;
    vi active = t > 0.0f, hit = t < 0.0f;
    struct spot there = *spot;

    for (int i = 0; i < 36 && any(active); i++) {
        struct v3 p = mad3(spot->place, dir, t);
        vf gap = p.y - terrain_height(terrain, p.x * per_m, p.z * per_m);
        vi met = active & (gap < 0.0f);

        hit |= met;
        active &= ~met & (p.y < terrain->high_m);
        t = choose(active, t + max_v(gap * 0.7f, t * 0.07f + 6.0f), t);
    }
    if (!any(hit))
        return sky;
    there.place = mad3(spot->place, dir, t);
    there.grain = spot->grain * 4.0f + 4.0f;
    sky = choose3(
        hit, through_air(frame, ground_light(frame, &there), there.place, spot->distance + t, haze),
        sky);
    return sky;
}

/* Lines of foam that run up the beach, and its edge. */
SIMD vf foam(const struct frame *frame, const struct spot *spot, vf depth, vf out)
{
    const struct tile *detail = &frame->world->detail;
    float t = frame->wave_time_s;
    vf x = spot->place.x, z = spot->place.z, lace, swell, line, edge;
    struct quad quad;

    tile_quad(detail, x * 1.3f + t * 0.15f, z * 1.3f, tile_level(detail, spot->grain * 1.3f),
              &quad);
    lace = quad_byte(&quad, 3) * (1.0f / 255.0f);
    tile_quad(detail, x * 0.12f, z * 0.12f, tile_level(detail, spot->grain * 0.12f), &quad);
    swell = quad_byte(&quad, 3) * (1.0f / 255.0f);
    line = out * 0.085f + t * 0.42f + swell * 5.0f + spot->vary * 2.0f;
    line = line - floor_v(line);
    /* A breaker has a sharp front and a torn back. */
    line =
        smooth_v(0.0f, 0.07f, line) * (1.0f - smooth_v(0.07f, 0.45f, line + 0.5f * (lace - 0.5f)));
    line *=
        smooth_v(0.48f, 0.74f, swell + 0.25f * lace) * (1.0f - smooth_v(30.0f, FOAM_OUT_M, out));
    edge = 1.0f - smooth_v(0.02f, 0.20f,
                           depth + 0.30f * (lace - 0.5f) + 0.06f * sin_v(t * 0.8f + swell * 9.0f));
    return saturate((line + edge) * (0.55f + 0.75f * lace));
}

/* How much of the bed is reef and weed: none at the edge, none where it is too deep to show. */
SIMD vf reef_patches(const struct frame *frame, const struct spot *spot, vf depth)
{
    const struct tile *detail = &frame->world->detail;
    const float scale = 0.14f;
    struct quad quad;

    tile_quad(detail, spot->place.x * scale + 31.0f, spot->place.z * scale,
              tile_level(detail, spot->grain * scale), &quad);
    return smooth_v(0.50f, 0.68f, quad_byte(&quad, 3) * (1.0f / 255.0f) + 0.12f * spot->vary) *
           smooth_v(1.6f, 3.6f, depth) * 0.85f;
}

/* Color of the water itself, without its mirror: bed through the shallows, then the deep. */
SIMD struct v3 water_body(const struct frame *frame, const struct spot *spot, vf depth, vf sun)
{
    const struct world *world = frame->world;
    const struct sky *sky = &world->sky;
    bool tropical = world->cover.tropical && world->scene->place == PLACE_COAST;
    struct v3 up = vec3(splat(0), splat(1), splat(0));
    struct v3 light = light_on(frame, up, sun, splat(1));
    struct v3 deep = tropical ? color(0.006f, 0.075f, 0.105f) : color(0.012f, 0.040f, 0.046f);
    struct v3 bed = splat3(world->cover.sand), clear;
    float path = 1.0f + 0.5f / __builtin_fmaxf(sky->sun[1], 0.3f), blur = tropical ? 1.0f : 1.8f;

    if (tropical && any(depth < REEF_DEEP_M))
        bed = lerp3(bed, color(0.055f, 0.060f, 0.035f), reef_patches(frame, spot, depth));
    clear = vec3(exp_v(depth * (-0.34f * path * blur)), exp_v(depth * (-0.062f * path * blur)),
                 exp_v(depth * (-0.050f * path * blur)));
    return mul3(vec3(lerp_v(deep.x, bed.x * 0.8f, clear.x), lerp_v(deep.y, bed.y * 0.8f, clear.y),
                     lerp_v(deep.z, bed.z * 0.8f, clear.z)),
                light);
}

SIMD struct v3 water_light(const struct frame *frame, struct spot *spot, vf depth,
                           const struct haze *haze)
{
    const struct world *world = frame->world;
    const struct sky *sky = &world->sky;
    vf sun, facing, mirror, spread, glint, grazing;
    struct v3 normal, dir, seen, body;

    look_up_ground(frame, spot);
    sun = spot->shadow * cloud_shadow(frame, spot->place);
    normal = wave_normal(frame, spot);
    facing = max_v(-dot3(normal, spot->view), splat(0.02f));
    grazing = 1.0f - facing;
    mirror = grazing * grazing;
    mirror = 0.02f + 0.98f * mirror * mirror * grazing;
    dir = mad3(spot->view, normal, 2.0f * facing);
    dir.y = abs_v(dir.y) + 0.01f;
    dir = unit3(dir);
    seen = sky_seen(frame, dir);
    if (world->scene->place == PLACE_MOUNTAINS)
        seen = land_mirrored(frame, spot, dir, seen, haze);
    /* Far waves are too small to draw: they spread the glitter and dull the mirror. */
    spread = saturate(spot->grain * 0.25f);
    mirror *= 1.0f - 0.35f * spread;
    glint = dot3(dir, splat3(sky->sun));
    glint = exp_v((glint - 1.0f) * lerp_v(splat(1400), splat(260), spread)) *
            lerp_v(splat(9.0f), splat(1.9f), spread) * sun;
    seen = mad3(seen, splat3(sky->sun_color), glint);
    body = water_body(frame, spot, depth, sun);
    body = lerp3(body, seen, mirror);
    if (world->scene->place == PLACE_COAST && any((spot->shore > -FOAM_OUT_M) | (depth < 1.0f))) {
        struct v3 white = scale3(light_on(frame, vec3(splat(0), splat(1), splat(0)), sun, splat(1)),
                                 splat(0.82f));

        body = lerp3(body, white, foam(frame, spot, depth, -spot->shore) * 0.9f);
    }
    return body;
}

#endif
