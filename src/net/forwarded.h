/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forwarded: whose request it is that a reverse proxy hands on.
 *
 * X-Forwarded-For grows to the right: each proxy adds whom it got the request from. So it is read
 * from the right, for as long as the one who wrote an entry is a proxy that we trust; whatever is
 * left of the first stranger may be made up by that stranger and is not looked at.
 *
 * Thread: any; pure.
 */
#ifndef VITASCOPE_NET_FORWARDED_H
#define VITASCOPE_NET_FORWARDED_H

#include <stddef.h>

#include "net/http_head.h"
#include "net/netaddr.h"

/* The client of a request from `peer` with these headers. Without trust in peer: peer. An entry
 * that is no address (a port behind it is fine) makes the client unknown. */
struct netaddr forwarded_client(const struct netaddr *peer, const struct http_header *headers,
                                int header_count, const struct netaddr_range *trusted,
                                size_t trusted_count);

#endif
