/* SPDX-License-Identifier: Apache-2.0 */
/* The open sea, its floor, and what floats on it. */
#include <math.h>

#include "workers/diorama/sound/sound_impl.h"

enum { CONTROL = 32, CREAK_TONES = 3 };

#define TAU (2 * (float)M_PI)

/* Long swells that pass, and the hiss of their crests. */
void sound_sea(struct bed *bed, struct dice *dice, float gain, float roughness)
{
    struct drift swell[SOUND_CHANNELS], crest[SOUND_CHANNELS], foam[SOUND_CHANNELS];
    struct filter deep[SOUND_CHANNELS] = {0}, body[SOUND_CHANNELS] = {0},
                  hiss[SOUND_CHANNELS] = {0};
    struct tuning low = tune(140, 0.7f), middle = tune(520, 0.5f), high = tune(2600, 0.5f);

    for (int c = 0; c < SOUND_CHANNELS; c++) {
        drift_init(&swell[c], dice, 2.6f - roughness);
        drift_init(&crest[c], dice, 1.3f);
        drift_init(&foam[c], dice, 0.05f);
    }
    for (int i = 0; i < bed->count; i++)
        for (int c = 0; c < SOUND_CHANNELS; c++) {
            float x = dice_signed(dice), heave = drift_next(&swell[c]);
            float top = drift_next(&crest[c]) * heave;

            bed->dry[c][i] +=
                gain *
                (0.9f * (0.3f + 0.7f * heave) * filter_low(&deep[c], &low, x) +
                 (0.2f + 0.25f * roughness) * (0.4f + heave) * filter_band(&body[c], &middle, x) +
                 (0.1f + 0.35f * roughness) * top * top * (0.5f + drift_next(&foam[c])) *
                     filter_band(&hiss[c], &high, x));
        }
}

/* A bubble rings higher as it rises. */
static void add_bubble(struct bed *bed, int start, float hz, float level, float place)
{
    float phase = 0, gains[SOUND_CHANNELS], decay_s = 18 / hz;
    int length = (int)(6 * decay_s * SOUND_RATE);

    pan_gains(place, gains);
    for (int n = 0; n < length && start + n < bed->count; n++) {
        float t = (float)n / SOUND_RATE;

        phase += TAU * hz * (1 + 0.5f * t / decay_s * 0.3f) / SOUND_RATE;
        for (int c = 0; c < SOUND_CHANNELS; c++) {
            float value =
                gains[c] * level * fminf(1, (float)n / 100) * expf(-t / decay_s) * sinf(phase);

            bed->dry[c][start + n] += value;
            bed->wet[c][start + n] += 0.4f * value;
        }
    }
}

/* A dull rumble from everywhere, and streams of bubbles. No highs reach down here. */
void sound_underwater(struct bed *bed, struct dice *dice, float gain)
{
    struct drift slow[SOUND_CHANNELS], surge[SOUND_CHANNELS];
    struct filter deep[SOUND_CHANNELS] = {0}, hollow[SOUND_CHANNELS] = {0};
    struct tuning low = tune(95, 0.8f), ring[SOUND_CHANNELS] = {tune(230, 2), tune(265, 2)};

    for (int c = 0; c < SOUND_CHANNELS; c++) {
        drift_init(&slow[c], dice, 2.4f);
        drift_init(&surge[c], dice, 1.1f);
    }
    for (int i = 0; i < bed->count; i++)
        for (int c = 0; c < SOUND_CHANNELS; c++) {
            float x = dice_signed(dice);

            bed->dry[c][i] +=
                gain *
                ((0.7f + 0.8f * drift_next(&slow[c])) * filter_low(&deep[c], &low, x) +
                 0.09f * (0.3f + drift_next(&surge[c])) * filter_band(&hollow[c], &ring[c], x));
        }
    for (float at = dice_range(dice, 0.2f, 1); at * SOUND_RATE < (float)bed->count;
         at += dice_range(dice, 0.5f, 1.9f)) {
        int bubbles = (int)dice_range(dice, 2, 11);
        float place = dice_range(dice, -0.8f, 0.8f), hz = dice_range(dice, 320, 700);

        for (int k = 0; k < bubbles; k++) {
            add_bubble(bed, (int)(at * SOUND_RATE), hz * dice_range(dice, 0.7f, 1.7f),
                       gain * dice_range(dice, 0.02f, 0.075f), place);
            at += dice_range(dice, 0.025f, 0.11f);
        }
    }
}

/* Small waves that slap and gurgle. */
void sound_lapping(struct bed *bed, struct dice *dice, float gain)
{
    for (float at = dice_range(dice, 0, 0.4f); at * SOUND_RATE < (float)bed->count;
         at += dice_range(dice, 0.25f, 0.9f)) {
        struct filter water = {0};
        struct tuning color = tune(dice_range(dice, 420, 1100), 0.9f);
        float decay_s = dice_range(dice, 0.06f, 0.2f), level = gain * dice_range(dice, 0.3f, 1);
        float gains[SOUND_CHANNELS];
        int start = (int)(at * SOUND_RATE), length = (int)(5 * decay_s * SOUND_RATE);

        pan_gains(dice_range(dice, -0.7f, 0.7f), gains);
        for (int n = 0; n < length && start + n < bed->count; n++) {
            float t = (float)n / SOUND_RATE, rise = fminf(1, t / (0.4f * decay_s));
            float value =
                level * rise * expf(-t / decay_s) * filter_band(&water, &color, dice_signed(dice));

            bed->dry[SOUND_LEFT][start + n] += gains[SOUND_LEFT] * value;
            bed->dry[SOUND_RIGHT][start + n] += gains[SOUND_RIGHT] * value;
        }
        if (dice_signed(dice) > 0.4f)
            add_bubble(bed, start + length / 3, dice_range(dice, 450, 900), 0.1f * level, 0);
    }
}

/* Timber that sticks and slips: quick pulses through three resonances of the hull. */
void sound_creaks(struct bed *bed, struct dice *dice, float gain)
{
    for (float at = dice_range(dice, 0.4f, 1.6f); at * SOUND_RATE < (float)bed->count;
         at += dice_range(dice, 1.4f, 3.4f)) {
        struct filter wood[CREAK_TONES] = {0};
        struct tuning tones[CREAK_TONES];
        float base = dice_range(dice, 260, 420), phase = 0, gains[SOUND_CHANNELS];
        float seconds = dice_range(dice, 0.35f, 1), from = dice_range(dice, 24, 60);
        float to = from * dice_range(dice, 0.5f, 1.8f);
        int start = (int)(at * SOUND_RATE), length = (int)(seconds * SOUND_RATE);

        pan_gains(dice_range(dice, -0.6f, 0.6f), gains);
        for (int k = 0; k < CREAK_TONES; k++)
            tones[k] = tune(base * (1 + 0.93f * (float)k), 7);
        for (int n = 0; n < length && start + n < bed->count; n++) {
            float t = (float)n / (float)length, hit = 0, value = 0;

            phase += (from + (to - from) * t) / SOUND_RATE;
            if (phase >= 1) {
                phase -= 1;
                hit = dice_range(dice, 0.4f, 1);
            }
            for (int k = 0; k < CREAK_TONES; k++)
                value += filter_band(&wood[k], &tones[k], hit) / (float)(k + 1);
            value *= 16 * gain * sinf((float)M_PI * t);
            for (int c = 0; c < SOUND_CHANNELS; c++) {
                bed->dry[c][start + n] += gains[c] * value;
                bed->wet[c][start + n] += 0.3f * gains[c] * value;
            }
        }
    }
}
