/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "workers/diorama/sound/sound_impl.h"

enum { BIRDS = 4, NOTES_MAX = 8, CRICKETS = 6, GRASSHOPPERS = 4 };

/* One note of a song: a tone that glides and trembles. */
struct note {
    float seconds, pause_s;
    float from_hz, to_hz, arch_hz; /* the glide, and how far its middle rises over it */
    float trill_hz, trill_depth;
};

struct bird {
    struct note song[NOTES_MAX];
    int notes;
    float place, level, rest_s;
};

static void bird_init(struct bird *bird, struct dice *dice)
{
    float base_hz = dice_range(dice, 2300, 4700);

    bird->notes = (int)dice_range(dice, 2, NOTES_MAX - 0.01f);
    bird->place = dice_range(dice, -0.95f, 0.95f);
    bird->level = dice_range(dice, 0.25f, 1);
    bird->rest_s = dice_range(dice, 1.1f, 3.2f);
    for (int i = 0; i < bird->notes; i++) {
        float hz = base_hz * dice_range(dice, 0.85f, 1.25f);

        bird->song[i] = (struct note){
            .seconds = dice_range(dice, 0.05f, 0.16f),
            .pause_s = dice_range(dice, 0.03f, 0.11f),
            .from_hz = hz,
            .to_hz = hz * dice_range(dice, 0.72f, 1.3f),
            .arch_hz = hz * dice_range(dice, -0.1f, 0.18f),
            .trill_hz = dice_range(dice, 0, 1) < 0.3f ? dice_range(dice, 28, 55) : 0,
            .trill_depth = 0.06f,
        };
    }
}

static void add_note(struct bed *bed, const struct note *note, int start, const float *gains,
                     float bend)
{
    int length = (int)(note->seconds * SOUND_RATE);
    float phase = 0;

    for (int n = 0; n < length && start + n < bed->count; n++) {
        float t = (float)n / (float)length, seconds = (float)n / SOUND_RATE;
        float hz =
            note->from_hz + (note->to_hz - note->from_hz) * t + note->arch_hz * 4 * t * (1 - t);
        float level = sinf((float)M_PI * t) * (1 - 0.35f * t), value;

        hz *= bend * (1 + note->trill_depth * sinf(2 * (float)M_PI * note->trill_hz * seconds));
        phase += 2 * (float)M_PI * hz / SOUND_RATE;
        value = level * level * (sinf(phase) + 0.12f * sinf(2 * phase));
        for (int c = 0; c < SOUND_CHANNELS; c++) {
            bed->dry[c][start + n] += gains[c] * value;
            bed->wet[c][start + n] += 0.9f * gains[c] * value;
        }
    }
}

void sound_birds(struct bed *bed, struct dice *dice, float gain)
{
    for (int b = 0; b < BIRDS; b++) {
        struct bird bird;
        float at = dice_range(dice, 0.15f, 2.2f), gains[SOUND_CHANNELS];

        bird_init(&bird, dice);
        while (at * SOUND_RATE < (float)bed->count) {
            float loud = 0.06f * gain * bird.level * dice_range(dice, 0.6f, 1);
            float bend = dice_range(dice, 0.97f, 1.03f);
            int first = dice_range(dice, 0, 1) < 0.3f ? 1 : 0; /* sometimes cut short */

            pan_gains(bird.place, gains);
            gains[SOUND_LEFT] *= loud;
            gains[SOUND_RIGHT] *= loud;
            for (int i = first; i < bird.notes; i++) {
                add_note(bed, &bird.song[i], (int)(at * SOUND_RATE), gains, bend);
                at += bird.song[i].seconds + bird.song[i].pause_s * dice_range(dice, 0.85f, 1.2f);
            }
            at += bird.rest_s * dice_range(dice, 0.5f, 1.8f);
        }
    }
}

/* One chirp: a few pulses of wing on wing. */
static int add_chirp(struct bed *bed, struct dice *dice, int start, float hz, const float *gains)
{
    int pulses = (int)dice_range(dice, 2.6f, 4.4f), at = start;
    float phase = 0;

    for (int p = 0; p < pulses; p++) {
        int length = (int)(dice_range(dice, 0.013f, 0.018f) * SOUND_RATE);

        for (int n = 0; n < length && at + n < bed->count; n++) {
            float t = (float)n / (float)length;
            float level = sinf((float)M_PI * t) * (0.6f + 0.4f * (float)p / (float)pulses);

            phase += 2 * (float)M_PI * hz * (1 + 0.01f * (1 - t)) / SOUND_RATE;
            for (int c = 0; c < SOUND_CHANNELS; c++) {
                float value = gains[c] * level * sinf(phase);

                bed->dry[c][at + n] += value;
                bed->wet[c][at + n] += 0.25f * value;
            }
        }
        at += length + (int)(dice_range(dice, 0.011f, 0.016f) * SOUND_RATE);
    }
    return at;
}

void sound_crickets(struct bed *bed, struct dice *dice, float gain)
{
    for (int i = 0; i < CRICKETS; i++) {
        float hz = dice_range(dice, 3900, 5100), gains[SOUND_CHANNELS];
        float rest_s = dice_range(dice, 0.22f, 0.55f);
        float loud = 0.05f * gain * dice_range(dice, 0.15f, 1);
        int at = (int)(dice_range(dice, 0, 0.6f) * SOUND_RATE);

        pan_gains(dice_range(dice, -1, 1), gains);
        gains[SOUND_LEFT] *= loud;
        gains[SOUND_RIGHT] *= loud;
        while (at < bed->count) {
            at = add_chirp(bed, dice, at, hz * dice_range(dice, 0.998f, 1.002f), gains);
            at += (int)(rest_s * dice_range(dice, 0.9f, 1.12f) * SOUND_RATE);
            if (dice_range(dice, 0, 1) < 0.04f) /* listens for a moment */
                at += (int)(dice_range(dice, 0.6f, 1.8f) * SOUND_RATE);
        }
    }
}

/* A rasp in the sun: ticks at a steady rate, seconds long, then a rest. */
void sound_grasshoppers(struct bed *bed, struct dice *dice, float gain)
{
    for (int k = 0; k < GRASSHOPPERS; k++) {
        struct filter wings = {0};
        struct tuning color = tune(dice_range(dice, 6200, 8600), 3);
        float tick_hz = dice_range(dice, 17, 34), phase = 0, gains[SOUND_CHANNELS];
        float level = 0.05f * gain * dice_range(dice, 0.3f, 1);
        int left = (int)(dice_range(dice, 0.1f, 1.5f) * SOUND_RATE), length = left;
        bool sings = false;

        pan_gains(dice_range(dice, -1, 1), gains);
        for (int i = 0; i < bed->count; i++, left--) {
            float edge, value;

            if (left <= 0) {
                sings = !sings;
                length = left = (int)(dice_range(dice, 0.7f, 2.2f) * SOUND_RATE);
            }
            phase += tick_hz / SOUND_RATE;
            phase -= phase >= 1 ? 1 : 0;
            edge = fminf(1, fminf((float)left, (float)(length - left)) / (0.2f * SOUND_RATE));
            edge = sings ? edge * sinf((float)M_PI * phase) : 0;
            value = level * edge * edge * filter_band(&wings, &color, dice_signed(dice));
            for (int c = 0; c < SOUND_CHANNELS; c++)
                bed->dry[c][i] += gains[c] * value;
        }
    }
}
