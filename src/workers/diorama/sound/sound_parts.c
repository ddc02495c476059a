/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "base/err.h"
#include "workers/diorama/sound/sound_impl.h"

void dice_init(struct dice *dice, uint64_t seed, uint64_t stream)
{
    uint64_t mixed = seed * 0x9e3779b97f4a7c15u + stream * 0xd1342543de82ef95u + 1;

    mixed = (mixed ^ mixed >> 32) * 0xda942042e4dd58b5u;
    dice->state = (mixed ^ mixed >> 29) | 1; /* never 0 */
}

float dice_signed(struct dice *dice)
{
    dice->state ^= dice->state >> 12; /* xorshift64* */
    dice->state ^= dice->state << 25;
    dice->state ^= dice->state >> 27;
    return (float)(int32_t)((dice->state * 0x2545f4914f6cdd1du) >> 32) / 2147483648.0f;
}

float dice_range(struct dice *dice, float least, float most)
{
    return least + (most - least) * (0.5f + 0.5f * dice_signed(dice));
}

static void drift_step(struct drift *drift)
{
    float seconds = drift->seconds * dice_range(&drift->dice, 0.6f, 1.4f);

    drift->from = drift->to;
    drift->to = dice_range(&drift->dice, 0, 1);
    drift->position = 0;
    drift->step = 1 / (seconds * SOUND_RATE);
}

void drift_init(struct drift *drift, struct dice *seed, float seconds)
{
    *drift = (struct drift){.seconds = seconds};
    dice_signed(seed);
    dice_init(&drift->dice, seed->state, 7);
    drift_step(drift);
    drift_step(drift);
    drift->position = dice_range(&drift->dice, 0, 0.9f);
}

float drift_next(struct drift *drift)
{
    float t = drift->position;

    drift->position += drift->step;
    if (drift->position >= 1)
        drift_step(drift);
    return drift->from + (drift->to - drift->from) * t * t * (3 - 2 * t);
}

/* A state variable filter, trapezoidal: stable while its cutoff moves. */
struct tuning tune(float cutoff_hz, float resonance)
{
    struct tuning tuning;
    float highest = 0.45f * SOUND_RATE;

    tuning.g = tanf((float)M_PI * (cutoff_hz < highest ? cutoff_hz : highest) / SOUND_RATE);
    tuning.k = 1 / resonance;
    tuning.a1 = 1 / (1 + tuning.g * (tuning.g + tuning.k));
    tuning.a2 = tuning.g * tuning.a1;
    tuning.a3 = tuning.g * tuning.a2;
    return tuning;
}

/* One step; returns the low output and leaves the band output in *band. */
static float filter_step(struct filter *filter, const struct tuning *tuning, float x, float *band)
{
    float v3 = x - filter->low;
    float v1 = tuning->a1 * filter->band + tuning->a2 * v3;
    float v2 = filter->low + tuning->a2 * filter->band + tuning->a3 * v3;

    filter->band = 2 * v1 - filter->band;
    filter->low = 2 * v2 - filter->low;
    *band = v1;
    return v2;
}

float filter_low(struct filter *filter, const struct tuning *tuning, float x)
{
    float band;

    return filter_step(filter, tuning, x, &band);
}

float filter_band(struct filter *filter, const struct tuning *tuning, float x)
{
    float band;

    filter_step(filter, tuning, x, &band);
    return band * tuning->k;
}

float filter_high(struct filter *filter, const struct tuning *tuning, float x)
{
    float band, low = filter_step(filter, tuning, x, &band);

    return x - tuning->k * band - low;
}

void bed_init(struct bed *bed, int count)
{
    float *memory = calloc((size_t)count * 4, sizeof(*memory));

    if (!memory)
        die("out of memory for sound");
    *bed = (struct bed){.count = count};
    for (int c = 0; c < SOUND_CHANNELS; c++) {
        bed->dry[c] = memory + (size_t)count * (size_t)c;
        bed->wet[c] = memory + (size_t)count * (size_t)(2 + c);
    }
}

void bed_fini(struct bed *bed)
{
    free(bed->dry[0]);
}

void pan_gains(float place, float gains[SOUND_CHANNELS])
{
    float angle = (place + 1) * (float)M_PI / 4;

    gains[SOUND_LEFT] = cosf(angle);
    gains[SOUND_RIGHT] = sinf(angle);
}
