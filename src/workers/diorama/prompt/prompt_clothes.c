/* SPDX-License-Identifier: Apache-2.0 */
/* What people look like: age and sex by their word, clothes and hair by what follows it. */
#include <string.h>

#include "base/macros.h"
#include "workers/diorama/prompt/prompt_impl.h"

enum { WORDS_BEFORE = 3 /* that describe a person or a thing */, MAIN = -1, NO_TINT = -2 };

static const struct {
    const char *word;
    unsigned wear;
    int tint; /* what its color is of; MAIN: the person's own */
} things[] = {
    {"coat", WEAR_COAT, MAIN},
    {"raincoat", WEAR_COAT, MAIN},
    {"overcoat", WEAR_COAT, MAIN},
    {"cloak", WEAR_COAT, MAIN},
    {"robe", WEAR_COAT, MAIN},
    {"jacket", WEAR_JACKET, MAIN},
    {"hoodie", WEAR_JACKET, MAIN},
    {"sweater", WEAR_JACKET, MAIN},
    {"parka", WEAR_JACKET, MAIN},
    {"suit", WEAR_SUIT, MAIN},
    {"tuxedo", WEAR_SUIT, MAIN},
    {"shirt", WEAR_SHIRT, MAIN},
    {"blouse", WEAR_SHIRT, MAIN},
    {"dress", WEAR_DRESS, MAIN},
    {"gown", WEAR_DRESS, MAIN},
    {"skirt", WEAR_SKIRT, TINT_LEGS},
    {"trousers", 0, TINT_LEGS},
    {"pants", 0, TINT_LEGS},
    {"jeans", 0, TINT_LEGS},
    {"hat", WEAR_HAT, TINT_HAT},
    {"fedora", WEAR_HAT, TINT_HAT},
    {"beanie", WEAR_BEANIE, TINT_HAT},
    {"cap", WEAR_BEANIE, TINT_HAT},
    {"scarf", WEAR_SCARF, TINT_SCARF},
    {"backpack", WEAR_BACKPACK, TINT_BACKPACK},
    {"rucksack", WEAR_BACKPACK, TINT_BACKPACK},
    {"umbrella", WEAR_UMBRELLA, TINT_UMBRELLA},
    {"hair", 0, TINT_HAIR},
    {"haired", 0, TINT_HAIR},
    {"ponytail", WEAR_PONYTAIL, TINT_HAIR},
    {"curls", WEAR_CURLS, TINT_HAIR},
    {"curly", WEAR_CURLS, NO_TINT},
    {"bald", WEAR_BALD, NO_TINT},
    {"smile", WEAR_SMILE, NO_TINT},
    {"laugh", WEAR_SMILE, NO_TINT},
    {"grin", WEAR_SMILE, NO_TINT},
    {"young", 0, NO_TINT},
};

/* Colors of hair that need no other word. */
static const struct {
    const char *word;
    float color[3];
} hairs[] = {{"blonde", {0.36f, 0.23f, 0.09f}},     {"blond", {0.36f, 0.23f, 0.09f}},
             {"brunette", {0.07f, 0.035f, 0.017f}}, {"redhead", {0.26f, 0.07f, 0.02f}},
             {"redheaded", {0.26f, 0.07f, 0.02f}},  {"ginger", {0.26f, 0.07f, 0.02f}}};

static const char old_words[] = "old elderly aged senior";
static const char old_women[] = "grandmother grandma granny";
static const char old_men[] = "grandfather grandpa";
static const char women[] =
    "woman women lady mother mom wife sister queen princess actress waitress "
    "bride ballerina businesswoman businesswomen witch";
static const char girls[] = "girl daughter schoolgirl granddaughter";
static const char boys[] = "boy son schoolboy grandson";
static const char men[] = "man men guy father dad husband brother king prince gentleman gentlemen "
                          "businessman businessmen groom monk fisherman cowboy";

static enum subject_form form_of(struct str word, enum subject_form known)
{
    static const struct {
        const char *words;
        enum subject_form form;
    } lists[] = {{women, FORM_WOMAN}, {men, FORM_MAN},         {girls, FORM_GIRL},
                 {boys, FORM_BOY},    {old_men, FORM_OLD_MAN}, {old_women, FORM_OLD_WOMAN}};

    for (size_t i = 0; i < ARRAY_LEN(lists); i++)
        if (prompt_is_listed(word, lists[i].words, true))
            return lists[i].form;
    return known;
}

static void set_tint(struct subject *subject, int tint, const float color[3])
{
    if (tint == NO_TINT)
        return;
    if (tint == MAIN) {
        memcpy(subject->color, color, sizeof(subject->color));
        subject->is_colored = true;
        return;
    }
    memcpy(subject->tints[tint], color, sizeof(subject->tints[tint]));
    subject->tinted |= 1u << tint;
}

/* The words just before a thing: its color, and whether hair is long or short. */
static void describe_thing(struct tokens *tokens, int at, int first, struct subject *subject,
                           int tint)
{
    for (int i = at - 1; i >= first && i >= at - WORDS_BEFORE; i--) {
        struct token *token = &tokens->items[i];
        float color[3];

        if (tokens->items[i + 1].after_break)
            return;
        if (token->is_silent)
            continue;
        if (prompt_color(token->word, color))
            set_tint(subject, tint, color);
        else if (tint == TINT_HAIR && str_eq_c(token->word, "long"))
            subject->wears |= WEAR_LONG_HAIR;
        else if (tint == TINT_HAIR && str_eq_c(token->word, "short"))
            subject->wears |= WEAR_SHORT_HAIR;
        else
            continue;
        token->is_silent = true;
    }
}

static void find_thing(struct tokens *tokens, int at, int first, struct subject *subject)
{
    struct token *token = &tokens->items[at];

    for (size_t i = 0; i < ARRAY_LEN(hairs); i++)
        if (str_eq_c(token->word, hairs[i].word)) {
            set_tint(subject, TINT_HAIR, hairs[i].color);
            token->is_silent = true;
        }
    for (size_t i = 0; i < ARRAY_LEN(things); i++)
        if (prompt_is_form(token->word, str_from(things[i].word))) {
            describe_thing(tokens, at, first, subject, things[i].tint);
            subject->wears |= things[i].wear;
            token->is_silent = true;
            return;
        }
}

static enum subject_form aged(enum subject_form form)
{
    if (form == FORM_WOMAN)
        return FORM_OLD_WOMAN;
    return form == FORM_MAN || form == FORM_USUAL ? FORM_OLD_MAN : form;
}

/* Where the words about a person begin: few, and none of another subject. */
static int first_about(const struct tokens *tokens, int at)
{
    int first = at > WORDS_BEFORE ? at - WORDS_BEFORE : 0;

    for (int i = first; i < at; i++)
        if (tokens->items[i].lexeme && tokens->items[i].lexeme->subject)
            first = i + 1;
    return first;
}

void prompt_find_clothes(struct tokens *tokens, int at, struct subject *subject)
{
    int first = first_about(tokens, at);

    subject->form = form_of(tokens->items[at].word, subject->form);
    for (int i = first; i < at; i++) {
        if (prompt_is_listed(tokens->items[i].word, old_words, false) &&
            tokens->items[i].span > 0) { /* 24 years old is not */
            subject->form = aged(subject->form);
            tokens->items[i].is_silent = true;
        }
        find_thing(tokens, i, first, subject);
    }
    for (int i = at + 1; i < tokens->count; i++) {
        if (tokens->items[i].lexeme && tokens->items[i].lexeme->subject)
            return;
        find_thing(tokens, i, at + 1, subject);
    }
}

/* The color after a thing, as in "make her dress red". */
static void color_after(struct tokens *tokens, int at, struct subject *subject)
{
    struct token *next = at + 1 < tokens->count ? &tokens->items[at + 1] : NULL;
    float color[3];

    if (!next || next->after_break || next->is_silent || !prompt_color(next->word, color))
        return;
    for (size_t i = 0; i < ARRAY_LEN(things); i++)
        if (prompt_is_form(tokens->items[at].word, str_from(things[i].word))) {
            set_tint(subject, things[i].tint, color);
            next->is_silent = true;
            return;
        }
}

void prompt_change_clothes(struct tokens *tokens, int paragraph, struct subject *subject)
{
    int first = 0;

    while (first < tokens->count && tokens->items[first].paragraph < paragraph)
        first++;
    for (int i = first; i < tokens->count && tokens->items[i].paragraph == paragraph; i++)
        if (!tokens->items[i].is_denied) {
            find_thing(tokens, i, first, subject);
            color_after(tokens, i, subject);
        }
}
