/* SPDX-License-Identifier: Apache-2.0 */
#include "api/extras.h"
#include "api/faults.h"
#include "harness/tap.h"

static struct arena arena;
static struct faults faults;
static struct jsonr doc;

static struct jsonv parse(const char *text)
{
    struct err err;

    arena_fini(&arena);
    jsonr_fini(&doc);
    faults = (struct faults){.arena = &arena};
    if (!jsonr_parse(&doc, str_from(text), &err))
        tap_fail(__FILE__, __LINE__, "%s", err.text);
    return jsonr_root(&doc);
}

static struct render_request apply(const char *text)
{
    struct render_request render = {
        .seconds = 4, .width = 1280, .height = 720, .fps = 30, .seed = -1};

    extras_apply(parse(text), &render, &faults);
    return render;
}

TEST(extras_replace_what_they_name)
{
    struct render_request render =
        apply("{\"seconds\":6,\"size\":\"640x360\",\"fps\":24,\"seed\":7}");

    CHECK_INT(faults.count, 0);
    CHECK(render.seconds == 6 && render.width == 640 && render.height == 360);
    CHECK(render.fps == 24 && render.seed == 7);
    render = apply("{\"seed\":9223372036854775807}");
    CHECK(render.seed == INT64_MAX && render.seconds == 4 && render.width == 1280);
    render = apply("null");
    CHECK_INT(faults.count, 0);
}

TEST(extras_out_of_range_are_refused_by_name)
{
    static const struct {
        const char *text, *field;
    } bad[] = {
        {"7", "vitascope"},
        {"{\"seconds\":0}", "vitascope.seconds"},
        {"{\"seconds\":21}", "vitascope.seconds"},
        {"{\"seconds\":4.5}", "vitascope.seconds"},
        {"{\"seconds\":\"4\"}", "vitascope.seconds"},
        {"{\"fps\":25}", "vitascope.fps"},
        {"{\"seed\":-1}", "vitascope.seed"},
        {"{\"size\":\"641x360\"}", "vitascope.size"},
        {"{\"size\":\"640\"}", "vitascope.size"},
        {"{\"size\":\"4000x4000\"}", "vitascope.size"},
        {"{\"size\":[640,360]}", "vitascope.size"},
    };

    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        apply(bad[i].text);
        if (faults.count != 1)
            tap_fail(__FILE__, __LINE__, "%zu faults for %s", faults.count, bad[i].text);
        CHECK_STR(faults.list[0].field, bad[i].field);
    }
}

TEST(names_nobody_reads_are_listed)
{
    static const char *const known[] = {"a", NULL};

    faults_ignore_unknown(&faults, parse("{\"a\":1,\"b\":2}"), "x.", known);
    CHECK(str_eq_c(faults.ignored, "x.b"));
    CHECK_INT(faults.count, 0);
}

TEST(a_member_of_the_wrong_type_is_a_fault_and_null_is_absence)
{
    struct jsonv root = parse("{\"s\":\"x\",\"n\":5,\"z\":null}");

    CHECK(str_eq_c(faults_str(&faults, root, "s", "s"), "x"));
    CHECK(!faults_str(&faults, root, "z", "z").ptr && !faults_str(&faults, root, "q", "q").ptr);
    CHECK_INT(faults.count, 0);
    CHECK(!faults_str(&faults, root, "n", "n").ptr);
    CHECK_INT(faults.count, 1);
    CHECK(str_eq_c(faults.list[0].text, "Expected string, received integer"));
}

TEST(faults_beyond_the_limit_are_not_kept)
{
    parse("{}");
    for (int i = 0; i < 100; i++)
        faults_add(&faults, "f", "wrong %d", i);
    CHECK_INT(faults.count, FAULTS_MAX);
}
