/* SPDX-License-Identifier: Apache-2.0 */
/*
 * id: UUID version 7 (RFC 9562): 48 bits of Unix milliseconds, then random bits. Ids made later
 * sort later, also within a millisecond of one process, so they append to a B-tree.
 *
 * Thread: any.
 */
#ifndef VITASCOPE_BASE_ID_H
#define VITASCOPE_BASE_ID_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum { ID_BYTES = 16, ID_HEX_LEN = 32, ID_TEXT_LEN = 36 };

struct id {
    uint8_t bytes[ID_BYTES];
};

struct id id_new(void);

bool id_eq(struct id a, struct id b);
bool id_is_zero(struct id id);

/* When it was made, by the clock of its maker, in Unix milliseconds; -1 for an id of another
 * version. */
int64_t id_made_ms(struct id id);

/* "b2c3d4e5-f6a7-8901-bcde-f23456789012" and a NUL. */
void id_to_text(struct id id, char out[ID_TEXT_LEN + 1]);

/* The 32 hex digits alone and a NUL. */
void id_to_hex(struct id id, char out[ID_HEX_LEN + 1]);

/* Accepts either form, upper or lower case, of any UUID version. */
bool id_parse(struct str text, struct id *id);

#endif
