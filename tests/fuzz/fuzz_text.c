/* SPDX-License-Identifier: Apache-2.0 */
/* Short texts that callers write: URLs, addresses, ids, ranges, tags, base64. The first byte says
 * which, the rest is the text. */
#include <string.h>

#include "base/hash.h"
#include "base/id.h"
#include "net/http_range.h"
#include "net/netaddr.h"
#include "net/url.h"
#include "target.h"

static void check_url(struct arena *arena, struct str text)
{
    struct netaddr addr;
    struct url url;
    struct err err;

    (void)arena;
    if (!url_parse(text, &url, &err))
        return;
    FUZZ_CHECK(url.host.len && url.host.len <= URL_HOST_BYTES_MAX && url.port);
    FUZZ_CHECK(url.path.len && url.path.ptr[0] == '/');
    FUZZ_CHECK(str_find_char(url.host, '@') < 0 && str_find_char(url.host, '\\') < 0);
    FUZZ_CHECK(url_same_origin(&url, &url));
    if (url.host_is_ip6)
        FUZZ_CHECK(netaddr_parse(url.host, &addr, &err));
}

/* What is decoded can be encoded, and decoded to the same. */
static void check_decode(struct arena *arena, struct str text)
{
    struct str decoded, again;
    struct buf encoded;
    struct err err;

    if (!url_decode(arena, text, true, &decoded, &err))
        return;
    buf_init(&encoded, 3 * text.len + 1);
    url_encode(&encoded, decoded);
    FUZZ_CHECK(!buf_is_over(&encoded));
    FUZZ_CHECK(url_decode(arena, buf_str(&encoded), false, &again, &err));
    FUZZ_CHECK(str_eq(decoded, again));
    buf_fini(&encoded);
}

static void check_netaddr(struct arena *arena, struct str text)
{
    char shown[NETADDR_TEXT_BYTES];
    struct netaddr_range range;
    struct netaddr addr, again;
    struct err err;

    (void)arena;
    if (netaddr_parse(text, &addr, &err)) {
        netaddr_format(&addr, shown);
        FUZZ_CHECK(netaddr_parse(str_from(shown), &again, &err) && netaddr_eq(&addr, &again));
    }
    if (netaddr_range_parse(text, &range, &err))
        FUZZ_CHECK(netaddr_range_has(&range, &range.base));
}

static void check_id(struct arena *arena, struct str text)
{
    char shown[ID_TEXT_LEN + 1];
    struct id id, again;

    (void)arena;
    if (!id_parse(text, &id))
        return;
    id_to_text(id, shown);
    FUZZ_CHECK(id_parse(str_from(shown), &again) && id_eq(id, again));
}

/* The first byte is the size of the resource. */
static void check_range(struct arena *arena, struct str text)
{
    uint64_t size = text.len ? (unsigned char)text.ptr[0] : 0;
    char shown[HTTP_CONTENT_RANGE_BYTES];
    struct http_range range;
    enum http_range_kind kind;

    (void)arena;
    size = size * size * size;
    text = str_skip(text, text.len ? 1 : 0);
    kind = http_range_parse(text, size, &range);
    FUZZ_CHECK(range.offset <= size && range.length <= size - range.offset);
    if (kind == HTTP_RANGE_PART)
        FUZZ_CHECK(range.length > 0);
    if (kind != HTTP_RANGE_WHOLE)
        FUZZ_CHECK(strlen(http_content_range(kind, &range, size, shown)) < sizeof(shown));
    http_etag_matches(text, STR("\"0123\""));
    http_if_range_matches(text, STR("\"0123\""));
}

static void check_base64(struct arena *arena, struct str text)
{
    struct str bytes, again;

    if (!hash_unbase64(arena, text, &bytes))
        return;
    FUZZ_CHECK(bytes.len <= text.len);
    FUZZ_CHECK(hash_unbase64(arena, hash_base64(arena, bytes), &again) && str_eq(bytes, again));
}

static void check_numbers(struct arena *arena, struct str text)
{
    struct str again;
    uint64_t number = 0;
    int64_t whole = 0;

    if (str_to_int(text, &whole)) {
        again = arena_printf(arena, "%lld", (long long)whole);
        FUZZ_CHECK(str_ends(text, str_skip(again, whole < 0 ? 1 : 0)));
    }
    if (str_to_uint(text, &number)) {
        again = arena_printf(arena, "%llu", (unsigned long long)number);
        FUZZ_CHECK(str_ends(text, again));
    }
    if (str_is_utf8(text)) {
        struct str head = str_utf8_head(text, text.len / 2);

        FUZZ_CHECK(str_is_utf8(head) && str_utf8_count(head) <= str_utf8_count(text));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const checks[])(struct arena * arena, struct str text) = {
        check_url, check_decode, check_netaddr, check_id, check_range, check_base64, check_numbers};
    struct arena arena;
    struct str text;

    if (size == 0)
        return 0;
    arena_init(&arena, 0);
    text = fuzz_copy(data + 1, size - 1);
    checks[data[0] % (sizeof(checks) / sizeof(checks[0]))](&arena, text);
    free((void *)(uintptr_t)text.ptr);
    arena_fini(&arena);
    return 0;
}
