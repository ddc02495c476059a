/* SPDX-License-Identifier: Apache-2.0 */
/* Which layers a scene's place, hour and weather have. */
#include <math.h>

#include "workers/diorama/sound/sound_impl.h"

#define STORM_COVER 0.99f

static bool is_snowfield(const struct scene *scene)
{
    return scene->place == PLACE_MOUNTAINS &&
           (scene->ground == GROUND_SNOW || scene->snow_line < 0.1f);
}

static bool is_desert(const struct scene *scene)
{
    return scene->place == PLACE_MOUNTAINS && scene->greenery < 0.1f && !is_snowfield(scene);
}

static bool is_meadow(const struct scene *scene)
{
    return scene->place == PLACE_MOUNTAINS &&
           (scene->ground == GROUND_GRASS || scene->ground == GROUND_FLOWERS);
}

/* How much wind: strength and height as of sound_wind(). */
static void wind_of(const struct scene *scene, float *strength, float *height)
{
    *strength = 0.35f;
    *height = 0.25f;
    if (scene->place == PLACE_MOUNTAINS) {
        *strength = 0.55f;
        *height = 1 - 0.75f * scene->greenery;
    }
    if (scene->place == PLACE_SKY || scene->place == PLACE_SKYLINE)
        *strength = 0.5f;
    if (is_meadow(scene))
        *strength = 0.3f;
    if (is_snowfield(scene)) {
        *strength = 0.3f;
        *height = 0.4f;
    }
}

static void add_weather(const struct scene *scene, struct bed *bed, struct dice *dice)
{
    bool is_storm = scene->weather == WEATHER_RAIN && scene->cloud_cover >= STORM_COVER;
    float strength, height, gain = 1;

    wind_of(scene, &strength, &height);
    if (is_storm || scene->weather == WEATHER_SNOW)
        strength += 0.35f;
    if (scene->weather == WEATHER_FOG)
        strength *= 0.5f;
    if (scene->place == PLACE_COAST || scene->weather == WEATHER_RAIN)
        gain = 0.45f;
    if (scene->place == PLACE_STREET || scene->place == PLACE_ROOM) /* houses keep it out */
        gain *= 0.3f;
    sound_wind(bed, dice, gain, strength, height);
    if (is_meadow(scene))
        sound_rustle(bed, dice, 0.25f * gain, 3000);
    if (is_desert(scene))
        sound_rustle(bed, dice, 0.22f * gain, 5000);
    if (scene->weather == WEATHER_RAIN)
        sound_rain(bed, dice, 0.5f, is_storm ? 1 : 0.6f);
    if (is_storm)
        sound_thunder(bed, dice, 0.6f);
}

static void add_city(const struct scene *scene, struct bed *bed, struct dice *dice)
{
    bool is_night = scene->sun_elevation_deg < 0;

    if (scene->place == PLACE_SKYLINE) {
        sound_traffic(bed, dice, 0.9f, 1);
        sound_far_horns(bed, dice, 1);
        return;
    }
    sound_traffic(bed, dice, is_night ? 0.4f : 0.55f, 0.2f);
    sound_passing_cars(bed, dice, 0.8f, scene->weather == WEATHER_RAIN ? 1 : 0);
    sound_murmur(bed, dice, scene->cafe ? 1.3f : 0.5f + 0.4f * scene->neon);
    sound_passers_by(bed, dice, scene, 1);
    if (scene->cafe)
        sound_cups(bed, dice, 1);
    if (is_night)
        sound_hum(bed, dice, 0.2f + 0.8f * scene->neon);
}

/* Whether anything sings out there. */
static bool is_mild(const struct scene *scene)
{
    if (scene->weather == WEATHER_RAIN || scene->weather == WEATHER_SNOW || is_snowfield(scene))
        return false;
    return scene->greenery > 0.25f &&
           (scene->place == PLACE_MOUNTAINS || scene->place == PLACE_COAST ||
            scene->place == PLACE_FOREST || scene->place == PLACE_VILLAGE);
}

static void add_life(const struct scene *scene, struct bed *bed, struct dice *dice)
{
    if (!is_mild(scene))
        return;
    if (scene->sun_elevation_deg > -4 && (scene->sun_elevation_deg < 26 || is_meadow(scene)))
        sound_birds(bed, dice, scene->sun_azimuth_deg < 0 ? 0.6f : 0.9f);
    if (scene->sun_elevation_deg < -4)
        sound_crickets(bed, dice, 0.8f);
    if (is_meadow(scene) && scene->sun_elevation_deg > 12)
        sound_grasshoppers(bed, dice, 1.8f);
}

void sound_ambience(struct bed *bed, struct dice *dice, const struct scene *scene, float first_s)
{
    if (scene->place != PLACE_SPACE)
        add_weather(scene, bed, dice);
    if (scene->place == PLACE_COAST || scene->place == PLACE_SEA)
        sound_surf(bed, dice, 1,
                   scene->weather == WEATHER_RAIN ? 1
                   : scene->tropical              ? 0.2f
                                                  : 0.5f);
    if (scene->place == PLACE_SKY || scene->place == PLACE_SPACE ||
        scene->place == PLACE_UNDERWATER)
        sound_chord(bed, dice, 1);
    if (scene->place == PLACE_STREET || scene->place == PLACE_SKYLINE)
        add_city(scene, bed, dice);
    add_life(scene, bed, dice);
    sound_subjects(bed, dice, scene, first_s);
}
