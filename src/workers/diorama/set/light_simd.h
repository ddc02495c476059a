/* SPDX-License-Identifier: Apache-2.0 */
/*
 * light_simd: the light in a set: its field of distances, its probes, sun and lamps.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_SET_LIGHT_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_SET_LIGHT_SIMD_H

#include "workers/diorama/near_simd.h"
#include "workers/diorama/set/set.h"
#include "workers/diorama/sky/sky_simd.h"

enum { LAMP_STEPS = 8, SUN_TAPS = 4 };

/* Distance to what is near, in meters; about 0.8 m in a room is the farthest that it tells. */
SIMD vf field_at(const struct set_field *field, struct v3 p)
{
    float per_m = 1 / field->cell_m;
    vf x = clamp_v((p.x - field->low[0]) * per_m, 0, (float)field->size[0] - 1.01f);
    vf y = clamp_v((p.y - field->low[1]) * per_m, 0, (float)field->size[1] - 1.01f);
    vf z = clamp_v((p.z - field->low[2]) * per_m, 0, (float)field->size[2] - 1.01f);
    vf fx = floor_v(x), fy = floor_v(y), fz = floor_v(z), u = x - fx, v = y - fy, a, b;
    int slice = field->size[0] * field->size[1];
    vi at = to_int(fz) * slice + to_int(fy) * field->size[0] + to_int(fx);
    vi near = gather_int(field->cells, at), far = gather_int(field->cells, at + slice);

    a = lerp_v(lerp_v(byte_of(near, 0), byte_of(near, 1), u),
               lerp_v(byte_of(near, 2), byte_of(near, 3), u), v);
    b = lerp_v(lerp_v(byte_of(far, 0), byte_of(far, 1), u),
               lerp_v(byte_of(far, 2), byte_of(far, 3), u), v);
    return (lerp_v(a, b, z - fz) * (FIELD_SPAN / 255.0f) - FIELD_BELOW) * field->cell_m;
}

/* How open a surface is to all sides, 0 to 1: dim where others are close. */
SIMD vf field_open(const struct set_field *field, struct v3 p, struct v3 n)
{
    vf open = splat(1);

    for (int i = 0; i < 4; i++) {
        static const float away[4] = {0.7f, 1.5f, 3.2f, 6.5f},
                           share[4] = {0.20f, 0.24f, 0.24f, 0.22f};
        float m = away[i] * field->cell_m;
        vf d = field_at(field, mad3(p, n, splat(m)));

        open -= share[i] * saturate(1.0f - d * (1.06f / m));
    }
    return max_v(open, splat(0.1f));
}

/* How much of a lamp of some size a place sees, `far` away in the unit direction `dir`. */
SIMD vf lamp_seen(const struct set_field *field, struct v3 p, struct v3 dir, vf far,
                  const struct set_lamp *lamp)
{
    /* A shade is in the lamp's shape already. */
    float radius = lamp->radius_m, clear = lamp->shade > 0 ? 0.42f : 1.5f * radius;
    vf t = splat(1.2f * field->cell_m), seen = splat(1);

    for (int i = 0; i < LAMP_STEPS && any(t < far); i++) {
        vf d = field_at(field, mad3(p, dir, t));
        vf cone = (d + 0.15f * field->cell_m) / (radius * t / far + 0.25f * field->cell_m);

        seen = choose(t < far - clear, min_v(seen, cone), seen);
        t += clamp_v(d, 0.5f * field->cell_m, 0.8f);
    }
    return saturate(seen * 0.5f + 0.5f * saturate(seen));
}

/* What a shade lets out toward a place: most of it down and up, some of it through the cloth. */
SIMD vf lamp_shape(const struct set_lamp *lamp, vf rise)
{
    vf up = smooth_v(0.42f, 0.66f, rise), down = smooth_v(0.30f, 0.58f, -rise);

    return 1.0f - lamp->shade + lamp->shade * (0.24f + 1.2f * up + 1.5f * down);
}

/* Light of one lamp on a surface, without shadows. */
SIMD vf lamp_facing(const struct set_lamp *lamp, struct v3 to, struct v3 n, vf far)
{
    vf facing = dot3(to, n) / far;

    facing = saturate(0.9f * facing + 0.1f) / (far * far + lamp->radius_m * lamp->radius_m);
    return facing * lamp_shape(lamp, -to.y / far);
}

SIMD struct v3 lamps_light(const struct set *set, struct v3 p, struct v3 n, float seconds,
                           int with_shadows)
{
    struct v3 light = color(0, 0, 0);

    for (int i = 0; i < set->lamp_count; i++) {
        const struct set_lamp *lamp = &set->lamps[i];
        struct v3 to = vec3(lamp->place[0] - p.x, lamp->place[1] - p.y, lamp->place[2] - p.z);
        vf far = sqrt_v(dot3(to, to) + 1e-6f), amount = lamp_facing(lamp, to, n, far);
        float flicker = with_shadows ? set_flicker(lamp, i, seconds) : 1;

        if (with_shadows && lamp->casts && any(amount > 2e-3f))
            amount *= lamp_seen(&set->field, mad3(p, n, splat(0.3f * set->field.cell_m)),
                                scale3(to, 1.0f / far), far, lamp);
        light = mad3(light, splat3(lamp->power), amount * flicker);
    }
    return light;
}

/* Where a place lies on the sun's map, in texels, and how far along. */
SIMD void sun_place(const struct set_sun *sun, const float dir[3], struct v3 p, vf at[3])
{
    at[0] = (dot3(p, splat3(sun->across)) - sun->low[0]) * (1 / sun->texel_m);
    at[1] = (dot3(p, splat3(sun->up)) - sun->low[1]) * (1 / sun->texel_m);
    at[2] = -dot3(p, splat3(dir));
}

/* Whether a place lies in the sun: one look at the map. */
SIMD vf sun_touch(const struct set_sun *sun, const float dir[3], struct v3 p)
{
    vf at[3], met;
    vi inside, index;

    sun_place(sun, dir, p, at);
    inside = (at[0] > 0.0f) & (at[1] > 0.0f) & (at[0] < (float)(sun->size[0] - 1)) &
             (at[1] < (float)(sun->size[1] - 1));
    index = (to_int(at[1]) * sun->size[0] + to_int(at[0])) & inside;
    met = gather(sun->depth, index);
    return mask_v(inside & (at[2] < met + 0.02f));
}

/* The share of the sun that gets to a place, with soft edges. */
SIMD vf sun_seen(const struct set_sun *sun, const float dir[3], struct v3 p, float slack)
{
    vf at[3], sum = splat(0), total = splat(0), fx, fy, u, v;
    vi inside, base;

    if (!sun->shines)
        return sum;
    sun_place(sun, dir, p, at);
    inside = (at[0] > 3.0f) & (at[1] > 3.0f) & (at[0] < (float)(sun->size[0] - 4)) &
             (at[1] < (float)(sun->size[1] - 4));
    if (!any(inside))
        return splat(sun->is_open ? 1.0f : 0.0f);
    fx = floor_v(at[0] - 0.5f);
    fy = floor_v(at[1] - 0.5f);
    u = at[0] - 0.5f - fx;
    v = at[1] - 0.5f - fy;
    base = (to_int(fy) * sun->size[0] + to_int(fx)) & inside;
    for (int j = -1; j < SUN_TAPS - 1; j++)
        for (int i = -1; i < SUN_TAPS - 1; i++) {
            vf dx = ((float)i - u) * 0.5f, dy = ((float)j - v) * 0.5f;
            vf weight = max_v(1.0f - dx * dx, splat(0)) * max_v(1.0f - dy * dy, splat(0));
            vf met = gather(sun->depth, base + ((j * sun->size[0] + i) & inside));

            sum += weight * mask_v(at[2] < met + slack);
            total += weight;
        }
    return choose(inside, sum / total, splat(sun->is_open ? 1.0f : 0.0f));
}

/* Light from one side, of the cell that `at` names. */
SIMD struct v3 probe_color(const struct set_probes *probes, vi at)
{
    vi packed = gather_int(probes->light, at);
    vf r = to_float(packed & 1023), g = to_float((packed >> 10) & 1023);
    vf b = to_float((packed >> 20) & 1023);

    return vec3(r, g, b);
}

/* Light from all sides on a surface at `p` that looks along `n`. */
SIMD struct v3 probe_light(const struct set_probes *probes, struct v3 p, struct v3 n)
{
    vf at[3], part[3], sides[3] = {n.x * n.x, n.y * n.y, n.z * n.z};
    vi cell, face[3] = {(n.x < 0.0f) & 1, ((n.y < 0.0f) & 1) + 2, ((n.z < 0.0f) & 1) + 4};
    struct v3 sum = color(0, 0, 0);
    const int across[3] = {6, 6 * probes->size[0], 6 * probes->size[0] * probes->size[1]};

    cell = splat_int(0);
    for (int k = 0; k < 3; k++) {
        vf whole;

        at[k] = ((k == 0 ? p.x : k == 1 ? p.y : p.z) - probes->low[k]) * (1 / probes->step_m[k]);
        at[k] = clamp_v(at[k], 0, (float)probes->size[k] - 1.01f);
        whole = floor_v(at[k]);
        part[k] = at[k] - whole;
        cell += to_int(whole) * across[k];
    }
    for (int corner = 0; corner < 8; corner++) {
        vi here = cell;
        vf weight = splat(1);

        for (int k = 0; k < 3; k++) {
            weight *= corner >> k & 1 ? part[k] : 1.0f - part[k];
            here += corner >> k & 1 ? across[k] : 0;
        }
        for (int k = 0; k < 3; k++)
            sum = mad3(sum, probe_color(probes, here + face[k]), weight * sides[k]);
    }
    sum = scale3(sum, splat(1.0f / 1023.0f));
    return scale3(mul3(sum, sum), splat(probes->scale));
}

/* Radiance of the outside of a window toward a direction that leaves through it. */
SIMD struct v3 window_radiance(const struct set_window *window, vf rise)
{
    return lerp3(splat3(window->land), splat3(window->sky), smooth_v(-0.10f, 0.22f, rise));
}

#endif
