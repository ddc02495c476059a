/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render: what an engine is asked to make. No ids, keys or money in it.
 *
 * Strings are borrowed from whoever made the request. Thread: any.
 */
#ifndef VITASCOPE_MODEL_RENDER_H
#define VITASCOPE_MODEL_RENDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum {
    RENDER_PROMPT_BYTES_MAX = 4 * 32000, /* 32,000 characters is the longest a dialect allows */
    RENDER_SECONDS_MIN = 1,
    RENDER_SECONDS_MAX = 20,
    RENDER_FPS_DEFAULT = 30,
};

/* What is made of the source video of a request, if it has one. Stored by number: append only. */
enum render_purpose {
    RENDER_CREATE, /* a video of its own; a source is only something to go by */
    RENDER_EDIT,   /* the source again, changed as the prompt says: as long and as large */
    RENDER_EXTEND, /* what comes after the source: its first frame is the source's last one */
    RENDER_PURPOSES
};

/* What of a request an engine has to look at, and not every one can. Sets of them are of
 * BIT(ability). */
enum render_ability { RENDER_FIRST_FRAME, RENDER_SOURCE_VIDEO, RENDER_ABILITIES };

struct render_request {
    struct str prompt;
    int seconds;       /* to be made: of an extension the new ones alone */
    int width, height; /* pixels */
    int fps;
    int64_t seed; /* 0 to 2^63 - 1 */
    enum render_purpose purpose;
};

const char *render_purpose_name(enum render_purpose purpose); /* "create", "edit", "extend" */

/* "first_frame", "source_video" */
const char *render_ability_name(enum render_ability ability);
bool render_ability_parse(struct str name, enum render_ability *ability);

#endif
