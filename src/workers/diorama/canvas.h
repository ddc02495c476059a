/* SPDX-License-Identifier: Apache-2.0 */
/*
 * canvas: the samples that near things are drawn on: those of the picture, or those of its
 * mirror in wet ground.
 *
 * A mirrored canvas shows the world upside down, as if seen through the plane y = 0; near things
 * are drawn on it only where they stand above that plane.
 *
 * Ownership: borrows its planes, from the frame or the mirror.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_CANVAS_H
#define VITASCOPE_WORKERS_DIORAMA_CANVAS_H

#include <stdbool.h>

struct canvas {
    float *plane[3]; /* linear light */
    float *depth;    /* level distance from the eye, as in struct frame */
    int width, height, stride;
    float pixel[2]; /* size of a sample at distance 1, across and up */
    float *mover;   /* this and slide as in struct frame; NULL on a mirrored one */
    float *slide[2];
    bool mirrored;
};

#endif
