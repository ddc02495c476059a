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
    if (scene->place == PLACE_SKY || scene->place == PLACE_SKYLINE || scene->place == PLACE_SEA)
        *strength = 0.5f;
    if (scene->place == PLACE_FOREST || scene->place == PLACE_VILLAGE) {
        *strength = 0.3f;
        *height = 0.05f;
    }
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
    if (scene->wind > 0.3f) /* more than a breeze */
        strength += 0.6f * (scene->wind - 0.3f);
    if (scene->place == PLACE_COAST || scene->weather == WEATHER_RAIN)
        gain = 0.45f;
    if (scene->place == PLACE_STREET) /* houses keep it out */
        gain *= 0.3f;
    sound_wind(bed, dice, gain, strength, height);
    if (is_meadow(scene))
        sound_rustle(bed, dice, 0.25f * gain, 3000);
    if (is_desert(scene))
        sound_rustle(bed, dice, 0.22f * gain, 5000);
    if (scene->weather == WEATHER_RAIN)
        sound_rain(bed, dice, 0.5f, is_storm ? 1 : 0.6f);
    if (is_storm && !(scene->effects & EFFECT_LIGHTNING)) /* that has its own */
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

static bool is_winter(const struct scene *scene)
{
    return scene->season == SEASON_WINTER || scene->snow_line < 0.3f;
}

static void add_life(const struct scene *scene, struct bed *bed, struct dice *dice)
{
    if (!is_mild(scene) || is_winter(scene))
        return;
    if (scene->sun_elevation_deg > -4 && (scene->sun_elevation_deg < 26 || is_meadow(scene)))
        sound_birds(bed, dice, scene->sun_azimuth_deg < 0 ? 0.6f : 0.9f);
    if (scene->sun_elevation_deg < -4)
        sound_crickets(bed, dice, scene->season == SEASON_AUTUMN ? 0.4f : 0.8f);
    if (is_meadow(scene) && scene->sun_elevation_deg > 12)
        sound_grasshoppers(bed, dice, 1.8f);
}

/* Who calls in a wood by day. */
static void add_callers(const struct scene *scene, struct bed *bed, struct dice *dice)
{
    bool is_spring = scene->season != SEASON_AUTUMN && !is_winter(scene);

    if (scene->sun_elevation_deg >= 26 && !is_winter(scene)) /* the heat of the day */
        sound_birds(bed, dice, 0.4f);
    if (dice_signed(dice) < 0.2f)
        sound_woodpecker(bed, dice, 0.8f);
    if (is_spring && dice_signed(dice) < 0.3f)
        sound_animal(bed, dice, ANIMAL_CUCKOO, 1);
}

/* Leaves or needles, and who lives among them. */
static void add_forest(const struct scene *scene, struct bed *bed, struct dice *dice)
{
    bool is_day = scene->sun_elevation_deg > -4, is_wet = scene->weather == WEATHER_RAIN;

    sound_rustle(bed, dice, is_winter(scene) ? 0.12f : 0.3f,
                 scene->woods == WOODS_CONIFER ? 1700 : 2700);
    if (scene->woods == WOODS_BAMBOO)
        sound_creaks(bed, dice, 0.5f);
    if (is_wet || scene->weather == WEATHER_SNOW)
        return;
    if (scene->woods == WOODS_JUNGLE) {
        sound_grasshoppers(bed, dice, 2.2f); /* cicadas */
        sound_animal(bed, dice, ANIMAL_PARROT, is_day ? 1.2f : 0);
        return;
    }
    if (is_day)
        add_callers(scene, bed, dice);
    else
        sound_animal(bed, dice, ANIMAL_OWL, 1);
}

static void add_village(const struct scene *scene, struct bed *bed, struct dice *dice)
{
    bool is_day = scene->sun_elevation_deg > -4;

    sound_rustle(bed, dice, 0.15f, 2800);
    sound_church_bell(bed, dice, is_day ? 1 : 0.7f);
    sound_animal(bed, dice, ANIMAL_FAR_DOG, 1);
    if (is_day && scene->weather != WEATHER_RAIN && !is_winter(scene))
        sound_animal(bed, dice, ANIMAL_HEN, 1);
}

static void add_room(const struct scene *scene, struct bed *bed, struct dice *dice)
{
    sound_room(bed, dice, 0.25f);
    if (scene->weather == WEATHER_RAIN)
        sound_window_rain(bed, dice, 1);
    if (scene->room == ROOM_CAFE) {
        sound_murmur(bed, dice, 0.9f);
        sound_cups(bed, dice, 1);
        return;
    }
    sound_clock(bed, dice, scene->room == ROOM_KITCHEN ? 0.6f : 1.1f);
    if (scene->room == ROOM_KITCHEN)
        sound_hum(bed, dice, 0.15f); /* of the refrigerator */
}

static void add_place(const struct scene *scene, struct bed *bed, struct dice *dice)
{
    float roughness = scene->weather == WEATHER_RAIN ? 1 : scene->tropical ? 0.2f : 0.5f;

    if (scene->place == PLACE_COAST)
        sound_surf(bed, dice, 1, roughness);
    if (scene->place == PLACE_COAST && scene->sun_elevation_deg > 0 && !scene->tropical &&
        scene->weather != WEATHER_RAIN)
        sound_animal(bed, dice, ANIMAL_GULL, 0.6f);
    if (scene->place == PLACE_SEA)
        sound_sea(bed, dice, 0.6f, roughness);
    if (scene->place == PLACE_UNDERWATER)
        sound_underwater(bed, dice, 1);
    if (scene->place == PLACE_STREET || scene->place == PLACE_SKYLINE)
        add_city(scene, bed, dice);
    if (scene->place == PLACE_FOREST)
        add_forest(scene, bed, dice);
    if (scene->place == PLACE_VILLAGE)
        add_village(scene, bed, dice);
    if (scene->place == PLACE_ROOM)
        add_room(scene, bed, dice);
}

void sound_ambience(struct bed *bed, const struct sound_order *order, bool has_music)
{
    const struct scene *scene = order->scene;
    bool has_air = scene->place != PLACE_SPACE && scene->place != PLACE_UNDERWATER &&
                   scene->place != PLACE_ROOM;
    struct dice dice;

    dice_init(&dice, scene->seed, 1);
    if (has_air)
        add_weather(scene, bed, &dice);
    if (!has_music && (scene->place == PLACE_SKY || scene->place == PLACE_SPACE))
        sound_chord(bed, &dice, 1);
    add_place(scene, bed, &dice);
    if (has_air)
        add_life(scene, bed, &dice);
    sound_effects(bed, &dice, scene, order->first_s);
    sound_subjects(bed, &dice, order);
}
