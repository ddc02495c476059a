/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fisheye: bends a wide picture as a fisheye lens does: what is equally far apart in angle becomes
 * equally far apart in the picture. Corners stay where they are, the middle swells.
 *
 * Thread: one call at a time; fisheye_bend() uses `threads` of its own.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_POST_FISHEYE_H
#define VITASCOPE_WORKERS_DIORAMA_POST_FISHEYE_H

#include "workers/diorama/world.h"

/* Bends frame->out and frame->bloom; `view.pixel` says how wide the picture is. */
void fisheye_bend(const struct frame *frame, int threads);

#endif
