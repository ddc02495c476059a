/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/sound/sound.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "workers/diorama/sound/loudness.h"
#include "workers/diorama/sound/sound_impl.h"

enum {
    ECHO_LINES = 4,
    MASTER_PASSES = 5,
    FADE_IN = SOUND_RATE / 20,
    FADE_OUT = SOUND_RATE * 3 / 20
};

#define LOUDNESS_LUFS (-16.0f)
#define LOUDNESS_NEAR_LU 0.25f
#define CEILING 0.80f /* -1.9 dB: leaves room for what coding adds */
#define STORM_COVER 0.99f
#define GAIN_MAX 1000.0f

/* The echo of open land: four delays that feed each other and lose their highs. Adds the wet
 * channels to the dry ones. */
static void add_echo(struct bed *bed)
{
    static const int lengths[ECHO_LINES] = {1931, 2617, 3449, 4409};
    float *lines[ECHO_LINES], dull[ECHO_LINES] = {0};
    int at[ECHO_LINES] = {0};

    for (int k = 0; k < ECHO_LINES; k++) {
        lines[k] = calloc((size_t)lengths[k], sizeof(float));
        if (!lines[k])
            die("out of memory for sound");
    }
    for (int i = 0; i < bed->count; i++) {
        float out[ECHO_LINES], sum = 0;

        for (int k = 0; k < ECHO_LINES; k++) {
            dull[k] += 0.42f * (lines[k][at[k]] - dull[k]);
            out[k] = dull[k];
            sum += out[k];
        }
        for (int k = 0; k < ECHO_LINES; k++) {
            lines[k][at[k]] = bed->wet[k % 2][i] + 0.82f * (out[k] - sum / 2);
            at[k] = at[k] + 1 < lengths[k] ? at[k] + 1 : 0;
        }
        bed->dry[SOUND_LEFT][i] += 0.28f * (out[0] + out[2]);
        bed->dry[SOUND_RIGHT][i] += 0.28f * (out[1] + out[3]);
    }
    for (int k = 0; k < ECHO_LINES; k++)
        free(lines[k]);
}

static bool is_snowfield(const struct scene *scene)
{
    return scene->place == PLACE_MOUNTAINS &&
           (scene->ground == GROUND_SNOW || scene->snow_line < 0.1f);
}

static bool is_desert(const struct scene *scene)
{
    return scene->place == PLACE_MOUNTAINS && scene->greenery < 0.1f && !is_snowfield(scene);
}

static bool is_meadow(const struct scene *scene)
{
    return scene->place == PLACE_MOUNTAINS &&
           (scene->ground == GROUND_GRASS || scene->ground == GROUND_FLOWERS);
}

/* How much wind: strength and height as of sound_wind(). */
static void wind_of(const struct scene *scene, float *strength, float *height)
{
    *strength = 0.35f;
    *height = 0.25f;
    if (scene->place == PLACE_MOUNTAINS) {
        *strength = 0.55f;
        *height = 1 - 0.75f * scene->greenery;
    }
    if (scene->place == PLACE_SKY || scene->place == PLACE_SKYLINE)
        *strength = 0.5f;
    if (is_meadow(scene))
        *strength = 0.3f;
    if (is_snowfield(scene)) {
        *strength = 0.3f;
        *height = 0.4f;
    }
}

static void add_weather(const struct scene *scene, struct bed *bed, struct dice *dice)
{
    bool is_storm = scene->weather == WEATHER_RAIN && scene->cloud_cover >= STORM_COVER;
    float strength, height, gain = 1;

    wind_of(scene, &strength, &height);
    if (is_storm || scene->weather == WEATHER_SNOW)
        strength += 0.35f;
    if (scene->weather == WEATHER_FOG)
        strength *= 0.5f;
    if (scene->place == PLACE_COAST || scene->weather == WEATHER_RAIN)
        gain = 0.45f;
    if (scene->place == PLACE_STREET || scene->place == PLACE_ROOM) /* houses keep it out */
        gain *= 0.3f;
    sound_wind(bed, dice, gain, strength, height);
    if (is_meadow(scene))
        sound_rustle(bed, dice, 0.25f * gain, 3000);
    if (is_desert(scene))
        sound_rustle(bed, dice, 0.22f * gain, 5000);
    if (scene->weather == WEATHER_RAIN)
        sound_rain(bed, dice, 0.5f, is_storm ? 1 : 0.6f);
    if (is_storm)
        sound_thunder(bed, dice, 0.6f);
}

static void add_city(const struct scene *scene, struct bed *bed, struct dice *dice)
{
    bool is_night = scene->sun_elevation_deg < 0;

    if (scene->place == PLACE_SKYLINE) {
        sound_traffic(bed, dice, 0.9f, 1);
        sound_far_horns(bed, dice, 1);
        return;
    }
    sound_traffic(bed, dice, is_night ? 0.4f : 0.55f, 0.2f);
    sound_passing_cars(bed, dice, 0.8f, scene->weather == WEATHER_RAIN ? 1 : 0);
    sound_murmur(bed, dice, scene->cafe ? 1.3f : 0.5f + 0.4f * scene->neon);
    sound_passers_by(bed, dice, scene, 1);
    if (scene->cafe)
        sound_cups(bed, dice, 1);
    if (is_night)
        sound_hum(bed, dice, 0.2f + 0.8f * scene->neon);
}

/* Whether birds and insects live there. */
static bool is_alive(const struct scene *scene)
{
    bool is_land = scene->place == PLACE_MOUNTAINS || scene->place == PLACE_COAST ||
                   scene->place == PLACE_FOREST || scene->place == PLACE_VILLAGE;

    return is_land && !is_snowfield(scene) && scene->greenery > 0.25f;
}

static void add_life(const struct scene *scene, struct bed *bed, struct dice *dice)
{
    bool is_mild = scene->weather != WEATHER_RAIN && scene->weather != WEATHER_SNOW;

    if (!is_mild || !is_alive(scene))
        return;
    if (scene->sun_elevation_deg > -4 && (scene->sun_elevation_deg < 26 || is_meadow(scene)))
        sound_birds(bed, dice, scene->sun_azimuth_deg < 0 ? 0.6f : 0.9f);
    if (scene->sun_elevation_deg < -4)
        sound_crickets(bed, dice, 0.8f);
    if (is_meadow(scene) && scene->sun_elevation_deg > 12)
        sound_grasshoppers(bed, dice, 1.8f);
}

static void fade(struct bed *bed)
{
    for (int c = 0; c < SOUND_CHANNELS; c++)
        for (int i = 0; i < bed->count; i++) {
            int left = bed->count - 1 - i;

            if (i < FADE_IN)
                bed->dry[c][i] *= 0.5f - 0.5f * cosf((float)M_PI * (float)i / FADE_IN);
            if (left < FADE_OUT)
                bed->dry[c][i] *= 0.5f - 0.5f * cosf((float)M_PI * (float)left / FADE_OUT);
        }
}

/* Again until it is near, since holding peaks down makes it softer. */
static void master(struct bed *bed)
{
    for (int pass = 0; pass < MASTER_PASSES; pass++) {
        float now = loudness_measure(bed->dry[SOUND_LEFT], bed->dry[SOUND_RIGHT], bed->count);
        float gain = fminf(powf(10, (LOUDNESS_LUFS - now) / 20), GAIN_MAX);

        if (pass > 0 && fabsf(LOUDNESS_LUFS - now) < LOUDNESS_NEAR_LU)
            break;
        for (int c = 0; c < SOUND_CHANNELS; c++)
            for (int i = 0; i < bed->count; i++)
                bed->dry[c][i] *= gain;
        loudness_limit(bed->dry[SOUND_LEFT], bed->dry[SOUND_RIGHT], bed->count, CEILING);
    }
}

void sound_make(const struct scene *scene, float first_s, int count, float *samples)
{
    struct bed bed = {.count = count};
    float *memory = calloc((size_t)count * 4, sizeof(*memory));
    struct dice dice;

    assert(count > 0 && count <= SOUND_SECONDS_MAX * SOUND_RATE);
    if (!memory)
        die("out of memory for sound");
    for (int c = 0; c < SOUND_CHANNELS; c++) {
        bed.dry[c] = memory + (size_t)count * (size_t)c;
        bed.wet[c] = memory + (size_t)count * (size_t)(2 + c);
    }
    dice_init(&dice, scene->seed, 1);
    if (scene->place != PLACE_SPACE)
        add_weather(scene, &bed, &dice);
    if (scene->place == PLACE_COAST || scene->place == PLACE_SEA)
        sound_surf(&bed, &dice, 1,
                   scene->weather == WEATHER_RAIN ? 1
                   : scene->tropical              ? 0.2f
                                                  : 0.5f);
    if (scene->place == PLACE_SKY || scene->place == PLACE_SPACE ||
        scene->place == PLACE_UNDERWATER)
        sound_chord(&bed, &dice, 1);
    if (scene->place == PLACE_STREET || scene->place == PLACE_SKYLINE)
        add_city(scene, &bed, &dice);
    add_life(scene, &bed, &dice);
    sound_subjects(&bed, &dice, scene, first_s);
    add_echo(&bed);
    fade(&bed);
    master(&bed);
    for (int i = 0; i < count; i++) {
        samples[2 * i] = bed.dry[SOUND_LEFT][i];
        samples[2 * i + 1] = bed.dry[SOUND_RIGHT][i];
    }
    free(memory);
}
