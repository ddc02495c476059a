/* SPDX-License-Identifier: Apache-2.0 */
/* cast_impl: what the parts of cast*.c share. */
#ifndef VITASCOPE_WORKERS_DIORAMA_BODY_CAST_IMPL_H
#define VITASCOPE_WORKERS_DIORAMA_BODY_CAST_IMPL_H

#include "workers/diorama/body/cast.h"
#include "workers/diorama/noise.h"

/* A new actor, its phase and look by the dice; the last one again when all are cast. */
struct actor *cast_add(struct cast *cast, const struct subject *subject, enum subject_kind kind,
                       struct dice *dice);

/* Who and what a street has besides the subjects: passers-by, guests of a cafe, cars that are
 * parked, and traffic. Nobody walks into a camera at `camera_x` on a sidewalk. */
void cast_add_street(struct cast *cast, const struct scene *scene, const struct town *town,
                     float camera_x, struct dice *dice);

/* Beside a road that is driven on, unless the picture is of a car. */
void cast_leave_road(struct camera *camera, const struct scene *scene, const struct town *town);

#endif
