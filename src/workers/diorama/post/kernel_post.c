/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels of the last passes: samples to picture pixels, and linear light to graded YUV. */
#include <math.h>

#include "workers/diorama/kernel_table.h"
#include "workers/diorama/post/permute_simd.h"
#include "workers/diorama/post/post_simd.h"

/*
 * Averages the samples of each pixel, up to 3x3 of them. Bright samples weigh less, or one of
 * them would make a jagged edge of the sun and of every lit ridge.
 */
void KERNEL(resolve_row)(const struct frame *frame, int row)
{
    float ratio_x = (float)frame->width / (float)frame->out_width;
    float ratio_y = (float)frame->height / (float)frame->out_height;
    float top = (float)row * ratio_y, bottom = top + ratio_y;
    int first = (int)top, last = (int)ceilf(bottom - 1e-3f);

    if (last > frame->height)
        last = frame->height;
    for (int column = 0; column < frame->out_width; column += VW) {
        vf left = (lane_index() + (float)column) * ratio_x, right = left + ratio_x;
        vf base = floor_v(left), total = splat(1e-6f), sum[3] = {splat(0), splat(0), splat(0)};
        size_t to = (size_t)row * (size_t)frame->out_stride + (size_t)column;

        for (int y = first; y < last; y++) {
            float tall = fminf((float)y + 1.0f, bottom) - fmaxf((float)y, top);

            for (int k = 0; k < 3; k++) {
                vf x = base + (float)k;
                vf wide = max_v(min_v(x + 1.0f, right) - max_v(x, left), splat(0)), weight;
                vi from = to_int(min_v(x, splat((float)(frame->width - 1)))) + y * frame->stride;
                vf r = gather(frame->plane[0], from), g = gather(frame->plane[1], from);
                vf b = gather(frame->plane[2], from);

                weight = wide * tall / (1.0f + frame->grade.exposure * (r + g + b));
                sum[0] += r * weight;
                sum[1] += g * weight;
                sum[2] += b * weight;
                total += weight;
            }
        }
        for (int k = 0; k < 3; k++)
            store(frame->out[k] + to, sum[k] / total);
    }
}

enum { GLOW_MAX = 2048 / 4 + 3 * KERNEL_LANES_MAX };

/* A row of the quarter-resolution glow, at the height of a picture row. */
struct glow {
    float light[3][GLOW_MAX];
};

SIMD void glow_begin(const struct frame *frame, int row, struct glow *glow)
{
    float y = fminf(fmaxf(((float)row + 0.5f) * 0.25f - 0.5f, 0.0f),
                    (float)(frame->bloom_height - 1) - 0.001f);
    size_t first = (size_t)y * (size_t)frame->bloom_width;
    float v = y - floorf(y);

    for (int k = 0; k < 3; k++) {
        const float *above = frame->bloom[k] + first, *below = above + frame->bloom_width;

        for (int i = 0; i < frame->bloom_width; i++)
            glow->light[k][i] = above[i] + (below[i] - above[i]) * v;
        for (int i = 0; i < 2 * VW; i++)
            glow->light[k][frame->bloom_width + i] = glow->light[k][frame->bloom_width - 1];
    }
}

/* The glow at picture pixels from `column` on. */
SIMD struct v3 glow_at(const struct frame *frame, const struct glow *glow, int column)
{
    vf x = ((lane_index() + (float)column) + 0.5f) * 0.25f - 0.5f, left, u, c[3];
    int first;
    vi at;

    x = clamp_v(x, 0.0f, (float)(frame->bloom_width - 1) - 0.001f);
    left = floor_v(x);
    u = x - left;
    first = (int)left[0];
    at = to_int(left) - first;
    for (int k = 0; k < 3; k++) {
        const float *from = glow->light[k] + first;

        c[k] = lerp_v(permute(load(from), at), permute(load(from + 1), at), u);
    }
    return vec3(c[0], c[1], c[2]);
}

SIMD vf shoulder(vf x)
{
    return (x * (x + 0.0245786f) - 0.000090537f) / (x * (0.983729f * x + 0.4329510f) + 0.238081f);
}

/* The ACES reference and output transforms as fitted by Stephen Hill: film's rolled-off whites. */
SIMD struct v3 film(struct v3 c)
{
    struct v3 a = vec3(0.59719f * c.x + 0.35458f * c.y + 0.04823f * c.z,
                       0.07600f * c.x + 0.90834f * c.y + 0.01566f * c.z,
                       0.02840f * c.x + 0.13383f * c.y + 0.83777f * c.z);

    a = vec3(shoulder(a.x), shoulder(a.y), shoulder(a.z));
    return vec3(saturate(1.60475f * a.x - 0.53108f * a.y - 0.07367f * a.z),
                saturate(-0.10208f * a.x + 1.10813f * a.y - 0.00605f * a.z),
                saturate(-0.00327f * a.x - 0.07276f * a.y + 1.07602f * a.z));
}

/* Pixels side by side: display red, green, blue, with bloom, vignette and grain. */
SIMD struct v3 developed(const struct frame *frame, const struct glow *glow, int column, int row)
{
    const struct grade *grade = &frame->grade;
    size_t at = (size_t)row * (size_t)frame->out_stride + (size_t)column;
    vf x = lane_index() + (float)column;
    float longer =
        (float)(frame->out_width > frame->out_height ? frame->out_width : frame->out_height);
    const struct falling falling = {frame->out_height, frame->clip_time_s};
    vf dx = (x + (0.5f - 0.5f * (float)frame->out_width)) / longer;
    float dy = ((float)row + 0.5f - 0.5f * (float)frame->out_height) / longer;
    vf edge = dx * dx + dy * dy, dark = 1.0f - grade->vignette * 2.4f * edge * (0.7f + edge), noise;
    struct v3 c =
        vec3(load(frame->out[0] + at), load(frame->out[1] + at), load(frame->out[2] + at));
    vi ix = to_int(x);

    c = lerp3(c, glow_at(frame, glow, column), splat(grade->bloom));
    c = mul3(scale3(c, dark * grade->exposure), splat3(grade->gain));
    if (frame->rain > 0) {
        vf streaks = rain(&falling, x, (float)row) * frame->rain;

        c = vec3(c.x + streaks * 0.9f, c.y + streaks, c.z + streaks * 1.1f);
    }
    if (frame->snow > 0)
        c = lerp3(c, color(0.85f, 0.88f, 0.92f), snow(&falling, x, (float)row) * frame->snow);
    c = film(vec3(max_v(c.x, splat(0)), max_v(c.y, splat(0)), max_v(c.z, splat(0))));
    c = vec3(pow_v(c.x, 1.0f / 2.2f), pow_v(c.y, 1.0f / 2.2f), pow_v(c.z, 1.0f / 2.2f));
    c = graded(grade, c);
    noise =
        hash_triangular(ix + frame->index * 7919, splat_int(row + frame->index * 6151 + 100000));
    /* Film grain shows most in the middle tones. */
    noise *= grade->grain * (0.35f + 2.6f * luma(c) * (1.0f - luma(c)));
    return vec3(c.x + noise, c.y + noise, c.z + noise);
}

typedef uint8_t bytes __attribute__((vector_size(VW)));

/* Whole numbers 0 to 255. */
SIMD void write_bytes(uint8_t *to, vf x, int count)
{
    bytes all = __builtin_convertvector(to_int(x), bytes);

    if (count >= VW)
        memcpy(to, &all, VW);
    else
        memcpy(to, &all, (size_t)count);
}

/* Sums of neighbors, of two vectors side by side. */
SIMD vf pairs(vf low, vf high)
{
    vi even = 2 * to_int(lane_index());

    return permute_pair(low, high, even) + permute_pair(low, high, even + 1);
}

/* Writes the luma of pixels of two rows; what they add to blue and red chroma. */
SIMD void tone_rows(const struct frame *frame, const struct glow glow[2], int column, int pair,
                    vf chroma[2])
{
    vi ix = to_int(lane_index()) + column;

    chroma[0] = chroma[1] = splat(0);
    for (int k = 0; k < 2; k++) {
        int row = 2 * pair + k;
        struct v3 c = developed(frame, &glow[k], column, row);
        vf y = luma(c);

        write_bytes(frame->picture[0] + (size_t)row * (size_t)frame->picture_stride[0] + column,
                    dithered(16.0f + 219.0f * y, ix, row, 0), frame->out_width - column);
        chroma[0] += c.z - y;
        chroma[1] += c.x - y;
    }
}

void KERNEL(tone_row_pair)(const struct frame *frame, int pair)
{
    const float scale[2] = {0.25f * 224.0f / 1.8556f, 0.25f * 224.0f / 1.5748f};
    struct glow glow[2];

    glow_begin(frame, 2 * pair, &glow[0]);
    glow_begin(frame, 2 * pair + 1, &glow[1]);
    for (int column = 0; column < frame->out_width; column += 2 * VW) {
        vf low[2], high[2] = {splat(0), splat(0)};
        vi ix = 2 * to_int(lane_index()) + column;

        tone_rows(frame, glow, column, pair, low);
        if (column + VW < frame->out_width)
            tone_rows(frame, glow, column + VW, pair, high);
        for (int k = 0; k < 2; k++) {
            uint8_t *to =
                frame->picture[k + 1] + (size_t)pair * (size_t)frame->picture_stride[k + 1];
            vf x = 128.0f + pairs(low[k], high[k]) * scale[k];

            write_bytes(to + column / 2, dithered(x, ix, pair, 40777 + 40000 * k),
                        (frame->out_width - column) / 2);
        }
    }
}
