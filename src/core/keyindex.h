/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keyindex: numbers of rows by 64 bits of a hash, in memory: what finds a row that is stored in
 * the order of its making. Several rows may have the same hash; whoever asks looks at the row.
 *
 * About 24 bytes a row. It grows a 256th at a time, so that no single add is slow.
 *
 * Thread: one at a time.
 */
#ifndef VITASCOPE_CORE_KEYINDEX_H
#define VITASCOPE_CORE_KEYINDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct keyindex;

struct keyindex *keyindex_new(void);
void keyindex_free(struct keyindex *index); /* accepts NULL */

/* row > 0. A pair that is there already is not added again. */
void keyindex_add(struct keyindex *index, uint64_t hash, int64_t row);
void keyindex_remove(struct keyindex *index, uint64_t hash, int64_t row);
bool keyindex_has(const struct keyindex *index, uint64_t hash, int64_t row);

/* The rows of a hash one after the other, from *cursor 0 on; 0 behind the last one. Adding and
 * removing end the walk. */
int64_t keyindex_next(const struct keyindex *index, uint64_t hash, size_t *cursor);

size_t keyindex_count(const struct keyindex *index);

#endif
