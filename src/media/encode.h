/* SPDX-License-Identifier: Apache-2.0 */
/*
 * encode: writes a clip, an MP4 with H.264 video and AAC sound, picture by picture.
 *
 *   encoder_open → (encoder_picture, encoder_sound)* → encoder_finish → encoder_close
 *
 * Video: libx264, preset veryfast but with the least search between whole pixels (measured: a third
 * less time for the same SSIM, files 5 to 9 % larger), CRF 20 with the bit rate capped at 10 Mbit/s
 * for 1280x720 and in proportion for other sizes, High profile, yuv420p, closed GOPs of two
 * seconds, constant frame rate. The stream and the container both say BT.709 primaries, transfer
 * and matrix, limited range: without that players guess, and the colors look washed out.
 * Sound: AAC-LC, 48 kHz stereo, 128 kbit/s. File: index in front of the data (faststart).
 *
 * The clip lasts exactly pictures / fps seconds: sound beyond that is dropped, missing sound is
 * filled with silence. Same input, options, libraries and kind of CPU give the same bytes, if the
 * process called encode_make_repeatable(): no date and no random id goes in. The number of threads
 * is one of the options, since x264 plans its bits by it.
 *
 * Thread: one call at a time an encoder; x264 works on in threads of its own between calls.
 */
#ifndef VITASCOPE_MEDIA_ENCODE_H
#define VITASCOPE_MEDIA_ENCODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum {
    ENCODE_SIDE_MIN = 64,
    ENCODE_SIDE_MAX = 4096,
    ENCODE_FPS_MAX = 120,
    ENCODE_THREADS_MAX = 16,
    ENCODE_SOUND_RATE = 48000 /* stereo samples a second */
};

struct encoder_options {
    int width, height;   /* pixels, even */
    int fps;             /* 1 to ENCODE_FPS_MAX */
    int threads;         /* 1 to ENCODE_THREADS_MAX */
    const char *comment; /* the file's comment tag; NULL for none */
};

struct AVCodecParameters; /* of libavcodec */
struct AVPacket;

struct encoder;

/* Makes malloc hand out zeroed memory from now on, in the whole process. x264's vector code reads a
 * few bytes that it never wrote, and without this, now and then, what other clips left in memory
 * moves a bit of the next one. Call it early in main(). */
void encode_make_repeatable(void);

/* Creates the file. ERR_INVALID: options out of range.
 * ERR_IO: the file cannot be made. On success the caller calls encoder_close(). */
MUST_CHECK bool encoder_open(struct encoder **encoder, const char *path,
                             const struct encoder_options *options, struct err *err);

/* The same into an empty file that is open for reading and writing, and that the caller closes
 * after the encoder; fps counts the pictures in fps_den seconds. */
MUST_CHECK bool encoder_open_fd(struct encoder **encoder, int fd, int fps_den,
                                const struct encoder_options *options, struct err *err);

/* Adds the next picture: three planes of 4:2:0 BT.709 limited-range YUV, strides in bytes. Copies
 * what it keeps. */
MUST_CHECK bool encoder_picture(struct encoder *encoder, const uint8_t *const plane[3],
                                const int stride[3], struct err *err);

/* Whether packets of such a stream of an MP4 can stand among ours: the stream says of itself what
 * ours says. */
bool encoder_takes(const struct encoder *encoder, const struct AVCodecParameters *stream);

/* Adds a packet of such a stream as it is, and so the next picture in decoding order. All such
 * packets come before the first encoder_picture(). Timestamps count pictures from 0; packets in
 * the order of decoding. Copies the bytes. ERR_INVALID: the packet is damaged. */
MUST_CHECK bool encoder_packet(struct encoder *encoder, const struct AVPacket *packet,
                               struct err *err);

/* Adds the next samples, left and right interleaved, full scale at 1. Copies them. They may run
 * ahead of the pictures, even all at once at the start: a block is encoded when its time comes.
 * ERR_INVALID: more than an hour. */
MUST_CHECK bool encoder_sound(struct encoder *encoder, const float *samples, int count,
                              struct err *err);

/* Drains both encoders and completes the file. */
MUST_CHECK bool encoder_finish(struct encoder *encoder, struct err *err);

/* Frees; an unfinished file stays behind unplayable, for the caller to remove. */
void encoder_close(struct encoder *encoder);

#endif
