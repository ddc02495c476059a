/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "workers/diorama/sound/sound_impl.h"

enum { CHORD_NOTES = 6, VOICES = 3 };

/* One swell on its way in: it breaks at break_s. */
struct swell {
    float break_s, size, place, wash_s;
};

/* Levels and colors of a swell, `t` seconds after it breaks. */
struct wash {
    float rumble, crash, foam;
    float crash_hz, foam_hz;
};

static struct wash wash_at(float t, float wash_s)
{
    struct wash wash = {0};

    if (t < -3.2f || t > 4 * wash_s)
        return wash;
    if (t < 0) {
        float near = 1 + t / 3.2f;

        wash.rumble = near * near;
        wash.crash = near * near * near * near * 0.22f;
    } else {
        wash.rumble = expf(-t / 0.8f);
        wash.crash = (0.22f + 0.78f * (1 - expf(-t / 0.13f))) * expf(-t / (0.42f * wash_s));
        wash.foam = (1 - expf(-t / 0.7f)) * expf(-t / (0.8f * wash_s));
    }
    wash.crash_hz = t < 0 ? 500 : 500 + 2600 * (1 - expf(-t / 0.2f)) * expf(-t / 1.9f);
    wash.foam_hz = 2600 + 2600 * expf(-(t > 0 ? t : 0) / 1.5f);
    return wash;
}

static void add_swell(struct bed *bed, struct dice *dice, const struct swell *swell, float gain)
{
    struct filter rumble[SOUND_CHANNELS] = {0}, crash[SOUND_CHANNELS] = {0};
    struct filter foam[SOUND_CHANNELS] = {0};
    struct drift boil[SOUND_CHANNELS], fizz[SOUND_CHANNELS];
    struct tuning deep = tune(130, 0.7f), bright = deep, hissing = deep;
    int start = (int)((swell->break_s - 3.2f) * SOUND_RATE);
    int end = (int)((swell->break_s + 4 * swell->wash_s) * SOUND_RATE);

    for (int c = 0; c < SOUND_CHANNELS; c++) {
        drift_init(&boil[c], dice, 0.11f);
        drift_init(&fizz[c], dice, 0.012f);
    }
    for (int i = start > 0 ? start : 0; i < end && i < bed->count; i++) {
        float t = (float)i / SOUND_RATE - swell->break_s, gains[SOUND_CHANNELS];
        struct wash wash = wash_at(t, swell->wash_s);

        /* The break runs along the beach. */
        pan_gains(swell->place * (0.6f - 0.35f * t), gains);
        if (i % 16 == 0 || i == start) {
            bright = tune(fmaxf(wash.crash_hz, 200), 0.6f);
            hissing = tune(fmaxf(wash.foam_hz, 1000), 0.55f);
        }
        for (int c = 0; c < SOUND_CHANNELS; c++) {
            float x = dice_signed(dice), side = 0.35f + 0.65f * 1.41f * gains[c];
            float churn = 0.6f + 0.8f * drift_next(&boil[c]);
            float sparkle = drift_next(&fizz[c]);

            bed->dry[c][i] +=
                gain * swell->size * side *
                (0.9f * wash.rumble * filter_low(&rumble[c], &deep, x) +
                 0.75f * wash.crash * churn * filter_low(&crash[c], &bright, x) +
                 0.3f * wash.foam * (0.35f + sparkle) * filter_band(&foam[c], &hissing, x));
        }
    }
}

void sound_surf(struct bed *bed, struct dice *dice, float gain, float roughness)
{
    struct drift slow[SOUND_CHANNELS];
    struct filter far[SOUND_CHANNELS] = {0}, air[SOUND_CHANNELS] = {0};
    struct tuning distant = tune(420, 0.6f), thin = tune(1500, 0.5f);
    float at = dice_range(dice, 1.2f, 1.8f), side = dice_signed(dice) < 0 ? -1 : 1;

    /* The sea behind: other breakers, too far to tell apart. */
    for (int c = 0; c < SOUND_CHANNELS; c++)
        drift_init(&slow[c], dice, 1.7f);
    for (int i = 0; i < bed->count; i++)
        for (int c = 0; c < SOUND_CHANNELS; c++) {
            float x = dice_signed(dice), level = 0.5f + 0.7f * drift_next(&slow[c]);

            bed->dry[c][i] +=
                gain * level * (0.2f + 0.15f * roughness) *
                (filter_low(&far[c], &distant, x) + 0.35f * filter_band(&air[c], &thin, x));
        }
    for (at -= 7.5f; at * SOUND_RATE < (float)bed->count + 3.2f * SOUND_RATE;
         at += dice_range(dice, 6.2f, 9) - 1.5f * roughness) {
        struct swell swell = {at, dice_range(dice, 0.75f, 1.1f), side * dice_range(dice, 0.5f, 1),
                              dice_range(dice, 2.4f, 3.3f)};

        add_swell(bed, dice, &swell, gain * (0.8f + 0.5f * roughness));
        side = -side;
    }
}

/* One of the tones of a note; its level comes and goes by itself. */
static void add_voice(struct bed *bed, struct dice *dice, float hz, float level, const float *gains)
{
    struct drift swell;
    float phase = dice_range(dice, 0, 2 * (float)M_PI);
    float turn = 2 * (float)M_PI * hz / SOUND_RATE;

    drift_init(&swell, dice, dice_range(dice, 1.4f, 3));
    for (int i = 0; i < bed->count; i++) {
        float value =
            level * (0.25f + drift_next(&swell)) * (sinf(phase) + 0.18f * sinf(2 * phase));

        phase += turn;
        if (phase > 2 * (float)M_PI)
            phase -= 2 * (float)M_PI;
        for (int c = 0; c < SOUND_CHANNELS; c++) {
            bed->dry[c][i] += 0.5f * gains[c] * value;
            bed->wet[c][i] += gains[c] * value;
        }
    }
}

void sound_chord(struct bed *bed, struct dice *dice, float gain)
{
    /* An open chord over D: no third in the low notes. */
    static const float notes_hz[CHORD_NOTES] = {73.42f, 146.83f, 220.0f, 293.66f, 329.63f, 440.0f};
    static const float levels[CHORD_NOTES] = {0.5f, 0.9f, 0.8f, 0.6f, 0.45f, 0.3f};

    for (int note = 0; note < CHORD_NOTES; note++)
        for (int voice = 0; voice < VOICES; voice++) {
            float cents = dice_range(dice, -7, 7), gains[SOUND_CHANNELS];

            pan_gains((float)(voice - 1) * dice_range(dice, 0.4f, 0.9f), gains);
            add_voice(bed, dice, notes_hz[note] * exp2f(cents / 1200), 0.07f * gain * levels[note],
                      gains);
        }
}
