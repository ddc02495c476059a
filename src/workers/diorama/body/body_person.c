/* SPDX-License-Identifier: Apache-2.0 */
/* People: standing, walking, running, waving, dancing, sitting. Their pose, arms and legs. */
#include <math.h>
#include <string.h>

#include "workers/diorama/body/person_impl.h"
#include "workers/diorama/noise.h"

#define HEEL -0.055f /* of a foot, from under its ankle */
#define BALL 0.125f
#define ANKLE 0.083f

/* A foot: where its ankle is and how far its toes are up, radians. */
struct foot {
    float along, up, pitch;
};

static float period_of(bool runs)
{
    return runs ? 0.70f : 1.06f;
}

/* A foot comes down where its phase is whole. */
void body_gait_person(bool runs, struct body_gait *gait)
{
    *gait = (struct body_gait){period_of(runs), 2, {0, 0.5f}};
}

/* A foot on the ground rolls from its heel over the sole onto its ball. `stand` is where its sole
 * is, from under the hip. */
static struct foot roll_foot(float stand, float pitch)
{
    float pivot = pitch > 0 ? HEEL : BALL, s = sinf(pitch), c = cosf(pitch);

    return (struct foot){stand + pivot - pivot * c - ANKLE * s, ANKLE * c - pivot * s, pitch};
}

static struct foot foot_at(const struct figure *figure, int side)
{
    float duty = figure->runs ? 0.38f : 0.61f, lift = figure->runs ? 0.30f : 0.055f;
    float reach = figure->pose->speed / figure->size * period_of(figure->runs) * duty, t = 0;
    float land = figure->runs ? 0.10f : 0.32f, off = figure->runs ? -0.75f : -0.85f;
    float ahead = figure->runs ? 0.36f : 0.41f; /* part of the reach before the hip */
    float phase = figure->cycle + (side == RIGHT ? 0.5f : 0.0f);
    struct foot from, to;

    if (!figure->moves)
        return (struct foot){0, ANKLE, 0};
    phase -= floorf(phase);
    if (phase < duty) {
        t = phase / duty;
        return roll_foot(reach * (ahead - t), t < 0.22f   ? land * (1.0f - t / 0.22f)
                                              : t > 0.58f ? off * smooth_f(0.58f, 1.08f, t)
                                                          : 0);
    }
    t = (phase - duty) / (1.0f - duty);
    from = roll_foot(reach * (ahead - 1.0f), off * smooth_f(0.58f, 1.08f, 1.0f));
    to = roll_foot(reach * ahead, land);
    return (struct foot){
        .along = lerp_f(from.along, to.along, t * t * (3.0f - 2.0f * t) * 0.6f + 0.4f * t),
        .up = lerp_f(from.up, to.up, smooth_f(0, 1, t)) +
              lift * sinf(3.14159f * powf(t, figure->runs ? 0.75f : 0.85f)) +
              (figure->runs ? 0.16f * sinf(3.14159f * fminf(1.6f * t, 1.0f)) : 0),
        .pitch =
            lerp_f(from.pitch - (figure->runs ? 0.7f * sinf(3.14159f * fminf(2.0f * t, 1.0f)) : 0),
                   to.pitch, smooth_f(0.05f, 0.95f, t)),
    };
}

static bool is_bare(const struct figure *figure)
{
    return figure->outfit == OUTFIT_DRESS || figure->outfit == OUTFIT_SKIRT;
}

static void tint_last(const struct figure *figure, struct body_part *part, int tone, float blend)
{
    part->blend = blend * figure->size;
    body_tint(part, &figure->tones[tone]);
}

static void add_shoe(const struct figure *figure, const struct bone *foot)
{
    struct body_part *part =
        bone_add(foot, AB(0, -0.040f, -0.035f, 0, -0.050f, 0.075f), 0.044f, 0.046f);

    bone_flatten(foot, part, AXIS_UP, 0.18f);
    tint_last(figure, part, TONE_SHOES, 0.02f);
    part = bone_add(foot, AB(0, -0.052f, 0.08f, 0, -0.058f, 0.150f), 0.044f, 0.034f);
    bone_flatten(foot, part, AXIS_UP, 0.35f);
    tint_last(figure, part, TONE_SHOES, 0.03f);
    part = bone_add(foot, AB(0, 0.010f, -0.006f, 0, -0.030f, 0.02f), 0.040f, 0.044f);
    tint_last(figure, part, TONE_SHOES, 0.02f);
    part = bone_add(foot, AB(0, -0.083f, 0.05f, 0, -0.30f, 0.05f), 0.4f, 0.4f); /* the sole */
    part->shape = SHAPE_CAPPED;
    part->mode = PART_CARVE;
    part->blend = 0.004f;
}

/* Thighs under a jacket. */
static void paint_under_hem(const struct figure *figure)
{
    float hem = figure_hem(figure);
    struct body_part *part = NULL;

    if (hem >= 0)
        return;
    part = bone_add(&figure->pelvis, AB(0, hem, 0, 0, hem + 0.3f, 0), 0.3f, 0.3f);
    part->shape = SHAPE_CAPPED;
    part->mode = PART_PAINT;
    bone_flatten(&figure->pelvis, part, AXIS_SIDE, 0);
    tint_last(figure, part, TONE_TOP, 0.003f);
}

static void add_leg(const struct figure *figure, int side, const float ankle[3], float pitch)
{
    const float *hip = figure->hip[side], *knee = figure->knee[side];
    bool bare = is_bare(figure);
    int tone = bare ? TONE_SKIN : TONE_LEGS;
    float scale = figure->size, calf[3], out = side_of(side) * 0.10f;
    struct bone foot = bone_root(figure->body, ankle, scale);

    bone_turn(&foot, out);
    bone_lean(&foot, -pitch);
    for (int k = 0; k < 3; k++)
        calf[k] = lerp_f(knee[k], ankle[k], 0.30f);
    calf[2] -= 0.016f * scale;
    body_group(figure->body);
    add_shoe(figure, &foot);
    body_group(figure->body);
    if (bare) {
        tint_last(figure, body_add(figure->body, hip, knee, 0.082f * scale, 0.050f * scale), tone,
                  0.03f);
        tint_last(figure, body_add(figure->body, knee, calf, 0.047f * scale, 0.051f * scale), tone,
                  0.03f);
        tint_last(figure, body_add(figure->body, calf, ankle, 0.049f * scale, 0.033f * scale), tone,
                  0.03f);
        return;
    }
    tint_last(figure, body_add(figure->body, hip, knee, 0.092f * scale, 0.060f * scale), tone,
              0.03f);
    tint_last(figure, body_add(figure->body, knee, calf, 0.057f * scale, 0.061f * scale), tone,
              0.02f);
    tint_last(figure, body_add(figure->body, calf, ankle, 0.061f * scale, 0.052f * scale), tone,
              0.02f);
    paint_under_hem(figure);
}

/* Feet of a seated one: on the ground with knees up, or on a chair. */
static void sit_legs(struct figure *figure, int side, float ankle[3])
{
    ankle[0] = side_of(side) * 0.12f * figure->size;
    ankle[1] = ANKLE * figure->size;
    if (figure->pose->seat_m > 0) {
        ankle[2] = (side == LEFT ? 0.30f : 0.38f) * figure->size;
        return;
    }
    ankle[2] = (side == LEFT ? 0.52f : 0.60f) * figure->size;
}

/* Astride: feet in stirrups on both sides of a horse. */
static void ride_legs(const struct figure *figure, int side, float ankle[3])
{
    ankle[0] = side_of(side) * 0.315f * figure->size;
    ankle[1] = figure->pose->seat_m - 0.60f * figure->size;
    ankle[2] = 0.06f * figure->size;
}

static void add_legs(struct figure *figure)
{
    for (int side = 0; side < SIDES; side++) {
        const float bones[2] = {0.437f * figure->size, 0.428f * figure->size};
        float s = side_of(side), bend[3] = {s * 0.12f, 0, 1}, ankle[3];
        struct foot foot = foot_at(figure, side);
        float step = figure->pose->action == ACTION_DANCE ? TAU * figure->cycle : 0;

        bone_place(&figure->pelvis, (const float[]){s * 0.092f, -0.03f, 0}, figure->hip[side]);
        ankle[0] = s * (figure->moves ? 0.070f : 0.105f) * figure->size;
        ankle[1] = foot.up * figure->size;
        ankle[2] = (foot.along - 0.02f) * figure->size;
        if (figure->pose->action == ACTION_IDLE && side == LEFT)
            ankle[2] += 0.07f * figure->size;
        if (step != 0) {
            float up = fmaxf(0, s * sinf(step));

            ankle[0] += s * 0.06f * figure->size;
            ankle[1] += 0.09f * up * up * figure->size;
        }
        if (figure->pose->action == ACTION_SIT)
            sit_legs(figure, side, ankle);
        if (figure->pose->action == ACTION_RIDE) {
            ride_legs(figure, side, ankle);
            bend[0] = s * 0.75f;
        }
        body_joint(figure->hip[side], ankle, bones, bend, figure->knee[side]);
        add_leg(figure, side, ankle, foot.pitch);
    }
}

/* How an arm hangs or swings: about the shoulder ahead, out, turned in; and at the elbow. */
struct reach {
    float swing, out, turn, elbow;
};

static struct reach reach_of(const struct figure *figure, int side)
{
    float s = side_of(side), t = figure->pose->seconds + 3.0f * figure->pose->phase;
    float swing = -s * cosf(TAU * (figure->cycle - 0.04f));
    struct reach reach = {0.03f + 0.02f * sinf(0.9f * t), 0.13f, 0.15f,
                          0.22f + 0.04f * sinf(0.7f * t)};

    if (figure->moves)
        swing = s < 0 ? -cosf(TAU * (figure->cycle - 0.04f)) : cosf(TAU * (figure->cycle - 0.04f));
    if (figure->runs)
        return (struct reach){0.05f + 0.72f * swing, 0.20f, 0.35f, 1.55f + 0.25f * swing};
    if (figure->moves)
        return (struct reach){-0.05f + 0.32f * swing, 0.10f, 0.16f, 0.30f + 0.16f * swing};
    if (figure->pose->action == ACTION_WAVE && side == RIGHT)
        return (struct reach){0.10f, 1.35f, -1.45f, 1.35f + 0.40f * sinf(7.5f * t)};
    if (figure->pose->action == ACTION_DANCE) {
        float beat = sinf(TAU * figure->cycle + (side == LEFT ? 0.0f : 2.2f));

        return (struct reach){0.55f + 0.35f * beat, 0.75f + 0.55f * beat, 0.3f,
                              1.35f + 0.35f * beat};
    }
    if (figure->pose->action == ACTION_RIDE) /* hands at the reins */
        return (struct reach){0.38f, 0.16f, 0.45f, 1.00f + 0.05f * sinf(TAU * figure->cycle)};
    if (figure->pose->action == ACTION_SIT && figure->pose->seat_m > 0) /* hands on the table */
        return (struct reach){0.42f, 0.14f, 0.45f,
                              1.05f + (side == RIGHT ? 0.35f * fmaxf(0, sinf(0.6f * t)) : 0)};
    if (figure->pose->action == ACTION_SIT)
        return (struct reach){0.80f, 0.10f, 0.35f, 0.55f};
    return reach;
}

static void add_hand(const struct figure *figure, const struct bone *hand, int side, bool grips)
{
    float in = -side_of(side);
    const struct mold molds[] = {
        {{0, -0.02f, 0},
         {0, -0.075f, 0.004f},
         0.031f,
         0.036f,
         0.01f,
         false,
         AXIS_SIDE,
         0.75f,
         0,
         0},
        {{0, -0.085f, 0.016f}, {in * 0.012f, -0.155f, 0.016f}, 0.0165f, 0.011f, 0.012f, .tone = 0},
        {{0, -0.085f, -0.012f},
         {in * 0.014f, -0.148f, -0.010f},
         0.0175f,
         0.011f,
         0.012f,
         .tone = 0},
        {{in * 0.006f, -0.04f, 0.026f},
         {in * 0.022f, -0.095f, 0.050f},
         0.013f,
         0.010f,
         0.012f,
         .tone = 0}};
    const struct mold fist[] = {
        {{0, -0.02f, 0}, {0, -0.070f, 0.006f}, 0.032f, 0.040f, 0.01f, .tone = 0},
        {{in * 0.02f, -0.05f, 0.03f},
         {in * 0.03f, -0.08f, 0.02f},
         0.013f,
         0.012f,
         0.01f,
         .tone = 0}};

    bone_cast(hand, grips ? fist : molds, grips ? 2 : 4, &figure->tones[TONE_SKIN]);
}

/* An arm from the shoulder on, drawn along its bones. */
static void add_arm(const struct figure *figure, int side, float at[3][3])
{
    bool bare = figure->outfit == OUTFIT_SHIRT || figure->outfit == OUTFIT_DRESS;
    bool grips = figure->runs || (side == RIGHT && figure->pose->has_umbrella);
    float slim = figure->is_woman ? 0.88f : 1.0f, scale = figure->size * slim, half[3];
    float sleeve = bare ? 0.0f : 0.008f, down[3], length = 0;
    struct bone hand = bone_root(figure->body, at[2], figure->size);

    body_group(figure->body);
    for (int k = 0; k < 3; k++) {
        down[k] = at[2][k] - at[1][k];
        length += down[k] * down[k];
        half[k] = lerp_f(at[0][k], at[1][k], 0.42f);
    }
    for (int k = 0; k < 3; k++)
        hand.up[k] = -down[k] / sqrtf(length);
    /* The palm looks at the thigh. */
    length = hand.up[1] * hand.up[1] + hand.up[2] * hand.up[2] + 1e-6f;
    hand.ahead[0] = 0;
    hand.ahead[1] = -hand.up[2] / sqrtf(length);
    hand.ahead[2] = hand.up[1] / sqrtf(length);
    hand.side[0] = hand.up[1] * hand.ahead[2] - hand.up[2] * hand.ahead[1];
    hand.side[1] = hand.up[2] * hand.ahead[0] - hand.up[0] * hand.ahead[2];
    hand.side[2] = hand.up[0] * hand.ahead[1] - hand.up[1] * hand.ahead[0];
    tint_last(
        figure,
        body_add(figure->body, at[0], at[1], (0.050f + sleeve) * scale, (0.038f + sleeve) * scale),
        bare ? TONE_SKIN : TONE_TOP, 0.02f);
    tint_last(figure,
              body_add(figure->body, at[1], at[2], (0.039f + sleeve) * scale,
                       (0.026f + 1.2f * sleeve) * scale),
              bare ? TONE_SKIN : TONE_TOP, 0.02f);
    if (bare) {
        body_group(figure->body);
        tint_last(figure, body_add(figure->body, at[0], half, 0.061f * scale, 0.060f * scale),
                  TONE_TOP, 0);
    }
    body_group(figure->body);
    add_hand(figure, &hand, side, grips);
}

static void add_arms(struct figure *figure)
{
    for (int side = 0; side < SIDES; side++) {
        const float bones[2] = {0.295f * figure->size, 0.25f * figure->size};
        float s = side_of(side), at[3][3];
        float wide = figure->is_woman ? 0.150f : figure->is_child ? 0.155f : 0.178f;
        struct reach reach = reach_of(figure, side);
        struct bone arm = figure->chest;

        bone_move(&arm, s * wide, 0.118f, -0.012f);
        memcpy(at[0], arm.at, sizeof(at[0]));
        if (side == RIGHT && figure->pose->has_umbrella) {
            const float bend[3] = {0.5f, -1, -0.4f};

            bone_place(&figure->chest, (const float[]){0.125f, -0.05f, 0.215f}, figure->hand);
            memcpy(at[2], figure->hand, sizeof(at[2]));
            at[2][1] -= 0.03f * figure->size;
            body_joint(at[0], at[2], bones, bend, at[1]);
            add_arm(figure, side, at);
            continue;
        }
        bone_tip(&arm, -s * reach.out);
        bone_lean(&arm, -reach.swing);
        bone_turn(&arm, -s * reach.turn);
        bone_place(&arm, (const float[]){0, -0.295f, 0}, at[1]);
        memcpy(arm.at, at[1], sizeof(arm.at));
        bone_lean(&arm, -reach.elbow);
        bone_place(&arm, (const float[]){0, -0.25f, 0}, at[2]);
        add_arm(figure, side, at);
    }
}

/* Pelvis, chest, neck and head: hips and shoulders turn against each other, the head stays. */
static void pose_spine(struct figure *figure)
{
    float t = figure->pose->seconds + 11.0f * figure->pose->phase, c = TAU * figure->cycle;
    float lean = figure->runs ? 0.16f : 0.035f, turn = figure->runs ? 0.20f : 0.13f;
    float roll = -0.05f * cosf(c - TAU * 0.30f), bob = -0.024f * cosf(2.0f * c - 0.25f) - 0.003f;
    float sway = -0.020f * cosf(c - TAU * 0.30f), look = 0.06f * sinf(0.8f * t), nod = 0;
    float at[3] = {0, 0.945f, 0}, breath = 0.006f * sinf(1.9f * t);

    if (figure->runs)
        bob = -0.035f * cosf(2.0f * c - 2.0f * TAU * 0.19f) - 0.055f;
    turn *= cosf(c);
    if (!figure->moves) {
        lean = 0.01f * sinf(0.5f * t);
        turn = 0.07f * sinf(0.37f * t);
        roll = 0.035f * sinf(0.55f * t);
        sway = 0.020f * sinf(0.55f * t + 0.3f);
        bob = -0.012f;
        look = 0.42f * sinf(0.43f * t) * fabsf(sinf(0.29f * t));
        nod = 0.05f * sinf(0.61f * t);
    }
    if (figure->pose->action == ACTION_DANCE) {
        bob = -0.05f - 0.035f * cosf(2.0f * c);
        sway = 0.05f * sinf(c);
        roll = 0.12f * sinf(c);
        turn = 0.20f * sinf(0.5f * c);
        nod = 0.08f * sinf(2.0f * c);
    }
    if (figure->pose->action == ACTION_SIT) {
        at[1] = 0.13f;
        at[2] = -0.12f;
        lean = -0.12f;
        bob = 0;
    }
    if (figure->pose->action == ACTION_SIT && figure->pose->seat_m > 0) {
        at[1] = figure->pose->seat_m / figure->size + 0.09f;
        at[2] = -0.06f;
        lean = 0.04f;
    }
    if (figure->pose->action == ACTION_RIDE) {
        at[1] = figure->pose->seat_m / figure->size + 0.10f;
        at[2] = -0.04f;
        lean = figure->pose->speed > 4 ? 0.26f : 0.03f;
        bob = sway = 0;
        look *= 0.4f;
    }
    if (figure->is_old)
        lean += 0.11f;
    at[0] = sway * figure->size;
    at[1] = (at[1] + bob) * figure->size;
    figure->pelvis = bone_root(figure->body, at, figure->size);
    bone_turn(&figure->pelvis, turn);
    bone_tip(&figure->pelvis, roll);
    bone_lean(&figure->pelvis, 0.5f * lean);
    figure->chest = figure->pelvis;
    bone_tip(&figure->chest, -1.3f * roll);
    bone_turn(&figure->chest, -2.0f * turn);
    bone_lean(&figure->chest, lean);
    bone_move(&figure->chest, 0, 0.315f + 0.3f * breath, 0);
    figure->neck = figure->chest;
    bone_move(&figure->neck, 0, 0.178f, -0.010f);
    figure->neck.scale *= figure->head_size;
    bone_lean(&figure->neck, 0.12f - 0.3f * lean);
    figure->head = figure->neck;
    bone_move(&figure->head, 0, 0.170f, 0.010f);
    bone_turn(&figure->head, turn + look);
    bone_tip(&figure->head, 0.3f * roll);
    bone_lean(&figure->head, nod - 0.10f - 0.9f * lean);
}

void body_person(struct body *body, const struct body_pose *pose)
{
    struct figure figure = {.body = body, .pose = pose};

    body->count = 0;
    body->groups = 0;
    body->is_car = false;
    figure.runs = pose->action == ACTION_RUN;
    figure.moves = figure.runs || pose->action == ACTION_WALK;
    figure.cycle = pose->seconds / period_of(figure.runs) + pose->phase;
    figure_dress(&figure);
    pose_spine(&figure);
    add_legs(&figure);
    figure_add_trunk(&figure);
    add_arms(&figure);
    figure_add_head(&figure);
    figure_add_load(&figure);
    body->band_m = 0.1f;
    body->hair_m = figure.hair == HAIR_CURLS ? 0.014f : 0.0012f;
    body->strands = figure.hair == HAIR_CURLS ? 0.99f : 0.12f; /* curls lie no way */
}
