/* SPDX-License-Identifier: Apache-2.0 */
/*
 * str: a borrowed view of bytes, passed by value. Not NUL-terminated. Whoever keeps one copies
 * it: arena_str().
 *
 * Thread: any.
 */
#ifndef VITASCOPE_BASE_STR_H
#define VITASCOPE_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
    const char *ptr; /* may be NULL when len is 0 */
    size_t len;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_FMT "%.*s"
#define STR_ARG(s) (int)(s).len, (s).ptr ? (s).ptr : ""

/* NULL gives the empty str. Borrows. */
struct str str_from(const char *text);
struct str str_from_bytes(const char *ptr, size_t len);

bool str_eq(struct str a, struct str b);
bool str_eq_c(struct str a, const char *b);
bool str_eq_nocase(struct str a, struct str b); /* ASCII */
bool str_starts(struct str text, struct str prefix);
bool str_ends(struct str text, struct str suffix);

/* Position of the first occurrence, or -1. */
ptrdiff_t str_find(struct str text, struct str part);
ptrdiff_t str_find_char(struct str text, char c);

struct str str_skip(struct str text, size_t bytes); /* bytes <= len */
struct str str_head(struct str text, size_t bytes); /* bytes <= len */
struct str str_trim(struct str text);               /* spaces, tabs, CR, LF */

/* Cuts text at the first `separator`: *part is before it, the result after it. Without one,
 * *part is all of text and the result is empty with ptr NULL. */
struct str str_cut(struct str text, char separator, struct str *part);

/* Whole decimal numbers, optional leading '-' for the first: no spaces, no '+', no overflow. */
bool str_to_int(struct str text, int64_t *value);
bool str_to_uint(struct str text, uint64_t *value);

/* Compares in time that depends on the lengths only: for secrets. */
bool str_eq_secret(struct str a, struct str b);

bool str_is_utf8(struct str text);

/* The first bytes of valid UTF-8, at most so many and not through the middle of a character. */
struct str str_utf8_head(struct str text, size_t bytes_max);

/* Characters (code points) of valid UTF-8. */
size_t str_utf8_count(struct str text);

/* Copies up to size - 1 bytes and a NUL. Returns false when it had to cut. */
bool str_copy(struct str text, char *out, size_t size);

#endif
