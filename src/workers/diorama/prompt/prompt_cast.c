/* SPDX-License-Identifier: Apache-2.0 */
/* Who or what a prompt is about: its subjects, with their number, color and action. */
#include <string.h>

#include "base/macros.h"
#include "workers/diorama/prompt/prompt_impl.h"

enum { LOOK_BACK = 4 /* words from a subject to what describes it */, SEVERAL = 3 };

static const struct {
    const char *word;
    float color[3];
} colors[] = {
    {"red", {0.42f, 0.025f, 0.02f}},      {"crimson", {0.32f, 0.012f, 0.03f}},
    {"orange", {0.55f, 0.21f, 0.04f}},    {"ginger", {0.52f, 0.21f, 0.055f}},
    {"yellow", {0.62f, 0.44f, 0.04f}},    {"golden", {0.50f, 0.30f, 0.09f}},
    {"green", {0.05f, 0.22f, 0.06f}},     {"teal", {0.02f, 0.23f, 0.24f}},
    {"turquoise", {0.04f, 0.34f, 0.36f}}, {"blue", {0.03f, 0.09f, 0.36f}},
    {"navy", {0.01f, 0.025f, 0.10f}},     {"purple", {0.17f, 0.03f, 0.28f}},
    {"pink", {0.62f, 0.20f, 0.30f}},      {"brown", {0.16f, 0.075f, 0.035f}},
    {"chestnut", {0.20f, 0.075f, 0.03f}}, {"tan", {0.42f, 0.29f, 0.17f}},
    {"beige", {0.50f, 0.42f, 0.31f}},     {"black", {0.022f, 0.021f, 0.022f}},
    {"white", {0.66f, 0.64f, 0.61f}},     {"gray", {0.20f, 0.20f, 0.205f}},
    {"grey", {0.20f, 0.20f, 0.205f}},     {"silver", {0.42f, 0.43f, 0.44f}},
};

static const struct {
    const char *word;
    int count;
} numbers[] = {{"one", 1},     {"two", 2},   {"pair", 2},  {"couple", 2}, {"three", 3},
               {"four", 4},    {"five", 5},  {"six", 6},   {"seven", 7},  {"eight", 8},
               {"nine", 9},    {"group", 4}, {"herd", 7},  {"crowd", 9},  {"pack", 5},
               {"several", 4}, {"flock", 9}, {"dozen", 9}, {"dozens", 9}, {"many", 6},
               {"few", 3},     {"trio", 3}};

/* Words that are many without a number. */
static const char plurals[] =
    "people men women children cats kittens dogs puppies horses boats ships sailboats trains "
    "planes "
    "airplanes jets drones balloons kites fish turtles sharks jellyfish koi cars vehicles";

/* The count that a word says, or 0. */
static int number_of(struct str word)
{
    if (word.len == 1 && word.ptr[0] >= '1' && word.ptr[0] <= '9')
        return word.ptr[0] - '0';
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
        if (str_eq_c(word, numbers[i].word))
            return numbers[i].count;
    return 0;
}

bool prompt_color(struct str word, float color[3])
{
    for (size_t i = 0; i < ARRAY_LEN(colors); i++)
        if (str_eq_c(word, colors[i].word)) {
            memcpy(color, colors[i].color, sizeof(colors[i].color));
            return true;
        }
    return false;
}

/* Reads the words before a subject that say how many it is and of which color. */
static void describe(struct tokens *tokens, int at, struct subject *subject)
{
    for (int i = at - 1; i >= 0 && i >= at - LOOK_BACK; i--) {
        struct token *token = &tokens->items[i];
        int count = number_of(token->word);

        if (tokens->items[i + 1].after_break || (token->lexeme && token->lexeme->subject))
            return;
        if (count)
            subject->count = count;
        if (token->is_silent)
            continue;
        if (!subject->is_colored && prompt_color(token->word, subject->color))
            subject->is_colored = true;
        else if (!count)
            continue;
        token->is_silent = true;
    }
}

/* Whether a color describes the thing after it, as in "flying a red kite". */
static bool is_of_next(const struct tokens *tokens, int at)
{
    const struct lexeme *next = at + 1 < tokens->count ? tokens->items[at + 1].lexeme : NULL;

    return next && next->subject && !tokens->items[at + 1].after_break;
}

/* A color that follows, as in "a woman in a red coat". */
static void describe_clothes(struct tokens *tokens, int at, struct subject *subject)
{
    for (int i = at + 1; i < tokens->count && i <= at + LOOK_BACK; i++) {
        struct token *token = &tokens->items[i];

        if (token->after_break || (token->lexeme && token->lexeme->subject))
            return;
        if (token->is_silent || subject->is_colored || is_of_next(tokens, i) ||
            !prompt_color(token->word, subject->color))
            continue;
        subject->is_colored = true;
        token->is_silent = true;
    }
}

/* "The cat is black", "make the car red": a color that ends what is said of a thing. */
static void describe_after(struct tokens *tokens, int at, struct subject *subject)
{
    int i = at + tokens->items[at].span;
    struct token *token;

    while (i < tokens->count && !tokens->items[i].after_break &&
           prompt_is_listed(tokens->items[i].word, "is are be to turn become", true))
        i++;
    token = &tokens->items[i];
    if (i >= tokens->count || token->after_break || token->is_silent || subject->is_colored ||
        (i + 1 < tokens->count && !tokens->items[i + 1].after_break &&
         tokens->items[i + 1].paragraph == token->paragraph && !tokens->items[i + 1].is_silent) ||
        !prompt_color(token->word, subject->color))
        return;
    subject->is_colored = true;
    token->is_silent = true;
}

/* The action nearest to a subject, those that follow it first; SUBJECT_ACTIONS when its paragraph
 * names none. */
static enum subject_action action_of(const struct tokens *tokens, int at)
{
    int paragraph = tokens->items[at].paragraph;

    for (int i = at + 1; i < tokens->count && tokens->items[i].paragraph == paragraph; i++)
        if (tokens->items[i].lexeme && tokens->items[i].lexeme->action)
            return (enum subject_action)(tokens->items[i].lexeme->action - 1);
    for (int i = at - 1; i >= 0 && tokens->items[i].paragraph == paragraph; i--)
        if (tokens->items[i].lexeme && tokens->items[i].lexeme->action)
            return (enum subject_action)(tokens->items[i].lexeme->action - 1);
    return SUBJECT_ACTIONS;
}

bool prompt_flies(enum subject_kind kind)
{
    return kind == SUBJECT_BIRDS || kind == SUBJECT_BALLOONS || kind == SUBJECT_PLANE ||
           kind == SUBJECT_DRONE || kind == SUBJECT_KITE;
}

enum subject_action prompt_usual_action(enum subject_kind kind)
{
    if (prompt_flies(kind))
        return ACTION_FLY;
    return kind == SUBJECT_FISH ? ACTION_SWIM : ACTION_WALK;
}

static int index_of(const struct scene *scene, enum subject_kind kind)
{
    for (int i = 0; i < scene->subject_count; i++)
        if (scene->subjects[i].kind == kind)
            return i;
    return -1;
}

static int find_rider(const struct scene *scene)
{
    for (int i = 0; i < scene->subject_count; i++)
        if (scene->subjects[i].action == ACTION_RIDE)
            return i;
    return -1;
}

void prompt_mount(struct scene *scene)
{
    int rider = find_rider(scene), horse = index_of(scene, SUBJECT_HORSE);
    struct subject *mount = horse < 0 ? NULL : &scene->subjects[horse];
    bool is_near = scene->place == PLACE_MOUNTAINS || scene->place == PLACE_COAST ||
                   scene->place == PLACE_STREET || scene->place == PLACE_FOREST;

    if (rider < 0)
        return;
    if (!mount || mount->form != FORM_USUAL || !is_near) {
        scene->subjects[rider].action = ACTION_WALK;
        return;
    }
    if (scene->subjects[rider].count > 1)
        mount->count = scene->subjects[rider].count;
    if (rider < horse) {
        struct subject who = scene->subjects[rider];

        scene->subjects[rider] = *mount;
        *mount = who;
    }
}

/* A new entry; NULL when the scene has one of this kind and form, or no room. */
static struct subject *entry_of(struct scene *scene, enum subject_kind kind, enum subject_form form)
{
    for (int i = 0; i < scene->subject_count; i++)
        if (scene->subjects[i].kind == kind &&
            (scene->subjects[i].form == form || form == FORM_USUAL))
            return NULL;
    return scene->subject_count < SUBJECTS_MAX ? &scene->subjects[scene->subject_count++] : NULL;
}

/* "Golden retriever puppies": the second word says how many the first one's are. */
static void add_more(struct scene *scene, enum subject_kind kind, struct str word)
{
    struct subject *last = &scene->subjects[scene->subject_count - 1];

    if (scene->subject_count > 0 && last->kind == kind && last->count == 1 &&
        prompt_is_listed(word, plurals, false))
        last->count = SEVERAL;
}

/* The color that the words just before a subject give it. */
static bool own_color(const struct tokens *tokens, int at, float color[3])
{
    for (int i = at - 1; i >= 0 && i >= at - 2; i--) {
        const struct token *token = &tokens->items[i];

        if (tokens->items[i + 1].after_break || (token->lexeme && token->lexeme->subject))
            return false;
        if (!token->is_silent && prompt_color(token->word, color))
            return true;
    }
    return false;
}

static struct subject *last_of(struct scene *scene, enum subject_kind kind)
{
    for (int i = scene->subject_count - 1; i >= 0; i--)
        if (scene->subjects[i].kind == kind)
            return &scene->subjects[i];
    return NULL;
}

/* "A blue car and a red car" are two; NULL where the color does not tell them apart. */
static struct subject *other_of(struct scene *scene, const struct tokens *tokens, int at,
                                enum subject_kind kind)
{
    const struct subject *last = last_of(scene, kind);
    float color[3];

    if (!last || !last->is_colored || scene->subject_count == SUBJECTS_MAX ||
        !own_color(tokens, at, color) || memcmp(color, last->color, sizeof(color)) == 0)
        return NULL;
    return &scene->subjects[scene->subject_count++];
}

/* "The boy wears a red shirt": more of somebody who was named before. */
static void say_more(struct scene *scene, struct tokens *tokens, int at, enum subject_kind kind)
{
    struct subject *last = last_of(scene, kind);

    add_more(scene, kind, tokens->items[at].word);
    if (!last || at == 0 || !str_eq_c(tokens->items[at - 1].word, "the"))
        return;
    if (kind == SUBJECT_PERSON)
        prompt_find_clothes(tokens, at, last);
    else
        describe_after(tokens, at, last);
}

/* A car of another time, as in "a vintage green car". */
static enum subject_kind kind_of(struct tokens *tokens, int at)
{
    enum subject_kind kind = (enum subject_kind)(tokens->items[at].lexeme->subject - 1);

    for (int i = at - 1; i >= 0 && i >= at - 2 && kind == SUBJECT_CAR; i--) {
        if (tokens->items[i + 1].after_break)
            break;
        if (!prompt_is_listed(tokens->items[i].word, "vintage classic retro antique old", false))
            continue;
        tokens->items[i].is_silent = true;
        return SUBJECT_VINTAGE_CAR;
    }
    return kind;
}

/* What the words about it say of a new subject. */
static void read_subject(struct tokens *tokens, int at, struct subject *subject)
{
    const struct token *token = &tokens->items[at];

    /* Of "hot air balloons" the last word tells. */
    if (prompt_is_listed(tokens->items[at + token->span - 1].word, plurals, false))
        subject->count = SEVERAL;
    if (str_eq_c(token->word, "couple"))
        subject->count = 2;
    if (subject->kind == SUBJECT_PERSON)
        prompt_find_clothes(tokens, at, subject);
    describe(tokens, at, subject);
    if (subject->kind == SUBJECT_PERSON)
        describe_clothes(tokens, at, subject);
    else
        describe_after(tokens, at, subject);
    subject->action = action_of(tokens, at);
}

/* What one paragraph names. */
static void find_in(struct tokens *tokens, int paragraph, struct scene *scene)
{
    for (int i = 0; i < tokens->count; i++) {
        const struct token *token = &tokens->items[i];
        struct subject *subject = NULL;
        enum subject_kind kind = SUBJECT_PERSON;
        enum subject_form form = FORM_USUAL;

        if (!token->lexeme || !token->lexeme->subject || token->is_silent ||
            token->paragraph != paragraph)
            continue;
        kind = kind_of(tokens, i);
        form = (enum subject_form)token->lexeme->form;
        subject = entry_of(scene, kind, form);
        if (!subject)
            subject = other_of(scene, tokens, i, kind);
        if (!subject) {
            say_more(scene, tokens, i, kind);
            continue;
        }
        *subject = (struct subject){.kind = kind, .count = 1, .form = form};
        read_subject(tokens, i, subject);
    }
}

/* Takes away whom a paragraph does not want any more. */
static void deny(const struct tokens *tokens, int paragraph, struct scene *cast)
{
    for (int i = 0; i < tokens->count; i++) {
        const struct token *token = &tokens->items[i];
        int kept = 0;

        if (!token->is_denied || !token->lexeme || !token->lexeme->subject ||
            token->paragraph != paragraph)
            continue;
        for (int k = 0; k < cast->subject_count; k++)
            if (cast->subjects[k].kind != (enum subject_kind)(token->lexeme->subject - 1))
                cast->subjects[kept++] = cast->subjects[k];
        cast->subject_count = kept;
    }
}

static bool says(const struct tokens *tokens, int paragraph, const char *words)
{
    for (int i = 0; i < tokens->count; i++)
        if (tokens->items[i].paragraph == paragraph &&
            prompt_is_listed(tokens->items[i].word, words, true))
            return true;
    return false;
}

/* What newer words leave unsaid of a subject stays as it was. */
static void inherit(struct subject *subject, const struct subject *old)
{
    /* "The dogs" are as many as there were. */
    if (subject->count == 1 || (subject->count == SEVERAL && old->count > 1))
        subject->count = old->count;
    if (subject->action == SUBJECT_ACTIONS)
        subject->action = old->action;
    if (subject->kind != old->kind)
        return;
    if (!subject->is_colored) {
        subject->is_colored = old->is_colored;
        memcpy(subject->color, old->color, sizeof(subject->color));
    }
    /* "Only one balloon" is one of those that there were. */
    if (subject->form == FORM_USUAL || (old->kind == SUBJECT_BALLOONS && !old->form))
        subject->form = old->form;
    if (!subject->wears) {
        subject->wears = old->wears;
        subject->tinted = old->tinted;
        memcpy(subject->tints, old->tints, sizeof(subject->tints));
    }
}

static void append(struct scene *cast, const struct subject *subject)
{
    if (cast->subject_count < SUBJECTS_MAX)
        cast->subjects[cast->subject_count++] = *subject;
}

/* All of a kind, unless they are there. */
static void append_all(struct scene *cast, const struct scene *from, enum subject_kind kind)
{
    if (index_of(cast, kind) >= 0)
        return;
    for (int i = 0; i < from->subject_count; i++)
        if (from->subjects[i].kind == kind)
            append(cast, &from->subjects[i]);
}

/* Returns how many have nobody to inherit from. */
static int inherit_all(struct scene *newer, const struct scene *old)
{
    int news = 0;

    for (int i = 0; i < newer->subject_count; i++) {
        int at = index_of(old, newer->subjects[i].kind);

        if (at >= 0)
            inherit(&newer->subjects[i], &old->subjects[at]);
        news += at < 0;
    }
    return news;
}

/* Brings what a newer paragraph names into the cast of the older ones. Where it names somebody new
 * it names the whole cast, unless it adds; to replace takes away whom it names of the old ones. */
static void revise(struct scene *cast, struct scene *newer, bool adds, bool replaces)
{
    struct scene old = *cast;
    int news = inherit_all(newer, &old);

    if (newer->subject_count == 0)
        return;
    cast->subject_count = 0;
    for (int i = 0; i < old.subject_count; i++) {
        int at = index_of(newer, old.subjects[i].kind);

        if (at < 0 && (adds || replaces || news == 0))
            append(cast, &old.subjects[i]);
        else if (at >= 0 && !(replaces && news > 0))
            append_all(cast, newer, old.subjects[i].kind);
    }
    for (int i = 0; i < newer->subject_count; i++) {
        struct subject *subject = &newer->subjects[i];

        if (index_of(&old, subject->kind) >= 0)
            continue;
        if (replaces && old.subject_count > 0)
            inherit(subject, &old.subjects[0]);
        append(cast, subject);
    }
}

void prompt_find_cast(struct tokens *tokens, struct scene *scene)
{
    int oldest = 0;

    for (int i = 0; i < tokens->count; i++)
        oldest = tokens->items[i].paragraph > oldest ? tokens->items[i].paragraph : oldest;
    for (int paragraph = oldest; paragraph >= 0; paragraph--) {
        struct scene found = {.subject_count = 0};

        deny(tokens, paragraph, scene);
        find_in(tokens, paragraph, &found);
        if (found.subject_count == 0 && paragraph < oldest && last_of(scene, SUBJECT_PERSON))
            prompt_change_clothes(tokens, paragraph, last_of(scene, SUBJECT_PERSON));
        revise(scene, &found, says(tokens, paragraph, "add also another too"),
               says(tokens, paragraph, "replace swap instead exchange"));
    }
    for (int i = 0; i < scene->subject_count; i++)
        if (scene->subjects[i].action == SUBJECT_ACTIONS)
            scene->subjects[i].action = prompt_usual_action(scene->subjects[i].kind);
}
