/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

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

TEST(reader_refuses_what_is_not_strict_json)
{
    static const char *const bad[] = {"",     "{",       "{\"a\":1,\"a\":2}",  "{'a':1}",
                                      "[1,]", "{} junk", "\"\xFF\"",           "{\"n\":1e999}",
                                      "nul",  "[01]",    "{\"a\":\"\\ud800\"}"};

    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct jsonr doc = {0};
        struct err err = {0};

        if (jsonr_parse(&doc, str_from(bad[i]), &err))
            tap_fail(__FILE__, __LINE__, "accepted %s", bad[i]);
        CHECK_INT(err.kind, ERR_INVALID);
        jsonr_fini(&doc);
    }
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
