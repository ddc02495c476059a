/* SPDX-License-Identifier: Apache-2.0 */
#include <netinet/in.h>

#include "harness/tap.h"
#include "net/netaddr.h"

static struct netaddr parse(const char *text)
{
    struct netaddr addr = {0};
    struct err err = {0};

    if (!netaddr_parse(str_from(text), &addr, &err))
        tap_fail(__FILE__, __LINE__, "%s: %s", text, err.text);
    return addr;
}

static const struct {
    const char *text;
    bool is_public;
} routed[] = {
    /* IPv4, each range at both ends and just outside */
    {"0.0.0.0", false},
    {"0.255.255.255", false},
    {"1.0.0.0", true},
    {"9.255.255.255", true},
    {"10.0.0.0", false},
    {"10.255.255.255", false},
    {"11.0.0.0", true},
    {"100.63.255.255", true},
    {"100.64.0.0", false},
    {"100.100.100.200", false},
    {"100.127.255.255", false},
    {"100.128.0.0", true},
    {"126.255.255.255", true},
    {"127.0.0.0", false},
    {"127.0.0.1", false},
    {"127.255.255.255", false},
    {"128.0.0.0", true},
    {"168.63.129.15", true},
    {"168.63.129.16", false},
    {"168.63.129.17", true},
    {"169.253.255.255", true},
    {"169.254.0.0", false},
    {"169.254.169.254", false},
    {"169.254.255.255", false},
    {"169.255.0.0", true},
    {"172.15.255.255", true},
    {"172.16.0.0", false},
    {"172.31.255.255", false},
    {"172.32.0.0", true},
    {"192.0.0.0", false},
    {"192.0.0.192", false},
    {"192.0.1.0", true},
    {"192.0.2.1", false},
    {"192.88.99.1", false},
    {"192.167.255.255", true},
    {"192.168.0.0", false},
    {"192.168.255.255", false},
    {"192.169.0.0", true},
    {"198.17.255.255", true},
    {"198.18.0.0", false},
    {"198.19.255.255", false},
    {"198.20.0.0", true},
    {"198.51.100.7", false},
    {"203.0.113.7", false},
    {"223.255.255.255", true},
    {"224.0.0.1", false},
    {"239.255.255.255", false},
    {"240.0.0.0", false},
    {"255.255.255.255", false},
    {"8.8.8.8", true},
    /* IPv6 */
    {"::", false},
    {"::1", false},
    {"::2", false},
    {"2606:4700:4700::1111", true},
    {"2a00:1450:4001:81b::200e", true},
    {"1fff:ffff::1", false},
    {"2000::1", true},
    {"3ffe:ffff::1", true},
    {"3fff::1", false},
    {"3fff:0fff::1", false},
    {"3fff:1000::1", true},
    {"4000::1", false},
    {"5f00::1", false},
    {"fc00::1", false},
    {"fd00:ec2::254", false},
    {"fdff::1", false},
    {"fe80::1", false},
    {"febf::1", false},
    {"fec0::1", false},
    {"ff02::1", false},
    {"ff0e::1", false},
    {"100::1", false},
    {"2001:db8::1", false},
    {"2001:db7::1", true},
    {"2001:10::1", false},
    {"2001:20::1", false},
    {"2001:200::1", true},
    /* IPv4 inside IPv6 */
    {"::ffff:127.0.0.1", false},
    {"::ffff:8.8.8.8", true},
    {"::ffff:7f00:1", false},
    {"::ffff:0:127.0.0.1", false},
    {"::ffff:0:8.8.8.8", false},
    {"::127.0.0.1", false},
    {"::8.8.8.8", false},
    {"64:ff9b::127.0.0.1", false},
    {"64:ff9b::10.0.0.1", false},
    {"64:ff9b::169.254.169.254", false},
    {"64:ff9b::8.8.8.8", true},
    {"64:ff9b:1::8.8.8.8", false},
    {"2002:7f00:1::", false},
    {"2002:a00:1::1", false},
    {"2002:a9fe:a9fe::", false},
    {"2002:808:808::1", true},
    {"2001:0:808:808::1", false},
    {"2001::f5ff:fffe", false},
    {"2606:4700::5efe:10.0.0.1", false},
    {"2606:4700::200:5efe:10.0.0.1", false},
    {"2606:4700::5efe:8.8.8.8", true},
};

TEST(only_what_the_internet_routes_is_public)
{
    for (size_t i = 0; i < ARRAY_LEN(routed); i++) {
        struct netaddr addr = parse(routed[i].text);

        if (netaddr_is_public(&addr) != routed[i].is_public)
            tap_fail(__FILE__, __LINE__, "%s should%s be public", routed[i].text,
                     routed[i].is_public ? "" : " not");
    }
}

TEST(an_unknown_address_is_not_public)
{
    struct netaddr addr = {0};
    struct sockaddr unix_address = {.sa_family = AF_UNIX};

    CHECK(!netaddr_is_public(&addr));
    addr = netaddr_from_sockaddr(&unix_address);
    CHECK(!netaddr_is_public(&addr));
}

TEST(a_mapped_address_that_was_not_made_plain_is_still_seen_through)
{
    struct netaddr addr = {.ip_bytes = 16, .ip = {[10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1}};

    CHECK(!netaddr_is_public(&addr));
    addr.ip[12] = 8;
    CHECK(netaddr_is_public(&addr));
}

TEST(addresses_read_back_as_written)
{
    static const char *const texts[] = {"192.0.2.1", "2001:db8::1", "::", "255.255.255.255"};
    char out[NETADDR_TEXT_BYTES];

    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct netaddr addr = parse(texts[i]);

        CHECK_STR(netaddr_format(&addr, out), texts[i]);
    }
    struct netaddr addr = parse("[2001:db8::1]");

    addr.port = 443;
    CHECK_STR(netaddr_format_port(&addr, out), "[2001:db8::1]:443");
    addr = parse("::ffff:192.0.2.1");
    addr.port = 65535;
    CHECK_STR(netaddr_format_port(&addr, out), "192.0.2.1:65535");
    addr = (struct netaddr){0};
    CHECK_STR(netaddr_format_port(&addr, out), "unknown");
}

TEST(what_is_not_an_address_is_refused)
{
    static const char *const texts[] = {
        "",          " ",          "1.2.3",     "1.2.3.4.5", "1.2.3.256",  "01.2.3.4",
        "1.2.3.4 ",  "0x7f.0.0.1", "127.1",     "::g",       "1::2::3",    "fe80::1%eth0",
        "[1.2.3.4]", "[::1",       "localhost", "1.2.3.4:5", "2130706433", "1.2.3.-4",
        "::1.2.3",   "12345::",    "[]",        "[[::1]]",
    };

    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct netaddr addr = {0};
        struct err err = {0};

        if (netaddr_parse(str_from(texts[i]), &addr, &err))
            tap_fail(__FILE__, __LINE__, "accepted \"%s\"", texts[i]);
        CHECK_INT(err.kind, ERR_INVALID);
    }
    struct netaddr addr = {0};
    struct err err = {0};

    CHECK(!netaddr_parse(STR("127.0.0.1\0x"), &addr, &err));
}

TEST(sockaddrs_go_there_and_back)
{
    static const char *const texts[] = {"192.0.2.1", "2001:db8::1"};

    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct netaddr addr = parse(texts[i]), back = {0};
        struct sockaddr_storage storage = {0};

        addr.port = 8787;
        CHECK(netaddr_to_sockaddr(&addr, &storage) > 0);
        back = netaddr_from_sockaddr((const struct sockaddr *)&storage);
        CHECK(netaddr_eq(&addr, &back));
        CHECK_INT(back.port, 8787);
    }
}

TEST(ranges_hold_what_their_prefix_says)
{
    static const struct {
        const char *range, *addr;
        bool has;
    } rows[] = {
        {"10.0.0.0/8", "10.255.0.1", true},
        {"10.0.0.0/8", "11.0.0.0", false},
        {"10.0.0.0/8", "::ffff:10.1.2.3", true},
        {"::ffff:10.0.0.0/104", "10.1.2.3", true},
        {"::ffff:10.0.0.1", "10.0.0.1", true},
        {"192.168.1.128/25", "192.168.1.127", false},
        {"192.168.1.128/25", "192.168.1.128", true},
        {"192.0.2.1", "192.0.2.1", true},
        {"192.0.2.1", "192.0.2.2", false},
        {"192.0.2.1/32", "192.0.2.1", true},
        {"0.0.0.0/0", "255.1.2.3", true},
        {"0.0.0.0/0", "::1", false},
        {"::/0", "2001:db8::1", true},
        {"::/0", "10.0.0.1", false},
        {"2001:db8::/32", "2001:db8:ffff::1", true},
        {"2001:db8::/32", "2001:db9::1", false},
        {"2001:db8::/127", "2001:db8::1", true},
        {"2001:db8::/127", "2001:db8::2", false},
        {"fe80::/10", "febf::1", true},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct netaddr addr = parse(rows[i].addr);
        struct netaddr_range range = {0};
        struct err err = {0};

        CHECK_OK(netaddr_range_parse(str_from(rows[i].range), &range, &err));
        if (netaddr_range_has(&range, &addr) != rows[i].has)
            tap_fail(__FILE__, __LINE__, "%s in %s", rows[i].addr, rows[i].range);
    }
}

TEST(an_unknown_address_is_in_no_range)
{
    struct netaddr addr = {0};
    struct netaddr_range range = {0};
    struct err err = {0};

    CHECK_OK(netaddr_range_parse(STR("0.0.0.0/0"), &range, &err));
    CHECK(!netaddr_range_has(&range, &addr));
}

TEST(what_is_not_a_range_is_refused)
{
    static const char *const texts[] = {
        "",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/+8",
        "10.0.0.0/8 ",
        "10.0.0.0/8/8",
        "10.0.0.1/8",
        "2001:db8::/129",
        "2001:db8::1/64",
        "::ffff:10.0.0.0/8",
        "10.0.0.0/99999999999999999999",
        "name/8",
    };

    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct netaddr_range range = {0};
        struct err err = {0};

        if (netaddr_range_parse(str_from(texts[i]), &range, &err))
            tap_fail(__FILE__, __LINE__, "accepted \"%s\"", texts[i]);
        CHECK_INT(err.kind, ERR_INVALID);
    }
}
