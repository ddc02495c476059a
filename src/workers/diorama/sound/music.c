/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/sound/music.h"

#include <stdlib.h>

#include "workers/diorama/sound/sound_impl.h"

enum { ROUND = 4, ROUNDS = 2, LOWEST = 53, HIGHEST = 76, KEYS = 7 };

#define MAJOR                                                                                      \
    {                                                                                              \
        0, 4, 7, -1                                                                                \
    }
#define MINOR                                                                                      \
    {                                                                                              \
        0, 3, 7, -1                                                                                \
    }
#define MAJOR_7                                                                                    \
    {                                                                                              \
        0, 4, 7, 11                                                                                \
    }
#define MINOR_7                                                                                    \
    {                                                                                              \
        0, 3, 7, 10                                                                                \
    }
#define MAJOR_9                                                                                    \
    {                                                                                              \
        0, 4, 7, 14                                                                                \
    } /* a ninth without its seventh */
#define MINOR_9                                                                                    \
    {                                                                                              \
        0, 3, 7, 14                                                                                \
    }
#define SUSPENDED                                                                                  \
    {                                                                                              \
        0, 5, 7, -1                                                                                \
    }
#define DOMINANT                                                                                   \
    {                                                                                              \
        0, 4, 10, 14                                                                               \
    }

static const struct {
    bool is_minor;
    unsigned char beats_per_minute, chord_beats;
    unsigned short parts;
    struct music_chord rounds[ROUNDS][ROUND];
} moods[SCENE_MOODS] = {
    [MOOD_CALM] = {false,
                   66,
                   2,
                   PART_PAD | PART_PIANO,
                   {{{0, MAJOR_9}, {9, MINOR_7}, {5, MAJOR_7}, {7, SUSPENDED}},
                    {{0, MAJOR_9}, {4, MINOR_7}, {5, MAJOR_9}, {0, MAJOR}}}},
    [MOOD_JOYFUL] = {false,
                     116,
                     4,
                     PART_GUITAR | PART_BELLS | PART_BASS | PART_HATS,
                     {{{0, MAJOR}, {7, MAJOR}, {9, MINOR}, {5, MAJOR}},
                      {{0, MAJOR}, {5, MAJOR}, {9, MINOR}, {7, MAJOR}}}},
    [MOOD_SAD] = {true,
                  62,
                  2,
                  PART_STRINGS | PART_PIANO,
                  {{{0, MINOR_9}, {8, MAJOR_7}, {3, MAJOR}, {10, MAJOR}},
                   {{0, MINOR_9}, {5, MINOR_7}, {8, MAJOR_7}, {10, SUSPENDED}}}},
    [MOOD_TENSE] = {true,
                    96,
                    4,
                    PART_PAD | PART_OSTINATO | PART_DRUMS,
                    {{{0, MINOR}, {0, MINOR}, {8, MAJOR}, {1, MAJOR}},
                     {{0, MINOR}, {8, MAJOR}, {5, MINOR}, {1, MAJOR}}}},
    [MOOD_EPIC] = {true,
                   84,
                   2,
                   PART_STRINGS | PART_OSTINATO | PART_DRUMS | PART_BASS,
                   {{{0, MINOR}, {8, MAJOR}, {3, MAJOR}, {10, MAJOR}},
                    {{0, MINOR}, {10, MAJOR}, {8, MAJOR}, {10, MAJOR}}}},
    [MOOD_ROMANTIC] = {false,
                       69,
                       2,
                       PART_STRINGS | PART_PIANO,
                       {{{0, MAJOR_7}, {4, MINOR_7}, {5, MAJOR_7}, {5, MINOR_9}},
                        {{0, MAJOR_9}, {9, MINOR_7}, {2, MINOR_7}, {7, SUSPENDED}}}},
    [MOOD_MYSTERIOUS] = {false,
                         72,
                         2,
                         PART_PAD | PART_BELLS,
                         {{{0, MAJOR_7}, {2, MAJOR}, {0, MAJOR_7}, {11, MINOR}},
                          {{0, MAJOR_7}, {2, MAJOR}, {4, MINOR_7}, {2, MAJOR}}}},
};

static const struct music_chord jazz[ROUND] = {
    {2, MINOR_7}, {7, DOMINANT}, {0, MAJOR_7}, {9, MINOR_7}};

/* What plays when the words name it. */
static const unsigned short named[SCENE_MUSICS] = {
    [MUSIC_PIANO] = PART_PIANO | PART_MELODY,
    [MUSIC_STRINGS] = PART_STRINGS | PART_MELODY | PART_BASS,
    [MUSIC_GUITAR] = PART_GUITAR | PART_PAD,
    [MUSIC_SYNTH] = PART_PAD | PART_ARPEGGIO | PART_BASS | PART_KICK | PART_HATS,
    [MUSIC_JAZZ] = PART_COMPING | PART_BASS | PART_HATS};

static bool is_mood_enough(enum scene_mood mood)
{
    return mood != MOOD_ANY && mood != MOOD_CALM;
}

/* Parts, as the words name them and the mood wants them. */
static unsigned parts_of(const struct scene *scene, enum scene_mood mood)
{
    unsigned parts = named[scene->music];

    if (parts == 0)
        return moods[mood].parts;
    if (scene->music == MUSIC_STRINGS && (mood == MOOD_EPIC || mood == MOOD_TENSE))
        parts |= PART_OSTINATO | PART_DRUMS;
    return parts;
}

void music_plan(const struct scene *scene, struct music *music)
{
    static const int keys[KEYS] = {48, 50, 51, 53, 55, 57, 58};
    enum scene_mood mood = scene->mood == MOOD_ANY ? MOOD_CALM : scene->mood;
    struct dice dice;

    *music = (struct music){.is_asked_for = scene->music != MUSIC_NONE};
    if (!music->is_asked_for && !is_mood_enough(scene->mood))
        return;
    dice_init(&dice, scene->seed, 70);
    music->parts = parts_of(scene, mood);
    music->key = keys[(int)dice_range(&dice, 0, KEYS - 0.01f)];
    music->is_minor = moods[mood].is_minor;
    music->chord_beats = moods[mood].chord_beats;
    music->beat_s = 60 / (moods[mood].beats_per_minute * dice_range(&dice, 0.95f, 1.05f));
    music->chords = moods[mood].rounds[dice_signed(&dice) < 0];
    if (scene->music == MUSIC_JAZZ) {
        music->chords = jazz;
        music->is_minor = false;
        music->beat_s = 60 / dice_range(&dice, 88, 100);
        music->chord_beats = 4;
    } else if (scene->music == MUSIC_SYNTH && scene->mood == MOOD_ANY) {
        music->chords = moods[MOOD_EPIC].rounds[dice_signed(&dice) < 0];
        music->is_minor = true;
        music->beat_s = 60 / dice_range(&dice, 98, 106);
        music->chord_beats = 4;
    }
}

/* The chord's tones from the one at or above `lowest`, in close position. */
static int stack(const struct music *music, const struct music_chord *chord, int lowest,
                 int notes[MUSIC_TONES])
{
    int count = 0;

    for (int note = lowest; count < MUSIC_TONES && note < lowest + 2 * MUSIC_OCTAVE; note++)
        for (int i = 0; i < MUSIC_TONES; i++)
            if (chord->tones[i] >= 0 &&
                (note - music->key - chord->root - chord->tones[i]) % MUSIC_OCTAVE == 0) {
                notes[count++] = note;
                break;
            }
    return count;
}

/* How far voices move, and how far they are from where they sound best. */
static int effort(const int from[MUSIC_TONES], const int to[MUSIC_TONES])
{
    int sum = 0;

    for (int i = 0; i < MUSIC_TONES; i++)
        sum += 4 * abs(to[i] - from[i]) + abs(to[i] - (LOWEST + HIGHEST) / 2);
    return sum;
}

void music_voices(const struct music *music, int number, int notes[MUSIC_TONES], int *bass)
{
    static const int middle[MUSIC_TONES] = {58, 62, 65, 69};
    int voices[MUSIC_TONES], tried[MUSIC_TONES];

    for (int i = 0; i < MUSIC_TONES; i++)
        notes[i] = middle[i];
    /* A round leads back to where it began, so that only the place in it counts. */
    for (int at = 0; at <= number % ROUND; at++) {
        int best = -1;

        for (int lowest = LOWEST; lowest <= HIGHEST - MUSIC_OCTAVE; lowest++) {
            if (stack(music, &music->chords[at], lowest, tried) < MUSIC_TONES ||
                (best >= 0 && effort(notes, tried) >= best))
                continue;
            best = effort(notes, tried);
            for (int i = 0; i < MUSIC_TONES; i++)
                voices[i] = tried[i];
        }
        for (int i = 0; i < MUSIC_TONES && best >= 0; i++)
            notes[i] = voices[i];
    }
    *bass = music->key - MUSIC_OCTAVE + music->chords[number % ROUND].root;
    if (*bass > 48)
        *bass -= MUSIC_OCTAVE;
}

bool music_is_in_key(const struct music *music, int note)
{
    static const char major[] = "101011010101", minor[] = "101101011010";
    int step = (note - music->key + 10 * MUSIC_OCTAVE) % MUSIC_OCTAVE;

    return (music->is_minor ? minor : major)[step] == '1';
}
