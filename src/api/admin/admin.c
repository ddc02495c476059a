/* SPDX-License-Identifier: Apache-2.0 */
#include "api/admin/admin.h"

#include <math.h>

#include "base/clock.h"
#include "base/macros.h"
#include "model/money.h"

static void write_error(struct call *call, const struct err *err, struct jsonw *w)
{
    const char *blamed = call_blamed(err);

    (void)call;
    jsonw_object(w);
    jsonw_key(w, "error");
    jsonw_object(w);
    jsonw_key(w, "message");
    jsonw_cstr(w, err->text);
    jsonw_key(w, "code");
    jsonw_int(w, err_http_status(err->kind));
    if (blamed) {
        jsonw_key(w, "param");
        jsonw_cstr(w, blamed);
    }
    jsonw_end(w);
    jsonw_end(w);
}

bool admin_read_id(struct call *call, int64_t *id)
{
    struct err err;

    if (str_to_int(call->params[0], id) && *id > 0)
        return true;
    err_set(&err, ERR_NOT_FOUND, "Not found");
    call_fail(call, &err);
    return false;
}

static bool check_members(struct jsonv root, const char *const *known, struct err *err)
{
    void *cursor = NULL;
    struct jsonv value;
    struct str key;

    while (jsonv_next(root, &cursor, &key, &value)) {
        const char *const *name = known;

        while (*name && !str_eq_c(key, *name))
            name++;
        if (!*name)
            return err_set(err, ERR_INVALID, "Unknown member \"" STR_FMT "\"",
                           STR_ARG(str_utf8_head(key, 60)));
    }
    return true;
}

bool admin_read_body(struct call *call, const char *const *known, struct jsonv *root)
{
    struct err err;

    *root = (struct jsonv){NULL};
    if (call->exchange->body.len && !call_read_json(call, root))
        return false;
    if (check_members(*root, known, &err))
        return true;
    call_fail(call, &err);
    return false;
}

bool admin_read_query(struct call *call, const char *name, int64_t min, int64_t max,
                      int64_t *number)
{
    const struct str *text = url_params_get(&call->exchange->params, name);
    struct err err;

    if (!text || (str_to_int(*text, number) && *number >= min && *number <= max))
        return true;
    err_set_param(&err, ERR_INVALID, name, "'%s' is a number from %lld to %lld", name,
                  (long long)min, (long long)max);
    call_fail(call, &err);
    return false;
}

static bool usd_of_text(struct str text, int64_t *micro)
{
    bool is_negative = str_starts(text, STR("-"));

    if (!money_parse(str_skip(text, is_negative), micro))
        return false;
    if (is_negative)
        *micro = -*micro;
    return true;
}

static bool usd_of_number(double number, int64_t *micro)
{
    double exact = number * (double)MONEY_USD;

    /* Beyond 2^53 a double no longer tells micro-dollars apart. */
    if (!(fabs(exact) < 9e15) || fabs(exact - round(exact)) > 1e-4 * (1 + fabs(exact) * 1e-9))
        return false;
    *micro = (int64_t)llround(exact);
    return true;
}

bool admin_usd(struct jsonv value, const char *name, int64_t *micro, struct err *err)
{
    enum jsonr_type type = jsonv_type(value);
    bool ok = false;

    if (type == JSONR_STR)
        ok = usd_of_text(jsonv_str(value, STR("")), micro);
    else if (type == JSONR_INT || type == JSONR_REAL)
        ok = usd_of_number(jsonv_real(value, 0), micro);
    return ok || err_set_param(err, ERR_INVALID, name,
                               "'%s' is an amount of dollars, with at most 6 decimals", name);
}

void admin_write_usd(struct jsonw *w, const char *key, int64_t micro)
{
    jsonw_key(w, key);
    jsonw_real(w, (double)micro / (double)MONEY_USD);
}

void admin_write_time(struct jsonw *w, const char *key, int64_t ms)
{
    char text[CLOCK_ISO_BYTES];

    jsonw_key(w, key);
    if (ms)
        clock_iso(ms, text);
    jsonw_cstr(w, ms ? text : NULL);
}

#define ADMIN(method, path, body, handle)                                                          \
    {                                                                                              \
        method, "/vitascope/admin" path, ACCESS_ADMIN, body, handle                                \
    }

static const struct route routes[] = {
    ADMIN(HTTP_GET, "/keys", 0, admin_keys_list),
    ADMIN(HTTP_POST, "/keys", CALL_BODY_BYTES_MAX, admin_key_create),
    ADMIN(HTTP_GET, "/keys/:id", 0, admin_key_get),
    ADMIN(HTTP_PATCH, "/keys/:id", CALL_BODY_BYTES_MAX, admin_key_update),
    ADMIN(HTTP_DELETE, "/keys/:id", CALL_BODY_BYTES_MAX, admin_key_delete),
    ADMIN(HTTP_POST, "/keys/:id/rotate", CALL_BODY_BYTES_MAX, admin_key_rotate),
    ADMIN(HTTP_POST, "/keys/:id/disable", CALL_BODY_BYTES_MAX, admin_key_disable),
    ADMIN(HTTP_POST, "/keys/:id/enable", CALL_BODY_BYTES_MAX, admin_key_enable),
    ADMIN(HTTP_GET, "/accounts", 0, admin_accounts_list),
    ADMIN(HTTP_POST, "/accounts", CALL_BODY_BYTES_MAX, admin_account_create),
    ADMIN(HTTP_GET, "/accounts/:id", 0, admin_account_get),
    ADMIN(HTTP_POST, "/accounts/:id/grants", CALL_BODY_BYTES_MAX, admin_grant),
    ADMIN(HTTP_POST, "/accounts/:id/adjustments", CALL_BODY_BYTES_MAX, admin_adjust),
    ADMIN(HTTP_GET, "/accounts/:id/statement", 0, admin_statement),
    ADMIN(HTTP_GET, "/accounts/:id/usage", 0, admin_usage),
};

const struct dialect_ops dialect_admin = {
    .routes = routes,
    .route_count = ARRAY_LEN(routes),
    .write_error = write_error,
};
