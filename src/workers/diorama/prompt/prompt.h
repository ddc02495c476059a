/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prompt: reads a prompt and says what diorama will draw for it, and what it will not.
 *
 * A lexicon of English words and phrases (lexicon.h), no model: each known phrase votes for a
 * place, an hour, weather, a camera move or a look, or turns a dial a little; the strongest vote
 * wins, the earlier one on a tie. Of paragraphs, parted by a blank line, the first is the newest
 * and wins wherever it says more than a hint: so new words come before those of a source. Words
 * that are neither known nor small talk are reported as not depicted, and so are known things that
 * the chosen place does not show. "no", "without" and the like take the next thing back, or a list
 * that ends in "or"; JSON and lists labelled negative are read as sentences.
 *
 * Any bytes give a valid scene: other languages, broken UTF-8 or nothing at all.
 *
 * Thread: any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_PROMPT_PROMPT_H
#define VITASCOPE_WORKERS_DIORAMA_PROMPT_PROMPT_H

#include "base/jsonw.h"
#include "base/str.h"
#include "workers/diorama/scene.h"

enum {
    PROMPT_BYTES_MAX = 32768, /* what follows is not read */
    PROMPT_WORDS_MAX = 4096,  /* likewise */
    PROMPT_LEFT_OUT_MAX = 24,
    PROMPT_LEFT_OUT_BYTES_MAX = 48 /* of one entry, its NUL included */
};

/* What the words speak of, as against what was filled in. */
struct prompt_names {
    bool place, hour, weather, camera, look;
    bool mood; /* warm or cold */
};

struct prompt_reading {
    struct scene scene;
    struct prompt_names names;
    bool moves_image; /* set by who shows an image instead: only camera and sound are used */
    int left_out_count;
    char left_out[PROMPT_LEFT_OUT_MAX][PROMPT_LEFT_OUT_BYTES_MAX]; /* valid UTF-8, lower case */
};

/* A seed for this text: the same each time, 0 to 2^63 - 1. */
uint64_t prompt_seed(struct str text);

/* The seed decides what the words leave open: which side the sun is on, which way a pan goes. */
void prompt_read(struct str text, uint64_t seed, struct prompt_reading *reading);

/* Adds an entry, for what a request asks beyond words. Does nothing when the list is full. */
void prompt_leave_out(struct prompt_reading *reading, struct str what);

/* Writes {"scene":{…},"moves_image":…,"not_depicted":[…]}. */
void prompt_write_json(const struct prompt_reading *reading, struct jsonw *json);

#endif
