/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "harness/tap.h"
#include "workers/diorama/body/cast.h"
#include "workers/diorama/prompt/prompt.h"
#include "workers/diorama/sound/loudness.h"
#include "workers/diorama/sound/sound.h"

static const char *const prompts[] = {
    "mountains at sunset",    "tropical beach in the morning",
    "thunderstorm at sea",    "rain in a green forest",
    "hills at night",         "above the clouds",
    "blizzard in the arctic", "fog in a valley at dawn",
    "desert at noon",         "city street at night with neon in the rain",
    "cafe on a street",       "futuristic skyline at night",
    "flower meadow at noon",  "a horse runs over a meadow",
    "a vintage car",          "snowfield",
};

enum { PROMPTS = sizeof(prompts) / sizeof(prompts[0]) };

/* The sound of a prompt: left and right apart. */
struct take {
    int count;
    float *both, *left, *right;
};

static struct take make_scene(const struct scene *scene, float first_s, int seconds)
{
    struct take take = {.count = seconds * SOUND_RATE};

    take.both = malloc((size_t)take.count * 2 * sizeof(float));
    take.left = malloc((size_t)take.count * sizeof(float));
    take.right = malloc((size_t)take.count * sizeof(float));
    sound_make(&(struct sound_order){scene, first_s, take.count, NULL}, take.both);
    for (int i = 0; i < take.count; i++) {
        take.left[i] = take.both[2 * i];
        take.right[i] = take.both[2 * i + 1];
    }
    return take;
}

static struct take make(const char *prompt, uint64_t seed, int seconds)
{
    struct prompt_reading reading;

    prompt_read(str_from(prompt), seed, &reading);
    return make_scene(&reading.scene, 0, seconds);
}

static void drop(struct take *take)
{
    free(take->both);
    free(take->left);
    free(take->right);
}

TEST(every_scene_is_as_loud_as_it_should_be)
{
    for (int i = 0; i < PROMPTS; i++) {
        struct take take = make(prompts[i], (uint64_t)i, 3);
        float lufs = loudness_measure(take.left, take.right, take.count);

        if (!(lufs > -17 && lufs < -15))
            tap_fail(__FILE__, __LINE__, "%s: %.1f LUFS", prompts[i], (double)lufs);
        CHECK(loudness_true_peak(take.left, take.count) < 0.89f); /* -1 dB */
        CHECK(loudness_true_peak(take.right, take.count) < 0.89f);
        drop(&take);
    }
}

TEST(sound_begins_and_ends_in_silence)
{
    for (int i = 0; i < PROMPTS; i++) {
        struct take take = make(prompts[i], 3, 1);

        CHECK(fabsf(take.left[0]) < 0.001f && fabsf(take.right[0]) < 0.001f);
        CHECK(fabsf(take.left[take.count - 1]) < 0.001f);
        CHECK(fabsf(take.right[take.count - 1]) < 0.001f);
        for (int j = take.count - 480; j < take.count; j++) /* the last 10 ms */
            CHECK(fabsf(take.left[j]) < 0.02f);
        drop(&take);
    }
}

TEST(left_and_right_differ_but_belong_together)
{
    for (int i = 0; i < PROMPTS; i++) {
        struct take take = make(prompts[i], 4, 2);
        double ll = 0, rr = 0, lr = 0;

        for (int j = 0; j < take.count; j++) {
            ll += take.left[j] * take.left[j];
            rr += take.right[j] * take.right[j];
            lr += take.left[j] * take.right[j];
        }
        if (!(lr / sqrt(ll * rr) < 0.8))
            tap_fail(__FILE__, __LINE__, "%s: alike by %.2f", prompts[i], lr / sqrt(ll * rr));
        CHECK(fabs(10 * log10(ll / rr)) < 6);
        drop(&take);
    }
}

TEST(the_same_scene_sounds_the_same_and_another_seed_does_not)
{
    struct take a = make(prompts[2], 5, 1), b = make(prompts[2], 5, 1), c = make(prompts[2], 6, 1);
    size_t bytes = (size_t)a.count * 2 * sizeof(float);

    CHECK(memcmp(a.both, b.both, bytes) == 0);
    CHECK(memcmp(a.both, c.both, bytes) != 0);
    drop(&a);
    drop(&b);
    drop(&c);
}

/* How bright a sound is: power of its differences over its power. */
static double brightness(const char *prompt)
{
    struct take take = make(prompt, 1, 2);
    double power = 0, differences = 0;

    for (int i = 1; i < take.count; i++) {
        power += take.left[i] * take.left[i];
        differences += (take.left[i] - take.left[i - 1]) * (take.left[i] - take.left[i - 1]);
    }
    drop(&take);
    return differences / power;
}

TEST(rain_and_surf_are_brighter_than_wind)
{
    CHECK(brightness("rain over mountains at noon") > 3 * brightness("mountains at noon"));
    CHECK(brightness("coast at noon") > 1.5 * brightness("mountains at noon"));
}

/* Power of 15 ms, lows left aside, of a channel. */
static double highs_at(const struct take *take, double seconds)
{
    int start = (int)(seconds * SOUND_RATE), length = SOUND_RATE * 15 / 1000;
    double power = 0;

    for (int i = start; i < start + length; i++) {
        double slope = take->left[i] - take->left[i - 1];

        power += slope * slope;
    }
    return power;
}

/* How much more there is to hear just after a walker's feet come down than just before. */
static double steps_stand_out(const struct scene *scene, enum subject_action action, float first_s)
{
    struct take take = make_scene(scene, first_s, 4);
    struct body_gait gait;
    double before = 0, after = 0;
    int steps = 0;

    CHECK(body_gait(SUBJECT_PERSON, action, &gait));
    for (int i = 0; i < 2 * 12; i++) {
        double turn = i / 2 + gait.lands[i % 2] - cast_phase(scene, 0, 0);
        double at = turn * gait.seconds / cast_seconds(scene, 1) - (double)first_s;

        if (at < 0.2 || at > 3.6)
            continue;
        steps++;
        before += highs_at(&take, at - 0.02);
        after += highs_at(&take, at);
    }
    CHECK(steps >= 3);
    drop(&take);
    return after / before;
}

TEST(feet_are_heard_when_the_pictures_put_them_down)
{
    struct scene scene = {.place = PLACE_MOUNTAINS,
                          .ground = GROUND_ROAD,
                          .greenery = 0.2f,
                          .snow_line = 1,
                          .sun_elevation_deg = 40,
                          .time_scale = 0.5f,
                          .subject_count = 1,
                          .seed = 12,
                          .subjects = {{.kind = SUBJECT_PERSON, .count = 1}}};
    struct body_gait gait;

    CHECK(!body_gait(SUBJECT_PERSON, ACTION_IDLE, &gait));
    CHECK(!body_gait(SUBJECT_CAR, ACTION_RUN, &gait));
    CHECK(steps_stand_out(&scene, ACTION_WALK, 0) < 1.5); /* still: he stands */
    scene.subjects[0].action = ACTION_WALK;
    CHECK(steps_stand_out(&scene, ACTION_WALK, 0) > 2.5);
    CHECK(steps_stand_out(&scene, ACTION_WALK, 5.3f) > 2.5); /* of an extension */
    scene.subjects[0].action = ACTION_RUN;
    CHECK(steps_stand_out(&scene, ACTION_RUN, 0) > 2.5);
}

TEST(phases_of_a_cast_are_those_of_its_actors)
{
    static struct world world;
    struct scene scene = {
        .place = PLACE_MOUNTAINS,
        .subject_count = 2,
        .seed = 99,
        .subjects = {{.kind = SUBJECT_DOG, .count = 3}, {.kind = SUBJECT_PERSON, .count = 2}}};
    struct knoll knoll = {.ground = GROUND_GRASS};
    struct stage stage = {.knoll = &knoll};
    struct camera camera = {.half_width = 0.6f, .width = 1280, .height = 720};
    struct cast cast = {0};

    world.scene = &scene;
    cast_plan(&cast, &world, &stage, &camera);
    CHECK(cast.count == 5);
    for (int i = 0; i < 5; i++)
        CHECK(cast.actors[i].phase == cast_phase(&scene, i < 3 ? 0 : 1, i < 3 ? i : i - 3));
    cast_free(&cast);
}

TEST(a_street_is_brighter_than_a_city_far_below_and_rain_brighter_still)
{
    CHECK(brightness("street in daylight") > 2 * brightness("futuristic skyline at noon"));
    CHECK(brightness("street in the rain") > brightness("street in daylight"));
}

TEST(loudness_of_a_sine_is_what_the_standard_says)
{
    enum { COUNT = SOUND_RATE * 2 };
    static float left[COUNT], right[COUNT], silence[COUNT];

    for (int i = 0; i < COUNT; i++)
        left[i] = right[i] = sinf(2 * (float)M_PI * 997 * (float)i / SOUND_RATE);
    CHECK(fabsf(loudness_measure(left, silence, COUNT) - -3.01f) < 0.1f);
    CHECK(fabsf(loudness_measure(left, right, COUNT) - 0) < 0.1f);
    CHECK(loudness_measure(silence, silence, COUNT) <= -70);
}

TEST(peaks_between_samples_count_and_are_held_down)
{
    enum { COUNT = 4800 };
    static float left[COUNT], right[COUNT];

    /* A quarter of the rate, sampled beside its crests: they reach 1, the samples 0.71. */
    for (int i = 0; i < COUNT; i++)
        left[i] = right[i] = sinf((float)M_PI / 2 * (float)i + (float)M_PI / 4);
    CHECK(loudness_true_peak(left, COUNT) > 0.95f);
    loudness_limit(left, right, COUNT, 0.5f);
    CHECK(loudness_true_peak(left, COUNT) < 0.52f);
    CHECK(loudness_true_peak(left, COUNT) > 0.4f);
}
