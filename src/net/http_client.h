/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_client: the one way out. Every outgoing HTTP call of the program is a fetch here.
 *
 * A URL that a user or an upstream named is fetched with HTTP_TRUST_PUBLIC: its socket opens
 * only towards a public address (netaddr_is_public()) or one that the allow-list names. The
 * check is made where the socket is opened, so a redirect and a name that changes its address
 * between two look-ups meet it too. What the owner configured is HTTP_TRUST_OWNER and may be
 * private; once a redirect leaves that origin, the rest is PUBLIC. The two kinds share no
 * connection.
 *
 * Redirects are followed here, not by libcurl: across origins only headers travel on that do
 * not tell who asks, and from https to http nothing does. No cookies, no netrc, no
 * decompression; a PUBLIC fetch uses no proxy. POST and PATCH are sent at most once.
 *
 * Thread: loop. Callbacks come from the loop, never from inside a call of this interface.
 */
#ifndef VITASCOPE_NET_HTTP_CLIENT_H
#define VITASCOPE_NET_HTTP_CLIENT_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/err.h"
#include "base/str.h"
#include "net/http_head.h"
#include "net/url.h"

enum {
    HTTP_FETCHES_MAX = 1024, /* in flight; over it ERR_BUSY */
    HTTP_FETCH_BYTES_MAX = 1 << 20,
    HTTP_FETCH_HEADERS_MAX = 100,            /* of a response; over it TOO_LARGE */
    HTTP_FETCH_HEADER_BYTES_MAX = 32 * 1024, /* of a response; over it TOO_LARGE */
    HTTP_ALLOWED_MAX = 256,
    /* More would wait inside of libcurl with their time running. It is more than all callbacks that
     * are under way (core/courier.h), or slow ones of one account to a host that many use would
     * hold up those of the others. */
    HTTP_CONNECTIONS_PER_HOST_MAX = 320
};

enum http_trust { HTTP_TRUST_PUBLIC, HTTP_TRUST_OWNER };

/* X(name, text): why a fetch has no response to show. */
#define HTTP_FETCH_FAULTS(X)                                                                       \
    X(HTTP_FETCH_OK, "ok")                                                                         \
    X(HTTP_FETCH_REFUSED_ADDRESS, "refused address")   /* not public, not allowed */               \
    X(HTTP_FETCH_REFUSED_REDIRECT, "refused redirect") /* not a URL, or https to http */           \
    X(HTTP_FETCH_DNS, "name not found")                                                            \
    X(HTTP_FETCH_CONNECT, "cannot connect")                                                        \
    X(HTTP_FETCH_TLS, "TLS failed")                                                                \
    X(HTTP_FETCH_TIMEOUT, "timed out")                                                             \
    X(HTTP_FETCH_TOO_LARGE, "response too large")                                                  \
    X(HTTP_FETCH_TOO_MANY_REDIRECTS, "too many redirects")                                         \
    X(HTTP_FETCH_BROKEN, "connection broken") /* closed early, or not HTTP */                      \
    X(HTTP_FETCH_STOPPED, "stopped")          /* by on_head */                                     \
    X(HTTP_FETCH_SINK, "cannot write")        /* our file did not take the bytes */

enum http_fetch_fault {
#define X(name, text) name,
    HTTP_FETCH_FAULTS(X)
#undef X
        HTTP_FETCH_FAULT_COUNT
};

struct http_client_options {
    /* Private addresses that a PUBLIC fetch may reach: "host", "host:port", "address",
     * "address:port", "[v6]:port" or a range like "10.1.0.0/16". */
    const struct str *allowed;
    int allowed_count;
};

/* Valid inside the callback only. */
struct http_response {
    enum http_fetch_fault fault;
    int status; /* of the last response; 0: none came */
    const struct http_header *headers;
    int header_count;
    struct str body;     /* empty when it went to a file */
    uint64_t body_bytes; /* received */
    struct str url;      /* that answered, after redirects */

    /* False: the request surely did not reach the other side, so it may be repeated. */
    bool may_have_arrived;
    const char *detail; /* for our log */
};

/* Zero means the default in brackets. Everything is copied. */
struct http_request {
    const char *method; /* [GET] */
    struct str url;
    const struct http_header *headers;
    int header_count;
    struct str body; /* [none] sent with Content-Length */
    enum http_trust trust;

    int connect_timeout_ms; /* [10000] */
    int timeout_ms;         /* [60000] for everything, redirects too */
    int stall_timeout_ms;   /* [30000] without a byte */
    int redirects_max;      /* [0] */
    uint64_t bytes_max;     /* [HTTP_FETCH_BYTES_MAX] of the response's body */

    /* The body goes to `fd` from its offset 0 on, written in the thread pool, instead of into
     * memory. The fetch works on a duplicate: the caller keeps and closes its own. */
    bool has_fd;
    int fd;

    /* Optional: a final response's header block is here; false ends the fetch as STOPPED. Must
     * not call into the client. */
    bool (*on_head)(void *context, const struct http_response *response);

    /* Mandatory: called once, unless the fetch is canceled or the client closed. */
    void (*on_done)(void *context, const struct http_response *response);
    void *context;
};

struct http_client;
struct http_fetch; /* valid until on_done or cancel */

/* ERR_INVALID: an entry of the allow-list that is none. */
MUST_CHECK bool http_client_open(struct http_client **client, uv_loop_t *loop,
                                 const struct http_client_options *options, struct err *err);

/* Cancels every fetch. Memory goes when the loop has run the close callbacks. Accepts NULL. */
void http_client_close(struct http_client *client);

/* Where a URL leads as far as its spelling tells: a name can still turn out to be private when it
 * is looked up. Allowed is what the allow-list names, by name or by address. */
enum http_reach { HTTP_REACH_PUBLIC, HTTP_REACH_PRIVATE, HTTP_REACH_ALLOWED };
enum http_reach http_client_reach(const struct http_client *client, const struct url *url);

/* ERR_INVALID: not a URL, or a header that would split the request. ERR_BUSY: HTTP_FETCHES_MAX.
 * `fetch` may be NULL. */
MUST_CHECK bool http_fetch_start(struct http_client *client, const struct http_request *request,
                                 struct http_fetch **fetch, struct err *err);

/* Ends it without a callback. */
void http_fetch_cancel(struct http_fetch *fetch);

const char *http_fetch_fault_text(enum http_fetch_fault fault);

#endif
