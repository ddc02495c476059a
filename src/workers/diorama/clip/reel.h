/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reel: draws a clip of several parts: a scene as it was first made, and what extensions added.
 *
 * The parts share land, seed and camera path as long as they show the same kind of place; where
 * the scene changes from one part to the next (weather, light, look) the new one is faded in over
 * the first frames of its part. A part in another kind of place stands on land of its own, under
 * a camera of its own. A clip of one part is the ordinary case.
 *
 * Bakes when a part is first drawn, so draw frames in order. Same parts and index give the same
 * picture. Memory: of one renderer, of two while a part is faded in.
 * Thread: one call at a time.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_CLIP_REEL_H
#define VITASCOPE_WORKERS_DIORAMA_CLIP_REEL_H

#include "workers/diorama/renderer.h"

enum { REEL_PARTS_MAX = CAMERA_LEGS_MAX };

struct reel_part {
    struct scene scene;
    int frames;
};

struct reel_plan {
    const struct reel_part *parts; /* copied */
    int part_count;                /* 1 to REEL_PARTS_MAX */
    const struct scene *origin;    /* whose land and view the first part takes; NULL: its own */
    int width, height, fps, threads;
};

struct reel;

struct reel *reel_open(const struct reel_plan *plan);
void reel_close(struct reel *reel);

/* Bakes what frame `index` needs; reel_draw() does it too, but without telling of progress.
 * False when the caller gave up. */
bool reel_prepare(struct reel *reel, int index, renderer_progress progress, void *context);

/* As renderer_find(), of a frame counted over all parts. False too when its part is not baked. */
bool reel_find(const struct reel *reel, int index, int subject, int number,
               struct whereabouts *where);

/* Draws frame `index`, counted over all parts. */
void reel_draw(struct reel *reel, int index, struct picture *picture);

#endif
