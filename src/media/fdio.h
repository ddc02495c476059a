/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fdio: lets libavformat read and write a file that is open already, for a program that may open
 * none any more.
 *
 * Keeps its own position and leaves that of the descriptor alone, so several may share one.
 *
 * Ownership: the descriptor is borrowed. Thread: one at a time a context.
 */
#ifndef VITASCOPE_MEDIA_FDIO_H
#define VITASCOPE_MEDIA_FDIO_H

#include <stdbool.h>

struct AVIOContext;

/* Never NULL. Caller calls fdio_close(). */
struct AVIOContext *fdio_open(int fd, bool writes);

/* Writes out what it holds, and sets *io to NULL. False: something could not be written. NULL in
 * *io: nothing happens. */
bool fdio_close(struct AVIOContext **io);

#endif
