/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hash: SHA-256, HMAC-SHA256 (OpenSSL's) and the text forms of bytes: hex and base64.
 *
 * Thread: any.
 */
#ifndef VITASCOPE_BASE_HASH_H
#define VITASCOPE_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum { HASH_BYTES = 32 };

struct hash {
    uint8_t bytes[HASH_BYTES];
};

struct hash hash_sha256(struct str data);

/* Of one behind the other. */
struct hash hash_sha256_two(struct str first, struct str second);
struct hash hash_hmac_sha256(struct str key, struct str data);
bool hash_eq(const struct hash *a, const struct hash *b); /* constant time */

/* Borrowed view of the bytes. */
struct str hash_str(const struct hash *hash);

/* Lower-case hex; out takes 2 * len + 1 bytes. */
void hash_hex(const uint8_t *bytes, size_t len, char *out);

/* text must be exactly 2 * len hex digits. */
bool hash_unhex(struct str text, uint8_t *out, size_t len);

/* Standard alphabet with padding; the url form has - _ and none. */
struct str hash_base64(struct arena *arena, struct str data);
struct str hash_base64url(struct arena *arena, struct str data);

/* Accepts either alphabet, padding optional, no white space. */
bool hash_unbase64(struct arena *arena, struct str text, struct str *data);

#endif
