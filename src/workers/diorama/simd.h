/* SPDX-License-Identifier: Apache-2.0 */
/*
 * simd: the vector language of the drawing kernels, on GCC's vector extensions.
 *
 * A kernel is written once for VW lanes and compiled once for each width (4, 8, 16). Every
 * operation here is exactly rounded or made of such operations, and kernels are built without
 * contraction to fused multiply-add: so all widths give the same bits, as long as no lane depends
 * on what its neighbors hold: `if (any(mask))` may only skip what changes no lane outside the mask.
 *
 * Included by kernel sources and by plain code, which gets the least width.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_SIMD_H

#include <stdint.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#ifndef VW
#define VW 4
#endif

typedef float vf __attribute__((vector_size(VW * 4)));
typedef int32_t vi __attribute__((vector_size(VW * 4)));
typedef uint32_t vu __attribute__((vector_size(VW * 4)));

struct v3 {
    vf x, y, z;
};

#define SIMD static inline __attribute__((always_inline, unused))

/* Names of a kernel's public symbols differ by width: KERNEL(march) is march_w16. */
#define KERNEL_PASTE(name, width) name##_w##width
#define KERNEL_NAME(name, width) KERNEL_PASTE(name, width)
#define KERNEL(name) KERNEL_NAME(name, VW)

SIMD vf splat(float x)
{
    return x - (vf){0};
}

SIMD vi splat_int(int x)
{
    return x - (vi){0};
}

SIMD vf load(const float *from)
{
    vf r;

    memcpy(&r, from, sizeof(r));
    return r;
}

SIMD void store(float *to, vf x)
{
    memcpy(to, &x, sizeof(x));
}

/* 0, 1, 2, ... */
SIMD vf lane_index(void)
{
    static const float index[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

    return load(index);
}

SIMD vf choose(vi mask, vf yes, vf no)
{
    return (vf)((mask & (vi)yes) | (~mask & (vi)no));
}

SIMD vf to_float(vi x)
{
    return __builtin_convertvector(x, vf);
}

SIMD vi to_int(vf x)
{
    return __builtin_convertvector(x, vi);
}

#if VW == 16 && defined(__AVX512F__)
SIMD vf floor_v(vf x)
{
    return (vf)_mm512_roundscale_ps((__m512)x, 0x09);
}
SIMD vf sqrt_v(vf x)
{
    return (vf)_mm512_sqrt_ps((__m512)x);
}
SIMD vf max_v(vf a, vf b)
{
    return (vf)_mm512_max_ps((__m512)a, (__m512)b);
}
SIMD vf min_v(vf a, vf b)
{
    return (vf)_mm512_min_ps((__m512)a, (__m512)b);
}
SIMD unsigned bits(vi mask)
{
    return _mm512_movepi32_mask((__m512i)mask);
}
SIMD vf gather(const float *base, vi index)
{
    return (vf)_mm512_i32gather_ps((__m512i)index, base, 4);
}
SIMD vi gather_int(const uint32_t *base, vi index)
{
    return (vi)_mm512_i32gather_epi32((__m512i)index, base, 4);
}
#elif VW == 8 && defined(__AVX2__)
SIMD vf floor_v(vf x)
{
    return (vf)_mm256_round_ps((__m256)x, 0x09);
}
SIMD vf sqrt_v(vf x)
{
    return (vf)_mm256_sqrt_ps((__m256)x);
}
SIMD vf max_v(vf a, vf b)
{
    return (vf)_mm256_max_ps((__m256)a, (__m256)b);
}
SIMD vf min_v(vf a, vf b)
{
    return (vf)_mm256_min_ps((__m256)a, (__m256)b);
}
SIMD unsigned bits(vi mask)
{
    return (unsigned)_mm256_movemask_ps((__m256)mask);
}
SIMD vf gather(const float *base, vi index)
{
    return (vf)_mm256_i32gather_ps(base, (__m256i)index, 4);
}
SIMD vi gather_int(const uint32_t *base, vi index)
{
    return (vi)_mm256_i32gather_epi32((const int *)base, (__m256i)index, 4);
}
#else
#if VW == 4 && defined(__SSE4_1__)
SIMD vf floor_v(vf x)
{
    return (vf)_mm_round_ps((__m128)x, 0x09);
}
SIMD vf sqrt_v(vf x)
{
    return (vf)_mm_sqrt_ps((__m128)x);
}
SIMD vf max_v(vf a, vf b)
{
    return (vf)_mm_max_ps((__m128)a, (__m128)b);
}
SIMD vf min_v(vf a, vf b)
{
    return (vf)_mm_min_ps((__m128)a, (__m128)b);
}
SIMD unsigned bits(vi mask)
{
    return (unsigned)_mm_movemask_ps((__m128)mask);
}
#else
SIMD vf floor_v(vf x)
{
    vf whole = to_float(to_int(x));

    return whole - (vf)((vi)splat(1.0f) & (vi)(whole > x));
}
SIMD vf sqrt_v(vf x)
{
    vf r = x;

    for (int k = 0; k < VW; k++)
        r[k] = __builtin_sqrtf(x[k]);
    return r;
}
SIMD vf max_v(vf a, vf b)
{
    return choose(a > b, a, b);
}
SIMD vf min_v(vf a, vf b)
{
    return choose(a < b, a, b);
}
SIMD unsigned bits(vi mask)
{
    unsigned all = 0;

    for (int k = 0; k < VW; k++)
        all |= (unsigned)(mask[k] < 0) << k;
    return all;
}
#endif
SIMD vf gather(const float *base, vi index)
{
    vf r = {0};

    for (int k = 0; k < VW; k++)
        r[k] = base[index[k]];
    return r;
}
SIMD vi gather_int(const uint32_t *base, vi index)
{
    vi r = {0};

    for (int k = 0; k < VW; k++)
        r[k] = (int32_t)base[index[k]];
    return r;
}
#endif

SIMD int any(vi mask)
{
    return bits(mask) != 0;
}

SIMD vf clamp_v(vf x, float low, float high)
{
    return min_v(max_v(x, splat(low)), splat(high));
}

SIMD vf saturate(vf x)
{
    return clamp_v(x, 0.0f, 1.0f);
}

SIMD vf lerp_v(vf a, vf b, vf t)
{
    return a + (b - a) * t;
}

/* Hermite step from 0 at `low` to 1 at `high`. */
SIMD vf smooth_v(float low, float high, vf x)
{
    x = saturate((x - low) * (1.0f / (high - low)));
    return x * x * (3.0f - 2.0f * x);
}

SIMD vf abs_v(vf x)
{
    return (vf)((vi)x & 0x7fffffff);
}

/* 2^x, relative error below 2e-6. */
SIMD vf exp2_v(vf x)
{
    vf whole, f, p;

    x = clamp_v(x, -126.0f, 126.0f);
    whole = floor_v(x);
    f = x - whole;
    p = 0.00898934f + f * 0.00187682f;
    p = 0.05582631f + f * p;
    p = 0.24015361f + f * p;
    p = 0.69315308f + f * p;
    p = 1.0f + f * p;
    return (vf)((vi)p + (to_int(whole) << 23));
}

SIMD vf exp_v(vf x)
{
    return exp2_v(x * 1.44269504f);
}

/* Base 2 logarithm of a positive number, absolute error below 1e-4. */
SIMD vf log2_v(vf x)
{
    vi bits = (vi)x;
    vi exponent = ((bits >> 23) & 255) - 127;
    vf m = (vf)((bits & 0x7fffff) | 0x3f800000);
    vf p = -0.4048671f + m * 0.0434286f;

    p = 1.5939014f + m * p;
    p = -3.4924651f + m * p;
    p = 5.0468793f + m * p;
    p = -2.7868129f + m * p;
    return to_float(exponent) + p;
}

SIMD vf pow_v(vf x, float exponent)
{
    return exp2_v(exponent * log2_v(max_v(x, splat(1e-20f))));
}

/* Parabola fit, absolute error below 1e-3. */
SIMD vf sin_v(vf x)
{
    vf y;

    x = x - floor_v(x * 0.15915494f + 0.5f) * 6.2831853f;
    y = 1.27323954f * x - 0.405284735f * x * abs_v(x);
    return 0.225f * (y * abs_v(y) - y) + y;
}

SIMD vf cos_v(vf x)
{
    return sin_v(x + 1.5707963f);
}

SIMD struct v3 vec3(vf x, vf y, vf z)
{
    return (struct v3){x, y, z};
}

SIMD struct v3 splat3(const float *c)
{
    return vec3(splat(c[0]), splat(c[1]), splat(c[2]));
}

SIMD struct v3 color(float r, float g, float b)
{
    return vec3(splat(r), splat(g), splat(b));
}

SIMD struct v3 add3(struct v3 a, struct v3 b)
{
    return vec3(a.x + b.x, a.y + b.y, a.z + b.z);
}

SIMD struct v3 mul3(struct v3 a, struct v3 b)
{
    return vec3(a.x * b.x, a.y * b.y, a.z * b.z);
}

SIMD struct v3 scale3(struct v3 a, vf s)
{
    return vec3(a.x * s, a.y * s, a.z * s);
}

/* a + b * s */
SIMD struct v3 mad3(struct v3 a, struct v3 b, vf s)
{
    return vec3(a.x + b.x * s, a.y + b.y * s, a.z + b.z * s);
}

SIMD vf dot3(struct v3 a, struct v3 b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

SIMD struct v3 unit3(struct v3 a)
{
    return scale3(a, 1.0f / sqrt_v(dot3(a, a)));
}

SIMD struct v3 lerp3(struct v3 a, struct v3 b, vf t)
{
    return vec3(lerp_v(a.x, b.x, t), lerp_v(a.y, b.y, t), lerp_v(a.z, b.z, t));
}

SIMD struct v3 choose3(vi mask, struct v3 yes, struct v3 no)
{
    return vec3(choose(mask, yes.x, no.x), choose(mask, yes.y, no.y), choose(mask, yes.z, no.z));
}

/* Uniform in [0, 1), from integer coordinates. */
SIMD vf hash_v(vi x, vi y)
{
    vu n = ((vu)x * 1597334673u) ^ ((vu)y * 3812015801u);

    n = n * (n ^ (n >> 15));
    n = (n ^ (n >> 13)) * 2654435769u;
    return to_float((vi)(n >> 8)) * (1.0f / 16777216.0f);
}

/* The difference of two independent ones: triangular in (-1, 1). Of the halves of one hash. */
SIMD vf hash_triangular(vi x, vi y)
{
    vu n = ((vu)x * 1597334673u) ^ ((vu)y * 3812015801u);

    n = n * (n ^ (n >> 15));
    n = (n ^ (n >> 13)) * 2654435769u;
    n = n ^ (n >> 15);
    return (to_float((vi)(n >> 16)) - to_float((vi)(n & 0xffff))) * (1.0f / 65536.0f);
}

/* One byte of each lane of packed texels, as 0 to 255. */
SIMD vf byte_of(vi texels, int index)
{
    return to_float((texels >> (8 * index)) & 255);
}

#endif
