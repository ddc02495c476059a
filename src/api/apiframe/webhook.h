/* SPDX-License-Identifier: Apache-2.0 */
/*
 * webhook: Apiframe's callbacks: how a request asks for them, and what is sent.
 *
 * The body is signed with HMAC-SHA256. Its key is the SHA-256 of the API key that made the job, as
 * 32 bytes: so the vendor's SDK verifies. A receiver written from the vendor's prose may use the
 * 64 hex digits instead: X-Webhook-Signature-Hex is for those.
 *
 * Included only inside api/. Thread: loop.
 */
#ifndef VITASCOPE_API_APIFRAME_WEBHOOK_H
#define VITASCOPE_API_APIFRAME_WEBHOOK_H

#include "api/apiframe/apiframe.h"
#include "api/create.h"

/* webhookUrl and webhookEvents, or webhook_url and webhook_events: the first spelling wins. */
void apiframe_read_webhook(struct create *create, struct jsonv root);

void apiframe_write_callback(struct call *call, const struct callback *callback,
                             struct callback_request *request);

/* "sha256=" and 64 hex digits. */
struct str apiframe_signature(struct arena *arena, struct str key, struct str body);

#endif
