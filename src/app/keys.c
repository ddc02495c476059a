/* SPDX-License-Identifier: Apache-2.0 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "app/command.h"
#include "app/first.h"
#include "app/home.h"
#include "base/clock.h"
#include "core/executor.h"
#include "core/keys.h"
#include "core/ledger.h"
#include "model/money.h"
#include "store/db.h"

enum { KEYS_PAGE = 200 };

static const char keys_help[] =
    "usage: vitascope keys create [--name NAME] [--admin] [--expires HOURS] [--data DIR]\n"
    "       vitascope keys list [--data DIR]\n"
    "       vitascope keys disable|enable ID [--data DIR]\n"
    "\n"
    "Works beside a running server, which sees a change within 2 seconds. A new key is printed\n"
    "once and stored as a hash.\n";

static const char ledger_help[] =
    "usage: vitascope ledger verify [--data DIR]\n"
    "\n"
    "Recomputes every balance from the ledger's entries; exit status 1 if any differs.\n";

struct arguments {
    const char *data, *name;
    int64_t expires_hours, id;
    bool admin;
};

static bool parse(int argc, char **argv, struct arguments *arguments)
{
    static const struct option known[] = {{"data", required_argument, NULL, 'd'},
                                          {"name", required_argument, NULL, 'n'},
                                          {"expires", required_argument, NULL, 'e'},
                                          {"admin", no_argument, NULL, 'a'},
                                          {NULL, 0, NULL, 0}};
    int option = 0;

    *arguments = (struct arguments){.data = "./vitascope-data", .name = "key"};
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (option == 'd')
            arguments->data = optarg;
        else if (option == 'n')
            arguments->name = optarg;
        else if (option == 'a')
            arguments->admin = true;
        else if (option != 'e' || !str_to_int(str_from(optarg), &arguments->expires_hours) ||
                 arguments->expires_hours < 1 || arguments->expires_hours > 24 * 3660)
            return false;
    }
    if (optind < argc && !str_to_int(str_from(argv[optind++]), &arguments->id))
        return false;
    return optind == argc;
}

static bool open_store(const struct arguments *arguments, struct arena *arena, struct db **db,
                       struct err *err)
{
    struct home home;

    return home_open(arena, str_from(arguments->data), &home, err) &&
           first_open(home.database_url, db, err);
}

static bool keys_make(struct db *db, const struct arguments *arguments, struct err *err)
{
    struct key key = {.scopes = SCOPE_READ | SCOPE_CREATE | (arguments->admin ? SCOPE_ADMIN : 0)};
    char text[KEY_TEXT_BYTES];
    struct account account;

    if (!str_copy(str_from(arguments->name), key.name, sizeof(key.name)))
        return err_set(err, ERR_INVALID, "a key's name has at most %d bytes", KEY_NAME_BYTES_MAX);
    if (!first_account(db, &account, err))
        return false;
    key.account_id = account.id;
    if (arguments->expires_hours)
        key.expires_ms = clock_now_ms() + arguments->expires_hours * 3600 * 1000;
    if (!first_key(db, &key, text, err))
        return false;
    printf("key: %s\n", text);
    return true;
}

static void print_key(const struct key *key)
{
    char created[CLOCK_ISO_BYTES], expires[CLOCK_ISO_BYTES] = "never";

    clock_iso(key->created_ms, created);
    if (key->expires_ms)
        clock_iso(key->expires_ms, expires);
    printf("%-6lld %-12s %-9s %-6s %-25s %-25s %s\n", (long long)key->id, key->prefix,
           key->disabled ? "disabled" : "active", key->scopes & SCOPE_ADMIN ? "admin" : "user",
           created, expires, key->name);
}

static bool keys_print(struct db *db, struct arena *arena, struct err *err)
{
    struct key_filter filter = {.limit = KEYS_PAGE};
    struct key_list list;

    printf("%-6s %-12s %-9s %-6s %-25s %-25s %s\n", "id", "key", "state", "rights", "created",
           "expires", "name");
    do {
        if (!keys_list(db, arena, &filter, &list, err))
            return false;
        for (int i = 0; i < list.count; i++)
            print_key(&list.keys[i]);
        if (list.count)
            filter.after = list.keys[list.count - 1].id;
    } while (list.count == KEYS_PAGE);
    return true;
}

struct set_disabled {
    struct op op;
    int64_t id;
    bool disabled;
};

static bool set_run(struct op *op, struct db *db, struct err *err)
{
    struct set_disabled *set = (struct set_disabled *)op;

    return keys_set_disabled(db, set->id, set->disabled, err);
}

static bool keys_set(struct db *db, int64_t id, bool disabled, struct err *err)
{
    struct set_disabled set = {{.run = set_run}, id, disabled};

    if (!executor_run_once(db, &set.op, err))
        return false;
    printf("key %lld is %s\n", (long long)id, disabled ? "disabled" : "active");
    return true;
}

static int fail(const char *command, const struct err *err)
{
    fprintf(stderr, "vitascope %s: %s\n", command, err->text);
    return EXIT_FAILED;
}

int command_keys(int argc, char **argv)
{
    const char *verb = argc > 1 ? argv[1] : "";
    bool by_id = strcmp(verb, "disable") == 0 || strcmp(verb, "enable") == 0;
    struct arguments arguments;
    struct arena arena = {0};
    struct db *db = NULL;
    struct err err;
    bool ok = false;

    if (!parse(argc - 1, argv + 1, &arguments) || by_id != (arguments.id != 0) ||
        (!by_id && strcmp(verb, "create") != 0 && strcmp(verb, "list") != 0)) {
        bool asked = strcmp(verb, "--help") == 0;

        fputs(keys_help, asked ? stdout : stderr);
        return asked ? EXIT_DONE : EXIT_USAGE;
    }
    if (open_store(&arguments, &arena, &db, &err)) {
        if (by_id)
            ok = keys_set(db, arguments.id, strcmp(verb, "disable") == 0, &err);
        else if (strcmp(verb, "list") == 0)
            ok = keys_print(db, &arena, &err);
        else
            ok = keys_make(db, &arguments, &err);
    }
    db_close(db);
    arena_fini(&arena);
    return ok ? EXIT_DONE : fail("keys", &err);
}

static void print_difference(const struct ledger_difference *difference)
{
    char stored[MONEY_TEXT_BYTES], computed[MONEY_TEXT_BYTES];

    money_print(difference->stored, stored);
    money_print(difference->computed, computed);
    printf("account %lld: %s: stored %s, computed %s\n", (long long)difference->account_id,
           difference->what, stored, computed);
}

static int print_report(const struct ledger_report *report)
{
    for (int64_t i = 0; i < report->differences && i < LEDGER_DIFFERENCES_MAX; i++)
        print_difference(&report->first[i]);
    printf("%lld accounts, %lld entries, %lld jobs: %lld differences\n",
           (long long)report->accounts, (long long)report->entries, (long long)report->jobs,
           (long long)report->differences);
    return report->differences ? EXIT_FAILED : EXIT_DONE;
}

int command_ledger(int argc, char **argv)
{
    const char *verb = argc > 1 ? argv[1] : "";
    struct arguments arguments;
    struct ledger_report report;
    struct arena arena = {0};
    struct db *db = NULL;
    struct err err;
    int status = EXIT_FAILED;

    if (strcmp(verb, "verify") != 0 || !parse(argc - 1, argv + 1, &arguments)) {
        bool asked = strcmp(verb, "--help") == 0;

        fputs(ledger_help, asked ? stdout : stderr);
        return asked ? EXIT_DONE : EXIT_USAGE;
    }
    if (open_store(&arguments, &arena, &db, &err) && ledger_verify(db, &report, &err))
        status = print_report(&report);
    else
        status = fail("ledger", &err);
    db_close(db);
    arena_fini(&arena);
    return status;
}
