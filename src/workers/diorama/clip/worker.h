/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker: serves the worker protocol on two descriptors, one clip at a time.
 *
 * One thread reads, answers and keeps the time; the clip is made in another. A canceled clip is
 * answered when it has stopped, at the latest WORKER_CANCEL_MS after the cancel; should it still
 * be winding down then, the next one starts beside it.
 *
 * Thread: main.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_CLIP_WORKER_H
#define VITASCOPE_WORKERS_DIORAMA_CLIP_WORKER_H

enum { WORKER_PROGRESS_MS = 250, WORKER_CANCEL_MS = 400, WORKER_EXIT_MS = 2000 };

/* Says ready and serves until `in` ends or `out` is gone, then gives up what is being made and
 * returns the exit status. */
int worker_serve(int in, int out, int threads);

#endif
