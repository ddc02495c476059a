/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

enum { FIRST_BYTES = 256 };

void buf_init(struct buf *buf, size_t max_bytes)
{
    *buf = (struct buf){.max_bytes = max_bytes};
}

void buf_fini(struct buf *buf)
{
    free(buf->ptr);
    *buf = (struct buf){.max_bytes = buf->max_bytes};
}

void buf_clear(struct buf *buf)
{
    buf->len = 0;
    buf->over = false;
}

/* Room for `bytes` and a NUL. */
static bool grow(struct buf *buf, size_t bytes)
{
    size_t capacity = buf->capacity ? buf->capacity : FIRST_BYTES;

    if (buf->over || bytes > buf->max_bytes - buf->len) {
        buf->over = true;
        buf->len = 0;
        return false;
    }
    if (buf->len + bytes + 1 <= buf->capacity)
        return true;
    while (capacity < buf->len + bytes + 1)
        capacity *= 2;
    buf->ptr = realloc(buf->ptr, capacity);
    if (!buf->ptr)
        die("out of memory");
    buf->capacity = capacity;
    return true;
}

bool buf_add(struct buf *buf, const void *bytes, size_t len)
{
    if (!grow(buf, len))
        return false;
    if (len)
        memcpy(buf->ptr + buf->len, bytes, len);
    buf->len += len;
    return true;
}

bool buf_add_str(struct buf *buf, struct str text)
{
    return buf_add(buf, text.ptr, text.len);
}

bool buf_add_char(struct buf *buf, char c)
{
    return buf_add(buf, &c, 1);
}

bool buf_printf(struct buf *buf, const char *fmt, ...)
{
    va_list args;
    int len = 0;

    va_start(args, fmt);
    len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (len < 0)
        die("bad format: %s", fmt);
    if (!grow(buf, (size_t)len))
        return false;
    va_start(args, fmt);
    vsnprintf(buf->ptr + buf->len, (size_t)len + 1, fmt, args);
    va_end(args);
    buf->len += (size_t)len;
    return true;
}

char *buf_reserve(struct buf *buf, size_t bytes)
{
    return grow(buf, bytes) ? buf->ptr + buf->len : NULL;
}

void buf_added(struct buf *buf, size_t bytes)
{
    buf->len += bytes;
}

void buf_consume(struct buf *buf, size_t bytes)
{
    buf->len -= bytes;
    if (buf->len)
        memmove(buf->ptr, buf->ptr + bytes, buf->len);
}

bool buf_is_over(const struct buf *buf)
{
    return buf->over;
}

struct str buf_str(const struct buf *buf)
{
    return (struct str){buf->ptr, buf->len};
}

const char *buf_cstr(struct buf *buf)
{
    if (!grow(buf, 0))
        return "";
    buf->ptr[buf->len] = '\0';
    return buf->ptr;
}
