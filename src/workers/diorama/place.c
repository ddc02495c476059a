/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/place.h"

#include "workers/diorama/forest/forest.h"
#include "workers/diorama/parallel.h"
#include "workers/diorama/room/room.h"
#include "workers/diorama/sea/reef.h"
#include "workers/diorama/sea/sea.h"
#include "workers/diorama/sky/cosmos.h"
#include "workers/diorama/town/town.h"
#include "workers/diorama/village/village.h"

#define LAMPS_BLOOM 0.15f
#define CLOUD_STEP_MOST_S 0.2f /* clouds that go faster are drawn anew */

/* One pass over a frame: which kernel, and the frame for it. */
struct pass {
    const struct frame *frame;
    void (*run)(const struct frame *frame, int piece);
};

static void run_piece(void *context, int piece)
{
    const struct pass *pass = context;

    pass->run(pass->frame, piece);
}

void place_run(const struct place_job *job, const struct frame *frame,
               void (*run)(const struct frame *frame, int piece), int pieces)
{
    struct pass pass = {frame, run};

    parallel_run(job->threads, pieces, run_piece, &pass);
}

/* Turns the sky of the drawing before into the past one, if clouds hardly moved since. */
static void turn_sky(struct frame *frame)
{
    for (int k = 0; k < 4; k++) {
        float *past = frame->past_sky[k];

        frame->past_sky[k] = frame->sky[k];
        frame->sky[k] = past;
    }
    frame->past_sky_view = frame->sky_view;
    frame->sky_view = frame->steady;
    frame->sky_step_s = frame->cloud_time_s - frame->past_sky_time_s;
    frame->past_sky_time_s = frame->cloud_time_s;
    frame->has_past_sky = frame->has_past && frame->sky_step_s < CLOUD_STEP_MOST_S;
}

void place_draw_land(void *baked, const struct place_job *job, struct frame *frame)
{
    const struct kernels *kernels = job->kernels;

    int groups = (frame->width + kernels->lanes - 1) / kernels->lanes;

    (void)baked;
    turn_sky(frame);
    frame->is_traced = frame->world->terrain.heights;
    if (!frame->is_traced) {
        place_run(job, frame, kernels->sky_row, frame->sky_height);
        place_run(job, frame, kernels->open_row, frame->height);
        return;
    }
    frame->chess = true;
    place_run(job, frame, kernels->trace_columns, groups);
    place_run(job, frame, kernels->sky_row, frame->sky_height);
    place_run(job, frame, kernels->shade_columns, groups);
    place_run(job, frame, kernels->fill_row, frame->land_rows);
}

#define LANDSCAPE                                                                                  \
    {                                                                                              \
        .has_land = true, .has_air = true, .has_near = true, .compose = camera_compose,            \
        .draw = place_draw_land                                                                    \
    }
#define TOWN                                                                                       \
    {                                                                                              \
        .has_air = true, .has_near = true, .bloom_least = LAMPS_BLOOM, .aim = town_aim,            \
        .compose = town_compose, .draw = place_draw_land                                           \
    }

static const struct place places[SCENE_PLACES] = {
    [PLACE_MOUNTAINS] = LANDSCAPE,
    [PLACE_COAST] = LANDSCAPE,
    [PLACE_SKY] = LANDSCAPE,
    [PLACE_STREET] = TOWN,
    [PLACE_SKYLINE] = TOWN,
    [PLACE_SPACE] = {.is_smooth = true,
                     .bloom_least = LAMPS_BLOOM,
                     .compose = cosmos_compose,
                     .bake = cosmos_bake,
                     .draw = cosmos_draw,
                     .close = cosmos_close},
    [PLACE_UNDERWATER] = {.compose = reef_compose,
                          .bake = reef_bake,
                          .draw = reef_draw,
                          .close = reef_close},
    [PLACE_SEA] = {.has_air = true,
                   .has_near = true,
                   .compose = sea_compose,
                   .bake = sea_bake,
                   .draw = sea_draw,
                   .close = sea_close},
    [PLACE_FOREST] = {.has_air = true,
                      .has_near = true,
                      .bloom_least = LAMPS_BLOOM,
                      .compose = forest_compose,
                      .bake = forest_bake,
                      .settle = forest_settle,
                      .draw = forest_draw,
                      .cover = forest_cover,
                      .close = forest_close,
                      .close_buffers = forest_close_buffers},
    [PLACE_VILLAGE] = {.has_air = true,
                       .bloom_least = LAMPS_BLOOM,
                       .aim = village_aim,
                       .compose = village_compose,
                       .bake = village_bake,
                       .draw = village_draw,
                       .cover = village_cover,
                       .close = village_close,
                       .close_buffers = village_close_buffers},
    [PLACE_ROOM] = {.bloom_least = LAMPS_BLOOM,
                    .aim = room_aim,
                    .compose = room_compose,
                    .bake = room_bake,
                    .draw = room_draw,
                    .close = room_close,
                    .close_buffers = room_close_buffers},
};

const struct place *place_of(const struct scene *scene)
{
    return &places[scene->place];
}
