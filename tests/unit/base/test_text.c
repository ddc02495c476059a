/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/str.h"
#include "harness/tap.h"

TEST(numbers_are_whole_decimal_and_in_range)
{
    int64_t value = 0;
    uint64_t big = 0;

    CHECK(str_to_int(STR("9223372036854775807"), &value) && value == INT64_MAX);
    CHECK(str_to_int(STR("-9223372036854775808"), &value) && value == INT64_MIN);
    CHECK(str_to_uint(STR("18446744073709551615"), &big) && big == UINT64_MAX);
    CHECK(!str_to_int(STR("9223372036854775808"), &value));
    CHECK(!str_to_uint(STR("18446744073709551616"), &big));
    CHECK(!str_to_int(STR(""), &value) && !str_to_int(STR("-"), &value));
    CHECK(!str_to_int(STR("+1"), &value) && !str_to_int(STR(" 1"), &value));
    CHECK(!str_to_int(STR("1a"), &value) && !str_to_int(STR("1.0"), &value));
}

TEST(cut_walks_a_list_and_tells_the_end)
{
    struct str rest = STR("a,,b"), part = {0};

    rest = str_cut(rest, ',', &part);
    CHECK(str_eq_c(part, "a") && rest.ptr);
    rest = str_cut(rest, ',', &part);
    CHECK(part.len == 0 && rest.ptr);
    rest = str_cut(rest, ',', &part);
    CHECK(str_eq_c(part, "b") && !rest.ptr);
}

TEST(find_prefix_suffix_and_trim)
{
    CHECK_INT(str_find(STR("abcabc"), STR("ca")), 2);
    CHECK_INT(str_find(STR("abc"), STR("x")), -1);
    CHECK_INT(str_find(STR("ab"), STR("abc")), -1);
    CHECK(str_starts(STR("video_12"), STR("video_")) && !str_starts(STR("vid"), STR("video_")));
    CHECK(str_ends(STR("a.mp4"), STR(".mp4")) && !str_ends(STR("4"), STR(".mp4")));
    CHECK(str_eq_c(str_trim(STR(" \t a b\r\n")), "a b"));
    CHECK(str_eq_nocase(STR("X-Api-Key"), STR("x-aPI-kEY")));
    CHECK(!str_eq_nocase(STR("ab"), STR("ac")));
}

TEST(secrets_compare_whole)
{
    CHECK(str_eq_secret(STR("abcd"), STR("abcd")));
    CHECK(!str_eq_secret(STR("abcd"), STR("abce")) && !str_eq_secret(STR("abc"), STR("abcd")));
}

TEST(utf8_is_checked_strictly)
{
    CHECK(str_is_utf8(STR("plain")) && str_is_utf8(STR("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80")));
    CHECK(!str_is_utf8(STR("\xC0\xAF")));         /* overlong */
    CHECK(!str_is_utf8(STR("\xE0\x80\x80")));     /* overlong */
    CHECK(!str_is_utf8(STR("\xED\xA0\x80")));     /* surrogate */
    CHECK(!str_is_utf8(STR("\xF4\x90\x80\x80"))); /* above U+10FFFF */
    CHECK(!str_is_utf8(STR("\xE2\x82")));         /* cut */
    CHECK(!str_is_utf8(STR("\x80")));
    CHECK_INT(str_utf8_count(STR("a\xE2\x82\xAC\xF0\x9F\x98\x80")), 3);
}

TEST(copy_says_when_it_cut)
{
    char out[4];

    CHECK(str_copy(STR("abc"), out, sizeof(out)));
    CHECK_STR(out, "abc");
    CHECK(!str_copy(STR("abcd"), out, sizeof(out)));
    CHECK_STR(out, "abc");
}

TEST(buffer_over_its_maximum_is_empty_and_stays_over)
{
    struct buf buf;

    buf_init(&buf, 8);
    CHECK(buf_add_str(&buf, STR("12345678")));
    CHECK(!buf_add_char(&buf, '9'));
    CHECK(buf_is_over(&buf) && buf.len == 0);
    CHECK(!buf_add_char(&buf, 'a'));
    buf_clear(&buf);
    CHECK(buf_printf(&buf, "%d-%s", 12, "abc"));
    CHECK_STR(buf_cstr(&buf), "12-abc");
    buf_consume(&buf, 3);
    CHECK_STR(buf_cstr(&buf), "abc");
    buf_fini(&buf);
}

TEST(arena_keeps_what_it_gave_and_aligns)
{
    struct arena arena;
    struct str first, big;

    arena_init(&arena, 1 << 20);
    first = arena_printf(&arena, "%s-%d", "job", 7);
    for (int i = 0; i < 1000; i++)
        CHECK(((uintptr_t)arena_alloc(&arena, 3) & 15) == 0);
    big = arena_printf(&arena, "%0600d", 5);
    CHECK_INT(big.len, 600);
    CHECK_STR(first.ptr, "job-7");
    arena_reset(&arena);
    CHECK_INT(arena.used_bytes, arena.left_bytes);
    arena_fini(&arena);
}

TEST(err_is_one_line_and_knows_its_status)
{
    struct err err = {0};

    CHECK(!err_set_param(&err, ERR_FUNDS, "model", "a\nb\tc"));
    CHECK_STR(err.text, "a b c");
    CHECK_STR(err.param, "model");
    CHECK_INT(err_http_status(err.kind), 402);
    CHECK(!err_is_retryable(ERR_INVALID) && err_is_retryable(ERR_BUSY));
    CHECK_STR(err_kind_name(ERR_BUSY), "ERR_BUSY");
}

TEST(iso_time_has_milliseconds_and_z)
{
    char out[CLOCK_ISO_BYTES];

    clock_iso(1774790227042, out);
    CHECK_STR(out, "2026-03-29T13:17:07.042Z");
    clock_iso(0, out);
    CHECK_STR(out, "1970-01-01T00:00:00.000Z");
    clock_iso(-1, out);
    CHECK_STR(out, "1970-01-01T00:00:00.000Z");
    clock_iso(INT64_MAX, out);
    CHECK_STR(out, "9999-12-31T23:59:59.999Z");
}

TEST(logged_values_cannot_break_the_line)
{
    CHECK_STR(log_quote(STR("plain-1")), "plain-1");
    CHECK_STR(log_quote(STR("a b\"\n")), "\"a b\\\"\\x0a\"");
    CHECK_STR(log_quote(STR("")), "\"\"");
}

TEST(a_text_is_cut_between_characters)
{
    struct str text = STR("a\xC3\xA4\xE2\x82\xAC");

    CHECK_INT(str_utf8_head(text, 10).len, 6);
    CHECK_INT(str_utf8_head(text, 6).len, 6);
    CHECK_INT(str_utf8_head(text, 5).len, 3);
    CHECK_INT(str_utf8_head(text, 3).len, 3);
    CHECK_INT(str_utf8_head(text, 2).len, 1);
    CHECK_INT(str_utf8_head(text, 0).len, 0);
}

TEST(times_are_read_as_they_are_written)
{
    static const char *const wrong[] = {
        "",
        "2026",
        "2026-11",
        "2026-11-1",
        "2026-02-29",
        "2026-13-01",
        "2026-00-10",
        "2026-11-31",
        "1969-12-31",
        "2026-11-21T",
        "2026-11-21T12",
        "2026-11-21T24:00",
        "2026-11-21T12:60",
        "2026-11-21T12:00:60",
        "2026-11-21T12:00:00+02:00",
        "2026-11-21 12:00",
        "2026-11-21T12:00:00.1Z",
        "2026-11-21Z",
        "2026-11-21x",
        "-026-11-21",
    };
    static const int64_t times[] = {0, 1, 951782400000, 1795276800123, 4102444799999};
    char text[CLOCK_ISO_BYTES];
    int64_t ms = 0;

    for (size_t i = 0; i < ARRAY_LEN(times); i++) {
        clock_iso(times[i], text);
        CHECK(clock_parse(str_from(text), &ms));
        CHECK_INT(ms, times[i]);
    }
    CHECK(clock_parse(STR("2026-11-21"), &ms));
    clock_iso(ms, text);
    CHECK_STR(text, "2026-11-21T00:00:00.000Z");
    CHECK(clock_parse(STR("2024-02-29T23:59Z"), &ms));
    clock_iso(ms, text);
    CHECK_STR(text, "2024-02-29T23:59:00.000Z");
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        if (clock_parse(str_from(wrong[i]), &ms))
            tap_fail(__FILE__, __LINE__, "accepted: %s", wrong[i]);
    }
}
