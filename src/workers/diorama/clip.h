/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clip: makes a whole clip: reads the prompt, bakes, draws and encodes frame by frame, adds the
 * sound, and puts the finished MP4 in its place.
 *
 * The file appears under its name only when it is complete; what is being written has the
 * order's temporary name and is removed when the clip fails.
 *
 * Thread: any; several clips at a time are possible but make each other slow.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_CLIP_H
#define VITASCOPE_WORKERS_DIORAMA_CLIP_H

#include "base/err.h"
#include "workers/diorama/prompt.h"

enum {
    CLIP_SECONDS_MIN = 1,
    CLIP_SECONDS_MAX = 20,
    CLIP_SIDE_MIN = 64,
    CLIP_SIDE_MAX = 1920,
    CLIP_THREADS_MAX = 16
};

enum clip_phase { CLIP_BAKING, CLIP_RENDERING, CLIP_ENCODING, CLIP_PHASES };

/* Strings are borrowed until clip_make() returns. */
struct clip_order {
    struct str prompt;
    int seconds, width, height;
    int fps;                 /* 24 or 30 */
    int64_t seed;            /* negative: one that follows from the prompt */
    const char *first_frame; /* a binary PPM, or NULL */
    bool has_source_video;   /* cannot be used: reported as not depicted */
    const char *temporary;   /* path on the same file system as output */
    const char *output;
    int threads; /* 1 to CLIP_THREADS_MAX */
};

struct clip {
    int seconds, width, height, fps, frames;
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
