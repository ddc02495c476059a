/* SPDX-License-Identifier: Apache-2.0 */
/*
 * noise: scalar hashes and tiling noise for what is baked once per clip.
 *
 * All of it is a pure function of its arguments. "Tiled" noise repeats after `period` lattice
 * cells on both axes, so that worlds and textures have no edge.
 *
 * Thread: any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_NOISE_H
#define VITASCOPE_WORKERS_DIORAMA_NOISE_H

#include <stdint.h>

/* A sequence of random numbers: splitmix64, so that any seed will do. */
struct dice {
    uint64_t state;
};

uint64_t dice_next(struct dice *dice);

/* Uniform in [low, high). */
float dice_between(struct dice *dice, float low, float high);

/* Uniform in [0, 1), from lattice coordinates and a salt. */
float noise_hash(int x, int y, uint32_t salt);

/* Smooth gradient noise in about [-1, 1]; x and y in cells. */
float noise_tiled(float x, float y, int period, uint32_t salt);

struct noise_fbm {
    int period;  /* cells per tile of the first octave */
    int octaves; /* each twice as fine as the one before */
    float gain;  /* amplitude from octave to octave */
    uint32_t salt;
};

/* Sum of octaves scaled to about [-1, 1]; x and y in [0, 1) of the tile. */
float noise_fbm(const struct noise_fbm *fbm, float x, float y);

/* Like noise_fbm() with a crease along the zero lines: 0 in hollows to 1 on ridges. */
float noise_ridged(const struct noise_fbm *fbm, float x, float y);

static inline void set3(float to[3], float x, float y, float z)
{
    to[0] = x;
    to[1] = y;
    to[2] = z;
}

static inline float clamp_f(float x, float low, float high)
{
    return x < low ? low : x > high ? high : x;
}

static inline float lerp_f(float a, float b, float t)
{
    return a + (b - a) * t;
}

static inline float smooth_f(float low, float high, float x)
{
    float t = clamp_f((x - low) / (high - low), 0.0f, 1.0f);

    return t * t * (3.0f - 2.0f * t);
}

/* 0 to 1 as 0 to 255; beyond, the nearest. */
static inline uint32_t byte_of_unit(float x)
{
    return (uint32_t)(clamp_f(x, 0, 1) * 255.0f + 0.5f);
}

#endif
