/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blob: where the bytes of assets lie, by the asset's id. What rows say about them is
 * core/assets.h.
 *
 * A blob is whole or absent: it appears only when all its bytes are on stable storage, and is
 * never changed after that.
 *
 * Calls block on the disk. Thread: any, several at once.
 */
#ifndef VITASCOPE_BLOB_BLOB_H
#define VITASCOPE_BLOB_BLOB_H

#include <stdint.h>

#include "base/err.h"
#include "base/id.h"
#include "base/str.h"

enum { BLOB_PARTS = 256 }; /* of about the same size */

struct blob; /* a store of blobs; made by blob_open() */

/* An open blob: a descriptor at offset 0 that can be read with pread(). Stays readable when the
 * blob is removed meanwhile. */
struct blob_file {
    int fd;
    int64_t bytes;
};

/* url: "dir:PATH"; the folder is made when absent. Caller closes. */
MUST_CHECK bool blob_open(struct blob **blob, struct str url, struct err *err);
void blob_close(struct blob *blob);

/* Takes a finished file: on success its bytes are the blob and `path` is gone; on failure it is
 * as it was. Replaces a blob of that id. ERR_BUSY: the disk is full or read-only. */
MUST_CHECK bool blob_put_file(struct blob *blob, struct id id, const char *path, int64_t *bytes,
                              struct err *err);
MUST_CHECK bool blob_put_bytes(struct blob *blob, struct id id, struct str bytes, struct err *err);

/* ERR_NOT_FOUND: no such blob. Caller ends with blob_file_close(). */
MUST_CHECK bool blob_read(struct blob *blob, struct id id, struct blob_file *file, struct err *err);
void blob_file_close(struct blob_file *file);

/* An absent blob counts as removed. */
MUST_CHECK bool blob_remove(struct blob *blob, struct id id, struct err *err);

/* Tells the ids of all blobs in one part of the store, 0 to BLOB_PARTS - 1, in no order. One that
 * is put or removed meanwhile may be told or not. */
MUST_CHECK bool blob_list(struct blob *blob, int part, void (*found)(void *user, struct id id),
                          void *user, struct err *err);

/* Removes what unfinished puts of an earlier process left. Call at start, before any put. */
MUST_CHECK bool blob_sweep(struct blob *blob, int *removed, struct err *err);

#endif
