/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "harness/tap.h"
#include "workers/diorama/loudness.h"
#include "workers/diorama/prompt.h"
#include "workers/diorama/sound.h"

static const char *const prompts[] = {
    "mountains at sunset",    "tropical beach in the morning",
    "thunderstorm at sea",    "rain in a green forest",
    "hills at night",         "above the clouds",
    "blizzard in the arctic", "fog in a valley at dawn",
    "desert at noon",
};

enum { PROMPTS = sizeof(prompts) / sizeof(prompts[0]) };

/* The sound of a prompt: left and right apart. */
struct take {
    int count;
    float *both, *left, *right;
};

static struct take make(const char *prompt, uint64_t seed, int seconds)
{
    struct prompt_reading reading;
    struct take take = {.count = seconds * SOUND_RATE};

    take.both = malloc((size_t)take.count * 2 * sizeof(float));
    take.left = malloc((size_t)take.count * sizeof(float));
    take.right = malloc((size_t)take.count * sizeof(float));
    prompt_read(str_from(prompt), seed, &reading);
    sound_make(&reading.scene, take.count, take.both);
    for (int i = 0; i < take.count; i++) {
        take.left[i] = take.both[2 * i];
        take.right[i] = take.both[2 * i + 1];
    }
    return take;
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
        CHECK(lr / sqrt(ll * rr) < 0.8);
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
