/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/jsonr.h"
#include "harness/tap.h"
#include "workers/diorama/prompt/drawn.h"
#include "workers/diorama/prompt/lexicon.h"
#include "workers/diorama/prompt/prompt.h"

enum { M = PLACE_MOUNTAINS, C = PLACE_COAST, S = PLACE_SKY, F = PLACE_FOREST };
enum { STREET = PLACE_STREET, SKYLINE = PLACE_SKYLINE, SPACE = PLACE_SPACE };
enum { CLEAR = WEATHER_CLEAR, CLOUDY = WEATHER_CLOUDY, OVERCAST = WEATHER_OVERCAST };
enum { FOG = WEATHER_FOG, RAIN = WEATHER_RAIN, SNOW = WEATHER_SNOW };
enum { STATIC, PUSH, PULL, LEFT, RIGHT, TILT_UP, TILT_DOWN, CRANE, ORBIT, DRONE, HAND };
enum { PLAIN = LOOK_NATURAL, CINE = LOOK_CINEMATIC, OLD = LOOK_VINTAGE, NOIR = LOOK_NOIR };
enum light { NIGHT, DUSK, LOW, DAY, HIGH };

static const struct {
    const char *prompt;
    int place, weather, camera, look;
    enum light light;
    const char *left_out; /* joined by commas */
} rows[] = {
    /* The prompts of the APIs' own documentation. */
    {"A drone shot flying over mountains at sunset, cinematic lighting", M, CLEAR, DRONE, CINE, LOW,
     ""},
    {"a cinematic dolly shot of neon-lit Tokyo streets in the rain", STREET, RAIN, PUSH, CINE,
     NIGHT, ""},
    {"A realistic handheld shot of a city cafe at sunrise", STREET, CLEAR, HAND, PLAIN, LOW, ""},
    {"A cat running through grass", M, CLEAR, PUSH, PLAIN, DAY, ""},
    {"Camera slowly pushes in, the person turns and smiles", M, CLEAR, PUSH, PLAIN, DAY, "turns"},
    {"a cinematic sunrise over a futuristic cityscape, smooth camera push-in", SKYLINE, CLEAR, PUSH,
     CINE, LOW, ""},
    {"A vintage car driving through a rainy neon city at night, reflections on the asphalt", STREET,
     RAIN, PUSH, PLAIN, NIGHT, ""},
    {"Drone shot flying over a tropical coastline at sunrise, smooth cinematic motion", C, CLEAR,
     DRONE, CINE, LOW, ""},
    {"Time-lapse of clouds rolling over a mountain range in warm golden light", M, CLOUDY, STATIC,
     PLAIN, LOW, ""},
    /* Hours. */
    {"mountains at dawn", M, CLEAR, DRONE, PLAIN, DUSK, ""},
    {"A beach in the morning", C, CLEAR, PUSH, PLAIN, DAY, ""},
    {"the ocean at noon", PLACE_SEA, CLEAR, PUSH, PLAIN, HIGH, ""},
    {"golden hour above the hills", M, CLEAR, PUSH, PLAIN, LOW, ""},
    {"late afternoon in a valley", M, CLEAR, DRONE, PLAIN, LOW, ""},
    {"a coast at dusk", C, CLEAR, PUSH, PLAIN, DUSK, ""},
    {"twilight, alpine peaks", M, CLEAR, DRONE, PLAIN, DUSK, ""},
    {"Blue hour by the lake", C, CLEAR, PUSH, PLAIN, DUSK, ""},
    {"moonlit desert", M, CLEAR, DRONE, PLAIN, NIGHT, ""},
    {"MIDNIGHT IN THE CANYON", M, CLEAR, DRONE, PLAIN, NIGHT, ""},
    {"milky way over a glacier", M, CLEAR, DRONE, PLAIN, NIGHT, "milky way"},
    {"stars over the hills at sunset", M, CLEAR, PUSH, PLAIN, LOW, "stars"},
    /* Weather. */
    {"foggy forest", F, FOG, PUSH, PLAIN, DAY, ""},
    {"falling leaves and sunbeams in a birch forest", F, CLEAR, PUSH, PLAIN, LOW, ""},
    {"mist in the valleys at sunrise", M, FOG, DRONE, PLAIN, LOW, ""},
    {"overcast sky, rocky coast", C, OVERCAST, PUSH, PLAIN, DAY, ""},
    {"a thunderstorm at sea", PLACE_SEA, RAIN, PUSH, PLAIN, DAY, ""},
    {"blizzard in the arctic", M, SNOW, DRONE, PLAIN, DAY, ""},
    {"snow falling on the mountains", M, SNOW, DRONE, PLAIN, DAY, ""},
    {"snow-capped mountains under a clear sky", M, CLEAR, DRONE, PLAIN, DAY, ""},
    {"a beach with no clouds and without people", C, CLEAR, PUSH, PLAIN, DAY, ""},
    {"moody, gloomy mountains", M, OVERCAST, DRONE, PLAIN, DAY, ""},
    /* Camera. */
    {"static tripod shot of a lagoon", C, CLEAR, STATIC, PLAIN, DAY, ""},
    {"the camera pulls back from the summit", M, CLEAR, PULL, PLAIN, DAY, ""},
    {"panning left across the dunes", M, CLEAR, LEFT, PLAIN, DAY, ""},
    {"pan to the right over waves", C, CLEAR, RIGHT, PLAIN, DAY, ""},
    {"tilt up to the stars over mountains", M, CLEAR, TILT_UP, PLAIN, NIGHT, ""},
    {"tilting down from the sky to the beach", C, CLEAR, TILT_DOWN, PLAIN, DAY, ""},
    {"crane shot rising over an island", C, CLEAR, CRANE, PLAIN, DAY, "rising"},
    {"orbiting a snowy peak", M, CLEAR, ORBIT, PLAIN, DAY, ""},
    {"bird's-eye view of a fjord", C, CLEAR, DRONE, PLAIN, DAY, ""},
    {"shaky hand-held footage of hills", M, CLEAR, HAND, PLAIN, DAY, ""},
    {"slow zoom out over the sea", PLACE_SEA, CLEAR, PULL, PLAIN, DAY, ""},
    /* Looks. */
    {"vintage 35mm film of a beach", C, CLEAR, PUSH, OLD, DAY, ""},
    {"film noir mountains in black and white", M, CLEAR, DRONE, NOIR, DAY, ""},
    {"an epic anamorphic flyover of the Alps", M, CLEAR, DRONE, CINE, DAY, ""},
    /* Sky and things that nothing of this draws. */
    {"flying above the clouds at sunset", S, CLOUDY, DRONE, PLAIN, LOW, ""},
    {"timelapse of a cloudscape", S, CLOUDY, STATIC, PLAIN, DAY, ""},
    {"an astronaut floating in outer space", SPACE, CLEAR, PUSH, PLAIN, DAY, "astronaut,floating"},
    {"a planet and its moon among the stars", SPACE, CLEAR, PUSH, PLAIN, NIGHT, ""},
    {"sunrise over the earth from space", SPACE, CLEAR, DRONE, PLAIN, LOW, ""},
    {"orbit around Saturn", SPACE, CLEAR, ORBIT, PLAIN, DAY, ""},
    {"a nebula in a galaxy", SPACE, CLEAR, PUSH, PLAIN, DAY, ""},
    {"rain in deep space", SPACE, CLEAR, PUSH, PLAIN, DAY, "rain"},
    {"mountains by the sea", M, CLEAR, DRONE, PLAIN, DAY, "sea"},
    {"a sunset that turns into night over the coast", C, CLEAR, PUSH, PLAIN, LOW, "turns,night"},
    {"two dogs play chess", M, CLEAR, PUSH, PLAIN, DAY, "play,chess"},
    {"northern lights over snowy mountains", M, CLEAR, DRONE, PLAIN, NIGHT, ""},
    {"a rainbow over the coast after the rain", C, RAIN, PUSH, PLAIN, DAY, ""},
    {"a rainbow over mountains at night", M, CLEAR, DRONE, PLAIN, NIGHT, "rainbow"},
    {"shooting stars over the desert", M, CLEAR, DRONE, PLAIN, NIGHT, ""},
    {"a sun halo over a snowfield", M, CLEAR, PUSH, PLAIN, DAY, ""},
    {"waterfall and rainbow in the jungle", F, CLEAR, PUSH, PLAIN, DAY, "waterfall,rainbow"},
};

static enum light light_of(float elevation)
{
    return elevation < -8   ? NIGHT
           : elevation < 2  ? DUSK
           : elevation < 11 ? LOW
           : elevation < 50 ? DAY
                            : HIGH;
}

static void join_left_out(const struct prompt_reading *reading, char *out, size_t size)
{
    size_t len = 0;

    out[0] = '\0';
    for (int i = 0; i < reading->left_out_count; i++)
        len += (size_t)snprintf(out + len, size - len, "%s%s", i ? "," : "", reading->left_out[i]);
}

/* Prints which prompt a failed check is about. */
static void check_row(size_t i, int got, int want, const char *what)
{
    if (got != want)
        tap_fail(__FILE__, __LINE__, "\"%s\": %s is %d, want %d", rows[i].prompt, what, got, want);
}

TEST(prompts_become_the_scenes_that_they_describe)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct prompt_reading reading;
        char left_out[PROMPT_LEFT_OUT_MAX * PROMPT_LEFT_OUT_BYTES_MAX];
        enum scene_camera camera;

        /* A pan that names no side goes where the seed says. */
        for (uint64_t seed = 0; seed < 8; seed++) {
            prompt_read(str_from(rows[i].prompt), seed, &reading);
            camera = reading.scene.camera;
            if (rows[i].camera != RIGHT || camera == CAMERA_PAN_RIGHT)
                break;
        }
        check_row(i, reading.scene.place, rows[i].place, "place");
        check_row(i, reading.scene.weather, rows[i].weather, "weather");
        check_row(i, camera, rows[i].camera, "camera");
        check_row(i, reading.scene.look, rows[i].look, "look");
        check_row(i, light_of(reading.scene.sun_elevation_deg), rows[i].light, "light");
        join_left_out(&reading, left_out, sizeof(left_out));
        CHECK_STR(left_out, rows[i].left_out);
    }
}

TEST(who_rides_comes_after_the_horse_and_else_is_said_to_be_missing)
{
    struct prompt_reading reading;
    char left_out[PROMPT_LEFT_OUT_MAX * PROMPT_LEFT_OUT_BYTES_MAX];

    prompt_read(str_from("two women riding horses on a beach"), 3, &reading);
    CHECK_INT(reading.left_out_count, 0);
    CHECK_INT(reading.scene.subject_count, 2);
    CHECK_INT((int)reading.scene.subjects[0].kind, SUBJECT_HORSE);
    CHECK_INT((int)reading.scene.subjects[0].action, ACTION_WALK);
    CHECK_INT(reading.scene.subjects[0].count, 2);
    CHECK_INT((int)reading.scene.subjects[1].action, ACTION_RIDE);
    CHECK_INT(reading.scene.subjects[1].count, 2);
    prompt_read(str_from("a man riding a galloping horse through a meadow"), 3, &reading);
    CHECK_INT((int)reading.scene.subjects[0].action, ACTION_RUN);
    CHECK_INT((int)reading.scene.subjects[1].action, ACTION_RIDE);
    prompt_read(str_from("a man riding a bicycle on a beach"), 3, &reading);
    join_left_out(&reading, left_out, sizeof(left_out));
    CHECK(strstr(left_out, "riding") != NULL);
    CHECK(strstr(left_out, "bicycle") != NULL);
    for (int i = 0; i < reading.scene.subject_count; i++)
        CHECK(reading.scene.subjects[i].action != ACTION_RIDE);
}

TEST(the_first_paragraph_wins_over_the_older_ones)
{
    static const char *const old = "A drone shot over mountains at sunset, hazy, cinematic";
    struct prompt_reading reading;
    char text[256];

    snprintf(text, sizeof(text), "make it snow at night\n \n%s", old);
    prompt_read(str_from(text), 7, &reading);
    CHECK(reading.scene.place == PLACE_MOUNTAINS);
    CHECK(reading.scene.camera == CAMERA_DRONE);
    CHECK(reading.scene.look == LOOK_CINEMATIC);
    CHECK(reading.scene.weather == WEATHER_SNOW);
    CHECK(reading.scene.sun_elevation_deg < -4);
    CHECK_INT(reading.left_out_count, 0);
    /* On one line both would be wishes of the same day, and the sunset came too late. */
    snprintf(text, sizeof(text), "%s\nat night", old);
    prompt_read(str_from(text), 7, &reading);
    CHECK(reading.scene.sun_elevation_deg > -4);
}

TEST(a_hint_in_new_words_does_not_move_the_scene)
{
    struct prompt_reading reading;

    prompt_read(STR("snow on the trees\n\na rocky coast"), 7, &reading);
    CHECK(reading.scene.place == PLACE_COAST);
    prompt_read(STR("in the mountains\n\na rocky coast"), 7, &reading);
    CHECK(reading.scene.place == PLACE_MOUNTAINS);
}

static const struct {
    const char *prompt;
    int kind, action, count;
    bool is_colored;
    int ground;
} casts[] = {
    {"A cat running through grass", SUBJECT_CAT, ACTION_RUN, 1, false, GROUND_GRASS},
    {"a black cat walking through a neon-lit city street", SUBJECT_CAT, ACTION_WALK, 1, true,
     GROUND_NONE},
    {"two brown dogs on a beach", SUBJECT_DOG, ACTION_WALK, 2, true, GROUND_SAND},
    {"a white horse gallops over a snowfield", SUBJECT_HORSE, ACTION_RUN, 1, true, GROUND_SNOW},
    {"a man standing among wildflowers", SUBJECT_PERSON, ACTION_IDLE, 1, false, GROUND_FLOWERS},
    {"a teal coupe driving through a desert highway", SUBJECT_CAR, ACTION_WALK, 1, true,
     GROUND_ROAD},
    {"A red vintage car cruising down a city street", SUBJECT_VINTAGE_CAR, ACTION_WALK, 1, true,
     GROUND_NONE},
    {"hot air balloons over the desert", SUBJECT_BALLOONS, ACTION_FLY, 3, false, GROUND_NONE},
    {"a red fox running over a snowfield", SUBJECT_DOG, ACTION_RUN, 1, false, GROUND_SNOW},
    {"three cows in a meadow", SUBJECT_HORSE, ACTION_WALK, 3, false, GROUND_FLOWERS},
    {"geese flying over the mountains", SUBJECT_BIRDS, ACTION_FLY, 1, false, GROUND_NONE},
    {"puppies in the desert", SUBJECT_DOG, ACTION_WALK, 3, false, GROUND_SAND},
};

TEST(subjects_come_with_their_number_color_action_and_ground)
{
    for (size_t i = 0; i < sizeof(casts) / sizeof(casts[0]); i++) {
        struct prompt_reading reading;
        const struct subject *subject = &reading.scene.subjects[0];

        prompt_read(str_from(casts[i].prompt), 1, &reading);
        CHECK_INT(reading.scene.subject_count, 1);
        CHECK_INT(subject->kind, casts[i].kind);
        CHECK_INT(subject->action, casts[i].action);
        CHECK_INT(subject->count, casts[i].count);
        CHECK_INT(subject->is_colored, casts[i].is_colored);
        CHECK_INT(reading.scene.ground, casts[i].ground);
        CHECK_INT(reading.left_out_count, 0);
    }
}

/* As a remix puts it: the new words, an empty line, and those of the source. */
TEST(new_words_keep_the_cast_but_for_what_they_name)
{
    static const struct {
        const char *prompt;
        int count, kind, action, number;
        bool is_black;
    } revisions[] = {
        {"make it snow\n\ntwo black dogs running on a beach", 1, SUBJECT_DOG, ACTION_RUN, 2, true},
        {"make the dogs black\n\ntwo white dogs running on a beach", 1, SUBJECT_DOG, ACTION_RUN, 2,
         true},
        {"replace the dog with a cat\n\na black dog running on a beach", 1, SUBJECT_CAT, ACTION_RUN,
         1, false},
        {"add a horse\n\na black dog on a beach", 2, SUBJECT_DOG, ACTION_WALK, 1, true},
        {"a white horse galloping\n\na black dog on a beach", 1, SUBJECT_HORSE, ACTION_RUN, 1,
         false},
        {"at night\n\nmake the dog sit\n\na black dog running on a beach", 1, SUBJECT_DOG,
         ACTION_SIT, 1, true},
    };

    for (size_t i = 0; i < sizeof(revisions) / sizeof(revisions[0]); i++) {
        struct prompt_reading reading;
        const struct subject *subject = &reading.scene.subjects[0];

        prompt_read(str_from(revisions[i].prompt), 1, &reading);
        CHECK_INT(reading.scene.subject_count, revisions[i].count);
        CHECK_INT(subject->kind, revisions[i].kind);
        if (revisions[i].action != ACTION_SIT || drawn_actions[SUBJECT_DOG] & 1u << ACTION_SIT)
            CHECK_INT(subject->action, revisions[i].action);
        CHECK_INT(subject->count, revisions[i].number);
        CHECK_INT(subject->is_colored && subject->color[0] < 0.1f, revisions[i].is_black);
        CHECK_INT(reading.scene.place, PLACE_COAST);
    }
}

TEST(people_look_and_dress_as_the_words_say)
{
    static const struct {
        const char *prompt;
        enum subject_form form;
        unsigned wears, tinted;
        bool is_red; /* the clothes, as against what is tinted */
    } people[] = {
        {"a woman in a red coat walking in Paris", FORM_WOMAN, WEAR_COAT, 0, true},
        {"an old man with a blue umbrella in a street", FORM_OLD_MAN, WEAR_UMBRELLA,
         1 << TINT_UMBRELLA, false},
        {"a girl with long blonde hair and a red dress in a meadow", FORM_GIRL,
         WEAR_LONG_HAIR | WEAR_DRESS, 1 << TINT_HAIR, true},
        {"a man in a suit with a green backpack and a black hat", FORM_MAN,
         WEAR_SUIT | WEAR_BACKPACK | WEAR_HAT, 1 << TINT_BACKPACK | 1 << TINT_HAT, false},
        {"a grandmother dances in the meadow", FORM_OLD_WOMAN, 0, 0, false},
    };

    for (size_t i = 0; i < sizeof(people) / sizeof(people[0]); i++) {
        struct prompt_reading reading;
        const struct subject *subject = &reading.scene.subjects[0];

        prompt_read(str_from(people[i].prompt), 1, &reading);
        CHECK_INT(reading.scene.subject_count, 1);
        CHECK_INT(subject->kind, SUBJECT_PERSON);
        CHECK_INT(subject->form, people[i].form);
        CHECK_INT(subject->wears, people[i].wears);
        CHECK_INT(subject->tinted, people[i].tinted);
        CHECK_INT(subject->is_colored, people[i].is_red);
        CHECK(!people[i].is_red || subject->color[0] > 3 * subject->color[1]);
        CHECK_INT(reading.left_out_count, 0);
    }
}

TEST(nouns_of_no_list_of_ours_are_drawn_as_what_they_are_a_kind_of)
{
    static const struct {
        const char *prompt;
        int kind, place;
        const char *left_out;
    } nouns[] = {
        {"a beagle on a beach", SUBJECT_DOG, PLACE_COAST, ""},
        {"two palominos in the snow", SUBJECT_HORSE, PLACE_MOUNTAINS, ""},
        {"a violinist in London", SUBJECT_PERSON, PLACE_STREET, ""},
        {"a sedan on a boulevard", SUBJECT_CAR, PLACE_STREET, ""},
        {"a lynx in the savanna", SUBJECT_CAT, PLACE_MOUNTAINS, "lynx"},
        {"a lion in the savanna", SUBJECT_CAT, PLACE_MOUNTAINS, ""},
        {"a leopard in the savanna", SUBJECT_CAT, PLACE_MOUNTAINS, "leopard"},
    };

    if (lexicon_noun_count == 0)
        tap_skip("built without WordNet");
    for (size_t i = 0; i < sizeof(nouns) / sizeof(nouns[0]) && lexicon_noun_count; i++) {
        struct prompt_reading reading;

        prompt_read(str_from(nouns[i].prompt), 1, &reading);
        CHECK_INT(reading.scene.subject_count, 1);
        CHECK_INT(reading.scene.subjects[0].kind, nouns[i].kind);
        CHECK_INT(reading.scene.place, nouns[i].place);
        CHECK_STR(reading.left_out_count ? reading.left_out[0] : "", nouns[i].left_out);
    }
}

TEST(what_is_not_drawn_is_replaced_and_reported)
{
    static const struct {
        const char *prompt;
        enum scene_place place, instead;
    } asked[] = {
        {"a path in the woods", PLACE_FOREST, PLACE_MOUNTAINS},
        {"waves in the middle of the ocean", PLACE_SEA, PLACE_COAST},
        {"a coral reef", PLACE_UNDERWATER, PLACE_COAST},
        {"an old hamlet", PLACE_VILLAGE, PLACE_MOUNTAINS},
        {"a tidy bedroom", PLACE_ROOM, PLACE_MOUNTAINS},
        {"inside a coffee shop", PLACE_ROOM, PLACE_STREET},
    };
    struct prompt_reading reading;

    for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
        prompt_read(str_from(asked[i].prompt), 1, &reading);
        if (drawn_places[asked[i].place])
            CHECK_INT(reading.scene.place, asked[i].place);
        else if (asked[i].instead != PLACE_COAST || !drawn_places[PLACE_SEA])
            CHECK_INT(reading.scene.place, asked[i].instead);
    }
    for (int kind = 0; kind < SUBJECT_KINDS; kind++) {
        static const char *const words[SUBJECT_KINDS] = {
            [SUBJECT_BIRDS] = "birds",   [SUBJECT_BALLOONS] = "hot air balloons",
            [SUBJECT_FISH] = "fish",     [SUBJECT_BOAT] = "boats",
            [SUBJECT_TRAIN] = "a train", [SUBJECT_PLANE] = "an airplane",
            [SUBJECT_DRONE] = "drones",  [SUBJECT_KITE] = "flying a kite"};
        bool is_drawn;

        if (!words[kind])
            continue;
        prompt_read(str_from(words[kind]), 1, &reading);
        is_drawn = drawn_subjects[kind] & 1u << reading.scene.place;
        if (kind == SUBJECT_BOAT && reading.scene.place == PLACE_MOUNTAINS)
            is_drawn = false; /* it would lie on dry land */
        CHECK_INT(reading.scene.subject_count, is_drawn);
        CHECK_INT(reading.left_out_count, !is_drawn);
        if (is_drawn)
            CHECK_INT(reading.scene.subjects[0].kind, kind);
    }
}

TEST(a_kite_that_flies_is_no_drone_shot)
{
    struct prompt_reading reading;

    prompt_read(STR("a child flying a red kite in a meadow"), 1, &reading);
    CHECK(reading.scene.camera != CAMERA_DRONE);
    prompt_read(STR("flying over a meadow"), 1, &reading);
    CHECK_INT(reading.scene.camera, CAMERA_DRONE);
}

TEST(snow_lies_and_falls_in_towns)
{
    struct prompt_reading reading;

    prompt_read(STR("a woman in a red coat walks down a snowy city street"), 1, &reading);
    CHECK_INT(reading.left_out_count, 0);
    CHECK_INT(reading.scene.ground, GROUND_SNOW);
    CHECK_INT(reading.scene.weather, WEATHER_SNOW);
    prompt_read(STR("a sunny street in winter"), 1, &reading);
    CHECK_INT(reading.scene.ground, GROUND_SNOW);
    CHECK_INT(reading.scene.weather, WEATHER_CLEAR);
}

TEST(a_close_up_comes_near_and_keeps_people_still)
{
    struct prompt_reading reading;

    prompt_read(STR("close-up portrait of an old man"), 1, &reading);
    CHECK_INT(reading.left_out_count, 0);
    CHECK_INT(reading.scene.shot, SHOT_CLOSE);
    CHECK_INT(reading.scene.focus, FOCUS_SHALLOW);
    CHECK_INT(reading.scene.subjects[0].action, ACTION_IDLE);
    prompt_read(STR("a young woman smiling, medium shot"), 1, &reading);
    CHECK_INT(reading.left_out_count, 0);
    CHECK_INT(reading.scene.shot, SHOT_MEDIUM);
    CHECK(reading.scene.subjects[0].wears & WEAR_SMILE);
    prompt_read(STR("a man walks through a forest"), 1, &reading);
    CHECK_INT(reading.scene.shot, SHOT_USUAL);
}

TEST(busy_streets_have_traffic)
{
    struct prompt_reading reading;

    prompt_read(STR("a busy city street at noon, heavy traffic"), 1, &reading);
    CHECK_INT(reading.left_out_count, 0);
    CHECK_INT(reading.scene.place, PLACE_STREET);
    CHECK(reading.scene.traffic > 0.7f);
    prompt_read(STR("a city street at noon"), 1, &reading);
    CHECK(reading.scene.traffic == 0);
}

TEST(trees_and_flowers_have_names)
{
    static const struct {
        const char *prompt;
        enum scene_tree tree;
        int count;
        enum scene_ground ground;
        enum scene_bloom bloom;
    } grown[] = {
        {"a lone oak on a hill", TREE_OAK, 1, GROUND_GRASS, BLOOM_WILD},
        {"an apple tree in bloom on a meadow", TREE_BLOSSOM, 1, GROUND_FLOWERS, BLOOM_WILD},
        {"olive trees in the evening sun", TREE_OLIVE, 5, GROUND_GRASS, BLOOM_WILD},
        {"a row of cypresses", TREE_CYPRESS, 12, GROUND_GRASS, BLOOM_WILD},
        {"a weeping willow in winter", TREE_WILLOW, 1, GROUND_SNOW, BLOOM_WILD},
        {"lavender rows at sunset", TREE_NONE, 0, GROUND_FLOWERS, BLOOM_LAVENDER},
        {"a field of poppies", TREE_NONE, 0, GROUND_FLOWERS, BLOOM_POPPY},
        {"sunflowers under a blue sky", TREE_NONE, 0, GROUND_FLOWERS, BLOOM_SUNFLOWER},
        {"a dog in a field of tulips", TREE_NONE, 0, GROUND_FLOWERS, BLOOM_TULIP},
        {"a drone shot over lavender", TREE_NONE, 0, GROUND_NONE, BLOOM_WILD},
    };

    for (size_t i = 0; i < ARRAY_LEN(grown); i++) {
        struct prompt_reading reading;

        prompt_read(str_from(grown[i].prompt), 1, &reading);
        CHECK_INT(reading.scene.tree, grown[i].tree);
        CHECK_INT(reading.scene.tree_count, grown[i].count);
        CHECK_INT(reading.scene.ground, grown[i].ground);
        CHECK_INT(reading.scene.bloom, grown[i].bloom);
        CHECK_INT(reading.left_out_count, grown[i].ground == GROUND_NONE);
    }
}

TEST(what_grows_elsewhere_is_reported)
{
    struct prompt_reading reading;

    prompt_read(STR("a lone oak on a city street"), 1, &reading);
    CHECK_INT(reading.scene.tree, TREE_NONE);
    CHECK_INT(reading.left_out_count, 1);
    CHECK_STR(reading.left_out[0], "oak");
    prompt_read(STR("a fishing boat on a mountain lake"), 1, &reading);
    CHECK_INT(reading.left_out_count, 0);
    prompt_read(STR("a dog by a mountain lake"), 1, &reading);
    CHECK_INT(reading.left_out_count, reading.scene.place == PLACE_MOUNTAINS);
}

TEST(snow_storms_snow)
{
    struct prompt_reading reading;

    prompt_read(STR("a snow storm in the hills"), 1, &reading);
    CHECK_INT(reading.scene.weather, WEATHER_SNOW);
    prompt_read(STR("a street while it snows"), 1, &reading);
    CHECK_INT(reading.scene.weather, WEATHER_SNOW);
}

TEST(what_is_said_is_taken_out_of_the_words)
{
    static const char *const said[] = {
        "A woman says \"Meet me at the beach at noon.\" on a street",
        "A street. \u00abMeet me at the beach at noon\u00bb, she whispers",
        "A street. Woman: \u201cMeet me at the beach at noon\u201d",
        "A street, \u5979\u8bf4\u300cMeet me at the beach at noon\u300d",
    };
    struct prompt_reading reading;

    for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
        prompt_read(str_from(said[i]), 1, &reading);
        CHECK_INT(reading.scene.place, PLACE_STREET);
        CHECK(reading.scene.sun_elevation_deg < 45);
        if (drawn_speech) {
            CHECK_INT(reading.scene.speech_count, 1);
            CHECK(str_starts(str_from(reading.scene.speech[0].text), STR("Meet me at the beach")));
        }
    }
    prompt_read(STR("a sign that reads \"BEACH\""), 1, &reading);
    CHECK_INT(reading.scene.place, PLACE_COAST);
}

TEST(nobody_is_put_where_nobody_can_stand)
{
    struct prompt_reading reading;

    prompt_read(STR("a dog above the clouds"), 1, &reading);
    CHECK_INT(reading.scene.place, PLACE_SKY);
    CHECK_INT(reading.scene.subject_count, 0);
    CHECK_INT(reading.left_out_count, 1);
    CHECK_STR(reading.left_out[0], "dog");
}

TEST(words_turn_the_dials)
{
    struct prompt_reading plain, turned;

    prompt_read(STR("mountains"), 1, &plain);
    prompt_read(STR("lush green warm snowy mountains, hazy, slow motion"), 1, &turned);
    CHECK(turned.scene.greenery > plain.scene.greenery);
    CHECK(turned.scene.warmth > plain.scene.warmth);
    CHECK(turned.scene.snow_line < plain.scene.snow_line);
    CHECK(turned.scene.haze > plain.scene.haze);
    CHECK(turned.scene.camera_speed < plain.scene.camera_speed);
    CHECK(turned.scene.time_scale < 1);
    prompt_read(STR("tropical beach, cold, time-lapse"), 1, &turned);
    CHECK(turned.scene.tropical);
    CHECK(turned.scene.warmth < 0);
    CHECK(turned.scene.time_scale > 10);
}

static void check_is_valid(const struct scene *scene)
{
    CHECK(scene->place < SCENE_PLACES && scene->weather < SCENE_WEATHERS);
    CHECK(scene->camera < SCENE_CAMERAS && scene->look < SCENE_LOOKS);
    CHECK(scene->sun_elevation_deg >= -18 && scene->sun_elevation_deg <= 75);
    CHECK(fabsf(scene->sun_azimuth_deg) <= 180);
    CHECK(scene->cloud_cover >= 0 && scene->cloud_cover <= 1);
    CHECK(scene->haze >= 0 && scene->haze <= 1);
    CHECK(scene->snow_line >= 0 && scene->snow_line <= 1);
    CHECK(scene->greenery >= 0 && scene->greenery <= 1);
    CHECK(scene->warmth >= -1 && scene->warmth <= 1);
    CHECK(scene->camera_speed > 0 && scene->camera_speed <= 3);
    CHECK(scene->time_scale > 0 && scene->time_scale <= 60);
}

static void check_reading(struct str text, uint64_t seed)
{
    struct prompt_reading reading;

    prompt_read(text, seed, &reading);
    check_is_valid(&reading.scene);
    CHECK(reading.left_out_count >= 0 && reading.left_out_count <= PROMPT_LEFT_OUT_MAX);
    for (int i = 0; i < reading.left_out_count; i++) {
        CHECK(reading.left_out[i][0]);
        CHECK(str_is_utf8(str_from(reading.left_out[i])));
    }
}

TEST(every_word_of_the_lexicon_gives_a_valid_scene)
{
    const struct lexeme *lexeme;

    for (size_t i = 0; (lexeme = lexicon_at(i)); i++) {
        char twelve[1024] = "";

        check_reading(str_from(lexeme->phrase), i);
        for (int j = 0; j < 12; j++)
            snprintf(twelve + strlen(twelve), sizeof(twelve) - strlen(twelve), "%s. ",
                     lexeme->phrase);
        check_reading(str_from(twelve), i);
    }
}

TEST(any_bytes_give_a_valid_scene)
{
    static const char *const odd[] = {
        "",
        " ",
        "'",
        "''' '''",
        "\xff\xfe\xfd",
        "caf\xc3",
        "\xe5\xb1\xb1\xe3\x81\xae\xe5\xa4\x95",
        "\xf0\x9f\x8c\x84 \xf0\x9f\x8c\x8a",
        "Ein sch\xc3\xb6ner Tag",
        "%s%n%d",
        "\"}{\\u0000",
        "no",
        "without",
        "....",
        "sunset\0night",
    };
    char *random = malloc(PROMPT_BYTES_MAX + 100);
    unsigned state = 7;

    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
        check_reading(str_from(odd[i]), i);
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < PROMPT_BYTES_MAX + 100; i++) {
            state = state * 1664525u + 1013904223u;
            random[i] = (char)(state >> 24);
        }
        check_reading(str_from_bytes(random, (size_t)(PROMPT_BYTES_MAX + 100) >> round), state);
    }
    free(random);
}

TEST(a_prompt_of_32000_characters_is_read)
{
    enum { LEN = 32000 };
    char *text = malloc(LEN);
    struct prompt_reading reading;

    for (int i = 0; i < LEN; i++)
        text[i] = "unicorns "[i % 9];
    memcpy(text, "beach at night ", 15);
    prompt_read(str_from_bytes(text, LEN), 1, &reading);
    CHECK_INT(reading.scene.place, PLACE_COAST);
    CHECK(reading.scene.sun_elevation_deg < -8);
    memset(text, 'x', LEN); /* one word */
    check_reading(str_from_bytes(text, LEN), 1);
    free(text);
}

TEST(the_list_of_what_is_left_out_is_short_and_has_no_doubles)
{
    struct prompt_reading reading;
    char text[2000] = "Unicorn, unicorn and UNICORN";

    prompt_read(str_from(text), 1, &reading);
    CHECK_INT(reading.left_out_count, 1);
    CHECK_STR(reading.left_out[0], "unicorn");
    for (int i = 0; i < 100; i++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), " thing%dx", i);
    prompt_read(str_from(text), 1, &reading);
    CHECK_INT(reading.left_out_count, PROMPT_LEFT_OUT_MAX);
}

TEST(the_same_prompt_and_seed_give_the_same_scene_and_other_seeds_another)
{
    struct prompt_reading a, b, c;

    prompt_read(STR("mountains at sunset"), 5, &a);
    prompt_read(STR("mountains at sunset"), 5, &b);
    prompt_read(STR("mountains at sunset"), 6, &c);
    CHECK(memcmp(&a, &b, sizeof(a)) == 0);
    CHECK(a.scene.sun_azimuth_deg != c.scene.sun_azimuth_deg);
    CHECK_INT(a.scene.seed, 5);
    CHECK_INT(prompt_seed(STR("mountains")), prompt_seed(STR("mountains")));
    CHECK(prompt_seed(STR("mountains")) != prompt_seed(STR("mountain")));
    CHECK((int64_t)prompt_seed(STR("mountains")) >= 0);
}

TEST(a_reading_is_written_as_json)
{
    struct prompt_reading reading;
    struct buf buf;
    struct jsonw json;
    struct jsonr doc;
    struct jsonv root;
    struct err err = {0};

    prompt_read(STR("a unicorn on a beach at sunset"), INT64_MAX, &reading);
    buf_init(&buf, 10000);
    jsonw_init(&json, &buf);
    prompt_write_json(&reading, &json);
    CHECK_OK(jsonr_parse(&doc, buf_str(&buf), &err));
    root = jsonr_root(&doc);
    CHECK(str_eq_c(jsonv_str(jsonv_get(jsonv_get(root, "scene"), "place"), STR("")), "coast"));
    CHECK_INT(jsonv_int(jsonv_get(jsonv_get(root, "scene"), "seed"), 0), INT64_MAX);
    CHECK(str_eq_c(jsonv_str(jsonv_at(jsonv_get(root, "not_depicted"), 0), STR("")), "unicorn"));
    jsonr_fini(&doc);
    buf_fini(&buf);
}
