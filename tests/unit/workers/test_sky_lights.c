/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/tap.h"
#include "picture.h"
#include "workers/diorama/renderer.h"

enum { WIDTH = 192, HEIGHT = 112, BYTES = WIDTH * HEIGHT * 3 / 2, LUMA = WIDTH * HEIGHT };

static const struct scene night = {.place = PLACE_MOUNTAINS,
                                   .camera = CAMERA_STATIC,
                                   .sun_elevation_deg = -14,
                                   .sun_azimuth_deg = 15,
                                   .haze = 0.2f,
                                   .greenery = 0.3f,
                                   .camera_speed = 1,
                                   .time_scale = 1,
                                   .wind = 0.3f,
                                   .seed = 11};

static const struct renderer_options small = {
    .width = WIDTH, .height = HEIGHT, .fps = 30, .frames = 150, .threads = 2};

/* Of the rows from `first` to `last` of the color planes: those green by so much. */
static int green_pixels(const uint8_t *bytes, int first, int last, int by)
{
    int count = 0;

    for (int i = first * WIDTH / 2; i < last * WIDTH / 2; i++)
        count += 128 - bytes[LUMA + i] >= by / 2 && 128 - bytes[LUMA + LUMA / 4 + i] >= by;
    return count;
}

static uint8_t plain[2][BYTES], drawn[2][BYTES];

TEST(an_aurora_hangs_green_in_the_sky_and_moves)
{
    struct scene scene = night;

    picture_draw_scene(&scene, &small, 20, plain[0]);
    scene.effects = EFFECT_AURORA;
    picture_draw_frames(&scene, &small, 20, 40, 2, drawn[0]);
    CHECK_INT(green_pixels(plain[0], 0, HEIGHT / 4, 10), 0);
    CHECK(green_pixels(drawn[0], 0, HEIGHT / 4, 10) > 40);
    CHECK(picture_differing(drawn[0], drawn[1], LUMA, 12) > LUMA / 50);
}

TEST(the_blue_hour_is_blue_above_a_warm_horizon)
{
    static const struct picture_part high = {0, 5, 100, 25}, low = {0, 40, 100, 50};
    struct scene scene = night;

    scene.sun_elevation_deg = -5.5f;
    picture_draw_scene(&scene, &small, 0, drawn[0]);
    CHECK(picture_mean(drawn[0], &small, PICTURE_BLUE, high) >
          picture_mean(drawn[0], &small, PICTURE_RED, high) + 4);
    CHECK(picture_mean(drawn[0], &small, PICTURE_RED, low) >
          picture_mean(drawn[0], &small, PICTURE_BLUE, low) + 4);
}

/* How much redder a pixel of a column's middle became. */
static int reddened(int y)
{
    int at = y * WIDTH / 2 + WIDTH / 4, blue = LUMA + at, red = LUMA + LUMA / 4 + at;

    return drawn[0][red] - drawn[0][blue] - (plain[0][red] - plain[0][blue]);
}

TEST(a_rainbow_stands_opposite_the_sun_and_is_red_above_blue)
{
    struct scene scene = night;
    int reddest = 0, bluest = 0;

    scene.sun_elevation_deg = 24;
    scene.sun_azimuth_deg = 180;
    scene.effects = EFFECT_RAINBOW;
    picture_draw_scene(&scene, &small, 0, drawn[0]);
    scene.effects = 0;
    picture_draw_scene(&scene, &small, 0, plain[0]);
    for (int y = 0; y < HEIGHT / 4; y++) {
        reddest = reddened(y) > reddened(reddest) ? y : reddest;
        bluest = reddened(y) < reddened(bluest) ? y : bluest;
    }
    CHECK(reddened(reddest) > 8);
    CHECK(bluest > reddest);
}

TEST(a_halo_rings_the_sun_at_22_degrees)
{
    struct scene scene = night;
    int first = 0, last = 0;

    scene.sun_elevation_deg = 12;
    scene.sun_azimuth_deg = 0;
    scene.effects = EFFECT_HALO;
    picture_draw_scene(&scene, &small, 0, drawn[0]);
    /* It is brightest in the sun's own height, left and right of it. */
    for (int x = 4; x < WIDTH / 4; x++)
        for (int y = 4; y < HEIGHT / 2; y++) {
            int here = drawn[0][y * WIDTH + x], inside = drawn[0][y * WIDTH + x + 10];
            int there = drawn[0][y * WIDTH + WIDTH - 1 - x];

            first += here > inside + 12;
            last += there > drawn[0][y * WIDTH + WIDTH - 11 - x] + 12;
        }
    CHECK(first > 5);
    CHECK(last > 5);
}

TEST(shooting_stars_flash_by)
{
    struct scene scene = night;
    int seen = 0;

    picture_draw_frames(&scene, &small, 40, 9, 2, plain[0]);
    scene.effects = EFFECT_METEORS;
    picture_draw_frames(&scene, &small, 40, 9, 2, drawn[0]);
    for (int i = 0; i < LUMA; i++)
        seen += drawn[0][i] > 110 || drawn[1][i] > 110;
    CHECK(seen > 8);
    CHECK(seen < LUMA / 50);
}

TEST(sparks_fly_where_nothing_burns)
{
    struct scene scene = night;
    int warm = 0;

    scene.ground = GROUND_SAND;
    scene.effects = EFFECT_SPARKS;
    picture_draw_frames(&scene, &small, 30, 2, 2, drawn[0]);
    for (int i = 0; i < LUMA / 4; i++)
        warm += drawn[0][LUMA + LUMA / 4 + i] - drawn[0][LUMA + i] >= 12;
    CHECK(warm > 60);
    CHECK(picture_differing(drawn[0], drawn[1], LUMA, 20) > 60);
}
