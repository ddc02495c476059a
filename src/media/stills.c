/* SPDX-License-Identifier: Apache-2.0 */
#include "media/stills.h"

#include <string.h>

#include <libavcodec/avcodec.h>
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>

#include "media/avlog.h"
#include "media/frames_impl.h"
#include "media/stills_impl.h"

static const struct {
    const char *name;
    enum AVCodecID codec;
} formats[STILL_FORMATS] = {
    [STILL_JPEG] = {"jpeg", AV_CODEC_ID_MJPEG},
    [STILL_PNG] = {"png", AV_CODEC_ID_PNG},
    [STILL_WEBP] = {"webp", AV_CODEC_ID_WEBP},
};

const char *still_format_name(enum still_format format)
{
    return formats[format].name;
}

static bool sniff(struct str bytes, enum still_format *format)
{
    if (str_starts(bytes, STR("\xff\xd8\xff")))
        *format = STILL_JPEG;
    else if (str_starts(bytes, STR("\x89PNG\r\n\x1a\n")))
        *format = STILL_PNG;
    else if (str_starts(bytes, STR("RIFF")) && bytes.len >= 12 &&
             memcmp(bytes.ptr + 8, "WEBP", 4) == 0)
        *format = STILL_WEBP;
    else
        return false;
    return true;
}

bool stills_info(struct str bytes, struct still_info *info, struct err *err)
{
    int64_t width = 0, height = 0;
    bool is_animated = false, ok = false;
    enum still_format format;

    if (bytes.len == 0)
        return err_set(err, ERR_INVALID, "the image is empty");
    if (bytes.len > STILLS_BYTES_MAX)
        return err_set(err, ERR_TOO_LARGE, "an image may have %d MiB", STILLS_BYTES_MAX >> 20);
    if (!sniff(bytes, &format))
        return err_set(err, ERR_MEDIA_TYPE, "an image must be JPEG, PNG or WebP");
    if (format == STILL_JPEG)
        ok = stills_jpeg_size(bytes, &width, &height);
    else if (format == STILL_PNG)
        ok = stills_png_size(bytes, &width, &height);
    else
        ok = stills_webp_size(bytes, &width, &height, &is_animated);
    if (!ok || width < 1 || height < 1)
        return err_set(err, ERR_INVALID, "the image is damaged: its header cannot be read");
    if (is_animated)
        return err_set(err, ERR_MEDIA_TYPE, "animated images are not supported");
    if (!image_size_is_ok(width, height))
        return err_set(err, ERR_TOO_LARGE,
                       "an image may have %d pixels a side and %d million in all", IMAGE_SIDE_MAX,
                       IMAGE_PIXELS_MAX / 1000000);
    *info = (struct still_info){format, (int)width, (int)height};
    return true;
}

/* Runs the decoder over the whole file; *frame gets the picture. */
static bool decode(AVCodecContext *codec, struct str bytes, AVFrame *frame, struct err *err)
{
    AVPacket *packet = av_packet_alloc();
    int code;

    if (!packet || av_new_packet(packet, (int)bytes.len) < 0)
        die("out of memory for an image file");
    memcpy(packet->data, bytes.ptr, bytes.len);
    code = avcodec_send_packet(codec, packet);
    if (code == 0)
        code = avcodec_receive_frame(codec, frame);
    if (code == AVERROR(EAGAIN)) { /* a decoder that waits for the end */
        avcodec_send_packet(codec, NULL);
        code = avcodec_receive_frame(codec, frame);
    }
    av_packet_free(&packet);
    if (code < 0)
        return avlog_err(err, ERR_INVALID, "the image is damaged", code);
    if (frame->decode_error_flags)
        return err_set(err, ERR_INVALID, "the image is damaged");
    return true;
}

static bool decode_frame(struct str bytes, const struct still_info *info, AVFrame *frame,
                         struct err *err)
{
    const AVCodec *decoder = avcodec_find_decoder(formats[info->format].codec);
    AVCodecContext *codec = decoder ? avcodec_alloc_context3(decoder) : NULL;
    bool ok = false;
    int code;

    if (!codec)
        die("this libavcodec has no %s decoder", formats[info->format].name);
    codec->thread_count = 1;
    codec->max_pixels = IMAGE_PIXELS_MAX;
    codec->err_recognition = AV_EF_EXPLODE | AV_EF_CRCCHECK;
    code = avcodec_open2(codec, decoder, NULL);
    if (code < 0) {
        avlog_err(err, ERR_INTERNAL, "cannot open an image decoder", code);
        goto out;
    }
    if (!decode(codec, bytes, frame, err))
        goto out;
    if (frame->width != info->width || frame->height != info->height) {
        err_set(err, ERR_INVALID, "the image is damaged: its header and its data disagree");
        goto out;
    }
    ok = true;
out:
    avcodec_free_context(&codec);
    return ok;
}

/* RGB over white. */
static void drop_alpha(const uint8_t *rgba, uint8_t *rgb, int64_t pixels)
{
    for (int64_t i = 0; i < pixels; i++, rgba += 4, rgb += 3)
        for (int c = 0; c < 3; c++)
            rgb[c] = (uint8_t)((rgba[c] * rgba[3] + 255 * (255 - rgba[3]) + 127) / 255);
}

/* Converts any pixel format to packed 8-bit `format`, rows without padding. */
static bool convert(const AVFrame *frame, enum AVPixelFormat format, uint8_t *out, struct err *err)
{
    bool is_full = frame->color_range == AVCOL_RANGE_JPEG, ok;
    enum AVPixelFormat from = frames_without_range((enum AVPixelFormat)frame->format, &is_full);
    const int *matrix = sws_getCoefficients(SWS_CS_ITU601);
    uint8_t *planes[4] = {out};
    int strides[4] = {frame->width * (format == AV_PIX_FMT_RGBA ? 4 : 3)};
    struct SwsContext *scaler =
        sws_getContext(frame->width, frame->height, from, frame->width, frame->height, format,
                       SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT, NULL, NULL, NULL);

    if (!scaler)
        return err_set(err, ERR_INVALID, "the image has an unusual pixel format");
    sws_setColorspaceDetails(scaler, matrix, is_full, matrix, 1, 0, 1 << 16, 1 << 16);
    ok = sws_scale(scaler, (const uint8_t *const *)frame->data, frame->linesize, 0, frame->height,
                   planes, strides) == frame->height;
    sws_freeContext(scaler);
    return ok || err_set(err, ERR_INVALID, "the image cannot be converted");
}

static bool frame_to_image(const AVFrame *frame, struct image *image, struct err *err)
{
    const AVPixFmtDescriptor *format = av_pix_fmt_desc_get(frame->format);
    int64_t pixels = (int64_t)frame->width * frame->height;
    uint8_t *rgba;
    bool ok;

    image_init(image, frame->width, frame->height);
    if (!format || !(format->flags & (AV_PIX_FMT_FLAG_ALPHA | AV_PIX_FMT_FLAG_PAL))) {
        ok = convert(frame, AV_PIX_FMT_RGB24, image->rgb, err);
    } else {
        rgba = av_malloc((size_t)pixels * 4);
        if (!rgba)
            die("out of memory for an image");
        ok = convert(frame, AV_PIX_FMT_RGBA, rgba, err);
        if (ok)
            drop_alpha(rgba, image->rgb, pixels);
        av_free(rgba);
    }
    if (!ok)
        image_fini(image);
    return ok;
}

/* Turns the stored picture the way EXIF says it was seen. */
static void orient(struct image *image, int orientation)
{
    static const struct {
        bool swaps, flips_x, flips_y; /* flips are of the stored picture */
    } ways[9] = {
        [2] = {false, true, false}, [3] = {false, true, true}, [4] = {false, false, true},
        [5] = {true, false, false}, [6] = {true, false, true}, [7] = {true, true, true},
        [8] = {true, true, false},
    };
    bool swaps = ways[orientation].swaps;
    struct image turned;

    if (orientation == 1)
        return;
    image_init(&turned, swaps ? image->height : image->width, swaps ? image->width : image->height);
    for (int y = 0; y < turned.height; y++)
        for (int x = 0; x < turned.width; x++) {
            int from_x = swaps ? y : x, from_y = swaps ? x : y;

            from_x = ways[orientation].flips_x ? image->width - 1 - from_x : from_x;
            from_y = ways[orientation].flips_y ? image->height - 1 - from_y : from_y;
            memcpy(turned.rgb + 3 * ((size_t)y * (size_t)turned.width + (size_t)x),
                   image->rgb + 3 * ((size_t)from_y * (size_t)image->width + (size_t)from_x), 3);
        }
    image_fini(image);
    *image = turned;
}

bool stills_decode(struct str bytes, struct still_info *info, struct image *image, struct err *err)
{
    AVFrame *frame;
    bool ok;

    if (!stills_info(bytes, info, err))
        return false;
    if (info->format == STILL_JPEG && !stills_jpeg_is_complete(bytes))
        return err_set(err, ERR_INVALID, "the image is cut off");
    frame = av_frame_alloc();
    if (!frame)
        die("out of memory for an image");
    ok = decode_frame(bytes, info, frame, err) && frame_to_image(frame, image, err);
    av_frame_free(&frame);
    if (ok && info->format == STILL_JPEG)
        orient(image, stills_jpeg_orientation(bytes));
    return ok;
}
