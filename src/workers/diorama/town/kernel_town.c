/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel that draws a tile of a town: nearest box of each ray, its face, its light, the air. */
#include <math.h>

#include "workers/diorama/kernel_table.h"
#include "workers/diorama/town/skyline_simd.h"
#include "workers/diorama/town/snow_simd.h"
#include "workers/diorama/town/town_simd.h"

#define FAR_M 3200.0f

/* Where rays got to: key is box * FACES + face, or -1 for none. */
struct town_hit {
    vf depth;
    vi key;
};

SIMD vf inverse(vf x)
{
    return 1.0f / choose(abs_v(x) < 1e-6f, splat(1e-6f), x);
}

SIMD void trace_boxes(const struct town *town, const struct bins *bins, int tile,
                      const struct ray *ray, vf from, struct town_hit *hit)
{
    const short *list = bins->lists + tile * bins->most;
    const float *nearest = bins->nearest + tile * bins->most;
    vf ix = inverse(ray->dir.x), iy = inverse(ray->dir.y), iz = inverse(ray->dir.z);

    for (int i = 0; i < bins->counts[tile]; i++) {
        const struct town_box *box = &town->boxes[list[i]];
        vf x0 = (box->low[0] - ray->eye[0]) * ix, x1 = (box->high[0] - ray->eye[0]) * ix;
        vf y0 = (box->low[1] - ray->eye[1]) * iy, y1 = (box->high[1] - ray->eye[1]) * iy;
        vf z0 = (box->low[2] - ray->eye[2]) * iz, z1 = (box->high[2] - ray->eye[2]) * iz;
        vf nx = min_v(x0, x1), ny = min_v(y0, y1), nz = min_v(z0, z1);
        vf near = max_v(max_v(nx, ny), nz);
        vf far = min_v(min_v(max_v(x0, x1), max_v(y0, y1)), max_v(z0, z1));
        vi met = (near <= far) & (near > from) & (near < hit->depth), face;

        if (!any(hit->depth > nearest[i]))
            break;
        if (!any(met))
            continue;
        face = ((near == ny) & 1) | ((near == nz) & ~(near == ny) & 2);
        if (box->solid) {
            struct town_stretch in = {ny, max_v(y0, y1), splat_int(FACE_LEVEL)};
            const struct town_solid *solid = &town->solids[box->solid];

            if (solid->sides)
                cut_sides(solid, box->low[1], ray, &in);
            else
                cut_round(solid, box->low[1], ray, &in);
            near = in.near;
            face = in.face;
            met &= (near <= in.far) & (near > from) & (near < hit->depth);
        }
        hit->depth = choose(met, near, hit->depth);
        hit->key = (met & (face + (int)list[i] * FACES)) | (~met & hit->key);
    }
}

SIMD void paint_face(const struct frame *frame, const struct town *town, const struct town_box *box,
                     const struct facade *at, int axis, struct paint *paint)
{
    float time = frame->clip_time_s, flicker = 1;

    switch (box->kind) {
    case TOWN_HOUSE:
        paint->albedo = wall_color(box, at);
        if (axis == 1)
            break;
        if (box->shop_m > 0 && any(at->v - at->grain < box->shop_m - 0.8f))
            shop_paint(box, at, paint);
        window_paint(town, box, at, paint);
        break;
    case TOWN_TOWER:
        if (axis != 1)
            tower_paint(town, box, at, paint);
        break;
    case TOWN_SIGN:
        /* A tube now and then fails for a moment. */
        if (box->salt % 7 == 0 && sinf(time * 5.0f + (float)box->salt) > 0.93f)
            flicker = 0.35f;
        if (axis == (box->upright ? 2 : 0))
            sign_paint(town, box, at, flicker, paint);
        else
            paint->glow = scale3(splat3(box->glow), splat(0.03f));
        break;
    case TOWN_LAMP:
        paint->glow = splat3(box->glow);
        break;
    case TOWN_VENDING:
        if (axis == 0 && town->night > 0) {
            vf rows = fract_v(at->v * 3.2f), front = mask_v((at->v > 0.6f) & (at->v < 1.75f));

            front *= mask_v((at->u > 0.08f) & (at->u < 0.92f));
            paint->glow = scale3(goods(at->u * 3.0f, at->v * 1.45f, splat_int(box->salt)),
                                 front * (0.35f + 0.5f * mask_v(rows < 0.75f)));
        }
        break;
    case TOWN_STRIPE:
        paint->albedo =
            lerp3(paint->albedo, color(0.62f, 0.58f, 0.50f), mask_v(fract_v(at->u * 1.6f) < 0.5f));
        break;
    case TOWN_LEAVES:
        paint->albedo = leaves(box, at);
        break;
    case TOWN_BOARD:
        if (axis == 2)
            paint->albedo = lerp3(paint->albedo, chalk(box, at), board_inside(at));
        break;
    case TOWN_PAVING:
    case TOWN_PLAIN:
        break;
    }
}

/* One side of a box: axis 0 x, 1 y, 2 z, and which way it looks. */
struct face {
    const struct town_box *box;
    int axis;
    float sign;
};

/* Light of the face `axis` of a box along the rays that hit it. */
SIMD struct v3 shade_face(const struct frame *frame, const struct town *town,
                          const struct face *face, const struct ray *ray, vf depth)
{
    const struct town_box *box = face->box;
    int axis = face->axis;
    float sign = face->sign;
    struct v3 place = ray_at(ray, depth), light, seen;
    struct paint paint = {splat3(box->color), color(0, 0, 0), splat(0)};
    struct facade at;
    vf into, facing, fresnel;

    into = 1.0f / max_v(abs_v(axis == 0 ? ray->dir.x : ray->dir.z), splat(1e-3f));
    at.u = axis == 0 ? place.z - box->low[2] : place.x - box->low[0];
    at.v = place.y - box->low[1];
    at.du = clamp_v((axis == 0 ? ray->dir.z : ray->dir.x) * into, -20.0f, 20.0f);
    at.dv = clamp_v(ray->dir.y * into, -20.0f, 20.0f);
    /* A face seen from the side is sampled more coarsely along itself. */
    at.grain = depth * frame->view.pixel * min_v(0.6f + 0.25f * ray->length * into, splat(6.0f));
    at.wide = axis == 0 ? box->high[2] - box->low[2] : box->high[0] - box->low[0];
    at.tall = box->high[1] - box->low[1];
    if (box->kind == TOWN_SIGN &&
        sign * (axis == 0 ? 1.0f : -1.0f) < 0) { /* reads from left to right */
        at.u = at.wide - at.u;
        at.du = -at.du;
    }
    paint_face(frame, town, box, &at, axis, &paint);
    if (town->snow)
        snow_paint(box, &at, axis, sign, &paint);
    light = face_light(town, place, axis, sign);
    /* Corners along the ground are dim. */
    light = scale3(light, axis == 1 ? splat(1) : 0.6f + 0.4f * smooth_v(0.0f, 1.2f, place.y));
    seen = mad3(mul3(paint.albedo, light), paint.glow, splat(1));
    if (axis != 1 && any(paint.gloss > 0.0f)) {
        struct v3 dir = scale3(ray->dir, 1.0f / ray->length);

        facing = 1.0f - abs_v(axis == 0 ? dir.x : dir.z);
        fresnel = facing * facing;
        fresnel = (box->kind == TOWN_TOWER ? 0.30f : 0.07f) + 0.70f * fresnel * fresnel * facing;
        dir = axis == 0 ? vec3(-dir.x, dir.y, dir.z) : vec3(dir.x, dir.y, -dir.z);
        seen = lerp3(seen, mirrored_sky(frame, town, dir, light), fresnel * paint.gloss);
    }
    return seen;
}

/* Shades the lanes that hit something, one face after the other. */
SIMD struct v3 shade_hits(const struct frame *frame, const struct town *town,
                          const struct mirror *mirror, const struct ray *ray,
                          const struct town_hit *hit)
{
    vi left = hit->key >= 0;
    struct v3 all = color(0, 0, 0);

    for (int lane = 0; lane < VW && any(left); lane++) {
        int key = hit->key[lane], axis = key % FACES;
        const struct town_box *box = &town->boxes[key < 0 ? 0 : key / FACES];
        float dir = axis == 0 ? ray->dir.x[lane] : axis == 1 ? ray->dir.y[lane] : ray->dir.z[lane];
        vi same = left & (hit->key == key);
        struct v3 light;

        if (key < 0 || !left[lane])
            continue;
        left &= ~same;
        if (!town->is_street)
            light = shade_skyline(frame, town, box, axis, ray, hit->depth);
        else if (box->kind == TOWN_PAVING && axis == 1)
            light = town->snow ? snow_ground(frame, town, ray, hit->depth)
                               : street_ground(frame, town, mirror, ray, hit->depth, true);
        else
            light = shade_face(frame, town, &(struct face){box, axis, dir > 0 ? -1.0f : 1.0f}, ray,
                               hit->depth);
        all = choose3(same, light, all);
    }
    return all;
}

/* Snow hides what it reaches above. */
SIMD void meet_snow(const struct town *town, const struct ray *ray, struct town_hit *hit)
{
    vf met = snow_meet(town, ray, hit->depth);

    hit->key |= met < hit->depth;
    hit->depth = met;
}

/* The ground where no box stands on it. */
SIMD struct v3 bare_ground(const struct frame *frame, const struct town *town,
                           const struct mirror *mirror, const struct ray *ray, vf depth)
{
    if (!town->is_street)
        return skyline_ground(frame, town, mirror, ray, depth);
    if (town->snow)
        return snow_ground(frame, town, ray, depth);
    return street_ground(frame, town, mirror, ray, depth, false);
}

/* The sky behind a town, with its glow and haze low down. */
SIMD struct v3 behind(const struct frame *frame, const struct town_target *target,
                      const struct ray *ray, size_t at)
{
    const struct canvas *canvas = target->canvas;
    vf up = max_v(ray->dir.y / ray->length, splat(0));
    float far = frame->town->is_street ? 420.0f : 4200.0f;
    struct v3 sky =
        vec3(load(canvas->plane[0] + at), load(canvas->plane[1] + at), load(canvas->plane[2] + at));

    if (canvas->mirrored)
        sky = sky_radiance(&frame->world->sky, scale3(ray->dir, 1.0f / ray->length));
    if (!frame->town->is_street)
        return skyline_air(frame, frame->town, ray, far / (1.0f + 9.0f * up), sky);
    return town_air(frame->town, sky, far / (1.0f + 9.0f * up));
}

void KERNEL(town_tile)(const struct frame *frame, const struct town_target *target, int tile)
{
    const struct town *town = frame->town;
    const struct canvas *canvas = target->canvas;
    int columns = target->bins->columns, left = tile % columns * BINS_TILE_WIDE;
    int top = tile / columns * BINS_TILE_TALL, bottom = top + BINS_TILE_TALL;

    for (int row = top; row < bottom && row < canvas->height; row++)
        for (int x = left; x < left + BINS_TILE_WIDE && x < canvas->width; x += VW) {
            size_t to = (size_t)row * (size_t)canvas->stride + (size_t)x;
            struct town_hit hit = {splat(FAR_M), splat_int(-1)};
            struct v3 light;
            struct ray ray;
            vi grounded;
            vf from = splat(0.02f);

            ray_begin(&frame->view, canvas, x, row, &ray);
            grounded = canvas->mirrored ? splat_int(0) : ray.dir.y < -1e-5f;
            if (canvas->mirrored)
                from = -ray.eye[1] / max_v(ray.dir.y, splat(1e-4f));
            hit.depth =
                choose(grounded, min_v(-ray.eye[1] / min_v(ray.dir.y, splat(-1e-5f)), hit.depth),
                       hit.depth);
            trace_boxes(town, target->bins, tile, &ray, from, &hit);
            if (town->snow && town->is_street)
                meet_snow(town, &ray, &hit);
            light = shade_hits(frame, town, target->mirror, &ray, &hit);
            grounded &= (hit.key < 0) & (hit.depth < FAR_M);
            if (any(grounded))
                light = choose3(grounded, bare_ground(frame, town, target->mirror, &ray, hit.depth),
                                light);
            light = town->is_street ? town_air(town, light, hit.depth * ray.length)
                                    : skyline_air(frame, town, &ray, hit.depth * ray.length, light);
            grounded |= hit.key >= 0;
            if (any(~grounded))
                light = choose3(grounded, light, behind(frame, target, &ray, to));
            store(canvas->plane[0] + to, light.x);
            store(canvas->plane[1] + to, light.y);
            store(canvas->plane[2] + to, light.z);
            store(canvas->depth + to, choose(grounded, hit.depth * ray.flat, splat(1e9f)));
        }
}
