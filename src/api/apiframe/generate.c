/* SPDX-License-Identifier: Apache-2.0 */
#include "api/apiframe/webhook.h"
#include "api/extras.h"
#include "base/macros.h"

static const char *const known[] = {"model",          "prompt",        "soraParams",
                                    "webhookUrl",     "webhookEvents", "webhook_url",
                                    "webhook_events", "vitascope",     NULL};
static const char *const known_params[] = {"duration", "aspect_ratio", "resolution", "start_image",
                                           NULL};

static void read_prompt(struct create *create, struct jsonv root)
{
    struct str prompt = faults_str(&create->faults, root, "prompt", "prompt");
    size_t chars = str_utf8_count(prompt);

    if (jsonv_is_absent(jsonv_get(root, "prompt")))
        faults_add(&create->faults, "prompt", "Required");
    else if (prompt.ptr && (chars == 0 || chars > APIFRAME_PROMPT_CHARS_MAX))
        faults_add(&create->faults, "prompt", "Must contain 1 to %d characters",
                   APIFRAME_PROMPT_CHARS_MAX);
    create->submit.render.prompt = prompt;
}

static void read_model(struct create *create, struct jsonv root)
{
    create->submit.model = faults_str(&create->faults, root, "model", "model");
    if (jsonv_is_absent(jsonv_get(root, "model")))
        faults_add(&create->faults, "model", "Required");
}

static void read_duration(struct create *create, struct jsonv params)
{
    static const int allowed[] = {4, 8, 10, 12, 15, 0};
    struct jsonv value = jsonv_get(params, "duration");

    if (!jsonv_is_absent(value) &&
        !create_take_seconds(jsonv_real(value, -1), allowed, &create->submit.render.seconds))
        faults_add(&create->faults, "soraParams.duration", "Expected 4, 8, 10, 12 or 15");
}

/* One of two words, the first being the default. */
static bool read_choice(struct create *create, struct jsonv params, const char *key,
                        const char *const words[2])
{
    struct str field = arena_printf(create->faults.arena, "soraParams.%s", key);
    struct str value = faults_str(&create->faults, params, key, field.ptr);

    if (value.ptr && !str_eq_c(value, words[0]) && !str_eq_c(value, words[1]))
        faults_add(&create->faults, field.ptr, "Expected '%s' or '%s'", words[0], words[1]);
    return value.ptr && str_eq_c(value, words[1]);
}

/* sora-2 has one size; only sora-2-pro knows "high" (contracts/vendors.md A.3, A.12). */
static void set_size(struct create *create, bool portrait, bool high)
{
    struct render_request *render = &create->submit.render;

    create_set_720p(create, portrait);
    if (high && str_starts(create->submit.model, STR("sora-2-pro"))) {
        render->width = portrait ? 1024 : 1792;
        render->height = portrait ? 1792 : 1024;
    }
}

static void read_params(struct create *create, struct jsonv root)
{
    static const char *const ratios[2] = {"16:9", "9:16"};
    static const char *const resolutions[2] = {"standard", "high"};
    struct jsonv params = jsonv_get(root, "soraParams");
    bool portrait = false, high = false;

    if (!jsonv_is_absent(params) && jsonv_type(params) != JSONR_OBJECT) {
        faults_add(&create->faults, "soraParams", "Expected object, received %s",
                   jsonv_type_name(params));
        params = (struct jsonv){NULL};
    }
    faults_ignore_unknown(&create->faults, params, "soraParams.", known_params);
    read_duration(create, params);
    portrait = read_choice(create, params, "aspect_ratio", ratios);
    high = read_choice(create, params, "resolution", resolutions);
    set_size(create, portrait, high);
    create->image = faults_str(&create->faults, params, "start_image", "soraParams.start_image");
}

static void write_submitted(struct call *call, const struct job *job, struct jsonw *w)
{
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

void apiframe_read(struct create *create, struct jsonv root)
{
    faults_ignore_unknown(&create->faults, root, "", known);
    read_model(create, root);
    read_prompt(create, root);
    read_params(create, root);
    apiframe_read_webhook(create, root);
    extras_apply(jsonv_get(root, "vitascope"), &create->submit.render, &create->faults);
}

const struct create_ops apiframe_create = {
    .dialect = DIALECT_APIFRAME,
    .status = 202,
    .image_field = "soraParams.start_image",
    .image_key = "start_image",
    .unknown_model = ERR_INVALID,
    .write = write_submitted,
};

void apiframe_generate(struct call *call)
{
    struct create *create = NULL;
    struct jsonv root;

    if (!call_read_json(call, &root))
        return;
    create = create_new(call, &apiframe_create);
    apiframe_read(create, root);
    create_run(call);
}
