/* SPDX-License-Identifier: Apache-2.0 */
/* What diorama makes of prompts as people write them: a table of what must be understood. */
#include <string.h>

#include "harness/tap.h"
#include "workers/diorama/prompt/drawn.h"
#include "workers/diorama/prompt/prompt.h"

/* Each field is a constant of scene.h plus 1; 0: any will do. */
#define P(name) .place = PLACE_##name + 1
#define W(name) .weather = WEATHER_##name + 1
#define C(name) .camera = CAMERA_##name + 1
#define S(name) .season = SEASON_##name + 1
#define L(name) .lens = LENS_##name + 1
#define F(name) .focus = FOCUS_##name + 1
#define LOOK(name) .look = LOOK_##name + 1
#define G(name) .ground = GROUND_##name + 1
#define WHO(name) .kind = SUBJECT_##name + 1
#define FORM(name) .form = FORM_##name + 1
#define DOES(name) .action = ACTION_##name + 1
#define FX(name) .effects = EFFECT_##name

enum light { ANY_LIGHT, NIGHT, DUSK, LOW, DAY, HIGH };

static const struct {
    const char *prompt;
    int place, weather, camera, season, lens, focus, look, ground, kind, form, action;
    enum light light;
    int count;
    bool is_colored;
    unsigned effects;
} rows[] = {
    {"A stylish woman walks down a Tokyo street filled with warm glowing neon", P(STREET),
     WHO(PERSON), FORM(WOMAN), DOES(WALK), .light = NIGHT, .count = 1},
    {"Several giant wooly mammoths approach through a snowy meadow", P(MOUNTAINS), G(SNOW)},
    {"Drone view of waves crashing against the rugged cliffs along a beach", P(COAST), C(DRONE)},
    {"A coral reef, rife with colorful fish and sea creatures", P(UNDERWATER), WHO(FISH),
     DOES(SWIM)},
    {"Two pirate ships battling each other on a stormy sea", P(SEA), W(RAIN), WHO(BOAT), FORM(SAIL),
     .count = 2},
    {"Extreme close up of a 24 year old woman, standing in Marrakech during magic hour", F(MACRO),
     WHO(PERSON), FORM(WOMAN), DOES(IDLE), .light = LOW},
    {"A tiny red panda in a bamboo forest", P(FOREST)},
    {"The camera rotates around a large stack of vintage televisions", C(ORBIT)},
    {"A small, round, fluffy creature exploring a vibrant, enchanted forest", P(FOREST)},
    {"The camera follows behind a white vintage car as it speeds up a steep dirt road", C(PUSH_IN),
     WHO(VINTAGE_CAR), G(ROAD), .is_colored = true},
    {"A drone camera circles around a church on a rocky coast", P(COAST)},
    {"A large orange octopus resting on the ocean floor", P(UNDERWATER)},
    {"Beautiful, snowy Tokyo city is bustling", P(STREET)},
    {"A flower growing out of the windowsill of a suburban house", P(ROOM)},
    {"The story of a robot in a cyberpunk setting", P(STREET), .light = NIGHT},
    {"An extreme close-up of a gray-haired man in deep thought", F(MACRO), WHO(PERSON), FORM(MAN)},
    {"A litter of golden retriever puppies playing in the snow", WHO(DOG), .count = 3, G(SNOW)},
    {"Five gray wolf pups chasing each other around a remote gravel road", WHO(DOG), DOES(RUN),
     .count = 5, G(ROAD)},
    {"Archeologists discover a chair in the desert", P(MOUNTAINS), G(SAND), WHO(PERSON)},
    {"A corgi romping through a futuristic neon city at night", P(STREET), WHO(DOG),
     .light = NIGHT},
    {"A steam train crossing a valley", P(MOUNTAINS), WHO(TRAIN), FORM(STEAM)},
    {"a beagle in a living room at night while it snows outside", P(ROOM), W(SNOW), WHO(DOG),
     .light = NIGHT},
    {"two sailboats on a calm sea at sunset, wide angle", P(SEA), L(WIDE), WHO(BOAT), FORM(SAIL),
     .light = LOW, .count = 2},
    {"a hot air balloon over a misty valley at sunrise", P(MOUNTAINS), W(FOG), WHO(BALLOONS),
     .light = LOW},
    {"an old man feeding pigeons in a park in autumn", WHO(PERSON), FORM(OLD_MAN), S(AUTUMN),
     G(GRASS)},
    {"children flying a red kite over a beach", P(COAST), WHO(KITE), .is_colored = true,
     C(PUSH_IN)},
    {"a firework display over the coast at night", P(COAST), FX(FIREWORKS), .light = NIGHT},
    {"fireflies in a forest at dusk, 50mm f/1.4, bokeh", P(FOREST), F(SHALLOW), FX(FIREFLIES),
     .light = DUSK},
    {"a rainy window in a cozy cafe, jazz music", P(ROOM), W(RAIN)},
    {"a shark swimming underwater", P(UNDERWATER), WHO(FISH), FORM(SHARK), DOES(SWIM)},
    {"a fishing village in the snow, smoke from chimneys", P(VILLAGE), FX(SMOKE)},
    {"lightning over the ocean at night", P(SEA), W(RAIN), FX(LIGHTNING), .light = NIGHT},
    {"a campfire by a lake under the stars, time-lapse", P(COAST), C(STATIC), FX(CAMPFIRE),
     .light = NIGHT},
    {"an airplane above the clouds at sunrise", P(SKY), WHO(PLANE), DOES(FLY), .light = LOW},
    {"cherry blossoms falling in a japanese garden in spring", S(SPRING), FX(PETALS)},
    {"a knight walking through a dark forest with a torch", P(FOREST), WHO(PERSON), DOES(WALK),
     FX(TORCHES)},
    {"a woman waves at the camera on a boulevard", P(STREET), WHO(PERSON), FORM(WOMAN), DOES(WAVE)},
    {"a horse galloping along the shore in slow motion", P(COAST), WHO(HORSE), DOES(RUN)},
    {"macro shot of a flower, shallow depth of field", F(MACRO), G(FLOWERS)},
    {"a snow storm in the mountains", P(MOUNTAINS), W(SNOW)},
    {"blizzard at night, handheld", W(SNOW), C(HANDHELD), .light = NIGHT},
    {"autumn leaves falling in the woods, afternoon light", P(FOREST), S(AUTUMN), FX(LEAVES),
     .light = DAY},
    {"winter in a small village, blue hour", P(VILLAGE), S(WINTER), .light = DUSK},
    {"a summer meadow at noon", P(MOUNTAINS), S(SUMMER), G(FLOWERS), .light = HIGH},
    {"a frozen meadow in winter", P(MOUNTAINS), S(WINTER), G(SNOW)},
    {"a drone shot over an autumn forest", P(MOUNTAINS), C(DRONE), S(AUTUMN)},
    {"85mm portrait of a man in a blue jacket, blurred background", L(TELEPHOTO), F(SHALLOW),
     WHO(PERSON), FORM(MAN), .is_colored = true},
    {"rack focus from a cat to the street behind it", P(STREET), F(RACK), WHO(CAT)},
    {"a red vintage car in the rain, film noir", W(RAIN), LOOK(NOIR), WHO(VINTAGE_CAR),
     .is_colored = true},
    {"three black horses on a prairie, 35mm film", WHO(HORSE), LOOK(VINTAGE), G(GRASS), .count = 3,
     .is_colored = true},
    {"a cat sleeping on the sofa by the fireplace", P(ROOM), WHO(CAT), FX(FIREPLACE)},
    {"a library with tall bookshelves in the morning sun", P(ROOM), .light = DAY},
    {"torches burn along a beach at night, two people dance", P(COAST), WHO(PERSON), DOES(DANCE),
     FX(TORCHES), .count = 2},
    {"a wildfire in the hills at dusk", P(MOUNTAINS), FX(BLAZE), .light = DUSK},
    {"eagles over snow-capped peaks", P(MOUNTAINS), WHO(BIRDS), FORM(EAGLE)},
    {"seagulls over a harbor in the fog", P(COAST), W(FOG), WHO(BIRDS), FORM(GULL)},
    {"a cruise ship in the middle of the ocean", P(SEA), WHO(BOAT), FORM(SHIP)},
    {"a bullet train in the countryside, pan left", C(PAN_LEFT), WHO(TRAIN)},
    {"tilt-shift view of a city street at noon", P(STREET), F(TILT_SHIFT), .light = HIGH},
    {"Saturn and its rings, slow orbit", P(SPACE), C(ORBIT)},
    {"a kitchen at sunrise, coffee on the table", P(ROOM), .light = LOW},
    {"a teal coupe on a desert highway", WHO(CAR), FORM(COUPE), G(ROAD), .is_colored = true},
    {"a school bus drives down a street", P(STREET), WHO(CAR), FORM(SCHOOL_BUS), DOES(WALK)},
    {"a red double-decker bus in London", P(STREET), WHO(CAR), FORM(DOUBLE_DECKER),
     .is_colored = true},
    {"a pickup truck on a dirt road", WHO(CAR), FORM(PICKUP), G(ROAD)},
    {"sitting on a bench in the park, a girl in a yellow dress", WHO(PERSON), FORM(GIRL), DOES(SIT),
     .is_colored = true},
};

static enum light light_of(float elevation)
{
    return elevation < -8   ? NIGHT
           : elevation < 2  ? DUSK
           : elevation < 11 ? LOW
           : elevation < 50 ? DAY
                            : HIGH;
}

static void check(size_t row, const char *what, int got, int want)
{
    if (want && got != want - 1)
        tap_fail(__FILE__, __LINE__, "\"%s\": %s is %d, want %d", rows[row].prompt, what, got,
                 want - 1);
}

static void check_subject(size_t row, const struct scene *scene)
{
    const struct subject *subject = NULL;
    int kind = rows[row].kind - 1;

    if (kind < 0 || !(drawn_subjects[kind] & 1u << scene->place))
        return; /* reported instead, as test_prompt.c says */
    for (int i = scene->subject_count - 1; i >= 0; i--)
        if (scene->subjects[i].kind == (enum subject_kind)kind)
            subject = &scene->subjects[i];
    if (!subject) {
        tap_fail(__FILE__, __LINE__, "\"%s\": no such subject", rows[row].prompt);
        return;
    }
    if (rows[row].form && drawn_forms[rows[row].form - 1])
        check(row, "form", (int)subject->form, rows[row].form);
    if (rows[row].action && drawn_actions[kind] & 1u << (rows[row].action - 1))
        check(row, "action", (int)subject->action, rows[row].action);
    if (rows[row].count)
        check(row, "count", subject->count, rows[row].count + 1);
    if (rows[row].is_colored)
        check(row, "is_colored", subject->is_colored, true + 1);
}

/* The effects of a row that its place shows. */
static unsigned shown(unsigned effects, enum scene_place place)
{
    for (int i = 0; i < DRAWN_EFFECTS; i++)
        if (!(drawn_effects[i] & 1u << place))
            effects &= ~(1u << i);
    return effects;
}

TEST(prompts_of_all_kinds_are_understood)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct prompt_reading reading;
        const struct scene *scene = &reading.scene;
        unsigned effects;

        prompt_read(str_from(rows[i].prompt), 3, &reading);
        if (rows[i].place && drawn_places[rows[i].place - 1])
            check(i, "place", (int)scene->place, rows[i].place);
        check(i, "weather", (int)scene->weather, rows[i].weather);
        check(i, "camera", (int)scene->camera, rows[i].camera);
        check(i, "season", (int)scene->season, rows[i].season);
        check(i, "look", (int)scene->look, rows[i].look);
        if (scene->place == PLACE_MOUNTAINS || scene->place == PLACE_COAST)
            check(i, "ground", (int)scene->ground, rows[i].ground);
        if (rows[i].lens && drawn_lenses[rows[i].lens - 1])
            check(i, "lens", (int)scene->lens, rows[i].lens);
        if (rows[i].focus && drawn_focuses[rows[i].focus - 1])
            check(i, "focus", (int)scene->focus, rows[i].focus);
        if (rows[i].light)
            check(i, "light", (int)light_of(scene->sun_elevation_deg), (int)rows[i].light + 1);
        effects = shown(rows[i].effects, scene->place);
        check(i, "effects", (int)(scene->effects & effects), (int)effects + 1);
        check_subject(i, scene);
    }
}

TEST(other_languages_and_abstractions_give_a_graceful_scene)
{
    static const char *const odd[] = {
        "ein Hund am Strand bei Sonnenuntergang",
        "\u5915\u713c\u3051\u306e\u6d77",
        "un chat qui court dans l'herbe",
        "\u043a\u043e\u0442 \u043d\u0430 \u043a\u0440\u044b\u0448\u0435",
        "the feeling of nostalgia",
        "hope",
        "entropy is a kind of freedom",
        "42",
        "\u0645\u062f\u064a\u0646\u0629",
        "lorem ipsum dolor sit amet",
    };

    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
        for (uint64_t seed = 0; seed < 4; seed++) {
            struct prompt_reading reading;

            prompt_read(str_from(odd[i]), seed, &reading);
            CHECK(drawn_places[reading.scene.place]);
            CHECK(reading.scene.sun_elevation_deg > -10);
            CHECK(reading.scene.camera < SCENE_CAMERAS);
            CHECK(reading.scene.motion_blur > 0);
        }
}
