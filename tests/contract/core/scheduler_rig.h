/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scheduler_rig: a scheduler with a real store, real blobs and stub workers, on a loop of its
 * own. The world's connection looks at the same store from outside.
 *
 * rig_stop() and rig_close() check what every test owes: the ledger verifies, no scratch folder
 * and no process is left.
 */
#ifndef VITASCOPE_TESTS_SCHEDULER_RIG_H
#define VITASCOPE_TESTS_SCHEDULER_RIG_H

#include <uv.h>

#include "blob/blob.h"
#include "core/executor.h"
#include "core/jobcache.h"
#include "core/scheduler.h"
#include "engine/probe.h"
#include "world.h"

enum { RIG_WAIT_MS = 60000 };

struct rig {
    struct world world;
    char folder[64];
    char journal[128];
    char database[160];
    uv_loop_t loop;
    uv_timer_t alarm;
    bool alarmed, stopped, probe_closed;
    struct executor *executor;
    struct jobcache *cache;
    struct blob *blob;
    struct probe *probe;
    struct scheduler *scheduler;
    struct scheduler_config config;
};

/* A store with two accounts; nothing runs. rig->config may be changed before rig_boot(). */
void rig_init(struct rig *rig);

/* Opens everything: then engines and routes are added, and the scheduler started. */
void rig_boot(struct rig *rig);

/* A stub worker in that mode, which can do everything unless its config says what. */
void rig_engine(struct rig *rig, const char *name, const char *mode, int concurrency);
void rig_engine_with(struct rig *rig, const char *name, const char *mode,
                     struct engine_config config);

/* A route of one or (second not NULL) two engines. */
void rig_route(struct rig *rig, const char *model, const char *first, const char *second);

/* One engine "stub" with the mode and one route "sora-2" to it, started. */
void rig_boot_simple(struct rig *rig, const char *mode);

/* A job of the first account whose prompt is the text; the _as form takes all that matters. */
struct id rig_submit(struct rig *rig, const char *prompt);
struct id rig_submit_as(struct rig *rig, int64_t account_id, const char *model, const char *prompt);
struct id rig_submit_job(struct rig *rig, const struct job *job);

/* As the service does: in the store, in the cache, then in the scheduler. A job that is over
 * stays as it is. */
void rig_cancel(struct rig *rig, struct id id);

/* Run the loop until it is so, or fail the test. */
struct job rig_wait_over(struct rig *rig, struct id id);
void rig_wait_running(struct rig *rig, struct id id);
void rig_wait_idle(struct rig *rig); /* nothing runs, though something may be queued */
void rig_run_ms(struct rig *rig, int ms);

/* Tickets' prompts in the order in which workers got them, separated by commas. */
void rig_journal(const struct rig *rig, char *out, size_t size);
int rig_journal_count(const struct rig *rig, const char *part);

/* Files in the blob store. */
int rig_blobs(const struct rig *rig);

void rig_stop(struct rig *rig, int grace_ms);
void rig_close(struct rig *rig); /* stops it first if it runs */

#endif
