/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "api/aivideoapi/aivideoapi.h"

enum { HEADERS = 4 };

static void write_job(struct call *call, const void *data, struct jsonw *w)
{
    aivideoapi_write_job(call, data, w);
}

void aivideoapi_write_callback(struct call *call, const struct callback *callback,
                               struct callback_request *request)
{
    struct http_header *headers = ARENA_ARRAY(call->arena, struct http_header, HEADERS);
    bool completed = callback->event == JOB_EVENT_COMPLETED;
    char id[ID_TEXT_LEN + 1];

    id_to_text(callback->job->id, id);
    headers[0] = (struct http_header){STR("Content-Type"), STR("application/json")};
    headers[1] = (struct http_header){STR("X-Event"),
                                      completed ? STR("task.completed") : STR("task.failed")};
    headers[2] = (struct http_header){STR("X-Task-Id"), arena_str(call->arena, str_from(id))};
    headers[3] = (struct http_header){
        STR("X-Timestamp"), arena_printf(call->arena, "%" PRId64, callback->now_ms / 1000)};
    *request = (struct callback_request){.headers = headers,
                                         .header_count = HEADERS,
                                         .body = call_json(call, write_job, callback->job)};
}
