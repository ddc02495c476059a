/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lines: has said what the prompts of a clip put into quotation marks.
 *
 * A part of a clip says what its own request asks for, within its own time: an extension does not
 * say again what its source said.
 *
 * Thread: any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_CLIP_LINES_H
#define VITASCOPE_WORKERS_DIORAMA_CLIP_LINES_H

#include "workers/diorama/clip/source.h"
#include "workers/diorama/sound/talk.h"

/* `plan` is of a clip made of scenes; NULL for one whose pictures come from elsewhere. Reports in
 * the clip's reading what could not be said. */
void lines_say(struct clip *clip, const struct source_plan *plan, struct talk *talk);

#endif
