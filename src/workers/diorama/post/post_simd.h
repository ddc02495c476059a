/* SPDX-License-Identifier: Apache-2.0 */
/*
 * post_simd: what is done to display values at the end: grading, rain and snow before the lens,
 * rounding with a dither.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_POST_POST_SIMD_H
#define VITASCOPE_WORKERS_DIORAMA_POST_POST_SIMD_H

#include "workers/diorama/simd.h"
#include "workers/diorama/world.h"

/* The picture that rain and snow fall through. */
struct falling {
    int height; /* pixels */
    float time_s;
};

SIMD vf luma(struct v3 c)
{
    return 0.2126f * c.x + 0.7152f * c.y + 0.0722f * c.z;
}

/* Contrast, saturation, split tones and fading, on display values. */
SIMD struct v3 graded(const struct grade *grade, struct v3 c)
{
    vf bright = luma(c), keep = splat(grade->monochrome ? 0.0f : grade->saturation);
    struct v3 tint;

    c = vec3(lerp_v(bright, c.x, keep), lerp_v(bright, c.y, keep), lerp_v(bright, c.z, keep));
    tint = lerp3(splat3(grade->shadow_tint), splat3(grade->highlight_tint),
                 smooth_v(0.05f, 0.85f, bright));
    c = mul3(c, tint);
    c = vec3((c.x - 0.42f) * grade->contrast + 0.42f, (c.y - 0.42f) * grade->contrast + 0.42f,
             (c.z - 0.42f) * grade->contrast + 0.42f);
    c = vec3(saturate(c.x), saturate(c.y), saturate(c.z));
    return lerp3(c, color(0.92f, 0.88f, 0.80f), grade->fade * (1.0f - c.y) * 0.5f);
}

/* Rain: short slanted streaks in three depths. Light to add. */
SIMD vf rain(const struct falling *falling, vf x, float y)
{
    float unit = 1.0f / (float)falling->height;
    vf sum = splat(0);

    for (int layer = 0; layer < 3; layer++) {
        float columns = 60.0f + 55.0f * (float)layer, rows = 2.2f + 1.1f * (float)layer;
        vf u = (x * unit + y * unit * 0.10f) * columns, cell = floor_v(u), side = u - cell - 0.5f;
        vi at = to_int(cell) + layer * 1000;
        vf speed = 2.6f + 1.2f * hash_v(at, splat_int(3));
        vf v = splat(y * unit * rows) - falling->time_s * rows * speed +
               40.0f * hash_v(at, splat_int(7));
        vf turn = floor_v(v), part = v - turn;
        vf seen = (vf)((vi)splat(1.0f) & (vi)(hash_v(at, to_int(turn)) > 0.72f));
        vf streak = saturate(1.0f - part * 5.0f) * smooth_v(0.0f, 0.02f, part);

        sum +=
            seen * streak * saturate(1.0f - abs_v(side) * 6.0f) * (0.085f - 0.018f * (float)layer);
    }
    return sum;
}

/* Snow: soft flakes that drift, in four depths. How much of the picture they hide. */
SIMD vf snow(const struct falling *falling, vf x, float y)
{
    float unit = 1.0f / (float)falling->height, t = falling->time_s;
    vf sum = splat(0);

    for (int layer = 0; layer < 4; layer++) {
        float cells = 7.0f + 8.0f * (float)layer, fall = 0.30f + 0.06f * (float)(3 - layer);
        vf u = x * unit * cells - t * 0.25f * cells * 0.3f,
           v = splat((y * unit - t * fall) * cells);
        vf fu = floor_v(u), fv = floor_v(v);
        vi iu = to_int(fu) + layer * 577, iv = to_int(fv);
        vf sway = sin_v(t * 1.3f + 6.28f * hash_v(iu, iv)) * 0.10f;
        vf dx = u - fu - 0.5f - 0.4f * (hash_v(iu + 9, iv) - 0.5f) - sway;
        vf dy = v - fv - 0.5f - 0.5f * (hash_v(iu, iv + 5) - 0.5f);
        vf size = 0.045f + 0.05f * hash_v(iu + 3, iv + 3), seen = hash_v(iu + 21, iv + 17);
        vf flake = saturate(1.0f - (dx * dx + dy * dy) / (size * size));

        sum += flake * smooth_v(0.35f, 0.5f, seen) * (0.34f + 0.07f * (float)layer);
    }
    return saturate(sum);
}

/* Rounds to a byte with a triangular dither, or skies would show bands. */
SIMD vf dithered(vf x, vi ix, int row, int salt)
{
    vf noise = hash_triangular(ix, splat_int(row + salt));

    return floor_v(clamp_v(x + 0.6f * noise + 0.5f, 1.0f, 254.0f));
}

#endif
