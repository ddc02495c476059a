/* SPDX-License-Identifier: Apache-2.0 */
/* Colors of a wood, by kind and season. Linear albedo. */
#include <string.h>

#include "workers/diorama/forest/forest_impl.h"
#include "workers/diorama/noise.h"

static void mix3(float to[3], float r, float g, float b, float amount)
{
    const float with[3] = {r, g, b};

    for (int k = 0; k < 3; k++)
        to[k] = lerp_f(to[k], with[k], amount);
}

void forest_bark_color(enum forest_bark bark, float color[2][3])
{
    static const float colors[FOREST_BARKS][2][3] = {
        [BARK_FURROWED] = {{0.020f, 0.016f, 0.013f}, {0.135f, 0.112f, 0.090f}},
        [BARK_SMOOTH] = {{0.050f, 0.048f, 0.042f}, {0.205f, 0.198f, 0.175f}},
        [BARK_BIRCH] = {{0.022f, 0.020f, 0.020f}, {0.62f, 0.60f, 0.55f}},
        [BARK_SCALY] = {{0.030f, 0.022f, 0.018f}, {0.150f, 0.118f, 0.096f}},
        [BARK_PINE] = {{0.028f, 0.018f, 0.013f}, {0.235f, 0.128f, 0.078f}},
        [BARK_CANE] = {{0.060f, 0.085f, 0.022f}, {0.205f, 0.245f, 0.062f}},
    };

    memcpy(color, colors[bark], sizeof(colors[bark]));
}

/* Deciduous leaves turn, each kind its own way. */
static void turn_leaves(struct forest_model *model, enum forest_kind kind)
{
    switch (kind) {
    case KIND_BEECH:
    case KIND_SAPLING:
        set3(model->leaf_color[0], 0.34f, 0.185f, 0.022f);
        set3(model->leaf_color[1], 0.30f, 0.085f, 0.014f);
        set3(model->through, 0.60f, 0.27f, 0.020f);
        return;
    case KIND_OAK:
    case KIND_SHRUB:
    case KIND_LONE_OAK:
    case KIND_FRUIT:
    case KIND_BLOSSOM:
    case KIND_BUSH:
        set3(model->leaf_color[0], 0.21f, 0.130f, 0.020f);
        set3(model->leaf_color[1], 0.30f, 0.060f, 0.012f);
        set3(model->through, 0.50f, 0.17f, 0.014f);
        return;
    case KIND_BIRCH:
    case KIND_LONE_BIRCH:
    case KIND_WILLOW:
        set3(model->leaf_color[0], 0.42f, 0.290f, 0.030f);
        set3(model->leaf_color[1], 0.36f, 0.190f, 0.018f);
        set3(model->through, 0.70f, 0.43f, 0.030f);
        return;
    case KIND_FERN:
    case KIND_GRASS:
    case KIND_HERB:
    case KIND_FLOWER:
        mix3(model->leaf_color[0], 0.22f, 0.130f, 0.030f, 0.55f);
        mix3(model->leaf_color[1], 0.26f, 0.125f, 0.025f, 0.75f);
        mix3(model->through, 0.40f, 0.22f, 0.030f, 0.6f);
        return;
    case KIND_SPRUCE:
    case KIND_PINE:
    case KIND_GIANT:
    case KIND_CANE:
    case KIND_YOUNG_SPRUCE:
    case KIND_TREE_FERN:
    case KIND_BLADES:
    case KIND_LOG:
    case KIND_OLIVE:
    case KIND_CYPRESS:
    case KIND_ACACIA:
    case KIND_LONE_PINE:
    case KIND_LONE_SPRUCE:
    case FOREST_KINDS:
        return;
    }
}

/* Leaves of two hues, and the light through them; those not listed are of broad leaves. */
static void color_summer(struct forest_model *model, enum forest_kind kind)
{
    static const float broad[3][3] = {
        {0.040f, 0.082f, 0.014f}, {0.070f, 0.112f, 0.020f}, {0.165f, 0.245f, 0.026f}};
    static const float others[FOREST_KINDS][3][3] = {
        [KIND_BLOSSOM] = {{0.72f, 0.60f, 0.62f}, {0.70f, 0.40f, 0.47f}, {0.46f, 0.30f, 0.34f}},
        [KIND_OLIVE] = {{0.085f, 0.105f, 0.058f},
                        {0.150f, 0.168f, 0.112f},
                        {0.110f, 0.135f, 0.045f}},
        [KIND_CYPRESS] = {{0.022f, 0.044f, 0.015f},
                          {0.036f, 0.060f, 0.020f},
                          {0.045f, 0.075f, 0.016f}},
        [KIND_WILLOW] = {{0.070f, 0.105f, 0.024f},
                         {0.115f, 0.145f, 0.040f},
                         {0.220f, 0.300f, 0.040f}},
        [KIND_ACACIA] = {{0.060f, 0.078f, 0.022f},
                         {0.098f, 0.105f, 0.034f},
                         {0.150f, 0.180f, 0.030f}},
        [KIND_SPRUCE] = {{0.021f, 0.044f, 0.020f},
                         {0.036f, 0.064f, 0.024f},
                         {0.050f, 0.085f, 0.018f}},
        [KIND_YOUNG_SPRUCE] = {{0.021f, 0.044f, 0.020f},
                               {0.036f, 0.064f, 0.024f},
                               {0.050f, 0.085f, 0.018f}},
        [KIND_LONE_SPRUCE] = {{0.021f, 0.044f, 0.020f},
                              {0.036f, 0.064f, 0.024f},
                              {0.050f, 0.085f, 0.018f}},
        [KIND_PINE] = {{0.030f, 0.056f, 0.022f},
                       {0.052f, 0.080f, 0.024f},
                       {0.070f, 0.105f, 0.020f}},
        [KIND_LONE_PINE] = {{0.030f, 0.056f, 0.022f},
                            {0.052f, 0.080f, 0.024f},
                            {0.070f, 0.105f, 0.020f}},
        [KIND_BLADES] = {{0.016f, 0.042f, 0.011f},
                         {0.028f, 0.058f, 0.014f},
                         {0.055f, 0.095f, 0.014f}},
        [KIND_GIANT] = {{0.026f, 0.070f, 0.013f},
                        {0.048f, 0.104f, 0.018f},
                        {0.095f, 0.170f, 0.020f}},
        [KIND_TREE_FERN] = {{0.026f, 0.070f, 0.013f},
                            {0.048f, 0.104f, 0.018f},
                            {0.095f, 0.170f, 0.020f}},
        [KIND_CANE] = {{0.062f, 0.105f, 0.018f},
                       {0.105f, 0.135f, 0.026f},
                       {0.235f, 0.330f, 0.030f}},
        [KIND_FERN] = {{0.050f, 0.105f, 0.014f},
                       {0.082f, 0.130f, 0.020f},
                       {0.120f, 0.180f, 0.022f}},
        [KIND_GRASS] = {{0.055f, 0.088f, 0.018f},
                        {0.105f, 0.118f, 0.036f},
                        {0.165f, 0.245f, 0.026f}},
        [KIND_HERB] = {{0.034f, 0.066f, 0.014f},
                       {0.056f, 0.088f, 0.020f},
                       {0.095f, 0.140f, 0.020f}},
        [KIND_FLOWER] = {{0.034f, 0.066f, 0.014f},
                         {0.056f, 0.088f, 0.020f},
                         {0.095f, 0.140f, 0.020f}},
    };
    const float(*colors)[3] = others[kind][0][1] > 0 ? others[kind] : broad;

    memcpy(model->leaf_color, colors, sizeof(model->leaf_color));
    memcpy(model->through, colors[2], sizeof(model->through));
}

/* By moonlight the eye sees little color. */
static void fade_colors(struct forest_model *model, float night)
{
    float *all[] = {model->leaf_color[0], model->leaf_color[1], model->through};

    for (int i = 0; i < 3; i++) {
        float gray = 0.3f * all[i][0] + 0.6f * all[i][1] + 0.1f * all[i][2];

        mix3(all[i], 0.85f * gray, 0.95f * gray, 1.0f * gray, 0.72f * night);
    }
}

/* Needles, and hard leaves that stay green. */
static bool is_evergreen(enum forest_kind kind)
{
    return kind < KIND_FERN && forest_habits[kind].needles && kind != KIND_GIANT &&
           kind != KIND_CANE;
}

void forest_color(const struct forest *forest, struct forest_model *model, enum forest_kind kind)
{
    static const float blossoms[3][3] = {
        {0.74f, 0.74f, 0.70f}, {0.22f, 0.20f, 0.66f}, {0.72f, 0.56f, 0.06f}};
    bool evergreen = is_evergreen(kind);
    bool keeps = evergreen || kind == KIND_GIANT || kind == KIND_BLOSSOM;

    color_summer(model, kind);
    set3(model->twig, 0.085f, 0.062f, 0.044f);
    if (kind == KIND_FLOWER)
        memcpy(model->twig, blossoms[(forest->world->scene->seed >> 5) % 3], sizeof(model->twig));
    if (kind == KIND_CANE)
        set3(model->twig, 0.16f, 0.17f, 0.05f);
    model->holds_snow = evergreen ? 0.85f : 0.65f;
    if (forest->season == SEASON_AUTUMN && forest->woods != WOODS_JUNGLE &&
        forest->woods != WOODS_BAMBOO)
        turn_leaves(model, kind);
    if (forest->season == SEASON_SPRING && !keeps) {
        mix3(model->leaf_color[0], 0.120f, 0.185f, 0.022f, 0.7f);
        mix3(model->leaf_color[1], 0.150f, 0.200f, 0.030f, 0.7f);
        mix3(model->through, 0.330f, 0.430f, 0.030f, 0.7f);
    }
    if (forest->season == SEASON_WINTER && !evergreen && kind >= KIND_FERN) {
        mix3(model->leaf_color[0], 0.150f, 0.105f, 0.055f, 0.8f);
        mix3(model->leaf_color[1], 0.190f, 0.140f, 0.075f, 0.8f);
        mix3(model->through, 0.150f, 0.100f, 0.040f, 0.8f);
    }
    fade_colors(model, forest->world->sky.night);
}

void forest_color_floor(struct forest *forest)
{
    set3(forest->floor_color[0], 0.115f, 0.074f, 0.042f);
    set3(forest->floor_color[1], 0.205f, 0.128f, 0.066f);
    set3(forest->floor_color[2], 0.120f, 0.092f, 0.066f);
    set3(forest->moss_color, 0.052f, 0.082f, 0.016f);
    if (forest->woods == WOODS_CONIFER) {
        set3(forest->floor_color[0], 0.088f, 0.056f, 0.036f);
        set3(forest->floor_color[1], 0.165f, 0.098f, 0.056f);
    }
    if (forest->woods == WOODS_JUNGLE) {
        set3(forest->floor_color[0], 0.062f, 0.044f, 0.028f);
        set3(forest->floor_color[1], 0.120f, 0.086f, 0.044f);
        set3(forest->moss_color, 0.042f, 0.090f, 0.014f);
    }
    if (forest->woods == WOODS_BAMBOO) {
        set3(forest->floor_color[0], 0.150f, 0.118f, 0.064f);
        set3(forest->floor_color[1], 0.255f, 0.205f, 0.112f);
    }
    if (forest->season == SEASON_AUTUMN &&
        (forest->woods == WOODS_MIXED || forest->woods == WOODS_BIRCH)) {
        set3(forest->floor_color[0], 0.300f, 0.120f, 0.024f);
        set3(forest->floor_color[1], 0.420f, 0.230f, 0.036f);
        set3(forest->floor_color[2], 0.150f, 0.098f, 0.055f);
    }
    if (forest->season == SEASON_SPRING)
        set3(forest->moss_color, 0.075f, 0.125f, 0.018f);
}
