/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snow_simd: snow that lies in a town: relief on the ground of a street, with banks along its
 * curbs and ruts in its lanes, and caps on what sticks out of walls.
 *
 * The relief is met by a few even steps of the ray between its highest place and the ground, near
 * the camera only; farther off, and on a skyline, snow is a color.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_TOWN_SNOW_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_TOWN_SNOW_SIMD_H

#include "workers/diorama/town/town_simd.h"

#define SNOW_HIGH_M 0.56f /* no snow of a street is higher */
#define SNOW_FAR_M 70.0f
#define SNOW_WALK_M 0.15f /* height of the sidewalks */
#define SNOW_CAP_M 0.13f

enum { SNOW_STEPS = 14 };

/* How worn snow is at a place of a street: by wheels, 0 to 1. */
SIMD vf snow_ruts(const struct town *town, vf side, vf worn)
{
    float lane = 0.5f * town->road_m;
    vf off = abs_v(abs_v(side - lane) - 0.74f);

    return (1.0f - smooth_v(0.10f, 0.36f, off)) * (0.55f + 0.45f * worn);
}

/* Height of the snow in a street over the road, where it lies on a sidewalk with that. Meters. */
SIMD vf street_snow_height(const struct town *town, vf x, vf z)
{
    vf side = abs_v(x), broad = noise_v(x * 0.8f + 31.0f, z * 0.5f), bank, road, walk;
    vf fine = noise_v(x * 3.7f, z * 3.1f + 5.0f), off = (side - town->road_m + 0.10f) * 1.5f;

    bank = saturate(1.0f - off * off);
    bank *= bank * (0.20f + 0.34f * noise_v(z * 0.42f, x * 0.2f + 9.0f));
    bank *= smooth_v(1.5f, 2.7f, abs_v(z - 13.2f)); /* the crossing is cleared */
    road = 0.015f + 0.055f * broad + 0.030f * fine;
    road *= 1.0f - 0.85f * snow_ruts(town, side, broad);
    walk = SNOW_WALK_M + 0.02f + 0.04f * broad + 0.035f * fine;
    walk += 0.12f * broad * smooth_v(town->walls_m - 0.8f, town->walls_m, side);
    road = lerp_v(road, walk, smooth_v(town->road_m - 0.32f, town->road_m - 0.03f, side));
    return max_v(road, bank + 0.05f * fine * bank);
}

/* Where rays get into the snow of a street before `limit`; else `limit`. */
SIMD vf snow_meet(const struct town *town, const struct ray *ray, vf limit)
{
    vf down = min_v(ray->dir.y, splat(-1e-4f));
    vf from = max_v((SNOW_HIGH_M - ray->eye[1]) / down, splat(0.05f)), to;
    vf step, depth, over, last = splat(1), met = limit;
    vi open;

    to = min_v(min_v(-ray->eye[1] / down, limit), splat(SNOW_FAR_M));
    open = (ray->dir.y < -1e-4f) & (from < to);
    if (!any(open))
        return limit;
    step = (to - from) * (1.0f / SNOW_STEPS);
    depth = from;
    for (int i = 0; i < SNOW_STEPS && any(open); i++) {
        struct v3 place;
        vi into;

        depth = depth + step;
        place = ray_at(ray, depth);
        over = place.y - street_snow_height(town, place.x, place.z);
        into = open & (over < 0.0f);
        met = choose(into, depth + step * over / (last - over + 1e-6f), met);
        open &= ~into;
        last = over;
    }
    return met;
}

SIMD struct v3 snow_color(vf fine)
{
    return scale3(color(0.78f, 0.81f, 0.86f), 0.90f + 0.13f * fine);
}

/* Light on snow by how it is tilted: sky from above, sun from its side. */
SIMD vf snow_tilt(const struct frame *frame, vf slope_x, vf slope_z)
{
    const struct sky *sky = &frame->world->sky;
    float bright = sky->sun_color[1] * __builtin_fmaxf(sky->sun[1], 0.05f);
    float share = 0.25f + 0.75f * bright / (bright + 4.0f * sky->ambient_sun[1] + 1e-4f);
    vf up = 1.0f / sqrt_v(1.0f + slope_x * slope_x + slope_z * slope_z);
    vf toward = -(slope_x * sky->sun[0] + slope_z * sky->sun[2]);

    return max_v((0.45f + 0.55f * up) * (1.0f + share * toward), splat(0.25f));
}

/* The ground of a street under snow. */
SIMD struct v3 snow_ground(const struct frame *frame, const struct town *town,
                           const struct ray *ray, vf depth)
{
    const struct tile *detail = &frame->world->detail;
    struct v3 place = ray_at(ray, depth), albedo;
    vf side = abs_v(place.x), grain = depth * frame->view.pixel;
    vf along = grain / max_v(abs_v(ray->dir.y), splat(0.05f)), fine, ruts, dirt, e, h, sx, sz;
    vf calm = 1.0f - 0.8f * smooth_v(20.0f, SNOW_FAR_M, depth);
    struct quad quad;

    tile_quad(detail, place.x * 14.0f, place.z * 14.0f, tile_level(detail, along * 14.0f), &quad);
    fine = quad_byte(&quad, 0) * (1.0f / 255.0f);
    e = 0.03f + 1.2f * grain;
    h = street_snow_height(town, place.x, place.z);
    sx = (street_snow_height(town, place.x + e, place.z) - h) / e +
         (quad_byte(&quad, 1) - 128.0f) * 0.004f;
    sz = (street_snow_height(town, place.x, place.z + e) - h) / e +
         (quad_byte(&quad, 2) - 128.0f) * 0.004f;
    ruts = noise_v(place.x * 0.8f + 31.0f, place.z * 0.5f);
    ruts = snow_ruts(town, side, ruts) * mask_v(side < town->road_m - 0.5f);
    dirt = ruts * smooth_v(0.25f, 0.75f, fine + 0.35f * ruts);
    albedo = snow_color(fine);
    /* Trodden and driven on it turns gray, then to slush, and asphalt shows. */
    albedo = lerp3(albedo, color(0.50f, 0.51f, 0.53f),
                   saturate(0.30f * mask_v(side > town->road_m) *
                                smooth_v(1.5f, 0.5f, abs_v(side - town->road_m - 1.5f)) +
                            0.75f * ruts +
                            0.25f * smooth_v(1.0f, 0.2f, abs_v(side - 0.5f * town->road_m))));
    albedo = lerp3(albedo, color(0.075f, 0.074f, 0.074f), 0.85f * dirt);
    albedo = scale3(albedo, snow_tilt(frame, sx * calm, sz * calm));
    /* Hollows between banks are a little darker. */
    return scale3(mul3(albedo, map_light(&town->maps[0], place.x, place.z)),
                  0.86f + 0.14f * saturate((h + 0.02f) * 5.0f));
}

/* Snow on a face of a box: all over its top, and hanging over the upper edge of its sides. */
SIMD void snow_paint(const struct town_box *box, const struct facade *at, int axis, float sign,
                     struct paint *paint)
{
    float cap = __builtin_fminf(SNOW_CAP_M, 0.6f * at->tall);
    vf lies, edge;

    if (box->kind == TOWN_LAMP || (axis == 1 && sign < 0))
        return;
    edge = noise_v(at->u * 2.3f + (float)(box->salt & 255), at->grain * 0.0f + 0.5f);
    edge = cap * (0.40f + 0.60f * edge);
    lies = axis == 1 ? splat(1) : edge_v(at->v - at->tall + edge, at->grain);
    paint->albedo = lerp3(paint->albedo, snow_color(splat(0.6f)), lies);
    paint->glow = scale3(paint->glow, 1.0f - lies);
    paint->gloss *= 1.0f - lies;
}

#endif
