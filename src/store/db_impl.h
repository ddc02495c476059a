/* SPDX-License-Identifier: Apache-2.0 */
/*
 * db_impl: what a store's driver must provide. Included only inside store/.
 *
 * State: db.c passes state_size zeroed bytes to every call; a driver never allocates or frees
 * its own state. All members are mandatory. Errors as in db.h; texts are one line.
 */
#ifndef VITASCOPE_STORE_DB_IMPL_H
#define VITASCOPE_STORE_DB_IMPL_H

#include "store/db.h"

/* One statement to run. With an arena its rows are copied into *rows, else they are dropped. */
struct db_call {
    const char *sql;
    struct db_args args;
    struct arena *arena;
    struct db_rows *rows;
};

struct db_ops {
    const char *scheme; /* of the URL */
    size_t state_size;

    /* `rest` is the URL behind the scheme and its colon. On failure the state must still be
     * safe for close(). */
    bool (*open)(void *state, struct str rest, struct err *err);
    void (*close)(void *state);
    const char *(*dialect)(const void *state);

    bool (*run)(void *state, const struct db_call *call, struct err *err);
    bool (*script)(void *state, const char *sql, struct err *err);
    int64_t (*changes)(const void *state);
    int64_t (*mark)(const void *state);

    bool (*begin)(void *state, bool writes, struct err *err);
    bool (*commit)(void *state, struct err *err);
    void (*rollback)(void *state); /* safe at any time */

    bool (*savepoint)(void *state, struct err *err);
    bool (*release)(void *state, struct err *err);
    bool (*rollback_to)(void *state, struct err *err); /* and ends the savepoint */
};

extern const struct db_ops db_sqlite;
extern const struct db_ops db_faulty;

#endif
