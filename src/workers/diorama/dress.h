/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dress: turns a scene's weather, season and place into the numbers the renderer works with:
 * clouds, air, ground cover, water level.
 *
 * Thread: any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_DRESS_H
#define VITASCOPE_WORKERS_DIORAMA_DRESS_H

#include "workers/diorama/world.h"

/* Everything known before the bake: clouds, air, cover. */
void dress_world(struct world *world);

/* Colors that need the light: mist, and the gray of an overcast sky. */
void dress_light(struct world *world);

#endif
