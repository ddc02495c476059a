/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A form is read as the JSON object that says the same, so there is one reader for both:
 *
 *   prompt                      {"prompt": "…"}
 *   input_reference[image_url]  {"input_reference": {"image_url": "…"}}
 *   input_reference.image_url   the same
 *   characters[][id]            {"characters": [{"id": "…"}]}: one element each time
 *   vitascope[seed]             {"vitascope": {"seed": 7}}: our own numbers are numbers
 */
#include "api/openai/openai.h"
#include "net/multipart.h"

/* A form's file is not in it. */
enum { FORM_JSON_BYTES_MAX = 2 * CALL_BODY_IMAGE_BYTES_MAX };

/* "application/json; charset=utf-8" is "application/json". */
static struct str media_type(struct str header)
{
    struct str type;

    str_cut(header, ';', &type);
    return str_trim(type);
}

struct name {
    struct str root, member; /* member.ptr NULL: there is none */
    bool in_list;            /* of an element of the root */
};

static struct name name_of(const struct multipart_field *field)
{
    struct str text = field->part.name;
    struct name name = {.root = text};
    ptrdiff_t bracket = str_find_char(text, '['), dot = str_find_char(text, '.');

    if (bracket >= 0 && str_ends(text, STR("]"))) {
        name.root = str_head(text, (size_t)bracket);
        name.member = str_skip(str_head(text, text.len - 1), (size_t)bracket + 1);
        name.in_list = str_starts(name.member, STR("]["));
        if (name.in_list)
            name.member = str_skip(name.member, 2);
    } else if (dot >= 0) {
        name.root = str_head(text, (size_t)dot);
        name.member = str_skip(text, (size_t)dot + 1);
    }
    return name;
}

static void write_value(const struct name *name, struct str value, struct jsonw *w)
{
    bool ours = name->member.ptr && str_eq_c(name->root, "vitascope");
    int64_t number = 0;

    if (ours && !str_eq_c(name->member, "size") && str_to_int(value, &number))
        jsonw_int(w, number);
    else
        jsonw_str(w, value);
}

/* A root that is an object here and a list there is written twice, which no reader takes. */
static bool is_member_of(const struct multipart_field *field, const struct name *head)
{
    struct name name = name_of(field);

    return !field->part.is_file && name.member.ptr && str_eq(name.root, head->root) &&
           name.in_list == head->in_list;
}

static void write_member(struct arena *arena, const struct multipart_field *field, struct jsonw *w)
{
    struct name name = name_of(field);

    if (name.in_list)
        jsonw_object(w);
    jsonw_key(w, arena_cstr(arena, name.member));
    write_value(&name, field->bytes, w);
    if (name.in_list)
        jsonw_end(w);
}

/* All members of one root, at the first of them. */
static void write_members(struct arena *arena, const struct multipart_form *form, int first,
                          struct jsonw *w)
{
    struct name head = name_of(&form->fields[first]);

    for (int i = 0; i < first; i++) {
        if (is_member_of(&form->fields[i], &head))
            return;
    }
    jsonw_key(w, arena_cstr(arena, head.root));
    if (head.in_list)
        jsonw_array(w);
    else
        jsonw_object(w);
    for (int i = first; i < form->count; i++) {
        if (is_member_of(&form->fields[i], &head))
            write_member(arena, &form->fields[i], w);
    }
    jsonw_end(w);
}

static void write_form(struct arena *arena, const struct multipart_form *form, struct jsonw *w)
{
    jsonw_object(w);
    for (int i = 0; i < form->count; i++) {
        const struct multipart_field *field = &form->fields[i];
        struct name name = name_of(field);

        if (field->part.is_file)
            continue;
        if (name.member.ptr) {
            write_members(arena, form, i, w);
            continue;
        }
        jsonw_key(w, arena_cstr(arena, name.root));
        write_value(&name, field->bytes, w);
    }
    jsonw_end(w);
}

/* Takes note of the file, and refuses what cannot be written as JSON. */
static bool check_form(const struct multipart_form *form, struct openai_body *body, struct err *err)
{
    for (int i = 0; i < form->count; i++) {
        const struct multipart_field *field = &form->fields[i];

        if (!str_is_utf8(field->part.name) || (!field->part.is_file && !str_is_utf8(field->bytes)))
            return err_set(err, ERR_INVALID, "The form has a field that is not valid UTF-8.");
        if (!field->part.is_file)
            continue;
        if (body->file_field.ptr)
            return err_set(err, ERR_INVALID, "The form has more than one file.");
        body->file_field = field->part.name;
        body->file = field->bytes.ptr ? field->bytes : STR("");
    }
    return true;
}

/* The same form sent again has another boundary: what counts under an idempotency key is what it
 * says. */
static struct str said_by(struct arena *arena, const struct openai_body *body, struct str json)
{
    struct hash hash = hash_sha256(body->file);

    if (!body->file_field.ptr)
        return json;
    return arena_printf(arena, STR_FMT "\n" STR_FMT "\n" STR_FMT, STR_ARG(json),
                        STR_ARG(body->file_field), STR_ARG(hash_base64(arena, hash_str(&hash))));
}

bool openai_read_form(struct call *call, struct str type, struct openai_body *body, struct err *err)
{
    struct multipart_form form;
    struct str json;
    struct buf out;
    struct jsonw w;
    bool over = false;

    if (!multipart_read(call->arena, type, call->exchange->body, call->route->body_bytes_max, &form,
                        err) ||
        !check_form(&form, body, err))
        return false;
    buf_init(&out, FORM_JSON_BYTES_MAX);
    jsonw_init(&w, &out);
    write_form(call->arena, &form, &w);
    over = buf_is_over(&out);
    json = arena_str(call->arena, buf_str(&out));
    buf_fini(&out);
    if (over)
        return err_set(err, ERR_TOO_LARGE, "The form is too large.");
    body->said = said_by(call->arena, body, json);
    if (!jsonr_parse(&call->json, json, err))
        return false;
    body->root = jsonr_root(&call->json);
    return true;
}

bool openai_read_body(struct call *call, struct openai_body *body)
{
    const struct str *header = http_header(call->exchange, "content-type");
    struct str type = header ? media_type(*header) : STR("application/json");
    struct err err;

    *body = (struct openai_body){.said = call->exchange->body};
    if (str_eq_nocase(type, STR("application/json")) &&
        call->exchange->body.len <= CALL_BODY_IMAGE_BYTES_MAX)
        return call_read_json(call, &body->root);
    if (str_eq_nocase(type, STR("application/json"))) {
        err_set(&err, ERR_TOO_LARGE, "The request body is too large.");
    } else if (!str_eq_nocase(type, STR("multipart/form-data"))) {
        err_set(&err, ERR_MEDIA_TYPE,
                "Unsupported content type: '" STR_FMT "'. This API method takes "
                "'application/json' and 'multipart/form-data'.",
                STR_ARG(openai_shown(type)));
    } else if (openai_read_form(call, *header, body, &err)) {
        return true;
    }
    call_fail(call, &err);
    return false;
}
