/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/tap.h"
#include "workers/diorama/renderer.h"

#include <stdlib.h>

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

static void draw(struct renderer *renderer, int index, uint8_t bytes[BYTES])
{
    struct picture picture = {.stride = {WIDTH, WIDTH / 2, WIDTH / 2}};

    memset(bytes, 0xee, BYTES);
    picture.plane[0] = bytes;
    picture.plane[1] = bytes + WIDTH * HEIGHT;
    picture.plane[2] = picture.plane[1] + WIDTH / 2 * (HEIGHT / 2);
    renderer_draw(renderer, index, &picture);
}

/* The mean of a plane's bytes in a part of the picture: left, top, right, bottom in percent. */
static double mean_of(const uint8_t *bytes, int plane, const int part[4])
{
    int wide = plane ? WIDTH / 2 : WIDTH, tall = plane ? HEIGHT / 2 : HEIGHT, count = 0;
    const uint8_t *from = bytes + (plane ? WIDTH * HEIGHT * (plane + 3) / 4 : 0);
    double sum = 0;

    for (int y = part[1] * tall / 100; y < part[3] * tall / 100; y++)
        for (int x = part[0] * wide / 100; x < part[2] * wide / 100; x++, count++)
            sum += from[y * wide + x];
    return sum / count;
}

static double mean_difference(const uint8_t *a, const uint8_t *b)
{
    double sum = 0;

    for (int i = 0; i < BYTES; i++)
        sum += abs(a[i] - b[i]);
    return sum / BYTES;
}

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

static const int lane[4] = {35, 80, 65, 100}, sky[4] = {40, 0, 60, 14};

TEST(houses_stand_along_a_lane_under_the_sky)
{
    static uint8_t first[BYTES], again[BYTES], last[BYTES];
    struct renderer *renderer = renderer_open(&morning, &small, NULL, NULL);
    const int left[4] = {0, 20, 22, 60}, right[4] = {78, 20, 100, 60};

    draw(renderer, 0, first);
    draw(renderer, FRAMES - 1, last);
    draw(renderer, 0, again);
    renderer_close(renderer);
    CHECK(mean_difference(first, again) == 0);
    CHECK(mean_difference(first, last) > 1.5); /* the camera goes up the lane */
    /* Blue above the lane, and no blue where the houses are. */
    CHECK(mean_of(first, 1, sky) > mean_of(first, 1, left) + 4);
    CHECK(mean_of(first, 1, sky) > mean_of(first, 1, right) + 4);
    CHECK(mean_of(first, 0, sky) > mean_of(first, 0, lane) + 12);
}

TEST(windows_are_lit_at_night)
{
    static uint8_t bytes[BYTES];
    struct scene night = morning;
    struct renderer *renderer = NULL;

    night.sun_elevation_deg = -14;
    renderer = renderer_open(&night, &small, NULL, NULL);
    draw(renderer, 0, bytes);
    renderer_close(renderer);
    CHECK(warm_share(bytes) > 0.4);
    CHECK(mean_of(bytes, 0, sky) < 110);
}

TEST(snow_lies_on_lane_and_roofs_in_winter)
{
    static uint8_t bytes[BYTES];
    struct scene winter = morning;
    struct renderer *renderer = NULL;

    winter.season = SEASON_WINTER;
    renderer = renderer_open(&winter, &small, NULL, NULL);
    draw(renderer, 0, bytes);
    renderer_close(renderer);
    CHECK(warm_share(bytes) < 0.4);
    CHECK(mean_of(bytes, 0, lane) > 90);
    CHECK(mean_of(bytes, 1, lane) > 124); /* white or bluish, where cobbles are brown */
}
