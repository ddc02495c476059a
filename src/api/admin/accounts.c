/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts: made, given money, and told of it. */
#include <inttypes.h>
#include <string.h>

#include "api/admin/admin.h"
#include "base/clock.h"
#include "base/macros.h"

struct account_call {
    struct service_admin admin;
    struct call *call;
    int status;
    bool as_csv;
};

static void write_members(const struct account *account, struct jsonw *w)
{
    jsonw_object(w);
    jsonw_key(w, "id");
    jsonw_int(w, account->id);
    jsonw_key(w, "name");
    jsonw_cstr(w, account->name);
    admin_write_usd(w, "available_usd", account->available_micro);
    admin_write_usd(w, "held_usd", account->held_micro);
    admin_write_usd(w, "spent_usd", account->spent_micro);
    admin_write_time(w, "created_at", account->created_ms);
    jsonw_end(w);
}

static void write_account(struct call *call, const void *data, struct jsonw *w)
{
    const struct service_admin *admin = data;

    (void)call;
    write_members(&admin->account, w);
}

static void write_accounts(struct call *call, const void *data, struct jsonw *w)
{
    const struct service_admin *admin = data;
    const struct account_list *list = &admin->accounts;

    (void)call;
    jsonw_object(w);
    jsonw_key(w, "accounts");
    jsonw_array(w);
    for (int i = 0; i < list->count; i++)
        write_members(&list->accounts[i], w);
    jsonw_end(w);
    jsonw_key(w, "next");
    if (list->count == admin->limit)
        jsonw_int(w, list->accounts[list->count - 1].id);
    else
        jsonw_null(w);
    jsonw_end(w);
}

static struct account_call *account_call_new(struct call *call, enum service_admin_kind kind,
                                             int status)
{
    struct account_call *own = ARENA_NEW(call->arena, struct account_call);

    own->call = call;
    own->status = status;
    own->admin.kind = kind;
    return own;
}

static void answered(void *user, const struct err *err)
{
    struct account_call *own = user;
    bool is_list = own->admin.kind == ADMIN_ACCOUNT_LIST;

    if (err)
        call_fail(own->call, err);
    else
        call_reply(own->call, own->status, is_list ? write_accounts : write_account, &own->admin);
}

static void ask(struct account_call *own)
{
    service_admin(own->call->service, own->call->arena, &own->admin, answered, own);
}

void admin_accounts_list(struct call *call)
{
    struct account_call *own = account_call_new(call, ADMIN_ACCOUNT_LIST, 200);
    int64_t limit = ADMIN_LIST_DEFAULT;

    if (!admin_read_query(call, "after", 0, INT64_MAX, &own->admin.after) ||
        !admin_read_query(call, "limit", 1, ADMIN_LIST_MAX, &limit))
        return;
    own->admin.limit = (int)limit;
    ask(own);
}

void admin_account_get(struct call *call)
{
    struct account_call *own = account_call_new(call, ADMIN_ACCOUNT_GET, 200);

    if (admin_read_id(call, &own->admin.id))
        ask(own);
}

/* Whose hand it was: the key, unless the body names somebody. */
static struct str author_of(struct call *call, struct jsonv root)
{
    struct str said = jsonv_str(jsonv_get(root, "author"), STR(""));
    struct str own =
        arena_printf(call->arena, "key %" PRId64 " (%s)", call->key.id, call->key.name);

    return said.len ? said : str_utf8_head(own, LEDGER_AUTHOR_BYTES_MAX);
}

/* The same for the same Idempotency-Key, kind of move and account. */
static struct id ref_of(const struct account_call *own, struct str key)
{
    struct str text = arena_printf(own->call->arena, "%d %" PRId64 " " STR_FMT, own->admin.kind,
                                   own->admin.id, STR_ARG(key));
    struct hash hash = hash_sha256(text);
    struct id ref = {{0}};

    if (key.len)
        memcpy(ref.bytes, hash.bytes, sizeof(ref.bytes));
    return ref;
}

static bool read_money(struct account_call *own, struct jsonv root, struct err *err)
{
    struct jsonv reason = jsonv_get(root, "reason");

    own->admin.note.reason = jsonv_str(reason, STR(""));
    own->admin.note.author = author_of(own->call, root);
    if (!own->admin.note.reason.len)
        return err_set_param(err, ERR_INVALID, "reason", "'reason' is missing: why?");
    return admin_usd(jsonv_get(root, "usd"), "usd", &own->admin.amount_micro, err);
}

static void move_money(struct call *call, enum service_admin_kind kind)
{
    static const char *const names[] = {"usd", "reason", "author", NULL};
    struct account_call *own = account_call_new(call, kind, 201);
    struct jsonv root;
    struct str key;
    struct err err;

    if (!admin_read_id(call, &own->admin.id) || !call_idempotency_key(call, &key) ||
        !admin_read_body(call, names, &root))
        return;
    own->admin.note.ref = ref_of(own, key);
    if (read_money(own, root, &err))
        ask(own);
    else
        call_fail(call, &err);
}

void admin_grant(struct call *call)
{
    move_money(call, ADMIN_GRANT);
}

void admin_adjust(struct call *call)
{
    move_money(call, ADMIN_ADJUST);
}

/* {"name"}, and with "usd" and "reason" a first grant, which happens once for an Idempotency-Key;
 * so does then the account. */
void admin_account_create(struct call *call)
{
    static const char *const names[] = {"name", "usd", "reason", "author", NULL};
    struct account_call *own = account_call_new(call, ADMIN_ACCOUNT_CREATE, 201);
    struct jsonv root;
    struct str key;
    struct err err;

    if (!call_idempotency_key(call, &key) || !admin_read_body(call, names, &root))
        return;
    own->admin.name = jsonv_str(jsonv_get(root, "name"), STR(""));
    if (jsonv_is_absent(jsonv_get(root, "usd"))) {
        ask(own);
        return;
    }
    own->admin.note.ref = ref_of(own, key);
    if (read_money(own, root, &err))
        ask(own);
    else
        call_fail(call, &err);
}

/* ---- reports ---- */

static void reported(void *user, int fd, uint64_t bytes, const struct err *err)
{
    struct account_call *own = user;

    if (err) {
        call_fail(own->call, err);
        return;
    }
    http_reply_file(own->call->exchange, 200,
                    own->as_csv ? "text/csv; charset=utf-8" : "application/json", fd, 0, bytes);
}

static bool read_time(struct call *call, const char *name, int64_t *ms)
{
    const struct str *text = url_params_get(&call->exchange->params, name);
    struct err err;

    if (!text || clock_parse(*text, ms))
        return true;
    err_set_param(&err, ERR_INVALID, name, "'%s' is a time like 2026-11-21 or 2026-11-21T12:00:00Z",
                  name);
    call_fail(call, &err);
    return false;
}

static bool read_format(struct account_call *own)
{
    const struct str *text = url_params_get(&own->call->exchange->params, "format");
    struct err err;

    own->as_csv = text && str_eq_c(*text, "csv");
    if (!text || own->as_csv || str_eq_c(*text, "json"))
        return true;
    err_set_param(&err, ERR_INVALID, "format", "'format' is json or csv");
    call_fail(own->call, &err);
    return false;
}

/* ?from=&to=&format=json|csv; the last 30 days. */
static void write_report(struct call *call, enum report_kind kind)
{
    static const int64_t day_ms = 86400000;
    struct account_call *own = account_call_new(call, ADMIN_ACCOUNT_GET, 200);
    struct report report = {.kind = kind, .to_ms = clock_now_ms() + 1};

    report.from_ms = (report.to_ms / day_ms - 30) * day_ms;
    if (!admin_read_id(call, &report.account_id) || !read_time(call, "from", &report.from_ms) ||
        !read_time(call, "to", &report.to_ms) || !read_format(own))
        return;
    report.format = own->as_csv ? REPORT_CSV : REPORT_JSON;
    service_report(call->service, call->arena, &report, reported, own);
}

void admin_statement(struct call *call)
{
    write_report(call, REPORT_STATEMENT);
}

void admin_usage(struct call *call)
{
    write_report(call, REPORT_USAGE);
}
