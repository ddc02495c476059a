/* SPDX-License-Identifier: Apache-2.0 */
/* What only the folder has: its layout, its leftovers and a disk that is full. */
#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "blob/blob.h"
#include "harness/tap.h"

static struct {
    char folder[64];
    char url[96];
    struct blob *blob;
    int syncs;        /* so far */
    int failing_sync; /* the one that fails; 0 = none */
} rig;

/* The linker sends fsync() here. */
int __wrap_fsync(int fd);
int __real_fsync(int fd);

int __wrap_fsync(int fd)
{
    if (++rig.syncs != rig.failing_sync)
        return __real_fsync(fd);
    errno = EIO;
    return -1;
}

static void open_rig(void)
{
    struct err err;

    rig.failing_sync = 0;
    snprintf(rig.folder, sizeof(rig.folder), "/tmp/vitascope-XXXXXX");
    CHECK(mkdtemp(rig.folder));
    snprintf(rig.url, sizeof(rig.url), "dir:%s", rig.folder);
    CHECK_OK(blob_open(&rig.blob, str_from(rig.url), &err));
    rig.syncs = 0;
}

static int remove_one(const char *path, const struct stat *stat, int type, struct FTW *ftw)
{
    (void)stat;
    (void)type;
    (void)ftw;
    return remove(path);
}

static void close_rig(void)
{
    blob_close(rig.blob);
    nftw(rig.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void path_of(struct id id, char *path, size_t size)
{
    char text[ID_TEXT_LEN + 1];

    id_to_text(id, text);
    snprintf(path, size, "%s/%.2s/%.2s/%s", rig.folder, text + 34, text + 32, text);
}

TEST(a_blob_lies_under_the_last_bytes_of_its_id_for_its_owner_only)
{
    struct id id = id_new();
    struct stat stat_buf;
    struct err err;
    char path[160];

    open_rig();
    CHECK_OK(blob_put_bytes(rig.blob, id, STR("x"), &err));
    path_of(id, path, sizeof(path));
    CHECK_INT(stat(path, &stat_buf), 0);
    CHECK_INT(stat_buf.st_mode & 0777, 0600);
    close_rig();
}

static void write_scratch(const char *path)
{
    FILE *file = fopen(path, "wb");

    CHECK(file);
    CHECK_INT(fputs("scratch", file) >= 0, 1);
    CHECK_INT(fclose(file), 0);
}

TEST(a_blob_and_all_its_folders_are_on_stable_storage)
{
    struct id id = id_new(), near = id;
    int64_t bytes = 0;
    struct err err;
    char path[160];

    open_rig();
    snprintf(path, sizeof(path), "%s/scratch", rig.folder);
    CHECK_OK(blob_put_bytes(rig.blob, id, STR("x"), &err));
    CHECK_INT(rig.syncs, 4); /* the root, the outer folder, the file, the inner folder */
    near.bytes[0] ^= 1;
    write_scratch(path);
    CHECK_OK(blob_put_file(rig.blob, near, path, &bytes, &err));
    CHECK_INT(rig.syncs, 6); /* the file, the inner folder */
    close_rig();
}

TEST(a_put_whose_sync_fails_fails_and_leaves_the_file_where_it_was)
{
    bool done = false;
    int failures = 0;

    for (int sync = 1; !done; sync++) {
        struct id id = id_new();
        struct blob_file file;
        int64_t bytes = 0;
        struct err err;
        char path[160];

        open_rig();
        snprintf(path, sizeof(path), "%s/scratch", rig.folder);
        write_scratch(path);
        rig.failing_sync = sync;
        done = blob_put_file(rig.blob, id, path, &bytes, &err);
        failures += !done;
        CHECK_INT(access(path, F_OK) == 0, !done);
        CHECK_INT(blob_read(rig.blob, id, &file, &err), done);
        if (done)
            blob_file_close(&file);
        close_rig();
    }
    CHECK_INT(failures, 4);
}

TEST(sweeping_removes_leftovers)
{
    struct err err;
    char path[160];
    int removed = -1;

    open_rig();
    snprintf(path, sizeof(path), "%s/tmp/leftover", rig.folder);
    fclose(fopen(path, "wb"));
    CHECK_OK(blob_sweep(rig.blob, &removed, &err));
    CHECK_INT(removed, 1);
    CHECK(access(path, F_OK) != 0);
    close_rig();
}

/* In a child whose files may have 64 KiB. */
static int put_too_much(struct id id)
{
    static char bytes[256 * 1024];
    struct rlimit limit = {64 * 1024, 64 * 1024};
    struct err err;
    int status = -1;
    pid_t child = fork();

    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        if (blob_put_bytes(rig.blob, id, str_from_bytes(bytes, sizeof(bytes)), &err))
            _exit(0);
        _exit((int)err.kind);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    return WEXITSTATUS(status);
}

TEST(a_full_disk_is_busy_and_leaves_nothing)
{
    struct id id = id_new();
    struct blob_file file;
    struct err err;
    int removed = -1;

    open_rig();
    CHECK_INT(put_too_much(id), ERR_BUSY);
    CHECK(!blob_read(rig.blob, id, &file, &err));
    CHECK_INT(err.kind, ERR_NOT_FOUND);
    CHECK_OK(blob_sweep(rig.blob, &removed, &err));
    CHECK_INT(removed, 0);
    close_rig();
}
