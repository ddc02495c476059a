/* SPDX-License-Identifier: Apache-2.0 */
/*
 * grove: trees and bushes that stand in the open, on the knoll before a landscape: the ones that
 * the words name, and a few that the dice put far off.
 *
 * They are grown and painted as those of a wood (forest.h), but stand where grove_plan() put them,
 * not on a torus, and on ground that falls away from the eye. Crowns are lit by the side that
 * faces the sun; their shadows lie on the knoll and its grass (knoll.trees).
 *
 * Ownership: grove_free() and grove_buffers_free() accept NULL.
 * Thread: one call at a time; grove_draw() uses `threads` of its own.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_FOREST_GROVE_H
#define VITASCOPE_WORKERS_DIORAMA_FOREST_GROVE_H

#include "workers/diorama/body/cast.h"
#include "workers/diorama/camera.h"
#include "workers/diorama/canvas.h"
#include "workers/diorama/kernels.h"
#include "workers/diorama/land/knoll.h"

struct forest;
struct forest_list;

/* What a grove is planned around. */
struct grove_site {
    const struct world *world;
    const struct knoll *knoll; /* kept */
    const struct cast *cast;
    bool has_things; /* the camera is aimed at one of things.h */
};

/* NULL where no tree stands. Where only a tree is asked for, the camera is aimed at it. */
struct forest *grove_plan(const struct grove_site *site, struct camera *camera);
void grove_free(struct forest *grove);

/* Trees over what is on the canvas, by depth. `*list` is NULL at first, and kept with a frame. */
void grove_draw(struct forest *grove, struct forest_list **list, const struct kernels *kernels,
                int threads, struct frame *frame);
void grove_buffers_free(struct forest_list *list);

/* Sunlight that the trees leave on the ground, 0 to 1. */
float grove_sun_at(const struct forest *grove, float x, float z);

#endif
