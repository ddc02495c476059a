/* SPDX-License-Identifier: Apache-2.0 */
#include "blob/blob.h"

#include <assert.h>
#include <stdalign.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/macros.h"
#include "blob/blob_impl.h"

struct blob {
    const struct blob_ops *ops;
    alignas(max_align_t) char state[];
};

static const struct blob_ops *const stores[] = {&blob_dir};

bool blob_open(struct blob **blob_out, struct str url, struct err *err)
{
    struct str scheme = {0};
    struct str rest = str_cut(url, ':', &scheme);
    const struct blob_ops *ops = NULL;
    struct blob *blob = NULL;

    for (size_t i = 0; i < ARRAY_LEN(stores); i++) {
        if (str_eq_c(scheme, stores[i]->scheme))
            ops = stores[i];
    }
    if (!ops || !rest.len)
        return err_set(err, ERR_INVALID, "no blob store is known by the URL \"" STR_FMT "\"",
                       STR_ARG(url));
    blob = calloc(1, sizeof(*blob) + ops->state_size);
    if (!blob)
        die("out of memory");
    blob->ops = ops;
    if (!ops->open(blob->state, rest, err)) {
        blob_close(blob);
        return false;
    }
    *blob_out = blob;
    return true;
}

void blob_close(struct blob *blob)
{
    if (!blob)
        return;
    blob->ops->close(blob->state);
    free(blob);
}

bool blob_put_file(struct blob *blob, struct id id, const char *path, int64_t *bytes,
                   struct err *err)
{
    return blob->ops->put_file(blob->state, id, path, bytes, err);
}

bool blob_put_bytes(struct blob *blob, struct id id, struct str bytes, struct err *err)
{
    return blob->ops->put_bytes(blob->state, id, bytes, err);
}

bool blob_read(struct blob *blob, struct id id, struct blob_file *file, struct err *err)
{
    return blob->ops->read(blob->state, id, file, err);
}

void blob_file_close(struct blob_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    file->fd = -1;
}

bool blob_remove(struct blob *blob, struct id id, struct err *err)
{
    return blob->ops->remove(blob->state, id, err);
}

bool blob_list(struct blob *blob, int part, void (*found)(void *user, struct id id), void *user,
               struct err *err)
{
    assert(part >= 0 && part < BLOB_PARTS);
    return blob->ops->list(blob->state, part, found, user, err);
}

bool blob_sweep(struct blob *blob, int *removed, struct err *err)
{
    return blob->ops->sweep(blob->state, removed, err);
}
