/* SPDX-License-Identifier: Apache-2.0 */
/*
 * service: a running Vitascope behind its APIs: keys, jobs, money and files as calls on the loop.
 *
 * It joins the executor (which runs the rules in transactions), the scheduler (which brings jobs
 * to engines), the copy of live jobs in memory, and the asset bytes. Every call answers through
 * its `done`, which may come from inside the call when the answer is in memory. Results live in
 * the caller's arena, which must outlive the answer; calls cannot be taken back.
 *
 * ERR_BUSY everywhere: the executor's queue is full or the store cannot write now; nothing
 * happened, try again.
 *
 * Thread: loop.
 */
#ifndef VITASCOPE_CORE_SERVICE_H
#define VITASCOPE_CORE_SERVICE_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "core/accounts.h"
#include "core/catalog.h"
#include "core/characters.h"
#include "core/courier.h"
#include "core/jobs.h"
#include "core/keys.h"
#include "core/ledger.h"
#include "core/reports.h"
#include "core/throttle.h"
#include "core/uploads.h"
#include "engine/engine.h"
#include "model/account.h"
#include "model/asset.h"
#include "model/delivery.h"
#include "model/job.h"

enum {
    SERVICE_KEYS_CACHED_MAX = 4096,
    SERVICE_KEY_FRESH_MS = 2000, /* a key changed by another process is seen after this */
    SERVICE_IDEMPOTENCY_BYTES_MAX = 255,
    SERVICE_IMAGE_BYTES_MAX = 10 << 20, /* of a reference image */
    SERVICE_IMAGE_FETCH_MS = 20000,
    SERVICE_REFERENCE_DAYS = 7, /* life of a reference image */
    SERVICE_UPLOAD_BYTES_MAX = 25 << 20,
    SERVICE_UPLOAD_VIDEO_BYTES_MAX = 50 << 20,
    SERVICE_UPLOAD_MINUTES = 120,         /* life of an upload */
    SERVICE_REPORTS_MAX = 2,              /* at once */
    SERVICE_SWEEP_MS = 60000,             /* between looks for expired assets */
    SERVICE_ORPHAN_HOURS = 24,            /* life of a blob that no row knows */
    SERVICE_ORPHANS_MS = 6 * 3600 * 1000, /* between looks for those; the first is at start */
};

struct http_client;
struct service;

/* Strings are copied; pointers outlive the service. */
struct service_config {
    uv_loop_t *loop;
    struct str database_url;   /* db_open() */
    struct str blob_folder;    /* made if missing */
    struct str scratch_folder; /* made if missing, emptied at start */
    struct str probe_program;
    struct str launcher;
    const struct catalog *catalog;
    struct http_client *client; /* for URLs that callers name */
    struct hash link_secret;    /* signs links to assets; the same on every node */
    struct hash webhook_key;    /* of the secrets of endpoints; the same on every node */
    int64_t output_ttl_ms;
    double callback_scale; /* of the waits between attempts of callbacks; 0 means 1. For tests. */
};

/* Opens and migrates the database and prepares everything; nothing runs yet.
 * ERR_IO, ERR_BUSY: the database or a folder. ERR_INVALID: the configuration. */
MUST_CHECK bool service_open(const struct service_config *config, struct service **service,
                             struct err *err);

/* Between service_open() and service_start(). */
MUST_CHECK bool service_add_engine(struct service *service, const struct engine_config *engine,
                                   struct err *err);

/* Routes every model of the catalog, recovers jobs of an earlier run and begins to work.
 * ERR_NOT_FOUND: a model names an engine that was not added. */
MUST_CHECK bool service_start(struct service *service, struct err *err);

/* Lets running jobs finish for up to grace_ms, puts the rest back into the queue, finishes
 * what the executor holds, then calls stopped(user). */
void service_stop(struct service *service, int grace_ms, void (*stopped)(void *user), void *user);

/* After stopped(), or instead of service_start(). Accepts NULL. */
void service_free(struct service *service);

const struct catalog *service_catalog(const struct service *service);

/* ---- keys and accounts ---- */

/* key is NULL on failure. ERR_UNAUTHORIZED: not a key of ours, or expired. A disabled key is
 * found: whoever asks says no in its own words. */
typedef void service_key_done(void *user, const struct key *key, const struct err *err);
void service_key_find(struct service *service, struct str presented, service_key_done *done,
                      void *user);

/* Counts a request of a key that has a limit of them. */
struct throttle_verdict service_throttle(struct service *service, const struct key *key);

typedef void service_account_done(void *user, const struct account *account, const struct err *err);
void service_account_get(struct service *service, int64_t account_id, service_account_done *done,
                         void *user);

/* ---- for operators: keys, accounts, money ---- */

enum service_admin_kind {
    ADMIN_KEY_LIST,       /* key_filter -> keys */
    ADMIN_KEY_GET,        /* id -> key, use */
    ADMIN_KEY_CREATE,     /* key, from key_generate() -> key */
    ADMIN_KEY_UPDATE,     /* id, patch, patch_data -> key, use */
    ADMIN_KEY_ROTATE,     /* id, key (from key_generate()), old_until_ms -> key, use */
    ADMIN_KEY_DELETE,     /* id */
    ADMIN_ACCOUNT_LIST,   /* after, limit -> accounts */
    ADMIN_ACCOUNT_GET,    /* id -> account */
    ADMIN_ACCOUNT_CREATE, /* name, amount_micro (0: none) with note -> account */
    ADMIN_GRANT,          /* id, amount_micro, note -> account */
    ADMIN_ADJUST,         /* id, amount_micro, note -> account */
};

/* A question or a change, and its answer. Filled by the caller, in its arena, until done. */
struct service_admin {
    enum service_admin_kind kind;
    int64_t id; /* of the key or the account */
    struct key_filter key_filter;
    int64_t after; /* accounts with ids above it */
    int limit;
    struct str name;
    int64_t amount_micro;
    struct ledger_note note; /* now_ms is set here */
    int64_t old_until_ms;
    /* Changes the key; on the executor's thread, so it touches its own data only. */
    bool (*patch)(const void *data, struct key *key, struct err *err);
    const void *patch_data;

    struct key key;
    struct meter_use use;
    struct key_list keys;
    struct account account;
    struct account_list accounts;
};

/* Errors as the functions of core/keys.h, core/accounts.h and core/ledger.h make them. `user` may
 * find the answer in what it gave. A change of a key holds for the next request. */
typedef void service_admin_done(void *user, const struct err *err);
void service_admin(struct service *service, struct arena *arena, struct service_admin *request,
                   service_admin_done *done, void *user);

/* Writes a report into a file without a name, beside the executor: it holds up nobody. fd is the
 * caller's to close; -1 on failure. ERR_BUSY besides: SERVICE_REPORTS_MAX are being written. */
typedef void service_report_done(void *user, int fd, uint64_t bytes, const struct err *err);
void service_report(struct service *service, struct arena *arena, const struct report *report,
                    service_report_done *done, void *user);

/* ---- jobs ---- */

/* Filled by the caller, in its arena. */
struct service_submit {
    int64_t account_id, key_id;
    const struct key_limits *limits; /* of the key; borrowed until done; NULL: none */
    enum dialect dialect;
    struct str request;           /* JSON, at most JOB_REQUEST_BYTES_MAX */
    struct str model;             /* ERR_NOT_FOUND with param "model" when there is no such */
    struct render_request render; /* seed below 0: chosen at random */
    struct id first_frame;        /* from service_image_take(), or zero */
    struct id source;             /* the job whose video this one is made from, or zero */
    struct id source_video;       /* asset: the video of render.purpose, or zero */
    int base_seconds, extensions; /* as of a job */
    struct str characters;        /* likewise */
    struct str idempotency_key;   /* or empty */
    struct str body;              /* what must be equal under one idempotency key */
    struct str callback_url;      /* http(s), at most JOB_CALLBACK_BYTES_MAX; or empty */
    struct str callback_base;     /* with it: how links of ours begin, "https://host" */
    unsigned callback_events;     /* with it: set of BIT(enum job_event) */
};

struct service_submitted {
    struct job job;
    bool replayed;           /* an earlier request with the same idempotency key made it */
    int64_t required_micro;  /* with ERR_FUNDS, ERR_RATE: the price */
    int64_t available_micro; /* with ERR_FUNDS: the balance; with ERR_RATE: left of the limit */
    int64_t retry_after_s;   /* with ERR_RATE */
};

/* What the job would cost. ERR_NOT_FOUND with param "model", ERR_INVALID with param "size": as
 * service_submit() would say. */
MUST_CHECK bool service_price(const struct service *service, const struct service_submit *submit,
                              int64_t *price_micro, struct err *err);

/* submitted->job is valid on success only. Besides: ERR_INVALID with param "size" when the model
 * does not make it, ERR_FUNDS, ERR_RATE as meter_take() says it, ERR_CONFLICT for another request
 * under the idempotency key, ERR_GONE with param "first_frame" or "source_video": that has expired.
 */
typedef void service_submit_done(void *user, const struct service_submitted *submitted,
                                 const struct err *err);
void service_submit(struct service *service, struct arena *arena,
                    const struct service_submit *submit, service_submit_done *done, void *user);

/* Whether some engine of the model's can make a job with such needs (job_needs()). */
bool service_can(const struct service *service, struct str model, unsigned needs);

/* Whether balance and limits would allow it now: before work that would be in vain. Of *submitted
 * only what belongs to ERR_FUNDS and ERR_RATE is filled. */
void service_afford(struct service *service, struct arena *arena,
                    const struct service_submit *submit, service_submit_done *done, void *user);

/* Looks for the job that an earlier request made under submit->idempotency_key: before work that a
 * repeated request need not do again. ERR_NOT_FOUND: none; ERR_CONFLICT: another request made it.
 */
void service_replay(struct service *service, struct arena *arena,
                    const struct service_submit *submit, service_submit_done *done, void *user);

/* job is NULL on failure. account_id 0 means any. ERR_NOT_FOUND: unknown, or another's. */
typedef void service_job_done(void *user, const struct job *job, const struct err *err);
void service_job_get(struct service *service, struct arena *arena, int64_t account_id, struct id id,
                     service_job_done *done, void *user);

/* A job with its attempts, from the store. record is NULL on failure, as above. */
struct service_record {
    struct job job;
    struct job_attempts attempts;
};
typedef void service_record_done(void *user, const struct service_record *record,
                                 const struct err *err);
void service_record_get(struct service *service, struct arena *arena, int64_t account_id,
                        struct id id, service_record_done *done, void *user);

/* Besides: ERR_CONFLICT when it is over. */
void service_job_cancel(struct service *service, struct arena *arena, int64_t account_id,
                        struct id id, service_job_done *done, void *user);

/* Out of its owner's sight for good; canceled first if it is not over; its video is gone. err is
 * NULL on success. ERR_NOT_FOUND: unknown, or another's. */
typedef void service_deleted_done(void *user, const struct err *err);
void service_job_delete(struct service *service, struct arena *arena, int64_t account_id,
                        struct id id, service_deleted_done *done, void *user);

/* A page of jobs, with what memory knows better of them (progress). page is NULL on failure.
 * Copies *filter; its strings live until done. */
typedef void service_page_done(void *user, const struct job_page *page, const struct err *err);
void service_jobs_list(struct service *service, struct arena *arena,
                       const struct job_filter *filter, service_page_done *done, void *user);

/* ---- callbacks ---- */

/* Between service_open() and service_start(). */
void service_set_delivery_writer(struct service *service, enum dialect dialect,
                                 callback_writer *write, void *context);

struct service_deliveries {
    struct delivery *deliveries; /* newest first; strings in the caller's arena */
    int count;
};

/* The deliveries of a job, the latest DELIVERIES_LIST_MAX of them; NULL on failure. A job that
 * is unknown or another's has none. */
typedef void service_deliveries_done(void *user, const struct service_deliveries *deliveries,
                                     const struct err *err);
void service_deliveries_list(struct service *service, struct arena *arena, int64_t account_id,
                             struct id job, service_deliveries_done *done, void *user);

/* Sends it again, with all its attempts before it. NULL on failure. ERR_NOT_FOUND: unknown, or
 * another's; ERR_CONFLICT: it is just being sent. */
typedef void service_delivery_done(void *user, const struct delivery *delivery,
                                   const struct err *err);
void service_delivery_replay(struct service *service, struct arena *arena, int64_t account_id,
                             struct id delivery, service_delivery_done *done, void *user);

/* ---- assets ---- */

/* What a dialect demands of a picture beyond being a JPEG, PNG or WebP. Zero: nothing. */
struct service_image_limits {
    int side_min;                /* pixels of the shorter side */
    int ratio_long, ratio_short; /* 5, 2: from 2:5 to 5:2 */
    int width, height;           /* exactly so many pixels */
};

struct service_image {
    int64_t account_id;
    struct str source; /* an http(s) URL, a data: URL, or a link to a file of the account here */
    struct str bytes;  /* or the file itself; borrowed until done; ptr NULL: there is a source */
    struct id file;    /* or a file of the account, an upload; zero: none */
    struct service_image_limits limits;
};

/* Fetches or decodes a reference image and keeps it. Copies *image. ERR_INVALID with a text for
 * the caller: it cannot be fetched, is too large, is no image, is beyond the limits. */
typedef void service_image_done(void *user, struct id asset, const struct err *err);
void service_image_take(struct service *service, struct arena *arena,
                        const struct service_image *image, service_image_done *done, void *user);

/* Keeps a file for a while: an image, a video or a sound, as its bytes show. `bytes` is borrowed
 * until done. asset is NULL on failure. ERR_INVALID: another type; ERR_TOO_LARGE. */
typedef void service_upload_done(void *user, const struct asset *asset, const struct err *err);
void service_upload(struct service *service, struct arena *arena, int64_t account_id,
                    struct str bytes, service_upload_done *done, void *user);

/* An upload that is kept under a name, looked up, put away. upload is NULL on failure; of what is
 * wanted, account, id (but for keep), name and purpose count. ERR_NOT_FOUND: unknown, another's,
 * expired, or without a name. ERR_INVALID, ERR_TOO_LARGE: as of service_upload(). */
typedef void service_upload_named_done(void *user, const struct upload *upload,
                                       const struct err *err);
void service_file_keep(struct service *service, struct arena *arena, const struct upload *wanted,
                       struct str bytes, service_upload_named_done *done, void *user);
void service_file_get(struct service *service, struct arena *arena, const struct upload *wanted,
                      service_upload_named_done *done, void *user);
void service_file_delete(struct service *service, struct arena *arena, const struct upload *wanted,
                         service_upload_named_done *done, void *user);

struct service_film {
    int width, height, fps; /* fps rounded */
    int64_t duration_ms;
};

/* Looks at an MP4 from outside, decoding it in the probe; keeps nothing. `bytes` is borrowed until
 * done. film is NULL on failure. ERR_INVALID with a text for the caller: it is no MP4, or none that
 * can be decoded; ERR_TOO_LARGE. */
typedef void service_film_done(void *user, const struct service_film *film, const struct err *err);
void service_film_look(struct service *service, struct arena *arena, struct str bytes,
                       service_film_done *done, void *user);

struct service_character {
    int64_t account_id;
    struct str name;
    struct str bytes; /* of its clip, an MP4 that was looked at; borrowed until done */
};

/* Keeps a character. character is NULL on failure. ERR_CONFLICT: the account has CHARACTERS_MAX.
 */
typedef void service_character_done(void *user, const struct character *character,
                                    const struct err *err);
void service_character_keep(struct service *service, struct arena *arena,
                            const struct service_character *character, service_character_done *done,
                            void *user);

/* ERR_NOT_FOUND: unknown, or another's. */
void service_character_get(struct service *service, struct arena *arena, int64_t account_id,
                           struct id id, service_character_done *done, void *user);

/* fd is the caller's to close; -1 on failure. ERR_NOT_FOUND; ERR_GONE: expired. */
typedef void service_file_done(void *user, const struct asset *asset, int fd,
                               const struct err *err);
void service_file_open(struct service *service, struct arena *arena, struct id asset,
                       service_file_done *done, void *user);

/* The same with the ASSET_THUMBNAIL or ASSET_SPRITESHEET of a job. ERR_NOT_FOUND: none was made. */
void service_preview_open(struct service *service, struct arena *arena, struct id job,
                          enum asset_kind kind, service_file_done *done, void *user);

/* The query of a link to an asset: "expires=…&signature=…". In the arena. */
struct str service_link_query(struct service *service, struct arena *arena, struct id asset,
                              int64_t expires_ms);

/* ERR_FORBIDDEN: not what service_link_query() made. ERR_GONE: it has expired. */
MUST_CHECK bool service_link_check(struct service *service, struct id asset, struct str expires,
                                   struct str signature, struct err *err);

/* When links to results of a job end: with the asset. */
int64_t service_output_expires_ms(const struct service *service, const struct job *job);

/* ---- for operators ---- */

struct service_health {
    bool store_ok; /* the last commit succeeded */
    size_t queued, running;
};
/* Jobs that the engines can work on at once, as far as they are ready. */
int service_slots(const struct service *service);

void service_health(const struct service *service, struct service_health *health);

#endif
