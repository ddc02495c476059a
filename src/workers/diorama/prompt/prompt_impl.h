/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prompt_impl: what the parts of prompt_*.c share: the words of a prompt and what they mean.
 *
 * Tokens live in the caller's arena and point into it.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_PROMPT_PROMPT_IMPL_H
#define VITASCOPE_WORKERS_DIORAMA_PROMPT_PROMPT_IMPL_H

#include <stdint.h>

#include "base/arena.h"
#include "workers/diorama/prompt/lexicon.h"
#include "workers/diorama/prompt/prompt.h"

struct token {
    struct str word;
    bool after_break; /* punctuation before it */
    bool after_stop;  /* and more than a comma */
    bool is_silent;   /* small talk, negation, or taken back */
    bool is_denied;   /* taken back */
    int paragraph;    /* 0 is the first and newest */
    const struct lexeme *lexeme;
    bool is_nearest; /* the lexeme is only the nearest thing to the word */
    int span;        /* words of its phrase: 1 for a word alone, 0 for those inside a phrase */
};

struct tokens {
    struct token *items;
    int count;
};

/* Decodes one code point; a byte that is not UTF-8 gives -1 and counts as one. */
int32_t prompt_decode(struct str text, size_t at, size_t *bytes);

/* The words of a text, each with the phrase of the lexicon that begins there. */
struct tokens prompt_words(struct arena *arena, struct str text);

/* Whether a word of a prompt is a form of a base form. */
bool prompt_is_form(struct str word, struct str base);

/* Whether the word, or with `forms` a form of it, is in a list of words with spaces between. */
bool prompt_is_listed(struct str word, const char *list, bool forms);

/* The text without JSON around it, and with "no" before each of what a list labelled negative
 * names. */
struct str prompt_plain(struct arena *arena, struct str text);

/* Finds what somebody says and gives the text without it; the rest lies where it did. */
struct str prompt_find_speech(struct arena *arena, struct str text, struct scene *scene);

/* Whether it speaks of speaking, which needs no picture where something is said. */
bool prompt_is_of_speech(struct str word);

/* Whether it moves through the air. */
bool prompt_flies(enum subject_kind kind);

/* Puts who rides after the horse that carries them; without one, nobody rides. */
void prompt_mount(struct scene *scene);

/* What it does where no word says. */
enum subject_action prompt_usual_action(enum subject_kind kind);

/* Whether a word names a color, linear. */
bool prompt_color(struct str word, float color[3]);

/* Finds what the person of a word looks like and wears, before the next subject. Silences the
 * words that say so. */
void prompt_find_clothes(struct tokens *tokens, int at, struct subject *subject);

/* Dresses a person anew as a paragraph that names nobody says: "make her dress red". */
void prompt_change_clothes(struct tokens *tokens, int paragraph, struct subject *subject);

/* Finds who or what the words ask for, how many, in which color, and what they do. Silences the
 * words that say so. */
void prompt_find_cast(struct tokens *tokens, struct scene *scene);

#endif
