/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "workers/diorama/things/things_impl.h"

#define KITE_SPAN_M 1.5f

/* Close, against the sky and the far land. */
void stage_drones(struct thing_stage *stage, const struct subject *subject)
{
    struct camera *camera = stage->camera;
    bool is_first = stage->things->count == 0, flies = subject->action != ACTION_IDLE;
    float distance = 0.44f / (0.42f * camera->half_width);

    for (int i = 0; i < subject->count; i++) {
        struct thing_actor *actor = thing_add(stage, THING_DRONE, subject);
        float uv[2] = {stage->side * 0.20f, 0.22f}, away = distance;

        if (i > 0) {
            uv[0] = stage->side * (i % 2 ? -0.55f : 0.62f) + 0.1f * (float)(i / 3);
            uv[1] = 0.38f - 0.16f * (float)(i % 4);
            away *= 1.6f + 0.8f * (float)i;
        }
        thing_spot(stage, uv, away, actor->start);
        actor->attitude.heading = camera->heading - stage->side * (2.3f + 0.15f * (float)(i % 3));
        actor->attitude.pitch = flies ? -0.16f : 0.0f;
        if (!flies || stage->town || stage->has_ground)
            continue;
        actor->speed[0] = 5.0f * sinf(actor->attitude.heading);
        actor->speed[2] = 5.0f * cosf(actor->attitude.heading);
    }
    if (!is_first)
        return;
    camera->scale = 0.004f;
    camera->pace_m_s = 0.03f;
    camera->target_m = distance;
    for (int k = 0; k < 2; k++)
        camera->follow[k] = 0.99f * stage->things->actors[0].speed[2 * k];
    camera->follow_m = 0;
}

void shape_drone(struct thing *thing, const struct thing_actor *actor,
                 const struct thing_moment *moment)
{
    static const float shells[3][3] = {
        {0.46f, 0.46f, 0.46f}, {0.045f, 0.046f, 0.05f}, {0.60f, 0.59f, 0.56f}};
    float t = moment->seconds, round = 6.2831853f * actor->phase, flash = 1.1f * t + actor->phase;
    struct thing_attitude attitude = actor->attitude;

    thing->low[0] = -0.325f;
    thing->low[1] = -0.09f;
    thing->low[2] = -0.31f;
    for (int k = 0; k < 3; k++)
        thing->high[k] = -thing->low[k];
    memcpy(thing->paint[0], shells[actor->look % 3], sizeof(shells[0]));
    if (actor->subject && actor->subject->is_colored)
        memcpy(thing->paint[0], actor->subject->color, sizeof(thing->paint[0]));
    for (int k = 0; k < 3; k++)
        thing->place[k] += 0.018f * sinf((1.1f + 0.35f * (float)k) * t + round + 2.0f * (float)k);
    attitude.roll += 0.05f * sinf(1.3f * t + round);
    attitude.pitch += 0.03f * sinf(1.7f * t + 2 * round);
    attitude.heading += 0.10f * sinf(0.5f * t + round);
    thing_turn(thing, &attitude);
    thing->fine_m = 0.002f;
    flash -= floorf(flash);
    thing->turn[0] = flash < 0.12f ? 1.0f : 0.0f;
    thing->disc_count = 4;
    for (int i = 0; i < 4; i++)
        thing->discs[i] = (struct thing_disc){
            .middle = {i & 1 ? 0.175f : -0.175f, 0.078f, i & 2 ? 0.155f : -0.155f},
            .normal = {0, 1, 0},
            .radius = 0.118f,
            .cover = 0.36f};
}

/* High over whoever holds it, with much sky. */
void stage_kites(struct thing_stage *stage, const struct subject *subject)
{
    struct camera *camera = stage->camera;
    float distance = KITE_SPAN_M / (2 * 0.20f * stage->tall);

    if (stage->things->count == 0 && !stage->town)
        camera->shift += 0.25f * stage->tall;
    for (int i = 0; i < subject->count; i++) {
        struct thing_actor *actor = thing_add(stage, THING_KITE, subject);
        float uv[2] = {stage->side * 0.25f, 0.45f}, away = distance * (1.0f + 0.7f * (float)i);

        if (i > 0) {
            uv[0] = stage->side * (i % 2 ? -0.5f : 0.7f);
            uv[1] = 0.62f - 0.13f * (float)(i % 5);
        }
        thing_spot(stage, uv, away, actor->start);
        actor->start[1] = fmaxf(actor->start[1], thing_ground(stage, actor->start) + 4);
        actor->attitude.heading = camera->heading + 3.14159265f - stage->side * 0.45f;
        actor->attitude.pitch = -0.35f;
    }
    if (stage->things->count == subject->count) {
        camera->scale *= 0.1f;
        camera->pace_m_s = 0.5f;
    }
}

void shape_kite(struct thing *thing, const struct thing_actor *actor,
                const struct thing_moment *moment)
{
    static const float paints[3][3][3] = {
        {{0.60f, 0.04f, 0.03f}, {0.72f, 0.46f, 0.04f}, {0.05f, 0.14f, 0.45f}},
        {{0.03f, 0.30f, 0.42f}, {0.70f, 0.66f, 0.58f}, {0.62f, 0.12f, 0.05f}},
        {{0.48f, 0.05f, 0.34f}, {0.74f, 0.34f, 0.06f}, {0.68f, 0.62f, 0.10f}}};
    float t = moment->seconds, round = 6.2831853f * actor->phase;
    struct thing_attitude attitude = actor->attitude;
    float *hold = thing->node[THING_NODES_MAX - 1];

    memcpy(thing->paint, paints[actor->look % 3], sizeof(paints[0]));
    if (actor->subject && actor->subject->is_colored)
        memcpy(thing->paint[0], actor->subject->color, sizeof(thing->paint[0]));
    thing->place[0] += 0.30f * sinf(0.8f * t + round);
    thing->place[1] += 0.22f * sinf(1.3f * t + 2 * round);
    attitude.roll += 0.22f * sinf(1.1f * t + round);
    attitude.heading += 0.12f * sinf(0.7f * t + round);
    thing_turn(thing, &attitude);
    thing->fine_m = 0.004f;
    for (int i = 0; i + 1 < THING_NODES_MAX; i++) { /* waves run down the tail */
        float at = 0.30f * (float)i, wave = 0.03f + 0.055f * at;

        thing->node[i][0] = wave * sinf(2.6f * at - 6.0f * t + round);
        thing->node[i][1] = -0.90f - 0.86f * at;
        thing->node[i][2] = -0.30f * at + wave * sinf(2.1f * at - 5.1f * t);
    }
    hold[0] = 1.2f;
    hold[1] = -9;
    hold[2] = 9;
    thing->low[0] = -0.75f;
    thing->low[1] = -9.1f;
    thing->low[2] = -1.6f;
    thing->high[0] = 1.3f;
    thing->high[1] = 0.55f;
    thing->high[2] = 9.1f;
}
