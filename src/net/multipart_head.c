/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "net/http_head.h"
#include "net/multipart_impl.h"
#include "net/url.h"

static bool is_token_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c && strchr("!#$%&'*+-.^_`|~", c));
}

/* RFC 2046: these, and a space that is not the last. */
static bool is_boundary(struct str text)
{
    if (text.len == 0 || text.len > MULTIPART_BOUNDARY_BYTES_MAX || text.ptr[text.len - 1] == ' ')
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_letter = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

        if (!is_letter && (!c || !strchr("'()+_,-./:=? ", c)))
            return false;
    }
    return true;
}

static size_t token_len(struct str text)
{
    size_t len = 0;

    while (len < text.len && is_token_char(text.ptr[len]))
        len++;
    return len;
}

/*
 * The next "; name=value" of a header's value; *rest moves behind it. A value is a token or is in
 * quotes, where a backslash stands before a quote or a backslash only: other clients send Windows
 * paths as they are. False: there is none, with *rest empty if that is well.
 */
static bool next_param(struct arena *arena, struct str *rest, struct str *name, struct str *value)
{
    struct str text = str_trim(*rest);
    char *out = NULL;
    size_t len = 0;

    *rest = text;
    if (text.len == 0 || text.ptr[0] != ';')
        return false;
    text = str_trim(str_skip(text, 1));
    *name = str_head(text, token_len(text));
    text = str_skip(text, name->len);
    if (name->len == 0 || text.len < 2 || text.ptr[0] != '=')
        return false;
    text = str_skip(text, 1);
    if (text.ptr[0] != '"') {
        *value = str_head(text, token_len(text));
        *rest = str_skip(text, value->len);
        return value->len > 0;
    }
    out = arena_alloc(arena, text.len);
    for (size_t i = 1; i < text.len; i++) {
        bool escapes = text.ptr[i] == '\\' && i + 1 < text.len &&
                       (text.ptr[i + 1] == '"' || text.ptr[i + 1] == '\\');

        if (text.ptr[i] == '"') {
            *value = str_from_bytes(out, len);
            *rest = str_skip(text, i + 1);
            return true;
        }
        out[len++] = text.ptr[i += escapes];
    }
    return false;
}

bool multipart_boundary(struct str content_type, struct str *boundary, struct err *err)
{
    struct str rest = content_type, type = str_head(rest, 0), name, value, found = {0};
    ptrdiff_t semicolon = str_find_char(rest, ';');
    struct arena arena = {0};
    bool twice = false;

    type = str_trim(semicolon < 0 ? rest : str_head(rest, (size_t)semicolon));
    rest = semicolon < 0 ? (struct str){0} : str_skip(rest, (size_t)semicolon);
    if (!str_eq_nocase(type, STR("multipart/form-data")))
        return err_set(err, ERR_MEDIA_TYPE, "Content-Type must be multipart/form-data");
    while (next_param(&arena, &rest, &name, &value)) {
        if (!str_eq_nocase(name, STR("boundary")))
            continue;
        twice = twice || found.ptr;
        /* What may be in a boundary needs no backslash: it stands in the header as it is. */
        if (is_boundary(value) && str_find(content_type, value) >= 0)
            found = str_from_bytes(content_type.ptr + str_find(content_type, value), value.len);
    }
    arena_fini(&arena);
    if (!found.ptr || twice || rest.len)
        return err_set(err, ERR_INVALID, "Content-Type has no usable boundary");
    *boundary = found;
    return true;
}

static bool refuse(struct err *err, const char *what)
{
    return err_set(err, ERR_INVALID, "A part of the multipart body has %s", what);
}

/* RFC 5987: UTF-8''percent-encoded. */
static bool decode_extended(struct arena *arena, struct str value, struct str *decoded)
{
    struct str charset, language, text = str_cut(value, '\'', &charset);
    struct err err;

    text = str_cut(text, '\'', &language);
    return text.ptr && str_eq_nocase(charset, STR("UTF-8")) &&
           url_decode(arena, text, false, decoded, &err) && str_is_utf8(*decoded);
}

static bool check_names(const struct multipart_part *part, struct err *err)
{
    if (part->name.len == 0 || part->name.len > MULTIPART_NAME_BYTES_MAX)
        return refuse(err, "no name, or one that is too long");
    if (part->filename.len > MULTIPART_FILENAME_BYTES_MAX)
        return refuse(err, "a file name that is too long");
    if (!str_is_utf8(part->name) || !str_is_utf8(part->filename))
        return refuse(err, "a name that is not UTF-8");
    return true;
}

static bool read_disposition(struct arena *arena, struct str value, struct multipart_part *part,
                             struct err *err)
{
    struct str rest, kind, name, text;
    bool is_named = false, is_extended = false;

    kind = str_head(value, token_len(value));
    rest = str_skip(value, kind.len);
    if (!str_eq_nocase(kind, STR("form-data")))
        return refuse(err, "another Content-Disposition than form-data");
    while (next_param(arena, &rest, &name, &text)) {
        if (str_eq_nocase(name, STR("name"))) {
            if (is_named)
                return refuse(err, "two names");
            is_named = true;
            part->name = text;
        } else if (str_eq_nocase(name, STR("filename*"))) {
            if (!decode_extended(arena, text, &part->filename))
                return refuse(err, "a file name that cannot be decoded");
            is_extended = part->is_file = true;
        } else if (str_eq_nocase(name, STR("filename"))) {
            part->is_file = true;
            part->filename = is_extended ? part->filename : text;
        }
    }
    if (rest.len)
        return refuse(err, "a Content-Disposition that cannot be read");
    return check_names(part, err);
}

static bool is_plain_encoding(struct str value)
{
    return str_eq_nocase(value, STR("binary")) || str_eq_nocase(value, STR("8bit")) ||
           str_eq_nocase(value, STR("7bit"));
}

bool multipart_headers(struct arena *arena, struct str block, struct multipart_part *part,
                       struct err *err)
{
    bool is_disposed = false;

    *part = (struct multipart_part){0};
    while (block.len > 2) {
        ptrdiff_t end = str_find(block, STR("\r\n"));
        struct http_header header;

        if (end <= 0 || !http_header_line_scan(str_head(block, (size_t)end), &header))
            return refuse(err, "a header that is none");
        block = str_skip(block, (size_t)end + 2);
        if (str_eq_nocase(header.name, STR("Content-Type"))) {
            part->content_type = header.value;
        } else if (str_eq_nocase(header.name, STR("Content-Transfer-Encoding"))) {
            if (!is_plain_encoding(header.value))
                return refuse(err, "a Content-Transfer-Encoding");
        } else if (str_eq_nocase(header.name, STR("Content-Disposition"))) {
            if (is_disposed)
                return refuse(err, "two Content-Dispositions");
            is_disposed = true;
            if (!read_disposition(arena, header.value, part, err))
                return false;
        }
    }
    return is_disposed || refuse(err, "no Content-Disposition");
}
