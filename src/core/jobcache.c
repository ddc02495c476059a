/* SPDX-License-Identifier: Apache-2.0 */
#include "core/jobcache.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/macros.h"

enum { BUCKETS_MIN = 1024 };

/* A job with its strings behind it, in one piece of memory. */
struct entry {
    struct job job;
    struct entry *next_in_bucket;
    struct entry *newer, *older; /* of the jobs that are over, by last use */
    size_t bytes;
    char strings[];
};

struct jobcache {
    struct entry **buckets;
    size_t buckets_count; /* a power of two */
    size_t count;
    size_t ended_count;
    size_t ended_bytes;
    size_t ended_max, ended_bytes_max;
    struct entry *newest, *oldest;
    void (*changed)(void *context, const struct job *job);
    void *context;
};

/* What a copy of a job must copy besides the struct; job_copy() has the same. */
static const size_t strings[] = {
    offsetof(struct job, request),
    offsetof(struct job, model),
    offsetof(struct job, render) + offsetof(struct render_request, prompt),
    offsetof(struct job, engine),
    offsetof(struct job, error),
    offsetof(struct job, characters),
    offsetof(struct job, callback) + offsetof(struct job_callback, url),
    offsetof(struct job, callback) + offsetof(struct job_callback, base),
};

static struct str *string_of(struct job *job, size_t i)
{
    return (struct str *)(void *)((char *)job + strings[i]);
}

/* The id's random bits. */
static struct entry **bucket_of(const struct jobcache *cache, struct id id)
{
    uint64_t hash = 0;

    memcpy(&hash, id.bytes + ID_BYTES - sizeof(hash), sizeof(hash));
    return &cache->buckets[hash & (cache->buckets_count - 1)];
}

static struct entry **find(const struct jobcache *cache, struct id id)
{
    struct entry **at = bucket_of(cache, id);

    while (*at && !id_eq((*at)->job.id, id))
        at = &(*at)->next_in_bucket;
    return at;
}

static void grow(struct jobcache *cache, size_t buckets_count)
{
    struct entry **old = cache->buckets;
    size_t old_count = cache->buckets_count;

    cache->buckets = calloc(buckets_count, sizeof(struct entry *));
    if (!cache->buckets)
        die("out of memory");
    cache->buckets_count = buckets_count;
    for (size_t i = 0; i < old_count; i++) {
        while (old[i]) {
            struct entry *entry = old[i];
            struct entry **bucket = bucket_of(cache, entry->job.id);

            old[i] = entry->next_in_bucket;
            entry->next_in_bucket = *bucket;
            *bucket = entry;
        }
    }
    free(old);
}

struct jobcache *jobcache_new(size_t ended_max, size_t ended_bytes_max)
{
    struct jobcache *cache = calloc(1, sizeof(*cache));

    if (!cache)
        die("out of memory");
    cache->ended_max = ended_max ? ended_max : JOBCACHE_ENDED_MAX;
    cache->ended_bytes_max = ended_bytes_max ? ended_bytes_max : JOBCACHE_ENDED_BYTES_MAX;
    grow(cache, BUCKETS_MIN);
    return cache;
}

void jobcache_free(struct jobcache *cache)
{
    if (!cache)
        return;
    for (size_t i = 0; i < cache->buckets_count; i++) {
        while (cache->buckets[i]) {
            struct entry *entry = cache->buckets[i];

            cache->buckets[i] = entry->next_in_bucket;
            free(entry);
        }
    }
    free(cache->buckets);
    free(cache);
}

static struct entry *copy_job(const struct job *job)
{
    struct job source = *job;
    size_t bytes = sizeof(struct entry);
    struct entry *entry = NULL;
    char *to = NULL;

    for (size_t i = 0; i < ARRAY_LEN(strings); i++)
        bytes += string_of(&source, i)->len;
    entry = malloc(bytes);
    if (!entry)
        die("out of memory");
    *entry = (struct entry){.job = source, .bytes = bytes};
    to = entry->strings;
    for (size_t i = 0; i < ARRAY_LEN(strings); i++) {
        struct str *text = string_of(&entry->job, i);

        if (text->len)
            memcpy(to, text->ptr, text->len);
        text->ptr = to;
        to += text->len;
    }
    return entry;
}

static void link_newest(struct jobcache *cache, struct entry *entry)
{
    entry->newer = NULL;
    entry->older = cache->newest;
    if (cache->newest)
        cache->newest->newer = entry;
    else
        cache->oldest = entry;
    cache->newest = entry;
    cache->ended_count++;
    cache->ended_bytes += entry->bytes;
}

static void unlink_ended(struct jobcache *cache, struct entry *entry)
{
    if (entry->newer)
        entry->newer->older = entry->older;
    else
        cache->newest = entry->older;
    if (entry->older)
        entry->older->newer = entry->newer;
    else
        cache->oldest = entry->newer;
    cache->ended_count--;
    cache->ended_bytes -= entry->bytes;
}

static void drop(struct jobcache *cache, struct entry **at)
{
    struct entry *entry = *at;

    *at = entry->next_in_bucket;
    if (job_is_over(entry->job.state))
        unlink_ended(cache, entry);
    cache->count--;
    free(entry);
}

void jobcache_put(struct jobcache *cache, const struct job *job)
{
    struct entry *entry = copy_job(job);
    struct entry **at = find(cache, entry->job.id);

    if (*at) {
        const struct job *known = &(*at)->job;

        if (known->state == JOB_RUNNING && entry->job.state == JOB_RUNNING &&
            known->progress > entry->job.progress)
            entry->job.progress = known->progress;
        drop(cache, at);
    }
    if (cache->count == cache->buckets_count)
        grow(cache, cache->buckets_count * 2);
    at = bucket_of(cache, entry->job.id);
    entry->next_in_bucket = *at;
    *at = entry;
    cache->count++;
    if (job_is_over(entry->job.state))
        link_newest(cache, entry);
    if (cache->changed)
        cache->changed(cache->context, &entry->job);
    while (cache->ended_count > cache->ended_max || cache->ended_bytes > cache->ended_bytes_max)
        drop(cache, find(cache, cache->oldest->job.id));
}

const struct job *jobcache_get(struct jobcache *cache, struct id id)
{
    struct entry *entry = *find(cache, id);

    if (!entry)
        return NULL;
    if (job_is_over(entry->job.state) && cache->newest != entry) {
        unlink_ended(cache, entry);
        link_newest(cache, entry);
    }
    return &entry->job;
}

void jobcache_progress(struct jobcache *cache, struct id id, int progress)
{
    struct entry *entry = *find(cache, id);

    if (entry && entry->job.state == JOB_RUNNING && progress > entry->job.progress)
        entry->job.progress = progress < 100 ? progress : 100;
}

void jobcache_watch(struct jobcache *cache, void (*changed)(void *context, const struct job *job),
                    void *context)
{
    cache->changed = changed;
    cache->context = context;
}

void jobcache_remove(struct jobcache *cache, struct id id)
{
    struct entry **at = find(cache, id);

    if (*at)
        drop(cache, at);
}

size_t jobcache_count(const struct jobcache *cache)
{
    return cache->count;
}

size_t jobcache_live_count(const struct jobcache *cache)
{
    return cache->count - cache->ended_count;
}
