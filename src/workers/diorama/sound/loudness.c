/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/sound/loudness.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

enum {
    BLOCK = 19200, /* 400 ms */
    HOP = 4800,    /* a quarter of it */
    AHEAD = 240,   /* 5 ms */
    RELEASE = 9600 /* 200 ms */
};

#define SILENCE_LUFS (-70.0f)
#define GATE_LU 10.0f

struct biquad {
    double b0, b1, b2, a1, a2;
};

/* The standard's two filters at 48 kHz: the head's shelf, then a high pass. */
static const struct biquad shelf = {1.53512485958697, -2.69169618940638, 1.19839281085285,
                                    -1.69065929318241, 0.73248077421585};
static const struct biquad high_pass = {1, -2, 1, -1.99004745483398, 0.99007225036621};

static void *allocate(size_t count, size_t item_bytes)
{
    void *memory = calloc(count, item_bytes);

    if (!memory)
        die("out of memory for sound");
    return memory;
}

static void filter(const struct biquad *f, double *samples, int count)
{
    double x1 = 0, x2 = 0, y1 = 0, y2 = 0;

    for (int i = 0; i < count; i++) {
        double x = samples[i];
        double y = f->b0 * x + f->b1 * x1 + f->b2 * x2 - f->a1 * y1 - f->a2 * y2;

        x2 = x1;
        x1 = x;
        y2 = y1;
        y1 = y;
        samples[i] = y;
    }
}

/* Adds a channel's mean squares to the blocks. */
static void add_powers(const float *channel, int count, double *powers, int blocks)
{
    double *weighted = allocate((size_t)count, sizeof(*weighted));

    for (int i = 0; i < count; i++)
        weighted[i] = channel[i];
    filter(&shelf, weighted, count);
    filter(&high_pass, weighted, count);
    for (int block = 0; block < blocks; block++)
        for (int i = 0; i < BLOCK; i++) {
            double value = weighted[block * HOP + i];

            powers[block] += value * value / BLOCK;
        }
    free(weighted);
}

static double to_lufs(double power)
{
    return power > 0 ? -0.691 + 10 * log10(power) : SILENCE_LUFS;
}

/* Mean power of the blocks over a gate. */
static double gated_mean(const double *powers, int blocks, double gate_lufs)
{
    double sum = 0;
    int count = 0;

    for (int i = 0; i < blocks; i++)
        if (to_lufs(powers[i]) > gate_lufs) {
            sum += powers[i];
            count++;
        }
    return count ? sum / count : 0;
}

float loudness_measure(const float *left, const float *right, int count)
{
    int blocks = count >= BLOCK ? (count - BLOCK) / HOP + 1 : 0;
    double *powers, mean;

    if (blocks == 0)
        return SILENCE_LUFS;
    powers = allocate((size_t)blocks, sizeof(*powers));
    add_powers(left, count, powers, blocks);
    add_powers(right, count, powers, blocks);
    mean = gated_mean(powers, blocks, SILENCE_LUFS);
    mean = gated_mean(powers, blocks, fmax(to_lufs(mean) - GATE_LU, SILENCE_LUFS));
    free(powers);
    return (float)fmax(to_lufs(mean), SILENCE_LUFS);
}

/* The highest of a sample and three points between it and the next: windowed sinc, 8 taps. */
static float peak_after(const float *samples, int count, int at)
{
    static const float taps[3][8] = {
        {-0.0073f, 0.0355f, -0.1186f, 0.8924f, 0.2602f, -0.0776f, 0.0257f, -0.0053f},
        {-0.0096f, 0.0516f, -0.1709f, 0.6278f, 0.6278f, -0.1709f, 0.0516f, -0.0096f},
        {-0.0053f, 0.0257f, -0.0776f, 0.2602f, 0.8924f, -0.1186f, 0.0355f, -0.0073f},
    };
    float peak = fabsf(samples[at]);

    if (at < 3 || at + 5 > count)
        return peak;
    for (int phase = 0; phase < 3; phase++) {
        float sum = 0;

        for (int tap = 0; tap < 8; tap++)
            sum += taps[phase][tap] * samples[at - 3 + tap];
        peak = fabsf(sum) > peak ? fabsf(sum) : peak;
    }
    return peak;
}

float loudness_true_peak(const float *samples, int count)
{
    float peak = 0;

    for (int i = 0; i < count; i++) {
        float here = peak_after(samples, count, i);

        peak = here > peak ? here : peak;
    }
    return peak;
}

void loudness_limit(float *left, float *right, int count, float ceiling)
{
    float *gains = allocate((size_t)count, sizeof(*gains));

    for (int i = 0; i < count; i++) {
        float a = peak_after(left, count, i), b = peak_after(right, count, i);
        float peak = a > b ? a : b;

        gains[i] = peak > ceiling ? ceiling / peak : 1;
    }
    /* Down before a peak over AHEAD samples, up after it over RELEASE. */
    for (int i = 1; i < count; i++)
        if (gains[i] > gains[i - 1] + 1.0f / RELEASE)
            gains[i] = gains[i - 1] + 1.0f / RELEASE;
    for (int i = count - 2; i >= 0; i--)
        if (gains[i] > gains[i + 1] + 1.0f / AHEAD)
            gains[i] = gains[i + 1] + 1.0f / AHEAD;
    for (int i = 0; i < count; i++) {
        left[i] *= gains[i];
        right[i] *= gains[i];
    }
    free(gains);
}
