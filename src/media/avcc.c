/* SPDX-License-Identifier: Apache-2.0 */
#include "media/avcc.h"

#include <string.h>

enum { HEADER_BYTES = 5, SETS_BYTES_MAX = 1024, START_BYTES = 4 };

static const uint8_t start_code[START_BYTES] = {0, 0, 0, 1};

/* Appends the sets of one kind, each behind a start code. */
static bool add_sets(const uint8_t **at, const uint8_t *end, unsigned count, uint8_t *out,
                     size_t *len)
{
    for (unsigned i = 0; i < count; i++) {
        size_t bytes;

        if (end - *at < 2)
            return false;
        bytes = (size_t)((*at)[0] << 8 | (*at)[1]);
        *at += 2;
        if ((size_t)(end - *at) < bytes || *len + START_BYTES + bytes > SETS_BYTES_MAX)
            return false;
        memcpy(out + *len, start_code, START_BYTES);
        memcpy(out + *len + START_BYTES, *at, bytes);
        *len += START_BYTES + bytes;
        *at += bytes;
    }
    return true;
}

bool avcc_is_same(const uint8_t *avcc, size_t avcc_bytes, const uint8_t *annexb,
                  size_t annexb_bytes)
{
    uint8_t sets[SETS_BYTES_MAX];
    const uint8_t *at = avcc + HEADER_BYTES, *end = avcc + avcc_bytes;
    size_t len = 0;

    if (avcc_bytes < HEADER_BYTES + 2 || avcc[0] != 1 || (avcc[4] & 3) != START_BYTES - 1)
        return false;
    at++;
    if (!add_sets(&at, end, at[-1] & 31u, sets, &len) || at == end)
        return false;
    at++;
    return add_sets(&at, end, at[-1], sets, &len) && len == annexb_bytes &&
           memcmp(sets, annexb, len) == 0;
}

bool avcc_to_annexb(uint8_t *bytes, size_t count)
{
    size_t at = 0;

    while (at < count) {
        uint64_t unit;

        if (count - at < START_BYTES)
            return false;
        unit = (uint64_t)bytes[at] << 24 | (uint64_t)bytes[at + 1] << 16 |
               (uint64_t)bytes[at + 2] << 8 | bytes[at + 3];
        if (unit == 0 || unit > count - at - START_BYTES)
            return false;
        memcpy(bytes + at, start_code, START_BYTES);
        at += START_BYTES + (size_t)unit;
    }
    return count > 0;
}
