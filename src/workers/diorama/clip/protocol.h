/* SPDX-License-Identifier: Apache-2.0 */
/*
 * protocol: the lines that a worker reads and writes, as docs/WORKERS.md has them: one JSON
 * object a line.
 *
 * Pure: no descriptors, no clock. Thread: any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_CLIP_PROTOCOL_H
#define VITASCOPE_WORKERS_DIORAMA_CLIP_PROTOCOL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "workers/diorama/clip/clip.h"

enum {
    PROTOCOL_VERSION = 1,
    PROTOCOL_IN_BYTES_MAX = 1024 * 1024, /* of a line to us: prompts are long when escaped */
    PROTOCOL_OUT_BYTES_MAX = 64 * 1024,  /* of a line from us */
    PROTOCOL_ID_BYTES_MAX = 256,
    PROTOCOL_PATH_BYTES_MAX = 4096
};

enum protocol_type { PROTOCOL_RENDER, PROTOCOL_CANCEL };

/* Strings live in the arena that was given. */
struct protocol_message {
    enum protocol_type type;
    const char *id;
    struct clip_order order; /* of a render; temporary and threads are left to the worker */
    const char *scratch;     /* of a render */
};

/* False for a line that cannot be answered by its id: *err says why, for an "error" line. A render
 * with a usable id but a wrong field is true and leaves the reason in *refusal (kind ERR_INVALID,
 * else ERR_NONE). Fields that are not known are ignored. */
MUST_CHECK bool protocol_parse(struct str line, struct arena *arena,
                               struct protocol_message *message, struct err *refusal,
                               struct err *err);

/* Each appends one line with its newline. */
void protocol_write_ready(struct buf *out);
void protocol_write_progress(struct buf *out, const char *id, enum clip_phase phase, int percent);
void protocol_write_done(struct buf *out, const char *id, const char *output,
                         const struct clip *clip);
void protocol_write_failed(struct buf *out, const char *id, const char *fault, const char *message);
void protocol_write_error(struct buf *out, const char *message);

/* "invalid" for what the caller did wrong, "canceled", else "broken". */
const char *protocol_fault(enum err_kind kind);

#endif
