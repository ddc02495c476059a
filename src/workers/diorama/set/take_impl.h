/* SPDX-License-Identifier: Apache-2.0 */
/* take_impl: what the parts of take*.c share. */
#ifndef VITASCOPE_WORKERS_DIORAMA_SET_TAKE_IMPL_H
#define VITASCOPE_WORKERS_DIORAMA_SET_TAKE_IMPL_H

#include "workers/diorama/body/cast.h"
#include "workers/diorama/set/set.h"

/* Puts the scene's people, cats and dogs on the marks of a set, and the camera at their height. */
void take_plan(struct cast *cast, const struct set *set, const struct scene *scene,
               struct camera *camera);

#endif
