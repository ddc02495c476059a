/* SPDX-License-Identifier: Apache-2.0 */
/*
 * film: reads an MP4 that may come from anywhere.
 *
 * film_open() reads the index, holds it against the limits and then reads every packet once, so
 * that what it tells is what is there and not what a header claims; a file that is cut off is
 * refused. Pictures are decoded by film_decode() and film_walk().
 *
 * Everything here works on an open descriptor, inside the sandbox. Times are counted from the
 * first picture that is shown.
 *
 * Errors, if not said otherwise: ERR_INVALID, the file is at fault; the text is for its owner.
 *
 * Thread: the only one.
 */
#ifndef VITASCOPE_WORKERS_PROBE_FILM_H
#define VITASCOPE_WORKERS_PROBE_FILM_H

#include <stdbool.h>
#include <stdint.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

#include "base/err.h"

enum {
    FILM_BYTES_MAX = 256 * 1024 * 1024,
    FILM_SECONDS_MAX = 180,
    FILM_FPS_MAX = 120,
    FILM_FRAMES_MAX = FILM_SECONDS_MAX * FILM_FPS_MAX,
    FILM_PACKETS_MAX = 1000 * 1000, /* of all streams */
    FILM_STREAMS_MAX = 16,
    FILM_SIDE_MIN = 16,
    FILM_SIDE_MAX = 4096,
    FILM_PIXELS_MAX = 4096 * 2304,
    FILM_SOUND_RATE = 48000,
    FILM_SOUND_RATE_MAX = 192000, /* that it may have */
    FILM_CHANNELS_MAX = 8,
};

struct film_facts {
    int width, height; /* as shown: turned */
    AVRational fps;    /* 1 to FILM_FPS_MAX; what is slower or faster is told at the limit */
    int64_t frames;    /* at that rate */
    int64_t duration_ms;
    bool has_sound;
};

struct film {
    struct film_facts facts;
    AVFormatContext *file;
    AVStream *video, *sound; /* sound: NULL for none that can be decoded */
    int turn;                /* clockwise quarter turns to show it */
    int64_t first, end;      /* of the pictures, in the video's time base */
    bool is_regular;         /* every picture is one frame after another, none is left out */
};

/* On success the caller calls film_close(). */
MUST_CHECK bool film_open(struct film *film, int fd, struct err *err);
void film_close(struct film *film); /* a zeroed one too */

enum film_next { FILM_GO_ON, FILM_ENOUGH, FILM_FAILED /* *err is set */ };

/* A picture, borrowed for the call. */
typedef enum film_next film_take(void *user, const AVFrame *frame, struct err *err);

enum film_part {
    FILM_ALL,
    FILM_REFERENCES, /* leaves out pictures that no other needs: about half the work */
    FILM_END         /* from the last picture on that needs none before it */
};

/* Decodes that part, in the order of showing; at least one picture, or fails. */
MUST_CHECK bool film_decode(struct film *film, enum film_part part, film_take *take, void *user,
                            struct err *err);

/* The same at an even rate: take() gets frame 0, 1, 2 … of the film shown at fps, some of them
 * twice, some never. */
struct film_walk {
    AVRational fps;
    enum film_part part; /* FILM_ALL or FILM_REFERENCES */
    film_take *take;
    void *user;
};
MUST_CHECK bool film_walk(struct film *film, const struct film_walk *walk, struct err *err);

/* How many frames film_walk() gives at most. */
int64_t film_frames_at(const struct film *film, AVRational fps);

/* The last picture that is shown; the caller frees. */
MUST_CHECK bool film_last(struct film *film, AVFrame **frame, struct err *err);

/* Exactly `count` stereo samples from the first picture on, left and right interleaved; silence
 * where there is no sound, or none that can be decoded. Caller frees. */
float *film_sound(struct film *film, int64_t count);

#endif
