/* SPDX-License-Identifier: Apache-2.0 */
/*
 * salience: which parts of a picture stand out from what surrounds it, for i2v only.
 *
 * A cell stands out when every way from it to the border crosses a change of color (the minimum
 * barrier distance: Zhang et al., "Minimum Barrier Salient Object Detection at 80 FPS", 2015), and
 * when its color is rare at the border; a little more near the middle of the picture.
 *
 * Thread: any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_I2V_SALIENCE_H
#define VITASCOPE_WORKERS_DIORAMA_I2V_SALIENCE_H

/* `colors` are columns x rows cells, each of three values of about the same weight (Lab over 100).
 * Fills `out` with 0 to 1, 1 for the most salient. */
void salience_find(const float (*colors)[3], int columns, int rows, float *out);

/* The value that parts these numbers of 0 to 1 best into two groups (Otsu's method), and how much
 * of their variance that explains: 0 for none, 1 for all. */
float salience_threshold(const float *values, int count, float *explained);

#endif
