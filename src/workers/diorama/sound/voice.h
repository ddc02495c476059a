/* SPDX-License-Identifier: Apache-2.0 */
/*
 * voice: speaks a text through the program espeak-ng, if that is installed.
 *
 * It runs as a child, by its name on PATH and without a shell, gets the text on standard input and
 * gives samples on standard output. So nothing of it is linked (its licence is the GPL, version 3),
 * a text that crashes it costs one line of speech, and what limits this process limits it too.
 *
 * A text is only ever spoken: marks that espeak-ng reads as orders (phonemes in brackets, tags)
 * and control characters are taken out of it first.
 *
 * Thread: any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_SOUND_VOICE_H
#define VITASCOPE_WORKERS_DIORAMA_SOUND_VOICE_H

#include "base/err.h"
#include "base/str.h"

enum {
    VOICE_BYTES_MAX = 480,  /* of a text; what follows is not spoken */
    VOICE_SECONDS_MAX = 60, /* of speech; more is an error */
    VOICE_WAIT_MS = 20000   /* for the child; usually 50 are enough */
};

struct voice {
    const char *name; /* espeak-ng's: "en-us+f3" */
    int pitch;        /* 0 to 99, 50 as the voice is */
    int words_per_minute;
};

/* Mono at SOUND_RATE. */
struct voice_take {
    int count;
    float *samples;
};

/* Whether there is a program to speak. */
bool voice_is_there(void);

/* ERR_UNSUPPORTED: espeak-ng is not installed; ERR_INVALID: it had nothing to say; ERR_TOO_LARGE:
 * too much; ERR_IO: it failed. Caller frees take->samples. */
MUST_CHECK bool voice_speak(const struct voice *voice, struct str text, struct voice_take *take,
                            struct err *err);

/* Copies what of a text will be handed over: `size` is VOICE_BYTES_MAX + 1 or less. */
void voice_clean(struct str text, char *out, size_t size);

#endif
