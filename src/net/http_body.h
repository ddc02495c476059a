/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_body: the decoder of one request's body, with the limits that the framing itself needs.
 *
 * A chunked body may spend bytes on chunk sizes, extensions and trailers without end; what is
 * not data is limited by how much data came. Trailers are checked like headers and dropped.
 *
 * Thread: one at a time.
 */
#ifndef VITASCOPE_NET_HTTP_BODY_H
#define VITASCOPE_NET_HTTP_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "net/http_frame.h"

enum {
    HTTP_TRAILER_BYTES_MAX = 4096,
    HTTP_CHUNK_WASTE_BYTES_MAX = 16 * 1024, /* beside HTTP_CHUNK_WASTE_FACTOR times the data */
    HTTP_CHUNK_WASTE_FACTOR = 8             /* one-byte chunks waste five bytes each */
};

enum http_body_step {
    HTTP_BODY_MORE,
    HTTP_BODY_COMPLETE,
    HTTP_BODY_STOPPED, /* by the sink */
    HTTP_BODY_BAD
};

struct http_body {
    struct http_frame *frame; /* owned */
    uint64_t data_bytes;
    uint64_t wire_bytes;
    bool in_trailers;
    struct buf trailers;
    http_frame_sink *sink;
    void *sink_context;
};

void http_body_init(struct http_body *body);
void http_body_fini(struct http_body *body);

/* As http_frame_begin(). Every piece of the body goes to sink. */
enum http_body_step http_body_begin(struct http_body *body, struct str block,
                                    int64_t content_length, http_frame_sink *sink, void *context);

/* *used tells how many of the bytes belong to this message. */
enum http_body_step http_body_read(struct http_body *body, struct str bytes, size_t *used);

#endif
