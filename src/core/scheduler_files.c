/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "blob/blob.h"
#include "core/scheduler_impl.h"

enum { COPY_BYTES = 64 * 1024, TREE_FILES_MAX = 16 };

/* A folder, and perhaps blobs, that nobody needs any more. */
struct waste {
    uv_work_t work;
    struct scheduler *scheduler;
    struct id blobs[1 + ENTRY_PREVIEWS];
    char path[SCHEDULER_PATH_BYTES_MAX];
};

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status;
    (void)type;
    if (ftw->level > 0 && remove(path))
        log_warn("scratch.kept", "path=%s reason=%s", log_quote(str_from(path)), strerror(errno));
    return 0;
}

bool files_empty_folder(const char *path, struct err *err)
{
    struct stat status = {0};

    if (mkdir(path, 0700) && errno != EEXIST)
        return err_set(err, ERR_IO, "cannot make the folder %s: %s", path, strerror(errno));
    if (lstat(path, &status) || !S_ISDIR(status.st_mode) || access(path, R_OK | W_OK | X_OK))
        return err_set(err, ERR_IO, "cannot use %s as a folder", path);
    nftw(path, remove_entry, TREE_FILES_MAX, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    return true;
}

bool files_make_scratch(struct entry *entry, struct err *err)
{
    int len =
        snprintf(entry->room->scratch, sizeof entry->room->scratch, STR_FMT "/%s-%d",
                 STR_ARG(entry->scheduler->config.scratch), entry->ticket, entry->job.attempts);

    if (len < 0 || (size_t)len >= sizeof entry->room->scratch)
        return err_set(err, ERR_IO, "the path of the scratch folder is too long");
    if (mkdir(entry->room->scratch, 0700) && errno != EEXIST)
        return err_set(err, ERR_IO, "cannot make a scratch folder: %s", strerror(errno));
    snprintf(entry->room->output, sizeof entry->room->output, "%s/output.mp4",
             entry->room->scratch);
    return true;
}

struct str files_path(const struct entry *entry, enum scratch_file file,
                      char path[FILES_PATH_BYTES])
{
    static const char *const names[SCRATCH_FILES] = {
        [SCRATCH_IMAGE] = "image",
        [SCRATCH_FRAME] = "first_frame.ppm",
        [SCRATCH_SOURCE] = "source.mp4",
        [SCRATCH_WHOLE] = "whole.mp4",
        [SCRATCH_THUMBNAIL] = "thumbnail.webp",
        [SCRATCH_SPRITESHEET] = "spritesheet.jpg",
    };

    snprintf(path, FILES_PATH_BYTES, "%s/%s", entry->room->scratch, names[file]);
    return str_from(path);
}

static bool copy_bytes(int from, int to, struct err *err)
{
    char bytes[COPY_BYTES];

    for (;;) {
        ssize_t got = read(from, bytes, sizeof bytes);

        if (!got)
            return true;
        if (got < 0)
            return err_set(err, ERR_IO, "cannot read a file: %s", strerror(errno));
        for (ssize_t at = 0; at < got;) {
            ssize_t put = write(to, bytes + at, (size_t)(got - at));

            if (put < 0)
                return err_set(err, ERR_IO, "cannot copy a file: %s", strerror(errno));
            at += put;
        }
    }
}

/* Thread pool. */
static void fetch_work(uv_work_t *work)
{
    struct entry *entry = work->data;
    char path[FILES_PATH_BYTES];
    struct blob_file file = {.fd = -1};
    int to = -1;

    files_path(entry, entry->fetched_as, path);
    entry->work_ok =
        blob_read(entry->scheduler->config.blob, entry->fetched, &file, &entry->work_err);
    if (!entry->work_ok)
        return;
    to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    entry->work_ok = to >= 0
                         ? copy_bytes(file.fd, to, &entry->work_err)
                         : err_set(&entry->work_err, ERR_IO, "cannot write: %s", strerror(errno));
    if (to >= 0)
        close(to);
    blob_file_close(&file);
}

/* Thread pool. */
static void look_work(uv_work_t *work)
{
    struct entry *entry = work->data;

    entry->work_ok = previews_are_worth_a_try(entry->room->output);
}

/* Thread pool. The video first: without it nobody would ask for the others. */
static void store_preview(struct entry *entry, int i)
{
    struct asset *preview = &entry->op.previews[i];
    char path[FILES_PATH_BYTES];
    struct err err = {0};

    if (id_is_zero(preview->id))
        return;
    files_path(entry, (enum scratch_file)(SCRATCH_THUMBNAIL + i), path);
    if (blob_put_file(entry->scheduler->config.blob, preview->id, path, &preview->bytes, &err))
        return;
    log_warn("job.previews", "id=%s reason=%s", entry->ticket, log_quote(str_from(err.text)));
    preview->id = (struct id){{0}};
}

/* Thread pool. */
static void store_work(uv_work_t *work)
{
    struct entry *entry = work->data;
    struct asset *output = &entry->op.output;

    entry->work_ok = blob_put_file(entry->scheduler->config.blob, output->id, entry->room->output,
                                   &output->bytes, &entry->work_err);
    for (int i = 0; entry->work_ok && i < ENTRY_PREVIEWS; i++)
        store_preview(entry, i);
}

static void work_done(uv_work_t *work, int status)
{
    struct entry *entry = work->data;

    (void)status; /* nothing cancels it */
    entry->scheduler->works--;
    entry->work_done(entry);
}

static void queue_work(struct entry *entry, uv_work_cb run, void (*done)(struct entry *entry))
{
    entry->work.data = entry;
    entry->work_done = done;
    entry->work_err = (struct err){0};
    entry->scheduler->works++;
    if (uv_queue_work(entry->scheduler->config.loop, &entry->work, run, work_done))
        die("the thread pool takes no work");
}

void files_fetch(struct entry *entry, struct id asset, enum scratch_file as,
                 void (*done)(struct entry *entry))
{
    entry->fetched = asset;
    entry->fetched_as = as;
    queue_work(entry, fetch_work, done);
}

void files_look(struct entry *entry, void (*done)(struct entry *entry))
{
    queue_work(entry, look_work, done);
}

void files_store(struct entry *entry, void (*done)(struct entry *entry))
{
    queue_work(entry, store_work, done);
}

/* Thread pool. */
static void clean_work(uv_work_t *work)
{
    struct waste *waste = work->data;
    struct err err = {0};

    for (size_t i = 0; i < ARRAY_LEN(waste->blobs); i++)
        if (!id_is_zero(waste->blobs[i]) &&
            !blob_remove(waste->scheduler->config.blob, waste->blobs[i], &err))
            log_warn("blob.kept", "reason=%s", log_quote(str_from(err.text)));
    nftw(waste->path, remove_entry, TREE_FILES_MAX, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    if (rmdir(waste->path) && errno != ENOENT)
        log_warn("scratch.kept", "path=%s reason=%s", log_quote(str_from(waste->path)),
                 strerror(errno));
}

static void cleaned(uv_work_t *work, int status)
{
    struct waste *waste = work->data;
    struct scheduler *scheduler = waste->scheduler;

    (void)status;
    free(waste);
    scheduler->works--;
    if (scheduler->stopping)
        scheduler_pump(scheduler);
}

void files_clean(struct entry *entry, struct id blob)
{
    struct waste *waste = NULL;

    if ((!entry->room || !entry->room->scratch[0]) && id_is_zero(blob))
        return;
    assert(entry->room);
    waste = calloc(1, sizeof *waste);
    if (!waste)
        die("out of memory");
    waste->work.data = waste;
    waste->scheduler = entry->scheduler;
    waste->blobs[0] = blob;
    for (int i = 0; !id_is_zero(blob) && i < ENTRY_PREVIEWS; i++)
        waste->blobs[1 + i] = entry->op.previews[i].id;
    memcpy(waste->path, entry->room->scratch, sizeof waste->path);
    entry->room->scratch[0] = '\0';
    entry->scheduler->works++;
    if (uv_queue_work(entry->scheduler->config.loop, &waste->work, clean_work, cleaned))
        die("the thread pool takes no work");
}
