/* SPDX-License-Identifier: Apache-2.0 */
#include "net/multipart.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/macros.h"
#include "harness/tap.h"

/* Of an array of characters. */
#define BYTES(array) str_from_bytes(array, sizeof(array) - 1)
#define TYPE STR("multipart/form-data; boundary=XyZ")
#define DISPOSITION(name) "Content-Disposition: form-data; name=\"" name "\"\r\n"

static const char good[] = "--XyZ\r\n" DISPOSITION(
    "prompt") "\r\na coast\r\n--Xy but not the end\r\n"
              "\r\n--XyZ\r\n" DISPOSITION(
                  "empty") "\r\n\r\n"
                           "--XyZ\r\ncontent-disposition: form-data; name=\"file\"; "
                           "filename=\"a.png\"\r\n"
                           "Content-Type: image/png\r\n\r\n\r\r\n-\r\n--\0\xFF\r\n--XyZ--\r\n";

/* Everything that came, in one text. */
struct told {
    struct buf text;
    int parts, ends;
};

static bool on_begin(void *context, const struct multipart_part *part, struct err *err)
{
    struct told *told = context;

    (void)err;
    told->parts++;
    return buf_printf(&told->text, "[" STR_FMT "|%d|" STR_FMT "|" STR_FMT "]", STR_ARG(part->name),
                      part->is_file, STR_ARG(part->filename), STR_ARG(part->content_type));
}

static bool on_data(void *context, struct str bytes, struct err *err)
{
    struct told *told = context;

    (void)err;
    return buf_add_str(&told->text, bytes);
}

static bool on_end(void *context, struct err *err)
{
    struct told *told = context;

    (void)err;
    told->ends++;
    return buf_add_char(&told->text, '$');
}

/* Feeds in pieces of at most `piece` bytes, the first of them `first` bytes long. */
static bool feed(struct str body, size_t first, size_t piece, struct told *told, struct err *err)
{
    struct multipart_sink sink = {on_begin, on_data, on_end, told};
    struct multipart *multipart = NULL;
    bool ok = multipart_open(&multipart, TYPE, 1 << 20, &sink, err);

    while (ok && body.len) {
        size_t bytes = first ? first : piece;
        char *own = NULL;

        bytes = bytes < body.len ? bytes : body.len;
        own = malloc(bytes); /* so that reading over its end is seen */
        CHECK(own);
        memcpy(own, body.ptr, bytes);
        ok = multipart_feed(multipart, str_from_bytes(own, bytes), err);
        free(own);
        body = str_skip(body, bytes);
        first = 0;
    }
    ok = ok && multipart_finish(multipart, err);
    multipart_close(multipart);
    return ok;
}

static void check_pieces(struct str body, size_t first, size_t piece)
{
    static const char want[] = "[prompt|0||]a coast\r\n--Xy but not the end\r\n$[empty|0||]$"
                               "[file|1|a.png|image/png]\r\r\n-\r\n--\0\xFF$";
    struct told told = {0};
    struct err err;

    buf_init(&told.text, 1 << 16);
    CHECK_OK(feed(body, first, piece, &told, &err));
    CHECK(str_eq(buf_str(&told.text), BYTES(want)));
    CHECK_INT(told.parts, 3);
    CHECK_INT(told.ends, 3);
    buf_fini(&told.text);
}

TEST(a_body_reads_the_same_however_it_is_cut)
{
    struct str body = BYTES(good);

    for (size_t piece = 1; piece <= body.len; piece++)
        check_pieces(body, 0, piece);
    for (size_t first = 1; first < body.len; first++)
        check_pieces(body, first, body.len);
}

TEST(the_line_end_after_the_last_boundary_may_be_missing)
{
    struct str body = BYTES(good);

    check_pieces(str_head(body, body.len - 2), 0, 1000);
}

TEST(a_body_that_breaks_off_anywhere_is_refused)
{
    struct str body = BYTES(good);

    for (size_t len = 0; len < body.len; len++) {
        struct told told = {0};
        struct err err;

        buf_init(&told.text, 1 << 16);
        CHECK(len == body.len - 2 || !feed(str_head(body, len), 0, 7, &told, &err));
        if (len != body.len - 2)
            CHECK_INT(err.kind, ERR_INVALID);
        buf_fini(&told.text);
    }
}

static enum err_kind kind_of(struct str type, struct str body, uint64_t part_bytes_max)
{
    struct arena arena = {0};
    struct multipart_form form;
    struct err err = {0};
    bool ok = multipart_read(&arena, type, body, part_bytes_max, &form, &err);

    CHECK(ok == (err.kind == ERR_NONE));
    CHECK(ok || err.text[0]);
    arena_fini(&arena);
    return err.kind;
}

TEST(what_is_not_quite_a_form_is_refused)
{
    static const char *const bodies[] = {
        "",
        "--XyZ",
        "--XyZ--x",
        "preamble\r\n--XyZ--\r\n",
        "\r\n--XyZ--\r\n",
        "--XyZ--\r\nepilogue",
        "--XyZ--\n",
        "--XyZ \r\n" DISPOSITION("a") "\r\nv\r\n--XyZ--\r\n",
        "--XyZ\n" DISPOSITION("a") "\r\nv\r\n--XyZ--\r\n",
        "--XyZx\r\n" DISPOSITION("a") "\r\nv\r\n--XyZ--\r\n",
        "--XyZ\r\n" DISPOSITION("a") "\r\nv\r\n--XyZ-\r\n",
        "--XyZ\r\n" DISPOSITION("a") "\r\nv\n--XyZ--\r\n",
        "--XyZ\r\n\r\nv\r\n--XyZ--\r\n",
        "--XyZ\r\nContent-Type: text/plain\r\n\r\nv\r\n--XyZ--\r\n",
        "--XyZ\r\n" DISPOSITION("") "\r\nv\r\n--XyZ--\r\n",
        "--XyZ\r\n" DISPOSITION("a") DISPOSITION("b") "\r\nv\r\n--XyZ--\r\n",
        "--XyZ\r\n" DISPOSITION("\xFF") "\r\nv\r\n--XyZ--\r\n",
        "--XyZ\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nv\r\n--XyZ--\r\n",
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"; "
        "name=\"b\"\r\n\r\nv\r\n--XyZ--\r\n",
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\r\n\r\nv\r\n--XyZ--\r\n",
        "--XyZ\r\nContent-Disposition: form-data name=\"a\"\r\n\r\nv\r\n--XyZ--\r\n",
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\" x\r\n\r\nv\r\n--XyZ--\r\n",
        "--XyZ\r\nContent-Disposition: form-data\r\n\r\nv\r\n--XyZ--\r\n",
        "--XyZ\r\nContent-Disposition : form-data; name=a\r\n\r\nv\r\n--XyZ--\r\n",
        "--XyZ\r\n" DISPOSITION("a") " folded\r\n\r\nv\r\n--XyZ--\r\n",
        "--XyZ\r\n" DISPOSITION("a") "no colon\r\n\r\nv\r\n--XyZ--\r\n",
        "--XyZ\r\n" DISPOSITION("a") "Content-Transfer-Encoding: base64\r\n\r\nv\r\n--XyZ--\r\n",
        "--XyZ\r\nContent-Disposition: form-data; name=a; "
        "filename*=latin1''x\r\n\r\n\r\n--XyZ--",
        "--XyZ\r\nContent-Disposition: form-data; name=a; "
        "filename*=UTF-8''%FF\r\n\r\n\r\n--XyZ--",
    };

    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        if (kind_of(TYPE, str_from(bodies[i]), 100) != ERR_INVALID)
            tap_fail(__FILE__, __LINE__, "body %zu was not refused", i);
    }
}

/* A form with a boundary of that many bytes. */
static enum err_kind kind_of_boundary(int len)
{
    char type[256], body[256], many[128];

    memset(many, 'a', sizeof(many));
    snprintf(type, sizeof(type), "multipart/form-data; boundary=%.*s", len, many);
    snprintf(body, sizeof(body), "--%.*s--\r\n", len, many);
    return kind_of(str_from(type), str_from(body), 1);
}

TEST(the_content_type_must_name_a_boundary)
{
    const struct str body = STR("--XyZ--\r\n");
    static const char *const good_types[] = {
        "multipart/form-data; boundary=XyZ",
        "Multipart/Form-Data;boundary=\"XyZ\"",
        "multipart/form-data; charset=utf-8; Boundary=XyZ",
    };
    static const char *const bad_types[] = {
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=\"XyZ ",
        "multipart/form-data; boundary=\"XyZ \"",
        "multipart/form-data; boundary=XyZ; boundary=XyZ",
        "multipart/form-data; boundary=X@Z",
        "multipart/form-data; boundary=\"X\\\"Z\"",
    };

    for (size_t i = 0; i < ARRAY_LEN(good_types); i++)
        CHECK_INT(kind_of(str_from(good_types[i]), body, 1), ERR_NONE);
    for (size_t i = 0; i < ARRAY_LEN(bad_types); i++)
        CHECK_INT(kind_of(str_from(bad_types[i]), body, 1), ERR_INVALID);
    CHECK_INT(kind_of_boundary(MULTIPART_BOUNDARY_BYTES_MAX), ERR_NONE);
    CHECK_INT(kind_of_boundary(MULTIPART_BOUNDARY_BYTES_MAX + 1), ERR_INVALID);
    CHECK_INT(kind_of(STR("application/json"), body, 1), ERR_MEDIA_TYPE);
    CHECK_INT(kind_of(STR("multipart/mixed; boundary=XyZ"), body, 1), ERR_MEDIA_TYPE);
    CHECK_INT(kind_of(STR(""), body, 1), ERR_MEDIA_TYPE);
}

TEST(names_are_read_as_clients_write_them)
{
    static const char body[] =
        "--XyZ\r\nContent-Disposition: form-data; name=token; "
        "filename=\"C:\\dir\\a.png\"\r\n\r\n2\r\n"
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\\\"b\"; filename=\"\"\r\n\r\n3\r\n"
        "--XyZ\r\nContent-Disposition: form-data; name=\"u\"; filename=\"x\";"
        " filename*=UTF-8''%C3%A4.png\r\n\r\n4\r\n"
        "--XyZ--\r\n";
    static const char bracket[] =
        "--XyZ\r\nContent-Disposition: form-data; name=video[id]\r\n\r\n1\r\n--XyZ--";
    static const char quoted[] = "--XyZ\r\n" DISPOSITION("video[id]") "\r\n1\r\n--XyZ--\r\n";
    struct arena arena = {0};
    struct multipart_form form;
    struct err err;

    CHECK(!multipart_read(&arena, TYPE, BYTES(bracket), 100, &form, &err)); /* no token */
    CHECK_OK(multipart_read(&arena, TYPE, BYTES(quoted), 100, &form, &err));
    CHECK(multipart_get(&form, "video[id]") && !multipart_get(&form, "video"));
    CHECK_OK(multipart_read(&arena, TYPE, BYTES(body), 100, &form, &err));
    CHECK_INT(form.count, 3);
    CHECK(str_eq_c(form.fields[0].part.filename, "C:\\dir\\a.png"));
    CHECK(str_eq_c(form.fields[1].part.name, "a\"b"));
    CHECK(form.fields[1].part.is_file && form.fields[1].part.filename.len == 0);
    CHECK(str_eq_c(form.fields[2].part.filename, "\xC3\xA4.png"));
    CHECK(str_eq_c(multipart_get(&form, "u")->bytes, "4"));
    arena_fini(&arena);
}

/* A body of `parts` parts, with names and headers of those lengths and values of `bytes` bytes. */
static enum err_kind kind_of_size(int parts, size_t name, size_t filler, size_t bytes,
                                  uint64_t part_bytes_max)
{
    char many[8192];
    enum err_kind kind;
    struct buf body;

    memset(many, 'x', sizeof(many));
    buf_init(&body, 1 << 20);
    for (int i = 0; i < parts; i++) {
        buf_printf(&body, "--XyZ\r\nX: %.*s\r\n", (int)filler, many);
        buf_printf(&body, "Content-Disposition: form-data; name=\"%.*s\"\r\n\r\n%.*s\r\n",
                   (int)name, many, (int)bytes, many);
    }
    buf_printf(&body, "--XyZ--\r\n");
    kind = kind_of(TYPE, buf_str(&body), part_bytes_max);
    buf_fini(&body);
    return kind;
}

TEST(limits_hold_exactly)
{
    /* The header block without the filler, with a name of one byte. */
    enum { FIXED = sizeof("X: \r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n") - 1 };

    CHECK_INT(kind_of_size(MULTIPART_PARTS_MAX, 1, 1, 1, 1), ERR_NONE);
    CHECK_INT(kind_of_size(MULTIPART_PARTS_MAX + 1, 1, 1, 1, 1), ERR_TOO_LARGE);
    CHECK_INT(kind_of_size(1, MULTIPART_NAME_BYTES_MAX, 1, 1, 1), ERR_NONE);
    CHECK_INT(kind_of_size(1, MULTIPART_NAME_BYTES_MAX + 1, 1, 1, 1), ERR_INVALID);
    CHECK_INT(kind_of_size(1, 1, 1, 1000, 1000), ERR_NONE);
    CHECK_INT(kind_of_size(1, 1, 1, 1001, 1000), ERR_TOO_LARGE);
    CHECK_INT(kind_of_size(1, 1, MULTIPART_HEADER_BYTES_MAX - FIXED, 1, 1), ERR_NONE);
    CHECK_INT(kind_of_size(1, 1, MULTIPART_HEADER_BYTES_MAX - FIXED + 1, 1, 1), ERR_TOO_LARGE);
}

static bool refuse_begin(void *context, const struct multipart_part *part, struct err *err)
{
    (void)context;
    (void)part;
    return err_set(err, ERR_FORBIDDEN, "not this one");
}

TEST(what_the_sink_says_is_what_the_caller_hears)
{
    struct told told = {0};
    struct multipart_sink sink = {refuse_begin, on_data, on_end, &told};
    struct multipart *multipart = NULL;
    struct err err;

    CHECK_OK(multipart_open(&multipart, TYPE, 100, &sink, &err));
    CHECK(!multipart_feed(multipart, BYTES(good), &err));
    CHECK_INT(err.kind, ERR_FORBIDDEN);
    multipart_close(multipart);
    multipart_close(NULL);
}

TEST(a_whole_form_borrows_its_values_from_the_body)
{
    struct arena arena = {0};
    struct str body = BYTES(good);
    struct multipart_form form;
    struct err err;

    CHECK_OK(multipart_read(&arena, TYPE, body, 100, &form, &err));
    CHECK_INT(form.count, 3);
    for (int i = 0; i < form.count; i++) {
        struct str bytes = form.fields[i].bytes;

        CHECK(bytes.len == 0 ||
              (bytes.ptr > body.ptr && bytes.ptr + bytes.len < body.ptr + body.len));
    }
    CHECK(str_eq(multipart_get(&form, "file")->bytes, STR("\r\r\n-\r\n--\0\xFF")));
    arena_fini(&arena);
}
