/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/body/beast.h"

#include <math.h>
#include <string.h>

#include "base/macros.h"

static const struct build cat = {.height = 0.292f,
                                 .body = 0.29f,
                                 .chest = 0.070f,
                                 .waist = 0.059f,
                                 .hip = 0.065f,
                                 .narrow = 0.18f,
                                 .thigh = 0.036f,
                                 .shin = 0.0165f,
                                 .foot = 0.0195f,
                                 .spread = 0.042f,
                                 .neck = 0.085f,
                                 .neck_up = 0.80f,
                                 .neck_low = 0.054f,
                                 .neck_top = 0.038f,
                                 .head = 1.0f,
                                 .drop = 0.10f,
                                 .tail = 0.30f,
                                 .tail_r = 0.0165f,
                                 .tail_up = 0.55f,
                                 .curl = 0.9f,
                                 .flex = 1,
                                 .hair = 0.006f,
                                 .kind = HEAD_CAT};
static const struct build dog = {.height = 0.575f,
                                 .body = 0.50f,
                                 .chest = 0.140f,
                                 .waist = 0.098f,
                                 .hip = 0.112f,
                                 .narrow = 0.38f,
                                 .thigh = 0.068f,
                                 .shin = 0.026f,
                                 .foot = 0.034f,
                                 .spread = 0.080f,
                                 .neck = 0.215f,
                                 .neck_up = 1.05f,
                                 .neck_low = 0.092f,
                                 .neck_top = 0.066f,
                                 .head = 1.0f,
                                 .drop = 0.22f,
                                 .tail = 0.36f,
                                 .tail_r = 0.026f,
                                 .tail_up = 0.55f,
                                 .curl = 0.55f,
                                 .flex = 0.62f,
                                 .hair = 0.009f,
                                 .kind = HEAD_DOG,
                                 .extras = BEAST_WAGS};
static const struct build horse = {.height = 1.58f,
                                   .body = 0.86f,
                                   .chest = 0.312f,
                                   .waist = 0.276f,
                                   .hip = 0.292f,
                                   .narrow = 0.34f,
                                   .thigh = 0.168f,
                                   .shin = 0.052f,
                                   .foot = 0.066f,
                                   .spread = 0.165f,
                                   .neck = 0.80f,
                                   .neck_up = 1.15f,
                                   .neck_low = 0.235f,
                                   .neck_top = 0.128f,
                                   .head = 1.10f,
                                   .drop = 0.82f,
                                   .tail = 0.82f,
                                   .tail_r = 0.055f,
                                   .tail_up = -0.75f,
                                   .curl = -0.55f,
                                   .flex = 0.30f,
                                   .hair = 0.004f,
                                   .kind = HEAD_HORSE,
                                   .extras = BEAST_HOOVES | BEAST_CREST};

/* How a form differs from its kind: 0 leaves a measure as it is, scales are factors. */
static const struct variant {
    enum subject_form form;
    float scale; /* of all */
    float legs, body, stout,
        narrow;                /* factors: leg length, trunk length, its radii, its flatness */
    float neck, neck_up, head; /* factors; neck_up is set */
    float tail, tail_r, tail_up, curl;
    float hair;
    unsigned set, cleared;
    int head_kind; /* plus 1 */
} variants[] = {
    {FORM_BEAGLE, 0.68f, 0.92f, 1.05f, 1.06f, 0, 0.9f, 0, 1.12f, 0.9f, 0.8f, 1.0f, 0.5f, 0, 0, 0,
     0},
    {FORM_HUSKY, 1.0f, 0, 0, 1.08f, 0, 0.9f, 0, 1.05f, 1.1f, 2.0f, 1.1f, 2.6f, 0.016f,
     BEAST_POINTED | BEAST_BUSH, 0, 0},
    {FORM_CORGI, 0.72f, 0.58f, 1.18f, 1.12f, 0, 0.9f, 0, 1.28f, 0.35f, 1.4f, 0.3f, 0, 0.012f,
     BEAST_POINTED, 0, 0},
    {FORM_RETRIEVER, 1.0f, 0, 0, 1.05f, 0, 0, 0, 1.06f, 1.1f, 1.6f, 0.15f, 0.5f, 0.018f, BEAST_BUSH,
     0, 0},
    {FORM_SHEPHERD, 1.05f, 0, 1.06f, 0, 0, 0, 0, 1.02f, 1.1f, 1.6f, -0.7f, 0.4f, 0.014f,
     BEAST_POINTED | BEAST_BUSH, 0, 0},
    {FORM_WOLF, 1.15f, 1.05f, 1.05f, 0, 0, 0, 0.45f, 1.06f, 1.05f, 2.0f, -0.85f, 0.3f, 0.018f,
     BEAST_POINTED | BEAST_BUSH, BEAST_WAGS, 0},
    {FORM_FOX, 0.66f, 0.95f, 1.10f, 0.86f, 0, 0.9f, 0.6f, 1.02f, 1.45f, 2.6f, -0.35f, 0.35f, 0.016f,
     BEAST_POINTED | BEAST_BUSH, BEAST_WAGS, 0},
    {FORM_BEAR, 1.75f, 0.76f, 0.98f, 1.55f, 0.55f, 0.55f, 0.35f, 1.25f, 0.15f, 1.6f, -0.6f, 0,
     0.022f, BEAST_ROUND_EARS, BEAST_WAGS, 0},
    {FORM_LION, 3.1f, 0, 1.05f, 1.08f, 0, 0.9f, 0.55f, 0.86f, 0, 0.8f, -0.5f, 0.9f, 0.008f,
     BEAST_MANE | BEAST_TUFT | BEAST_ROUND_EARS, 0, 0},
    {FORM_TIGER, 3.1f, 0, 1.10f, 1.10f, 0, 0.9f, 0.45f, 0.84f, 0, 0.9f, -0.5f, 1.1f, 0.007f,
     BEAST_ROUND_EARS, 0, 0},
    {FORM_DEER, 0.68f, 1.10f, 0.98f, 0.80f, 0, 0.95f, 1.5f, 0.92f, 0.16f, 1.3f, 0.4f, 0, 0.008f,
     BEAST_ANTLERS, BEAST_CREST, 0},
    {FORM_COW, 0.92f, 0.84f, 1.36f, 1.16f, 0.8f, 0.62f, 0.30f, 1.02f, 1.0f, 0.5f, -1.3f, -0.2f,
     0.006f, BEAST_HORNS | BEAST_TUFT, BEAST_CREST, HEAD_COW + 1},
    {FORM_SHEEP, 0.50f, 0.74f, 1.10f, 1.36f, 0.4f, 0.50f, 0.75f, 0.94f, 0.3f, 2.0f, -1.2f, 0,
     0.030f, BEAST_WOOL, BEAST_CREST, HEAD_COW + 1},
    {FORM_ZEBRA, 0.85f, 0.95f, 1.0f, 1.04f, 0, 0.88f, 1.0f, 1.0f, 0.7f, 0.5f, -1.2f, -0.2f, 0.004f,
     BEAST_TUFT | BEAST_UPRIGHT_CREST, BEAST_CREST, 0},
    {FORM_ELEPHANT, 1.85f, 0.86f, 1.14f, 1.42f, 0.45f, 0.32f, 0.5f, 1.0f, 0.8f, 0.55f, -1.2f, -0.2f,
     0.002f, BEAST_TUFT, BEAST_CREST | BEAST_HOOVES, HEAD_ELEPHANT + 1},
};

static void times(float *measure, float factor)
{
    if (factor > 0)
        *measure *= factor;
}

static void vary(struct build *build, const struct variant *variant)
{
    float legs = build->height - 1.7f * build->chest;
    float *const sizes[] = {&build->height,   &build->body,     &build->chest, &build->waist,
                            &build->hip,      &build->thigh,    &build->shin,  &build->foot,
                            &build->spread,   &build->neck,     &build->tail,  &build->tail_r,
                            &build->neck_low, &build->neck_top, &build->head};

    times(&build->body, variant->body);
    times(&build->chest, variant->stout);
    times(&build->waist, variant->stout);
    times(&build->hip, variant->stout);
    times(&build->spread, variant->stout);
    times(&build->neck_low, variant->stout);
    times(&legs, variant->legs);
    build->height = legs + 1.7f * build->chest;
    times(&build->narrow, variant->narrow);
    times(&build->neck, variant->neck);
    times(&build->head, variant->head);
    times(&build->tail, variant->tail);
    times(&build->tail_r, variant->tail_r);
    if (variant->neck_up > 0)
        build->neck_up = variant->neck_up;
    build->tail_up = variant->tail_up;
    build->curl = variant->curl;
    if (variant->hair > 0)
        build->hair = variant->hair;
    build->extras = (build->extras | variant->set) & ~variant->cleared;
    if (variant->head_kind)
        build->kind = (enum beast_head)(variant->head_kind - 1);
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
        *sizes[i] *= variant->scale;
}

void beast_build(enum subject_kind kind, enum subject_form form, struct build *build)
{
    *build = kind == SUBJECT_CAT ? cat : kind == SUBJECT_DOG ? dog : horse;
    for (size_t i = 0; i < ARRAY_LEN(variants); i++)
        if (form != FORM_USUAL && variants[i].form == form)
            vary(build, &variants[i]);
    if (form == FORM_ELEPHANT) { /* columns */
        build->shin *= 2.3f;
        build->foot *= 2.1f;
        build->thigh *= 1.15f;
    }
    if (form == FORM_BEAR) {
        build->shin *= 1.6f;
        build->foot *= 1.5f;
    }
    if (form == FORM_COW)
        build->drop = 0.6f;
}

float body_scale(enum subject_form form)
{
    for (size_t i = 0; i < ARRAY_LEN(variants); i++)
        if (form != FORM_USUAL && variants[i].form == form)
            return variants[i].scale;
    return form == FORM_GIRL || form == FORM_BOY || form == FORM_CHILD ? 0.75f : 1.0f;
}

#define WHITE                                                                                      \
    {                                                                                              \
        0.60f, 0.57f, 0.52f                                                                        \
    }
#define BLACK                                                                                      \
    {                                                                                              \
        0.022f, 0.020f, 0.019f                                                                     \
    }

/* Of each kind: back, belly, legs, face, patches. */
static const struct coat coats[3][5] = {
    {{{0.46f, 0.19f, 0.05f},
      {0.62f, 0.47f, 0.32f},
      {0.46f, 0.19f, 0.05f},
      {0.46f, 0.19f, 0.05f},
      WHITE,
      0.75f,
      PATTERN_NONE},
     {{0.20f, 0.17f, 0.14f},
      {0.42f, 0.37f, 0.31f},
      {0.20f, 0.17f, 0.14f},
      {0.20f, 0.17f, 0.14f},
      WHITE,
      0.9f,
      PATTERN_NONE},
     {BLACK, {0.04f, 0.036f, 0.034f}, BLACK, BLACK, BLACK, 0, PATTERN_NONE},
     {WHITE, {0.66f, 0.64f, 0.60f}, WHITE, WHITE, {0.46f, 0.19f, 0.05f}, 0.1f, PATTERN_NONE},
     {{0.16f, 0.165f, 0.18f},
      {0.56f, 0.54f, 0.51f},
      {0.52f, 0.5f, 0.47f},
      {0.16f, 0.165f, 0.18f},
      WHITE,
      0.3f,
      PATTERN_NONE}},
    {{{0.43f, 0.25f, 0.09f},
      {0.56f, 0.42f, 0.25f},
      {0.43f, 0.25f, 0.09f},
      {0.40f, 0.23f, 0.08f},
      WHITE,
      0,
      PATTERN_NONE},
     {{0.10f, 0.055f, 0.03f},
      {0.24f, 0.15f, 0.08f},
      {0.13f, 0.075f, 0.04f},
      {0.12f, 0.07f, 0.04f},
      WHITE,
      0,
      PATTERN_NONE},
     {BLACK, {0.05f, 0.04f, 0.035f}, BLACK, BLACK, BLACK, 0, PATTERN_NONE},
     {{0.56f, 0.50f, 0.41f},
      {0.62f, 0.58f, 0.51f},
      {0.56f, 0.50f, 0.41f},
      {0.54f, 0.48f, 0.39f},
      WHITE,
      0,
      PATTERN_NONE},
     {{0.30f, 0.14f, 0.055f}, WHITE, WHITE, {0.30f, 0.14f, 0.055f}, BLACK, 0, PATTERN_SADDLE}},
    {{{0.20f, 0.085f, 0.035f},
      {0.15f, 0.065f, 0.03f},
      {0.05f, 0.03f, 0.02f},
      {0.19f, 0.08f, 0.035f},
      WHITE,
      0,
      PATTERN_NONE},
     {{0.08f, 0.042f, 0.024f},
      {0.06f, 0.032f, 0.02f},
      {0.04f, 0.024f, 0.016f},
      {0.08f, 0.042f, 0.024f},
      WHITE,
      0,
      PATTERN_MASK},
     {{0.50f, 0.48f, 0.45f},
      {0.42f, 0.40f, 0.38f},
      {0.36f, 0.345f, 0.33f},
      {0.50f, 0.48f, 0.45f},
      WHITE,
      0,
      PATTERN_NONE},
     {{0.028f, 0.024f, 0.022f},
      {0.024f, 0.02f, 0.018f},
      {0.028f, 0.024f, 0.022f},
      {0.028f, 0.024f, 0.022f},
      WHITE,
      0,
      PATTERN_MASK},
     {{0.34f, 0.18f, 0.07f},
      {0.26f, 0.14f, 0.06f},
      {0.30f, 0.16f, 0.065f},
      {0.34f, 0.18f, 0.07f},
      WHITE,
      0,
      PATTERN_MASK}},
};

static const struct {
    enum subject_form form;
    struct coat coat;
} forms[] = {
    {FORM_BEAGLE,
     {{0.36f, 0.17f, 0.06f}, WHITE, WHITE, {0.38f, 0.18f, 0.065f}, BLACK, 0, PATTERN_SADDLE}},
    {FORM_HUSKY,
     {{0.075f, 0.078f, 0.085f}, WHITE, WHITE, {0.085f, 0.088f, 0.095f}, WHITE, 0, PATTERN_MASK}},
    {FORM_CORGI,
     {{0.46f, 0.22f, 0.07f}, WHITE, WHITE, {0.46f, 0.22f, 0.07f}, WHITE, 0, PATTERN_MASK}},
    {FORM_RETRIEVER,
     {{0.46f, 0.27f, 0.10f},
      {0.58f, 0.42f, 0.22f},
      {0.52f, 0.33f, 0.14f},
      {0.48f, 0.30f, 0.12f},
      WHITE,
      0,
      PATTERN_NONE}},
    {FORM_SHEPHERD,
     {{0.30f, 0.16f, 0.06f},
      {0.34f, 0.20f, 0.09f},
      {0.34f, 0.19f, 0.08f},
      {0.24f, 0.13f, 0.055f},
      BLACK,
      0,
      PATTERN_SADDLE}},
    {FORM_WOLF,
     {{0.15f, 0.145f, 0.14f},
      {0.44f, 0.41f, 0.36f},
      {0.32f, 0.28f, 0.23f},
      {0.20f, 0.185f, 0.17f},
      WHITE,
      0.25f,
      PATTERN_MASK}},
    {FORM_FOX,
     {{0.46f, 0.165f, 0.035f},
      WHITE,
      {0.05f, 0.03f, 0.022f},
      {0.46f, 0.165f, 0.035f},
      WHITE,
      0,
      PATTERN_MASK}},
    {FORM_BEAR,
     {{0.085f, 0.048f, 0.026f},
      {0.06f, 0.034f, 0.02f},
      {0.055f, 0.032f, 0.02f},
      {0.10f, 0.058f, 0.032f},
      WHITE,
      0,
      PATTERN_NONE}},
    {FORM_LION,
     {{0.42f, 0.27f, 0.12f},
      {0.54f, 0.43f, 0.28f},
      {0.44f, 0.29f, 0.14f},
      {0.42f, 0.27f, 0.13f},
      {0.16f, 0.075f, 0.03f},
      0,
      PATTERN_NONE}},
    {FORM_TIGER,
     {{0.50f, 0.21f, 0.04f},
      WHITE,
      {0.50f, 0.23f, 0.06f},
      {0.50f, 0.22f, 0.05f},
      WHITE,
      1.55f,
      PATTERN_NONE}},
    {FORM_DEER,
     {{0.27f, 0.135f, 0.055f},
      {0.50f, 0.42f, 0.32f},
      {0.24f, 0.13f, 0.06f},
      {0.26f, 0.13f, 0.055f},
      WHITE,
      0,
      PATTERN_NONE}},
    {FORM_COW,
     {WHITE, WHITE, {0.52f, 0.49f, 0.45f}, {0.06f, 0.05f, 0.045f}, BLACK, 0, PATTERN_SPOTS}},
    {FORM_SHEEP,
     {{0.56f, 0.53f, 0.46f},
      {0.46f, 0.43f, 0.37f},
      {0.05f, 0.045f, 0.04f},
      {0.05f, 0.045f, 0.04f},
      WHITE,
      0,
      PATTERN_NONE}},
    {FORM_ZEBRA,
     {{0.58f, 0.56f, 0.52f},
      WHITE,
      {0.56f, 0.54f, 0.50f},
      {0.56f, 0.54f, 0.50f},
      WHITE,
      1.62f,
      PATTERN_NONE}},
    {FORM_ELEPHANT,
     {{0.15f, 0.14f, 0.135f},
      {0.13f, 0.12f, 0.115f},
      {0.14f, 0.13f, 0.125f},
      {0.155f, 0.145f, 0.14f},
      WHITE,
      0,
      PATTERN_NONE}},
};

static void color_coat(struct coat *coat, enum subject_kind kind, const float color[3])
{
    /* Dark ones are dark all over, and ginger cats striped. */
    float light = fminf(5.0f * (color[0] + color[1] + color[2]) / 3.0f, 1);

    if (kind == SUBJECT_CAT && color[0] > 0.2f && color[0] > 1.6f * color[1])
        coat->stripes = 0.75f;
    for (int k = 0; k < 3; k++) {
        coat->back[k] = coat->face[k] = coat->legs[k] = color[k];
        coat->belly[k] = (1.15f - 0.55f * light) * color[k] + 0.4f * light * coat->belly[k];
    }
    coat->pattern = PATTERN_NONE;
}

void beast_coat(enum subject_kind kind, const struct body_pose *pose, struct coat *coat)
{
    int row = kind == SUBJECT_CAT ? 0 : kind == SUBJECT_DOG ? 1 : 2;
    enum subject_form form = pose->subject ? pose->subject->form : FORM_USUAL;

    /* The first coat is the one that comes to mind: half of all have it. */
    *coat = coats[row][pose->look % 2 ? 0 : pose->look / 2 % 5];
    for (size_t i = 0; i < ARRAY_LEN(forms); i++)
        if (form != FORM_USUAL && forms[i].form == form)
            *coat = forms[i].coat;
    if (pose->subject && pose->subject->is_colored)
        color_coat(coat, kind, pose->subject->color);
}
