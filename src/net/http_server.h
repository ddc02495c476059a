/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_server: HTTP/1.1 (and 1.0) over TCP, on the loop.
 *
 * One request and its answer are an exchange. Its life:
 *
 *   head     the header block is complete and beyond doubt. handlers.head() accepts the body
 *            with a limit of its own, or answers at once, or keeps the exchange and does either
 *            later; until then no byte of the body is read.
 *   request  the body is complete. handlers.request() answers, now or later.
 *   reply    exactly one of http_reply(), http_reply_file(). After that call the exchange
 *            belongs to the server: the caller must not touch it again.
 *   finished the last byte is with the kernel, or the client has gone. handlers.finished() is
 *            for the log.
 *
 * An exchange stays valid until it is answered, even when its client has gone or the server is
 * closing: the answer is then dropped. Exchanges of one connection run one after the other, so
 * pipelined requests are answered in order.
 *
 * Callbacks come from the loop only, never from inside a call into this interface, with two
 * exceptions: finished() may come from the call that ends the exchange, and error() from
 * http_reply_resource().
 *
 * What is ambiguous is refused with 400 and the connection closed, as nginx does: see
 * http_head.h. Faults that the server finds itself (400 408 413 414 431 500 501 503 505) get the
 * body that handlers.error() writes, so that each dialect can use its own shape.
 *
 * Every string of an exchange lives in its arena, until the reply.
 *
 * Thread: loop.
 */
#ifndef VITASCOPE_NET_HTTP_SERVER_H
#define VITASCOPE_NET_HTTP_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "net/http_head.h"
#include "net/netaddr.h"
#include "net/url.h"

enum {
    HTTP_CONNECTIONS_MAX = 10000,
    HTTP_BODY_BYTES_MAX = 1 << 20,      /* of one request, unless http_accept_body() says more */
    HTTP_BODIES_BYTES_MAX = 256 << 20,  /* of all requests in flight; over it: 503 */
    HTTP_SPOOL_BYTES = 512 * 1024,      /* more of a form goes to a file, in blocks of this */
    HTTP_DISCARD_BYTES_MAX = 64 * 1024, /* of a body nobody wants, to keep its connection */
    HTTP_FILE_CHUNK_BYTES = 64 * 1024   /* memory of one file reply */
};

static const uint64_t HTTP_SPOOLED_BYTES_MAX = (uint64_t)4 << 30;

/* Zero means the default in brackets. */
struct http_server_options {
    const char *host; /* numeric address [127.0.0.1] */
    int port;         /* 0: any free one, see http_server_port() */
    int backlog;      /* [511] */

    int connections_max;       /* [HTTP_CONNECTIONS_MAX] over it: oldest idle one goes, or 503 */
    size_t head_bytes_max;     /* [HTTP_HEAD_BYTES_MAX] over it: 431, or 414 for the first line */
    int header_count_max;      /* [HTTP_HEADER_COUNT_MAX] over it: 431 */
    uint64_t bodies_bytes_max; /* [HTTP_BODIES_BYTES_MAX] in memory */

    const char *spool_folder;   /* where large forms wait; copied [none: in memory] */
    uint64_t spooled_bytes_max; /* [HTTP_SPOOLED_BYTES_MAX] in files; over it: 503 */

    int head_timeout_ms; /* [10000] first byte to the end of the header block: 408 */
    int body_timeout_ms; /* [60000] for each 64 KiB of a body: 408 */
    int idle_timeout_ms; /* [75000] between requests: closed */
    int send_timeout_ms; /* [60000] without any byte taken by the client: closed */
};

/* The server allocates it; `user` is the owner's, everything else is read-only. */
struct http_exchange {
    uint64_t id; /* counts from 1 for each server */
    enum http_method method;
    struct str target;        /* as sent */
    struct str path;          /* decoded: UTF-8, no control bytes, no "." or ".." segments */
    struct url_params params; /* of the query, decoded */
    struct str query;         /* as sent, without "?" */
    struct str host;          /* of the Host header, with its port; "" for HTTP/1.0 without */
    const struct http_header *headers;
    int header_count;
    int64_t content_length; /* -1: chunked, so not known */
    struct str body;        /* complete from handlers.request() on */
    struct netaddr peer;
    struct arena *arena; /* freed with the exchange */
    void *user;
};

struct http_outcome {
    int status;          /* 0: the client went before an answer began */
    uint64_t body_bytes; /* of the answer, as far as they were sent */
    int64_t duration_ns; /* from the end of the header block */
    bool complete;       /* false: the client went, or stopped taking bytes */
};

struct http_handlers {
    /* Optional: without it every body up to HTTP_BODY_BYTES_MAX is accepted. */
    void (*head)(void *context, struct http_exchange *exchange);

    /* Mandatory. */
    void (*request)(void *context, struct http_exchange *exchange);

    /* Optional: returns the body (application/json, from the exchange's arena or static) of an
     * answer that the server makes itself; may call http_reply_header(). Where the header block
     * could not be read, the exchange has an empty path. An empty body, like a missing callback,
     * gives {"error":{"code":status,"message":reason}}. */
    struct str (*error)(void *context, struct http_exchange *exchange, int status,
                        const char *reason);

    /* Optional. The last callback of every exchange that another callback has seen. */
    void (*finished)(void *context, const struct http_exchange *exchange,
                     const struct http_outcome *outcome);
};

struct http_server;

/* Listens. Copies options and handlers. ERR_INVALID: not an address; ERR_IO: cannot listen. */
MUST_CHECK bool http_server_open(struct http_server **server, uv_loop_t *loop,
                                 const struct http_server_options *options,
                                 const struct http_handlers *handlers, void *context,
                                 struct err *err);

/* The port in use. */
int http_server_port(const struct http_server *server);

/* Stops listening, closes idle connections, lets exchanges in flight finish, then calls
 * `drained` once. There is no time limit: the owner has one, and calls http_server_close(). */
void http_server_drain(struct http_server *server, void (*drained)(void *context));

/* Closes everything now. Memory goes when the loop has run its close callbacks and the last
 * exchange that a caller still holds is answered. No callback comes after it. Accepts NULL. */
void http_server_close(struct http_server *server);

/* Value of the first header of that name (any case), or NULL. */
const struct str *http_header(const struct http_exchange *exchange, const char *name);

/* The client's address, without a port. In the exchange's arena. */
const char *http_peer_text(struct http_exchange *exchange);

/* In or after handlers.head(), at most once: reads the body, then calls handlers.request().
 * A body over bytes_max gets 413. Sends "100 Continue" where the client waits for it. Until
 * handlers.request() the exchange is the server's again: if its client has gone, it ends here. */
void http_accept_body(struct http_exchange *exchange, uint64_t bytes_max);

/* Adds a header to the answer. Copies. Control bytes in the value become "_", so no value can
 * split an answer. Date, Content-Length, Content-Type and Connection are the server's own. */
void http_reply_header(struct http_exchange *exchange, const char *name, struct str value);

/* Answers. content_type may be NULL where there is no body. `body` is borrowed for the call only.
 * For HEAD the body's length is told and the body kept. 204 and 304 have neither. */
void http_reply(struct http_exchange *exchange, int status, const char *content_type,
                struct str body);

/* Answers with `length` bytes of a file from `offset`. Takes ownership of fd, whatever happens.
 * Reads in the thread pool, never more than HTTP_FILE_CHUNK_BYTES ahead of the client. A file
 * that is shorter than promised ends the connection. */
void http_reply_file(struct http_exchange *exchange, int status, const char *content_type, int fd,
                     uint64_t offset, uint64_t length);

/* Answers GET or HEAD of a file of `size` bytes as its validators say: 200, 206 for one range, 304,
 * or 416 with the body of handlers.error(). Adds Accept-Ranges, ETag and Content-Range. `etag` has
 * its quotes and stands for these bytes only. Takes ownership of fd, whatever happens. */
void http_reply_resource(struct http_exchange *exchange, const char *content_type, struct str etag,
                         int fd, uint64_t size);

#endif
