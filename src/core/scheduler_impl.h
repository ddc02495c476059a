/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scheduler_impl: the scheduler's parts, for its own sources only.
 *
 *   scheduler.c        its life: engines, routes, recovery, choosing what starts, stopping
 *   scheduler_run.c    one attempt: claim, run, store, end
 *   scheduler_source.c what an attempt begins with: a picture, a video
 *   scheduler_files.c  scratch folders and blobs, on the thread pool
 *
 * Thread: loop; what else runs elsewhere says so.
 */
#ifndef VITASCOPE_CORE_SCHEDULER_IMPL_H
#define VITASCOPE_CORE_SCHEDULER_IMPL_H

#include <limits.h>

#include "core/executor.h"
#include "core/fairqueue.h"
#include "core/jobs.h"
#include "core/scheduler.h"
#include "engine/probe.h"

enum {
    SCHEDULER_BUCKETS_MIN = 1024,
    SCHEDULER_TICK_MS = 50,
    SCHEDULER_STORE_TRIES = 5,    /* of putting a finished video into the blob store */
    SCHEDULER_STOPPING_TRIES = 3, /* of an operation while the scheduler stops */
    SCHEDULER_BUSY_MS = 1000,     /* an engine that says busy is left alone; doubles */
    SCHEDULER_BUSY_MS_MAX = 60 * 1000,
    SCHEDULER_PATH_BYTES_MAX = 1024,
    SCHEDULER_LANES = 1 << RENDER_ABILITIES,
};

struct scheduler_engine {
    struct engine *engine; /* NULL when closed */
    struct str name;       /* outlives the engine: jobs borrow it */
    unsigned can;          /* set of BIT(enum render_ability) */
    struct breaker breaker;
    int claimed; /* slots of attempts that are not started yet */
    int running;
    int64_t busy_until_ms;
    int busy_ms;
    uint64_t started, finished, faults;
};

/* In the queue a route has a lane for every set of needs (job_needs()), so that a job which no
 * free engine can do holds up none that could start: lane = route * SCHEDULER_LANES + needs. */
struct route {
    struct str model;
    int engines[ROUTE_ENGINES_MAX]; /* positions in scheduler->engines */
    int count;
};

enum entry_phase {
    ENTRY_QUEUED,    /* in the queue, and only then */
    ENTRY_CLAIMING,  /* queued -> running is on its way to the store */
    ENTRY_PREPARING, /* scratch folder, first frame, source */
    ENTRY_RUNNING,   /* the engine has it */
    ENTRY_STORING,   /* the video is joined and goes into the blob store */
    ENTRY_ENDING,    /* its end, or its way back to the queue, is on its way to the store */
    ENTRY_PHASES
};

/* Files in the scratch folder of an attempt, besides the engine's own. */
enum scratch_file {
    SCRATCH_IMAGE,  /* the picture as it came */
    SCRATCH_FRAME,  /* the first frame */
    SCRATCH_SOURCE, /* the video that it is made from */
    SCRATCH_WHOLE,  /* of an extension: the source and what is new */
    SCRATCH_THUMBNAIL,
    SCRATCH_SPRITESHEET,
    SCRATCH_FILES
};

enum { FILES_PATH_BYTES = SCHEDULER_PATH_BYTES_MAX + 32 };

enum { ENTRY_PREVIEWS = 2 }; /* as SCRATCH_THUMBNAIL and what follows it */

enum entry_op_kind { OP_START, OP_COMPLETE, OP_FAIL, OP_REQUEUE };

/* What the executor's thread may touch of an entry, while it is there. */
struct entry_op {
    struct op op;
    struct entry *entry; /* for the loop only */
    enum entry_op_kind kind;
    bool is_repeated; /* an earlier try failed, perhaps after its commit */
    struct id id;
    struct str engine;                     /* start; static */
    struct asset output;                   /* complete */
    struct asset previews[ENTRY_PREVIEWS]; /* complete; zero id: there is none */
    struct str notes;                      /* complete; in the entry's arena */
    enum job_fault fault;                  /* fail, requeue */
    char *text;                            /* fail, requeue: of JOB_ERROR_BYTES_MAX; the room's */
    int64_t now_ms;
    int attempt;              /* start's answer */
    enum job_state state;     /* requeue's answer */
    enum job_fault end_fault; /* requeue's answer, if that was the end of the job */
    char *end_text;           /* likewise; of JOB_ERROR_BYTES_MAX, the room's */
};

/* What only attempts need: most jobs that wait are many, and those that run are few. */
struct entry_room {
    char scratch[SCHEDULER_PATH_BYTES_MAX];
    char output[FILES_PATH_BYTES];
    char text[JOB_ERROR_BYTES_MAX + 1];     /* the operation's */
    char end_text[JOB_ERROR_BYTES_MAX + 1]; /* likewise */
};

/* A job that is not over, or whose end is not settled. */
struct entry {
    struct fairqueue_item item; /* first: an item is cast back */
    struct scheduler *scheduler;
    struct arena arena;
    struct job job;    /* as the store has it */
    bool has_no_texts; /* they are in the cache of jobs, until the first attempt */
    char ticket[ID_HEX_LEN + 1];
    enum entry_phase phase;
    bool over;               /* the store says so: nothing more is to be told to it */
    unsigned failed_on;      /* BIT(position in the route) of engines that failed at it */
    int position;            /* in the route, of this attempt */
    bool has_slot;           /* claimed or running at engine */
    struct entry_room *room; /* NULL until its first attempt */
    struct entry_op op;
    int tries;        /* of the operation or file that is to be repeated */
    int64_t retry_ms; /* when; 0 = nothing to repeat */
    void (*retry)(struct entry *entry);
    struct id fetched;            /* files_fetch() */
    enum scratch_file fetched_as; /* likewise */
    uv_work_t work;               /* on the thread pool */
    void (*work_done)(struct entry *entry);
    bool work_ok;
    struct err work_err;
    struct entry *next_in_bucket;
};

struct recovery;

struct scheduler {
    struct scheduler_config config;
    struct arena arena; /* of names */
    uv_timer_t *tick;   /* runs while something waits for a time */
    struct scheduler_engine engines[SCHEDULER_ENGINES_MAX];
    int engines_n;
    struct route routes[SCHEDULER_ROUTES_MAX];
    int routes_n;
    struct entry **entries; /* by id: buckets, a power of two of them */
    size_t buckets_n;
    size_t entries_n;
    struct fairqueue queue;
    int works;   /* on the thread pool */
    int retries; /* entries with retry_ms */
    bool started, recovered, stopping;
    struct recovery *recovery; /* owned; NULL when it is over */
    int64_t recover_ms;        /* when to try it again; 0 = not waiting */
    bool engines_closed;
    int engines_open; /* of those that were asked to close */
    int64_t grace_end_ms;
    void (*stopped)(void *user);
    void *stopped_user;
};

int64_t scheduler_now_ms(const struct scheduler *scheduler); /* of a clock that only goes on */

/* Starts what can start, or goes on stopping. Safe to call at any time. */
void scheduler_pump(struct scheduler *scheduler);

/* Makes the tick run, if it does not. */
void scheduler_arm(struct scheduler *scheduler);

struct entry *scheduler_find(struct scheduler *scheduler, struct id id);
const struct route *entry_route(const struct entry *entry);
struct scheduler_engine *entry_engine(const struct entry *entry);

/* The positions in the route of engines that can do such a job, a set of BIT(position). */
unsigned route_able(const struct scheduler *scheduler, const struct route *route, unsigned needs);

/* Out of the scheduler and freed: it has no slot, no operation, no work. */
void entry_drop(struct entry *entry);

/* ---- scheduler_run.c ---- */

/* Claims the job for the engine at that position of its route, and goes on from there. */
void entry_claim(struct entry *entry, int position);

/* Ends it as failed, or back into the queue; the slot is given back. */
void entry_fail(struct entry *entry, enum job_fault fault, struct str text);
void entry_requeue(struct entry *entry, enum job_fault fault, struct str text);

/* The same for one that runs: its engine is about to be closed. */
void entry_take_back(struct entry *entry);

/* Calls retry(entry) in a while. */
void entry_retry_later(struct entry *entry, void (*retry)(struct entry *entry));

extern const struct engine_events scheduler_engine_events;

/* The job is over, by our doing or another's: gives back what it had. */
void entry_leave(struct entry *entry, struct id blob);

/* Whether the attempt is to go no further (it is over, or we stop), and then sees to it. */
bool entry_is_halted(struct entry *entry);

/* Whether some engine of the route may still be tried: another, or a local one again. */
bool entry_may_go_on(const struct entry *entry);

/* What the engine begins with is in the scratch folder: starts it. */
void entry_begin(struct entry *entry);

/* What is to be kept lies at entry->room->output and, where op.previews says so, in the scratch
 * folder: puts it into the blob store. */
void entry_store(struct entry *entry);

/* ---- scheduler_source.c ---- */

/* Brings what the engine begins with into the scratch folder, then calls entry_begin(). */
void source_prepare(struct entry *entry);

/* The engine is done: of an extension joins the source and what is new, then calls
 * previews_make(). */
void source_join(struct entry *entry);

/* ---- scheduler_previews.c ---- */

/* Makes the previews of entry->room->output if it can, then calls entry_store(). */
void previews_make(struct entry *entry);

/* Whether the file has an MP4's index: a quick look, so that what is no film costs no process.
 * Blocks. Thread: any. */
bool previews_are_worth_a_try(const char *path);

/* ---- scheduler_files.c ---- */

/* ERR_IO: the folder cannot be made. Fills the scratch and output of its room. */
MUST_CHECK bool files_make_scratch(struct entry *entry, struct err *err);

/* The path of a file in the scratch folder. */
struct str files_path(const struct entry *entry, enum scratch_file file,
                      char path[FILES_PATH_BYTES]);

/* Copies an asset out of the blob store; then done(entry) with work_ok and work_err. */
void files_fetch(struct entry *entry, struct id asset, enum scratch_file as,
                 void (*done)(struct entry *entry));

/* Asks previews_are_worth_a_try(entry->room->output): the answer is work_ok. */
void files_look(struct entry *entry, void (*done)(struct entry *entry));

/* Puts entry->room->output into the blob store as entry->op.output, likewise, and the previews; one
 * that cannot be stored becomes none. */
void files_store(struct entry *entry, void (*done)(struct entry *entry));

/* Removes the scratch folder, and unless its id is zero the output's blob and the previews',
 * whenever there is time. */
void files_clean(struct entry *entry, struct id blob);

/* Makes the folder if it is missing and empties it. Blocks. */
MUST_CHECK bool files_empty_folder(const char *path, struct err *err);

#endif
