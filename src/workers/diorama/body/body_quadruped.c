/* SPDX-License-Identifier: Apache-2.0 */
/* Cats, dogs, horses and their like: one skeleton, gaits by the phase of each foot. */
#include <math.h>
#include <string.h>

#include "workers/diorama/body/beast.h"
#include "workers/diorama/noise.h"

#define TAU 6.2831853f

enum { FORE_LEFT, FORE_RIGHT, HIND_LEFT, HIND_RIGHT, FEET };

/* The pose being worked out. */
struct animal {
    struct body *body;
    struct build build;
    struct coat coat;
    const struct body_pose *pose;
    float cycle; /* gait cycles since the start */
    float arch;  /* of the back, as it gallops: +1 gathered, -1 stretched */
    struct bone fore, hind, head;
    bool moves, runs, sits;
};

/* How far ahead in the gait each foot is; it comes down where its phase is whole. */
static const float walk_order[FEET] = {0.25f, 0.75f, 0.0f, 0.5f};
static const float run_order[FEET] = {0.50f, 0.62f, 0.0f, 0.12f};

/* Of the kinds' usual forms; others take it slower the larger they are. */
static float period_of(enum subject_kind kind, enum subject_form form, bool runs)
{
    float walk = kind == SUBJECT_CAT ? 0.74f : kind == SUBJECT_DOG ? 0.78f : 1.05f;
    float run = kind == SUBJECT_CAT ? 0.40f : kind == SUBJECT_DOG ? 0.42f : 0.46f;

    return (runs ? run : walk) * sqrtf(body_scale(form));
}

void body_gait_quadruped(const struct subject *subject, bool runs, struct body_gait *gait)
{
    gait->seconds = period_of(subject->kind, subject->form, runs);
    gait->feet = FEET;
    for (int foot = 0; foot < FEET; foot++) {
        float ahead = (runs ? run_order : walk_order)[foot];

        gait->lands[foot] = ahead > 0 ? 1 - ahead : 0;
    }
}

/* Where a foot is from under its joint: along the way and up, both meters; `fold` is 1 when the
 * leg is drawn up most. */
static void step_of(const struct animal *animal, int foot, float at[2], float *fold)
{
    const struct build *build = &animal->build;
    enum subject_kind kind = animal->pose->subject ? animal->pose->subject->kind : SUBJECT_DOG;
    enum subject_form form = animal->pose->subject ? animal->pose->subject->form : FORM_USUAL;
    float duty = animal->runs ? 0.30f : 0.64f, legs = build->height - build->chest;
    float lift = (animal->runs ? 0.34f : 0.17f) * legs;
    float phase = animal->cycle + (animal->runs ? run_order : walk_order)[foot];
    float reach = animal->pose->speed * period_of(kind, form, animal->runs) * duty, t = 0;

    reach = fminf(reach, 1.35f * legs);
    at[0] = at[1] = *fold = 0;
    if (!animal->moves)
        return;
    phase -= floorf(phase);
    if (phase < duty) {
        at[0] = reach * (0.5f - phase / duty);
        return;
    }
    t = (phase - duty) / (1.0f - duty);
    at[0] = reach * (t * t * (3.0f - 2.0f * t) - 0.5f);
    *fold = sinf(3.14159f * powf(t, 0.8f));
    at[1] = lift * *fold;
}

static struct body_part *fur(const struct animal *animal, struct body_part *part,
                             const float color[3], float blend)
{
    part->stuff = animal->build.kind == HEAD_ELEPHANT ? STUFF_CLOTH : STUFF_FUR;
    part->blend = blend;
    part->stripes = animal->coat.stripes;
    part->offset = 0.31f * (float)animal->body->count * animal->build.chest;
    memcpy(part->color, color, sizeof(part->color));
    memcpy(part->under, color, sizeof(part->under));
    return part;
}

static struct body_part *add(const struct animal *animal, const float a[3], const float b[3],
                             const float radii[2], const float color[3])
{
    return fur(animal, body_add(animal->body, a, b, radii[0], radii[1]), color,
               0.6f * fminf(radii[0], radii[1]));
}

static void add_foot(const struct animal *animal, const float paw[3], float pitch)
{
    static const struct tone horn = {STUFF_GLOSS, {0.035f, 0.028f, 0.022f}};
    const struct build *build = &animal->build;
    struct bone foot = bone_root(animal->body, paw, build->foot);
    struct body_part *part = NULL;

    bone_lean(&foot, pitch);
    if (build->extras & BEAST_HOOVES) {
        part = bone_add(&foot, (const float[]){0, 0.55f, 0.15f, 0, -0.85f, 0.45f}, 0.72f, 1.0f);
        part->shape = SHAPE_CAPPED;
        body_tint(part, &horn);
        part->blend = 0.004f;
        return;
    }
    for (int toe = -1; toe <= 1; toe += 2)
        fur(animal,
            bone_add(&foot,
                     (const float[]){0.36f * (float)toe, -0.05f, 0.1f, 0.42f * (float)toe, -0.25f,
                                     0.95f},
                     0.75f, 0.52f),
            animal->coat.legs, 0.4f * build->foot);
}

/* Where a leg begins and its paw is. */
static void place_leg(const struct animal *animal, int foot, float top[3], float paw[3],
                      float *fold)
{
    const struct build *build = &animal->build;
    bool fore = foot == FORE_LEFT || foot == FORE_RIGHT;
    float side = foot == FORE_LEFT || foot == HIND_LEFT ? -1.0f : 1.0f, at[2];
    const struct bone *bone = fore ? &animal->fore : &animal->hind;

    step_of(animal, foot, at, fold);
    bone_place(bone,
               (const float[]){side * build->spread * 0.92f, fore ? -0.25f * build->chest : 0,
                               fore ? 0.15f * build->chest : 0},
               top);
    paw[0] = side * build->spread * (animal->runs ? 0.62f : 0.82f);
    paw[1] = at[1] + build->foot * 0.80f;
    paw[2] = (fore ? 0.5f : -0.5f) * build->body + at[0] + (fore ? 0.06f : -0.10f) * build->height;
    if (animal->sits && !fore) {
        paw[0] = side * build->spread * 1.25f;
        paw[2] = -0.02f * build->body;
    }
}

/* Measures of a leg, as parts of its length or of the radii. */
struct leg {
    float lift, back; /* of the fetlock, from the paw */
    float ankle, lean, fold;
    float upper, lower;
    float top, elbow, calf, shin; /* radii */
};

static const struct leg legs_of[2][2] = {
    /* with paws: fore, hind */
    {{0.05f, 0.03f, 0.24f, 0, 0.30f, 0.36f, 0.41f, 0.95f, 0.56f, 0.56f, 1.15f},
     {0.05f, 0.03f, 0.33f, 0.10f, 0.26f, 0.40f, 0.43f, 1.45f, 0.72f, 0.68f, 1.2f}},
    /* with hooves */
    {{0.13f, 0.07f, 0.24f, 0, 0.30f, 0.36f, 0.365f, 0.95f, 0.56f, 0.56f, 1.15f},
     {0.13f, 0.07f, 0.33f, 0.10f, 0.26f, 0.37f, 0.40f, 1.45f, 0.72f, 0.68f, 1.2f}},
};

static void add_leg(const struct animal *animal, int foot)
{
    const struct build *build = &animal->build;
    bool fore = foot == FORE_LEFT || foot == FORE_RIGHT, hoofed = build->extras & BEAST_HOOVES;
    const struct leg *leg = &legs_of[hoofed][!fore];
    float length = build->height - (fore ? 1.25f : 0.95f) * build->chest, fold = 0;
    float top[3], paw[3], ankle[3], fetlock[3], knee[3];
    const float bones[2] = {length * leg->upper, length * leg->lower};
    const float bend[3] = {0, 0, fore ? -1.0f : 1.0f}, *coat = animal->coat.legs;
    float shin = build->shin, thigh = build->thigh;

    place_leg(animal, foot, top, paw, &fold);
    /* Above the paw: upright in front, leaning back behind; folded in the air. */
    memcpy(fetlock, paw, sizeof(fetlock));
    fetlock[1] += leg->lift * length * (1.0f - 0.3f * fold);
    fetlock[2] -= leg->back * length + 0.10f * length * fold;
    memcpy(ankle, fetlock, sizeof(ankle));
    ankle[1] += length * leg->ankle * (1.0f - 0.55f * fold);
    ankle[2] -= length * (leg->lean + leg->fold * fold);
    if (animal->sits && !fore)
        ankle[2] -= 0.30f * length;
    body_joint(top, ankle, bones, bend, knee);
    fur(animal, body_add(animal->body, top, knee, leg->top * thigh, leg->elbow * thigh),
        animal->coat.back, 1.05f * thigh);
    fur(animal, body_add(animal->body, knee, ankle, leg->calf * thigh, shin * leg->shin), coat,
        0.5f * thigh);
    add(animal, ankle, fetlock, (const float[]){shin * 1.02f, shin * 0.86f}, coat);
    add(animal, fetlock, paw, (const float[]){shin * 1.02f, hoofed ? shin : build->foot * 0.8f},
        coat);
    add_foot(animal, paw, 0.9f * fold);
}

/* Chest, loin and rump hang under a back that is level; muscles of shoulder and haunch. */
static void add_trunk(const struct animal *animal)
{
    const struct build *build = &animal->build;
    const struct coat *coat = &animal->coat;
    float chest[3], loin[3], rump[3], front[3];
    struct body_part *parts[4];

    bone_place(&animal->fore, (const float[]){0, -0.30f * build->chest, 0.10f * build->chest},
               chest);
    bone_place(&animal->fore, (const float[]){0, 0.02f * build->chest, 0.62f * build->chest},
               front);
    bone_place(&animal->hind, (const float[]){0, 0.02f * build->hip, -0.28f * build->hip}, rump);
    for (int k = 0; k < 3; k++)
        loin[k] = lerp_f(animal->fore.at[k], animal->hind.at[k], 0.62f);
    loin[1] += (0.10f + 0.35f * animal->arch) * build->waist;
    parts[0] = body_add(animal->body, chest, loin, build->chest, build->waist);
    parts[1] = body_add(animal->body, loin, rump, build->waist, build->hip);
    parts[2] = body_add(animal->body, front, chest, 0.74f * build->chest, 0.90f * build->chest);
    parts[3] = bone_add(&animal->fore,
                        (const float[]){0, 0.42f * build->chest, 0.05f * build->chest, 0,
                                        0.30f * build->chest, -0.7f * build->chest},
                        0.45f * build->chest, 0.5f * build->chest);
    for (int i = 0; i < 4; i++) {
        fur(animal, parts[i], coat->back, 0.55f * build->chest);
        memcpy(parts[i]->under, coat->belly, sizeof(coat->belly));
        bone_flatten(&animal->fore, parts[i], AXIS_SIDE, build->narrow);
    }
    parts[0]->blend = 0;
    if (build->extras & BEAST_WOOL)
        for (int i = 0; i < 4; i++)
            parts[i]->ra = parts[i]->ra * 1.08f;
}

/* Patches of another color. */
static void paint_coat(const struct animal *animal)
{
    static const float spots[][5] = {{0.9f, 0.2f, 0.35f, 0.75f, 1},
                                     {-0.8f, 0.5f, -0.2f, 0.8f, -1},
                                     {0.8f, -0.2f, -0.9f, 0.7f, 1},
                                     {-0.9f, -0.1f, 0.6f, 0.6f, -1},
                                     {0.3f, 0.9f, -0.5f, 0.6f, 0}};
    const struct build *build = &animal->build;
    const struct coat *coat = &animal->coat;
    float c = build->chest;

    if (coat->pattern == PATTERN_SADDLE) {
        struct body_part *part =
            bone_add(&animal->fore,
                     (const float[]){0, 0.75f * c, -0.1f * c, 0, 0.85f * c, -0.92f * build->body},
                     0.95f * c, 0.72f * c);

        fur(animal, part, coat->patch, 0.12f * c)->mode = PART_PAINT;
    }
    for (int i = 0; i < 5 && coat->pattern == PATTERN_SPOTS; i++) {
        const float *s = spots[i], z = (s[2] - 1.0f) * 0.5f * build->body;
        struct body_part *part = bone_add(
            &animal->fore,
            (const float[]){s[0] * c, s[1] * c, z, s[0] * c, s[1] * c * 0.6f, z - 0.3f * c},
            s[3] * c, 0.8f * s[3] * c);

        fur(animal, part, coat->patch, 0.03f * c)->mode = PART_PAINT;
    }
}

static void add_neck(struct animal *animal)
{
    const struct build *build = &animal->build;
    float t = animal->pose->seconds + 7.0f * animal->pose->phase, look = 0;
    float nod = animal->moves ? 0.06f * sinf(TAU * animal->cycle * (animal->runs ? 1.0f : 2.0f))
                              : 0.10f * sinf(0.9f * t);
    float up = build->neck_up * (animal->runs ? 0.55f : animal->sits ? 1.5f : 1.0f) + nod;
    float long_m = build->neck / sqrtf(1.0f + up * up), root[3], top[3], drop = build->drop;
    struct body_part *part = NULL;

    if (!animal->moves)
        look = 0.45f * sinf(0.55f * t) * fabsf(sinf(0.31f * t + 0.4f));
    bone_place(&animal->fore, (const float[]){0, 0.10f * build->chest, 0.55f * build->chest}, root);
    memcpy(top, root, sizeof(top));
    top[1] += up * long_m;
    top[2] += long_m;
    part = body_add(animal->body, root, top, build->neck_low, build->neck_top);
    fur(animal, part, animal->coat.back, 0.75f * build->neck_low);
    memcpy(part->under, animal->coat.belly, sizeof(part->under));
    bone_flatten(&animal->fore, part, AXIS_SIDE, build->extras & BEAST_HOOVES ? 0.55f : 0.12f);
    animal->head = bone_root(animal->body, top, build->head);
    bone_turn(&animal->head, look);
    bone_lean(&animal->head, drop + (animal->runs ? -0.28f * drop - 0.10f : 0) + 0.5f * nod);
    bone_move(&animal->head, 0, 0.2f * build->neck_top / build->head,
              0.45f * build->neck_top / build->head);
}

enum { TAIL_LINKS = 6 };

/* Its radius after a link. */
static float tail_end(const struct build *build, int link, float before)
{
    float f = (float)link / TAIL_LINKS;

    if (build->extras & BEAST_BUSH)
        return build->tail_r * (1.0f - 0.9f * f * f) * (link == TAIL_LINKS - 1 ? 0.35f : 1.0f);
    if (build->extras & BEAST_CREST)
        return build->tail_r * (1.3f + 0.9f * f - 1.6f * f * f);
    if (build->extras & BEAST_TUFT && link >= TAIL_LINKS - 2)
        return build->tail_r * (link == TAIL_LINKS - 2 ? 1.9f : 0.5f);
    return before * 0.93f;
}

static void color_tail(const struct animal *animal, int link, float color[3])
{
    bool is_tip = link >= TAIL_LINKS - 2, horse = animal->build.extras & BEAST_CREST;
    bool dark = horse || (animal->build.extras & BEAST_TUFT && is_tip);
    bool light = is_tip && animal->coat.pattern == PATTERN_SADDLE;

    for (int k = 0; k < 3; k++)
        color[k] = (dark ? 0.22f : 1.0f) * (light ? animal->coat.belly[k] : animal->coat.back[k]);
}

/* A chain that swings; a dog's wags. */
static void add_tail(const struct animal *animal)
{
    const struct build *build = &animal->build;
    bool wags = build->extras & BEAST_WAGS && !animal->runs;
    float t = animal->pose->seconds, beat = animal->runs ? 9.0f : wags ? 11.0f : 2.4f;
    float at[3], next[3], rise = build->tail_up, thick = build->tail_r, link_m = 0;

    link_m = build->tail / TAIL_LINKS;
    bone_place(&animal->hind, (const float[]){0, 0.55f * build->hip, -0.95f * build->hip}, at);
    if (animal->runs)
        rise = build->extras & BEAST_CREST ? -0.10f : 0.35f * rise + 0.10f;
    for (int i = 0; i < TAIL_LINKS; i++) {
        float f = (float)i / TAIL_LINKS, end = tail_end(build, i, thick), color[3];
        float angle = rise + build->curl * f + 0.12f * sinf(0.5f * beat * t - 3.0f * f);
        float out = (wags ? 0.85f : 0.30f) * sinf(beat * t - 2.0f * f) * (0.35f + f);

        color_tail(animal, i, color);
        next[0] = at[0] + link_m * out;
        next[1] = fmaxf(at[1] + link_m * sinf(angle), 0.06f);
        next[2] = at[2] - link_m * cosf(angle);
        add(animal, at, next, (const float[]){thick, end}, color);
        memcpy(at, next, sizeof(at));
        thick = end;
    }
}

/* Hair along the neck: falls to a side, or stands. */
static void add_crest(const struct animal *animal)
{
    const struct build *build = &animal->build;
    bool stands = build->extras & BEAST_UPRIGHT_CREST;
    float t = animal->pose->seconds * (animal->runs ? 9.0f : 2.0f), low[3], color[3];

    if (!(build->extras & (BEAST_CREST | BEAST_UPRIGHT_CREST)))
        return;
    for (int k = 0; k < 3; k++)
        color[k] = 0.15f * animal->coat.back[k];
    bone_place(&animal->fore, (const float[]){0, 0.80f * build->chest, 0.25f * build->chest}, low);
    body_group(animal->body);
    for (int i = 0; i < 8; i++) {
        float f = (float)i / 7.0f, root[3], tip[3], r = build->neck_low;

        for (int k = 0; k < 3; k++)
            root[k] = lerp_f(low[k], animal->head.at[k], f * 1.02f);
        root[1] += r * (0.30f + 0.10f * f);
        root[2] -= r * (0.22f + 0.18f * sinf(3.14159f * f));
        memcpy(tip, root, sizeof(tip));
        tip[0] += stands ? 0 : r * (0.42f + 0.05f * sinf(t + 2.0f * f));
        tip[1] -= stands ? -0.32f * r
                         : r * (0.95f - (animal->runs ? 0.75f : 0)) + 0.03f * sinf(t + 4.0f * f);
        tip[2] -=
            stands ? 0.1f * r : r * (animal->runs ? 1.1f + 0.25f * sinf(t + 3.0f * f) : 0.22f);
        fur(animal, body_add(animal->body, root, tip, 0.24f * r, 0.09f * r), color, 0.16f * r);
    }
    if (!stands) /* forelock */
        fur(animal,
            bone_add(&animal->head, (const float[]){0, 0.115f, -0.05f, 0.02f, 0.075f, 0.10f},
                     0.034f, 0.014f),
            color, 0.03f);
}

/* Shoulders and hips: heights, pitch and how far apart the back lets them be. */
static void pose_trunk(struct animal *animal)
{
    const struct build *build = &animal->build;
    float swing = sinf(TAU * (animal->cycle + 0.10f)), bob = 0, pitch = 0;
    float at[3] = {0, 0, 0}, apart = 0.5f * build->body;

    if (animal->runs) {
        animal->arch = build->flex * swing;
        bob = 0.065f * build->height * sinf(TAU * (animal->cycle - 0.08f));
        pitch = (0.05f + 0.05f * build->flex) * build->height * swing;
    } else if (animal->moves) {
        bob = 0.010f * build->height * sinf(2.0f * TAU * animal->cycle);
    } else {
        animal->arch = 0.04f * sinf(2.2f * animal->pose->seconds);
    }
    apart *= 1.0f - 0.10f * animal->arch;
    at[1] = build->height - build->chest + bob + pitch;
    at[2] = apart;
    animal->fore = bone_root(animal->body, at, 1);
    at[1] = build->height - build->hip * 1.02f + bob - pitch;
    at[2] = -apart;
    if (animal->sits) {
        at[1] = 1.05f * build->hip;
        at[2] = -0.30f * build->body;
    }
    animal->hind = bone_root(animal->body, at, 1);
    bone_lean(&animal->fore, animal->sits ? -0.75f : -1.3f * pitch / build->body);
    bone_lean(&animal->hind, animal->sits ? -0.75f : -0.5f * animal->arch);
    if (!animal->runs && animal->moves) { /* hips and shoulders roll with the steps */
        bone_tip(&animal->hind, 0.05f * sinf(TAU * animal->cycle));
        bone_tip(&animal->fore, 0.05f * sinf(TAU * (animal->cycle + 0.25f)));
    }
}

void body_quadruped(struct body *body, const struct body_pose *pose, enum subject_kind kind)
{
    enum subject_form form = pose->subject ? pose->subject->form : FORM_USUAL;
    struct animal animal = {.body = body, .pose = pose};

    body->count = body->groups = 0;
    body->is_car = false;
    beast_build(kind, form, &animal.build);
    beast_coat(kind, pose, &animal.coat);
    animal.runs = pose->action == ACTION_RUN;
    animal.moves = animal.runs || pose->action == ACTION_WALK;
    animal.sits = pose->action == ACTION_SIT && kind != SUBJECT_HORSE;
    animal.cycle = pose->seconds / period_of(kind, form, animal.runs) + pose->phase;
    pose_trunk(&animal);
    add_trunk(&animal);
    add_neck(&animal);
    paint_coat(&animal);
    for (int foot = 0; foot < FEET; foot++)
        add_leg(&animal, foot);
    add_tail(&animal);
    add_crest(&animal);
    beast_add_head(&animal.head, &animal.build, &animal.coat, pose);
    body->band_m = (form == FORM_ZEBRA || form == FORM_TIGER ? 0.30f : 0.46f) * animal.build.chest;
    body->hair_m = animal.build.hair;
    body->strands = 1;
}
