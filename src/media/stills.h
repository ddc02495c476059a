/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stills: decodes photos that strangers send: JPEG, PNG and WebP.
 *
 * Meant for the probe worker only, inside its sandbox. The kind is told by the first bytes, never
 * by a name, and the size is read from the header and checked before the decoder sees a byte.
 * Only single pictures: animated WebP is refused, of an animated PNG its still image is used.
 * Transparent parts become white. The EXIF orientation of a JPEG is applied.
 *
 * Thread: any.
 */
#ifndef VITASCOPE_MEDIA_STILLS_H
#define VITASCOPE_MEDIA_STILLS_H

#include "base/str.h"
#include "media/image.h"

enum { STILLS_BYTES_MAX = 20 * 1024 * 1024 };

enum still_format { STILL_JPEG, STILL_PNG, STILL_WEBP, STILL_FORMATS };

struct still_info {
    enum still_format format;
    int width, height; /* as stored, before orientation */
};

/* "jpeg", "png", "webp" */
const char *still_format_name(enum still_format format);

/* Reads the header only. ERR_MEDIA_TYPE: none of the three, or animated. ERR_INVALID: damaged.
 * ERR_TOO_LARGE: over STILLS_BYTES_MAX or the limits of image.h. */
MUST_CHECK bool stills_info(struct str bytes, struct still_info *info, struct err *err);

/* Decodes. Errors as above. On success the caller calls image_fini(). */
MUST_CHECK bool stills_decode(struct str bytes, struct still_info *info, struct image *image,
                              struct err *err);

#endif
