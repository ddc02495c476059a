/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/tap.h"
#include "picture.h"
#include "workers/diorama/renderer.h"
#include "workers/diorama/sea/ocean.h"

#include <math.h>

enum { WIDTH = 160, HEIGHT = 96, BYTES = 160 * 96 * 3 / 2, FRAMES = 30 };

static const struct scene noon = {.place = PLACE_SEA,
                                  .camera = CAMERA_STATIC,
                                  .look = LOOK_NATURAL,
                                  .sun_elevation_deg = 35,
                                  .sun_azimuth_deg = 150,
                                  .cloud_cover = 0.2f,
                                  .haze = 0.2f,
                                  .wind = 0.3f,
                                  .camera_speed = 1,
                                  .time_scale = 1,
                                  .seed = 7};

static const struct renderer_options small = {
    .width = WIDTH, .height = HEIGHT, .fps = 30, .frames = FRAMES, .threads = 2};

TEST(the_sea_is_dark_and_blue_under_a_bright_sky_and_moves)
{
    const struct picture_part above = {0, 0, 100, 25}, below = {0, 75, 100, 100};
    static uint8_t frames[2][BYTES];
    int blue = 0;

    picture_draw_frames(&noon, &small, 0, 6, 2, frames[0]);
    CHECK(picture_mean(frames[0], &small, PICTURE_LUMA, above) >
          picture_mean(frames[0], &small, PICTURE_LUMA, below) + 20);
    for (int i = WIDTH * HEIGHT + WIDTH * HEIGHT / 8; i < WIDTH * HEIGHT * 5 / 4; i++)
        blue += frames[0][i] > 132;
    CHECK(blue > WIDTH * HEIGHT / 8 * 3 / 4);
    CHECK(picture_difference(frames[0] + WIDTH * HEIGHT / 2, frames[1] + WIDTH * HEIGHT / 2,
                             WIDTH * HEIGHT / 2) > 2);
}

static void check_alike(const struct scene *scene)
{
    static uint8_t bytes[BYTES];

    CHECK(picture_is_same_again(scene, &small, 20, 3, bytes, NULL));
    CHECK(picture_compare_widths(scene, &small, 20, bytes).mean < 0.02);
}

TEST(the_sea_is_alike_in_every_width_and_order)
{
    struct scene scene = noon;

    scene.wind = 0.8f; /* with foam, which stays on the water for a while */
    check_alike(&scene);
}

TEST(the_reef_is_alike_in_every_width_and_order)
{
    struct scene scene = noon;

    scene.place = PLACE_UNDERWATER;
    check_alike(&scene);
}

/* Pixels that are redder than in another picture. */
static int count_redder(const uint8_t *bytes, const uint8_t *other)
{
    int count = 0;

    for (int i = WIDTH * HEIGHT * 5 / 4; i < BYTES; i++)
        count += bytes[i] > other[i] + 10;
    return count;
}

TEST(red_fish_swim_in_blue_water)
{
    const struct picture_part upper_half = {0, 0, 100, 50};
    static uint8_t frames[2][BYTES], empty[BYTES];
    struct scene scene = noon;

    scene.place = PLACE_UNDERWATER;
    picture_draw_scene(&scene, &small, 0, empty);
    CHECK(picture_mean(empty, &small, PICTURE_BLUE, upper_half) > 138);
    scene.subject_count = 1;
    scene.subjects[0] = (struct subject){.kind = SUBJECT_FISH,
                                         .action = ACTION_SWIM,
                                         .count = 5,
                                         .is_colored = true,
                                         .color = {0.9f, 0.03f, 0.02f}};
    picture_draw_frames(&scene, &small, 0, 20, 2, frames[0]);
    CHECK(count_redder(frames[0], empty) > 25);
    CHECK(picture_difference(frames[0], frames[1], WIDTH * HEIGHT) > 1.5);
}

TEST(each_form_of_fish_looks_its_own_way)
{
    static const enum subject_form forms[] = {FORM_USUAL, FORM_SHARK, FORM_TURTLE, FORM_JELLYFISH};
    static uint8_t pictures[4][BYTES];
    struct scene scene = noon;

    scene.place = PLACE_UNDERWATER;
    scene.subject_count = 1;
    for (int i = 0; i < 4; i++) {
        scene.subjects[0] = (struct subject){
            .kind = SUBJECT_FISH, .action = ACTION_SWIM, .count = 1, .form = forms[i]};
        picture_draw_scene(&scene, &small, 0, pictures[i]);
        for (int k = 0; k < i; k++)
            CHECK(picture_difference(pictures[i], pictures[k], BYTES) > 0.25);
    }
}

TEST(wind_roughens_the_sea)
{
    const struct picture_part lower_half = {0, 50, 100, 100};
    static uint8_t bytes[BYTES];
    struct scene scene = noon;
    double calm = 0;

    scene.wind = 0;
    picture_draw_scene(&scene, &small, 0, bytes);
    calm = picture_roughness(bytes, &small, lower_half);
    scene.wind = 0.9f;
    picture_draw_scene(&scene, &small, 0, bytes);
    CHECK(picture_roughness(bytes, &small, lower_half) > 1.5 * calm);
}

/* Share of the picture above its middle that is much darker than its sky: water that stands up. */
static double standing_water(const uint8_t *bytes)
{
    const struct picture_part top = {0, 0, 100, 9};
    double sky = picture_mean(bytes, &small, PICTURE_LUMA, top);
    int count = 0;

    for (int i = 0; i < WIDTH * HEIGHT / 2; i++)
        count += bytes[i] < sky * 0.75;
    return count / (WIDTH * HEIGHT * 0.5);
}

TEST(in_a_storm_great_waves_stand_up_before_the_eye)
{
    static const uint64_t seeds[3] = {4, 6, 8};
    static uint8_t bytes[BYTES];
    struct scene scene = noon;
    double sum = 0;

    scene.weather = WEATHER_RAIN;
    scene.wind = 1;
    for (int i = 0; i < 3; i++) {
        scene.seed = seeds[i];
        picture_draw_scene(&scene, &small, 15, bytes);
        sum += standing_water(bytes) / 3;
    }
    CHECK(sum > 0.18);
}

TEST(a_low_sun_draws_a_road_of_light_on_the_sea)
{
    static uint8_t bytes[BYTES];
    struct scene scene = noon;
    double road = 0, beside = 0;

    scene.sun_elevation_deg = 6;
    scene.sun_azimuth_deg = 0;
    scene.cloud_cover = 0;
    picture_draw_scene(&scene, &small, 0, bytes);
    for (int y = HEIGHT / 2; y < HEIGHT * 3 / 4; y++)
        for (int x = 0; x < 16; x++) {
            road += bytes[y * WIDTH + WIDTH / 2 - 8 + x];
            beside += bytes[y * WIDTH + x];
        }
    CHECK(road > 1.4 * beside);
}

/* What floats must float on the waves that are drawn: the surface found from single waves is as
 * high as the one that Fourier sums make, where there are no short waves. */
TEST(things_float_on_the_waves_that_are_summed)
{
    static const struct ocean_plan plan = {
        .height_m = 2, .length_m = 60, .spread = 0.3f, .ripple = 0.3f, .seed = 3};
    struct ocean ocean;
    double off = 0, high = 0;

    ocean_init(&ocean, &plan);
    ocean_begin(&ocean, 7.5f, 1);
    for (int i = 0; i < 64; i++) {
        int x = i * 37 % OCEAN_SIDE, z = i * 101 % OCEAN_SIDE;
        float cell = ocean.bands[0].size_m / OCEAN_SIDE;
        const float place[2] = {(float)x * cell, (float)z * cell};
        float drawn = ocean.bands[0].height[z * OCEAN_SIDE + x];

        off += fabs(ocean_height(&ocean, place, 7.5f, 0, NULL) - drawn);
        high += fabs(drawn);
    }
    ocean_fini(&ocean);
    CHECK(high / 64 > 0.2);
    CHECK(off < 0.35 * high);
}
