/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loudness: measures sound as ITU-R BS.1770 does and holds its peaks down.
 *
 * Samples are stereo at 48 kHz, left and right apart.
 *
 * Thread: any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_SOUND_LOUDNESS_H
#define VITASCOPE_WORKERS_DIORAMA_SOUND_LOUDNESS_H

/* Integrated loudness in LUFS, gated; -70 for silence or less than 400 ms. */
float loudness_measure(const float *left, const float *right, int count);

/* Largest absolute value, also between samples (interpolated four times). */
float loudness_true_peak(const float *samples, int count);

/* Turns both channels down around every peak over `ceiling`, smoothly, looking 5 ms ahead. */
void loudness_limit(float *left, float *right, int count, float ceiling);

#endif
