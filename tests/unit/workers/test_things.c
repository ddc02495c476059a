/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/tap.h"
#include "picture.h"
#include "workers/diorama/body/body.h"
#include "workers/diorama/renderer.h"

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

/* How many pixels are redder than any land, of those that chroma has. */
static int count_red(const uint8_t *bytes)
{
    int count = 0;

    for (int i = LUMA + LUMA / 4; i < BYTES; i++)
        count += bytes[i] > 160;
    return count;
}

static void check_alike(const struct scene *scene)
{
    static uint8_t bytes[BYTES];
    double moved;

    CHECK(picture_is_same_again(scene, &small, 21, 4, bytes, &moved));
    CHECK(moved > 0.2);
    CHECK(picture_compare_widths(scene, &small, 21, bytes).mean < 0.02);
}

TEST(balloons_hang_in_the_sky_and_more_of_them_show_more)
{
    static uint8_t none[BYTES], one[BYTES], seven[BYTES];
    struct scene scene = with(PLACE_MOUNTAINS, SUBJECT_BALLOONS, 1);

    picture_draw_scene(&valley, &small, 9, none);
    picture_draw_scene(&scene, &small, 9, one);
    scene.subjects[0].count = 7;
    picture_draw_scene(&scene, &small, 9, seven);
    CHECK(picture_difference(none, one, BYTES) > 2);
    CHECK(picture_difference(one, seven, BYTES) > 0.3);
    check_alike(&scene);
}

TEST(a_balloon_has_the_color_that_the_prompt_names)
{
    static uint8_t bytes[BYTES];
    struct scene scene = with(PLACE_COAST, SUBJECT_BALLOONS, 1);

    scene.subjects[0].is_colored = true;
    scene.subjects[0].color[0] = 0.5f;
    picture_draw_scene(&scene, &small, 9, bytes);
    CHECK(count_red(bytes) > 60);
    scene.subject_count = 0;
    picture_draw_scene(&scene, &small, 9, bytes);
    CHECK(count_red(bytes) < 10);
}

TEST(boats_of_every_form_float_on_the_sea_and_are_mirrored)
{
    static const enum subject_form forms[] = {FORM_SAIL, FORM_ROWING, FORM_FISHING, FORM_SHIP};
    static uint8_t usual[BYTES], other[BYTES];
    struct scene scene = with(PLACE_COAST, SUBJECT_BOAT, 1);

    picture_draw_scene(&scene, &small, 9, usual);
    for (int i = 1; i < 4; i++) {
        scene.subjects[0].form = forms[i];
        picture_draw_scene(&scene, &small, 9, other);
        CHECK(picture_difference(usual, other, BYTES) > 2);
    }
    /* One that lies still has no wake, and is itself the same. */
    scene.subjects[0].form = FORM_SAIL;
    scene.subjects[0].action = ACTION_IDLE;
    picture_draw_scene(&scene, &small, 0, other);
    scene.subjects[0].action = ACTION_WALK;
    picture_draw_scene(&scene, &small, 0, usual);
    CHECK(picture_difference(usual + 84 * WIDTH, other + 84 * WIDTH, 20 * WIDTH) > 0.05);
    CHECK(picture_difference(usual + 10 * WIDTH, other + 10 * WIDTH, 50 * WIDTH) < 0.5);
    check_alike(&scene);
}

TEST(planes_fly_along_with_the_camera_or_past_it)
{
    static const enum scene_place places[] = {PLACE_SKY, PLACE_MOUNTAINS, PLACE_SKYLINE};
    static uint8_t liner[BYTES], small_one[BYTES], none[BYTES];

    for (int i = 0; i < 3; i++) {
        struct scene scene = with(places[i], SUBJECT_PLANE, 1);

        picture_draw_scene(&scene, &small, 15, liner);
        scene.subjects[0].form = FORM_PROPELLER;
        picture_draw_scene(&scene, &small, 15, small_one);
        CHECK(picture_difference(liner, small_one, BYTES) > (i == 2 ? 0.02 : 0.5));
        scene.subject_count = 0;
        picture_draw_scene(&scene, &small, 15, none);
        CHECK(picture_difference(liner, none, BYTES) > 0.1);
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
        picture_draw_scene(&scene, &small, 15, modern);
        scene.subjects[0].form = FORM_STEAM;
        picture_draw_scene(&scene, &small, 15, steam);
        CHECK(picture_difference(modern, steam, BYTES) > 0.4);
        scene.subject_count = 0;
        picture_draw_scene(&scene, &small, 15, none);
        CHECK(picture_difference(none, steam, BYTES) > 3);
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
        picture_draw_scene(&scene, &small, 2, bytes);
        picture_draw_scene(&scene, &small, 28, later);
        CHECK(picture_difference(bytes, later, BYTES) > 0.1);
        scene.subject_count = 0;
        picture_draw_scene(&scene, &small, 2, none);
        CHECK(picture_difference(none, bytes, BYTES) > 0.3);
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

TEST(no_push_goes_past_a_kite)
{
    struct scene scene = with(PLACE_MOUNTAINS, SUBJECT_KITE, 1);
    struct renderer_options options = small;
    struct whereabouts first, last;
    struct renderer *renderer = NULL;

    options.frames = 240;
    scene.camera = CAMERA_PUSH_IN;
    scene.camera_speed = 2;
    renderer = renderer_open(&scene, &options, NULL, NULL);
    CHECK(renderer_find(renderer, 0, 0, 0, &first));
    CHECK(renderer_find(renderer, 239, 0, 0, &last));
    renderer_close(renderer);
    CHECK(last.away_m > 0.4f * first.away_m);
}

TEST(who_walks_together_stays_together)
{
    struct scene scene = with(PLACE_MOUNTAINS, SUBJECT_PERSON, 1);
    struct renderer_options options = small;

    options.frames = 120;
    scene.ground = GROUND_GRASS;
    scene.subjects[scene.subject_count++] =
        (struct subject){.kind = SUBJECT_DOG, .action = ACTION_WALK, .count = 1};
    for (scene.seed = 1; scene.seed < 4; scene.seed++) {
        struct renderer *renderer = renderer_open(&scene, &options, NULL, NULL);

        for (int who = 0; who < 2; who++)
            for (int frame = 0; frame < 120; frame += 119) {
                struct whereabouts where = {.across = 9};

                CHECK(renderer_find(renderer, frame, who, 0, &where));
                CHECK(where.across > -1 && where.across < 1);
            }
        renderer_close(renderer);
    }
}
