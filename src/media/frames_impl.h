/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frames_impl: what converting pictures and photos has in common. Private to media/.
 */
#ifndef VITASCOPE_MEDIA_FRAMES_IMPL_H
#define VITASCOPE_MEDIA_FRAMES_IMPL_H

#include <stdbool.h>

#include <libavutil/pixfmt.h>

/* The same layout without the full range in its name, which swscale wants told apart. Sets
 * *is_full if the name had it. */
enum AVPixelFormat frames_without_range(enum AVPixelFormat format, bool *is_full);

#endif
