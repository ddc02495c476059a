/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/body/body.h"

#include <math.h>
#include <string.h>

#include "workers/diorama/canvas.h"
#include "workers/diorama/noise.h"
#include "workers/diorama/world.h"

struct body_part *body_add(struct body *body, const float a[3], const float b[3], float ra,
                           float rb)
{
    struct body_part *part = &body->parts[body->count < BODY_PARTS_MAX ? body->count : 0];

    if (body->count < BODY_PARTS_MAX)
        body->count++;
    *part = (struct body_part){
        .ra = ra, .rb = rb, .blend = 0.3f * fmaxf(ra, rb), .group = body->groups};
    memcpy(part->a, a, sizeof(part->a));
    memcpy(part->b, b, sizeof(part->b));
    memcpy(part->own, a, sizeof(part->own));
    return part;
}

void body_group(struct body *body)
{
    body->groups++;
}

void body_paint(struct body *body, int first, enum body_stuff stuff, const float color[3])
{
    for (int i = first; i < body->count; i++) {
        body->parts[i].stuff = stuff;
        memcpy(body->parts[i].color, color, sizeof(body->parts[i].color));
        memcpy(body->parts[i].under, color, sizeof(body->parts[i].under));
    }
}

static void turn(float v[3], float sine, float cosine)
{
    float x = v[0], z = v[2];

    /* A heading of 0 looks along z; its right is x. */
    v[0] = x * cosine + z * sine;
    v[2] = z * cosine - x * sine;
}

/* What the kernels need of a part that is where it belongs. */
static void finish_part(struct body_part *part)
{
    float square = 1e-9f, length = 0, along = 0, wide = fmaxf(part->ra, part->rb);

    for (int k = 0; k < 3; k++) {
        part->span[k] = part->b[k] - part->a[k];
        part->middle[k] = 0.5f * (part->a[k] + part->b[k]);
        length += part->span[k] * part->span[k];
        along += part->span[k] * part->flat[k];
    }
    for (int k = 0; k < 3; k++) {
        if (part->shape == SHAPE_ROUND)
            part->span[k] += along * part->flatness * part->flat[k];
        square += part->span[k] * part->span[k];
    }
    part->inverse = 1.0f / square;
    if (part->shape == SHAPE_ROUND)
        part->reach = 0.5f * sqrtf(length) + wide;
    else
        part->reach = sqrtf(0.25f * length + wide * wide) + part->folds;
}

/* A part is seen as far as the widest of the joints that it is in: its own, and those of the parts
 * that are joined to its group after it. */
static void reach_joints(struct body *body)
{
    float widest = 0;

    for (int i = body->count - 1; i >= 0; i--) {
        struct body_part *part = &body->parts[i];

        if (i == body->count - 1 || part->group != body->parts[i + 1].group)
            widest = 0;
        if (part->mode == PART_PAINT) {
            part->reach += part->blend;
            continue;
        }
        widest = fmaxf(widest, part->blend);
        part->reach += widest;
    }
}

void body_finish(struct body *body, const struct body_frame *frame)
{
    float sine = sinf(frame->heading), cosine = cosf(frame->heading);
    float low[3] = {1e9f, 1e9f, 1e9f}, high[3] = {-1e9f, -1e9f, -1e9f};

    for (int i = 0; i < body->count; i++) {
        struct body_part *part = &body->parts[i];

        turn(part->a, sine, cosine);
        turn(part->b, sine, cosine);
        turn(part->flat, sine, cosine);
        turn(part->own, sine, cosine);
        for (int k = 0; k < 3; k++) {
            part->a[k] += frame->place[k];
            part->b[k] += frame->place[k];
            part->own[k] += frame->place[k];
            if (part->mode != PART_SOLID)
                continue;
            low[k] = fminf(low[k], fminf(part->a[k] - part->ra, part->b[k] - part->rb));
            high[k] = fmaxf(high[k], fmaxf(part->a[k] + part->ra, part->b[k] + part->rb));
        }
        finish_part(part);
    }
    reach_joints(body);
    body->ground_m = frame->place[1];
    memcpy(body->anchor, frame->place, sizeof(body->anchor));
    body->radius = 0;
    for (int k = 0; k < 3; k++) {
        body->middle[k] = 0.5f * (low[k] + high[k]);
        body->radius += 0.25f * (high[k] - low[k]) * (high[k] - low[k]);
    }
    body->radius = sqrtf(body->radius) + 0.02f;
}

void body_joint(const float from[3], const float to[3], const float bones[2], const float bend[3],
                float joint[3])
{
    float along[3], side[3], length = 0, dot = 0, out = 0, near = 0;

    for (int k = 0; k < 3; k++) {
        along[k] = to[k] - from[k];
        length += along[k] * along[k];
    }
    length = fmaxf(sqrtf(length), 1e-4f);
    for (int k = 0; k < 3; k++) {
        along[k] /= length;
        dot += along[k] * bend[k];
    }
    for (int k = 0; k < 3; k++)
        side[k] = bend[k] - dot * along[k];
    dot = sqrtf(side[0] * side[0] + side[1] * side[1] + side[2] * side[2]);
    near = (bones[0] * bones[0] - bones[1] * bones[1] + length * length) / (2.0f * length);
    near = clamp_f(near, -bones[0], bones[0]);
    out = sqrtf(fmaxf(bones[0] * bones[0] - near * near, 0));
    for (int k = 0; k < 3; k++)
        joint[k] = from[k] + near * along[k] + out * side[k] / fmaxf(dot, 1e-4f);
}

float body_speed(enum subject_kind kind, enum subject_action action)
{
    static const float speeds[SUBJECT_KINDS][SUBJECT_ACTIONS] = {
        [SUBJECT_PERSON] = {0, 1.35f, 3.4f}, [SUBJECT_CAT] = {0, 0.62f, 4.2f},
        [SUBJECT_DOG] = {0, 1.1f, 5.2f},     [SUBJECT_HORSE] = {0, 1.7f, 10.0f},
        [SUBJECT_BIRDS] = {6, 6, 9},         [SUBJECT_CAR] = {0, 7, 20},
        [SUBJECT_VINTAGE_CAR] = {0, 6, 16},  [SUBJECT_BALLOONS] = {0.6f, 0.8f, 1.2f},
    };

    return speeds[kind][action];
}

bool body_gait(const struct subject *subject, struct body_gait *gait)
{
    bool is_animal = subject->kind == SUBJECT_CAT || subject->kind == SUBJECT_DOG ||
                     subject->kind == SUBJECT_HORSE;
    bool runs = subject->action == ACTION_RUN;

    if ((subject->action != ACTION_WALK && !runs) ||
        (!is_animal && subject->kind != SUBJECT_PERSON))
        return false;
    if (is_animal)
        body_gait_quadruped(subject, runs, gait);
    else
        body_gait_person(runs, gait);
    return true;
}

void body_size(enum subject_kind kind, float *length_m, float *height_m)
{
    static const float sizes[SUBJECT_KINDS][2] = {
        [SUBJECT_PERSON] = {0.6f, 1.78f},
        [SUBJECT_CAT] = {0.62f, 0.36f},
        [SUBJECT_DOG] = {0.95f, 0.68f},
        [SUBJECT_HORSE] = {2.3f, 2.05f},
        [SUBJECT_BIRDS] = {14, 8},
        [SUBJECT_CAR] = {4.5f, 1.42f},
        [SUBJECT_VINTAGE_CAR] = {4.3f, 1.6f},
        [SUBJECT_BALLOONS] = {60, 30},
    };

    *length_m = sizes[kind][0];
    *height_m = sizes[kind][1];
}

void body_car(struct body *body, const struct body_pose *pose, const struct body_frame *frame,
              const float travel_and_lamps[2])
{
    static const float paints[][3] = {{0.36f, 0.015f, 0.012f}, {0.30f, 0.31f, 0.32f},
                                      {0.015f, 0.05f, 0.16f},  {0.02f, 0.02f, 0.022f},
                                      {0.52f, 0.51f, 0.48f},   {0.02f, 0.16f, 0.15f}};
    struct car_shape *car = &body->car;

    memset(body, 0, sizeof(*body));
    body->is_car = true;
    memcpy(car->place, frame->place, sizeof(car->place));
    car->sine = sinf(frame->heading);
    car->cosine = cosf(frame->heading);
    car->spoke_sine = sinf(5.0f * travel_and_lamps[0] / 0.335f);
    car->spoke_cosine = cosf(5.0f * travel_and_lamps[0] / 0.335f);
    car->lamps = travel_and_lamps[1];
    memcpy(car->paint, paints[pose->look % 6], sizeof(car->paint));
    for (int k = 0; k < 3; k++)
        body->middle[k] = frame->place[k] + (k == 1 ? 0.75f : 0.0f);
    car_style(body, pose->subject ? pose->subject->form : FORM_USUAL, pose->look / 6);
    if (pose->subject) {
        car->vintage = pose->subject->kind == SUBJECT_VINTAGE_CAR;
        if (car->vintage)
            car->lift = 0;
        if (pose->subject->is_colored)
            memcpy(car->paint, pose->subject->color, sizeof(car->paint));
    }
    body->ground_m = frame->place[1];
    body->band_m = 1;
    body->count = 1; /* one part, never looked at */
    body->parts[0].inverse = 1;
}

/* How far a ball reaches on the canvas, in samples from its middle. */
bool body_area_of(const struct body *body, const struct view *view, const struct canvas *canvas,
                  bool is_shadow, struct body_area *area)
{
    float half = is_shadow ? 0.5f : 0.0f;
    float x = body->middle[0] - view->eye[0] + half * body->shade[0];
    float z = body->middle[2] - view->eye[2] + half * body->shade[1];
    float y = is_shadow ? body->ground_m : body->middle[1];
    float radius = is_shadow ? 1.3f * body->radius + half * hypotf(body->shade[0], body->shade[1])
                             : body->radius;
    float ahead = x * view->forward[0] + z * view->forward[1];
    float across = x * view->right[0] + z * view->right[1];
    float low = is_shadow ? 0.05f * radius : radius, right = 0, bottom = 0, near = 0, scale[2];

    if (ahead < -radius)
        return false;
    near = fmaxf(ahead - radius, 0.15f);
    for (int k = 0; k < 2; k++)
        scale[k] = 1.0f / canvas->pixel[k];
    y = (canvas->mirrored ? -y : y) - view->eye[1];
    right = fmaxf((across + radius) / near, (across + radius) / ahead) * scale[0];
    area->left =
        (int)clamp_f(0.5f * (float)canvas->width +
                         fminf((across - radius) / near, (across - radius) / ahead) * scale[0],
                     0, (float)canvas->width);
    area->top = (int)clamp_f(
        0.5f * (float)canvas->height -
            (fmaxf((y + low) / near, (y + low) / (ahead + radius)) - view->shift) * scale[1],
        0, (float)canvas->height);
    right = clamp_f(0.5f * (float)canvas->width + right + 2, 0, (float)canvas->width);
    bottom = 0.5f * (float)canvas->height -
             (fminf((y - low) / near, (y - low) / (ahead + radius)) - view->shift) * scale[1];
    bottom = clamp_f(bottom + 2, 0, (float)canvas->height);
    area->left -= area->left % BODY_TILE_WIDE;
    area->columns = ((int)right - area->left + BODY_TILE_WIDE - 1) / BODY_TILE_WIDE;
    area->rows = ((int)bottom - area->top + BODY_TILE_TALL - 1) / BODY_TILE_TALL;
    return area->columns > 0 && area->rows > 0;
}
