/* SPDX-License-Identifier: Apache-2.0 */
/*
 * service_endpoints: an account's endpoints as calls on the loop; how calls answer is in
 * core/service.h. An endpoint of another account is ERR_NOT_FOUND everywhere.
 *
 * A secret is known to whoever calls here: it is for the caller to show it only when it is new.
 *
 * Thread: loop.
 */
#ifndef VITASCOPE_CORE_SERVICE_ENDPOINTS_H
#define VITASCOPE_CORE_SERVICE_ENDPOINTS_H

#include "core/endpoints.h"
#include "core/service.h"
#include "model/endpoint.h"

/* What a call reads of it is said there. Copied; strings live until done. */
struct service_endpoint_request {
    int64_t account_id; /* always */
    struct id id;       /* of the endpoint */
    struct str name;    /* at most ENDPOINT_NAME_CHARS_MAX characters */
    struct str url;     /* that service_endpoint_may_have() */
    unsigned events;    /* set of BIT(enum job_event) */
    bool keep_secret;
};

struct service_endpoint {
    struct endpoint endpoint; /* strings in the caller's arena */
    struct hash secret;       /* its newest */
};

typedef void service_endpoint_done(void *user, const struct service_endpoint *endpoint,
                                   const struct err *err);

/* ERR_INVALID with a text for the caller: not a URL, too long, private as far as its spelling
 * tells, or without TLS; the last two are fine where the owner's allow-list has the host. */
MUST_CHECK bool service_endpoint_may_have(const struct service *service, struct str url,
                                          struct err *err);

/* Of name, url and events. ERR_CONFLICT: the account has ENDPOINTS_MAX. */
void service_endpoint_create(struct service *service, struct arena *arena,
                             const struct service_endpoint_request *request,
                             service_endpoint_done *done, void *user);

/* Of id. */
void service_endpoint_get(struct service *service, struct arena *arena,
                          const struct service_endpoint_request *request,
                          service_endpoint_done *done, void *user);

/* Of id; name and url where ptr is not NULL, events where not 0. */
void service_endpoint_update(struct service *service, struct arena *arena,
                             const struct service_endpoint_request *request,
                             service_endpoint_done *done, void *user);

/* Of id: gives it another secret. keep_secret: the one before signs too, for
 * ENDPOINT_OLD_SECRET_MS; any older one ends now. */
void service_endpoint_rotate(struct service *service, struct arena *arena,
                             const struct service_endpoint_request *request,
                             service_endpoint_done *done, void *user);

/* Of id. */
void service_endpoint_delete(struct service *service, struct arena *arena,
                             const struct service_endpoint_request *request,
                             service_deleted_done *done, void *user);

struct service_endpoints {
    const struct service_endpoint *list; /* newest first, in the caller's arena */
    int count;
    bool has_more;
};

typedef void service_endpoints_done(void *user, const struct service_endpoints *endpoints,
                                    const struct err *err);
void service_endpoints_list(struct service *service, struct arena *arena,
                            const struct endpoint_filter *filter, service_endpoints_done *done,
                            void *user);

/* Sends the endpoint of id a sample of the event in OpenAI's words, now and once. status: of its
 * answer, whatever that is. 0: there is none; then ERR_INVALID with a text for the caller, or
 * ERR_RATE: the account has COURIER_TRIALS_MAX under way. */
typedef void service_endpoint_tried(void *user, int status, const struct err *err);
void service_endpoint_try(struct service *service, struct arena *arena,
                          const struct service_endpoint_request *request, enum job_event event,
                          service_endpoint_tried *done, void *user);

#endif
