/* SPDX-License-Identifier: Apache-2.0 */
/* What is read as JSON is valid all the way down, and reads the same once it is written again. */
#include <math.h>
#include <string.h>

#include "base/jsonr.h"
#include "target.h"

static void check_text(struct str text)
{
    FUZZ_CHECK(str_is_utf8(text) && text.ptr[text.len] == '\0');
}

static void check_value(struct jsonv value, int depth)
{
    void *cursor = NULL;
    struct jsonv member;
    struct str key;
    size_t count = 0;

    FUZZ_CHECK(depth <= JSONR_DEPTH_MAX && jsonv_type(value) != JSONR_MISSING);
    if (jsonv_type(value) == JSONR_STR)
        check_text(jsonv_str(value, STR("")));
    if (jsonv_type(value) == JSONR_REAL)
        FUZZ_CHECK(isfinite(jsonv_real(value, NAN)));
    for (size_t i = 0; jsonv_type(value) == JSONR_ARRAY && i < jsonv_len(value); i++)
        check_value(jsonv_at(value, i), depth + 1);
    while (jsonv_type(value) == JSONR_OBJECT && jsonv_next(value, &cursor, &key, &member)) {
        check_text(key);
        FUZZ_CHECK(strlen(key.ptr) == key.len); /* no NUL in it, and it is there once */
        FUZZ_CHECK(jsonv_get(value, key.ptr).node == member.node);
        check_value(member, depth + 1);
        count++;
    }
    if (jsonv_type(value) == JSONR_OBJECT)
        FUZZ_CHECK(count == jsonv_len(value));
}

/* The text of a text of JSON is the text itself. */
static void check_written(const char *text)
{
    struct jsonr doc = {0};
    struct err err;
    char *again = NULL;

    FUZZ_CHECK(jsonr_parse(&doc, str_from(text), &err));
    again = jsonv_dump(jsonr_root(&doc));
    FUZZ_CHECK(strcmp(text, again) == 0);
    free(again);
    jsonr_fini(&doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = fuzz_copy(data, size);
    struct jsonr doc = {0};
    char *text = NULL;
    struct err err;

    if (jsonr_parse(&doc, bytes, &err)) {
        FUZZ_CHECK(str_is_utf8(bytes));
        check_value(jsonr_root(&doc), 0);
        text = jsonv_dump(jsonr_root(&doc));
        check_written(text);
    }
    free(text);
    jsonr_fini(&doc);
    free((void *)(uintptr_t)bytes.ptr);
    return 0;
}
