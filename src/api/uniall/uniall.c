/* SPDX-License-Identifier: Apache-2.0 */
#include "api/uniall/uniall.h"

#include "api/codes.h"
#include "api/shared.h"
#include "api/spec.h"
#include "base/macros.h"

const struct uniall_model *uniall_model_of(struct str name)
{
    static const struct uniall_model models[] = {
        {"sora2", "sora2", NULL, 0, 1280, 720, "720p"},
        {"sora2-landscape-4s", "sora2", "16:9", 4, 1280, 720, "720p"},
        {"sora2-landscape-8s", "sora2", "16:9", 8, 1280, 720, "720p"},
        {"sora2-landscape-12s", "sora2", "16:9", 12, 1280, 720, "720p"},
        {"sora2-portrait-4s", "sora2", "9:16", 4, 1280, 720, "720p"},
        {"sora2-portrait-8s", "sora2", "9:16", 8, 1280, 720, "720p"},
        {"sora2-portrait-12s", "sora2", "9:16", 12, 1280, 720, "720p"},
        {"sora2-pro-720p", NULL, NULL, 0, 1280, 720, "720p"},
        {"sora2-pro-1080p", NULL, NULL, 0, 1792, 1024, "1080p"},
        {"sora2-pro-true-1080p", NULL, NULL, 0, 1920, 1080, "true_1080p"},
    };

    for (size_t i = 0; i < ARRAY_LEN(models); i++) {
        if (str_eq_c(name, models[i].name))
            return &models[i];
    }
    return &models[0];
}

static void write_param(const struct err *err, struct jsonw *w)
{
    jsonw_key(w, "param");
    jsonw_cstr(w, call_blamed(err));
}

static void write_error(struct call *call, const struct err *err, struct jsonw *w)
{
    struct str message = codes_message(call, err);
    struct codes codes = codes_of(err);

    jsonw_object(w);
    jsonw_key(w, "error");
    jsonw_object(w);
    jsonw_key(w, "message");
    jsonw_str(w, message);
    jsonw_key(w, "type");
    jsonw_cstr(w, codes.type);
    write_param(err, w);
    jsonw_key(w, "code");
    jsonw_cstr(w, codes.code);
    jsonw_end(w);
    jsonw_key(w, "code");
    jsonw_cstr(w, codes.code);
    jsonw_key(w, "message");
    jsonw_str(w, message);
    jsonw_key(w, "data");
    jsonw_null(w);
    jsonw_end(w);
}

static void job_post(struct call *call)
{
    struct jsonv root;

    if (call_read_json(call, &root))
        uniall_generate(call, root, &uniall_create_job);
}

static void task_post(struct call *call)
{
    struct jsonv root;

    if (call_read_json(call, &root))
        uniall_generate(call, root, &uniall_create_task);
}

static const struct route routes[] = {
    {HTTP_POST, "/v1/video/generations", ACCESS_KEY, CALL_BODY_IMAGE_BYTES_MAX, job_post},
    {HTTP_GET, "/v1/video/generations/:id", ACCESS_KEY, 0, call_show_job},
    /* Behind our prefix: otherwise AI Video API has this path, and hands over what is ours. */
    {HTTP_POST, "/v1/videos/generations", ACCESS_KEY, CALL_BODY_IMAGE_BYTES_MAX, task_post},
    {HTTP_GET, "/v1/videos/:id", ACCESS_KEY, 0, shared_video_get},
    {HTTP_GET, "/v1/balance", ACCESS_KEY, 0, uniall_balance},
    {HTTP_GET, "/v1/dashboard/billing/subscription", ACCESS_KEY, 0, uniall_subscription},
    {HTTP_GET, "/v1/dashboard/billing/usage", ACCESS_KEY, 0, uniall_usage},
    {HTTP_GET, "/openapi.json", ACCESS_PUBLIC, 0, spec_get},
};

const struct dialect_ops dialect_uniall = {
    .prefix = "/uniall",
    .routes = routes,
    .route_count = ARRAY_LEN(routes),
    .write_error = write_error,
    .write_job = uniall_write_job,
    .no_key = "An API key is required: send 'Authorization: Bearer sk-...'.",
    .bad_key = "The API key is invalid.",
    .disabled_key = "The API key is disabled.",
    .no_job = "The task ID does not exist.",
    .disabled_kind = ERR_UNAUTHORIZED,
};
