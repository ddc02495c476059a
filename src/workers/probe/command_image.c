/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "media/resample.h"
#include "media/stills.h"
#include "workers/probe/command.h"

/* Reads the whole file. Takes one byte over the limit, so that a larger file is seen to be. */
static bool read_file(int fd, struct buf *bytes, struct err *err)
{
    struct stat info;
    ssize_t got = 1;

    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))
        return err_set(err, ERR_INVALID, "the image is not a file");
    while (got > 0 && bytes->len <= STILLS_BYTES_MAX) {
        size_t wanted = (size_t)STILLS_BYTES_MAX + 1 - bytes->len;

        wanted = wanted < 65536 ? wanted : 65536;
        got = read(fd, buf_reserve(bytes, wanted), wanted);
        if (got > 0)
            buf_added(bytes, (size_t)got);
    }
    return got >= 0 || err_set(err, ERR_IO, "cannot read the image: %s", strerror(errno));
}

bool command_image(const struct order *order, struct jsonw *answer, struct err *err)
{
    struct still_info info = {0};
    struct image image = {0}, scaled = {0};
    struct buf bytes;
    bool ok;

    buf_init(&bytes, (size_t)STILLS_BYTES_MAX + 1);
    ok = read_file(order->in[0], &bytes, err) && stills_decode(buf_str(&bytes), &info, &image, err);
    if (ok) {
        resample_cover(&image, order->width, order->height, &scaled);
        ok = image_write_ppm_fd(&scaled, order->out[0], err);
    }
    jsonw_key(answer, "type");
    jsonw_cstr(answer, "image");
    jsonw_key(answer, "format");
    jsonw_cstr(answer, still_format_name(info.format));
    jsonw_key(answer, "width");
    jsonw_int(answer, info.width);
    jsonw_key(answer, "height");
    jsonw_int(answer, info.height);
    image_fini(&scaled);
    image_fini(&image);
    buf_fini(&bytes);
    return ok;
}
