/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel that draws outer space over its stars. */
#include "workers/diorama/kernel_table.h"
#include "workers/diorama/sky/cosmos_simd.h"

/* How much of the sun the bodies leave to see from the eye, 0 to 1. */
static float sun_seen(const struct frame *frame, const struct cosmos *cosmos)
{
    float seen = 1;

    for (int i = 0; i < cosmos->body_count; i++) {
        const struct cosmos_body *body = &cosmos->bodies[i];
        float along = 0, all = 0, off;

        for (int k = 0; k < 3; k++) {
            float to = body->center[k] - frame->view.eye[k];

            along += to * cosmos->sun[k];
            all += to * to;
        }
        off = (__builtin_sqrtf(all - along * along) - body->radius) / __builtin_sqrtf(all);
        off = along > 0 ? off * 45.0f + 0.6f : 1.0f;
        seen *= off < 0 ? 0 : off > 1 ? 1 : off;
    }
    return seen;
}

/* The disc of the sun, and its glare in the lens. */
SIMD struct v3 sun_light(struct v3 behind, vf near, float seen)
{
    vf off = sqrt_v(max_v(2.0f - 2.0f * near, splat(0))), glare;

    if (seen <= 0)
        return behind;
    glare =
        0.55f * exp_v(off * -24.0f) + 0.10f * exp_v(off * -6.5f) + 0.0016f / (off * off + 0.0016f);
    return mad3(behind, color(1.0f, 0.94f, 0.84f), glare * (seen * 1.2f));
}

SIMD struct v3 to_body(const struct cosmos_body *body, float turn, struct v3 v)
{
    vf x = dot3(v, splat3(body->axes[0])), z = dot3(v, splat3(body->axes[2]));
    vf s = sin_v(splat(turn)), c = cos_v(splat(turn));

    return vec3(x * c + z * s, dot3(v, splat3(body->axes[1])), z * c - x * s);
}

SIMD struct v3 body_face(const struct frame *frame, const struct cosmos_body *body,
                         const struct face_bit *bit, struct v3 dir, float turn)
{
    struct v3 sun = splat3(frame->cosmos->sun), there = to_body(body, turn, sun), half;
    vf glint;

    if (body->kind == COSMOS_GIANT)
        return giant_light(frame, body, bit);
    if (body->kind == COSMOS_MOON)
        return moon_light(frame, body, bit, there);
    half = unit3(vec3(sun.x - dir.x, sun.y - dir.y, sun.z - dir.z));
    glint = pow_v(max_v(dot3(half, bit->normal), splat(0)), 46.0f) * 0.17f;
    return earth_light(frame, body, bit, there, glint);
}

/* Air over the face and beyond the limb. `over` is the height of the ray there, in radii. */
SIMD struct v3 air_glow(const struct cosmos_body *body, vf noon, vf toward_sun, vf over)
{
    vf warm = 1.0f - smooth_v(-0.12f, 0.20f, noon), lit = smooth_v(-0.20f, 0.30f, noon);
    vf forward = max_v(toward_sun, splat(0));
    struct v3 day = body->kind == COSMOS_EARTH ? color(0.20f, 0.44f, 1.0f) : splat3(body->color[1]);

    forward = forward * forward * forward * forward;
    forward = forward * forward * forward;
    warm *= 1.0f - smooth_v(0.3f, 2.2f, over * (1.0f / body->air));
    day =
        scale3(lerp3(day, color(1.0f, 0.42f, 0.16f), warm * 0.75f), lit * (0.95f + 3.0f * forward));
    /* At night air glows faintly by itself. */
    return mad3(day, color(0.020f, 0.060f, 0.055f), 1.0f - lit);
}

SIMD struct v3 draw_body(const struct frame *frame, const struct cosmos_body *body, struct v3 dir,
                         float pixel, struct v3 behind)
{
    const struct cosmos *cosmos = frame->cosmos;
    const float *eye = frame->view.eye;
    float to[3] = {body->center[0] - eye[0], body->center[1] - eye[1], body->center[2] - eye[2]};
    float all = to[0] * to[0] + to[1] * to[1] + to[2] * to[2], radius = body->radius;
    float turn =
        body->spin * frame->clip_time_s * (frame->world->scene->time_scale > 1 ? 4.0f : 1.0f);
    vf along = dot3(dir, splat3(to)), near = sqrt_v(max_v(all - along * along, splat(0)));
    vf cover = saturate((radius - near) / max_v(along * pixel, splat(1e-3f)) + 0.5f);
    vf toward_sun = dot3(dir, splat3(cosmos->sun)), over = (near - radius) * (1.0f / radius);
    vi met = along > 0.0f, rim = met & (over < body->air * 9.0f + 0.001f);
    struct face_bit bit;
    struct v3 light, p;

    cover = choose(met, cover, splat(0));
    if (!any(rim | (cover > 0.0f)))
        return behind;
    if (body->air > 0) {
        struct v3 top = vec3(dir.x * along - to[0], dir.y * along - to[1], dir.z * along - to[2]);
        vf noon = dot3(scale3(top, 1.0f / max_v(near, splat(1e-3f))), splat3(cosmos->sun));
        vf amount = exp_v(max_v(over, splat(0)) * (-1.0f / body->air)) * 0.85f;

        behind = lerp3(behind, air_glow(body, noon, toward_sun, max_v(over, splat(0))),
                       choose(rim, amount, splat(0)));
    }
    if (!any(cover > 0.0f))
        return behind;
    p = scale3(dir, along - sqrt_v(max_v(radius * radius - near * near, splat(0))));
    bit.grain = sqrt_v(dot3(p, p)) * (pixel / radius);
    bit.normal = unit3(vec3(p.x - to[0], p.y - to[1], p.z - to[2]));
    bit.facing = saturate(-dot3(bit.normal, dir));
    bit.noon = dot3(bit.normal, splat3(cosmos->sun));
    bit.place = to_body(body, turn, bit.normal);
    bit.cell = scale3(bit.place, splat(body->detail));
    bit.grain *= body->detail;
    /* Near the limb a sample is long. */
    bit.grain *= min_v(0.5f + 0.5f / max_v(bit.facing, splat(0.02f)), splat(9.0f));
    light = body_face(frame, body, &bit, dir, turn);
    if (body->air > 0) {
        vf haze = 1.0f - exp_v((body->detail > 1 ? -0.040f : -0.065f) / (bit.facing + 0.03f));

        light = lerp3(light, air_glow(body, bit.noon, toward_sun, splat(0)), haze);
    }
    return lerp3(behind, light, cover);
}

/* A ring of ice about a body, about its axis; `nearer` tells its front from its back. */
SIMD struct v3 draw_ring(const struct frame *frame, const struct cosmos_body *body, struct v3 dir,
                         int front, struct v3 behind)
{
    const float *eye = frame->view.eye, *axis = body->axes[1], *sun = frame->cosmos->sun;
    float to[3] = {body->center[0] - eye[0], body->center[1] - eye[1], body->center[2] - eye[2]};
    float along = to[0] * axis[0] + to[1] * axis[1] + to[2] * axis[2];
    float up = sun[0] * axis[0] + sun[1] * axis[1] + sun[2] * axis[2];
    float lit = 0.35f + 0.9f * __builtin_fabsf(up);
    vf slope = dot3(dir, splat3(axis)), t, away, thick, off, sunward, shade, grain;
    struct v3 p;

    slope = choose(abs_v(slope) < 1e-4f, splat(1e-4f), slope);
    t = along / slope;
    p = scale3(vec3(dir.x * t - to[0], dir.y * t - to[1], dir.z * t - to[2]),
               splat(1.0f / body->radius));
    away = sqrt_v(dot3(p, p));
    thick = smooth_v(1.30f, 1.34f, away) * (1.0f - smooth_v(2.28f, 2.33f, away));
    thick *= front ? mask_v((t > 0.0f) & (dot3(p, dir) < 0.0f))
                   : mask_v((t > 0.0f) & (dot3(p, dir) >= 0.0f));
    if (!any(thick > 0.0f))
        return behind;
    /* Grooves finer than a sample fade out. */
    grain = abs_v(t / slope) * (frame->view.pixel / body->radius);
    off = 0.5f + 0.28f * sin_v(away * 23.0f + body->offset[0]) * saturate(1.6f - 10.0f * grain) +
          0.20f * sin_v(away * 61.0f + body->offset[1]) * saturate(1.6f - 27.0f * grain) +
          0.12f * sin_v(away * 137.0f) * saturate(1.6f - 60.0f * grain);
    off *= 1.0f - 0.92f * smooth_v(1.93f, 1.95f, away) * (1.0f - smooth_v(2.01f, 2.03f, away));
    off *= lerp_v(splat(0.35f), splat(1), smooth_v(1.45f, 1.62f, away));
    /* The body's shadow. */
    sunward = dot3(p, splat3(sun));
    shade = sqrt_v(max_v(dot3(p, p) - sunward * sunward, splat(0)));
    shade = choose(sunward < 0.0f, smooth_v(0.95f, 1.06f, shade), splat(1));
    return lerp3(behind, scale3(color(0.78f, 0.70f, 0.58f), shade * off * lit),
                 saturate(thick * (0.25f + 0.9f * off)));
}

/* The Milky Way and nebulae, at low resolution. */
void KERNEL(cosmos_glow_row)(const struct frame *frame, int row)
{
    const struct canvas canvas = {
        .width = frame->sky_width,
        .height = frame->sky_height,
        .pixel = {frame->view.pixel * (float)frame->out_width / (float)frame->sky_width,
                  frame->view.pixel * (float)frame->out_height / (float)frame->sky_height}};

    for (int x = 0; x < frame->sky_width; x += VW) {
        size_t at = (size_t)row * (size_t)frame->sky_stride + (size_t)x;
        struct v3 light;
        struct ray ray;

        ray_begin(&frame->view, &canvas, x, row, &ray);
        light = behind_stars(frame, frame->cosmos, scale3(ray.dir, 1.0f / ray.length));
        store(frame->sky[0] + at, light.x);
        store(frame->sky[1] + at, light.y);
        store(frame->sky[2] + at, light.z);
    }
}

SIMD struct v3 glow_at(const struct frame *frame, int column, int row)
{
    float per_x = (float)frame->sky_width / (float)frame->width;
    float per_y = (float)frame->sky_height / (float)frame->height;
    float fy = ((float)row + 0.5f) * per_y - 0.5f;
    vf x = (lane_index() + ((float)column + 0.5f)) * per_x - 0.5f, left, c[3];
    vi at;
    int top;

    x = clamp_v(x, 0.0f, (float)(frame->sky_width - 1) - 0.001f);
    fy = fy < 0 ? 0 : fy;
    fy =
        fy > (float)(frame->sky_height - 1) - 0.001f ? (float)(frame->sky_height - 1) - 0.001f : fy;
    top = (int)fy;
    left = floor_v(x);
    at = to_int(left) + top * frame->sky_stride;
    for (int k = 0; k < 3; k++) {
        const float *from = frame->sky[k];
        vf above = lerp_v(gather(from, at), gather(from, at + 1), x - left);
        vf below = lerp_v(gather(from, at + frame->sky_stride),
                          gather(from, at + (frame->sky_stride + 1)), x - left);

        c[k] = lerp_v(above, below, splat(fy - (float)top));
    }
    return vec3(c[0], c[1], c[2]);
}

/* A body and its ring. */
SIMD struct v3 draw_ringed(const struct frame *frame, const struct cosmos_body *body, struct v3 dir,
                           float pixel, struct v3 behind)
{
    bool has_ring = body->kind == COSMOS_GIANT;

    if (has_ring)
        behind = draw_ring(frame, body, dir, 0, behind);
    behind = draw_body(frame, body, dir, pixel, behind);
    return has_ring ? draw_ring(frame, body, dir, 1, behind) : behind;
}

void KERNEL(cosmos_row)(const struct frame *frame, int row)
{
    const struct cosmos *cosmos = frame->cosmos;
    struct canvas canvas = {.width = frame->width, .height = frame->height};
    float seen = sun_seen(frame, cosmos), pixel = frame->view.pixel;

    canvas.pixel[0] = pixel * (float)frame->out_width / (float)frame->width;
    canvas.pixel[1] = pixel * (float)frame->out_height / (float)frame->height;
    for (int x = 0; x < frame->width; x += VW) {
        size_t at = (size_t)row * (size_t)frame->stride + (size_t)x;
        struct v3 light = vec3(load(frame->plane[0] + at), load(frame->plane[1] + at),
                               load(frame->plane[2] + at)),
                  dir;
        struct ray ray;

        ray_begin(&frame->view, &canvas, x, row, &ray);
        dir = scale3(ray.dir, 1.0f / ray.length);
        light = add3(light, glow_at(frame, x, row));
        if (cosmos->body_count > 0 && seen > 0) {
            vf near = dot3(dir, splat3(cosmos->sun));

            light = choose3(near > 0.99995f, color(60, 57, 52), light);
        }
        for (int i = 0; i < cosmos->body_count; i++)
            light = draw_ringed(frame, &cosmos->bodies[i], dir, pixel, light);
        if (cosmos->body_count > 0)
            light = sun_light(light, dot3(dir, splat3(cosmos->sun)), seen);
        store(frame->plane[0] + at, light.x);
        store(frame->plane[1] + at, light.y);
        store(frame->plane[2] + at, light.z);
        store(frame->depth + at, splat(1e9f));
    }
}
