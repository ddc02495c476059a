/* SPDX-License-Identifier: Apache-2.0 */
/* A form: the first line is the request's Content-Type, the rest its body. */
#include "net/multipart.h"
#include "target.h"

enum { PART_BYTES_MAX = 4096 };

struct seen {
    int parts;
    uint64_t bytes;
};

static bool begin(void *context, const struct multipart_part *part, struct err *err)
{
    struct seen *seen = context;

    (void)err;
    FUZZ_CHECK(part->name.len <= MULTIPART_NAME_BYTES_MAX);
    FUZZ_CHECK(part->filename.len <= MULTIPART_FILENAME_BYTES_MAX);
    seen->parts++;
    return true;
}

static bool data(void *context, struct str bytes, struct err *err)
{
    struct seen *seen = context;

    (void)err;
    seen->bytes += bytes.len;
    return true;
}

static bool end(void *context, struct err *err)
{
    (void)context;
    (void)err;
    return true;
}

static bool read_stream(struct str type, struct str body, size_t step_bytes, struct seen *seen)
{
    struct multipart_sink sink = {begin, data, end, seen};
    struct multipart *multipart = NULL;
    struct err err;
    bool ok = multipart_open(&multipart, type, PART_BYTES_MAX, &sink, &err);

    *seen = (struct seen){0};
    while (ok && body.len) {
        size_t len = body.len < step_bytes ? body.len : step_bytes;

        ok = multipart_feed(multipart, str_head(body, len), &err);
        body = str_skip(body, len);
    }
    ok = ok && multipart_finish(multipart, &err);
    multipart_close(multipart);
    return ok;
}

static void check_form(struct str type, struct str body)
{
    struct multipart_form form = {0};
    struct arena arena;
    struct seen whole, pieces;
    struct err err;
    uint64_t bytes = 0;
    bool ok = false;

    arena_init(&arena, 0);
    ok = multipart_read(&arena, type, body, PART_BYTES_MAX, &form, &err);
    for (int i = 0; ok && i < form.count; i++) {
        const struct str value = form.fields[i].bytes;

        FUZZ_CHECK(value.len == 0 ||
                   (value.ptr >= body.ptr && value.ptr + value.len <= body.ptr + body.len));
        FUZZ_CHECK(value.len <= PART_BYTES_MAX);
        bytes += value.len;
    }
    FUZZ_CHECK(read_stream(type, body, body.len + 1, &whole) == ok);
    FUZZ_CHECK(read_stream(type, body, 1, &pieces) == ok);
    if (ok) {
        FUZZ_CHECK(whole.parts == form.count && pieces.parts == form.count);
        FUZZ_CHECK(whole.bytes == bytes && pieces.bytes == bytes);
    }
    arena_fini(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
    struct str bytes = fuzz_copy(input, size), type, body;

    body = str_cut(bytes, '\n', &type);
    check_form(type, body);
    free((void *)(uintptr_t)bytes.ptr);
    return 0;
}
