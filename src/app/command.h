/* SPDX-License-Identifier: Apache-2.0 */
/* command: the subcommands of `vitascope`, each with its own options and help. */
#ifndef VITASCOPE_APP_COMMAND_H
#define VITASCOPE_APP_COMMAND_H

/* Exit statuses. */
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_INTERRUPTED = 130 };

/* argv[0] is the subcommand's name. Returns an exit status. */
int command_serve(int argc, char **argv);
int command_generate(int argc, char **argv);
int command_keys(int argc, char **argv);
int command_credits(int argc, char **argv);
int command_ledger(int argc, char **argv);
int command_routes(int argc, char **argv);

#endif
