/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/body/beast_pose.h"

#include <math.h>
#include <string.h>

#include "workers/diorama/noise.h"

#define TAU 6.2831853f
/* How far a step goes at most, as part of the height of the shoulders. */
#define HOOF_REACH 0.98f
#define PAW_REACH 1.12f

/* How far ahead in the gait each foot is; it comes down where its phase is whole. Cats and dogs
 * fly twice in a round, stretched and gathered, horses only gathered. */
static const float walk_order[BEAST_FEET] = {0.25f, 0.75f, 0.0f, 0.5f};
static const float run_order[BEAST_FEET] = {0.50f, 0.62f, 0.0f, 0.12f};
static const float gallop_order[BEAST_FEET] = {0.54f, 0.66f, 0.88f, 0.0f};

static const float *order_of(enum subject_kind kind, bool runs)
{
    return !runs ? walk_order : kind == SUBJECT_HORSE ? gallop_order : run_order;
}

/* Of the kinds' usual forms; others take it slower the larger they are. */
static float period_of(enum subject_kind kind, enum subject_form form, bool runs)
{
    float walk = kind == SUBJECT_CAT ? 0.74f : kind == SUBJECT_DOG ? 0.78f : 1.05f;
    float run = kind == SUBJECT_CAT ? 0.34f : kind == SUBJECT_DOG ? 0.42f : 0.47f;

    return (runs ? run : walk) * sqrtf(body_scale(form));
}

void body_gait_quadruped(const struct subject *subject, bool runs, struct body_gait *gait)
{
    const float *order = order_of(subject->kind, runs);

    gait->seconds = period_of(subject->kind, subject->form, runs);
    gait->feet = BEAST_FEET;
    for (int foot = 0; foot < BEAST_FEET; foot++)
        gait->lands[foot] = order[foot] > 0 ? 1 - order[foot] : 0;
}

/* Bones of a leg, as parts of the height of its top, and the angles of its heel or wrist and of
 * what is below it, radians. */
struct leg_shape {
    float upper, lower, cannon, pastern;
    float stand, fold;  /* how far the heel or wrist is bent on the ground, and more in the air */
    float slope, rolls; /* of the knuckles behind the paw; and ahead of it as it takes off */
};

static const struct leg_shape shapes[2][2] = {
    /* with paws: fore, hind */
    {{0.43f, 0.43f, 0.17f, 0.07f, 0.10f, 1.15f, -0.75f, 0.6f},
     {0.41f, 0.43f, 0.28f, 0.07f, 0.80f, 0.75f, -0.75f, 0.6f}},
    /* with hooves */
    {{0.38f, 0.37f, 0.25f, 0.115f, 0.06f, 1.55f, -0.60f, 0.5f},
     {0.35f, 0.36f, 0.295f, 0.115f, 0.52f, 1.00f, -0.55f, 0.5f}},
};

/* A step: where the foot is from under its joint, along the way and up, and its angles. */
struct step {
    float along, up, bend, slope;
    float pitch;
    bool is_planted;
};

static bool is_fore(int foot)
{
    return foot == FORE_LEFT || foot == FORE_RIGHT;
}

static const struct leg_shape *shape_of(const struct build *build, int foot)
{
    return &shapes[(build->extras & BEAST_HOOVES) != 0 || build->kind == HEAD_ELEPHANT]
                  [!is_fore(foot)];
}

/* Through the air: it lags behind, is drawn up and swings ahead to meet the ground. */
static void swing_foot(const struct beast_pose *beast, int foot, float t, float reach,
                       struct step *step)
{
    const struct leg_shape *shape = shape_of(&beast->build, foot);
    float legs = beast->build.height - beast->build.chest, fold = sinf(3.14159f * powf(t, 0.72f));
    float lift = beast->runs ? (is_fore(foot) ? 0.40f : 0.30f) : is_fore(foot) ? 0.15f : 0.11f;
    float throw = reach * (beast->runs ? 0.9f : 0.4f), u = 1.0f - t;

    /* A cubic that leaves and comes back with some of the speed that it has on the ground. */
    step->along = reach * (t * t * (3.0f - 2.0f * t) - 0.5f) - throw *t * u * u + throw *t * t * u;
    step->up = lift * legs * fold * fold;
    step->bend = shape->stand + (beast->runs ? 1.0f : 0.55f) * shape->fold * fold;
    step->slope = lerp_f(shape->rolls, shape->slope, smooth_f(0.15f, 0.95f, t)) +
                  (beast->runs ? 1.1f : 0.6f) * fold;
    step->pitch = (beast->runs ? 1.0f : 0.6f) * fold;
}

static void find_step(const struct beast_pose *beast, const struct body_pose *pose,
                      enum subject_kind kind, int foot, struct step *step)
{
    const struct build *build = &beast->build;
    const struct leg_shape *shape = shape_of(build, foot);
    enum subject_form form = pose->subject ? pose->subject->form : FORM_USUAL;
    float stride = pose->speed * period_of(kind, form, beast->runs), t;
    float duty = beast->runs ? 0.25f : 0.64f, legs = build->height - 1.25f * build->chest;
    float phase = beast->cycle + order_of(kind, beast->runs)[foot];

    *step = (struct step){.bend = shape->stand, .slope = shape->slope, .is_planted = true};
    if (beast->sits && !is_fore(foot))
        step->bend = 2.1f;
    if (!beast->moves)
        return;
    /* Short legs are on the ground for less of the time: they cannot go farther along. */
    legs *= build->extras & BEAST_HOOVES ? HOOF_REACH : PAW_REACH;
    duty = fminf(duty, legs / fmaxf(stride, 1e-3f));
    phase -= floorf(phase);
    if (phase < duty) {
        t = phase / duty;
        step->along = stride * duty * (0.5f - t);
        step->slope = lerp_f(shape->slope - 0.25f * sinf(3.14159f * fminf(1.4f * t, 1)),
                             shape->rolls, smooth_f(0.60f, 1.0f, t));
        step->pitch = 0.25f * smooth_f(0.7f, 1.0f, t);
        return;
    }
    step->is_planted = false;
    swing_foot(beast, foot, (phase - duty) / (1.0f - duty), stride * duty, step);
    if (phase > duty) /* the heel comes up as it takes off, and goes down again */
        step->pitch += 0.25f * smooth_f(0.3f, 0, (phase - duty) / (1.0f - duty));
}

/* The plane that a leg moves in: along the way, and up toward its top. */
struct plane {
    float paw[3], up[3];
};

static void set_joint(const struct plane *plane, const float at[2], float joint[3])
{
    for (int k = 0; k < 3; k++)
        joint[k] = plane->paw[k] + at[1] * plane->up[k] + (k == 2 ? at[0] : 0);
}

/* Where two bones from `from` to `to` meet, to the left (1) or right (-1) of the way there. */
static void meet(const float from[2], const float to[2], const float bones[2], float side,
                 float joint[2])
{
    float z = to[0] - from[0], y = to[1] - from[1], far = fmaxf(hypotf(z, y), 1e-5f);
    float near = (bones[0] * bones[0] - bones[1] * bones[1] + far * far) / (2.0f * far), out;

    near = clamp_f(near, -bones[0], bones[0]);
    out = side * sqrtf(fmaxf(bones[0] * bones[0] - near * near, 0));
    joint[0] = from[0] + (near * z - out * y) / far;
    joint[1] = from[1] + (near * y + out * z) / far;
}

/* How long the lower leg is with its joint bent so far, and back. */
static float length_bent(const float bones[2], float bend)
{
    return sqrtf(bones[0] * bones[0] + bones[1] * bones[1] +
                 2.0f * bones[0] * bones[1] * cosf(bend));
}

/* Finds the joints between a top and a paw, both of the plane. */
static void bend_leg(const float bones[4], const struct step *step, bool fore, float at[5][2])
{
    const float upper = bones[0], whole = bones[1] + bones[2], sharp = cosf(0.75f);
    float *top = at[JOINT_TOP], *fetlock = at[JOINT_FETLOCK], *paw = at[JOINT_PAW];
    float long_m = length_bent(bones + 1, step->bend), far, least, move[2];

    fetlock[0] = paw[0] + bones[3] * sinf(step->slope);
    fetlock[1] = paw[1] + bones[3] * cosf(step->slope);
    far = hypotf(top[0] - fetlock[0], top[1] - fetlock[1]);
    /* A leg that is too short straightens below, one that is too long folds. */
    long_m = fminf(fmaxf(long_m, far / 0.985f - upper), 0.9995f * whole);
    least = upper * sharp + sqrtf(fmaxf(far * far - upper * upper * (1.0f - sharp * sharp), 0));
    long_m = fmaxf(fminf(long_m, least), length_bent(bones + 1, 2.5f));
    least = sqrtf(upper * upper + long_m * long_m - 2.0f * upper * long_m * sharp);
    /* What it cannot reach even so: the paw stays nearer, or farther away. */
    for (int k = 0; k < 2; k++) {
        move[k] = (fetlock[k] - top[k]) * (clamp_f(far, least, 0.99f * (upper + long_m)) / far - 1);
        fetlock[k] += move[k];
        paw[k] += move[k];
    }
    meet(top, fetlock, (const float[]){upper, long_m}, fore ? -1 : 1, at[JOINT_KNEE]);
    meet(at[JOINT_KNEE], fetlock, bones + 1, fore ? 1 : -1, at[JOINT_HOCK]);
}

static void pose_leg(struct beast_pose *beast, int foot, const struct step *step)
{
    const struct build *build = &beast->build;
    const struct leg_shape *shape = shape_of(build, foot);
    const struct bone *bone = is_fore(foot) ? &beast->fore : &beast->hind;
    struct beast_leg *leg = &beast->legs[foot];
    float side = foot % 2 ? 1.0f : -1.0f, at[BEAST_JOINTS][2] = {{0}}, *top = leg->joint[JOINT_TOP];
    float tall = build->height - (is_fore(foot) ? 1.25f : 1.02f) * build->chest, length;
    const float bones[4] = {tall * shape->upper, tall * shape->lower, tall * shape->cannon,
                            tall * shape->pastern};
    struct plane plane = {{0}, {0}};

    bone_place(bone,
               (const float[]){side * build->spread * 0.92f,
                               is_fore(foot) ? -0.25f * build->chest : 0,
                               is_fore(foot) ? 0.15f * build->chest : 0},
               top);
    top[2] += (is_fore(foot) ? 0.26f : 0.12f) * step->along; /* the blade goes along */
    plane.paw[0] = side * build->spread * (beast->runs ? 0.62f : 0.82f);
    plane.paw[1] = step->up + build->foot * 0.80f;
    plane.paw[2] = (is_fore(foot) ? 0.5f : -0.5f) * build->body + step->along +
                   (is_fore(foot) ? 0.06f : -0.08f) * build->height;
    if (beast->sits && !is_fore(foot)) {
        plane.paw[0] = side * build->spread * 1.25f;
        plane.paw[2] = -0.02f * build->body;
    }
    plane.up[0] = top[0] - plane.paw[0];
    plane.up[1] = top[1] - plane.paw[1];
    length = fmaxf(hypotf(plane.up[0], plane.up[1]), 1e-4f);
    plane.up[0] /= length;
    plane.up[1] /= length;
    at[JOINT_TOP][0] = top[2] - plane.paw[2];
    at[JOINT_TOP][1] = length;
    bend_leg(bones, step, is_fore(foot), at);
    for (int i = JOINT_KNEE; i < BEAST_JOINTS; i++)
        set_joint(&plane, at[i], leg->joint[i]);
    leg->pitch = step->pitch;
    leg->is_planted = step->is_planted;
}

/* Shoulders and hips: heights, pitch and how far apart the back lets them be. */
static void pose_trunk(struct beast_pose *beast, float seconds, struct body *body)
{
    const struct build *build = &beast->build;
    bool is_horse = build->extras & BEAST_HOOVES;
    float swing = sinf(TAU * (beast->cycle + 0.10f)), bob = 0, pitch = 0;
    float at[3] = {0, 0, 0}, apart = 0.5f * build->body;

    if (beast->runs) {
        beast->arch = build->flex * cosf(TAU * (beast->cycle - 0.88f));
        bob = is_horse ? 0.026f * cosf(TAU * (beast->cycle - 0.86f)) - 0.028f
                       : 0.045f * cosf(TAU * (beast->cycle - 0.33f)) - 0.055f;
        bob *= build->height;
        pitch = (0.035f + 0.045f * build->flex) * build->height * swing;
    } else if (beast->moves) {
        bob = 0.010f * build->height * sinf(2.0f * TAU * beast->cycle);
    } else {
        beast->arch = 0.04f * sinf(2.2f * seconds);
    }
    apart *= 1.0f - 0.11f * beast->arch;
    at[1] = build->height - build->chest + bob + pitch;
    at[2] = apart;
    beast->fore = bone_root(body, at, 1);
    at[1] = build->height - build->hip * 1.02f + bob - pitch;
    at[2] = -apart;
    if (beast->sits) {
        at[1] = 1.05f * build->hip;
        at[2] = -0.30f * build->body;
    }
    beast->hind = bone_root(body, at, 1);
    bone_lean(&beast->fore, beast->sits ? -0.75f : -1.3f * pitch / build->body);
    bone_lean(&beast->hind, beast->sits ? -0.75f : -0.5f * beast->arch);
    if (!beast->runs && beast->moves) { /* hips and shoulders roll with the steps */
        bone_tip(&beast->hind, 0.05f * sinf(TAU * beast->cycle));
        bone_tip(&beast->fore, 0.05f * sinf(TAU * (beast->cycle + 0.25f)));
    }
}

void beast_pose(const struct body_pose *pose, enum subject_kind kind, struct body *body,
                struct beast_pose *beast)
{
    enum subject_form form = pose->subject ? pose->subject->form : FORM_USUAL;

    *beast = (struct beast_pose){.runs = pose->action == ACTION_RUN,
                                 .sits = pose->action == ACTION_SIT && kind != SUBJECT_HORSE};
    beast->moves = beast->runs || pose->action == ACTION_WALK;
    beast->cycle = pose->seconds / period_of(kind, form, beast->runs) + pose->phase;
    beast_build(kind, form, &beast->build);
    pose_trunk(beast, pose->seconds, body);
    for (int foot = 0; foot < BEAST_FEET; foot++) {
        struct step step;

        find_step(beast, pose, kind, foot, &step);
        pose_leg(beast, foot, &step);
    }
}

void beast_seat(const struct body_pose *pose, enum subject_kind kind, float seat[3])
{
    struct beast_pose beast;

    beast_pose(pose, kind, NULL, &beast);
    for (int k = 0; k < 3; k++)
        seat[k] = lerp_f(beast.fore.at[k], beast.hind.at[k], 0.40f);
    seat[1] += 0.84f * beast.build.waist;
}
