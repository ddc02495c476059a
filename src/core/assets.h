/* SPDX-License-Identifier: Apache-2.0 */
/*
 * assets: rows of stored bytes. The bytes are in the blob store under the same id.
 *
 * Bytes are put before their row is written, so a row has its bytes. They go in three steps,
 * each safe to repeat after a crash: assets_expired() marks rows, from when on nobody gets them;
 * blob_remove() removes the bytes; assets_delete() removes the rows.
 *
 * Thread: executor.
 */
#ifndef VITASCOPE_CORE_ASSETS_H
#define VITASCOPE_CORE_ASSETS_H

#include "base/arena.h"
#include "base/err.h"
#include "model/asset.h"

struct db;

enum { ASSETS_EXPIRED_MAX = 256 }; /* handled in one step */

/* ERR_CONFLICT: the id is taken. */
MUST_CHECK bool assets_create(struct db *db, const struct asset *asset, struct err *err);

/* Of that account, or (0) of any. ERR_NOT_FOUND: none, or another's; ERR_GONE: its time was
 * over at now_ms. */
MUST_CHECK bool assets_get(struct db *db, int64_t account_id, struct id id, int64_t now_ms,
                           struct asset *asset, struct err *err);

/* The thumbnail or the sprite sheet of a job. Errors as above; ERR_NOT_FOUND: none was made. */
MUST_CHECK bool assets_get_preview(struct db *db, struct id job_id, enum asset_kind kind,
                                   int64_t now_ms, struct asset *asset, struct err *err);

/* Both end at now_ms, if they did not before. */
MUST_CHECK bool assets_expire_previews(struct db *db, struct id job_id, int64_t now_ms,
                                       struct err *err);

/* Its time is over at now_ms, if it was not before. */
MUST_CHECK bool assets_expire(struct db *db, struct id id, int64_t now_ms, struct err *err);

/* Of `count` ids leaves those that no row has, in front. */
MUST_CHECK bool assets_find_orphans(struct db *db, struct id *ids, int *count, struct err *err);

/* Marks rows whose time is over at now_ms, but for what jobs that are not over begin with or are
 * made from, and lists all marked ones, those of an earlier run too; at most ASSETS_EXPIRED_MAX.
 * ids are in the arena. */
MUST_CHECK bool assets_expired(struct db *db, struct arena *arena, int64_t now_ms, struct id **ids,
                               int *count, struct err *err);

/* Removes a marked row; a row that is gone or not marked is left as it is. */
MUST_CHECK bool assets_delete(struct db *db, struct id id, struct err *err);

#endif
