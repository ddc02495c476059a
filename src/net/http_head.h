/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_head: the strict scanner of a request's header block.
 *
 * It stands in front of the parser that frames the message and refuses whatever two programs in
 * a chain could read in two ways, following nginx: lines that end in anything but CR LF, a bare
 * CR or NUL or other control byte anywhere, folded lines, space before a colon or before the
 * first name, names that are not tokens, no Host in HTTP/1.1 or two, a Host that is not a host,
 * two Content-Length, a Content-Length that is not plain digits, Content-Length together with
 * Transfer-Encoding, Transfer-Encoding in HTTP/1.0 or other than exactly "chunked".
 *
 * Thread: any; pure: bytes in, facts out.
 */
#ifndef VITASCOPE_NET_HTTP_HEAD_H
#define VITASCOPE_NET_HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum {
    HTTP_HEAD_BYTES_MAX = 16 * 1024,
    HTTP_HEADER_COUNT_MAX = 100,
    HTTP_TARGET_BYTES_MAX = 8 * 1024
};

/* X(name): the methods that we speak; others are answered 501. */
#define HTTP_METHODS(X) X(GET) X(HEAD) X(POST) X(PUT) X(PATCH) X(DELETE) X(OPTIONS)

enum http_method {
#define X(name) HTTP_##name,
    HTTP_METHODS(X)
#undef X
        HTTP_METHOD_COUNT
};

struct http_header {
    struct str name;  /* as sent */
    struct str value; /* without the space around it */
};

/* What the bytes say. All strings borrow from the scanned bytes. */
struct http_head {
    enum http_method method;
    int minor; /* of HTTP/1.x: 0 or 1 */
    struct str target;
    struct str host;
    int header_count;
    int64_t content_length; /* 0 when there is no body; -1: chunked */
    bool has_content_length;
    bool keep_alive;      /* as the version and Connection say */
    bool expect_continue; /* Expect: 100-continue, HTTP/1.1 only */
};

/* Finds the end of a header block that may still be growing. *scanned (0 at the start) is where
 * the last call stopped, so that a block that comes byte by byte costs its length once. */
enum http_head_end {
    HTTP_HEAD_PARTIAL,
    HTTP_HEAD_COMPLETE, /* *head_bytes includes the empty line */
    HTTP_HEAD_BAD       /* a line that does not end in CR LF, or a NUL */
};

enum http_head_end http_head_find_end(struct str bytes, size_t *scanned, size_t *head_bytes);

/* Reads a complete block. `headers` has room for headers_max, which is the limit too.
 * Returns 0, or the status to refuse with (400 414 431 501 505) and *reason, a constant text. */
int http_head_scan(struct str block, struct http_header *headers, int headers_max,
                   struct http_head *head, const char **reason);

/* The first of that name, ignoring case, or NULL. */
const struct str *http_headers_get(const struct http_header *headers, int count, struct str name);

const char *http_method_name(enum http_method method);

/* A header line's name and value by the same rules, for trailers too. False: malformed. */
bool http_header_line_scan(struct str line, struct http_header *header);

/* Does it fit on one line by those rules? For headers that we send. */
bool http_header_is_valid(const struct http_header *header);

#endif
