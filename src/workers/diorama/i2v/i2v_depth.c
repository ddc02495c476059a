/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/i2v/i2v_depth.h"

#include <math.h>
#include <stdlib.h>

#include "base/err.h"
#include "workers/diorama/i2v/salience.h"

enum {
    BLUR_PASSES = 3,
    OBJECT_PARTS = 400 /* a subject is at least this part of the picture */
};

/* How well two groups must explain what stands out, for there to be a subject: barely, surely. */
#define TRUST_NONE 0.45f
#define TRUST_ALL 0.7f
#define EDGE_VARIANCE 0.002f /* of luma: less is no edge */

/* One cell of the picture: mean color and how busy it is, all from 0 to 1. */
struct cell {
    float rgb[3];
    float texture;
};

/* What hangs together: marks of cells, 0 for none yet. */
struct object_map {
    int columns, rows, next, lowest;
    int *mark, *stack;
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

static float luma_of(const struct cell *cell)
{
    return 0.2126f * cell->rgb[0] + 0.7152f * cell->rgb[1] + 0.0722f * cell->rgb[2];
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
        float luma = luma_of(top);

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

static void blur(float *depth, int columns, int rows, int radius)
{
    int longer = columns > rows ? columns : rows;
    float *copy = allocate((size_t)longer, sizeof(*copy));

    for (int pass = 0; pass < BLUR_PASSES; pass++) {
        for (int y = 0; y < rows; y++)
            blur_line(depth + y * columns, copy, columns, 1, radius);
        for (int x = 0; x < columns; x++)
            blur_line(depth + x, copy, rows, columns, radius);
    }
    free(copy);
}

/* Lab over 100, of a color as displays take it. */
static void lab_of(const float rgb[3], float lab[3])
{
    static const float to_xyz[3][3] = {
        {0.4339f, 0.3762f, 0.1899f}, {0.2126f, 0.7152f, 0.0722f}, {0.0177f, 0.1095f, 0.8728f}};
    float root[3] = {0, 0, 0};

    for (int i = 0; i < 3; i++) {
        for (int c = 0; c < 3; c++)
            root[i] += to_xyz[i][c] * powf(rgb[c], 2.2f);
        root[i] = cbrtf(root[i]);
    }
    lab[0] = 1.16f * root[1];
    lab[1] = 5 * (root[0] - root[1]);
    lab[2] = 2 * (root[1] - root[2]);
}

/* How far down the picture, 0 to 1, the ground is as near as this. */
static float ground(float down)
{
    return 0.12f + 0.7f * ramp(0.35f, 1, down);
}

/* Marks with `mark` what hangs together with a cell and stands out; returns how many cells it is,
 * and the lowest row it reaches. `stack` has room for all cells. */
static int mark_object(const float *salient, float threshold, struct object_map *map, int from)
{
    int count = 0, top = 0;

    map->stack[top++] = from;
    map->mark[from] = map->next;
    map->lowest = 0;
    while (top > 0) {
        int at = map->stack[--top], x = at % map->columns;
        const int near[4] = {x > 0 ? at - 1 : at, x < map->columns - 1 ? at + 1 : at,
                             at - map->columns, at + map->columns};

        count++;
        map->lowest = at / map->columns > map->lowest ? at / map->columns : map->lowest;
        for (int k = 0; k < 4; k++) {
            if (near[k] < 0 || near[k] >= map->columns * map->rows || map->mark[near[k]] ||
                salient[near[k]] <= threshold)
                continue;
            map->mark[near[k]] = map->next;
            map->stack[top++] = near[k];
        }
    }
    return count;
}

/* The greatest, or with `sign` -1 the least, of all values within `radius`, along one axis. */
static void reach_line(float *values, float *copy, const int shape[3], float sign)
{
    int count = shape[0], step = shape[1], radius = shape[2];

    for (int i = 0; i < count; i++)
        copy[i] = sign * values[i * step];
    for (int i = 0; i < count; i++) {
        float most = copy[i];

        for (int j = i - radius < 0 ? 0 : i - radius; j <= i + radius && j < count; j++)
            most = fmaxf(most, copy[j]);
        values[i * step] = sign * most;
    }
}

/* Closes gaps: eyes that stand out bring the face between them along. */
static void close_gaps(float *salient, int columns, int rows)
{
    int longer = columns > rows ? columns : rows, radius = longer / 64 + 1;
    float *copy = allocate((size_t)longer, sizeof(*copy));

    for (float sign = 1; sign >= -1; sign -= 2) {
        for (int y = 0; y < rows; y++)
            reach_line(salient + y * columns, copy, (const int[]){columns, 1, radius}, sign);
        for (int x = 0; x < columns; x++)
            reach_line(salient + x, copy, (const int[]){rows, columns, radius}, sign);
    }
    free(copy);
}

/* What stands out is upright: as near, all of it, as the ground where it stands. */
static void raise_subjects(const float *salient, int columns, int rows, float *depth)
{
    size_t cells = (size_t)columns * (size_t)rows;
    float explained, threshold = salience_threshold(salient, (int)cells, &explained);
    float trust = ramp(TRUST_NONE, TRUST_ALL, explained);
    float *weight = allocate(2 * cells, sizeof(*weight)), *near = weight + cells;
    struct object_map map = {.columns = columns,
                             .rows = rows,
                             .next = 1,
                             .mark = allocate(cells, sizeof(int)),
                             .stack = allocate(cells, sizeof(int))};

    for (int i = 0; i < (int)cells; i++) {
        int count;
        float stands;

        if (map.mark[i] || salient[i] <= threshold)
            continue;
        count = mark_object(salient, threshold, &map, i);
        stands = ground((float)(map.lowest + 1) / (float)rows) + 0.08f;
        for (int k = 0; k < (int)cells; k++)
            if (map.mark[k] == map.next && count * OBJECT_PARTS > (int)cells) {
                weight[k] = 1;
                near[k] = stands;
            }
        map.next++;
    }
    blur(weight, columns, rows, 1);
    blur(near, columns, rows, 1);
    for (size_t i = 0; i < cells; i++) {
        float stands = weight[i] > 1e-3f ? near[i] / weight[i] : depth[i];

        depth[i] += trust * weight[i] * fmaxf(stands - depth[i], 0);
    }
    free(weight);
    free(map.mark);
    free(map.stack);
}

/* Lets the edges of the picture guide those of `depth`: near each cell it becomes a multiple of
 * the luma plus a constant (He et al., "Guided Image Filtering", 2010). */
static void follow_edges(const struct cell *cells, int columns, int rows, float *depth)
{
    size_t count = (size_t)columns * (size_t)rows;
    int radius = (columns > rows ? columns : rows) / 40 + 1;
    float *memory = allocate(4 * count, sizeof(*memory));
    float *mean = memory, *square = mean + count, *both = square + count, *guide = both + count;

    for (size_t i = 0; i < count; i++) {
        guide[i] = mean[i] = luma_of(&cells[i]);
        square[i] = guide[i] * guide[i];
        both[i] = guide[i] * depth[i];
    }
    blur(mean, columns, rows, radius);
    blur(square, columns, rows, radius);
    blur(both, columns, rows, radius);
    blur(depth, columns, rows, radius);
    for (size_t i = 0; i < count; i++) {
        float slope =
            (both[i] - mean[i] * depth[i]) / (square[i] - mean[i] * mean[i] + EDGE_VARIANCE);

        both[i] = slope;
        square[i] = depth[i] - slope * mean[i];
    }
    blur(both, columns, rows, radius / 2 + 1);
    blur(square, columns, rows, radius / 2 + 1);
    for (size_t i = 0; i < count; i++)
        depth[i] = both[i] * guide[i] + square[i];
    free(memory);
}

void i2v_depth(const struct image *image, int columns, int rows, float *depth)
{
    size_t count = (size_t)columns * (size_t)rows;
    struct cell *cells = measure_cells(image, columns, rows);
    float(*colors)[3] = allocate(count, sizeof(*colors));
    float *salient = allocate(count, sizeof(*salient));

    for (int i = 0; i < (int)count; i++) {
        lab_of(cells[i].rgb, colors[i]);
        depth[i] = ground(((float)(i / columns) + 0.5f) / (float)rows);
    }
    clear_sky(cells, columns, rows, depth);
    salience_find((const float(*)[3])colors, columns, rows, salient);
    close_gaps(salient, columns, rows);
    for (size_t i = 0; i < count; i++)
        salient[i] = depth[i] > 0 ? salient[i] : 0;
    blur(depth, columns, rows, (columns > rows ? columns : rows) / 60 + 1);
    raise_subjects(salient, columns, rows, depth);
    follow_edges(cells, columns, rows, depth);
    for (int i = 0; i < (int)count; i++)
        depth[i] = clamp01(depth[i]);
    free(salient);
    free(colors);
    free(cells);
}
