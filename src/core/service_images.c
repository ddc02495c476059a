/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reference image on its way in: bytes (inlined or fetched) -> sniffed -> a file of ours ->
 * decoded once by the probe, so that a job never starts with an image that cannot be read ->
 * blob -> row.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "core/assets.h"
#include "core/service_impl.h"
#include "net/http_client.h"

enum { REDIRECTS_MAX = 3, TRIAL_SIDE = 64 };

struct image {
    struct op op;
    uv_work_t work;
    struct service *service;
    struct arena *arena;
    struct str bytes;
    struct str path;   /* of the file, in service->uploads */
    struct str pixels; /* what the probe made of it */
    struct asset asset;
    struct service_image_limits limits;
    bool is_upload; /* and no link to one */
    bool ok;
    struct err err;
    service_image_done *done;
    void *user;
};

static void finish(struct image *image)
{
    unlink(image->path.ptr);
    unlink(image->pixels.ptr);
    image->done(image->user, image->ok ? image->asset.id : (struct id){{0}},
                image->ok ? NULL : &image->err);
}

static void fail(struct image *image, const struct err *err)
{
    image->err = *err;
    image->ok = false;
    finish(image);
}

/* ---- blob and row ---- */

static bool row_run(struct op *op, struct db *db, struct err *err)
{
    struct image *image = (struct image *)op;

    return assets_create(db, &image->asset, err);
}

static void row_done(struct op *op, bool ok, const struct err *err)
{
    struct image *image = (struct image *)op;

    service_saw(image->service, ok, err);
    image->ok = ok;
    if (!ok)
        image->err = *err;
    finish(image);
}

static void store_work(uv_work_t *work)
{
    struct image *image = work->data;

    image->ok = blob_put_file(image->service->blob, image->asset.id, image->path.ptr,
                              &image->asset.bytes, &image->err);
}

static void store_done(uv_work_t *work, int status)
{
    struct image *image = work->data;
    struct err err;

    (void)status;
    if (!image->ok) {
        finish(image);
        return;
    }
    image->asset.created_ms = clock_now_ms();
    image->asset.expires_ms =
        image->asset.created_ms + (int64_t)SERVICE_REFERENCE_DAYS * 24 * 3600 * 1000;
    image->op = (struct op){.run = row_run, .done = row_done};
    if (!service_run(image->service, &image->op, &err))
        fail(image, &err);
}

/* ---- trial decode ---- */

static bool check_limits(const struct service_image_limits *limits, const struct probe_image *found,
                         struct err *err)
{
    bool tall = found->height > found->width;
    int64_t longer = tall ? found->height : found->width;
    int64_t shorter = tall ? found->width : found->height;

    if (shorter < limits->side_min)
        return err_set(err, ERR_INVALID,
                       "The image is %dx%d pixels; its shorter side must have at least %d",
                       found->width, found->height, limits->side_min);
    if (limits->width && (found->width != limits->width || found->height != limits->height))
        return err_set(err, ERR_INVALID, "Inpaint image must match the requested width and height");
    if (limits->ratio_short && longer * limits->ratio_short > shorter * limits->ratio_long)
        return err_set(err, ERR_INVALID,
                       "The image is %dx%d pixels; its aspect ratio must be from %d:%d to %d:%d",
                       found->width, found->height, limits->ratio_short, limits->ratio_long,
                       limits->ratio_long, limits->ratio_short);
    return true;
}

static void probed(void *user, const struct probe_image *found, const struct err *err)
{
    struct image *image = user;
    struct err beyond;

    if (!found) {
        fail(image, err);
        return;
    }
    if (!check_limits(&image->limits, found, &beyond)) {
        fail(image, &beyond);
        return;
    }
    image->asset.type = found->type;
    uv_queue_work(image->service->loop, &image->work, store_work, store_done);
}

/* ---- file ---- */

static void write_work(uv_work_t *work)
{
    struct image *image = work->data;
    int fd = open(image->path.ptr, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    size_t done = 0;

    while (fd >= 0 && done < image->bytes.len) {
        ssize_t got = write(fd, image->bytes.ptr + done, image->bytes.len - done);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        done += (size_t)got;
    }
    image->ok = fd >= 0 && done == image->bytes.len;
    if (!image->ok)
        err_set(&image->err, ERR_BUSY, "The server cannot store images now; try again");
    if (fd >= 0)
        close(fd);
}

static void write_done(uv_work_t *work, int status)
{
    struct image *image = work->data;
    struct probe_request request = {image->path, image->pixels, TRIAL_SIDE, TRIAL_SIDE};
    struct err err;

    (void)status;
    if (!image->ok) {
        finish(image);
    } else if (!image->service->probe) {
        err_set(&err, ERR_BUSY, "The server is stopping; try again");
        fail(image, &err);
    } else if (!probe_start(image->service->probe, &request, probed, image, &err)) {
        fail(image, &err);
    }
}

static bool is_readable(enum asset_type type)
{
    return type == ASSET_JPEG || type == ASSET_PNG || type == ASSET_WEBP;
}

static void take_bytes(struct image *image, struct str bytes)
{
    struct err err;

    if (!asset_type_sniff(bytes, &image->asset.type) || !is_readable(image->asset.type)) {
        err_set(&err, ERR_INVALID, "The image is not a JPEG, PNG or WebP file");
        fail(image, &err);
        return;
    }
    if (bytes.len > SERVICE_IMAGE_BYTES_MAX) {
        err_set(&err, ERR_INVALID, "The image is larger than 10 MB");
        fail(image, &err);
        return;
    }
    image->bytes = bytes;
    uv_queue_work(image->service->loop, &image->work, write_work, write_done);
}

/* ---- bytes ---- */

/* Of a response: NULL when it is fine, else what to tell. */
static const char *fault_of(const struct http_response *response)
{
    switch (response->fault) {
    case HTTP_FETCH_OK:
        if (response->status == 200)
            return response->body.len ? NULL : "The image URL answered with nothing";
        return "The image URL did not answer with 200 OK";
    case HTTP_FETCH_REFUSED_ADDRESS:
        return "The image URL leads to a private address";
    case HTTP_FETCH_REFUSED_REDIRECT:
    case HTTP_FETCH_TOO_MANY_REDIRECTS:
        return "The image URL redirects in a way that is not followed";
    case HTTP_FETCH_DNS:
        return "The image URL's host name cannot be found";
    case HTTP_FETCH_TIMEOUT:
        return "The image URL took too long to answer";
    case HTTP_FETCH_TOO_LARGE:
        return "The image is larger than 10 MB";
    case HTTP_FETCH_CONNECT:
    case HTTP_FETCH_TLS:
    case HTTP_FETCH_BROKEN:
    case HTTP_FETCH_STOPPED:
    case HTTP_FETCH_SINK:
    case HTTP_FETCH_FAULT_COUNT:
        break;
    }
    return "The image URL cannot be reached";
}

static void fetched(void *context, const struct http_response *response)
{
    struct image *image = context;
    const char *fault = fault_of(response);
    struct err err;

    if (fault) {
        err_set(&err, ERR_INVALID, "%s", fault);
        fail(image, &err);
        return;
    }
    take_bytes(image, arena_str(image->arena, response->body));
}

static void fetch(struct image *image, struct str url)
{
    struct http_request request = {.url = url,
                                   .trust = HTTP_TRUST_PUBLIC,
                                   .timeout_ms = SERVICE_IMAGE_FETCH_MS,
                                   .redirects_max = REDIRECTS_MAX,
                                   .bytes_max = SERVICE_IMAGE_BYTES_MAX,
                                   .on_done = fetched,
                                   .context = image};
    struct err err;

    if (http_fetch_start(image->service->client, &request, NULL, &err))
        return;
    if (err.kind == ERR_INVALID)
        err_set(&err, ERR_INVALID, "The image must be an http(s) URL or a data: URL");
    fail(image, &err);
}

static void loaded(void *user, struct str bytes, const struct err *err)
{
    struct image *image = user;
    struct err told;

    if (!err) {
        take_bytes(image, bytes);
        return;
    }
    told = *err;
    if (err->kind == ERR_NOT_FOUND || err->kind == ERR_GONE)
        err_set(&told, ERR_INVALID,
                image->is_upload ? "There is no such file in this account, or no longer"
                                 : "The image link leads to no file of this account");
    else if (err->kind == ERR_TOO_LARGE)
        err_set(&told, ERR_INVALID, "The image is larger than 10 MB");
    fail(image, &told);
}

/* A link of ours is no detour through the network. */
static void load(struct image *image, struct id asset)
{
    struct service_load load = {.account_id = image->asset.account_id,
                                .asset = asset,
                                .bytes_max = SERVICE_IMAGE_BYTES_MAX};

    service_load(image->service, image->arena, &load, loaded, image);
}

/* "data:image/png;base64,…" */
static bool decode_inlined(struct arena *arena, struct str url, struct str *bytes, struct err *err)
{
    struct str head = {0}, data = str_cut(url, ',', &head);

    if (!data.ptr || !str_ends(head, STR(";base64")))
        return err_set(err, ERR_INVALID, "An inlined image must be a base64 data: URL");
    if (data.len > SERVICE_IMAGE_BYTES_MAX / 3 * 4 + 4)
        return err_set(err, ERR_INVALID, "The image is larger than 10 MB");
    if (!hash_unbase64(arena, data, bytes))
        return err_set(err, ERR_INVALID, "The inlined image is not valid base64");
    if (bytes->len > SERVICE_IMAGE_BYTES_MAX)
        return err_set(err, ERR_INVALID, "The image is larger than 10 MB");
    return true;
}

void service_image_take(struct service *service, struct arena *arena,
                        const struct service_image *wanted, service_image_done *done, void *user)
{
    struct image *image = ARENA_NEW(arena, struct image);
    char name[ID_HEX_LEN + 1];
    struct str bytes;
    struct id own;
    struct err err;

    image->service = service;
    image->arena = arena;
    image->done = done;
    image->user = user;
    image->work.data = image;
    image->asset =
        (struct asset){.id = id_new(), .account_id = wanted->account_id, .kind = ASSET_REFERENCE};
    image->limits = wanted->limits;
    id_to_hex(image->asset.id, name);
    image->path = arena_printf(arena, "%s/%s", service->uploads.ptr, name);
    image->pixels = arena_printf(arena, "%s/%s.ppm", service->uploads.ptr, name);
    image->is_upload = !id_is_zero(wanted->file);
    if (wanted->bytes.ptr)
        take_bytes(image, wanted->bytes);
    else if (image->is_upload)
        load(image, wanted->file);
    else if (service_link_find(service, wanted->source, &own))
        load(image, own);
    else if (!str_starts(wanted->source, STR("data:")))
        fetch(image, wanted->source);
    else if (decode_inlined(arena, wanted->source, &bytes, &err))
        take_bytes(image, bytes);
    else
        fail(image, &err);
}
