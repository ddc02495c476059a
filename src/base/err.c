/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    int http_status;
    bool retryable;
} kinds[ERR_KIND_COUNT] = {
#define X(kind, http_status, retryable) [kind] = {#kind, http_status, retryable},
    ERR_KINDS(X)
#undef X
};

/* Driver texts carry newlines; an err is one line wherever it goes. */
static void flatten(char *text)
{
    for (char *c = text; *c; c++) {
        if ((unsigned char)*c < ' ')
            *c = ' ';
    }
}

bool err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
{
    va_list args;

    err->kind = kind;
    err->param[0] = '\0';
    va_start(args, fmt);
    vsnprintf(err->text, sizeof(err->text), fmt, args);
    va_end(args);
    flatten(err->text);
    return false;
}

bool err_set_param(struct err *err, enum err_kind kind, const char *param, const char *fmt, ...)
{
    va_list args;

    err->kind = kind;
    snprintf(err->param, sizeof(err->param), "%s", param);
    va_start(args, fmt);
    vsnprintf(err->text, sizeof(err->text), fmt, args);
    va_end(args);
    flatten(err->text);
    return false;
}

int err_http_status(enum err_kind kind)
{
    assert(kind < ERR_KIND_COUNT);
    return kinds[kind].http_status;
}

bool err_is_retryable(enum err_kind kind)
{
    assert(kind < ERR_KIND_COUNT);
    return kinds[kind].retryable;
}

const char *err_kind_name(enum err_kind kind)
{
    assert(kind < ERR_KIND_COUNT);
    return kinds[kind].name;
}

void die(const char *fmt, ...)
{
    va_list args;

    fputs("vitascope: fatal: ", stderr);
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fputc('\n', stderr);
    abort();
}
