/* SPDX-License-Identifier: Apache-2.0 */
/* Embers, leaves, petals and fireflies: many small things in the air. */
#include <math.h>

#include "workers/diorama/fx/fx_impl.h"
#include "workers/diorama/noise.h"

#define TAU 6.2831853f
#define SHUTTER_S 0.016f

enum { LEAVES = 1200, FLIES = 620 };

/* A number from 0 to 1 of the `i`th thing. */
static float lot(const struct fx_pass *pass, int i, int which)
{
    return noise_hash(i, which, (uint32_t)pass->fx->scene->seed ^ 0x9e37u);
}

static void ember_at(const struct fx_pass *pass, const struct fx_fire *fire, int i, float age,
                     float place[3])
{
    float swirl = 5 * age + TAU * lot(pass, i, 3), wide = fire->radius_m * (0.25f + 0.5f * age);
    float speed = sqrtf(fire->height_m) * (1.3f + 1.1f * lot(pass, i, 2));

    place[0] = fire->place[0] + fire->radius_m * (lot(pass, i, 4) - 0.5f) * 0.9f +
               wide * sinf(swirl) * age + pass->fx->scene->wind * age * age;
    place[1] = fire->place[1] + 0.25f * fire->height_m + speed * age;
    place[2] = fire->place[2] + fire->radius_m * (lot(pass, i, 5) - 0.5f) * 0.9f +
               wide * cosf(1.3f * swirl) * age;
}

void fx_add_embers(struct splats *splats, const struct fx_fire *fire, int count)
{
    const struct fx_pass *pass = splats->pass;

    for (int i = 0; i < count; i++) {
        float life = 1.1f + 1.5f * lot(pass, i, 0), at = pass->time_s / life + lot(pass, i, 1);
        int turn = (int)floorf(at) * count + i + (int)(fire->phase * 64);
        float age = (at - floorf(at)) * life, left = 1 - age / life;
        float glow = pass->fx->level * 3.2f * left * sqrtf(left) *
                     (0.6f + 0.4f * sinf(pass->time_s * 21 + (float)i));
        struct splat_look look = {.radius_m = 0.0075f * sqrtf(fire->height_m),
                                  .color = {glow, 0.36f * glow, 0.07f * glow}};
        float from[3], to[3];

        ember_at(pass, fire, turn, fmaxf(age - 1.5f * SHUTTER_S, 0), from);
        ember_at(pass, fire, turn, age, to);
        splats_add(splats, from, to, &look);
    }
}

/* Wraps what drifts into a box around the eye; how near it is to the box's side, 0 to 1. */
static float wrap(float eye, float size, float *x)
{
    float turns = (*x - eye) / size + 0.5f;

    turns -= floorf(turns);
    *x = eye + (turns - 0.5f) * size;
    return fabsf(turns - 0.5f) * 2;
}

struct drift {
    float place[3], along[3]; /* half of its length, as it lies */
    float wide;               /* how much of its face is seen, 0 to 1 */
    float fade;
};

static void leaf_at(const struct fx_pass *pass, int i, float time_s, struct drift *leaf)
{
    static const float box[3] = {15, 5.6f, 15};
    const float *eye = pass->frame->view.eye;
    float wind = 0.35f + 3.4f * pass->fx->scene->wind, fall = 0.7f + 0.5f * lot(pass, i, 3);
    float phase = TAU * lot(pass, i, 4), beat = 1.4f + 1.6f * lot(pass, i, 5);
    float heading = TAU * (float)(pass->fx->scene->seed % 61) / 61;
    float tumble = phase + time_s * beat * (lot(pass, i, 6) < 0.5f ? -1.5f : 1.5f);
    float sway = 0.32f * sinf(beat * time_s + phase), center[3] = {eye[0], eye[1] + 1.6f, eye[2]};
    float edge = 0;

    leaf->place[0] = box[0] * lot(pass, i, 0) + time_s * wind * sinf(heading) + sway * cosf(phase);
    leaf->place[1] =
        box[1] * lot(pass, i, 1) - time_s * fall + 0.12f * cosf(2 * beat * time_s + phase);
    leaf->place[2] = box[2] * lot(pass, i, 2) + time_s * wind * cosf(heading) + sway * sinf(phase);
    for (int k = 0; k < 3; k++)
        edge = fmaxf(edge, wrap(center[k], box[k], &leaf->place[k]));
    leaf->fade = 1 - smooth_f(0.86f, 1, edge);
    leaf->along[0] = cosf(tumble) * cosf(phase);
    leaf->along[1] = 0.7f * sinf(tumble);
    leaf->along[2] = cosf(tumble) * sinf(phase);
    leaf->wide = 0.18f + 0.82f * fabsf(sinf(1.3f * tumble + phase));
}

void fx_add_leaves(struct splats *splats, bool petals)
{
    static const float colors[2][5][3] = {{{0.52f, 0.10f, 0.02f},
                                           {0.62f, 0.25f, 0.03f},
                                           {0.66f, 0.42f, 0.05f},
                                           {0.26f, 0.10f, 0.03f},
                                           {0.40f, 0.34f, 0.06f}},
                                          {{0.80f, 0.50f, 0.56f},
                                           {0.85f, 0.66f, 0.70f},
                                           {0.88f, 0.76f, 0.78f},
                                           {0.76f, 0.42f, 0.52f},
                                           {0.84f, 0.60f, 0.64f}}};
    const struct fx_pass *pass = splats->pass;

    for (int i = 0; i < LEAVES; i++) {
        const float *color = colors[petals][(int)(4.99f * lot(pass, i, 8))];
        float size = (petals ? 0.026f : 0.055f) * (0.7f + 0.7f * lot(pass, i, 7)), light;
        struct drift leaf;
        struct splat_look look;
        float from[3], to[3];

        leaf_at(pass, i + (petals ? LEAVES : 0), pass->time_s, &leaf);
        light = pass->fx->key * 5 * (0.5f + 0.9f * leaf.wide);
        look =
            (struct splat_look){.radius_m = size * 0.55f * leaf.wide, .cover = 0.95f * leaf.fade};
        for (int k = 0; k < 3; k++) {
            look.color[k] = color[k] * light;
            from[k] = leaf.place[k] - size * leaf.along[k];
            to[k] = leaf.place[k] + size * leaf.along[k];
        }
        if (leaf.fade > 0.02f)
            splats_add(splats, from, to, &look);
    }
}

void fx_add_fireflies(struct splats *splats)
{
    static const float box[3] = {24, 3.0f, 24};
    const struct fx_pass *pass = splats->pass;
    const float *eye = pass->frame->view.eye;

    for (int i = 0; i < FLIES; i++) {
        float t = pass->time_s, phase = TAU * lot(pass, i, 3), place[3], edge = 0;
        float beat = 1.6f + 2.2f * lot(pass, i, 4), pulse = sinf(TAU * t / beat + phase), glow;
        const float center[3] = {eye[0], eye[1] - 0.1f, eye[2]};
        struct splat_look look = {.radius_m = 0.028f};

        place[0] = box[0] * lot(pass, i, 0) + 0.5f * sinf(0.9f * t + phase) + 0.2f * sinf(2.3f * t);
        place[1] = box[1] * lot(pass, i, 1) + 0.3f * sinf(1.1f * t + 2 * phase);
        place[2] = box[2] * lot(pass, i, 2) + 0.5f * cosf(0.8f * t + phase);
        for (int k = 0; k < 3; k++)
            edge = fmaxf(edge, wrap(center[k], box[k], &place[k]));
        glow = pass->fx->level * fmaxf(pulse, 0) * fmaxf(pulse, 0) * (1 - smooth_f(0.85f, 1, edge));
        if (glow <= 0.001f)
            continue;
        for (int k = 0; k < 3; k++)
            look.color[k] = 4.5f * glow * (k == 0 ? 0.75f : k == 1 ? 1.0f : 0.22f);
        splats_add(splats, place, place, &look);
        look.radius_m = 0.13f;
        for (int k = 0; k < 3; k++)
            look.color[k] *= 0.06f;
        splats_add(splats, place, place, &look);
    }
}
