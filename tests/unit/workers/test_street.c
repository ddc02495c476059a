/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/tap.h"
#include "picture.h"
#include "workers/diorama/renderer.h"

enum { WIDTH = 160, HEIGHT = 96, BYTES = WIDTH * HEIGHT * 3 / 2 };

static const struct scene daylight = {.place = PLACE_STREET,
                                      .camera = CAMERA_STATIC,
                                      .sun_elevation_deg = 30,
                                      .sun_azimuth_deg = 40,
                                      .cloud_cover = 0.9f,
                                      .weather = WEATHER_OVERCAST,
                                      .haze = 0.2f,
                                      .camera_speed = 1,
                                      .time_scale = 1,
                                      .seed = 3};

static const struct renderer_options small = {
    .width = WIDTH, .height = HEIGHT, .fps = 30, .frames = 30, .threads = 2};

TEST(snow_in_a_street_makes_its_ground_lighter_than_its_walls)
{
    const struct picture_part walls = {0, 25, 100, 50}, ground = {0, 75, 100, 100};
    static uint8_t bare[BYTES], white[BYTES];
    struct scene scene = daylight;

    picture_draw_scene(&scene, &small, 0, bare);
    scene.ground = GROUND_SNOW;
    picture_draw_scene(&scene, &small, 0, white);
    CHECK(picture_mean(bare, &small, PICTURE_LUMA, ground) <
          0.9 * picture_mean(bare, &small, PICTURE_LUMA, walls));
    CHECK(picture_mean(white, &small, PICTURE_LUMA, ground) >
          1.1 * picture_mean(white, &small, PICTURE_LUMA, walls));
    CHECK(picture_compare_widths(&scene, &small, 0, white).greatest <= 1);
}

/* Pixels of a red coat in the lowest eighth: Cr far above gray. */
static int red_pixels(const uint8_t *bytes)
{
    const uint8_t *red = bytes + WIDTH * HEIGHT * 5 / 4;
    int count = 0;

    for (int i = WIDTH * HEIGHT / 4 * 7 / 8; i < WIDTH * HEIGHT / 4; i++)
        count += red[i] > 140;
    return count;
}

TEST(a_close_up_is_filled_by_head_and_shoulders)
{
    static uint8_t far[BYTES], near[BYTES];
    struct scene scene = daylight;

    scene.subject_count = 1;
    scene.subjects[0] = (struct subject){.kind = SUBJECT_PERSON,
                                         .form = FORM_WOMAN,
                                         .count = 1,
                                         .is_colored = true,
                                         .color = {0.5f, 0.01f, 0.01f}};
    picture_draw_scene(&scene, &small, 0, far);
    scene.shot = SHOT_CLOSE;
    picture_draw_scene(&scene, &small, 0, near);
    CHECK_INT(red_pixels(far), 0);
    CHECK(red_pixels(near) > 60);
}

/* Pixels that change in half a second. */
static int moving(const struct scene *scene)
{
    static uint8_t frames[2][BYTES];

    picture_draw_frames(scene, &small, 0, 15, 2, frames[0]);
    return picture_differing(frames[0], frames[1], WIDTH * HEIGHT, 21);
}

TEST(traffic_drives_through_the_picture)
{
    struct scene scene = daylight;
    int calm = moving(&scene);

    scene.traffic = 1;
    CHECK(moving(&scene) > 2 * calm + 100);
}

/* Pixels of a red car on a road. */
static int size_of(enum subject_form form)
{
    static uint8_t bytes[BYTES];
    const uint8_t *red = bytes + WIDTH * HEIGHT * 5 / 4;
    struct scene scene = daylight;
    int count = 0;

    scene.place = PLACE_MOUNTAINS;
    scene.ground = GROUND_ROAD;
    scene.subject_count = 1;
    scene.subjects[0] = (struct subject){.kind = SUBJECT_CAR,
                                         .form = form,
                                         .count = 1,
                                         .is_colored = true,
                                         .color = {0.5f, 0.01f, 0.01f}};
    picture_draw_scene(&scene, &small, 0, bytes);
    for (int i = 0; i < WIDTH * HEIGHT / 4; i++)
        count += red[i] > 140;
    return count;
}

TEST(cars_are_built_as_the_words_say)
{
    int sedan = size_of(FORM_SEDAN);

    CHECK(sedan > 20);
    CHECK(size_of(FORM_COUPE) < sedan);
    CHECK(size_of(FORM_SUV) > sedan);
    CHECK(size_of(FORM_VAN) > sedan + 4);
    CHECK(size_of(FORM_PICKUP) > sedan + 6);
}
