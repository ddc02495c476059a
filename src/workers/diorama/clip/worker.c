/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/clip/worker.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "workers/diorama/clip/protocol.h"

enum { READ_BYTES = 65536 };

/*
 * A clip that is being made. Its thread writes the progress while it runs and the rest before it
 * signals. Both the worker and the thread own it: the worker may let go of one that is canceled
 * and slow to stop.
 */
struct job {
    atomic_int owners;
    atomic_int *running; /* the worker's count */
    struct arena arena;
    struct protocol_message message;
    pthread_t thread;
    int finished; /* eventfd */
    atomic_bool give_up;
    atomic_int progress; /* phase * 100 + percent */
    bool ok;
    struct clip clip;
    struct err err;
};

struct worker {
    int in, out, threads;
    bool out_is_gone;
    struct buf lines; /* read, not yet handled */
    bool skips_line;  /* drops the rest of a line that was too long */
    struct job *job;  /* NULL while there is nothing to do */
    int jobs_begun;
    atomic_int jobs_running;                /* threads, also of jobs that were let go */
    int64_t progress_due_ms, cancel_due_ms; /* on the clock of now_ms(); 0 for none */
};

static int64_t now_ms(void)
{
    return clock_mono_ns() / 1000000;
}

static void send_line(struct worker *worker, struct buf *line)
{
    const char *next = line->ptr;
    size_t left = line->len;

    while (left > 0 && !worker->out_is_gone) {
        ssize_t sent = write(worker->out, next, left);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0) {
            worker->out_is_gone = true;
            break;
        }
        next += sent;
        left -= (size_t)sent;
    }
    buf_clear(line);
}

static void send_error(struct worker *worker, const char *message)
{
    struct buf line;

    buf_init(&line, PROTOCOL_OUT_BYTES_MAX);
    protocol_write_error(&line, message);
    send_line(worker, &line);
    buf_fini(&line);
}

static void send_failed(struct worker *worker, const char *id, const char *fault,
                        const char *message)
{
    struct buf line;

    buf_init(&line, PROTOCOL_OUT_BYTES_MAX);
    protocol_write_failed(&line, id, fault, message);
    send_line(worker, &line);
    buf_fini(&line);
}

static void send_progress(struct worker *worker)
{
    struct buf line;
    int progress = atomic_load(&worker->job->progress);

    buf_init(&line, PROTOCOL_OUT_BYTES_MAX);
    protocol_write_progress(&line, worker->job->message.id, (enum clip_phase)(progress / 100),
                            progress % 100);
    send_line(worker, &line);
    buf_fini(&line);
    worker->progress_due_ms = now_ms() + WORKER_PROGRESS_MS;
}

static void send_end(struct worker *worker)
{
    const struct job *job = worker->job;
    struct buf line;

    buf_init(&line, PROTOCOL_OUT_BYTES_MAX);
    if (job->ok)
        protocol_write_done(&line, job->message.id, job->message.order.output, &job->clip);
    else
        protocol_write_failed(&line, job->message.id, protocol_fault(job->err.kind), job->err.text);
    send_line(worker, &line);
    buf_fini(&line);
}

static bool watch(void *context, enum clip_phase phase, int percent)
{
    struct job *job = context;

    atomic_store(&job->progress, (int)phase * 100 + percent);
    return !atomic_load(&job->give_up);
}

/* The last owner frees. */
static void release_job(struct job *job)
{
    if (atomic_fetch_sub(&job->owners, 1) > 1)
        return;
    close(job->finished);
    arena_fini(&job->arena);
    free(job);
}

static void *run_job(void *context)
{
    struct job *job = context;
    uint64_t one = 1;

    job->ok = clip_make(&job->message.order, watch, job, &job->clip, &job->err);
    if (write(job->finished, &one, sizeof(one)) != sizeof(one))
        die("cannot signal the end of a clip: %s", strerror(errno));
    atomic_fetch_sub(job->running, 1);
    release_job(job);
    return NULL;
}

static void let_go(struct worker *worker)
{
    release_job(worker->job);
    worker->job = NULL;
    worker->progress_due_ms = worker->cancel_due_ms = 0;
}

static void start_job(struct worker *worker, struct arena *arena,
                      const struct protocol_message *message)
{
    struct job *job = calloc(1, sizeof(*job));

    if (!job)
        die("out of memory for a clip");
    job->owners = 2;
    job->running = &worker->jobs_running;
    atomic_fetch_add(job->running, 1);
    job->arena = *arena;
    job->message = *message;
    job->message.order.temporary = arena_printf(&job->arena, "%s/diorama-%d-%d.part",
                                                message->scratch, getpid(), ++worker->jobs_begun)
                                       .ptr;
    job->message.order.threads = worker->threads;
    job->finished = eventfd(0, EFD_CLOEXEC);
    if (job->finished < 0 || pthread_create(&job->thread, NULL, run_job, job) != 0)
        die("cannot start a thread: %s", strerror(errno));
    pthread_detach(job->thread);
    worker->job = job;
    send_progress(worker);
}

static void cancel_job(struct worker *worker, const char *id)
{
    if (!worker->job || strcmp(worker->job->message.id, id) != 0)
        return; /* it has ended on its own */
    atomic_store(&worker->job->give_up, true);
    if (worker->cancel_due_ms == 0)
        worker->cancel_due_ms = now_ms() + WORKER_CANCEL_MS;
}

static void handle_line(struct worker *worker, struct str line)
{
    struct arena arena;
    struct protocol_message message;
    struct err refusal, err = {0};

    if (str_trim(line).len == 0)
        return;
    arena_init(&arena, 0);
    if (!protocol_parse(line, &arena, &message, &refusal, &err)) {
        send_error(worker, err.text);
    } else if (message.type == PROTOCOL_CANCEL) {
        cancel_job(worker, message.id);
    } else if (refusal.kind != ERR_NONE) {
        send_failed(worker, message.id, protocol_fault(refusal.kind), refusal.text);
    } else if (worker->job) {
        send_failed(worker, message.id, "busy", "one clip at a time");
    } else {
        start_job(worker, &arena, &message); /* owns the arena now */
        return;
    }
    arena_fini(&arena);
}

static void handle_lines(struct worker *worker)
{
    struct str rest = buf_str(&worker->lines);
    ptrdiff_t end;

    while ((end = str_find_char(rest, '\n')) >= 0) {
        if (!worker->skips_line)
            handle_line(worker, str_head(rest, (size_t)end));
        worker->skips_line = false;
        rest = str_skip(rest, (size_t)end + 1);
    }
    buf_consume(&worker->lines, worker->lines.len - rest.len);
    if (worker->lines.len < PROTOCOL_IN_BYTES_MAX)
        return;
    if (!worker->skips_line)
        send_error(worker, "a line is too long");
    worker->skips_line = true;
    buf_clear(&worker->lines);
}

/* False at the end of the input. */
static bool read_lines(struct worker *worker)
{
    char *room = buf_reserve(&worker->lines, READ_BYTES);
    ssize_t got = read(worker->in, room, READ_BYTES);

    if (got < 0 && errno == EINTR)
        return true;
    if (got <= 0)
        return false;
    buf_added(&worker->lines, (size_t)got);
    handle_lines(worker);
    return true;
}

/* What is due by now. */
static void keep_time(struct worker *worker)
{
    if (!worker->job)
        return;
    if (worker->cancel_due_ms && now_ms() >= worker->cancel_due_ms) {
        send_failed(worker, worker->job->message.id, "canceled", "the clip was given up");
        let_go(worker);
    } else if (now_ms() >= worker->progress_due_ms) {
        send_progress(worker);
    }
}

static int wait_ms(const struct worker *worker)
{
    int64_t due = worker->progress_due_ms, left;

    if (!worker->job)
        return -1;
    if (worker->cancel_due_ms && worker->cancel_due_ms < due)
        due = worker->cancel_due_ms;
    left = due - now_ms();
    return left > 0 ? (int)left : 0;
}

/* Gives up what is being made and gives it some time to clean up. The process ends then. */
static void abandon_jobs(struct worker *worker)
{
    int64_t due = now_ms() + WORKER_EXIT_MS;

    if (worker->job) {
        atomic_store(&worker->job->give_up, true);
        let_go(worker);
    }
    while (atomic_load(&worker->jobs_running) > 0 && now_ms() < due)
        poll(NULL, 0, 10);
}

int worker_serve(int in, int out, int threads)
{
    static struct worker worker; /* threads that outlast this call still count themselves off */
    struct buf ready;
    bool has_input = true;

    worker = (struct worker){.in = in, .out = out, .threads = threads};
    buf_init(&worker.lines, PROTOCOL_IN_BYTES_MAX + READ_BYTES);
    buf_init(&ready, PROTOCOL_OUT_BYTES_MAX);
    protocol_write_ready(&ready);
    send_line(&worker, &ready);
    buf_fini(&ready);
    while (has_input && !worker.out_is_gone) {
        struct pollfd wait[2] = {{in, POLLIN, 0},
                                 {worker.job ? worker.job->finished : -1, POLLIN, 0}};

        if (poll(wait, 2, wait_ms(&worker)) < 0 && errno != EINTR)
            die("cannot wait: %s", strerror(errno));
        if (wait[1].revents) {
            send_end(&worker);
            let_go(&worker);
        }
        if (wait[0].revents)
            has_input = read_lines(&worker);
        keep_time(&worker);
    }
    abandon_jobs(&worker);
    buf_fini(&worker.lines);
    return EXIT_SUCCESS;
}
