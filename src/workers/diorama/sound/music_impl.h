/* SPDX-License-Identifier: Apache-2.0 */
/*
 * music_impl: instruments, each of which adds one tone to a bed. For music_*.c only.
 *
 * Thread: any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_SOUND_MUSIC_IMPL_H
#define VITASCOPE_WORKERS_DIORAMA_SOUND_MUSIC_IMPL_H

#include <math.h>

#include "workers/diorama/sound/music.h"
#include "workers/diorama/sound/sound_impl.h"

struct tone {
    float start_s; /* of the bed; before 0 for one that sounds already */
    float seconds; /* that it is held */
    int note;      /* MIDI */
    float level;   /* 0 to 1, also how hard it is played */
    float place;   /* -1 left to 1 right */
};

/* 440 Hz is note 69. */
static inline float tone_hz(const struct tone *tone)
{
    return 440 * exp2f((float)(tone->note - 69) / 12);
}

void tone_piano(struct bed *bed, struct dice *dice, const struct tone *tone);
void tone_electric_piano(struct bed *bed, const struct tone *tone);
void tone_bell(struct bed *bed, const struct tone *tone);
void tone_guitar(struct bed *bed, struct dice *dice, const struct tone *tone);
void tone_bass(struct bed *bed, const struct tone *tone);

/* Four players a tone; `is_short`: bows that bounce. */
void tone_strings(struct bed *bed, struct dice *dice, const struct tone *tone, bool is_short);
void tone_pad(struct bed *bed, struct dice *dice, const struct tone *tone);
void tone_synth(struct bed *bed, const struct tone *tone);

/* Drums have no note. */
void tone_kick(struct bed *bed, const struct tone *tone);
void tone_hat(struct bed *bed, struct dice *dice, const struct tone *tone);
void tone_big_drum(struct bed *bed, struct dice *dice, const struct tone *tone);

#endif
