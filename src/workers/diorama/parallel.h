/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parallel: runs the pieces of one job on a few threads and returns when all are done.
 *
 * Pieces are handed out by a counter, so which thread runs a piece differs from run to run: a
 * piece must write only what is its own, and then the result never depends on the threads.
 *
 * Thread: any; one job at a time for a caller.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_PARALLEL_H
#define VITASCOPE_WORKERS_DIORAMA_PARALLEL_H

enum { PARALLEL_THREADS_MAX = 16 };

typedef void (*parallel_piece)(void *job, int piece);

/* Calls run(job, 0) ... run(job, pieces - 1) on `threads` threads, this one included. */
void parallel_run(int threads, int pieces, parallel_piece run, void *job);

#endif
