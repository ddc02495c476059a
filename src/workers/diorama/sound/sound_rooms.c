/* SPDX-License-Identifier: Apache-2.0 */
/* Inside: the air of a room, its clock, its window; and a bell far outside. */
#include <math.h>

#include "workers/diorama/sound/sound_impl.h"

enum { BELL_TONES = 6 };

#define TAU (2 * (float)M_PI)

/* Not silence: air that moves a little, and the mains far away. */
void sound_room(struct bed *bed, struct dice *dice, float gain)
{
    struct drift slow[SOUND_CHANNELS];
    struct filter air[SOUND_CHANNELS] = {0}, wall[SOUND_CHANNELS] = {0};
    struct tuning low = tune(240, 0.6f), box[SOUND_CHANNELS] = {tune(118, 1.5f), tune(142, 1.5f)};
    float phase = 0;

    for (int c = 0; c < SOUND_CHANNELS; c++)
        drift_init(&slow[c], dice, 2.5f);
    for (int i = 0; i < bed->count; i++) {
        phase += TAU * 100 / SOUND_RATE;
        phase -= phase > TAU ? TAU : 0;
        for (int c = 0; c < SOUND_CHANNELS; c++) {
            float x = dice_signed(dice);

            bed->dry[c][i] +=
                gain * ((0.5f + 0.4f * drift_next(&slow[c])) * 0.5f * filter_low(&air[c], &low, x) +
                        0.06f * filter_band(&wall[c], &box[c], x) + 0.006f * sinf(phase));
        }
    }
}

/* Tick and tock are not alike. */
void sound_clock(struct bed *bed, struct dice *dice, float gain)
{
    float gains[SOUND_CHANNELS], at = dice_range(dice, 0.1f, 0.5f);

    pan_gains(dice_range(dice, 0.3f, 0.7f), gains);
    for (int tick = 0; at * SOUND_RATE < (float)bed->count; tick++, at += 0.5f) {
        struct filter wood = {0}, brass = {0};
        struct tuning body = tune(tick % 2 ? 1480 : 1760, 9),
                      edge = tune(tick % 2 ? 3300 : 3900, 7);
        int start = (int)(at * SOUND_RATE);

        for (int n = 0; n < 3000 && start + n < bed->count; n++) {
            float hit = n < 24 ? dice_signed(dice) : 0;
            float value =
                gain * (filter_band(&wood, &body, hit) + 0.6f * filter_band(&brass, &edge, hit));

            value *= fminf(1, (float)(3000 - n) / 500);
            for (int c = 0; c < SOUND_CHANNELS; c++) {
                bed->dry[c][start + n] += gains[c] * value;
                bed->wet[c][start + n] += 0.12f * gains[c] * value;
            }
        }
    }
}

/* Through glass: no hiss is left, but drops tap at the pane. */
void sound_window_rain(struct bed *bed, struct dice *dice, float gain)
{
    struct drift gust;
    struct filter wet[SOUND_CHANNELS] = {0};
    struct tuning dull = tune(640, 0.6f);

    drift_init(&gust, dice, 1.8f);
    for (int i = 0; i < bed->count; i++) {
        float level = 0.5f + 0.5f * drift_next(&gust);

        for (int c = 0; c < SOUND_CHANNELS; c++)
            bed->dry[c][i] += gain * 0.35f * level * filter_low(&wet[c], &dull, dice_signed(dice));
    }
    for (float at = 0; at < (float)bed->count;
         at -= SOUND_RATE / 45.0f * logf(dice_range(dice, 1e-4f, 1))) {
        struct filter pane = {0};
        struct tuning ring = tune(dice_range(dice, 900, 2300), 4);
        float level = gain * dice_range(dice, 0.04f, 0.5f), gains[SOUND_CHANNELS];

        pan_gains(dice_range(dice, -0.6f, 0.6f), gains);
        for (int n = 0; n < 900 && (int)at + n < bed->count; n++) {
            float value = level * fminf(1, (float)(900 - n) / 200) *
                          filter_band(&pane, &ring, n < 14 ? dice_signed(dice) : 0);

            bed->dry[SOUND_LEFT][(int)at + n] += gains[SOUND_LEFT] * value;
            bed->dry[SOUND_RIGHT][(int)at + n] += gains[SOUND_RIGHT] * value;
        }
    }
}

/* The tones of a bell are no harmonics: hum, prime, a minor third, fifth and above. */
static void add_stroke(struct bed *bed, int start, float hz, float gain, const float *gains)
{
    static const float ratios[BELL_TONES] = {0.5f, 1, 1.19f, 1.5f, 2, 2.67f};
    static const float levels[BELL_TONES] = {0.5f, 0.8f, 0.6f, 0.25f, 0.7f, 0.3f};

    for (int k = 0; k < BELL_TONES; k++) {
        float turn = TAU * hz * ratios[k] / SOUND_RATE, decay_s = 1.9f / (0.5f + ratios[k]);

        for (int n = 0; start + n < bed->count && (float)n < 5 * decay_s * SOUND_RATE; n++) {
            float value = gain * levels[k] * fminf(1, (float)n / 500) *
                          expf(-(float)n / SOUND_RATE / decay_s) * sinf(turn * (float)n);

            for (int c = 0; c < SOUND_CHANNELS; c++) {
                bed->dry[c][start + n] += 0.4f * gains[c] * value;
                bed->wet[c][start + n] += 0.7f * gains[c] * value;
            }
        }
    }
}

void sound_church_bell(struct bed *bed, struct dice *dice, float gain)
{
    float hz = dice_range(dice, 290, 370), gains[SOUND_CHANNELS];

    pan_gains(dice_range(dice, -0.6f, 0.6f), gains);
    for (float at = dice_range(dice, 0.4f, 1.2f); at * SOUND_RATE < (float)bed->count; at += 2.1f)
        add_stroke(bed, (int)(at * SOUND_RATE), hz, 0.05f * gain, gains);
}
