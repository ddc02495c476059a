/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fft: the Fourier sum of a square of waves.
 *
 * A square has OCEAN_SIDE rows of OCEAN_SIDE complex numbers: first all real parts, then all
 * imaginary ones. Place (n, m) goes in holds the wave of n periods along x and m along z, in row
 * fft_row(n), column m (numbers below zero count from the end); what comes out is rows along z of
 * the sum at each x.
 *
 * Thread: any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_SEA_FFT_H
#define VITASCOPE_WORKERS_DIORAMA_SEA_FFT_H

/* Row in which the waves of n periods along x are to be put. */
int fft_row(int n);

/* `scratch` is as large as `square`. Waves of |m| >= `used` must be zero: they are skipped. */
void fft_square(float *square, float *scratch, int used);

#endif
