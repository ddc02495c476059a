/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/sea/sea.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workers/diorama/land/tiles.h"
#include "workers/diorama/noise.h"
#include "workers/diorama/pages.h"
#include "workers/diorama/parallel.h"

#define WAVE_START_S 40.0f
#define WAVE_HURRY_MAX 6.0f /* a time-lapse shows waves no faster: they would flicker */

#define GREAT_M 4.0f /* waves of this height are the subject */
#define LOOM_S 1.7f  /* between the times they are judged at */
#define LOOM 0.13f
#define LOOM_MOST 0.20f

enum { LIFT_TAPS = 9, LOOM_TRIES = 40 };

/* How rough it is, by a number from 0, a mirror, to 1, a hurricane's sea. */
static const struct {
    float at, height_m, length_m, whitecaps, spread, ripple, choppy, swell_m;
} states[] = {
    {0.00f, 0.05f, 9, 0, 0.8f, 0.45f, 0.5f, 0.10f},
    {0.15f, 0.22f, 16, 0, 0.8f, 0.7f, 0.7f, 0.25f},
    {0.35f, 0.8f, 34, 0.008f, 0.7f, 1, 0.95f, 0.45f},
    {0.55f, 2.2f, 60, 0.05f, 0.6f, 1.1f, 1.05f, 0.6f},
    {0.75f, 5.6f, 105, 0.13f, 0.5f, 1.2f, 1.15f, 0.8f},
    {0.88f, 9.0f, 140, 0.15f, 0.4f, 1.2f, 1.2f, 1.0f},
    {1.00f, 16, 190, 0.17f, 0.32f, 1.2f, 1.25f, 1.5f},
};

enum { STATES = sizeof(states) / sizeof(states[0]) };

/* The wind makes the waves; rain comes with more of it than the words say. */
static float roughness(const struct scene *scene)
{
    static const float by_weather[SCENE_WEATHERS] = {[WEATHER_OVERCAST] = 0.12f,
                                                     [WEATHER_FOG] = -0.20f,
                                                     [WEATHER_RAIN] = 0.20f,
                                                     [WEATHER_SNOW] = 0.15f};
    float calm = lerp_f(0.02f, 0.36f, scene->wind / 0.3f);
    float windy = lerp_f(0.36f, 1.0f, (scene->wind - 0.3f) / 0.7f);

    return clamp_f((scene->wind < 0.3f ? calm : windy) + by_weather[scene->weather], 0, 1);
}

/* Plan of the waves of a scene, for the camera and for who floats on them before they are baked. */
static void plan_waves(const struct scene *scene, float heading, struct ocean_plan *plan)
{
    struct dice dice = {scene->seed ^ 0x5ea5ea5eau};
    float rough = roughness(scene), t = 0;
    int i = 0;

    while (i < STATES - 2 && rough > states[i + 1].at)
        i++;
    t = clamp_f((rough - states[i].at) / (states[i + 1].at - states[i].at), 0, 1);
#define BETWEEN(member) lerp_f(states[i].member, states[i + 1].member, t)
    *plan = (struct ocean_plan){.height_m = BETWEEN(height_m),
                                .length_m = BETWEEN(length_m),
                                .spread = BETWEEN(spread),
                                .ripple = BETWEEN(ripple),
                                .choppy = BETWEEN(choppy),
                                .whitecaps = BETWEEN(whitecaps),
                                .swell_m = BETWEEN(swell_m),
                                .seed = scene->seed};
#undef BETWEEN
    /* Toward the camera and to one side: crests are seen along, and come nearer. */
    plan->heading =
        heading + 3.1415927f +
        (dice_between(&dice, 0, 1) < 0.5f ? -1.0f : 1.0f) * dice_between(&dice, 0.25f, 0.95f);
}

/* Seas differ: blue where they are poor in life, green where rich, gray-green in a storm. */
static void color_water(struct sea *sea, const struct scene *scene)
{
    struct dice dice = {scene->seed ^ 0xb10eu};
    float green = dice_between(&dice, 0, 1), gray = 0.8f * sea->storm;

    if (scene->tropical)
        green = 0.15f;
    set3(sea->deep, lerp_f(0.0030f, 0.0060f, green), lerp_f(0.018f, 0.026f, green),
         lerp_f(0.045f, 0.030f, green));
    set3(sea->glow, 0.012f, lerp_f(0.145f, 0.165f, green), lerp_f(0.165f, 0.115f, green));
    if (scene->tropical) {
        set3(sea->deep, 0.003f, 0.034f, 0.066f);
        set3(sea->glow, 0.015f, 0.21f, 0.23f);
    }
    for (int k = 0; k < 3; k++)
        sea->deep[k] = lerp_f(sea->deep[k], k == 0 ? 0.009f : k == 1 ? 0.023f : 0.026f, gray);
}

/* How high over the horizon the crests before a place stand at a time, as a slope. */
static float loom_of(const struct ocean *ocean, const struct camera *camera, const float place[2],
                     float time_s)
{
    static const float ahead_m[] = {28, 42, 60, 82, 110};
    float dx = sinf(camera->heading), dz = cosf(camera->heading), loom = -1;
    float eye =
        camera->start[1] + ocean_height(ocean, place, time_s, 4 + ocean->plan.height_m, NULL);

    for (size_t i = 0; i < sizeof(ahead_m) / sizeof(ahead_m[0]); i++) {
        const float at[2] = {place[0] + dx * ahead_m[i], place[1] + dz * ahead_m[i]};

        loom = fmaxf(loom, (ocean_height(ocean, at, time_s, 1, NULL) - eye) / ahead_m[i]);
    }
    return loom;
}

/* Great waves are watched from where one stands up before the camera, but not over it. */
static void seek_wave(const struct ocean *ocean, struct camera *camera)
{
    struct dice dice = {ocean->plan.seed ^ 0x100fu};
    float best = 9;

    for (int i = 0; i < LOOM_TRIES; i++) {
        const float place[2] = {dice_between(&dice, 0, 3000), dice_between(&dice, 0, 3000)};
        float cost = 0;

        for (int k = 0; k < 3; k++) {
            float loom = loom_of(ocean, camera, place, WAVE_START_S + LOOM_S * (float)k);

            cost += fabsf(loom - LOOM) + 4 * fmaxf(loom - LOOM_MOST, 0);
        }
        if (cost >= best)
            continue;
        best = cost;
        camera->start[0] = place[0];
        camera->start[2] = place[1];
    }
}

void *sea_bake(const struct place_job *job, struct camera *camera)
{
    const struct scene *scene = job->world->scene;
    struct sea *sea = calloc(1, sizeof(*sea));
    struct ocean_plan plan;

    if (!sea)
        abort();
    plan_waves(scene, camera->heading, &plan);
    ocean_init(&sea->ocean, &plan);
    sea->wind[0] = sinf(plan.heading);
    sea->wind[1] = cosf(plan.heading);
    sea->storm = 0.5f * smooth_f(2.0f, 7.0f, plan.height_m);
    sea->rough = 0.0006f + 0.006f * smooth_f(0.05f, 4.0f, plan.height_m) + 0.012f * sea->storm;
    color_water(sea, scene);
    tile_lace(&sea->lace, (uint32_t)(scene->seed >> 5));
    for (int k = 0; k < 3; k++)
        sea->dome.light[k] = pages_new((DOME_SIDE * DOME_SIDE + DOME_SIDE + 16) * sizeof(float));
    camera->sea = sea;
    if (plan.height_m > GREAT_M)
        seek_wave(&sea->ocean, camera);
    return sea;
}

void sea_close(void *baked)
{
    struct sea *sea = baked;

    ocean_fini(&sea->ocean);
    tile_free(&sea->lace);
    for (int k = 0; k < 3; k++)
        pages_free(sea->dome.light[k]);
    free(sea);
}

float sea_seconds(const struct scene *scene, float clip_seconds)
{
    return clip_seconds * fminf(scene->time_scale, WAVE_HURRY_MAX) + WAVE_START_S;
}

float sea_height(const struct sea *sea, const float place[2], float time_s, float smooth_m,
                 float slope[2])
{
    return ocean_height(&sea->ocean, place, time_s, smooth_m, slope);
}

/* A camera near the water rides the waves as a small boat does; one high up hardly moves. What
 * the short waves around it reach is kept below it. */
float sea_lift(const struct sea *sea, const float eye[3], float time_s)
{
    float tall = sea->ocean.plan.height_m, reach = 2.0f + 0.25f * tall, highest = 0, above = 0;
    const float place[2] = {eye[0], eye[2]};
    float ride = 1.0f - smooth_f(1.0f * tall + 3.0f, 2.5f * tall + 12.0f, eye[1]);
    float long_m = ocean_height(&sea->ocean, place, time_s, 4.0f + 1.0f * tall, NULL);

    for (int i = 0; i < LIFT_TAPS; i++) {
        float angle = 6.2831853f * (float)i / (LIFT_TAPS - 1), far = i ? reach : 0;
        const float at[2] = {eye[0] + far * sinf(angle), eye[2] + far * cosf(angle)};
        float up = ocean_height(&sea->ocean, at, time_s, 0, NULL) - long_m;

        /* A smooth maximum, so that the camera does not jerk. */
        highest += expf(up * 6.0f / (0.5f + tall));
    }
    above = logf(highest / LIFT_TAPS) * (0.5f + tall) / 6.0f;
    return ride * (long_m + fmaxf(above, 0));
}

void sea_compose(struct camera *camera, const struct world *world,
                 const struct camera_options *options)
{
    const struct scene *scene = world->scene;
    struct dice dice = {scene->seed ^ 0x0ceau};
    bool tall = options->height > options->width;
    enum scene_camera move = scene->camera;
    struct ocean_plan plan;
    float half = 0;

    plan_waves(scene, 0, &plan);
    memset(camera, 0, sizeof(*camera));
    camera->width = options->width;
    camera->height = options->height;
    camera->fps = options->fps;
    camera_set_legs(camera, scene, options);
    camera->half_width = tall ? 0.70f * (float)options->width / (float)options->height : 0.58f;
    half = camera->half_width * (float)options->height / (float)options->width;
    camera->start[0] = dice_between(&dice, 0, 3000);
    camera->start[2] = dice_between(&dice, 0, 3000);
    camera->heading = dice_between(&dice, 0, 6.2831853f);
    camera->start[1] = 0.9f + 0.10f * plan.height_m + dice_between(&dice, 0, 0.9f);
    camera->shift = half * (tall ? -0.22f : dice_between(&dice, -0.36f, -0.16f));
    camera->target_m = 45 + 8 * plan.height_m;
    camera->pace_m_s = 7;
    camera->scale = 0.10f + 0.01f * plan.height_m;
    if (move == CAMERA_DRONE || move == CAMERA_ORBIT) {
        camera->start[1] = 7 + 1.7f * plan.height_m + dice_between(&dice, 0, 9);
        camera->shift = half * (tall ? -0.45f : -0.50f);
        camera->pace_m_s = 13;
        camera->scale = 0.3f;
    }
    camera->clearance_m = 0.5f;
}

struct dome_pass {
    const struct place_job *job;
    const struct frame *frame;
    const struct dome *dome;
};

static void draw_dome_row(void *context, int row)
{
    const struct dome_pass *pass = context;

    pass->job->kernels->dome_row(pass->frame, pass->dome->light, row);
}

void dome_draw(const struct dome *dome, const struct place_job *job, const struct frame *frame)
{
    struct dome_pass pass = {job, frame, dome};

    parallel_run(job->threads, DOME_SIDE, draw_dome_row, &pass);
}

struct settle_pass {
    const struct place_job *job;
    struct ocean *ocean;
};

static void settle_row(void *context, int piece)
{
    const struct settle_pass *pass = context;

    pass->job->kernels->ocean_settle_row(&pass->ocean->bands[piece / OCEAN_SIDE],
                                         piece % OCEAN_SIDE);
}

void ocean_draw(struct ocean *ocean, const struct place_job *job, float time_s)
{
    struct settle_pass pass = {job, ocean};

    if (ocean->time_s == time_s) /* the small frames of the meter may ask twice */
        return;
    ocean_begin(ocean, time_s, job->threads);
    parallel_run(job->threads, OCEAN_BANDS * OCEAN_SIDE, settle_row, &pass);
    ocean_end(ocean, job->threads);
}

void sea_draw(void *baked, const struct place_job *job, struct frame *frame)
{
    struct sea *sea = baked;
    const struct kernels *kernels = job->kernels;

    frame->sea = sea;
    place_draw_land(NULL, job, frame);
    frame->chess = false; /* water changes too fast to fill it in from earlier frames */
    dome_draw(&sea->dome, job, frame);
    ocean_draw(&sea->ocean, job, frame->wave_time_s);
    place_run(job, frame, kernels->sea_columns,
              (frame->width + kernels->lanes - 1) / kernels->lanes);
}
