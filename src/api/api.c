/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api.h"

#include <stdlib.h>
#include <string.h>

#include "api/api_impl.h"
#include "base/id.h"

struct api *api_new(const struct api_config *config)
{
    struct api *api = calloc(1, sizeof(*api));
    char *url =
        strndup(config->public_url.len ? config->public_url.ptr : "", config->public_url.len);

    if (!api || !url)
        die("out of memory");
    api->service = config->service;
    api->user = config->user;
    api->public_url = str_from(url);
    api->trusted = calloc(config->trusted_count + 1, sizeof(*api->trusted));
    if (!api->trusted)
        die("out of memory");
    for (size_t i = 0; i < config->trusted_count; i++)
        api->trusted[i] = config->trusted[i];
    api->trusted_count = config->trusted_count;
    while (str_ends(api->public_url, STR("/")))
        api->public_url.len--;
    callbacks_open(api);
    return api;
}

void api_free(struct api *api)
{
    if (!api)
        return;
    free((void *)(uintptr_t)api->public_url.ptr);
    free(api->trusted);
    free(api);
}

void *api_user(const struct api *api)
{
    return api->user;
}

void api_drain(struct api *api)
{
    api->draining = true;
}

/* Only forms bring files; whatever else is longer than any JSON of ours would fill the memory for
 * nothing. */
static void accept_body(struct call *call)
{
    const struct str *type = http_header(call->exchange, "content-type");
    uint64_t max = call->route->body_bytes_max;
    struct str form = STR("multipart/");
    bool is_form = type && type->len >= form.len && str_eq_nocase(str_head(*type, form.len), form);

    if (!is_form && max > CALL_BODY_IMAGE_BYTES_MAX)
        max = CALL_BODY_IMAGE_BYTES_MAX;
    http_accept_body(call->exchange, max);
}

/* Every answer names its request: clients read it from here into their error reports. */
static void add_request_id(struct http_exchange *exchange)
{
    char text[4 + ID_HEX_LEN + 1] = "req_";

    id_to_hex(id_new(), text + 4);
    http_reply_header(exchange, "x-request-id", str_from_bytes(text, sizeof(text) - 1));
}

static struct call *call_new(struct api *api, struct http_exchange *exchange)
{
    struct call *call = ARENA_NEW(exchange->arena, struct call);

    call->api = api;
    call->service = api->service;
    call->exchange = exchange;
    call->arena = exchange->arena;
    exchange->user = call;
    return call;
}

static void on_head(void *context, struct http_exchange *exchange)
{
    struct call *call = call_new(context, exchange);
    struct str methods;
    struct err err;

    add_request_id(exchange);
    switch (route_find(call, &methods)) {
    case ROUTE_NO_PATH:
        err_set(&err, ERR_NOT_FOUND, "Not found: " STR_FMT, STR_ARG(exchange->path));
        call_fail(call, &err);
        return;
    case ROUTE_NO_METHOD:
        err_set(&err, ERR_METHOD, "Method not allowed; allowed: " STR_FMT, STR_ARG(methods));
        http_reply_header(exchange, "Allow", methods);
        call_fail(call, &err);
        return;
    case ROUTE_FOUND:
        break;
    }
    if (call->api->draining && call->route->method == HTTP_POST) {
        err_set(&err, ERR_BUSY, "The server is stopping; try again");
        call_fail(call, &err);
    } else if (call->route->access == ACCESS_PUBLIC) {
        accept_body(call);
    } else {
        auth_check(call, accept_body);
    }
}

static void on_request(void *context, struct http_exchange *exchange)
{
    struct call *call = exchange->user;

    (void)context;
    call->route->handle(call);
}

/* The kind that speaks for a status which the server found by itself. */
static enum err_kind kind_of(int status)
{
    switch (status) {
    case 413:
    case 414:
    case 431:
        return ERR_TOO_LARGE;
    case 503:
        return ERR_BUSY;
    default:
        return status >= 500 ? ERR_INTERNAL : ERR_INVALID;
    }
}

static struct str on_error(void *context, struct http_exchange *exchange, int status,
                           const char *reason)
{
    struct call *call = exchange->user;
    struct str methods, body;
    struct err err;
    struct buf out;
    struct jsonw w;

    if (!call) {
        call = call_new(context, exchange);
        route_find(call, &methods);
    }
    err_set(&err, kind_of(status), "%s", reason);
    buf_init(&out, CALL_REPLY_BYTES_MAX);
    jsonw_init(&w, &out);
    call->dialect->write_error(call, &err, &w);
    body = arena_str(exchange->arena, buf_str(&out));
    buf_fini(&out);
    return body;
}

static void on_finished(void *context, const struct http_exchange *exchange,
                        const struct http_outcome *outcome)
{
    enum log_level level = outcome->status >= 500 ? LOG_WARN : LOG_DEBUG;

    (void)context;
    if (!log_is_on(level))
        return;
    log_event(level, "http", "method=%s path=%s status=%d bytes=%llu us=%lld%s",
              http_method_name(exchange->method), log_quote(exchange->path), outcome->status,
              (unsigned long long)outcome->body_bytes, (long long)(outcome->duration_ns / 1000),
              outcome->complete ? "" : " gone=1");
}

struct http_handlers api_handlers(void)
{
    return (struct http_handlers){
        .head = on_head, .request = on_request, .error = on_error, .finished = on_finished};
}
