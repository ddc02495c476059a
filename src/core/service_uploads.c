/* SPDX-License-Identifier: Apache-2.0 */
/* Files that callers bring along, and the way back from a link to its bytes. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "core/assets.h"
#include "core/service_impl.h"
#include "net/url.h"

/* ---- upload: blob, then row ---- */

struct taking {
    struct op op;
    uv_work_t work;
    struct service *service;
    struct str bytes;
    struct asset asset;
    bool ok;
    struct err err;
    service_upload_done *done;
    void *user;
};

static bool row_run(struct op *op, struct db *db, struct err *err)
{
    struct taking *upload = (struct taking *)op;

    return assets_create(db, &upload->asset, err);
}

static void row_done(struct op *op, bool ok, const struct err *err)
{
    struct taking *upload = (struct taking *)op;

    service_saw(upload->service, ok, err);
    upload->done(upload->user, ok ? &upload->asset : NULL, ok ? NULL : err);
}

static void put_work(uv_work_t *work)
{
    struct taking *upload = work->data;

    upload->ok =
        blob_put_bytes(upload->service->blob, upload->asset.id, upload->bytes, &upload->err);
}

static void put_done(uv_work_t *work, int status)
{
    struct taking *upload = work->data;

    (void)status;
    upload->asset.created_ms = clock_now_ms();
    upload->asset.expires_ms =
        upload->asset.created_ms + (int64_t)SERVICE_UPLOAD_MINUTES * 60 * 1000;
    upload->op = (struct op){.run = row_run, .done = row_done};
    if (!upload->ok || !service_run(upload->service, &upload->op, &upload->err))
        upload->done(upload->user, NULL, &upload->err);
}

static bool check_upload(struct str bytes, enum asset_type *type, struct err *err)
{
    size_t bytes_max = SERVICE_UPLOAD_BYTES_MAX;

    if (bytes.len == 0)
        return err_set(err, ERR_INVALID, "The file is empty");
    if (!asset_type_sniff(bytes, type))
        return err_set(err, ERR_INVALID, "This type of file is not supported");
    if (asset_type_medium(*type) == ASSET_VIDEO)
        bytes_max = SERVICE_UPLOAD_VIDEO_BYTES_MAX;
    if (bytes.len > bytes_max)
        return err_set(err, ERR_TOO_LARGE, "The file is larger than %zu MB", bytes_max >> 20);
    return true;
}

void service_upload(struct service *service, struct arena *arena, int64_t account_id,
                    struct str bytes, service_upload_done *done, void *user)
{
    struct taking *upload = ARENA_NEW(arena, struct taking);

    upload->service = service;
    upload->bytes = bytes;
    upload->asset = (struct asset){.id = id_new(),
                                   .account_id = account_id,
                                   .kind = ASSET_UPLOAD,
                                   .bytes = (int64_t)bytes.len};
    upload->done = done;
    upload->user = user;
    upload->work.data = upload;
    if (check_upload(bytes, &upload->asset.type, &upload->err))
        uv_queue_work(service->loop, &upload->work, put_work, put_done);
    else
        done(user, NULL, &upload->err);
}

/* ---- links ---- */

static struct str param(const struct url_params *params, const char *name)
{
    const struct str *value = url_params_get(params, name);

    return value ? *value : (struct str){0};
}

/* Whose host it names does not matter: nobody else can sign. */
bool service_link_find(struct service *service, struct str text, struct id *asset)
{
    struct arena arena = {0};
    struct url_params params;
    struct str file;
    struct url url;
    struct err err;
    bool found = url_parse(text, &url, &err) &&
                 url_params_parse(&arena, url.query, &params, &err) &&
                 str_find(url.path, STR("/files/")) >= 0;

    if (found) {
        file = str_skip(url.path, (size_t)str_find(url.path, STR("/files/")) + 7);
        str_cut(file, '.', &file);
        found =
            id_parse(file, asset) && service_link_check(service, *asset, param(&params, "expires"),
                                                        param(&params, "signature"), &err);
    }
    arena_fini(&arena);
    return found;
}

/* ---- load: row, then blob ---- */

struct load {
    struct op op;
    uv_work_t work;
    struct service *service;
    struct arena *arena;
    struct service_load wanted;
    struct asset asset;
    char *bytes;
    bool ok;
    struct err err;
    service_bytes_done *done;
    void *user;
};

static bool read_all(int fd, char *to, size_t bytes)
{
    size_t got = 0;

    while (got < bytes) {
        ssize_t n = pread(fd, to + got, bytes - got, (off_t)got);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        got += (size_t)n;
    }
    return true;
}

static void read_work(uv_work_t *work)
{
    struct load *load = work->data;
    struct blob_file file = {.fd = -1};

    if (!blob_read(load->service->blob, load->asset.id, &file, &load->err))
        return;
    load->ok = read_all(file.fd, load->bytes, (size_t)load->asset.bytes);
    if (!load->ok)
        err_set(&load->err, ERR_IO, "cannot read the bytes of a file");
    blob_file_close(&file);
}

static void read_done(uv_work_t *work, int status)
{
    struct load *load = work->data;

    (void)status;
    if (load->ok)
        load->done(load->user, str_from_bytes(load->bytes, (size_t)load->asset.bytes), NULL);
    else
        load->done(load->user, (struct str){0}, &load->err);
}

static bool find_run(struct op *op, struct db *db, struct err *err)
{
    struct load *load = (struct load *)op;

    return assets_get(db, load->wanted.account_id, load->wanted.asset, clock_now_ms(), &load->asset,
                      err);
}

static void find_done(struct op *op, bool ok, const struct err *err)
{
    struct load *load = (struct load *)op;

    if (ok && load->asset.bytes > load->wanted.bytes_max)
        ok = err_set(&load->err, ERR_TOO_LARGE, "the file is too large");
    else if (!ok)
        load->err = *err;
    if (!ok) {
        load->done(load->user, (struct str){0}, &load->err);
        return;
    }
    load->bytes = arena_alloc(load->arena, (size_t)load->asset.bytes);
    load->work.data = load;
    uv_queue_work(load->service->loop, &load->work, read_work, read_done);
}

void service_load(struct service *service, struct arena *arena, const struct service_load *wanted,
                  service_bytes_done *done, void *user)
{
    struct load *load = ARENA_NEW(arena, struct load);
    struct err err;

    load->op = (struct op){.run = find_run, .done = find_done, .reads_only = true};
    load->service = service;
    load->arena = arena;
    load->wanted = *wanted;
    load->done = done;
    load->user = user;
    if (!service_run(service, &load->op, &err))
        done(user, (struct str){0}, &err);
}
