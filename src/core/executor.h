/* SPDX-License-Identifier: Apache-2.0 */
/*
 * executor: the only way between the loop and the store. One thread owns the connection; the
 * loop gives it operations and gets them back when they are durable.
 *
 * Group commit: what one turn of the loop submits goes to the thread together, and while the
 * thread works the turns to come are waited for too (up to EXECUTOR_HELD_BACK_MAX). It takes
 * what is queued (at most EXECUTOR_BATCH_MAX), runs all of it in one transaction, commits once,
 * and only then answers. An operation that fails undoes itself alone: if it had written, the
 * batch is rolled back and run again with each operation in a savepoint. A commit that fails
 * fails all of its batch, so nobody is told of what is not on disk. Operations run and are
 * answered in the order of their submission.
 *
 * Thread: all functions on the loop's, but for `run` (executor) and executor_run_once() (any).
 */
#ifndef VITASCOPE_CORE_EXECUTOR_H
#define VITASCOPE_CORE_EXECUTOR_H

#include <stdbool.h>

#include "base/err.h"

struct db;
struct uv_loop_s;

enum {
    EXECUTOR_QUEUE_MAX = 8192,   /* operations submitted and not answered */
    EXECUTOR_BATCH_MAX = 512,    /* operations in one transaction */
    EXECUTOR_HELD_BACK_MAX = 32, /* that wait for the end of the loop's turn */
};

/*
 * An operation: embed it in a struct with its input and output. The caller owns it and leaves
 * it alone between executor_submit() and done().
 */
struct op {
    /* Executor thread, in a transaction: reads and writes through db. Must not keep db. On
     * failure whatever it wrote is undone. May be called twice, with all that the first call
     * wrote undone: what it leaves in its struct must not change what the second one does. */
    bool (*run)(struct op *op, struct db *db, struct err *err);

    /* Loop thread, exactly once; the op may be freed in it. err is filled when not ok. */
    void (*done)(struct op *op, bool ok, const struct err *err);

    /* Set by the caller: run() writes nothing. Such an op also works while the store cannot
     * take writes. */
    bool reads_only;

    /* The executor's own. */
    bool ok;
    struct op *next;
    struct err err;
};

struct executor;

/* Takes ownership of db on success only. */
MUST_CHECK bool executor_open(struct executor **executor, struct uv_loop_s *loop, struct db *db,
                              struct err *err);

/* False: the queue is full (answer 503), or the executor is closing; done() is not called. */
MUST_CHECK bool executor_submit(struct executor *executor, struct op *op);

/* Runs what is queued to its end, calls every done(), and stops the thread: it blocks for that
 * long. The loop must run once more for the executor's own handle to close. NULL is fine. */
void executor_close(struct executor *executor);

/* For programs without a loop: runs `run` in a transaction of its own; done() is not called. */
MUST_CHECK bool executor_run_once(struct db *db, struct op *op, struct err *err);

#endif
