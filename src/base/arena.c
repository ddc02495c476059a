/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

enum { CHUNK_BYTES = 4096 - 32, ALIGN = 16 };

struct arena_chunk {
    struct arena_chunk *older;
    size_t bytes;
    alignas(ALIGN) char data[];
};

void arena_init(struct arena *arena, size_t limit_bytes)
{
    *arena = (struct arena){.limit_bytes = limit_bytes};
}

void arena_fini(struct arena *arena)
{
    struct arena_chunk *chunk = arena->chunks;

    while (chunk) {
        struct arena_chunk *older = chunk->older;

        free(chunk);
        chunk = older;
    }
    *arena = (struct arena){.limit_bytes = arena->limit_bytes};
}

void arena_reset(struct arena *arena)
{
    while (arena->chunks && arena->chunks->older) {
        struct arena_chunk *older = arena->chunks->older;

        free(arena->chunks);
        arena->chunks = older;
    }
    if (arena->chunks) {
        arena->next = arena->chunks->data;
        arena->left_bytes = arena->chunks->bytes;
        arena->used_bytes = arena->chunks->bytes;
    }
}

static void add_chunk(struct arena *arena, size_t bytes)
{
    size_t size = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
    struct arena_chunk *chunk = NULL;

    if (arena->limit_bytes && size > arena->limit_bytes - arena->used_bytes)
        die("arena over its limit of %zu bytes", arena->limit_bytes);
    chunk = malloc(sizeof(*chunk) + size);
    if (!chunk)
        die("out of memory");
    chunk->older = arena->chunks;
    chunk->bytes = size;
    arena->chunks = chunk;
    arena->next = chunk->data;
    arena->left_bytes = size;
    arena->used_bytes += size;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
    size_t size = (bytes + (bytes == 0) + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    void *memory = NULL;

    if (size < bytes)
        die("arena request of %zu bytes", bytes);
    if (size > arena->left_bytes)
        add_chunk(arena, size);
    memory = arena->next;
    arena->next += size;
    arena->left_bytes -= size;
    return memory;
}

void *arena_zalloc(struct arena *arena, size_t bytes)
{
    return memset(arena_alloc(arena, bytes), 0, bytes);
}

char *arena_cstr(struct arena *arena, struct str text)
{
    char *copy = arena_alloc(arena, text.len + 1);

    if (text.len)
        memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return copy;
}

struct str arena_str(struct arena *arena, struct str text)
{
    return (struct str){arena_cstr(arena, text), text.len};
}

struct str arena_printf(struct arena *arena, const char *fmt, ...)
{
    char small[256];
    va_list args, again;
    int len = 0;
    char *text = NULL;

    va_start(args, fmt);
    va_copy(again, args);
    len = vsnprintf(small, sizeof(small), fmt, args);
    va_end(args);
    if (len < 0)
        die("bad format: %s", fmt);
    text = arena_alloc(arena, (size_t)len + 1);
    if ((size_t)len < sizeof(small))
        memcpy(text, small, (size_t)len + 1);
    else
        vsnprintf(text, (size_t)len + 1, fmt, again);
    va_end(again);
    return (struct str){text, (size_t)len};
}
