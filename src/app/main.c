/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "app/command.h"
#include "base/macros.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
} commands[] = {
    {"serve", command_serve, "run the server"},
    {"generate", command_generate, "make a video from a prompt and save it"},
    {"keys", command_keys, "create, limit, rotate and remove API keys"},
    {"credits", command_credits, "accounts: grant, adjust, statements, usage"},
    {"ledger", command_ledger, "prove that every balance equals its entries"},
    {"routes", command_routes, "print what the server answers, as JSON"},
};

static void print_help(FILE *out)
{
    fprintf(out,
            "vitascope %s: a self-hosted server for programs that speak the Sora 2 API\n\n"
            "usage: vitascope COMMAND [OPTIONS]     vitascope COMMAND --help\n\n",
            VITASCOPE_VERSION);
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].summary);
    fprintf(out, "\n  %-10s print the version\n", "version");
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "help";

    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file over the limit is a failed write, as a full disk is */
    if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        print_help(stdout);
        return argc > 1 ? EXIT_DONE : EXIT_USAGE;
    }
    if (strcmp(name, "version") == 0 || strcmp(name, "--version") == 0) {
        printf("vitascope %s\n", VITASCOPE_VERSION);
        return EXIT_DONE;
    }
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        if (strcmp(commands[i].name, name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    }
    fprintf(stderr, "vitascope: no command \"%s\"; see vitascope help\n", name);
    return EXIT_USAGE;
}
