/* SPDX-License-Identifier: Apache-2.0 */
/*
 * multipart: multipart/form-data (RFC 7578), as a stream or as a whole form in memory.
 *
 * Strict about its frame: the body begins with the first boundary and ends with the last one and
 * at most one line end; lines end in CR LF; boundaries have nothing behind them. Every part needs
 * a name. Transfer encodings are refused, since nobody sends them and two programs could read
 * them in two ways. Other headers of a part are ignored.
 *
 * A part with a file name is a file. Values of fields are bytes as sent.
 *
 * Thread: one at a time.
 */
#ifndef VITASCOPE_NET_MULTIPART_H
#define VITASCOPE_NET_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum {
    MULTIPART_PARTS_MAX = 64,
    MULTIPART_BOUNDARY_BYTES_MAX = 70,
    MULTIPART_HEADER_BYTES_MAX = 4096, /* of one part, all its lines */
    MULTIPART_NAME_BYTES_MAX = 200,
    MULTIPART_FILENAME_BYTES_MAX = 255,
};

struct multipart_part {
    struct str name;
    bool is_file;
    struct str filename;     /* decoded; may be empty */
    struct str content_type; /* as sent, or empty */
};

/* Each may end the reading by returning false with err filled in. Strings are borrowed for the
 * call. */
struct multipart_sink {
    bool (*begin)(void *context, const struct multipart_part *part, struct err *err);
    bool (*data)(void *context, struct str bytes, struct err *err); /* any number of times */
    bool (*end)(void *context, struct err *err);
    void *context;
};

struct multipart;

/* content_type is the request's header. ERR_MEDIA_TYPE: another type; ERR_INVALID: no boundary,
 * or none that is one. Parts over part_bytes_max are ERR_TOO_LARGE. Copies the sink. */
MUST_CHECK bool multipart_open(struct multipart **multipart, struct str content_type,
                               uint64_t part_bytes_max, const struct multipart_sink *sink,
                               struct err *err);
void multipart_close(struct multipart *multipart); /* accepts NULL */

/* Takes the next bytes of the body, in pieces of any size. After a failure: close. ERR_INVALID:
 * not such a body; ERR_TOO_LARGE: over a limit, with the part's name as param where it is known;
 * or what the sink said. */
MUST_CHECK bool multipart_feed(struct multipart *multipart, struct str bytes, struct err *err);

/* The body is over. ERR_INVALID: it breaks off. */
MUST_CHECK bool multipart_finish(struct multipart *multipart, struct err *err);

struct multipart_field {
    struct multipart_part part; /* in the arena */
    struct str bytes;           /* borrowed from the body */
};

struct multipart_form {
    const struct multipart_field *fields; /* in the order sent */
    int count;
};

/* A whole body at once. Errors as above. */
MUST_CHECK bool multipart_read(struct arena *arena, struct str content_type, struct str body,
                               uint64_t part_bytes_max, struct multipart_form *form,
                               struct err *err);

/* The first field of that name, or NULL. */
const struct multipart_field *multipart_get(const struct multipart_form *form, const char *name);

#endif
