/* SPDX-License-Identifier: Apache-2.0 */
#include "app/keys_options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "app/command.h"
#include "app/first.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/macros.h"
#include "model/money.h"
#include "store/db.h"

enum { HOURS_MAX = 24 * 3660, OPTION_ADMIN = 1000 };

static const struct {
    const char *name;
    size_t at; /* in struct keys_options */
} rows[] = {
#define X(name) {#name, offsetof(struct keys_options, name)},
    KEYS_OPTIONS(X)
#undef X
};

bool keys_options_read(int argc, char **argv, struct keys_options *options)
{
    struct option known[ARRAY_LEN(rows) + 2] = {{0}};
    int option = 0;

    *options = (struct keys_options){0};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        known[i] = (struct option){rows[i].name, required_argument, NULL, (int)i + 1};
    known[ARRAY_LEN(rows)] = (struct option){"admin", no_argument, NULL, OPTION_ADMIN};
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (option == OPTION_ADMIN)
            options->admin = true;
        else if (option >= 1 && option <= (int)ARRAY_LEN(rows))
            *(const char **)(void *)((char *)options + rows[option - 1].at) = optarg;
        else
            return false;
    }
    if (!options->data)
        options->data = "./vitascope-data";
    if (optind < argc && (!str_to_int(str_from(argv[optind++]), &options->id) || options->id < 1))
        return false;
    return optind == argc;
}

bool keys_options_usd(const char *text, int64_t *micro, struct err *err)
{
    bool is_negative = text[0] == '-';

    if (!money_parse(str_from(text + is_negative), micro))
        return err_set(err, ERR_INVALID, "\"%.40s\" is not an amount of dollars", text);
    if (is_negative)
        *micro = -*micro;
    return true;
}

static bool apply_money(const char *text, int64_t *micro, struct err *err)
{
    return !text || keys_options_usd(text, micro, err);
}

static bool apply_count(const char *name, const char *text, int64_t *count, struct err *err)
{
    if (!text || str_to_int(str_from(text), count))
        return true;
    return err_set(err, ERR_INVALID, "--%s needs a number, not \"%.40s\"", name, text);
}

static bool apply_text(const char *name, const char *text, char *out, size_t size, struct err *err)
{
    if (!text || str_copy(str_from(text), out, size))
        return true;
    return err_set(err, ERR_INVALID, "--%s has at most %zu bytes", name, size - 1);
}

static bool apply_expiry(const struct keys_options *options, struct key *key, struct err *err)
{
    int64_t hours = 0;

    if (!options->expires)
        return true;
    if (!str_to_int(str_from(options->expires), &hours) || hours < 0 || hours > HOURS_MAX)
        return err_set(err, ERR_INVALID, "--expires needs hours from 0 (never) to %d", HOURS_MAX);
    key->expires_ms = hours ? clock_now_ms() + hours * 3600 * 1000 : 0;
    return true;
}

static bool apply_scopes(const struct keys_options *options, struct key *key, struct err *err)
{
    if (options->scopes && !scopes_parse(str_from(options->scopes), &key->scopes))
        return err_set(err, ERR_INVALID, "--scopes needs some of read,create,admin");
    if (options->admin)
        key->scopes |= SCOPE_ADMIN | (options->scopes ? 0 : SCOPE_READ | SCOPE_CREATE);
    return true;
}

bool keys_options_apply(const struct keys_options *options, struct key *key, struct err *err)
{
    struct key_limits *limits = &key->limits;

    return apply_scopes(options, key, err) && apply_expiry(options, key, err) &&
           apply_text("name", options->name, key->name, sizeof(key->name), err) &&
           apply_text("ip", options->ip, limits->ranges, sizeof(limits->ranges), err) &&
           apply_text("models", options->models, limits->models, sizeof(limits->models), err) &&
           apply_money(options->hourly, &limits->hour_micro, err) &&
           apply_money(options->daily, &limits->day_micro, err) &&
           apply_money(options->total, &limits->total_micro, err) &&
           apply_count("rpm", options->rpm, &limits->requests_per_minute, err) &&
           apply_count("jobs", options->jobs, &limits->jobs_max, err) &&
           apply_count("queued", options->queued, &limits->queued_max, err);
}

static const struct keys_verb *find_verb(const struct keys_command *command, const char *name)
{
    for (int i = 0; i < command->verb_count; i++) {
        if (strcmp(command->verbs[i].name, name) == 0)
            return &command->verbs[i];
    }
    return NULL;
}

int keys_command_run(const struct keys_command *command, int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    const struct keys_verb *verb = find_verb(command, name);
    struct keys_options options;
    struct arena arena = {0};
    struct db *db = NULL;
    struct err err;
    bool ok;

    if (!verb || !keys_options_read(argc - 1, argv + 1, &options) ||
        verb->takes_id != (options.id != 0)) {
        bool asked = strcmp(name, "--help") == 0;

        fputs(command->help, asked ? stdout : stderr);
        return asked ? EXIT_DONE : EXIT_USAGE;
    }
    if (command->check && !command->check(&options, &err)) {
        fprintf(stderr, "vitascope %s: %s\n", command->name, err.text);
        return EXIT_USAGE;
    }
    ok = first_open_data(options.data, &arena, &db, &err) && verb->run(db, &options, &err);
    db_close(db);
    arena_fini(&arena);
    if (!ok)
        fprintf(stderr, "vitascope %s: %s\n", command->name, err.text);
    return ok ? EXIT_DONE : EXIT_FAILED;
}
