/* SPDX-License-Identifier: Apache-2.0 */
#include "base/jsonr.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    MEMBERS_COMPARED_MAX = 16, /* over it keys are sorted to find equal ones */
    ESCAPE_BYTES_MAX = 4,      /* of one character in UTF-8 */
    SURROGATE_FIRST = 0xD800,
    SURROGATE_LOW = 0xDC00,
    SURROGATE_LAST = 0xDFFF,
};

struct node {
    enum jsonr_type type;
    struct str key;    /* of a member */
    struct str source; /* in the text that was parsed */
    struct node *next;
    union {
        bool truth;
        int64_t number;
        double real;
        struct str text;
        struct {
            struct node *first;
            const struct node **items; /* of an array */
            size_t count;
        } children;
    };
};

struct parser {
    struct arena *arena;
    const char *start, *at, *end;
    int depth;
    int values;
    struct err *err;
};

static bool parse_value(struct parser *p, struct node *node);

/* ---- text ---- */

static bool refuse(struct parser *p, const char *reason)
{
    int line = 1, column = 1;

    for (const char *c = p->start; c < p->at; c++) {
        column = *c == '\n' ? 1 : column + 1;
        line += *c == '\n';
    }
    return err_set(p->err, ERR_INVALID, "invalid JSON at line %d, column %d: %s", line, column,
                   reason);
}

static void skip_space(struct parser *p)
{
    while (p->at < p->end && (*p->at == ' ' || *p->at == '\n' || *p->at == '\r' || *p->at == '\t'))
        p->at++;
}

static bool take_char(struct parser *p, char c)
{
    skip_space(p);
    if (p->at == p->end || *p->at != c)
        return false;
    p->at++;
    return true;
}

static bool take_word(struct parser *p, const char *word)
{
    size_t len = strlen(word);

    if ((size_t)(p->end - p->at) < len || memcmp(p->at, word, len) != 0)
        return refuse(p, "this is no value");
    p->at += len;
    return true;
}

/* ---- strings ---- */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The four digits behind "\u". */
static bool take_hex(struct parser *p, unsigned *code)
{
    if (p->end - p->at < 4)
        return refuse(p, "\\u needs four hexadecimal digits");
    *code = 0;
    for (int i = 0; i < 4; i++) {
        int value = hex_value(p->at[i]);

        if (value < 0)
            return refuse(p, "\\u needs four hexadecimal digits");
        *code = *code << 4 | (unsigned)value;
    }
    p->at += 4;
    return true;
}

/* One character, of one escape or of the two that make a pair. */
static bool take_unicode(struct parser *p, unsigned *code)
{
    unsigned low = 0;

    if (!take_hex(p, code))
        return false;
    if (*code < SURROGATE_FIRST || *code > SURROGATE_LAST)
        return true;
    if (*code >= SURROGATE_LOW || p->end - p->at < 2 || p->at[0] != '\\' || p->at[1] != 'u')
        return refuse(p, "half a surrogate pair");
    p->at += 2;
    if (!take_hex(p, &low))
        return false;
    if (low < SURROGATE_LOW || low > SURROGATE_LAST)
        return refuse(p, "half a surrogate pair");
    *code = 0x10000 + ((*code - SURROGATE_FIRST) << 10) + (low - SURROGATE_LOW);
    return true;
}

static size_t write_utf8(unsigned code, char *out)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code & 0x3F));
    return ESCAPE_BYTES_MAX;
}

/* Behind a backslash; adds to *to. */
static bool take_escape(struct parser *p, char **to)
{
    static const char names[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
    const char *name = NULL;
    unsigned code = 0;

    if (p->at == p->end)
        return refuse(p, "a string does not end");
    name = *p->at ? strchr(names, *p->at) : NULL;
    if (name) {
        *(*to)++ = means[name - names];
        p->at++;
        return true;
    }
    if (*p->at != 'u')
        return refuse(p, "no such escape");
    p->at++;
    if (!take_unicode(p, &code))
        return false;
    *to += write_utf8(code, *to);
    return true;
}

/* Bytes up to the closing quote, as they stand in the text. */
static bool find_end(struct parser *p, size_t *len)
{
    const char *c = p->at;

    for (; c < p->end && *c != '"'; c++) {
        if ((unsigned char)*c < 0x20)
            break;
        c += *c == '\\' && c + 1 < p->end;
    }
    if (c < p->end && *c == '"') {
        *len = (size_t)(c - p->at);
        return true;
    }
    p->at = c;
    return refuse(p, c < p->end ? "a control character in a string" : "a string does not end");
}

/* Behind the opening quote. Escapes only get shorter. */
static bool take_string(struct parser *p, struct str *text)
{
    const char *stop = NULL;
    char *bytes = NULL, *to = NULL;
    size_t len = 0;

    if (!find_end(p, &len))
        return false;
    if (!str_is_utf8(str_from_bytes(p->at, len)))
        return refuse(p, "a string is not UTF-8");
    bytes = to = arena_alloc(p->arena, len + 1);
    stop = p->at + len;
    while (p->at < stop) {
        const char *escape = memchr(p->at, '\\', (size_t)(stop - p->at));
        size_t plain = (size_t)((escape ? escape : stop) - p->at);

        memcpy(to, p->at, plain);
        to += plain;
        p->at += plain + (escape != NULL);
        if (escape && !take_escape(p, &to))
            return false;
    }
    p->at++;
    *to = '\0';
    *text = str_from_bytes(bytes, (size_t)(to - bytes));
    return true;
}

/* ---- numbers ---- */

static bool take_digits(struct parser *p)
{
    const char *first = p->at;

    while (p->at < p->end && *p->at >= '0' && *p->at <= '9')
        p->at++;
    return p->at > first || refuse(p, "a digit is missing");
}

static bool is_at(const struct parser *p, char one, char other)
{
    return p->at < p->end && (*p->at == one || *p->at == other);
}

/* The longest thing that is a number; *real tells whether it has a fraction or an exponent. */
static bool take_number_text(struct parser *p, bool *real)
{
    if (is_at(p, '-', '-'))
        p->at++;
    if (is_at(p, '0', '0'))
        p->at++;
    else if (!take_digits(p))
        return false;
    if (is_at(p, '.', '.')) {
        *real = true;
        p->at++;
        if (!take_digits(p))
            return false;
    }
    if (is_at(p, 'e', 'E')) {
        *real = true;
        p->at++;
        p->at += is_at(p, '+', '-');
        if (!take_digits(p))
            return false;
    }
    return true;
}

static bool parse_number(struct parser *p, struct node *node)
{
    const char *first = p->at;
    bool is_real = false;
    struct str text;

    if (!take_number_text(p, &is_real))
        return false;
    text = str_from_bytes(first, (size_t)(p->at - first));
    node->type = is_real ? JSONR_REAL : JSONR_INT;
    if (!is_real)
        return str_to_int(text, &node->number) || refuse(p, "a number beyond 64 bits");
    errno = 0;
    node->real = strtod(arena_cstr(p->arena, text), NULL);
    if (errno == ERANGE && (node->real > 1 || node->real < -1))
        return refuse(p, "a number beyond all bounds");
    return true;
}

/* ---- arrays and objects ---- */

static bool parse_array(struct parser *p, struct node *node)
{
    struct node **end = &node->children.first;
    const struct node *item = NULL;

    node->type = JSONR_ARRAY;
    if (take_char(p, ']'))
        return true;
    do {
        *end = ARENA_NEW(p->arena, struct node);
        if (!parse_value(p, *end))
            return false;
        end = &(*end)->next;
        node->children.count++;
    } while (take_char(p, ','));
    if (!take_char(p, ']'))
        return refuse(p, "an array's ']' or ',' is missing");
    node->children.items = ARENA_ARRAY(p->arena, const struct node *, node->children.count);
    item = node->children.first;
    for (size_t i = 0; item; i++, item = item->next)
        node->children.items[i] = item;
    return true;
}

static int compare_keys(const void *a, const void *b)
{
    const struct node *left = *(const struct node *const *)a;
    const struct node *right = *(const struct node *const *)b;

    if (left->key.len != right->key.len)
        return left->key.len < right->key.len ? -1 : 1;
    return memcmp(left->key.ptr, right->key.ptr, left->key.len);
}

static bool has_key(const struct node *object, struct str key)
{
    for (const struct node *member = object->children.first; member; member = member->next)
        if (str_eq(member->key, key))
            return true;
    return false;
}

/* Of an object whose members were too many to compare each with all. */
static bool has_equal_keys(struct parser *p, const struct node *object)
{
    size_t count = object->children.count, i = 0;
    const struct node **sorted = NULL;

    if (count <= MEMBERS_COMPARED_MAX)
        return false;
    sorted = ARENA_ARRAY(p->arena, const struct node *, count);
    for (const struct node *member = object->children.first; member; member = member->next)
        sorted[i++] = member;
    qsort(sorted, count, sizeof(const struct node *), compare_keys);
    for (i = 1; i < count; i++)
        if (compare_keys(&sorted[i - 1], &sorted[i]) == 0)
            return true;
    return false;
}

/* A member's key and its colon. */
static bool take_key(struct parser *p, const struct node *object, struct str *key)
{
    if (!take_char(p, '"'))
        return refuse(p, "a key is missing");
    if (!take_string(p, key))
        return false;
    if (memchr(key->ptr, '\0', key->len))
        return refuse(p, "a NUL in a key");
    if (object->children.count < MEMBERS_COMPARED_MAX && has_key(object, *key))
        return refuse(p, "a key appears twice");
    return take_char(p, ':') || refuse(p, "a key's ':' is missing");
}

static bool parse_object(struct parser *p, struct node *node)
{
    struct node **end = &node->children.first;

    node->type = JSONR_OBJECT;
    if (take_char(p, '}'))
        return true;
    do {
        struct node *member = ARENA_NEW(p->arena, struct node);

        if (!take_key(p, node, &member->key) || !parse_value(p, member))
            return false;
        *end = member;
        end = &member->next;
        node->children.count++;
    } while (take_char(p, ','));
    if (!take_char(p, '}'))
        return refuse(p, "an object's '}' or ',' is missing");
    return !has_equal_keys(p, node) || refuse(p, "a key appears twice");
}

static bool parse_nested(struct parser *p, struct node *node, bool is_object)
{
    bool ok = false;

    if (p->depth == JSONR_DEPTH_MAX)
        return refuse(p, "nested too deeply");
    p->depth++;
    ok = is_object ? parse_object(p, node) : parse_array(p, node);
    p->depth--;
    return ok;
}

static bool parse_any(struct parser *p, struct node *node)
{
    switch (*p->at) {
    case '{':
    case '[':
        return parse_nested(p, node, *p->at++ == '{');
    case '"':
        p->at++;
        node->type = JSONR_STR;
        return take_string(p, &node->text);
    case 't':
    case 'f':
        node->type = JSONR_BOOL;
        node->truth = *p->at == 't';
        return take_word(p, node->truth ? "true" : "false");
    case 'n':
        node->type = JSONR_NULL;
        return take_word(p, "null");
    default:
        if (*p->at == '-' || (*p->at >= '0' && *p->at <= '9'))
            return parse_number(p, node);
        return refuse(p, "this is no value");
    }
}

static bool parse_value(struct parser *p, struct node *node)
{
    const char *first = NULL;

    skip_space(p);
    if (p->at == p->end)
        return refuse(p, "a value is missing");
    if (++p->values > JSONR_VALUES_MAX)
        return refuse(p, "too many values");
    first = p->at;
    if (!parse_any(p, node))
        return false;
    node->source = str_from_bytes(first, (size_t)(p->at - first));
    return true;
}

bool jsonr_parse(struct jsonr *doc, struct str text, struct err *err)
{
    const char *start = text.ptr ? text.ptr : "";

    *doc = (struct jsonr){0};

    struct parser p = {
        .arena = &doc->arena, .start = start, .at = start, .end = start + text.len, .err = err};
    struct node *root = ARENA_NEW(&doc->arena, struct node);

    if (!parse_value(&p, root))
        return false;
    skip_space(&p);
    if (p.at < p.end)
        return refuse(&p, "something follows the value");
    doc->root = root;
    return true;
}

void jsonr_fini(struct jsonr *doc)
{
    arena_fini(&doc->arena);
    doc->root = NULL;
}

/* ---- values ---- */

struct jsonv jsonr_root(const struct jsonr *doc)
{
    return (struct jsonv){doc->root};
}

enum jsonr_type jsonv_type(struct jsonv value)
{
    return value.node ? ((const struct node *)value.node)->type : JSONR_MISSING;
}

/* NULL unless it is of that type. */
static const struct node *node_of(struct jsonv value, enum jsonr_type type)
{
    return jsonv_type(value) == type ? value.node : NULL;
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
    const struct node *node = node_of(object, JSONR_OBJECT);
    const struct node *member = node ? node->children.first : NULL;
    struct str wanted = str_from(key);

    while (member && !str_eq(member->key, wanted))
        member = member->next;
    return (struct jsonv){member};
}

size_t jsonv_len(struct jsonv value)
{
    enum jsonr_type type = jsonv_type(value);

    if (type != JSONR_OBJECT && type != JSONR_ARRAY)
        return 0;
    return ((const struct node *)value.node)->children.count;
}

struct jsonv jsonv_at(struct jsonv array, size_t index)
{
    const struct node *node = node_of(array, JSONR_ARRAY);

    return (struct jsonv){node && index < node->children.count ? node->children.items[index]
                                                               : NULL};
}

bool jsonv_next(struct jsonv object, void **cursor, struct str *key, struct jsonv *value)
{
    const struct node *node = node_of(object, JSONR_OBJECT);

    if (!node)
        return false;
    *cursor = *cursor ? ((struct node *)*cursor)->next : node->children.first;
    if (!*cursor)
        return false;
    value->node = *cursor;
    *key = ((const struct node *)value->node)->key;
    return true;
}

struct str jsonv_str(struct jsonv value, struct str fallback)
{
    const struct node *node = node_of(value, JSONR_STR);

    return node ? node->text : fallback;
}

int64_t jsonv_int(struct jsonv value, int64_t fallback)
{
    const struct node *node = node_of(value, JSONR_INT);

    return node ? node->number : fallback;
}

double jsonv_real(struct jsonv value, double fallback)
{
    const struct node *real = node_of(value, JSONR_REAL), *whole = node_of(value, JSONR_INT);

    if (real)
        return real->real;
    return whole ? (double)whole->number : fallback;
}

bool jsonv_bool(struct jsonv value, bool fallback)
{
    const struct node *node = node_of(value, JSONR_BOOL);

    return node ? node->truth : fallback;
}

char *jsonv_dump(struct jsonv value)
{
    const struct node *node = value.node;
    struct str source = node ? node->source : STR("null");
    char *text = malloc(source.len + 1);

    if (!text)
        die("out of memory");
    memcpy(text, source.ptr, source.len);
    text[source.len] = '\0';
    return text;
}
