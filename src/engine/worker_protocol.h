/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker_protocol: the lines between the server and a worker, as docs/WORKERS.md has them.
 * Used inside engine/ only.
 *
 * One JSON object a line. Lines from a worker are at most CHILD_LINE_BYTES_MAX long; lines to it
 * at most WORKER_REQUEST_BYTES_MAX, which the longest prompt fits into however it is escaped.
 *
 * Pure. Thread: any.
 */
#ifndef VITASCOPE_ENGINE_WORKER_PROTOCOL_H
#define VITASCOPE_ENGINE_WORKER_PROTOCOL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/jsonr.h"
#include "engine/engine.h"

enum { WORKER_PROTOCOL = 1, WORKER_REQUEST_BYTES_MAX = 1024 * 1024 };

enum worker_message_type {
    WORKER_READY,
    WORKER_PROGRESS,
    WORKER_DONE,
    WORKER_FAILED,
    WORKER_ERROR,
    WORKER_OTHER, /* of a later protocol: to be ignored */
};

/* Strings live until worker_message_fini(). */
struct worker_message {
    struct jsonr doc; /* owned */
    char *notes;      /* owned */
    enum worker_message_type type;
    struct str id;               /* progress, done, failed */
    int protocol;                /* ready */
    struct str name, version;    /* ready */
    int percent;                 /* progress: 0 to 100, or -1 for "as before" */
    struct str phase;            /* progress */
    enum engine_fault fault;     /* failed */
    struct str text;             /* failed, error */
    struct engine_result result; /* done; output_bytes is not filled in */
};

/* ERR_INVALID: not one JSON object with a type and what that type needs. Call fini either way. */
MUST_CHECK bool worker_message_parse(struct worker_message *message, struct str line,
                                     struct err *err);
void worker_message_fini(struct worker_message *message);

/* Append one line with its newline; look for buf_is_over(). */
void worker_write_render(struct buf *line, struct str ticket, const struct engine_request *request);
void worker_write_cancel(struct buf *line, struct str ticket);

#endif
