/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cast: who is in a scene, where, and what the camera does about it.
 *
 * cast_plan() places the scene's subjects before the camera at a distance that suits their size,
 * lets the camera travel with those that move, and adds passers-by to a street. cast_pose()
 * builds all bodies as they are at a time: any time, in any order.
 *
 * Ownership: cast_free(), also of a zeroed struct.
 * Thread: one call at a time.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_BODY_CAST_H
#define VITASCOPE_WORKERS_DIORAMA_BODY_CAST_H

#include "workers/diorama/body/body.h"
#include "workers/diorama/camera.h"
#include "workers/diorama/land/knoll.h"
#include "workers/diorama/town/town.h"
#include "workers/diorama/world.h"

enum { CAST_MAX = 48 };

struct actor {
    const struct subject *subject; /* NULL: a passer-by */
    enum subject_kind kind;
    enum subject_action action;
    float start[3];
    float heading;
    float speed_m_s;
    float limit_m; /* of its way; 0: none */
    float phase;
    unsigned look;
    bool has_umbrella;
    float seat_m; /* of a chair, 0: none */
    bool is_parked;
    int mount; /* of a rider: the actor it sits on plus 1, which stands before it; 0: none */
};

struct cast {
    int count;
    struct actor actors[CAST_MAX];
    struct body *bodies; /* as many as actors */
};

/* Where the cast stands: in a town, or on a knoll (the other one NULL). */
struct stage {
    const struct town *town;
    struct knoll *knoll; /* its height and its road are set */
    bool is_lane;        /* the knoll is a path ahead of the camera: who walks keeps to it */
};

/* May move the camera. */
void cast_plan(struct cast *cast, const struct world *world, const struct stage *stage,
               struct camera *camera);
void cast_free(struct cast *cast);

void cast_pose(struct cast *cast, const struct world *world, const struct town *town,
               const struct frame *frame);

/* Lists how the bodies moved in frame->step_s before the frame, after cast_pose(). */
void cast_list_movers(struct cast *cast, const struct world *world, struct frame *frame);

/* Where the `number`th of a subject is at a time of the scene. False when it is not among them. */
bool cast_find(const struct cast *cast, const struct subject *subject, int number, float seconds,
               float place[3]);

/* Light at a place: toward +x -x +y -y +z -z, per unit of albedo, and the sun's irradiance as
 * houses leave it. `town` may be NULL. */
void cast_light(const float place[3], const struct world *world, const struct town *town,
                float light[6][3], float sun[3]);

/* Time of the scene at a time of the clip: slow motion slows what moves, a time-lapse hurries. */
float cast_seconds(const struct scene *scene, float clip_seconds);

/* struct actor.phase of the `number`th of a subject: what cast_plan() gives it. */
float cast_phase(const struct scene *scene, int subject, int number);

/* Seconds at `speed` that bring a traveler as far as it is after `seconds`: it comes to rest
 * after `limit_m`, so that a street never ends before it. No limit when 0. */
float cast_travel(float speed, float limit_m, float seconds);

#endif
