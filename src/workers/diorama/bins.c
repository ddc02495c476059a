/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/bins.h"

#include <math.h>
#include <stdlib.h>

#include "workers/diorama/noise.h"
#include "workers/diorama/world.h"

#define NEAR_M 0.05f
#define MARGIN_SAMPLES 2.0f

/* What a box covers on the canvas, in samples, and how near it comes. */
struct cover_rect {
    float left, right, top, bottom, nearest;
};

/* A box that may show. */
struct seen_box {
    struct cover_rect rect;
    short index;
};

void bins_init(struct bins *bins, const struct canvas *canvas, int most)
{
    size_t tiles = 0;

    bins->columns = (canvas->width + BINS_TILE_WIDE - 1) / BINS_TILE_WIDE;
    bins->rows = (canvas->height + BINS_TILE_TALL - 1) / BINS_TILE_TALL;
    bins->most = most;
    tiles = (size_t)bins->columns * (size_t)bins->rows;
    bins->counts = malloc(tiles * sizeof(*bins->counts));
    bins->lists = malloc(tiles * (size_t)most * sizeof(*bins->lists));
    bins->nearest = malloc(tiles * (size_t)most * sizeof(*bins->nearest));
    if (!bins->counts || !bins->lists || !bins->nearest)
        abort();
}

void bins_fini(struct bins *bins)
{
    free(bins->counts);
    free(bins->lists);
    free(bins->nearest);
}

/* How far ahead of the eye, to the right of it and above it a corner is. */
static void turn_corner(const struct view *view, bool mirrored, const float corner[3], float to[3])
{
    float x = corner[0] - view->eye[0], z = corner[2] - view->eye[2];

    to[0] = x * view->forward[0] + z * view->forward[1];
    to[1] = x * view->right[0] + z * view->right[1];
    to[2] = (mirrored ? -corner[1] : corner[1]) - view->eye[1];
}

/* False when it cannot be seen. */
static bool cover_of(float corners[8][3], const struct view *view, const struct canvas *canvas,
                     struct cover_rect *rect)
{
    float turned[8][3], farthest = -1;

    *rect = (struct cover_rect){1e9f, -1e9f, 1e9f, -1e9f, 1e9f};
    for (int i = 0; i < 8; i++) {
        turn_corner(view, canvas->mirrored, corners[i], turned[i]);
        rect->nearest = fminf(rect->nearest, turned[i][0]);
        farthest = fmaxf(farthest, turned[i][0]);
    }
    if (farthest < NEAR_M)
        return false;
    if (rect->nearest < NEAR_M) { /* reaches past the camera: anywhere */
        *rect = (struct cover_rect){0, 1e9f, 0, 1e9f, 0};
        return true;
    }
    for (int i = 0; i < 8; i++) {
        float x = turned[i][1] / turned[i][0] / canvas->pixel[0] + 0.5f * (float)canvas->width;
        float y = 0.5f * (float)canvas->height -
                  (turned[i][2] / turned[i][0] - view->shift) / canvas->pixel[1];

        rect->left = fminf(rect->left, x - MARGIN_SAMPLES);
        rect->right = fmaxf(rect->right, x + MARGIN_SAMPLES);
        rect->top = fminf(rect->top, y - MARGIN_SAMPLES);
        rect->bottom = fmaxf(rect->bottom, y + MARGIN_SAMPLES);
    }
    return rect->right > 0 && rect->left < (float)canvas->width && rect->bottom > 0 &&
           rect->top < (float)canvas->height;
}

static int nearer_first(const void *a, const void *b)
{
    const struct seen_box *left = a, *right = b;

    if (left->rect.nearest != right->rect.nearest)
        return left->rect.nearest < right->rect.nearest ? -1 : 1;
    return left->index - right->index;
}

static int tile_index(float samples, int tile, int tiles)
{
    return (int)clamp_f(floorf(samples / (float)tile), 0, (float)(tiles - 1));
}

/* Lists a box in the tiles of one row that it covers. */
static void list_row(struct bins *bins, const struct seen_box *seen, int row)
{
    int right = tile_index(seen->rect.right, BINS_TILE_WIDE, bins->columns);

    for (int column = tile_index(seen->rect.left, BINS_TILE_WIDE, bins->columns); column <= right;
         column++) {
        int tile = row * bins->columns + column, at = bins->counts[tile];

        if (at == bins->most)
            continue;
        bins->lists[tile * bins->most + at] = seen->index;
        bins->nearest[tile * bins->most + at] = seen->rect.nearest;
        bins->counts[tile]++;
    }
}

void bins_fill(struct bins *bins, const struct view *view, const struct canvas *canvas,
               const struct bins_boxes *boxes)
{
    struct seen_box *seen = malloc(((size_t)boxes->count + 1) * sizeof(*seen));
    int count = 0;

    if (!seen)
        abort();
    for (int i = 0; i < boxes->count; i++) {
        float corners[8][3];

        boxes->corners_of(boxes->all, i, corners);
        seen[count].index = (short)i;
        count += cover_of(corners, view, canvas, &seen[count].rect);
    }
    qsort(seen, (size_t)count, sizeof(*seen), nearer_first);
    for (int i = 0; i < bins->columns * bins->rows; i++)
        bins->counts[i] = 0;
    for (int i = 0; i < count; i++) {
        const struct cover_rect *rect = &seen[i].rect;
        int bottom = tile_index(rect->bottom, BINS_TILE_TALL, bins->rows);

        for (int row = tile_index(rect->top, BINS_TILE_TALL, bins->rows); row <= bottom; row++)
            list_row(bins, &seen[i], row);
    }
    free(seen);
}
