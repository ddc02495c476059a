/* SPDX-License-Identifier: Apache-2.0 */
/*
 * err: why a call failed, in a form that the wire can use.
 *
 * A function that can fail returns bool and fills a `struct err` given last. Its kind answers
 * the HTTP and the retry question; its text is one sentence for the caller, set where the fact
 * is known. ERR_IO and ERR_INTERNAL texts are for our log only: dialects replace them.
 *
 * Thread: any; an err belongs to its caller.
 */
#ifndef VITASCOPE_BASE_ERR_H
#define VITASCOPE_BASE_ERR_H

#include <stdbool.h>

#include "base/macros.h"

/* X(kind, http_status, retryable) */
#define ERR_KINDS(X)                                                                               \
    X(ERR_NONE, 200, false)                                                                        \
    X(ERR_INVALID, 400, false)      /* the request is wrong; param says where */                   \
    X(ERR_UNAUTHORIZED, 401, false) /* no key, or a key that we do not know */                     \
    X(ERR_FUNDS, 402, false)        /* the balance does not cover the price */                     \
    X(ERR_FORBIDDEN, 403, false)    /* the key may not do this */                                  \
    X(ERR_NOT_FOUND, 404, false)    /* no such thing, or another's */                              \
    X(ERR_METHOD, 405, false)       /* the path exists, the method does not */                     \
    X(ERR_CONFLICT, 409, false)     /* the state or an idempotency key forbids it */               \
    X(ERR_GONE, 410, false)         /* it existed and has expired */                               \
    X(ERR_TOO_LARGE, 413, false)    /* over a named limit */                                       \
    X(ERR_MEDIA_TYPE, 415, false)   /* a body in a format that the route does not read */          \
    X(ERR_RATE, 429, true)          /* too many requests or jobs for this key */                   \
    X(ERR_INTERNAL, 500, false)     /* our bug; text is for the log */                             \
    X(ERR_UNSUPPORTED, 501, false)  /* documented by a dialect, not done by this version */        \
    X(ERR_IO, 500, true)            /* disk, database or network; text is for the log */           \
    X(ERR_BUSY, 503, true)          /* a bounded queue is full, or the store cannot write */

enum err_kind {
#define X(kind, http_status, retryable) kind,
    ERR_KINDS(X)
#undef X
        ERR_KIND_COUNT
};

enum { ERR_PARAM_BYTES_MAX = 48, ERR_TEXT_BYTES_MAX = 256 };

struct err {
    enum err_kind kind;
    char param[ERR_PARAM_BYTES_MAX]; /* request field at fault, or "" */
    char text[ERR_TEXT_BYTES_MAX];   /* one sentence, no newline */
};

/* Fills *err and returns false, so that a failing line is `return err_set(...)`. */
bool err_set(struct err *err, enum err_kind kind, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* The same for a request field. */
bool err_set_param(struct err *err, enum err_kind kind, const char *param, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

int err_http_status(enum err_kind kind);
bool err_is_retryable(enum err_kind kind);
const char *err_kind_name(enum err_kind kind);

/* Ends the process after printing the reason: for our own bugs and for memory that is not there. */
_Noreturn void die(const char *fmt, ...) PRINTF_LIKE(1, 2);

#endif
