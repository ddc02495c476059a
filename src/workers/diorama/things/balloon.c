/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "workers/diorama/things/things_impl.h"

#define HIGH_M 26.0f /* of a balloon, from basket to crown */

enum { PALETTES = 6 };

/* Four paints that go together. */
static const float palettes[PALETTES][4][3] = {
    {{0.62f, 0.045f, 0.03f}, {0.78f, 0.45f, 0.04f}, {0.72f, 0.68f, 0.60f}, {0.05f, 0.11f, 0.36f}},
    {{0.04f, 0.16f, 0.46f}, {0.70f, 0.68f, 0.62f}, {0.70f, 0.10f, 0.05f}, {0.78f, 0.50f, 0.06f}},
    {{0.72f, 0.22f, 0.03f}, {0.52f, 0.03f, 0.08f}, {0.80f, 0.55f, 0.10f}, {0.18f, 0.03f, 0.20f}},
    {{0.05f, 0.34f, 0.30f}, {0.76f, 0.66f, 0.42f}, {0.68f, 0.16f, 0.07f}, {0.03f, 0.10f, 0.20f}},
    {{0.40f, 0.06f, 0.34f}, {0.74f, 0.30f, 0.38f}, {0.76f, 0.56f, 0.12f}, {0.10f, 0.12f, 0.42f}},
    {{0.74f, 0.50f, 0.05f}, {0.06f, 0.32f, 0.12f}, {0.70f, 0.12f, 0.05f}, {0.05f, 0.18f, 0.50f}},
};

/* Where balloons after the first are in the picture, on the far side of it, and how far away. */
static const struct {
    float uv[2], distance;
} spots[] = {{{0.46f, 0.30f}, 230},  {{-0.90f, -0.14f}, 420}, {{0.10f, 0.02f}, 620},
             {{0.82f, -0.10f}, 500}, {{0.74f, 0.66f}, 380},   {{0.30f, -0.14f}, 900},
             {{0.02f, 0.52f}, 760},  {{0.62f, 0.10f}, 1250}};

static void drift(struct thing_stage *stage, struct thing_actor *actor, float wind)
{
    float pace = dice_between(&stage->dice, 1.2f, 2.2f);

    actor->speed[0] = pace * sinf(wind);
    actor->speed[2] = pace * cosf(wind);
    actor->speed[1] = dice_between(&stage->dice, 0.1f, 0.7f);
    actor->attitude.heading = dice_between(&stage->dice, 0, 6.28f);
}

/* More sky than a landscape has by itself, and a slow camera: balloons are close. */
static void frame_balloons(struct thing_stage *stage)
{
    struct camera *camera = stage->camera;

    camera->shift += 0.30f * stage->tall;
    camera->scale *= 0.25f;
    camera->pace_m_s = fminf(camera->pace_m_s, 7.0f);
    camera->target_m = fminf(camera->target_m, 110.0f);
}

/* Bunches that rise, close by. */
static void stage_toys(struct thing_stage *stage, const struct subject *subject)
{
    struct camera *camera = stage->camera;
    float distance = 2.5f / (2 * 0.62f * stage->tall);

    if (stage->things->count == 0) {
        camera->shift += stage->town ? 0.0f : 0.25f * stage->tall;
        camera->scale *= 0.05f;
        camera->pace_m_s = 0.2f;
    }
    for (int i = 0; i < (subject->count + 2) / 3; i++) {
        struct thing_actor *actor = thing_add(stage, THING_TOY_BALLOONS, subject);
        const float uv[2] = {stage->side * (i % 2 ? -0.55f : 0.28f),
                             -0.62f + 0.3f * (float)(i % 3)};

        thing_spot(stage, uv, distance * (1.0f + 0.9f * (float)i), actor->start);
        actor->speed[0] = 0.10f * cosf(camera->heading) * -stage->side;
        actor->speed[2] = 0.10f * sinf(camera->heading) * stage->side;
        actor->speed[1] = 0.16f;
    }
}

void stage_balloons(struct thing_stage *stage, const struct subject *subject)
{
    float wind = stage->camera->heading + stage->side * -1.2f, clear = 0;

    if (subject->form == FORM_TOY) {
        stage_toys(stage, subject);
        return;
    }
    if (stage->things->count == 0)
        frame_balloons(stage);
    for (int i = 0; i < subject->count; i++) {
        struct thing_actor *actor = thing_add(stage, THING_BALLOON, subject);
        float uv[2] = {stage->side * 0.34f, 0.06f}, distance = HIGH_M / (2 * 0.53f * stage->tall);

        if (i > 0) {
            int at = (i - 1) % (int)(sizeof(spots) / sizeof(spots[0]));

            uv[0] = -stage->side * spots[at].uv[0] + dice_between(&stage->dice, -0.07f, 0.07f);
            uv[1] = spots[at].uv[1] + dice_between(&stage->dice, -0.07f, 0.07f);
            distance = spots[at].distance * dice_between(&stage->dice, 0.85f, 1.2f);
        } else if (stage->camera->height > stage->camera->width) {
            distance *= 1.5f;
        }
        /* The spot is where its middle is. */
        thing_spot(stage, uv, distance, actor->start);
        actor->start[1] -= 0.5f * HIGH_M;
        clear = thing_ground(stage, actor->start) + (i > 0 ? 14.0f : 5.0f);
        actor->start[1] = fmaxf(actor->start[1], clear);
        drift(stage, actor, wind);
    }
}

static void paint_balloon(struct thing *thing, const struct thing_actor *actor)
{
    memcpy(thing->paint, palettes[(actor->look >> 4) % PALETTES], sizeof(thing->paint));
    if (actor->subject && actor->subject->is_colored)
        memcpy(thing->paint[0], actor->subject->color, sizeof(thing->paint[0]));
}

void shape_balloon(struct thing *thing, const struct thing_actor *actor,
                   const struct thing_moment *moment)
{
    /* The burner roars for a while, then the balloon coasts. */
    float round = moment->seconds * 0.19f + actor->phase, at = round - floorf(round);
    float burn = smooth_f(0.0f, 0.03f, at) * smooth_f(0.36f, 0.32f, at);
    float flicker = 1.0f + 0.10f * sinf(moment->seconds * 31.0f + 9 * actor->phase) +
                    0.07f * sinf(moment->seconds * 53.0f);

    thing->fine_m = 0.03f;
    thing->low[0] = thing->low[2] = -8.9f;
    thing->high[0] = thing->high[2] = 8.9f;
    thing->low[1] = -0.05f;
    thing->high[1] = 25.6f;
    paint_balloon(thing, actor);
    thing->node[0][0] = (float)(12 + 4 * (int)(actor->look % 3));
    thing->node[0][3] = burn * 2.1f * flicker;
    thing->lamps = (0.45f * moment->night + burn * flicker * (0.15f + 0.85f * moment->night)) *
                   (3.0f * moment->ambient + 0.10f * moment->night);
    thing->nodes = 3;
    for (int i = 0; i < 3; i++) {
        float *person = thing->node[i + 1];

        person[0] = i == 0 ? -0.36f : i == 1 ? 0.30f : 0.05f;
        person[2] = i == 0 ? 0.20f : i == 1 ? 0.28f : -0.28f;
        person[1] = -0.04f * (float)i;
    }
}

void shape_toys(struct thing *thing, const struct thing_actor *actor,
                const struct thing_moment *moment)
{
    float sway = sinf(1.1f * moment->seconds + 6 * actor->phase);

    thing->fine_m = 0.004f;
    thing->low[0] = thing->low[2] = -0.75f;
    thing->high[0] = thing->high[2] = 0.75f;
    thing->low[1] = -0.4f;
    thing->high[1] = 2.3f;
    paint_balloon(thing, actor);
    thing->nodes = THING_NODES_MAX;
    for (int i = 0; i < THING_NODES_MAX; i++) {
        float ring = i < 1   ? 0
                     : i < 6 ? 0.34f
                             : 0.52f,
              turn = 1.2566f * (float)i + (i < 6 ? 0 : 0.5f);
        float *ball = thing->node[i];

        ball[0] = ring * cosf(turn) + 0.05f * sway;
        ball[1] = (i < 1   ? 1.95f
                   : i < 6 ? 1.72f
                           : 1.32f) +
                  0.03f * sinf(1.7f * moment->seconds + 2.0f * (float)i);
        ball[2] = ring * sinf(turn);
        ball[3] = 0.150f + 0.02f * sinf(7.0f * (float)i);
    }
}
