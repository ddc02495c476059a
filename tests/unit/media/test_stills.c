/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>

#include "harness/tap.h"
#include "media/avlog.h"
#include "media/stills.h"

enum { WIDTH = 96, HEIGHT = 64 };

static const struct kind {
    const char *encoder;
    enum AVPixelFormat pixels;
    enum still_format format;
} kinds[] = {
    {"mjpeg", AV_PIX_FMT_YUVJ420P, STILL_JPEG},
    {"png", AV_PIX_FMT_RGB24, STILL_PNG},
    {"libwebp", AV_PIX_FMT_YUV420P, STILL_WEBP},
};

/* Left half dark, right half bright, as the pixel format has it. */
static AVFrame *make_frame(enum AVPixelFormat pixels, int width, int height)
{
    AVFrame *frame = av_frame_alloc();

    frame->format = pixels;
    frame->width = width;
    frame->height = height;
    CHECK_INT(av_frame_get_buffer(frame, 0), 0);
    for (int p = 0; p < 4 && frame->data[p]; p++) {
        bool is_chroma = p > 0 && pixels != AV_PIX_FMT_RGB24;
        int rows = is_chroma ? (height + 1) / 2 : height;

        for (int y = 0; y < rows; y++)
            for (int x = 0; x < frame->linesize[p]; x++) {
                int bytes = pixels == AV_PIX_FMT_RGB24 ? 3 : pixels == AV_PIX_FMT_RGBA ? 4 : 1;
                int at = x / bytes;

                frame->data[p][y * frame->linesize[p] + x] = is_chroma        ? 128
                                                             : at < width / 2 ? 40
                                                                              : 200;
            }
    }
    return frame;
}

/* Encodes one picture; caller frees the bytes. */
static struct str make_file(const char *encoder, enum AVPixelFormat pixels, int width, int height)
{
    const AVCodec *found = avcodec_find_encoder_by_name(encoder);
    AVCodecContext *codec = avcodec_alloc_context3(found);
    AVFrame *frame = make_frame(pixels, width, height);
    AVPacket *packet = av_packet_alloc();
    char *copy;
    struct str bytes;

    codec->width = width;
    codec->height = height;
    codec->pix_fmt = pixels;
    codec->time_base = (AVRational){1, 1};
    codec->color_range = AVCOL_RANGE_UNSPECIFIED;
    CHECK_INT(avcodec_open2(codec, found, NULL), 0);
    CHECK_INT(avcodec_send_frame(codec, frame), 0);
    avcodec_send_frame(codec, NULL);
    CHECK_INT(avcodec_receive_packet(codec, packet), 0);
    copy = malloc((size_t)packet->size);
    memcpy(copy, packet->data, (size_t)packet->size);
    bytes = str_from_bytes(copy, (size_t)packet->size);
    av_packet_free(&packet);
    av_frame_free(&frame);
    avcodec_free_context(&codec);
    return bytes;
}

static struct str make_kind(const struct kind *kind)
{
    avlog_init();
    return make_file(kind->encoder, kind->pixels, WIDTH, HEIGHT);
}

static int red_at(const struct image *image, int x, int y)
{
    return image->rgb[3 * (y * image->width + x)];
}

static void check_fails(struct str bytes, enum err_kind kind)
{
    struct still_info info;
    struct image image = {0};
    struct err err = {0};

    CHECK(!stills_decode(bytes, &info, &image, &err));
    CHECK_INT(err.kind, kind);
    CHECK(err.text[0]);
    CHECK(!image.rgb);
}

TEST(jpeg_png_and_webp_are_told_by_their_bytes_and_decoded)
{
    for (int i = 0; i < 3; i++) {
        struct str bytes = make_kind(&kinds[i]);
        struct still_info info = {0};
        struct image image;
        struct err err = {0};

        CHECK_OK(stills_decode(bytes, &info, &image, &err));
        CHECK_INT(info.format, kinds[i].format);
        CHECK_INT(image.width, WIDTH);
        CHECK_INT(image.height, HEIGHT);
        CHECK(abs(red_at(&image, 10, 30) - 40) < 20);
        CHECK(abs(red_at(&image, 85, 30) - 200) < 25);
        image_fini(&image);
        free((void *)bytes.ptr);
    }
}

TEST(transparent_parts_become_white)
{
    struct str bytes;
    struct still_info info;
    struct image image;
    struct err err = {0};

    avlog_init();
    bytes = make_file("png", AV_PIX_FMT_RGBA, WIDTH, HEIGHT); /* alpha 40 left, 200 right */
    CHECK_OK(stills_decode(bytes, &info, &image, &err));
    CHECK(abs(red_at(&image, 5, 5) - (40 * 40 + 255 * 215) / 255) <= 1);
    CHECK(abs(red_at(&image, 90, 5) - (200 * 200 + 255 * 55) / 255) <= 1);
    image_fini(&image);
    free((void *)bytes.ptr);
}

TEST(gray_and_deep_pngs_are_decoded)
{
    static const enum AVPixelFormat deep[] = {AV_PIX_FMT_GRAY8, AV_PIX_FMT_RGB48BE,
                                              AV_PIX_FMT_RGBA64BE, AV_PIX_FMT_MONOBLACK};

    avlog_init();
    for (int i = 0; i < 4; i++) {
        struct str bytes = make_file("png", deep[i], WIDTH, HEIGHT);
        struct still_info info;
        struct image image;
        struct err err = {0};

        CHECK_OK(stills_decode(bytes, &info, &image, &err));
        CHECK_INT(image.width, WIDTH);
        image_fini(&image);
        free((void *)bytes.ptr);
    }
}

/* Puts an EXIF segment with this orientation behind the start marker. Caller frees. */
static struct str with_orientation(struct str jpeg, int orientation, bool little)
{
    static const unsigned char big[] = "\xff\xe1\0\x22"
                                       "Exif\0\0MM\0*\0\0\0\x08\0\x01"
                                       "\x01\x12\0\x03\0\0\0\x01\0\x00\0\0\0\0\0\0";
    static const unsigned char small[] = "\xff\xe1\0\x22"
                                         "Exif\0\0II*\0\x08\0\0\0\x01\0"
                                         "\x12\x01\x03\0\x01\0\0\0\x00\0\0\0\0\0\0\0";
    enum { SEGMENT = 36, VALUE_BIG = 29, VALUE_LITTLE = 28 };
    char *out = malloc(jpeg.len + SEGMENT);

    memcpy(out, jpeg.ptr, 2);
    memcpy(out + 2, little ? small : big, SEGMENT);
    out[2 + (little ? VALUE_LITTLE : VALUE_BIG)] = (char)orientation;
    memcpy(out + 2 + SEGMENT, jpeg.ptr + 2, jpeg.len - 2);
    return str_from_bytes(out, jpeg.len + SEGMENT);
}

TEST(exif_orientation_turns_the_picture)
{
    /* Where the bright half (right, as stored) is seen: at (x, y) eighths of the picture. */
    static const struct {
        int orientation, bright_x, bright_y;
    } seen[] = {{1, 7, 4}, {2, 1, 4}, {3, 1, 4}, {4, 7, 4},
                {5, 4, 7}, {6, 4, 7}, {7, 4, 1}, {8, 4, 1}};
    struct str plain = make_kind(&kinds[0]);

    for (int i = 0; i < 16; i++) {
        struct str bytes = with_orientation(plain, seen[i / 2].orientation, i % 2);
        struct still_info info;
        struct image image;
        struct err err = {0};
        int x, y;

        CHECK_OK(stills_decode(bytes, &info, &image, &err));
        CHECK_INT(image.width, seen[i / 2].orientation >= 5 ? HEIGHT : WIDTH);
        x = seen[i / 2].bright_x * image.width / 8;
        y = seen[i / 2].bright_y * image.height / 8;
        CHECK(red_at(&image, x, y) > 150);
        CHECK(red_at(&image, image.width - 1 - x, image.height - 1 - y) < 100 ||
              x * 2 == image.width);
        image_fini(&image);
        free((void *)bytes.ptr);
    }
    free((void *)plain.ptr);
}

TEST(broken_exif_is_ignored)
{
    struct str plain = make_kind(&kinds[0]);

    for (int offset = 4; offset < 36; offset++) {
        struct str bytes = with_orientation(plain, 6, false);
        struct still_info info;
        struct image image;
        struct err err = {0};

        ((char *)bytes.ptr)[2 + offset] = (char)0xff;
        CHECK_OK(stills_decode(bytes, &info, &image, &err));
        image_fini(&image);
        free((void *)bytes.ptr);
    }
    free((void *)plain.ptr);
}

TEST(an_empty_file_is_refused)
{
    check_fails(STR(""), ERR_INVALID);
}

TEST(other_formats_are_refused)
{
    check_fails(STR("GIF89a\1\0\1\0\0\0\0;"), ERR_MEDIA_TYPE);
    check_fails(STR("<svg xmlns='http://www.w3.org/2000/svg'/>"), ERR_MEDIA_TYPE);
    check_fails(STR("RIFF\x10\0\0\0AVI LIST"), ERR_MEDIA_TYPE);
    check_fails(STR("#EXTM3U\nfile:///etc/passwd\n"), ERR_MEDIA_TYPE);
}

TEST(a_file_cut_off_anywhere_is_refused_or_whole)
{
    avlog_init();
    for (int i = 0; i < 3; i++) {
        struct str bytes = make_kind(&kinds[i]);

        for (size_t len = 3; len < bytes.len - 12; len += 1 + bytes.len / 60) {
            char *part = malloc(len); /* exact, so that a sanitizer sees reads behind it */
            struct still_info info;
            struct image image = {0};
            struct err err = {0};

            memcpy(part, bytes.ptr, len);
            CHECK(!stills_decode(str_from_bytes(part, len), &info, &image, &err));
            free(part);
        }
        free((void *)bytes.ptr);
    }
}

TEST(a_header_that_promises_a_huge_picture_is_refused_before_decoding)
{
    struct str png = make_kind(&kinds[1]);

    memcpy((char *)png.ptr + 16, "\0\0\xff\xff\0\0\xff\xff", 8);
    check_fails(png, ERR_TOO_LARGE);
    memcpy((char *)png.ptr + 16, "\0\0\x40\0\0\0\x40\0", 8); /* sides fine, 268 million pixels */
    check_fails(png, ERR_TOO_LARGE);
    memcpy((char *)png.ptr + 16, "\0\0\0\0\0\0\0\x10", 8);
    check_fails(png, ERR_INVALID);
    free((void *)png.ptr);
    check_fails(STR("\xff\xd8\xff\xc0\0\x11\x08\xff\xff\xff\xff\x03\1\x11\0\2\x11\1\3\x11\1"),
                ERR_TOO_LARGE);
    check_fails(STR("RIFF\x40\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff"),
                ERR_TOO_LARGE);
}

TEST(animated_webp_is_refused)
{
    check_fails(STR("RIFF\x40\0\0\0WEBPVP8X\x0a\0\0\0\2\0\0\0\x0f\0\0\x0f\0\0"), ERR_MEDIA_TYPE);
}

TEST(a_file_over_the_byte_limit_is_refused)
{
    size_t len = (size_t)STILLS_BYTES_MAX + 1;
    char *bytes = calloc(1, len);

    memcpy(bytes, "\xff\xd8\xff", 3);
    check_fails(str_from_bytes(bytes, len), ERR_TOO_LARGE);
    free(bytes);
}

TEST(random_bytes_behind_a_good_start_never_crash)
{
    static const char *const starts[] = {"\xff\xd8\xff\xc0", "\x89PNG\r\n\x1a\n",
                                         "RIFFxxxxWEBPVP8X"};
    unsigned random = 12345;

    avlog_init();
    for (int i = 0; i < 300; i++) {
        const char *start = starts[i % 3];
        size_t len = 64 + (size_t)(i % 50) * 7;
        char *bytes = malloc(len);
        struct still_info info;
        struct image image = {0};
        struct err err = {0};

        for (size_t j = 0; j < len; j++) {
            random = random * 1664525u + 1013904223u;
            bytes[j] = (char)(random >> 24);
        }
        memcpy(bytes, start, strlen(start));
        if (stills_decode(str_from_bytes(bytes, len), &info, &image, &err))
            image_fini(&image);
        free(bytes);
    }
}
