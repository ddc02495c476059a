/* SPDX-License-Identifier: Apache-2.0 */
/* The contract of blob/blob.h, against the store that VITASCOPE_TEST_BLOB names; "DIR" in it
 * stands for a folder of the test's own. Default: dir:DIR/blobs. */
#include "blob/blob.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/tap.h"

enum { BIG_BYTES = 3 * 1024 * 1024 + 17 };

static struct {
    char folder[64];
    char url[256];
    char scratch[96];
    struct blob *blob;
} rig;

static void open_rig(void)
{
    const char *url = getenv("VITASCOPE_TEST_BLOB"), *base = getenv("TMPDIR");
    struct str wanted = str_from(url ? url : "dir:DIR/blobs");
    ptrdiff_t at = str_find(wanted, STR("DIR"));
    struct err err;

    memset(&rig, 0, sizeof(rig));
    snprintf(rig.folder, sizeof(rig.folder), "%s/vitascope-XXXXXX", base ? base : "/tmp");
    CHECK(mkdtemp(rig.folder));
    snprintf(rig.scratch, sizeof(rig.scratch), "%s/scratch", rig.folder);
    CHECK(at >= 0);
    snprintf(rig.url, sizeof(rig.url), "%.*s%s%s", (int)at, wanted.ptr, rig.folder,
             wanted.ptr + at + 3);
    CHECK_OK(blob_open(&rig.blob, str_from(rig.url), &err));
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

static void write_scratch(const char *path, struct str bytes)
{
    FILE *file = fopen(path, "wb");

    CHECK(file);
    CHECK_INT(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
    CHECK_INT(fclose(file), 0);
}

static void check_content(struct id id, struct str want)
{
    struct blob_file file;
    struct err err;
    char *got = malloc(want.len + 1);

    CHECK_OK(blob_read(rig.blob, id, &file, &err));
    CHECK_INT(file.bytes, want.len);
    CHECK_INT(read(file.fd, got, want.len + 1), want.len);
    CHECK(memcmp(got, want.ptr, want.len) == 0);
    blob_file_close(&file);
    free(got);
}

static struct str big(void)
{
    static char bytes[BIG_BYTES];

    for (int i = 0; i < BIG_BYTES; i++)
        bytes[i] = (char)(i * 31 + i / 256);
    return str_from_bytes(bytes, sizeof(bytes));
}

TEST(bytes_come_back_as_they_went_in)
{
    struct id small = id_new(), empty = id_new(), large = id_new();
    struct err err;

    open_rig();
    CHECK_OK(blob_put_bytes(rig.blob, small, STR("a\0b"), &err));
    CHECK_OK(blob_put_bytes(rig.blob, empty, (struct str){0}, &err));
    CHECK_OK(blob_put_bytes(rig.blob, large, big(), &err));
    check_content(small, STR("a\0b"));
    check_content(empty, STR(""));
    check_content(large, big());
    close_rig();
}

TEST(a_finished_file_becomes_the_blob_and_is_gone)
{
    struct id id = id_new();
    int64_t bytes = 0;
    struct err err;

    open_rig();
    write_scratch(rig.scratch, big());
    CHECK_OK(blob_put_file(rig.blob, id, rig.scratch, &bytes, &err));
    CHECK_INT(bytes, BIG_BYTES);
    CHECK(access(rig.scratch, F_OK) != 0);
    check_content(id, big());
    close_rig();
}

TEST(a_file_of_another_file_system_is_taken_too)
{
    char path[] = "/dev/shm/vitascope-XXXXXX";
    struct id id = id_new();
    struct stat here, there;
    int64_t bytes = 0;
    struct err err;
    int fd = mkstemp(path);

    if (fd < 0)
        tap_skip("no /dev/shm");
    close(fd);
    open_rig();
    if (stat(path, &there) != 0 || stat(rig.folder, &here) != 0 || here.st_dev == there.st_dev) {
        unlink(path);
        close_rig();
        tap_skip("/dev/shm is on the same file system");
    }
    write_scratch(path, big());
    CHECK_OK(blob_put_file(rig.blob, id, path, &bytes, &err));
    CHECK_INT(bytes, BIG_BYTES);
    CHECK(access(path, F_OK) != 0);
    check_content(id, big());
    close_rig();
}

TEST(what_is_no_regular_file_is_refused_and_left)
{
    struct id id = id_new();
    int64_t bytes = 0;
    struct blob_file file;
    struct err err;

    open_rig();
    CHECK(!blob_put_file(rig.blob, id, rig.scratch, &bytes, &err));
    CHECK_INT(mkdir(rig.scratch, 0700), 0);
    CHECK(!blob_put_file(rig.blob, id, rig.scratch, &bytes, &err));
    CHECK_INT(rmdir(rig.scratch), 0);
    CHECK_INT(mkfifo(rig.scratch, 0600), 0);
    CHECK(!blob_put_file(rig.blob, id, rig.scratch, &bytes, &err));
    CHECK_INT(unlink(rig.scratch), 0);
    CHECK_INT(symlink("/etc/passwd", rig.scratch), 0);
    CHECK(!blob_put_file(rig.blob, id, rig.scratch, &bytes, &err));
    CHECK_INT(unlink(rig.scratch), 0);
    CHECK(!blob_read(rig.blob, id, &file, &err));
    CHECK_INT(err.kind, ERR_NOT_FOUND);
    close_rig();
}

TEST(a_blob_is_replaced_whole_and_an_open_one_stays_readable)
{
    struct id id = id_new();
    struct blob_file file;
    struct err err;
    char got[8] = "";

    open_rig();
    CHECK_OK(blob_put_bytes(rig.blob, id, STR("old"), &err));
    CHECK_OK(blob_read(rig.blob, id, &file, &err));
    CHECK_OK(blob_put_bytes(rig.blob, id, STR("newer"), &err));
    check_content(id, STR("newer"));
    CHECK_OK(blob_remove(rig.blob, id, &err));
    CHECK_INT(pread(file.fd, got, sizeof(got), 0), 3);
    CHECK_STR(got, "old");
    blob_file_close(&file);
    blob_file_close(&file);
    close_rig();
}

TEST(a_removed_blob_is_not_found_and_can_be_removed_again)
{
    struct id id = id_new();
    struct blob_file file;
    struct err err;

    open_rig();
    CHECK_OK(blob_put_bytes(rig.blob, id, STR("x"), &err));
    CHECK_OK(blob_remove(rig.blob, id, &err));
    CHECK(!blob_read(rig.blob, id, &file, &err));
    CHECK_INT(err.kind, ERR_NOT_FOUND);
    CHECK_OK(blob_remove(rig.blob, id, &err));
    CHECK_OK(blob_remove(rig.blob, id_new(), &err));
    close_rig();
}

TEST(blobs_are_there_after_opening_again)
{
    struct id id = id_new();
    struct err err;

    open_rig();
    CHECK_OK(blob_put_bytes(rig.blob, id, STR("still here"), &err));
    blob_close(rig.blob);
    CHECK_OK(blob_open(&rig.blob, str_from(rig.url), &err));
    check_content(id, STR("still here"));
    close_rig();
}

TEST(sweeping_leaves_blobs_alone)
{
    struct id id = id_new();
    struct err err;
    int removed = -1;

    open_rig();
    CHECK_OK(blob_put_bytes(rig.blob, id, STR("x"), &err));
    CHECK_OK(blob_sweep(rig.blob, &removed, &err));
    CHECK_INT(removed, 0);
    check_content(id, STR("x"));
    close_rig();
}

/* Whether each of the ids was told, and how many others were. */
struct told {
    const struct id *ids;
    int count;
    bool seen[8];
    int others;
};

static void tell(void *user, struct id id)
{
    struct told *told = user;

    for (int i = 0; i < told->count; i++)
        if (id_eq(told->ids[i], id)) {
            CHECK(!told->seen[i]);
            told->seen[i] = true;
            return;
        }
    told->others++;
}

static void list_all(struct told *told)
{
    struct err err;

    for (int part = 0; part < BLOB_PARTS; part++)
        CHECK_OK(blob_list(rig.blob, part, tell, told, &err));
}

TEST(the_parts_together_list_every_blob_once)
{
    struct id ids[8];
    struct told told = {.ids = ids, .count = 8};
    struct err err;

    open_rig();
    list_all(&told);
    CHECK_INT(told.others, 0);
    for (int i = 0; i < 8; i++) {
        ids[i] = id_new();
        CHECK_OK(blob_put_bytes(rig.blob, ids[i], STR("x"), &err));
    }
    list_all(&told);
    for (int i = 0; i < 8; i++)
        CHECK(told.seen[i]);
    CHECK_INT(told.others, 0);
    CHECK_OK(blob_remove(rig.blob, ids[0], &err));
    told = (struct told){.ids = ids, .count = 8};
    list_all(&told);
    CHECK(!told.seen[0] && told.seen[1]);
    close_rig();
}

TEST(unknown_urls_are_invalid)
{
    struct blob *blob = NULL;
    struct err err;

    CHECK(!blob_open(&blob, STR("ftp:x"), &err));
    CHECK_INT(err.kind, ERR_INVALID);
    CHECK(!blob_open(&blob, STR("dir:"), &err));
    CHECK_INT(err.kind, ERR_INVALID);
    CHECK(!blob_open(&blob, STR("dir:/nonexistent/a/b"), &err));
    CHECK_INT(err.kind, ERR_IO);
}
