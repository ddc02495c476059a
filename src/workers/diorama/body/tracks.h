/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tracks: what the cast leaves in snow and sand as it goes: prints of feet where they came down,
 * ruts of wheels.
 *
 * Thread: any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_BODY_TRACKS_H
#define VITASCOPE_WORKERS_DIORAMA_BODY_TRACKS_H

#include "workers/diorama/body/cast.h"

/* Sets the tracks of the knoll as they are at a time of the clip; none on hard ground. */
void tracks_lay(struct knoll *knoll, const struct cast *cast, const struct scene *scene,
                float clip_seconds);

#endif
