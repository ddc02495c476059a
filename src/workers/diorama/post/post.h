/* SPDX-License-Identifier: Apache-2.0 */
/*
 * post: the look of a clip, and the glow around bright things.
 *
 * Thread: one call at a time; post_bloom() uses `threads` of its own.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_POST_POST_H
#define VITASCOPE_WORKERS_DIORAMA_POST_POST_H

#include "workers/diorama/world.h"

/* Everything but the exposure, from the scene's look, warmth and light. */
void post_grade(struct grade *grade, const struct scene *scene);

/* Exposure that suits the linear picture in frame->out: middle tones in the middle, nights dark. */
float post_exposure(const struct frame *frame);

/* Fills frame->bloom from frame->out. */
void post_bloom(const struct frame *frame, int threads);

#endif
