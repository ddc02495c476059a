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

enum scene_place {
    PLACE_MOUNTAINS,
    PLACE_COAST,
    PLACE_SKY,
    PLACE_STREET,  /* among buildings, at eye height */
    PLACE_SKYLINE, /* a city from the height of its roofs */
    PLACE_SPACE,
    SCENE_PLACES
};

/* What is seen in space. */
enum scene_vista {
    VISTA_PLANET, /* one with seas and clouds, whole */
    VISTA_ORBIT,  /* the same from close by: its limb under the stars */
    VISTA_GIANT,  /* one of bands of cloud */
    VISTA_MOON,
    VISTA_DEEP, /* no body: nebulae and the Milky Way */
    SCENE_VISTAS
};

/* What lies before the camera, in front of mountains or a coast. */
enum scene_ground {
    GROUND_NONE, /* nothing: the landscape alone, from high up */
    GROUND_GRASS,
    GROUND_FLOWERS,
    GROUND_SAND,
    GROUND_SNOW,
    GROUND_ROAD, /* a road through dry land */
    SCENE_GROUNDS
};

enum subject_kind {
    SUBJECT_PERSON,
    SUBJECT_CAT,
    SUBJECT_DOG,
    SUBJECT_HORSE,
    SUBJECT_BIRDS,
    SUBJECT_CAR,
    SUBJECT_VINTAGE_CAR,
    SUBJECT_BALLOONS,
    SUBJECT_KINDS
};

enum subject_action { ACTION_IDLE, ACTION_WALK, ACTION_RUN, SUBJECT_ACTIONS };

enum { SUBJECTS_MAX = 4, SUBJECT_COUNT_MAX = 9 };

/* Who or what the clip is about. */
struct subject {
    enum subject_kind kind;
    enum subject_action action;
    int count;
    bool is_colored; /* the prompt names its color */
    float color[3];  /* linear, of coat, paint or clothes */
};

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
    bool futuristic;         /* streets and skylines: tall glass and light */
    bool asian;              /* streets: upright signs in katakana */
    bool cafe;               /* streets: tables in front of a cafe */
    float neon;              /* streets: 0 = a few shop signs, 1 = signs everywhere */
    enum scene_vista vista;  /* space */
    enum scene_ground ground;
    int subject_count;
    struct subject subjects[SUBJECTS_MAX];
    uint64_t seed; /* layout; same prompt and seed give the same frames */
};

#endif
