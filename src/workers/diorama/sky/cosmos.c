/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/sky/cosmos.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workers/diorama/noise.h"

#define DEGREE 0.01745329252f
#define ORBIT_RADIUS 1000.0f
#define ORBIT_HEIGHT 130.0f

static float dot(const float a[3], const float b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void make_unit(float a[3])
{
    float scale = 1.0f / sqrtf(dot(a, a));

    set3(a, a[0] * scale, a[1] * scale, a[2] * scale);
}

/* A direction, all alike. */
static void any_direction(struct dice *dice, float to[3])
{
    float up = dice_between(dice, -1, 1), turn = dice_between(dice, 0, 6.2831853f);
    float flat = sqrtf(1 - up * up);

    set3(to, flat * cosf(turn), up, flat * sinf(turn));
}

static void set_axes(struct cosmos_body *body, float tilt, float roll)
{
    float *side = body->axes[0], *pole = body->axes[1], *front = body->axes[2];

    set3(pole, sinf(tilt) * cosf(roll), cosf(tilt), sinf(tilt) * sinf(roll));
    set3(side, pole[1], -pole[0], 0);
    make_unit(side);
    set3(front, side[1] * pole[2] - side[2] * pole[1], side[2] * pole[0] - side[0] * pole[2],
         side[0] * pole[1] - side[1] * pole[0]);
}

/* The sun: beside or behind the camera by day, before it at night, on the limb at sunrise. */
static void place_sun(struct cosmos *cosmos, const struct scene *scene, struct dice *dice)
{
    bool near = scene->vista == VISTA_ORBIT;
    float side = scene->sun_azimuth_deg < 0 ? -1.0f : 1.0f, away, up;

    if (scene->sun_elevation_deg > 10) {
        away = near ? dice_between(dice, 66, 82) : dice_between(dice, 52, 84);
        up = near ? dice_between(dice, 32, 46) : dice_between(dice, 6, 24);
    } else if (scene->sun_elevation_deg > -8) {
        away = 180 - (near ? dice_between(dice, 8, 16) : dice_between(dice, 10, 13));
        up = near ? -26.6f : dice_between(dice, 4, 6);
    } else {
        away = dice_between(dice, 118, 132);
        up = near ? -19 : 12;
    }
    /* `away` counts from straight behind the camera. */
    set3(cosmos->sun, side * sinf(away * DEGREE) * cosf(up * DEGREE), sinf(up * DEGREE),
         -cosf(away * DEGREE) * cosf(up * DEGREE));
}

static void dress_body(struct cosmos_body *body, enum cosmos_kind kind, struct dice *dice)
{
    static const float giants[][2][3] = {{{0.62f, 0.42f, 0.25f}, {0.80f, 0.70f, 0.55f}},
                                         {{0.55f, 0.45f, 0.30f}, {0.82f, 0.72f, 0.50f}},
                                         {{0.10f, 0.28f, 0.52f}, {0.32f, 0.55f, 0.75f}},
                                         {{0.42f, 0.26f, 0.34f}, {0.75f, 0.60f, 0.56f}}};

    body->kind = kind;
    body->detail = 1;
    for (int k = 0; k < 3; k++)
        body->offset[k] = dice_between(dice, 0, 1 << VOLUME_LOG2);
    memcpy(body->color, giants[(int)dice_between(dice, 0, 3.99f)], sizeof(body->color));
    body->air = kind == COSMOS_EARTH ? 0.014f : kind == COSMOS_GIANT ? 0.006f : 0.0f;
    body->spin = kind == COSMOS_MOON ? 0.002f : 0.012f;
    set_axes(body, dice_between(dice, 0.25f, 0.45f), dice_between(dice, 2.0f, 4.2f));
}

static void place_planet(struct cosmos *cosmos, const struct world *world,
                         const struct camera *camera, struct dice *dice)
{
    const struct scene *scene = world->scene;
    struct cosmos_body *moon = &cosmos->bodies[0], *planet = &cosmos->bodies[1];
    bool tall = camera->height > camera->width;
    float side = scene->sun_azimuth_deg < 0 ? 1.0f : -1.0f, distance = camera->target_m;
    enum cosmos_kind kind = scene->vista == VISTA_GIANT  ? COSMOS_GIANT
                            : scene->vista == VISTA_MOON ? COSMOS_MOON
                                                         : COSMOS_EARTH;

    cosmos->body_count = 2;
    dress_body(moon, kind == COSMOS_MOON ? COSMOS_EARTH : COSMOS_MOON, dice);
    dress_body(planet, kind, dice);
    if (scene->vista == VISTA_ORBIT) {
        planet->radius = ORBIT_RADIUS;
        planet->detail = 4.6f;
        planet->air = 0.0045f;
        planet->spin = 0.0012f;
        set3(planet->center, 0, -ORBIT_RADIUS - ORBIT_HEIGHT, 0);
        moon->radius = 30;
        set3(moon->center, -side * dice_between(dice, 330, 520), dice_between(dice, -60, 120),
             1600);
        return;
    }
    planet->radius = kind == COSMOS_GIANT ? 74 : 100;
    set3(planet->center, tall ? 0 : side * distance * dice_between(dice, 0.07f, 0.13f),
         tall ? -0.06f * distance : -0.015f * distance, distance);
    moon->radius = kind == COSMOS_MOON ? 52 : 27;
    set3(moon->center, -side * (tall ? 0.14f : dice_between(dice, 0.24f, 0.31f)) * 1.7f * distance,
         (tall ? 0.42f : dice_between(dice, 0.07f, 0.15f)) * 1.7f * distance, 1.7f * distance);
}

/* More of them near the Milky Way; few bright, many faint; from orange to blue. */
static void scatter_stars(struct cosmos *cosmos, const struct scene *scene, struct dice *dice)
{
    bool deep = scene->vista == VISTA_DEEP;

    cosmos->stars = calloc(COSMOS_STARS, sizeof(*cosmos->stars));
    if (!cosmos->stars)
        abort();
    while (cosmos->star_count < COSMOS_STARS) {
        struct cosmos_star *star = &cosmos->stars[cosmos->star_count];
        float off, flux, heat, far;

        any_direction(dice, star->place);
        off = dot(star->place, cosmos->pole) / 0.22f;
        if (dice_between(dice, 0, 1) > 0.25f + 0.75f * expf(-off * off))
            continue;
        cosmos->star_count++;
        flux = 0.045f * powf(dice_between(dice, 0.001f, 1), -0.78f);
        heat = dice_between(dice, 0, 1);
        heat = heat * heat * 1.3f - 0.3f; /* mostly white */
        set3(star->color, flux * (1 + (heat > 0 ? -0.30f : -0.55f) * heat),
             flux * (1 - 0.14f * fabsf(heat)), flux * (1 + (heat > 0 ? 0.35f : 1.6f) * heat));
        far = deep ? 90.0f + 2400.0f * powf(dice_between(dice, 0, 1), 0.5f) : 1e6f;
        for (int k = 0; k < 3; k++)
            star->place[k] *= far;
    }
}

void *cosmos_bake(const struct place_job *job, struct camera *camera)
{
    static const float hues[][3][3] = {
        {{0.55f, 0.10f, 0.16f}, {0.06f, 0.22f, 0.42f}, {0.85f, 0.45f, 0.20f}},
        {{0.06f, 0.30f, 0.40f}, {0.35f, 0.10f, 0.42f}, {0.95f, 0.55f, 0.28f}},
        {{0.42f, 0.09f, 0.38f}, {0.05f, 0.16f, 0.45f}, {0.95f, 0.40f, 0.45f}},
        {{0.50f, 0.22f, 0.07f}, {0.04f, 0.28f, 0.34f}, {0.95f, 0.75f, 0.40f}}};
    const struct scene *scene = job->world->scene;
    struct cosmos *cosmos = calloc(1, sizeof(*cosmos));
    struct dice dice = {scene->seed * 53 + 29};
    bool deep = scene->vista == VISTA_DEEP;

    if (!cosmos)
        abort();
    memcpy(cosmos->nebula_color, hues[(int)dice_between(&dice, 0, 3.99f)],
           sizeof(cosmos->nebula_color));
    for (int k = 0; k < 3; k++)
        cosmos->offset[k] = dice_between(&dice, 0, 1 << VOLUME_LOG2);
    set3(cosmos->pole, dice_between(&dice, 0.45f, 0.75f) * (scene->seed & 1 ? 1.0f : -1.0f),
         dice_between(&dice, 0.5f, 0.8f), dice_between(&dice, -0.22f, 0.12f));
    make_unit(cosmos->pole);
    cosmos->milky_way = deep ? 0.10f : 0.045f;
    cosmos->nebula = deep ? 1.0f : dice_between(&dice, 0.05f, 0.2f);
    place_sun(cosmos, scene, &dice);
    if (deep) {
        set3(cosmos->sun, 0, 0, -1);
    } else {
        place_planet(cosmos, job->world, camera, &dice);
    }
    scatter_stars(cosmos, scene, &dice);
    return cosmos;
}

void cosmos_close(void *baked)
{
    struct cosmos *cosmos = baked;

    free(cosmos->stars);
    free(cosmos);
}

void cosmos_compose(struct camera *camera, const struct world *world,
                    const struct camera_options *options)
{
    const struct scene *scene = world->scene;
    struct dice dice = {scene->seed * 97 + 3};
    bool tall = options->height > options->width;
    float aspect = (float)options->width / (float)options->height;

    memset(camera, 0, sizeof(*camera));
    camera->width = options->width;
    camera->height = options->height;
    camera->fps = options->fps;
    camera_set_legs(camera, scene, options);
    camera->half_width = tall ? 0.56f * aspect : 0.44f;
    camera->target_m = dice_between(&dice, 440, 530);
    camera->pace_m_s = 16;
    camera->scale = 0.9f;
    switch (scene->vista) {
    case VISTA_ORBIT:
        camera->half_width = tall ? 0.80f * aspect : 0.66f;
        camera->shift = tall ? -0.52f : -0.48f;
        camera->target_m = 260;
        camera->scale = 0.35f;
        camera->pace_m_s = 9;
        break;
    case VISTA_DEEP:
        camera->half_width = tall ? 0.8f * aspect : 0.62f;
        camera->scale = 0.6f;
        break;
    case VISTA_PLANET:
    case VISTA_GIANT:
    case VISTA_MOON:
    case SCENE_VISTAS:
        break;
    }
}

/* A round spot of light at a place of the samples, `size` samples wide and high. */
static void draw_spot(const struct frame *frame, const float at[2], const float size[2],
                      const float light[3])
{
    int left = (int)ceilf(at[0] - 3 * size[0]), right = (int)floorf(at[0] + 3 * size[0]);
    int top = (int)ceilf(at[1] - 3 * size[1] - 1), bottom = (int)floorf(at[1] + 3 * size[1] + 1);

    left = left < 0 ? 0 : left;
    right = right < frame->width ? right : frame->width - 1;
    top = top < 0 ? 0 : top;
    bottom = bottom < frame->height ? bottom : frame->height - 1;
    for (int y = top; y <= bottom; y++)
        for (int x = left; x <= right; x++) {
            float dx = ((float)x - at[0]) / size[0], dy = ((float)y - at[1]) / size[1];
            float share = expf(-0.5f * (dx * dx + dy * dy));
            size_t to = (size_t)y * (size_t)frame->stride + (size_t)x;

            for (int k = 0; k < 3; k++)
                frame->plane[k][to] += light[k] * share;
        }
}

/* Clears the samples and draws the stars. */
static void draw_stars(const struct cosmos *cosmos, const struct frame *frame)
{
    const struct view *view = &frame->view;
    float per_x = (float)frame->width / (view->pixel * (float)frame->out_width);
    float per_y = (float)frame->height / (view->pixel * (float)frame->out_height);
    /* Of a larger picture stars are as large a part: a spot has about the same share of it. */
    float grow = fmaxf((float)frame->out_height / 720.0f, 0.25f);
    float spot = 0.62f * fmaxf(grow, 1.0f), dim = grow < 1 ? 0.35f + 0.65f * grow : 1.0f;

    for (int k = 0; k < 3; k++)
        memset(frame->plane[k], 0,
               (size_t)frame->stride * (size_t)frame->height * sizeof(**frame->plane));
    for (int i = 0; i < cosmos->star_count; i++) {
        const struct cosmos_star *star = &cosmos->stars[i];
        float x = star->place[0] - view->eye[0], y = star->place[1] - view->eye[1];
        float z = star->place[2] - view->eye[2], wide, at[2], size[2], light[3];
        float ahead = x * view->forward[0] + z * view->forward[1];

        if (ahead < 2)
            continue;
        at[0] = (x * view->right[0] + z * view->right[1]) / ahead * per_x +
                0.5f * (float)frame->width - 0.5f;
        at[1] = 0.5f * (float)frame->height - 0.5f - (y / ahead - view->shift) * per_y;
        if (!(fabsf(at[0]) < 20000 && fabsf(at[1]) < 20000))
            continue;
        wide = spot * (1.0f + 0.12f * fminf(star->color[1], 3.0f));
        size[0] = wide * (float)frame->width / (float)frame->out_width;
        size[1] = wide * (float)frame->height / (float)frame->out_height;
        for (int k = 0; k < 3; k++)
            light[k] = star->color[k] * dim;
        draw_spot(frame, at, size, light);
    }
}

void cosmos_draw(void *baked, const struct place_job *job, struct frame *frame)
{
    frame->cosmos = baked;
    draw_stars(baked, frame);
    place_run(job, frame, job->kernels->cosmos_glow_row, frame->sky_height);
    place_run(job, frame, job->kernels->cosmos_row, frame->height);
}
