/* SPDX-License-Identifier: Apache-2.0 */
/*
 * garden: trees and plants that stand where a place wants them, drawn as a wood is.
 *
 * A struct forest without ground, path or mist of its own: forest_cover() draws it over a frame
 * by depth, forest_close() and forest_close_buffers() free it. While frame->forest is set, its
 * map of sunlight may be looked up by what the trees shade.
 *
 * Positions lie on the wood's torus: what stands 128 m off shows once more there.
 * Ownership and thread: as forest.h says.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_FOREST_GARDEN_H
#define VITASCOPE_WORKERS_DIORAMA_FOREST_GARDEN_H

#include "workers/diorama/forest/forest.h"

enum { GARDEN_SPOTS_MAX = 6000 };

enum garden_plant {
    GARDEN_BEECH,
    GARDEN_OAK,
    GARDEN_BIRCH,
    GARDEN_SPRUCE,
    GARDEN_PINE,
    GARDEN_SAPLING,
    GARDEN_SHRUB,
    GARDEN_GRASS,
    GARDEN_HERB,
    GARDEN_FLOWER,
    GARDEN_FERN,
    GARDEN_PLANTS
};

struct garden_spot {
    enum garden_plant plant;
    float at[3]; /* meters */
    float size;  /* 1: as in a wood */
    float sun;   /* share of its light that gets there past houses, 0 to 1 */
};

struct garden {
    int count;
    struct garden_spot spots[GARDEN_SPOTS_MAX]; /* borrowed until garden_grow() returns */
    float snow;                                 /* that lies, 0 to 1 */
};

/* The world's sky must be baked and aimed. Free with forest_close(). */
struct forest *garden_grow(const struct garden *garden, const struct place_job *job);

/* Sets the light and the air of a frame, and frame->forest. */
void garden_begin(struct forest *forest, struct frame *frame, float haze_per_m);

#endif
