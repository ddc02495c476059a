/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/village/village.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workers/diorama/body/cast.h"
#include "workers/diorama/set/take.h"
#include "workers/diorama/village/village_impl.h"

#define FLY_M 15.0f      /* of drones: over the roofs */
#define TRAVEL_M 22.0f   /* the camera goes no farther up the lane */
#define BACK_OFF_M 6.0f  /* nor farther back */
#define BACK_WAY_M 15.0f /* nor subjects farther toward and past it */

#define SUN_ASIDE_DEG 38.0f
#define LOW_SUN_DEG 12.0f
#define LOW_ASIDE_DEG 118.0f

enum { PASSERS_BY = 4 };

struct village {
    struct take *take;
    struct forest *garden;
    struct knoll knoll; /* level: where the cast stands */
};

/* What each drawer keeps for frames of one size. */
struct village_buffers {
    void *take, *garden;
};

void village_aim(struct scene *scene)
{
    float side = scene->sun_azimuth_deg < 0 ? -1.0f : 1.0f;

    /* Along the lane it would leave all fronts in the shade, and a low one all but the sky. */
    scene->sun_azimuth_deg = side * fmaxf(fabsf(scene->sun_azimuth_deg), SUN_ASIDE_DEG);
    if (scene->sun_elevation_deg > 0 && scene->sun_elevation_deg < LOW_SUN_DEG)
        scene->sun_azimuth_deg = side * LOW_ASIDE_DEG;
}

void village_compose(struct camera *camera, const struct world *world,
                     const struct camera_options *options)
{
    const struct scene *scene = world->scene;
    struct dice dice = {scene->seed * 211 + 9};
    bool tall = options->height > options->width;
    float side = dice_between(&dice, 0, 1) < 0.5f ? -1.0f : 1.0f;

    memset(camera, 0, sizeof(*camera));
    camera->width = options->width;
    camera->height = options->height;
    camera->fps = options->fps;
    camera_set_legs(camera, scene, options);
    camera->half_width = tall ? 0.78f * (float)options->width / (float)options->height : 0.66f;
    camera->start[0] = side * dice_between(&dice, 0.2f, 1.0f);
    camera->start[1] = dice_between(&dice, 1.65f, 2.6f);
    camera->heading = -side * dice_between(&dice, 0.0f, 0.06f);
    camera->shift = tall ? 0.20f : 0.085f;
    camera->target_m = 5.5f;
    camera->pace_m_s = 2.2f;
    camera->scale = 0.055f;
    camera->way_m = TRAVEL_M;
    camera->back_m = BACK_OFF_M;
    if (scene->camera == CAMERA_DRONE && scene->subject_count == 0) {
        camera->start[1] = FLY_M;
        camera->start[2] = -14;
        camera->shift = tall ? -0.10f : -0.17f;
    }
}

static const struct village_style *style_of(const struct scene *scene)
{
    static const enum scene_village any[] = {VILLAGE_COTTAGE, VILLAGE_TIMBERED, VILLAGE_SOUTHERN,
                                             VILLAGE_COTTAGE, VILLAGE_ALPINE,   VILLAGE_TIMBERED};
    enum scene_village name = scene->village;

    if (name == VILLAGE_ANY && scene->asian)
        name = VILLAGE_JAPANESE;
    if (name == VILLAGE_ANY)
        name = any[(scene->seed ^ scene->seed >> 17) % (sizeof(any) / sizeof(any[0]))];
    return village_style(name);
}

static void dress_set(struct village_plan *plan, const struct world *world)
{
    const struct scene *scene = plan->scene;
    struct set *set = plan->set;
    bool snows = scene->weather == WEATHER_SNOW || scene->season == SEASON_WINTER ||
                 scene->ground == GROUND_SNOW || scene->snow_line < 0.7f;
    float meters = lerp_f(1400, 420, clamp_f(scene->haze, 0, 1));

    set->is_outdoors = true;
    set->night = 1.0f - smooth_f(-6.0f, 3.0f, scene->sun_elevation_deg);
    set->salt = (int)(scene->seed & 1023);
    set->wind = 0;
    if (scene->weather == WEATHER_FOG)
        meters = 34;
    else if (scene->weather == WEATHER_RAIN || scene->weather == WEATHER_SNOW)
        meters = 190;
    set->haze_per_m = 1.0f / meters;
    set->country.snow = snows ? 1.0f : 0.0f;
    set->country.wet = scene->weather == WEATHER_RAIN ? 1.0f : 0.0f;
    set->polish = set->country.wet * 0.6f;
    plan->lit = lerp_f(0.03f, 0.66f, set->night);
    if (set->country.wet > 0 || scene->weather == WEATHER_FOG || scene->weather == WEATHER_SNOW)
        plan->lit = fmaxf(plan->lit, 0.3f);
    /* A lit room is as bright as film makes it beside what the sky lights. */
    plan->glow = 0.055f + 1.1f * (world->sky.ambient_sun[1] + world->sky.ambient_away[1]) *
                              (1.0f - 0.6f * set->night);
}

/* People of the village, ahead of the camera. */
static void add_passers_by(struct village *village, struct village_plan *plan)
{
    struct cast *cast = take_cast(village->take);
    int count = (int)village_between(plan, 1.5f, PASSERS_BY + 0.99f);
    float edge = plan->set->country.lane_m, least = 0.7f;

    for (int i = 0; i < cast->count; i++)
        if (cast->actors[i].kind >= SUBJECT_HORSE) /* they make way */
            least = edge - 0.35f;

    for (int i = 0; i < count && cast->count < CAST_MAX; i++) {
        struct actor *actor = &cast->actors[cast->count++];
        bool comes = village_chance(plan) < 0.5f;
        float side = village_chance(plan) < 0.5f ? -1.0f : 1.0f;

        *actor = (struct actor){.kind = SUBJECT_PERSON,
                                .action = ACTION_WALK,
                                .phase = village_chance(plan),
                                .look = (unsigned)dice_next(&plan->dice) >> 8,
                                .heading = comes ? 3.14159265f : 0.0f,
                                .speed_m_s = village_between(plan, 0.9f, 1.3f)};
        actor->start[0] = side * village_between(plan, least, edge - 0.2f);
        actor->start[2] = 13.0f + 6.0f * (float)i + village_between(plan, 0, 4);
        actor->limit_m = comes ? 0.55f * actor->start[2] : 40;
        actor->has_umbrella = plan->set->country.wet > 0 && village_chance(plan) < 0.7f;
    }
}

/* Keeps everybody on the lane, and the camera with them. */
static void set_cast(struct village *village, struct village_plan *plan, const struct world *world,
                     struct camera *camera)
{
    struct cast *cast = take_cast(village->take);
    struct stage stage = {.knoll = &village->knoll, .is_lane = true};

    camera->start[0] =
        world->scene->subject_count > 0 ? 0.35f * camera->start[0] : camera->start[0];
    cast_plan(cast, world, &stage, camera);
    for (int i = 0; i < cast->count; i++) {
        struct actor *actor = &cast->actors[i];

        actor->start[1] = 0;
        actor->limit_m = cosf(actor->heading) > 0 ? 30.0f : BACK_WAY_M;
    }
    if (cast->count > 0)
        camera->follow_m = cast->actors[0].limit_m;
    add_passers_by(village, plan);
    free(cast->bodies);
    cast->bodies = calloc((size_t)cast->count + 1, sizeof(*cast->bodies));
    if (!cast->bodies)
        abort();
}

/* Houses keep the sun from plants: from low ones, and from the crowns of trees. */
static void shade_garden(struct garden *garden, const struct set *set, const struct sky *sky)
{
    for (int i = 0; i < garden->count; i++) {
        struct garden_spot *spot = &garden->spots[i];
        float up = spot->plant <= GARDEN_PINE ? 6.0f * spot->size : 0.5f * spot->size, sum = 0;

        for (int k = 0; k < 3; k++)
            sum +=
                set_sun_at(set, sky,
                           (const float[]){spot->at[0], spot->at[1] + up * (0.4f + 0.6f * (float)k),
                                           spot->at[2]});
        spot->sun = sum / 3.0f;
    }
}

void *village_bake(const struct place_job *job, struct camera *camera)
{
    const struct scene *scene = job->world->scene;
    struct village *village = calloc(1, sizeof(*village));
    struct garden *garden = calloc(1, sizeof(*garden));
    struct village_plan plan = {.set = set_new(),
                                .scene = scene,
                                .style = style_of(scene),
                                .garden = garden,
                                .dice = {scene->seed * 67 + 29}};

    if (!village || !garden)
        abort();
    dress_set(&plan, job->world);
    garden->snow = plan.set->country.snow;
    village_lay(&plan);
    set_bake(plan.set, job->world, job->kernels, job->threads);
    shade_garden(garden, plan.set, &job->world->sky);
    village->garden = garden_grow(garden, job);
    free(garden);
    village->take = take_new(plan.set, job, camera);
    set_cast(village, &plan, job->world, camera);
    return village;
}

static struct village_buffers *buffers_of(struct frame *frame)
{
    struct village_buffers *buffers = frame->place_buffers;

    if (!buffers) {
        frame->place_buffers = buffers = calloc(1, sizeof(*buffers));
        if (!buffers)
            abort();
    }
    return buffers;
}

void village_draw(void *baked, const struct place_job *job, struct frame *frame)
{
    struct village *village = baked;
    struct village_buffers *buffers = buffers_of(frame);

    garden_begin(village->garden, frame, take_set(village->take)->haze_per_m);
    frame->place_buffers = buffers->take;
    take_draw(village->take, job, frame);
    buffers->take = frame->place_buffers;
    frame->place_buffers = buffers;
}

void village_cover(void *baked, const struct place_job *job, struct frame *frame)
{
    struct village *village = baked;
    struct village_buffers *buffers = buffers_of(frame);

    frame->place_buffers = buffers->garden;
    forest_cover(village->garden, job, frame);
    buffers->garden = frame->place_buffers;
    frame->place_buffers = buffers;
}

void village_close(void *baked)
{
    struct village *village = baked;

    if (!village)
        return;
    take_free(village->take);
    forest_close(village->garden);
    free(village);
}

void village_close_buffers(void *memory)
{
    struct village_buffers *buffers = memory;

    if (buffers->take)
        take_buffers_free(buffers->take);
    if (buffers->garden)
        forest_close_buffers(buffers->garden);
    free(buffers);
}
