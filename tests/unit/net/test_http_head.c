/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/macros.h"
#include "harness/tap.h"
#include "net/http_head.h"

enum { HEADERS_MAX = 8 };

#define HOST "Host: a\r\n"

static struct http_header headers[HEADERS_MAX];

static int scan(struct str block, struct http_head *head)
{
    const char *reason = NULL;
    int status = http_head_scan(block, headers, HEADERS_MAX, head, &reason);

    CHECK(reason);
    return status;
}

TEST(a_plain_request_is_understood)
{
    struct http_head head;
    struct str block = STR("POST /v1/videos?a=b HTTP/1.1\r\nHost: example.com:80\r\n"
                           "Content-Length:  12 \r\nX-Empty:\r\nX-Bytes: \xc3\xa4\t~\r\n\r\n");

    CHECK_INT(scan(block, &head), 0);
    CHECK_INT(head.method, HTTP_POST);
    CHECK_INT(head.minor, 1);
    CHECK(str_eq_c(head.target, "/v1/videos?a=b"));
    CHECK(str_eq_c(head.host, "example.com:80"));
    CHECK_INT(head.header_count, 4);
    CHECK_INT(head.content_length, 12);
    CHECK(head.keep_alive);
    CHECK(!head.expect_continue);
    CHECK(str_eq_c(*http_headers_get(headers, 4, STR("x-EMPTY")), ""));
    CHECK(str_eq_c(headers[3].value, "\xc3\xa4\t~"));
    CHECK(!http_headers_get(headers, 4, STR("x")));
}

TEST(every_method_that_we_speak_is_known_by_name)
{
    struct http_head head;
    char block[64];

    for (int i = 0; i < HTTP_METHOD_COUNT; i++) {
        int len = snprintf(block, sizeof(block), "%s / HTTP/1.1\r\n" HOST "\r\n",
                           http_method_name((enum http_method)i));

        CHECK_INT(scan(str_from_bytes(block, (size_t)len), &head), 0);
        CHECK_INT(head.method, i);
    }
}

static const struct {
    int status;
    const char *block;
} refused[] = {
    {400, "\r\n"},
    {400, "\r\n\r\n"},
    {400, "GET /\r\n\r\n"},
    {400, "GET / \r\n" HOST "\r\n"},
    {400, "GET  / HTTP/1.1\r\n" HOST "\r\n"},
    {400, "GET / HTTP/1.1 \r\n" HOST "\r\n"},
    {400, "GET / x HTTP/1.1\r\n" HOST "\r\n"},
    {400, "GET\t/ HTTP/1.1\r\n" HOST "\r\n"},
    {400, " GET / HTTP/1.1\r\n" HOST "\r\n"},
    {400, "get / HTTP/1.1\r\n" HOST "\r\n"},
    {400, "G@T / HTTP/1.1\r\n" HOST "\r\n"},
    {501, "BREW / HTTP/1.1\r\n" HOST "\r\n"},
    {501, "CONNECT a:80 HTTP/1.1\r\n" HOST "\r\n"},
    {501, "TRACE / HTTP/1.1\r\n" HOST "\r\n"},
    {505, "GET / HTTP/1.2\r\n" HOST "\r\n"},
    {505, "GET / HTTP/2.0\r\n" HOST "\r\n"},
    {501, "PRI * HTTP/2.0\r\n\r\n"},
    {400, "GET / HTTP/1\r\n" HOST "\r\n"},
    {400, "GET / HTTP/1.11\r\n" HOST "\r\n"},
    {400, "GET / http/1.1\r\n" HOST "\r\n"},
    {400, "GET / HTTP/1,1\r\n" HOST "\r\n"},
    {400, "GET / HTTP/x.1\r\n" HOST "\r\n"},
    {400, "GET /\x80 HTTP/1.1\r\n" HOST "\r\n"},
    {400, "GET /#f HTTP/1.1\r\n" HOST "\r\n"},
    {400, "GET /\x7f HTTP/1.1\r\n" HOST "\r\n"},
    {400, "GET / HTTP/1.1\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\n" HOST HOST "\r\n"},
    {400, "GET / HTTP/1.1\r\nHost:\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\nHost: a:x\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\nHost: a:123456\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\nHost: :80\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\nHost: [x]\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\n Host: a\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\n" HOST "Host : b\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\n" HOST "X-A: b\r\n c\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\n" HOST "X-A: b\r\n\tc\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\n" HOST "X-A\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\n" HOST ": b\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\n" HOST "X A: b\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\n" HOST "X(A): b\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\n" HOST "X-\xc3\xa4: b\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\n" HOST "X-A: b\rc\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\n" HOST "X-A: b\nc\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\n" HOST "X-A: b\x01\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\n" HOST "X-A: b\x7f\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\n" HOST "X-A: b\x0b\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\n" HOST "X-A: b\r\r\n\r\n"},
    {400, "POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 1\r\n\r\n"},
    {400, "POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\ncontent-length: 2\r\n\r\n"},
    {400, "POST / HTTP/1.1\r\n" HOST "Content-Length: 1, 1\r\n\r\n"},
    {400, "POST / HTTP/1.1\r\n" HOST "Content-Length: +1\r\n\r\n"},
    {400, "POST / HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n"},
    {400, "POST / HTTP/1.1\r\n" HOST "Content-Length: 1x\r\n\r\n"},
    {400, "POST / HTTP/1.1\r\n" HOST "Content-Length: 0x1\r\n\r\n"},
    {400, "POST / HTTP/1.1\r\n" HOST "Content-Length: 1 1\r\n\r\n"},
    {400, "POST / HTTP/1.1\r\n" HOST "Content-Length: 1.0\r\n\r\n"},
    {400, "POST / HTTP/1.1\r\n" HOST "Content-Length:\r\n\r\n"},
    {400, "POST / HTTP/1.1\r\n" HOST "Content-Length: 18446744073709551617\r\n\r\n"},
    {400, "POST / HTTP/1.1\r\n" HOST "Content-Length: 9223372036854775808\r\n\r\n"},
    {400, "POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"},
    {400,
     "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"},
    {400, "POST / HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"},
    {501, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n\r\n"},
    {501, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked, chunked\r\n\r\n"},
    {501, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: identity\r\n\r\n"},
    {501, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: xchunked\r\n\r\n"},
    {501, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: \"chunked\"\r\n\r\n"},
    {501, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding:\r\n\r\n"},
    {417, "POST / HTTP/1.1\r\n" HOST "Expect: magic\r\n\r\n"},
    {400, "POST / HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nExpect: x\r\n\r\n"},
};

TEST(what_is_ambiguous_is_refused)
{
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        struct http_head head;
        int status = scan(str_from(refused[i].block), &head);

        if (status != refused[i].status)
            tap_fail(__FILE__, __LINE__, "row %zu: %d, want %d: %s", i, status, refused[i].status,
                     refused[i].block);
    }
}

TEST(a_nul_is_refused_wherever_it_stands)
{
    char block[] = "GET /abc HTTP/1.1\r\nHost: a\r\nX-A: b\r\n\r\n";
    struct http_head head;

    CHECK_INT(scan(str_from_bytes(block, sizeof(block) - 1), &head), 0);
    for (size_t i = 0; i < sizeof(block) - 5; i++) {
        char saved = block[i];

        block[i] = '\0';
        if (scan(str_from_bytes(block, sizeof(block) - 1), &head) == 0)
            tap_fail(__FILE__, __LINE__, "accepted a NUL at %zu", i);
        block[i] = saved;
    }
}

TEST(what_is_unusual_but_clear_is_accepted)
{
    static const char *const blocks[] = {
        "\r\nGET / HTTP/1.1\r\n" HOST "\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\n" HOST "\r\n",
        "GET http://a/b HTTP/1.1\r\n" HOST "\r\n",
        "GET / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a_b.c-d:0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a:\r\n\r\n",
        "POST / HTTP/1.1\r\n" HOST "Content-Length: 007\r\n\r\n",
        "POST / HTTP/1.1\r\n" HOST "transfer-encoding: CHUNKED\r\n\r\n",
        "GET / HTTP/1.1\r\nHOST:a\r\n\r\n",
    };

    for (size_t i = 0; i < ARRAY_LEN(blocks); i++) {
        struct http_head head;

        if (scan(str_from(blocks[i]), &head) != 0)
            tap_fail(__FILE__, __LINE__, "refused %s", blocks[i]);
    }
}

TEST(connections_stay_or_close_as_asked)
{
    static const struct {
        const char *block;
        bool keep_alive;
    } rows[] = {
        {"GET / HTTP/1.1\r\n" HOST "\r\n", true},
        {"GET / HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", false},
        {"GET / HTTP/1.1\r\n" HOST "Connection: te , CLOSE\r\n\r\n", false},
        {"GET / HTTP/1.1\r\n" HOST "Connection: keep-alive\r\nConnection: close\r\n\r\n", false},
        {"GET / HTTP/1.0\r\n\r\n", false},
        {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct http_head head;

        CHECK_INT(scan(str_from(rows[i].block), &head), 0);
        CHECK_INT(head.keep_alive, rows[i].keep_alive);
    }
}

TEST(one_header_too_many_is_refused)
{
    struct http_head head;
    char block[512] = "GET / HTTP/1.1\r\n" HOST;
    size_t len = strlen(block);

    for (int i = 1; i < HEADERS_MAX; i++) {
        memcpy(block + len, "X: y\r\n", 6);
        len += 6;
    }
    memcpy(block + len, "\r\n", 2);
    CHECK_INT(scan(str_from_bytes(block, len + 2), &head), 0);
    memcpy(block + len, "X: y\r\n\r\n", 8);
    CHECK_INT(scan(str_from_bytes(block, len + 8), &head), 431);
}

TEST(a_target_has_a_limit)
{
    static char block[HTTP_TARGET_BYTES_MAX + 64];
    struct http_head head;

    for (int over = 0; over < 2; over++) {
        size_t target = HTTP_TARGET_BYTES_MAX + (size_t)over;
        static const char rest[] = " HTTP/1.1\r\n" HOST "\r\n";

        memset(block, '/', sizeof(block));
        memcpy(block, "GET ", 4);
        memcpy(block + 4 + target, rest, sizeof(rest) - 1);
        CHECK_INT(scan(str_from_bytes(block, 4 + target + sizeof(rest) - 1), &head),
                  over ? 414 : 0);
    }
}

TEST(the_end_is_found_however_the_bytes_arrive)
{
    struct str block = STR("GET / HTTP/1.1\r\nHost: a\r\n\r\nNEXT");
    size_t head_bytes = block.len - 4;

    for (size_t first = 0; first < block.len; first++) {
        size_t scanned = 0, end = 0;
        enum http_head_end found = http_head_find_end(str_head(block, first), &scanned, &end);

        CHECK_INT(found, first < head_bytes ? HTTP_HEAD_PARTIAL : HTTP_HEAD_COMPLETE);
        if (found == HTTP_HEAD_PARTIAL)
            CHECK_INT(http_head_find_end(block, &scanned, &end), HTTP_HEAD_COMPLETE);
        CHECK_INT(end, head_bytes);
    }
}

TEST(line_ends_other_than_cr_lf_are_seen_at_once)
{
    static const char *const texts[] = {"\n",
                                        "GET / HTTP/1.1\n",
                                        "GET / HTTP/1.1\r\nHost: a\n",
                                        "GET / HTTP/1.1\r\nHost: a\r\n\n",
                                        "\x16\x03\x01",
                                        " GET"};

    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        size_t scanned = 0, end = 0;

        CHECK_INT(http_head_find_end(str_from(texts[i]), &scanned, &end), HTTP_HEAD_BAD);
    }
}
