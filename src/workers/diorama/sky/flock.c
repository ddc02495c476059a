/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/sky/flock.h"

#include <math.h>
#include <string.h>

#include "workers/diorama/noise.h"
#include "workers/diorama/parallel.h"

#define TAU 6.2831853f
#define STEP_S 0.04f /* between places that a bird's way is judged by */

enum { BAND_ROWS = 16, SHAPES = 11 };

enum way { WAY_LOOPS, WAY_WEDGE, WAY_CLOUD, WAY_CROSS };

/* What a sort looks like and how it flies; meters, seconds. */
static const struct sort {
    enum subject_form form;
    enum way way;
    int count;
    float span, length, chord;       /* of the wings, the body; depth of a wing */
    float beat_hz, glide, lift;      /* wing beats, part of the time without, radians of a beat */
    float speed, apart, far, climb;  /* m/s; of the flock: size, distance, part of the sky */
    float back[3], belly[3], tip[3]; /* albedos */
    float head[3];
} sorts[] = {
    {FORM_GULL,
     WAY_LOOPS,
     9,
     1.25f,
     0.48f,
     0.17f,
     2.5f,
     0.62f,
     0.62f,
     8,
     13,
     30,
     0.42f,
     {0.34f, 0.35f, 0.37f},
     {0.66f, 0.66f, 0.65f},
     {0.04f, 0.04f, 0.045f},
     {0.66f, 0.66f, 0.65f}},
    {FORM_CROW,
     WAY_CROSS,
     14,
     0.92f,
     0.46f,
     0.22f,
     3.4f,
     0.15f,
     0.75f,
     9,
     14,
     38,
     0.45f,
     {0.02f, 0.02f, 0.022f},
     {0.018f, 0.018f, 0.02f},
     {0.015f, 0.015f, 0.017f},
     {0.02f, 0.02f, 0.022f}},
    {FORM_GOOSE,
     WAY_WEDGE,
     15,
     1.60f,
     0.80f,
     0.27f,
     3.6f,
     0.02f,
     0.55f,
     13,
     1.9f,
     46,
     0.50f,
     {0.16f, 0.12f, 0.09f},
     {0.34f, 0.30f, 0.25f},
     {0.06f, 0.05f, 0.045f},
     {0.03f, 0.027f, 0.025f}},
    {FORM_SWALLOW,
     WAY_LOOPS,
     11,
     0.33f,
     0.19f,
     0.055f,
     7.0f,
     0.40f,
     0.70f,
     11,
     9,
     14,
     0.40f,
     {0.03f, 0.035f, 0.06f},
     {0.50f, 0.45f, 0.38f},
     {0.02f, 0.022f, 0.03f},
     {0.03f, 0.03f, 0.05f}},
    {FORM_STARLING,
     WAY_CLOUD,
     96,
     0.40f,
     0.21f,
     0.10f,
     9.0f,
     0.20f,
     0.6f,
     12,
     9,
     52,
     0.48f,
     {0.03f, 0.03f, 0.032f},
     {0.035f, 0.033f, 0.033f},
     {0.03f, 0.03f, 0.03f},
     {0.03f, 0.03f, 0.03f}},
    {FORM_PIGEON,
     WAY_CROSS,
     12,
     0.66f,
     0.33f,
     0.15f,
     6.0f,
     0.18f,
     0.85f,
     11,
     7,
     20,
     0.42f,
     {0.22f, 0.23f, 0.26f},
     {0.30f, 0.30f, 0.33f},
     {0.08f, 0.08f, 0.09f},
     {0.09f, 0.11f, 0.12f}},
    {FORM_EAGLE,
     WAY_LOOPS,
     1,
     2.15f,
     0.88f,
     0.40f,
     2.0f,
     0.90f,
     0.42f,
     9,
     4.5f,
     12,
     0.46f,
     {0.085f, 0.05f, 0.03f},
     {0.07f, 0.042f, 0.026f},
     {0.03f, 0.022f, 0.018f},
     {0.62f, 0.60f, 0.55f}},
};
enum { SORTS = sizeof(sorts) / sizeof(sorts[0]) };

/* A flat shape of a bird in the picture: a triangle, or a line as thick as twice its round. */
struct shape {
    float at[3][2]; /* pixels */
    float round;    /* pixels that it is grown by */
    float light[3];
    bool is_line;
};

/* A bird as it is drawn. */
struct sight {
    struct shape shapes[SHAPES];
    int count;
    float low[2], high[2]; /* pixels */
    float depth;           /* level distance, as the frame's */
};

static int sort_of(enum subject_form form, const struct scene *scene, struct dice *dice)
{
    bool by_sea = scene->place == PLACE_COAST || scene->place == PLACE_SEA;

    for (int i = 0; i < SORTS; i++)
        if (form != FORM_USUAL && sorts[i].form == form)
            return i;
    if (by_sea)
        return 0;
    if (scene->place == PLACE_STREET)
        return 5;
    return dice_between(dice, 0, 1) < 0.5f ? 1 : 2;
}

static void place_bird(struct flock *flock, int number, struct dice *dice)
{
    struct flock_bird *bird = &flock->birds[number];
    enum way way = sorts[flock->sort].way;

    bird->phase = dice_between(dice, 0, 1);
    bird->size = dice_between(dice, 0.92f, 1.08f);
    for (int k = 0; k < 3; k++)
        bird->place[k] = dice_between(dice, -1, 1);
    if (way == WAY_WEDGE) { /* both arms of a V, one longer */
        int row = (number + 1) / 2, side = number % 2 ? 1 : -1;

        if (number > flock->count - 4) {
            row = number - flock->count / 2 + 1;
            side = 1;
        }
        bird->place[0] = (float)(side * row) * 0.85f + 0.12f * bird->place[0];
        bird->place[1] = 0.10f * bird->place[1];
        bird->place[2] = -0.95f * (float)row + 0.12f * bird->place[2];
    }
}

/* Where the sky is: so far away, so high in the picture, and along with the camera. */
static void place_flock(struct flock *flock, const struct world *world, const struct camera *camera,
                        float side)
{
    const struct sort *sort = &sorts[flock->sort];
    const float last_s = 4.0f;
    struct view first, last;
    float tall = camera->half_width * (float)camera->height / (float)camera->width;
    float aside = side * (sort->way == WAY_CROSS || sort->way == WAY_WEDGE ? 0.55f : 0.2f);
    float across = 0, up = 0, high = 0;

    camera_view(camera, world, 0, &first);
    camera_view(camera, world, (int)(last_s * (float)camera->fps), &last);
    high = first.shift + tall * (2.0f * sort->climb - 0.35f);
    across = -aside * camera->half_width * sort->far;
    up = fmaxf(high, 0.08f) * sort->far;
    for (int k = 0; k < 3; k++)
        flock->drift[k] = (last.eye[k] - first.eye[k]) / last_s;
    flock->start[0] = first.eye[0] + sort->far * first.forward[0] + across * first.right[0];
    flock->start[1] = first.eye[1] + up;
    flock->start[2] = first.eye[2] + sort->far * first.forward[1] + across * first.right[1];
    flock->heading = camera->heading + side * 1.25f;
    flock->apart_m = sort->apart;
    if (sort->way == WAY_CROSS || sort->way == WAY_WEDGE) {
        float own = fminf(sort->speed, 0.30f * camera->half_width * sort->far);

        flock->drift[0] += own * sinf(flock->heading);
        flock->drift[2] += own * cosf(flock->heading);
    }
}

static const struct subject *named_birds(const struct scene *scene)
{
    for (int i = 0; i < scene->subject_count; i++)
        if (scene->subjects[i].kind == SUBJECT_BIRDS)
            return &scene->subjects[i];
    return NULL;
}

void flock_plan(struct flock *flock, const struct world *world, const struct camera *camera)
{
    const struct scene *scene = world->scene;
    const struct subject *subject = named_birds(scene);
    struct dice dice = {scene->seed * 977 + 5};

    flock->count = 0;
    if (!subject)
        return;
    flock->sort = sort_of(subject->form, scene, &dice);
    flock->count = sorts[flock->sort].count;
    if (subject->count == 2 || subject->count == 3)
        flock->count = subject->count;
    place_flock(flock, world, camera, dice_between(&dice, 0, 1) < 0.5f ? -1.0f : 1.0f);
    for (int i = 0; i < flock->count; i++)
        place_bird(flock, i, &dice);
}

/* The place of a bird against the flock's middle. */
static void wander(const struct flock *flock, const struct flock_bird *bird, float t, float at[3])
{
    const struct sort *sort = &sorts[flock->sort];
    float s = sinf(flock->heading), c = cosf(flock->heading), own[3] = {0}, turn = 0, wide = 0;

    switch (sort->way) {
    case WAY_LOOPS: /* rounds of their own, here and there */
        wide = flock->apart_m * (0.45f + 0.35f * bird->phase);
        turn = TAU * bird->phase + (bird->place[0] > 0 ? 1.0f : -1.0f) * t * sort->speed / wide;
        at[0] = flock->apart_m * bird->place[0] * 0.9f + wide * cosf(turn);
        at[1] = flock->apart_m * 0.35f * bird->place[1] + 0.08f * wide * sinf(0.7f * turn + 2.0f);
        at[2] = flock->apart_m * bird->place[2] * 0.9f + wide * sinf(turn);
        return;
    case WAY_CLOUD: /* a ball that is kneaded */
        turn = 0.35f * t + 1.2f * sinf(0.5f * t + 2.0f * bird->place[1]);
        wide = flock->apart_m * (0.75f + 0.25f * sinf(0.8f * t + 2.5f * bird->place[0]));
        own[0] = wide * (bird->place[0] * cosf(turn) + bird->place[2] * sinf(turn));
        own[2] = wide * (bird->place[2] * cosf(turn) - bird->place[0] * sinf(turn));
        own[1] = 0.42f * flock->apart_m * bird->place[1] +
                 0.14f * flock->apart_m * sinf(0.9f * t + 1.6f * bird->place[0]);
        own[0] += 5.0f * sinf(0.42f * t);
        break;
    case WAY_WEDGE:
    case WAY_CROSS:
        own[0] = flock->apart_m * bird->place[0] + 0.25f * sinf(0.9f * t + TAU * bird->phase);
        own[1] =
            flock->apart_m * 0.4f * bird->place[1] + 0.12f * sinf(1.3f * t + 9.0f * bird->phase);
        own[2] = flock->apart_m * bird->place[2] + 0.25f * sinf(0.7f * t + 5.0f * bird->phase);
        break;
    }
    at[0] = own[0] * c + own[2] * s;
    at[1] = own[1];
    at[2] = own[2] * c - own[0] * s;
}

/* A bird's axes: its right, up and ahead, banked into its turn. */
struct axes {
    float at[3], side[3], up[3], ahead[3];
};

static void find_axes(const struct flock *flock, const struct flock_bird *bird, float t,
                      struct axes *axes)
{
    const struct sort *sort = &sorts[flock->sort];
    float a[3], b[3], c[3], length = 1e-6f, bank = 0, s = 0, o = 0;
    bool flies_along = sort->way != WAY_LOOPS;

    wander(flock, bird, t - STEP_S, a);
    wander(flock, bird, t, b);
    wander(flock, bird, t + STEP_S, c);
    axes->ahead[0] =
        (c[0] - a[0]) / (2 * STEP_S) + (flies_along ? sort->speed * sinf(flock->heading) : 0);
    axes->ahead[1] = 0.6f * (c[1] - a[1]) / (2 * STEP_S);
    axes->ahead[2] =
        (c[2] - a[2]) / (2 * STEP_S) + (flies_along ? sort->speed * cosf(flock->heading) : 0);
    for (int k = 0; k < 3; k++) {
        axes->at[k] = flock->start[k] + flock->drift[k] * t + b[k];
        length += axes->ahead[k] * axes->ahead[k];
    }
    for (int k = 0; k < 3; k++)
        axes->ahead[k] /= sqrtf(length);
    length = sqrtf(axes->ahead[0] * axes->ahead[0] + axes->ahead[2] * axes->ahead[2]) + 1e-6f;
    axes->side[0] = axes->ahead[2] / length;
    axes->side[1] = 0;
    axes->side[2] = -axes->ahead[0] / length;
    for (int k = 0; k < 3; k++)
        bank += (a[k] + c[k] - 2 * b[k]) / (STEP_S * STEP_S) * axes->side[k] / 9.81f;
    bank = clamp_f(bank, -0.9f, 0.9f) / sqrtf(1 + bank * bank);
    axes->up[0] = axes->ahead[1] * axes->side[2];
    axes->up[1] = axes->ahead[2] * axes->side[0] - axes->ahead[0] * axes->side[2];
    axes->up[2] = -axes->ahead[1] * axes->side[0];
    s = bank;
    o = sqrtf(1 - s * s);
    for (int k = 0; k < 3; k++) {
        float up = axes->up[k] * o + axes->side[k] * s;

        axes->side[k] = axes->side[k] * o - axes->up[k] * s;
        axes->up[k] = up;
    }
}

static void place_on(const struct axes *axes, const float own[3], float at[3])
{
    for (int k = 0; k < 3; k++)
        at[k] =
            axes->at[k] + own[0] * axes->side[k] + own[1] * axes->up[k] + own[2] * axes->ahead[k];
}

/* Pixels of a place; false behind the eye. */
static bool project(const struct frame *frame, const float at[3], float pixel[2], float *depth)
{
    const struct view *view = &frame->steady;
    float x = at[0] - view->eye[0], y = at[1] - view->eye[1], z = at[2] - view->eye[2];
    float ahead = x * view->forward[0] + z * view->forward[1];

    *depth = sqrtf(x * x + z * z);
    if (ahead < 0.5f)
        return false;
    pixel[0] = 0.5f * (float)frame->out_width +
               (x * view->right[0] + z * view->right[1]) / (ahead * view->pixel);
    pixel[1] = 0.5f * (float)frame->out_height - (y / ahead - view->shift) / view->pixel;
    return true;
}

/* Light of a flat thing that looks along `normal`, with air in front of it. */
static void light_shape(const struct frame *frame, const float normal[3], const float albedo[3],
                        float depth, float light[3])
{
    const struct sky *sky = &frame->world->sky;
    const struct air *air = &frame->world->air;
    float facing = normal[0] * sky->sun[0] + normal[1] * sky->sun[1] + normal[2] * sky->sun[2];
    float lit = fmaxf(facing, 0) + 0.22f * fmaxf(-facing, 0); /* feathers let some through */
    float kept = expf(-depth * (air->haze_per_m + 0.3f * air->mist_per_m));

    for (int k = 0; k < 3; k++) {
        float ambient =
            0.5f * (sky->ambient_sun[k] + sky->ambient_away[k]) * (0.7f + 0.3f * normal[1]);

        light[k] = albedo[k] * (ambient + 0.318f * lit * sky->sun_color[k]);
        light[k] = lerp_f(air->mist_color[k], light[k], kept);
    }
}

struct outline {
    const struct frame *frame;
    const struct axes *axes;
    struct sight *sight;
    float m; /* pixels a meter */
};

/* Adds a triangle, or with two corners a line, of the bird's axes. */
static void add_shape(const struct outline *outline, const float corners[3][3], bool is_line,
                      float thick_m, const float albedos[2][3])
{
    struct sight *sight = outline->sight;
    struct shape *shape = &sight->shapes[sight->count];
    float at[3][3], u[3], v[3], normal[3], length = 1e-9f, toward = 0, depth = 0;

    for (int i = 0; i < 3; i++) {
        place_on(outline->axes, corners[i], at[i]);
        if (!project(outline->frame, at[i], shape->at[i], &depth))
            return;
    }
    for (int k = 0; k < 3; k++) {
        u[k] = at[1][k] - at[0][k];
        v[k] = at[2][k] - at[0][k];
    }
    for (int k = 0; k < 3; k++) {
        normal[k] = u[(k + 1) % 3] * v[(k + 2) % 3] - u[(k + 2) % 3] * v[(k + 1) % 3];
        length += normal[k] * normal[k];
    }
    for (int k = 0; k < 3; k++) {
        normal[k] = is_line ? (k == 1) : normal[k] / sqrtf(length);
        toward += normal[k] * (outline->frame->steady.eye[k] - at[0][k]);
    }
    for (int k = 0; k < 3 && toward < 0; k++)
        normal[k] = -normal[k];
    shape->is_line = is_line;
    shape->round = fmaxf(thick_m * outline->m, 0.18f);
    light_shape(outline->frame, normal, albedos[normal[1] < 0], depth, shape->light);
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 2; k++) {
            sight->low[k] = fminf(sight->low[k], shape->at[i][k] - shape->round - 1);
            sight->high[k] = fmaxf(sight->high[k], shape->at[i][k] + shape->round + 1);
        }
    sight->depth = depth;
    sight->count++;
}

/* Angles of a wing at its root and at its wrist, and how far its hand is drawn in. */
static void beat(const struct sort *sort, const struct flock_bird *bird, float t, float angle[3])
{
    float phase = TAU * (sort->beat_hz * t * (0.95f + 0.1f * bird->phase) + bird->phase);
    float rest = sinf(0.55f * t * (1 + 0.4f * bird->phase) + 17.0f * bird->phase);
    float flaps = 1 - smooth_f(-0.25f, 0.25f, rest - 1.0f + 2.0f * sort->glide);

    angle[0] = lerp_f(0.16f, sort->lift * sinf(phase) + 0.08f, flaps);
    angle[1] = lerp_f(-0.10f, sort->lift * 0.9f * sinf(phase - 1.0f), flaps);
    angle[2] = lerp_f(0.25f, 0.28f + 0.30f * fmaxf(0, cosf(phase)), flaps);
}

static void add_wing(const struct outline *outline, const struct sort *sort, float side,
                     const float angle[3])
{
    float arm = 0.24f * sort->span, hand = 0.27f * sort->span, chord = sort->chord;
    float x1 = arm * cosf(angle[0]) + 0.03f * sort->span, y1 = arm * sinf(angle[0]);
    float out = hand * (1 - 0.25f * angle[2]);
    float x2 = x1 + out * cosf(angle[0] + angle[1]), y2 = y1 + out * sinf(angle[0] + angle[1]);
    float sweep = 0.5f * hand * angle[2], root = 0.02f * sort->span * side,
          z = 0.12f * sort->length;
    const float front[3] = {root, 0, z + 0.42f * chord}, back[3] = {root, 0, z - 0.58f * chord};
    const float wrist[3] = {side * x1, y1, z + 0.55f * chord};
    const float trail[3] = {side * x1, y1, z - 0.42f * chord};
    const float tip[3] = {side * x2, y2, z + 0.30f * chord - sweep};
    const float albedos[2][3] = {{sort->back[0], sort->back[1], sort->back[2]},
                                 {sort->belly[0], sort->belly[1], sort->belly[2]}};
    const float tips[2][3] = {{sort->tip[0], sort->tip[1], sort->tip[2]},
                              {sort->tip[0], sort->tip[1], sort->tip[2]}};
    const float inner[3][3] = {{front[0], front[1], front[2]},
                               {back[0], back[1], back[2]},
                               {wrist[0], wrist[1], wrist[2]}};
    const float middle[3][3] = {{back[0], back[1], back[2]},
                                {trail[0], trail[1], trail[2]},
                                {wrist[0], wrist[1], wrist[2]}};
    const float outer[3][3] = {
        {wrist[0], wrist[1], wrist[2]}, {trail[0], trail[1], trail[2]}, {tip[0], tip[1], tip[2]}};
    const float f = 0.62f; /* the tip of the hand has its own color */
    const float end[3][3] = {
        {lerp_f(wrist[0], tip[0], f), lerp_f(wrist[1], tip[1], f), lerp_f(wrist[2], tip[2], f)},
        {lerp_f(trail[0], tip[0], f), lerp_f(trail[1], tip[1], f), lerp_f(trail[2], tip[2], f)},
        {tip[0], tip[1], tip[2]}};

    add_shape(outline, inner, false, 0.012f * sort->span, albedos);
    add_shape(outline, middle, false, 0.008f * sort->span, albedos);
    add_shape(outline, outer, false, 0.008f * sort->span, albedos);
    add_shape(outline, end, false, 0.010f * sort->span, tips);
}

static void see_bird(const struct flock *flock, const struct frame *frame, int number,
                     struct sight *sight)
{
    const struct sort *sort = &sorts[flock->sort];
    const struct flock_bird *bird = &flock->birds[number];
    float t = frame->clip_time_s * clamp_f(frame->world->scene->time_scale, 0.1f, 3.0f);
    float angle[3], pixel[2], l = 0.5f * sort->length;
    const float trunk[3][3] = {
        {0, 0, -0.55f * l}, {0, 0.01f * l, 0.55f * l}, {0, 0.01f * l, 0.55f * l}};
    const float head[3][3] = {
        {0, 0.04f * l, 0.62f * l}, {0, 0.03f * l, 0.92f * l}, {0, 0.03f * l, 0.92f * l}};
    const float tail[3][3] = {{0, 0, -0.4f * l}, {-0.22f * l, 0, -l}, {0.22f * l, 0, -l}};
    const float coat[2][3] = {{sort->back[0], sort->back[1], sort->back[2]},
                              {sort->belly[0], sort->belly[1], sort->belly[2]}};
    const float face[2][3] = {{sort->head[0], sort->head[1], sort->head[2]},
                              {sort->head[0], sort->head[1], sort->head[2]}};
    struct axes axes;
    struct outline outline = {frame, &axes, sight, 0};

    *sight = (struct sight){.low = {1e9f, 1e9f}, .high = {-1e9f, -1e9f}};
    find_axes(flock, bird, t, &axes);
    if (!project(frame, axes.at, pixel, &sight->depth))
        return;
    outline.m = 1.0f / (frame->steady.pixel * fmaxf(sight->depth, 1.0f));
    beat(sort, bird, t, angle);
    axes.at[1] -= 0.10f * sort->length * sinf(angle[0]); /* the body moves against the wings */
    for (int side = -1; side <= 1; side += 2)
        add_wing(&outline, sort, (float)side, angle);
    add_shape(&outline, tail, false, 0.015f * sort->length,
              sort->way == WAY_LOOPS && sort->count == 1 ? face : coat);
    add_shape(&outline, trunk, true, 0.115f * sort->length, coat);
    add_shape(&outline, head, true, 0.062f * sort->length, face);
}

static float line_distance(const float a[2], const float b[2], const float p[2])
{
    float x = b[0] - a[0], y = b[1] - a[1], px = p[0] - a[0], py = p[1] - a[1];
    float t = clamp_f((px * x + py * y) / (x * x + y * y + 1e-6f), 0, 1);

    return hypotf(px - t * x, py - t * y);
}

/* Of a triangle negative inside. */
static float shape_distance(const struct shape *shape, const float p[2])
{
    float least = line_distance(shape->at[0], shape->at[1], p), sign = 0;
    int left = 0, right = 0;

    if (shape->is_line)
        return least - shape->round;
    least = fminf(least, line_distance(shape->at[1], shape->at[2], p));
    least = fminf(least, line_distance(shape->at[2], shape->at[0], p));
    for (int i = 0; i < 3; i++) {
        const float *a = shape->at[i], *b = shape->at[(i + 1) % 3];

        sign = (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);
        left += sign > 0;
        right += sign < 0;
    }
    return (left == 3 || right == 3 ? -least : least) - shape->round;
}

static void draw_pixel(const struct sight *sight, const struct frame *frame, int x, int y)
{
    const float p[2] = {(float)x + 0.5f, (float)y + 0.5f};
    size_t to = (size_t)y * (size_t)frame->out_stride + (size_t)x;
    size_t from = (size_t)(y * frame->height / frame->out_height) * (size_t)frame->stride +
                  (size_t)(x * frame->width / frame->out_width);
    float least = 1e9f, cover;
    const float *light = NULL;

    for (int i = 0; i < sight->count; i++) {
        float d = shape_distance(&sight->shapes[i], p);

        /* The last ones lie over the others. */
        if (d < least || d < -0.5f) {
            least = d;
            light = sight->shapes[i].light;
        }
    }
    cover = clamp_f(0.5f - least, 0, 1);
    if (cover <= 0 || frame->depth[from] < sight->depth)
        return;
    for (int k = 0; k < 3; k++)
        frame->out[k][to] = lerp_f(frame->out[k][to], light[k], cover);
}

struct flock_pass {
    const struct frame *frame;
    const struct sight *sights;
    int count;
};

static void draw_band(void *context, int band)
{
    const struct flock_pass *pass = context;
    const struct frame *frame = pass->frame;
    int first = band * BAND_ROWS, last = first + BAND_ROWS;

    last = last < frame->out_height ? last : frame->out_height;
    for (int i = 0; i < pass->count; i++) {
        const struct sight *sight = &pass->sights[i];
        int left = (int)clamp_f(sight->low[0], 0, (float)frame->out_width);
        int right = (int)clamp_f(sight->high[0] + 1, 0, (float)frame->out_width);
        int top = (int)clamp_f(sight->low[1], (float)first, (float)last);
        int bottom = (int)clamp_f(sight->high[1] + 1, (float)first, (float)last);

        if (sight->count == 0)
            continue;
        for (int y = top; y < bottom; y++)
            for (int x = left; x < right; x++)
                draw_pixel(sight, frame, x, y);
    }
}

void flock_draw(const struct flock *flock, const struct frame *frame, int threads)
{
    struct sight sights[FLOCK_MAX];
    struct flock_pass pass = {frame, sights, flock->count};

    if (flock->count == 0)
        return;
    for (int i = 0; i < flock->count; i++)
        see_bird(flock, frame, i, &sights[i]);
    parallel_run(threads, (frame->out_height + BAND_ROWS - 1) / BAND_ROWS, draw_band, &pass);
}
