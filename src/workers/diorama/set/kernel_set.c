/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels that draw a tile of a set: the nearest solid of each ray, its matter, its light. */
#include <math.h>

#include "workers/diorama/forest/forest_simd.h"
#include "workers/diorama/kernel_table.h"
#include "workers/diorama/set/light_simd.h"
#include "workers/diorama/set/matter_simd.h"
#include "workers/diorama/set/outdoor_simd.h"
#include "workers/diorama/set/outlook_simd.h"
#include "workers/diorama/set/solid_simd.h"
#include "workers/diorama/town/mirror.h"

enum { BEAM_STEPS = 22 };

#define FAR_M 1e5f

/* What the rays of a vector met. */
struct surface {
    struct v3 place, normal, albedo, glow;
    vf gloss, through, grain;
};

SIMD void paint_matter(const struct set *set, const struct set_solid *solid, struct set_spot *spot)
{
    switch ((int)solid->matter) {
    case MATTER_PLANKS:
        plank_paint(solid, spot);
        break;
    case MATTER_PARQUET:
        parquet_paint(solid, spot);
        break;
    case MATTER_TILES:
        tile_paint(solid, spot);
        break;
    case MATTER_BRICK:
        brick_paint(solid, spot);
        break;
    case MATTER_PAPER:
        paper_paint(solid, spot);
        break;
    case MATTER_WOOD:
        wood_paint(solid, spot);
        break;
    case MATTER_CLOTH:
    case MATTER_DRAPE:
        cloth_paint(solid, spot);
        spot->through = splat(solid->matter == MATTER_DRAPE ? 0.32f : 0.0f);
        break;
    case MATTER_RUG:
        rug_paint(solid, spot);
        break;
    case MATTER_BOOK:
        book_paint(solid, spot);
        break;
    case MATTER_PICTURE:
        picture_paint(solid, spot);
        break;
    case MATTER_LEAF:
        leaf_paint(solid, spot);
        break;
    case MATTER_SHADE:
        shade_paint(solid, spot);
        break;
    default:
        outdoor_paint(set, solid, spot);
        break;
    }
}

/* Where on its side a place is: across and up. */
SIMD void spot_aim(struct set_spot *spot)
{
    vf x = abs_v(spot->n.x), y = abs_v(spot->n.y), z = abs_v(spot->n.z);
    vi top = (y > x) & (y > z), side = (x > z) & ~top;

    spot->u = choose(side, spot->p.z, spot->p.x);
    spot->v = choose(top, spot->p.z, spot->p.y);
}

SIMD void paint_solid(const struct set *set, int key, const struct set_ray *ray, vf depth,
                      struct surface *surface)
{
    const struct set_solid *solid = &set->solids[key];
    struct v3 place = mad3(ray->eye, ray->dir, depth), n;
    struct set_spot spot;
    vf slant, e = 0.0008f + depth * (0.6f * ray->grain);

    spot.p = solid_local(solid, place);
    n = solid_normal(solid, spot.p, e, ray->sway);
    spot.n = solid_turn(solid, n);
    slant = abs_v(dot3(n, ray->dir)) / ray->length;
    spot.grain = depth * ray->grain * min_v(0.5f + 0.5f / max_v(slant, splat(0.04f)), splat(8));
    spot_aim(&spot);
    spot.albedo = splat3(solid->color);
    spot.glow = splat3(solid->glow);
    spot.gloss = splat(solid->gloss);
    spot.through = splat(0);
    spot.tilt = color(0, 0, 0);
    paint_matter(set, solid, &spot);
    if (set->is_outdoors)
        weather_paint(set, place, n, &spot);
    surface->place = place;
    surface->normal = unit3(add3(n, solid_return(solid, spot.tilt)));
    surface->albedo = spot.albedo;
    surface->glow = spot.glow;
    surface->gloss = spot.gloss;
    surface->through = spot.through;
    surface->grain = spot.grain;
}

/* One solid after the other of those that the lanes met. */
SIMD void paint_hits(const struct set *set, const struct set_ray *ray, const struct set_hit *hit,
                     struct surface *all)
{
    vi left = hit->key >= 0;

    *all = (struct surface){ray->eye, color(0, 1, 0), color(0, 0, 0), color(0, 0, 0),
                            splat(0), splat(0),       splat(0)};
    while (any(left)) {
        int lane = __builtin_ctz(bits(left)), key = hit->key[lane];
        vi same = left & (hit->key == key);
        struct surface one;

        paint_solid(set, key, ray, hit->depth, &one);
        all->place = choose3(same, one.place, all->place);
        all->normal = choose3(same, one.normal, all->normal);
        all->albedo = choose3(same, one.albedo, all->albedo);
        all->glow = choose3(same, one.glow, all->glow);
        all->gloss = choose(same, one.gloss, all->gloss);
        all->through = choose(same, one.through, all->through);
        all->grain = choose(same, one.grain, all->grain);
        left &= ~same;
    }
}

/* What a polished surface shows of windows and lamps. */
SIMD struct v3 glints(const struct set *set, const struct surface *at, struct v3 dir)
{
    struct v3 light = color(0, 0, 0);
    vf rough = 0.10f + 0.5f * (1.0f - at->gloss);

    for (int i = 0; i < set->window_count; i++) {
        const struct set_window *window = &set->windows[i];
        struct v3 to = vec3(window->middle[0] - at->place.x, window->middle[1] - at->place.y,
                            window->middle[2] - at->place.z);
        vf out = dot3(dir, splat3(window->out)), far = dot3(to, splat3(window->out)), u, v, soft;

        far = far / max_v(out, splat(0.02f));
        u = abs_v(far * dot3(dir, splat3(window->across)) - dot3(to, splat3(window->across)));
        v = abs_v(far * dir.y - to.y);
        soft = 1.0f / (0.02f + rough * min_v(far, splat(6)));
        u = saturate((window->half[0] - u) * soft + 0.5f) *
            saturate((window->half[1] - v) * soft + 0.5f);
        u *= mask_v((out > 0.02f) & (far > 0.0f));
        light = mad3(light, window_radiance(window, dir.y), u);
    }
    for (int i = 0; i < set->lamp_count; i++) {
        const struct set_lamp *lamp = &set->lamps[i];
        struct v3 to = vec3(lamp->place[0] - at->place.x, lamp->place[1] - at->place.y,
                            lamp->place[2] - at->place.z);
        vf square = dot3(to, to), near = saturate(dot3(to, dir) / sqrt_v(square + 1e-6f));

        near *= near;
        near *= near;
        near *= near;
        near *= near;
        near *= near;
        light = mad3(light, splat3(lamp->power), near * 2.2f / (square + 0.3f));
    }
    return light;
}

/* A picture of the mirror, level by level. Position in its samples. */
SIMD struct v3 read_mirror(const struct canvas *canvas, float *const plane[3], vf x, vf y)
{
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

/* The room upside down, as a polished floor shows it. */
SIMD struct v3 floor_mirror(const struct frame *frame, const struct mirror *mirror,
                            const struct set_ray *ray, const struct surface *at)
{
    const struct view *view = &frame->view;
    const struct canvas *canvas = &mirror->canvas;
    vf ahead = at->normal.x * view->forward[0] + at->normal.z * view->forward[1];
    vf side = at->normal.x * view->right[0] + at->normal.z * view->right[1], x, y;
    struct v3 sharp, soft;

    x = (ray->dir.x * view->right[0] + ray->dir.z * view->right[1] +
         2.0f * side * abs_v(ray->dir.y)) *
            (1.0f / canvas->pixel[0]) +
        (0.5f * (float)canvas->width - 0.5f);
    y = (0.5f * (float)canvas->height - 0.5f) -
        (ray->dir.y + 2.0f * ahead * abs_v(ray->dir.y) - view->shift) * (1.0f / canvas->pixel[1]);
    sharp = read_mirror(canvas, mirror->soft[0], x, y);
    soft = read_mirror(canvas, mirror->soft[1], x, y);
    return lerp3(soft, sharp, saturate(at->gloss * 1.1f));
}

SIMD struct v3 sunlight(const struct frame *frame, const struct set *set, const struct surface *at)
{
    const struct sky *sky = &frame->world->sky;
    vf facing = dot3(at->normal, splat3(sky->sun)), amount;
    vf back = saturate(-facing) * at->through;

    if (!set->sun.shines)
        return color(0, 0, 0);
    amount = saturate(facing) + back;
    amount = choose(at->through > 0.0f, max_v(amount, 0.35f * at->through), amount);
    if (any(amount > 0.0f))
        amount *= sun_seen(&set->sun, sky->sun, mad3(at->place, at->normal, splat(0.012f)),
                           set->is_outdoors ? 0.08f : 0.03f);
    if (frame->forest && any(amount > 0.0f))
        amount *= sun_through(frame->forest, 1, at->place, at->grain);
    return scale3(splat3(sky->sun_color), amount * 0.318f);
}

SIMD struct v3 light_surface(const struct frame *frame, const struct set_target *target,
                             const struct set_ray *ray, const struct surface *at)
{
    const struct set *set = target->set;
    struct v3 view = scale3(ray->dir, 1.0f / ray->length), light, ambient, dir, shine;
    struct v3 off = mad3(at->place, at->normal, splat(0.45f * set->probes.step_m[1]));
    vf open = field_open(&set->field, at->place, at->normal), facing, fresnel, mirrored;

    ambient = scale3(probe_light(&set->probes, off, at->normal), open);
    if (any(at->through > 0.0f)) {
        struct v3 behind = mad3(at->place, at->normal, splat(-0.12f));
        struct v3 back = probe_light(&set->probes, behind, scale3(at->normal, splat(-1)));

        ambient = mad3(ambient, back, at->through);
    }
    light = add3(ambient, sunlight(frame, set, at));
    if (set->lamp_count > 0)
        light = add3(light, scale3(lamps_light(set, at->place, at->normal, frame->clip_time_s, 1),
                                   0.35f + 0.65f * open));
    shine = light;
    light = mad3(mul3(light, at->albedo), at->glow, splat(1));
    facing = 1.0f - saturate(-dot3(at->normal, view));
    fresnel = facing * facing;
    fresnel = fresnel * fresnel * facing;
    /* The sheen of plain things against the light. */
    light =
        mad3(light, mul3(ambient, add3(at->albedo, color(0.08f, 0.08f, 0.08f))), fresnel * 0.35f);
    mirrored = at->gloss * (0.045f + 0.70f * fresnel * (0.3f + 0.7f * at->gloss));
    if (!any(mirrored > 0.002f))
        return light;
    dir = mad3(view, at->normal, -2.0f * dot3(view, at->normal));
    shine =
        mad3(scale3(lerp3(shine, ambient, splat(0.5f)), splat(0.45f)), glints(set, at, dir), open);
    if (target->mirror) {
        vi level = (at->place.y < 0.03f) & (at->normal.y > 0.9f);

        if (any(level))
            shine = choose3(level, floor_mirror(frame, target->mirror, ray, at), shine);
    }
    return lerp3(light, shine, mirrored);
}

/* The sky as sky_row() left it; on the mirror without its clouds. */
SIMD struct v3 sky_behind(const struct frame *frame, const struct canvas *canvas,
                          const struct set_ray *ray)
{
    const struct view *view = &frame->view;
    float per = (float)frame->sky_width / (view->pixel * (float)frame->out_width);
    vf x = (ray->dir.x * view->right[0] + ray->dir.z * view->right[1]) * per, y, u, v, c[3];
    vi at;

    if (canvas->mirrored)
        return lerp3(sky_radiance(&frame->world->sky, scale3(ray->dir, 1.0f / ray->length)),
                     splat3(frame->world->air.veil_color), splat(frame->world->air.veil));
    x = clamp_v(x + (0.5f * (float)frame->sky_width - 0.5f), 0, (float)frame->sky_width - 1.01f);
    y = clamp_v((0.5f * (float)frame->sky_height - 0.5f) - (ray->dir.y - view->shift) * per, 0,
                (float)frame->sky_height - 1.01f);
    u = x - floor_v(x);
    v = y - floor_v(y);
    at = to_int(floor_v(y)) * frame->sky_stride + to_int(floor_v(x));
    for (int k = 0; k < 3; k++) {
        const float *from = frame->sky[k];

        c[k] = lerp_v(lerp_v(gather(from, at), gather(from, at + 1), u),
                      lerp_v(gather(from, at + frame->sky_stride),
                             gather(from, at + (frame->sky_stride + 1)), u),
                      v);
    }
    return vec3(c[0], c[1], c[2]);
}

/* What shows where no solid does. */
SIMD struct v3 behind_set(const struct frame *frame, const struct set_target *target,
                          const struct set_ray *ray)
{
    const struct set *set = target->set;
    const struct canvas *canvas = target->canvas;
    struct v3 sky = sky_behind(frame, canvas, ray), all = sky;

    if (set->is_outdoors)
        return country_light(frame, set, ray, sky);
    for (int i = 0; i < set->window_count; i++) {
        const struct set_window *window = &set->windows[i];
        struct outlook view;
        vi seen;

        outlook_begin(frame, set, window, ray, &view);
        seen = (abs_v(view.across) < window->half[0] + 0.25f) &
               (abs_v(view.rise) < window->half[1] + 0.25f);
        seen &= (ray->dir.x * window->out[0] + ray->dir.z * window->out[2]) > 0.0f;
        if (any(seen))
            all = choose3(seen, outlook_light(&view, sky), all);
    }
    return all;
}

SIMD void trace_tile(const struct set_target *target, int tile, const struct set_ray *ray, vf from,
                     struct set_hit *hit)
{
    const short *list = target->bins->lists + tile * target->bins->most;
    const float *nearest = target->bins->nearest + tile * target->bins->most;

    for (int i = 0; i < target->bins->counts[tile]; i++) {
        if (!any(hit->depth > nearest[i]))
            break;
        trace_solid(&target->set->solids[list[i]], list[i], ray, from, hit);
    }
}

void KERNEL(set_tile)(const struct frame *frame, const struct set_target *target, int tile)
{
    const struct canvas *canvas = target->canvas;
    const struct set *set = target->set;
    int columns = target->bins->columns, left = tile % columns * BINS_TILE_WIDE;
    int top = tile / columns * BINS_TILE_TALL, bottom = top + BINS_TILE_TALL;

    for (int row = top; row < bottom && row < canvas->height; row++)
        for (int x = left; x < left + BINS_TILE_WIDE && x < canvas->width; x += VW) {
            size_t to = (size_t)row * (size_t)canvas->stride + (size_t)x;
            struct set_hit hit = {splat(FAR_M), splat_int(-1)};
            struct v3 light = color(0, 0, 0);
            struct surface surface;
            struct set_ray ray;
            struct ray from;
            vf start = splat(0.02f);
            vi met;

            ray_begin(&frame->view, canvas, x, row, &from);
            ray = (struct set_ray){splat3(from.eye), from.dir, from.length, canvas->pixel[1],
                                   set->wind * sinf(frame->clip_time_s * 1.1f)};
            if (canvas->mirrored)
                start = -from.eye[1] / max_v(from.dir.y, splat(1e-4f)) + 0.012f;
            trace_tile(target, tile, &ray, start, &hit);
            met = hit.key >= 0;
            if (any(met)) {
                paint_hits(set, &ray, &hit, &surface);
                light = light_surface(frame, target, &ray, &surface);
            }
            if (set->is_outdoors)
                light = outdoor_air(frame, set, light, hit.depth * ray.length);
            if (any(~met))
                light = choose3(met, light, behind_set(frame, target, &ray));
            store(canvas->plane[0] + to, light.x);
            store(canvas->plane[1] + to, light.y);
            store(canvas->plane[2] + to, light.z);
            store(canvas->depth + to, choose(met, hit.depth * from.flat, splat(1e9f)));
        }
}

/* Where the steps of a ray begin: sixteen places, each once in every square of four by four, over
 * which the beams are then averaged. */
SIMD vf beam_dither(vf x, int y)
{
    static const float order[4][4] = {{0, 8, 2, 10}, {12, 4, 14, 6}, {3, 11, 1, 9}, {15, 7, 13, 5}};

    return (gather(order[y & 3], to_int(x) & 3) + 0.5f) * (1.0f / 16.0f);
}

/* How far each ray goes through sunlit dust: one row at the sky's size, into its last plane. */
void KERNEL(set_beam_row)(const struct frame *frame, const struct set_target *target, int row)
{
    const struct set *set = target->set;
    const struct canvas *canvas = target->canvas;
    const struct view *view = &frame->view;
    const float *sun = frame->world->sky.sun;
    float ratio = (float)canvas->width / (float)frame->sky_width;
    int from_row = (int)(((float)row + 0.5f) * (float)canvas->height / (float)frame->sky_height);

    for (int column = 0; column < frame->sky_width; column += VW) {
        vf x = lane_index() + (float)column, u, v, far, sum = splat(0), step, t, depth;
        vi at = to_int((x + 0.5f) * ratio);
        struct v3 dir, eye = splat3(view->eye);

        at = to_int(min_v(to_float(at), splat((float)canvas->width - 1))) +
             from_row * canvas->stride;
        depth = min_v(gather(canvas->depth, at), splat(40));
        u = ((x + 0.5f) * ratio - 0.5f * (float)canvas->width) * canvas->pixel[0];
        v = splat((0.5f * (float)canvas->height - (float)from_row) * canvas->pixel[1] +
                  view->shift);
        dir = vec3(view->forward[0] + u * view->right[0], v, view->forward[1] + u * view->right[1]);
        far = min_v(depth / sqrt_v(1.0f + u * u), splat(12));
        step = far * (1.0f / BEAM_STEPS);
        t = step * beam_dither(x, row);
        for (int i = 0; i < BEAM_STEPS; i++) {
            sum += sun_touch(&set->sun, sun, mad3(eye, dir, t));
            t += step;
        }
        sum *= step * sqrt_v(1.0f + u * u + v * v) *
               (0.35f + 1.6f * phase_v(dot3(unit3(dir), splat3(sun)), 0.55f) * 4.0f);
        store(frame->sky[3] + (size_t)row * (size_t)frame->sky_stride + (size_t)column, sum);
    }
}

/* Adds the beams to a row of samples. */
void KERNEL(set_air_row)(const struct frame *frame, const struct set_target *target, int row)
{
    const struct canvas *canvas = target->canvas;
    struct v3 tint =
        scale3(splat3(frame->world->sky.sun_color), splat(target->set->haze_per_m * 0.05f));
    float y = ((float)row + 0.5f) * (float)frame->sky_height / (float)canvas->height - 0.5f;
    float ratio = (float)frame->sky_width / (float)canvas->width, v;
    int above;

    y = fminf(fmaxf(y, 0), (float)frame->sky_height - 1.01f);
    above = (int)y;
    v = y - (float)above;
    for (int column = 0; column < canvas->width; column += VW) {
        size_t to = (size_t)row * (size_t)canvas->stride + (size_t)column;
        vf x = clamp_v((lane_index() + ((float)column + 0.5f)) * ratio - 0.5f, 0,
                       (float)frame->sky_width - 1.01f);
        vf left = floor_v(x), u = x - left, amount;
        vi at = to_int(left) + above * frame->sky_stride;
        const float *beam = frame->sky[3];

        amount = lerp_v(lerp_v(gather(beam, at), gather(beam, at + 1), u),
                        lerp_v(gather(beam, at + frame->sky_stride),
                               gather(beam, at + frame->sky_stride + 1), u),
                        splat(v));
        store(canvas->plane[0] + to, load(canvas->plane[0] + to) + amount * tint.x);
        store(canvas->plane[1] + to, load(canvas->plane[1] + to) + amount * tint.y);
        store(canvas->plane[2] + to, load(canvas->plane[2] + to) + amount * tint.z);
    }
}
