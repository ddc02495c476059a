/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/macros.h"
#include "harness/tap.h"
#include "net/http_body.h"

#define CHUNKED "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"

static bool collect(void *context, struct str piece)
{
    return buf_add_str(context, piece);
}

/* Feeds bytes in pieces of `step`; returns the last step and what was not used. */
static enum http_body_step decode(struct str block, int64_t length, struct str bytes, size_t step,
                                  struct buf *out, size_t *left)
{
    struct http_body body;
    enum http_body_step got;
    size_t used = 0;

    buf_clear(out);
    http_body_init(&body);
    got = http_body_begin(&body, block, length, collect, out);
    while (got == HTTP_BODY_MORE && bytes.len) {
        size_t part = bytes.len < step ? bytes.len : step;

        got = http_body_read(&body, str_head(bytes, part), &used);
        CHECK(used <= part);
        CHECK(got != HTTP_BODY_MORE || used == part);
        bytes = str_skip(bytes, used);
    }
    *left = bytes.len;
    http_body_fini(&body);
    return got;
}

TEST(a_request_without_a_body_is_complete_at_its_head)
{
    struct buf out;
    size_t left = 0;

    buf_init(&out, 100);
    CHECK_INT(decode(STR("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 0, STR("NEXT"), 1, &out, &left),
              HTTP_BODY_COMPLETE);
    CHECK_INT(left, 4);
    CHECK_INT(
        decode(STR("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n"), 0,
               STR("NEXT"), 1, &out, &left),
        HTTP_BODY_COMPLETE);
    CHECK_INT(left, 4);
    buf_fini(&out);
}

TEST(a_length_delimited_body_ends_where_it_says)
{
    struct str block = STR("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
    struct buf out;
    size_t left = 0;

    buf_init(&out, 100);
    for (size_t step = 1; step < 12; step++) {
        CHECK_INT(decode(block, 5, STR("helloNEXT"), step, &out, &left), HTTP_BODY_COMPLETE);
        CHECK_STR(buf_cstr(&out), "hello");
        CHECK_INT(left, 4);
    }
    CHECK_INT(decode(block, 5, STR("hell"), 9, &out, &left), HTTP_BODY_MORE);
    buf_fini(&out);
}

TEST(llhttp_and_the_scanner_must_agree_on_the_length)
{
    struct buf out;
    size_t left = 0;

    buf_init(&out, 100);
    CHECK_INT(decode(STR("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"), 4, STR(""), 1,
                     &out, &left),
              HTTP_BODY_BAD);
    CHECK_INT(decode(STR(CHUNKED), 0, STR(""), 1, &out, &left), HTTP_BODY_BAD);
    CHECK_INT(decode(STR("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), -1, STR(""), 1, &out, &left),
              HTTP_BODY_BAD);
    buf_fini(&out);
}

TEST(chunked_bodies_are_decoded_however_they_arrive)
{
    static const struct {
        const char *bytes, *want;
    } rows[] = {
        {"0\r\n\r\nNEXT", ""},
        {"5\r\nhello\r\n0\r\n\r\nNEXT", "hello"},
        {"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\nNEXT", "hello"},
        {"A\r\n0123456789\r\n000\r\n\r\nNEXT", "0123456789"},
        {"5;name=value\r\nhello\r\n0;x\r\n\r\nNEXT", "hello"},
        {"5\r\nhello\r\n0\r\nX-Trailer: a\r\nX-Other: b\r\n\r\nNEXT", "hello"},
        {"0\r\nX-Trailer: a\r\n\r\nNEXT", ""},
    };
    struct buf out;

    buf_init(&out, 100);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (size_t step = 1; step < 60; step++) {
            size_t left = 0;
            enum http_body_step got =
                decode(STR(CHUNKED), -1, str_from(rows[i].bytes), step, &out, &left);

            if (got != HTTP_BODY_COMPLETE || !str_eq_c(buf_str(&out), rows[i].want) || left != 4)
                tap_fail(__FILE__, __LINE__, "row %zu by %zu: %d, left %zu, " STR_FMT, i, step, got,
                         left, STR_ARG(buf_str(&out)));
        }
    }
    buf_fini(&out);
}

TEST(chunked_bodies_that_could_be_read_in_two_ways_are_refused)
{
    static const char *const rows[] = {
        "\r\n",
        "x\r\n",
        "-1\r\n",
        "+1\r\nx\r\n",
        "0x1\r\nx\r\n",
        "1\nx\r\n0\r\n\r\n",
        "1\rx\r\n0\r\n\r\n",
        " 1\r\nx\r\n0\r\n\r\n",
        "1\r\nxy\r\n0\r\n\r\n",
        "1\r\nx0\r\n\r\n",
        "1\r\nx\n0\r\n\r\n",
        "1\r\nx\r0\r\n\r\n",
        "5\r\nhello\r\n0\n\r\n",
        "0\r\n\n",
        "0\r\nX-Trailer: a\n\r\n",
        "0\r\nX-Trailer: a\rb\r\n\r\n",
        "0\r\nX Trailer: a\r\n\r\n",
        "0\r\n X-Folded: a\r\n\r\n",
        "0\r\nno-colon\r\n\r\n",
        "0\r\n\rX\r\n\r\n",
        "FFFFFFFFFFFFFFFFF\r\n",
        "10000000000000000\r\n",
        ";\r\n",
    };
    struct buf out;

    buf_init(&out, 100);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        size_t left = 0;
        enum http_body_step got = decode(STR(CHUNKED), -1, str_from(rows[i]), 100, &out, &left);

        if (got != HTTP_BODY_BAD)
            tap_fail(__FILE__, __LINE__, "row %zu: %d, left %zu", i, got, left);
    }
    buf_fini(&out);
}

static enum http_body_step decode_repeated(const char *head, const char *piece, int times,
                                           const char *tail)
{
    struct buf bytes, out;
    enum http_body_step got;
    size_t left = 0;

    buf_init(&bytes, 8 << 20);
    buf_init(&out, 8 << 20);
    buf_add_str(&bytes, str_from(head));
    for (int i = 0; i < times; i++)
        buf_add_str(&bytes, str_from(piece));
    buf_add_str(&bytes, str_from(tail));
    got = decode(STR(CHUNKED), -1, buf_str(&bytes), 4096, &out, &left);
    buf_fini(&bytes);
    buf_fini(&out);
    return got;
}

TEST(what_is_not_data_in_a_chunked_body_has_limits)
{
    /* Even one-byte chunks are data; an extension without end is not. */
    CHECK_INT(decode_repeated("", "1\r\nx\r\n", 100000, "0\r\n\r\n"), HTTP_BODY_COMPLETE);
    CHECK_INT(decode_repeated("1;", "a", 1000, "\r\nx\r\n0\r\n\r\n"), HTTP_BODY_COMPLETE);
    CHECK_INT(decode_repeated("1;", "a", HTTP_CHUNK_WASTE_BYTES_MAX + 4096, ""), HTTP_BODY_BAD);
    CHECK_INT(decode_repeated("1;", "a;", HTTP_CHUNK_WASTE_BYTES_MAX, ""), HTTP_BODY_BAD);
    CHECK_INT(decode_repeated("", "0", HTTP_CHUNK_WASTE_BYTES_MAX + 4096, ""), HTTP_BODY_BAD);
    CHECK_INT(decode_repeated("0\r\n", "X: y\r\n", 1000, "\r\n"), HTTP_BODY_COMPLETE);
    CHECK_INT(decode_repeated("0\r\n", "X: y\r\n", 10000, "\r\n"), HTTP_BODY_BAD);
    CHECK_INT(decode_repeated("0\r\nX: ", "y", HTTP_TRAILER_BYTES_MAX, "\r\n\r\n"), HTTP_BODY_BAD);
}

TEST(a_sink_that_is_full_stops_the_body)
{
    struct buf out;
    size_t left = 0;

    buf_init(&out, 4);
    CHECK_INT(decode(STR(CHUNKED), -1, STR("5\r\nhello\r\n0\r\n\r\n"), 100, &out, &left),
              HTTP_BODY_STOPPED);
    buf_fini(&out);
}
