/* SPDX-License-Identifier: Apache-2.0 */
/* first: what a command does in the database by itself, without a server. Thread: any. */
#ifndef VITASCOPE_APP_FIRST_H
#define VITASCOPE_APP_FIRST_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "model/account.h"

struct db;

/* Opens and migrates. Caller closes. */
MUST_CHECK bool first_open(struct str database_url, struct db **db, struct err *err);

/* The same for the data folder, which is made if it is missing. */
MUST_CHECK bool first_open_data(const char *data, struct arena *arena, struct db **db,
                                struct err *err);

/* In a database without accounts: makes the owner's account with that grant, and its key with
 * admin rights, in one transaction. Otherwise *made is false and text untouched. */
MUST_CHECK bool first_owner(struct db *db, int64_t grant_micro, char text[KEY_TEXT_BYTES],
                            bool *made, struct err *err);

/* Makes a key for an account. `key` has its account, name, rights and expiry. */
MUST_CHECK bool first_key(struct db *db, struct key *key, char text[KEY_TEXT_BYTES],
                          struct err *err);

/* The account made first. ERR_NOT_FOUND: none yet. */
MUST_CHECK bool first_account(struct db *db, struct account *account, struct err *err);

#endif
