/* SPDX-License-Identifier: Apache-2.0 */
/* Flames, smoke, the sticks that burn, and the light of it all. */
#include "workers/diorama/fx/fx.h"
#include "workers/diorama/kernel_table.h"
#include "workers/diorama/near_simd.h"

#define SKY_DEPTH 1e7f
#define NOTHING_M 0.2f /* nearer than anything: a gap between far hills */

/* A sheet that faces the camera and stands where a fire burns. */
struct sheet {
    vf x, y;  /* from the fire's foot, m */
    vf clear; /* 0 behind what is drawn to 1 before it */
    float ahead;
};

SIMD void sheet_at(const struct fx_pass *pass, const struct ray *ray, vf depth, float behind_m,
                   struct sheet *sheet)
{
    const struct view *view = &pass->frame->view;
    const float *place = pass->fire->place;
    float dx = place[0] - view->eye[0], dz = place[2] - view->eye[2];
    float ahead = dx * view->forward[0] + dz * view->forward[1] + behind_m;
    float across = dx * view->right[0] + dz * view->right[1];
    vf run = (ray->dir.x * view->right[0] + ray->dir.z * view->right[1]) * ahead;

    sheet->ahead = ahead;
    sheet->x = run - across;
    sheet->y = ray->eye[1] + ray->dir.y * ahead - place[1];
    sheet->clear = saturate((depth / ray->flat - ahead) * 2.0f + 0.6f);
    sheet->clear = choose(depth > NOTHING_M, sheet->clear, splat(1));
}

SIMD vf fbm3(vf x, vf y)
{
    return 0.53f * noise_v(x, y) + 0.30f * noise_v(x * 2.13f + 7.7f, y * 2.07f + 3.1f) +
           0.17f * noise_v(x * 4.71f + 1.3f, y * 4.33f + 9.2f);
}

/* Heat of a flame, 0 to about 1.5; u and v in radii and heights. */
SIMD vf flame_heat(vf u, vf v, float t, float seed)
{
    vf sway = (noise_v(v * 1.5f - t * 1.1f + seed, splat(seed * 1.7f + t * 0.35f)) - 0.5f) * 1.5f;
    vf wide, n, heat;

    u = u + sway * v * (0.5f + 0.5f * v);
    u = u + (noise_v(u * 2.0f + seed, v * 3.5f - t * 2.4f) - 0.5f) * 0.5f * saturate(v * 2.5f);
    wide = saturate(0.72f + 1.6f * v) * sqrt_v(max_v(1.12f - v, splat(0.01f)));
    n = fbm3(u * 2.6f + seed * 3.1f, v * 1.9f - t * 1.7f);
    heat = 1.0f - abs_v(u) / wide + (n - 0.5f) * (1.2f + 2.2f * saturate(v)) - 0.95f * v * v;
    return max_v(heat, splat(0)) * smooth_v(-0.06f, 0.07f, v) * mask_v(v < 1.12f);
}

void KERNEL(fx_flame_row)(const struct fx_pass *pass, int row)
{
    const struct fx_fire *fire = pass->fire;
    float t = pass->time_s * 1.35f / __builtin_sqrtf(fire->height_m);
    float peak = pass->fx->level * fire->flame;

    row += pass->first_row;
    for (int x = pass->columns[0]; x < pass->columns[1]; x += VW) {
        size_t to = (size_t)row * (size_t)pass->canvas.stride + (size_t)x;
        vf depth = load(pass->canvas.depth + to), sum[3] = {splat(0), splat(0), splat(0)};
        struct ray ray;

        ray_begin(&pass->frame->view, &pass->canvas, x, row, &ray);
        for (int k = 0; k < 3; k++) {
            struct sheet sheet;
            vf heat, hot;

            sheet_at(pass, &ray, depth, ((float)k - 1.0f) * 0.4f * fire->radius_m, &sheet);
            heat = flame_heat(sheet.x / fire->radius_m + 0.22f * ((float)k - 1.0f),
                              sheet.y / (fire->height_m * (1.0f - 0.17f * (float)k)),
                              t * (1.0f + 0.1f * (float)k), fire->phase + 3.7f * (float)k) *
                   sheet.clear;
            hot = min_v(heat, splat(1.1f));
            sum[0] = sum[0] + hot * (0.35f + 1.35f * hot);
            sum[1] = sum[1] + hot * hot * (0.22f + 0.58f * hot);
            sum[2] = sum[2] + hot * hot * hot * (0.05f + 0.20f * hot);
        }
        for (int k = 0; k < 3; k++)
            store(pass->canvas.plane[k] + to, load(pass->canvas.plane[k] + to) + sum[k] * peak);
    }
}

void KERNEL(fx_smoke_row)(const struct fx_pass *pass, int row)
{
    const struct fx_fire *fire = pass->fire;
    const struct sky *sky = &pass->frame->world->sky;
    float t = pass->time_s * 0.30f, wind = pass->fx->scene->wind, seed = fire->phase * 5.3f;
    float tall = fx_smoke_m(fire);

    row += pass->first_row;
    for (int x = pass->columns[0]; x < pass->columns[1]; x += VW) {
        size_t to = (size_t)row * (size_t)pass->canvas.stride + (size_t)x;
        vf depth = load(pass->canvas.depth + to), u, v, n, lit, cover, warm, wide;
        struct sheet sheet;
        struct ray ray;

        ray_begin(&pass->frame->view, &pass->canvas, x, row, &ray);
        sheet_at(pass, &ray, depth, 0.3f * fire->radius_m, &sheet);
        v = sheet.y / tall;
        wide = fire->radius_m * (0.55f + 5.0f * max_v(v, splat(0)));
        u = sheet.x - tall * (0.15f + 0.9f * wind) * v * v;
        u = (u + fire->radius_m * 3.0f * v *
                     (noise_v(v * 4.0f - t * 1.2f + seed, splat(seed)) - 0.5f)) /
            wide;
        n = fbm3(u * 1.5f + seed + 0.8f * noise_v(u * 2.0f, v * 9.0f - t * 2.0f),
                 v * 7.0f - t * 2.4f);
        lit = fbm3(u * 1.5f + seed + 0.35f, v * 7.0f - t * 2.4f + 0.45f);
        cover = saturate(1.0f - u * u) * smooth_v(0.30f, 0.66f, n) * smooth_v(0.02f, 0.16f, v) *
                (1.0f - smooth_v(0.45f, 1.0f, v)) * sheet.clear * (0.8f * fire->smoke);
        cover = max_v(cover, splat(0));
        lit = saturate(1.25f - lit * 1.1f);
        warm = saturate(1.0f - v * 3.5f) * (fire->flame * pass->fx->level * 0.55f);
        for (int k = 0; k < 3; k++) {
            float sun = sky->sun_color[k] * 0.055f;
            float open = 0.22f * (sky->ambient_sun[k] + sky->ambient_away[k]);
            vf light = open + sun * lit + warm * (k == 0 ? 0.55f : k == 1 ? 0.22f : 0.06f);

            store(pass->canvas.plane[k] + to,
                  lerp_v(load(pass->canvas.plane[k] + to), light, cover));
        }
    }
}

/* Distance along the ray to a stick, with the normal there; 1e9 where it passes by. */
SIMD vf stick_hit(const struct fx_stick *stick, const struct ray *ray, struct v3 *normal)
{
    struct v3 ba = color(stick->to[0] - stick->from[0], stick->to[1] - stick->from[1],
                         stick->to[2] - stick->from[2]);
    struct v3 oa = color(ray->eye[0] - stick->from[0], ray->eye[1] - stick->from[1],
                         ray->eye[2] - stick->from[2]);
    struct v3 dir = scale3(ray->dir, 1.0f / ray->length), oc, p;
    vf baba = dot3(ba, ba) + 1e-6f, bard = dot3(ba, dir), baoa = dot3(ba, oa);
    vf rdoa = dot3(dir, oa), oaoa = dot3(oa, oa);
    vf a = baba - bard * bard, b = baba * rdoa - baoa * bard;
    vf c = baba * oaoa - baoa * baoa - stick->radius * stick->radius * baba;
    vf h = b * b - a * c, t = (-b - sqrt_v(max_v(h, splat(0)))) / max_v(a, splat(1e-7f));
    vf y = baoa + t * bard, end, hit, along;
    vi body = (h > 0.0f) & (y > 0.0f) & (y < baba);

    end = saturate(y / baba);
    end = choose(end > 0.5f, splat(1), splat(0));
    oc = vec3(oa.x - ba.x * end, oa.y - ba.y * end, oa.z - ba.z * end);
    b = dot3(dir, oc);
    c = dot3(oc, oc) - stick->radius * stick->radius;
    h = b * b - c;
    hit = choose(body, t, choose(h > 0.0f, -b - sqrt_v(max_v(h, splat(0))), splat(1e9f)));
    hit = choose(hit > 0.0f, hit, splat(1e9f));
    p = vec3(oa.x + dir.x * hit, oa.y + dir.y * hit, oa.z + dir.z * hit);
    along = saturate(dot3(p, ba) / baba);
    *normal = scale3(vec3(p.x - ba.x * along, p.y - ba.y * along, p.z - ba.z * along),
                     splat(1.0f / stick->radius));
    return hit / ray->length;
}

SIMD struct v3 stick_light(const struct fx_pass *pass, const struct fx_stick *stick, struct v3 p,
                           struct v3 normal)
{
    const struct fx_fire *fire = pass->fire;
    const struct sky *sky = &pass->frame->world->sky;
    struct v3 to = vec3(fire->place[0] - p.x, fire->place[1] + 0.4f * fire->height_m - p.y,
                        fire->place[2] - p.z);
    vf near = 1.0f / (dot3(to, to) + 0.06f);
    vf facing = saturate(dot3(normal, unit3(to)) * 0.8f + 0.2f);
    vf sun = saturate(dot3(normal, splat3(sky->sun)));
    vf grain = fbm3(p.x * 19.0f + p.y * 7.0f, p.z * 19.0f - p.y * 23.0f);
    vf glow = stick->ember * smooth_v(0.45f, 0.75f, grain) *
              saturate(1.3f - 2.2f * sqrt_v(dot3(to, to)) / fire->radius_m * 0.5f);
    vf albedo = (stick->ember > 0 ? 0.07f : 0.20f) * (0.4f + 1.2f * grain);
    vf warm = near * facing * (fire->flame * pass->fx->level * fire->height_m * fire->radius_m);
    struct v3 out = color(0, 0, 0);

    for (int k = 0; k < 3; k++) {
        float fire_tint = k == 0 ? 1.0f : k == 1 ? 0.42f : 0.11f;
        float ember_tint = k == 0 ? 1.5f : k == 1 ? 0.30f : 0.03f;
        float open = 0.5f * (sky->ambient_sun[k] + sky->ambient_away[k]);
        vf light = albedo * (open * (0.6f + 0.4f * normal.y) + sky->sun_color[k] * 0.318f * sun +
                             warm * fire_tint) +
                   glow * (pass->fx->level * ember_tint);

        if (k == 0)
            out.x = light;
        else if (k == 1)
            out.y = light;
        else
            out.z = light;
    }
    return out;
}

void KERNEL(fx_sticks_row)(const struct fx_pass *pass, int row)
{
    row += pass->first_row;
    for (int x = pass->columns[0]; x < pass->columns[1]; x += VW) {
        size_t to = (size_t)row * (size_t)pass->canvas.stride + (size_t)x;
        vf was = load(pass->canvas.depth + to);
        struct ray ray;

        ray_begin(&pass->frame->view, &pass->canvas, x, row, &ray);
        for (int i = 0; i < pass->fire->stick_count; i++) {
            const struct fx_stick *stick = &pass->fire->sticks[i];
            struct v3 normal, light;
            vf depth = stick_hit(stick, &ray, &normal);
            vi hit = (depth * ray.flat < was) & (depth < SKY_DEPTH);

            if (!any(hit))
                continue;
            light = stick_light(pass, stick, ray_at(&ray, depth), normal);
            was = choose(hit, depth * ray.flat, was);
            store(pass->canvas.mover + to, choose(hit, splat(0), load(pass->canvas.mover + to)));
            for (int k = 0; k < 3; k++) {
                vf c = k == 0 ? light.x : k == 1 ? light.y : light.z;

                store(pass->canvas.plane[k] + to, choose(hit, c, load(pass->canvas.plane[k] + to)));
            }
        }
        store(pass->canvas.depth + to, was);
    }
}

SIMD struct v3 point_of(const struct fx_pass *pass, int x, int row, vf *depth)
{
    struct ray ray;

    *depth = load(pass->canvas.depth + (ptrdiff_t)row * pass->canvas.stride + x);
    ray_begin(&pass->frame->view, &pass->canvas, x, row, &ray);
    return ray_at(&ray, min_v(*depth, splat(1e6f)) / ray.flat);
}

/* The difference to the neighbor that is more likely on the same surface. */
SIMD struct v3 side_of(struct v3 before, struct v3 p, struct v3 after)
{
    struct v3 a = vec3(p.x - before.x, p.y - before.y, p.z - before.z);
    struct v3 b = vec3(after.x - p.x, after.y - p.y, after.z - p.z);

    return choose3(dot3(a, a) < dot3(b, b), a, b);
}

SIMD struct v3 normal_of(const struct fx_pass *pass, int x, int row, struct v3 p)
{
    int up = row > 0 ? row - 1 : row, down = row + 1 < pass->canvas.height ? row + 1 : row;
    vf depth;
    struct v3 across =
        side_of(point_of(pass, x - 2, row, &depth), p, point_of(pass, x + 2, row, &depth));
    struct v3 rise = side_of(point_of(pass, x, down, &depth), p, point_of(pass, x, up, &depth));
    struct v3 n = vec3(rise.y * across.z - rise.z * across.y, rise.z * across.x - rise.x * across.z,
                       rise.x * across.y - rise.y * across.x);
    struct v3 eye = vec3(pass->frame->view.eye[0] - p.x, pass->frame->view.eye[1] - p.y,
                         pass->frame->view.eye[2] - p.z);
    vf turn = choose(dot3(n, eye) < 0.0f, splat(-1), splat(1));

    n = scale3(n, turn / sqrt_v(dot3(n, n) + 1e-12f));
    n.y += pass->fx->roughness; /* between blades a depth says little of how the ground lies */
    return unit3(n);
}

void KERNEL(fx_light_row)(const struct fx_pass *pass, int row)
{
    row += pass->first_row;
    for (int x = 0; x < pass->canvas.width; x += VW) {
        size_t to = (size_t)row * (size_t)pass->canvas.stride + (size_t)x;
        vf sum[3] = {splat(0), splat(0), splat(0)}, bright, depth, dark;
        struct v3 p = point_of(pass, x, row, &depth), normal;
        vi solid = depth < SKY_DEPTH;

        if (!any(solid))
            continue;
        normal = normal_of(pass, x, row, p);
        for (int i = 0; i < pass->light_count; i++) {
            const struct fx_light *light = &pass->lights[i];
            struct v3 way =
                vec3(light->place[0] - p.x, light->place[1] - p.y, light->place[2] - p.z);
            vf far = dot3(way, way), window, facing;

            window = saturate(1.0f - far * (1.0f / (light->reach_m * light->reach_m)));
            facing = saturate(dot3(normal, way) / sqrt_v(far + 1e-4f) * 0.8f + 0.2f);
            window = window * window * facing / (far + light->soft_m * light->soft_m);
            for (int k = 0; k < 3; k++)
                sum[k] = sum[k] + window * light->color[k];
        }
        bright = 0.2126f * load(pass->canvas.plane[0] + to) +
                 0.7152f * load(pass->canvas.plane[1] + to) +
                 0.0722f * load(pass->canvas.plane[2] + to);
        /* Albedo: its brightness against what is usual here, within what is likely. */
        dark = clamp_v(bright * (0.2f / pass->fx->key), 0.03f, 0.45f) * 0.3183f;
        for (int k = 0; k < 3; k++) {
            vf was = load(pass->canvas.plane[k] + to);
            vf tint = 0.45f + 0.55f * clamp_v(was / max_v(bright, splat(1e-6f)), 0.3f, 2.0f);

            store(pass->canvas.plane[k] + to, was + choose(solid, sum[k] * dark * tint, splat(0)));
        }
    }
}

/* Lightning: clouds and haze light up about the bolt, land under them. */
void KERNEL(fx_flash_row)(const struct fx_pass *pass, int row)
{
    const struct view *view = &pass->frame->view;
    static const float tint[3] = {0.80f, 0.88f, 1.10f};

    for (int x = 0; x < pass->canvas.width; x += VW) {
        size_t to = (size_t)row * (size_t)pass->canvas.stride + (size_t)x;
        vf depth = load(pass->canvas.depth + to), across, near, bright, glow;
        struct ray ray;

        ray_begin(view, &pass->canvas, x, row, &ray);
        across = ray.dir.x * view->right[0] + ray.dir.z * view->right[1] - pass->flash_at[0];
        near = ray.dir.y - pass->flash_at[1];
        near = 1.0f / (1.0f + 5.0f * (across * across + 0.6f * near * near));
        bright = (load(pass->canvas.plane[0] + to) + load(pass->canvas.plane[1] + to) +
                  load(pass->canvas.plane[2] + to)) *
                 0.333f;
        bright = clamp_v(bright * (1.0f / pass->fx->key), 0.1f, 3.0f);
        glow = choose(depth < SKY_DEPTH, 0.10f * bright, near * (0.25f + 0.35f * bright * bright)) *
               pass->flash;
        for (int k = 0; k < 3; k++)
            store(pass->canvas.plane[k] + to, load(pass->canvas.plane[k] + to) + glow * tint[k]);
    }
}
