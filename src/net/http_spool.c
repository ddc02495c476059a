/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_spool.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"

enum { PATH_BYTES = 4096 };

struct http_spool {
    uv_loop_t *loop;
    uv_work_t work;
    char *folder;
    int fd; /* -1: not made yet */
    struct buf block;
    size_t len; /* in the file */
    void *map;
    bool is_busy, is_last, ok;
    bool is_freed; /* by its owner, while busy */
    http_spool_done *done;
    void *user;
};

struct http_spool *http_spool_new(uv_loop_t *loop, const char *folder, http_spool_done *done,
                                  void *user)
{
    struct http_spool *spool = calloc(1, sizeof(*spool));

    if (!spool || !(spool->folder = strdup(folder)))
        die("out of memory");
    spool->loop = loop;
    spool->work.data = spool;
    spool->fd = -1;
    spool->ok = true;
    spool->done = done;
    spool->user = user;
    return spool;
}

/* Some file systems have no files without a name: there it loses it at once. */
static int make_file(const char *folder)
{
    char path[PATH_BYTES];
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
        return fd;
    if (snprintf(path, sizeof(path), "%s/body-XXXXXX", folder) >= (int)sizeof(path))
        return -1;
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    return fd;
}

static bool write_block(struct http_spool *spool)
{
    struct str rest = buf_str(&spool->block);

    if (spool->fd < 0)
        spool->fd = make_file(spool->folder);
    while (spool->fd >= 0 && rest.len) {
        ssize_t put = pwrite(spool->fd, rest.ptr, rest.len, (off_t)spool->len);

        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        spool->len += (size_t)put;
        rest = str_skip(rest, (size_t)put);
    }
    return spool->fd >= 0;
}

static bool map_file(struct http_spool *spool)
{
    if (spool->len == 0)
        return true;
    spool->map = mmap(NULL, spool->len, PROT_READ, MAP_PRIVATE, spool->fd, 0);
    if (spool->map != MAP_FAILED)
        return true;
    spool->map = NULL;
    return false;
}

/* Thread pool. */
static void work(uv_work_t *request)
{
    struct http_spool *spool = request->data;

    bool was_ok = spool->ok;

    spool->ok = was_ok && write_block(spool) && (!spool->is_last || map_file(spool));
    if (was_ok && !spool->ok)
        log_warn("http.spool", "folder=%s reason=%s", log_quote(str_from(spool->folder)),
                 strerror(errno));
    buf_fini(&spool->block);
}

static void release(struct http_spool *spool)
{
    if (spool->map)
        munmap(spool->map, spool->len);
    if (spool->fd >= 0)
        close(spool->fd);
    buf_fini(&spool->block);
    free(spool->folder);
    free(spool);
}

static void work_done(uv_work_t *request, int status)
{
    struct http_spool *spool = request->data;

    (void)status; /* nothing cancels it */
    spool->is_busy = false;
    if (spool->is_freed)
        release(spool);
    else
        spool->done(spool->user, spool->ok);
}

void http_spool_write(struct http_spool *spool, struct buf *block, bool is_last)
{
    assert(!spool->is_busy && !spool->is_last);
    spool->block = *block;
    buf_init(block, spool->block.max_bytes);
    spool->is_busy = true;
    spool->is_last = is_last;
    if (uv_queue_work(spool->loop, &spool->work, work, work_done))
        die("the thread pool takes no work");
}

bool http_spool_is_busy(const struct http_spool *spool)
{
    return spool->is_busy;
}

struct str http_spool_bytes(const struct http_spool *spool)
{
    assert(spool->is_last && !spool->is_busy && spool->ok);
    return spool->len ? str_from_bytes(spool->map, spool->len) : STR("");
}

void http_spool_free(struct http_spool *spool)
{
    if (!spool)
        return;
    if (spool->is_busy)
        spool->is_freed = true;
    else
        release(spool);
}
