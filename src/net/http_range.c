/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_range.h"

#include <inttypes.h>
#include <stdio.h>

static enum http_range_kind satisfy(uint64_t first, uint64_t last, uint64_t size,
                                    struct http_range *range)
{
    if (first >= size) {
        *range = (struct http_range){0};
        return HTTP_RANGE_UNSATISFIABLE;
    }
    if (last >= size)
        last = size - 1;
    *range = (struct http_range){.offset = first, .length = last - first + 1};
    return HTTP_RANGE_PART;
}

enum http_range_kind http_range_parse(struct str value, uint64_t size, struct http_range *range)
{
    struct str unit = {0}, first_text = {0}, last_text = {0}, spec = {0};
    uint64_t first = 0, last = UINT64_MAX;

    *range = (struct http_range){.offset = 0, .length = size};
    spec = str_trim(str_cut(value, '=', &unit));
    if (!str_eq_nocase(str_trim(unit), STR("bytes")) || str_find_char(spec, ',') >= 0)
        return HTTP_RANGE_WHOLE;
    last_text = str_cut(spec, '-', &first_text);
    if (!last_text.ptr)
        return HTTP_RANGE_WHOLE;
    if (last_text.len && !str_to_uint(last_text, &last))
        return HTTP_RANGE_WHOLE;
    if (first_text.len == 0) { /* "-n": the last n bytes */
        if (last_text.len == 0)
            return HTTP_RANGE_WHOLE;
        return satisfy(last < size && last ? size - last
                       : last              ? 0
                                           : size,
                       UINT64_MAX, size, range);
    }
    if (!str_to_uint(first_text, &first) || first > last)
        return HTTP_RANGE_WHOLE;
    return satisfy(first, last, size, range);
}

const char *http_content_range(enum http_range_kind kind, const struct http_range *range,
                               uint64_t size, char out[HTTP_CONTENT_RANGE_BYTES])
{
    if (kind == HTTP_RANGE_UNSATISFIABLE)
        snprintf(out, HTTP_CONTENT_RANGE_BYTES, "bytes */%" PRIu64, size);
    else
        snprintf(out, HTTP_CONTENT_RANGE_BYTES, "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64,
                 range->offset, range->offset + range->length - 1, size);
    return out;
}

static struct str without_weak_mark(struct str tag)
{
    return str_starts(tag, STR("W/")) ? str_skip(tag, 2) : tag;
}

bool http_etag_matches(struct str if_none_match, struct str etag)
{
    struct str rest = if_none_match, item = {0};

    if (str_eq_c(str_trim(if_none_match), "*"))
        return true;
    /* Our tags hold no comma, so one inside a foreign tag cannot make a false match. */
    while (rest.ptr) {
        rest = str_cut(rest, ',', &item);
        if (str_eq(without_weak_mark(str_trim(item)), without_weak_mark(etag)))
            return true;
    }
    return false;
}

bool http_if_range_matches(struct str if_range, struct str etag)
{
    return !str_starts(etag, STR("W/")) && str_eq(str_trim(if_range), etag);
}
