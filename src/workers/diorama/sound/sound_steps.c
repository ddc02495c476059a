/* SPDX-License-Identifier: Apache-2.0 */
/* Feet, paws, hooves and engines of a scene's subjects, in step with their gaits. */
#include <math.h>

#include "workers/diorama/body/cast.h"
#include "workers/diorama/sound/sound_impl.h"

#define TAU (2 * (float)M_PI)
#define LEAD_S 0.004f /* a footfall begins this much after the foot is down */

/* What a footfall is made of. Levels are of peaks. */
struct footfall {
    float thump, thump_hz, thump_s; /* weight on the ground */
    float knock, knock_hz, knock_s; /* heel or hoof on something hard */
    float scrape, scrape_hz, scrape_s;
    float grain; /* 0: the scrape is smooth, 1: it crunches */
};

/* What lies under the feet. */
enum underfoot { UNDER_STONE, UNDER_GRASS, UNDER_SAND, UNDER_SNOW, UNDERFOOTS };

static enum underfoot underfoot_of(const struct scene *scene)
{
    if (scene->ground == GROUND_SNOW)
        return UNDER_SNOW;
    if (scene->place == PLACE_STREET)
        return UNDER_STONE;
    if (scene->ground == GROUND_ROAD)
        return UNDER_STONE;
    if (scene->ground == GROUND_SAND || scene->place == PLACE_COAST)
        return UNDER_SAND;
    return UNDER_GRASS;
}

static struct footfall footfall_of(enum subject_kind kind, enum underfoot under, bool is_wet)
{
    static const struct footfall grounds[UNDERFOOTS] = {
        [UNDER_STONE] = {0.5f, 95, 0.030f, 0.55f, 1250, 0.007f, 0.10f, 3200, 0.05f, 0.3f},
        [UNDER_GRASS] = {0.5f, 70, 0.040f, 0, 900, 0.01f, 0.24f, 3400, 0.11f, 0.35f},
        [UNDER_SAND] = {0.4f, 75, 0.040f, 0, 900, 0.01f, 0.32f, 2300, 0.13f, 0.6f},
        [UNDER_SNOW] = {0.3f, 85, 0.045f, 0, 900, 0.01f, 0.50f, 2000, 0.16f, 1},
    };
    struct footfall fall = grounds[under];

    if (is_wet && under == UNDER_STONE) {
        fall.scrape = 0.3f;
        fall.scrape_s = 0.10f;
        fall.scrape_hz = 4200;
    }
    if (kind == SUBJECT_HORSE) {
        fall.thump *= 1.5f;
        fall.thump_hz *= 0.85f;
        fall.thump_s *= 1.7f;
        fall.knock = under == UNDER_STONE ? 1.7f : 0.12f;
        fall.knock_hz = under == UNDER_STONE ? 980 : 420;
        fall.knock_s = 0.016f;
    } else if (kind != SUBJECT_PERSON) {
        float weight = kind == SUBJECT_CAT ? 0.16f : 0.45f;

        fall.thump *= 0.8f * weight;
        fall.knock *= 0.4f * weight; /* claws */
        fall.knock_hz = 2900;
        fall.knock_s = 0.004f;
        fall.scrape *= 1.1f * weight;
        fall.scrape_s *= 0.6f;
    }
    return fall;
}

static void add_footfall(struct bed *bed, struct dice *dice, const struct footfall *fall,
                         float at_s, const float *gains)
{
    struct filter rub = {0}, heel = {0};
    struct tuning color = tune(fall->scrape_hz * dice_range(dice, 0.85f, 1.2f), 0.8f);
    struct tuning ring = tune(fall->knock_hz * dice_range(dice, 0.93f, 1.08f), 2);
    float longest = fmaxf(fall->thump_s, fmaxf(fall->knock_s, fall->scrape_s));
    int start = (int)((at_s + LEAD_S) * SOUND_RATE), length = (int)(6 * longest * SOUND_RATE);
    float phase = 0, grain = 1;

    for (int n = 0; n < length; n++) {
        float t = (float)n / SOUND_RATE, x = dice_signed(dice), value;
        float rise = fminf(1, t / 0.0015f), roll = t / fall->scrape_s;

        if (n % 96 == 0)
            grain = 1 - fall->grain * dice_range(dice, 0, 1);
        phase += TAU * fall->thump_hz * (0.75f + 0.7f * expf(-t / 0.012f)) / SOUND_RATE;
        value = fall->thump * rise * sinf(phase) * expf(-t / fall->thump_s) +
                3 * fall->knock * filter_band(&heel, &ring, x * rise * expf(-t / fall->knock_s)) +
                fall->scrape * grain * filter_band(&rub, &color, x) * 3 * roll * expf(-2 * roll);
        value *= fminf(1, (float)(length - n) / 200);
        if (start + n < 0 || start + n >= bed->count)
            continue;
        for (int c = 0; c < SOUND_CHANNELS; c++) {
            bed->dry[c][start + n] += gains[c] * value;
            bed->wet[c][start + n] += 0.35f * gains[c] * value;
        }
    }
}

/* Somebody who walks. */
struct walker {
    struct body_gait gait;
    struct footfall fall;
    float phase; /* of its gait at the start of the clip */
    float place, level;
    const struct heard *heard; /* NULL: all the while at `place` */
};

static void add_walk(struct bed *bed, struct dice *dice, const struct scene *scene,
                     const struct walker *walker)
{
    float pace = cast_seconds(scene, 1), seconds = (float)bed->count / SOUND_RATE;
    int rounds = (int)(seconds * pace / walker->gait.seconds) + 2;

    for (int round = 0; round < rounds; round++)
        for (int foot = 0; foot < walker->gait.feet; foot++) {
            float turn = (float)round + walker->gait.lands[foot] - walker->phase;
            float at_s = turn * walker->gait.seconds / pace, gains[SOUND_CHANNELS];
            float level = walker->level * dice_range(dice, 0.75f, 1.1f), place = walker->place;

            if (walker->heard) {
                place = heard_place(walker->heard, at_s, place);
                level *= heard_level(walker->heard, at_s);
            }
            pan_gains(place + (foot % 2 ? 0.28f : -0.28f), gains);
            gains[SOUND_LEFT] *= level;
            gains[SOUND_RIGHT] *= level;
            if (at_s > -0.05f && at_s < seconds)
                add_footfall(bed, dice, &walker->fall, at_s, gains);
        }
}

static void add_subject_steps(struct bed *bed, struct dice *dice, const struct sound_order *order,
                              int number)
{
    const struct scene *scene = order->scene;
    const struct subject *subject = &scene->subjects[number];
    struct walker walker = {
        .fall = footfall_of(subject->kind, underfoot_of(scene), scene->weather == WEATHER_RAIN)};
    int count = subject->count;
    struct heard heard;

    if (!body_gait(subject, &walker.gait))
        return;
    for (int i = 0; i < count; i++) {
        heard_begin(&heard, order, number, i);
        walker.heard = &heard;
        walker.phase = cast_phase(scene, number, i) +
                       cast_seconds(scene, order->first_s) / walker.gait.seconds;
        walker.phase -= floorf(walker.phase);
        walker.place = 0.5f * ((float)i - 0.5f * (float)(count - 1)) / (float)count;
        walker.level = (subject->action == ACTION_RUN ? 0.5f : 0.55f) / sqrtf((float)count);
        add_walk(bed, dice, scene, &walker);
    }
}

/* An engine as uneven pulses through a body that rings, and the tires when it rolls. */
struct engine {
    float idle_hz, drive_hz; /* of its pulses */
    float rough;             /* how uneven they are */
    float roll;              /* 0 stands to 1 fast */
};

static void add_engine(struct bed *bed, struct dice *dice, const struct engine *engine, float gain)
{
    struct drift load;
    struct filter body[SOUND_CHANNELS] = {0}, box[SOUND_CHANNELS] = {0},
                  tires[SOUND_CHANNELS] = {0};
    struct tuning dark = tune(420 + 500 * engine->roll, 0.8f);
    struct tuning ring[SOUND_CHANNELS] = {tune(104, 2),
                                          tune(178, 2)}; /* it is not alike all over */
    struct tuning road = tune(620 + 300 * engine->roll, 0.5f);
    float phase = 0, pulse = 1;

    drift_init(&load, dice, 1.6f);
    for (int i = 0; i < bed->count; i++) {
        float base = engine->idle_hz + (engine->drive_hz - engine->idle_hz) * engine->roll;
        float hz = base * (0.96f + 0.09f * drift_next(&load)), tone;

        phase += hz / SOUND_RATE;
        if (phase >= 1) {
            phase -= 1;
            pulse = 1 - engine->rough * dice_range(dice, 0, 1);
        }
        tone = pulse * sinf(TAU * phase) * expf(-3 * phase) * 2.2f;
        for (int c = 0; c < SOUND_CHANNELS; c++) {
            float x = dice_signed(dice), puff = tone + 0.5f * x * expf(-6 * phase);

            bed->dry[c][i] += gain * (0.3f * filter_low(&body[c], &dark, puff) +
                                      0.5f * filter_band(&box[c], &ring[c], puff) +
                                      0.9f * engine->roll * filter_band(&tires[c], &road, x));
        }
    }
}

static void add_subject_engine(struct bed *bed, struct dice *dice, const struct subject *subject)
{
    bool is_old = subject->kind == SUBJECT_VINTAGE_CAR;
    float fastest = body_speed(subject->kind, ACTION_RUN);
    struct engine engine = {.idle_hz = is_old ? 22 : 30,
                            .drive_hz = is_old ? 64 : 96,
                            .rough = is_old ? 0.5f : 0.15f,
                            .roll = body_speed(subject->kind, subject->action) / fastest};

    add_engine(bed, dice, &engine, 0.45f + 0.25f * engine.roll);
}

/* What moves by itself in the air has its own way from side to side: sound_machine(). */
static void add_own(struct bed *bed, struct dice *dice, const struct heard *heard)
{
    const struct subject *subject = &heard->order->scene->subjects[heard->subject];
    struct bed own;

    if (subject->kind == SUBJECT_PLANE) {
        sound_machine(bed, dice, heard);
        return;
    }
    bed_init(&own, bed->count);
    sound_machine(&own, dice, heard);
    if (subject->kind == SUBJECT_CAR || subject->kind == SUBJECT_VINTAGE_CAR)
        add_subject_engine(&own, dice, subject);
    sound_voice(&own, dice, subject);
    heard_add(heard, bed, &own);
    bed_fini(&own);
}

void sound_subjects(struct bed *bed, struct dice *dice, const struct sound_order *order)
{
    for (int i = 0; i < order->scene->subject_count; i++) {
        struct heard heard;

        heard_begin(&heard, order, i, 0);
        add_own(bed, dice, &heard);
        add_subject_steps(bed, dice, order, i);
    }
}

void sound_passers_by(struct bed *bed, struct dice *dice, const struct scene *scene, float gain)
{
    struct walker walker = {
        .fall = footfall_of(SUBJECT_PERSON, UNDER_STONE, scene->weather == WEATHER_RAIN)};
    int count = 2 + (int)(2.9f * scene->neon);

    body_gait_person(false, &walker.gait);
    for (int i = 0; i < count; i++) {
        walker.phase = dice_range(dice, 0, 1);
        walker.place = dice_range(dice, -0.9f, 0.9f);
        walker.level = gain * dice_range(dice, 0.05f, 0.16f);
        walker.gait.seconds *= dice_range(dice, 0.96f, 1.04f);
        add_walk(bed, dice, scene, &walker);
    }
}
