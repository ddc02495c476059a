/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "app/command.h"
#include "app/first.h"
#include "app/keys_options.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/macros.h"
#include "core/executor.h"
#include "core/keys.h"
#include "core/meter.h"
#include "model/money.h"
#include "store/db.h"

enum { KEYS_PAGE = 200, GRACE_HOURS_MAX = 24 * 90 };

static const char help[] =
    "usage: vitascope keys create [--account ID] [SETTINGS] [--data DIR]\n"
    "       vitascope keys list [--account ID] [--data DIR]\n"
    "       vitascope keys show|disable|enable|delete ID [--data DIR]\n"
    "       vitascope keys update ID SETTINGS [--data DIR]\n"
    "       vitascope keys rotate ID [--grace HOURS] [--data DIR]\n"
    "\n"
    "  --name NAME\n"
    "  --scopes LIST      some of read,create,admin (default read,create)\n"
    "  --admin            adds the scope admin\n"
    "  --expires HOURS    from now; 0: never\n"
    "  --hourly USD, --daily USD, --total USD\n"
    "                     how much its jobs may cost in an hour, in a day, ever\n"
    "  --rpm N            requests a minute\n"
    "  --jobs N           jobs at once, queued or running\n"
    "  --queued N         jobs at once that wait to start\n"
    "  --ip LIST          addresses and ranges that it may be used from: 10.0.0.0/8,2001:db8::1\n"
    "  --models LIST      models that it may name\n"
    "\n"
    "0 and an empty list mean no limit. Rotating gives a key a new secret; the old one is good "
    "for\n"
    "the hours of --grace, or no longer. Works beside a running server, which sees a change "
    "within\n"
    "2 seconds. A secret is printed once and stored as a hash.\n";

/* One change, in a transaction. */
struct change {
    struct op op;
    const struct keys_options *options;
    struct key fresh; /* of rotate */
    int64_t now_ms, old_until_ms;
};

static bool keys_make(struct db *db, const struct keys_options *options, struct err *err)
{
    struct key key = {.name = "key", .scopes = SCOPE_READ | SCOPE_CREATE};
    char text[KEY_TEXT_BYTES];
    struct account account;

    if (!keys_options_apply(options, &key, err))
        return false;
    if (options->account) {
        if (!str_to_int(str_from(options->account), &key.account_id))
            return err_set(err, ERR_INVALID, "--account needs the number of an account");
    } else {
        if (!first_account(db, &account, err))
            return false;
        key.account_id = account.id;
    }
    if (!first_key(db, &key, text, err))
        return false;
    printf("key: %s\n", text);
    return true;
}

static void print_key(const struct key *key)
{
    char created[CLOCK_ISO_BYTES], expires[CLOCK_ISO_BYTES] = "never", scopes[SCOPES_TEXT_BYTES];

    clock_iso(key->created_ms, created);
    if (key->expires_ms)
        clock_iso(key->expires_ms, expires);
    printf("%-6lld %-12s %-9s %-8lld %-18s %-25s %-25s %s\n", (long long)key->id, key->prefix,
           key->disabled ? "disabled" : "active", (long long)key->account_id,
           scopes_print(key->scopes, scopes), created, expires, key->name);
}

static bool keys_print(struct db *db, const struct keys_options *options, struct err *err)
{
    struct key_filter filter = {.limit = KEYS_PAGE};
    struct arena arena = {0};
    struct key_list list;
    bool ok = true;

    if (options->account && !str_to_int(str_from(options->account), &filter.account_id))
        return err_set(err, ERR_INVALID, "--account needs the number of an account");
    printf("%-6s %-12s %-9s %-8s %-18s %-25s %-25s %s\n", "id", "key", "state", "account", "scopes",
           "created", "expires", "name");
    do {
        ok = keys_list(db, &arena, &filter, &list, err);
        for (int i = 0; ok && i < list.count; i++)
            print_key(&list.keys[i]);
        if (ok && list.count)
            filter.after = list.keys[list.count - 1].id;
    } while (ok && list.count == KEYS_PAGE);
    arena_fini(&arena);
    return ok;
}

static void print_spent(const char *name, int64_t used, int64_t limit)
{
    char used_text[MONEY_TEXT_BYTES], limit_text[MONEY_TEXT_BYTES];

    money_print(used, used_text);
    money_print(limit, limit_text);
    if (limit)
        printf("%-22s%s of %s\n", name, used_text, limit_text);
}

static void print_count(const char *name, int64_t used, int64_t limit)
{
    if (limit)
        printf("%-22s%lld of %lld\n", name, (long long)used, (long long)limit);
}

static bool keys_show(struct db *db, const struct keys_options *options, struct err *err)
{
    const struct key_limits *limits = NULL;
    char scopes[SCOPES_TEXT_BYTES];
    struct meter_use use;
    struct key key;

    if (!keys_get(db, options->id, &key, err) || !meter_get(db, key.id, clock_now_ms(), &use, err))
        return false;
    limits = &key.limits;
    printf("%-22s%lld\n%-22s%s\n%-22s%s\n%-22s%s\n%-22s%s\n", "id", (long long)key.id, "key",
           key.prefix, "name", key.name, "state", key.disabled ? "disabled" : "active", "scopes",
           scopes_print(key.scopes, scopes));
    print_spent("spent this hour", use.hour_micro, limits->hour_micro);
    print_spent("spent today", use.day_micro, limits->day_micro);
    print_spent("spent", use.total_micro, limits->total_micro);
    print_count("jobs", use.jobs, limits->jobs_max);
    print_count("jobs waiting", use.queued, limits->queued_max);
    if (limits->requests_per_minute)
        printf("%-22s%lld\n", "requests a minute", (long long)limits->requests_per_minute);
    if (limits->ranges[0])
        printf("%-22s%s\n", "IP ranges", limits->ranges);
    if (limits->models[0])
        printf("%-22s%s\n", "models", limits->models);
    return true;
}

static bool run_change(struct db *db, struct change *change,
                       bool (*run)(struct op *op, struct db *db, struct err *err), struct err *err)
{
    change->op.run = run;
    change->now_ms = clock_now_ms();
    return executor_run_once(db, &change->op, err);
}

static bool disable_run(struct op *op, struct db *db, struct err *err)
{
    return keys_set_disabled(db, ((struct change *)op)->options->id, true, err);
}

static bool enable_run(struct op *op, struct db *db, struct err *err)
{
    return keys_set_disabled(db, ((struct change *)op)->options->id, false, err);
}

static bool delete_run(struct op *op, struct db *db, struct err *err)
{
    struct change *change = (struct change *)op;

    return keys_delete(db, change->options->id, change->now_ms, err);
}

static bool update_run(struct op *op, struct db *db, struct err *err)
{
    struct change *change = (struct change *)op;
    struct key key;

    return keys_get(db, change->options->id, &key, err) &&
           keys_options_apply(change->options, &key, err) &&
           keys_update(db, &key, change->now_ms, err);
}

static bool rotate_run(struct op *op, struct db *db, struct err *err)
{
    struct change *change = (struct change *)op;

    return keys_rotate(db, change->options->id, &change->fresh, change->old_until_ms, err);
}

static bool keys_turn(struct db *db, const struct keys_options *options, struct err *err)
{
    struct change change = {.options = options};
    char text[KEY_TEXT_BYTES];
    int64_t hours = 0;

    if (options->grace &&
        (!str_to_int(str_from(options->grace), &hours) || hours < 0 || hours > GRACE_HOURS_MAX))
        return err_set(err, ERR_INVALID, "--grace needs hours from 0 to %d", GRACE_HOURS_MAX);
    if (hours)
        change.old_until_ms = clock_now_ms() + hours * 3600 * 1000;
    key_generate(text, &change.fresh);
    if (!run_change(db, &change, rotate_run, err))
        return false;
    printf("key: %s\n", text);
    return true;
}

static bool change_and_say(struct db *db, const struct keys_options *options,
                           bool (*run)(struct op *op, struct db *db, struct err *err),
                           const char *what, struct err *err)
{
    struct change change = {.options = options};

    if (!run_change(db, &change, run, err))
        return false;
    printf("key %lld is %s\n", (long long)options->id, what);
    return true;
}

static bool keys_disable(struct db *db, const struct keys_options *options, struct err *err)
{
    return change_and_say(db, options, disable_run, "disabled", err);
}

static bool keys_enable(struct db *db, const struct keys_options *options, struct err *err)
{
    return change_and_say(db, options, enable_run, "active", err);
}

static bool keys_remove(struct db *db, const struct keys_options *options, struct err *err)
{
    return change_and_say(db, options, delete_run, "deleted", err);
}

static bool keys_change(struct db *db, const struct keys_options *options, struct err *err)
{
    return change_and_say(db, options, update_run, "updated", err);
}

static const struct keys_verb verbs[] = {
    {"create", false, keys_make},  {"list", false, keys_print},     {"show", true, keys_show},
    {"update", true, keys_change}, {"disable", true, keys_disable}, {"enable", true, keys_enable},
    {"rotate", true, keys_turn},   {"delete", true, keys_remove},
};

/* Before anything is opened or made. */
static bool check_options(const struct keys_options *options, struct err *err)
{
    struct key key = {0};

    return keys_options_apply(options, &key, err) && keys_check(&key, err);
}

int command_keys(int argc, char **argv)
{
    const struct keys_command command = {"keys", help, check_options, verbs, ARRAY_LEN(verbs)};

    return keys_command_run(&command, argc, argv);
}
