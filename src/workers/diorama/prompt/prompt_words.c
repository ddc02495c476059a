/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a prompt: taken apart, lowered, and looked up in the lexicon. */
#include <string.h>

#include "base/macros.h"
#include "workers/diorama/prompt/prompt_impl.h"

enum {
    NEGATION_REACH = 3, /* words */
    LIST_WORDS_MAX = 16,
    ITEM_WORDS_MAX = 3,
    SUFFIXES_BYTES_MIN = 3
};

int32_t prompt_decode(struct str text, size_t at, size_t *bytes)
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

/* A point in a number, as of an aperture. */
static bool is_decimal(struct str text, size_t at)
{
    return text.ptr[at] == '.' && at > 0 && at + 1 < text.len && text.ptr[at - 1] >= '0' &&
           text.ptr[at - 1] <= '9' && text.ptr[at + 1] >= '0' && text.ptr[at + 1] <= '9';
}

/* What lies before a word. */
struct gap {
    bool is_break, is_stop;
};

/* Takes the next word off the text: its lower-case copy, or an empty word at the end. */
static struct str next_word(struct str text, size_t *at, char *out, struct gap *gap)
{
    size_t len = 0, bytes;

    for (; *at < text.len; *at += bytes) {
        int32_t code = prompt_decode(text, *at, &bytes);
        enum char_class class = is_decimal(text, *at) ? CHAR_LETTER : classify(code);

        if (class != CHAR_LETTER && len > 0)
            break;
        gap->is_break |= class == CHAR_BREAK;
        gap->is_stop |= class == CHAR_BREAK && code != ',';
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
    struct gap gap = {false, false};

    while (tokens.count < PROMPT_WORDS_MAX) {
        size_t before = at;
        struct str whole = next_word(text, &at, out, &gap);
        struct str word = bare(whole);

        if (whole.len == 0)
            break;
        out += whole.len;
        if (tokens.count > 0 && has_blank_line(str_from_bytes(text.ptr + before, at - before))) {
            gap = (struct gap){true, true};
            paragraph++;
        }
        if (word.len == 0)
            continue;
        tokens.items[tokens.count++] = (struct token){.word = word,
                                                      .after_break = gap.is_break,
                                                      .after_stop = gap.is_stop,
                                                      .paragraph = paragraph,
                                                      .span = 1};
        gap = (struct gap){false, false};
    }
    return tokens;
}

/* Words that look like a form of another one and are not. */
static const char own_words[] =
    "bearing bored boring carried carry caring coated counting crossed dashing deserted divers "
    "faced facing fired firing fishing funny many manly manned mounted mounting parked planed "
    "racy shipping staged stared staring starred starring tidy trained training treed winding "
    "winded";

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

bool prompt_is_form(struct str word, struct str base)
{
    static const char *const plain[] = {"s", "es", "ing", "ed", "ly", "y", NULL};
    static const char *const for_e[] = {"d", NULL};
    static const char *const for_y[] = {"ies", "ied", NULL};
    static const char *const changed[] = {"ing", "ed", "y", NULL};
    char last;

    if (str_eq(word, base))
        return true;
    if (base.len < SUFFIXES_BYTES_MIN || word.len <= base.len - 1 || word.ptr[0] != base.ptr[0])
        return false;
    if (prompt_is_listed(word, own_words, false))
        return false;
    last = base.ptr[base.len - 1];
    if (continues(word, base, plain))
        return true;
    if (last == 'e' &&
        (continues(word, base, for_e) || continues(word, str_head(base, base.len - 1), changed)))
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
        if (!prompt_is_form(tokens->items[at + words].word, base))
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
    const struct lexeme *lexeme;
    bool has_exact = false;
    int longest = 0;

    for (size_t i = 0; (lexeme = lexicon_at(i)); i++) {
        bool is_exact;
        int words;

        if (lexeme->phrase[0] != token->word.ptr[0])
            continue;
        words = match_phrase(tokens, at, lexeme->phrase, &is_exact);
        if (words > longest || (words > 0 && words == longest && is_exact && !has_exact)) {
            token->lexeme = lexeme;
            longest = words;
            has_exact = is_exact;
        }
    }
    token->span = longest > 0 ? longest : 1;
}

bool prompt_is_listed(struct str word, const char *list, bool forms)
{
    struct str rest = str_from(list);

    while (rest.len > 0) {
        struct str entry;

        rest = str_cut(rest, ' ', &entry);
        if (entry.len > 0 && (forms ? prompt_is_form(word, entry) : str_eq(word, entry)))
            return true;
    }
    return false;
}

/* One letter, or digits only: nothing to draw or to miss. */
static bool is_trivial(struct str word)
{
    size_t digits = 0;

    while (digits < word.len &&
           ((word.ptr[digits] >= '0' && word.ptr[digits] <= '9') || word.ptr[digits] == '.'))
        digits++;
    return word.len < 2 || digits == word.len;
}

static const struct lexicon_noun *find_noun(struct str word)
{
    size_t low = 0, high = lexicon_noun_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        struct str other = str_from(lexicon_nouns[middle].word);
        size_t len = word.len < other.len ? word.len : other.len;
        int order = memcmp(word.ptr, other.ptr, len);

        if (order == 0 && word.len == other.len)
            return &lexicon_nouns[middle];
        if (order < 0 || (order == 0 && word.len < other.len))
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* A noun in the singular or a plural. */
static const struct lexicon_noun *find_any_form(struct str word)
{
    static const char *const endings[] = {"", "s", "es"};
    const struct lexicon_noun *noun = NULL;

    for (size_t i = 0; i < ARRAY_LEN(endings) && !noun; i++)
        if (str_ends(word, str_from(endings[i])))
            noun = find_noun(str_head(word, word.len - strlen(endings[i])));
    return noun;
}

/* Looks a word that the lexicon does not know up among all nouns, first with the next one. */
static void look_up_noun(struct arena *arena, struct tokens *tokens, int at)
{
    struct token *token = &tokens->items[at];
    const struct lexicon_noun *noun = NULL;
    const struct lexeme *lexeme;

    if (at + 1 < tokens->count && !tokens->items[at + 1].after_break) {
        struct str both = arena_printf(arena, STR_FMT " " STR_FMT, STR_ARG(token->word),
                                       STR_ARG(tokens->items[at + 1].word));

        noun = find_any_form(both);
        token->span = noun ? 2 : 1;
    }
    if (!noun)
        noun = find_any_form(token->word);
    for (size_t i = 0; noun && (lexeme = lexicon_at(i)); i++)
        if (strcmp(lexeme->phrase, noun->phrase) == 0)
            token->lexeme = lexeme;
    token->is_nearest = noun && noun->is_nearest;
}

/* Where the list that a negation begins has its last "or": "no people, cars or dogs"; else the
 * negation itself. */
static int list_end(const struct tokens *tokens, int at)
{
    int words = 0;

    for (int i = at + 1; i < tokens->count && i <= at + LIST_WORDS_MAX; i++) {
        const struct token *token = &tokens->items[i];

        if (token->after_stop || words > ITEM_WORDS_MAX)
            return at;
        if (str_eq_c(token->word, "or") || str_eq_c(token->word, "nor"))
            return i;
        words = token->after_break ? 1 : words + 1;
    }
    return at;
}

/* The meaning of a token, with those that its phrase takes in. */
static void find_meaning(struct arena *arena, struct tokens *tokens, int at)
{
    struct token *token = &tokens->items[at];

    look_up(tokens, at);
    if (!token->lexeme && !is_trivial(token->word) &&
        !prompt_is_listed(token->word, lexicon_small_talk, true))
        look_up_noun(arena, tokens, at);
    for (int inside = 1; inside < token->span; inside++)
        tokens->items[at + inside].span = 0;
}

/* Finds phrases, small talk and what is taken back. */
static void annotate(struct arena *arena, struct tokens *tokens)
{
    int taken_back = 0; /* words that a negation still reaches */
    int end = 0;        /* of a list that is taken back */

    for (int i = 0; i < tokens->count; i += tokens->items[i].span) {
        struct token *token = &tokens->items[i];

        if (token->after_break && i > end)
            taken_back = 0;
        if (prompt_is_listed(token->word, lexicon_negations, false)) {
            token->is_silent = true;
            taken_back = NEGATION_REACH;
            end = list_end(tokens, i);
            continue;
        }
        if (i == end && i > 0)
            taken_back = NEGATION_REACH + 1;
        find_meaning(arena, tokens, i);
        if (!token->lexeme &&
            (is_trivial(token->word) || prompt_is_listed(token->word, lexicon_small_talk, true))) {
            token->is_silent = true;
            taken_back -= taken_back > 0 && i >= end;
            continue;
        }
        token->is_silent = token->is_denied = taken_back > 0;
        taken_back = i < end ? taken_back : 0;
    }
}

struct tokens prompt_words(struct arena *arena, struct str text)
{
    struct tokens tokens = split(arena, text);

    annotate(arena, &tokens);
    return tokens;
}
