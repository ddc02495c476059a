/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_frame.h"

#include <llhttp.h>
#include <stdlib.h>

#include "base/err.h"

struct http_frame {
    llhttp_t parser;
    http_frame_sink *sink;
    void *sink_context;
    int64_t content_length; /* as the scanner read it */
    bool head_agrees;
    bool is_complete;
    bool is_last_chunk;
};

static int on_headers_complete(llhttp_t *parser)
{
    struct http_frame *frame = parser->data;
    bool is_chunked = (parser->flags & F_CHUNKED) != 0;
    int64_t length = is_chunked ? -1 : (int64_t)parser->content_length;

    frame->head_agrees = length == frame->content_length;
    /* We speak no other protocol, so an Upgrade header is like any other. */
    parser->upgrade = 0;
    return 0;
}

static int on_body(llhttp_t *parser, const char *bytes, size_t len)
{
    struct http_frame *frame = parser->data;

    return frame->sink(frame->sink_context, str_from_bytes(bytes, len)) ? 0 : HPE_USER;
}

static int on_chunk_header(llhttp_t *parser)
{
    struct http_frame *frame = parser->data;

    frame->is_last_chunk = parser->content_length == 0;
    return frame->is_last_chunk ? HPE_PAUSED : 0;
}

static int on_message_complete(llhttp_t *parser)
{
    struct http_frame *frame = parser->data;

    frame->is_complete = true;
    return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
    .on_headers_complete = on_headers_complete,
    .on_body = on_body,
    .on_chunk_header = on_chunk_header,
    .on_message_complete = on_message_complete,
};

struct http_frame *http_frame_new(void)
{
    struct http_frame *frame = calloc(1, sizeof(*frame));

    if (!frame)
        die("out of memory");
    return frame;
}

void http_frame_free(struct http_frame *frame)
{
    free(frame);
}

enum http_frame_step http_frame_begin(struct http_frame *frame, struct str block,
                                      int64_t content_length)
{
    llhttp_errno_t code = HPE_OK;

    *frame = (struct http_frame){.content_length = content_length};
    llhttp_init(&frame->parser, HTTP_REQUEST, &settings);
    frame->parser.data = frame;
    code = llhttp_execute(&frame->parser, block.ptr, block.len);
    if ((code != HPE_OK && code != HPE_PAUSED) || !frame->head_agrees)
        return HTTP_FRAME_BAD;
    if (frame->is_complete != (content_length == 0))
        return HTTP_FRAME_BAD;
    return frame->is_complete ? HTTP_FRAME_COMPLETE : HTTP_FRAME_MORE;
}

enum http_frame_step http_frame_read(struct http_frame *frame, struct str bytes,
                                     http_frame_sink *sink, void *context, size_t *used)
{
    llhttp_errno_t code = HPE_OK;

    frame->sink = sink;
    frame->sink_context = context;
    *used = bytes.len;
    code = llhttp_execute(&frame->parser, bytes.ptr, bytes.len);
    if (code == HPE_OK)
        return HTTP_FRAME_MORE;
    if (code == HPE_USER)
        return HTTP_FRAME_STOPPED;
    if (code != HPE_PAUSED)
        return HTTP_FRAME_BAD;
    *used = (size_t)(llhttp_get_error_pos(&frame->parser) - bytes.ptr);
    return frame->is_complete ? HTTP_FRAME_COMPLETE : HTTP_FRAME_LAST_CHUNK;
}
