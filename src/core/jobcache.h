/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jobcache: jobs in memory, so that asking for one does not touch the store: all that are not
 * over and those that ended lately.
 *
 * It holds what has been committed: put a job here after its operation is done. Progress lives
 * only here. A job that is over is dropped when others were asked for more recently and the
 * cache is over one of its limits; one that is not over stays.
 *
 * Owns copies of what is put. Thread: loop.
 */
#ifndef VITASCOPE_CORE_JOBCACHE_H
#define VITASCOPE_CORE_JOBCACHE_H

#include <stddef.h>

#include "model/job.h"

struct jobcache;

enum {
    JOBCACHE_ENDED_MAX = 20000,
    JOBCACHE_ENDED_BYTES_MAX = 64 * 1024 * 1024,
};

/* Limits for jobs that are over; 0 = the constants above. */
struct jobcache *jobcache_new(size_t ended_max, size_t ended_bytes_max);
void jobcache_free(struct jobcache *cache);

/* Adds or replaces. Progress never goes back while a job is running: a put with less keeps what
 * is there. `job` may be one that came from jobcache_get(). */
void jobcache_put(struct jobcache *cache, const struct job *job);

/* NULL: not here, ask the store. Borrowed until the next change of the cache. */
const struct job *jobcache_get(struct jobcache *cache, struct id id);

/* Raises the progress of a running job; less than before, or a job that is not running or not
 * here, changes nothing. */
void jobcache_progress(struct jobcache *cache, struct id id, int progress);

/* Calls changed() in every jobcache_put() with what is then here; it must not change
 * the cache. One watcher; NULL: nobody. */
void jobcache_watch(struct jobcache *cache, void (*changed)(void *context, const struct job *job),
                    void *context);

void jobcache_remove(struct jobcache *cache, struct id id);

size_t jobcache_count(const struct jobcache *cache);      /* all */
size_t jobcache_live_count(const struct jobcache *cache); /* not over */

#endif
