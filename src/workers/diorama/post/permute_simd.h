/* SPDX-License-Identifier: Apache-2.0 */
/*
 * permute_simd: picks values that lie close together: cheaper than a gather, and the same.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_POST_PERMUTE_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_POST_PERMUTE_SIMD_H

#include "workers/diorama/simd.h"

/* Lane i gets lane index[i] of x; 0 <= index < VW. */
SIMD vf permute(vf x, vi index)
{
#if VW == 16 && defined(__AVX512F__)
    return (vf)_mm512_permutexvar_ps((__m512i)index, (__m512)x);
#elif VW == 8 && defined(__AVX2__)
    return (vf)_mm256_permutevar8x32_ps((__m256)x, (__m256i)index);
#elif VW == 4 && defined(__SSE4_1__)
    vi bytes = index * 0x04040404 + 0x03020100;

    return (vf)_mm_shuffle_epi8((__m128i)x, (__m128i)bytes);
#else
    vf r = {0};

    for (int k = 0; k < VW; k++)
        r[k] = x[index[k] & (VW - 1)];
    return r;
#endif
}

/* The same of two vectors, one after the other; 0 <= index < 2 VW. */
SIMD vf permute_pair(vf low, vf high, vi index)
{
#if VW == 16 && defined(__AVX512F__)
    return (vf)_mm512_permutex2var_ps((__m512)low, (__m512i)index, (__m512)high);
#else
    return choose(index < VW, permute(low, index & (VW - 1)), permute(high, index & (VW - 1)));
#endif
}

/* base[index] where all indices are below `VW`, which is told by `is_near`. */
SIMD vf pick(const float *base, vi index, bool is_near)
{
    return is_near ? permute(load(base), index) : gather(base, index);
}

#endif
