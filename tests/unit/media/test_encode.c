/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

#include "harness/tap.h"
#include "media/encode.h"

enum { WIDTH = 320, HEIGHT = 180, FPS = 30, PICTURES = 45, LUMA = 120, CB = 90, CR = 170 };

static const struct encoder_options ordinary = {WIDTH, HEIGHT, FPS, 2, "made by a test"};

/* A plain color with a bright bar that wanders. */
static void draw(int index, uint8_t *planes)
{
    memset(planes, LUMA, WIDTH * HEIGHT);
    memset(planes + WIDTH * HEIGHT, CB, WIDTH * HEIGHT / 4);
    memset(planes + WIDTH * HEIGHT * 5 / 4, CR, WIDTH * HEIGHT / 4);
    for (int y = 0; y < HEIGHT / 3; y++)
        memset(planes + y * WIDTH + index * 4, 220, 32);
}

/* Encodes PICTURES pictures with `samples` samples of a tone to a new temporary file. */
static void make_clip(char path[32], const struct encoder_options *options, int samples)
{
    struct encoder *encoder;
    struct err err = {0};
    uint8_t *planes = malloc(WIDTH * HEIGHT * 3 / 2);
    const uint8_t *const plane[3] = {planes, planes + WIDTH * HEIGHT,
                                     planes + WIDTH * HEIGHT * 5 / 4};
    const int stride[3] = {WIDTH, WIDTH / 2, WIDTH / 2};
    float *sound = calloc((size_t)samples * 2 + 2, sizeof(*sound));

    snprintf(path, 32, "test_encode_XXXXXX");
    close(mkstemp(path));
    for (int i = 0; i < samples; i++)
        sound[2 * i] = sound[2 * i + 1] = 0.3f * sinf((float)i * 0.05f);
    CHECK_OK(encoder_open(&encoder, path, options, &err));
    CHECK_OK(encoder_sound(encoder, sound, samples, &err));
    for (int i = 0; i < PICTURES; i++) {
        draw(i, planes);
        CHECK_OK(encoder_picture(encoder, plane, stride, &err));
    }
    CHECK_OK(encoder_finish(encoder, &err));
    encoder_close(encoder);
    free(planes);
    free(sound);
}

static AVFormatContext *open_clip(const char *path)
{
    AVFormatContext *file = NULL;

    CHECK_INT(avformat_open_input(&file, path, NULL, NULL), 0);
    CHECK(avformat_find_stream_info(file, NULL) >= 0);
    CHECK_INT(file->nb_streams, 2);
    return file;
}

static int count_packets(AVFormatContext *file, int stream)
{
    AVPacket *packet = av_packet_alloc();
    int count = 0;

    while (av_read_frame(file, packet) == 0) {
        count += packet->stream_index == stream;
        av_packet_unref(packet);
    }
    av_packet_free(&packet);
    return count;
}

static char *read_file(const char *path, long *bytes)
{
    FILE *file = fopen(path, "rb");
    char *content;

    fseek(file, 0, SEEK_END);
    *bytes = ftell(file);
    rewind(file);
    content = malloc((size_t)*bytes);
    CHECK_INT(fread(content, 1, (size_t)*bytes, file), *bytes);
    fclose(file);
    return content;
}

TEST(a_clip_is_h264_and_aac_with_exact_size_rate_and_frames)
{
    char path[32];
    AVFormatContext *file;
    AVCodecParameters *video, *sound;

    make_clip(path, &ordinary, PICTURES * ENCODE_SOUND_RATE / FPS);
    file = open_clip(path);
    video = file->streams[0]->codecpar;
    sound = file->streams[1]->codecpar;
    CHECK_INT(video->codec_id, AV_CODEC_ID_H264);
    CHECK_INT(video->width, WIDTH);
    CHECK_INT(video->height, HEIGHT);
    CHECK_INT(video->format, AV_PIX_FMT_YUV420P);
    CHECK_INT(file->streams[0]->avg_frame_rate.num, FPS);
    CHECK_INT(file->streams[0]->avg_frame_rate.den, 1);
    CHECK_INT(file->streams[0]->nb_frames, PICTURES);
    CHECK_INT(sound->codec_id, AV_CODEC_ID_AAC);
    CHECK_INT(sound->sample_rate, ENCODE_SOUND_RATE);
    CHECK_INT(sound->ch_layout.nb_channels, 2);
    CHECK_INT(count_packets(file, 0), PICTURES);
    avformat_close_input(&file);
    unlink(path);
}

TEST(a_clip_lasts_exactly_its_pictures_whatever_sound_it_was_given)
{
    const int samples[] = {0, 1000, PICTURES * ENCODE_SOUND_RATE / FPS, 10 * ENCODE_SOUND_RATE};

    for (int i = 0; i < 4; i++) {
        char path[32];
        AVFormatContext *file;
        double sound_s, frame_s = 1024.0 / ENCODE_SOUND_RATE;

        make_clip(path, &ordinary, samples[i]);
        file = open_clip(path);
        CHECK_INT(av_rescale_q(file->streams[0]->duration, file->streams[0]->time_base,
                               (AVRational){1, FPS}),
                  PICTURES);
        sound_s = (double)file->streams[1]->duration * av_q2d(file->streams[1]->time_base);
        CHECK(fabs(sound_s - (double)PICTURES / FPS) <= frame_s);
        CHECK(fabs((double)file->duration / AV_TIME_BASE - (double)PICTURES / FPS) <= frame_s);
        avformat_close_input(&file);
        unlink(path);
    }
}

TEST(a_clip_says_bt709_limited_range_in_stream_and_container)
{
    char path[32];
    AVFormatContext *file;
    AVCodecParameters *video;
    long bytes;
    char *content;

    make_clip(path, &ordinary, 0);
    file = open_clip(path);
    video = file->streams[0]->codecpar;
    CHECK_INT(video->color_primaries, AVCOL_PRI_BT709);
    CHECK_INT(video->color_trc, AVCOL_TRC_BT709);
    CHECK_INT(video->color_space, AVCOL_SPC_BT709);
    CHECK_INT(video->color_range, AVCOL_RANGE_MPEG);
    avformat_close_input(&file);
    content = read_file(path, &bytes);
    CHECK(memmem(content, (size_t)bytes, "colrnclx\0\1\0\1\0\1\0", 15));
    free(content);
    unlink(path);
}

TEST(a_clip_has_its_index_in_front_its_comment_and_no_date)
{
    char path[32];
    AVFormatContext *file;
    AVDictionaryEntry *comment;
    long bytes;
    char *content, *moov, *mdat;

    make_clip(path, &ordinary, 0);
    file = open_clip(path);
    comment = av_dict_get(file->metadata, "comment", NULL, 0);
    CHECK(comment);
    CHECK_STR(comment->value, "made by a test");
    CHECK(!av_dict_get(file->metadata, "creation_time", NULL, 0));
    avformat_close_input(&file);
    content = read_file(path, &bytes);
    moov = memmem(content, (size_t)bytes, "moov", 4);
    mdat = memmem(content, (size_t)bytes, "mdat", 4);
    CHECK(moov && mdat && moov < mdat);
    free(content);
    unlink(path);
}

TEST(the_same_pictures_give_the_same_bytes)
{
    char path[2][32];
    char *content[2];
    long bytes[2];

    encode_make_repeatable();
    for (int i = 0; i < 2; i++) {
        make_clip(path[i], &ordinary, ENCODE_SOUND_RATE);
        content[i] = read_file(path[i], &bytes[i]);
        unlink(path[i]);
    }
    CHECK_INT(bytes[0], bytes[1]);
    CHECK(memcmp(content[0], content[1], (size_t)bytes[0]) == 0);
    free(content[0]);
    free(content[1]);
}

TEST(colors_come_back_as_they_went_in)
{
    char path[32];
    AVFormatContext *file;
    AVCodecContext *codec = avcodec_alloc_context3(avcodec_find_decoder(AV_CODEC_ID_H264));
    AVPacket *packet = av_packet_alloc();
    AVFrame *frame = av_frame_alloc();

    make_clip(path, &ordinary, 0);
    file = open_clip(path);
    avcodec_parameters_to_context(codec, file->streams[0]->codecpar);
    CHECK_INT(avcodec_open2(codec, NULL, NULL), 0);
    while (avcodec_receive_frame(codec, frame) == AVERROR(EAGAIN)) {
        int code = av_read_frame(file, packet);

        if (code < 0 || packet->stream_index == 0)
            avcodec_send_packet(codec, code < 0 ? NULL : packet);
        av_packet_unref(packet);
    }
    CHECK(abs(frame->data[0][150 * frame->linesize[0] + 160] - LUMA) <= 2);
    CHECK(abs(frame->data[1][75 * frame->linesize[1] + 80] - CB) <= 2);
    CHECK(abs(frame->data[2][75 * frame->linesize[2] + 80] - CR) <= 2);
    av_frame_free(&frame);
    av_packet_free(&packet);
    avcodec_free_context(&codec);
    avformat_close_input(&file);
    unlink(path);
}

TEST(options_out_of_range_are_refused)
{
    const struct encoder_options bad[] = {{321, 180, 30, 1, NULL},
                                          {320, 62, 30, 1, NULL},
                                          {8192, 180, 30, 1, NULL},
                                          {320, 180, 0, 1, NULL},
                                          {320, 180, 30, 0, NULL}};

    for (int i = 0; i < 5; i++) {
        struct encoder *encoder = NULL;
        struct err err = {0};

        CHECK(!encoder_open(&encoder, "test_encode_never.mp4", &bad[i], &err));
        CHECK_INT(err.kind, ERR_INVALID);
        CHECK(access("test_encode_never.mp4", F_OK) != 0);
    }
}

TEST(a_file_that_cannot_be_made_is_an_io_error)
{
    struct encoder *encoder = NULL;
    struct err err = {0};

    CHECK(!encoder_open(&encoder, "no_such_folder/clip.mp4", &ordinary, &err));
    CHECK_INT(err.kind, ERR_IO);
}
