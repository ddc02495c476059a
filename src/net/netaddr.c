/* SPDX-License-Identifier: Apache-2.0 */
#include "net/netaddr.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

enum { IP4_BYTES = 4, IP6_BYTES = 16, MAPPED_PREFIX_BYTES = 12 };

static const uint8_t mapped_prefix[MAPPED_PREFIX_BYTES] = {[10] = 0xff, [11] = 0xff};

/* Ranges as text would be parsed at each start; as bytes they are a table. */
struct ip_prefix {
    uint8_t ip[IP6_BYTES];
    int bits;
};

static const struct ip_prefix not_public_ip4[] = {
    {{0}, 8},                 /* this network */
    {{10}, 8},                /* private */
    {{100, 64}, 10},          /* carrier NAT; holds a cloud's metadata address */
    {{127}, 8},               /* loopback */
    {{168, 63, 129, 16}, 32}, /* a cloud's host agent, inside a public range */
    {{169, 254}, 16},         /* link-local; holds most clouds' metadata addresses */
    {{172, 16}, 12},          /* private */
    {{192, 0, 0}, 24},        /* protocol assignments; holds a cloud's metadata address */
    {{192, 0, 2}, 24},        /* documentation */
    {{192, 88, 99}, 24},      /* 6to4 relays */
    {{192, 168}, 16},         /* private */
    {{198, 18}, 15},          /* benchmarks */
    {{198, 51, 100}, 24},     /* documentation */
    {{203, 0, 113}, 24},      /* documentation */
    {{224}, 4},               /* multicast */
    {{240}, 4},               /* reserved, and the broadcast address */
};

/* Inside 2000::/3, the only part of IPv6 that is global unicast today. */
static const struct ip_prefix not_public_ip6[] = {
    {{0x20, 0x01}, 23},             /* protocol assignments, with Teredo and ORCHID */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
    {{0x3f, 0xff}, 20},             /* documentation */
};

struct netaddr netaddr_from_sockaddr(const struct sockaddr *sockaddr)
{
    struct netaddr addr = {0};

    if (sockaddr->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)sockaddr;

        memcpy(addr.ip, &in->sin_addr, IP4_BYTES);
        addr.ip_bytes = IP4_BYTES;
        addr.port = ntohs(in->sin_port);
    } else if (sockaddr->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)sockaddr;
        const uint8_t *ip = in->sin6_addr.s6_addr;
        bool is_mapped = memcmp(ip, mapped_prefix, MAPPED_PREFIX_BYTES) == 0;

        addr.ip_bytes = is_mapped ? IP4_BYTES : IP6_BYTES;
        memcpy(addr.ip, is_mapped ? ip + MAPPED_PREFIX_BYTES : ip, addr.ip_bytes);
        addr.port = ntohs(in->sin6_port);
    }
    return addr;
}

socklen_t netaddr_to_sockaddr(const struct netaddr *addr, struct sockaddr_storage *out)
{
    memset(out, 0, sizeof(*out));
    if (addr->ip_bytes == IP4_BYTES) {
        struct sockaddr_in *in = (struct sockaddr_in *)out;

        in->sin_family = AF_INET;
        in->sin_port = htons(addr->port);
        memcpy(&in->sin_addr, addr->ip, IP4_BYTES);
        return sizeof(*in);
    }
    if (addr->ip_bytes == IP6_BYTES) {
        struct sockaddr_in6 *in = (struct sockaddr_in6 *)out;

        in->sin6_family = AF_INET6;
        in->sin6_port = htons(addr->port);
        memcpy(&in->sin6_addr, addr->ip, IP6_BYTES);
        return sizeof(*in);
    }
    out->ss_family = AF_UNSPEC;
    return sizeof(out->ss_family);
}

bool netaddr_parse(struct str text, struct netaddr *addr, struct err *err)
{
    char copy[NETADDR_TEXT_BYTES];
    struct sockaddr_in in4 = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    bool has_brackets = text.len >= 2 && text.ptr[0] == '[' && text.ptr[text.len - 1] == ']';

    if (has_brackets)
        text = str_from_bytes(text.ptr + 1, text.len - 2);
    if (text.len == 0 || memchr(text.ptr, '\0', text.len) || !str_copy(text, copy, sizeof(copy)))
        return err_set(err, ERR_INVALID, "not an IP address");
    if (!has_brackets && inet_pton(AF_INET, copy, &in4.sin_addr) == 1)
        *addr = netaddr_from_sockaddr((const struct sockaddr *)&in4);
    else if (inet_pton(AF_INET6, copy, &in6.sin6_addr) == 1)
        *addr = netaddr_from_sockaddr((const struct sockaddr *)&in6);
    else
        return err_set(err, ERR_INVALID, "not an IP address");
    return true;
}

const char *netaddr_format(const struct netaddr *addr, char out[NETADDR_TEXT_BYTES])
{
    int family = addr->ip_bytes == IP4_BYTES ? AF_INET : AF_INET6;

    if (addr->ip_bytes == 0 || !inet_ntop(family, addr->ip, out, NETADDR_TEXT_BYTES))
        snprintf(out, NETADDR_TEXT_BYTES, "unknown");
    return out;
}

const char *netaddr_format_port(const struct netaddr *addr, char out[NETADDR_TEXT_BYTES])
{
    char ip[INET6_ADDRSTRLEN];

    if (addr->ip_bytes == 0)
        return netaddr_format(addr, out);
    inet_ntop(addr->ip_bytes == IP4_BYTES ? AF_INET : AF_INET6, addr->ip, ip, sizeof(ip));
    snprintf(out, NETADDR_TEXT_BYTES, addr->ip_bytes == IP4_BYTES ? "%s:%d" : "[%s]:%d", ip,
             addr->port);
    return out;
}

static bool has_prefix(const uint8_t *ip, const uint8_t *base, int bits)
{
    int whole = bits / 8, rest = bits % 8;
    uint8_t mask = (uint8_t)(0xff00 >> rest);

    if (memcmp(ip, base, (size_t)whole) != 0)
        return false;
    return rest == 0 || ((ip[whole] ^ base[whole]) & mask) == 0;
}

/* True when all bits behind the first `bits` are zero. */
static bool ends_in_zeros(const struct netaddr *addr, int bits)
{
    for (int bit = bits; bit < addr->ip_bytes * 8; bit++)
        if (addr->ip[bit / 8] & (0x80 >> (bit % 8)))
            return false;
    return true;
}

bool netaddr_range_parse(struct str text, struct netaddr_range *range, struct err *err)
{
    struct str ip_text = {0}, bits_text = str_cut(text, '/', &ip_text);
    struct netaddr base = {0};
    uint64_t bits = 0;
    bool is_mapped = false;

    if (!netaddr_parse(ip_text, &base, err))
        return err_set(err, ERR_INVALID, "not an IP range: its address is wrong");
    is_mapped = base.ip_bytes == IP4_BYTES && str_find_char(ip_text, ':') >= 0;
    if (!bits_text.ptr)
        bits = base.ip_bytes * 8u + (is_mapped ? MAPPED_PREFIX_BYTES * 8u : 0);
    else if (bits_text.len > 3 || !str_to_uint(bits_text, &bits))
        return err_set(err, ERR_INVALID, "not an IP range: its prefix length is wrong");
    if (is_mapped) {
        if (bits < MAPPED_PREFIX_BYTES * 8u)
            return err_set(err, ERR_INVALID, "an IPv4-mapped range needs 96 bits or more");
        bits -= MAPPED_PREFIX_BYTES * 8u;
    }
    if (bits > base.ip_bytes * 8u)
        return err_set(err, ERR_INVALID, "not an IP range: its prefix length is wrong");
    if (!ends_in_zeros(&base, (int)bits))
        return err_set(err, ERR_INVALID, "the bits behind an IP range's prefix must be zero");
    *range = (struct netaddr_range){.base = base, .bits = (int)bits};
    return true;
}

bool netaddr_range_has(const struct netaddr_range *range, const struct netaddr *addr)
{
    return addr->ip_bytes != 0 && addr->ip_bytes == range->base.ip_bytes &&
           has_prefix(addr->ip, range->base.ip, range->bits);
}

bool netaddr_eq(const struct netaddr *a, const struct netaddr *b)
{
    return a->ip_bytes == b->ip_bytes && memcmp(a->ip, b->ip, a->ip_bytes) == 0;
}

static bool is_in(const uint8_t *ip, const struct ip_prefix *prefixes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (has_prefix(ip, prefixes[i].ip, prefixes[i].bits))
            return true;
    return false;
}

static bool ip4_is_public(const uint8_t *ip)
{
    return !is_in(ip, not_public_ip4, ARRAY_LEN(not_public_ip4));
}

static bool ip6_is_public(const uint8_t *ip)
{
    static const uint8_t nat64[] = {0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};
    static const uint8_t sixtofour[] = {0x20, 0x02};
    static const uint8_t isatap[] = {0x00, 0x00, 0x5e, 0xfe};
    static const uint8_t global = 0x20;

    if (memcmp(ip, mapped_prefix, MAPPED_PREFIX_BYTES) == 0)
        return ip4_is_public(ip + MAPPED_PREFIX_BYTES);
    if (memcmp(ip, nat64, sizeof(nat64)) == 0)
        return ip4_is_public(ip + sizeof(nat64));
    if (!has_prefix(ip, &global, 3) || is_in(ip, not_public_ip6, ARRAY_LEN(not_public_ip6)))
        return false;
    if (memcmp(ip, sixtofour, sizeof(sixtofour)) == 0)
        return ip4_is_public(ip + sizeof(sixtofour));
    /* The "universal" bit of an ISATAP identifier may be set or not. */
    if ((ip[8] & ~0x02) == 0 && memcmp(ip + 9, isatap + 1, sizeof(isatap) - 1) == 0)
        return ip4_is_public(ip + MAPPED_PREFIX_BYTES);
    return true;
}

bool netaddr_is_public(const struct netaddr *addr)
{
    if (addr->ip_bytes == IP4_BYTES)
        return ip4_is_public(addr->ip);
    return addr->ip_bytes == IP6_BYTES && ip6_is_public(addr->ip);
}
