/* SPDX-License-Identifier: Apache-2.0 */
/* Who people are and what they wear: trunk, coats, skirts, scarfs, backpacks, umbrellas. */
#include <math.h>
#include <string.h>

#include "base/macros.h"
#include "workers/diorama/body/person_impl.h"
#include "workers/diorama/noise.h"

static const float skins[][3] = {{0.43f, 0.265f, 0.19f},
                                 {0.31f, 0.175f, 0.115f},
                                 {0.15f, 0.078f, 0.048f},
                                 {0.47f, 0.31f, 0.235f}};
static const float hairs[][3] = {{0.020f, 0.014f, 0.011f}, {0.070f, 0.034f, 0.016f},
                                 {0.30f, 0.19f, 0.075f},   {0.012f, 0.011f, 0.011f},
                                 {0.15f, 0.055f, 0.020f},  {0.045f, 0.024f, 0.013f}};
static const float silver[3] = {0.38f, 0.38f, 0.385f};
static const float tops[][3] = {
    {0.05f, 0.06f, 0.09f}, {0.34f, 0.25f, 0.15f}, {0.30f, 0.04f, 0.035f}, {0.07f, 0.11f, 0.20f},
    {0.46f, 0.44f, 0.40f}, {0.09f, 0.13f, 0.08f}, {0.52f, 0.37f, 0.08f},  {0.12f, 0.12f, 0.13f},
    {0.36f, 0.16f, 0.17f}, {0.10f, 0.22f, 0.24f}, {0.20f, 0.09f, 0.05f},  {0.24f, 0.26f, 0.29f}};
static const float legs[][3] = {{0.045f, 0.065f, 0.13f}, {0.03f, 0.03f, 0.034f},
                                {0.20f, 0.16f, 0.11f},   {0.10f, 0.10f, 0.105f},
                                {0.07f, 0.10f, 0.18f},   {0.06f, 0.055f, 0.045f}};
static const float shirts[][3] = {
    {0.62f, 0.61f, 0.58f}, {0.32f, 0.42f, 0.55f}, {0.10f, 0.10f, 0.11f}};
static const float shoes[][3] = {
    {0.022f, 0.020f, 0.019f}, {0.10f, 0.055f, 0.03f}, {0.50f, 0.49f, 0.47f}};

bool figure_wears(const struct figure *figure, enum subject_wear wear)
{
    return (figure->wears & wear) != 0;
}

void figure_tint(const struct figure *figure, enum subject_tint tint, const float picked[3],
                 float color[3])
{
    const struct subject *subject = figure->pose->subject;
    bool is_named = subject && subject->tinted >> tint & 1;

    memcpy(color, is_named ? subject->tints[tint] : picked, 3 * sizeof(float));
}

/* By the words or the dice; nobody wears two of them. */
static enum outfit outfit_of(const struct figure *figure, unsigned dice)
{
    static const struct {
        enum subject_wear wear;
        enum outfit outfit;
    } named[] = {{WEAR_DRESS, OUTFIT_DRESS},   {WEAR_COAT, OUTFIT_COAT},
                 {WEAR_SUIT, OUTFIT_SUIT},     {WEAR_SKIRT, OUTFIT_SKIRT},
                 {WEAR_JACKET, OUTFIT_JACKET}, {WEAR_SHIRT, OUTFIT_SHIRT}};
    static const enum outfit women[] = {OUTFIT_COAT,  OUTFIT_DRESS, OUTFIT_JACKET,
                                        OUTFIT_SKIRT, OUTFIT_DRESS, OUTFIT_SHIRT};
    static const enum outfit men[] = {OUTFIT_JACKET, OUTFIT_COAT,  OUTFIT_SUIT,
                                      OUTFIT_JACKET, OUTFIT_SHIRT, OUTFIT_JACKET};
    enum outfit outfit = (figure->is_woman ? women : men)[dice % 6];

    for (size_t i = 0; i < ARRAY_LEN(named); i++)
        if (figure_wears(figure, named[i].wear))
            return named[i].outfit;
    if (figure->is_child && (outfit == OUTFIT_SUIT || outfit == OUTFIT_COAT))
        outfit = OUTFIT_JACKET;
    if (figure->pose->is_cold && outfit != OUTFIT_SUIT)
        outfit = dice % 3 ? OUTFIT_COAT : OUTFIT_JACKET;
    return outfit;
}

static enum hair_style hair_of(const struct figure *figure, unsigned dice)
{
    static const enum hair_style women[] = {HAIR_LONG, HAIR_BOB, HAIR_TAIL,
                                            HAIR_LONG, HAIR_BUN, HAIR_CURLS};
    static const enum hair_style men[] = {HAIR_SHORT,  HAIR_PARTED, HAIR_SHORT,
                                          HAIR_PARTED, HAIR_SHORT,  HAIR_CURLS};

    if (figure_wears(figure, WEAR_BALD))
        return HAIR_BALD;
    if (figure_wears(figure, WEAR_PONYTAIL))
        return HAIR_TAIL;
    if (figure_wears(figure, WEAR_CURLS))
        return HAIR_CURLS;
    if (figure_wears(figure, WEAR_LONG_HAIR))
        return HAIR_LONG;
    if (figure_wears(figure, WEAR_SHORT_HAIR))
        return figure->is_woman ? HAIR_BOB : HAIR_SHORT;
    if (figure->is_old)
        return figure->is_woman ? (dice % 2 ? HAIR_BUN : HAIR_BOB)
               : dice % 2       ? HAIR_BALD
                                : HAIR_SHORT;
    return (figure->is_woman ? women : men)[dice % 6];
}

/* The words' sort, made definite by the dice. */
static enum subject_form form_of(const struct subject *subject, unsigned look)
{
    enum subject_form form = subject ? subject->form : FORM_USUAL;

    if (!subject && look / 2 % 9 == 0)
        return look % 2 ? FORM_OLD_WOMAN : FORM_OLD_MAN;
    if (form == FORM_CHILD)
        return look % 2 ? FORM_GIRL : FORM_BOY;
    if (form == FORM_USUAL)
        return look % 2 ? FORM_WOMAN : FORM_MAN;
    return form;
}

static void find_build(struct figure *figure, unsigned look)
{
    enum subject_form form = form_of(figure->pose->subject, look);

    figure->is_woman = form == FORM_WOMAN || form == FORM_GIRL || form == FORM_OLD_WOMAN;
    figure->is_child = form == FORM_BOY || form == FORM_GIRL;
    figure->is_old = form == FORM_OLD_MAN || form == FORM_OLD_WOMAN;
    figure->size = (figure->is_woman ? 0.955f : 1.015f) + 0.012f * (float)(look / 3 % 5 - 2.0f);
    figure->head_size = figure->is_woman ? 0.985f : 1.0f;
    if (figure->is_child) {
        figure->size *= 0.72f;
        figure->head_size = 1.24f;
    }
    if (figure->is_old)
        figure->size *= 0.97f;
}

/* What is worn besides the outfit. */
static unsigned wears_of(const struct figure *figure, unsigned look)
{
    unsigned wears = 0;

    if (figure->pose->is_cold && look / 23 % 2)
        wears |= WEAR_SCARF;
    if (figure->pose->subject)
        return wears | figure->pose->subject->wears;
    if (look / 17 % 5 == 0)
        wears |= WEAR_BACKPACK;
    if (look / 19 % 7 == 0)
        wears |= figure->pose->is_cold ? WEAR_BEANIE : WEAR_HAT;
    return wears;
}

static void find_tones(struct figure *figure, unsigned look)
{
    const struct subject *subject = figure->pose->subject;
    bool is_suit = figure->outfit == OUTFIT_SUIT, is_named = subject && subject->is_colored;
    const float *top = tops[is_suit ? (look / 31 % 2 ? 0 : 7) : look / 31 % 12];
    unsigned skin = look / 3 % 5;
    struct tone *tones = figure->tones;

    for (int i = 0; i < TONES; i++)
        tones[i].stuff = STUFF_CLOTH;
    tones[TONE_SKIN].stuff = STUFF_SKIN;
    tones[TONE_HAIR].stuff = STUFF_FUR;
    tones[TONE_SHOES].stuff = STUFF_GLOSS;
    memcpy(tones[TONE_SKIN].color, skins[skin % 4], sizeof(skins[0]));
    figure_tint(figure, TINT_HAIR, figure->is_old ? silver : hairs[skin == 2 ? 3 : look / 29 % 6],
                tones[TONE_HAIR].color);
    memcpy(tones[TONE_TOP].color, is_named ? subject->color : top, sizeof(tops[0]));
    figure_tint(figure, TINT_LEGS, is_suit ? tones[TONE_TOP].color : legs[look / 37 % 6],
                tones[TONE_LEGS].color);
    memcpy(tones[TONE_SHIRT].color, shirts[look / 41 % 3], sizeof(shirts[0]));
    memcpy(tones[TONE_SHOES].color, shoes[is_suit ? 0 : look / 43 % 3], sizeof(shoes[0]));
    memcpy(tones[TONE_EXTRA].color, (const float[]){0.22f, 0.02f, 0.03f}, 3 * sizeof(float));
}

void figure_dress(struct figure *figure)
{
    unsigned look = figure->pose->look;

    figure->wears = wears_of(figure, look);
    find_build(figure, look);
    figure->outfit = outfit_of(figure, look / 5);
    if (figure->pose->action == ACTION_RIDE) /* nothing that hangs */
        figure->outfit = figure->outfit == OUTFIT_DRESS || figure->outfit == OUTFIT_SKIRT
                             ? OUTFIT_SHIRT
                         : figure->outfit == OUTFIT_COAT ? OUTFIT_JACKET
                                                         : figure->outfit;
    figure->hair = hair_of(figure, look / 7);
    find_tones(figure, look);
}

/* A part of the trunk in its tone. */
static struct body_part *cloth(const struct figure *figure, struct body_part *part, int tone,
                               float blend)
{
    part->blend = blend;
    body_tint(part, &figure->tones[tone]);
    return part;
}

static void add_paint(const struct bone *bone, const float ab[6], const float radii[2],
                      const float flatness[2], const struct tone *tone)
{
    struct body_part *part = bone_add(bone, ab, radii[0], radii[1]);

    bone_flatten(bone, part, flatness[0] > 0 ? AXIS_SIDE : AXIS_UP,
                 fmaxf(flatness[0], flatness[1]));
    part->mode = PART_PAINT;
    part->blend = 0.004f;
    body_tint(part, tone);
}

/* Lapels and shirt, the line where it closes, a belt, straps of a backpack. */
static void paint_trunk(const struct figure *figure)
{
    const struct bone *chest = &figure->chest, *pelvis = &figure->pelvis;
    bool is_suit = figure->outfit == OUTFIT_SUIT;
    bool opens = figure->outfit == OUTFIT_COAT || figure->outfit == OUTFIT_JACKET || is_suit;
    const float *top = figure->tones[TONE_TOP].color;
    const struct tone seam = {STUFF_CLOTH, {0.4f * top[0], 0.4f * top[1], 0.4f * top[2]}},
                      strap = {STUFF_CLOTH, {0.02f, 0.02f, 0.022f}},
                      *tie = &figure->tones[TONE_EXTRA];

    if (opens) {
        add_paint(chest, AB(0, 0.20f, 0.05f, 0, is_suit ? -0.05f : 0.06f, 0.14f),
                  (const float[]){0.062f, 0.006f}, (const float[]){0.1f, 0},
                  &figure->tones[TONE_SHIRT]);
        if (is_suit)
            add_paint(chest, AB(0, 0.18f, 0.08f, 0, 0.0f, 0.135f), (const float[]){0.040f, 0.050f},
                      (const float[]){2.4f, 0}, tie);
        add_paint(chest, AB(0, 0.02f, 0.24f, 0, -0.80f, 0.24f), (const float[]){0.2f, 0.24f},
                  (const float[]){54, 0}, &seam);
    }
    if (figure->outfit == OUTFIT_COAT || figure->outfit == OUTFIT_DRESS)
        add_paint(pelvis, AB(0, 0.135f, 0, 0.001f, 0.135f, 0), (const float[]){0.26f, 0.26f},
                  (const float[]){0, 11}, &seam);
    for (int side = -1; side <= 1 && figure_wears(figure, WEAR_BACKPACK); side += 2)
        add_paint(chest,
                  AB((float)side * 0.100f, 0.15f, 0.05f, (float)side * 0.115f, -0.10f, 0.10f),
                  (const float[]){0.13f, 0.13f}, (const float[]){5.2f, 0}, &strap);
}

/* Cloth below the waist that hangs free: it follows the thighs, and its hem lags behind. */
static void add_skirt(const struct figure *figure, int tone)
{
    const struct bone *pelvis = &figure->pelvis;
    bool is_coat = figure->outfit == OUTFIT_COAT;
    float hem = is_coat ? -0.45f : figure->outfit == OUTFIT_SKIRT ? -0.36f : -0.46f;
    float lag = figure->moves ? 0.022f * sinf(TAU * figure->cycle - 0.9f)
                              : 0.006f * sinf(1.1f * figure->pose->seconds);
    float wide = is_coat ? 0.225f : 0.245f, behind = figure->runs ? -0.05f : -0.015f;
    struct body_part *part =
        bone_add(pelvis, AB(0, 0.12f, 0, lag, hem, behind), is_coat ? 0.150f : 0.128f, wide);

    part->shape = SHAPE_CAPPED;
    part->folds = (is_coat ? 0.010f : 0.022f) * figure->size;
    bone_flatten(pelvis, part, AXIS_AHEAD, 0.28f);
    cloth(figure, part, tone, 0.05f);
    for (int side = 0; side < SIDES; side++) {
        struct bone thigh = figure->pelvis;
        float way[3], far = figure->outfit == OUTFIT_SKIRT ? 0.75f : 0.95f;

        for (int k = 0; k < 3; k++)
            way[k] = lerp_f(figure->hip[side][k], figure->knee[side][k], far);
        part = body_add(thigh.body, figure->hip[side], way, 0.11f * figure->size,
                        0.105f * figure->size);
        cloth(figure, part, tone, 0.09f * figure->size);
    }
    /* Level below. */
    part = bone_add(pelvis, AB(lag, hem - 0.01f, behind, lag, hem - 0.7f, behind), 0.6f, 0.6f);
    part->shape = SHAPE_CAPPED;
    part->mode = PART_CARVE;
    part->blend = 0.01f;
}

float figure_hem(const struct figure *figure)
{
    if (figure->pose->seat_m > 0 || figure->pose->action == ACTION_SIT)
        return 0;
    return figure->outfit == OUTFIT_JACKET ? -0.125f : figure->outfit == OUTFIT_SUIT ? -0.175f : 0;
}

/* The lower end of a jacket stands off the hips. */
static void add_hem(const struct figure *figure)
{
    const struct bone *pelvis = &figure->pelvis;
    float hem = figure_hem(figure), wide = figure->is_woman ? 0.186f : 0.190f;
    struct body_part *part = NULL;

    if (hem >= 0)
        return;
    part = bone_add(pelvis, AB(0, 0.10f, 0, 0, hem, 0), 0.142f, wide);
    part->shape = SHAPE_CAPPED;
    bone_flatten(pelvis, part, AXIS_AHEAD, 0.27f);
    cloth(figure, part, TONE_TOP, 0.04f);
}

/* Trousers or a skirt under a top that ends at the waist. */
static void paint_hips(const struct figure *figure)
{
    bool is_short = figure->outfit == OUTFIT_SHIRT || figure->outfit == OUTFIT_SKIRT;
    float high = figure->outfit == OUTFIT_SKIRT ? 0.13f
                 : is_short                     ? 0.035f
                                                : figure_hem(figure) - 0.004f;
    struct body_part *part = NULL;

    if (figure->outfit == OUTFIT_COAT || figure->outfit == OUTFIT_DRESS)
        return;
    part = bone_add(&figure->pelvis, AB(0, high, 0, 0, high - 0.3f, 0), 0.3f, 0.3f);
    part->shape = SHAPE_CAPPED;
    part->mode = PART_PAINT;
    part->blend = 0.003f;
    body_tint(part, &figure->tones[TONE_LEGS]);
}

static void add_chest(const struct figure *figure)
{
    const struct bone *chest = &figure->chest, *pelvis = &figure->pelvis;
    bool f = figure->is_woman && !figure->is_child, bulky = figure->outfit == OUTFIT_COAT;
    float thick = bulky ? 0.012f : figure->outfit == OUTFIT_JACKET ? 0.008f : 0;
    float waist = (f ? 0.116f : 0.136f) + thick, ribs = (f ? 0.138f : 0.160f) + thick;
    float wide = f ? 0.104f : 0.128f, hips = (f ? 0.158f : 0.150f) + thick;
    struct body_part *part = NULL;
    float low[3], high[3];

    body_group(figure->body);
    bone_place(pelvis, (const float[]){0, 0.135f, 0}, low);
    bone_place(chest, (const float[]){0, 0.04f, 0.002f}, high);
    part = body_add(figure->body, low, high, waist * figure->size, ribs * figure->size);
    bone_flatten(chest, part, AXIS_AHEAD, 0.42f);
    cloth(figure, part, TONE_TOP, 0);
    part = bone_add(chest, AB(-wide, 0.128f, -0.012f, wide, 0.128f, -0.012f), 0.056f + thick,
                    0.056f + thick);
    cloth(figure, part, TONE_TOP, 0.10f);
    for (int side = -1; side <= 1; side += 2) {
        float s = (float)side;

        cloth(figure,
              bone_add(chest, AB(s * 0.02f, 0.19f, -0.020f, s * 0.11f, 0.155f, -0.015f), 0.045f,
                       0.040f),
              TONE_TOP, 0.06f);
        if (f)
            cloth(figure,
                  bone_add(chest, AB(s * 0.058f, 0.030f, 0.062f, s * 0.060f, 0.022f, 0.066f),
                           0.055f, 0.055f),
                  TONE_TOP, 0.10f);
        cloth(figure,
              bone_add(pelvis, AB(s * 0.062f, -0.035f, -0.055f, s * 0.062f, -0.037f, -0.056f),
                       0.088f + thick, 0.088f + thick),
              TONE_TOP, 0.08f);
    }
    part = bone_add(pelvis, AB(0, -0.005f, 0, 0, 0.125f, 0), hips, waist);
    bone_flatten(pelvis, part, AXIS_AHEAD, 0.40f);
    cloth(figure, part, TONE_TOP, 0.05f);
    add_hem(figure);
    paint_hips(figure);
}

static void add_collar(const struct figure *figure)
{
    static const float wools[][3] = {
        {0.42f, 0.05f, 0.05f}, {0.45f, 0.42f, 0.36f}, {0.05f, 0.10f, 0.22f}, {0.45f, 0.30f, 0.05f}};
    const struct bone *neck = &figure->neck;
    struct tone wool = {.stuff = STUFF_CLOTH};
    struct body_part *part = NULL;

    if (figure_wears(figure, WEAR_SCARF)) {
        figure_tint(figure, TINT_SCARF, wools[figure->pose->look / 47 % 4], wool.color);
        body_group(figure->body);
        part = bone_add(neck, AB(0, 0.018f, 0.006f, 0, 0.044f, 0.012f), 0.088f, 0.082f);
        bone_flatten(neck, part, AXIS_UP, 0.7f);
        body_tint(part, &wool);
        part = bone_add(&figure->chest, AB(0.045f, 0.19f, 0.09f, 0.06f, -0.06f, 0.145f), 0.040f,
                        0.046f);
        bone_flatten(&figure->chest, part, AXIS_AHEAD, 1.6f);
        body_tint(part, &wool);
        part->blend = 0.03f;
    } else if (figure->outfit == OUTFIT_COAT || figure->outfit == OUTFIT_JACKET) {
        part = bone_add(neck, AB(0, 0.004f, -0.016f, 0, 0.034f, -0.020f), 0.080f, 0.074f);
        bone_flatten(neck, part, AXIS_UP, 0.4f);
        cloth(figure, part, TONE_TOP, 0.02f);
        part = bone_add(neck, AB(0, 0.09f, 0.05f, 0, 0.0f, 0.085f), 0.055f, 0.045f);
        part->mode = PART_CARVE;
        part->blend = 0.012f;
    }
}

void figure_add_trunk(const struct figure *figure)
{
    add_chest(figure);
    add_collar(figure);
    paint_trunk(figure);
    if (figure->outfit == OUTFIT_COAT || figure->outfit == OUTFIT_DRESS)
        add_skirt(figure, TONE_TOP);
    if (figure->outfit == OUTFIT_SKIRT)
        add_skirt(figure, TONE_LEGS);
}

static void add_backpack(const struct figure *figure)
{
    static const float canvases[][3] = {{0.05f, 0.09f, 0.16f},
                                        {0.30f, 0.05f, 0.04f},
                                        {0.10f, 0.11f, 0.06f},
                                        {0.03f, 0.03f, 0.035f}};
    static const struct mold molds[] = {
        {{0, 0.095f, -0.205f},
         {0, -0.12f, -0.215f},
         0.135f,
         0.150f,
         0,
         false,
         AXIS_AHEAD,
         0.55f,
         0,
         0},
        {{-0.05f, -0.13f, -0.285f}, {0.05f, -0.13f, -0.285f}, 0.062f, 0.062f, 0.02f, .flat = 0},
        {{0, 0.205f, -0.19f}, {0, 0.20f, -0.22f}, 0.028f, 0.028f, 0.02f, .flat = 0},
    };
    struct tone canvas = {.stuff = STUFF_CLOTH};

    figure_tint(figure, TINT_BACKPACK, canvases[figure->pose->look / 53 % 4], canvas.color);
    body_group(figure->body);
    bone_cast(&figure->chest, molds, ARRAY_LEN(molds), &canvas);
}

static void add_umbrella(const struct figure *figure)
{
    static const float cloths[][3] = {
        {0.020f, 0.020f, 0.024f}, {0.50f, 0.03f, 0.03f},  {0.42f, 0.44f, 0.47f},
        {0.03f, 0.10f, 0.32f},    {0.62f, 0.44f, 0.04f},  {0.03f, 0.22f, 0.12f},
        {0.55f, 0.16f, 0.28f},    {0.04f, 0.30f, 0.34f},  {0.34f, 0.06f, 0.30f},
        {0.58f, 0.20f, 0.04f},    {0.02f, 0.022f, 0.03f}, {0.60f, 0.56f, 0.48f}};
    static const struct tone steel = {STUFF_GLOSS, {0.16f, 0.16f, 0.17f}},
                             wood = {STUFF_GLOSS, {0.16f, 0.07f, 0.03f}};
    static const struct mold stick[] = {
        {{0, -0.06f, 0}, {0, 0.92f, 0}, 0.0075f, 0.0055f, 0, .tone = 0},
        {{0, 0.05f, 0}, {0, -0.09f, 0}, 0.012f, 0.012f, 0.004f, .tone = 1},
        {{0, -0.09f, 0}, {0, -0.118f, 0.022f}, 0.012f, 0.012f, 0.004f, .tone = 1},
        {{0, -0.118f, 0.022f}, {0, -0.10f, 0.045f}, 0.012f, 0.010f, 0.004f, .tone = 1},
    };
    struct bone shaft = figure->chest;
    struct tone cloth_tone = {.stuff = STUFF_THIN};
    struct body_part *part = NULL;
    float sway = 0.04f * sinf(1.3f * figure->pose->seconds + 5.0f * figure->pose->phase);

    memcpy(shaft.at, figure->hand, sizeof(shaft.at));
    bone_tip(&shaft, -0.16f + sway);
    bone_lean(&shaft, figure->moves ? 0.05f : -0.06f);
    body_group(figure->body);
    bone_cast(&shaft, stick, ARRAY_LEN(stick), (const struct tone[]){steel, wood});
    body_group(figure->body);
    figure_tint(figure, TINT_UMBRELLA, cloths[figure->pose->look / 3 % 12], cloth_tone.color);
    part = bone_add(&shaft, AB(0, 0.86f, 0, 0, 0.63f, 0), 0.02f, 0.56f);
    part->shape = SHAPE_CANOPY;
    bone_flatten(&shaft, part, AXIS_SIDE, 0);
    body_tint(part, &cloth_tone);
    for (int k = 0; k < 3; k++) /* in its own shade */
        part->under[k] = 0.55f * part->color[k];
}

static void add_saddle(const struct figure *figure)
{
    static const struct tone leather = {STUFF_GLOSS, {0.085f, 0.032f, 0.014f}};
    static const struct tone blanket = {STUFF_CLOTH, {0.30f, 0.05f, 0.04f}};
    const struct bone seat =
        bone_root(figure->body, (const float[]){0, figure->pose->seat_m, -0.03f * figure->size}, 1);
    struct body_part *part = NULL;

    body_group(figure->body);
    part = bone_add(&seat, AB(0, -0.26f, -0.36f, 0, -0.26f, 0.16f), 0.300f, 0.310f);
    part->shape = SHAPE_CAPPED;
    bone_flatten(&seat, part, AXIS_SIDE, 0.12f);
    body_tint(part, &blanket);
    part = bone_add(&seat, AB(0, -0.32f, 0, 0, -0.80f, 0), 0.6f, 0.6f); /* not around the belly */
    part->shape = SHAPE_CAPPED;
    part->mode = PART_CARVE;
    part->blend = 0.01f;
    bone_flatten(&seat, part, AXIS_SIDE, 0);
    body_group(figure->body);
    part = bone_add(&seat, AB(0, -0.10f, -0.14f, 0, -0.11f, 0.15f), 0.165f, 0.150f);
    body_tint(part, &leather);
    part = bone_add(&seat, AB(-0.10f, 0.05f, -0.25f, 0.10f, 0.05f, -0.25f), 0.035f, 0.035f);
    part->blend = 0.06f;
    body_tint(part, &leather);
    part = bone_add(&seat, AB(0, 0.05f, 0.23f, 0, 0.09f, 0.25f), 0.045f, 0.035f);
    part->blend = 0.05f;
    body_tint(part, &leather);
}

void figure_add_load(const struct figure *figure)
{
    if (figure->pose->action == ACTION_RIDE)
        add_saddle(figure);
    if (figure_wears(figure, WEAR_BACKPACK))
        add_backpack(figure);
    if (figure->pose->has_umbrella)
        add_umbrella(figure);
}
