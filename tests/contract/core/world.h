/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world: a migrated store with one account that has money, for the tests of core/.
 *
 * Each world has a folder of its own below the system's temporary folder; world_close() removes
 * it. Every helper ends its test when the store refuses.
 */
#ifndef VITASCOPE_TESTS_WORLD_H
#define VITASCOPE_TESTS_WORLD_H

#include "base/arena.h"
#include "core/jobs.h"
#include "model/account.h"
#include "store/db.h"

#define WORLD_GRANT_MICRO INT64_C(1000000000)
#define WORLD_PRICE_MICRO INT64_C(500000)
#define WORLD_NOW_MS INT64_C(1790000000000)

struct world {
    char folder[64];
    char url[128]; /* of a second connection; empty for a store in memory */
    struct db *db;
    struct arena arena;
    int64_t account_id;
    int64_t other_account_id; /* with money of its own */
};

void world_open(struct world *world);                        /* in memory */
void world_open_on_disk(struct world *world);                /* in a file */
void world_open_at(struct world *world, const char *folder); /* in that folder */
void world_close(struct world *world);

/* A job that can be submitted; its strings are constants. */
struct job world_job(const struct world *world);

/* Submits such a job in a transaction and returns its id. */
struct id world_submit(struct world *world);

/* Likewise a job whose ends and progress are to be told to `url`. */
struct id world_submit_told(struct world *world, const char *url);

/* The world's key, whose id its jobs carry; made at the first call. */
struct key world_key(struct world *world);

/* Runs `step` in a transaction and commits if it is true, else rolls back. */
#define WORLD_DO(world, step)                                                                      \
    (db_begin((world)->db, &err) &&                                                                \
     ((step) ? db_commit((world)->db, &err) : (db_rollback((world)->db), false)))

struct account world_account(struct world *world, int64_t id);
struct job world_get(struct world *world, struct id id);

/* An asset of some bytes for world jobs to end with. */
struct asset world_asset(void);

/* The row of such an asset of the first account, of that kind; returns its id. */
struct id world_keep(struct world *world, enum asset_kind kind);

/* Ends the test unless the ledger verifies. */
void world_check_ledger(struct world *world);

#endif
