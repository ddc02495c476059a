/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/probe/film.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <libavutil/display.h>

#include "base/macros.h"
#include "media/avlog.h"
#include "media/fdio.h"

enum { FPS_WHEN_UNKNOWN = 25, FPS_DEN_MAX = 1001, INDEX_BYTES_MAX = 32 * 1024 * 1024 };

/* A film names no other file that would be opened for it. */
static int refuse_open(AVFormatContext *file, AVIOContext **io, const char *url, int flags,
                       AVDictionary **options)
{
    (void)file;
    (void)io;
    (void)url;
    (void)flags;
    (void)options;
    return AVERROR(EPERM);
}

static bool open_file(struct film *film, int fd, struct err *err)
{
    const AVInputFormat *format = av_find_input_format("mp4");
    AVIOContext *io = fdio_open(fd, false);
    int code;

    film->file = avformat_alloc_context();
    if (!film->file || !format)
        die("out of memory for a film");
    film->file->pb = io;
    film->file->io_open = refuse_open;
    film->file->flags |= AVFMT_FLAG_CUSTOM_IO;
    film->file->max_streams = FILM_STREAMS_MAX;
    film->file->max_index_size = INDEX_BYTES_MAX;
    code = avformat_open_input(&film->file, NULL, format, NULL);
    if (code >= 0)
        return true;
    fdio_close(&io); /* libavformat has freed the rest */
    return avlog_err(err, ERR_INVALID, "The video is not an MP4 that can be read", code);
}

static AVStream *find_stream(struct film *film, enum AVMediaType type)
{
    for (unsigned i = 0; i < film->file->nb_streams; i++) {
        AVStream *stream = film->file->streams[i];

        if (stream->codecpar->codec_type == type &&
            !(stream->disposition & AV_DISPOSITION_ATTACHED_PIC) &&
            avcodec_find_decoder(stream->codecpar->codec_id))
            return stream;
    }
    return NULL;
}

static int turn_of(const AVStream *stream)
{
    size_t bytes = 0;
    const uint8_t *matrix = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &bytes);
    double angle;

    if (!matrix || bytes < 9 * sizeof(int32_t))
        return 0;
    angle = av_display_rotation_get((const int32_t *)matrix); /* counterclockwise */
    return isnan(angle) ? 0 : (int)(lrint(-angle / 90) & 3);
}

static bool check_size(int width, int height, struct err *err)
{
    if (width < FILM_SIDE_MIN || height < FILM_SIDE_MIN || width > FILM_SIDE_MAX ||
        height > FILM_SIDE_MAX || (int64_t)width * height > FILM_PIXELS_MAX)
        return err_set(err, ERR_INVALID,
                       "The video is %d x %d pixels; a side may have %d to %d, and a picture %d",
                       width, height, FILM_SIDE_MIN, FILM_SIDE_MAX, FILM_PIXELS_MAX);
    return true;
}

static bool choose_streams(struct film *film, struct err *err)
{
    AVCodecParameters *sound;

    film->video = find_stream(film, AVMEDIA_TYPE_VIDEO);
    if (!film->video)
        return err_set(err, ERR_INVALID, "The file has no video that can be decoded");
    film->sound = find_stream(film, AVMEDIA_TYPE_AUDIO);
    sound = film->sound ? film->sound->codecpar : NULL;
    if (sound && (sound->sample_rate > FILM_SOUND_RATE_MAX ||
                  sound->ch_layout.nb_channels > FILM_CHANNELS_MAX))
        film->sound = NULL;
    film->facts.has_sound = film->sound != NULL;
    for (unsigned i = 0; i < film->file->nb_streams; i++) {
        AVStream *stream = film->file->streams[i];

        if (stream != film->video && stream != film->sound)
            stream->discard = AVDISCARD_ALL;
    }
    if (film->video->time_base.num <= 0 || film->video->time_base.den <= 0)
        return err_set(err, ERR_INVALID, "The video is damaged: it has no clock");
    film->turn = turn_of(film->video);
    return !film->video->codecpar->width ||
           check_size(film->video->codecpar->width, film->video->codecpar->height, err);
}

/* What the packets say. */
struct scan {
    int64_t packets, pictures, hidden;
    int64_t first, end, step; /* of the pictures; step 0: they differ */
};

static bool scan_picture(struct scan *scan, const AVPacket *packet, struct err *err)
{
    int64_t end, shown = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;

    if (packet->flags & AV_PKT_FLAG_DISCARD) {
        scan->hidden++;
        return true;
    }
    if (shown == AV_NOPTS_VALUE || packet->duration < 0 ||
        __builtin_add_overflow(shown, packet->duration, &end))
        return err_set(err, ERR_INVALID, "The video is damaged: a picture has no time");
    if (!scan->pictures || shown < scan->first)
        scan->first = shown;
    if (!scan->pictures || end > scan->end)
        scan->end = end;
    if (!scan->pictures)
        scan->step = packet->duration;
    else if (packet->duration != scan->step)
        scan->step = 0;
    if (++scan->pictures > FILM_FRAMES_MAX)
        return err_set(err, ERR_INVALID, "The video has more than %d pictures", FILM_FRAMES_MAX);
    return true;
}

static bool scan_packets(struct film *film, struct scan *scan, struct err *err)
{
    AVPacket *packet = av_packet_alloc();
    bool ok = true;
    int code = 0;

    if (!packet)
        die("out of memory for a packet");
    while (ok && (code = av_read_frame(film->file, packet)) >= 0) {
        if (packet->flags & AV_PKT_FLAG_CORRUPT || ++scan->packets > FILM_PACKETS_MAX)
            ok = err_set(err, ERR_INVALID, "The video is damaged or cut off");
        else if (packet->stream_index == film->video->index)
            ok = scan_picture(scan, packet, err);
        av_packet_unref(packet);
    }
    av_packet_free(&packet);
    if (ok && code != AVERROR_EOF)
        return avlog_err(err, ERR_INVALID, "The video is damaged or cut off", code);
    if (ok && !scan->pictures)
        return err_set(err, ERR_INVALID, "The video has no pictures");
    return ok;
}

/* A rate near one that cameras have is that one. */
static AVRational tidy_rate(double fps)
{
    double whole = rint(fps), ntsc = rint(fps * 1001 / 1000);

    if (fps <= 1)
        return (AVRational){1, 1};
    if (fps >= FILM_FPS_MAX)
        return (AVRational){FILM_FPS_MAX, 1};
    if (fabs(fps - whole) < 0.005)
        return (AVRational){(int)whole, 1};
    if (fabs(fps - ntsc * 1000 / 1001) < 0.005)
        return (AVRational){(int)ntsc * 1000, 1001};
    return av_d2q(fps, FPS_DEN_MAX * FILM_FPS_MAX);
}

static bool tell_times(struct film *film, const struct scan *scan, struct err *err)
{
    struct film_facts *facts = &film->facts;
    double unit = av_q2d(film->video->time_base), seconds;
    int64_t length;

    if (__builtin_sub_overflow(scan->end, scan->first, &length) || length < 0)
        return err_set(err, ERR_INVALID, "The video is damaged: its times make no sense");
    seconds = (double)length * unit;
    if (seconds > FILM_SECONDS_MAX)
        return err_set(err, ERR_INVALID, "The video lasts more than %d seconds", FILM_SECONDS_MAX);
    if (length == 0)
        seconds = (double)scan->pictures / FPS_WHEN_UNKNOWN;
    film->first = scan->first;
    film->end = scan->first + (length ? length : llrint(ceil(seconds / unit)));
    facts->fps = tidy_rate((double)scan->pictures / seconds);
    facts->frames = film_frames_at(film, facts->fps);
    facts->duration_ms = llrint(seconds * 1000) > 0 ? llrint(seconds * 1000) : 1;
    film->is_regular = length > 0 && !scan->hidden && scan->step > 0 &&
                       scan->step * scan->pictures == length && facts->frames == scan->pictures &&
                       av_cmp_q(av_mul_q(av_make_q((int)scan->step, 1), film->video->time_base),
                                av_inv_q(facts->fps)) == 0;
    return true;
}

/* The size is that of the first picture: headers lie, and some say nothing. */
static enum film_next take_size(void *user, const AVFrame *frame, struct err *err)
{
    struct film *film = user;

    if (!check_size(frame->width, frame->height, err))
        return FILM_FAILED;
    film->facts.width = film->turn % 2 ? frame->height : frame->width;
    film->facts.height = film->turn % 2 ? frame->width : frame->height;
    return FILM_ENOUGH;
}

bool film_open(struct film *film, int fd, struct err *err)
{
    struct scan scan = {0};
    struct stat status = {0};

    *film = (struct film){0};
    if (fstat(fd, &status) || !S_ISREG(status.st_mode))
        return err_set(err, ERR_INVALID, "The video is not a file");
    if (status.st_size > FILM_BYTES_MAX)
        return err_set(err, ERR_INVALID, "The video is larger than %d MiB", FILM_BYTES_MAX >> 20);
    if (!open_file(film, fd, err))
        return false;
    if (choose_streams(film, err) && scan_packets(film, &scan, err) &&
        tell_times(film, &scan, err) && film_decode(film, FILM_ALL, take_size, film, err))
        return true;
    film_close(film);
    return false;
}

void film_close(struct film *film)
{
    AVIOContext *io = film->file ? film->file->pb : NULL;

    if (!film->file)
        return;
    avformat_close_input(&film->file);
    fdio_close(&io);
    *film = (struct film){0};
}
