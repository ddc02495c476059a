/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stills_impl: the headers of the three formats, read by hand. Private to media/.
 *
 * Every reader is given all bytes of the file and must not read past them.
 */
#ifndef VITASCOPE_MEDIA_STILLS_IMPL_H
#define VITASCOPE_MEDIA_STILLS_IMPL_H

#include "media/stills.h"

/* Each returns false when the header is damaged or cut off. */
bool stills_jpeg_size(struct str bytes, int64_t *width, int64_t *height);
bool stills_png_size(struct str bytes, int64_t *width, int64_t *height);
bool stills_webp_size(struct str bytes, int64_t *width, int64_t *height, bool *is_animated);

/* EXIF orientation, 1 to 8; 1 when there is none or it cannot be read. */
int stills_jpeg_orientation(struct str bytes);

/* Whether the file goes on to its end marker. */
bool stills_jpeg_is_complete(struct str bytes);

#endif
