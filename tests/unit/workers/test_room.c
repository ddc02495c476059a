/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/tap.h"
#include "workers/diorama/renderer.h"

#include <stdlib.h>

enum { WIDTH = 160, HEIGHT = 96, BYTES = 160 * 96 * 3 / 2, FRAMES = 30 };

static const struct scene morning = {.place = PLACE_ROOM,
                                     .room = ROOM_LIVING,
                                     .camera = CAMERA_PUSH_IN,
                                     .sun_elevation_deg = 24,
                                     .cloud_cover = 0.1f,
                                     .haze = 0.2f,
                                     .greenery = 0.8f,
                                     .camera_speed = 1,
                                     .time_scale = 1,
                                     .seed = 2};

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

    CHECK(renderer != NULL);
    draw(renderer, index, bytes);
    renderer_close(renderer);
}

static double mean_difference(const uint8_t *a, const uint8_t *b)
{
    double sum = 0;

    for (int i = 0; i < BYTES; i++)
        sum += abs(a[i] - b[i]);
    return sum / BYTES;
}

/* The mean of a plane's bytes in a part of the picture, in shares of its size. */
static double mean_of(const uint8_t *bytes, int plane, const double part[4])
{
    int wide = plane ? WIDTH / 2 : WIDTH, tall = plane ? HEIGHT / 2 : HEIGHT, count = 0;
    const uint8_t *from = bytes + (plane ? WIDTH * HEIGHT * (plane + 3) / 4 : 0);
    double sum = 0;

    for (int y = (int)(part[1] * tall); y < (int)(part[3] * tall); y++)
        for (int x = (int)(part[0] * wide); x < (int)(part[2] * wide); x++, count++)
            sum += from[y * wide + x];
    return sum / count;
}

TEST(rooms_are_alike_in_every_width_and_order)
{
    static const char *const isas[] = {"avx2", "sse4"};
    static uint8_t widest[BYTES], other[BYTES];
    struct renderer *renderer = renderer_open(&morning, &small, NULL, NULL);

    draw(renderer, 20, widest);
    draw(renderer, 1, other);
    CHECK(mean_difference(widest, other) > 0.3);
    draw(renderer, 20, other);
    renderer_close(renderer);
    CHECK(memcmp(widest, other, BYTES) == 0);
    for (int i = 0; i < 2; i++) {
        setenv("VITASCOPE_DIORAMA_ISA", isas[i], 1);
        draw_scene(&morning, 20, other);
        unsetenv("VITASCOPE_DIORAMA_ISA");
        CHECK(mean_difference(widest, other) < 0.05);
    }
}

/* By how much the brightest tenth of the lower third outshines its middle. */
static int floor_contrast(const uint8_t *bytes)
{
    int counts[256] = {0}, total = HEIGHT / 3 * WIDTH, sum = 0, middle = -1, bright = -1;

    for (int i = HEIGHT * WIDTH - total; i < HEIGHT * WIDTH; i++)
        counts[bytes[i]]++;
    for (int i = 0; i < 256; i++) {
        sum += counts[i];
        middle = middle < 0 && sum > total / 2 ? i : middle;
        bright = bright < 0 && sum > total * 9 / 10 ? i : bright;
    }
    return bright - middle;
}

TEST(the_sun_shines_through_the_windows_onto_the_floor)
{
    static uint8_t sunny[BYTES], gray[BYTES];
    struct scene scene = morning;

    draw_scene(&scene, 0, sunny);
    scene.weather = WEATHER_OVERCAST;
    scene.cloud_cover = 1;
    draw_scene(&scene, 0, gray);
    CHECK(floor_contrast(sunny) > floor_contrast(gray) + 12);
}

TEST(lamps_light_a_room_at_night_and_windows_by_day)
{
    static const double all[4] = {0, 0, 1, 1};
    static uint8_t day[BYTES], night[BYTES];
    struct scene scene = morning;
    int bright[2] = {0, 0};

    draw_scene(&scene, 0, day);
    scene.sun_elevation_deg = -14;
    draw_scene(&scene, 0, night);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        bright[0] += day[i] > 190;
        bright[1] += night[i] > 190;
    }
    /* Lampshades are small and warm, windows large. */
    CHECK(bright[1] > 8);
    CHECK(bright[0] > 2 * bright[1]);
    CHECK(mean_of(night, 2, all) > 1.02 * mean_of(night, 1, all));
    CHECK(mean_of(day, 0, all) > 1.2 * mean_of(night, 0, all));
}

TEST(each_kind_of_room_is_another)
{
    static uint8_t pictures[SCENE_ROOMS][BYTES];

    for (int i = 0; i < SCENE_ROOMS; i++) {
        struct scene scene = morning;

        scene.room = (enum scene_room)i;
        scene.weather = (enum scene_weather)i;
        scene.effects = EFFECT_FIREPLACE | EFFECT_CANDLES;
        draw_scene(&scene, FRAMES - 1, pictures[i]);
        for (int k = 0; k < i; k++)
            CHECK(mean_difference(pictures[i], pictures[k]) > 4);
    }
}

TEST(a_cat_walks_through_a_room)
{
    static uint8_t first[2][BYTES], last[2][BYTES];
    struct scene scene = morning;

    scene.camera = CAMERA_STATIC;
    scene.subject_count = 1;
    scene.subjects[0] = (struct subject){.kind = SUBJECT_CAT, .action = ACTION_IDLE, .count = 1};
    for (int i = 0; i < 2; i++) {
        draw_scene(&scene, 0, first[i]);
        draw_scene(&scene, FRAMES - 1, last[i]);
        scene.subjects[0].action = ACTION_WALK;
    }
    /* A sitting one stays where it is. */
    CHECK(mean_difference(first[1], last[1]) > 1.3 * mean_difference(first[0], last[0]));
}

TEST(a_fire_warms_a_room)
{
    static const double all[4] = {0, 0, 1, 1};
    static uint8_t lamps[BYTES], fire[BYTES];
    struct scene scene = morning;

    scene.sun_elevation_deg = -14;
    draw_scene(&scene, 8, lamps);
    scene.effects = EFFECT_FIREPLACE;
    draw_scene(&scene, 8, fire);
    CHECK(mean_of(fire, 2, all) > mean_of(lamps, 2, all) + 0.5);
    CHECK(mean_of(fire, 1, all) < mean_of(lamps, 1, all));
}
