/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes give a scene within its ranges, and a report that is JSON. */
#include "base/jsonr.h"
#include "target.h"
#include "workers/diorama/prompt/prompt.h"

enum { REPORT_BYTES_MAX = 1 << 16 };

static bool within(float value, float low, float high)
{
    return value >= low && value <= high;
}

static void check_scene(const struct scene *scene)
{
    FUZZ_CHECK(scene->place < SCENE_PLACES && scene->weather < SCENE_WEATHERS);
    FUZZ_CHECK(scene->camera < SCENE_CAMERAS && scene->look < SCENE_LOOKS);
    FUZZ_CHECK(within(scene->sun_elevation_deg, -18, 75));
    FUZZ_CHECK(within(scene->sun_azimuth_deg, -180, 180));
    FUZZ_CHECK(within(scene->cloud_cover, 0, 1) && within(scene->haze, 0, 1));
    FUZZ_CHECK(within(scene->snow_line, 0, 1) && within(scene->greenery, 0, 1));
    FUZZ_CHECK(within(scene->warmth, -1, 1) && within(scene->time_scale, 0.01f, 60));
    FUZZ_CHECK(within(scene->camera_speed, 0.01f, 3));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = fuzz_copy(data, size);
    struct prompt_reading reading;
    struct jsonr doc = {0};
    struct jsonw w;
    struct buf out;
    struct err err;

    prompt_read(text, prompt_seed(text), &reading);
    check_scene(&reading.scene);
    FUZZ_CHECK(reading.left_out_count <= PROMPT_LEFT_OUT_MAX);
    buf_init(&out, REPORT_BYTES_MAX);
    jsonw_init(&w, &out);
    prompt_write_json(&reading, &w);
    FUZZ_CHECK(!buf_is_over(&out) && jsonr_parse(&doc, buf_str(&out), &err));
    jsonr_fini(&doc);
    buf_fini(&out);
    free((void *)(uintptr_t)text.ptr);
    return 0;
}
