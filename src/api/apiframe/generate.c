/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "api/apiframe/apiframe.h"
#include "api/extras.h"
#include "base/macros.h"

struct generate {
    struct service_submit submit;
    struct faults faults;
    struct apiframe_fail fail;
    struct str start_image;
};

static const char *const known[] = {"model",          "prompt",        "soraParams",
                                    "webhookUrl",     "webhookEvents", "webhook_url",
                                    "webhook_events", "vitascope",     NULL};
static const char *const known_params[] = {"duration", "aspect_ratio", "resolution", "start_image",
                                           NULL};

static void fail(struct call *call, const struct err *err)
{
    struct generate *generate = call->state;

    generate->fail.faults = &generate->faults;
    call->fail_data = &generate->fail;
    call_fail(call, err);
}

static void read_prompt(struct generate *generate, struct jsonv root)
{
    struct str prompt = faults_str(&generate->faults, root, "prompt", "prompt");
    size_t chars = str_utf8_count(prompt);

    if (jsonv_type(jsonv_get(root, "prompt")) == JSONR_MISSING)
        faults_add(&generate->faults, "prompt", "Required");
    else if (prompt.ptr && (chars == 0 || chars > APIFRAME_PROMPT_CHARS_MAX))
        faults_add(&generate->faults, "prompt", "Must contain 1 to %d characters",
                   APIFRAME_PROMPT_CHARS_MAX);
    generate->submit.render.prompt = prompt;
}

static void read_model(struct generate *generate, struct jsonv root)
{
    generate->submit.model = faults_str(&generate->faults, root, "model", "model");
    if (jsonv_type(jsonv_get(root, "model")) == JSONR_MISSING)
        faults_add(&generate->faults, "model", "Required");
}

static void read_duration(struct generate *generate, struct jsonv params)
{
    static const int allowed[] = {4, 8, 10, 12, 15};
    struct jsonv value = jsonv_get(params, "duration");
    double seconds = jsonv_real(value, -1);

    if (jsonv_type(value) == JSONR_MISSING)
        return;
    for (size_t i = 0; i < ARRAY_LEN(allowed); i++) {
        if (fabs(seconds - allowed[i]) < 1e-9) {
            generate->submit.render.seconds = allowed[i];
            return;
        }
    }
    faults_add(&generate->faults, "soraParams.duration", "Expected 4, 8, 10, 12 or 15");
}

/* One of two words, the first being the default. */
static bool read_choice(struct generate *generate, struct jsonv params, const char *key,
                        const char *const words[2])
{
    struct str field = arena_printf(generate->faults.arena, "soraParams.%s", key);
    struct str value = faults_str(&generate->faults, params, key, field.ptr);

    if (value.ptr && !str_eq_c(value, words[0]) && !str_eq_c(value, words[1]))
        faults_add(&generate->faults, field.ptr, "Expected '%s' or '%s'", words[0], words[1]);
    return value.ptr && str_eq_c(value, words[1]);
}

/* sora-2 has one size; only sora-2-pro knows "high" (contracts/vendors.md A.3, A.12). */
static void set_size(struct generate *generate, bool portrait, bool high)
{
    bool large = high && str_starts(generate->submit.model, STR("sora-2-pro"));
    int longer = large ? 1792 : 1280, shorter = large ? 1024 : 720;

    generate->submit.render.width = portrait ? shorter : longer;
    generate->submit.render.height = portrait ? longer : shorter;
}

static void read_params(struct generate *generate, struct jsonv root)
{
    static const char *const ratios[2] = {"16:9", "9:16"};
    static const char *const resolutions[2] = {"standard", "high"};
    struct jsonv params = jsonv_get(root, "soraParams");
    bool portrait = false, high = false;

    if (jsonv_type(params) != JSONR_MISSING && jsonv_type(params) != JSONR_OBJECT) {
        faults_add(&generate->faults, "soraParams", "Expected object, received %s",
                   jsonv_type_name(params));
        params = (struct jsonv){NULL};
    }
    faults_ignore_unknown(&generate->faults, params, "soraParams.", known_params);
    read_duration(generate, params);
    portrait = read_choice(generate, params, "aspect_ratio", ratios);
    high = read_choice(generate, params, "resolution", resolutions);
    set_size(generate, portrait, high);
    generate->start_image =
        faults_str(&generate->faults, params, "start_image", "soraParams.start_image");
}

/* Deliveries are not there yet: better refused than promised. */
static void refuse_webhooks(struct generate *generate, struct jsonv root)
{
    static const char *const names[] = {"webhookUrl", "webhook_url", "webhookEvents",
                                        "webhook_events"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        enum jsonr_type type = jsonv_type(jsonv_get(root, names[i]));

        if (type != JSONR_MISSING && type != JSONR_NULL)
            faults_add(&generate->faults, names[i],
                       "This server does not send webhooks yet; poll GET /v2/jobs/{id}");
    }
}

/* The request as it is kept: an inlined image is stored as an asset, not twice. */
static struct str kept_request(struct call *call, const struct generate *generate)
{
    const struct render_request *render = &generate->submit.render;
    bool inlined = str_starts(generate->start_image, STR("data:"));
    struct buf out;
    struct jsonw w;
    struct str kept;

    buf_init(&out, JOB_REQUEST_BYTES_MAX);
    jsonw_init(&w, &out);
    jsonw_object(&w);
    jsonw_key(&w, "prompt");
    jsonw_str(&w, render->prompt);
    jsonw_key(&w, "duration");
    jsonw_int(&w, render->seconds);
    jsonw_key(&w, "aspect_ratio");
    jsonw_cstr(&w, render->height > render->width ? "9:16" : "16:9");
    if (generate->start_image.ptr) {
        jsonw_key(&w, "start_image");
        jsonw_str(&w, inlined ? STR("data:") : generate->start_image);
    }
    jsonw_end(&w);
    kept = arena_str(call->arena, buf_str(&out));
    buf_fini(&out);
    return kept;
}

static void write_submitted(struct call *call, const void *data, struct jsonw *w)
{
    const struct job *job = data;
    char id[ID_TEXT_LEN + 1];

    (void)call;
    id_to_text(job->id, id);
    jsonw_object(w);
    jsonw_key(w, "jobId");
    jsonw_cstr(w, id);
    jsonw_key(w, "status");
    jsonw_cstr(w, apiframe_status(job->state));
    jsonw_end(w);
}

static void submitted(void *user, const struct service_submitted *result, const struct err *err)
{
    struct call *call = user;
    struct generate *generate = call->state;

    if (err) {
        generate->fail.required_micro = result->required_micro;
        generate->fail.available_micro = result->available_micro;
        fail(call, err);
        return;
    }
    if (generate->faults.ignored.len)
        http_reply_header(call->exchange, "X-Vitascope-Ignored", generate->faults.ignored);
    call_reply(call, 202, write_submitted, &result->job);
}

static void submit(struct call *call)
{
    struct generate *generate = call->state;

    generate->submit.request = kept_request(call, generate);
    service_submit(call->service, call->arena, &generate->submit, submitted, call);
}

static void image_taken(void *user, struct id asset, const struct err *err)
{
    struct call *call = user;
    struct generate *generate = call->state;

    if (err) {
        if (err->kind == ERR_INVALID)
            faults_add(&generate->faults, "soraParams.start_image", "%s", err->text);
        fail(call, err);
        return;
    }
    generate->submit.first_frame = asset;
    submit(call);
}

static bool read_request(struct call *call, struct generate *generate, struct jsonv root)
{
    struct err err;

    generate->faults.arena = call->arena;
    generate->submit.render =
        (struct render_request){.seconds = 4, .fps = RENDER_FPS_DEFAULT, .seed = -1};
    faults_ignore_unknown(&generate->faults, root, "", known);
    read_model(generate, root);
    read_prompt(generate, root);
    read_params(generate, root);
    refuse_webhooks(generate, root);
    extras_apply(jsonv_get(root, "vitascope"), &generate->submit.render, &generate->faults);
    if (generate->faults.count == 0)
        return true;
    err_set(&err, ERR_INVALID, "Invalid request: %s: " STR_FMT, generate->faults.list[0].field,
            STR_ARG(generate->faults.list[0].text));
    fail(call, &err);
    return false;
}

void apiframe_generate(struct call *call)
{
    struct generate *generate = ARENA_NEW(call->arena, struct generate);
    struct jsonv root;

    call->state = generate;
    if (!call_read_json(call, &root) ||
        !call_idempotency_key(call, &generate->submit.idempotency_key) ||
        !read_request(call, generate, root))
        return;
    generate->submit.account_id = call->key.account_id;
    generate->submit.key_id = call->key.id;
    generate->submit.dialect = DIALECT_APIFRAME;
    generate->submit.body = call->exchange->body;
    if (generate->start_image.ptr)
        service_image_take(call->service, call->arena, call->key.account_id, generate->start_image,
                           image_taken, call);
    else
        submit(call);
}
