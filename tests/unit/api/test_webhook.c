/* SPDX-License-Identifier: Apache-2.0 */
#include "api/apiframe/webhook.h"
#include "reading.h"

static const struct create_ops ops = {.dialect = DIALECT_APIFRAME};

static struct create *read_it(const char *body)
{
    return read_body(body, &ops, apiframe_read_webhook);
}

#define COMPLETED BIT(JOB_EVENT_COMPLETED)
#define FAILED (BIT(JOB_EVENT_FAILED) | BIT(JOB_EVENT_CANCELED))
#define PROGRESS BIT(JOB_EVENT_PROGRESS)

TEST(both_spellings_are_read_and_camel_case_wins)
{
    static const struct {
        const char *body;
        const char *url; /* NULL: none */
        unsigned events;
    } cases[] = {
        {"{}", NULL, 0},
        {"{'webhookUrl':null,'webhook_url':null}", NULL, 0},
        {"{'webhookUrl':'http://a/'}", "http://a/", COMPLETED | FAILED},
        {"{'webhook_url':'http://a/'}", "http://a/", COMPLETED | FAILED},
        {"{'webhookUrl':'http://a/','webhook_url':'http://b/'}", "http://a/", COMPLETED | FAILED},
        {"{'webhookUrl':null,'webhook_url':'http://b/'}", "http://b/", COMPLETED | FAILED},
        {"{'webhookUrl':'http://a/','webhookEvents':['progress']}", "http://a/", PROGRESS},
        {"{'webhookUrl':'http://a/','webhook_events':['failed','failed']}", "http://a/", FAILED},
        {"{'webhook_url':'http://a/','webhookEvents':['completed'],'webhook_events':['failed']}",
         "http://a/", COMPLETED},
        {"{'webhookUrl':'https://a:8/b?c=d','webhookEvents':['progress','completed','failed']}",
         "https://a:8/b?c=d", PROGRESS | COMPLETED | FAILED},
        {"{'webhookEvents':['failed']}", NULL, 0},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct create *create = read_it(cases[i].body);

        CHECK_STR(first_sentence(create), "");
        CHECK(cases[i].url ? str_eq_c(create->submit.callback_url, cases[i].url)
                           : !create->submit.callback_url.ptr);
        CHECK_INT(create->submit.callback_events, cases[i].events);
    }
}

TEST(what_cannot_be_told_is_refused_by_the_field_that_was_written)
{
    static const char *const cases[][2] = {
        {"{'webhookUrl':7}", "webhookUrl"},
        {"{'webhookUrl':''}", "webhookUrl"},
        {"{'webhookUrl':'example.com/hook'}", "webhookUrl"},
        {"{'webhookUrl':'ftp://example.com/'}", "webhookUrl"},
        {"{'webhook_url':['http://a/']}", "webhook_url"},
        {"{'webhookUrl':'no','webhook_url':'http://b/'}", "webhookUrl"},
        {"{'webhookEvents':[]}", "webhookEvents"},
        {"{'webhookEvents':'completed'}", "webhookEvents"},
        {"{'webhookEvents':['started']}", "webhookEvents"},
        {"{'webhookEvents':['completed',7]}", "webhookEvents"},
        {"{'webhook_events':{}}", "webhook_events"},
        {"{'webhook_events':[null]}", "webhook_events"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct create *create = read_it(cases[i][0]);

        CHECK_INT(create->faults.count, 1);
        CHECK_STR(create->faults.list[0].field, cases[i][1]);
    }
}

/* contracts/vendors.md A.11 */
TEST(the_signatures_are_those_of_the_vendors_test)
{
    struct str body =
        STR("{\"event\":\"completed\",\"jobId\":\"b2c3d4e5-f6a7-8901-bcde-f23456789012"
            "\",\"status\":\"COMPLETED\"}");
    struct hash hash = hash_sha256(STR("afk_0000000000000000000000000000000000000000"));
    struct arena arena = {0};
    char hex[2 * HASH_BYTES + 1];

    hash_hex(hash.bytes, HASH_BYTES, hex);
    CHECK(str_eq_c(apiframe_signature(&arena, hash_str(&hash), body),
                   "sha256=3cd5438ae83f181e2980732cd32f5c902a5501406e74c123a373e3019d231bfb"));
    CHECK(str_eq_c(apiframe_signature(&arena, str_from(hex), body),
                   "sha256=2f213dd1b4caf25a869694ec123eaf64878267630bc1eabadf7af7fa08203fe6"));
    arena_fini(&arena);
}
