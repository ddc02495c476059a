/* SPDX-License-Identifier: Apache-2.0 */
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/command.h"
#include "app/keys_options.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/macros.h"
#include "core/accounts.h"
#include "core/executor.h"
#include "core/ledger.h"
#include "core/reports.h"
#include "model/money.h"
#include "store/db.h"

enum { ACCOUNTS_PAGE = 200, DAYS_DEFAULT = 30 };

static const int64_t day_ms = 86400000;

static const char help[] =
    "usage: vitascope credits list [--data DIR]\n"
    "       vitascope credits create --name NAME [--data DIR]\n"
    "       vitascope credits grant ACCOUNT --usd USD --reason TEXT [--author NAME] [--data DIR]\n"
    "       vitascope credits adjust ACCOUNT --usd USD --reason TEXT [--author NAME] [--data DIR]\n"
    "       vitascope credits statement ACCOUNT [PERIOD] [--data DIR]\n"
    "       vitascope credits usage ACCOUNT [PERIOD] [--data DIR]\n"
    "\n"
    "  --usd USD          dollars; an adjustment may be negative, but takes no more than is there\n"
    "  --author NAME      default: who runs this\n"
    "  --from, --to TIME  a period: 2026-11-01 or 2026-11-01T12:00:00Z (default: the last 30 "
    "days)\n"
    "  --format FORMAT    csv or json (default csv)\n"
    "\n"
    "Works beside a running server.\n";

struct change {
    struct op op;
    const struct keys_options *options;
    struct ledger_note note;
    int64_t amount_micro;
    bool is_grant;
    struct account account;
};

static void print_account(const struct account *account)
{
    char available[MONEY_TEXT_BYTES], held[MONEY_TEXT_BYTES], spent[MONEY_TEXT_BYTES];

    money_print(account->available_micro, available);
    money_print(account->held_micro, held);
    money_print(account->spent_micro, spent);
    printf("%-8lld %-16s %-16s %-16s %s\n", (long long)account->id, available, held, spent,
           account->name);
}

static bool credits_list(struct db *db, const struct keys_options *options, struct err *err)
{
    struct arena arena = {0};
    struct account_list list = {0};
    int64_t after = 0;
    bool ok = true;

    (void)options;
    printf("%-8s %-16s %-16s %-16s %s\n", "account", "available", "held", "spent", "name");
    do {
        ok = accounts_list(db, &arena, after, ACCOUNTS_PAGE, &list, err);
        for (int i = 0; ok && i < list.count; i++)
            print_account(&list.accounts[i]);
        if (ok && list.count)
            after = list.accounts[list.count - 1].id;
    } while (ok && list.count == ACCOUNTS_PAGE);
    arena_fini(&arena);
    return ok;
}

static bool create_run(struct op *op, struct db *db, struct err *err)
{
    struct change *change = (struct change *)op;

    return accounts_create(db, str_from(change->options->name), clock_now_ms(), &change->account,
                           err);
}

static bool credits_create(struct db *db, const struct keys_options *options, struct err *err)
{
    struct change change = {.op.run = create_run, .options = options};

    if (!options->name)
        return err_set(err, ERR_INVALID, "--name is missing");
    if (!executor_run_once(db, &change.op, err))
        return false;
    printf("account: %lld\n", (long long)change.account.id);
    return true;
}

static bool move_run(struct op *op, struct db *db, struct err *err)
{
    struct change *change = (struct change *)op;
    int64_t id = change->options->id;

    return (change->is_grant ? ledger_grant(db, id, change->amount_micro, &change->note, err)
                             : ledger_adjust(db, id, change->amount_micro, &change->note, err)) &&
           accounts_get(db, id, &change->account, err);
}

static struct str author_of(const struct keys_options *options)
{
    const struct passwd *user = options->author ? NULL : getpwuid(getuid());

    if (options->author)
        return str_from(options->author);
    return user ? str_from(user->pw_name) : STR("command line");
}

static bool move_money(struct db *db, const struct keys_options *options, bool is_grant,
                       struct err *err)
{
    struct change change = {.op.run = move_run, .options = options, .is_grant = is_grant};
    char available[MONEY_TEXT_BYTES];

    if (!options->usd || !options->reason)
        return err_set(err, ERR_INVALID, "--usd and --reason are needed");
    if (!keys_options_usd(options->usd, &change.amount_micro, err))
        return false;
    change.note = (struct ledger_note){.reason = str_from(options->reason),
                                       .author = author_of(options),
                                       .now_ms = clock_now_ms()};
    if (!executor_run_once(db, &change.op, err))
        return false;
    money_print(change.account.available_micro, available);
    printf("available: %s\n", available);
    return true;
}

static bool credits_grant(struct db *db, const struct keys_options *options, struct err *err)
{
    return move_money(db, options, true, err);
}

static bool credits_adjust(struct db *db, const struct keys_options *options, struct err *err)
{
    return move_money(db, options, false, err);
}

static bool read_time(const char *name, const char *text, int64_t *ms, struct err *err)
{
    if (!text || clock_parse(str_from(text), ms))
        return true;
    return err_set(err, ERR_INVALID, "--%s needs a time as 2026-11-01 or 2026-11-01T12:00:00Z",
                   name);
}

static bool print_report(struct db *db, const struct keys_options *options, enum report_kind kind,
                         struct err *err)
{
    struct report report = {
        .kind = kind, .format = REPORT_CSV, .account_id = options->id, .to_ms = clock_now_ms() + 1};

    report.from_ms = (report.to_ms / day_ms - DAYS_DEFAULT) * day_ms;
    if (!read_time("from", options->from, &report.from_ms, err) ||
        !read_time("to", options->to, &report.to_ms, err))
        return false;
    if (options->format && strcmp(options->format, "json") == 0)
        report.format = REPORT_JSON;
    else if (options->format && strcmp(options->format, "csv") != 0)
        return err_set(err, ERR_INVALID, "--format is csv or json");
    return report_write(db, &report, stdout, err);
}

static bool credits_statement(struct db *db, const struct keys_options *options, struct err *err)
{
    return print_report(db, options, REPORT_STATEMENT, err);
}

static bool credits_usage(struct db *db, const struct keys_options *options, struct err *err)
{
    return print_report(db, options, REPORT_USAGE, err);
}

static const struct keys_verb verbs[] = {
    {"list", false, credits_list},  {"create", false, credits_create},
    {"grant", true, credits_grant}, {"adjust", true, credits_adjust},
    {"usage", true, credits_usage}, {"statement", true, credits_statement},
};

int command_credits(int argc, char **argv)
{
    const struct keys_command command = {"credits", help, NULL, verbs, ARRAY_LEN(verbs)};

    return keys_command_run(&command, argc, argv);
}
