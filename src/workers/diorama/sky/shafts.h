/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shafts: beams of a low sun through the haze, between ridges and clouds.
 *
 * Light is carried outward over the picture from where the sun stands: what lies in line with
 * bright open sky gets more, what lies behind a mountain less. Done at quarter resolution on the
 * picture's glow, which post_bloom() has made.
 *
 * Thread: one call at a time; uses `threads` of its own.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_SKY_SHAFTS_H
#define VITASCOPE_WORKERS_DIORAMA_SKY_SHAFTS_H

#include "workers/diorama/world.h"

/* Adds the beams to frame->bloom, if the sun is low and before the camera. */
void shafts_add(const struct frame *frame, int threads);

#endif
