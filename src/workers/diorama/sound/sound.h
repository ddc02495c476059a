/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sound: synthesises what a scene sounds like: its air and weather (wind with gusts, rain, distant
 * thunder); its place (surf, open sea, the deep, a wood and who lives in it by hour and season,
 * traffic, voices, a village's bell, a room's clock and window, an airy chord above clouds); what
 * burns in it; and its subjects: feet and hooves in step with the pictures, engines, boats, trains,
 * what flies by, animals that call.
 *
 * Music (music.h) is under or over it. Spoken lines are in front; all else is softer beside them
 * and makes way while they are said. Subjects are heard from where the pictures show them.
 *
 * Everything is filtered noise and a few tones, steered by random curves of several time scales,
 * so nothing repeats. Same scene and length give the same samples on the same machine.
 *
 * Master: -16 LUFS integrated, within 1, true peaks under -1 dB, a fade of 50 ms at the start and
 * of 150 ms at the end.
 *
 * Thread: any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_SOUND_SOUND_H
#define VITASCOPE_WORKERS_DIORAMA_SOUND_SOUND_H

#include "workers/diorama/camera.h"
#include "workers/diorama/scene.h"
#include "workers/diorama/sound/talk.h"

enum { SOUND_RATE = 48000, SOUND_SECONDS_MAX = 120 };

/* The `number`th of a subject at a time of the scene. False: it has no place of its own. */
typedef bool (*sound_where)(void *context, int subject, int number, float at_s,
                            struct whereabouts *where);

struct sound_order {
    const struct scene *scene;
    float first_s;           /* of the scene's time: what the first sample goes with */
    int count;               /* stereo samples; at most SOUND_SECONDS_MAX */
    const struct talk *talk; /* what is said; NULL: nothing */
    sound_where where;       /* NULL: subjects are heard from the middle */
    void *where_context;
};

/* Fills the samples, left and right interleaved. */
void sound_make(const struct sound_order *order, float *samples);

#endif
