/* SPDX-License-Identifier: Apache-2.0 */
/* Woods: green in summer, gold in autumn, lit through gaps, and nothing in the camera's way. */
#include "harness/tap.h"
#include "picture.h"
#include "workers/diorama/renderer.h"

enum { WIDTH = 192, HEIGHT = 112, LUMA = WIDTH * HEIGHT, BYTES = LUMA * 3 / 2 };

static const struct scene summer = {.place = PLACE_FOREST,
                                    .camera = CAMERA_PUSH_IN,
                                    .look = LOOK_NATURAL,
                                    .sun_elevation_deg = 32,
                                    .sun_azimuth_deg = 40,
                                    .haze = 0.2f,
                                    .snow_line = 1,
                                    .greenery = 1,
                                    .camera_speed = 1,
                                    .time_scale = 1,
                                    .seed = 3};

static const struct renderer_options small = {
    .width = WIDTH, .height = HEIGHT, .fps = 30, .frames = 30, .threads = 2};

static const struct picture_part all = {0, 0, 100, 100};

static double blue_of(const uint8_t bytes[BYTES])
{
    return picture_mean(bytes, &small, PICTURE_BLUE, all) - 128;
}

static double red_of(const uint8_t bytes[BYTES])
{
    return picture_mean(bytes, &small, PICTURE_RED, all) - 128;
}

TEST(a_summer_wood_is_green_and_full_of_leaves)
{
    static uint8_t bytes[BYTES];

    picture_draw_scene(&summer, &small, 0, bytes);
    CHECK(blue_of(bytes) < -4);
    CHECK(red_of(bytes) < 2);
    CHECK(picture_roughness(bytes, &small, all) > 4);
}

TEST(autumn_turns_its_leaves)
{
    static uint8_t green[BYTES], gold[BYTES];
    struct scene autumn = summer;

    autumn.season = SEASON_AUTUMN;
    picture_draw_scene(&summer, &small, 0, green);
    picture_draw_scene(&autumn, &small, 0, gold);
    CHECK(red_of(gold) > red_of(green) + 6);
}

TEST(winter_lays_snow_on_its_ground)
{
    static uint8_t bare[BYTES], white[BYTES];
    struct scene winter = summer;
    const struct picture_part low = {0, 80, 100, 100};

    winter.season = SEASON_WINTER;
    picture_draw_scene(&summer, &small, 0, bare);
    picture_draw_scene(&winter, &small, 0, white);
    CHECK(picture_mean(white, &small, PICTURE_LUMA, low) >
          picture_mean(bare, &small, PICTURE_LUMA, low) + 15);
}

TEST(every_kind_of_wood_looks_its_own_way)
{
    static uint8_t woods[SCENE_WOODS][BYTES];

    for (int i = 0; i < SCENE_WOODS; i++) {
        struct scene scene = summer;

        scene.woods = (enum scene_woods)i;
        picture_draw_scene(&scene, &small, 0, woods[i]);
        for (int k = 0; k < i; k++)
            CHECK(picture_difference(woods[i], woods[k], LUMA) > 12);
    }
}

/* A trunk in the way would fill the picture with one dark color. */
TEST(no_tree_stands_in_the_way_of_any_move)
{
    static const enum scene_camera moves[] = {CAMERA_PUSH_IN, CAMERA_PULL_BACK, CAMERA_ORBIT,
                                              CAMERA_DRONE};
    static uint8_t bytes[BYTES];

    for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
        struct scene scene = summer;
        struct renderer *renderer = NULL;

        scene.camera = moves[i];
        scene.seed = 20 + i;
        renderer = renderer_open(&scene, &small, NULL, NULL);
        for (int k = 0; k < 3; k++) {
            picture_draw(renderer, &small, 14 * k, bytes);
            CHECK(picture_roughness(bytes, &small, all) > 3);
        }
        renderer_close(renderer);
    }
}

TEST(its_leaves_do_not_sparkle_when_the_camera_stands)
{
    static uint8_t before[BYTES], after[BYTES];
    struct scene scene = summer;
    struct renderer *renderer = NULL;
    double change = 0;

    scene.camera = CAMERA_STATIC;
    renderer = renderer_open(&scene, &small, NULL, NULL);
    for (int i = 0; i <= 12; i++) {
        memcpy(before, after, BYTES);
        picture_draw(renderer, &small, i, after);
    }
    renderer_close(renderer);
    change = picture_difference(before, after, LUMA);
    CHECK(change < 3.5);
    CHECK(change > 0); /* but they move in the wind */
}

TEST(vector_widths_draw_the_same_wood)
{
    static uint8_t bytes[BYTES];

    picture_draw_scene(&summer, &small, 0, bytes);
    CHECK(picture_compare_widths(&summer, &small, 0, bytes).mean < 0.02);
}
