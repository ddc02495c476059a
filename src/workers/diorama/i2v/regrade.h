/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regrade: shows a video again in another light: what an edit does to a video that diorama did
 * not make.
 *
 * Only what the prompt names is changed: the hour and the mood (exposure, tints, sky), the look
 * (black and white, film), the weather (rain, snow and fog before and in the picture). How far
 * parts of the picture are is guessed as for i2v.h. The sound stays, with the weather's under it.
 *
 * Thread: one call at a time.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_I2V_REGRADE_H
#define VITASCOPE_WORKERS_DIORAMA_I2V_REGRADE_H

#include "base/err.h"
#include "workers/diorama/prompt/prompt.h"
#include "workers/diorama/renderer.h"

struct regrade;

struct regrade_options {
    const char *source; /* path of an MP4; borrowed until regrade_close() */
    int width, height, fps, frames, threads;
};

/* What the reading cannot show this way is added to its list. ERR_INVALID: no usable video.
 * ERR_IO. Caller closes. */
MUST_CHECK bool regrade_open(struct regrade **regrade, const struct regrade_options *options,
                             struct prompt_reading *reading, struct err *err);
void regrade_close(struct regrade *regrade);

/* Draws the next frame; `index` must rise by one from call to call. Where the source ends early
 * its last picture stays. */
MUST_CHECK bool regrade_draw(struct regrade *regrade, int index, struct picture *picture,
                             struct err *err);

/* Mixes the source's sound, in front, with `samples`, which hold the scene's: `count` stereo
 * samples. Without weather in the prompt only the source's is left, if it has any. */
MUST_CHECK bool regrade_sound(const struct regrade *regrade, int count, float *samples,
                              struct err *err);

#endif
