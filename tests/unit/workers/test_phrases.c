/* SPDX-License-Identifier: Apache-2.0 */
/* Words that are easily mistaken: for others, for what is not wanted, for somebody else's. */
#include <string.h>

#include "harness/tap.h"
#include "workers/diorama/prompt/prompt.h"

static struct prompt_reading read_text(const char *text)
{
    struct prompt_reading reading;

    prompt_read(str_from(text), 3, &reading);
    return reading;
}

static void check_cast(const char *text, int want)
{
    struct prompt_reading reading = read_text(text);

    if (reading.scene.subject_count != want)
        tap_fail(__FILE__, __LINE__, "\"%s\": %d subjects, want %d", text,
                 reading.scene.subject_count, want);
}

TEST(words_are_not_taken_for_others_that_they_resemble)
{
    static const char *const nobody[] = {
        "a meadow with many flowers",      "the lake draws closer and closer",
        "candles flicker in the room",     "a common sight in the mountains",
        "a beach, nobody, empty",          "electric light on a street",
        "a card on a carpet in a kitchen", "a deserted beach",
    };

    for (size_t i = 0; i < sizeof(nobody) / sizeof(nobody[0]); i++)
        check_cast(nobody[i], 0);
    check_cast("an old man with a white beard", 1); /* no bear */
    CHECK_INT(read_text("a deserted beach").scene.place, PLACE_COAST);
    CHECK_INT(read_text("a girl facing the sea").scene.shot, SHOT_USUAL);
    CHECK(read_text("a man staring at the hills").scene.sun_elevation_deg > 0);
}

TEST(what_is_not_wanted_is_not_shown)
{
    check_cast("a street with no people, cars, or dogs", 0);
    check_cast("a street with no people or dogs", 0);
    check_cast("a beach. Negative prompt: people, dogs, boats", 0);
    check_cast("NEGATIVE PROMPT: people, cats. PROMPT: a horse on a hill", 1);
    check_cast("a meadow at noon --no people, horses", 0);
    check_cast("a street without people, two dogs running", 1);
    CHECK_INT(read_text("a wet street at night, no rain").scene.weather, WEATHER_CLEAR);
    CHECK(read_text("the Alps, not snowy").scene.snow_line > 0.9f);
    CHECK(read_text("a beach without clouds").scene.cloud_cover < 0.1f);
    CHECK(!read_text("a skyline, neither futuristic nor foggy").scene.futuristic);
    CHECK_INT(read_text("a skyline, neither futuristic nor foggy").scene.weather, WEATHER_CLEAR);
}

TEST(a_remix_takes_things_away)
{
    CHECK_INT(read_text("no rain\n\na rainy street at night").scene.weather, WEATHER_CLEAR);
    check_cast("remove the dog\n\na man and a dog on a beach", 1);
    check_cast("no people\n\na man and a dog on a beach", 1);
    CHECK_INT(read_text("no fireworks\n\nfireworks over a skyline").scene.effects, 0);
}

TEST(a_remix_changes_clothes_and_keeps_the_rest)
{
    const struct scene dress =
        read_text("make her dress red\n\na woman in a green dress on a beach").scene;
    const struct scene coat = read_text("her coat is now a blue coat\n\na woman in a street").scene;
    const struct scene balloon = read_text("one balloon\n\nhot air balloons over hills").scene;

    CHECK_INT(dress.subject_count, 1);
    CHECK(dress.subjects[0].color[0] > 5 * dress.subjects[0].color[1]);
    CHECK(dress.subjects[0].wears & WEAR_DRESS);
    CHECK(coat.subjects[0].wears & WEAR_COAT);
    CHECK(coat.subjects[0].color[2] > 3 * coat.subjects[0].color[0]);
    CHECK_INT(balloon.subjects[0].form, FORM_USUAL);
}

TEST(colors_go_to_those_they_belong_to)
{
    const struct scene cars = read_text("a blue car and a red car on a highway").scene;
    const struct scene horses = read_text("a white horse and two brown horses").scene;
    const struct scene beach = read_text("A boy and his dog run along the beach. The boy wears "
                                         "a red shirt. The dog is white.")
                                   .scene;
    struct prompt_reading old = read_text("a vintage green car in a street");

    CHECK_INT(cars.subject_count, 2);
    CHECK(cars.subjects[0].color[2] > cars.subjects[0].color[0]);
    CHECK(cars.subjects[1].color[0] > cars.subjects[1].color[2]);
    CHECK_INT(horses.subject_count, 2);
    CHECK_INT(horses.subjects[0].count, 1);
    CHECK_INT(horses.subjects[1].count, 2);
    CHECK_INT(beach.subject_count, 2);
    CHECK(beach.subjects[0].wears & WEAR_SHIRT);
    CHECK(beach.subjects[0].color[0] > 5 * beach.subjects[0].color[1]);
    CHECK(beach.subjects[1].is_colored && beach.subjects[1].color[2] > 0.5f);
    CHECK_INT(old.scene.subjects[0].kind, SUBJECT_VINTAGE_CAR);
    CHECK_INT(old.scene.look, LOOK_NATURAL);
    CHECK_INT(old.left_out_count, 0);
}

TEST(data_is_read_as_what_it_says)
{
    struct prompt_reading reading = read_text(
        "{\"scene\": \"a beach at sunrise\", \"camera\": {\"movement\": \"dolly in\"}, "
        "\"subjects\": [{\"type\": \"horse\", \"color\": \"white\", \"count\": 2}], "
        "\"rain\": true, \"dialogue\": \"Here we are.\", \"negative_prompt\": \"people, cars\"}");
    struct prompt_reading broken = read_text("{\"scene\": \"a beach at night\", \"x\": }");

    CHECK_INT(reading.scene.place, PLACE_COAST);
    CHECK_INT(reading.scene.weather, WEATHER_RAIN);
    CHECK_INT(reading.scene.subject_count, 1);
    CHECK_INT(reading.scene.subjects[0].kind, SUBJECT_HORSE);
    CHECK_INT(reading.scene.subjects[0].count, 2);
    CHECK(reading.scene.subjects[0].is_colored);
    CHECK_INT(reading.scene.speech_count, 1);
    CHECK_STR(reading.scene.speech[0].text, "Here we are.");
    CHECK_INT(broken.scene.place, PLACE_COAST);
    CHECK_INT(broken.scene.speech_count, 0);
}

TEST(deep_and_long_data_is_read_without_harm)
{
    static char text[PROMPT_BYTES_MAX + 100];
    struct prompt_reading reading;

    memset(text, '[', sizeof(text) - 1);
    prompt_read(str_from(text), 3, &reading);
    CHECK_INT(reading.scene.subject_count, 0);
    for (size_t i = 0; i + 16 < sizeof(text); i += 16)
        memcpy(text + i, "negative: a,b,c,", 16);
    prompt_read(str_from(text), 3, &reading);
    CHECK_INT(reading.scene.subject_count, 0);
}
