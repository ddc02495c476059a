/* SPDX-License-Identifier: Apache-2.0 */
/*
 * url: absolute http and https URLs, percent-encoding, and the query part.
 *
 * Strict: what two programs could read in two ways is refused (user names, backslashes, spaces,
 * control bytes, raw bytes over 0x7e, a "%" without two hex digits), because a URL is checked
 * here and used elsewhere.
 *
 * Thread: any; pure. Results borrow from their input unless an arena is given.
 */
#ifndef VITASCOPE_NET_URL_H
#define VITASCOPE_NET_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum {
    URL_BYTES_MAX = 8192,
    URL_HOST_BYTES_MAX = 253,
    URL_PARAMS_MAX = 64 /* name=value pairs of one query */
};

struct url {
    bool is_https;
    struct str host; /* as written; an IPv6 address without its brackets */
    bool host_is_ip6;
    uint16_t port;    /* the scheme's own when none is written */
    struct str path;  /* still encoded; "/" when empty */
    struct str query; /* still encoded, without "?" */
};

struct url_param {
    struct str name; /* decoded */
    struct str value;
};

struct url_params {
    const struct url_param *items;
    int count;
};

/* A fragment is cut off. ERR_INVALID: not such a URL, or over URL_BYTES_MAX. */
MUST_CHECK bool url_parse(struct str text, struct url *url, struct err *err);

/* Same scheme, host (ignoring case) and port. */
bool url_same_origin(const struct url *a, const struct url *b);

/* ERR_INVALID: "%" without two hex digits, or a NUL however it is written. Returns the input itself
 * where nothing is encoded. `plus_is_space` is for queries and forms. */
MUST_CHECK bool url_decode(struct arena *arena, struct str text, bool plus_is_space,
                           struct str *decoded, struct err *err);

/* Appends with all but letters, digits and "-._~" encoded; url_encode_path() keeps "/" too. */
void url_encode(struct buf *out, struct str text);
void url_encode_path(struct buf *out, struct str text);

/* Decodes the path of a request: like url_decode(), and ERR_INVALID for control bytes, for bytes
 * that are not UTF-8, and for "." and ".." segments however they are written. */
MUST_CHECK bool url_decode_path(struct arena *arena, struct str path, struct str *decoded,
                                struct err *err);

/* "a=1&b=x%20y&c" in order; empty pieces are skipped; a name without "=" has an empty value.
 * ERR_INVALID: bad encoding, or more than URL_PARAMS_MAX. Also reads
 * application/x-www-form-urlencoded bodies. */
MUST_CHECK bool url_params_parse(struct arena *arena, struct str query, struct url_params *params,
                                 struct err *err);

/* The first of that name, or NULL. */
const struct str *url_params_get(const struct url_params *params, const char *name);

#endif
