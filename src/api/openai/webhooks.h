/* SPDX-License-Identifier: Apache-2.0 */
/*
 * webhooks: OpenAI's endpoints for webhooks, and what is sent to them, which follows the Standard
 * Webhooks specification.
 *
 * Where the documents are silent:
 * - Of the event types only those of videos exist here; any other one is refused, because nobody
 *   would ever send it. video.failed tells of a video that was canceled or deleted, too.
 * - Told are the ends of videos that this dialect asked for (core/endpoints.h). An event has the
 *   same id at each endpoint, a delivery the same id at each attempt.
 * - A test is answered with whatever status came; if none came, it is refused with 400.
 *
 * Included only inside api/. Thread: loop.
 */
#ifndef VITASCOPE_API_OPENAI_WEBHOOKS_H
#define VITASCOPE_API_OPENAI_WEBHOOKS_H

#include "api/openai/openai.h"
#include "core/service_endpoints.h"

enum { OPENAI_ENDPOINTS_DEFAULT = 20, OPENAI_ENDPOINTS_PAGE_MAX = 100 };

/* The event of a callback's end of a job. */
const char *openai_event_name(enum job_event event);

/* The set of BIT(event) that a type stands for; 0: there is no such type. */
unsigned openai_event_set(struct str type);

/* "v1,…" for each secret, with a space between: the HMAC of "id.timestamp.body". */
struct str openai_signatures(struct arena *arena, const struct str *secrets, int count,
                             struct str signed_text);

void openai_write_callback(struct call *call, const struct callback *callback,
                           struct callback_request *request);

/* POST and GET /v1/webhook_endpoints; GET, POST and DELETE /v1/webhook_endpoints/:id;
 * POST …/rotate_secret and …/test; GET /v1/webhook_event_types */
void openai_endpoint_create(struct call *call);
void openai_endpoints_list(struct call *call);
void openai_endpoint_get(struct call *call);
void openai_endpoint_update(struct call *call);
void openai_endpoint_delete(struct call *call);
void openai_endpoint_rotate(struct call *call);
void openai_endpoint_test(struct call *call);
void openai_event_types(struct call *call);

/* What a body says of an endpoint; what is wrong goes into faults. A create must have all. */
void openai_read_endpoint(struct faults *faults, struct jsonv root, bool is_create,
                          struct service_endpoint_request *request);

#endif
