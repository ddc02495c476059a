/* SPDX-License-Identifier: Apache-2.0 */
/* Woods: green in summer, gold in autumn, lit through gaps, and nothing in the camera's way. */
#include "harness/tap.h"
#include "workers/diorama/renderer.h"

#include <math.h>
#include <stdlib.h>

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

static void draw(struct renderer *renderer, int index, uint8_t bytes[BYTES])
{
    struct picture picture = {.plane = {bytes, bytes + LUMA, bytes + LUMA * 5 / 4},
                              .stride = {WIDTH, WIDTH / 2, WIDTH / 2}};

    renderer_draw(renderer, index, &picture);
}

static void draw_scene(const struct scene *scene, uint8_t bytes[BYTES])
{
    struct renderer *renderer = renderer_open(scene, &small, NULL, NULL);

    draw(renderer, 0, bytes);
    renderer_close(renderer);
}

static double mean(const uint8_t *from, int count)
{
    double sum = 0;

    for (int i = 0; i < count; i++)
        sum += from[i];
    return sum / count;
}

static double blue_of(const uint8_t bytes[BYTES])
{
    return mean(bytes + LUMA, LUMA / 4) - 128;
}

static double red_of(const uint8_t bytes[BYTES])
{
    return mean(bytes + LUMA * 5 / 4, LUMA / 4) - 128;
}

/* How rough the picture is: the mean step from pixel to pixel along rows. */
static double roughness(const uint8_t bytes[BYTES])
{
    double sum = 0;

    for (int y = 0; y < HEIGHT; y++)
        for (int x = 1; x < WIDTH; x++)
            sum += abs(bytes[y * WIDTH + x] - bytes[y * WIDTH + x - 1]);
    return sum / LUMA;
}

TEST(a_summer_wood_is_green_and_full_of_leaves)
{
    static uint8_t bytes[BYTES];

    draw_scene(&summer, bytes);
    CHECK(blue_of(bytes) < -4);
    CHECK(red_of(bytes) < 2);
    CHECK(roughness(bytes) > 4);
}

TEST(autumn_turns_its_leaves)
{
    static uint8_t green[BYTES], gold[BYTES];
    struct scene autumn = summer;

    autumn.season = SEASON_AUTUMN;
    draw_scene(&summer, green);
    draw_scene(&autumn, gold);
    CHECK(red_of(gold) > red_of(green) + 6);
}

TEST(winter_lays_snow_on_its_ground)
{
    static uint8_t bare[BYTES], white[BYTES];
    struct scene winter = summer;
    const int low = HEIGHT * 4 / 5;

    winter.season = SEASON_WINTER;
    draw_scene(&summer, bare);
    draw_scene(&winter, white);
    CHECK(mean(white + low * WIDTH, LUMA - low * WIDTH) >
          mean(bare + low * WIDTH, LUMA - low * WIDTH) + 15);
}

TEST(every_kind_of_wood_looks_its_own_way)
{
    static uint8_t woods[SCENE_WOODS][BYTES];

    for (int i = 0; i < SCENE_WOODS; i++) {
        struct scene scene = summer;

        scene.woods = (enum scene_woods)i;
        draw_scene(&scene, woods[i]);
        for (int k = 0; k < i; k++) {
            double apart = 0;

            for (int at = 0; at < LUMA; at++)
                apart += abs(woods[i][at] - woods[k][at]);
            CHECK(apart / LUMA > 12);
        }
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
            draw(renderer, 14 * k, bytes);
            CHECK(roughness(bytes) > 3);
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
        draw(renderer, i, after);
    }
    renderer_close(renderer);
    for (int i = 0; i < LUMA; i++)
        change += abs(after[i] - before[i]);
    CHECK(change / LUMA < 3.5);
    CHECK(change > 0); /* but they move in the wind */
}

TEST(vector_widths_draw_the_same_wood)
{
    static uint8_t widest[BYTES], other[BYTES];
    static const char *const isas[] = {"avx2", "sse4"};

    draw_scene(&summer, widest);
    for (int i = 0; i < 2; i++) {
        double apart = 0;

        setenv("VITASCOPE_DIORAMA_ISA", isas[i], 1);
        draw_scene(&summer, other);
        unsetenv("VITASCOPE_DIORAMA_ISA");
        for (int k = 0; k < BYTES; k++)
            apart += abs(widest[k] - other[k]);
        CHECK(apart / BYTES < 0.02);
    }
}
