/* SPDX-License-Identifier: Apache-2.0 */
#include "base/jsonw.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

void jsonw_init(struct jsonw *w, struct buf *buf)
{
    *w = (struct jsonw){.buf = buf};
}

static void before_value(struct jsonw *w)
{
    if (w->after_key) {
        w->after_key = false;
        return;
    }
    if (w->has_item[w->depth])
        buf_add_char(w->buf, ',');
    w->has_item[w->depth] = true;
}

static void begin(struct jsonw *w, char opener, char closer)
{
    before_value(w);
    assert(w->depth < JSONW_DEPTH_MAX);
    w->depth++;
    w->has_item[w->depth] = false;
    w->closer[w->depth] = closer;
    buf_add_char(w->buf, opener);
}

void jsonw_object(struct jsonw *w)
{
    begin(w, '{', '}');
}

void jsonw_array(struct jsonw *w)
{
    begin(w, '[', ']');
}

void jsonw_end(struct jsonw *w)
{
    assert(w->depth > 0);
    buf_add_char(w->buf, w->closer[w->depth]);
    w->depth--;
}

/* Whether the byte can be copied as it is. */
static bool is_safe(unsigned char c)
{
    return c >= ' ' && c != '"' && c != '\\' && c < 0x80;
}

static void add_escape(struct buf *buf, unsigned char c)
{
    switch (c) {
    case '"':
        buf_add(buf, "\\\"", 2);
        break;
    case '\\':
        buf_add(buf, "\\\\", 2);
        break;
    case '\n':
        buf_add(buf, "\\n", 2);
        break;
    case '\r':
        buf_add(buf, "\\r", 2);
        break;
    case '\t':
        buf_add(buf, "\\t", 2);
        break;
    default:
        buf_printf(buf, "\\u%04x", c);
    }
}

/* Writes one character of more than a byte, or the replacement of one bad byte. Returns bytes
 * of input used. */
static size_t add_multibyte(struct buf *buf, struct str rest)
{
    for (size_t len = 2; len <= 4 && len <= rest.len; len++) {
        if (str_is_utf8(str_head(rest, len))) {
            buf_add(buf, rest.ptr, len);
            return len;
        }
    }
    buf_add(buf, "\xEF\xBF\xBD", 3);
    return 1;
}

static void add_quoted(struct buf *buf, struct str value)
{
    buf_add_char(buf, '"');
    while (value.len > 0) {
        size_t run = 0;

        while (run < value.len && is_safe((unsigned char)value.ptr[run]))
            run++;
        buf_add(buf, value.ptr, run);
        value = str_skip(value, run);
        if (value.len > 0 && (unsigned char)value.ptr[0] < 0x80) {
            add_escape(buf, (unsigned char)value.ptr[0]);
            value = str_skip(value, 1);
        } else if (value.len > 0) {
            value = str_skip(value, add_multibyte(buf, value));
        }
    }
    buf_add_char(buf, '"');
}

void jsonw_key(struct jsonw *w, const char *key)
{
    before_value(w);
    add_quoted(w->buf, str_from(key));
    buf_add_char(w->buf, ':');
    w->after_key = true;
}

void jsonw_str(struct jsonw *w, struct str value)
{
    before_value(w);
    add_quoted(w->buf, value);
}

void jsonw_cstr(struct jsonw *w, const char *value)
{
    if (value)
        jsonw_str(w, str_from(value));
    else
        jsonw_null(w);
}

void jsonw_int(struct jsonw *w, int64_t value)
{
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    char digits[24];
    size_t at = sizeof(digits);

    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left);
    if (value < 0)
        digits[--at] = '-';
    before_value(w);
    buf_add(w->buf, digits + at, sizeof(digits) - at);
}

void jsonw_real(struct jsonw *w, double value)
{
    char text[64];
    int len = 0;

    before_value(w);
    if (!isfinite(value) || fabs(value) > 1e15) {
        buf_add_str(w->buf, STR("null"));
        return;
    }
    len = snprintf(text, sizeof(text), "%.6f", value);
    while (len > 0 && text[len - 1] == '0')
        len--;
    if (len > 0 && text[len - 1] == '.')
        len--;
    buf_add(w->buf, text, (size_t)len);
}

void jsonw_bool(struct jsonw *w, bool value)
{
    before_value(w);
    buf_add_str(w->buf, value ? STR("true") : STR("false"));
}

void jsonw_null(struct jsonw *w)
{
    before_value(w);
    buf_add_str(w->buf, STR("null"));
}

void jsonw_raw(struct jsonw *w, struct str json)
{
    before_value(w);
    buf_add_str(w->buf, json);
}
