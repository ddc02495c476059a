/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/sound/sound.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "workers/diorama/sound/loudness.h"
#include "workers/diorama/sound/sound_impl.h"

enum {
    ECHO_LINES = 4,
    MASTER_PASSES = 5,
    FADE_IN = SOUND_RATE / 20,
    FADE_OUT = SOUND_RATE * 3 / 20
};

#define LOUDNESS_LUFS (-16.0f)
#define LOUDNESS_NEAR_LU 0.25f
#define CEILING 0.80f /* -1.9 dB: leaves room for what coding adds */
#define GAIN_MAX 1000.0f
#define SILENCE_LUFS (-69.0f)

/* Of what is heard beside what, in LU to the one in front. */
#define UNDER_MUSIC_LU (-9.0f) /* all else, where music was asked for */
#define BED_LU (-6.0f)         /* music that only the mood brings */
#define UNDER_TALK_LU (-9.0f)
#define UNDER_TALK_DUCK 0.5f /* and while somebody speaks */

/* The echo of open land: four delays that feed each other and lose their highs. Adds the wet
 * channels to the dry ones. */
static void add_echo(struct bed *bed)
{
    static const int lengths[ECHO_LINES] = {1931, 2617, 3449, 4409};
    float *lines[ECHO_LINES], dull[ECHO_LINES] = {0};
    int at[ECHO_LINES] = {0};

    for (int k = 0; k < ECHO_LINES; k++) {
        lines[k] = calloc((size_t)lengths[k], sizeof(float));
        if (!lines[k])
            die("out of memory for sound");
    }
    for (int i = 0; i < bed->count; i++) {
        float out[ECHO_LINES], sum = 0;

        for (int k = 0; k < ECHO_LINES; k++) {
            dull[k] += 0.42f * (lines[k][at[k]] - dull[k]);
            out[k] = dull[k];
            sum += out[k];
        }
        for (int k = 0; k < ECHO_LINES; k++) {
            lines[k][at[k]] = bed->wet[k % 2][i] + 0.82f * (out[k] - sum / 2);
            at[k] = at[k] + 1 < lengths[k] ? at[k] + 1 : 0;
        }
        bed->dry[SOUND_LEFT][i] += 0.28f * (out[0] + out[2]);
        bed->dry[SOUND_RIGHT][i] += 0.28f * (out[1] + out[3]);
    }
    for (int k = 0; k < ECHO_LINES; k++)
        free(lines[k]);
}

static void scale(struct bed *bed, float gain)
{
    for (int c = 0; c < SOUND_CHANNELS; c++)
        for (int i = 0; i < bed->count; i++)
            bed->dry[c][i] *= gain;
}

/* Makes it as loud as wanted, where there is anything. */
static void level(struct bed *bed, float lufs)
{
    float now = loudness_measure(bed->dry[SOUND_LEFT], bed->dry[SOUND_RIGHT], bed->count);

    if (now > SILENCE_LUFS)
        scale(bed, fminf(powf(10, (lufs - now) / 20), GAIN_MAX));
}

static void add(struct bed *bed, const struct bed *other)
{
    for (int c = 0; c < SOUND_CHANNELS; c++)
        for (int i = 0; i < bed->count; i++)
            bed->dry[c][i] += other->dry[c][i];
}

static void fade(struct bed *bed)
{
    for (int c = 0; c < SOUND_CHANNELS; c++)
        for (int i = 0; i < bed->count; i++) {
            int left = bed->count - 1 - i;

            if (i < FADE_IN)
                bed->dry[c][i] *= 0.5f - 0.5f * cosf((float)M_PI * (float)i / FADE_IN);
            if (left < FADE_OUT)
                bed->dry[c][i] *= 0.5f - 0.5f * cosf((float)M_PI * (float)left / FADE_OUT);
        }
}

/* Again until it is near, since holding peaks down makes it softer. */
static void master(struct bed *bed)
{
    for (int pass = 0; pass < MASTER_PASSES; pass++) {
        float now = loudness_measure(bed->dry[SOUND_LEFT], bed->dry[SOUND_RIGHT], bed->count);

        if (pass > 0 && fabsf(LOUDNESS_LUFS - now) < LOUDNESS_NEAR_LU)
            break;
        scale(bed, fminf(powf(10, (LOUDNESS_LUFS - now) / 20), GAIN_MAX));
        loudness_limit(bed->dry[SOUND_LEFT], bed->dry[SOUND_RIGHT], bed->count, CEILING);
    }
}

static bool is_spoken(const struct talk *talk)
{
    for (int i = 0; talk && i < talk->cue_count; i++)
        if (talk->cues[i].samples)
            return true;
    return false;
}

/* What is said comes to the front, the rest makes way. */
static void add_talk(struct bed *bed, const struct sound_order *order)
{
    struct bed said;

    bed_init(&said, bed->count);
    sound_talk(&said, order->scene, order->talk);
    level(&said, LOUDNESS_LUFS);
    level(bed, LOUDNESS_LUFS + UNDER_TALK_LU);
    sound_duck(bed, order->talk, UNDER_TALK_DUCK);
    add(bed, &said);
    bed_fini(&said);
}

/* In front when it was asked for, else behind. */
static void add_music(struct bed *bed, const struct sound_order *order, const struct music *music)
{
    struct bed played;

    bed_init(&played, bed->count);
    sound_music(&played, order->scene, music, order->first_s);
    level(&played, LOUDNESS_LUFS + (music->is_asked_for ? 0 : BED_LU));
    level(bed, LOUDNESS_LUFS + (music->is_asked_for ? UNDER_MUSIC_LU : 0));
    add(bed, &played);
    bed_fini(&played);
}

void sound_make(const struct sound_order *order, float *samples)
{
    struct bed bed;
    struct music music;

    assert(order->count > 0 && order->count <= SOUND_SECONDS_MAX * SOUND_RATE);
    bed_init(&bed, order->count);
    music_plan(order->scene, &music);
    sound_ambience(&bed, order, music.parts);
    add_echo(&bed);
    if (music.parts)
        add_music(&bed, order, &music);
    if (is_spoken(order->talk))
        add_talk(&bed, order);
    fade(&bed);
    master(&bed);
    for (int i = 0; i < order->count; i++) {
        samples[2 * i] = bed.dry[SOUND_LEFT][i];
        samples[2 * i + 1] = bed.dry[SOUND_RIGHT][i];
    }
    bed_fini(&bed);
}
