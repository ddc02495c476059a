/* SPDX-License-Identifier: Apache-2.0 */
#include "media/fdio.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libavformat/avformat.h>

#include "base/err.h"

enum { BUFFER_BYTES = 64 * 1024 };

struct place {
    int fd;
    int64_t position;
};

static int read_bytes(void *user, uint8_t *bytes, int wanted)
{
    struct place *place = user;
    ssize_t got = pread(place->fd, bytes, (size_t)wanted, place->position);

    if (got < 0)
        return AVERROR(errno);
    if (got == 0)
        return AVERROR_EOF;
    place->position += got;
    return (int)got;
}

static int write_bytes(void *user, uint8_t *bytes, int count)
{
    struct place *place = user;
    ssize_t put = pwrite(place->fd, bytes, (size_t)count, place->position);

    if (put < 0)
        return AVERROR(errno);
    place->position += put;
    return (int)put;
}

static int64_t seek(void *user, int64_t offset, int whence)
{
    struct place *place = user;
    struct stat status;
    int64_t base = 0;

    if (whence == AVSEEK_SIZE || whence == SEEK_END) {
        if (fstat(place->fd, &status))
            return AVERROR(errno);
        base = status.st_size;
    } else if (whence == SEEK_CUR) {
        base = place->position;
    }
    if (whence == AVSEEK_SIZE)
        return base;
    if (__builtin_add_overflow(base, offset, &base) || base < 0)
        return AVERROR(EINVAL);
    place->position = base;
    return base;
}

struct AVIOContext *fdio_open(int fd, bool writes)
{
    struct place *place = calloc(1, sizeof *place);
    unsigned char *buffer = av_malloc(BUFFER_BYTES);
    AVIOContext *io = NULL;

    if (place && buffer)
        io = avio_alloc_context(buffer, BUFFER_BYTES, writes, place, read_bytes, write_bytes, seek);
    if (!io)
        die("out of memory for a file");
    place->fd = fd;
    return io;
}

bool fdio_close(struct AVIOContext **io)
{
    bool ok;

    if (!*io)
        return true;
    if ((*io)->write_flag)
        avio_flush(*io);
    ok = !(*io)->write_flag || (*io)->error >= 0;
    free((*io)->opaque);
    av_freep(&(*io)->buffer);
    avio_context_free(io);
    return ok;
}
