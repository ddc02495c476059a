/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "core/deliveries.h"
#include "core/jobcache.h"
#include "core/service_impl.h"

void service_set_delivery_writer(struct service *service, enum dialect dialect,
                                 callback_writer *write, void *context)
{
    courier_set_writer(service->courier, dialect, write, context);
}

struct list {
    struct op op;
    struct arena *arena;
    struct delivery_filter filter;
    struct service_deliveries out;
    service_deliveries_done *done;
    void *user;
};

static bool list_run(struct op *op, struct db *db, struct err *err)
{
    struct list *list = (struct list *)op;
    struct delivery_page page;

    if (!deliveries_list(db, list->arena, &list->filter, &page, err))
        return false;
    list->out = (struct service_deliveries){page.deliveries, page.count};
    return true;
}

static void list_done(struct op *op, bool ok, const struct err *err)
{
    struct list *list = (struct list *)op;

    list->done(list->user, ok ? &list->out : NULL, ok ? NULL : err);
}

void service_deliveries_list(struct service *service, struct arena *arena, int64_t account_id,
                             struct id job, service_deliveries_done *done, void *user)
{
    struct list *list = ARENA_NEW(arena, struct list);
    struct err err;

    list->op = (struct op){.run = list_run, .done = list_done, .reads_only = true};
    list->arena = arena;
    list->filter = (struct delivery_filter){
        .account_id = account_id, .job_id = job, .limit = DELIVERIES_LIST_MAX};
    list->done = done;
    list->user = user;
    if (!service_run(service, &list->op, &err))
        done(user, NULL, &err);
}

struct replay {
    struct op op;
    struct service *service;
    struct arena *arena;
    int64_t account_id;
    struct id id;
    struct delivery delivery;
    service_delivery_done *done;
    void *user;
};

static bool replay_run(struct op *op, struct db *db, struct err *err)
{
    struct replay *replay = (struct replay *)op;

    return deliveries_replay(db, replay->id, replay->account_id, clock_now_ms(), err) &&
           deliveries_get(db, replay->arena, replay->id, replay->account_id, &replay->delivery,
                          err);
}

/* The copy of the job in memory shows that it is pending again. */
static void show_in_cache(struct service *service, const struct delivery *delivery)
{
    const struct job *known = jobcache_get(service->cache, delivery->job_id);
    struct job job;

    if (!known || !str_eq(known->callback.url, delivery->url))
        return;
    job = *known;
    job.callback.state = JOB_CALLBACK_PENDING;
    jobcache_put(service->cache, &job);
}

static void replay_done(struct op *op, bool ok, const struct err *err)
{
    struct replay *replay = (struct replay *)op;
    struct service *service = replay->service;

    service_saw(service, ok, err);
    if (ok) {
        show_in_cache(service, &replay->delivery);
        courier_wake(service->courier);
    }
    replay->done(replay->user, ok ? &replay->delivery : NULL, ok ? NULL : err);
}

void service_delivery_replay(struct service *service, struct arena *arena, int64_t account_id,
                             struct id delivery, service_delivery_done *done, void *user)
{
    struct replay *replay = ARENA_NEW(arena, struct replay);
    struct err err;

    replay->op = (struct op){.run = replay_run, .done = replay_done};
    replay->service = service;
    replay->arena = arena;
    replay->account_id = account_id;
    replay->id = delivery;
    replay->done = done;
    replay->user = user;
    if (!service_run(service, &replay->op, &err))
        done(user, NULL, &err);
}
