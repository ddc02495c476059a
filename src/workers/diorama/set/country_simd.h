/* SPDX-License-Identifier: Apache-2.0 */
/*
 * country_simd: the ground of a village, the weather that lies on all, and the land behind.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_SET_COUNTRY_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_SET_COUNTRY_SIMD_H

#include "workers/diorama/set/solid_simd.h"
#include "workers/diorama/set/wall_simd.h"
#include "workers/diorama/sky/sky_simd.h"

/* How far outside the lane and the square a place lies; negative within. */
SIMD vf lane_distance(const struct set_country *country, vf x, vf z)
{
    vf on = max_v(z - country->from_m, splat(0)), away;
    vf sx = x - country->square[0], sz = z - country->square[1];

    away = abs_v(x - on * on * country->curve) - country->lane_m;
    if (country->square[2] > 0)
        away = min_v(away, sqrt_v(sx * sx + sz * sz) - country->square[2]);
    return away;
}

SIMD void pave(const struct set *set, struct set_spot *spot, vf x, vf z, vf away)
{
    const struct set_country *country = &set->country;
    float wide = country->paving == PAVING_COBBLES ? 0.15f : 0.62f;
    vf broad = noise_v(x * 0.35f, z * 0.35f + (float)(set->salt & 31)), fade, joint, small;
    vf dirt = noise_v(x * 1.3f + 9.0f, z * 1.3f), tracks;
    struct cell cell;

    small = fine_noise(spot, x, z, 34.0f);
    if (country->paving == PAVING_COBBLES || country->paving == PAVING_FLAGS) {
        fade = saturate(1.5f - spot->grain * (1.5f / wide));
        find_cell(x * (1 / wide), z * (1 / wide), set->salt, &cell);
        cell.each = lerp_v(splat(0.5f), cell.each, fade);
        joint = (1.0f - smooth_v(0.03f, 0.16f, cell.rim)) * fade;
        spot->albedo = scale3(lerp3(splat3(country->road[0]), splat3(country->road[1]), cell.each),
                              0.70f + 0.25f * small + 0.30f * broad);
        spot->albedo = scale3(spot->albedo, 1.0f - 0.55f * joint - 0.10f * (1.0f - fade));
        if (country->paving == PAVING_COBBLES)
            tilt_spot(spot, cell.x * 0.75f * fade, cell.y * 0.75f * fade);
        else
            tilt_spot(spot, (cell.each - 0.5f) * 0.05f * fade, joint * 0.0f);
        spot->gloss = 0.10f * (1.0f - joint);
        return;
    }
    /* Wheels wear two tracks into earth; grass stands between. */
    tracks = abs_v(abs_v(away + country->lane_m) - 0.85f);
    tracks = smooth_v(0.55f, 0.25f, tracks + 0.3f * (broad - 0.5f));
    find_cell(x * 21.0f, z * 21.0f, set->salt, &cell);
    fade = saturate(1.4f - spot->grain * 26.0f);
    joint = smooth_v(0.10f, 0.30f, cell.rim) * fade * smooth_v(0.45f, 0.75f, cell.each);
    spot->albedo = lerp3(splat3(country->road[0]), splat3(country->road[1]),
                         smooth_v(0.42f, 0.70f, 0.75f * dirt + 0.45f * (small - 0.3f)) *
                             (1.0f - 0.85f * tracks));
    spot->albedo = scale3(spot->albedo, 0.50f + 0.35f * broad + 0.30f * small + 0.25f * dirt);
    /* Pebbles. */
    spot->albedo = lerp3(spot->albedo, scale3(color(0.27f, 0.24f, 0.20f), 0.4f + 0.6f * cell.each),
                         joint * (0.3f + 0.5f * (1.0f - tracks)));
    tilt_spot(spot, (small - 0.5f) * 0.45f + cell.x * joint,
              (fine_noise(spot, z, x, 31.0f) - 0.5f) * 0.45f + cell.y * joint);
}

SIMD void ground_paint(const struct set *set, const struct set_solid *solid, struct set_spot *spot)
{
    const struct set_country *country = &set->country;
    vf x = spot->p.x + solid->middle[0], z = spot->p.z + solid->middle[2];
    vf away = lane_distance(country, x, z), ragged, grass, blades, broad, tuft;

    ragged =
        0.5f * (noise_v(x * 1.1f, z * 1.1f) - 0.5f) + 0.22f * (noise_v(x * 5.0f, z * 5.0f) - 0.5f);
    grass = edge_v(away + ragged * (country->paving == PAVING_EARTH ? 1.3f : 0.5f),
                   spot->grain + 0.12f);
    blades = fine_noise(spot, x, z, 26.0f) * 0.6f + fine_noise(spot, x, z, 9.0f) * 0.4f;
    broad = noise_v(x * 0.16f + 3.0f, z * 0.16f);
    tuft = noise_v(x * 1.7f, z * 1.7f + 20.0f);
    if (any(grass < 1.0f))
        pave(set, spot, x, z, away);
    else
        spot->tilt = color(0, 0, 0);
    spot->albedo = lerp3(spot->albedo,
                         scale3(lerp3(splat3(country->grass[0]), splat3(country->grass[1]),
                                      saturate(0.15f + 0.5f * broad + 0.5f * (tuft - 0.4f) +
                                               0.3f * (blades - 0.5f))),
                                0.50f + 0.75f * blades),
                         grass);
    spot->tilt.x = lerp_v(spot->tilt.x, (blades - 0.5f) * 0.5f, grass);
    spot->tilt.z = lerp_v(spot->tilt.z, (tuft - 0.5f) * 0.4f, grass);
    spot->gloss *= 1.0f - grass;
    if (country->snow > 0) { /* trodden on the lane */
        vf trod = smooth_v(0.4f, -0.5f, away) * 0.55f *
                  smooth_v(0.35f, 0.75f, 0.6f * tuft + 0.4f * blades + 0.15f);

        spot->through = splat(0);
        spot->albedo =
            lerp3(spot->albedo, color(0.70f, 0.74f, 0.80f), (1.0f - trod) * country->snow);
        spot->tilt = scale3(spot->tilt, 1.0f - 0.75f * country->snow * (1.0f - trod));
        spot->gloss *= 1.0f - country->snow;
    }
}

/* Snow on what looks up, and wet on all; `n` is the normal in the world. */
SIMD void weather_paint(const struct set *set, struct v3 place, struct v3 n, struct set_spot *spot)
{
    const struct set_country *country = &set->country;
    vf rough, lies, flat;

    if (country->snow > 0) {
        rough = noise_v(place.x * 2.1f + place.y, place.z * 2.1f - place.y);
        lies = smooth_v(0.22f, 0.42f, n.y + 0.22f * (rough - 0.5f)) * country->snow *
               mask_v(place.y > 0.02f);
        spot->albedo = lerp3(spot->albedo, color(0.76f, 0.80f, 0.86f), lies);
        spot->tilt = scale3(spot->tilt, 1.0f - 0.85f * lies);
        spot->gloss *= 1.0f - lies;
    }
    if (country->wet > 0) {
        flat = saturate(n.y) * mask_v(place.y < 0.03f) *
               smooth_v(0.0f, -0.3f, lane_distance(country, place.x, place.z));
        rough = smooth_v(0.35f, 0.65f,
                         noise_v(place.x * 0.5f, place.z * 0.5f) * 0.7f +
                             0.3f * noise_v(place.x * 1.9f, place.z * 1.9f));
        spot->albedo = scale3(spot->albedo, 1.0f - country->wet * (0.30f + 0.22f * flat));
        spot->gloss = max_v(spot->gloss, country->wet * (0.10f + flat * (0.25f + 0.6f * rough)));
        spot->tilt = scale3(spot->tilt, 1.0f - country->wet * flat * (0.5f + 0.45f * rough));
    }
}

/* What is far behind a village, along rays. */
struct country_ray {
    const struct frame *frame;
    const struct set *set;
    struct v3 eye, flat; /* of length 1 without its rise */
    vf slope;            /* rise over way */
    vf grain;            /* of a sample, at distance 1 */
    struct v3 sky, ambient, sun;
};

SIMD vf ridge_noise(vf x, vf z, int octaves)
{
    vf sum = splat(0);
    float size = 0.5f;

    for (int i = 0; i < octaves; i++) {
        sum += noise_v(x, z) * size;
        x = x * 2.03f + 17.0f;
        z = z * 2.03f + 5.0f;
        size *= 0.5f;
    }
    return sum;
}

/* Hills `far` away and up to `tall` over the eye: meadows, hedges and woods. */
SIMD struct v3 hill_of(const struct country_ray *ray, float far, float tall, float salt,
                       struct v3 behind)
{
    const struct set_country *country = &ray->set->country;
    const float *sun = ray->frame->world->sky.sun;
    struct v3 at = mad3(ray->eye, ray->flat, splat(far)), albedo, light;
    float per = 1.9f / far;
    vf x = at.x * per + salt, z = at.z * per, top, cover, y, side, wood, field, shade, slope;
    struct cell cell;

    top = tall * (0.12f + 1.25f * ridge_noise(x, z, 3));
    y = ray->slope * far + ray->eye.y;
    wood = noise_v(x * 3.1f + 5.0f, z * 3.1f + y * (3.0f / tall));
    /* Tops of trees against what is behind. */
    field = smooth_v(0.48f, 0.58f, wood);
    top += field * (3.0f + 5.0f * noise_v(at.x * 0.11f + at.z * 0.07f, at.z * 0.11f));
    cover = edge_v(top - y, splat(0) + far * ray->grain * 1.3f);
    if (!any(cover > 0.0f))
        return behind;
    side = (at.x * ray->flat.z - at.z * ray->flat.x) * 0.011f;
    find_cell(at.x * 0.009f + at.z * 0.004f + salt, y * (0.5f / (0.12f * tall + 4.0f)) + side,
              ray->set->salt, &cell);
    albedo = scale3(lerp3(splat3(country->grass[0]), splat3(country->grass[1]), cell.each),
                    0.80f + 0.4f * fract_v(cell.each * 5.0f));
    albedo =
        lerp3(albedo, splat3(country->woods[0]), 0.8f * (1.0f - smooth_v(0.03f, 0.10f, cell.rim)));
    shade = noise_v(at.x * 0.16f + at.z * 0.09f, y * 0.30f + at.z * 0.1f) * 0.6f +
            noise_v(at.x * 0.41f, y * 0.71f + at.z * 0.33f) * 0.4f;
    albedo = lerp3(albedo,
                   scale3(lerp3(splat3(country->woods[0]), splat3(country->woods[1]),
                                noise_v(x * 11.0f, z * 11.0f + y * (9.0f / tall))),
                          0.45f + 1.1f * shade),
                   field);
    albedo =
        lerp3(albedo, color(0.66f, 0.70f, 0.76f), splat(country->snow) * (1.0f - 0.62f * field));
    /* Sun on the slope: it falls toward the eye, and to the sides as the ridge does. */
    slope = (ridge_noise(x + 0.06f * ray->flat.z, z - 0.06f * ray->flat.x, 2) -
             ridge_noise(x - 0.06f * ray->flat.z, z + 0.06f * ray->flat.x, 2)) *
            6.0f;
    light = vec3(-ray->flat.x * 0.35f - slope * ray->flat.z, splat(0.9f),
                 -ray->flat.z * 0.35f + slope * ray->flat.x);
    shade = saturate(dot3(unit3(light), splat3(sun))) * 0.318f;
    light = mad3(ray->ambient, ray->sun, shade);
    light = mul3(albedo, light);
    light = lerp3(ray->sky, light, exp_v(splat(-far * (ray->set->haze_per_m * 0.22f + 0.00006f))));
    return lerp3(behind, light, cover);
}

/* High mountains with snow, far off. */
SIMD struct v3 peak_of(const struct country_ray *ray, float far, float tall, float salt,
                       struct v3 behind)
{
    const float *sun = ray->frame->world->sky.sun;
    struct v3 at = mad3(ray->eye, ray->flat, splat(far)), albedo, light, n;
    float per = 2.6f / far;
    vf y = ray->slope * far, x = at.x * per + salt, z = at.z * per, cover, top, rock, snow, turn;
    vf fold = ridge_noise(x * 2.0f, z * 2.0f + y * (1.2f / tall), 4) - 0.47f;

    top = tall * (0.22f + 1.3f * ridge_noise(x, z, 5) - 0.55f * abs_v(fold));
    cover = edge_v(top - y, splat(0) + far * ray->grain * 1.3f);
    if (!any(cover > 0.0f))
        return behind;
    rock = ridge_noise(x * 5.0f + fold, z * 5.0f + y * (4.0f / tall), 4);
    turn = (ridge_noise(x * 2.0f + 0.05f, z * 2.0f + y * (1.2f / tall), 4) - 0.47f - fold) * 14.0f;
    /* It lies where rock is not steep, and more of it higher up. */
    snow = smooth_v(-0.10f, 0.08f,
                    0.8f * y * (1 / tall) - 0.36f + 0.25f * ray->set->country.snow +
                        1.8f * (0.47f - rock) - 0.22f * abs_v(turn));
    albedo = lerp3(scale3(color(0.105f, 0.098f, 0.095f), 0.3f + 1.5f * rock),
                   color(0.72f, 0.75f, 0.80f), snow);
    n = unit3(vec3(-ray->flat.x * 0.7f - 1.5f * turn * ray->flat.z,
                   splat(0.55f) + (rock - 0.5f) * 1.2f,
                   -ray->flat.z * 0.7f + 1.5f * turn * ray->flat.x));
    light =
        mad3(scale3(ray->ambient, splat(0.8f)), ray->sun, saturate(dot3(n, splat3(sun))) * 0.318f);
    light = mul3(albedo, light);
    light = lerp3(ray->sky, light, exp_v(splat(-far * (ray->set->haze_per_m * 0.04f + 0.000012f))));
    return lerp3(behind, light, cover);
}

/* The sea beyond the last houses. */
SIMD struct v3 sea_of(const struct country_ray *ray, struct v3 behind)
{
    vf down = max_v(-ray->slope, splat(1e-4f)), far = 9.0f / down, bright, swell;
    vf cover = edge_v(-ray->slope - 0.0015f, ray->grain * 1.5f);
    float t = ray->frame->wave_time_s;
    struct v3 at = mad3(ray->eye, ray->flat, min_v(far, splat(6000))), light;

    swell = noise_v(at.x * 0.05f + 0.3f * t, at.z * 0.16f + 0.8f * t) * 0.6f +
            noise_v(at.x * 0.21f - 0.4f * t, at.z * 0.6f + t) * 0.4f;
    bright = 1.0f - 1.0f / (1.0f + far * 0.004f);
    light = mad3(scale3(mul3(ray->ambient, color(0.030f, 0.075f, 0.10f)), splat(1.0f)), ray->sky,
                 0.30f + 0.45f * bright + 0.25f * (swell - 0.5f));
    return lerp3(behind, light, cover);
}

SIMD struct v3 country_light(const struct frame *frame, const struct set *set,
                             const struct set_ray *from, struct v3 sky)
{
    const struct world *world = frame->world;
    vf flat = sqrt_v(from->dir.x * from->dir.x + from->dir.z * from->dir.z);
    struct country_ray ray = {.frame = frame, .set = set, .eye = from->eye};
    float peaks = set->country.peaks;
    struct v3 level;

    ray.flat = vec3(from->dir.x / flat, splat(0), from->dir.z / flat);
    ray.slope = from->dir.y / flat;
    if (!any(ray.slope < 0.1f + 0.35f * peaks))
        return sky;
    ray.grain = from->grain / flat;
    level = unit3(vec3(ray.flat.x, splat(0.06f), ray.flat.z));
    ray.sky = lerp3(sky_radiance(&world->sky, level), splat3(world->air.veil_color),
                    splat(world->air.veil));
    for (int k = 0; k < 3; k++) {
        vf light = splat(0.5f * (world->sky.ambient_sun[k] + world->sky.ambient_away[k]));

        light = lerp_v(light, splat(world->air.veil_color[k]), splat(world->air.veil));
        *(k == 0 ? &ray.ambient.x : k == 1 ? &ray.ambient.y : &ray.ambient.z) = light;
    }
    ray.sun = splat3(world->sky.sun_color);
    if (world->air.veil > 0)
        ray.sun = scale3(ray.sun, splat(1.0f - world->air.veil));
    if (peaks > 0) {
        sky = peak_of(&ray, 7500, 2600 * peaks, 3.0f + (float)(set->salt & 63), sky);
        sky = hill_of(&ray, 2600, 430 * peaks + 90, 1.7f, sky);
    } else {
        sky = hill_of(&ray, 3600, 270, 1.7f, sky);
    }
    if (set->country.has_sea)
        return sea_of(&ray, sky);
    sky = hill_of(&ray, 1100, 95 + 60 * peaks, 8.3f, sky);
    return hill_of(&ray, 420, 26, 4.1f, sky);
}

#endif
