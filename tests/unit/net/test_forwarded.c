/* SPDX-License-Identifier: Apache-2.0 */
#include "net/forwarded.h"

#include "base/macros.h"
#include "harness/tap.h"

static const char *client_of(const char *peer, const char *first, const char *second,
                             const char *const *proxies)
{
    static char text[NETADDR_TEXT_BYTES];
    struct http_header headers[] = {{STR("Host"), STR("h")},
                                    {STR("X-Forwarded-For"), str_from(first)},
                                    {STR("Forwarded"), STR("for=192.0.2.99")},
                                    {STR("x-forwarded-for"), str_from(second)}};
    struct netaddr_range ranges[4];
    struct netaddr from, client;
    size_t count = 0;
    struct err err;

    for (; *proxies; proxies++)
        CHECK_OK(netaddr_range_parse(str_from(*proxies), &ranges[count++], &err));
    CHECK_OK(netaddr_parse(str_from(peer), &from, &err));
    client = forwarded_client(&from, headers, second ? 4 : first ? 2 : 1, ranges, count);
    return netaddr_format(&client, text);
}

TEST(a_stranger_is_whoever_it_comes_from)
{
    static const char *const none[] = {NULL}, *const some[] = {"10.0.0.0/8", NULL};

    CHECK_STR(client_of("203.0.113.5", NULL, NULL, none), "203.0.113.5");
    CHECK_STR(client_of("203.0.113.5", "10.0.0.1", NULL, none), "203.0.113.5");
    CHECK_STR(client_of("203.0.113.5", "10.0.0.1", NULL, some), "203.0.113.5");
    CHECK_STR(client_of("10.0.0.1", "203.0.113.5", NULL, none), "10.0.0.1");
}

TEST(a_trusted_proxy_is_believed_for_one_step)
{
    static const char *const proxies[] = {"10.0.0.0/8", "2001:db8::/32", NULL};

    CHECK_STR(client_of("10.0.0.1", "203.0.113.5", NULL, proxies), "203.0.113.5");
    CHECK_STR(client_of("10.0.0.1", "192.0.2.1, 203.0.113.5", NULL, proxies), "203.0.113.5");
    CHECK_STR(client_of("10.0.0.1", "192.0.2.1,203.0.113.5,10.2.2.2", NULL, proxies),
              "203.0.113.5");
    CHECK_STR(client_of("10.0.0.1", "192.0.2.1", "203.0.113.5", proxies), "203.0.113.5");
    CHECK_STR(client_of("10.0.0.1", "203.0.113.5", "10.2.2.2", proxies), "203.0.113.5");
    CHECK_STR(client_of("2001:db8::1", "203.0.113.5", NULL, proxies), "203.0.113.5");
}

TEST(without_an_entry_the_proxy_itself_asks)
{
    static const char *const proxies[] = {"10.0.0.0/8", NULL};

    CHECK_STR(client_of("10.0.0.1", NULL, NULL, proxies), "10.0.0.1");
    CHECK_STR(client_of("10.0.0.1", "", NULL, proxies), "10.0.0.1");
    CHECK_STR(client_of("10.0.0.1", "10.0.0.2, 10.0.0.3", NULL, proxies), "10.0.0.2");
}

TEST(entries_may_have_ports_and_brackets)
{
    static const char *const proxies[] = {"10.0.0.0/8", NULL};

    CHECK_STR(client_of("10.0.0.1", "203.0.113.5:4711", NULL, proxies), "203.0.113.5");
    CHECK_STR(client_of("10.0.0.1", "[2001:db8::5]:4711", NULL, proxies), "2001:db8::5");
    CHECK_STR(client_of("10.0.0.1", "2001:db8::5", NULL, proxies), "2001:db8::5");
}

TEST(what_is_no_address_is_nobody)
{
    static const char *const proxies[] = {"10.0.0.0/8", NULL};
    static const char *const wrong[] = {"unknown", "203.0.113.5,", ",", "203.0.113.5 evil",
                                        "::1::"};

    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        CHECK_STR(client_of("10.0.0.1", wrong[i], NULL, proxies), "unknown");
}
