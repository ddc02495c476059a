/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blob_impl: what a blob store must provide. Included only inside blob/.
 *
 * State: blob.c passes state_size zeroed bytes to every call; a store never allocates or frees
 * its own state. All members are mandatory and mean what blob.h says of them; they may be
 * called from several threads at once.
 */
#ifndef VITASCOPE_BLOB_BLOB_IMPL_H
#define VITASCOPE_BLOB_BLOB_IMPL_H

#include <stddef.h>

#include "blob/blob.h"

struct blob_ops {
    const char *scheme; /* of the URL */
    size_t state_size;

    /* `rest` is the URL behind the scheme and its colon. On failure the state must still be
     * safe for close(). */
    bool (*open)(void *state, struct str rest, struct err *err);
    void (*close)(void *state);

    bool (*put_file)(void *state, struct id id, const char *path, int64_t *bytes, struct err *err);
    bool (*put_bytes)(void *state, struct id id, struct str bytes, struct err *err);
    bool (*read)(void *state, struct id id, struct blob_file *file, struct err *err);
    bool (*remove)(void *state, struct id id, struct err *err);
    bool (*list)(void *state, int part, void (*found)(void *user, struct id id), void *user,
                 struct err *err);
    bool (*sweep)(void *state, int *removed, struct err *err);
};

extern const struct blob_ops blob_dir;

#endif
