/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_frame: where a request's body begins and ends, as llhttp reads it.
 *
 * It is a second opinion on the header block that http_head_scan() has accepted, and decodes the
 * body. It hides llhttp, whose names clash with ours.
 *
 * Thread: one at a time.
 */
#ifndef VITASCOPE_NET_HTTP_FRAME_H
#define VITASCOPE_NET_HTTP_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct http_frame;

enum http_frame_step {
    HTTP_FRAME_MORE,       /* wants more bytes, all were used */
    HTTP_FRAME_COMPLETE,   /* the body has ended */
    HTTP_FRAME_LAST_CHUNK, /* only the trailers of a chunked body are left, and not read here */
    HTTP_FRAME_STOPPED,    /* the sink returned false */
    HTTP_FRAME_BAD
};

/* Gets a piece of the body; false stops for good. */
typedef bool http_frame_sink(void *context, struct str piece);

struct http_frame *http_frame_new(void);
void http_frame_free(struct http_frame *frame); /* accepts NULL */

/* Starts a message with its complete header block. COMPLETE: there is no body. BAD: llhttp
 * refuses it, or does not agree that the body has content_length bytes (-1: chunked). */
enum http_frame_step http_frame_begin(struct http_frame *frame, struct str block,
                                      int64_t content_length);

/* Decodes; *used tells how many of the bytes belong to this message. */
enum http_frame_step http_frame_read(struct http_frame *frame, struct str bytes,
                                     http_frame_sink *sink, void *context, size_t *used);

#endif
