/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tiles: the small repeating textures of a clip: ground detail, tree canopy, cloud noise.
 *
 * Ownership: tile_free() and volume memory by free().
 * Thread: any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_LAND_TILES_H
#define VITASCOPE_WORKERS_DIORAMA_LAND_TILES_H

#include "workers/diorama/world.h"

/* Rough ground: cracked and bumpy, about a meter and a half high over 256 m. */
void tile_detail(struct tile *tile, uint32_t salt);

/* Waves of the sea, all lengths from about a fortieth of the tile to the whole of it. */
void tile_waves(struct tile *tile, uint32_t salt);

/* Tree tops seen as a heightfield: cones of conifers, or round crowns and palms. */
void tile_canopy(struct tile *tile, bool tropical, float tree_height_m, uint32_t salt);

/* Foam: walls of bubbles of many sizes, spread evenly over 0 to 1, and clumps; over 64 m. */
void tile_lace(struct tile *tile, uint32_t salt);

/* A tile being made: rows of heights and second values, 0 to 1; 1 << log2_size a side. */
struct tile_plan {
    int log2_size;
    float *height, *other;
};

/* Zeroed planes. */
void tile_plan_init(struct tile_plan *plan, int log2_size);
void tile_plan_fini(struct tile_plan *plan);

/* Makes the texels of all levels; the tile's scales are set. Uses the planes up. */
void tile_pack(struct tile_plan *plan, struct tile *tile);

/* Zeroed texels of all levels, 1 << log2_size a side of size_m meters, for who fills them in. */
void tile_begin(struct tile *tile, int log2_size, float size_m);

void tile_free(struct tile *tile);

/* Billowy 3D noise of 1 << VOLUME_LOG2 cells a side, packed as struct clouds wants it. */
uint32_t *volume_bake(uint32_t salt);

#endif
