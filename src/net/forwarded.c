/* SPDX-License-Identifier: Apache-2.0 */
#include "net/forwarded.h"

static bool is_trusted(const struct netaddr *addr, const struct netaddr_range *trusted,
                       size_t trusted_count)
{
    for (size_t i = 0; i < trusted_count; i++) {
        if (netaddr_range_has(&trusted[i], addr))
            return true;
    }
    return false;
}

/* "192.0.2.1:80" and "[2001:db8::1]:80" without the port; an IPv6 address alone has more colons. */
static struct str without_port(struct str text)
{
    ptrdiff_t colon = str_find_char(text, ':'), bracket = str_find_char(text, ']');

    if (bracket >= 0)
        return str_head(text, (size_t)bracket + 1);
    if (colon >= 0 && str_find_char(str_skip(text, (size_t)colon + 1), ':') < 0)
        return str_head(text, (size_t)colon);
    return text;
}

/* Takes the last entry off a list. */
static struct str last_entry(struct str *list)
{
    size_t at = list->len;
    struct str entry;

    while (at > 0 && list->ptr[at - 1] != ',')
        at--;
    entry = str_trim(str_skip(*list, at));
    *list = str_head(*list, at ? at - 1 : 0);
    return entry;
}

struct netaddr forwarded_client(const struct netaddr *peer, const struct http_header *headers,
                                int header_count, const struct netaddr_range *trusted,
                                size_t trusted_count)
{
    struct netaddr client = *peer;
    struct err err;

    for (int i = header_count - 1; i >= 0; i--) {
        struct str list = headers[i].value;

        if (!str_eq_nocase(headers[i].name, STR("X-Forwarded-For")))
            continue;
        while (list.len) {
            struct str entry;

            if (!is_trusted(&client, trusted, trusted_count))
                return client;
            entry = last_entry(&list);
            if (!netaddr_parse(without_port(entry), &client, &err))
                return (struct netaddr){0};
        }
    }
    return client;
}
