/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The driver that fails once: "faulty:N:URL" passes everything on to the store at URL but for
 * its N-th call, which fails before it does anything. So a test can fail each step of an
 * operation in turn. Rolling back is never failed: nothing can be done about that.
 */
#include "store/db_impl.h"

struct faulty {
    struct db *inner;
    uint64_t calls_left; /* the call that brings it to 0 fails */
};

static bool open_faulty(void *state, struct str rest, struct err *err)
{
    struct faulty *faulty = state;
    struct str count = {0};
    struct str url = str_cut(rest, ':', &count);

    if (!str_to_uint(count, &faulty->calls_left) || faulty->calls_left == 0)
        return err_set(err, ERR_INVALID, "faulty:N:URL needs a number from 1");
    return db_open(&faulty->inner, url, err);
}

static void close_faulty(void *state)
{
    db_close(((struct faulty *)state)->inner);
}

/* The inner store, or NULL with err filled when this is the call to fail. */
static struct db *pass(void *state, struct err *err)
{
    struct faulty *faulty = state;

    if (faulty->calls_left && --faulty->calls_left == 0) {
        err_set(err, ERR_IO, "fault injected");
        return NULL;
    }
    return faulty->inner;
}

static const char *dialect(const void *state)
{
    return db_dialect(((const struct faulty *)state)->inner);
}

static bool run(void *state, const struct db_call *call, struct err *err)
{
    struct db *inner = pass(state, err);

    if (!inner)
        return false;
    if (call->arena)
        return db_query(inner, call->arena, call->sql, call->args, call->rows, err);
    return db_exec(inner, call->sql, call->args, err);
}

static bool script(void *state, const char *sql, struct err *err)
{
    struct db *inner = pass(state, err);

    return inner && db_script(inner, sql, err);
}

static int64_t changes(const void *state)
{
    return db_changes(((const struct faulty *)state)->inner);
}

static int64_t mark(const void *state)
{
    return db_mark(((const struct faulty *)state)->inner);
}

static bool begin(void *state, bool writes, struct err *err)
{
    struct db *inner = pass(state, err);

    return inner && (writes ? db_begin(inner, err) : db_begin_read(inner, err));
}

static bool commit(void *state, struct err *err)
{
    struct db *inner = pass(state, err);

    return inner && db_commit(inner, err);
}

static void rollback(void *state)
{
    db_rollback(((struct faulty *)state)->inner);
}

static bool savepoint(void *state, struct err *err)
{
    struct db *inner = pass(state, err);

    return inner && db_savepoint(inner, err);
}

static bool release(void *state, struct err *err)
{
    struct db *inner = pass(state, err);

    return inner && db_release(inner, err);
}

static bool rollback_to(void *state, struct err *err)
{
    struct db *inner = pass(state, err);

    return inner && db_rollback_to(inner, err);
}

const struct db_ops db_faulty = {
    .scheme = "faulty",
    .state_size = sizeof(struct faulty),
    .open = open_faulty,
    .close = close_faulty,
    .dialect = dialect,
    .run = run,
    .script = script,
    .changes = changes,
    .mark = mark,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .savepoint = savepoint,
    .release = release,
    .rollback_to = rollback_to,
};
