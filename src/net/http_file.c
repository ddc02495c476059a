/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "net/http_impl.h"
#include "net/http_range.h"

struct file_reply {
    uv_fs_t read;
    uv_loop_t *loop;
    int fd;
    uint64_t offset; /* of the next read */
    uint64_t left_bytes;
    const char *content_type; /* in the arena; NULL for none */
    bool has_head;            /* the head of the answer is out */
    char chunk[HTTP_FILE_CHUNK_BYTES];
};

static void on_fd_closed(uv_fs_t *request)
{
    uv_fs_req_cleanup(request);
    free(request);
}

/* Closing may wait for a disk, so the thread pool does it. */
static void close_fd(uv_loop_t *loop, int fd)
{
    uv_fs_t *request = malloc(sizeof(*request));

    if (!request)
        die("out of memory");
    uv_fs_close(loop, request, fd, on_fd_closed);
}

void file_reply_free(struct file_reply *file)
{
    if (!file)
        return;
    close_fd(file->loop, file->fd);
    free(file);
}

static void read_chunk(struct exchange *x);

static void send_next_chunk(struct exchange *x)
{
    if (x->file->left_bytes) {
        conn_wait(x->conn, WAIT_SEND);
        read_chunk(x);
    } else {
        reply_sent(x);
    }
}

/* Nothing was sent yet, so the truth can still be told. */
static void reply_unreadable(struct exchange *x)
{
    x->is_replied = false;
    buf_clear(&x->reply_headers);
    reply_fault(x, 500, "the file could not be read");
}

static void send_chunk(struct exchange *x, size_t bytes)
{
    struct file_reply *file = x->file;
    struct str head = {0};

    if (!file->has_head) {
        reply_compose(x, &x->out, x->outcome.status, file->content_type, (int64_t)file->left_bytes);
        head = buf_str(&x->out);
        file->has_head = true;
    }
    file->offset += bytes;
    file->left_bytes -= bytes;
    x->outcome.body_bytes += bytes;
    reply_send(x, head, str_from_bytes(file->chunk, bytes), true, send_next_chunk);
}

static void on_chunk_read(uv_fs_t *request)
{
    struct exchange *x = request->data;
    ssize_t bytes = request->result;

    uv_fs_req_cleanup(request);
    x->is_sending = false;
    if (!x->conn)
        exchange_end(x);
    else if (bytes > 0)
        send_chunk(x, (size_t)bytes);
    else if (!x->file->has_head)
        reply_unreadable(x);
    else
        conn_close(x->conn);
}

static void read_chunk(struct exchange *x)
{
    struct file_reply *file = x->file;
    uint64_t bytes =
        file->left_bytes < HTTP_FILE_CHUNK_BYTES ? file->left_bytes : HTTP_FILE_CHUNK_BYTES;
    uv_buf_t buf = uv_buf_init(file->chunk, (unsigned)bytes);

    x->is_sending = true; /* the request points into x as a write does */
    file->read.data = x;
    uv_fs_read(x->server->loop, &file->read, file->fd, &buf, 1, (int64_t)file->offset,
               on_chunk_read);
}

void http_reply_file(struct http_exchange *exchange, int status, const char *content_type, int fd,
                     uint64_t offset, uint64_t length)
{
    struct exchange *x = (struct exchange *)exchange;
    uv_loop_t *loop = x->server->loop;
    struct file_reply *file = NULL;

    if (length == 0 || exchange->method == HTTP_HEAD || buf_is_over(&x->reply_headers)) {
        close_fd(loop, fd);
        reply_whole(x, status, content_type, (int64_t)length, (struct str){0});
        return;
    }
    if (!reply_begin(x, status)) {
        close_fd(loop, fd);
        return;
    }
    file = malloc(sizeof(*file));
    if (!file)
        die("out of memory");
    file->loop = loop;
    file->fd = fd;
    file->offset = offset;
    file->left_bytes = length;
    file->content_type = content_type ? arena_cstr(&x->arena, str_from(content_type)) : NULL;
    file->has_head = false;
    x->file = file;
    read_chunk(x);
}

static enum http_range_kind wanted_range(const struct http_exchange *exchange, struct str etag,
                                         uint64_t size, struct http_range *range)
{
    const struct str *value = http_header(exchange, "Range");
    const struct str *if_range = http_header(exchange, "If-Range");

    *range = (struct http_range){.offset = 0, .length = size};
    if (exchange->method != HTTP_GET || !value)
        return HTTP_RANGE_WHOLE;
    if (if_range && !http_if_range_matches(*if_range, etag))
        return HTTP_RANGE_WHOLE;
    return http_range_parse(*value, size, range);
}

void http_reply_resource(struct http_exchange *exchange, const char *content_type, struct str etag,
                         int fd, uint64_t size)
{
    struct exchange *x = (struct exchange *)exchange;
    const struct str *if_none_match = http_header(exchange, "If-None-Match");
    char content_range[HTTP_CONTENT_RANGE_BYTES];
    struct http_range range = {0};
    enum http_range_kind kind = wanted_range(exchange, etag, size, &range);

    http_reply_header(exchange, "ETag", etag);
    http_reply_header(exchange, "Accept-Ranges", STR("bytes"));
    if (if_none_match && http_etag_matches(*if_none_match, etag)) {
        close_fd(x->server->loop, fd);
        http_reply(exchange, 304, NULL, (struct str){0});
        return;
    }
    if (kind != HTTP_RANGE_WHOLE)
        http_reply_header(exchange, "Content-Range",
                          str_from(http_content_range(kind, &range, size, content_range)));
    if (kind == HTTP_RANGE_UNSATISFIABLE) {
        close_fd(x->server->loop, fd);
        reply_error(x, 416, "range not satisfiable");
        return;
    }
    http_reply_file(exchange, kind == HTTP_RANGE_PART ? 206 : 200, content_type, fd, range.offset,
                    range.length);
}
