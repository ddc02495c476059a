/* SPDX-License-Identifier: Apache-2.0 */
#include "app/first.h"

#include "app/home.h"
#include "base/arena.h"
#include "base/clock.h"
#include "core/accounts.h"
#include "core/executor.h"
#include "core/keys.h"
#include "core/ledger.h"
#include "store/db.h"
#include "store/migrate.h"

bool first_open(struct str database_url, struct db **db, struct err *err)
{
    if (!db_open(db, database_url, err))
        return false;
    if (migrate(*db, err))
        return true;
    db_close(*db);
    *db = NULL;
    return false;
}

bool first_open_data(const char *data, struct arena *arena, struct db **db, struct err *err)
{
    struct home home;

    return home_open(arena, str_from(data), &home, err) && first_open(home.database_url, db, err);
}

bool first_account(struct db *db, struct account *account, struct err *err)
{
    struct arena arena = {0};
    struct account_list list = {0};
    bool ok = accounts_list(db, &arena, 0, 1, &list, err);

    if (ok && list.count == 0)
        ok = err_set(err, ERR_NOT_FOUND, "there is no account yet; run: vitascope serve");
    if (ok)
        *account = list.accounts[0];
    arena_fini(&arena);
    return ok;
}

struct owner {
    struct op op;
    int64_t grant_micro;
    char *text;
    bool made;
};

static bool owner_run(struct op *op, struct db *db, struct err *err)
{
    struct owner *owner = (struct owner *)op;
    struct ledger_note note = {
        .reason = STR("first grant"), .author = STR("vitascope serve"), .now_ms = clock_now_ms()};
    struct key key = {.name = "first key", .scopes = SCOPES_ALL, .created_ms = note.now_ms};
    struct account account;
    struct err none;

    if (first_account(db, &account, &none))
        return true;
    if (none.kind != ERR_NOT_FOUND) {
        *err = none;
        return false;
    }
    if (!accounts_create(db, STR("owner"), note.now_ms, &account, err))
        return false;
    if (owner->grant_micro > 0 && !ledger_grant(db, account.id, owner->grant_micro, &note, err))
        return false;
    key_generate(owner->text, &key);
    key.account_id = account.id;
    owner->made = true;
    return keys_create(db, &key, err);
}

bool first_owner(struct db *db, int64_t grant_micro, char text[KEY_TEXT_BYTES], bool *made,
                 struct err *err)
{
    char fresh[KEY_TEXT_BYTES];
    struct owner owner = {{.run = owner_run}, grant_micro, fresh, false};

    if (!executor_run_once(db, &owner.op, err))
        return false;
    *made = owner.made;
    if (owner.made)
        str_copy(str_from(fresh), text, KEY_TEXT_BYTES);
    return true;
}

struct make_key {
    struct op op;
    struct key *key;
};

static bool key_run(struct op *op, struct db *db, struct err *err)
{
    return keys_create(db, ((struct make_key *)op)->key, err);
}

bool first_key(struct db *db, struct key *key, char text[KEY_TEXT_BYTES], struct err *err)
{
    struct make_key make = {{.run = key_run}, key};

    key->created_ms = clock_now_ms();
    key_generate(text, key);
    return executor_run_once(db, &make.op, err);
}
