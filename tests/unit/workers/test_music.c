/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "harness/tap.h"
#include "workers/diorama/prompt/prompt.h"
#include "workers/diorama/sound/loudness.h"
#include "workers/diorama/sound/music.h"
#include "workers/diorama/sound/sound.h"

static const struct scene quiet = {.place = PLACE_SKY,
                                   .greenery = 0,
                                   .snow_line = 1,
                                   .sun_elevation_deg = 30,
                                   .time_scale = 1,
                                   .seed = 5};

static struct scene with(enum scene_music music, enum scene_mood mood, uint64_t seed)
{
    struct scene scene = quiet;

    scene.music = music;
    scene.mood = mood;
    scene.seed = seed;
    return scene;
}

/* Both ears together. */
static float *make(const struct scene *scene, float first_s, int seconds)
{
    int count = seconds * SOUND_RATE;
    float *both = malloc((size_t)count * 2 * sizeof(float));
    float *mono = malloc((size_t)count * sizeof(float));

    sound_make(&(struct sound_order){.scene = scene, .first_s = first_s, .count = count}, both);
    for (int i = 0; i < count; i++)
        mono[i] = (both[2 * i] + both[2 * i + 1]) / 2;
    free(both);
    return mono;
}

/* Power of a MIDI note in some samples, by Goertzel's algorithm. */
static double power_of(const float *samples, int count, int note)
{
    double turn = 2 * M_PI * 440 * exp2((note - 69) / 12.0) / SOUND_RATE;
    double a = 0, b = 0, k = 2 * cos(turn);

    for (int i = 0; i < count; i++) {
        double fade = 0.5 - 0.5 * cos(2 * M_PI * i / count);
        double c = (double)samples[i] * fade + k * a - b;

        b = a;
        a = c;
    }
    return a * a + b * b - k * a * b;
}

/* How much of the power of the notes from 55 to 84 lies on those of the key. */
static double share_in_key(const struct music *music, const float *samples, int count)
{
    double inside = 0, all = 0;

    for (int note = 55; note <= 84; note++) {
        double power = power_of(samples, count, note);

        all += power;
        inside += music_is_in_key(music, note) ? power : 0;
    }
    return inside / all;
}

TEST(music_is_played_in_its_key)
{
    static const enum scene_mood moods[2] = {MOOD_CALM, MOOD_SAD};
    static const enum scene_music played[3] = {MUSIC_PIANO, MUSIC_STRINGS, MUSIC_GUITAR};

    for (int i = 0; i < 6; i++) {
        struct scene scene = with(played[i % 3], moods[i / 3], (uint64_t)i);
        struct music music;
        float *samples = make(&scene, 0, 6);
        double share;

        music_plan(&scene, &music);
        CHECK(music.parts && music.is_asked_for);
        share = share_in_key(&music, samples, 6 * SOUND_RATE);
        if (!(share > 0.8)) /* seven notes of twelve would be 0.58 by chance */
            tap_fail(__FILE__, __LINE__, "%d: %.2f in key", i, share);
        free(samples);
    }
}

TEST(voices_stay_together_and_move_little)
{
    for (int mood = MOOD_CALM; mood < SCENE_MOODS; mood++)
        for (uint64_t seed = 0; seed < 8; seed++) {
            struct scene scene = with(MUSIC_ANY, (enum scene_mood)mood, seed);
            int before[MUSIC_TONES], notes[MUSIC_TONES], bass;
            struct music music;

            music_plan(&scene, &music);
            music_voices(&music, 0, before, &bass);
            for (int number = 1; number < 4; number++) {
                music_voices(&music, number, notes, &bass);
                CHECK(bass >= 28 && bass < notes[0]);
                for (int i = 0; i < MUSIC_TONES; i++) {
                    CHECK(abs(notes[i] - before[i]) <= 5);
                    CHECK(i == 0 || notes[i] > notes[i - 1]);
                    CHECK(notes[i] > 48 && notes[i] < 84);
                    before[i] = notes[i];
                }
            }
        }
}

TEST(words_decide_whether_there_is_music)
{
    static const struct {
        const char *prompt;
        bool plays, is_asked_for;
    } cases[] = {
        {"mountains at sunset", false, false},
        {"calm lake at dawn", false, false},
        {"epic mountains at sunset", true, false},
        {"mountains at sunset, soft piano music", true, true},
        {"mountains, orchestral score", true, true},
        {"epic mountains, no music", false, false},
        {"a street without music", false, false},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct prompt_reading reading;
        struct music music;

        prompt_read(str_from(cases[i].prompt), 1, &reading);
        music_plan(&reading.scene, &music);
        if ((music.parts != 0) != cases[i].plays || music.is_asked_for != cases[i].is_asked_for)
            tap_fail(__FILE__, __LINE__, "%s", cases[i].prompt);
    }
}

TEST(every_mood_and_instrument_is_loud_enough_and_clean)
{
    for (int i = 0; i < SCENE_MOODS + SCENE_MUSICS; i++) {
        struct scene scene = with(i < SCENE_MOODS ? MUSIC_ANY : (enum scene_music)(i - SCENE_MOODS),
                                  i < SCENE_MOODS ? (enum scene_mood)i : MOOD_ANY, 3);
        float *mono = make(&scene, 0, 4);

        /* Nothing jumps: what is played in front has no clicks. */
        for (int k = 1; k < 4 * SOUND_RATE; k++)
            if (fabsf(mono[k] - mono[k - 1]) > 0.4f) /* as a pluck may */
                tap_fail(__FILE__, __LINE__, "%d: %.2f at %.3f s", i,
                         (double)fabsf(mono[k] - mono[k - 1]), (double)k / SOUND_RATE);
        CHECK(loudness_true_peak(mono, 4 * SOUND_RATE) < 0.89f);
        CHECK(fabsf(mono[4 * SOUND_RATE - 1]) < 0.001f);
        free(mono);
    }
}

TEST(music_ends_before_its_clip_does)
{
    struct scene scene = with(MUSIC_SYNTH, MOOD_EPIC, 4);
    float *mono = make(&scene, 0, 8);
    double middle = 0, end = 0;

    for (int i = 0; i < SOUND_RATE / 4; i++) {
        middle += (double)(mono[4 * SOUND_RATE + i] * mono[4 * SOUND_RATE + i]);
        end += (double)(mono[8 * SOUND_RATE - SOUND_RATE / 4 + i] *
                        mono[8 * SOUND_RATE - SOUND_RATE / 4 + i]);
    }
    CHECK(end < 0.1 * middle);
    free(mono);
}

static double alike(const float *a, const float *b, int count)
{
    double aa = 0, bb = 0, ab = 0;

    for (int i = 0; i < count; i++) {
        aa += (double)(a[i] * a[i]);
        bb += (double)(b[i] * b[i]);
        ab += (double)(a[i] * b[i]);
    }
    return ab / sqrt(aa * bb);
}

TEST(an_extension_goes_on_with_the_same_music)
{
    struct scene scene = with(MUSIC_PIANO, MOOD_SAD, 9), other = with(MUSIC_PIANO, MOOD_SAD, 10);
    float *whole = make(&scene, 0, 16), *part = make(&scene, 4, 8), *wrong = make(&other, 4, 8);

    CHECK(alike(whole + 6 * SOUND_RATE, part + 2 * SOUND_RATE, 3 * SOUND_RATE) > 0.6);
    CHECK(alike(whole + 6 * SOUND_RATE, wrong + 2 * SOUND_RATE, 3 * SOUND_RATE) < 0.4);
    free(whole);
    free(part);
    free(wrong);
}
