/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/prompt/drawn.h"

#define AT(place) (1u << PLACE_##place)
#define DOES(action) (1u << ACTION_##action)

enum {
    GROUNDED = 1u << PLACE_MOUNTAINS | 1u << PLACE_COAST | 1u << PLACE_STREET | 1u << PLACE_FOREST |
               1u << PLACE_VILLAGE,
    OUTDOORS = 1u << PLACE_MOUNTAINS | 1u << PLACE_COAST | 1u << PLACE_STREET | 1u << PLACE_FOREST |
               1u << PLACE_VILLAGE,
    OPEN_SKY = OUTDOORS | 1u << PLACE_SKYLINE | 1u << PLACE_SEA,
    WIDE_SKY = (OPEN_SKY | 1u << PLACE_SKY) & ~(1u << PLACE_FOREST),
    INDOORS = 1u << PLACE_ROOM,
    MOVES = 1u << ACTION_IDLE | 1u << ACTION_WALK | 1u << ACTION_RUN
};

const bool drawn_places[SCENE_PLACES] = {
    [PLACE_MOUNTAINS] = true,  [PLACE_COAST] = true,   [PLACE_SKY] = true,    [PLACE_STREET] = true,
    [PLACE_SKYLINE] = true,    [PLACE_SPACE] = true,   [PLACE_FOREST] = true, [PLACE_SEA] = true,
    [PLACE_UNDERWATER] = true, [PLACE_VILLAGE] = true, [PLACE_ROOM] = true,
};

const unsigned drawn_subjects[SUBJECT_KINDS] = {
    [SUBJECT_PERSON] = GROUNDED | INDOORS,
    [SUBJECT_CAT] = GROUNDED | INDOORS,
    [SUBJECT_DOG] = GROUNDED | INDOORS,
    [SUBJECT_HORSE] = GROUNDED,
    [SUBJECT_BIRDS] = AT(MOUNTAINS) | AT(COAST) | AT(SKY) | AT(STREET) | AT(SKYLINE) | AT(SEA),
    [SUBJECT_CAR] = GROUNDED,
    [SUBJECT_VINTAGE_CAR] = GROUNDED,
    [SUBJECT_BALLOONS] = AT(MOUNTAINS) | AT(COAST) | AT(SKYLINE) | AT(SKY) | AT(SEA),
    [SUBJECT_FISH] = AT(UNDERWATER),
    [SUBJECT_BOAT] = AT(COAST) | AT(SEA) | AT(MOUNTAINS),
    [SUBJECT_TRAIN] = AT(MOUNTAINS) | AT(COAST),
    [SUBJECT_PLANE] = AT(MOUNTAINS) | AT(COAST) | AT(SKYLINE) | AT(SKY) | AT(SEA),
    [SUBJECT_DRONE] = AT(MOUNTAINS) | AT(COAST) | AT(SKYLINE) | AT(SKY) | AT(SEA),
    [SUBJECT_KITE] = AT(MOUNTAINS) | AT(COAST),
};

const bool drawn_forms[SUBJECT_FORMS] = {
    [FORM_USUAL] = true,
    /* A person's: somebody is in the picture in any case. */
    [FORM_WOMAN] = true,
    [FORM_MAN] = true,
    [FORM_GIRL] = true,
    [FORM_BOY] = true,
    [FORM_CHILD] = true,
    [FORM_OLD_WOMAN] = true,
    [FORM_OLD_MAN] = true,
    [FORM_BEAGLE] = true,
    [FORM_HUSKY] = true,
    [FORM_CORGI] = true,
    [FORM_RETRIEVER] = true,
    [FORM_SHEPHERD] = true,
    [FORM_WOLF] = true,
    [FORM_FOX] = true,
    [FORM_BEAR] = true,
    [FORM_LION] = true,
    [FORM_TIGER] = true,
    [FORM_DEER] = true,
    [FORM_COW] = true,
    [FORM_SHEEP] = true,
    [FORM_ZEBRA] = true,
    [FORM_ELEPHANT] = true,
    [FORM_SAIL] = true,
    [FORM_ROWING] = true,
    [FORM_FISHING] = true,
    [FORM_SHIP] = true,
    [FORM_STEAM] = true,
    [FORM_PROPELLER] = true,
    [FORM_TOY] = true,
    [FORM_GULL] = true,
    [FORM_EAGLE] = true,
    [FORM_PIGEON] = true,
    [FORM_CROW] = true,
    [FORM_GOOSE] = true,
    [FORM_SWALLOW] = true,
    [FORM_STARLING] = true,
    [FORM_SHARK] = true,
    [FORM_KOI] = true,
    [FORM_TURTLE] = true,
    [FORM_JELLYFISH] = true,
    [FORM_SEDAN] = true,
    [FORM_COUPE] = true,
    [FORM_SPORTS_CAR] = true,
    [FORM_SUV] = true,
    [FORM_PICKUP] = true,
    [FORM_VAN] = true,
    [FORM_BUS] = true,
    [FORM_DOUBLE_DECKER] = true,
    [FORM_SCHOOL_BUS] = true,
};

const unsigned drawn_actions[SUBJECT_KINDS] = {
    [SUBJECT_PERSON] = MOVES | DOES(SIT) | DOES(WAVE) | DOES(DANCE) | DOES(RIDE),
    [SUBJECT_CAT] = MOVES,
    [SUBJECT_DOG] = MOVES,
    [SUBJECT_HORSE] = MOVES,
    [SUBJECT_BIRDS] = DOES(FLY),
    [SUBJECT_CAR] = MOVES,
    [SUBJECT_VINTAGE_CAR] = MOVES,
    [SUBJECT_BALLOONS] = DOES(IDLE) | DOES(FLY),
    [SUBJECT_FISH] = DOES(SWIM),
    [SUBJECT_BOAT] = MOVES,
    [SUBJECT_TRAIN] = MOVES,
    [SUBJECT_PLANE] = DOES(FLY),
    [SUBJECT_DRONE] = DOES(FLY) | DOES(IDLE),
    [SUBJECT_KITE] = DOES(FLY),
};

const unsigned drawn_effects[DRAWN_EFFECTS] = {
    OUTDOORS,                         /* EFFECT_CAMPFIRE */
    AT(ROOM),                         /* EFFECT_FIREPLACE */
    OUTDOORS,                         /* EFFECT_TORCHES */
    AT(ROOM),                         /* EFFECT_CANDLES */
    OUTDOORS,                         /* EFFECT_BLAZE */
    OUTDOORS,                         /* EFFECT_SMOKE */
    OPEN_SKY & ~(1u << PLACE_FOREST), /* EFFECT_FIREWORKS */
    OPEN_SKY,                         /* EFFECT_LIGHTNING */
    OUTDOORS,                         /* EFFECT_LEAVES */
    OUTDOORS,                         /* EFFECT_PETALS */
    OUTDOORS,                         /* EFFECT_FIREFLIES */
    OUTDOORS,                         /* EFFECT_SPARKS */
    WIDE_SKY,                         /* EFFECT_RAINBOW */
    WIDE_SKY,                         /* EFFECT_AURORA */
    WIDE_SKY,                         /* EFFECT_METEORS */
    WIDE_SKY,                         /* EFFECT_HALO */
};

const bool drawn_lenses[SCENE_LENSES] = {
    [LENS_NORMAL] = true, [LENS_WIDE] = true, [LENS_TELEPHOTO] = true, [LENS_FISHEYE] = true};
const bool drawn_focuses[SCENE_FOCUSES] = {
    [FOCUS_DEEP] = true, [FOCUS_SHALLOW] = true,    [FOCUS_MACRO] = true,
    [FOCUS_RACK] = true, [FOCUS_TILT_SHIFT] = true,
};
const bool drawn_seasons[SCENE_SEASONS] = {
    [SEASON_ANY] = true,
    /* By the greenery, the snow line and the warmth of the picture. */
    [SEASON_SPRING] = true,
    [SEASON_SUMMER] = true,
    [SEASON_AUTUMN] = true,
    [SEASON_WINTER] = true,
};
const bool drawn_motion_blur = true, drawn_saturation = true;

const bool drawn_music = true, drawn_speech = true;
