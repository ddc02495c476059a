/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "core/assets.h"
#include "core/deliveries.h"
#include "core/idempotency.h"
#include "core/service_impl.h"

enum { PURGE_KEYS_MAX = 1000, PURGE_DELIVERIES_MAX = 1000 };

/* ---- links ---- */

static struct hash sign(const struct service *service, struct id asset, int64_t expires_s)
{
    char text[ID_HEX_LEN + 32];
    char hex[ID_HEX_LEN + 1];
    int len = 0;

    id_to_hex(asset, hex);
    len = snprintf(text, sizeof(text), "%s\n%lld", hex, (long long)expires_s);
    return hash_hmac_sha256(hash_str(&service->link_secret), str_from_bytes(text, (size_t)len));
}

struct str service_link_query(struct service *service, struct arena *arena, struct id asset,
                              int64_t expires_ms)
{
    struct hash hash = sign(service, asset, expires_ms / 1000);

    return arena_printf(arena, "expires=%lld&signature=" STR_FMT, (long long)(expires_ms / 1000),
                        STR_ARG(hash_base64url(arena, hash_str(&hash))));
}

bool service_link_check(struct service *service, struct id asset, struct str expires,
                        struct str signature, struct err *err)
{
    struct arena arena = {0};
    int64_t expires_s = 0;
    struct hash hash;
    bool good = false;

    if (str_to_int(expires, &expires_s)) {
        hash = sign(service, asset, expires_s);
        good = str_eq_secret(hash_base64url(&arena, hash_str(&hash)), signature);
    }
    arena_fini(&arena);
    if (!good)
        return err_set(err, ERR_FORBIDDEN, "This link is not valid");
    if (expires_s <= clock_now_ms() / 1000)
        return err_set(err, ERR_GONE, "This link has expired");
    return true;
}

/* ---- opening ---- */

struct open_file {
    struct op op;
    uv_work_t work;
    struct service *service;
    struct id id;            /* of the asset, or of the job whose preview it is */
    enum asset_kind preview; /* ASSET_OUTPUT: none */
    struct asset asset;
    struct blob_file file;
    bool opened;
    struct err err;
    service_file_done *done;
    void *user;
};

static bool find_run(struct op *op, struct db *db, struct err *err)
{
    struct open_file *open = (struct open_file *)op;

    if (open->preview != ASSET_OUTPUT)
        return assets_get_preview(db, open->id, open->preview, clock_now_ms(), &open->asset, err);
    return assets_get(db, 0, open->id, clock_now_ms(), &open->asset, err);
}

static void open_work(uv_work_t *work)
{
    struct open_file *open = work->data;

    open->opened = blob_read(open->service->blob, open->asset.id, &open->file, &open->err);
}

static void open_done(uv_work_t *work, int status)
{
    struct open_file *open = work->data;

    (void)status;
    if (open->opened)
        open->asset.bytes = open->file.bytes;
    open->done(open->user, open->opened ? &open->asset : NULL, open->opened ? open->file.fd : -1,
               open->opened ? NULL : &open->err);
}

static void find_done(struct op *op, bool ok, const struct err *err)
{
    struct open_file *open = (struct open_file *)op;
    struct err told = ok ? (struct err){0} : *err;

    if (!ok) {
        if (err->kind == ERR_NOT_FOUND)
            err_set(&told, ERR_NOT_FOUND, "File not found");
        else if (err->kind == ERR_GONE)
            err_set(&told, ERR_GONE, "This file has expired");
        open->done(open->user, NULL, -1, &told);
        return;
    }
    open->work.data = open;
    uv_queue_work(open->service->loop, &open->work, open_work, open_done);
}

static void begin_open(struct service *service, struct open_file *open, service_file_done *done,
                       void *user)
{
    struct err err;

    open->op = (struct op){.run = find_run, .done = find_done, .reads_only = true};
    open->service = service;
    open->done = done;
    open->user = user;
    if (!service_run(service, &open->op, &err))
        done(user, NULL, -1, &err);
}

void service_file_open(struct service *service, struct arena *arena, struct id asset,
                       service_file_done *done, void *user)
{
    struct open_file *open = ARENA_NEW(arena, struct open_file);

    open->id = asset;
    begin_open(service, open, done, user);
}

void service_preview_open(struct service *service, struct arena *arena, struct id job,
                          enum asset_kind kind, service_file_done *done, void *user)
{
    struct open_file *open = ARENA_NEW(arena, struct open_file);

    open->id = job;
    open->preview = kind;
    begin_open(service, open, done, user);
}

/* ---- sweep: rows are marked, then bytes go, then rows ---- */

struct sweep {
    struct op op;
    uv_work_t work;
    struct service *service;
    struct arena arena;
    struct id *ids;
    int count;
    int keys_purged;
};

static void sweep_end(struct sweep *sweep)
{
    sweep->service->sweeping = false;
    arena_fini(&sweep->arena);
    free(sweep);
}

static bool delete_run(struct op *op, struct db *db, struct err *err)
{
    const int64_t kept_ms = (int64_t)DELIVERIES_KEPT_DAYS * 24 * 3600 * 1000;
    struct sweep *sweep = (struct sweep *)op;
    int64_t now_ms = clock_now_ms();

    for (int i = 0; i < sweep->count; i++) {
        if (!assets_delete(db, sweep->ids[i], err))
            return false;
    }
    return idempotency_purge(db, now_ms, PURGE_KEYS_MAX, &sweep->keys_purged, err) &&
           deliveries_purge(db, now_ms - kept_ms, PURGE_DELIVERIES_MAX, err);
}

static void delete_done(struct op *op, bool ok, const struct err *err)
{
    struct sweep *sweep = (struct sweep *)op;
    struct err ignored;

    service_saw(sweep->service, ok, err);
    if (ok && sweep->count)
        log_info("assets.expired", "count=%d", sweep->count);
    sweep->count = 0;
    /* More keys may have come in a minute than one operation is to be kept up with. */
    if (!ok || sweep->keys_purged < PURGE_KEYS_MAX || !sweep->service->executor ||
        !service_run(sweep->service, &sweep->op, &ignored))
        sweep_end(sweep);
}

static void remove_work(uv_work_t *work)
{
    struct sweep *sweep = work->data;
    int kept = 0;

    for (int i = 0; i < sweep->count; i++) {
        struct err err;

        if (blob_remove(sweep->service->blob, sweep->ids[i], &err))
            sweep->ids[kept++] = sweep->ids[i];
        else
            log_warn("asset.remove", "reason=%s", log_quote(str_from(err.text)));
    }
    sweep->count = kept;
}

static void remove_done(uv_work_t *work, int status)
{
    struct sweep *sweep = work->data;
    struct err err;

    (void)status;
    sweep->op = (struct op){.run = delete_run, .done = delete_done};
    if (!sweep->service->executor || !service_run(sweep->service, &sweep->op, &err))
        sweep_end(sweep);
}

static bool mark_run(struct op *op, struct db *db, struct err *err)
{
    struct sweep *sweep = (struct sweep *)op;

    return assets_expired(db, &sweep->arena, clock_now_ms(), &sweep->ids, &sweep->count, err);
}

static void mark_done(struct op *op, bool ok, const struct err *err)
{
    struct sweep *sweep = (struct sweep *)op;

    service_saw(sweep->service, ok, err);
    if (!ok) {
        sweep_end(sweep);
        return;
    }
    sweep->work.data = sweep;
    uv_queue_work(sweep->service->loop, &sweep->work, remove_work, remove_done);
}

static void sweep_tick(uv_timer_t *timer)
{
    struct service *service = timer->data;
    struct sweep *sweep = NULL;
    struct err err;

    service_orphans_look(service);
    if (service->sweeping)
        return;
    sweep = calloc(1, sizeof(*sweep));
    if (!sweep)
        die("out of memory");
    sweep->service = service;
    sweep->op = (struct op){.run = mark_run, .done = mark_done};
    service->sweeping = true;
    if (!service_run(service, &sweep->op, &err))
        sweep_end(sweep);
}

void service_sweep_start(struct service *service)
{
    uv_timer_init(service->loop, &service->sweep_timer);
    service->sweep_timer.data = service;
    service->sweep_open = true;
    service_orphans_look(service);
    uv_timer_start(&service->sweep_timer, sweep_tick, SERVICE_SWEEP_MS, SERVICE_SWEEP_MS);
}
