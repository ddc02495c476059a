/* SPDX-License-Identifier: Apache-2.0 */
#include "api/create.h"

#include "net/url.h"

struct create *create_new(struct call *call, const struct create_ops *ops)
{
    struct create *create = ARENA_NEW(call->arena, struct create);

    create->call = call;
    create->ops = ops;
    create->faults.arena = call->arena;
    create->image_limits = ops->image_limits;
    create->submit.account_id = call->key.account_id;
    create->submit.key_id = call->key.id;
    create->submit.limits = &call->key.limits;
    create->submit.dialect = ops->dialect;
    create->submit.body = call->exchange->body;
    create->submit.render =
        (struct render_request){.seconds = 4, .fps = RENDER_FPS_DEFAULT, .seed = -1};
    call->state = create;
    call->fail_data = create;
    return create;
}

void create_set_callback(struct create *create, struct str url, unsigned events, const char *field)
{
    struct url parsed;
    struct err err;

    if (url.len > JOB_CALLBACK_BYTES_MAX || !url_parse(url, &parsed, &err)) {
        faults_add(&create->faults, field, "must be an http(s) URL of at most %d characters",
                   JOB_CALLBACK_BYTES_MAX);
        return;
    }
    create->submit.callback_url = url;
    create->submit.callback_base = call_base_url(create->call);
    create->submit.callback_events = events;
}

void create_set_720p(struct create *create, bool portrait)
{
    create->submit.render.width = portrait ? 720 : 1280;
    create->submit.render.height = portrait ? 1280 : 720;
}

bool create_take_seconds(double number, const int *allowed, int *seconds)
{
    for (; *allowed; allowed++) {
        if (number == *allowed) {
            *seconds = *allowed;
            return true;
        }
    }
    return false;
}

/* The request as it is kept: an inlined image is stored as an asset, not twice. */
static struct str kept_request(const struct create *create)
{
    const struct render_request *render = &create->submit.render;
    bool inlined = str_starts(create->image, STR("data:"));
    struct buf out;
    struct jsonw w;
    struct str kept;

    buf_init(&out, JOB_REQUEST_BYTES_MAX);
    jsonw_init(&w, &out);
    jsonw_object(&w);
    jsonw_key(&w, "prompt");
    jsonw_str(&w, render->prompt);
    jsonw_key(&w, "duration");
    jsonw_int(&w, create->submit.base_seconds + render->seconds);
    jsonw_key(&w, "aspect_ratio");
    jsonw_cstr(&w, render->height > render->width ? "9:16" : "16:9");
    if (create->image.ptr) {
        jsonw_key(&w, create->ops->image_key);
        jsonw_str(&w, inlined ? STR("data:") : create->image);
    }
    jsonw_end(&w);
    kept = arena_str(create->call->arena, buf_str(&out));
    buf_fini(&out);
    return kept;
}

static void write_created(struct call *call, const void *data, struct jsonw *w)
{
    const struct create *create = data;

    create->ops->write(call, &create->job, w);
}

/* What a submit, or the way to it, says of what the video is to begin with. */
static void refuse(struct create *create, const struct err *err)
{
    struct err told = *err;

    if (err->kind == ERR_GONE && str_eq_c(str_from(err->param), "first_frame"))
        err_set_param(&told, ERR_GONE, create->ops->image_field,
                      "The picture that the video begins with has expired.");
    else if (err->kind == ERR_GONE && str_eq_c(str_from(err->param), "source_video"))
        err_set_param(&told, ERR_GONE, "video",
                      "The video has expired: nothing can be made from it any more.");
    call_fail(create->call, &told);
}

static void refuse_submit(struct create *create, const struct service_submitted *result,
                          const struct err *err)
{
    create->required_micro = result->required_micro;
    create->available_micro = result->available_micro;
    create->call->retry_after_s = result->retry_after_s;
    refuse(create, err);
}

static void submitted(void *user, const struct service_submitted *result, const struct err *err)
{
    struct create *create = user;
    struct call *call = create->call;

    if (err) {
        refuse_submit(create, result, err);
        return;
    }
    if (create->faults.ignored.len)
        http_reply_header(call->exchange, "X-Vitascope-Ignored", create->faults.ignored);
    create->job = result->job;
    call_reply(call, create->ops->status, write_created, create);
}

static void submit(struct create *create)
{
    struct call *call = create->call;

    create->submit.request = kept_request(create);
    service_submit(call->service, call->arena, &create->submit, submitted, create);
}

/* Lays the reason at a field's door. */
static bool blame(struct create *create, const char *field, enum err_kind kind, struct err *err)
{
    struct err why = *err;

    faults_add(&create->faults, field, "%s", why.text);
    return err_set_param(err, kind, field, "%s", why.text);
}

static void image_taken(void *user, struct id asset, const struct err *err)
{
    struct create *create = user;
    struct err told;

    if (!err) {
        create->submit.first_frame = asset;
        submit(create);
        return;
    }
    told = *err;
    if (err->kind == ERR_INVALID)
        blame(create, create->ops->image_field, ERR_INVALID, &told);
    call_fail(create->call, &told);
}

static void take_image(struct create *create)
{
    struct call *call = create->call;
    struct service_image image = {.account_id = create->submit.account_id,
                                  .source = create->image,
                                  .bytes = create->image_bytes,
                                  .file = create->image_file,
                                  .limits = create->image_limits};

    service_image_take(call->service, call->arena, &image, image_taken, create);
}

static void video_kept(void *user, const struct asset *asset, const struct err *err)
{
    struct create *create = user;

    if (asset) {
        create->submit.source_video = asset->id;
        submit(create);
    } else {
        call_fail(create->call, err);
    }
}

static void take_video(struct create *create)
{
    struct call *call = create->call;

    service_upload(call->service, call->arena, call->key.account_id, create->video_bytes,
                   video_kept, create);
}

/* No file is fetched and kept for somebody who cannot have the video. */
static void afforded(void *user, const struct service_submitted *result, const struct err *err)
{
    struct create *create = user;

    if (err)
        refuse_submit(create, result, err);
    else if (create->video_bytes.ptr)
        take_video(create);
    else
        take_image(create);
}

static void ask_whether_affordable(struct create *create)
{
    struct call *call = create->call;

    service_afford(call->service, call->arena, &create->submit, afforded, create);
}

static void replayed(void *user, const struct service_submitted *result, const struct err *err)
{
    if (err && err->kind == ERR_NOT_FOUND)
        ask_whether_affordable(user);
    else
        submitted(user, result, err);
}

/* Notes an unknown model, or a size that the model does not make. */
static bool check_price(struct create *create, struct err *err)
{
    enum err_kind unknown = create->ops->unknown_model;

    if (service_price(create->call->service, &create->submit, &create->required_micro, err))
        return true;
    if (err->kind == ERR_NOT_FOUND)
        return blame(create, "model", unknown ? unknown : ERR_NOT_FOUND, err);
    return blame(create, "vitascope.size", err->kind, err);
}

/* Still to be taken in. */
static bool has_image(const struct create *create)
{
    return create->image.ptr || create->image_bytes.ptr || !id_is_zero(create->image_file);
}

/* Of pictures only: who makes something of a video asks before, in words of its own. */
static bool check_ability(struct create *create, struct err *err)
{
    const struct service_submit *submit = &create->submit;
    bool needed = has_image(create) || !id_is_zero(submit->first_frame);

    if (!needed || service_can(create->call->service, submit->model, BIT(RENDER_FIRST_FRAME)))
        return true;
    err_set(err, ERR_INVALID, "No engine of this model takes pictures");
    return blame(create, create->ops->image_field, ERR_INVALID, err);
}

/* A model that there is, but not for this key. */
static bool check_model(struct create *create, struct err *err)
{
    struct str model = create->submit.model;

    return key_may_use_model(create->submit.limits, model) ||
           err_set_param(err, ERR_FORBIDDEN, "model",
                         "This key may not use the model '" STR_FMT "'", STR_ARG(model));
}

static bool check(struct create *create, struct err *err)
{
    const struct fault *first = &create->faults.list[0];

    if (create->faults.count == 0)
        return check_price(create, err) && check_model(create, err) && check_ability(create, err);
    return err_set_param(err, ERR_INVALID, first->field, "Invalid request: %s: " STR_FMT,
                         first->field, STR_ARG(first->text));
}

void create_run(struct call *call)
{
    struct create *create = call->state;
    struct err err;

    if (!call_idempotency_key(call, &create->submit.idempotency_key))
        return;
    if (!check(create, &err))
        call_fail(call, &err);
    else if (!has_image(create) && !create->video_bytes.ptr)
        submit(create);
    else if (create->submit.idempotency_key.len)
        service_replay(call->service, call->arena, &create->submit, replayed, create);
    else
        ask_whether_affordable(create);
}
