/* SPDX-License-Identifier: Apache-2.0 */
#include "base/jsonr.h"

#include <jansson.h>

/* jansson's accessors take non-const; nothing here writes. */
static json_t *node(struct jsonv value)
{
    union {
        const void *in;
        json_t *out;
    } cast = {value.node};

    return cast.out;
}

bool jsonr_parse(struct jsonr *doc, struct str text, struct err *err)
{
    json_error_t reason;

    doc->root = json_loadb(text.ptr ? text.ptr : "", text.len,
                           JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &reason);
    if (!doc->root)
        return err_set(err, ERR_INVALID, "invalid JSON at line %d, column %d: %s", reason.line,
                       reason.column, reason.text);
    return true;
}

void jsonr_fini(struct jsonr *doc)
{
    json_decref(doc->root);
    doc->root = NULL;
}

struct jsonv jsonr_root(const struct jsonr *doc)
{
    return (struct jsonv){doc->root};
}

enum jsonr_type jsonv_type(struct jsonv value)
{
    static const enum jsonr_type types[] = {
        [JSON_OBJECT] = JSONR_OBJECT, [JSON_ARRAY] = JSONR_ARRAY, [JSON_STRING] = JSONR_STR,
        [JSON_INTEGER] = JSONR_INT,   [JSON_REAL] = JSONR_REAL,   [JSON_TRUE] = JSONR_BOOL,
        [JSON_FALSE] = JSONR_BOOL,    [JSON_NULL] = JSONR_NULL,
    };

    return value.node ? types[json_typeof(node(value))] : JSONR_MISSING;
}

bool jsonv_is_absent(struct jsonv value)
{
    enum jsonr_type type = jsonv_type(value);

    return type == JSONR_MISSING || type == JSONR_NULL;
}

const char *jsonv_type_name(struct jsonv value)
{
    static const char *const names[] = {
        [JSONR_MISSING] = "missing", [JSONR_NULL] = "null",     [JSONR_BOOL] = "boolean",
        [JSONR_INT] = "integer",     [JSONR_REAL] = "number",   [JSONR_STR] = "string",
        [JSONR_ARRAY] = "array",     [JSONR_OBJECT] = "object",
    };

    return names[jsonv_type(value)];
}

struct jsonv jsonv_get(struct jsonv object, const char *key)
{
    return (struct jsonv){object.node ? json_object_get(node(object), key) : NULL};
}

size_t jsonv_len(struct jsonv value)
{
    if (jsonv_type(value) == JSONR_OBJECT)
        return json_object_size(node(value));
    return value.node ? json_array_size(node(value)) : 0;
}

struct jsonv jsonv_at(struct jsonv array, size_t index)
{
    return (struct jsonv){array.node ? json_array_get(node(array), index) : NULL};
}

bool jsonv_next(struct jsonv object, void **cursor, struct str *key, struct jsonv *value)
{
    if (jsonv_type(object) != JSONR_OBJECT)
        return false;
    *cursor =
        *cursor ? json_object_iter_next(node(object), *cursor) : json_object_iter(node(object));
    if (!*cursor)
        return false;
    *key = str_from(json_object_iter_key(*cursor));
    value->node = json_object_iter_value(*cursor);
    return true;
}

struct str jsonv_str(struct jsonv value, struct str fallback)
{
    if (jsonv_type(value) != JSONR_STR)
        return fallback;
    return str_from_bytes(json_string_value(node(value)), json_string_length(node(value)));
}

int64_t jsonv_int(struct jsonv value, int64_t fallback)
{
    return jsonv_type(value) == JSONR_INT ? json_integer_value(node(value)) : fallback;
}

double jsonv_real(struct jsonv value, double fallback)
{
    return value.node && json_is_number(node(value)) ? json_number_value(node(value)) : fallback;
}

bool jsonv_bool(struct jsonv value, bool fallback)
{
    return jsonv_type(value) == JSONR_BOOL ? json_is_true(node(value)) : fallback;
}

char *jsonv_dump(struct jsonv value)
{
    char *text = json_dumps(node(value), JSON_COMPACT | JSON_ENCODE_ANY);

    if (!text)
        die("out of memory");
    return text;
}
