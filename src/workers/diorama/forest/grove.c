/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/forest/grove.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workers/diorama/forest/forest_impl.h"
#include "workers/diorama/pages.h"
#include "workers/diorama/parallel.h"

#define EYE_M 1.45f      /* before a tree that the picture is of */
#define ROW_M 6.5f       /* from tree to tree of a row */
#define WAY_M 1.6f       /* between a trunk and what the camera looks at */
#define FARTHEST_M 84.0f /* beyond, trees are about to fade */

enum { GROVE_MAX = 24, MODELS = 3, TRIES = 16, WAY_STEPS = 6 };

/* Trees being placed. */
struct plot {
    struct forest *forest;
    const struct grove_site *site;
    const struct camera *camera;
    struct dice dice;
    float seconds; /* of the clip */
};

static enum forest_kind kind_of(enum scene_tree tree)
{
    static const enum forest_kind kinds[SCENE_TREES] = {
        [TREE_OAK] = KIND_LONE_OAK,    [TREE_BLOSSOM] = KIND_BLOSSOM,
        [TREE_FRUIT] = KIND_FRUIT,     [TREE_OLIVE] = KIND_OLIVE,
        [TREE_CYPRESS] = KIND_CYPRESS, [TREE_WILLOW] = KIND_WILLOW,
        [TREE_ACACIA] = KIND_ACACIA,   [TREE_BIRCH] = KIND_LONE_BIRCH,
        [TREE_PINE] = KIND_LONE_PINE,  [TREE_SPRUCE] = KIND_LONE_SPRUCE,
        [TREE_BUSH] = KIND_BUSH,
    };

    return kinds[tree];
}

/* A place of the first view: meters ahead of the camera and to its right. */
static void place_of_view(const struct camera *camera, float ahead, float across, float at[3])
{
    float fx = sinf(camera->heading), fz = cosf(camera->heading);

    at[0] = camera->start[0] + ahead * fx + across * fz;
    at[1] = 0;
    at[2] = camera->start[2] + ahead * fz - across * fx;
}

/* Whether a trunk would come before whom the camera goes along with. */
static bool is_in_way(const struct plot *plot, const float at[3])
{
    const struct camera *camera = plot->camera;
    const struct actor *leader = plot->site->cast->actors;

    for (int i = 0; i <= WAY_STEPS && plot->site->cast->count > 0; i++) {
        float t = plot->seconds * (float)i / WAY_STEPS;

        for (int j = 0; j <= 8; j++) {
            float part = (float)j / 6; /* and a little beyond */
            float x = lerp_f(camera->start[0], leader->start[0], part) + t * camera->follow[0];
            float z = lerp_f(camera->start[2], leader->start[2], part) + t * camera->follow[1];

            if (hypotf(at[0] - x, at[2] - z) < WAY_M)
                return true;
        }
    }
    return false;
}

static bool is_crowded(const struct plot *plot, const float at[3], float room)
{
    for (int i = 0; i < plot->forest->plant_count; i++) {
        const float *other = plot->forest->plants[i].at;

        if (hypotf(at[0] - other[0], at[2] - other[2]) < room)
            return true;
    }
    return false;
}

static void plant(struct plot *plot, const float at[3], float size)
{
    struct forest *forest = plot->forest;
    struct forest_plant *plant = &forest->plants[forest->plant_count];
    float turn = dice_between(&plot->dice, 0, 6.2831853f);

    if (forest->plant_count == GROVE_MAX)
        return;
    *plant = (struct forest_plant){
        .at = {at[0], at[1], at[2]},
        .sine = sinf(turn),
        .cosine = cosf(turn),
        .size = size,
        .sun = 1,
        .tone = dice_between(&plot->dice, 0.88f, 1.14f),
        .hue = dice_between(&plot->dice, -0.25f, 0.25f),
        .model = (short)(forest->plant_count % forest->model_count),
    };
    forest->plant_count++;
}

static float tall_of(const struct camera *camera)
{
    return camera->half_width * (float)camera->height / (float)camera->width;
}

/* How far off all of a tree is in the picture. */
static float distance_of(const struct camera *camera, const struct forest_model *model, float eye)
{
    float tall = tall_of(camera);
    float high = (model->height_m - eye) / (camera->shift + 0.74f * tall);
    float wide = 1.25f * model->radius_m / camera->half_width;

    return clamp_f(fmaxf(high, wide), 7, FARTHEST_M);
}

/* Before a tree alone: low horizon, and a move that suits its size. */
static void frame_tree(struct camera *camera, const struct knoll *knoll,
                       const struct forest_model *model)
{
    float tall = tall_of(camera), distance;

    camera->start[1] = knoll->base_m + EYE_M;
    camera->shift = 0.55f * tall;
    distance = distance_of(camera, model, EYE_M);
    camera->target_m = distance;
    camera->scale = 0.0023f * distance;
    camera->pace_m_s = 0.06f * distance;
}

/* The tree that the words name stands at a third of the width. */
static void plant_named(struct plot *plot)
{
    const struct forest_model *model = plot->forest->models;
    const struct camera *camera = plot->camera;
    float eye = camera->start[1] - plot->site->knoll->base_m, at[3];
    float distance = distance_of(camera, model, eye);
    float side = dice_between(&plot->dice, 0, 1) < 0.5f ? -1.0f : 1.0f;

    for (int i = 0; i < TRIES; i++) {
        float across = side * dice_between(&plot->dice, 0.16f, 0.36f) * camera->half_width;

        place_of_view(camera, distance, distance * across, at);
        if (!is_in_way(plot, at))
            break;
        distance = fminf(distance * 1.06f, FARTHEST_M);
        side = -side;
    }
    plant(plot, at, 1);
}

/* Two rows that run from the eye, as of an orchard or an alley. */
static void plant_rows(struct plot *plot)
{
    float apart = fmaxf(3.4f, 1.15f * plot->forest->models->radius_m + 1.2f);
    float first = fmaxf(9, 0.80f * plot->camera->target_m),
          step = fmaxf(ROW_M, 1.6f * plot->forest->models->radius_m), at[3];

    for (int i = 0; i < GROVE_MAX; i++) {
        float ahead = first + step * (float)(i / 2) + dice_between(&plot->dice, -0.5f, 0.5f);
        float across = (i % 2 ? apart : -apart) + dice_between(&plot->dice, -0.3f, 0.3f);

        place_of_view(plot->camera, ahead, across, at);
        if (ahead < FARTHEST_M && !is_in_way(plot, at))
            plant(plot, at, dice_between(&plot->dice, 0.85f, 1.12f));
    }
}

/* Some more, scattered from one distance to another, as far as they have room. */
static void plant_scattered(struct plot *plot, int count, float from_m, float to_m)
{
    const struct camera *camera = plot->camera;
    float room = 1.5f * plot->forest->models->radius_m + 1.5f, at[3];

    for (int i = 0; i < count * 2 && count > 0; i++) {
        float ahead = lerp_f(from_m, to_m, sqrtf(dice_between(&plot->dice, 0, 1)));
        float across = dice_between(&plot->dice, -1.25f, 1.25f) * camera->half_width * ahead;

        place_of_view(camera, ahead, across, at);
        if (is_in_way(plot, at) || is_crowded(plot, at, room))
            continue;
        plant(plot, at, dice_between(&plot->dice, 0.72f, 1.15f));
        count--;
    }
}

static bool stands_in_rows(enum scene_tree tree)
{
    return tree == TREE_FRUIT || tree == TREE_BLOSSOM || tree == TREE_OLIVE || tree == TREE_CYPRESS;
}

/* What stands far off where no word says. */
static enum scene_tree tree_by_chance(struct dice *dice, const struct scene *scene)
{
    static const enum scene_tree leafy[] = {TREE_OAK, TREE_BIRCH, TREE_BUSH, TREE_OAK};
    float chance = dice_between(dice, 0, 1);

    if (scene->ground == GROUND_SNOW) /* none in the arctic */
        return scene->greenery > 0.1f ? TREE_SPRUCE : TREE_NONE;
    if (scene->ground != GROUND_GRASS && scene->ground != GROUND_FLOWERS)
        return TREE_NONE;
    if (scene->greenery < 0.3f || chance < 0.5f)
        return TREE_NONE;
    return leafy[(int)(chance * 40) % 4];
}

static void plant_all(struct plot *plot, struct camera *camera, bool is_named)
{
    const struct scene *scene = plot->site->world->scene;
    int some = (int)dice_between(&plot->dice, 1, 3.99f);

    if (!is_named) {
        plant_scattered(plot, scene->ground == GROUND_SNOW ? some + 2 : some, 34, FARTHEST_M);
        return;
    }
    if (plot->site->cast->count == 0 && !plot->site->has_things)
        frame_tree(camera, plot->site->knoll, plot->forest->models);
    if (scene->tree_count > 1 && stands_in_rows(scene->tree)) {
        plant_rows(plot);
        return;
    }
    plant_named(plot);
    if (scene->tree_count > 1)
        plant_scattered(plot, scene->tree_count - 1, camera->target_m, FARTHEST_M);
}

/* Light of the open land, and its air. */
static void light_grove(struct forest *grove, const struct world *world)
{
    struct forest_air *air = &grove->air;

    grove->world = world;
    air->per_m = world->air.haze_per_m + world->air.mist_per_m;
    air->height_m = 1e6f;
    air->step0 = 0.9f;
    air->growth = 1.16f;
    air->per_log2 = 1.0f / log2f(air->growth);
    air->log_start = log2f(air->step0) * air->per_log2 - 1.0f;
    for (int k = 0; k < 3; k++) {
        grove->ambient[k] = 0.60f * (world->sky.ambient_sun[k] + world->sky.ambient_away[k]);
        grove->light[k] = world->sky.sun_color[k];
        air->color[k] = world->air.mist_color[k];
        air->sun[k] = 0;
    }
}

static void dress_grove(struct forest *grove, const struct scene *scene)
{
    bool snows = scene->weather == WEATHER_SNOW || scene->ground == GROUND_SNOW;

    grove->woods = WOODS_MIXED;
    grove->season = snows ? SEASON_WINTER : scene->season;
    grove->snow = snows ? 0.9f : 0;
    grove->autumn = grove->season == SEASON_AUTUMN;
    grove->wet = scene->weather == WEATHER_RAIN ? 1.0f : 0.0f;
    grove->wind = 0.35f + 1.6f * scene->wind;
    grove->moss = 0.3f;
}

static void grow_models(struct plot *plot, enum scene_tree tree, bool is_named)
{
    struct forest *grove = plot->forest;
    uint32_t salt = (uint32_t)(plot->site->world->scene->seed >> 3) + 31u;
    enum forest_bark bark;

    forest_paint_pictures(&grove->pictures, salt | 1u);
    forest_color_floor(grove);
    for (int i = 0; i < (is_named && plot->site->world->scene->tree_count < 2 ? 1 : MODELS); i++)
        forest_grow(grove, kind_of(tree), &plot->dice);
    bark = grove->models[0].bark;
    forest_bake_bark(&grove->bark[bark], bark, salt);
}

struct forest *grove_plan(const struct grove_site *site, struct camera *camera)
{
    const struct scene *scene = site->world->scene;
    struct plot plot = {.site = site, .camera = camera, .dice = {scene->seed * 571 + 29}};
    enum scene_tree tree = scene->tree;
    int frames = 0;

    if (scene->place != PLACE_MOUNTAINS)
        return NULL;
    if (!tree)
        tree = tree_by_chance(&plot.dice, scene);
    if (!tree)
        return NULL;
    for (int i = 0; i < camera->leg_count; i++)
        frames += camera->legs[i].frames;
    plot.seconds = (float)frames / (float)camera->fps;
    plot.forest = calloc(1, sizeof(*plot.forest));
    if (!plot.forest)
        abort();
    plot.forest->plants = malloc(GROVE_MAX * sizeof(*plot.forest->plants));
    if (!plot.forest->plants)
        abort();
    plot.forest->in_open = site->knoll;
    dress_grove(plot.forest, scene);
    light_grove(plot.forest, site->world);
    grow_models(&plot, tree, scene->tree != TREE_NONE);
    plant_all(&plot, camera, scene->tree != TREE_NONE);
    forest_cast_shadows(plot.forest);
    return plot.forest;
}

void grove_free(struct forest *grove)
{
    if (grove)
        forest_close(grove);
}

struct grove_pass {
    const struct kernels *kernels;
    const struct frame *frame;
    const struct forest_list *list;
};

static void draw_band(void *context, int band)
{
    const struct grove_pass *pass = context;

    pass->kernels->forest_band(pass->frame, pass->list, band);
}

void grove_draw(struct forest *grove, struct forest_list **list, const struct kernels *kernels,
                int threads, struct frame *frame)
{
    struct grove_pass pass = {.kernels = kernels, .frame = frame};

    light_grove(grove, frame->world);
    pass.list = *list = forest_list_for(grove, *list, frame);
    forest_list_fill(*list, frame);
    parallel_run(threads, (frame->height + BAND_ROWS - 1) / BAND_ROWS, draw_band, &pass);
}

void grove_buffers_free(struct forest_list *list)
{
    if (list)
        forest_close_buffers(list);
}

float grove_sun_at(const struct forest *grove, float x, float z)
{
    const float at[3] = {x, grove->in_open->base_m, z};

    return forest_sun_at(grove, at, 2);
}
