/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "base/macros.h"
#include "workers/diorama/prompt/prompt.h"

static const char *const places[SCENE_PLACES] = {
    [PLACE_MOUNTAINS] = "mountains", [PLACE_COAST] = "coast",     [PLACE_SKY] = "sky",
    [PLACE_STREET] = "street",       [PLACE_SKYLINE] = "skyline", [PLACE_SPACE] = "space",
    [PLACE_FOREST] = "forest",       [PLACE_SEA] = "sea",         [PLACE_UNDERWATER] = "underwater",
    [PLACE_VILLAGE] = "village",     [PLACE_ROOM] = "room"};

static const char *const woods[SCENE_WOODS] = {[WOODS_MIXED] = "mixed",
                                               [WOODS_CONIFER] = "conifer",
                                               [WOODS_BIRCH] = "birch",
                                               [WOODS_JUNGLE] = "jungle",
                                               [WOODS_BAMBOO] = "bamboo"};

static const char *const rooms[SCENE_ROOMS] = {[ROOM_LIVING] = "living",
                                               [ROOM_BEDROOM] = "bedroom",
                                               [ROOM_KITCHEN] = "kitchen",
                                               [ROOM_LIBRARY] = "library",
                                               [ROOM_CAFE] = "cafe"};

static const char *const villages[SCENE_VILLAGES] = {
    [VILLAGE_ANY] = "any",           [VILLAGE_COTTAGE] = "cottage",   [VILLAGE_ALPINE] = "alpine",
    [VILLAGE_SOUTHERN] = "southern", [VILLAGE_TIMBERED] = "timbered", [VILLAGE_FISHING] = "fishing",
    [VILLAGE_JAPANESE] = "japanese"};

static const char *const seasons[SCENE_SEASONS] = {[SEASON_ANY] = "any",
                                                   [SEASON_SPRING] = "spring",
                                                   [SEASON_SUMMER] = "summer",
                                                   [SEASON_AUTUMN] = "autumn",
                                                   [SEASON_WINTER] = "winter"};

static const char *const lenses[SCENE_LENSES] = {[LENS_NORMAL] = "normal",
                                                 [LENS_WIDE] = "wide",
                                                 [LENS_TELEPHOTO] = "telephoto",
                                                 [LENS_FISHEYE] = "fisheye"};

static const char *const shots[SCENE_SHOTS] = {
    [SHOT_USUAL] = "usual", [SHOT_MEDIUM] = "medium", [SHOT_CLOSE] = "close"};
static const char *const focuses[SCENE_FOCUSES] = {[FOCUS_DEEP] = "deep",
                                                   [FOCUS_SHALLOW] = "shallow",
                                                   [FOCUS_MACRO] = "macro",
                                                   [FOCUS_RACK] = "rack",
                                                   [FOCUS_TILT_SHIFT] = "tilt_shift"};

static const char *const moods[SCENE_MOODS] = {
    [MOOD_ANY] = "any",           [MOOD_CALM] = "calm",
    [MOOD_JOYFUL] = "joyful",     [MOOD_SAD] = "sad",
    [MOOD_TENSE] = "tense",       [MOOD_EPIC] = "epic",
    [MOOD_ROMANTIC] = "romantic", [MOOD_MYSTERIOUS] = "mysterious"};

static const char *const musics[SCENE_MUSICS] = {
    [MUSIC_NONE] = "none",       [MUSIC_ANY] = "any",       [MUSIC_PIANO] = "piano",
    [MUSIC_STRINGS] = "strings", [MUSIC_GUITAR] = "guitar", [MUSIC_SYNTH] = "synth",
    [MUSIC_JAZZ] = "jazz"};

static const char *const voices[SCENE_VOICES] = {
    [VOICE_ANY] = "any", [VOICE_FEMALE] = "female", [VOICE_MALE] = "male", [VOICE_CHILD] = "child"};

/* In the order of their bits. */
static const char *const effects[] = {
    "campfire", "fireplace", "torches",   "candles", "blaze",   "smoke",  "fireworks", "lightning",
    "leaves",   "petals",    "fireflies", "sparks",  "rainbow", "aurora", "meteors",   "halo"};

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

static const char *const trees[SCENE_TREES] = {
    [TREE_NONE] = "none",     [TREE_OAK] = "oak",       [TREE_BLOSSOM] = "blossom",
    [TREE_FRUIT] = "fruit",   [TREE_OLIVE] = "olive",   [TREE_CYPRESS] = "cypress",
    [TREE_WILLOW] = "willow", [TREE_ACACIA] = "acacia", [TREE_BIRCH] = "birch",
    [TREE_PINE] = "pine",     [TREE_SPRUCE] = "spruce", [TREE_BUSH] = "bush"};

static const char *const blooms[SCENE_BLOOMS] = {[BLOOM_WILD] = "wild",
                                                 [BLOOM_POPPY] = "poppy",
                                                 [BLOOM_LAVENDER] = "lavender",
                                                 [BLOOM_SUNFLOWER] = "sunflower",
                                                 [BLOOM_TULIP] = "tulip",
                                                 [BLOOM_DAISY] = "daisy",
                                                 [BLOOM_CORNFLOWER] = "cornflower",
                                                 [BLOOM_DANDELION] = "dandelion"};

static const char *const kinds[SUBJECT_KINDS] = {[SUBJECT_PERSON] = "person",
                                                 [SUBJECT_CAT] = "cat",
                                                 [SUBJECT_DOG] = "dog",
                                                 [SUBJECT_HORSE] = "horse",
                                                 [SUBJECT_BIRDS] = "birds",
                                                 [SUBJECT_CAR] = "car",
                                                 [SUBJECT_VINTAGE_CAR] = "vintage_car",
                                                 [SUBJECT_BALLOONS] = "balloons",
                                                 [SUBJECT_FISH] = "fish",
                                                 [SUBJECT_BOAT] = "boat",
                                                 [SUBJECT_TRAIN] = "train",
                                                 [SUBJECT_PLANE] = "plane",
                                                 [SUBJECT_DRONE] = "drone",
                                                 [SUBJECT_KITE] = "kite"};

static const char *const forms[SUBJECT_FORMS] = {[FORM_USUAL] = "usual",
                                                 [FORM_WOMAN] = "woman",
                                                 [FORM_MAN] = "man",
                                                 [FORM_GIRL] = "girl",
                                                 [FORM_BOY] = "boy",
                                                 [FORM_CHILD] = "child",
                                                 [FORM_OLD_WOMAN] = "old_woman",
                                                 [FORM_OLD_MAN] = "old_man",
                                                 [FORM_BEAGLE] = "beagle",
                                                 [FORM_HUSKY] = "husky",
                                                 [FORM_CORGI] = "corgi",
                                                 [FORM_RETRIEVER] = "retriever",
                                                 [FORM_SHEPHERD] = "shepherd",
                                                 [FORM_WOLF] = "wolf",
                                                 [FORM_FOX] = "fox",
                                                 [FORM_BEAR] = "bear",
                                                 [FORM_LION] = "lion",
                                                 [FORM_TIGER] = "tiger",
                                                 [FORM_DEER] = "deer",
                                                 [FORM_COW] = "cow",
                                                 [FORM_SHEEP] = "sheep",
                                                 [FORM_ZEBRA] = "zebra",
                                                 [FORM_ELEPHANT] = "elephant",
                                                 [FORM_SAIL] = "sail",
                                                 [FORM_ROWING] = "rowing",
                                                 [FORM_FISHING] = "fishing",
                                                 [FORM_SHIP] = "ship",
                                                 [FORM_STEAM] = "steam",
                                                 [FORM_PROPELLER] = "propeller",
                                                 [FORM_TOY] = "toy",
                                                 [FORM_GULL] = "gull",
                                                 [FORM_EAGLE] = "eagle",
                                                 [FORM_CROW] = "crow",
                                                 [FORM_GOOSE] = "goose",
                                                 [FORM_SWALLOW] = "swallow",
                                                 [FORM_STARLING] = "starling",
                                                 [FORM_PIGEON] = "pigeon",
                                                 [FORM_SHARK] = "shark",
                                                 [FORM_KOI] = "koi",
                                                 [FORM_TURTLE] = "turtle",
                                                 [FORM_JELLYFISH] = "jellyfish",
                                                 [FORM_SEDAN] = "sedan",
                                                 [FORM_COUPE] = "coupe",
                                                 [FORM_SPORTS_CAR] = "sports_car",
                                                 [FORM_SUV] = "suv",
                                                 [FORM_PICKUP] = "pickup",
                                                 [FORM_VAN] = "van",
                                                 [FORM_BUS] = "bus",
                                                 [FORM_DOUBLE_DECKER] = "double_decker",
                                                 [FORM_SCHOOL_BUS] = "school_bus"};

static const char *const actions[SUBJECT_ACTIONS] = {
    [ACTION_IDLE] = "idle", [ACTION_WALK] = "walk",   [ACTION_RUN] = "run",
    [ACTION_TURN] = "turn", [ACTION_SIT] = "sit",     [ACTION_LIE] = "lie",
    [ACTION_WAVE] = "wave", [ACTION_DANCE] = "dance", [ACTION_JUMP] = "jump",
    [ACTION_FLY] = "fly",   [ACTION_SWIM] = "swim",   [ACTION_FALL] = "fall",
    [ACTION_RIDE] = "ride"};

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
        write_text(json, "form", forms[subject->form]);
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

static void write_effects(const struct scene *scene, struct jsonw *json)
{
    jsonw_key(json, "effects");
    jsonw_array(json);
    for (size_t i = 0; i < ARRAY_LEN(effects); i++)
        if (scene->effects & 1u << i)
            jsonw_cstr(json, effects[i]);
    jsonw_end(json);
}

static void write_speech(const struct scene *scene, struct jsonw *json)
{
    jsonw_key(json, "speech");
    jsonw_array(json);
    for (int i = 0; i < scene->speech_count; i++) {
        jsonw_object(json);
        write_text(json, "voice", voices[scene->speech[i].voice]);
        write_text(json, "text", scene->speech[i].text);
        jsonw_end(json);
    }
    jsonw_end(json);
}

/* What the words say of lens, shutter and music. */
static void write_film(const struct scene *scene, struct jsonw *json)
{
    write_text(json, "lens", lenses[scene->lens]);
    write_text(json, "focus", focuses[scene->focus]);
    write_text(json, "shot", shots[scene->shot]);
    write_number(json, "motion_blur", scene->motion_blur);
    write_number(json, "saturation", scene->saturation);
    write_number(json, "contrast", scene->contrast);
    write_text(json, "mood", moods[scene->mood]);
    write_text(json, "music", musics[scene->music]);
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
    write_number(json, "traffic", scene->traffic);
    jsonw_key(json, "cafe");
    jsonw_bool(json, scene->cafe);
    write_text(json, "vista", vistas[scene->vista]);
    write_text(json, "ground", grounds[scene->ground]);
    write_text(json, "bloom", blooms[scene->bloom]);
    write_text(json, "tree", trees[scene->tree]);
    jsonw_key(json, "tree_count");
    jsonw_int(json, scene->tree_count);
    write_text(json, "woods", woods[scene->woods]);
    write_text(json, "room", rooms[scene->room]);
    write_text(json, "village", villages[scene->village]);
    write_text(json, "season", seasons[scene->season]);
    write_number(json, "wind", scene->wind);
    write_film(scene, json);
    write_effects(scene, json);
    write_subjects(scene, json);
    write_speech(scene, json);
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
