/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keys_options: what `vitascope keys` and `vitascope credits` are given on their command lines.
 *
 * Thread: any.
 */
#ifndef VITASCOPE_APP_KEYS_OPTIONS_H
#define VITASCOPE_APP_KEYS_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "model/account.h"

/* X(name): each has a value. */
#define KEYS_OPTIONS(X)                                                                            \
    X(data)                                                                                        \
    X(name)                                                                                        \
    X(account)                                                                                     \
    X(scopes)                                                                                      \
    X(expires)                                                                                     \
    X(hourly)                                                                                      \
    X(daily)                                                                                       \
    X(total)                                                                                       \
    X(rpm)                                                                                         \
    X(jobs)                                                                                        \
    X(queued)                                                                                      \
    X(ip)                                                                                          \
    X(models)                                                                                      \
    X(grace)                                                                                       \
    X(usd)                                                                                         \
    X(reason)                                                                                      \
    X(author)                                                                                      \
    X(from)                                                                                        \
    X(to)                                                                                          \
    X(format)

struct keys_options {
#define X(name) const char *name; /* NULL: not given */
    KEYS_OPTIONS(X)
#undef X
    bool admin;
    int64_t id; /* 0: not given */
};

/* argv[0] is skipped; the one argument that is no option is the id. False: it cannot be read. */
bool keys_options_read(int argc, char **argv, struct keys_options *options);

struct db;

/* A command whose first argument says what it is to do. */
struct keys_command {
    const char *name; /* as in "vitascope NAME" */
    const char *help;
    bool (*check)(const struct keys_options *options, struct err *err); /* before the store is
                                                                           opened, or NULL */
    const struct keys_verb {
        const char *name;
        bool takes_id;
        bool (*run)(struct db *db, const struct keys_options *options, struct err *err);
    } * verbs;
    int verb_count;
};

/* Reads the arguments, opens the store and runs the verb. The exit status. */
int keys_command_run(const struct keys_command *command, int argc, char **argv);

/* Writes into the key what the options say: name, scopes, expiry, limits. ERR_INVALID. */
MUST_CHECK bool keys_options_apply(const struct keys_options *options, struct key *key,
                                   struct err *err);

/* "-3.5", "12": dollars as micro-dollars. ERR_INVALID. */
MUST_CHECK bool keys_options_usd(const char *text, int64_t *micro, struct err *err);

#endif
