/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/prompt/lexicon_impl.h"

static const struct {
    const struct lexeme *items;
    const size_t *count;
} parts[] = {{lexicon_places, &lexicon_places_count},
             {lexicon_cast, &lexicon_cast_count},
             {lexicon_light, &lexicon_light_count},
             {lexicon_film, &lexicon_film_count}};

const struct lexeme *lexicon_at(size_t index)
{
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (index < *parts[i].count)
            return &parts[i].items[index];
        index -= *parts[i].count;
    }
    return NULL;
}

const char lexicon_small_talk[] =
    /* Articles, pronouns, prepositions, common verbs. */
    "add also replace swap instead exchange turn become "
    "a an the this that these those some any all each every it its it's there here and or "
    "but as at by for from in into of off on onto over out through to toward towards under "
    "up down with within while where when across above along among around behind below "
    "beneath beside between beyond near past during before after be is are was were being "
    "been has have can will should would i we you your our my me us like so than then too "
    "nobody noone empty deserted unpeopled uninhabited someone somebody everybody nothing "
    "very more most much many few one two left right back forward please show make create "
    "he she him her his hers they them their say saying wear wearing year art "
    "generate render see seen look feature featuring give set get just also other "
    /* Talk about film. */
    "shot video clip footage film scene camera cam lens wide angle close closeup up "
    "establishing view viewpoint vista pov panorama panoramic cinematography "
    "cinematographic lighting light lit exposure depth focus bokeh frame framing "
    "composition perspective motion move movement smooth seamless loop color colour grade "
    "graded grading contrast tone shadow style mood atmosphere atmospheric ambience "
    "background foreground resolution quality high low detail detailed sharp crisp ultra "
    "hyper real realism hd uhd 4k 8k 1080p 720p hdr fps imax arri raw render octane unreal "
    "engine professional masterpiece award winning sequence second minute image picture "
    "photo photography gimbal stabilized steadicam shoot "
    /* Praise and size. */
    "beautiful stunning amazing gorgeous breathtaking majestic spectacular magnificent "
    "grand great vast huge big small tall little large massive endless lovely pretty nice "
    "classic front now prompt negative perfect incredible awesome vivid vibrant rich deep soft "
    "distant distance far wild pure "
    "quiet silent lonely remote scenic scenery natural roll drift shine glow glowing "
    "shimmer sparkle crash gradual place world day time hour line edge side top covered "
    "filled full surround stretch reveal ";

const char lexicon_negations[] =
    "no not without never don't avoid neither nor isn't aren't doesn't won't can't cannot exclude "
    "excluding remove delete erase";

const struct lexicon_setting_values lexicon_settings[LEXICON_SETTINGS] = {
    [SETTING_NONE] = {PLACE_MOUNTAINS, CAMERA_DRONE, false, 0.35f, 0.55f, 0.25f, 0.40f, 0, 0, 0},
    [SETTING_MOUNTAINS] = {PLACE_MOUNTAINS, CAMERA_DRONE, false, 0.35f, 0.55f, 0.25f, 0.40f, 0, 0,
                           0},
    [SETTING_PEAKS] = {PLACE_MOUNTAINS, CAMERA_DRONE, false, 0.15f, 0.35f, 0.20f, 0.35f, 0, 0, 0},
    [SETTING_HILLS] = {PLACE_MOUNTAINS, CAMERA_PUSH_IN, false, 0.90f, 1.00f, 0.30f, 0.40f, 0, 0, 0},
    [SETTING_WOODED] = {PLACE_MOUNTAINS, CAMERA_DRONE, false, 1.00f, 0.95f, 0.35f, 0.40f, 0, 0, 0},
    [SETTING_VALLEY] = {PLACE_MOUNTAINS, CAMERA_DRONE, false, 0.70f, 0.75f, 0.35f, 0.40f, 0, 0, 0},
    [SETTING_DESERT] = {PLACE_MOUNTAINS, CAMERA_DRONE, false, 0.00f, 1.00f, 0.30f, 0.10f, 0, 0, 0},
    [SETTING_CANYON] = {PLACE_MOUNTAINS, CAMERA_DRONE, false, 0.05f, 1.00f, 0.25f, 0.20f, 0, 0, 0},
    [SETTING_ARCTIC] = {PLACE_MOUNTAINS, CAMERA_DRONE, false, 0.00f, 0.00f, 0.20f, 0.40f, 0, 0, 0},
    [SETTING_COAST] = {PLACE_COAST, CAMERA_PUSH_IN, false, 0.60f, 1.00f, 0.25f, 0.40f, 0, 0, 0},
    [SETTING_TROPICS] = {PLACE_COAST, CAMERA_PUSH_IN, true, 0.90f, 1.00f, 0.20f, 0.35f, 0, 0, 0},
    [SETTING_LAKE] = {PLACE_COAST, CAMERA_PUSH_IN, false, 0.80f, 1.00f, 0.30f, 0.40f, 0, 0, 0},
    [SETTING_SHORE] = {PLACE_COAST, CAMERA_PUSH_IN, false, 0.40f, 1.00f, 0.25f, 0.45f, 0, 0, 0},
    [SETTING_CLOUDS] = {PLACE_SKY, CAMERA_PUSH_IN, false, 0.30f, 0.60f, 0.20f, 0.60f, 0, 0, 0},
    [SETTING_STARS] = {PLACE_SKY, CAMERA_PAN_RIGHT, false, 0.30f, 0.60f, 0.10f, 0.20f, 0, 0, 0},
    [SETTING_SPACE] = {.place = PLACE_SPACE, .camera = CAMERA_PUSH_IN, .vista = VISTA_PLANET},
    [SETTING_ORBIT] = {.place = PLACE_SPACE, .camera = CAMERA_DRONE, .vista = VISTA_ORBIT},
    [SETTING_GIANT] = {.place = PLACE_SPACE, .camera = CAMERA_ORBIT, .vista = VISTA_GIANT},
    [SETTING_MOON] = {.place = PLACE_SPACE, .camera = CAMERA_PUSH_IN, .vista = VISTA_MOON},
    [SETTING_DEEP_SPACE] = {.place = PLACE_SPACE, .camera = CAMERA_PUSH_IN, .vista = VISTA_DEEP},
    [SETTING_STREET] = {PLACE_STREET, CAMERA_PUSH_IN, false, 0.30f, 1.00f, 0.15f, 0.30f, 0.3f, 0,
                        0},
    [SETTING_CAFE] = {PLACE_STREET, CAMERA_PUSH_IN, false, 0.30f, 1.00f, 0.20f, 0.25f, 0.1f, 0, 0},
    [SETTING_FOREST] = {PLACE_FOREST, CAMERA_PUSH_IN, false, 1.00f, 0.95f, 0.30f, 0.35f, 0, 0,
                        SETTING_WOODED},
    [SETTING_OCEAN] = {PLACE_SEA, CAMERA_PUSH_IN, false, 0.40f, 1.00f, 0.25f, 0.45f, 0, 0,
                       SETTING_SHORE},
    [SETTING_UNDERWATER] = {PLACE_UNDERWATER, CAMERA_PUSH_IN, true, 0.40f, 1.00f, 0.25f, 0.30f, 0,
                            0, SETTING_OCEAN},
    [SETTING_VILLAGE] = {PLACE_VILLAGE, CAMERA_PUSH_IN, false, 0.80f, 1.00f, 0.25f, 0.40f, 0, 0,
                         SETTING_HILLS},
    [SETTING_ROOM] = {PLACE_ROOM, CAMERA_PUSH_IN, false, 0.60f, 1.00f, 0.20f, 0.35f, 0, 0,
                      SETTING_NONE},
    [SETTING_CAFE_INSIDE] = {PLACE_ROOM, CAMERA_PUSH_IN, false, 0.60f, 1.00f, 0.20f, 0.35f, 0, 0,
                             SETTING_CAFE},
    [SETTING_SKYLINE] = {PLACE_SKYLINE, CAMERA_DRONE, false, 0.30f, 1.00f, 0.35f, 0.40f, 0.5f, 0,
                         0},
};

const struct lexicon_hour_values lexicon_hours[LEXICON_HOURS] = {
    [HOUR_NONE] = {24, 50, 0.00f, 0.00f},      [HOUR_SUNRISE] = {4, 16, 0.15f, 0.05f},
    [HOUR_DAWN] = {0.5f, 18, 0.00f, 0.08f},    [HOUR_MORNING] = {16, 45, 0.05f, 0.05f},
    [HOUR_DAY] = {38, 55, 0.00f, -0.05f},      [HOUR_NOON] = {62, 70, 0.00f, -0.05f},
    [HOUR_AFTERNOON] = {30, 60, 0.05f, 0.00f}, [HOUR_GOLDEN] = {8, 22, 0.20f, 0.05f},
    [HOUR_SUNSET] = {4, 14, 0.20f, 0.05f},     [HOUR_EVENING] = {6, 24, 0.15f, 0.05f},
    [HOUR_DUSK] = {-3, 14, 0.00f, 0.05f},      [HOUR_BLUE] = {-5.5f, 20, -0.20f, 0.05f},
    [HOUR_NIGHT] = {-14, 30, -0.10f, 0.00f},
};
