/* SPDX-License-Identifier: Apache-2.0 */
/* Prompts in the form of data: JSON, and lists of what must not be seen, as plain sentences. */
#include <string.h>
#include <strings.h>

#include "base/jsonr.h"
#include "workers/diorama/prompt/prompt_impl.h"

enum { DEPTH_MAX = 12, GROWTH = 5 /* times as long at most: ", " becomes "; no " */ };

/* A text being written; what does not fit is left out. */
struct plain {
    char *out;
    size_t len, max;
};

static const char negative_keys[] =
    "negative negative_prompt negativeprompt negatives avoid exclude excluded without";
static const char speech_keys[] =
    "dialogue dialog speech line lines says quote voiceover voice_over narration spoken";
static const char noun_keys[] = "type name subject kind object what character description";
static const char color_keys[] = "color colour";
static const char count_keys[] = "count number quantity amount";

static void put(struct plain *plain, struct str text)
{
    if (text.len > plain->max - plain->len)
        return;
    memcpy(plain->out + plain->len, text.ptr, text.len);
    plain->len += text.len;
}

/* Each of a list with commas, taken back. */
static void put_negative(struct plain *plain, struct str list)
{
    while (list.len > 0) {
        struct str item;

        list = str_cut(list, ',', &item);
        put(plain, STR("; no "));
        put(plain, str_trim(item));
    }
    put(plain, STR("; "));
}

static void put_value(struct plain *plain, struct str key, struct jsonv value, int depth);

/* "two white horses galloping" of their parts. */
static void put_object(struct plain *plain, struct jsonv object, int depth)
{
    static const char *const first[] = {count_keys, color_keys, noun_keys};
    struct jsonv value;
    struct str key;

    put(plain, STR("; "));
    for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
        for (void *cursor = NULL; jsonv_next(object, &cursor, &key, &value);) {
            char digit = (char)('0' + jsonv_int(value, 1) % 10);

            if (!prompt_is_listed(key, first[i], false))
                continue;
            if (jsonv_type(value) == JSONR_INT && jsonv_int(value, 0) > 0)
                put(plain, str_from_bytes(jsonv_int(value, 0) > 9 ? "9" : &digit, 1));
            put(plain, jsonv_str(value, STR("")));
            put(plain, STR(" "));
        }
    for (void *cursor = NULL; jsonv_next(object, &cursor, &key, &value);) {
        bool is_put = false;

        for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
            is_put |= prompt_is_listed(key, first[i], false) && jsonv_type(value) <= JSONR_STR;
        if (!is_put)
            put_value(plain, key, value, depth + 1);
    }
}

static void put_value(struct plain *plain, struct str key, struct jsonv value, int depth)
{
    struct str text = jsonv_str(value, STR(""));
    enum jsonr_type type = jsonv_type(value);

    if (depth > DEPTH_MAX)
        return;
    if (type == JSONR_OBJECT) {
        put_object(plain, value, depth);
    } else if (type == JSONR_ARRAY) {
        for (size_t i = 0; i < jsonv_len(value); i++)
            put_value(plain, key, jsonv_at(value, i), depth + 1);
    } else if (type == JSONR_BOOL) {
        put(plain, jsonv_bool(value, true) ? STR("; ") : STR("; no "));
        put(plain, key);
    } else if (text.len > 0 && prompt_is_listed(key, negative_keys, false)) {
        put_negative(plain, text);
    } else if (text.len > 0 && prompt_is_listed(key, speech_keys, false)) {
        put(plain, STR("; says \""));
        put(plain, text);
        put(plain, STR("\"; "));
    } else if (text.len > 0) {
        put(plain, prompt_is_listed(key, "action pose", false) ? STR(" ") : STR("; "));
        put(plain, text);
    }
}

static bool put_json(struct plain *plain, struct str text)
{
    struct jsonr doc;
    struct err err;
    bool is_read = jsonr_parse(&doc, text, &err);

    if (is_read)
        put_value(plain, STR(""), jsonr_root(&doc), 0);
    jsonr_fini(&doc);
    return is_read;
}

static bool starts_as(struct str text, const char *what)
{
    size_t len = strlen(what);

    return text.len >= len && strncasecmp(text.ptr, what, len) == 0;
}

/* Bytes of a label that says that what follows must not be seen, or 0. */
static size_t negative_label(struct str text)
{
    static const char *const labels[] = {"negative prompt",  "negative_prompt", "negative-prompt",
                                         "negative prompts", "negatives",       "negative"};

    if (starts_as(text, "--no "))
        return 5;
    for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
        size_t at = strlen(labels[i]);

        if (!starts_as(text, labels[i]))
            continue;
        while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '"' || text.ptr[at] == '*'))
            at++;
        if (at < text.len && (text.ptr[at] == ':' || text.ptr[at] == '='))
            return at + 1;
    }
    return 0;
}

/* To the end of the sentence, the line, or what is to be seen again. */
static size_t list_bytes(struct str text)
{
    size_t at = 0;

    while (at < text.len && !strchr("\n;}.", text.ptr[at]) &&
           !starts_as(str_skip(text, at), "prompt:") && !starts_as(str_skip(text, at), " --"))
        at++;
    return at;
}

static struct str plain_lists(struct arena *arena, struct str text)
{
    struct plain plain = {arena_alloc(arena, GROWTH * text.len + 1), 0, GROWTH * text.len};

    for (size_t at = 0; at < text.len;) {
        size_t label = at == 0 || strchr(" \n\"{,.;*", text.ptr[at - 1])
                           ? negative_label(str_skip(text, at))
                           : 0;
        size_t list = label ? list_bytes(str_skip(text, at + label)) : 0;

        if (label)
            put_negative(&plain, str_from_bytes(text.ptr + at + label, list));
        else
            put(&plain, str_from_bytes(text.ptr + at, 1));
        at += label ? label + list : 1;
    }
    return str_from_bytes(plain.out, plain.len);
}

struct str prompt_plain(struct arena *arena, struct str text)
{
    struct str trimmed = str_trim(text);
    struct plain plain = {.max = GROWTH * text.len};

    if (text.len == 0)
        return text;
    if (trimmed.len > 0 && (trimmed.ptr[0] == '{' || trimmed.ptr[0] == '[')) {
        plain.out = arena_alloc(arena, plain.max + 1);
        if (put_json(&plain, trimmed))
            return str_from_bytes(plain.out, plain.len);
        plain.len = 0; /* something like it: its quotation marks quote nobody */
        put(&plain, text);
        for (size_t i = 0; i < plain.len; i++)
            if (plain.out[i] == '"')
                plain.out[i] = ' ';
        text = str_from_bytes(plain.out, plain.len);
    }
    return plain_lists(arena, text);
}
