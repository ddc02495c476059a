/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Grass and flowers: each blade is a curve of its own, put on the samples from far to near.
 * Which blades stand where depends on the place alone, so they stay where they are as the camera
 * moves; farther off fewer and broader ones stand for many.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workers/diorama/forest/grove.h"
#include "workers/diorama/land/knoll.h"
#include "workers/diorama/noise.h"
#include "workers/diorama/parallel.h"
#include "workers/diorama/simd.h"

#define CELL_M 0.25f
#define NEAR_M 0.7f
#define FAR_M 26.0f
#define DENSE_M 2.6f /* up to here all blades stand */
#define COVERS 0.15f /* share of a sample that a blade must cover to be what is seen there */

enum {
    CELL_BLADES = 58,
    BUCKETS = 256,
    BAND_ROWS = 24, /* the planes' rows stay in the second cache */
    SLICES = 4,     /* of the field, which grow side by side */
    SLICE_BLADES_MAX = 15000,
    BLADES_MAX = SLICES * SLICE_BLADES_MAX,
    FLOWERS = 2 /* of a cell */
};

/* A blade on the canvas. Samples, from its root up. */
struct blade {
    float x[3], y[2]; /* root, bend, tip; root and tip */
    float half;       /* half its width at the root */
    float depth;      /* level distance */
    float slide;      /* how far the wind moved its tip since the frame before, to the right */
    float root[3], tip[3];
    float head; /* radius of a flower, 0 for none */
    float petal[3];
    bool in_bloom; /* no head: its upper half has the color of petals */
    int bucket;
};

/* What blades of a cell have in common: it changes slowly from place to place. */
struct patch {
    int cell[2];
    float dry, tall, drift, shade;
};

struct field {
    const struct blades_job *job;
    struct blade *blades; /* slice after slice, each with room for its most */
    int count;
    int *counts;            /* of the slices */
    int *order;             /* far to near */
    float (*reach)[2];      /* of each in that order: its first and last row */
    float lit[3], shade[3]; /* light on blades in the sun and out of it */
    float fog[3], fog_per_m;
};

static void light_field(struct field *field)
{
    const struct world *world = field->job->frame->world;
    const struct sky *sky = &world->sky;
    const float *forward = field->job->frame->view.forward;
    /* Against the sun blades shine through. */
    float ahead = sky->sun[0] * forward[0] + sky->sun[2] * forward[1];
    float sun = (0.34f + 0.30f * fmaxf(ahead, 0)) * (0.45f + 0.55f * fmaxf(sky->sun[1], 0.1f));

    for (int k = 0; k < 3; k++) {
        float ambient = 0.62f * (sky->ambient_sun[k] + sky->ambient_away[k]);

        field->shade[k] = ambient * 0.85f;
        field->lit[k] = ambient + sun * sky->sun_color[k] * 0.9f;
        field->fog[k] = world->air.mist_color[k];
    }
    field->fog_per_m = world->air.haze_per_m + world->air.mist_per_m;
}

/* How far a place lies in the shade of a body, 0 to 1. */
static float body_shade(const struct blades_job *job, float x, float z)
{
    const float *sun = job->frame->world->sky.sun;
    float most = 0;

    for (int i = 0; i < job->body_count; i++) {
        const struct body *body = &job->bodies[i];
        float lift = fminf((body->middle[1] - body->ground_m) / fmaxf(sun[1], 0.2f), 6.0f);
        float dx = x - body->middle[0] + sun[0] * lift, dz = z - body->middle[2] + sun[2] * lift;
        float reach = 0.55f * body->radius;

        most = fmaxf(most, 1.0f - (dx * dx + dz * dz) / (reach * reach));
    }
    return clamp_f(most * 1.5f, 0, 1);
}

static void color_blade(const struct field *field, struct blade *blade, const struct patch *patch,
                        float chance)
{
    const struct knoll *knoll = field->job->knoll;

    float through = expf(-blade->depth * field->fog_per_m), tone = 0.62f + 0.75f * chance;

    for (int k = 0; k < 3; k++) {
        float light = lerp_f(lerp_f(field->lit[k], field->shade[k], 0.55f * (1 - chance)),
                             0.75f * field->shade[k], patch->shade);
        float dry = k == 0 ? 1.0f + 0.35f * patch->dry : k == 1 ? 1.0f + 0.10f * patch->dry : 1.0f;

        blade->root[k] = lerp_f(field->fog[k], knoll->blade[0][k] * light * 0.55f, through);
        blade->tip[k] = lerp_f(field->fog[k], knoll->blade[1][k] * dry * light * tone, through);
        if (blade->in_bloom)
            blade->tip[k] = lerp_f(field->fog[k], blade->petal[k] * light * tone, through);
        blade->petal[k] = lerp_f(field->fog[k], blade->petal[k] * light * 1.15f, through);
    }
}

/* How far a place is from the middle of its row, by half a row's width; 0 where there are none. */
static float off_row(const struct knoll *knoll, const float place[2], float *row)
{
    const struct bloom *bloom = &knoll->bloom;
    float x = place[0] - knoll->road[0], z = place[1] - knoll->road[1], off;

    *row = 0;
    if (bloom->row_m <= 0 || knoll->flowers <= 0)
        return 0;
    off = (x * knoll->road_dir[1] - z * knoll->road_dir[0]) / bloom->row_m;
    *row = floorf(off + 0.5f);
    return fabsf(off - *row) * bloom->row_m / bloom->row_half;
}

/* Which of its hues a flower has: of its drift or its band of rows, now and then another. */
static int hue_of(const struct bloom *bloom, const float place[2], const struct patch *patch,
                  float row, float chance)
{
    if (bloom->band_m > 0)
        return ((int)floorf(row * bloom->row_m / bloom->band_m) % BLOOM_HUES + BLOOM_HUES) %
               BLOOM_HUES;
    if (chance > 0.78f)
        return (int)(chance * 97.0f) % BLOOM_HUES;
    return (int)(noise_hash((int)floorf(place[0] * 0.45f), (int)floorf(place[1] * 0.45f), 33) *
                     2.2f +
                 patch->drift) %
           BLOOM_HUES;
}

/* Some blades are stalks with a flower, in drifts of one color or in rows. */
static void grow_flower(const struct field *field, struct blade *blade, const float place[2],
                        const struct patch *patch, int number)
{
    const struct knoll *knoll = field->job->knoll;
    const struct bloom *bloom = &knoll->bloom;
    uint32_t salt = 41u + 50u * (uint32_t)number;
    float chance = noise_hash(patch->cell[0], patch->cell[1], salt), row, off;
    float dense = bloom->row_m > 0 ? 1.0f : 0.25f + 1.1f * patch->drift * patch->drift;

    off = off_row(knoll, place, &row);
    if (off > 1 || (bloom->radius_m > 0 && (number >= FLOWERS || chance > knoll->flowers * dense)))
        return;
    chance = noise_hash(patch->cell[0], patch->cell[1], salt + 2);
    memcpy(blade->petal, bloom->petals[hue_of(bloom, place, patch, row, chance)],
           sizeof(blade->petal));
    blade->in_bloom = bloom->radius_m <= 0;
    if (!blade->in_bloom)
        blade->head = bloom->radius_m * (0.75f + 0.5f * chance);
}

/* Meters of a blade: grass, or the stalk of a flower as its row has it. */
static float height_of(const struct knoll *knoll, const struct blade *blade, const float place[2],
                       float chance)
{
    float row, off = off_row(knoll, place, &row);

    if (knoll->bloom.stalk_m <= 0 || (blade->head <= 0 && !blade->in_bloom))
        return knoll->blade_m * (0.45f + 0.75f * chance) - (blade->head > 0 ? 0.10f : 0);
    if (blade->in_bloom) /* rounded bushes */
        return knoll->bloom.stalk_m * (1.0f - 0.55f * off * off) * (0.70f + 0.35f * chance);
    return knoll->bloom.stalk_m * (0.80f + 0.30f * chance);
}

/* The share of blades that stands at a distance. */
static float thinned(float level)
{
    float near = fminf(DENSE_M / fmaxf(level, 0.1f), 1.0f);

    return near * sqrtf(near);
}

/* Projects one blade; false when it is out of the picture. */
/* How far the wind bends a blade, in its heights. */
static float wind(const float place[2], float chance, float time_s)
{
    return 0.30f * sinf(1.6f * time_s + 0.55f * place[0] + 0.35f * place[1]) +
           0.12f * sinf(4.3f * time_s + 6.0f * chance + place[0]);
}

static bool grow(const struct field *field, struct blade *blade, const struct patch *patch,
                 int number)
{
    const int *cell = patch->cell;
    const struct blades_job *job = field->job;
    const struct view *view = &job->frame->view;
    const struct canvas *canvas = job->canvas;
    uint32_t salt = 1000u + 8u * (uint32_t)number;
    float place[2] = {((float)cell[0] + noise_hash(cell[0], cell[1], salt)) * CELL_M,
                      ((float)cell[1] + noise_hash(cell[0], cell[1], salt + 1)) * CELL_M};
    float x = place[0] - view->eye[0], z = place[1] - view->eye[2];
    float ahead = x * view->forward[0] + z * view->forward[1];
    float across = x * view->right[0] + z * view->right[1], level = sqrtf(x * x + z * z);
    float thin = thinned(level), per_x, per_y, lean, tall;
    float now_s = job->frame->wave_time_s, before_s = now_s - job->frame->step_s;
    float rank = (float)number / CELL_BLADES, chance = noise_hash(cell[0], cell[1], salt + 2), low;

    if (ahead < NEAR_M || rank > thin)
        return false;
    per_x = 1.0f / (ahead * canvas->pixel[0]);
    per_y = 1.0f / (ahead * canvas->pixel[1]);
    /* A blade that is thinned out as the camera moves shrinks away before it goes. */
    blade->head = 0;
    blade->in_bloom = false;
    if (job->knoll->flowers > 0)
        grow_flower(field, blade, place, patch, number);
    tall = height_of(job->knoll, blade, place, noise_hash(cell[0], cell[1], salt + 3));
    tall *= smooth_f(0, 0.12f, thin - rank + 0.01f) * (1.0f - smooth_f(0.7f * FAR_M, FAR_M, level));
    if (job->knoll->bloom.row_m <= 0)
        tall *= patch->tall;
    lean =
        (noise_hash(cell[0], cell[1], salt + 4) - 0.5f) * 1.1f + wind(place, chance, now_s) + 0.15f;
    low = job->knoll->base_m - level * level * (0.5f / KNOLL_RADIUS_M) - view->eye[1];
    blade->x[0] = across * per_x + 0.5f * (float)canvas->width;
    blade->y[0] = 0.5f * (float)canvas->height - (low / ahead - view->shift) / canvas->pixel[1];
    blade->y[1] = blade->y[0] - tall * (1.0f - 0.2f * lean * lean) * per_y;
    blade->x[1] = blade->x[0] + 0.25f * lean * tall * per_x;
    blade->x[2] = blade->x[0] + lean * tall * per_x;
    blade->slide = (wind(place, chance, now_s) - wind(place, chance, before_s)) * tall * per_x;
    blade->half = 0.0026f * per_x / sqrtf(fmaxf(thin, 0.02f));
    blade->depth = level;
    if (blade->head > 0) {
        blade->half *= 0.7f + 6.0f * blade->head;
        blade->head = fmaxf(blade->head * per_y, 0.9f);
    }
    color_blade(field, blade, patch, chance);
    blade->bucket = (int)((float)(BUCKETS - 1) * sqrtf(clamp_f(1.0f - level / FAR_M, 0, 1)));
    return blade->x[0] > -60 && blade->x[0] < (float)canvas->width + 60 &&
           blade->y[1] < (float)canvas->height && blade->y[0] - blade->y[1] > 0.6f;
}

static void grow_cell(struct field *field, const int cell[2])
{
    float x = ((float)cell[0] + 0.5f) * CELL_M, z = ((float)cell[1] + 0.5f) * CELL_M;
    float level = hypotf(x - field->job->frame->view.eye[0], z - field->job->frame->view.eye[2]);
    int count = (int)(thinned(level - CELL_M) * CELL_BLADES) + 1;
    struct patch patch = {
        .cell = {cell[0], cell[1]},
        .dry = 0.5f + 0.5f * noise_tiled(x * 0.11f + 300.0f, z * 0.11f + 300.0f, 4096, 7),
        .tall = 0.75f + 0.5f * noise_tiled(x * 0.4f + 90.0f, z * 0.4f + 90.0f, 4096, 3),
        .drift = 0.5f + 0.5f * noise_tiled(x * 0.35f + 500.0f, z * 0.35f + 500.0f, 4096, 21),
        .shade = body_shade(field->job, x, z),
    };

    if (field->job->knoll->trees)
        patch.shade = fmaxf(patch.shade, 1.0f - grove_sun_at(field->job->knoll->trees, x, z));
    for (int i = 0; i < count && i < CELL_BLADES && field->count < SLICE_BLADES_MAX; i++)
        field->count += grow(field, &field->blades[field->count], &patch, i);
}

/* Walks over the cells of a slice that the view can show: every so many'th row of them. */
static void grow_slice(void *context, int number)
{
    struct field slice = *(const struct field *)context, *field = &slice;
    const struct view *view = &field->job->frame->view;
    const struct canvas *canvas = field->job->canvas;
    float half = 0.5f * (float)canvas->width * canvas->pixel[0];
    int reach = (int)(FAR_M / CELL_M) + 1;
    int x0 = (int)floorf(view->eye[0] / CELL_M), z0 = (int)floorf(view->eye[2] / CELL_M);
    int first = -reach + ((number - (z0 - reach)) % SLICES + SLICES) % SLICES;

    slice.blades += (size_t)number * SLICE_BLADES_MAX;
    slice.count = 0;
    for (int dz = first; dz <= reach; dz += SLICES)
        for (int dx = -reach; dx <= reach; dx++) {
            const int cell[2] = {x0 + dx, z0 + dz};
            float x = (float)dx * CELL_M, z = (float)dz * CELL_M;
            float ahead = x * view->forward[0] + z * view->forward[1];
            float across = fabsf(x * view->right[0] + z * view->right[1]);

            if (ahead > 0.3f && x * x + z * z < FAR_M * FAR_M && across < half * ahead + 1.0f)
                grow_cell(field, cell);
        }
    slice.counts[number] = slice.count;
}

/* Sorts from far to near by buckets, keeping the order in which they grew. */
static void sort_field(struct field *field)
{
    float tall = fmaxf(field->job->knoll->bloom.tall, 1.0f);
    int starts[BUCKETS + 1] = {0};

    field->count = 0;
    for (int slice = 0; slice < SLICES; slice++)
        for (int i = 0; i < field->counts[slice]; i++, field->count++)
            starts[field->blades[slice * SLICE_BLADES_MAX + i].bucket + 1]++;
    for (int i = 0; i < BUCKETS; i++)
        starts[i + 1] += starts[i];
    for (int slice = 0; slice < SLICES; slice++)
        for (int i = 0; i < field->counts[slice]; i++) {
            int at = slice * SLICE_BLADES_MAX + i;
            const struct blade *blade = &field->blades[at];
            int place = starts[blade->bucket]++;

            field->order[place] = at;
            field->reach[place][0] = blade->y[1] - blade->head * tall;
            field->reach[place][1] = blade->y[0];
        }
}

static void blend(const struct canvas *canvas, size_t at, const float color[3], float alpha)
{
    for (int k = 0; k < 3; k++)
        canvas->plane[k][at] = lerp_f(canvas->plane[k][at], color[k], alpha);
}

/* Notes that a sample shows a blade, at a point of it that came `slide` to the right. */
static void show_blade(const struct canvas *canvas, size_t at, const struct blade *blade,
                       float slide)
{
    canvas->depth[at] = fminf(canvas->depth[at], blade->depth);
    if (!canvas->mover)
        return;
    canvas->mover[at] = 0;
    canvas->slide[0][at] = slide;
    canvas->slide[1][at] = 0;
}

/* The same of several side by side. */
static void show_blades(const struct canvas *canvas, size_t at, const struct blade *blade,
                        float slide, vi shown)
{
    vf depth = load(canvas->depth + at);

    store(canvas->depth + at, choose(shown, min_v(depth, splat(blade->depth)), depth));
    if (!canvas->mover)
        return;
    store(canvas->mover + at, choose(shown, splat(0), load(canvas->mover + at)));
    store(canvas->slide[0] + at, choose(shown, splat(slide), load(canvas->slide[0] + at)));
    store(canvas->slide[1] + at, choose(shown, splat(0), load(canvas->slide[1] + at)));
}

static void draw_span(const struct canvas *canvas, const struct blade *blade, int row, float t)
{
    float u = 1.0f - t, x = u * u * blade->x[0] + 2 * u * t * blade->x[1] + t * t * blade->x[2];
    float half = fmaxf(blade->half * (1.0f - 0.85f * t * t), 0.02f), color[3], left, right;
    float alpha = fminf(2.0f * half, 1.0f), slide = t * (0.5f + 0.5f * t) * blade->slide;

    half = fmaxf(half, 0.5f);
    left = x - half;
    right = x + half;
    for (int k = 0; k < 3; k++)
        color[k] = lerp_f(blade->root[k], blade->tip[k], t * (0.4f + 0.6f * t));
    /* Whole vectors of a row, so that bands never touch each other's samples. */
    for (int i = (int)fmaxf(left, 0) / VW * VW; i < right && i < canvas->width; i += VW) {
        size_t at = (size_t)row * (size_t)canvas->stride + (size_t)i;
        vf column = lane_index() + (float)i;
        vf inside = min_v(column + 1.0f, splat(right)) - max_v(column, splat(left));
        vi open = load(canvas->depth + at) > blade->depth - 0.02f, shown;

        inside = choose(open, saturate(inside) * alpha, splat(0));
        for (int k = 0; k < 3; k++)
            store(canvas->plane[k] + at,
                  lerp_v(load(canvas->plane[k] + at), splat(color[k]), inside));
        shown = inside > COVERS;
        if (any(shown))
            show_blades(canvas, at, blade, slide, shown);
    }
}

/* A flower head: an oval of petals around a yellow middle. */
static void draw_head(const struct field *field, const struct blade *blade, const int rows[2])
{
    const struct canvas *canvas = field->job->canvas;
    const struct bloom *bloom = &field->job->knoll->bloom;
    const float *middle = bloom->middle;
    float core = bloom->radius_m > 0.08f ? 0.30f : 0.10f; /* of the square of the radius */
    float light = blade->tip[1] / fmaxf(field->job->knoll->blade[1][1], 0.01f);
    float tall = fmaxf(bloom->tall * blade->head, 0.6f), wide = blade->head * 1.05f;
    int first = (int)fmaxf(floorf(blade->y[1] - tall), (float)rows[0]);

    for (int row = first; row < blade->y[1] + tall && row < rows[1]; row++)
        for (int i = (int)fmaxf(floorf(blade->x[2] - wide), 0);
             i < blade->x[2] + wide && i < canvas->width; i++) {
            size_t at = (size_t)row * (size_t)canvas->stride + (size_t)i;
            float dx = ((float)i + 0.5f - blade->x[2]) / wide;
            float dy = ((float)row + 0.5f - blade->y[1]) / tall, away = dx * dx + dy * dy, color[3];
            float petal = 1.0f - bloom->lobes * (1.0f - cosf(9.0f * atan2f(dy, dx))),
                  shade = 0.65f + 0.5f * (1 - dy) * 0.5f;

            if (away > petal || canvas->depth[at] < blade->depth - 0.02f)
                continue;
            for (int k = 0; k < 3; k++)
                color[k] = shade * (away < core && wide > 3 && middle[0] > 0 ? middle[k] * light
                                                                             : blade->petal[k]);
            blend(canvas, at, color, clamp_f((petal - away) * wide * 0.6f + 0.3f, 0, 1));
            show_blade(canvas, at, blade, blade->slide);
        }
}

static void draw_band(void *context, int band)
{
    const struct field *field = context;
    const struct canvas *canvas = field->job->canvas;
    const int rows[2] = {band * BAND_ROWS, band * BAND_ROWS + BAND_ROWS < canvas->height
                                               ? band * BAND_ROWS + BAND_ROWS
                                               : canvas->height};

    for (int i = 0; i < field->count; i++) {
        const struct blade *blade = &field->blades[field->order[i]];
        float inverse;
        int first;

        if (field->reach[i][0] > (float)rows[1] || field->reach[i][1] < (float)rows[0])
            continue;
        inverse = 1.0f / (blade->y[0] - blade->y[1]);
        first = (int)fmaxf(ceilf(blade->y[1]), (float)rows[0]);
        for (int row = first; row < blade->y[0] && row < rows[1]; row++)
            draw_span(canvas, blade, row, (blade->y[0] - (float)row) * inverse);
        if (blade->head > 0)
            draw_head(field, blade, rows);
    }
}

void blades_draw(const struct blades_job *job)
{
    int counts[SLICES] = {0};
    struct field field = {.job = job, .counts = counts};

    if (job->knoll->blade_m <= 0)
        return;
    field.blades = malloc(BLADES_MAX * sizeof(*field.blades));
    field.order = malloc(BLADES_MAX * sizeof(*field.order));
    field.reach = malloc(BLADES_MAX * sizeof(*field.reach));
    if (!field.blades || !field.order || !field.reach)
        abort();
    light_field(&field);
    parallel_run(job->threads, SLICES, grow_slice, &field);
    sort_field(&field);
    parallel_run(job->threads, (job->canvas->height + BAND_ROWS - 1) / BAND_ROWS, draw_band,
                 &field);
    free(field.blades);
    free(field.order);
    free(field.reach);
}
