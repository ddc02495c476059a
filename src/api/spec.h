/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spec: the OpenAPI documents of docs/openapi/, joined by tools/openapi.py when we are built, and
 * served as they are.
 *
 * Thread: loop.
 */
#ifndef VITASCOPE_API_SPEC_H
#define VITASCOPE_API_SPEC_H

#include <stddef.h>

struct call;

struct spec_document {
    const char *name; /* "all", or a dialect's prefix without its "/" */
    const unsigned char *json;
    size_t bytes;
    const char *etag; /* with its quotes */
};

/* "all" first; ends with a document without a name. */
extern const struct spec_document spec_documents[];

/* GET /openapi.json: of the dialect that the path's prefix pins, else the whole. */
void spec_get(struct call *call);

/* GET below a path of one dialect: its own document, with or without a prefix. */
void spec_get_own(struct call *call);

#endif
