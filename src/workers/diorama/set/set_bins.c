/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "workers/diorama/set/set.h"

#define NEAR_M 0.05f
#define MARGIN_SAMPLES 2.0f

void set_bins_init(struct set_bins *bins, const struct canvas *canvas)
{
    size_t tiles = 0;

    bins->columns = (canvas->width + SET_TILE_WIDE - 1) / SET_TILE_WIDE;
    bins->rows = (canvas->height + SET_TILE_TALL - 1) / SET_TILE_TALL;
    tiles = (size_t)bins->columns * (size_t)bins->rows;
    bins->counts = malloc(tiles * sizeof(*bins->counts));
    bins->lists = malloc(tiles * SET_TILE_SOLIDS_MAX * sizeof(*bins->lists));
    bins->nearest = malloc(tiles * SET_TILE_SOLIDS_MAX * sizeof(*bins->nearest));
    if (!bins->counts || !bins->lists || !bins->nearest)
        abort();
}

void set_bins_fini(struct set_bins *bins)
{
    free(bins->counts);
    free(bins->lists);
    free(bins->nearest);
}

/* What a solid covers on the canvas, in samples, and how near it comes. */
struct cover_rect {
    float left, right, top, bottom, nearest;
};

/* Corner `i` of a solid's box: how far ahead, across and up it is from the eye. */
static void corner_of(const struct set_solid *solid, const struct view *view, bool mirrored, int i,
                      float at[3])
{
    float p[3];

    for (int k = 0; k < 3; k++) {
        p[k] = solid->middle[k];
        for (int axis = 0; axis < 3; axis++)
            p[k] += solid->axes[axis][k] * solid->half[axis] * (i >> axis & 1 ? 1.0f : -1.0f);
    }
    p[1] = mirrored ? -p[1] : p[1];
    for (int k = 0; k < 3; k++)
        p[k] -= view->eye[k];
    at[0] = p[0] * view->forward[0] + p[2] * view->forward[1];
    at[1] = p[0] * view->right[0] + p[2] * view->right[1];
    at[2] = p[1];
}

/* False when it cannot be seen. */
static bool cover_of(const struct set_solid *solid, const struct view *view,
                     const struct canvas *canvas, struct cover_rect *rect)
{
    float corner[8][3], farthest = -1;

    *rect = (struct cover_rect){1e9f, -1e9f, 1e9f, -1e9f, 1e9f};
    for (int i = 0; i < 8; i++) {
        corner_of(solid, view, canvas->mirrored, i, corner[i]);
        rect->nearest = fminf(rect->nearest, corner[i][0]);
        farthest = fmaxf(farthest, corner[i][0]);
    }
    if (farthest < NEAR_M)
        return false;
    if (rect->nearest < NEAR_M) { /* reaches past the camera: anywhere */
        *rect = (struct cover_rect){0, 1e9f, 0, 1e9f, 0};
        return true;
    }
    for (int i = 0; i < 8; i++) {
        float x = corner[i][1] / corner[i][0] / canvas->pixel[0] + 0.5f * (float)canvas->width;
        float y = 0.5f * (float)canvas->height -
                  (corner[i][2] / corner[i][0] - view->shift) / canvas->pixel[1];

        rect->left = fminf(rect->left, x - MARGIN_SAMPLES);
        rect->right = fmaxf(rect->right, x + MARGIN_SAMPLES);
        rect->top = fminf(rect->top, y - MARGIN_SAMPLES);
        rect->bottom = fmaxf(rect->bottom, y + MARGIN_SAMPLES);
    }
    return rect->right > 0 && rect->left < (float)canvas->width && rect->bottom > 0 &&
           rect->top < (float)canvas->height;
}

struct seen_solid {
    struct cover_rect rect;
    short index;
};

static int nearer_first(const void *a, const void *b)
{
    const struct seen_solid *left = a, *right = b;

    if (left->rect.nearest != right->rect.nearest)
        return left->rect.nearest < right->rect.nearest ? -1 : 1;
    return left->index - right->index;
}

static int tile_index(float samples, int tile, int tiles)
{
    return (int)clamp_f(floorf(samples / (float)tile), 0, (float)(tiles - 1));
}

/* Lists a solid in the tiles of one row that it covers. */
static void list_row(struct set_bins *bins, const struct seen_solid *seen, int row)
{
    int right = tile_index(seen->rect.right, SET_TILE_WIDE, bins->columns);

    for (int column = tile_index(seen->rect.left, SET_TILE_WIDE, bins->columns); column <= right;
         column++) {
        int tile = row * bins->columns + column, at = bins->counts[tile];

        if (at == SET_TILE_SOLIDS_MAX)
            continue;
        bins->lists[tile * SET_TILE_SOLIDS_MAX + at] = seen->index;
        bins->nearest[tile * SET_TILE_SOLIDS_MAX + at] = seen->rect.nearest;
        bins->counts[tile]++;
    }
}

void set_bin(const struct set *set, const struct view *view, const struct canvas *canvas,
             struct set_bins *bins)
{
    struct seen_solid *seen = malloc(((size_t)set->solid_count + 1) * sizeof(*seen));
    int count = 0;

    if (!seen)
        abort();
    for (int i = 0; i < set->solid_count; i++) {
        seen[count].index = (short)i;
        count += cover_of(&set->solids[i], view, canvas, &seen[count].rect);
    }
    qsort(seen, (size_t)count, sizeof(*seen), nearer_first);
    for (int i = 0; i < bins->columns * bins->rows; i++)
        bins->counts[i] = 0;
    for (int i = 0; i < count; i++) {
        const struct cover_rect *rect = &seen[i].rect;
        int bottom = tile_index(rect->bottom, SET_TILE_TALL, bins->rows);

        for (int row = tile_index(rect->top, SET_TILE_TALL, bins->rows); row <= bottom; row++)
            list_row(bins, &seen[i], row);
    }
    free(seen);
}
