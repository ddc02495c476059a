/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blobs as files of a folder: ROOT/ab/cd/<id>, where ab and cd are the id's last two bytes (its
 * first are the time, and would put a season into one folder). Bytes that come from elsewhere
 * are first written to ROOT/tmp.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "blob/blob_impl.h"

enum { COPY_BYTES = 256 * 1024 };

struct dir {
    int root; /* descriptor + 1, so that zero means none */
};

/* Names below the root. */
struct names {
    char outer[3];                  /* "ab" */
    char inner[6];                  /* "ab/cd" */
    char file[6 + ID_TEXT_LEN + 1]; /* "ab/cd/<id>" */
    char temp[4 + ID_TEXT_LEN + 1]; /* "tmp/<id>" with an id of its own */
};

static int root_of(const void *state)
{
    return ((const struct dir *)state)->root - 1;
}

static struct names names_of(struct id id)
{
    struct names names;
    char text[ID_TEXT_LEN + 1], temp[ID_TEXT_LEN + 1];
    unsigned outer = id.bytes[ID_BYTES - 1], inner = id.bytes[ID_BYTES - 2];

    id_to_text(id, text);
    id_to_text(id_new(), temp);
    snprintf(names.outer, sizeof(names.outer), "%02x", outer);
    snprintf(names.inner, sizeof(names.inner), "%02x/%02x", outer, inner);
    snprintf(names.file, sizeof(names.file), "%02x/%02x/%s", outer, inner, text);
    snprintf(names.temp, sizeof(names.temp), "tmp/%s", temp);
    return names;
}

/* Fills err from errno. */
static bool fail(struct err *err, const char *what, const char *name)
{
    bool no_room = errno == ENOSPC || errno == EDQUOT || errno == EFBIG || errno == EROFS;

    return err_set(err, no_room ? ERR_BUSY : ERR_IO, "cannot %s %s: %s", what, name,
                   strerror(errno));
}

static bool sync_folder(int root, const char *name, struct err *err)
{
    int fd = openat(root, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;

    if (!ok)
        fail(err, "sync", name);
    if (fd >= 0)
        close(fd);
    return ok;
}

/* A new folder is on stable storage before anything is put into it. */
static bool make_folder(int root, const char *parent, const char *name, struct err *err)
{
    if (mkdirat(root, name, 0700) == 0)
        return sync_folder(root, parent, err);
    return errno == EEXIST || fail(err, "make", name);
}

static bool make_folders(int root, const struct names *names, struct err *err)
{
    return make_folder(root, ".", names->outer, err) &&
           make_folder(root, names->outer, names->inner, err);
}

static bool open_dir(void *state, struct str rest, struct err *err)
{
    struct dir *dir = state;
    char path[4096];
    int fd = -1;

    if (!str_copy(rest, path, sizeof(path)))
        return err_set(err, ERR_INVALID, "the path of the blob store is too long");
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return fail(err, "make", path);
    fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fail(err, "open", path);
    dir->root = fd + 1;
    return make_folder(fd, ".", "tmp", err);
}

static void close_dir(void *state)
{
    if (root_of(state) >= 0)
        close(root_of(state));
}

static bool write_all(int fd, struct str bytes)
{
    while (bytes.len) {
        ssize_t written = write(fd, bytes.ptr, bytes.len);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes = str_skip(bytes, (size_t)written);
    }
    return true;
}

static bool copy_all(int to, int from)
{
    char *block = malloc(COPY_BYTES);
    ssize_t got = 0;
    bool ok = true;

    if (!block)
        die("out of memory");
    while (ok && (got = read(from, block, COPY_BYTES)) != 0) {
        if (got < 0)
            ok = errno == EINTR;
        else
            ok = write_all(to, str_from_bytes(block, (size_t)got));
    }
    free(block);
    return ok;
}

/* From `from` if that is a descriptor, else from the bytes. */
static bool write_temp(int root, const char *name, int from, struct str bytes, struct err *err)
{
    int fd = openat(root, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool ok = false;

    if (fd < 0)
        return fail(err, "make", name);
    ok = (from >= 0 ? copy_all(fd, from) : write_all(fd, bytes)) && fsync(fd) == 0;
    if (!ok) {
        fail(err, "write", name);
        unlinkat(root, name, 0);
    }
    close(fd);
    return ok;
}

/* Gives a file that is on stable storage its name. */
static bool move_temp(int root, const struct names *names, struct err *err)
{
    if (renameat(root, names->temp, root, names->file) == 0)
        return sync_folder(root, names->inner, err);
    fail(err, "rename to", names->file);
    unlinkat(root, names->temp, 0);
    return false;
}

static bool put_bytes(void *state, struct id id, struct str bytes, struct err *err)
{
    struct names names = names_of(id);
    int root = root_of(state);

    return make_folders(root, &names, err) && write_temp(root, names.temp, -1, bytes, err) &&
           move_temp(root, &names, err);
}

/* The path is on another file system. */
static bool copy_in(int root, const struct names *names, const char *path, int fd, struct err *err)
{
    if (!write_temp(root, names->temp, fd, (struct str){0}, err) || !move_temp(root, names, err))
        return false;
    /* The blob is there: a source that cannot be removed is somebody's litter, no failure. */
    (void)!unlink(path);
    return true;
}

static bool take_file(int root, struct id id, const char *path, int fd, struct err *err)
{
    struct names names = names_of(id);

    if (!make_folders(root, &names, err))
        return false;
    if (fsync(fd) != 0 || fchmod(fd, 0600) != 0)
        return fail(err, "sync", path);
    if (renameat(AT_FDCWD, path, root, names.file) != 0)
        return errno == EXDEV ? copy_in(root, &names, path, fd, err) : fail(err, "take", path);
    if (sync_folder(root, names.inner, err))
        return true;
    (void)!renameat(root, names.file, AT_FDCWD, path);
    return false;
}

static bool put_file(void *state, struct id id, const char *path, int64_t *bytes, struct err *err)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat stat;
    bool ok = false;

    if (fd < 0)
        return fail(err, "open", path);
    if (fstat(fd, &stat) != 0)
        fail(err, "stat", path);
    else if (!S_ISREG(stat.st_mode))
        err_set(err, ERR_IO, "%s is not a regular file", path);
    else
        ok = take_file(root_of(state), id, path, fd, err);
    if (ok)
        *bytes = stat.st_size;
    close(fd);
    return ok;
}

static bool read_blob(void *state, struct id id, struct blob_file *file, struct err *err)
{
    struct names names = names_of(id);
    int fd = openat(root_of(state), names.file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    struct stat stat;

    if (fd < 0 && errno == ENOENT)
        return err_set(err, ERR_NOT_FOUND, "no such blob");
    if (fd < 0)
        return fail(err, "open", names.file);
    if (fstat(fd, &stat) != 0) {
        fail(err, "stat", names.file);
        close(fd);
        return false;
    }
    *file = (struct blob_file){.fd = fd, .bytes = stat.st_size};
    return true;
}

static bool remove_blob(void *state, struct id id, struct err *err)
{
    struct names names = names_of(id);

    return unlinkat(root_of(state), names.file, 0) == 0 || errno == ENOENT ||
           fail(err, "remove", names.file);
}

/* NULL: cannot be opened; a folder that is not there is no error, but sets *absent. */
static DIR *open_folder(int parent, const char *name, bool *absent, struct err *err)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;

    *absent = fd < 0 && errno == ENOENT;
    if (folder)
        return folder;
    if (!*absent)
        fail(err, "open", name);
    if (fd >= 0)
        close(fd);
    return NULL;
}

/* Tells the blobs of ROOT/ab/cd. */
static bool list_inner(DIR *outer, const char *name, void (*found)(void *user, struct id id),
                       void *user, struct err *err)
{
    bool absent = false;
    DIR *inner = open_folder(dirfd(outer), name, &absent, err);
    struct dirent *entry = NULL;
    struct id id;

    if (!inner)
        return absent;
    while ((entry = readdir(inner)))
        if (id_parse(str_from(entry->d_name), &id))
            found(user, id);
    closedir(inner);
    return true;
}

static bool list(void *state, int part, void (*found)(void *user, struct id id), void *user,
                 struct err *err)
{
    char name[3];
    bool absent = false, ok = true;
    struct dirent *entry = NULL;
    DIR *outer = NULL;

    snprintf(name, sizeof(name), "%02x", (unsigned)part & 0xffU);
    outer = open_folder(root_of(state), name, &absent, err);
    if (!outer)
        return absent;
    while (ok && (entry = readdir(outer)))
        if (entry->d_name[0] != '.')
            ok = list_inner(outer, entry->d_name, found, user, err);
    closedir(outer);
    return ok;
}

static bool sweep(void *state, int *removed, struct err *err)
{
    bool absent = false;
    DIR *folder = open_folder(root_of(state), "tmp", &absent, err);
    struct dirent *found = NULL;
    int count = 0;

    if (absent)
        fail(err, "open", "tmp");
    if (!folder)
        return false;
    while ((found = readdir(folder))) {
        if (found->d_name[0] != '.' && unlinkat(dirfd(folder), found->d_name, 0) == 0)
            count++;
    }
    closedir(folder);
    *removed = count;
    return true;
}

const struct blob_ops blob_dir = {
    .scheme = "dir",
    .state_size = sizeof(struct dir),
    .open = open_dir,
    .close = close_dir,
    .put_file = put_file,
    .put_bytes = put_bytes,
    .read = read_blob,
    .remove = remove_blob,
    .list = list,
    .sweep = sweep,
};
