/* SPDX-License-Identifier: Apache-2.0 */
#include "media/decode.h"

#include <stdlib.h>
#include <string.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/imgutils.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>

#include "media/avlog.h"

enum { PLANES = 3, DECODE_THREADS = 2 };

/* A file and one stream of it. */
struct reader {
    AVFormatContext *file;
    AVCodecContext *codec;
    AVPacket *packet;
    AVFrame *frame;
    int stream;
    bool is_drained; /* the codec was told that nothing more comes */
};

struct decoder {
    struct reader reader;
    struct decoder_info info;
    int width, height; /* of pictures given out */
    struct SwsContext *scaler;
    uint8_t *planes[4];
    int strides[4];
    int64_t pictures;
};

static void reader_close(struct reader *reader)
{
    avcodec_free_context(&reader->codec);
    avformat_close_input(&reader->file);
    av_packet_free(&reader->packet);
    av_frame_free(&reader->frame);
}

static bool open_file(struct reader *reader, const char *path, struct err *err)
{
    AVDictionary *options = NULL;
    int code;

    av_dict_set(&options, "protocol_whitelist", "file", 0);
    av_dict_set(&options, "format_whitelist", "mov,mp4,m4a,3gp,3g2,mj2", 0);
    av_dict_set(&options, "codec_whitelist", "h264,hevc,mpeg4,vp9,av1,libdav1d,aac,mp3,opus,ac3",
                0);
    code = avformat_open_input(&reader->file, path, NULL, &options);
    av_dict_free(&options);
    if (code == AVERROR(ENOENT) || code == AVERROR(EACCES) || code == AVERROR(EIO))
        return avlog_err(err, ERR_IO, "cannot read the video", code);
    if (code < 0)
        return avlog_err(err, ERR_INVALID, "the video is not an MP4", code);
    code = avformat_find_stream_info(reader->file, NULL);
    return code >= 0 || avlog_err(err, ERR_INVALID, "the video is damaged", code);
}

/* *has is false when the file has no such stream. On false, or without one, nothing is left. */
static bool reader_open(struct reader *reader, const char *path, enum AVMediaType type, bool *has,
                        struct err *err)
{
    const AVCodec *codec = NULL;
    int code;

    *reader = (struct reader){.stream = -1};
    *has = false;
    if (!open_file(reader, path, err)) {
        reader_close(reader);
        return false;
    }
    reader->stream = av_find_best_stream(reader->file, type, -1, -1, &codec, 0);
    if (reader->stream < 0 || !codec) {
        reader_close(reader);
        return true;
    }
    for (unsigned i = 0; i < reader->file->nb_streams; i++)
        if ((int)i != reader->stream)
            reader->file->streams[i]->discard = AVDISCARD_ALL;
    reader->codec = avcodec_alloc_context3(codec);
    reader->packet = av_packet_alloc();
    reader->frame = av_frame_alloc();
    if (!reader->codec || !reader->packet || !reader->frame)
        die("out of memory for a video");
    reader->codec->thread_count = DECODE_THREADS;
    reader->codec->max_pixels = (int64_t)DECODE_SIDE_MAX * DECODE_SIDE_MAX;
    code = avcodec_parameters_to_context(reader->codec,
                                         reader->file->streams[reader->stream]->codecpar);
    if (code >= 0)
        code = avcodec_open2(reader->codec, codec, NULL);
    *has = code >= 0;
    if (*has)
        return true;
    reader_close(reader);
    return avlog_err(err, ERR_INVALID, "the video cannot be decoded", code);
}

/* Hands the codec the next packet of the stream, or tells it that there is none. */
static void feed(struct reader *reader)
{
    while (av_read_frame(reader->file, reader->packet) >= 0) {
        bool is_ours = reader->packet->stream_index == reader->stream;

        if (is_ours)
            (void)avcodec_send_packet(reader->codec, reader->packet); /* damage is passed over */
        av_packet_unref(reader->packet);
        if (is_ours)
            return;
    }
    avcodec_send_packet(reader->codec, NULL);
    reader->is_drained = true;
}

/* The next frame into reader->frame; false at the end. */
static bool reader_next(struct reader *reader)
{
    for (;;) {
        int code = avcodec_receive_frame(reader->codec, reader->frame);

        if (code == 0)
            return true;
        if (code == AVERROR_EOF || reader->is_drained)
            return false;
        feed(reader);
    }
}

static bool fill_info(struct decoder *decoder, struct err *err)
{
    const AVFormatContext *file = decoder->reader.file;
    const AVStream *stream = file->streams[decoder->reader.stream];
    const AVDictionaryEntry *comment = av_dict_get(file->metadata, "comment", NULL, 0);
    AVRational rate = stream->avg_frame_rate.num ? stream->avg_frame_rate : stream->r_frame_rate;
    struct decoder_info *info = &decoder->info;

    info->width = decoder->reader.codec->width;
    info->height = decoder->reader.codec->height;
    info->fps = rate.num > 0 && rate.den > 0 ? av_q2d(rate) : 30;
    info->seconds = file->duration > 0 ? (double)file->duration / AV_TIME_BASE : 0;
    info->has_sound =
        av_find_best_stream(decoder->reader.file, AVMEDIA_TYPE_AUDIO, -1, -1, NULL, 0) >= 0;
    info->comment =
        comment && strlen(comment->value) <= DECODE_COMMENT_BYTES_MAX ? comment->value : "";
    if (info->width < 2 || info->height < 2 || info->width > DECODE_SIDE_MAX ||
        info->height > DECODE_SIDE_MAX)
        return err_set(err, ERR_INVALID, "a video may have %d pixels a side", DECODE_SIDE_MAX);
    if (info->seconds > DECODE_SECONDS_MAX)
        return err_set(err, ERR_INVALID, "a video may last %d seconds", DECODE_SECONDS_MAX);
    return true;
}

bool decoder_open(struct decoder **out, const char *path, int width, int height, struct err *err)
{
    struct decoder *decoder = calloc(1, sizeof(*decoder));
    bool has;

    if (!decoder)
        die("out of memory for a video");
    if (!reader_open(&decoder->reader, path, AVMEDIA_TYPE_VIDEO, &has, err)) {
        free(decoder);
        return false;
    }
    if (!has) {
        free(decoder);
        return err_set(err, ERR_INVALID, "there is no video in the file");
    }
    if (!fill_info(decoder, err)) {
        decoder_close(decoder);
        return false;
    }
    decoder->width = width ? width : decoder->info.width & ~1;
    decoder->height = height ? height : decoder->info.height & ~1;
    if (av_image_alloc(decoder->planes, decoder->strides, decoder->width, decoder->height,
                       AV_PIX_FMT_YUV420P, 64) < 0)
        die("out of memory for a picture");
    *out = decoder;
    return true;
}

void decoder_close(struct decoder *decoder)
{
    if (!decoder)
        return;
    reader_close(&decoder->reader);
    sws_freeContext(decoder->scaler);
    av_freep(&decoder->planes[0]);
    free(decoder);
}

const struct decoder_info *decoder_info(const struct decoder *decoder)
{
    return &decoder->info;
}

static bool is_as_wanted(const struct decoder *decoder, const AVFrame *frame)
{
    bool has_colors =
        frame->colorspace == AVCOL_SPC_BT709 || frame->colorspace == AVCOL_SPC_UNSPECIFIED;

    return frame->format == AV_PIX_FMT_YUV420P && frame->width == decoder->width &&
           frame->height == decoder->height && has_colors && frame->color_range != AVCOL_RANGE_JPEG;
}

/* Scales and converts into the decoder's own planes. */
static bool convert(struct decoder *decoder, const AVFrame *frame, struct err *err)
{
    int space = frame->colorspace == AVCOL_SPC_UNSPECIFIED ? SWS_CS_ITU709 : frame->colorspace;
    bool is_full = frame->color_range == AVCOL_RANGE_JPEG || frame->format == AV_PIX_FMT_YUVJ420P;

    decoder->scaler = sws_getCachedContext(
        decoder->scaler, frame->width, frame->height, (enum AVPixelFormat)frame->format,
        decoder->width, decoder->height, AV_PIX_FMT_YUV420P, SWS_BICUBIC, NULL, NULL, NULL);
    if (!decoder->scaler)
        return err_set(err, ERR_INVALID, "the video has an unusual pixel format");
    sws_setColorspaceDetails(decoder->scaler, sws_getCoefficients(space), is_full,
                             sws_getCoefficients(SWS_CS_ITU709), 0, 0, 1 << 16, 1 << 16);
    sws_scale(decoder->scaler, (const uint8_t *const *)frame->data, frame->linesize, 0,
              frame->height, decoder->planes, decoder->strides);
    return true;
}

bool decoder_picture(struct decoder *decoder, struct decoded_picture *picture, bool *has,
                     struct err *err)
{
    struct reader *reader = &decoder->reader;
    const AVFrame *frame = reader->frame;
    bool is_direct;

    *has = reader_next(reader);
    if (!*has)
        return decoder->pictures > 0 || err_set(err, ERR_INVALID, "the video has no pictures");
    is_direct = is_as_wanted(decoder, frame);
    if (!is_direct && !convert(decoder, frame, err))
        return false;
    for (int k = 0; k < PLANES; k++) {
        picture->plane[k] = is_direct ? frame->data[k] : decoder->planes[k];
        picture->stride[k] = is_direct ? frame->linesize[k] : decoder->strides[k];
    }
    picture->time_s = (double)decoder->pictures / decoder->info.fps;
    if (frame->best_effort_timestamp != AV_NOPTS_VALUE)
        picture->time_s = (double)frame->best_effort_timestamp *
                          av_q2d(reader->file->streams[reader->stream]->time_base);
    decoder->pictures++;
    return true;
}

/* Converts the frame that was read, or for NULL what the converter still holds. */
static int convert_sound(SwrContext *converter, const AVFrame *frame, float *to, int room)
{
    uint8_t *out[1] = {(uint8_t *)to};
    int got =
        swr_convert(converter, out, room, frame ? (const uint8_t **)frame->extended_data : NULL,
                    frame ? frame->nb_samples : 0);

    return got < 0 ? 0 : got;
}

static SwrContext *converter_new(AVFrame *frame)
{
    AVChannelLayout stereo = AV_CHANNEL_LAYOUT_STEREO;
    SwrContext *converter = NULL;

    if (swr_alloc_set_opts2(&converter, &stereo, AV_SAMPLE_FMT_FLT, DECODE_SOUND_RATE,
                            &frame->ch_layout, (enum AVSampleFormat)frame->format,
                            frame->sample_rate, 0, NULL) < 0 ||
        swr_init(converter) < 0)
        swr_free(&converter);
    return converter;
}

bool decode_sound(const char *path, int count, float *samples, int *got, struct err *err)
{
    struct reader reader;
    SwrContext *converter = NULL;
    bool has;

    memset(samples, 0, (size_t)count * 2 * sizeof(*samples));
    *got = 0;
    if (!reader_open(&reader, path, AVMEDIA_TYPE_AUDIO, &has, err))
        return false;
    if (!has)
        return true;
    while (*got < count && reader_next(&reader)) {
        if (!converter)
            converter = converter_new(reader.frame);
        if (!converter)
            break; /* a layout that cannot be mixed down: as if there were none */
        *got += convert_sound(converter, reader.frame, samples + 2 * *got, count - *got);
    }
    if (converter && *got < count)
        *got += convert_sound(converter, NULL, samples + 2 * *got, count - *got);
    swr_free(&converter);
    reader_close(&reader);
    return true;
}
