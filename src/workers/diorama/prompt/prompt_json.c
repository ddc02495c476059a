/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "workers/diorama/prompt/prompt.h"

static const char *const places[SCENE_PLACES] = {
    [PLACE_MOUNTAINS] = "mountains", [PLACE_COAST] = "coast",     [PLACE_SKY] = "sky",
    [PLACE_STREET] = "street",       [PLACE_SKYLINE] = "skyline", [PLACE_SPACE] = "space"};

static const char *const vistas[SCENE_VISTAS] = {[VISTA_PLANET] = "planet",
                                                 [VISTA_ORBIT] = "orbit",
                                                 [VISTA_GIANT] = "giant",
                                                 [VISTA_MOON] = "moon",
                                                 [VISTA_DEEP] = "deep"};

static const char *const weathers[SCENE_WEATHERS] = {
    [WEATHER_CLEAR] = "clear", [WEATHER_CLOUDY] = "cloudy", [WEATHER_OVERCAST] = "overcast",
    [WEATHER_FOG] = "fog",     [WEATHER_RAIN] = "rain",     [WEATHER_SNOW] = "snow"};

static const char *const cameras[SCENE_CAMERAS] = {
    [CAMERA_STATIC] = "static",       [CAMERA_PUSH_IN] = "push_in",
    [CAMERA_PULL_BACK] = "pull_back", [CAMERA_PAN_LEFT] = "pan_left",
    [CAMERA_PAN_RIGHT] = "pan_right", [CAMERA_TILT_UP] = "tilt_up",
    [CAMERA_TILT_DOWN] = "tilt_down", [CAMERA_CRANE_UP] = "crane_up",
    [CAMERA_ORBIT] = "orbit",         [CAMERA_DRONE] = "drone",
    [CAMERA_HANDHELD] = "handheld"};

static const char *const grounds[SCENE_GROUNDS] = {
    [GROUND_NONE] = "none", [GROUND_GRASS] = "grass", [GROUND_FLOWERS] = "flowers",
    [GROUND_SAND] = "sand", [GROUND_SNOW] = "snow",   [GROUND_ROAD] = "road"};

static const char *const kinds[SUBJECT_KINDS] = {[SUBJECT_PERSON] = "person",
                                                 [SUBJECT_CAT] = "cat",
                                                 [SUBJECT_DOG] = "dog",
                                                 [SUBJECT_HORSE] = "horse",
                                                 [SUBJECT_BIRDS] = "birds",
                                                 [SUBJECT_CAR] = "car",
                                                 [SUBJECT_VINTAGE_CAR] = "vintage_car",
                                                 [SUBJECT_BALLOONS] = "balloons"};

static const char *const actions[SUBJECT_ACTIONS] = {
    [ACTION_IDLE] = "idle", [ACTION_WALK] = "walk", [ACTION_RUN] = "run"};

static const char *const looks[SCENE_LOOKS] = {[LOOK_NATURAL] = "natural",
                                               [LOOK_CINEMATIC] = "cinematic",
                                               [LOOK_VINTAGE] = "vintage",
                                               [LOOK_NOIR] = "noir"};

static void write_text(struct jsonw *json, const char *key, const char *value)
{
    jsonw_key(json, key);
    jsonw_cstr(json, value);
}

static void write_number(struct jsonw *json, const char *key, float value)
{
    jsonw_key(json, key);
    jsonw_real(json, round((double)value * 1000) / 1000);
}

static void write_subjects(const struct scene *scene, struct jsonw *json)
{
    jsonw_key(json, "subjects");
    jsonw_array(json);
    for (int i = 0; i < scene->subject_count; i++) {
        const struct subject *subject = &scene->subjects[i];

        jsonw_object(json);
        write_text(json, "kind", kinds[subject->kind]);
        write_text(json, "action", actions[subject->action]);
        jsonw_key(json, "count");
        jsonw_int(json, subject->count);
        if (subject->is_colored) {
            jsonw_key(json, "color");
            jsonw_array(json);
            for (int k = 0; k < 3; k++)
                jsonw_real(json, round((double)subject->color[k] * 1000) / 1000);
            jsonw_end(json);
        }
        jsonw_end(json);
    }
    jsonw_end(json);
}

static void write_scene(const struct scene *scene, struct jsonw *json)
{
    jsonw_object(json);
    write_text(json, "place", places[scene->place]);
    write_text(json, "weather", weathers[scene->weather]);
    write_text(json, "camera", cameras[scene->camera]);
    write_text(json, "look", looks[scene->look]);
    write_number(json, "sun_elevation_deg", scene->sun_elevation_deg);
    write_number(json, "sun_azimuth_deg", scene->sun_azimuth_deg);
    write_number(json, "cloud_cover", scene->cloud_cover);
    write_number(json, "haze", scene->haze);
    write_number(json, "snow_line", scene->snow_line);
    write_number(json, "greenery", scene->greenery);
    write_number(json, "warmth", scene->warmth);
    write_number(json, "camera_speed", scene->camera_speed);
    write_number(json, "time_scale", scene->time_scale);
    jsonw_key(json, "tropical");
    jsonw_bool(json, scene->tropical);
    write_number(json, "neon", scene->neon);
    jsonw_key(json, "futuristic");
    jsonw_bool(json, scene->futuristic);
    jsonw_key(json, "asian");
    jsonw_bool(json, scene->asian);
    jsonw_key(json, "cafe");
    jsonw_bool(json, scene->cafe);
    write_text(json, "vista", vistas[scene->vista]);
    write_text(json, "ground", grounds[scene->ground]);
    write_subjects(scene, json);
    jsonw_key(json, "seed");
    jsonw_int(json, (int64_t)scene->seed);
    jsonw_end(json);
}

void prompt_write_json(const struct prompt_reading *reading, struct jsonw *json)
{
    jsonw_object(json);
    jsonw_key(json, "scene");
    write_scene(&reading->scene, json);
    jsonw_key(json, "moves_image");
    jsonw_bool(json, reading->moves_image);
    jsonw_key(json, "not_depicted");
    jsonw_array(json);
    for (int i = 0; i < reading->left_out_count; i++)
        jsonw_cstr(json, reading->left_out[i]);
    jsonw_end(json);
    jsonw_end(json);
}
