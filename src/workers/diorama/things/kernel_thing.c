/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernels that draw a thing, and the shadow it casts on the ground, in one tile. Rays are
 * followed in the thing's own axes, inside its box. A ray that passes closer than a sample is
 * blended in, so outlines and ropes are smooth.
 */
#include <math.h>

#include "workers/diorama/kernel_table.h"
#include "workers/diorama/land/shade_simd.h"
#include "workers/diorama/things/balloon_simd.h"
#include "workers/diorama/things/boat_simd.h"
#include "workers/diorama/things/drone_simd.h"
#include "workers/diorama/things/plane_simd.h"
#include "workers/diorama/things/things.h"
#include "workers/diorama/things/train_simd.h"
#include "workers/diorama/town/town.h"

#define APART __attribute__((noinline))

enum { STEPS = 72, SHADOW_STEPS = 14, MIRROR_STEPS = 36, VAPOR_STEPS = 12 };

/* A ray in a thing's own axes: from + depth * dir, with depth as along the ray it comes from. */
struct own_ray {
    float from[3];
    struct v3 dir;
    vf length; /* of dir */
};

SIMD struct v3 turned_in(const struct thing *thing, struct v3 v)
{
    return vec3(dot3(v, splat3(thing->axes[0])), dot3(v, splat3(thing->axes[1])),
                dot3(v, splat3(thing->axes[2])));
}

SIMD struct v3 turned_out(const struct thing *thing, struct v3 v)
{
    return mad3(mad3(scale3(splat3(thing->axes[0]), v.x), splat3(thing->axes[1]), v.y),
                splat3(thing->axes[2]), v.z);
}

/* The functions of a kind, each compiled once: they are long and called from many places. */
#define SHAPE(name)                                                                                \
    static APART vf name##_reach(const struct thing *thing, const struct v3 *q)                    \
    {                                                                                              \
        return name##_distance(thing, *q);                                                         \
    }                                                                                              \
    static APART void name##_look(const struct thing *thing, const struct v3 *q,                   \
                                  const struct v3 *normal, const vf *grain,                        \
                                  struct thing_finish *finish)                                     \
    {                                                                                              \
        name##_finish(thing, *q, *normal, *grain, finish);                                         \
    }

SHAPE(balloon)
SHAPE(toys)
SHAPE(sailboat)
SHAPE(rowboat)
SHAPE(fishing)
SHAPE(cruise)
SHAPE(cargo)
SHAPE(liner)
SHAPE(small)
SHAPE(track)
SHAPE(viaduct)
SHAPE(express)
SHAPE(coach)
SHAPE(steam)
SHAPE(wagon)
SHAPE(drone)
SHAPE(kite)

static const struct {
    vf (*reach)(const struct thing *thing, const struct v3 *q);
    void (*look)(const struct thing *thing, const struct v3 *q, const struct v3 *normal,
                 const vf *grain, struct thing_finish *finish);
} shapes[THING_KINDS] = {
    [THING_BALLOON] = {balloon_reach, balloon_look},
    [THING_TOY_BALLOONS] = {toys_reach, toys_look},
    [THING_SAILBOAT] = {sailboat_reach, sailboat_look},
    [THING_ROWBOAT] = {rowboat_reach, rowboat_look},
    [THING_FISHING_BOAT] = {fishing_reach, fishing_look},
    [THING_CRUISE_SHIP] = {cruise_reach, cruise_look},
    [THING_FREIGHTER] = {cargo_reach, cargo_look},
    [THING_AIRLINER] = {liner_reach, liner_look},
    [THING_SMALL_PLANE] = {small_reach, small_look},
    [THING_TRACK] = {track_reach, track_look},
    [THING_VIADUCT] = {viaduct_reach, viaduct_look},
    [THING_EXPRESS] = {express_reach, express_look},
    [THING_COACH] = {coach_reach, coach_look},
    [THING_STEAM_ENGINE] = {steam_reach, steam_look},
    [THING_WAGON] = {wagon_reach, wagon_look},
    [THING_DRONE] = {drone_reach, drone_look},
    [THING_KITE] = {kite_reach, kite_look},
};

SIMD void finish_at(const struct thing *thing, struct v3 q, struct v3 normal, vf grain,
                    struct thing_finish *finish)
{
    *finish = (struct thing_finish){color(0.5f, 0.5f, 0.5f), color(0, 0, 0), splat(0.03f), splat(0),
                                    splat(0)};
    shapes[thing->kind].look(thing, &q, &normal, &grain, finish);
}

SIMD vf distance_near(const struct thing *thing, struct v3 q)
{
    return shapes[thing->kind].reach(thing, &q);
}

/* Where lines enter and leave the box, as depths. */
SIMD void cross_box(const struct thing *thing, const struct v3 *from, struct v3 dir, vf *enter,
                    vf *leave)
{
    for (int k = 0; k < 3; k++) {
        vf d = k == 0   ? dir.x
               : k == 1 ? dir.y
                        : dir.z,
           at = k == 0   ? from->x
                : k == 1 ? from->y
                         : from->z;
        vf inverse = 1.0f / choose(abs_v(d) < 1e-9f, splat(1e-9f), d);
        vf a = (thing->low[k] - at) * inverse, b = (thing->high[k] - at) * inverse;

        *enter = max_v(*enter, min_v(a, b));
        *leave = min_v(*leave, max_v(a, b));
    }
}

/* How far rays came, and how much of a sample the thing covers there. */
struct meeting {
    vf depth, cover;
};

SIMD struct meeting follow(const struct thing *thing, const struct own_ray *ray, float grain)
{
    struct v3 from = splat3(ray->from);
    vf depth = splat(0.05f), last = splat(1e6f), best = splat(1e6f), at = splat(0), inverse;
    vi active;

    cross_box(thing, &from, ray->dir, &depth, &last);
    active = depth < last;
    inverse = 1.0f / ray->length;
    for (int i = 0; i < STEPS && any(active); i++) {
        vf d = distance_near(thing, mad3(from, ray->dir, depth));
        vf ratio = d / (depth * grain);
        vi better = active & (ratio < best);

        best = choose(better, ratio, best);
        at = choose(better, depth, at);
        active &= ratio > 0.12f;
        depth = choose(active, depth + max_v(d * 0.9f, depth * (0.25f * grain)) * inverse, depth);
        active &= depth < last;
    }
    return (struct meeting){at, saturate((0.80f - best) * (1.0f / 0.65f))};
}

SIMD struct v3 normal_of(const struct thing *thing, struct v3 q, vf e)
{
    vf a = distance_near(thing, vec3(q.x + e, q.y - e, q.z - e));
    vf b = distance_near(thing, vec3(q.x - e, q.y - e, q.z + e));
    vf c = distance_near(thing, vec3(q.x - e, q.y + e, q.z - e));
    vf d = distance_near(thing, vec3(q.x + e, q.y + e, q.z + e));

    return unit3(vec3(a - b - c + d, -a - b + c + d + 1e-9f, -a + b - c + d));
}

/* How much of the sun gets past the thing to a place in its axes, 0 to 1, with a soft edge. */
SIMD vf sun_past(const struct thing *thing, struct v3 q, float start)
{
    struct v3 dir = splat3(thing->sun_own);
    vf far = splat(start), last = splat(1e6f), seen = splat(1);

    cross_box(thing, &q, dir, &far, &last);
    for (int i = 0; i < SHADOW_STEPS && any((seen > 0.0f) & (far < last)); i++) {
        vf d = distance_near(thing, mad3(q, dir, far));

        seen = min_v(seen, choose(far < last, d * 14.0f / far + 0.1f, seen));
        far += max_v(d, splat(start));
    }
    return saturate(seen);
}

/* Light from all around, from the six sides of a cube. */
SIMD struct v3 cube_of(const struct thing *thing, struct v3 n)
{
    struct v3 light = scale3(splat3(thing->light[0]), max_v(n.x, splat(0)) * n.x);

    light = mad3(light, splat3(thing->light[1]), max_v(-n.x, splat(0)) * -n.x);
    light = mad3(light, splat3(thing->light[2]), max_v(n.y, splat(0)) * n.y);
    light = mad3(light, splat3(thing->light[3]), max_v(-n.y, splat(0)) * -n.y);
    light = mad3(light, splat3(thing->light[4]), max_v(n.z, splat(0)) * n.z);
    return mad3(light, splat3(thing->light[5]), max_v(-n.z, splat(0)) * -n.z);
}

/* What polished sides mirror: the sky, walls in a town, and what lies below. */
SIMD struct v3 mirrored_in(const struct frame *frame, const struct thing *thing, struct v3 dir)
{
    const struct air *air = &frame->world->air;
    struct v3 high, low = scale3(splat3(thing->light[3]), splat(1.3f));

    high = lerp3(sky_radiance(&frame->world->sky, dir), splat3(air->veil_color), splat(air->veil));
    if (frame->town)
        high = lerp3(scale3(cube_of(thing, dir), splat(0.5f)), high, smooth_v(0.2f, 0.7f, dir.y));
    return lerp3(low, high, smooth_v(-0.10f, 0.04f, dir.y));
}

SIMD struct v3 light_of(const struct frame *frame, const struct thing *thing, struct v3 q,
                        struct v3 view, vf grain)
{
    float probe = 0.035f * (thing->high[1] - thing->low[1]) + 0.03f;
    struct v3 own =
                  normal_of(thing, q, clamp_v(0.5f * grain, 0.15f * thing->fine_m, thing->fine_m)),
              normal, light, dir;
    vf open, facing, lit, through, rim, mirror, shine, shadow = splat(1);
    struct thing_finish finish;

    normal = turned_out(thing, own);
    finish_at(thing, q, own, grain, &finish);
    open = saturate(distance_near(thing, mad3(q, own, splat(probe))) * (1.0f / probe));
    open *=
        saturate(distance_near(thing, mad3(q, own, splat(4.0f * probe))) * (0.4f / probe) + 0.3f);
    open = 0.25f + 0.75f * open;
    facing = dot3(own, splat3(thing->sun_own));
    lit = max_v(facing, splat(0));
    if (any((lit > 0.0f) | (finish.sheer > 0.0f)) && thing->sun[1] > 1e-3f)
        shadow = sun_past(thing, mad3(q, own, 0.02f + grain), 0.02f + 0.2f * probe);
    /* Fabric passes on the light of its other side. */
    light = scale3(cube_of(thing, normal), open * (1.0f - 0.4f * finish.sheer));
    light = mad3(light, cube_of(thing, scale3(normal, splat(-1))), finish.sheer * 0.4f);
    through = saturate(0.25f - facing) * finish.sheer;
    lit = lit * shadow * (1.0f - 0.3f * finish.sheer) + through * 0.9f;
    light = mul3(mad3(light, splat3(thing->sun), lit * 0.318f), finish.albedo);
    rim = 1.0f - saturate(-dot3(normal, view));
    rim = rim * rim * rim * rim;
    mirror = finish.mirror + (0.70f - 0.5f * finish.mirror) * rim * saturate(finish.mirror * 16.0f);
    dir = mad3(view, normal, -2.0f * dot3(view, normal));
    light = lerp3(light, scale3(mirrored_in(frame, thing, dir), open), mirror);
    shine = pow_v(saturate(dot3(dir, splat3(frame->world->sky.sun))), 240.0f);
    shine *= saturate(facing * 6.0f) * shadow * saturate(finish.mirror * 18.0f) * 1.6f;
    return add3(mad3(light, splat3(thing->sun), shine), finish.glow);
}

/* Air in front of a place. */
SIMD struct v3 behind_air(const struct frame *frame, struct v3 light, struct v3 place,
                          const struct ray *ray, vf distance)
{
    struct sky_parts low;
    struct haze haze;

    if (frame->town && frame->town->is_street)
        return lerp3(splat3(frame->town->fog_color), light,
                     exp_v(distance * -frame->town->fog_per_m));
    low = sky_parts(&frame->world->sky, unit3(vec3(ray->dir.x, ray->flat * 0.035f, ray->dir.z)));
    haze_begin(frame, &low, scale3(ray->dir, 1.0f / ray->length), &haze);
    return through_air(frame, light, place, distance, &haze);
}

SIMD void blend(const struct canvas *canvas, size_t to, struct v3 light, vf cover)
{
    const vf parts[3] = {light.x, light.y, light.z};

    for (int k = 0; k < 3; k++) {
        vf was = load(canvas->plane[k] + to);

        store(canvas->plane[k] + to, was + (parts[k] - was) * cover);
    }
}

/* Propellers and rotors: gray veils with the light of their surroundings, a little streaked. */
SIMD void draw_discs(const struct frame *frame, const struct canvas *canvas,
                     const struct thing *thing, const struct own_ray *own, size_t to,
                     const struct ray *ray)
{
    vf before = load(canvas->depth + to);

    for (int i = 0; i < thing->disc_count; i++) {
        const struct thing_disc *disc = &thing->discs[i];
        struct v3 normal = splat3(disc->normal), from = splat3(own->from), q;
        vf slope = dot3(own->dir, normal), depth, out, cover;
        struct v3 to_middle =
            vec3(disc->middle[0] - from.x, disc->middle[1] - from.y, disc->middle[2] - from.z);
        vf edge;

        slope = choose(abs_v(slope) < 1e-4f, splat(1e-4f), slope);
        depth = dot3(to_middle, normal) / slope;
        q = mad3(from, own->dir, depth);
        out = length3(from_v(q, disc->middle[0], disc->middle[1], disc->middle[2]));
        edge = saturate((disc->radius - out) / max_v(depth * canvas->pixel[0], splat(1e-4f)));
        cover = edge * disc->cover * (0.65f + 0.5f * smooth_v(0.75f, 1.0f, out / disc->radius));
        cover = choose((depth > 0.05f) & (depth * ray->flat < before), cover, splat(0));
        if (any(cover > 0.0f)) {
            struct v3 light = scale3(splat3(thing->light[2]), splat(0.25f));

            light = mad3(light, splat3(thing->sun), splat(0.03f));
            light = behind_air(frame, light, ray_at(ray, max_v(depth, splat(0.05f))), ray,
                               depth * ray->length);
            blend(canvas, to, light, cover);
        }
    }
}

SIMD void own_ray_begin(const struct thing *thing, const struct ray *ray, struct own_ray *own)
{
    float offset[3];

    for (int k = 0; k < 3; k++)
        offset[k] = ray->eye[k] - thing->place[k];
    for (int k = 0; k < 3; k++)
        own->from[k] = offset[0] * thing->axes[k][0] + offset[1] * thing->axes[k][1] +
                       offset[2] * thing->axes[k][2];
    own->dir = turned_in(thing, ray->dir);
    own->length = ray->length;
}

SIMD void draw_samples(const struct frame *frame, const struct canvas *canvas,
                       const struct thing *thing, int x, int row)
{
    size_t to = (size_t)row * (size_t)canvas->stride + (size_t)x;
    vf was = load(canvas->depth + to), enter = splat(0.05f), leave = splat(1e6f);
    struct meeting met;
    struct own_ray own;
    struct v3 place, light, from;
    struct ray ray;

    ray_begin(&frame->view, canvas, x, row, &ray);
    own_ray_begin(thing, &ray, &own);
    from = splat3(own.from);
    cross_box(thing, &from, own.dir, &enter, &leave);
    if (!any((enter < leave) & (enter * ray.flat < was)))
        return;
    met = follow(thing, &own, canvas->pixel[1]);
    met.cover = choose(met.depth * ray.flat < was, met.cover, splat(0));
    place = ray_at(&ray, met.depth);
    if (canvas->mirrored)
        met.cover = choose(place.y > 0.0f, met.cover, splat(0));
    if (any(met.cover > 0.0f)) {
        met.depth = max_v(met.depth, splat(0.05f));
        place = ray_at(&ray, met.depth);
        light = light_of(frame, thing, mad3(from, own.dir, met.depth),
                         scale3(ray.dir, 1.0f / ray.length), met.depth * canvas->pixel[1]);
        light = behind_air(frame, light, place, &ray, met.depth * ray.length);
        blend(canvas, to, light, met.cover);
        store(canvas->depth + to, choose(met.cover > 0.5f, met.depth * ray.flat, was));
        if (canvas->mover)
            store(canvas->mover + to,
                  choose(met.cover > 0.5f, splat((float)thing->mover), load(canvas->mover + to)));
    }
    if (thing->disc_count > 0)
        draw_discs(frame, canvas, thing, &own, to, &ray);
}

void KERNEL(thing_tile)(const struct frame *frame, const struct canvas *canvas,
                        const struct thing *thing, const struct thing_area *area, int tile)
{
    int left = area->left + tile % area->columns * THING_TILE_WIDE;
    int top = area->top + tile / area->columns * THING_TILE_TALL;

    for (int row = top; row < top + THING_TILE_TALL && row < canvas->height; row++)
        for (int x = left; x < left + THING_TILE_WIDE && x < canvas->width; x += VW)
            draw_samples(frame, canvas, thing, x, row);
}

/* Water near a boat: places in axes that keep level, along its heading and to its right. */
struct water_spot {
    struct v3 place;
    vf along, across, distance;
};

/* Foam of its bow wave, of the arms that spread from it, and of the water behind its stern. */
SIMD vf wake_of(const struct thing *thing, const struct water_spot *spot)
{
    float half = thing->wake[0], beam = thing->wake[1];
    vf s = spot->along * (1.0f / half), off = abs_v(spot->across), since = half - spot->along;
    vf hull = beam * (1.0f - s * s * saturate(s)), near, arm, wash, noise[3], lace;

    near = smooth_v(0.45f, 0.0f, (off - hull) * (1.0f / beam)) * smooth_v(-1.2f, 0.9f, s) *
           mask_v(abs_v(s) < 1.06f);
    arm = (off - 0.25f * beam - 0.33f * since) / (0.16f * beam + 0.09f * since);
    arm = exp_v(arm * arm * -1.0f) * exp_v(since * (-0.42f / half)) * mask_v(since > 0.0f);
    wash = smooth_v(1.0f, 0.4f, off / (beam * 0.9f + 0.05f * since));
    wash *= exp_v((since - 2.0f * half) * (-0.38f / half)) * smooth_v(-0.85f, -1.05f, s);
    near = saturate(near * 0.8f + arm * 0.5f + wash * 0.7f) * thing->wake[2];
    if (!any(near > 0.02f))
        return splat(0);
    /* Foam is lace: wide patches, and holes in them. */
    for (int i = 0; i < 3; i++) {
        float cells = (i == 0 ? 1.7f : i == 1 ? 5.3f : 14.0f) / sqrtf(beam + 1.0f);

        noise[i] = noise_v(spot->place.x * cells + 3.0f, spot->place.z * cells);
    }
    lace = 0.45f * noise[0] + 0.30f * noise[1] + 0.25f * noise[2];
    return mask_v(near > 0.02f) * smooth_v(0.0f, 0.40f, near * 1.15f - lace) *
           (0.55f + 0.35f * noise[2]);
}

/* Follows mirrored rays to the thing; *far where they met it. */
SIMD vi meets_mirrored(const struct thing *thing, struct v3 from, struct v3 dir, vf *far)
{
    vf enter = splat(0.02f), leave = splat(1e6f);
    vi active, hit;

    cross_box(thing, &from, dir, &enter, &leave);
    active = enter < leave;
    hit = active & 0;
    for (int i = 0; i < MIRROR_STEPS && any(active); i++) {
        vf d = distance_near(thing, mad3(from, dir, enter));
        vi met = active & (d < 0.008f + 0.0015f * enter);

        hit |= met;
        active &= ~met;
        enter = choose(active, enter + max_v(d * 0.95f, splat(0.03f)), enter);
        active &= enter < leave;
    }
    *far = enter;
    return hit;
}

SIMD void draw_water(const struct frame *frame, const struct canvas *canvas,
                     const struct thing *thing, int x, int row)
{
    size_t to = (size_t)row * (size_t)canvas->stride + (size_t)x;
    const float flat[2] = {thing->axes[2][0], thing->axes[2][2]};
    float t = frame->wave_time_s, per = 1.0f / sqrtf(flat[0] * flat[0] + flat[1] * flat[1]);
    vf depth = load(canvas->depth + to), facing, mirror, far, foam, slope[2];
    struct water_spot spot;
    struct v3 off, view, dir, from, light;
    struct ray ray;
    vi on;

    ray_begin(&frame->view, canvas, x, row, &ray);
    depth = depth / ray.flat;
    spot.place = ray_at(&ray, depth);
    spot.distance = depth * ray.length;
    off = from_v(spot.place, thing->place[0], thing->water_m, thing->place[2]);
    on = (depth < 5000.0f) & (abs_v(off.y) < 0.1f + thing->swell_m + spot.distance * 0.0006f);
    if (!any(on))
        return;
    spot.along = (off.x * flat[0] + off.z * flat[1]) * per;
    spot.across = (off.x * flat[1] - off.z * flat[0]) * per;
    view = scale3(ray.dir, 1.0f / ray.length);
    /* Ripples, finer ones the closer they are. */
    slope[0] = sin_v(spot.place.x * 1.1f + spot.place.z * 2.3f + t * 2.1f) +
               sin_v(spot.place.x * 3.7f - spot.place.z * 2.9f + t * 3.3f);
    slope[1] = sin_v(spot.place.x * 2.1f - spot.place.z * 1.3f - t * 1.8f) +
               sin_v(spot.place.x * 2.3f + spot.place.z * 4.9f + t * 3.9f);
    dir = unit3(vec3(slope[0] * thing->ripple, splat(1), slope[1] * thing->ripple));
    facing = saturate(-dot3(dir, view));
    mirror = 1.0f - facing;
    mirror = 0.03f + 0.97f * mirror * mirror * mirror * mirror;
    dir = mad3(view, dir, -2.0f * dot3(dir, view));
    dir.y = max_v(dir.y, splat(0.02f));
    dir = turned_in(thing, unit3(dir));
    from = turned_in(thing, from_v(spot.place, thing->place[0], thing->place[1], thing->place[2]));
    on &= meets_mirrored(thing, from, dir, &far);
    if (any(on)) {
        light = light_of(frame, thing, mad3(from, dir, far), turned_out(thing, dir),
                         spot.distance * canvas->pixel[1] + 0.02f);
        light = behind_air(frame, light, spot.place, &ray, spot.distance);
        blend(canvas, to, light, choose(on, mirror, splat(0)));
    }
    if (thing->wake[2] <= 0)
        return;
    on = (depth < 5000.0f) & (abs_v(off.y) < 0.1f + thing->swell_m + spot.distance * 0.0006f);
    foam = choose(on, wake_of(thing, &spot), splat(0));
    if (!any(foam > 0.0f))
        return;
    light = mad3(splat3(thing->light[2]), splat3(thing->sun),
                 splat(0.318f * fmaxf(frame->world->sky.sun[1], 0)));
    light = behind_air(frame, scale3(light, splat(0.8f)), spot.place, &ray, spot.distance);
    blend(canvas, to, light, foam);
}

void KERNEL(thing_water_tile)(const struct frame *frame, const struct canvas *canvas,
                              const struct thing *thing, const struct thing_area *area, int tile)
{
    int left = area->left + tile % area->columns * THING_TILE_WIDE;
    int top = area->top + tile / area->columns * THING_TILE_TALL;

    for (int row = top; row < top + THING_TILE_TALL && row < canvas->height; row++)
        for (int x = left; x < left + THING_TILE_WIDE && x < canvas->width; x += VW)
            draw_water(frame, canvas, thing, x, row);
}

/* The vapor of a trail along rays: what it hides, and how light it is there. One that rises is
 * laid level by a shear, rays and all. */
struct vapor {
    vf cover, depth, tone;
};

SIMD vf vapor_density(const struct thing_trail *trail, struct v3 p, vf *up)
{
    float cells = 1.0f / trail->puff_m;
    vf age = max_v(-p.z, splat(0)), off, puff, at = (age - trail->travel_m) * cells;
    vf wide = trail->wide_m + trail->spread * sqrt_v(age) + 0.006f * age;
    vi near;

    *up = p.y / wide;
    off = (p.x * p.x + p.y * p.y) / (wide * wide);
    near = off < 5.0f;
    if (!any(near))
        return splat(0);
    puff = 0.6f * noise_v(at, p.y * (1.1f * cells) + 3.0f) +
           0.4f * noise_v(at * 2.7f, (p.y + 0.7f * p.x) * (2.9f * cells) + 8.0f);
    off = exp_v(off * -1.0f) * smooth_v(0.0f, 0.02f * trail->length_m, age);
    off *= 1.0f - smooth_v(0.3f * trail->length_m, trail->length_m, age);
    return choose(near, off * smooth_v(0.22f, 0.62f, puff + 0.30f * off) / wide, splat(0));
}

SIMD struct vapor vapor_along(const struct thing *thing, const struct own_ray *own,
                              const float from[3], vf behind)
{
    const struct thing_trail *trail = &thing->trail;
    float most = 2.0f * (trail->wide_m + trail->spread * sqrtf(trail->length_m));
    struct thing box = {.low = {-most, -most, -trail->length_m}, .high = {most, most, 0}};
    struct v3 eye = vec3(splat(own->from[0] - from[0]),
                         splat(own->from[1] - from[1] + trail->rise * (own->from[2] - from[2])),
                         splat(own->from[2] - from[2]));
    struct v3 dir = vec3(own->dir.x, own->dir.y + trail->rise * own->dir.z, own->dir.z);
    struct vapor vapor = {splat(0), splat(0), splat(0)};
    vf enter = splat(0.3f), leave = behind, step, sum = splat(1e-6f), up;

    cross_box(&box, &eye, dir, &enter, &leave);
    if (!any(enter < leave))
        return vapor;
    step = max_v(leave - enter, splat(0)) * (1.0f / VAPOR_STEPS);
    for (int i = 0; i < VAPOR_STEPS; i++) {
        vf at = enter + ((float)i + 0.5f) * step, density;

        density = vapor_density(trail, mad3(eye, dir, at), &up);
        sum += density;
        vapor.depth += density * at;
        vapor.tone += density * clamp_v(up, -1.0f, 1.0f);
    }
    vapor.depth /= sum;
    vapor.tone /= sum;
    vapor.cover = 1.0f - exp_v(sum * step * own->length * (-1.1f * trail->cover));
    vapor.cover = choose(enter < leave, vapor.cover, splat(0));
    return vapor;
}

void KERNEL(thing_trail_tile)(const struct frame *frame, const struct canvas *canvas,
                              const struct thing *thing, const struct thing_area *area, int tile)
{
    int left = area->left + tile % area->columns * THING_TILE_WIDE;
    int top = area->top + tile / area->columns * THING_TILE_TALL;
    struct v3 light = mad3(splat3(thing->light[2]), splat3(thing->sun), splat(0.17f));

    for (int i = 0; i < THING_TILE_TALL * THING_TILE_WIDE; i += VW) {
        int row = top + i / THING_TILE_WIDE, x = left + i % THING_TILE_WIDE;
        size_t to = (size_t)row * (size_t)canvas->stride + (size_t)x;
        struct own_ray own;
        struct ray ray;

        if (row >= canvas->height || x >= canvas->width)
            continue;
        ray_begin(&frame->view, canvas, x, row, &ray);
        own_ray_begin(thing, &ray, &own);
        for (int k = 0; k < thing->trail_count; k++) {
            vf behind = load(canvas->depth + to) / ray.flat;
            struct vapor vapor = vapor_along(thing, &own, thing->trails[k], behind);
            struct v3 lit;

            if (!any(vapor.cover > 0.004f))
                continue;
            lit = behind_air(frame, scale3(light, 0.78f + 0.22f * vapor.tone),
                             ray_at(&ray, vapor.depth), &ray, vapor.depth * ray.length);
            blend(canvas, to, lit, vapor.cover);
        }
    }
}
