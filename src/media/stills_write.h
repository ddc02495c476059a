/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stills_write: encodes an image as WebP or JPEG.
 *
 * Same image and quality give the same bytes. Thread: any.
 */
#ifndef VITASCOPE_MEDIA_STILLS_WRITE_H
#define VITASCOPE_MEDIA_STILLS_WRITE_H

#include "base/buf.h"
#include "base/err.h"
#include "media/image.h"

/* Lossy, quality 0 to 100. Appends to *bytes. ERR_TOO_LARGE: over its maximum. */
MUST_CHECK bool stills_write_webp(const struct image *image, int quality, struct buf *bytes,
                                  struct err *err);

/* Baseline, 4:2:0, full range, JFIF; quantizer 2 (best) to 31. Likewise. */
MUST_CHECK bool stills_write_jpeg(const struct image *image, int quantizer, struct buf *bytes,
                                  struct err *err);

#endif
