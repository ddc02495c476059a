/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "workers/diorama/things/things_impl.h"

#define OVER_LAND_M 130.0f /* how high a camera flies that goes along with a plane */

static const struct {
    float length, span;
    float speed;
    float low[3], high[3];
} planes[] = {
    [THING_AIRLINER] = {37.8f, 34, 75, {-17.8f, -3.6f, -19.2f}, {17.8f, 8.3f, 19}},
    [THING_SMALL_PLANE] = {8.0f, 11, 42, {-5.7f, -1.5f, -4.9f}, {5.7f, 1.9f, 3.2f}},
};

/* A camera in the air can go along; one with ground or houses about it sees planes pass. */
static bool goes_along(const struct thing_stage *stage)
{
    return !stage->town && stage->world->scene->ground == GROUND_NONE &&
           stage->world->scene->place != PLACE_SEA && stage->world->scene->place != PLACE_VILLAGE;
}

static float clip_seconds(const struct thing_stage *stage)
{
    return (float)stage->camera->legs[0].frames / (float)stage->camera->fps;
}

/* Above all land on the way. */
static void rise(struct thing_stage *stage, const float speed[3])
{
    struct camera *camera = stage->camera;
    float least = camera->start[1];

    if (!stage->world->terrain.heights)
        return;
    for (int i = 0; i < 24; i++) {
        float t = 0.5f * (float)i, ahead = 40.0f * (float)(i % 4);
        const float place[3] = {camera->start[0] + t * speed[0] + ahead * sinf(camera->heading), 0,
                                camera->start[2] + t * speed[2] + ahead * cosf(camera->heading)};

        least = fmaxf(least, thing_ground(stage, place) + OVER_LAND_M);
    }
    camera->start[1] = least;
    camera->clearance_m = fminf(camera->clearance_m, 20);
}

static void fly_along(struct thing_stage *stage, struct thing_actor *actor, float distance)
{
    struct camera *camera = stage->camera;
    float drift = 2.2f * (actor->kind == THING_AIRLINER ? 1.0f : 0.25f);
    const float uv[2] = {stage->side * 0.12f, -0.02f};

    rise(stage, actor->speed);
    camera->shift = fminf(camera->shift, 0.0f);
    if (camera->height > camera->width)
        camera->shift -= 0.05f;
    thing_spot(stage, uv, distance, actor->start);
    camera->follow_m = 0;
    for (int k = 0; k < 2; k++)
        camera->follow[k] = actor->speed[2 * k];
    /* A little faster than the camera: it draws ahead through the picture. */
    actor->speed[0] += drift * sinf(actor->attitude.heading);
    actor->speed[2] += drift * cosf(actor->attitude.heading);
    camera->scale = distance / 900.0f;
    camera->pace_m_s = 0.04f * distance;
    camera->target_m = distance;
}

/* Crosses the picture, in the middle of it halfway through the clip. */
static void fly_past(struct thing_stage *stage, struct thing_actor *actor, float distance)
{
    float half = 0.5f * clip_seconds(stage), up = stage->town ? 0.42f : 0.46f;
    float slow =
        fminf(1.0f, 0.9f * distance * stage->camera->half_width / half / planes[actor->kind].speed);
    const float uv[2] = {0, up};

    for (int k = 0; k < 3; k++)
        actor->speed[k] *= slow;
    thing_spot(stage, uv, distance, actor->start);
    for (int k = 0; k < 3; k++)
        actor->start[k] -= half * actor->speed[k];
}

void stage_planes(struct thing_stage *stage, const struct subject *subject)
{
    enum thing_kind kind = subject->form == FORM_PROPELLER ? THING_SMALL_PLANE : THING_AIRLINER;
    bool along = goes_along(stage), is_first = stage->things->count == 0;
    float distance = 0.92f * planes[kind].length / stage->camera->half_width;
    struct thing_actor lead;

    if (!along)
        distance *= stage->town ? 4.0f : 1.9f;
    for (int i = 0; i < subject->count; i++) {
        struct thing_actor *actor = thing_add(stage, kind, subject);

        actor->attitude.heading = stage->camera->heading - stage->side * (along ? 2.0f : 1.75f);
        actor->attitude.pitch = along ? 0.02f : 0.06f;
        actor->speed[0] = planes[kind].speed * sinf(actor->attitude.heading);
        actor->speed[2] = planes[kind].speed * cosf(actor->attitude.heading);
        if (i > 0) { /* a formation: behind, to both sides, lower */
            float rank = (float)((i + 1) / 2), wing = i % 2 ? 1.0f : -1.0f;
            float back = -1.1f * rank * planes[kind].length, off = wing * rank * planes[kind].span;
            float s = sinf(lead.attitude.heading), c = cosf(lead.attitude.heading);

            memcpy(actor->speed, lead.speed, sizeof(lead.speed));
            actor->start[0] = lead.start[0] + back * s + off * c;
            actor->start[1] = lead.start[1] - 0.1f * rank * planes[kind].span;
            actor->start[2] = lead.start[2] + back * c - off * s;
            continue;
        }
        actor->bank = along ? -0.22f * stage->side : 0.05f;
        if (along && is_first)
            fly_along(stage, actor, distance);
        else
            fly_past(stage, actor, distance);
        lead = *actor;
    }
}

void shape_plane(struct thing *thing, const struct thing_actor *actor,
                 const struct thing_moment *moment)
{
    static const float paints[5][2][3] = {{{0.02f, 0.06f, 0.26f}, {0.55f, 0.06f, 0.03f}},
                                          {{0.48f, 0.03f, 0.03f}, {0.10f, 0.10f, 0.11f}},
                                          {{0.02f, 0.20f, 0.20f}, {0.66f, 0.40f, 0.04f}},
                                          {{0.60f, 0.22f, 0.02f}, {0.06f, 0.08f, 0.20f}},
                                          {{0.08f, 0.03f, 0.20f}, {0.05f, 0.35f, 0.45f}}};
    float t = moment->seconds, round = 6.2831853f * actor->phase;
    bool liner = actor->kind == THING_AIRLINER;
    struct thing_attitude attitude = actor->attitude;
    float flash = t * 0.9f + actor->phase;

    memcpy(thing->low, planes[actor->kind].low, sizeof(thing->low));
    memcpy(thing->high, planes[actor->kind].high, sizeof(thing->high));
    memcpy(thing->paint, paints[actor->look % 5], sizeof(paints[0]));
    if (actor->subject && actor->subject->is_colored)
        memcpy(thing->paint[0], actor->subject->color, sizeof(thing->paint[0]));
    attitude.roll += actor->bank;
    attitude.roll += (liner ? 0.05f : 0.10f) * sinf(0.5f * t + round);
    attitude.pitch += (liner ? 0.008f : 0.025f) * sinf(0.8f * t + round);
    thing->place[1] += (liner ? 0.4f : 0.25f) * sinf(0.7f * t + round);
    thing_turn(thing, &attitude);
    thing->fine_m = liner ? 0.03f : 0.015f;
    thing->lamps = moment->night * 2.0f;
    flash -= floorf(flash);
    thing->turn[0] = flash < 0.07f ? 1.0f : 0.0f;
    if (!liner) {
        thing->disc_count = 1;
        thing->discs[0] = (struct thing_disc){
            .middle = {0, -0.02f, 2.95f}, .normal = {0, 0, 1}, .radius = 0.98f, .cover = 0.30f};
        return;
    }
    thing->trail_count =
        moment->world->scene->place == PLACE_SKY || moment->world->scene->place == PLACE_MOUNTAINS
            ? 2
            : 0;
    thing->trail = (struct thing_trail){.length_m = 900,
                                        .wide_m = 0.35f,
                                        .spread = 0.16f,
                                        .cover = 1.1f,
                                        .travel_m = planes[actor->kind].speed * t,
                                        .puff_m = 12};
    for (int i = 0; i < 2; i++) {
        thing->trails[i][0] = i ? 5.75f : -5.75f;
        thing->trails[i][1] = -1.95f;
        thing->trails[i][2] = -9.0f;
    }
}
