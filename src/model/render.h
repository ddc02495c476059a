/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render: what an engine is asked to make. No ids, keys or money in it.
 *
 * Strings are borrowed from whoever made the request.
 */
#ifndef VITASCOPE_MODEL_RENDER_H
#define VITASCOPE_MODEL_RENDER_H

#include <stdint.h>

#include "base/str.h"

enum {
    RENDER_PROMPT_BYTES_MAX = 4 * 32000, /* 32,000 characters is the longest a dialect allows */
    RENDER_SECONDS_MIN = 1,
    RENDER_SECONDS_MAX = 20,
    RENDER_FPS_DEFAULT = 30,
};

struct render_request {
    struct str prompt;
    int seconds;
    int width, height; /* pixels */
    int fps;
    int64_t seed; /* 0 to 2^63 - 1 */
};

#endif
