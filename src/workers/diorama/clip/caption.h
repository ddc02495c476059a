/* SPDX-License-Identifier: Apache-2.0 */
/*
 * caption: what is said in a clip, shown in its pictures while it is said.
 *
 * A line of speech is broken into rows of about equal length and shown two rows at a time, in the
 * lower part of the picture with room to its edges, white on a soft shadow.
 *
 * Same talk and size give the same captions where the same fonts are installed.
 * Thread: one at a time for captions_open(), then any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_CLIP_CAPTION_H
#define VITASCOPE_WORKERS_DIORAMA_CLIP_CAPTION_H

#include <stdbool.h>

#include "workers/diorama/renderer.h"
#include "workers/diorama/sound/talk.h"

enum { CAPTION_PAGES_MAX = 64, CAPTION_ROWS = 2 };

struct captions;

/* Of a talk that may be given back afterwards. *is_lacking: some letters, or all, cannot be shown,
 * since no font here has them. */
struct captions *captions_open(const struct talk *talk, int width, int height, bool *is_lacking);
void captions_close(struct captions *captions);

/* Draws what is to be read at a time of the clip. */
void captions_draw(const struct captions *captions, float seconds, struct picture *picture);

#endif
