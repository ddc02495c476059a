/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clip: makes a whole clip: reads the prompt, bakes, draws and encodes frame by frame, adds the
 * sound, and puts the finished MP4 in its place.
 *
 * An edit or an extension of a clip that diorama made draws that clip's scene again (source.h);
 * of any other video an edit changes the pictures (regrade.h), and an extension moves its last
 * one (i2v.h).
 *
 * The file appears under its name only when it is complete; what is being written has the
 * order's temporary name and is removed when the clip fails.
 *
 * Thread: any; several clips at a time are possible but make each other slow.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_CLIP_CLIP_H
#define VITASCOPE_WORKERS_DIORAMA_CLIP_CLIP_H

#include "base/err.h"
#include "workers/diorama/prompt/prompt.h"

enum {
    CLIP_SECONDS_MIN = 1,
    CLIP_SECONDS_MAX = 20,
    CLIP_EDIT_SECONDS_MAX = 120, /* a source may have been extended */
    CLIP_SIDE_MIN = 64,
    CLIP_SIDE_MAX = 1920,
    CLIP_THREADS_MAX = 16
};

enum clip_purpose { CLIP_CREATE, CLIP_EDIT, CLIP_EXTEND, CLIP_PURPOSES };

enum clip_phase { CLIP_BAKING, CLIP_RENDERING, CLIP_ENCODING, CLIP_PHASES };

/* Strings are borrowed until clip_make() returns. */
struct clip_order {
    enum clip_purpose purpose;
    struct str prompt;
    int seconds, width, height; /* seconds: of an extension the new ones alone */
    int fps;                    /* 24 or 30 */
    int64_t seed;               /* negative: one that follows from the prompt */
    const char *first_frame;    /* a binary PPM, or NULL; of an extension the source's last frame */
    const char *source_video;   /* an MP4, or NULL: to be edited, extended, or else not used */
    const char *temporary;      /* path on the same file system as output */
    const char *output;
    int threads; /* 1 to CLIP_THREADS_MAX */
};

struct clip {
    int seconds, width, height, fps, frames;
    bool is_remade; /* the scene of the source was made again, not only its pictures used */
    struct prompt_reading reading;
};

/* Called often, percent rising from 0 to 99. Returns false to give the clip up. */
typedef bool (*clip_watch)(void *context, enum clip_phase phase, int percent);

/* "baking", "rendering", "encoding" */
const char *clip_phase_name(enum clip_phase phase);

/* ERR_INVALID: the order cannot be filled by anyone; ERR_IO: files. ERR_GONE: given up. */
MUST_CHECK bool clip_make(const struct clip_order *order, clip_watch watch, void *context,
                          struct clip *clip, struct err *err);

/* CPUs that this process may use, 1 to CLIP_THREADS_MAX. */
int clip_threads_default(void);

#endif
