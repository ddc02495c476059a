/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/forest/forest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workers/diorama/body/cast.h"
#include "workers/diorama/forest/forest_impl.h"
#include "workers/diorama/land/tiles.h"
#include "workers/diorama/pages.h"
#include "workers/diorama/parallel.h"

#define EYE_M 1.5f
#define LOOK_AHEAD_M 15.0f
#define WAY_M 0.85f  /* no trunk stands nearer to the way of the camera */
#define CAST_M 0.75f /* nor to those of the subjects */

enum { PATH_TRIES = 24, WAY_STEPS = 24 };

void forest_compose(struct camera *camera, const struct world *world,
                    const struct camera_options *options)
{
    struct dice dice = {world->scene->seed ^ 0x7ee5u};
    bool tall = options->height > options->width;
    struct forest path;
    float straightest = 1e9f;

    memset(camera, 0, sizeof(*camera));
    memset(&path, 0, sizeof(path));
    forest_lay_path(&path, world->scene);
    camera->width = options->width;
    camera->height = options->height;
    camera->fps = options->fps;
    camera_set_legs(camera, world->scene, options);
    camera->half_width = tall ? 0.76f * (float)options->width / (float)options->height : 0.60f;
    for (int i = 0; i < PATH_TRIES; i++) {
        float z = dice_between(&dice, 0, FOREST_M), x = forest_path_at(&path, z);
        float ahead = forest_path_at(&path, z + LOOK_AHEAD_M);
        float sway = fabsf(forest_path_at(&path, z + 0.5f * LOOK_AHEAD_M) - 0.5f * (x + ahead));

        /* A path that goes on straight for a while, and bends away behind. */
        if (sway > straightest)
            continue;
        straightest = sway;
        camera->start[0] = x + dice_between(&dice, -0.35f, 0.35f);
        camera->start[2] = z;
        camera->heading = atan2f(ahead - camera->start[0], LOOK_AHEAD_M);
    }
    camera->start[1] = EYE_M;
    camera->shift = tall ? 0.16f : 0.075f;
    camera->scale = 0.062f;
    camera->target_m = 8;
    camera->pace_m_s = 1.5f;
    camera->clearance_m = 0.2f;
}

/* Snow lies in winter and where it falls, but for warm countries. */
static void dress_season(struct forest *forest, const struct scene *scene)
{
    bool warm = scene->woods == WOODS_JUNGLE || scene->woods == WOODS_BAMBOO;
    bool snows = scene->weather == WEATHER_SNOW || scene->ground == GROUND_SNOW;

    forest->season = snows && !warm ? SEASON_WINTER : scene->season;
    forest->snow = snows ? 1.0f : 0.0f;
    if (forest->season == SEASON_WINTER && !warm && !snows)
        forest->snow = 0.85f;
    forest->autumn = forest->season == SEASON_AUTUMN && !warm ? 1.0f : 0.0f;
    forest->falling = forest->autumn > 0 ? 30 : 4;
    if (forest->snow > 0)
        forest->falling = 0;
}

static void dress(struct forest *forest, const struct scene *scene)
{
    forest->woods = scene->woods;
    dress_season(forest, scene);
    forest->wet = scene->weather == WEATHER_RAIN ? 1.0f : 0.0f;
    forest->wind = 0.35f + 1.6f * scene->wind;
    forest->green = forest->snow > 0 ? 0.0f : forest->autumn > 0 ? 0.15f : 0.5f;
    forest->moss = forest->woods == WOODS_JUNGLE || forest->woods == WOODS_CONIFER ? 0.95f : 0.6f;
}

void *forest_bake(const struct place_job *job, struct camera *camera)
{
    struct forest *forest = calloc(1, sizeof(*forest));

    if (!forest)
        abort();
    forest->world = job->world;
    dress(forest, job->world->scene);
    forest_lay_path(forest, job->world->scene);
    forest_paint_pictures(&forest->pictures, (uint32_t)job->world->scene->seed | 1u);
    forest_plan(forest, camera);
    return forest;
}

/* Fells what stands within `room` of a point. */
static void fell(struct forest *forest, const float at[2], float room)
{
    for (int i = 0; i < forest->plant_count; i++) {
        struct forest_plant *plant = &forest->plants[i];
        const struct forest_model *model = &forest->models[plant->model];
        float x = plant->at[0] - at[0], z = plant->at[2] - at[1], away;
        float thick = model->height_m < 1   ? 0.9f * model->radius_m
                      : model->height_m < 6 ? 0.5f * model->radius_m
                                            : 3.0f * model->limbs[0].rb;

        x -= FOREST_M * floorf(x / FOREST_M + 0.5f);
        z -= FOREST_M * floorf(z / FOREST_M + 0.5f);
        away = sqrtf(x * x + z * z);
        if (model->limb_count > 0 && away < room + thick * plant->size)
            plant->is_felled = true;
        if (model->limb_count == 0 && away < 0.55f * room)
            plant->is_felled = true;
    }
}

static void clear_way(struct forest *forest, const struct camera *camera, const struct cast *cast)
{
    int frames = 0;

    for (int i = 0; i < camera->leg_count; i++)
        frames += camera->legs[i].frames;
    for (int i = 0; i <= WAY_STEPS; i++) {
        int index = (int)((float)(frames - 1) * (float)i / WAY_STEPS);
        float seconds = cast_seconds(forest->world->scene, (float)index / (float)camera->fps);
        struct view view;

        camera_view(camera, forest->world, index, &view);
        fell(forest, (const float[2]){view.eye[0], view.eye[2]}, WAY_M);
        for (int k = 0; k < cast->count; k++) {
            const struct actor *actor = &cast->actors[k];
            float travel =
                cast_travel(actor->speed_m_s, actor->limit_m, seconds) * actor->speed_m_s;
            float at[2] = {actor->start[0] + travel * sinf(actor->heading),
                           actor->start[2] + travel * cosf(actor->heading)};

            for (int j = 1; j <= 6; j++) { /* and what hides it */
                float t = (float)j / 6;

                fell(forest,
                     (const float[2]){lerp_f(view.eye[0], at[0], t), lerp_f(view.eye[2], at[1], t)},
                     j == 6 ? CAST_M : 0.35f);
            }
        }
    }
}

void forest_settle(void *baked, const struct place_job *job, const struct camera *camera,
                   const struct cast *cast)
{
    struct forest *forest = baked;

    forest->world = job->world;
    clear_way(forest, camera, cast);
    forest_sort_plants(forest);
    forest_cast_shadows(forest);
}

struct forest_pass {
    const struct frame *frame;
    const struct forest_list *list;
    void (*run)(const struct frame *frame, const struct forest_list *list, int piece);
};

static void run_piece(void *context, int piece)
{
    const struct forest_pass *pass = context;

    pass->run(pass->frame, pass->list, piece);
}

static void run_pass(const struct place_job *job, const struct frame *frame,
                     const struct forest_list *list, int pieces,
                     void (*run)(const struct frame *frame, const struct forest_list *list,
                                 int piece))
{
    struct forest_pass pass = {frame, list, run};

    parallel_run(job->threads, pieces, run_piece, &pass);
}

struct forest_list *forest_list_for(const struct forest *forest, struct forest_list *list,
                                    const struct frame *frame)
{
    struct canvas *canvas = NULL;

    if (!list) {
        list = calloc(1, sizeof(*list));
        if (!list)
            abort();
        forest_list_init(list, forest, (size_t)frame->stride * (size_t)frame->height);
    }
    canvas = &list->canvas;
    for (int k = 0; k < 3; k++)
        canvas->plane[k] = frame->plane[k];
    canvas->depth = frame->depth;
    canvas->mover = frame->mover;
    for (int k = 0; k < 2; k++)
        canvas->slide[k] = frame->slide[k];
    canvas->width = frame->width;
    canvas->height = frame->height;
    canvas->stride = frame->stride;
    canvas->pixel[0] = frame->view.pixel * (float)frame->out_width / (float)frame->width;
    canvas->pixel[1] = frame->view.pixel * (float)frame->out_height / (float)frame->height;
    list->half_wide = 0.5f * (float)canvas->width * canvas->pixel[0];
    list->half_tall = 0.5f * (float)canvas->height * canvas->pixel[1];
    return list;
}

static struct forest_list *list_of(const struct forest *forest, struct frame *frame)
{
    struct forest_list *list = forest_list_for(forest, frame->place_buffers, frame);

    frame->place_buffers = list;
    return list;
}

void forest_draw(void *baked, const struct place_job *job, struct frame *frame)
{
    struct forest *forest = baked;
    struct forest_list *list = list_of(forest, frame);

    forest->world = frame->world;
    forest_light_air(forest);
    for (int k = 0; k < 2; k++)
        forest->air.drift[k] = (k ? 0.3f : 0.5f) * forest->wind * frame->wave_time_s;
    frame->forest = forest;
    place_draw_land(NULL, job, frame);
    frame->chess = false;
    run_pass(job, frame, list, AIR_ROWS + 1, job->kernels->forest_air_row);
    run_pass(job, frame, list, (frame->width + job->kernels->lanes - 1) / job->kernels->lanes,
             job->kernels->forest_columns);
    run_pass(job, frame, list, frame->height, job->kernels->forest_row);
}

void forest_cover(void *baked, const struct place_job *job, struct frame *frame)
{
    struct forest_list *list = list_of(baked, frame);

    forest_list_fill(list, frame);
    frame->has_slide = true;
    run_pass(job, frame, list, (frame->height + BAND_ROWS - 1) / BAND_ROWS,
             job->kernels->forest_band);
}

void forest_close(void *baked)
{
    struct forest *forest = baked;

    if (!forest)
        return;
    for (int i = 0; i < forest->model_count; i++) {
        free(forest->models[i].limbs);
        free(forest->models[i].leaves);
    }
    for (int i = 0; i < FOREST_BARKS; i++)
        tile_free(&forest->bark[i]);
    tile_free(&forest->litter);
    pages_free(forest->pictures.alpha);
    pages_free(forest->pictures.tint);
    pages_free(forest->height);
    pages_free(forest->floor);
    pages_free(forest->sun.rays[0]);
    pages_free(forest->sun.rays[1]);
    free(forest->plants);
    free(forest);
}

void forest_close_buffers(void *buffers)
{
    struct forest_list *list = buffers;

    forest_list_fini(list);
    free(list);
}
