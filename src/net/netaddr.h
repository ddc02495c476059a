/* SPDX-License-Identifier: Apache-2.0 */
/*
 * netaddr: IPv4 and IPv6 addresses and ranges of them, and which of them the public internet
 * uses.
 *
 * An IPv4 address that arrives mapped into IPv6 (::ffff:a.b.c.d, what a dual-stack socket sees)
 * is kept as plain IPv4, so that a range of the one form matches both.
 *
 * Thread: any; pure.
 */
#ifndef VITASCOPE_NET_NETADDR_H
#define VITASCOPE_NET_NETADDR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/err.h"
#include "base/str.h"

enum {
    NETADDR_TEXT_BYTES = 56, /* "[…]:65535" and a NUL */
    NETADDR_IP_BYTES_MAX = 16
};

struct netaddr {
    uint8_t ip[NETADDR_IP_BYTES_MAX]; /* network order; IPv4 uses the first four */
    uint8_t ip_bytes;                 /* 4 or 16; 0: unknown */
    uint16_t port;                    /* host order; 0: none */
};

/* All addresses whose first `bits` bits are those of `base`. */
struct netaddr_range {
    struct netaddr base;
    int bits;
};

/* Any family but IPv4 and IPv6 gives an unknown address. */
struct netaddr netaddr_from_sockaddr(const struct sockaddr *sockaddr);

/* Returns the bytes used. */
socklen_t netaddr_to_sockaddr(const struct netaddr *addr, struct sockaddr_storage *out);

/* "192.0.2.1", "2001:db8::1", "[2001:db8::1]": no port, no zone, four decimal parts without
 * leading zeros for IPv4. ERR_INVALID. */
MUST_CHECK bool netaddr_parse(struct str text, struct netaddr *addr, struct err *err);

/* Without the port, and with it ("192.0.2.1:80", "[2001:db8::1]:80"). "unknown" for unknown.
 * Both return out. */
const char *netaddr_format(const struct netaddr *addr, char out[NETADDR_TEXT_BYTES]);
const char *netaddr_format_port(const struct netaddr *addr, char out[NETADDR_TEXT_BYTES]);

/* "10.0.0.0/8", "2001:db8::/32", or a single address. The bits behind the prefix must be zero,
 * because a range that says otherwise is a mistake. ERR_INVALID. */
MUST_CHECK bool netaddr_range_parse(struct str text, struct netaddr_range *range, struct err *err);

/* The port plays no part. Never true for an unknown address. */
bool netaddr_range_has(const struct netaddr_range *range, const struct netaddr *addr);

/* Same address; the port plays no part. */
bool netaddr_eq(const struct netaddr *a, const struct netaddr *b);

/* True for a global unicast address. False for loopback, private, link-local (with the clouds'
 * metadata address), carrier NAT, multicast, unspecified, documentation, benchmark and reserved
 * ranges, for every IPv6 form that carries such an IPv4 address inside (mapped, compatible,
 * translated, NAT64, 6to4, Teredo, ISATAP), and for unknown. */
bool netaddr_is_public(const struct netaddr *addr);

#endif
