/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe: decodes images from outside, in a child process that lives for one image, has no
 * network, little memory and little time (vitascope-probe). The server itself never decodes.
 *
 * At most `concurrency` children run; others wait in line.
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
    PROBE_QUEUE_MAX = 256, /* waiting; more are ERR_BUSY */
};

/* Strings are copied. Zero means the default in brackets. */
struct probe_config {
    uv_loop_t *loop;
    struct str program;       /* path of vitascope-probe */
    struct str launcher;      /* path of vitascope-launch */
    int concurrency;          /* [2] */
    int deadline_ms;          /* for one image, once it has begun [10 s] */
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

/* Paths are absolute. */
struct probe_request {
    struct str input;  /* a file with an image */
    struct str output; /* to become a binary PPM that the middle of the image fills */
    int width, height; /* of the PPM */
};

/* Copies the request. ERR_BUSY: the line is full. */
MUST_CHECK bool probe_start(struct probe *probe, const struct probe_request *request,
                            probe_done *done, void *user, struct err *err);

#endif
