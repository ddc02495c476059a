/* SPDX-License-Identifier: Apache-2.0 */
#include "api/apiframe/apiframe.h"
#include "net/multipart.h"

static void write_upload(struct call *call, const void *data, struct jsonw *w)
{
    static const char *const kinds[] = {
        [ASSET_IMAGE] = "image", [ASSET_VIDEO] = "video", [ASSET_AUDIO] = "audio"};
    const struct asset *asset = data;
    char id[ID_TEXT_LEN + 1];

    id_to_text(asset->id, id);
    jsonw_object(w);
    jsonw_key(w, "id");
    jsonw_cstr(w, id);
    jsonw_key(w, "url");
    jsonw_str(w, call_file_link(call, asset->id, asset->type, asset->expires_ms));
    jsonw_key(w, "kind");
    jsonw_cstr(w, kinds[asset_type_medium(asset->type)]);
    jsonw_key(w, "contentType");
    jsonw_cstr(w, asset_type_mime(asset->type));
    jsonw_key(w, "byteSize");
    jsonw_int(w, asset->bytes);
    apiframe_write_time(w, "expiresAt", asset->expires_ms);
    jsonw_end(w);
}

/* What is wrong with a file is 400 here, also when it is too large. */
static void refuse(struct call *call, const struct err *err)
{
    struct err told = *err;

    if (err->kind == ERR_TOO_LARGE || err->kind == ERR_MEDIA_TYPE)
        told.kind = ERR_INVALID;
    call_fail(call, &told);
}

static void uploaded(void *user, const struct asset *asset, const struct err *err)
{
    if (asset)
        call_reply(user, 201, write_upload, asset);
    else
        refuse(user, err);
}

/* POST /v2/uploads: a form with one file. What type it claims to have is of no interest. */
void apiframe_upload(struct call *call)
{
    const struct str *type = http_header(call->exchange, "content-type");
    const struct multipart_field *file = NULL;
    struct multipart_form form;
    struct err err;

    if (!multipart_read(call->arena, type ? *type : (struct str){0}, call->exchange->body,
                        SERVICE_UPLOAD_VIDEO_BYTES_MAX, &form, &err)) {
        refuse(call, &err);
        return;
    }
    file = multipart_get(&form, "file");
    if (!file || !file->part.is_file) {
        err_set(&err, ERR_INVALID, "No file: the form needs a file named 'file'");
        call_fail(call, &err);
        return;
    }
    service_upload(call->service, call->arena, call->key.account_id, file->bytes, uploaded, call);
}
