/* SPDX-License-Identifier: Apache-2.0 */
/*
 * film_works: what the probe makes of films. Files are open descriptors: inputs for reading,
 * outputs empty and for both.
 *
 * Errors: ERR_INVALID, a film is at fault; ERR_IO and ERR_INTERNAL, we are.
 *
 * Thread: the only one.
 */
#ifndef VITASCOPE_WORKERS_PROBE_FILM_WORKS_H
#define VITASCOPE_WORKERS_PROBE_FILM_WORKS_H

#include "workers/probe/film.h"

enum {
    THUMBNAIL_SIDE_MAX = 1280,
    THUMBNAIL_QUALITY = 80,
    SHEET_COLUMNS = 4,
    SHEET_ROWS = 4,
    SHEET_TILES = SHEET_COLUMNS * SHEET_ROWS,
    SHEET_TILE_SIDE_MAX = 320,
    SHEET_QUANTIZER = 4,
    PREVIEW_BYTES_MAX = 8 * 1024 * 1024,
};

/* Writes the last picture as a binary PPM of width x height that its middle fills. */
MUST_CHECK bool film_tail(struct film *film, int width, int height, int out, struct err *err);

/*
 * Writes source and then continuation, in the source's size and frame rate, and tells the whole's
 * facts. A continuation that begins with the source's last picture gives its own to that one, and
 * its sound comes in while the source's goes out; else both sounds fade for a hundredth of a
 * second. If the source was made by encode.h at this size and rate its pictures are copied.
 */
MUST_CHECK bool film_join(struct film *source, struct film *continuation, int out,
                          struct film_facts *whole, struct err *err);

/*
 * Writes a thumbnail, WebP: a picture about a third into the film, or a later or an earlier one
 * where that is all but black; in the film's size, reduced to THUMBNAIL_SIDE_MAX.
 * And a sheet, JPEG: SHEET_COLUMNS x SHEET_ROWS tiles without gaps, row by row; tile i shows the
 * film at (i + 1/2) / SHEET_TILES of its length. The longer side of a tile has
 * SHEET_TILE_SIDE_MAX pixels, or the film's if that has fewer.
 */
MUST_CHECK bool film_previews(struct film *film, int thumbnail, int sheet, struct err *err);

#endif
