/* SPDX-License-Identifier: Apache-2.0 */
/* Cats, dogs, horses and their like, around the skeleton of beast_pose.h. */
#include <math.h>
#include <string.h>

#include "workers/diorama/body/beast_pose.h"
#include "workers/diorama/noise.h"

#define TAU 6.2831853f

/* The one being drawn. */
struct animal {
    struct body *body;
    struct build build;
    struct coat coat;
    const struct body_pose *pose;
    float cycle, arch; /* as struct beast_pose has them */
    struct bone fore, hind, head;
    bool moves, runs, sits;
};

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

/* Radii of a leg, as parts of those of its build. */
struct leg {
    float top, elbow, calf, shin;
};

static const struct leg legs_of[2] = {{0.95f, 0.60f, 0.58f, 1.2f}, {1.45f, 0.80f, 0.74f, 1.25f}};

static void add_leg(const struct animal *animal, const struct beast_leg *pose, bool fore)
{
    const struct build *build = &animal->build;
    const struct leg *leg = &legs_of[!fore];
    const float *coat = animal->coat.legs, *top = pose->joint[JOINT_TOP];
    const float *knee = pose->joint[JOINT_KNEE], *hock = pose->joint[JOINT_HOCK];
    const float *fetlock = pose->joint[JOINT_FETLOCK], *paw = pose->joint[JOINT_PAW];
    float shin = build->shin, thigh = build->thigh;
    bool hoofed = build->extras & BEAST_HOOVES;

    fur(animal, body_add(animal->body, top, knee, leg->top * thigh, leg->elbow * thigh),
        animal->coat.back, 1.05f * thigh);
    fur(animal, body_add(animal->body, knee, hock, leg->calf * thigh, shin * leg->shin), coat,
        0.5f * thigh);
    add(animal, hock, fetlock, (const float[]){shin * 1.02f, shin * 0.86f}, coat);
    add(animal, fetlock, paw, (const float[]){shin * 1.02f, hoofed ? shin : build->foot * 0.8f},
        coat);
    add_foot(animal, paw, pose->pitch);
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
        memcpy(parts[i]->own, animal->fore.at, sizeof(parts[i]->own));
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
    float up = build->neck_up * (animal->runs ? 0.70f : animal->sits ? 1.5f : 1.0f) + nod;
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
    memcpy(part->own, animal->fore.at, sizeof(part->own));
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
        float f = (float)i / 7.0f, root[3], tip[3];
        float r = lerp_f(build->neck_low, 1.45f * build->neck_top, f);

        for (int k = 0; k < 3; k++)
            root[k] = lerp_f(low[k], animal->head.at[k], f * 1.02f);
        root[1] += r * (0.30f + 0.36f * f);
        root[2] -= r * (0.22f + 0.18f * sinf(3.14159f * f) + 0.12f * f);
        memcpy(tip, root, sizeof(tip));
        tip[0] += stands ? 0 : r * (0.42f + 0.05f * sinf(t + 2.0f * f));
        tip[1] -= stands ? -0.32f * r
                         : r * (0.95f - (animal->runs ? 0.75f : 0)) + 0.03f * sinf(t + 4.0f * f);
        tip[2] -=
            stands ? 0.1f * r : r * (animal->runs ? 1.1f + 0.25f * sinf(t + 3.0f * f) : 0.22f);
        fur(animal, body_add(animal->body, root, tip, 0.25f * r, 0.12f * r), color, 0.36f * r);
    }
    if (!stands) /* forelock */
        fur(animal,
            bone_add(&animal->head, (const float[]){0, 0.115f, -0.05f, 0.02f, 0.075f, 0.10f},
                     0.034f, 0.014f),
            color, 0.03f);
}

void body_quadruped(struct body *body, const struct body_pose *pose, enum subject_kind kind)
{
    enum subject_form form = pose->subject ? pose->subject->form : FORM_USUAL;
    struct animal animal = {.body = body, .pose = pose};
    struct beast_pose beast;

    body->count = body->groups = 0;
    body->is_car = false;
    beast_pose(pose, kind, body, &beast);
    beast_coat(kind, pose, &animal.coat);
    animal.build = beast.build;
    animal.cycle = beast.cycle;
    animal.arch = beast.arch;
    animal.fore = beast.fore;
    animal.hind = beast.hind;
    animal.moves = beast.moves;
    animal.runs = beast.runs;
    animal.sits = beast.sits;
    add_trunk(&animal);
    add_neck(&animal);
    paint_coat(&animal);
    for (int foot = 0; foot < BEAST_FEET; foot++)
        add_leg(&animal, &beast.legs[foot], foot < HIND_LEFT);
    add_tail(&animal);
    beast_add_head(&animal.head, &animal.build, &animal.coat, pose);
    add_crest(&animal);
    body->band_m = (form == FORM_ZEBRA || form == FORM_TIGER ? 0.30f : 0.46f) * animal.build.chest;
    body->hair_m = animal.build.hair;
    body->strands = 1;
}
