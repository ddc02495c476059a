/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "api/api_impl.h"
#include "core/keys.h"
#include "net/forwarded.h"

struct auth {
    struct call *call;
    void (*next)(struct call *call);
};

/* The key as presented: X-API-Key, or Authorization: Bearer; empty when there is none. */
static struct str presented_key(const struct http_exchange *exchange)
{
    const struct str *value = http_header(exchange, "x-api-key");
    struct str rest, scheme;

    if (value)
        return str_trim(*value);
    value = http_header(exchange, "authorization");
    if (!value)
        return (struct str){0};
    rest = str_cut(str_trim(*value), ' ', &scheme);
    return str_eq_nocase(scheme, STR("Bearer")) ? str_trim(rest) : (struct str){0};
}

static void refuse(struct call *call, enum err_kind kind, const char *said, const char *otherwise)
{
    struct err err;

    err_set(&err, kind, "%s", said ? said : otherwise);
    call_fail(call, &err);
}

static bool is_from_its_ranges(const struct call *call, const struct key *key)
{
    const struct http_exchange *exchange = call->exchange;
    struct netaddr client;

    if (!key->limits.ranges[0])
        return true;
    client = forwarded_client(&exchange->peer, exchange->headers, exchange->header_count,
                              call->api->trusted, call->api->trusted_count);
    return key_ranges_have(str_from(key->limits.ranges), &client);
}

/* "350ms", "12s" */
static struct str duration(struct arena *arena, int64_t ms)
{
    if (ms < 1000)
        return arena_printf(arena, "%" PRId64 "ms", ms);
    return arena_printf(arena, "%" PRId64 "s", (ms + 999) / 1000);
}

/* The headers are those of OpenAI. */
static bool is_within_its_rate(struct call *call, const struct key *key, struct err *err)
{
    struct http_exchange *exchange = call->exchange;
    struct throttle_verdict verdict;

    if (!key->limits.requests_per_minute)
        return true;
    verdict = service_throttle(call->service, key);
    http_reply_header(exchange, "x-ratelimit-limit-requests",
                      arena_printf(call->arena, "%" PRId64, verdict.limit));
    http_reply_header(exchange, "x-ratelimit-remaining-requests",
                      arena_printf(call->arena, "%" PRId64, verdict.remaining));
    http_reply_header(exchange, "x-ratelimit-reset-requests",
                      duration(call->arena, verdict.reset_ms));
    call->retry_after_s = verdict.retry_after_s;
    return verdict.allowed || err_set(err, ERR_RATE,
                                      "Too many requests: this key may make %" PRId64
                                      " a minute; try again in %" PRId64 " s",
                                      verdict.limit, verdict.retry_after_s);
}

/* What the call needs: looking is read, everything else is create. */
static enum scope scope_of(const struct call *call)
{
    enum http_method method = call->exchange->method;

    if (call->route->access == ACCESS_ADMIN)
        return SCOPE_ADMIN;
    return method == HTTP_GET || method == HTTP_HEAD ? SCOPE_READ : SCOPE_CREATE;
}

/* Whether a key that is good may do this, from there, now. */
static bool may(struct call *call, const struct key *key, struct err *err)
{
    enum scope scope = scope_of(call);
    char name[SCOPES_TEXT_BYTES];

    if (!is_from_its_ranges(call, key))
        return err_set_param(err, ERR_FORBIDDEN, "ip",
                             "This key may not be used from this IP address");
    if (!is_within_its_rate(call, key, err))
        return false;
    return (key->scopes & scope) ||
           err_set_param(err, ERR_FORBIDDEN, "scope", "This key has not the scope '%s'",
                         scopes_print(scope, name));
}

static void found(void *user, const struct key *key, const struct err *err)
{
    struct auth *auth = user;
    struct call *call = auth->call;
    const struct dialect_ops *dialect = call->dialect;
    struct err why;

    if (!key && err->kind == ERR_UNAUTHORIZED) {
        refuse(call, ERR_UNAUTHORIZED, dialect->bad_key, "Invalid API key");
    } else if (!key) {
        call_fail(call, err);
    } else if (key->disabled) {
        refuse(call, dialect->disabled_kind ? dialect->disabled_kind : ERR_FORBIDDEN,
               dialect->disabled_key, "API key is disabled");
    } else if (!may(call, key, &why)) {
        call_fail(call, &why);
    } else {
        call->key = *key;
        auth->next(call);
    }
}

void auth_check(struct call *call, void (*next)(struct call *call))
{
    const struct dialect_ops *dialect = call->dialect;
    struct auth *auth = ARENA_NEW(call->arena, struct auth);
    struct str presented = presented_key(call->exchange);

    *auth = (struct auth){call, next};
    if (presented.len == 0)
        refuse(call, ERR_UNAUTHORIZED, dialect->no_key, "API key is required");
    else if (dialect->key_prefix && !str_starts(presented, str_from(dialect->key_prefix)))
        refuse(call, ERR_UNAUTHORIZED, dialect->bad_key, "Invalid API key");
    else
        service_key_find(call->service, presented, found, auth);
}
