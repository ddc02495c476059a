/* SPDX-License-Identifier: Apache-2.0 */
/*
 * characters: people, animals and things that an account has shown in a short clip, to be named in
 * prompts. The clip's bytes are in the blob store under the asset's id, and do not expire.
 *
 * Thread: executor.
 */
#ifndef VITASCOPE_CORE_CHARACTERS_H
#define VITASCOPE_CORE_CHARACTERS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"
#include "base/str.h"
#include "model/asset.h"

struct db;

enum { CHARACTERS_MAX = 100 }; /* of one account */

struct character {
    struct id id;
    int64_t account_id;
    int64_t created_ms;
    struct id asset;
    struct str name;
};

/* Writes the rows of the character and of its clip, whose bytes are in the blob store.
 * ERR_CONFLICT: the account has CHARACTERS_MAX. */
MUST_CHECK bool characters_create(struct db *db, const struct character *character,
                                  const struct asset *clip, struct err *err);

/* Of that account. The name is in the arena. ERR_NOT_FOUND: none, or another's. */
MUST_CHECK bool characters_get(struct db *db, struct arena *arena, int64_t account_id, struct id id,
                               struct character *character, struct err *err);

#endif
