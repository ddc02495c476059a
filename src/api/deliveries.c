/* SPDX-License-Identifier: Apache-2.0 */
/* What became of callbacks, and sending them again: routes of our own, for every dialect. */
#include "api/api_impl.h"
#include "base/clock.h"

static void write_id(struct jsonw *w, const char *key, struct id id)
{
    char text[ID_TEXT_LEN + 1];

    id_to_text(id, text);
    jsonw_key(w, key);
    jsonw_cstr(w, id_is_zero(id) ? NULL : text);
}

static void write_time(struct jsonw *w, const char *key, int64_t ms)
{
    char text[CLOCK_ISO_BYTES];

    jsonw_key(w, key);
    if (ms)
        clock_iso(ms, text);
    jsonw_cstr(w, ms ? text : NULL);
}

static void write_delivery(struct call *call, const void *data, struct jsonw *w)
{
    const struct delivery *delivery = data;
    bool is_pending = delivery->state == DELIVERY_PENDING;

    (void)call;
    jsonw_object(w);
    write_id(w, "id", delivery->id);
    write_id(w, "job", delivery->job_id);
    jsonw_key(w, "event");
    jsonw_cstr(w, job_event_name(delivery->event));
    jsonw_key(w, "url");
    jsonw_str(w, delivery->url);
    write_id(w, "endpoint", delivery->endpoint);
    jsonw_key(w, "state");
    jsonw_cstr(w, delivery_state_name(delivery->state));
    jsonw_key(w, "attempts");
    jsonw_int(w, delivery->attempts);
    write_time(w, "created_at", delivery->created_ms);
    write_time(w, "next_at", is_pending ? delivery->next_ms : 0);
    write_time(w, "ended_at", delivery->ended_ms);
    write_time(w, "last_at", delivery->last_ms);
    jsonw_key(w, "last_took_ms");
    jsonw_int(w, delivery->last_took_ms);
    jsonw_key(w, "last_status");
    jsonw_int(w, delivery->last_status);
    jsonw_key(w, "last_error");
    jsonw_str(w, delivery->last_error);
    jsonw_end(w);
}

static void write_list(struct call *call, const void *data, struct jsonw *w)
{
    const struct service_deliveries *list = data;

    jsonw_object(w);
    jsonw_key(w, "deliveries");
    jsonw_array(w);
    for (int i = 0; i < list->count; i++)
        write_delivery(call, &list->deliveries[i], w);
    jsonw_end(w);
    jsonw_end(w);
}

static bool read_id(struct call *call, const char *unknown, struct id *id)
{
    struct err err;

    if (call_parse_id(call->params[0], id))
        return true;
    err_set(&err, ERR_NOT_FOUND, "%s", unknown);
    call_fail(call, &err);
    return false;
}

static void listed(void *user, const struct service_deliveries *list, const struct err *err)
{
    if (list)
        call_reply(user, 200, write_list, list);
    else
        call_fail(user, err);
}

static void list_of(struct call *call, const struct job *job)
{
    service_deliveries_list(call->service, call->arena, call->key.account_id, job->id, listed,
                            call);
}

void deliveries_of_job(struct call *call)
{
    call_find_job(call, list_of);
}

static void replayed(void *user, const struct delivery *delivery, const struct err *err)
{
    struct err told;

    if (delivery) {
        call_reply(user, 202, write_delivery, delivery);
    } else if (err->kind == ERR_NOT_FOUND) {
        err_set(&told, ERR_NOT_FOUND, "Delivery not found");
        call_fail(user, &told);
    } else {
        call_fail(user, err);
    }
}

void delivery_replay(struct call *call)
{
    struct id id;

    if (read_id(call, "Delivery not found", &id))
        service_delivery_replay(call->service, call->arena, call->key.account_id, id, replayed,
                                call);
}
