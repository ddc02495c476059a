/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lexicon: what English words and phrases mean to diorama. Tables only; prompt.c reads them. The
 * phrases lie in lexicon_places.c, _cast.c, _light.c and _film.c.
 *
 * Words are in lower case and base form, one space between; a hyphen in a prompt counts as a
 * space. A word of a prompt matches its own form and those with -s -es -ies -ing -ed -ly -y. The
 * longest phrase wins.
 *
 * Thread: any.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_PROMPT_LEXICON_H
#define VITASCOPE_WORKERS_DIORAMA_PROMPT_LEXICON_H

#include <stdbool.h>
#include <stddef.h>

#include "workers/diorama/scene.h"

enum lexicon_setting {
    SETTING_NONE,
    SETTING_MOUNTAINS,
    SETTING_PEAKS, /* high and snowy */
    SETTING_HILLS,
    SETTING_WOODED, /* land with woods, from outside */
    SETTING_FOREST, /* inside one */
    SETTING_VALLEY,
    SETTING_DESERT,
    SETTING_CANYON,
    SETTING_ARCTIC,
    SETTING_COAST,
    SETTING_TROPICS,
    SETTING_LAKE,
    SETTING_SHORE, /* the sea, seen from land */
    SETTING_OCEAN,
    SETTING_UNDERWATER,
    SETTING_CLOUDS,
    SETTING_STARS,
    SETTING_SPACE,
    SETTING_ORBIT,
    SETTING_GIANT,
    SETTING_MOON,
    SETTING_DEEP_SPACE,
    SETTING_STREET,
    SETTING_CAFE,
    SETTING_VILLAGE,
    SETTING_ROOM,
    SETTING_CAFE_INSIDE,
    SETTING_SKYLINE,
    LEXICON_SETTINGS
};

enum lexicon_hour {
    HOUR_NONE,
    HOUR_SUNRISE,
    HOUR_DAWN,
    HOUR_MORNING,
    HOUR_DAY,
    HOUR_NOON,
    HOUR_AFTERNOON,
    HOUR_GOLDEN,
    HOUR_SUNSET,
    HOUR_EVENING,
    HOUR_DUSK,
    HOUR_BLUE,
    HOUR_NIGHT,
    LEXICON_HOURS
};

/* Votes: 0 says nothing. Weather, camera and look are the constants of scene.h plus 1. */
struct lexeme {
    const char *phrase;
    unsigned char weight; /* of its votes: 1 a hint, 2 usual, 3 strong */
    unsigned char setting, hour, weather, camera, look;
    bool is_not_drawn;    /* known, perhaps votes, but is not in the picture */
    unsigned short shown; /* bits of the places that show it; 0: wherever its setting is */
    float clouds, haze, greenery, snow, warmth; /* added to the scene's dials */
    float speed, time_scale;                    /* factors; 0 says nothing */
    unsigned char subject, action;              /* constants of scene.h plus 1 */
    unsigned char lens, focus;                  /* likewise */
    unsigned char ground, woods, room, season;  /* constants of scene.h */
    unsigned char village;                      /* likewise */
    unsigned char form, mood, music;            /* likewise */
    unsigned char tree, trees, bloom;           /* constants of scene.h; how many */
    unsigned short effects;                     /* bits of enum scene_effect */
    float wind, saturation, contrast;           /* added to the scene's dials */
    float motion_blur;                          /* 0 says nothing */
    float neon;                                 /* of streets: more signs */
    float traffic;                              /* of streets: cars that drive */
    unsigned char shot;                         /* a constant of scene.h */
    bool futuristic, asian;                     /* of streets and skylines */
};

/* NULL after the last. */
const struct lexeme *lexicon_at(size_t index);

/* A noun that is not in the lexicon, and the phrase of it that it is drawn as. Made at build time
 * from WordNet where that is installed (tools/nouns.py), sorted by word; else none. */
struct lexicon_noun {
    const char *word, *phrase;
    bool is_nearest; /* not really one: also reported as not depicted */
};

extern const struct lexicon_noun lexicon_nouns[];
extern const size_t lexicon_noun_count;

/* Words that need no picture: articles, praise, talk about film. Base forms, one space between. */
extern const char lexicon_small_talk[];

/* Words that take back what follows, as they are. */
extern const char lexicon_negations[];

struct lexicon_setting_values {
    enum scene_place place;
    enum scene_camera camera; /* when the prompt asks for none */
    bool tropical;
    float greenery, snow_line, haze, cloud_cover;
    float neon;
    enum scene_vista vista;
    enum lexicon_setting instead; /* where the place is not drawn */
};

struct lexicon_hour_values {
    float sun_elevation_deg;
    float sun_azimuth_deg; /* mean distance from straight ahead, to either side */
    float warmth, haze;
};

/* SETTING_NONE and HOUR_NONE hold what is used when no word says more. */
extern const struct lexicon_setting_values lexicon_settings[LEXICON_SETTINGS];
extern const struct lexicon_hour_values lexicon_hours[LEXICON_HOURS];

#endif
