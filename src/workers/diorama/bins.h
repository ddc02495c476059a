/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bins: for each tile of a canvas, which of many boxes it may show, nearest first, so that a ray
 * is tested against a handful.
 *
 * Each frame, bins_fill() projects the corners of every box and lists it in the tiles that they
 * span. Where more boxes than `most` fall into one tile, the nearest are kept.
 *
 * Ownership: bins_init() allocates, bins_fini() frees, also a zeroed struct.
 * Thread: bins_fill() one a struct; filled bins may be read by all.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_BINS_H
#define VITASCOPE_WORKERS_DIORAMA_BINS_H

#include "workers/diorama/canvas.h"

enum { BINS_TILE_WIDE = 32, BINS_TILE_TALL = 16 }; /* samples */

struct bins {
    int columns, rows;
    int most; /* boxes a tile */
    int *counts;
    short *lists;   /* `most` a tile */
    float *nearest; /* how near each listed box can be, along the view; meters */
};

/* The boxes, upright or turned. */
struct bins_boxes {
    const void *all;
    int count; /* up to SHRT_MAX */

    /* Writes where the corners of one are in the world. */
    void (*corners_of)(const void *all, int index, float corners[8][3]);
};

struct view;

/* Bins for canvases of this size. */
void bins_init(struct bins *bins, const struct canvas *canvas, int most);
void bins_fini(struct bins *bins);

void bins_fill(struct bins *bins, const struct view *view, const struct canvas *canvas,
               const struct bins_boxes *boxes);

#endif
