/* SPDX-License-Identifier: Apache-2.0 */
/* POST /v1/files, GET and DELETE /v1/files/:id: as much of them as a create's file_id needs. */
#include <stdio.h>

#include "api/openai/openai.h"
#include "net/multipart.h"

#define FILE_ID_BYTES (sizeof("file-") + ID_HEX_LEN)

static const char *const purposes[] = {"vision", "user_data", NULL};

static void write_id(struct id id, struct jsonw *w)
{
    char hex[ID_HEX_LEN + 1], text[FILE_ID_BYTES];

    id_to_hex(id, hex);
    snprintf(text, sizeof(text), "file-%s", hex);
    jsonw_key(w, "id");
    jsonw_cstr(w, text);
    jsonw_key(w, "object");
    jsonw_cstr(w, "file");
}

static void write_file(struct call *call, const void *data, struct jsonw *w)
{
    const struct upload *file = data;

    (void)call;
    jsonw_object(w);
    write_id(file->asset.id, w);
    jsonw_key(w, "bytes");
    jsonw_int(w, file->asset.bytes);
    jsonw_key(w, "created_at");
    jsonw_int(w, file->asset.created_ms / 1000);
    jsonw_key(w, "expires_at");
    jsonw_int(w, file->asset.expires_ms / 1000);
    jsonw_key(w, "filename");
    jsonw_str(w, file->name);
    jsonw_key(w, "purpose");
    jsonw_str(w, file->purpose);
    jsonw_key(w, "status");
    jsonw_cstr(w, "processed");
    jsonw_end(w);
}

static void write_deleted(struct call *call, const void *data, struct jsonw *w)
{
    const struct upload *file = data;

    (void)call;
    jsonw_object(w);
    write_id(file->asset.id, w);
    jsonw_key(w, "deleted");
    jsonw_bool(w, true);
    jsonw_end(w);
}

/* ---- one ---- */

static void refuse_unknown(struct call *call)
{
    struct err err;

    err_set_param(&err, ERR_NOT_FOUND, "file_id", "No such File object: " STR_FMT,
                  STR_ARG(openai_shown(call->params[0])));
    call_fail(call, &err);
}

static void answer(struct call *call, const struct upload *file, const struct err *err,
                   void (*write)(struct call *call, const void *data, struct jsonw *w))
{
    if (file)
        call_reply(call, 200, write, file);
    else if (err->kind == ERR_NOT_FOUND)
        refuse_unknown(call);
    else
        call_fail(call, err);
}

static void shown(void *user, const struct upload *file, const struct err *err)
{
    answer(user, file, err, write_file);
}

static void deleted(void *user, const struct upload *file, const struct err *err)
{
    answer(user, file, err, write_deleted);
}

void openai_file_get(struct call *call)
{
    struct upload wanted = {.asset = {.account_id = call->key.account_id}};

    if (openai_file_parse(call->params[0], &wanted.asset.id))
        service_file_get(call->service, call->arena, &wanted, shown, call);
    else
        refuse_unknown(call);
}

void openai_file_delete(struct call *call)
{
    struct upload wanted = {.asset = {.account_id = call->key.account_id}};

    if (openai_file_parse(call->params[0], &wanted.asset.id))
        service_file_delete(call->service, call->arena, &wanted, deleted, call);
    else
        refuse_unknown(call);
}

/* ---- create ---- */

static void refuse(struct call *call, const char *param, const char *text)
{
    struct err err;

    err_set_param(&err, ERR_INVALID, param, "%s", text);
    call_fail(call, &err);
}

static void kept(void *user, const struct upload *file, const struct err *err)
{
    if (!file && err->kind == ERR_INVALID)
        refuse(user, "file", err->text);
    else
        answer(user, file, err, write_file);
}

static bool is_purpose(struct str text)
{
    for (size_t i = 0; purposes[i]; i++) {
        if (str_eq_c(text, purposes[i]))
            return true;
    }
    return false;
}

void openai_file_post(struct call *call)
{
    const struct str *type = http_header(call->exchange, "content-type");
    const struct multipart_field *file = NULL, *purpose = NULL;
    struct upload upload = {.asset = {.account_id = call->key.account_id}};
    struct multipart_form form;
    struct err err;

    if (!multipart_read(call->arena, type ? *type : (struct str){0}, call->exchange->body,
                        SERVICE_UPLOAD_VIDEO_BYTES_MAX, &form, &err)) {
        call_fail(call, &err);
        return;
    }
    file = multipart_get(&form, "file");
    purpose = multipart_get(&form, "purpose");
    if (!file || !file->part.is_file) {
        refuse(call, "file", "Missing required parameter: 'file'.");
    } else if (!purpose || !is_purpose(purpose->bytes)) {
        refuse(call, "purpose",
               "Invalid 'purpose': the files here are for 'vision' and "
               "'user_data'.");
    } else if (!str_is_utf8(file->part.filename)) {
        refuse(call, "file", "The name of the file is not valid UTF-8.");
    } else {
        upload.name = file->part.filename;
        upload.purpose = purpose->bytes;
        service_file_keep(call->service, call->arena, &upload,
                          file->bytes.ptr ? file->bytes : STR(""), kept, call);
    }
}
