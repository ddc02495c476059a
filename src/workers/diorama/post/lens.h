/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lens: what glass and shutter do to a picture: what is out of focus becomes discs, what moves
 * smears.
 *
 * Works on frame->out with frame->distance and frame->motion, which only places with a history
 * have. Focus lies on the subject, else on what was in the middle of the first picture. Discs are
 * gathered at half resolution from fixed places around a pixel; what is in focus never bleeds, and
 * what is before it spreads over it. Smears are gathered along one way a tile, as McGuire et al.
 * do ("A Reconstruction Filter for Plausible Motion Blur", 2012).
 *
 * Ownership: lens_open() allocates, lens_close() frees, also NULL.
 * Thread: one call at a time; lens_draw() uses `threads` of its own.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_POST_LENS_H
#define VITASCOPE_WORKERS_DIORAMA_POST_LENS_H

#include "workers/diorama/kernels.h"
#include "workers/diorama/world.h"

struct lens;

/* For frames of this size. */
struct lens *lens_open(const struct scene *scene, const struct frame *frame);
void lens_close(struct lens *lens);

struct lens_shot {
    const struct kernels *kernels;
    int threads;
    float subject_m; /* level distance of the subject; 0: none */
    float progress;  /* of the clip, 0 to 1 */
};

/* Changes frame->out. */
void lens_draw(struct lens *lens, struct frame *frame, const struct lens_shot *shot);

#endif
