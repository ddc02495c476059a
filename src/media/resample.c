/* SPDX-License-Identifier: Apache-2.0 */
#include "media/resample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LOBES = 3 };

/* For each output position of one axis: where its taps start and their weights (sum 1). */
struct filter {
    int taps;
    int *first;
    float *weights; /* taps for each output position */
};

static double lanczos(double x)
{
    double a = M_PI * x;

    if (fabs(x) < 1e-9)
        return 1;
    if (fabs(x) >= LOBES)
        return 0;
    return LOBES * sin(a) * sin(a / LOBES) / (a * a);
}

static void *allocate(size_t count, size_t item_bytes)
{
    void *memory = calloc(count, item_bytes);

    if (!memory)
        die("out of memory to resample an image");
    return memory;
}

/* Maps `out` positions onto [start, start + span) of an axis with `in` positions. Taps that fall
 * outside it lose their weight to those inside. */
static void filter_init(struct filter *filter, int in, int out, double start, double span)
{
    double step = span / out, widen = fmax(step, 1), reach = LOBES * widen;
    int wanted = (int)ceil(2 * reach) + 1;

    filter->taps = wanted < in ? wanted : in;
    filter->first = allocate((size_t)out, sizeof(*filter->first));
    filter->weights = allocate((size_t)out * (size_t)filter->taps, sizeof(*filter->weights));
    for (int i = 0; i < out; i++) {
        double center = start + (i + 0.5) * step - 0.5, sum = 0;
        int first = (int)ceil(center - reach);
        float *weights = filter->weights + (size_t)i * (size_t)filter->taps;

        if (first > in - filter->taps)
            first = in - filter->taps;
        if (first < 0)
            first = 0;
        for (int tap = 0; tap < filter->taps; tap++)
            sum += lanczos((first + tap - center) / widen);
        for (int tap = 0; tap < filter->taps; tap++)
            weights[tap] = (float)(lanczos((first + tap - center) / widen) / sum);
        filter->first[i] = first;
    }
}

static void filter_fini(struct filter *filter)
{
    free(filter->first);
    free(filter->weights);
}

static uint8_t to_byte(float value)
{
    return value <= 0 ? 0 : value >= 255 ? 255 : (uint8_t)(value + 0.5f);
}

/* Vertical pass: one row of floats, as wide as the source. */
static void blend_rows(const struct image *from, const struct filter *filter, int y, float *row)
{
    size_t row_values = (size_t)from->width * 3;
    const float *weights = filter->weights + (size_t)y * (size_t)filter->taps;

    memset(row, 0, row_values * sizeof(*row));
    for (int tap = 0; tap < filter->taps; tap++) {
        const uint8_t *in = from->rgb + (size_t)(filter->first[y] + tap) * row_values;
        float weight = weights[tap];

        if (weight == 0)
            continue;
        for (size_t i = 0; i < row_values; i++)
            row[i] += weight * in[i];
    }
}

static void blend_columns(const float *row, const struct filter *filter, int width, uint8_t *out)
{
    for (int x = 0; x < width; x++) {
        const float *in = row + (size_t)filter->first[x] * 3;
        const float *weights = filter->weights + (size_t)x * (size_t)filter->taps;
        float r = 0, g = 0, b = 0;

        for (int tap = 0; tap < filter->taps; tap++, in += 3) {
            r += weights[tap] * in[0];
            g += weights[tap] * in[1];
            b += weights[tap] * in[2];
        }
        out[3 * x] = to_byte(r);
        out[3 * x + 1] = to_byte(g);
        out[3 * x + 2] = to_byte(b);
    }
}

void resample_cover(const struct image *from, int width, int height, struct image *to)
{
    double scale = fmin((double)from->width / width, (double)from->height / height);
    double span_x = scale * width, span_y = scale * height;
    struct filter across, down;
    float *row;

    image_init(to, width, height);
    if (from->width == width && from->height == height) {
        memcpy(to->rgb, from->rgb, (size_t)width * (size_t)height * 3);
        return;
    }
    filter_init(&across, from->width, width, (from->width - span_x) / 2, span_x);
    filter_init(&down, from->height, height, (from->height - span_y) / 2, span_y);
    row = allocate((size_t)from->width * 3, sizeof(*row));
    for (int y = 0; y < height; y++) {
        blend_rows(from, &down, y, row);
        blend_columns(row, &across, width, to->rgb + (size_t)y * (size_t)width * 3);
    }
    free(row);
    filter_fini(&across);
    filter_fini(&down);
}
