/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blobs without a row: what a crash between a blob and its row leaves. A look goes through the
 * store part by part: list, ask the database, remove. A blob is old by its id, which is made just
 * before it; a young one may still get its row.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "core/assets.h"
#include "core/service_impl.h"

enum { STEP_MAX = 256 /* ids in one question to the database */ };

struct look {
    struct op op;
    uv_work_t work;
    struct service *service;
    int part;
    int64_t before_ms; /* blobs made later are young */
    struct id *ids;    /* old ones of the part */
    size_t count, room, next;
    struct id step[STEP_MAX];
    int step_count;
    int64_t removed;
};

static void list_part(struct look *look);

static void end(struct look *look)
{
    look->service->orphans_looking = false;
    if (look->removed)
        log_warn("blobs.orphans", "removed=%lld", (long long)look->removed);
    free(look->ids);
    free(look);
}

static void take_step(struct look *look);

/* Thread pool. */
static void remove_work(uv_work_t *work)
{
    struct look *look = work->data;

    for (int i = 0; i < look->step_count; i++) {
        struct err err;

        if (blob_remove(look->service->blob, look->step[i], &err))
            look->removed++;
        else
            log_warn("blobs.orphans", "reason=%s", log_quote(str_from(err.text)));
    }
}

static void remove_done(uv_work_t *work, int status)
{
    (void)status;
    take_step(work->data);
}

static bool ask_run(struct op *op, struct db *db, struct err *err)
{
    struct look *look = (struct look *)op;

    return assets_find_orphans(db, look->step, &look->step_count, err);
}

/* Whoever left the scheduler since we asked was answered before us, and so had its row before. */
static void ask_done(struct op *op, bool ok, const struct err *err)
{
    struct look *look = (struct look *)op;

    (void)err;
    if (ok)
        scheduler_leave_kept(look->service->scheduler, look->step, &look->step_count);
    if (ok && look->step_count)
        uv_queue_work(look->service->loop, &look->work, remove_work, remove_done);
    else if (ok)
        take_step(look);
    else
        end(look);
}

static void take_step(struct look *look)
{
    struct err err;

    look->step_count = 0;
    while (look->next < look->count && look->step_count < STEP_MAX)
        look->step[look->step_count++] = look->ids[look->next++];
    look->op = (struct op){.run = ask_run, .done = ask_done, .reads_only = true};
    if (!look->step_count) {
        look->part++;
        list_part(look);
    } else if (!service_run(look->service, &look->op, &err)) {
        end(look);
    }
}

static void add_old(void *user, struct id id)
{
    struct look *look = user;
    int64_t made_ms = id_made_ms(id);

    if (made_ms < 0 || made_ms >= look->before_ms)
        return;
    if (look->count == look->room) {
        look->room = look->room ? look->room * 2 : STEP_MAX;
        look->ids = realloc(look->ids, look->room * sizeof(*look->ids));
        if (!look->ids)
            die("out of memory");
    }
    look->ids[look->count++] = id;
}

/* Thread pool. */
static void list_work(uv_work_t *work)
{
    struct look *look = work->data;
    struct err err;

    if (!blob_list(look->service->blob, look->part, add_old, look, &err))
        log_warn("blobs.orphans", "reason=%s", log_quote(str_from(err.text)));
}

static void list_done(uv_work_t *work, int status)
{
    (void)status;
    take_step(work->data);
}

static void list_part(struct look *look)
{
    look->count = look->next = 0;
    if (look->part < BLOB_PARTS && look->service->sweep_open)
        uv_queue_work(look->service->loop, &look->work, list_work, list_done);
    else
        end(look);
}

void service_orphans_look(struct service *service)
{
    int64_t now_ms = clock_now_ms();
    struct look *look = NULL;

    if (service->orphans_looking || now_ms < service->orphans_next_ms)
        return;
    look = calloc(1, sizeof(*look));
    if (!look)
        die("out of memory");
    look->service = service;
    look->work.data = look;
    look->before_ms = now_ms - (int64_t)SERVICE_ORPHAN_HOURS * 3600 * 1000;
    service->orphans_looking = true;
    service->orphans_next_ms = now_ms + SERVICE_ORPHANS_MS;
    list_part(look);
}
