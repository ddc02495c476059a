/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/things/thing.h"

#include <math.h>

#include "workers/diorama/canvas.h"
#include "workers/diorama/noise.h"
#include "workers/diorama/world.h"

#define NEAR_M 0.2f

void thing_turn(struct thing *thing, const struct thing_attitude *attitude)
{
    float sh = sinf(attitude->heading), ch = cosf(attitude->heading);
    float sp = sinf(attitude->pitch), cp = cosf(attitude->pitch);
    float sr = sinf(attitude->roll), cr = cosf(attitude->roll);
    const float right[3] = {ch, 0, -sh}, ahead[3] = {sh * cp, sp, ch * cp};
    const float up[3] = {-sh * sp, cp, -ch * sp};

    for (int k = 0; k < 3; k++) {
        thing->axes[0][k] = right[k] * cr - up[k] * sr;
        thing->axes[1][k] = up[k] * cr + right[k] * sr;
        thing->axes[2][k] = ahead[k];
    }
}

void thing_to_world(const struct thing *thing, const float own[3], float world[3])
{
    for (int k = 0; k < 3; k++)
        world[k] = thing->place[k] + own[0] * thing->axes[0][k] + own[1] * thing->axes[1][k] +
                   own[2] * thing->axes[2][k];
}

/* Bounds on the canvas, in samples from its middle. */
struct span {
    float left, right, low, high;
    bool is_all; /* a part of the thing is beside or behind the eye */
};

static void take_corner(const struct view *view, const struct canvas *canvas, const float corner[3],
                        struct span *span)
{
    float x = corner[0] - view->eye[0], z = corner[2] - view->eye[2];
    float y = (canvas->mirrored ? -corner[1] : corner[1]) - view->eye[1];
    float ahead = x * view->forward[0] + z * view->forward[1];
    float across = x * view->right[0] + z * view->right[1];

    if (ahead < NEAR_M) {
        span->is_all = true;
        return;
    }
    across /= ahead * canvas->pixel[0];
    y = (y / ahead - view->shift) / canvas->pixel[1];
    span->left = fminf(span->left, across);
    span->right = fmaxf(span->right, across);
    span->low = fminf(span->low, y);
    span->high = fmaxf(span->high, y);
}

bool thing_area_of(const struct thing *thing, const struct view *view, const struct canvas *canvas,
                   struct thing_area *area)
{
    float wide = (float)canvas->width, tall = (float)canvas->height, right = 0, bottom = 0;
    struct span span = {1e9f, -1e9f, 1e9f, -1e9f, false};

    for (int i = 0; i < 8; i++) {
        const float own[3] = {i & 1 ? thing->high[0] : thing->low[0],
                              i & 2 ? thing->high[1] : thing->low[1],
                              i & 4 ? thing->high[2] : thing->low[2]};
        float corner[3];

        thing_to_world(thing, own, corner);
        take_corner(view, canvas, corner, &span);
    }
    if (span.right < span.left)
        return false;
    if (span.is_all)
        span = (struct span){-wide, wide, -tall, tall, true};
    area->left = (int)clamp_f(0.5f * wide + span.left - 2, 0, wide);
    area->top = (int)clamp_f(0.5f * tall - span.high - 2, 0, tall);
    right = clamp_f(0.5f * wide + span.right + 3, 0, wide);
    bottom = clamp_f(0.5f * tall - span.low + 3, 0, tall);
    area->left -= area->left % THING_TILE_WIDE;
    area->columns = ((int)right - area->left + THING_TILE_WIDE - 1) / THING_TILE_WIDE;
    area->rows = ((int)bottom - area->top + THING_TILE_TALL - 1) / THING_TILE_TALL;
    return area->columns > 0 && area->rows > 0;
}
