/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/near.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workers/diorama/body/tracks.h"
#include "workers/diorama/forest/forest.h"
#include "workers/diorama/forest/grove.h"
#include "workers/diorama/parallel.h"
#include "workers/diorama/town/mirror.h"

#define EYE_M 1.6f /* how far below the eye of a landscape its knoll lies */

struct near_buffers {
    struct canvas canvas;
    struct mirror mirror;
    struct bins bins, mirror_bins;
    struct forest_list *trees;
};

/* Whether the place is a town: it has no land to bake. */
static bool is_town(const struct scene *scene)
{
    return scene->place == PLACE_STREET || scene->place == PLACE_SKYLINE;
}

void near_bake(struct near *near, const struct world *world, const struct kernels *kernels,
               struct camera *camera)
{
    struct stage stage;

    near->kernels = kernels;
    near->has_town = is_town(world->scene);
    if (near->has_town)
        town_bake(&near->town, world);
    near->has_floor = world->scene->place == PLACE_FOREST && world->scene->subject_count > 0;
    near->has_knoll = !near->has_town && world->scene->place != PLACE_FOREST &&
                      world->scene->ground != GROUND_NONE;
    if (near->has_knoll) {
        near->knoll.base_m = camera->start[1] - EYE_M;
        knoll_dress(&near->knoll, world);
    }
    stage = (struct stage){.town = near->has_town ? &near->town : NULL,
                           .knoll = near->has_knoll || near->has_floor ? &near->knoll : NULL,
                           .is_lane = near->has_floor};
    cast_plan(&near->cast, world, &stage, camera);
    things_plan(&near->things, world, &stage, camera);
    if (near->has_knoll)
        near->knoll.trees = near->grove = grove_plan(
            &(struct grove_site){world, &near->knoll, &near->cast, near->things.count > 0}, camera);
}

void near_free(struct near *near)
{
    town_free(&near->town);
    cast_free(&near->cast);
    things_free(&near->things);
    grove_free(near->grove);
}

void near_buffers_free(struct near_buffers *buffers)
{
    if (!buffers)
        return;
    mirror_fini(&buffers->mirror);
    bins_fini(&buffers->bins);
    bins_fini(&buffers->mirror_bins);
    grove_buffers_free(buffers->trees);
    free(buffers);
}

void near_aim_canvas(struct canvas *canvas, const struct frame *frame)
{
    for (int k = 0; k < 3; k++)
        canvas->plane[k] = frame->plane[k];
    canvas->depth = frame->depth;
    canvas->mover = frame->mover;
    canvas->slide[0] = frame->slide[0];
    canvas->slide[1] = frame->slide[1];
    canvas->width = frame->width;
    canvas->height = frame->height;
    canvas->stride = frame->stride;
    canvas->pixel[0] = frame->view.pixel * (float)frame->out_width / (float)frame->width;
    canvas->pixel[1] = frame->view.pixel * (float)frame->out_height / (float)frame->height;
}

static struct near_buffers *buffers_of(const struct near *near, struct frame *frame)
{
    struct near_buffers *buffers = frame->near;

    if (!buffers) {
        frame->near = buffers = calloc(1, sizeof(*buffers));
        if (!buffers)
            abort();
        near_aim_canvas(&buffers->canvas, frame);
        if (near->has_town) {
            mirror_init(&buffers->mirror, frame);
            bins_init(&buffers->bins, &buffers->canvas, TOWN_TILE_BOXES_MAX);
            bins_init(&buffers->mirror_bins, &buffers->mirror.canvas, TOWN_TILE_BOXES_MAX);
        }
    }
    near_aim_canvas(&buffers->canvas, frame);
    mirror_aim(&buffers->mirror, frame);
    return buffers;
}

struct town_pass {
    const struct near *near;
    const struct frame *frame;
    const struct town_target *target;
};

static void draw_tile(void *context, int tile)
{
    const struct town_pass *pass = context;

    pass->near->kernels->town_tile(pass->frame, pass->target, tile);
}

static void draw_town(const struct near *near, const struct frame *frame,
                      const struct town_target *target, struct bins *bins)
{
    struct town_pass pass = {near, frame, target};

    town_bin(&near->town, &frame->view, target->canvas, bins);
    parallel_run(near->threads, bins->columns * bins->rows, draw_tile, &pass);
}

struct body_pass {
    const struct frame *frame;
    const struct canvas *canvas;
    const struct body *body;
    const struct body_area *area;
    void (*run)(const struct frame *frame, const struct canvas *canvas, const struct body *body,
                const struct body_area *area, int tile);
};

static void draw_body_tile(void *context, int tile)
{
    const struct body_pass *pass = context;

    pass->run(pass->frame, pass->canvas, pass->body, pass->area, tile);
}

void near_draw_bodies(const struct kernels *kernels, int threads, const struct cast *cast,
                      const struct frame *frame, const struct canvas *canvas, bool is_shadow)
{
    struct body_area area;
    struct body_pass pass = {.frame = frame,
                             .canvas = canvas,
                             .area = &area,
                             .run = is_shadow ? kernels->body_shadow_tile : kernels->body_tile};

    for (int i = 0; i < cast->count; i++) {
        pass.body = &cast->bodies[i];
        if (body_area_of(pass.body, &frame->view, canvas, is_shadow, &area))
            parallel_run(threads, area.columns * area.rows, draw_body_tile, &pass);
    }
}

static void draw_bodies(const struct near *near, const struct frame *frame,
                        const struct canvas *canvas, bool is_shadow)
{
    near_draw_bodies(near->kernels, near->threads, &near->cast, frame, canvas, is_shadow);
}

/* The town, over what its wet ground mirrors. */
static void draw_town_and_mirror(const struct near *near, struct frame *frame,
                                 struct near_buffers *buffers)
{
    const struct town_target under = {&buffers->mirror.canvas, &buffers->mirror_bins, NULL};
    const struct town_target over = {&buffers->canvas, &buffers->bins,
                                     near->town.wet > 0 || near->town.bay_m > 0 ? &buffers->mirror
                                                                                : NULL};

    if (over.mirror) {
        draw_town(near, frame, &under, &buffers->mirror_bins);
        draw_bodies(near, frame, under.canvas, false);
        mirror_soften(&buffers->mirror, near->threads);
    }
    draw_town(near, frame, &over, &buffers->bins);
    frame->chess = false;
}

struct knoll_pass {
    const struct near *near;
    const struct frame *frame;
    const struct canvas *canvas;
};

static void draw_knoll_row(void *context, int row)
{
    const struct knoll_pass *pass = context;

    pass->near->kernels->knoll_row(pass->frame, pass->canvas, &pass->near->knoll, row);
}

static void draw_knoll(const struct near *near, const struct frame *frame,
                       const struct canvas *canvas)
{
    struct knoll_pass pass = {near, frame, canvas};

    parallel_run(near->threads, canvas->height, draw_knoll_row, &pass);
}

/* The knoll hides all that is steeper than the slope to its brow, seen where it is lowest. */
int near_land_rows(const struct near *near, const struct frame *frame)
{
    const struct view *view = &frame->view;
    float pixel = view->pixel * (float)frame->out_height / (float)frame->height;
    float wide = 0.5f * view->pixel * (float)frame->out_width;
    float over = view->eye[1] - near->knoll.base_m + KNOLL_SWELL_M, slope, row;

    if (!near->has_knoll || over <= KNOLL_SWELL_M)
        return frame->height;
    slope = -sqrtf(2.0f * (1.0f + wide * wide) / KNOLL_RADIUS_M * over);
    row = 0.5f * (float)frame->height - (slope - view->shift) / pixel + 2.0f;
    return row < 2 ? 2 : row > (float)frame->height ? frame->height : (int)row & ~1;
}

static void clear(const struct frame *frame, float *plane)
{
    memset(plane, 0, (size_t)frame->stride * (size_t)frame->height * sizeof(*plane));
}

/* Nothing has moved yet besides as the camera has it. */
static void clear_slides(const struct near *near, struct frame *frame)
{
    frame->has_slide = near->has_knoll && (near->knoll.blade_m > 0 || near->grove);
    for (int k = 0; k < 2 && frame->has_slide; k++)
        clear(frame, frame->slide[k]);
}

/* What grows on the knoll. */
static void draw_growth(const struct near *near, struct frame *frame, struct near_buffers *buffers)
{
    if (near->has_knoll)
        blades_draw(&(struct blades_job){&near->knoll, frame, &buffers->canvas, near->cast.bodies,
                                         near->cast.count, near->threads});
    if (near->grove)
        grove_draw(near->grove, &buffers->trees, near->kernels, near->threads, frame);
}

void near_draw(struct near *near, struct frame *frame)
{
    struct near_buffers *buffers = NULL;

    if (!near->has_town && !near->has_knoll && !near->has_floor && near->things.count == 0)
        return;
    buffers = buffers_of(near, frame);
    frame->town = near->has_town ? &near->town : NULL;
    cast_pose(&near->cast, frame->world, frame->town, frame);
    for (int i = 0; i < near->cast.count && frame->forest; i++)
        forest_light_body(frame->forest, frame->view.eye, &near->cast.bodies[i]);
    things_pose(&near->things, frame);
    frame->mover_count = 1;
    cast_list_movers(&near->cast, frame->world, frame);
    things_list_movers(&near->things, frame);
    clear(frame, frame->mover);
    clear_slides(near, frame);
    if (near->has_town)
        draw_town_and_mirror(near, frame, buffers);
    if (near->has_knoll) {
        tracks_lay(&near->knoll, &near->cast, frame->world->scene, frame->clip_time_s);
        draw_knoll(near, frame, &buffers->canvas);
    }
    draw_bodies(near, frame, &buffers->canvas, true);
    draw_bodies(near, frame, &buffers->canvas, false);
    things_draw(&near->things, near->kernels, frame, &buffers->canvas, near->threads);
    draw_growth(near, frame, buffers);
}

static float level_m(const float a[3], const float b[3])
{
    return sqrtf((a[0] - b[0]) * (a[0] - b[0]) + (a[2] - b[2]) * (a[2] - b[2]));
}

bool near_find(const struct near *near, const struct scene *scene, int subject, int number,
               float clip_s, float place[3])
{
    float seconds = cast_seconds(scene, clip_s);
    const struct subject *who = &scene->subjects[subject];

    return cast_find(&near->cast, who, number, seconds, place) ||
           things_find(&near->things, who, number, seconds, place);
}

float near_subject_m(const struct near *near, const float eye[3])
{
    for (int i = 0; i < near->cast.count; i++)
        if (near->cast.actors[i].subject)
            return level_m(near->cast.bodies[i].middle, eye);
    return near->things.count > 0 ? level_m(near->things.shapes[0].place, eye) : 0;
}
