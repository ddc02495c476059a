/* SPDX-License-Identifier: Apache-2.0 */
#include "api/openai/webhooks.h"

#include <stdio.h>

#include "base/macros.h"
#include "harness/tap.h"

#define COMPLETED BIT(JOB_EVENT_COMPLETED)
#define FAILED (BIT(JOB_EVENT_FAILED) | BIT(JOB_EVENT_CANCELED))

static struct arena arena;
static struct jsonr json;
static struct faults faults;

static struct service_endpoint_request read_it(const char *text, bool is_create)
{
    struct service_endpoint_request request = {0};
    char *body = NULL;
    struct err err;

    jsonr_fini(&json);
    arena_fini(&arena);
    faults = (struct faults){.arena = &arena};
    body = arena_cstr(&arena, str_from(text));
    for (char *c = body; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    CHECK_OK(jsonr_parse(&json, str_from(body), &err));
    openai_read_endpoint(&faults, jsonr_root(&json), is_create, &request);
    return request;
}

/* The specification's own example (standardwebhooks.com, "Signature scheme"). */
TEST(the_signature_is_that_of_the_specification)
{
    struct str text = STR("msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}");
    struct str key;

    CHECK(hash_unbase64(&arena, STR("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), &key));
    CHECK(str_eq_c(openai_signatures(&arena, &key, 1, text),
                   "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    arena_fini(&arena);
}

TEST(two_secrets_give_two_signatures_the_newest_first)
{
    struct str text = STR("wh_1.1790000000.{\"id\":\"evt_1\"}");
    struct str keys[2];

    CHECK(hash_unbase64(&arena, STR("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="), &keys[0]));
    keys[1] = STR("another secret");
    CHECK(str_eq_c(openai_signatures(&arena, keys, 2, text),
                   "v1,zq86fKRj1Bw89oSdNbZxwwq6awb9/A0UE0PQJ60IrWI= "
                   "v1,nSJtTpW5wYHMMpicbMJylaMEA+tJREWbRibLi0Szkxs="));
    arena_fini(&arena);
}

static struct str header_of(const struct callback_request *request, const char *name)
{
    const struct str *found =
        http_headers_get(request->headers, request->header_count, str_from(name));

    CHECK(found);
    return *found;
}

TEST(an_event_says_which_video_ended_and_how)
{
    static const struct {
        enum job_event event;
        const char *type;
    } cases[] = {{JOB_EVENT_COMPLETED, "video.completed"},
                 {JOB_EVENT_FAILED, "video.failed"},
                 {JOB_EVENT_CANCELED, "video.failed"}};
    struct hash secret = {{0}};
    struct job job = {.ended_ms = 1790000000999};
    struct callback callback = {
        .job = &job, .now_ms = 1790000100001, .secrets = &secret, .secret_count = 1};
    struct call call = {.arena = &arena};
    struct callback_request request;

    CHECK(id_parse(STR("0190b2c3d4e57f6789018bcdef234567"), &job.id));
    CHECK(id_parse(STR("0190b2c3d4e57f6789018bcdef234568"), &callback.delivery));
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str key = hash_str(&secret), text, body;

        callback.event = cases[i].event;
        openai_write_callback(&call, &callback, &request);
        body = arena_printf(&arena,
                            "{\"id\":\"evt_0190b2c3d4e57f6789018bcdef234567\",\"object\":\"event\","
                            "\"created_at\":1790000000,\"type\":\"%s\","
                            "\"data\":{\"id\":\"video_0190b2c3d4e57f6789018bcdef234567\"}}",
                            cases[i].type);
        CHECK(str_eq(request.body, body));
        CHECK(str_eq_c(header_of(&request, "content-type"), "application/json"));
        CHECK(str_starts(header_of(&request, "user-agent"), STR("Vitascope/")));
        CHECK(str_eq_c(header_of(&request, "webhook-id"), "wh_0190b2c3d4e57f6789018bcdef234568"));
        CHECK(str_eq_c(header_of(&request, "webhook-timestamp"), "1790000100"));
        text = arena_printf(&arena, "wh_0190b2c3d4e57f6789018bcdef234568.1790000100." STR_FMT,
                            STR_ARG(body));
        CHECK(str_eq(header_of(&request, "webhook-signature"),
                     openai_signatures(&arena, &key, 1, text)));
    }
    arena_fini(&arena);
}

TEST(what_is_asked_for_is_read)
{
    struct service_endpoint_request request =
        read_it("{'name':'n','url':'https://a/','event_types':['video.failed']}", true);

    CHECK_INT(faults.count, 0);
    CHECK(str_eq_c(request.name, "n") && str_eq_c(request.url, "https://a/"));
    CHECK_INT(request.events, FAILED);
    request = read_it("{'event_types':['video.completed','video.failed','video.failed']}", false);
    CHECK_INT(faults.count, 0);
    CHECK(!request.name.ptr && !request.url.ptr);
    CHECK_INT(request.events, COMPLETED | FAILED);
    request = read_it("{}", false);
    CHECK_INT(faults.count, 0);
    CHECK_INT(request.events, 0);
    jsonr_fini(&json);
    arena_fini(&arena);
}

TEST(a_name_is_counted_in_characters)
{
    char body[4 * ENDPOINT_NAME_CHARS_MAX];
    size_t len = 0;

    for (int chars = ENDPOINT_NAME_CHARS_MAX; chars <= ENDPOINT_NAME_CHARS_MAX + 1; chars++) {
        len = (size_t)snprintf(body, sizeof(body), "{'name':'");
        for (int i = 0; i < chars; i++)
            len += (size_t)snprintf(body + len, sizeof(body) - len, "\xc3\xa4");
        snprintf(body + len, sizeof(body) - len, "'}");
        read_it(body, false);
        CHECK_INT(faults.count, chars > ENDPOINT_NAME_CHARS_MAX);
    }
    CHECK_STR(faults.list[0].code, "string_above_max_length");
    jsonr_fini(&json);
    arena_fini(&arena);
}
