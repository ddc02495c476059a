/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pages: memory for maps and pictures that are read all over: zeroed, aligned to 64 bytes, and
 * where it is large on pages of 2 MiB, if the system has them (transparent huge pages). Columns of
 * samples and looks at a terrain touch a new page each time; with small ones the processor waits
 * for its page tables as long as for all the drawing.
 *
 * Never fails: out of memory ends the process. Thread: any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_PAGES_H
#define VITASCOPE_WORKERS_DIORAMA_PAGES_H

#include <stddef.h>

/* Caller frees with pages_free(). */
void *pages_new(size_t bytes);

/* Accepts NULL. */
void pages_free(void *memory);

#endif
