/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe: decodes images and films from outside, in a child process that lives for one of them,
 * has no network, little memory and little time (vitascope-probe). The server itself never
 * decodes.
 *
 * Images, films and previews of films wait in a line each, so that a long join keeps nothing else
 * waiting. Of each, at most `concurrency` children run.
 *
 * A child that crashes, runs over its limits or prints nonsense was made to by the file, so that
 * is the file's fault: ERR_INVALID, as for a file that is no image. ERR_IO is left for what is
 * ours: the program cannot be started.
 *
 * Thread: loop.
 */
#ifndef VITASCOPE_ENGINE_PROBE_H
#define VITASCOPE_ENGINE_PROBE_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/err.h"
#include "base/str.h"
#include "model/asset.h"

enum {
    PROBE_CONCURRENCY_MAX = 64,
    PROBE_QUEUE_MAX = 256,         /* waiting in one line; more are ERR_BUSY */
    PROBE_PREVIEWS_QUEUE_MAX = 32, /* likewise, for PROBE_PREVIEWS: finished videos wait for them */
};

/* Strings are copied. Zero means the default in brackets. */
struct probe_config {
    uv_loop_t *loop;
    struct str program;       /* path of vitascope-probe */
    struct str launcher;      /* path of vitascope-launch */
    int concurrency;          /* of each line [2] */
    int deadline_ms;          /* for one image, once it has begun [10 s] */
    int film_deadline_ms;     /* for one film, likewise [60 s] */
    int previews_deadline_ms; /* for one PROBE_PREVIEWS, likewise [15 s] */
    int join_deadline_ms;     /* for one PROBE_JOIN, likewise [10 min] */
    int64_t memory_bytes_max; /* address space [none but the program's own] */
};

struct probe_image {
    enum asset_type type; /* ASSET_JPEG, ASSET_PNG or ASSET_WEBP */
    int width, height;    /* of the image as it came */
};

/* image is NULL on failure, and then err says why: ERR_INVALID, the file is at fault and the
 * text is for its owner; ERR_IO, we are. Never called from inside probe_start(). */
typedef void probe_done(void *user, const struct probe_image *image, const struct err *err);

struct probe;

/* ERR_INVALID: the configuration is wrong. */
MUST_CHECK bool probe_open(const struct probe_config *config, struct probe **probe,
                           struct err *err);

/* Drops what waits, kills what runs, calls none of their done(); calls closed(user), which may
 * be NULL, when the last child is reaped. NULL probe: nothing happens. */
void probe_close(struct probe *probe, void (*closed)(void *user), void *user);

/* ---- images ---- */

/* Paths are absolute. */
struct probe_request {
    struct str input;  /* a file with an image */
    struct str output; /* to become a binary PPM that the middle of the image fills */
    int width, height; /* of the PPM */
};

/* Copies the request. ERR_BUSY: the line is full. */
MUST_CHECK bool probe_start(struct probe *probe, const struct probe_request *request,
                            probe_done *done, void *user, struct err *err);

/* ---- films ---- */

/*
 * A film is an MP4 with video of any codec that libavcodec decodes, with sound or without. Its
 * limits are the FILM_..._MAX of workers/probe/film.h (256 MiB, 180 s, 4096 pixels a side);
 * beyond them it is refused as one that cannot be decoded is.
 */
enum probe_film_work {
    /* Looks only. */
    PROBE_FACTS,

    /* output: the last picture as a binary PPM of width x height that its middle fills. */
    PROBE_TAIL,

    /* output: an MP4 of input's size and frame rate, input and then continuation. When the
     * continuation begins with input's last picture, that one is shown once. Input's pictures are
     * copied as they are when our encoder made them, else both are encoded. Sound of both with a
     * short cross-fade; silence where one has none. */
    PROBE_JOIN,

    /* output: a WebP of the film's size, at most 1280 pixels a side; sheet: a JPEG with a grid of
     * frames. */
    PROBE_PREVIEWS,
    PROBE_FILM_WORKS
};

/* Paths are absolute. What a work does not name is ignored. */
struct probe_film_request {
    enum probe_film_work work;
    struct str input;
    struct str continuation;
    struct str output;
    struct str sheet;
    int width, height; /* 16 to 4096 */
};

/* Of the input; of PROBE_JOIN, of the output. */
struct probe_film {
    int width, height;
    int fps_num, fps_den; /* frames a second: 24/1, 30000/1001 */
    int64_t frames;
    int64_t duration_ms;
    bool has_sound;
};

/* As probe_done. */
typedef void probe_film_done(void *user, const struct probe_film *film, const struct err *err);

/* Copies the request. ERR_BUSY: the line is full. */
MUST_CHECK bool probe_film_start(struct probe *probe, const struct probe_film_request *request,
                                 probe_film_done *done, void *user, struct err *err);

#endif
