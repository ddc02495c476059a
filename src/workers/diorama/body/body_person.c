/* SPDX-License-Identifier: Apache-2.0 */
/* People: standing, walking or running, in the clothes that the dice give them. */
#include <math.h>
#include <string.h>

#include "workers/diorama/body/body.h"
#include "workers/diorama/noise.h"

#define TAU 6.2831853f

/* The pose being worked out. */
struct figure {
    struct body *body;
    const struct body_pose *pose;
    float cycle;
    bool runs, moves, has_skirt;
    float pelvis[3], chest[3], neck[3], head[3];
};

static const float skins[][3] = {
    {0.50f, 0.30f, 0.21f}, {0.36f, 0.20f, 0.12f}, {0.17f, 0.085f, 0.05f}, {0.56f, 0.36f, 0.27f}};
static const float coats[][3] = {
    {0.03f, 0.035f, 0.05f}, {0.32f, 0.23f, 0.13f}, {0.28f, 0.035f, 0.03f}, {0.06f, 0.09f, 0.17f},
    {0.42f, 0.40f, 0.36f},  {0.07f, 0.10f, 0.06f}, {0.50f, 0.36f, 0.06f},  {0.10f, 0.10f, 0.11f}};
static const float trousers[][3] = {
    {0.035f, 0.05f, 0.10f}, {0.03f, 0.03f, 0.032f}, {0.16f, 0.13f, 0.09f}, {0.09f, 0.09f, 0.095f}};
static const float hairs[][3] = {{0.02f, 0.015f, 0.012f},
                                 {0.06f, 0.03f, 0.015f},
                                 {0.22f, 0.13f, 0.05f},
                                 {0.012f, 0.011f, 0.011f}};
static const float shoe[3] = {0.022f, 0.02f, 0.019f};

static struct body_part *add(const struct figure *figure, const float a[3], const float b[3],
                             float ra, float rb)
{
    return body_add(figure->body, a, b, ra, rb);
}

static float period_of(bool runs)
{
    return runs ? 0.70f : 1.06f;
}

/* A foot comes down where its phase is whole. */
void body_gait_person(bool runs, struct body_gait *gait)
{
    *gait = (struct body_gait){period_of(runs), 2, {0, 0.5f}};
}

/* Along and up of a foot, meters. */
static void step_of(const struct figure *figure, int side, float *along, float *up)
{
    float duty = figure->runs ? 0.38f : 0.60f, lift = figure->runs ? 0.34f : 0.13f, t = 0;
    float phase = figure->cycle + (side > 0 ? 0.5f : 0.0f);
    float reach = figure->pose->speed * period_of(figure->runs) * duty;

    *along = *up = 0;
    if (!figure->moves)
        return;
    phase -= floorf(phase);
    if (phase < duty) {
        *along = reach * (0.5f - phase / duty);
        return;
    }
    t = (phase - duty) / (1.0f - duty);
    *along = reach * (t * t * (3.0f - 2.0f * t) - 0.5f);
    *up = lift * sinf(3.14159f * t) * (1.25f - 0.6f * t);
}

static void add_legs(const struct figure *figure)
{
    for (int side = -1; side <= 1; side += 2) {
        static const float bones[2] = {0.45f, 0.44f}, ahead[3] = {0, 0, 1};
        int first = figure->body->count;
        float along = 0, up = 0, roll = 0;
        float hip[3] = {(float)side * 0.092f, figure->pelvis[1] - 0.06f, figure->pelvis[2]};
        float ankle[3] = {(float)side * 0.085f, 0.085f, 0}, knee[3], toe[3], heel[3];

        step_of(figure, side, &along, &up);
        ankle[1] += up;
        ankle[2] += along - 0.02f;
        roll = up > 0.01f ? -1.4f * up : 0;
        body_joint(hip, ankle, bones, ahead, knee);
        add(figure, hip, knee, 0.096f, 0.060f)->blend = 0.05f;
        add(figure, knee, ankle, 0.060f, 0.045f)->blend = 0.02f;
        body_paint(figure->body, first, STUFF_CLOTH, trousers[figure->pose->look / 5 % 4]);
        memcpy(toe, ankle, sizeof(toe));
        memcpy(heel, ankle, sizeof(heel));
        toe[1] -= 0.045f - roll * 0.5f;
        toe[2] += 0.16f;
        heel[1] -= 0.04f;
        heel[2] -= 0.02f;
        if (toe[1] < 0.035f)
            toe[1] = 0.035f;
        add(figure, heel, toe, 0.046f, 0.036f)->blend = 0.008f;
        body_paint(figure->body, figure->body->count - 1, STUFF_GLOSS, shoe);
    }
}

static void add_trunk(const struct figure *figure, const float coat[3])
{
    int first = figure->body->count;
    float belly[3], hem[3], left[3], right[3];
    struct body_part *part = NULL;

    memcpy(belly, figure->pelvis, sizeof(belly));
    belly[1] += 0.04f;
    part = add(figure, belly, figure->chest, 0.150f, 0.165f);
    part->flat[2] = 1;
    part->flatness = 0.38f;
    memcpy(left, figure->chest, sizeof(left));
    memcpy(right, figure->chest, sizeof(right));
    left[0] -= 0.115f;
    right[0] += 0.115f;
    left[1] = right[1] = figure->chest[1] + 0.075f;
    add(figure, left, right, 0.078f, 0.078f)->blend = 0.09f;
    memcpy(hem, figure->pelvis, sizeof(hem));
    hem[1] -= figure->has_skirt ? 0.34f : 0.10f;
    part = add(figure, belly, hem, 0.150f, figure->has_skirt ? 0.205f : 0.165f);
    part->flat[2] = 1;
    part->flatness = 0.25f;
    part->blend = 0.05f;
    body_paint(figure->body, first, STUFF_CLOTH, coat);
}

static void add_arms(const struct figure *figure, const float coat[3])
{
    const float *skin = skins[figure->pose->look / 3 % 4];

    for (int side = -1; side <= 1; side += 2) {
        static const float bones[2] = {0.29f, 0.26f}, back[3] = {0, 0, -1};
        bool holds = figure->pose->has_umbrella && side > 0;
        int first = figure->body->count;
        float swing = sinf(TAU * (figure->cycle + (side > 0 ? 0.0f : 0.5f) + 0.30f));
        float shoulder[3] = {figure->chest[0] + (float)side * 0.185f, figure->chest[1] + 0.07f,
                             figure->chest[2]};
        float hand[3] = {shoulder[0] + (float)side * 0.05f, shoulder[1] - 0.50f,
                         shoulder[2] + 0.03f};
        float elbow[3], fingers[3];

        if (figure->moves) {
            hand[2] += (figure->runs ? 0.26f : 0.19f) * swing + (figure->runs ? 0.08f : 0.0f);
            hand[1] += figure->runs ? 0.22f + 0.10f * swing : 0.03f * fabsf(swing);
        }
        if (holds) {
            hand[0] = shoulder[0] - 0.04f;
            hand[1] = shoulder[1] - 0.16f;
            hand[2] = shoulder[2] + 0.27f;
        }
        body_joint(shoulder, hand, bones, back, elbow);
        add(figure, shoulder, elbow, 0.062f, 0.050f)->blend = 0.05f;
        add(figure, elbow, hand, 0.050f, 0.040f)->blend = 0.02f;
        body_paint(figure->body, first, STUFF_CLOTH, coat);
        memcpy(fingers, hand, sizeof(fingers));
        fingers[1] -= holds ? 0.0f : 0.08f;
        fingers[2] += 0.02f;
        add(figure, hand, fingers, 0.036f, 0.028f)->blend = 0.01f;
        body_paint(figure->body, figure->body->count - 1, STUFF_SKIN, skin);
    }
}

static void add_head(const struct figure *figure)
{
    const float *skin = skins[figure->pose->look / 3 % 4],
                *hair = hairs[figure->pose->look / 7 % 4];
    static const float eye[3] = {0.012f, 0.010f, 0.010f};
    const float *h = figure->head;
    const float jaw[3] = {h[0], h[1] - 0.085f, h[2] + 0.035f},
                crown[3] = {h[0], h[1] + 0.02f, h[2]};
    const float nose[3] = {h[0], h[1] - 0.025f, h[2] + 0.105f};
    const float back[3] = {h[0], h[1] + 0.028f, h[2] - 0.022f};
    const float fringe[3] = {h[0], h[1] + 0.072f, h[2] + 0.045f};
    const float nape[3] = {h[0], h[1] - (figure->has_skirt ? 0.21f : 0.06f), h[2] - 0.065f};
    int first = figure->body->count;

    add(figure, figure->neck, h, 0.058f, 0.056f)->blend = 0.03f;
    add(figure, crown, jaw, 0.094f, 0.056f)->blend = 0.03f;
    figure->body->parts[figure->body->count - 1].flat[0] = 1;
    figure->body->parts[figure->body->count - 1].flatness = 0.14f;
    add(figure, nose, nose, 0.017f, 0.017f)->blend = 0.025f;
    for (int side = -1; side <= 1; side += 2) {
        const float ear[3] = {h[0] + (float)side * 0.084f, h[1] - 0.01f, h[2] - 0.005f};

        add(figure, ear, ear, 0.022f, 0.022f)->blend = 0.012f;
    }
    body_paint(figure->body, first, STUFF_SKIN, skin);
    for (int side = -1; side <= 1; side += 2) {
        const float at[3] = {h[0] + (float)side * 0.033f, h[1] + 0.006f, h[2] + 0.088f};

        add(figure, at, at, 0.0115f, 0.0115f)->blend = 0;
        body_paint(figure->body, figure->body->count - 1, STUFF_GLOSS, eye);
    }
    first = figure->body->count;
    add(figure, back, fringe, 0.099f, 0.050f)->blend = 0.012f;
    add(figure, back, nape, 0.096f, 0.060f)->blend = 0.03f;
    body_paint(figure->body, first, STUFF_FUR, hair);
}

static void add_umbrella(const struct figure *figure)
{
    static const float cloths[][3] = {{0.02f, 0.02f, 0.024f},
                                      {0.45f, 0.03f, 0.03f},
                                      {0.40f, 0.42f, 0.45f},
                                      {0.03f, 0.10f, 0.28f},
                                      {0.55f, 0.42f, 0.05f}};
    static const float steel[3] = {0.12f, 0.12f, 0.12f};
    float hand[3] = {figure->chest[0] + 0.145f, figure->chest[1] - 0.09f, figure->chest[2] + 0.27f};
    float top[3] = {hand[0] - 0.04f, figure->head[1] + 0.30f, hand[2] - 0.10f};
    float rim[3] = {top[0], top[1] - 0.02f, top[2]};
    struct body_part *part = NULL;

    add(figure, hand, top, 0.011f, 0.009f)->blend = 0;
    body_paint(figure->body, figure->body->count - 1, STUFF_GLOSS, steel);
    part = add(figure, top, rim, 0.56f, 0.56f);
    part->flat[1] = 1;
    part->flatness = 3.4f;
    part->blend = 0;
    body_paint(figure->body, figure->body->count - 1, STUFF_CLOTH, cloths[figure->pose->look % 5]);
}

void body_person(struct body *body, const struct body_pose *pose)
{
    struct figure figure = {.body = body, .pose = pose};
    float coat[3], lean = 0, bob = 0, sway = 0;

    body->count = 0;
    body->is_car = false;
    figure.runs = pose->action == ACTION_RUN;
    figure.moves = pose->action != ACTION_IDLE;
    figure.has_skirt = pose->look / 2 % 3 == 0;
    figure.cycle = pose->seconds / period_of(figure.runs) + pose->phase;
    memcpy(coat, coats[pose->look % 8], sizeof(coat));
    if (pose->subject && pose->subject->is_colored)
        memcpy(coat, pose->subject->color, sizeof(coat));
    lean = figure.runs ? 0.14f : figure.moves ? 0.03f : 0.0f;
    bob = figure.moves ? (figure.runs ? 0.045f : 0.022f) * cosf(2.0f * TAU * figure.cycle) - 0.03f
                       : 0.004f * sinf(1.7f * pose->seconds);
    sway = figure.moves ? 0.018f * sinf(TAU * figure.cycle) : 0.012f * sinf(0.6f * pose->seconds);
    figure.pelvis[0] = sway;
    figure.pelvis[1] = 0.96f + bob;
    figure.chest[1] = 1.29f + bob;
    figure.chest[2] = lean;
    figure.neck[1] = 1.44f + bob;
    figure.neck[2] = lean * 1.25f;
    figure.head[1] = 1.62f + bob;
    figure.head[2] = lean * 1.5f + 0.02f;
    add_legs(&figure);
    add_trunk(&figure, coat);
    add_arms(&figure, coat);
    add_head(&figure);
    if (pose->has_umbrella)
        add_umbrella(&figure);
    body->band_m = 0.1f;
    body->hair_m = 0;
}
