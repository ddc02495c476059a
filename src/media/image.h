/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image: a picture in memory, 8-bit RGB, rows from top to bottom without padding, sRGB.
 *
 * Also reads and writes the one file form that our programs pass among themselves: binary PPM
 * (P6) with 255 levels.
 *
 * Ownership: image_init() allocates, image_fini() frees; a zeroed image is a valid empty one.
 * Thread: one at a time an image.
 */
#ifndef VITASCOPE_MEDIA_IMAGE_H
#define VITASCOPE_MEDIA_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum { IMAGE_SIDE_MAX = 16384, IMAGE_PIXELS_MAX = 50000000 };

struct image {
    int width, height;
    uint8_t *rgb; /* owned; 3 * width * height bytes */
};

/* Sides from 1 to IMAGE_SIDE_MAX and not over IMAGE_PIXELS_MAX together (asserted: whoever takes
 * a size from a file checks it with image_size_is_ok() first). Content undefined. */
void image_init(struct image *image, int width, int height);
void image_fini(struct image *image);

bool image_size_is_ok(int64_t width, int64_t height);

/* ERR_IO. */
MUST_CHECK bool image_write_ppm(const struct image *image, const char *path, struct err *err);
MUST_CHECK bool image_write_ppm_fd(const struct image *image, int fd, struct err *err);

/* ERR_INVALID: not a P6 with 255 levels, too short, or over the limits. ERR_IO: cannot be read.
 * On success the caller calls image_fini(). */
MUST_CHECK bool image_read_ppm(struct image *image, const char *path, struct err *err);

#endif
