/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/tap.h"
#include "workers/diorama/body/body.h"
#include "workers/diorama/renderer.h"

#include <stdlib.h>

enum { WIDTH = 192, HEIGHT = 108, LUMA = WIDTH * HEIGHT, BYTES = LUMA * 3 / 2, FRAMES = 30 };

static const struct scene valley = {.place = PLACE_MOUNTAINS,
                                    .camera = CAMERA_STATIC,
                                    .look = LOOK_NATURAL,
                                    .sun_elevation_deg = 24,
                                    .sun_azimuth_deg = 150,
                                    .cloud_cover = 0.2f,
                                    .haze = 0.2f,
                                    .snow_line = 0.8f,
                                    .greenery = 0.6f,
                                    .camera_speed = 1,
                                    .time_scale = 1,
                                    .seed = 7};

static const struct renderer_options small = {
    .width = WIDTH, .height = HEIGHT, .fps = 30, .frames = FRAMES, .threads = 2};

static struct scene with(enum scene_place place, enum subject_kind kind, int count)
{
    struct scene scene = valley;

    scene.place = place;
    scene.subject_count = 1;
    scene.subjects[0] = (struct subject){.kind = kind, .action = ACTION_WALK, .count = count};
    return scene;
}

static void draw(struct renderer *renderer, int index, uint8_t bytes[BYTES])
{
    struct picture picture = {.stride = {WIDTH, WIDTH / 2, WIDTH / 2}};

    memset(bytes, 0xee, BYTES);
    picture.plane[0] = bytes;
    picture.plane[1] = bytes + LUMA;
    picture.plane[2] = bytes + LUMA + LUMA / 4;
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

/* How many pixels are redder than any land, of those that chroma has. */
static int count_red(const uint8_t *bytes)
{
    int count = 0;

    for (int i = LUMA + LUMA / 4; i < BYTES; i++)
        count += bytes[i] > 160;
    return count;
}

/* Draws what another order, another machine and a thread more would draw. */
static void check_alike(const struct scene *scene)
{
    static const char *const isas[] = {"avx2", "sse4"};
    static uint8_t first[BYTES], other[BYTES];
    struct renderer *renderer = renderer_open(scene, &small, NULL, NULL);

    draw(renderer, 21, first);
    draw(renderer, 4, other);
    CHECK(mean_difference(first, other) > 0.2); /* it moves */
    draw(renderer, 21, other);
    renderer_close(renderer);
    CHECK(memcmp(first, other, BYTES) == 0);
    for (int i = 0; i < 2; i++) {
        setenv("VITASCOPE_DIORAMA_ISA", isas[i], 1);
        draw_scene(scene, 21, other);
        unsetenv("VITASCOPE_DIORAMA_ISA");
        CHECK(mean_difference(first, other) < 0.02);
    }
}

TEST(balloons_hang_in_the_sky_and_more_of_them_show_more)
{
    static uint8_t none[BYTES], one[BYTES], seven[BYTES];
    struct scene scene = with(PLACE_MOUNTAINS, SUBJECT_BALLOONS, 1);

    draw_scene(&valley, 9, none);
    draw_scene(&scene, 9, one);
    scene.subjects[0].count = 7;
    draw_scene(&scene, 9, seven);
    CHECK(mean_difference(none, one) > 2);
    CHECK(mean_difference(one, seven) > 0.3);
    check_alike(&scene);
}

TEST(a_balloon_has_the_color_that_the_prompt_names)
{
    static uint8_t bytes[BYTES];
    struct scene scene = with(PLACE_COAST, SUBJECT_BALLOONS, 1);

    scene.subjects[0].is_colored = true;
    scene.subjects[0].color[0] = 0.5f;
    draw_scene(&scene, 9, bytes);
    CHECK(count_red(bytes) > 60);
    scene.subject_count = 0;
    draw_scene(&scene, 9, bytes);
    CHECK(count_red(bytes) < 10);
}

/* How unlike pictures are in the rows from `first` on. */
static double rows_difference(const uint8_t *a, const uint8_t *b, int first, int rows)
{
    double sum = 0;

    for (int i = first * WIDTH; i < (first + rows) * WIDTH; i++)
        sum += abs(a[i] - b[i]);
    return sum / (rows * WIDTH);
}

TEST(boats_of_every_form_float_on_the_sea_and_are_mirrored)
{
    static const enum subject_form forms[] = {FORM_SAIL, FORM_ROWING, FORM_FISHING, FORM_SHIP};
    static uint8_t usual[BYTES], other[BYTES];
    struct scene scene = with(PLACE_COAST, SUBJECT_BOAT, 1);

    draw_scene(&scene, 9, usual);
    for (int i = 1; i < 4; i++) {
        scene.subjects[0].form = forms[i];
        draw_scene(&scene, 9, other);
        CHECK(mean_difference(usual, other) > 2);
    }
    /* One that lies still has no wake, and is itself the same. */
    scene.subjects[0].form = FORM_SAIL;
    scene.subjects[0].action = ACTION_IDLE;
    draw_scene(&scene, 0, other);
    scene.subjects[0].action = ACTION_WALK;
    draw_scene(&scene, 0, usual);
    CHECK(rows_difference(usual, other, 84, 20) > 0.05);
    CHECK(rows_difference(usual, other, 10, 50) < 0.5);
    check_alike(&scene);
}

TEST(planes_fly_along_with_the_camera_or_past_it)
{
    static const enum scene_place places[] = {PLACE_SKY, PLACE_MOUNTAINS, PLACE_SKYLINE};
    static uint8_t liner[BYTES], small_one[BYTES], none[BYTES];

    for (int i = 0; i < 3; i++) {
        struct scene scene = with(places[i], SUBJECT_PLANE, 1);

        draw_scene(&scene, 15, liner);
        scene.subjects[0].form = FORM_PROPELLER;
        draw_scene(&scene, 15, small_one);
        CHECK(mean_difference(liner, small_one) > (i == 2 ? 0.02 : 0.5));
        scene.subject_count = 0;
        draw_scene(&scene, 15, none);
        CHECK(mean_difference(liner, none) > 0.1);
        scene.subject_count = 1;
        if (i == 1)
            check_alike(&scene);
    }
}

TEST(trains_come_on_a_viaduct_or_on_the_ground_and_steam_shows)
{
    static uint8_t none[BYTES], modern[BYTES], steam[BYTES];
    struct scene scene = with(PLACE_MOUNTAINS, SUBJECT_TRAIN, 1);

    for (int i = 0; i < 2; i++) {
        scene.ground = i ? GROUND_GRASS : GROUND_NONE;
        scene.subjects[0].form = FORM_USUAL;
        draw_scene(&scene, 15, modern);
        scene.subjects[0].form = FORM_STEAM;
        draw_scene(&scene, 15, steam);
        CHECK(mean_difference(modern, steam) > 0.4);
        scene.subject_count = 0;
        draw_scene(&scene, 15, none);
        CHECK(mean_difference(none, steam) > 3);
        scene.subject_count = 1;
    }
    check_alike(&scene);
}

TEST(drones_kites_and_toy_balloons_hang_in_the_air_and_move)
{
    static const enum subject_kind kinds[] = {SUBJECT_DRONE, SUBJECT_KITE, SUBJECT_BALLOONS};
    static uint8_t none[BYTES], bytes[BYTES], later[BYTES];

    for (int i = 0; i < 3; i++) {
        struct scene scene = with(PLACE_COAST, kinds[i], 1);

        scene.subjects[0].form = i == 2 ? FORM_TOY : FORM_USUAL;
        scene.subjects[0].action = ACTION_IDLE;
        draw_scene(&scene, 2, bytes);
        draw_scene(&scene, 28, later);
        CHECK(mean_difference(bytes, later) > 0.1);
        scene.subject_count = 0;
        draw_scene(&scene, 2, none);
        CHECK(mean_difference(none, bytes) > 0.3);
    }
}

TEST(modern_cars_come_in_four_shapes_and_vintage_ones_do_not_change)
{
    static const float still[2] = {0, 0};
    static struct body cars[8];
    struct subject vintage = {.kind = SUBJECT_VINTAGE_CAR};
    struct body_frame place = {.heading = 0};

    for (unsigned i = 0; i < 8; i++) {
        struct body_pose pose = {.look = 6 * (i % 4), .subject = i < 4 ? NULL : &vintage};

        body_car(&cars[i], &pose, &place, still);
        for (unsigned k = i / 4 * 4; k < i; k++)
            CHECK((cars[k].car.lift == cars[i].car.lift) == (i >= 4));
    }
}
