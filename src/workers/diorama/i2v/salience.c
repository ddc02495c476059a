/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/i2v/salience.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

enum { PASSES = 4, BINS = 128, SIDES = 4 };

#define COLOR_NOISE 1e-3f /* variance below which a border's colors count as one */

/* A grid of cells, and for each the best way to the border so far: the least and the greatest
 * value on it. */
struct barrier {
    int columns, rows;
    const float (*colors)[3];
    int channel;
    float *cost, *least, *most;
};

static void *allocate(size_t count, size_t item_bytes)
{
    void *memory = calloc(count, item_bytes);

    if (!memory)
        die("out of memory for the parts of an image");
    return memory;
}

static bool is_border(const struct barrier *barrier, int x, int y)
{
    return x == 0 || y == 0 || x == barrier->columns - 1 || y == barrier->rows - 1;
}

static void begin(struct barrier *barrier)
{
    for (int i = 0; i < barrier->columns * barrier->rows; i++) {
        int x = i % barrier->columns, y = i / barrier->columns;

        barrier->least[i] = barrier->most[i] = barrier->colors[i][barrier->channel];
        barrier->cost[i] = is_border(barrier, x, y) ? 0 : FLT_MAX;
    }
}

/* Whether the way of a neighbor is better. */
static void relax(struct barrier *barrier, int at, int from)
{
    float value = barrier->colors[at][barrier->channel];
    float most = fmaxf(barrier->most[from], value), least = fminf(barrier->least[from], value);

    if (barrier->cost[from] == FLT_MAX || most - least >= barrier->cost[at])
        return;
    barrier->cost[at] = most - least;
    barrier->most[at] = most;
    barrier->least[at] = least;
}

/* Down and to the right, or with `step` -1 up and to the left. */
static void sweep(struct barrier *barrier, int step)
{
    int columns = barrier->columns, count = columns * barrier->rows;

    for (int n = 0; n < count; n++) {
        int at = step > 0 ? n : count - 1 - n, x = at % columns, y = at / columns;

        if (y - step >= 0 && y - step < barrier->rows)
            relax(barrier, at, at - step * columns);
        if (x - step >= 0 && x - step < columns)
            relax(barrier, at, at - step);
    }
}

static void scale_to_one(float *values, int count)
{
    float most = 0;

    for (int i = 0; i < count; i++)
        most = fmaxf(most, values[i]);
    for (int i = 0; i < count && most > 0; i++)
        values[i] /= most;
}

static void add_barriers(const float (*colors)[3], int columns, int rows, float *out)
{
    size_t count = (size_t)columns * (size_t)rows;
    float *memory = allocate(3 * count, sizeof(*memory));
    struct barrier barrier = {.columns = columns,
                              .rows = rows,
                              .colors = colors,
                              .cost = memory,
                              .least = memory + count,
                              .most = memory + 2 * count};

    for (; barrier.channel < 3; barrier.channel++) {
        begin(&barrier);
        for (int pass = 0; pass < PASSES; pass++)
            sweep(&barrier, pass % 2 ? -1 : 1);
        for (size_t i = 0; i < count; i++)
            out[i] += barrier.cost[i];
    }
    free(memory);
}

/* Mean and inverse covariance of the colors along one side. */
struct spread {
    float mean[3], inverse[3][3];
};

static bool is_at_side(int side, int at, int columns, int rows)
{
    int x = at % columns, y = at / columns;
    int deep_x = columns / 24 + 1, deep_y = rows / 24 + 1;

    switch (side) {
    case 0:
        return y < deep_y;
    case 1:
        return y >= rows - deep_y;
    case 2:
        return x < deep_x;
    default:
        return x >= columns - deep_x;
    }
}

static void invert(float m[3][3], float out[3][3])
{
    float determinant = 0;

    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) {
            int a = (i + 1) % 3, b = (i + 2) % 3, c = (j + 1) % 3, d = (j + 2) % 3;

            out[j][i] = m[a][c] * m[b][d] - m[a][d] * m[b][c];
        }
    for (int k = 0; k < 3; k++)
        determinant += m[0][k] * out[k][0];
    for (int i = 0; i < 9; i++)
        out[i / 3][i % 3] /= determinant;
}

static struct spread spread_of(const float (*colors)[3], int columns, int rows, int side)
{
    struct spread spread = {{0, 0, 0}, {{0}}};
    float sums[3][3] = {{0}}, count = 0;

    for (int at = 0; at < columns * rows; at++) {
        if (!is_at_side(side, at, columns, rows))
            continue;
        count++;
        for (int i = 0; i < 3; i++) {
            spread.mean[i] += colors[at][i];
            for (int j = 0; j < 3; j++)
                sums[i][j] += colors[at][i] * colors[at][j];
        }
    }
    for (int i = 0; i < 3; i++)
        spread.mean[i] /= count;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            sums[i][j] =
                sums[i][j] / count - spread.mean[i] * spread.mean[j] + (i == j ? COLOR_NOISE : 0);
    invert(sums, spread.inverse);
    return spread;
}

static float distance(const struct spread *spread, const float color[3])
{
    float sum = 0;

    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            sum +=
                (color[i] - spread->mean[i]) * spread->inverse[i][j] * (color[j] - spread->mean[j]);
    return sqrtf(fmaxf(sum, 0));
}

/* How unlike the border's colors each cell is: the sum over the sides, but for the one it is least
 * like, where the subject itself may be cut off. */
static void add_rarity(const float (*colors)[3], int columns, int rows, float *out)
{
    int count = columns * rows;
    float *side = allocate((size_t)count * 3, sizeof(*side));
    float *sum = side + count, *most = sum + count;

    for (int k = 0; k < SIDES; k++) {
        struct spread spread = spread_of(colors, columns, rows, k);

        for (int i = 0; i < count; i++)
            side[i] = distance(&spread, colors[i]);
        scale_to_one(side, count);
        for (int i = 0; i < count; i++) {
            sum[i] += side[i];
            most[i] = fmaxf(most[i], side[i]);
        }
    }
    for (int i = 0; i < count; i++)
        sum[i] -= most[i];
    scale_to_one(sum, count);
    for (int i = 0; i < count; i++)
        out[i] += sum[i];
    free(side);
}

void salience_find(const float (*colors)[3], int columns, int rows, float *out)
{
    int count = columns * rows;

    memset(out, 0, (size_t)count * sizeof(*out));
    add_barriers(colors, columns, rows, out);
    scale_to_one(out, count);
    add_rarity(colors, columns, rows, out);
    for (int i = 0; i < count; i++) {
        float x = ((float)(i % columns) + 0.5f) / (float)columns - 0.5f;
        float y = ((float)(i / columns) + 0.5f) / (float)rows - 0.55f;

        out[i] *= expf(-(x * x / 0.2f + y * y / 0.25f));
    }
    scale_to_one(out, count);
}

float salience_threshold(const float *values, int count, float *explained)
{
    int bins[BINS] = {0};
    double sum = 0, squares = 0, low_sum = 0, best = 0;
    int low = 0;
    float threshold = 1;

    for (int i = 0; i < count; i++) {
        int bin = (int)(values[i] * (BINS - 1) + 0.5f);

        bins[bin]++;
        sum += bin;
        squares += (double)bin * bin;
    }
    for (int bin = 0; bin < BINS - 1; bin++) {
        double gap, between;

        low += bins[bin];
        low_sum += (double)bin * bins[bin];
        if (low == 0 || low == count)
            continue;
        gap = low_sum / low - (sum - low_sum) / (count - low);
        between = gap * gap * low * (count - low) / ((double)count * count);
        if (between > best) {
            best = between;
            threshold = ((float)bin + 0.5f) / (BINS - 1);
        }
    }
    squares = squares / count - sum / count * (sum / count);
    *explained = squares > 0 ? (float)(best / squares) : 0;
    return threshold;
}
