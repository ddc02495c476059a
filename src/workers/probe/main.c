/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vitascope-probe: looks at one file from outside and ends.
 *
 *   vitascope-probe image IN OUT.ppm --width W --height H
 *
 * Decodes the JPEG, PNG or WebP picture IN, fills W x H pixels with its middle and writes that as
 * a binary PPM. Prints one line of JSON: {"type":"image","format":…,"width":…,"height":…} with the
 * size as stored, or {"type":"failed","message":…} and exit status 1; then OUT.ppm is empty or
 * missing. Wrong usage: status 2.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/jsonw.h"
#include "media/avlog.h"
#include "media/resample.h"
#include "media/stills.h"
#include "workers/probe/sandbox.h"

enum { SIDE_MIN = 16, SIDE_MAX = 4096, LINE_BYTES_MAX = 4096, USAGE_STATUS = 2 };

_Static_assert((int64_t)SIDE_MAX *SIDE_MAX * 3 < (int64_t)SANDBOX_OUTPUT_MIB_MAX * 1024 * 1024,
               "the largest output must fit the limit");

struct order {
    const char *in, *out;
    int width, height;
};

static bool parse_side(const char *text, int *side)
{
    int64_t value;

    if (!str_to_int(str_from(text), &value) || value < SIDE_MIN || value > SIDE_MAX)
        return false;
    *side = (int)value;
    return true;
}

static bool parse_order(int argc, char **argv, struct order *order)
{
    *order = (struct order){0};
    if (argc != 8 || strcmp(argv[1], "image") != 0)
        return false;
    order->in = argv[2];
    order->out = argv[3];
    for (int i = 4; i < argc; i += 2) {
        if (strcmp(argv[i], "--width") == 0 && parse_side(argv[i + 1], &order->width))
            continue;
        if (strcmp(argv[i], "--height") == 0 && parse_side(argv[i + 1], &order->height))
            continue;
        return false;
    }
    return order->width && order->height;
}

/* Reads the whole file. Takes one byte over the limit, so that a larger file is seen to be. */
static bool read_file(const char *path, struct buf *bytes, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat info;
    ssize_t got = 1;

    if (fd < 0)
        return err_set(err, ERR_IO, "cannot open the image: %s", strerror(errno));
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        close(fd);
        return err_set(err, ERR_INVALID, "the image is not a file");
    }
    while (got > 0 && bytes->len <= STILLS_BYTES_MAX) {
        size_t wanted = (size_t)STILLS_BYTES_MAX + 1 - bytes->len;

        if (wanted == 0)
            break;
        wanted = wanted < 65536 ? wanted : 65536;
        got = read(fd, buf_reserve(bytes, wanted), wanted);
        if (got > 0)
            buf_added(bytes, (size_t)got);
    }
    close(fd);
    return got >= 0 || err_set(err, ERR_IO, "cannot read the image: %s", strerror(errno));
}

static bool convert(const struct order *order, struct still_info *info, struct err *err)
{
    struct buf bytes;
    struct image image = {0}, scaled = {0};
    int out = -1;
    bool ok = false;

    buf_init(&bytes, (size_t)STILLS_BYTES_MAX + 1);
    if (!read_file(order->in, &bytes, err))
        goto done;
    out = open(order->out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (out < 0) {
        err_set(err, ERR_IO, "cannot create the output: %s", strerror(errno));
        goto done;
    }
    if (!sandbox_close(err) || !stills_decode(buf_str(&bytes), info, &image, err))
        goto done;
    resample_cover(&image, order->width, order->height, &scaled);
    ok = image_write_ppm_fd(&scaled, out, err);
done:
    if (out >= 0 && close(out) != 0 && ok)
        ok = err_set(err, ERR_IO, "cannot write the output: %s", strerror(errno));
    image_fini(&scaled);
    image_fini(&image);
    buf_fini(&bytes);
    return ok;
}

/* Prints the answer with one write: stdio would ask the terminal, which the sandbox forbids. */
static bool answer(bool ok, const struct still_info *info, const struct err *err)
{
    struct buf line;
    struct jsonw json;
    bool sent;

    buf_init(&line, LINE_BYTES_MAX);
    jsonw_init(&json, &line);
    jsonw_object(&json);
    jsonw_key(&json, "type");
    jsonw_cstr(&json, ok ? "image" : "failed");
    if (ok) {
        jsonw_key(&json, "format");
        jsonw_cstr(&json, still_format_name(info->format));
        jsonw_key(&json, "width");
        jsonw_int(&json, info->width);
        jsonw_key(&json, "height");
        jsonw_int(&json, info->height);
    } else {
        jsonw_key(&json, "message");
        jsonw_cstr(&json, err->text);
    }
    jsonw_end(&json);
    buf_add_char(&line, '\n');
    sent = write(STDOUT_FILENO, line.ptr, line.len) == (ssize_t)line.len;
    buf_fini(&line);
    return sent;
}

int main(int argc, char **argv)
{
    struct order order;
    struct still_info info = {0};
    struct err err = {0};
    bool ok;

    avlog_init();
    if (!parse_order(argc, argv, &order)) {
        fprintf(stderr, "usage: %s image IN OUT.ppm --width W --height H (%d to %d)\n", argv[0],
                SIDE_MIN, SIDE_MAX);
        return USAGE_STATUS;
    }
    ok = sandbox_limit(&err) && convert(&order, &info, &err);
    return answer(ok, &info, &err) && ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
