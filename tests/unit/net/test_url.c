/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/tap.h"
#include "net/url.h"

static bool is(struct str got, const char *want)
{
    return str_eq_c(got, want);
}

TEST(urls_come_apart)
{
    static const struct {
        const char *text;
        bool is_https;
        const char *host;
        int port;
        const char *path, *query;
    } rows[] = {
        {"http://example.com", false, "example.com", 80, "/", ""},
        {"HTTPS://Example.COM/", true, "Example.COM", 443, "/", ""},
        {"https://example.com:8443/a/b?c=d&e#f", true, "example.com", 8443, "/a/b", "c=d&e"},
        {"http://example.com?q", false, "example.com", 80, "/", "q"},
        {"http://example.com#f?q", false, "example.com", 80, "/", ""},
        {"http://192.0.2.1:80/x", false, "192.0.2.1", 80, "/x", ""},
        {"http://[2001:db8::1]:81/x", false, "2001:db8::1", 81, "/x", ""},
        {"http://a_b-c.d1/%20x", false, "a_b-c.d1", 80, "/%20x", ""},
        {"http://x/a@b:c", false, "x", 80, "/a@b:c", ""},
        {"http://x:65535/?a?b", false, "x", 65535, "/", "a?b"},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct url url = {0};
        struct err err = {0};

        CHECK_OK(url_parse(str_from(rows[i].text), &url, &err));
        CHECK_INT(url.is_https, rows[i].is_https);
        CHECK(is(url.host, rows[i].host));
        CHECK_INT(url.port, rows[i].port);
        CHECK(is(url.path, rows[i].path));
        CHECK(is(url.query, rows[i].query));
    }
}

static const char *const no_urls[] = {
    "",
    "http",
    "http:",
    "http:/",
    "http://",
    "http:///x",
    "//example.com",
    "example.com",
    "ftp://example.com/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "httpx://a/",
    "http//a",
    " http://a/",
    "http://a/ ",
    "http://a b/",
    "http://a/b c",
    "http://a/\n",
    "http://a\\@b/",
    "http://a/\\b",
    "http://user@a/",
    "http://user:pass@a/",
    "http://@a/",
    "http://a:/",
    "http://a:0/",
    "http://a:65536/",
    "http://a:80x/",
    "http://a:+80/",
    "http://a:-1/",
    "http://a:80:80/",
    "http://:80/",
    "http://[::1/",
    "http://::1/",
    "http://[::1]x/",
    "http://[1.2.3.4]/",
    "http://[fe80::1%25eth0]/",
    "http://[]/",
    "http://1.2.3/",
    "http://1.2.3.256/",
    "http://2130706433/",
    "http://0x7f.0.0.1/",
    "http://0x7f000001/",
    "http://127.1/",
    "http://0177.0.0.1/",
    "http://1.2.3.4.5/",
    "http://.a/",
    "http://a..b/",
    "http://a./",
    "http://./",
    "http://a%2eb/",
    "http://a/%",
    "http://a/%2",
    "http://a/%gg",
    "http://a/\"",
    "http://a/<b>",
    "http://a/{b}",
    "http://a/|",
    "http://a/^",
    "http://a/`",
    "http://\xc3\xa4/",
    "http://a/\xc3\xa4",
    "http://a/\x7f",
    "http://a,b/",
    "http://a;b/",
    "http://a!b/",
    "http://a*b/",
};

TEST(what_two_programs_could_read_in_two_ways_is_no_url)
{
    for (size_t i = 0; i < ARRAY_LEN(no_urls); i++) {
        struct url url = {0};
        struct err err = {0};

        if (url_parse(str_from(no_urls[i]), &url, &err))
            tap_fail(__FILE__, __LINE__, "accepted \"%s\"", no_urls[i]);
        CHECK_INT(err.kind, ERR_INVALID);
    }
    struct url url = {0};
    struct err err = {0};

    CHECK(!url_parse(STR("http://a/\0b"), &url, &err));
}

TEST(long_urls_and_hosts_have_limits)
{
    char text[URL_BYTES_MAX + 2];
    struct url url = {0};
    struct err err = {0};

    memset(text, 'a', sizeof(text));
    memcpy(text, "http://a/", 9);
    CHECK_OK(url_parse(str_from_bytes(text, URL_BYTES_MAX), &url, &err));
    CHECK(!url_parse(str_from_bytes(text, URL_BYTES_MAX + 1), &url, &err));
    memcpy(text, "http://aa", 9);
    CHECK_OK(url_parse(str_from_bytes(text, 7 + URL_HOST_BYTES_MAX), &url, &err));
    CHECK(!url_parse(str_from_bytes(text, 7 + URL_HOST_BYTES_MAX + 1), &url, &err));
}

TEST(an_origin_is_scheme_host_and_port)
{
    static const struct {
        const char *a, *b;
        bool same;
    } rows[] = {
        {"http://a/x", "http://A:80/y?z", true}, {"https://a/", "https://a:443/", true},
        {"http://a/", "https://a/", false},      {"http://a/", "http://a:81/", false},
        {"http://a/", "http://b/", false},       {"http://a:443/", "https://a/", false},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct url a = {0}, b = {0};
        struct err err = {0};

        CHECK_OK(url_parse(str_from(rows[i].a), &a, &err));
        CHECK_OK(url_parse(str_from(rows[i].b), &b, &err));
        CHECK_INT(url_same_origin(&a, &b), rows[i].same);
    }
}

TEST(percent_encoding_goes_there_and_back)
{
    struct arena arena = {0};
    struct err err = {0};
    char bytes[255];
    struct buf out;
    struct str back = {0};

    for (int i = 0; i < 255; i++)
        bytes[i] = (char)(i + 1);
    buf_init(&out, 4096);
    url_encode(&out, str_from_bytes(bytes, sizeof(bytes)));
    CHECK_OK(url_decode(&arena, buf_str(&out), false, &back, &err));
    CHECK(str_eq(back, str_from_bytes(bytes, sizeof(bytes))));
    buf_clear(&out);
    url_encode(&out, STR("a b/c?d=e&f~g"));
    CHECK_STR(buf_cstr(&out), "a%20b%2Fc%3Fd%3De%26f~g");
    buf_clear(&out);
    url_encode_path(&out, STR("/a b/c\0d"));
    CHECK_STR(buf_cstr(&out), "/a%20b/c%00d");
    buf_fini(&out);
    arena_fini(&arena);
}

TEST(wrong_percent_encoding_is_refused)
{
    static const char *const texts[] = {"%",    "a%",  "%1",    "%g1", "%1g",
                                        "%%41", "%00", "a%00b", "% 1", "%+1"};
    struct arena arena = {0};

    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct str out = {0};
        struct err err = {0};

        if (url_decode(&arena, str_from(texts[i]), false, &out, &err))
            tap_fail(__FILE__, __LINE__, "accepted \"%s\"", texts[i]);
    }
    arena_fini(&arena);
}

TEST(a_nul_is_refused_however_it_is_written)
{
    struct arena arena = {0};
    struct str out = {0};
    struct err err = {0};

    CHECK(!url_decode(&arena, str_from_bytes("a\0b", 3), false, &out, &err));
    CHECK(!url_decode(&arena, str_from_bytes("a%20\0b", 6), false, &out, &err));
    CHECK_INT(err.kind, ERR_INVALID);
    arena_fini(&arena);
}

TEST(paths_of_requests_are_decoded_once_and_cannot_climb)
{
    static const struct {
        const char *path, *want; /* NULL: refused */
    } rows[] = {
        {"/", "/"},
        {"/v1/videos", "/v1/videos"},
        {"/a%20b", "/a b"},
        {"/a+b", "/a+b"},
        {"/%2525", "/%25"},
        {"/%C3%A4", "/\xc3\xa4"},
        {"/a..b/...", "/a..b/..."},
        {"/a%2Fb", "/a/b"},
        {"/..", NULL},
        {"/../a", NULL},
        {"/a/./b", NULL},
        {"/%2e%2E/a", NULL},
        {"/a%2f..%2fb", NULL},
        {"/a%00", NULL},
        {"/a%0d%0ab", NULL},
        {"/a%7f", NULL},
        {"/%ff", NULL},
        {"/%c0%af", NULL},
        {"/%", NULL},
    };
    struct arena arena = {0};

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct str got = {0};
        struct err err = {0};
        bool ok = url_decode_path(&arena, str_from(rows[i].path), &got, &err);

        if (ok != (rows[i].want != NULL) || (ok && !str_eq_c(got, rows[i].want)))
            tap_fail(__FILE__, __LINE__, "%s gave %s " STR_FMT, rows[i].path, ok ? "" : "an error",
                     STR_ARG(got));
    }
    arena_fini(&arena);
}

TEST(queries_come_apart_in_order)
{
    struct arena arena = {0};
    struct url_params params = {0};
    struct err err = {0};

    CHECK_OK(url_params_parse(&arena, STR("a=1&b=x%20y+z&&c&=d&a=2&e=f=g&"), &params, &err));
    CHECK_INT(params.count, 6);
    CHECK(is(*url_params_get(&params, "a"), "1"));
    CHECK(is(*url_params_get(&params, "b"), "x y z"));
    CHECK(is(*url_params_get(&params, "c"), ""));
    CHECK(is(*url_params_get(&params, ""), "d"));
    CHECK(is(*url_params_get(&params, "e"), "f=g"));
    CHECK(is(params.items[4].value, "2"));
    CHECK(!url_params_get(&params, "x"));
    CHECK_OK(url_params_parse(&arena, STR(""), &params, &err));
    CHECK_INT(params.count, 0);
    CHECK(!url_params_parse(&arena, STR("a=%"), &params, &err));
    CHECK(!url_params_parse(&arena, STR("%=a"), &params, &err));
    arena_fini(&arena);
}

TEST(queries_have_a_limit)
{
    struct arena arena = {0};
    struct buf query = {0};
    struct url_params params = {0};
    struct err err = {0};

    buf_init(&query, 4096);
    for (int i = 0; i < URL_PARAMS_MAX; i++)
        buf_add_str(&query, STR("&a=b"));
    CHECK_OK(url_params_parse(&arena, buf_str(&query), &params, &err));
    CHECK_INT(params.count, URL_PARAMS_MAX);
    buf_add_str(&query, STR("&a"));
    CHECK(!url_params_parse(&arena, buf_str(&query), &params, &err));
    buf_fini(&query);
    arena_fini(&arena);
}
