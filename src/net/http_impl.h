/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_impl: the server's inside, shared by http_server.c (listening, timers, closing),
 * http_conn.c (bytes in), http_reply.c and http_file.c (bytes out).
 *
 * Ownership: the server owns connections and exchanges. A connection and its exchange point at
 * each other until one of them ends; an exchange whose `conn` is NULL has lost its client and
 * lives on until its owner answers and no request of libuv points into it.
 *
 * Thread: loop.
 */
#ifndef VITASCOPE_NET_HTTP_IMPL_H
#define VITASCOPE_NET_HTTP_IMPL_H

#include <time.h>

#include "base/buf.h"
#include "net/http_body.h"
#include "net/http_server.h"
#include "net/http_spool.h"

enum {
    READ_BYTES = 64 * 1024,          /* one read of any connection */
    BODY_PROGRESS_BYTES = 64 * 1024, /* that must come within body_timeout_ms */
    LINGER_TIMEOUT_MS = 5000,        /* for the client to read the answer and stop sending */
    REFUSED_CONNECTIONS_MAX = 64,    /* that get to read why; over it they are just closed */
    SPARE_EXCHANGES_MAX = 512,
    EXCHANGE_ARENA_BYTES = 12 * 1024, /* enough for most requests: then they allocate nothing */
    SPARE_BODY_BYTES_MAX = 16 * 1024, /* memory that a spare exchange keeps */
    REPLY_HEADERS_BYTES_MAX = 16 * 1024,
    REPLY_COPIED_BYTES_MAX = 16 * 1024 /* smaller bodies go out in one piece with their head */
};

/* What a connection waits for. Each has one timeout, so a list in order of arming is in order
 * of expiry. */
enum http_wait {
    WAIT_OWNER,    /* no timeout */
    WAIT_AWAKE,    /* for the next turn of the loop */
    WAIT_RESUMING, /* in this turn */
    WAIT_FIRST,    /* a new connection's first byte */
    WAIT_HEAD,
    WAIT_BODY,
    WAIT_IDLE,
    WAIT_SEND,
    WAIT_LINGER,
    WAIT_KINDS
};

struct http_conn {
    uv_tcp_t tcp;
    struct http_server *server;
    struct http_conn *older, *newer; /* in the list of `wait` */
    enum http_wait wait;
    uint64_t deadline_ms;
    struct exchange *exchange;
    struct buf pending;     /* bytes that cannot be used yet */
    size_t scanned;         /* of pending, for http_head_find_end() */
    size_t send_left_bytes; /* at the last look, to see progress */
    struct netaddr peer;
    bool is_reading;
    bool is_consuming; /* inside consume() */
    bool has_eof;
    bool is_closing;
};

struct wait_list {
    struct http_conn *oldest, *newest;
    int timeout_ms; /* 0: none */
};

struct file_reply;

struct exchange {
    struct http_exchange pub; /* first, so that a pointer to it is one to this */
    struct http_server *server;
    struct http_conn *conn; /* NULL: the client has gone */
    struct exchange *next_spare;
    struct arena arena;
    struct http_body decoder;
    struct buf body;          /* all of it, or what is not with the spool yet */
    struct http_spool *spool; /* NULL: none is needed */
    uint64_t spooled_bytes;   /* in server->spooled_bytes */
    uint64_t spooling_bytes;  /* of those, on their way now */
    uint64_t body_bytes_max;
    uint64_t body_counted_bytes;  /* in server->bodies_bytes */
    uint64_t body_progress_bytes; /* when the timer was last armed */
    struct buf reply_headers;     /* lines */
    struct buf out;               /* what the kernel has not taken yet */
    uv_write_t write;
    void (*next)(struct exchange *x); /* called after it */
    struct file_reply *file;
    struct http_outcome outcome;
    int64_t start_ns;
    int minor; /* of HTTP/1.x */
    bool keep_alive;
    bool expects_continue;
    bool is_announced; /* a handler has seen it, so finished() is due */
    bool is_accepted;
    bool is_started;  /* the limits of an accepted body were looked at */
    bool is_complete; /* the whole message was read */
    bool is_spooled;  /* and its body is in the spool's file */
    bool is_requested;
    bool is_replied;
    bool is_sending; /* libuv holds a request that points here */
    bool is_sent;
};

struct http_server {
    uv_loop_t *loop;
    uv_tcp_t listener;
    uv_timer_t ticker;
    uv_idle_t waker;
    struct http_server_options options;
    struct http_handlers handlers;
    void *context;
    void (*drained)(void *context);
    struct wait_list waits[WAIT_KINDS];
    struct exchange *spare;
    int spare_count;
    int conn_count;
    int refs; /* handles, connections and exchanges that keep the memory */
    int port;
    int tick_ms;
    uint64_t last_id;
    uint64_t bodies_bytes;  /* in memory */
    uint64_t spooled_bytes; /* in files, or may get there */
    char *spool_folder;     /* owned; NULL: none */
    time_t date_second;
    char date[40];
    bool is_listening;
    bool is_draining;
    bool is_closed;
    struct http_header headers[HTTP_HEADER_COUNT_MAX]; /* scratch of one scan */
    struct buf out;                                    /* scratch of one answer */
    char read_bytes[READ_BYTES];                       /* scratch of one read */
};

/* http_server.c */
void server_unref(struct http_server *server);
void server_conn_closed(struct http_server *server);
const char *server_date(struct http_server *server);         /* for the Date header */
void conn_wait(struct http_conn *conn, enum http_wait wait); /* arms again in any case */
void conn_enlist(struct http_conn *conn);                    /* a new one, WAIT_FIRST */
void conn_forget(struct http_conn *conn);                    /* out of its list */
void conn_wake(struct http_conn *conn); /* calls conn_resume() from the loop, soon */

/* http_conn.c */
void conn_open(struct http_server *server);
void conn_resume(struct http_conn *conn);
void conn_close(struct http_conn *conn); /* accepts one that is closing */
void conn_timed_out(struct http_conn *conn);
size_t conn_unsent_bytes(const struct http_conn *conn); /* not taken by the client */
void conn_rest(struct http_conn *conn);                 /* waits for the next request */

/* http_exchange.c */
struct exchange *exchange_new(struct http_conn *conn);
void exchange_free(struct exchange *x);        /* of a spare one */
void exchange_lose_client(struct exchange *x); /* ends it, unless someone still holds it */
void exchange_end(struct exchange *x);         /* calls finished() and recycles */

/* Reads a complete header block and lets the owner see it, or answers with a fault. */
void exchange_begin(struct exchange *x, struct str block);
size_t exchange_read_body(struct exchange *x, struct str bytes);
void exchange_start_body(struct exchange *x); /* once it is accepted */

/* Whether its body waits for the disk. */
bool exchange_is_spooling(const struct exchange *x);

/* http_reply.c */
void reply_fault(struct exchange *x, int status, const char *reason); /* and closes */
void reply_error(struct exchange *x, int status, const char *reason); /* and goes on */

/* Claims the exchange for its one answer. False: nobody is there, and the exchange is gone. */
bool reply_begin(struct exchange *x, int status);

/* Answers in one piece. Promises `length` bytes, which for HEAD are not there. */
void reply_whole(struct exchange *x, int status, const char *content_type, int64_t length,
                 struct str body);

/* Appends the head of an answer; a negative length is left out. */
void reply_compose(struct exchange *x, struct buf *out, int status, const char *content_type,
                   int64_t length);

/* Sends two pieces and then calls `next`, at once or later. What the kernel does not take at
 * once is copied, unless it is `kept` until then. A broken connection is closed instead. */
typedef void reply_next(struct exchange *x);
void reply_send(struct exchange *x, struct str head, struct str body, bool kept, reply_next *next);

/* The last `next`: the whole answer is with the kernel. */
void reply_sent(struct exchange *x);

/* http_file.c */
void file_reply_free(struct file_reply *file); /* accepts NULL */

#endif
