/* SPDX-License-Identifier: Apache-2.0 */
/*
 * renderer: draws the frames of a scene.
 *
 * A renderer is made for one clip. It bakes the world (terrain, light, sky) when opened and then
 * draws its frames one after the other: each is made of few samples and of the frame before
 * (post/history.h). Same scene and size give the same pictures. A frame that does not follow the
 * last one drawn begins anew, which takes the time of several: it is the same whenever it is asked
 * for so, and looks like the one that is reached in order, but is not the same to the bit. Uses
 * `threads` threads of its own inside each call.
 *
 * Memory: a whole clip of 1280x720 peaked at 331 to 392 MB, encoder included (measured over the
 * places); what the renderer has is freed by renderer_close().
 * Thread: one call at a time.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_RENDERER_H
#define VITASCOPE_WORKERS_DIORAMA_RENDERER_H

#include <stdbool.h>
#include <stdint.h>

#include "workers/diorama/camera.h"
#include "workers/diorama/scene.h"

struct renderer;

struct renderer_options {
    int width, height; /* pixels, even, 64 to 1920 */
    int fps;           /* 24 or 30 */
    int frames;        /* of the whole clip, or of its first leg: moves are eased over it */
    int threads;       /* 1 to 16 */

    /* For clips that are made of others; NULL for ordinary ones. */
    const struct scene *origin;    /* whose land and view to take; of the same place and seed */
    const struct camera_leg *legs; /* the camera's path instead of the scene's own move */
    int leg_count;
};

/* Planar YUV 4:2:0, BT.709, limited range. Strides in bytes. Planes are the caller's. */
struct picture {
    uint8_t *plane[3];
    int stride[3];
};

/* Called now and then while baking, with 0 to 1. Returns false to give up. May be NULL. */
typedef bool (*renderer_progress)(void *context, float done);

/* Never fails but for a canceled bake, where it returns NULL. Caller closes. */
struct renderer *renderer_open(const struct scene *scene, const struct renderer_options *options,
                               renderer_progress progress, void *context);
void renderer_close(struct renderer *renderer);

/* Draws frame `index`, 0 to frames - 1 or to the end of all legs, into `picture`. */
void renderer_draw(struct renderer *renderer, int index, struct picture *picture);

/* Where the `number`th of a subject is in frame `index`. False when it has no place of its own:
 * a flock, a shoal, and what is not drawn. */
bool renderer_find(const struct renderer *renderer, int index, int subject, int number,
                   struct whereabouts *where);

/* "avx512", "avx2" or "sse4": which build of the kernels this machine uses. */
const char *renderer_isa(void);

#endif
