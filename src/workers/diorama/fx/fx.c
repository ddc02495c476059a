/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/fx/fx.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workers/diorama/body/cast.h"
#include "workers/diorama/fx/fx_impl.h"
#include "workers/diorama/noise.h"
#include "workers/diorama/parallel.h"

#define NEAREST_M 0.8f

enum { EMBERS = 42, MANY_EMBERS = 170 };

float fx_flicker(float time_s, float phase)
{
    float t = time_s * 2.7f + phase;

    return 1 + 0.10f * sinf(3.1f * t) + 0.07f * sinf(7.3f * t + 1.3f * sinf(1.9f * t)) +
           0.05f * sinf(14.9f * t);
}

float fx_darkness(const struct scene *scene)
{
    if (scene->place == PLACE_ROOM)
        return 1 - 0.5f * smooth_f(-6, 10, scene->sun_elevation_deg);
    return 1 - smooth_f(-6, 10, scene->sun_elevation_deg);
}

void fx_add_light(struct fx_pass *pass, const struct fx_light *light)
{
    if (pass->light_count < FX_LIGHTS_MAX)
        pass->lights[pass->light_count++] = *light;
}

/* On the samples, or on the picture made of them. */
static void aim(struct fx_pass *pass, const struct fx *fx, const struct frame *frame,
                bool on_picture)
{
    struct canvas *canvas = &pass->canvas;

    memset(pass, 0, sizeof(*pass));
    pass->frame = frame;
    pass->fx = fx;
    pass->time_s = cast_seconds(fx->scene, frame->clip_time_s);
    for (int k = 0; k < 3; k++)
        canvas->plane[k] = on_picture ? frame->out[k] : frame->plane[k];
    /* Without a history there is a sample a pixel. */
    canvas->depth = on_picture && frame->distance ? frame->distance : frame->depth;
    canvas->mover = on_picture ? NULL : frame->mover;
    canvas->width = on_picture ? frame->out_width : frame->width;
    canvas->height = on_picture ? frame->out_height : frame->height;
    canvas->stride = on_picture ? frame->out_stride : frame->stride;
    canvas->pixel[0] = frame->view.pixel * (float)frame->out_width / (float)canvas->width;
    canvas->pixel[1] = frame->view.pixel * (float)frame->out_height / (float)canvas->height;
}

struct rows {
    const struct fx_pass *pass;
    void (*run)(const struct fx_pass *pass, int row);
};

static void run_row(void *context, int row)
{
    const struct rows *rows = context;

    rows->run(rows->pass, row);
}

/* Runs a kernel on the samples around a fire: `wide` and from `low` to `high` meters. */
static void run_around(const struct fx_pass *whole, const struct fx_fire *fire,
                       const float reach[3], int threads,
                       void (*run)(const struct fx_pass *pass, int row))
{
    const struct view *view = &whole->frame->view;
    const struct canvas *canvas = &whole->canvas;
    struct fx_pass pass = *whole;
    struct rows rows = {&pass, run};
    float dx = fire->place[0] - view->eye[0], dz = fire->place[2] - view->eye[2];
    float ahead = dx * view->forward[0] + dz * view->forward[1];
    float across = dx * view->right[0] + dz * view->right[1];
    float rise = fire->place[1] - view->eye[1], left, right, top, bottom;

    if (ahead < NEAREST_M)
        return;
    left = (across - reach[0]) / ahead / canvas->pixel[0] + 0.5f * (float)canvas->width;
    right = (across + reach[0]) / ahead / canvas->pixel[0] + 0.5f * (float)canvas->width;
    top =
        0.5f * (float)canvas->height - ((rise + reach[2]) / ahead - view->shift) / canvas->pixel[1];
    bottom =
        0.5f * (float)canvas->height - ((rise + reach[1]) / ahead - view->shift) / canvas->pixel[1];
    pass.fire = fire;
    pass.columns[0] =
        (int)clamp_f(left, 0, (float)canvas->width) / KERNEL_LANES_MAX * KERNEL_LANES_MAX;
    pass.columns[1] = (int)clamp_f(right, 0, (float)canvas->width);
    pass.first_row = (int)clamp_f(top, 0, (float)canvas->height);
    bottom = clamp_f(bottom, 0, (float)canvas->height);
    if (pass.columns[1] > pass.columns[0] && (int)bottom > pass.first_row)
        parallel_run(threads, (int)bottom - pass.first_row, run_row, &rows);
}

static void light_up(struct fx_pass *pass)
{
    const struct fx *fx = pass->fx;
    float dark = fx_darkness(fx->scene);

    for (int i = 0; i < fx->fire_count; i++) {
        const struct fx_fire *fire = &fx->fires[i];
        float strength = 34 * fx->level * fire->flame *
                         powf(fire->height_m * fire->radius_m, 0.7f) * lerp_f(0.04f, 1, dark) *
                         fx_flicker(pass->time_s, fire->phase);
        const struct fx_light light = {
            .place = {fire->place[0], fire->place[1] + 0.6f * fire->height_m, fire->place[2]},
            .color = {strength, 0.40f * strength, 0.10f * strength},
            .reach_m = 16 * fire->height_m,
            .soft_m = fire->radius_m * 1.4f};

        if (fire->flame > 0)
            fx_add_light(pass, &light);
    }
}

static void draw_sticks(const struct fx_pass *pass, const struct kernels *kernels, int threads)
{
    for (int i = 0; i < pass->fx->fire_count; i++) {
        const struct fx_fire *fire = &pass->fx->fires[i];
        const float reach[3] = {2.1f * fire->radius_m, fire->stick_count > 4 ? -0.3f : -1.8f,
                                fire->radius_m * 1.2f};

        if (fire->stick_count > 0)
            run_around(pass, fire, reach, threads, kernels->fx_sticks_row);
    }
}

static void draw_fires(const struct fx_pass *pass, const struct kernels *kernels, int threads)
{
    const struct fx *fx = pass->fx;

    for (int i = 0; i < fx->fire_count; i++) {
        const struct fx_fire *fire = &fx->fires[i];
        float smoke = fx_smoke_m(fire);
        const float flames[3] = {2.4f * fire->radius_m, -0.1f * fire->height_m,
                                 1.15f * fire->height_m};
        const float wisps[3] = {3.5f * fire->radius_m + smoke * (0.3f + fx->scene->wind), 0, smoke};

        if (fire->smoke > 0)
            run_around(pass, fire, wisps, threads, kernels->fx_smoke_row);
        if (fire->flame > 0)
            run_around(pass, fire, flames, threads, kernels->fx_flame_row);
    }
}

static void splats_begin(struct splats *splats, const struct fx_pass *pass)
{
    splats->pass = pass;
    splats->count = 0;
    splats->items = malloc(SPLATS_MAX * sizeof(*splats->items));
    if (!splats->items)
        abort();
}

void fx_light(const struct fx *fx, const struct kernels *kernels, int threads, struct frame *frame)
{
    struct fx_pass pass;
    struct splats splats;
    struct rows rows = {&pass, kernels->fx_light_row};

    if (!fx->scene || !fx->effects)
        return;
    aim(&pass, fx, frame, false);
    light_up(&pass);
    if (fx->effects & EFFECT_FIREWORKS || fx->has_sparks) { /* for their lights alone */
        splats_begin(&splats, &pass);
        if (fx->effects & EFFECT_FIREWORKS)
            fx_add_fireworks(&splats, &pass);
        if (fx->has_sparks)
            fx_add_sparks(&splats, &pass);
        free(splats.items);
    }
    if (fx->effects & EFFECT_AURORA)
        fx_add_aurora(&pass, threads);
    if (fx->effects & EFFECT_RAINBOW)
        fx_add_rings(&pass, true, threads);
    if (fx->effects & EFFECT_HALO)
        fx_add_rings(&pass, false, threads);
    if (pass.light_count > 0)
        parallel_run(threads, pass.canvas.height, run_row, &rows);
    draw_sticks(&pass, kernels, threads);
}

static void add_small(struct splats *splats, const struct fx *fx)
{
    for (int i = 0; i < fx->fire_count; i++)
        if (fx->fires[i].flame > 0)
            fx_add_embers(splats, &fx->fires[i],
                          fx->effects & EFFECT_SPARKS ? MANY_EMBERS : EMBERS);
    if (fx->effects & EFFECT_LEAVES)
        fx_add_leaves(splats, false);
    if (fx->effects & EFFECT_PETALS)
        fx_add_leaves(splats, true);
    if (fx->effects & EFFECT_FIREFLIES)
        fx_add_fireflies(splats);
}

void fx_draw(const struct fx *fx, const struct kernels *kernels, int threads, struct frame *frame)
{
    struct fx_pass pass;
    struct splats splats;
    struct rows rows = {&pass, kernels->fx_flash_row};

    bool has_spray = fx_has_spray(frame), has_traffic = fx_has_traffic(frame);

    if (!fx->scene || !(fx->effects || has_spray || has_traffic))
        return;
    aim(&pass, fx, frame, true);
    splats_begin(&splats, &pass);
    if (has_spray)
        fx_add_spray(&splats);
    if (has_traffic)
        fx_add_traffic(&splats);
    if (fx->effects & EFFECT_FIREWORKS)
        fx_add_fireworks(&splats, &pass);
    if (fx->effects & EFFECT_LIGHTNING)
        fx_add_lightning(&splats, &pass);
    if (fx->effects & EFFECT_METEORS)
        fx_add_meteors(&splats);
    if (fx->has_sparks)
        fx_add_sparks(&splats, &pass);
    if (pass.flash > 0)
        parallel_run(threads, pass.canvas.height, run_row, &rows);
    draw_fires(&pass, kernels, threads);
    add_small(&splats, fx);
    splats_draw(&splats, threads);
    free(splats.items);
}
