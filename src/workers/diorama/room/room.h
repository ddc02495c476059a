/* SPDX-License-Identifier: Apache-2.0 */
/*
 * room: a furnished room with large windows, as a place (place.h): living room, bedroom, kitchen,
 * library or cafe, its layout, furniture and colors drawn from the seed.
 *
 * It is a set (set.h) built anew for each clip. The sun stands where it shines in through the
 * windows: room_aim() moves it there.
 *
 * Thread: as places.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_ROOM_ROOM_H
#define VITASCOPE_WORKERS_DIORAMA_ROOM_ROOM_H

#include "workers/diorama/camera.h"
#include "workers/diorama/place.h"

/* Sets the sun of a scene for its room; before its sky is baked. */
void room_aim(struct scene *scene);

void room_compose(struct camera *camera, const struct world *world,
                  const struct camera_options *options);
void *room_bake(const struct place_job *job, struct camera *camera);
void room_draw(void *baked, const struct place_job *job, struct frame *frame);
void room_close(void *baked);
void room_close_buffers(void *buffers);

#endif
