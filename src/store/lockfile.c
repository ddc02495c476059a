/* SPDX-License-Identifier: Apache-2.0 */
#include "store/lockfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

struct lockfile {
    int fd;
};

static bool refuse(int fd, struct str path, struct err *err)
{
    char text[32] = "";
    ssize_t len = pread(fd, text, sizeof(text) - 1, 0);
    struct str pid = str_trim(str_from_bytes(text, len > 0 ? (size_t)len : 0));

    return err_set(err, ERR_BUSY, "another server (process " STR_FMT ") holds " STR_FMT,
                   STR_ARG(pid), STR_ARG(path));
}

static bool lock(int fd, struct str path, struct err *err)
{
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK)
            return refuse(fd, path, err);
        return err_set(err, ERR_IO, "cannot lock " STR_FMT ": %s", STR_ARG(path), strerror(errno));
    }
    /* For people only: the lock holds without it, so a full disk does not matter. */
    if (ftruncate(fd, 0) == 0)
        dprintf(fd, "%ld\n", (long)getpid());
    return true;
}

bool lockfile_open(struct lockfile **lock_out, struct str path, struct err *err)
{
    struct lockfile *file = NULL;
    char name[4096];
    int fd = -1;

    if (!str_copy(path, name, sizeof(name)))
        return err_set(err, ERR_INVALID, "the path of the lock file is too long");
    fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set(err, ERR_IO, "cannot open " STR_FMT ": %s", STR_ARG(path), strerror(errno));
    if (!lock(fd, path, err)) {
        close(fd);
        return false;
    }
    file = malloc(sizeof(*file));
    if (!file)
        die("out of memory");
    file->fd = fd;
    *lock_out = file;
    return true;
}

void lockfile_close(struct lockfile *file)
{
    if (!file)
        return;
    close(file->fd);
    free(file);
}
