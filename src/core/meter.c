/* SPDX-License-Identifier: Apache-2.0 */
#include "core/meter.h"

#include "store/db.h"

static const int64_t hour_ms = 3600000, day_ms = 86400000;

#define IN_HOUR "CASE WHEN hour >= $2 THEN hour_micro ELSE 0 END"
#define IN_DAY "CASE WHEN day >= $3 THEN day_micro ELSE 0 END"

static const char sql_take[] =
    "UPDATE key_use SET total_micro = total_micro + $4, hour_micro = $4 + " IN_HOUR ","
    " hour = CASE WHEN hour >= $2 THEN hour ELSE $2 END, day_micro = $4 + " IN_DAY ","
    " day = CASE WHEN day >= $3 THEN day ELSE $3 END"
    " WHERE key_id = $1 AND ($5 = 0 OR $4 + " IN_HOUR " <= $5)"
    " AND ($6 = 0 OR $4 + " IN_DAY " <= $6) AND ($7 = 0 OR $4 + total_micro <= $7)";
static const char sql_give_back[] =
    "UPDATE key_use SET total_micro = total_micro - $4,"
    " hour_micro = hour_micro - CASE WHEN hour = $2 THEN $4 ELSE 0 END,"
    " day_micro = day_micro - CASE WHEN day = $3 THEN $4 ELSE 0 END WHERE key_id = $1";
static const char sql_get[] = "SELECT " IN_HOUR ", " IN_DAY ", total_micro"
                              " FROM key_use WHERE key_id = $1";

/* By the index jobs_metered: state 0 is queued, 1 running. */
static const char sql_jobs[] =
    "SELECT count(*), coalesce(sum(CASE WHEN state = 0 THEN 1 ELSE 0 END), 0) FROM jobs"
    " WHERE key_id = $1 AND metered = 1 AND state IN (0, 1)";

static const char sql_has[] = "SELECT 1 FROM key_use WHERE key_id = $1";
static const char sql_mark[] = "UPDATE jobs SET metered = 1"
                               " WHERE state IN (0, 1) AND key_id = $1 AND metered = 0";
/* $1 key, $2 account, $3 hour, $4 day, $5 and $6 their first milliseconds. */
static const char sql_begin[] =
    "INSERT INTO key_use (key_id, base_micro, total_micro, hour, hour_micro, day, day_micro)"
    " SELECT $1, coalesce(sum(CASE WHEN metered = 1 THEN 0 ELSE price_micro END), 0),"
    "  coalesce(sum(price_micro), 0), $3,"
    "  coalesce(sum(CASE WHEN created_ms >= $5 THEN price_micro ELSE 0 END), 0), $4,"
    "  coalesce(sum(CASE WHEN created_ms >= $6 THEN price_micro ELSE 0 END), 0)"
    " FROM jobs WHERE account_id = $2 AND key_id = $1 AND state IN (0, 1, 2)";
static const char sql_end[] = "DELETE FROM key_use WHERE key_id = $1";

/* One row of integers; zeros when there is none. */
static bool read_row(struct db *db, const char *sql, struct db_args args, int64_t *out,
                     struct err *err)
{
    struct arena arena = {0};
    struct db_rows rows = {0};
    bool ok = db_query(db, &arena, sql, args, &rows, err);

    for (int i = 0; ok && rows.count && i < rows.columns; i++)
        out[i] = db_cell_int(&rows, 0, i);
    arena_fini(&arena);
    return ok;
}

static bool read_jobs(struct db *db, int64_t key_id, struct meter_use *use, struct err *err)
{
    int64_t counts[2] = {0};

    if (!read_row(db, sql_jobs, DB_ARGS(db_int(key_id)), counts, err))
        return false;
    use->jobs = counts[0];
    use->queued = counts[1];
    return true;
}

static bool read_spent(struct db *db, int64_t key_id, int64_t now_ms, struct meter_use *use,
                       struct err *err)
{
    int64_t spent[3] = {0};

    if (!read_row(db, sql_get,
                  DB_ARGS(db_int(key_id), db_int(now_ms / hour_ms), db_int(now_ms / day_ms)), spent,
                  err))
        return false;
    use->hour_micro = spent[0];
    use->day_micro = spent[1];
    use->total_micro = spent[2];
    return true;
}

static bool check_jobs(struct db *db, const struct job *job, const struct key_limits *limits,
                       struct meter_refusal *refusal, struct err *err)
{
    struct meter_use use = {0};

    if (!limits->jobs_max && !limits->queued_max)
        return true;
    if (!read_jobs(db, job->key_id, &use, err))
        return false;
    *refusal = (struct meter_refusal){.retry_after_s = METER_JOBS_RETRY_S};
    if (limits->jobs_max && use.jobs >= limits->jobs_max)
        return err_set_param(err, ERR_RATE, "jobs",
                             "This key may have %lld jobs at once; wait for one to end",
                             (long long)limits->jobs_max);
    if (limits->queued_max && use.queued >= limits->queued_max)
        return err_set_param(err, ERR_RATE, "jobs",
                             "This key may have %lld jobs waiting; wait for one to start",
                             (long long)limits->queued_max);
    return true;
}

/* What is left of a limit once `spent` is, when the price does not fit in. */
static bool is_over(int64_t limit, int64_t spent, int64_t price, struct meter_refusal *refusal)
{
    if (!limit || spent + price <= limit)
        return false;
    refusal->left_micro = spent < limit ? limit - spent : 0;
    return true;
}

static bool refuse_spend(const struct job *job, const struct key_limits *limits,
                         const struct meter_use *use, struct meter_refusal *refusal,
                         struct err *err)
{
    const char *which = NULL;

    if (is_over(limits->total_micro, use->total_micro, job->price_micro, refusal)) {
        refusal->retry_after_s = METER_TOTAL_RETRY_S;
        return err_set_param(err, ERR_RATE, "spend_total",
                             "This key has reached its total spend limit");
    }
    if (is_over(limits->day_micro, use->day_micro, job->price_micro, refusal)) {
        refusal->retry_after_s = (day_ms - job->created_ms % day_ms + 999) / 1000;
        which = "daily";
    } else if (is_over(limits->hour_micro, use->hour_micro, job->price_micro, refusal)) {
        refusal->retry_after_s = (hour_ms - job->created_ms % hour_ms + 999) / 1000;
        which = "hourly";
    }
    if (!which)
        return true; /* it is not metered any more */
    return err_set_param(err, ERR_RATE, "spend_limit", "This key has reached its %s spend limit",
                         which);
}

bool meter_take(struct db *db, const struct job *job, const struct key_limits *limits,
                struct meter_refusal *refusal, struct err *err)
{
    struct meter_use use = {0};

    if (!check_jobs(db, job, limits, refusal, err))
        return false;
    *refusal = (struct meter_refusal){0};
    if (!db_exec(db, sql_take,
                 DB_ARGS(db_int(job->key_id), db_int(job->created_ms / hour_ms),
                         db_int(job->created_ms / day_ms), db_int(job->price_micro),
                         db_int(limits->hour_micro), db_int(limits->day_micro),
                         db_int(limits->total_micro)),
                 err))
        return false;
    if (db_changes(db) == 1)
        return true;
    return read_spent(db, job->key_id, job->created_ms, &use, err) &&
           refuse_spend(job, limits, &use, refusal, err);
}

bool meter_preview(struct db *db, const struct job *job, const struct key_limits *limits,
                   struct meter_refusal *refusal, struct err *err)
{
    struct meter_use use = {0};

    return check_jobs(db, job, limits, refusal, err) &&
           read_spent(db, job->key_id, job->created_ms, &use, err) &&
           refuse_spend(job, limits, &use, refusal, err);
}

bool meter_give_back(struct db *db, const struct job *job, struct err *err)
{
    return db_exec(db, sql_give_back,
                   DB_ARGS(db_int(job->key_id), db_int(job->created_ms / hour_ms),
                           db_int(job->created_ms / day_ms), db_int(job->price_micro)),
                   err);
}

bool meter_begin(struct db *db, const struct key *key, int64_t now_ms, struct err *err)
{
    int64_t hour = now_ms / hour_ms, day = now_ms / day_ms, has = 0;

    if (!read_row(db, sql_has, DB_ARGS(db_int(key->id)), &has, err))
        return false;
    if (has)
        return true;
    return db_exec(db, sql_mark, DB_ARGS(db_int(key->id)), err) &&
           db_exec(db, sql_begin,
                   DB_ARGS(db_int(key->id), db_int(key->account_id), db_int(hour), db_int(day),
                           db_int(hour * hour_ms), db_int(day * day_ms)),
                   err);
}

bool meter_end(struct db *db, int64_t key_id, struct err *err)
{
    return db_exec(db, sql_end, DB_ARGS(db_int(key_id)), err);
}

bool meter_get(struct db *db, int64_t key_id, int64_t now_ms, struct meter_use *use,
               struct err *err)
{
    *use = (struct meter_use){0};
    return read_spent(db, key_id, now_ms, use, err) && read_jobs(db, key_id, use, err);
}
