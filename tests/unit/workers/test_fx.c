/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/tap.h"
#include "picture.h"
#include "workers/diorama/fx/fx.h"
#include "workers/diorama/renderer.h"

enum { WIDTH = 192, HEIGHT = 112, BYTES = WIDTH * HEIGHT * 3 / 2, LUMA = WIDTH * HEIGHT };

static const struct scene meadow = {.place = PLACE_MOUNTAINS,
                                    .camera = CAMERA_PUSH_IN,
                                    .sun_elevation_deg = -14,
                                    .sun_azimuth_deg = 15,
                                    .cloud_cover = 0.2f,
                                    .haze = 0.2f,
                                    .snow_line = 1,
                                    .greenery = 0.8f,
                                    .camera_speed = 1,
                                    .time_scale = 1,
                                    .wind = 0.3f,
                                    .motion_blur = 1,
                                    .ground = GROUND_SAND,
                                    .seed = 11};

static const struct renderer_options small = {
    .width = WIDTH, .height = HEIGHT, .fps = 30, .frames = 150, .threads = 2};

/* Pixels, in pairs both ways, that are bright, and red rather than blue by so much. */
static int warm_pixels(const uint8_t *bytes, int luma_least, int redder)
{
    int count = 0;

    for (int i = 0; i < LUMA / 4; i++) {
        int x = i % (WIDTH / 2), y = i / (WIDTH / 2);

        count += bytes[2 * y * WIDTH + 2 * x] >= luma_least &&
                 bytes[LUMA + LUMA / 4 + i] - bytes[LUMA + i] >= redder;
    }
    return count;
}

static uint8_t plain[2][BYTES], drawn[3][BYTES];

TEST(a_campfire_burns_flickers_and_lights_the_ground)
{
    struct scene scene = meadow;

    picture_draw_scene(&scene, &small, 30, plain[0]);
    scene.effects = EFFECT_CAMPFIRE;
    picture_draw_frames(&scene, &small, 30, 3, 2, drawn[0]);
    CHECK_INT(warm_pixels(plain[0], 120, 30), 0);
    CHECK(warm_pixels(drawn[0], 120, 30) > 20);
    CHECK(picture_differing(drawn[0], drawn[1], LUMA, 20) > 30);
    /* Light on the sand about it reaches farther than the flame. */
    CHECK(warm_pixels(drawn[0], 30, 12) > 4 * warm_pixels(drawn[0], 120, 30));
}

/* Large pictures have fewer samples than pixels; the flames are drawn on the pixels. */
TEST(one_campfire_burns_in_a_large_picture)
{
    enum { WIDE = 640, TALL = 360 };
    static uint8_t bytes[WIDE * TALL * 3 / 2];
    struct renderer_options options = small;
    struct scene scene = meadow;
    const uint8_t *blue = bytes + WIDE * TALL, *red = bytes + WIDE * TALL * 5 / 4;
    int left = WIDE, right = 0;

    scene.effects = EFFECT_CAMPFIRE;
    options.width = WIDE;
    options.height = TALL;
    picture_draw_scene(&scene, &options, 30, bytes);
    for (int i = 0; i < WIDE * TALL / 4; i++) {
        int x = i % (WIDE / 2), y = i / (WIDE / 2);

        if (bytes[2 * y * WIDE + 2 * x] < 150 || red[i] - blue[i] < 30)
            continue;
        left = 2 * x < left ? 2 * x : left;
        right = 2 * x > right ? 2 * x : right;
    }
    CHECK(right > left);
    CHECK(right - left < WIDE / 4);
}

TEST(torches_and_wildfires_burn_too)
{
    struct scene scene = meadow;

    scene.effects = EFFECT_TORCHES;
    picture_draw_scene(&scene, &small, 30, drawn[0]);
    CHECK(warm_pixels(drawn[0], 120, 30) > 3);
    scene.effects = EFFECT_BLAZE;
    picture_draw_scene(&scene, &small, 30, drawn[0]);
    CHECK(warm_pixels(drawn[0], 120, 30) > 60);
}

TEST(smoke_rises_before_what_is_behind_it)
{
    struct scene scene = meadow;

    scene.sun_elevation_deg = 25;
    picture_draw_scene(&scene, &small, 30, plain[0]);
    scene.effects = EFFECT_SMOKE;
    picture_draw_frames(&scene, &small, 30, 15, 2, drawn[0]);
    CHECK(picture_differing(plain[0], drawn[0], LUMA, 8) > 40);
    CHECK(picture_differing(drawn[0], drawn[1], LUMA, 5) > 20);
}

TEST(fireworks_burst_over_a_coast)
{
    struct scene scene = meadow;
    int most = 0;

    scene.place = PLACE_COAST;
    scene.ground = GROUND_NONE;
    picture_draw_scene(&scene, &small, 60, plain[0]);
    scene.effects = EFFECT_FIREWORKS;
    picture_draw_frames(&scene, &small, 60, 18, 3, drawn[0]);
    for (int i = 0; i < 3; i++) {
        int now = picture_differing(plain[0], drawn[i], LUMA, 50);

        most = now > most ? now : most;
    }
    CHECK(most > 60);
    CHECK(fx_burst_s(&scene, 4) > fx_burst_s(&scene, 3));
}

TEST(lightning_flashes_when_it_says_it_does)
{
    struct scene scene = meadow;
    const struct picture_part all = {0, 0, 100, 100};
    struct fx_strike strike;

    scene.weather = WEATHER_RAIN;
    scene.cloud_cover = 1;
    scene.ground = GROUND_NONE;
    scene.effects = EFFECT_LIGHTNING;
    strike = fx_next_strike(&scene, 0);
    CHECK(strike.time_s >= 0.5f && strike.time_s < 4);
    CHECK(fx_next_strike(&scene, strike.time_s + 0.01f).time_s > strike.time_s + 0.5f);
    picture_draw_frames(&scene, &small, (int)(strike.time_s * 30) - 4, 6, 2, drawn[0]);
    CHECK(picture_mean(drawn[1], &small, PICTURE_LUMA, all) >
          picture_mean(drawn[0], &small, PICTURE_LUMA, all) + 15);
}

TEST(leaves_petals_and_fireflies_fill_the_air)
{
    static const unsigned effects[] = {EFFECT_LEAVES, EFFECT_PETALS, EFFECT_FIREFLIES};

    for (int i = 0; i < 3; i++) {
        struct scene scene = meadow;

        if (effects[i] != EFFECT_FIREFLIES)
            scene.sun_elevation_deg = 25;
        picture_draw_scene(&scene, &small, 30, plain[0]);
        scene.effects = effects[i];
        picture_draw_frames(&scene, &small, 30, 10, 2, drawn[0]);
        CHECK(picture_differing(plain[0], drawn[0], LUMA, 12) > 15);
        CHECK(picture_differing(drawn[0], drawn[1], LUMA, 12) > 15);
    }
}

TEST(every_vector_width_draws_the_same_effects)
{
    struct scene scene = meadow;
    struct picture_widths widths;

    scene.effects = SCENE_EFFECTS_ALL;
    picture_draw_scene(&scene, &small, 30, plain[0]);
    widths = picture_compare_widths(&scene, &small, 30, plain[0]);
    if (widths.narrower == 0)
        tap_skip("this CPU runs only one of the widths");
    CHECK(widths.greatest <= 1);
}

TEST(woods_are_redder_in_autumn_and_greener_in_spring)
{
    static const enum scene_season seasons[] = {SEASON_SPRING, SEASON_ANY, SEASON_AUTUMN};
    const struct picture_part lower_half = {0, 50, 100, 100};
    double reds[3];

    for (int i = 0; i < 3; i++) {
        struct scene scene = meadow;

        scene.sun_elevation_deg = 35;
        scene.greenery = 1;
        scene.ground = GROUND_NONE;
        scene.season = seasons[i];
        picture_draw_scene(&scene, &small, 0, drawn[0]);
        reds[i] = picture_mean(drawn[0], &small, PICTURE_RED, lower_half);
    }
    CHECK(reds[0] < reds[1] + 1);
    CHECK(reds[2] > reds[1] + 3);
}

TEST(a_long_lens_shows_a_subject_larger)
{
    static const enum scene_lens lenses[] = {LENS_WIDE, LENS_TELEPHOTO};
    int sizes[2];

    for (int i = 0; i < 2; i++) {
        struct scene scene = meadow;

        scene.sun_elevation_deg = 35;
        scene.lens = lenses[i];
        picture_draw_scene(&scene, &small, 0, plain[0]);
        scene.subject_count = 1;
        scene.subjects[0] = (struct subject){
            .kind = SUBJECT_PERSON, .count = 1, .is_colored = true, .color = {0.6f, 0.02f, 0.02f}};
        picture_draw_scene(&scene, &small, 0, drawn[0]);
        sizes[i] = warm_pixels(drawn[0], 30, 25);
    }
    CHECK(sizes[1] > sizes[0] + sizes[0] / 2);
}
