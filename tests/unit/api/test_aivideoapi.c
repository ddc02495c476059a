/* SPDX-License-Identifier: Apache-2.0 */
#include "api/aivideoapi/aivideoapi.h"
#include "api/codes.h"
#include "api/shared.h"
#include "reading.h"

#define NESTED "{'model':'sora-2','input':{'prompt':'p','duration':8,'aspect_ratio':'16:9'"

static struct create *read_it(const char *body)
{
    return read_body(body, &aivideoapi_create, aivideoapi_read);
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

TEST(the_nested_form_says_all_in_its_input)
{
    check_shape(NESTED "}}", 8, 1280, 720);
    check_shape("{'model':'sora-2','input':{'prompt':'p','duration':12,'aspect_ratio':'9:16'}}", 12,
                720, 1280);
    CHECK(str_eq_c(read_it(NESTED "}}")->submit.render.prompt, "p"));
    CHECK(str_eq_c(read_it(NESTED ",'image_urls':['u']}}")->image, "u"));
    CHECK(!read_it(NESTED ",'image_urls':[]}}")->image.ptr);
    CHECK(str_eq_c(read_it(NESTED ",'image_urls':[{'url':'u'}]}}")->image, "u"));
}

TEST(members_of_the_input_win_over_those_beside_it)
{
    check_shape("{'model':'sora-2','duration':4,'aspect_ratio':'9:16','prompt':'q',"
                "'input':{'prompt':'p','duration':12}}",
                12, 720, 1280);
    CHECK(str_eq_c(read_it("{'model':'sora-2','prompt':'q','duration':4,'aspect_ratio':'9:16',"
                           "'input':{'prompt':'p'}}")
                       ->submit.render.prompt,
                   "p"));
}

TEST(a_callback_is_for_each_end_of_a_task)
{
    const struct service_submit *submit =
        &read_it("{'model':'sora-2','prompt':'p','callback_url':'https://a.example/h?x=1'}")
             ->submit;

    CHECK(str_eq_c(submit->callback_url, "https://a.example/h?x=1"));
    CHECK(str_eq_c(submit->callback_base, "http://here"));
    CHECK_INT(submit->callback_events,
              BIT(JOB_EVENT_COMPLETED) | BIT(JOB_EVENT_FAILED) | BIT(JOB_EVENT_CANCELED));
    CHECK(!read_it(NESTED "}}")->submit.callback_url.ptr);
}

TEST(the_flat_form_has_defaults)
{
    check_shape("{'model':'sora-2','prompt':'p'}", 8, 1280, 720);
    check_shape("{'model':'sora-2','prompt':'p','duration':8,'size':'1280x720'}", 8, 1280, 720);
    check_shape("{'model':'sora-2','prompt':'p','duration':4,'size':'720x1280'}", 4, 720, 1280);
    check_shape("{'model':'sora-2','prompt':'p','aspect_ratio':'9:16'}", 8, 720, 1280);
    CHECK(str_eq_c(read_it("{'model':'sora-2','prompt':'p','image_url':'u'}")->image, "u"));
}

TEST(what_is_wrong_is_said_in_the_documented_words)
{
    static const struct reading readings[] = {
        {"{'input':{'prompt':'p','duration':8,'aspect_ratio':'16:9'}}", "'model' is required."},
        {"{'model':'','prompt':'p'}", "'model' is required."},
        {"{'model':null,'prompt':'p'}", "'model' is required."},
        {"{'model':2,'prompt':'p'}", "'model' must be a string."},
        {"{'model':'m','input':{'duration':8,'aspect_ratio':'16:9'}}", "'prompt' is required."},
        {"{'model':'m','duration':8}", "'prompt' is required."},
        {"{'model':'m','prompt':''}", "'prompt' is required."},
        {"{'model':'m','prompt':['p']}", "'prompt' must be a string."},
        {"{'model':'m','input':{'prompt':'p','aspect_ratio':'16:9'}}", "'duration' is required."},
        {"{'model':'m','input':{'prompt':'p','duration':8}}", "'aspect_ratio' is required."},
        {"{'model':'m','input':{'prompt':'p','duration':8,'size':'1280x720'}}",
         "'aspect_ratio' is required."},
        {"{'model':'m','prompt':'p','duration':5}", "'duration' must be 4, 8, or 12."},
        {"{'model':'m','prompt':'p','duration':'8'}", "'duration' must be 4, 8, or 12."},
        {"{'model':'m','prompt':'p','duration':16}", "'duration' must be 4, 8, or 12."},
        {"{'model':'m','prompt':'p','aspect_ratio':'1:1'}", "'aspect_ratio' must be 16:9 or 9:16."},
        {"{'model':'m','prompt':'p','size':'1x1'}", "'size' must be 1280x720 or 720x1280."},
        {"{'model':'m','prompt':'p','size':'720x1280','aspect_ratio':'16:9'}",
         "'size' conflicts with 'aspect_ratio'."},
        {"{'model':'m','prompt':'p','image_urls':['a','b']}", "'image_urls' accepts only 1 image."},
        {"{'model':'m','prompt':'p','image_urls':['a'],'image_url':'b'}",
         "'image_url' accepts only 1 image."},
        {"{'model':'m','prompt':'p','image_urls':[7]}",
         "'image_urls' must name an image by its URL."},
        {"{'model':'m','prompt':'p','image_urls':'a'}",
         "'image_urls' must be an array of image URLs."},
        {"{'model':'m','prompt':'p','callback_url':7}", "'callback_url' must be a string."},
        {"{'model':'m','prompt':'p','callback_url':'ftp://x/'}",
         "'callback_url' must be an http(s) URL of at most 2048 characters."},
        {"{'model':'m','prompt':'p','vitascope':{'fps':25}}",
         "'vitascope.fps': Expected 24 or 30."},
    };

    check_faults(readings, ARRAY_LEN(readings), &aivideoapi_create, aivideoapi_read);
    CHECK_STR(first_sentence(read_it("{'model':'sora-2'}")), "'input' is required.");
    CHECK_STR(first_sentence(read_it("{'model':'sora-2','input':'p'}")),
              "'input' must be an object.");
    CHECK_STR(first_sentence(read_it("{}")), "'model' is required.");
}

TEST(a_prompt_has_at_most_5000_characters)
{
    char body[32000] = "{'model':'m','prompt':'";
    size_t start = strlen(body);

    for (int i = 0; i < AIVIDEOAPI_PROMPT_CHARS_MAX; i++)
        memcpy(body + start + 3 * i, "\u4e2d", 3);
    memcpy(body + start + 15000, "'}", 3);
    CHECK_STR(first_sentence(read_it(body)), "");
    memcpy(body + start + 15000, "x'}", 4);
    CHECK_STR(first_sentence(read_it(body)), "'prompt' must be at most 5000 characters.");
}

static void check_codes(enum err_kind kind, const char *param, const char *code, const char *type)
{
    struct err err;
    struct codes codes;

    err_set_param(&err, kind, param, "text");
    codes = codes_of(&err);
    CHECK_STR(codes.code, code);
    CHECK_STR(codes.type, type);
}

TEST(the_error_table_is_the_documented_one)
{
    check_codes(ERR_INVALID, "x", "invalid_request", "invalid_request_error");
    check_codes(ERR_UNAUTHORIZED, "", "invalid_api_key", "authentication_error");
    check_codes(ERR_FUNDS, "", "insufficient_credits", "billing_error");
    check_codes(ERR_FORBIDDEN, "ip", "ip_not_allowed", "permission_error");
    check_codes(ERR_FORBIDDEN, "scope", "permission_denied", "permission_error");
    check_codes(ERR_NOT_FOUND, "model", "model_not_found", "invalid_request_error");
    check_codes(ERR_NOT_FOUND, "id", "task_not_found", "invalid_request_error");
    check_codes(ERR_RATE, "", "rate_limit_exceeded", "rate_limit_error");
    check_codes(ERR_RATE, "spend_limit", "spend_limit_exceeded", "billing_error");
    check_codes(ERR_RATE, "spend_total", "spend_limit_exceeded", "billing_error");
    check_codes(ERR_RATE, "jobs", "rate_limit_exceeded", "rate_limit_error");
    check_codes(ERR_INTERNAL, "", "internal_error", "api_error");
    check_codes(ERR_IO, "", "internal_error", "api_error");
    check_codes(ERR_BUSY, "", "upstream_error", "upstream_error");
}

TEST(every_kind_of_error_has_a_code)
{
    for (int kind = ERR_NONE + 1; kind < ERR_KIND_COUNT; kind++) {
        struct err err;
        struct codes codes;

        err_set(&err, (enum err_kind)kind, "text");
        codes = codes_of(&err);
        if ((err_http_status(err.kind) == 500) != (strcmp(codes.code, "internal_error") == 0))
            tap_fail(__FILE__, __LINE__, "%s is %s", err_kind_name(err.kind), codes.code);
    }
}

static bool is_uniall(const char *body)
{
    read_it(body);
    return shared_is_uniall(jsonr_root(&reading_call.json));
}

TEST(a_body_says_whose_form_it_is)
{
    CHECK(!is_uniall("{'model':'sora-2','prompt':'p'}"));
    CHECK(!is_uniall("{'prompt':'p'}"));
    CHECK(!is_uniall("{'model':'sora2','input':{}}"));
    CHECK(!is_uniall("{'model':7}"));
    CHECK(is_uniall("{'model':'sora2','prompt':'p'}"));
    CHECK(is_uniall("{'model':'sora2-pro-720p','input':null}"));
    CHECK(is_uniall("{'model':'sora-2','generation_mode':'text_to_video'}"));
    CHECK(is_uniall("{'video_count':1}"));
}
