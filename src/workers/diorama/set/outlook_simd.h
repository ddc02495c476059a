/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outlook_simd: what is seen through the windows of a room, a little out of focus: trees and a
 * lawn, hills, the sea, a city; and rain on the panes.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_SET_OUTLOOK_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_SET_OUTLOOK_SIMD_H

#include "workers/diorama/set/light_simd.h"

/* A ray that leaves through a window: where it passes an upright plane `far` beyond the pane. */
struct outlook {
    const struct frame *frame;
    const struct set *set;
    const struct set_window *window;
    vf across, rise;        /* where it crosses the pane, meters from its middle */
    vf slope_across, slope; /* meters a meter outward */
    struct v3 ambient, sun; /* light of the open sky, and of the sun, per unit of albedo */
};

SIMD void outlook_begin(const struct frame *frame, const struct set *set,
                        const struct set_window *window, const struct set_ray *ray,
                        struct outlook *view)
{
    const struct sky *sky = &frame->world->sky;
    vf out = ray->dir.x * window->out[0] + ray->dir.z * window->out[2];
    vf along = ray->dir.x * window->across[0] + ray->dir.z * window->across[2], far;
    struct v3 from = vec3(window->middle[0] - ray->eye.x, window->middle[1] - ray->eye.y,
                          window->middle[2] - ray->eye.z);

    out = max_v(out, splat(0.02f));
    far = (from.x * window->out[0] + from.z * window->out[2]) / out;
    view->frame = frame;
    view->set = set;
    view->window = window;
    view->across = far * along - (from.x * window->across[0] + from.z * window->across[2]);
    view->rise = far * ray->dir.y - from.y;
    view->slope_across = along / out;
    view->slope = ray->dir.y / out;
    view->ambient = scale3(add3(splat3(sky->ambient_sun), splat3(sky->ambient_away)), splat(0.5f));
    view->ambient = lerp3(view->ambient, splat3(frame->world->air.veil_color),
                          splat(0.8f * frame->world->air.veil));
    view->sun = scale3(splat3(sky->sun_color), splat(0.318f * (0.25f + 0.75f * sky->sun[1]) *
                                                     (1.0f - 0.9f * frame->world->air.veil)));
}

/* Trees `far` meters away whose tops are about `tall` above the floor; their light, over `behind`.
 */
SIMD struct v3 tree_layer(const struct outlook *view, float far, float tall, float salt,
                          struct v3 behind)
{
    float window_x = view->window->middle[0] * view->window->across[0] +
                     view->window->middle[2] * view->window->across[2];
    vf x = view->across + view->slope_across * far + (window_x + salt);
    vf y = view->rise + view->slope * far + view->window->middle[1];
    float cell = 0.9f / tall, wind = view->frame->clip_time_s * 0.5f;
    vf sway = 0.05f * sin_v(splat(wind) + x * 0.6f) * y * (1.0f / (tall + 1.0f));
    vf crown = noise_v((x + sway) * cell, splat(salt)) * 0.75f +
               noise_v((x + sway) * (3.1f * cell), splat(salt + 5.0f)) * 0.25f;
    vf leaf = noise_v((x + sway) * 2.1f, y * 2.1f + salt) * 0.6f +
              noise_v((x + sway) * 5.3f, y * 5.3f + salt) * 0.4f;
    vf top = tall * (0.45f + 0.75f * crown) + (leaf - 0.5f) * 1.1f;
    vf cover = smooth_v(-0.22f, 0.22f, (top - y) * (6.0f / (tall + 3.0f)));
    vf lit = smooth_v(0.25f, 0.8f, leaf + 0.25f * (y / tall) - 0.1f), autumn;
    float green = view->frame->world->cover.grass;
    struct v3 leaves, light;

    autumn = splat(1.0f - green) * (0.4f + 0.6f * noise_v(x * 0.23f, splat(salt + 9.0f)));
    leaves = lerp3(color(0.055f, 0.10f, 0.022f), color(0.22f, 0.095f, 0.02f), autumn);
    light = scale3(view->ambient, 0.35f + 0.5f * lit);
    light = mad3(light, view->sun, lit * 0.9f);
    light = mul3(light, leaves);
    /* Air between. */
    light = lerp3(light, scale3(view->ambient, splat(0.55f)),
                  splat(1.0f - 1.0f / (1.0f + far * 0.006f)));
    return lerp3(behind, light, cover);
}

SIMD struct v3 lawn_layer(const struct outlook *view, struct v3 albedo, float low, struct v3 behind)
{
    vf down = view->rise + (view->window->middle[1] - low), far, x, light;
    vf ground = view->slope < -0.002f;

    far = down / max_v(-view->slope, splat(0.002f));
    x = view->across + view->slope_across * far;
    light = 0.7f + 0.5f * noise_v(x * 0.8f, far * 0.35f) * saturate(12.0f / (far + 4.0f));
    return choose3((vi)ground & (far < 400.0f),
                   mul3(scale3(add3(view->ambient, view->sun), light), albedo), behind);
}

SIMD struct v3 hill_layer(const struct outlook *view, float far, float tall, float salt,
                          struct v3 behind)
{
    vf x = (view->slope_across + salt) * 3.0f, y = view->slope * (far / tall);
    vf top = 0.30f + 0.9f * noise_v(x * 0.9f, splat(salt)) +
             0.35f * noise_v(x * 2.7f, splat(salt + 3.0f)) +
             0.10f * noise_v(x * 9.0f, splat(salt + 8.0f));
    vf cover = smooth_v(-0.01f, 0.02f, top - y), rock = noise_v(x * 14.0f, y * 8.0f);
    vf snowy = smooth_v(0.85f, 1.15f, y + 0.3f * rock) * (tall > 300 ? 1.0f : 0.15f);
    struct v3 albedo = lerp3(color(0.05f, 0.08f, 0.03f), color(0.62f, 0.65f, 0.70f), snowy), light;

    light = mul3(mad3(scale3(view->ambient, splat(0.6f)), view->sun, 0.3f + 0.7f * rock), albedo);
    light = lerp3(light, scale3(view->ambient, splat(0.62f)),
                  splat(1.0f - 1.0f / (1.0f + far * 0.0004f)));
    return lerp3(behind, light, cover);
}

/* Houses in one row across, `far` away: dark fronts, and lit windows as soft discs. */
SIMD struct v3 city_layer(const struct outlook *view, float far, float salt, struct v3 behind)
{
    const struct set *set = view->set;
    vf x = view->across + view->slope_across * far + salt * 100.0f;
    vf y = view->rise + view->slope * far + 16.0f, plot = floor_v(x * (1.0f / 17.0f));
    vi house = to_int(plot) + (int)(salt * 13.0f);
    vf tall = 12.0f + far * (0.10f + 0.24f * hash_v(house, splat_int(3)));
    vf cover = smooth_v(-0.3f, 0.3f, tall - y), gu, gv, du, dv, each, disc, radius;
    vi iu, iv;
    struct v3 light, glow;
    float bokeh = 0.42f + far * 0.0022f;

    light = scale3(view->ambient, 0.10f + 0.12f * hash_v(house, splat_int(5)));
    light = mad3(light, view->sun,
                 (0.05f + 0.2f * hash_v(house, splat_int(6))) * saturate(y * 0.02f + 0.3f));
    gu = x * (1.0f / 2.9f);
    gv = y * (1.0f / 3.4f);
    iu = to_int(floor_v(gu));
    iv = to_int(floor_v(gv));
    du = (fract_v(gu) - 0.5f) * 2.9f;
    dv = (fract_v(gv) - 0.5f) * 3.4f;
    each = hash_v(iu + 91, iv);
    radius = splat(bokeh);
    disc = smooth_v(1.0f, 0.75f, sqrt_v(du * du + dv * dv) / radius);
    /* Sharp by day, when it is what tells glass from wall. */
    disc =
        lerp_v(mask_v((abs_v(du) < 0.8f) & (abs_v(dv) < 1.1f)) * -0.35f, disc, splat(set->night));
    glow = lerp3(color(1.0f, 0.58f, 0.24f), color(0.75f, 0.85f, 1.0f),
                 smooth_v(0.35f, 0.5f, hash_v(iv, iu)));
    glow = choose3(hash_v(iu, iv + 7) > 0.93f, color(1.0f, 0.12f, 0.25f), glow);
    each = mask_v(each > 0.62f) * (0.25f + each);
    glow = scale3(glow, disc * each * (0.5f * set->night));
    light = scale3(light, 1.0f + min_v(disc, splat(0)));
    light = mad3(light, color(0.9f, 0.55f, 0.35f), splat(0.012f * set->night));
    return lerp3(behind, add3(light, glow), cover);
}

SIMD struct v3 outlook_scene(const struct outlook *view, struct v3 sky)
{
    float salt = (float)(view->set->salt & 63);
    int winter = view->set->snow > 0;
    struct v3 light = sky, grass = winter ? color(0.7f, 0.72f, 0.75f) : color(0.06f, 0.11f, 0.025f);

    switch (view->set->outlook) {
    case OUTLOOK_CITY:
        light = city_layer(view, 420, salt + 1, light);
        light = city_layer(view, 190, salt + 2, light);
        return city_layer(view, 85, salt + 3, light);
    case OUTLOOK_SEA:
        light = lawn_layer(view, color(0.03f, 0.10f, 0.13f), -14, light);
        return tree_layer(view, 16, 1.0f, salt, light);
    case OUTLOOK_HILLS:
        light = hill_layer(view, 6000, 1300, salt, light);
        light = hill_layer(view, 2200, 240, salt + 11, light);
        light = lawn_layer(view, grass, -1, light);
        return tree_layer(view, 45, 8, salt, light);
    case OUTLOOK_GARDEN:
    case SET_OUTLOOKS:
        break;
    }
    light = tree_layer(view, 70, 15, salt + 20, light);
    light = lawn_layer(view, grass, -0.5f, light);
    light = tree_layer(view, 30, 6.5f, salt + 7, light);
    return tree_layer(view, 9, 1.3f, salt, light);
}

/* Drops on the pane: each shows the view upside down, brighter below and dark at its edge. */
SIMD vf pane_drops(const struct outlook *view, vf *shift)
{
    vf drops = splat(0);
    float time = view->frame->clip_time_s;

    *shift = splat(0);
    for (int layer = 0; layer < 2; layer++) {
        float size = layer ? 0.026f : 0.055f;
        vf u = view->across * (1 / size), v = view->rise * (1 / size), column = floor_v(u), iv, du,
           dv, r, d;
        vi iu = to_int(column) + layer * 901;
        /* The large ones run down now and then. */
        vf run =
            layer ? splat(0)
                  : 9.0f * smooth_v(0.72f, 1.0f, fract_v(time * 0.11f + hash_v(iu, splat_int(1))));

        v += run + 7.0f * hash_v(iu, splat_int(2));
        iv = floor_v(v);
        du = u - column - 0.3f - 0.4f * hash_v(iu, to_int(iv));
        dv = v - iv - 0.3f - 0.4f * hash_v(to_int(iv), iu);
        r = 0.10f + 0.20f * hash_v(iu + 5, to_int(iv) + 3);
        d = smooth_v(1.0f, 0.8f, sqrt_v(du * du + dv * dv * 0.7f) / r) *
            mask_v(hash_v(iu + 9, to_int(iv)) > (layer ? 0.62f : 0.55f));
        *shift = choose(d > drops, dv / r, *shift);
        drops = max_v(drops, d);
    }
    return drops;
}

SIMD vf flakes(const struct outlook *view)
{
    vf sum = splat(0);
    float t = view->frame->clip_time_s;

    for (int layer = 0; layer < 3; layer++) {
        float far = 1.5f + 3.0f * (float)layer, cell = 0.55f + 0.2f * (float)layer;
        vf x = (view->across + view->slope_across * far) * (1 / cell) + 0.25f * t +
               7.0f * (float)layer;
        vf y = (view->rise + view->slope * far) * (1 / cell) + t * (0.9f / cell);
        vf fx = floor_v(x), fy = floor_v(y);
        vi ix = to_int(fx) + 100 * layer, iy = to_int(fy);
        vf dx =
            x - fx - 0.3f - 0.4f * hash_v(ix, iy) - 0.08f * sin_v(t * 1.7f + 6.3f * hash_v(iy, ix));
        vf dy = y - fy - 0.3f - 0.4f * hash_v(ix + 3, iy);
        vf r = 0.022f + 0.02f * hash_v(ix, iy + 3);

        sum = max_v(sum, smooth_v(1.3f, 0.4f, sqrt_v(dx * dx + dy * dy) / r));
    }
    return sum;
}

/* All that is seen through a window, given the sky behind it. */
SIMD struct v3 outlook_light(const struct outlook *view, struct v3 sky)
{
    const struct set *set = view->set;
    struct v3 light = outlook_scene(view, sky), mist;

    if (set->rain > 0) {
        vf shift, drop = pane_drops(view, &shift);

        mist = scale3(view->ambient, splat(0.42f));
        light = lerp3(light, mist, splat(0.32f));
        light = scale3(light, 1.0f + drop * (-0.38f * shift - 0.12f));
        light = mad3(light, mist, drop * smooth_v(-0.2f, -0.9f, shift) * 0.9f);
    }
    if (set->snow > 0) {
        light = lerp3(light, scale3(view->ambient, splat(0.6f)), splat(0.35f));
        light = lerp3(light, scale3(view->ambient, splat(1.1f)), flakes(view) * 0.8f);
    }
    return scale3(light, splat(set->outside));
}

#endif
