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
    PLACE_FOREST,     /* inside a wood, among its trunks */
    PLACE_SEA,        /* open water, no land */
    PLACE_UNDERWATER, /* a reef and blue depth */
    PLACE_VILLAGE,
    PLACE_ROOM, /* inside a house, a window in view */
    SCENE_PLACES
};

/* What a wood is made of (PLACE_FOREST). */
enum scene_woods {
    WOODS_MIXED,
    WOODS_CONIFER,
    WOODS_BIRCH,
    WOODS_JUNGLE,
    WOODS_BAMBOO,
    SCENE_WOODS
};

/* What a room is for (PLACE_ROOM). */
enum scene_room { ROOM_LIVING, ROOM_BEDROOM, ROOM_KITCHEN, ROOM_LIBRARY, ROOM_CAFE, SCENE_ROOMS };

/* What country's houses a village has (PLACE_VILLAGE). */
enum scene_village {
    VILLAGE_ANY,
    VILLAGE_COTTAGE, /* field stone and thatch */
    VILLAGE_ALPINE,  /* wooden upper floors, wide roofs; high mountains behind */
    VILLAGE_SOUTHERN,
    VILLAGE_TIMBERED, /* beams and plaster about a cobbled square */
    VILLAGE_FISHING,  /* at the sea */
    VILLAGE_JAPANESE,
    SCENE_VILLAGES
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

/* What grows single on open ground, as the words name it. */
enum scene_tree {
    TREE_NONE,
    TREE_OAK,
    TREE_BLOSSOM, /* a fruit tree in bloom */
    TREE_FRUIT,
    TREE_OLIVE,
    TREE_CYPRESS,
    TREE_WILLOW,
    TREE_ACACIA,
    TREE_BIRCH,
    TREE_PINE,
    TREE_SPRUCE,
    TREE_BUSH,
    SCENE_TREES
};

/* Which flowers stand on GROUND_FLOWERS. */
enum scene_bloom {
    BLOOM_WILD,
    BLOOM_POPPY,
    BLOOM_LAVENDER, /* in rows, as tulips and sunflowers */
    BLOOM_SUNFLOWER,
    BLOOM_TULIP,
    BLOOM_DAISY,
    BLOOM_CORNFLOWER,
    BLOOM_DANDELION,
    SCENE_BLOOMS
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
    SUBJECT_FISH,
    SUBJECT_BOAT,
    SUBJECT_TRAIN,
    SUBJECT_PLANE,
    SUBJECT_DRONE,
    SUBJECT_KITE,
    SUBJECT_KINDS
};

/* Which one of its kind; any when usual. */
enum subject_form {
    FORM_USUAL,
    FORM_WOMAN, /* persons */
    FORM_MAN,
    FORM_GIRL,
    FORM_BOY,
    FORM_CHILD,
    FORM_OLD_WOMAN,
    FORM_OLD_MAN,
    FORM_BEAGLE, /* dogs, and what is built like them */
    FORM_HUSKY,
    FORM_CORGI,
    FORM_RETRIEVER,
    FORM_SHEPHERD,
    FORM_WOLF,
    FORM_FOX,
    FORM_BEAR,
    FORM_LION, /* cats */
    FORM_TIGER,
    FORM_DEER, /* horses */
    FORM_COW,
    FORM_SHEEP,
    FORM_ZEBRA,
    FORM_ELEPHANT,
    FORM_SAIL, /* boats */
    FORM_ROWING,
    FORM_FISHING,
    FORM_SHIP,
    FORM_STEAM,     /* trains; usual: modern */
    FORM_PROPELLER, /* planes; usual: an airliner */
    FORM_TOY,       /* balloons on strings; usual: hot-air balloons */
    FORM_GULL,      /* birds; usual: a flock */
    FORM_EAGLE,
    FORM_PIGEON,
    FORM_CROW,
    FORM_GOOSE,
    FORM_SWALLOW,
    FORM_STARLING,
    FORM_SHARK, /* fish; usual: a shoal */
    FORM_KOI,
    FORM_TURTLE,
    FORM_JELLYFISH,
    FORM_SEDAN, /* cars; usual: any */
    FORM_COUPE,
    FORM_SPORTS_CAR,
    FORM_SUV,
    FORM_PICKUP,
    FORM_VAN,
    FORM_BUS,
    FORM_DOUBLE_DECKER,
    FORM_SCHOOL_BUS,
    SUBJECT_FORMS
};

/* Vehicles walk when they drive, sail or roll. */
enum subject_action {
    ACTION_IDLE,
    ACTION_WALK,
    ACTION_RUN,
    ACTION_TURN, /* to face the camera */
    ACTION_SIT,
    ACTION_LIE,
    ACTION_WAVE, /* a hand */
    ACTION_DANCE,
    ACTION_JUMP,
    ACTION_FLY,
    ACTION_SWIM,
    ACTION_FALL,
    ACTION_RIDE, /* the horse that is listed before them */
    SUBJECT_ACTIONS
};

/* What a person wears, bits; what is not named the dice choose. */
enum subject_wear {
    WEAR_COAT = 1 << 0,
    WEAR_JACKET = 1 << 1,
    WEAR_SUIT = 1 << 2,
    WEAR_SHIRT = 1 << 3,
    WEAR_DRESS = 1 << 4,
    WEAR_SKIRT = 1 << 5,
    WEAR_HAT = 1 << 6,
    WEAR_BEANIE = 1 << 7,
    WEAR_SCARF = 1 << 8,
    WEAR_BACKPACK = 1 << 9,
    WEAR_UMBRELLA = 1 << 10,
    WEAR_LONG_HAIR = 1 << 11,
    WEAR_SHORT_HAIR = 1 << 12,
    WEAR_PONYTAIL = 1 << 13,
    WEAR_CURLS = 1 << 14,
    WEAR_BALD = 1 << 15,
    WEAR_SMILE = 1 << 16
};

/* What of a person may have a color of its own. */
enum subject_tint {
    TINT_HAIR,
    TINT_LEGS, /* trousers or skirt */
    TINT_HAT,
    TINT_SCARF,
    TINT_BACKPACK,
    TINT_UMBRELLA,
    SUBJECT_TINTS
};

enum { SUBJECTS_MAX = 4, SUBJECT_COUNT_MAX = 9 };

/* Who or what the clip is about. */
struct subject {
    enum subject_kind kind;
    enum subject_action action;
    int count;
    bool is_colored; /* the prompt names its color */
    float color[3];  /* linear, of coat, paint or clothes */
    enum subject_form form;
    unsigned wears;                /* bits of enum subject_wear */
    unsigned tinted;               /* bits 1 << enum subject_tint: those that are named */
    float tints[SUBJECT_TINTS][3]; /* linear */
};

/* Bits of struct scene.effects. */
enum scene_effect {
    EFFECT_CAMPFIRE = 1 << 0,
    EFFECT_FIREPLACE = 1 << 1, /* rooms: one that burns */
    EFFECT_TORCHES = 1 << 2,
    EFFECT_CANDLES = 1 << 3,
    EFFECT_BLAZE = 1 << 4, /* a wildfire, a burning house */
    EFFECT_SMOKE = 1 << 5,
    EFFECT_FIREWORKS = 1 << 6,
    EFFECT_LIGHTNING = 1 << 7,
    EFFECT_LEAVES = 1 << 8, /* that fall */
    EFFECT_PETALS = 1 << 9,
    EFFECT_FIREFLIES = 1 << 10,
    EFFECT_SPARKS = 1 << 11,
    EFFECT_RAINBOW = 1 << 12,
    EFFECT_AURORA = 1 << 13,
    EFFECT_METEORS = 1 << 14,
    EFFECT_HALO = 1 << 15, /* about the sun or the moon */
    SCENE_EFFECTS_ALL = (1 << 16) - 1
};

enum scene_season {
    SEASON_ANY,
    SEASON_SPRING,
    SEASON_SUMMER,
    SEASON_AUTUMN,
    SEASON_WINTER,
    SCENE_SEASONS
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

enum scene_lens { LENS_NORMAL, LENS_WIDE, LENS_TELEPHOTO, LENS_FISHEYE, SCENE_LENSES };

enum scene_focus {
    FOCUS_DEEP, /* all is sharp */
    FOCUS_SHALLOW,
    FOCUS_MACRO,      /* close by and very shallow */
    FOCUS_RACK,       /* goes from near to far */
    FOCUS_TILT_SHIFT, /* a band of the picture, as of a model */
    SCENE_FOCUSES
};

/* How much of the first subject fills the picture: all, a person from the waist up, the head. */
enum scene_shot { SHOT_USUAL, SHOT_MEDIUM, SHOT_CLOSE, SCENE_SHOTS };

/* Of the music, and of nothing else. */
enum scene_mood {
    MOOD_ANY,
    MOOD_CALM,
    MOOD_JOYFUL,
    MOOD_SAD,
    MOOD_TENSE,
    MOOD_EPIC,
    MOOD_ROMANTIC,
    MOOD_MYSTERIOUS,
    SCENE_MOODS
};

/* What plays, where the words ask for music. */
enum scene_music {
    MUSIC_NONE,
    MUSIC_ANY,
    MUSIC_PIANO,
    MUSIC_STRINGS,
    MUSIC_GUITAR,
    MUSIC_SYNTH,
    MUSIC_JAZZ,
    SCENE_MUSICS
};

enum scene_voice { VOICE_ANY, VOICE_FEMALE, VOICE_MALE, VOICE_CHILD, SCENE_VOICES };

enum { SPEECH_LINES_MAX = 4, SPEECH_BYTES_MAX = 200 };

/* What somebody says: text of quotation marks. */
struct speech {
    enum scene_voice voice;
    char text[SPEECH_BYTES_MAX]; /* valid UTF-8, its NUL included, whole words */
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
    float traffic;           /* streets: 0 = no car but asked-for ones drives, 1 = busy */
    enum scene_vista vista;  /* space */
    enum scene_ground ground;
    enum scene_bloom bloom;
    enum scene_tree tree;
    int tree_count; /* 0 where no tree is asked for */
    enum scene_woods woods;
    enum scene_room room;
    enum scene_village village;
    enum scene_season season;
    unsigned effects; /* bits of enum scene_effect */
    float wind;       /* 0 = still, 0.3 = a breeze, 1 = a storm */
    enum scene_lens lens;
    enum scene_focus focus;
    enum scene_shot shot;
    float motion_blur;          /* 1 = as the usual shutter of half a frame, 0 = none, 3 = long */
    float saturation, contrast; /* of the picture: -1 less, +1 more */
    enum scene_mood mood;
    enum scene_music music;
    int speech_count;
    struct speech speech[SPEECH_LINES_MAX];
    int subject_count;
    struct subject subjects[SUBJECTS_MAX];
    uint64_t seed; /* layout; same prompt and seed give the same frames */
};

#endif
