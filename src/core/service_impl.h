/* SPDX-License-Identifier: Apache-2.0 */
/* service_impl: what the files of service share. Included only inside core/. Thread: loop. */
#ifndef VITASCOPE_CORE_SERVICE_IMPL_H
#define VITASCOPE_CORE_SERVICE_IMPL_H

#include "blob/blob.h"
#include "core/executor.h"
#include "core/jobcache.h"
#include "core/scheduler.h"
#include "core/service.h"
#include "core/throttle.h"
#include "engine/probe.h"

struct key_slot {
    struct hash hash;       /* of the secret that was presented */
    struct key key;         /* id 0: empty */
    int64_t fresh_until_ns; /* clock_mono_ns() */
};

struct service {
    uv_loop_t *loop;
    const struct catalog *catalog;
    struct http_client *client;
    struct arena strings; /* of the configuration */
    struct str database_url;
    int reports;        /* being written */
    struct str uploads; /* folder for reference images on their way in */
    struct hash link_secret;
    struct hash webhook_key;
    int64_t output_ttl_ms;
    struct executor *executor;
    struct jobcache *cache;
    struct blob *blob;
    struct probe *probe;
    struct scheduler *scheduler;
    struct courier *courier;
    struct key_slot *keys; /* SERVICE_KEYS_CACHED_MAX, indexed by hash; a newcomer replaces */
    struct throttle *throttle;
    bool store_ok;

    uv_timer_t sweep_timer;
    bool sweep_open; /* the timer is initialised and not yet closed */
    bool sweeping;
    bool orphans_looking;
    int64_t orphans_next_ms; /* clock_now_ms(), of the next look */

    int stopping; /* parts that have not stopped yet */
    void (*stopped)(void *user);
    void *stopped_user;
};

/* Submits, or fills err with ERR_BUSY. */
MUST_CHECK bool service_run(struct service *service, struct op *op, struct err *err);

/* Two requests under one idempotency key are the same when this is. */
struct hash service_request_hash(const struct service_submit *submit);

/* Notes from the result of a write whether the store works. */
void service_saw(struct service *service, bool ok, const struct err *err);

/* Whether the URL is a link that service_link_query() signed and that has not expired. */
bool service_link_find(struct service *service, struct str url, struct id *asset);

/* The bytes of an asset of that account, in the arena; ERR_TOO_LARGE over bytes_max. */
typedef void service_bytes_done(void *user, struct str bytes, const struct err *err);
struct service_load {
    int64_t account_id;
    struct id asset;
    int64_t bytes_max;
};
void service_load(struct service *service, struct arena *arena, const struct service_load *load,
                  service_bytes_done *done, void *user);

/* A key has been changed: the next request looks for it in the store. */
void service_keys_forget(struct service *service, int64_t id);

/* Begins the first look for expired assets and every later one, and those for orphans. */
void service_sweep_start(struct service *service);

/* Looks for blobs that no row knows, if it is time to, and removes old ones. They come from a
 * crash between a blob and its row. */
void service_orphans_look(struct service *service);

#endif
