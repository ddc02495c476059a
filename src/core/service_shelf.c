/* SPDX-License-Identifier: Apache-2.0 */
/* An account's jobs: shown page by page, and put away. */
#include "base/clock.h"
#include "core/service_impl.h"

/* ---- list ---- */

struct list_op {
    struct op op;
    struct service *service;
    struct arena *arena;
    struct job_filter filter;
    struct job_page page;
    service_page_done *done;
    void *user;
};

static bool list_run(struct op *op, struct db *db, struct err *err)
{
    struct list_op *list = (struct list_op *)op;

    return jobs_list(db, list->arena, &list->filter, &list->page, err);
}

static void list_done(struct op *op, bool ok, const struct err *err)
{
    struct list_op *list = (struct list_op *)op;

    for (int i = 0; ok && i < list->page.count; i++) {
        const struct job *known = jobcache_get(list->service->cache, list->page.jobs[i].id);

        if (known)
            list->page.jobs[i] = job_copy(list->arena, known);
    }
    list->done(list->user, ok ? &list->page : NULL, ok ? NULL : err);
}

void service_jobs_list(struct service *service, struct arena *arena,
                       const struct job_filter *filter, service_page_done *done, void *user)
{
    struct list_op *list = ARENA_NEW(arena, struct list_op);
    struct err err;

    list->op = (struct op){.run = list_run, .done = list_done, .reads_only = true};
    list->service = service;
    list->arena = arena;
    list->filter = *filter;
    list->done = done;
    list->user = user;
    if (!service_run(service, &list->op, &err))
        done(user, NULL, &err);
}

/* ---- delete ---- */

struct delete_op {
    struct op op;
    struct service *service;
    int64_t account_id;
    struct id id;
    service_deleted_done *done;
    void *user;
};

static bool delete_run(struct op *op, struct db *db, struct err *err)
{
    struct delete_op *delete = (struct delete_op *)op;

    return jobs_delete(db, delete->id, delete->account_id, clock_now_ms(), err);
}

static void delete_done(struct op *op, bool ok, const struct err *err)
{
    struct delete_op *delete = (struct delete_op *)op;

    service_saw(delete->service, ok, err);
    if (ok) {
        scheduler_cancel(delete->service->scheduler, delete->id);
        jobcache_remove(delete->service->cache, delete->id);
        courier_wake(delete->service->courier); /* it may have ended the job */
    }
    delete->done(delete->user, ok ? NULL : err);
}

void service_job_delete(struct service *service, struct arena *arena, int64_t account_id,
                        struct id id, service_deleted_done *done, void *user)
{
    struct delete_op *delete = ARENA_NEW(arena, struct delete_op);
    struct err err;

    delete->op = (struct op){.run = delete_run, .done = delete_done};
    delete->service = service;
    delete->account_id = account_id;
    delete->id = id;
    delete->done = done;
    delete->user = user;
    if (!service_run(service, &delete->op, &err))
        done(user, &err);
}
