/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mirror: a picture of the world upside down, for wet ground to show.
 *
 * Near things are drawn on its canvas from below the ground, then it is blurred up and down at
 * two strengths: rough wet ground drags its mirror out toward the viewer. A lookup is steady from
 * frame to frame, where tracing a few rays would glitter.
 *
 * Ownership: mirror_init() allocates, mirror_fini() frees, also a zeroed struct.
 * Thread: one at a time; mirror_soften() uses `threads` of its own.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_TOWN_MIRROR_H
#define VITASCOPE_WORKERS_DIORAMA_TOWN_MIRROR_H

#include "workers/diorama/canvas.h"
#include "workers/diorama/world.h"

enum { MIRROR_SOFT_LEVELS = 2 };

struct mirror {
    struct canvas canvas;
    float *soft[MIRROR_SOFT_LEVELS][3];
    float *mixed[3]; /* of both soft levels, as a wet street shows them */
};

void mirror_init(struct mirror *mirror, const struct frame *frame);
void mirror_fini(struct mirror *mirror);

/* Sets the size of samples to the view's. */
void mirror_aim(struct mirror *mirror, const struct frame *frame);

/* Fills the soft levels from the canvas. */
void mirror_soften(struct mirror *mirror, int threads);

#endif
