/* SPDX-License-Identifier: Apache-2.0 */
#include "api/extras.h"
#include "api/openai/openai.h"
#include "base/macros.h"

struct form {
    struct create *create;
    struct faults *faults;
    const struct catalog *catalog;
    const struct catalog_model *model; /* NULL: not one of ours */
    struct jsonv root;
};

enum { SIZES = 6 };

static const struct {
    const char *name;
    int width, height;
} sizes[SIZES] = {
    {"720x1280", 720, 1280},   {"1280x720", 1280, 720},   {"1024x1792", 1024, 1792},
    {"1792x1024", 1792, 1024}, {"1080x1920", 1080, 1920}, {"1920x1080", 1920, 1080},
};

void openai_refuse_unknown(struct faults *faults, struct jsonv object, const char *prefix,
                           const char *const *known)
{
    void *cursor = NULL;
    struct jsonv value;
    struct str key;

    while (jsonv_next(object, &cursor, &key, &value)) {
        const char *const *name = known;
        struct str field;

        while (*name && !str_eq_c(key, *name))
            name++;
        if (*name)
            continue;
        field = arena_printf(faults->arena, "%s" STR_FMT, prefix, STR_ARG(openai_shown(key)));
        openai_refuse(faults, "unknown_parameter", field.ptr, "Unknown parameter: '%s'.",
                      field.ptr);
    }
}

/* "'a', 'b', and 'c'" */
static struct str listed(struct arena *arena, const char *const *words, const char *joint)
{
    struct str list = {0};
    size_t count = 0;

    while (words[count])
        count++;
    for (size_t i = 0; i < count; i++) {
        bool last = i > 0 && i == count - 1;

        list =
            arena_printf(arena, STR_FMT "%s%s%s'%s'", STR_ARG(list), i > 0 && count > 2 ? "," : "",
                         i > 0 ? " " : "", last ? joint : "", words[i]);
    }
    return list;
}

/* A string among `words` (NULL at the end): its index. -1: it is not there, or a fault. */
static int read_word(struct faults *faults, struct jsonv root, const char *key,
                     const char *const *words)
{
    struct arena *arena = faults->arena;
    struct jsonv value = jsonv_get(root, key);
    struct str text = jsonv_str(value, STR(""));
    struct str list;

    if (jsonv_is_absent(value))
        return -1;
    if (jsonv_type(value) != JSONR_STR) {
        list = arena_printf(arena, "one of " STR_FMT, STR_ARG(listed(arena, words, "or ")));
        openai_refuse_type(faults, key, list.ptr, value);
        return -1;
    }
    for (int i = 0; words[i]; i++) {
        if (str_eq_c(text, words[i]))
            return i;
    }
    list = listed(arena, words, "and ");
    openai_refuse(faults, "invalid_value", key,
                  "Invalid value: '" STR_FMT "'. Supported values are: " STR_FMT ".",
                  STR_ARG(openai_shown(text)), STR_ARG(list));
    return -1;
}

void openai_read_prompt(struct create *create, struct jsonv root)
{
    struct faults *faults = &create->faults;
    struct jsonv value = jsonv_get(root, "prompt");
    struct str prompt = jsonv_str(value, STR(""));
    size_t chars = str_utf8_count(prompt);

    if (jsonv_type(value) == JSONR_MISSING)
        openai_refuse(faults, "missing_required_parameter", "prompt",
                      "Missing required parameter: 'prompt'.");
    else if (jsonv_type(value) != JSONR_STR)
        openai_refuse_type(faults, "prompt", "a string", value);
    else if (chars == 0)
        openai_refuse(faults, "empty_string", "prompt",
                      "Invalid 'prompt': empty string. Expected a string with minimum length 1, "
                      "but got an empty string instead.");
    else if (chars > OPENAI_PROMPT_CHARS_MAX)
        openai_refuse(faults, "string_above_max_length", "prompt",
                      "Invalid 'prompt': string too long. Expected a string with maximum length "
                      "%d, but got a string with length %zu instead.",
                      OPENAI_PROMPT_CHARS_MAX, chars);
    create->submit.render.prompt = prompt;
}

static void read_model(struct form *form)
{
    struct jsonv value = jsonv_get(form->root, "model");
    struct str name = jsonv_str(value, STR("sora-2"));

    if (!jsonv_is_absent(value) && jsonv_type(value) != JSONR_STR) {
        openai_refuse_type(form->faults, "model", "a string", value);
        return;
    }
    form->model = catalog_find(form->catalog, name);
    if (!form->model)
        openai_refuse(form->faults, "invalid_value", "model",
                      "Invalid value: '" STR_FMT "'. The supported values are those that GET "
                      "/v1/models lists.",
                      STR_ARG(openai_shown(name)));
    form->create->submit.model = name;
}

void openai_read_seconds(struct create *create, struct jsonv root, bool required)
{
    static const char *const words[] = {"4", "8", "12", "16", "20", NULL};
    struct jsonv value = jsonv_get(root, "seconds");
    int index = read_word(&create->faults, root, "seconds", words);

    if (required && jsonv_type(value) == JSONR_MISSING)
        openai_refuse(&create->faults, "missing_required_parameter", "seconds",
                      "Missing required parameter: 'seconds'.");
    else if (required && jsonv_is_absent(value))
        openai_refuse_type(&create->faults, "seconds", "a string", value);
    create->submit.render.seconds = index < 0 ? 4 : 4 * (index + 1);
}

static bool model_makes(const struct form *form, int index)
{
    struct err ignored;
    int64_t price = 0;

    return !form->model ||
           catalog_price(form->model, sizes[index].width, sizes[index].height, 1, &price, &ignored);
}

/* Of a model that makes none of the sizes, only `vitascope.size` can ask for a picture: create.c
 * has the last word on it. */
static void read_size(struct form *form)
{
    struct render_request *render = &form->create->submit.render;
    const char *words[SIZES + 1] = {NULL};
    int index_of[SIZES] = {0}, count = 0, index = 0;

    for (int i = 0; i < SIZES; i++) {
        if (model_makes(form, i)) {
            index_of[count] = i;
            words[count++] = sizes[i].name;
        }
    }
    if (count)
        index = read_word(form->faults, form->root, "size", words);
    index = count && index >= 0 ? index_of[index] : 0;
    render->width = sizes[index].width;
    render->height = sizes[index].height;
}

bool openai_file_parse(struct str text, struct id *id)
{
    bool prefixed = str_starts(text, STR("file-")) || str_starts(text, STR("file_"));

    return id_parse(prefixed ? str_skip(text, 5) : text, id) && !id_is_zero(*id);
}

/* Of an upload of whichever dialect. */
static void read_file_id(struct form *form, struct jsonv value)
{
    struct str text = jsonv_str(value, STR(""));

    if (jsonv_type(value) != JSONR_STR)
        openai_refuse_type(form->faults, "input_reference.file_id", "a string", value);
    else if (!openai_file_parse(text, &form->create->image_file))
        openai_refuse(form->faults, "invalid_value", "input_reference.file_id",
                      "Invalid 'input_reference.file_id': '" STR_FMT "' is not the id of a file.",
                      STR_ARG(openai_shown(text)));
}

static void read_reference(struct form *form)
{
    static const char *const known[] = {"image_url", "file_id", NULL};
    struct jsonv value = jsonv_get(form->root, "input_reference");
    struct jsonv url = jsonv_get(value, "image_url"), file = jsonv_get(value, "file_id");

    if (jsonv_is_absent(value))
        return;
    if (jsonv_type(value) != JSONR_OBJECT) {
        openai_refuse_type(form->faults, "input_reference", "an object", value);
        return;
    }
    openai_refuse_unknown(form->faults, value, "input_reference.", known);
    if (!jsonv_is_absent(file) && !jsonv_is_absent(url))
        openai_refuse(form->faults, "invalid_value", "input_reference",
                      "Invalid 'input_reference': expected either 'image_url' or 'file_id'.");
    if (!jsonv_is_absent(file)) {
        read_file_id(form, file);
        return;
    }
    if (jsonv_type(url) == JSONR_MISSING)
        openai_refuse(form->faults, "missing_required_parameter", "input_reference.image_url",
                      "Missing required parameter: 'input_reference.image_url'.");
    else if (jsonv_type(url) != JSONR_STR)
        openai_refuse_type(form->faults, "input_reference.image_url", "a string", url);
    form->create->image = jsonv_str(url, STR(""));
}

void openai_refuse_file(struct create *create, const struct openai_body *body)
{
    const char *field = arena_cstr(create->faults.arena, openai_shown(body->file_field));

    if (body->file_field.ptr)
        openai_refuse(&create->faults, "invalid_type", field,
                      "Invalid type for '%s': expected no file, but got a file instead.", field);
}

static void read_file(struct form *form, const struct openai_body *body)
{
    static const char field[] = "input_reference";

    if (!str_eq_c(body->file_field, field)) {
        openai_refuse_file(form->create, body);
        return;
    }
    if (!jsonv_is_absent(jsonv_get(form->root, field)))
        openai_refuse(form->faults, "invalid_value", field,
                      "Invalid 'input_reference': it is there twice.");
    form->create->image_bytes = body->file;
}

void openai_read(struct create *create, const struct catalog *catalog,
                 const struct openai_body *body)
{
    static const char *const known[] = {"prompt",          "model",      "seconds",   "size",
                                        "input_reference", "characters", "vitascope", NULL};
    struct form form = {
        .create = create, .faults = &create->faults, .catalog = catalog, .root = body->root};
    struct jsonv root = body->root;
    struct render_request *render = &create->submit.render;

    openai_read_prompt(create, root);
    read_model(&form);
    openai_read_seconds(create, root, false);
    read_size(&form);
    read_reference(&form);
    read_file(&form, body);
    openai_refuse_unknown(form.faults, root, "", known);
    extras_apply(jsonv_get(root, "vitascope"), render, form.faults);
    create->submit.body = body->said;
    create->image_limits.width = render->width;
    create->image_limits.height = render->height;
}

const struct create_ops openai_create = {
    .dialect = DIALECT_OPENAI,
    .status = 200,
    .image_field = "input_reference",
    .image_key = "input_reference",
    .unknown_model = ERR_INVALID,
    .write = openai_write_job,
};

void openai_videos_post(struct call *call)
{
    struct create *create = NULL;
    struct openai_body body;

    if (!openai_read_body(call, &body))
        return;
    create = create_new(call, &openai_create);
    openai_read(create, service_catalog(call->service), &body);
    openai_run_with_characters(create, jsonv_get(body.root, "characters"));
}
