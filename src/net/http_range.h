/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_range: which bytes of a resource a request wants, and whether it has them already
 * (RFC 9110 sections 13 and 14).
 *
 * Thread: any; pure.
 */
#ifndef VITASCOPE_NET_HTTP_RANGE_H
#define VITASCOPE_NET_HTTP_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum { HTTP_CONTENT_RANGE_BYTES = 80 };

enum http_range_kind {
    HTTP_RANGE_WHOLE,        /* no range, or one that may be ignored: 200 */
    HTTP_RANGE_PART,         /* 206 */
    HTTP_RANGE_UNSATISFIABLE /* 416 */
};

struct http_range {
    uint64_t offset;
    uint64_t length;
};

/* Reads the value of a Range header against a resource of `size` bytes. Fills *range with the
 * bytes to send: the part, or all of them for WHOLE, or none. Several ranges, other units and
 * malformed ones give WHOLE, as the RFC allows. */
enum http_range_kind http_range_parse(struct str value, uint64_t size, struct http_range *range);

/* "bytes 0-99/200", or "bytes * /200" (without the space) for UNSATISFIABLE. Returns out. */
const char *http_content_range(enum http_range_kind kind, const struct http_range *range,
                               uint64_t size, char out[HTTP_CONTENT_RANGE_BYTES]);

/* If-None-Match, weak comparison: "*", or a list with this tag. `etag` has its quotes. */
bool http_etag_matches(struct str if_none_match, struct str etag);

/* If-Range, strong comparison: the range counts only when this is true. Dates never match,
 * because we always send a tag. */
bool http_if_range_matches(struct str if_range, struct str etag);

#endif
