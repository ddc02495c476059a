/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sky: the color of the sky and of the light that falls from it.
 *
 * Single scattering by air (with ozone) and by haze through a round Earth's atmosphere, kept in
 * a table that is symmetric about the sun's azimuth. Below -6 degrees of sun elevation the light
 * is the moon's, high in the same direction, and what is left of dusk is added to it.
 *
 * Order: sky_begin(), sky_bake_row() for each row, sky_end(); sky_aim() any time after that.
 * Thread: sky_bake_row() any, the rest one at a time.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_SKY_SKY_H
#define VITASCOPE_WORKERS_DIORAMA_SKY_SKY_H

#include "workers/diorama/world.h"

void sky_begin(struct sky *sky, const struct scene *scene);

/* Row 0 to SKY_ELEVATIONS - 1. */
void sky_bake_row(struct sky *sky, const struct scene *scene, int row);

/* Sums up the ambient light. */
void sky_end(struct sky *sky);

/* Turns the light to `azimuth` radians: a heading, as in world.h. */
void sky_aim(struct sky *sky, float azimuth);

#endif
