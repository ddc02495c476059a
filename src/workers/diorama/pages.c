/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/pages.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE_BYTES = 2 * 1024 * 1024, LARGE_BYTES = 768 * 1024 };

/* What came before the memory that was handed out. */
struct lead {
    void *base;
    size_t bytes; /* of the mapping; 0: from aligned_alloc() */
};

static struct lead *lead_of(void *memory)
{
    return (struct lead *)((char *)memory - 64);
}

static void *small_new(size_t bytes)
{
    size_t all = (64 + bytes + 63) / 64 * 64;
    char *base = aligned_alloc(64, all);

    if (!base)
        abort();
    memset(base, 0, all);
    *lead_of(base + 64) = (struct lead){base, 0};
    return base + 64;
}

void *pages_new(size_t bytes)
{
    size_t all = bytes + 2 * (size_t)PAGE_BYTES;
    char *base, *memory;

    if (bytes < LARGE_BYTES)
        return small_new(bytes);
    base = mmap(NULL, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base == MAP_FAILED)
        abort();
    memory = (char *)(((uintptr_t)base + 64 + PAGE_BYTES - 1) & ~(uintptr_t)(PAGE_BYTES - 1));
    (void)madvise(memory, (bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES, MADV_HUGEPAGE);
    *lead_of(memory) = (struct lead){base, all};
    return memory;
}

void pages_free(void *memory)
{
    struct lead lead;

    if (!memory)
        return;
    lead = *lead_of(memory);
    if (lead.bytes)
        munmap(lead.base, lead.bytes);
    else
        free(lead.base);
}
