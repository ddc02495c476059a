/* SPDX-License-Identifier: Apache-2.0 */
/* A film's pictures and sound, out of their codecs. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <libavutil/opt.h>
#include <libswresample/swresample.h>

#include "media/avlog.h"
#include "workers/probe/film.h"

enum { BROKEN_SOUND_PACKETS_MAX = 100 /* then the rest is taken for silence */ };

/* One stream on its way through its decoder. */
struct decoder {
    struct film *film;
    AVStream *stream;
    AVCodecContext *codec;
    AVPacket *packet;
    AVFrame *frame;
    film_take *take;
    void *user;
    int64_t taken;
    bool is_lenient; /* what is damaged is left out, up to a point */
    int broken;
};

static bool decoder_open(struct decoder *decoder, enum film_part part, struct err *err)
{
    const AVCodecParameters *parameters = decoder->stream->codecpar;
    const AVCodec *found = avcodec_find_decoder(parameters->codec_id);
    int code;

    decoder->codec = avcodec_alloc_context3(found);
    decoder->packet = av_packet_alloc();
    decoder->frame = av_frame_alloc();
    if (!decoder->codec || !decoder->packet || !decoder->frame)
        die("out of memory for a decoder");
    code = avcodec_parameters_to_context(decoder->codec, parameters);
    decoder->codec->pkt_timebase = decoder->stream->time_base;
    decoder->codec->thread_count = 1;
    decoder->codec->max_pixels = FILM_PIXELS_MAX;
    if (part == FILM_REFERENCES)
        decoder->codec->skip_frame = AVDISCARD_NONREF;
    if (code >= 0)
        code = avcodec_open2(decoder->codec, found, NULL);
    if (code < 0)
        return avlog_err(err, ERR_INVALID, "The video cannot be decoded", code);
    return true;
}

static void decoder_close(struct decoder *decoder)
{
    avcodec_free_context(&decoder->codec);
    av_packet_free(&decoder->packet);
    av_frame_free(&decoder->frame);
}

static bool check_frame(const struct decoder *decoder, struct err *err)
{
    const AVFrame *frame = decoder->frame;

    if (decoder->is_lenient)
        return true;
    if (frame->decode_error_flags)
        return err_set(err, ERR_INVALID, "The video is damaged");
    if (frame->width < FILM_SIDE_MIN || frame->height < FILM_SIDE_MIN ||
        frame->width > FILM_SIDE_MAX || frame->height > FILM_SIDE_MAX)
        return err_set(err, ERR_INVALID, "The video is damaged: a picture is %d x %d pixels",
                       frame->width, frame->height);
    return true;
}

/* Sends what the packet holds (NULL: drains) and gives out the frames that come. */
static enum film_next decode(struct decoder *decoder, const AVPacket *packet, struct err *err)
{
    enum film_next next = FILM_GO_ON;
    int code = avcodec_send_packet(decoder->codec, packet);

    if (code < 0 && code != AVERROR_EOF && decoder->is_lenient)
        return ++decoder->broken > BROKEN_SOUND_PACKETS_MAX ? FILM_ENOUGH : FILM_GO_ON;
    if (code < 0 && code != AVERROR_EOF) {
        avlog_err(err, ERR_INVALID, "The video cannot be decoded", code);
        return FILM_FAILED;
    }
    while (next == FILM_GO_ON &&
           (code = avcodec_receive_frame(decoder->codec, decoder->frame)) >= 0) {
        decoder->taken++;
        next = check_frame(decoder, err) ? decoder->take(decoder->user, decoder->frame, err)
                                         : FILM_FAILED;
        av_frame_unref(decoder->frame);
    }
    if (next != FILM_GO_ON || code == AVERROR(EAGAIN) || code == AVERROR_EOF)
        return next;
    if (decoder->is_lenient)
        return ++decoder->broken > BROKEN_SOUND_PACKETS_MAX ? FILM_ENOUGH : FILM_GO_ON;
    avlog_err(err, ERR_INVALID, "The video cannot be decoded", code);
    return FILM_FAILED;
}

static enum film_next decode_all(struct decoder *decoder, struct err *err)
{
    enum film_next next = FILM_GO_ON;

    while (next == FILM_GO_ON && av_read_frame(decoder->film->file, decoder->packet) >= 0) {
        if (decoder->packet->stream_index == decoder->stream->index)
            next = decode(decoder, decoder->packet, err);
        av_packet_unref(decoder->packet);
    }
    return next == FILM_GO_ON ? decode(decoder, NULL, err) : next;
}

/* Back to where reading began, or to the last picture that can be decoded by itself. */
static bool rewind_film(struct film *film, enum film_part part, struct err *err)
{
    int64_t to = part == FILM_END ? film->end : INT64_MIN;
    int code = part == FILM_END
                   ? av_seek_frame(film->file, film->video->index, to, AVSEEK_FLAG_BACKWARD)
                   : avformat_seek_file(film->file, film->video->index, INT64_MIN, film->first,
                                        film->first, 0);

    if (code < 0)
        code = avformat_seek_file(film->file, -1, INT64_MIN, 0, INT64_MAX, 0);
    return code >= 0 || avlog_err(err, ERR_INVALID, "The video cannot be read twice", code);
}

static bool run(struct decoder *decoder, enum film_part part, struct err *err)
{
    enum film_next next = FILM_FAILED;

    if (decoder_open(decoder, part, err) && rewind_film(decoder->film, part, err))
        next = decode_all(decoder, err);
    decoder_close(decoder);
    return next != FILM_FAILED;
}

bool film_decode(struct film *film, enum film_part part, film_take *take, void *user,
                 struct err *err)
{
    struct decoder decoder = {.film = film, .stream = film->video, .take = take, .user = user};

    if (!run(&decoder, part, err))
        return false;
    if (!decoder.taken)
        return err_set(err, ERR_INVALID, "No picture of the video can be decoded");
    return true;
}

/* ---- an even rate ---- */

struct grid {
    const struct film_walk *walk;
    const struct film *film;
    AVFrame *held; /* shown until the next one comes */
    int64_t next;  /* frame to give out */
    int64_t count;
};

int64_t film_frames_at(const struct film *film, AVRational fps)
{
    double seconds = (double)(film->end - film->first) * av_q2d(film->video->time_base);
    int64_t frames = llrint(seconds * av_q2d(fps));

    return frames > 0 ? frames : 1;
}

static int64_t slot_of(const struct grid *grid, const AVFrame *frame)
{
    int64_t since = 0, shown = frame->best_effort_timestamp;

    if (shown == AV_NOPTS_VALUE || __builtin_sub_overflow(shown, grid->film->first, &since) ||
        since < 0)
        return 0;
    return av_rescale_q(since, grid->film->video->time_base, av_inv_q(grid->walk->fps));
}

/* Gives out what is held for the frames before `end`. */
static enum film_next give_held(struct grid *grid, int64_t end, struct err *err)
{
    enum film_next next = FILM_GO_ON;

    if (end > grid->count)
        end = grid->count;
    while (next == FILM_GO_ON && grid->next < end) {
        grid->next++;
        next = grid->walk->take(grid->walk->user, grid->held, err);
    }
    return next;
}

static enum film_next take_into_grid(void *user, const AVFrame *frame, struct err *err)
{
    struct grid *grid = user;
    enum film_next next = FILM_GO_ON;

    if (grid->held->width)
        next = give_held(grid, slot_of(grid, frame), err);
    av_frame_unref(grid->held);
    if (av_frame_ref(grid->held, frame) < 0)
        die("out of memory for a picture");
    return next;
}

bool film_walk(struct film *film, const struct film_walk *walk, struct err *err)
{
    struct grid grid = {.walk = walk,
                        .film = film,
                        .held = av_frame_alloc(),
                        .count = film_frames_at(film, walk->fps)};
    bool ok;

    if (!grid.held)
        die("out of memory for a picture");
    ok = film_decode(film, walk->part, take_into_grid, &grid, err) &&
         give_held(&grid, grid.count, err) != FILM_FAILED;
    av_frame_free(&grid.held);
    return ok;
}

/* ---- the last picture ---- */

static enum film_next keep(void *user, const AVFrame *frame, struct err *err)
{
    AVFrame *last = user;

    (void)err;
    av_frame_unref(last);
    if (av_frame_ref(last, frame) < 0)
        die("out of memory for a picture");
    return FILM_GO_ON;
}

bool film_last(struct film *film, AVFrame **frame, struct err *err)
{
    struct err ignored;
    AVFrame *last = av_frame_alloc();

    if (!last)
        die("out of memory for a picture");
    if (!film_decode(film, FILM_END, keep, last, &ignored) &&
        !film_decode(film, FILM_ALL, keep, last, err)) {
        av_frame_free(&last);
        return false;
    }
    *frame = last;
    return true;
}

/* ---- sound ---- */

struct mix {
    struct film *film;
    SwrContext *resampler; /* NULL until the first frame tells what comes */
    int rate, channels, format;
    float *block; /* what one frame becomes */
    int block_room;
    float *samples;
    int64_t count, filled;
    int64_t skip; /* samples before the first picture */
};

static bool mix_open(struct mix *mix, const AVFrame *frame)
{
    AVChannelLayout stereo = AV_CHANNEL_LAYOUT_STEREO;

    mix->rate = frame->sample_rate;
    mix->channels = frame->ch_layout.nb_channels;
    mix->format = frame->format;
    return mix->rate > 0 && mix->rate <= FILM_SOUND_RATE_MAX && mix->channels > 0 &&
           mix->channels <= FILM_CHANNELS_MAX &&
           swr_alloc_set_opts2(&mix->resampler, &stereo, AV_SAMPLE_FMT_FLT, FILM_SOUND_RATE,
                               (AVChannelLayout *)&frame->ch_layout,
                               (enum AVSampleFormat)frame->format, mix->rate, 0, NULL) >= 0 &&
           swr_init(mix->resampler) >= 0;
}

/* Where the first sample belongs: behind silence, or partly before the first picture. */
static void mix_place(struct mix *mix, const AVFrame *frame)
{
    double start = (double)mix->film->first * av_q2d(mix->film->video->time_base), begins;

    if (frame->best_effort_timestamp == AV_NOPTS_VALUE)
        return;
    begins = (double)frame->best_effort_timestamp * av_q2d(mix->film->sound->time_base) - start;
    begins = fmin(fmax(begins, -FILM_SECONDS_MAX), FILM_SECONDS_MAX) * FILM_SOUND_RATE;
    if (begins < 0)
        mix->skip = llrint(-begins);
    else
        mix->filled = llrint(begins) < mix->count ? llrint(begins) : mix->count;
}

/* Resamples a frame, or with NULL what the resampler still holds. */
static void mix_add(struct mix *mix, const AVFrame *frame)
{
    int wanted = swr_get_out_samples(mix->resampler, frame ? frame->nb_samples : 0);
    int64_t got, dropped, kept;

    if (wanted > mix->block_room) {
        mix->block_room = wanted;
        mix->block = realloc(mix->block, (size_t)wanted * 2 * sizeof(*mix->block));
        if (!mix->block)
            die("out of memory for sound");
    }
    got = swr_convert(mix->resampler, (uint8_t *[]){(uint8_t *)mix->block}, mix->block_room,
                      frame ? (const uint8_t **)frame->extended_data : NULL,
                      frame ? frame->nb_samples : 0);
    if (got <= 0)
        return;
    dropped = mix->skip < got ? mix->skip : got;
    kept = got - dropped < mix->count - mix->filled ? got - dropped : mix->count - mix->filled;
    memcpy(mix->samples + 2 * mix->filled, mix->block + 2 * dropped,
           (size_t)kept * 2 * sizeof(*mix->samples));
    mix->skip -= dropped;
    mix->filled += kept;
}

/* Sound that changes its kind on the way ends there. */
static enum film_next take_sound(void *user, const AVFrame *frame, struct err *err)
{
    struct mix *mix = user;

    (void)err;
    if (!mix->resampler) {
        if (!mix_open(mix, frame))
            return FILM_ENOUGH;
        mix_place(mix, frame);
    }
    if (frame->sample_rate != mix->rate || frame->ch_layout.nb_channels != mix->channels ||
        frame->format != mix->format)
        return FILM_ENOUGH;
    mix_add(mix, frame);
    return mix->filled < mix->count ? FILM_GO_ON : FILM_ENOUGH;
}

float *film_sound(struct film *film, int64_t count)
{
    struct mix mix = {.film = film, .count = count};
    struct decoder decoder = {
        .film = film, .stream = film->sound, .take = take_sound, .user = &mix, .is_lenient = true};
    struct err ignored;

    mix.samples = calloc((size_t)count, 2 * sizeof(*mix.samples));
    if (!mix.samples)
        die("out of memory for sound");
    if (film->sound && run(&decoder, FILM_ALL, &ignored) && mix.resampler &&
        swr_is_initialized(mix.resampler))
        mix_add(&mix, NULL);
    swr_free(&mix.resampler);
    free(mix.block);
    return mix.samples;
}
