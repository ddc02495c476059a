/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/noise.h"

#include <math.h>

uint64_t dice_next(struct dice *dice)
{
    uint64_t z = dice->state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

float dice_between(struct dice *dice, float low, float high)
{
    return low + (high - low) * (float)(dice_next(dice) >> 40) * (1.0f / 16777216.0f);
}

static uint32_t hash_bits(int x, int y, uint32_t salt)
{
    uint32_t n = ((uint32_t)x * 1597334673u) ^ ((uint32_t)y * 3812015801u) ^ (salt * 2798796415u);

    n = n * (n ^ (n >> 15));
    n = (n ^ (n >> 13)) * 2654435769u;
    return n ^ (n >> 16);
}

float noise_hash(int x, int y, uint32_t salt)
{
    return (float)(hash_bits(x, y, salt) >> 8) * (1.0f / 16777216.0f);
}

/* Dot product of the offset with one of eight gradients of the lattice point. */
static float corner(uint32_t bits, float u, float v)
{
    static const float slope[8][2] = {{1, 0},
                                      {-1, 0},
                                      {0, 1},
                                      {0, -1},
                                      {.7071f, .7071f},
                                      {-.7071f, .7071f},
                                      {.7071f, -.7071f},
                                      {-.7071f, -.7071f}};

    return slope[bits & 7][0] * u + slope[bits & 7][1] * v;
}

static int wrap(int x, int period)
{
    int r = x % period;

    return r < 0 ? r + period : r;
}

float noise_tiled(float x, float y, int period, uint32_t salt)
{
    float fx = floorf(x), fy = floorf(y), u = x - fx, v = y - fy;
    int x0 = wrap((int)fx, period), y0 = wrap((int)fy, period);
    int x1 = wrap(x0 + 1, period), y1 = wrap(y0 + 1, period);
    float a = corner(hash_bits(x0, y0, salt), u, v);
    float b = corner(hash_bits(x1, y0, salt), u - 1, v);
    float c = corner(hash_bits(x0, y1, salt), u, v - 1);
    float d = corner(hash_bits(x1, y1, salt), u - 1, v - 1);
    float wu = u * u * u * (u * (6 * u - 15) + 10), wv = v * v * v * (v * (6 * v - 15) + 10);

    return 1.55f * lerp_f(lerp_f(a, b, wu), lerp_f(c, d, wu), wv);
}

float noise_fbm(const struct noise_fbm *fbm, float x, float y)
{
    float sum = 0, weight = 0, amplitude = 1;
    int period = fbm->period;

    for (int i = 0; i < fbm->octaves; i++) {
        sum += amplitude * noise_tiled(x * (float)period, y * (float)period, period,
                                       fbm->salt + (uint32_t)i * 101u);
        weight += amplitude;
        amplitude *= fbm->gain;
        period *= 2;
    }
    return sum / weight;
}

float noise_ridged(const struct noise_fbm *fbm, float x, float y)
{
    float sum = 0, weight = 0, amplitude = 1;
    int period = fbm->period;

    for (int i = 0; i < fbm->octaves; i++) {
        float n = noise_tiled(x * (float)period, y * (float)period, period,
                              fbm->salt + (uint32_t)i * 101u);

        sum += amplitude * (1.0f - fabsf(n));
        weight += amplitude;
        amplitude *= fbm->gain;
        period *= 2;
    }
    return sum / weight;
}
