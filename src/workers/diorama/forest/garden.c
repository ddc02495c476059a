/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/forest/garden.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workers/diorama/forest/forest_impl.h"

#define OPEN_LIGHT 0.50f /* of the sky, on leaves that stand free */

static const struct {
    enum forest_kind kind;
    int specimens;
} plants[GARDEN_PLANTS] = {
    [GARDEN_BEECH] = {KIND_BEECH, 2}, [GARDEN_OAK] = {KIND_OAK, 2},
    [GARDEN_BIRCH] = {KIND_BIRCH, 2}, [GARDEN_SPRUCE] = {KIND_SPRUCE, 2},
    [GARDEN_PINE] = {KIND_PINE, 2},   [GARDEN_SAPLING] = {KIND_SAPLING, 2},
    [GARDEN_SHRUB] = {KIND_SHRUB, 3}, [GARDEN_GRASS] = {KIND_GRASS, 4},
    [GARDEN_HERB] = {KIND_HERB, 3},   [GARDEN_FLOWER] = {KIND_FLOWER, 3},
    [GARDEN_FERN] = {KIND_FERN, 2},
};

/* The first model of each plant; grown when it is first asked for. */
struct beds {
    int first[GARDEN_PLANTS]; /* plus 1 */
    struct dice dice;
};

static short model_of(struct forest *forest, struct beds *beds, enum garden_plant plant)
{
    int count = plants[plant].specimens;

    if (!beds->first[plant]) {
        beds->first[plant] = forest->model_count + 1;
        for (int i = 0; i < count; i++)
            forest_grow(forest, plants[plant].kind, &beds->dice);
    }
    return (short)(beds->first[plant] - 1 +
                   (int)dice_between(&beds->dice, 0, (float)count - 0.01f));
}

static void set_plant(struct forest *forest, struct beds *beds, const struct garden_spot *spot)
{
    struct forest_plant *plant = &forest->plants[forest->plant_count++];
    float turn = dice_between(&beds->dice, 0, 6.2831853f);

    *plant = (struct forest_plant){
        .at = {spot->at[0] - FOREST_M * floorf(spot->at[0] / FOREST_M), spot->at[1],
               spot->at[2] - FOREST_M * floorf(spot->at[2] / FOREST_M)},
        .sine = sinf(turn),
        .cosine = cosf(turn),
        .size = spot->size * dice_between(&beds->dice, 0.85f, 1.15f),
        .tone = dice_between(&beds->dice, 0.85f, 1.15f),
        .sun = spot->sun,
        .hue = dice_between(&beds->dice, -0.3f, 0.3f),
        .model = model_of(forest, beds, spot->plant),
    };
}

static void dress(struct forest *forest, const struct scene *scene, float snow)
{
    forest->woods = WOODS_MIXED;
    forest->season = snow > 0 ? SEASON_WINTER : scene->season;
    forest->snow = snow;
    forest->autumn = forest->season == SEASON_AUTUMN ? 1.0f : 0.0f;
    forest->falling = forest->autumn > 0 ? 26 : 0;
    forest->wet = scene->weather == WEATHER_RAIN ? 1.0f : 0.0f;
    forest->wind = 0.25f + 1.5f * scene->wind;
    forest->moss = 0.4f;
}

struct forest *garden_grow(const struct garden *garden, const struct place_job *job)
{
    const struct scene *scene = job->world->scene;
    struct forest *forest = calloc(1, sizeof(*forest));
    struct beds beds = {.dice = {scene->seed * 389 + 11}};
    uint32_t salt = (uint32_t)(scene->seed >> 3) + 31u;

    if (!forest)
        abort();
    forest->world = job->world;
    forest->is_garden = true;
    dress(forest, scene, garden->snow);
    forest->plants = malloc((size_t)PLANTS_MAX * sizeof(*forest->plants));
    if (!forest->plants)
        abort();
    forest_color_floor(forest);
    forest_paint_pictures(&forest->pictures, (uint32_t)scene->seed | 1u);
    for (int i = 0; i < garden->count; i++)
        set_plant(forest, &beds, &garden->spots[i]);
    for (int i = 0; i < forest->model_count; i++) {
        enum forest_bark bark = forest->models[i].bark;

        if (!forest->bark[bark].texels)
            forest_bake_bark(&forest->bark[bark], bark, salt);
    }
    forest_sort_plants(forest);
    forest_cast_shadows(forest);
    return forest;
}

void garden_begin(struct forest *forest, struct frame *frame, float haze_per_m)
{
    const struct world *world = frame->world;

    forest->world = world;
    forest_light_air(forest);
    forest->air.per_m = haze_per_m;
    forest->air.height_m = 1e4f;
    for (int k = 0; k < 3; k++) {
        float open = 0.5f * (world->sky.ambient_sun[k] + world->sky.ambient_away[k]);

        open = lerp_f(open, world->air.veil_color[k], world->air.veil);
        forest->ambient[k] = OPEN_LIGHT * open * (1.0f + 0.5f * forest->snow);
        forest->air.color[k] = world->air.mist_color[k];
        forest->light[k] *= 1.0f - world->air.veil;
    }
    frame->forest = forest;
}
