/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "workers/diorama/set/take_impl.h"

#define TURN 3.14159265f
#define APART_M 0.75f
#define WAY_M 2.6f /* of free floor before the camera */

enum { PLAYERS_MAX = 3 }; /* of one kind: rooms are small */

/* How far before the camera somebody of a kind is, and how high the camera then stands. */
static float distance_of(enum subject_kind kind, float *eye_m)
{
    *eye_m = kind == SUBJECT_CAT ? 0.62f : kind == SUBJECT_DOG ? 0.80f : 1.25f;
    return kind == SUBJECT_CAT ? 2.0f : kind == SUBJECT_DOG ? 3.0f : 3.75f;
}

/* The share of this that the camera keeps: people come nearer, too. */
static float keep_of(enum subject_kind kind)
{
    return kind == SUBJECT_PERSON ? 0.63f : 0.3f;
}

/* On the line from the camera to the mark, a little beside the one before. */
static void place_actor(struct actor *actor, const struct set_mark *mark,
                        const struct camera *camera, float distance, int number)
{
    float x = mark->place[0] - camera->start[0], z = mark->place[2] - camera->start[2];
    float length = sqrtf(x * x + z * z) + 1e-3f, aside = 0;
    bool moves = actor->action == ACTION_WALK || actor->action == ACTION_RUN;

    x /= length;
    z /= length;
    if (camera->height > camera->width && actor->kind != SUBJECT_PERSON) {
        x = sinf(camera->heading); /* a narrow picture shows what is straight ahead */
        z = cosf(camera->heading);
    }
    aside = APART_M * (float)((number + 1) / 2) * (number % 2 ? 1.0f : -1.0f);
    if (moves && actor->kind == SUBJECT_PERSON)
        distance += 0.5f;
    actor->start[0] = camera->start[0] + distance * x + aside * z;
    actor->start[1] = 0.008f;
    actor->start[2] = camera->start[2] + distance * z - aside * x;
    actor->heading = atan2f(x, z) + TURN - 0.55f * (number % 2 ? -1.0f : 1.0f);
    if (!moves)
        return;
    /* People come nearer; animals cross the picture. */
    actor->heading = atan2f(x, z) + (actor->kind == SUBJECT_PERSON ? TURN - 0.12f : 0.42f * TURN);
    actor->speed_m_s = 0.75f * body_speed(actor->kind, ACTION_WALK);
    actor->action = ACTION_WALK;
    actor->limit_m = WAY_M;
    if (actor->kind != SUBJECT_PERSON) {
        actor->start[0] -= 0.9f * sinf(actor->heading);
        actor->start[2] -= 0.9f * cosf(actor->heading);
    }
}

void take_plan(struct cast *cast, const struct set *set, const struct scene *scene,
               struct camera *camera)
{
    struct dice dice = {scene->seed * 131 + 17};

    if (set->mark_count == 0)
        return;
    for (int i = 0; i < scene->subject_count; i++) {
        const struct subject *subject = &scene->subjects[i];
        float eye = 0, distance = distance_of(subject->kind, &eye);
        int count = subject->count < PLAYERS_MAX ? subject->count : PLAYERS_MAX;

        if (subject->kind != SUBJECT_PERSON && subject->kind != SUBJECT_CAT &&
            subject->kind != SUBJECT_DOG)
            continue;
        if (cast->count == 0) {
            camera->start[1] = eye;
            camera->shift = eye < 1 ? -0.02f : -0.05f;
            camera->target_m = distance;
            camera->keep_m = keep_of(subject->kind) * distance;
        }
        for (int k = 0; k < count && cast->count < CAST_MAX; k++) {
            struct actor *actor = &cast->actors[cast->count++];

            *actor = (struct actor){.subject = subject,
                                    .kind = subject->kind,
                                    .action = subject->action,
                                    .phase = dice_between(&dice, 0, 1),
                                    .look = (unsigned)dice_next(&dice) >> 8};
            place_actor(actor, &set->marks[0], camera, distance + (cast->count > 1 ? 0.35f : 0.0f),
                        cast->count - 1);
        }
    }
    if (cast->count > 0)
        cast->bodies = calloc((size_t)cast->count, sizeof(*cast->bodies));
    if (cast->count > 0 && !cast->bodies)
        abort();
}
