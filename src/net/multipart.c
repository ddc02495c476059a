/* SPDX-License-Identifier: Apache-2.0 */
#include "net/multipart.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/macros.h"
#include "net/http_head.h"
#include "net/multipart_impl.h"

enum { DELIMITER_BYTES_MAX = 4 + MULTIPART_BOUNDARY_BYTES_MAX };

enum state {
    IN_DATA,         /* of a part, or before the first boundary */
    AFTER_DELIMITER, /* CR LF or "--" comes */
    IN_HEADERS,
    AFTER_END /* CR LF may come */
};

struct multipart {
    struct multipart_sink sink;
    uint64_t part_bytes_max;
    enum state state;
    char delimiter[DELIMITER_BYTES_MAX]; /* CR LF "--" boundary */
    size_t delimiter_len;
    size_t matched; /* bytes of the delimiter that the data so far ends with */
    char after[2];  /* of a delimiter or of the end */
    size_t after_len;
    struct buf headers;
    bool in_part;
    int parts;
    uint64_t part_bytes;
    char name[ERR_PARAM_BYTES_MAX]; /* of the part, for errors */
};

bool multipart_open(struct multipart **out, struct str content_type, uint64_t part_bytes_max,
                    const struct multipart_sink *sink, struct err *err)
{
    struct multipart *multipart = NULL;
    struct str boundary;

    if (!multipart_boundary(content_type, &boundary, err))
        return false;
    multipart = calloc(1, sizeof(*multipart));
    if (!multipart)
        die("out of memory");
    multipart->sink = *sink;
    multipart->part_bytes_max = part_bytes_max;
    memcpy(multipart->delimiter, "\r\n--", 4);
    memcpy(multipart->delimiter + 4, boundary.ptr, boundary.len);
    multipart->delimiter_len = 4 + boundary.len;
    multipart->matched = 2; /* the start of the body is the start of a line */
    buf_init(&multipart->headers, MULTIPART_HEADER_BYTES_MAX);
    *out = multipart;
    return true;
}

void multipart_close(struct multipart *multipart)
{
    if (!multipart)
        return;
    buf_fini(&multipart->headers);
    free(multipart);
}

static bool give(struct multipart *multipart, const char *ptr, size_t len, struct err *err)
{
    if (len == 0)
        return true;
    if (!multipart->in_part)
        return err_set(err, ERR_INVALID, "The multipart body does not begin with its boundary");
    multipart->part_bytes += len;
    if (multipart->part_bytes > multipart->part_bytes_max)
        return err_set_param(err, ERR_TOO_LARGE, multipart->name,
                             "A part of the multipart body is larger than %llu bytes",
                             (unsigned long long)multipart->part_bytes_max);
    return multipart->sink.data(multipart->sink.context, str_from_bytes(ptr, len), err);
}

/* A delimiter is complete: the part before it is over. */
static bool end_part(struct multipart *multipart, struct err *err)
{
    bool was_in_part = multipart->in_part;

    multipart->state = AFTER_DELIMITER;
    multipart->after_len = 0;
    multipart->in_part = false;
    return !was_in_part || multipart->sink.end(multipart->sink.context, err);
}

/*
 * Data until the delimiter. CR is its first byte and in it nowhere else, so where a match breaks
 * off no later one has begun within it. `held` bytes of the match came with earlier pieces and
 * are given from the delimiter itself; the rest is given from `bytes`, whole runs at once.
 */
static bool feed_data(struct multipart *multipart, struct str bytes, size_t *used, struct err *err)
{
    const char *delimiter = multipart->delimiter;
    size_t held = multipart->matched, at = 0;

    while (at < bytes.len && multipart->matched < multipart->delimiter_len) {
        if (bytes.ptr[at] == delimiter[multipart->matched]) {
            multipart->matched++;
            at++;
            continue;
        }
        if (held && !give(multipart, delimiter, held, err))
            return false;
        held = multipart->matched = 0;
        if (bytes.ptr[at] != '\r') {
            const char *next = memchr(bytes.ptr + at, '\r', bytes.len - at);

            at = next ? (size_t)(next - bytes.ptr) : bytes.len;
        }
    }
    *used = at;
    if (!give(multipart, bytes.ptr, at - (multipart->matched - held), err))
        return false;
    return multipart->matched < multipart->delimiter_len || end_part(multipart, err);
}

static bool feed_after(struct multipart *multipart, struct str bytes, size_t *used, struct err *err)
{
    bool ended = multipart->state == AFTER_END;

    *used = 0;
    while (*used < bytes.len && multipart->after_len < 2)
        multipart->after[multipart->after_len++] = bytes.ptr[(*used)++];
    if (multipart->after_len < 2)
        return true;
    if (ended && *used < bytes.len)
        return err_set(err, ERR_INVALID, "The multipart body goes on after its end");
    if (memcmp(multipart->after, "\r\n", 2) == 0) {
        if (!ended)
            multipart->state = IN_HEADERS;
        buf_clear(&multipart->headers);
        return true;
    }
    if (ended || memcmp(multipart->after, "--", 2) != 0)
        return err_set(err, ERR_INVALID, "The multipart body has a boundary with more behind it");
    multipart->state = AFTER_END;
    multipart->after_len = 0;
    return true;
}

/* The header block is complete. */
static bool begin_part(struct multipart *multipart, struct err *err)
{
    struct arena arena = {0};
    struct multipart_part part;
    bool ok = multipart_headers(&arena, buf_str(&multipart->headers), &part, err);

    if (ok && ++multipart->parts > MULTIPART_PARTS_MAX)
        ok = err_set(err, ERR_TOO_LARGE, "The multipart body has more than %d parts",
                     MULTIPART_PARTS_MAX);
    if (ok) {
        str_copy(str_utf8_head(part.name, sizeof(multipart->name) - 1), multipart->name,
                 sizeof(multipart->name));
        multipart->state = IN_DATA;
        multipart->in_part = true;
        multipart->part_bytes = 0;
        multipart->matched = 0;
        ok = multipart->sink.begin(multipart->sink.context, &part, err);
    }
    arena_fini(&arena);
    return ok;
}

static bool feed_headers(struct multipart *multipart, struct str bytes, size_t *used,
                         struct err *err)
{
    struct buf *headers = &multipart->headers;

    for (*used = 0; *used < bytes.len;) {
        if (!buf_add_char(headers, bytes.ptr[(*used)++]))
            return err_set(err, ERR_TOO_LARGE, "A part's headers are longer than %d bytes",
                           MULTIPART_HEADER_BYTES_MAX);
        if (str_eq_c(buf_str(headers), "\r\n") || str_ends(buf_str(headers), STR("\r\n\r\n")))
            return begin_part(multipart, err);
    }
    return true;
}

bool multipart_feed(struct multipart *multipart, struct str bytes, struct err *err)
{
    static bool (*const feeds[])(struct multipart *, struct str, size_t *, struct err *) = {
        [IN_DATA] = feed_data,
        [AFTER_DELIMITER] = feed_after,
        [IN_HEADERS] = feed_headers,
        [AFTER_END] = feed_after,
    };

    while (bytes.len) {
        size_t used = 0;

        if (!feeds[multipart->state](multipart, bytes, &used, err))
            return false;
        bytes = str_skip(bytes, used);
    }
    return true;
}

bool multipart_finish(struct multipart *multipart, struct err *err)
{
    if (multipart->state != AFTER_END || multipart->after_len == 1)
        return err_set(err, ERR_INVALID, "The multipart body breaks off");
    return true;
}

/* ---- whole forms ---- */

struct reader {
    struct arena *arena;
    struct multipart_field *fields; /* MULTIPART_PARTS_MAX */
    int count;
};

static bool begin_field(void *context, const struct multipart_part *part, struct err *err)
{
    struct reader *reader = context;
    struct multipart_part *own = &reader->fields[reader->count].part;

    (void)err;
    *own = *part;
    own->name = arena_str(reader->arena, part->name);
    own->filename = arena_str(reader->arena, part->filename);
    own->content_type = arena_str(reader->arena, part->content_type);
    return true;
}

/* The body came in one piece, so the pieces of a part lie side by side in it. */
static bool extend_field(void *context, struct str bytes, struct err *err)
{
    struct reader *reader = context;
    struct str *whole = &reader->fields[reader->count].bytes;

    (void)err;
    if (whole->len == 0)
        whole->ptr = bytes.ptr;
    whole->len += bytes.len;
    return true;
}

static bool end_field(void *context, struct err *err)
{
    struct reader *reader = context;

    (void)err;
    reader->count++;
    return true;
}

bool multipart_read(struct arena *arena, struct str content_type, struct str body,
                    uint64_t part_bytes_max, struct multipart_form *form, struct err *err)
{
    struct reader reader = {
        .arena = arena, .fields = ARENA_ARRAY(arena, struct multipart_field, MULTIPART_PARTS_MAX)};
    struct multipart_sink sink = {begin_field, extend_field, end_field, &reader};
    struct multipart *multipart = NULL;
    bool ok = multipart_open(&multipart, content_type, part_bytes_max, &sink, err) &&
              multipart_feed(multipart, body, err) && multipart_finish(multipart, err);

    multipart_close(multipart);
    if (ok)
        *form = (struct multipart_form){reader.fields, reader.count};
    return ok;
}

const struct multipart_field *multipart_get(const struct multipart_form *form, const char *name)
{
    for (int i = 0; i < form->count; i++) {
        if (str_eq_c(form->fields[i].part.name, name))
            return &form->fields[i];
    }
    return NULL;
}
