/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "harness/tap.h"
#include "media/avlog.h"
#include "media/decode.h"
#include "media/encode.h"

enum { WIDTH = 320, HEIGHT = 180, FPS = 24, PICTURES = 30, SAMPLES = 60000 };

static const struct encoder_options ordinary = {WIDTH, HEIGHT, FPS, 1, "a test wrote this"};

/* Pictures get brighter from one to the next. */
static uint8_t luma_of(int index)
{
    return (uint8_t)(40 + 5 * index);
}

static void make_clip(char path[32], int samples)
{
    struct encoder *encoder;
    struct err err = {0};
    uint8_t *planes = malloc(WIDTH * HEIGHT * 3 / 2);
    const uint8_t *const plane[3] = {planes, planes + WIDTH * HEIGHT,
                                     planes + WIDTH * HEIGHT * 5 / 4};
    const int stride[3] = {WIDTH, WIDTH / 2, WIDTH / 2};
    float *sound = calloc((size_t)samples * 2 + 2, sizeof(*sound));

    snprintf(path, 32, "test_decode_XXXXXX");
    close(mkstemp(path));
    for (int i = 0; i < samples; i++)
        sound[2 * i] = sound[2 * i + 1] = 0.3f * sinf((float)i * 0.05f);
    CHECK_OK(encoder_open(&encoder, path, &ordinary, &err));
    CHECK_OK(encoder_sound(encoder, sound, samples, &err));
    for (int i = 0; i < PICTURES; i++) {
        memset(planes, luma_of(i), WIDTH * HEIGHT);
        memset(planes + WIDTH * HEIGHT, 90, WIDTH * HEIGHT / 4);
        memset(planes + WIDTH * HEIGHT * 5 / 4, 170, WIDTH * HEIGHT / 4);
        CHECK_OK(encoder_picture(encoder, plane, stride, &err));
    }
    CHECK_OK(encoder_finish(encoder, &err));
    encoder_close(encoder);
    free(planes);
    free(sound);
}

/* Reads all pictures; returns how many there are. */
static int read_all(struct decoder *decoder, int width, int height)
{
    struct decoded_picture picture;
    struct err err = {0};
    int count = 0;
    bool has = true;

    for (;;) {
        CHECK_OK(decoder_picture(decoder, &picture, &has, &err));
        if (!has)
            return count;
        CHECK(abs(picture.plane[0][height / 2 * picture.stride[0] + width / 2] - luma_of(count)) <
              4);
        CHECK(abs(picture.plane[1][height / 4 * picture.stride[1] + width / 4] - 90) < 4);
        CHECK(abs(picture.plane[2][height / 4 * picture.stride[2] + width / 4] - 170) < 4);
        CHECK(fabs(picture.time_s - (double)count / FPS) < 0.001);
        count++;
    }
}

TEST(an_mp4_is_read_picture_by_picture)
{
    struct decoder *decoder;
    struct err err = {0};
    char path[32];

    make_clip(path, SAMPLES);
    CHECK_OK(decoder_open(&decoder, path, 0, 0, &err));
    CHECK_INT(decoder_info(decoder)->width, WIDTH);
    CHECK_INT(decoder_info(decoder)->height, HEIGHT);
    CHECK(fabs(decoder_info(decoder)->fps - FPS) < 0.01);
    CHECK(fabs(decoder_info(decoder)->seconds - (double)PICTURES / FPS) < 0.05);
    CHECK(decoder_info(decoder)->has_sound);
    CHECK_STR(decoder_info(decoder)->comment, "a test wrote this");
    CHECK_INT(read_all(decoder, WIDTH, HEIGHT), PICTURES);
    decoder_close(decoder);
    unlink(path);
}

TEST(pictures_come_in_the_size_that_is_asked_for)
{
    struct decoder *decoder;
    struct err err = {0};
    char path[32];

    make_clip(path, 0);
    CHECK_OK(decoder_open(&decoder, path, 128, 96, &err));
    CHECK_INT(read_all(decoder, 128, 96), PICTURES);
    decoder_close(decoder);
    unlink(path);
}

TEST(sound_comes_back_as_it_was)
{
    float *samples = malloc(sizeof(float) * 2 * SAMPLES);
    struct err err = {0};
    double power = 0;
    char path[32];
    int got = 0;

    make_clip(path, SAMPLES);
    CHECK_OK(decode_sound(path, SAMPLES, samples, &got, &err));
    CHECK(got >= SAMPLES - 2048 && got <= SAMPLES);
    for (int i = 4800; i < got; i++)
        power += (double)(samples[2 * i] * samples[2 * i]) / (got - 4800);
    CHECK(fabs(sqrt(power) - 0.3 / sqrt(2)) < 0.02);
    CHECK_OK(decode_sound(path, 1000, samples, &got, &err));
    CHECK_INT(got, 1000);
    unlink(path);
    free(samples);
}

static void write_file(char path[32], const char *bytes, size_t count)
{
    FILE *file;

    snprintf(path, 32, "test_decode_XXXXXX");
    file = fdopen(mkstemp(path), "wb");
    CHECK_INT(fwrite(bytes, 1, count, file), count);
    fclose(file);
}

TEST(what_is_no_mp4_is_refused)
{
    static const char *const files[] = {"", "hello", "#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
                                        "\x89PNG\r\n\x1a\n 0000IHDR",
                                        "ffconcat version 1.0\nfile /etc/hostname\n"};
    struct decoder *decoder;
    char path[32];

    avlog_init();
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        struct err err = {0};

        write_file(path, files[i], strlen(files[i]));
        CHECK(!decoder_open(&decoder, path, 0, 0, &err));
        CHECK_INT(err.kind, ERR_INVALID);
        unlink(path);
    }
}

TEST(a_file_that_is_cut_or_scrambled_never_ends_the_process)
{
    char path[32], broken[32], *bytes;
    FILE *file;
    long count;

    make_clip(path, SAMPLES);
    file = fopen(path, "rb");
    fseek(file, 0, SEEK_END);
    count = ftell(file);
    rewind(file);
    bytes = malloc((size_t)count);
    CHECK_INT(fread(bytes, 1, (size_t)count, file), count);
    fclose(file);
    for (int round = 0; round < 40; round++) {
        struct decoder *decoder;
        struct decoded_picture picture;
        struct err err = {0};
        bool has = true;

        for (int i = 0; i < 12; i++)
            bytes[(round * 7919 + i * 104729) % count] ^= (char)(1 << (i & 7));
        write_file(broken, bytes, (size_t)(round % 4 ? count : count * round / 40));
        if (decoder_open(&decoder, broken, 64, 64, &err)) {
            while (has && decoder_picture(decoder, &picture, &has, &err))
                continue;
            decoder_close(decoder);
        }
        unlink(broken);
    }
    free(bytes);
    unlink(path);
    CHECK(true);
}
