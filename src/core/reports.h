/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reports: what an account may ask about its money: every entry of a period with the balances
 * after it, and what its jobs cost by key, model and day.
 *
 * A statement has the time, the kind and the amount of each entry and what is then available, held
 * and spent; it begins with an opening line and ends with a closing one, and these hold together:
 * opening, plus what moved, is closing. An entry's amount is what it moved, negative only for an
 * adjustment that took. Holds stand where their jobs were made.
 *
 * Usage counts a job on the day (of UTC) on which it was made; what it cost is spent when it is
 * completed, held while it is not over, and nothing otherwise.
 *
 * CSV is as RFC 4180 wants it, with a line of names; money is in dollars, in CSV without a sign
 * for them.
 *
 * Reads a period of any size in pieces. Thread: any, with a connection of its own.
 */
#ifndef VITASCOPE_CORE_REPORTS_H
#define VITASCOPE_CORE_REPORTS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

struct db;

#define REPORT_PERIOD_MS_MAX (INT64_C(366) * 86400000)

enum report_kind { REPORT_STATEMENT, REPORT_USAGE };
enum report_format { REPORT_JSON, REPORT_CSV };

struct report {
    enum report_kind kind;
    enum report_format format;
    int64_t account_id;
    int64_t from_ms, to_ms; /* what happened before to_ms */
};

/* ERR_INVALID with param "to": the period is empty or over REPORT_PERIOD_MS_MAX. */
MUST_CHECK bool report_check(const struct report *report, struct err *err);

/* Writes all of it, as of one moment, in a transaction of its own. ERR_NOT_FOUND: no such account;
 * ERR_IO: `out` cannot be written. */
MUST_CHECK bool report_write(struct db *db, const struct report *report, FILE *out,
                             struct err *err);

#endif
