/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/set/take.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "workers/diorama/near.h"
#include "workers/diorama/parallel.h"
#include "workers/diorama/set/take_impl.h"
#include "workers/diorama/town/mirror.h"

#define FILL 1.5f /* the reflector that a film crew holds up to players against the light */

struct take {
    struct set *set;
    struct cast cast;
};

/* For frames of one size. */
struct take_buffers {
    struct canvas canvas;
    struct mirror mirror;
    struct bins bins, mirror_bins;
};

struct take *take_new(struct set *set, const struct place_job *job, struct camera *camera)
{
    struct take *take = calloc(1, sizeof(*take));

    if (!take)
        abort();
    take->set = set;
    take_plan(&take->cast, set, job->world->scene, camera);
    return take;
}

struct cast *take_cast(struct take *take)
{
    return &take->cast;
}

const struct set *take_set(const struct take *take)
{
    return take->set;
}

void take_free(struct take *take)
{
    if (!take)
        return;
    set_free(take->set);
    cast_free(&take->cast);
    free(take);
}

void take_buffers_free(void *memory)
{
    struct take_buffers *buffers = memory;

    mirror_fini(&buffers->mirror);
    bins_fini(&buffers->bins);
    bins_fini(&buffers->mirror_bins);
    free(buffers);
}

static struct take_buffers *buffers_of(const struct set *set, struct frame *frame)
{
    struct take_buffers *buffers = frame->place_buffers;

    if (!buffers) {
        frame->place_buffers = buffers = calloc(1, sizeof(*buffers));
        if (!buffers)
            abort();
        near_aim_canvas(&buffers->canvas, frame);
        bins_init(&buffers->bins, &buffers->canvas, SET_TILE_SOLIDS_MAX);
        if (set->polish > 0) {
            mirror_init(&buffers->mirror, frame);
            bins_init(&buffers->mirror_bins, &buffers->mirror.canvas, SET_TILE_SOLIDS_MAX);
        }
    }
    near_aim_canvas(&buffers->canvas, frame);
    mirror_aim(&buffers->mirror, frame);
    return buffers;
}

struct take_pass {
    const struct frame *frame;
    const struct set_target *target;
    void (*run)(const struct frame *frame, const struct set_target *target, int piece);
};

static void run_piece(void *context, int piece)
{
    const struct take_pass *pass = context;

    pass->run(pass->frame, pass->target, piece);
}

static void run_pass(const struct place_job *job, struct take_pass pass, int pieces)
{
    parallel_run(job->threads, pieces, run_piece, &pass);
}

static void draw_tiles(const struct place_job *job, const struct frame *frame,
                       const struct set_target *target, struct bins *bins)
{
    set_bin(target->set, &frame->view, target->canvas, bins);
    run_pass(job, (struct take_pass){frame, target, job->kernels->set_tile},
             bins->columns * bins->rows);
}

/* Averages the beams over squares of four by four, in which no place of a step is twice. */
static void smooth_beams(const struct frame *frame)
{
    size_t stride = (size_t)frame->sky_stride;

    for (int y = 0; y < frame->sky_height; y++) {
        const float *from = frame->sky[3] + (size_t)y * stride;
        float *to = frame->sky[0] + (size_t)y * stride;

        for (int x = 0; x < frame->sky_width; x++) {
            int last = frame->sky_width - 1, a = x + 1 < last ? x + 1 : last;
            int b = x + 2 < last ? x + 2 : last;

            to[x] = 0.25f * (from[x > 0 ? x - 1 : 0] + from[x] + from[a] + from[b]);
        }
    }
    for (int y = 0; y < frame->sky_height; y++) {
        int last = frame->sky_height - 1, rows[4] = {y > 0 ? y - 1 : 0, y, y + 1, y + 2};

        for (int x = 0; x < frame->sky_width; x++) {
            float sum = 0;

            for (int k = 0; k < 4; k++)
                sum +=
                    frame->sky[0][(size_t)(rows[k] < last ? rows[k] : last) * stride + (size_t)x];
            frame->sky[3][(size_t)y * stride + (size_t)x] = 0.25f * sum;
        }
    }
}

/* The air of an outdoor set before a body, where it stands among plants (frame->forest). */
static void veil_body(const struct set *set, const struct frame *frame, struct body *body)
{
    float square = 0;

    for (int k = 0; k < 3; k++)
        square += (body->middle[k] - frame->view.eye[k]) * (body->middle[k] - frame->view.eye[k]);
    body->clear = expf(-set->haze_per_m * sqrtf(square));
    for (int k = 0; k < 3; k++)
        body->veil[k] = (1 - body->clear) * frame->world->air.mist_color[k];
}

/* Those who play, as they are at the frame's time and lit by the set. */
static void pose_cast(struct take *take, struct frame *frame)
{
    const struct sky *sky = &frame->world->sky;

    frame->mover_count = 1;
    memset(frame->mover, 0, (size_t)frame->stride * (size_t)frame->height * sizeof(*frame->mover));
    if (take->cast.count == 0)
        return;
    cast_pose(&take->cast, frame->world, NULL, frame);
    cast_list_movers(&take->cast, frame->world, frame);
    for (int i = 0; i < take->cast.count; i++) {
        struct body *body = &take->cast.bodies[i];
        float seen = set_sun_at(take->set, sky, body->middle);

        set_light_at(take->set, body->middle, frame->clip_time_s, body->light);
        veil_body(take->set, frame, body);
        for (int k = 0; k < 18; k++)
            body->light[k / 3][k % 3] *= FILL;
        for (int k = 0; k < 3; k++)
            body->sun[k] = sky->sun_color[k] * seen;
    }
}

void take_draw(struct take *take, const struct place_job *job, struct frame *frame)
{
    struct set *set = take->set;
    struct take_buffers *buffers = buffers_of(set, frame);
    const struct set_target under = {set, &buffers->mirror.canvas, &buffers->mirror_bins, NULL};
    const struct set_target over = {set, &buffers->canvas, &buffers->bins,
                                    set->polish > 0 ? &buffers->mirror : NULL};

    pose_cast(take, frame);
    frame->sky_view = frame->view;
    place_run(job, frame, job->kernels->sky_row, frame->sky_height);
    if (set->polish > 0) {
        draw_tiles(job, frame, &under, &buffers->mirror_bins);
        near_draw_bodies(job->kernels, job->threads, &take->cast, frame, under.canvas, false);
        mirror_soften(&buffers->mirror, job->threads);
    }
    draw_tiles(job, frame, &over, &buffers->bins);
    near_draw_bodies(job->kernels, job->threads, &take->cast, frame, over.canvas, true);
    near_draw_bodies(job->kernels, job->threads, &take->cast, frame, over.canvas, false);
    set_draw_flames(set, frame);
    if (set->sun.shines && !set->is_outdoors) {
        run_pass(job, (struct take_pass){frame, &over, job->kernels->set_beam_row},
                 frame->sky_height);
        smooth_beams(frame);
        run_pass(job, (struct take_pass){frame, &over, job->kernels->set_air_row}, frame->height);
        set_draw_motes(set, frame);
    }
}
