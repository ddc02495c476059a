/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/renderer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workers/diorama/camera.h"
#include "workers/diorama/dress.h"
#include "workers/diorama/fx/fx.h"
#include "workers/diorama/kernels.h"
#include "workers/diorama/land/palms.h"
#include "workers/diorama/land/terrain.h"
#include "workers/diorama/land/tiles.h"
#include "workers/diorama/near.h"
#include "workers/diorama/noise.h"
#include "workers/diorama/pages.h"
#include "workers/diorama/parallel.h"
#include "workers/diorama/place.h"
#include "workers/diorama/post/fisheye.h"
#include "workers/diorama/post/history.h"
#include "workers/diorama/post/lens.h"
#include "workers/diorama/post/post.h"
#include "workers/diorama/sea/sea.h"
#include "workers/diorama/sky/flock.h"
#include "workers/diorama/sky/shafts.h"
#include "workers/diorama/sky/sky.h"

#define CLEARING_M 95.0f
#define SAMPLES_A_PIXEL 0.8f      /* on each axis, where earlier frames give the others */
#define LAPSE_SCALE 8.0f          /* from here on a clip is a time-lapse */
#define SUN_DEGREES_PER_S 0.0035f /* of real time, at middle latitudes */

enum { TINY_PIXELS = 240 * 144, SMALL_PIXELS = 480 * 270, EXPOSURE_SHRINK = 8 };

struct renderer {
    struct scene scene;
    struct scene origin; /* shapes land and view; mostly the scene itself */
    struct renderer_options options;
    const struct kernels *kernels;
    struct world world;
    struct camera camera;
    struct palms palms;
    struct near near;
    struct fx fx;
    struct flock flock;
    const struct place *place;
    void *baked;              /* of the place */
    float sun_azimuth;        /* a heading */
    struct world lapse;       /* the world under the sun of one frame of a time-lapse */
    struct scene lapse_scene; /* and its scene */
    struct frame frame;       /* buffers and what stays the same over the clip */
    struct lens *lens;        /* NULL: all is sharp */
    bool has_history;         /* of the frame before `next_index` */
    int next_index;
};

const char *renderer_isa(void)
{
    return kernels_best()->isa;
}

static int round_up(int x, int multiple)
{
    return (x + multiple - 1) / multiple * multiple;
}

static float *plane_new(int stride, int height)
{
    /* One row more than needed, and some room before the first: neighbors of the border are read
     * with a weight of zero. */
    return pages_new((size_t)stride * ((size_t)height + 1) * sizeof(float));
}

/* Sizes of all buffers of a picture of this size, and the buffers. `samples` a pixel, on an axis.
 */
static void frame_init(struct frame *frame, int width, int height, float samples)
{
    memset(frame, 0, sizeof(*frame));
    frame->out_width = width;
    frame->out_height = height;
    frame->width = (int)((float)width * samples + 0.5f);
    frame->height = (int)((float)height * samples + 0.5f) & ~1;
    frame->stride = round_up(frame->width, KERNEL_LANES_MAX);
    frame->sky_width = width / 3; /* clouds are soft */
    frame->sky_height = height / 3;
    frame->sky_stride = round_up(frame->sky_width, KERNEL_LANES_MAX);
    frame->out_stride = round_up(width, KERNEL_LANES_MAX);
    frame->bloom_width = width / 4;
    frame->bloom_height = height / 4;
    for (int k = 0; k < 4; k++) {
        frame->sky[k] = plane_new(frame->sky_stride, frame->sky_height);
        frame->past_sky[k] = plane_new(frame->sky_stride, frame->sky_height);
    }
    for (int k = 0; k < 3; k++) {
        frame->plane[k] = plane_new(frame->stride, frame->height) + KERNEL_LANES_MAX;
        frame->out[k] = plane_new(frame->out_stride, height);
        frame->bloom[k] = plane_new(frame->bloom_width, frame->bloom_height);
    }
    frame->depth = plane_new(frame->stride, frame->height) + KERNEL_LANES_MAX;
    frame->mover = plane_new(frame->stride, frame->height) + KERNEL_LANES_MAX;
    for (int k = 0; k < 2; k++)
        frame->slide[k] = plane_new(frame->stride, frame->height) + KERNEL_LANES_MAX;
    frame->mover_count = 1;
    frame->movers[0].cosine = 1;
}

static void frame_fini(struct frame *frame, const struct place *place)
{
    for (int k = 0; k < 4; k++) {
        pages_free(frame->sky[k]);
        pages_free(frame->past_sky[k]);
    }
    for (int k = 0; k < 2; k++)
        pages_free(frame->slide[k] - KERNEL_LANES_MAX);
    for (int k = 0; k < 3; k++) {
        pages_free(frame->plane[k] - KERNEL_LANES_MAX);
        pages_free(frame->out[k]);
        pages_free(frame->bloom[k]);
    }
    pages_free(frame->depth - KERNEL_LANES_MAX);
    pages_free(frame->mover - KERNEL_LANES_MAX);
    history_fini(frame);
    near_buffers_free(frame->near);
    if (frame->place_buffers)
        place->close_buffers(frame->place_buffers);
}

/* The first part of the bake: pieces that need nothing of each other. */
struct bake {
    struct renderer *renderer;
    struct land land;
    int land_log2;
};

enum {
    BAKE_LAND,
    BAKE_VOLUME,
    BAKE_CANOPY,
    BAKE_DETAIL,
    BAKE_WAVES,
    BAKE_SKY,
    SKY_ROWS_PER_PIECE = 8
};

static void bake_piece(void *context, int piece)
{
    struct bake *bake = context;
    struct world *world = &bake->renderer->world;
    const struct scene *scene = &bake->renderer->scene;
    uint32_t salt = (uint32_t)(scene->seed >> 7);

    switch (piece) {
    case BAKE_LAND:
        if (!bake->renderer->place->has_land)
            return;
        terrain_erode(&bake->land, &bake->renderer->origin, bake->land_log2);
        return;
    case BAKE_VOLUME:
        world->clouds.volume = volume_bake(salt);
        return;
    case BAKE_CANOPY:
        if (!bake->renderer->place->has_land)
            return;
        tile_canopy(&world->canopy, world->cover.tropical, world->cover.tree_height_m, salt);
        return;
    case BAKE_DETAIL:
        tile_detail(&world->detail, salt);
        return;
    case BAKE_WAVES:
        if (!bake->renderer->place->has_land)
            return;
        tile_waves(&world->waves, salt);
        return;
    default:
        for (int i = 0; i < SKY_ROWS_PER_PIECE; i++)
            sky_bake_row(&world->sky, scene, (piece - BAKE_SKY) * SKY_ROWS_PER_PIECE + i);
        return;
    }
}

static struct place_job job_of(const struct renderer *renderer)
{
    return (struct place_job){&renderer->world, renderer->kernels, renderer->options.threads};
}

struct palm_pass {
    const struct palms *palms;
    const struct frame *frame;
};

static void draw_palms(void *context, int band)
{
    const struct palm_pass *pass = context;

    palms_draw_band(pass->palms, pass->frame, band);
}

static void lapse_row(void *context, int row)
{
    struct renderer *renderer = context;

    sky_bake_row(&renderer->lapse.sky, &renderer->lapse_scene, row);
}

/* In a time-lapse the sun sinks as the clip goes on: light and sky are made anew for each frame,
 * only the baked shadows stay. */
static const struct world *world_at(struct renderer *renderer, float seconds)
{
    float passed = seconds * renderer->scene.time_scale;

    if (renderer->scene.time_scale < LAPSE_SCALE || passed <= 0)
        return &renderer->world;
    renderer->lapse = renderer->world;
    renderer->lapse_scene = renderer->scene;
    renderer->lapse_scene.sun_elevation_deg -= fminf(passed * SUN_DEGREES_PER_S, 12.0f);
    renderer->lapse.scene = &renderer->lapse_scene;
    sky_begin(&renderer->lapse.sky, &renderer->lapse_scene);
    parallel_run(renderer->options.threads, SKY_ELEVATIONS, lapse_row, renderer);
    sky_end(&renderer->lapse.sky);
    sky_aim(&renderer->lapse.sky, renderer->sun_azimuth);
    dress_light(&renderer->lapse);
    return &renderer->lapse;
}

/* Sets the frame's times, light and view. */
static void aim(struct renderer *renderer, struct frame *frame, int index)
{
    const struct scene *scene = &renderer->scene;
    float seconds = (float)index / (float)renderer->options.fps;

    frame->world = world_at(renderer, seconds);
    frame->index = index;
    frame->clip_time_s = seconds;
    frame->cloud_time_s = seconds * scene->time_scale;
    frame->wave_time_s = sea_seconds(scene, seconds);
    camera_view(&renderer->camera, &renderer->world, index, &frame->steady);
    frame->steady.pixel *= (float)renderer->options.width / (float)frame->out_width;
    frame->view = frame->steady;
}

static void draw_samples(struct renderer *renderer, struct frame *frame)
{
    const struct place_job job = job_of(renderer);

    frame->land_rows = frame->height;
    if (renderer->place->has_near)
        frame->land_rows = near_land_rows(&renderer->near, frame);
    renderer->place->draw(renderer->baked, &job, frame);
    if (renderer->palms.count > 0) {
        struct palm_pass pass = {&renderer->palms, frame};

        parallel_run(renderer->options.threads, palms_bands(frame), draw_palms, &pass);
    }
    if (renderer->place->has_near)
        near_draw(&renderer->near, frame);
    if (renderer->place->cover)
        renderer->place->cover(renderer->baked, &job, frame);
    fx_light(&renderer->fx, renderer->kernels, renderer->options.threads, frame);
}

/* Draws the linear picture of frame `index` into frame->out, from its samples alone. */
static void draw_alone(struct renderer *renderer, struct frame *frame, int index)
{
    const struct place_job job = job_of(renderer);

    aim(renderer, frame, index);
    draw_samples(renderer, frame);
    place_run(&job, frame, renderer->kernels->resolve_row, frame->out_height);
    fx_draw(&renderer->fx, renderer->kernels, renderer->options.threads, frame);
}

/* Draws the samples of an aimed frame and adds them to the history. */
static void draw_onto_history(struct renderer *renderer, struct frame *frame, int phase)
{
    const struct place_job job = job_of(renderer);

    frame->phase = (uint32_t)phase;
    frame->chess = false;
    history_aim(frame, (uint32_t)phase);
    draw_samples(renderer, frame);
    frame->view = frame->steady;
    place_run(&job, frame, renderer->kernels->history_band,
              (frame->out_height + HISTORY_BAND - 1) / HISTORY_BAND);
    place_run(&job, frame, renderer->kernels->sharpen_row, frame->out_height);
    history_turn(frame);
    frame->has_past = true;
    frame->before = frame->steady;
}

/* A history begins with several drawings of one moment: of the frame before the one that is asked
 * for, so that what moves is known to. */
static void begin_history(struct renderer *renderer, struct frame *frame, int index)
{
    index = index > 0 ? index - 1 : 0;
    frame->has_past = false;
    frame->step_s = 0;
    aim(renderer, frame, index);
    frame->before = frame->steady;
    for (int i = 1; i <= HISTORY_WARM_UPS; i++)
        draw_onto_history(renderer, frame, index - HISTORY_WARM_UPS + i - 1);
}

/* Draws the linear picture of frame `index` into frame->out. */
static void draw_linear(struct renderer *renderer, struct frame *frame, int index)
{
    if (renderer->place->is_smooth) {
        draw_alone(renderer, frame, index);
        return;
    }
    if (!renderer->has_history || index != renderer->next_index)
        begin_history(renderer, frame, index);
    frame->step_s = index > 0 ? 1.0f / (float)renderer->options.fps : 0;
    aim(renderer, frame, index);
    draw_onto_history(renderer, frame, index);
    fx_draw(&renderer->fx, renderer->kernels, renderer->options.threads, frame);
    renderer->has_history = true;
    renderer->next_index = index + 1;
}

/* One exposure for the clip, from small pictures of its start, middle and end. */
static void meter(struct renderer *renderer)
{
    const struct renderer_options *options = &renderer->options;
    int shrink =
        options->width * options->height <= SMALL_PIXELS ? EXPOSURE_SHRINK / 4 : EXPOSURE_SHRINK;
    struct frame small;
    float sum = 0;

    frame_init(&small, round_up(options->width / shrink, 4), round_up(options->height / shrink, 4),
               1);
    small.grade.exposure = 1;
    if (renderer->scene.effects || renderer->scene.place == PLACE_SEA ||
        (renderer->scene.place == PLACE_SKYLINE && renderer->scene.futuristic)) {
        draw_alone(renderer, &small, 0);
        fx_plan(&renderer->fx, &small, &renderer->camera, post_exposure(&small));
    }
    for (int i = 0; i < 3; i++) {
        draw_alone(renderer, &small, i * (options->frames - 1) / 2);
        sum += log2f(post_exposure(&small)) / 3.0f;
    }
    renderer->frame.grade.exposure *= exp2f(sum);
    frame_fini(&small, renderer->place);
}

static void bake_land(struct renderer *renderer, struct bake *bake)
{
    const struct renderer_options *options = &renderer->options;
    struct world *world = &renderer->world;

    sky_end(&world->sky);
    dress_light(world);
    if (!renderer->place->has_land)
        return;
    world->scene = &renderer->origin;
    terrain_refine(world, &bake->land, renderer->kernels, options->threads);
    world->scene = &renderer->scene;
    land_free(&bake->land);
}

static void bake_light(struct renderer *renderer)
{
    const struct renderer_options *options = &renderer->options;
    struct camera_options camera = {options->width,  options->height, options->fps,
                                    options->frames, options->legs,   options->leg_count};
    const struct place_job job = job_of(renderer);
    struct world *world = &renderer->world;

    world->scene = &renderer->origin;
    renderer->place->compose(&renderer->camera, world, &camera);
    world->scene = &renderer->scene;
    fx_raise_view(&renderer->scene, &renderer->camera);
    renderer->sun_azimuth =
        renderer->camera.heading + renderer->scene.sun_azimuth_deg * 0.01745329252f;
    sky_aim(&world->sky, renderer->sun_azimuth);
    if (world->scene->place == PLACE_COAST)
        terrain_clear(
            &world->terrain,
            renderer->camera.start[0] + CLEARING_M * 0.3f * sinf(renderer->camera.heading),
            renderer->camera.start[2] + CLEARING_M * 0.3f * cosf(renderer->camera.heading),
            CLEARING_M);
    if (renderer->place->bake)
        renderer->baked = renderer->place->bake(&job, &renderer->camera);
    renderer->near.threads = options->threads;
    if (renderer->place->has_near)
        near_bake(&renderer->near, world, renderer->kernels, &renderer->camera);
    if (renderer->place->settle)
        renderer->place->settle(renderer->baked, &job, &renderer->camera, &renderer->near.cast);
    flock_plan(&renderer->flock, world, &renderer->camera);
    if (!renderer->place->has_land)
        return;
    terrain_light(world, renderer->kernels, options->threads);
    palms_bake(&renderer->palms, world, renderer->camera.start);
}

static bool report(renderer_progress progress, void *context, float done)
{
    return !progress || progress(context, done);
}

/* Small pictures, mostly tests and previews, show no more than a coarse land has. */
static int land_log2(const struct renderer_options *options)
{
    int pixels = options->width * options->height;

    return pixels <= TINY_PIXELS ? 7 : pixels <= SMALL_PIXELS ? 8 : 9;
}

/* False when the caller gave up. */
static bool bake(struct renderer *renderer, renderer_progress progress, void *context)
{
    const struct renderer_options *options = &renderer->options;
    struct bake bake = {.renderer = renderer, .land_log2 = land_log2(options)};

    if (!report(progress, context, 0.02f))
        return false;
    dress_world(&renderer->world);
    sky_begin(&renderer->world.sky, &renderer->scene);
    parallel_run(options->threads, BAKE_SKY + SKY_ELEVATIONS / SKY_ROWS_PER_PIECE, bake_piece,
                 &bake);
    if (!report(progress, context, 0.45f)) {
        land_free(&bake.land);
        return false;
    }
    bake_land(renderer, &bake);
    if (!report(progress, context, 0.65f))
        return false;
    bake_light(renderer);
    if (!report(progress, context, 0.9f))
        return false;
    meter(renderer);
    return report(progress, context, 1.0f);
}

/* Small pictures have pixels as large as what they show. */
static float samples_of(const struct renderer *renderer)
{
    bool is_small = renderer->options.width * renderer->options.height <= SMALL_PIXELS;

    return is_small || renderer->place->is_smooth ? 1 : SAMPLES_A_PIXEL;
}

struct renderer *renderer_open(const struct scene *scene, const struct renderer_options *options,
                               renderer_progress progress, void *context)
{
    struct renderer *renderer = calloc(1, sizeof(*renderer));

    if (!renderer)
        abort();
    renderer->scene = *scene;
    renderer->origin = options->origin ? *options->origin : *scene;
    renderer->options = *options;
    renderer->options.origin = NULL; /* both are copied */
    renderer->kernels = kernels_best();
    renderer->place = place_of(scene);
    if (renderer->place->aim) {
        renderer->place->aim(&renderer->scene);
        renderer->place->aim(&renderer->origin);
    }
    renderer->world.scene = &renderer->scene;
    frame_init(&renderer->frame, options->width, options->height, samples_of(renderer));
    if (!renderer->place->is_smooth)
        history_init(&renderer->frame);
    post_grade(&renderer->frame.grade, scene);
    renderer->frame.rain = scene->weather == WEATHER_RAIN ? 1.0f : 0.0f;
    renderer->frame.snow = scene->weather == WEATHER_SNOW ? 0.9f : 0.0f;
    if (!renderer->place->has_air)
        renderer->frame.rain = renderer->frame.snow = 0;
    renderer->frame.grade.bloom = fmaxf(renderer->frame.grade.bloom, renderer->place->bloom_least);
    if (scene->focus != FOCUS_DEEP || scene->motion_blur > 0)
        renderer->lens = lens_open(scene, &renderer->frame);
    if (!bake(renderer, progress, context)) {
        renderer_close(renderer);
        return NULL;
    }
    return renderer;
}

void renderer_close(struct renderer *renderer)
{
    if (!renderer)
        return;
    lens_close(renderer->lens);
    frame_fini(&renderer->frame, renderer->place);
    terrain_free(&renderer->world.terrain);
    palms_free(&renderer->palms);
    near_free(&renderer->near);
    if (renderer->baked)
        renderer->place->close(renderer->baked);
    tile_free(&renderer->world.detail);
    tile_free(&renderer->world.waves);
    tile_free(&renderer->world.canopy);
    pages_free(renderer->world.clouds.volume);
    free(renderer);
}

static void draw_lens(struct renderer *renderer, struct frame *frame, int index)
{
    struct lens_shot shot = {.kernels = renderer->kernels, .threads = renderer->options.threads};

    if (renderer->place->has_near)
        shot.subject_m = near_subject_m(&renderer->near, frame->steady.eye);
    if (renderer->options.frames > 1)
        shot.progress = (float)index / (float)(renderer->options.frames - 1);
    lens_draw(renderer->lens, frame, &shot);
}

bool renderer_find(const struct renderer *renderer, int index, int subject, int number,
                   struct whereabouts *where)
{
    const struct renderer_options *options = &renderer->options;
    float place[3];
    struct view view;

    if (!renderer->place->has_near || !near_find(&renderer->near, &renderer->scene, subject, number,
                                                 (float)index / (float)options->fps, place))
        return false;
    camera_view(&renderer->camera, &renderer->world, index, &view);
    camera_locate(&view, options->width, place, where);
    return true;
}

void renderer_draw(struct renderer *renderer, int index, struct picture *picture)
{
    const struct place_job job = job_of(renderer);
    struct frame *frame = &renderer->frame;

    for (int k = 0; k < 3; k++) {
        frame->picture[k] = picture->plane[k];
        frame->picture_stride[k] = picture->stride[k];
    }
    draw_linear(renderer, frame, index);
    if (renderer->lens)
        draw_lens(renderer, frame, index);
    flock_draw(&renderer->flock, frame, renderer->options.threads);
    post_bloom(frame, renderer->options.threads);
    if (renderer->place->has_air)
        shafts_add(frame, renderer->options.threads);
    if (renderer->scene.lens == LENS_FISHEYE)
        fisheye_bend(frame, renderer->options.threads);
    place_run(&job, frame, renderer->kernels->tone_row_pair, frame->out_height / 2);
}
