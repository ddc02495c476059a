/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger.h"

#include "store/db.h"

static const char sql_add[] = "UPDATE accounts SET available_micro = available_micro + $2"
                              " WHERE id = $1 AND available_micro + $2 BETWEEN 0 AND $3";
static const char sql_hold[] =
    "UPDATE accounts SET available_micro = available_micro - $2, held_micro = held_micro + $2"
    " WHERE id = $1 AND available_micro >= $2";
static const char sql_spend[] =
    "UPDATE accounts SET held_micro = held_micro - $2, spent_micro = spent_micro + $2"
    " WHERE id = $1";
static const char sql_give_back[] =
    "UPDATE accounts SET held_micro = held_micro - $2, available_micro = available_micro + $2"
    " WHERE id = $1";
static const char sql_insert[] = "INSERT INTO ledger (ref, settles, kind, account_id, from_bucket,"
                                 " to_bucket, amount_micro, created_ms, reason, author)"
                                 " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
static const char sql_find_hold[] =
    "SELECT account_id, amount_micro, kind FROM ledger WHERE ref = $1 AND settles = 0";
static const char sql_same[] =
    "SELECT kind = $2 AND account_id = $3 AND to_bucket = $4 AND amount_micro = $5 AND reason = $6"
    " FROM ledger WHERE ref = $1 AND settles = 0";
static const char sql_find[] = "SELECT account_id FROM ledger WHERE ref = $1 AND settles = 0";
static const char sql_balance[] = "SELECT available_micro FROM accounts WHERE id = $1";

struct entry {
    struct id ref;
    enum ledger_kind kind;
    enum ledger_bucket from, to;
    int64_t account_id;
    int64_t amount_micro; /* never negative */
    struct ledger_note note;
};

static bool insert(struct db *db, const struct entry *entry, struct err *err)
{
    bool settles = entry->kind == LEDGER_CAPTURE || entry->kind == LEDGER_RELEASE;

    return db_exec(db, sql_insert,
                   DB_ARGS(db_id(&entry->ref), db_int(settles), db_int(entry->kind),
                           db_int(entry->account_id), db_int(entry->from), db_int(entry->to),
                           db_int(entry->amount_micro), db_int(entry->note.now_ms),
                           db_text(entry->note.reason), db_text(entry->note.author)),
                   err);
}

/* Why an update of the account's balance matched nothing. */
static bool explain(struct db *db, int64_t account_id, bool takes, struct err *err)
{
    struct arena arena = {0};
    struct db_rows rows = {0};

    if (!db_query(db, &arena, sql_balance, DB_ARGS(db_int(account_id)), &rows, err))
        ;
    else if (!rows.count)
        err_set(err, ERR_NOT_FOUND, "no such account");
    else if (takes)
        err_set(err, ERR_FUNDS, "the balance is too low");
    else
        err_set(err, ERR_INVALID, "the balance would be more than an account can have");
    arena_fini(&arena);
    return false;
}

/* Looks whether the entry is there already. ERR_CONFLICT: another is, under its reference. */
static bool find_same(struct db *db, const struct entry *entry, bool *found, struct err *err)
{
    struct arena arena = {0};
    struct db_rows rows = {0};
    bool ok = db_query(db, &arena, sql_same,
                       DB_ARGS(db_id(&entry->ref), db_int(entry->kind), db_int(entry->account_id),
                               db_int(entry->to), db_int(entry->amount_micro),
                               db_text(entry->note.reason)),
                       &rows, err);

    *found = ok && rows.count;
    if (*found && !db_cell_int(&rows, 0, 0))
        ok = err_set_param(err, ERR_CONFLICT, "Idempotency-Key",
                           "this idempotency key was used for another request");
    arena_fini(&arena);
    return ok;
}

/* Between outside and available; a negative amount takes. */
static bool move(struct db *db, struct entry *entry, int64_t amount_micro, struct err *err)
{
    bool is_repeated = false;

    if (amount_micro > LEDGER_AMOUNT_MICRO_MAX || amount_micro < -LEDGER_AMOUNT_MICRO_MAX)
        return err_set(err, ERR_INVALID, "the amount is more than one entry can move");
    if (entry->note.reason.len > LEDGER_REASON_BYTES_MAX ||
        entry->note.author.len > LEDGER_AUTHOR_BYTES_MAX)
        return err_set(err, ERR_INVALID, "the reason or the author is too long");
    entry->ref = entry->note.ref;
    entry->from = amount_micro < 0 ? LEDGER_AVAILABLE : LEDGER_OUTSIDE;
    entry->to = amount_micro < 0 ? LEDGER_OUTSIDE : LEDGER_AVAILABLE;
    entry->amount_micro = amount_micro < 0 ? -amount_micro : amount_micro;
    if (id_is_zero(entry->ref))
        entry->ref = id_new();
    else if (!find_same(db, entry, &is_repeated, err))
        return false;
    if (is_repeated)
        return true;
    if (!db_exec(db, sql_add,
                 DB_ARGS(db_int(entry->account_id), db_int(amount_micro),
                         db_int(LEDGER_BALANCE_MICRO_MAX)),
                 err))
        return false;
    if (db_changes(db) != 1)
        return explain(db, entry->account_id, amount_micro < 0, err);
    return insert(db, entry, err);
}

bool ledger_find(struct db *db, struct id ref, int64_t *account_id, struct err *err)
{
    struct arena arena = {0};
    struct db_rows rows = {0};
    bool ok = id_is_zero(ref) || db_query(db, &arena, sql_find, DB_ARGS(db_id(&ref)), &rows, err);

    if (ok)
        *account_id = rows.count ? db_cell_int(&rows, 0, 0) : 0;
    arena_fini(&arena);
    return ok;
}

bool ledger_grant(struct db *db, int64_t account_id, int64_t amount_micro,
                  const struct ledger_note *note, struct err *err)
{
    struct entry entry = {.kind = LEDGER_GRANT, .account_id = account_id, .note = *note};

    if (amount_micro < 1)
        return err_set(err, ERR_INVALID, "a grant must be more than nothing");
    return move(db, &entry, amount_micro, err);
}

bool ledger_adjust(struct db *db, int64_t account_id, int64_t amount_micro,
                   const struct ledger_note *note, struct err *err)
{
    struct entry entry = {.kind = LEDGER_ADJUST, .account_id = account_id, .note = *note};

    if (amount_micro == 0)
        return err_set(err, ERR_INVALID, "an adjustment must be more or less than nothing");
    if (!note->reason.len || !note->author.len)
        return err_set(err, ERR_INVALID, "an adjustment needs a reason and an author");
    return move(db, &entry, amount_micro, err);
}

bool ledger_hold(struct db *db, int64_t account_id, struct id job, int64_t amount_micro,
                 int64_t now_ms, struct err *err)
{
    struct entry entry = {
        .ref = job,
        .kind = LEDGER_HOLD,
        .from = LEDGER_AVAILABLE,
        .to = LEDGER_HELD,
        .account_id = account_id,
        .amount_micro = amount_micro,
        .note.now_ms = now_ms,
    };

    if (amount_micro < 0 || amount_micro > LEDGER_AMOUNT_MICRO_MAX)
        return err_set(err, ERR_INVALID, "the price is out of range");
    if (!db_exec(db, sql_hold, DB_ARGS(db_int(account_id), db_int(amount_micro)), err))
        return false;
    if (db_changes(db) != 1)
        return explain(db, account_id, true, err);
    return insert(db, &entry, err);
}

/* Fills account and amount of an entry that settles the hold of entry->ref. */
static bool find_hold(struct db *db, struct entry *entry, struct err *err)
{
    struct arena arena = {0};
    struct db_rows rows = {0};
    bool ok = db_query(db, &arena, sql_find_hold, DB_ARGS(db_id(&entry->ref)), &rows, err);

    if (ok && (!rows.count || db_cell_int(&rows, 0, 2) != LEDGER_HOLD)) {
        ok = err_set(err, ERR_CONFLICT, "nothing is held for this job");
    } else if (ok) {
        entry->account_id = db_cell_int(&rows, 0, 0);
        entry->amount_micro = db_cell_int(&rows, 0, 1);
    }
    arena_fini(&arena);
    return ok;
}

static bool settle(struct db *db, struct entry *entry, const char *sql, struct err *err)
{
    entry->from = LEDGER_HELD;
    if (!find_hold(db, entry, err) || !insert(db, entry, err))
        return false;
    return db_exec(db, sql, DB_ARGS(db_int(entry->account_id), db_int(entry->amount_micro)), err);
}

bool ledger_capture(struct db *db, struct id job, int64_t now_ms, struct err *err)
{
    struct entry entry = {
        .ref = job, .kind = LEDGER_CAPTURE, .to = LEDGER_SPENT, .note.now_ms = now_ms};

    return settle(db, &entry, sql_spend, err);
}

bool ledger_release(struct db *db, struct id job, int64_t now_ms, struct err *err)
{
    struct entry entry = {
        .ref = job, .kind = LEDGER_RELEASE, .to = LEDGER_AVAILABLE, .note.now_ms = now_ms};

    return settle(db, &entry, sql_give_back, err);
}
