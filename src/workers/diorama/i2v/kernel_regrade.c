/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel that changes light and weather of a decoded picture. */
#include "workers/diorama/kernel_table.h"
#include "workers/diorama/post/post_simd.h"

/* Red, green and blue of VW pixels, display values from 0 to 1. */
SIMD struct v3 read_pixels(const struct regrade_job *job, int column, int row)
{
    const uint8_t *luma_row = job->from[0] + (size_t)row * (size_t)job->from_stride[0];
    const uint8_t *blue_row = job->from[1] + (size_t)(row / 2) * (size_t)job->from_stride[1];
    const uint8_t *red_row = job->from[2] + (size_t)(row / 2) * (size_t)job->from_stride[2];
    vf y = splat(16), b = splat(128), r = splat(128);
    struct v3 c;

    for (int i = 0; i < VW && column + i < job->width; i++) {
        y[i] = luma_row[column + i];
        b[i] = blue_row[(column + i) / 2];
        r[i] = red_row[(column + i) / 2];
    }
    y = (y - 16.0f) * (1.0f / 219.0f);
    c.z = y + (b - 128.0f) * (1.8556f / 224.0f);
    c.x = y + (r - 128.0f) * (1.5748f / 224.0f);
    c.y = (y - 0.2126f * c.x - 0.0722f * c.z) * (1.0f / 0.7152f);
    return vec3(saturate(c.x), saturate(c.y), saturate(c.z));
}

/* How near the picture is here, 0 to 1: bilinear from the map's points. */
SIMD vf near_at(const struct regrade_job *job, vf x, float y)
{
    float py = y * (float)(job->depth_rows - 1) / (float)job->height;
    vf px = x * ((float)(job->depth_columns - 1) / (float)job->width), fx, u;
    int row = (int)py;
    vi at;

    fx = floor_v(clamp_v(px, 0.0f, (float)(job->depth_columns - 2)));
    u = px - fx;
    if (row > job->depth_rows - 2)
        row = job->depth_rows - 2;
    at = to_int(fx) + row * job->depth_columns;
    return lerp_v(lerp_v(gather(job->depth, at), gather(job->depth, at + 1), u),
                  lerp_v(gather(job->depth, at + job->depth_columns),
                         gather(job->depth, at + (job->depth_columns + 1)), u),
                  splat(py - (float)row));
}

SIMD struct v3 relit(const struct regrade_job *job, struct v3 c, vf x, float y)
{
    vf near = near_at(job, x, y), far = 1.0f - near, high, white, bright;

    c = vec3(pow_v(c.x, 2.2f), pow_v(c.y, 2.2f), pow_v(c.z, 2.2f));
    bright = luma(c);
    /* Snow lies on what is near and lit from above. */
    white = saturate(job->snow_cover * near * smooth_v(0.01f, 0.25f, bright));
    c = lerp3(c, scale3(color(0.82f, 0.86f, 0.92f), 0.25f + 0.75f * bright), white);
    /* The sky is what is far, bright and in the upper part. */
    high = saturate(splat(1.25f - 1.5f * y / (float)job->height));
    high *= far * smooth_v(0.05f, 0.4f, bright);
    c = scale3(c, 1.0f - job->sky_dim * high);
    c = mad3(c, splat3(job->sky_glow), high);
    c = lerp3(c, splat3(job->fog_color), saturate(job->fog * (0.25f + 0.9f * far)));
    c = mul3(scale3(c, splat(job->grade.exposure)), splat3(job->grade.gain));
    /* A soft shoulder, so that what gets brighter does not burn out. */
    return vec3(c.x * (1.0f + 0.12f * c.x) / (1.0f + 0.12f * c.x * c.x),
                c.y * (1.0f + 0.12f * c.y) / (1.0f + 0.12f * c.y * c.y),
                c.z * (1.0f + 0.12f * c.z) / (1.0f + 0.12f * c.z * c.z));
}

SIMD struct v3 regraded(const struct regrade_job *job, int column, int row)
{
    const struct falling falling = {job->height, job->time_s};
    vf x = lane_index() + (float)column, dx, edge, noise;
    float longer = (float)(job->width > job->height ? job->width : job->height);
    float dy = ((float)row + 0.5f - 0.5f * (float)job->height) / longer;
    struct v3 c = relit(job, read_pixels(job, column, row), x, (float)row);
    vi ix = to_int(x);

    dx = (x + (0.5f - 0.5f * (float)job->width)) / longer;
    edge = dx * dx + dy * dy;
    c = scale3(c, saturate(1.0f - job->grade.vignette * 2.4f * edge * (0.7f + edge)));
    if (job->rain > 0) {
        vf streaks = rain(&falling, x, (float)row) * job->rain;

        c = vec3(c.x + streaks * 0.9f, c.y + streaks, c.z + streaks * 1.1f);
    }
    if (job->snow > 0)
        c = lerp3(c, color(0.85f, 0.88f, 0.92f), snow(&falling, x, (float)row) * job->snow);
    c = vec3(pow_v(saturate(c.x), 1.0f / 2.2f), pow_v(saturate(c.y), 1.0f / 2.2f),
             pow_v(saturate(c.z), 1.0f / 2.2f));
    c = graded(&job->grade, c);
    noise = hash_v(ix + job->index * 7919, splat_int(row)) - 0.5f;
    noise *= 2.0f * job->grade.grain;
    return vec3(c.x + noise, c.y + noise, c.z + noise);
}

void KERNEL(regrade_row_pair)(const struct regrade_job *job, int pair)
{
    for (int column = 0; column < job->width; column += VW) {
        int count = job->width - column < VW ? job->width - column : VW;
        vf blue = splat(0), red = splat(0);
        vi ix = to_int(lane_index()) + column;

        for (int k = 0; k < 2; k++) {
            int row = 2 * pair + k;
            struct v3 c = regraded(job, column, row);
            vf y = luma(c), bytes = dithered(16.0f + 219.0f * y, ix, row, 0);
            uint8_t *to = job->to[0] + (size_t)row * (size_t)job->to_stride[0] + column;

            for (int i = 0; i < count; i++)
                to[i] = (uint8_t)bytes[i];
            blue += c.z - y;
            red += c.x - y;
        }
        blue = blue * (0.25f * 224.0f / 1.8556f);
        red = red * (0.25f * 224.0f / 1.5748f);
        for (int i = 0; i < count; i += 2) {
            size_t at = (size_t)(column + i) / 2;

            job->to[1][(size_t)pair * (size_t)job->to_stride[1] + at] =
                (uint8_t)(128.5f + blue[i] + blue[i + 1]);
            job->to[2][(size_t)pair * (size_t)job->to_stride[2] + at] =
                (uint8_t)(128.5f + red[i] + red[i + 1]);
        }
    }
}
