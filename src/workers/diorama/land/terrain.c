/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/land/terrain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workers/diorama/land/erosion.h"
#include "workers/diorama/noise.h"
#include "workers/diorama/pages.h"
#include "workers/diorama/parallel.h"

enum { SHAPE_LOG2 = 7, ROWS_PER_PIECE = 16 };

static const float mountains_m = 16384, coast_m = 8192;

#define DESERT_LOW_M 16.0f /* over all lakes */

/* A place's plan on the coarsest grid: what rises, and what is sea or valley floor. */
struct shape {
    int log2_cells;
    float size_m;
    uint32_t salt;
    const struct scene *scene;
};

static float *floats_new(size_t count)
{
    return pages_new(count * sizeof(float));
}

/*
 * Ranges along the creases of a slow noise, valleys with lakes in between.
 * Meters of uplift a step; negative on valley floors.
 */
static float mountain_uplift(const struct shape *shape, float x, float y)
{
    struct noise_fbm bend = {.period = 3, .octaves = 3, .gain = 0.5f, .salt = shape->salt + 11u};
    struct noise_fbm range = {.period = 3, .octaves = 4, .gain = 0.5f, .salt = shape->salt + 23u};
    struct noise_fbm basin = {.period = 4, .octaves = 4, .gain = 0.5f, .salt = shape->salt + 37u};
    struct noise_fbm peaks = {.period = 9, .octaves = 3, .gain = 0.6f, .salt = shape->salt + 53u};
    float wx = x + 0.05f * noise_fbm(&bend, x, y), wy = y + 0.05f * noise_fbm(&bend, y, x);
    float ridge = noise_ridged(&range, wx, wy), low = noise_fbm(&basin, x, y);

    if (ridge + 0.55f * low < 0.44f)
        return -1;
    return (1.5f + 13.0f * smooth_f(0.46f, 0.98f, ridge + 0.35f * low)) *
           (1.0f + 0.75f * noise_fbm(&peaks, x, y));
}

/* Meters inland from the shore line; the land is a bent strip, so that the sea has two sides. */
static float shore_raw(const struct shape *shape, float x, float y)
{
    struct noise_fbm bay = {.period = 3, .octaves = 4, .gain = 0.40f, .salt = shape->salt + 41u};
    float strip = 0.23f - fabsf(x - 0.3f - (x > 0.8f ? 1.0f : 0.0f));

    return (strip + 0.085f * noise_fbm(&bay, x, y)) * shape->size_m;
}

/* Divides by the slope, so that it is about a distance however the shore bends. */
static float shore_distance(const struct shape *shape, float x, float y)
{
    const float step = 1.0f / 1024.0f;
    float here = shore_raw(shape, x, y);
    float dx = (shore_raw(shape, x + step, y) - here) / (step * shape->size_m);
    float dy = (shore_raw(shape, x, y + step) - here) / (step * shape->size_m);

    return here / sqrtf(fmaxf(dx * dx + dy * dy, 0.4f));
}

static float coast_uplift(const struct shape *shape, float x, float y)
{
    struct noise_fbm range = {.period = 5, .octaves = 4, .gain = 0.5f, .salt = shape->salt + 61u};
    float inland = shore_distance(shape, x, y), ridge = noise_ridged(&range, x, y);

    if (inland < (shape->scene->tropical ? 45.0f : 20.0f))
        return -1;
    return 1.0f + 24.0f * smooth_f(60.0f, 1300.0f, inland) * smooth_f(0.35f, 0.95f, ridge);
}

static void plan_uplift(const struct shape *shape, float *uplift)
{
    int cells = 1 << shape->log2_cells;

    for (int y = 0; y < cells; y++)
        for (int x = 0; x < cells; x++) {
            float u = ((float)x + 0.5f) / (float)cells, v = ((float)y + 0.5f) / (float)cells;

            uplift[y << shape->log2_cells | x] = shape->scene->place == PLACE_COAST
                                                     ? coast_uplift(shape, u, v)
                                                     : mountain_uplift(shape, u, v);
        }
}

/* Erodes on ever finer grids: big valleys on the coarse ones, where steps are cheap. */
static float *erode_levels(struct shape shape, int log2_end)
{
    static const int steps[] = {44, 14, 8};
    size_t end = (size_t)1 << (2 * log2_end);
    float *height = floats_new(end), *next = floats_new(end), *uplift = floats_new(end);
    int cells = 1 << SHAPE_LOG2;

    for (int i = 0; i < cells * cells; i++)
        height[i] = 4.0f + 9.0f * noise_hash(i & (cells - 1), i >> SHAPE_LOG2, shape.salt);
    for (int level = SHAPE_LOG2; level <= log2_end; level++) {
        struct erosion erosion = {.log2_cells = level,
                                  .cell_m = shape.size_m / (float)(1 << level),
                                  .height = height,
                                  .uplift = uplift,
                                  .steps = steps[level - SHAPE_LOG2],
                                  .wear = 0.30f,
                                  .talus = 0.85f};

        shape.log2_cells = level;
        plan_uplift(&shape, uplift);
        erosion_run(&erosion);
        if (level == log2_end)
            break;
        erosion_double(height, level, next);
        for (size_t i = 0; i < (size_t)4 << (2 * level); i++)
            height[i] = fmaxf(next[i] + 5.0f * (noise_hash((int)i, 1, shape.salt) - 0.5f), 0);
    }
    pages_free(next);
    pages_free(uplift);
    return height;
}

static void scale_to(float *height, size_t count, float top)
{
    float highest = 1;

    for (size_t i = 0; i < count; i++)
        highest = fmaxf(highest, height[i]);
    for (size_t i = 0; i < count; i++)
        height[i] *= top / highest;
}

/* Green land without snow is hills; the rest is mountains. */
static float mountain_top(const struct scene *scene)
{
    float gentle = smooth_f(0.55f, 0.95f, scene->greenery) * smooth_f(0.8f, 1.0f, scene->snow_line);

    return lerp_f(1280.0f, 520.0f, gentle);
}

/* Gives valley floors their lake beds and meadows. */
static void lay_valleys(struct land *land, const struct shape *shape)
{
    struct noise_fbm bumps = {.period = 9, .octaves = 5, .gain = 0.55f, .salt = shape->salt + 71u};
    int cells = 1 << land->log2_cells;

    for (int y = 0; y < cells; y++)
        for (int x = 0; x < cells; x++) {
            float *height = &land->height[y << land->log2_cells | x];
            float bump = noise_fbm(&bumps, (float)x / (float)cells, (float)y / (float)cells);

            *height += (30.0f * bump + 4.0f) * (1.0f - smooth_f(20.0f, 130.0f, *height));
        }
}

/* Beach, plain and sea floor of a tropical shore, by the distance inland. */
static float beach_profile(float inland, float bump)
{
    if (inland < 0)
        return fmaxf(fminf(0.032f * inland, -4.5f + 0.06f * (inland + 140.0f)), -40.0f) +
               0.5f * bump * smooth_f(-10, -80, inland);
    return 0.05f * fminf(inland, 45.0f) + 0.012f * inland +
           1.2f * fabsf(bump) * smooth_f(14, 60, inland);
}

/* Cliffs, ledges and stacks of a rocky shore. */
static float cliff_profile(float inland, float bump, float crag)
{
    float edge = inland + 26.0f * bump + 14.0f * crag;
    float stack = smooth_f(0.42f, 0.62f, crag) * smooth_f(-190, -60, inland) * 26.0f;
    float cliff = (20.0f + 16.0f * bump) * smooth_f(-4, 24, edge) + 0.05f * fmaxf(inland, 0);

    if (inland < 0 && edge < 0)
        return fmaxf(fmaxf(0.11f * edge - 1.0f, -45.0f) + stack * 1.2f, -45.0f);
    return cliff + (inland < 0 ? stack * 0.3f : 0);
}

static void lay_shore(struct land *land, const struct shape *shape)
{
    struct noise_fbm bumps = {.period = 24, .octaves = 4, .gain = 0.5f, .salt = shape->salt + 83u};
    struct noise_fbm crags = {.period = 70, .octaves = 3, .gain = 0.5f, .salt = shape->salt + 97u};
    int cells = 1 << land->log2_cells;

    for (int y = 0; y < cells; y++)
        for (int x = 0; x < cells; x++) {
            float u = (float)x / (float)cells, v = (float)y / (float)cells;
            float *height = &land->height[y << land->log2_cells | x];
            float inland = shore_distance(shape, u, v), bump = noise_fbm(&bumps, u, v);
            float hills = *height * smooth_f(50, 320, inland);

            if (shape->scene->tropical)
                *height = beach_profile(inland, bump) + hills;
            else
                *height = cliff_profile(inland, bump, noise_fbm(&crags, u, v)) + hills;
            land->shore[y << land->log2_cells | x] = inland;
        }
}

/* Across a dune, 0 to 1 from trough to trough: a long slope up the wind, a short slip behind. */
static float dune_profile(float phase)
{
    float at = phase - floorf(phase);

    return at < 0.68f ? smooth_f(-0.15f, 0.76f, at) : 0.97f * (1.0f - at) / 0.32f;
}

/* Rows of dunes bent by a slow noise, small ones across the large; buttes where that is high. */
static float desert_height(const struct shape *shape, float x, float y)
{
    static const float rows[4][2] = {{24, 7}, {17, -18}, {9, 23}, {-21, 12}};
    struct noise_fbm bend = {.period = 7, .octaves = 3, .gain = 0.45f, .salt = shape->salt + 101u};
    struct noise_fbm size = {.period = 11, .octaves = 2, .gain = 0.5f, .salt = shape->salt + 113u};
    struct noise_fbm bare = {.period = 6, .octaves = 4, .gain = 0.42f, .salt = shape->salt + 127u};
    const float *row = rows[shape->salt >> 5 & 3];
    float wave = noise_fbm(&bend, x, y), tall = noise_fbm(&size, x, y);
    float rock = noise_fbm(&bare, x, y), edge = 0.22f + 0.22f * noise_hash(3, 5, shape->salt);
    float dune = dune_profile(row[0] * x + row[1] * y + 1.5f * wave);
    float cross = dune_profile(2.0f * (row[1] * x - row[0] * y) - 2.4f * wave + 0.8f * tall);
    float sand = 1.0f - 0.85f * smooth_f(edge - 0.20f, edge, rock);

    dune *= 0.35f + 0.65f * smooth_f(-0.45f, 0.35f, tall);
    return 30.0f + 30.0f * wave + sand * (125.0f * dune + 22.0f * cross * (1.0f - 0.7f * dune)) +
           55.0f * smooth_f(edge - 0.14f, edge, rock) +
           120.0f * smooth_f(edge, edge + 0.025f, rock) +
           65.0f * smooth_f(edge + 0.07f, edge + 0.09f, rock);
}

static void lay_desert(struct land *land, const struct shape *shape)
{
    int cells = 1 << land->log2_cells;

    land->height = floats_new((size_t)1 << (2 * land->log2_cells));
    for (int y = 0; y < cells; y++)
        for (int x = 0; x < cells; x++)
            land->height[y << land->log2_cells | x] =
                fmaxf(desert_height(shape, (float)x / (float)cells, (float)y / (float)cells),
                      DESERT_LOW_M);
}

void terrain_erode(struct land *land, const struct scene *scene, int log2_cells)
{
    bool coast = scene->place == PLACE_COAST;
    struct shape shape = {.size_m = coast ? coast_m : mountains_m,
                          .salt = (uint32_t)(scene->seed ^ scene->seed >> 32),
                          .scene = scene};
    size_t count = 0;

    memset(land, 0, sizeof(*land));
    if (scene->place == PLACE_SKY)
        return;
    land->log2_cells = log2_cells;
    land->cell_m = shape.size_m / (float)(1 << land->log2_cells);
    if (terrain_is_desert(scene)) {
        lay_desert(land, &shape);
        return;
    }
    count = (size_t)1 << (2 * land->log2_cells);
    land->height = erode_levels(shape, land->log2_cells);
    if (coast) {
        scale_to(land->height, count, scene->tropical ? 560.0f : 240.0f);
        land->shore = floats_new(count);
        lay_shore(land, &shape);
    } else {
        scale_to(land->height, count, mountain_top(scene));
        lay_valleys(land, &shape);
    }
}

void land_free(struct land *land)
{
    pages_free(land->height);
    pages_free(land->shore);
    memset(land, 0, sizeof(*land));
}

struct refining {
    struct world *world;
    const struct land *land;
    const struct kernels *kernels;
    struct relief_job relief;
    float *variation; /* 512 squared, about -1 to 1 */
};

static void refine_rows(void *context, int piece)
{
    struct refining *job = context;

    for (int i = 0; i < ROWS_PER_PIECE; i++)
        job->kernels->relief_row(&job->relief, piece * ROWS_PER_PIECE + i);
}

static void pack_rows(void *context, int piece)
{
    struct refining *job = context;
    struct terrain *terrain = &job->world->terrain;
    int cells = 1 << terrain->log2_cells;

    for (int y = piece * ROWS_PER_PIECE; y < (piece + 1) * ROWS_PER_PIECE; y++) {
        const float *fine = job->relief.fine + ((size_t)y << terrain->log2_cells);

        for (int x = 0; x < cells; x++)
            terrain->heights[terrain_cell(terrain->log2_cells, x, y)] =
                (uint32_t)((fine[x] - terrain->base_m) / terrain->step_m + 0.5f);
    }
}

static float fine_at(const struct refining *job, int x, int y)
{
    int log2 = job->world->terrain.log2_cells, mask = (1 << log2) - 1;

    return job->relief.fine[(size_t)(y & mask) << log2 | (size_t)(x & mask)];
}

/* Distance inland of a fine cell, between the four coarse ones around it. */
static float shore_at(const struct land *land, int x, int y)
{
    int log2 = land->log2_cells, mask = (1 << log2) - 1;
    float px = ((float)x + 0.5f) * 0.25f - 0.5f, py = ((float)y + 0.5f) * 0.25f - 0.5f;
    float fx = floorf(px), fy = floorf(py);
    int x0 = (int)fx & mask, y0 = (int)fy & mask, x1 = (x0 + 1) & mask, y1 = (y0 + 1) & mask;
    float a = lerp_f(land->shore[y0 << log2 | x0], land->shore[y0 << log2 | x1], px - fx);
    float b = lerp_f(land->shore[y1 << log2 | x0], land->shore[y1 << log2 | x1], px - fx);

    return lerp_f(a, b, py - fy);
}

/* What one texel's neighborhood is like. */
struct spot {
    float height, slope, hollow, vary, shore;
};

static void look_around(const struct refining *job, int x, int y, struct spot *spot)
{
    const struct terrain *terrain = &job->world->terrain;
    float near = 24.0f / terrain->cell_m;
    int step = near < 2 ? 2 : (int)near, mask = 511;
    float west = fine_at(job, x - step, y), east = fine_at(job, x + step, y);
    float south = fine_at(job, x, y - step), north = fine_at(job, x, y + step);
    float run = 2.0f * (float)step * terrain->cell_m, dx = east - west, dy = north - south;

    spot->height = fine_at(job, x, y);
    spot->slope = sqrtf(dx * dx + dy * dy) / run;
    spot->hollow = (0.25f * (west + east + south + north) - spot->height) / (0.5f * run);
    spot->vary = job->variation[((y * 512) >> terrain->log2_cells & mask) * 512 +
                                ((x * 512) >> terrain->log2_cells & mask)];
    spot->shore = 0;
    if (job->land->shore)
        spot->shore = shore_at(job->land, x, y);
}

static float woods_at(const struct world *world, const struct spot *spot)
{
    const struct cover *cover = &world->cover;
    float woods = cover->woods, high = spot->height + 160.0f * spot->vary;

    woods *= 1.0f - smooth_f(cover->tree_m - 260.0f, cover->tree_m + 60.0f, high);
    if (world->scene->place == PLACE_COAST) {
        woods *= cover->tropical ? smooth_f(34, 80, spot->shore + 16.0f * spot->vary)
                                 : smooth_f(60, 200, spot->shore + 60.0f * spot->vary) *
                                       smooth_f(-0.1f, 0.3f, spot->vary);
        woods *= 1.0f - smooth_f(cover->tropical ? 1.3f : 0.6f, cover->tropical ? 1.9f : 0.9f,
                                 spot->slope);
    } else {
        woods *= 1.0f - smooth_f(0.8f, 1.25f, spot->slope - 0.6f * spot->hollow);
        woods *=
            smooth_f(-0.55f, 0.05f, spot->vary + 1.2f * spot->hollow + world->cover.woods - 0.6f);
    }
    return woods * smooth_f(1.0f, 5.0f, spot->height - fmaxf(world->terrain.water_m, -100.0f));
}

static void cover_rows(void *context, int piece)
{
    struct refining *job = context;
    struct terrain *terrain = &job->world->terrain;
    int cells = 1 << terrain->log2_cells;

    for (int y = piece * ROWS_PER_PIECE; y < (piece + 1) * ROWS_PER_PIECE; y++)
        for (int x = 0; x < cells; x++) {
            struct spot spot;

            look_around(job, x, y, &spot);
            terrain->ground[(size_t)y << terrain->log2_cells | (size_t)x] =
                byte_of_unit(woods_at(job->world, &spot)) |
                byte_of_unit(0.5f + 1.6f * spot.hollow) << 8 |
                byte_of_unit(0.5f + 0.5f * spot.vary) << 16 |
                byte_of_unit(0.5f + spot.shore / 400.0f) << 24;
        }
}

static uint32_t *map_new(int log2_cells)
{
    return pages_new(((size_t)1 << (2 * log2_cells)) * sizeof(uint32_t));
}

static void measure(struct terrain *terrain, const float *fine)
{
    float low = fine[0], high = fine[0];

    for (size_t i = 0; i < (size_t)1 << (2 * terrain->log2_cells); i++) {
        low = fminf(low, fine[i]);
        high = fmaxf(high, fine[i]);
    }
    terrain->low_m = low;
    terrain->high_m = high;
    terrain->base_m = low - 1.0f;
    terrain->step_m = (high - low + 2.0f) / 65535.0f;
}

void terrain_refine(struct world *world, const struct land *land, const struct kernels *kernels,
                    int threads)
{
    bool coast = world->scene->place == PLACE_COAST, desert = terrain_is_desert(world->scene);
    struct terrain *terrain = &world->terrain;
    struct noise_fbm vary = {
        .period = 20, .octaves = 5, .gain = 0.6f, .salt = (uint32_t)world->scene->seed + 5u};
    struct refining job = {.world = world, .land = land, .kernels = kernels};
    int pieces = 0;

    if (!land->height)
        return;
    terrain->log2_cells = land->log2_cells + 2;
    terrain->cell_m = land->cell_m * 0.25f;
    job.relief = (struct relief_job){.coarse = land->height,
                                     .log2_coarse = land->log2_cells,
                                     .log2_fine = terrain->log2_cells,
                                     .fine_cell_m = terrain->cell_m,
                                     .fine = floats_new((size_t)1 << (2 * terrain->log2_cells)),
                                     .gully = desert  ? 0.0f
                                              : coast ? 0.4f
                                                      : mountain_top(world->scene) / 1280.0f,
                                     .rough = desert || coast ? 0.25f : 0.9f,
                                     .floor_m = coast ? 2.0f : 12.0f,
                                     .salt = (uint32_t)world->scene->seed};
    job.variation = floats_new(512u * 512u);
    for (int i = 0; i < 512 * 512; i++)
        job.variation[i] = noise_fbm(&vary, (float)(i & 511) / 512.0f, (float)(i >> 9) / 512.0f);
    pieces = (1 << terrain->log2_cells) / ROWS_PER_PIECE;
    parallel_run(threads, pieces, refine_rows, &job);
    measure(terrain, job.relief.fine);
    terrain->heights = map_new(terrain->log2_cells);
    terrain->light = map_new(terrain->log2_cells);
    terrain->ground = map_new(terrain->log2_cells);
    parallel_run(threads, pieces, pack_rows, &job);
    parallel_run(threads, pieces, cover_rows, &job);
    pages_free(job.relief.fine);
    pages_free(job.variation);
}

struct lighting {
    struct light_job job;
    const struct kernels *kernels;
};

static void reach_rows(void *context, int piece)
{
    struct lighting *lighting = context;

    for (int i = 0; i < ROWS_PER_PIECE / 2; i++)
        lighting->kernels->reach_row(&lighting->job, piece * (ROWS_PER_PIECE / 2) + i);
}

static void light_rows(void *context, int piece)
{
    struct lighting *lighting = context;

    for (int i = 0; i < ROWS_PER_PIECE; i++)
        lighting->kernels->light_row(&lighting->job, piece * ROWS_PER_PIECE + i);
}

/* Puts beside each height what may stand there, for the tracer to find with one look. */
static void stand_rows(void *context, int piece)
{
    struct lighting *lighting = context;
    struct terrain *terrain = &lighting->job.world->terrain;
    int log2 = terrain->log2_cells;
    float level = terrain_is_desert(lighting->job.world->scene) ? 1.15f : 0.18f; /* sand slips */

    for (int y = piece * ROWS_PER_PIECE; y < (piece + 1) * ROWS_PER_PIECE; y++)
        for (int x = 0; x < 1 << log2; x++) {
            size_t row = (size_t)y << log2 | (size_t)x;
            float nx = (float)(terrain->light[row] & 255) - 128.0f;
            float nz = (float)(terrain->light[row] >> 8 & 255) - 128.0f;
            uint32_t *cell = &terrain->heights[terrain_cell(log2, x, y)];

            *cell = (*cell & 0xffff) | (terrain->ground[row] & 255) << 16 |
                    byte_of_unit((nx * nx + nz * nz) / 8200.0f - level) << 24;
        }
}

void terrain_light(struct world *world, const struct kernels *kernels, int threads)
{
    struct lighting lighting = {{world, NULL}, kernels};
    int pieces = (1 << world->terrain.log2_cells) / ROWS_PER_PIECE;

    if (!world->terrain.heights)
        return;
    lighting.job.reach = map_new(world->terrain.log2_cells - 1);
    parallel_run(threads, pieces, reach_rows, &lighting);
    parallel_run(threads, pieces, light_rows, &lighting);
    parallel_run(threads, pieces, stand_rows, &lighting);
    pages_free(lighting.job.reach);
}

void terrain_free(struct terrain *terrain)
{
    pages_free(terrain->heights);
    pages_free(terrain->light);
    pages_free(terrain->ground);
    memset(terrain, 0, sizeof(*terrain));
}

float terrain_height_at(const struct terrain *terrain, float x_m, float z_m)
{
    float x = x_m / terrain->cell_m, z = z_m / terrain->cell_m, fx = floorf(x), fz = floorf(z);
    int mask = (1 << terrain->log2_cells) - 1, ix = (int)fx & mask, iz = (int)fz & mask;
    int log2 = terrain->log2_cells, jx = (ix + 1) & mask, jz = (iz + 1) & mask;
    float a = lerp_f((float)(terrain->heights[terrain_cell(log2, ix, iz)] & 0xffff),
                     (float)(terrain->heights[terrain_cell(log2, jx, iz)] & 0xffff), x - fx);
    float b = lerp_f((float)(terrain->heights[terrain_cell(log2, ix, jz)] & 0xffff),
                     (float)(terrain->heights[terrain_cell(log2, jx, jz)] & 0xffff), x - fx);

    return fmaxf(lerp_f(a, b, z - fz) * terrain->step_m + terrain->base_m, terrain->water_m);
}

void terrain_clear(struct terrain *terrain, float x_m, float z_m, float radius_m)
{
    int mask = (1 << terrain->log2_cells) - 1, reach = (int)(radius_m / terrain->cell_m) + 1;
    int cx = (int)floorf(x_m / terrain->cell_m), cz = (int)floorf(z_m / terrain->cell_m);

    for (int z = cz - reach; z <= cz + reach; z++)
        for (int x = cx - reach; x <= cx + reach; x++) {
            uint32_t *texel =
                &terrain->ground[(size_t)(z & mask) << terrain->log2_cells | (size_t)(x & mask)];
            float dx = (float)(x - cx), dz = (float)(z - cz);
            float away = sqrtf(dx * dx + dz * dz) * terrain->cell_m / radius_m;
            float kept = smooth_f(0.75f, 1.0f, away) * (float)(*texel & 255);

            *texel = (*texel & ~255u) | (uint32_t)kept;
        }
}
