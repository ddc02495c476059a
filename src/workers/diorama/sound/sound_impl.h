/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sound_impl: the layers of a scene's sound and what they are made of. For the sound_*.c only.
 *
 * A layer adds itself to a bed. Levels: a layer at gain 1 is about as loud as any other.
 *
 * Thread: any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_SOUND_SOUND_IMPL_H
#define VITASCOPE_WORKERS_DIORAMA_SOUND_SOUND_IMPL_H

#include <stdbool.h>
#include <stdint.h>

#include "workers/diorama/sound/music.h"
#include "workers/diorama/sound/sound.h"

enum { SOUND_LEFT, SOUND_RIGHT, SOUND_CHANNELS };

/* Two channels, and a third pair that goes through the echo of the open land. */
struct bed {
    int count;
    float *dry[SOUND_CHANNELS];
    float *wet[SOUND_CHANNELS];
};

/* Silence; the caller calls bed_fini(). */
void bed_init(struct bed *bed, int count);
void bed_fini(struct bed *bed);

/* A stream of random numbers of its own. */
struct dice {
    uint64_t state;
};

void dice_init(struct dice *dice, uint64_t seed, uint64_t stream);
float dice_signed(struct dice *dice);                         /* -1 to 1 */
float dice_range(struct dice *dice, float least, float most); /* uniform */

/* A smooth random curve from 0 to 1: points `seconds` apart on average, softly joined. */
struct drift {
    struct dice dice;
    float seconds, from, to, position, step;
};

void drift_init(struct drift *drift, struct dice *seed, float seconds);
float drift_next(struct drift *drift); /* once a sample */

/* From 0 to 1 with soft ends; t outside is taken as the nearer end. */
static inline float sound_ease(float t)
{
    t = t < 0 ? 0 : t > 1 ? 1 : t;
    return t * t * (3 - 2 * t);
}

/* A filter with a cutoff that may change at any time. Zero it to start. */
struct filter {
    float low, band;
};

struct tuning {
    float g, k, a1, a2, a3;
};

/* resonance: 0.7 is flat, more rings. */
struct tuning tune(float cutoff_hz, float resonance);
float filter_low(struct filter *filter, const struct tuning *tuning, float x);
float filter_band(struct filter *filter, const struct tuning *tuning, float x);
float filter_high(struct filter *filter, const struct tuning *tuning, float x);

/* Constant-power gains of a place from -1, left, to 1, right. */
void pan_gains(float place, float gains[SOUND_CHANNELS]);

/* The echo of a place: adds the wet channels to the dry ones. */
struct hall {
    float size; /* of its delays: 1 is a hall of 20 m */
    float decay_s, dull_hz, level;
};

void sound_hall(struct bed *bed, const struct hall *hall);

/* All layers of a scene but music and speech. The sky has a chord of its own where no music is. */
void sound_ambience(struct bed *bed, const struct sound_order *order, bool has_music);

/* Who is heard: the `number`th of a subject. */
struct heard {
    const struct sound_order *order;
    int subject, number;
    bool is_known; /* the pictures have a place for it */
    float nearest_m, nearest_s;
};

void heard_begin(struct heard *heard, const struct sound_order *order, int subject, int number);

/* Where it is `at_s` after the first sample, -1 to 1 for pan_gains(); `otherwise` when nobody
 * knows. What is at the picture's edge is not as far aside as ears can tell. */
float heard_place(const struct heard *heard, float at_s, float otherwise);

/* How loud it is there beside its nearest in the clip: 1 to 0.3. */
float heard_level(const struct heard *heard, float at_s);

/* When it is nearest, after the first sample, and to which side it goes then: -1 or 1. False when
 * nobody knows. */
bool heard_passing(const struct heard *heard, float *at_s, float *side);

/* Adds what is made in the middle to the bed, as heard from where it is. */
void heard_add(const struct heard *heard, struct bed *bed, const struct bed *own);

/* Spoken lines, with the echo of the scene's place; and all else as softer by `least` meanwhile. */
void sound_talk(struct bed *bed, const struct scene *scene, const struct talk *talk);
void sound_duck(struct bed *bed, const struct talk *talk, float least);

/* Music, with its own echo; ends when the bed does. */
void sound_music(struct bed *bed, const struct scene *scene, const struct music *music,
                 float first_s);

/* strength: 0 a breath to 1 a storm. height: 0 in leaves, 1 on bare rock: more whistle. */
void sound_wind(struct bed *bed, struct dice *dice, float gain, float strength, float height);
void sound_rain(struct bed *bed, struct dice *dice, float gain, float density);
void sound_thunder(struct bed *bed, struct dice *dice, float gain);
void sound_surf(struct bed *bed, struct dice *dice, float gain, float roughness);
void sound_birds(struct bed *bed, struct dice *dice, float gain);
void sound_crickets(struct bed *bed, struct dice *dice, float gain);
void sound_grasshoppers(struct bed *bed, struct dice *dice, float gain);
void sound_chord(struct bed *bed, struct dice *dice, float gain);

/* Grass, or sand that the wind drives over itself: a hiss about `hz` that swells with gusts. */
void sound_rustle(struct bed *bed, struct dice *dice, float gain, float hz);

/* A tone that glides over three pitches, with harmonics and breath. */
struct cry {
    float seconds, hz[3];
    float bright; /* 0 a sine to 1 a buzz */
    float breath; /* noise in it */
    float flutter_hz, flutter;
    float formant_hz; /* 0: none */
    float attack_s;
};

/* When, where and how loud. */
struct spot {
    float at_s, place, level;
    float wet;     /* 0 near to 1 far */
    float dull_hz; /* what distance leaves of it; 0: all */
};

enum animal {
    ANIMAL_NONE,
    ANIMAL_OWL,
    ANIMAL_CUCKOO,
    ANIMAL_GULL,
    ANIMAL_EAGLE,
    ANIMAL_PIGEON,
    ANIMAL_FAR_DOG,
    ANIMAL_DOG,
    ANIMAL_CAT,
    ANIMAL_HEN,
    ANIMAL_HORSE,
    ANIMAL_PARROT,
    ANIMAL_CROW,
    ANIMAL_GOOSE,
    ANIMAL_COW,
    ANIMAL_SHEEP,
    ANIMAL_ELEPHANT,
    ANIMAL_BIG_CAT,
    ANIMAL_WOLF,
    ANIMAL_BEAR,
    ANIMALS
};

void sound_cry(struct bed *bed, struct dice *dice, const struct cry *cry, const struct spot *spot);

/* One that calls now and then. */
void sound_animal(struct bed *bed, struct dice *dice, enum animal animal, float gain);
void sound_woodpecker(struct bed *bed, struct dice *dice, float gain);

/* Water: the sea away from a shore, and its floor. */
void sound_sea(struct bed *bed, struct dice *dice, float gain, float roughness);
void sound_underwater(struct bed *bed, struct dice *dice, float gain);
void sound_lapping(struct bed *bed, struct dice *dice, float gain); /* at a hull or a stone */
void sound_creaks(struct bed *bed, struct dice *dice, float gain);  /* of a ship's timber */

/* Rooms: their air, a clock on the wall, rain at the window. */
void sound_room(struct bed *bed, struct dice *dice, float gain);
void sound_clock(struct bed *bed, struct dice *dice, float gain);
void sound_window_rain(struct bed *bed, struct dice *dice, float gain);
void sound_church_bell(struct bed *bed, struct dice *dice, float gain);

/* A dry snap: a few milliseconds of colored noise. `start`: its sample. */
void sound_snap(struct bed *bed, struct dice *dice, int start, float level, float hz);

/* Bangs and thunder after what the pictures show. */
void sound_fireworks(struct bed *bed, struct dice *dice, const struct scene *scene, float first_s);
void sound_lightning(struct bed *bed, struct dice *dice, const struct scene *scene, float first_s);

/* size: 0 a candle to 1 a blaze. */
void sound_fire(struct bed *bed, struct dice *dice, float gain, float size);

/* What the effects of a scene sound like. */
void sound_effects(struct bed *bed, struct dice *dice, const struct scene *scene, float first_s);

/* Boats, trains, aeroplanes, drones, balloons and kites. */
void sound_machine(struct bed *bed, struct dice *dice, const struct heard *heard);

/* What an animal says now and then, by its kind and form. */
void sound_voice(struct bed *bed, struct dice *dice, const struct subject *subject);

/* distance: 0 around the corner to 1 far below. wet: 0 to 1. */
void sound_traffic(struct bed *bed, struct dice *dice, float gain, float distance);
void sound_passing_cars(struct bed *bed, struct dice *dice, float gain, float wet);
void sound_far_horns(struct bed *bed, struct dice *dice, float gain);
void sound_murmur(struct bed *bed, struct dice *dice, float gain); /* people who talk */
void sound_cups(struct bed *bed, struct dice *dice, float gain);
void sound_hum(struct bed *bed, struct dice *dice, float gain); /* neon signs */

/* Feet come down when the pictures show it, cars run their engines. */
void sound_subjects(struct bed *bed, struct dice *dice, const struct sound_order *order);
void sound_passers_by(struct bed *bed, struct dice *dice, const struct scene *scene, float gain);

#endif
