/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "app/command.h"
#include "app/first.h"
#include "app/home.h"
#include "app/keys_options.h"
#include "core/ledger.h"
#include "model/money.h"
#include "store/db.h"

static const char ledger_help[] =
    "usage: vitascope ledger verify [--data DIR]\n"
    "\n"
    "Recomputes every balance from the ledger's entries, and what every key with limits has\n"
    "spent from its jobs; exit status 1 if any differs.\n";

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
    struct keys_options options;
    struct ledger_report report;
    struct arena arena = {0};
    struct db *db = NULL;
    struct err err;
    int status = EXIT_FAILED;

    if (strcmp(verb, "verify") != 0 || !keys_options_read(argc - 1, argv + 1, &options)) {
        bool asked = strcmp(verb, "--help") == 0;

        fputs(ledger_help, asked ? stdout : stderr);
        return asked ? EXIT_DONE : EXIT_USAGE;
    }
    if (first_open_data(options.data, &arena, &db, &err) && ledger_verify(db, &report, &err))
        status = print_report(&report);
    else
        fprintf(stderr, "vitascope ledger: %s\n", err.text);
    db_close(db);
    arena_fini(&arena);
    return status;
}
