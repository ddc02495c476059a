/* SPDX-License-Identifier: Apache-2.0 */
/* POST /v1/videos/characters, GET /v1/videos/characters/:id, and `characters` of a create. */
#include <stdio.h>

#include "api/openai/openai.h"

enum {
    NAME_CHARS_MAX = 80,
    CLIP_MS_MIN = 2000,
    CLIP_MS_MAX = 4000,
    CLIP_MS_SLACK = 100, /* a frame or the sound's last packet more or less */
    CLIP_SIDE_MIN = 720, /* of the shorter side */
    CLIP_SIDE_MAX = 1080,
    CLIP_RATIO_PERCENT = 1, /* by which it may miss 16:9 */
};

#define CHARACTER_ID_BYTES (sizeof("char_") + ID_HEX_LEN)

static void write_id(struct id id, char out[CHARACTER_ID_BYTES])
{
    char hex[ID_HEX_LEN + 1];

    id_to_hex(id, hex);
    snprintf(out, CHARACTER_ID_BYTES, "char_%s", hex);
}

static bool parse_id(struct str text, struct id *id)
{
    return str_starts(text, STR("char_")) && id_parse(str_skip(text, 5), id);
}

static void write_character(struct call *call, const void *data, struct jsonw *w)
{
    const struct character *character = data;
    char id[CHARACTER_ID_BYTES];

    (void)call;
    write_id(character->id, id);
    jsonw_object(w);
    jsonw_key(w, "id");
    jsonw_cstr(w, id);
    jsonw_key(w, "name");
    jsonw_str(w, character->name);
    jsonw_key(w, "created_at");
    jsonw_int(w, character->created_ms / 1000);
    jsonw_end(w);
}

/* ---- GET ---- */

static void refuse_unknown(struct call *call, struct str id)
{
    struct err err;

    err_set_param(&err, ERR_NOT_FOUND, "character_id", "Character with id '" STR_FMT "' not found.",
                  STR_ARG(openai_shown(id)));
    call_fail(call, &err);
}

static void shown(void *user, const struct character *character, const struct err *err)
{
    struct call *call = user;

    if (character)
        call_reply(call, 200, write_character, character);
    else if (err->kind == ERR_NOT_FOUND)
        refuse_unknown(call, call->params[0]);
    else
        call_fail(call, err);
}

void openai_character_get(struct call *call)
{
    struct id id;

    if (parse_id(call->params[0], &id))
        service_character_get(call->service, call->arena, call->key.account_id, id, shown, call);
    else
        refuse_unknown(call, call->params[0]);
}

/* ---- POST ---- */

/* A create only for its faults: openai_write_error() tells the first of them. */
struct making {
    struct create *create;
    struct openai_body body;
    struct str name;
};

static void fail(struct making *making)
{
    const struct fault *first = &making->create->faults.list[0];
    struct err err;

    err_set_param(&err, ERR_INVALID, first->field, STR_FMT, STR_ARG(first->text));
    call_fail(making->create->call, &err);
}

static void kept(void *user, const struct character *character, const struct err *err)
{
    struct making *making = user;
    struct call *call = making->create->call;

    if (character)
        call_reply(call, 200, write_character, character);
    else
        call_fail(call, err);
}

static bool is_wide(const struct service_film *film)
{
    int64_t tall = film->height > film->width;
    int64_t longer = tall ? film->height : film->width;
    int64_t shorter = tall ? film->width : film->height;
    int64_t miss = longer * 9 - shorter * 16;

    return (miss < 0 ? -miss : miss) * 100 <= shorter * 16 * CLIP_RATIO_PERCENT;
}

static void check_clip(struct making *making, const struct service_film *film)
{
    struct faults *faults = &making->create->faults;
    int shorter = film->width < film->height ? film->width : film->height;

    if (film->duration_ms < CLIP_MS_MIN - CLIP_MS_SLACK ||
        film->duration_ms > CLIP_MS_MAX + CLIP_MS_SLACK)
        openai_refuse(faults, "invalid_value", "video",
                      "The video of a character lasts 2 to 4 seconds; this one %d.%d.",
                      (int)(film->duration_ms / 1000), (int)(film->duration_ms / 100 % 10));
    else if (shorter < CLIP_SIDE_MIN || shorter > CLIP_SIDE_MAX)
        openai_refuse(faults, "invalid_value", "video",
                      "The video of a character is 720p to 1080p; this one has %dx%d pixels.",
                      film->width, film->height);
    else if (!is_wide(film))
        openai_refuse(faults, "invalid_value", "video",
                      "The video of a character is 16:9 or 9:16; this one has %dx%d pixels.",
                      film->width, film->height);
}

static void looked(void *user, const struct service_film *film, const struct err *err)
{
    struct making *making = user;
    struct call *call = making->create->call;
    struct service_character character = {
        .account_id = call->key.account_id, .name = making->name, .bytes = making->body.file};

    if (!film && err->kind != ERR_INVALID) {
        call_fail(call, err);
        return;
    }
    if (film)
        check_clip(making, film);
    else
        openai_refuse(&making->create->faults, "invalid_value", "video", "%s", err->text);
    if (making->create->faults.count)
        fail(making);
    else
        service_character_keep(call->service, call->arena, &character, kept, making);
}

static void read_name(struct making *making)
{
    struct faults *faults = &making->create->faults;
    struct jsonv value = jsonv_get(making->body.root, "name");
    size_t chars = 0;

    making->name = str_trim(jsonv_str(value, STR("")));
    chars = str_utf8_count(making->name);
    if (jsonv_type(value) == JSONR_MISSING)
        openai_refuse(faults, "missing_required_parameter", "name",
                      "Missing required parameter: 'name'.");
    else if (jsonv_type(value) != JSONR_STR)
        openai_refuse_type(faults, "name", "a string", value);
    else if (chars == 0)
        openai_refuse(faults, "empty_string", "name",
                      "Invalid 'name': empty string. Expected a string with minimum length 1, but "
                      "got an empty string instead.");
    else if (chars > NAME_CHARS_MAX)
        openai_refuse(faults, "string_above_max_length", "name",
                      "Invalid 'name': string too long. Expected a string with maximum length %d, "
                      "but got a string with length %zu instead.",
                      NAME_CHARS_MAX, chars);
}

void openai_character_post(struct call *call)
{
    static const char *const known[] = {"name", NULL};
    struct making *making = ARENA_NEW(call->arena, struct making);
    struct faults *faults = NULL;

    if (!openai_read_body(call, &making->body))
        return;
    making->create = create_new(call, &openai_create);
    faults = &making->create->faults;
    read_name(making);
    if (!making->body.file_field.ptr && jsonv_is_absent(jsonv_get(making->body.root, "video")))
        openai_refuse(faults, "missing_required_parameter", "video",
                      "Missing required parameter: 'video'.");
    else if (!making->body.file_field.ptr)
        openai_refuse(faults, "invalid_type", "video",
                      "Invalid type for 'video': expected a file.");
    else if (!str_eq_c(making->body.file_field, "video"))
        openai_refuse_file(making->create, &making->body);
    openai_refuse_unknown(faults, making->body.root, "", known);
    if (faults->count)
        fail(making);
    else
        service_film_look(call->service, call->arena, making->body.file, looked, making);
}

/* ---- of a create ---- */

struct cast {
    struct create *create;
    struct str ids[JOB_CHARACTERS_MAX];
    struct character found[JOB_CHARACTERS_MAX];
    int count, known;
};

static void read_cast(struct cast *cast, struct jsonv value)
{
    static const char *const members[] = {"id", NULL};
    struct faults *faults = &cast->create->faults;
    size_t count = jsonv_len(value);

    if (jsonv_type(value) != JSONR_ARRAY)
        openai_refuse_type(faults, "characters", "an array of objects", value);
    else if (count > JOB_CHARACTERS_MAX)
        openai_refuse(faults, "array_above_max_length", "characters",
                      "Invalid 'characters': array too long. Expected an array with maximum length "
                      "%d, but got an array with length %zu instead.",
                      JOB_CHARACTERS_MAX, count);
    for (size_t i = 0; i < count && !faults->count; i++) {
        struct str prefix = arena_printf(faults->arena, "characters[%zu].", i);
        struct str field = arena_printf(faults->arena, "characters[%zu].id", i);
        struct jsonv id = jsonv_get(jsonv_at(value, i), "id");

        openai_refuse_unknown(faults, jsonv_at(value, i), prefix.ptr, members);
        if (jsonv_type(id) == JSONR_MISSING)
            openai_refuse(faults, "missing_required_parameter", field.ptr,
                          "Missing required parameter: '%s'.", field.ptr);
        else if (jsonv_type(id) != JSONR_STR)
            openai_refuse_type(faults, field.ptr, "a string", id);
        cast->ids[cast->count++] = jsonv_str(id, STR(""));
    }
}

static void write_cast(struct call *call, const void *data, struct jsonw *w)
{
    const struct cast *cast = data;
    char id[CHARACTER_ID_BYTES];

    (void)call;
    jsonw_array(w);
    for (int i = 0; i < cast->count; i++) {
        write_id(cast->found[i].id, id);
        jsonw_object(w);
        jsonw_key(w, "id");
        jsonw_cstr(w, id);
        jsonw_key(w, "name");
        jsonw_str(w, cast->found[i].name);
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void find_next(struct cast *cast);

static void found(void *user, const struct character *character, const struct err *err)
{
    struct cast *cast = user;
    struct create *create = cast->create;
    struct err told;

    if (!character) {
        told = *err;
        if (err->kind == ERR_NOT_FOUND)
            err_set_param(&told, ERR_NOT_FOUND, "characters",
                          "Character with id '" STR_FMT "' not found.",
                          STR_ARG(openai_shown(cast->ids[cast->known])));
        call_fail(create->call, &told);
        return;
    }
    if (str_find(create->submit.render.prompt, character->name) < 0)
        openai_refuse(&create->faults, "invalid_value", "prompt",
                      "Invalid 'prompt': the name of the character '" STR_FMT "' is not in it.",
                      STR_ARG(character->name));
    cast->found[cast->known++] = *character;
    find_next(cast);
}

static void find_next(struct cast *cast)
{
    struct create *create = cast->create;
    struct call *call = create->call;
    struct id id;
    struct err err;

    if (cast->known == cast->count) {
        if (cast->count)
            create->submit.characters = call_json(call, write_cast, cast);
        create_run(call);
    } else if (parse_id(cast->ids[cast->known], &id)) {
        service_character_get(call->service, call->arena, call->key.account_id, id, found, cast);
    } else {
        err_set(&err, ERR_NOT_FOUND, "no such character");
        found(cast, NULL, &err);
    }
}

void openai_run_with_characters(struct create *create, struct jsonv value)
{
    struct cast *cast = ARENA_NEW(create->call->arena, struct cast);

    cast->create = create;
    if (!jsonv_is_absent(value))
        read_cast(cast, value);
    if (create->faults.count)
        cast->known = cast->count = 0;
    find_next(cast);
}
