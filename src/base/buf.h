/* SPDX-License-Identifier: Apache-2.0 */
/*
 * buf: bytes that grow, up to a maximum given at init.
 *
 * Going over the maximum empties the buffer and marks it: every later append does nothing, and
 * buf_is_over() tells. So a writer appends without checks and its caller asks once at the end.
 *
 * Thread: one at a time.
 */
#ifndef VITASCOPE_BASE_BUF_H
#define VITASCOPE_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/macros.h"
#include "base/str.h"

struct buf {
    char *ptr; /* owned; NULL while empty */
    size_t len;
    size_t capacity;
    size_t max_bytes;
    bool over;
};

void buf_init(struct buf *buf, size_t max_bytes);
void buf_fini(struct buf *buf);
void buf_clear(struct buf *buf); /* keeps the memory, forgets `over` */

/* Return false when the buffer is, or has just gone, over its maximum. */
bool buf_add(struct buf *buf, const void *bytes, size_t len);
bool buf_add_str(struct buf *buf, struct str text);
bool buf_add_char(struct buf *buf, char c);
bool buf_printf(struct buf *buf, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Makes room for `bytes` more and returns where they go, or NULL when that would be over.
 * Follow with buf_added(). */
char *buf_reserve(struct buf *buf, size_t bytes);
void buf_added(struct buf *buf, size_t bytes);

/* Removes bytes from the front. */
void buf_consume(struct buf *buf, size_t bytes);

bool buf_is_over(const struct buf *buf);

/* Borrowed until the next change. */
struct str buf_str(const struct buf *buf);

/* NUL-terminates (not counted) and returns the bytes; borrowed as above. "" when over. */
const char *buf_cstr(struct buf *buf);

#endif
