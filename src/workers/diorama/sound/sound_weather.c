/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "workers/diorama/sound/sound_impl.h"

enum {
    CONTROL = 32, /* samples between two settings of a filter */
    DROPS_PER_SECOND = 140
};

/* What one ear hears of the wind. */
struct ear {
    struct dice noise;
    struct drift flutter;
    struct filter body, whistle, air, rumble;
};

/* The wind's color at one moment, the same for both ears. */
struct gust {
    float force, power;
    struct tuning body, whistle, air, rumble;
};

static float hear(struct ear *ear, const struct gust *gust, float height)
{
    float x = dice_signed(&ear->noise);
    float low = filter_low(&ear->rumble, &gust->rumble, x);
    float mid = filter_low(&ear->body, &gust->body, x);
    float ring = filter_band(&ear->whistle, &gust->whistle, x);
    /* Noise of its own: the same would cancel against the body where they overlap. */
    float high = filter_band(&ear->air, &gust->air, dice_signed(&ear->noise));

    return 1.1f * low + 0.85f * mid + 0.22f * height * gust->force * ring +
           (0.05f + 0.12f * (1 - height)) * gust->force * high;
}

void sound_wind(struct bed *bed, struct dice *dice, float gain, float strength, float height)
{
    struct drift slow, medium, bend;
    struct ear ears[SOUND_CHANNELS] = {0};
    struct gust gust = {.rumble = tune(75, 0.7f)};

    drift_init(&slow, dice, 3.2f);
    drift_init(&medium, dice, 0.9f);
    drift_init(&bend, dice, 2.1f);
    for (int c = 0; c < SOUND_CHANNELS; c++) {
        dice_init(&ears[c].noise, dice->state, (uint64_t)c);
        drift_init(&ears[c].flutter, dice, 0.23f);
    }
    for (int i = 0; i < bed->count; i++) {
        float tone = drift_next(&bend);

        gust.force = 0.62f * drift_next(&slow) + 0.38f * drift_next(&medium);
        gust.power = strength * (0.25f + 0.9f * gust.force * gust.force);
        if (i % CONTROL == 0) {
            gust.body = tune(210 + 560 * gust.force * (0.6f + 0.4f * height), 0.75f);
            gust.whistle = tune(480 + 520 * tone + 380 * gust.force, 2.2f + 3.5f * height);
            gust.air = tune(2600 + 2500 * gust.force, 0.7f);
        }
        for (int c = 0; c < SOUND_CHANNELS; c++) {
            float near = 0.75f + 0.5f * drift_next(&ears[c].flutter);

            bed->dry[c][i] += gain * near * gust.power * hear(&ears[c], &gust, height);
        }
    }
}

void sound_rustle(struct bed *bed, struct dice *dice, float gain, float hz)
{
    struct drift gust, near[SOUND_CHANNELS], fine[SOUND_CHANNELS];
    struct filter high[SOUND_CHANNELS] = {0}, soft[SOUND_CHANNELS] = {0};
    struct tuning color = tune(hz, 0.6f), dull = tune(1.5f * hz, 0.6f);

    drift_init(&gust, dice, 1.9f);
    for (int c = 0; c < SOUND_CHANNELS; c++) {
        drift_init(&near[c], dice, 0.6f);
        drift_init(&fine[c], dice, 0.05f);
    }
    for (int i = 0; i < bed->count; i++) {
        float force = drift_next(&gust);

        if (i % CONTROL == 0)
            color = tune(hz * (0.8f + 0.45f * force), 0.6f);
        for (int c = 0; c < SOUND_CHANNELS; c++) {
            float level = force * force * (0.4f + 0.6f * drift_next(&near[c]));

            level *= 0.35f * gain * (0.55f + 0.6f * drift_next(&fine[c]));
            bed->dry[c][i] += level * filter_low(&soft[c], &dull,
                                                 filter_band(&high[c], &color, dice_signed(dice)));
        }
    }
}

/* Adds one drop: a short ring that dies away. */
static void add_drop(struct bed *bed, int start, float pitch_hz, float decay_s, const float *gains)
{
    float level = 1, fall = expf(-1 / (decay_s * SOUND_RATE));
    float turn = 2 * (float)M_PI * pitch_hz / SOUND_RATE;

    for (int i = start, n = 0; i < bed->count && level > 0.002f; i++, n++) {
        float attack = n < 12 ? (float)n / 12 : 1;
        float value = attack * level * sinf(turn * (float)n * (1 + 0.00006f * (float)n));

        for (int c = 0; c < SOUND_CHANNELS; c++)
            bed->dry[c][i] += gains[c] * value;
        level *= fall;
    }
}

void sound_rain(struct bed *bed, struct dice *dice, float gain, float density)
{
    struct drift slow, fast;
    struct filter hiss[SOUND_CHANNELS] = {0}, dull[SOUND_CHANNELS] = {0};
    struct filter leaves[SOUND_CHANNELS] = {0};
    struct tuning over = tune(1300, 0.6f), under = tune(7800, 0.6f), soft = tune(620, 0.6f);
    struct dice noise[SOUND_CHANNELS];
    float between = SOUND_RATE / (DROPS_PER_SECOND * (0.3f + density));

    drift_init(&slow, dice, 2.6f);
    drift_init(&fast, dice, 0.4f);
    for (int c = 0; c < SOUND_CHANNELS; c++)
        dice_init(&noise[c], dice->state, 20 + (uint64_t)c);
    for (int i = 0; i < bed->count; i++) {
        float level = gain * (0.7f + 0.35f * drift_next(&slow) + 0.15f * drift_next(&fast));

        for (int c = 0; c < SOUND_CHANNELS; c++) {
            float x = dice_signed(&noise[c]);
            float high = filter_low(&dull[c], &under, filter_high(&hiss[c], &over, x));
            float low = filter_low(&leaves[c], &soft, x);

            bed->dry[c][i] += level * (0.16f * density * high + 0.3f * low);
        }
    }
    for (float at = 0; at < (float)bed->count; at -= between * logf(dice_range(dice, 1e-4f, 1))) {
        float near = dice_range(dice, 0, 1), gains[SOUND_CHANNELS];
        float pitch = near > 0.9f ? dice_range(dice, 500, 1300) : dice_range(dice, 1700, 6500);

        pan_gains(dice_range(dice, -0.9f, 0.9f), gains);
        for (int c = 0; c < SOUND_CHANNELS; c++)
            gains[c] *= gain * (0.02f + 0.22f * near * near * near * near);
        add_drop(bed, (int)at, pitch, dice_range(dice, 0.0015f, 0.007f), gains);
    }
}

/* Adds one roll of a thunder: a soft burst of low noise. */
static void add_roll(struct bed *bed, struct dice *dice, int start, float size)
{
    struct filter low[SOUND_CHANNELS] = {0};
    float attack = dice_range(dice, 0.04f, 0.22f), decay = dice_range(dice, 0.35f, 1.1f);
    struct tuning dark = tune(dice_range(dice, 60, 190), 0.8f);
    float gains[SOUND_CHANNELS];
    int length = (int)((attack + 5 * decay) * SOUND_RATE);

    pan_gains(dice_range(dice, -0.7f, 0.7f), gains);
    for (int n = 0; n < length && start + n < bed->count; n++) {
        float t = (float)n / SOUND_RATE;
        float rise = t < attack ? t / attack : 1;
        float level = size * rise * rise * expf(-t / decay);

        for (int c = 0; c < SOUND_CHANNELS; c++) {
            float value = gains[c] * level * filter_low(&low[c], &dark, dice_signed(dice));

            bed->dry[c][start + n] += value;
            bed->wet[c][start + n] += 0.5f * value;
        }
    }
}

void sound_thunder(struct bed *bed, struct dice *dice, float gain)
{
    float at = dice_range(dice, 0.5f, 1.3f);

    while (at * SOUND_RATE < (float)bed->count) {
        int rolls = (int)dice_range(dice, 7, 13);
        float size = gain * dice_range(dice, 3.0f, 5.0f), offset = 0;

        for (int i = 0; i < rolls; i++) {
            add_roll(bed, dice, (int)((at + offset) * SOUND_RATE),
                     size * (i == 1 ? 1.4f : dice_range(dice, 0.35f, 1)));
            offset += dice_range(dice, 0.08f, 0.6f);
            size *= 0.88f;
        }
        at += dice_range(dice, 6, 12);
    }
}
