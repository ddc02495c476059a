/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UniAll documents no path for balances. Two are those of the gateways of its kind, where what is
 * left is the limit less the usage; GET /v1/balance is ours. What jobs hold counts as used.
 */
#include "api/uniall/uniall.h"
#include "model/money.h"

struct question {
    struct call *call;
    void (*write)(struct call *call, const void *data, struct jsonw *w);
};

static double usd(int64_t micro)
{
    return (double)micro / (double)MONEY_USD;
}

static int64_t used_micro(const struct account *account)
{
    return account->held_micro + account->spent_micro;
}

static void write_usd(struct jsonw *w, const char *key, int64_t micro)
{
    jsonw_key(w, key);
    jsonw_real(w, usd(micro));
}

static void write_balance(struct call *call, const void *data, struct jsonw *w)
{
    const struct account *account = data;

    (void)call;
    jsonw_object(w);
    jsonw_key(w, "object");
    jsonw_cstr(w, "balance");
    jsonw_key(w, "currency");
    jsonw_cstr(w, "usd");
    write_usd(w, "balance", account->available_micro);
    write_usd(w, "held", account->held_micro);
    write_usd(w, "used", used_micro(account));
    write_usd(w, "total", account->available_micro + used_micro(account));
    jsonw_end(w);
}

static void write_subscription(struct call *call, const void *data, struct jsonw *w)
{
    const struct account *account = data;
    int64_t total = account->available_micro + used_micro(account);

    (void)call;
    jsonw_object(w);
    jsonw_key(w, "object");
    jsonw_cstr(w, "billing_subscription");
    jsonw_key(w, "has_payment_method");
    jsonw_bool(w, true);
    write_usd(w, "soft_limit_usd", total);
    write_usd(w, "hard_limit_usd", total);
    write_usd(w, "system_hard_limit_usd", total);
    jsonw_key(w, "access_until");
    jsonw_int(w, 0);
    jsonw_end(w);
}

static void write_usage(struct call *call, const void *data, struct jsonw *w)
{
    (void)call;
    jsonw_object(w);
    jsonw_key(w, "object");
    jsonw_cstr(w, "list");
    jsonw_key(w, "total_usage"); /* cents */
    jsonw_real(w, 100 * usd(used_micro(data)));
    jsonw_end(w);
}

static void account_found(void *user, const struct account *account, const struct err *err)
{
    struct question *question = user;

    if (account)
        call_reply(question->call, 200, question->write, account);
    else
        call_fail(question->call, err);
}

static void ask(struct call *call,
                void (*write)(struct call *call, const void *data, struct jsonw *w))
{
    struct question *question = ARENA_NEW(call->arena, struct question);

    *question = (struct question){call, write};
    service_account_get(call->service, call->key.account_id, account_found, question);
}

void uniall_balance(struct call *call)
{
    ask(call, write_balance);
}

void uniall_subscription(struct call *call)
{
    ask(call, write_subscription);
}

void uniall_usage(struct call *call)
{
    ask(call, write_usage);
}
