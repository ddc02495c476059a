/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scene: what a prompt asks diorama to draw: place, light, weather, camera, seed.
 *
 * prompt.c fills one from words; the renderer, the sound and the report of what was not depicted
 * all read it. A plain value: copy freely, owns nothing.
 *
 * Thread: any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_SCENE_H
#define VITASCOPE_WORKERS_DIORAMA_SCENE_H

#include <stdbool.h>
#include <stdint.h>

enum scene_place { PLACE_MOUNTAINS, PLACE_COAST, PLACE_SKY, SCENE_PLACES };

enum scene_weather {
    WEATHER_CLEAR,
    WEATHER_CLOUDY,
    WEATHER_OVERCAST,
    WEATHER_FOG,
    WEATHER_RAIN,
    WEATHER_SNOW,
    SCENE_WEATHERS
};

enum scene_camera {
    CAMERA_STATIC,
    CAMERA_PUSH_IN,
    CAMERA_PULL_BACK,
    CAMERA_PAN_LEFT,
    CAMERA_PAN_RIGHT,
    CAMERA_TILT_UP,
    CAMERA_TILT_DOWN,
    CAMERA_CRANE_UP,
    CAMERA_ORBIT,
    CAMERA_DRONE, /* forward flight that follows the ground */
    CAMERA_HANDHELD,
    SCENE_CAMERAS
};

enum scene_look { LOOK_NATURAL, LOOK_CINEMATIC, LOOK_VINTAGE, LOOK_NOIR, SCENE_LOOKS };

struct scene {
    enum scene_place place;
    enum scene_weather weather;
    enum scene_camera camera;
    enum scene_look look;
    float sun_elevation_deg; /* -18 (night) to 75; below -6 the moon lights the scene */
    float sun_azimuth_deg;   /* 0 = straight ahead of the first camera position, positive = right */
    float cloud_cover;       /* 0 to 1 */
    float haze;              /* 0 = crystal clear, 1 = thick */
    float snow_line;         /* 0 = everything is snow, 1 = none (mountains) */
    float greenery;          /* 0 = bare rock or desert, 1 = lush */
    float warmth;            /* -1 cold grade, +1 warm grade */
    float camera_speed;      /* 1 = the calm default */
    float time_scale;        /* 1 = real time, 60 = time-lapse, 0.25 = slow motion */
    bool tropical;           /* coast: palms, pale sand, turquoise shallows; else rocks and grass */
    uint64_t seed;           /* layout; same prompt and seed give the same frames */
};

#endif
