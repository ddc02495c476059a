/* SPDX-License-Identifier: Apache-2.0 */
#include "base/macros.h"
#include "harness/tap.h"
#include "net/http_range.h"

TEST(one_range_of_bytes_is_understood)
{
    static const struct {
        const char *value;
        uint64_t size;
        enum http_range_kind kind;
        uint64_t offset, length;
    } rows[] = {
        {"bytes=0-0", 10, HTTP_RANGE_PART, 0, 1},
        {"bytes=0-9", 10, HTTP_RANGE_PART, 0, 10},
        {"bytes=0-", 10, HTTP_RANGE_PART, 0, 10},
        {"bytes=3-5", 10, HTTP_RANGE_PART, 3, 3},
        {"bytes=3-", 10, HTTP_RANGE_PART, 3, 7},
        {"bytes=3-99", 10, HTTP_RANGE_PART, 3, 7},
        {"bytes=-4", 10, HTTP_RANGE_PART, 6, 4},
        {"bytes=-10", 10, HTTP_RANGE_PART, 0, 10},
        {"bytes=-99", 10, HTTP_RANGE_PART, 0, 10},
        {"Bytes= 1-2 ", 10, HTTP_RANGE_PART, 1, 2},
        {"bytes=0-18446744073709551615", 10, HTTP_RANGE_PART, 0, 10},
        {"bytes=10-", 10, HTTP_RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=10-20", 10, HTTP_RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=-0", 10, HTTP_RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=0-", 0, HTTP_RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=-5", 0, HTTP_RANGE_UNSATISFIABLE, 0, 0},
        {"bytes=5-3", 10, HTTP_RANGE_WHOLE, 0, 10},
        {"bytes=0-1,3-4", 10, HTTP_RANGE_WHOLE, 0, 10},
        {"bytes=", 10, HTTP_RANGE_WHOLE, 0, 10},
        {"bytes=-", 10, HTTP_RANGE_WHOLE, 0, 10},
        {"bytes=a-b", 10, HTTP_RANGE_WHOLE, 0, 10},
        {"bytes=1", 10, HTTP_RANGE_WHOLE, 0, 10},
        {"bytes=+1-2", 10, HTTP_RANGE_WHOLE, 0, 10},
        {"bytes=--1", 10, HTTP_RANGE_WHOLE, 0, 10},
        {"bytes=1-2-3", 10, HTTP_RANGE_WHOLE, 0, 10},
        {"bytes 0-1", 10, HTTP_RANGE_WHOLE, 0, 10},
        {"items=0-1", 10, HTTP_RANGE_WHOLE, 0, 10},
        {"bytes=18446744073709551616-", 10, HTTP_RANGE_WHOLE, 0, 10},
        {"", 10, HTTP_RANGE_WHOLE, 0, 10},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct http_range range = {99, 99};
        enum http_range_kind kind = http_range_parse(str_from(rows[i].value), rows[i].size, &range);

        if (kind != rows[i].kind || range.offset != rows[i].offset ||
            range.length != rows[i].length)
            tap_fail(__FILE__, __LINE__, "%s of %d: kind %d, %d bytes from %d", rows[i].value,
                     (int)rows[i].size, kind, (int)range.length, (int)range.offset);
    }
}

TEST(content_range_names_the_part_and_the_whole)
{
    char out[HTTP_CONTENT_RANGE_BYTES];
    struct http_range range = {3, 4};

    CHECK_STR(http_content_range(HTTP_RANGE_PART, &range, 10, out), "bytes 3-6/10");
    CHECK_STR(http_content_range(HTTP_RANGE_UNSATISFIABLE, &range, 10, out), "bytes */10");
    range = (struct http_range){UINT64_MAX - 1, 1};
    CHECK_STR(http_content_range(HTTP_RANGE_PART, &range, UINT64_MAX, out),
              "bytes 18446744073709551614-18446744073709551614/18446744073709551615");
}

TEST(if_none_match_compares_weakly)
{
    struct str etag = STR("\"a1\"");

    CHECK(http_etag_matches(STR("\"a1\""), etag));
    CHECK(http_etag_matches(STR("W/\"a1\""), etag));
    CHECK(http_etag_matches(STR("\"x\", W/\"a1\" ,\"y\""), etag));
    CHECK(http_etag_matches(STR(" * "), etag));
    CHECK(!http_etag_matches(STR("\"a\""), etag));
    CHECK(!http_etag_matches(STR("a1"), etag));
    CHECK(!http_etag_matches(STR(""), etag));
}

TEST(if_range_compares_strongly_and_dates_never_match)
{
    CHECK(http_if_range_matches(STR("\"a1\""), STR("\"a1\"")));
    CHECK(!http_if_range_matches(STR("W/\"a1\""), STR("\"a1\"")));
    CHECK(!http_if_range_matches(STR("W/\"a1\""), STR("W/\"a1\"")));
    CHECK(!http_if_range_matches(STR("Sat, 21 Nov 2026 16:00:00 GMT"), STR("\"a1\"")));
}
