/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arena: memory that is freed all at once, at the end of an exchange or of a job step.
 *
 * Allocation cannot fail: out of memory, or over the limit given at init, ends the process.
 * Sizes that a peer controls are checked against their own limits before they get here.
 * A zeroed arena is a valid empty one without a limit.
 *
 * Thread: one at a time.
 */
#ifndef VITASCOPE_BASE_ARENA_H
#define VITASCOPE_BASE_ARENA_H

#include <stddef.h>

#include "base/macros.h"
#include "base/str.h"

struct arena_chunk;

struct arena {
    struct arena_chunk *chunks; /* newest first */
    char *next;                 /* free bytes of the newest chunk */
    size_t left_bytes;
    size_t used_bytes;  /* of all chunks */
    size_t limit_bytes; /* 0 = none */
};

void arena_init(struct arena *arena, size_t limit_bytes);
void arena_fini(struct arena *arena);

/* Frees all but the first chunk and starts over: what was allocated is gone. */
void arena_reset(struct arena *arena);

/* Uninitialised, aligned for any type. Never NULL, even for no bytes. */
void *arena_alloc(struct arena *arena, size_t bytes);
void *arena_zalloc(struct arena *arena, size_t bytes);

/* Copies, with a NUL behind that the length does not count. */
struct str arena_str(struct arena *arena, struct str text);
struct str arena_printf(struct arena *arena, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* The copy as a C string. */
char *arena_cstr(struct arena *arena, struct str text);

#define ARENA_NEW(arena, type) ((type *)arena_zalloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_zalloc((arena), sizeof(type) * (count)))

#endif
