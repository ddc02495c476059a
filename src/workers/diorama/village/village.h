/* SPDX-License-Identifier: Apache-2.0 */
/*
 * village: a lane between houses, a square, a church, gardens; hills or the sea behind.
 *
 * It is a film set (set/set.h) under the open sky: houses are hulls and boxes with walls, roofs
 * and windows painted on, lit as rooms are, by the sun's map and by probes. Trees, hedges and
 * flowers are a garden of the wood's plants (forest/garden.h), painted over it by depth. The lane
 * runs along +z about x = 0, straight as far as camera and subjects go; its ground is y = 0.
 *
 * Ownership and thread: as place.h says.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_VILLAGE_VILLAGE_H
#define VITASCOPE_WORKERS_DIORAMA_VILLAGE_VILLAGE_H

#include "workers/diorama/place.h"

/* Moves the sun to the side of the lane. */
void village_aim(struct scene *scene);

void village_compose(struct camera *camera, const struct world *world,
                     const struct camera_options *options);
void *village_bake(const struct place_job *job, struct camera *camera);
void village_draw(void *baked, const struct place_job *job, struct frame *frame);

/* Trees and plants, over what stands in the lane. */
void village_cover(void *baked, const struct place_job *job, struct frame *frame);
void village_close(void *baked);
void village_close_buffers(void *buffers);

#endif
