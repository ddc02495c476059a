/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/tap.h"
#include "picture.h"
#include "workers/diorama/renderer.h"

#include <math.h>

enum { WIDTH = 160, HEIGHT = 96, BYTES = 160 * 96 * 3 / 2, FRAMES = 30 };

static const struct scene sunset = {.place = PLACE_MOUNTAINS,
                                    .camera = CAMERA_DRONE,
                                    .look = LOOK_CINEMATIC,
                                    .sun_elevation_deg = 6,
                                    .sun_azimuth_deg = 15,
                                    .cloud_cover = 0.4f,
                                    .haze = 0.3f,
                                    .snow_line = 0.55f,
                                    .greenery = 0.6f,
                                    .camera_speed = 1,
                                    .time_scale = 1,
                                    .seed = 7};

static const struct renderer_options small = {
    .width = WIDTH, .height = HEIGHT, .fps = 30, .frames = FRAMES, .threads = 2};

TEST(same_scene_and_index_give_the_same_bytes_in_any_order)
{
    static uint8_t first[BYTES], again[BYTES];

    CHECK(picture_is_same_again(&sunset, &small, 12, 3, first, NULL));
    picture_draw_scene(&sunset, &small, 12, again);
    CHECK(memcmp(first, again, BYTES) == 0);
}

TEST(one_thread_draws_what_five_draw)
{
    static uint8_t one[BYTES], five[BYTES];
    struct renderer_options options = small;

    options.threads = 1;
    picture_draw_scene(&sunset, &options, 8, one);
    options.threads = 5;
    picture_draw_scene(&sunset, &options, 8, five);
    CHECK(memcmp(one, five, BYTES) == 0);
}

TEST(every_vector_width_draws_the_same_picture)
{
    static uint8_t bytes[BYTES];
    struct picture_widths widths;

    picture_draw_scene(&sunset, &small, 5, bytes);
    widths = picture_compare_widths(&sunset, &small, 5, bytes);
    if (widths.narrower == 0)
        tap_skip("this CPU runs only one of the widths");
    CHECK(widths.greatest <= 1);
}

TEST(another_seed_gives_another_land)
{
    static uint8_t a[BYTES], b[BYTES];
    struct scene other = sunset;

    other.seed = 8;
    picture_draw_scene(&sunset, &small, 0, a);
    picture_draw_scene(&other, &small, 0, b);
    CHECK(picture_difference(a, b, BYTES) > 4);
}

TEST(noon_is_brighter_than_night)
{
    const struct picture_part sky = {0, 0, 100, 25};
    static uint8_t noon[BYTES], night[BYTES];
    struct scene scene = sunset;

    scene.sun_elevation_deg = 55;
    picture_draw_scene(&scene, &small, 0, noon);
    scene.sun_elevation_deg = -16;
    picture_draw_scene(&scene, &small, 0, night);
    CHECK(picture_mean(noon, &small, PICTURE_LUMA, sky) >
          picture_mean(night, &small, PICTURE_LUMA, sky) + 30);
}

TEST(the_camera_moves_but_not_by_leaps)
{
    static uint8_t a[BYTES], b[BYTES];
    struct renderer *renderer = renderer_open(&sunset, &small, NULL, NULL);

    picture_draw(renderer, &small, 14, a);
    picture_draw(renderer, &small, 15, b);
    CHECK(picture_difference(a, b, BYTES) < 8);
    picture_draw(renderer, &small, 29, b);
    CHECK(picture_difference(a, b, BYTES) > 0.5);
    renderer_close(renderer);
}

/* A lost sample (a NaN) would show as a black or white block: look for flat extremes. */
static int burnt_blocks(const uint8_t *bytes, int width)
{
    int burnt = 0, height = WIDTH * HEIGHT / width;

    for (int y = 0; y + 8 <= height; y += 8)
        for (int x = 0; x + 8 <= width; x += 8) {
            int low = 255, high = 0;

            for (int i = 0; i < 64; i++) {
                int luma = bytes[(y + i / 8) * width + x + i % 8];

                low = luma < low ? luma : low;
                high = luma > high ? luma : high;
            }
            burnt += high <= 8 || low >= 250;
        }
    return burnt;
}

TEST(every_place_weather_and_look_draws_without_holes)
{
    static uint8_t bytes[BYTES];

    for (int i = 0; i < SCENE_WEATHERS; i++) {
        struct scene scene = sunset;

        scene.place = (enum scene_place)(i % SCENE_PLACES);
        scene.weather = (enum scene_weather)i;
        scene.look = (enum scene_look)(i % SCENE_LOOKS);
        scene.camera = (enum scene_camera)(i * 2 % SCENE_CAMERAS);
        scene.tropical = i % 2;
        scene.sun_elevation_deg = 40.0f - 8.0f * (float)i;
        picture_draw_scene(&scene, &small, FRAMES - 1, bytes);
        CHECK_INT(burnt_blocks(bytes, WIDTH), 0);
    }
}

static const struct scene rainy_street = {
    .place = PLACE_STREET,
    .weather = WEATHER_RAIN,
    .camera = CAMERA_PUSH_IN,
    .sun_elevation_deg = -14,
    .cloud_cover = 0.9f,
    .haze = 0.45f,
    .camera_speed = 1,
    .time_scale = 1,
    .neon = 1,
    .subject_count = 2,
    .subjects = {{.kind = SUBJECT_CAT, .action = ACTION_WALK, .count = 1},
                 {.kind = SUBJECT_VINTAGE_CAR, .action = ACTION_WALK, .count = 1}},
    .seed = 21};

TEST(near_scenes_are_alike_in_every_width_and_order)
{
    static uint8_t bytes[BYTES];
    struct scene scene = rainy_street;

    for (int land = 0; land < 2; land++) {
        double moved;

        CHECK(picture_is_same_again(&scene, &small, 9, 3, bytes, &moved));
        CHECK(moved > 0.5);
        CHECK(picture_compare_widths(&scene, &small, 9, bytes).greatest <= 1);
        scene.place = PLACE_MOUNTAINS;
        scene.ground = GROUND_FLOWERS;
        scene.sun_elevation_deg = 20;
        scene.subjects[0].action = ACTION_RUN;
    }
}

TEST(more_places_are_alike_in_every_width)
{
    static const enum scene_place places[] = {PLACE_COAST, PLACE_SKY, PLACE_SKYLINE};
    static uint8_t bytes[BYTES];

    for (int place = 0; place < 3; place++) {
        struct scene scene = rainy_street;

        scene.place = places[place];
        scene.tropical = true;
        scene.sun_elevation_deg = 12;
        scene.weather = place % 2 ? WEATHER_CLOUDY : WEATHER_SNOW;
        scene.ground = place == 1 ? GROUND_GRASS : GROUND_NONE;
        scene.subject_count = 1;
        scene.subjects[0].kind = SUBJECT_PERSON;
        picture_draw_scene(&scene, &small, 4, bytes);
        CHECK(picture_compare_widths(&scene, &small, 4, bytes).greatest <= 1);
    }
}

TEST(a_wet_street_mirrors_its_lights)
{
    const struct picture_part ground = {0, 65, 100, 100};
    static uint8_t wet[BYTES], dry[BYTES];
    struct scene scene = rainy_street;

    scene.subject_count = 0;
    picture_draw_scene(&scene, &small, 0, wet);
    scene.weather = WEATHER_CLOUDY;
    picture_draw_scene(&scene, &small, 0, dry);
    /* Mirrored lights stand side by side on the ground; dry asphalt is even. */
    CHECK(picture_roughness(wet, &small, ground) > 1.2 * picture_roughness(dry, &small, ground));
}

static const struct scene orbit = {.place = PLACE_SPACE,
                                   .vista = VISTA_ORBIT,
                                   .camera = CAMERA_PUSH_IN,
                                   .sun_elevation_deg = 24,
                                   .sun_azimuth_deg = 40,
                                   .camera_speed = 1,
                                   .time_scale = 1,
                                   .seed = 9};

TEST(space_is_alike_in_every_width_and_order)
{
    static uint8_t bytes[BYTES];
    struct scene scene = orbit;

    for (int vista = 0; vista < SCENE_VISTAS; vista++) {
        scene.vista = (enum scene_vista)vista;
        CHECK(picture_is_same_again(&scene, &small, 9, 3, bytes, NULL));
        CHECK(picture_compare_widths(&scene, &small, 9, bytes).greatest <= 1);
    }
}

TEST(a_planet_shines_under_a_black_sky_with_stars)
{
    const struct picture_part above = {0, 0, 100, 33}, below = {0, 75, 100, 100};
    static uint8_t bytes[BYTES];
    int brightest = 0;

    picture_draw_scene(&orbit, &small, 0, bytes);
    CHECK(picture_mean(bytes, &small, PICTURE_LUMA, below) >
          picture_mean(bytes, &small, PICTURE_LUMA, above) + 15);
    CHECK(picture_mean(bytes, &small, PICTURE_LUMA, above) < 45);
    for (int i = 0; i < WIDTH * HEIGHT / 3; i++)
        brightest = bytes[i] > brightest ? bytes[i] : brightest;
    CHECK(brightest > 70);
}

/* The sum of a star's light stays, wherever it falls between samples. */
TEST(stars_do_not_twinkle_as_the_camera_turns)
{
    const struct picture_part all = {0, 0, 100, 100};
    static uint8_t bytes[BYTES];
    struct scene scene = orbit;
    struct renderer *renderer = NULL;
    double least = 255, most = 0;

    scene.vista = VISTA_DEEP;
    scene.camera = CAMERA_PAN_LEFT;
    scene.camera_speed = 0.3f;
    renderer = renderer_open(&scene, &small, NULL, NULL);
    for (int i = 0; i < 8; i++) {
        double luma = 0;

        picture_draw(renderer, &small, 12 + i, bytes);
        luma = picture_mean(bytes, &small, PICTURE_LUMA, all);
        least = luma < least ? luma : least;
        most = luma > most ? luma : most;
    }
    renderer_close(renderer);
    CHECK(most - least < 0.4);
}

TEST(a_tall_picture_is_composed_anew)
{
    static uint8_t wide[BYTES], tall[BYTES];
    struct renderer_options options = small;

    picture_draw_scene(&sunset, &options, 0, wide);
    options.width = HEIGHT;
    options.height = WIDTH;
    picture_draw_scene(&sunset, &options, 0, tall);
    CHECK_INT(burnt_blocks(tall, HEIGHT), 0);
    CHECK(picture_difference(wide, tall, BYTES) > 4);
}

TEST(a_time_lapse_draws_any_frame_alike_too)
{
    static uint8_t bytes[BYTES];
    struct scene scene = sunset;
    double moved;

    scene.time_scale = 240;
    CHECK(picture_is_same_again(&scene, &small, 20, 0, bytes, &moved));
    CHECK(moved > 0.5);
}

/* Where red is, of the picture's width: -1 to 1. */
static double middle_of_red(const uint8_t *bytes)
{
    const uint8_t *red = bytes + WIDTH * HEIGHT * 5 / 4;
    double sum = 0, count = 0;

    for (int i = 0; i < WIDTH / 2 * HEIGHT / 2; i++)
        if (red[i] > 160) {
            sum += i % (WIDTH / 2) + 0.5;
            count += 1;
        }
    CHECK(count > 20);
    return 2 * sum / count / (WIDTH / 2) - 1;
}

TEST(subjects_are_found_where_they_are_drawn)
{
    static const int frames[] = {0, 29};
    static uint8_t bytes[BYTES];
    struct scene scene = sunset;
    struct renderer *renderer;
    struct whereabouts where;

    scene.camera = CAMERA_PAN_RIGHT;
    scene.ground = GROUND_SNOW;
    scene.subject_count = 2;
    scene.subjects[0] = (struct subject){
        .kind = SUBJECT_DOG, .count = 1, .is_colored = true, .color = {0.9f, 0.02f, 0.02f}};
    scene.subjects[1] = (struct subject){.kind = SUBJECT_BIRDS, .count = 1};
    renderer = renderer_open(&scene, &small, NULL, NULL);
    for (int i = 0; i < 2; i++) {
        picture_draw(renderer, &small, frames[i], bytes);
        CHECK(renderer_find(renderer, frames[i], 0, 0, &where));
        CHECK(fabs((double)where.across - middle_of_red(bytes)) < 0.2);
        CHECK(where.away_m > 0.5f && where.away_m < 30);
    }
    CHECK(!renderer_find(renderer, 0, 0, 1, &where));
    CHECK(!renderer_find(renderer, 0, 1, 0, &where));
    renderer_close(renderer);
}

struct refusal {
    int calls, refuse_at;
    float last;
};

static bool count_calls(void *context, float done)
{
    struct refusal *refusal = context;

    CHECK(done >= refusal->last && done <= 1.0f);
    refusal->last = done;
    return ++refusal->calls != refusal->refuse_at;
}

TEST(a_bake_reports_progress_and_stops_when_told)
{
    struct refusal refusal = {0, -1, 0};
    struct renderer *renderer = renderer_open(&sunset, &small, count_calls, &refusal);
    int calls = refusal.calls;

    CHECK(renderer != NULL);
    renderer_close(renderer);
    CHECK(calls >= 4);
    CHECK(refusal.last >= 0.99f);
    for (int i = 1; i <= calls; i++) {
        refusal = (struct refusal){0, i, 0};
        CHECK(renderer_open(&sunset, &small, count_calls, &refusal) == NULL);
        CHECK_INT(refusal.calls, i);
    }
    renderer_close(NULL);
}

TEST(birds_are_small_and_cross_the_sky)
{
    static uint8_t empty[BYTES], early[BYTES], late[BYTES];
    struct scene scene = sunset;

    scene.sun_elevation_deg = 30;
    scene.camera = CAMERA_STATIC;
    picture_draw_scene(&scene, &small, 4, empty);
    scene.subject_count = 1;
    scene.subjects[0] = (struct subject){
        .kind = SUBJECT_BIRDS, .action = ACTION_FLY, .form = FORM_GOOSE, .count = 9};
    picture_draw_scene(&scene, &small, 4, early);
    picture_draw_scene(&scene, &small, 20, late);
    CHECK(picture_differing(empty, early, WIDTH * HEIGHT / 2, 13) > 8);
    CHECK(picture_differing(empty, early, WIDTH * HEIGHT / 2, 13) < WIDTH * HEIGHT / 8);
    CHECK(picture_differing(early, late, WIDTH * HEIGHT / 2, 13) > 8);
}
