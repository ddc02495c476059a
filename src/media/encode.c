/* SPDX-License-Identifier: Apache-2.0 */
#include "media/encode.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>

#include "media/avcc.h"
#include "media/avlog.h"
#include "media/fdio.h"

enum {
    CRF = 20,
    GOP_SECONDS = 2,
    RATE_MAX_720P = 10000000, /* bits a second at 1280x720 */
    RATE_MAX_FLOOR = 1000000,
    SOUND_BITS_PER_SECOND = 128000,
    SAMPLES_MAX = ENCODE_SOUND_RATE * 60 * 60 /* an hour */
};

/* One elementary stream: its encoder and where its packets go. */
struct track {
    AVCodecContext *codec;
    AVStream *stream;
    AVFrame *frame;
};

struct encoder {
    AVFormatContext *file;
    AVPacket *packet;
    struct track video, sound;
    AVRational fps;
    int fd; /* -1: the file is libavformat's */
    int64_t pictures;
    float *samples;       /* all so far, interleaved */
    int64_t samples_held; /* in it */
    int64_t samples_room; /* it can hold */
    int64_t samples_done; /* encoded; may end beyond samples_held, in silence */
};

void encode_make_repeatable(void)
{
    mallopt(M_PERTURB, 0xff); /* new memory is filled with the complement */
}

static bool check_options(const struct encoder_options *options, int fps_den, struct err *err)
{
    if (options->width < ENCODE_SIDE_MIN || options->width > ENCODE_SIDE_MAX ||
        options->height < ENCODE_SIDE_MIN || options->height > ENCODE_SIDE_MAX ||
        options->width % 2 || options->height % 2)
        return err_set(err, ERR_INVALID, "sides must be even and %d to %d pixels", ENCODE_SIDE_MIN,
                       ENCODE_SIDE_MAX);
    if (fps_den < 1 || options->fps < fps_den || options->fps > (int64_t)ENCODE_FPS_MAX * fps_den)
        return err_set(err, ERR_INVALID, "fps must be 1 to %d", ENCODE_FPS_MAX);
    if (options->threads < 1 || options->threads > ENCODE_THREADS_MAX)
        return err_set(err, ERR_INVALID, "threads must be 1 to %d", ENCODE_THREADS_MAX);
    return true;
}

/* Opens the prepared codec and gives it a stream in the file and a frame. */
static bool track_open(struct track *track, AVFormatContext *file, struct err *err)
{
    int code;

    if (file->oformat->flags & AVFMT_GLOBALHEADER)
        track->codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    code = avcodec_open2(track->codec, track->codec->codec, NULL);
    if (code < 0)
        return avlog_err(err, ERR_INTERNAL, "cannot open an encoder", code);
    track->stream = avformat_new_stream(file, NULL);
    track->frame = av_frame_alloc();
    if (!track->stream || !track->frame)
        die("out of memory for a stream");
    track->stream->time_base = track->codec->time_base;
    code = avcodec_parameters_from_context(track->stream->codecpar, track->codec);
    if (code < 0)
        return avlog_err(err, ERR_INTERNAL, "cannot describe a stream", code);
    return true;
}

static void track_close(struct track *track)
{
    avcodec_free_context(&track->codec);
    av_frame_free(&track->frame);
}

static AVCodecContext *codec_new(const char *name)
{
    const AVCodec *codec = avcodec_find_encoder_by_name(name);
    AVCodecContext *context = codec ? avcodec_alloc_context3(codec) : NULL;

    if (!context)
        die("this libavcodec has no %s encoder", name);
    return context;
}

static bool video_open(struct encoder *encoder, const struct encoder_options *options,
                       struct err *err)
{
    AVCodecContext *codec = codec_new("libx264");
    int64_t rate = (int64_t)RATE_MAX_720P * options->width * options->height / (1280 * 720);

    encoder->video.codec = codec;
    codec->width = options->width;
    codec->height = options->height;
    codec->pix_fmt = AV_PIX_FMT_YUV420P;
    codec->framerate = encoder->fps;
    codec->time_base = av_inv_q(encoder->fps);
    codec->sample_aspect_ratio = (AVRational){1, 1};
    codec->color_primaries = AVCOL_PRI_BT709;
    codec->color_trc = AVCOL_TRC_BT709;
    codec->colorspace = AVCOL_SPC_BT709;
    codec->color_range = AVCOL_RANGE_MPEG;
    codec->gop_size = (int)av_rescale(GOP_SECONDS, encoder->fps.num, encoder->fps.den);
    codec->flags |= AV_CODEC_FLAG_CLOSED_GOP;
    codec->me_subpel_quality = 1; /* twice the search of finer steps costs more than it gives */
    codec->thread_count = options->threads;
    codec->rc_max_rate = rate < RATE_MAX_FLOOR ? RATE_MAX_FLOOR : rate;
    codec->rc_buffer_size = (int)codec->rc_max_rate;
    av_opt_set(codec->priv_data, "preset", "veryfast", 0);
    av_opt_set(codec->priv_data, "profile", "high", 0);
    av_opt_set_double(codec->priv_data, "crf", CRF, 0);
    if (!track_open(&encoder->video, encoder->file, err))
        return false;
    encoder->video.stream->avg_frame_rate = codec->framerate;
    encoder->video.frame->format = codec->pix_fmt;
    encoder->video.frame->width = codec->width;
    encoder->video.frame->height = codec->height;
    return true;
}

static bool sound_open(struct encoder *encoder, struct err *err)
{
    AVCodecContext *codec = codec_new("aac");
    AVFrame *frame;

    encoder->sound.codec = codec;
    codec->sample_rate = ENCODE_SOUND_RATE;
    codec->sample_fmt = AV_SAMPLE_FMT_FLTP;
    codec->ch_layout = (AVChannelLayout)AV_CHANNEL_LAYOUT_STEREO;
    codec->bit_rate = SOUND_BITS_PER_SECOND;
    codec->time_base = (AVRational){1, ENCODE_SOUND_RATE};
    codec->flags |= AV_CODEC_FLAG_BITEXACT;
    if (!track_open(&encoder->sound, encoder->file, err))
        return false;
    frame = encoder->sound.frame;
    frame->format = codec->sample_fmt;
    frame->sample_rate = codec->sample_rate;
    frame->nb_samples = codec->frame_size;
    frame->ch_layout = (AVChannelLayout)AV_CHANNEL_LAYOUT_STEREO;
    if (av_frame_get_buffer(frame, 0) < 0)
        die("out of memory for a block of sound");
    return true;
}

/* Moving the index to the front, libavformat opens the file a second time, to read it. */
static int open_again(AVFormatContext *file, AVIOContext **io, const char *url, int flags,
                      AVDictionary **options)
{
    const struct encoder *encoder = file->opaque;

    (void)url;
    (void)options;
    *io = fdio_open(encoder->fd, flags & AVIO_FLAG_WRITE);
    return 0;
}

static int close_again(AVFormatContext *file, AVIOContext *io)
{
    (void)file;
    return fdio_close(&io) ? 0 : AVERROR(EIO);
}

static int open_output(struct encoder *encoder, const char *path)
{
    if (path)
        return avio_open(&encoder->file->pb, path, AVIO_FLAG_WRITE);
    encoder->file->opaque = encoder;
    encoder->file->io_open = open_again;
    encoder->file->io_close2 = close_again;
    encoder->file->flags |= AVFMT_FLAG_CUSTOM_IO;
    encoder->file->pb = fdio_open(encoder->fd, true);
    return 0;
}

static int close_output(struct encoder *encoder)
{
    if (encoder->fd < 0)
        return avio_closep(&encoder->file->pb);
    return fdio_close(&encoder->file->pb) ? 0 : AVERROR(EIO);
}

static bool file_open(struct encoder *encoder, const char *path, const char *comment,
                      struct err *err)
{
    AVDictionary *options = NULL;
    int code = open_output(encoder, path);

    if (code < 0)
        return avlog_err(err, ERR_IO, "cannot create the clip", code);
    encoder->file->flags |= AVFMT_FLAG_BITEXACT;
    if (comment)
        av_dict_set(&encoder->file->metadata, "comment", comment, 0);
    av_dict_set(&options, "movflags", "+faststart", 0);
    code = avformat_write_header(encoder->file, &options);
    av_dict_free(&options);
    if (code < 0)
        return avlog_err(err, ERR_IO, "cannot begin the clip", code);
    return true;
}

/* With a path the file is made, else fd is written. */
static bool open_encoder(struct encoder **out, const char *path, struct encoder target,
                         const struct encoder_options *options, struct err *err)
{
    struct encoder *encoder;

    if (!check_options(options, target.fps.den, err))
        return false;
    encoder = calloc(1, sizeof(*encoder));
    if (!encoder)
        die("out of memory for an encoder");
    *encoder = target;
    encoder->fps.num = options->fps;
    encoder->packet = av_packet_alloc();
    if (!encoder->packet || avformat_alloc_output_context2(&encoder->file, NULL, "mp4", path) < 0)
        die("out of memory for a clip");
    if (!video_open(encoder, options, err) || !sound_open(encoder, err) ||
        !file_open(encoder, path, options->comment, err)) {
        encoder_close(encoder);
        return false;
    }
    *out = encoder;
    return true;
}

bool encoder_open(struct encoder **out, const char *path, const struct encoder_options *options,
                  struct err *err)
{
    return open_encoder(out, path, (struct encoder){.fps.den = 1, .fd = -1}, options, err);
}

bool encoder_open_fd(struct encoder **out, int fd, int fps_den,
                     const struct encoder_options *options, struct err *err)
{
    return open_encoder(out, NULL, (struct encoder){.fps.den = fps_den, .fd = fd}, options, err);
}

/* Sends a frame, or NULL to drain, and writes the packets that come out. */
static bool encode(struct encoder *encoder, struct track *track, AVFrame *frame, struct err *err)
{
    int code = avcodec_send_frame(track->codec, frame);

    if (code < 0)
        return avlog_err(err, ERR_INTERNAL, "cannot encode", code);
    while ((code = avcodec_receive_packet(track->codec, encoder->packet)) == 0) {
        av_packet_rescale_ts(encoder->packet, track->codec->time_base, track->stream->time_base);
        encoder->packet->stream_index = track->stream->index;
        code = av_interleaved_write_frame(encoder->file, encoder->packet);
        if (code < 0)
            return avlog_err(err, ERR_IO, "cannot write the clip", code);
    }
    if (code != AVERROR(EAGAIN) && code != AVERROR_EOF)
        return avlog_err(err, ERR_INTERNAL, "cannot encode", code);
    return true;
}

/* Encodes the next `count` held samples, at most a block; what is not held is silence. */
static bool encode_block(struct encoder *encoder, int count, struct err *err)
{
    AVFrame *frame = encoder->sound.frame;
    int64_t held = encoder->samples_held - encoder->samples_done;
    const float *from = held > 0 ? encoder->samples + 2 * encoder->samples_done : NULL;
    float *left, *right;

    if (av_frame_make_writable(frame) < 0)
        die("out of memory for a block of sound");
    left = (float *)frame->data[0];
    right = (float *)frame->data[1];
    for (int i = 0; i < count; i++) {
        left[i] = i < held ? from[2 * i] : 0;
        right[i] = i < held ? from[2 * i + 1] : 0;
    }
    frame->nb_samples = count;
    frame->pts = encoder->samples_done;
    encoder->samples_done += count;
    return encode(encoder, &encoder->sound, frame, err);
}

/* Samples that the pictures so far last. */
static int64_t samples_due(const struct encoder *encoder)
{
    return av_rescale_rnd(encoder->pictures * ENCODE_SOUND_RATE, encoder->fps.den, encoder->fps.num,
                          AV_ROUND_DOWN);
}

/* Encodes the blocks of sound that are due and complete. */
static bool encode_due_sound(struct encoder *encoder, struct err *err)
{
    int block = encoder->sound.codec->frame_size;

    int64_t end = samples_due(encoder);

    if (end > encoder->samples_held)
        end = encoder->samples_held;
    while (encoder->samples_done + block <= end)
        if (!encode_block(encoder, block, err))
            return false;
    return true;
}

bool encoder_picture(struct encoder *encoder, const uint8_t *const plane[3], const int stride[3],
                     struct err *err)
{
    AVFrame *frame = encoder->video.frame;

    for (int i = 0; i < 3; i++) {
        frame->data[i] = (uint8_t *)plane[i];
        frame->linesize[i] = stride[i];
    }
    frame->pts = encoder->pictures;
    /* No buffer reference is set, so libavcodec copies the planes. */
    if (!encode(encoder, &encoder->video, frame, err))
        return false;
    encoder->pictures++;
    return encode_due_sound(encoder, err);
}

bool encoder_takes(const struct encoder *encoder, const AVCodecParameters *stream)
{
    const AVCodecParameters *ours = encoder->video.stream->codecpar;

    return stream->codec_id == ours->codec_id && stream->width == ours->width &&
           stream->height == ours->height && stream->extradata_size > 0 &&
           ours->extradata_size > 0 &&
           avcc_is_same(stream->extradata, (size_t)stream->extradata_size, ours->extradata,
                        (size_t)ours->extradata_size);
}

bool encoder_packet(struct encoder *encoder, const AVPacket *packet, struct err *err)
{
    struct track *track = &encoder->video;
    int code;

    if (av_packet_ref(encoder->packet, packet) < 0 || av_packet_make_writable(encoder->packet) < 0)
        die("out of memory for a packet");
    if (!avcc_to_annexb(encoder->packet->data, (size_t)encoder->packet->size)) {
        av_packet_unref(encoder->packet);
        return err_set(err, ERR_INVALID, "A picture of the video is damaged");
    }
    av_packet_rescale_ts(encoder->packet, track->codec->time_base, track->stream->time_base);
    encoder->packet->stream_index = track->stream->index;
    encoder->packet->pos = -1;
    code = av_interleaved_write_frame(encoder->file, encoder->packet);
    if (code < 0)
        return avlog_err(err, ERR_IO, "cannot write the clip", code);
    encoder->pictures++;
    return encode_due_sound(encoder, err);
}

bool encoder_sound(struct encoder *encoder, const float *samples, int count, struct err *err)
{
    int64_t wanted = encoder->samples_held + count;

    if (count < 0 || wanted > SAMPLES_MAX)
        return err_set(err, ERR_INVALID, "more sound than a clip may have");
    if (count == 0)
        return true;
    if (wanted > encoder->samples_room) {
        encoder->samples_room = wanted * 2;
        encoder->samples = realloc(encoder->samples,
                                   (size_t)encoder->samples_room * 2 * sizeof(*encoder->samples));
        if (!encoder->samples)
            die("out of memory for sound");
    }
    memcpy(encoder->samples + 2 * encoder->samples_held, samples,
           (size_t)count * 2 * sizeof(*samples));
    encoder->samples_held = wanted;
    return encode_due_sound(encoder, err);
}

bool encoder_finish(struct encoder *encoder, struct err *err)
{
    int64_t end = samples_due(encoder);
    int block = encoder->sound.codec->frame_size;
    int code;

    while (encoder->samples_done < end) {
        int64_t left = end - encoder->samples_done;

        if (!encode_block(encoder, left < block ? (int)left : block, err))
            return false;
    }
    if (!encode(encoder, &encoder->video, NULL, err) ||
        !encode(encoder, &encoder->sound, NULL, err))
        return false;
    code = av_write_trailer(encoder->file);
    if (code < 0)
        return avlog_err(err, ERR_IO, "cannot complete the clip", code);
    code = close_output(encoder);
    if (code < 0)
        return avlog_err(err, ERR_IO, "cannot complete the clip", code);
    return true;
}

void encoder_close(struct encoder *encoder)
{
    if (!encoder)
        return;
    track_close(&encoder->video);
    track_close(&encoder->sound);
    av_packet_free(&encoder->packet);
    if (encoder->file)
        close_output(encoder);
    avformat_free_context(encoder->file);
    free(encoder->samples);
    free(encoder);
}
