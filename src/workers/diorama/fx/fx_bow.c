/* SPDX-License-Identifier: Apache-2.0 */
/* Rings of light: the rainbow opposite the sun, and the halo of ice about it. */
#include <math.h>

#include "workers/diorama/fx/fx_impl.h"
#include "workers/diorama/noise.h"
#include "workers/diorama/parallel.h"

#define SKY_DEPTH 1e7f
#define DEGREE 0.01745329252f
#define BOW_NEAR_M 250.0f /* rain enough to see it in */
#define BOW_BRIGHT 0.26f
#define HALO_BRIGHT 0.16f

enum { STEPS_A_DEGREE = 16, RING_DEGREES = 60, RING_STEPS = STEPS_A_DEGREE * RING_DEGREES };

struct rings {
    const struct fx_pass *pass;
    float middle[3]; /* unit: opposite the sun, or toward it */
    float light[RING_STEPS + 2][3];
    float widest; /* cosine of the last step */
    bool is_bow;
};

static float hump(float x, float middle, float wide)
{
    float off = (x - middle) / wide;

    return expf(-off * off);
}

/* Colors of a band, 0 violet to 1 red, mixed as sunlight's own disc of half a degree mixes them. */
static void add_spectrum(float light[3], float at, float strength)
{
    light[0] += strength * (hump(at, 0.93f, 0.21f) + 0.62f * hump(at, 0.68f, 0.16f) +
                            0.30f * hump(at, 0.06f, 0.14f));
    light[1] += strength * (0.78f * hump(at, 0.52f, 0.20f) + 0.30f * hump(at, 0.70f, 0.15f));
    light[2] += strength * (0.95f * hump(at, 0.20f, 0.20f) + 0.35f * hump(at, 0.04f, 0.15f));
}

static void make_bow(struct rings *rings)
{
    for (int i = 0; i < RING_STEPS + 2; i++) {
        float degrees = (float)i / STEPS_A_DEGREE, *light = rings->light[i];
        float inside = smooth_f(25, 41, degrees) * (1 - smooth_f(41, 42, degrees));
        float outside = smooth_f(53.4f, 54, degrees) * (1 - smooth_f(54, 59, degrees));

        add_spectrum(light, (degrees - 40.3f) / 2.3f, 1);
        add_spectrum(light, (53.6f - degrees) / 3.6f, 0.36f);
        add_spectrum(light, (degrees - 38.9f) / 1.3f, 0.10f); /* of drops all of one size */
        for (int k = 0; k < 3; k++)
            light[k] += 0.15f * inside + 0.04f * outside;
    }
}

static void make_halo(struct rings *rings)
{
    for (int i = 0; i < RING_STEPS + 2; i++) {
        float degrees = (float)i / STEPS_A_DEGREE, *light = rings->light[i];
        float edge = smooth_f(21.3f, 22.1f, degrees);
        float tail = edge * expf(-fmaxf(degrees - 22, 0) / 2.4f);

        light[0] = 0.95f * tail + 0.10f * hump(degrees, 21.9f, 0.5f);
        light[1] = 0.92f * tail * smooth_f(21.3f, 22.2f, degrees);
        light[2] = 1.00f * tail * smooth_f(21.4f, 22.5f, degrees);
        for (int k = 0; k < 3; k++) /* the air about the sun glows too */
            light[k] += 0.10f * expf(-degrees / 7);
    }
}

/* Mock suns: on the halo, as high as the sun, with a tail away from it. */
static void add_dogs(const struct rings *rings, const float dir[3], float light[3])
{
    const float *sun = rings->middle;
    float high = asinf(clamp_f(sun[1], -1, 1)), up = asinf(clamp_f(dir[1], -1, 1)) - high;
    float turn = atan2f(dir[0], dir[2]) - atan2f(sun[0], sun[2]), off;

    turn -= 6.2831853f * floorf(turn / 6.2831853f + 0.5f);
    off = fabsf(turn) / DEGREE - 22.2f / fmaxf(cosf(high), 0.3f);
    up = up / DEGREE / 1.1f;
    if (fabsf(up) > 3 || off < -2 || off > 14)
        return;
    up = expf(-up * up);
    light[0] += up * 3.4f * smooth_f(-1.2f, 0, off) * expf(-fmaxf(off, 0) / 0.8f) +
                up * 0.5f * smooth_f(0, 1, off) * expf(-off / 3.5f);
    light[1] += up * 3.2f * smooth_f(-0.5f, 0.7f, off) * expf(-fmaxf(off - 0.5f, 0) / 1.0f) +
                up * 0.5f * smooth_f(0, 1, off) * expf(-off / 3.5f);
    light[2] += up * 3.0f * smooth_f(0.1f, 1.4f, off) * expf(-fmaxf(off - 1, 0) / 1.3f) +
                up * 0.55f * smooth_f(0, 1, off) * expf(-off / 3.5f);
}

/* How much of a ring a sample shows: rain hangs between the eye and far land, ice high up. */
static float share_of(const struct rings *rings, float depth, const float dir[3])
{
    uint32_t salt = (uint32_t)rings->pass->fx->scene->seed;
    float patch = 0.72f + 0.4f * noise_tiled(atan2f(dir[0], dir[2]) * 3, dir[1] * 4, 64, salt);

    if (!rings->is_bow)
        return depth > SKY_DEPTH ? 1 : 0;
    return patch * (depth > SKY_DEPTH ? 1 : 1 - expf(-depth / BOW_NEAR_M)) *
           smooth_f(-0.12f, 0.02f, dir[1]);
}

static void add_row(void *context, int row)
{
    const struct rings *rings = context;
    const struct fx_pass *pass = rings->pass;
    const struct canvas *canvas = &pass->canvas;
    const struct view *view = &pass->frame->view;
    const float *sun = pass->frame->world->sky.sun_color;
    float most = fmaxf(fmaxf(sun[0], sun[1]), fmaxf(sun[2], 1e-6f));
    float level = pass->fx->level * (rings->is_bow ? BOW_BRIGHT : HALO_BRIGHT);
    float rise =
        (0.5f * (float)canvas->height - 0.5f - (float)row) * canvas->pixel[1] + view->shift;

    for (int column = 0; column < canvas->width; column++) {
        size_t at = (size_t)row * (size_t)canvas->stride + (size_t)column;
        float across = ((float)column + 0.5f - 0.5f * (float)canvas->width) * canvas->pixel[0];
        float length = 1 / sqrtf(1 + across * across + rise * rise), cosine, steps, share;
        float dir[3] = {(view->forward[0] + across * view->right[0]) * length, rise * length,
                        (view->forward[1] + across * view->right[1]) * length};
        float light[3];
        int i;

        cosine = dir[0] * rings->middle[0] + dir[1] * rings->middle[1] + dir[2] * rings->middle[2];
        if (cosine < rings->widest)
            continue;
        share = share_of(rings, canvas->depth[at], dir) * level / most;
        steps = clamp_f(acosf(clamp_f(cosine, -1, 1)) / DEGREE * STEPS_A_DEGREE, 0, RING_STEPS);
        i = (int)steps;
        for (int k = 0; k < 3; k++)
            light[k] = lerp_f(rings->light[i][k], rings->light[i + 1][k], steps - (float)i);
        if (!rings->is_bow)
            add_dogs(rings, dir, light);
        for (int k = 0; k < 3; k++)
            canvas->plane[k][at] += share * light[k] * (0.25f * most + 0.75f * sun[k]);
    }
}

void fx_add_rings(const struct fx_pass *pass, bool is_bow, int threads)
{
    const float *disc = pass->frame->world->sky.disc;
    struct rings rings = {.pass = pass, .is_bow = is_bow};

    for (int k = 0; k < 3; k++)
        rings.middle[k] = is_bow ? -disc[k] : disc[k];
    rings.widest = cosf((is_bow ? RING_DEGREES : 40) * DEGREE);
    if (is_bow)
        make_bow(&rings);
    else
        make_halo(&rings);
    parallel_run(threads, pass->canvas.height, add_row, &rings);
}
