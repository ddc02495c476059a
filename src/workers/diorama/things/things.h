/* SPDX-License-Identifier: Apache-2.0 */
/*
 * things: the machines of a scene: what there is, where it goes, and what the camera does.
 *
 * things_plan() stages the subjects that are things: where film grammar wants them, the mover
 * with room ahead of it, others behind it and smaller; it moves the camera to suit the first
 * subject. things_pose() shapes all of them as they are at a time: any time, in any order.
 *
 * Ownership: things_free(), also of a zeroed struct.
 * Thread: one call at a time; things_draw() uses `threads` of its own.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_THINGS_THINGS_H
#define VITASCOPE_WORKERS_DIORAMA_THINGS_THINGS_H

#include "workers/diorama/camera.h"
#include "workers/diorama/canvas.h"
#include "workers/diorama/kernels.h"
#include "workers/diorama/things/thing.h"
#include "workers/diorama/town/town.h"
#include "workers/diorama/world.h"

enum { THINGS_MAX = 24 };

/* One thing and its way. */
struct thing_actor {
    enum thing_kind kind;
    const struct subject *subject;
    float start[3];
    struct thing_attitude attitude;
    float speed[3]; /* m/s, in the world */
    float bank;     /* of what flies a curve, radians */
    float phase;    /* 0 to 1 */
    unsigned look;
};

struct things {
    int count;
    struct thing_actor actors[THINGS_MAX];
    struct thing *shapes;    /* as many */
    short order[THINGS_MAX]; /* of drawing: far ones first */
};

/* Whether subjects of a kind are things, not bodies. */
bool things_have(enum subject_kind kind);

struct stage;

/* The camera must be composed; it may be moved. */
void things_plan(struct things *things, const struct world *world, const struct stage *place,
                 struct camera *camera);
void things_free(struct things *things);

/* Where the `number`th of a subject is at a time of the scene, but for what wind and waves do to
 * it. False when it is not among them. */
bool things_find(const struct things *things, const struct subject *subject, int number,
                 float seconds, float place[3]);

void things_pose(struct things *things, const struct frame *frame);

/* Adds those that move to the frame's movers; they are posed. */
void things_list_movers(struct things *things, struct frame *frame);

/* Draws them as last posed. */
void things_draw(struct things *things, const struct kernels *kernels, const struct frame *frame,
                 const struct canvas *canvas, int threads);

#endif
