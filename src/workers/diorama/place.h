/* SPDX-License-Identifier: Apache-2.0 */
/*
 * place: how each enum scene_place is composed, baked and drawn. One row a place (place.c).
 *
 * The renderer asks in this order: compose() puts the camera; bake() makes what the place keeps
 * over the clip; draw() fills the samples and depths of each frame. Then come the near things
 * (near.h), where the place has them, and the finishing. A place without functions of its own is
 * a landscape: terrain under a sky.
 *
 * Ownership: what bake() returns is given to draw(), and to close() once. What a place keeps for
 * frames of one size goes into frame.place_buffers at its first draw(), and is given to
 * close_buffers() with that frame: the exposure is metered on small frames of their own.
 * Thread: one call at a time; inside, place_run() uses the threads of the renderer.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_PLACE_H
#define VITASCOPE_WORKERS_DIORAMA_PLACE_H

#include <stdbool.h>

#include "workers/diorama/camera.h"
#include "workers/diorama/kernels.h"
#include "workers/diorama/world.h"

struct cast;

/* What a place may use; sky, light and camera are ready when it is baked. */
struct place_job {
    const struct world *world; /* without land where the place has none */
    const struct kernels *kernels;
    int threads;
};

struct place {
    bool has_land;  /* terrain, its woods and its water are baked, and shown by place_draw_land */
    bool has_air;   /* rain, snow and shafts of light are drawn in it */
    bool has_near;  /* a knoll or a town, and subjects, may stand in it */
    bool is_smooth; /* has no rough edges: one sample a pixel is enough */
    float bloom_least; /* of its lights, 0 to 1 */

    void (*aim)(struct scene *scene); /* may be NULL; moves the sun, before all else */
    void (*compose)(struct camera *camera, const struct world *world,
                    const struct camera_options *options);
    void *(*bake)(const struct place_job *job, struct camera *camera); /* may be NULL */
    void (*draw)(void *baked, const struct place_job *job, struct frame *frame);
    /* May be NULL: camera and subjects are where they will be. */
    void (*settle)(void *baked, const struct place_job *job, const struct camera *camera,
                   const struct cast *cast);
    /* May be NULL: draws over the near things, by depth. */
    void (*cover)(void *baked, const struct place_job *job, struct frame *frame);
    void (*close)(void *baked);           /* may be NULL, as what bake() returned */
    void (*close_buffers)(void *buffers); /* may be NULL; called with what draw() left only */
};

/* Never NULL. */
const struct place *place_of(const struct scene *scene);

/* Calls run(frame, 0) ... run(frame, pieces - 1) on the job's threads. */
void place_run(const struct place_job *job, const struct frame *frame,
               void (*run)(const struct frame *frame, int piece), int pieces);

/* draw() of landscapes: sky, terrain, water. Without land the sky alone, down to a horizon. */
void place_draw_land(void *baked, const struct place_job *job, struct frame *frame);

#endif
