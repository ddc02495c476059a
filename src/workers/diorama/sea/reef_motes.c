/* SPDX-License-Identifier: Apache-2.0 */
/* What drifts and rises: specks in the water, and bubbles. */
#include <math.h>

#include "workers/diorama/noise.h"
#include "workers/diorama/sea/reef.h"

#define BOX_M 5.0f /* specks repeat after this, and are seen within half of it */

enum { SPECKS = 420, BUBBLES = 46, SPRINGS = 3 };

/* A soft dot, or with `hollow` one that is bright at its rim. */
struct dot {
    float at[3], radius, light[3];
    bool hollow;
};

static void dot_add(struct frame *frame, const struct dot *dot, float x, float y, float inverse)
{
    float pixel = frame->view.pixel * (float)frame->out_width / (float)frame->width;
    float radius = dot->radius * inverse / pixel, shown = fmaxf(radius, 0.8f);
    float share = fminf(radius * radius / (shown * shown), 1);
    int left = (int)fmaxf(x - shown, 0), right = (int)fminf(x + shown + 1, (float)frame->width);
    int top = (int)fmaxf(y - shown, 0), bottom = (int)fminf(y + shown + 1, (float)frame->height);

    for (int j = top; j < bottom; j++)
        for (int i = left; i < right; i++) {
            size_t at = (size_t)j * (size_t)frame->stride + (size_t)i;
            float dx = (float)i + 0.5f - x, dy = (float)j + 0.5f - y;
            float r = sqrtf(dx * dx + dy * dy) / shown, much = 1 - smooth_f(0.3f, 1, r);

            if (r >= 1 || frame->depth[at] * inverse < 1)
                continue;
            if (dot->hollow && radius > 1.6f) {
                float gx = dx / shown + 0.35f, gy = dy / shown + 0.4f;

                much = 0.12f + 0.8f * smooth_f(0.6f, 0.92f, r) * (1 - smooth_f(0.93f, 1, r)) +
                       1.6f * (1 - smooth_f(0.1f, 0.3f, sqrtf(gx * gx + gy * gy)));
            }
            for (int k = 0; k < 3; k++)
                frame->plane[k][at] += much * share * dot->light[k];
        }
}

static void dot_draw(const struct reef *reef, struct frame *frame, struct dot *dot)
{
    const struct view *view = &frame->view;
    float dx = dot->at[0] - view->eye[0], dz = dot->at[2] - view->eye[2];
    float ahead = dx * view->forward[0] + dz * view->forward[1];
    float across = dx * view->right[0] + dz * view->right[1];
    float pixel_x = view->pixel * (float)frame->out_width / (float)frame->width;
    float pixel_y = view->pixel * (float)frame->out_height / (float)frame->height;

    if (ahead < 0.25f)
        return;
    for (int k = 0; k < 3; k++)
        dot->light[k] *= expf(-reef->murk[k] * ahead);
    dot_add(frame, dot, 0.5f * (float)frame->width + across / ahead / pixel_x,
            0.5f * (float)frame->height -
                ((dot->at[1] - view->eye[1]) / ahead - view->shift) / pixel_y,
            1 / ahead);
}

/* The nearest of the places that lie whole boxes apart. */
static float wrap(float x, float middle)
{
    float off = (x - middle) / BOX_M;

    return middle + BOX_M * (off - floorf(off + 0.5f));
}

void reef_motes_draw(const struct reef *reef, struct frame *frame)
{
    float t = frame->wave_time_s;

    for (int i = 0; i < SPECKS; i++) {
        float chance = noise_hash(i, 3, 77), phase = 6.2831853f * noise_hash(i, 4, 77);
        struct dot dot = {.radius = 0.0016f + 0.0030f * chance * chance * chance};

        dot.at[0] = BOX_M * noise_hash(i, 0, 77) + 0.10f * sinf(0.35f * t + phase);
        dot.at[1] = BOX_M * noise_hash(i, 1, 77) - 0.03f * t + 0.05f * sinf(0.5f * t + 2 * phase);
        dot.at[2] = BOX_M * noise_hash(i, 2, 77) + 0.10f * cosf(0.3f * t + phase);
        for (int k = 0; k < 3; k++) {
            dot.at[k] = wrap(dot.at[k], frame->view.eye[k] +
                                            (k == 1   ? 0
                                             : k == 0 ? 0.5f * BOX_M * frame->view.forward[0]
                                                      : 0.5f * BOX_M * frame->view.forward[1]));
            dot.light[k] = 0.45f * (0.5f * reef->ambient[k] + 0.5f * reef->sun[k]);
        }
        dot_draw(reef, frame, &dot);
    }
    for (int i = 0; i < BUBBLES; i++) {
        int spring = i % SPRINGS;
        float ahead = 3.0f + 3.2f * (float)spring, off = spring % 2 ? 1.9f : -1.7f;
        float rise = fmodf(0.42f * t + (float)i * 0.37f + noise_hash(i, 5, 99), 7.0f);
        float wide = 0.03f + 0.05f * rise, phase = 6.2831853f * noise_hash(i, 6, 99);
        struct dot dot = {.hollow = true, .radius = 0.008f + 0.016f * noise_hash(i, 7, 99)};

        dot.at[0] = reef->axis[0] + ahead * reef->way[0] + off * reef->way[1] +
                    wide * sinf(phase + 2.1f * rise);
        dot.at[2] = reef->axis[1] + ahead * reef->way[1] - off * reef->way[0] +
                    wide * cosf(phase + 1.7f * rise);
        dot.at[1] = reef_ground(reef, dot.at[0], dot.at[2]) + rise;
        if (dot.at[1] > -0.05f)
            continue;
        for (int k = 0; k < 3; k++)
            dot.light[k] = 0.9f * (reef->ambient[k] + 0.4f * reef->sun[k]);
        dot_draw(reef, frame, &dot);
    }
}
