/* SPDX-License-Identifier: Apache-2.0 */
/*
 * child: one child process that talks in lines. Used inside engine/ only.
 *
 * It is started through vitascope-launch, so it has its limits from its first instruction and
 * dies with the server; it has its own session and process group, which is killed as a whole; it
 * knows nothing of the server's environment. What it writes to standard error goes to our log.
 * Nothing that it writes costs more than a bounded amount of memory and time here.
 *
 * The process must ignore SIGPIPE, and the thread of the loop must live as long as the process:
 * the kernel takes that thread for the children's parent.
 *
 * Thread: loop.
 */
#ifndef VITASCOPE_ENGINE_CHILD_H
#define VITASCOPE_ENGINE_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/str.h"

enum {
    CHILD_LINE_BYTES_MAX = 64 * 1024,        /* of its standard output, without the newline */
    CHILD_OUT_BYTES_PER_S_MAX = 1024 * 1024, /* more is a flood */
    CHILD_OUT_LINES_PER_S_MAX = 4000,
    CHILD_ERR_BYTES_PER_S_MAX = 256 * 1024, /* more waits in the pipe, and the child with it */
    CHILD_ERR_LINES_PER_S_MAX = 50,         /* logged; the rest are counted */
    CHILD_ERR_LINE_BYTES_MAX = 1024,        /* longer lines are cut */
    CHILD_UNREAD_BYTES_MAX = 4 * 1024 * 1024,
    CHILD_DRAIN_MS = 1000, /* between the end of the process and the end of its output */
    CHILD_ENV_MAX = 64,
    CHILD_TEXT_BYTES_MAX = 160,
};

/* Zero means no limit. Strings are borrowed for the length of child_new(). */
struct child_config {
    uv_loop_t *loop;
    struct str name; /* in our log */
    struct str launcher;
    const char *const *argv;
    const char *const *env; /* beyond PATH and LANG; may be NULL */
    int64_t memory_bytes_max;
    int64_t file_bytes_max;
    int files_max;
    int cpu_seconds_max;
    bool may_use_network;
};

struct child_end {
    bool ok;                         /* ended by itself with status 0 */
    int status;                      /* 0 when a signal ended it */
    int signal;                      /* 0 when none did */
    char text[CHILD_TEXT_BYTES_MAX]; /* "was ended by signal 11 (Segmentation fault)" */
};

struct child_events {
    /* One line of its standard output, without the newline. Borrowed. */
    void (*line)(void *user, struct str line);

    /* It wrote too long a line or too much in a second; nothing more is read. What it did, for
     * the log: "wrote a line over 65536 bytes". */
    void (*spilled)(void *user, const char *what);

    /* It is dead and reaped, its output is read to the end or given up, and the child is freed
     * when this returns. Always comes, exactly once, and never from inside child_new(). */
    void (*ended)(void *user, const struct child_end *end);
};

struct child;

/* A program that cannot be started ends at once, with ended(). */
struct child *child_new(const struct child_config *config, const struct child_events *events,
                        void *user);

/* Writes text to its standard input. False: its input is closed, or CHILD_UNREAD_BYTES_MAX wait
 * already. */
bool child_send(struct child *child, struct str text);

/* Closes its standard input and sends SIGTERM, then SIGKILL after grace_ms; with 0, SIGKILL at
 * once. The whole process group is meant. A second call may only make it sooner. */
void child_stop(struct child *child, int grace_ms);

/* Lets it use so many more seconds of processor time than it has used by now. */
void child_allow_cpu(struct child *child, int seconds);

/* 0 when it was never started or is reaped. */
int child_pid(const struct child *child);

#endif
