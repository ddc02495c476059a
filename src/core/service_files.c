/* SPDX-License-Identifier: Apache-2.0 */
/* Uploads that have a name: kept, shown, put away. */
#include "base/clock.h"
#include "core/service_impl.h"

enum file_op_kind { FILE_NAME, FILE_GET, FILE_DELETE };

struct file_op {
    struct op op;
    struct service *service;
    struct arena *arena;
    enum file_op_kind kind;
    struct upload upload;
    service_upload_named_done *done;
    void *user;
};

static bool file_run(struct op *op, struct db *db, struct err *err)
{
    struct file_op *file = (struct file_op *)op;
    int64_t now_ms = clock_now_ms();

    if (file->kind == FILE_NAME)
        return uploads_create(db, &file->upload, err);
    if (file->kind == FILE_DELETE)
        return uploads_delete(db, &file->upload.asset, now_ms, err);
    return uploads_get(db, file->arena, &file->upload.asset, now_ms, &file->upload, err);
}

static void file_done(struct op *op, bool ok, const struct err *err)
{
    struct file_op *file = (struct file_op *)op;

    if (file->kind != FILE_GET)
        service_saw(file->service, ok, err);
    file->done(file->user, ok ? &file->upload : NULL, ok ? NULL : err);
}

static struct file_op *file_new(struct service *service, struct arena *arena,
                                enum file_op_kind kind, service_upload_named_done *done, void *user)
{
    struct file_op *file = ARENA_NEW(arena, struct file_op);

    file->op = (struct op){.run = file_run, .done = file_done, .reads_only = kind == FILE_GET};
    file->service = service;
    file->arena = arena;
    file->kind = kind;
    file->done = done;
    file->user = user;
    return file;
}

static void file_submit(struct file_op *file)
{
    struct err err;

    if (!service_run(file->service, &file->op, &err))
        file->done(file->user, NULL, &err);
}

static void uploaded(void *user, const struct asset *asset, const struct err *err)
{
    struct file_op *file = user;

    if (!asset) {
        file->done(file->user, NULL, err);
        return;
    }
    file->upload.asset = *asset;
    file_submit(file);
}

void service_file_keep(struct service *service, struct arena *arena, const struct upload *wanted,
                       struct str bytes, service_upload_named_done *done, void *user)
{
    struct file_op *file = file_new(service, arena, FILE_NAME, done, user);

    file->upload = *wanted;
    service_upload(service, arena, wanted->asset.account_id, bytes, uploaded, file);
}

void service_file_get(struct service *service, struct arena *arena, const struct upload *wanted,
                      service_upload_named_done *done, void *user)
{
    struct file_op *file = file_new(service, arena, FILE_GET, done, user);

    file->upload = *wanted;
    file_submit(file);
}

void service_file_delete(struct service *service, struct arena *arena, const struct upload *wanted,
                         service_upload_named_done *done, void *user)
{
    struct file_op *file = file_new(service, arena, FILE_DELETE, done, user);

    file->upload = *wanted;
    file_submit(file);
}
