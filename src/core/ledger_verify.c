/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "core/ledger.h"
#include "model/job.h"
#include "store/db.h"

static const char sql_counts[] = "SELECT (SELECT count(*) FROM accounts),"
                                 " (SELECT count(*) FROM ledger), (SELECT count(*) FROM jobs)";

/* Each bucket of an account, as its row says and as the ledger's rows add up. */
static const char sql_balances[] =
    "WITH moved (account_id, bucket, amount) AS ("
    "  SELECT account_id, to_bucket, sum(amount_micro) FROM ledger GROUP BY 1, 2"
    "  UNION ALL"
    "  SELECT account_id, from_bucket, -sum(amount_micro) FROM ledger GROUP BY 1, 2),"
    " sums AS (SELECT account_id,"
    "  sum(CASE WHEN bucket = 1 THEN amount ELSE 0 END) AS available,"
    "  sum(CASE WHEN bucket = 2 THEN amount ELSE 0 END) AS held,"
    "  sum(CASE WHEN bucket = 3 THEN amount ELSE 0 END) AS spent"
    "  FROM moved GROUP BY 1)"
    " SELECT a.id, a.available_micro, coalesce(s.available, 0),"
    "  a.held_micro, coalesce(s.held, 0), a.spent_micro, coalesce(s.spent, 0)"
    " FROM accounts a LEFT JOIN sums s ON s.account_id = a.id"
    " WHERE a.available_micro <> coalesce(s.available, 0)"
    "  OR a.held_micro <> coalesce(s.held, 0) OR a.spent_micro <> coalesce(s.spent, 0)"
    " ORDER BY a.id LIMIT 1000";

/* Jobs whose ledger rows are not the ones that their state asks for: $1 is the state that
 * captures, $2 the set of states that are not over. */
static const char sql_jobs[] =
    "SELECT j.account_id, j.id, j.price_micro, h.amount_micro, j.state, s.kind"
    " FROM jobs j"
    " LEFT JOIN ledger h ON h.ref = j.id AND h.settles = 0 AND h.kind = 2"
    "  AND h.account_id = j.account_id"
    " LEFT JOIN ledger s ON s.ref = j.id AND s.settles = 1"
    " WHERE h.amount_micro IS NULL OR h.amount_micro <> j.price_micro"
    "  OR coalesce(s.amount_micro, h.amount_micro) <> h.amount_micro"
    "  OR coalesce(s.kind, 0) <> CASE WHEN ((1 << j.state) & $2) <> 0 THEN 0"
    "      WHEN j.state = $1 THEN 3 ELSE 4 END"
    " LIMIT 1000";

/* Holds and settlements of no job. */
static const char sql_orphans[] = "SELECT l.account_id, l.ref, l.kind, l.amount_micro"
                                  " FROM ledger l LEFT JOIN jobs j ON j.id = l.ref"
                                  " WHERE l.kind >= 2 AND j.id IS NULL LIMIT 1000";

/* Counts of metered keys that are not what their jobs come to. The hour and the day may count
 * more, if the clock was set back or the key was metered later; never less. */
static const char sql_keys[] =
    "WITH sums AS (SELECT u.key_id, u.base_micro + coalesce(sum(j.price_micro), 0) AS total,"
    "  coalesce(sum(CASE WHEN j.created_ms / 3600000 = u.hour THEN j.price_micro END), 0) AS hour,"
    "  coalesce(sum(CASE WHEN j.created_ms / 86400000 = u.day THEN j.price_micro END), 0) AS day"
    "  FROM key_use u LEFT JOIN jobs j ON j.key_id = u.key_id AND j.metered = 1"
    "   AND j.state IN (0, 1, 2) GROUP BY u.key_id)"
    " SELECT k.account_id, k.id, u.total_micro, s.total, u.hour_micro, s.hour, u.day_micro, s.day"
    " FROM sums s JOIN key_use u ON u.key_id = s.key_id JOIN keys k ON k.id = s.key_id"
    " WHERE u.total_micro <> s.total OR u.hour_micro < s.hour OR u.day_micro < s.day"
    " ORDER BY k.id LIMIT 1000";

static void add(struct ledger_report *report, const struct ledger_difference *difference)
{
    if (report->differences < LEDGER_DIFFERENCES_MAX)
        report->first[report->differences] = *difference;
    report->differences++;
}

static bool check_balances(struct db *db, struct arena *arena, struct ledger_report *report,
                           struct err *err)
{
    static const char *const names[] = {"available_micro", "held_micro", "spent_micro"};
    struct db_rows rows = {0};

    if (!db_query(db, arena, sql_balances, DB_NO_ARGS, &rows, err))
        return false;
    for (int row = 0; row < rows.count; row++) {
        for (int i = 0; i < (int)ARRAY_LEN(names); i++) {
            struct ledger_difference difference = {
                .account_id = db_cell_int(&rows, row, 0),
                .stored = db_cell_int(&rows, row, 1 + 2 * i),
                .computed = db_cell_int(&rows, row, 2 + 2 * i),
            };

            snprintf(difference.what, sizeof(difference.what), "%s", names[i]);
            if (difference.stored != difference.computed)
                add(report, &difference);
        }
    }
    return true;
}

static bool check_jobs(struct db *db, struct arena *arena, struct ledger_report *report,
                       struct err *err)
{
    struct db_rows rows = {0};
    unsigned live = 0;

    for (int state = 0; state < JOB_STATES; state++) {
        if (!job_is_over((enum job_state)state))
            live |= BIT(state);
    }
    if (!db_query(db, arena, sql_jobs, DB_ARGS(db_int(JOB_COMPLETED), db_int(live)), &rows, err))
        return false;
    for (int row = 0; row < rows.count; row++) {
        struct ledger_difference difference = {
            .account_id = db_cell_int(&rows, row, 0),
            .stored = db_cell_int(&rows, row, 2),
            .computed = db_cell_int(&rows, row, 3),
        };
        char id[ID_TEXT_LEN + 1];

        id_to_text(db_cell_id(&rows, row, 1), id);
        snprintf(difference.what, sizeof(difference.what), "job %s: hold or settlement is wrong",
                 id);
        add(report, &difference);
    }
    return true;
}

static bool check_orphans(struct db *db, struct arena *arena, struct ledger_report *report,
                          struct err *err)
{
    struct db_rows rows = {0};

    if (!db_query(db, arena, sql_orphans, DB_NO_ARGS, &rows, err))
        return false;
    for (int row = 0; row < rows.count; row++) {
        struct ledger_difference difference = {
            .account_id = db_cell_int(&rows, row, 0),
            .computed = db_cell_int(&rows, row, 3),
        };
        char id[ID_TEXT_LEN + 1];

        id_to_text(db_cell_id(&rows, row, 1), id);
        snprintf(difference.what, sizeof(difference.what), "no job %s", id);
        add(report, &difference);
    }
    return true;
}

static bool check_keys(struct db *db, struct arena *arena, struct ledger_report *report,
                       struct err *err)
{
    static const char *const names[] = {"in all", "this hour", "today"};
    struct db_rows rows = {0};

    if (!db_query(db, arena, sql_keys, DB_NO_ARGS, &rows, err))
        return false;
    for (int at = 0; at < rows.count * 3; at++) {
        int row = at / 3, which = at % 3;
        struct ledger_difference difference = {
            .account_id = db_cell_int(&rows, row, 0),
            .stored = db_cell_int(&rows, row, 2 + 2 * which),
            .computed = db_cell_int(&rows, row, 3 + 2 * which),
        };

        snprintf(difference.what, sizeof(difference.what), "key %lld, spent %s",
                 (long long)db_cell_int(&rows, row, 1), names[which]);
        if (difference.stored < difference.computed ||
            (which == 0 && difference.stored != difference.computed))
            add(report, &difference);
    }
    return true;
}

static bool count_rows(struct db *db, struct arena *arena, struct ledger_report *report,
                       struct err *err)
{
    struct db_rows rows = {0};

    if (!db_query(db, arena, sql_counts, DB_NO_ARGS, &rows, err))
        return false;
    report->accounts = db_cell_int(&rows, 0, 0);
    report->entries = db_cell_int(&rows, 0, 1);
    report->jobs = db_cell_int(&rows, 0, 2);
    return true;
}

bool ledger_verify(struct db *db, struct ledger_report *report, struct err *err)
{
    struct arena arena = {0};
    bool ok = false;

    memset(report, 0, sizeof(*report));
    ok = count_rows(db, &arena, report, err) && check_balances(db, &arena, report, err) &&
         check_jobs(db, &arena, report, err) && check_orphans(db, &arena, report, err) &&
         check_keys(db, &arena, report, err);
    arena_fini(&arena);
    return ok;
}
