/* SPDX-License-Identifier: Apache-2.0 */
/*
 * faults: all that is wrong with a request, field by field, in the order found; and the names it
 * has that nobody reads.
 *
 * Lives in an arena. Thread: one at a time.
 */
#ifndef VITASCOPE_API_FAULTS_H
#define VITASCOPE_API_FAULTS_H

#include "base/arena.h"
#include "base/jsonr.h"
#include "base/macros.h"

enum { FAULTS_MAX = 16, FAULTS_IGNORED_BYTES_MAX = 400 };

struct fault {
    const char *field; /* "soraParams.duration" */
    struct str text;   /* one sentence, or what follows the field's name: "is required" */
    const char *code;  /* the dialect's own word for it, or NULL */
};

struct faults {
    struct arena *arena;
    struct fault list[FAULTS_MAX];
    size_t count;
    struct str ignored; /* "foo, soraParams.bar" */
};

/* Beyond FAULTS_MAX they are not noted: the request is refused anyway. */
void faults_add(struct faults *faults, const char *field, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* "'duration' is required."; of a text without a small letter first: "'seed': Expected …." */
struct str faults_sentence(struct arena *arena, const struct fault *fault);

/* Notes the members of an object that are not in `known` (NULL at the end). `prefix` goes in
 * front of their names. */
void faults_ignore_unknown(struct faults *faults, struct jsonv object, const char *prefix,
                           const char *const *known);

/* A member that must be a string if it is there: its value, or empty with ptr NULL. null counts
 * as absent. */
struct str faults_str(struct faults *faults, struct jsonv object, const char *key,
                      const char *field);

#endif
