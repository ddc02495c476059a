/* SPDX-License-Identifier: Apache-2.0 */
/* Flames: tongues of noise that rise, on an upright picture that turns to the camera. */
#include <math.h>

#include "workers/diorama/set/set.h"

#define FIRE_RADIUS_M 0.2f /* a flickering lamp as large as this is a fire */
#define FLAME_WIDE_M 0.30f /* half */
#define FLAME_TALL_M 0.62f
#define FLAME_LOW_M 0.30f /* of its foot under the lamp */
#define PERIOD 256

/* How hot a flame is, 0 to 1; u from -1 to 1 across, v from 0 to 1 upward. */
static float heat_at(float u, float v, float seconds)
{
    float rise = seconds * 1.9f, bend, tongue, reach;

    bend = noise_tiled(u * 1.3f + 7, v * 1.6f - rise, PERIOD, 11) * (0.15f + 0.45f * v);
    tongue = noise_tiled((u + bend) * 3.1f, v * 1.7f - 1.25f * rise, PERIOD, 23);
    reach = (0.95f - 0.85f * v) * (1 - 0.25f * v) + 0.42f * tongue * (0.35f + v);
    return smooth_f(0.0f, 0.55f, reach - fabsf(u + bend) * (0.75f + 0.5f * v)) *
           smooth_f(1.0f, 0.55f, v) * smooth_f(-0.02f, 0.10f, v);
}

static void draw_sample(const struct frame *frame, size_t at, float heat, float strength)
{
    float core = heat * heat;
    const float light[3] = {3.6f * heat, 0.55f * heat + 1.5f * core,
                            0.05f * heat + 0.42f * core * core};

    for (int k = 0; k < 3; k++) {
        float *to = &frame->plane[k][at];

        *to = *to * (1 - 0.6f * heat) + strength * light[k];
    }
}

/* Where a flame's picture lies on the samples. */
struct flame_rect {
    float middle, foot, wide, tall; /* samples */
    float ahead_m;
};

static bool flame_rect(const struct set_lamp *lamp, const struct frame *frame,
                       struct flame_rect *rect)
{
    const struct view *view = &frame->view;
    float x = lamp->place[0] - view->eye[0], z = lamp->place[2] - view->eye[2];
    float across = x * view->right[0] + z * view->right[1], scale[2];

    rect->ahead_m = x * view->forward[0] + z * view->forward[1];
    if (rect->ahead_m < 0.5f)
        return false;
    scale[0] = (float)frame->width / (view->pixel * (float)frame->out_width);
    scale[1] = (float)frame->height / (view->pixel * (float)frame->out_height);
    rect->middle = across / rect->ahead_m * scale[0] + 0.5f * (float)frame->width;
    rect->foot =
        0.5f * (float)frame->height -
        ((lamp->place[1] - FLAME_LOW_M - view->eye[1]) / rect->ahead_m - view->shift) * scale[1];
    rect->wide = FLAME_WIDE_M / rect->ahead_m * scale[0];
    rect->tall = FLAME_TALL_M / rect->ahead_m * scale[1];
    return true;
}

static void draw_flame(const struct set_lamp *lamp, const struct frame *frame, float seconds)
{
    struct flame_rect rect;
    int left, right, top, bottom;

    if (!flame_rect(lamp, frame, &rect))
        return;
    left = (int)clamp_f(rect.middle - 1.4f * rect.wide, 0, (float)frame->width);
    right = (int)clamp_f(rect.middle + 1.4f * rect.wide, 0, (float)frame->width);
    top = (int)clamp_f(rect.foot - rect.tall, 0, (float)frame->height);
    bottom = (int)clamp_f(rect.foot, 0, (float)frame->height);
    for (int y = top; y < bottom; y++)
        for (int x = left; x < right; x++) {
            size_t at = (size_t)y * (size_t)frame->stride + (size_t)x;
            float heat = heat_at(((float)x - rect.middle) / rect.wide,
                                 (rect.foot - (float)y) / rect.tall, seconds);

            if (heat > 0.004f && frame->depth[at] > rect.ahead_m - 0.15f)
                draw_sample(frame, at, heat, 0.22f * (lamp->power[0] + 0.5f));
        }
}

void set_draw_flames(const struct set *set, const struct frame *frame)
{
    for (int i = 0; i < set->lamp_count; i++)
        if (set->lamps[i].flicker > 0.5f && set->lamps[i].radius_m > FIRE_RADIUS_M)
            draw_flame(&set->lamps[i], frame, frame->clip_time_s + 5.0f * (float)i);
}
