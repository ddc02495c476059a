/* SPDX-License-Identifier: Apache-2.0 */
#include "api/openai/openai.h"

/* "application/json; charset=utf-8" is "application/json". */
static struct str media_type(const struct call *call)
{
    const struct str *header = http_header(call->exchange, "content-type");
    struct str type = {0};

    if (header)
        str_cut(*header, ';', &type);
    return str_trim(type);
}

bool openai_read_body(struct call *call, struct jsonv *root)
{
    struct str type = media_type(call);
    struct err err;

    if (type.len == 0 || str_eq_nocase(type, STR("application/json")))
        return call_read_json(call, root);
    err_set(&err, ERR_MEDIA_TYPE,
            "Unsupported content type: '" STR_FMT "'. This API method takes 'application/json'.",
            STR_ARG(openai_shown(type)));
    call_fail(call, &err);
    return false;
}
