/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "harness/tap.h"
#include "workers/diorama/clip/caption.h"
#include "workers/diorama/clip/lines.h"
#include "workers/diorama/sound/loudness.h"
#include "workers/diorama/sound/sound.h"
#include "workers/diorama/sound/talk.h"

static const char sentence[] = "The tide is turning. We should leave now, before the storm.";

static void need_voice(void)
{
    if (!voice_is_there())
        tap_skip("espeak-ng is not installed");
}

static struct talk say(const char *text, enum scene_voice voice, int seconds)
{
    struct talk_line line = {str_from(text), voice, 0};
    struct talk talk = {0};

    talk_add(&talk, &line, 1, (struct talk_window){0, seconds * SOUND_RATE});
    return talk;
}

TEST(orders_and_control_characters_are_taken_out_of_a_text)
{
    char out[VOICE_BYTES_MAX + 1];

    voice_clean(STR("a <break time='9s'/> b [[h@l]]"), out, sizeof(out));
    CHECK(!strpbrk(out, "<>[]"));
    voice_clean(STR("x\x01\x1b[31m\r\ny \xe2\x80\xae z"), out, sizeof(out));
    CHECK_STR(out, "x 31m y z");
    voice_clean(STR("br\xff\xc3oken \xf0\x9f\x98\x80 \xed\xa0\x80 utf"), out, sizeof(out));
    CHECK(str_is_utf8(str_from(out)));
    CHECK(str_starts(str_from(out), STR("br oken")) && str_ends(str_from(out), STR("utf")));
    voice_clean(STR("¿Qué? 你好, 2+2=4"), out, sizeof(out));
    CHECK_STR(out, "¿Qué? 你好, 2+2=4");
}

TEST(a_long_text_is_cut_between_characters)
{
    char text[4 * VOICE_BYTES_MAX], out[VOICE_BYTES_MAX + 1];

    for (size_t i = 0; i + 2 < sizeof(text); i += 2)
        memcpy(text + i, "é", 3);
    voice_clean(str_from(text), out, sizeof(out));
    CHECK(strlen(out) > VOICE_BYTES_MAX - 4);
    CHECK(str_is_utf8(str_from(out)));
}

TEST(languages_are_told_apart)
{
    static const struct {
        const char *text, *name;
    } cases[] = {
        {"We should leave now.", "en-us"},
        {"Zxcv!", "en-us"},
        {"¿Dónde está la playa?", "es"},
        {"Je ne sais pas, et vous?", "fr"},
        {"Wir müssen jetzt nicht gehen", "de"},
        {"Привет, мир", "ru"},
        {"Де ми є, їжаче?", "uk"},
        {"今天天气很好", "cmn"},
        {"こんにちは", "ja"},
        {"안녕하세요", "ko"},
        {"Καλημέρα", "el"},
        {"مرحبا", "ar"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        CHECK_STR(talk_language(str_from(cases[i].text)), cases[i].name);
    CHECK(!talk_language(STR("日本へようこそ"))); /* it would spell that out */
}

/* Power of a stretch of mono samples, and of its part between 300 and 3400 Hz. */
static void powers(const float *samples, int count, double *all, double *middle)
{
    double low = 0, high = 0, was = 0;

    *all = *middle = 0;
    for (int i = 0; i < count; i++) {
        double x = (double)samples[i];

        low += 0.36 * (x - low);           /* under 3400 Hz */
        high = 0.961 * (high + low - was); /* over 300 Hz */
        was = low;
        *all += x * x;
        *middle += high * high;
    }
}

TEST(a_line_is_spoken_within_its_time)
{
    struct talk talk;
    double all, middle;

    need_voice();
    talk = say(sentence, VOICE_FEMALE, 5);
    CHECK_INT(talk.cue_count, 1);
    CHECK(!talk.is_cut && !talk.is_silent && !talk.is_absent);
    CHECK(talk.cues[0].samples);
    CHECK(talk.cues[0].start > SOUND_RATE / 4); /* after a pause */
    CHECK(talk.cues[0].start + talk.cues[0].count < 5 * SOUND_RATE - SOUND_RATE / 4);
    CHECK(talk.cues[0].count > 2 * SOUND_RATE && talk.cues[0].count < 4 * SOUND_RATE);
    powers(talk.cues[0].samples, talk.cues[0].count, &all, &middle);
    CHECK(all / talk.cues[0].count > 1e-4);
    CHECK(middle / all > 0.3); /* where the formants are */
    talk_fini(&talk);
}

/* Beats of a voice in a second, by autocorrelation. */
static double pitch_of(const struct talk_cue *cue)
{
    double best = 0;
    int period = 1;

    for (int lag = SOUND_RATE / 500; lag < SOUND_RATE / 70; lag++) {
        double sum = 0;

        for (int i = 0; i + lag < cue->count; i += 3)
            sum += (double)(cue->samples[i] * cue->samples[i + lag]);
        if (sum > best) {
            best = sum;
            period = lag;
        }
    }
    return (double)SOUND_RATE / period;
}

TEST(a_man_speaks_lower_than_a_woman_and_she_lower_than_a_child)
{
    struct talk man, woman, child;

    need_voice();
    man = say(sentence, VOICE_MALE, 6);
    woman = say(sentence, VOICE_FEMALE, 6);
    child = say(sentence, VOICE_CHILD, 6);
    CHECK(pitch_of(&man.cues[0]) < 0.8 * pitch_of(&woman.cues[0]));
    CHECK(pitch_of(&woman.cues[0]) < 0.9 * pitch_of(&child.cues[0]));
    talk_fini(&man);
    talk_fini(&woman);
    talk_fini(&child);
}

TEST(what_is_too_long_is_said_faster_and_then_cut_at_a_word)
{
    static const char story[] = "I have waited here for seventeen years, and every single evening "
                                "the keeper told me that the ships would come home again";
    struct talk slow, fast, cut;
    size_t length;

    need_voice();
    slow = say(story, VOICE_MALE, 12);
    fast = say(story, VOICE_MALE, 6);
    cut = say(story, VOICE_MALE, 3);
    CHECK(!slow.is_cut && !fast.is_cut && cut.is_cut);
    CHECK(fast.cues[0].count < slow.cues[0].count);
    CHECK(cut.cues[0].start + cut.cues[0].count <= 3 * SOUND_RATE);
    CHECK_STR(fast.cues[0].text, story);
    length = strlen(cut.cues[0].text) - strlen("…");
    CHECK(length > 10 && strcmp(cut.cues[0].text + length, "…") == 0);
    CHECK(memcmp(cut.cues[0].text, story, length) == 0 && strchr(" ,", story[length]));
    talk_fini(&slow);
    talk_fini(&fast);
    talk_fini(&cut);
}

TEST(hostile_lines_do_no_harm)
{
    static const char *const texts[] = {
        "--help",
        "-f /etc/passwd",
        "$(touch hostile) `touch hostile` ; touch hostile",
        "<audio src='/etc/passwd'>x</audio><break time='1000s'/>",
        "[[_:99999]] [[",
        "\x1b]0;x\x07 \x7f\x01",
        "%s%n%s%n",
        "\xff\xfe\xc0\x80",
        "",
        "   ",
        "。。。。",
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct talk talk = say(texts[i], VOICE_ANY, 2);

        CHECK(talk.cue_count <= 1);
        for (int k = 0; k < talk.cue_count; k++)
            CHECK(talk.cues[k].start + talk.cues[k].count <= 2 * SOUND_RATE);
        talk_fini(&talk);
    }
    CHECK(access("hostile", F_OK) != 0);
}

TEST(more_lines_than_there_is_room_for_are_left_out)
{
    struct talk_line lines[2 * TALK_CUES_MAX];
    struct talk talk = {0};

    for (int i = 0; i < 2 * TALK_CUES_MAX; i++)
        lines[i] = (struct talk_line){STR("yes"), VOICE_ANY, 0};
    talk_add(&talk, lines, 2 * TALK_CUES_MAX, (struct talk_window){0, 100 * SOUND_RATE});
    CHECK_INT(talk.cue_count, TALK_CUES_MAX);
    for (int i = 1; i < talk.cue_count; i++)
        CHECK(talk.cues[i].start >= talk.cues[i - 1].start + talk.cues[i - 1].count);
    talk_fini(&talk);
}

TEST(without_espeak_lines_are_silent_and_shown_all_the_same)
{
    char *path = strdup(getenv("PATH"));
    struct talk talk;

    setenv("PATH", "/nonexistent", 1);
    talk = say(sentence, VOICE_ANY, 4);
    CHECK(!voice_is_there());
    setenv("PATH", path, 1);
    free(path);
    CHECK(talk.is_absent && talk.is_silent);
    CHECK_INT(talk.cue_count, 1);
    CHECK(!talk.cues[0].samples);
    CHECK(talk.cues[0].count > SOUND_RATE);
    CHECK_STR(talk.cues[0].text, sentence);
    talk_fini(&talk);
}

static void make_sound(const struct scene *scene, const struct talk *talk, int count, float *mono)
{
    float *both = malloc((size_t)count * 2 * sizeof(float));

    sound_make(&(struct sound_order){.scene = scene, .count = count, .talk = talk}, both);
    for (int i = 0; i < count; i++)
        mono[i] = (both[2 * i] + both[2 * i + 1]) / 2;
    free(both);
}

TEST(all_else_makes_way_for_a_voice)
{
    enum { COUNT = 6 * SOUND_RATE };
    static float mono[COUNT];
    struct scene scene = {
        .place = PLACE_COAST, .sun_elevation_deg = 40, .time_scale = 1, .snow_line = 1, .seed = 3};
    double said, silent, middle;
    struct talk talk;
    int start, count;

    need_voice();
    talk = say(sentence, VOICE_MALE, 6);
    start = talk.cues[0].start;
    count = talk.cues[0].count;
    make_sound(&scene, &talk, COUNT, mono);
    powers(mono + start, count, &said, &middle);
    powers(mono + start + count + SOUND_RATE, COUNT - start - count - SOUND_RATE - SOUND_RATE / 4,
           &silent, &middle);
    said /= count;
    silent /= COUNT - start - count - SOUND_RATE - SOUND_RATE / 4;
    CHECK(said > 4 * silent);
    CHECK(silent > 1e-7); /* but is not gone */
    CHECK(fabsf(loudness_measure(mono, mono, COUNT) + 16) < 2);
    CHECK(loudness_true_peak(mono, COUNT) < 0.89f);
    talk_fini(&talk);
}

TEST(who_says_is_not_reported_as_missing)
{
    struct prompt_reading said, silent;

    prompt_read(STR("A woman on a beach. She says: \"If the sea could talk.\""), 1, &said);
    CHECK_INT(said.scene.speech_count, 1);
    CHECK_INT(said.left_out_count, 0);
    prompt_read(STR("A woman shouts on a beach"), 1, &silent);
    CHECK_INT(silent.left_out_count, 1);
}

TEST(an_extension_does_not_say_again_what_its_source_said)
{
    static struct source_plan plan;
    struct clip clip = {.seconds = 4, .width = 640, .height = 360, .fps = 30, .frames = 120};
    struct talk talk;

    plan.recipe = (struct recipe){.seed = 1,
                                  .part_count = 2,
                                  .parts = {{STR("a woman on a beach says \"First of all\""), 120},
                                            {STR("she says \"Second to none\""), 119}}};
    plan.first = 119;
    lines_say(&clip, &plan, &talk);
    CHECK_INT(talk.cue_count, 1);
    CHECK(str_find(str_from(talk.cues[0].text), STR("Second")) == 0);
    talk_fini(&talk);
    plan.first = 0; /* an edit of both */
    clip.frames = 239;
    lines_say(&clip, &plan, &talk);
    CHECK_INT(talk.cue_count, 2);
    CHECK(talk.cues[0].start < 4 * SOUND_RATE && talk.cues[1].start > 4 * SOUND_RATE);
    talk_fini(&talk);
}

/* A gray picture with the captions of a moment, and where these are. */
struct shot {
    int left, right, top, bottom, white;
};

static struct shot shoot(const struct captions *captions, int width, int height, float seconds)
{
    struct shot shot = {.left = width, .top = height};
    size_t luma = (size_t)width * (size_t)height;
    uint8_t *pixels = malloc(luma * 3 / 2);
    struct picture picture = {{pixels, pixels + luma, pixels + luma + luma / 4},
                              {width, width / 2, width / 2}};

    memset(pixels, 120, luma * 3 / 2);
    captions_draw(captions, seconds, &picture);
    for (int i = 0; i < (int)luma; i++) {
        int x = i % width, y = i / width;

        if (pixels[i] < 200)
            continue;
        shot.white++;
        shot.left = x < shot.left ? x : shot.left;
        shot.right = x > shot.right ? x : shot.right;
        shot.top = y < shot.top ? y : shot.top;
        shot.bottom = y > shot.bottom ? y : shot.bottom;
    }
    free(pixels);
    return shot;
}

/* A talk that needs no espeak-ng. */
static struct talk read_only(const char *text)
{
    struct talk talk = {.cue_count = 1};

    str_copy(str_from(text), talk.cues[0].text, sizeof(talk.cues[0].text));
    talk.cues[0].start = SOUND_RATE;
    talk.cues[0].count = 2 * SOUND_RATE;
    talk.cues[0].until = 4 * SOUND_RATE;
    return talk;
}

static struct captions *open_captions(const char *text, int width, int height)
{
    struct talk talk = read_only(text);
    bool is_lacking;
    struct captions *captions = captions_open(&talk, width, height, &is_lacking);

    if (is_lacking) {
        captions_close(captions);
        tap_skip("no font is installed");
    }
    return captions;
}

TEST(a_caption_stands_in_the_lower_part_while_it_is_said)
{
    static const int sizes[2][2] = {{640, 360}, {360, 640}};

    for (int k = 0; k < 2; k++) {
        int width = sizes[k][0], height = sizes[k][1];
        struct captions *captions = open_captions(sentence, width, height);
        struct shot before = shoot(captions, width, height, 0.5f);
        struct shot meanwhile = shoot(captions, width, height, 1.5f);
        struct shot after = shoot(captions, width, height, 3.9f);

        CHECK_INT(before.white, 0);
        CHECK_INT(after.white, 0);
        CHECK(meanwhile.white > 300);
        CHECK(meanwhile.left > width / 20 && meanwhile.right < width - width / 20);
        CHECK(abs(meanwhile.left + meanwhile.right - width) < width / 40);
        CHECK(meanwhile.top > height / 2 && meanwhile.bottom < height - height / 20);
        CHECK(meanwhile.bottom - meanwhile.top < height / 7); /* two rows at most */
        captions_close(captions);
    }
}

TEST(a_long_caption_is_shown_page_by_page)
{
    static const char story[] = "One morning all the boats were gone, and nobody in the village "
                                "could say where they went, or when, or who had been the last to "
                                "see them under the moon on the calm and silent water";
    struct captions *captions = open_captions(story, 640, 360);
    struct shot first = shoot(captions, 640, 360, 1.2f), last = shoot(captions, 640, 360, 2.9f);

    CHECK(first.white > 300 && last.white > 300);
    CHECK(first.bottom - first.top < 360 / 7 && last.bottom - last.top < 360 / 7);
    CHECK(first.white != last.white);
    captions_close(captions);
}

TEST(letters_that_no_font_has_are_not_drawn_as_boxes)
{
    struct talk talk = read_only("مرحبا بالعالم");
    bool is_lacking;
    struct captions *captions = captions_open(&talk, 640, 360, &is_lacking);

    CHECK(is_lacking);
    CHECK_INT(shoot(captions, 640, 360, 1.5f).white, 0);
    captions_close(captions);
}
