/* SPDX-License-Identifier: Apache-2.0 */
/* Who and what a street has besides the subjects. */
#include <math.h>
#include <string.h>

#include "workers/diorama/body/cast_impl.h"

#define HALF_TURN 3.14159265f
#define CURB_M 0.15f
#define ASIDE_M 1.1f       /* passers-by keep so far from the camera's way */
#define WALL_GAP_M 0.5f    /* and from the houses */
#define GUESTS_M 22.0f     /* farther off nobody sits */
#define PARKED_M 17.0f     /* the first parked car: before it the crossing and the camera's way */
#define PARKED_END_M 64.0f /* beyond, haze hides them */
#define CAR_SIDE_M 1.05f   /* from the curb to the middle of a parked car */

enum { PASSERS_BY = 11, GUESTS = 14, PARKED_A_SIDE = 4, DRIVEN_A_SIDE = 6 };

/* People on the sidewalks, more of them where there is more neon. */
/* Beside the way of a camera that stands at `from` across the street. */
static float beside(float x, float from, const struct town *town)
{
    float least = from < 0 ? -town->walls_m + WALL_GAP_M : town->road_m + 0.4f;
    float most = from < 0 ? -town->road_m - 0.4f : town->walls_m - WALL_GAP_M;

    if (fabsf(from) < town->road_m || x * from < 0 || fabsf(x - from) >= ASIDE_M)
        return x;
    x = x < from ? from - ASIDE_M : from + ASIDE_M;
    if (x < least)
        x = from + ASIDE_M;
    return x > most ? from - ASIDE_M : x;
}

static void add_passers_by(struct cast *cast, const struct scene *scene, const struct town *town,
                           float camera_x, struct dice *dice)
{
    int count = (int)((0.45f + 0.55f * scene->neon) * PASSERS_BY);

    for (int i = 0; i < count; i++) {
        struct actor *actor = cast_add(cast, NULL, SUBJECT_PERSON, dice);
        float side = dice_between(dice, 0, 1) < 0.5f ? -1.0f : 1.0f;
        bool comes = dice_between(dice, 0, 1) < 0.5f;

        actor->action = ACTION_WALK;
        actor->heading = comes ? HALF_TURN : 0;
        actor->speed_m_s = dice_between(dice, 1.1f, 1.5f);
        actor->start[0] = side * dice_between(dice, town->road_m + 0.95f, town->walls_m - 1.2f);
        actor->start[1] = CURB_M;
        actor->start[2] = 7.0f + 5.5f * (float)i + dice_between(dice, 0, 4);
        if (scene->cafe) /* room for the tables */
            actor->start[0] = side * (town->road_m + 0.5f);
        actor->start[0] = beside(actor->start[0], camera_x, town);
        actor->has_umbrella = town->wet > 0 && dice_between(dice, 0, 1) < 0.8f;
    }
}

/* Guests on the chairs of a terrace, in weather for it. */
static void add_guests(struct cast *cast, const struct town *town, struct dice *dice)
{
    int guests = 0;

    for (int i = 0; i < town->seat_count && guests < GUESTS; i++) {
        const struct town_seat *seat = &town->seats[i];
        struct actor *actor = NULL;

        /* The nearest chair would hide its table; the next ones are what is looked at. */
        float empty = seat->place[2] < 4.2f ? 1.0f : seat->place[2] < 8 ? 0.0f : 0.35f;

        if (town->wet > 0 || town->snow || seat->place[2] > GUESTS_M ||
            dice_between(dice, 0, 1) < empty)
            continue;
        actor = cast_add(cast, NULL, SUBJECT_PERSON, dice);
        actor->action = ACTION_SIT;
        memcpy(actor->start, seat->place, sizeof(actor->start));
        actor->heading = seat->heading;
        actor->seat_m = seat->height_m;
        guests++;
    }
}

/* Cars at the curbs, each looking the way its side is driven. */
static void add_parked(struct cast *cast, const struct town *town, struct dice *dice)
{
    for (int side = -1; side <= 1; side += 2) {
        float z = PARKED_M + dice_between(dice, 0, 5);

        for (int i = 0; i < PARKED_A_SIDE && z < PARKED_END_M; i++) {
            struct actor *actor = cast_add(cast, NULL, SUBJECT_CAR, dice);

            actor->action = ACTION_IDLE;
            actor->is_parked = true;
            actor->start[0] = (float)side * (town->road_m - CAR_SIDE_M);
            actor->start[2] = z;
            actor->heading = side > 0 ? 0 : HALF_TURN;
            z += dice_between(dice, 5.4f, 14.0f);
        }
    }
}

static bool has_parked(const struct scene *scene)
{
    return scene->neon < 0.5f; /* streets of neon are narrow, and full as it is */
}

/* Cars in both lanes, one after the other; the denser they are the slower they go. */
static void add_traffic(struct cast *cast, const struct scene *scene, const struct town *town,
                        struct dice *dice)
{
    float lane = has_parked(scene) ? 0.5f * (town->road_m - 1.9f) : 0.5f * town->road_m;
    float apart = 22.0f - 13.0f * scene->traffic, speed = 9.0f - 5.0f * scene->traffic;

    for (int side = -1; side <= 1; side += 2) {
        float z = side > 0 ? -12.0f : 13.0f;

        z += dice_between(dice, 0, 4);
        for (int i = 0; i < DRIVEN_A_SIDE; i++) {
            struct actor *actor = cast_add(cast, NULL, SUBJECT_CAR, dice);

            actor->action = ACTION_WALK;
            actor->start[0] = (float)side * lane;
            actor->start[2] = z;
            actor->heading = side > 0 ? 0 : HALF_TURN;
            actor->speed_m_s = speed;
            z += apart * dice_between(dice, 0.8f, 1.3f);
        }
    }
}

void cast_add_street(struct cast *cast, const struct scene *scene, const struct town *town,
                     float camera_x, struct dice *dice)
{
    add_passers_by(cast, scene, town, camera_x, dice);
    add_guests(cast, town, dice);
    if (has_parked(scene))
        add_parked(cast, town, dice);
    if (scene->traffic > 0)
        add_traffic(cast, scene, town, dice);
}

static bool is_of_car(const struct scene *scene)
{
    return scene->subject_count > 0 && (scene->subjects[0].kind == SUBJECT_CAR ||
                                        scene->subjects[0].kind == SUBJECT_VINTAGE_CAR);
}

void cast_leave_road(struct camera *camera, const struct scene *scene, const struct town *town)
{
    float side = camera->start[0] < 0 ? -1.0f : 1.0f;

    if (scene->traffic <= 0 || scene->cafe || is_of_car(scene))
        return;
    camera->start[0] = side * (town->road_m + 1.5f);
    camera->start[1] += CURB_M;
    camera->heading = -side * 0.10f;
    camera->way_m = PARKED_M - 1.0f; /* beyond, its way leaves the sidewalk */
}
