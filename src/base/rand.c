/* SPDX-License-Identifier: Apache-2.0 */
#include "base/rand.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/err.h"

/* A system call a number is slow; each thread draws ahead. Used bytes are wiped. */
enum { POOL_BYTES = 512 };

static _Thread_local unsigned char pool[POOL_BYTES];
static _Thread_local size_t pool_left;

static void fill(void *out, size_t len)
{
    char *at = out;

    while (len > 0) {
        ssize_t got = getrandom(at, len, 0);

        if (got < 0 && errno != EINTR)
            die("getrandom: %s", strerror(errno));
        if (got > 0) {
            at += got;
            len -= (size_t)got;
        }
    }
}

void rand_bytes(void *out, size_t len)
{
    unsigned char *from = NULL;

    if (len > POOL_BYTES / 4) {
        fill(out, len);
        return;
    }
    if (pool_left < len) {
        fill(pool, POOL_BYTES);
        pool_left = POOL_BYTES;
    }
    from = pool + (POOL_BYTES - pool_left);
    memcpy(out, from, len);
    explicit_bzero(from, len);
    pool_left -= len;
}

uint64_t rand_u64(void)
{
    uint64_t value = 0;

    rand_bytes(&value, sizeof(value));
    return value;
}
