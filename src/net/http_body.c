/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_body.h"

#include <string.h>

#include "net/http_head.h"

void http_body_init(struct http_body *body)
{
    *body = (struct http_body){.frame = http_frame_new()};
    buf_init(&body->trailers, HTTP_TRAILER_BYTES_MAX);
}

void http_body_fini(struct http_body *body)
{
    http_frame_free(body->frame);
    buf_fini(&body->trailers);
    body->frame = NULL;
}

static bool count_piece(void *context, struct str piece)
{
    struct http_body *body = context;

    body->data_bytes += piece.len;
    return body->sink(body->sink_context, piece);
}

enum http_body_step http_body_begin(struct http_body *body, struct str block,
                                    int64_t content_length, http_frame_sink *sink, void *context)
{
    enum http_frame_step step = http_frame_begin(body->frame, block, content_length);

    body->data_bytes = 0;
    body->wire_bytes = 0;
    body->in_trailers = false;
    body->sink = sink;
    body->sink_context = context;
    buf_clear(&body->trailers);
    if (step == HTTP_FRAME_COMPLETE)
        return HTTP_BODY_COMPLETE;
    return step == HTTP_FRAME_MORE ? HTTP_BODY_MORE : HTTP_BODY_BAD;
}

/* Takes bytes up to the empty line, a line at a time; what is kept is the line so far. */
static enum http_body_step read_trailers(struct http_body *body, struct str bytes, size_t *used)
{
    struct http_header ignored = {0};

    *used = 0;
    while (*used < bytes.len) {
        struct str rest = str_skip(bytes, *used);
        ptrdiff_t end = str_find_char(rest, '\n');
        size_t part = end < 0 ? rest.len : (size_t)end + 1;
        struct str line = {0};

        *used += part;
        body->wire_bytes += part;
        if (!buf_add(&body->trailers, rest.ptr, part))
            return HTTP_BODY_BAD;
        if (end < 0)
            break;
        line = buf_str(&body->trailers);
        if (!str_ends(line, STR("\r\n")))
            return HTTP_BODY_BAD;
        if (line.len == 2)
            return HTTP_BODY_COMPLETE;
        if (!http_header_line_scan(str_head(line, line.len - 2), &ignored))
            return HTTP_BODY_BAD;
        buf_clear(&body->trailers);
    }
    return HTTP_BODY_MORE;
}

static bool wastes_too_much(const struct http_body *body)
{
    return body->wire_bytes - body->data_bytes >
           HTTP_CHUNK_WASTE_BYTES_MAX + HTTP_CHUNK_WASTE_FACTOR * body->data_bytes;
}

enum http_body_step http_body_read(struct http_body *body, struct str bytes, size_t *used)
{
    enum http_frame_step step = HTTP_FRAME_LAST_CHUNK;
    enum http_body_step trailers = HTTP_BODY_MORE;
    size_t data = 0;

    if (!body->in_trailers) {
        step = http_frame_read(body->frame, bytes, count_piece, body, &data);
        body->wire_bytes += data;
    }
    *used = data;
    if (step == HTTP_FRAME_COMPLETE)
        return HTTP_BODY_COMPLETE;
    if (step == HTTP_FRAME_STOPPED)
        return HTTP_BODY_STOPPED;
    if (step == HTTP_FRAME_LAST_CHUNK) {
        body->in_trailers = true;
        trailers = read_trailers(body, str_skip(bytes, data), used);
        *used += data;
    } else if (step == HTTP_FRAME_BAD) {
        return HTTP_BODY_BAD;
    }
    if (trailers == HTTP_BODY_MORE && wastes_too_much(body))
        return HTTP_BODY_BAD;
    return trailers;
}
