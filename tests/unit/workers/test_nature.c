/* SPDX-License-Identifier: Apache-2.0 */
/* What grows and lies before a landscape or in a wood: mist, snow and its tracks, trees, flowers.
 */
#include "harness/tap.h"
#include "picture.h"
#include "workers/diorama/body/tracks.h"
#include "workers/diorama/land/terrain.h"
#include "workers/diorama/renderer.h"

#include <math.h>

enum { WIDTH = 192, HEIGHT = 112, LUMA = WIDTH * HEIGHT, BYTES = LUMA * 3 / 2 };

static const struct scene land = {.place = PLACE_MOUNTAINS,
                                  .camera = CAMERA_STATIC,
                                  .look = LOOK_NATURAL,
                                  .sun_elevation_deg = 25,
                                  .sun_azimuth_deg = 60,
                                  .haze = 0.2f,
                                  .snow_line = 0.6f,
                                  .greenery = 0.7f,
                                  .camera_speed = 1,
                                  .time_scale = 1,
                                  .wind = 0.3f,
                                  .seed = 3};

static const struct renderer_options small = {
    .width = WIDTH, .height = HEIGHT, .fps = 30, .frames = 60, .threads = 2};

TEST(trunks_stand_out_of_the_mist)
{
    static uint8_t bytes[BYTES];
    const struct picture_part above = {0, 0, 100, 36};
    struct scene scene = land;

    scene.place = PLACE_FOREST;
    scene.season = SEASON_AUTUMN;
    scene.weather = WEATHER_FOG;
    scene.haze = 0.75f;
    scene.sun_elevation_deg = 8;
    scene.sun_azimuth_deg = -22;
    picture_draw_scene(&scene, &small, 0, bytes);
    CHECK(picture_roughness(bytes, &small, above) > 6);
}

TEST(wind_has_shaped_the_snow)
{
    static uint8_t bytes[BYTES];
    const struct picture_part before = {0, 72, 100, 100};
    struct scene scene = land;

    scene.ground = GROUND_SNOW;
    scene.snow_line = 0.1f;
    picture_draw_scene(&scene, &small, 0, bytes);
    CHECK(picture_roughness(bytes, &small, before) > 2.7);
}

TEST(feet_leave_prints_in_snow_and_sand_and_none_in_grass)
{
    const struct subject horse = {.kind = SUBJECT_HORSE, .action = ACTION_RUN, .count = 1};
    struct cast cast = {.count = 1,
                        .actors = {{.subject = &horse,
                                    .kind = SUBJECT_HORSE,
                                    .action = ACTION_RUN,
                                    .speed_m_s = 8,
                                    .heading = 1.5707963f}}};
    struct knoll knoll = {.ground = GROUND_SNOW};
    struct body_gait gait;
    float length;

    tracks_lay(&knoll, &cast, &land, 0);
    CHECK_INT(knoll.track_count, 1);
    CHECK_INT(knoll.tracks[0].feet, 4);
    CHECK(body_gait(&horse, &gait));
    CHECK(fabsf(knoll.tracks[0].stride - 8 * gait.seconds) < 1e-3f);
    CHECK(fabsf(knoll.tracks[0].dir[0] - 1) < 1e-3f);
    length = knoll.tracks[0].length;
    tracks_lay(&knoll, &cast, &land, 1);
    CHECK(fabsf(knoll.tracks[0].length - length - 8) < 1e-3f);
    knoll.ground = GROUND_GRASS;
    tracks_lay(&knoll, &cast, &land, 1);
    CHECK_INT(knoll.track_count, 0);
}

/* Share of the sky's half of the picture that is darker than a level. */
static double dark_above(const uint8_t bytes[BYTES], int level)
{
    int dark = 0;

    for (int i = 0; i < LUMA / 2; i++)
        dark += bytes[i] < level;
    return 2.0 * dark / LUMA;
}

TEST(a_lone_tree_stands_before_the_sky_and_its_leaves_move)
{
    static uint8_t tree[2][BYTES];
    struct scene scene = land;
    int moved = 0;

    scene.ground = GROUND_GRASS;
    scene.tree = TREE_OAK;
    scene.tree_count = 1;
    scene.cloud_cover = 0;
    scene.sun_elevation_deg = 45;
    picture_draw_frames(&scene, &small, 0, 20, 2, tree[0]);
    CHECK(dark_above(tree[0], 70) > 0.08);
    CHECK(dark_above(tree[0], 70) < 0.6);
    moved = picture_differing(tree[0], tree[1], LUMA / 2, 9);
    CHECK(moved > 150);
    CHECK(moved < LUMA / 8);
}

TEST(fields_have_the_color_of_their_flowers)
{
    const struct picture_part below = {0, 75, 100, 100};
    static uint8_t lavender[BYTES], poppies[BYTES];
    struct scene scene = land;

    scene.ground = GROUND_FLOWERS;
    scene.bloom = BLOOM_LAVENDER;
    picture_draw_scene(&scene, &small, 0, lavender);
    CHECK(picture_mean(lavender, &small, PICTURE_BLUE, below) > 128 + 4);
    scene.bloom = BLOOM_POPPY;
    picture_draw_scene(&scene, &small, 0, poppies);
    CHECK(picture_mean(poppies, &small, PICTURE_BLUE, below) < 128 - 4);
    CHECK(picture_mean(poppies, &small, PICTURE_RED, below) > 128 + 2);
}

/* What a desert is made of, at three seeds: dunes above all, and buttes that stand out of them. */
TEST(a_desert_is_dunes_with_buttes)
{
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct scene scene = land;
        struct land desert;
        int cells = 0, low = 0, high = 0;

        scene.greenery = 0;
        scene.snow_line = 1;
        scene.seed = seed;
        terrain_erode(&desert, &scene, 7);
        cells = 1 << (2 * desert.log2_cells);
        for (int i = 0; i < cells; i++) {
            CHECK(desert.height[i] > 10 && desert.height[i] < 420);
            low += desert.height[i] < 200;
            high += desert.height[i] > 230;
        }
        land_free(&desert);
        CHECK(low > cells * 6 / 10);
        CHECK(high > cells / 200);
        CHECK(high < cells * 3 / 10);
    }
}

TEST(desert_sand_is_smooth_and_golden)
{
    static uint8_t bytes[BYTES];
    const struct picture_part below = {0, 55, 100, 100};
    struct scene scene = land;

    scene.greenery = 0;
    scene.snow_line = 1;
    picture_draw_scene(&scene, &small, 0, bytes);
    CHECK(picture_mean(bytes, &small, PICTURE_BLUE, below) < 128 - 14);
    CHECK(picture_mean(bytes, &small, PICTURE_RED, below) > 128 + 8);
}
