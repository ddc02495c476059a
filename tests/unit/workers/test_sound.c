/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "harness/tap.h"
#include "workers/diorama/body/cast.h"
#include "workers/diorama/fx/fx.h"
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

static struct take make_where(const struct scene *scene, float first_s, int seconds,
                              sound_where where)
{
    struct sound_order order = {
        .scene = scene, .first_s = first_s, .count = seconds * SOUND_RATE, .where = where};
    struct take take = {.count = seconds * SOUND_RATE};

    take.both = malloc((size_t)take.count * 2 * sizeof(float));
    take.left = malloc((size_t)take.count * sizeof(float));
    take.right = malloc((size_t)take.count * sizeof(float));
    sound_make(&order, take.both);
    for (int i = 0; i < take.count; i++) {
        take.left[i] = take.both[2 * i];
        take.right[i] = take.both[2 * i + 1];
    }
    return take;
}

static struct take make_scene(const struct scene *scene, float first_s, int seconds)
{
    return make_where(scene, first_s, seconds, NULL);
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

TEST(every_place_is_as_loud_as_it_should_be_in_any_weather)
{
    static const enum scene_weather weathers[3] = {WEATHER_CLEAR, WEATHER_RAIN, WEATHER_SNOW};

    for (int i = 0; i < 6 * SCENE_PLACES; i++) {
        struct scene scene = {.place = (enum scene_place)(i / 6),
                              .weather = weathers[i % 3],
                              .sun_elevation_deg = i % 2 ? 20 : -10,
                              .greenery = 0.6f,
                              .snow_line = 1,
                              .wind = 0.3f,
                              .time_scale = 1,
                              .seed = (uint64_t)i};
        struct take take = make_scene(&scene, 0, 2);
        float lufs = loudness_measure(take.left, take.right, take.count);

        if (!(lufs > -17 && lufs < -15))
            tap_fail(__FILE__, __LINE__, "place %d: %.1f LUFS", i / 6, (double)lufs);
        CHECK(loudness_true_peak(take.left, take.count) < 0.89f);
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
        if (!(lr / sqrt(ll * rr) < 0.85)) /* a lone animal may be near the middle */
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

    CHECK(body_gait(&(struct subject){.kind = SUBJECT_PERSON, .action = action}, &gait));
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

    CHECK(!body_gait(&(struct subject){.kind = SUBJECT_PERSON, .action = ACTION_IDLE}, &gait));
    CHECK(!body_gait(&(struct subject){.kind = SUBJECT_CAR, .action = ACTION_RUN}, &gait));
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

/* Power of a tone, by Goertzel's algorithm, from a second of the clip to another. */
static double tone_at(const struct take *take, double hz, double from_s, double to_s)
{
    double k = 2 * cos(2 * M_PI * hz / SOUND_RATE), a = 0, b = 0;

    for (int i = (int)(from_s * SOUND_RATE); i < (int)(to_s * SOUND_RATE); i++) {
        double c = (double)(take->left[i] + take->right[i]) + k * a - b;

        b = a;
        a = c;
    }
    return a * a + b * b - k * a * b;
}

/* The highest of the tones from `hz` to 1.1 times that. */
static double tones_near(const struct take *take, double hz, double from_s, double to_s)
{
    double best = 0;

    for (int i = 0; i <= 10; i++)
        best = fmax(best, tone_at(take, hz * (1 + 0.01 * i), from_s, to_s));
    return best;
}

static struct scene scene_of(enum scene_place place, float sun_elevation_deg)
{
    return (struct scene){.place = place,
                          .sun_elevation_deg = sun_elevation_deg,
                          .greenery = 0.6f,
                          .snow_line = 1,
                          .time_scale = 1,
                          .seed = 11};
}

static double brightness_of(const struct scene *scene)
{
    struct take take = make_scene(scene, 0, 2);
    double power = 0, differences = 0;

    for (int i = 1; i < take.count; i++) {
        power += take.left[i] * take.left[i];
        differences += (take.left[i] - take.left[i - 1]) * (take.left[i] - take.left[i - 1]);
    }
    drop(&take);
    return differences / power;
}

TEST(walls_and_water_keep_the_highs_out)
{
    struct scene sea = scene_of(PLACE_SEA, 30), below = scene_of(PLACE_UNDERWATER, 30);
    struct scene street = scene_of(PLACE_STREET, 30), room = scene_of(PLACE_ROOM, 30);

    street.weather = room.weather = WEATHER_RAIN;
    CHECK(brightness_of(&below) < 0.1 * brightness_of(&sea));
    CHECK(brightness_of(&room) < 0.4 * brightness_of(&street));
}

TEST(it_does_not_rain_under_water)
{
    struct scene dry = scene_of(PLACE_UNDERWATER, 30), wet = dry;
    struct take a, b;

    wet.weather = WEATHER_RAIN;
    a = make_scene(&dry, 0, 1);
    b = make_scene(&wet, 0, 1);
    CHECK(memcmp(a.both, b.both, (size_t)a.count * 2 * sizeof(float)) == 0);
    drop(&a);
    drop(&b);
}

TEST(an_owl_calls_in_the_wood_at_night)
{
    struct scene night = scene_of(PLACE_FOREST, -12), day = scene_of(PLACE_FOREST, 20);
    struct take dark = make_scene(&night, 0, 4), light = make_scene(&day, 0, 4);

    CHECK(tones_near(&dark, 340, 0.2, 3.8) > 4 * tones_near(&light, 340, 0.2, 3.8));
    drop(&dark);
    drop(&light);
}

TEST(a_plane_falls_in_pitch_as_it_passes)
{
    struct scene scene = scene_of(PLACE_SKYLINE, 30);
    struct take take;

    scene.subject_count = 1;
    scene.subjects[0] = (struct subject){
        .kind = SUBJECT_PLANE, .form = FORM_PROPELLER, .action = ACTION_FLY, .count = 1};
    take = make_scene(&scene, 0, 8);
    /* The second harmonic of 78 Hz at 55 m/s: 184 Hz before and 136 after. */
    CHECK(tones_near(&take, 177, 0.5, 2) > 3 * tones_near(&take, 130, 0.5, 2));
    CHECK(tones_near(&take, 130, 6, 7.5) > 3 * tones_near(&take, 177, 6, 7.5));
    drop(&take);
}

/* Peaks of the highs over their mean: how much single sounds stand out. */
static double crispness(const struct take *take)
{
    double peak = 0, sum = 0;

    for (int i = SOUND_RATE / 5; i < take->count - SOUND_RATE / 5; i++) {
        double slope = fabs((double)(take->left[i] - take->left[i - 1]));

        peak = fmax(peak, slope);
        sum += slope;
    }
    return peak / sum * take->count;
}

TEST(a_fire_crackles)
{
    struct scene dark = scene_of(PLACE_MOUNTAINS, 30), lit;
    struct take without, with;

    dark.greenery = 0.1f;
    lit = dark;
    lit.effects = EFFECT_CAMPFIRE;
    without = make_scene(&dark, 0, 4);
    with = make_scene(&lit, 0, 4);
    CHECK(crispness(&with) > 2.5 * crispness(&without));
    drop(&without);
    drop(&with);
}

/* How alike the loudness of every 10 ms is to that of `apart_s` later, -1 to 1. */
static double rhythm(const struct take *take, double apart_s)
{
    enum { FRAME = SOUND_RATE / 100, FRAMES_MAX = 1000 };
    static double power[FRAMES_MAX];
    int frames = take->count / FRAME - 20, lag = (int)(apart_s * 100 + 0.5);
    double mean = 0, same = 0, later = 0;

    for (int k = 0; k < frames; k++) {
        power[k] = 0;
        for (int i = 0; i < FRAME; i++)
            power[k] += (double)(take->left[k * FRAME + i] * take->left[k * FRAME + i]);
        mean += power[k] / frames;
    }
    for (int k = 0; k + lag < frames; k++) {
        same += (power[k] - mean) * (power[k] - mean);
        later += (power[k] - mean) * (power[k + lag] - mean);
    }
    return later / same;
}

TEST(a_train_strikes_the_joints_of_its_rails)
{
    struct scene still = scene_of(PLACE_MOUNTAINS, 30), rolling;
    struct take rest, roll;

    still.greenery = 0.1f;
    still.subject_count = 1;
    still.subjects[0] = (struct subject){.kind = SUBJECT_TRAIN, .count = 1};
    rolling = still;
    rolling.subjects[0].action = ACTION_RUN;
    rest = make_scene(&still, 0, 5);
    roll = make_scene(&rolling, 0, 5);
    CHECK(rhythm(&roll, 20.0 / 27) > 0.4); /* 20 m of rail at 27 m/s */
    CHECK(rhythm(&rest, 20.0 / 27) < 0.3);
    drop(&rest);
    drop(&roll);
}

/* Power of the lows from a second of the clip to another. */
static double lows_from(const struct take *take, double from_s, double to_s)
{
    double low = 0, power = 0;

    for (int i = (int)(from_s * SOUND_RATE); i < (int)(to_s * SOUND_RATE); i++) {
        low += 0.03 * ((double)take->left[i] - low);
        power += low * low;
    }
    return power / (to_s - from_s);
}

TEST(thunder_comes_after_its_flash_and_bangs_after_their_bursts)
{
    struct scene scene = scene_of(PLACE_ROOM, 30);
    struct fx_strike strike;
    struct take take;
    double heard_s;

    scene.effects = EFFECT_LIGHTNING;
    strike = fx_next_strike(&scene, 0);
    heard_s = (double)strike.time_s + 0.35 * (double)strike.distance_m / 343;
    take = make_scene(&scene, 0, 8);
    CHECK(heard_s < 6);
    CHECK(lows_from(&take, heard_s, heard_s + 0.4) > 10 * lows_from(&take, 0.1, heard_s - 0.05));
    drop(&take);
    scene.effects = EFFECT_FIREWORKS;
    heard_s = (double)fx_burst_s(&scene, 0) + (double)FX_SHELL_DISTANCE_M / 343;
    take = make_scene(&scene, 0, 4);
    CHECK(lows_from(&take, heard_s, heard_s + 0.3) > 10 * lows_from(&take, 0.1, heard_s - 0.05));
    drop(&take);
    scene.time_scale = 60; /* a time-lapse: so many that not all are made */
    take = make_scene(&scene, 0, 4);
    CHECK(loudness_true_peak(take.left, take.count) < 0.89f);
    drop(&take);
}

/* From the left edge to the right one in four seconds. */
static bool cross(void *context, int subject, int number, float at_s, struct whereabouts *where)
{
    (void)context;
    CHECK(subject == 0 && number < 2);
    *where = (struct whereabouts){at_s / 2 - 1, 4};
    return true;
}

/* Left beside right in a quarter of the clip, in dB. */
static double to_the_left(const struct take *take, int quarter)
{
    double left = 0, right = 0;

    for (int i = quarter * take->count / 4; i < (quarter + 1) * take->count / 4; i++) {
        left += (double)take->left[i] * (double)take->left[i];
        right += (double)take->right[i] * (double)take->right[i];
    }
    return 10 * log10(left / right);
}

TEST(subjects_are_heard_where_they_are_seen)
{
    static const enum subject_kind kinds[] = {SUBJECT_HORSE, SUBJECT_VINTAGE_CAR, SUBJECT_TRAIN};
    struct scene scene = scene_of(PLACE_SPACE, 30);

    scene.subject_count = 1;
    for (int i = 0; i < 3; i++) {
        struct take still, moving;

        scene.subjects[0] =
            (struct subject){.kind = kinds[i], .action = ACTION_RUN, .count = i == 0 ? 2 : 1};
        still = make_scene(&scene, 0, 4);
        moving = make_where(&scene, 0, 4, cross);
        CHECK(to_the_left(&moving, 0) > to_the_left(&still, 0) + 2.5);
        CHECK(to_the_left(&moving, 3) < to_the_left(&still, 3) - 2.5);
        drop(&still);
        drop(&moving);
    }
}

static double brightness_with(enum subject_kind kind, enum subject_form form)
{
    struct scene scene = scene_of(PLACE_SPACE, 30);

    scene.subjects[0] = (struct subject){.kind = kind, .form = form, .count = 1};
    scene.subject_count = 1;
    return brightness_of(&scene);
}

TEST(animals_have_voices_of_their_own)
{
    struct scene alone = scene_of(PLACE_SPACE, 30);
    double silence = brightness_of(&alone), horse = brightness_with(SUBJECT_HORSE, FORM_USUAL);
    double cat = brightness_with(SUBJECT_CAT, FORM_USUAL);

    CHECK(horse > 2 * silence);
    CHECK(brightness_with(SUBJECT_HORSE, FORM_COW) < 0.7 * horse);
    CHECK(brightness_with(SUBJECT_CAT, FORM_LION) < 0.7 * cat);
    CHECK(brightness_with(SUBJECT_BIRDS, FORM_CROW) > 1.4 * silence);
    CHECK(fabs(brightness_with(SUBJECT_HORSE, FORM_DEER) - silence) < 1e-9);
}
