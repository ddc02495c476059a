/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lexicon_impl: the parts of the lexicon and short forms for their rows. For lexicon*.c only.
 */
#ifndef VITASCOPE_WORKERS_DIORAMA_PROMPT_LEXICON_IMPL_H
#define VITASCOPE_WORKERS_DIORAMA_PROMPT_LEXICON_IMPL_H

#include "base/macros.h"
#include "workers/diorama/prompt/lexicon.h"

#define VOTE_SETTING(name, strength) .setting = SETTING_##name, .weight = (strength)
#define VOTE_HOUR(name, strength) .hour = HOUR_##name, .weight = (strength)
#define VOTE_WEATHER(name, strength) .weather = WEATHER_##name + 1, .weight = (strength)
#define VOTE_CAMERA(name, strength) .camera = CAMERA_##name + 1, .weight = (strength)
#define VOTE_LOOK(name) .look = LOOK_##name + 1, .weight = 2
#define NOT_DRAWN .is_not_drawn = true
#define NOT_DRAWN_NEAR(name) .is_not_drawn = true, .setting = SETTING_##name, .weight = 1

#define VILLAGE_OF(name) .village = VILLAGE_##name, .shown = SHOWN_VILLAGE

/* A subject, and where it is when no word says. */
#define SUBJECT(kind, place) VOTE_SETTING(place, 1), .subject = SUBJECT_##kind + 1

/* Trees and flowers by name stand on a meadow when no word says where. */
#define TREES(name) VOTE_SETTING(HILLS, 1), .tree = TREE_##name
#define FLOWERS(name)                                                                              \
    VOTE_SETTING(HILLS, 1), .ground = GROUND_FLOWERS, .bloom = BLOOM_##name, .greenery = 0.2f

enum {
    SHOWN_MOUNTAINS = 1 << PLACE_MOUNTAINS,
    SHOWN_SNOW = 1 << PLACE_MOUNTAINS | 1 << PLACE_VILLAGE | 1 << PLACE_STREET |
                 1 << PLACE_SKYLINE, /* that lies */
    SHOWN_COAST = 1 << PLACE_COAST,
    SHOWN_WATER = 1 << PLACE_COAST | 1 << PLACE_SEA | 1 << PLACE_UNDERWATER,
    SHOWN_WOODS = 1 << PLACE_MOUNTAINS | 1 << PLACE_FOREST,
    SHOWN_TREES = 1 << PLACE_MOUNTAINS | 1 << PLACE_FOREST | 1 << PLACE_VILLAGE,
    SHOWN_STREET = 1 << PLACE_STREET,
    SHOWN_VILLAGE = 1 << PLACE_VILLAGE,
    SHOWN_TOWN = 1 << PLACE_STREET | 1 << PLACE_SKYLINE,
    SHOWN_ANYWHERE = (1 << SCENE_PLACES) - 1
};

extern const struct lexeme lexicon_places[], lexicon_cast[], lexicon_light[], lexicon_film[];
extern const size_t lexicon_places_count, lexicon_cast_count, lexicon_light_count;
extern const size_t lexicon_film_count;

#endif
