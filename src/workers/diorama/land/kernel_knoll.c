/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel that draws a row of the knoll over what lies behind it. */
#include <math.h>

#include "workers/diorama/forest/forest_simd.h"
#include "workers/diorama/kernel_table.h"
#include "workers/diorama/land/knoll.h"
#include "workers/diorama/land/shade_simd.h"
#include "workers/diorama/land/soft_simd.h"
#include "workers/diorama/near_simd.h"

/* Unevenness away from the eye, so that the brow is no drawn line. */
SIMD vf swell(const struct knoll *knoll, vf x, vf z, vf distance)
{
    float tall = knoll->ground == GROUND_ROAD ? 0.25f : knoll->ground == GROUND_SAND ? 1.1f : 0.8f;
    vf wave = sin_v(x * 0.11f + 1.3f * sin_v(z * 0.047f)) * sin_v(z * 0.083f + 0.7f) +
              0.5f * sin_v(x * 0.23f - z * 0.19f);

    return wave * tall * smooth_v(KNOLL_EVEN_M, KNOLL_ROUGH_M, distance) *
           (1.0f - smooth_v(KNOLL_BROW_M, KNOLL_END_M, distance));
}

/* Depth of the ground along rays; lanes that miss it get a depth below zero. */
SIMD vf ground_depth(const struct knoll *knoll, const struct ray *ray)
{
    float height = ray->eye[1] - knoll->base_m;
    vf bend = ray->flat * ray->flat * (0.5f / KNOLL_RADIUS_M), depth = splat(1), miss = splat(-1);
    vf over = splat(height), rise = ray->dir.y;

    for (int i = 0; i < 3; i++) {
        vf square = rise * rise - 4.0f * bend * over;
        vi meets = (square > 0.0f) & (rise < 0.0f);

        depth = 2.0f * over / max_v(-rise + sqrt_v(max_v(square, splat(0))), splat(1e-5f));
        miss = choose(meets, depth, splat(-1));
        depth = min_v(depth, splat(400));
        over = height - swell(knoll, ray->eye[0] + depth * ray->dir.x,
                              ray->eye[2] + depth * ray->dir.z, depth * ray->flat);
        /* A swell as high as the eye is not met right before it. */
        over = max_v(over, splat(0.35f * height));
    }
    return miss;
}

/* A tile's height, 0 to 1, at a scale; and its slopes added to the normal's. */
SIMD vf rough(const struct tile *tile, struct v3 p, float scale, vf grain, float tilt, vf slope[2])
{
    struct quad quad;

    tile_quad(tile, p.x * scale, p.z * scale, tile_level(tile, grain * scale), &quad);
    slope[0] += (quad_byte(&quad, 1) - 128.0f) * tilt;
    slope[1] += (quad_byte(&quad, 2) - 128.0f) * tilt;
    return quad_byte(&quad, 0) * (1.0f / 255.0f);
}

/* Asphalt with its lines where the road is; `off` is the distance from its middle. */
SIMD vf road_color(const struct knoll *knoll, struct v3 p, vf grain, vf fine, struct v3 *albedo)
{
    vf x = p.x - knoll->road[0], z = p.z - knoll->road[1];
    vf along = x * knoll->road_dir[0] + z * knoll->road_dir[1];
    vf off = x * knoll->road_dir[1] - z * knoll->road_dir[0], lines, on;
    vf wear = noise_v(off * 1.4f, along * 0.05f);

    on = edge_v(3.5f + 0.12f * (noise_v(along * 1.9f, splat(3)) - 0.5f) - abs_v(off), grain);
    lines = edge_v(0.07f - abs_v(abs_v(off) - 3.2f), grain);
    lines = max_v(lines, edge_v(0.06f - abs_v(off), grain) *
                             mask_v(fract_v(along * (1.0f / 9.0f)) < 0.45f));
    *albedo = lerp3(*albedo,
                    lerp3(scale3(color(0.075f, 0.074f, 0.074f), 0.55f + 0.6f * fine + 0.35f * wear),
                          color(0.50f, 0.46f, 0.34f), lines * (0.5f + 0.5f * fine)),
                    on);
    return on;
}

/* Rows of flowers as they look from afar; earth and leaves between them. */
SIMD struct v3 field_color(const struct knoll *knoll, struct v3 p, vf grain, vf fine)
{
    const struct bloom *bloom = &knoll->bloom;
    float per_m = 1.0f / bloom->row_m, half = bloom->row_half * per_m;
    vf x = p.x - knoll->road[0], z = p.z - knoll->road[1];
    vf off = (x * knoll->road_dir[1] - z * knoll->road_dir[0]) * per_m;
    vf row = floor_v(off + 0.5f), in_row, plain;
    struct v3 petals = splat3(bloom->petals[0]), ground;

    in_row = edge_v((half - abs_v(off - row)) * bloom->row_m, grain);
    /* Rows too fine to be told apart are one color. */
    plain = smooth_v(0.35f * bloom->row_m, 1.3f * bloom->row_m, grain);
    in_row = lerp_v(in_row, splat(fminf(2.4f * half, 0.95f)), plain);
    if (bloom->band_m > 0) {
        vf band = floor_v(row * (bloom->row_m / bloom->band_m));

        band -= 4.0f * floor_v(band * 0.25f);
        for (int i = 1; i < BLOOM_HUES; i++)
            petals = choose3(abs_v(band - (float)i) < 0.5f, splat3(bloom->petals[i]), petals);
    }
    ground = scale3(lerp3(splat3(knoll->blade[0]), splat3(knoll->blade[1]), splat(0.35f)),
                    0.5f + 0.6f * fine);
    return lerp3(ground, scale3(petals, 0.45f + 0.7f * fine), in_row);
}

SIMD struct v3 ground_albedo(const struct frame *frame, const struct knoll *knoll, struct v3 p,
                             vf grain, vf slope[2])
{
    const struct world *world = frame->world;
    bool smooth = knoll->ground == GROUND_SNOW || knoll->ground == GROUND_SAND;
    float tilt = world->detail.slope_scale;
    vf fine = rough(&world->detail, p, 40.0f, grain, smooth ? 0.35f * tilt : 1.2f * tilt, slope);
    vf broad = rough(&world->detail, p, 3.1f, grain, smooth ? 0.9f * tilt : 1.2f * tilt, slope);
    vf patch = noise_v(p.x * 0.13f + 5.0f, p.z * 0.13f), on;
    struct v3 albedo = lerp3(splat3(knoll->earth[0]), splat3(knoll->earth[1]),
                             saturate(0.7f * patch + 0.6f * broad - 0.15f));

    if (knoll->blade_m > 0) { /* as the blades look from afar, and dark between them near by */
        vf far = smooth_v(4.0f, 20.0f, grain * 900.0f);
        struct v3 grass =
            lerp3(splat3(knoll->blade[0]), splat3(knoll->blade[1]), 0.25f + 0.4f * patch);
        vf bloom = smooth_v(0.62f, 0.9f, noise_v(p.x * 2.3f, p.z * 2.3f)) * knoll->flowers;
        vf hue = noise_v(p.x * 0.45f + 7.0f, p.z * 0.45f);
        struct v3 petals =
            lerp3(splat3(knoll->bloom.petals[0]), splat3(knoll->bloom.petals[1]), hue);

        albedo = lerp3(scale3(albedo, 0.4f + 0.5f * fine), scale3(grass, 0.45f + 1.0f * fine), far);
        albedo = lerp3(albedo, scale3(petals, splat(0.8f)), bloom * far * knoll->bloom.far);
        if (knoll->bloom.row_m > 0)
            albedo = lerp3(albedo, field_color(knoll, p, grain, fine), far * knoll->bloom.far);
    } else {
        albedo = scale3(albedo, 0.80f + 0.4f * fine);
    }
    if (knoll->ground == GROUND_SAND) { /* ripples of the wind */
        vf wave =
            sin_v(p.x * 31.0f + 3.0f * sin_v(p.z * 1.7f) + 9.0f * noise_v(p.x * 0.9f, p.z * 0.9f));

        slope[0] += wave * 0.16f * saturate(1.3f - grain * 45.0f) * smooth_v(0.3f, 0.6f, patch);
    }
    if (knoll->ground == GROUND_ROAD) {
        on = road_color(knoll, p, grain, fine, &albedo);
        slope[0] *= 1.0f - 0.8f * on;
        slope[1] *= 1.0f - 0.8f * on;
    }
    return albedo;
}

/* What wind and feet made of snow and sand; returns how much light reaches it past that. */
SIMD vf soften(const struct frame *frame, const struct knoll *knoll, struct v3 p, vf grain,
               vf slope[2], struct v3 *albedo)
{
    vf open = splat(1), deep;

    if (knoll->ground == GROUND_SNOW)
        open = snow_relief(frame->world->sky.sun, p, grain, slope);
    if (knoll->track_count == 0)
        return open;
    deep = track_relief(knoll, p, grain, slope);
    *albedo = scale3(*albedo, 1.0f - 0.30f * deep);
    return open * (1.0f - 0.45f * deep);
}

/* What glitters on snow and blows over it. */
SIMD struct v3 snow_air(const struct frame *frame, const struct knoll *knoll, struct v3 p, vf grain,
                        struct v3 light)
{
    const struct world *world = frame->world;
    float sun = fmaxf(world->sky.sun[1], 0) + 0.15f, wind = knoll->wind;
    vf x = p.x - frame->view.eye[0], z = p.z - frame->view.eye[2], blown;
    struct v3 white = mad3(splat3(world->air.mist_color), splat3(world->sky.sun_color),
                           splat(0.12f + 0.1f * sun));

    light =
        mad3(light, splat3(world->sky.sun_color), snow_sparkle(&frame->steady, p, grain) * 0.9f);
    blown = snow_drifting(frame->clip_time_s, wind, p, sqrt_v(x * x + z * z));
    return lerp3(light, white, blown * fminf(0.15f + 0.8f * wind, 0.75f));
}

void KERNEL(knoll_row)(const struct frame *frame, const struct canvas *canvas,
                       const struct knoll *knoll, int row)
{
    const struct world *world = frame->world;

    for (int x = 0; x < canvas->width; x += VW) {
        size_t to = (size_t)row * (size_t)canvas->stride + (size_t)x;
        struct v3 p, light, albedo, normal;
        vf depth, was = load(canvas->depth + to), slope[2] = {splat(0), splat(0)}, grain, veil, sun;
        vf open = splat(1);
        struct ray ray;
        vi hit;

        ray_begin(&frame->view, canvas, x, row, &ray);
        depth = ground_depth(knoll, &ray);
        hit = (depth > 0.0f) & (depth * ray.flat < was);
        if (!any(hit))
            continue;
        p = ray_at(&ray, depth);
        grain = depth * canvas->pixel[1] / max_v(abs_v(ray.dir.y), splat(0.10f)) * 0.7f;
        albedo = ground_albedo(frame, knoll, p, grain, slope);
        if (knoll->ground == GROUND_SNOW || knoll->ground == GROUND_SAND)
            open = soften(frame, knoll, p, grain, slope, &albedo);
        normal = unit3(vec3(-slope[0], splat(1), -slope[1]));
        sun = cloud_shadow(frame, p) * open;
        if (knoll->trees)
            sun *= sun_through(knoll->trees, 1, vec3(p.x, splat(knoll->base_m), p.z), grain);
        light = mul3(albedo, light_on(frame, normal, sun, 0.92f + 0.08f * open));
        if (knoll->ground == GROUND_SNOW)
            light = snow_air(frame, knoll, p, grain, light);
        veil = 1.0f - exp_v(depth * ray.length * -(world->air.haze_per_m + world->air.mist_per_m));
        light = lerp3(light, splat3(world->air.mist_color), veil);
        for (int k = 0; k < 3; k++) {
            vf c = k == 0 ? light.x : k == 1 ? light.y : light.z;

            store(canvas->plane[k] + to, choose(hit, c, load(canvas->plane[k] + to)));
        }
        store(canvas->depth + to, choose(hit, depth * ray.flat, was));
    }
}
