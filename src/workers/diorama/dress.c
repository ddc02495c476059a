/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/dress.h"

#include <math.h>
#include <string.h>

#include "workers/diorama/land/terrain.h"
#include "workers/diorama/noise.h"

#define TORN_WIND 0.6f
#define TORN_COVER 0.90f
#define BOW_COVER 0.78f

/* Dark heaps of cloud with light between them, instead of an even gray: in a gale at sea, and in
 * rain that the sun shines into. */
static bool is_torn(const struct scene *scene)
{
    return scene->weather == WEATHER_RAIN &&
           ((scene->place == PLACE_SEA && scene->wind > TORN_WIND) ||
            scene->effects & EFFECT_RAINBOW);
}

static void dress_clouds(struct world *world)
{
    const struct scene *scene = world->scene;
    struct clouds *clouds = &world->clouds;
    struct dice dice = {scene->seed ^ 0xc10d5u};
    float cover = scene->cloud_cover;

    if (scene->weather == WEATHER_CLOUDY)
        cover = fmaxf(cover, 0.55f);
    if (scene->weather == WEATHER_OVERCAST || scene->weather == WEATHER_RAIN ||
        scene->weather == WEATHER_SNOW)
        cover = fmaxf(cover, 0.90f);
    clouds->cover = cover;
    clouds->bottom_m = scene->place == PLACE_COAST ? 1500.0f : 2300.0f;
    clouds->top_m = clouds->bottom_m + 700.0f + 900.0f * cover;
    clouds->density = 0.016f;
    clouds->scale = 1.0f / 210.0f;
    clouds->wind_m_s[0] = dice_between(&dice, -12, 12);
    clouds->wind_m_s[1] = -dice_between(&dice, 3, 12);
    clouds->cirrus = scene->weather == WEATHER_CLEAR ? 0.75f : 0.4f;
    if (cover > 0.8f)
        clouds->cirrus = 0;
    clouds->shadow = 0.75f * smooth_f(0.05f, 0.3f, cover);
    clouds->steps = 60;
    clouds->reach_m = 52000;
    for (int i = 0; i < 3; i++)
        clouds->offset[i] = dice_between(&dice, 0, 1 << VOLUME_LOG2);
    if (is_torn(scene)) {
        clouds->cover = scene->effects & EFFECT_RAINBOW ? BOW_COVER : TORN_COVER;
        clouds->bottom_m = 1100;
        clouds->top_m = 3000;
        clouds->scale = 1.0f / 290.0f;
        clouds->density = 0.022f;
    }
    if (scene->place == PLACE_FOREST) /* seen through gaps of leaves */
        clouds->steps = 16;
    if (scene->place == PLACE_SKY) {
        clouds->sea = true;
        clouds->cover = cover;
        clouds->bottom_m = 900;
        clouds->top_m = 2300;
        clouds->scale = 1.0f / 250.0f;
        clouds->steps = 120;
        clouds->step_least_m = 22;
        clouds->step_growth = 0.026f;
        clouds->density = 0.020f;
        clouds->cirrus = 0.7f;
    }
}

static void dress_air(struct world *world)
{
    const struct scene *scene = world->scene;
    struct air *air = &world->air;
    bool coast = scene->place == PLACE_COAST;
    float haze = scene->haze;

    air->far_m = coast ? 30000 : 42000;
    air->haze_per_m = (1.0f / 52000.0f) * exp2f(3.6f * haze);
    air->haze_height_m = coast ? 700 : 1300;
    air->haze_base_m = 0;
    air->mist_per_m = coast ? 0.0f : (1.0f / 9000.0f) * exp2f(2.5f * haze);
    if (terrain_is_desert(scene))
        air->mist_per_m *= 0.35f;
    air->mist_height_m = 130;
    air->mist_base_m = 60;
    switch (scene->weather) {
    case WEATHER_FOG:
        air->mist_per_m = coast ? 1.0f / 320.0f : 1.0f / 500.0f;
        air->mist_height_m = coast ? 60 : 240;
        air->mist_base_m = coast ? 15 : 350;
        air->haze_per_m *= 2.5f;
        break;
    case WEATHER_RAIN:
        air->haze_per_m = fmaxf(air->haze_per_m * 2.0f, 1.0f / 5500.0f);
        break;
    case WEATHER_SNOW:
        air->haze_per_m = fmaxf(air->haze_per_m * 2.0f, 1.0f / 3800.0f);
        break;
    case WEATHER_CLEAR:
    case WEATHER_CLOUDY:
    case WEATHER_OVERCAST:
    case SCENE_WEATHERS:
        break;
    }
}

static void dress_colors(struct cover *cover, const struct scene *scene)
{
    float green = scene->greenery;

    set3(cover->rock[0], 0.105f, 0.094f, 0.086f);
    set3(cover->rock[1], 0.225f, 0.195f, 0.165f);
    if (green < 0.15f) {
        set3(cover->rock[0], 0.20f, 0.115f, 0.07f);
        set3(cover->rock[1], 0.40f, 0.26f, 0.16f);
    }
    set3(cover->grass_color[0], 0.045f, 0.062f, 0.020f);
    set3(cover->grass_color[1], 0.120f, 0.112f, 0.042f);
    set3(cover->tree_color[0], 0.014f, 0.028f, 0.012f);
    set3(cover->tree_color[1], 0.034f, 0.056f, 0.020f);
    set3(cover->sand, 0.30f, 0.25f, 0.18f);
    if (terrain_is_desert(scene))
        set3(cover->sand, 0.60f, 0.395f, 0.215f);
    if (cover->tropical) {
        set3(cover->rock[0], 0.070f, 0.060f, 0.052f);
        set3(cover->rock[1], 0.150f, 0.125f, 0.100f);
        set3(cover->grass_color[0], 0.040f, 0.080f, 0.018f);
        set3(cover->grass_color[1], 0.085f, 0.120f, 0.030f);
        set3(cover->tree_color[0], 0.036f, 0.080f, 0.018f);
        set3(cover->tree_color[1], 0.115f, 0.170f, 0.038f);
        set3(cover->sand, 0.72f, 0.64f, 0.51f);
    }
}

/* What a season does to leaves and grass; evergreens keep some of their own. */
static void dress_season(struct cover *cover, const struct scene *scene)
{
    static const struct {
        float tree[2][3], grass[2][3], amount;
    } seasons[SCENE_SEASONS] = {
        [SEASON_SPRING] = {{{0.030f, 0.062f, 0.014f}, {0.115f, 0.165f, 0.040f}},
                           {{0.055f, 0.105f, 0.022f}, {0.120f, 0.185f, 0.045f}},
                           0.75f},
        [SEASON_AUTUMN] = {{{0.110f, 0.032f, 0.010f}, {0.290f, 0.168f, 0.028f}},
                           {{0.100f, 0.078f, 0.028f}, {0.225f, 0.165f, 0.060f}},
                           0.82f},
        [SEASON_WINTER] = {{{0.040f, 0.033f, 0.028f}, {0.085f, 0.072f, 0.062f}},
                           {{0.085f, 0.075f, 0.052f}, {0.165f, 0.145f, 0.105f}},
                           0.85f}};
    float amount = cover->tropical ? 0 : seasons[scene->season].amount;

    for (int i = 0; i < 2; i++)
        for (int k = 0; k < 3; k++) {
            cover->tree_color[i][k] =
                lerp_f(cover->tree_color[i][k], seasons[scene->season].tree[i][k], amount);
            cover->grass_color[i][k] =
                lerp_f(cover->grass_color[i][k], seasons[scene->season].grass[i][k], amount);
        }
}

static void dress_cover(struct world *world)
{
    const struct scene *scene = world->scene;
    struct cover *cover = &world->cover;
    bool coast = scene->place == PLACE_COAST;

    cover->tropical = coast && scene->tropical;
    cover->snow_m = coast ? 5000.0f : lerp_f(-300.0f, 1550.0f, scene->snow_line);
    cover->cling = scene->weather == WEATHER_SNOW ? 1.0f : 0.0f;
    if (scene->weather == WEATHER_SNOW)
        cover->snow_m = fminf(cover->snow_m, coast ? -50.0f : 150.0f);
    cover->tree_m = coast ? 5000.0f
                          : fminf(lerp_f(200.0f, 800.0f, scene->greenery) +
                                      600.0f * smooth_f(0.7f, 1.0f, scene->snow_line),
                                  cover->snow_m + 150.0f);
    cover->woods =
        smooth_f(0.05f, 0.55f, scene->greenery) * (coast && !scene->tropical ? 0.7f : 1.0f);
    cover->grass = smooth_f(0.0f, 0.35f, scene->greenery);
    cover->wet = scene->weather == WEATHER_RAIN ? 1.0f : 0.0f;
    cover->tree_height_m = cover->tropical ? 15.0f : 17.0f;
    dress_colors(cover, scene);
    dress_season(cover, scene);
}

void dress_world(struct world *world)
{
    const struct scene *scene = world->scene;

    dress_clouds(world);
    dress_air(world);
    dress_cover(world);
    world->terrain.water_m = scene->place == PLACE_COAST       ? 0.0f
                             : scene->place == PLACE_MOUNTAINS ? 7.0f
                                                               : NO_WATER;
}

void dress_light(struct world *world)
{
    struct sky *sky = &world->sky;
    float cover = smooth_f(0.72f, 0.90f, world->clouds.cover);
    float dusk = 1.0f - smooth_f(2.0f, 20.0f, fabsf(world->scene->sun_elevation_deg - 3.0f));
    bool foggy = world->scene->weather == WEATHER_FOG;

    if (world->scene->place == PLACE_SKY)
        cover = 0;
    if (is_torn(world->scene))
        cover = world->scene->effects & EFFECT_RAINBOW ? 0.25f : 0.55f;
    world->air.veil = foggy ? 0.8f : 0.85f * cover;
    /* Under a closed deck the sun is a memory and the sky an even gray. */
    for (int k = 0; k < 3; k++) {
        float gray = (sky->ambient_sun[1] + sky->ambient_away[1]) * 0.5f +
                     0.05f * sky->sun_color[1] * fmaxf(sky->sun[1], 0.05f);

        /* Near dusk the shadows are lifted, as a film print would. */
        sky->ambient_sun[k] *= 1.0f + 0.6f * dusk;
        sky->ambient_away[k] *= 1.0f + 0.8f * dusk;
        sky->sun_color[k] *= 1.0f - 0.93f * cover;
        sky->ambient_sun[k] = lerp_f(sky->ambient_sun[k], gray, 0.8f * cover);
        sky->ambient_away[k] = lerp_f(sky->ambient_away[k], gray, 0.8f * cover);
        world->air.mist_color[k] =
            0.5f * (sky->ambient_sun[k] + sky->ambient_away[k]) + 0.04f * sky->sun_color[k];
        world->air.mist_glow[k] = 0.45f * sky->sun_color[k];
        world->air.veil_color[k] =
            foggy ? world->air.mist_color[k] + 0.1f * world->air.mist_glow[k] : gray;
    }
}
