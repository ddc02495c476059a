/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernel that draws a body in one tile.
 * The parts that a tile can show are listed first, so that most rays are tested against a few.
 */
#include <math.h>

#include "workers/diorama/body/body_simd.h"
#include "workers/diorama/kernel_table.h"
#include "workers/diorama/near_simd.h"
#include "workers/diorama/sky/sky_simd.h"
#include "workers/diorama/town/town.h"

/* The rays of a block of samples are begun together. */
enum {
    STEPS = 52,
    BLOCK_SIDE = 4,
    BLOCK_COLUMNS = BODY_TILE_WIDE / BLOCK_SIDE,
    BLOCKS = BLOCK_COLUMNS * (BODY_TILE_TALL / BLOCK_SIDE),
    BLOCK_STEPS = 24,
    TILE_ROOM = BODY_TILE_WIDE * BODY_TILE_TALL + VW /* loads of whole vectors */
};

/* Noise over a surface, from two sides. */
SIMD vf coat_noise(struct v3 p, float cells)
{
    return 0.5f * (noise_v(p.x * cells + p.y * (0.6f * cells), p.z * cells) +
                   noise_v(p.z * cells - p.y * (0.8f * cells), p.x * cells + 17.0f));
}

/* Hair as it lies on a place: how light a tuft and a strand of it are, and how the strands stand
 * off, all about 0. */
struct hair {
    vf tuft, strand, aside;
};

/* Strands finer than a sample are one gray. */
SIMD vf resolved(float cells, vf grain)
{
    return saturate(2.0f / (cells * grain) - 1.0f);
}

/* Long along the part it is on; people's hair falls. */
SIMD struct hair hair_at(const struct body *body, const struct skin *skin)
{
    float tufts = 1.0f / (body->hair_m + 0.003f), strands = 3.4f / (body->hair_m + 0.003f);
    struct hair hair = {splat(0), splat(0), splat(0)};
    struct v3 own = skin->own;
    vf fine = skin->fur * resolved(strands, skin->grain);

    if (!any(skin->fur > 0.1f))
        return hair;
    if (body->strands < 1.0f)
        own.y *= body->strands;
    else
        own = mad3(own, skin->lay,
                   dot3(own, skin->lay) * -0.78f / (dot3(skin->lay, skin->lay) + 1e-6f));
    hair.tuft = (coat_noise(own, tufts) - 0.5f) * skin->fur * resolved(tufts, skin->grain);
    hair.strand = (coat_noise(own, strands) - 0.5f) * fine;
    hair.aside = (coat_noise(vec3(own.z, own.x, own.y), strands) - 0.5f) * fine;
    return hair;
}

/* A place of a surface, which way it is seen and how wide its sample is there. */
struct spotted {
    struct v3 place, view;
    vf grain;
};

/* Where the edge of the body is only hair, between whose ends one sees past it. */
SIMD vi is_between_hair(const struct body *body, const struct part_list *list,
                        const struct skin *skin, const struct spotted *at, vf facing)
{
    float cells = 2.6f / (body->hair_m + 0.002f);
    vf deep = 0.5f * skin->round * facing * facing, open = splat(1e3f);
    vf far = min_v(0.22f * skin->round, splat(body->hair_m)), beyond;
    vi edge = (deep < far) & (skin->fur > 0.5f);

    if (!any(edge))
        return edge;
    edge &= deep < far * (2.4f * coat_noise(skin->own, cells) - 0.7f);
    /* Not where there is more of it behind. */
    beyond = (2.0f * abs_v(facing) + 0.25f) * skin->round;
    for (int i = 0; i < 4 && any(edge); i++) {
        vf gap = body_distance(body, list, mad3(at->place, at->view, beyond));

        open = min_v(open, gap);
        edge &= open > 0.0f;
        beyond += max_v(gap, splat(0));
    }
    return edge & (open > 0.05f * skin->round) & (beyond > 2.0f * skin->round);
}

SIMD struct v3 albedo_of(const struct body *body, const struct skin *skin, const struct hair *hair,
                         struct v3 place, struct v3 normal)
{
    vf warp = coat_noise(
        vec3(place.x - body->anchor[0], place.y - body->anchor[1], place.z - body->anchor[2]),
        0.7f / body->band_m);
    vf band = sin_v(skin->offset * (6.2831853f / body->band_m) + warp * 5.0f), below;
    struct v3 albedo, own = skin->own;

    band = smooth_v(0.0f, 0.9f, band + 0.5f * (warp - 0.5f) + 0.5f * hair->strand) * skin->stripes;
    below = smooth_v(0.10f, -0.65f, normal.y + 0.35f * (warp - 0.5f) + 0.5f * hair->tuft);
    albedo = lerp3(skin->color, scale3(skin->color, splat(0.42f)), band);
    albedo = lerp3(albedo, skin->under, below);
    if (any(skin->flesh > 0.1f)) { /* blood under the skin, uneven */
        vf spot = skin->flesh * (coat_noise(own, 75.0f) + 0.6f * coat_noise(own, 240.0f) - 0.8f);

        albedo = vec3(albedo.x * (1.0f + 0.10f * spot), albedo.y * (1.0f + 0.22f * spot),
                      albedo.z * (1.0f + 0.22f * spot));
    }
    return scale3(albedo, 1.0f + 0.65f * hair->tuft + 0.75f * hair->strand);
}

/* Light from all around on a surface, from the six sides of a cube. */
SIMD struct v3 cube_light(const struct body *body, struct v3 n)
{
    struct v3 light = scale3(splat3(body->light[0]), max_v(n.x, splat(0)) * n.x);

    light = mad3(light, splat3(body->light[1]), max_v(-n.x, splat(0)) * -n.x);
    light = mad3(light, splat3(body->light[2]), max_v(n.y, splat(0)) * n.y);
    light = mad3(light, splat3(body->light[3]), max_v(-n.y, splat(0)) * -n.y);
    light = mad3(light, splat3(body->light[4]), max_v(n.z, splat(0)) * n.z);
    return mad3(light, splat3(body->light[5]), max_v(-n.z, splat(0)) * -n.z);
}

SIMD struct v3 normal_at(const struct body *body, const struct part_list *list, struct v3 p, vf e)
{
    vf a = body_distance(body, list, vec3(p.x + e, p.y - e, p.z - e));
    vf b = body_distance(body, list, vec3(p.x - e, p.y - e, p.z + e));
    vf c = body_distance(body, list, vec3(p.x - e, p.y + e, p.z - e));
    vf d = body_distance(body, list, vec3(p.x + e, p.y + e, p.z + e));

    return unit3(vec3(a - b - c + d, -a - b + c + d + 1e-9f, -a + b - c + d));
}

/* What a polished surface mirrors: sky or walls, the ground, and the lamps about. */
SIMD struct v3 mirrored(const struct frame *frame, const struct body *body, struct v3 dir)
{
    const struct air *air = &frame->world->air;
    struct v3 around = cube_light(body, dir), high, low;

    high = lerp3(sky_radiance(&frame->world->sky, dir), splat3(air->veil_color), splat(air->veil));
    low = scale3(splat3(body->light[2]), splat(frame->town ? 0.10f : 0.22f));
    low = mad3(low, splat3(body->sun), splat(frame->town ? 0.0f : 0.05f));
    if (frame->town)
        high =
            lerp3(mad3(scale3(splat3(frame->town->fog_color), splat(0.6f)), around, splat(0.16f)),
                  high, smooth_v(0.30f, 0.75f, dir.y));
    high = lerp3(low, high, smooth_v(-0.06f, 0.03f, dir.y));
    for (int i = 0; i < body->glint_count; i++) {
        const struct body_glint *glint = &body->glints[i];
        vf near = saturate(dot3(dir, splat3(glint->dir)));

        near = near * near;
        near = near * near;
        near = near * near;
        near = near * near;
        near = near * near;
        high = mad3(high, splat3(glint->light), near * near);
    }
    return high;
}

SIMD struct v3 car_light(const struct frame *frame, const struct body *body,
                         const struct part_list *list, struct v3 p, const struct ray *ray)
{
    const float *sun = frame->world->sky.sun;
    struct v3 view = scale3(ray->dir, 1.0f / ray->length), light, dir, normal;
    vf open, facing, lit, fresnel, shine;
    struct car_finish finish;

    normal = normal_at(body, list, p, splat(0.004f));
    car_finish_at(&body->car, p, normal, &finish);
    open =
        0.25f + 0.75f * saturate(body_distance(body, list, mad3(p, normal, splat(0.22f))) * 4.5f);
    light = scale3(cube_light(body, normal), open);
    facing = dot3(normal, splat3(sun));
    lit = max_v(facing, splat(0));
    if (any(lit > 0.0f) && body->sun[1] > 1e-3f)
        lit *= sun_past(body, list, mad3(p, normal, splat(0.03f)), sun);
    light = mul3(mad3(light, splat3(body->sun), lit * 0.318f), finish.albedo);
    fresnel = 1.0f - saturate(-dot3(normal, view));
    fresnel = fresnel * fresnel * fresnel * fresnel;
    fresnel =
        finish.mirror + (0.75f - 0.5f * finish.mirror) * fresnel * saturate(finish.mirror * 22.0f);
    dir = mad3(view, normal, -2.0f * dot3(view, normal));
    light = lerp3(light, scale3(mirrored(frame, body, dir), 0.35f + 0.65f * open), fresnel);
    shine = pow_v(saturate(dot3(dir, splat3(sun))), 350.0f) * saturate(lit * 4.0f) * 2.2f;
    light = mad3(light, splat3(body->sun), shine * saturate(finish.mirror * 20.0f));
    return add3(light, finish.glow);
}

/* Hair stands off unevenly, and cloth is creased. */
SIMD struct v3 roughen(const struct skin *skin, const struct hair *hair, struct v3 normal)
{
    struct v3 own = skin->own;

    if (any(skin->fur > 0.1f)) {
        vf bump = 0.75f * hair->strand + 0.35f * hair->tuft, other = 0.75f * hair->aside;

        normal =
            choose3(skin->fur > 0.1f,
                    unit3(vec3(normal.x + bump, normal.y + bump * 0.4f, normal.z + other)), normal);
    }
    if (any(skin->cloth > 0.1f)) {
        vf crease = noise_v((own.x + own.z) * 17.0f + own.y * 6.0f, own.y * 11.0f) - 0.5f;
        vf fine = noise_v((own.x - own.z) * 41.0f, own.y * 29.0f + own.x * 13.0f) - 0.5f;

        normal = choose3(skin->cloth > 0.1f,
                         unit3(vec3(normal.x + crease * skin->cloth * 0.20f,
                                    normal.y + (crease + 0.4f * fine) * skin->cloth * 0.24f,
                                    normal.z + fine * skin->cloth * 0.10f)),
                         normal);
    }
    return normal;
}

/* Sunlight on the surface: sharp on cloth, soft and reddish at its edge on skin. */
SIMD struct v3 sunlit(const struct body *body, const struct skin *skin, vf facing, vf seen)
{
    vf plain = saturate((facing + 0.12f) * (1.0f / 1.12f));
    vf red = saturate((facing + 0.34f) * (1.0f / 1.34f));
    vf through = 0.45f * saturate(-facing) * skin->thin;
    struct v3 lit = vec3(lerp_v(plain, red, skin->flesh),
                         lerp_v(plain, 0.8f * plain + 0.2f * red, skin->flesh), plain);

    lit = scale3(lit, seen * 0.318f);
    lit = vec3(lit.x + through * 0.318f, lit.y + through * 0.318f, lit.z + through * 0.318f);
    return mul3(lit, splat3(body->sun));
}

SIMD struct v3 body_light(const struct frame *frame, const struct body *body,
                          const struct part_list *list, const struct part_list *about,
                          const struct spotted *at, vi *gone)
{
    struct v3 p = at->place;
    const float *sun = frame->world->sky.sun;
    struct v3 view = at->view, normal, albedo, light, back, mirror;
    float probe = 0.09f * body->radius;
    struct skin skin;
    struct hair hair;
    vf open, facing, rim, shine, lit = splat(0), bare;

    normal = normal_at(body, list, p, splat(0.0012f + 0.0007f * body->radius));
    look_up_skin(body, list, p, &skin);
    skin.grain = at->grain;
    hair = hair_at(body, &skin);
    albedo = albedo_of(body, &skin, &hair, p, normal);
    *gone = is_between_hair(body, list, &skin, at, dot3(normal, view));
    open = saturate(body_distance(body, about, mad3(p, normal, splat(probe))) * (1.0f / probe));
    open = 0.30f + 0.70f * open;
    bare = open;
    normal = roughen(&skin, &hair, normal);
    light = scale3(cube_light(body, normal), open);
    light = mad3(light, cube_light(body, scale3(normal, splat(-1.0f))), skin.thin * 0.5f);
    facing = dot3(normal, splat3(sun));
    if (body->sun[0] + body->sun[1] + body->sun[2] > 1e-3f) {
        lit = splat(1);
        if (any(facing > -0.34f))
            lit = sun_past(body, about, mad3(p, normal, splat(0.02f * body->radius)), sun);
        light = add3(light, sunlit(body, &skin, facing, lit));
        lit *= saturate(facing * 4.0f) * 0.318f;
    }
    light = mul3(light, albedo);
    /* What shines from behind through the hair, and the sheen of wet, polished and plain things. */
    rim = 1.0f - saturate(-dot3(normal, view));
    rim = rim * rim * rim;
    back = cube_light(body, view);
    back = mad3(back, splat3(body->sun), saturate(dot3(view, splat3(sun))) * 0.30f);
    shine = rim * (0.16f + 0.42f * skin.fur) * open;
    light =
        add3(light, mul3(scale3(back, shine), lerp3(albedo, color(0.5f, 0.5f, 0.5f), splat(0.4f))));
    mirror = mad3(view, normal, -2.0f * dot3(view, normal));
    back = cube_light(body, mirror);
    shine = skin.gloss + 0.35f * skin.thin * (frame->rain > 0 ? 1.0f : 0.3f);
    light = mad3(light, back, (shine * (0.06f + 0.5f * rim) + skin.flesh * 0.025f) * bare);
    facing = saturate(dot3(mirror, splat3(sun)));
    light = mad3(light, splat3(body->sun), shine * pow_v(facing, 60.0f) * 0.6f * lit);
    light = mad3(light, splat3(body->sun), skin.flesh * pow_v(facing, 14.0f) * 0.05f * lit);
    return lerp3(light, skin.color, skin.glow);
}

/* Air in front of a body, as its surroundings have it. */
SIMD struct v3 body_air(const struct frame *frame, const struct body *body, struct v3 light,
                        vf distance)
{
    const struct air *air = &frame->world->air;

    if (frame->town)
        return lerp3(splat3(frame->town->fog_color), light,
                     exp_v(distance * -frame->town->fog_per_m));
    if (frame->forest)
        return mad3(splat3(body->veil), light, splat(body->clear));
    return lerp3(splat3(air->mist_color), light,
                 exp_v(distance * -(air->haze_per_m + air->mist_per_m)));
}

SIMD void tile_cone(const struct frame *frame, const struct canvas *canvas, const int corner[2],
                    float dir[3], float *spread)
{
    const struct view *view = &frame->view;
    float x = (float)corner[0] + 0.5f * (BODY_TILE_WIDE - (float)canvas->width);
    float y = 0.5f * (float)canvas->height - (float)corner[1] - 0.5f * BODY_TILE_TALL;
    float across = x * canvas->pixel[0], rise = y * canvas->pixel[1] + view->shift, length;

    length = sqrtf(1.0f + across * across + rise * rise);
    dir[0] = (view->forward[0] + across * view->right[0]) / length;
    dir[1] = rise / length * (canvas->mirrored ? -1.0f : 1.0f);
    dir[2] = (view->forward[1] + across * view->right[1]) / length;
    *spread = 0.5f * (BODY_TILE_WIDE * canvas->pixel[0] + (BODY_TILE_TALL + 2) * canvas->pixel[1]);
}

/* Rays of a tile that are being followed, packed side by side. */
struct rays {
    int count;
    int index[TILE_ROOM];   /* row * BODY_TILE_WIDE + column */
    float depth[TILE_ROOM]; /* where each got to */
    float gap[TILE_ROOM];   /* how far the body was from where its last step began */
    float step[TILE_ROOM];  /* the length of that step */
};

/* A tile being drawn: its corner, and which of its samples meet the body how far off. */
struct body_tile {
    const struct frame *frame;
    const struct canvas *canvas;
    const struct body *body;
    int left, top;
    struct part_list list;
    struct spot spot;
    int hits;
    int index[TILE_ROOM];
    float depth[TILE_ROOM]; /* of the hits; while rays are followed of all samples, 1e9 for none */
};

SIMD vi load_int(const int *from)
{
    vi r;

    memcpy(&r, from, sizeof(r));
    return r;
}

SIMD void tile_rays(const struct body_tile *tile, vi index, struct ray *ray)
{
    ray_through(&tile->frame->view, tile->canvas,
                to_float((index & (BODY_TILE_WIDE - 1)) + tile->left),
                to_float((index / BODY_TILE_WIDE) + tile->top), ray);
}

/* A step of sphere tracing: how far off the surface was where it began, and its length. It is as
 * long as the one before lets hope: if the surface goes on as it did, the free balls around both
 * ends touch; and close by, it is met. Where they turn out not to touch, the step is taken back,
 * but for what is free. */
struct stride {
    vf gap, step;
};

SIMD vi stride_missed(const struct stride *last, vf gap)
{
    return last->step > last->gap + max_v(gap, splat(0));
}

/* The next step, from where the surface is `gap` away; `close` is how near is near. */
SIMD vf stride_on(struct stride *last, vf gap, vf close, vi missed)
{
    vf slope = (gap - last->gap) / last->step, step;

    step = gap * 2.0f / (1.0f - clamp_v(slope, -1.0f, 0.2f));
    step = choose((gap < close) & (slope < -0.25f), gap / -slope, step);
    step = choose(missed, last->gap - last->step, step);
    last->step = choose(missed, last->gap, step);
    last->gap = choose(missed, last->gap, gap);
    return step;
}

/* Follows one ray through the middle of each block of the tile for as long as no other ray of the
 * block can meet the body, and lists all rays of those that may. */
SIMD void start_rays(struct body_tile *tile, struct rays *rays)
{
    const struct canvas *canvas = tile->canvas;
    const float reach = 0.5f * (BLOCK_SIDE - 1);
    float wide = reach * __builtin_sqrtf(canvas->pixel[0] * canvas->pixel[0] +
                                         canvas->pixel[1] * canvas->pixel[1]);
    float start[BLOCKS];

    for (int first = 0; first < BLOCKS; first += VW) {
        vf number = lane_index() + (float)first, down = floor_v(number * (1.0f / BLOCK_COLUMNS));
        struct stride stride = {splat(1e9f), splat(1e9f)};
        vf depth, last, gap;
        struct ray ray;
        vi active, missed;

        ray_through(&tile->frame->view, canvas,
                    (float)tile->left + reach + (number - down * BLOCK_COLUMNS) * BLOCK_SIDE,
                    (float)tile->top + reach + down * BLOCK_SIDE, &ray);
        depth = max_v(tile->list.near / ray.length, splat(0.05f));
        last = tile->list.far / ray.length;
        active = depth < last;
        for (int i = 0; i < BLOCK_STEPS && any(active); i++) {
            gap = body_distance(tile->body, &tile->list, ray_at(&ray, depth)) * BODY_CAUTION -
                  depth * wide;
            gap /= ray.length + wide;
            missed = stride_missed(&stride, gap);
            active &= missed | (gap > depth * (0.35f * wide));
            gap = stride_on(&stride, gap, splat(0), missed);
            depth = choose(active, depth + gap, depth);
            active &= depth < last;
        }
        store(start + first, choose(depth < last, depth, splat(1e9f)));
    }
    rays->count = 0;
    for (int i = 0; i < BODY_TILE_WIDE * BODY_TILE_TALL; i++) {
        int row = i / BODY_TILE_WIDE, column = i % BODY_TILE_WIDE;
        float depth = start[row / BLOCK_SIDE * BLOCK_COLUMNS + column / BLOCK_SIDE];

        rays->index[rays->count] = i;
        rays->depth[rays->count] = depth;
        rays->gap[rays->count] = rays->step[rays->count] = 1e9f;
        rays->count +=
            depth < 1e8f && tile->left + column < canvas->width && tile->top + row < canvas->height;
    }
}

/* Takes all rays one step on and keeps those that are still on their way. */
SIMD void step_rays(struct body_tile *tile, struct rays *rays, bool is_last)
{
    int kept = 0;

    for (int first = 0; first < rays->count; first += VW) {
        vi index = load_int(rays->index + first), met, active, missed;
        vf depth = load(rays->depth + first), gap, step, grain;
        struct stride stride = {load(rays->gap + first), load(rays->step + first)};
        struct {
            int index[VW], active[VW];
            float depth[VW], gap[VW], step[VW], met[VW];
        } to;
        struct ray ray;

        tile_rays(tile, index, &ray);
        grain = depth * (0.4f * tile->canvas->pixel[1]);
        gap = body_distance(tile->body, &tile->list, ray_at(&ray, depth)) * BODY_CAUTION;
        /* Rays along a surface take small steps: what is near it at the end met it. */
        missed = stride_missed(&stride, gap);
        met = (gap < grain * (is_last ? 6.0f : 1.0f)) & (~missed | (gap > -grain));
        store(to.met, choose(met, depth, splat(1e9f)));
        step = stride_on(&stride, gap, grain * 8.0f, missed) / ray.length;
        depth += step;
        active = ~met & (depth < tile->list.far / ray.length);
        memcpy(to.index, &index, sizeof(to.index));
        memcpy(to.active, &active, sizeof(to.active));
        store(to.depth, depth);
        store(to.gap, stride.gap);
        store(to.step, stride.step);
        for (int k = 0; k < VW && first + k < rays->count; k++) {
            tile->depth[to.index[k]] = to.met[k];
            rays->index[kept] = to.index[k];
            rays->depth[kept] = to.depth[k];
            rays->gap[kept] = to.gap[k];
            rays->step[kept] = to.step[k];
            kept += to.active[k] & 1;
        }
    }
    rays->count = kept;
}

/* Lists the samples that see the body, and the ball that their places lie in. */
SIMD void list_hits(struct body_tile *tile)
{
    const struct canvas *canvas = tile->canvas;
    const float *behind = canvas->depth + (size_t)tile->top * (size_t)canvas->stride + tile->left;

    tile->spot.low = vec3(splat(1e9f), splat(1e9f), splat(1e9f));
    tile->spot.high = vec3(splat(-1e9f), splat(-1e9f), splat(-1e9f));
    tile->hits = 0;
    for (int first = 0; first < BODY_TILE_WIDE * BODY_TILE_TALL; first += VW) {
        vi index = to_int(lane_index()) + first, hit;
        vf depth = load(tile->depth + first);
        float depths[VW];
        int hits[VW];
        struct ray ray;

        hit = depth < 1e8f;
        if (!any(hit))
            continue;
        tile_rays(tile, index, &ray);
        hit &= depth * ray.flat <
               load(behind + first / BODY_TILE_WIDE * canvas->stride + first % BODY_TILE_WIDE);
        if (canvas->mirrored)
            hit &= ray.eye[1] + depth * ray.dir.y > 0.0f;
        spot_add(&tile->spot, ray_at(&ray, depth), hit);
        store(depths, depth);
        memcpy(hits, &hit, sizeof(hits));
        for (int k = 0; k < VW; k++) {
            tile->index[tile->hits] = first + k;
            tile->depth[tile->hits] = depths[k];
            tile->hits += hits[k] & 1;
        }
    }
    for (int k = 0; k < VW; k++) { /* what fills the last vector */
        tile->index[tile->hits + k] = tile->index[0];
        tile->depth[tile->hits + k] = tile->depth[0];
    }
}

/* Puts the light of packed samples where they belong. */
SIMD void put_samples(const struct body_tile *tile, int first, struct v3 light, vf depth, vi gone)
{
    const struct canvas *canvas = tile->canvas;
    float color[3][VW], level[VW];
    int absent[VW];

    memcpy(absent, &gone, sizeof(absent));
    store(color[0], light.x);
    store(color[1], light.y);
    store(color[2], light.z);
    store(level, depth);
    for (int k = 0; k < VW && first + k < tile->hits; k++) {
        int row = tile->top + tile->index[first + k] / BODY_TILE_WIDE;
        int column = tile->left + tile->index[first + k] % BODY_TILE_WIDE;
        size_t to = (size_t)row * (size_t)canvas->stride + (size_t)column;

        if (absent[k])
            continue;
        for (int j = 0; j < 3; j++)
            canvas->plane[j][to] = color[j][k];
        canvas->depth[to] = level[k];
        if (canvas->mover)
            canvas->mover[to] = (float)tile->body->mover;
    }
}

void KERNEL(body_tile)(const struct frame *frame, const struct canvas *canvas,
                       const struct body *body, const struct body_area *area, int number)
{
    const float eye[3] = {frame->view.eye[0],
                          frame->view.eye[1] * (canvas->mirrored ? -1.0f : 1.0f),
                          frame->view.eye[2]};
    struct body_tile tile = {.frame = frame,
                             .canvas = canvas,
                             .body = body,
                             .left = area->left + number % area->columns * BODY_TILE_WIDE,
                             .top = area->top + number / area->columns * BODY_TILE_TALL};
    struct part_list about;
    float dir[3], spread = 0;
    struct rays rays = {0};

    tile_cone(frame, canvas, (const int[]){tile.left, tile.top}, dir, &spread);
    list_parts(body, eye, dir, spread, &tile.list);
    if (tile.list.count == 0)
        return;
    start_rays(&tile, &rays);
    if (rays.count == 0)
        return;
    for (int i = 0; i < BODY_TILE_WIDE * BODY_TILE_TALL; i++)
        tile.depth[i] = 1e9f;
    for (int i = 0; i < STEPS && rays.count > 0; i++)
        step_rays(&tile, &rays, i == STEPS - 1);
    list_hits(&tile);
    if (tile.hits == 0)
        return;
    list_about(body, &tile.spot, frame->world->sky.sun, 0.2f * body->radius, &about);
    for (int first = 0; first < tile.hits; first += VW) {
        vf depth = load(tile.depth + first);
        struct spotted at;
        struct v3 light;
        struct ray ray;
        vi gone = splat_int(0);

        tile_rays(&tile, load_int(tile.index + first), &ray);
        at = (struct spotted){ray_at(&ray, depth), scale3(ray.dir, 1.0f / ray.length),
                              depth * canvas->pixel[1]};
        light = body->is_car ? car_light(frame, body, &tile.list, at.place, &ray)
                             : body_light(frame, body, &tile.list, &about, &at, &gone);
        put_samples(&tile, first, body_air(frame, body, light, depth * ray.length),
                    depth * ray.flat, gone);
    }
}
