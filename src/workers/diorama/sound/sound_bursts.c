/* SPDX-License-Identifier: Apache-2.0 */
/* What is seen first and heard later: fireworks and lightning. */
#include <math.h>

#include "workers/diorama/body/cast.h"
#include "workers/diorama/fx/fx.h"
#include "workers/diorama/sound/sound_impl.h"

enum { STRIKES_MAX = 64, BURSTS_MAX = 200 /* of a bed: a time-lapse has many more */ };

#define SPEED_OF_SOUND 343.0f
#define WHISTLE_S 1.1f

/* Thunder comes sooner than nature has it, as it does in films: a clip is short. */
#define THUNDER_HASTE 0.35f
#define THUNDER_S 7.0f /* after its flash all has been heard */
#define SHELL_S 4.0f   /* after its burst, likewise */

/* A soft burst of noise that is darker the longer it lasts. */
static void add_boom(struct bed *bed, struct dice *dice, float at_s, float level, float decay_s)
{
    struct filter low[SOUND_CHANNELS] = {0};
    struct tuning dark = tune(400, 0.7f);
    int start = (int)(at_s * SOUND_RATE), length = (int)(6 * decay_s * SOUND_RATE);

    for (int n = 0; n < length && start + n < bed->count; n++) {
        float t = (float)n / SOUND_RATE;

        if (n % 64 == 0)
            dark = tune(90 + 900 * expf(-t / (0.12f * decay_s)), 0.7f);
        for (int c = 0; c < SOUND_CHANNELS; c++) {
            float value = level * fminf(1, t / 0.003f) * expf(-t / decay_s) *
                          filter_low(&low[c], &dark, dice_signed(dice));

            if (start + n < 0)
                continue;
            bed->dry[c][start + n] += value;
            bed->wet[c][start + n] += 0.6f * value;
        }
    }
}

/* A burst that was seen at burst_s, and the whistle of its way up. */
static void add_firework(struct bed *bed, struct dice *dice, float burst_s, float distance_m)
{
    float late_s = distance_m / SPEED_OF_SOUND, heard_s = burst_s + late_s;
    float level = dice_range(dice, 0.8f, 1.4f), place = dice_range(dice, -0.5f, 0.5f);
    struct cry whistle = {WHISTLE_S, {700, 1500, 1900}, 0.12f, 0.35f, 7, 0.01f, 0, 0.25f};
    struct spot spot = {heard_s - WHISTLE_S - 0.15f, place, 0.025f, 0.7f, 4500};
    int sparks = (int)dice_range(dice, 15, 60);

    if (dice_signed(dice) < 0.2f)
        sound_cry(bed, dice, &whistle, &spot);
    add_boom(bed, dice, heard_s, 1.9f * level, dice_range(dice, 0.22f, 0.4f));
    for (int k = 0; k < sparks; k++)
        sound_snap(bed, dice, (int)((heard_s + dice_range(dice, 0.25f, 1.5f)) * SOUND_RATE),
                   dice_range(dice, 0.02f, 0.14f), dice_range(dice, 1800, 4200));
}

/* Of a flash that was seen at flash_s. */
static void add_thunder(struct bed *bed, struct dice *dice, float flash_s, float distance_m)
{
    float far = fminf(1, distance_m / 3500), at_s = flash_s;
    float level = 4.5f - 2.6f * far;
    int rolls = (int)dice_range(dice, 5, 9);

    at_s += THUNDER_HASTE * distance_m / SPEED_OF_SOUND;
    if (far < 0.5f) /* near: it cracks first */
        for (int k = 0; k < 14; k++)
            sound_snap(bed, dice, (int)((at_s + 0.012f * (float)k) * SOUND_RATE),
                       (0.5f - far) * dice_range(dice, 0.5f, 1.6f), dice_range(dice, 500, 1900));
    for (int k = 0; k < rolls; k++) {
        add_boom(bed, dice, at_s, level * (k == 0 ? 1 : dice_range(dice, 0.3f, 0.8f)),
                 dice_range(dice, 0.3f, 0.9f));
        at_s += dice_range(dice, 0.1f, 0.5f);
        level *= 0.86f;
    }
}

void sound_lightning(struct bed *bed, struct dice *dice, const struct scene *scene, float first_s)
{
    float pace = cast_seconds(scene, 1), end_s = first_s + (float)bed->count / SOUND_RATE;
    float from_s = fmaxf(0, first_s - THUNDER_S) * pace; /* thunder of what flashed before */

    for (int k = 0; k < STRIKES_MAX; k++) {
        struct fx_strike strike = fx_next_strike(scene, from_s);

        if (strike.time_s / pace > end_s)
            return;
        add_thunder(bed, dice, strike.time_s / pace - first_s, strike.distance_m);
        from_s = strike.time_s + 0.01f;
    }
}

void sound_fireworks(struct bed *bed, struct dice *dice, const struct scene *scene, float first_s)
{
    float pace = cast_seconds(scene, 1), end_s = first_s + (float)bed->count / SOUND_RATE;
    int heard = 0;

    for (int number = 0; fx_burst_s(scene, number) / pace < end_s && heard < BURSTS_MAX; number++) {
        float burst_s = fx_burst_s(scene, number) / pace - first_s;

        if (burst_s < -SHELL_S)
            continue;
        add_firework(bed, dice, burst_s, FX_SHELL_DISTANCE_M);
        heard++;
    }
}
