/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "api/apiframe/apiframe.h"
#include "api/create.h"
#include "base/macros.h"
#include "model/money.h"

/* ---- GET /v2/me ---- */

/* Accounts and keys are numbers here and UUIDs there: version 8, whose bits are ours to give. */
static void write_id(struct jsonw *w, unsigned kind, int64_t number)
{
    char text[ID_TEXT_LEN + 1];

    snprintf(text, sizeof(text), "%08x-0000-8000-8000-%012" PRIx64, kind,
             (uint64_t)number & UINT64_C(0xFFFFFFFFFFFF));
    jsonw_key(w, "id");
    jsonw_cstr(w, text);
}

static void write_user(const struct call *call, const struct account *account, struct jsonw *w)
{
    jsonw_key(w, "user");
    jsonw_object(w);
    write_id(w, 1, account->id);
    jsonw_key(w, "email");
    jsonw_str(w, arena_printf(call->arena, "account-%" PRId64 "@vitascope.invalid", account->id));
    jsonw_key(w, "role");
    jsonw_cstr(w, call->key.scopes & SCOPE_ADMIN ? "ADMIN" : "MEMBER");
    jsonw_end(w);
}

/* Of this key; without a limit of its own, of the server. */
static int64_t max_jobs(const struct call *call)
{
    int64_t limit = call->key.limits.jobs_max;

    return limit ? limit : service_slots(call->service);
}

/* The vendor's two descriptions of a team, together (contracts/vendors.md D 6). */
static void write_team(const struct call *call, const struct account *account, struct jsonw *w)
{
    jsonw_key(w, "team");
    jsonw_object(w);
    write_id(w, 2, account->id);
    jsonw_key(w, "name");
    jsonw_cstr(w, account->name);
    jsonw_key(w, "credits");
    jsonw_int(w, money_credits_of_balance(account->available_micro, APIFRAME_CREDIT_MICRO));
    jsonw_key(w, "plan");
    jsonw_cstr(w, "self-hosted");
    jsonw_key(w, "customerId");
    jsonw_null(w);
    jsonw_key(w, "maxConcurrentJobs");
    jsonw_int(w, max_jobs(call));
    jsonw_end(w);
}

static void write_me(struct call *call, const void *data, struct jsonw *w)
{
    const struct account *account = data;

    jsonw_object(w);
    write_user(call, account, w);
    write_team(call, account, w);
    jsonw_key(w, "apiKey");
    jsonw_object(w);
    write_id(w, 3, call->key.id);
    jsonw_key(w, "name");
    jsonw_cstr(w, call->key.name);
    jsonw_key(w, "prefix");
    jsonw_cstr(w, call->key.prefix);
    jsonw_end(w);
    jsonw_end(w);
}

static void account_found(void *user, const struct account *account, const struct err *err)
{
    if (account)
        call_reply(user, 200, write_me, account);
    else
        call_fail(user, err);
}

void apiframe_me(struct call *call)
{
    service_account_get(call->service, call->key.account_id, account_found, call);
}

/* ---- GET /v2/models ---- */

static void write_model(const struct catalog_model *model, struct jsonw *w)
{
    int64_t lowest = model->steps[0].micro_per_second, highest = lowest;

    for (size_t i = 1; i < model->step_count; i++) {
        int64_t price = model->steps[i].micro_per_second;

        lowest = price < lowest ? price : lowest;
        highest = price > highest ? price : highest;
    }
    jsonw_object(w);
    jsonw_key(w, "id");
    jsonw_str(w, model->name);
    jsonw_key(w, "label");
    jsonw_str(w, model->label);
    jsonw_key(w, "modality");
    jsonw_cstr(w, "video");
    jsonw_key(w, "costMin");
    jsonw_int(w, money_credits_of_price(lowest, APIFRAME_CREDIT_MICRO));
    jsonw_key(w, "costMax");
    jsonw_int(w, money_credits_of_price(highest, APIFRAME_CREDIT_MICRO));
    jsonw_key(w, "pricingMode");
    jsonw_cstr(w, "per-second");
    jsonw_end(w);
}

/* data: whether videos are wanted; there are no others. */
static void write_models(struct call *call, const void *data, struct jsonw *w)
{
    const struct catalog *catalog = service_catalog(call->service);

    jsonw_object(w);
    jsonw_key(w, "models");
    jsonw_array(w);
    for (size_t i = 0; data && i < catalog_len(catalog); i++)
        write_model(catalog_at(catalog, i), w);
    jsonw_end(w);
    jsonw_end(w);
}

void apiframe_models(struct call *call)
{
    const struct str *modality = url_params_get(&call->exchange->params, "modality");
    struct create *refusal = ARENA_NEW(call->arena, struct create);
    struct err err;

    if (!modality || str_eq_c(*modality, "video")) {
        call_reply(call, 200, write_models, call);
    } else if (str_eq_c(*modality, "image") || str_eq_c(*modality, "music")) {
        call_reply(call, 200, write_models, NULL);
    } else {
        refusal->faults.arena = call->arena;
        faults_add(&refusal->faults, "modality", "Expected 'image', 'video' or 'music'");
        call->fail_data = refusal;
        err_set(&err, ERR_INVALID, "Invalid query: modality: Expected 'image', 'video' or 'music'");
        call_fail(call, &err);
    }
}
