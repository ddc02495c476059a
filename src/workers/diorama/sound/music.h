/* SPDX-License-Identifier: Apache-2.0 */
/*
 * music: what is played under a clip, composed from the scene's mood and seed.
 *
 * Harmony first: a key, a round of chords that suits the mood, voices that move as little as they
 * can from chord to chord. Parts (pad, strings, piano, guitar, bells, synthesizer, bass, drums)
 * then play patterns on it. Everything is counted from the scene's start, so that an extension
 * goes on where its source was; a clip ends on a chord that rings out.
 *
 * Where the words ask for music it is in front. A mood alone brings a soft bed; a calm one brings
 * none, since calm places are full of sounds of their own.
 *
 * Thread: any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_SOUND_MUSIC_H
#define VITASCOPE_WORKERS_DIORAMA_SOUND_MUSIC_H

#include <stdbool.h>

#include "workers/diorama/scene.h"

enum { MUSIC_TONES = 4, MUSIC_OCTAVE = 12 };

enum music_part {
    PART_PAD = 1 << 0,
    PART_STRINGS = 1 << 1,
    PART_OSTINATO = 1 << 2, /* short strings that repeat */
    PART_PIANO = 1 << 3,
    PART_MELODY = 1 << 4, /* of the piano, or else of the strings */
    PART_GUITAR = 1 << 5,
    PART_BELLS = 1 << 6,
    PART_ARPEGGIO = 1 << 7, /* of a synthesizer */
    PART_COMPING = 1 << 8,  /* chords of an electric piano */
    PART_BASS = 1 << 9,
    PART_KICK = 1 << 10,
    PART_HATS = 1 << 11,
    PART_DRUMS = 1 << 12 /* big ones */
};

struct music_chord {
    signed char root;               /* semitones over the key's */
    signed char tones[MUSIC_TONES]; /* over the root; -1: one less */
};

struct music {
    unsigned parts; /* of enum music_part; 0: no music */
    bool is_asked_for;
    int key; /* MIDI note of the key's root, 48 to 59 */
    bool is_minor;
    float beat_s;
    int chord_beats;
    const struct music_chord *chords; /* a round of four */
};

/* What a scene's music is. */
void music_plan(const struct scene *scene, struct music *music);

/* MIDI notes of a chord's voices, lowest first, and its bass; `number` counts from the start. */
void music_voices(const struct music *music, int number, int notes[MUSIC_TONES], int *bass);

/* Whether a MIDI note belongs to the key. */
bool music_is_in_key(const struct music *music, int note);

#endif
