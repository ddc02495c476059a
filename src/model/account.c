/* SPDX-License-Identifier: Apache-2.0 */
#include "model/account.h"

#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "base/rand.h"

enum { SECRET_BYTES = 32 };

static bool is_secret(struct str text)
{
    if (text.len != KEY_SECRET_CHARS)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '-' || c == '_'))
            return false;
    }
    return true;
}

static struct hash hash_secret(struct str secret)
{
    char canonical[KEY_TEXT_BYTES];
    struct hash hash;

    memcpy(canonical, "afk_", 4);
    memcpy(canonical + 4, secret.ptr, secret.len);
    hash = hash_sha256(str_from_bytes(canonical, 4 + secret.len));
    explicit_bzero(canonical, sizeof(canonical));
    return hash;
}

bool key_hash(struct str presented, struct hash *hash)
{
    struct str secret = {0};

    if (str_starts(presented, STR("sk-")))
        secret = str_skip(presented, 3);
    else if (str_starts(presented, STR("afk_")))
        secret = str_skip(presented, 4);
    if (!is_secret(secret))
        return false;
    *hash = hash_secret(secret);
    return true;
}

void key_generate(char text[KEY_TEXT_BYTES], struct key *key)
{
    uint8_t bytes[SECRET_BYTES];
    struct arena arena = {0};
    struct str secret;

    rand_bytes(bytes, sizeof(bytes));
    secret = hash_base64url(&arena, str_from_bytes((const char *)bytes, sizeof(bytes)));
    snprintf(text, KEY_TEXT_BYTES, "sk-" STR_FMT, STR_ARG(secret));
    snprintf(key->prefix, sizeof(key->prefix), "afk_" STR_FMT, STR_ARG(str_head(secret, 6)));
    key->hash = hash_secret(secret);
    explicit_bzero(bytes, sizeof(bytes));
    explicit_bzero((void *)(uintptr_t)secret.ptr, secret.len);
    arena_fini(&arena);
}

bool key_is_metered(const struct key_limits *limits)
{
    return limits->hour_micro || limits->day_micro || limits->total_micro || limits->jobs_max ||
           limits->queued_max;
}

bool key_may_use_model(const struct key_limits *limits, struct str model)
{
    struct str rest = str_from(limits->models), name;

    if (!rest.len)
        return true;
    while (rest.ptr) {
        rest = str_cut(rest, ',', &name);
        if (str_eq(name, model))
            return true;
    }
    return false;
}

static const struct {
    const char *name;
    enum scope scope;
} scope_names[] = {{"read", SCOPE_READ}, {"create", SCOPE_CREATE}, {"admin", SCOPE_ADMIN}};

bool scopes_parse(struct str text, unsigned *scopes)
{
    unsigned found = 0;
    struct str name;

    while (text.ptr) {
        size_t i = 0;

        text = str_cut(text, ',', &name);
        while (i < ARRAY_LEN(scope_names) && !str_eq_c(str_trim(name), scope_names[i].name))
            i++;
        if (i == ARRAY_LEN(scope_names))
            return false;
        found |= scope_names[i].scope;
    }
    if (!found)
        return false;
    *scopes = found;
    return true;
}

const char *scopes_print(unsigned scopes, char out[SCOPES_TEXT_BYTES])
{
    size_t len = 0;

    out[0] = '\0';
    for (size_t i = 0; i < ARRAY_LEN(scope_names); i++) {
        if (scopes & scope_names[i].scope)
            len += (size_t)snprintf(out + len, SCOPES_TEXT_BYTES - len, "%s%s", len ? "," : "",
                                    scope_names[i].name);
    }
    return out;
}
