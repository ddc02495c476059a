/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flock: birds in the sky of any place that has one.
 *
 * Each bird is a body and two jointed wings that beat and glide, drawn as flat shapes with soft
 * edges onto the finished picture, behind what is nearer. Ways and wings are functions of time.
 *
 * Ownership: plain data.
 * Thread: any; flock_draw() uses `threads` of its own.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_SKY_FLOCK_H
#define VITASCOPE_WORKERS_DIORAMA_SKY_FLOCK_H

#include "workers/diorama/camera.h"
#include "workers/diorama/world.h"

enum { FLOCK_MAX = 96 };

/* One bird: its own place in the flock. */
struct flock_bird {
    float place[3]; /* of a formation meters, of a loop -1 to 1 */
    float phase;    /* 0 to 1 */
    float size;     /* against its sort's */
};

struct flock {
    int count;
    int sort;                 /* which of flock.c's sorts */
    float start[3], drift[3]; /* where its middle is, and how it moves, m/s */
    float heading;            /* that it flies toward */
    float apart_m;            /* how large a round its birds make */
    struct flock_bird birds[FLOCK_MAX];
};

/* Places the birds that the scene names, if any. The camera must be composed. */
void flock_plan(struct flock *flock, const struct world *world, const struct camera *camera);

/* Draws them onto the frame's picture before it is toned. */
void flock_draw(const struct flock *flock, const struct frame *frame, int threads);

#endif
