/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#include <string.h>

struct str str_from(const char *text)
{
    return (struct str){text, text ? strlen(text) : 0};
}

struct str str_from_bytes(const char *ptr, size_t len)
{
    return (struct str){ptr, len};
}

bool str_eq(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool str_eq_c(struct str a, const char *b)
{
    return str_eq(a, str_from(b));
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool str_eq_nocase(struct str a, struct str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    }
    return true;
}

bool str_starts(struct str text, struct str prefix)
{
    return text.len >= prefix.len && str_eq(str_head(text, prefix.len), prefix);
}

bool str_ends(struct str text, struct str suffix)
{
    return text.len >= suffix.len && str_eq(str_skip(text, text.len - suffix.len), suffix);
}

ptrdiff_t str_find(struct str text, struct str part)
{
    const char *at = NULL;

    if (part.len == 0)
        return 0;
    if (text.len < part.len)
        return -1;
    at = memmem(text.ptr, text.len, part.ptr, part.len);
    return at ? at - text.ptr : -1;
}

ptrdiff_t str_find_char(struct str text, char c)
{
    const char *at = text.len ? memchr(text.ptr, c, text.len) : NULL;

    return at ? at - text.ptr : -1;
}

struct str str_skip(struct str text, size_t bytes)
{
    return (struct str){text.ptr + bytes, text.len - bytes};
}

struct str str_head(struct str text, size_t bytes)
{
    return (struct str){text.ptr, bytes};
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str text)
{
    while (text.len && is_space(text.ptr[0]))
        text = str_skip(text, 1);
    while (text.len && is_space(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

struct str str_cut(struct str text, char separator, struct str *part)
{
    ptrdiff_t at = str_find_char(text, separator);

    if (at < 0) {
        *part = text;
        return (struct str){NULL, 0};
    }
    *part = str_head(text, (size_t)at);
    return str_skip(text, (size_t)at + 1);
}

bool str_to_uint(struct str text, uint64_t *value)
{
    uint64_t sum = 0;

    if (text.len == 0)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned digit = (unsigned)(text.ptr[i] - '0');

        if (digit > 9 || sum > (UINT64_MAX - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    *value = sum;
    return true;
}

bool str_to_int(struct str text, int64_t *value)
{
    bool negative = text.len > 0 && text.ptr[0] == '-';
    uint64_t sum = 0;

    if (!str_to_uint(negative ? str_skip(text, 1) : text, &sum))
        return false;
    if (sum > (uint64_t)INT64_MAX + (negative ? 1 : 0))
        return false;
    *value = negative ? (int64_t)(0 - sum) : (int64_t)sum;
    return true;
}

bool str_eq_secret(struct str a, struct str b)
{
    unsigned char difference = 0;

    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        difference |= (unsigned char)(a.ptr[i] ^ b.ptr[i]);
    return difference == 0;
}

/* Bytes of a sequence that starts with this byte, or 0 where none can. */
static size_t utf8_length(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first < 0xC2 || first > 0xF4)
        return 0;
    return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

/* Whether the second byte keeps out overlong forms, surrogates and all above U+10FFFF. */
static bool utf8_second_is_valid(unsigned char first, unsigned char second)
{
    unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;

    return second >= low && second <= high;
}

/* Bytes of the sequence that starts here, or 0 when it is not valid. */
static size_t utf8_sequence(const unsigned char *s, size_t left)
{
    size_t len = utf8_length(s[0]);

    if (len > left || (len > 1 && !utf8_second_is_valid(s[0], s[1])))
        return 0;
    for (size_t i = 2; i < len; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    }
    return len;
}

bool str_is_utf8(struct str text)
{
    const unsigned char *s = (const unsigned char *)text.ptr;

    for (size_t i = 0; i < text.len;) {
        size_t len = utf8_sequence(s + i, text.len - i);

        if (len == 0)
            return false;
        i += len;
    }
    return true;
}

struct str str_utf8_head(struct str text, size_t bytes_max)
{
    size_t bytes = bytes_max;

    if (text.len <= bytes)
        return text;
    while (bytes && ((unsigned char)text.ptr[bytes] & 0xC0) == 0x80)
        bytes--;
    return str_head(text, bytes);
}

size_t str_utf8_count(struct str text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    return count;
}

bool str_copy(struct str text, char *out, size_t size)
{
    size_t len = text.len < size ? text.len : size - 1;

    if (len)
        memcpy(out, text.ptr, len);
    out[len] = '\0';
    return len == text.len;
}
