/* SPDX-License-Identifier: Apache-2.0 */
/* Heads of animals, as molds in meters of their kind: a cat's, a dog's, a horse's, a cow's. */
#include <math.h>
#include <string.h>

#include "base/macros.h"
#include "workers/diorama/body/beast.h"

enum { FACE, SNOUT, NOSE, EYE, PUPIL, INNER, PATCH, HORN, HEAD_TONES };

#define NEXT .flat = AXIS_NONE

static const struct mold cat_head[] = {
    {{0, 0, 0.002f}, {0, 0.001f, -0.006f}, 0.054f, 0.054f, 0.03f, false, AXIS_UP, 0.14f, 0, FACE},
    {{0.010f, -0.015f, 0.005f},
     {0.031f, -0.019f, 0.016f},
     0.036f,
     0.026f,
     0.02f,
     true,
     0,
     0,
     0,
     FACE},
    {{0, 0.008f, 0.030f}, {0, -0.010f, 0.052f}, 0.020f, 0.013f, 0.02f, NEXT},
    {{0.010f, -0.022f, 0.046f},
     {0.011f, -0.022f, 0.047f},
     0.0155f,
     0.0155f,
     0.010f,
     true,
     0,
     0,
     0,
     SNOUT},
    {{0, -0.034f, 0.038f}, {0, -0.035f, 0.039f}, 0.013f, 0.013f, 0.010f, NEXT, .tone = SNOUT},
    {{0.0255f, 0.010f, 0.052f},
     {0.026f, 0.010f, 0.052f},
     0.0125f,
     0.0125f,
     0.008f,
     true,
     0,
     0,
     PART_CARVE,
     FACE},
    {{0, -0.011f, 0.0625f}, {0, -0.016f, 0.0620f}, 0.0062f, 0.0040f, 0.002f, NEXT, .tone = NOSE},
    {{0, -0.019f, 0.064f},
     {0, -0.028f, 0.061f},
     0.0018f,
     0.0018f,
     0.0015f,
     .mode = PART_PAINT,
     .tone = PUPIL},
    {{0.003f, -0.030f, 0.060f},
     {0.014f, -0.033f, 0.053f},
     0.0020f,
     0.0016f,
     0.0015f,
     true,
     0,
     0,
     PART_PAINT,
     PUPIL},
};
static const struct mold cat_eyes[] = {
    {{0.0240f, 0.0085f, 0.0385f},
     {0.0245f, 0.0085f, 0.0385f},
     0.0122f,
     0.0122f,
     0,
     true,
     0,
     0,
     0,
     EYE},
    {{0.0260f, 0.002f, 0.0505f},
     {0.0260f, 0.015f, 0.0505f},
     0.0038f,
     0.0038f,
     0.001f,
     true,
     AXIS_SIDE,
     0.6f,
     PART_PAINT,
     PUPIL},
    {{0.013f, 0.0180f, 0.050f},
     {0.037f, 0.0190f, 0.043f},
     0.0036f,
     0.0036f,
     0.001f,
     true,
     0,
     0,
     PART_PAINT,
     PUPIL},
};
static const struct mold cat_lids[] = {
    {{0.014f, 0.0212f, 0.0440f},
     {0.036f, 0.0212f, 0.0375f},
     0.0050f,
     0.0050f,
     0.010f,
     true,
     0,
     0,
     0,
     FACE},
    {{0.014f, -0.0040f, 0.0470f},
     {0.036f, 0.0005f, 0.0400f},
     0.0042f,
     0.0042f,
     0.004f,
     true,
     0,
     0,
     0,
     FACE},
};
static const struct mold cat_ears[] = {
    {{0.034f, 0.032f, -0.006f},
     {0.045f, 0.084f, -0.008f},
     0.0255f,
     0.0040f,
     0.012f,
     true,
     AXIS_AHEAD,
     0.9f,
     0,
     FACE},
    {{0.036f, 0.049f, 0.0130f},
     {0.044f, 0.079f, 0.0035f},
     0.0120f,
     0.0028f,
     0.004f,
     true,
     0,
     0,
     PART_CARVE,
     FACE},
    {{0.037f, 0.055f, 0.0110f},
     {0.044f, 0.080f, 0.0020f},
     0.0135f,
     0.0036f,
     0.005f,
     true,
     0,
     0,
     PART_PAINT,
     INNER},
};
static const struct mold round_ears[] = {
    /* of large cats and bears */
    {{0.045f, 0.044f, -0.012f},
     {0.049f, 0.054f, -0.013f},
     0.021f,
     0.018f,
     0.008f,
     true,
     AXIS_AHEAD,
     0.9f,
     0,
     FACE},
    {{0.045f, 0.044f, 0.002f},
     {0.049f, 0.052f, 0.002f},
     0.0125f,
     0.011f,
     0.004f,
     true,
     AXIS_AHEAD,
     0.4f,
     PART_PAINT,
     INNER},
};
/* Of the breadth of a hair or two; cats that are small enough for them only. */
static const struct mold whiskers[] = {
    {{0.016f, -0.021f, 0.056f},
     {0.074f, -0.012f, 0.052f},
     0.0008f,
     0.0004f,
     0,
     true,
     0,
     0,
     0,
     HORN},
    {{0.016f, -0.024f, 0.055f},
     {0.072f, -0.029f, 0.050f},
     0.0008f,
     0.0004f,
     0,
     true,
     0,
     0,
     0,
     HORN},
};

static const struct mold dog_head[] = {
    {{0, 0, 0}, {0, -0.004f, 0.012f}, 0.070f, 0.066f, 0.03f, false, AXIS_SIDE, 0.14f, 0, FACE},
    {{0.030f, -0.024f, 0.018f},
     {0.028f, -0.028f, 0.030f},
     0.042f,
     0.036f,
     0.03f,
     true,
     0,
     0,
     0,
     FACE},
    {{0.026f, 0.022f, 0.040f},
     {0.020f, 0.018f, 0.048f},
     0.022f,
     0.018f,
     0.03f,
     true,
     0,
     0,
     0,
     FACE},
    {{0, -0.010f, 0.050f},
     {0, -0.026f, 0.142f},
     0.042f,
     0.029f,
     0.035f,
     false,
     AXIS_SIDE,
     0.12f,
     0,
     SNOUT},
    {{0.012f, -0.036f, 0.100f},
     {0.012f, -0.038f, 0.132f},
     0.024f,
     0.019f,
     0.015f,
     true,
     0,
     0,
     0,
     SNOUT},
    {{0, -0.052f, 0.035f},
     {0, -0.060f, 0.118f},
     0.026f,
     0.015f,
     0.012f,
     false,
     AXIS_SIDE,
     0.1f,
     0,
     SNOUT},
    {{0.041f, 0.016f, 0.068f},
     {0.042f, 0.016f, 0.068f},
     0.0125f,
     0.0125f,
     0.012f,
     true,
     0,
     0,
     PART_CARVE,
     FACE},
    {{0, -0.018f, 0.164f},
     {0, -0.024f, 0.162f},
     0.0150f,
     0.0120f,
     0.004f,
     false,
     AXIS_UP,
     0.25f,
     0,
     NOSE},
    {{0.006f, -0.053f, 0.150f},
     {0.034f, -0.047f, 0.075f},
     0.0040f,
     0.0036f,
     0.003f,
     true,
     0,
     0,
     PART_PAINT,
     PUPIL},
};
static const struct mold dog_eyes[] = {
    {{0.0345f, 0.013f, 0.0535f},
     {0.035f, 0.013f, 0.0535f},
     0.0125f,
     0.0125f,
     0,
     true,
     0,
     0,
     0,
     EYE},
    {{0.0385f, 0.013f, 0.0650f},
     {0.0386f, 0.013f, 0.0650f},
     0.0058f,
     0.0058f,
     0.002f,
     true,
     0,
     0,
     PART_PAINT,
     PUPIL},
};
static const struct mold dog_pointed[] = {
    {{0.040f, 0.040f, -0.020f},
     {0.053f, 0.118f, -0.022f},
     0.034f,
     0.006f,
     0.016f,
     true,
     AXIS_AHEAD,
     0.75f,
     0,
     FACE},
    {{0.043f, 0.078f, 0.0080f},
     {0.052f, 0.112f, -0.0060f},
     0.0140f,
     0.0040f,
     0.005f,
     true,
     0,
     0,
     PART_CARVE,
     FACE},
    {{0.043f, 0.080f, 0.0060f},
     {0.052f, 0.112f, -0.0080f},
     0.0160f,
     0.0050f,
     0.006f,
     true,
     0,
     0,
     PART_PAINT,
     INNER},
};
/* Light cheeks and brows of a dark face. */
static const struct mold dog_mask[] = {
    {{0.050f, -0.030f, 0.050f},
     {0.062f, -0.040f, -0.010f},
     0.034f,
     0.040f,
     0.014f,
     true,
     0,
     0,
     PART_PAINT,
     PATCH},
    {{0.026f, 0.036f, 0.060f},
     {0.036f, 0.038f, 0.052f},
     0.0110f,
     0.0090f,
     0.008f,
     true,
     0,
     0,
     PART_PAINT,
     PATCH},
};

static const struct mold horse_head[] = {
    {{0, 0, 0}, {0, 0.008f, 0.05f}, 0.112f, 0.100f, 0.06f, false, AXIS_SIDE, 0.28f, 0, FACE},
    {{0, 0.004f, 0.05f},
     {0, -0.030f, 0.37f},
     0.098f,
     0.062f,
     0.06f,
     false,
     AXIS_SIDE,
     0.32f,
     0,
     FACE},
    {{0, -0.080f, -0.01f},
     {0, -0.092f, 0.05f},
     0.098f,
     0.080f,
     0.08f,
     false,
     AXIS_SIDE,
     0.60f,
     0,
     FACE},
    {{0, -0.092f, 0.05f},
     {0, -0.082f, 0.32f},
     0.074f,
     0.042f,
     0.06f,
     false,
     AXIS_SIDE,
     0.45f,
     0,
     FACE},
    {{0, -0.042f, 0.385f},
     {0, -0.058f, 0.405f},
     0.066f,
     0.058f,
     0.05f,
     false,
     AXIS_SIDE,
     0.10f,
     0,
     FACE},
    {{0, -0.092f, 0.365f}, {0, -0.098f, 0.390f}, 0.036f, 0.030f, 0.03f, NEXT},
    {{0.052f, 0.045f, 0.050f},
     {0.054f, 0.040f, 0.080f},
     0.030f,
     0.024f,
     0.04f,
     true,
     0,
     0,
     0,
     FACE},
    {{0.048f, -0.030f, 0.448f},
     {0.044f, -0.048f, 0.452f},
     0.015f,
     0.013f,
     0.015f,
     true,
     0,
     0,
     PART_CARVE,
     FACE},
    {{0.048f, -0.030f, 0.440f},
     {0.044f, -0.048f, 0.444f},
     0.018f,
     0.016f,
     0.006f,
     true,
     0,
     0,
     PART_PAINT,
     PUPIL},
    {{0, -0.065f, 0.44f},
     {0, -0.070f, 0.42f},
     0.085f,
     0.085f,
     0.08f,
     .mode = PART_PAINT,
     .tone = SNOUT},
};
static const struct mold horse_eyes[] = {
    {{0.070f, 0.022f, 0.080f}, {0.071f, 0.021f, 0.086f}, 0.0285f, 0.0275f, 0, true, 0, 0, 0, EYE},
    {{0.076f, 0.047f, 0.062f},
     {0.076f, 0.042f, 0.110f},
     0.015f,
     0.012f,
     0.01f,
     true,
     0,
     0,
     0,
     FACE},
};
static const struct mold horse_ears[] = {
    {{0.046f, 0.085f, -0.045f},
     {0.056f, 0.205f, -0.030f},
     0.034f,
     0.006f,
     0.02f,
     true,
     AXIS_AHEAD,
     0.7f,
     0,
     FACE},
    {{0.048f, 0.110f, -0.016f},
     {0.055f, 0.180f, -0.014f},
     0.018f,
     0.005f,
     0.004f,
     .is_double = true,
     .mode = PART_PAINT,
     .tone = INNER},
};
static const struct mold blaze[] = {
    {{0, 0.12f, 0.04f},
     {0, 0.04f, 0.40f},
     0.045f,
     0.030f,
     0.01f,
     .mode = PART_PAINT,
     .tone = PATCH},
};

static const struct mold cow_head[] = {
    {{0, 0, 0}, {0, 0.01f, 0.06f}, 0.120f, 0.110f, 0.06f, false, AXIS_SIDE, 0.05f, 0, FACE},
    {{0, 0.0f, 0.05f},
     {0, -0.035f, 0.29f},
     0.105f,
     0.082f,
     0.06f,
     false,
     AXIS_SIDE,
     0.15f,
     0,
     FACE},
    {{0, -0.075f, 0.02f},
     {0, -0.085f, 0.26f},
     0.085f,
     0.060f,
     0.06f,
     false,
     AXIS_SIDE,
     0.25f,
     0,
     FACE},
    {{-0.030f, -0.052f, 0.335f},
     {0.030f, -0.052f, 0.335f},
     0.066f,
     0.066f,
     0.04f,
     NEXT,
     .tone = SNOUT},
    {{0.040f, -0.030f, 0.392f},
     {0.042f, -0.036f, 0.392f},
     0.015f,
     0.013f,
     0.012f,
     true,
     0,
     0,
     PART_CARVE,
     FACE},
};
static const struct mold cow_ears[] = {
    {{0.095f, 0.045f, -0.030f},
     {0.215f, 0.020f, -0.020f},
     0.042f,
     0.016f,
     0.03f,
     true,
     AXIS_AHEAD,
     1.2f,
     0,
     FACE},
};
static const struct mold cow_horns[] = {
    {{0.075f, 0.105f, -0.02f}, {0.165f, 0.135f, 0.0f}, 0.030f, 0.022f, 0.02f, true, 0, 0, 0, HORN},
    {{0.165f, 0.135f, 0.0f}, {0.190f, 0.215f, 0.03f}, 0.022f, 0.007f, 0.02f, true, 0, 0, 0, HORN},
};
static const struct mold antlers[] = {
    {{0.045f, 0.100f, -0.02f},
     {0.150f, 0.300f, -0.10f},
     0.022f,
     0.017f,
     0.01f,
     true,
     0,
     0,
     0,
     HORN},
    {{0.150f, 0.300f, -0.10f},
     {0.200f, 0.520f, -0.04f},
     0.017f,
     0.013f,
     0.01f,
     true,
     0,
     0,
     0,
     HORN},
    {{0.200f, 0.520f, -0.04f}, {0.150f, 0.660f, 0.05f}, 0.013f, 0.005f, 0.01f, true, 0, 0, 0, HORN},
    {{0.075f, 0.160f, -0.05f}, {0.110f, 0.270f, 0.09f}, 0.015f, 0.005f, 0.01f, true, 0, 0, 0, HORN},
    {{0.160f, 0.330f, -0.10f}, {0.260f, 0.450f, 0.01f}, 0.015f, 0.005f, 0.01f, true, 0, 0, 0, HORN},
    {{0.195f, 0.490f, -0.05f},
     {0.290f, 0.600f, -0.10f},
     0.012f,
     0.005f,
     0.01f,
     true,
     0,
     0,
     0,
     HORN},
};
static const struct mold elephant_head[] = {
    {{0, 0.02f, 0}, {0, -0.02f, 0.05f}, 0.26f, 0.23f, 0.08f, false, AXIS_SIDE, 0.15f, 0, FACE},
    {{0.07f, 0.17f, -0.02f}, {0.07f, 0.16f, 0.02f}, 0.12f, 0.12f, 0.10f, true, 0, 0, 0, FACE},
    {{0, -0.18f, 0.02f}, {0, -0.26f, 0.12f}, 0.15f, 0.07f, 0.10f, false, AXIS_SIDE, 0.2f, 0, FACE},
    {{0.13f, -0.12f, 0.16f}, {0.16f, -0.36f, 0.38f}, 0.036f, 0.030f, 0.02f, true, 0, 0, 0, HORN},
    {{0.16f, -0.36f, 0.38f}, {0.15f, -0.38f, 0.62f}, 0.030f, 0.012f, 0.02f, true, 0, 0, 0, HORN},
};
static const struct mold elephant_eyes[] = {
    {{0.205f, 0.005f, 0.15f}, {0.206f, 0.005f, 0.152f}, 0.018f, 0.018f, 0, true, 0, 0, 0, EYE},
};

#undef NEXT

static void cast(const struct bone *head, const struct mold *molds, size_t count,
                 const struct tone *tones)
{
    bone_cast(head, molds, (int)count, tones);
}

/* A dog's that hang, and fly as it runs. */
static void add_hanging_ears(const struct bone *head, const struct body_pose *pose,
                             const struct tone *tones)
{
    float flap = pose->action == ACTION_RUN ? 0.5f + 0.5f * sinf(15.0f * pose->seconds) : 0;

    for (int side = -1; side <= 1; side += 2) {
        float s = (float)side;
        struct body_part *part =
            bone_add(head,
                     (const float[]){s * 0.056f, 0.034f, -0.016f, s * (0.082f + 0.045f * flap),
                                     -0.062f + 0.09f * flap, -0.012f - 0.03f * flap},
                     0.025f, 0.033f);

        bone_flatten(head, part, AXIS_SIDE, 2.0f);
        part->blend = 0.012f * head->scale;
        body_tint(part, &tones[INNER]);
    }
}

static void add_tongue(const struct bone *head, const struct body_pose *pose)
{
    static const struct tone pink = {STUFF_GLOSS, {0.42f, 0.13f, 0.13f}};
    float swing = 0.006f * sinf(9.0f * pose->seconds);
    struct body_part *part =
        bone_add(head, (const float[]){0.004f, -0.056f, 0.110f, 0.012f + swing, -0.092f, 0.138f},
                 0.016f, 0.015f);

    bone_flatten(head, part, AXIS_UP, 1.4f);
    part->blend = 0.004f;
    body_tint(part, &pink);
}

/* Hair all around a lion's face. */
static void add_mane(const struct bone *head, const struct tone *tone)
{
    body_group(head->body);
    for (int i = 0; i < 9; i++) {
        float angle = 6.2831853f * ((float)i + 0.5f) / 9.0f, x = sinf(angle), y = cosf(angle);
        struct body_part *part = bone_add(head,
                                          (const float[]){0.045f * x, 0.045f * y - 0.01f, -0.015f,
                                                          0.072f * x, 0.074f * y - 0.03f, -0.040f},
                                          0.042f, 0.034f);

        part->blend = 0.02f * head->scale;
        body_tint(part, tone);
    }
    body_tint(bone_add(head, (const float[]){0, -0.06f, -0.05f, 0, -0.10f, -0.10f}, 0.075f, 0.085f),
              tone);
    body_group(head->body);
}

/* An elephant's: trunk and ears. */
static void add_trunk(const struct bone *head, const struct body_pose *pose,
                      const struct tone *tones)
{
    float t = pose->seconds, at[3] = {0, -0.06f, 0.20f}, angle = -0.75f, r = 0.125f;

    for (int i = 0; i < 7; i++) {
        float next[3], thin = r * 0.86f, long_m = 0.21f;

        angle += i < 2 ? -0.33f : (i > 4 ? 0.42f : 0.0f) + 0.08f * sinf(0.9f * t + 0.6f * (float)i);
        next[0] = at[0] + 0.035f * sinf(0.7f * t + 0.5f * (float)i);
        next[1] = at[1] + long_m * sinf(angle);
        next[2] = at[2] + long_m * cosf(angle);
        body_tint(bone_add(head, (const float[]){at[0], at[1], at[2], next[0], next[1], next[2]}, r,
                           thin),
                  &tones[FACE]);
        head->body->parts[head->body->count - 1].blend = 0.06f * head->scale;
        memcpy(at, next, sizeof(at));
        r = thin;
    }
    for (int side = -1; side <= 1; side += 2) {
        float s = (float)side, flap = 0.10f + 0.09f * sinf(1.1f * t);
        struct body_part *part = bone_add(
            head, (const float[]){s * 0.26f, 0.08f, -0.05f, s * (0.40f + flap), -0.14f, -0.22f},
            0.20f, 0.24f);

        bone_flatten(head, part, AXIS_AHEAD, 5.5f);
        part->blend = 0.04f * head->scale;
        body_tint(part, &tones[FACE]);
    }
}

static void find_tones(const struct build *build, const struct coat *coat, struct tone *tones)
{
    static const float eyes[][3] = {{0.19f, 0.21f, 0.035f},
                                    {0.055f, 0.028f, 0.014f},
                                    {0.03f, 0.018f, 0.012f},
                                    {0.03f, 0.018f, 0.012f},
                                    {0.05f, 0.03f, 0.02f}};
    bool light = coat->pattern == PATTERN_MASK || coat->pattern == PATTERN_SADDLE;
    bool dark_ears = coat->pattern == PATTERN_SADDLE || build->kind == HEAD_DOG;

    for (int i = 0; i < HEAD_TONES; i++)
        tones[i] = (struct tone){STUFF_FUR, {0.02f, 0.018f, 0.017f}};
    memcpy(tones[FACE].color, coat->face, sizeof(coat->face));
    memcpy(tones[SNOUT].color, coat->face, sizeof(coat->face));
    if (light || build->kind == HEAD_CAT)
        memcpy(tones[SNOUT].color, coat->belly, sizeof(coat->belly));
    if (build->kind == HEAD_HORSE)
        for (int k = 0; k < 3; k++)
            tones[SNOUT].color[k] = 0.45f * coat->face[k] + 0.01f;
    if (build->kind == HEAD_COW)
        memcpy(tones[SNOUT].color, (const float[]){0.36f, 0.23f, 0.19f}, sizeof(coat->face));
    memcpy(tones[PATCH].color, coat->patch, sizeof(coat->patch));
    memcpy(tones[EYE].color, eyes[build->kind], sizeof(eyes[0]));
    tones[EYE].stuff = tones[NOSE].stuff = tones[HORN].stuff = STUFF_GLOSS;
    tones[PUPIL].stuff = STUFF_SKIN;
    if (build->kind == HEAD_CAT)
        memcpy(tones[NOSE].color, (const float[]){0.34f, 0.14f, 0.13f}, sizeof(coat->face));
    for (int k = 0; k < 3; k++)
        tones[INNER].color[k] = dark_ears ? 0.6f * coat->face[k] : 0.5f * coat->face[k] + 0.10f;
    memcpy(tones[HORN].color, (const float[]){0.34f, 0.28f, 0.20f}, sizeof(coat->face));
}

static void add_cat(const struct bone *head, const struct build *build, const struct tone *tones)
{
    bool is_large = build->extras & BEAST_ROUND_EARS;

    if (build->extras & BEAST_MANE)
        add_mane(head, &tones[PATCH]);
    cast(head, cat_head, ARRAY_LEN(cat_head), tones);
    cast(head, cat_lids, ARRAY_LEN(cat_lids), tones);
    if (is_large)
        cast(head, round_ears, ARRAY_LEN(round_ears), tones);
    else
        cast(head, cat_ears, ARRAY_LEN(cat_ears), tones);
    body_group(head->body);
    cast(head, cat_eyes, ARRAY_LEN(cat_eyes), tones);
    if (!is_large)
        cast(head, whiskers, ARRAY_LEN(whiskers), tones);
}

static void add_dog(const struct bone *head, const struct build *build, const struct coat *coat,
                    const struct body_pose *pose, const struct tone *tones)
{
    bool is_masked = build->extras & BEAST_POINTED && coat->pattern == PATTERN_MASK;

    cast(head, dog_head, ARRAY_LEN(dog_head), tones);
    if (build->extras & BEAST_POINTED)
        cast(head, dog_pointed, ARRAY_LEN(dog_pointed), tones);
    else if (build->extras & BEAST_ROUND_EARS)
        cast(head, round_ears, ARRAY_LEN(round_ears), tones);
    if (is_masked)
        cast(head, dog_mask, ARRAY_LEN(dog_mask), tones);
    if (!(build->extras & (BEAST_POINTED | BEAST_ROUND_EARS))) {
        body_group(head->body);
        add_hanging_ears(head, pose, tones);
    }
    body_group(head->body);
    cast(head, dog_eyes, ARRAY_LEN(dog_eyes), tones);
    if (build->extras & BEAST_WAGS)
        add_tongue(head, pose);
}

static void add_hoofed(const struct bone *head, const struct build *build, const struct coat *coat,
                       const struct tone *tones)
{
    bool is_cow = build->kind == HEAD_COW;

    if (is_cow)
        cast(head, cow_head, ARRAY_LEN(cow_head), tones);
    else
        cast(head, horse_head, ARRAY_LEN(horse_head), tones);
    if (coat->pattern == PATTERN_MASK || coat->pattern == PATTERN_SPOTS)
        cast(head, blaze, ARRAY_LEN(blaze), tones);
    if (is_cow || build->extras & BEAST_ANTLERS)
        cast(head, cow_ears, ARRAY_LEN(cow_ears), tones);
    else
        cast(head, horse_ears, ARRAY_LEN(horse_ears), tones);
    body_group(head->body);
    cast(head, horse_eyes, ARRAY_LEN(horse_eyes), tones);
    body_group(head->body);
    if (build->extras & BEAST_HORNS)
        cast(head, cow_horns, ARRAY_LEN(cow_horns), tones);
    if (build->extras & BEAST_ANTLERS)
        cast(head, antlers, ARRAY_LEN(antlers), tones);
}

void beast_add_head(const struct bone *head, const struct build *build, const struct coat *coat,
                    const struct body_pose *pose)
{
    struct tone tones[HEAD_TONES];

    find_tones(build, coat, tones);
    switch (build->kind) {
    case HEAD_CAT:
        add_cat(head, build, tones);
        break;
    case HEAD_DOG:
        add_dog(head, build, coat, pose, tones);
        break;
    case HEAD_HORSE:
    case HEAD_COW:
        add_hoofed(head, build, coat, tones);
        break;
    case HEAD_ELEPHANT:
        tones[FACE].stuff = STUFF_CLOTH;
        cast(head, elephant_head, ARRAY_LEN(elephant_head), tones);
        add_trunk(head, pose, tones);
        body_group(head->body);
        cast(head, elephant_eyes, ARRAY_LEN(elephant_eyes), tones);
        break;
    }
}
