/* SPDX-License-Identifier: Apache-2.0 */
/* GET /v1/videos/:id/content */
#include "api/openai/openai.h"
#include "base/clock.h"

/* ASSET_KINDS: there is no such variant. */
static enum asset_kind variant_of(const struct call *call)
{
    const struct str *variant = url_params_get(&call->exchange->params, "variant");

    if (!variant || str_eq_c(*variant, "video"))
        return ASSET_OUTPUT;
    if (str_eq_c(*variant, "thumbnail"))
        return ASSET_THUMBNAIL;
    return str_eq_c(*variant, "spritesheet") ? ASSET_SPRITESHEET : ASSET_KINDS;
}

static void opened(void *user, const struct asset *asset, int fd, const struct err *err)
{
    struct call *call = user;
    char id[ID_TEXT_LEN + 1], video[OPENAI_ID_BYTES];
    struct err told;

    if (err) {
        told = *err;
        if (err->kind == ERR_NOT_FOUND && variant_of(call) != ASSET_OUTPUT)
            err_set(&told, ERR_NOT_FOUND, "This video has no thumbnail and no spritesheet.");
        else if (err->kind == ERR_NOT_FOUND || err->kind == ERR_GONE)
            err_set(&told, ERR_GONE, "This video has expired and can no longer be downloaded.");
        call_fail(call, &told);
        return;
    }
    id_to_text(asset->id, id);
    openai_id(asset->job_id, video);
    http_reply_header(call->exchange, "Content-Disposition",
                      arena_printf(call->arena, "attachment; filename=\"%s.%s\"", video,
                                   asset_type_extension(asset->type)));
    http_reply_header(call->exchange, "Cache-Control", STR("private, max-age=3600"));
    http_reply_header(call->exchange, "X-Content-Type-Options", STR("nosniff"));
    http_reply_resource(call->exchange, asset_type_mime(asset->type),
                        arena_printf(call->arena, "\"%s\"", id), fd, (uint64_t)asset->bytes);
}

static void found(struct call *call, const struct job *job)
{
    static const struct err gone = {.kind = ERR_GONE};
    struct err err;

    if (job->state == JOB_COMPLETED) {
        enum asset_kind variant = variant_of(call);

        if (variant == ASSET_OUTPUT)
            service_file_open(call->service, call->arena, job->output, opened, call);
        else if (service_output_expires_ms(call->service, job) <= clock_now_ms())
            opened(call, NULL, -1, &gone);
        else
            service_preview_open(call->service, call->arena, job->id, variant, opened, call);
        return;
    }
    if (job_is_over(job->state))
        err_set(&err, ERR_NOT_FOUND, "Video generation failed, there is nothing to download.");
    else
        err_set(&err, ERR_NOT_FOUND,
                "Video is not ready yet, use GET /v1/videos/{video_id} to check status");
    call_fail(call, &err);
}

void openai_content(struct call *call)
{
    const struct str *variant = url_params_get(&call->exchange->params, "variant");
    struct err err;

    if (variant_of(call) != ASSET_KINDS) {
        call_find_job(call, found);
        return;
    }
    err_set_param(&err, ERR_INVALID, "variant",
                  "Invalid value: '" STR_FMT
                  "'. Supported values are: 'video', 'thumbnail', and 'spritesheet'.",
                  STR_ARG(openai_shown(*variant)));
    call_fail(call, &err);
}
