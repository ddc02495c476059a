/* SPDX-License-Identifier: Apache-2.0 */
/*
 * take: a baked set with those who play in it, filmed frame by frame: what a place that is a set
 * keeps over a clip.
 *
 * Ownership: take_new() takes the set; take_free() frees both, and accepts NULL.
 * Thread: one call at a time; take_draw() uses the threads of its job.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_SET_TAKE_H
#define VITASCOPE_WORKERS_DIORAMA_SET_TAKE_H

#include "workers/diorama/camera.h"
#include "workers/diorama/place.h"
#include "workers/diorama/set/set.h"

struct cast;
struct take;

struct take *take_new(struct set *set, const struct place_job *job, struct camera *camera);
void take_free(struct take *take);

/* Who plays: empty where the set has no marks; to be filled before the first take_draw(). */
struct cast *take_cast(struct take *take);
const struct set *take_set(const struct take *take);

/* Fills the samples and depths of a frame. */
void take_draw(struct take *take, const struct place_job *job, struct frame *frame);
void take_buffers_free(void *buffers);

#endif
