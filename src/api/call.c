/* SPDX-License-Identifier: Apache-2.0 */
#include "api/call.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/api_impl.h"

enum { REPLY_BYTES = 1000 }; /* most are smaller: one allocation */

static const char json_type[] = "application/json";

static void reply_buf(struct call *call, int status, struct buf *out)
{
    struct http_exchange *exchange = call->exchange;

    jsonr_fini(&call->json);
    if (buf_is_over(out))
        http_reply(exchange, 500, json_type, STR("{\"error\":\"answer too large\"}"));
    else
        http_reply(exchange, status, json_type, buf_str(out));
    buf_fini(out);
}

void call_reply(struct call *call, int status,
                void (*write)(struct call *call, const void *data, struct jsonw *w),
                const void *data)
{
    struct buf out;
    struct jsonw w;

    buf_init(&out, CALL_REPLY_BYTES_MAX);
    buf_reserve(&out, REPLY_BYTES);
    jsonw_init(&w, &out);
    write(call, data, &w);
    reply_buf(call, status, &out);
}

/* What may be told of a fault that is ours: nothing of its inside. */
static struct err public_err(const struct err *err)
{
    struct err told = *err;

    if (err->kind == ERR_IO || err->kind == ERR_INTERNAL)
        err_set(&told, err->kind, "Internal server error");
    return told;
}

void call_fail(struct call *call, const struct err *err)
{
    const struct dialect_ops *dialect = call->dialect;
    struct err told = public_err(err);
    int status =
        dialect->error_status ? dialect->error_status(call, &told) : err_http_status(err->kind);
    struct buf out;
    struct jsonw w;

    if (err->kind == ERR_IO || err->kind == ERR_INTERNAL)
        log_error("call.failed", "path=%s kind=%s text=%s", log_quote(call->exchange->path),
                  err_kind_name(err->kind), log_quote(str_from(err->text)));
    if (err->kind == ERR_BUSY || err->kind == ERR_RATE)
        http_reply_header(
            call->exchange, "Retry-After",
            arena_printf(call->arena, "%" PRId64, call->retry_after_s ? call->retry_after_s : 1));
    buf_init(&out, CALL_REPLY_BYTES_MAX);
    jsonw_init(&w, &out);
    dialect->write_error(call, &told, &w);
    reply_buf(call, status, &out);
}

const char *call_blamed(const struct err *err)
{
    bool is_of_key = err->kind == ERR_RATE || err->kind == ERR_FORBIDDEN;

    if (is_of_key && !str_eq_c(str_from(err->param), "model"))
        return NULL;
    return err->param[0] ? err->param : NULL;
}

bool call_read_json(struct call *call, struct jsonv *root)
{
    struct err err;

    if (!jsonr_parse(&call->json, call->exchange->body, &err)) {
        call_fail(call, &err);
        return false;
    }
    *root = jsonr_root(&call->json);
    if (jsonv_type(*root) != JSONR_OBJECT) {
        err_set(&err, ERR_INVALID, "The request body must be a JSON object");
        call_fail(call, &err);
        return false;
    }
    return true;
}

bool call_idempotency_key(struct call *call, struct str *key)
{
    const struct str *value = http_header(call->exchange, "idempotency-key");
    struct err err;

    *key = value ? *value : (struct str){0};
    if (key->len <= SERVICE_IDEMPOTENCY_BYTES_MAX)
        return true;
    err_set_param(&err, ERR_INVALID, "Idempotency-Key", "Idempotency-Key is longer than %d bytes",
                  SERVICE_IDEMPOTENCY_BYTES_MAX);
    call_fail(call, &err);
    return false;
}

struct str call_json(struct call *call,
                     void (*write)(struct call *call, const void *data, struct jsonw *w),
                     const void *data)
{
    struct buf out;
    struct jsonw w;
    struct str text;

    buf_init(&out, CALL_REPLY_BYTES_MAX);
    jsonw_init(&w, &out);
    write(call, data, &w);
    text = arena_str(call->arena, buf_str(&out));
    buf_fini(&out);
    return text;
}

struct str call_base_url(struct call *call)
{
    if (call->base_url.len)
        return call->base_url;
    if (call->api->public_url.len)
        return call->api->public_url;
    if (call->exchange && call->exchange->host.len)
        return arena_printf(call->arena, "http://" STR_FMT, STR_ARG(call->exchange->host));
    return STR("http://localhost");
}

struct str call_file_link(struct call *call, struct id asset, enum asset_type type,
                          int64_t expires_ms)
{
    struct str base = call_base_url(call);
    struct str query = service_link_query(call->service, call->arena, asset, expires_ms);
    char text[ID_TEXT_LEN + 1];

    id_to_text(asset, text);
    return arena_printf(call->arena, STR_FMT "/files/%s.%s?" STR_FMT, STR_ARG(base), text,
                        asset_type_extension(type), STR_ARG(query));
}
