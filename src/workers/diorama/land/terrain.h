/* SPDX-License-Identifier: Apache-2.0 */
/*
 * terrain: shapes the land of a scene: where ranges, valleys, lakes and shores are, erosion,
 * fine relief, and what covers the ground.
 *
 * The land is the same at every picture size, but coarser for small ones.
 *
 * Order: terrain_erode() (slow, one thread), terrain_refine(), then terrain_light() once the
 * sun's direction is known. terrain_free() at the end.
 * Thread: one at a time; refine and light use `threads` of their own.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_LAND_TERRAIN_H
#define VITASCOPE_WORKERS_DIORAMA_LAND_TERRAIN_H

#include "workers/diorama/kernels.h"
#include "workers/diorama/world.h"

/* Mountains where nothing grows and no snow lies are a desert: dunes, and buttes among them. */
static inline bool terrain_is_desert(const struct scene *scene)
{
    return scene->place == PLACE_MOUNTAINS && scene->greenery < 0.04f && scene->snow_line > 0.9f;
}

/* The eroded land, before it is made fine. */
struct land {
    int log2_cells;
    float cell_m;
    float *height; /* meters; owned */
    float *shore;  /* meters inland (negative: at sea), coast only; owned */
};

/* `log2_cells` 7 to 9: the finished terrain has four times as many cells on a side. */
void terrain_erode(struct land *land, const struct scene *scene, int log2_cells);
void land_free(struct land *land);

/* Makes world->terrain from the land, but for its light. Reads world->cover and clouds. */
void terrain_refine(struct world *world, const struct land *land, const struct kernels *kernels,
                    int threads);

/* Bakes normals, sun shadow and openness. */
void terrain_light(struct world *world, const struct kernels *kernels, int threads);
void terrain_free(struct terrain *terrain);

/* Fells the woods within `radius_m` of a place, softly: crowns are not made to be seen close. */
void terrain_clear(struct terrain *terrain, float x_m, float z_m, float radius_m);

/* Height of land or water at a place, for the camera. */
float terrain_height_at(const struct terrain *terrain, float x_m, float z_m);

#endif
