/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sandbox: takes rights away from this process, for good.
 *
 * A decoder that an image has taken over should find nothing to take: after both calls the
 * process computes, reads and writes what it has open, and exits. It cannot open a file, make a
 * socket, start a process or a program, or use much memory or time.
 *
 * In builds with a sanitizer the address space limit and the system call filter are left out:
 * sanitizers map terabytes and start helpers.
 *
 * Thread: the only one.
 */
#ifndef VITASCOPE_WORKERS_PROBE_SANDBOX_H
#define VITASCOPE_WORKERS_PROBE_SANDBOX_H

#include <stdbool.h>

#include "base/err.h"

struct sandbox_limits {
    int memory_mib; /* address space, libraries included */
    int cpu_seconds;
    int output_mib; /* size of a file it writes */
};

enum { SANDBOX_FILES_MAX = 16 /* open at a time */ };

/* Whether sandbox_close() closes in this build. */
bool sandbox_has_filter(void);

/* Sets the limits and gives up the right to gain rights. For the start of main(). */
MUST_CHECK bool sandbox_limit(const struct sandbox_limits *limits, struct err *err);

/* Lets through only the system calls that computing with open files needs. Others fail with
 * EPERM; those that only an intruder would try (sockets, processes, programs) kill the process. */
MUST_CHECK bool sandbox_close(struct err *err);

#endif
