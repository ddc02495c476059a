/* SPDX-License-Identifier: Apache-2.0 */
/*
 * talk: lays spoken lines into a clip: who says what from when to when.
 *
 * The lines of a window follow each other after a short pause. Where they are too long for it they
 * are spoken faster, up to a limit; what still does not fit is cut at a word. A voice suits the
 * speaker; its language is guessed from the letters and a few common words, English when in doubt.
 *
 * Same lines and window give the same samples where the same espeak-ng is installed.
 *
 * Ownership: talk_fini(), also of a zeroed struct. Thread: any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_SOUND_TALK_H
#define VITASCOPE_WORKERS_DIORAMA_SOUND_TALK_H

#include <stdbool.h>
#include <stdint.h>

#include "workers/diorama/scene.h"
#include "workers/diorama/sound/voice.h"

enum {
    TALK_CUES_MAX = 16, /* lines of a clip; more are not spoken */
    TALK_WORDS_PER_MINUTE = 160,
    TALK_WORDS_PER_MINUTE_MAX = 270
};

struct talk_line {
    struct str text; /* UTF-8; any other bytes are passed over */
    enum scene_voice voice;
    unsigned look; /* tells speakers of one kind apart */
};

/* What is heard, or only shown where `samples` is NULL. */
struct talk_cue {
    char text[VOICE_BYTES_MAX + 1]; /* valid UTF-8; what was cut off is "…" */
    int start;                      /* samples of the clip */
    int count;
    int until;      /* it may be read up to here */
    float place;    /* -1 left to 1 right */
    float *samples; /* mono, `count` */
};

struct talk {
    int cue_count;
    struct talk_cue cues[TALK_CUES_MAX];
    bool is_cut;    /* not all of it could be said in the time */
    bool is_silent; /* something could not be said at all: see talk_language() */
    bool is_absent; /* since there is no espeak-ng */
};

/* Part of a clip, in samples. */
struct talk_window {
    int first, count;
};

/* Adds lines that share a window. */
void talk_add(struct talk *talk, const struct talk_line *lines, int line_count,
              struct talk_window window);
void talk_fini(struct talk *talk);

/* The name that espeak-ng has for the language of a text; NULL when it would not be understood:
 * Japanese with Chinese characters, which it spells out. */
const char *talk_language(struct str text);

#endif
