/* SPDX-License-Identifier: Apache-2.0 */
#include "app/home.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/jsonr.h"
#include "base/jsonw.h"
#include "base/rand.h"

enum { SMALL_FILE_BYTES_MAX = 4096 };

static bool read_small(const char *path, struct buf *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *room = NULL;
    ssize_t got = 0;

    if (fd < 0)
        return false;
    room = buf_reserve(out, SMALL_FILE_BYTES_MAX);
    got = room ? read(fd, room, SMALL_FILE_BYTES_MAX) : -1;
    close(fd);
    if (got >= 0)
        buf_added(out, (size_t)got);
    return got >= 0;
}

/* Whole or not at all: written beside, synced and renamed. */
static bool write_small(struct arena *arena, struct str path, struct str bytes, struct err *err)
{
    struct str temporary = arena_printf(arena, "%s.new", path.ptr);
    int fd = open(temporary.ptr, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write(fd, bytes.ptr, bytes.len) == (ssize_t)bytes.len && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    if (ok && rename(temporary.ptr, path.ptr) == 0)
        return true;
    return err_set(err, ERR_IO, "cannot write %s: %s", path.ptr, strerror(errno));
}

bool home_open(struct arena *arena, struct str path, struct home *home, struct err *err)
{
    struct str wanted = arena_str(arena, path);
    char *real = NULL;

    if (mkdir(wanted.ptr, 0700) != 0 && errno != EEXIST)
        return err_set(err, ERR_IO, "cannot make data folder %s: %s", wanted.ptr, strerror(errno));
    real = realpath(wanted.ptr, NULL);
    if (!real || access(real, W_OK | X_OK) != 0) {
        free(real);
        return err_set(err, ERR_IO, "cannot use data folder %s: %s", wanted.ptr, strerror(errno));
    }
    home->path = arena_str(arena, str_from(real));
    free(real);
    home->database_url = arena_printf(arena, "sqlite:%s/vitascope.db", home->path.ptr);
    home->blobs = arena_printf(arena, "%s/blobs", home->path.ptr);
    home->scratch = arena_printf(arena, "%s/scratch", home->path.ptr);
    home->lock = arena_printf(arena, "%s/lock", home->path.ptr);
    home->server_file = arena_printf(arena, "%s/server.json", home->path.ptr);
    return true;
}

/* Reads a file of a secret, or makes it. */
static bool keep_secret(const struct home *home, const char *name, struct hash *secret,
                        struct err *err)
{
    struct arena arena = {0};
    struct str path = arena_printf(&arena, "%s/%s", home->path.ptr, name);
    struct buf bytes;
    bool ok = false;

    buf_init(&bytes, SMALL_FILE_BYTES_MAX);
    if (read_small(path.ptr, &bytes)) {
        ok = bytes.len == HASH_BYTES;
        if (ok)
            memcpy(secret->bytes, bytes.ptr, HASH_BYTES);
        else
            err_set(err, ERR_IO, "%s must have %d bytes", path.ptr, HASH_BYTES);
    } else {
        rand_bytes(secret->bytes, HASH_BYTES);
        ok = write_small(&arena, path, hash_str(secret), err);
    }
    buf_fini(&bytes);
    arena_fini(&arena);
    return ok;
}

bool home_link_secret(const struct home *home, struct hash *secret, struct err *err)
{
    return keep_secret(home, "link.key", secret, err);
}

bool home_webhook_key(const struct home *home, struct hash *key, struct err *err)
{
    return keep_secret(home, "webhook.key", key, err);
}

bool home_announce(const struct home *home, struct str url, struct err *err)
{
    struct arena arena = {0};
    struct buf text;
    struct jsonw w;
    bool ok = false;

    buf_init(&text, SMALL_FILE_BYTES_MAX);
    jsonw_init(&w, &text);
    jsonw_object(&w);
    jsonw_key(&w, "url");
    jsonw_str(&w, url);
    jsonw_key(&w, "pid");
    jsonw_int(&w, getpid());
    jsonw_end(&w);
    ok = write_small(&arena, home->server_file, buf_str(&text), err);
    buf_fini(&text);
    arena_fini(&arena);
    return ok;
}

void home_retract(const struct home *home)
{
    unlink(home->server_file.ptr);
}

struct str home_announced(struct arena *arena, const struct home *home)
{
    struct jsonr doc = {0};
    struct buf text;
    struct str url = {0};
    struct err err;

    buf_init(&text, SMALL_FILE_BYTES_MAX);
    if (read_small(home->server_file.ptr, &text) && jsonr_parse(&doc, buf_str(&text), &err))
        url = arena_str(arena, jsonv_str(jsonv_get(jsonr_root(&doc), "url"), STR("")));
    jsonr_fini(&doc);
    buf_fini(&text);
    return url;
}

struct str home_program(struct arena *arena, struct str name)
{
    static const char *const places[] = {"", "../libexec/vitascope/"};
    char self[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

    if (len <= 0 || str_find_char(name, '/') >= 0)
        return arena_str(arena, name);
    while (len > 0 && self[len - 1] != '/')
        len--;
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        struct str path =
            arena_printf(arena, "%.*s%s" STR_FMT, (int)len, self, places[i], STR_ARG(name));

        if (access(path.ptr, X_OK) == 0)
            return path;
    }
    return arena_str(arena, name);
}
