/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api: the HTTP face: finds the route, checks the key, hands the call to its dialect.
 *
 * Thread: loop.
 */
#ifndef VITASCOPE_API_API_H
#define VITASCOPE_API_API_H

#include "base/jsonw.h"
#include "core/service.h"
#include "net/http_server.h"

struct api;

/* Strings are copied. */
struct api_config {
    struct service *service;
    const struct netaddr_range *trusted; /* proxies whose X-Forwarded-For is believed; copied */
    size_t trusted_count;
    struct str public_url; /* how links begin; empty: from the request's Host */
    void *user;            /* the owner's, for api_user() */
};

/* Between service_open() and service_start(). */
struct api *api_new(const struct api_config *config);
void api_free(struct api *api); /* after the server is closed; accepts NULL */

void *api_user(const struct api *api);

/* For http_server_open(), with the api as context. */
struct http_handlers api_handlers(void);

/* Writes all routes: [{"prefix": "/openai" or null, "routes": [{"method", "path", "access": "key",
 * "admin" or "public", "body_bytes_max"}]}]; paths as they stand behind the prefix. Thread: any. */
void api_write_routes(struct jsonw *w);

/* From now on creates are refused with 503: the server is stopping. */
void api_drain(struct api *api);

#endif
