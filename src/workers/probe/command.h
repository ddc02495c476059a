/* SPDX-License-Identifier: Apache-2.0 */
/*
 * command: what the probe can be told to do. One function a command; main.c opens the files,
 * closes the sandbox and prints the answer.
 *
 * Thread: the only one.
 */
#ifndef VITASCOPE_WORKERS_PROBE_COMMAND_H
#define VITASCOPE_WORKERS_PROBE_COMMAND_H

#include "base/err.h"
#include "base/jsonw.h"

enum {
    COMMAND_FILES_MAX = 2, /* of each kind */
    COMMAND_SIDE_MIN = 16,
    COMMAND_SIDE_MAX = 4096,
};

struct order {
    int in[COMMAND_FILES_MAX];  /* open for reading; any file at all */
    int out[COMMAND_FILES_MAX]; /* empty, open for reading and writing */
    int width, height;          /* COMMAND_SIDE_MIN to _MAX, where the command takes them */
};

/* Runs inside the sandbox. On success it has written the members of the answer's object. */
typedef bool command_run(const struct order *order, struct jsonw *answer, struct err *err);

command_run command_image, command_facts, command_tail, command_join, command_previews;

#endif
