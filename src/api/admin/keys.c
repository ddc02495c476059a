/* SPDX-License-Identifier: Apache-2.0 */
/* Keys: made, limited, rotated, removed. A secret is told once, in the answer that makes it. */
#include <stddef.h>
#include <string.h>

#include "api/admin/admin.h"
#include "base/clock.h"
#include "base/macros.h"

struct key_call {
    struct service_admin admin;
    struct call *call;
    int status;
    char secret[KEY_TEXT_BYTES]; /* "" but when it is told */
};

/* ---- reading ---- */

/* What a body says of a key; `said` is a set of BIT(row of `members`). */
struct patch {
    struct key key;
    unsigned said;
};

enum member_kind {
    MEMBER_NAME,
    MEMBER_DISABLED,
    MEMBER_SCOPES,
    MEMBER_EXPIRES,
    MEMBER_USD,
    MEMBER_COUNT,
    MEMBER_LIST,
};

enum { ROW_DISABLED = 1 };

static const struct {
    const char *name;
    enum member_kind kind;
    size_t at, size; /* in struct key */
} members[] = {
#define AT(member) offsetof(struct key, member), sizeof(((struct key *)NULL)->member)
    {"name", MEMBER_NAME, AT(name)},
    [ROW_DISABLED] = {"disabled", MEMBER_DISABLED, AT(disabled)},
    {"scopes", MEMBER_SCOPES, AT(scopes)},
    {"expires_at", MEMBER_EXPIRES, AT(expires_ms)},
    {"hourly_usd", MEMBER_USD, AT(limits.hour_micro)},
    {"daily_usd", MEMBER_USD, AT(limits.day_micro)},
    {"total_usd", MEMBER_USD, AT(limits.total_micro)},
    {"requests_per_minute", MEMBER_COUNT, AT(limits.requests_per_minute)},
    {"concurrent_jobs", MEMBER_COUNT, AT(limits.jobs_max)},
    {"queued_jobs", MEMBER_COUNT, AT(limits.queued_max)},
    {"ip_ranges", MEMBER_LIST, AT(limits.ranges)},
    {"models", MEMBER_LIST, AT(limits.models)},
#undef AT
};

static const char *const patch_names[] = {"name",
                                          "disabled",
                                          "scopes",
                                          "expires_at",
                                          "hourly_usd",
                                          "daily_usd",
                                          "total_usd",
                                          "requests_per_minute",
                                          "concurrent_jobs",
                                          "queued_jobs",
                                          "ip_ranges",
                                          "models",
                                          NULL};
static const char *const create_names[] = {"account",         "name",        "disabled",
                                           "scopes",          "expires_at",  "hourly_usd",
                                           "daily_usd",       "total_usd",   "requests_per_minute",
                                           "concurrent_jobs", "queued_jobs", "ip_ranges",
                                           "models",          NULL};

/* ["a", "b"] as "a,b", which is how keys keep lists. */
static bool read_list(struct jsonv value, const char *name, char *out, size_t size, struct err *err)
{
    size_t len = 0;
    bool ok = jsonv_is_absent(value) || jsonv_type(value) == JSONR_ARRAY;

    out[0] = '\0';
    for (size_t i = 0; ok && i < jsonv_len(value); i++) {
        struct str item = jsonv_str(jsonv_at(value, i), STR(""));

        ok = item.len && str_find_char(item, ',') < 0 && len + item.len + 2 <= size &&
             str_find_char(item, '\0') < 0;
        if (ok)
            len +=
                (size_t)snprintf(out + len, size - len, "%s" STR_FMT, i ? "," : "", STR_ARG(item));
    }
    return ok || err_set_param(err, ERR_INVALID, name,
                               "'%s' is a list of texts without commas, at most %zu bytes", name,
                               size - 1);
}

static bool read_scopes(struct jsonv value, unsigned *scopes, struct err *err)
{
    char text[128];

    return (read_list(value, "scopes", text, sizeof(text), err) &&
            scopes_parse(str_from(text), scopes)) ||
           err_set_param(err, ERR_INVALID, "scopes", "'scopes' is a list of read, create, admin");
}

static bool read_text(struct jsonv value, const char *name, char *out, size_t size, struct err *err)
{
    struct str text = jsonv_str(value, STR(""));

    if (jsonv_type(value) == JSONR_STR && str_find_char(text, '\0') < 0 &&
        str_copy(text, out, size))
        return true;
    return err_set_param(err, ERR_INVALID, name, "'%s' is a text of at most %zu bytes", name,
                         size - 1);
}

static bool read_expiry(struct jsonv value, int64_t *ms, struct err *err)
{
    *ms = 0;
    if (jsonv_is_absent(value) || (clock_parse(jsonv_str(value, STR("")), ms) && *ms > 0))
        return true;
    return err_set_param(err, ERR_INVALID, "expires_at",
                         "'expires_at' is a time like 2026-11-21T12:00:00Z, or null for never");
}

static bool read_count(struct jsonv value, const char *name, int64_t *count, struct err *err)
{
    *count = jsonv_int(value, 0);
    return jsonv_is_absent(value) || jsonv_type(value) == JSONR_INT ||
           err_set_param(err, ERR_INVALID, name, "'%s' is a number, or null for no limit", name);
}

/* null takes a limit away. */
static bool read_member(struct key *key, size_t row, struct jsonv value, struct err *err)
{
    void *at = (char *)key + members[row].at;
    const char *name = members[row].name;

    switch (members[row].kind) {
    case MEMBER_NAME:
        return read_text(value, name, at, members[row].size, err);
    case MEMBER_DISABLED:
        *(bool *)at = jsonv_bool(value, false);
        return jsonv_type(value) == JSONR_BOOL ||
               err_set_param(err, ERR_INVALID, name, "'%s' is true or false", name);
    case MEMBER_SCOPES:
        return read_scopes(value, at, err);
    case MEMBER_EXPIRES:
        return read_expiry(value, at, err);
    case MEMBER_USD:
        *(int64_t *)at = 0;
        return jsonv_is_absent(value) || admin_usd(value, name, at, err);
    case MEMBER_COUNT:
        return read_count(value, name, at, err);
    case MEMBER_LIST:
        return read_list(value, name, at, members[row].size, err);
    }
    return false;
}

static bool read_patch(struct jsonv root, struct patch *patch, struct err *err)
{
    for (size_t row = 0; row < ARRAY_LEN(members); row++) {
        struct jsonv value = jsonv_get(root, members[row].name);

        if (jsonv_type(value) == JSONR_MISSING)
            continue;
        if (!read_member(&patch->key, row, value, err))
            return false;
        patch->said |= BIT(row);
    }
    return true;
}

static bool apply_patch(const void *data, struct key *key, struct err *err)
{
    const struct patch *patch = data;

    (void)err;
    for (size_t row = 0; row < ARRAY_LEN(members); row++) {
        if (patch->said & BIT(row))
            memcpy((char *)key + members[row].at, (const char *)&patch->key + members[row].at,
                   members[row].size);
    }
    return true;
}

/* ---- writing ---- */

static void write_limit(struct jsonw *w, const char *key, int64_t limit)
{
    jsonw_key(w, key);
    if (limit)
        jsonw_int(w, limit);
    else
        jsonw_null(w);
}

static void write_usd_limit(struct jsonw *w, const char *key, int64_t micro)
{
    if (micro) {
        admin_write_usd(w, key, micro);
    } else {
        jsonw_key(w, key);
        jsonw_null(w);
    }
}

static void write_list(struct jsonw *w, const char *key, struct str list)
{
    struct str item;

    jsonw_key(w, key);
    jsonw_array(w);
    while (list.len) {
        list = str_cut(list, ',', &item);
        jsonw_str(w, item);
    }
    jsonw_end(w);
}

static void write_members(const struct key *key, struct jsonw *w)
{
    char scopes[SCOPES_TEXT_BYTES];

    jsonw_key(w, "id");
    jsonw_int(w, key->id);
    jsonw_key(w, "account");
    jsonw_int(w, key->account_id);
    jsonw_key(w, "prefix");
    jsonw_cstr(w, key->prefix);
    jsonw_key(w, "name");
    jsonw_cstr(w, key->name);
    jsonw_key(w, "disabled");
    jsonw_bool(w, key->disabled);
    write_list(w, "scopes", str_from(scopes_print(key->scopes, scopes)));
    admin_write_time(w, "created_at", key->created_ms);
    admin_write_time(w, "expires_at", key->expires_ms);
    write_usd_limit(w, "hourly_usd", key->limits.hour_micro);
    write_usd_limit(w, "daily_usd", key->limits.day_micro);
    write_usd_limit(w, "total_usd", key->limits.total_micro);
    write_limit(w, "requests_per_minute", key->limits.requests_per_minute);
    write_limit(w, "concurrent_jobs", key->limits.jobs_max);
    write_limit(w, "queued_jobs", key->limits.queued_max);
    write_list(w, "ip_ranges", str_from(key->limits.ranges));
    write_list(w, "models", str_from(key->limits.models));
}

static void write_use(const struct meter_use *use, struct jsonw *w)
{
    jsonw_key(w, "use");
    jsonw_object(w);
    admin_write_usd(w, "hour_usd", use->hour_micro);
    admin_write_usd(w, "day_usd", use->day_micro);
    admin_write_usd(w, "total_usd", use->total_micro);
    jsonw_key(w, "jobs");
    jsonw_int(w, use->jobs);
    jsonw_key(w, "queued");
    jsonw_int(w, use->queued);
    jsonw_end(w);
}

static void write_key(struct call *call, const void *data, struct jsonw *w)
{
    const struct key_call *own = data;

    (void)call;
    jsonw_object(w);
    if (own->secret[0]) {
        jsonw_key(w, "key");
        jsonw_cstr(w, own->secret);
    }
    write_members(&own->admin.key, w);
    if (key_is_metered(&own->admin.key.limits))
        write_use(&own->admin.use, w);
    jsonw_end(w);
}

static void write_keys(struct call *call, const void *data, struct jsonw *w)
{
    const struct service_admin *admin = data;
    const struct key_list *list = &admin->keys;

    (void)call;
    jsonw_object(w);
    jsonw_key(w, "keys");
    jsonw_array(w);
    for (int i = 0; i < list->count; i++) {
        jsonw_object(w);
        write_members(&list->keys[i], w);
        jsonw_end(w);
    }
    jsonw_end(w);
    write_limit(w, "next",
                list->count == admin->key_filter.limit ? list->keys[list->count - 1].id : 0);
    jsonw_end(w);
}

static void write_deleted(struct call *call, const void *data, struct jsonw *w)
{
    const struct key_call *own = data;

    (void)call;
    jsonw_object(w);
    jsonw_key(w, "id");
    jsonw_int(w, own->admin.id);
    jsonw_key(w, "deleted");
    jsonw_bool(w, true);
    jsonw_end(w);
}

/* ---- handlers ---- */

static struct key_call *key_call_new(struct call *call, enum service_admin_kind kind, int status)
{
    struct key_call *own = ARENA_NEW(call->arena, struct key_call);

    own->call = call;
    own->status = status;
    own->admin.kind = kind;
    return own;
}

static void answered(void *user, const struct err *err)
{
    struct key_call *own = user;
    bool is_gone = own->admin.kind == ADMIN_KEY_DELETE;

    if (err)
        call_fail(own->call, err);
    else
        call_reply(own->call, own->status, is_gone ? write_deleted : write_key, own);
}

static void ask(struct key_call *own)
{
    service_admin(own->call->service, own->call->arena, &own->admin, answered, own);
}

static void ask_by_id(struct key_call *own)
{
    if (admin_read_id(own->call, &own->admin.id))
        ask(own);
}

static void listed(void *user, const struct err *err)
{
    struct key_call *own = user;

    if (err)
        call_fail(own->call, err);
    else
        call_reply(own->call, 200, write_keys, &own->admin);
}

void admin_keys_list(struct call *call)
{
    struct key_call *own = key_call_new(call, ADMIN_KEY_LIST, 200);
    int64_t limit = ADMIN_LIST_DEFAULT;

    if (!admin_read_query(call, "account", 0, INT64_MAX, &own->admin.key_filter.account_id) ||
        !admin_read_query(call, "after", 0, INT64_MAX, &own->admin.key_filter.after) ||
        !admin_read_query(call, "limit", 1, ADMIN_LIST_MAX, &limit))
        return;
    own->admin.key_filter.limit = (int)limit;
    service_admin(call->service, call->arena, &own->admin, listed, own);
}

void admin_key_get(struct call *call)
{
    ask_by_id(key_call_new(call, ADMIN_KEY_GET, 200));
}

void admin_key_delete(struct call *call)
{
    ask_by_id(key_call_new(call, ADMIN_KEY_DELETE, 200));
}

void admin_key_create(struct call *call)
{
    struct key_call *own = key_call_new(call, ADMIN_KEY_CREATE, 201);
    struct patch *patch = ARENA_NEW(call->arena, struct patch);
    struct key *key = &patch->key;
    struct jsonv root, account;
    struct err err;

    if (!admin_read_body(call, create_names, &root))
        return;
    *key = (struct key){.name = "key", .scopes = SCOPE_READ | SCOPE_CREATE};
    if (!read_patch(root, patch, &err)) {
        call_fail(call, &err);
        return;
    }
    account = jsonv_get(root, "account");
    key->account_id = jsonv_int(account, jsonv_is_absent(account) ? call->key.account_id : 0);
    key->created_ms = clock_now_ms();
    key_generate(own->secret, key);
    own->admin.key = *key;
    ask(own);
}

static void update(struct call *call, const struct patch *patch)
{
    struct key_call *own = key_call_new(call, ADMIN_KEY_UPDATE, 200);

    own->admin.patch = apply_patch;
    own->admin.patch_data = patch;
    ask_by_id(own);
}

void admin_key_update(struct call *call)
{
    struct patch *patch = ARENA_NEW(call->arena, struct patch);
    struct jsonv root;
    struct err err;

    if (!admin_read_body(call, patch_names, &root))
        return;
    if (read_patch(root, patch, &err))
        update(call, patch);
    else
        call_fail(call, &err);
}

static void set_disabled(struct call *call, bool disabled)
{
    static const char *const none[] = {NULL};
    struct patch *patch = ARENA_NEW(call->arena, struct patch);
    struct jsonv root;

    if (!admin_read_body(call, none, &root))
        return;
    patch->key.disabled = disabled;
    patch->said = BIT(ROW_DISABLED);
    update(call, patch);
}

void admin_key_disable(struct call *call)
{
    set_disabled(call, true);
}

void admin_key_enable(struct call *call)
{
    set_disabled(call, false);
}

/* {"grace_hours": 0}: for how long the old secret is still good. */
void admin_key_rotate(struct call *call)
{
    static const char *const names[] = {"grace_hours", NULL};
    struct key_call *own = key_call_new(call, ADMIN_KEY_ROTATE, 200);
    struct jsonv root, grace;
    int64_t hours = 0;
    struct err err;

    if (!admin_read_body(call, names, &root))
        return;
    grace = jsonv_get(root, "grace_hours");
    hours = jsonv_int(grace, jsonv_is_absent(grace) ? 0 : -1);
    if (hours < 0 || hours > ADMIN_GRACE_HOURS_MAX) {
        err_set_param(&err, ERR_INVALID, "grace_hours", "'grace_hours' is a number from 0 to %d",
                      ADMIN_GRACE_HOURS_MAX);
        call_fail(call, &err);
        return;
    }
    if (hours)
        own->admin.old_until_ms = clock_now_ms() + hours * 3600 * 1000;
    key_generate(own->secret, &own->admin.key);
    ask_by_id(own);
}
