/* SPDX-License-Identifier: Apache-2.0 */
#include "core/executor.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "store/db.h"

/* Operations in order. */
struct op_list {
    struct op *first;
    struct op **end; /* where the next one goes */
};

struct executor {
    struct db *db;
    uv_async_t wake_loop;
    pthread_t thread;

    /* The loop's own. */
    uv_prepare_t turn_ends; /* active while something is held back */
    int handles;            /* not closed yet */
    int in_flight;          /* submitted and not answered */
    bool closing;
    struct op_list held_back; /* for the end of this turn of the loop */
    int held_back_count;
    struct op_list answers; /* taken from `finished`, to be answered */

    pthread_mutex_t lock; /* of all below */
    pthread_cond_t wake_thread;
    struct op_list queued;
    struct op_list finished;
    bool thread_waits;
    bool stop;
};

static void list_clear(struct op_list *list)
{
    list->first = NULL;
    list->end = &list->first;
}

static void list_add(struct op_list *list, struct op *op)
{
    op->next = NULL;
    *list->end = op;
    list->end = &op->next;
}

/* Moves all of `from`. */
static void list_append(struct op_list *list, struct op_list *from)
{
    if (!from->first)
        return;
    *list->end = from->first;
    list->end = from->end;
    list_clear(from);
}

static struct op *list_pop(struct op_list *list)
{
    struct op *first = list->first;

    if (first)
        list->first = first->next;
    if (!list->first)
        list_clear(list);
    return first;
}

/* Runs one operation; what it wrote is undone if it fails. False when not even that could be
 * done: the transaction is of no more use, and err says why. */
static bool run_in_savepoint(struct op *op, struct db *db, struct err *err)
{
    if (!db_savepoint(db, err))
        return false;
    op->ok = op->run(op, db, &op->err);
    if (op->ok)
        return db_release(db, err);
    if (db_rollback_to(db, err))
        return true;
    /* A store that ran full undoes everything at once: then the first reason is the one. */
    if (op->err.kind == ERR_BUSY)
        *err = op->err;
    return false;
}

/* Until they have run: those that never do fail with the others. */
static void presume_ok(struct op *first)
{
    for (struct op *op = first; op; op = op->next)
        op->ok = true;
}

static void fail_writes(struct op *first, const struct err *err)
{
    for (struct op *op = first; op; op = op->next) {
        if (op->reads_only)
            continue;
        if (op->ok)
            op->err = *err;
        op->ok = false;
    }
}

static bool run_each_write(struct op *first, struct db *db, struct err *err)
{
    presume_ok(first);
    for (struct op *op = first; op; op = op->next) {
        if (!op->reads_only && !run_in_savepoint(op, db, err))
            return false;
    }
    return true;
}

/* Without savepoints, which cost as much as an operation itself. False: one failed that had
 * written, and what it wrote cannot be told from the rest. */
static bool run_writes_at_once(struct op *first, struct db *db)
{
    for (struct op *op = first; op; op = op->next) {
        int64_t mark = db_mark(db);

        if (op->reads_only)
            continue;
        op->ok = op->run(op, db, &op->err);
        if (!op->ok && db_mark(db) != mark)
            return false;
    }
    return true;
}

static void run_writes(struct op *first, struct db *db)
{
    struct err err;
    bool ok = db_begin(db, &err);

    presume_ok(first);
    if (ok && !run_writes_at_once(first, db)) {
        db_rollback(db);
        ok = db_begin(db, &err) && run_each_write(first, db, &err);
    }
    if (ok && db_commit(db, &err))
        return;
    db_rollback(db);
    fail_writes(first, &err);
}

/* In a transaction of their own, behind the writes: they see what is committed and nothing
 * else, and they work when the writes do not. */
static void run_reads(struct op *first, struct db *db)
{
    struct err err;
    bool ready = db_begin_read(db, &err);

    for (struct op *op = first; op; op = op->next) {
        if (!op->reads_only)
            continue;
        op->ok = ready && op->run(op, db, &op->err);
        if (!ready)
            op->err = err;
    }
    db_rollback(db);
}

static void run_batch(struct op *first, struct db *db)
{
    bool has_reads = false, has_writes = false;

    for (struct op *op = first; op; op = op->next) {
        has_reads |= op->reads_only;
        has_writes |= !op->reads_only;
    }
    if (has_writes)
        run_writes(first, db);
    if (has_reads)
        run_reads(first, db);
}

/* Takes up to EXECUTOR_BATCH_MAX operations; none when it is time to stop. Holds the lock. */
static struct op_list take_batch(struct executor *executor)
{
    struct op_list batch = {0};
    struct op *last = NULL;

    while (!executor->queued.first && !executor->stop) {
        executor->thread_waits = true;
        pthread_cond_wait(&executor->wake_thread, &executor->lock);
    }
    executor->thread_waits = false;
    batch.first = last = executor->queued.first;
    if (!last)
        return batch;
    for (int count = 1; count < EXECUTOR_BATCH_MAX && last->next; count++)
        last = last->next;
    executor->queued.first = last->next;
    if (!last->next)
        list_clear(&executor->queued);
    last->next = NULL;
    batch.end = &last->next;
    return batch;
}

static void *run_thread(void *argument)
{
    struct executor *executor = argument;
    struct op_list batch;

    pthread_mutex_lock(&executor->lock);
    for (batch = take_batch(executor); batch.first; batch = take_batch(executor)) {
        pthread_mutex_unlock(&executor->lock);
        run_batch(batch.first, executor->db);
        pthread_mutex_lock(&executor->lock);
        list_append(&executor->finished, &batch);
        uv_async_send(&executor->wake_loop);
    }
    pthread_mutex_unlock(&executor->lock);
    return NULL;
}

/* A done() may close the executor, which answers the rest from inside it. */
static void answer(struct executor *executor)
{
    struct op *op = NULL;

    pthread_mutex_lock(&executor->lock);
    list_append(&executor->answers, &executor->finished);
    pthread_mutex_unlock(&executor->lock);
    while ((op = list_pop(&executor->answers))) {
        executor->in_flight--;
        op->done(op, op->ok, &op->err);
    }
}

static void on_wake(uv_async_t *handle)
{
    answer(handle->data);
}

/* To the thread. */
static void hand_over(struct executor *executor)
{
    bool wake = false;

    uv_prepare_stop(&executor->turn_ends);
    if (!executor->held_back.first)
        return;
    pthread_mutex_lock(&executor->lock);
    list_append(&executor->queued, &executor->held_back);
    wake = executor->thread_waits;
    pthread_mutex_unlock(&executor->lock);
    executor->held_back_count = 0;
    if (wake)
        pthread_cond_signal(&executor->wake_thread);
}

/* While the thread works, more may come until it is done and wakes the loop. */
static void on_turn_end(uv_prepare_t *handle)
{
    struct executor *executor = handle->data;
    bool waits = false;

    pthread_mutex_lock(&executor->lock);
    waits = executor->thread_waits;
    pthread_mutex_unlock(&executor->lock);
    if (waits)
        hand_over(executor);
}

/* Signals are the loop's affair. */
static int start_thread(struct executor *executor)
{
    sigset_t all, before;
    int code = 0;

    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    code = pthread_create(&executor->thread, NULL, run_thread, executor);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (code == 0)
        pthread_setname_np(executor->thread, "executor");
    return code;
}

static void on_closed(uv_handle_t *handle)
{
    struct executor *executor = handle->data;

    if (--executor->handles > 0)
        return;
    pthread_cond_destroy(&executor->wake_thread);
    pthread_mutex_destroy(&executor->lock);
    free(executor);
}

static void close_handles(struct executor *executor)
{
    executor->handles = 2;
    uv_close((uv_handle_t *)&executor->wake_loop, on_closed);
    uv_close((uv_handle_t *)&executor->turn_ends, on_closed);
}

bool executor_open(struct executor **executor_out, struct uv_loop_s *loop, struct db *db,
                   struct err *err)
{
    struct executor *executor = calloc(1, sizeof(*executor));
    int code = 0;

    if (!executor)
        die("out of memory");
    code = uv_async_init(loop, &executor->wake_loop, on_wake);
    if (code != 0) {
        free(executor);
        return err_set(err, ERR_IO, "cannot wake the loop: %s", uv_strerror(code));
    }
    executor->wake_loop.data = executor;
    uv_prepare_init(loop, &executor->turn_ends);
    executor->turn_ends.data = executor;
    executor->db = db;
    list_clear(&executor->held_back);
    list_clear(&executor->queued);
    list_clear(&executor->finished);
    list_clear(&executor->answers);
    pthread_mutex_init(&executor->lock, NULL);
    pthread_cond_init(&executor->wake_thread, NULL);
    executor->thread_waits = true; /* from its start */
    code = start_thread(executor);
    if (code != 0) {
        close_handles(executor);
        return err_set(err, ERR_IO, "cannot start a thread: %s", strerror(code));
    }
    *executor_out = executor;
    return true;
}

bool executor_submit(struct executor *executor, struct op *op)
{
    if (executor->closing || executor->in_flight == EXECUTOR_QUEUE_MAX)
        return false;
    executor->in_flight++;
    op->ok = false;
    op->err.kind = ERR_NONE;
    list_add(&executor->held_back, op);
    if (++executor->held_back_count == EXECUTOR_HELD_BACK_MAX)
        hand_over(executor);
    else if (executor->held_back_count == 1)
        uv_prepare_start(&executor->turn_ends, on_turn_end);
    return true;
}

void executor_close(struct executor *executor)
{
    if (!executor)
        return;
    executor->closing = true;
    hand_over(executor);
    pthread_mutex_lock(&executor->lock);
    executor->stop = true;
    pthread_mutex_unlock(&executor->lock);
    pthread_cond_signal(&executor->wake_thread);
    pthread_join(executor->thread, NULL);
    answer(executor);
    assert(executor->in_flight == 0);
    db_close(executor->db);
    close_handles(executor);
}

bool executor_run_once(struct db *db, struct op *op, struct err *err)
{
    if (!(op->reads_only ? db_begin_read(db, err) : db_begin(db, err)))
        return false;
    if (!op->run(op, db, err)) {
        db_rollback(db);
        return false;
    }
    return db_commit(db, err);
}
