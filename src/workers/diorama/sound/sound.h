/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sound: synthesises what a scene sounds like: wind with gusts, swells on a shore, rain, distant
 * thunder in a storm, birds in the morning, crickets on a warm night, an airy chord above clouds,
 * traffic, voices and neon signs in a city, and the feet, hooves and engines of its subjects, in
 * step with the pictures.
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

#include "workers/diorama/scene.h"

enum { SOUND_RATE = 48000, SOUND_SECONDS_MAX = 120 };

/* Fills `count` stereo samples, left and right interleaved; at most SOUND_SECONDS_MAX. The pictures
 * that go with the first sample are those of the scene after `first_s` seconds of its clip. */
void sound_make(const struct scene *scene, float first_s, int count, float *samples);

#endif
