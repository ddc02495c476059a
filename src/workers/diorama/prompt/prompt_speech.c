/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody says: the quotation marks of a prompt. */
#include <string.h>

#include "base/macros.h"
#include "workers/diorama/prompt/prompt_impl.h"

enum {
    QUOTE_BYTES_MAX = 600, /* a longer one is taken for a stray mark */
    CONTEXT_BYTES = 120,   /* read before and after a quotation */
    CONTEXT_WORDS = 10,
    SENTENCE_WORDS = 3, /* a quotation of so many words that ends as sentences do is spoken */
};

static const struct {
    int32_t open, close;
    bool is_spoken; /* used for nothing else */
} marks[] = {{'"', '"', false},      {0x201c, 0x201d, false}, {0x201e, 0x201c, false},
             {0xab, 0xbb, false},    {0x2039, 0x203a, false}, {0x300c, 0x300d, true},
             {0x300e, 0x300f, true}, {0xff02, 0xff02, false}, {0x201d, 0x201d, false},
             {0x2018, 0x2019, false}};

static const char verbs[] =
    "say says said saying speak speaks spoke speaking shout shouts shouted shouting whisper "
    "whispers whispered whispering ask asks asked asking reply replies replied answer answers "
    "answered yell yells yelled yelling scream screams screamed sing sings sang singing announce "
    "announces announced narrator narrates narration voiceover voice dialogue dialog line lines "
    "exclaims exclaimed mutters murmurs calls laughs states tells told greets";
static const char labels[] =
    "sign signs read reads reading text title titled caption written word words label labeled "
    "logo banner poster called named letters spell spells spelling book billboard style";
static const struct {
    enum scene_voice voice;
    const char *words;
} voices[] = {
    {VOICE_FEMALE, "woman women she her lady girl mother female queen actress grandmother wife "
                   "sister waitress daughter"},
    {VOICE_MALE, "man men he his him gentleman father male king actor grandfather husband brother "
                 "waiter guy"},
    {VOICE_CHILD, "child children kid kids boy son toddler"},
};

struct quote {
    size_t at, end;     /* with its marks */
    size_t from, until; /* without them */
    bool is_spoken;
};

/* Whether a quotation begins at `at`, with a mark of `bytes`. */
static bool begins(struct str text, size_t at, size_t bytes, size_t mark, struct quote *quote)
{
    size_t step = 1;

    for (size_t to = at + bytes; to < text.len && to - at < QUOTE_BYTES_MAX; to += step) {
        if (prompt_decode(text, to, &step) != marks[mark].close)
            continue;
        *quote = (struct quote){at, to + step, at + bytes, to, marks[mark].is_spoken};
        return true;
    }
    return false;
}

/* The next quotation at or after `at`. */
static bool find_quote(struct str text, size_t at, struct quote *quote)
{
    for (size_t bytes; at < text.len; at += bytes) {
        int32_t code = prompt_decode(text, at, &bytes);

        for (size_t k = 0; k < ARRAY_LEN(marks); k++)
            if (code == marks[k].open && begins(text, at, bytes, k, quote))
                return true;
    }
    return false;
}

/* Up to CONTEXT_WORDS words of a text, in lower case, the nearest first. */
static int context_words(struct arena *arena, struct str text, bool from_end, struct str *words)
{
    char *out = arena_alloc(arena, text.len + 1);
    struct str all[CONTEXT_BYTES];
    int count = 0, kept = 0;
    size_t len = 0;

    for (size_t i = 0; i <= text.len; i++) {
        unsigned char byte = i < text.len ? (unsigned char)text.ptr[i] : ' ';
        bool is_letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte > 127;

        if (is_letter)
            out[len++] = (char)(byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte);
        if (is_letter || len == 0)
            continue;
        all[count++] = str_from_bytes(out, len);
        out += len;
        len = 0;
    }
    for (; kept < count && kept < CONTEXT_WORDS; kept++)
        words[kept] = all[from_end ? count - 1 - kept : kept];
    return kept;
}

struct context {
    struct str before[CONTEXT_WORDS], after[CONTEXT_WORDS];
    int before_count, after_count;
    bool after_colon;
};

static struct context context_of(struct arena *arena, struct str text, size_t since,
                                 const struct quote *quote)
{
    struct context context = {.before_count = 0};
    size_t from = quote->at > since + CONTEXT_BYTES - 1 ? quote->at - CONTEXT_BYTES + 1 : since;
    struct str before = str_from_bytes(text.ptr + from, quote->at - from);
    struct str after = str_skip(text, quote->end);

    after = str_head(after, after.len < CONTEXT_BYTES - 1 ? after.len : CONTEXT_BYTES - 1);
    context.after_colon = str_ends(str_trim(before), STR(":"));
    context.before_count = context_words(arena, before, true, context.before);
    context.after_count = context_words(arena, after, false, context.after);
    return context;
}

static int count_words(struct str text)
{
    int words = 0;

    while (text.len > 0) {
        struct str word;

        text = str_cut(text, ' ', &word);
        words += word.len > 0;
    }
    return words;
}

/* Whether it is said, rather than written on a sign or meant in another sense. */
static bool is_speech(const struct context *context, const struct quote *quote, struct str said)
{
    for (int i = 0; i < context->before_count; i++) {
        if (prompt_is_listed(context->before[i], labels, false))
            return false;
        if (prompt_is_listed(context->before[i], verbs, false))
            return true;
    }
    for (int i = 0; i < context->after_count && i < SENTENCE_WORDS; i++)
        if (prompt_is_listed(context->after[i], verbs, false))
            return true;
    if (quote->is_spoken || context->after_colon)
        return true;
    return count_words(said) >= SENTENCE_WORDS && said.len > 0 &&
           strchr(".!?,", said.ptr[said.len - 1]) != NULL;
}

static enum scene_voice voice_of(const struct context *context)
{
    for (int i = 0; i < context->before_count + context->after_count; i++) {
        struct str word = i < context->before_count ? context->before[i]
                                                    : context->after[i - context->before_count];

        for (size_t k = 0; k < ARRAY_LEN(voices); k++)
            if (prompt_is_listed(word, voices[k].words, false))
                return voices[k].voice;
    }
    return VOICE_ANY;
}

/* The text with single spaces, as many whole characters as there is room for. */
static void keep_line(struct str said, char out[SPEECH_BYTES_MAX])
{
    size_t len = 0, bytes;

    for (size_t at = 0; at < said.len; at += bytes) {
        int32_t code = prompt_decode(said, at, &bytes);

        if (code >= 0 && code <= ' ' && (len == 0 || out[len - 1] == ' '))
            continue;
        if (code < 0 || code == 0x7f)
            continue;
        if (len + bytes >= SPEECH_BYTES_MAX)
            break;
        memcpy(out + len, said.ptr + at, bytes);
        if (code <= ' ')
            out[len] = ' ';
        len += bytes;
    }
    while (len > 0 && out[len - 1] == ' ')
        len--;
    out[len] = '\0';
}

bool prompt_is_of_speech(struct str word)
{
    return prompt_is_listed(word, verbs, false) || prompt_is_listed(word, "she he they", false);
}

struct str prompt_find_speech(struct arena *arena, struct str text, struct scene *scene)
{
    char *rest = arena_alloc(arena, text.len + 1);
    struct quote quote;
    size_t at = 0, since = 0;

    if (text.len == 0)
        return text;
    memcpy(rest, text.ptr, text.len);
    for (; find_quote(text, at, &quote); at = quote.end) {
        struct str said = str_from_bytes(text.ptr + quote.from, quote.until - quote.from);
        struct context context = context_of(arena, text, since, &quote);
        struct speech *line = &scene->speech[scene->speech_count];

        if (!is_speech(&context, &quote, str_trim(said)))
            continue;
        memset(rest + quote.at, ' ', quote.end - quote.at);
        rest[quote.at] = ';'; /* no phrase reaches over it */
        since = quote.end;
        if (scene->speech_count == SPEECH_LINES_MAX)
            continue;
        keep_line(said, line->text);
        line->voice = voice_of(&context);
        scene->speech_count += line->text[0] != '\0';
    }
    return str_from_bytes(rest, text.len);
}
