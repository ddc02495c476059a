/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/prompt.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "workers/diorama/lexicon.h"

#define NIGHT_ELEVATION_DEG (-4.0f)

enum {
    NEGATION_REACH = 3, /* words */
    HINT = 1,           /* a vote of this weight bows to an older paragraph's */
    STRONG = 3,         /* a vote of this weight that loses is reported */
    SUFFIXES_BYTES_MIN = 3
};

struct token {
    struct str word;
    bool after_break; /* punctuation before it */
    bool is_silent;   /* small talk, negation, or taken back */
    int paragraph;    /* 0 is the first and newest */
    const struct lexeme *lexeme;
    int span; /* words of its phrase: 1 for a word alone, 0 for those inside a phrase */
};

struct tokens {
    struct token *items;
    int count;
};

/* Decodes one code point; a byte that is not UTF-8 gives -1 and counts as one. */
static int32_t decode(struct str text, size_t at, size_t *bytes)
{
    static const struct {
        unsigned char mask, lead;
        int32_t least;
    } forms[] = {{0x80, 0x00, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
    unsigned char first = (unsigned char)text.ptr[at];

    *bytes = 1;
    for (size_t form = 0; form < ARRAY_LEN(forms); form++) {
        int32_t code = first & ~forms[form].mask;

        if ((first & forms[form].mask) != forms[form].lead)
            continue;
        if (form >= text.len - at)
            return -1;
        for (size_t i = 1; i <= form; i++) {
            if (((unsigned char)text.ptr[at + i] & 0xc0) != 0x80)
                return -1;
            code = code << 6 | ((unsigned char)text.ptr[at + i] & 0x3f);
        }
        if (code < forms[form].least || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
            return -1;
        *bytes = form + 1;
        return code;
    }
    return -1;
}

enum char_class { CHAR_LETTER, CHAR_SPACE, CHAR_BREAK };

static bool is_apostrophe(int32_t code)
{
    return code == '\'' || code == 0x2019;
}

static enum char_class classify(int32_t code)
{
    static const struct {
        int32_t first, last;
        enum char_class class;
    } ranges[] = {
        {'a', 'z', CHAR_LETTER},      {INT32_MIN, ' ', CHAR_SPACE},  {'A', 'Z', CHAR_LETTER},
        {'0', '9', CHAR_LETTER},      {'\'', '\'', CHAR_LETTER},     {'-', '-', CHAR_SPACE},
        {'/', '/', CHAR_SPACE},       {'_', '_', CHAR_SPACE},        {'"', '"', CHAR_SPACE},
        {0xa0, 0xa0, CHAR_SPACE},     {0, 0xbf, CHAR_BREAK}, /* other ASCII and Latin-1 punctuation
                                                              */
        {0x2000, 0x200f, CHAR_SPACE}, {0x2019, 0x2019, CHAR_LETTER}, {0x2010, 0x206f, CHAR_BREAK},
        {0x3000, 0x303f, CHAR_BREAK}, {0xff00, 0xff0f, CHAR_BREAK},  {0xff1a, 0xff20, CHAR_BREAK},
        {0xfe00, 0xfe0f, CHAR_BREAK},
    };

    for (size_t i = 0; i < ARRAY_LEN(ranges); i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return ranges[i].class;
    return CHAR_LETTER;
}

/* Takes the next word off the text: its lower-case copy, or an empty word at the end. */
static struct str next_word(struct str text, size_t *at, char *out, bool *after_break)
{
    size_t len = 0, bytes;

    for (; *at < text.len; *at += bytes) {
        int32_t code = decode(text, *at, &bytes);
        enum char_class class = classify(code);

        if (class != CHAR_LETTER && len > 0)
            break;
        if (class == CHAR_BREAK)
            *after_break = true;
        if (class != CHAR_LETTER)
            continue;
        if (is_apostrophe(code)) {
            out[len++] = '\'';
            continue;
        }
        memcpy(out + len, text.ptr + *at, bytes);
        if (code >= 'A' && code <= 'Z')
            out[len] = (char)(code - 'A' + 'a');
        len += bytes;
    }
    return str_from_bytes(out, len);
}

/* Without quotes around it and without a possessive 's. */
static struct str bare(struct str word)
{
    while (str_starts(word, STR("'")))
        word = str_skip(word, 1);
    if (str_ends(word, STR("'s")))
        word = str_head(word, word.len - 2);
    while (str_ends(word, STR("'")))
        word = str_head(word, word.len - 1);
    return word;
}

/* Whether there is a blank line in what was read for one word. */
static bool has_blank_line(struct str read)
{
    int ends = 0;

    for (size_t i = 0; i < read.len && ends < 2; i++) {
        if (read.ptr[i] == '\n')
            ends++;
        else if (read.ptr[i] != ' ' && read.ptr[i] != '\t' && read.ptr[i] != '\r')
            ends = 0;
    }
    return ends == 2;
}

static struct tokens split(struct arena *arena, struct str text)
{
    struct tokens tokens = {ARENA_ARRAY(arena, struct token, PROMPT_WORDS_MAX), 0};
    char *out = arena_alloc(arena, text.len + 1);
    size_t at = 0;
    int paragraph = 0;
    bool after_break = false;

    while (tokens.count < PROMPT_WORDS_MAX) {
        size_t before = at;
        struct str whole = next_word(text, &at, out, &after_break);
        struct str word = bare(whole);

        if (whole.len == 0)
            break;
        out += whole.len;
        if (tokens.count > 0 && has_blank_line(str_from_bytes(text.ptr + before, at - before))) {
            after_break = true;
            paragraph++;
        }
        if (word.len == 0)
            continue;
        tokens.items[tokens.count++] = (struct token){
            .word = word, .after_break = after_break, .paragraph = paragraph, .span = 1};
        after_break = false;
    }
    return tokens;
}

/* Whether `word` is `base` and then one of the suffixes. */
static bool continues(struct str word, struct str base, const char *const *suffixes)
{
    if (!str_starts(word, base))
        return false;
    for (; *suffixes; suffixes++)
        if (str_eq_c(str_skip(word, base.len), *suffixes))
            return true;
    return false;
}

/* Whether a word of a prompt is a form of a base form of the lexicon. */
static bool is_form_of(struct str word, struct str base)
{
    static const char *const plain[] = {"s", "es", "ing", "ed", "d", "ly", "y", NULL};
    static const char *const for_y[] = {"ies", "ied", NULL};
    static const char *const changed[] = {"ing", "ed", "y", NULL};
    char last;

    if (str_eq(word, base))
        return true;
    if (base.len < SUFFIXES_BYTES_MIN || word.len <= base.len - 1 || word.ptr[0] != base.ptr[0])
        return false;
    last = base.ptr[base.len - 1];
    if (continues(word, base, plain))
        return true;
    if (last == 'e' && continues(word, str_head(base, base.len - 1), changed))
        return true;
    if (last == 'y' && continues(word, str_head(base, base.len - 1), for_y))
        return true;
    return str_starts(word, base) && word.ptr[base.len] == last &&
           continues(str_skip(word, base.len + 1), STR(""), changed);
}

/* Words of the phrase if it begins at token `at`, else 0. *is_exact: without any suffix. */
static int match_phrase(const struct tokens *tokens, int at, const char *phrase, bool *is_exact)
{
    struct str rest = str_from(phrase);
    int words = 0;

    *is_exact = true;
    while (rest.len > 0) {
        struct str base;

        rest = str_cut(rest, ' ', &base);
        if (at + words >= tokens->count || (words > 0 && tokens->items[at + words].after_break))
            return 0;
        if (!is_form_of(tokens->items[at + words].word, base))
            return 0;
        if (!str_eq(tokens->items[at + words].word, base))
            *is_exact = false;
        words++;
    }
    return words;
}

/* Sets the token's lexeme to the longest phrase that begins there, exact forms first. */
static void look_up(struct tokens *tokens, int at)
{
    struct token *token = &tokens->items[at];
    bool has_exact = false;
    int longest = 0;

    for (size_t i = 0; i < lexicon_count; i++) {
        bool is_exact;
        int words;

        if (lexicon[i].phrase[0] != token->word.ptr[0])
            continue;
        words = match_phrase(tokens, at, lexicon[i].phrase, &is_exact);
        if (words > longest || (words > 0 && words == longest && is_exact && !has_exact)) {
            token->lexeme = &lexicon[i];
            longest = words;
            has_exact = is_exact;
        }
    }
    token->span = longest > 0 ? longest : 1;
}

/* Whether the word, or a form of it, is among those of a list. */
static bool is_listed(struct str word, const char *list, bool forms)
{
    struct str rest = str_from(list);

    while (rest.len > 0) {
        struct str entry;

        rest = str_cut(rest, ' ', &entry);
        if (entry.len > 0 && (forms ? is_form_of(word, entry) : str_eq(word, entry)))
            return true;
    }
    return false;
}

/* One letter, or digits only: nothing to draw or to miss. */
static bool is_trivial(struct str word)
{
    size_t digits = 0;

    while (digits < word.len && word.ptr[digits] >= '0' && word.ptr[digits] <= '9')
        digits++;
    return word.len < 2 || digits == word.len;
}

/* Finds phrases, small talk and what is taken back. */
static void annotate(struct tokens *tokens)
{
    int taken_back = 0; /* words that a negation still reaches */

    for (int i = 0; i < tokens->count; i += tokens->items[i].span) {
        struct token *token = &tokens->items[i];

        if (token->after_break)
            taken_back = 0;
        if (is_listed(token->word, lexicon_negations, false)) {
            token->is_silent = true;
            taken_back = NEGATION_REACH;
            continue;
        }
        look_up(tokens, i);
        for (int inside = 1; inside < token->span; inside++)
            tokens->items[i + inside].span = 0;
        if (!token->lexeme &&
            (is_trivial(token->word) || is_listed(token->word, lexicon_small_talk, true))) {
            token->is_silent = true;
            taken_back -= taken_back > 0;
            continue;
        }
        token->is_silent = taken_back > 0;
        taken_back = 0;
    }
}

struct vote {
    int value, weight, paragraph;
};

struct dial {
    float sum;
    int paragraph;
};

struct votes {
    struct vote setting, hour, weather, camera, look;
    struct dial clouds, haze, greenery, snow, warmth;
    float speed, time_scale;
    int speed_paragraph, time_paragraph;
    float neon;
    bool futuristic, asian;
};

/* The strongest vote wins, the first of equals; but what a newer paragraph says, if more than a
 * hint, no older one overrules. */
static void cast(struct vote *vote, int value, int weight, int paragraph)
{
    if (vote->value && vote->paragraph < paragraph && vote->weight > HINT)
        return;
    if (value && weight > vote->weight)
        *vote = (struct vote){value, weight, paragraph};
}

/* A dial is turned by the newest paragraph that touches it. */
static void turn(struct dial *dial, float by, int paragraph)
{
    if (by == 0 || (dial->sum != 0 && dial->paragraph != paragraph))
        return;
    dial->sum += by;
    dial->paragraph = paragraph;
}

static void count_vote(const struct lexeme *lexeme, int paragraph, struct votes *votes)
{
    cast(&votes->setting, lexeme->setting, lexeme->weight, paragraph);
    cast(&votes->hour, lexeme->hour, lexeme->weight, paragraph);
    cast(&votes->weather, lexeme->weather, lexeme->weight, paragraph);
    cast(&votes->camera, lexeme->camera, lexeme->weight, paragraph);
    cast(&votes->look, lexeme->look, lexeme->weight, paragraph);
    turn(&votes->clouds, lexeme->clouds, paragraph);
    turn(&votes->haze, lexeme->haze, paragraph);
    turn(&votes->greenery, lexeme->greenery, paragraph);
    turn(&votes->snow, lexeme->snow, paragraph);
    turn(&votes->warmth, lexeme->warmth, paragraph);
    if (lexeme->speed > 0 && (votes->speed == 1 || votes->speed_paragraph == paragraph)) {
        votes->speed *= lexeme->speed;
        votes->speed_paragraph = paragraph;
    }
    if (lexeme->time_scale > 0 && (votes->time_scale == 1 || votes->time_paragraph == paragraph)) {
        votes->time_scale = lexeme->time_scale;
        votes->time_paragraph = paragraph;
    }
    votes->neon += lexeme->neon;
    votes->futuristic |= lexeme->futuristic;
    votes->asian |= lexeme->asian;
}

static void count_votes(const struct tokens *tokens, struct votes *votes)
{
    *votes = (struct votes){.speed = 1, .time_scale = 1};
    for (int i = 0; i < tokens->count; i++) {
        const struct token *token = &tokens->items[i];

        if (token->lexeme && !token->is_silent)
            count_vote(token->lexeme, token->paragraph, votes);
    }
}

static float clamp(float value, float least, float most)
{
    return fminf(fmaxf(value, least), most);
}

/* A number from 0 to 1 that depends on the seed and on what it is for. */
static float chance(uint64_t seed, uint64_t purpose)
{
    uint64_t mixed = seed + purpose * 0x9e3779b97f4a7c15u;

    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
    return (float)((mixed ^ mixed >> 31) >> 40) / (float)(1 << 24);
}

static void set_weather(struct scene *scene, const struct votes *votes, float cover)
{
    static const struct {
        float cover_min, cover_max, haze_min;
    } ranges[SCENE_WEATHERS] = {
        [WEATHER_CLEAR] = {0.00f, 0.25f, 0.00f},    [WEATHER_CLOUDY] = {0.50f, 0.80f, 0.00f},
        [WEATHER_OVERCAST] = {0.90f, 1.00f, 0.30f}, [WEATHER_FOG] = {0.40f, 1.00f, 0.75f},
        [WEATHER_RAIN] = {0.88f, 1.00f, 0.45f},     [WEATHER_SNOW] = {0.80f, 1.00f, 0.45f},
    };
    float haze_min = 0;

    if (votes->weather.value) {
        scene->weather = (enum scene_weather)(votes->weather.value - 1);
        cover = clamp(cover, ranges[scene->weather].cover_min, ranges[scene->weather].cover_max);
        haze_min = ranges[scene->weather].haze_min;
    } else {
        scene->weather = cover >= 0.5f ? WEATHER_CLOUDY : WEATHER_CLEAR;
    }
    scene->cloud_cover = clamp(cover, 0, 1);
    scene->haze = clamp(scene->haze, haze_min, 1);
}

static void set_sun(struct scene *scene, const struct lexicon_hour_values *hour)
{
    float side = chance(scene->seed, 1) < 0.5f ? -1 : 1;
    float spread = 0.7f + 0.6f * chance(scene->seed, 2);

    scene->sun_elevation_deg = hour->sun_elevation_deg * (0.9f + 0.2f * chance(scene->seed, 3));
    scene->sun_azimuth_deg = side * hour->sun_azimuth_deg * spread;
}

static void set_camera(struct scene *scene, const struct votes *votes,
                       const struct lexicon_setting_values *setting)
{
    scene->camera = setting->camera;
    if (votes->camera.value)
        scene->camera = (enum scene_camera)(votes->camera.value - 1);
    /* A pan that names no side. */
    if (scene->camera == CAMERA_PAN_RIGHT && votes->camera.weight < STRONG &&
        chance(scene->seed, 4) < 0.5f)
        scene->camera = CAMERA_PAN_LEFT;
    scene->camera_speed = clamp(votes->speed, 0.3f, 2.5f);
    scene->time_scale = votes->time_scale;
}

static void set_scene(struct scene *scene, const struct votes *votes, uint64_t seed)
{
    const struct lexicon_setting_values *setting = &lexicon_settings[votes->setting.value];
    const struct lexicon_hour_values *hour = &lexicon_hours[votes->hour.value];

    *scene = (struct scene){.place = setting->place, .tropical = setting->tropical, .seed = seed};
    scene->look = votes->look.value ? (enum scene_look)(votes->look.value - 1) : LOOK_NATURAL;
    scene->haze = clamp(setting->haze + hour->haze + votes->haze.sum, 0, 1);
    scene->snow_line = clamp(setting->snow_line - votes->snow.sum, 0, 1);
    scene->greenery = clamp(setting->greenery + votes->greenery.sum, 0, 1);
    scene->warmth = clamp(hour->warmth + votes->warmth.sum, -1, 1);
    scene->neon = clamp(setting->neon + votes->neon, 0, 1);
    scene->futuristic = votes->futuristic;
    scene->asian = votes->asian;
    scene->cafe = votes->setting.value == SETTING_CAFE;
    set_sun(scene, hour);
    set_weather(scene, votes, setting->cloud_cover + votes->clouds.sum);
    set_camera(scene, votes, setting);
}

/* Whether a strong vote was cast in vain. */
static bool has_lost(const struct vote *vote, int value, int weight)
{
    return value && weight >= STRONG && value != vote->value;
}

static bool is_depicted(const struct lexeme *lexeme, const struct scene *scene,
                        const struct votes *votes)
{
    if (lexeme->is_not_drawn)
        return false;
    if (lexeme->hour == HOUR_NIGHT && scene->sun_elevation_deg > NIGHT_ELEVATION_DEG)
        return false; /* stars and the moon, for one, by daylight */
    if (has_lost(&votes->hour, lexeme->hour, lexeme->weight) ||
        has_lost(&votes->weather, lexeme->weather, lexeme->weight) ||
        has_lost(&votes->camera, lexeme->camera, lexeme->weight))
        return false;
    if (lexeme->shown)
        return lexeme->shown & 1 << scene->place;
    return !lexeme->setting || lexicon_settings[lexeme->setting].place == scene->place;
}

static bool is_in_list(const struct prompt_reading *reading, const char *text)
{
    for (int i = 0; i < reading->left_out_count; i++)
        if (strcmp(reading->left_out[i], text) == 0)
            return true;
    return false;
}

void prompt_leave_out(struct prompt_reading *reading, struct str what)
{
    char *entry = reading->left_out[reading->left_out_count];
    size_t at = 0, bytes;

    if (reading->left_out_count == PROMPT_LEFT_OUT_MAX)
        return;
    for (; at < what.len; at += bytes) { /* whole characters only */
        int32_t code = decode(what, at, &bytes);

        if (code < 0 || at + bytes >= PROMPT_LEFT_OUT_BYTES_MAX)
            break;
        memcpy(entry + at, what.ptr + at, bytes);
    }
    entry[at] = '\0';
    if (at > 0 && !is_in_list(reading, entry))
        reading->left_out_count++;
}

/* The words of a phrase with single spaces. */
static struct str phrase_text(struct arena *arena, const struct tokens *tokens, int at)
{
    struct str text = tokens->items[at].word;

    for (int i = 1; i < tokens->items[at].span; i++)
        text = arena_printf(arena, STR_FMT " " STR_FMT, STR_ARG(text),
                            STR_ARG(tokens->items[at + i].word));
    return text;
}

uint64_t prompt_seed(struct str text)
{
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */

    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.ptr[i]) * 0x100000001b3u;
    return (hash ^ hash >> 29) & INT64_MAX;
}

void prompt_read(struct str text, uint64_t seed, struct prompt_reading *reading)
{
    struct arena arena;
    struct tokens tokens;
    struct votes votes;

    *reading = (struct prompt_reading){.left_out_count = 0};
    if (text.len > PROMPT_BYTES_MAX)
        text = str_head(text, PROMPT_BYTES_MAX);
    arena_init(&arena, 0);
    tokens = split(&arena, text);
    annotate(&tokens);
    count_votes(&tokens, &votes);
    set_scene(&reading->scene, &votes, seed);
    reading->names = (struct prompt_names){
        .place = votes.setting.weight > HINT,
        .hour = votes.hour.value,
        .weather = votes.weather.value,
        .camera = votes.camera.value,
        .look = votes.look.value,
        .mood = votes.warmth.sum != 0,
    };
    for (int i = 0; i < tokens.count; i++) {
        const struct token *token = &tokens.items[i];

        if (token->span == 0 || token->is_silent)
            continue;
        if (token->lexeme && token->paragraph > 0 && !token->lexeme->is_not_drawn)
            continue; /* at the worst newer words took its place */
        if (!token->lexeme || !is_depicted(token->lexeme, &reading->scene, &votes))
            prompt_leave_out(reading, phrase_text(&arena, &tokens, i));
    }
    arena_fini(&arena);
}
