/* SPDX-License-Identifier: Apache-2.0 */
#include "api/aivideoapi/aivideoapi.h"

#include "api/codes.h"
#include "api/shared.h"
#include "api/spec.h"
#include "base/macros.h"
#include "model/money.h"

static void write_error(struct call *call, const struct err *err, struct jsonw *w)
{
    struct codes codes = codes_of(err);

    jsonw_object(w);
    jsonw_key(w, "error");
    jsonw_object(w);
    jsonw_key(w, "code");
    jsonw_cstr(w, codes.code);
    jsonw_key(w, "message");
    jsonw_str(w, codes_message(call, err));
    jsonw_key(w, "type");
    jsonw_cstr(w, codes.type);
    jsonw_end(w);
    jsonw_end(w);
}

/* What jobs hold counts as consumed: credits are charged when a task is made. So the three
 * numbers add up, whatever is rounded. */
static void write_credits(struct call *call, const void *data, struct jsonw *w)
{
    const struct account *account = data;
    int64_t total = account->available_micro + account->held_micro + account->spent_micro;
    int64_t balance = money_credits_of_balance(account->available_micro, AIVIDEOAPI_CREDIT_MICRO);
    int64_t purchased = money_credits_of_balance(total, AIVIDEOAPI_CREDIT_MICRO);

    (void)call;
    jsonw_object(w);
    jsonw_key(w, "code");
    jsonw_int(w, 200);
    jsonw_key(w, "msg");
    jsonw_cstr(w, "success");
    jsonw_key(w, "data");
    jsonw_object(w);
    jsonw_key(w, "balance");
    jsonw_int(w, balance);
    jsonw_key(w, "total_purchased");
    jsonw_int(w, purchased);
    jsonw_key(w, "total_consumed");
    jsonw_int(w, purchased - balance);
    jsonw_end(w);
    jsonw_end(w);
}

static void account_found(void *user, const struct account *account, const struct err *err)
{
    if (account)
        call_reply(user, 200, write_credits, account);
    else
        call_fail(user, err);
}

void aivideoapi_credits(struct call *call)
{
    service_account_get(call->service, call->key.account_id, account_found, call);
}

static const struct route routes[] = {
    {HTTP_POST, "/v1/videos/generations", ACCESS_KEY, CALL_BODY_IMAGE_BYTES_MAX, shared_generate},
    {HTTP_GET, "/v1/tasks/:id", ACCESS_KEY, 0, call_show_job},
    {HTTP_GET, "/v1/credits", ACCESS_KEY, 0, aivideoapi_credits},
    {HTTP_GET, "/openapi.json", ACCESS_PUBLIC, 0, spec_get},
};

const struct dialect_ops dialect_aivideoapi = {
    .prefix = "/aivideoapi",
    .routes = routes,
    .route_count = ARRAY_LEN(routes),
    .write_error = write_error,
    .write_job = aivideoapi_write_job,
    .write_callback = aivideoapi_write_callback,
    .no_key = "An API key is required: send 'Authorization: Bearer sk-...'.",
    .bad_key = "The API key is invalid.",
    .disabled_key = "The API key is disabled.",
    .no_job = "The task ID does not exist.",
    .key_prefix = "sk-",
    .disabled_kind = ERR_UNAUTHORIZED,
};
