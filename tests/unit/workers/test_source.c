/* SPDX-License-Identifier: Apache-2.0 */
/* Edits and extensions of clips, as a worker makes them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "harness/tap.h"
#include "media/avlog.h"
#include "media/decode.h"
#include "media/encode.h"
#include "workers/diorama/clip/clip.h"
#include "workers/diorama/clip/reel.h"
#include "workers/diorama/sound/sound.h"

enum { WIDTH = 240, HEIGHT = 144, FPS = 24, LUMA = WIDTH * HEIGHT, FRAMES_MAX = 4 * FPS };

static const char prompt[] = "A fast drone shot flying over mountains at noon";

/* All pictures of a clip. */
struct film {
    int count;
    uint8_t *luma[FRAMES_MAX];
    double color; /* mean distance of the chroma from gray */
};

static bool go_on(void *context, enum clip_phase phase, int percent)
{
    (void)context;
    (void)phase;
    (void)percent;
    return true;
}

static struct clip make(enum clip_purpose purpose, const char *words, const char *source,
                        const char *output)
{
    struct clip_order order = {.purpose = purpose,
                               .prompt = str_from(words),
                               .seconds = 1,
                               .width = WIDTH,
                               .height = HEIGHT,
                               .fps = FPS,
                               .seed = purpose == CLIP_CREATE ? 11 : 99,
                               .source_video = source,
                               .temporary = "test_source.part",
                               .output = output,
                               .threads = 2};
    struct err err = {0};
    struct clip clip;

    CHECK_OK(clip_make(&order, go_on, NULL, &clip, &err));
    return clip;
}

static struct film watch(const char *path)
{
    struct film film = {.count = 0};
    struct decoded_picture picture;
    struct decoder *decoder;
    struct err err = {0};
    bool has = true;

    CHECK_OK(decoder_open(&decoder, path, WIDTH, HEIGHT, &err));
    for (;;) {
        CHECK_OK(decoder_picture(decoder, &picture, &has, &err));
        if (!has || film.count == FRAMES_MAX)
            break;
        film.luma[film.count] = malloc(LUMA);
        for (int y = 0; y < HEIGHT; y++)
            memcpy(film.luma[film.count] + y * WIDTH, picture.plane[0] + y * picture.stride[0],
                   WIDTH);
        for (int i = 0; i < LUMA / 4; i++) {
            int x = i % (WIDTH / 2), y = i / (WIDTH / 2);

            film.color += abs(picture.plane[1][y * picture.stride[1] + x] - 128) +
                          abs(picture.plane[2][y * picture.stride[2] + x] - 128);
        }
        film.count++;
    }
    film.color /= film.count * (LUMA / 4);
    decoder_close(decoder);
    return film;
}

static void film_free(struct film *film)
{
    for (int i = 0; i < film->count; i++)
        free(film->luma[i]);
}

static double difference(const uint8_t *a, const uint8_t *b)
{
    double sum = 0;

    for (int i = 0; i < LUMA; i++)
        sum += abs(a[i] - b[i]);
    return sum / LUMA;
}

/* Mean luma of some rows of all pictures. */
static double brightness(const struct film *film, int first_row, int rows)
{
    double sum = 0;

    for (int n = 0; n < film->count; n++)
        for (int i = first_row * WIDTH; i < (first_row + rows) * WIDTH; i++)
            sum += film->luma[n][i];
    return sum / (film->count * rows * WIDTH);
}

/* Likewise of the means of 4x4 pixels: a group of pictures begins sharper than it ends. */
static double broad_difference(const uint8_t *a, const uint8_t *b)
{
    double all = 0;

    for (int y = 0; y < HEIGHT; y += 4)
        for (int x = 0; x < WIDTH; x += 4) {
            int sum = 0;

            for (int i = 0; i < 16; i++)
                sum += a[(y + i / 4) * WIDTH + x + i % 4] - b[(y + i / 4) * WIDTH + x + i % 4];
            all += abs(sum) / 16.0;
        }
    return all / (LUMA / 16);
}

/* The largest from one picture to the next. */
static double largest_step(const struct film *film)
{
    double largest = 0;

    for (int i = 1; i < film->count; i++)
        largest = fmax(largest, broad_difference(film->luma[i - 1], film->luma[i]));
    return largest;
}

static void check_seam(const struct film *before, const struct film *after)
{
    double seam = broad_difference(before->luma[before->count - 1], after->luma[0]);
    double usual = fmax(largest_step(before), largest_step(after));

    CHECK(seam < 1.5 * usual);
}

/* The clip that most tests start from, made once. */
static const char *source(void)
{
    static const char path[] = "test_source_a.mp4";
    static bool is_made;

    if (!is_made)
        make(CLIP_CREATE, prompt, NULL, path);
    is_made = true;
    return path;
}

/* The same pictures and sound, as if another program had made them. */
static void strip(const char *path, const char *to)
{
    static float samples[SOUND_RATE * 2];
    struct encoder_options options = {
        .width = WIDTH, .height = HEIGHT, .fps = FPS, .threads = 1, .comment = "not ours"};
    struct decoded_picture picture;
    struct encoder *encoder;
    struct decoder *decoder;
    struct err err = {0};
    bool has = true;
    int got;

    CHECK_OK(decode_sound(path, SOUND_RATE, samples, &got, &err));
    CHECK_OK(decoder_open(&decoder, path, 0, 0, &err));
    CHECK_OK(encoder_open(&encoder, to, &options, &err));
    CHECK_OK(encoder_sound(encoder, samples, got, &err));
    for (;;) {
        CHECK_OK(decoder_picture(decoder, &picture, &has, &err));
        if (!has)
            break;
        CHECK_OK(encoder_picture(encoder, picture.plane, picture.stride, &err));
    }
    CHECK_OK(encoder_finish(encoder, &err));
    encoder_close(encoder);
    decoder_close(decoder);
}

static const char *foreign_source(void)
{
    static const char path[] = "test_source_c.mp4";
    static bool is_made;

    if (!is_made)
        strip(source(), path);
    is_made = true;
    return path;
}

/* As drawn, without what coding adds. */
TEST(the_next_part_of_a_reel_begins_one_frame_after_the_last)
{
    static uint8_t pixels[4][LUMA * 3 / 2];
    static const enum scene_camera moves[] = {CAMERA_DRONE, CAMERA_PUSH_IN, CAMERA_PAN_LEFT,
                                              CAMERA_ORBIT, CAMERA_HANDHELD};
    struct reel_part parts[2];
    struct prompt_reading reading;

    prompt_read(str_from(prompt), 11, &reading);
    for (size_t i = 0; i < ARRAY_LEN(moves); i++) {
        struct reel_plan plan = {.parts = parts,
                                 .part_count = 2,
                                 .width = WIDTH,
                                 .height = HEIGHT,
                                 .fps = FPS,
                                 .threads = 2};
        struct reel *reel;

        reading.scene.camera = moves[i];
        parts[0] = parts[1] = (struct reel_part){reading.scene, 2 * FPS};
        reel = reel_open(&plan);
        for (int k = 0; k < 4; k++) {
            struct picture picture = {{pixels[k], pixels[k] + LUMA, pixels[k] + LUMA * 5 / 4},
                                      {WIDTH, WIDTH / 2, WIDTH / 2}};

            reel_draw(reel, 2 * FPS - 2 + k, &picture);
        }
        reel_close(reel);
        CHECK(difference(pixels[1], pixels[2]) <
              1.5 * fmax(difference(pixels[0], pixels[1]), difference(pixels[2], pixels[3])));
    }
}

TEST(an_extension_goes_on_where_its_source_ends)
{
    struct film before, after;
    struct clip clip;

    clip = make(CLIP_EXTEND, "", source(), "test_source_b.mp4");
    CHECK(clip.is_remade);
    CHECK_INT(clip.frames, FPS);
    before = watch(source());
    after = watch("test_source_b.mp4");
    CHECK_INT(after.count, FPS);
    check_seam(&before, &after);
    CHECK(difference(before.luma[FPS - 1], after.luma[FPS - 1]) > 1); /* the flight goes on */
    film_free(&before);
    film_free(&after);
}

TEST(new_words_of_an_extension_come_in_softly)
{
    struct film before, after;
    struct clip clip;

    clip = make(CLIP_EXTEND, "night falls", source(), "test_source_b.mp4");
    CHECK(clip.is_remade);
    before = watch(source());
    after = watch("test_source_b.mp4");
    CHECK(difference(before.luma[FPS - 1], after.luma[0]) < 6);
    for (int i = 1; i < FPS; i++)
        CHECK(difference(after.luma[i - 1], after.luma[i]) < 14);
    CHECK(difference(before.luma[FPS - 1], after.luma[FPS - 1]) > 30);
    film_free(&before);
    film_free(&after);
}

TEST(an_edit_is_the_same_scene_with_what_the_words_change)
{
    struct film before, after;
    struct clip clip;

    clip = make(CLIP_EDIT, "make it snow at night", source(), "test_source_b.mp4");
    CHECK(clip.is_remade);
    CHECK_INT(clip.reading.scene.seed, 11);
    before = watch(source());
    after = watch("test_source_b.mp4");
    CHECK_INT(after.count, before.count);
    CHECK(brightness(&after, 0, HEIGHT) < brightness(&before, 0, HEIGHT) - 20);
    CHECK(after.color < before.color); /* snow has no color of its own */
    film_free(&before);
    clip = make(CLIP_EDIT, "make it snow", source(), "test_source_b.mp4");
    before = watch("test_source_b.mp4");
    CHECK(clip.reading.scene.weather == WEATHER_SNOW);
    CHECK(brightness(&before, 0, HEIGHT) > brightness(&after, 0, HEIGHT) + 20);
    film_free(&before);
    film_free(&after);
}

TEST(an_edit_of_another_video_changes_its_light)
{
    struct film before, after;
    struct clip clip;

    before = watch(foreign_source());
    clip = make(CLIP_EDIT, "at night", foreign_source(), "test_source_b.mp4");
    CHECK(!clip.is_remade);
    after = watch("test_source_b.mp4");
    CHECK_INT(after.count, before.count);
    CHECK(brightness(&after, 0, HEIGHT) < 0.6 * brightness(&before, 0, HEIGHT));
    film_free(&after);
    make(CLIP_EDIT, "black and white", foreign_source(), "test_source_b.mp4");
    after = watch("test_source_b.mp4");
    CHECK(after.color < 1.5);
    film_free(&after);
    make(CLIP_EDIT, "foggy", foreign_source(), "test_source_b.mp4");
    after = watch("test_source_b.mp4");
    CHECK(after.color < 0.7 * before.color);
    film_free(&after);
    /* Words that name nothing to change leave it as it is. */
    make(CLIP_EDIT, "the same again", foreign_source(), "test_source_b.mp4");
    after = watch("test_source_b.mp4");
    for (int i = 0; i < FPS; i++)
        CHECK(difference(before.luma[i], after.luma[i]) < 2);
    film_free(&before);
    film_free(&after);
}

TEST(an_edit_of_another_video_keeps_its_sound)
{
    static float before[SOUND_RATE * 2], after[SOUND_RATE * 2];
    double both = 0, power[2] = {0, 0};
    struct err err = {0};
    int got;

    make(CLIP_EDIT, "at night", foreign_source(), "test_source_b.mp4");
    CHECK_OK(decode_sound(foreign_source(), SOUND_RATE, before, &got, &err));
    CHECK_OK(decode_sound("test_source_b.mp4", SOUND_RATE, after, &got, &err));
    for (int i = 0; i < 2 * got; i++) {
        both += (double)(before[i] * after[i]);
        power[0] += (double)(before[i] * before[i]);
        power[1] += (double)(after[i] * after[i]);
    }
    CHECK(both > 0.9 * sqrt(power[0] * power[1]));
    CHECK(both > 0);
}

TEST(an_extension_of_another_video_begins_with_its_last_picture)
{
    struct film before, after;
    struct clip clip;

    clip = make(CLIP_EXTEND, "push in", foreign_source(), "test_source_b.mp4");
    CHECK(!clip.is_remade);
    before = watch(foreign_source());
    after = watch("test_source_b.mp4");
    CHECK(difference(before.luma[FPS - 1], after.luma[0]) < 3);
    film_free(&before);
    film_free(&after);
}

/* What a stranger may send: our comment on other pictures. */
TEST(a_recipe_that_does_not_fit_the_pictures_is_not_followed)
{
    struct encoder_options options = {.width = WIDTH, .height = HEIGHT, .fps = FPS, .threads = 1};
    static uint8_t planes[LUMA * 3 / 2];
    const uint8_t *const plane[3] = {planes, planes + LUMA, planes + LUMA * 5 / 4};
    const int stride[3] = {WIDTH, WIDTH / 2, WIDTH / 2};
    struct encoder *encoder;
    struct decoder *decoder;
    struct film after;
    struct err err = {0};
    struct clip clip;

    CHECK_OK(decoder_open(&decoder, source(), 0, 0, &err));
    options.comment = decoder_info(decoder)->comment;
    CHECK_OK(encoder_open(&encoder, "test_source_d.mp4", &options, &err));
    memset(planes, 128, sizeof(planes));
    for (int i = 0; i < LUMA; i++)
        planes[i] = (uint8_t)(60 + i % WIDTH / 4 + i / WIDTH % 32);
    for (int i = 0; i < FPS; i++)
        CHECK_OK(encoder_picture(encoder, plane, stride, &err));
    CHECK_OK(encoder_finish(encoder, &err));
    encoder_close(encoder);
    decoder_close(decoder);
    clip = make(CLIP_EXTEND, "", "test_source_d.mp4", "test_source_b.mp4");
    CHECK(!clip.is_remade);
    after = watch("test_source_b.mp4");
    CHECK(difference(after.luma[0], planes) < 4);
    film_free(&after);
}

TEST(the_same_edit_twice_is_the_same_file)
{
    char command[] = "cmp -s test_source_b.mp4 test_source_d.mp4";

    encode_make_repeatable();
    make(CLIP_EDIT, "foggy", source(), "test_source_b.mp4");
    make(CLIP_EDIT, "foggy", source(), "test_source_d.mp4");
    CHECK_INT(system(command), 0);
    make(CLIP_EXTEND, "foggy", source(), "test_source_b.mp4");
    make(CLIP_EXTEND, "foggy", source(), "test_source_d.mp4");
    CHECK_INT(system(command), 0);
}

TEST(an_edit_or_extension_without_a_source_is_refused)
{
    for (int purpose = CLIP_EDIT; purpose <= CLIP_EXTEND; purpose++) {
        struct clip_order order = {.purpose = (enum clip_purpose)purpose,
                                   .prompt = STR("sea"),
                                   .seconds = 1,
                                   .width = WIDTH,
                                   .height = HEIGHT,
                                   .fps = FPS,
                                   .temporary = "test_source.part",
                                   .output = "test_source_b.mp4",
                                   .threads = 1};
        struct err err = {0};
        struct clip clip;

        avlog_init();
        CHECK(!clip_make(&order, go_on, NULL, &clip, &err));
        CHECK_INT(err.kind, ERR_INVALID);
        order.source_video = "/dev/null";
        CHECK(!clip_make(&order, go_on, NULL, &clip, &err));
        CHECK_INT(err.kind, ERR_INVALID);
    }
    for (char name = 'a'; name <= 'd'; name++) {
        char path[] = "test_source_?.mp4";

        path[12] = name;
        unlink(path);
    }
}
