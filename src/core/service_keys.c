/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "core/accounts.h"
#include "core/keys.h"
#include "core/service_impl.h"

struct find_key {
    struct op op;
    struct service *service;
    struct hash hash;
    struct key key;
    service_key_done *done;
    void *user;
};

static struct key_slot *slot_of(struct service *service, const struct hash *hash)
{
    uint32_t index = 0;

    memcpy(&index, hash->bytes, sizeof(index));
    return &service->keys[index % SERVICE_KEYS_CACHED_MAX];
}

/* Answers with the key unless its time is over. */
static void answer(const struct key *key, service_key_done *done, void *user)
{
    struct err err;

    if (key->expires_ms && key->expires_ms <= clock_now_ms()) {
        err_set(&err, ERR_UNAUTHORIZED, "API key has expired");
        done(user, NULL, &err);
        return;
    }
    done(user, key, NULL);
}

static bool find_run(struct op *op, struct db *db, struct err *err)
{
    struct find_key *find = (struct find_key *)op;

    return keys_find(db, &find->hash, &find->key, err);
}

static void find_done(struct op *op, bool ok, const struct err *err)
{
    struct find_key *find = (struct find_key *)op;
    struct key_slot *slot = slot_of(find->service, &find->hash);

    if (ok) {
        slot->hash = find->hash;
        slot->key = find->key;
        slot->fresh_until_ns = clock_mono_ns() + SERVICE_KEY_FRESH_MS * INT64_C(1000000);
        answer(&find->key, find->done, find->user);
    } else {
        if (hash_eq(&slot->hash, &find->hash))
            slot->key.id = 0;
        find->done(find->user, NULL, err);
    }
    free(find);
}

void service_key_find(struct service *service, struct str presented, service_key_done *done,
                      void *user)
{
    struct find_key *find = NULL;
    const struct key_slot *slot = NULL;
    struct hash hash;
    struct err err;

    if (!key_hash(presented, &hash)) {
        err_set(&err, ERR_UNAUTHORIZED, "Invalid API key");
        done(user, NULL, &err);
        return;
    }
    slot = slot_of(service, &hash);
    if (slot->key.id && hash_eq(&slot->hash, &hash) && slot->fresh_until_ns > clock_mono_ns()) {
        struct key key = slot->key; /* the answer may let others replace the slot */

        answer(&key, done, user);
        return;
    }
    find = calloc(1, sizeof(*find));
    if (!find)
        die("out of memory");
    *find = (struct find_key){.op = {.run = find_run, .done = find_done, .reads_only = true},
                              .service = service,
                              .hash = hash,
                              .done = done,
                              .user = user};
    if (!service_run(service, &find->op, &err)) {
        free(find);
        done(user, NULL, &err);
    }
}

void service_keys_forget(struct service *service, int64_t id)
{
    for (size_t i = 0; i < SERVICE_KEYS_CACHED_MAX; i++) {
        if (service->keys[i].key.id == id)
            service->keys[i].key.id = 0;
    }
}

struct throttle_verdict service_throttle(struct service *service, const struct key *key)
{
    return throttle_take(service->throttle, key->id, key->limits.requests_per_minute,
                         clock_mono_ns());
}

struct get_account {
    struct op op;
    int64_t id;
    struct account account;
    service_account_done *done;
    void *user;
};

static bool account_run(struct op *op, struct db *db, struct err *err)
{
    struct get_account *get = (struct get_account *)op;

    return accounts_get(db, get->id, &get->account, err);
}

static void account_done(struct op *op, bool ok, const struct err *err)
{
    struct get_account *get = (struct get_account *)op;

    get->done(get->user, ok ? &get->account : NULL, ok ? NULL : err);
    free(get);
}

void service_account_get(struct service *service, int64_t account_id, service_account_done *done,
                         void *user)
{
    struct get_account *get = calloc(1, sizeof(*get));
    struct err err;

    if (!get)
        die("out of memory");
    *get =
        (struct get_account){.op = {.run = account_run, .done = account_done, .reads_only = true},
                             .id = account_id,
                             .done = done,
                             .user = user};
    if (!service_run(service, &get->op, &err)) {
        free(get);
        done(user, NULL, &err);
    }
}
