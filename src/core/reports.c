/* SPDX-License-Identifier: Apache-2.0 */
#include "core/reports.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/jsonw.h"
#include "base/macros.h"
#include "core/accounts.h"
#include "core/ledger.h"
#include "model/money.h"
#include "store/db.h"

enum { PIECE = 1000, LINE_BYTES_MAX = 64 * 1024 };

static const int64_t day_ms = 86400000;

/* A job's id tells its time but for what the clock may have been set back. */
static const int64_t slack_ms = 3600000;

/* What moved since $2 but holds; then the holds of jobs with ids from $2 on, made since $3. */
static const char sql_moved[] =
    "SELECT from_bucket, to_bucket, sum(amount_micro) FROM ledger"
    " WHERE account_id = $1 AND kind <> 2 AND created_ms >= $2 GROUP BY 1, 2";
static const char sql_held[] = "SELECT 1, 2, coalesce(sum(l.amount_micro), 0) FROM jobs j"
                               " JOIN ledger l ON l.ref = j.id AND l.settles = 0"
                               " WHERE j.account_id = $1 AND j.id >= $2 AND l.created_ms >= $3";

/* Entries from $2 to $3 behind the cursor ($4, $5), but holds. */
static const char sql_moves[] =
    "SELECT l.created_ms, l.ref, l.kind, l.from_bucket, l.to_bucket, l.amount_micro, l.reason,"
    " l.author, j.model, j.key_id FROM ledger l LEFT JOIN jobs j ON j.id = l.ref"
    " WHERE l.account_id = $1 AND l.kind <> 2 AND l.created_ms >= $2 AND l.created_ms < $3"
    " AND (l.created_ms, l.ref) > ($4, $5) ORDER BY l.created_ms, l.ref LIMIT $6";

/* Holds of jobs with ids between $2 and $3, made from $4 to $5. */
static const char sql_holds[] =
    "SELECT l.created_ms, l.ref, l.kind, l.from_bucket, l.to_bucket, l.amount_micro, l.reason,"
    " l.author, j.model, j.key_id FROM jobs j JOIN ledger l ON l.ref = j.id AND l.settles = 0"
    " WHERE j.account_id = $1 AND j.id > $2 AND j.id < $3 AND l.created_ms >= $4"
    " AND l.created_ms < $5 ORDER BY j.id LIMIT $6";

/* Jobs with ids between $2 and $3, made from $4 to $5; states as in model/job.h. */
static const char sql_usage[] =
    "SELECT j.key_id, coalesce(k.name, ''), j.model, count(*),"
    " sum(CASE WHEN j.state = 2 THEN 1 ELSE 0 END), sum(CASE WHEN j.state = 3 THEN 1 ELSE 0 END),"
    " sum(CASE WHEN j.state = 4 THEN 1 ELSE 0 END),"
    " sum(CASE WHEN j.state = 2 THEN j.seconds ELSE 0 END),"
    " sum(CASE WHEN j.state = 2 THEN j.price_micro ELSE 0 END),"
    " sum(CASE WHEN j.state IN (0, 1) THEN j.price_micro ELSE 0 END)"
    " FROM jobs j LEFT JOIN keys k ON k.id = j.key_id"
    " WHERE j.account_id = $1 AND j.id > $2 AND j.id < $3 AND j.created_ms >= $4"
    " AND j.created_ms < $5 GROUP BY j.key_id, k.name, j.model ORDER BY j.key_id, j.model";

struct writer {
    struct db *db;
    const struct report *report;
    FILE *out;
    struct buf line;
    struct jsonw w;
    bool has_entry;                  /* one has been written */
    int64_t balance[LEDGER_BUCKETS]; /* after the last entry */
};

/* ---- lines ---- */

static void dollars(int64_t micro, char out[MONEY_TEXT_BYTES])
{
    char text[MONEY_TEXT_BYTES];

    money_print(micro, text);
    snprintf(out, MONEY_TEXT_BYTES, "%s%s", micro < 0 ? "-" : "", text + (micro < 0 ? 2 : 1));
}

static void csv_text(struct writer *writer, struct str text)
{
    bool quoted = str_find_char(text, ',') >= 0 || str_find_char(text, '"') >= 0 ||
                  str_find_char(text, '\n') >= 0 || str_find_char(text, '\r') >= 0;

    if (!quoted) {
        buf_add_str(&writer->line, text);
        return;
    }
    buf_add_char(&writer->line, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"')
            buf_add_char(&writer->line, '"');
        buf_add_char(&writer->line, text.ptr[i]);
    }
    buf_add_char(&writer->line, '"');
}

static bool is_csv(const struct writer *writer)
{
    return writer->report->format == REPORT_CSV;
}

static bool put(struct writer *writer, struct str text, struct err *err)
{
    if (fwrite(text.ptr, 1, text.len, writer->out) == text.len)
        return true;
    return err_set(err, ERR_IO, "cannot write a report: %s", strerror(errno));
}

static void begin_line(struct writer *writer)
{
    buf_clear(&writer->line);
    jsonw_init(&writer->w, &writer->line);
}

/* Writes what is in `line`: a line of CSV, or a member of the list of entries. */
static bool end_line(struct writer *writer, struct err *err)
{
    bool ok = true;

    if (!is_csv(writer))
        ok = put(writer, writer->has_entry ? STR(",\n") : STR("\n"), err);
    writer->has_entry = true;
    return ok && put(writer, buf_str(&writer->line), err) &&
           (!is_csv(writer) || put(writer, STR("\r\n"), err));
}

static void usd_member(struct writer *writer, const char *key, int64_t micro)
{
    jsonw_key(&writer->w, key);
    jsonw_real(&writer->w, (double)micro / (double)MONEY_USD);
}

static void time_member(struct writer *writer, const char *key, int64_t ms)
{
    char text[CLOCK_ISO_BYTES];

    clock_iso(ms, text);
    jsonw_key(&writer->w, key);
    jsonw_cstr(&writer->w, text);
}

static void csv_usd(struct writer *writer, int64_t micro)
{
    char text[MONEY_TEXT_BYTES];

    dollars(micro, text);
    buf_printf(&writer->line, ",%s", text);
}

static void csv_balances(struct writer *writer)
{
    csv_usd(writer, writer->balance[LEDGER_AVAILABLE]);
    csv_usd(writer, writer->balance[LEDGER_HELD]);
    csv_usd(writer, writer->balance[LEDGER_SPENT]);
}

static void balance_members(struct writer *writer)
{
    usd_member(writer, "available_usd", writer->balance[LEDGER_AVAILABLE]);
    usd_member(writer, "held_usd", writer->balance[LEDGER_HELD]);
    usd_member(writer, "spent_usd", writer->balance[LEDGER_SPENT]);
}

/* The beginning of a JSON report, up to its list. */
static bool begin_json(struct writer *writer, struct err *err)
{
    const struct report *report = writer->report;

    begin_line(writer);
    jsonw_object(&writer->w);
    jsonw_key(&writer->w, "account");
    jsonw_int(&writer->w, report->account_id);
    time_member(writer, "from", report->from_ms);
    time_member(writer, "to", report->to_ms);
    if (report->kind == REPORT_STATEMENT) {
        jsonw_key(&writer->w, "opening");
        jsonw_object(&writer->w);
        balance_members(writer);
        jsonw_end(&writer->w);
    }
    return put(writer, buf_str(&writer->line), err) &&
           put(writer,
               report->kind == REPORT_STATEMENT ? STR(",\"entries\":[") : STR(",\"usage\":["), err);
}

/* ---- statement ---- */

/* One source of entries, in pieces. */
struct source {
    struct arena arena;
    struct db_rows rows;
    int at;
    bool is_last; /* there is no further piece */
    int64_t cursor_ms;
    struct id cursor;
};

static const char *kind_name(enum ledger_kind kind)
{
    static const char *const names[LEDGER_KINDS] = {
        [LEDGER_GRANT] = "grant",     [LEDGER_ADJUST] = "adjust",   [LEDGER_HOLD] = "hold",
        [LEDGER_CAPTURE] = "capture", [LEDGER_RELEASE] = "release",
    };

    return names[kind];
}

/* The least id of that time. */
static struct id id_at(int64_t ms)
{
    struct id id = {{0}};

    for (int i = 0; i < 6; i++)
        id.bytes[i] = (uint8_t)((uint64_t)(ms < 0 ? 0 : ms) >> (40 - 8 * i));
    return id;
}

/* Reads the next piece when this one is used up. */
static bool fill(struct writer *writer, struct source *source, bool holds, struct err *err)
{
    const struct report *report = writer->report;
    struct id end = id_at(report->to_ms + slack_ms);
    bool ok = true;

    if (source->at < source->rows.count || source->is_last)
        return true;
    arena_fini(&source->arena);
    source->at = 0;
    if (holds)
        ok = db_query(writer->db, &source->arena, sql_holds,
                      DB_ARGS(db_int(report->account_id), db_id(&source->cursor), db_id(&end),
                              db_int(report->from_ms), db_int(report->to_ms), db_int(PIECE)),
                      &source->rows, err);
    else
        ok = db_query(writer->db, &source->arena, sql_moves,
                      DB_ARGS(db_int(report->account_id), db_int(report->from_ms),
                              db_int(report->to_ms), db_int(source->cursor_ms),
                              db_id(&source->cursor), db_int(PIECE)),
                      &source->rows, err);
    if (!ok)
        return false;
    source->is_last = source->rows.count < PIECE;
    if (source->rows.count) {
        source->cursor_ms = db_cell_int(&source->rows, source->rows.count - 1, 0);
        source->cursor = db_cell_id(&source->rows, source->rows.count - 1, 1);
    }
    return true;
}

static void csv_entry(struct writer *writer, const struct db_rows *rows, int row, int64_t amount)
{
    enum ledger_kind kind = (enum ledger_kind)db_cell_int(rows, row, 2);
    char time[CLOCK_ISO_BYTES], id[ID_TEXT_LEN + 1] = "";

    clock_iso(db_cell_int(rows, row, 0), time);
    if (kind >= LEDGER_HOLD)
        id_to_text(db_cell_id(rows, row, 1), id);
    buf_printf(&writer->line, "%s,%s", time, kind_name(kind));
    csv_usd(writer, amount);
    csv_balances(writer);
    buf_printf(&writer->line, ",%s,", id);
    csv_text(writer, db_cell_str(rows, row, 8));
    if (kind >= LEDGER_HOLD)
        buf_printf(&writer->line, ",%" PRId64 ",", db_cell_int(rows, row, 9));
    else
        buf_add_str(&writer->line, STR(",,"));
    csv_text(writer, db_cell_str(rows, row, 6));
    buf_add_char(&writer->line, ',');
    csv_text(writer, db_cell_str(rows, row, 7));
}

static void json_entry(struct writer *writer, const struct db_rows *rows, int row, int64_t amount)
{
    enum ledger_kind kind = (enum ledger_kind)db_cell_int(rows, row, 2);
    struct jsonw *w = &writer->w;
    char id[ID_TEXT_LEN + 1];

    jsonw_object(w);
    time_member(writer, "time", db_cell_int(rows, row, 0));
    jsonw_key(w, "kind");
    jsonw_cstr(w, kind_name(kind));
    usd_member(writer, "amount_usd", amount);
    balance_members(writer);
    if (kind >= LEDGER_HOLD) {
        id_to_text(db_cell_id(rows, row, 1), id);
        jsonw_key(w, "job");
        jsonw_cstr(w, id);
        jsonw_key(w, "model");
        jsonw_str(w, db_cell_str(rows, row, 8));
        jsonw_key(w, "key_id");
        jsonw_int(w, db_cell_int(rows, row, 9));
    } else {
        jsonw_key(w, "reason");
        jsonw_str(w, db_cell_str(rows, row, 6));
        jsonw_key(w, "author");
        jsonw_str(w, db_cell_str(rows, row, 7));
    }
    jsonw_end(w);
}

static bool write_entry(struct writer *writer, struct source *source, struct err *err)
{
    const struct db_rows *rows = &source->rows;
    int row = source->at++;
    int64_t amount = db_cell_int(rows, row, 5);
    int64_t from = db_cell_int(rows, row, 3), to = db_cell_int(rows, row, 4);

    writer->balance[from] -= amount;
    writer->balance[to] += amount;
    if (to == LEDGER_OUTSIDE)
        amount = -amount;
    begin_line(writer);
    if (is_csv(writer))
        csv_entry(writer, rows, row, amount);
    else
        json_entry(writer, rows, row, amount);
    return end_line(writer, err);
}

static bool write_entries(struct writer *writer, struct err *err)
{
    struct source holds = {.cursor = id_at(writer->report->from_ms - slack_ms)};
    struct source moves = {.cursor_ms = writer->report->from_ms - 1};
    bool ok = true;

    while (ok) {
        bool has_hold, has_move;

        ok = fill(writer, &holds, true, err) && fill(writer, &moves, false, err);
        has_hold = ok && holds.at < holds.rows.count;
        has_move = ok && moves.at < moves.rows.count;
        if (!has_hold && !has_move)
            break;
        if (has_hold && (!has_move || db_cell_int(&holds.rows, holds.at, 0) <=
                                          db_cell_int(&moves.rows, moves.at, 0)))
            ok = write_entry(writer, &holds, err);
        else
            ok = write_entry(writer, &moves, err);
    }
    arena_fini(&holds.arena);
    arena_fini(&moves.arena);
    return ok;
}

static void undo(struct writer *writer, const struct db_rows *rows)
{
    for (int row = 0; row < rows->count; row++) {
        int64_t amount = db_cell_int(rows, row, 2);

        writer->balance[db_cell_int(rows, row, 0)] += amount;
        writer->balance[db_cell_int(rows, row, 1)] -= amount;
    }
}

/* The balances as they were when the period began. */
static bool read_opening(struct writer *writer, struct err *err)
{
    const struct report *report = writer->report;
    struct id begin = id_at(report->from_ms - slack_ms);
    struct arena arena = {0};
    struct db_rows moved = {0}, held = {0};
    struct account account;
    bool ok = accounts_get(writer->db, report->account_id, &account, err) &&
              db_query(writer->db, &arena, sql_moved,
                       DB_ARGS(db_int(report->account_id), db_int(report->from_ms)), &moved, err) &&
              db_query(writer->db, &arena, sql_held,
                       DB_ARGS(db_int(report->account_id), db_id(&begin), db_int(report->from_ms)),
                       &held, err);

    if (ok) {
        writer->balance[LEDGER_AVAILABLE] = account.available_micro;
        writer->balance[LEDGER_HELD] = account.held_micro;
        writer->balance[LEDGER_SPENT] = account.spent_micro;
        undo(writer, &moved);
        undo(writer, &held);
    }
    arena_fini(&arena);
    return ok;
}

static bool csv_edge(struct writer *writer, const char *name, int64_t ms, struct err *err)
{
    char time[CLOCK_ISO_BYTES];

    clock_iso(ms, time);
    begin_line(writer);
    buf_printf(&writer->line, "%s,%s,", time, name);
    csv_balances(writer);
    buf_add_str(&writer->line, STR(",,,,,"));
    return end_line(writer, err);
}

static bool write_statement(struct writer *writer, struct err *err)
{
    const struct report *report = writer->report;

    if (!read_opening(writer, err))
        return false;
    if (is_csv(writer))
        return put(writer,
                   STR("time,kind,amount_usd,available_usd,held_usd,spent_usd,job,model,key_id,"
                       "reason,author\r\n"),
                   err) &&
               csv_edge(writer, "opening", report->from_ms, err) && write_entries(writer, err) &&
               csv_edge(writer, "closing", report->to_ms, err);
    if (!begin_json(writer, err) || !write_entries(writer, err))
        return false;
    begin_line(writer);
    jsonw_object(&writer->w);
    balance_members(writer);
    jsonw_end(&writer->w);
    return put(writer, STR("],\"closing\":"), err) && put(writer, buf_str(&writer->line), err) &&
           put(writer, STR("}\n"), err);
}

/* ---- usage ---- */

static const char *const counts[] = {"jobs", "completed", "failed", "canceled", "seconds"};

static void csv_usage(struct writer *writer, const struct db_rows *rows, int row, const char *day)
{
    buf_printf(&writer->line, "%s,%" PRId64 ",", day, db_cell_int(rows, row, 0));
    csv_text(writer, db_cell_str(rows, row, 1));
    buf_add_char(&writer->line, ',');
    csv_text(writer, db_cell_str(rows, row, 2));
    for (size_t i = 0; i < ARRAY_LEN(counts); i++)
        buf_printf(&writer->line, ",%" PRId64, db_cell_int(rows, row, 3 + (int)i));
    csv_usd(writer, db_cell_int(rows, row, 8));
    csv_usd(writer, db_cell_int(rows, row, 9));
}

static void json_usage(struct writer *writer, const struct db_rows *rows, int row, const char *day)
{
    struct jsonw *w = &writer->w;

    jsonw_object(w);
    jsonw_key(w, "day");
    jsonw_cstr(w, day);
    jsonw_key(w, "key_id");
    jsonw_int(w, db_cell_int(rows, row, 0));
    jsonw_key(w, "key_name");
    jsonw_str(w, db_cell_str(rows, row, 1));
    jsonw_key(w, "model");
    jsonw_str(w, db_cell_str(rows, row, 2));
    for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
        jsonw_key(w, counts[i]);
        jsonw_int(w, db_cell_int(rows, row, 3 + (int)i));
    }
    usd_member(writer, "spent_usd", db_cell_int(rows, row, 8));
    usd_member(writer, "held_usd", db_cell_int(rows, row, 9));
    jsonw_end(w);
}

static bool write_day(struct writer *writer, int64_t from_ms, int64_t to_ms, struct err *err)
{
    struct id begin = id_at(from_ms - slack_ms), end = id_at(to_ms + slack_ms);
    struct arena arena = {0};
    struct db_rows rows = {0};
    char day[CLOCK_ISO_BYTES];
    bool ok = db_query(writer->db, &arena, sql_usage,
                       DB_ARGS(db_int(writer->report->account_id), db_id(&begin), db_id(&end),
                               db_int(from_ms), db_int(to_ms)),
                       &rows, err);

    clock_iso(from_ms, day);
    day[sizeof("2026-11-21") - 1] = '\0';
    for (int row = 0; ok && row < rows.count; row++) {
        begin_line(writer);
        if (is_csv(writer))
            csv_usage(writer, &rows, row, day);
        else
            json_usage(writer, &rows, row, day);
        ok = end_line(writer, err);
    }
    arena_fini(&arena);
    return ok;
}

static bool write_usage(struct writer *writer, struct err *err)
{
    const struct report *report = writer->report;
    struct account account;
    bool ok = accounts_get(writer->db, report->account_id, &account, err);

    if (ok && is_csv(writer))
        ok = put(writer,
                 STR("day,key_id,key_name,model,jobs,completed,failed,canceled,seconds,spent_usd,"
                     "held_usd\r\n"),
                 err);
    else if (ok)
        ok = begin_json(writer, err);
    for (int64_t from = report->from_ms; ok && from < report->to_ms;) {
        int64_t to = (from / day_ms + 1) * day_ms;

        if (to > report->to_ms)
            to = report->to_ms;
        ok = write_day(writer, from, to, err);
        from = to;
    }
    return ok && (is_csv(writer) || put(writer, STR("]}\n"), err));
}

/* ---- all ---- */

bool report_check(const struct report *report, struct err *err)
{
    if (report->from_ms < 0 || report->to_ms <= report->from_ms ||
        report->to_ms - report->from_ms > REPORT_PERIOD_MS_MAX)
        return err_set_param(err, ERR_INVALID, "to",
                             "a report is about at least a moment and at most 366 days");
    return true;
}

bool report_write(struct db *db, const struct report *report, FILE *out, struct err *err)
{
    struct writer writer = {.db = db, .report = report, .out = out};
    bool ok = false;

    if (!report_check(report, err) || !db_begin_read(db, err))
        return false;
    buf_init(&writer.line, LINE_BYTES_MAX);
    ok = report->kind == REPORT_STATEMENT ? write_statement(&writer, err)
                                          : write_usage(&writer, err);
    buf_fini(&writer.line);
    db_rollback(db);
    if (ok && fflush(out) != 0)
        ok = err_set(err, ERR_IO, "cannot write a report: %s", strerror(errno));
    return ok;
}
