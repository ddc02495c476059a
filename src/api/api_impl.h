/* SPDX-License-Identifier: Apache-2.0 */
/* api_impl: what the files of api/ share. Included only inside api/. Thread: loop. */
#ifndef VITASCOPE_API_API_IMPL_H
#define VITASCOPE_API_API_IMPL_H

#include "api/api.h"
#include "api/call.h"
#include "base/log.h"

struct api {
    struct service *service;
    struct str public_url;         /* owned */
    struct netaddr_range *trusted; /* owned */
    size_t trusted_count;
    void *user;
    bool draining;
};

extern const struct dialect_ops dialect_files;  /* /files: signed links */
extern const struct dialect_ops dialect_system; /* /healthz, /admin */

/* Result of looking for a route. */
enum route_found { ROUTE_FOUND, ROUTE_NO_PATH, ROUTE_NO_METHOD };

/* Fills call->dialect, route and params from the exchange's path. Where no route matches, the
 * dialect is the one whose error form fits the path best. `methods` is then the Allow list. */
enum route_found route_find(struct call *call, struct str *methods);

/* Whoever speaks it; NULL while nobody does. */
const struct dialect_ops *dialect_of(enum dialect dialect);

/* Gives the service what words the callbacks of each dialect; before it starts. */
void callbacks_open(struct api *api);

/* Looks the presented key up and calls next(call) with call->key set, or answers. */
void auth_check(struct call *call, void (*next)(struct call *call));

/* GET /vitascope/jobs/:id/deliveries, POST /vitascope/deliveries/:id/replay */
void deliveries_of_job(struct call *call);
void delivery_replay(struct call *call);

#endif
