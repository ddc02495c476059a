/* SPDX-License-Identifier: Apache-2.0 */
/* Who plays what when: patterns of the parts over the chords. */
#include <math.h>

#include "workers/diorama/sound/music_impl.h"

#define RING_S 1.3f /* of the last chord at least */
#define FADE_OUT_S 0.9f
#define FADE_IN_S 0.3f /* where it goes on from another clip */

/* One chord's time. */
struct slot {
    struct bed *bed;
    const struct music *music;
    struct dice dice;
    int number;
    float start_s, beat_s, seconds; /* of the bed; of a beat; of all */
    int notes[MUSIC_TONES], bass;
    int next_bass;
    bool is_last;
};

/* A tone of the slot, a little early or late as people are. */
static struct tone tone_of(struct slot *slot, float beat, float beats, int note, float level)
{
    float late_s = 0.007f * (1 + dice_signed(&slot->dice));

    return (struct tone){slot->start_s + beat * slot->beat_s + late_s, beats * slot->beat_s, note,
                         level * dice_range(&slot->dice, 0.82f, 1.08f), 0};
}

static float beats_of(const struct slot *slot)
{
    return slot->seconds / slot->beat_s;
}

/* Eighths, or other parts of a beat, that are played: in the last slot the first alone. */
static int steps(const struct slot *slot, int a_beat)
{
    return slot->is_last ? 1 : slot->music->chord_beats * a_beat;
}

static void play_pad(struct slot *slot)
{
    for (int i = 0; i < MUSIC_TONES; i++) {
        struct tone tone = tone_of(slot, 0, beats_of(slot), slot->notes[i], 0.6f);

        tone.start_s -= 0.15f;
        tone.place = 0.5f * ((float)i - 1.5f);
        tone_pad(slot->bed, &slot->dice, &tone);
    }
}

/* First violins left, celli right. */
static void play_strings(struct slot *slot)
{
    for (int i = -1; i < MUSIC_TONES; i++) {
        struct tone tone = tone_of(slot, 0, beats_of(slot),
                                   i < 0 ? slot->bass + 12 : slot->notes[i], i < 0 ? 0.8f : 0.6f);

        tone.start_s -= 0.12f;
        tone.place = 0.55f - 0.27f * (float)(i + 1);
        tone_strings(slot->bed, &slot->dice, &tone, false);
    }
}

static void play_ostinato(struct slot *slot)
{
    static const signed char figure[8] = {-1, -1, 0, -1, 1, -1, 0, 2};
    int a_beat = slot->beat_s > 0.66f ? 4 : 2;

    for (int i = 0; i < steps(slot, a_beat); i++) {
        int which = figure[i % 8];
        int note = which < 0 ? slot->bass + 12 : slot->notes[which] - 12;
        float level = i % 8 == 0 || i % 8 == 3 || i % 8 == 6 ? 0.75f : 0.45f;
        struct tone tone = tone_of(slot, (float)i / (float)a_beat, 0.1f, note, level);

        tone.place = 0.35f;
        tone_strings(slot->bed, &slot->dice, &tone, true);
    }
}

/* The last chord of a piano, from the lowest up. */
static void roll_piano(struct slot *slot)
{
    for (int i = -1; i < MUSIC_TONES; i++) {
        int note = i < 0 ? slot->bass + 12 : slot->notes[i];
        struct tone tone = tone_of(slot, 0, beats_of(slot) + 2, note, i < 0 ? 0.45f : 0.36f);

        tone.start_s += 0.075f * (float)(i + 1);
        tone.place = -0.3f + 0.13f * (float)(i + 1);
        tone_piano(slot->bed, &slot->dice, &tone);
    }
}

static void play_piano(struct slot *slot)
{
    static const signed char figure[8] = {-1, 1, 2, 3, 0, 2, 3, 1};

    if (slot->is_last) {
        roll_piano(slot);
        return;
    }
    for (int i = 0; i < steps(slot, 2); i++) {
        int which = figure[i % 8];
        int note = which < 0 ? slot->bass + 12 : slot->notes[which];
        float left = beats_of(slot) - 0.5f * (float)i;
        struct tone tone = tone_of(slot, 0.5f * (float)i, left, note,
                                   which < 0 ? 0.5f
                                   : i % 4   ? 0.26f
                                             : 0.34f);

        tone.place = ((float)note - 60) / 40;
        tone_piano(slot->bed, &slot->dice, &tone);
    }
}

static int nearest_of_chord(const struct slot *slot, int note)
{
    int best = slot->notes[0] + 12;

    for (int i = 0; i < MUSIC_TONES; i++)
        for (int octave = 0; octave < 3; octave++) {
            int tried = slot->notes[i] + 12 * octave;

            if (fabsf((float)(tried - note)) < fabsf((float)(best - note)))
                best = tried;
        }
    return best;
}

/* One to three notes that begin on a tone of the chord and step along the scale. */
static void play_melody(struct slot *slot)
{
    static const float rhythms[4][3] = {{0, 1.5f, -1}, {0, 1, 1.5f}, {0.5f, 1.5f, -1}, {0, -1, -1}};
    bool is_piano = slot->music->parts & PART_PIANO;
    const float *beats = rhythms[is_piano ? (int)dice_range(&slot->dice, 0, 3.99f) : 3];
    int note = nearest_of_chord(slot, 76 + (int)dice_range(&slot->dice, -4, 5));

    for (int i = 0; i < 3 && beats[i] >= 0 && (i == 0 || !slot->is_last); i++) {
        float left = beats_of(slot) - beats[i];
        struct tone tone = tone_of(slot, slot->is_last ? 0.4f : beats[i],
                                   i < 2 && beats[i + 1] >= 0 ? beats[i + 1] - beats[i] : left,
                                   note, is_piano ? 0.5f : 0.55f);

        tone.place = is_piano ? 0.2f : -0.5f;
        if (is_piano)
            tone_piano(slot->bed, &slot->dice, &tone);
        else
            tone_strings(slot->bed, &slot->dice, &tone, false);
        do
            note += dice_signed(&slot->dice) < 0.1f ? -1 : 1;
        while (!music_is_in_key(slot->music, note));
    }
}

static void play_guitar(struct slot *slot)
{
    static const signed char figure[8] = {-1, 2, 1, 3, 0, 2, 1, 3};

    for (int i = 0; i < (slot->is_last ? MUSIC_TONES + 1 : steps(slot, 2)); i++) {
        int which = slot->is_last ? i - 1 : figure[i % 8];
        int note = which < 0 ? slot->bass + 12 : slot->notes[which];
        float beat = slot->is_last ? 0.06f * (float)i : 0.5f * (float)i;
        struct tone tone =
            tone_of(slot, beat, slot->is_last ? beats_of(slot) : 2, note, which < 0 ? 0.75f : 0.5f);

        tone.place = 0.2f * ((float)(i % 3) - 1);
        tone_guitar(slot->bed, &slot->dice, &tone);
    }
}

static void play_bells(struct slot *slot)
{
    for (int i = 0; i < steps(slot, 2); i++) {
        int which = (int)dice_range(&slot->dice, 0, MUSIC_TONES - 0.01f);
        struct tone tone = tone_of(slot, 0.5f * (float)i, 1, slot->notes[which] + 12,
                                   dice_range(&slot->dice, 0.22f, 0.42f));

        tone.place = dice_range(&slot->dice, -0.6f, 0.6f);
        if (i == 0 || dice_signed(&slot->dice) < -0.1f)
            tone_bell(slot->bed, &tone);
    }
}

static void play_arpeggio(struct slot *slot)
{
    static const signed char figure[8] = {0, 1, 2, 3, 2, 1, 3, 2};

    for (int i = 0; i < steps(slot, 4); i++) {
        struct tone tone = tone_of(slot, 0.25f * (float)i, slot->is_last ? 1.2f : 0.35f,
                                   slot->notes[figure[i % 8]], i % 4 ? 0.5f : 0.65f);

        tone.start_s = slot->start_s + 0.25f * (float)i * slot->beat_s; /* a machine's */
        tone_synth(slot->bed, &tone);
    }
}

/* Chords on the first beat and before the third, as swing has it. */
static void play_comping(struct slot *slot)
{
    static const float beats[3] = {0, 1.67f, 3};

    for (int k = 0; k < (slot->is_last ? 1 : 3); k++)
        for (int i = 0; i < MUSIC_TONES && beats[k] < beats_of(slot); i++) {
            float length = slot->is_last ? beats_of(slot) : k == 0 ? 1.3f : 0.5f;
            struct tone tone = tone_of(slot, beats[k], length, slot->notes[i], 0.3f);

            tone.place = 0.2f * ((float)i - 1.5f);
            tone_electric_piano(slot->bed, &tone);
        }
}

/* Four different notes a bar on the way to the next chord. */
static void walk_bass(struct slot *slot)
{
    for (int i = 0; i < steps(slot, 1); i++) {
        int note = i == 3 ? slot->next_bass + (slot->next_bass > slot->bass ? -1 : 1)
                          : slot->bass + (i == 1   ? 7
                                          : i == 2 ? 12
                                                   : 0);
        struct tone tone = tone_of(slot, (float)i, slot->is_last ? 3 : 0.9f, note, 0.6f);

        tone_bass(slot->bed, &tone);
    }
}

static void play_bass(struct slot *slot)
{
    bool is_machine = slot->music->parts & PART_ARPEGGIO;
    bool is_held = slot->music->parts & PART_STRINGS;
    int a_beat = is_machine ? 2 : 1;

    if (slot->music->parts & PART_COMPING) {
        walk_bass(slot);
        return;
    }
    for (int i = 0; i < (is_held ? 1 : steps(slot, a_beat)); i++) {
        bool rests = !is_machine && !is_held && i % 2 == 1;
        float length = slot->is_last || is_held ? beats_of(slot) : is_machine ? 0.4f : 1.6f;
        int note = slot->bass + (i % 4 == 2 && !is_machine ? 7 : 0);
        struct tone tone = tone_of(slot, (float)i / (float)a_beat, length, note, 0.55f);

        if (!rests)
            tone_bass(slot->bed, &tone);
    }
}

static void play_kick(struct slot *slot)
{
    for (int i = 0; i < steps(slot, 1); i++) {
        struct tone tone = {slot->start_s + (float)i * slot->beat_s, 0, 0, 0.75f, 0};

        tone_kick(slot->bed, &tone);
    }
}

/* Off the beat under a machine, swung in jazz, else a shaker's eighths. */
static void play_hats(struct slot *slot)
{
    bool is_jazz = slot->music->parts & PART_COMPING;
    bool is_machine = slot->music->parts & PART_ARPEGGIO;

    for (int i = 0; i < steps(slot, 2) && !slot->is_last; i++) {
        bool is_off = i % 2;
        float beat = 0.5f * (float)i + (is_jazz && is_off ? 0.17f : 0);
        float level = is_machine ? (is_off ? 0.2f : 0.06f) : is_off ? 0.06f : 0.1f;
        struct tone tone = tone_of(slot, beat, 0, 0, level);

        tone.seconds = is_jazz ? 0.09f : is_machine ? 0.035f : 0.025f;
        tone.place = 0.4f;
        if (!is_jazz || !is_off || i % 4 == 3)
            tone_hat(slot->bed, &slot->dice, &tone);
    }
}

static void play_drums(struct slot *slot)
{
    static const float epic[2][3] = {{0, 0.75f, 1.5f}, {0, 1, 1.5f}};
    static const float heart[3] = {0, 0.36f, -1};
    bool is_heart = !(slot->music->parts & PART_STRINGS);
    const float *beats = is_heart ? heart : epic[slot->number % 2];

    for (int i = 0; i < 3 && beats[i] >= 0 && (i == 0 || !slot->is_last); i++) {
        float level = (i == 0 ? 0.8f : 0.5f) * (is_heart ? 0.5f : 1);
        struct tone tone = tone_of(slot, beats[i], 0, 0, level);

        tone.place = 0.15f * (float)(i - 1);
        tone_big_drum(slot->bed, &slot->dice, &tone);
    }
}

static void play(struct slot *slot)
{
    static const struct {
        enum music_part part;
        void (*play)(struct slot *slot);
    } players[] = {
        {PART_PAD, play_pad},     {PART_STRINGS, play_strings},   {PART_OSTINATO, play_ostinato},
        {PART_PIANO, play_piano}, {PART_MELODY, play_melody},     {PART_GUITAR, play_guitar},
        {PART_BELLS, play_bells}, {PART_ARPEGGIO, play_arpeggio}, {PART_COMPING, play_comping},
        {PART_BASS, play_bass},   {PART_KICK, play_kick},         {PART_HATS, play_hats},
        {PART_DRUMS, play_drums}};

    for (size_t i = 0; i < sizeof(players) / sizeof(players[0]); i++)
        if (slot->music->parts & players[i].part)
            players[i].play(slot);
}

/* Which chord of the round a slot has: a clip that is long enough ends at home. */
static int chord_of(int number, int first, int last)
{
    if (number == last && last > first)
        return 0;
    return last == first + 1 && first == 0 ? 2 : number;
}

static void fade(struct bed *bed, float first_s)
{
    for (int i = 0; i < bed->count; i++) {
        float in = first_s > 0 ? sound_ease((float)i / SOUND_RATE / FADE_IN_S) : 1;
        float gain = in * sound_ease((float)(bed->count - i) / SOUND_RATE / FADE_OUT_S);

        bed->dry[SOUND_LEFT][i] *= gain;
        bed->dry[SOUND_RIGHT][i] *= gain;
    }
}

void sound_music(struct bed *bed, const struct scene *scene, const struct music *music,
                 float first_s)
{
    static const struct hall hall = {2.3f, 2.1f, 4200, 0.15f};
    float chord_s = music->beat_s * (float)music->chord_beats;
    float end_s = first_s + (float)bed->count / SOUND_RATE;
    int first = (int)(first_s / chord_s + 0.02f), last = (int)((end_s - RING_S) / chord_s);

    last = last < first ? first : last;
    for (int number = first > 0 ? first - 1 : 0; number <= last; number++) {
        struct slot slot = {.bed = bed,
                            .music = music,
                            .number = number,
                            .start_s = (float)number * chord_s - first_s,
                            .beat_s = music->beat_s,
                            .seconds = chord_s,
                            .is_last = number == last};
        int notes[MUSIC_TONES];

        dice_init(&slot.dice, scene->seed, 1000 + (uint64_t)number);
        music_voices(music, chord_of(number + 1, first, last), notes, &slot.next_bass);
        music_voices(music, chord_of(number, first, last), slot.notes, &slot.bass);
        if (slot.is_last)
            slot.seconds = end_s - first_s - slot.start_s;
        play(&slot);
    }
    sound_hall(bed, &hall);
    fade(bed, first_s);
}
