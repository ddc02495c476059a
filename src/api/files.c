/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "api/api_impl.h"
#include "base/macros.h"

struct file_call {
    struct id asset;
    bool download;
};

static void opened(void *user, const struct asset *asset, int fd, const struct err *err)
{
    struct call *call = user;
    const struct file_call *file = call->state;
    char id[ID_TEXT_LEN + 1];
    struct str etag;

    if (err) {
        call_fail(call, err);
        return;
    }
    id_to_text(asset->id, id);
    etag = arena_printf(call->arena, "\"%s\"", id);
    http_reply_header(call->exchange, "Content-Disposition",
                      arena_printf(call->arena, "%s; filename=\"%s.%s\"",
                                   file->download ? "attachment" : "inline", id,
                                   asset_type_extension(asset->type)));
    http_reply_header(call->exchange, "Cache-Control", STR("private, max-age=3600"));
    http_reply_header(call->exchange, "X-Content-Type-Options", STR("nosniff"));
    /* The link is the right: any page that has it may play it. */
    http_reply_header(call->exchange, "Access-Control-Allow-Origin", STR("*"));
    http_reply_resource(call->exchange, asset_type_mime(asset->type), etag, fd,
                        (uint64_t)asset->bytes);
}

static struct str param(const struct call *call, const char *name)
{
    const struct str *value = url_params_get(&call->exchange->params, name);

    return value ? *value : (struct str){0};
}

/* GET /files/ID.mp4?expires=…&signature=…[&download=1] */
static void file_get(struct call *call)
{
    struct file_call *file = ARENA_NEW(call->arena, struct file_call);
    struct str name = call->params[0], id;
    struct err err;

    call->state = file;
    file->download = param(call, "download").len > 0;
    str_cut(name, '.', &id);
    if (!id_parse(id, &file->asset)) {
        err_set(&err, ERR_NOT_FOUND, "File not found");
        call_fail(call, &err);
        return;
    }
    if (!service_link_check(call->service, file->asset, param(call, "expires"),
                            param(call, "signature"), &err)) {
        call_fail(call, &err);
        return;
    }
    service_file_open(call->service, call->arena, file->asset, opened, call);
}

static void write_error(struct call *call, const struct err *err, struct jsonw *w)
{
    (void)call;
    jsonw_object(w);
    jsonw_key(w, "error");
    jsonw_object(w);
    jsonw_key(w, "message");
    jsonw_cstr(w, err->text);
    jsonw_key(w, "code");
    jsonw_int(w, err_http_status(err->kind));
    jsonw_end(w);
    jsonw_end(w);
}

static const struct route routes[] = {
    {HTTP_GET, "/files/:name", ACCESS_PUBLIC, 0, file_get},
};

const struct dialect_ops dialect_files = {
    .routes = routes,
    .route_count = ARRAY_LEN(routes),
    .write_error = write_error,
};
