/* SPDX-License-Identifier: Apache-2.0 */
/*
 * uploads: what callers said of files that they brought along. The file itself is the asset of the
 * same id (core/assets.h); what is said of it goes when that one goes.
 *
 * Thread: executor.
 */
#ifndef VITASCOPE_CORE_UPLOADS_H
#define VITASCOPE_CORE_UPLOADS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "model/asset.h"

struct db;

struct upload {
    struct asset asset;
    struct str name;    /* of the file, as its owner has it */
    struct str purpose; /* a word of the dialect's */
};

/* Notes name and purpose of an asset whose row is there. */
MUST_CHECK bool uploads_create(struct db *db, const struct upload *upload, struct err *err);

/* Of that account, until it expires. Strings in the arena. ERR_NOT_FOUND. */
MUST_CHECK bool uploads_get(struct db *db, struct arena *arena, const struct asset *wanted,
                            int64_t now_ms, struct upload *upload, struct err *err);

/* The asset expires at now_ms. ERR_NOT_FOUND. */
MUST_CHECK bool uploads_delete(struct db *db, const struct asset *wanted, int64_t now_ms,
                               struct err *err);

#endif
