/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api_impl.h"

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

static void found(void *user, const struct key *key, const struct err *err)
{
    struct auth *auth = user;
    struct call *call = auth->call;
    const struct dialect_ops *dialect = call->dialect;

    if (!key && err->kind == ERR_UNAUTHORIZED) {
        refuse(call, ERR_UNAUTHORIZED, dialect->bad_key, "Invalid API key");
    } else if (!key) {
        call_fail(call, err);
    } else if (key->disabled) {
        refuse(call, dialect->disabled_kind ? dialect->disabled_kind : ERR_FORBIDDEN,
               dialect->disabled_key, "API key is disabled");
    } else if (call->route->access == ACCESS_ADMIN && !(key->scopes & SCOPE_ADMIN)) {
        refuse(call, ERR_FORBIDDEN, NULL, "This key has no admin rights");
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
