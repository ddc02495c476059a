/* SPDX-License-Identifier: Apache-2.0 */
/* What burns, bursts and strikes. */
#include <math.h>

#include "workers/diorama/sound/sound_impl.h"

enum { SNAPS_MAX = 16000 };

void sound_snap(struct bed *bed, struct dice *dice, int start, float level, float hz)
{
    struct filter wood = {0};
    struct tuning color = tune(hz, 1.6f);
    float decay = dice_range(dice, 30, 220), gains[SOUND_CHANNELS];

    pan_gains(dice_range(dice, -0.5f, 0.5f), gains);
    for (int n = 0; n < 6 * (int)decay && start + n < bed->count; n++) {
        float value = level * fminf(1, (float)n / 6) * expf(-(float)n / decay) *
                      filter_band(&wood, &color, dice_signed(dice));

        for (int c = 0; start + n >= 0 && c < SOUND_CHANNELS; c++) {
            bed->dry[c][start + n] += gains[c] * value;
            bed->wet[c][start + n] += 0.15f * gains[c] * value;
        }
    }
}

void sound_fire(struct bed *bed, struct dice *dice, float gain, float size)
{
    struct drift flutter[SOUND_CHANNELS], slow[SOUND_CHANNELS];
    struct filter roar[SOUND_CHANNELS] = {0}, breath[SOUND_CHANNELS] = {0};
    struct tuning low = tune(210 - 90 * size, 0.7f), middle = tune(620, 0.5f);
    float between = SOUND_RATE / (7 + 26 * size), at = 0;

    for (int c = 0; c < SOUND_CHANNELS; c++) {
        drift_init(&flutter[c], dice, 0.11f);
        drift_init(&slow[c], dice, 0.8f);
    }
    for (int i = 0; i < bed->count; i++)
        for (int c = 0; c < SOUND_CHANNELS; c++) {
            float x = dice_signed(dice), lick = drift_next(&flutter[c]);
            float level = (0.35f + 0.65f * size) * (0.4f + 0.6f * drift_next(&slow[c]));

            bed->dry[c][i] += gain * level *
                              ((0.5f + 0.7f * lick) * filter_low(&roar[c], &low, x) +
                               0.16f * lick * lick * filter_band(&breath[c], &middle, x));
        }
    /* Most snaps are faint; now and then one is not. */
    for (int k = 0; k < SNAPS_MAX && at < (float)bed->count; k++) {
        float rare = dice_range(dice, 0, 1), loud = 0.06f + 0.9f * rare * rare * rare * rare;

        at -= between * logf(dice_range(dice, 1e-4f, 1));
        sound_snap(bed, dice, (int)at, gain * loud * (0.5f + 0.4f * size),
                   dice_range(dice, 1100, 1100 + 3800 * (1 - 0.6f * rare)));
    }
}
