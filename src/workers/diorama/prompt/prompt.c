/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/diorama/prompt/prompt.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "workers/diorama/prompt/drawn.h"
#include "workers/diorama/prompt/prompt_impl.h"

#define NIGHT_ELEVATION_DEG (-4.0f)
#define BREEZE 0.3f
#define BOW_SUN_LEAST_DEG 3.0f /* by night there is no rainbow */
#define STORM_COVER 0.99f      /* rain under such a sky is a storm, as in sound.c */

/* What is seen from nearby only. */
#define GROUND_EFFECTS                                                                             \
    (EFFECT_CAMPFIRE | EFFECT_TORCHES | EFFECT_FIREFLIES | EFFECT_LEAVES | EFFECT_PETALS)

#define SOME_TREES 5
#define NO_CLOUDS (-0.6f)

#define SNOW_LIES 0.4f /* words that speak of so much snow see it on the ground */

enum {
    HINT = 1, /* a vote of this weight bows to an older paragraph's */
    USUAL = 2,
    STRONG = 3, /* a vote of this weight that loses is reported */
};

struct vote {
    int value, weight, paragraph;
};

struct dial {
    float sum;
    int paragraph;
};

struct votes {
    struct vote setting, hour, weather, camera, look;
    struct vote lens, focus, season, mood, music, woods, room, village;
    bool no_music, no_snow; /* taken back */
    struct dial clouds, haze, greenery, snow, warmth, wind, saturation, contrast;
    float speed, time_scale;
    int speed_paragraph, time_paragraph;
    float neon, traffic;
    bool futuristic, asian, walks, has_flier;
    enum scene_shot shot;
    enum scene_ground ground;
    enum scene_tree tree;
    enum scene_bloom bloom;
    int trees;       /* so many are asked for; 0: not said */
    bool many_trees; /* by the plural of the word */
    unsigned effects;
    float motion_blur;
    bool has_lake;
};

/* The strongest vote wins, the first of equals; but what a newer paragraph says, if more than a
 * hint, no older one overrules. */
static void cast(struct vote *vote, int value, int weight, int paragraph)
{
    if (vote->value && vote->paragraph < paragraph && vote->weight > HINT)
        return;
    if (value && weight > vote->weight)
        *vote = (struct vote){value, weight, paragraph};
}

/* A dial is turned by the newest paragraph that touches it. */
static void turn(struct dial *dial, float by, int paragraph)
{
    if (by == 0 || (dial->sum != 0 && dial->paragraph != paragraph))
        return;
    dial->sum += by;
    dial->paragraph = paragraph;
}

static void count_rare_vote(const struct lexeme *lexeme, int paragraph, struct votes *votes)
{
    cast(&votes->lens, lexeme->lens, USUAL, paragraph);
    cast(&votes->focus, lexeme->focus, USUAL, paragraph);
    cast(&votes->season, lexeme->season, USUAL, paragraph);
    cast(&votes->mood, lexeme->mood, USUAL, paragraph);
    cast(&votes->music, lexeme->music, lexeme->music == MUSIC_ANY ? HINT : USUAL, paragraph);
    cast(&votes->woods, lexeme->woods, USUAL, paragraph);
    cast(&votes->room, lexeme->room, USUAL, paragraph);
    cast(&votes->village, lexeme->village, USUAL, paragraph);
    votes->effects |= lexeme->effects;
    if (votes->motion_blur == 0)
        votes->motion_blur = lexeme->motion_blur;
}

/* Trees and flowers by name. */
static void count_growth(const struct lexeme *lexeme, struct str last, struct votes *votes)
{
    const char *space = strrchr(lexeme->phrase, ' ');
    const char *noun = space ? space + 1 : lexeme->phrase;

    if (lexeme->tree && !votes->tree) {
        votes->tree = (enum scene_tree)lexeme->tree;
        votes->many_trees = last.len > strlen(noun);
    }
    if (lexeme->trees)
        votes->trees = lexeme->trees;
    if (lexeme->bloom && !votes->bloom)
        votes->bloom = (enum scene_bloom)lexeme->bloom;
}

static void count_vote(const struct lexeme *lexeme, int paragraph, struct votes *votes)
{
    cast(&votes->setting, lexeme->setting, lexeme->weight, paragraph);
    votes->has_lake |= lexeme->setting == SETTING_LAKE;
    cast(&votes->hour, lexeme->hour, lexeme->weight, paragraph);
    cast(&votes->weather, lexeme->weather, lexeme->weight, paragraph);
    if (!(votes->has_flier && lexeme->action == ACTION_FLY + 1)) /* a kite flies, not the camera */
        cast(&votes->camera, lexeme->camera, lexeme->weight, paragraph);
    cast(&votes->look, lexeme->look, lexeme->weight, paragraph);
    turn(&votes->clouds, lexeme->clouds, paragraph);
    turn(&votes->haze, lexeme->haze, paragraph);
    turn(&votes->greenery, lexeme->greenery, paragraph);
    turn(&votes->snow, lexeme->snow, paragraph);
    turn(&votes->warmth, lexeme->warmth, paragraph);
    turn(&votes->wind, lexeme->wind, paragraph);
    turn(&votes->saturation, lexeme->saturation, paragraph);
    turn(&votes->contrast, lexeme->contrast, paragraph);
    count_rare_vote(lexeme, paragraph, votes);
    if (lexeme->speed > 0 && (votes->speed == 1 || votes->speed_paragraph == paragraph)) {
        votes->speed *= lexeme->speed;
        votes->speed_paragraph = paragraph;
    }
    if (lexeme->time_scale > 0 && (votes->time_scale == 1 || votes->time_paragraph == paragraph)) {
        votes->time_scale = lexeme->time_scale;
        votes->time_paragraph = paragraph;
    }
    votes->neon += lexeme->neon;
    votes->traffic += lexeme->traffic;
    votes->walks |= lexeme->action == ACTION_WALK + 1;
    if (lexeme->shot && !votes->shot)
        votes->shot = (enum scene_shot)lexeme->shot;
    if (lexeme->ground && !votes->ground)
        votes->ground = (enum scene_ground)lexeme->ground;
    votes->futuristic |= lexeme->futuristic;
    votes->asian |= lexeme->asian;
}

static void veto(struct vote *vote, int value, int paragraph)
{
    if (value && vote->value == value && vote->paragraph >= paragraph)
        *vote = (struct vote){.value = 0};
}

/* What is said not to be there, also by older paragraphs. */
static void deny(const struct lexeme *lexeme, int paragraph, struct votes *votes)
{
    veto(&votes->weather, lexeme->weather, paragraph);
    veto(&votes->hour, lexeme->hour, paragraph);
    if (lexeme->snow > 0 && votes->snow.paragraph >= paragraph) {
        votes->snow.sum = 0;
        votes->no_snow = true;
        if (votes->season.value == SEASON_WINTER && votes->season.paragraph > paragraph)
            votes->season.value = SEASON_ANY;
    }
    if (lexeme->clouds > 0)
        votes->clouds.sum = lexeme->weather ? 0 : NO_CLOUDS;
    votes->effects &= ~(unsigned)lexeme->effects;
}

static void count_votes(const struct tokens *tokens, const struct scene *found, struct votes *votes)
{
    *votes = (struct votes){.speed = 1, .time_scale = 1};
    for (int i = 0; i < found->subject_count; i++)
        votes->has_flier |= prompt_flies(found->subjects[i].kind);
    for (int i = 0; i < tokens->count; i++) {
        const struct token *token = &tokens->items[i];

        if (token->lexeme && !token->is_silent) {
            count_vote(token->lexeme, token->paragraph, votes);
            count_growth(token->lexeme, tokens->items[i + token->span - 1].word, votes);
        } else if (token->lexeme && token->lexeme->music) {
            votes->no_music = true;
        }
    }
    for (int i = 0; i < tokens->count; i++)
        if (tokens->items[i].is_denied && tokens->items[i].lexeme)
            deny(tokens->items[i].lexeme, tokens->items[i].paragraph, votes);
}

static float clamp(float value, float least, float most)
{
    return fminf(fmaxf(value, least), most);
}

/* A number from 0 to 1 that depends on the seed and on what it is for. */
static float chance(uint64_t seed, uint64_t purpose)
{
    uint64_t mixed = seed + purpose * 0x9e3779b97f4a7c15u;

    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
    return (float)((mixed ^ mixed >> 31) >> 40) / (float)(1 << 24);
}

static bool snow_lies(const struct scene *scene, const struct votes *votes)
{
    return scene->season == SEASON_WINTER || votes->snow.sum >= SNOW_LIES;
}

static bool is_town(const struct scene *scene)
{
    return scene->place == PLACE_STREET || scene->place == PLACE_SKYLINE;
}

/* The weather that the words ask for, plus 1, or 0: in towns where snow lies it also falls. */
static int weather_asked(const struct scene *scene, const struct votes *votes)
{
    if (votes->weather.value || !is_town(scene) || !snow_lies(scene, votes))
        return votes->weather.value;
    return WEATHER_SNOW + 1;
}

static void set_weather(struct scene *scene, const struct votes *votes, float cover)
{
    static const struct {
        float cover_min, cover_max, haze_min;
    } ranges[SCENE_WEATHERS] = {
        [WEATHER_CLEAR] = {0.00f, 0.25f, 0.00f},    [WEATHER_CLOUDY] = {0.50f, 0.80f, 0.00f},
        [WEATHER_OVERCAST] = {0.90f, 1.00f, 0.30f}, [WEATHER_FOG] = {0.40f, 1.00f, 0.75f},
        [WEATHER_RAIN] = {0.88f, 1.00f, 0.45f},     [WEATHER_SNOW] = {0.80f, 1.00f, 0.45f},
    };
    int asked = weather_asked(scene, votes);
    float haze_min = 0;

    if (scene->place == PLACE_SPACE) {
        scene->weather = WEATHER_CLEAR;
        return;
    }
    if (asked) {
        scene->weather = (enum scene_weather)(asked - 1);
        cover = clamp(cover, ranges[scene->weather].cover_min, ranges[scene->weather].cover_max);
        haze_min = ranges[scene->weather].haze_min;
    } else {
        scene->weather = cover >= 0.5f ? WEATHER_CLOUDY : WEATHER_CLEAR;
    }
    scene->cloud_cover = clamp(cover, 0, 1);
    scene->haze = clamp(scene->haze, haze_min, 1);
}

static void set_sun(struct scene *scene, const struct lexicon_hour_values *hour)
{
    float side = chance(scene->seed, 1) < 0.5f ? -1 : 1;
    float spread = 0.7f + 0.6f * chance(scene->seed, 2);

    scene->sun_elevation_deg = hour->sun_elevation_deg * (0.9f + 0.2f * chance(scene->seed, 3));
    scene->sun_azimuth_deg = side * hour->sun_azimuth_deg * spread;
}

static void set_camera(struct scene *scene, const struct votes *votes,
                       const struct lexicon_setting_values *setting)
{
    scene->camera = setting->camera;
    if (votes->camera.value)
        scene->camera = (enum scene_camera)(votes->camera.value - 1);
    /* A pan that names no side. */
    if (scene->camera == CAMERA_PAN_RIGHT && votes->camera.weight < STRONG &&
        chance(scene->seed, 4) < 0.5f)
        scene->camera = CAMERA_PAN_LEFT;
    scene->camera_speed = clamp(votes->speed, 0.3f, 2.5f);
    scene->time_scale = votes->time_scale;
}

/* What the votes for a place come to, where it can be drawn. */
static enum lexicon_setting setting_of(const struct votes *votes)
{
    enum lexicon_setting setting = (enum lexicon_setting)votes->setting.value;

    if (setting == SETTING_FOREST && votes->setting.weight < STRONG &&
        votes->camera.value == CAMERA_DRONE + 1)
        setting = SETTING_WOODED; /* who flies over a wood is not in it */
    while (!drawn_places[lexicon_settings[setting].place])
        setting = lexicon_settings[setting].instead;
    return setting;
}

/* Lens, shutter and music: as asked for, if they are drawn and played. */
static void set_film(struct scene *scene, const struct votes *votes)
{
    enum scene_lens lens = votes->lens.value ? (enum scene_lens)(votes->lens.value - 1) : 0;
    enum scene_focus focus = votes->focus.value ? (enum scene_focus)(votes->focus.value - 1) : 0;

    scene->lens = drawn_lenses[lens] ? lens : lens == LENS_FISHEYE ? LENS_WIDE : LENS_NORMAL;
    scene->focus = drawn_focuses[focus] ? focus : FOCUS_DEEP;
    scene->motion_blur = votes->motion_blur > 0 && drawn_motion_blur ? votes->motion_blur : 1;
    if (drawn_saturation) {
        scene->saturation = clamp(votes->saturation.sum, -1, 1);
        scene->contrast = clamp(votes->contrast.sum, -1, 1);
    }
    if (votes->no_music && !votes->music.value)
        return; /* nor a bed by the mood */
    scene->mood = (enum scene_mood)votes->mood.value;
    scene->music = drawn_music ? (enum scene_music)votes->music.value : MUSIC_NONE;
}

/* The sun stands where rings of light can be seen: behind for a rainbow, ahead for a halo. */
static unsigned aim_for_rings(struct scene *scene, unsigned effects)
{
    float side = scene->sun_azimuth_deg < 0 ? -1 : 1;

    if (effects & EFFECT_RAINBOW && scene->sun_elevation_deg < BOW_SUN_LEAST_DEG)
        effects &= ~(unsigned)EFFECT_RAINBOW;
    if (effects & EFFECT_RAINBOW) {
        scene->sun_elevation_deg = clamp(scene->sun_elevation_deg, BOW_SUN_LEAST_DEG, 27);
        scene->sun_azimuth_deg = side * (158 + 14 * chance(scene->seed, 7));
    } else if (effects & EFFECT_HALO && scene->sun_elevation_deg > 0) {
        scene->sun_elevation_deg = clamp(scene->sun_elevation_deg, 8, 15);
        scene->sun_azimuth_deg = side * 9 * chance(scene->seed, 7);
    }
    return effects;
}

static void set_effects(struct scene *scene, const struct votes *votes)
{
    unsigned effects = aim_for_rings(scene, votes->effects);

    if (scene->place == PLACE_ROOM && effects & EFFECT_CAMPFIRE)
        effects = (effects & ~(unsigned)EFFECT_CAMPFIRE) | EFFECT_FIREPLACE;
    if (scene->weather == WEATHER_RAIN && scene->cloud_cover >= STORM_COVER)
        effects |= EFFECT_LIGHTNING;
    for (int i = 0; i < DRAWN_EFFECTS; i++)
        if (drawn_effects[i] & 1u << scene->place)
            scene->effects |= effects & 1u << i;
}

static void set_scene(struct scene *scene, const struct votes *votes, uint64_t seed)
{
    const struct lexicon_setting_values *setting = &lexicon_settings[setting_of(votes)];
    const struct lexicon_hour_values *hour = &lexicon_hours[votes->hour.value];

    *scene = (struct scene){.place = setting->place, .tropical = setting->tropical, .seed = seed};
    scene->look = votes->look.value ? (enum scene_look)(votes->look.value - 1) : LOOK_NATURAL;
    scene->haze = clamp(setting->haze + hour->haze + votes->haze.sum, 0, 1);
    scene->snow_line = clamp(setting->snow_line - votes->snow.sum, 0, 1);
    if (votes->no_snow && votes->snow.sum == 0)
        scene->snow_line = 1;
    scene->greenery = clamp(setting->greenery + votes->greenery.sum, 0, 1);
    scene->warmth = clamp(hour->warmth + votes->warmth.sum, -1, 1);
    scene->vista = setting->vista;
    scene->neon = clamp(setting->neon + votes->neon, 0, 1);
    scene->traffic = clamp(votes->traffic, 0, 1);
    scene->futuristic = votes->futuristic;
    scene->asian = votes->asian;
    scene->cafe = setting_of(votes) == SETTING_CAFE;
    scene->woods = (enum scene_woods)votes->woods.value;
    scene->room = (enum scene_room)votes->room.value;
    scene->village = (enum scene_village)votes->village.value;
    scene->season = (enum scene_season)votes->season.value;
    scene->wind = clamp(BREEZE + votes->wind.sum, 0, 1);
    set_sun(scene, hour);
    set_weather(scene, votes, setting->cloud_cover + votes->clouds.sum);
    set_camera(scene, votes, setting);
    set_film(scene, votes);
    set_effects(scene, votes);
}

/* What lies underfoot where subjects are, when the words do not say. */
static enum scene_ground ground_of(const struct scene *scene, enum lexicon_setting setting)
{
    if (scene->place == PLACE_COAST)
        return GROUND_SAND;
    if (setting == SETTING_ARCTIC || setting == SETTING_PEAKS || scene->weather == WEATHER_SNOW ||
        scene->season == SEASON_WINTER || scene->snow_line < 0.25f)
        return GROUND_SNOW;
    if (setting == SETTING_DESERT || setting == SETTING_CANYON)
        return GROUND_SAND;
    return GROUND_GRASS;
}

static bool stands(enum subject_kind kind)
{
    return kind == SUBJECT_PERSON || kind == SUBJECT_CAT || kind == SUBJECT_DOG ||
           kind == SUBJECT_HORSE || kind == SUBJECT_CAR || kind == SUBJECT_VINTAGE_CAR;
}

static bool has_standing(const struct scene *scene)
{
    for (int i = 0; i < scene->subject_count; i++)
        if (stands(scene->subjects[i].kind))
            return true;
    return false;
}

static bool has_car(const struct scene *scene)
{
    for (int i = 0; i < scene->subject_count; i++)
        if (scene->subjects[i].kind == SUBJECT_CAR ||
            scene->subjects[i].kind == SUBJECT_VINTAGE_CAR)
            return true;
    return false;
}

/* The ground that the words name; in winter nothing grows on it. */
static enum scene_ground ground_asked(const struct scene *scene, const struct votes *votes)
{
    enum scene_ground asked = votes->bloom ? GROUND_FLOWERS : votes->ground;
    bool grows = asked == GROUND_GRASS || asked == GROUND_FLOWERS;

    return grows && snow_lies(scene, votes) && scene->place != PLACE_COAST ? GROUND_SNOW : asked;
}

/* Trees stand on open land, where the camera is not asked to fly over it. */
static void set_trees(struct scene *scene, const struct votes *votes)
{
    if (!votes->tree || scene->place != PLACE_MOUNTAINS ||
        (scene->camera == CAMERA_DRONE && votes->camera.value))
        return;
    scene->tree = votes->tree;
    scene->tree_count = votes->trees ? votes->trees : votes->many_trees ? SOME_TREES : 1;
}

/* The ground before a landscape, for subjects or because the words ask for it. */
static void set_ground(struct scene *scene, const struct votes *votes)
{
    enum scene_ground asked = ground_asked(scene, votes);
    bool has_subject = has_standing(scene) || scene->effects & GROUND_EFFECTS || scene->tree;

    if (!has_subject && !votes->ground && !votes->bloom)
        return;
    if (scene->camera == CAMERA_DRONE && votes->camera.value && !has_subject)
        return; /* who flies over land sees no blade of its grass */
    scene->ground = asked            ? asked
                    : has_car(scene) ? GROUND_ROAD
                    : votes->snow.sum >= SNOW_LIES && scene->place != PLACE_COAST
                        ? GROUND_SNOW
                        : ground_of(scene, (enum lexicon_setting)votes->setting.value);
    if (scene->camera == CAMERA_DRONE)
        scene->camera = CAMERA_PUSH_IN;
}

/* What a subject does instead of what it cannot be seen to do. */
static enum subject_action action_for(enum subject_kind kind, enum subject_action action)
{
    if (drawn_actions[kind] & 1u << action)
        return action;
    if (kind == SUBJECT_HORSE && action == ACTION_RIDE) /* it is ridden */
        return ACTION_WALK;
    if (!stands(kind) || action == ACTION_FLY || action == ACTION_SWIM || action == ACTION_FALL)
        return prompt_usual_action(kind);
    return ACTION_IDLE;
}

/* Puts what was found into a scene that can show it: in streets, or on the ground of a land. */
/* Whether a subject of this kind is drawn here: a boat among mountains needs a lake. */
static bool has_room(enum subject_kind kind, const struct scene *scene, const struct votes *votes)
{
    if (kind == SUBJECT_BOAT && scene->place == PLACE_MOUNTAINS && !votes->has_lake)
        return false;
    return drawn_subjects[kind] & 1u << scene->place;
}

/* From close by nobody walks but who is said to, and what is behind is out of focus. */
static void frame_cast(struct scene *scene, const struct votes *votes)
{
    if (!has_standing(scene))
        return;
    scene->shot = votes->shot;
    if (scene->shot == SHOT_USUAL)
        return;
    if (!votes->focus.value)
        scene->focus = FOCUS_SHALLOW;
    for (int i = 0; i < scene->subject_count && !votes->walks; i++)
        if (scene->subjects[i].action == ACTION_WALK && scene->subjects[i].kind < SUBJECT_CAR)
            scene->subjects[i].action = ACTION_IDLE;
}

static void set_cast(struct scene *scene, const struct scene *found, const struct votes *votes)
{
    for (int i = 0; i < found->subject_count; i++) {
        struct subject *subject = &scene->subjects[scene->subject_count];

        if (!has_room(found->subjects[i].kind, scene, votes))
            continue;
        *subject = found->subjects[i];
        subject->action = action_for(subject->kind, subject->action);
        if (!drawn_forms[subject->form])
            subject->form = FORM_USUAL;
        scene->subject_count++;
    }
    prompt_mount(scene);
    set_trees(scene, votes);
    if (scene->place == PLACE_MOUNTAINS || scene->place == PLACE_COAST)
        set_ground(scene, votes);
    if (scene->ground == GROUND_FLOWERS)
        scene->bloom = votes->bloom;
    if (is_town(scene) && snow_lies(scene, votes))
        scene->ground = GROUND_SNOW;
    frame_cast(scene, votes);
    if (!drawn_speech)
        return;
    scene->speech_count = found->speech_count;
    memcpy(scene->speech, found->speech, sizeof(scene->speech));
}

/* Whether a strong vote was cast in vain. */
static bool has_lost(const struct vote *vote, int value, int weight)
{
    return value && weight >= STRONG && value != vote->value;
}

static bool has_lost_any(const struct lexeme *lexeme, const struct votes *votes)
{
    return has_lost(&votes->hour, lexeme->hour, lexeme->weight) ||
           has_lost(&votes->weather, lexeme->weather, lexeme->weight) ||
           has_lost(&votes->camera, lexeme->camera, lexeme->weight);
}

static bool has_subject(const struct scene *scene, const struct lexeme *lexeme)
{
    if (!drawn_forms[lexeme->form])
        return false;
    for (int i = 0; i < scene->subject_count; i++)
        if (scene->subjects[i].kind == (enum subject_kind)(lexeme->subject - 1) ||
            (lexeme->subject == SUBJECT_CAR + 1 && scene->subjects[i].kind == SUBJECT_VINTAGE_CAR))
            return true;
    return false;
}

/* Whether somebody is seen to do it; those who walk and run go without saying. */
static bool has_action(const struct scene *scene, enum subject_action action)
{
    if (action == ACTION_IDLE || action == ACTION_WALK || action == ACTION_RUN)
        return true;
    for (int i = 0; i < scene->subject_count; i++)
        if (scene->subjects[i].action == action)
            return true;
    return false;
}

/* What the words ask of effects, lens, season and music: whether it is drawn and played. */
static bool has_extras(const struct lexeme *lexeme, const struct scene *scene)
{
    unsigned effects = lexeme->effects;

    if (scene->place == PLACE_ROOM && effects & EFFECT_CAMPFIRE)
        effects = EFFECT_FIREPLACE;
    if ((scene->effects & effects) != effects)
        return false;
    if (lexeme->action && !lexeme->camera &&
        !has_action(scene, (enum subject_action)(lexeme->action - 1)))
        return false;
    return (!lexeme->lens || drawn_lenses[lexeme->lens - 1]) &&
           (!lexeme->focus || drawn_focuses[lexeme->focus - 1]) && drawn_seasons[lexeme->season] &&
           (lexeme->motion_blur == 0 || drawn_motion_blur) && (!lexeme->music || drawn_music);
}

/* A boat among mountains sails on a lake of theirs. */
static bool has_boat_on_lake(const struct scene *scene)
{
    for (int i = 0; i < scene->subject_count; i++)
        if (scene->subjects[i].kind == SUBJECT_BOAT && scene->place == PLACE_MOUNTAINS)
            return true;
    return false;
}

/* Weather in space; stars and the moon, for one, by daylight. */
static bool contradicts(const struct lexeme *lexeme, const struct scene *scene)
{
    if (scene->place == PLACE_SPACE)
        return lexeme->weather > WEATHER_CLEAR + 1;
    return lexeme->hour == HOUR_NIGHT && scene->sun_elevation_deg > NIGHT_ELEVATION_DEG;
}

/* Flowers and trees that do not grow here. */
static bool is_missed(const struct lexeme *lexeme, const struct scene *scene)
{
    if (lexeme->bloom && scene->bloom != (enum scene_bloom)lexeme->bloom)
        return true;
    return lexeme->tree && scene->tree != (enum scene_tree)lexeme->tree && !lexeme->effects;
}

static bool is_grown(const struct lexeme *lexeme, const struct scene *scene)
{
    return lexeme->tree && scene->tree == (enum scene_tree)lexeme->tree;
}

static bool is_depicted(const struct lexeme *lexeme, const struct scene *scene,
                        const struct votes *votes)
{
    if (lexeme->is_not_drawn || !has_extras(lexeme, scene))
        return false;
    if (lexeme->subject)
        return has_subject(scene, lexeme);
    if (is_missed(lexeme, scene))
        return false;
    if (is_grown(lexeme, scene) || (lexeme->setting == SETTING_LAKE && has_boat_on_lake(scene)))
        return true;
    if (lexeme->ground && scene->ground == (enum scene_ground)lexeme->ground)
        return true;
    if (contradicts(lexeme, scene) || has_lost_any(lexeme, votes))
        return false;
    if (lexeme->effects)
        return true; /* the place shows them, wherever they were thought of */
    if (lexeme->shown)
        return lexeme->shown & 1 << scene->place;
    return !lexeme->setting || lexicon_settings[lexeme->setting].place == scene->place;
}

static bool is_in_list(const struct prompt_reading *reading, const char *text)
{
    for (int i = 0; i < reading->left_out_count; i++)
        if (strcmp(reading->left_out[i], text) == 0)
            return true;
    return false;
}

void prompt_leave_out(struct prompt_reading *reading, struct str what)
{
    char *entry = reading->left_out[reading->left_out_count];
    size_t at = 0, bytes;

    if (reading->left_out_count == PROMPT_LEFT_OUT_MAX)
        return;
    for (; at < what.len; at += bytes) { /* whole characters only */
        int32_t code = prompt_decode(what, at, &bytes);

        if (code < 0 || at + bytes >= PROMPT_LEFT_OUT_BYTES_MAX)
            break;
        memcpy(entry + at, what.ptr + at, bytes);
    }
    entry[at] = '\0';
    if (at > 0 && !is_in_list(reading, entry))
        reading->left_out_count++;
}

/* The words of a phrase with single spaces. */
static struct str phrase_text(struct arena *arena, const struct tokens *tokens, int at)
{
    struct str text = tokens->items[at].word;

    for (int i = 1; i < tokens->items[at].span; i++)
        text = arena_printf(arena, STR_FMT " " STR_FMT, STR_ARG(text),
                            STR_ARG(tokens->items[at + i].word));
    return text;
}

static struct str lower(struct arena *arena, struct str text)
{
    char *out = arena_alloc(arena, text.len + 1);

    for (size_t i = 0; i < text.len; i++)
        out[i] = (char)(text.ptr[i] >= 'A' && text.ptr[i] <= 'Z' ? text.ptr[i] + 'a' - 'A'
                                                                 : text.ptr[i]);
    return str_from_bytes(out, text.len);
}

uint64_t prompt_seed(struct str text)
{
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */

    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.ptr[i]) * 0x100000001b3u;
    return (hash ^ hash >> 29) & INT64_MAX;
}

static bool needs_no_picture(const struct token *token, bool is_spoken)
{
    return token->span == 0 || token->is_silent || (is_spoken && prompt_is_of_speech(token->word));
}

void prompt_read(struct str text, uint64_t seed, struct prompt_reading *reading)
{
    struct arena arena;
    struct tokens tokens;
    struct votes votes;
    struct scene found = {.subject_count = 0};
    struct str rest;

    *reading = (struct prompt_reading){.left_out_count = 0};
    if (text.len > PROMPT_BYTES_MAX)
        text = str_head(text, PROMPT_BYTES_MAX);
    arena_init(&arena, 0);
    rest = prompt_find_speech(&arena, prompt_plain(&arena, text), &found);
    tokens = prompt_words(&arena, rest);
    prompt_find_cast(&tokens, &found);
    count_votes(&tokens, &found, &votes);
    set_scene(&reading->scene, &votes, seed);
    set_cast(&reading->scene, &found, &votes);
    reading->names = (struct prompt_names){
        .place = votes.setting.weight > HINT,
        .hour = votes.hour.value,
        .weather = votes.weather.value,
        .camera = votes.camera.value,
        .look = votes.look.value,
        .mood = votes.warmth.sum != 0,
    };
    for (int i = 0; i < tokens.count; i++) {
        const struct token *token = &tokens.items[i];

        if (needs_no_picture(token, found.speech_count > 0 && drawn_speech))
            continue;
        if (token->lexeme && token->paragraph > 0 && !token->lexeme->is_not_drawn)
            continue; /* at the worst newer words took its place */
        if (!token->lexeme || token->is_nearest ||
            !is_depicted(token->lexeme, &reading->scene, &votes))
            prompt_leave_out(reading, phrase_text(&arena, &tokens, i));
    }
    for (int i = 0; i < found.speech_count && !drawn_speech; i++)
        prompt_leave_out(reading, lower(&arena, str_from(found.speech[i].text)));
    arena_fini(&arena);
}
