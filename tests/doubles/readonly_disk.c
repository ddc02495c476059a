/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A test double of a disk that turns read-only, for LD_PRELOAD: while the file $READONLY_WHILE
 * exists, nothing below the folder $READONLY_BELOW can be written, made or renamed (EROFS). A
 * real file system cannot be remounted so while a server has it open for writing.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_readonly(const char *path)
{
    const char *folder = getenv("READONLY_BELOW"), *flag = getenv("READONLY_WHILE");

    return folder && flag && strncmp(path, folder, strlen(folder)) == 0 && access(flag, F_OK) == 0;
}

static bool is_fd_readonly(int fd)
{
    char link[64], path[PATH_MAX];
    ssize_t n;

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    n = readlink(link, path, sizeof path - 1);
    if (n < 0)
        return false;
    path[n] = '\0';
    return is_readonly(path);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define REFUSE_IF(condition)                                                                       \
    do {                                                                                           \
        if (condition) {                                                                           \
            errno = EROFS;                                                                         \
            return -1;                                                                             \
        }                                                                                          \
    } while (0)

ssize_t write(int fd, const void *bytes, size_t size)
{
    REFUSE_IF(is_fd_readonly(fd));
    return REAL(write)(fd, bytes, size);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at)
{
    REFUSE_IF(is_fd_readonly(fd));
    return REAL(pwrite64)(fd, bytes, size, at);
}

int ftruncate64(int fd, off64_t size)
{
    REFUSE_IF(is_fd_readonly(fd));
    return REAL(ftruncate64)(fd, size);
}

int open64(const char *path, int flags, ...)
{
    va_list args;
    mode_t mode;

    va_start(args, flags);
    mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
    va_end(args);
    REFUSE_IF((flags & (O_ACCMODE | O_CREAT)) != O_RDONLY && is_readonly(path));
    return REAL(open64)(path, flags, mode);
}

int openat64(int folder, const char *path, int flags, ...)
{
    va_list args;
    mode_t mode;

    va_start(args, flags);
    mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
    va_end(args);
    REFUSE_IF((flags & (O_ACCMODE | O_CREAT)) != O_RDONLY && is_fd_readonly(folder));
    return REAL(openat64)(folder, path, flags, mode);
}

int mkdir(const char *path, mode_t mode)
{
    REFUSE_IF(is_readonly(path));
    return REAL(mkdir)(path, mode);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    REFUSE_IF(is_fd_readonly(to_folder));
    return REAL(renameat)(from_folder, from, to_folder, to);
}
