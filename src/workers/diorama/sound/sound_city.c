/* SPDX-License-Identifier: Apache-2.0 */
/* What a city sounds like: traffic far and near, people, signs that hum, cups. */
#include <math.h>

#include "workers/diorama/sound/sound_impl.h"

enum {
    CONTROL = 32, /* samples between two settings of a filter */
    VOICES = 7,
    HUM_TONES = 7,
    CLINK_TONES = 3
};

#define TAU (2 * (float)M_PI)
#define SPEED_OF_SOUND 343.0f

/* One car that drives by: how near, how fast, from which side. */
struct passing {
    float at_s, speed_m_s, away_m, side, engine_hz, size, wet;
};

void sound_traffic(struct bed *bed, struct dice *dice, float gain, float distance)
{
    struct drift slow[SOUND_CHANNELS], quick[SOUND_CHANNELS];
    struct filter deep[SOUND_CHANNELS] = {0}, tires[SOUND_CHANNELS] = {0};
    struct tuning low = tune(150 - 60 * distance, 0.7f), high = tune(800 - 450 * distance, 0.5f);

    for (int c = 0; c < SOUND_CHANNELS; c++) {
        drift_init(&slow[c], dice, 2.8f);
        drift_init(&quick[c], dice, 0.7f);
    }
    for (int i = 0; i < bed->count; i++)
        for (int c = 0; c < SOUND_CHANNELS; c++) {
            float x = dice_signed(dice);
            float swell = 0.45f + 0.5f * drift_next(&slow[c]) + 0.15f * drift_next(&quick[c]);

            bed->dry[c][i] += gain * swell *
                              (0.8f * filter_low(&deep[c], &low, x) +
                               (0.3f - 0.12f * distance) * filter_band(&tires[c], &high, x));
        }
}

/* The pitch falls and the color darkens as it drives by; the tires are noise, the engine a few
 * uneven tones. */
static void add_passing(struct bed *bed, struct dice *dice, const struct passing *car, float gain)
{
    struct filter roar[SOUND_CHANNELS] = {0}, hiss[SOUND_CHANNELS] = {0};
    struct tuning body = tune(500, 0.6f), bright = tune(3000, 0.6f);
    float reach_s = 7 * car->away_m / car->speed_m_s, phase = 0;
    int start = (int)((car->at_s - reach_s) * SOUND_RATE);
    int end = (int)((car->at_s + reach_s) * SOUND_RATE);

    for (int i = start > 0 ? start : 0; i < end && i < bed->count; i++) {
        float t = (float)i / SOUND_RATE - car->at_s, along = car->speed_m_s * t;
        float far = sqrtf(along * along + car->away_m * car->away_m);
        float bend = 1 / (1 + car->speed_m_s * along / far / SPEED_OF_SOUND);
        float edge = fminf(1, (reach_s - fabsf(t)) / (0.25f * reach_s));
        float near = car->away_m / far, gains[SOUND_CHANNELS], engine;

        pan_gains(0.9f * car->side * along / far, gains);
        if (i % CONTROL == 0 || i == start) {
            body = tune(bend * (260 + 520 * near), 0.6f);
            bright = tune(bend * bend * (1500 + 2300 * near), 0.6f);
        }
        phase += TAU * car->engine_hz * bend / SOUND_RATE;
        if (phase > 2 * TAU)
            phase -= 2 * TAU;
        engine = sinf(phase) + 0.5f * sinf(0.5f * phase) + 0.4f * sinf(2 * phase) +
                 0.2f * sinf(3 * phase);
        for (int c = 0; c < SOUND_CHANNELS; c++) {
            float x = dice_signed(dice);
            float tires = 1.1f * filter_band(&roar[c], &body, x) +
                          (0.10f + 0.42f * car->wet) * near * filter_band(&hiss[c], &bright, x);
            float value = gain * car->size * edge * near * (0.15f + gains[c]) *
                          (tires + 0.09f * engine * near);

            bed->dry[c][i] += value;
            bed->wet[c][i] += 0.12f * value;
        }
    }
}

void sound_passing_cars(struct bed *bed, struct dice *dice, float gain, float wet)
{
    float at = dice_range(dice, 0.8f, 2.6f), side = dice_signed(dice) < 0 ? -1 : 1;

    for (; at * SOUND_RATE < (float)bed->count + 2 * SOUND_RATE;
         at += dice_range(dice, 2.6f, 5.5f)) {
        struct passing car = {.at_s = at,
                              .speed_m_s = dice_range(dice, 9, 15),
                              .away_m = dice_range(dice, 5, 11),
                              .side = side,
                              .engine_hz = dice_range(dice, 52, 92),
                              .size = dice_range(dice, 0.6f, 1.1f),
                              .wet = wet};

        add_passing(bed, dice, &car, gain);
        if (dice_signed(dice) < 0.3f)
            side = -side;
    }
}

/* Somebody who talks too far away to be understood: a throat through two moving resonances. */
struct talker {
    struct filter mouth[2], far;
    struct tuning vowel[2];
    float pitch_hz, phase, rate_s, level;
    int left;     /* samples of the syllable */
    int length;   /* of the syllable */
    float stress; /* 0 while silent */
};

static void next_syllable(struct talker *talker, struct dice *dice)
{
    bool pauses = dice_range(dice, 0, 1) < 0.16f;
    float seconds =
        pauses ? dice_range(dice, 0.25f, 1.1f) : talker->rate_s * dice_range(dice, 0.6f, 1.5f);

    talker->left = talker->length = (int)(seconds * SOUND_RATE);
    talker->stress = pauses ? 0 : dice_range(dice, 0.35f, 1);
    talker->vowel[0] = tune(dice_range(dice, 300, 750), 5);
    talker->vowel[1] = tune(dice_range(dice, 900, 2100), 6);
}

static float talk(struct talker *talker, struct dice *dice)
{
    float t, arc, source;

    if (talker->left-- <= 0)
        next_syllable(talker, dice);
    t = 1 - (float)talker->left / (float)talker->length;
    arc = talker->stress * sinf((float)M_PI * t);
    talker->phase += talker->pitch_hz * (1 + 0.12f * talker->stress * (1 - t)) / SOUND_RATE;
    if (talker->phase >= 1)
        talker->phase -= 1;
    source = arc * (1 - 2 * talker->phase + 0.25f * dice_signed(dice));
    return filter_band(&talker->mouth[0], &talker->vowel[0], source) +
           0.6f * filter_band(&talker->mouth[1], &talker->vowel[1], source);
}

void sound_murmur(struct bed *bed, struct dice *dice, float gain)
{
    struct tuning dull = tune(1900, 0.6f);

    for (int k = 0; k < VOICES; k++) {
        struct talker talker = {.pitch_hz = dice_range(dice, 95, 230),
                                .rate_s = dice_range(dice, 0.15f, 0.24f)};
        struct dice words;
        float gains[SOUND_CHANNELS];

        pan_gains(dice_range(dice, -0.95f, 0.95f), gains);
        talker.level = 0.2f * gain * dice_range(dice, 0.4f, 1);
        dice_init(&words, dice->state, 40 + (uint64_t)k);
        for (int i = 0; i < bed->count; i++) {
            float value = talker.level * filter_low(&talker.far, &dull, talk(&talker, &words));

            for (int c = 0; c < SOUND_CHANNELS; c++) {
                bed->dry[c][i] += 0.6f * gains[c] * value;
                bed->wet[c][i] += 0.5f * gains[c] * value;
            }
        }
    }
}

void sound_hum(struct bed *bed, struct dice *dice, float gain)
{
    static const float levels[HUM_TONES] = {1, 0.55f, 0.32f, 0.30f, 0.12f, 0.14f, 0.09f};

    for (int side = 0; side < SOUND_CHANNELS; side++) {
        struct drift flicker;
        float phase = dice_range(dice, 0, TAU), turn = TAU * 100 / SOUND_RATE;

        drift_init(&flicker, dice, 0.6f);
        turn *= side == SOUND_LEFT ? 1 : 1.2f; /* of 50 Hz, and one that was built for 60 */
        for (int i = 0; i < bed->count; i++) {
            float swell = 0.5f + 0.6f * drift_next(&flicker), sum = 0;

            for (int k = 0; k < HUM_TONES; k++)
                sum += levels[k] * sinf((float)(k + 1) * phase);
            phase += turn;
            if (phase > TAU)
                phase -= TAU;
            bed->dry[side][i] += 0.05f * gain * swell * sum;
            bed->dry[1 - side][i] += 0.012f * gain * swell * sum;
        }
    }
}

/* A cup on its saucer. */
static void add_clink(struct bed *bed, struct dice *dice, int start, float level)
{
    float hz[CLINK_TONES], gains[SOUND_CHANNELS];
    float decay_s = dice_range(dice, 0.02f, 0.07f);
    int length = (int)(6 * decay_s * SOUND_RATE);

    pan_gains(dice_range(dice, -0.9f, 0.9f), gains);
    hz[0] = dice_range(dice, 1900, 3300);
    hz[1] = hz[0] * dice_range(dice, 1.5f, 1.8f);
    hz[2] = hz[0] * dice_range(dice, 2.3f, 2.9f);
    for (int n = 0; n < length && start + n < bed->count; n++) {
        float t = (float)n / SOUND_RATE, rise = fminf(1, (float)n / 40), sum = 0;

        for (int k = 0; k < CLINK_TONES; k++)
            sum += sinf(TAU * hz[k] * t) * expf(-t * (float)(k + 1) / decay_s);
        for (int c = 0; c < SOUND_CHANNELS; c++) {
            bed->dry[c][start + n] += level * gains[c] * rise * sum;
            bed->wet[c][start + n] += 0.4f * level * gains[c] * rise * sum;
        }
    }
}

void sound_cups(struct bed *bed, struct dice *dice, float gain)
{
    for (float at = dice_range(dice, 0.2f, 1); at * SOUND_RATE < (float)bed->count;
         at += dice_range(dice, 0.25f, 1.6f)) {
        int start = (int)(at * SOUND_RATE);

        add_clink(bed, dice, start, gain * dice_range(dice, 0.02f, 0.07f));
        if (dice_signed(dice) < 0)
            add_clink(bed, dice, start + (int)(dice_range(dice, 0.05f, 0.12f) * SOUND_RATE),
                      gain * dice_range(dice, 0.01f, 0.05f));
    }
}

/* Horns of cars streets away. */
void sound_far_horns(struct bed *bed, struct dice *dice, float gain)
{
    for (float at = dice_range(dice, 0.6f, 3); at * SOUND_RATE < (float)bed->count;
         at += dice_range(dice, 3.5f, 8)) {
        float hz = dice_range(dice, 330, 420), gains[SOUND_CHANNELS], dull = 0;
        int start = (int)(at * SOUND_RATE);
        int length = (int)(dice_range(dice, 0.15f, 0.5f) * SOUND_RATE);
        float level = gain * dice_range(dice, 0.015f, 0.04f);

        pan_gains(dice_range(dice, -0.9f, 0.9f), gains);
        for (int n = 0; n < length && start + n < bed->count; n++) {
            float t = (float)n / SOUND_RATE;
            float edge = fminf(1, fminf((float)n, (float)(length - n)) / (0.03f * SOUND_RATE));
            float a = sinf(TAU * hz * t), b = sinf(TAU * 1.26f * hz * t);

            dull += 0.12f * (a + b + 0.6f * a * b - dull);
            for (int c = 0; c < SOUND_CHANNELS; c++) {
                bed->dry[c][start + n] += 0.4f * level * gains[c] * edge * dull;
                bed->wet[c][start + n] += level * gains[c] * edge * dull;
            }
        }
    }
}
