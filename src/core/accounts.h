/* SPDX-License-Identifier: Apache-2.0 */
/*
 * accounts: owners of balances. Balances are changed by the ledger alone.
 *
 * Thread: executor.
 */
#ifndef VITASCOPE_CORE_ACCOUNTS_H
#define VITASCOPE_CORE_ACCOUNTS_H

#include "base/arena.h"
#include "base/err.h"
#include "model/account.h"

struct db;

struct account_list {
    struct account *accounts;
    int count;
};

/* Creates an account without money; its id is given here. The name must not be empty. */
MUST_CHECK bool accounts_create(struct db *db, struct str name, int64_t now_ms,
                                struct account *account, struct err *err);

/* ERR_NOT_FOUND. */
MUST_CHECK bool accounts_get(struct db *db, int64_t id, struct account *account, struct err *err);

/* Accounts with ids above `after`, by id, at most `limit`. In the arena. */
MUST_CHECK bool accounts_list(struct db *db, struct arena *arena, int64_t after, int limit,
                              struct account_list *list, struct err *err);

#endif
