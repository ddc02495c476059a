/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/body/cast.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workers/diorama/body/beast_pose.h"
#include "workers/diorama/body/cast_impl.h"
#include "workers/diorama/noise.h"
#include "workers/diorama/things/things.h"

#define DEGREE 0.01745329252f
/* How far a street is good to look at, and what lies behind the camera of it. */
#define AHEAD_M 95.0f
#define BACK_M 17.0f
#define KEEP 0.25f        /* share of its distance that the camera keeps from a subject */
#define BODY_CHANGE 0.12f /* limbs swing and folds open, even of who keeps pace with the camera */

float cast_seconds(const struct scene *scene, float clip_seconds)
{
    return clip_seconds * clamp_f(scene->time_scale, 0.1f, 3.0f);
}

float cast_travel(float speed, float limit_m, float seconds)
{
    if (limit_m <= 0 || speed <= 0)
        return seconds;
    return limit_m / speed * (1.0f - expf(-seconds * speed / limit_m));
}

static uint64_t dice_seed(const struct scene *scene)
{
    return scene->seed * 131 + 17;
}

/* Draws what place_subject() and cast_add() draw. */
float cast_phase(const struct scene *scene, int subject, int number)
{
    struct dice dice = {dice_seed(scene)};
    float phase = 0;

    for (int i = 0; i <= subject; i++) {
        int last = i < subject ? scene->subjects[i].count - 1 : number;

        dice_between(&dice, 0, 1); /* the side */
        for (int k = 0; k <= last; k++) {
            phase = dice_between(&dice, 0, 1);
            dice_next(&dice); /* the look */
        }
    }
    return phase;
}

struct actor *cast_add(struct cast *cast, const struct subject *subject, enum subject_kind kind,
                       struct dice *dice)
{
    struct actor *actor = &cast->actors[cast->count < CAST_MAX ? cast->count : CAST_MAX - 1];

    if (cast->count < CAST_MAX)
        cast->count++;
    *actor = (struct actor){.subject = subject,
                            .kind = kind,
                            .phase = dice_between(dice, 0, 1),
                            .look = (unsigned)dice_next(dice) >> 8};
    return actor;
}

static void size_of(const struct subject *subject, float *length, float *height)
{
    body_size(subject->kind, length, height);
    *length *= body_scale(subject->form);
    *height *= body_scale(subject->form);
    car_size(subject->form, length, height);
}

/* A shot closer than usual: how much of a person's height is in the picture, how far its middle
 * lies below the top of the head, and how much longer the lens is. */
struct framing {
    float tall, middle, lens;
};

static const struct framing framings[SCENE_SHOTS] = {
    [SHOT_MEDIUM] = {1.00f, 0.42f, 0.62f}, [SHOT_CLOSE] = {0.50f, 0.19f, 0.42f}};

static bool is_framed(const struct subject *subject, const struct scene *scene)
{
    return scene->shot != SHOT_USUAL && subject->kind == SUBJECT_PERSON;
}

/* How far ahead a subject is put: so that it fills a good part of the picture. */
static float distance_of(const struct subject *subject, const struct camera *camera, bool across)
{
    float length = 0, height = 0, near = 0, wide = 0;
    float tall = camera->half_width * (float)camera->height / (float)camera->width;

    size_of(subject, &length, &height);
    near = across ? 0 : 0.45f * length;
    if (!across)
        length *= 0.75f;
    length += 0.7f * length * (float)(subject->count - 1);
    /* Animals are no longer than most of the picture is tall. */
    wide = subject->kind <= SUBJECT_HORSE ? 0.80f : 0.60f;
    return near + fmaxf(length / (wide * camera->half_width), height / (1.12f * tall));
}

/* Which way a subject looks against the camera: 180 degrees is toward it. */
static float facing_of(const struct subject *subject, const struct stage *stage, float side)
{
    bool in_street = stage->town != NULL;
    bool car = subject->kind == SUBJECT_CAR || subject->kind == SUBJECT_VINTAGE_CAR;

    if (stage->is_lane && subject->action != ACTION_IDLE)
        return car ? 0 : 180 - side * 9;
    if (subject->action == ACTION_RUN && !in_street)
        return side * 78;
    if (car)
        return in_street ? 0 : side * 62;
    if (subject->action == ACTION_IDLE)
        return 180 - side * 38;
    return 180 - side * (in_street ? 24 : 58);
}

/* Puts the camera at a height that suits the subject, and the subject low in the picture. */
static void frame_subject(struct camera *camera, const struct subject *subject, float distance,
                          float ground)
{
    float length = 0, height = 0, eye = 0;
    float tall = camera->half_width * (float)camera->height / (float)camera->width;

    size_of(subject, &length, &height);
    eye = clamp_f(0.30f + 0.62f * height, 0.34f, 1.5f);
    camera->start[1] = ground + eye;
    camera->shift = 0.52f * tall - eye / distance;
    camera->scale = distance / 300.0f;
    camera->keep_m = KEEP * distance;
    camera->target_m = distance;
    camera->pace_m_s = 0.35f * distance;
    camera->clearance_m = 0.2f;
}

/* Comes near to a person, its head in the upper middle of the picture; returns the distance. */
static float frame_person(struct camera *camera, const struct subject *subject,
                          enum scene_shot shot, float ground)
{
    const struct framing *framing = &framings[shot];
    float length = 0, height = 0, distance = 0, aspect = 0, middle = 0;

    size_of(subject, &length, &height);
    camera->half_width *= framing->lens;
    aspect = (float)camera->width / (float)camera->height;
    distance = framing->tall * height / 1.78f * aspect / (2.0f * camera->half_width);
    if (aspect < 1)
        distance *= 1.25f;
    distance *= 1.0f + 0.3f * (float)(subject->count - 1);
    middle = height - framing->middle * height / 1.78f - (subject->action == ACTION_SIT ? 0.8f : 0);
    if (subject->form >= FORM_GIRL && subject->form <= FORM_OLD_MAN)
        middle -= 0.08f; /* large heads, bent backs */
    camera->start[1] = ground + middle + 0.05f;
    camera->shift = -0.05f / distance;
    camera->scale = distance / 420.0f;
    camera->keep_m = KEEP * distance;
    camera->target_m = distance;
    camera->pace_m_s = 0.3f * distance;
    camera->clearance_m = 0.1f;
    return distance;
}

/* Where the subjects of one kind stand, about the camera. */
struct marks {
    const struct town *town;
    float side; /* they are a little to this side */
    float facing_deg, distance, ground, speed, length;
    float beside;   /* how far to the right of the first those after it are */
    bool is_first;  /* the subject that the camera is for */
    bool is_framed; /* from close by */
};

/* Not dancing, sitting or waving, for which hands are needed. */
static bool on_feet(const struct actor *actor)
{
    return actor->action == ACTION_IDLE || actor->action == ACTION_WALK;
}

static void place_actor(struct actor *actor, const struct marks *marks, const struct camera *camera,
                        int number)
{
    const struct subject *subject = actor->subject;
    float fx = sinf(camera->heading), fz = cosf(camera->heading);
    float row = (float)number - 0.5f * (float)(subject->count - 1),
          behind = marks->is_first ? 0 : 1;
    float aside = marks->is_framed ? 0.045f : 0.10f;
    float across = 0.85f * marks->length * row + marks->beside * behind -
                   marks->side * aside * marks->distance;
    float ahead = marks->distance + marks->length * (0.8f * behind + (number % 2 ? 0.35f : 0.0f));

    actor->action = subject->action;
    actor->heading =
        marks->town && subject->kind >= SUBJECT_CAR
            ? 0
            : camera->heading + marks->facing_deg * DEGREE + 0.06f * sinf((float)number);
    actor->limit_m = !marks->town ? 0 : cosf(actor->heading) > 0 ? AHEAD_M : BACK_M;
    actor->speed_m_s = marks->speed * (number ? 0.98f + 0.05f * actor->phase : 1.0f);
    actor->start[0] = camera->start[0] + ahead * fx + across * fz;
    actor->start[1] = marks->ground;
    if (!marks->town) /* a knoll falls away from the eye */
        actor->start[1] -= (ahead * ahead + across * across) * (0.5f / KNOLL_RADIUS_M);
    actor->start[2] = camera->start[2] + ahead * fz - across * fx;
    actor->has_umbrella = subject->kind == SUBJECT_PERSON &&
                          (subject->wears & WEAR_UMBRELLA || (marks->town && marks->town->wet > 0 &&
                                                              !marks->is_framed && on_feet(actor)));
}

/* Height of what the camera's subjects stand on: road, sidewalk or knoll. */
static float ground_of(const struct stage *stage, const struct camera *camera)
{
    if (!stage->town)
        return stage->knoll->base_m;
    return stage->town->is_street && fabsf(camera->start[0]) > stage->town->road_m ? 0.15f : 0;
}

/* Seats riders: each on the horse of its number. False when there are no horses. */
static bool place_riders(struct cast *cast, const struct subject *subject, struct dice *dice)
{
    int horse = 0;

    if (subject->action != ACTION_RIDE)
        return false;
    while (horse < cast->count && cast->actors[horse].kind != SUBJECT_HORSE)
        horse++;
    if (horse == cast->count)
        return false;
    for (int i = 0; i < subject->count && cast->actors[horse + i].kind == SUBJECT_HORSE; i++) {
        const struct actor *mount = &cast->actors[horse + i];
        struct actor *rider = cast_add(cast, subject, subject->kind, dice);
        struct actor own = *rider;

        *rider = *mount;
        rider->subject = subject;
        rider->kind = subject->kind;
        rider->look = own.look;
        rider->action = ACTION_RIDE;
        rider->mount = horse + i + 1;
    }
    return true;
}

/* Those after the first are beside and never before it; who walks with somebody goes the same way,
 * as fast: the camera goes with the first. */
static void keep_up(struct marks *marks, const struct actor *leader, const struct camera *camera)
{
    float x = leader->start[0] - camera->start[0], z = leader->start[2] - camera->start[2];
    float across = x * cosf(camera->heading) - z * sinf(camera->heading);

    if (!marks->town) {
        marks->distance = fmaxf(marks->distance, camera->target_m);
        marks->beside = fminf(marks->beside, 0.5f * camera->half_width * marks->distance);
        marks->beside *= across > 0 ? -1.0f : 1.0f;
    }
    if (marks->speed <= 0 || leader->speed_m_s <= 0)
        return;
    marks->speed = leader->speed_m_s;
    marks->facing_deg = (leader->heading - camera->heading) / DEGREE;
}

static void place_subject(struct cast *cast, const struct world *world,
                          const struct subject *subject, struct camera *camera,
                          const struct stage *stage, struct dice *dice)
{
    const struct scene *scene = world->scene;
    struct marks marks = {.town = stage->town, .is_first = cast->count == 0};
    float height = 0;

    marks.side = dice_between(dice, 0, 1) < 0.5f ? -1.0f : 1.0f;
    if (place_riders(cast, subject, dice))
        return;
    marks.facing_deg = facing_of(subject, stage, marks.side);
    marks.distance = distance_of(subject, camera, fabsf(sinf(marks.facing_deg * DEGREE)) > 0.6f);
    marks.speed = body_speed(subject->kind, subject->action) * sqrtf(body_scale(subject->form));
    marks.ground = ground_of(stage, camera);
    if (marks.is_first && is_framed(subject, scene)) {
        marks.distance = frame_person(camera, subject, scene->shot, marks.ground);
        marks.facing_deg = 180.0f - marks.side * 14.0f;
        marks.is_framed = true;
    } else if (marks.is_first) {
        marks.distance *= scene->shot == SHOT_CLOSE ? 0.55f : 1.0f;
        frame_subject(camera, subject, marks.distance, marks.ground);
        if (scene->shot == SHOT_CLOSE) /* from nearer still it would be below the picture */
            camera->scale *= 0.4f;
    }
    size_of(subject, &marks.length, &height);
    marks.beside = 1.3f * marks.length;
    if (!marks.is_first)
        keep_up(&marks, &cast->actors[0], camera);
    for (int i = 0; i < subject->count; i++)
        place_actor(cast_add(cast, subject, subject->kind, dice), &marks, camera, i);
    if (marks.is_first && cast->count > 0) {
        const struct actor *leader = &cast->actors[0];

        camera->follow[0] = leader->speed_m_s * sinf(leader->heading);
        camera->follow[1] = leader->speed_m_s * cosf(leader->heading);
        camera->follow_m = leader->limit_m;
        if (stage->knoll) {
            stage->knoll->road[0] = leader->start[0];
            stage->knoll->road[1] = leader->start[2];
            stage->knoll->road_dir[0] = sinf(leader->heading);
            stage->knoll->road_dir[1] = cosf(leader->heading);
        }
    }
}

/* Low over the grass, or at eye height beside a road, when nobody is there. */
static void stand_on_knoll(struct knoll *knoll, struct camera *camera)
{
    float tall = camera->half_width * (float)camera->height / (float)camera->width;

    camera->start[1] = knoll->base_m + (knoll->ground == GROUND_ROAD ? 1.5f : 0.85f);
    if (knoll->ground == GROUND_FLOWERS) /* over the tallest of them */
        camera->start[1] += knoll->bloom.stalk_m;
    camera->shift = 0.10f * tall;
    camera->scale = 0.035f;
    camera->target_m = 9;
    camera->pace_m_s = 2.0f;
    camera->clearance_m = 0.2f;
    knoll->road[0] = camera->start[0] + 1.2f * cosf(camera->heading);
    knoll->road[1] = camera->start[2] - 1.2f * sinf(camera->heading);
    knoll->road_dir[0] = sinf(camera->heading);
    knoll->road_dir[1] = cosf(camera->heading);
}

void cast_plan(struct cast *cast, const struct world *world, const struct stage *stage,
               struct camera *camera)
{
    const struct scene *scene = world->scene;
    struct dice dice = {dice_seed(scene)};

    if (stage->town && stage->town->is_street)
        cast_leave_road(camera, scene, stage->town);
    if (stage->knoll && !stage->is_lane)
        stand_on_knoll(stage->knoll, camera);
    for (int i = 0; i < scene->subject_count && (stage->knoll || stage->town); i++)
        if (!things_have(scene->subjects[i].kind) && scene->subjects[i].kind != SUBJECT_BIRDS)
            place_subject(cast, world, &scene->subjects[i], camera, stage, &dice);
    if (stage->town && stage->town->is_street)
        cast_add_street(cast, scene, stage->town, camera->start[0], &dice);
    if (cast->count > 0)
        cast->bodies = calloc((size_t)cast->count, sizeof(*cast->bodies));
    if (cast->count > 0 && !cast->bodies)
        abort();
}

void cast_free(struct cast *cast)
{
    free(cast->bodies);
    cast->bodies = NULL;
    cast->count = 0;
}

/* The lamps that show most on a polished body. */
static void list_glints(struct body *body, const struct town *town)
{
    body->glint_count = 0;
    for (int i = 0; i < town->light_count; i++) {
        const struct town_light *light = &town->lights[i];
        struct body_glint glint;
        float square = 0, strongest = 0;
        int at = 0;

        for (int k = 0; k < 3; k++) {
            glint.dir[k] = light->place[k] - body->middle[k];
            square += glint.dir[k] * glint.dir[k];
        }
        for (int k = 0; k < 3; k++) {
            glint.dir[k] /= sqrtf(square);
            glint.light[k] = light->power[k] * 14.0f / (square + 4.0f);
            strongest = fmaxf(strongest, glint.light[k]);
        }
        if (body->glint_count < BODY_GLINTS_MAX) {
            body->glints[body->glint_count++] = glint;
            continue;
        }
        for (int j = 1; j < BODY_GLINTS_MAX; j++)
            if (body->glints[j].light[0] + body->glints[j].light[1] + body->glints[j].light[2] <
                body->glints[at].light[0] + body->glints[at].light[1] + body->glints[at].light[2])
                at = j;
        if (strongest > body->glints[at].light[0] && strongest > body->glints[at].light[1] &&
            strongest > body->glints[at].light[2])
            body->glints[at] = glint;
    }
}

void cast_light(const float place[3], const struct world *world, const struct town *town,
                float light[6][3], float sun[3])
{
    const struct sky *sky = &world->sky;
    float open = town ? 0.42f : 1.0f, seen = town ? town_sun_at(town, place, sky->sun) : 1.0f;

    memset(light, 0, 6 * sizeof(light[0]));
    for (int k = 0; k < 3; k++) {
        float ambient = 0.5f * (sky->ambient_sun[k] + sky->ambient_away[k]) * open;
        float bounce = (town && town->snow ? 0.36f : 0.12f) *
                       (ambient + 0.25f * sky->sun_color[k] * fmaxf(sky->sun[1], 0));

        for (int side = 0; side < 6; side++) {
            float toward = side == 0   ? sky->sun[0]
                           : side == 1 ? -sky->sun[0]
                           : side == 4 ? sky->sun[2]
                                       : -sky->sun[2];
            float wall = lerp_f(sky->ambient_away[k], sky->ambient_sun[k], 0.5f + 0.5f * toward);

            light[side][k] = side == 2   ? ambient * 1.1f
                             : side == 3 ? bounce + 0.1f * ambient
                                         : 0.55f * wall * open + bounce;
        }
        sun[k] = sky->sun_color[k] * seen;
    }
    if (town)
        town_light_at(town, place, light);
}

/* How far the shadow of a body's top lies from its foot, as long as it can be seen. */
static void shade_body(struct body *body, const float sun[3])
{
    float tall = body->middle[1] + body->radius - body->ground_m;
    float length = fminf(tall / fmaxf(sun[1], 0.02f), 5.0f * body->radius);

    for (int k = 0; k < 2; k++)
        body->shade[k] = -sun[2 * k] * length;
}

static void light_body(struct body *body, const struct world *world, const struct town *town)
{
    cast_light(body->middle, world, town, body->light, body->sun);
    if (town)
        list_glints(body, town);
}

/* Where an actor is. */
static void find_place(const struct actor *actor, float seconds, struct body_frame *place)
{
    float travel = cast_travel(actor->speed_m_s, actor->limit_m, seconds) * actor->speed_m_s;

    place->heading = actor->heading;
    place->place[0] = actor->start[0] + travel * sinf(actor->heading);
    place->place[1] = actor->start[1];
    place->place[2] = actor->start[2] + travel * cosf(actor->heading);
}

bool cast_find(const struct cast *cast, const struct subject *subject, int number, float seconds,
               float place[3])
{
    for (int i = 0; i < cast->count; i++)
        if (cast->actors[i].subject == subject && number-- == 0) {
            struct body_frame at;

            find_place(&cast->actors[i], seconds, &at);
            memcpy(place, at.place, sizeof(at.place));
            return true;
        }
    return false;
}

void cast_list_movers(struct cast *cast, const struct world *world, struct frame *frame)
{
    for (int i = 0; i < cast->count; i++) {
        struct mover *mover = &frame->movers[frame->mover_count];
        struct body_frame now, before;
        float turn;

        cast->bodies[i].mover = 0;
        if (frame->mover_count == MOVERS_MAX)
            continue;
        cast->bodies[i].mover = frame->mover_count++;
        find_place(&cast->actors[i], cast_seconds(world->scene, frame->clip_time_s), &now);
        find_place(&cast->actors[i], cast_seconds(world->scene, frame->clip_time_s - frame->step_s),
                   &before);
        turn = now.heading - before.heading;
        *mover = (struct mover){.sine = sinf(turn), .cosine = cosf(turn), .change = BODY_CHANGE};
        memcpy(mover->now, now.place, sizeof(mover->now));
        memcpy(mover->before, before.place, sizeof(mover->before));
    }
}

/* How high a rider sits, whose pose differs from that of its horse in what they do. */
static float seat_of(const struct actor *mount, const struct body_pose *rider)
{
    struct body_pose pose = *rider;
    float seat[3];

    pose.action = mount->action;
    pose.subject = mount->subject;
    beast_seat(&pose, mount->kind, seat);
    return seat[1];
}

void cast_pose(struct cast *cast, const struct world *world, const struct town *town,
               const struct frame *frame)
{
    float seconds = cast_seconds(world->scene, frame->clip_time_s);

    for (int i = 0; i < cast->count; i++) {
        const struct actor *actor = &cast->actors[i];
        struct body *body = &cast->bodies[i];
        float travel = cast_travel(actor->speed_m_s, actor->limit_m, seconds) * actor->speed_m_s;
        struct body_pose pose = {
            actor->action,       seconds,
            actor->phase,        actor->speed_m_s,
            actor->look,         actor->subject,
            actor->has_umbrella, world->scene->weather == WEATHER_SNOW || (town && town->snow),
            actor->seat_m};
        struct body_frame place;

        find_place(actor, seconds, &place);
        if (actor->mount)
            pose.seat_m = seat_of(&cast->actors[actor->mount - 1], &pose);
        switch (actor->kind) {
        case SUBJECT_CAT:
        case SUBJECT_DOG:
        case SUBJECT_HORSE:
            body_quadruped(body, &pose, actor->kind);
            break;
        case SUBJECT_CAR:
        case SUBJECT_VINTAGE_CAR: {
            const float car[2] = {
                travel, world->scene->sun_elevation_deg < 4 && !actor->is_parked ? 1.0f : 0.0f};

            body_car(body, &pose, &place, car);
            body->car.snow = town && town->snow ? (actor->is_parked ? 1.0f : 0.5f) : 0;
            break;
        }
        case SUBJECT_PERSON:
        case SUBJECT_BIRDS:
        case SUBJECT_BALLOONS:
        case SUBJECT_FISH:
        case SUBJECT_BOAT:
        case SUBJECT_TRAIN:
        case SUBJECT_PLANE:
        case SUBJECT_DRONE:
        case SUBJECT_KITE:
        case SUBJECT_KINDS:
            body_person(body, &pose);
            break;
        }
        if (!body->is_car)
            body_finish(body, &place);
        light_body(body, world, town);
        shade_body(body, world->sky.sun);
    }
}
