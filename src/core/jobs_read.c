/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <string.h>

#include "base/macros.h"
#include "core/jobs.h"
#include "store/db.h"

#define JOB_COLUMNS                                                                                \
    "id, account_id, key_id, dialect, state, attempts, price_micro, created_ms, started_ms,"       \
    " ended_ms, fault, seconds, width, height, fps, seed, model, engine, error, first_frame,"      \
    " output, prompt, request, callback_url, callback_base, callback_events, callback_state,"      \
    " source, purpose, source_video, base_seconds, extensions, characters"

/* $1 account, $2 cursor, $3 bound, $4 states, $5 dialect, $6 model, $7 limit. */
#define JOB_FILTER                                                                                 \
    " AND ($4 = 0 OR ((1 << state) & $4) <> 0) AND ($5 < 0 OR dialect = $5)"                       \
    " AND ($6 = '' OR model = $6) AND deleted = 0"

static const char sql_get[] = "SELECT " JOB_COLUMNS " FROM jobs"
                              " WHERE id = $1 AND ($2 = 0 OR (account_id = $2 AND deleted = 0))";
static const char sql_newest[] =
    "SELECT " JOB_COLUMNS " FROM jobs"
    " WHERE account_id = $1 AND id < $2 AND id >= $3" JOB_FILTER " ORDER BY id DESC LIMIT $7";
static const char sql_oldest[] =
    "SELECT " JOB_COLUMNS " FROM jobs"
    " WHERE account_id = $1 AND id > $2 AND id <= $3" JOB_FILTER " ORDER BY id LIMIT $7";
static const char sql_newest_bound[] = "SELECT id FROM jobs WHERE account_id = $1 AND id < $2"
                                       " ORDER BY id DESC LIMIT 1 OFFSET $3";
static const char sql_oldest_bound[] = "SELECT id FROM jobs WHERE account_id = $1 AND id > $2"
                                       " ORDER BY id LIMIT 1 OFFSET $3";
/* The states are spelt as in the index jobs_live, which is found by that. */
static const char sql_live[] = "SELECT " JOB_COLUMNS " FROM jobs WHERE state IN (0, 1) AND id > $1"
                               " ORDER BY id LIMIT $2";
static const char sql_attempts[] =
    "SELECT number, engine, upstream, error, fault, started_ms,"
    " ended_ms, notes FROM attempts WHERE job_id = $1 ORDER BY number";

static const struct id id_first = {{0}};
static const struct id id_last = {{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                   0xFF, 0xFF, 0xFF, 0xFF, 0xFF}};

_Static_assert(JOB_QUEUED == 0 && JOB_RUNNING == 1, "the index jobs_live counts on it");

static void read_job(const struct db_rows *rows, int row, struct job *job)
{
    *job = (struct job){
        .id = db_cell_id(rows, row, 0),
        .account_id = db_cell_int(rows, row, 1),
        .key_id = db_cell_int(rows, row, 2),
        .dialect = (enum dialect)db_cell_int(rows, row, 3),
        .state = (enum job_state)db_cell_int(rows, row, 4),
        .attempts = (int)db_cell_int(rows, row, 5),
        .price_micro = db_cell_int(rows, row, 6),
        .created_ms = db_cell_int(rows, row, 7),
        .started_ms = db_cell_int(rows, row, 8),
        .ended_ms = db_cell_int(rows, row, 9),
        .fault = (enum job_fault)db_cell_int(rows, row, 10),
        .render.seconds = (int)db_cell_int(rows, row, 11),
        .render.width = (int)db_cell_int(rows, row, 12),
        .render.height = (int)db_cell_int(rows, row, 13),
        .render.fps = (int)db_cell_int(rows, row, 14),
        .render.seed = db_cell_int(rows, row, 15),
        .model = db_cell_str(rows, row, 16),
        .engine = db_cell_str(rows, row, 17),
        .error = db_cell_str(rows, row, 18),
        .first_frame = db_cell_id(rows, row, 19),
        .output = db_cell_id(rows, row, 20),
        .render.prompt = db_cell_str(rows, row, 21),
        .request = db_cell_str(rows, row, 22),
        .callback.url = db_cell_str(rows, row, 23),
        .callback.base = db_cell_str(rows, row, 24),
        .callback.events = (unsigned)db_cell_int(rows, row, 25),
        .callback.state = (enum job_callback_state)db_cell_int(rows, row, 26),
        .source = db_cell_id(rows, row, 27),
        .render.purpose = (enum render_purpose)db_cell_int(rows, row, 28),
        .source_video = db_cell_id(rows, row, 29),
        .base_seconds = (int)db_cell_int(rows, row, 30),
        .extensions = (int)db_cell_int(rows, row, 31),
        .characters = db_cell_str(rows, row, 32),
    };
    job->progress = job->state == JOB_COMPLETED ? 100 : 0;
}

bool jobs_get(struct db *db, struct arena *arena, int64_t account_id, struct id id, struct job *job,
              struct err *err)
{
    struct db_rows rows = {0};

    if (!db_query(db, arena, sql_get, DB_ARGS(db_id(&id), db_int(account_id)), &rows, err))
        return false;
    if (!rows.count)
        return err_set(err, ERR_NOT_FOUND, "no such job");
    read_job(&rows, 0, job);
    return true;
}

/* The first `limit` rows are the page; one more says that there is a next one. */
static void read_page(struct arena *arena, const struct db_rows *rows, int limit,
                      struct job_page *page)
{
    page->count = rows->count < limit ? rows->count : limit;
    page->jobs = ARENA_ARRAY(arena, struct job, (size_t)page->count);
    for (int row = 0; row < page->count; row++)
        read_job(rows, row, &page->jobs[row]);
    page->next = rows->count > limit ? page->jobs[limit - 1].id : id_first;
}

/* With a filter, the last of the JOBS_LIST_SCAN_MAX jobs from the cursor on, so that a filter
 * that matches little cannot keep the executor; *bounded tells whether there are that many. */
static bool find_bound(struct db *db, struct arena *arena, const struct job_filter *filter,
                       const struct id *cursor, struct id *bound, struct err *err)
{
    const char *sql = filter->oldest_first ? sql_oldest_bound : sql_newest_bound;
    struct db_rows rows = {0};

    *bound = filter->oldest_first ? id_last : id_first;
    if (!filter->states && filter->dialect < 0 && !filter->model.len)
        return true;
    if (!db_query(
            db, arena, sql,
            DB_ARGS(db_int(filter->account_id), db_id(cursor), db_int(JOBS_LIST_SCAN_MAX - 1)),
            &rows, err))
        return false;
    if (rows.count)
        *bound = db_cell_id(&rows, 0, 0);
    return true;
}

bool jobs_list(struct db *db, struct arena *arena, const struct job_filter *filter,
               struct job_page *page, struct err *err)
{
    struct id start = filter->oldest_first ? id_first : id_last;
    struct id end = filter->oldest_first ? id_last : id_first;
    struct id cursor = id_is_zero(filter->cursor) ? start : filter->cursor;
    struct db_rows rows = {0};
    struct id bound;

    assert(filter->account_id > 0);
    assert(filter->limit >= 1 && filter->limit <= JOBS_LIST_MAX);
    if (!find_bound(db, arena, filter, &cursor, &bound, err))
        return false;
    if (!db_query(db, arena, filter->oldest_first ? sql_oldest : sql_newest,
                  DB_ARGS(db_int(filter->account_id), db_id(&cursor), db_id(&bound),
                          db_int(filter->states), db_int(filter->dialect), db_text(filter->model),
                          db_int(filter->limit + 1)),
                  &rows, err))
        return false;
    read_page(arena, &rows, filter->limit, page);
    if (id_is_zero(page->next) && !id_eq(bound, end))
        page->next = bound;
    return true;
}

bool jobs_live(struct db *db, struct arena *arena, struct id cursor, struct job_page *page,
               struct err *err)
{
    struct db_rows rows = {0};

    if (!db_query(db, arena, sql_live, DB_ARGS(db_id(&cursor), db_int(JOBS_LIST_MAX + 1)), &rows,
                  err))
        return false;
    read_page(arena, &rows, JOBS_LIST_MAX, page);
    return true;
}

bool jobs_attempts(struct db *db, struct arena *arena, struct id id, struct job_attempts *attempts,
                   struct err *err)
{
    struct db_rows rows = {0};

    if (!db_query(db, arena, sql_attempts, DB_ARGS(db_id(&id)), &rows, err))
        return false;
    attempts->count = rows.count;
    attempts->attempts = ARENA_ARRAY(arena, struct job_attempt, (size_t)rows.count);
    for (int row = 0; row < rows.count; row++) {
        attempts->attempts[row] = (struct job_attempt){
            .number = (int)db_cell_int(&rows, row, 0),
            .engine = db_cell_str(&rows, row, 1),
            .upstream = db_cell_str(&rows, row, 2),
            .error = db_cell_str(&rows, row, 3),
            .fault = (enum job_fault)db_cell_int(&rows, row, 4),
            .started_ms = db_cell_int(&rows, row, 5),
            .ended_ms = db_cell_int(&rows, row, 6),
            .notes = db_cell_str(&rows, row, 7),
        };
    }
    return true;
}
