/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libavcodec/avcodec.h>

#include "base/jsonr.h"
#include "harness/tap.h"
#include "media/image.h"

static const char in_path[] = "test_probe_in", out_path[] = "test_probe_out.ppm";

/* What one run of the program gave. */
struct outcome {
    int status; /* exit status, or 128 + signal */
    char line[1024];
};

static struct outcome run(const char *const args[8])
{
    const char *argv[10] = {getenv("VITASCOPE_PROBE")};
    struct outcome outcome = {0};
    int ends[2], status;
    ssize_t got, len = 0;
    pid_t child;

    CHECK(argv[0]);
    memcpy(argv + 1, args, 8 * sizeof(*args));
    CHECK_INT(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_WRONLY);

        dup2(ends[1], STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        execv(argv[0], (char *const *)argv);
        _exit(127);
    }
    close(ends[1]);
    while ((got = read(ends[0], outcome.line + len, sizeof(outcome.line) - 1 - (size_t)len)) > 0)
        len += got;
    close(ends[0]);
    CHECK_INT(waitpid(child, &status, 0), child);
    outcome.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return outcome;
}

static struct outcome probe(const char *in, const char *width, const char *height)
{
    const char *const args[8] = {"image", in, out_path, "--width", width, "--height", height};

    return run(args);
}

static void write_input(const void *bytes, size_t len)
{
    FILE *file = fopen(in_path, "wb");

    CHECK_INT(fwrite(bytes, 1, len, file), len);
    fclose(file);
}

/* Writes a gray picture, brighter to the right, to in_path. */
static void write_picture(const char *encoder, enum AVPixelFormat pixels, int width, int height)
{
    const AVCodec *found = avcodec_find_encoder_by_name(encoder);
    AVCodecContext *codec = avcodec_alloc_context3(found);
    AVFrame *frame = av_frame_alloc();
    AVPacket *packet = av_packet_alloc();
    int bytes = pixels == AV_PIX_FMT_RGB24 ? 3 : 1;

    codec->width = frame->width = width;
    codec->height = frame->height = height;
    codec->pix_fmt = pixels;
    frame->format = pixels;
    codec->time_base = (AVRational){1, 1};
    CHECK_INT(av_frame_get_buffer(frame, 0), 0);
    for (int p = 0; p < 3 && frame->data[p]; p++)
        for (int y = 0; y < (p ? (height + 1) / 2 : height); y++)
            for (int x = 0; x < frame->linesize[p]; x++)
                frame->data[p][(size_t)y * (size_t)frame->linesize[p] + (size_t)x] =
                    p ? 128 : (uint8_t)(40 + 170 * (x / bytes) / width);
    CHECK_INT(avcodec_open2(codec, found, NULL), 0);
    CHECK_INT(avcodec_send_frame(codec, frame), 0);
    avcodec_send_frame(codec, NULL);
    CHECK_INT(avcodec_receive_packet(codec, packet), 0);
    write_input(packet->data, (size_t)packet->size);
    av_packet_free(&packet);
    av_frame_free(&frame);
    avcodec_free_context(&codec);
}

static void check_answer(const struct outcome *outcome, const char *format, int width, int height)
{
    struct jsonr json;
    struct jsonv root;
    struct err err = {0};

    CHECK_INT(outcome->status, 0);
    CHECK_OK(jsonr_parse(&json, str_from(outcome->line), &err));
    root = jsonr_root(&json);
    CHECK(str_eq_c(jsonv_str(jsonv_get(root, "type"), STR("")), "image"));
    CHECK(str_eq_c(jsonv_str(jsonv_get(root, "format"), STR("")), format));
    CHECK_INT(jsonv_int(jsonv_get(root, "width"), 0), width);
    CHECK_INT(jsonv_int(jsonv_get(root, "height"), 0), height);
    jsonr_fini(&json);
}

static void check_failed(struct outcome outcome)
{
    struct jsonr json;
    struct err err = {0};

    CHECK_INT(outcome.status, 1);
    CHECK_OK(jsonr_parse(&json, str_from(outcome.line), &err));
    CHECK(str_eq_c(jsonv_str(jsonv_get(jsonr_root(&json), "type"), STR("")), "failed"));
    CHECK(jsonv_str(jsonv_get(jsonr_root(&json), "message"), STR("")).len > 0);
    jsonr_fini(&json);
}

static void clean(void)
{
    unlink(in_path);
    unlink(out_path);
}

TEST(the_three_formats_become_a_ppm_of_the_asked_size)
{
    static const struct {
        const char *encoder, *format;
        enum AVPixelFormat pixels;
    } kinds[] = {{"mjpeg", "jpeg", AV_PIX_FMT_YUVJ420P},
                 {"png", "png", AV_PIX_FMT_RGB24},
                 {"libwebp", "webp", AV_PIX_FMT_YUV420P}};

    for (int i = 0; i < 3; i++) {
        struct outcome outcome;
        struct image image;
        struct err err = {0};

        write_picture(kinds[i].encoder, kinds[i].pixels, 640, 480);
        outcome = probe(in_path, "320", "180");
        check_answer(&outcome, kinds[i].format, 640, 480);
        CHECK_OK(image_read_ppm(&image, out_path, &err));
        CHECK_INT(image.width, 320);
        CHECK_INT(image.height, 180);
        CHECK(image.rgb[3 * 10] + 100 < image.rgb[3 * 310]);
        image_fini(&image);
    }
    clean();
}

TEST(a_picture_of_fifty_million_pixels_fits_the_limits)
{
    struct outcome outcome;

    write_picture("mjpeg", AV_PIX_FMT_YUVJ420P, 8000, 6250);
    outcome = probe(in_path, "1280", "720");
    check_answer(&outcome, "jpeg", 8000, 6250);
    clean();
}

TEST(a_cut_off_picture_fails)
{
    write_picture("png", AV_PIX_FMT_RGB24, 640, 480);
    CHECK_INT(truncate(in_path, 700), 0);
    check_failed(probe(in_path, "320", "180"));
    clean();
}

TEST(a_header_that_promises_too_much_fails)
{
    static const char bomb[] =
        "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\xff\xff\0\0\xff\xff\x08\2\0\0\0xxxx";

    write_input(bomb, sizeof(bomb));
    check_failed(probe(in_path, "320", "180"));
    clean();
}

TEST(other_files_empty_files_and_no_files_fail)
{
    write_input("GIF89a", 6);
    check_failed(probe(in_path, "320", "180"));
    write_input("", 0);
    check_failed(probe(in_path, "320", "180"));
    check_failed(probe("no_such_file", "320", "180"));
    check_failed(probe("/dev/zero", "320", "180"));
    check_failed(probe(".", "320", "180"));
    clean();
}

TEST(a_file_over_twenty_mib_fails)
{
    write_input("\xff\xd8\xff", 3);
    CHECK_INT(truncate(in_path, 21 << 20), 0);
    check_failed(probe(in_path, "320", "180"));
    clean();
}

TEST(wrong_usage_ends_with_status_2)
{
    static const char *const wrong[][8] = {
        {"image", in_path, out_path, "--width", "320"},
        {"image", in_path, out_path, "--width", "320", "--height", "9"},
        {"image", in_path, out_path, "--width", "320", "--height", "99999"},
        {"image", in_path, out_path, "--width", "320", "--width", "320"},
        {"video", in_path, out_path, "--width", "320", "--height", "180"},
    };

    for (int i = 0; i < 5; i++)
        CHECK_INT(run(wrong[i]).status, 2);
    clean();
}
