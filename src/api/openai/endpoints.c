/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/webhook_endpoints: what is asked and what is answered. */
#include <stdio.h>

#include "api/openai/webhooks.h"
#include "base/macros.h"

#define ENDPOINT_ID_BYTES (sizeof("whe_") + ID_HEX_LEN)

enum { HINT_CHARS = 4 };

/* A request for an endpoint. */
struct ask {
    struct create form; /* for its faults alone: openai_write_error() looks there */
    struct service_endpoint_request request;
    struct endpoint_filter filter;
    struct jsonv root;
    enum job_event event; /* of a test */
    bool tells_secret;
};

static const char param_id[] = "webhook_endpoint_id";

/* ---- answer ---- */

static void write_id(struct jsonw *w, const char *key, struct id id)
{
    char hex[ID_HEX_LEN + 1], text[ENDPOINT_ID_BYTES];

    id_to_hex(id, hex);
    snprintf(text, sizeof(text), "whe_%s", hex);
    jsonw_key(w, key);
    jsonw_cstr(w, id_is_zero(id) ? NULL : text);
}

static void write_events(struct jsonw *w, unsigned events)
{
    static const enum job_event told[] = {JOB_EVENT_COMPLETED, JOB_EVENT_FAILED};

    jsonw_key(w, "event_types");
    jsonw_array(w);
    for (size_t i = 0; i < ARRAY_LEN(told); i++) {
        if (events & BIT(told[i]))
            jsonw_cstr(w, openai_event_name(told[i]));
    }
    jsonw_end(w);
}

static void write_fields(struct call *call, const struct service_endpoint *shown, bool tells_secret,
                         struct jsonw *w)
{
    const struct endpoint *endpoint = &shown->endpoint;
    struct str secret = hash_base64(call->arena, hash_str(&shown->secret));

    jsonw_object(w);
    write_id(w, "id", endpoint->id);
    jsonw_key(w, "object");
    jsonw_cstr(w, "webhook_endpoint");
    jsonw_key(w, "name");
    jsonw_str(w, endpoint->name);
    jsonw_key(w, "url");
    jsonw_str(w, endpoint->url);
    write_events(w, endpoint->events);
    jsonw_key(w, "created_at");
    jsonw_int(w, endpoint->created_ms / 1000);
    jsonw_key(w, "updated_at");
    jsonw_int(w, endpoint->updated_ms / 1000);
    jsonw_key(w, "signing_secret_hint");
    jsonw_str(w, arena_printf(call->arena, "whsec_" STR_FMT "...",
                              STR_ARG(str_head(secret, HINT_CHARS))));
    if (tells_secret) {
        jsonw_key(w, "signing_secret");
        jsonw_str(w, arena_printf(call->arena, "whsec_" STR_FMT, STR_ARG(secret)));
    }
    jsonw_end(w);
}

static void write_one(struct call *call, const void *data, struct jsonw *w)
{
    const struct ask *ask = call->state;

    write_fields(call, data, ask->tells_secret, w);
}

static void write_list(struct call *call, const void *data, struct jsonw *w)
{
    const struct service_endpoints *endpoints = data;
    const struct service_endpoint *list = endpoints->list;
    struct id none = {{0}};
    int count = endpoints->count;

    jsonw_object(w);
    jsonw_key(w, "object");
    jsonw_cstr(w, "list");
    jsonw_key(w, "data");
    jsonw_array(w);
    for (int i = 0; i < count; i++)
        write_fields(call, &list[i], false, w);
    jsonw_end(w);
    write_id(w, "first_id", count ? list[0].endpoint.id : none);
    write_id(w, "last_id", count ? list[count - 1].endpoint.id : none);
    jsonw_key(w, "has_more");
    jsonw_bool(w, endpoints->has_more);
    jsonw_end(w);
}

static void write_deleted(struct call *call, const void *data, struct jsonw *w)
{
    const struct ask *ask = data;

    (void)call;
    jsonw_object(w);
    write_id(w, "id", ask->request.id);
    jsonw_key(w, "object");
    jsonw_cstr(w, "webhook_endpoint.deleted");
    jsonw_key(w, "deleted");
    jsonw_bool(w, true);
    jsonw_end(w);
}

static void write_tried(struct call *call, const void *data, struct jsonw *w)
{
    const struct ask *ask = call->state;

    jsonw_object(w);
    jsonw_key(w, "object");
    jsonw_cstr(w, "webhook_endpoint.test");
    write_id(w, "webhook_endpoint_id", ask->request.id);
    jsonw_key(w, "event_type");
    jsonw_cstr(w, openai_event_name(ask->event));
    jsonw_key(w, "status_code");
    jsonw_int(w, *(const int *)data);
    jsonw_key(w, "success");
    jsonw_bool(w, true);
    jsonw_end(w);
}

static void refuse_id(struct call *call)
{
    struct err err;

    err_set_param(&err, ERR_NOT_FOUND, param_id,
                  "Webhook endpoint with id '" STR_FMT "' not found.",
                  STR_ARG(openai_shown(call->params[0])));
    call_fail(call, &err);
}

static void fail(struct call *call, const struct err *err)
{
    if (err->kind == ERR_NOT_FOUND)
        refuse_id(call);
    else
        call_fail(call, err);
}

static void answer(void *user, const struct service_endpoint *endpoint, const struct err *err)
{
    if (endpoint)
        call_reply(user, 200, write_one, endpoint);
    else
        fail(user, err);
}

static void listed(void *user, const struct service_endpoints *endpoints, const struct err *err)
{
    if (endpoints)
        call_reply(user, 200, write_list, endpoints);
    else
        call_fail(user, err);
}

static void deleted(void *user, const struct err *err)
{
    struct call *call = user;

    if (err)
        fail(call, err);
    else
        call_reply(call, 200, write_deleted, call->state);
}

static void tried(void *user, int status, const struct err *err)
{
    if (status)
        call_reply(user, 200, write_tried, &status);
    else
        fail(user, err);
}

/* ---- question ---- */

static struct ask *ask_new(struct call *call)
{
    struct ask *ask = ARENA_NEW(call->arena, struct ask);

    ask->form.faults.arena = call->arena;
    ask->request.account_id = call->key.account_id;
    ask->filter = (struct endpoint_filter){.account_id = call->key.account_id,
                                           .limit = OPENAI_ENDPOINTS_DEFAULT};
    call->state = ask;
    call->fail_data = &ask->form;
    return ask;
}

/* "whe_…", or the id as it is. */
static bool parse_id(struct str text, struct id *id)
{
    struct str prefix = STR("whe_");

    return id_parse(str_starts(text, prefix) ? str_skip(text, prefix.len) : text, id);
}

/* On failure the call is answered. */
static bool read_id(struct call *call, struct ask *ask)
{
    if (parse_id(call->params[0], &ask->request.id))
        return true;
    refuse_id(call);
    return false;
}

/* Where nothing has to be said, no body is an empty object. On failure the call is answered. */
static bool read_json(struct call *call, bool may_be_empty, struct jsonv *root)
{
    const struct str *header = http_header(call->exchange, "content-type");
    struct str type = STR("application/json");
    struct err err;

    if (may_be_empty && call->exchange->body.len == 0) {
        *root = (struct jsonv){NULL};
        return true;
    }
    if (header)
        str_cut(*header, ';', &type);
    if (str_eq_nocase(str_trim(type), STR("application/json")))
        return call_read_json(call, root);
    err_set(&err, ERR_MEDIA_TYPE,
            "Unsupported content type: '" STR_FMT "'. This API method takes 'application/json'.",
            STR_ARG(openai_shown(str_trim(type))));
    call_fail(call, &err);
    return false;
}

/* On faults the call is answered. */
static bool check(struct call *call, const struct ask *ask)
{
    struct err err;

    if (!ask->form.faults.count)
        return true;
    err_set(&err, ERR_INVALID, "The request is wrong");
    call_fail(call, &err);
    return false;
}

/* A string that is there, or ptr NULL. */
static struct str read_text(struct faults *faults, struct jsonv root, const char *key,
                            bool is_required)
{
    struct jsonv value = jsonv_get(root, key);

    if (jsonv_type(value) == JSONR_MISSING) {
        if (is_required)
            openai_refuse(faults, "missing_required_parameter", key,
                          "Missing required parameter: '%s'.", key);
        return (struct str){0};
    }
    if (jsonv_type(value) != JSONR_STR) {
        openai_refuse_type(faults, key, "a string", value);
        return (struct str){0};
    }
    if (jsonv_str(value, STR("")).len == 0)
        openai_refuse(faults, "empty_string", key,
                      "Invalid '%s': empty string. Expected a string with minimum length 1, but "
                      "got an empty string instead.",
                      key);
    return jsonv_str(value, STR(""));
}

static void refuse_event(struct faults *faults, const char *field, struct str type)
{
    openai_refuse(faults, "invalid_value", field,
                  "Invalid value: '" STR_FMT "'. Supported values are: '%s' and '%s'.",
                  STR_ARG(openai_shown(type)), openai_event_name(JOB_EVENT_COMPLETED),
                  openai_event_name(JOB_EVENT_FAILED));
}

static unsigned read_events(struct faults *faults, struct jsonv root, bool is_required)
{
    static const char key[] = "event_types";
    struct jsonv list = jsonv_get(root, key);
    unsigned events = 0;

    if (jsonv_type(list) == JSONR_MISSING) {
        if (is_required)
            openai_refuse(faults, "missing_required_parameter", key,
                          "Missing required parameter: '%s'.", key);
        return 0;
    }
    if (jsonv_type(list) != JSONR_ARRAY) {
        openai_refuse_type(faults, key, "an array of strings", list);
        return 0;
    }
    if (jsonv_len(list) == 0)
        openai_refuse(faults, "empty_array", key,
                      "Invalid '%s': empty array. Expected an array with minimum length 1, but got "
                      "an empty array instead.",
                      key);
    for (size_t i = 0; i < jsonv_len(list); i++) {
        struct jsonv item = jsonv_at(list, i);
        unsigned set = openai_event_set(jsonv_str(item, STR("")));

        if (jsonv_type(item) != JSONR_STR)
            openai_refuse_type(faults, key, "an array of strings", item);
        else if (!set)
            refuse_event(faults, key, jsonv_str(item, STR("")));
        events |= set;
    }
    return events;
}

void openai_read_endpoint(struct faults *faults, struct jsonv root, bool is_create,
                          struct service_endpoint_request *request)
{
    static const char *const known[] = {"name", "url", "event_types", NULL};
    size_t chars = 0;

    request->name = read_text(faults, root, "name", is_create);
    chars = str_utf8_count(request->name);
    if (chars > ENDPOINT_NAME_CHARS_MAX)
        openai_refuse(faults, "string_above_max_length", "name",
                      "Invalid 'name': string too long. Expected a string with maximum length %d, "
                      "but got a string with length %zu instead.",
                      ENDPOINT_NAME_CHARS_MAX, chars);
    request->url = read_text(faults, root, "url", is_create);
    request->events = read_events(faults, root, is_create);
    openai_refuse_unknown(faults, root, "", known);
}

static void check_url(struct call *call, struct ask *ask)
{
    struct err err;

    if (ask->request.url.ptr && !service_endpoint_may_have(call->service, ask->request.url, &err))
        openai_refuse(&ask->form.faults, "invalid_value", "url", "Invalid 'url': %s.", err.text);
}

/* ---- handlers ---- */

void openai_endpoint_create(struct call *call)
{
    struct ask *ask = ask_new(call);

    if (!read_json(call, false, &ask->root))
        return;
    openai_read_endpoint(&ask->form.faults, ask->root, true, &ask->request);
    check_url(call, ask);
    ask->tells_secret = true;
    if (check(call, ask))
        service_endpoint_create(call->service, call->arena, &ask->request, answer, call);
}

void openai_endpoint_get(struct call *call)
{
    struct ask *ask = ask_new(call);

    if (read_id(call, ask))
        service_endpoint_get(call->service, call->arena, &ask->request, answer, call);
}

void openai_endpoint_update(struct call *call)
{
    struct ask *ask = ask_new(call);

    if (!read_id(call, ask) || !read_json(call, true, &ask->root))
        return;
    openai_read_endpoint(&ask->form.faults, ask->root, false, &ask->request);
    check_url(call, ask);
    if (check(call, ask))
        service_endpoint_update(call->service, call->arena, &ask->request, answer, call);
}

void openai_endpoint_delete(struct call *call)
{
    struct ask *ask = ask_new(call);

    if (read_id(call, ask))
        service_endpoint_delete(call->service, call->arena, &ask->request, deleted, call);
}

void openai_endpoint_rotate(struct call *call)
{
    static const char keep[] = "keep_old_secret_active_for_24_hours";
    static const char *const known[] = {keep, NULL};
    struct ask *ask = ask_new(call);
    struct jsonv value;

    if (!read_id(call, ask) || !read_json(call, true, &ask->root))
        return;
    value = jsonv_get(ask->root, keep);
    if (jsonv_type(value) != JSONR_MISSING && jsonv_type(value) != JSONR_BOOL)
        openai_refuse_type(&ask->form.faults, keep, "a boolean", value);
    openai_refuse_unknown(&ask->form.faults, ask->root, "", known);
    ask->request.keep_secret = jsonv_bool(value, false);
    ask->tells_secret = true;
    if (check(call, ask))
        service_endpoint_rotate(call->service, call->arena, &ask->request, answer, call);
}

void openai_endpoint_test(struct call *call)
{
    static const char key[] = "event_type";
    static const char *const known[] = {key, NULL};
    struct ask *ask = ask_new(call);
    struct str type;
    unsigned set = 0;

    if (!read_id(call, ask) || !read_json(call, false, &ask->root))
        return;
    type = read_text(&ask->form.faults, ask->root, key, true);
    set = openai_event_set(type);
    if (!set)
        refuse_event(&ask->form.faults, key, type);
    openai_refuse_unknown(&ask->form.faults, ask->root, "", known);
    ask->event = set & BIT(JOB_EVENT_COMPLETED) ? JOB_EVENT_COMPLETED : JOB_EVENT_FAILED;
    if (check(call, ask))
        service_endpoint_try(call->service, call->arena, &ask->request, ask->event, tried, call);
}

/* ---- list ---- */

static struct str param_of(const struct call *call, const char *name)
{
    const struct str *value = url_params_get(&call->exchange->params, name);

    return value ? *value : (struct str){0};
}

static void read_page(struct call *call, struct ask *ask)
{
    struct str limit = param_of(call, "limit"), after = param_of(call, "after");
    int64_t number = OPENAI_ENDPOINTS_DEFAULT;
    struct id id = {{0}};

    if (limit.ptr &&
        (!str_to_int(limit, &number) || number < 1 || number > OPENAI_ENDPOINTS_PAGE_MAX))
        openai_refuse(&ask->form.faults, "invalid_value", "limit",
                      "Invalid 'limit': expected an integer from 1 to %d, but got '" STR_FMT
                      "' instead.",
                      OPENAI_ENDPOINTS_PAGE_MAX, STR_ARG(openai_shown(limit)));
    /* The clients write null as nothing. */
    if (after.len && !parse_id(after, &id))
        openai_refuse(&ask->form.faults, "invalid_value", "after",
                      "Invalid 'after': '" STR_FMT "' is not the id of a webhook endpoint.",
                      STR_ARG(openai_shown(after)));
    ask->filter.limit = (int)number;
    ask->filter.cursor = id;
}

void openai_endpoints_list(struct call *call)
{
    struct ask *ask = ask_new(call);

    read_page(call, ask);
    if (check(call, ask))
        service_endpoints_list(call->service, call->arena, &ask->filter, listed, call);
}
