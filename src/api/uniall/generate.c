/* SPDX-License-Identifier: Apache-2.0 */
#include "api/extras.h"
#include "api/fields.h"
#include "api/uniall/uniall.h"
#include "base/macros.h"

struct form {
    struct create *create;
    struct faults *faults;
    struct jsonv root;
    const struct uniall_model *model;
};

static const char *const known[] = {
    "model",       "prompt",          "image_url", "aspect_ratio", "duration",
    "resolution",  "generation_mode", "size",      "seconds",      "input_reference",
    "video_count", "vitascope",       NULL};

/* 8, "8" or "8s". False: it is not there, or a fault. */
static bool read_seconds(struct form *form, const char *key, int *seconds)
{
    static const int allowed[] = {4, 8, 12, 16, 20, 0};
    struct jsonv value = jsonv_get(form->root, key);
    struct str text = jsonv_str(value, STR(""));
    double number = jsonv_real(value, -1);
    int64_t whole = 0;

    if (jsonv_is_absent(value))
        return false;
    if (str_ends(text, STR("s")))
        text = str_head(text, text.len - 1);
    if (str_to_int(text, &whole))
        number = (double)whole;
    if (create_take_seconds(number, allowed, seconds))
        return true;
    faults_add(form->faults, key, "must be 4, 8, 12, 16, or 20");
    return false;
}

/* The name's length wins over the field's (contracts/vendors.md D 15). */
static void read_length(struct form *form)
{
    int duration = 0, seconds = 0;
    bool has_duration = read_seconds(form, "duration", &duration);

    if (read_seconds(form, "seconds", &seconds)) {
        if (has_duration && duration != seconds)
            faults_add(form->faults, "seconds", "conflicts with 'duration'");
        duration = seconds;
    }
    if (form->model->seconds)
        duration = form->model->seconds;
    form->create->submit.render.seconds = duration ? duration : 4;
}

static void refuse_against_model(struct form *form, const char *field)
{
    faults_add(form->faults, field, "conflicts with model '" STR_FMT "'",
               STR_ARG(form->create->submit.model));
}

/* OpenAI's spelling of shape and sides at once. */
static bool read_size(struct form *form, bool *upright)
{
    const struct uniall_model *model = form->model;
    struct arena *arena = form->faults->arena;
    struct str wide = arena_printf(arena, "%dx%d", model->longer, model->shorter);
    struct str tall = arena_printf(arena, "%dx%d", model->shorter, model->longer);
    const char *const words[2] = {wide.ptr, tall.ptr};

    return fields_either(form->faults, jsonv_get(form->root, "size"), "size", words, upright);
}

static void read_shape(struct form *form)
{
    static const char *const ratios[2] = {"16:9", "9:16"};
    const struct uniall_model *model = form->model;
    struct render_request *render = &form->create->submit.render;
    bool named = model->ratio && str_eq_c(str_from(model->ratio), ratios[1]);
    bool upright = named, by_size = false;
    bool said = fields_either(form->faults, jsonv_get(form->root, "aspect_ratio"), "aspect_ratio",
                              ratios, &upright);

    if (said && model->ratio && upright != named)
        refuse_against_model(form, "aspect_ratio");
    if (read_size(form, &by_size)) {
        if (said && by_size != upright)
            faults_add(form->faults, "size", "conflicts with 'aspect_ratio'");
        else if (model->ratio && by_size != named)
            refuse_against_model(form, "size");
        upright = by_size;
    }
    render->width = upright ? model->shorter : model->longer;
    render->height = upright ? model->longer : model->shorter;
}

static void read_resolution(struct form *form)
{
    static const char *const words[] = {"720p", "1080p", "true_1080p"};
    struct str resolution =
        fields_str(form->faults, jsonv_get(form->root, "resolution"), "resolution");

    if (!resolution.ptr || str_eq_c(resolution, form->model->resolution))
        return;
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_eq_c(resolution, words[i])) {
            refuse_against_model(form, "resolution");
            return;
        }
    }
    faults_add(form->faults, "resolution", "must be 720p, 1080p, or true_1080p");
}

/* OpenAI's spelling: a URL, or an object with one. */
static void read_reference(struct form *form)
{
    struct jsonv value = jsonv_get(form->root, "input_reference");
    struct jsonv url = jsonv_type(value) == JSONR_OBJECT ? jsonv_get(value, "image_url") : value;
    struct str image = jsonv_str(url, STR(""));

    if (jsonv_is_absent(value))
        return;
    if (jsonv_type(url) != JSONR_STR)
        faults_add(form->faults, "input_reference", "must name an image by its URL");
    else if (form->create->image.ptr && !str_eq(form->create->image, image))
        faults_add(form->faults, "input_reference", "conflicts with 'image_url'");
    else
        form->create->image = image;
}

static void read_mode(struct form *form)
{
    static const char *const modes[2] = {"text_to_video", "reference_image_to_video"};
    struct jsonv mode = jsonv_get(form->root, "generation_mode");
    struct jsonv count = jsonv_get(form->root, "video_count");
    bool from_image = false;

    if (fields_either(form->faults, mode, "generation_mode", modes, &from_image)) {
        if (from_image && !form->create->image.ptr)
            faults_add(form->faults, "image_url", "is required");
        else if (!from_image && form->create->image.ptr)
            faults_add(form->faults, "generation_mode", "conflicts with 'image_url'");
    }
    if (!jsonv_is_absent(count) && jsonv_real(count, 0) != 1)
        faults_add(form->faults, "video_count", "must be 1");
}

void uniall_read(struct create *create, struct jsonv root)
{
    struct form form = {.create = create, .faults = &create->faults, .root = root};

    faults_ignore_unknown(form.faults, root, "", known);
    fields_model(create, jsonv_get(root, "model"));
    form.model = uniall_model_of(create->submit.model);
    fields_prompt(create, jsonv_get(root, "prompt"), UNIALL_PROMPT_CHARS_MAX);
    read_length(&form);
    read_shape(&form);
    read_resolution(&form);
    create->image = fields_str(form.faults, jsonv_get(root, "image_url"), "image_url");
    read_reference(&form);
    read_mode(&form);
    extras_apply(jsonv_get(root, "vitascope"), &create->submit.render, &create->faults);
}

const struct create_ops uniall_create_job = {
    .dialect = DIALECT_UNIALL,
    .status = 200,
    .image_field = "image_url",
    .image_key = "image_url",
    .write = uniall_write_submitted,
};

const struct create_ops uniall_create_task = {
    .dialect = DIALECT_UNIALL,
    .status = 200,
    .image_field = "image_url",
    .image_key = "image_url",
    .write = uniall_write_submitted_task,
};

void uniall_generate(struct call *call, struct jsonv root, const struct create_ops *ops)
{
    uniall_read(create_new(call, ops), root);
    create_run(call);
}
