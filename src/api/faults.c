/* SPDX-License-Identifier: Apache-2.0 */
#include "api/faults.h"

#include <stdarg.h>
#include <stdio.h>

void faults_add(struct faults *faults, const char *field, const char *fmt, ...)
{
    char text[ERR_TEXT_BYTES_MAX];
    va_list args;

    if (faults->count == FAULTS_MAX)
        return;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    faults->list[faults->count++] =
        (struct fault){.field = field, .text = arena_str(faults->arena, str_from(text))};
}

struct str faults_sentence(struct arena *arena, const struct fault *fault)
{
    bool follows = fault->text.len && fault->text.ptr[0] >= 'a' && fault->text.ptr[0] <= 'z';

    return arena_printf(arena, "'%s'%s " STR_FMT ".", fault->field, follows ? "" : ":",
                        STR_ARG(fault->text));
}

static bool is_known(struct str key, const char *const *known)
{
    while (*known && !str_eq_c(key, *known))
        known++;
    return *known;
}

void faults_ignore_unknown(struct faults *faults, struct jsonv object, const char *prefix,
                           const char *const *known)
{
    void *cursor = NULL;
    struct jsonv value;
    struct str key;

    while (jsonv_next(object, &cursor, &key, &value)) {
        if (is_known(key, known) || faults->ignored.len + key.len > FAULTS_IGNORED_BYTES_MAX)
            continue;
        faults->ignored =
            arena_printf(faults->arena, STR_FMT "%s%s" STR_FMT, STR_ARG(faults->ignored),
                         faults->ignored.len ? ", " : "", prefix, STR_ARG(key));
    }
}

struct str faults_str(struct faults *faults, struct jsonv object, const char *key,
                      const char *field)
{
    struct jsonv value = jsonv_get(object, key);

    if (jsonv_type(value) == JSONR_STR)
        return jsonv_str(value, STR(""));
    if (!jsonv_is_absent(value))
        faults_add(faults, field, "Expected string, received %s", jsonv_type_name(value));
    return (struct str){0};
}
