/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernels: the SIMD part of the renderer, built once for each vector width, chosen at run time.
 *
 * Each function does one independent piece of a pass (a row, a group of columns); parallel_run()
 * hands the pieces out. Buffers that kernels store to have room for whole vectors: their strides
 * are multiples of KERNEL_LANES_MAX.
 *
 * Thread: any; pieces of one pass write apart.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_KERNELS_H
#define VITASCOPE_WORKERS_DIORAMA_KERNELS_H

#include "workers/diorama/world.h"

struct town_target;

enum { KERNEL_LANES_MAX = 16 };

/* Fine relief from a coarse one: bicubic, with gullies down the slopes and rough rock. */
struct relief_job {
    const float *coarse; /* log2_coarse squared cells */
    int log2_coarse, log2_fine;
    float fine_cell_m;
    float *fine;
    float gully;   /* depth of gullies, 1 for high mountains */
    float rough;   /* height of the smallest bumps, meters */
    float floor_m; /* below this height nothing is carved (water) */
    uint32_t salt;
};

struct kernels {
    const char *isa;
    int lanes;
    void (*relief_row)(const struct relief_job *job, int row);
    void (*light_row)(struct world *world, int row);
    void (*sky_row)(const struct frame *frame, int row);
    void (*march_columns)(const struct frame *frame, int group);
    void (*town_tile)(const struct frame *frame, const struct town_target *target, int tile);
    void (*resolve_row)(const struct frame *frame, int row);
    void (*tone_row_pair)(const struct frame *frame, int pair);
};

/* The widest build this CPU runs, or the one VITASCOPE_DIORAMA_ISA names if it runs it. */
const struct kernels *kernels_best(void);

#endif
