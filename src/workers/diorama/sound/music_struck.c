/* SPDX-License-Identifier: Apache-2.0 */
/* Instruments that are struck or plucked, and ring by themselves. */
#include <math.h>

#include "workers/diorama/sound/music_impl.h"

enum { PIANO_PARTIALS = 10, BELL_PARTIALS = 4, STRING_MAX = 1024, RELEASE = SOUND_RATE / 5 };

#define TAU (2 * (float)M_PI)

/* Where a tone goes. */
struct seat {
    int start, length; /* samples; the length is that of its ringing */
    float dry[SOUND_CHANNELS], wet;
};

static struct seat seat_of(const struct tone *tone, float ring_s, float wet)
{
    struct seat seat = {(int)(tone->start_s * SOUND_RATE), (int)(ring_s * SOUND_RATE), {0}, wet};

    pan_gains(tone->place, seat.dry);
    return seat;
}

static void put(struct bed *bed, const struct seat *seat, int n, float value)
{
    int at = seat->start + n;

    if (at < 0 || at >= bed->count)
        return;
    for (int c = 0; c < SOUND_CHANNELS; c++) {
        bed->dry[c][at] += seat->dry[c] * value;
        bed->wet[c][at] += seat->dry[c] * seat->wet * value;
    }
}

/* A partial as a turning pointer that shrinks. */
struct partial {
    float x, y, cosine, sine;
};

static struct partial partial_of(float hz, float level, float decay_s)
{
    float fall = decay_s > 0 ? expf(-1 / (decay_s * SOUND_RATE)) : 1;

    return (struct partial){level, 0, fall * cosf(TAU * hz / SOUND_RATE),
                            fall * sinf(TAU * hz / SOUND_RATE)};
}

static float partial_next(struct partial *partial)
{
    float x = partial->x * partial->cosine - partial->y * partial->sine;

    partial->y = partial->x * partial->sine + partial->y * partial->cosine;
    partial->x = x;
    return partial->y;
}

/* A felt piano: few highs, a soft start, strings that are not quite alike, and the key's thud. */
void tone_piano(struct bed *bed, struct dice *dice, const struct tone *tone)
{
    float hz = tone_hz(tone), long_s = 2.6f * sqrtf(220 / hz), thud = 0;
    struct seat seat = seat_of(tone, tone->seconds + 0.5f, 0.5f);
    struct partial partials[2 * PIANO_PARTIALS];
    int held = (int)(tone->seconds * SOUND_RATE), count = 0;

    for (int k = 1; k <= PIANO_PARTIALS && hz * (float)k < 7000; k++) {
        float n = (float)k, stiff = sqrtf(1 + 0.00035f * n * n);
        float level = tone->level * powf(n, -1.15f) * expf(-hz * n / (900 + 1500 * tone->level)) *
                      (k % 7 ? 1 : 0.3f);
        float decay_s = long_s / (1 + 0.35f * (n - 1));

        partials[count++] = partial_of(hz * n * stiff, level, 0.35f * decay_s);
        partials[count++] = partial_of(hz * n * stiff * 1.0006f, 0.55f * level, 1.4f * decay_s);
    }
    for (int n = 0; n < seat.length && seat.start + n < bed->count; n++) {
        float rise = n < 260 ? 0.5f - 0.5f * cosf((float)M_PI * (float)n / 260) : 1, sum = 0;
        float damp = n < held ? 1 : expf(-(float)(n - held) / (0.09f * SOUND_RATE));

        for (int k = 0; k < count; k++)
            sum += partial_next(&partials[k]);
        thud += 0.03f * (dice_signed(dice) - thud);
        sum += 0.5f * tone->level * thud * expf(-(float)n / (0.03f * SOUND_RATE));
        put(bed, &seat, n, 0.5f * rise * damp * sum);
    }
}

/* A tine and its tone bar: one warm partial, and a bright one that is soon gone. */
void tone_electric_piano(struct bed *bed, const struct tone *tone)
{
    float hz = tone_hz(tone);
    struct seat seat = seat_of(tone, tone->seconds + 0.3f, 0.4f);
    struct partial body = partial_of(hz, tone->level, 1.3f);
    struct partial warmth = partial_of(2 * hz, 0.22f * tone->level, 0.7f);
    struct partial tine = partial_of(7.1f * hz, 0.10f * tone->level, 0.12f);
    int held = (int)(tone->seconds * SOUND_RATE);

    for (int n = 0; n < seat.length && seat.start + n < bed->count; n++) {
        float rise = fminf(1, (float)n / 150);
        float damp = n < held ? 1 : expf(-(float)(n - held) / (0.06f * SOUND_RATE));
        float sway = 1 + 0.12f * sinf(TAU * 4.6f * (float)n / SOUND_RATE);
        float sum = partial_next(&body) + partial_next(&warmth) + partial_next(&tine);

        put(bed, &seat, n, 0.55f * rise * damp * sway * sum);
    }
}

void tone_bell(struct bed *bed, const struct tone *tone)
{
    static const float ratios[BELL_PARTIALS] = {1, 2.01f, 3.98f, 6.63f};
    static const float levels[BELL_PARTIALS] = {1, 0.25f, 0.30f, 0.08f};
    float hz = tone_hz(tone);
    struct seat seat = seat_of(tone, 2.4f, 0.9f);
    struct partial partials[BELL_PARTIALS];

    for (int k = 0; k < BELL_PARTIALS; k++)
        partials[k] =
            partial_of(hz * ratios[k], tone->level * levels[k], 0.7f / (1 + 0.9f * (float)k));
    for (int n = 0; n < seat.length && seat.start + n < bed->count; n++) {
        float edge = fminf(fminf(1, (float)n / 60), (float)(seat.length - n) / RELEASE), sum = 0;

        for (int k = 0; k < BELL_PARTIALS; k++)
            sum += partial_next(&partials[k]);
        put(bed, &seat, n, 0.4f * edge * sum);
    }
}

/* A plucked string: noise that runs around a delay and is smoothed each time, in a wooden box. */
void tone_guitar(struct bed *bed, struct dice *dice, const struct tone *tone)
{
    float string[STRING_MAX], period = (float)SOUND_RATE / tone_hz(tone) - 0.5f;
    int length = (int)period, at = 0, held = (int)(tone->seconds * SOUND_RATE);
    float bend = (1 - (period - (float)length)) / (1 + period - (float)length);
    float soft = 0, before = 0, in = 0, out = 0;
    struct seat seat = seat_of(tone, tone->seconds + 0.6f, 0.4f);
    struct filter air = {0}, wood = {0};
    struct tuning low = tune(105, 2.5f), high = tune(215, 2.5f);

    if (length < 2 || length > STRING_MAX)
        return;
    for (int i = 0; i < length; i++) {
        soft += (0.25f + 0.4f * tone->level) * (dice_signed(dice) - soft);
        string[i] = soft;
    }
    for (int n = 0; n < seat.length && seat.start + n < bed->count; n++) {
        float x = string[at], mean = 0.5f * (x + before), value;
        float damp = n < held ? 0.9975f : 0.97f;

        before = x;
        out = bend * (mean - out) + in; /* an allpass for the part of a sample */
        in = mean;
        string[at] = damp * out;
        at = at + 1 < length ? at + 1 : 0;
        value = x + 0.6f * filter_band(&air, &low, x) + 0.45f * filter_band(&wood, &high, x);
        put(bed, &seat, n, 0.75f * tone->level * value);
    }
}

void tone_bass(struct bed *bed, const struct tone *tone)
{
    float hz = tone_hz(tone);
    struct seat seat = seat_of(tone, tone->seconds + 0.15f, 0.08f);
    struct partial body = partial_of(hz, tone->level, 1.6f);
    struct partial octave = partial_of(2 * hz, 0.4f * tone->level, 0.5f);
    struct partial edge = partial_of(3 * hz, 0.18f * tone->level, 0.25f);
    int held = (int)(tone->seconds * SOUND_RATE);

    for (int n = 0; n < seat.length && seat.start + n < bed->count; n++) {
        float rise = fminf(1, (float)n / 300);
        float damp = n < held ? 1 : expf(-(float)(n - held) / (0.03f * SOUND_RATE));

        put(bed, &seat, n,
            0.8f * rise * damp *
                (partial_next(&body) + partial_next(&octave) + partial_next(&edge)));
    }
}

void tone_kick(struct bed *bed, const struct tone *tone)
{
    struct seat seat = seat_of(tone, 0.4f, 0.04f);
    float phase = 0;

    for (int n = 0; n < seat.length && seat.start + n < bed->count; n++) {
        float t = (float)n / SOUND_RATE;

        phase += TAU * (46 + 110 * expf(-t / 0.03f)) / SOUND_RATE;
        put(bed, &seat, n, tone->level * fminf(1, (float)n / 90) * sinf(phase) * expf(-t / 0.11f));
    }
}

void tone_hat(struct bed *bed, struct dice *dice, const struct tone *tone)
{
    struct seat seat = seat_of(tone, 6 * tone->seconds, 0.1f);
    struct filter high = {0};
    struct tuning edge = tune(6800, 0.8f);

    for (int n = 0; n < seat.length && seat.start + n < bed->count; n++) {
        float t = (float)n / SOUND_RATE;

        put(bed, &seat, n,
            tone->level * fminf(1, (float)n / 70) * expf(-t / tone->seconds) *
                filter_high(&high, &edge, dice_signed(dice)));
    }
}

/* Skin, room and stick of a drum as wide as a man is tall. */
void tone_big_drum(struct bed *bed, struct dice *dice, const struct tone *tone)
{
    struct seat seat = seat_of(tone, 1.6f, 0.7f);
    struct filter stick = {0};
    struct tuning dull = tune(420, 0.7f);
    struct partial second = partial_of(112, 0.3f, 0.18f);
    float phase = 0;

    for (int n = 0; n < seat.length && seat.start + n < bed->count; n++) {
        float t = (float)n / SOUND_RATE, x = dice_signed(dice);

        phase += TAU * (58 + 26 * expf(-t / 0.06f)) / SOUND_RATE;
        put(bed, &seat, n,
            tone->level * fminf(1, (float)n / 60) *
                (sinf(phase) * expf(-t / 0.34f) + partial_next(&second) +
                 0.9f * filter_low(&stick, &dull, x) * expf(-t / 0.05f)));
    }
}
