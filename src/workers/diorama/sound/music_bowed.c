/* SPDX-License-Identifier: Apache-2.0 */
/* Instruments that are held: strings, pads and a synthesizer, from tables of one period. */
#include <math.h>

#include "workers/diorama/sound/music_impl.h"

enum { TABLE = 1024, HARMONICS = 18, PLAYERS = 4, CONTROL = 32 };

#define TAU (2 * (float)M_PI)

/* One period of a saw without what would fold back: fewer harmonics the higher it is played. */
static void fill(float table[TABLE + 1], float hz, float slope)
{
    for (int i = 0; i <= TABLE; i++)
        table[i] = 0;
    for (int k = 1; k <= HARMONICS && hz * (float)k < 9000; k++) {
        float level = powf((float)k, -slope), x = 0, y = level;
        float c = cosf(TAU * (float)k / TABLE), s = sinf(TAU * (float)k / TABLE);

        for (int i = 0; i <= TABLE; i++) {
            float turned = x * c + y * s;

            table[i] += x;
            y = y * c - x * s;
            x = turned;
        }
    }
}

static float look_up(const float table[TABLE + 1], float phase)
{
    float place = phase * TABLE;
    int at = (int)place;

    return table[at] + (table[at + 1] - table[at]) * (place - (float)at);
}

/* One of those who play a tone together. */
struct player {
    float phase, step; /* periods, and periods a sample */
    float sway, sway_step, sway_depth;
    float gains[SOUND_CHANNELS];
};

static struct player player_of(struct dice *dice, float hz, float place, float cents)
{
    struct player player = {.phase = dice_range(dice, 0, 1),
                            .sway = dice_range(dice, 0, 1),
                            .sway_step = dice_range(dice, 4.8f, 6) / SOUND_RATE};

    player.step = hz * exp2f(dice_range(dice, -cents, cents) / 1200) / SOUND_RATE;
    pan_gains(fmaxf(-1, fminf(1, place + dice_range(dice, -0.25f, 0.25f))), player.gains);
    return player;
}

static float play(struct player *player, const float table[TABLE + 1])
{
    float x = look_up(table, player->phase);

    player->sway += player->sway_step;
    player->sway -= player->sway >= 1 ? 1 : 0;
    /* Vibrato: a parabola for a sine. */
    player->phase += player->step * (1 + player->sway_depth * (8 * player->sway - 4) *
                                             (1 - fabsf(2 * player->sway - 1)));
    player->phase -= player->phase >= 1 ? 1 : 0;
    return x;
}

/* How a held tone comes and goes. */
struct shape {
    float attack_s, release_s, swell; /* swell: grows toward its middle */
    float cents, vibrato, slope;
    float dark_hz, bright_hz, wet, level;
    int players;
};

static float level_at(const struct shape *shape, float t, float seconds)
{
    float rise = t < shape->attack_s ? t / shape->attack_s : 1, fall = 1, x = t / seconds;

    if (t > seconds)
        fall = 1 - (t - seconds) / shape->release_s;
    rise = rise * rise * (3 - 2 * rise);
    x = x > 1 ? 1 : x;
    return fall * fall * rise * (1 - shape->swell + shape->swell * 4 * x * (1 - x));
}

static void hold(struct bed *bed, struct dice *dice, const struct tone *tone,
                 const struct shape *shape)
{
    int start = (int)(tone->start_s * SOUND_RATE);
    int length = (int)((tone->seconds + shape->release_s) * SOUND_RATE);
    float hz = tone_hz(tone), table[TABLE + 1], level = -1, step = 0;
    struct player players[PLAYERS];
    struct filter soft[SOUND_CHANNELS] = {0};
    struct tuning color = tune(shape->dark_hz, 0.6f);

    fill(table, hz, shape->slope);
    for (int k = 0; k < shape->players; k++)
        players[k] = player_of(dice, hz, tone->place, shape->cents);
    for (int n = start < 0 ? -start : 0; n < length && start + n < bed->count; n++) {
        float sum[SOUND_CHANNELS] = {0}, t = (float)n / SOUND_RATE;

        level += step;
        if (n % CONTROL == 0 || level < 0) {
            float then = level_at(shape, t + (float)CONTROL / SOUND_RATE, tone->seconds);

            level = level_at(shape, t, tone->seconds);
            step = (then - level) / CONTROL;
            color = tune(shape->dark_hz + (shape->bright_hz - shape->dark_hz) * level, 0.6f);
            for (int k = 0; k < shape->players; k++)
                players[k].sway_depth = shape->vibrato * fminf(1, t / 0.7f);
        }
        for (int k = 0; k < shape->players; k++) {
            float x = play(&players[k], table);

            sum[SOUND_LEFT] += players[k].gains[SOUND_LEFT] * x;
            sum[SOUND_RIGHT] += players[k].gains[SOUND_RIGHT] * x;
        }
        for (int c = 0; c < SOUND_CHANNELS; c++) {
            float value = shape->level * tone->level * level * filter_low(&soft[c], &color, sum[c]);

            bed->dry[c][start + n] += value;
            bed->wet[c][start + n] += shape->wet * value;
        }
    }
}

void tone_strings(struct bed *bed, struct dice *dice, const struct tone *tone, bool is_short)
{
    static const struct shape bowed = {.attack_s = 0.38f,
                                       .release_s = 0.55f,
                                       .swell = 0.3f,
                                       .cents = 7,
                                       .vibrato = 0.0028f,
                                       .slope = 1.05f,
                                       .dark_hz = 900,
                                       .bright_hz = 3400,
                                       .wet = 0.8f,
                                       .level = 0.16f,
                                       .players = PLAYERS};
    static const struct shape bounced = {.attack_s = 0.018f,
                                         .release_s = 0.16f,
                                         .cents = 8,
                                         .slope = 0.95f,
                                         .dark_hz = 700,
                                         .bright_hz = 3200,
                                         .wet = 0.6f,
                                         .level = 0.18f,
                                         .players = 3};

    hold(bed, dice, tone, is_short ? &bounced : &bowed);
}

void tone_pad(struct bed *bed, struct dice *dice, const struct tone *tone)
{
    static const struct shape pad = {.attack_s = 0.8f,
                                     .release_s = 1.1f,
                                     .cents = 9,
                                     .vibrato = 0.0008f,
                                     .slope = 1.5f,
                                     .dark_hz = 350,
                                     .bright_hz = 1300,
                                     .wet = 1,
                                     .level = 0.17f,
                                     .players = 3};

    hold(bed, dice, tone, &pad);
}

/* A saw whose filter closes at once, and its two echoes from side to side. */
void tone_synth(struct bed *bed, const struct tone *tone)
{
    static const float echo_gains[3] = {1, 0.38f, 0.18f};
    float hz = tone_hz(tone), table[TABLE + 1], phase = 0;
    struct filter filter = {0};
    struct tuning color = tune(3000, 1.1f);
    int length = (int)((tone->seconds + 0.15f) * SOUND_RATE);
    int start = (int)(tone->start_s * SOUND_RATE), apart = (int)(1.5f * tone->seconds * SOUND_RATE);

    fill(table, hz, 1);
    for (int n = 0; n < length; n++) {
        float t = (float)n / SOUND_RATE, fall = expf(-t / (0.5f * tone->seconds)), value;

        if (n % CONTROL == 0)
            color = tune(350 + 3600 * fall * fall, 1.1f);
        phase += hz / SOUND_RATE;
        phase -= phase >= 1 ? 1 : 0;
        value = 0.22f * tone->level * fminf(1, (float)n / 120) * fall *
                fminf(1, (float)(length - n) / 600) *
                filter_low(&filter, &color, look_up(table, phase));
        for (int echo = 0; echo < 3; echo++) {
            int at = start + n + echo * apart;
            float gains[SOUND_CHANNELS];

            if (at < 0 || at >= bed->count)
                continue;
            pan_gains(echo == 0 ? tone->place : echo == 1 ? -0.7f : 0.7f, gains);
            for (int c = 0; c < SOUND_CHANNELS; c++) {
                bed->dry[c][at] += echo_gains[echo] * gains[c] * value;
                bed->wet[c][at] += 0.35f * echo_gains[echo] * gains[c] * value;
            }
        }
    }
}
