/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/room/room.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workers/diorama/room/room_impl.h"
#include "workers/diorama/set/take.h"

#define DEGREE 0.01745329252f
#define WINDOW_GAIN 2.4f      /* the light that a film crew adds outside */
#define SUN_HIGHEST_DEG 38.0f /* a higher sun would shine on the window sill alone */

static void lay_out(const struct scene *scene, bool tall, struct room_layout *l)
{
    struct dice dice = {scene->seed * 61 + 7};

    memset(l, 0, sizeof(*l));
    l->mirror = dice_between(&dice, 0, 1) < 0.5f ? -1.0f : 1.0f;
    l->wide = dice_between(&dice, 4.9f, 6.0f);
    l->deep = dice_between(&dice, 5.0f, 6.0f);
    l->high = dice_between(&dice, 2.65f, 3.1f);
    l->back = 1.3f;
    l->pane_low = dice_between(&dice, 0, 1) < 0.4f ? 0.10f : dice_between(&dice, 0.40f, 0.70f);
    if (scene->room == ROOM_KITCHEN)
        l->pane_low = 0.95f;
    if (scene->room == ROOM_CAFE)
        l->pane_low = 0.40f;
    l->sun_heading = dice_between(&dice, 0.20f, 0.55f);
    l->eye[0] = dice_between(&dice, 0.17f, 0.24f) * l->wide;
    l->eye[1] = dice_between(&dice, 1.10f, 1.30f);
    l->eye[2] = -l->back + 0.55f;
    l->heading = -dice_between(&dice, 0.25f, 0.33f);
    l->shift = -0.03f;
    if (tall) {
        l->eye[0] = 0.10f * l->wide;
        l->heading = -0.05f;
        l->shift = -0.04f;
    }
}

void room_aim(struct scene *scene)
{
    struct room_layout l;

    lay_out(scene, false, &l);
    scene->sun_azimuth_deg = l.mirror * (l.sun_heading - l.heading) / DEGREE;
    scene->sun_elevation_deg = fminf(scene->sun_elevation_deg, SUN_HIGHEST_DEG);
}

void room_compose(struct camera *camera, const struct world *world,
                  const struct camera_options *options)
{
    bool tall = options->height > options->width;
    struct room_layout l;

    lay_out(world->scene, tall, &l);
    memset(camera, 0, sizeof(*camera));
    camera->width = options->width;
    camera->height = options->height;
    camera->fps = options->fps;
    camera_set_legs(camera, world->scene, options);
    camera->half_width = tall ? 0.80f * (float)options->width / (float)options->height : 0.62f;
    camera->start[0] = l.mirror * l.eye[0];
    camera->start[1] = l.eye[1];
    camera->start[2] = l.eye[2];
    camera->heading = l.mirror * l.heading;
    camera->shift = l.shift;
    camera->target_m = 0.55f * l.deep + l.back;
    camera->pace_m_s = 0.18f;
    camera->scale = 0.0085f;
    camera->way_m = 2.6f;
    camera->back_m = 0.4f;
    camera->clearance_m = 0.2f;
}

static void pick_colors(struct room_plan *plan)
{
    static const float walls[][3] = {
        {0.62f, 0.59f, 0.53f}, {0.52f, 0.55f, 0.54f}, {0.40f, 0.46f, 0.42f}, {0.60f, 0.52f, 0.42f},
        {0.30f, 0.37f, 0.42f}, {0.64f, 0.62f, 0.60f}, {0.50f, 0.36f, 0.29f}};
    static const float accents[][3] = {{0.08f, 0.15f, 0.17f}, {0.20f, 0.26f, 0.17f},
                                       {0.36f, 0.14f, 0.08f}, {0.42f, 0.30f, 0.11f},
                                       {0.09f, 0.12f, 0.22f}, {0.34f, 0.33f, 0.31f}};
    static const float woods[][3] = {{0.34f, 0.20f, 0.10f},
                                     {0.20f, 0.105f, 0.055f},
                                     {0.46f, 0.33f, 0.20f},
                                     {0.12f, 0.07f, 0.045f}};
    static const float cloths[][3] = {
        {0.34f, 0.33f, 0.31f}, {0.10f, 0.14f, 0.19f}, {0.46f, 0.41f, 0.33f}, {0.13f, 0.20f, 0.15f},
        {0.36f, 0.15f, 0.09f}, {0.22f, 0.21f, 0.22f}, {0.42f, 0.28f, 0.12f}};
    static const float drapes[][3] = {{0.58f, 0.54f, 0.46f},
                                      {0.30f, 0.33f, 0.32f},
                                      {0.42f, 0.22f, 0.14f},
                                      {0.16f, 0.20f, 0.26f},
                                      {0.62f, 0.60f, 0.57f}};
    struct room_colors *c = &plan->colors;
    const float *wood = woods[(int)room_between(plan, 0, 3.99f)];
    const float *floor = woods[(int)room_between(plan, 0, 2.99f)];
    float pale = 0.8f + 0.25f * room_chance(plan);

    room_shade(c->wall, walls[(int)room_between(plan, 0, 6.99f)], 1);
    room_shade(c->accent, accents[(int)room_between(plan, 0, 5.99f)], 1);
    room_shade(c->wood, wood, 1);
    room_shade(c->dark_wood, wood, 0.5f);
    room_shade(c->floor[0], floor, pale);
    room_shade(c->floor[1], floor, 0.66f * pale);
    room_shade(c->cloth, cloths[(int)room_between(plan, 0, 6.99f)], 1);
    room_shade(c->cushion, cloths[(int)room_between(plan, 0, 6.99f)], 1.1f);
    room_shade(c->drape, drapes[(int)room_between(plan, 0, 4.99f)], 1);
    room_shade(c->trim, (const float[]){0.66f, 0.64f, 0.60f}, 1);
    room_shade(c->metal,
               room_chance(plan) < 0.5f ? (const float[]){0.40f, 0.28f, 0.11f}
                                        : (const float[]){0.05f, 0.05f, 0.052f},
               1);
}

/* What comes in through the windows, and how the outside is shown. */
static void light_windows(struct set *set, const struct world *world)
{
    const struct sky *sky = &world->sky;
    float veil = world->air.veil, area = 0.5f, gain;

    for (int i = 0; i < set->window_count; i++)
        area += 4 * set->windows[i].half[0] * set->windows[i].half[1];
    gain = WINDOW_GAIN * clamp_f(6.0f / area, 0.85f, 2.2f);
    for (int i = 0; i < set->window_count; i++)
        for (int k = 0; k < 3; k++) {
            static const float grass[3] = {0.16f, 0.18f, 0.10f}, city[3] = {0.9f, 0.62f, 0.38f};
            float above = lerp_f(sky->ambient_sun[k], world->air.veil_color[k], veil);
            float below = 0.5f * (sky->ambient_sun[k] + sky->ambient_away[k]) +
                          0.2f * sky->sun_color[k] * sky->sun[1] * (1 - veil);

            set->windows[i].sky[k] = gain * above + 0.02f * set->night * city[k];
            set->windows[i].land[k] = gain * below * grass[k] * (set->snow > 0 ? 3.5f : 1.0f) +
                                      0.04f * set->night * city[k];
        }
}

static void dress_set(struct set *set, const struct world *world)
{
    const struct scene *scene = world->scene;

    set->night = 1.0f - smooth_f(-6.0f, 2.0f, scene->sun_elevation_deg);
    set->rain = scene->weather == WEATHER_RAIN ? 1.0f : 0.0f;
    set->snow = scene->weather == WEATHER_SNOW ? 1.0f : 0.0f;
    set->outside = lerp_f(0.33f, 1.0f, set->night);
    set->haze_per_m = 0.012f + 0.03f * scene->haze;
    set->wind = 0.5f;
    set->salt = (int)(scene->seed & 1023);
    set->outlook = scene->neon > 0.3f || scene->futuristic || scene->room == ROOM_CAFE
                       ? OUTLOOK_CITY
                       : (enum set_outlook)(scene->seed / 7 % 3);
}

/* Exchanges left and right. */
static void mirror_set(struct set *set)
{
    for (int i = 0; i < set->solid_count; i++) {
        struct set_solid *solid = &set->solids[i];

        solid->middle[0] = -solid->middle[0];
        for (int axis = 0; axis < 3; axis++)
            solid->axes[axis][0] = -solid->axes[axis][0];
    }
    for (int i = 0; i < set->window_count; i++) {
        set->windows[i].middle[0] = -set->windows[i].middle[0];
        set->windows[i].out[0] = -set->windows[i].out[0];
        set->windows[i].across[0] = -set->windows[i].across[0];
    }
    for (int i = 0; i < set->lamp_count; i++)
        set->lamps[i].place[0] = -set->lamps[i].place[0];
    for (int i = 0; i < set->mark_count; i++) {
        set->marks[i].place[0] = -set->marks[i].place[0];
        set->marks[i].heading = -set->marks[i].heading;
    }
}

void *room_bake(const struct place_job *job, struct camera *camera)
{
    const struct scene *scene = job->world->scene;
    struct room_plan plan = {.set = set_new(), .scene = scene, .dice = {scene->seed * 97 + 3}};
    struct room_layout *l = &plan.layout;
    float dim = 1.0f - smooth_f(-2.0f, 9.0f, scene->sun_elevation_deg);

    lay_out(scene, camera->height > camera->width, l);
    dress_set(plan.set, job->world);
    plan.is_night = plan.set->night > 0.5f;
    plan.has_fire = scene->effects & (EFFECT_FIREPLACE | EFFECT_CAMPFIRE);
    plan.has_candles = scene->effects & EFFECT_CANDLES;
    if (scene->weather == WEATHER_RAIN || scene->weather == WEATHER_SNOW)
        dim = fmaxf(dim, 0.75f);
    plan.lamp_scale = scene->room == ROOM_CAFE ? fmaxf(dim, 0.5f) : dim;
    pick_colors(&plan);
    room_build_shell(&plan);
    room_furnish(&plan);
    if (l->mirror < 0)
        mirror_set(plan.set);
    light_windows(plan.set, job->world);
    for (int k = 0; k < 3; k++) {
        const float low[3] = {-0.5f * l->wide, 0, -l->back};
        const float high[3] = {0.5f * l->wide, l->high, l->deep};

        plan.set->low[k] = low[k];
        plan.set->high[k] = high[k];
    }
    set_bake(plan.set, job->world, job->kernels, job->threads);
    return take_new(plan.set, job, camera);
}

void room_draw(void *baked, const struct place_job *job, struct frame *frame)
{
    take_draw(baked, job, frame);
}

void room_close(void *baked)
{
    take_free(baked);
}

void room_close_buffers(void *buffers)
{
    take_buffers_free(buffers);
}
