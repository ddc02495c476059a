/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lens_impl: what lens.c and its kernels share.
 *
 * Planes have LENS_PAD columns and rows around the picture, filled with its border, so that taps
 * need no looking after; `plane[k]` points at the picture's first pixel.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_POST_LENS_IMPL_H
#define VITASCOPE_WORKERS_DIORAMA_POST_LENS_IMPL_H

#include <stddef.h>

#include "workers/diorama/world.h"

enum {
    LENS_PAD = 32, /* a multiple of all widths of kernels */
    LENS_TAPS_MAX = 160,
    LENS_TILE = 16,     /* pixels, on both axes */
    LENS_SMEAR_MAX = 30 /* pixels, from end to end: what LENS_PAD has room for */
};

enum { LENS_RED, LENS_GREEN, LENS_BLUE, LENS_DISC, LENS_NEAR, LENS_PLANES };

struct lens_planes {
    int width, height;
    ptrdiff_t stride;
    float *plane[LENS_PLANES]; /* disc: radius in pixels of these planes, of motion the pixels from
                                * end to end; near: 1 / distance */
};

struct lens_tap {
    ptrdiff_t offset;
    float distance; /* pixels from the middle */
};

struct lens_job {
    const struct frame *frame;

    /* A disc's radius in pixels of the picture: power * |near - focus|, at most disc_max. */
    float power, focus, disc_max;
    /* Instead, by row: none within `band_half` rows of `band_row`, then growing by `band_slope`
     * pixels a row. */
    bool is_band;
    float band_row, band_half, band_slope;

    struct lens_planes half; /* a quarter of the pixels */
    /* LENS_DISC: how much that lies before spreads over it, 0 to 1; LENS_NEAR: how blurred. */
    struct lens_planes blurred;
    struct lens_planes filled; /* the same again, smoother */
    int tap_count;
    struct lens_tap taps[LENS_TAPS_MAX];
    float tap_area; /* pixels for which one tap stands */

    struct lens_planes sharp; /* copy of the picture */
    int tile_columns;
    float (*tiles)[2]; /* smear of each tile: pixels to the right and down, from end to end */
    float shutter;     /* part of a frame's time that it is open */
};

#endif
