/* SPDX-License-Identifier: Apache-2.0 */
/*
 * call: one request on its way through a dialect, and how a dialect is plugged in.
 *
 * A dialect is exactly: routes, request -> model, model -> JSON, error -> JSON. A handler ends
 * its call with call_reply(), call_fail() or one of http_server.h's replies, once, now or later.
 *
 * A call lives in its exchange's arena. Thread: loop.
 */
#ifndef VITASCOPE_API_CALL_H
#define VITASCOPE_API_CALL_H

#include "base/buf.h"
#include "base/jsonr.h"
#include "base/jsonw.h"
#include "core/service.h"
#include "net/http_server.h"

enum {
    ROUTE_PARAMS_MAX = 2,
    CALL_BODY_BYTES_MAX = 64 * 1024,
    /* A reference image of SERVICE_IMAGE_BYTES_MAX as a data: URL, and the rest. */
    CALL_BODY_IMAGE_BYTES_MAX = SERVICE_IMAGE_BYTES_MAX / 3 * 4 + 256 * 1024,
    CALL_REPLY_BYTES_MAX = 8 << 20,
};

struct api;
struct call;

enum route_access {
    ACCESS_KEY,    /* needs a key */
    ACCESS_ADMIN,  /* needs a key with admin rights */
    ACCESS_PUBLIC, /* anyone */
};

struct route {
    enum http_method method;
    const char *path; /* segments; ":name" takes one segment as a parameter */
    enum route_access access;
    uint64_t body_bytes_max; /* 0: a body is not read */
    void (*handle)(struct call *call);
};

struct dialect_ops {
    const char *prefix; /* "/apiframe": the same routes below it, or NULL */
    const struct route *routes;
    size_t route_count;

    /* Mandatory. Writes the body of an error answer. */
    void (*write_error)(struct call *call, const struct err *err, struct jsonw *w);

    /* Optional: the status of an error's answer where it is not that of err->kind; may add
     * headers. */
    int (*error_status)(struct call *call, const struct err *err);

    /* For call_show_job(). The job may come from any dialect. */
    void (*write_job)(struct call *call, const struct job *job, struct jsonw *w);

    /* Optional: what is sent to whoever a job of this dialect names. The call is made for it alone:
     * it has no exchange and no key. */
    void (*write_callback)(struct call *call, const struct callback *callback,
                           struct callback_request *request);

    /* Optional: the sentence for a missing, unknown or disabled key, and for an unknown job. */
    const char *no_key, *bad_key, *disabled_key, *no_job;

    const char *key_prefix;      /* "sk-": a key in the other spelling is a bad key; or NULL */
    enum err_kind disabled_kind; /* how a disabled key is refused; 0: ERR_FORBIDDEN */
};

struct call {
    struct api *api;
    struct service *service;
    struct http_exchange *exchange;
    struct arena *arena; /* the exchange's */
    struct str base_url; /* how links begin; empty: call_base_url() finds out */
    const struct dialect_ops *dialect;
    bool pinned; /* the dialect, by the path's prefix */
    const struct route *route;
    struct str params[ROUTE_PARAMS_MAX];
    struct key key;        /* zeroed on public routes */
    struct jsonr json;     /* of call_read_json() */
    int64_t retry_after_s; /* for an error that says when to try again; 0: one second */
    const void *fail_data; /* a struct create for write_error(), or NULL */
    void *state;           /* the handler's own */
};

/* Answers with the JSON that `write` makes. */
void call_reply(struct call *call, int status,
                void (*write)(struct call *call, const void *data, struct jsonw *w),
                const void *data);

/* Answers with the dialect's form of err; its status is that of err->kind. */
void call_fail(struct call *call, const struct err *err);

/* The member or header that an error blames; NULL: none, also where err->param only says which
 * limit or right it is about. */
const char *call_blamed(const struct err *err);

/* Parses the body as a JSON object. On failure the call is answered and false returned. */
MUST_CHECK bool call_read_json(struct call *call, struct jsonv *root);

/* The Idempotency-Key header, or empty. On failure (too long) the call is answered. */
MUST_CHECK bool call_idempotency_key(struct call *call, struct str *key);

/* Any spelling of an id: a UUID, 32 hex digits, or these behind "video_" or "gen_". */
bool call_parse_id(struct str text, struct id *id);

/* Calls found() with the caller's job that the route's first parameter names, or answers with
 * ERR_NOT_FOUND, param "id", in the words of the dialect. */
void call_find_job(struct call *call, void (*found)(struct call *call, const struct job *job));

/* Answers with the job as the call's dialect writes it. */
void call_reply_job(struct call *call, const struct job *job);

/* A handler: call_find_job(), then call_reply_job(). */
void call_show_job(struct call *call);

/* What dialects show alike: 0 to 100, 0 before and without a video; the sentence for a job that
 * is over without one; the link to the video of a completed one, also when it has expired. */
int call_progress(const struct job *job);
struct str call_failure(const struct job *job);
struct str call_output_link(struct call *call, const struct job *job);

/* The JSON that `write` makes, in the arena. */
struct str call_json(struct call *call,
                     void (*write)(struct call *call, const void *data, struct jsonw *w),
                     const void *data);

/* Where the caller reached us, so that a link works from there too: "https://host". */
struct str call_base_url(struct call *call);

/* "http://host/files/…": a link to the asset that anyone who has it may follow until then. */
struct str call_file_link(struct call *call, struct id asset, enum asset_type type,
                          int64_t expires_ms);

#endif
