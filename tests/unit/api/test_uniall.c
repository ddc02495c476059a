/* SPDX-License-Identifier: Apache-2.0 */
#include "api/uniall/uniall.h"
#include "reading.h"

#define BODY(model, rest) "{'model':'" model "','prompt':'p'" rest "}"

static struct create *read_it(const char *body)
{
    return read_body(body, &uniall_create_job, uniall_read);
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

TEST(a_models_name_says_shape_and_length)
{
    check_shape(BODY("sora2-landscape-4s", ""), 4, 1280, 720);
    check_shape(BODY("sora2-landscape-8s", ""), 8, 1280, 720);
    check_shape(BODY("sora2-landscape-12s", ""), 12, 1280, 720);
    check_shape(BODY("sora2-portrait-4s", ""), 4, 720, 1280);
    check_shape(BODY("sora2-portrait-8s", ""), 8, 720, 1280);
    check_shape(BODY("sora2-portrait-12s", ""), 12, 720, 1280);
    check_shape(BODY("sora2-portrait-12s", ",'aspect_ratio':'9:16','size':'720x1280'"), 12, 720,
                1280);
    check_shape(BODY("sora2-portrait-12s", ",'duration':4"), 12, 720, 1280);
}

TEST(other_names_leave_both_to_the_fields)
{
    check_shape(BODY("sora2", ""), 4, 1280, 720);
    check_shape(BODY("sora2", ",'aspect_ratio':'9:16','duration':20"), 20, 720, 1280);
    check_shape(BODY("sora2-pro-720p", ",'duration':16"), 16, 1280, 720);
    check_shape(BODY("sora2-pro-1080p", ",'resolution':'1080p'"), 4, 1792, 1024);
    check_shape(BODY("sora2-pro-true-1080p", ",'aspect_ratio':'9:16'"), 4, 1080, 1920);
    check_shape(BODY("sora-2", ",'duration':8"), 8, 1280, 720);
}

TEST(a_duration_is_a_number_or_text)
{
    check_shape(BODY("sora2", ",'duration':8"), 8, 1280, 720);
    check_shape(BODY("sora2", ",'duration':8.0"), 8, 1280, 720);
    check_shape(BODY("sora2", ",'duration':'8'"), 8, 1280, 720);
    check_shape(BODY("sora2", ",'duration':'12s'"), 12, 1280, 720);
    check_shape(BODY("sora2", ",'duration':null"), 4, 1280, 720);
}

TEST(openais_spelling_is_understood_where_it_agrees)
{
    check_shape(BODY("sora2", ",'seconds':'12','size':'720x1280'"), 12, 720, 1280);
    check_shape(BODY("sora2", ",'seconds':'12','duration':12"), 12, 1280, 720);
    check_shape(BODY("sora2-pro-1080p", ",'size':'1024x1792'"), 4, 1024, 1792);
    CHECK(str_eq_c(read_it(BODY("sora2", ",'input_reference':'u'"))->image, "u"));
    CHECK(str_eq_c(read_it(BODY("sora2", ",'input_reference':{'image_url':'u'}"))->image, "u"));
    CHECK(str_eq_c(read_it(BODY("sora2", ",'image_url':'u'"))->image, "u"));
}

TEST(the_articles_form_is_read)
{
    check_shape(BODY("sora2", ",'generation_mode':'text_to_video','duration':8,'aspect_ratio':"
                              "'16:9','resolution':'720p','video_count':1"),
                8, 1280, 720);
    check_shape(BODY("sora2", ",'generation_mode':'reference_image_to_video','image_url':'u'"), 4,
                1280, 720);
}

TEST(conflicts_and_mistakes_are_named)
{
    static const struct reading readings[] = {
        {"{'prompt':'p'}", "'model' is required."},
        {"{'model':4,'prompt':'p'}", "'model' must be a string."},
        {"{'model':'sora2'}", "'prompt' is required."},
        {BODY("sora2", ",'duration':5"), "'duration' must be 4, 8, 12, 16, or 20."},
        {BODY("sora2", ",'duration':'8 s'"), "'duration' must be 4, 8, 12, 16, or 20."},
        {BODY("sora2", ",'duration':'s'"), "'duration' must be 4, 8, 12, 16, or 20."},
        {BODY("sora2", ",'duration':true"), "'duration' must be 4, 8, 12, 16, or 20."},
        {BODY("sora2-portrait-12s", ",'duration':5"), "'duration' must be 4, 8, 12, 16, or 20."},
        {BODY("sora2", ",'aspect_ratio':'1:1'"), "'aspect_ratio' must be 16:9 or 9:16."},
        {BODY("sora2-portrait-4s", ",'aspect_ratio':'16:9'"),
         "'aspect_ratio' conflicts with model 'sora2-portrait-4s'."},
        {BODY("sora2-landscape-4s", ",'aspect_ratio':'9:16'"),
         "'aspect_ratio' conflicts with model 'sora2-landscape-4s'."},
        {BODY("sora2-landscape-4s", ",'size':'720x1280'"),
         "'size' conflicts with model 'sora2-landscape-4s'."},
        {BODY("sora2", ",'aspect_ratio':'16:9','size':'720x1280'"),
         "'size' conflicts with 'aspect_ratio'."},
        {BODY("sora2", ",'size':'1920x1080'"), "'size' must be 1280x720 or 720x1280."},
        {BODY("sora2", ",'seconds':'4','duration':8"), "'seconds' conflicts with 'duration'."},
        {BODY("sora2", ",'seconds':'5'"), "'seconds' must be 4, 8, 12, 16, or 20."},
        {BODY("sora2", ",'resolution':'1080p'"), "'resolution' conflicts with model 'sora2'."},
        {BODY("sora2", ",'resolution':'4k'"), "'resolution' must be 720p, 1080p, or true_1080p."},
        {BODY("sora2", ",'image_url':['u']"), "'image_url' must be a string."},
        {BODY("sora2", ",'image_url':'u','input_reference':'v'"),
         "'input_reference' conflicts with 'image_url'."},
        {BODY("sora2", ",'input_reference':{'file_id':'f'}"),
         "'input_reference' must name an image by its URL."},
        {BODY("sora2", ",'generation_mode':'reference_image_to_video'"),
         "'image_url' is required."},
        {BODY("sora2", ",'generation_mode':'text_to_video','image_url':'u'"),
         "'generation_mode' conflicts with 'image_url'."},
        {BODY("sora2", ",'generation_mode':'magic'"),
         "'generation_mode' must be text_to_video or reference_image_to_video."},
        {BODY("sora2", ",'video_count':2"), "'video_count' must be 1."},
    };

    check_faults(readings, ARRAY_LEN(readings), &uniall_create_job, uniall_read);
}
