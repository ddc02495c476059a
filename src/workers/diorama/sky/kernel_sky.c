/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernel that draws the sky with its clouds at low resolution, to be enlarged by the marcher.
 * Clouds are soft and far away, and hardly change from frame to frame: where the sky was drawn
 * before, each row is drawn anew in one frame of four only, and in the others taken from where it
 * was seen in the frame before.
 */
#include <math.h>

#include "workers/diorama/kernel_table.h"
#include "workers/diorama/sea/sea.h"
#include "workers/diorama/sky/sky_simd.h"

#define STILL_TEXELS 0.01f

enum { LIGHT_TAPS = 4 };

/* One ray through the clouds: what it gathers, and how much shines through. */
struct cloud_ray {
    struct v3 light;
    vf through;
    vf depth; /* mean distance of what was gathered */
};

/* Optical depth from a point toward the light. */
SIMD vf cloud_depth(const struct frame *frame, struct v3 p)
{
    struct v3 sun = splat3(frame->world->sky.sun);
    float step = 45.0f, at = 25.0f;
    vf depth = splat(0);

    for (int i = 0; i < LIGHT_TAPS; i++) {
        depth += cloud_density(frame, mad3(p, sun, splat(at)), 0) * step;
        at += step * 1.05f;
        step *= 2.2f;
    }
    return depth * frame->world->clouds.density;
}

/* Light a bit of cloud sends to the eye: three orders of scattering, each wider and fainter. */
SIMD struct v3 cloud_glow(const struct frame *frame, struct v3 p, vf density, vf mu)
{
    const struct world *world = frame->world;
    const struct clouds *clouds = &world->clouds;
    vf depth = cloud_depth(frame, p), height, sunlit;
    vf powder = 1.0f - 0.65f * exp_v(density * -5.0f);
    struct v3 ambient;

    sunlit = exp_v(-depth) * (0.7f * phase_v(mu, 0.78f) + 0.3f * phase_v(mu, -0.25f));
    sunlit += 0.55f * exp_v(depth * -0.35f) * phase_v(mu, 0.4f);
    sunlit += 0.40f * exp_v(depth * -0.10f) * phase_v(mu, 0.15f);
    height = saturate((p.y - clouds->bottom_m) * (1.0f / (clouds->top_m - clouds->bottom_m)));
    ambient = scale3(add3(splat3(world->sky.ambient_sun), splat3(world->sky.ambient_away)),
                     0.26f + 0.30f * height);
    return mad3(ambient, splat3(world->sky.high_color), sunlit * powder * 1.5f);
}

/* Interleaved gradient noise: its neighbors differ so much that enlarging smooths it away. */
SIMD vf dither(vf x, float y)
{
    vf n = x * 0.06711056f + y * 0.00583715f;

    n = 52.9829189f * (n - floor_v(n));
    return n - floor_v(n);
}

SIMD void cloud_march(const struct frame *frame, struct v3 dir, vf jitter, struct cloud_ray *ray)
{
    const struct clouds *clouds = &frame->world->clouds;
    struct v3 eye = splat3(frame->view.eye);
    vf flat = choose(abs_v(dir.y) < 1e-3f, splat(1e-3f), dir.y);
    vf t0 = (clouds->bottom_m - eye.y) / flat, t1 = (clouds->top_m - eye.y) / flat;
    vf start = max_v(min_v(t0, t1), splat(0)), end = min_v(max_v(t0, t1), splat(clouds->reach_m));
    vi active = (start < end) & (start < clouds->reach_m), inside = active & ~active;
    vf mu = dot3(dir, splat3(frame->world->sky.sun)), step, t, total = splat(0), edge = splat(0);

    ray->light = color(0, 0, 0);
    ray->through = splat(1);
    ray->depth = start;
    if (!any(active))
        return;
    step = min_v(end - start, splat(14000.0f)) * (1.0f / (float)clouds->steps);
    if (clouds->step_growth > 0)
        step = max_v(start * clouds->step_growth, splat(clouds->step_least_m));
    t = start + step * jitter;
    for (int i = 0; i < clouds->steps * 3 / 2 && any(active); i++) {
        struct v3 p = mad3(eye, dir, t);
        vf density = choose(active, cloud_density(frame, p, 1), splat(0));
        vi cloudy = density > 0.002f, entered = cloudy & ~inside & (t > start);
        vf pace = choose(inside, step * 0.4f, step);

        /* Coming upon a cloud, goes back and feels its edge with shorter steps. */
        edge = choose(entered, t + step * 0.1f, edge);
        t = choose(entered, max_v(t - step * 0.95f, start), t);
        inside = active & (cloudy | (t < edge));
        density = choose(cloudy & ~entered, density, splat(0));
        if (any(density > 0.002f)) {
            vf stop = 1.0f - exp_v(density * pace * -clouds->density), weight = ray->through * stop;

            ray->light = mad3(ray->light, cloud_glow(frame, p, density, mu), weight);
            ray->through *= 1.0f - stop;
            ray->depth =
                choose(weight > 0.0f, (ray->depth * total + t * weight) / (total + weight + 1e-9f),
                       ray->depth);
            total += weight;
        }
        t = choose(entered, t, t + pace);
        if (clouds->step_growth > 0)
            step = max_v(t * clouds->step_growth, splat(clouds->step_least_m));
        active &= (ray->through > 0.015f) & (t < end);
    }
}

/* Thin ice high up: streaks along the wind, bright against the sun. */
SIMD vf cirrus(const struct frame *frame, struct v3 dir)
{
    const struct clouds *clouds = &frame->world->clouds;
    vf t = (8800.0f - frame->view.eye[1]) / max_v(dir.y, splat(0.02f));
    vf x = (frame->view.eye[0] + dir.x * t + frame->cloud_time_s * 22.0f) * (1.0f / 21000.0f);
    vf z = (frame->view.eye[2] + dir.z * t) * (1.0f / 5200.0f);
    vf bend = volume_noise(clouds->volume, vec3(x * 2.0f, splat(3.5f), z * 0.7f));
    vf a = volume_noise(clouds->volume,
                        vec3(x * 5.0f + bend * 3.0f, splat(21.0f), z * 4.0f + bend * 5.0f));
    vf b = volume_noise(clouds->volume,
                        vec3(x * 19.0f + bend * 8.0f, splat(40.0f), z * 22.0f + bend * 9.0f));
    vf amount = saturate(a * 0.9f + b * 0.35f + bend * 0.8f - (1.32f - 0.45f * clouds->cirrus));

    return amount * clouds->cirrus * smooth_v(0.03f, 0.2f, dir.y) * 1.5f;
}

/* Clouds far away sink into the same air as everything else. */
SIMD struct v3 fade_far(const struct frame *frame, const struct cloud_ray *ray, struct v3 sky)
{
    vf clear = exp_v(ray->depth * (-1.0f / (34000.0f - 16000.0f * frame->world->air.veil)));

    return lerp3(scale3(sky, 1.0f - ray->through), ray->light, clear);
}

/* Where a ray leaves the sea of clouds below it there is more of it, too far to march. */
SIMD struct v3 cloud_deck(const struct frame *frame, struct v3 dir, struct v3 sky)
{
    const struct world *world = frame->world;
    float level = world->clouds.bottom_m + 0.2f * (world->clouds.top_m - world->clouds.bottom_m);
    vf t = (level - frame->view.eye[1]) / min_v(dir.y, splat(-1e-3f));
    struct v3 ambient = add3(splat3(world->sky.ambient_sun), splat3(world->sky.ambient_away));
    struct v3 deck = mad3(scale3(ambient, splat(0.38f)), splat3(world->sky.high_color),
                          splat(0.03f + 0.16f * world->sky.sun[1]));

    return choose3(dir.y < 0.0f, lerp3(sky, deck, exp_v(t * (-1.0f / 30000.0f))), sky);
}

/* The sky with its clouds toward `dir`; *through is what shines through them. */
SIMD struct v3 sky_toward(const struct frame *frame, struct v3 dir, vf jitter, bool clouds,
                          vf *through)
{
    const struct world *world = frame->world;
    struct sky_parts parts = sky_parts(&world->sky, dir);
    struct v3 sky = sky_join(parts, dot3(dir, splat3(world->sky.sun))), high;
    struct cloud_ray ray = {color(0, 0, 0), splat(1), splat(0)};
    vf thin;

    if (world->clouds.sea)
        sky = cloud_deck(frame, dir, sky);
    sky = lerp3(sky, splat3(world->air.veil_color),
                world->air.veil * (1.15f - 0.5f * smooth_v(0.0f, 0.4f, dir.y)));
    if (world->clouds.cirrus > 0) {
        vf mu = dot3(dir, splat3(world->sky.sun));

        thin = cirrus(frame, dir);
        high = mad3(scale3(splat3(world->sky.ambient_sun), splat(0.7f)),
                    splat3(world->sky.high_color), 0.5f * phase_v(mu, 0.7f) + 0.045f);
        sky = lerp3(sky, high, saturate(thin));
    }
    if (clouds) {
        cloud_march(frame, dir, jitter, &ray);
        ray.light = fade_far(frame, &ray, sky);
    }
    *through = ray.through;
    return mad3(ray.light, sky, ray.through);
}

/* A row of a struct dome. */
void KERNEL(dome_row)(const struct frame *frame, float *const light[3], int row)
{
    const float middle = 0.5f * (float)DOME_SIDE - 0.5f;
    bool clouds = frame->world->clouds.cover > 0;

    for (int column = 0; column < DOME_SIDE; column += VW) {
        vf x = (lane_index() + (float)column - middle) * (1.0f / (middle - 1.0f));
        vf z = splat(((float)row - middle) / (middle - 1.0f)), radius, flat, through;
        size_t at = (size_t)row * DOME_SIDE + (size_t)column;
        struct v3 dir, sky;

        radius = sqrt_v(x * x + z * z) + 1e-6f;
        dir.y = 1.0f - min_v(radius, splat(1));
        dir.y = max_v(dir.y * dir.y, splat(0.001f));
        flat = sqrt_v(1.0f - dir.y * dir.y) / radius;
        dir.x = x * flat;
        dir.z = z * flat;
        sky = sky_toward(frame, dir, splat(0.5f), clouds && any(radius < 1.05f), &through);
        store(light[0] + at, sky.x);
        store(light[1] + at, sky.y);
        store(light[2] + at, sky.z);
    }
}

/* Where places were seen before, in pixels of the past sky: clouds, as if all were at one height,
 * and all else behind them. */
SIMD void past_place(const struct frame *frame, struct v3 dir, vf place[2])
{
    const struct clouds *clouds = &frame->world->clouds;
    const struct view *view = &frame->past_sky_view;
    const float *eye = frame->sky_view.eye, *last = view->eye;
    float level = clouds->bottom_m + 0.3f * (clouds->top_m - clouds->bottom_m) - eye[1];
    float per_pixel = (float)frame->sky_width / ((float)frame->out_width * view->pixel);
    vf away = level / choose(abs_v(dir.y) < 1e-3f, splat(1e-3f), dir.y), ahead;
    struct v3 p;

    away = choose((away > 0.0f) & (away < clouds->reach_m), away, splat(clouds->reach_m));
    p = vec3(dir.x * away + (eye[0] - last[0] + frame->sky_step_s * clouds->wind_m_s[0]),
             dir.y * away + (eye[1] - last[1]),
             dir.z * away + (eye[2] - last[2] + frame->sky_step_s * clouds->wind_m_s[1]));
    ahead = per_pixel / max_v(p.x * view->forward[0] + p.z * view->forward[1], splat(1e-3f));
    place[0] = (p.x * view->right[0] + p.z * view->right[1]) * ahead +
               (0.5f * (float)frame->sky_width - 0.5f);
    place[1] = (0.5f * (float)frame->sky_height - 0.5f) - p.y * ahead + view->shift * per_pixel;
}

/* Clamps to the texels 0 to `last`; clears the lanes that lie farther outside than `known` may. */
SIMD vf into(vf x, int last, vi *known)
{
    *known &= (x > -0.5f) & (x < (float)last + 0.5f);
    return clamp_v(x, 0.0f, (float)last - 0.001f);
}

/* The sky there as it was drawn before; the lanes where it is known. */
SIMD vi past_sky(const struct frame *frame, struct v3 dir, const float here[2], vf sky[4])
{
    vf place[2], x, y, left, top;
    vi known = splat_int(-1), at;

    past_place(frame, dir, place);
    x = lane_index() + here[0];
    x = choose(abs_v(place[0] - x) < STILL_TEXELS, x, place[0]);
    y = choose(abs_v(place[1] - here[1]) < STILL_TEXELS, splat(here[1]), place[1]);
    x = into(x, frame->sky_width - 1, &known);
    y = into(y, frame->sky_height - 1, &known);
    left = floor_v(x);
    top = floor_v(y);
    at = to_int(top) * frame->sky_stride + to_int(left);
    for (int k = 0; k < 4; k++) {
        const float *from = frame->past_sky[k];
        vf a = gather(from, at), b = gather(from, at + 1);
        vf c = gather(from, at + frame->sky_stride), d = gather(from, at + (frame->sky_stride + 1));

        if (k == 0)
            known &= min_v(min_v(a, b), min_v(c, d)) >= 0.0f;
        sky[k] = lerp_v(lerp_v(a, b, x - left), lerp_v(c, d, x - left), y - top);
    }
    return known | (lane_index() + here[0] >= (float)frame->sky_width);
}

/* The samples, from first to last, that a row or column of the low-resolution sky is looked up by,
 * or several: `ratio` samples to each. */
struct span {
    int first, last;
};

SIMD struct span span_of(int from, int to, int size, float ratio, int samples)
{
    struct span span = {(int)(((float)from - 0.5f) * ratio) - 2,
                        (int)(((float)to + 1.5f) * ratio) + 1};

    if (from < 3 || span.first < 0)
        span.first = 0;
    if (to > size - 3 || span.last > samples - 1)
        span.last = samples - 1;
    return span;
}

/* Whether land hides these sky pixels from all samples; their neighbors too, up to the next
 * multiple of the greatest width, so that all widths know as much of the past. What water mirrors
 * is never hidden. */
SIMD bool is_hidden(const struct frame *frame, int column, int row)
{
    int left = column / KERNEL_LANES_MAX * KERNEL_LANES_MAX, right = left + KERNEL_LANES_MAX - 1;
    float wide = (float)frame->width / (float)frame->sky_width;
    float tall = (float)frame->height / (float)frame->sky_height;
    struct span columns = span_of(left, right, frame->sky_width, wide, frame->width);
    struct span rows = span_of(row, row, frame->sky_height, tall, frame->height);
    vi open = splat_int(0);

    if (!frame->is_traced || frame->world->terrain.water_m > NO_WATER)
        return false;
    for (int y = rows.first; y <= rows.last; y++)
        for (int x = columns.first; x <= columns.last; x += VW)
            open |= load(frame->depth + (size_t)y * (size_t)frame->stride + (size_t)x) < 0.0f;
    return !any(open);
}

/* Sky pixels from `column` on, in the directions `dir`. `is_turn`: of a row that is drawn anew. */
SIMD void sky_pixels(const struct frame *frame, struct v3 dir, const float here[2], bool clouds,
                     bool is_turn, vf sky[4])
{
    vi known = splat_int(0);
    struct v3 fresh;
    vf through;

    if (frame->has_past_sky && !is_turn)
        known = past_sky(frame, dir, here, sky);
    if (!any(~known))
        return;
    fresh = sky_toward(frame, dir, dither(lane_index() + here[0], here[1]), clouds, &through);
    if (!any(known)) {
        sky[0] = fresh.x;
        sky[1] = fresh.y;
        sky[2] = fresh.z;
        sky[3] = through;
        return;
    }
    sky[0] = choose(known, sky[0], fresh.x);
    sky[1] = choose(known, sky[1], fresh.y);
    sky[2] = choose(known, sky[2], fresh.z);
    sky[3] = choose(known, sky[3], through);
}

void KERNEL(sky_row)(const struct frame *frame, int row)
{
    const struct world *world = frame->world;
    const struct view *view = &frame->sky_view;
    float ratio = (float)frame->out_width / (float)frame->sky_width * view->pixel;
    float v = (0.5f * (float)frame->sky_height - ((float)row + 0.5f)) * ratio + view->shift;
    bool clouds = world->clouds.cover > 0 && (v > -0.05f || world->clouds.sea);
    bool is_turn = ((row + (int)(frame->phase & 3)) & 3) == 0; /* one row in four */

    for (int column = 0; column < frame->sky_width; column += VW) {
        const float here[2] = {(float)column, (float)row};
        vf u = (lane_index() + ((float)column + 0.5f - 0.5f * (float)frame->sky_width)) * ratio;
        struct v3 dir = unit3(vec3(view->forward[0] + u * view->right[0], splat(v),
                                   view->forward[1] + u * view->right[1]));
        vf sky[4] = {splat(-1), splat(0), splat(0), splat(1)};

        if (!is_hidden(frame, column, row))
            sky_pixels(frame, dir, here, clouds, is_turn, sky);
        for (int k = 0; k < 4; k++)
            store(frame->sky[k] + (size_t)row * (size_t)frame->sky_stride + (size_t)column, sky[k]);
    }
}
