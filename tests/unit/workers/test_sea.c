/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/tap.h"
#include "workers/diorama/renderer.h"
#include "workers/diorama/sea/ocean.h"

#include <math.h>
#include <stdlib.h>

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

static void draw(struct renderer *renderer, int index, uint8_t bytes[BYTES])
{
    struct picture picture = {.stride = {WIDTH, WIDTH / 2, WIDTH / 2}};

    memset(bytes, 0xee, BYTES);
    picture.plane[0] = bytes;
    picture.plane[1] = bytes + WIDTH * HEIGHT;
    picture.plane[2] = picture.plane[1] + WIDTH / 2 * (HEIGHT / 2);
    renderer_draw(renderer, index, &picture);
}

static void draw_scene(const struct scene *scene, int index, uint8_t bytes[BYTES])
{
    struct renderer *renderer = renderer_open(scene, &small, NULL, NULL);

    draw(renderer, index, bytes);
    renderer_close(renderer);
}

static double mean_luma(const uint8_t *bytes, int first_row, int rows)
{
    double sum = 0;

    for (int i = first_row * WIDTH; i < (first_row + rows) * WIDTH; i++)
        sum += bytes[i];
    return sum / (rows * WIDTH);
}

static double mean_difference(const uint8_t *a, const uint8_t *b, int first, int count)
{
    double sum = 0;

    for (int i = first; i < first + count; i++)
        sum += abs(a[i] - b[i]);
    return sum / count;
}

/* How much neighbors in a row differ in the lower half of the picture. */
static double unrest(const uint8_t *bytes)
{
    double sum = 0;

    for (int i = WIDTH * HEIGHT / 2; i < WIDTH * HEIGHT - 1; i++)
        sum += abs(bytes[i + 1] - bytes[i]);
    return sum / (WIDTH * HEIGHT / 2);
}

TEST(the_sea_is_dark_and_blue_under_a_bright_sky_and_moves)
{
    static uint8_t first[BYTES], later[BYTES];
    struct renderer *renderer = renderer_open(&noon, &small, NULL, NULL);
    int blue = 0;

    draw(renderer, 0, first);
    draw(renderer, 6, later);
    renderer_close(renderer);
    CHECK(mean_luma(first, 0, HEIGHT / 4) > mean_luma(first, HEIGHT * 3 / 4, HEIGHT / 4) + 20);
    for (int i = WIDTH * HEIGHT + WIDTH * HEIGHT / 8; i < WIDTH * HEIGHT * 5 / 4; i++)
        blue += first[i] > 132;
    CHECK(blue > WIDTH * HEIGHT / 8 * 3 / 4);
    CHECK(mean_difference(first, later, WIDTH * HEIGHT / 2, WIDTH * HEIGHT / 2) > 2);
}

static void check_alike(const struct scene *scene)
{
    static const char *const isas[] = {"avx2", "sse4"};
    static uint8_t widest[BYTES], other[BYTES];
    struct renderer *renderer = renderer_open(scene, &small, NULL, NULL);

    draw(renderer, 20, widest);
    draw(renderer, 3, other);
    draw(renderer, 20, other);
    renderer_close(renderer);
    CHECK(memcmp(widest, other, BYTES) == 0);
    for (int i = 0; i < 2; i++) {
        setenv("VITASCOPE_DIORAMA_ISA", isas[i], 1);
        draw_scene(scene, 20, other);
        unsetenv("VITASCOPE_DIORAMA_ISA");
        CHECK(mean_difference(widest, other, 0, BYTES) < 0.02);
    }
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
    static uint8_t first[BYTES], later[BYTES], empty[BYTES];
    struct scene scene = noon;
    struct renderer *renderer = NULL;
    double blue = 0;

    scene.place = PLACE_UNDERWATER;
    draw_scene(&scene, 0, empty);
    for (int i = WIDTH * HEIGHT; i < WIDTH * HEIGHT * 9 / 8; i++)
        blue += empty[i];
    CHECK(blue / (WIDTH * HEIGHT / 8) > 138);
    scene.subject_count = 1;
    scene.subjects[0] = (struct subject){.kind = SUBJECT_FISH,
                                         .action = ACTION_SWIM,
                                         .count = 5,
                                         .is_colored = true,
                                         .color = {0.9f, 0.03f, 0.02f}};
    renderer = renderer_open(&scene, &small, NULL, NULL);
    draw(renderer, 0, first);
    draw(renderer, 20, later);
    renderer_close(renderer);
    CHECK(count_redder(first, empty) > 25);
    CHECK(mean_difference(first, later, 0, WIDTH * HEIGHT) > 1.5);
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
        draw_scene(&scene, 0, pictures[i]);
        for (int k = 0; k < i; k++)
            CHECK(mean_difference(pictures[i], pictures[k], 0, BYTES) > 0.25);
    }
}

TEST(wind_roughens_the_sea)
{
    static uint8_t bytes[BYTES];
    struct scene scene = noon;
    double calm = 0;

    scene.wind = 0;
    draw_scene(&scene, 0, bytes);
    calm = unrest(bytes);
    scene.wind = 0.9f;
    draw_scene(&scene, 0, bytes);
    CHECK(unrest(bytes) > 1.5 * calm);
}

/* Share of the picture above its middle that is much darker than its sky: water that stands up. */
static double standing_water(const uint8_t *bytes)
{
    double sky = mean_luma(bytes, 0, 8);
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
        draw_scene(&scene, 15, bytes);
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
    draw_scene(&scene, 0, bytes);
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
