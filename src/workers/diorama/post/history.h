/* SPDX-License-Identifier: Apache-2.0 */
/*
 * history: what earlier frames know of this one.
 *
 * Each frame draws a sample a pixel or fewer, every time from a slightly different place inside
 * the pixels (history_aim()). The kernel history_band() finds for each pixel where its content was
 * in the frame before, by its depth, the camera and the movers, takes the picture from there and
 * mixes this frame's samples into it: after a dozen frames a pixel is the mean of many
 * samples. What the samples around do not bear out is pulled back to them: things that change by
 * themselves, or were hidden, leave no ghosts.
 *
 * Colors in the history are compressed by y / (1 + y), so that a bright sample does not outweigh
 * all others, and split into luma and two differences.
 *
 * Ownership: history_init() allocates the planes of struct frame that the kernel fills,
 * history_fini() frees them, also of a frame without.
 * Thread: one call at a time.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_POST_HISTORY_H
#define VITASCOPE_WORKERS_DIORAMA_POST_HISTORY_H

#include "workers/diorama/world.h"

enum {
    HISTORY_WARM_UPS = 4, /* samples a pixel of the first frame */
};

/* The sizes of the frame must be set. */
void history_init(struct frame *frame);
void history_fini(struct frame *frame);

/* Makes frame->view of frame->steady, moved by up to half a pixel as `phase` says: the phases
 * from any number on spread evenly. */
void history_aim(struct frame *frame, uint32_t phase);

/* The picture that was made becomes the past one. */
void history_turn(struct frame *frame);

#endif
