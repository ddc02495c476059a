/* SPDX-License-Identifier: Apache-2.0 */
/* Boats, trains, aeroplanes, drones, balloons and kites. */
#include <math.h>

#include "workers/diorama/sound/sound_impl.h"

enum { CONTROL = 32, ROTORS = 4, DRONE_HARMONICS = 7 };

#define TAU (2 * (float)M_PI)
#define SPEED_OF_SOUND 343.0f

/* Slow even strokes through a funnel or a hull. */
static void add_putter(struct bed *bed, struct dice *dice, float gain, float hz, float dark_hz)
{
    struct drift load;
    struct filter funnel[SOUND_CHANNELS] = {0}, hull[SOUND_CHANNELS] = {0};
    struct tuning dark = tune(dark_hz, 0.9f), ring[SOUND_CHANNELS] = {tune(86, 3), tune(97, 3)};
    float phase = 0, pulse = 1;

    drift_init(&load, dice, 1.4f);
    for (int i = 0; i < bed->count; i++) {
        float puff;

        phase += hz * (0.97f + 0.06f * drift_next(&load)) / SOUND_RATE;
        if (phase >= 1) {
            phase -= 1;
            pulse = dice_range(dice, 0.75f, 1);
        }
        puff = pulse * expf(-7 * phase) * fminf(1, 40 * phase);
        for (int c = 0; c < SOUND_CHANNELS; c++)
            bed->dry[c][i] +=
                gain * (1.5f * filter_low(&funnel[c], &dark, puff * (0.5f + dice_signed(dice))) +
                        0.8f * filter_band(&hull[c], &ring[c], puff));
    }
}

/* Blades that dip into the water and drip, with the rowlocks. */
static void add_oars(struct bed *bed, struct dice *dice)
{
    for (float at = 0.4f; at * SOUND_RATE < (float)bed->count; at += dice_range(dice, 1.6f, 1.9f)) {
        struct filter water = {0};
        struct tuning color = tune(950, 0.7f);
        int start = (int)(at * SOUND_RATE), length = SOUND_RATE * 7 / 10;

        for (int n = 0; n < length && start + n < bed->count; n++) {
            float t = (float)n / (float)length, pull = sinf((float)M_PI * sqrtf(t));
            float value = 0.5f * pull * pull * filter_band(&water, &color, dice_signed(dice));

            bed->dry[SOUND_LEFT][start + n] += 0.7f * value;
            bed->dry[SOUND_RIGHT][start + n] += 0.7f * value;
        }
    }
    sound_creaks(bed, dice, 0.5f);
}

static void add_boat(struct bed *bed, struct dice *dice, const struct subject *boat)
{
    struct cry horn = {1.6f, {112, 112, 111}, 0.72f, 0.1f, 0, 0, 0, 0.12f};
    struct spot spot = {1.1f, 0.1f, 0.10f, 0.7f, 900};
    bool rests = boat->action == ACTION_IDLE;

    if (boat->form == FORM_SHIP) {
        add_putter(bed, dice, 0.6f, 11, 130);
        sound_cry(bed, dice, &horn, &spot);
        return;
    }
    sound_lapping(bed, dice, 0.7f);
    if (boat->form == FORM_ROWING) {
        add_oars(bed, dice);
    } else if (boat->form == FORM_FISHING) {
        add_putter(bed, dice, rests ? 0.25f : 0.5f, rests ? 6 : 9.5f, 420);
    } else {
        sound_creaks(bed, dice, 0.6f);
        sound_rustle(bed, dice, 1.2f, 850); /* the sail */
    }
}

/* Four axles that strike a joint of the rails. */
static void add_joint(struct bed *bed, struct dice *dice, float at_s, float axle_s)
{
    static const float axles[4] = {0, 1, 3.4f, 4.4f};

    for (int k = 0; k < 4; k++) {
        struct filter rail = {0};
        struct tuning ring = tune(dice_range(dice, 310, 360), 2.2f);
        int start = (int)((at_s + axle_s * axles[k]) * SOUND_RATE);
        float level = k % 2 ? 0.5f : 0.7f, phase = 0;

        for (int n = 0; n < SOUND_RATE / 6 && start + n < bed->count; n++) {
            float t = (float)n / SOUND_RATE, value;

            phase += TAU * (68 + 30 * expf(-t / 0.01f)) / SOUND_RATE;
            value =
                level * (0.6f * sinf(phase) * expf(-t / 0.035f) * fminf(1, t / 0.002f) +
                         1.3f * filter_band(&rail, &ring, dice_signed(dice) * expf(-t / 0.012f)));
            value *= fminf(1, (1.0f / 6 - t) / 0.02f);
            for (int c = 0; start + n >= 0 && c < SOUND_CHANNELS; c++) {
                bed->dry[c][start + n] += 0.7f * value;
                bed->wet[c][start + n] += 0.2f * value;
            }
        }
    }
}

/* Chuffs, four to a turn of the wheels. */
static void add_steam(struct bed *bed, struct dice *dice, float hz)
{
    struct filter chest[SOUND_CHANNELS] = {0}, hiss[SOUND_CHANNELS] = {0};
    struct tuning color = tune(620, 0.7f), high = tune(4200, 0.6f);
    struct cry whistle = {1.1f, {590, 600, 585}, 0.45f, 0.35f, 5, 0.004f, 0, 0.08f};
    struct spot spot = {1.3f, -0.1f, 0.06f, 0.6f, 4000};
    float phase = 0.2f, stress = 1;

    for (int i = 0; i < bed->count; i++) {
        float puff;

        phase += hz / SOUND_RATE;
        if (phase >= 1) {
            phase -= 1;
            stress = dice_range(dice, 0.7f, 1);
        }
        puff = stress * expf(-4.5f * phase) * fminf(1, 14 * phase);
        for (int c = 0; c < SOUND_CHANNELS; c++) {
            float x = dice_signed(dice);

            bed->dry[c][i] += 1.1f * puff * filter_band(&chest[c], &color, x) +
                              0.05f * filter_band(&hiss[c], &high, x);
        }
    }
    for (int k = 0; k < 3; k++) { /* a chord of pipes */
        static const float ratios[3] = {1, 1.25f, 1.5f};
        struct cry pipe = whistle;

        for (int j = 0; j < 3; j++)
            pipe.hz[j] *= ratios[k];
        sound_cry(bed, dice, &pipe, &spot);
    }
}

static void add_train(struct bed *bed, struct dice *dice, const struct subject *train)
{
    bool is_steam = train->form == FORM_STEAM, rests = train->action == ACTION_IDLE;
    float speed_m_s = is_steam ? 15 : 27;

    if (is_steam)
        add_steam(bed, dice, rests ? 0.8f : 5.2f);
    if (rests)
        return;
    sound_traffic(bed, dice, is_steam ? 0.5f : 0.9f, 0.5f); /* the rolling of the wheels */
    for (float at = dice_range(dice, 0, 0.4f); at * SOUND_RATE < (float)bed->count;
         at += 20 / speed_m_s)
        add_joint(bed, dice, at, 2.4f / speed_m_s);
}

/* Something that flies by: where it is at its nearest when, how far away and how fast. */
struct flight {
    float at_s, away_m, speed_m_s, side;
    bool is_jet;
};

/* A jet is noise with a whine, a propeller a row of harmonics; both fall in pitch as they pass,
 * and distance takes their highs. */
static void add_flight(struct bed *bed, struct dice *dice, const struct flight *flight)
{
    struct filter roar[SOUND_CHANNELS] = {0}, rush[SOUND_CHANNELS] = {0};
    struct tuning body = tune(200, 0.6f), bright = tune(1500, 0.6f);
    float prop = 0, whine = 0;

    for (int i = 0; i < bed->count; i++) {
        float t = (float)i / SOUND_RATE - flight->at_s, along = flight->speed_m_s * t;
        float far = sqrtf(along * along + flight->away_m * flight->away_m);
        float bend = 1 / (1 + flight->speed_m_s * along / far / SPEED_OF_SOUND);
        float near = flight->away_m / far, gains[SOUND_CHANNELS], tone = 0;

        pan_gains(0.8f * flight->side * along / far, gains);
        if (i % CONTROL == 0) {
            body = tune(bend * (150 + 160 * near), 0.6f);
            bright = tune(bend * (500 + 1900 * near), 0.6f);
        }
        prop += 78 * bend / SOUND_RATE;
        prop -= prop >= 1 ? 1 : 0;
        whine += 2350 * bend / SOUND_RATE;
        whine -= whine >= 1 ? 1 : 0;
        for (int k = 1; !flight->is_jet && k <= 6; k++)
            tone += sinf(TAU * prop * (float)k) / (float)(k + 1);
        if (flight->is_jet)
            tone = 0.05f * near * near * sinf(TAU * whine);
        for (int c = 0; c < SOUND_CHANNELS; c++) {
            float x = dice_signed(dice), noise = flight->is_jet ? 1 : 0.3f;
            float value = (0.2f + 0.8f * near) * (0.25f + gains[c]) *
                          (noise * (1.6f * filter_low(&roar[c], &body, x) +
                                    0.4f * near * filter_band(&rush[c], &bright, x)) +
                           0.4f * tone);

            bed->dry[c][i] += 0.8f * value;
            bed->wet[c][i] += 0.2f * value;
        }
    }
}

/* Four rotors that never turn quite alike. */
static void add_drone(struct bed *bed, struct dice *dice)
{
    for (int k = 0; k < ROTORS; k++) {
        struct drift trim;
        struct filter body = {0};
        struct tuning color = tune(1500, 0.5f);
        float phase = dice_range(dice, 0, 1), hz = dice_range(dice, 178, 198),
              gains[SOUND_CHANNELS];

        drift_init(&trim, dice, 0.5f);
        pan_gains(0.6f * ((float)k - 1.5f) / 1.5f, gains);
        for (int i = 0; i < bed->count; i++) {
            float value = 0;

            phase += hz * (0.96f + 0.08f * drift_next(&trim)) / SOUND_RATE;
            phase -= phase >= 1 ? 1 : 0;
            for (int h = 1; h <= DRONE_HARMONICS; h++)
                value += sinf(TAU * phase * (float)h) / (float)h;
            value = 0.05f * (value + filter_band(&body, &color, 1.5f * dice_signed(dice)));
            bed->dry[SOUND_LEFT][i] += gains[SOUND_LEFT] * value;
            bed->dry[SOUND_RIGHT][i] += gains[SOUND_RIGHT] * value;
        }
    }
}

/* Gas that burns over the basket for a second or two, as if something large breathed out. */
static void add_burner(struct bed *bed, struct dice *dice)
{
    for (float at = dice_range(dice, 0.4f, 1.2f); at * SOUND_RATE < (float)bed->count;
         at += dice_range(dice, 3.8f, 5.2f)) {
        struct filter low[SOUND_CHANNELS] = {0}, high[SOUND_CHANNELS] = {0};
        struct tuning roar = tune(330, 0.6f), hiss = tune(1700, 0.5f);
        float seconds = dice_range(dice, 1.2f, 1.9f);
        int start = (int)(at * SOUND_RATE), length = (int)(seconds * SOUND_RATE);

        for (int n = 0; n < length && start + n < bed->count; n++) {
            float t = (float)n / SOUND_RATE;
            float level = fminf(1, t / 0.06f) * fminf(1, (seconds - t) / 0.25f);

            for (int c = 0; c < SOUND_CHANNELS; c++) {
                float x = dice_signed(dice);
                float value =
                    0.7f * level *
                    (filter_low(&low[c], &roar, x) + 0.35f * filter_band(&high[c], &hiss, x));

                bed->dry[c][start + n] += value;
                bed->wet[c][start + n] += 0.3f * value;
            }
        }
    }
}

/* The camera goes along with a plane where neither ground nor houses are about it: as
 * stage_planes() has it. */
static bool goes_along(const struct scene *scene)
{
    return scene->ground == GROUND_NONE && scene->place != PLACE_STREET &&
           scene->place != PLACE_SKYLINE && scene->place != PLACE_FOREST &&
           scene->place != PLACE_VILLAGE;
}

void sound_machine(struct bed *bed, struct dice *dice, const struct heard *heard)
{
    const struct scene *scene = heard->order->scene;
    const struct subject *subject = &scene->subjects[heard->subject];
    struct flight flight = {.at_s = 0.5f * (float)bed->count / SOUND_RATE,
                            .away_m = subject->form == FORM_PROPELLER ? 90 : 260,
                            .speed_m_s = subject->form == FORM_PROPELLER ? 55 : 95,
                            .side = dice_signed(dice) < 0 ? -1 : 1,
                            .is_jet = subject->form != FORM_PROPELLER};

    heard_passing(heard, &flight.at_s, &flight.side);
    if (goes_along(scene))
        flight.speed_m_s = 3;
    if (subject->kind == SUBJECT_BOAT)
        add_boat(bed, dice, subject);
    if (subject->kind == SUBJECT_TRAIN)
        add_train(bed, dice, subject);
    if (subject->kind == SUBJECT_PLANE)
        add_flight(bed, dice, &flight);
    if (subject->kind == SUBJECT_DRONE)
        add_drone(bed, dice);
    if (subject->kind == SUBJECT_BALLOONS && subject->form != FORM_TOY)
        add_burner(bed, dice);
    if (subject->kind == SUBJECT_KITE)
        sound_rustle(bed, dice, 0.5f, 1300);
}
