/* SPDX-License-Identifier: Apache-2.0 */
/* What grows and lies before a landscape or in a wood: mist, snow and its tracks, trees, flowers.
 */
#include "harness/tap.h"
#include "workers/diorama/body/tracks.h"
#include "workers/diorama/renderer.h"

#include <math.h>
#include <stdlib.h>

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

static void draw(struct renderer *renderer, int index, uint8_t bytes[BYTES])
{
    struct picture picture = {.plane = {bytes, bytes + LUMA, bytes + LUMA * 5 / 4},
                              .stride = {WIDTH, WIDTH / 2, WIDTH / 2}};

    renderer_draw(renderer, index, &picture);
}

static void draw_at(const struct scene *scene, int index, uint8_t bytes[BYTES])
{
    struct renderer *renderer = renderer_open(scene, &small, NULL, NULL);

    draw(renderer, index, bytes);
    renderer_close(renderer);
}

/* A box of the picture, in its pixels. */
struct box {
    int left, top, right, bottom;
};

/* Mean step of brightness from pixel to pixel along rows. */
static double roughness(const uint8_t bytes[BYTES], struct box box)
{
    double sum = 0;

    for (int y = box.top; y < box.bottom; y++)
        for (int x = box.left + 1; x < box.right; x++)
            sum += abs(bytes[y * WIDTH + x] - bytes[y * WIDTH + x - 1]);
    return sum / (box.right - box.left) / (box.bottom - box.top);
}

TEST(trunks_stand_out_of_the_mist)
{
    static uint8_t bytes[BYTES];
    const struct box above = {0, 0, WIDTH, 40};
    struct scene scene = land;

    scene.place = PLACE_FOREST;
    scene.season = SEASON_AUTUMN;
    scene.weather = WEATHER_FOG;
    scene.haze = 0.75f;
    scene.sun_elevation_deg = 8;
    scene.sun_azimuth_deg = -22;
    draw_at(&scene, 0, bytes);
    CHECK(roughness(bytes, above) > 6);
}

TEST(wind_has_shaped_the_snow)
{
    static uint8_t bytes[BYTES];
    const struct box before = {0, 80, WIDTH, HEIGHT};
    struct scene scene = land;

    scene.ground = GROUND_SNOW;
    scene.snow_line = 0.1f;
    draw_at(&scene, 0, bytes);
    CHECK(roughness(bytes, before) > 2.7);
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

/* Mean of a plane of color over the lowest quarter of the picture, from gray. */
static double tint_below(const uint8_t bytes[BYTES], int plane)
{
    const uint8_t *from = bytes + LUMA + plane * LUMA / 4 + LUMA / 4 * 3 / 4;
    double sum = 0;

    for (int i = 0; i < LUMA / 16; i++)
        sum += from[i] - 128;
    return sum / (LUMA / 16.0);
}

TEST(a_lone_tree_stands_before_the_sky_and_its_leaves_move)
{
    static uint8_t tree[BYTES], later[BYTES];
    struct scene scene = land;
    struct renderer *renderer = NULL;
    int moved = 0;

    scene.ground = GROUND_GRASS;
    scene.tree = TREE_OAK;
    scene.tree_count = 1;
    scene.cloud_cover = 0;
    scene.sun_elevation_deg = 45;
    renderer = renderer_open(&scene, &small, NULL, NULL);
    draw(renderer, 0, tree);
    draw(renderer, 20, later);
    renderer_close(renderer);
    CHECK(dark_above(tree, 70) > 0.08);
    CHECK(dark_above(tree, 70) < 0.6);
    for (int i = 0; i < LUMA / 2; i++)
        moved += abs(tree[i] - later[i]) > 8;
    CHECK(moved > 150);
    CHECK(moved < LUMA / 8);
}

TEST(fields_have_the_color_of_their_flowers)
{
    static uint8_t lavender[BYTES], poppies[BYTES];
    struct scene scene = land;

    scene.ground = GROUND_FLOWERS;
    scene.bloom = BLOOM_LAVENDER;
    draw_at(&scene, 0, lavender);
    CHECK(tint_below(lavender, 0) > 4);
    scene.bloom = BLOOM_POPPY;
    draw_at(&scene, 0, poppies);
    CHECK(tint_below(poppies, 0) < -4);
    CHECK(tint_below(poppies, 1) > 2);
}
