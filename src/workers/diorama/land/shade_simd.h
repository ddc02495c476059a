/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shade_simd: what the ground looks like where a ray meets it, and the air in front of it.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_LAND_SHADE_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_LAND_SHADE_SIMD_H

#include "workers/diorama/land/terrain.h"
#include "workers/diorama/land/terrain_simd.h"
#include "workers/diorama/sky/sky_simd.h"

/* Far trees are read coarser than samples are, or they would glitter as the camera moves. */
#define TREE_BLUR 1.8f

/* A point of the ground, and all that was looked up there. */
struct spot {
    struct v3 place;  /* meters */
    vf distance;      /* from the eye */
    vf grain;         /* size of a sample there, meters */
    struct v3 view;   /* unit, from the eye */
    struct v3 smooth; /* normal without small bumps */
    struct v3 normal;
    vf shadow, open; /* sun and sky reaching it */
    vf woods, hollow, vary, shore;
    vf bump, patch;        /* fine and broad roughness, 0 to 1 */
    vf tree;               /* height above the ground of the tree here, meters; 0 for none */
    vf tree_id, tree_part; /* which tree, and how far up it */
    struct v3 tree_slope;
};

/* Height of tree tops over the ground, and which tree it is. */
SIMD vf canopy_height(const struct frame *frame, vf x, vf z, vf woods, vi level)
{
    const struct tile *canopy = &frame->world->canopy;
    vi texel = tile_nearest(canopy, x, z, level);
    vf stands = saturate((woods - byte_of(texel, 3)) * 0.06f);

    return byte_of(texel, 0) * (canopy->height_m / 255.0f) * stands;
}

/*
 * What stands out of the baked terrain near the camera: trees, and crags where it is steep.
 * Position in meters; `cell` is the heights' texel there, `grain` the size of a sample.
 */
SIMD vf relief_height(const struct frame *frame, vf x, vf z, vi cell, vf grain)
{
    const struct world *world = frame->world;
    const struct tile *detail = &world->detail;
    vf woods = byte_of(cell, 2), steep = byte_of(cell, 3) * (1.0f / 255.0f), height = splat(0);
    struct quad quad;

    /* Most of the land is either not steep or not wooded: lanes agree often enough to test. */
    if (any(steep > 0.0f)) {
        tile_quad(detail, x * 0.16f, z * 0.16f, tile_level(detail, grain * 0.16f), &quad);
        height = (quad_byte(&quad, 0) * (1.0f / 255.0f) - 0.45f) * steep * 13.0f;
    }
    if (any(woods > 0.0f))
        height += canopy_height(frame, x, z, woods, tile_level(&world->canopy, grain * TREE_BLUR));
    return height;
}

SIMD void look_up_ground(const struct frame *frame, struct spot *spot)
{
    const struct terrain *terrain = &frame->world->terrain;
    float per_m = 1.0f / terrain->cell_m;
    vf x = spot->place.x * per_m, z = spot->place.z * per_m, nx, nz;
    struct quad quad;
    vi index = quad_index(terrain, x, z, &quad);

    quad_read(terrain, terrain->light, index, &quad);
    nx = (quad_byte(&quad, 0) - 128.0f) * (1.0f / 127.0f);
    nz = (quad_byte(&quad, 1) - 128.0f) * (1.0f / 127.0f);
    spot->smooth = vec3(nx, sqrt_v(max_v(1.0f - nx * nx - nz * nz, splat(0.02f))), nz);
    spot->shadow = quad_byte(&quad, 2) * (1.0f / 255.0f);
    spot->open = quad_byte(&quad, 3) * (1.0f / 255.0f);
    quad_read(terrain, terrain->ground, index, &quad);
    spot->woods = quad_byte(&quad, 0);
    spot->hollow = quad_byte(&quad, 1) * (1.0f / 127.5f) - 1.0f;
    spot->vary = quad_byte(&quad, 2) * (1.0f / 127.5f) - 1.0f;
    spot->shore = (quad_byte(&quad, 3) - 127.5f) * (400.0f / 255.0f);
}

/* Bends the normal by the slopes of three scales of rough ground. */
SIMD void look_up_detail(const struct frame *frame, struct spot *spot)
{
    const struct tile *detail = &frame->world->detail;
    const float broad = 0.16f, middle = 0.55f, fine = 2.3f;
    vf x = spot->place.x, z = spot->place.z, up = spot->smooth.y;
    vf steep = saturate(1.25f - up), rough = 0.25f + 2.6f * steep, sx, sz;
    vf near = saturate(1.6f - spot->grain);
    struct quad quad;

    tile_quad(detail, x * broad, z * broad, tile_level(detail, spot->grain * broad), &quad);
    spot->patch = quad_byte(&quad, 3) * (1.0f / 255.0f);
    sx = (quad_byte(&quad, 1) - 128.0f) * rough * 3.0f;
    sz = (quad_byte(&quad, 2) - 128.0f) * rough * 3.0f;
    tile_quad(detail, x * fine, z * fine, tile_level(detail, spot->grain * fine), &quad);
    spot->bump = quad_byte(&quad, 0) * (1.0f / 255.0f);
    sx += (quad_byte(&quad, 1) - 128.0f) * rough * 1.4f;
    sz += (quad_byte(&quad, 2) - 128.0f) * rough * 1.4f;
    tile_quad(detail, x * middle + 70.0f, z * middle, tile_level(detail, spot->grain * middle),
              &quad);
    spot->bump = 0.45f * spot->bump + quad_byte(&quad, 0) * (0.55f / 255.0f);
    sx += (quad_byte(&quad, 1) - 128.0f) * rough * 2.4f;
    sz += (quad_byte(&quad, 2) - 128.0f) * rough * 2.4f;
    if (any(near > 0.0f)) {
        tile_quad(detail, x * fine, z * fine, tile_level(detail, spot->grain * fine), &quad);
        spot->bump = lerp_v(spot->bump, quad_byte(&quad, 0) * (1.0f / 255.0f), near * 0.45f);
        sx += (quad_byte(&quad, 1) - 128.0f) * rough * near * 1.4f;
        sz += (quad_byte(&quad, 2) - 128.0f) * rough * near * 1.4f;
    }
    sx *= detail->slope_scale;
    sz *= detail->slope_scale;
    spot->normal = unit3(vec3(spot->smooth.x - sx * up, up, spot->smooth.z - sz * up));
}

SIMD void look_up_trees(const struct frame *frame, struct spot *spot)
{
    const struct tile *canopy = &frame->world->canopy;
    vi level = tile_level(canopy, spot->grain * TREE_BLUR);
    vi texel = tile_nearest(canopy, spot->place.x, spot->place.z, level);
    vf stands = saturate((spot->woods - byte_of(texel, 3)) * 0.06f);

    spot->tree_part = byte_of(texel, 0) * (1.0f / 255.0f);
    spot->tree = spot->tree_part * canopy->height_m * stands;
    spot->tree_id = byte_of(texel, 3) * (1.0f / 255.0f);
    spot->tree_slope = vec3((byte_of(texel, 1) - 128.0f) * canopy->slope_scale, splat(0),
                            (byte_of(texel, 2) - 128.0f) * canopy->slope_scale);
}

/* How dark the shadow of a cloud overhead is here: 1 for none. */
SIMD vf cloud_shadow(const struct frame *frame, struct v3 place)
{
    const struct world *world = frame->world;
    const struct clouds *clouds = &world->clouds;
    const float *sun = world->sky.sun;
    float middle = 0.6f * clouds->bottom_m + 0.4f * clouds->top_m;
    struct v3 p;
    vf rise;

    if (clouds->shadow <= 0)
        return splat(1);
    rise = (middle - place.y) * (1.0f / __builtin_fmaxf(sun[1], 0.22f));
    p = vec3(place.x + rise * sun[0], splat(middle), place.z + rise * sun[2]);
    return 1.0f - clouds->shadow * smooth_v(0.05f, 0.8f, cloud_density(frame, p, 0));
}

SIMD struct v3 rock_color(const struct frame *frame, const struct spot *spot)
{
    const struct cover *cover = &frame->world->cover;
    vf strata =
        sin_v(spot->place.y * 0.038f + spot->patch * 5.0f + spot->vary * 3.0f) * 0.5f + 0.5f;
    struct v3 rock = lerp3(splat3(cover->rock[0]), splat3(cover->rock[1]),
                           saturate(strata * 0.45f + spot->patch * 0.7f - 0.1f));

    return scale3(rock, 0.25f + 1.6f * spot->bump);
}

/* Rock, grass, sand and snow, by height, slope and noise; without trees. */
SIMD struct v3 ground_color(const struct frame *frame, struct spot *spot)
{
    const struct cover *cover = &frame->world->cover;
    vf up = spot->smooth.y, noise = spot->patch * 0.6f + spot->bump * 0.4f - 0.5f;
    vf high = spot->place.y + 150.0f * spot->vary + 120.0f * (spot->patch - 0.5f);
    vf flat = smooth_v(0.70f, 0.82f, up + 0.30f * noise + 0.10f * spot->hollow);
    vf alive = 1.0f - smooth_v(cover->snow_m - 300.0f, cover->snow_m - 40.0f, high);
    struct v3 rock = rock_color(frame, spot), all;
    struct v3 grass = lerp3(splat3(cover->grass_color[0]), splat3(cover->grass_color[1]),
                            saturate(spot->patch * 0.7f + 0.35f * spot->vary));
    vf snow;

    grass = scale3(grass, 0.5f + 1.05f * spot->bump);
    /* Little light gets down between trees. */
    grass = scale3(grass, 1.0f - spot->woods * (0.55f / 255.0f));
    all = lerp3(rock, grass, flat * (0.15f + 0.85f * alive * cover->grass));
    if (terrain_is_desert(frame->world->scene)) {
        vf lies = smooth_v(0.50f, 0.64f, up + 0.12f * noise);
        struct v3 sand =
            scale3(splat3(cover->sand), 0.80f + 0.22f * spot->patch + 0.12f * spot->vary);

        all = lerp3(all, sand, lies);
        spot->normal = unit3(lerp3(spot->normal, spot->smooth, lies * 0.80f));
        spot->bump = lerp_v(spot->bump, splat(0.8f), lies);
    }
    if (frame->world->scene->place == PLACE_COAST) {
        float top = cover->tropical ? 4.2f : 1.4f;
        vf beach = 1.0f - smooth_v(top - 1.6f, top + 1.2f, spot->place.y + 2.0f * noise);
        vf wet = 1.0f - smooth_v(0.15f, 1.1f, spot->place.y + 0.6f * noise);
        struct v3 sand =
            scale3(splat3(cover->sand), (0.90f + 0.20f * spot->patch) * (1.0f - 0.42f * wet));

        beach *= smooth_v(0.72f, 0.88f, up);
        if (!cover->tropical) /* the sea keeps low cliffs bare */
            all = lerp3(rock, all, smooth_v(5.0f, 26.0f, spot->place.y + 30.0f * noise));
        all = lerp3(all, sand, beach);
        spot->normal = unit3(lerp3(spot->normal, spot->smooth, beach * 0.85f));
        spot->bump = lerp_v(spot->bump, splat(0.8f), beach);
    }
    snow = smooth_v(0.62f, 0.74f,
                    up + 0.22f * cover->cling + 0.5f * (spot->bump - 0.45f) +
                        0.10f * (spot->patch - 0.5f) + 0.32f * spot->hollow);
    snow *= smooth_v(cover->snow_m - 110.0f, cover->snow_m + 150.0f, high);
    /* Snow lies smooth over what is under it. */
    spot->normal = unit3(lerp3(spot->normal, spot->smooth, snow * 0.55f));
    return scale3(lerp3(all, color(0.80f, 0.84f, 0.90f), snow), splat(1.0f - 0.35f * cover->wet));
}

/* Light that falls on a surface, per unit of albedo. */
SIMD struct v3 light_on(const struct frame *frame, struct v3 normal, vf sun, vf open)
{
    const struct sky *sky = &frame->world->sky;
    float flat = 1.0f / __builtin_sqrtf(sky->sun[0] * sky->sun[0] + sky->sun[2] * sky->sun[2]);
    vf toward = (normal.x * sky->sun[0] + normal.z * sky->sun[2]) * flat;
    struct v3 ambient =
        lerp3(splat3(sky->ambient_away), splat3(sky->ambient_sun), saturate(0.5f + 0.5f * toward));
    vf facing = max_v(dot3(normal, splat3(sky->sun)), splat(0)) * 0.318f * sun;
    /* Sunlit ground lights what faces it: a little of the sun comes from below and across. */
    vf bounce = (0.5f - 0.35f * toward) * (0.022f + 0.05f * sky->sun[1]) * open;

    ambient = scale3(ambient, (0.30f + 0.70f * normal.y) * open * 1.25f);
    return mad3(ambient, splat3(sky->sun_color), facing + bounce);
}

/* Trees: dark inside, lit at the tips, each its own green. */
SIMD struct v3 tree_light(const struct frame *frame, const struct spot *spot, vf sun)
{
    const struct world *world = frame->world;
    const struct cover *cover = &world->cover;
    const struct tile *canopy = &world->canopy;
    const float *to_sun = world->sky.sun;
    vi level = tile_level(canopy, spot->grain * TREE_BLUR);
    float flat = 1.0f / __builtin_sqrtf(to_sun[0] * to_sun[0] + to_sun[2] * to_sun[2]);
    float reach = canopy->height_m * 0.28f;
    vf ahead = canopy_height(frame, spot->place.x + to_sun[0] * flat * reach,
                             spot->place.z + to_sun[2] * flat * reach, spot->woods, level);
    vf rise = ahead - spot->tree - reach * to_sun[1] * flat;
    vf lit = sun * saturate(1.0f - rise * (2.5f / canopy->height_m));
    struct v3 green =
        lerp3(splat3(cover->tree_color[0]), splat3(cover->tree_color[1]), spot->tree_id);
    struct v3 snowy = color(0.60f, 0.64f, 0.70f);
    struct v3 normal = unit3(vec3(spot->smooth.x - 0.8f * spot->tree_slope.x, splat(0.75f),
                                  spot->smooth.z - 0.8f * spot->tree_slope.z));
    vf inside = 0.45f + 0.55f * spot->tree_part;
    struct v3 light = light_on(frame, normal, lit, spot->open * inside);
    /* Needles and leaves let some sun through toward the eye. */
    vf glow =
        pow_v(saturate(dot3(spot->view, splat3(to_sun))), 4.0f) * lit * spot->tree_part * 0.10f;

    light = mad3(light, splat3(world->sky.sun_color), glow);
    green = lerp3(green, snowy, cover->cling * 0.6f * spot->tree_part * spot->tree_part);
    return mul3(scale3(green, 0.65f + 0.65f * spot->tree_part), light);
}

SIMD struct v3 ground_light(const struct frame *frame, struct spot *spot)
{
    vf sun, covered;
    struct v3 albedo, light;

    look_up_ground(frame, spot);
    look_up_detail(frame, spot);
    spot->tree = spot->tree_id = spot->tree_part = splat(0);
    spot->tree_slope = color(0, 0, 0);
    if (any(spot->woods > 0.0f))
        look_up_trees(frame, spot);
    albedo = ground_color(frame, spot);
    sun = spot->shadow * cloud_shadow(frame, spot->place);
    light =
        mul3(albedo, light_on(frame, spot->normal, sun, spot->open * (0.4f + 0.65f * spot->bump)));
    covered = saturate(spot->tree * (4.0f / frame->world->canopy.height_m));
    if (any(covered > 0.0f))
        light = lerp3(light, tree_light(frame, spot, sun), covered);
    return light;
}

/* Optical depth of air that thins out with height, between two heights `distance` apart. */
SIMD vf thinning_depth(vf low_y, vf high_y, vf distance, const float layer[3])
{
    float per_m = layer[0], base = layer[2], inverse = 1.0f / layer[1];
    vf a = exp_v(clamp_v((low_y - base) * -inverse, -20.0f, 3.0f));
    vf b = exp_v(clamp_v((high_y - base) * -inverse, -20.0f, 3.0f));
    vf rise = (high_y - low_y) * inverse;
    vi level = abs_v(rise) < 0.02f;
    vf mean = choose(level, 0.5f * (a + b), (a - b) / choose(level, splat(1), rise));

    return abs_v(mean) * distance * per_m;
}

/* The color of air along a view: of far haze, and of mist. */
struct haze {
    struct v3 horizon, mist;
};

/* `low` is the sky just over the horizon. */
SIMD void haze_begin(const struct frame *frame, const struct sky_parts *low, struct v3 view,
                     struct haze *haze)
{
    const struct air *air = &frame->world->air;
    vf mu = dot3(view, splat3(frame->world->sky.sun));

    haze->horizon = lerp3(sky_join(*low, mu), splat3(air->veil_color), splat(air->veil));
    haze->mist = mad3(splat3(air->mist_color), splat3(air->mist_glow), phase_v(mu, 0.55f));
}

/* Puts the air between the eye and a place in front of its light. */
SIMD struct v3 through_air(const struct frame *frame, struct v3 light, struct v3 place, vf distance,
                           const struct haze *haze)
{
    const struct air *air = &frame->world->air;
    const float dry[3] = {air->haze_per_m, air->haze_height_m, air->haze_base_m};
    const float wet[3] = {air->mist_per_m, air->mist_height_m, air->mist_base_m};
    vf eye = splat(frame->view.eye[1]);
    vf depth = thinning_depth(eye, place.y, distance, dry) + distance * (1.0f / 150000.0f);
    vf veil = 1.0f - exp_v(-thinning_depth(eye, place.y, distance, wet));

    light = lerp3(light, haze->mist, veil);
    return vec3(lerp_v(haze->horizon.x, light.x, exp_v(depth * -0.86f)),
                lerp_v(haze->horizon.y, light.y, exp_v(-depth)),
                lerp_v(haze->horizon.z, light.z, exp_v(depth * -1.20f)));
}

#endif
