/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frames: pictures that a video decoder made, in the forms that our programs work with.
 *
 * Takes any pixel format, matrix and range. Where a picture does not say its matrix, it is taken
 * for BT.709 when it is larger than 1024x576 and for BT.601 otherwise, as players do.
 *
 * Ownership: a zeroed struct is ready; frames_fini() frees what it keeps between pictures.
 * Thread: one at a time.
 */
#ifndef VITASCOPE_MEDIA_FRAMES_H
#define VITASCOPE_MEDIA_FRAMES_H

#include "base/err.h"
#include "media/image.h"

struct AVFrame;
struct SwsContext;

struct frames {
    struct SwsContext *scaler; /* for pictures like the last one */
};

/* What to make: the whole picture, turned clockwise and scaled to width x height. */
struct frames_form {
    int width, height;
    int turn; /* quarter turns, 0 to 3 */
};

void frames_fini(struct frames *frames);

/* Makes *image; caller calls image_fini(). ERR_INVALID: an unusual pixel format. */
MUST_CHECK bool frames_to_image(struct frames *frames, const struct AVFrame *from,
                                const struct frames_form *form, struct image *image,
                                struct err *err);

/* Makes *planes 4:2:0 BT.709 limited-range YUV, as encode.h wants it; sides are even. Whatever
 * *planes held is let go; the caller frees the frame itself. */
MUST_CHECK bool frames_to_planes(struct frames *frames, const struct AVFrame *from,
                                 const struct frames_form *form, struct AVFrame *planes,
                                 struct err *err);

#endif
