/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/sea/fft.h"

#include <math.h>
#include <string.h>

#include "workers/diorama/sea/ocean.h"

enum { CHUNK = 32 }; /* columns at once: what they touch stays in the nearest cache */

int fft_row(int n)
{
    int row = 0;

    for (int bit = 0; bit < OCEAN_LOG2; bit++)
        row |= (n >> bit & 1) << (OCEAN_LOG2 - 1 - bit);
    return row;
}

/* One round: pairs of rows `half` apart, for all columns of the chunk. */
static void round_of(float *re, float *im, int half, float turn[2][OCEAN_SIDE / 2])
{
    for (int start = 0; start < OCEAN_SIDE; start += 2 * half)
        for (int j = 0; j < half; j++) {
            float c = turn[0][j * (OCEAN_SIDE / 2 / half)];
            float s = turn[1][j * (OCEAN_SIDE / 2 / half)];
            float *ar = re + (start + j) * OCEAN_SIDE, *br = ar + half * OCEAN_SIDE;
            float *ai = im + (start + j) * OCEAN_SIDE, *bi = ai + half * OCEAN_SIDE;

            for (int k = 0; k < CHUNK; k++) {
                float tr = br[k] * c - bi[k] * s, ti = br[k] * s + bi[k] * c;

                br[k] = ar[k] - tr;
                bi[k] = ai[k] - ti;
                ar[k] += tr;
                ai[k] += ti;
            }
        }
}

static void sum_columns(float *square, int first, int end, float turn[2][OCEAN_SIDE / 2])
{
    for (int column = first; column < end; column += CHUNK)
        for (int half = 1; half < OCEAN_SIDE; half *= 2)
            round_of(square + column, square + OCEAN_CELLS + column, half, turn);
}

/* Rows become columns, each put where the next sum wants it. */
static void turn_over(const float *from, float *to)
{
    for (int m = 0; m < OCEAN_SIDE; m++) {
        float *row = to + fft_row(m) * OCEAN_SIDE;

        for (int x = 0; x < OCEAN_SIDE; x++)
            row[x] = from[x * OCEAN_SIDE + m];
    }
}

void fft_square(float *square, float *scratch, int used)
{
    float turn[2][OCEAN_SIDE / 2];
    int edge = (used + CHUNK - 1) / CHUNK * CHUNK;

    for (int i = 0; i < OCEAN_SIDE / 2; i++) {
        turn[0][i] = cosf(6.2831853f * (float)i / OCEAN_SIDE);
        turn[1][i] = sinf(6.2831853f * (float)i / OCEAN_SIDE);
    }
    sum_columns(square, 0, edge, turn);
    sum_columns(square, OCEAN_SIDE - edge, OCEAN_SIDE, turn);
    turn_over(square, scratch);
    turn_over(square + OCEAN_CELLS, scratch + OCEAN_CELLS);
    sum_columns(scratch, 0, OCEAN_SIDE, turn);
    memcpy(square, scratch, (size_t)OCEAN_CELLS * 2 * sizeof(float));
}
