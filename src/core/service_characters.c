/* SPDX-License-Identifier: Apache-2.0 */
/* Characters: kept from a clip that was looked at, and looked up again. */
#include "base/clock.h"
#include "core/service_impl.h"

/* Never: a clip stays as long as its character. */
static const int64_t expires_never_ms = INT64_MAX;

struct keep {
    struct op op;
    uv_work_t work;
    struct service *service;
    struct str bytes;
    struct asset clip;
    struct character character;
    bool ok;
    struct err err;
    service_character_done *done;
    void *user;
};

static void finish(struct keep *keep, bool ok, const struct err *err)
{
    keep->done(keep->user, ok ? &keep->character : NULL, ok ? NULL : err);
}

static void remove_work(uv_work_t *work)
{
    struct keep *keep = work->data;
    struct err ignored;

    if (!blob_remove(keep->service->blob, keep->clip.id, &ignored))
        return; /* bytes without a row do no harm */
}

static void removed(uv_work_t *work, int status)
{
    struct keep *keep = work->data;

    (void)status;
    finish(keep, false, &keep->err);
}

static bool row_run(struct op *op, struct db *db, struct err *err)
{
    struct keep *keep = (struct keep *)op;

    return characters_create(db, &keep->character, &keep->clip, err);
}

static void row_done(struct op *op, bool ok, const struct err *err)
{
    struct keep *keep = (struct keep *)op;

    service_saw(keep->service, ok, err);
    if (ok) {
        finish(keep, true, NULL);
        return;
    }
    keep->err = *err;
    uv_queue_work(keep->service->loop, &keep->work, remove_work, removed);
}

static void put_work(uv_work_t *work)
{
    struct keep *keep = work->data;

    keep->ok = blob_put_bytes(keep->service->blob, keep->clip.id, keep->bytes, &keep->err);
}

static void put_done(uv_work_t *work, int status)
{
    struct keep *keep = work->data;

    (void)status;
    keep->op = (struct op){.run = row_run, .done = row_done};
    if (!keep->ok || !service_run(keep->service, &keep->op, &keep->err))
        finish(keep, false, &keep->err);
}

void service_character_keep(struct service *service, struct arena *arena,
                            const struct service_character *wanted, service_character_done *done,
                            void *user)
{
    struct keep *keep = ARENA_NEW(arena, struct keep);
    int64_t now_ms = clock_now_ms();

    keep->service = service;
    keep->bytes = wanted->bytes;
    keep->done = done;
    keep->user = user;
    keep->clip = (struct asset){.id = id_new(),
                                .account_id = wanted->account_id,
                                .kind = ASSET_CHARACTER,
                                .type = ASSET_MP4,
                                .bytes = (int64_t)wanted->bytes.len,
                                .created_ms = now_ms,
                                .expires_ms = expires_never_ms};
    keep->character = (struct character){.id = id_new(),
                                         .account_id = wanted->account_id,
                                         .created_ms = now_ms,
                                         .asset = keep->clip.id,
                                         .name = wanted->name};
    keep->work.data = keep;
    uv_queue_work(service->loop, &keep->work, put_work, put_done);
}

struct get {
    struct op op;
    struct arena *arena;
    int64_t account_id;
    struct id id;
    struct character character;
    service_character_done *done;
    void *user;
};

static bool get_run(struct op *op, struct db *db, struct err *err)
{
    struct get *get = (struct get *)op;

    return characters_get(db, get->arena, get->account_id, get->id, &get->character, err);
}

static void get_done(struct op *op, bool ok, const struct err *err)
{
    struct get *get = (struct get *)op;

    get->done(get->user, ok ? &get->character : NULL, ok ? NULL : err);
}

void service_character_get(struct service *service, struct arena *arena, int64_t account_id,
                           struct id id, service_character_done *done, void *user)
{
    struct get *get = ARENA_NEW(arena, struct get);
    struct err err;

    get->op = (struct op){.run = get_run, .done = get_done, .reads_only = true};
    get->arena = arena;
    get->account_id = account_id;
    get->id = id;
    get->done = done;
    get->user = user;
    if (!service_run(service, &get->op, &err))
        done(user, NULL, &err);
}
