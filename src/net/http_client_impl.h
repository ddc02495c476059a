/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_client_impl: the client's inside, shared by http_client.c (libcurl on the loop, the
 * allow-list) and http_fetch.c (one fetch).
 *
 * Thread: loop.
 */
#ifndef VITASCOPE_NET_HTTP_CLIENT_IMPL_H
#define VITASCOPE_NET_HTTP_CLIENT_IMPL_H

#include <curl/curl.h>

#include "base/arena.h"
#include "base/buf.h"
#include "net/http_client.h"
#include "net/netaddr.h"

enum { TRUST_KINDS = 2 };

/* One libcurl multi handle on the loop. There is one for each trust, because a connection that
 * was opened for the one must not serve the other. */
struct curl_group {
    CURLM *multi;
    uv_timer_t timer;
    struct http_client *client;
};

/* Either a name or a range; port 0 is any. */
struct allowed {
    struct str name;
    struct netaddr_range range;
    uint16_t port;
};

struct http_client {
    uv_loop_t *loop;
    struct curl_group groups[TRUST_KINDS];
    struct arena arena; /* the allow-list */
    struct allowed *allowed;
    int allowed_count;
    struct http_fetch *fetches; /* doubly linked */
    int fetch_count;
    int refs; /* the owner, handles, fetches with a file write under way */
    bool is_closed;
};

/* http_client.c */
void client_unref(struct http_client *client);
bool client_allows_name(const struct http_client *client, const struct url *url);
bool client_allows_address(const struct http_client *client, const struct netaddr *addr);

/* http_fetch.c */
void fetch_transfer_done(struct http_fetch *fetch, CURLcode code);

#endif
