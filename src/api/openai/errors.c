/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>

#include "api/openai/openai.h"
#include "base/macros.h"

struct words {
    const char *type, *code;
};

static struct words words_of(const struct err *err)
{
    static const char request[] = "invalid_request_error";
    static const struct {
        enum err_kind kind;
        const char *param; /* NULL: any */
        struct words words;
    } rows[] = {
        {ERR_INVALID, NULL, {request, NULL}},
        {ERR_UNAUTHORIZED, NULL, {request, "invalid_api_key"}},
        {ERR_FUNDS, NULL, {"insufficient_quota", "insufficient_quota"}},
        {ERR_FORBIDDEN, "model", {request, "model_not_found"}},
        {ERR_FORBIDDEN, "ip", {request, "ip_not_authorized"}},
        {ERR_FORBIDDEN, NULL, {request, "insufficient_permissions"}},
        {ERR_NOT_FOUND, "model", {request, "model_not_found"}},
        {ERR_NOT_FOUND, "id", {request, "not_found"}},
        {ERR_NOT_FOUND, "webhook_endpoint_id", {request, "not_found"}},
        {ERR_NOT_FOUND, "video.id", {request, "not_found"}},
        {ERR_NOT_FOUND, "character_id", {request, "not_found"}},
        {ERR_NOT_FOUND, "file_id", {request, "not_found"}},
        {ERR_NOT_FOUND, "characters", {request, "not_found"}},
        {ERR_NOT_FOUND, NULL, {request, NULL}},
        {ERR_METHOD, NULL, {request, "method_not_supported"}},
        {ERR_CONFLICT, NULL, {request, "conflict"}},
        {ERR_GONE, "input_reference", {request, "image_expired"}},
        {ERR_GONE, NULL, {request, "video_expired"}},
        {ERR_TOO_LARGE, NULL, {request, "request_too_large"}},
        {ERR_MEDIA_TYPE, NULL, {request, "unsupported_content_type"}},
        {ERR_RATE, "spend_limit", {"insufficient_quota", "insufficient_quota"}},
        {ERR_RATE, "spend_total", {"insufficient_quota", "insufficient_quota"}},
        {ERR_RATE, NULL, {"requests", "rate_limit_exceeded"}},
        {ERR_BUSY, NULL, {"server_error", "server_overloaded"}},
        {ERR_UNSUPPORTED, NULL, {request, "not_implemented"}},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].kind == err->kind &&
            (!rows[i].param || str_eq_c(str_from(err->param), rows[i].param)))
            return rows[i].words;
    }
    return (struct words){"server_error", NULL};
}

struct str openai_shown(struct str text)
{
    return str_utf8_head(text, OPENAI_SHOWN_BYTES_MAX);
}

void openai_refuse(struct faults *faults, const char *code, const char *field, const char *fmt, ...)
{
    char text[ERR_TEXT_BYTES_MAX];
    va_list args;

    if (faults->count)
        return;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    faults_add(faults, field, "%s", text);
    faults->list[0].code = code;
}

void openai_refuse_type(struct faults *faults, const char *field, const char *expected,
                        struct jsonv got)
{
    static const char *const names[] = {
        [JSONR_MISSING] = "nothing",       [JSONR_NULL] = "null",
        [JSONR_BOOL] = "a boolean",        [JSONR_INT] = "an integer",
        [JSONR_REAL] = "a decimal number", [JSONR_STR] = "a string",
        [JSONR_ARRAY] = "an array",        [JSONR_OBJECT] = "an object",
    };

    openai_refuse(faults, "invalid_type", field,
                  "Invalid type for '%s': expected %s, but got %s instead.", field, expected,
                  names[jsonv_type(got)]);
}

/* What create.c found, and extras.c, comes without a code and says less: it gets OpenAI's form.
 * A picture's or a model's fault is a sentence of its own. */
static struct str message_of_fault(struct call *call, const struct fault *fault)
{
    if (fault->code || !str_starts(str_from(fault->field), STR("vitascope")))
        return fault->text;
    return arena_printf(call->arena, "Invalid value for '%s': " STR_FMT ".", fault->field,
                        STR_ARG(fault->text));
}

/* Money that is not there, in the account or in a limit of the key. */
static bool is_quota(const struct err *err)
{
    return err->kind == ERR_FUNDS ||
           (err->kind == ERR_RATE && str_starts(str_from(err->param), STR("spend_")));
}

static struct str message_of(struct call *call, const struct err *err)
{
    struct str param = str_from(err->param);

    if (is_quota(err))
        return STR("You exceeded your current quota, please check your plan and billing details.");
    if (err->kind == ERR_NOT_FOUND && str_eq_c(param, "id"))
        return arena_printf(call->arena, "Video with id '" STR_FMT "' not found.",
                            STR_ARG(openai_shown(call->params[0])));
    if (err->kind == ERR_NOT_FOUND && !call->route)
        return arena_printf(call->arena, "Invalid URL (%s " STR_FMT ")",
                            http_method_name(call->exchange->method),
                            STR_ARG(openai_shown(call->exchange->path)));
    return str_from(err->text);
}

void openai_write_error(struct call *call, const struct err *err, struct jsonw *w)
{
    const struct create *create = call->fail_data;
    const struct fault *fault =
        err->kind == ERR_INVALID && create && create->faults.count ? &create->faults.list[0] : NULL;
    const char *param = call_blamed(err);
    struct words words = words_of(err);

    if (err->kind == ERR_INVALID && param)
        words.code = "invalid_value";
    if (fault)
        words.code = fault->code ? fault->code : "invalid_value";
    if (param && str_eq_c(str_from(param), "id"))
        param = "video_id";
    if (fault)
        param = fault->field;
    jsonw_object(w);
    jsonw_key(w, "error");
    jsonw_object(w);
    jsonw_key(w, "message");
    jsonw_str(w, fault ? message_of_fault(call, fault) : message_of(call, err));
    jsonw_key(w, "type");
    jsonw_cstr(w, words.type);
    jsonw_key(w, "param");
    jsonw_cstr(w, param);
    jsonw_key(w, "code");
    jsonw_cstr(w, words.code);
    jsonw_end(w);
    jsonw_end(w);
}

/* The SDKs repeat 409, 429 and 5xx; where that cannot help, they are told so. */
int openai_error_status(struct call *call, const struct err *err)
{
    if (is_quota(err) || err->kind == ERR_CONFLICT || err->kind == ERR_UNSUPPORTED)
        http_reply_header(call->exchange, "x-should-retry", STR("false"));
    return err->kind == ERR_FUNDS ? 429 : err_http_status(err->kind);
}
