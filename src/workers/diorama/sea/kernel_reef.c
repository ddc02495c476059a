/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels that draw what is under water: ground, surface, and the light in between. */
#include <math.h>

#include "workers/diorama/kernel_table.h"
#include "workers/diorama/land/walk_simd.h"
#include "workers/diorama/sea/reef.h"
#include "workers/diorama/sea/sea_simd.h"

#define FAR_OFF 1e9f
#define SIGHT_M 75.0f
#define SHAFT_M 26.0f

enum { GROUND_STEPS = 4000, SHAFT_STEPS = 22 };

/* The ground around a place. */
struct bed {
    vf height, rock, kind, bank;
};

SIMD void bed_at(const struct reef *reef, vf x, vf z, struct bed *bed)
{
    vf off = abs_v((x - reef->axis[0]) * reef->way[1] - (z - reef->axis[1]) * reef->way[0]), dune;
    struct quad quad;

    band_quad(&reef->ground, x, z, &quad);
    bed->rock = quad_low(&quad) * (1.0f / 65535.0f);
    dune = quad_byte(&quad, 2) * (1.0f / 255.0f);
    bed->kind = quad_byte(&quad, 3) * (1.0f / 255.0f);
    bed->bank = smooth_v(BANK_FROM_M, BANK_FULL_M, off + (dune - 0.5f) * 5.0f);
    bed->height = -reef->depth_m + 0.45f * dune +
                  bed->bank * (0.25f + 3.6f * bed->rock * bed->rock + 0.5f * bed->rock);
}

/* Endless water toward a direction. */
SIMD struct v3 water_toward(const struct reef *reef, struct v3 dir)
{
    vf mu = dot3(dir, splat3(reef->beam)), up = smooth_v(-0.55f, 0.85f, dir.y);

    return mad3(lerp3(splat3(reef->deep), splat3(reef->high), up * up), splat3(reef->glow),
                phase_v(mu, 0.68f));
}

/* What is left of a light after a way through the water, and the water in front of it. */
SIMD struct v3 through_water(const struct reef *reef, struct v3 light, struct v3 dir, vf distance)
{
    struct v3 water = water_toward(reef, dir);

    return vec3(lerp_v(water.x, light.x, exp_v(distance * -reef->murk[0])),
                lerp_v(water.y, light.y, exp_v(distance * -reef->murk[1])),
                lerp_v(water.z, light.z, exp_v(distance * -reef->murk[2])));
}

/* The waves' light at a place, 1 on average; `grain` blurs it. */
SIMD vf caustic_at(const struct reef *reef, struct v3 p, vf grain)
{
    vf down = (p.y + reef->depth_m) * (1.0f / reef->beam[1]);
    struct quad quad;

    tile_quad(&reef->caustic, p.x - down * reef->beam[0], p.z - down * reef->beam[2],
              tile_level(&reef->caustic, grain), &quad);
    return quad_byte(&quad, 0) * (1.0f / 48.0f);
}

/* Crusts on rock, in patches with ragged edges: pink algae, sponges, moss. On steep faces they are
 * looked up along the face, where a view from above would draw them out into streaks. */
SIMD struct v3 crusted(const struct frame *frame, struct v3 rock, struct v3 p, vf steep, vf grain)
{
    static const float tints[3][3] = {
        {0.34f, 0.36f, 0.11f}, {0.56f, 0.25f, 0.06f}, {0.46f, 0.13f, 0.27f}};
    const struct tile *detail = &frame->world->detail;
    vf side = p.x * 0.8f - p.z * 0.6f, pores, patch;
    struct quad flat, face, far;

    tile_quad(detail, p.x * 58.0f, p.z * 58.0f, tile_level(detail, grain * 58.0f), &flat);
    tile_quad(detail, side * 58.0f, p.y * 58.0f, tile_level(detail, grain * 58.0f), &face);
    pores = lerp_v(quad_byte(&flat, 1), quad_byte(&face, 1), steep) - 128.0f;
    pores = clamp_v(0.5f + pores * (1.0f / 70.0f), 0.0f, 1.0f);
    rock = scale3(rock, 0.35f + 1.2f * pores);
    for (int i = 0; i < 3; i++) {
        float shift = 5.3f * (float)i;

        tile_quad(detail, side * 17.0f + shift, (p.y * 1.1f + p.z * 0.5f) * 17.0f + shift,
                  tile_level(detail, grain * 17.0f), &far);
        patch = quad_byte(&far, 0) * (0.75f / 255.0f) + 0.25f * pores;
        patch = smooth_v(0.50f, 0.58f, patch) * frame->reef->lush;
        rock = lerp3(rock, scale3(splat3(tints[i]), 0.30f + 1.1f * pores), patch * 0.85f);
    }
    return rock;
}

/* Life on the rocks: crusts of many colors. */
SIMD struct v3 bed_color(const struct frame *frame, const struct bed *bed, struct v3 p, vf grain,
                         vf steep, vf slope[2])
{
    const struct reef *reef = frame->reef;
    const struct tile *detail = &frame->world->detail;
    vf rocky = smooth_v(0.25f, 0.55f, bed->bank * (0.35f + bed->rock)), tint, fine, broad, wave;
    struct v3 sand, rock;
    struct quad quad;

    tile_quad(detail, p.x * 21.0f, p.z * 21.0f + p.y * 9.0f, tile_level(detail, grain * 21.0f),
              &quad);
    fine = quad_byte(&quad, 0) * (1.0f / 255.0f);
    slope[0] = (quad_byte(&quad, 1) - 128.0f) * detail->slope_scale * (0.4f + 2.6f * rocky);
    slope[1] = (quad_byte(&quad, 2) - 128.0f) * detail->slope_scale * (0.4f + 2.6f * rocky);
    tile_quad(detail, p.x * 4.0f, p.z * 4.0f + p.y * 3.0f, tile_level(detail, grain * 4.0f), &quad);
    broad = quad_byte(&quad, 3) * (1.0f / 255.0f);
    slope[0] += (quad_byte(&quad, 1) - 128.0f) * detail->slope_scale * 2.2f * rocky;
    slope[1] += (quad_byte(&quad, 2) - 128.0f) * detail->slope_scale * 2.2f * rocky;
    wave = sin_v(p.x * 17.0f + p.z * 6.0f + 4.0f * noise_v(p.x * 1.3f, p.z * 1.3f) +
                 2.0f * sin_v(p.z * 1.9f));
    slope[0] += wave * 0.20f * saturate(1.3f - grain * 22.0f) * (1.0f - rocky);
    sand = scale3(color(0.44f, 0.385f, 0.29f), 0.78f + 0.22f * fine + 0.14f * broad);
    rock = scale3(color(0.21f, 0.165f, 0.145f), 0.4f + 1.0f * fine);
    tint = smooth_v(0.42f, 0.62f, broad) * reef->lush;
    rock = lerp3(rock, scale3(color(0.50f, 0.16f, 0.30f), 0.5f + fine),
                 tint * smooth_v(0.5f, 0.62f, bed->kind));
    rock = lerp3(rock, scale3(color(0.56f, 0.30f, 0.09f), 0.5f + fine),
                 tint * (1.0f - smooth_v(0.36f, 0.46f, bed->kind)));
    rock = lerp3(rock, scale3(color(0.14f, 0.20f, 0.09f), 0.5f + fine),
                 smooth_v(0.55f, 0.75f, fine) * 0.5f);
    if (any(rocky > 0.0f))
        rock = crusted(frame, rock, p, steep, grain);
    return lerp3(sand, rock, rocky);
}

SIMD struct v3 bed_light(const struct frame *frame, struct v3 p, vf grain)
{
    const struct reef *reef = frame->reef;
    float step = 0.12f;
    struct bed bed, east, north;
    struct v3 albedo, normal, light;
    vf slope[2], sun, open, rise[2], steep;

    bed_at(reef, p.x, p.z, &bed);
    bed_at(reef, p.x + step, p.z, &east);
    bed_at(reef, p.x, p.z + step, &north);
    rise[0] = (bed.height - east.height) * (1.0f / step);
    rise[1] = (bed.height - north.height) * (1.0f / step);
    steep = smooth_v(0.5f, 1.4f, sqrt_v(rise[0] * rise[0] + rise[1] * rise[1]));
    albedo = bed_color(frame, &bed, p, grain, steep, slope);
    normal = unit3(vec3(rise[0] - slope[0], splat(1), rise[1] - slope[1]));
    sun = max_v(dot3(normal, splat3(reef->beam)), splat(0)) *
          (0.18f + 0.82f * caustic_at(reef, p, grain));
    open = 0.55f + 0.45f * normal.y;
    light = mad3(scale3(splat3(reef->ambient), open), splat3(reef->sun), sun * 1.9f);
    return mul3(albedo, light);
}

/* The surface from below: a bright window overhead, a mirror of the deep around it. */
SIMD struct v3 ceiling_light(const struct frame *frame, struct v3 p, struct v3 dir, vf grain)
{
    const struct reef *reef = frame->reef;
    struct ripple ripple = {splat(0), splat(0), splat(0), splat(0),
                            splat(0), splat(0), splat(0), splat(0)};
    vf blur = grain * (1.0f / max_v(sqrt_v(dir.y), splat(0.15f))), cosine, inside, k, through;
    struct v3 normal, out, sky, deep, mirrored;

    for (int b = 0; b < OCEAN_BANDS; b++)
        add_slopes(&reef->ocean.bands[b], p.x, p.z, blur, 1.0f, &ripple);
    normal = unit3(vec3(ripple.sx, splat(-1), ripple.sz)); /* toward the water */
    cosine = max_v(-dot3(dir, normal), splat(0.01f));
    inside = 1.0f - 1.77f * (1.0f - cosine * cosine);
    k = 1.33f * cosine - sqrt_v(max_v(inside, splat(0)));
    out = unit3(mad3(scale3(dir, splat(1.33f)), normal, k));
    out.y = max_v(out.y, splat(0.02f));
    sky = scale3(dome_light(&reef->dome, out), splat(0.9f));
    cosine = saturate(dot3(out, splat3(frame->world->sky.sun)));
    sky = mad3(sky, splat3(frame->world->sky.sun_color),
               pow_v(cosine, 350.0f) * 6.0f + pow_v(cosine, 24.0f) * 0.10f);
    mirrored = mad3(dir, normal, 2.0f * max_v(-dot3(dir, normal), splat(0)));
    deep = scale3(water_toward(reef, mirrored), splat(0.9f));
    through = smooth_v(0.0f, 0.16f, inside);
    return lerp3(deep, sky, through * 0.96f);
}

/* What a ray ends at: ground, or else the surface overhead, or nothing. */
struct reef_end {
    vi hit, ceiling;
    vf ahead, flat; /* its depth, and level distance */
};

/* `depth` of the ground, below 0 for none. */
SIMD void end_of(const struct ray *ray, vf depth, struct reef_end *end)
{
    vf rise = ray->dir.y, above = -ray->eye[1] / max_v(rise, splat(1e-4f));

    end->hit = depth > 0.0f;
    end->ceiling = ~end->hit & (rise > 0.0f) & (above < SIGHT_M);
    end->ahead = choose(end->hit, depth, choose(end->ceiling, above, splat(SIGHT_M)));
    end->flat = choose(end->hit | end->ceiling, end->ahead * ray->flat, splat(FAR_OFF));
}

/* Shades what the garden does not hide. */
SIMD void reef_shade(const struct frame *frame, const struct ray *ray, vf depth, size_t at)
{
    const struct reef *reef = frame->reef;
    struct v3 dir = unit3(ray->dir), light = water_toward(reef, dir), p;
    float pixel = frame->view.pixel * (float)frame->out_width / (float)frame->width;
    struct reef_end end;
    vi seen;

    end_of(ray, depth, &end);
    seen = load(frame->depth + at) == end.flat;
    if (!any(seen))
        return;
    p = ray_at(ray, end.ahead);
    if (any(seen & end.hit))
        light = choose3(end.hit,
                        through_water(reef, bed_light(frame, p, end.ahead * pixel * 1.2f), dir,
                                      end.ahead * ray->length),
                        light);
    if (any(seen & end.ceiling))
        light = choose3(end.ceiling,
                        through_water(reef, ceiling_light(frame, p, dir, end.ahead * pixel), dir,
                                      end.ahead * ray->length * 0.7f),
                        light);
    store(frame->plane[0] + at, choose(seen, light.x, load(frame->plane[0] + at)));
    store(frame->plane[1] + at, choose(seen, light.y, load(frame->plane[1] + at)));
    store(frame->plane[2] + at, choose(seen, light.z, load(frame->plane[2] + at)));
}

SIMD void reef_ray(const struct frame *frame, int group, int row, struct ray *ray)
{
    const struct view *view = &frame->view;
    float pixel_x = view->pixel * (float)frame->out_width / (float)frame->width;
    float pixel_y = view->pixel * (float)frame->out_height / (float)frame->height;
    vf across =
        (lane_index() + ((float)(group * VW) + 0.5f - 0.5f * (float)frame->width)) * pixel_x;
    vf rise = splat((0.5f * (float)frame->height - 0.5f - (float)row) * pixel_y + view->shift);

    for (int k = 0; k < 3; k++)
        ray->eye[k] = view->eye[k];
    ray->dir = vec3(view->forward[0] + across * view->right[0], rise,
                    view->forward[1] + across * view->right[1]);
    ray->flat = sqrt_v(1.0f + across * across);
    ray->length = sqrt_v(1.0f + across * across + rise * rise);
}

/* Depths of the ground, below 0 where there is none. */
SIMD void reef_trace(const struct frame *frame, int group)
{
    const struct reef *reef = frame->reef;
    const struct view *view = &frame->view;
    struct walk walk = {.row = splat((float)(frame->height - 1)), .depth = splat(0.15f)};
    float *depths = frame->slide[0] + (size_t)group * VW, top = 5.0f - reef->depth_m;
    struct ray ray;
    struct bed bed;

    for (int row = 0; row < frame->height; row++)
        store(depths + (size_t)row * (size_t)frame->stride, splat(-1));
    reef_ray(frame, group, frame->height - 1, &ray);
    walk.active = splat_int(-1);
    walk.rise = row_rise(frame, walk.row);
    bed_at(reef, view->eye[0] + walk.depth * ray.dir.x, view->eye[2] + walk.depth * ray.dir.z,
           &bed);
    walk.gap = view->eye[1] + walk.depth * walk.rise - bed.height;
    for (int i = 0; i < GROUND_STEPS; i++) {
        vf depth = walk.depth + max_v(walk.gap * 0.45f, walk.depth * 0.004f + 0.006f);
        vf y = view->eye[1] + depth * walk.rise;

        walk.active &= (depth < SIGHT_M) & ((walk.rise < 0.0f) | (y < top));
        if (!any(walk.active))
            break;
        bed_at(reef, view->eye[0] + depth * ray.dir.x, view->eye[2] + depth * ray.dir.z, &bed);
        walk_on(frame, &walk, depth, y - bed.height, 0.004f + depth * 0.0012f, depths);
    }
}

/* What the rays end at. */
SIMD void reef_depths(const struct frame *frame, int group)
{
    for (int row = 0; row < frame->height; row++) {
        size_t at = (size_t)row * (size_t)frame->stride + (size_t)group * VW;
        struct reef_end end;
        struct ray ray;

        reef_ray(frame, group, row, &ray);
        end_of(&ray, load(frame->slide[0] + at), &end);
        store(frame->depth + at, end.flat);
    }
}

/* First all columns are traced, into frame->slide[0], which nothing else uses here; when that
 * `is_traced` and the garden is drawn, they are shaded. */
void KERNEL(reef_columns)(const struct frame *frame, int group)
{
    if (!frame->is_traced) {
        reef_trace(frame, group);
        reef_depths(frame, group);
        return;
    }
    for (int row = 0; row < frame->height; row++) {
        size_t at = (size_t)row * (size_t)frame->stride + (size_t)group * VW;
        struct ray ray;

        reef_ray(frame, group, row, &ray);
        reef_shade(frame, &ray, load(frame->slide[0] + at), at);
    }
}

/* Shafts of light, at low resolution: how much of the sun the water along a ray throws to the
 * eye. Kept in frame->sky[0], which nothing else uses here. */
void KERNEL(reef_shaft_row)(const struct frame *frame, int row)
{
    const struct reef *reef = frame->reef;
    float pixel = frame->view.pixel * (float)frame->out_width / (float)frame->sky_width;
    float rise = (0.5f * (float)frame->sky_height - 0.5f - (float)row) * pixel + frame->view.shift;
    int from_row = row * frame->height / frame->sky_height;

    for (int column = 0; column < frame->sky_width; column += VW) {
        vf x = lane_index() + (float)column;
        vf across = (x + (0.5f - 0.5f * (float)frame->sky_width)) * pixel;
        vf length = sqrt_v(1.0f + across * across + rise * rise), sum = splat(0), step, t, jitter;
        vi sample = to_int(clamp_v(x * ((float)frame->width / (float)frame->sky_width), 0.0f,
                                   (float)(frame->width - 1)));
        vf end = gather(frame->depth, sample + from_row * frame->stride);
        size_t at = (size_t)row * (size_t)frame->sky_stride + (size_t)column;

        end = min_v(end, splat(SHAFT_M));
        step = end * (1.0f / (float)SHAFT_STEPS);
        jitter = hash_v(to_int(x), splat_int(row + (int)(frame->phase & 7) * 977));
        t = step * (0.25f + 0.5f * jitter);
        for (int i = 0; i < SHAFT_STEPS; i++) {
            struct v3 p = vec3(
                frame->view.eye[0] + t * (frame->view.forward[0] + across * frame->view.right[0]),
                frame->view.eye[1] + t * rise,
                frame->view.eye[2] + t * (frame->view.forward[1] + across * frame->view.right[1]));
            vf bright = caustic_at(reef, p, splat(0.36f)) - 0.66f;

            bright = max_v(bright, splat(0)) * mask_v(p.y < 0.0f);
            sum += bright * exp_v(t * length * -reef->murk[1] + p.y * 0.10f) * step;
            t += step;
        }
        store(frame->sky[0] + at, sum * length);
    }
}

/* Puts the shafts in front of all. */
void KERNEL(reef_veil_row)(const struct frame *frame, int row)
{
    const struct reef *reef = frame->reef;
    float scale_x = (float)frame->sky_width / (float)frame->width;
    float scale_y = (float)frame->sky_height / (float)frame->height;
    float y = ((float)row + 0.5f) * scale_y - 0.5f;
    float pixel = frame->view.pixel * (float)frame->out_width / (float)frame->width;
    int first;

    y = fminf(fmaxf(y, 0), (float)(frame->sky_height - 2));
    first = (int)y;
    for (int column = 0; column < frame->width; column += VW) {
        size_t at = (size_t)row * (size_t)frame->stride + (size_t)column;
        vf x = lane_index() + (float)column, fx, a, b, amount, px;
        struct ray ray;
        struct v3 dir;
        vi from;

        px = clamp_v((x + 0.5f) * scale_x - 0.5f, 0.0f, (float)(frame->sky_width - 2));
        fx = floor_v(px);
        px -= fx;
        from = to_int(fx) + first * frame->sky_stride;
        a = lerp_v(gather(frame->sky[0], from), gather(frame->sky[0], from + 1), px);
        from = from + frame->sky_stride;
        b = lerp_v(gather(frame->sky[0], from), gather(frame->sky[0], from + 1), px);
        amount = lerp_v(a, b, splat(y - (float)first));
        ray.dir =
            vec3(frame->view.forward[0] +
                     (x - 0.5f * (float)frame->width) * pixel * frame->view.right[0],
                 splat((0.5f * (float)frame->height - (float)row) * pixel + frame->view.shift),
                 frame->view.forward[1] +
                     (x - 0.5f * (float)frame->width) * pixel * frame->view.right[1]);
        dir = unit3(ray.dir);
        amount *= 0.26f * (0.22f + phase_v(dot3(dir, splat3(reef->beam)), 0.55f) * 2.2f);
        store(frame->plane[0] + at,
              load(frame->plane[0] + at) + amount * (reef->high[0] + reef->glow[0] * 2.0f));
        store(frame->plane[1] + at,
              load(frame->plane[1] + at) + amount * (reef->high[1] + reef->glow[1] * 2.0f));
        store(frame->plane[2] + at,
              load(frame->plane[2] + at) + amount * (reef->high[2] + reef->glow[2] * 2.0f));
    }
}
