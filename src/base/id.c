/* SPDX-License-Identifier: Apache-2.0 */
#include "base/id.h"

#include <stdatomic.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/rand.h"

/* Milliseconds << 12 | sequence: only ever moves forward, whatever the clock does. */
static _Atomic uint64_t last_tick;

static uint64_t next_tick(void)
{
    uint64_t now = (uint64_t)clock_now_ms() << 12;
    uint64_t last = atomic_load(&last_tick), next = 0;

    do {
        next = now > last ? now : last + 1;
    } while (!atomic_compare_exchange_weak(&last_tick, &last, next));
    return next;
}

struct id id_new(void)
{
    struct id id;
    uint64_t tick = next_tick(), ms = tick >> 12;

    for (int i = 0; i < 6; i++)
        id.bytes[i] = (uint8_t)(ms >> (40 - 8 * i));
    rand_bytes(id.bytes + 8, 8);
    id.bytes[6] = (uint8_t)(0x70 | (tick >> 8 & 0x0F));
    id.bytes[7] = (uint8_t)tick;
    id.bytes[8] = (uint8_t)(0x80 | (id.bytes[8] & 0x3F));
    return id;
}

bool id_eq(struct id a, struct id b)
{
    return memcmp(a.bytes, b.bytes, ID_BYTES) == 0;
}

bool id_is_zero(struct id id)
{
    return id_eq(id, (struct id){{0}});
}

void id_to_hex(struct id id, char out[ID_HEX_LEN + 1])
{
    hash_hex(id.bytes, ID_BYTES, out);
}

int64_t id_made_ms(struct id id)
{
    int64_t ms = 0;

    if (id.bytes[6] >> 4 != 7)
        return -1;
    for (int i = 0; i < 6; i++)
        ms = ms << 8 | id.bytes[i];
    return ms;
}

void id_to_text(struct id id, char out[ID_TEXT_LEN + 1])
{
    char hex[ID_HEX_LEN + 1];
    char *to = out;

    id_to_hex(id, hex);
    for (int i = 0; i < ID_HEX_LEN; i++) {
        if (i == 8 || i == 12 || i == 16 || i == 20)
            *to++ = '-';
        *to++ = hex[i];
    }
    *to = '\0';
}

bool id_parse(struct str text, struct id *id)
{
    char hex[ID_HEX_LEN];
    size_t len = 0;

    if (text.len != ID_HEX_LEN && text.len != ID_TEXT_LEN)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        bool dash = text.len == ID_TEXT_LEN && (i == 8 || i == 13 || i == 18 || i == 23);

        if (dash != (text.ptr[i] == '-'))
            return false;
        if (!dash)
            hex[len++] = text.ptr[i];
    }
    return hash_unhex(str_from_bytes(hex, len), id->bytes, ID_BYTES);
}
