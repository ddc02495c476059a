/* SPDX-License-Identifier: Apache-2.0 */
#include "core/keys.h"

#include <string.h>

#include "base/macros.h"
#include "core/meter.h"
#include "model/money.h"
#include "net/netaddr.h"
#include "store/db.h"

#define KEY_COLUMNS                                                                                \
    "id, account_id, hash, prefix, name, disabled, admin, created_ms, expires_ms, scopes,"         \
    " hour_max_micro, day_max_micro, total_max_micro, requests_per_minute, jobs_max, queued_max,"  \
    " ranges, models"

static const char sql_has_account[] = "SELECT 1 FROM accounts WHERE id = $1";
static const char sql_create[] =
    "INSERT INTO keys (" KEY_COLUMNS ")"
    " SELECT coalesce(max(id), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,"
    " $14, $15, $16, $17 FROM keys RETURNING id";
static const char sql_find[] = "SELECT " KEY_COLUMNS ", old_until_ms FROM keys"
                               " WHERE (hash = $1 OR old_hash = $1) AND deleted_ms = 0"
                               " ORDER BY hash = $1 DESC LIMIT 1";
static const char sql_get[] = "SELECT " KEY_COLUMNS " FROM keys WHERE id = $1 AND deleted_ms = 0";
static const char sql_list[] = "SELECT " KEY_COLUMNS " FROM keys"
                               " WHERE ($1 = 0 OR account_id = $1) AND id > $2 AND deleted_ms = 0"
                               " ORDER BY id LIMIT $3";
static const char sql_set_disabled[] =
    "UPDATE keys SET disabled = $2 WHERE id = $1 AND deleted_ms = 0";
static const char sql_update[] =
    "UPDATE keys SET name = $2, disabled = $3, admin = $4, expires_ms = $5, scopes = $6,"
    " hour_max_micro = $7, day_max_micro = $8, total_max_micro = $9, requests_per_minute = $10,"
    " jobs_max = $11, queued_max = $12, ranges = $13, models = $14"
    " WHERE id = $1 AND deleted_ms = 0";
static const char sql_rotate[] = "UPDATE keys SET old_hash = CASE WHEN $4 > 0 THEN hash END,"
                                 " old_until_ms = $4, hash = $2, prefix = $3"
                                 " WHERE id = $1 AND deleted_ms = 0";
static const char sql_delete[] =
    "UPDATE keys SET deleted_ms = $2, old_hash = NULL WHERE id = $1 AND deleted_ms = 0";

static const char no_key[] = "no such key";

/* ---- what people may write ---- */

bool key_ranges_check(struct str ranges, struct err *err)
{
    struct netaddr_range range;
    struct str text;
    int count = 0;

    while (ranges.len) {
        ranges = str_cut(ranges, ',', &text);
        if (++count > KEY_RANGES_MAX)
            return err_set_param(err, ERR_INVALID, "ip_ranges", "a key has at most %d IP ranges",
                                 KEY_RANGES_MAX);
        if (!netaddr_range_parse(text, &range, err))
            return err_set_param(err, ERR_INVALID, "ip_ranges",
                                 "\"" STR_FMT "\" is not an IP address or range",
                                 STR_ARG(str_utf8_head(text, 60)));
    }
    return true;
}

bool key_ranges_have(struct str ranges, const struct netaddr *addr)
{
    struct netaddr_range range;
    struct str text;
    struct err ignored;

    while (ranges.len) {
        ranges = str_cut(ranges, ',', &text);
        if (netaddr_range_parse(text, &range, &ignored) && netaddr_range_has(&range, addr))
            return true;
    }
    return false;
}

static bool check_name(const struct key *key, struct err *err)
{
    struct str name = str_from(key->name);

    bool is_plain = str_is_utf8(name);

    for (size_t i = 0; i < name.len; i++)
        is_plain &= (unsigned char)name.ptr[i] >= ' ' && name.ptr[i] != 0x7f;
    return is_plain || err_set_param(err, ERR_INVALID, "name", "a key's name is plain text");
}

static bool check_limits(const struct key_limits *limits, struct err *err)
{
    const struct {
        const char *name;
        int64_t value, max;
    } rows[] = {
        {"hourly_usd", limits->hour_micro, MONEY_MICRO_MAX},
        {"daily_usd", limits->day_micro, MONEY_MICRO_MAX},
        {"total_usd", limits->total_micro, MONEY_MICRO_MAX},
        {"requests_per_minute", limits->requests_per_minute, KEY_COUNT_MAX},
        {"concurrent_jobs", limits->jobs_max, KEY_COUNT_MAX},
        {"queued_jobs", limits->queued_max, KEY_COUNT_MAX},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].value < 0 || rows[i].value > rows[i].max)
            return err_set_param(err, ERR_INVALID, rows[i].name, "%s is out of range",
                                 rows[i].name);
    }
    return key_ranges_check(str_from(limits->ranges), err);
}

bool keys_check(const struct key *key, struct err *err)
{
    if (key->scopes & ~(unsigned)SCOPES_ALL)
        return err_set_param(err, ERR_INVALID, "scopes", "a scope is read, create or admin");
    if (key->expires_ms < 0)
        return err_set_param(err, ERR_INVALID, "expires_at", "the time is out of range");
    return check_name(key, err) && check_limits(&key->limits, err);
}

/* ---- rows ---- */

static void read_limits(const struct db_rows *rows, int row, struct key_limits *limits)
{
    limits->hour_micro = db_cell_int(rows, row, 10);
    limits->day_micro = db_cell_int(rows, row, 11);
    limits->total_micro = db_cell_int(rows, row, 12);
    limits->requests_per_minute = db_cell_int(rows, row, 13);
    limits->jobs_max = db_cell_int(rows, row, 14);
    limits->queued_max = db_cell_int(rows, row, 15);
    str_copy(db_cell_str(rows, row, 16), limits->ranges, sizeof(limits->ranges));
    str_copy(db_cell_str(rows, row, 17), limits->models, sizeof(limits->models));
}

static void read_key(const struct db_rows *rows, int row, struct key *key)
{
    struct str hash = db_cell_str(rows, row, 2);
    unsigned admin = db_cell_int(rows, row, 6) ? SCOPE_ADMIN : 0;

    *key = (struct key){
        .id = db_cell_int(rows, row, 0),
        .account_id = db_cell_int(rows, row, 1),
        .disabled = db_cell_int(rows, row, 5) != 0,
        .created_ms = db_cell_int(rows, row, 7),
        .expires_ms = db_cell_int(rows, row, 8),
        .scopes = admin | (unsigned)db_cell_int(rows, row, 9),
    };
    if (hash.len == HASH_BYTES)
        memcpy(key->hash.bytes, hash.ptr, HASH_BYTES);
    str_copy(db_cell_str(rows, row, 3), key->prefix, sizeof(key->prefix));
    str_copy(db_cell_str(rows, row, 4), key->name, sizeof(key->name));
    read_limits(rows, row, &key->limits);
}

static unsigned plain_scopes(const struct key *key)
{
    return key->scopes & ~(unsigned)SCOPE_ADMIN;
}

static bool insert(struct db *db, struct arena *arena, struct key *key, struct err *err)
{
    const struct key_limits *limits = &key->limits;
    struct db_rows rows = {0};

    if (!db_query(db, arena, sql_has_account, DB_ARGS(db_int(key->account_id)), &rows, err))
        return false;
    if (!rows.count)
        return err_set_param(err, ERR_NOT_FOUND, "account", "no such account");
    if (!db_query(db, arena, sql_create,
                  DB_ARGS(db_int(key->account_id), db_blob(hash_str(&key->hash)),
                          db_text(str_from(key->prefix)), db_text(str_from(key->name)),
                          db_int(key->disabled), db_int((key->scopes & SCOPE_ADMIN) != 0),
                          db_int(key->created_ms), db_int(key->expires_ms),
                          db_int(plain_scopes(key)), db_int(limits->hour_micro),
                          db_int(limits->day_micro), db_int(limits->total_micro),
                          db_int(limits->requests_per_minute), db_int(limits->jobs_max),
                          db_int(limits->queued_max), db_text(str_from(limits->ranges)),
                          db_text(str_from(limits->models))),
                  &rows, err))
        return false;
    key->id = db_cell_int(&rows, 0, 0);
    return true;
}

bool keys_create(struct db *db, struct key *key, struct err *err)
{
    struct arena arena = {0};
    bool ok = false;

    if (!key->scopes)
        key->scopes = SCOPE_READ | SCOPE_CREATE;
    ok = keys_check(key, err) && insert(db, &arena, key, err);
    arena_fini(&arena);
    return ok && (!key_is_metered(&key->limits) || meter_begin(db, key, key->created_ms, err));
}

bool keys_find(struct db *db, const struct hash *hash, struct key *key, struct err *err)
{
    struct arena arena = {0};
    struct db_rows rows = {0};
    bool ok = db_query(db, &arena, sql_find, DB_ARGS(db_blob(hash_str(hash))), &rows, err);

    if (ok && !rows.count)
        ok = err_set(err, ERR_UNAUTHORIZED, "%s", no_key);
    if (ok) {
        int64_t until = db_cell_int(&rows, 0, 18);

        read_key(&rows, 0, key);
        if (!hash_eq(&key->hash, hash) && (!key->expires_ms || until < key->expires_ms))
            key->expires_ms = until;
    }
    arena_fini(&arena);
    return ok;
}

bool keys_get(struct db *db, int64_t id, struct key *key, struct err *err)
{
    struct arena arena = {0};
    struct db_rows rows = {0};
    bool ok = db_query(db, &arena, sql_get, DB_ARGS(db_int(id)), &rows, err);

    if (ok && !rows.count)
        ok = err_set(err, ERR_NOT_FOUND, "%s", no_key);
    if (ok)
        read_key(&rows, 0, key);
    arena_fini(&arena);
    return ok;
}

bool keys_list(struct db *db, struct arena *arena, const struct key_filter *filter,
               struct key_list *list, struct err *err)
{
    struct db_rows rows = {0};

    if (!db_query(db, arena, sql_list,
                  DB_ARGS(db_int(filter->account_id), db_int(filter->after), db_int(filter->limit)),
                  &rows, err))
        return false;
    list->count = rows.count;
    list->keys = ARENA_ARRAY(arena, struct key, (size_t)rows.count);
    for (int row = 0; row < rows.count; row++)
        read_key(&rows, row, &list->keys[row]);
    return true;
}

static bool change_one(struct db *db, const char *sql, struct db_args args, struct err *err)
{
    if (!db_exec(db, sql, args, err))
        return false;
    return db_changes(db) == 1 || err_set(err, ERR_NOT_FOUND, "%s", no_key);
}

bool keys_set_disabled(struct db *db, int64_t id, bool disabled, struct err *err)
{
    return change_one(db, sql_set_disabled, DB_ARGS(db_int(id), db_int(disabled)), err);
}

bool keys_update(struct db *db, const struct key *key, int64_t now_ms, struct err *err)
{
    const struct key_limits *limits = &key->limits;

    if (!key->scopes)
        return err_set_param(err, ERR_INVALID, "scopes", "a key needs a scope");
    if (!keys_check(key, err) ||
        !change_one(db, sql_update,
                    DB_ARGS(db_int(key->id), db_text(str_from(key->name)), db_int(key->disabled),
                            db_int((key->scopes & SCOPE_ADMIN) != 0), db_int(key->expires_ms),
                            db_int(plain_scopes(key)), db_int(limits->hour_micro),
                            db_int(limits->day_micro), db_int(limits->total_micro),
                            db_int(limits->requests_per_minute), db_int(limits->jobs_max),
                            db_int(limits->queued_max), db_text(str_from(limits->ranges)),
                            db_text(str_from(limits->models))),
                    err))
        return false;
    return key_is_metered(limits) ? meter_begin(db, key, now_ms, err) : meter_end(db, key->id, err);
}

bool keys_rotate(struct db *db, int64_t id, const struct key *fresh, int64_t old_until_ms,
                 struct err *err)
{
    return change_one(db, sql_rotate,
                      DB_ARGS(db_int(id), db_blob(hash_str(&fresh->hash)),
                              db_text(str_from(fresh->prefix)), db_int(old_until_ms)),
                      err);
}

bool keys_delete(struct db *db, int64_t id, int64_t now_ms, struct err *err)
{
    return change_one(db, sql_delete, DB_ARGS(db_int(id), db_int(now_ms)), err);
}
