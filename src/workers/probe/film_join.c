/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "media/encode.h"
#include "media/frames.h"
#include "workers/probe/film_works.h"

enum {
    FADE_SAMPLES = FILM_SOUND_RATE / 100, /* where the two sounds do not overlap */
    REPEAT_DIFFERENCE_MAX = 4,            /* mean of |luma - luma|: what encoding twice changes */
    SOUND_BLOCK = 4096,
};

struct join {
    struct film *source, *continuation;
    struct encoder *encoder;
    struct frames frames;
    struct frames_form form; /* of what is being added */
    AVFrame *planes;         /* of the last picture added or compared */
    int64_t skipped;         /* pictures of the continuation that are left out: 0 or 1 */
    int64_t skip;            /* pictures to leave out from here on */
    int64_t source_frames, continuation_frames;
};

static int even(int side)
{
    side &= ~1;
    if (side < ENCODE_SIDE_MIN)
        return ENCODE_SIDE_MIN;
    return side;
}

static enum film_next add_picture(void *user, const AVFrame *frame, struct err *err)
{
    struct join *join = user;

    if (join->skip > 0) {
        join->skip--;
        return FILM_GO_ON;
    }
    if (!frames_to_planes(&join->frames, frame, &join->form, join->planes, err) ||
        !encoder_picture(join->encoder, (const uint8_t *const *)join->planes->data,
                         join->planes->linesize, err))
        return FILM_FAILED;
    return FILM_GO_ON;
}

static bool add_pictures(struct join *join, struct film *film, struct err *err)
{
    struct film_walk walk = {join->source->facts.fps, FILM_ALL, add_picture, join};

    join->form.turn = film->turn;
    return film_walk(film, &walk, err);
}

/* ---- copying the source ---- */

/* Its packets, timed in pictures. The times of decoding run ahead as far as they did. */
static bool copy_packet(struct join *join, AVPacket *packet, struct err *err)
{
    struct film *film = join->source;
    AVRational picture = av_inv_q(film->facts.fps);

    packet->pts = av_rescale_q(packet->pts - film->first, film->video->time_base, picture);
    packet->dts = av_rescale_q(packet->dts - film->first, film->video->time_base, picture);
    packet->duration = 1;
    return encoder_packet(join->encoder, packet, err);
}

static bool copy_source(struct join *join, struct err *err)
{
    struct film *film = join->source;
    AVPacket *packet = av_packet_alloc();
    bool ok = avformat_seek_file(film->file, film->video->index, INT64_MIN, film->first,
                                 film->first, 0) >= 0 ||
              err_set(err, ERR_INVALID, "The video cannot be read twice");

    if (!packet)
        die("out of memory for a packet");
    while (ok && av_read_frame(film->file, packet) >= 0) {
        if (packet->stream_index == film->video->index)
            ok = copy_packet(join, packet, err);
        av_packet_unref(packet);
    }
    av_packet_free(&packet);
    return ok;
}

static bool may_copy(const struct join *join)
{
    const struct film *source = join->source;

    return source->is_regular && !source->turn &&
           encoder_takes(join->encoder, source->video->codecpar);
}

/* ---- the seam ---- */

static int64_t luma_difference(const AVFrame *one, const AVFrame *other)
{
    int64_t sum = 0;

    for (int y = 0; y < one->height; y++) {
        const uint8_t *a = one->data[0] + (ptrdiff_t)y * one->linesize[0];
        const uint8_t *b = other->data[0] + (ptrdiff_t)y * other->linesize[0];

        for (int x = 0; x < one->width; x++)
            sum += abs(a[x] - b[x]);
    }
    return sum / ((int64_t)one->width * one->height);
}

static enum film_next take_first(void *user, const AVFrame *frame, struct err *err)
{
    struct join *join = user;

    return frames_to_planes(&join->frames, frame, &join->form, join->planes, err) ? FILM_ENOUGH
                                                                                  : FILM_FAILED;
}

/* Whether the continuation begins with the picture that the source ends with. */
static bool compare_ends(struct join *join, bool *repeats, struct err *err)
{
    AVFrame *last = NULL, *last_planes = av_frame_alloc();
    bool ok;

    if (!last_planes)
        die("out of memory for a picture");
    join->form.turn = join->source->turn;
    ok = film_last(join->source, &last, err) &&
         frames_to_planes(&join->frames, last, &join->form, last_planes, err);
    join->form.turn = join->continuation->turn;
    ok = ok && film_decode(join->continuation, FILM_ALL, take_first, join, err);
    if (ok)
        *repeats = luma_difference(last_planes, join->planes) <= REPEAT_DIFFERENCE_MAX;
    av_frame_free(&last_planes);
    av_frame_free(&last);
    return ok;
}

/* ---- sound ---- */

static int64_t samples_in(const struct join *join, int64_t frames)
{
    return av_rescale_q(frames, av_inv_q(join->source->facts.fps), av_make_q(1, FILM_SOUND_RATE));
}

/* `overlap` samples at the end of `one` (count long) sound together with those at the beginning
 * of `other`: the loudness of unlike sounds stays the same. Without an overlap each fades alone. */
static void fade(float *one, int64_t count, float *other, int64_t other_count, int64_t overlap)
{
    int64_t len = overlap ? overlap : FADE_SAMPLES;

    len = len < count ? len : count;
    len = len < other_count ? len : other_count;
    for (int64_t i = 0; i < len; i++) {
        double angle = M_PI / 2 * ((double)i + 0.5) / (double)len;
        float *out = one + 2 * (count - len + i), *in = other + 2 * i;

        for (int side = 0; side < 2; side++) {
            out[side] *= (float)cos(angle);
            in[side] *= (float)sin(angle);
            if (overlap)
                out[side] += in[side];
        }
    }
}

static bool add_samples(struct join *join, const float *samples, int64_t count, struct err *err)
{
    for (int64_t at = 0; at < count; at += SOUND_BLOCK) {
        int block = count - at < SOUND_BLOCK ? (int)(count - at) : SOUND_BLOCK;

        if (!encoder_sound(join->encoder, samples + 2 * at, block, err))
            return false;
    }
    return true;
}

static bool add_sound(struct join *join, struct err *err)
{
    int64_t source_n = samples_in(join, join->source_frames);
    int64_t other_n = samples_in(join, join->continuation_frames);
    int64_t overlap = samples_in(join, join->skipped);
    float *source = film_sound(join->source, source_n);
    float *other = film_sound(join->continuation, other_n);
    bool ok;

    fade(source, source_n, other, other_n, overlap);
    ok = add_samples(join, source, source_n, err) &&
         add_samples(join, other + 2 * overlap, other_n - overlap, err);
    free(other);
    free(source);
    return ok;
}

/* ---- all of it ---- */

/* The whole keeps what the continuation says of itself: an engine that continued its own work may
 * have noted there how to go on. */
static bool open_encoder(struct join *join, int out, struct err *err)
{
    AVRational fps = join->source->facts.fps;
    const AVDictionaryEntry *comment =
        av_dict_get(join->continuation->file->metadata, "comment", NULL, 0);
    struct encoder_options options = {join->form.width, join->form.height, fps.num, 1,
                                      comment ? comment->value : NULL};

    return encoder_open_fd(&join->encoder, out, fps.den, &options, err);
}

static bool add_source(struct join *join, struct err *err)
{
    return may_copy(join) ? copy_source(join, err) : add_pictures(join, join->source, err);
}

static bool run(struct join *join, int out, struct err *err)
{
    bool repeats = false;

    if (!compare_ends(join, &repeats, err) || !open_encoder(join, out, err))
        return false;
    join->skipped = repeats && join->continuation_frames > 1 ? 1 : 0;
    if (!add_sound(join, err) || !add_source(join, err))
        return false;
    join->skip = join->skipped;
    return add_pictures(join, join->continuation, err) && encoder_finish(join->encoder, err);
}

bool film_join(struct film *source, struct film *continuation, int out, struct film_facts *whole,
               struct err *err)
{
    struct join join = {
        .source = source,
        .continuation = continuation,
        .form = {even(source->facts.width), even(source->facts.height), 0},
        .planes = av_frame_alloc(),
        .source_frames = source->facts.frames,
        .continuation_frames = film_frames_at(continuation, source->facts.fps),
    };
    bool ok;

    if (!join.planes)
        die("out of memory for a picture");
    ok = run(&join, out, err);
    if (ok) {
        *whole = source->facts;
        whole->width = join.form.width;
        whole->height = join.form.height;
        whole->frames += join.continuation_frames - join.skipped;
        whole->duration_ms = av_rescale_q(whole->frames, av_inv_q(whole->fps), av_make_q(1, 1000));
        whole->has_sound = true;
    }
    encoder_close(join.encoder);
    av_frame_free(&join.planes);
    frames_fini(&join.frames);
    return ok;
}
