/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "workers/diorama/sea/sea.h"
#include "workers/diorama/things/things_impl.h"

enum { TRIES = 240, COLUMNS = 7, RANGES = 7 };

static const struct {
    float length, height; /* meters over the water */
    float eye;            /* from what height it is seen */
    float speed;          /* m/s when it goes */
    float low[3], high[3];
} boats[] = {
    [THING_SAILBOAT] = {11.5f, 15.5f, 2.4f, 3.4f, {-2.2f, -0.6f, -5.8f}, {3.4f, 15.4f, 6.4f}},
    [THING_ROWBOAT] = {5.0f, 1.6f, 1.5f, 1.3f, {-2.7f, -0.3f, -2.3f}, {2.7f, 1.4f, 2.6f}},
    [THING_FISHING_BOAT] = {14.0f, 8.4f, 3.0f, 4.5f, {-4.1f, -0.8f, -7.0f}, {4.1f, 8.8f, 8.0f}},
    [THING_CRUISE_SHIP] = {238, 47, 16, 9, {-17, -4, -119}, {17, 48, 128}},
    [THING_FREIGHTER] = {242, 47, 14, 8, {-17.5f, -4, -121}, {17.5f, 48, 126}},
};

static enum thing_kind kind_of(const struct subject *subject, unsigned look)
{
    if (subject->form == FORM_ROWING)
        return THING_ROWBOAT;
    if (subject->form == FORM_FISHING)
        return THING_FISHING_BOAT;
    if (subject->form == FORM_SHIP)
        return look & 1 ? THING_CRUISE_SHIP : THING_FREIGHTER;
    return THING_SAILBOAT;
}

static bool is_water(const struct thing_stage *stage, const float place[3])
{
    const struct terrain *terrain = &stage->world->terrain;

    if (!terrain->heights)
        return stage->world->scene->place == PLACE_SEA;
    return terrain->water_m > NO_WATER && thing_ground(stage, place) < terrain->water_m + 0.01f;
}

/* How good a place on the water is to look at a boat from, or below 0. */
static float judge(const struct thing_stage *stage, float distance)
{
    float height = stage->camera->start[1], land = 0, spot[3];

    for (int i = 0; i < 15; i++) {
        const float uv[2] = {0.7f * (float)(i % 3 - 1), 0};

        thing_spot(stage, uv, distance * (0.12f + 0.36f * (float)(i / 3)), spot);
        if (!is_water(stage, spot))
            return -1;
    }
    for (int i = 0; i < COLUMNS; i++) {
        float rise = 0, far = 2.2f * distance + 120;

        for (int k = 0; k < RANGES; k++, far *= 1.55f) {
            const float uv[2] = {(float)(2 * i - COLUMNS + 1) / (COLUMNS - 1), 0};

            thing_spot(stage, uv, far, spot);
            rise = fmaxf(rise, (thing_ground(stage, spot) - height) / far);
        }
        land += smooth_f(0.0f, 0.05f, rise) * smooth_f(0.5f, 0.25f, rise) / COLUMNS;
    }
    return 1 - fabsf(land - 0.6f);
}

/* Moves the camera to water, keeping its heading, for the light comes as it was composed. */
static bool go_to_water(struct thing_stage *stage, float eye, float distance)
{
    struct camera *camera = stage->camera;
    const struct terrain *terrain = &stage->world->terrain;
    float from[3] = {camera->start[0], 0, camera->start[2]}, best[2] = {0, 0}, most = -1;

    if (!terrain->heights) {
        camera->start[1] = eye;
        return stage->world->scene->place == PLACE_SEA;
    }
    camera->start[1] = terrain->water_m + eye;
    for (int i = 0; i < TRIES; i++) {
        float out = 24.0f * (float)i, turn = 2.39996f * (float)i, score = 0;

        camera->start[0] = from[0] + out * sinf(turn);
        camera->start[2] = from[2] + out * cosf(turn);
        if (!is_water(stage, camera->start))
            continue;
        score = judge(stage, distance);
        if (score <= most)
            continue;
        most = score;
        best[0] = camera->start[0];
        best[1] = camera->start[2];
    }
    camera->start[0] = most < 0 ? from[0] : best[0];
    camera->start[2] = most < 0 ? from[2] : best[1];
    return most >= 0;
}

static float distance_for(const struct thing_stage *stage, enum thing_kind kind)
{
    float across = boats[kind].length / stage->camera->half_width;

    return fmaxf(fmaxf(across, boats[kind].height / (1.10f * stage->tall)), 7 * boats[kind].eye);
}

/* Low over the water, the boat in the lower half, with room ahead of it. */
static bool frame_boat(struct thing_stage *stage, enum thing_kind kind, float distance)
{
    struct camera *camera = stage->camera;
    float high = camera->start[1], eye = boats[kind].eye;

    if (!go_to_water(stage, eye, distance)) {
        camera->start[1] = high;
        return false;
    }
    camera->shift = 0.50f * stage->tall - eye / distance;
    camera->scale = distance / 600.0f;
    camera->target_m = distance;
    camera->pace_m_s = 0.06f * distance;
    camera->clearance_m = 0.5f * eye;
    return true;
}

void stage_boats(struct thing_stage *stage, const struct subject *subject)
{
    enum thing_kind kind = kind_of(subject, (unsigned)(stage->world->scene->seed >> 3));
    float distance = distance_for(stage, kind), level = 0, pace = 0;
    bool is_first = stage->things->count == 0;

    if (is_first && !frame_boat(stage, kind, distance))
        return;
    level = stage->world->terrain.heights ? stage->world->terrain.water_m : 0;
    pace = subject->action == ACTION_IDLE ? 0.0f : boats[kind].speed;
    for (int i = 0; i < subject->count; i++) {
        struct thing_actor *actor = NULL;
        float uv[2] = {stage->side * 0.22f, 0}, away = distance, spot[3];

        if (i > 0 || !is_first) {
            uv[0] =
                stage->side * (i % 2 ? -0.62f : 0.72f) + dice_between(&stage->dice, -0.2f, 0.2f);
            away = distance * (1.5f + 0.75f * (float)i) * dice_between(&stage->dice, 0.9f, 1.3f);
        }
        thing_spot(stage, uv, away, spot);
        if (!is_water(stage, spot))
            continue;
        actor = thing_add(stage, kind, subject);
        memcpy(actor->start, spot, sizeof(spot));
        actor->start[1] = level;
        actor->attitude.heading = stage->camera->heading - stage->side * (i ? 1.35f : 2.05f);
        actor->speed[0] = pace * sinf(actor->attitude.heading);
        actor->speed[2] = pace * cosf(actor->attitude.heading);
        if (i == 0 && is_first) {
            stage->camera->follow[0] = 0.85f * actor->speed[0];
            stage->camera->follow[1] = 0.85f * actor->speed[2];
            stage->camera->follow_m = 0;
        }
    }
}

/* Hull, stripe, and what stands on it: by kind, in the order of struct thing.paint. */
static void paint_boat(struct thing *thing, const struct thing_actor *actor)
{
    static const float hulls[5][3] = {{0.68f, 0.67f, 0.64f},
                                      {0.015f, 0.035f, 0.11f},
                                      {0.34f, 0.03f, 0.025f},
                                      {0.02f, 0.10f, 0.09f},
                                      {0.05f, 0.17f, 0.33f}};
    static const float stripes[3][3] = {
        {0.02f, 0.06f, 0.22f}, {0.66f, 0.64f, 0.60f}, {0.55f, 0.30f, 0.04f}};
    int hull = (int)(actor->look % 5);

    if (thing->kind == THING_CRUISE_SHIP)
        hull = actor->look & 2 ? 0 : 1;
    if (thing->kind == THING_FISHING_BOAT && hull == 0)
        hull = 4;
    memcpy(thing->paint[0], hulls[hull], sizeof(hulls[0]));
    memcpy(thing->paint[1], stripes[hull ? 1 : 0], sizeof(stripes[0]));
    memcpy(thing->paint[2], stripes[1 + actor->look / 8 % 2], sizeof(stripes[0]));
    for (int k = 0; k < 3; k++)
        thing->paint[3][k] = 0.74f - 0.035f * (float)k;
    if (thing->kind == THING_SAILBOAT && actor->look / 16 % 4 > 0)
        memcpy(thing->paint[2], thing->paint[3], sizeof(thing->paint[2]));
    if (actor->subject && actor->subject->is_colored)
        memcpy(thing->paint[0], actor->subject->color, sizeof(thing->paint[0]));
}

/* Lies on the open sea's waves as a hull of its size does. */
static void ride(struct thing *thing, const struct thing_moment *moment, float length,
                 struct thing_attitude *attitude)
{
    const float place[2] = {thing->place[0], thing->place[2]};
    float slope[2] = {0, 0}, s = sinf(attitude->heading), c = cosf(attitude->heading);

    thing->place[1] = sea_height(moment->sea, place, moment->wave_s, 0.6f * length, slope);
    attitude->pitch += atanf(slope[0] * s + slope[1] * c);
    attitude->roll -= atanf(slope[0] * c - slope[1] * s);
    thing->water_m = thing->place[1];
    thing->swell_m = 2.5f;
    thing->ripple = 0.06f;
}

void shape_boat(struct thing *thing, const struct thing_actor *actor,
                const struct thing_moment *moment)
{
    bool sails = actor->kind == THING_SAILBOAT, is_ship = boats[actor->kind].length > 100;
    float t = moment->seconds, round = 6.2831853f * actor->phase;
    float sway = is_ship ? 0.004f : sails ? 0.035f : 0.045f;
    float speed = hypotf(actor->speed[0], actor->speed[2]);
    struct thing_attitude attitude = actor->attitude;

    memcpy(thing->low, boats[actor->kind].low, sizeof(thing->low));
    memcpy(thing->high, boats[actor->kind].high, sizeof(thing->high));
    paint_boat(thing, actor);
    thing->lamps = moment->night * (1.5f * moment->ambient + 0.02f);
    thing->fine_m = is_ship ? 0.2f : 0.008f;
    thing->floats = true;
    thing->water_m = thing->place[1];
    thing->ripple = moment->world->scene->place == PLACE_MOUNTAINS ? 0.012f : 0.035f;
    thing->wake[0] = 0.46f * boats[actor->kind].length;
    thing->wake[1] = is_ship ? 15.5f : 0.15f * boats[actor->kind].length;
    thing->wake[2] = speed / boats[actor->kind].speed;
    if (moment->sea)
        ride(thing, moment, boats[actor->kind].length, &attitude);
    thing->place[1] += moment->sea ? 0.0f : (is_ship ? 0.0f : 0.07f) * sinf(0.95f * t + round);
    attitude.roll += (sails ? 0.22f : 0.0f) + sway * sinf(0.85f * t + 1.3f * round);
    attitude.pitch += 0.7f * sway * sinf(1.15f * t + round);
    thing_turn(thing, &attitude);
    thing->turn[0] = sinf(2.4f * t + round);
    thing->turn[1] = cosf(2.4f * t + round);
}
