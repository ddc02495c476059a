/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jsonr: reads JSON strictly (RFC 8259): one value, no duplicate keys, valid UTF-8, whole numbers
 * of 64 bits. Its own parser, because it was a tenth of a submit: a value is parsed once, into an
 * arena.
 *
 * Values are views into the document and live until jsonr_fini(); strings end in a NUL besides.
 *
 * Thread: one at a time a document.
 */
#ifndef VITASCOPE_BASE_JSONR_H
#define VITASCOPE_BASE_JSONR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum {
    JSONR_DEPTH_MAX = 256,
    JSONR_VALUES_MAX = 100000, /* in one document, of about 100 bytes of memory each */
};

enum jsonr_type {
    JSONR_MISSING, /* no such member */
    JSONR_NULL,
    JSONR_BOOL,
    JSONR_INT,
    JSONR_REAL,
    JSONR_STR,
    JSONR_ARRAY,
    JSONR_OBJECT
};

struct jsonr {
    const void *root; /* in the arena; zeroed = nothing parsed */
    struct arena arena;
};

/* A value, or the absence of one; pass by value. */
struct jsonv {
    const void *node;
};

/* Whatever was in *doc is overwritten. ERR_INVALID with the reason and the place. Caller calls
 * jsonr_fini() also on failure. */
MUST_CHECK bool jsonr_parse(struct jsonr *doc, struct str text, struct err *err);
void jsonr_fini(struct jsonr *doc);

struct jsonv jsonr_root(const struct jsonr *doc);

enum jsonr_type jsonv_type(struct jsonv value);
bool jsonv_is_absent(struct jsonv value);        /* missing or null */
const char *jsonv_type_name(struct jsonv value); /* "string", "integer", … as in JSON Schema */

/* Members of an object; of anything else, or without that key: a missing value. */
struct jsonv jsonv_get(struct jsonv object, const char *key);

/* Elements of an array, 0-based. */
size_t jsonv_len(struct jsonv array_or_object);
struct jsonv jsonv_at(struct jsonv array, size_t index);

/* Walks an object: start with *cursor NULL; false at the end. */
bool jsonv_next(struct jsonv object, void **cursor, struct str *key, struct jsonv *value);

/* The value if it is of that type, else the fallback. */
struct str jsonv_str(struct jsonv value, struct str fallback);
int64_t jsonv_int(struct jsonv value, int64_t fallback);
double jsonv_real(struct jsonv value, double fallback); /* takes integers too */
bool jsonv_bool(struct jsonv value, bool fallback);

/* A value as it was written; the text that was parsed must still be there. Caller frees with
 * free(). */
char *jsonv_dump(struct jsonv value);

#endif
