/* SPDX-License-Identifier: Apache-2.0 */
#include "api/aivideoapi/aivideoapi.h"
#include "api/extras.h"
#include "api/fields.h"
#include "base/macros.h"

/* A request in one of its two forms. */
struct form {
    struct create *create;
    struct faults *faults;
    struct jsonv root, input; /* input is missing in the flat form */
    bool nested;
};

static const char *const known_nested[] = {
    "model",      "input",     "callback_url", "prompt",    "duration",
    "image_urls", "image_url", "aspect_ratio", "vitascope", NULL};
static const char *const known_flat[] = {
    "model",      "input",     "callback_url", "prompt",    "duration", "size",
    "image_urls", "image_url", "aspect_ratio", "vitascope", NULL};
static const char *const known_input[] = {"prompt",     "duration",  "aspect_ratio",
                                          "image_urls", "image_url", NULL};

/* A member of the input, or else of the body. */
static struct jsonv member(const struct form *form, const char *key)
{
    struct jsonv value = jsonv_get(form->input, key);

    return jsonv_is_absent(value) ? jsonv_get(form->root, key) : value;
}

static void require(const struct form *form, const char *key)
{
    if (jsonv_is_absent(member(form, key)))
        faults_add(form->faults, key, "is required");
}

/* Which form it is. A body with nothing but a model is one that lacks its input. */
static void read_form(struct form *form)
{
    static const char *const flat[] = {"prompt", "duration", "size", "aspect_ratio", "image_urls"};
    bool is_flat = false;

    form->input = jsonv_get(form->root, "input");
    form->nested = !jsonv_is_absent(form->input);
    for (size_t i = 0; i < ARRAY_LEN(flat); i++)
        is_flat |= !jsonv_is_absent(jsonv_get(form->root, flat[i]));
    if (form->nested && jsonv_type(form->input) != JSONR_OBJECT)
        faults_add(form->faults, "input", "must be an object");
    else if (!form->nested && !is_flat)
        faults_add(form->faults, "input", "is required");
    faults_ignore_unknown(form->faults, form->root, "", form->nested ? known_nested : known_flat);
    faults_ignore_unknown(form->faults, form->input, "input.", known_input);
}

static void read_duration(struct form *form)
{
    static const int allowed[] = {4, 8, 12, 0};
    struct render_request *render = &form->create->submit.render;
    struct jsonv value = member(form, "duration");

    if (form->nested)
        require(form, "duration");
    render->seconds = 8; /* the landing page's "default balanced clip" */
    if (!jsonv_is_absent(value) &&
        !create_take_seconds(jsonv_real(value, -1), allowed, &render->seconds))
        faults_add(form->faults, "duration", "must be 4, 8, or 12");
}

static void read_shape(struct form *form)
{
    static const char *const ratios[2] = {"16:9", "9:16"};
    static const char *const sizes[2] = {"1280x720", "720x1280"};
    struct jsonv size = jsonv_get(form->root, "size");
    bool upright = false, by_size = false, has_ratio = false;

    if (form->nested)
        require(form, "aspect_ratio");
    has_ratio =
        fields_either(form->faults, member(form, "aspect_ratio"), "aspect_ratio", ratios, &upright);
    if (!form->nested && fields_either(form->faults, size, "size", sizes, &by_size)) {
        if (has_ratio && by_size != upright)
            faults_add(form->faults, "size", "conflicts with 'aspect_ratio'");
        upright = by_size;
    }
    create_set_720p(form->create, upright);
}

/* A URL, or {"url": URL} as for the vendor's other models. */
static void take_image(struct form *form, struct jsonv value, const char *key)
{
    struct jsonv url = jsonv_type(value) == JSONR_OBJECT ? jsonv_get(value, "url") : value;

    if (form->create->image.ptr)
        faults_add(form->faults, key, "accepts only 1 image");
    else if (jsonv_type(url) != JSONR_STR)
        faults_add(form->faults, key, "must name an image by its URL");
    else
        form->create->image = jsonv_str(url, STR(""));
}

static void read_images(struct form *form)
{
    struct jsonv list = member(form, "image_urls"), one = member(form, "image_url");

    if (jsonv_type(list) == JSONR_ARRAY && jsonv_len(list) > 1)
        faults_add(form->faults, "image_urls", "accepts only 1 image");
    else if (jsonv_type(list) == JSONR_ARRAY && jsonv_len(list) == 1)
        take_image(form, jsonv_at(list, 0), "image_urls");
    else if (jsonv_type(list) != JSONR_ARRAY && !jsonv_is_absent(list))
        faults_add(form->faults, "image_urls", "must be an array of image URLs");
    if (!jsonv_is_absent(one))
        take_image(form, one, "image_url");
}

static void read_callback(struct form *form)
{
    unsigned ends = BIT(JOB_EVENT_COMPLETED) | BIT(JOB_EVENT_FAILED) | BIT(JOB_EVENT_CANCELED);
    struct str url = fields_str(form->faults, member(form, "callback_url"), "callback_url");

    if (url.ptr)
        create_set_callback(form->create, url, ends, "callback_url");
}

void aivideoapi_read(struct create *create, struct jsonv root)
{
    struct form form = {.create = create, .faults = &create->faults, .root = root};

    fields_model(create, jsonv_get(root, "model"));
    read_form(&form);
    fields_prompt(create, member(&form, "prompt"), AIVIDEOAPI_PROMPT_CHARS_MAX);
    read_duration(&form);
    read_shape(&form);
    read_images(&form);
    read_callback(&form);
    extras_apply(jsonv_get(root, "vitascope"), &create->submit.render, &create->faults);
}

static void write_submitted(struct call *call, const struct job *job, struct jsonw *w)
{
    char id[ID_TEXT_LEN + 1];

    (void)call;
    id_to_text(job->id, id);
    jsonw_object(w);
    jsonw_key(w, "code");
    jsonw_int(w, 200);
    jsonw_key(w, "msg");
    jsonw_cstr(w, "success");
    jsonw_key(w, "data");
    jsonw_object(w);
    jsonw_key(w, "taskId");
    jsonw_cstr(w, id);
    jsonw_end(w);
    jsonw_end(w);
}

const struct create_ops aivideoapi_create = {
    .dialect = DIALECT_AIVIDEOAPI,
    .status = 200,
    .image_field = "image_urls",
    .image_key = "image_url",
    .image_limits = {.side_min = 300, .ratio_long = 5, .ratio_short = 2},
    .write = write_submitted,
};

void aivideoapi_generate(struct call *call, struct jsonv root)
{
    aivideoapi_read(create_new(call, &aivideoapi_create), root);
    create_run(call);
}
