/* SPDX-License-Identifier: Apache-2.0 */
#include "api/apiframe/apiframe.h"

#include "api/apiframe/webhook.h"
#include "api/spec.h"
#include "base/macros.h"
#include "model/money.h"

static const struct route routes[] = {
    {HTTP_POST, "/v2/videos/generate", ACCESS_KEY, CALL_BODY_IMAGE_BYTES_MAX, apiframe_generate},
    {HTTP_GET, "/v2/jobs", ACCESS_KEY, 0, apiframe_jobs_list},
    {HTTP_GET, "/v2/jobs/:id", ACCESS_KEY, 0, apiframe_job_get},
    {HTTP_GET, "/v2/me", ACCESS_KEY, 0, apiframe_me},
    {HTTP_GET, "/v2/models", ACCESS_PUBLIC, 0, apiframe_models},
    {HTTP_POST, "/v2/uploads", ACCESS_KEY, APIFRAME_UPLOAD_BODY_BYTES_MAX, apiframe_upload},
    {HTTP_GET, "/openapi.json", ACCESS_PUBLIC, 0, spec_get},
    {HTTP_GET, "/v2/openapi.json", ACCESS_PUBLIC, 0, spec_get_own},
};

const char *apiframe_status(enum job_state state)
{
    static const char *const names[JOB_STATES] = {
        [JOB_QUEUED] = "QUEUED", [JOB_RUNNING] = "PROCESSING", [JOB_COMPLETED] = "COMPLETED",
        [JOB_FAILED] = "FAILED", [JOB_CANCELED] = "CANCELLED",
    };

    return names[state];
}

/* All sentences of one field, at its first mention. */
static void write_field(const struct faults *faults, size_t first, struct jsonw *w)
{
    const char *field = faults->list[first].field;

    jsonw_key(w, field);
    jsonw_array(w);
    for (size_t i = first; i < faults->count; i++) {
        if (str_eq_c(str_from(faults->list[i].field), field))
            jsonw_str(w, faults->list[i].text);
    }
    jsonw_end(w);
}

static bool mentioned_before(const struct faults *faults, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (str_eq_c(str_from(faults->list[i].field), faults->list[index].field))
            return true;
    }
    return false;
}

static void write_details(const struct faults *faults, struct jsonw *w)
{
    jsonw_key(w, "details");
    jsonw_object(w);
    for (size_t i = 0; i < faults->count; i++) {
        if (!mentioned_before(faults, i))
            write_field(faults, i, w);
    }
    jsonw_end(w);
}

static void write_funds(const struct create *create, struct jsonw *w)
{
    jsonw_key(w, "creditsRequired");
    jsonw_int(w, money_credits_of_price(create->required_micro, APIFRAME_CREDIT_MICRO));
    jsonw_key(w, "creditsAvailable");
    jsonw_int(w, money_credits_of_balance(create->available_micro, APIFRAME_CREDIT_MICRO));
}

/* A total does not come back by itself, as a balance does not; an hour and a day do. */
static bool lacks_credits(const struct err *err)
{
    return err->kind == ERR_FUNDS ||
           (err->kind == ERR_RATE && str_eq_c(str_from(err->param), "spend_total"));
}

static int error_status(struct call *call, const struct err *err)
{
    (void)call;
    return lacks_credits(err) ? err_http_status(ERR_FUNDS) : err_http_status(err->kind);
}

static void write_error(struct call *call, const struct err *err, struct jsonw *w)
{
    const struct create *create = call->fail_data;

    jsonw_object(w);
    jsonw_key(w, "error");
    jsonw_cstr(w, lacks_credits(err) ? "Insufficient credits" : err->text);
    if (create && lacks_credits(err))
        write_funds(create, w);
    if (create && create->faults.count)
        write_details(&create->faults, w);
    jsonw_end(w);
}

const struct dialect_ops dialect_apiframe = {
    .prefix = "/apiframe",
    .routes = routes,
    .route_count = ARRAY_LEN(routes),
    .write_error = write_error,
    .error_status = error_status,
    .write_job = apiframe_write_job,
    .write_callback = apiframe_write_callback,
    .no_key = "API key is required",
    .bad_key = "Invalid API key",
    .disabled_key = "API key is inactive",
    .no_job = "Job not found",
};
