/* SPDX-License-Identifier: Apache-2.0 */
/* Progress of running jobs, told while nothing more important is: see courier.h. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/macros.h"
#include "core/courier_impl.h"
#include "core/jobcache.h"

struct track {
    struct op op; /* reads the key's hash */
    struct courier *courier;
    struct track *next;
    struct id job;
    int64_t key_id;
    struct hash key_hash;
    bool is_ready;            /* key_hash is there */
    bool is_over;             /* dropped while the op was in the executor */
    int shown;                /* percentage that was sent last */
    struct http_fetch *fetch; /* out */
};

static struct track **find(struct courier *courier, struct id job)
{
    struct track **at = &courier->tracks;

    while (*at && !id_eq((*at)->job, job))
        at = &(*at)->next;
    return at;
}

static void told(void *context, const struct http_response *response)
{
    struct track *track = context;

    (void)response; /* what the receiver thinks of it changes nothing */
    track->fetch = NULL;
}

static void tell(struct track *track, const struct job *job)
{
    struct courier *courier = track->courier;
    struct callback callback = {.job = job,
                                .event = JOB_EVENT_PROGRESS,
                                .now_ms = clock_now_ms(),
                                .key_hash = &track->key_hash};
    struct courier_send send = {.url = job->callback.url,
                                .timeout_ms = COURIER_PROGRESS_MS,
                                .on_done = told,
                                .context = track};
    struct arena arena = {0};
    struct err err;

    courier->writers[job->dialect].write(courier->writers[job->dialect].context, &arena, &callback,
                                         &send.request);
    track->shown = job->progress;
    if (!courier_send(courier, &send, &track->fetch, &err))
        track->fetch = NULL;
    arena_fini(&arena);
}

static void tick(uv_timer_t *timer)
{
    struct courier *courier = timer->data;

    for (struct track *track = courier->tracks; track; track = track->next) {
        const struct job *job = jobcache_get(courier->config.cache, track->job);

        if (job && job->state == JOB_RUNNING && track->is_ready && !track->fetch &&
            job->progress != track->shown)
            tell(track, job);
    }
}

static bool hash_run(struct op *op, struct db *db, struct err *err)
{
    struct track *track = (struct track *)op;

    return deliveries_key_hash(db, track->key_id, &track->key_hash, err);
}

static void hash_done(struct op *op, bool ok, const struct err *err)
{
    struct track *track = (struct track *)op;
    struct courier *courier = track->courier;
    bool is_over = track->is_over;

    (void)err;
    track->op.run = NULL;
    track->is_ready = ok;
    if (is_over)
        free(track);
    courier_answered(courier);
}

void track_start(struct courier *courier, const struct job *job)
{
    struct track *track = NULL;

    if (*find(courier, job->id) || courier->track_count == COURIER_TRACKS_MAX ||
        !courier->writers[job->dialect].write)
        return;
    track = calloc(1, sizeof(*track));
    if (!track)
        die("out of memory");
    *track = (struct track){.op = {.run = hash_run, .done = hash_done, .reads_only = true},
                            .courier = courier,
                            .next = courier->tracks,
                            .job = job->id,
                            .key_id = job->key_id};
    if (!courier_submit(courier, &track->op)) {
        free(track);
        return;
    }
    courier->tracks = track;
    if (courier->track_count++ == 0)
        uv_timer_start(&courier->tick_timer, tick, COURIER_TICK_MS, COURIER_TICK_MS);
}

static void drop(struct track **at)
{
    struct track *track = *at;
    struct courier *courier = track->courier;

    *at = track->next;
    if (track->fetch)
        http_fetch_cancel(track->fetch);
    if (--courier->track_count == 0)
        uv_timer_stop(&courier->tick_timer);
    if (track->op.run)
        track->is_over = true; /* hash_done() frees it */
    else
        free(track);
}

void track_end(struct courier *courier, struct id job)
{
    struct track **at = find(courier, job);

    if (*at)
        drop(at);
}

void track_end_all(struct courier *courier)
{
    while (courier->tracks)
        drop(&courier->tracks);
}
