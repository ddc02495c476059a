/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "workers/diorama/things/things_impl.h"

enum { COACHES = 6, WAGONS = 5 };

/* Half the length of each piece, buffers included. */
#define ENGINE_HALF_M 13.1f
#define COACH_HALF_M 12.75f
#define STEAM_HALF_M 10.2f
#define STEAM_BACK_M 11.4f
#define WAGON_HALF_M 8.75f
#define BED_HALF_M 150.0f
#define VIADUCT_HALF_M 700.0f

/* A line through the land: a place on it, its direction (which trains go), and where they start. */
struct line {
    float place[3];
    float heading, pitch;
    float speed;
    float nose_m; /* along the line from `place`, at the start */
};

static void put(struct thing_actor *actor, const struct line *line, float along, bool moves)
{
    float s = sinf(line->heading), c = cosf(line->heading);

    actor->attitude.heading = line->heading;
    actor->start[0] = line->place[0] + along * s;
    actor->start[1] = line->place[1];
    actor->start[2] = line->place[2] + along * c;
    if (moves) {
        actor->speed[0] = line->speed * s;
        actor->speed[2] = line->speed * c;
    }
}

static void put_train(struct thing_stage *stage, const struct subject *subject,
                      const struct line *line)
{
    bool steam = subject->form == FORM_STEAM;
    float back = line->nose_m;
    int cars = steam ? WAGONS : COACHES;
    unsigned look = 0;

    for (int i = 0; i <= cars; i++) {
        enum thing_kind kind = i == 0 ? (steam ? THING_STEAM_ENGINE : THING_EXPRESS)
                                      : (steam ? THING_WAGON : THING_COACH);
        struct thing_actor *actor = thing_add(stage, kind, subject);
        float half =
            i == 0 ? (steam ? STEAM_HALF_M : ENGINE_HALF_M) : (steam ? WAGON_HALF_M : COACH_HALF_M);

        if (i == 0)
            look = actor->look;
        actor->look = look; /* one livery for all */
        put(actor, line, back - half, true);
        back -= half + (i == 0 ? (steam ? STEAM_BACK_M : ENGINE_HALF_M) : half);
    }
}

/* A bed of ballast past the eye, and a train that comes along it. */
static void stage_on_ground(struct thing_stage *stage, const struct subject *subject)
{
    struct camera *camera = stage->camera;
    bool tall = camera->height > camera->width;
    float fx = sinf(camera->heading), fz = cosf(camera->heading), off = stage->side * 5.0f;
    struct line line = {.heading = camera->heading + 3.14159265f + stage->side * 0.30f,
                        .speed = subject->form == FORM_STEAM ? 9.0f : 17.0f,
                        .nose_m = subject->form == FORM_STEAM ? -36.0f : -50.0f};
    struct thing_actor *track = thing_add(stage, THING_TRACK, subject);

    if (subject->action == ACTION_IDLE)
        line.speed = 0;
    if (line.speed == 0)
        line.nose_m = -16;
    camera->start[1] = stage->ground_m + 2.3f;
    camera->shift = tall ? -0.02f : 0.02f;
    camera->scale = 0.02f;
    camera->pace_m_s = 0.4f;
    camera->target_m = 25;
    line.place[0] = camera->start[0] + 7.0f * fx + off * fz;
    line.place[1] = stage->ground_m + 1.15f;
    line.place[2] = camera->start[2] + 7.0f * fz - off * fx;
    put(track, &line, -100, false);
    put_train(stage, subject, &line);
}

/* How well a viaduct there would stand: over a valley, and ending in the hills. */
static float judge(const struct thing_stage *stage, const struct line *line)
{
    float score = 0, s = sinf(line->heading), c = cosf(line->heading);

    for (int i = -14; i <= 14; i++) {
        float along = 26.0f * (float)i;
        const float spot[3] = {line->place[0] + along * s, 0, line->place[2] + along * c};
        float deep = line->place[1] - thing_ground(stage, spot);

        if (i > -4 && i < 4 && deep < 14)
            score -= 2;
        if (i > -8 && i < 8)
            score += deep > 10 && deep < 90 ? 0.4f : deep < 4 ? -0.6f : 0.1f;
        else if (deep < 0)
            score += 0.15f;
    }
    return score;
}

/* Across a valley before the camera. */
static void stage_on_viaduct(struct thing_stage *stage, const struct subject *subject)
{
    struct camera *camera = stage->camera;
    struct line best = {.speed = subject->form == FORM_STEAM ? 11.0f : 24.0f}, line = best;
    struct thing_actor *viaduct = NULL;
    float most = -1e9f;

    if (subject->action == ACTION_IDLE)
        best.speed = line.speed = 0;
    for (int i = 0; i < 60; i++) {
        float distance = 58.0f + 16.0f * (float)(i % 5), score = 0;
        const float uv[2] = {0, -0.10f - 0.12f * (float)(i / 5 % 3)};

        line.heading = camera->heading - stage->side * (1.62f + 0.16f * (float)(i / 15));
        thing_spot(stage, uv, distance, line.place);
        score = judge(stage, &line) - 0.01f * distance;
        if (score <= most)
            continue;
        most = score;
        best = line;
        best.nose_m = -0.28f * distance * camera->half_width;
    }
    viaduct = thing_add(stage, THING_VIADUCT, subject);
    put(viaduct, &best, 0, false);
    put_train(stage, subject, &best);
    camera->scale *= 0.12f;
    camera->pace_m_s = 2.5f;
    camera->target_m = 70;
    camera->clearance_m = fminf(camera->clearance_m, 12);
    for (int k = 0; k < 2; k++)
        camera->follow[k] = 0.5f * best.speed * (k ? cosf(best.heading) : sinf(best.heading));
    camera->follow_m = 0;
}

void stage_trains(struct thing_stage *stage, const struct subject *subject)
{
    if (stage->town || stage->things->count > 0)
        return;
    if (stage->has_ground)
        stage_on_ground(stage, subject);
    else if (stage->world->terrain.heights)
        stage_on_viaduct(stage, subject);
}

static void paint_bank(struct thing *thing, enum scene_ground ground)
{
    static const float banks[SCENE_GROUNDS][3] = {
        [GROUND_NONE] = {0.10f, 0.12f, 0.05f},    [GROUND_GRASS] = {0.095f, 0.125f, 0.038f},
        [GROUND_FLOWERS] = {0.09f, 0.13f, 0.04f}, [GROUND_SAND] = {0.40f, 0.30f, 0.19f},
        [GROUND_SNOW] = {0.78f, 0.81f, 0.85f},    [GROUND_ROAD] = {0.26f, 0.19f, 0.11f},
    };

    memcpy(thing->paint[0], banks[ground], sizeof(banks[0]));
}

void shape_track(struct thing *thing, const struct thing_actor *actor,
                 const struct thing_moment *moment)
{
    bool viaduct = actor->kind == THING_VIADUCT;

    thing->low[0] = viaduct ? -5 : -16;
    thing->low[1] = viaduct ? -120 : -7;
    thing->low[2] = viaduct ? -VIADUCT_HALF_M : -BED_HALF_M;
    for (int k = 0; k < 3; k++)
        thing->high[k] = k == 1 ? (viaduct ? 1.1f : 0.05f) : -thing->low[k];
    thing->fine_m = 0.02f;
    thing->is_ground = true;
    paint_bank(thing, moment->world->scene->ground);
}

static void steam_trail(struct thing *thing, float travel)
{
    thing->trail_count = 1;
    thing->trails[0][0] = 0;
    thing->trails[0][1] = 4.5f;
    thing->trails[0][2] = 7.6f;
    thing->trail = (struct thing_trail){.length_m = 70,
                                        .wide_m = 0.30f,
                                        .spread = 0.30f,
                                        .rise = 0.16f,
                                        .cover = 1.3f,
                                        .travel_m = travel,
                                        .puff_m = 2.0f};
}

void shape_train(struct thing *thing, const struct thing_actor *actor,
                 const struct thing_moment *moment)
{
    static const float liveries[4][3][3] = {
        {{0.68f, 0.68f, 0.68f}, {0.03f, 0.10f, 0.36f}, {0.50f, 0.05f, 0.03f}},
        {{0.66f, 0.66f, 0.65f}, {0.48f, 0.03f, 0.03f}, {0.10f, 0.10f, 0.11f}},
        {{0.03f, 0.10f, 0.12f}, {0.55f, 0.56f, 0.56f}, {0.62f, 0.40f, 0.04f}},
        {{0.42f, 0.43f, 0.45f}, {0.62f, 0.24f, 0.02f}, {0.05f, 0.06f, 0.08f}}};
    static const float steam[3][3][3] = {
        {{0.020f, 0.022f, 0.022f}, {0.50f, 0.34f, 0.10f}, {0.22f, 0.035f, 0.025f}},
        {{0.025f, 0.075f, 0.035f}, {0.52f, 0.36f, 0.12f}, {0.30f, 0.16f, 0.07f}},
        {{0.16f, 0.018f, 0.018f}, {0.52f, 0.40f, 0.16f}, {0.20f, 0.03f, 0.03f}}};
    bool is_steam = actor->kind == THING_STEAM_ENGINE || actor->kind == THING_WAGON;
    float half = actor->kind == THING_WAGON          ? 9.0f
                 : actor->kind == THING_STEAM_ENGINE ? 11.6f
                                                     : 13.3f;
    float speed = hypotf(actor->speed[0], actor->speed[2]), travel = speed * moment->seconds;

    thing->low[0] = -1.65f;
    thing->low[1] = -0.02f;
    thing->low[2] = -half;
    thing->high[0] = 1.65f;
    thing->high[1] = actor->kind == THING_STEAM_ENGINE ? 4.5f : 4.1f;
    thing->high[2] = actor->kind == THING_STEAM_ENGINE ? 9.4f : half;
    memcpy(thing->paint, is_steam ? steam[actor->look % 3] : liveries[actor->look % 4],
           sizeof(liveries[0]));
    if (actor->subject && actor->subject->is_colored)
        memcpy(thing->paint[0], actor->subject->color, sizeof(thing->paint[0]));
    thing->fine_m = 0.015f;
    thing->lamps = moment->night * fminf(1, 2.5f * moment->ambient + 0.04f);
    /* A wheel that goes ahead turns from up to ahead. */
    thing->turn[0] = -sinf(travel / 0.86f);
    thing->turn[1] = cosf(travel / 0.86f);
    thing->place[1] += 0.008f * sinf(7.0f * moment->seconds + 9.0f * actor->phase);
    if (actor->kind == THING_STEAM_ENGINE)
        steam_trail(thing, travel);
}
