/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/tap.h"
#include "workers/diorama/renderer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { WIDTH = 192, HEIGHT = 108, BYTES = WIDTH * HEIGHT * 3 / 2 };

static const struct scene city = {.place = PLACE_SKYLINE,
                                  .camera = CAMERA_STATIC,
                                  .sun_elevation_deg = 3.5f,
                                  .sun_azimuth_deg = 13,
                                  .cloud_cover = 0.2f,
                                  .haze = 0.35f,
                                  .camera_speed = 1,
                                  .time_scale = 1,
                                  .futuristic = true,
                                  .seed = 5};

static struct renderer *open_scene(const struct scene *scene)
{
    const struct renderer_options options = {
        .width = WIDTH, .height = HEIGHT, .fps = 30, .frames = 60, .threads = 2};
    struct renderer *renderer = renderer_open(scene, &options, NULL, NULL);

    CHECK(renderer != NULL);
    return renderer;
}

static void draw(struct renderer *renderer, int index, uint8_t bytes[BYTES])
{
    struct picture picture = {.stride = {WIDTH, WIDTH / 2, WIDTH / 2}};

    picture.plane[0] = bytes;
    picture.plane[1] = bytes + WIDTH * HEIGHT;
    picture.plane[2] = picture.plane[1] + WIDTH / 2 * (HEIGHT / 2);
    renderer_draw(renderer, index, &picture);
}

/* Mean luma of columns from..to of the rows first..last. */
static double mean_of(const uint8_t *bytes, const int columns[2], const int rows[2])
{
    double sum = 0;

    for (int y = rows[0]; y < rows[1]; y++)
        for (int x = columns[0]; x < columns[1]; x++)
            sum += bytes[y * WIDTH + x];
    return sum / ((columns[1] - columns[0]) * (rows[1] - rows[0]));
}

TEST(a_low_sun_stands_free_between_towers)
{
    static uint8_t bytes[BYTES], narrow[BYTES];
    const int rows[2] = {20, 52}, left[2] = {0, 36}, right[2] = {WIDTH - 36, WIDTH};
    const int middle[2] = {78, 114};

    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct scene scene = city;
        struct renderer *renderer = NULL;
        double open;

        scene.seed = seed;
        renderer = open_scene(&scene);
        draw(renderer, 0, bytes);
        renderer_close(renderer);
        open = mean_of(bytes, middle, rows);
        CHECK(open > 1.15 * mean_of(bytes, left, rows));
        CHECK(open > 1.15 * mean_of(bytes, right, rows));
    }
    setenv("VITASCOPE_DIORAMA_ISA", "sse4", 1);
    {
        struct scene scene = city;
        struct renderer *renderer = NULL;
        int greatest = 0;

        scene.seed = 3;
        renderer = open_scene(&scene);
        draw(renderer, 0, narrow);
        renderer_close(renderer);
        for (int i = 0; i < BYTES; i++)
            greatest = abs(bytes[i] - narrow[i]) > greatest ? abs(bytes[i] - narrow[i]) : greatest;
        CHECK(greatest <= 1);
    }
    unsetenv("VITASCOPE_DIORAMA_ISA");
}

/* Samples of the middle columns, from the horizon on, that change from one frame to a later one. */
static int changes(const struct scene *scene)
{
    static uint8_t first[BYTES], later[BYTES];
    struct renderer *renderer = open_scene(scene);
    int count = 0;

    draw(renderer, 6, first);
    draw(renderer, 14, later);
    renderer_close(renderer);
    for (int y = 30; y < 60; y++)
        for (int x = 70; x < 122; x++)
            count += abs(first[y * WIDTH + x] - later[y * WIDTH + x]) > 12;
    return count;
}

TEST(cars_fly_over_a_city_of_the_future)
{
    struct scene scene = city;
    int classic;

    scene.sun_elevation_deg = -16;
    scene.cloud_cover = 0;
    scene.futuristic = false;
    classic = changes(&scene);
    scene.futuristic = true;
    CHECK(changes(&scene) > classic + 20);
}

/* How alike the columns of two strips are, -1 to 1. */
static double likeness(const uint8_t *bytes, const int above[2], const int below[2])
{
    double sum[5] = {0};

    for (int x = 0; x < WIDTH - 4; x += 4) {
        const int columns[2] = {x, x + 4};
        double a = mean_of(bytes, columns, above), b = mean_of(bytes, columns, below);

        sum[0] += a;
        sum[1] += b;
        sum[2] += a * a;
        sum[3] += b * b;
        sum[4] += a * b;
    }
    for (int i = 0; i < 5; i++)
        sum[i] /= WIDTH / 4 - 1;
    return (sum[4] - sum[0] * sum[1]) /
           sqrt((sum[2] - sum[0] * sum[0]) * (sum[3] - sum[1] * sum[1]) + 1e-9);
}

TEST(fireworks_rise_over_a_bay_that_mirrors_the_city)
{
    static uint8_t bytes[BYTES];
    const int above[2] = {52, 84}, below[2] = {88, 104};
    struct scene scene = city;
    struct renderer *renderer = NULL;

    scene.futuristic = false;
    scene.sun_elevation_deg = -16;
    scene.effects = EFFECT_FIREWORKS;
    renderer = open_scene(&scene);
    draw(renderer, 8, bytes);
    renderer_close(renderer);
    CHECK(likeness(bytes, above, below) > 0.4);
}
