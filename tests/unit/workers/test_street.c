/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/tap.h"
#include "workers/diorama/renderer.h"

#include <stdlib.h>

enum { WIDTH = 160, HEIGHT = 96, BYTES = WIDTH * HEIGHT * 3 / 2 };

static const struct scene daylight = {.place = PLACE_STREET,
                                      .camera = CAMERA_STATIC,
                                      .sun_elevation_deg = 30,
                                      .sun_azimuth_deg = 40,
                                      .cloud_cover = 0.9f,
                                      .weather = WEATHER_OVERCAST,
                                      .haze = 0.2f,
                                      .camera_speed = 1,
                                      .time_scale = 1,
                                      .seed = 3};

static void draw_scene(const struct scene *scene, int index, uint8_t bytes[BYTES])
{
    const struct renderer_options options = {
        .width = WIDTH, .height = HEIGHT, .fps = 30, .frames = 30, .threads = 2};
    struct renderer *renderer = renderer_open(scene, &options, NULL, NULL);
    struct picture picture = {.stride = {WIDTH, WIDTH / 2, WIDTH / 2}};

    CHECK(renderer != NULL);
    picture.plane[0] = bytes;
    picture.plane[1] = bytes + WIDTH * HEIGHT;
    picture.plane[2] = picture.plane[1] + WIDTH / 2 * (HEIGHT / 2);
    renderer_draw(renderer, index, &picture);
    renderer_close(renderer);
}

static double mean_luma(const uint8_t *bytes, int first_row, int rows)
{
    double sum = 0;

    for (int i = first_row * WIDTH; i < (first_row + rows) * WIDTH; i++)
        sum += bytes[i];
    return sum / (rows * WIDTH);
}

static int greatest_difference(const uint8_t *a, const uint8_t *b)
{
    int greatest = 0;

    for (int i = 0; i < BYTES; i++)
        greatest = abs(a[i] - b[i]) > greatest ? abs(a[i] - b[i]) : greatest;
    return greatest;
}

TEST(snow_in_a_street_makes_its_ground_lighter_than_its_walls)
{
    static uint8_t bare[BYTES], white[BYTES], narrow[BYTES];
    struct scene scene = daylight;

    draw_scene(&scene, 0, bare);
    scene.ground = GROUND_SNOW;
    draw_scene(&scene, 0, white);
    CHECK(mean_luma(bare, 72, 24) < 0.9 * mean_luma(bare, 24, 24));
    CHECK(mean_luma(white, 72, 24) > 1.1 * mean_luma(white, 24, 24));
    setenv("VITASCOPE_DIORAMA_ISA", "sse4", 1);
    draw_scene(&scene, 0, narrow);
    unsetenv("VITASCOPE_DIORAMA_ISA");
    CHECK(greatest_difference(white, narrow) <= 1);
}

/* Pixels of a red coat in the lowest eighth: Cr far above gray. */
static int red_pixels(const uint8_t *bytes)
{
    const uint8_t *red = bytes + WIDTH * HEIGHT * 5 / 4;
    int count = 0;

    for (int i = WIDTH * HEIGHT / 4 * 7 / 8; i < WIDTH * HEIGHT / 4; i++)
        count += red[i] > 150;
    return count;
}

TEST(a_close_up_is_filled_by_head_and_shoulders)
{
    static uint8_t far[BYTES], near[BYTES];
    struct scene scene = daylight;

    scene.subject_count = 1;
    scene.subjects[0] = (struct subject){.kind = SUBJECT_PERSON,
                                         .form = FORM_WOMAN,
                                         .count = 1,
                                         .is_colored = true,
                                         .color = {0.5f, 0.01f, 0.01f}};
    draw_scene(&scene, 0, far);
    scene.shot = SHOT_CLOSE;
    draw_scene(&scene, 0, near);
    CHECK_INT(red_pixels(far), 0);
    CHECK(red_pixels(near) > 60);
}

/* Pixels that change in half a second. */
static int moving(const struct scene *scene)
{
    static uint8_t first[BYTES], later[BYTES];
    int count = 0;

    draw_scene(scene, 0, first);
    draw_scene(scene, 15, later);
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        count += abs(first[i] - later[i]) > 20;
    return count;
}

TEST(traffic_drives_through_the_picture)
{
    struct scene scene = daylight;
    int calm = moving(&scene);

    scene.traffic = 1;
    CHECK(moving(&scene) > 2 * calm + 100);
}
