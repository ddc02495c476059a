/* SPDX-License-Identifier: Apache-2.0 */
#include "api/spec.h"

#include "api/call.h"
#include "net/http_range.h"

static const struct spec_document *document_of(struct str name)
{
    const struct spec_document *document = spec_documents;

    while (document->name && !str_eq_c(name, document->name))
        document++;
    return document->name ? document : spec_documents;
}

static void reply(struct call *call, const struct spec_document *document)
{
    struct str text = str_from_bytes((const char *)document->json, document->bytes);
    const struct str *seen = http_header(call->exchange, "if-none-match");

    http_reply_header(call->exchange, "ETag", str_from(document->etag));
    http_reply_header(call->exchange, "Cache-Control", STR("no-cache"));
    /* It holds no secret, and viewers are pages from anywhere. */
    http_reply_header(call->exchange, "Access-Control-Allow-Origin", STR("*"));
    if (seen && http_etag_matches(*seen, str_from(document->etag)))
        http_reply(call->exchange, 304, NULL, (struct str){0});
    else
        http_reply(call->exchange, 200, "application/json", text);
}

void spec_get_own(struct call *call)
{
    reply(call, document_of(str_skip(str_from(call->dialect->prefix), 1)));
}

void spec_get(struct call *call)
{
    if (call->pinned)
        spec_get_own(call);
    else
        reply(call, &spec_documents[0]);
}
