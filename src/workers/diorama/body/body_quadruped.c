/* SPDX-License-Identifier: Apache-2.0 */
/* Cats, dogs and horses: one skeleton, three builds, gaits by the phase of each foot. */
#include <math.h>
#include <string.h>

#include "workers/diorama/body/body.h"
#include "workers/diorama/noise.h"

enum { FORE_LEFT, FORE_RIGHT, HIND_LEFT, HIND_RIGHT, FEET };

/* Measures of a kind, meters. */
struct build {
    float height;                 /* of the shoulder joint */
    float body;                   /* from shoulder to hip */
    float chest, waist, hip;      /* radii of the trunk */
    float narrow;                 /* how much flatter than round the trunk is */
    float thigh, shin, foot;      /* radii of a leg from top to paw */
    float spread;                 /* half the distance of left and right feet */
    float neck, neck_up, neck_r;  /* length, rise against ahead, radius */
    float head, muzzle, muzzle_r; /* radius, length and radius */
    float ear, ear_out;           /* length; how far it hangs: 0 up, 1 down */
    float tail, tail_r, tail_up;
    float period_walk_s, period_run_s;
    float hair;
};

static const struct build builds[] = {
    {.height = 0.235f,
     .body = 0.29f,
     .chest = 0.076f,
     .waist = 0.066f,
     .hip = 0.074f,
     .narrow = 0.18f,
     .thigh = 0.036f,
     .shin = 0.018f,
     .foot = 0.020f,
     .spread = 0.042f,
     .neck = 0.080f,
     .neck_up = 0.80f,
     .neck_r = 0.048f,
     .head = 0.055f,
     .muzzle = 0.014f,
     .muzzle_r = 0.022f,
     .ear = 0.056f,
     .tail = 0.29f,
     .tail_r = 0.017f,
     .tail_up = 0.75f,
     .period_walk_s = 0.74f,
     .period_run_s = 0.40f,
     .hair = 0.006f},
    {.height = 0.47f,
     .body = 0.50f,
     .chest = 0.145f,
     .waist = 0.105f,
     .hip = 0.115f,
     .narrow = 0.25f,
     .thigh = 0.062f,
     .shin = 0.029f,
     .foot = 0.034f,
     .spread = 0.085f,
     .neck = 0.20f,
     .neck_up = 0.9f,
     .neck_r = 0.080f,
     .head = 0.085f,
     .muzzle = 0.115f,
     .muzzle_r = 0.044f,
     .ear = 0.105f,
     .ear_out = 1.0f,
     .tail = 0.34f,
     .tail_r = 0.026f,
     .tail_up = 0.7f,
     .period_walk_s = 0.78f,
     .period_run_s = 0.42f,
     .hair = 0.009f},
    {.height = 1.32f,
     .body = 1.08f,
     .chest = 0.33f,
     .waist = 0.31f,
     .hip = 0.33f,
     .narrow = 0.22f,
     .thigh = 0.145f,
     .shin = 0.052f,
     .foot = 0.062f,
     .spread = 0.17f,
     .neck = 0.82f,
     .neck_up = 1.15f,
     .neck_r = 0.165f,
     .head = 0.135f,
     .muzzle = 0.40f,
     .muzzle_r = 0.080f,
     .ear = 0.15f,
     .tail = 0.75f,
     .tail_r = 0.060f,
     .tail_up = -1.2f,
     .period_walk_s = 1.05f,
     .period_run_s = 0.46f,
     .hair = 0.004f},
};

/* The pose being worked out. */
struct animal {
    struct body *body;
    const struct build *build;
    const struct body_pose *pose;
    float cycle; /* gait cycles since the start */
    float bob, flex, pitch;
    float shoulder[3], hip[3];
    float head[3];
    bool is_horse, is_cat, runs;
};

/* How far ahead in the gait each foot is; it comes down where its phase is whole. */
static const float walk_order[FEET] = {0.25f, 0.75f, 0.0f, 0.5f};
static const float run_order[FEET] = {0.50f, 0.62f, 0.0f, 0.12f};

/* Where a foot is from under its joint: along the way and up, both meters. */
static void step_of(const struct animal *animal, int foot, float *along, float *up)
{
    const struct build *build = animal->build;
    float duty = animal->runs ? 0.30f : 0.64f, lift = animal->runs ? 0.42f : 0.20f;
    float period = animal->runs ? build->period_run_s : build->period_walk_s;
    float phase = animal->cycle + (animal->runs ? run_order : walk_order)[foot];
    float reach = fminf(animal->pose->speed * period * duty, 1.15f * build->height), t = 0;

    *along = *up = 0;
    if (animal->pose->action == ACTION_IDLE)
        return;
    phase -= floorf(phase);
    if (phase < duty) {
        *along = reach * (0.5f - phase / duty);
        return;
    }
    t = (phase - duty) / (1.0f - duty);
    *along = reach * (t * t * (3.0f - 2.0f * t) - 0.5f);
    *up = lift * build->height * sinf(3.14159f * t) * (1.0f - 0.3f * t);
}

static struct body_part *cone(const struct animal *animal, const float a[3], const float b[3],
                              float ra, float rb)
{
    struct body_part *part = body_add(animal->body, a, b, ra, rb);

    part->offset = 0.31f * (float)animal->body->count * animal->build->chest;
    return part;
}

static void add_leg(const struct animal *animal, int foot)
{
    const struct build *build = animal->build;
    bool fore = foot == FORE_LEFT || foot == FORE_RIGHT;
    float side = foot == FORE_LEFT || foot == HIND_LEFT ? -1.0f : 1.0f, along = 0, up = 0;
    const float *joint = fore ? animal->shoulder : animal->hip;
    float top[3] = {side * build->spread * 0.95f, joint[1] - 0.35f * build->chest, joint[2]};
    float paw[3], ankle[3], knee[3], toe[3], fold = 0;
    float bones[2], bend[3] = {0, 0, fore ? -1.0f : 1.0f};

    step_of(animal, foot, &along, &up);
    fold = up / build->height;
    memcpy(paw, top, sizeof(paw));
    paw[0] = side * build->spread * 0.8f;
    paw[1] = up + build->foot * 0.85f;
    paw[2] = (fore ? 0.5f : -0.5f) * build->body + along + (fore ? 0.02f : -0.04f) * build->height;
    /* Above the paw: upright in front, leaning back behind; folded in the air. */
    memcpy(ankle, paw, sizeof(ankle));
    ankle[1] += build->height * (fore ? 0.17f : 0.27f) * (1.0f - 0.5f * fold);
    ankle[2] -= build->height * (fore ? 0.9f * fold : 0.14f + 0.5f * fold);
    bones[0] = build->height * (fore ? 0.40f : 0.42f);
    bones[1] = build->height * (fore ? 0.44f : 0.40f);
    body_joint(top, ankle, bones, bend, knee);
    cone(animal, top, knee, build->thigh * (fore ? 1.0f : 1.35f), build->shin * 1.35f)->blend =
        0.55f * build->thigh;
    cone(animal, knee, ankle, build->shin * 1.3f, build->shin * (fore ? 0.95f : 0.85f))->blend =
        0.5f * build->shin;
    cone(animal, ankle, paw, build->shin * 0.92f, build->shin)->blend = 0.5f * build->shin;
    memcpy(toe, paw, sizeof(toe));
    toe[2] += build->foot * (animal->is_horse ? 0.5f : 0.9f);
    toe[1] -= build->foot * 0.15f;
    cone(animal, paw, toe, build->foot, build->foot * 0.85f)->blend = 0.4f * build->foot;
}

static void add_trunk(struct animal *animal)
{
    const struct build *build = animal->build;
    float middle[3], chest[3], rump[3];
    struct body_part *part = NULL;
    int first = animal->body->count;

    for (int k = 0; k < 3; k++)
        middle[k] = 0.5f * (animal->shoulder[k] + animal->hip[k]);
    middle[1] += animal->flex * 0.25f * build->chest - 0.05f * build->chest;
    memcpy(chest, animal->shoulder, sizeof(chest));
    memcpy(rump, animal->hip, sizeof(rump));
    chest[2] += 0.35f * build->chest;
    chest[1] -= 0.12f * build->chest;
    rump[2] -= 0.25f * build->hip;
    part = cone(animal, chest, middle, build->chest, build->waist * 1.04f);
    part = cone(animal, middle, rump, build->waist * 1.04f, build->hip);
    part->blend = 0.5f * build->chest;
    for (int i = first; i < animal->body->count; i++) {
        animal->body->parts[i].flat[0] = 1;
        animal->body->parts[i].flatness = build->narrow;
    }
    /* Withers. */
    memcpy(chest, animal->shoulder, sizeof(chest));
    chest[1] += 0.45f * build->chest;
    chest[2] -= 0.1f * build->chest;
    cone(animal, chest, animal->shoulder, 0.5f * build->chest, 0.6f * build->chest)->blend =
        0.5f * build->chest;
}

/* An ear of each side, upright and pointed or hanging. */
static void add_ears(const struct animal *animal, const float head[3])
{
    const struct build *build = animal->build;

    for (int side = -1; side <= 1; side += 2) {
        float s = (float)side, out = build->ear_out;
        float root[3] = {head[0] + s * build->head * (0.55f + 0.2f * out),
                         head[1] + build->head * (0.74f - 0.25f * out),
                         head[2] - build->head * 0.15f};
        float tip[3] = {root[0] + s * build->ear * (0.28f + 0.25f * out),
                        root[1] + build->ear * (1.0f - 1.75f * out),
                        root[2] + build->ear * 0.18f * out};
        float wide = build->ear * (animal->is_horse ? 0.26f : 0.44f);
        struct body_part *part =
            cone(animal, root, tip, wide, out > 0.5f ? wide * 0.8f : wide * 0.16f);

        part->flat[0] = out * 0.9f;
        part->flat[2] = sqrtf(1.0f - part->flat[0] * part->flat[0]);
        part->flatness = 1.4f;
        part->blend = 0.3f * wide;
    }
}

static void add_face(const struct animal *animal, const float head[3], const float nose[3])
{
    static const float iris[3][3] = {
        {0.20f, 0.34f, 0.06f}, {0.05f, 0.028f, 0.015f}, {0.03f, 0.018f, 0.012f}};
    static const float black[3] = {0.012f, 0.010f, 0.010f}, pink[3] = {0.38f, 0.15f, 0.14f};
    const struct build *build = animal->build;
    int first = animal->body->count, kind = animal->is_cat ? 0 : animal->is_horse ? 2 : 1;
    float tip[3] = {nose[0], nose[1] + 0.35f * build->muzzle_r, nose[2] + 0.80f * build->muzzle_r};
    float size = animal->is_horse ? 0.15f : animal->is_cat ? 0.235f : 0.15f;

    for (int side = -1; side <= 1; side += 2) {
        float out = animal->is_horse ? 0.80f : 0.46f, ahead = animal->is_horse ? 0.55f : 0.80f;
        float eye[3] = {head[0] + (float)side * out * build->head, head[1] + 0.22f * build->head,
                        head[2] + (ahead - 0.02f) * build->head};
        float pupil[3] = {eye[0] + (float)side * 0.35f * size * build->head, eye[1],
                          eye[2] + 0.62f * size * build->head};

        body_add(animal->body, eye, eye, size * build->head, size * build->head)->blend = 0;
        body_paint(animal->body, animal->body->count - 1, STUFF_GLOSS, iris[kind]);
        body_add(animal->body, pupil, pupil, 0.55f * size * build->head, 0.55f * size * build->head)
            ->blend = 0;
        if (animal->is_cat) { /* slits */
            animal->body->parts[animal->body->count - 1].flat[0] = 1;
            animal->body->parts[animal->body->count - 1].flatness = 0.9f;
        }
        body_paint(animal->body, animal->body->count - 1, STUFF_GLOSS, black);
    }
    if (!animal->is_horse) {
        body_add(animal->body, tip, tip, 0.30f * build->muzzle_r, 0.30f * build->muzzle_r)->blend =
            0.1f * build->muzzle_r;
        body_paint(animal->body, animal->body->count - 1, STUFF_GLOSS,
                   animal->is_cat ? pink : black);
    }
    for (int i = first; i < animal->body->count; i++)
        animal->body->parts[i].offset = -1;
}

static void add_head(struct animal *animal)
{
    const struct build *build = animal->build;
    float nod = animal->pose->action == ACTION_IDLE
                    ? 0.12f * sinf(0.9f * animal->pose->seconds)
                    : 0.07f * sinf(6.2831853f * animal->cycle * (animal->runs ? 1.0f : 2.0f));
    float up = build->neck_up * (animal->runs ? 0.55f : 1.0f) + nod;
    float scale = build->neck / sqrtf(1.0f + up * up), look = 0, sway = 0;
    float root[3], head[3], nose[3], crown[3];

    if (animal->pose->action == ACTION_IDLE)
        look = 0.35f * sinf(0.7f * animal->pose->seconds + 6.0f * animal->pose->phase);
    memcpy(root, animal->shoulder, sizeof(root));
    root[2] += 0.35f * build->chest;
    root[1] += 0.20f * build->chest;
    memcpy(head, root, sizeof(head));
    head[0] += look * build->neck * 0.3f;
    head[1] += up * scale;
    head[2] += scale;
    cone(animal, root, head, build->neck_r * (animal->is_horse ? 1.35f : 1.1f),
         build->neck_r * 0.72f)
        ->blend = 0.8f * build->neck_r;
    if (animal->is_horse) {
        animal->body->parts[animal->body->count - 1].flat[0] = 1;
        animal->body->parts[animal->body->count - 1].flatness = 0.45f;
    }
    head[2] += 0.45f * build->head;
    head[1] += 0.25f * build->head;
    memcpy(crown, head, sizeof(crown));
    crown[0] += 0.001f;
    cone(animal, head, crown, build->head, build->head)->blend = 0.5f * build->head;
    animal->body->parts[animal->body->count - 1].flat[animal->is_cat ? 1 : 0] = 1;
    animal->body->parts[animal->body->count - 1].flatness = animal->is_horse ? 0.35f : 0.12f;
    sway = sinf(look);
    nose[0] = head[0] + sway * (build->head + build->muzzle);
    nose[1] = head[1] - build->head * (animal->is_horse ? 0.0f : 0.33f) -
              build->muzzle * (animal->is_horse ? 0.85f : 0.12f);
    nose[2] = head[2] + build->head * 0.62f + build->muzzle * (animal->is_horse ? 0.62f : 0.75f);
    memcpy(animal->head, head, sizeof(animal->head));
    cone(animal, head, nose, build->head * (animal->is_cat ? 0.55f : 0.72f), build->muzzle_r)
        ->blend = 0.35f * build->head;
    for (int side = -1; side <= 1 && animal->is_cat; side += 2) { /* cheeks and whisker pads */
        const float cheek[3] = {head[0] + (float)side * 0.55f * build->head,
                                head[1] - 0.34f * build->head, head[2] + 0.25f * build->head};
        const float pad[3] = {nose[0] + (float)side * 0.011f, nose[1] - 0.004f, nose[2] + 0.006f};

        cone(animal, head, cheek, 0.7f * build->head, 0.46f * build->head)->blend = 0.02f;
        cone(animal, pad, pad, 0.015f, 0.015f)->blend = 0.012f;
    }
    add_ears(animal, head);
    add_face(animal, head, nose);
}

/* A chain of cones that swings. */
static void add_tail(const struct animal *animal)
{
    const struct build *build = animal->build;
    float at[3], next[3], rise = build->tail_up, t = animal->pose->seconds;
    float beat = animal->runs ? 9.0f : 2.6f, thick = build->tail_r;
    const int links = 5;

    memcpy(at, animal->hip, sizeof(at));
    at[2] -= 0.95f * build->hip;
    at[1] += (animal->is_horse ? 0.55f : 0.45f) * build->hip;
    if (animal->runs)
        rise = animal->is_horse ? -0.15f : 0.25f;
    for (int i = 0; i < links; i++) {
        float part = build->tail / (float)links, f = (float)i / (float)links;
        float angle = rise +
                      (animal->is_horse ? -0.5f
                       : animal->is_cat ? 0.9f
                                        : 0.5f) *
                          f +
                      0.16f * sinf(beat * t - 3.0f * f);
        float out = 0.35f * sinf(0.7f * beat * t - 2.5f * f + 1.0f) * (0.3f + f);
        float end = animal->is_horse ? thick * (1.15f - 0.5f * f) : thick * (0.92f - 0.05f * f);

        next[0] = at[0] + part * out * 0.6f;
        next[1] = at[1] + part * sinf(angle);
        next[2] = at[2] - part * cosf(angle);
        cone(animal, at, next, thick, end)->blend = 0.6f * thick;
        memcpy(at, next, sizeof(at));
        thick = end;
    }
}

/* Hair along the neck and the forehead. */
static void add_mane(const struct animal *animal, const float dark[3])
{
    const struct build *build = animal->build;
    int first = animal->body->count;

    for (int i = 0; i < 6; i++) {
        float f = (float)i / 5.0f, t = animal->pose->seconds * (animal->runs ? 9.0f : 2.0f);
        float root[3], tip[3];

        for (int k = 0; k < 3; k++)
            root[k] = lerp_f(animal->shoulder[k], animal->head[k], 0.2f + 0.85f * f);
        root[1] += build->neck_r * (1.15f - 0.4f * f);
        root[2] -= build->neck_r * 0.5f;
        memcpy(tip, root, sizeof(tip));
        tip[0] += build->neck_r * 0.75f;
        tip[1] -=
            build->neck_r * (1.1f - (animal->runs ? 0.6f : 0.0f)) + 0.03f * sinf(t + 4.0f * f);
        tip[2] -= build->neck_r * (animal->runs ? 1.3f : 0.3f);
        body_add(animal->body, root, tip, 0.065f, 0.03f)->blend = 0.05f;
    }
    body_paint(animal->body, first, STUFF_FUR, dark);
}

/* Coats: back, belly, and how striped. */
struct coat {
    float back[3], belly[3], stripes;
};

static const struct coat coats[3][5] = {
    {{{0.52f, 0.21f, 0.055f}, {0.72f, 0.55f, 0.38f}, 0.75f},
     {{0.20f, 0.17f, 0.14f}, {0.42f, 0.37f, 0.31f}, 0.9f},
     {{0.025f, 0.023f, 0.022f}, {0.04f, 0.036f, 0.034f}, 0.0f},
     {{0.62f, 0.58f, 0.52f}, {0.74f, 0.71f, 0.66f}, 0.15f},
     {{0.16f, 0.165f, 0.18f}, {0.62f, 0.60f, 0.57f}, 0.3f}},
    {{{0.50f, 0.29f, 0.10f}, {0.66f, 0.50f, 0.30f}, 0},
     {{0.10f, 0.055f, 0.03f}, {0.30f, 0.19f, 0.10f}, 0},
     {{0.025f, 0.023f, 0.022f}, {0.05f, 0.04f, 0.035f}, 0},
     {{0.62f, 0.56f, 0.46f}, {0.70f, 0.66f, 0.58f}, 0},
     {{0.32f, 0.15f, 0.06f}, {0.70f, 0.64f, 0.55f}, 0}},
    {{{0.20f, 0.085f, 0.035f}, {0.15f, 0.065f, 0.03f}, 0},
     {{0.08f, 0.042f, 0.024f}, {0.06f, 0.032f, 0.02f}, 0},
     {{0.52f, 0.50f, 0.47f}, {0.42f, 0.40f, 0.38f}, 0},
     {{0.028f, 0.024f, 0.022f}, {0.024f, 0.02f, 0.018f}, 0},
     {{0.34f, 0.18f, 0.07f}, {0.26f, 0.14f, 0.06f}, 0}},
};

static void paint_coat(const struct animal *animal, const struct coat *coat)
{
    for (int i = 0; i < animal->body->count; i++) {
        struct body_part *part = &animal->body->parts[i];

        if (part->offset < 0)
            continue;
        part->stuff = STUFF_FUR;
        memcpy(part->color, coat->back, sizeof(part->color));
        memcpy(part->under, coat->belly, sizeof(part->under));
        part->stripes = coat->stripes;
    }
}

static struct coat coat_of(const struct body_pose *pose, int kind)
{
    /* The first coat is the one that comes to mind: half of all have it. */
    struct coat coat = coats[kind][pose->look % 2 ? 0 : pose->look / 2 % 5];

    if (pose->subject && pose->subject->is_colored)
        for (int k = 0; k < 3; k++) {
            coat.back[k] = pose->subject->color[k];
            coat.belly[k] = 0.6f * pose->subject->color[k] + 0.4f * coat.belly[k];
        }
    return coat;
}

static int build_of(enum subject_kind kind)
{
    return kind == SUBJECT_CAT ? 0 : kind == SUBJECT_DOG ? 1 : 2;
}

void body_gait_quadruped(enum subject_kind kind, bool runs, struct body_gait *gait)
{
    const struct build *build = &builds[build_of(kind)];

    gait->seconds = runs ? build->period_run_s : build->period_walk_s;
    gait->feet = FEET;
    for (int foot = 0; foot < FEET; foot++) {
        float ahead = (runs ? run_order : walk_order)[foot];

        gait->lands[foot] = ahead > 0 ? 1 - ahead : 0;
    }
}

void body_quadruped(struct body *body, const struct body_pose *pose, enum subject_kind kind)
{
    int which = build_of(kind);
    struct animal animal = {.body = body, .build = &builds[which], .pose = pose};
    const struct build *build = animal.build;
    struct coat coat = coat_of(pose, which);
    float period = 0, swing = 0;

    body->count = body->groups = 0;
    body->strands = 1;
    body->is_car = false;
    animal.is_cat = which == 0;
    animal.is_horse = which == 2;
    animal.runs = pose->action == ACTION_RUN;
    period = animal.runs ? build->period_run_s : build->period_walk_s;
    animal.cycle = pose->seconds / period + pose->phase;
    swing = sinf(6.2831853f * (animal.cycle + 0.1f));
    if (pose->action != ACTION_IDLE) {
        animal.bob = animal.runs ? 0.08f * build->height * sinf(6.2831853f * (animal.cycle - 0.08f))
                                 : 0.012f * build->height * sinf(12.566f * animal.cycle);
        animal.flex = animal.runs ? 0.55f * swing : 0;
        animal.pitch = animal.runs ? 0.11f * build->height * swing : 0;
    } else {
        animal.flex = 0.06f * sinf(2.2f * pose->seconds);
    }
    animal.shoulder[1] = build->height + animal.bob + animal.pitch;
    animal.hip[1] = build->height * 1.02f + animal.bob - animal.pitch;
    animal.shoulder[2] = 0.5f * build->body * (1.0f - 0.12f * animal.flex);
    animal.hip[2] = -0.5f * build->body * (1.0f - 0.12f * animal.flex);
    add_trunk(&animal);
    for (int foot = 0; foot < FEET; foot++)
        add_leg(&animal, foot);
    add_head(&animal);
    add_tail(&animal);
    paint_coat(&animal, &coat);
    if (animal.is_horse) {
        const float dark[3] = {0.15f * coat.back[0], 0.14f * coat.back[1], 0.14f * coat.back[2]};

        for (int i = body->count - 5; i < body->count; i++)
            memcpy(body->parts[i].color, dark, sizeof(dark));
        for (int i = body->count - 5; i < body->count; i++)
            memcpy(body->parts[i].under, dark, sizeof(dark));
        add_mane(&animal, dark);
    }
    body->band_m = 0.46f * build->chest;
    body->hair_m = build->hair;
}
