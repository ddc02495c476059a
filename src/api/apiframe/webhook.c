/* SPDX-License-Identifier: Apache-2.0 */
#include "api/apiframe/webhook.h"

#include "base/hash.h"
#include "base/macros.h"

enum { HEADERS = 5 };

/* ---- request ---- */

static const struct {
    const char *name;
    unsigned events;
} asked[] = {
    {"progress", BIT(JOB_EVENT_PROGRESS)},
    {"completed", BIT(JOB_EVENT_COMPLETED)},
    /* There is no word for a job that was canceled, and nobody should wait for ever. */
    {"failed", BIT(JOB_EVENT_FAILED) | BIT(JOB_EVENT_CANCELED)},
};

/* The first of two spellings that is there. */
static struct jsonv either(struct jsonv root, const char *const names[2], const char **used)
{
    *used = names[jsonv_is_absent(jsonv_get(root, names[0]))];
    return jsonv_get(root, *used);
}

static unsigned events_of(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
        if (str_eq_c(name, asked[i].name))
            return asked[i].events;
    }
    return 0;
}

static unsigned read_events(struct create *create, struct jsonv list, const char *field)
{
    unsigned events = 0;

    if (jsonv_is_absent(list))
        return events_of(STR("completed")) | events_of(STR("failed"));
    if (jsonv_type(list) != JSONR_ARRAY || jsonv_len(list) == 0) {
        faults_add(&create->faults, field, "Expected an array of at least 1 event");
        return 0;
    }
    for (size_t i = 0; i < jsonv_len(list); i++) {
        unsigned event = events_of(jsonv_str(jsonv_at(list, i), (struct str){0}));

        if (!event) {
            faults_add(&create->faults, field, "Expected 'progress', 'completed' or 'failed'");
            return 0;
        }
        events |= event;
    }
    return events;
}

void apiframe_read_webhook(struct create *create, struct jsonv root)
{
    static const char *const urls[2] = {"webhookUrl", "webhook_url"};
    static const char *const lists[2] = {"webhookEvents", "webhook_events"};
    const char *url_field = NULL, *list_field = NULL;
    struct jsonv url = either(root, urls, &url_field);
    struct jsonv list = either(root, lists, &list_field);
    unsigned events = read_events(create, list, list_field);

    if (jsonv_is_absent(url))
        return;
    if (jsonv_type(url) != JSONR_STR)
        faults_add(&create->faults, url_field, "Expected string, received %s",
                   jsonv_type_name(url));
    else
        create_set_callback(create, jsonv_str(url, (struct str){0}), events, url_field);
}

/* ---- callback ---- */

static const char *event_name(enum job_event event)
{
    return job_event_name(event == JOB_EVENT_CANCELED ? JOB_EVENT_FAILED : event);
}

static void write_body(struct call *call, const void *data, struct jsonw *w)
{
    const struct callback *callback = data;
    const struct job *job = callback->job;
    char id[ID_TEXT_LEN + 1];

    id_to_text(job->id, id);
    jsonw_object(w);
    jsonw_key(w, "event");
    jsonw_cstr(w, event_name(callback->event));
    jsonw_key(w, "jobId");
    jsonw_cstr(w, id);
    jsonw_key(w, "status");
    jsonw_cstr(w, apiframe_status(job->state));
    if (callback->event == JOB_EVENT_COMPLETED || callback->event == JOB_EVENT_PROGRESS) {
        jsonw_key(w, "progress");
        jsonw_int(w, call_progress(job));
    }
    if (callback->event == JOB_EVENT_COMPLETED) {
        apiframe_write_result(call, job, w);
    } else if (callback->event != JOB_EVENT_PROGRESS) {
        jsonw_key(w, "error");
        jsonw_str(w, call_failure(job));
    }
    jsonw_key(w, "model");
    jsonw_str(w, job->model);
    if (callback->event == JOB_EVENT_COMPLETED) {
        jsonw_key(w, "creditCost");
        jsonw_int(w, apiframe_cost(job));
        apiframe_write_time(w, "completedAt", job->ended_ms);
    }
    jsonw_end(w);
}

struct str apiframe_signature(struct arena *arena, struct str key, struct str body)
{
    struct hash hash = hash_hmac_sha256(key, body);
    char hex[2 * HASH_BYTES + 1];

    hash_hex(hash.bytes, HASH_BYTES, hex);
    return arena_printf(arena, "sha256=%s", hex);
}

void apiframe_write_callback(struct call *call, const struct callback *callback,
                             struct callback_request *request)
{
    struct http_header *headers = ARENA_ARRAY(call->arena, struct http_header, HEADERS);
    struct str body = call_json(call, write_body, callback);
    char hex[2 * HASH_BYTES + 1];

    hash_hex(callback->key_hash->bytes, HASH_BYTES, hex);
    headers[0] = (struct http_header){STR("Content-Type"), STR("application/json")};
    headers[1] =
        (struct http_header){STR("X-Webhook-Event"), str_from(event_name(callback->event))};
    headers[2] =
        (struct http_header){STR("X-Webhook-Signature"),
                             apiframe_signature(call->arena, hash_str(callback->key_hash), body)};
    headers[3] = (struct http_header){STR("X-Webhook-Signature-Hex"),
                                      apiframe_signature(call->arena, str_from(hex), body)};
    headers[4] = (struct http_header){STR("User-Agent"), STR("Vitascope/" VITASCOPE_VERSION)};
    *request = (struct callback_request){headers, HEADERS, body};
}
