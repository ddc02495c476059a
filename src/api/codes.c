/* SPDX-License-Identifier: Apache-2.0 */
#include "api/codes.h"

#include "base/macros.h"

static const struct {
    enum err_kind kind;
    const char *param; /* NULL: any */
    struct codes codes;
} rows[] = {
    {ERR_INVALID, NULL, {"invalid_request", "invalid_request_error"}},
    {ERR_UNAUTHORIZED, NULL, {"invalid_api_key", "authentication_error"}},
    {ERR_FUNDS, NULL, {"insufficient_credits", "billing_error"}},
    {ERR_FORBIDDEN, "ip", {"ip_not_allowed", "permission_error"}},
    {ERR_NOT_FOUND, "model", {"model_not_found", "invalid_request_error"}},
    {ERR_NOT_FOUND, "id", {"task_not_found", "invalid_request_error"}},
    {ERR_RATE, "spend_limit", {"spend_limit_exceeded", "billing_error"}},
    {ERR_RATE, "spend_total", {"spend_limit_exceeded", "billing_error"}},
    {ERR_RATE, NULL, {"rate_limit_exceeded", "rate_limit_error"}},
    {ERR_INTERNAL, NULL, {"internal_error", "api_error"}},
    {ERR_IO, NULL, {"internal_error", "api_error"}},
    {ERR_BUSY, NULL, {"upstream_error", "upstream_error"}},
    /* From here on: not in the table, but said. */
    {ERR_NOT_FOUND, NULL, {"not_found", "invalid_request_error"}},
    {ERR_FORBIDDEN, "model", {"model_not_allowed", "permission_error"}},
    {ERR_FORBIDDEN, NULL, {"permission_denied", "permission_error"}},
    {ERR_METHOD, NULL, {"method_not_allowed", "invalid_request_error"}},
    {ERR_CONFLICT, NULL, {"conflict", "invalid_request_error"}},
    {ERR_GONE, NULL, {"gone", "invalid_request_error"}},
    {ERR_TOO_LARGE, NULL, {"request_too_large", "invalid_request_error"}},
    {ERR_UNSUPPORTED, NULL, {"not_implemented", "invalid_request_error"}},
    {ERR_MEDIA_TYPE, NULL, {"unsupported_media_type", "invalid_request_error"}},
};

struct codes codes_of(const struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].kind == err->kind &&
            (!rows[i].param || str_eq_c(str_from(err->param), rows[i].param)))
            return rows[i].codes;
    }
    return (struct codes){"internal_error", "api_error"};
}

struct str codes_message(struct call *call, const struct err *err)
{
    const struct create *create = call->fail_data;

    if (err->kind == ERR_FUNDS)
        return STR("Your credit balance is too low. Please top up.");
    if (err->kind == ERR_INVALID && create && create->faults.count)
        return faults_sentence(call->arena, &create->faults.list[0]);
    return str_from(err->text);
}
