/* SPDX-License-Identifier: Apache-2.0 */
#include "media/stills_write.h"

#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>

#include "media/avlog.h"

enum { WEBP_METHOD = 2 /* of 0 to 6: the last quarter of the work saves few bytes */ };

/* Both formats store YUV by BT.601; JPEG uses the full range. */
static AVCodecContext *codec_new(const char *name, enum AVColorRange range,
                                 const struct image *image)
{
    const AVCodec *found = avcodec_find_encoder_by_name(name);
    AVCodecContext *codec = found ? avcodec_alloc_context3(found) : NULL;

    if (!codec)
        die("this libavcodec has no %s encoder", name);
    codec->width = image->width;
    codec->height = image->height;
    codec->pix_fmt = AV_PIX_FMT_YUV420P;
    codec->color_range = range;
    codec->time_base = (AVRational){1, 1};
    codec->sample_aspect_ratio = (AVRational){1, 1};
    codec->thread_count = 1;
    codec->flags |= AV_CODEC_FLAG_BITEXACT;
    return codec;
}

static AVFrame *frame_new(const struct image *image, enum AVColorRange range)
{
    AVFrame *frame = av_frame_alloc();
    const uint8_t *rows[4] = {image->rgb};
    const int *matrix = sws_getCoefficients(SWS_CS_ITU601);
    int strides[4] = {image->width * 3};
    struct SwsContext *converter;

    if (!frame)
        die("out of memory for a picture");
    frame->format = AV_PIX_FMT_YUV420P;
    frame->color_range = range;
    frame->width = image->width;
    frame->height = image->height;
    if (av_frame_get_buffer(frame, 0) < 0)
        die("out of memory for a picture");
    converter = sws_getContext(
        image->width, image->height, AV_PIX_FMT_RGB24, image->width, image->height,
        AV_PIX_FMT_YUV420P, SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT, NULL, NULL, NULL);
    if (!converter)
        die("out of memory to convert a picture");
    sws_setColorspaceDetails(converter, matrix, 1, matrix, range == AVCOL_RANGE_JPEG, 0, 1 << 16,
                             1 << 16);
    sws_scale(converter, rows, strides, 0, image->height, frame->data, frame->linesize);
    sws_freeContext(converter);
    return frame;
}

/* Frees the codec. */
static bool encode(AVCodecContext *codec, const struct image *image, struct buf *bytes,
                   struct err *err)
{
    AVPacket *packet = av_packet_alloc();
    AVFrame *frame = frame_new(image, codec->color_range);
    int code = avcodec_open2(codec, codec->codec, NULL);

    if (!packet)
        die("out of memory for a picture");
    frame->quality = codec->global_quality;
    if (code >= 0)
        code = avcodec_send_frame(codec, frame);
    if (code >= 0)
        code = avcodec_send_frame(codec, NULL);
    if (code >= 0)
        code = avcodec_receive_packet(codec, packet);
    if (code >= 0)
        buf_add(bytes, packet->data, (size_t)packet->size);
    av_packet_free(&packet);
    av_frame_free(&frame);
    avcodec_free_context(&codec);
    if (code < 0)
        return avlog_err(err, ERR_INTERNAL, "cannot encode a picture", code);
    if (buf_is_over(bytes))
        return err_set(err, ERR_TOO_LARGE, "a picture is larger than %zu bytes", bytes->max_bytes);
    return true;
}

bool stills_write_webp(const struct image *image, int quality, struct buf *bytes, struct err *err)
{
    AVCodecContext *codec = codec_new("libwebp", AVCOL_RANGE_MPEG, image);

    av_opt_set_double(codec->priv_data, "quality", quality, 0);
    av_opt_set_int(codec, "compression_level", WEBP_METHOD, 0);
    return encode(codec, image, bytes, err);
}

bool stills_write_jpeg(const struct image *image, int quantizer, struct buf *bytes, struct err *err)
{
    AVCodecContext *codec = codec_new("mjpeg", AVCOL_RANGE_JPEG, image);

    codec->flags |= AV_CODEC_FLAG_QSCALE;
    codec->global_quality = FF_QP2LAMBDA * quantizer;
    return encode(codec, image, bytes, err);
}
