/* SPDX-License-Identifier: Apache-2.0 */
#include "api/openai/openai.h"

#include "reading.h"

static struct catalog *models(void)
{
    static struct catalog *catalog;
    struct catalog_model small = {.name = STR("sora-2"),
                                  .steps = {{1280 * 720, 1}},
                                  .step_count = 1,
                                  .route = {STR("e")},
                                  .route_len = 1};
    struct catalog_model pro = small, tiny = small;
    struct err err;

    if (catalog)
        return catalog;
    pro.name = STR("sora-2-pro");
    pro.steps[0].pixels_max = 1920 * 1080;
    tiny.name = STR("tiny");
    tiny.steps[0].pixels_max = 320 * 200;
    catalog = catalog_new();
    CHECK(catalog_add(catalog, &small, &err) && catalog_add(catalog, &pro, &err) &&
          catalog_add(catalog, &tiny, &err));
    return catalog;
}

static void read_root(struct create *create, struct jsonv root)
{
    struct openai_body body = {.root = root};

    openai_read(create, models(), &body);
}

static struct create *read_it(const char *body)
{
    return read_body(body, &openai_create, read_root);
}

static void check_shape(const char *body, int seconds, int width, int height)
{
    struct create *create = read_it(body);
    const struct render_request *render = &create->submit.render;

    CHECK_STR(first_sentence(create), "");
    if (render->seconds != seconds || render->width != width || render->height != height)
        tap_fail(__FILE__, __LINE__, "%d s of %dx%d for %s", render->seconds, render->width,
                 render->height, body);
}

TEST(a_prompt_alone_is_four_seconds_of_sora_2_upright)
{
    check_shape("{'prompt':'p'}", 4, 720, 1280);
    CHECK(str_eq_c(read_it("{'prompt':'p'}")->submit.model, "sora-2"));
    check_shape("{'prompt':'p','model':null,'seconds':null,'size':null}", 4, 720, 1280);
}

TEST(every_documented_length_and_size_is_taken)
{
    check_shape("{'prompt':'p','seconds':'8','size':'1280x720'}", 8, 1280, 720);
    check_shape("{'prompt':'p','seconds':'12','model':'sora-2-pro','size':'1024x1792'}", 12, 1024,
                1792);
    check_shape("{'prompt':'p','seconds':'16','model':'sora-2-pro','size':'1792x1024'}", 16, 1792,
                1024);
    check_shape("{'prompt':'p','seconds':'20','model':'sora-2-pro','size':'1080x1920'}", 20, 1080,
                1920);
    check_shape("{'prompt':'p','seconds':'4','model':'sora-2-pro','size':'1920x1080'}", 4, 1920,
                1080);
}

TEST(a_picture_must_have_the_size_that_the_video_will_have)
{
    struct create *create =
        read_it("{'prompt':'p','size':'1280x720','input_reference':{'image_url':'u'}}");

    CHECK(str_eq_c(create->image, "u"));
    CHECK(create->image_limits.width == 1280 && create->image_limits.height == 720);
    create = read_it("{'prompt':'p','vitascope':{'size':'320x180'}}");
    CHECK(create->image_limits.width == 320 && create->image_limits.height == 180);
}

TEST(the_first_fault_alone_is_told_with_its_code)
{
    static const struct {
        const char *body, *code, *field, *text;
    } rows[] = {
        {"{}", "missing_required_parameter", "prompt", "Missing required parameter: 'prompt'."},
        {"{'prompt':null}", "invalid_type", "prompt",
         "Invalid type for 'prompt': expected a string, but got null instead."},
        {"{'prompt':'p','seconds':8}", "invalid_type", "seconds",
         "Invalid type for 'seconds': expected one of '4', '8', '12', '16', or '20', but got an "
         "integer instead."},
        {"{'prompt':'p','seconds':'15'}", "invalid_value", "seconds",
         "Invalid value: '15'. Supported values are: '4', '8', '12', '16', and '20'."},
        {"{'prompt':'p','size':'1792x1024'}", "invalid_value", "size",
         "Invalid value: '1792x1024'. Supported values are: '720x1280' and '1280x720'."},
        {"{'prompt':'p','width':1,'size':'1x1'}", "invalid_value", "size",
         "Invalid value: '1x1'. Supported values are: '720x1280' and '1280x720'."},
        {"{'prompt':'p','width':1}", "unknown_parameter", "width", "Unknown parameter: 'width'."},
        {"{'prompt':'p','input_reference':{'url':'u'}}", "unknown_parameter", "input_reference.url",
         "Unknown parameter: 'input_reference.url'."},
        {"{'prompt':'p','input_reference':{}}", "missing_required_parameter",
         "input_reference.image_url", "Missing required parameter: 'input_reference.image_url'."},
        {"{'prompt':'p','input_reference':'u'}", "invalid_type", "input_reference",
         "Invalid type for 'input_reference': expected an object, but got a string instead."},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct faults *faults = &read_it(rows[i].body)->faults;

        CHECK(faults->count == 1);
        CHECK_STR(faults->list[0].code, rows[i].code);
        CHECK_STR(faults->list[0].field, rows[i].field);
        CHECK(str_eq_c(faults->list[0].text, rows[i].text));
    }
}

TEST(a_word_of_the_caller_is_repeated_in_part)
{
    char text[300] = "{'prompt':'p','seconds':'";
    size_t len = strlen(text);

    memset(text + len, 'x', 200);
    memcpy(text + len + 200, "'}", 3);
    CHECK(read_it(text)->faults.list[0].text.len < 160);
    CHECK(str_find(read_it(text)->faults.list[0].text, STR("xxxx'. Supported")) > 0);
}

TEST(a_model_of_other_sizes_can_be_asked_by_our_own_member)
{
    check_shape("{'prompt':'p','model':'tiny','vitascope':{'size':'320x180'}}", 4, 320, 180);
}
