/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jsonw: writes JSON into a struct buf, bounded by the buffer's maximum.
 *
 *   jsonw_init(&w, &buf);
 *   jsonw_object(&w);
 *   jsonw_key(&w, "id");
 *   jsonw_str(&w, id);
 *   jsonw_end(&w);
 *
 * Commas are its own affair. Text that is not valid UTF-8 has each bad byte replaced by U+FFFD.
 * Nesting at most JSONW_DEPTH_MAX (asserted: depth is ours, not a peer's).
 *
 * Thread: one at a time.
 */
#ifndef VITASCOPE_BASE_JSONW_H
#define VITASCOPE_BASE_JSONW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum { JSONW_DEPTH_MAX = 16 };

struct jsonw {
    struct buf *buf;
    int depth;
    bool has_item[JSONW_DEPTH_MAX + 1];
    bool after_key;
    char closer[JSONW_DEPTH_MAX + 1];
};

void jsonw_init(struct jsonw *w, struct buf *buf);

void jsonw_object(struct jsonw *w);
void jsonw_array(struct jsonw *w);
void jsonw_end(struct jsonw *w); /* closes the innermost object or array */

void jsonw_key(struct jsonw *w, const char *key);

void jsonw_str(struct jsonw *w, struct str value);
void jsonw_cstr(struct jsonw *w, const char *value); /* NULL writes null */
void jsonw_int(struct jsonw *w, int64_t value);
void jsonw_real(struct jsonw *w, double value); /* shortest of up to 6 decimals */
void jsonw_bool(struct jsonw *w, bool value);
void jsonw_null(struct jsonw *w);

/* Text that is JSON already. */
void jsonw_raw(struct jsonw *w, struct str json);

#endif
