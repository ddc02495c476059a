/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/tap.h"
#include "picture.h"
#include "workers/diorama/renderer.h"

enum { WIDTH = 160, HEIGHT = 96, BYTES = 160 * 96 * 3 / 2, FRAMES = 30 };

static const struct scene morning = {.place = PLACE_VILLAGE,
                                     .village = VILLAGE_TIMBERED,
                                     .camera = CAMERA_PUSH_IN,
                                     .sun_elevation_deg = 30,
                                     .sun_azimuth_deg = 50,
                                     .cloud_cover = 0.1f,
                                     .haze = 0.2f,
                                     .snow_line = 1,
                                     .greenery = 0.8f,
                                     .camera_speed = 1,
                                     .time_scale = 1,
                                     .seed = 2};

static const struct renderer_options small = {
    .width = WIDTH, .height = HEIGHT, .fps = 30, .frames = FRAMES, .threads = 2};

/* Share of the picture that glows as windows do: bright, and far on the warm side. */
static double warm_share(const uint8_t *bytes)
{
    const uint8_t *blue = bytes + WIDTH * HEIGHT, *red = blue + WIDTH * HEIGHT / 4;
    int count = 0;

    for (int y = 0; y < HEIGHT / 2; y++)
        for (int x = 0; x < WIDTH / 2; x++)
            count += bytes[2 * y * WIDTH + 2 * x] > 110 && red[y * (WIDTH / 2) + x] > 140 &&
                     blue[y * (WIDTH / 2) + x] < 112;
    return 400.0 * count / (WIDTH * HEIGHT);
}

static const struct picture_part lane = {35, 80, 65, 100}, sky = {40, 0, 60, 14};

TEST(houses_stand_along_a_lane_under_the_sky)
{
    static uint8_t first[BYTES];
    double moved;
    const struct picture_part left = {0, 20, 22, 60}, right = {78, 20, 100, 60};

    CHECK(picture_is_same_again(&morning, &small, 0, FRAMES - 1, first, &moved));
    CHECK(moved > 1.5); /* the camera goes up the lane */
    /* Blue above the lane, and no blue where the houses are. */
    CHECK(picture_mean(first, &small, PICTURE_BLUE, sky) >
          picture_mean(first, &small, PICTURE_BLUE, left) + 4);
    CHECK(picture_mean(first, &small, PICTURE_BLUE, sky) >
          picture_mean(first, &small, PICTURE_BLUE, right) + 4);
    CHECK(picture_mean(first, &small, PICTURE_LUMA, sky) >
          picture_mean(first, &small, PICTURE_LUMA, lane) + 12);
}

TEST(windows_are_lit_at_night)
{
    static uint8_t bytes[BYTES];
    struct scene night = morning;

    night.sun_elevation_deg = -14;
    picture_draw_scene(&night, &small, 0, bytes);
    CHECK(warm_share(bytes) > 0.4);
    CHECK(picture_mean(bytes, &small, PICTURE_LUMA, sky) < 110);
}

TEST(snow_lies_on_lane_and_roofs_in_winter)
{
    static uint8_t bytes[BYTES];
    struct scene winter = morning;

    winter.season = SEASON_WINTER;
    picture_draw_scene(&winter, &small, 0, bytes);
    CHECK(warm_share(bytes) < 0.4);
    CHECK(picture_mean(bytes, &small, PICTURE_LUMA, lane) > 90);
    CHECK(picture_mean(bytes, &small, PICTURE_BLUE, lane) >
          124); /* white or bluish, where cobbles are brown */
}
