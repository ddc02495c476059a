/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/i2v/i2v_depth.h"

#include <math.h>
#include <stdlib.h>

enum { BLUR_PASSES = 3 };

/* One cell of the picture: mean color and how busy it is, all from 0 to 1. */
struct cell {
    float rgb[3];
    float texture;
};

static void *allocate(size_t count, size_t item_bytes)
{
    void *memory = calloc(count, item_bytes);

    if (!memory)
        die("out of memory for the depth of an image");
    return memory;
}

static float clamp01(float value)
{
    return fminf(fmaxf(value, 0), 1);
}

static float ramp(float from, float to, float value)
{
    float t = clamp01((value - from) / (to - from));

    return t * t * (3 - 2 * t);
}

static struct cell measure(const struct image *image, int x0, int y0, int x1, int y1)
{
    struct cell cell = {{0, 0, 0}, 0};
    float sum = 0, sum_squares = 0, count = (float)((x1 - x0) * (y1 - y0));

    for (int y = y0; y < y1; y++)
        for (int x = x0; x < x1; x++) {
            const uint8_t *rgb = image->rgb + 3 * ((size_t)y * (size_t)image->width + (size_t)x);
            float luma = (0.2126f * rgb[0] + 0.7152f * rgb[1] + 0.0722f * rgb[2]) / 255;

            for (int c = 0; c < 3; c++)
                cell.rgb[c] += rgb[c] / (255 * count);
            sum += luma;
            sum_squares += luma * luma;
        }
    cell.texture = sqrtf(fmaxf(sum_squares / count - sum / count * (sum / count), 0));
    return cell;
}

static struct cell *measure_cells(const struct image *image, int columns, int rows)
{
    struct cell *cells = allocate((size_t)columns * (size_t)rows, sizeof(*cells));

    for (int y = 0; y < rows; y++)
        for (int x = 0; x < columns; x++) {
            int x0 = x * image->width / columns, x1 = (x + 1) * image->width / columns;
            int y0 = y * image->height / rows, y1 = (y + 1) * image->height / rows;

            cells[y * columns + x] =
                measure(image, x0, y0, x1 > x0 ? x1 : x0 + 1, y1 > y0 ? y1 : y0 + 1);
        }
    return cells;
}

static float distance(const struct cell *a, const struct cell *b)
{
    float sum = 0;

    for (int c = 0; c < 3; c++)
        sum += (a->rgb[c] - b->rgb[c]) * (a->rgb[c] - b->rgb[c]);
    return sqrtf(sum);
}

/* Walks each column down from the top while it stays smooth and changes slowly: that is sky, if
 * the picture begins bright or blue. */
static void clear_sky(const struct cell *cells, int columns, int rows, float *depth)
{
    for (int x = 0; x < columns; x++) {
        const struct cell *top = &cells[x], *last = top;
        float luma = 0.2126f * top->rgb[0] + 0.7152f * top->rgb[1] + 0.0722f * top->rgb[2];

        if (luma < 0.25f && top->rgb[2] < top->rgb[0] * 1.1f)
            continue;
        for (int y = 0; y < rows * 3 / 4; y++) {
            const struct cell *cell = &cells[y * columns + x];

            if (cell->texture > 0.06f || distance(cell, last) > 0.12f)
                break;
            depth[y * columns + x] = 0;
            last = cell;
        }
    }
}

/* Brings forward what differs from the rest of the picture, most near the middle. */
static void raise_subject(const struct cell *cells, int columns, int rows, float *depth)
{
    struct cell mean = {{0, 0, 0}, 0};
    float weight_sum = 0, center_x = 0, center_y = 0;
    int count = columns * rows;

    for (int i = 0; i < count; i++)
        for (int c = 0; c < 3; c++)
            mean.rgb[c] += cells[i].rgb[c] / (float)count;
    for (int i = 0; i < count; i++) {
        float x = ((float)(i % columns) + 0.5f) / (float)columns - 0.5f;
        float y = ((float)(i / columns) + 0.5f) / (float)rows - 0.55f;
        float stands_out = distance(&cells[i], &mean) + 2 * cells[i].texture;
        float weight = stands_out * stands_out * expf(-(x * x + y * y) / 0.08f);

        weight_sum += weight;
        center_x += weight * x;
        center_y += weight * y;
    }
    if (weight_sum <= 0)
        return;
    for (int i = 0; i < count; i++) {
        float x = ((float)(i % columns) + 0.5f) / (float)columns - 0.5f - center_x / weight_sum;
        float y = ((float)(i / columns) + 0.5f) / (float)rows - 0.55f - center_y / weight_sum;

        depth[i] += 0.3f * expf(-(x * x + y * y) / 0.05f);
    }
}

/* A running mean along one axis: `count` values `step` apart. */
static void blur_line(float *values, float *copy, int count, int step, int radius)
{
    for (int i = 0; i < count; i++)
        copy[i] = values[i * step];
    for (int i = 0; i < count; i++) {
        float sum = 0;

        for (int j = i - radius; j <= i + radius; j++)
            sum += copy[j < 0 ? 0 : j >= count ? count - 1 : j];
        values[i * step] = sum / (float)(2 * radius + 1);
    }
}

static void blur(float *depth, int columns, int rows)
{
    int longer = columns > rows ? columns : rows, radius = longer / 24 + 1;
    float *copy = allocate((size_t)longer, sizeof(*copy));

    for (int pass = 0; pass < BLUR_PASSES; pass++) {
        for (int y = 0; y < rows; y++)
            blur_line(depth + y * columns, copy, columns, 1, radius);
        for (int x = 0; x < columns; x++)
            blur_line(depth + x, copy, rows, columns, radius);
    }
    free(copy);
}

void i2v_depth(const struct image *image, int columns, int rows, float *depth)
{
    struct cell *cells = measure_cells(image, columns, rows);

    for (int y = 0; y < rows; y++)
        for (int x = 0; x < columns; x++)
            depth[y * columns + x] = 0.12f + 0.7f * ramp(0.35f, 1, ((float)y + 0.5f) / (float)rows);
    raise_subject(cells, columns, rows, depth);
    clear_sky(cells, columns, rows, depth);
    blur(depth, columns, rows);
    for (int i = 0; i < columns * rows; i++)
        depth[i] = clamp01(depth[i]);
    free(cells);
}
