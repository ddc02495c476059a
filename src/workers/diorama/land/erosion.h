/* SPDX-License-Identifier: Apache-2.0 */
/*
 * erosion: lets rivers and landslides carve a heightfield on a torus.
 *
 * Stream-power erosion, solved implicitly from the river mouths upward (Braun and Willett 2013):
 * each step floods the land from its base-level cells to find where water flows, adds up the
 * area drained, then lowers each cell toward its receiver. Slopes over the talus angle slide.
 *
 * Thread: any; works on the caller's arrays.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_LAND_EROSION_H
#define VITASCOPE_WORKERS_DIORAMA_LAND_EROSION_H

struct erosion {
    int log2_cells; /* cells on a side */
    float cell_m;
    float *height;       /* carved in place, meters */
    const float *uplift; /* meters a step; negative marks a base-level cell, which stays */
    int steps;
    float wear;  /* how strongly rivers cut */
    float talus; /* steepest slope that holds, m/m */
};

void erosion_run(const struct erosion *erosion);

/* Bicubic doubling of a torus of 1 << log2_cells cells a side. */
void erosion_double(const float *from, int log2_cells, float *to);

#endif
