/* SPDX-License-Identifier: Apache-2.0 */
/* What is sent to an endpoint. */
#include <inttypes.h>

#include "api/openai/webhooks.h"
#include "base/macros.h"

enum { HEADERS = 5 };

/* Both ends without a video are one to whoever waits for it. */
static const struct {
    const char *type;
    unsigned events;
} types[] = {
    {"video.completed", BIT(JOB_EVENT_COMPLETED)},
    {"video.failed", BIT(JOB_EVENT_FAILED) | BIT(JOB_EVENT_CANCELED)},
};

const char *openai_event_name(enum job_event event)
{
    return types[event != JOB_EVENT_COMPLETED].type;
}

unsigned openai_event_set(struct str type)
{
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (str_eq_c(type, types[i].type))
            return types[i].events;
    }
    return 0;
}

struct str openai_signatures(struct arena *arena, const struct str *secrets, int count,
                             struct str signed_text)
{
    struct str all = {0};

    for (int i = 0; i < count; i++) {
        struct hash hash = hash_hmac_sha256(secrets[i], signed_text);

        all = arena_printf(arena, STR_FMT "%sv1," STR_FMT, STR_ARG(all), i ? " " : "",
                           STR_ARG(hash_base64(arena, hash_str(&hash))));
    }
    return all;
}

static struct str id_with(struct arena *arena, const char *prefix, struct id id)
{
    char hex[ID_HEX_LEN + 1];

    id_to_hex(id, hex);
    return arena_printf(arena, "%s%s", prefix, hex);
}

static void write_body(struct call *call, const void *data, struct jsonw *w)
{
    const struct callback *callback = data;
    const struct job *job = callback->job;

    jsonw_object(w);
    jsonw_key(w, "id");
    jsonw_str(w, id_with(call->arena, "evt_", job->id));
    jsonw_key(w, "object");
    jsonw_cstr(w, "event");
    jsonw_key(w, "created_at");
    jsonw_int(w, job->ended_ms / 1000);
    jsonw_key(w, "type");
    jsonw_cstr(w, openai_event_name(callback->event));
    jsonw_key(w, "data");
    jsonw_object(w);
    jsonw_key(w, "id");
    jsonw_str(w, id_with(call->arena, "video_", job->id));
    jsonw_end(w);
    jsonw_end(w);
}

void openai_write_callback(struct call *call, const struct callback *callback,
                           struct callback_request *request)
{
    struct arena *arena = call->arena;
    struct http_header *headers = ARENA_ARRAY(arena, struct http_header, HEADERS);
    struct str secrets[ENDPOINT_SECRETS_MAX];
    struct str body = call_json(call, write_body, callback);
    struct str id = id_with(arena, "wh_", callback->delivery);
    struct str timestamp = arena_printf(arena, "%" PRId64, callback->now_ms / 1000);
    struct str text = arena_printf(arena, STR_FMT "." STR_FMT "." STR_FMT, STR_ARG(id),
                                   STR_ARG(timestamp), STR_ARG(body));

    for (int i = 0; i < callback->secret_count; i++)
        secrets[i] = hash_str(&callback->secrets[i]);
    headers[0] = (struct http_header){STR("Content-Type"), STR("application/json")};
    headers[1] = (struct http_header){STR("User-Agent"), STR("Vitascope/" VITASCOPE_VERSION)};
    headers[2] = (struct http_header){STR("webhook-id"), id};
    headers[3] = (struct http_header){STR("webhook-timestamp"), timestamp};
    headers[4] = (struct http_header){
        STR("webhook-signature"), openai_signatures(arena, secrets, callback->secret_count, text)};
    *request = (struct callback_request){headers, HEADERS, body};
}

static void write_types(struct call *call, const void *data, struct jsonw *w)
{
    (void)call;
    (void)data;
    jsonw_object(w);
    jsonw_key(w, "object");
    jsonw_cstr(w, "list");
    jsonw_key(w, "data");
    jsonw_array(w);
    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        jsonw_cstr(w, types[i].type);
    jsonw_end(w);
    jsonw_end(w);
}

void openai_event_types(struct call *call)
{
    call_reply(call, 200, write_types, NULL);
}
