/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/jsonr.h"
#include "base/jsonw.h"
#include "harness/tap.h"

static struct buf out;
static struct jsonw w;

static const char *written(void)
{
    return buf_cstr(&out);
}

static void begin(void)
{
    buf_init(&out, 4096);
    jsonw_init(&w, &out);
}

TEST(writer_places_commas_and_closes)
{
    begin();
    jsonw_object(&w);
    jsonw_key(&w, "a");
    jsonw_int(&w, -5);
    jsonw_key(&w, "b");
    jsonw_array(&w);
    jsonw_bool(&w, true);
    jsonw_null(&w);
    jsonw_object(&w);
    jsonw_end(&w);
    jsonw_end(&w);
    jsonw_key(&w, "c");
    jsonw_raw(&w, STR("{\"x\":1}"));
    jsonw_end(&w);
    CHECK_STR(written(), "{\"a\":-5,\"b\":[true,null,{}],\"c\":{\"x\":1}}");
    buf_fini(&out);
}

TEST(writer_prints_every_whole_number)
{
    begin();
    jsonw_array(&w);
    jsonw_int(&w, 0);
    jsonw_int(&w, 10);
    jsonw_int(&w, INT64_MAX);
    jsonw_int(&w, INT64_MIN);
    jsonw_end(&w);
    CHECK_STR(written(), "[0,10,9223372036854775807,-9223372036854775808]");
    buf_fini(&out);
}

TEST(writer_escapes_and_mends_text)
{
    begin();
    jsonw_str(&w, STR("q\" b\\ n\n t\t z\x01 \xC3\xA9 \xFF"));
    CHECK_STR(written(), "\"q\\\" b\\\\ n\\n t\\t z\\u0001 \xC3\xA9 \xEF\xBF\xBD\"");
    buf_fini(&out);
}

TEST(writer_prints_short_reals)
{
    begin();
    jsonw_array(&w);
    jsonw_real(&w, 4.0);
    jsonw_real(&w, 0.125);
    jsonw_real(&w, 1.0 / 0.0);
    jsonw_end(&w);
    CHECK_STR(written(), "[4,0.125,null]");
    buf_fini(&out);
}

TEST(reader_gives_typed_values_and_fallbacks)
{
    struct jsonr doc = {0};
    struct err err;
    struct jsonv root;
    char *text = NULL;

    CHECK_OK(
        jsonr_parse(&doc, STR("{\"s\":\"x\",\"n\":7,\"r\":1.5,\"a\":[1,2],\"z\":null}"), &err));
    root = jsonr_root(&doc);
    CHECK(str_eq_c(jsonv_str(jsonv_get(root, "s"), STR("")), "x"));
    CHECK_INT(jsonv_int(jsonv_get(root, "n"), 0), 7);
    CHECK_INT(jsonv_int(jsonv_get(root, "r"), 3), 3);
    CHECK_INT(jsonv_type(jsonv_get(root, "z")), JSONR_NULL);
    CHECK_INT(jsonv_type(jsonv_get(root, "none")), JSONR_MISSING);
    CHECK_INT(jsonv_type(jsonv_get(jsonv_get(root, "s"), "deeper")), JSONR_MISSING);
    CHECK(jsonv_is_absent(jsonv_get(root, "z")) && jsonv_is_absent(jsonv_get(root, "none")));
    CHECK(!jsonv_is_absent(jsonv_get(root, "s")));
    CHECK_INT(jsonv_int(jsonv_at(jsonv_get(root, "a"), 1), 0), 2);
    CHECK_STR(jsonv_type_name(jsonv_get(root, "n")), "integer");
    text = jsonv_dump(jsonv_get(root, "a"));
    CHECK_STR(text, "[1,2]");
    free(text);
    jsonr_fini(&doc);
}

static const char *const not_json[] = {"",
                                       " ",
                                       "{",
                                       "[",
                                       "]",
                                       "{} junk",
                                       "[1,]",
                                       "[,1]",
                                       "[1 2]",
                                       "[1}",
                                       "{'a':1}",
                                       "{a:1}",
                                       "{\"a\"}",
                                       "{\"a\":}",
                                       "{\"a\":1,}",
                                       "{\"a\":1,\"a\":2}",
                                       "{\"\\u0061\":1,\"a\":2}",
                                       "{\"a\\u0000\":1}",
                                       "{1:1}",
                                       "nul",
                                       "True",
                                       "NaN",
                                       "Infinity",
                                       "-Infinity",
                                       "01",
                                       "-01",
                                       "[01]",
                                       "+1",
                                       "-",
                                       "1.",
                                       ".5",
                                       "1.e1",
                                       "1e",
                                       "1e+",
                                       "0x10",
                                       "1_000",
                                       "9223372036854775808",
                                       "-9223372036854775809",
                                       "{\"n\":1e999}",
                                       "-1e999",
                                       "\"",
                                       "\"a",
                                       "\"\\\"",
                                       "\"\\",
                                       "\"\t\"",
                                       "\"\n\"",
                                       "\"\\x\"",
                                       "\"\\u12\"",
                                       "\"\\u12g4\"",
                                       "\"\xFF\"",
                                       "\"\xC0\xAF\"",
                                       "\"\xED\xA0\x80\"",
                                       "\"\xF4\x90\x80\x80\"",
                                       "\"\xC3\"",
                                       "{\"a\":\"\\ud800\"}",
                                       "\"\\udc00\"",
                                       "\"\\ud800\\u0041\"",
                                       "\"\\ud800\\ud800\"",
                                       "\xEF\xBB\xBF{}",
                                       "[1]\f",
                                       "// c\n1",
                                       "\"a\" \"b\""};

TEST(reader_refuses_what_is_not_strict_json)
{
    for (size_t i = 0; i < ARRAY_LEN(not_json); i++) {
        struct jsonr doc = {0};
        struct err err = {0};

        if (jsonr_parse(&doc, str_from(not_json[i]), &err))
            tap_fail(__FILE__, __LINE__, "accepted %s", not_json[i]);
        CHECK_INT(err.kind, ERR_INVALID);
        jsonr_fini(&doc);
    }
}

TEST(reader_takes_all_that_is_json)
{
    static const char text[] =
        " [\t-0, 0, 9223372036854775807, -9223372036854775808, 1.5e+3,\r\n"
        "0e5, 1e-999, true, false, null, \"\", {}, [ ],\n"
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20AC\\ud83d\\ude00\xC3\xA9\x7F\",\n"
        "{ \"\" : 1 , \"a\":{\"a\":[{}]} } ] ";
    struct jsonr doc = {0};
    struct err err;
    struct jsonv root;

    CHECK_OK(jsonr_parse(&doc, str_from(text), &err));
    root = jsonr_root(&doc);
    CHECK_INT(jsonv_len(root), 15);
    CHECK_INT(jsonv_type(jsonv_at(root, 0)), JSONR_INT);
    CHECK(jsonv_int(jsonv_at(root, 2), 0) == INT64_MAX);
    CHECK(jsonv_int(jsonv_at(root, 3), 0) == INT64_MIN);
    CHECK(jsonv_real(jsonv_at(root, 4), 0) == 1500);
    CHECK(jsonv_real(jsonv_at(root, 6), 1) == 0);
    CHECK(jsonv_bool(jsonv_at(root, 7), false) && !jsonv_bool(jsonv_at(root, 8), true));
    CHECK_INT(jsonv_type(jsonv_at(root, 9)), JSONR_NULL);
    CHECK_INT(jsonv_str(jsonv_at(root, 10), STR("x")).len, 0);
    CHECK_STR(jsonv_str(jsonv_at(root, 13), STR("")).ptr,
              "\"\\/\b\f\n\r\t\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\xC3\xA9\x7F");
    CHECK_INT(jsonv_int(jsonv_get(jsonv_at(root, 14), ""), 0), 1);
    CHECK_INT(jsonv_len(jsonv_get(jsonv_get(jsonv_at(root, 14), "a"), "a")), 1);
    CHECK_INT(jsonv_type(jsonv_at(root, 15)), JSONR_MISSING);
    jsonr_fini(&doc);
}

TEST(reader_walks_an_object_in_its_order)
{
    struct jsonr doc = {0};
    struct err err;
    void *cursor = NULL;
    struct str key;
    struct jsonv value;
    int count = 0;

    CHECK_OK(jsonr_parse(&doc, STR("{\"k0\":0,\"k2\":1,\"k1\":2}"), &err));
    while (jsonv_next(jsonr_root(&doc), &cursor, &key, &value))
        CHECK_INT(jsonv_int(value, -1), count++);
    CHECK_INT(count, 3);
    jsonr_fini(&doc);
}

/* {"k0":0,"k1":1,…}; with `again`, one key comes twice. */
static const char *wide_object(int count, int again)
{
    buf_clear(&out);
    buf_add_char(&out, '{');
    for (int i = 0; i < count; i++)
        buf_printf(&out, "\"k%d\":%d,", i, i);
    buf_printf(&out, "\"%s%d\":1}", again < 0 ? "last" : "k", again);
    return buf_cstr(&out);
}

TEST(reader_finds_equal_keys_among_few_and_among_many)
{
    struct err err;

    buf_init(&out, 1 << 20);
    for (int count = 1; count < 3000; count = count * 3 / 2 + 1) {
        struct jsonr good = {0}, bad = {0};

        CHECK_OK(jsonr_parse(&good, str_from(wide_object(count, -1)), &err));
        CHECK_INT(jsonv_len(jsonr_root(&good)), count + 1);
        CHECK_INT(jsonv_int(jsonv_get(jsonr_root(&good), "k0"), 9), 0);
        CHECK(!jsonr_parse(&bad, str_from(wide_object(count, count / 2)), &err));
        jsonr_fini(&good);
        jsonr_fini(&bad);
    }
    buf_fini(&out);
}

TEST(reader_says_where_it_stopped)
{
    struct jsonr doc = {0};
    struct err err;

    CHECK(!jsonr_parse(&doc, STR("{\n  \"a\": tru\n}"), &err));
    CHECK_STR(err.text, "invalid JSON at line 2, column 8: this is no value");
    jsonr_fini(&doc);
}

TEST(reader_refuses_more_values_than_its_limit)
{
    struct jsonr doc = {0};
    struct err err;
    char *many = malloc(2 * JSONR_VALUES_MAX + 1);

    for (int i = 0; i < JSONR_VALUES_MAX; i++) {
        many[2 * i] = i ? ',' : '[';
        many[2 * i + 1] = '0';
    }
    many[2 * JSONR_VALUES_MAX] = ']';
    CHECK(!jsonr_parse(&doc, str_from_bytes(many, 2 * JSONR_VALUES_MAX + 1), &err));
    jsonr_fini(&doc);
    many[2 * JSONR_VALUES_MAX - 2] = ']';
    CHECK_OK(jsonr_parse(&doc, str_from_bytes(many, 2 * JSONR_VALUES_MAX - 1), &err));
    CHECK_INT(jsonv_len(jsonr_root(&doc)), JSONR_VALUES_MAX - 1);
    jsonr_fini(&doc);
    free(many);
}

TEST(reader_refuses_endless_nesting)
{
    struct jsonr doc = {0};
    struct err err;
    static char deep[100000];

    memset(deep, '[', sizeof(deep));
    CHECK(!jsonr_parse(&doc, str_from_bytes(deep, sizeof(deep)), &err));
    jsonr_fini(&doc);
}

TEST(reader_takes_a_document_that_nobody_cleared)
{
    struct jsonr doc;
    struct err err;

    memset(&doc, 0xA5, sizeof doc);
    CHECK_OK(jsonr_parse(&doc, STR("[7]"), &err));
    CHECK_INT(jsonv_int(jsonv_at(jsonr_root(&doc), 0), 0), 7);
    jsonr_fini(&doc);
    memset(&doc, 0xA5, sizeof doc);
    CHECK(!jsonr_parse(&doc, STR("["), &err));
    jsonr_fini(&doc);
}
