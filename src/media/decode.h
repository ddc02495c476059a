/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode: reads an MP4 picture by picture, and its sound.
 *
 *   decoder_open → decoder_info → decoder_picture* → decoder_close
 *
 * Pictures come in the size that the caller asks for, as planar YUV 4:2:0, BT.709, limited range,
 * whatever the file has inside; a file that names no colors is taken for BT.709, as ours are.
 * A picture of another shape is stretched. Sound comes as 48 kHz stereo.
 *
 * Files may be a stranger's: only the MP4 family is opened, nothing but the file itself is read,
 * and sides, length and sound have limits. Still a process that opens one should have few rights.
 *
 * Thread: one call at a time a decoder.
 */
#ifndef VITASCOPE_MEDIA_DECODE_H
#define VITASCOPE_MEDIA_DECODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum {
    DECODE_SIDE_MAX = 4096,
    DECODE_SECONDS_MAX = 600,
    DECODE_SOUND_RATE = 48000,
    DECODE_COMMENT_BYTES_MAX = 256 * 1024
};

struct decoder;

struct decoder_info {
    int width, height; /* as stored */
    double fps;        /* mean rate */
    double seconds;    /* as the file says */
    bool has_sound;
    const char *comment; /* the file's comment tag or ""; longer ones than the limit are "" too */
};

/* One picture; planes are the decoder's until the next call. */
struct decoded_picture {
    const uint8_t *plane[3];
    int stride[3];
    double time_s; /* when it is to be shown; the first may be later than 0 */
};

/* Pictures are to be `width` x `height`, even; 0 for as they are. ERR_INVALID: no MP4, no video in
 * it, damaged, or over a limit. ERR_IO: cannot be read. On success the caller closes. */
MUST_CHECK bool decoder_open(struct decoder **decoder, const char *path, int width, int height,
                             struct err *err);
void decoder_close(struct decoder *decoder);

/* Borrowed until decoder_close(). */
const struct decoder_info *decoder_info(const struct decoder *decoder);

/* The next picture, in the order of their times; *has is false at the end. What is damaged in the
 * middle of a file is passed over. ERR_INVALID: nothing could be decoded. */
MUST_CHECK bool decoder_picture(struct decoder *decoder, struct decoded_picture *picture, bool *has,
                                struct err *err);

/* All the sound of a file, at most `count` stereo samples, into `samples`, which are zeroed first;
 * *got tells how many there were, 0 for a file without. Errors as of decoder_open(). */
MUST_CHECK bool decode_sound(const char *path, int count, float *samples, int *got,
                             struct err *err);

#endif
