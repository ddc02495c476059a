/* SPDX-License-Identifier: Apache-2.0 */
#include "core/service.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "core/idempotency.h"
#include "core/service_impl.h"
#include "store/db.h"
#include "store/migrate.h"

static bool make_folder(struct str path, struct err *err)
{
    if (mkdir(path.ptr, 0700) != 0 && errno != EEXIST)
        return err_set(err, ERR_IO, "cannot make folder %s: %s", path.ptr, strerror(errno));
    return true;
}

static bool load_keys(struct db *db, struct err *err)
{
    bool ok = db_begin_read(db, err) && idempotency_load(db, err);

    db_rollback(db);
    return ok;
}

static bool open_store(struct service *service, const struct service_config *config,
                       struct err *err)
{
    struct db *db = NULL;

    if (!db_open(&db, config->database_url, err))
        return false;
    if (migrate(db, err) && load_keys(db, err) &&
        executor_open(&service->executor, service->loop, db, err))
        return true;
    db_close(db);
    return false;
}

static bool open_blobs(struct service *service, const struct service_config *config,
                       struct err *err)
{
    struct str url = arena_printf(&service->strings, "dir:" STR_FMT, STR_ARG(config->blob_folder));
    int removed = 0;

    if (!blob_open(&service->blob, url, err) || !blob_sweep(service->blob, &removed, err))
        return false;
    if (removed)
        log_info("blob.swept", "unfinished=%d", removed);
    return true;
}

static bool open_scheduler(struct service *service, const struct service_config *config,
                           struct err *err)
{
    struct str scratch = arena_str(&service->strings, config->scratch_folder);
    struct probe_config probe = {
        .loop = service->loop, .program = config->probe_program, .launcher = config->launcher};
    struct scheduler_config scheduler = {.loop = service->loop,
                                         .executor = service->executor,
                                         .cache = service->cache,
                                         .blob = service->blob,
                                         .output_ttl_ms = config->output_ttl_ms};

    service->uploads = arena_printf(&service->strings, STR_FMT "/uploads", STR_ARG(scratch));
    scheduler.scratch = arena_printf(&service->strings, STR_FMT "/jobs", STR_ARG(scratch));
    if (!make_folder(scratch, err) || !make_folder(service->uploads, err) ||
        !probe_open(&probe, &service->probe, err))
        return false;
    scheduler.probe = service->probe;
    return scheduler_new(&scheduler, &service->scheduler, err);
}

static void open_courier(struct service *service, const struct service_config *config)
{
    struct courier_config courier = {.loop = service->loop,
                                     .executor = service->executor,
                                     .client = service->client,
                                     .cache = service->cache,
                                     .webhook_key = config->webhook_key,
                                     .scale = config->callback_scale};

    service->courier = courier_new(&courier);
}

bool service_open(const struct service_config *config, struct service **out, struct err *err)
{
    struct service *service = calloc(1, sizeof(*service));

    if (!service)
        die("out of memory");
    service->loop = config->loop;
    service->catalog = config->catalog;
    service->client = config->client;
    service->link_secret = config->link_secret;
    service->webhook_key = config->webhook_key;
    service->output_ttl_ms = config->output_ttl_ms;
    service->store_ok = true;
    service->cache = jobcache_new(0, 0);
    service->keys = calloc(SERVICE_KEYS_CACHED_MAX, sizeof(*service->keys));
    if (!service->keys)
        die("out of memory");
    service->throttle = throttle_new();
    service->database_url = arena_str(&service->strings, config->database_url);
    if (open_store(service, config, err) && open_blobs(service, config, err) &&
        open_scheduler(service, config, err)) {
        open_courier(service, config);
        *out = service;
        return true;
    }
    service_free(service);
    return false;
}

bool service_add_engine(struct service *service, const struct engine_config *engine,
                        struct err *err)
{
    return scheduler_add_engine(service->scheduler, engine, err);
}

bool service_start(struct service *service, struct err *err)
{
    for (size_t i = 0; i < catalog_len(service->catalog); i++) {
        const struct catalog_model *model = catalog_at(service->catalog, i);

        if (!scheduler_add_route(service->scheduler, model->name, model->route, model->route_len,
                                 err))
            return false;
    }
    scheduler_start(service->scheduler);
    courier_start(service->courier);
    service_sweep_start(service);
    return true;
}

static void probe_closed(void *user)
{
    struct service *service = user;

    service->probe = NULL;
    executor_close(service->executor);
    service->executor = NULL;
    service->stopped(service->stopped_user);
}

static void part_stopped(void *user)
{
    struct service *service = user;

    if (--service->stopping > 0)
        return;
    probe_close(service->probe, probe_closed, service);
}

static void sweep_closed(uv_handle_t *handle)
{
    struct service *service = handle->data;

    service->sweep_open = false;
}

void service_stop(struct service *service, int grace_ms, void (*stopped)(void *user), void *user)
{
    service->stopped = stopped;
    service->stopped_user = user;
    if (service->sweep_open)
        uv_close((uv_handle_t *)&service->sweep_timer, sweep_closed);
    service->stopping = 2;
    scheduler_stop(service->scheduler, grace_ms, part_stopped, service);
    courier_stop(service->courier, grace_ms, part_stopped, service);
}

void service_free(struct service *service)
{
    if (!service)
        return;
    scheduler_free(service->scheduler);
    courier_free(service->courier);
    probe_close(service->probe, NULL, NULL);
    executor_close(service->executor);
    blob_close(service->blob);
    jobcache_free(service->cache);
    throttle_free(service->throttle);
    free(service->keys);
    arena_fini(&service->strings);
    free(service);
}

const struct catalog *service_catalog(const struct service *service)
{
    return service->catalog;
}

bool service_run(struct service *service, struct op *op, struct err *err)
{
    if (service->executor && executor_submit(service->executor, op))
        return true;
    return err_set(err, ERR_BUSY, "The server is busy; try again");
}

void service_saw(struct service *service, bool ok, const struct err *err)
{
    bool works = ok || (err->kind != ERR_BUSY && err->kind != ERR_IO);

    if (works != service->store_ok)
        log_warn("store", "works=%d reason=%s", works,
                 works ? "-" : log_quote(str_from(err->text)));
    service->store_ok = works;
}

int service_slots(const struct service *service)
{
    struct scheduler_engine_info info;
    int slots = 0;

    for (size_t i = 0; scheduler_engine_info(service->scheduler, i, &info); i++)
        slots += info.free_slots + info.running;
    return slots;
}

void service_health(const struct service *service, struct service_health *health)
{
    *health = (struct service_health){.store_ok = service->store_ok,
                                      .queued = scheduler_queued(service->scheduler),
                                      .running = scheduler_running(service->scheduler)};
}
