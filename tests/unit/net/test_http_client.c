/* SPDX-License-Identifier: Apache-2.0 */
/* The client against our own server, both on one loop and on loopback addresses. */
#include <stdlib.h>
#include <unistd.h>

#include "harness/tap.h"
#include "net/http_client.h"
#include "net/http_server.h"

enum { LARGE_BYTES = 3 << 20 };

/* One server, one client, and what the last fetch brought. */
struct world {
    uv_loop_t loop;
    struct http_server *server;
    struct http_server *other; /* another origin, same handlers */
    struct http_client *client;
    char url[256];
    char body[4096];
    char detail[256];
    int requests;
    char last_method[16];
    char last_authorization[64];
    char last_user_agent[64];
    struct http_exchange *held; /* a request that is never answered */

    bool is_done;
    enum http_fetch_fault fault;
    int status;
    uint64_t body_bytes;
    bool may_have_arrived;
    bool stop_at_head;
    int heads;
    bool close_when_done;
};

static char large[LARGE_BYTES];

static void copy_header(struct http_exchange *exchange, const char *name, char *out, size_t size)
{
    const struct str *value = http_header(exchange, name);

    str_copy(value ? *value : STR(""), out, size);
}

static void redirect(struct http_exchange *exchange)
{
    const struct str *to = url_params_get(&exchange->params, "to");
    const struct str *status = url_params_get(&exchange->params, "status");
    int64_t number = 302;

    if (status)
        CHECK(str_to_int(*status, &number));
    http_reply_header(exchange, "Location", *to);
    http_reply(exchange, (int)number, "text/plain", STR("go on"));
}

static void on_request(void *context, struct http_exchange *exchange)
{
    struct world *world = context;

    world->requests++;
    str_copy(str_from(http_method_name(exchange->method)), world->last_method,
             sizeof(world->last_method));
    copy_header(exchange, "Authorization", world->last_authorization,
                sizeof(world->last_authorization));
    copy_header(exchange, "User-Agent", world->last_user_agent, sizeof(world->last_user_agent));
    if (str_eq_c(exchange->path, "/large"))
        http_reply(exchange, 200, "text/plain", str_from_bytes(large, LARGE_BYTES));
    else if (str_eq_c(exchange->path, "/redirect"))
        redirect(exchange);
    else if (str_eq_c(exchange->path, "/never"))
        world->held = exchange;
    else if (str_eq_c(exchange->path, "/missing"))
        http_reply(exchange, 404, "text/plain", STR("not here"));
    else if (str_eq_c(exchange->path, "/headers")) {
        for (int i = 0; i < 150; i++)
            http_reply_header(exchange, "X-Many", STR("x"));
        http_reply(exchange, 200, "text/plain", STR(""));
    } else if (str_eq_c(exchange->path, "/echo"))
        http_reply(exchange, 200, "text/plain", exchange->body);
    else
        http_reply(exchange, 200, "text/plain", STR("hello"));
}

static void open_world(struct world *world, const char *allowed)
{
    static const struct http_handlers handlers = {.request = on_request};
    struct http_server_options server_options = {0};
    struct str entry = str_from(allowed);
    struct http_client_options options = {.allowed = &entry, .allowed_count = allowed ? 1 : 0};
    struct err err = {0};

    *world = (struct world){0};
    for (size_t i = 0; i < LARGE_BYTES; i++)
        large[i] = (char)('a' + i % 23);
    CHECK_INT(uv_loop_init(&world->loop), 0);
    CHECK_OK(
        http_server_open(&world->server, &world->loop, &server_options, &handlers, world, &err));
    CHECK_OK(
        http_server_open(&world->other, &world->loop, &server_options, &handlers, world, &err));
    CHECK_OK(http_client_open(&world->client, &world->loop, &options, &err));
}

static void close_world(struct world *world)
{
    http_client_close(world->client);
    if (world->held)
        http_reply(world->held, 200, "text/plain", STR("late"));
    http_server_close(world->server);
    http_server_close(world->other);
    uv_run(&world->loop, UV_RUN_DEFAULT);
    CHECK_INT(uv_loop_close(&world->loop), 0);
}

static struct str url_to(struct world *world, const char *host, const char *path)
{
    snprintf(world->url, sizeof(world->url), "http://%s:%d%s", host,
             http_server_port(world->server), path);
    return str_from(world->url);
}

static bool on_head(void *context, const struct http_response *response)
{
    struct world *world = context;

    world->heads++;
    world->status = response->status;
    return !world->stop_at_head;
}

static void on_done(void *context, const struct http_response *response)
{
    struct world *world = context;

    world->is_done = true;
    uv_stop(&world->loop);
    world->fault = response->fault;
    world->status = response->status;
    world->body_bytes = response->body_bytes;
    world->may_have_arrived = response->may_have_arrived;
    str_copy(response->body, world->body, sizeof(world->body));
    str_copy(str_from(response->detail), world->detail, sizeof(world->detail));
    if (world->close_when_done) {
        http_client_close(world->client);
        world->client = NULL;
    }
}

static void fetch(struct world *world, struct http_request request)
{
    struct err err = {0};

    request.on_head = on_head;
    request.on_done = on_done;
    request.context = world;
    world->is_done = false;
    world->heads = 0;
    CHECK_OK(http_fetch_start(world->client, &request, NULL, &err));
    CHECK(!world->is_done);
    while (!world->is_done)
        uv_run(&world->loop, UV_RUN_DEFAULT);
}

TEST(a_trusted_fetch_reaches_a_private_address)
{
    struct world world;

    open_world(&world, NULL);
    fetch(&world, (struct http_request){.url = url_to(&world, "127.0.0.1", "/"),
                                        .trust = HTTP_TRUST_OWNER});
    CHECK_INT(world.fault, HTTP_FETCH_OK);
    CHECK_INT(world.status, 200);
    CHECK_STR(world.body, "hello");
    CHECK_INT(world.heads, 1);
    CHECK(world.may_have_arrived);
    close_world(&world);
}

TEST(a_public_fetch_refuses_every_spelling_of_a_private_address)
{
    static const char *const hosts[] = {"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"};
    struct world world;

    open_world(&world, NULL);
    for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
        fetch(&world, (struct http_request){.url = url_to(&world, hosts[i], "/")});
        CHECK_INT(world.fault, HTTP_FETCH_REFUSED_ADDRESS);
        CHECK(!world.may_have_arrived);
    }
    CHECK_INT(world.requests, 0);
    close_world(&world);
}

TEST(a_public_fetch_does_not_use_a_connection_that_the_owner_opened)
{
    struct world world;

    open_world(&world, NULL);
    fetch(&world, (struct http_request){.url = url_to(&world, "127.0.0.1", "/"),
                                        .trust = HTTP_TRUST_OWNER});
    CHECK_INT(world.fault, HTTP_FETCH_OK);
    fetch(&world, (struct http_request){.url = url_to(&world, "127.0.0.1", "/")});
    CHECK_INT(world.fault, HTTP_FETCH_REFUSED_ADDRESS);
    CHECK_INT(world.requests, 1);
    close_world(&world);
}

TEST(the_allow_list_opens_names_addresses_and_ranges)
{
    static const char *const entries[] = {"127.0.0.1", "127.0.0.0/8", "::ffff:127.0.0.1"};
    struct world world;

    for (size_t i = 0; i < ARRAY_LEN(entries); i++) {
        open_world(&world, entries[i]);
        fetch(&world, (struct http_request){.url = url_to(&world, "127.0.0.1", "/")});
        CHECK_INT(world.fault, HTTP_FETCH_OK);
        close_world(&world);
    }
    open_world(&world, "LOCALHOST");
    fetch(&world, (struct http_request){.url = url_to(&world, "localhost", "/")});
    CHECK_INT(world.fault, HTTP_FETCH_OK);
    fetch(&world, (struct http_request){.url = url_to(&world, "127.0.0.1", "/")});
    CHECK_INT(world.fault, HTTP_FETCH_REFUSED_ADDRESS);
    close_world(&world);
    open_world(&world, "127.0.0.1:9"); /* another port */
    fetch(&world, (struct http_request){.url = url_to(&world, "127.0.0.1", "/")});
    CHECK_INT(world.fault, HTTP_FETCH_REFUSED_ADDRESS);
    close_world(&world);
}

TEST(an_allow_list_entry_that_is_none_is_an_error)
{
    static const char *const wrong[] = {"",    "a b",         "10.0.0.1/8",  "host:0", "host:99999",
                                        "h/8", "http://host", "10.0.0.0/33", "*"};
    uv_loop_t loop;

    CHECK_INT(uv_loop_init(&loop), 0);
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        struct str entry = str_from(wrong[i]);
        struct http_client_options options = {.allowed = &entry, .allowed_count = 1};
        struct http_client *client = NULL;
        struct err err = {0};

        if (http_client_open(&client, &loop, &options, &err))
            tap_fail(__FILE__, __LINE__, "accepted \"%s\"", wrong[i]);
        CHECK_INT(err.kind, ERR_INVALID);
    }
    CHECK_INT(uv_loop_close(&loop), 0);
}

static struct str redirect_url(struct world *world, int port, const char *host, const char *path,
                               int status)
{
    snprintf(world->url, sizeof(world->url),
             "http://127.0.0.1:%d/redirect?status=%d&to=http://%s:%d%s",
             http_server_port(world->server), status, host, port, path);
    return str_from(world->url);
}

TEST(redirects_are_followed_up_to_their_limit)
{
    struct world world;
    int port = 0;

    open_world(&world, NULL);
    port = http_server_port(world.server);
    fetch(&world, (struct http_request){.url = redirect_url(&world, port, "127.0.0.1", "/", 302),
                                        .trust = HTTP_TRUST_OWNER,
                                        .redirects_max = 1});
    CHECK_INT(world.fault, HTTP_FETCH_OK);
    CHECK_INT(world.status, 200);
    CHECK_STR(world.body, "hello");
    CHECK_INT(world.heads, 1);
    fetch(&world, (struct http_request){.url = redirect_url(&world, port, "127.0.0.1", "/", 302),
                                        .trust = HTTP_TRUST_OWNER});
    CHECK_INT(world.fault, HTTP_FETCH_OK);
    CHECK_INT(world.status, 302);
    snprintf(world.url, sizeof(world.url),
             "http://127.0.0.1:%d/redirect?to=/redirect?to=/redirect?to=/", port);
    fetch(&world, (struct http_request){
                      .url = str_from(world.url), .trust = HTTP_TRUST_OWNER, .redirects_max = 1});
    CHECK_INT(world.fault, HTTP_FETCH_TOO_MANY_REDIRECTS);
    close_world(&world);
}

TEST(a_redirect_to_a_private_address_is_refused)
{
    struct world world;
    int port = 0;

    open_world(&world, "127.0.0.1");
    port = http_server_port(world.server);
    fetch(&world, (struct http_request){.url = redirect_url(&world, port, "127.0.0.2", "/", 302),
                                        .redirects_max = 5});
    CHECK_INT(world.fault, HTTP_FETCH_REFUSED_ADDRESS);
    fetch(&world,
          (struct http_request){.url = redirect_url(&world, 80, "169.254.169.254", "/", 302),
                                .redirects_max = 5});
    CHECK_INT(world.fault, HTTP_FETCH_REFUSED_ADDRESS);
    CHECK_INT(world.requests, 2);
    close_world(&world);
}

TEST(an_owners_upstream_cannot_send_us_to_a_private_address)
{
    struct world world;

    open_world(&world, NULL);
    fetch(&world, (struct http_request){.url = redirect_url(&world, http_server_port(world.other),
                                                            "127.0.0.1", "/", 307),
                                        .trust = HTTP_TRUST_OWNER,
                                        .redirects_max = 5});
    CHECK_INT(world.fault, HTTP_FETCH_REFUSED_ADDRESS);
    CHECK_INT(world.requests, 1);
    close_world(&world);
}

TEST(a_redirect_to_something_else_than_http_is_refused)
{
    static const char *const to[] = {"file:///etc/passwd", "ftp://192.0.2.1/", "gopher://x/",
                                     "http://user:secret@192.0.2.1/"};
    struct world world;

    open_world(&world, "127.0.0.1");
    for (size_t i = 0; i < ARRAY_LEN(to); i++) {
        snprintf(world.url, sizeof(world.url), "http://127.0.0.1:%d/redirect?to=%s",
                 http_server_port(world.server), to[i]);
        fetch(&world, (struct http_request){.url = str_from(world.url), .redirects_max = 5});
        if (world.fault != HTTP_FETCH_REFUSED_REDIRECT && world.fault != HTTP_FETCH_BROKEN)
            tap_fail(__FILE__, __LINE__, "%s: fault %d", to[i], world.fault);
        CHECK_INT(world.requests, (int)i + 1);
    }
    close_world(&world);
}

TEST(credentials_stay_within_their_origin)
{
    const struct http_header headers[] = {{STR("Authorization"), STR("Bearer secret")},
                                          {STR("User-Agent"), STR("test")}};
    struct world world;
    struct http_request request = {.headers = headers, .header_count = 2, .redirects_max = 3};

    open_world(&world, "127.0.0.1");
    request.url = redirect_url(&world, http_server_port(world.server), "127.0.0.1", "/", 302);
    fetch(&world, request);
    CHECK_INT(world.requests, 2);
    CHECK_STR(world.last_authorization, "Bearer secret");
    request.url = redirect_url(&world, http_server_port(world.other), "127.0.0.1", "/", 302);
    fetch(&world, request);
    CHECK_INT(world.requests, 4);
    CHECK_INT(world.fault, HTTP_FETCH_OK);
    CHECK_STR(world.last_authorization, "");
    CHECK_STR(world.last_user_agent, "test");
    close_world(&world);
}

TEST(methods_survive_redirects_as_browsers_do_it)
{
    static const struct {
        const char *method;
        int status;
        const char *want;
    } rows[] = {{"POST", 302, "GET"}, {"POST", 303, "GET"},  {"POST", 307, "POST"},
                {"PUT", 302, "PUT"},  {"HEAD", 303, "HEAD"}, {"DELETE", 308, "DELETE"}};
    struct world world;

    open_world(&world, NULL);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int port = http_server_port(world.server);

        fetch(&world, (struct http_request){
                          .method = rows[i].method,
                          .url = redirect_url(&world, port, "127.0.0.1", "/echo", rows[i].status),
                          .body = rows[i].method[0] == 'P' ? STR("body") : STR(""),
                          .trust = HTTP_TRUST_OWNER,
                          .redirects_max = 1});
        CHECK_INT(world.status, 200);
        CHECK_STR(world.last_method, rows[i].want);
        CHECK_STR(world.body, rows[i].want[0] == 'P' ? "body" : "");
    }
    close_world(&world);
}

TEST(responses_over_their_limit_are_cut_off)
{
    struct world world;

    open_world(&world, NULL);
    fetch(&world, (struct http_request){.url = url_to(&world, "127.0.0.1", "/large"),
                                        .trust = HTTP_TRUST_OWNER,
                                        .bytes_max = LARGE_BYTES - 1});
    CHECK_INT(world.fault, HTTP_FETCH_TOO_LARGE);
    CHECK(world.may_have_arrived);
    fetch(&world, (struct http_request){.url = url_to(&world, "127.0.0.1", "/large"),
                                        .trust = HTTP_TRUST_OWNER,
                                        .bytes_max = LARGE_BYTES});
    CHECK_INT(world.fault, HTTP_FETCH_OK);
    CHECK_INT(world.body_bytes, LARGE_BYTES);
    fetch(&world, (struct http_request){.url = url_to(&world, "127.0.0.1", "/headers"),
                                        .trust = HTTP_TRUST_OWNER});
    CHECK_INT(world.fault, HTTP_FETCH_TOO_LARGE);
    /* A HEAD tells a size, it does not bring it. */
    fetch(&world, (struct http_request){.method = "HEAD",
                                        .url = url_to(&world, "127.0.0.1", "/large"),
                                        .trust = HTTP_TRUST_OWNER});
    CHECK_INT(world.fault, HTTP_FETCH_OK);
    close_world(&world);
}

TEST(a_response_goes_to_a_file_as_it_is)
{
    static char back[LARGE_BYTES + 1];
    char path[] = "/tmp/vitascope-fetch-XXXXXX";
    struct world world;
    int fd = mkstemp(path);

    CHECK(fd >= 0);
    unlink(path);
    open_world(&world, NULL);
    fetch(&world, (struct http_request){.url = url_to(&world, "127.0.0.1", "/large"),
                                        .trust = HTTP_TRUST_OWNER,
                                        .bytes_max = LARGE_BYTES,
                                        .has_fd = true,
                                        .fd = fd});
    CHECK_INT(world.fault, HTTP_FETCH_OK);
    CHECK_STR(world.body, "");
    CHECK_INT(pread(fd, back, sizeof(back), 0), LARGE_BYTES);
    CHECK(memcmp(back, large, LARGE_BYTES) == 0);
    close(fd);
    close_world(&world);
}

TEST(a_file_that_takes_nothing_is_a_fault_of_ours)
{
    struct world world;
    int fds[2];

    CHECK_INT(pipe(fds), 0);
    open_world(&world, NULL);
    fetch(&world, (struct http_request){.url = url_to(&world, "127.0.0.1", "/large"),
                                        .trust = HTTP_TRUST_OWNER,
                                        .bytes_max = LARGE_BYTES,
                                        .has_fd = true,
                                        .fd = fds[0]}); /* the reading end */
    CHECK_INT(world.fault, HTTP_FETCH_SINK);
    close(fds[0]);
    close(fds[1]);
    close_world(&world);
}

TEST(a_silent_server_runs_into_the_timeout)
{
    struct world world;

    open_world(&world, NULL);
    fetch(&world, (struct http_request){.url = url_to(&world, "127.0.0.1", "/never"),
                                        .trust = HTTP_TRUST_OWNER,
                                        .timeout_ms = 150});
    CHECK_INT(world.fault, HTTP_FETCH_TIMEOUT);
    CHECK_INT(world.status, 0);
    CHECK(world.may_have_arrived);
    close_world(&world);
}

TEST(a_closed_port_is_told_from_a_refused_address)
{
    struct world world;
    int port = 0;

    open_world(&world, NULL);
    port = http_server_port(world.other);
    http_server_close(world.other);
    uv_run(&world.loop, UV_RUN_NOWAIT);
    snprintf(world.url, sizeof(world.url), "http://127.0.0.1:%d/", port);
    fetch(&world, (struct http_request){.url = str_from(world.url), .trust = HTTP_TRUST_OWNER});
    CHECK_INT(world.fault, HTTP_FETCH_CONNECT);
    CHECK(!world.may_have_arrived);
    world.other = NULL;
    close_world(&world);
}

TEST(a_name_that_nobody_has_is_a_dns_fault)
{
    struct world world;

    open_world(&world, NULL);
    fetch(&world, (struct http_request){.url = STR("http://name.invalid/"), .timeout_ms = 20000});
    CHECK_INT(world.fault, HTTP_FETCH_DNS);
    close_world(&world);
}

TEST(a_server_without_tls_is_a_tls_fault)
{
    struct world world;

    open_world(&world, NULL);
    snprintf(world.url, sizeof(world.url), "https://127.0.0.1:%d/", http_server_port(world.server));
    fetch(&world, (struct http_request){.url = str_from(world.url), .trust = HTTP_TRUST_OWNER});
    CHECK_INT(world.fault, HTTP_FETCH_TLS);
    close_world(&world);
}

TEST(the_caller_may_stop_at_the_head)
{
    struct world world;

    open_world(&world, NULL);
    world.stop_at_head = true;
    fetch(&world, (struct http_request){.url = url_to(&world, "127.0.0.1", "/missing"),
                                        .trust = HTTP_TRUST_OWNER});
    CHECK_INT(world.fault, HTTP_FETCH_STOPPED);
    CHECK_INT(world.status, 404);
    close_world(&world);
}

TEST(a_canceled_fetch_says_nothing_more)
{
    struct world world;
    struct http_fetch *handle = NULL;
    struct http_request request = {.trust = HTTP_TRUST_OWNER, .on_done = on_done};
    struct err err = {0};

    open_world(&world, NULL);
    request.url = url_to(&world, "127.0.0.1", "/never");
    request.context = &world;
    CHECK_OK(http_fetch_start(world.client, &request, &handle, &err));
    while (!world.held)
        uv_run(&world.loop, UV_RUN_ONCE);
    http_fetch_cancel(handle);
    uv_run(&world.loop, UV_RUN_NOWAIT);
    CHECK(!world.is_done);
    close_world(&world);
    CHECK(!world.is_done);
}

TEST(the_client_may_be_closed_from_a_callback)
{
    struct world world;
    struct http_request request = {.trust = HTTP_TRUST_OWNER, .on_done = on_done};
    struct err err = {0};

    open_world(&world, NULL);
    request.url = url_to(&world, "127.0.0.1", "/never");
    request.context = &world;
    CHECK_OK(http_fetch_start(world.client, &request, NULL, &err));
    while (!world.held)
        uv_run(&world.loop, UV_RUN_ONCE);
    world.close_when_done = true;
    fetch(&world, (struct http_request){.url = url_to(&world, "127.0.0.1", "/"),
                                        .trust = HTTP_TRUST_OWNER});
    CHECK(!world.client);
    close_world(&world);
}

TEST(a_url_tells_where_it_leads_as_far_as_it_can)
{
    static const struct {
        const char *url;
        enum http_reach reach;
    } cases[] = {
        {"https://example.com/", HTTP_REACH_PUBLIC},
        {"https://8.8.8.8/", HTTP_REACH_PUBLIC},
        {"https://localhost.example.com/", HTTP_REACH_PUBLIC},
        {"https://notlocalhost/", HTTP_REACH_PUBLIC},
        {"http://10.1.2.3/", HTTP_REACH_ALLOWED},
        {"http://10.2.0.1/", HTTP_REACH_PRIVATE},
        {"http://127.0.0.1:9/", HTTP_REACH_PRIVATE},
        {"https://[::1]/", HTTP_REACH_PRIVATE},
        {"https://[::ffff:10.2.0.1]/", HTTP_REACH_PRIVATE},
        {"https://[::ffff:10.1.0.1]/", HTTP_REACH_ALLOWED},
        {"https://169.254.169.254/latest/", HTTP_REACH_PRIVATE},
        {"https://0.0.0.0/", HTTP_REACH_PRIVATE},
        {"http://localhost/", HTTP_REACH_PRIVATE},
        {"http://LocalHost/", HTTP_REACH_PRIVATE},
        {"http://a.localhost/", HTTP_REACH_PRIVATE},
    };
    struct world world;
    struct url url;
    struct err err;

    open_world(&world, "10.1.0.0/16");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CHECK_OK(url_parse(str_from(cases[i].url), &url, &err));
        if (http_client_reach(world.client, &url) != cases[i].reach)
            tap_fail(__FILE__, __LINE__, "wrong for %s", cases[i].url);
    }
    close_world(&world);
    open_world(&world, "LocalHost:8080");
    CHECK_OK(url_parse(STR("http://localhost:8080/"), &url, &err));
    CHECK_INT(http_client_reach(world.client, &url), HTTP_REACH_ALLOWED);
    CHECK_OK(url_parse(STR("http://localhost:8081/"), &url, &err));
    CHECK_INT(http_client_reach(world.client, &url), HTTP_REACH_PRIVATE);
    close_world(&world);
}

TEST(a_request_that_would_split_is_not_sent)
{
    const struct http_header wrong[] = {{STR("X-A"), STR("a\r\nX-B: b")},
                                        {STR("X A"), STR("a")},
                                        {STR(""), STR("a")},
                                        {STR("X-A"), STR("a\0b")}};
    struct world world;
    struct err err = {0};

    open_world(&world, NULL);
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        struct http_request request = {.url = STR("http://192.0.2.1/"),
                                       .headers = &wrong[i],
                                       .header_count = 1,
                                       .on_done = on_done};

        CHECK(!http_fetch_start(world.client, &request, NULL, &err));
        CHECK_INT(err.kind, ERR_INVALID);
    }
    close_world(&world);
}

TEST(many_fetches_run_at_once_up_to_the_limit)
{
    struct world world;
    struct http_request request = {.trust = HTTP_TRUST_OWNER, .on_done = on_done};
    struct err err = {0};

    open_world(&world, NULL);
    request.url = url_to(&world, "127.0.0.1", "/");
    request.context = &world;
    for (int i = 0; i < HTTP_FETCHES_MAX; i++)
        CHECK_OK(http_fetch_start(world.client, &request, NULL, &err));
    CHECK(!http_fetch_start(world.client, &request, NULL, &err));
    CHECK_INT(err.kind, ERR_BUSY);
    while (world.requests < HTTP_FETCHES_MAX)
        CHECK(uv_run(&world.loop, UV_RUN_ONCE));
    close_world(&world);
}
