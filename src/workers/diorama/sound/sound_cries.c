/* SPDX-License-Identifier: Apache-2.0 */
/* Voices of animals, and of what is blown: a throat's tone that glides, with breath in it. */
#include <math.h>

#include "workers/diorama/sound/sound_impl.h"

enum { CONTROL = 16, HARMONICS = 6 };

#define TAU (2 * (float)M_PI)

/* The glide's pitch at 0 to 1: from, over the middle, to its end. */
static float glide(const float hz[3], float t)
{
    float a = hz[0] + (hz[1] - hz[0]) * t, b = hz[1] + (hz[2] - hz[1]) * t;

    return a + (b - a) * t + (hz[1] - 0.5f * (hz[0] + hz[2])) * t * (1 - t);
}

/* A sine and its harmonics, each weaker by `bright` than the one before. */
static float throat(float phase, float bright)
{
    float sum = 0, level = 1;

    for (int k = 1; k <= HARMONICS && level > 0.02f; k++, level *= bright)
        sum += level * sinf(phase * (float)k);
    return sum;
}

void sound_cry(struct bed *bed, struct dice *dice, const struct cry *cry, const struct spot *spot)
{
    int start = (int)(spot->at_s * SOUND_RATE), length = (int)(cry->seconds * SOUND_RATE);
    float phase = 0, gains[SOUND_CHANNELS], bend = dice_range(dice, 0.97f, 1.03f);
    struct filter mouth = {0}, air = {0}, far = {0};
    struct tuning shape = tune(cry->formant_hz > 0 ? cry->formant_hz : 1000, 2.5f), wind = shape;
    struct tuning dull = tune(spot->dull_hz > 0 ? spot->dull_hz : 12000, 0.6f);

    pan_gains(spot->place, gains);
    for (int n = 0; n < length && start + n < bed->count; n++) {
        float t = (float)n / (float)length, seconds = (float)n / SOUND_RATE;
        float hz = bend * glide(cry->hz, t), value;
        float rise = fminf(1, seconds / cry->attack_s);
        float fall = fminf(1, (cry->seconds - seconds) / (0.35f * cry->seconds));

        hz *= 1 + cry->flutter * sinf(TAU * cry->flutter_hz * seconds);
        phase += TAU * hz / SOUND_RATE;
        phase -= phase > TAU ? TAU : 0;
        if (n % CONTROL == 0)
            wind = tune(hz * 2, 1);
        value = throat(phase, cry->bright) +
                cry->breath * 2 * filter_band(&air, &wind, dice_signed(dice));
        if (cry->formant_hz > 0)
            value = 0.4f * value + 1.2f * filter_band(&mouth, &shape, value);
        value = filter_low(&far, &dull, value) * spot->level * rise * fall * fall;
        for (int c = 0; start + n >= 0 && c < SOUND_CHANNELS; c++) {
            bed->dry[c][start + n] += (1 - 0.6f * spot->wet) * gains[c] * value;
            bed->wet[c][start + n] += spot->wet * gains[c] * value;
        }
    }
}

/* What calls now and then: at random times, from one place each. */
struct caller {
    struct cry cry;
    int least, most;       /* calls in a row */
    float apart_s, rest_s; /* from call to call, and from row to row */
    float level, wet, dull_hz;
};

static const struct caller callers[ANIMALS] = {
    [ANIMAL_OWL] = {{0.42f, {350, 372, 340}, 0.12f, 0.25f, 0, 0, 0, 0.08f},
                    3,
                    4,
                    0.22f,
                    3.5f,
                    0.10f,
                    0.9f,
                    1500},
    [ANIMAL_GULL] = {{0.55f, {900, 1500, 950}, 0.62f, 0.2f, 9, 0.02f, 1700, 0.05f},
                     2,
                     4,
                     0.12f,
                     1.8f,
                     0.07f,
                     0.5f,
                     5000},
    [ANIMAL_EAGLE] = {{0.8f, {3100, 2800, 2200}, 0.3f, 0.25f, 32, 0.015f, 2600, 0.04f},
                      1,
                      2,
                      0.15f,
                      3,
                      0.06f,
                      0.8f,
                      6000},
    [ANIMAL_PIGEON] = {{0.5f, {300, 390, 310}, 0.25f, 0.3f, 24, 0.03f, 420, 0.1f},
                       2,
                       3,
                       0.25f,
                       2.2f,
                       0.09f,
                       0.3f,
                       2000},
    [ANIMAL_FAR_DOG] = {{0.14f, {420, 610, 380}, 0.75f, 0.9f, 0, 0, 900, 0.012f},
                        2,
                        4,
                        0.28f,
                        3.4f,
                        0.08f,
                        1,
                        1500},
    [ANIMAL_DOG] = {{0.17f, {330, 520, 300}, 0.78f, 1.1f, 0, 0, 950, 0.01f},
                    1,
                    2,
                    0.2f,
                    3.2f,
                    0.09f,
                    0.25f,
                    6000},
    [ANIMAL_CAT] = {{0.65f, {520, 760, 500}, 0.6f, 0.12f, 6, 0.015f, 1150, 0.09f},
                    1,
                    1,
                    0,
                    4.5f,
                    0.08f,
                    0.2f,
                    7000},
    [ANIMAL_HEN] = {{0.11f, {620, 760, 560}, 0.7f, 0.5f, 0, 0, 1350, 0.01f},
                    3,
                    7,
                    0.2f,
                    1.4f,
                    0.035f,
                    0.4f,
                    3500},
    [ANIMAL_HORSE] = {{0.9f, {900, 1150, 500}, 0.66f, 0.6f, 13, 0.05f, 1500, 0.06f},
                      1,
                      1,
                      0,
                      6,
                      0.08f,
                      0.4f,
                      6000},
    [ANIMAL_PARROT] = {{0.3f, {1400, 2100, 1200}, 0.72f, 0.7f, 45, 0.06f, 2300, 0.02f},
                       1,
                       3,
                       0.15f,
                       2.6f,
                       0.04f,
                       0.9f,
                       5000},
    [ANIMAL_CROW] = {{0.36f, {560, 620, 480}, 0.8f, 1.6f, 38, 0.09f, 1250, 0.03f},
                     2,
                     4,
                     0.25f,
                     2.4f,
                     0.05f,
                     0.5f,
                     4500},
    [ANIMAL_GOOSE] = {{0.22f, {430, 640, 560}, 0.82f, 0.5f, 0, 0, 1300, 0.02f},
                      2,
                      4,
                      0.16f,
                      0.8f,
                      0.05f,
                      0.6f,
                      4000},
    [ANIMAL_COW] = {{1.7f, {118, 165, 125}, 0.8f, 0.3f, 21, 0.02f, 520, 0.25f},
                    1,
                    1,
                    0,
                    4.5f,
                    0.10f,
                    0.4f,
                    3000},
    [ANIMAL_SHEEP] = {{0.8f, {330, 345, 300}, 0.76f, 0.5f, 11, 0.06f, 1000, 0.05f},
                      1,
                      2,
                      0.5f,
                      2.6f,
                      0.07f,
                      0.4f,
                      4500},
    [ANIMAL_ELEPHANT] = {{1.3f, {420, 640, 380}, 0.84f, 0.9f, 30, 0.05f, 900, 0.06f},
                         1,
                         1,
                         0,
                         5,
                         0.08f,
                         0.6f,
                         4000},
    [ANIMAL_BIG_CAT] =
        {{1.9f, {95, 130, 70}, 0.85f, 1.8f, 27, 0.12f, 480, 0.3f}, 1, 1, 0, 5, 0.10f, 0.5f, 2500},
    [ANIMAL_WOLF] = {{2.6f, {320, 560, 400}, 0.35f, 0.12f, 4, 0.008f, 700, 0.35f},
                     1,
                     1,
                     0,
                     3.5f,
                     0.08f,
                     0.8f,
                     3000},
    [ANIMAL_BEAR] = {{1.2f, {85, 105, 75}, 0.83f, 2, 24, 0.15f, 380, 0.2f},
                     1,
                     2,
                     0.6f,
                     4.5f,
                     0.09f,
                     0.4f,
                     2200},
};

/* `wide`: how far from the middle it may be, 0 to 1. */
static void add_caller(struct bed *bed, struct dice *dice, const struct caller *caller, float gain,
                       float wide)
{
    float at = dice_range(dice, 0.3f, 1) * fminf(caller->rest_s, 1.8f);
    struct spot spot = {.place = wide * dice_range(dice, -0.8f, 0.8f),
                        .level = gain * caller->level,
                        .wet = caller->wet,
                        .dull_hz = caller->dull_hz};

    while (at * SOUND_RATE < (float)bed->count) {
        int calls = (int)dice_range(dice, (float)caller->least, (float)caller->most + 0.99f);

        for (int i = 0; i < calls; i++) {
            spot.at_s = at;
            sound_cry(bed, dice, &caller->cry, &spot);
            at += caller->cry.seconds + caller->apart_s * dice_range(dice, 0.8f, 1.3f);
        }
        at += caller->rest_s * dice_range(dice, 0.6f, 1.6f);
        spot.place += wide * dice_range(dice, -0.3f, 0.3f);
        spot.place = fmaxf(-0.9f, fminf(0.9f, spot.place));
    }
}

/* Two notes, the second a third lower. */
static void add_cuckoo(struct bed *bed, struct dice *dice, float gain)
{
    static const struct cry notes[2] = {{0.17f, {690, 680, 660}, 0.08f, 0.15f, 0, 0, 0, 0.03f},
                                        {0.24f, {560, 555, 540}, 0.08f, 0.15f, 0, 0, 0, 0.03f}};
    struct spot spot = {
        .level = 0.05f * gain, .place = dice_range(dice, -0.7f, 0.7f), .wet = 1, .dull_hz = 1800};

    for (float at = dice_range(dice, 0.7f, 1.6f); at * SOUND_RATE < (float)bed->count; at += 1.3f)
        for (int i = 0; i < 2; i++) {
            spot.at_s = at + 0.34f * (float)i;
            sound_cry(bed, dice, &notes[i], &spot);
        }
}

void sound_animal(struct bed *bed, struct dice *dice, enum animal animal, float gain)
{
    if (animal == ANIMAL_CUCKOO)
        add_cuckoo(bed, dice, gain);
    else
        add_caller(bed, dice, &callers[animal], gain, 1);
}

void sound_voice(struct bed *bed, struct dice *dice, const struct subject *subject)
{
    static const enum animal kinds[SUBJECT_KINDS] = {
        [SUBJECT_CAT] = ANIMAL_CAT, [SUBJECT_DOG] = ANIMAL_DOG, [SUBJECT_HORSE] = ANIMAL_HORSE};
    static const enum animal forms[SUBJECT_FORMS] = {
        [FORM_WOLF] = ANIMAL_WOLF,         [FORM_BEAR] = ANIMAL_BEAR, [FORM_LION] = ANIMAL_BIG_CAT,
        [FORM_TIGER] = ANIMAL_BIG_CAT,     [FORM_COW] = ANIMAL_COW,   [FORM_SHEEP] = ANIMAL_SHEEP,
        [FORM_ELEPHANT] = ANIMAL_ELEPHANT, [FORM_GULL] = ANIMAL_GULL, [FORM_EAGLE] = ANIMAL_EAGLE,
        [FORM_PIGEON] = ANIMAL_PIGEON,     [FORM_CROW] = ANIMAL_CROW, [FORM_GOOSE] = ANIMAL_GOOSE};
    bool is_flock = subject->kind == SUBJECT_BIRDS;
    enum animal animal = forms[subject->form] ? forms[subject->form] : kinds[subject->kind];

    if (subject->form == FORM_DEER || subject->form == FORM_FOX)
        return; /* they keep quiet */
    if (animal)
        add_caller(bed, dice, &callers[animal], is_flock ? 1.1f : 1, is_flock ? 1 : 0);
    else if (is_flock)
        sound_birds(bed, dice, 0.8f);
}

static void add_knock(struct bed *bed, struct dice *dice, int start, float level,
                      const float *gains)
{
    struct filter wood = {0};
    struct tuning ring = tune(1150, 6);

    for (int n = 0; n < 1400 && start + n < bed->count; n++) {
        float hit = n < 30 ? dice_signed(dice) : 0;
        float value = level * filter_band(&wood, &ring, hit);

        for (int c = 0; c < SOUND_CHANNELS; c++) {
            bed->dry[c][start + n] += 0.5f * gains[c] * value;
            bed->wet[c][start + n] += gains[c] * value;
        }
    }
}

/* A beak on hollow wood, twenty times a second. */
void sound_woodpecker(struct bed *bed, struct dice *dice, float gain)
{
    float at = dice_range(dice, 0.5f, 2.2f), gains[SOUND_CHANNELS];

    pan_gains(dice_range(dice, -0.8f, 0.8f), gains);
    for (; at * SOUND_RATE < (float)bed->count; at += dice_range(dice, 4, 8)) {
        int knocks = (int)dice_range(dice, 11, 18);

        for (int k = 0; k < knocks; k++)
            add_knock(bed, dice, (int)((at + 0.052f * (float)k) * SOUND_RATE),
                      3.6f * gain * (1 - 0.6f * (float)k / (float)knocks), gains);
    }
}
