/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/tap.h"
#include "picture.h"
#include "workers/diorama/renderer.h"

enum { WIDTH = 160, HEIGHT = 96, BYTES = 160 * 96 * 3 / 2, FRAMES = 30 };

static const struct scene morning = {.place = PLACE_ROOM,
                                     .room = ROOM_LIVING,
                                     .camera = CAMERA_PUSH_IN,
                                     .sun_elevation_deg = 24,
                                     .cloud_cover = 0.1f,
                                     .haze = 0.2f,
                                     .greenery = 0.8f,
                                     .camera_speed = 1,
                                     .time_scale = 1,
                                     .seed = 2};

static const struct renderer_options small = {
    .width = WIDTH, .height = HEIGHT, .fps = 30, .frames = FRAMES, .threads = 2};

TEST(rooms_are_alike_in_every_width_and_order)
{
    static uint8_t bytes[BYTES];
    double moved;

    CHECK(picture_is_same_again(&morning, &small, 20, 1, bytes, &moved));
    CHECK(moved > 0.3);
    CHECK(picture_compare_widths(&morning, &small, 20, bytes).mean < 0.05);
}

/* By how much the brightest tenth of the lower third outshines its middle. */
static int floor_contrast(const uint8_t *bytes)
{
    int counts[256] = {0}, total = HEIGHT / 3 * WIDTH, sum = 0, middle = -1, bright = -1;

    for (int i = HEIGHT * WIDTH - total; i < HEIGHT * WIDTH; i++)
        counts[bytes[i]]++;
    for (int i = 0; i < 256; i++) {
        sum += counts[i];
        middle = middle < 0 && sum > total / 2 ? i : middle;
        bright = bright < 0 && sum > total * 9 / 10 ? i : bright;
    }
    return bright - middle;
}

TEST(the_sun_shines_through_the_windows_onto_the_floor)
{
    static uint8_t sunny[BYTES], gray[BYTES];
    struct scene scene = morning;

    picture_draw_scene(&scene, &small, 0, sunny);
    scene.weather = WEATHER_OVERCAST;
    scene.cloud_cover = 1;
    picture_draw_scene(&scene, &small, 0, gray);
    CHECK(floor_contrast(sunny) > floor_contrast(gray) + 12);
}

TEST(lamps_light_a_room_at_night_and_windows_by_day)
{
    const struct picture_part all = {0, 0, 100, 100};
    static uint8_t day[BYTES], night[BYTES];
    struct scene scene = morning;
    int bright[2] = {0, 0};

    picture_draw_scene(&scene, &small, 0, day);
    scene.sun_elevation_deg = -14;
    picture_draw_scene(&scene, &small, 0, night);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        bright[0] += day[i] > 190;
        bright[1] += night[i] > 190;
    }
    /* Lampshades are small and warm, windows large. */
    CHECK(bright[1] > 8);
    CHECK(bright[0] > 2 * bright[1]);
    CHECK(picture_mean(night, &small, PICTURE_RED, all) >
          1.02 * picture_mean(night, &small, PICTURE_BLUE, all));
    CHECK(picture_mean(day, &small, PICTURE_LUMA, all) >
          1.2 * picture_mean(night, &small, PICTURE_LUMA, all));
}

TEST(each_kind_of_room_is_another)
{
    static uint8_t pictures[SCENE_ROOMS][BYTES];

    for (int i = 0; i < SCENE_ROOMS; i++) {
        struct scene scene = morning;

        scene.room = (enum scene_room)i;
        scene.weather = (enum scene_weather)i;
        scene.effects = EFFECT_FIREPLACE | EFFECT_CANDLES;
        picture_draw_scene(&scene, &small, FRAMES - 1, pictures[i]);
        for (int k = 0; k < i; k++)
            CHECK(picture_difference(pictures[i], pictures[k], BYTES) > 4);
    }
}

TEST(a_cat_walks_through_a_room)
{
    static uint8_t first[2][BYTES], last[2][BYTES];
    struct scene scene = morning;

    scene.camera = CAMERA_STATIC;
    scene.subject_count = 1;
    scene.subjects[0] = (struct subject){.kind = SUBJECT_CAT, .action = ACTION_IDLE, .count = 1};
    for (int i = 0; i < 2; i++) {
        picture_draw_scene(&scene, &small, 0, first[i]);
        picture_draw_scene(&scene, &small, FRAMES - 1, last[i]);
        scene.subjects[0].action = ACTION_WALK;
    }
    /* A sitting one stays where it is. */
    CHECK(picture_difference(first[1], last[1], BYTES) >
          1.3 * picture_difference(first[0], last[0], BYTES));
}

TEST(a_fire_warms_a_room)
{
    const struct picture_part all = {0, 0, 100, 100};
    static uint8_t lamps[BYTES], fire[BYTES];
    struct scene scene = morning;

    scene.sun_elevation_deg = -14;
    picture_draw_scene(&scene, &small, 8, lamps);
    scene.effects = EFFECT_FIREPLACE;
    picture_draw_scene(&scene, &small, 8, fire);
    CHECK(picture_mean(fire, &small, PICTURE_RED, all) >
          picture_mean(lamps, &small, PICTURE_RED, all) + 0.5);
    CHECK(picture_mean(fire, &small, PICTURE_BLUE, all) <
          picture_mean(lamps, &small, PICTURE_BLUE, all));
}
