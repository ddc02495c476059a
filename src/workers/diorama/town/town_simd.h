/* SPDX-License-Identifier: Apache-2.0 */
/*
 * town_simd: light in a town, its air, and what its ground looks like.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_TOWN_TOWN_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_TOWN_TOWN_SIMD_H

#include "workers/diorama/land/terrain_simd.h"
#include "workers/diorama/sky/sky_simd.h"
#include "workers/diorama/town/facade_simd.h"
#include "workers/diorama/town/mirror.h"

SIMD struct v3 map_light(const struct town_map *map, vf u, vf v)
{
    vf x = clamp_v((u - map->origin[0]) * map->cells_per_m, 0.0f, (float)map->size[0] - 1.01f);
    vf y = clamp_v((v - map->origin[1]) * map->cells_per_m, 0.0f, (float)map->size[1] - 1.01f);
    vf fx = floor_v(x), fy = floor_v(y), c[3];
    vi index = to_int(fy) * map->size[0] + to_int(fx);

    x -= fx;
    y -= fy;
    for (int k = 0; k < 3; k++) {
        const float *light = map->light[k];
        vf near = lerp_v(gather(light, index), gather(light, index + 1), x);
        vf far = lerp_v(gather(light, index + map->size[0]),
                        gather(light, index + (map->size[0] + 1)), x);

        c[k] = lerp_v(near, far, y);
    }
    return vec3(c[0], c[1], c[2]);
}

/* Light on a face of a box; axis 0 x, 1 y, 2 z, and which way it looks. */
SIMD struct v3 face_light(const struct town *town, struct v3 place, int axis, float sign)
{
    struct v3 light;

    if (axis == 0)
        return map_light(&town->maps[sign > 0 ? 1 : 2], place.z, place.y);
    if (axis == 1) {
        light = map_light(&town->maps[0], place.x, place.z);
        return scale3(light, splat(sign > 0 ? 1.0f : 0.25f));
    }
    light = add3(map_light(&town->maps[1], place.z, place.y),
                 map_light(&town->maps[2], place.z, place.y));
    return scale3(light, splat(0.42f));
}

/* What a window mirrors. */
SIMD struct v3 mirrored_sky(const struct frame *frame, const struct town *town, struct v3 dir,
                            struct v3 light)
{
    struct v3 low = mad3(splat3(town->fog_color), light, splat(town->night > 0.5f ? 0.05f : 0.14f));
    struct v3 high = lerp3(sky_radiance(&frame->world->sky, dir),
                           splat3(frame->world->air.veil_color), splat(frame->world->air.veil));

    high = lerp3(high, splat3(town->fog_color), splat(0.25f));
    return lerp3(low, high, smooth_v(0.02f, town->is_street ? 0.42f : 0.10f, dir.y));
}

SIMD struct v3 town_air(const struct town *town, struct v3 light, vf distance)
{
    vf through = exp_v(distance * -town->fog_per_m);

    return lerp3(splat3(town->fog_color), light, through);
}

/* A picture of the mirror, level by level. Position in its samples. */
SIMD struct v3 mirror_read(const struct mirror *mirror, float *const plane[3], vf x, vf y)
{
    const struct canvas *canvas = &mirror->canvas;
    vf px = clamp_v(x, 0.0f, (float)canvas->width - 1.01f);
    vf py = clamp_v(y, 0.0f, (float)canvas->height - 1.01f);
    vf fx = floor_v(px), fy = floor_v(py), u = px - fx, v = py - fy, c[3];
    vi index = to_int(fy) * canvas->stride + to_int(fx);

    for (int k = 0; k < 3; k++)
        c[k] = lerp_v(lerp_v(gather(plane[k], index), gather(plane[k], index + 1), u),
                      lerp_v(gather(plane[k], index + canvas->stride),
                             gather(plane[k], index + (canvas->stride + 1)), u),
                      v);
    return vec3(c[0], c[1], c[2]);
}

/* How ground is tilted by what rain does to it. */
struct ripple {
    vf x, z;
};

/* Rings where drops fall: one to a cell, growing and fading, then the next. */
SIMD void add_rings(const struct frame *frame, struct v3 place, float cell_m, vf strength,
                    struct ripple *ripple)
{
    vf gx = floor_v(place.x * (1.0f / cell_m)), gz = floor_v(place.z * (1.0f / cell_m));
    vi ix = to_int(gx), iz = to_int(gz);
    vf time = frame->clip_time_s * 1.5f + hash_v(ix, iz) * 9.0f, turn = floor_v(time);
    vf age = time - turn, dx, dz, away, wave;
    vi it = to_int(turn);

    dx = place.x - (gx + 0.3f + 0.4f * hash_v(ix + it, iz)) * cell_m;
    dz = place.z - (gz + 0.3f + 0.4f * hash_v(ix, iz + it)) * cell_m;
    away = sqrt_v(dx * dx + dz * dz + 1e-6f);
    wave = away - age * (0.30f * cell_m);
    wave = sin_v(wave * (26.0f / cell_m)) * exp_v(abs_v(wave) * (-13.0f / cell_m)) * (1.0f - age);
    wave *= strength * 0.16f / away;
    ripple->x += wave * dx;
    ripple->z += wave * dz;
}

/* The mirror of the world as the ground at `place` shows it. */
SIMD struct v3 ground_mirror(const struct frame *frame, const struct mirror *mirror,
                             const struct ray *ray, struct v3 place, vf depth, vf puddle)
{
    const struct view *view = &frame->view;
    const struct canvas *canvas = &mirror->canvas;
    const struct tile *detail = &frame->world->detail;
    struct ripple ripple = {splat(0), splat(0)};
    vf near = 1.0f - smooth_v(6.0f, 16.0f, depth), ahead, side, across, x, y, rough;
    struct quad quad;
    struct v3 sharp, soft;

    tile_quad(detail, place.x * 9.0f, place.z * 9.0f,
              tile_level(detail, depth * view->pixel * 14.0f), &quad);
    rough = lerp_v(splat(0.00075f), splat(0.00004f), puddle);
    ripple.x = (quad_byte(&quad, 1) - 128.0f) * rough;
    ripple.z = (quad_byte(&quad, 2) - 128.0f) * rough;
    if (frame->rain > 0 && any(near > 0.0f)) {
        add_rings(frame, place, 0.42f, near * (0.25f + 0.75f * puddle), &ripple);
        add_rings(frame, vec3(place.x + 0.5f, place.y, place.z + 0.3f), 0.27f, near * puddle,
                  &ripple);
    }
    ahead = ripple.x * view->forward[0] + ripple.z * view->forward[1];
    side = ripple.x * view->right[0] + ripple.z * view->right[1];
    across = (ray->dir.x * view->right[0] + ray->dir.z * view->right[1]) +
             2.0f * side * abs_v(ray->dir.y);
    x = across * (1.0f / canvas->pixel[0]) + (0.5f * (float)canvas->width - 0.5f);
    y = (0.5f * (float)canvas->height - 0.5f) -
        (ray->dir.y + 2.0f * ahead - view->shift) * (1.0f / canvas->pixel[1]);
    /* Most ground is all puddle or none. */
    sharp = soft = color(0, 0, 0);
    if (any(puddle > 0.0f))
        sharp = mirror_read(mirror, canvas->plane, x, y);
    if (any(puddle < 1.0f))
        soft = mirror_read(mirror, mirror->mixed, x, y);
    sharp = choose3(puddle > 0.0f, sharp, soft);
    soft = choose3(puddle < 1.0f, soft, sharp);
    return lerp3(soft, sharp, puddle);
}

/* Painted lines of a street: between lanes, along the curbs, and a crossing. */
SIMD vf street_lines(const struct town *town, struct v3 place, vf grain)
{
    vf side = abs_v(place.x), dash = fract_v(place.z * (1.0f / 6.0f));
    vf line = edge_v(0.06f - side, grain) * mask_v(dash < 0.5f);
    vf bars = abs_v(fract_v(place.x * (1.0f / 0.95f)) - 0.5f) * 0.95f;

    line *= mask_v((place.z < 10.0f) | (place.z > 16.5f));
    line = max_v(line, edge_v(0.05f - abs_v(side - (town->road_m - 0.35f)), grain));
    bars = edge_v(0.23f - bars, grain) * edge_v(1.6f - abs_v(place.z - 13.2f), grain) *
           edge_v(town->road_m - 0.6f - side, grain);
    return max_v(line, bars);
}

/* Slabs of a sidewalk: darker joints, each slab its own shade. */
SIMD vf slabs(struct v3 place, vf grain)
{
    vf x = place.x * (1.0f / 0.6f), z = place.z * (1.0f / 0.6f);
    vf gap =
        max_v(edge_v(0.008f - fract_v(x) * 0.6f, grain), edge_v(0.008f - fract_v(z) * 0.6f, grain));
    vf each = hash_v(to_int(floor_v(x)), to_int(floor_v(z)));

    return (0.85f + 0.3f * each) * (1.0f - 0.5f * gap);
}

/* The ground of a street; `is_walk` for its sidewalks. */
SIMD struct v3 street_ground(const struct frame *frame, const struct town *town,
                             const struct mirror *mirror, const struct ray *ray, vf depth,
                             bool is_walk)
{
    const struct tile *detail = &frame->world->detail;
    struct v3 place = ray_at(ray, depth), light, albedo;
    vf grain = depth * frame->view.pixel * 0.8f,
       along = grain / max_v(abs_v(ray->dir.y), splat(0.05f));
    vf fine, patch, puddle, facing, fresnel;
    struct quad quad;

    tile_quad(detail, place.x * 30.0f, place.z * 30.0f, tile_level(detail, along * 20.0f), &quad);
    fine = quad_byte(&quad, 0) * (1.0f / 255.0f);
    tile_quad(detail, place.x * 2.4f, place.z * 2.4f, tile_level(detail, along * 2.0f), &quad);
    patch = quad_byte(&quad, 3) * (1.0f / 255.0f);
    puddle = noise_v(place.x * 0.42f + 9.0f, place.z * 0.30f) * 0.62f +
             noise_v(place.x * 1.3f, place.z * 0.9f) * 0.28f + patch * 0.10f;
    puddle = smooth_v(0.44f, 0.56f, puddle) * town->wet;
    albedo = scale3(color(0.088f, 0.086f, 0.084f), 0.35f + 0.75f * fine + 0.45f * patch);
    if (is_walk) {
        albedo = scale3(color(0.21f, 0.20f, 0.19f), slabs(place, along) * (0.6f + 0.5f * fine));
        puddle *= 0.7f;
    } else {
        vf line = street_lines(town, place, along) * (0.45f + 0.5f * patch + 0.3f * fine);

        albedo = lerp3(albedo, color(0.52f, 0.51f, 0.48f), saturate(line));
    }
    albedo = scale3(albedo, 1.0f - town->wet * (0.45f + 0.2f * puddle));
    light = mul3(albedo, map_light(&town->maps[0], place.x, place.z));
    /* Little light gets into the corner under a curb. */
    if (!is_walk)
        light = scale3(light, 0.55f + 0.45f * smooth_v(0.0f, 0.30f, town->road_m - abs_v(place.x)));
    if (mirror && town->wet > 0) {
        facing = 1.0f - abs_v(ray->dir.y) / ray->length;
        fresnel = facing * facing;
        fresnel = 0.045f + 0.90f * fresnel * fresnel * facing;
        fresnel = fresnel * (0.75f + 0.35f * puddle) + 0.03f * puddle;
        light = lerp3(light, ground_mirror(frame, mirror, ray, place, depth, puddle), fresnel);
    }
    return light;
}

#endif
