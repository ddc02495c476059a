/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ledger: who has how much, and why. Append-only and double-entry: a row moves an amount from
 * one bucket to another of one account, and rows are never changed or removed.
 *
 *     grant, adjust > 0   outside   -> available
 *     adjust < 0          available -> outside
 *     hold                available -> held
 *     capture             held      -> spent
 *     release             held      -> available
 *
 * The balances on the account's row are the sums of its rows; ledger_verify() proves it. The
 * schema lets a reference (a job) be held once and settled once, by either kind.
 *
 * Every change runs in the caller's transaction. Money is integer micro-dollars.
 *
 * Thread: executor.
 */
#ifndef VITASCOPE_CORE_LEDGER_H
#define VITASCOPE_CORE_LEDGER_H

#include <stdint.h>

#include "base/err.h"
#include "base/id.h"
#include "base/str.h"

struct db;

/* Stored by number: append only. */
enum ledger_kind {
    LEDGER_GRANT,
    LEDGER_ADJUST,
    LEDGER_HOLD,
    LEDGER_CAPTURE,
    LEDGER_RELEASE,
    LEDGER_KINDS
};

/* Stored by number: append only. */
enum ledger_bucket { LEDGER_OUTSIDE, LEDGER_AVAILABLE, LEDGER_HELD, LEDGER_SPENT, LEDGER_BUCKETS };

#define LEDGER_AMOUNT_MICRO_MAX INT64_C(1000000000000000)     /* of one row: $1 billion */
#define LEDGER_BALANCE_MICRO_MAX INT64_C(1000000000000000000) /* of one bucket */

enum { LEDGER_REASON_BYTES_MAX = 200, LEDGER_AUTHOR_BYTES_MAX = 100 };

/* Why a human moved money. */
struct ledger_note {
    struct str reason;
    struct str author;
    int64_t now_ms;
    struct id ref; /* the same for the same request when it comes again; zero: it does not */
};

/* Adds to the available balance. With a reference that an equal call had before it does nothing.
 * ERR_CONFLICT: another call had it. ERR_INVALID: amount not in 1 to LEDGER_AMOUNT_MICRO_MAX, or
 * the balance would pass its maximum; ERR_NOT_FOUND: no such account. */
MUST_CHECK bool ledger_grant(struct db *db, int64_t account_id, int64_t amount_micro,
                             const struct ledger_note *note, struct err *err);

/* Whose money moved under a reference; *account_id is 0 when none did, or the reference is zero. */
MUST_CHECK bool ledger_find(struct db *db, struct id ref, int64_t *account_id, struct err *err);

/* Adds or takes away (negative); a reason and an author are required. Errors as above, and
 * ERR_FUNDS: less than that is available. */
MUST_CHECK bool ledger_adjust(struct db *db, int64_t account_id, int64_t amount_micro,
                              const struct ledger_note *note, struct err *err);

/* Holds the price of `job` (0 is a price too). ERR_FUNDS: less than that is available;
 * ERR_CONFLICT: it has been held before. */
MUST_CHECK bool ledger_hold(struct db *db, int64_t account_id, struct id job, int64_t amount_micro,
                            int64_t now_ms, struct err *err);

/* Settles a hold, all of it. ERR_CONFLICT: it has been settled before, by either; or there is
 * none. */
MUST_CHECK bool ledger_capture(struct db *db, struct id job, int64_t now_ms, struct err *err);
MUST_CHECK bool ledger_release(struct db *db, struct id job, int64_t now_ms, struct err *err);

enum { LEDGER_DIFFERENCES_MAX = 16 };

struct ledger_difference {
    int64_t account_id;
    char what[100]; /* "available_micro", or words about a job or a key */
    int64_t stored;
    int64_t computed;
};

struct ledger_report {
    int64_t accounts, entries, jobs; /* looked at */
    int64_t differences;             /* all; only the first are listed */
    struct ledger_difference first[LEDGER_DIFFERENCES_MAX];
};

/* Recomputes every balance from the rows, and checks that each job has its hold, that each job
 * that is over has its one right settlement, that no other job is settled, and that metered keys
 * have counted what their jobs cost (core/meter.h). False only when
 * the store cannot be read: differences are in the report. Reads everything, in the caller's
 * transaction: for a connection of its own. */
MUST_CHECK bool ledger_verify(struct db *db, struct ledger_report *report, struct err *err);

#endif
