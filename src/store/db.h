/* SPDX-License-Identifier: Apache-2.0 */
/*
 * db: one connection to a SQL store, behind the narrowest seam that fits both SQLite and
 * PostgreSQL: the driver's own calls. Every query is written once, above this line.
 *
 * Queries are string constants with placeholders $1 … $n; a driver keeps their prepared form by
 * the address of the text, so a text must live as long as the connection. Results are copied
 * into an arena.
 *
 * Writing happens inside a transaction that the caller began. Several processes may open one
 * SQLite file at the same time; one of them writes at a time and others wait up to
 * DB_BUSY_TIMEOUT_MS.
 *
 * Errors: ERR_BUSY when the store cannot take writes now (locked, full or read-only disk);
 * ERR_CONFLICT when a constraint forbids a row; ERR_IO for everything else. Texts are one line
 * and carry no values.
 *
 * Thread: one at a time; a connection may move between threads.
 */
#ifndef VITASCOPE_STORE_DB_H
#define VITASCOPE_STORE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"
#include "base/str.h"

enum {
    DB_ROWS_MAX = 10000, /* of one result; a query that can pass it needs its own LIMIT */
    DB_ARGS_MAX = 32,
    DB_STATEMENTS_MAX = 256, /* different query texts of one connection */
    DB_BUSY_TIMEOUT_MS = 5000,
    DB_KEPT_MAX = 4, /* different owners of db_keep() */
};

struct db; /* made by db_open() */

enum db_type { DB_NULL, DB_INT, DB_TEXT, DB_BLOB };

struct db_value {
    enum db_type type;
    int64_t number;   /* DB_INT */
    struct str bytes; /* DB_TEXT, DB_BLOB; borrowed */
};

struct db_args {
    const struct db_value *values; /* $1 first */
    size_t count;
};

struct db_rows {
    const struct db_value *values; /* row after row */
    int count;
    int columns;
};

/* Argument lists at the call: db_exec(db, sql_x, DB_ARGS(db_int(1), db_text(name)), err). */
#define DB_NO_ARGS ((struct db_args){NULL, 0})
#define DB_ARGS(...)                                                                               \
    ((struct db_args){(const struct db_value[]){__VA_ARGS__},                                      \
                      sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value)})

struct db_value db_null(void);
struct db_value db_int(int64_t number);
struct db_value db_text(struct str text);
struct db_value db_blob(struct str bytes);
struct db_value db_id(const struct id *id);         /* borrows *id */
struct db_value db_id_or_null(const struct id *id); /* NULL for the zero id */

/* url: "sqlite:PATH" (the file is made when absent), "sqlite::memory:", or "faulty:N:URL",
 * whose N-th call to the driver fails (for tests). Caller closes. */
MUST_CHECK bool db_open(struct db **db, struct str url, struct err *err);
void db_close(struct db *db);

/* "sqlite": for the few texts that differ between stores, such as the schema. */
const char *db_dialect(const struct db *db);

/* Runs one statement and forgets what it returns. */
MUST_CHECK bool db_exec(struct db *db, const char *sql, struct db_args args, struct err *err);

/* Runs one statement and copies its rows. ERR_INTERNAL over DB_ROWS_MAX. */
MUST_CHECK bool db_query(struct db *db, struct arena *arena, const char *sql, struct db_args args,
                         struct db_rows *rows, struct err *err);

/* Rows that the latest db_exec() or db_query() changed. */
int64_t db_changes(const struct db *db);

/* A number that grows whenever a statement changed rows or failed: two equal ones say that
 * nothing between them did, and so that nothing has to be undone. */
int64_t db_mark(const struct db *db);

/* Transactions begun so far, of both kinds: tells one from the next. */
uint64_t db_transactions(const struct db *db);

/* What a module keeps with the connection, such as an index of rows: freed by db_close(). NULL
 * until it is kept; `owner` is an address of the module's own. */
void *db_kept(const struct db *db, const void *owner);
void db_keep(struct db *db, const void *owner, void *kept, void (*free_kept)(void *kept));

/* Runs several statements without arguments, prepared for this call only: the schema. */
MUST_CHECK bool db_script(struct db *db, const char *sql, struct err *err);

/* A transaction. Those begun to write exclude each other from the start, so that none has to be
 * repeated; those begun to read see one moment of the store. */
MUST_CHECK bool db_begin(struct db *db, struct err *err);
MUST_CHECK bool db_begin_read(struct db *db, struct err *err);

/* When it fails, the transaction is rolled back. */
MUST_CHECK bool db_commit(struct db *db, struct err *err);

/* Without a transaction it does nothing. */
void db_rollback(struct db *db);

/* One savepoint at a time, inside a transaction; it ends with what was written since then kept
 * (release) or undone (rollback_to). When one of these fails, the transaction is of no more use:
 * roll it back. */
MUST_CHECK bool db_savepoint(struct db *db, struct err *err);
MUST_CHECK bool db_release(struct db *db, struct err *err);
MUST_CHECK bool db_rollback_to(struct db *db, struct err *err);

/* A cell; row and column must exist. NULL reads as 0, as an empty str, and as the zero id. */
int64_t db_cell_int(const struct db_rows *rows, int row, int column);
struct str db_cell_str(const struct db_rows *rows, int row, int column);
struct id db_cell_id(const struct db_rows *rows, int row, int column);

#endif
