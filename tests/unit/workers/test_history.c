/* SPDX-License-Identifier: Apache-2.0 */
/* Frames that are drawn one after the other: calm, without ghosts, and the same each time. */
#include "harness/tap.h"
#include "picture.h"
#include "workers/diorama/renderer.h"

#include <stdlib.h>

enum { WIDTH = 256, HEIGHT = 144, LUMA = WIDTH * HEIGHT, BYTES = LUMA * 3 / 2, BLOCK = 8 };

static const struct scene woods = {.place = PLACE_MOUNTAINS,
                                   .camera = CAMERA_STATIC,
                                   .look = LOOK_NATURAL,
                                   .sun_elevation_deg = 35,
                                   .sun_azimuth_deg = 70,
                                   .snow_line = 1,
                                   .greenery = 1,
                                   .camera_speed = 1,
                                   .time_scale = 1,
                                   .seed = 7};

static const struct scene desert_car = {.place = PLACE_MOUNTAINS,
                                        .camera = CAMERA_STATIC,
                                        .look = LOOK_NATURAL,
                                        .sun_elevation_deg = 40,
                                        .sun_azimuth_deg = 60,
                                        .snow_line = 1,
                                        .camera_speed = 1,
                                        .time_scale = 1,
                                        .ground = GROUND_ROAD,
                                        .subject_count = 1,
                                        .subjects = {{.kind = SUBJECT_CAR,
                                                      .action = ACTION_WALK,
                                                      .count = 1,
                                                      .is_colored = true,
                                                      .color = {0.6f, 0.02f, 0.02f}}},
                                        .seed = 3};

static const struct renderer_options small = {
    .width = WIDTH, .height = HEIGHT, .fps = 30, .frames = 30, .threads = 2};

/* Draws all frames up to `last`; the last one stays. */
static void draw_up_to(const struct scene *scene, int last, uint8_t bytes[BYTES])
{
    struct renderer *renderer = renderer_open(scene, &small, NULL, NULL);

    for (int i = 0; i <= last; i++)
        picture_draw(renderer, &small, i, bytes);
    renderer_close(renderer);
}

/* The greatest difference between the means of blocks: grain and edges do not show in it. */
static double worst_block(const uint8_t *a, const uint8_t *b)
{
    double worst = 0;

    for (int y = 0; y < HEIGHT; y += BLOCK)
        for (int x = 0; x < WIDTH; x += BLOCK) {
            int sum = 0;

            for (int i = 0; i < BLOCK * BLOCK; i++) {
                int at = (y + i / BLOCK) * WIDTH + x + i % BLOCK;

                sum += a[at] - b[at];
            }
            worst = abs(sum) > worst ? abs(sum) : worst;
        }
    return worst / (BLOCK * BLOCK);
}

/* Shimmer is what changes in the lower half, where the land is. */
TEST(still_woods_do_not_shimmer)
{
    static uint8_t a[BYTES], b[BYTES];
    struct renderer *renderer = renderer_open(&woods, &small, NULL, NULL);
    double sum = 0;

    for (int i = 0; i < 12; i++)
        picture_draw(renderer, &small, i, i % 2 ? b : a);
    for (int i = 12; i < 20; i++) {
        picture_draw(renderer, &small, i, i % 2 ? b : a);
        sum += picture_difference(a + LUMA / 2, b + LUMA / 2, LUMA / 2) / 8;
    }
    renderer_close(renderer);
    CHECK(sum < 1.6);
}

/* How unlike a frame that the ones before it led to is one drawn without them. */
static double lag_of(const struct scene *scene, int frame)
{
    static uint8_t reached[BYTES], alone[BYTES];

    draw_up_to(scene, frame, reached);
    picture_draw_scene(scene, &small, frame, alone);
    return worst_block(reached, alone);
}

TEST(nothing_lags_behind_who_moves)
{
    CHECK(lag_of(&desert_car, 14) < 6);
}

TEST(who_runs_in_the_dusk_leaves_no_ghost)
{
    struct scene scene = desert_car;

    scene.sun_elevation_deg = -5;
    scene.ground = GROUND_SAND;
    scene.subjects[0].kind = SUBJECT_DOG;
    scene.subjects[0].action = ACTION_RUN;
    CHECK(lag_of(&scene, 9) < 12);
}

TEST(clouds_keep_up_with_a_pan)
{
    struct scene clouds = woods;

    clouds.camera = CAMERA_PAN_RIGHT;
    clouds.camera_speed = 3;
    clouds.weather = WEATHER_CLOUDY;
    clouds.cloud_cover = 0.6f;
    CHECK(lag_of(&clouds, 10) < 6);
}

TEST(frames_in_order_are_the_same_each_time)
{
    static uint8_t first[BYTES], again[BYTES];

    draw_up_to(&desert_car, 5, first);
    draw_up_to(&desert_car, 5, again);
    CHECK(memcmp(first, again, BYTES) == 0);
}
