/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "workers/diorama/noise.h"
#include "workers/diorama/town/town.h"

#define NEAR_M 0.05f
#define MARGIN_SAMPLES 2.0f

void town_bins_init(struct town_bins *bins, const struct canvas *canvas)
{
    size_t tiles = 0;

    bins->columns = (canvas->width + TOWN_TILE_WIDE - 1) / TOWN_TILE_WIDE;
    bins->rows = (canvas->height + TOWN_TILE_TALL - 1) / TOWN_TILE_TALL;
    tiles = (size_t)bins->columns * (size_t)bins->rows;
    bins->counts = malloc(tiles * sizeof(*bins->counts));
    bins->lists = malloc(tiles * TOWN_TILE_BOXES_MAX * sizeof(*bins->lists));
    bins->nearest = malloc(tiles * TOWN_TILE_BOXES_MAX * sizeof(*bins->nearest));
    if (!bins->counts || !bins->lists || !bins->nearest)
        abort();
}

void town_bins_fini(struct town_bins *bins)
{
    free(bins->counts);
    free(bins->lists);
    free(bins->nearest);
}

/* What a box covers on the canvas, in samples, and how near it comes. */
struct cover_rect {
    float left, right, top, bottom, nearest;
};

/* False when the box is behind the camera. */
static bool cover_of(const struct town_box *box, const struct view *view,
                     const struct canvas *canvas, struct cover_rect *rect)
{
    float ahead[8], across[8], rise[8], farthest = -1;

    *rect = (struct cover_rect){1e9f, -1e9f, 1e9f, -1e9f, 1e9f};
    for (int i = 0; i < 8; i++) {
        float x = (i & 1 ? box->high : box->low)[0] - view->eye[0];
        float y = (i & 2 ? box->high : box->low)[1];
        float z = (i & 4 ? box->high : box->low)[2] - view->eye[2];

        ahead[i] = x * view->forward[0] + z * view->forward[1];
        across[i] = x * view->right[0] + z * view->right[1];
        rise[i] = (canvas->mirrored ? -y : y) - view->eye[1];
        rect->nearest = fminf(rect->nearest, ahead[i]);
        farthest = fmaxf(farthest, ahead[i]);
    }
    if (farthest < NEAR_M)
        return false;
    if (rect->nearest < NEAR_M) { /* reaches past the camera: anywhere */
        *rect = (struct cover_rect){0, 1e9f, 0, 1e9f, 0};
        return true;
    }
    for (int i = 0; i < 8; i++) {
        float x = across[i] / ahead[i] / canvas->pixel[0] + 0.5f * (float)canvas->width;
        float y =
            0.5f * (float)canvas->height - (rise[i] / ahead[i] - view->shift) / canvas->pixel[1];

        rect->left = fminf(rect->left, x - MARGIN_SAMPLES);
        rect->right = fmaxf(rect->right, x + MARGIN_SAMPLES);
        rect->top = fminf(rect->top, y - MARGIN_SAMPLES);
        rect->bottom = fmaxf(rect->bottom, y + MARGIN_SAMPLES);
    }
    return rect->right > 0 && rect->left < (float)canvas->width && rect->bottom > 0 &&
           rect->top < (float)canvas->height;
}

/* A box that may show, and how near it comes. */
struct seen_box {
    struct cover_rect rect;
    short index;
};

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
static void list_row(struct town_bins *bins, const struct seen_box *seen, int row)
{
    int right = tile_index(seen->rect.right, TOWN_TILE_WIDE, bins->columns);

    for (int column = tile_index(seen->rect.left, TOWN_TILE_WIDE, bins->columns); column <= right;
         column++) {
        int tile = row * bins->columns + column, at = bins->counts[tile];

        if (at == TOWN_TILE_BOXES_MAX)
            continue;
        bins->lists[tile * TOWN_TILE_BOXES_MAX + at] = seen->index;
        bins->nearest[tile * TOWN_TILE_BOXES_MAX + at] = seen->rect.nearest;
        bins->counts[tile]++;
    }
}

void town_bin(const struct town *town, const struct view *view, const struct canvas *canvas,
              struct town_bins *bins)
{
    struct seen_box *seen = malloc((size_t)town->box_count * sizeof(*seen));
    int count = 0;

    if (!seen)
        abort();
    for (int i = 0; i < town->box_count; i++) {
        seen[count].index = (short)i;
        count += cover_of(&town->boxes[i], view, canvas, &seen[count].rect);
    }
    qsort(seen, (size_t)count, sizeof(*seen), nearer_first);
    for (int i = 0; i < bins->columns * bins->rows; i++)
        bins->counts[i] = 0;
    for (int i = 0; i < count; i++) {
        const struct cover_rect *rect = &seen[i].rect;
        int bottom = tile_index(rect->bottom, TOWN_TILE_TALL, bins->rows);

        for (int row = tile_index(rect->top, TOWN_TILE_TALL, bins->rows); row <= bottom; row++)
            list_row(bins, &seen[i], row);
    }
    free(seen);
}
