/* SPDX-License-Identifier: Apache-2.0 */
/* A video from outside: bytes -> a file of ours -> the probe says what it is. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "core/service_impl.h"

struct look {
    uv_work_t work;
    struct service *service;
    struct str bytes;
    struct str path; /* of the file, in service->uploads */
    bool ok;
    struct err err;
    service_film_done *done;
    void *user;
};

static void finish(struct look *look, const struct service_film *film, const struct err *err)
{
    unlink(look->path.ptr);
    look->done(look->user, film, err);
}

static void looked(void *user, const struct probe_film *found, const struct err *err)
{
    struct look *look = user;
    struct service_film film;

    if (!found) {
        finish(look, NULL, err);
        return;
    }
    film = (struct service_film){.width = found->width,
                                 .height = found->height,
                                 .fps = (found->fps_num + found->fps_den / 2) / found->fps_den,
                                 .duration_ms = found->duration_ms};
    finish(look, &film, NULL);
}

static void write_work(uv_work_t *work)
{
    struct look *look = work->data;
    int fd = open(look->path.ptr, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    size_t done = 0;

    while (fd >= 0 && done < look->bytes.len) {
        ssize_t got = write(fd, look->bytes.ptr + done, look->bytes.len - done);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        done += (size_t)got;
    }
    look->ok = fd >= 0 && done == look->bytes.len;
    if (fd >= 0)
        close(fd);
}

static void write_done(uv_work_t *work, int status)
{
    struct look *look = work->data;
    struct probe_film_request request = {.work = PROBE_FACTS, .input = look->path};

    (void)status;
    if (!look->ok)
        err_set(&look->err, ERR_BUSY, "The server cannot store videos now; try again");
    else if (!look->service->probe)
        err_set(&look->err, ERR_BUSY, "The server is stopping; try again");
    else if (probe_film_start(look->service->probe, &request, looked, look, &look->err))
        return;
    finish(look, NULL, &look->err);
}

void service_film_look(struct service *service, struct arena *arena, struct str bytes,
                       service_film_done *done, void *user)
{
    struct look *look = ARENA_NEW(arena, struct look);
    enum asset_type type = ASSET_MP4;
    char name[ID_HEX_LEN + 1];

    *look = (struct look){.service = service, .bytes = bytes, .done = done, .user = user};
    if (bytes.len > SERVICE_UPLOAD_VIDEO_BYTES_MAX) {
        err_set(&look->err, ERR_TOO_LARGE, "The video is larger than %d MB",
                SERVICE_UPLOAD_VIDEO_BYTES_MAX >> 20);
        done(user, NULL, &look->err);
        return;
    }
    if (!asset_type_sniff(bytes, &type) || type != ASSET_MP4) {
        err_set(&look->err, ERR_INVALID, "The file is not an MP4 video");
        done(user, NULL, &look->err);
        return;
    }
    id_to_hex(id_new(), name);
    look->path = arena_printf(arena, "%s/%s", service->uploads.ptr, name);
    look->work.data = look;
    uv_queue_work(service->loop, &look->work, write_work, write_done);
}
