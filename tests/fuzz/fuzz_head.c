/* SPDX-License-Identifier: Apache-2.0 */
/* A request as it comes in: the header block, its target, and what follows as the body. */
#include <string.h>

#include "net/http_body.h"
#include "net/http_head.h"
#include "net/url.h"
#include "target.h"

struct sink {
    uint64_t bytes, sum;
};

static bool take(void *context, struct str piece)
{
    struct sink *sink = context;

    for (size_t i = 0; i < piece.len; i++)
        sink->sum = sink->sum * 31 + (unsigned char)piece.ptr[i];
    sink->bytes += piece.len;
    return true;
}

/* Byte by byte and at once must agree. */
static bool find_end(struct str bytes, size_t *head_bytes)
{
    size_t scanned = 0, whole = 0, slow_scanned = 0, slow = 0;
    enum http_head_end end = http_head_find_end(bytes, &scanned, &whole);
    enum http_head_end slow_end = HTTP_HEAD_PARTIAL;

    for (size_t i = 1; i <= bytes.len && slow_end == HTTP_HEAD_PARTIAL; i++)
        slow_end = http_head_find_end(str_head(bytes, i), &slow_scanned, &slow);
    FUZZ_CHECK(end == slow_end);
    if (end != HTTP_HEAD_COMPLETE)
        return false;
    FUZZ_CHECK(whole == slow && whole <= bytes.len);
    *head_bytes = whole;
    return true;
}

static void check_target(struct str target)
{
    struct arena arena;
    struct url_params params;
    struct str path, query = {0}, decoded;
    struct err err;

    arena_init(&arena, 0);
    query = str_cut(target, '?', &path);
    if (url_decode_path(&arena, path, &decoded, &err)) {
        FUZZ_CHECK(str_is_utf8(decoded) && decoded.len <= path.len);
        FUZZ_CHECK(str_find(decoded, STR("/../")) < 0 && !str_ends(decoded, STR("/..")));
    }
    if (url_params_parse(&arena, query, &params, &err))
        FUZZ_CHECK(params.count <= URL_PARAMS_MAX);
    arena_fini(&arena);
}

/* Reads the body in pieces of `step` bytes. */
static enum http_body_step read_body(const struct http_head *head, struct str block,
                                     struct str rest, size_t step_bytes, struct sink *sink)
{
    struct http_body body;
    enum http_body_step step;

    *sink = (struct sink){0};
    http_body_init(&body);
    step = http_body_begin(&body, block, head->content_length, take, sink);
    while (step == HTTP_BODY_MORE && rest.len) {
        size_t used = 0, len = rest.len < step_bytes ? rest.len : step_bytes;

        step = http_body_read(&body, str_head(rest, len), &used);
        FUZZ_CHECK(used <= len);
        rest = str_skip(rest, step == HTTP_BODY_MORE ? len : used);
    }
    if (step == HTTP_BODY_COMPLETE && head->content_length > 0)
        FUZZ_CHECK(sink->bytes == (uint64_t)head->content_length);
    http_body_fini(&body);
    return step;
}

static void check_body(const struct http_head *head, struct str block, struct str rest)
{
    struct sink whole, pieces;
    enum http_body_step at_once = read_body(head, block, rest, rest.len ? rest.len : 1, &whole);
    enum http_body_step in_pieces = read_body(head, block, rest, 1, &pieces);

    FUZZ_CHECK(at_once == in_pieces);
    if (at_once == HTTP_BODY_COMPLETE)
        FUZZ_CHECK(whole.bytes == pieces.bytes && whole.sum == pieces.sum);
}

static void check_request(struct str bytes)
{
    static struct http_header headers[HTTP_HEADER_COUNT_MAX];
    struct http_head head = {0};
    const char *reason = NULL;
    size_t head_bytes = 0;
    int status = 0;

    if (!find_end(bytes, &head_bytes))
        return;
    status =
        http_head_scan(str_head(bytes, head_bytes), headers, HTTP_HEADER_COUNT_MAX, &head, &reason);
    FUZZ_CHECK(status == 0 || (status >= 400 && status < 600 && reason));
    if (status)
        return;
    FUZZ_CHECK(head.method < HTTP_METHOD_COUNT && head.header_count <= HTTP_HEADER_COUNT_MAX);
    FUZZ_CHECK(head.content_length >= -1);
    for (int i = 0; i < head.header_count; i++)
        FUZZ_CHECK(http_header_is_valid(&headers[i]));
    check_target(head.target);
    check_body(&head, str_head(bytes, head_bytes), str_skip(bytes, head_bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = fuzz_copy(data, size);

    check_request(bytes);
    free((void *)(uintptr_t)bytes.ptr);
    return 0;
}
