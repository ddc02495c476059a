/* SPDX-License-Identifier: Apache-2.0 */
/* Heads of people: skull, face, ears, eyes that blink and look about, hair and hats. */
#include <math.h>
#include <string.h>

#include "base/macros.h"
#include "workers/diorama/body/person_impl.h"
#include "workers/diorama/noise.h"

enum {
    FACE_SKIN,
    FACE_LIPS,
    FACE_WHITE,
    FACE_IRIS,
    FACE_PUPIL,
    FACE_BROW,
    FACE_BLUSH,
    FACE_SHADE, /* folds and hollows */
    FACE_TEETH,
    FACE_TONES
};

/* The origin is the middle between the ears; the chin is at -0.112, the crown at 0.122. */
static const struct mold skull[] = {
    {{0, 0.028f, -0.012f}, {0, 0.028f, -0.011f}, 0.094f, 0.094f, 0, false, AXIS_SIDE, 0.24f, 0, 0},
    {{0, 0.002f, 0.018f},
     {0, -0.082f, 0.050f},
     0.069f,
     0.030f,
     0.035f,
     false,
     AXIS_SIDE,
     0.12f,
     0,
     0},
    {{0.040f, -0.014f, 0.054f},
     {0.040f, -0.016f, 0.052f},
     0.025f,
     0.025f,
     0.030f,
     true,
     0,
     0,
     0,
     FACE_SKIN}, /* cheeks */
    {{-0.030f, 0.035f, 0.071f},
     {0.030f, 0.035f, 0.071f},
     0.012f,
     0.013f,
     0.026f,
     .flat = 0}, /* the ridge of the brows */
    {{0, 0.018f, 0.0835f}, {0, -0.0195f, 0.1010f}, 0.0060f, 0.0098f, 0.014f, .flat = 0}, /* nose */
    {{0.0100f, -0.0245f, 0.0925f},
     {0.0100f, -0.0245f, 0.0910f},
     0.0072f,
     0.0072f,
     0.008f,
     true,
     0,
     0,
     0,
     FACE_SKIN},
    {{-0.0165f, -0.0490f, 0.0775f},
     {0.0165f, -0.0490f, 0.0775f},
     0.0056f,
     0.0056f,
     0.009f,
     .flat = 0}, /* lips */
    {{-0.0120f, -0.0582f, 0.0775f},
     {0.0120f, -0.0582f, 0.0775f},
     0.0068f,
     0.0068f,
     0.008f,
     .flat = 0},
    {{0.0325f, 0.011f, 0.100f},
     {0.0335f, 0.011f, 0.100f},
     0.0165f,
     0.0165f,
     0.016f,
     true,
     0,
     0,
     PART_CARVE,
     FACE_SKIN}, /* eye sockets */
    {{0.077f, 0.018f, -0.014f},
     {0.074f, -0.020f, -0.005f},
     0.018f,
     0.011f,
     0.006f,
     true,
     AXIS_SIDE,
     1.3f,
     0,
     FACE_SKIN}, /* ears */
    {{0.0048f, -0.0315f, 0.1005f},
     {0.0062f, -0.0310f, 0.0950f},
     0.0026f,
     0.0022f,
     0.003f,
     true,
     0,
     0,
     PART_PAINT,
     FACE_PUPIL}, /* nostrils */
    {{0.022f, 0.0075f, 0.088f},
     {0.040f, 0.0085f, 0.084f},
     0.0125f,
     0.0115f,
     0.014f,
     true,
     0,
     0,
     PART_PAINT,
     FACE_SHADE}, /* about the eyes */
    {{0.0150f, 0.0392f, 0.091f},
     {0.0330f, 0.0425f, 0.086f},
     0.0042f,
     0.0046f,
     0.005f,
     true,
     0,
     0,
     PART_PAINT,
     FACE_BROW},
    {{0.0330f, 0.0425f, 0.086f},
     {0.0480f, 0.0372f, 0.074f},
     0.0046f,
     0.0026f,
     0.005f,
     true,
     0,
     0,
     PART_PAINT,
     FACE_BROW},
    {{0.043f, -0.022f, 0.076f},
     {0.045f, -0.022f, 0.074f},
     0.020f,
     0.020f,
     0.020f,
     true,
     0,
     0,
     PART_PAINT,
     FACE_BLUSH},
};

/* 0 open to 1 shut; a blink takes a fifth of a second. */
static float blink_of(const struct figure *figure)
{
    float every = 2.6f + 0.35f * (float)(figure->pose->look % 7);
    float t = figure->pose->seconds / every + 7.0f * figure->pose->phase;

    t = (t - floorf(t)) * every;
    return t < 0.20f ? sinf(3.14159f * t / 0.20f) : 0;
}

static void add_eyes(const struct figure *figure, const struct tone tones[FACE_TONES])
{
    const struct bone *head = &figure->head;
    float t = figure->pose->seconds + 9.0f * figure->pose->phase, shut = blink_of(figure);
    float look = 0.0030f * sinf(0.9f * t) + 0.0012f * sinf(2.3f * t + 1.0f);

    for (int side = -1; side <= 1; side += 2) { /* lids are of the face */
        float s = (float)side, x = s * 0.0325f, high = 0.0203f - 0.0120f * shut;
        float raised = figure_wears(figure, WEAR_SMILE) ? 0.0016f : 0;
        const struct mold lids[] = {{{x - s * 0.0150f, 0.6f * high + 0.0022f, 0.0785f},
                                     {x - s * 0.002f, high, 0.0802f},
                                     0.0050f,
                                     0.0066f,
                                     0.003f,
                                     .tone = FACE_SKIN},
                                    {{x - s * 0.002f, high, 0.0802f},
                                     {x + s * 0.0150f, 0.6f * high + 0.0030f, 0.0750f},
                                     0.0066f,
                                     0.0050f,
                                     0.003f,
                                     .tone = FACE_SKIN},
                                    {{x - 0.010f, 0.0008f + raised, 0.0785f},
                                     {x + 0.010f, 0.0008f + raised, 0.0785f},
                                     0.0056f,
                                     0.0056f,
                                     0.003f,
                                     .tone = FACE_SKIN}};

        bone_cast(head, lids, ARRAY_LEN(lids), tones);
    }
    for (int side = -1; side <= 1; side += 2) {
        float x = (float)side * 0.0325f, lash = 0.0120f * shut, z = 0.0730f - 0.007f * shut;
        const struct mold eye[] = {
            {{x, 0.0105f, z}, {x, 0.0105f, z + 0.0001f}, 0.0122f, 0.0122f, 0, .tone = FACE_WHITE},
            {{x + look, 0.0105f, 0.0850f},
             {x + look, 0.0105f, 0.0851f},
             0.0066f,
             0.0066f,
             0.0016f,
             .mode = PART_PAINT,
             .tone = FACE_IRIS},
            {{x + look, 0.0105f, 0.0862f},
             {x + look, 0.0105f, 0.0863f},
             0.0034f,
             0.0034f,
             0.0010f,
             .mode = PART_PAINT,
             .tone = FACE_PUPIL},
            {{x - 0.013f, 0.0178f - lash, 0.083f},
             {x + 0.013f, 0.0178f - lash, 0.083f},
             0.0036f,
             0.0036f,
             0.002f,
             .mode = PART_PAINT,
             .tone = FACE_PUPIL} /* lashes, and the lid's shadow */};

        body_group(figure->body);
        bone_cast(head, eye, ARRAY_LEN(eye), tones);
    }
}

/* Lips and the line between them: its ends rise with a smile, and teeth show. */
static void add_mouth(const struct figure *figure, const struct tone tones[FACE_TONES])
{
    bool glad = figure_wears(figure, WEAR_SMILE);
    float wide = glad ? 0.0228f : 0.0215f, end = glad ? -0.0490f : -0.0527f;
    float part = glad ? 0.0017f : 0;
    /* Flat ones reach through the curve of the face. */
    const struct mold mouth[] = {
        {{0.0045f, -0.0488f, 0.084f},
         {wide - 0.002f, end + 0.0012f, 0.0775f},
         0.0090f,
         0.0042f,
         0.003f,
         true,
         AXIS_UP,
         1,
         PART_PAINT,
         FACE_LIPS},
        {{0, -0.0585f - part, 0.084f},
         {wide - 0.003f, end - 0.0012f, 0.0775f},
         0.0115f,
         0.0050f,
         0.003f,
         true,
         AXIS_UP,
         1,
         PART_PAINT,
         FACE_LIPS},
        {{0, -0.0536f, 0.0855f},
         {wide, end, 0.0790f},
         0.0064f + 2.6f * part,
         0.0056f,
         0.0014f,
         true,
         AXIS_UP,
         3,
         PART_PAINT,
         glad ? FACE_TEETH : FACE_PUPIL},
    };

    bone_cast(&figure->head, mouth, ARRAY_LEN(mouth), tones);
}

/* Lines that the years leave: beside the mouth, under the eyes, across the forehead. */
static void add_lines(const struct figure *figure, const struct tone tones[FACE_TONES])
{
    static const struct mold lines[] = {
        {{0.0205f, -0.026f, 0.088f},
         {0.0300f, -0.052f, 0.074f},
         0.0018f,
         0.0014f,
         0.003f,
         .is_double = true,
         .mode = PART_PAINT,
         .tone = FACE_SHADE},
        {{0.0180f, -0.004f, 0.088f},
         {0.0410f, -0.006f, 0.076f},
         0.0016f,
         0.0012f,
         0.003f,
         .is_double = true,
         .mode = PART_PAINT,
         .tone = FACE_SHADE},
        {{0, 0.0620f, 0.078f},
         {0.0340f, 0.0640f, 0.064f},
         0.0016f,
         0.0012f,
         0.003f,
         .is_double = true,
         .mode = PART_PAINT,
         .tone = FACE_SHADE},
        {{0, 0.0730f, 0.074f},
         {0.0300f, 0.0745f, 0.062f},
         0.0015f,
         0.0012f,
         0.003f,
         .is_double = true,
         .mode = PART_PAINT,
         .tone = FACE_SHADE},
    };

    bone_cast(&figure->head, lines, ARRAY_LEN(lines), tones);
}

static void add_face(const struct figure *figure)
{
    static const float irises[][3] = {{0.09f, 0.045f, 0.02f},
                                      {0.05f, 0.12f, 0.22f},
                                      {0.05f, 0.025f, 0.015f},
                                      {0.08f, 0.13f, 0.06f}};
    const float *skin = figure->tones[TONE_SKIN].color, *hair = figure->tones[TONE_HAIR].color;
    const float *iris = irises[skin[0] < 0.3f ? 2 : figure->pose->look / 11 % 4];
    float red = figure->is_woman ? 0.50f : 0.70f, wide = figure->is_woman ? 0.020f : 0.027f;
    float dark = skin[0] < 0.25f ? 0.80f : 0.86f;
    const struct tone tones[FACE_TONES] = {
        [FACE_SKIN] = figure->tones[TONE_SKIN],
        [FACE_LIPS] = {STUFF_SKIN, {0.90f * skin[0], red * skin[1], (red + 0.06f) * skin[2]}},
        [FACE_SHADE] = {STUFF_SKIN,
                        {dark * skin[0], 0.90f * dark * skin[1], 0.90f * dark * skin[2]}},
        [FACE_TEETH] = {STUFF_GLOSS, {0.42f, 0.40f, 0.36f}},
        [FACE_WHITE] = {STUFF_GLOSS, {0.62f, 0.60f, 0.58f}},
        [FACE_IRIS] = {STUFF_GLOSS, {iris[0], iris[1], iris[2]}},
        [FACE_PUPIL] = {STUFF_SKIN, {0.25f * skin[0] * 0.3f, 0.018f, 0.015f}},
        [FACE_BROW] = {STUFF_SKIN,
                       {0.8f * hair[0] + 0.01f, 0.8f * hair[1] + 0.01f, 0.8f * hair[2] + 0.01f}},
        [FACE_BLUSH] = {STUFF_SKIN, {1.03f * skin[0], 0.93f * skin[1], 0.92f * skin[2]}}};
    const struct mold jaw = {
        {0.038f, -0.058f, 0.010f}, {0.018f, -0.088f, 0.045f}, wide, 0.7f * wide, 0.035f,
        .is_double = true,         .tone = FACE_SKIN};

    body_group(figure->body);
    bone_cast(
        &figure->neck,
        &(const struct mold){
            {0, -0.02f, -0.012f}, {0, 0.13f, 0.004f}, 0.062f, 0.053f, 0.03f, .tone = FACE_SKIN},
        1, tones);
    bone_cast(&figure->head, skull, 2, tones);
    if (!figure->is_child)
        bone_cast(&figure->head, &jaw, 1, tones);
    bone_cast(&figure->head, skull + 2, ARRAY_LEN(skull) - 2, tones);
    add_mouth(figure, tones);
    if (figure->is_old)
        add_lines(figure, tones);
    add_eyes(figure, tones);
}

/* The face and what is cut free around it, of hair or a hood. */
static const struct mold face_cuts[] = {
    {{0, -0.036f, 0.112f}, {0, -0.042f, 0.112f}, 0.100f, 0.100f, 0.026f, .mode = PART_CARVE},
    {{0, -0.026f, 0.118f}, {0, -0.046f, 0.118f}, 0.111f, 0.111f, 0.024f, .mode = PART_CARVE}};
static const struct mold short_hair[] = {
    {{0, 0.034f, -0.016f},
     {0, 0.034f, -0.015f},
     0.1015f,
     0.1015f,
     0,
     false,
     AXIS_SIDE,
     0.30f,
     0,
     0},
    {{-0.035f, 0.098f, 0.030f}, {0.030f, 0.104f, 0.022f}, 0.030f, 0.026f, 0.03f, .flat = 0},
    {{0, 0.030f, -0.020f},
     {0, -0.040f, -0.034f},
     0.099f,
     0.079f,
     0.01f,
     false,
     AXIS_SIDE,
     0.24f,
     0,
     0},
    {{0, -0.165f, 0.022f}, {0, -0.166f, 0.022f}, 0.112f, 0.112f, 0.010f, .mode = PART_CARVE},
};
static const struct mold parted_hair[] = {
    {{0, 0.036f, -0.016f}, {0, 0.036f, -0.015f}, 0.104f, 0.104f, 0, false, AXIS_SIDE, 0.28f, 0, 0},
    {{0.030f, 0.110f, 0.040f}, {-0.052f, 0.086f, 0.042f}, 0.022f, 0.026f, 0.025f, .flat = 0},
    {{0.030f, 0.115f, 0.0f}, {-0.050f, 0.095f, -0.01f}, 0.022f, 0.030f, 0.025f, .flat = 0},
    {{0, 0.030f, -0.020f},
     {0, -0.040f, -0.034f},
     0.099f,
     0.079f,
     0.01f,
     false,
     AXIS_SIDE,
     0.24f,
     0,
     0},
    {{0, -0.165f, 0.022f}, {0, -0.166f, 0.022f}, 0.112f, 0.112f, 0.010f, .mode = PART_CARVE},
};
static const struct mold long_hair[] = {
    {{0, 0.036f, -0.016f}, {0, 0.036f, -0.015f}, 0.106f, 0.106f, 0, false, AXIS_SIDE, 0.18f, 0, 0},
    {{0, 0.020f, -0.040f},
     {0, -0.215f, -0.062f},
     0.092f,
     0.072f,
     0.03f,
     false,
     AXIS_AHEAD,
     0.5f,
     0,
     0},
    {{0.070f, 0.040f, 0.004f}, {0.078f, -0.165f, 0.006f}, 0.028f, 0.024f, 0.03f, .is_double = true},
};
static const struct mold bob_hair[] = {
    {{0, 0.036f, -0.016f}, {0, 0.036f, -0.015f}, 0.107f, 0.107f, 0, false, AXIS_SIDE, 0.18f, 0, 0},
    {{0, 0.010f, -0.034f},
     {0, -0.080f, -0.040f},
     0.094f,
     0.080f,
     0.03f,
     false,
     AXIS_AHEAD,
     0.25f,
     0,
     0},
    {{0.072f, 0.040f, 0.004f}, {0.074f, -0.070f, 0.016f}, 0.028f, 0.026f, 0.03f, .is_double = true},
    {{-0.05f, 0.085f, 0.058f}, {0.05f, 0.088f, 0.056f}, 0.022f, 0.022f, 0.02f, .flat = 0},
};
static const struct mold tied_hair[] = {
    {{0, 0.034f, -0.016f},
     {0, 0.034f, -0.015f},
     0.1025f,
     0.1025f,
     0,
     false,
     AXIS_SIDE,
     0.26f,
     0,
     0},
    {{0, 0.030f, -0.020f},
     {0, -0.040f, -0.034f},
     0.099f,
     0.079f,
     0.01f,
     false,
     AXIS_SIDE,
     0.24f,
     0,
     0},
    {{0, -0.165f, 0.022f}, {0, -0.166f, 0.022f}, 0.112f, 0.112f, 0.010f, .mode = PART_CARVE},
};
static const struct mold curls[] = {
    {{0, 0.044f, -0.022f}, {0, 0.044f, -0.021f}, 0.128f, 0.128f, 0, false, AXIS_SIDE, 0.08f, 0, 0},
    {{0.072f, 0.0f, -0.03f}, {0.070f, -0.035f, -0.03f}, 0.060f, 0.05f, 0.04f, .is_double = true},
    {{0, 0.09f, 0.03f}, {0, 0.09f, 0.031f}, 0.062f, 0.062f, 0.04f, .flat = 0},
};
static const struct mold bald[] = {
    {{0, 0.012f, -0.024f}, {0, 0.010f, -0.023f}, 0.094f, 0.094f, 0, false, AXIS_SIDE, 0.16f, 0, 0},
    {{0, 0.130f, 0.020f}, {0, 0.131f, 0.0f}, 0.092f, 0.090f, 0.008f, .mode = PART_CARVE},
    {{0, 0.030f, -0.020f},
     {0, -0.040f, -0.034f},
     0.099f,
     0.079f,
     0.01f,
     false,
     AXIS_SIDE,
     0.24f,
     0,
     0},
    {{0, -0.165f, 0.022f}, {0, -0.166f, 0.022f}, 0.112f, 0.112f, 0.010f, .mode = PART_CARVE},
};
static const struct {
    const struct mold *molds;
    int count;
} styles[HAIR_STYLES] = {[HAIR_SHORT] = {short_hair, ARRAY_LEN(short_hair)},
                         [HAIR_PARTED] = {parted_hair, ARRAY_LEN(parted_hair)},
                         [HAIR_LONG] = {long_hair, ARRAY_LEN(long_hair)},
                         [HAIR_BOB] = {bob_hair, ARRAY_LEN(bob_hair)},
                         [HAIR_TAIL] = {tied_hair, ARRAY_LEN(tied_hair)},
                         [HAIR_BUN] = {tied_hair, ARRAY_LEN(tied_hair)},
                         [HAIR_CURLS] = {curls, ARRAY_LEN(curls)},
                         [HAIR_BALD] = {bald, ARRAY_LEN(bald)}};

/* A pony tail that swings against the steps, or a bun. */
static void add_tied(const struct figure *figure)
{
    const struct tone *hair = &figure->tones[TONE_HAIR];
    float swing = figure->moves ? 0.035f * sinf(TAU * figure->cycle - 0.6f) : 0;
    float back = figure->runs ? 0.05f + 0.03f * sinf(2.0f * TAU * figure->cycle) : 0;
    struct body_part *part = NULL;

    if (figure->hair == HAIR_BUN) {
        part = bone_add(&figure->head, AB(0, 0.075f, -0.105f, 0, 0.078f, -0.115f), 0.040f, 0.036f);
        part->blend = 0.008f;
        body_tint(part, hair);
        return;
    }
    part = bone_add(&figure->head, AB(0, 0.060f, -0.100f, swing, 0.0f, -0.145f - back), 0.022f,
                    0.030f);
    part->blend = 0.01f;
    body_tint(part, hair);
    part = bone_add(
        &figure->head,
        AB(swing, 0.0f, -0.145f - back, 1.9f * swing, -0.14f + back, -0.135f - 2.0f * back), 0.030f,
        0.012f);
    part->blend = 0.015f;
    body_tint(part, hair);
}

static void add_hair(const struct figure *figure)
{
    struct tone hair = figure->tones[TONE_HAIR];

    body_group(figure->body);
    bone_cast(&figure->head, styles[figure->hair].molds, styles[figure->hair].count, &hair);
    /* A higher forehead, or more of a head of curls. */
    bone_cast(&figure->head, face_cuts + (figure->is_woman && figure->hair != HAIR_CURLS ? 0 : 1),
              1, &hair);
    if (figure->hair == HAIR_TAIL || figure->hair == HAIR_BUN)
        add_tied(figure);
}

static void add_hat(const struct figure *figure)
{
    static const float felts[][3] = {{0.06f, 0.045f, 0.035f},
                                     {0.42f, 0.33f, 0.20f},
                                     {0.03f, 0.03f, 0.035f},
                                     {0.35f, 0.05f, 0.05f}};
    const struct bone *head = &figure->head;
    bool is_beanie = figure_wears(figure, WEAR_BEANIE);
    struct tone felt = {.stuff = STUFF_CLOTH};
    int first = 0;
    struct body_part *part = NULL;

    if (!is_beanie && !figure_wears(figure, WEAR_HAT))
        return;
    figure_tint(figure, TINT_HAT, felts[figure->pose->look / 13 % 4], felt.color);
    body_group(figure->body);
    first = figure->body->count;
    if (is_beanie) {
        bone_flatten(head,
                     bone_add(head, AB(0, 0.052f, -0.016f, 0, 0.060f, -0.018f), 0.110f, 0.108f),
                     AXIS_SIDE, 0.2f);
        part = bone_add(head, AB(0, -0.08f, 0.01f, 0, -0.081f, 0.01f), 0.125f, 0.125f);
        part->mode = PART_CARVE;
        part->blend = 0.006f;
        part = bone_add(head, AB(0, 0.158f, -0.02f, 0, 0.160f, -0.02f), 0.026f, 0.026f);
    } else {
        part = bone_add(head, AB(0, 0.092f, -0.012f, 0, 0.072f, -0.012f), 0.112f, 0.175f);
        part->shape = SHAPE_CAPPED;
        bone_flatten(head, part, AXIS_SIDE, 0.15f);
        part = bone_add(head, AB(0, 0.07f, -0.012f, 0, 0.165f, -0.012f), 0.103f, 0.086f);
        part->shape = SHAPE_CAPPED;
        part->blend = 0.006f;
        bone_flatten(head, part, AXIS_SIDE, 0.2f);
    }
    for (int i = first; i < figure->body->count; i++)
        body_tint(&figure->body->parts[i], &felt);
    if (!is_beanie) { /* a ribbon */
        part = bone_add(head, AB(0, 0.088f, -0.012f, 0, 0.105f, -0.012f), 0.13f, 0.13f);
        part->shape = SHAPE_CAPPED;
        part->mode = PART_PAINT;
        part->blend = 0.004f;
        bone_flatten(head, part, AXIS_SIDE, 0.1f);
        for (int k = 0; k < 3; k++)
            felt.color[k] *= 0.35f;
        body_tint(part, &felt);
    }
}

void figure_add_head(const struct figure *figure)
{
    add_face(figure);
    add_hair(figure);
    add_hat(figure);
}
