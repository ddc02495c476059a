/* SPDX-License-Identifier: Apache-2.0 */
/* Lays a wood out on its torus: ground, path, trees and undergrowth. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workers/diorama/forest/forest_impl.h"
#include "workers/diorama/pages.h"

enum { STAND_KINDS = 4, SPECIMENS = 4, FLOOR_CELLS = 1 << FLOOR_LOG2 };

/* What a wood is made of. */
struct stand {
    enum scene_woods woods;
    struct {
        enum forest_kind kind;
        float share;
    } trees[STAND_KINDS];
    float spacing_m, clear; /* from tree to tree, and the share of places that stay empty */
    enum forest_kind young;
    float young_share, shrub, fern, grass, herb, flower, log;
    bool needles; /* on the ground */
};

static const struct stand stands[] = {
    {WOODS_MIXED,
     {{KIND_BEECH, 0.78f}, {KIND_OAK, 0.12f}, {KIND_SPRUCE, 0.10f}},
     5.6f,
     0.12f,
     KIND_SAPLING,
     0.055f,
     0.012f,
     0.30f,
     0.16f,
     0.16f,
     0.10f,
     0.004f,
     false},
    {WOODS_MIXED,
     {{KIND_OAK, 0.58f}, {KIND_BIRCH, 0.24f}, {KIND_BEECH, 0.18f}},
     6.4f,
     0.15f,
     KIND_SAPLING,
     0.045f,
     0.020f,
     0.36f,
     0.34f,
     0.16f,
     0.14f,
     0.004f,
     false},
    {WOODS_MIXED,
     {{KIND_BEECH, 0.46f}, {KIND_SPRUCE, 0.34f}, {KIND_BIRCH, 0.20f}},
     5.4f,
     0.12f,
     KIND_SAPLING,
     0.050f,
     0.012f,
     0.34f,
     0.18f,
     0.20f,
     0.06f,
     0.005f,
     false},
    {WOODS_CONIFER,
     {{KIND_SPRUCE, 0.82f}, {KIND_PINE, 0.13f}, {KIND_BIRCH, 0.05f}},
     5.0f,
     0.16f,
     KIND_YOUNG_SPRUCE,
     0.050f,
     0,
     0.30f,
     0.12f,
     0.26f,
     0,
     0.005f,
     true},
    {WOODS_CONIFER,
     {{KIND_PINE, 0.76f}, {KIND_SPRUCE, 0.16f}, {KIND_BIRCH, 0.08f}},
     5.4f,
     0.16f,
     KIND_YOUNG_SPRUCE,
     0.040f,
     0.006f,
     0.16f,
     0.34f,
     0.34f,
     0,
     0.005f,
     true},
    {WOODS_BIRCH,
     {{KIND_BIRCH, 0.94f}, {KIND_SPRUCE, 0.06f}},
     4.0f,
     0.18f,
     KIND_SAPLING,
     0.030f,
     0.010f,
     0.26f,
     0.62f,
     0.16f,
     0.14f,
     0.002f,
     false},
    {WOODS_JUNGLE,
     {{KIND_GIANT, 1}},
     6.6f,
     0.10f,
     KIND_TREE_FERN,
     0.055f,
     0.050f,
     0.42f,
     0.04f,
     0.40f,
     0,
     0.005f,
     false},
    {WOODS_BAMBOO,
     {{KIND_CANE, 1}},
     1.25f,
     0.22f,
     KIND_CANE,
     0,
     0,
     0.05f,
     0.06f,
     0.10f,
     0,
     0,
     true},
};

/* Models of a kind that may be picked from. */
struct specimens {
    int first, count;
};

struct plot {
    struct forest *forest;
    const struct stand *stand;
    struct dice dice;
    struct specimens kinds[FOREST_KINDS];
};

static float wrapped(float d)
{
    return d - FOREST_M * floorf(d / FOREST_M + 0.5f);
}

float forest_path_at(const struct forest *forest, float z)
{
    const float turn = 6.2831853f / FOREST_M;

    return forest->path[0] * sinf(turn * z + forest->path[1]) +
           forest->path[2] * sinf(3 * turn * z + forest->path[3]);
}

void forest_lay_path(struct forest *forest, const struct scene *scene)
{
    struct dice dice = {scene->seed ^ 0xf0435u};

    forest->path[0] = dice_between(&dice, 4, 9);
    forest->path[1] = dice_between(&dice, 0, 6.2831853f);
    forest->path[2] = dice_between(&dice, 1.0f, 2.2f);
    forest->path[3] = dice_between(&dice, 0, 6.2831853f);
    forest->path_half = dice_between(&dice, 0.75f, 1.15f);
}

static float ground_at(const struct forest *forest, float x, float z, uint32_t salt)
{
    const float per_m = 1.0f / FOREST_M;
    const struct noise_fbm broad = {7, 3, 0.45f, salt}, small = {46, 2, 0.5f, salt + 9};
    float off = fabsf(wrapped(x - forest_path_at(forest, z)));
    float away = smooth_f(1.6f, 5.5f, off), u = x * per_m, v = z * per_m;
    float bank = 2.6f * smooth_f(4, 30, off) * (0.6f + 0.6f * noise_tiled(u * 3, v * 3, 3, salt));

    u -= floorf(u);
    v -= floorf(v);
    return away * (1.1f * noise_fbm(&broad, u, v) + 0.16f * noise_fbm(&small, u, v)) + bank;
}

static uint32_t slope_byte(float slope)
{
    return (uint32_t)clamp_f(128.5f + 100.0f * slope, 0, 255);
}

static void lay_ground(struct forest *forest, uint32_t salt)
{
    const float cell = FOREST_M / FLOOR_CELLS;
    const int mask = FLOOR_CELLS - 1;
    float *height = pages_new((size_t)FLOOR_CELLS * FLOOR_CELLS * sizeof(float));

    forest->height = height;
    forest->floor = pages_new((size_t)FLOOR_CELLS * FLOOR_CELLS * sizeof(uint32_t));
    for (int z = 0; z < FLOOR_CELLS; z++)
        for (int x = 0; x < FLOOR_CELLS; x++)
            height[z << FLOOR_LOG2 | x] = ground_at(forest, (float)x * cell, (float)z * cell, salt);
    for (int z = 0; z < FLOOR_CELLS; z++)
        for (int x = 0; x < FLOOR_CELLS; x++) {
            int row = z << FLOOR_LOG2;
            float dx = height[row | ((x + 1) & mask)] - height[row | ((x - 1) & mask)];
            float dz = height[((z + 1) & mask) << FLOOR_LOG2 | x] -
                       height[((z - 1) & mask) << FLOOR_LOG2 | x];
            float off = wrapped((float)x * cell - forest_path_at(forest, (float)z * cell));
            float worn = 0.35f * (noise_hash(x >> 2, z >> 2, salt) - 0.5f);

            forest->floor[row | x] =
                slope_byte(dx / (2 * cell)) | slope_byte(dz / (2 * cell)) << 8 |
                byte_of_unit(0.5f + 1.1f * (forest->path_half + worn - fabsf(off))) << 16 |
                255u << 24;
        }
}

static float height_at(const struct forest *forest, float x, float z)
{
    const int mask = FLOOR_CELLS - 1;
    float px = x * (FLOOR_CELLS / FOREST_M), pz = z * (FLOOR_CELLS / FOREST_M);
    float fx = floorf(px), fz = floorf(pz);
    int x0 = (int)fx & mask, x1 = (x0 + 1) & mask;
    int z0 = ((int)fz & mask) << FLOOR_LOG2, z1 = (((int)fz + 1) & mask) << FLOOR_LOG2;

    return lerp_f(lerp_f(forest->height[z0 | x0], forest->height[z0 | x1], px - fx),
                  lerp_f(forest->height[z1 | x0], forest->height[z1 | x1], px - fx), pz - fz);
}

/* Less sky gets to the ground at the foot of a tree. */
static void shade_foot(struct forest *forest, const struct forest_plant *plant, float radius)
{
    const float cell = FOREST_M / FLOOR_CELLS;
    const int mask = FLOOR_CELLS - 1;
    int reach = (int)(radius / cell) + 1;
    int x0 = (int)(plant->at[0] / cell + 0.5f), z0 = (int)(plant->at[2] / cell + 0.5f);

    for (int dz = -reach; dz <= reach; dz++)
        for (int dx = -reach; dx <= reach; dx++) {
            float x = (float)(x0 + dx) * cell - plant->at[0];
            float z = (float)(z0 + dz) * cell - plant->at[2];
            float open = 1.0f - 0.62f * smooth_f(radius, 0.2f * radius, sqrtf(x * x + z * z));
            uint32_t *at = &forest->floor[((z0 + dz) & mask) << FLOOR_LOG2 | ((x0 + dx) & mask)];

            *at = (*at & 0xffffffu) | byte_of_unit((float)(*at >> 24) / 255.0f * open) << 24;
        }
}

/* False when there is no room for more, or the wood has none of that kind. */
static bool plant(struct plot *plot, enum forest_kind kind, float x, float z)
{
    struct forest *forest = plot->forest;
    struct forest_plant *plant = &forest->plants[forest->plant_count];
    float turn = dice_between(&plot->dice, 0, 6.2831853f);
    const struct specimens *of = &plot->kinds[kind];

    if (forest->plant_count == PLANTS_MAX || of->count == 0)
        return false;
    forest->plant_count++;
    x -= FOREST_M * floorf(x / FOREST_M);
    z -= FOREST_M * floorf(z / FOREST_M);
    *plant = (struct forest_plant){
        .at = {x, height_at(forest, x, z), z},
        .sine = sinf(turn),
        .cosine = cosf(turn),
        .size = dice_between(&plot->dice, 0.82f, 1.18f),
        .tone = dice_between(&plot->dice, 0.82f, 1.18f),
        .hue = dice_between(&plot->dice, -0.35f, 0.35f),
        .sun = 1,
    };
    plant->model = (short)(of->first + (int)dice_between(&plot->dice, 0, (float)of->count - 0.01f));
    if (kind <= KIND_CANE)
        shade_foot(forest, plant,
                   0.35f + 7.0f * forest->models[plant->model].limbs[0].rb * plant->size);
    else if (kind <= KIND_SHRUB || kind == KIND_FERN || kind == KIND_LOG)
        shade_foot(forest, plant, 0.55f * plant->size);
    return true;
}

static void need(struct plot *plot, enum forest_kind kind, int count, bool wanted)
{
    if (!wanted || plot->kinds[kind].count > 0)
        return;
    plot->kinds[kind] = (struct specimens){plot->forest->model_count, count};
    for (int i = 0; i < count; i++)
        forest_grow(plot->forest, kind, &plot->dice);
}

static void grow_specimens(struct plot *plot)
{
    const struct stand *stand = plot->stand;

    for (int i = 0; i < STAND_KINDS; i++)
        need(plot, stand->trees[i].kind, i == 0 ? SPECIMENS + 2 : SPECIMENS - 1,
             stand->trees[i].share > 0);
    need(plot, stand->young, SPECIMENS, stand->young_share > 0);
    need(plot, KIND_SHRUB, 3, stand->shrub > 0);
    need(plot, KIND_FERN, 4, stand->fern > 0);
    need(plot, KIND_GRASS, 4, stand->grass > 0);
    need(plot, KIND_HERB, 4, stand->herb > 0);
    need(plot, KIND_FLOWER, 3, stand->flower > 0);
    need(plot, KIND_LOG, 3, stand->log > 0);
    need(plot, KIND_BLADES, 4, plot->forest->woods == WOODS_JUNGLE);
}

static float off_path(const struct forest *forest, float x, float z)
{
    return fabsf(wrapped(x - forest_path_at(forest, z))) - forest->path_half;
}

static void plant_trees(struct plot *plot)
{
    const struct stand *stand = plot->stand;
    int cells = (int)(FOREST_M / stand->spacing_m);
    float cell = FOREST_M / (float)cells;

    for (int i = 0; i < cells * cells; i++) {
        float x = ((float)(i % cells) + dice_between(&plot->dice, 0.06f, 0.94f)) * cell;
        float z = ((float)(i / cells) + dice_between(&plot->dice, 0.06f, 0.94f)) * cell;
        float pick = dice_between(&plot->dice, 0, 1);
        int k = 0;

        if (dice_between(&plot->dice, 0, 1) < stand->clear)
            continue;
        if (off_path(plot->forest, x, z) < fminf(1.0f, 0.5f * stand->spacing_m))
            continue;
        while (k < STAND_KINDS - 1 && pick > stand->trees[k].share) {
            pick -= stand->trees[k].share;
            k++;
        }
        if (stand->trees[k].share > 0)
            plant(plot, stand->trees[k].kind, x, z);
    }
}

/* 0 to 1 over the wood, in patches of so many meters; about `share` of it is over 0.5. */
static float patch(float x, float z, float meters, float share, uint32_t salt)
{
    int period = (int)(FOREST_M / meters);
    float per_m = (float)period / FOREST_M;

    return 0.5f + 0.9f * noise_tiled(x * per_m, z * per_m, period, salt) + (share - 0.5f);
}

/* Plants that are taller than a man, or lie about: true when one is there. */
static bool plant_tall(struct plot *plot, float x, float z, float off)
{
    const struct stand *stand = plot->stand;
    uint32_t salt = (uint32_t)plot->forest->world->scene->seed;
    float chance = dice_between(&plot->dice, 0, 1);

    if (off > 1.3f && chance < stand->young_share * patch(x, z, 18, 0.7f, salt + 1))
        return plant(plot, stand->young, x, z);
    if (off > 1.0f && chance > 1.0f - stand->shrub * patch(x, z, 12, 0.8f, salt + 2))
        return plant(plot, KIND_SHRUB, x, z);
    if (off > 5.0f && chance > 0.5f && chance < 0.5f + stand->log)
        return plant(plot, KIND_LOG, x, z);
    return false;
}

/* What grows at one spot of the ground, if anything. */
static void plant_spot(struct plot *plot, float x, float z)
{
    const struct stand *stand = plot->stand;
    enum scene_season season = plot->forest->season;
    uint32_t salt = (uint32_t)plot->forest->world->scene->seed;
    float off = off_path(plot->forest, x, z), margin = dice_between(&plot->dice, 0, 1);
    bool blooms = season != SEASON_AUTUMN && season != SEASON_WINTER;
    enum forest_kind low = KIND_FERN;

    if (off < 0.05f || plant_tall(plot, x, z, off))
        return;
    if (plot->forest->woods == WOODS_JUNGLE && margin < 0.4f)
        low = KIND_BLADES;
    if (off > 0.35f + 0.5f * margin && patch(x, z, 9, stand->fern, salt + 3) > 0.42f)
        plant(plot, low, x, z);
    else if (patch(x, z, 6, stand->grass, salt + 4) > 0.45f)
        plant(plot, KIND_GRASS, x, z);
    else if (off > 0.2f && patch(x, z, 7, stand->herb, salt + 5) > 0.42f)
        plant(plot, KIND_HERB, x, z);
    else if (blooms && patch(x, z, 5, stand->flower, salt + 6) > 0.45f)
        plant(plot, KIND_FLOWER, x, z);
}

static void plant_below(struct plot *plot)
{
    int cells = 150;
    float cell = FOREST_M / (float)cells;
    bool frozen = plot->forest->snow > 0.5f;

    for (int i = 0; i < cells * cells; i++) {
        float x = ((float)(i % cells) + dice_between(&plot->dice, 0, 1)) * cell;
        float z = ((float)(i / cells) + dice_between(&plot->dice, 0, 1)) * cell;

        if (frozen && dice_between(&plot->dice, 0, 1) < 0.75f)
            continue;
        plant_spot(plot, x, z);
    }
}

static int grid_cell(const struct forest_plant *plant)
{
    int x = (int)(plant->at[0] * (GRID_CELLS / FOREST_M)) & (GRID_CELLS - 1);
    int z = (int)(plant->at[2] * (GRID_CELLS / FOREST_M)) & (GRID_CELLS - 1);

    return z * GRID_CELLS + x;
}

void forest_sort_plants(struct forest *forest)
{
    struct forest_plant *sorted = malloc((size_t)PLANTS_MAX * sizeof(*sorted));
    int next[GRID_CELLS * GRID_CELLS];

    if (!sorted)
        abort();
    memset(forest->cell_start, 0, sizeof(forest->cell_start));
    for (int i = 0; i < forest->plant_count; i++)
        forest->cell_start[grid_cell(&forest->plants[i]) + 1] += !forest->plants[i].is_felled;
    for (int i = 0; i < GRID_CELLS * GRID_CELLS; i++) {
        forest->cell_start[i + 1] += forest->cell_start[i];
        next[i] = forest->cell_start[i];
    }
    for (int i = 0; i < forest->plant_count; i++)
        if (!forest->plants[i].is_felled)
            sorted[next[grid_cell(&forest->plants[i])]++] = forest->plants[i];
    forest->plant_count = forest->cell_start[GRID_CELLS * GRID_CELLS];
    free(forest->plants);
    forest->plants = sorted;
}

/* Trees at the sides of the first view, so that it has a frame. */
static void plant_frame(struct plot *plot, const struct camera *camera)
{
    float fx = sinf(camera->heading), fz = cosf(camera->heading);
    float side = dice_between(&plot->dice, 0, 1) < 0.5f ? -1.0f : 1.0f;

    for (int i = 0; i < 3; i++) {
        float ahead = i == 0   ? dice_between(&plot->dice, 4.2f, 5.6f)
                      : i == 1 ? dice_between(&plot->dice, 7.5f, 10)
                               : dice_between(&plot->dice, 11, 15);
        float across = side * ahead * camera->half_width *
                       (i == 0 ? dice_between(&plot->dice, 0.60f, 0.80f)
                               : dice_between(&plot->dice, 0.45f, 0.85f));
        float x = camera->start[0] + ahead * fx + across * fz;
        float z = camera->start[2] + ahead * fz - across * fx;

        side = -side;
        if (off_path(plot->forest, x, z) > 0.5f)
            plant(plot,
                  plot->stand->trees[i == 2 ? 1 : 0].share > 0
                      ? plot->stand->trees[i == 2 ? 1 : 0].kind
                      : plot->stand->trees[0].kind,
                  x, z);
    }
}

static const struct stand *pick_stand(struct plot *plot, enum scene_woods woods)
{
    const struct stand *fitting[sizeof(stands) / sizeof(stands[0])];
    int count = 0;

    for (size_t i = 0; i < sizeof(stands) / sizeof(stands[0]); i++)
        if (stands[i].woods == woods)
            fitting[count++] = &stands[i];
    return fitting[(int)dice_between(&plot->dice, 0, (float)count - 0.01f)];
}

void forest_plan(struct forest *forest, const struct camera *camera)
{
    const struct scene *scene = forest->world->scene;
    struct plot plot = {.forest = forest, .dice = {scene->seed * 977 + 5}};
    uint32_t salt = (uint32_t)(scene->seed >> 3) + 31u;

    plot.stand = pick_stand(&plot, forest->woods);
    forest->plants = malloc((size_t)PLANTS_MAX * sizeof(*forest->plants));
    if (!forest->plants)
        abort();
    forest_color_floor(forest);
    lay_ground(forest, salt);
    grow_specimens(&plot);
    for (int i = 0; i < forest->model_count; i++) {
        enum forest_bark bark = forest->models[i].bark;

        if (!forest->bark[bark].texels)
            forest_bake_bark(&forest->bark[bark], bark, salt);
    }
    forest_bake_litter(&forest->litter, plot.stand->needles, salt);
    plant_frame(&plot, camera);
    plant_trees(&plot);
    plant_below(&plot);
}
